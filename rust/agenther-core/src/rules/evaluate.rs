//! Which rules fire on a run, and where.

use std::cell::OnceCell;

use super::compile::{Leaf, Program, Rules};
use super::condition::{Position, Slice};
use super::rule::Rule;
use super::sequence::{self, AtSteps};
use crate::reading::Reading;
use crate::signals::{Hit, Signals};
use crate::text::cut;
use crate::trajectory::{Field, Span, Trajectory};

/// A rule that fired.
#[derive(Debug, Clone, PartialEq)]
pub struct Fired<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// Where its conditions hold; empty where it fired on an absence.
    pub hits: Vec<Hit>,
}

/// The most hits of a leaf that are kept as evidence. All are counted.
pub(super) const MAX_HITS: usize = 32;

/// What a leaf found.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Found {
    pub count: usize,
    pub hits: Vec<Hit>,
}

impl Found {
    pub(super) fn add(&mut self, hit: Hit) {
        self.count += 1;
        if self.hits.len() < MAX_HITS {
            self.hits.push(hit);
        }
    }
}

struct Evaluation<'e, 'r, 'a> {
    rules: &'e Rules,
    signals: &'e Signals<'r, 'a>,
    scanned: Vec<OnceCell<Vec<(usize, Hit)>>>,
    found: Vec<OnceCell<Found>>,
    /// The same at each step, for sequences.
    at_steps: Vec<OnceCell<Vec<Found>>>,
}

/// What a condition is asked of.
#[derive(Clone, Copy)]
enum Scope {
    Run,
    Step(usize),
}

impl Rules {
    /// The active rules that fire on a run, in the order of the packs.
    pub fn evaluate<'r>(&'r self, signals: &Signals<'_, '_>) -> Vec<Fired<'r>> {
        let evaluation = Evaluation::new(self, signals);
        std::iter::zip(self.rules(), &self.programs)
            .filter(|(rule, _)| rule.is_active())
            .filter_map(|(rule, program)| Some(Fired { rule, hits: evaluation.run(program, Scope::Run)? }))
            .collect()
    }

    /// Whether the rule at `index` fires on a run, active or not.
    pub(super) fn fires(&self, index: usize, run: &Trajectory<'_>) -> bool {
        let reading = Reading::new(run);
        let signals = Signals::new(&reading);
        Evaluation::new(self, &signals).run(&self.programs[index], Scope::Run).is_some()
    }
}

impl<'e, 'r, 'a> Evaluation<'e, 'r, 'a> {
    fn new(rules: &'e Rules, signals: &'e Signals<'r, 'a>) -> Self {
        Evaluation {
            rules,
            signals,
            scanned: vec![OnceCell::new(); rules.scans.len()],
            found: vec![OnceCell::new(); rules.leaves.len()],
            at_steps: vec![OnceCell::new(); rules.leaves.len()],
        }
    }

    /// What a scan found, each hit with the leaf it is for. A scan runs when a leaf first asks for it.
    fn scanned(&self, scan: usize) -> &[(usize, Hit)] {
        self.scanned[scan].get_or_init(|| {
            let scan = &self.rules.scans[scan];
            let mut hits = Vec::new();
            if !scan.may_hit(texts(self.signals.reading().run, scan.slice).map(|(_, _, text)| text)) {
                return hits;
            }
            for (hit, offset, text) in texts(self.signals.reading().run, scan.slice) {
                hits.extend(scan.automaton.find_overlapping_iter(text).map(|matched| {
                    let span = Span::new(offset + matched.start(), offset + matched.end());
                    (scan.leaves[matched.pattern().as_usize()], hit.at(span))
                }));
            }
            hits
        })
    }

    /// The hits that make a condition hold; `None` where it does not.
    fn run(&self, program: &Program, scope: Scope) -> Option<Vec<Hit>> {
        match program {
            Program::All(programs) => {
                let mut hits = Vec::new();
                for program in programs {
                    hits.extend(self.run(program, scope)?);
                }
                Some(hits)
            }
            Program::Any(programs) => {
                let mut holding = programs.iter().filter_map(|program| self.run(program, scope)).peekable();
                holding.peek()?;
                Some(holding.flatten().collect())
            }
            Program::Not(program) => self.run(program, scope).is_none().then(Vec::new),
            Program::Count(programs, threshold) => {
                let holding: Vec<_> =
                    programs.iter().filter_map(|program| self.run(program, scope)).collect();
                threshold.holds(holding.len()).then(|| holding.into_iter().flatten().collect())
            }
            Program::Sequence(steps, order, within) => {
                let [first, second] = &**steps;
                let first = self.at_steps(first);
                // Most runs have no first step, which spares the second condition.
                first.iter().any(Option::is_some).then_some(())?;
                sequence::evidence(&first, *order, &self.at_steps(second), *within)
            }
            Program::Leaf(leaf, threshold) => {
                let found = match scope {
                    Scope::Run => self.leaf(*leaf),
                    Scope::Step(at) => &self.leaf_at_steps(*leaf)[at],
                };
                threshold.holds(found.count).then(|| found.hits.clone())
            }
        }
    }

    fn at_steps(&self, program: &Program) -> AtSteps {
        let steps = self.signals.reading().run.steps.len();
        (0..steps).map(|at| self.run(program, Scope::Step(at))).collect()
    }

    fn leaf(&self, leaf: usize) -> &Found {
        self.found[leaf].get_or_init(|| {
            let mut found = Found::default();
            self.each_hit(leaf, |hit| found.add(hit));
            found
        })
    }

    /// What a leaf found at each step. What it found in the run as a whole is at none.
    fn leaf_at_steps(&self, leaf: usize) -> &[Found] {
        self.at_steps[leaf].get_or_init(|| {
            let mut found = vec![Found::default(); self.signals.reading().run.steps.len()];
            self.each_hit(leaf, |hit| {
                if let Some(at) = hit.step {
                    found[at as usize].add(hit);
                }
            });
            found
        })
    }

    fn each_hit(&self, leaf: usize, mut add: impl FnMut(Hit)) {
        match &self.rules.leaves[leaf] {
            Leaf::Literals(scans) => {
                let hits = scans.iter().flat_map(|scan| self.scanned(*scan));
                hits.filter(|(of, _)| *of == leaf).for_each(|(_, hit)| add(*hit));
            }
            Leaf::Regex(regex, slices) => self.matches(regex, slices, add),
            Leaf::Signal(signal, position) => {
                at_position(self.signals, self.signals.hits(*signal), *position).for_each(add);
            }
        }
    }

    fn matches(&self, regex: &regex::Regex, slices: &[Slice], mut add: impl FnMut(Hit)) {
        for slice in slices {
            for (hit, offset, text) in texts(self.signals.reading().run, *slice) {
                for matched in regex.find_iter(text) {
                    add(hit.at(Span::new(offset + matched.start(), offset + matched.end())));
                }
            }
        }
    }
}

/// The hits that are in the first or last call of the run, or all of them.
pub(super) fn at_position<'h>(
    signals: &Signals<'_, '_>,
    hits: &'h [Hit],
    position: Position,
) -> impl Iterator<Item = Hit> + 'h {
    let calls = || signals.calls_at();
    let wanted = match position {
        Position::Any => None,
        Position::First => Some(calls().next()),
        Position::Last => Some(calls().next_back()),
    };
    hits.iter().copied().filter(move |hit| match wanted {
        None => true,
        Some(step) => hit.step.is_some() && hit.step == step,
    })
}

/// The texts of a slice: where each is, at which byte of its field it begins, and the text.
pub(super) fn texts<'a>(run: &Trajectory<'a>, slice: Slice) -> impl Iterator<Item = (Hit, usize, &'a str)> {
    let of_run = match slice.field {
        Field::OriginalPrompt => run.original_prompt,
        Field::System => run.system,
        Field::FinalAnswer => run.final_answer,
        _ => None,
    };
    let in_step = move |at: usize| {
        let step = &run.steps[at];
        let text = match slice.field {
            Field::User => step.user,
            Field::Thought => step.thought,
            Field::ActionName => step.action_name,
            Field::ActionInput => step.action_input,
            Field::Observation => step.observation,
            _ => None,
        };
        Some((Hit::step(at, slice.field), text?))
    };
    let steps = run.steps.len();
    let range = match slice.position {
        Position::Any => 0..steps,
        Position::First => (0..steps).find(|at| in_step(*at).is_some()).map_or(0..0, |at| at..at + 1),
        Position::Last => (0..steps).rfind(|at| in_step(*at).is_some()).map_or(0..0, |at| at..at + 1),
    };
    let of_steps = range.filter_map(in_step).collect::<Vec<_>>();
    of_run.map(|text| (Hit::field(slice.field), text)).into_iter().chain(of_steps).map(move |(hit, text)| {
        let head = slice.head.map_or(text.len(), |bytes| cut::floor(text, bytes as usize));
        let start =
            slice.tail.map_or(0, |bytes| cut::ceil(&text[..head], head.saturating_sub(bytes as usize)));
        (hit, start, &text[start..head])
    })
}
