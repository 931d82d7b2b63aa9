//! The original request with its broken bound moved to what the run found: `under $5 per kilogram` where the best of
//! the suppliers found asks $5.30 becomes `under $5.50 per kilogram`, and the clause that nothing reached is dropped.
//!
//! Tone, complexity and most thoughts stay valid. It holds only where every other word of the request is one that the
//! calls know, and where each thing found says all that the bounds are about.

use std::cell::LazyCell;

use super::call::Call;
use super::fields::field_label;
use super::payload::Node;
use super::prose::{in_users_words, items};
use super::reuse::{Request, finish, requests, satisfies, vocabulary};
use super::{answer, ask};
use crate::hindsight::families::{Candidate, Proposals};
use crate::hindsight::topics::{Topics, topic_words};
use crate::hindsight::wording::singular;
use crate::hindsight::{Origin, Slot, Wording};
use crate::reading::Reading;
use crate::signals::constraints::{Bound, Constraint, constraints};
use crate::text::facts::{FactKind, facts};
use crate::text::needles::find;
use crate::text::words::word_hash;

/// Things that one answer names at most.
const MAX_FITTING: usize = 5;

/// Requests with figures that are looked at: a longer prompt is a document.
const MAX_REQUESTS: usize = 8;

/// A thing that a call found, with its figures.
struct Thing {
    name: String,
    step: u32,
    figures: Vec<Figure>,
}

/// A figure of a thing: `price`, 5.3, `$5.30/kg`.
struct Figure {
    label: String,
    value: f64,
    said: String,
}

/// Proposes the user's requests with one bound moved.
pub fn propose(calls: &[Call<'_>], reading: &Reading<'_>, proposals: &mut Proposals) {
    let Some(prompt) = reading.run.original_prompt else { return };
    let bounded: Vec<Request<'_>> = requests(reading)
        .into_iter()
        .filter(|request| request.from_prompt && request.text.bytes().any(|byte| byte.is_ascii_digit()))
        .take(MAX_REQUESTS)
        .collect();
    let bounded: Vec<(&str, Vec<Constraint<'_>>)> = bounded
        .iter()
        .flat_map(|request| parts(request.text))
        .map(|text| (text, bounds(text)))
        .filter(|(_, bounds)| !bounds.is_empty())
        .collect();
    if bounded.is_empty() {
        return;
    }
    for group in groups(calls) {
        let things: Vec<Thing> = group.iter().flat_map(|call| things(call, prompt)).collect();
        if things.is_empty() {
            continue;
        }
        let vocabulary = LazyCell::new(|| words_known(&group, calls, &things, reading));
        // The longest part of a request that holds.
        let found =
            bounded.iter().find_map(|(text, bounds)| relaxed(text, bounds, &group, &things, &vocabulary));
        if let Some(candidate) = found {
            proposals.push_rendered(candidate);
        }
    }
}

/// The calls that found things, by tool: each group answers together.
fn groups<'c, 'a>(calls: &'c [Call<'a>]) -> Vec<Vec<&'c Call<'a>>> {
    let mut groups: Vec<Vec<&Call<'a>>> = Vec::new();
    for call in calls.iter().filter(|call| !call.is_write && call.hop().is_none() && !call.payload.is_part) {
        match groups.iter_mut().find(|group| group[0].tool == call.tool) {
            Some(group) => group.push(call),
            None => groups.push(vec![call]),
        }
    }
    groups
}

fn things(call: &Call<'_>, prompt: &str) -> Vec<Thing> {
    match &call.payload.node {
        Node::Scalar(text, _) => items(text)
            .into_iter()
            .map(|item| {
                let figure = |(label, said): (String, String)| {
                    let value = facts(&said).first().and_then(|fact| fact.value)?;
                    Some(Figure { label: in_users_words(&label, prompt), value, said })
                };
                let figures = item.attributes.into_iter().filter_map(figure).collect();
                Thing { name: item.name, step: call.step, figures }
            })
            .collect(),
        Node::List(rows) => rows.iter().filter_map(|row| thing(row, call.step)).collect(),
        Node::Record(_) => Vec::new(),
    }
}

fn thing(row: &Node, step: u32) -> Option<Thing> {
    let Node::Record(fields) = row else { return None };
    let name = row.get(answer::name_key(fields)?)?.text()?.to_string();
    let currency = row.get("currency").and_then(Node::text);
    let figures = fields.iter().filter_map(|(key, value)| {
        let label = field_label(key)?;
        let text = value.text()?;
        let number = text.parse::<f64>().ok()?;
        let said = match currency.filter(|_| is_price(&label)) {
            Some(currency) => format!("{text} {currency}"),
            None => text.to_string(),
        };
        Some(Figure { label, value: number, said })
    });
    Some(Thing { name, step, figures: figures.collect() })
}

/// The request whole, then without its last clauses, longest first.
fn parts(text: &str) -> Vec<&str> {
    let mut cuts: Vec<usize> = [" and ", " with ", " that ", ", "]
        .iter()
        .flat_map(|link| text.match_indices(link).map(|(at, _)| at))
        .collect();
    cuts.sort_unstable_by(|a, b| b.cmp(a));
    std::iter::once(text).chain(cuts.into_iter().take(6).map(|at| &text[..at])).collect()
}

/// The words that a request over these calls may hold.
fn words_known(group: &[&Call<'_>], calls: &[Call<'_>], things: &[Thing], reading: &Reading<'_>) -> Topics {
    const MEASURES: &[&str] = &[
        "under", "below", "less", "than", "least", "more", "cheaper", "cost", "price", "priced", "budget",
        "dollar", "euro", "pound", "usd", "eur", "gbp", "per", "kilogram", "kg", "night", "person", "each",
        "piece", "unit", "costing", "maximum", "minimum", "max", "min", "two", "people", "guest", "search",
        "buy",
    ];
    let steps: Vec<u32> = group.iter().map(|call| call.step).collect();
    let mut known = vocabulary(&steps, calls, reading);
    known.extend(MEASURES.iter().map(|word| word_hash(word)));
    let mut add = |text: &str| known.extend(topic_words(text).map(|word| word.hash));
    things.iter().flat_map(|thing| &thing.figures).for_each(|figure| add(&figure.label));
    for call in group {
        // What a search in running text was asked for, it says itself.
        if matches!(call.payload.node, Node::Scalar(..)) {
            call.given.iter().flat_map(|given| &given.values).for_each(|value| add(value));
        }
    }
    known
}

/// The bounds of a text. Dates and times are what a call was given, not figures of what it found.
fn bounds(text: &str) -> Vec<Constraint<'_>> {
    let mut bounds = constraints(text, &facts(text));
    bounds.retain(|bound| !matches!(bound.fact.kind, FactKind::Date | FactKind::Time));
    bounds
}

/// The request with the one bound moved that keeps things out, and the things that it lets in.
fn relaxed(
    text: &str,
    bounds: &[Constraint<'_>],
    group: &[&Call<'_>],
    things: &[Thing],
    vocabulary: &LazyCell<Topics, impl FnOnce() -> Topics>,
) -> Option<Candidate> {
    let labels: Vec<&str> =
        bounds.iter().map(|bound| label_of(bound, text, things)).collect::<Option<_>>()?;
    let value = |thing: &Thing, label: &str| {
        thing.figures.iter().find(|figure| figure.label == label).map(|figure| figure.value)
    };
    let holds = |thing: &Thing, at: usize| {
        let limit = bounds[at].fact.value.unwrap_or(f64::NAN);
        value(thing, labels[at]).is_some_and(|value| bounds[at].bound.allows(value, limit))
    };
    // Something keeps to all of them: the request was not too strict.
    if things.iter().any(|thing| (0..bounds.len()).all(|at| holds(thing, at))) {
        return None;
    }
    let (moved, limit) = (0..bounds.len())
        .filter_map(|at| {
            let others = |thing: &&Thing| {
                (0..bounds.len()).filter(|other| *other != at).all(|other| holds(thing, other))
            };
            let values = things.iter().filter(others).filter_map(|thing| value(thing, labels[at]));
            Some((at, next_limit(bounds[at].bound, values)?))
        })
        .min_by(|a, b| distance(&bounds[a.0], a.1).total_cmp(&distance(&bounds[b.0], b.1)))?;
    let said = say_limit(&bounds[moved], limit)?;
    let number = bounds[moved].fact.span;
    let goal = finish(&format!("{}{said}{}", &text[..number.start as usize], &text[number.end as usize..]));
    let keeps = |thing: &&Thing| {
        (0..bounds.len()).all(|at| match at == moved {
            true => value(thing, labels[at]).is_some_and(|value| bounds[at].bound.allows(value, limit)),
            false => holds(thing, at),
        })
    };
    let fitting: Vec<&Thing> = things.iter().filter(keeps).collect();
    let mut steps: Vec<u32> = fitting.iter().map(|thing| thing.step).collect();
    steps.sort_unstable();
    steps.dedup();
    let slots = slots(group, &steps, bounds, moved, &said, &goal);
    if fitting.is_empty() || fitting.len() > MAX_FITTING || !satisfies(&goal, &slots, None, vocabulary) {
        return None;
    }
    Some(Candidate {
        goal,
        answer: answer_of(&fitting, &labels),
        wording: Wording::Relax,
        slots,
        steps,
        evidence: Vec::new(),
        // In running text a figure may belong to another thing than the one named before it.
        prior: if group.iter().any(|call| matches!(call.payload.node, Node::Scalar(..))) {
            0.86
        } else {
            0.98
        },
        trivial: false,
    })
}

/// The figure that a bound is about: the one named just before it, or the price of a bound on money.
fn label_of<'t>(bound: &Constraint<'_>, text: &str, things: &'t [Thing]) -> Option<&'t str> {
    let before = &text[..bound.span.start as usize];
    let near: Vec<&str> =
        before.rsplit(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(4).collect();
    let shared =
        things[0].figures.iter().map(|figure| figure.label.as_str()).filter(|label| {
            things.iter().all(|thing| thing.figures.iter().any(|figure| figure.label == *label))
        });
    let labels: Vec<&str> = shared.collect();
    let is_named = |label: &&&str| {
        label.split(' ').any(|word| near.iter().any(|near| singular(&near.to_lowercase()) == singular(word)))
    };
    let named = labels.iter().find(is_named);
    let priced = || labels.iter().find(|label| bound.fact.kind == FactKind::Money && is_price(label));
    named.or_else(priced).copied()
}

fn is_price(label: &str) -> bool {
    ["price", "cost", "fare", "rent", "fee", "rate", "total"].iter().any(|word| find(label, word).is_some())
}

/// The roundest bound that lets the best value in: for 5.30 below 5.50, for 112 below 120.
fn next_limit(bound: Bound, values: impl Iterator<Item = f64>) -> Option<f64> {
    let upper = match bound {
        Bound::Below | Bound::AtMost => true,
        Bound::Above | Bound::AtLeast => false,
        _ => return None,
    };
    let best = values
        .filter(|value| value.is_finite() && *value > 0.0)
        .reduce(|a, b| if (a < b) == upper { a } else { b })?;
    let step = 10_f64.powf(best.log10().floor() - 1.0) * 5.0;
    let round = |value: f64| (value * 100.0).round() / 100.0;
    let limit =
        if upper { ((best / step).floor() + 1.0) * step } else { ((best / step).ceil() - 1.0) * step };
    Some(round(limit)).filter(|limit| *limit > 0.0 && bound.allows(best, *limit))
}

/// How far a bound is moved, as a share of it.
fn distance(bound: &Constraint<'_>, limit: f64) -> f64 {
    let old = bound.fact.value.unwrap_or(f64::NAN);
    ((limit - old) / old).abs()
}

/// The new limit as the user wrote the old one: `$5.50` for `$5`.
fn say_limit(bound: &Constraint<'_>, limit: f64) -> Option<String> {
    let old = bound.fact.text;
    let start = old.find(|c: char| c.is_ascii_digit())?;
    let end = old.rfind(|c: char| c.is_ascii_digit())? + 1;
    let is_plain = old[start..end].bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let number = if limit.fract() == 0.0 { format!("{limit}") } else { format!("{limit:.2}") };
    is_plain.then(|| format!("{}{number}{}", &old[..start], &old[end..]))
}

/// What the calls were given and the goal says, and its bounds.
fn slots(
    group: &[&Call<'_>],
    steps: &[u32],
    bounds: &[Constraint<'_>],
    moved: usize,
    said: &str,
    goal: &str,
) -> Vec<Slot> {
    let Some(&step) = steps.first() else { return Vec::new() };
    let mut out: Vec<Slot> = group
        .iter()
        .filter(|call| steps.contains(&call.step))
        .flat_map(|call| ask::slots(call))
        .filter(|slot| slot.origin != Origin::Invented || find(goal, &slot.value).is_some())
        .collect();
    out.extend(bounds.iter().enumerate().map(|(at, bound)| Slot {
        name: "bound".to_string(),
        value: if at == moved { said.to_string() } else { bound.fact.text.to_string() },
        origin: if at == moved { Origin::Observation } else { Origin::User },
        step,
    }));
    out
}

fn answer_of(fitting: &[&Thing], labels: &[&str]) -> String {
    let lines: Vec<String> = fitting
        .iter()
        .map(|thing| {
            let figures = thing.figures.iter().filter(|figure| labels.contains(&figure.label.as_str()));
            let said: Vec<String> =
                figures.map(|figure| format!("{} {}", figure.label, figure.said)).collect();
            format!("{}: {}", thing.name, said.join(", "))
        })
        .collect();
    match &lines[..] {
        [only] => format!("{only}."),
        lines => lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"),
    }
}
