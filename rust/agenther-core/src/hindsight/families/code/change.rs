//! Edits of one line, as requests for that edit.

use super::edit::Edit;
use super::{Candidate, changes_everything, evidence_of, in_repository};
use crate::hindsight::{Origin, Slot, Wording};
use crate::reading::Reading;

/// A longer line is no request.
const MAX_LINE: usize = 120;

/// So many edits of a run are asked for.
const MAX_ASKED: usize = 2;

/// Shorter lines say nothing.
const MIN_LINE: usize = 6;

/// ``In src/limits.rs, change `a` to `b`.``: edits of files that the run had not changed before.
pub fn asked(reading: &Reading<'_>) -> Vec<Candidate> {
    let mut changed: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for (index, step) in reading.steps.iter().enumerate() {
        if changes_everything(step) || found.len() == MAX_ASKED {
            break;
        }
        let Some(path) = super::passing::changed_file(step) else { continue };
        let is_first = !changed.contains(&path);
        changed.push(path);
        if let Some(edit) = Edit::of(step).filter(|_| is_first) {
            found.extend(candidate(reading, index, &edit));
        }
    }
    found
}

fn candidate(reading: &Reading<'_>, index: usize, edit: &Edit<'_>) -> Option<Candidate> {
    let (removed, added, _) = edit.difference()?;
    let ([old], [new]) = (removed.as_slice(), added.as_slice()) else { return None };
    let (old, new) = (old.trim(), new.trim());
    let is_said = |line: &str| (MIN_LINE..=MAX_LINE).contains(&line.len()) && !line.contains('`');
    if !is_said(old) || !is_said(new) || old == new {
        return None;
    }
    let path = in_repository(&edit.path);
    let looked_at = super::passing::looked_at(reading, index, &edit.path, old);
    let slot = |name: &str, value: &str| Slot {
        name: name.to_string(),
        value: value.to_string(),
        origin: Origin::User,
        step: index as u32,
    };
    Some(Candidate {
        goal: format!("In {path}, change `{old}` to `{new}`."),
        answer: format!("Done: {path} has `{new}` now in place of `{old}`."),
        wording: Wording::Phrase,
        steps: looked_at.into_iter().chain([index as u32]).collect(),
        slots: vec![slot("path", path), slot("old", old), slot("new", new)],
        evidence: evidence_of(reading, index),
        prior: 0.8,
        trivial: false,
    })
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    const DONE: &str = "The file /infra/versions.tf has been updated. Here's the result of running `cat -n` on a snippet of the edited file:\n     6→      version = \"< 6.0.0\"\n     7→    }";

    fn goals(calls: &[(&str, &str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        let found = proposals(super::super::propose, "The nightly run is red", calls);
        found.into_iter().filter(|(goal, ..)| goal.contains(", change `")).collect()
    }

    #[test]
    fn an_edit_of_one_line_is_asked_for_with_the_look_at_it() {
        let look = (
            "Read",
            r#"{"file_path": "/infra/versions.tf"}"#,
            "     5→    aws = {\n     6→      version = \"< 5.60.0\"\n     7→    }",
        );
        let edit = (
            "Edit",
            r#"{"file_path": "/infra/versions.tf", "old_string": "      version = \"< 5.60.0\"", "new_string": "      version = \"< 6.0.0\""}"#,
            DONE,
        );
        let goal = "In /infra/versions.tf, change `version = \"< 5.60.0\"` to `version = \"< 6.0.0\"`.";
        let found = goals(&[look, edit]);
        assert_eq!(
            found,
            [(
                goal.to_string(),
                "Done: /infra/versions.tf has `version = \"< 6.0.0\"` now in place of `version = \"< 5.60.0\"`.".to_string(),
                vec![0, 1]
            )]
        );
        assert_eq!(goals(&[edit, edit]).len(), 1);
        let failed =
            ("Edit", edit.1, "<tool_use_error>String to replace not found in file.</tool_use_error>");
        assert_eq!(goals(&[look, failed]), []);
        let more = (
            "Edit",
            r#"{"file_path": "/infra/versions.tf", "old_string": "a = 1", "new_string": "a = 1\nb = 2\nc = 3"}"#,
            DONE,
        );
        assert_eq!(goals(&[more]), []);
    }
}
