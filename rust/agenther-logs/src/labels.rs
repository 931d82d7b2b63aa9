//! The outcome labels that logs of any shape carry under common names.

use std::borrow::Cow;

use crate::blank::is_blank;
use crate::json::{Keys, ObjectWriter, Value, read_inner};
use crate::run::{Run, Text};

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
    "won",
]);
/// Keys of a number that says how well.
static REWARD: Keys =
    Keys::new(&["reward", "total_reward", "final_reward", "episode_rewards", "episode_reward", "score"]);
/// Keys of the word for how it ended.
static FAILURE_REASON: Keys =
    Keys::new(&["failure_reason", "terminate_reason", "termination_reason", "exit_status"]);

/// Keys that [`read_labels`] uses, for those who copy the rest to the metadata.
pub(crate) fn is_label(key: &str) -> bool {
    [&SUCCESS, &REWARD, &FAILURE_REASON].iter().any(|keys| keys.contains(key))
}

/// Whether [`read_labels`] can make nothing of a label. Under `correct` may stand what the answer should be.
pub(crate) fn is_unread_label(key: &str, value: Value<'_, '_>) -> bool {
    if SUCCESS.contains(key) {
        return key != "correct" && said(key, value).is_none();
    }
    REWARD.contains(key) && sum(value).is_none() || FAILURE_REASON.contains(key) && value.text().is_none()
}

/// Members of a record that hold its labels, where it states none itself.
const HOLDERS: &[&str] = &["meta", "metadata", "info"];
/// What they call a success, sure names first: a `success` beside no reward may be that of a request.
static HELD_SUCCESS: Keys =
    Keys::new(&["resolved", "is_resolved", "solved", "is_solved", "is_correct", "task_success", "won"]);
static HELD_REWARD: Keys =
    Keys::new(&["reward", "total_reward", "final_reward", "episode_rewards", "episode_reward"]);
static HELD_BESIDE_REWARD: Keys = Keys::new(&["success", "is_success"]);
/// Where evaluators of a benchmark put what they found.
const RESULTS: &[&[&str]] = &[&["result"], &["output", "result"]];

/// Whether a record states a label itself.
fn states_label(record: Value<'_, '_>) -> bool {
    let stated = |keys| record.among(keys).any(|(_, value)| !value.is_null());
    stated(&SUCCESS) || stated(&REWARD)
}

/// The member that holds the labels of a record.
fn holder<'t, 'a>(record: Value<'t, 'a>) -> Option<(&'static str, Value<'t, 'a>)> {
    if !record.is_object() || states_label(record) {
        return None;
    }
    let holds = |held: Value<'_, '_>| {
        held.among(&HELD_REWARD).any(|(_, value)| sum(value).is_some())
            || held.among(&HELD_SUCCESS).any(|(_, value)| yes_or_no(value).is_some())
    };
    HOLDERS.iter().filter_map(|key| Some((*key, record.get(key)?))).find(|(_, held)| holds(*held))
}

/// The JSON of a member of a record without the labels of the record; `None` where nothing else is in it.
pub(crate) fn without_labels<'a>(
    record: Value<'_, 'a>,
    key: &str,
    member: Value<'_, 'a>,
) -> Option<Cow<'a, str>> {
    if !HOLDERS.contains(&key) || holder(record).is_none_or(|(holder, _)| holder != key) {
        return Some(member.json());
    }
    let is_held = |key: &str| {
        [&HELD_SUCCESS, &HELD_REWARD, &HELD_BESIDE_REWARD, &FAILURE_REASON]
            .iter()
            .any(|keys| keys.contains(key))
    };
    let mut out = ObjectWriter::default();
    for (key, value) in member.members().filter(|(key, _)| !is_held(key)) {
        out.json(&key, &value.json());
    }
    out.finish().map(Into::into)
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
    Score { success: word.and_then(outcome_in), reward: score }
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
    let reward = values(&REWARD).find(|value| !value.is_null());
    set_reward(reward, run);
    let success = record.among(&SUCCESS).find_map(|(key, value)| said(key, value));
    run.success = success.or_else(|| evaluated(record));
    run.failure_reason = ending(record);
    match holder(record) {
        Some((_, held)) => read_held(held, run),
        None if run.success.is_none() && run.reward.is_none() => {
            let found = |path: &&[&str]| yes_or_no(record.at_path(path)?.get("is_correct")?);
            run.success = RESULTS.iter().find_map(found);
        }
        None => {}
    }
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

/// The labels in the member that holds them.
fn read_held<'a>(held: Value<'_, 'a>, run: &mut Run<'a>) {
    let values = |keys| held.among(keys).map(|(_, value)| value);
    set_reward(values(&HELD_REWARD).find(|value| sum(*value).is_some()), run);
    run.success = values(&HELD_SUCCESS).find_map(yes_or_no).or(run.success);
    if run.reward.is_some() {
        run.success = run.success.or_else(|| values(&HELD_BESIDE_REWARD).find_map(yes_or_no));
    }
    run.failure_reason = run.failure_reason.take().or_else(|| ending(held));
}

/// The word for how a run ended, unless it says that all went well.
fn ending<'a>(place: Value<'_, 'a>) -> Option<Text<'a>> {
    let words = place.among(&FAILURE_REASON).filter_map(|(_, value)| value.text());
    words.into_iter().find(|text| !is_blank(text) && text != "success" && !is_submission(text))
}

/// Takes a reward. Of a list with one reward the scale is the usual one; those of many steps add up to anything.
fn set_reward(reward: Option<Value<'_, '_>>, run: &mut Run<'_>) {
    run.reward = reward.and_then(sum);
    let is_given = |item: Value<'_, '_>| item.as_f64().is_some_and(|reward| reward != 0.0);
    if reward.is_some_and(|reward| reward.items().filter(|item| is_given(*item)).count() > 1) {
        run.full_mark = run.full_mark.or(Some(UNKNOWN_SCALE));
    }
}

/// A reward, or the sum of those of its steps or tokens.
fn sum(reward: Value<'_, '_>) -> Option<f64> {
    if !reward.is_array() {
        return reward_of(reward);
    }
    let sum: f64 =
        reward.items().map(|item| item.as_f64().filter(|_| !item.is_string())).sum::<Option<f64>>()?;
    (reward.items().next().is_some() && sum.is_finite()).then_some(sum)
}

/// A boolean, or the number that stands for one.
fn yes_or_no(value: Value<'_, '_>) -> Option<bool> {
    let number = value.as_f64().filter(|_| !value.is_string());
    value.as_bool().or_else(|| Some(number.filter(|number| matches!(number, 0.0 | 1.0))? == 1.0))
}

/// What a label of the outcome says.
fn said(key: &str, value: Value<'_, '_>) -> Option<bool> {
    // A question may have the answer `true`.
    yes_or_no(value).or_else(|| if key == "correct" { None } else { said_yes_or_no(value) })
}

/// A boolean as tables have it, or the word for one.
fn said_yes_or_no(value: Value<'_, '_>) -> Option<bool> {
    outcome_in(&value.text()?)
}

/// The outcome that a word states.
fn outcome_in(word: &str) -> Option<bool> {
    match &*word.trim().to_ascii_lowercase() {
        "true" | "yes" | "1" | "pass" | "passed" | "correct" | "success" | "succeeded" | "successful" => {
            Some(true)
        }
        "false" | "no" | "0" | "fail" | "failed" | "failure" | "incorrect" | "unsuccessful" => Some(false),
        _ => None,
    }
}

/// The full mark of a run whose reward tells no success: where rewards add up, nobody knows to what.
pub(crate) const UNKNOWN_SCALE: f64 = f64::INFINITY;

/// Judges a run by its reward where the log states no success: by the bar that the caller set, else
/// by the format's full mark. What ended a run that succeeded is no reason of a failure.
pub(crate) fn judge(run: &mut Run<'_>, success_at: Option<f64>) {
    let passed = |reward: f64| match success_at.or(run.full_mark) {
        Some(UNKNOWN_SCALE) => None,
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
            (r#"{"correct": "true"}"#, None, None),
            (r#"{"success": "True"}"#, Some(true), None),
            (r#"{"success": "failed"}"#, Some(false), None),
            (r#"{"passed": "yes"}"#, Some(true), None),
            (r#"{"success": "1"}"#, Some(true), None),
            (r#"{"success": "partly"}"#, None, None),
            (r#"{"correct": 42}"#, None, None),
            (r#"{"reward": "0.0"}"#, Some(false), Some(0.0)),
            (r#"{"reward": 7}"#, None, Some(7.0)),
            (r#"{"score": true}"#, Some(true), Some(1.0)),
            (r#"{"evaluation": {"utility": false, "security": true}}"#, Some(false), None),
            (r#"{"task_status": "{\"running\": \"done\", \"evaluation\": true}"}"#, Some(true), None),
            (r#"{"evaluation": "It went well."}"#, None, None),
            (r#"{"success": null, "reward": NaN}"#, None, None),
            (r#"{"score": [0, 0.25, 0.75]}"#, None, Some(1.0)),
            (r#"{"reward": [0, 0, 1]}"#, Some(true), Some(1.0)),
            (r#"{"info": {"reward": [0.5, 0.5]}}"#, None, Some(1.0)),
            (r#"{"score": ["a"]}"#, None, None),
            (r#"{"won": false, "episode_rewards": 10.0}"#, Some(false), Some(10.0)),
            (r#"{"meta": {"reward": 0.5, "success": true}}"#, Some(true), Some(0.5)),
            (r#"{"meta": {"reward": false}}"#, Some(false), Some(0.0)),
            (r#"{"info": {"won": true}}"#, Some(true), None),
            (r#"{"metadata": {"success": true, "score": 1}}"#, None, None),
            (r#"{"success": false, "info": {"won": true}}"#, Some(false), None),
            (r#"{"output": {"result": {"is_correct": true}}}"#, Some(true), None),
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
    fn labels_that_are_read_leave_what_held_them() {
        for (record, wanted) in [
            (r#"{"meta": {"steps": 4, "reward": 1, "terminate_reason": "x"}}"#, r#"{"steps": 4}"#),
            (r#"{"reward": 1, "meta": {"reward": 2}}"#, r#"{"reward": 2}"#),
        ] {
            let left = read_inner(record, |record| {
                Some(without_labels(record, "meta", record.get("meta")?)?.into_owned())
            });
            assert_eq!(left.as_deref(), Some(wanted), "{record}");
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
