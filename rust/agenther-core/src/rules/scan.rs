//! All that rules look for in one field, found in one walk over each text.
//!
//! The literals of every rule, and the words of which a match of a regex must have one, stand in one
//! automaton without regard for case: a walk costs the same whatever their number. What a hit is worth
//! (the case, the part of the text, the position) is looked at where there is one. A regex is searched
//! only in a text with one of its words.

use std::ops::Range;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous;
use aho_corasick::{Anchored, BuildError, MatchKind, dfa, packed};

use super::condition::{Position, Slice};
use super::evaluate::{Found, each_text, matches, texts_of};
use crate::signals::Hit;
use crate::trajectory::{Field, Span, Trajectory};

/// Up to so many bytes of literals stand in a DFA, which takes up to 1 KiB a byte and is walked three
/// times as fast as the automaton for more.
const DFA_BYTES: usize = 4096;

/// So many bytes of texts are looked at by vectors at a time: their copy in small letters.
const AT_ONCE: usize = 1 << 16;

/// Stands between texts that are looked at together: no literal has it, so that none goes on.
const BETWEEN: u8 = 0xFF;

/// The scan of a field.
#[derive(Debug)]
pub(super) struct Scan {
    field: Field,
    sought: Vec<Sought>,
    slices: Vec<Slice>,
    patterns: Vec<Pattern>,
    automaton: Walk,
    /// The literals in small letters, where they are few enough to be looked for by vectors.
    prefilter: Option<packed::Searcher>,
    /// Whether one of the slices is every text as a whole.
    whole: bool,
}

/// What a leaf looks for in the field.
#[derive(Debug)]
struct Sought {
    leaf: usize,
    /// Position in the slices of the scan.
    slice: usize,
    /// What is searched where a pattern is found; of literals the pattern is the hit.
    regex: Option<regex::Regex>,
}

/// A pattern of the automaton.
#[derive(Debug)]
struct Pattern {
    /// Position in the sought.
    sought: usize,
    bytes: usize,
    /// The text, where its case counts.
    exact: Option<Box<str>>,
}

#[derive(Debug)]
enum Walk {
    Dfa(Box<dfa::DFA>),
    Nfa(Box<contiguous::NFA>),
}

/// What is gathered for a scan.
#[derive(Debug)]
pub(super) struct Gathered {
    field: Field,
    sought: Vec<Sought>,
    slices: Vec<Slice>,
    patterns: Vec<Pattern>,
    literals: Vec<String>,
}

impl Gathered {
    pub(super) fn new(field: Field) -> Self {
        Gathered { field, sought: Vec::new(), slices: Vec::new(), patterns: Vec::new(), literals: Vec::new() }
    }

    pub(super) fn field(&self) -> Field {
        self.field
    }

    pub(super) fn add_literals(&mut self, slice: Slice, leaf: usize, literals: &[String], ignore_case: bool) {
        self.seek(slice, leaf, None);
        for literal in literals {
            self.add(literal, (!ignore_case).then(|| literal.as_str().into()));
        }
    }

    pub(super) fn add_regex(&mut self, slice: Slice, leaf: usize, words: &[String], regex: &regex::Regex) {
        self.seek(slice, leaf, Some(regex.clone()));
        words.iter().for_each(|word| self.add(word, None));
    }

    fn seek(&mut self, slice: Slice, leaf: usize, regex: Option<regex::Regex>) {
        let known = self.slices.iter().position(|known| *known == slice);
        let slice = known.unwrap_or_else(|| {
            self.slices.push(slice);
            self.slices.len() - 1
        });
        self.sought.push(Sought { leaf, slice, regex });
    }

    fn add(&mut self, literal: &str, exact: Option<Box<str>>) {
        self.patterns.push(Pattern { sought: self.sought.len() - 1, bytes: literal.len(), exact });
        self.literals.push(literal.to_owned());
    }

    pub(super) fn build(self) -> Result<Scan, BuildError> {
        let Gathered { field, sought, slices, patterns, literals } = self;
        let automaton = Walk::new(&literals)?;
        let small = literals.iter().map(|literal| literal.to_ascii_lowercase());
        let prefilter = packed::Config::new().builder().extend(small).build();
        let whole = slices.contains(&Slice { field, position: Position::Any, head: None, tail: None });
        Ok(Scan { field, sought, slices, patterns, automaton, prefilter, whole })
    }
}

impl Walk {
    fn new(literals: &[String]) -> Result<Walk, BuildError> {
        let bytes: usize = literals.iter().map(String::len).sum();
        if bytes > DFA_BYTES {
            let mut builder = contiguous::Builder::new();
            builder.match_kind(MatchKind::Standard).ascii_case_insensitive(true).prefilter(false);
            return builder.build(literals).map(|automaton| Walk::Nfa(Box::new(automaton)));
        }
        let mut builder = dfa::Builder::new();
        builder.match_kind(MatchKind::Standard).ascii_case_insensitive(true).prefilter(false);
        builder.build(literals).map(|automaton| Walk::Dfa(Box::new(automaton)))
    }
}

impl Scan {
    /// What each leaf found in each text in which it found anything: sorted by leaf, then by text. `joined` is
    /// any buffer, which several scans share.
    pub(super) fn run(&self, run: &Trajectory<'_>, joined: &mut Vec<u8>) -> Vec<(usize, Found)> {
        if !self.may_hit(run, joined) {
            return Vec::new();
        }
        let texts = texts_of(run, self.field);
        let mut page = Page::new(self);
        for (at, (place, text)) in texts.iter().enumerate() {
            page.turn(*place, text, |slice| slice.window(text, at, texts.len()));
            match &self.automaton {
                Walk::Dfa(automaton) => page.walk(&**automaton),
                Walk::Nfa(automaton) => page.walk(&**automaton),
            }
            page.close();
        }
        let mut found = page.found;
        found.sort_by_key(|(leaf, _)| *leaf);
        found
    }

    /// Whether any of the texts may have any of the literals. Most runs have none, which vectors tell in a
    /// fraction of the time of the walk, and of all texts at once faster than of each.
    fn may_hit(&self, run: &Trajectory<'_>, joined: &mut Vec<u8>) -> bool {
        let Some(prefilter) = &self.prefilter else { return true };
        let has_literal = |joined: &mut Vec<u8>| {
            joined.make_ascii_lowercase();
            let is_there = prefilter.find(&*joined).is_some();
            joined.clear();
            is_there
        };
        joined.clear();
        let mut count = 0;
        if !self.whole {
            each_text(run, self.field, |_, _| count += 1);
        }
        let (mut at, mut may_hit) = (0, false);
        each_text(run, self.field, |_, text| {
            let windows = || self.slices.iter().filter_map(|slice| slice.window(text, at, count));
            let wanted = if self.whole { 0..text.len() } else { union(windows()) };
            joined.extend_from_slice(&text.as_bytes()[wanted]);
            joined.push(BETWEEN);
            may_hit |= joined.len() >= AT_ONCE && has_literal(joined);
            at += 1;
        });
        may_hit || !joined.is_empty() && has_literal(joined)
    }
}

/// The bytes from the first of any window to the last.
fn union(windows: impl Iterator<Item = Range<usize>>) -> Range<usize> {
    let join = |all: Range<usize>, window: Range<usize>| all.start.min(window.start)..all.end.max(window.end);
    windows.reduce(join).unwrap_or(0..0)
}

/// The text that is being walked over, and what was found in it and those before.
struct Page<'s, 't> {
    scan: &'s Scan,
    place: Hit,
    text: &'t str,
    /// The bytes of the text that each slice of the scan has.
    windows: Vec<Option<Range<usize>>>,
    /// What is found in the text, for each of the sought.
    here: Vec<Found>,
    /// Those of the sought that have anything.
    touched: Vec<usize>,
    found: Vec<(usize, Found)>,
}

impl<'s, 't> Page<'s, 't> {
    fn new(scan: &'s Scan) -> Self {
        Page {
            scan,
            place: Hit::RUN,
            text: "",
            windows: Vec::new(),
            here: vec![Found::default(); scan.sought.len()],
            touched: Vec::new(),
            found: Vec::new(),
        }
    }

    fn turn(&mut self, place: Hit, text: &'t str, window: impl Fn(Slice) -> Option<Range<usize>>) {
        (self.place, self.text) = (place, text);
        self.windows.clear();
        self.windows.extend(self.scan.slices.iter().map(|slice| window(*slice)));
    }

    fn walk(&mut self, automaton: &impl Automaton) {
        let wanted = union(self.windows.iter().flatten().cloned());
        let Ok(mut state) = automaton.start_state(Anchored::No) else { return };
        for (at, &byte) in self.text.as_bytes()[wanted.clone()].iter().enumerate() {
            state = automaton.next_state(Anchored::No, state, byte);
            if automaton.is_special(state) {
                self.matched(automaton, state, wanted.start + at + 1);
            }
        }
    }

    /// Every pattern that ends at `end`, longer ones first.
    fn matched(&mut self, automaton: &impl Automaton, state: StateID, end: usize) {
        if !automaton.is_match(state) {
            return;
        }
        for index in 0..automaton.match_len(state) {
            let pattern = &self.scan.patterns[automaton.match_pattern(state, index).as_usize()];
            let span = end - pattern.bytes..end;
            let slice = self.scan.sought[pattern.sought].slice;
            let is_inside = self.windows[slice]
                .as_ref()
                .is_some_and(|window| window.start <= span.start && end <= window.end);
            let is_same = |exact: &str| self.text.as_bytes()[span.clone()] == *exact.as_bytes();
            if is_inside && pattern.exact.as_deref().is_none_or(is_same) {
                let found = &mut self.here[pattern.sought];
                if found.count == 0 {
                    self.touched.push(pattern.sought);
                }
                found.add(1, &[self.place.at(Span::new(span.start, end))]);
            }
        }
    }

    /// Keeps what was found in the text.
    fn close(&mut self) {
        for sought in self.touched.drain(..) {
            let mut found = std::mem::take(&mut self.here[sought]);
            let Sought { leaf, slice, regex } = &self.scan.sought[sought];
            if let (Some(regex), Some(window)) = (regex, &self.windows[*slice]) {
                found = matches(regex, self.place, window.start, &self.text[window.clone()]);
            }
            if found.count > 0 {
                self.found.push((*leaf, found));
            }
        }
    }
}
