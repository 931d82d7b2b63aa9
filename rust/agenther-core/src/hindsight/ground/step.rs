//! What one step shows and asks: a tree of records and lists with every value in it, and indexes to find it by.
//!
//! It is made once a run, when a goal first keeps the step, and shared by all goals that do.

mod builder;

use std::ops::Range;

use super::change::Writes;
use super::hint::Hint;
use crate::signals::effect::Effect;
use crate::signals::tool_status::Status;
use crate::text::document::Kind;
use crate::text::facts::FactKind;
use crate::text::same::Meaning;
use crate::text::words;

/// Values of more words are texts: they are looked into, not looked up.
pub(super) const MAX_ENTITY_WORDS: usize = 6;

/// A number of so many digits names something, rather than counts it.
pub(super) const LONG_NUMBER: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Its parts belong together.
    Record,
    /// Its parts are alternatives.
    List,
}

/// A container. The first is that of the step, its own parent.
#[derive(Debug)]
pub(super) struct StepNode {
    pub parent: u32,
    pub depth: u32,
    pub shape: Shape,
    /// The amounts in it, those of its containers included.
    pub amounts: Range<u32>,
    pub leaves: Range<u32>,
    /// Stems of the key it stands under.
    pub key: Range<u32>,
    /// Whether it is, or is in, the arguments of a call.
    pub argument: bool,
}

/// A scalar, or a part of a line of text.
#[derive(Debug)]
pub(super) struct StepLeaf {
    pub node: u32,
    /// Stems of its key.
    pub key: Range<u32>,
    /// Where its text, folded, stands in that of the step.
    pub folded: Range<u32>,
    pub kind: Option<Kind>,
    /// The kind, where it is an identifier, path or address.
    pub reference: Option<FactKind>,
    /// Stems of a sentence or line.
    pub stems: Range<u32>,
}

/// A number, date or time in a leaf.
#[derive(Debug)]
pub(super) struct StepAmount {
    pub leaf: u32,
    pub meaning: Meaning,
    /// What says what it is: the keys above it, or the words around it.
    pub context: Range<u32>,
}

/// A quick look at a word: most begin no name. One bit for each of 1024 classes of words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FirstWords([u64; 16]);

impl FirstWords {
    fn add(&mut self, word: u64) {
        self.0[(word >> 6) as usize % 16] |= 1 << (word % 64);
    }

    /// Takes in those of another.
    pub fn join(&mut self, other: &FirstWords) {
        self.0.iter_mut().zip(other.0).for_each(|(bits, others)| *bits |= others);
    }

    /// Whether a name may begin with the word of this hash.
    pub fn may_have(&self, word: u64) -> bool {
        self.0[(word >> 6) as usize % 16] >> (word % 64) & 1 == 1
    }
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub node: u32,
    /// The leaf whose value it is or is in; none where it is a key.
    pub leaf: Option<u32>,
}

/// An identifier, path or address in the arguments.
#[derive(Debug)]
pub(super) struct Reference {
    pub kind: FactKind,
    /// Folded.
    pub text: String,
    /// Whether it is the whole of a named argument.
    pub whole: bool,
}

/// What is known of a step. Ranges and positions are those of its own tables.
#[derive(Debug)]
pub(crate) struct StepEvidence {
    pub(super) index: u32,
    pub(super) status: Status,
    pub(super) effect: Effect,
    /// Whether the observation says, or shows, that there is more.
    pub(super) cut: bool,
    /// Whether there is no observation.
    pub(super) blank: bool,
    /// Whether the observation says that there is nothing, and no more.
    pub(super) nothing: bool,
    /// Whether the call can have changed something.
    pub(super) writes: Writes,
    /// The kind of change that its tool is named for.
    pub(super) made: Option<u8>,
    /// Whether the arguments are those of a lookup.
    pub(super) lookup: bool,
    pub(super) nodes: Vec<StepNode>,
    pub(super) leaves: Vec<StepLeaf>,
    pub(super) amounts: Vec<StepAmount>,
    /// The amounts by their keys, see [`value_keys`].
    pub(super) by_value: Vec<(i64, u32)>,
    /// The names that stand in it, by their hashes, and where each stands.
    pub(super) names: Vec<u64>,
    /// What their first words are, of all that there may be.
    pub(super) first_words: FirstWords,
    pub(super) places: Vec<Place>,
    /// Identifiers, paths and addresses in the arguments.
    pub(super) references: Vec<Reference>,
    /// Those in the observation, folded.
    pub(super) shown: Vec<(FactKind, String)>,
    /// Stems that stand right before an observed amount, or are its key.
    pub(super) labels: Vec<u64>,
    /// Stems of the words of the call, and of the observation.
    pub(super) asked_stems: Vec<u64>,
    pub(super) seen_stems: Vec<u64>,
    /// The name of the tool and the arguments, folded, and behind them the observation.
    text: String,
    asked: usize,
    stems: Vec<u64>,
    hints: Vec<Hint>,
    /// The amounts by the node that they are directly in, and where those of each node begin.
    direct: Vec<u32>,
    direct_from: Vec<u32>,
}

impl StepEvidence {
    /// The name of the tool and the arguments, folded.
    pub(super) fn asked(&self) -> &str {
        &self.text[..self.asked]
    }

    /// The observation, folded.
    pub(super) fn seen(&self) -> &str {
        &self.text[self.asked..]
    }

    pub(super) fn folded(&self, leaf: &StepLeaf) -> &str {
        &self.text[leaf.folded.start as usize..leaf.folded.end as usize]
    }

    pub(super) fn stems(&self, range: &Range<u32>) -> &[u64] {
        &self.stems[range.start as usize..range.end as usize]
    }

    pub(super) fn context(&self, amount: &StepAmount) -> &[Hint] {
        &self.hints[amount.context.start as usize..amount.context.end as usize]
    }

    /// The amounts directly in a node.
    pub(super) fn direct(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.direct[self.direct_from[node] as usize..self.direct_from[node + 1] as usize]
    }
}

/// Whether a fact names one thing and no other.
pub(super) fn is_reference(kind: FactKind) -> bool {
    matches!(kind, FactKind::Id | FactKind::Path | FactKind::Url | FactKind::Email)
}

/// Whether a sentence goes on about what the one before it is about.
pub(super) fn goes_on(sentence: &str) -> bool {
    const BEGINNINGS: &[&str] = &["it", "its", "he", "his", "she", "her", "they", "their"];
    let first = words::words(sentence).next();
    first.is_some_and(|word| BEGINNINGS.iter().any(|known| word.text.eq_ignore_ascii_case(known)))
}
