//! What can be computed from a complete list: how long it is, its extremes, whether all of it is told.

use std::collections::HashSet;

use super::clause::Clause;
use super::cue::End;
use super::evidence::{Amount, Evidence, Node};
use super::step::Shape;
use super::value::bears_out;
use crate::signals::effect::Effect;
use crate::text::document::Kind;
use crate::text::facts::FactKind;
use crate::text::same::Meaning;
use crate::text::words::stem_hash;

/// Lists longer than this are not searched for the elements that an answer tells: no answer tells as many.
const MAX_TOLD: usize = 4096;

/// At most this many lists are looked at: the outermost of each step come first.
const MAX_LISTS: usize = 256;

/// A list in an observation that has no mark of a cut.
pub(super) struct List<'e> {
    evidence: &'e Evidence<'e>,
    pub step: u32,
    node: u32,
    /// Its elements: containers, or the leaves of a list of scalars.
    elements: Vec<Element>,
}

struct Element {
    leaves: std::ops::Range<u32>,
    amounts: std::ops::Range<u32>,
}

/// The complete lists of the kept observations, the outermost of each step first.
pub(super) fn lists<'e>(evidence: &'e Evidence<'e>) -> Vec<List<'e>> {
    let nodes = evidence.node_count();
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); nodes];
    for at in 0..nodes {
        let parent = evidence.parent(at as u32) as usize;
        if parent < nodes {
            children[parent].push(at as u32);
        }
    }
    let mut out = Vec::new();
    for step in evidence.steps.iter().filter(|step| !step.cut && step.effect != Effect::Reply) {
        let mut queue = std::collections::VecDeque::from([step.node]);
        while let Some(at) = queue.pop_front() {
            if out.len() == MAX_LISTS {
                break;
            }
            let node = evidence.node(at);
            if node.argument {
                continue;
            }
            queue.extend(&children[at as usize]);
            if at == step.node {
                continue;
            }
            let elements: Vec<Element> = if node.shape == Shape::List {
                children[at as usize]
                    .iter()
                    .map(|&child| evidence.node(child))
                    .map(|Node { leaves, amounts, .. }| Element { leaves, amounts })
                    .collect()
            } else if children[at as usize].is_empty() && is_scalars(evidence, at) {
                scalars(evidence, at)
            } else {
                continue;
            };
            out.push(List { evidence, step: step.index, node: at, elements });
        }
    }
    out
}

/// Whether a record is a list of scalars: they stand under no keys.
fn is_scalars(evidence: &Evidence<'_>, node: u32) -> bool {
    let range = evidence.node(node).leaves;
    !range.is_empty()
        && range.clone().all(|leaf| {
            let leaf = evidence.leaf(leaf);
            leaf.key.is_empty() && leaf.kind.is_some()
        })
}

fn scalars(evidence: &Evidence<'_>, node: u32) -> Vec<Element> {
    let Node { leaves, amounts, .. } = evidence.node(node);
    leaves
        .map(|leaf| {
            let mine = |at: &u32| evidence.amount(*at).leaf == leaf;
            let start = amounts.clone().find(mine).unwrap_or(amounts.start);
            let end = start
                + amounts.clone().skip((start - amounts.start) as usize).take_while(mine).count() as u32;
            Element { leaves: leaf..leaf + 1, amounts: start..end }
        })
        .collect()
}

impl List<'_> {
    /// The number of elements.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether it is what its observation is about: not a list in an element of another.
    pub fn is_outer(&self) -> bool {
        let evidence = self.evidence;
        let parents =
            evidence.ancestors(self.node).skip(1).take_while(|&at| evidence.node(at).step == self.step);
        !parents.into_iter().any(|at| evidence.shape(at) == Shape::List)
    }

    /// Whether one of the stems names the list.
    pub fn is_named(&self, stems: &HashSet<u64>) -> bool {
        self.evidence.node(self.node).key.iter().any(|stem| stems.contains(stem))
    }

    /// The elements at one end of the order by a value whose key or context has one of the stems; those that tie
    /// are all of them. `None` where some element lacks the value or there is no order.
    /// Where none has one under such a word, a value of `kind` orders them: `placed` says when as well as `date` does.
    fn extremes(&self, end: End, stems: &HashSet<u64>, kind: Option<FactKind>) -> Option<Vec<usize>> {
        let is_named = |amount: &Amount<'_>| amount.context.iter().any(|(stem, _)| stems.contains(stem));
        let amounts = |element: &Element| element.amounts.clone().map(|at| self.evidence.amount(at));
        let kind = kind.filter(|_| {
            !self.elements.iter().any(|element| amounts(element).any(|amount| is_named(&amount)))
        });
        let orders = |amount: &Amount<'_>| match kind {
            Some(kind) => amount.meaning.kind == kind,
            None => is_named(amount),
        };
        let column = |element: &Element| -> Option<f64> {
            let found: Vec<Amount<'_>> = amounts(element).filter(orders).collect();
            // Of `temp_min` and `temp_max` the one at that end; of other columns with one name no one knows which is meant.
            only_value(found.iter())
                .or_else(|| only_value(found.iter().filter(|amount| self.is_peak(amount, end))))
        };
        if self.len() < 2 {
            return None;
        }
        let values: Vec<f64> = self.elements.iter().map(column).collect::<Option<_>>()?;
        let best =
            values.iter().copied().reduce(|a, b| if (end == End::Least) == (a < b) { a } else { b })?;
        Some((0..values.len()).filter(|&at| values[at] == best).collect())
    }

    /// Whether the key of an amount says that it is the one at an end.
    fn is_peak(&self, amount: &Amount<'_>, end: End) -> bool {
        let key = self.evidence.leaf(amount.leaf).key;
        end.words().iter().any(|word| key.contains(&stem_hash(word)))
    }

    /// The elements that a text tells: those with a value of their own that stands in it.
    fn told(&self, answer: &Telling<'_>) -> Vec<usize> {
        let mut owners: std::collections::HashMap<&str, u32> = std::collections::HashMap::new();
        for element in self.elements.iter().take(MAX_TOLD) {
            let distinct: HashSet<&str> = self.values(element).collect();
            distinct.into_iter().for_each(|value| *owners.entry(value).or_default() += 1);
        }
        let own = |value: &&str| owners.get(value) == Some(&1);
        let told = |element: &Element| {
            self.values(element).filter(own).any(|value| answer.has(value))
                || (element.amounts.clone()).any(|at| {
                    let amount = self.evidence.amount(at);
                    let leaf = self.evidence.leaf(amount.leaf).folded;
                    own(&leaf) && answer.meanings.iter().any(|meaning| bears_out(amount.meaning, meaning))
                })
        };
        (0..self.elements.len().min(MAX_TOLD)).filter(|&at| told(&self.elements[at])).collect()
    }

    fn values<'s>(&'s self, element: &Element) -> impl Iterator<Item = &'s str> {
        element
            .leaves
            .clone()
            .map(|at| self.evidence.leaf(at))
            .filter(|leaf| leaf.folded.len() > 2 && !matches!(leaf.kind, Some(Kind::Null | Kind::Bool)))
            .map(|leaf| leaf.folded)
    }

    /// Whether the text tells the element at the end of an order, and no other unless it is told to tell several.
    pub fn bears_out_extreme(
        &self,
        end: End,
        stems: &HashSet<u64>,
        kind: Option<FactKind>,
        answer: &Telling<'_>,
    ) -> bool {
        let Some(extremes) = self.extremes(end, stems, kind) else { return false };
        let told = self.told(answer);
        !told.is_empty() && told.iter().all(|at| extremes.contains(at))
    }

    /// Whether the text tells every element.
    pub fn is_told_whole(&self, answer: &Telling<'_>) -> bool {
        self.len() <= MAX_TOLD && !self.elements.is_empty() && self.told(answer).len() == self.len()
    }

    /// Whether the kept calls were made for every element.
    pub fn is_asked_whole(&self, asked: &str) -> bool {
        self.len() > 1
            && self.len() <= MAX_TOLD
            && self.elements.iter().all(|element| self.values(element).any(|value| asked.contains(value)))
    }
}

/// The value of all these amounts, where it is one.
fn only_value<'a, 'e: 'a>(mut amounts: impl Iterator<Item = &'a Amount<'e>>) -> Option<f64> {
    let first = amounts.next()?.meaning.value?;
    amounts.all(|amount| amount.meaning.value == Some(first)).then_some(first)
}

/// What an answer tells, in a form to look values up in.
pub(super) struct Telling<'t> {
    folded: String,
    meanings: Vec<&'t Meaning>,
}

impl<'t> Telling<'t> {
    pub fn of(clauses: &'t [Clause<'_, '_>]) -> Self {
        let mut folded = String::from(" ");
        clauses.iter().for_each(|clause| folded.push_str(clause.folded.trim_start()));
        Telling { folded, meanings: clauses.iter().flat_map(|clause| &clause.meanings).collect() }
    }

    pub fn has(&self, folded: &str) -> bool {
        memchr::memmem::find(self.folded.as_bytes(), folded.as_bytes()).is_some()
    }
}

/// Stems of words.
pub(super) fn stem_set(words: &[&str]) -> HashSet<u64> {
    words.iter().map(|word| stem_hash(word)).collect()
}
