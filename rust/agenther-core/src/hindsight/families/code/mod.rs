//! Agents in a repository: what the files that they found and opened say of the code in them.
//!
//! [`view`] reads the steps that show a file, [`source`] the definitions in it, [`setting`] what a configuration sets,
//! [`defined`] the searches that find one. A
//! goal asks for one fact of one file, or for what the file defines; a search that found it is the first hop. Files that
//! the run changed are not asked about. [`edit`] reads what was changed, which [`change`] asks for, [`test_run`] runs of tests,
//! and [`passing`] asks which of them fail, or to make them pass.

mod change;
mod defined;
mod edit;
mod passing;
mod setting;
mod source;
mod test_run;
mod view;

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::tool_call::is_secret;
use super::{Candidate, Proposals, english};
use crate::hindsight::{Origin, Slot, Support, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::Status;
use crate::text::bytes::has_letters;
use crate::text::document::Kind;
use crate::trajectory::{Field, Span};
use defined::Located;
use edit::Edit;
use setting::{Setting, settings};
use source::{Definition, Sort, definitions};
use view::View;
pub use view::is_path;

/// A run that opens file after file is not asked about every one.
const MAX_VIEWS: usize = 12;
/// More definitions than these are an index, not an answer.
const MAX_DEFINED: usize = 12;
/// A longer passage is a file to read, not an answer.
const MAX_PASSAGE: usize = 30;
/// How many lines before and after a line are around it.
const PASSAGE_AROUND: usize = 5;

/// Proposes questions that the files shown in a run answer.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    for candidate in passing::asked(reading).into_iter().chain(change::asked(reading)) {
        out.push_derived(candidate);
    }
    let mut asked = BTreeSet::new();
    let (mut viewed, mut searched) = (0, 0);
    for (index, step) in reading.steps.iter().enumerate() {
        if changes_everything(step) || viewed == MAX_VIEWS {
            break;
        }
        if searched < MAX_VIEWS
            && let Some((candidate, _)) = defined(reading, index)
            && asked.insert(candidate.goal.clone())
        {
            searched += 1;
            out.push_derived(candidate);
        }
        if searched < MAX_VIEWS
            && let Some(candidate) = located(reading, index, &mut searched)
            && asked.insert(candidate.goal.clone())
        {
            out.push_derived(candidate);
        }
        let Some(view) = View::of(step) else { continue };
        viewed += 1;
        // Nor what an edit shows of its own work.
        if reading.steps[..=index].iter().any(|earlier| changes(earlier, &view)) {
            continue;
        }
        let file = File { reading, index, found: finder(reading, index, &view), view };
        for candidate in file.asks() {
            if asked.insert(candidate.goal.clone()) {
                out.push_derived(candidate);
            }
        }
    }
}

/// Whether a step shows a file or runs a command: its arguments and its result are no call of an API.
pub fn is_of_code(step: &StepReading<'_>) -> bool {
    command(step).is_some() || View::of(step).is_some() || super::shell::is_search(step)
}

/// The command line of a step whose tool is a shell.
fn command<'a>(step: &StepReading<'a>) -> Option<Cow<'a, str>> {
    super::shell::line(step)
}

/// A file that a step shows.
struct File<'r, 'a> {
    reading: &'r Reading<'a>,
    index: usize,
    /// The step that found the file by its name.
    found: Option<u32>,
    view: View<'a>,
}

impl File<'_, '_> {
    fn asks(&self) -> Vec<Candidate> {
        let all = definitions(self.view.path, &self.view.lines);
        let mut candidates = Vec::new();
        let unique = |one: &&Definition<'_>| {
            all.iter().filter(|other| other.name == one.name && other.of == one.of).count() == 1
        };
        let mut ranked: Vec<&Definition<'_>> = all.iter().filter(unique).collect();
        ranked.sort_by_key(|one| (!self.encloses_request(one), !self.is_mentioned(one.name), one.lines.0));
        for one in ranked {
            if candidates.len() == 2 {
                break;
            }
            let of_interest = self.view.complete || self.encloses_request(one) || self.is_mentioned(one.name);
            let Some((clause, question, answer)) = fact(one).filter(|_| of_interest) else { continue };
            if let Some(candidate) = self.after_search(one, &clause, &answer) {
                candidates.push(candidate);
            } else {
                candidates.push(self.candidate(&clause, &question, answer, one.lines, 0.86));
            }
        }
        if self.view.complete
            && let Some((clause, question, answer)) = index(&all)
        {
            candidates.push(self.candidate(&clause, &question, answer, (0, self.view.lines.len()), 0.84));
        }
        if let Some(one) = self.setting() {
            let clause = format!("what `{}` is set to in it", one.key);
            let question = format!("What is `{}` set to in FILE", one.key);
            let answer = format!("It is set to `{}`.", one.value);
            candidates.push(self.candidate(&clause, &question, answer, (one.line, one.line + 1), 0.84));
        }
        if candidates.is_empty()
            && let Some((clause, question, answer, lines)) = self.passage()
        {
            candidates.push(self.candidate(&clause, &question, answer, lines, 0.8));
        }
        candidates
    }

    /// `Find where the function f is defined in the repository, and tell me what it returns.`
    fn after_search(&self, one: &Definition<'_>, clause: &str, answer: &str) -> Option<Candidate> {
        let from = self.index.saturating_sub(MAX_VIEWS);
        let (search, (found, located)) =
            (from..self.index).rev().find_map(|at| Some((at, defined(self.reading, at)?)))?;
        let is_same = located.name == one.name
            && view::name(located.path) == self.view.name()
            && located.line.is_none_or(|line| self.view.first as usize + one.lines.0 == line as usize);
        let clause =
            clause.replace(&format!(" the {} `{}` in it ", one.sort.noun(), one.full_name()?), " it ");
        let goal = format!("{}, and tell me {clause}.", found.goal.trim_end_matches('.'));
        let candidate = self.candidate("", "", format!("{} {answer}", found.answer), one.lines, 0.88);
        is_same.then(|| Candidate {
            goal,
            steps: vec![search as u32, self.index as u32],
            slots: found.slots,
            evidence: [found.evidence, candidate.evidence].concat(),
            answer: candidate.answer,
            ..candidate
        })
    }

    /// A setting of a configuration: one that the run speaks of, else the first that says how much or which.
    fn setting(&self) -> Option<Setting<'_>> {
        let all = settings(self.view.path, &self.view.lines);
        let last = |one: &Setting<'_>| one.key.rsplit('.').next().unwrap_or("").to_string();
        let is_mentioned = |one: &&Setting<'_>| self.is_mentioned(&last(one));
        let tells =
            |one: &&Setting<'_>| one.key.contains('.') && one.value.contains(|c: char| c.is_ascii_digit());
        // Of a part of a file it is not known what its lines stand in.
        let told: Vec<&Setting<'_>> =
            all.iter().filter(|one| self.view.complete && !is_secret(&last(one))).collect();
        let found = told.iter().find(|one| is_mentioned(one)).or_else(|| told.iter().find(|one| tells(one)));
        found.map(|one| (*one).clone())
    }

    /// The lines that the call asked for: a short range, or those around one line.
    fn passage(&self) -> Option<(String, String, String, (usize, usize))> {
        let input = self.reading.steps[self.index].step.action_input?;
        let (first, shown) = (self.view.first as usize, self.view.lines.len());
        let mut numbers: Vec<usize> = input
            .replace(self.view.path, " ")
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|word| word.parse().ok())
            .filter(|line| *line > 0)
            .collect();
        numbers.dedup();
        let (what, lines) = match numbers.as_slice() {
            [from, to] if *from == first && *to + 1 == first + shown && shown <= MAX_PASSAGE => {
                (format!("lines {from} to {to}"), (0, shown))
            }
            [line] if first > 1 && (first..first + shown).contains(line) => {
                let at = line - first;
                let lines = (at.saturating_sub(PASSAGE_AROUND), (at + PASSAGE_AROUND + 1).min(shown));
                (format!("the code around line {line}"), lines)
            }
            _ => return None,
        };
        let text: Vec<String> =
            (lines.0..lines.1).map(|at| format!("{}: {}", first + at, self.view.lines[at])).collect();
        let clause =
            what.replacen("lines", "what is in lines", 1).replacen("the code", "what the code is", 1);
        let question =
            format!("What {} {what} of FILE", if what.starts_with("lines") { "is in" } else { "is" });
        Some((clause, question, text.join("\n"), lines))
    }

    /// Whether the call asked for a line within a definition.
    fn encloses_request(&self, one: &Definition<'_>) -> bool {
        let input = self.reading.steps[self.index].step.action_input.unwrap_or("");
        let (from, to) = (self.view.first as usize + one.lines.0, self.view.first as usize + one.lines.1);
        let numbers =
            input.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse::<usize>().ok());
        self.view.first > 1
            && one.sort != Sort::Class
            && numbers.clone().any(|line| (from..to).contains(&line))
    }

    /// Whether the run speaks of a definition.
    fn is_mentioned(&self, name: &str) -> bool {
        let next = self.reading.steps.get(self.index + 1);
        let here = &self.reading.steps[self.index];
        [here.step.thought, here.step.action_input, next.and_then(|step| step.step.thought)]
            .into_iter()
            .chain([self.reading.run.original_prompt])
            .flatten()
            .any(|text| has_word(text, name))
    }

    /// A goal: `Find the file a.py and tell me CLAUSE.`, or the question about the file at its path.
    fn candidate(
        &self,
        clause: &str,
        question: &str,
        answer: String,
        lines: (usize, usize),
        prior: f32,
    ) -> Candidate {
        let step = self.reading.steps[self.index].step;
        let (goal, named) = match self.found {
            Some(_) => {
                (format!("Find the file {} and tell me {clause}.", self.view.name()), self.view.name())
            }
            None => {
                let path = in_repository(self.view.path);
                (format!("{}?", question.replace("FILE", path)), path)
            }
        };
        let shown = step.observation.unwrap_or("");
        let support = self.view.lines.get(lines.0..lines.1).and_then(|lines| {
            let (first, last) = (lines.first()?, lines.last()?);
            let start = first.as_ptr() as usize - shown.as_ptr() as usize;
            let end = last.as_ptr() as usize + last.len() - shown.as_ptr() as usize;
            Some(Support {
                text: shown.get(start..end)?.to_string(),
                step: Some(self.index as u32),
                field: Field::Observation,
                span: Span::new(start, end),
            })
        });
        Candidate {
            goal,
            answer,
            wording: Wording::Phrase,
            steps: self.found.into_iter().chain([self.index as u32]).collect(),
            slots: vec![Slot {
                name: "path".to_string(),
                value: named.to_string(),
                origin: Origin::User,
                step: self.index as u32,
            }],
            evidence: support.into_iter().collect(),
            prior,
            trivial: false,
        }
    }
}

/// What a definition states: as a clause, as a question of a FILE, and the answer.
fn fact(one: &Definition<'_>) -> Option<(String, String, String)> {
    let (noun, name) = (one.sort.noun(), one.full_name()?);
    let code = |parts: &[&str]| {
        let quoted: Vec<String> = parts.iter().map(|part| format!("`{part}`")).collect();
        english::enumerate(&quoted, "and")
    };
    if let Some(value) = one.returns
        && tells(value)
    {
        return Some((
            format!("what the {noun} `{name}` in it returns"),
            format!("What does the {noun} `{name}` in FILE return"),
            match one.given {
                Some((name, made)) => format!("It returns `{value}`, where `{name}` is `{made}`."),
                None => format!("It returns `{value}`."),
            },
        ));
    }
    if !one.bases.is_empty()
        && one.bases.iter().all(|base| !base.contains(['=', '(', '[']))
        && one.bases != ["object"]
    {
        let class = if one.bases.len() == 1 { "class" } else { "classes" };
        return Some((
            format!("which {class} the class `{name}` in it inherits from"),
            format!("Which {class} does the class `{name}` in FILE inherit from"),
            format!("It inherits from {}.", code(&one.bases)),
        ));
    }
    let parameters = one.parameters.as_ref().filter(|parts| (1..=8).contains(&parts.len()))?;
    Some((
        format!("which parameters the {noun} `{name}` in it takes"),
        format!("Which parameters does the {noun} `{name}` in FILE take"),
        format!("It takes {}.", code(parameters)),
    ))
}

/// Whether a returned expression says anything to those who do not see the function: `enc` and `bytes(ct)` only name
/// what is made in it.
fn tells(value: &str) -> bool {
    value.contains(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '(' | ')'))
        || value.starts_with(|c: char| c.is_ascii_digit())
}

/// What a whole file defines at its outermost level.
fn index(all: &[Definition<'_>]) -> Option<(String, String, String)> {
    let outer = |one: &&Definition<'_>| one.sort != Sort::Method && one.is_outermost();
    let named = |sort: Sort| -> Vec<String> {
        all.iter().filter(outer).filter(|one| one.sort == sort).map(|one| format!("`{}`", one.name)).collect()
    };
    let (functions, classes) = (named(Sort::Function), named(Sort::Class));
    if !(2..=MAX_DEFINED).contains(&(functions.len() + classes.len())) {
        return None;
    }
    let kinds = match (functions.len(), classes.len()) {
        (_, 0) => "functions",
        (0, _) => "classes",
        _ => "functions and classes",
    };
    let part = |noun: &str, names: &[String]| match names {
        [] => None,
        [one] => Some(format!("the {noun} {one}")),
        names => Some(format!("the {} {}", english::plural(noun), english::enumerate(names, "and"))),
    };
    let parts: Vec<String> =
        [part("function", &functions), part("class", &classes)].into_iter().flatten().collect();
    Some((
        format!("which {kinds} it defines"),
        format!("Which {kinds} does FILE define"),
        format!("It defines {}.", parts.join(", and ")),
    ))
}

/// The command and the output of a step.
fn evidence_of(reading: &Reading<'_>, index: usize) -> Vec<Support> {
    let step = reading.steps[index].step;
    let fields = [(Field::ActionInput, step.action_input), (Field::Observation, step.observation)];
    let texts =
        fields.into_iter().filter_map(|(field, text)| Some((field, text.filter(|text| !text.is_empty())?)));
    texts
        .map(|(field, text)| Support {
            text: text.to_string(),
            step: Some(index as u32),
            field,
            span: Span::new(0, text.len()),
        })
        .collect()
}

/// `Find where the function f is defined in the repository.`: a search that found its one definition.
fn defined<'a>(reading: &Reading<'a>, index: usize) -> Option<(Candidate, Located<'a>)> {
    let step = &reading.steps[index];
    let one = Located::of(step)?;
    // What the run wrote itself it need not look for.
    let is_written = |earlier: &StepReading<'_>| {
        Edit::of(earlier).is_some_and(|edit| has_word(&edit.new, one.name))
            || passing::changed_file(earlier).is_some_and(|path| view::name(&path) == view::name(one.path))
    };
    if reading.steps[..index].iter().any(is_written) {
        return None;
    }
    let path = in_repository(one.path);
    let answer = match one.line {
        Some(line) => format!("It is defined in {path}, at line {line}."),
        None => format!("It is defined in {path}."),
    };
    let start = one.found.as_ptr() as usize - step.step.observation?.as_ptr() as usize;
    let candidate = Candidate {
        goal: format!("Find where the {} `{}` is defined in the repository.", one.noun, one.name),
        answer,
        wording: Wording::Phrase,
        steps: vec![index as u32],
        slots: vec![Slot {
            name: "name".to_string(),
            value: one.name.to_string(),
            origin: Origin::User,
            step: index as u32,
        }],
        evidence: vec![Support {
            text: one.found.to_string(),
            step: Some(index as u32),
            field: Field::Observation,
            span: Span::new(start, start + one.found.len()),
        }],
        prior: 0.88,
        trivial: false,
    };
    Some((candidate, one))
}

/// `Where is the file fields.py?`: a search for a file by its name that found one.
fn located(reading: &Reading<'_>, index: usize, searched: &mut usize) -> Option<Candidate> {
    let step = &reading.steps[index];
    let observation = step.step.observation.filter(|_| step.status == Status::Ok && searches(step))?;
    *searched += 1;
    let mut paths =
        observation.lines().map(str::trim).filter(|line| line.contains('/') && view::is_path(line));
    let path = paths.next().filter(|_| paths.next().is_none())?;
    let name = view::name(path);
    let made = reading.steps[..index].iter().any(|step| {
        step.step.action_input.is_some_and(|input| has_word(crate::text::cut::head(input, 4000), name))
            && !searches(step)
    });
    if made || !has_word(step.step.action_input?, name) {
        return None;
    }
    let start = path.as_ptr() as usize - observation.as_ptr() as usize;
    Some(Candidate {
        goal: format!("Where is the file {name}?"),
        answer: format!("It is at {path}."),
        wording: Wording::Phrase,
        steps: vec![index as u32],
        slots: vec![Slot {
            name: "name".to_string(),
            value: name.to_string(),
            origin: Origin::User,
            step: index as u32,
        }],
        evidence: vec![Support {
            text: path.to_string(),
            step: Some(index as u32),
            field: Field::Observation,
            span: Span::new(start, start + path.len()),
        }],
        prior: 0.9,
        trivial: false,
    })
}

/// Whether a step looks for files.
fn searches(step: &StepReading<'_>) -> bool {
    let tool = step.step.action_name.unwrap_or("");
    ["find", "glob", "search"].iter().any(|word| has_letters(tool, word))
        || command(step).is_some_and(|line| line.starts_with("find ") && !line.contains("-exec"))
}

/// The earlier step that found the file by its name: the name is in what was asked, and the path in what came back.
fn finder(reading: &Reading<'_>, index: usize, view: &View<'_>) -> Option<u32> {
    let name = view.name();
    let found = reading.steps[..index].iter().rposition(|step| {
        let (Some(input), Some(observation)) = (step.step.action_input, step.step.observation) else {
            return false;
        };
        let paths = observation.lines().map(str::trim).filter(|line| line.ends_with(name)).collect::<Vec<_>>();
        let same = |line: &&str| line.ends_with(view.path) || view.path.ends_with(line.trim_start_matches("./"));
        step.status == Status::Ok
            && searches(step)
            && has_word(input, name)
            && matches!(paths.iter().filter(|line| line.contains('/')).collect::<Vec<_>>().as_slice(), [only] if same(only))
    })?;
    u32::try_from(found).ok()
}

/// Whether a text has a name as a word of its own.
fn has_word(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).take(64).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_none_or(|c| !part(c));
        let after = text[at + name.len()..].chars().next().is_none_or(|c| !part(c));
        before && after
    })
}

/// Whether a step may have changed the file: it does more than show, and names it.
fn changes(step: &StepReading<'_>, view: &View<'_>) -> bool {
    let Some(tool) = step.step.action_name else { return false };
    let name = view.name();
    let names_it = [step.step.action_input, step.step.observation]
        .into_iter()
        .flatten()
        .any(|text| has_word(crate::text::cut::head(text, 4000), name));
    if !names_it {
        return false;
    }
    match command(step) {
        Some(line) => super::shell::changes_state(&line),
        None => {
            let input = step.step.action_input.unwrap_or("");
            let tool = tool.to_lowercase();
            let writes =
                ["edit", "write", "create", "insert", "replace", "patch", "append", "delete", "update"];
            let shows = step
                .arguments()
                .and_then(|arguments| arguments.root().get("command"))
                .filter(|value| value.kind() == Kind::String)
                .is_some_and(|value| value.raw() == "view");
            writes.iter().any(|word| tool.contains(word)) && !shows && !input.is_empty()
        }
    }
}

/// A path without the folder that a harness checks a repository out to: `setup.py` of `/acme__widgets/setup.py`.
fn in_repository(path: &str) -> &str {
    match path.strip_prefix('/').and_then(|path| path.split_once('/')) {
        Some((checkout, inside)) if checkout.contains("__") => inside,
        _ => path,
    }
}

/// Whether a step may have changed any file of the repository.
fn changes_everything(step: &StepReading<'_>) -> bool {
    const TREE: &[&str] = &[
        "git checkout",
        "git apply",
        "git stash",
        "git reset",
        "git pull",
        "git merge",
        "patch ",
        "git clean",
    ];
    command(step).is_some_and(|line| TREE.iter().any(|start| line.contains(start)))
}

#[cfg(test)]
mod tests {
    use super::in_repository;
    use crate::hindsight::families::testing::proposals;

    #[test]
    fn the_folder_of_a_checkout_is_no_part_of_the_path() {
        for (path, inside) in [
            ("/acme__widgets/setup.py", "setup.py"),
            ("/acme__widgets/src/a.py", "src/a.py"),
            ("/app/src/a.py", "/app/src/a.py"),
            ("pkg/__init__.py", "pkg/__init__.py"),
        ] {
            assert_eq!(in_repository(path), inside);
        }
    }

    const FOUND: (&str, &str, &str) = (
        "find_file",
        "rates.py src",
        "Found 1 matches for \"rates.py\" in /shop/src:\n/shop/src/money/rates.py",
    );
    const AROUND: (&str, &str, &str) = (
        "open",
        "src/money/rates.py 42",
        "[File: /shop/src/money/rates.py (90 lines total)]\n(39 more lines above)\n40:        return a\n41:    x = 1\n42:    y = 2\n43:\n(47 more lines below)",
    );
    const OPENED: (&str, &str, &str) = (
        "open",
        "src/money/rates.py",
        "[File: /shop/src/money/rates.py (9 lines total)]\n1:import os\n2:\n3:class Rate(Base):\n4:    pass\n5:\n6:def tax(amount, rate=0.2):\n7:    share = amount * rate\n8:    return round(share, 2)\n9:x = 1",
    );

    fn goals(calls: &[(&str, &str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        proposals(super::propose, "The tax function rounds wrongly", calls)
    }

    #[test]
    fn a_file_that_was_found_and_opened_is_asked_about() {
        let found = goals(&[FOUND, OPENED]);
        let expected = (
            "Find the file rates.py and tell me what the function `tax` in it returns.".to_string(),
            "It returns `round(share, 2)`, where `share` is `amount * rate`.".to_string(),
            vec![0, 1],
        );
        assert!(found.contains(&expected), "{found:?}");
        let defined = "It defines the function `tax`, and the class `Rate`.";
        assert!(found.iter().any(|(_, answer, _)| answer == defined), "{found:?}");
    }

    #[test]
    fn a_file_that_was_opened_by_its_path_is_asked_about_there() {
        let found = goals(&[OPENED]);
        let asked = "What does the function `tax` in /shop/src/money/rates.py return?";
        assert!(found.iter().any(|(goal, ..)| goal == asked), "{found:?}");
    }

    #[test]
    fn a_search_by_name_and_a_look_at_a_line_are_asked_for() {
        let found = goals(&[FOUND, AROUND]);
        assert_eq!(found[0].0, "Where is the file rates.py?");
        assert_eq!(found[0].1, "It is at /shop/src/money/rates.py.");
        assert_eq!(found[1].0, "Find the file rates.py and tell me what the code is around line 42.");
        assert!(found[1].1.contains("42:     y = 2"), "{found:?}");
    }

    #[test]
    fn a_file_that_the_run_changed_is_not_asked_about() {
        let edit = (
            "edit",
            "6:6\ndef tax(amount):\nend_of_edit",
            "[File: /shop/src/money/rates.py (9 lines total)]",
        );
        assert!(goals(&[edit, OPENED]).is_empty());
        assert!(goals(&[("bash", "git checkout v2", "ok"), OPENED]).is_empty());
        assert!(goals(&[("bash", "sed -i s/a/b/ src/money/rates.py", ""), OPENED]).is_empty());
    }
}
