//! A goal or an answer, cut into clauses with their words, facts and the things of the evidence they name.

use super::evidence::{Evidence, MAX_ENTITY_WORDS};
use crate::text::facts::{Fact, facts};
use crate::text::records;
use crate::text::same::Meaning;
use crate::text::words::{self, stem_hash};
use crate::trajectory::Span;

/// A word of a clause.
#[derive(Debug)]
pub(super) struct Token {
    /// In the whole text.
    pub span: Span,
    /// In small letters.
    pub lower: String,
    pub stem: u64,
    pub stop: bool,
    /// The part of the clause: parts stand between commas, semicolons, `and`.
    pub part: u32,
    /// The fact that it is part of.
    pub fact: Option<u32>,
}

/// Something that the evidence has under this name.
#[derive(Debug)]
pub(super) struct Entity<'e> {
    /// First token and one past the last.
    pub start: usize,
    pub end: usize,
    pub nodes: &'e [u32],
}

/// A sentence, a line, or an item of a list.
#[derive(Debug)]
pub(super) struct Clause<'t, 'e> {
    pub text: &'t str,
    pub tokens: Vec<Token>,
    /// Facts with their spans in the clause.
    pub facts: Vec<Fact<'t>>,
    pub meanings: Vec<Meaning>,
    pub entities: Vec<Entity<'e>>,
}

/// The clauses of a text.
pub(super) fn clauses<'t, 'e>(text: &'t str, evidence: &'e Evidence) -> Vec<Clause<'t, 'e>> {
    records::blocks(text)
        .iter()
        .flat_map(|block| &block.records)
        .map(|record| Clause::new(record.span.of(text), evidence))
        .collect()
}

impl<'t, 'e> Clause<'t, 'e> {
    fn new(text: &'t str, evidence: &'e Evidence) -> Self {
        let facts = facts(text);
        let meanings = facts.iter().map(Meaning::of).collect();
        let tokens = tokens(text, &facts);
        let entities = entities(&tokens, evidence);
        Clause { text, tokens, facts, meanings, entities }
    }

    /// The first token of a fact and one past its last.
    pub fn tokens_of(&self, fact: &Fact<'_>) -> (usize, usize) {
        let start = self.tokens.partition_point(|token| token.span.end <= fact.span.start);
        let end = self.tokens.partition_point(|token| token.span.start < fact.span.end);
        (start, end.max(start))
    }

    /// Stems of the words that say what a fact is: those before it as far as the fact before, and some after.
    pub fn context(&self, fact: usize) -> Vec<u64> {
        const BEFORE: usize = 8;
        const AFTER: usize = 3;
        let (start, end) = self.tokens_of(&self.facts[fact]);
        let measured = |token: &Token| token.fact.is_some_and(|at| self.meanings[at as usize].is_measured());
        let before = self.tokens[..start].iter().rev().take(BEFORE).take_while(|token| !measured(token));
        let part = self.tokens.get(end.saturating_sub(1)).map(|token| token.part);
        let after = self.tokens[end..]
            .iter()
            .take(AFTER)
            .take_while(|token| !measured(token) && Some(token.part) == part);
        before.chain(after).filter(|token| !token.stop).map(|token| token.stem).collect()
    }

    /// The entities, those first that most likely own what stands at the tokens `start..end`: in the same
    /// part, then before it, then after it; the nearer first.
    pub fn owners(&self, start: usize, end: usize) -> Vec<&Entity<'e>> {
        let part = self.tokens.get(start).map(|token| token.part);
        let mut out: Vec<(u32, usize, &Entity<'e>)> = self
            .entities
            .iter()
            .filter(|entity| entity.end <= start || entity.start >= end)
            .map(|entity| {
                let distance = if entity.end <= start { start - entity.end } else { entity.start - end };
                let same = self.tokens.get(entity.start).map(|token| token.part) == part;
                let group = if same {
                    0
                } else if entity.end <= start {
                    1
                } else {
                    2
                };
                (group, distance, entity)
            })
            .collect();
        out.sort_by_key(|(group, distance, _)| (*group, *distance));
        out.into_iter().map(|(_, _, entity)| entity).collect()
    }
}

fn tokens(text: &str, facts: &[Fact<'_>]) -> Vec<Token> {
    let mut part = 0;
    let mut before = 0;
    let mut fact = 0;
    words::folded_words(text)
        .into_iter()
        .map(|(span, lower)| {
            let gap = &text[before..span.start as usize];
            if lower == "and" || gap.contains([',', ';', '\n', '|', '(']) || gap.contains(". ") {
                part += 1;
            }
            before = span.end as usize;
            while facts.get(fact).is_some_and(|fact| fact.span.end <= span.start) {
                fact += 1;
            }
            let inside = facts.get(fact).is_some_and(|fact| fact.span.start < span.end);
            let stem = stem_hash(&lower);
            let stop = words::is_stop(&lower);
            Token { span, lower, stem, stop, part, fact: inside.then_some(fact as u32) }
        })
        .collect()
}

/// The longest runs of words that the evidence has as a value, from the left.
fn entities<'e>(tokens: &[Token], evidence: &'e Evidence) -> Vec<Entity<'e>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let longest = (at + 1..=tokens.len().min(at + MAX_ENTITY_WORDS)).rev().find_map(|end| {
            let folded =
                tokens[at..end].iter().map(|token| token.lower.as_str()).collect::<Vec<_>>().join(" ");
            let nodes = evidence.entity(&folded);
            (!nodes.is_empty()).then_some(Entity { start: at, end, nodes })
        });
        at = longest.as_ref().map_or(at + 1, |entity| entity.end);
        out.extend(longest);
    }
    out
}
