//! A short answer that stands nowhere the agent looked.

use super::answer_observed::{Phrase, short_answer};
use super::{Hit, Signals, is_call, tokens, ungrounded_answer_date};
use crate::reading::StepReading;
use crate::text::document::Kind;
use crate::text::facts::FactKind;
use crate::text::words::is_stop;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The final answer, of at most eight words and neither yes nor no, stands in no observation and not in what the user said, nor is it a date written in another way or the sum of what a result lists.";

/// At most one hit. A run without any observation is another signal (`no_evidence`).
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some(answer) = short_answer(signals).map(Phrase::new) else { return Vec::new() };
    let observed =
        || signals.steps().filter(|(_, step)| is_call(step)).filter_map(|(_, step)| step.step.observation);
    let said = signals.steps().filter_map(|(_, step)| step.step.user).chain(signals.run().original_prompt);
    if observed().next().is_none() || observed().chain(said).any(|text| answer.is_in(text)) {
        return Vec::new();
    }
    if is_rewritten_date(signals) || is_total(signals) {
        return Vec::new();
    }
    vec![Hit::field(Field::FinalAnswer)]
}

/// Whether the answer is a date that was seen, written in another way: "On May 20, 2024." over `2024-05-20`.
fn is_rewritten_date(signals: &Signals<'_, '_>) -> bool {
    let [date] = signals.reading().answer_facts() else { return false };
    let Some(answer) = signals.run().final_answer.filter(|_| date.kind == FactKind::Date) else {
        return false;
    };
    let (start, end) = (date.span.start as usize, date.span.end as usize);
    let around = tokens::words(&answer[..start]).chain(tokens::words(&answer[end..]));
    around.into_iter().all(|word| is_stop(&word.to_ascii_lowercase()))
        && ungrounded_answer_date::is_seen(signals, date)
}

/// Whether the answer is one number, the sum of what a result lists under one key.
fn is_total(signals: &Signals<'_, '_>) -> bool {
    /// Of more values the sum is seldom what was asked for.
    const MAX_VALUES: usize = 256;
    const CENT: f64 = 0.006;
    let [total] = signals.reading().answer_facts() else { return false };
    let Some(total) = total.value.filter(|_| matches!(total.kind, FactKind::Money | FactKind::Number)) else {
        return false;
    };
    let is_sum = |step: &StepReading<'_>| {
        let Some(result) = step.observation() else { return false };
        let mut sums: Vec<(&str, f64, usize)> = Vec::new();
        for leaf in result.leaves().filter(|leaf| leaf.kind() == Kind::Number).take(MAX_VALUES) {
            let (Some(key), Some(value)) = (leaf.nearest_key(), leaf.number()) else { continue };
            match sums.iter_mut().find(|(known, ..)| *known == key) {
                Some((_, sum, count)) => (*sum, *count) = (*sum + value, *count + 1),
                None => sums.push((key, value, 1)),
            }
        }
        sums.iter().any(|(_, sum, count)| *count > 1 && (sum - total).abs() < CENT)
    };
    signals.steps().any(|(_, step)| is_call(step) && is_sum(step))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn the_goal_and_the_observations_are_searched() {
        let steps = vec![call("search", "x", "He was born in Ulm.")];
        let count =
            |answer| hits("answer_unobserved", &run("Ulm or Bonn?", steps.clone(), Some(answer))).len();
        assert_eq!(count("Berlin"), 1);
        assert_eq!(count("Bonn"), 0);
        assert_eq!(count("born in Ulm"), 0);
        assert_eq!(count("no"), 0);
        assert_eq!(hits("answer_unobserved", &run("?", vec![], Some("Berlin"))).len(), 0);
    }

    #[test]
    fn a_date_in_other_words_and_a_total_were_observed() {
        let count = |seen, answer| {
            hits("answer_unobserved", &run("?", vec![call("get_order", "7", seen)], Some(answer))).len()
        };
        assert_eq!(count(r#"{"date": "2024-05-20"}"#, "On May 20, 2024."), 0);
        assert_eq!(count(r#"{"date": "2024-05-20"}"#, "On May 21, 2024."), 1);
        assert_eq!(count(r#"{"date": "2023-05-20"}"#, "On May 20, 2024."), 1);
        let items = r#"{"items": [{"price": 12.5, "n": 1}, {"price": 7.25, "n": 2}, {"price": 3, "n": 1}]}"#;
        assert_eq!(count(items, "The total is $22.75."), 0);
        assert_eq!(count(items, "The total is $22.50."), 1);
        assert_eq!(count("[12.5, 7.25]", "19.75"), 1);
    }
}
