//! The words of the log's users: sentences whose literals equal the arguments of a call, learned as moulds and
//! filled in for other calls of the same tool.

use super::ask::{Clause, Material, clause_about};
use super::call::{Call, calls};
use super::fields::{field_label, is_identifier};
use super::given::Given;
use super::reuse::{self, Request, is_courtesy, requests, vocabulary};
use super::roles::Role;
use super::usage::fields;
use crate::hindsight::Wording;
use crate::hindsight::families::{Candidate, Proposals};
use crate::hindsight::forms::{date, other_forms};
use crate::hindsight::guards::content_words;
use crate::hindsight::moulds::Mould;
use crate::hindsight::provenance::Source;
use crate::hindsight::topics::Topics;
use crate::hindsight::wording::{plural, say_value, singular};
use crate::reading::Reading;
use crate::signals::effect::{self, Effect};
use crate::text::needles::find as find_span;
use crate::text::words::word_hash;
use crate::trajectory::Span;

/// Requests of one run that are held against its calls; a longer run repeats itself.
const MAX_REQUESTS: usize = 48;

/// Moulds that the calls of a run show in its user's words.
pub fn learn(reading: &Reading<'_>) -> Vec<Mould> {
    let calls = calls(reading).calls;
    if calls.is_empty() {
        return Vec::new();
    }
    let requests = requests(reading);
    let mut out = Vec::new();
    for call in calls.iter().filter(|call| call.hop().is_none()) {
        let vocabulary = vocabulary(&[call.step], std::slice::from_ref(call), reading);
        let moulds =
            requests.iter().take(MAX_REQUESTS).filter_map(|request| mould(request, call, &vocabulary));
        out.extend(moulds);
    }
    out
}

/// The parameters of a call as a mould names them; `None` where a value cannot stand in a slot.
fn signature(call: &Call<'_>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for given in stated(call) {
        let [value] = given.values.as_slice() else { return None };
        let is_clean = !given.name.contains(['{', '}', '=']) && !value.contains(['{', '}']);
        names.push(match given.source {
            _ if !is_clean => return None,
            Source::Constant => format!("{}={value}", given.name),
            _ => given.name.clone(),
        });
    }
    names.sort_unstable();
    Some(names)
}

fn stated<'c>(call: &'c Call<'_>) -> impl Iterator<Item = &'c Given> {
    call.given.iter().filter(|given| given.role != Role::Manner)
}

/// The request with slots for the values of the call, if it asks for just what the call does.
fn mould(request: &Request<'_>, call: &Call<'_>, vocabulary: &Topics) -> Option<Mould> {
    let parameters = signature(call)?;
    let text = reuse::finish(request.text);
    if text.contains(['{', '}']) {
        return None;
    }
    let mut places: Vec<(Span, &str)> = Vec::new();
    for given in stated(call).filter(|given| given.source != Source::Constant) {
        places.push((place(&text, &given.values[0])?, &given.name));
    }
    places.sort_unstable();
    let overlap = places.windows(2).any(|pair| pair[0].0.end > pair[1].0.start);
    if places.is_empty() || overlap {
        return None;
    }
    let mut out = String::new();
    let mut rest = String::new();
    let mut at = 0;
    for (span, name) in places {
        let literal = &text[at..span.start as usize];
        out.push_str(&format!("{literal}{{{name}}}"));
        rest.push_str(&format!("{literal}\u{0}"));
        at = span.end as usize;
    }
    out.push_str(&text[at..]);
    rest.push_str(&text[at..]);
    asks_for_no_more(&rest, call, vocabulary).then(|| Mould {
        tool: call.tool.to_string(),
        fields: asked_fields(&rest, call),
        text: out,
        parameters,
    })
}

/// Where a value stands in a text, in any of its forms; the year that follows a day belongs to it.
fn place(text: &str, value: &str) -> Option<Span> {
    let said = say_value(value);
    let forms = other_forms(value);
    let all = [value, said.as_str()].into_iter().chain(forms.iter().map(String::as_str));
    let mut span = all
        .filter_map(|form| find_span(text, form))
        .max_by_key(|span| (span.len(), u32::MAX - span.start))?;
    if let Some((year, ..)) = date(value) {
        let rest = &text[span.end as usize..];
        let year = year.to_string();
        let gap = rest.len() - rest.trim_start_matches([',', ' ']).len();
        if gap <= 2 && rest[gap..].starts_with(&year) {
            span.end += (gap + year.len()) as u32;
        }
    }
    Some(span)
}

/// Whether what is left of a request beside its slots (each a zero byte) is words that the tool or its result uses,
/// and asks for neither a choice, nor a count, nor an act that the call does not perform.
fn asks_for_no_more(rest: &str, call: &Call<'_>, vocabulary: &Topics) -> bool {
    let words: Vec<&str> = rest
        .split(|c: char| !(c.is_alphanumeric() || c == '\u{0}' || c == '\''))
        .filter(|word| !word.is_empty())
        .collect();
    let plain: Vec<String> =
        words.iter().filter(|word| !word.contains('\u{0}')).map(|word| word.to_lowercase()).collect();
    let has_literal = rest.contains(['"', '“', '”', '`']) || rest.bytes().any(|byte| byte.is_ascii_digit());
    if plain.len() < 2 || has_literal || plain.iter().any(|word| is_more(word)) {
        return false;
    }
    let opening = (plain[0].as_str(), plain[1].as_str());
    let is_yes_or_no =
        matches!(opening.0, "is" | "are" | "was" | "were" | "do" | "does" | "did" | "has" | "have");
    if is_yes_or_no || matches!(opening, ("how", "many")) {
        return false;
    }
    let is_name = |(at, word): (usize, &&str)| {
        at > 0
            && word.starts_with(|first: char| first.is_uppercase())
            && !word.starts_with("I'")
            && **word != *"I"
            && !vocabulary.contains(&word_hash(&singular(&word.to_lowercase())))
    };
    if words.iter().enumerate().any(is_name) {
        return false;
    }
    let acts = |(at, word): (usize, &String)| {
        let before = at.checked_sub(1).map(|at| plain[at].as_str());
        let is_verb = matches!(before, None | Some("please" | "you" | "and" | "then" | "kindly" | "to"));
        is_verb && effect::effect(word, None) == Effect::Write
    };
    if !call.is_write && plain.iter().enumerate().any(acts) {
        return false;
    }
    content_words(&rest.replace('\u{0}', " "))
        .iter()
        .all(|word| vocabulary.contains(&word_hash(word)) || is_courtesy(word) || is_asking(word))
}

/// Words by which a request asks for more than what a call returns, or for something that stands elsewhere.
fn is_more(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "cheapest",
        "best",
        "lowest",
        "highest",
        "fastest",
        "shortest",
        "longest",
        "latest",
        "earliest",
        "nearest",
        "closest",
        "most",
        "least",
        "fewest",
        "newest",
        "oldest",
        "largest",
        "smallest",
        "all",
        "every",
        "only",
        "not",
        "no",
        "never",
        "without",
        "except",
        "unless",
        "if",
        "before",
        "after",
        "instead",
        "compare",
        "count",
        "both",
        "it",
        "its",
        "they",
        "them",
        "their",
        "this",
        "these",
        "those",
        "that",
        "he",
        "she",
        "his",
        "her",
        "same",
        "above",
        "there's",
        "another",
        "other",
        "also",
        "again",
        "otherwise",
        "but",
        "why",
        "whether",
    ];
    WORDS.contains(&word)
}

/// Words of asking, which name nothing.
fn is_asking(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "what's",
        "want",
        "wanna",
        "looking",
        "check",
        "see",
        "pull",
        "search",
        "show",
        "find",
        "interested",
        "wondering",
        "help",
        "thank",
        "thanks",
        "hi",
        "hey",
        "hello",
        "m",
        "d",
        "ve",
        "today",
        "right",
        "now",
        "quick",
        "quickly",
        "info",
        "information",
        "detail",
        "details",
        "option",
        "options",
        "view",
        "get",
        "retrieve",
        "return",
        "trying",
        "bring",
        "open",
        "review",
        "come",
        "go",
        "going",
        "there",
        "run",
        "use",
        "named",
        "called",
        "name",
    ];
    WORDS.contains(&word)
}

/// The fields of the result that the words name.
fn asked_fields(rest: &str, call: &Call<'_>) -> Vec<String> {
    let names = |label: &str| {
        let (one, many) = (singular(label), plural(label));
        [label, &one, &many].into_iter().any(|label| find_span(rest, label).is_some())
    };
    let object = &call.words.object;
    let mut out: Vec<String> = fields(&call.payload.node)
        .into_iter()
        .filter(|(key, _)| !is_identifier(key))
        .filter(|(key, _)| field_label(key).is_some_and(|label| label != *object && names(&label)))
        .map(|(key, _)| key.to_string())
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// Proposes a goal in the log's own words for every call that a mould fits.
pub fn propose(
    calls: &[Call<'_>],
    clauses: &[Clause],
    material: &Material<'_, '_>,
    proposals: &mut Proposals,
) {
    let moulds = std::sync::Arc::clone(&proposals.moulds);
    if moulds.is_empty() {
        return;
    }
    for call in calls.iter().filter(|call| call.hop().is_none() && !call.payload.is_part) {
        let Some(parameters) = signature(call) else { continue };
        let fitting: Vec<&Mould> = moulds.of(call.tool, &parameters).collect();
        if fitting.is_empty() {
            continue;
        }
        // The seed picks where to begin; the first that holds is taken.
        let start = (proposals.variant() % fitting.len() as u64) as usize;
        let found = (0..fitting.len())
            .map(|at| fitting[(start + at) % fitting.len()])
            .find_map(|mould| filled(mould, call, clauses, material));
        if let Some(candidate) = found {
            proposals.push_rendered(candidate);
        }
    }
}

fn filled(
    mould: &Mould,
    call: &Call<'_>,
    clauses: &[Clause],
    material: &Material<'_, '_>,
) -> Option<Candidate> {
    let goal = mould.filled(|name| {
        let given = call.given.iter().find(|given| given.name == name)?;
        given.values.first().map(|value| say_value(value))
    })?;
    let clause = if call.is_write {
        clauses.iter().find(|clause| clause.steps == [call.step])?.clone()
    } else if mould.fields.is_empty() {
        material.alone(call).ok()?
    } else {
        let has = |field: &String| {
            fields(&call.payload.node).iter().any(|(key, value)| key == field && !value.is_blank())
        };
        if !mould.fields.iter().all(has) {
            return None;
        }
        clause_about(&[call], None, Some(&mould.fields), material).ok()?
    };
    let mut candidate = super::candidate(&[&clause], reuse::finish(&goal));
    candidate.wording = Wording::Mined;
    candidate.prior = 0.97;
    Some(candidate)
}
