//! A goal or an answer, cut into clauses with their words, facts and the things of the evidence they name.

use super::evidence::{Evidence, MAX_ENTITY_WORDS, Place};
use super::hint::{Hint, hints};
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
    /// The segment of the clause: segments stand between semicolons and lines.
    pub segment: u32,
    /// The fact that it is part of.
    pub fact: Option<u32>,
}

/// Something that the evidence has under this name.
#[derive(Debug)]
pub(super) struct Entity<'e> {
    /// First token and one past the last.
    pub start: usize,
    pub end: usize,
    pub places: &'e [Place],
}

/// An entity that may own a value of the clause.
pub(super) struct Owner<'e> {
    pub places: &'e [Place],
    /// Whether it stands in the same segment.
    pub close: bool,
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

/// The clauses of a text: its records. A line that begins with a value of the evidence begins a clause too.
pub(super) fn clauses<'t, 'e>(text: &'t str, evidence: &'e Evidence) -> Vec<Clause<'t, 'e>> {
    let is_value = |line: &str| {
        let Some((head, _)) = line.split_once(':') else { return false };
        let known =
            |text: &str| evidence.entity(words::folded(text).trim()).iter().any(|place| place.leaf.is_some());
        known(head) || facts(head).iter().any(|fact| known(fact.text))
    };
    let mut out = Vec::new();
    for record in records::blocks(text).iter().flat_map(|block| &block.records) {
        let text = record.span.of(text);
        let mut from = 0;
        for (at, _) in
            text.match_indices('\n').filter(|(at, _)| is_value(text[at + 1..].lines().next().unwrap_or("")))
        {
            out.push(Clause::new(&text[from..at], evidence));
            from = at + 1;
        }
        out.push(Clause::new(&text[from..], evidence));
    }
    out
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

    /// The words that say what a fact is: those before it as far as the fact before, and some after. Function
    /// words count only right beside it (`check in`, `check out`).
    pub fn context(&self, fact: usize) -> Vec<Hint> {
        const BEFORE: usize = 8;
        const AFTER: usize = 3;
        const BESIDE: f32 = 0.5;
        let (start, end) = self.tokens_of(&self.facts[fact]);
        let measured = |token: &Token| token.fact.is_some_and(|at| self.meanings[at as usize].is_measured());
        let before: Vec<&Token> =
            self.tokens[..start].iter().rev().take(BEFORE).take_while(|token| !measured(token)).collect();
        let part = self.tokens.get(end.saturating_sub(1)).map(|token| token.part);
        let after: Vec<&Token> = self.tokens[end..]
            .iter()
            .take(AFTER)
            .take_while(|token| !measured(token) && Some(token.part) == part)
            .collect();
        let mut out = hints(
            before.iter().map(|token| token.lower.as_str()),
            after.iter().map(|token| token.lower.as_str()),
        );
        let words: Vec<&&Token> = before.iter().chain(&after).collect();
        let mut kept = words.iter().map(|token| token.stop);
        out.retain(|(_, weight)| !kept.next().unwrap_or(false) || *weight >= BESIDE);
        // `soap bar` of `soapbar`.
        for (distance, pair) in before.windows(2).enumerate() {
            let joined = format!("{}{}", pair[1].lower, pair[0].lower);
            out.push((words::stem_hash(&joined), 1.0 / (1 + distance) as f32));
        }
        out
    }

    /// The entities, those first that most likely own what stands at the tokens `start..end`: in the same
    /// part, then in the same segment before it and after it, then in others; the nearer first.
    pub fn owners(&self, start: usize, end: usize) -> Vec<Owner<'e>> {
        let at = self.tokens.get(start).map(|token| (token.part, token.segment));
        let mut out: Vec<(u32, usize, Owner<'e>)> = self
            .entities
            .iter()
            .filter(|entity| entity.end <= start || entity.start >= end)
            .map(|entity| {
                let before = entity.end <= start;
                let distance = if before { start - entity.end } else { entity.start - end };
                let token = &self.tokens[entity.start];
                let same_part = at.is_some_and(|(part, _)| part == token.part);
                let close = at.is_some_and(|(_, segment)| segment == token.segment);
                let group = if same_part {
                    0
                } else if close && before {
                    1
                } else if close {
                    2
                } else if before {
                    3
                } else {
                    4
                };
                (group, distance, Owner { places: entity.places, close })
            })
            .collect();
        out.sort_by_key(|(group, distance, _)| (*group, *distance));
        out.into_iter().map(|(_, _, owner)| owner).collect()
    }
}

fn tokens(text: &str, facts: &[Fact<'_>]) -> Vec<Token> {
    let (mut part, mut segment) = (0, 0);
    let mut before = 0;
    let mut fact = 0;
    words::folded_words(text)
        .into_iter()
        .map(|(span, lower)| {
            let gap = &text[before..span.start as usize];
            if lower == "and" || gap.contains([',', ';', '\n', '|', '(']) || gap.contains(". ") {
                part += 1;
            }
            segment += u32::from(gap.contains([';', '\n']));
            before = span.end as usize;
            while facts.get(fact).is_some_and(|fact| fact.span.end <= span.start) {
                fact += 1;
            }
            let inside = facts.get(fact).is_some_and(|fact| fact.span.start < span.end);
            let stem = stem_hash(&lower);
            let stop = words::is_stop(&lower);
            Token { span, lower, stem, stop, part, segment, fact: inside.then_some(fact as u32) }
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
            let places = evidence.entity(&folded);
            (!places.is_empty()).then_some(Entity { start: at, end, places })
        });
        at = longest.as_ref().map_or(at + 1, |entity| entity.end);
        out.extend(longest);
    }
    out
}
