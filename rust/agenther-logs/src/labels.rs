//! The outcome labels that logs of any shape carry under common names.

use crate::blank::is_blank;
use crate::json::{Keys, Value, read_inner};
use crate::run::Run;

/// Keys of a boolean that says whether the run succeeded.
static SUCCESS: Keys = Keys::new(&[
    "success",
    "is_success",
    "resolved",
    "is_correct",
    "correct",
    "passed",
    "solved",
    "is_solved",
    "is_resolved",
    "task_success",
    // AgentDojo's: whether the user's task was done.
    "utility",
]);
/// Keys of a number that says how well.
static REWARD: Keys = Keys::new(&["reward", "total_reward", "final_reward", "score"]);
/// Keys of the word for how it ended.
static FAILURE_REASON: Keys =
    Keys::new(&["failure_reason", "terminate_reason", "termination_reason", "exit_status"]);

/// Keys that [`read_labels`] uses, for those who copy the rest to the metadata.
pub(crate) fn is_label(key: &str) -> bool {
    [&SUCCESS, &REWARD, &FAILURE_REASON].iter().any(|keys| keys.contains(key))
}

/// Whether a reward is the full mark, on the scale of 0 to 1 that nearly all logs use; `None` on a
/// scale that is not known.
fn full_mark(reward: f64) -> Option<bool> {
    (0.0..=1.0).contains(&reward).then_some(reward >= 1.0)
}

/// Names under which evaluators score the outcome, beside those above.
static OUTCOME: Keys = Keys::new(&[
    "correctness",
    "task_success",
    "task_completion",
    "goal_accuracy",
    "accuracy",
    "pass",
    "outcome",
    "task_completed",
    "goal_achieved",
    "verdict",
]);

/// The label that a score of this name and value states; nothing where it is named after anything
/// but the outcome.
pub(crate) fn score_named(name: &str, score: Option<f64>, word: Option<&str>) -> Score {
    let name = name.to_ascii_lowercase();
    if ![&SUCCESS, &REWARD, &OUTCOME].iter().any(|names| names.contains(&name)) {
        return Score::default();
    }
    let success = word.and_then(|word| match &*word.to_ascii_lowercase() {
        "pass" | "passed" | "true" | "yes" | "correct" | "success" => Some(true),
        "fail" | "failed" | "false" | "no" | "incorrect" | "failure" => Some(false),
        _ => None,
    });
    Score { success, reward: score }
}

/// A label that an evaluator attached to a trace.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    pub success: Option<bool>,
    pub reward: Option<f64>,
}

impl Score {
    /// Takes what is not known yet.
    pub fn or(self, other: Score) -> Score {
        Score { success: self.success.or(other.success), reward: self.reward.or(other.reward) }
    }

    /// Labels a run: a score tells more than whether the trace ended in an error.
    pub fn label(self, run: &mut Run<'_>) {
        run.success = self.success.or(run.success.filter(|_| self.reward.is_none()));
        run.reward = run.reward.or(self.reward);
    }
}

/// A number, or a boolean taken as 1 and 0.
pub(crate) fn reward_of(value: Value<'_, '_>) -> Option<f64> {
    value.as_f64().or_else(|| value.as_bool().map(|yes| f64::from(u8::from(yes))))
}

/// A grade as evaluators give it: a number, a boolean, a letter (correct, partial, incorrect, no
/// answer) or a word.
pub(crate) fn grade(value: Value<'_, '_>) -> Option<f64> {
    let word = value.text();
    match word.as_deref().map(str::trim) {
        Some("C" | "yes" | "Yes" | "true" | "True" | "correct" | "pass") => Some(1.0),
        Some("P" | "partial") => Some(0.5),
        Some("I" | "N" | "no" | "No" | "false" | "False" | "incorrect" | "fail") => Some(0.0),
        _ => reward_of(value),
    }
}

/// Sets `success`, `reward` and `failure_reason` from the members of `record`.
pub(crate) fn read_labels<'a>(record: Value<'_, 'a>, run: &mut Run<'a>) {
    let values = |keys| record.among(keys).map(|(_, value)| value);
    run.reward = values(&REWARD).find(|value| !value.is_null()).and_then(reward_of);
    run.success = values(&SUCCESS).find_map(yes_or_no).or_else(|| evaluated(record));
    let reasons = values(&FAILURE_REASON).filter_map(Value::text);
    run.failure_reason = reasons.into_iter().find(|text| !is_blank(text) && !is_submission(text));
}

/// The verdict in what an evaluator wrote, as JSON or as a text that holds it: AgentDojo's of the user's task,
/// Toolathlon's of what was left behind.
fn evaluated(record: Value<'_, '_>) -> Option<bool> {
    let verdict = |around: &str, key: &str| {
        let around = record.get(around)?;
        let text = around.is_string().then(|| around.text()).flatten();
        match text {
            Some(text) => read_inner(&text, |inner| inner.get(key)?.as_bool()),
            None => around.get(key)?.as_bool(),
        }
    };
    verdict("evaluation", "utility").or_else(|| verdict("task_status", "evaluation"))
}

/// Whether the word for how a run ended says that it handed something in.
pub(crate) fn is_submission(status: &str) -> bool {
    ["submit", "submitted"].iter().any(|word| status.trim().eq_ignore_ascii_case(word))
}

/// A boolean, or the number that stands for one. A text is none: `correct` may hold the answer.
fn yes_or_no(value: Value<'_, '_>) -> Option<bool> {
    let number = value.as_f64().filter(|_| !value.is_string());
    value.as_bool().or_else(|| Some(number.filter(|number| matches!(number, 0.0 | 1.0))? == 1.0))
}

/// Judges a run by its reward where the log states no success: by the bar that the caller set, else
/// by the format's full mark. What ended a run that succeeded is no reason of a failure.
pub(crate) fn judge(run: &mut Run<'_>, success_at: Option<f64>) {
    let passed = |reward: f64| match success_at.or(run.full_mark) {
        Some(bar) => Some(reward >= bar),
        None => full_mark(reward),
    };
    run.success = run.success.or_else(|| run.reward.and_then(passed));
    if run.success == Some(true) {
        run.failure_reason = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_booleans_or_what_stands_for_them() {
        for (record, success, reward) in [
            (r#"{"success": true}"#, Some(true), None),
            (r#"{"resolved": 0}"#, Some(false), None),
            (r#"{"success": 1.0, "reward": 0.5}"#, Some(true), Some(0.5)),
            (r#"{"correct": "No"}"#, None, None),
            (r#"{"correct": 42}"#, None, None),
            (r#"{"reward": "0.0"}"#, Some(false), Some(0.0)),
            (r#"{"reward": 7}"#, None, Some(7.0)),
            (r#"{"score": true}"#, Some(true), Some(1.0)),
            (r#"{"evaluation": {"utility": false, "security": true}}"#, Some(false), None),
            (r#"{"task_status": "{\"running\": \"done\", \"evaluation\": true}"}"#, Some(true), None),
            (r#"{"evaluation": "It went well."}"#, None, None),
            (r#"{"success": null, "reward": NaN}"#, None, None),
        ] {
            let found = read_inner(record, |record| {
                let mut run = Run::default();
                read_labels(record, &mut run);
                judge(&mut run, None);
                Some((run.success, run.reward))
            });
            assert_eq!(found, Some((success, reward)), "{record}");
        }
    }

    #[test]
    fn grades_are_numbers_letters_or_words() {
        for (value, wanted) in [
            ("\"C\"", Some(1.0)),
            ("\"P\"", Some(0.5)),
            ("\"I\"", Some(0.0)),
            ("0.25", Some(0.25)),
            ("false", Some(0.0)),
            ("\"an answer\"", None),
            ("{\"a\": 1}", None),
        ] {
            assert_eq!(read_inner(value, grade), wanted, "{value}");
        }
    }
}
