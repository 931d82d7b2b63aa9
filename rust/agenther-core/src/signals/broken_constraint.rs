//! A bound that the prompt, a turn of the user or the policy states and the run breaks: in what it changed, bought or answered.
//!
//! Each hit at a value is followed by one at the words that state the bound, so that the evidence shows
//! both. Right in 19 of 19 hits on ReAct WebShop, whose prompts state a price (base rate .64); no hit on the
//! 100 runs of tau-bench airline, whose policy and users state some.

use super::chosen;
use super::constraints::{self, Bound, Constraint, Stated, constraints};
use super::effect::Effect;
use super::{Hit, Signals, is_call};
use crate::reading::StepReading;
use crate::text::document::{Kind, Value};
use crate::text::facts::{Fact, FactKind};
use crate::trajectory::{Field, Span};

/// What a hit is.
pub const SUMMARY: &str = "A bound stated in the prompt, by the user or in the policy is broken by the arguments of a successful change, by what was on show when it was made, or by the answer; and where that bound is stated.";

/// The most constraints of one text that are checked.
const MAX_CONSTRAINTS: usize = 64;

/// The most facts of an answer that are held against each constraint.
const MAX_FACTS: usize = 1024;

/// A value, and the constraint that it breaks.
type Pair = (Hit, Hit);

/// For each broken constraint the first value that breaks it in each place, each followed by the constraint itself.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let mut hits = in_prompt(signals);
    hits.extend(in_policy(signals));
    hits.extend(in_turns(signals));
    // Stable: each value goes with the constraint behind it.
    hits.sort_by_key(|(value, _)| value.step.unwrap_or(u32::MAX));
    hits.into_iter().flat_map(|(value, constraint)| [value, constraint]).collect()
}

fn in_prompt(signals: &Signals<'_, '_>) -> Vec<Pair> {
    let Some(prompt) = signals.run().original_prompt.filter(|prompt| constraints::may_bound(prompt)) else {
        return Vec::new();
    };
    // What nothing can break need not be read.
    if signals.answer().is_none() && changes(signals).next().is_none() {
        return Vec::new();
    }
    stated_in(prompt, signals)
        .iter()
        .take(MAX_CONSTRAINTS)
        .flat_map(|(constraint, sentence)| {
            let text = sentence.of(prompt);
            let mut hits = in_arguments(signals, Whence { text, step: 0, is_policy: false }, constraint);
            hits.extend(in_quantities(signals, text, constraint));
            hits.extend(on_show(signals, text, constraint).or_else(|| of_chosen(signals, text, constraint)));
            hits.extend(in_answer(signals, constraint));
            with_constraint(hits, Hit::field(Field::OriginalPrompt).at(within(*sentence, constraint.span)))
        })
        .collect()
}

/// A request is read as a whole; of a prompt that is a document, only what compares.
fn stated_in<'a>(prompt: &'a str, signals: &Signals<'_, 'a>) -> Vec<Stated<'a>> {
    const REQUEST: usize = 1500;
    if prompt.len() > REQUEST {
        return constraints::compared(prompt);
    }
    let whole = Span::new(0, prompt.len());
    let found = constraints(prompt, signals.reading().prompt_facts());
    found.into_iter().map(|constraint| (constraint, whole)).collect()
}

/// A policy bounds what is done, not what is said, and each bound only what it names.
fn in_policy(signals: &Signals<'_, '_>) -> Vec<Pair> {
    let Some(policy) = signals.run().system.filter(|_| changes(signals).next().is_some()) else {
        return Vec::new();
    };
    let limits = signals.policy().limits(policy);
    limits
        .iter()
        .take(MAX_CONSTRAINTS)
        .flat_map(|(limit, sentence)| {
            let whence = Whence { text: sentence.of(policy), step: 0, is_policy: true };
            let place = Hit::field(Field::System).at(within(*sentence, limit.span));
            with_constraint(in_arguments(signals, whence, limit), place)
        })
        .collect()
}

/// The place in the text of what is in a sentence of it.
fn within(sentence: Span, span: Span) -> Span {
    Span { start: sentence.start + span.start, end: sentence.start + span.end }
}

/// In a conversation each turn of the user binds the changes that come after it.
fn in_turns(signals: &Signals<'_, '_>) -> Vec<Pair> {
    let Some((last, _)) = changes(signals).last() else { return Vec::new() };
    let turns = signals.steps().take(last + 1).filter_map(|(at, step)| Some((at, step.step.user?)));
    turns
        .flat_map(|(at, turn)| constraints::compared(turn).into_iter().map(move |stated| (at, turn, stated)))
        .take(MAX_CONSTRAINTS)
        .flat_map(|(at, turn, (stated, sentence))| {
            let whence = Whence { text: sentence.of(turn), step: at, is_policy: false };
            let place = Hit::step(at, Field::User).at(within(sentence, stated.span));
            with_constraint(in_arguments(signals, whence, &stated), place)
        })
        .collect()
}

/// Where a constraint is stated.
#[derive(Clone, Copy)]
struct Whence<'t> {
    text: &'t str,
    /// The first step that it binds.
    step: usize,
    is_policy: bool,
}

fn with_constraint(values: Vec<Hit>, constraint: Hit) -> Vec<Pair> {
    values.into_iter().map(|value| (value, constraint)).collect()
}

fn changes<'r, 'a>(signals: &Signals<'r, 'a>) -> impl Iterator<Item = (usize, &'r StepReading<'a>)> {
    signals
        .steps()
        .filter(|(_, step)| is_call(step) && step.effect == Effect::Write && !step.status.is_error())
}

/// The first argument of each change that breaks the constraint, under a name that it is about.
fn in_arguments(signals: &Signals<'_, '_>, whence: Whence<'_>, constraint: &Constraint<'_>) -> Vec<Hit> {
    let Whence { text, is_policy, .. } = whence;
    let subject = constraints::subject(text, constraint);
    let counted = constraints::counted(text, constraint);
    let broken = |step: &StepReading<'_>| -> Option<Span> {
        let root = step.arguments()?.root();
        // "Never refund more than $50" bounds the amount of a refund under whatever name.
        let is_named = constraint.fact.kind == FactKind::Money
            && shares_word(step.step.action_name.unwrap_or(""), &subject);
        let by_value = root.leaves().find_map(|leaf| {
            let key = leaf.nearest_key().unwrap_or("");
            let value = constraints::meant(constraint, leaf, &subject)?;
            ((!is_policy || is_named || shares_word(key, &subject))
                && constraints::breaks(constraint, &value))
            .then_some(value.span)
        });
        by_value.or_else(|| {
            lists(root).find(|list| has_wrong_length(*list, constraint, &counted)).map(Value::span)
        })
    };
    changes(signals)
        .skip_while(|(at, _)| *at < whence.step)
        .filter_map(|(at, step)| Some(Hit::step(at, Field::ActionInput).at(broken(step)?)))
        .collect()
}

/// The quantities of the thing that a count counts, where they break it. What was bought in several goes adds up, so that
/// of several none says that it is too few.
fn in_quantities(signals: &Signals<'_, '_>, text: &str, constraint: &Constraint<'_>) -> Vec<Hit> {
    let Some(thing) = constraints::thing(text, constraint) else { return Vec::new() };
    let quantities: Vec<(usize, Fact<'_>)> = changes(signals)
        .filter_map(|(at, step)| Some((at, step.arguments()?)))
        .flat_map(|(at, arguments)| {
            arguments.leaves().filter_map(move |leaf| Some((at, constraints::quantity(leaf, thing)?)))
        })
        .take(MAX_FACTS)
        .collect();
    let is_cap = matches!(constraint.bound, Bound::AtMost | Bound::Below);
    if quantities.len() > 1 && !is_cap {
        return Vec::new();
    }
    let broken = quantities.iter().filter(|(_, value)| constraints::breaks(constraint, value));
    broken.map(|(at, value)| Hit::step(*at, Field::ActionInput).at(value.span)).collect()
}

fn shares_word(key: &str, subject: &[u64]) -> bool {
    super::effect::words(key).any(|word| subject.contains(&crate::text::words::stem_hash(word)))
}

/// The lists directly in an object of arguments.
fn lists<'d, 'a>(root: Value<'d, 'a>) -> impl Iterator<Item = Value<'d, 'a>> {
    root.children().filter(|child| child.kind() == Kind::Array)
}

/// Whether a list is what a count counts, and is longer or shorter than it allows: "at most five passengers".
fn has_wrong_length(list: Value<'_, '_>, constraint: &Constraint<'_>, counted: &[u64]) -> bool {
    let length = Fact { value: Some(list.len() as f64), kind: FactKind::Number, ..constraint.fact };
    let key = list.key().unwrap_or("");
    constraint.fact.kind == FactKind::Number
        && constraint.fact.value.is_some_and(|count| count.fract() == 0.0)
        && shares_word(key, counted)
        && constraints::breaks(constraint, &length)
}

/// The price on show when the run made its last change: the item page it bought from, the last of the
/// calls before that shows one price and no other.
fn on_show(signals: &Signals<'_, '_>, text: &str, constraint: &Constraint<'_>) -> Option<Hit> {
    const REACH: usize = 6;
    if constraint.fact.kind != FactKind::Money || constraint.fact.per.is_some() {
        return None;
    }
    let (at, _) = signals.last_call().filter(|(_, step)| step.effect == Effect::Write)?;
    // A page that repeats the prompt shows its bound, not a price.
    let stated = memchr::memmem::Finder::new(constraint.span.of(text));
    let shows = |step: &StepReading<'_>| {
        step.step.observation.is_some_and(|seen| stated.find(seen.as_bytes()).is_none())
    };
    let earlier = signals
        .steps()
        .rev()
        .filter(|(earlier, step)| *earlier < at && is_call(step) && shows(step))
        .take(REACH);
    let (seen_at, price) = earlier.into_iter().find_map(|(seen_at, seen)| {
        let mut prices = seen.facts().iter().filter(|fact| fact.kind == FactKind::Money);
        match (prices.next(), prices.next()) {
            (Some(price), None) => Some((seen_at, price)),
            _ => None,
        }
    })?;
    constraints::breaks(constraint, price).then(|| Hit::step(seen_at, Field::Observation).at(price.span))
}

/// The value of a record that a change chose by its name: the price per night of the hotel that was booked.
fn of_chosen(signals: &Signals<'_, '_>, text: &str, constraint: &Constraint<'_>) -> Option<Hit> {
    if !matches!(constraint.fact.kind, FactKind::Money | FactKind::Number) {
        return None;
    }
    let subject = constraints::subject(text, constraint);
    chosen::records(signals).find_map(|chosen| {
        let fields = chosen.record.children().filter(|field| field.kind() == Kind::Number);
        let values = fields.filter_map(|field| constraints::meant(constraint, field, &subject));
        let broken = values.into_iter().find(|value| constraints::breaks(constraint, value))?;
        Some(Hit::step(chosen.seen, Field::Observation).at(broken.span))
    })
}

/// The answer, where it quotes values of that measure and every one of them breaks the bound.
fn in_answer(signals: &Signals<'_, '_>, constraint: &Constraint<'_>) -> Option<Hit> {
    let stated: Vec<&Fact<'_>> = signals
        .reading()
        .answer_facts()
        .iter()
        .take(MAX_FACTS)
        .filter(|fact| constraints::comparable(fact, &constraint.fact))
        .collect();
    let first = stated.first()?;
    stated
        .iter()
        .all(|fact| constraints::breaks(constraint, fact))
        .then(|| Hit::field(Field::FinalAnswer).at(first.span))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};
    use super::*;

    /// The field and text of each hit.
    fn broken<'a>(run: &crate::trajectory::Trajectory<'a>) -> Vec<(&'static str, &'a str)> {
        let shown = |hit: &Hit| {
            let field = hit.field.unwrap();
            let step = hit.step.map(|at| run.steps[at as usize]);
            let text = match field {
                Field::OriginalPrompt => run.original_prompt,
                Field::System => run.system,
                Field::FinalAnswer => run.final_answer,
                Field::ActionInput => step.unwrap().action_input,
                _ => step.unwrap().observation,
            };
            (field.name(), hit.span.unwrap().of(text.unwrap()))
        };
        hits("broken_constraint", run).iter().map(shown).collect()
    }

    #[test]
    fn an_answer_over_the_unit_price_is_shown_with_the_bound() {
        let steps = vec![call("search", "copper wire", "MicroMetals: $5.30/kg, MOQ 10 kg")];
        let prompt = "Find copper wire under $5/kg, MOQ < 100 kg";
        let answer = Some("MicroMetals sells copper wire at $5.30/kg, MOQ 10 kg.");
        assert_eq!(
            broken(&run(prompt, steps.clone(), answer)),
            [("final_answer", "$5.30/kg"), ("original_prompt", "under $5/kg")]
        );
        assert!(broken(&run(prompt, steps, Some("WireCo sells it at $4.80 per kg, MOQ 50 kg."))).is_empty());
    }

    #[test]
    fn changes_are_held_to_bounds_and_reads_are_not() {
        for (prompt, arguments, value) in [
            ("Buy a lamp under $20", r#"{"price": 25.0}"#, Some("25.0")),
            ("Buy a lamp under $20", r#"{"price": "$19.99"}"#, None),
            ("Kaufe eine Lampe, max. 1.234,56 €", r#"{"price_eur": 1300}"#, Some("1300")),
            ("Book a room before May 20", r#"{"room": 4, "date": "2024-05-21"}"#, Some("2024-05-21")),
            ("Book a room before May 20", r#"{"room": 4, "date": "2024-05-19"}"#, None),
            ("Book a room between May 3 and May 9", r#"{"date": "2024-05-10"}"#, Some("2024-05-10")),
            ("Order exactly 3 lamps", r#"{"item": "lamp", "lamps": 4}"#, Some("4")),
            ("Buy exactly 3 lamps.", r#"{"item": "lamp", "quantity": 2}"#, Some("2")),
            ("Buy exactly three red lamps.", r#"{"item": "Lamp, red", "qty": "2"}"#, Some("2")),
            (
                "Buy at most 3 lamps",
                r#"{"items": [{"item": "chair", "quantity": 5}, {"item": "lamp", "quantity": 3}]}"#,
                None,
            ),
            (
                "Buy at least 3 lamps",
                r#"{"items": [{"item": "lamp", "quantity": 1}, {"item": "blue lamp", "quantity": 2}]}"#,
                None,
            ),
            ("Stay at least 3 nights", r#"{"nights": 2}"#, Some("2")),
            ("Stay at least 3 nights", r#"{"nights": 4, "guests": 2}"#, None),
            ("Invite at most two guests", r#"{"guests": ["A", "B", "C"]}"#, Some(r#"["A", "B", "C"]"#)),
            ("Invite at most two guests", r#"{"guests": ["A", "B"]}"#, None),
            ("If it costs over $20, buy it", r#"{"price": 15.0}"#, None),
            ("Buy a lamp, but do not go over $20", r#"{"price": 25.0}"#, Some("25.0")),
        ] {
            let write = broken(&run(prompt, vec![call("create_order", arguments, "ok")], None));
            assert_eq!(write.first().map(|(_, text)| *text), value, "{prompt} {arguments}");
            assert!(broken(&run(prompt, vec![call("get_orders", arguments, "ok")], None)).is_empty());
        }
    }

    #[test]
    fn the_record_that_a_change_names_is_held_to_bounds() {
        let hotels = r#"{"hotels": [{"id": "h1", "name": "Casa Azul", "price_per_night": 145, "currency": "EUR"}, {"id": "h2", "name": "Rio", "price_per_night": 110}]}"#;
        let of = |prompt, arguments| {
            let steps = vec![call("search_hotels", "{}", hotels), call("book_hotel", arguments, "ok")];
            broken(&run(prompt, steps, None)).first().map(|(_, text)| *text)
        };
        let prompt = "Find me a hotel in Lisbon under 120 euros a night and book it";
        assert_eq!(of(prompt, r#"{"hotel_id": "h1"}"#), Some("145"));
        assert_eq!(of(prompt, r#"{"hotel_id": "h2"}"#), None);
        assert_eq!(of("Book a hotel under 150 euros", r#"{"hotel_id": "h1"}"#), None);
    }

    #[test]
    fn a_turn_of_the_user_binds_what_comes_after_it() {
        use crate::trajectory::Step;
        let turn = |user, step| Step { user: Some(user), ..step };
        let pay = call("pay_order", r#"{"amount": 550}"#, "ok");
        let bound = "Fine, as long as the total cost doesn't exceed $500.";
        let steps_of = |steps| super::super::testing::steps_of("broken_constraint", &run("Hi", steps, None));
        assert_eq!(steps_of(vec![turn(bound, pay)]), [0, 0]);
        assert!(steps_of(vec![pay, turn(bound, call("get_order", "{}", "ok"))]).is_empty());
    }

    #[test]
    fn a_policy_bounds_what_it_names() {
        let policy = "Each reservation can have at most five passengers. Refunds over $100 need a manager.";
        let of = |arguments| {
            let mut run = run("Book it", vec![call("book_flight", arguments, "ok")], None);
            run.system = Some(policy);
            broken(&run).first().map(|(field, _)| *field)
        };
        assert_eq!(of(r#"{"passengers": [1, 2, 3, 4, 5, 6], "price": 700}"#), Some("action_input"));
        assert_eq!(of(r#"{"passengers": [1, 2], "price": 700}"#), None);
        let refund = |amount| {
            let mut run = run("I want my money back", vec![call("refund", amount, "ok")], None);
            run.system = Some("You must never refund more than $50.");
            broken(&run)
        };
        assert_eq!(refund(r#"{"amount": 80}"#), [("action_input", "80"), ("system", "more than $50")]);
        assert!(refund(r#"{"amount": 50}"#).is_empty());
    }

    #[test]
    fn each_value_is_followed_by_the_bound_that_it_breaks() {
        let steps = vec![
            call("book_hotel", r#"{"price": 150}"#, "ok"),
            call("book_flight", r#"{"price": 400}"#, "ok"),
        ];
        let found = broken(&run("Spend at most $120 on each of them.", steps, None));
        let bound = ("original_prompt", "at most $120");
        assert_eq!(found, [("action_input", "150"), bound, ("action_input", "400"), bound]);
    }
}
