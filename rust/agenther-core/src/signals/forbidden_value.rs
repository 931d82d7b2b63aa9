//! A change that was given what the user ruled out: "not the Hilton", "don't use PayPal", "only from IKEA".
//!
//! No hit on a labelled run: unmeasured.

use std::sync::LazyLock;

use regex::Regex;

use super::constraints::clause;
use super::effect::{self, Effect};
use super::phrases::Phrases;
use super::{Hit, Signals, is_call};
use crate::reading::StepReading;
use crate::text::date::MONTHS;
use crate::text::document::{Kind, Value};
use crate::text::table::Words;
use crate::text::words;
use crate::trajectory::{Field, Span};

/// What a hit is.
pub const SUMMARY: &str = "A successful change was given a value that the prompt rules out, or another than the only one that it allows; and where the prompt says so.";

/// A longer prompt is a document, which says what it likes.
const REQUEST: usize = 4096;

/// The most bans of a prompt, and the most values of a change, that are held against each other.
const MAX_BANS: usize = 16;
const MAX_VALUES: usize = 64;

/// For each ban the first value of each change that breaks it, each followed by the words of the ban.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some(prompt) = signals.run().original_prompt.filter(|prompt| prompt.len() <= REQUEST) else {
        return Vec::new();
    };
    let bans = bans(prompt);
    if bans.is_empty() {
        return Vec::new();
    }
    let changes = signals.steps().filter(|(_, step)| {
        is_call(step) && step.effect == Effect::Write && !step.status.is_error() && !undoes(step)
    });
    changes
        .flat_map(|(at, step)| {
            let broken = bans.iter().filter_map(move |ban| Some((at, ban, ban.broken_by(step)?)));
            broken.collect::<Vec<_>>()
        })
        // Each is looked for in all that the user says.
        .take(MAX_VALUES)
        .filter(|(_, _, value)| !is_taken_back(signals, value.raw()))
        .flat_map(|(at, ban, value)| {
            let place = Hit::field(Field::OriginalPrompt).at(ban.span);
            [Hit::step(at, Field::ActionInput).at(value.span()), place]
        })
        .collect()
}

/// What a prompt rules out.
struct Ban<'t> {
    /// The words that do, up to the end of what they rule out.
    span: Span,
    /// The sentence from what is ruled out, or alone allowed, on.
    rest: &'t str,
    /// Whether it is what alone is allowed.
    is_only: bool,
}

fn bans(prompt: &str) -> Vec<Ban<'_>> {
    static CUES: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(&[
            "not ",
            "n't ",
            "n’t ",
            "never ",
            "avoid ",
            "except ",
            "excluding ",
            "thing but ",
            "only ",
        ])
    });
    static RULED_OUT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:(?:do not|don['’]t|never|must not|mustn['’]t) (?:book|buy|order|use|choose|pick|select|take|pay|send|include|contact|invite|email|call|add|purchase|reserve|ship)(?: (?:it|them|anything|money))?|avoid|except(?: for)?|excluding|(?:any|every)thing but|not (?:the|at|from|with|by|via|to))(?: (?:by|with|from|at|to|in|via|through|using|on))?(?: (?:the|an?|any|my))? ",
        )
    });
    static ALONE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\b[Oo]nly (?:(?:buy|order|shop|purchase|get it) )?(?:from|at|with|via) "));
    if !CUES.are_in(prompt) {
        return Vec::new();
    }
    let found = |regex: &Regex, is_only: bool| {
        let ban = move |cue: regex::Match<'_>| {
            let sentence = clause::sentence(prompt, cue.start(), cue.end());
            let said = sentence.of(prompt);
            let rest = &prompt[cue.end()..sentence.end as usize];
            let binds = !clause::has_condition(said) && !said.trim_end().ends_with('?');
            let span = Span::new(cue.start(), cue.end() + name_end(rest));
            (binds && (!is_only || is_a_name(rest))).then_some(Ban { span, rest, is_only })
        };
        regex.find_iter(prompt).take(MAX_BANS).filter_map(ban).collect::<Vec<_>>()
    };
    let mut bans = found(&RULED_OUT, false);
    bans.extend(found(&ALONE, true));
    bans
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of this file")
}

/// Where the clause ends that begins with a name.
fn name_end(rest: &str) -> usize {
    let ends = |(at, c): (usize, char)| match c {
        ',' | ';' | '!' | '?' | '\n' | ')' => true,
        '.' => rest[at + 1..].chars().next().is_none_or(char::is_whitespace),
        _ => false,
    };
    rest.char_indices().find(|found| ends(*found)).map_or(rest.len(), |(at, _)| at)
}

/// Whether what is alone allowed is a name, and no day or month.
fn is_a_name(rest: &str) -> bool {
    const DAYS: &[&str] = &["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let is_time = || DAYS.iter().chain(MONTHS.iter()).any(|name| rest.starts_with(&name[..3]));
    rest.starts_with(char::is_uppercase) && !is_time()
}

impl Ban<'_> {
    /// The first argument of a change that breaks the ban.
    fn broken_by<'d, 'a>(&self, step: &'d StepReading<'a>) -> Option<Value<'d, 'a>> {
        let leaves = step.arguments()?.leaves().take(MAX_VALUES);
        let mut values = leaves.filter(|leaf| leaf.kind() == Kind::String && !leaf.raw().trim().is_empty());
        values.find(|value| {
            let key = value.nearest_key().unwrap_or("");
            if self.is_only {
                is_seller(key) && !self.names_a_word_of(value.raw())
            } else {
                !excludes(key) && self.rules_out(value.raw())
            }
        })
    }

    /// Whether the value is what is ruled out, the whole of it and nothing longer.
    fn rules_out(&self, value: &str) -> bool {
        /// Shorter ones are codes and flags.
        const SHORTEST: usize = 3;
        let rest = self.rest.trim_start_matches(['"', '\'', '“']);
        let begins = rest.get(..value.len()).is_some_and(|head| head.eq_ignore_ascii_case(value));
        if value.len() < SHORTEST || !begins {
            return false;
        }
        let after = rest[value.len()..].trim_start_matches(['"', '\'', '”']);
        name_end(after) == 0
            || [" and ", " or ", " but ", " please", " again"].iter().any(|joint| after.starts_with(joint))
    }

    /// Whether a word of the value is among those that the sentence goes on with.
    fn names_a_word_of(&self, value: &str) -> bool {
        words::words(value)
            .any(|word| words::words(self.rest).any(|allowed| allowed.text.eq_ignore_ascii_case(word.text)))
    }
}

/// Whether an argument names who sells or delivers.
fn is_seller(key: &str) -> bool {
    #[rustfmt::skip]
    static SELLERS: Words<12> = Words::of([
        "shop", "store", "vendor", "seller", "supplier", "retailer", "merchant", "brand", "provider", "marketplace",
        "manufacturer", "dealer",
    ]);
    effect::words(key).any(|word| SELLERS.has(word))
}

/// Whether an argument names what is to be left out.
fn excludes(key: &str) -> bool {
    #[rustfmt::skip]
    static OUT: Words<9> =
        Words::of(["exclude", "excluded", "excluding", "except", "avoid", "not", "without", "blocked", "banned"]);
    effect::words(key).any(|word| OUT.has(word))
}

/// Whether a change takes back what it is given, as the user may want of what is ruled out.
fn undoes(step: &StepReading<'_>) -> bool {
    #[rustfmt::skip]
    static UNDOES: Words<11> = Words::of([
        "cancel", "delete", "remove", "return", "refund", "unsubscribe", "block", "decline", "reject", "exclude", "revoke",
    ]);
    effect::words(step.step.action_name.unwrap_or("")).any(|word| UNDOES.has(word))
}

/// Whether the user speaks of the value again later: the ban may hold no more.
fn is_taken_back(signals: &Signals<'_, '_>, value: &str) -> bool {
    let small = value.to_ascii_lowercase();
    signals.steps().filter_map(|(_, step)| step.step.user).any(|turn| super::shown::says(turn, &small))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run, steps_of};
    use super::*;
    use crate::trajectory::Step;

    fn broken<'a>(prompt: &'a str, arguments: &'a str) -> Vec<&'a str> {
        let run = run(prompt, vec![call("buy", arguments, "ok")], None);
        let shown = |hit: &Hit| hit.span.unwrap().of(if hit.step.is_some() { arguments } else { prompt });
        hits("forbidden_value", &run).iter().map(shown).collect()
    }

    #[test]
    fn what_the_prompt_rules_out_is_given_to_no_change() {
        for (prompt, arguments, value, ban) in [
            ("Book any hotel but not the Hilton.", r#"{"name": "Hilton"}"#, "Hilton", "not the Hilton"),
            (
                "Do not book the Hilton. Book a hotel.",
                r#"{"name": "hilton"}"#,
                "hilton",
                "Do not book the Hilton",
            ),
            (
                "Don't use PayPal. Buy a lamp.",
                r#"{"item": "lamp", "payment": "PayPal"}"#,
                "PayPal",
                "Don't use PayPal",
            ),
            (
                "Never pay by credit card, buy a lamp.",
                r#"{"by": "credit card"}"#,
                "credit card",
                "Never pay by credit card",
            ),
            (
                "Send it to everybody except bob@x.com.",
                r#"{"to": ["bob@x.com"]}"#,
                "bob@x.com",
                "except bob@x.com",
            ),
            ("Avoid Amazon. Buy a lamp.", r#"{"shop": "Amazon"}"#, "Amazon", "Avoid Amazon"),
            ("Any colour except red", r#"{"colour": "red"}"#, "red", "except red"),
            ("Buy a lamp, only from IKEA.", r#"{"shop": "Lidl"}"#, "Lidl", "only from IKEA"),
        ] {
            assert_eq!(broken(prompt, arguments), [value, ban], "{prompt}");
        }
        for (prompt, arguments) in [
            ("Book any hotel but not the Hilton.", r#"{"name": "Ritz"}"#),
            ("Avoid red meat.", r#"{"colour": "red"}"#),
            ("If it is full, do not book the Hilton.", r#"{"name": "Hilton"}"#),
            ("Why not the Hilton?", r#"{"name": "Hilton"}"#),
            ("Any colour except red", r#"{"exclude": "red"}"#),
            ("Buy a lamp, only from IKEA or Lidl.", r#"{"shop": "Lidl"}"#),
            ("Buy a ticket, only from Monday on.", r#"{"shop": "Lidl"}"#),
            ("Buy a lamp, only from IKEA.", r#"{"item": "lamp"}"#),
        ] {
            assert!(broken(prompt, arguments).is_empty(), "{prompt}");
        }
    }

    #[test]
    fn it_may_be_taken_back_and_undone() {
        let prompt = "Do not book the Hilton.";
        let arguments = r#"{"name": "Hilton"}"#;
        let again = Step { user: Some("Well, the hilton then."), ..Step::default() };
        let book = call("book_hotel", arguments, "ok");
        assert_eq!(steps_of("forbidden_value", &run(prompt, vec![book], None)), [0]);
        assert!(hits("forbidden_value", &run(prompt, vec![again, book], None)).is_empty());
        assert!(
            hits("forbidden_value", &run(prompt, vec![call("cancel_hotel", arguments, "ok")], None))
                .is_empty()
        );
        assert!(
            hits("forbidden_value", &run(prompt, vec![call("get_hotel", arguments, "ok")], None)).is_empty()
        );
    }

    proptest::proptest! {
        #[test]
        fn no_prompt_makes_it_panic(prompt in "([a-zé.,\"“”?A-Z \n]|do not use |only from |except |not the |bob){0,30}") {
            hits("forbidden_value", &run(&prompt, vec![call("buy", r#"{"a": "bob", "shop": "é"}"#, "ok")], None));
        }
    }
}
