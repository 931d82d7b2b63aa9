//! Edits as requests: `In a.py, change X to Y`, `Add the function f to a.py`.

use super::edit::Edit;
use super::source::{Sort, definitions};
use super::{Candidate, evidence_of, in_repository, view};
use crate::hindsight::Wording;
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::Status;

/// Longer lines are no part of a sentence.
const MAX_LINE: usize = 110;

/// So many steps back a file that is changed was looked at.
const MAX_LOOK: usize = 40;

/// The request for the change of a step.
pub fn asked(reading: &Reading<'_>, index: usize) -> Option<Candidate> {
    let edit = Edit::of(&reading.steps[index])?;
    let is_written =
        |earlier: &StepReading<'_>| Edit::of(earlier).is_some_and(|earlier| earlier.path == edit.path);
    let changed_before = reading.steps[..index].iter().any(is_written);
    if edit.old.is_none() {
        return created(reading, index, &edit).filter(|_| !changed_before);
    }
    let (removed, added, before) = edit.difference()?;
    let path = in_repository(&edit.path);
    let (goal, answer, anchor) = match (removed.as_slice(), added.as_slice()) {
        ([old], [new]) => {
            let (old, new) = (code(old)?, code(new)?);
            (
                format!("In {path}, change {old} to {new}."),
                format!("Done: in {path}, {old} is now {new}."),
                removed[0],
            )
        }
        ([], [new]) => {
            let (line, before) = (code(new)?, before?);
            let after = code(before)?;
            (
                format!("In {path}, add the line {line} after {after}."),
                format!("Done: {line} now stands after {after} in {path}."),
                before,
            )
        }
        ([old], []) => {
            let line = code(old)?;
            (
                format!("Remove the line {line} from {path}."),
                format!("Done: {line} is no longer in {path}."),
                removed[0],
            )
        }
        ([], added) => {
            let (what, purpose) = defined(&edit.path, added)?;
            (
                format!("Add {what} to {path}: \"{purpose}\""),
                format!("Done: {path} now defines {what}."),
                before?,
            )
        }
        _ => return None,
    };
    // What an earlier edit made is not there without it.
    if changed_before || !view::is_path(&edit.path) {
        return None;
    }
    let looked = looked_at(reading, index, &edit.path, anchor);
    let steps: Vec<u32> = looked.into_iter().chain(u32::try_from(index)).collect();
    Some(Candidate {
        goal,
        answer,
        wording: Wording::Phrase,
        evidence: evidence_of(reading, index),
        steps,
        slots: Vec::new(),
        prior: 0.88,
        trivial: false,
    })
}

/// Endings of files that people dictate: settings and notes, no programs.
const DICTATED: &[&str] = &[
    "conf",
    "cfg",
    "ini",
    "yml",
    "yaml",
    "json",
    "toml",
    "txt",
    "md",
    "env",
    "service",
    "dockerignore",
    "gitignore",
    "csv",
];

/// A longer text is a document.
const MAX_TEXT_LINES: usize = 12;

/// The request for a short file that was written as a whole.
fn created(reading: &Reading<'_>, index: usize, edit: &Edit<'_>) -> Option<Candidate> {
    let text = edit.new.trim_end();
    let name = view::name(&edit.path);
    let is_dictated = DICTATED.contains(&name.rsplit('.').next()?) && name.contains('.');
    let is_short =
        (1..=MAX_TEXT_LINES).contains(&text.lines().count()) && text.len() <= 600 && !text.contains("```");
    let was_there = reading.steps[..index].iter().any(|step| {
        step.step.action_input.is_some_and(|input| super::has_word(input, name)) && step.status == Status::Ok
    });
    let path = in_repository(&edit.path);
    (is_dictated && is_short && !was_there && !super::passing::is_scratch(&edit.path)).then(|| Candidate {
        goal: format!("Create the file {path} with this content:\n```\n{text}\n```"),
        answer: format!("Done: I created {path} with that content."),
        wording: Wording::Phrase,
        evidence: evidence_of(reading, index),
        steps: vec![index as u32],
        slots: Vec::new(),
        prior: 0.8,
        trivial: false,
    })
}

/// The step before that shows a line of a file, as whoever changes it must have seen it.
pub fn looked_at(reading: &Reading<'_>, index: usize, path: &str, line: &str) -> Option<u32> {
    let from = index.saturating_sub(MAX_LOOK);
    let line = line.trim();
    let shows = |step: &StepReading<'_>| {
        let is_of_it = step.step.action_input.is_some_and(|input| super::has_word(input, view::name(path)));
        is_of_it && Edit::of(step).is_none() && step.step.observation.is_some_and(|text| text.contains(line))
    };
    let at = reading.steps[from..index].iter().rposition(shows)?;
    u32::try_from(from + at).ok()
}

/// A line of code in a sentence.
fn code(line: &str) -> Option<String> {
    let line = line.trim();
    let is_said =
        (2..=MAX_LINE).contains(&line.len()) && !line.contains('`') && line.contains(char::is_alphanumeric);
    is_said.then(|| format!("`{line}`"))
}

/// The one function or class that lines define, with what its documentation says first.
fn defined(path: &str, lines: &[&str]) -> Option<(String, String)> {
    let all = definitions(path, lines);
    let outer: Vec<_> = all.iter().filter(|one| one.sort != Sort::Method || one.of.is_none()).collect();
    let [one] = outer.as_slice() else { return None };
    let head = lines[one.lines.0].trim();
    let first = lines[one.lines.0 + 1..one.lines.1.min(lines.len())]
        .iter()
        .map(|line| line.trim())
        .find(|line| !line.is_empty())?;
    let text =
        first.trim_start_matches(['r', 'u']).strip_prefix("\"\"\"").or_else(|| first.strip_prefix("'''"))?;
    let text = text.trim_end_matches("\"\"\"").trim_end_matches("'''").trim();
    let signature = head.trim_start_matches("async ").split_once(' ')?.1;
    let signature = signature.rsplit_once(':').map_or(signature, |(before, _)| before);
    let is_said =
        text.split_whitespace().count() >= 3 && text.len() <= MAX_LINE && !text.contains(['"', '`']);
    let is_whole = signature.contains('(') && signature.len() <= MAX_LINE;
    (is_said && is_whole).then(|| (format!("the {} `{signature}`", one.sort.noun()), sentence(text)))
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_string() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    fn goals(calls: &[(&str, &str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        proposals(super::super::propose, "The totals are wrong", calls)
    }

    const LOOK: (&str, &str, &str) =
        ("bash", "cat shop/tax.py", "RATE = 0.2\n\ndef tax(x):\n    return x * RATE\n");

    #[test]
    fn edits_of_a_line_are_asked_for_with_the_look_before() {
        for (old, new, goal) in [
            (
                "return x * RATE",
                "return round(x * RATE, 2)",
                "In shop/tax.py, change `return x * RATE` to `return round(x * RATE, 2)`.",
            ),
            (
                "RATE = 0.2\\n",
                "RATE = 0.2\\nMAX = 9\\n",
                "In shop/tax.py, add the line `MAX = 9` after `RATE = 0.2`.",
            ),
            ("RATE = 0.2\\n\\ndef", "\\ndef", "Remove the line `RATE = 0.2` from shop/tax.py."),
        ] {
            let input = format!(
                r#"{{"command": "str_replace", "path": "shop/tax.py", "old_str": "{old}", "new_str": "{new}"}}"#
            );
            let found =
                goals(&[LOOK, ("str_replace_editor", &input, "The file shop/tax.py has been edited.")]);
            assert!(found.iter().any(|(asked, _, kept)| asked == goal && *kept == [0, 1]), "{found:?}");
            let refused = goals(&[
                LOOK,
                ("str_replace_editor", &input, "No replacement was performed, old_str did not appear."),
            ]);
            assert!(refused.iter().all(|(asked, ..)| asked != goal), "{refused:?}");
        }
    }

    #[test]
    fn a_function_is_asked_for_with_what_it_is_for() {
        let input = r#"{"file_path": "shop/tax.py", "old_string": "RATE = 0.2\n", "new_string": "RATE = 0.2\n\n\ndef net(x, rate=RATE):\n    \"\"\"Take the tax off a gross price.\"\"\"\n    return x / (1 + rate)\n"}"#;
        let found = goals(&[LOOK, ("Edit", input, "The file shop/tax.py has been updated.")]);
        let goal = "Add the function `net(x, rate=RATE)` to shop/tax.py: \"Take the tax off a gross price.\"";
        assert!(found.iter().any(|(asked, ..)| asked == goal), "{found:?}");
    }

    #[test]
    fn a_patch_of_one_hunk_is_an_edit() {
        let input =
            "*** Begin Patch\n*** Update File: shop/tax.py\n@@\n-RATE = 0.2\n+RATE = 0.25\n*** End Patch";
        let found =
            goals(&[LOOK, ("apply_patch", input, "Success. Updated the following files:\nM shop/tax.py")]);
        let goal = "In shop/tax.py, change `RATE = 0.2` to `RATE = 0.25`.";
        assert!(found.iter().any(|(asked, ..)| asked == goal), "{found:?}");
    }
}
