//! Reads a step into its tables.

use std::ops::Range;

use super::super::change::{made_by, writes};
use super::super::hint::{Hint, KEY, KEY_ABOVE, window};
use super::super::nothing::is_nothing;
use super::super::paging::is_cut;
use super::super::value::value_keys;
use super::{
    FirstWords, LONG_NUMBER, MAX_ENTITY_WORDS, Place, Reference, Shape, StepAmount, StepEvidence, StepLeaf,
    StepNode, goes_on, is_reference,
};
use crate::reading::Reading;
use crate::signals::effect::{self, Effect};
use crate::text::document::{Document, Kind, Value};
use crate::text::facts::{self, Fact, FactKind, facts};
use crate::text::records::{self, Layout};
use crate::text::same::Meaning;
use crate::text::words::{self, PhraseHash, stem_hash, word_hash, words};
use crate::trajectory::Span;

/// JSON in a string in JSON in a string: deeper wrapping is left as text.
const MAX_WRAPPING: usize = 3;

/// A sentence says what it is about in so many words.
const MAX_SUBJECT: usize = 16;

impl StepEvidence {
    /// Reads a step of a run.
    pub(in super::super) fn new(reading: &Reading<'_>, index: u32) -> Self {
        let step = &reading.steps[index as usize];
        let arguments = step.arguments();
        let length = |text: Option<&str>| text.map_or(0, str::len);
        let bytes = length(step.step.observation) + length(step.step.action_input);
        // A value and its key take some thirty bytes.
        let values = bytes / 32;
        let mut builder = Builder::new(StepEvidence {
            index,
            status: step.status,
            effect: step.effect,
            cut: false,
            blank: step.step.observation.is_none_or(|observation| observation.trim().is_empty()),
            nothing: is_nothing(step),
            writes: writes(reading, index as usize),
            made: made_by(step.step.action_name.unwrap_or("")),
            lookup: arguments.is_some_and(|arguments| is_lookup(arguments.root())),
            nodes: Vec::with_capacity(8),
            leaves: Vec::with_capacity(values),
            amounts: Vec::with_capacity(values),
            by_value: Vec::with_capacity(values),
            names: Vec::new(),
            first_words: FirstWords::default(),
            places: Vec::new(),
            references: Vec::new(),
            shown: Vec::new(),
            labels: Vec::new(),
            seen_stems: Vec::new(),
            asked_stems: Vec::new(),
            text: String::with_capacity(bytes + 32),
            asked: 0,
            stems: Vec::with_capacity(values * 2),
            hints: Vec::with_capacity(values * 2),
            direct: Vec::new(),
            direct_from: Vec::new(),
        });
        builder.out.text.push(' ');
        builder.named.reserve(values);
        let node = builder.open(None, Shape::Record, 0..0, false);
        let reply = step.effect == Effect::Reply;
        effect::words(step.step.action_name.unwrap_or(""))
            .for_each(|word| words::fold_into(&mut builder.out.text, word));
        // What the agent says at the end is what is to be checked, not what it is checked by.
        if !reply && let Some(input) = step.step.action_input {
            let inner = builder.open(Some(node), Shape::Record, 0..0, true);
            builder.add_text(input, arguments, inner);
            builder.close(inner);
        }
        builder.out.asked = builder.out.text.len();
        builder.out.text.push(' ');
        if let Some(observation) = step.step.observation.filter(|_| !reply) {
            let document = step.observation();
            builder.subject = 0..0;
            builder.out.cut = builder.add_text(observation, document, node);
        }
        builder.close(node);
        builder.finish()
    }
}

struct Builder {
    out: StepEvidence,
    /// Names with their places, in the order found.
    named: Vec<(u64, Place)>,
    /// The words of the leaf in hand, and the stems of those that were asked for.
    tokens: Vec<Span>,
    token_stems: Vec<Option<u64>>,
    /// A name that is being folded.
    name: String,
    /// The last sentence that says what it is about, folded.
    subject: Range<u32>,
}

impl Builder {
    fn new(out: StepEvidence) -> Self {
        Builder {
            out,
            named: Vec::new(),
            tokens: Vec::new(),
            token_stems: Vec::new(),
            name: String::new(),
            subject: 0..0,
        }
    }

    fn open(&mut self, parent: Option<u32>, shape: Shape, key: Range<u32>, argument: bool) -> u32 {
        let node = self.out.nodes.len() as u32;
        let (depth, inherited) = parent.map_or((0, false), |parent| {
            let parent = &self.out.nodes[parent as usize];
            (parent.depth + 1, parent.argument)
        });
        let (amounts, leaves) = (self.out.amounts.len() as u32, self.out.leaves.len() as u32);
        self.out.nodes.push(StepNode {
            parent: parent.unwrap_or(node),
            depth,
            shape,
            amounts: amounts..amounts,
            leaves: leaves..leaves,
            key,
            argument: argument || inherited,
        });
        node
    }

    fn close(&mut self, node: u32) {
        let (amounts, leaves) = (self.out.amounts.len() as u32, self.out.leaves.len() as u32);
        let node = &mut self.out.nodes[node as usize];
        node.amounts.end = amounts;
        node.leaves.end = leaves;
    }

    /// Adds a text: a document as a tree, anything else as the records it is laid out in. Says whether it is cut.
    fn add_text(&mut self, text: &str, document: Option<&Document<'_>>, node: u32) -> bool {
        // Blanks beyond ASCII around it are none of the document's.
        let trimmed = text.trim();
        let own = if document.is_none() && trimmed.len() < text.trim_ascii().len() {
            Document::parse(trimmed)
        } else {
            None
        };
        let document = document.or(own.as_ref());
        match document {
            Some(document) => self.add_value(document.root(), node, 0),
            None => self.add_blocks(text, node),
        }
        !self.out.nodes[node as usize].argument && is_cut(text, document)
    }

    fn add_value(&mut self, value: Value<'_, '_>, parent: u32, wrapping: usize) {
        let key = self.key(value.key(), true);
        if value.is_leaf() {
            let text = value.text();
            let wrapped = wrapping < MAX_WRAPPING
                && value.kind() == Kind::String
                && text.trim_start().starts_with(['{', '[']);
            let inner = wrapped.then(|| Document::parse(text.trim())).flatten();
            match inner {
                Some(document) => self.add_value(document.root(), parent, wrapping + 1),
                None => self.add_scalar(value, &text, parent, key),
            }
            return;
        }
        let node = self.open(Some(parent), shape(value), key, false);
        // `{"HAT069": {…}, "HAT083": {…}}`: the keys are names of what they hold.
        if let Some(key) = value.key() {
            self.add_name(key, Place { node, leaf: None });
        }
        let table = table(value);
        for child in value.children() {
            match table {
                Some((rows, columns)) if child.key() == Some(rows) => self.add_rows(child, columns, node),
                _ => self.add_value(child, node, wrapping),
            }
        }
        self.close(node);
    }

    /// Adds rows whose values stand under the columns that are named beside them.
    fn add_rows(&mut self, rows: Value<'_, '_>, columns: Value<'_, '_>, parent: u32) {
        let key = self.key(rows.key(), true);
        let list = self.open(Some(parent), Shape::List, key, false);
        for row in rows.children() {
            let node = self.open(Some(list), Shape::Record, 0..0, false);
            for (value, column) in row.children().zip(columns.children()) {
                if value.is_leaf() {
                    let key = self.key(Some(&column.text()), false);
                    self.add_scalar(value, &value.text(), node, key);
                } else {
                    self.add_value(value, node, MAX_WRAPPING);
                }
            }
            self.close(node);
        }
        self.close(list);
    }

    /// The stems of the words of a key, which is part of what the step says where it is `folded`.
    fn key(&mut self, key: Option<&str>, folded: bool) -> Range<u32> {
        let start = self.out.stems.len() as u32;
        for word in key.into_iter().flat_map(effect::words) {
            self.out.stems.push(stem_hash(word));
            if folded {
                words::fold_into(&mut self.out.text, word);
            }
        }
        start..self.out.stems.len() as u32
    }

    fn add_scalar(&mut self, value: Value<'_, '_>, text: &str, parent: u32, key: Range<u32>) {
        let long = value.kind() == Kind::String
            && text.len() > MAX_ENTITY_WORDS
            && words(text).nth(MAX_ENTITY_WORDS).is_some();
        if long {
            let node = self.open(Some(parent), Shape::Record, key, false);
            self.add_blocks(text, node);
            self.close(node);
            return;
        }
        let start = self.out.amounts.len();
        let first = self.add_leaf(text, parent, key, Some(value.kind()), true);
        // The unit that a key gives: `"price_usd": 5`.
        if self.out.amounts.len() == start + 1
            && let Some(key) = value.key()
            && let Some(fact) = first
            && fact.kind == FactKind::Number
            && fact.text.len() == text.len()
        {
            self.replace_meaning(start, Meaning::of(&facts::under_key(fact, key)));
        }
    }

    fn replace_meaning(&mut self, at: usize, meaning: Meaning) {
        self.out.by_value.extend(value_keys(&meaning).map(|key| (key, at as u32)));
        self.out.amounts[at].meaning = meaning;
    }

    fn add_blocks(&mut self, text: &str, parent: u32) {
        for block in records::blocks(text) {
            let apart = match block.layout {
                Layout::Prose => false,
                _ => block.records.len() > 1,
            };
            let node = if apart { self.open(Some(parent), Shape::List, 0..0, false) } else { parent };
            for record in &block.records {
                let item = if apart { self.open(Some(node), Shape::Record, 0..0, false) } else { node };
                for field in &record.fields {
                    let key = self.key(field.key, true);
                    if let Some(key) = field.key {
                        self.add_name(key, Place { node: item, leaf: None });
                    }
                    self.add_leaf(field.value, item, key, None, false);
                }
                if apart {
                    self.close(item);
                }
            }
            if apart {
                self.close(node);
            }
        }
    }

    /// Adds a scalar or a part of a line, and returns its first fact. `inherits`: the keys above say what it is too.
    fn add_leaf<'t>(
        &mut self,
        text: &'t str,
        node: u32,
        key: Range<u32>,
        kind: Option<Kind>,
        inherits: bool,
    ) -> Option<Fact<'t>> {
        let leaf = self.out.leaves.len() as u32;
        let from = self.out.text.len() - 1;
        words::fold_into(&mut self.out.text, text);
        let folded = from as u32..self.out.text.len() as u32;
        let said = &self.out.text[from..];
        if said.bytes().filter(|byte| *byte == b' ').count() <= MAX_ENTITY_WORDS + 1 {
            let place = Place { node, leaf: Some(leaf) };
            add_folded_name(&mut self.named, &mut self.out.first_words, said, place);
        }
        let found = facts(text);
        self.tokens.clear();
        self.tokens.extend(words(text).map(|word| word.span));
        self.token_stems.clear();
        self.token_stems.resize(self.tokens.len(), None);
        for fact in &found {
            self.add_fact(fact, text, Place { node, leaf: Some(leaf) }, kind);
            let meaning = Meaning::of(fact);
            if meaning.is_measured() {
                let context = self.context(text, fact, &found, node, &key, inherits);
                self.add_amount(leaf, meaning, context);
            } else if fact.text.len() < text.len() {
                self.add_name(fact.text, Place { node, leaf: Some(leaf) });
            }
        }
        for at in 0..self.tokens.len() {
            let span = self.tokens[at];
            let word = span.of(text);
            if let Some(value) = words::number(word).filter(|value| *value > 1.0) {
                let fact = Fact {
                    kind: FactKind::Number,
                    span,
                    text: word,
                    value: Some(value),
                    unit: None,
                    per: None,
                };
                let context = self.context(text, &fact, &found, node, &key, inherits);
                self.add_amount(leaf, Meaning::number(value), context);
            }
        }
        let text_like = key.is_empty() || self.tokens.len() > MAX_ENTITY_WORDS;
        let stems = self.out.stems.len() as u32;
        if text_like {
            self.add_sentence(text, &folded, !found.is_empty());
        }
        let stems = stems..self.out.stems.len() as u32;
        let whole = found.first().filter(|fact| fact.text.len() == text.len());
        let reference = whole.map(|fact| fact.kind).filter(|kind| is_reference(*kind));
        self.out.leaves.push(StepLeaf { node, key, folded, kind, reference, stems });
        found.first().copied()
    }

    /// Adds the stems of the sentence in hand, which stands at `folded`, where it `tells` something: those of what it
    /// goes on about included.
    fn add_sentence(&mut self, text: &str, folded: &Range<u32>, tells: bool) {
        let goes_on = goes_on(text);
        if !goes_on {
            self.subject = folded.clone();
        }
        if !tells {
            return;
        }
        for at in 0..self.tokens.len() {
            let stem = stem_of(text, &self.tokens, &mut self.token_stems, at);
            self.out.stems.push(stem);
        }
        if goes_on {
            let subject = &self.out.text[self.subject.start as usize..self.subject.end as usize];
            self.out.stems.extend(words(subject).take(MAX_SUBJECT).map(|word| stem_hash(word.text)));
        }
    }

    /// Notes a fact that names one thing and no other.
    fn add_fact(&mut self, fact: &Fact<'_>, text: &str, place: Place, kind: Option<Kind>) {
        let argument = self.out.nodes[place.node as usize].argument;
        let is_all = fact.text.len() == text.len();
        if is_reference(fact.kind) {
            let text = words::folded(fact.text);
            if argument {
                let whole = kind.is_some() && is_all;
                self.out.references.push(Reference { kind: fact.kind, text, whole });
            } else {
                self.out.shown.push((fact.kind, text));
            }
        }
        // Long numbers are names too: of orders, items, accounts.
        if argument && fact.kind == FactKind::Number && is_all && text.len() >= LONG_NUMBER {
            let whole = kind.is_some();
            self.out.references.push(Reference { kind: FactKind::Id, text: words::folded(text), whole });
        }
    }

    /// What says what a value of the leaf in hand is: the words around it, its key, the keys above up to the first list.
    fn context(
        &mut self,
        text: &str,
        fact: &Fact<'_>,
        found: &[Fact<'_>],
        node: u32,
        key: &Range<u32>,
        inherits: bool,
    ) -> Range<u32> {
        let start = self.out.hints.len() as u32;
        let Builder { out, tokens, token_stems, .. } = self;
        window(text, tokens, fact, found, |at| stem_of(text, tokens, token_stems, at), &mut out.hints);
        let add = |hints: &mut Vec<Hint>, key: &Range<u32>, weight: f32| {
            hints.extend(out.stems[key.start as usize..key.end as usize].iter().map(|&stem| (stem, weight)));
        };
        add(&mut out.hints, key, KEY);
        let mut above = inherits.then_some(node);
        while let Some(at) = above {
            let node = &out.nodes[at as usize];
            add(&mut out.hints, &node.key, KEY_ABOVE);
            above = (node.shape == Shape::Record && at != 0).then_some(node.parent);
        }
        start..out.hints.len() as u32
    }

    fn add_amount(&mut self, leaf: u32, meaning: Meaning, context: Range<u32>) {
        let at = self.out.amounts.len() as u32;
        self.out.by_value.extend(value_keys(&meaning).map(|key| (key, at)));
        self.out.amounts.push(StepAmount { leaf, meaning, context });
    }

    fn add_name(&mut self, text: &str, place: Place) {
        self.name.clear();
        words::fold_into(&mut self.name, text);
        add_folded_name(&mut self.named, &mut self.out.first_words, &self.name, place);
    }

    /// Makes the indexes.
    fn finish(self) -> StepEvidence {
        let Builder { mut out, mut named, .. } = self;
        // Stable: what is under one key stays in the order found.
        out.by_value.sort_by_key(|(key, _)| *key);
        out.by_value.dedup();
        named.sort_by_key(|(name, _)| *name);
        named.dedup();
        (out.names, out.places) = named.into_iter().unzip();
        out.labels = out.observed_labels();
        let stems = |folded: &str| folded.split_ascii_whitespace().map(stem_hash).collect();
        (out.asked_stems, out.seen_stems) = (stems(out.asked()), stems(out.seen()));
        for stems in [&mut out.labels, &mut out.asked_stems, &mut out.seen_stems] {
            stems.sort_unstable();
            stems.dedup();
        }
        out.index_direct();
        out
    }
}

impl StepEvidence {
    fn observed_labels(&self) -> Vec<u64> {
        let observed =
            |amount: &&StepAmount| !self.nodes[self.leaves[amount.leaf as usize].node as usize].argument;
        let labels = |amount| self.context(amount).iter().filter(|(_, weight)| *weight >= KEY);
        self.amounts.iter().filter(observed).flat_map(labels).map(|(stem, _)| *stem).collect()
    }

    fn index_direct(&mut self) {
        let node = |amount: &StepAmount| self.leaves[amount.leaf as usize].node as usize;
        let mut from = vec![0; self.nodes.len() + 1];
        self.amounts.iter().for_each(|amount| from[node(amount) + 1] += 1);
        for at in 1..from.len() {
            from[at] += from[at - 1];
        }
        let mut next = from.clone();
        let mut direct = vec![0; self.amounts.len()];
        for (at, amount) in self.amounts.iter().enumerate() {
            let next = &mut next[node(amount)];
            direct[*next as usize] = at as u32;
            *next += 1;
        }
        (self.direct, self.direct_from) = (direct, from);
    }
}

/// The stem of a word of the leaf in hand, made when first asked for.
fn stem_of(text: &str, tokens: &[Span], stems: &mut [Option<u64>], at: usize) -> u64 {
    *stems[at].get_or_insert_with(|| stem_hash(tokens[at].of(text)))
}

fn add_folded_name(named: &mut Vec<(u64, Place)>, first: &mut FirstWords, folded: &str, place: Place) {
    let name = folded.trim_matches(' ');
    if name.len() > 1 && !words::is_stop(name) {
        first.add(word_hash(name.split(' ').next().unwrap_or("")));
        named.push((PhraseHash::of(name).get(), place));
    }
}

/// Arguments of a lookup are named and short; code and commands are long or have no names.
fn is_lookup(arguments: Value<'_, '_>) -> bool {
    const LONGEST: usize = 80;
    arguments.kind() == Kind::Object && arguments.leaves().all(|leaf| leaf.raw().len() <= LONGEST)
}

/// `{"columns": ["name", "salary"], "rows": [["Ines", 41200]]}`: the key of the rows, and the columns.
fn table<'v, 'd>(value: Value<'v, 'd>) -> Option<(&'v str, Value<'v, 'd>)> {
    const MAX_MEMBERS: usize = 16;
    if value.kind() != Kind::Object || value.len() > MAX_MEMBERS {
        return None;
    }
    let find = |keys: &[&str]| keys.iter().find_map(|key| value.get(key)).filter(|found| !found.is_empty());
    let columns = find(&["columns", "column_names", "headers", "header", "fields"])?;
    let rows = find(&["rows", "data", "values", "records"])?;
    let is_name = |name: Value<'_, '_>| name.kind() == Kind::String;
    let is_row = |row: Value<'_, '_>| row.kind() == Kind::Array && row.len() == columns.len();
    let is_table = columns.kind() == Kind::Array
        && rows.kind() == Kind::Array
        && columns.children().all(is_name)
        && rows.children().all(is_row);
    is_table.then(|| Some((rows.key()?, columns))).flatten()
}

/// Lists of containers, and objects whose members are objects of one make, hold alternatives.
fn shape(value: Value<'_, '_>) -> Shape {
    let containers = || value.children().filter(|child| !child.is_leaf());
    let all = containers().count() == value.len() && !value.is_empty();
    let alike = || {
        let mut keys = containers().map(|child| child.children().next().and_then(|first| first.key()));
        let first = keys.next().flatten();
        first.is_some() && keys.all(|key| key == first)
    };
    match value.kind() {
        Kind::Array if containers().next().is_some() => Shape::List,
        Kind::Object if all && value.len() > 1 && alike() => Shape::List,
        _ => Shape::Record,
    }
}
