//! Whether calls, and what they depend on, do what a request asks for: each value of theirs is said or chosen by it, and
//! each word of it is theirs.

use std::cell::LazyCell;

use super::given::is_secret;
use super::heard::{Heard, Word, is_same_word, overlap, topic_words};
use super::reuse::is_courtesy;
use super::verbs::verb_of;
use super::write::reports_success;
use crate::hindsight::families::{browser, code};
use crate::hindsight::provenance::{Argument, Source};
use crate::hindsight::wording::singular_word;
use crate::hindsight::{Origin, Slot};
use crate::reading::Reading;
use crate::signals::effect::{self, Effect};
use crate::signals::tool_status::Status;
use crate::text::document::{Kind, Value};
use crate::text::facts::FactKind;
use crate::text::needles::find;
use crate::trajectory::Span;

/// Steps that one request is demonstrated by at most.
const MAX_STEPS: usize = 8;

/// Things of a list, and values of each, that are held against the request.
const MAX_THINGS: usize = 100;
const MAX_LEAVES: usize = 40;

/// A result that is no document and not longer than this is about one thing.
const SHORT: usize = 200;

/// What tells the user of the result.
#[derive(Clone, Copy)]
pub enum Told<'r> {
    /// The agent's own words.
    Reply(&'r str),
    /// What the engine composed.
    Composed(&'r str),
}

/// The steps that do what a request asks for.
pub struct Demonstration {
    /// Ascending: the calls, and those whose results they take values from.
    pub steps: Vec<u32>,
    /// The values that the request says.
    pub slots: Vec<Slot>,
    /// Where it says them.
    pub spans: Vec<Span>,
}

/// The demonstration by `calls`, where they do all that the request asks for and nothing that it does not.
pub fn demonstration(
    heard: &Heard<'_>,
    calls: &[u32],
    told: Told<'_>,
    reading: &Reading<'_>,
) -> Option<Demonstration> {
    let shown = closed(heard, calls, reading)?;
    let is_done = |step: &u32| is_done(*step as usize, reading);
    (shown.steps.iter().all(is_done)
        && !shown.spans.is_empty()
        && !is_touched(&shown.steps, reading)
        && literals_are_taken(heard, &shown, reading)
        && words_are_known(heard, &shown, told, reading))
    .then_some(shown)
}

/// The calls with the steps that gave them what the request does not say.
fn closed(heard: &Heard<'_>, calls: &[u32], reading: &Reading<'_>) -> Option<Demonstration> {
    let mut shown = Demonstration { steps: calls.to_vec(), slots: Vec::new(), spans: Vec::new() };
    let mut at = 0;
    while at < shown.steps.len() {
        let step = shown.steps[at];
        at += 1;
        let read = &reading.steps[step as usize];
        // What a program or a click did, its arguments do not say.
        if read.step.action_name.is_some_and(effect::runs_code)
            || browser::acts(read)
            || code::is_of_code(read)
        {
            return None;
        }
        let is_write = read.effect == Effect::Write;
        let arguments = reading.provenance().arguments(step as usize);
        for argument in arguments {
            if let Some(spans) = heard.said(argument, arguments) {
                shown.slots.extend(slot(argument, heard, step));
                shown.spans.extend(spans);
            } else if let Source::Observation { step: parent, .. } = argument.source {
                if !is_picked(&argument.value, parent as usize, heard, is_write, reading) {
                    return None;
                }
                if !shown.steps.contains(&parent) {
                    shown.steps.push(parent);
                }
            } else if !chooses_nothing(argument, step as usize, reading) {
                return None;
            }
        }
        if shown.steps.len() > MAX_STEPS {
            return None;
        }
    }
    shown.steps.sort_unstable();
    Some(shown)
}

/// A value that the goal states in a form that the guards find there.
fn slot(argument: &Argument<'_>, heard: &Heard<'_>, step: u32) -> Option<Slot> {
    let origin = match argument.source {
        Source::User { .. } => Origin::User,
        Source::Observation { .. } => Origin::Observation,
        Source::Constant => Origin::Constant,
        Source::Invented => Origin::Invented,
    };
    let value = argument.value.trim().to_string();
    crate::hindsight::guards::is_said(heard.text, &value).then(|| Slot {
        name: argument.name.to_string(),
        value,
        origin,
        step,
    })
}

/// Whether a value that the request does not say narrows nothing: a flag that is off, a page size, what the tool takes
/// by itself, and what the system prompt says of who is signed in.
fn chooses_nothing(argument: &Argument<'_>, step: usize, reading: &Reading<'_>) -> bool {
    if argument.source != Source::Constant {
        return false;
    }
    let parameter = reading.tool(step).and_then(|tool| tool.parameter(argument.name));
    let is_default =
        parameter.and_then(|parameter| parameter.default.as_deref()) == Some(argument.value.as_ref());
    let is_choice = parameter.is_some_and(|parameter| parameter.choices.contains(&argument.value));
    let is_on = argument.kind == Kind::Bool && argument.value.eq_ignore_ascii_case("true");
    is_default || !(is_choice || is_on)
}

/// Whether of the things in a result the request picks the one that has a value: it is the only one, or the only one
/// that has a value which the request says. What is only looked up may also be the one that shares most words with it.
fn is_picked(value: &str, parent: usize, heard: &Heard<'_>, is_write: bool, reading: &Reading<'_>) -> bool {
    let read = &reading.steps[parent];
    let Some(document) = read.observation() else {
        return read.step.observation.is_some_and(|text| text.len() <= SHORT && !text.contains('\n'));
    };
    let is_value = |leaf: &Value<'_, '_>| leaf.text().trim() == value;
    let Some(mut thing) = document.leaves().find(is_value) else { return false };
    while let Some(parent) = thing.parent() {
        if parent.kind() == Kind::Array && parent.len() > 1 {
            let others = || parent.children().filter(|other| other.span() != thing.span()).take(MAX_THINGS);
            let is_only = is_named(thing, heard) && !others().any(|other| is_named(other, heard));
            let shared = shared_words(thing, heard);
            let is_nearest = || shared >= 2 && others().all(|other| shared_words(other, heard) < shared);
            return is_only || !is_write && is_nearest();
        }
        thing = parent;
    }
    true
}

/// Whether the request says a value of a thing.
fn is_named(thing: Value<'_, '_>, heard: &Heard<'_>) -> bool {
    thing.leaves().take(MAX_LEAVES).any(|leaf| {
        let text = leaf.text();
        text.trim().len() >= 3 && find(heard.text, text.trim()).is_some()
    })
}

/// How many words of the request the values of a thing have.
fn shared_words(thing: Value<'_, '_>, heard: &Heard<'_>) -> usize {
    let texts: Vec<_> = thing.leaves().take(MAX_LEAVES).map(|leaf| leaf.text()).collect();
    let has =
        |word: &str| texts.iter().any(|text| topic_words(text).any(|own| is_same_word(&own.text, word)));
    heard.words().iter().filter(|word| has(&word.text)).count()
}

/// Whether a call worked: a write says so.
fn is_done(step: usize, reading: &Reading<'_>) -> bool {
    let read = &reading.steps[step];
    read.status == Status::Ok
        && (read.effect != Effect::Write || read.step.observation.is_some_and(reports_success))
}

/// Whether a call that is left out changed what one of `steps` is about before it, or the place where it was made.
fn is_touched(steps: &[u32], reading: &Reading<'_>) -> bool {
    let last = steps.last().map_or(0, |step| *step as usize);
    let values = |step: usize| {
        let arguments = reading.provenance().arguments(step).iter();
        arguments
            .filter(|argument| argument.value.trim().len() >= 3 && !is_secret(argument.name))
            .filter(|argument| argument.source != Source::Constant)
            .map(|argument| argument.value.as_ref())
    };
    let kept: Vec<&str> = steps.iter().flat_map(|step| values(*step as usize)).collect();
    let moves = |tool: &str| effect::words(tool).any(|word| matches!(word, "cd" | "chdir"));
    (0..last).filter(|step| !steps.contains(&(*step as u32))).any(|step| {
        let read = &reading.steps[step];
        read.step.action_name.is_some_and(moves)
            || read.effect == Effect::Write
                && read.status == Status::Ok
                && values(step).any(|value| kept.contains(&value))
    })
}

/// Whether a call takes each number, date and name of the request, or a result shows it. A number of one or two digits
/// stands in any result by chance.
fn literals_are_taken(heard: &Heard<'_>, shown: &Demonstration, reading: &Reading<'_>) -> bool {
    let observations =
        || shown.steps.iter().filter_map(|step| reading.steps[*step as usize].step.observation);
    let writes = shown.steps.iter().any(|step| reading.steps[*step as usize].effect == Effect::Write);
    heard.literals().all(|fact| {
        shown.spans.iter().any(|span| overlap(*span, fact.span))
            || !writes
                && (fact.text.len() > 2 || fact.kind == FactKind::Name)
                && observations().any(|text| find(text, fact.text).is_some())
    })
}

/// Whether what tells the user of the result takes up each other word of the request, and speaks of what was there: the
/// agent's words of a thing must be in the result or in what the tool is described with, and a verb says what was done.
fn words_are_known(heard: &Heard<'_>, shown: &Demonstration, told: Told<'_>, reading: &Reading<'_>) -> bool {
    // The year of a date that a call took is taken too.
    let facts = heard.literals().filter(|fact| shown.spans.iter().any(|span| overlap(*span, fact.span)));
    let taken: Vec<Span> = shown.spans.iter().copied().chain(facts.map(|fact| fact.span)).collect();
    let is_open = |word: &&Word<'_>| {
        !taken.iter().any(|span| overlap(*span, word.span))
            && !is_courtesy(&word.text)
            && !is_vague(&word.text)
            && !only_asks(&word.text)
    };
    let open = || heard.words().iter().filter(is_open).map(|word| word.text.as_ref());
    match told {
        Told::Reply(reply) => {
            let said: Vec<Word<'_>> = topic_words(reply).collect();
            let known = LazyCell::new(|| seen_words(shown, reading));
            open().all(|word| {
                said.iter().any(|told| is_same_word(&told.text, word))
                    && (verb_of(word).is_some() || known.iter().any(|known| is_same_word(known, word)))
            })
        }
        Told::Composed(answer) => {
            let mut said: Vec<String> = topic_words(answer).map(|word| word.text.into_owned()).collect();
            let names = shown.steps.iter().filter_map(|step| reading.steps[*step as usize].step.action_name);
            said.extend(names.flat_map(own_words));
            open().all(|word| said.iter().any(|known| is_same_word(known, word)))
        }
    }
}

/// The words of the results and of what the schemas say.
fn seen_words(shown: &Demonstration, reading: &Reading<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for &step in &shown.steps {
        let read = &reading.steps[step as usize];
        let tool = reading.tool(step as usize);
        let of_schema = tool.into_iter().flat_map(|tool| {
            let of_parameters = tool
                .parameters
                .iter()
                .flat_map(|one| one.description.as_deref().into_iter().chain([one.name.as_ref()]));
            tool.description.as_deref().into_iter().chain(of_parameters)
        });
        let names = reading.provenance().arguments(step as usize).iter().map(|argument| argument.name);
        let texts =
            read.step.action_name.into_iter().chain(read.step.observation).chain(of_schema).chain(names);
        out.extend(texts.flat_map(own_words));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The words of a text in small letters and the singular, those of joined names apart.
fn own_words(text: &str) -> impl Iterator<Item = String> + '_ {
    effect::words(text).map(|word| singular_word(&word.to_lowercase()).into_owned())
}

/// Whether a word is a verb by which people ask to be told something.
fn only_asks(word: &str) -> bool {
    verb_of(word).is_some() && effect::effect(word, None) == Effect::Read
}

/// Nouns that ask for nothing in particular.
fn is_vague(word: &str) -> bool {
    const VAGUE: &[&str] = &[
        "value",
        "information",
        "info",
        "data",
        "detail",
        "thing",
        "anything",
        "something",
        "everything",
        "list",
    ];
    VAGUE.contains(&word)
}
