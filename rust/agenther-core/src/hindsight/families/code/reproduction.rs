//! Scripts that show the error that the prompt speaks of.

use super::passing::changed_file;
use super::{Candidate, command, evidence_of, view};
use crate::hindsight::Wording;
use crate::hindsight::families::shell::{own_command, printed};
use crate::reading::Reading;

/// Longer messages are texts.
const MAX_MESSAGE: usize = 160;

/// The request for a script that reproduces an error: it was written, and its run ended with the error.
pub fn asked(reading: &Reading<'_>) -> Option<Candidate> {
    let prompt = reading.run.original_prompt?;
    let mut written: Option<(u32, String)> = None;
    for (index, step) in reading.steps.iter().enumerate() {
        let at = u32::try_from(index).ok()?;
        if let Some(path) = changed_file(step).filter(|path| is_script(path)) {
            written = Some((at, path));
        } else if changed_file(step).is_some() {
            // What a changed source does is no longer what was asked about.
            return None;
        }
        let Some((wrote, path)) = &written else { continue };
        let runs = command(step).is_some_and(|line| {
            let last = own_command(&line).lines().last().unwrap_or("").to_string();
            last.starts_with("python") && super::has_word(&last, view::name(path))
        });
        if !runs {
            continue;
        }
        let Some(error) = step.step.observation.and_then(printed).and_then(|output| error(output, prompt))
        else {
            continue;
        };
        let mut steps = vec![*wrote, at];
        steps.dedup();
        return Some(Candidate {
            goal: format!("Write a script that reproduces the error `{error}`, and run it."),
            answer: format!("I wrote {path}. Running it ends with `{error}`."),
            wording: Wording::Phrase,
            evidence: evidence_of(reading, index),
            steps,
            slots: Vec::new(),
            prior: 0.88,
            trivial: false,
        });
    }
    None
}

fn is_script(path: &str) -> bool {
    path.ends_with(".py")
        && (super::passing::is_scratch(path) || !path.trim_start_matches("./").contains('/'))
}

/// The last line of a traceback, if the prompt names its exception.
fn error<'t>(output: &'t str, prompt: &str) -> Option<&'t str> {
    let last = output.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
    let name = last.split([':', '(']).next()?;
    let short = name.rsplit('.').next()?;
    let is_exception = (short.ends_with("Error") || short.ends_with("Exception"))
        && !matches!(short, "Error" | "Exception")
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let is_said = last.len() <= MAX_MESSAGE && !last.contains('`') && super::has_word(prompt, short);
    (is_exception && is_said && output.contains("Traceback")).then_some(last)
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    #[test]
    fn a_script_that_shows_the_error_of_the_prompt_is_asked_for() {
        let write = (
            "str_replace_editor",
            r#"{"command": "create", "path": "/shop/repro.py", "file_text": "tax(None)"}"#,
            "File created successfully at: /shop/repro.py",
        );
        let run = (
            "bash",
            "cd /shop && python repro.py",
            "Traceback (most recent call last):\n  File \"repro.py\", line 1\nTypeError: no number\n",
        );
        let found = proposals(super::super::propose, "tax(None) raises a TypeError", &[write, run]);
        let goal = "Write a script that reproduces the error `TypeError: no number`, and run it.";
        assert!(found.iter().any(|(asked, _, kept)| asked == goal && *kept == [0, 1]), "{found:?}");
        let found = proposals(super::super::propose, "tax(None) is zero", &[write, run]);
        assert!(found.iter().all(|(asked, ..)| asked != goal), "{found:?}");
    }
}
