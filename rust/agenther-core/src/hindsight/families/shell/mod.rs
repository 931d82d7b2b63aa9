//! Shell pipelines as requests for what they print.
//!
//! [`command`] takes a line apart, [`phrase`] says what it prints. Unknown flags, patterns with
//! metacharacters, expansions and anything that depends on dropped steps give no candidate.

mod command;
mod filter;
mod phrase;

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Candidate, Proposals};
use crate::hindsight::{Support, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::Status;
use crate::trajectory::{Field, Span};
use phrase::{Kind, Phrase};

/// Longer outputs are listings that no answer repeats.
const MAX_LINES: usize = 30;

/// Proposes requests for what the commands of a run print.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    // Where the log keeps the last newline of outputs, one without it was cut.
    let newline_kept = reading
        .steps
        .iter()
        .any(|step| step.step.observation.is_some_and(|text| text.ends_with('\n')) && line(step).is_some());
    let mut proposed = BTreeSet::new();
    let mut moved = false;
    for (index, step) in reading.steps.iter().enumerate() {
        let Some(line) = line(step) else { continue };
        let line = line.as_ref();
        // A `cd` holds for the commands after it.
        let moved_before = moved;
        moved |= first_word(line) == "cd";
        if changes_state(line) {
            // What later commands print depends on this step, which a goal for them would drop.
            break;
        }
        let (Some(observation), Status::Ok) = (step.step.observation, step.status) else { continue };
        if newline_kept && !observation.ends_with('\n') {
            continue;
        }
        let (directory, rest) = command::within(line).map_or((None, line), |(dir, rest)| (Some(dir), rest));
        let Some(mut phrase) = command::pipeline(rest).as_deref().and_then(phrase::phrase) else { continue };
        let relative = !rest.split(' ').any(|word| word.starts_with('/'));
        if let Some(directory) = directory.filter(|_| relative)
            && !phrase.set_in(directory)
        {
            continue;
        }
        if moved_before && relative && directory.is_none() {
            continue;
        }
        if let Some(answer) = answer(&phrase, observation)
            && proposed.insert(phrase.request(0))
        {
            out.push_derived(candidate(index as u32, step, line, &phrase, answer));
        }
    }
}

/// The command line that a step runs: plain text, or a text argument, of a tool that is a shell.
pub fn line<'a>(step: &StepReading<'a>) -> Option<Cow<'a, str>> {
    const SHELLS: &[&str] =
        &["bash", "sh", "shell", "terminal", "execute_bash", "run_command", "run", "cmd", "exec"];
    const KEYS: &[&str] = &["command", "cmd", "code", "script", "commands", "input"];
    let name = step.step.action_name?;
    if !SHELLS.iter().any(|shell| name.eq_ignore_ascii_case(shell)) && !name.to_lowercase().contains("bash") {
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
    line.contains('>')
        || line.contains("-delete")
        || line.contains("sed -i")
        || line
            .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))
            .any(|word| WRITERS.contains(&word))
}

/// The output as an answer, if it is what the phrase promises and nothing went wrong.
fn answer(phrase: &Phrase, observation: &str) -> Option<String> {
    let lines: Vec<&str> = observation.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let complained = lines.iter().any(|line| {
        [
            "No such file",
            "Permission denied",
            "not found",
            "Is a directory",
            "cannot ",
            "Try '",
            "Usage:",
            "timed out",
        ]
        .iter()
        .any(|complaint| line.contains(complaint))
    });
    if lines.is_empty() || lines.len() > MAX_LINES || complained {
        return None;
    }
    let is_number = |text: &str| text.parse::<u64>().is_ok_and(|number| number > 0);
    let is_hash = |text: &str| text.len() >= 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
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
            value.parse::<u64>().is_ok() || is_hash(&value)
        }),
        Kind::Lines => true,
    };
    if !fits {
        return None;
    }
    Some(match (phrase.kind, lines.as_slice()) {
        (Kind::Number, [number]) => format!("There are {}.", number.trim()),
        (Kind::Value, [line]) => format!("{}.", first_field(line)),
        (Kind::Lines | Kind::PerFile, lines) => lines.join("\n"),
        (_, [one]) => one.to_string(),
        (_, lines) => lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"),
    })
}

fn candidate(step: u32, reading: &StepReading<'_>, line: &str, phrase: &Phrase, answer: String) -> Candidate {
    let seed = line.bytes().fold(0usize, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let evidence =
        [(Field::ActionInput, reading.step.action_input), (Field::Observation, reading.step.observation)]
            .into_iter()
            .filter_map(|(field, text)| {
                let text = text?;
                Some(Support {
                    text: text.to_string(),
                    step: Some(step),
                    field,
                    span: Span::new(0, text.len()),
                })
            })
            .collect();
    Candidate {
        goal: phrase.request(seed),
        answer,
        wording: Wording::Phrase,
        steps: vec![step],
        slots: Vec::new(),
        evidence,
        prior: if phrase.trivial { 0.6 } else { 0.8 },
        trivial: phrase.trivial,
    }
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
                "find /srv -type f -mtime -3 | sort | head -n 2",
                "/srv/a\n/srv/b\n",
                "Give me the first 2 of the files modified within the last 3 days under /srv, sorted alphabetically.",
                "- /srv/a\n- /srv/b",
            ),
        ] {
            let (found, text) = goal(line, output).expect(line);
            assert_eq!(text, answer, "{line}");
            assert!(found == request || found.starts_with("Give me the paths of all"), "{line}: {found}");
        }
    }

    #[test]
    fn anything_unknown_is_refused() {
        for (line, output) in [
            ("find /srv -newer x", "/srv/a\n"),
            ("grep -P 'a+' /etc/hosts", "a\n"),
            ("grep a.b /etc/hosts", "a.b\n"),
            ("cat /etc/hosts | awk '{print $1}'", "127.0.0.1\n"),
            ("find /srv -name '*.py' -exec wc -l {} + | awk '{s += $1} END {print s}'", "14\n"),
            ("find /srv -name \"$X\"", "/srv/a\n"),
            ("cd build && ls -t", "b\na\n"),
            ("find /srv -type f | head -n 2", "/srv/a\n/srv/b\n"),
            ("find /srv -name '*.log'", "find: '/srv': No such file or directory\n"),
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

    #[test]
    fn nothing_is_asked_after_a_write() {
        let calls = [("bash", "touch /srv/x", ""), ("bash", "ls /srv", "x\n")];
        assert!(proposals(super::propose, "", &calls).is_empty());
    }
}
