//! What a prompt or a policy says of tools by name: which are forbidden, and which must come before others.

use super::clause;
use crate::text::cut;
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

/// What `text` demands of `tools`. Only names with an underscore are looked for: `search` may be anything,
/// `search_flights` is that tool.
pub fn demands<'t>(text: &'t str, tools: &[&'t str]) -> Vec<Demand<'t>> {
    // One look for underscores is cheaper than one for each tool.
    let mentions = memchr::memchr_iter(b'_', text.as_bytes())
        .filter_map(|at| identifier(text, at))
        .filter(|mention| tools.contains(&mention.tool))
        .take(MAX_MENTIONS);
    let mut demands = Vec::new();
    let mut read = 0;
    for mention in mentions {
        let span = clause::sentence(text, mention.start, mention.end);
        if (span.start as usize) < read {
            continue;
        }
        read = span.end as usize;
        let named = named_in(text, span);
        if allows_only(text, &named, span) {
            let other = |tool: &&&'t str| !named.iter().any(|mention| mention.tool == **tool);
            // Those without an underscore may be ways to answer.
            let others = tools.iter().filter(|tool| tool.contains('_')).filter(other);
            demands.extend(others.map(|tool| Demand { tool, needs: None, span }));
            continue;
        }
        match named.as_slice() {
            [one] => demands.extend(ban(text, *one, span)),
            [first, second] => demands.extend(order(text, *first, *second, span)),
            _ => {}
        }
    }
    demands
}

/// The identifier around the underscore at byte `at`, in text that is not longer than a name.
fn identifier(text: &str, at: usize) -> Option<Mention<'_>> {
    const LONGEST: usize = 64;
    let bytes = text.as_bytes();
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let before = bytes[..at].iter().rev().take(LONGEST).take_while(is_part).count();
    let after = bytes[at..].iter().take(LONGEST).take_while(is_part).count();
    let (start, end) = (at - before, at + after);
    // The first underscore of a name speaks for it.
    let first = !bytes[start..at].contains(&b'_');
    (first && after < LONGEST).then(|| Mention { tool: &text[start..end], start, end })
}

/// The tools that a sentence names, and what else in it is written like one: of a tool that must come
/// first the log may show nothing else.
fn named_in(text: &str, span: Span) -> Vec<Mention<'_>> {
    let (start, end) = (span.start as usize, span.end as usize);
    memchr::memchr_iter(b'_', &text.as_bytes()[start..end])
        .filter_map(|at| identifier(text, start + at))
        .collect()
}

/// "Use only get_user and get_order.", "Only use the search_web tool."
fn allows_only(text: &str, named: &[Mention<'_>], span: Span) -> bool {
    let (Some(first), Some(last)) = (named.first(), named.last()) else { return false };
    near(text, first.start, "only")
        && (near(text, first.start, "use") || near(text, first.start, "call"))
        && ends_plainly(text, *last, span)
        && !clause::has_condition(span.of(text))
        && !clause::forbids(text, first.start)
}

/// Whether the sentence says no more after a name than what kind of thing it is.
fn ends_plainly(text: &str, last: Mention<'_>, span: Span) -> bool {
    let rest = text[last.end..span.end as usize].trim_matches(|c: char| !c.is_alphanumeric());
    let kinds = ["tool", "function", "tools", "functions", "at all", "tool at all", "anymore"];
    rest.is_empty() || kinds.iter().any(|kind| rest.eq_ignore_ascii_case(kind))
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
    let plain = ends_plainly(text, one, span);
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
