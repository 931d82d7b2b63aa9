//! The user's own words: a sentence, or a part of one, that the calls of a clause satisfy as it stands.
//!
//! It needs no phrasing and keeps tone and register. It holds only where every literal of the sentence is an
//! argument, every argument stands in the sentence, and every other word is one the tool or its result uses.

use std::cell::LazyCell;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::LazyLock;

use super::ask::Clause;
use super::call::Call;
use super::payload::Node;
use super::verbs::verb_of;
use crate::hindsight::Wording;
use crate::hindsight::families::Candidate;
use crate::hindsight::forms::other_forms;
use crate::hindsight::guards::is_said;
use crate::hindsight::topics::{Topics, topic_words, topics};
use crate::hindsight::wording::{capitalize, singular_word};
use crate::hindsight::{Origin, Slot};
use crate::reading::Reading;
use crate::signals::effect;
use crate::text::memo::Memo;
use crate::text::words::word_hash;

/// Longer sentences hold more than one call can satisfy.
const MAX_WORDS: usize = 45;

/// A request that the user wrote.
pub struct Request<'t> {
    /// The sentence or its part.
    pub text: &'t str,
    /// Whether it is part of the original prompt, of which the rest is dropped.
    pub from_prompt: bool,
}

/// Candidates in the user's words, for clauses alone and in pairs.
pub fn candidates(
    clauses: &[Clause],
    pairs: &[(&Clause, &Clause)],
    calls: &[Call<'_>],
    reading: &Reading<'_>,
) -> Vec<Candidate> {
    let requests: Vec<_> = requests(reading)
        .into_iter()
        .map(|request| (LazyCell::new(move || topics(request.text)), request))
        .collect();
    let sets = clauses.iter().map(|clause| vec![clause]).chain(pairs.iter().map(|(a, b)| vec![*a, *b]));
    let mut out: Vec<Candidate> = Vec::new();
    for set in sets {
        let steps: Vec<u32> = set.iter().flat_map(|clause| clause.steps.iter().copied()).collect();
        // The user asked for all of it, and a part was seen.
        let is_part = |step: &u32| calls.iter().any(|call| call.step == *step && call.payload.is_part);
        if steps.iter().any(is_part) {
            continue;
        }
        let slots: Vec<Slot> = set.iter().flat_map(|clause| clause.slots.iter().cloned()).collect();
        let vocabulary = LazyCell::new(|| vocabulary(&steps, calls, reading));
        let preamble = set.iter().find_map(|clause| clause.preamble.as_deref());
        for (words, request) in &requests {
            let takes_part = |clause: &&&Clause| {
                clause.slots.iter().any(|slot| is_said(request.text, &slot.value))
                    || topic_words(&clause.about).any(|word| words.contains(&word.hash))
            };
            if set.iter().filter(takes_part).count() < set.len()
                || !satisfies(request.text, &slots, preamble, &vocabulary)
            {
                continue;
            }
            let goal = [preamble.map(str::to_string), Some(finish(request.text))];
            let mut candidate =
                super::candidate(&set, goal.into_iter().flatten().collect::<Vec<_>>().join(" "));
            candidate.wording = if request.from_prompt { Wording::Relax } else { Wording::Reuse };
            // Nothing is left to chance in the wording.
            candidate.prior = 0.98;
            if !out
                .iter()
                .any(|known| known.goal == candidate.goal && known.steps.len() >= candidate.steps.len())
            {
                out.push(candidate);
            }
        }
    }
    out
}

/// The sentences that ask for something, and those of their parts that do so alone.
pub fn requests<'t>(reading: &Reading<'t>) -> Vec<Request<'t>> {
    let turns = reading.steps.iter().filter_map(|step| step.step.user).map(|turn| (turn, false));
    let mut out = Vec::new();
    for (turn, from_prompt) in
        reading.run.original_prompt.map(|prompt| (prompt, true)).into_iter().chain(turns)
    {
        for sentence in sentences(turn) {
            let sentence = without_lead(sentence);
            if sentence.split_whitespace().count() > MAX_WORDS || !is_request(sentence) {
                continue;
            }
            out.push(Request { text: sentence, from_prompt });
            // `Find the manager of X and upgrade them`: up to an `and` that begins another request.
            for (at, _) in sentence.match_indices(" and ") {
                let next = sentence[at + 5..].trim_start_matches("then ").trim_start_matches("please ");
                if next.split(' ').next().is_some_and(|word| verb_of(word).is_some()) {
                    out.push(Request { text: sentence[..at].trim_end_matches(','), from_prompt });
                }
            }
        }
    }
    out
}

/// The sentences and lines of a text. A mark ends one where a space follows: `ann@example.com` and `1.5` are words.
pub fn sentences(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let ends = |&at: &usize| {
        bytes[at] == b'\n'
            || matches!(bytes[at], b'.' | b'!' | b'?')
                && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace)
    };
    let mut start = 0;
    let mut out = Vec::new();
    for end in (0..bytes.len()).filter(ends).map(|at| at + 1).chain([text.len()]) {
        out.push(text[start..end].trim());
        start = end;
    }
    out.retain(|sentence| !sentence.is_empty());
    out
}

/// The sentence without what ties it to the one before.
pub fn without_lead(sentence: &str) -> &str {
    const LEADS: &[&str] = &[
        "also, ",
        "additionally, ",
        "and ",
        "then ",
        "also ",
        "next, ",
        "finally, ",
        "first, ",
        "hi, ",
        "hello, ",
        "hi! ",
        "furthermore, ",
        "moreover, ",
        "secondly, ",
        "ok ",
        "ok, ",
        "okay, ",
        "great, ",
        "thanks, ",
        "perfect, ",
        "now ",
        "now, ",
    ];
    LEADS
        .iter()
        .find(|lead| sentence.get(..lead.len()).is_some_and(|start| start.eq_ignore_ascii_case(lead)))
        .map_or(sentence, |lead| &sentence[lead.len()..])
}

pub fn is_request(sentence: &str) -> bool {
    const OPENINGS: &[&str] = &[
        "can you",
        "could you",
        "would you",
        "please",
        "what",
        "which",
        "how",
        "where",
        "when",
        "who",
        "is there",
        "are there",
        "i want to know",
        "i'd like to know",
        "i would like to know",
        "tell me",
        "give me",
        "show me",
        "i need to know",
        "i want to see",
        "do you",
    ];
    let lower = sentence.to_lowercase();
    let first = lower.split(' ').next().unwrap_or("");
    OPENINGS.iter().any(|opening| lower.starts_with(opening)) || verb_of(first).is_some()
}

/// Whether a request states every slot, and no word of it is unknown to the tools.
pub fn satisfies(
    request: &str,
    slots: &[Slot],
    preamble: Option<&str>,
    vocabulary: &impl Deref<Target = Topics>,
) -> bool {
    const ELSEWHERE: &[&str] = &[
        "it", "its", "they", "them", "their", "this", "these", "those", "that", "he", "she", "his", "her",
        "same", "above",
    ];
    let words: Vec<&str> =
        request.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.len() < 4
        || words.iter().any(|word| ELSEWHERE.iter().any(|other| word.eq_ignore_ascii_case(other)))
    {
        return false;
    }
    let is_stated = |slot: &Slot| {
        slot.origin == Origin::Constant
            || is_said(request, &slot.value)
            || preamble.is_some_and(|preamble| is_said(preamble, &slot.value))
    };
    if slots.is_empty()
        || !slots.iter().all(is_stated)
        || !slots.iter().any(|slot| is_said(request, &slot.value))
    {
        return false;
    }
    let said = LazyCell::new(|| {
        let mut said = Topics::default();
        for slot in slots {
            said.extend(topic_words(&slot.value).map(|word| word.hash));
            let forms = other_forms(&slot.value);
            said.extend(forms.iter().flat_map(|form| topic_words(form)).map(|word| word.hash));
        }
        said
    });
    topic_words(request).all(|word| {
        vocabulary.contains(&word.hash) || COURTESIES.contains(&word.hash) || said.contains(&word.hash)
    })
}

/// Words by which people ask, whatever they ask for.
pub fn is_courtesy(word: &str) -> bool {
    COURTESIES.contains(&word_hash(word))
}

static COURTESIES: LazyLock<Topics> = LazyLock::new(|| {
    const WORDS: &[&str] = &[
        "suggest",
        "recommend",
        "share",
        "fetch",
        "display",
        "explain",
        "describe",
        "obtain",
        "perform",
        "lookup",
        "quickly",
        "kindly",
        "detail",
        "hi",
        "today",
    ];
    WORDS.iter().map(|word| word_hash(word)).collect()
});

/// The words that the tools of `steps` and their results use.
pub fn vocabulary(steps: &[u32], calls: &[Call<'_>], reading: &Reading<'_>) -> Topics {
    let mut out = Topics::default();
    let mut add = |text: &str| out.extend(words_of(text).iter());
    for call in calls.iter().filter(|call| steps.contains(&call.step)) {
        add(call.tool);
        if let Some(tool) = reading.called(call.step as usize) {
            tool.description.iter().for_each(|text| add(text));
            for parameter in &tool.parameters {
                add(&parameter.name);
                parameter.description.iter().for_each(|text| add(text));
            }
        }
        call.given.iter().for_each(|given| add(&given.name));
        keys(&call.payload.node, &mut add);
    }
    out
}

/// The words of a key or of what a schema says, in small letters and the singular.
fn words_of(text: &str) -> Rc<[u64]> {
    thread_local! {
        static WORDS: Memo<Rc<[u64]>> = Memo::default();
    }
    let one = |word: &str| word_hash(&singular_word(&word.to_lowercase()));
    WORDS.with(|words| words.of(text, |text| effect::words(text).map(one).collect()))
}

fn keys(node: &Node, add: &mut impl FnMut(&str)) {
    match node {
        Node::Record(fields) => {
            for (key, value) in fields {
                add(key);
                keys(value, add);
            }
        }
        // The rows of a list have the same keys.
        Node::List(rows) => rows.iter().take(3).for_each(|row| keys(row, add)),
        Node::Scalar(..) => {}
    }
}

/// A capital at the start, a mark at the end.
pub fn finish(request: &str) -> String {
    let text = capitalize(request.trim().trim_end_matches([',', ';', ':']));
    let asks = [
        "can ", "could ", "would ", "what ", "which ", "how ", "where ", "when ", "who ", "is ", "are ",
        "do ",
    ];
    if text.ends_with(['.', '?', '!']) {
        text
    } else if asks.iter().any(|opening| text.to_lowercase().starts_with(opening)) {
        format!("{text}?")
    } else {
        format!("{text}.")
    }
}
