//! What the kept steps show: every value with the record it stands in, and indexes to find it by.
//!
//! All observations and arguments make one tree. Its containers are records, whose parts belong
//! together, and lists, whose elements are to be told apart: a price is no evidence for one supplier
//! when it stands in the record of another. Calls of one tool are a list too.
//!
//! What a step has was read once a run ([`StepEvidence`]); here the steps that a goal keeps are put side by side.
//! The positions of a step's nodes, leaves and amounts are counted on from those of the steps before it, the
//! nodes of the tools and the root come last: of a single step nothing has to be copied.

mod join;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use super::change::Writes;
use super::hint::{Hint, KEY};
use super::step::{FirstWords, Place, Reference, Shape, StepEvidence};
use super::value::{bears_out, value_keys};
use crate::reading::Reading;
use crate::signals::effect::Effect;
use crate::signals::tool_status::Status;
use crate::text::document::Kind;
use crate::text::facts::FactKind;
use crate::text::same::Meaning;
use crate::text::tables::FastMap;
use crate::text::words::{PhraseHash, stem_hash};

/// A container, or what a step or tool has.
#[derive(Debug)]
pub(super) struct Node<'e> {
    pub parent: u32,
    pub depth: u32,
    pub shape: Shape,
    pub step: u32,
    /// The amounts in it, those of its containers included; none for a tool or the root.
    pub amounts: Range<u32>,
    pub leaves: Range<u32>,
    /// Stems of the key it stands under.
    pub key: &'e [u64],
    /// Whether it is, or is in, the arguments of a call.
    pub argument: bool,
}

/// A scalar, or a part of a line of text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf<'e> {
    pub node: u32,
    pub key: &'e [u64],
    /// In small letters, words between single blanks.
    pub folded: &'e str,
    pub kind: Option<Kind>,
    /// The kind, where it is an identifier, path or address.
    pub reference: Option<FactKind>,
    /// Stems of a sentence or line.
    pub stems: &'e [u64],
}

/// A number, date or time in a leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount<'e> {
    pub leaf: u32,
    pub node: u32,
    pub meaning: &'e Meaning,
    /// What says what it is: the keys above it, or the words around it.
    pub context: &'e [Hint],
}

impl Amount<'_> {
    /// What stands right before it, or is its key.
    pub fn labels(&self) -> impl Iterator<Item = u64> + '_ {
        self.context.iter().filter(|(_, weight)| *weight >= KEY).map(|(stem, _)| *stem)
    }
}

/// What is known of a kept step.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeptStep<'e> {
    pub index: u32,
    pub node: u32,
    pub status: Status,
    pub effect: Effect,
    /// The observation, folded.
    pub seen: &'e str,
    /// The arguments and the name of the tool, folded.
    pub asked: &'e str,
    /// Whether the observation says, or shows, that there is more.
    pub cut: bool,
    /// Whether there is no observation.
    pub blank: bool,
    /// Whether the observation says that there is nothing, and no more.
    pub nothing: bool,
    /// Whether the call can have changed something.
    pub writes: Writes,
    /// The kind of change that its tool is named for.
    pub made: Option<u8>,
}

/// A kept step with the positions of its first node, leaf and amount.
#[derive(Debug, Clone, Copy)]
struct Part<'e> {
    step: &'e StepEvidence,
    node: u32,
    leaf: u32,
    amount: u32,
    /// The tool that it calls, counted.
    tool: u32,
}

#[derive(Debug)]
pub(super) struct Evidence<'e> {
    /// Side by side, those of one tool together.
    parts: Vec<Part<'e>>,
    tools: Vec<Shape>,
    /// How many nodes, leaves and amounts they have.
    nodes: u32,
    leaves: u32,
    amounts: u32,
    /// In the order of the run.
    pub steps: Vec<KeptStep<'e>>,
    by_value: Cow<'e, [(i64, u32)]>,
    names: Cow<'e, [u64]>,
    first_words: FirstWords,
    places: Cow<'e, [Place]>,
    labels: Cow<'e, [u64]>,
    asked: Cow<'e, [u64]>,
    seen: Cow<'e, [u64]>,
}

impl<'e> Evidence<'e> {
    /// Puts the kept steps side by side.
    pub fn new(reading: &'e Reading<'_>, kept: &[u32]) -> Self {
        let run = reading.evidence();
        let known = kept.iter().filter(|&&index| (index as usize) < reading.steps.len());
        let mut by_tool: Vec<Vec<&StepEvidence>> = Vec::new();
        let mut tools: FastMap<&str, usize> = FastMap::default();
        for &index in known {
            let name = reading.steps[index as usize].step.action_name.unwrap_or("");
            let tool = *tools.entry(name).or_insert_with(|| {
                by_tool.push(Vec::new());
                by_tool.len() - 1
            });
            by_tool[tool].push(run.step(reading, index));
        }
        Evidence::of(&by_tool)
    }

    fn of(by_tool: &[Vec<&'e StepEvidence>]) -> Self {
        let mut parts: Vec<Part<'e>> = Vec::new();
        let (mut node, mut leaf, mut amount) = (0, 0, 0);
        for (tool, steps) in by_tool.iter().enumerate() {
            for &step in steps {
                parts.push(Part { step, node, leaf, amount, tool: tool as u32 });
                node += step.nodes.len() as u32;
                leaf += step.leaves.len() as u32;
                amount += step.amounts.len() as u32;
            }
        }
        // Lookups with named parameters stand side by side; commands follow one another.
        let shape = |steps: &Vec<&StepEvidence>| {
            let lookups = steps.len() > 1 && steps.iter().all(|step| step.lookup);
            if lookups { Shape::List } else { Shape::Record }
        };
        let (names, places) = join::names(&parts);
        let mut first_words = FirstWords::default();
        parts.iter().for_each(|part| first_words.join(&part.step.first_words));
        let mut steps: Vec<KeptStep<'e>> = parts.iter().map(KeptStep::of).collect();
        steps.sort_by_key(|step| step.index);
        Evidence {
            tools: by_tool.iter().map(shape).collect(),
            nodes: node,
            leaves: leaf,
            amounts: amount,
            steps,
            by_value: join::by_value(&parts),
            names,
            first_words,
            places,
            labels: join::stems(&parts, |step| &step.labels),
            asked: join::stems(&parts, |step| &step.asked_stems),
            seen: join::stems(&parts, |step| &step.seen_stems),
            parts,
        }
    }

    /// Where a folded value stands.
    pub fn entity(&self, folded: &str) -> &[Place] {
        self.named(PhraseHash::of(folded))
    }

    /// Whether a name may begin with the word of this hash.
    pub fn may_begin_name(&self, word: u64) -> bool {
        self.first_words.may_have(word)
    }

    /// Where a name of this hash stands.
    pub fn named(&self, name: PhraseHash) -> &[Place] {
        let name = name.get();
        let from = self.names.partition_point(|known| *known < name);
        let count = self.names[from..].iter().take_while(|known| **known == name).count();
        &self.places[from..from + count]
    }

    /// All names, by their hashes, and where they stand.
    pub fn all_names(&self) -> impl Iterator<Item = (u64, Place)> + '_ {
        self.names.iter().copied().zip(self.places.iter().copied())
    }

    /// The amounts that bear out a claim.
    pub fn amounts_of<'c>(&'c self, claim: &'c Meaning) -> impl Iterator<Item = (u32, Amount<'e>)> + 'c {
        let found = value_keys(claim).find_map(|key| {
            let from = self.by_value.partition_point(|(known, _)| *known < key);
            let under = &self.by_value[from..];
            under.first().filter(|(known, _)| *known == key).map(|_| (key, under))
        });
        found
            .into_iter()
            .flat_map(|(key, under)| under.iter().take_while(move |(known, _)| *known == key))
            .map(|&(_, at)| (at, self.amount(at)))
            .filter(|(_, amount)| bears_out(amount.meaning, claim))
    }

    /// Whether a stem stands right before an observed amount, or is its key.
    pub fn labels(&self, stem: u64) -> bool {
        self.labels.binary_search(&stem).is_ok()
    }

    /// Whether an observation has a word of this stem.
    pub fn has_seen(&self, stem: u64) -> bool {
        self.seen.binary_search(&stem).is_ok()
    }

    /// Whether an observation or a call has a word of this stem.
    pub fn knows(&self, stem: u64) -> bool {
        self.has_seen(stem) || self.asked.binary_search(&stem).is_ok()
    }

    /// How many nodes the steps have: those at `0..node_count()`. Those of tools and the root come behind.
    pub fn node_count(&self) -> usize {
        self.nodes as usize
    }

    /// All amounts.
    pub fn all_amounts(&self) -> impl Iterator<Item = Amount<'e>> + '_ {
        (0..self.amounts).map(|at| self.amount(at))
    }

    /// All leaves.
    pub fn all_leaves(&self) -> impl Iterator<Item = Leaf<'e>> + '_ {
        (0..self.leaves).map(|at| self.leaf(at))
    }

    /// Identifiers, paths and addresses in the arguments, with their steps.
    pub fn references(&self) -> impl Iterator<Item = (u32, &'e Reference)> + '_ {
        self.parts.iter().flat_map(|part| {
            let step = part.step;
            step.references.iter().map(move |reference| (step.index, reference))
        })
    }

    /// Those in the observations, folded.
    pub fn shown(&self) -> impl Iterator<Item = (FactKind, &'e str)> + '_ {
        self.parts.iter().flat_map(|part| part.step.shown.iter().map(|(kind, text)| (*kind, text.as_str())))
    }

    /// The step that has a position, by where its own positions begin.
    fn part(&self, at: u32, from: impl Fn(&Part<'_>) -> u32) -> Part<'e> {
        match self.parts[..] {
            [part] => part,
            // Parts without any begin where the next one does: the last that begins there is meant.
            _ => self.parts[self.parts.partition_point(|part| from(part) <= at) - 1],
        }
    }

    pub fn node(&self, at: u32) -> Node<'e> {
        if at >= self.nodes {
            return self.outer_node(at);
        }
        let part = self.part(at, |part| part.node);
        let node = &part.step.nodes[(at - part.node) as usize];
        let shifted = |range: &Range<u32>, by: u32| range.start + by..range.end + by;
        Node {
            parent: self.parent(at),
            depth: node.depth + 2,
            shape: node.shape,
            step: part.step.index,
            amounts: shifted(&node.amounts, part.amount),
            leaves: shifted(&node.leaves, part.leaf),
            key: part.step.stems(&node.key),
            argument: node.argument,
        }
    }

    /// The container of a node; the root is its own.
    pub fn parent(&self, at: u32) -> u32 {
        if at >= self.nodes {
            return self.root();
        }
        let part = self.part(at, |part| part.node);
        match at - part.node {
            0 => self.nodes + part.tool,
            own => part.node + part.step.nodes[own as usize].parent,
        }
    }

    pub fn shape(&self, at: u32) -> Shape {
        if at >= self.nodes {
            return self.tools.get((at - self.nodes) as usize).copied().unwrap_or(Shape::Record);
        }
        let part = self.part(at, |part| part.node);
        part.step.nodes[(at - part.node) as usize].shape
    }

    /// A tool, or the root.
    fn outer_node(&self, at: u32) -> Node<'e> {
        let root = self.root();
        Node {
            parent: root,
            depth: u32::from(at != root),
            shape: self.shape(at),
            step: u32::MAX,
            amounts: 0..0,
            leaves: 0..0,
            key: &[],
            argument: false,
        }
    }

    fn root(&self) -> u32 {
        self.nodes + self.tools.len() as u32
    }

    pub fn leaf(&self, at: u32) -> Leaf<'e> {
        let part = self.part(at, |part| part.leaf);
        let leaf = &part.step.leaves[(at - part.leaf) as usize];
        Leaf {
            node: part.node + leaf.node,
            key: part.step.stems(&leaf.key),
            folded: part.step.folded(leaf),
            kind: leaf.kind,
            reference: leaf.reference,
            stems: part.step.stems(&leaf.stems),
        }
    }

    pub fn amount(&self, at: u32) -> Amount<'e> {
        let part = self.part(at, |part| part.amount);
        let amount = &part.step.amounts[(at - part.amount) as usize];
        Amount {
            leaf: part.leaf + amount.leaf,
            node: part.node + part.step.leaves[amount.leaf as usize].node,
            meaning: &amount.meaning,
            context: part.step.context(amount),
        }
    }

    /// The node and all nodes around it, from the inside.
    pub fn ancestors(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = Some(node);
        std::iter::from_fn(move || {
            let at = next?;
            let parent = self.parent(at);
            next = (parent != at).then_some(parent);
            Some(at)
        })
    }

    /// The nearest element of a list at or around a node.
    pub fn element(&self, node: u32) -> Option<u32> {
        let root = self.root();
        self.ancestors(node).find(|&at| at != root && self.shape(self.parent(at)) == Shape::List)
    }

    /// What a node is a part of: the element of a list, or else all that its step shows or asks.
    pub fn record(&self, node: u32) -> u32 {
        self.element(node).unwrap_or_else(|| self.step_node(node))
    }

    /// The node of the step that a node is in.
    pub fn step_node(&self, node: u32) -> u32 {
        if node < self.nodes { self.part(node, |part| part.node).node } else { node }
    }

    /// The innermost node around both.
    pub fn common(&self, a: u32, b: u32) -> u32 {
        let (mut a, mut b) = (a, b);
        while a != b {
            let (left, right) = (self.node(a), self.node(b));
            if left.depth >= right.depth {
                a = left.parent;
            } else {
                b = right.parent;
            }
        }
        a
    }

    /// Amounts that may stand in for one at a node: those of its record, and those of the records around it.
    pub fn rivals(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let record = self.record(node);
        let part = self.part(record, |part| part.node);
        let around = self.ancestors(record).skip(1).take_while(|&at| at < self.nodes);
        let direct = move |at: u32| part.step.direct(at - part.node).iter().map(move |at| part.amount + at);
        self.node(record).amounts.chain(around.flat_map(direct))
    }

    /// Whether a record, or what its step shows, says a currency, and another than this.
    pub fn has_currency_beside(&self, node: u32, code: &str) -> bool {
        const MAX_BESIDE: usize = 64;
        let key = stem_hash("currency");
        let around = [self.record(node), self.step_node(node)];
        let leaves = around.into_iter().flat_map(|at| self.node(at).leaves.take(MAX_BESIDE));
        let mut said = leaves.map(|at| self.leaf(at)).filter(|leaf| leaf.key.contains(&key));
        said.next().is_some_and(|leaf| {
            let said = leaf.folded.trim();
            said.len() == code.len() && !said.eq_ignore_ascii_case(code)
        })
    }

    /// Whether two nodes are, or are in, different elements of a list.
    pub fn are_apart(&self, a: u32, b: u32) -> bool {
        let common = self.common(a, b);
        common != a && common != b && self.shape(common) == Shape::List
    }

    /// The step that a node is of.
    pub fn step_of(&self, node: u32) -> Option<&KeptStep<'e>> {
        self.position(self.node(node).step).map(|at| &self.steps[at])
    }

    /// The position of a step among the kept ones.
    pub fn position(&self, step: u32) -> Option<usize> {
        self.steps.binary_search_by_key(&step, |step| step.index).ok()
    }

    /// The node of the last step that shows something.
    pub fn sink(&self) -> Option<u32> {
        self.steps.iter().rev().find(|step| step.seen.len() > 1).map(|step| step.node)
    }

    /// Whether a kept step has an observation that says something.
    pub fn shows_something(&self) -> bool {
        self.steps.iter().any(|step| step.seen.len() > 1)
    }

    /// Whether a kept step has an observation, be it that there is nothing.
    pub fn shows_anything(&self) -> bool {
        self.steps.iter().any(|step| step.seen.len() > 1 || step.status == Status::Empty)
    }
}

impl<'e> KeptStep<'e> {
    fn of(part: &Part<'e>) -> Self {
        let step = part.step;
        KeptStep {
            index: step.index,
            node: part.node,
            status: step.status,
            effect: step.effect,
            seen: step.seen(),
            asked: step.asked(),
            cut: step.cut,
            blank: step.blank,
            nothing: step.nothing,
            writes: step.writes,
            made: step.made,
        }
    }
}
