//! What a prompt or a policy says of tools by name: which are forbidden, and which must come before others.

use super::clause;
use crate::text::{cut, records};
use crate::trajectory::Span;

/// Calls of `tool` are forbidden, or must come after one of `needs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand<'t> {
    /// The tool that is bound.
    pub tool: &'t str,
    /// The tool that must have been called before it; where there is none, it must not be called at all.
    pub needs: Option<&'t str>,
    /// The sentence that says so.
    pub span: Span,
}

/// The most tools and sentences that are looked at: a policy names few.
const MAX_MENTIONS: usize = 256;

/// How many bytes before a name say what is said of it: bounds the time of a look back.
const NEAR: usize = 120;

/// A tool in a text.
#[derive(Debug, Clone, Copy)]
struct Mention<'t> {
    tool: &'t str,
    start: usize,
    end: usize,
}

/// What `text` demands of `tools`. Only names that are no words of the language are looked for: `search`
/// may be anything, `search_flights` is that tool.
pub fn demands<'t>(text: &'t str, tools: &[&'t str]) -> Vec<Demand<'t>> {
    let mut mentions: Vec<Mention<'t>> = tools
        .iter()
        .filter(|tool| is_code_like(tool))
        .flat_map(|tool| {
            let found = memchr::memmem::find_iter(text.as_bytes(), *tool);
            found.map(|start| Mention { tool, start, end: start + tool.len() })
        })
        .filter(|mention| stands_alone(text, mention))
        .take(MAX_MENTIONS)
        .collect();
    mentions.sort_by_key(|mention| mention.start);
    let mut demands = Vec::new();
    let mut read = 0;
    for mention in &mentions {
        let span = sentence(text, mention.start, mention.end);
        if (span.start as usize) < read {
            continue;
        }
        read = span.end as usize;
        match named_in(text, span, tools).as_slice() {
            [one] => demands.extend(ban(text, *one, span)),
            [first, second] => demands.extend(order(text, *first, *second, span)),
            _ => {}
        }
    }
    demands
}

/// The tools that a sentence names, and what else in it is written like one: of a tool that must come
/// first the log may show nothing else.
fn named_in<'t>(text: &'t str, span: Span, tools: &[&'t str]) -> Vec<Mention<'t>> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_tool = |word: &str| is_code_like(word) && (word.contains('_') || tools.contains(&word));
    let mut next = span.start as usize;
    let parts = span.of(text).split_inclusive(|c| !is_part(c)).map(|part| {
        let start = next;
        next += part.len();
        (start, part.trim_end_matches(|c| !is_part(c) || c == '.'))
    });
    parts
        .filter(|(_, word)| is_tool(word))
        .map(|(start, word)| Mention { tool: word, start, end: start + word.len() })
        .collect()
}

fn is_code_like(tool: &str) -> bool {
    tool.len() >= 4
        && (tool.contains(['_', '-', '.'])
            || tool
                .as_bytes()
                .windows(2)
                .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()))
}

fn stands_alone(text: &str, mention: &Mention<'_>) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    !text[..mention.start].ends_with(joins) && !text[mention.end..].starts_with(joins)
}

/// The sentence around `start..end`, or what of it is near.
fn sentence(text: &str, start: usize, end: usize) -> Span {
    const REACH: usize = 200;
    let from = cut::ceil(text, start.saturating_sub(REACH));
    let to = cut::floor(text, end + REACH);
    records::sentences(text, from, to)
        .find(|span| span.start as usize <= start && end <= span.end as usize)
        .unwrap_or(Span::new(start, end))
}

/// "Never call delete_user.", "Do not use the web_search tool."
fn ban<'t>(text: &str, one: Mention<'t>, span: Span) -> Option<Demand<'t>> {
    let head = cut::tail(&text[..one.start], NEAR);
    let verb = ["use", "using", "call", "calling", "invoke", "run", "the", "to", "tool", "function"];
    let mut words = head
        .trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != '\n')
        .rsplit(' ')
        .take(6)
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let mut verbs = 0;
    let negation = words.find(|word| {
        let is_verb = verb.iter().any(|verb| word.eq_ignore_ascii_case(verb));
        verbs += usize::from(is_verb);
        !is_verb
    })?;
    let negated = ["not", "never", "don't", "dont", "avoid", "cannot", "mustn't", "don’t"]
        .iter()
        .any(|no| negation.eq_ignore_ascii_case(no));
    // "Do not call it without asking", "unless", "more than once": not a ban of the tool as such.
    let rest = &span.of(text)[one.end - span.start as usize..];
    let plain = rest.trim_matches(|c: char| !c.is_alphanumeric());
    let plain = plain.is_empty()
        || ["tool", "function", "at all", "tool at all", "anymore"]
            .iter()
            .any(|end| plain.eq_ignore_ascii_case(end));
    (negated && verbs > 0 && plain && !clause::has_condition(span.of(text))).then_some(Demand {
        tool: one.tool,
        needs: None,
        span,
    })
}

/// "Call A before B.", "Use B only after A.", "Never call B before A.", "First A, then B."
fn order<'t>(text: &str, first: Mention<'t>, second: Mention<'t>, span: Span) -> Option<Demand<'t>> {
    if first.tool == second.tool || clause::has_condition(span.of(text)) {
        return None;
    }
    let between = text[first.end..second.start].to_ascii_lowercase();
    let has = |word: &str| between.split(|c: char| !c.is_alphanumeric()).any(|found| found == word);
    let negated = clause::forbids(text, first.start) || has("not") || has("never");
    let demand = |tool, needs| Some(Demand { tool, needs: Some(needs), span });
    match (has("before"), has("after"), has("then"), negated) {
        (true, false, _, false) => demand(second.tool, first.tool),
        (true, false, _, true) => demand(first.tool, second.tool),
        (false, true, _, _) if has("only") || says_only(text, first.start) => demand(first.tool, second.tool),
        (false, false, true, false) if says_first(text, first.start) => demand(second.tool, first.tool),
        _ => None,
    }
}

fn says_only(text: &str, at: usize) -> bool {
    near(text, at, "only")
}

fn says_first(text: &str, at: usize) -> bool {
    near(text, at, "first") || near(text, at, "always")
}

/// Whether a word is one of the last few before `at`.
fn near(text: &str, at: usize, wanted: &str) -> bool {
    cut::tail(&text[..at], NEAR)
        .rsplit(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(5)
        .any(|word| word.eq_ignore_ascii_case(wanted))
}
