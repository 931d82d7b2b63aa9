//! A change of another record than the one that was spoken of.
//!
//! No hit on a labelled run of the public logs; what it is worth on written ones is in `docs/quality.md`.

use super::chosen;
use super::{Hit, Signals};
use crate::text::date::Date;
use crate::text::document::{Kind, Value};
use crate::text::facts::FactKind;
use crate::text::{cut, words};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "A change chose a record of a list by its name, which has nothing of the request that tells it from the others, and another of the list has.";

/// The most records of a list that are looked at.
const MAX_RECORDS: usize = 64;

/// The most fields of a record that are looked at.
const MAX_FIELDS: usize = 32;

/// The record of each such change.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    const PROMPT: usize = 800;
    let Some(prompt) = signals.run().original_prompt.filter(|prompt| prompt.len() <= PROMPT) else {
        return Vec::new();
    };
    // In a conversation the choice is made as it goes on.
    if signals.steps().any(|(_, step)| step.step.user.is_some()) || excludes(prompt) {
        return Vec::new();
    }
    let mut choices = chosen::records(signals).filter(|chosen| chosen.list().is_some()).peekable();
    if choices.peek().is_none() {
        return Vec::new();
    }
    let asked = Asked::of(prompt, signals);
    let is_wrong = |chosen: &chosen::Chosen<'_, '_>| {
        let Some(list) = chosen.list() else { return false };
        let own = asked.shared(chosen.record);
        let others =
            || list.children().take(MAX_RECORDS).filter(|other| other.span() != chosen.record.span());
        others().any(|other| {
            let shared = asked.shared(other);
            own.iter().all(|word| shared.contains(word)) && shared.iter().any(|word| !own.contains(word))
        })
    };
    let wrong = choices.filter(is_wrong);
    wrong.map(|chosen| Hit::step(chosen.seen, Field::Observation).at(chosen.record.span())).collect()
}

/// Whether a request is for all but some, or for a choice.
fn excludes(prompt: &str) -> bool {
    const WORDS: &[&str] = &[
        "but", "except", "not", "other", "others", "all", "every", "each", "any", "both", "instead",
        "rather", "unless", "if", "than", "cheapest", "best", "alle", "todos", "tous", "without", "no", "or",
    ];
    words::words(prompt).any(|word| WORDS.iter().any(|known| word.text.eq_ignore_ascii_case(known)))
}

/// What a request says that may tell records apart.
struct Asked {
    words: Vec<u64>,
    days: Vec<(u8, u8)>,
}

impl Asked {
    fn of(prompt: &str, signals: &Signals<'_, '_>) -> Self {
        let words = words::words(prompt).filter(|word| !words::is_stop(&word.text.to_lowercase()));
        let dates = signals.reading().prompt_facts().iter().filter(|fact| fact.kind == FactKind::Date);
        let days =
            dates.filter_map(|fact| Date::parse(fact.text)).filter_map(|date| Some((date.month?, date.day?)));
        Asked { words: words.map(|word| words::stem_hash(word.text)).collect(), days: days.collect() }
    }

    /// What of it the short fields of a record have.
    fn shared(&self, record: Value<'_, '_>) -> Vec<u64> {
        const LONGEST: usize = 60;
        let mut shared = Vec::new();
        for field in record
            .children()
            .take(MAX_FIELDS)
            .filter(|field| matches!(field.kind(), Kind::String | Kind::Number))
        {
            let text = cut::head(field.raw(), LONGEST);
            if let Some((month, day)) =
                Date::parse(cut::head(text, 10)).and_then(|date| Some((date.month?, date.day?)))
            {
                let is_asked = self.days.contains(&(month, day));
                shared.extend(is_asked.then_some(u64::from(month) << 8 | u64::from(day)));
                continue;
            }
            let words = words::words(text).map(|word| words::stem_hash(word.text));
            shared.extend(words.filter(|word| self.words.contains(word)));
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn the_record_must_be_the_one_that_was_spoken_of() {
        let events = r#"[{"id": "a7", "title": "Standup"}, {"id": "a9", "title": "1:1 Sam"}, {"id": "b2", "title": "Retro"}]"#;
        let of = |prompt, id| {
            let steps = vec![call("list_events", "{}", events), call("delete_event", id, "ok")];
            steps_of("wrong_record", &run(prompt, steps, None))
        };
        assert_eq!(of("Cancel my 1:1 with Sam on Friday.", r#"{"id": "a7"}"#), [0]);
        assert!(of("Cancel my 1:1 with Sam on Friday.", r#"{"id": "a9"}"#).is_empty());
        assert!(of("Cancel everything but the 1:1 with Sam.", r#"{"id": "a7"}"#).is_empty());
        assert!(of("Cancel my first event.", r#"{"id": "a7"}"#).is_empty());
        let shows = r#"[{"id": "n19", "date": "2026-12-19"}, {"id": "n20", "date": "2026-12-20"}]"#;
        let buy = |id| {
            let steps = vec![call("search_events", "{}", shows), call("buy_tickets", id, "ok")];
            steps_of(
                "wrong_record",
                &run("Two tickets for the Nutcracker on 19 December, please.", steps, None),
            )
        };
        assert_eq!(buy(r#"{"event": "n20"}"#), [0]);
        assert!(buy(r#"{"event": "n19"}"#).is_empty());
    }
}
