//! A goal or an answer, cut into clauses with their words, facts and the things of the evidence they name.

use super::evidence::Evidence;
use super::hint::{self, Hint};
use super::record::{Home, only_day};
use super::step::{MAX_ENTITY_WORDS, Place};
use crate::text::facts::{Fact, facts};
use crate::text::records;
use crate::text::same::Meaning;
use crate::text::words::{self, Folded, FoldedWord, PhraseHash, stem_hash, word_hash};
use crate::trajectory::Span;

/// A word of a clause.
#[derive(Debug)]
pub(super) struct Token<'t> {
    /// In the clause.
    pub span: Span,
    /// In small letters.
    pub lower: &'t str,
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
    /// The stem of its only word.
    pub word: Option<u64>,
}

/// A sentence, a line, or an item of a list.
#[derive(Debug)]
pub(super) struct Clause<'t, 'e> {
    pub text: &'t str,
    /// In small letters, words between single blanks.
    pub folded: &'t str,
    pub tokens: Vec<Token<'t>>,
    /// Facts with their spans in the clause.
    pub facts: Vec<Fact<'t>>,
    pub meanings: Vec<Meaning>,
    /// The facts folded; empty for those that are measured.
    pub names: Vec<String>,
    pub entities: Vec<Entity<'e>>,
    /// The record of the day that it names, where it names one.
    pub day: Option<Home<'e>>,
}

/// The clauses of a text: its records. A line that begins with a value of the evidence begins a clause too.
pub(super) fn clauses<'t, 'e>(
    text: &'t str,
    folded: &'t Folded,
    evidence: &'e Evidence<'_>,
) -> Vec<Clause<'t, 'e>> {
    let is_value = |line: &str| {
        let Some((head, _)) = line.split_once(':') else { return false };
        let known =
            |text: &str| evidence.entity(&words::folded(text)).iter().any(|place| place.leaf.is_some());
        known(head) || facts(head).iter().any(|fact| known(fact.text))
    };
    let mut out = Vec::new();
    for record in records::blocks(text).iter().flat_map(|block| &block.records) {
        let Span { start, end } = record.span;
        let text = record.span.of(text);
        let mut from = 0;
        for (at, _) in
            text.match_indices('\n').filter(|(at, _)| is_value(text[at + 1..].lines().next().unwrap_or("")))
        {
            let span = Span { start: start + from as u32, end: start + at as u32 };
            out.push(Clause::new(&text[from..at], span, folded, evidence));
            from = at + 1;
        }
        out.push(Clause::new(&text[from..], Span { start: start + from as u32, end }, folded, evidence));
    }
    out
}

impl<'t, 'e> Clause<'t, 'e> {
    /// The clause that stands at `span` of a text, which was folded as a whole.
    fn new(text: &'t str, span: Span, folded: &'t Folded, evidence: &'e Evidence<'_>) -> Self {
        let facts = facts(text);
        let meanings: Vec<Meaning> = facts.iter().map(Meaning::of).collect();
        let first = folded.words.partition_point(|word| word.span.start < span.start);
        let count = folded.words[first..].partition_point(|word| word.span.end <= span.end);
        let words = &folded.words[first..first + count];
        let tokens = tokens(text, span.start, words, folded, &facts);
        let entities = entities(&tokens, evidence);
        let name = |(fact, meaning): (&Fact<'_>, &Meaning)| {
            if meaning.is_measured() { String::new() } else { words::folded(fact.text) }
        };
        let names = facts.iter().zip(&meanings).map(name).collect();
        let day = only_day(evidence, &tokens, &meanings);
        Clause { text, folded: folded.part(words), tokens, facts, meanings, names, entities, day }
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
        let measured =
            |token: &Token<'_>| token.fact.is_some_and(|at| self.meanings[at as usize].is_measured());
        let before = self.tokens[..start].iter().rev().take(BEFORE);
        let before = before.take_while(|token| !measured(token));
        let part = self.tokens.get(end.saturating_sub(1)).map(|token| token.part);
        let after = self.tokens[end..].iter().take(AFTER);
        let after = after.take_while(|token| !measured(token) && Some(token.part) == part);
        let close = before.clone().enumerate().map(|(distance, token)| (token, hint::before(distance)));
        let behind = after.enumerate().map(|(distance, token)| (token, hint::behind(distance)));
        let says = |(token, weight): &(&Token<'_>, f32)| !token.stop || *weight >= BESIDE;
        let mut out: Vec<Hint> =
            close.chain(behind).filter(says).map(|(token, weight)| (token.stem, weight)).collect();
        // `soap bar` of `soapbar`.
        for (distance, (later, earlier)) in before.clone().zip(before.skip(1)).enumerate() {
            out.push((joined_stem(earlier.lower, later.lower), 1.0 / (1 + distance) as f32));
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
                let word = (entity.end == entity.start + 1).then_some(token.stem);
                (group, distance, Owner { places: entity.places, close, word })
            })
            .collect();
        out.sort_by_key(|(group, distance, _)| (*group, *distance));
        out.into_iter().map(|(_, _, owner)| owner).collect()
    }
}

/// The stem of two words written as one.
pub(super) fn joined_stem(first: &str, second: &str) -> u64 {
    let mut buffer = [0; 48];
    match buffer.get_mut(..first.len() + second.len()) {
        Some(joined) => {
            let (start, end) = joined.split_at_mut(first.len());
            start.copy_from_slice(first.as_bytes());
            end.copy_from_slice(second.as_bytes());
            stem_hash(std::str::from_utf8(joined).unwrap_or_default())
        }
        None => stem_hash(&[first, second].concat()),
    }
}

/// The tokens of the clause that begins at `start` of its text and has these words.
fn tokens<'t>(
    text: &str,
    start: u32,
    words: &[FoldedWord],
    folded: &'t Folded,
    facts: &[Fact<'_>],
) -> Vec<Token<'t>> {
    let (mut part, mut segment) = (0, 0);
    let mut before = 0;
    let mut fact = 0;
    let token = |word: &FoldedWord| {
        let lower = word.at.of(&folded.text);
        let span = Span { start: word.span.start - start, end: word.span.end - start };
        let gap = &text.as_bytes()[before..span.start as usize];
        let parts = gap.iter().any(|byte| matches!(byte, b',' | b';' | b'\n' | b'|' | b'('));
        if parts || lower == "and" || gap.windows(2).any(|pair| pair == b". ") {
            part += 1;
        }
        segment += u32::from(gap.iter().any(|byte| matches!(byte, b';' | b'\n')));
        before = span.end as usize;
        while facts.get(fact).is_some_and(|fact| fact.span.end <= span.start) {
            fact += 1;
        }
        let inside = facts.get(fact).is_some_and(|fact| fact.span.start < span.end);
        let fact = inside.then_some(fact as u32);
        Token { span, lower, stem: stem_hash(lower), stop: words::is_stop(lower), part, segment, fact }
    };
    words.iter().map(token).collect()
}

/// The longest runs of words that the evidence has as a value, from the left.
fn entities<'e>(tokens: &[Token<'_>], evidence: &'e Evidence<'_>) -> Vec<Entity<'e>> {
    let hashes: Vec<u64> = tokens.iter().map(|token| word_hash(token.lower)).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !evidence.may_begin_name(hashes[at]) {
            at += 1;
            continue;
        }
        let mut longest: Option<Entity<'e>> = None;
        let mut name = PhraseHash::EMPTY;
        for end in at + 1..=tokens.len().min(at + MAX_ENTITY_WORDS) {
            name = name.then(hashes[end - 1]);
            let places = evidence.named(name);
            if !places.is_empty() {
                longest = Some(Entity { start: at, end, places });
            }
        }
        at = longest.as_ref().map_or(at + 1, |entity| entity.end);
        out.extend(longest);
    }
    out
}
