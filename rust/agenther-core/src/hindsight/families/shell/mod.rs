//! Shell sessions as requests for what their commands print and change.
//!
//! [`command`] takes a line apart, [`phrase`] says what it prints, [`deed`] what it changes, [`missing`] what is not
//! there. Unknown flags, patterns with backslashes, expansions and anything that depends on dropped steps give no
//! candidate: a goal keeps all changes before it.

mod command;
mod deed;
mod filter;
mod missing;
mod phrase;

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Candidate, Proposals};
use crate::hindsight::needles;
use crate::hindsight::{Support, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::is_silent;
use crate::text::bytes::has_letters;
use crate::trajectory::{Field, Span};
use deed::Deed;
use phrase::{Kind, Phrase};

/// Longer outputs are listings that no answer repeats.
const MAX_LINES: usize = 30;

/// More changes than these are a session, and no request.
const MAX_DEEDS: usize = 4;

/// So many requests back a request may follow up on.
const MAX_BACK: usize = 6;

/// Proposes requests for what the commands of a run print and change.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let before = out.candidates.len();
    Session::new(reading).run(out);
    if out.candidates[before..].iter().all(|candidate| candidate.trivial) {
        missing::propose(reading, out);
    }
}

/// Whether a step tells something by failing or by printing nothing: a command that worked is silent.
pub fn tells_by_silence(read: &StepReading<'_>) -> bool {
    read.step.observation.is_some_and(|text| is_silent(text) || missing::path(read, text).is_some())
        && line(read).is_some()
}

/// A request that a command answered, and the answer.
struct Answered {
    step: u32,
    phrase: Phrase,
    answer: String,
}

/// What a run has done with its shell so far.
struct Session<'r, 'a> {
    reading: &'r Reading<'a>,
    /// Where the log keeps the last newline of outputs, one without it was cut.
    newline_kept: bool,
    moved: bool,
    deeds: Vec<(u32, Deed)>,
    answered: Vec<Answered>,
    proposed: BTreeSet<String>,
}

/// What a line does, as far as it is known.
struct Act {
    deeds: Vec<Deed>,
    reads: Option<Phrase>,
}

impl<'r, 'a> Session<'r, 'a> {
    fn new(reading: &'r Reading<'a>) -> Self {
        let newline_kept = reading.steps.iter().any(|step| {
            step.step.observation.is_some_and(|text| text.ends_with('\n')) && line(step).is_some()
        });
        Session {
            reading,
            newline_kept,
            moved: false,
            deeds: Vec::new(),
            answered: Vec::new(),
            proposed: BTreeSet::new(),
        }
    }

    fn run(&mut self, out: &mut Proposals) {
        self.go_through(out);
        self.tell_deeds(None, 0.8, out);
    }

    /// Takes in the steps, as far as it is clear what they change.
    fn go_through(&mut self, out: &mut Proposals) {
        for (index, read) in self.reading.steps.iter().enumerate() {
            let Some(line) = line(read) else { continue };
            let moved_before = self.moved;
            // A `cd` holds for the commands after it.
            self.moved |= first_word(&line) == "cd";
            let act = act(&line, moved_before);
            let changes = act.as_ref().map_or(changes_state(&line), |act| !act.deeds.is_empty());
            let observation = read.step.observation.filter(|_| !read.status.is_error());
            let Some(observation) = observation else {
                // What later commands print may depend on what a failed one did before it failed.
                if changes && !did_nothing(read.step.observation.unwrap_or("")) {
                    break;
                }
                continue;
            };
            match act {
                _ if changes && did_nothing(observation) && observation.lines().any(complains) => {}
                Some(act) if changes => {
                    if self.change(index as u32, act, observation, out).is_none() {
                        break;
                    }
                }
                None if changes => break,
                Some(Act { reads: Some(phrase), .. }) => {
                    self.verify(index as u32, observation, out);
                    self.read(index as u32, phrase, observation, out);
                }
                _ => self.verify(index as u32, observation, out),
            }
        }
    }

    /// Takes in a change that worked; `None` if it is not clear what it did.
    fn change(&mut self, step: u32, act: Act, observation: &str, out: &mut Proposals) -> Option<()> {
        for deed in &act.deeds {
            let shown = |path: &String| self.shows(step, path);
            let is_new = deed.new.iter().all(|path| !shown(path));
            let is_there = deed.needs.iter().all(|path| self.listed(step, path) || self.makes(path));
            (is_new && is_there && !self.redoes(deed)).then_some(())?;
        }
        let is_said = act.reads.is_some() || is_silent(observation) || is_report(observation);
        (is_said && !observation.lines().any(complains)).then_some(())?;
        // The files that `find` changed must have been listed before, else it may have changed none.
        for deed in act.deeds {
            if let Some(selection) = &deed.selection {
                let listed = self.answered.iter().find(|known| known.phrase == *selection)?.step;
                self.deeds.push((listed, deed.clone()));
            }
            self.deeds.push((step, deed));
        }
        (self.deeds.len() <= 2 * MAX_DEEDS).then_some(())?;
        if let Some(phrase) = act.reads {
            self.read(step, phrase, observation, out);
        }
        Some(())
    }

    /// A later output that shows what was made.
    fn verify(&mut self, step: u32, observation: &str, out: &mut Proposals) {
        let Some((_, last)) = self.deeds.last() else { return };
        let shown = |path: &String| lists(observation, path);
        if !last.makes.is_empty() && last.makes.iter().all(shown) && observation.lines().count() <= MAX_LINES
        {
            self.tell_deeds(Some((step, observation)), 0.88, out);
        }
    }

    /// The request for all that was changed so far.
    fn tell_deeds(&mut self, shown: Option<(u32, &str)>, prior: f32, out: &mut Proposals) {
        let Some((goal, done)) = self.said() else { return };
        let mut steps = self.deed_steps();
        let mut answer = format!("Done: I {done}.");
        if let Some((step, output)) = shown {
            steps.push(step);
            answer = format!("{answer} A check shows:\n{}", output.trim());
        }
        let goal = format!("{}.", super::english::sentence(&goal));
        let key = format!("{goal} {}", shown.is_some());
        if self.proposed.insert(key) {
            out.push_derived(self.candidate(steps, goal, answer, prior, false));
        }
    }

    /// Takes in what a command printed: the answer to a request, after all changes before.
    fn read(&mut self, step: u32, phrase: Phrase, observation: &str, out: &mut Proposals) {
        let seed = seed(self.reading, step);
        if is_silent(observation) && !self.deeds.is_empty() {
            self.check_gone(step, &phrase, out);
            return;
        }
        let (request, answer) = if is_silent(observation) {
            let Some(absence) = phrase.absence() else { return };
            absence
        } else if self.newline_kept && !observation.ends_with('\n') {
            return;
        } else if let Some(answer) = answer(&phrase, observation) {
            (phrase.request(seed), answer)
        } else {
            return;
        };
        let prior = if phrase.trivial { 0.6 } else { 0.8 };
        if self.deeds.is_empty() {
            if self.proposed.insert(phrase.request(0)) {
                let single = self.candidate(vec![step], request, answer.clone(), prior, phrase.trivial);
                out.push_derived(single);
                self.follow_up(step, &phrase, &answer, out);
            }
        } else if let Some((deeds, _)) = self.said() {
            let mut steps = self.deed_steps();
            steps.push(step);
            let deeds = super::english::sentence(&deeds);
            let selected = self.deeds.last().and_then(|(_, deed)| deed.selection.as_ref());
            let request = match selected {
                Some(files) => request.replace(&format!("all {}{}", files.noun, files.place), "them"),
                None => request,
            };
            let goal = match request.split_at_checked(1) {
                Some(("H" | "W", _)) => format!("{deeds}. Then tell me: {request}"),
                Some((first, rest)) => format!("{deeds}, then {}{rest}", first.to_lowercase()),
                None => return,
            };
            if self.proposed.insert(goal.clone()) {
                out.push_derived(self.candidate(steps, goal, answer.clone(), 0.84, false));
            }
        }
        if !is_silent(observation) {
            self.answered.push(Answered { step, phrase, answer });
        }
    }

    /// That nothing is left of what was deleted last.
    fn check_gone(&mut self, step: u32, phrase: &Phrase, out: &mut Proposals) {
        let is_same = self
            .deeds
            .last()
            .is_some_and(|(_, deed)| deed.deletes() && deed.selection.as_ref() == Some(phrase));
        let Some((goal, done)) = self.said().filter(|_| is_same) else { return };
        let mut steps = self.deed_steps();
        steps.push(step);
        let goal = format!("{}, and check that none are left.", super::english::sentence(&goal));
        if self.proposed.insert(goal.clone()) {
            let answer = format!("Done: I {done}. None are left.");
            out.push_derived(self.candidate(steps, goal, answer, 0.88, false));
        }
    }

    /// The request together with an earlier one that it asks more about.
    fn follow_up(&self, step: u32, phrase: &Phrase, answer: &str, out: &mut Proposals) {
        let seed = seed(self.reading, step);
        for earlier in self.answered.iter().rev().take(MAX_BACK) {
            if earlier.phrase.trivial && phrase.trivial {
                continue;
            }
            let about_it = || earlier.phrase.request_with(&earlier.answer, phrase, seed);
            let Some(goal) = about_it().or_else(|| followed_up(&earlier.phrase, phrase, seed)) else {
                continue;
            };
            let answer = format!("{}\n\n{answer}", earlier.answer);
            out.push_derived(self.candidate(vec![earlier.step, step], goal, answer, 0.84, false));
            return;
        }
    }

    fn said(&self) -> Option<(String, String)> {
        let mut deeds: Vec<Deed> = Vec::new();
        for (_, deed) in &self.deeds {
            if deeds.last() != Some(deed) {
                deeds.push(deed.clone());
            }
        }
        (1..=MAX_DEEDS).contains(&deeds.len()).then(|| deed::said(&deeds))
    }

    fn deed_steps(&self) -> Vec<u32> {
        self.deeds.iter().map(|(step, _)| *step).collect()
    }

    /// Whether an earlier output lists a path.
    fn listed(&self, step: u32, path: &str) -> bool {
        self.reading.steps[..step as usize].iter().any(|read| {
            !read.status.is_error() && read.step.observation.is_some_and(|text| lists(text, path))
        })
    }

    /// Whether an earlier output may be about a path.
    fn shows(&self, step: u32, path: &str) -> bool {
        self.reading.steps[..step as usize].iter().filter(|read| !read.status.is_error()).any(|read| {
            let text = read.step.observation.unwrap_or("");
            // What a command that worked was given is there.
            let is_given = || line(read).is_some_and(|line| !changes_state(&line) && lists(&line, path));
            needles::find(text, per_file_name(path)).is_some() || is_given()
        })
    }

    /// Whether a change was made before, in this or another way, or takes back an earlier one.
    fn redoes(&self, deed: &Deed) -> bool {
        let made = |path: &String| self.makes(path);
        deed.makes.iter().any(made) && !deed.keeps()
            || deed.removes.iter().any(made)
            || self
                .deeds
                .iter()
                .any(|(_, known)| known.selection.is_some() && known.selection == deed.selection)
    }

    fn makes(&self, path: &str) -> bool {
        self.deeds.iter().any(|(_, deed)| deed.makes.iter().any(|made| made == path))
    }

    fn candidate(
        &self,
        mut steps: Vec<u32>,
        goal: String,
        answer: String,
        prior: f32,
        trivial: bool,
    ) -> Candidate {
        steps.sort_unstable();
        steps.dedup();
        let evidence = steps.iter().flat_map(|&step| evidence(self.reading, step)).collect();
        Candidate {
            goal,
            answer,
            wording: Wording::Phrase,
            steps,
            slots: Vec::new(),
            evidence,
            prior,
            trivial,
        }
    }
}

/// Two requests in one, where the second is about the files of the first.
fn followed_up(earlier: &Phrase, phrase: &Phrase, seed: usize) -> Option<String> {
    let first = earlier.request(seed);
    if let Some(more) = phrase.request_after(earlier, seed) {
        return Some(format!("{first} {more}"));
    }
    let inside = format!("{}/", earlier.root.trim_end_matches('/'));
    let second = phrase.request(seed);
    let is_inside =
        inside.len() > 1 && earlier.kind == Kind::Entries && needles::find(&second, &inside).is_some();
    let first = first.trim_end_matches('.');
    match second.strip_prefix("Show me ") {
        Some(rest) if is_inside => Some(format!("{first}, and show me {rest}")),
        None if is_inside && second.ends_with('?') => Some(format!("{first}. {second}")),
        _ => None,
    }
}

/// What a line does; `None` where any part of it is not known.
fn act(line: &str, moved: bool) -> Option<Act> {
    let (line, is_quiet) = command::without_errors(line);
    let (directory, rest) =
        command::within(&line).map_or((None, line.as_ref()), |(dir, rest)| (Some(dir), rest));
    let mut commands = command::commands(rest)?;
    let relative = !rest.split(' ').any(|word| word.starts_with('/'));
    let last = commands.pop()?;
    let mut deeds = commands.iter().map(deed::deed).collect::<Option<Vec<_>>>()?;
    let mut reads = None;
    match deed::deed(&last) {
        Some(deed) => deeds.push(deed),
        None if last.into.is_none() => reads = Some(phrase::phrase(&last.stages)?),
        None => return None,
    }
    if !deeds.is_empty() {
        // What a change complained of is part of what it did.
        return (directory.is_none() && !moved && !is_quiet).then_some(Act { deeds, reads });
    }
    let phrase = reads.as_mut()?;
    phrase.quiet = is_quiet;
    if let Some(directory) = directory.filter(|_| relative)
        && !phrase.set_in(directory)
    {
        return None;
    }
    (!moved || !relative || directory.is_some()).then_some(Act { deeds, reads })
}

/// Whether a failed command cannot have changed anything: every line of its output says that something was missing
/// or could not be read at all.
fn did_nothing(observation: &str) -> bool {
    const NOTHING: &[&str] = &[
        "No such file or directory",
        "command not found",
        "File exists",
        "syntax error",
        "missing argument",
        "Error is not recoverable",
        "returned status",
        "Removing leading",
    ];
    let text = observation.trim();
    // A member that an archiver cannot find leaves an archive without it.
    let is_partial = text.contains("tar:") && !text.contains("Cannot open");
    let says_so = |line: &str| NOTHING.iter().any(|words| line.contains(words));
    !text.is_empty() && !is_partial && text.lines().all(says_so)
}

/// What archivers report of what they do.
fn is_report(observation: &str) -> bool {
    let is_progress = observation.trim_start().starts_with("% Total") && observation.contains(" 100 ");
    is_progress
        || observation.lines().all(|line| {
            line.starts_with("tar: Removing leading") || (!line.trim().is_empty() && !line.contains(' '))
        })
}

/// Whether a line of an output has a path, or its last part, for a word.
fn lists(output: &str, path: &str) -> bool {
    let name = per_file_name(path);
    output.lines().flat_map(str::split_whitespace).any(|word| {
        word == path
            || per_file_name(word) == name
            || word.strip_prefix(path).is_some_and(|rest| rest.starts_with(':'))
    })
}

/// The last part of a path.
fn per_file_name(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}

/// A text between quotes, if it has none itself.
fn quoted(text: &str) -> Option<String> {
    (!text.contains('"')).then(|| format!("\"{text}\""))
}

/// The command line that a step runs: plain text, or a text argument, of a tool that is a shell.
pub fn line<'a>(step: &StepReading<'a>) -> Option<Cow<'a, str>> {
    const SHELLS: &[&str] =
        &["bash", "sh", "shell", "terminal", "execute_bash", "run_command", "run", "cmd", "exec"];
    const KEYS: &[&str] = &["command", "cmd", "code", "script", "commands", "input"];
    let name = step.step.action_name?;
    if !SHELLS.iter().any(|shell| name.eq_ignore_ascii_case(shell)) && !has_letters(name, "bash") {
        return None;
    }
    super::text_argument(step, KEYS)
}

/// Whether a step runs a shell command that only reads: every stage of the pipeline is a command that cannot write.
pub fn only_reads(step: &StepReading<'_>) -> bool {
    const READERS: &[&str] = &[
        "ls",
        "cat",
        "find",
        "grep",
        "egrep",
        "fgrep",
        "rg",
        "head",
        "tail",
        "wc",
        "sort",
        "uniq",
        "cut",
        "du",
        "df",
        "file",
        "stat",
        "diff",
        "cmp",
        "md5sum",
        "sha1sum",
        "sha256sum",
        "pwd",
        "which",
        "tree",
        "nl",
        "tr",
        "awk",
        "sed",
        "echo",
        "cd",
        "date",
        "ps",
        "id",
        "whoami",
        "hostname",
        "uname",
    ];
    let Some(line) = line(step) else { return false };
    let line = line.as_ref();
    let mut stages = line.split(['|', '&', ';']).map(str::trim).filter(|stage| !stage.is_empty()).peekable();
    stages.peek().is_some()
        && !changes_state(line)
        && stages.all(|stage| READERS.contains(&first_word(stage)))
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

/// Whether a command may change files or the shell's state.
pub fn changes_state(line: &str) -> bool {
    const WRITERS: &[&str] = &[
        "rm", "mv", "cp", "mkdir", "rmdir", "touch", "tar", "ln", "chmod", "chown", "tee", "dd", "gzip",
        "gunzip", "zip", "unzip", "install", "apt", "apt-get", "pip", "git", "export", "source", "alias",
        "set", "sudo", "curl", "wget", "python", "python3", "make", "rsync", "truncate", "mktemp", "useradd",
        "kill",
    ];
    let (line, _) = command::without_errors(line);
    line.contains('>')
        || line.contains("-delete")
        || line.contains("sed -i")
        || line
            .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))
            .any(|word| WRITERS.contains(&word))
}

/// Whether a line of output says that something went wrong.
fn complains(line: &str) -> bool {
    const COMPLAINTS: &[&str] = &[
        "No such file",
        "Permission denied",
        "not found",
        "Is a directory",
        "annot ",
        "Try '",
        "Usage:",
        "timed out",
        "omitting directory",
        "Exiting with failure",
        "Warning:",
        "curl:",
        "error",
    ];
    COMPLAINTS.iter().any(|complaint| line.contains(complaint))
}

/// The output as an answer, if it is what the phrase promises and nothing went wrong.
fn answer(phrase: &Phrase, observation: &str) -> Option<String> {
    let lines: Vec<&str> = observation.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let is_cut = phrase.limit.is_some_and(|limit| lines.len() >= limit as usize);
    if lines.is_empty() || lines.len() > MAX_LINES || is_cut || lines.iter().any(|line| complains(line)) {
        return None;
    }
    let is_number = |text: &str| text.parse::<u64>().is_ok_and(|number| number > 0);
    let is_hash = |text: &str| text.len() >= 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let is_size = |text: &str| {
        let number = text.trim_end_matches(['K', 'M', 'G', 'T']);
        text == "0" || text.len() - number.len() == 1 && number.parse::<f64>().is_ok()
    };
    let first_field = |line: &str| line.split_whitespace().next().unwrap_or("").to_string();
    let fits = match phrase.kind {
        Kind::Number => lines.len() == 1 && is_number(lines[0].trim()),
        Kind::Value => {
            let value = first_field(lines[0]);
            lines.len() == 1
                && (is_number(&value) || is_hash(&value) || value.ends_with(['K', 'M', 'G', 'T']))
        }
        Kind::Hashes => lines.iter().all(|line| is_hash(line)),
        Kind::Paths => {
            let mut seen = lines.clone();
            seen.sort_unstable();
            seen.dedup();
            seen.len() == lines.len()
                && lines
                    .iter()
                    .all(|line| line.starts_with(&phrase.root) && line.len() > 1 && !line.ends_with(": "))
        }
        Kind::Entries => lines.iter().all(|line| !line.contains('/') && !line.ends_with(':')),
        Kind::PerFile => lines.iter().all(|line| {
            let value = first_field(line);
            value.parse::<u64>().is_ok() || is_hash(&value) || is_size(&value)
        }),
        Kind::Lines => true,
        Kind::Word => lines.len() == 1 && !lines[0].contains(' '),
        Kind::First => true,
    };
    if !fits {
        return None;
    }
    Some(match (phrase.kind, lines.as_slice()) {
        (Kind::Number, [number]) => format!("There are {}.", number.trim()),
        (Kind::Value, [line]) => format!("{}.", first_field(line)),
        (Kind::Word, [word]) => format!("{word}."),
        (Kind::First, [first, ..]) => first.to_string(),
        (Kind::Lines | Kind::PerFile, lines) => lines.join("\n"),
        (_, [one]) => one.to_string(),
        (_, lines) => lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"),
    })
}

/// The command and the output of a step.
fn evidence(reading: &Reading<'_>, step: u32) -> impl Iterator<Item = Support> {
    let of = reading.steps[step as usize].step;
    [(Field::ActionInput, of.action_input), (Field::Observation, of.observation)].into_iter().filter_map(
        move |(field, text)| {
            let text = text.filter(|text| !text.is_empty())?.to_string();
            let span = Span::new(0, text.len());
            Some(Support { text, step: Some(step), field, span })
        },
    )
}

/// Chooses among equal phrasings, the same for the same command.
fn seed(reading: &Reading<'_>, step: u32) -> usize {
    let line = line(&reading.steps[step as usize]).unwrap_or_default();
    line.bytes().fold(0usize, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()))
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    fn goal(line: &str, output: &str) -> Option<(String, String)> {
        let mut found = proposals(super::propose, "", &[("bash", line, output)]);
        found.pop().map(|(goal, answer, _)| (goal, answer))
    }

    #[test]
    fn pipelines_become_requests() {
        for (line, output, request, answer) in [
            (
                "find /srv -type f -name '*.log' -size +2M | wc -l",
                "3\n",
                "How many .log files larger than 2 MB are there under /srv?",
                "There are 3.",
            ),
            (
                "find /srv -name \"*.py\" -exec grep -l main {} +",
                "/srv/a.py\n/srv/b.py\n",
                "Find all .py files that contain the text \"main\" under /srv.",
                "- /srv/a.py\n- /srv/b.py",
            ),
            (
                "find /srv -type f -name '*.py' -exec wc -l {} \\; | awk 'BEGIN {s=0} {s += $1} END {print s}'",
                "7\n",
                "How many lines do the .py files under /srv have in total?",
                "There are 7.",
            ),
            (
                "find /srv -type f -name '*.py' -exec md5sum {} \\; | awk '{print $1}' | sort | uniq | wc -l",
                "2\n",
                "How many different MD5 checksums do the .py files under /srv have?",
                "There are 2.",
            ),
            (
                "cd /srv && find . -name '*.py' | wc -l",
                "3\n",
                "How many .py files are there under /srv?",
                "There are 3.",
            ),
            ("wc -l /etc/hosts", "7 /etc/hosts\n", "How many lines does /etc/hosts have?", "7."),
            (
                "find /srv -type f -name '*.py' -printf '%s %p\\n' | sort -rn | head -1",
                "70 /srv/a.py\n",
                "Which is the largest of the .py files under /srv, and what is its size in bytes?",
                "70 /srv/a.py",
            ),
            (
                "find /srv -name '*.py' -exec dirname {} \\; | sort -u",
                "/srv\n/srv/lib\n",
                "Which directories hold .py files under /srv?",
                "- /srv\n- /srv/lib",
            ),
            (
                "grep -c 'a.b' /etc/hosts",
                "2\n",
                "How many lines of /etc/hosts match the regular expression \"a.b\"?",
                "2.",
            ),
            (
                "find /srv -type f -printf '%T@ %p\\n' | sort -n | tail -1 | cut -d' ' -f2-",
                "/srv/b\n",
                "Which of the files under /srv was modified last?",
                "/srv/b",
            ),
            (
                "du -a /srv | sort -n -r | head -n 2",
                "20 /srv\n12 /srv/a\n",
                "Which 2 of the files and directories in /srv (itself included) take up the most disk space, and how much each?",
                "20 /srv\n12 /srv/a",
            ),
            (
                "find / -name '*.py' -not -path '*/node_modules/*' 2>/dev/null | head -20",
                "/srv/a.py\n",
                "Find all .py files outside of directories named \"node_modules\" on the whole file system.",
                "/srv/a.py",
            ),
            (
                "grep -rn --include='*.py' main /srv",
                "/srv/a.py:3:main()\n",
                "Show me the lines in the .py files under /srv that contain the text \"main\", with line numbers.",
                "/srv/a.py:3:main()",
            ),
            ("nproc", "4\n", "How many processors does this machine have?", "4."),
            (
                "git log main..feature/login --oneline",
                "e3a1f90 Add login form\n77c2b11 Validate passwords\n",
                "Which git commits are on feature/login and not on main?",
                "e3a1f90 Add login form\n77c2b11 Validate passwords",
            ),
            (
                "git branch -a",
                "* main\n  remotes/origin/main\n",
                "List all git branches, those of remotes too, and mark the current one.",
                "* main\n  remotes/origin/main",
            ),
            (
                "tree -L 2 /srv",
                "/srv\n|-- a\n",
                "Show me the directory tree of /srv, 2 levels deep.",
                "/srv\n|-- a",
            ),
            ("file /srv/a", "/srv/a: ASCII text\n", "What kind of file is /srv/a?", "/srv/a: ASCII text"),
            ("sed -n '3,4p' /srv/a.py", "x\ny\n", "Show me the lines 3 to 4 of /srv/a.py.", "x\ny"),
            (
                "cat /srv/a.csv | grep oslo | wc -l",
                "4\n",
                "How many lines that contain the text \"oslo\" are there in /srv/a.csv?",
                "There are 4.",
            ),
            (
                "git log --oneline -3",
                "a1 one\nb2 two\nc3 three\n",
                "Show me the last 3 git commits, one a line.",
                "a1 one\nb2 two\nc3 three",
            ),
            (
                "find /srv -name '*.log'",
                "",
                "Are there any .log files under /srv?",
                "No, there are no .log files under /srv.",
            ),
            (
                "diff /srv/a /srv/b",
                "",
                "Are there any differences between /srv/a and /srv/b?",
                "No, /srv/a and /srv/b are the same.",
            ),
            (
                "find /srv -type f -mtime -3 | sort | head -n 2",
                "/srv/a\n/srv/b\n",
                "Give me the first 2 of the files modified within the last 3 days under /srv, sorted alphabetically.",
                "- /srv/a\n- /srv/b",
            ),
        ] {
            let (found, text) = goal(line, output).expect(line);
            assert_eq!(text, answer, "{line}");
            let other = ["Give me the paths of all", "List the"].iter().any(|start| found.starts_with(start));
            assert!(found == request || other, "{line}: {found}");
        }
    }

    #[test]
    fn anything_unknown_is_refused() {
        for (line, output) in [
            ("find /srv -anewer x", "/srv/a\n"),
            ("grep -P 'a+' /etc/hosts", "a\n"),
            ("grep 'a\\.b' /etc/hosts", "a.b\n"),
            ("cat /etc/hosts | awk '{print $1 + 1}'", "127.0.0.1\n"),
            ("find /srv -name '*.py' -exec dirname {} \\;", "/srv\n/srv\n"),
            ("find /srv -name '*.py' 2>/dev/null", ""), // it may have complained
            ("find /srv -name '*.py' 2>errors", "/srv/a.py\n"),
            ("find /srv -not -path '*/a*b/*' -name '*.py'", "/srv/a.py\n"),
            ("grep -n --include='*.py' a /srv/a.py", "1:a\n"),
            ("find /srv -name '*.py' -exec wc -l {} + | awk '{s += $1} END {print s}'", "14\n"),
            ("find /srv -name \"$X\"", "/srv/a\n"),
            ("cd build && ls -t", "b\na\n"),
            ("find /srv -type f | head -n 2", "/srv/a\n/srv/b\n"),
            ("find /srv -name '*.log'", "find: '/srv/x': Permission denied\n"),
            ("find /srv -name '*.log'", "/srv/a.log\n/"),
            ("find /srv -type f | wc -l", "0\n"),
            ("du -a /srv | sort -n -r | head -n 1", "200 /srv\n"),
        ] {
            assert_eq!(goal(line, output), None, "{line}");
        }
    }

    #[test]
    fn the_command_may_stand_in_json_arguments_with_others() {
        let input = r#"{"command": "grep -rl \"class Rate\" /srv", "description": "Find the class"}"#;
        let (request, answer) = goal(input, "/srv/rate.py\n").expect("a goal");
        assert!(request.contains("that contain the text \"class Rate\" under /srv"), "{request}");
        assert_eq!(answer, "/srv/rate.py");
    }

    #[test]
    fn relative_paths_are_not_asked_about_after_a_move() {
        let calls = [("bash", "cd /srv", ""), ("think", "hm", "ok"), ("bash", "ls -t", "b\na\n")];
        assert!(proposals(super::propose, "", &calls).is_empty());
    }

    fn steps(calls: &[(&str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        let calls: Vec<_> = calls.iter().map(|(line, output)| ("bash", *line, *output)).collect();
        proposals(super::propose, "", &calls)
    }

    #[test]
    fn changes_are_asked_for_with_all_changes_before_and_what_shows_them() {
        let found = steps(&[
            ("mkdir /srv/a", ""),
            ("mkdir /srv/a/b", ""),
            ("echo 'x y' > /srv/a/b/f", ""),
            ("ls /srv/a/b", "f\n"),
        ]);
        let (goal, answer, kept) = found
            .iter()
            .find(|(_, answer, _)| answer.contains("A check shows:\nf"))
            .unwrap_or_else(|| panic!("{found:?}"));
        assert_eq!(
            goal,
            "Create the directories /srv/a and /srv/a/b, and write \"x y\" to the file /srv/a/b/f."
        );
        assert!(
            answer.starts_with("Done: I created the directories /srv/a and /srv/a/b, and wrote"),
            "{answer}"
        );
        assert_eq!(*kept, [0, 1, 2, 3]);
        assert!(
            found.iter().any(|(goal, _, _)| goal.contains("then show me the files") || goal.contains("List"))
        );
    }

    #[test]
    fn files_that_find_changes_must_have_been_listed() {
        let listing = ("find /srv -name '*.sh' -type f", "/srv/a.sh\n/srv/b.sh\n");
        let change = ("find /srv -name '*.sh' -type f -exec chmod 750 {} +", "");
        let found = steps(&[listing, change]);
        let asked = "Set the permissions of all .sh files under /srv to 750.";
        assert!(found.iter().any(|(goal, _, kept)| goal == asked && *kept == [0, 1]), "{found:?}");
        assert!(steps(&[change]).is_empty());
        let delete = ("find /srv -name '*.sh' -type f -delete", "");
        let found = steps(&[listing, delete, ("find /srv -name '*.sh' -type f", "")]);
        let asked = "Delete all .sh files under /srv, and check that none are left.";
        assert!(found.iter().any(|(goal, _, kept)| goal == asked && *kept == [0, 1, 2]), "{found:?}");
    }

    #[test]
    fn changes_of_unknown_effect_end_what_can_be_asked() {
        for change in [
            "rm -f /srv/x",        // silent, whether it was there or not
            "cp -u a b",           // an unknown flag
            "python3 /srv/run.py", // anything
            "mkdir /srv/old",      // there already
            "touch \"$NAME\"",     // which file?
        ] {
            let found = steps(&[("ls -t /srv", "old\n"), (change, ""), ("wc -l /srv/f", "3 /srv/f\n")]);
            assert!(found.iter().all(|(_, _, kept)| *kept == [0]), "{change}: {found:?}");
        }
        let failed = steps(&[
            ("mkdir /srv/a/b", "mkdir: cannot create directory '/srv/a/b': No such file or directory\n"),
            ("wc -l /srv/f", "3 /srv/f\n"),
        ]);
        assert_eq!(failed.len(), 1, "what failed changed nothing: {failed:?}");
    }

    #[test]
    fn what_is_made_and_taken_back_is_no_request() {
        let found = steps(&[("touch /srv/x", ""), ("rm /srv/x", "")]);
        assert!(found.iter().all(|(goal, _, _)| !goal.contains("delete")), "{found:?}");
    }

    #[test]
    fn a_second_question_about_the_same_files_follows_the_first() {
        let found = steps(&[
            ("find /srv -name '*.py'", "/srv/a.py\n"),
            ("find /srv -name '*.py' -exec wc -l {} \\;", "7 /srv/a.py\n"),
        ]);
        let (goal, answer, kept) = found.iter().find(|(_, _, kept)| kept.len() == 2).expect("both");
        assert!(
            goal.ends_with(".py files under /srv. How many lines does each of these files have?"),
            "{goal}"
        );
        assert_eq!(answer, "/srv/a.py\n\n7 /srv/a.py");
        assert_eq!(*kept, [0, 1]);
    }

    #[test]
    fn more_about_the_one_file_that_was_found_is_asked_for_with_it() {
        for (look, show, goal) in [
            (
                ("find /srv -name rates.py", "/srv/lib/rates.py\n"),
                ("cat /srv/lib/rates.py", "RATE = 2\n"),
                "Find the file named \"rates.py\" under /srv and show me its contents.",
            ),
            (
                ("grep -rl 'class Rate' /srv", "/srv/lib/rates.py\n"),
                ("wc -l /srv/lib/rates.py", "7 /srv/lib/rates.py\n"),
                "Find the file that contains the text \"class Rate\" under /srv. How many lines does it have?",
            ),
        ] {
            let found = steps(&[look, show]);
            let is_asked = |(asked, _, kept): &(String, String, Vec<u32>)| asked == goal && *kept == [0, 1];
            assert!(
                found.iter().any(is_asked)
                    || found.iter().any(|(asked, ..)| asked.contains("files and directories named")),
                "{found:?}"
            );
        }
        let two = ("find /srv -name rates.py -type f", "/srv/rates.py\n/srv/lib/rates.py\n");
        let found = steps(&[two, ("cat /srv/lib/rates.py", "RATE = 2\n")]);
        assert!(found.iter().all(|(goal, ..)| !goal.contains("its contents")), "{found:?}");
    }

    #[test]
    fn a_missing_path_answers_whether_it_is_there() {
        let found = steps(&[
            ("find /srv/logs -name '*.log'", "find: '/srv/logs': No such file or directory\n"),
            ("ls /srv/logs", "ls: cannot access '/srv/logs': No such file or directory\n"),
        ]);
        let expected = (
            "Are there any .log files under /srv/logs?".to_string(),
            "No, /srv/logs does not exist.".to_string(),
            vec![0, 1],
        );
        assert_eq!(found, [expected]);
        let found = steps(&[
            ("ls /srv/logs", "ls: cannot access '/srv/logs': No such file or directory\n"),
            ("ls /srv", "lib\nrates.py\n"),
        ]);
        let (goal, answer, kept) =
            found.iter().find(|(goal, ..)| goal.contains("If not")).unwrap_or_else(|| panic!("{found:?}"));
        assert_eq!(goal, "Does /srv/logs exist on this machine? If not, show me what is in /srv.");
        assert_eq!(answer, "No, /srv/logs does not exist. In /srv there are:\n- lib\n- rates.py");
        assert_eq!(*kept, [0, 1]);
        assert!(steps(&[("cat /srv/a /srv/b", "cat: /srv/a: No such file or directory\n")]).is_empty());
    }
}
