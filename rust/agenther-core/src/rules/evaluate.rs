//! Which rules fire on a run, and where.

use std::cell::{OnceCell, RefCell};
use std::ops::Range;

use super::compile::{Leaf, Program, Rules};
use super::condition::{Position, Slice};
use super::rule::Rule;
use super::sequence::{self, AtSteps};
use crate::reading::Reading;
use crate::signals::{Hit, Signals};
use crate::text::cut;
use crate::trajectory::{Field, Span, Step, Trajectory};

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
    /// Adds so many hits, of which the first are shown.
    pub(super) fn add(&mut self, count: usize, shown: &[Hit]) {
        self.count += count;
        let room = MAX_HITS - self.hits.len();
        self.hits.extend(shown.iter().take(room));
    }
}

struct Evaluation<'e, 'r, 'a> {
    rules: &'e Rules,
    signals: &'e Signals<'r, 'a>,
    scanned: Vec<OnceCell<Vec<(usize, Found)>>>,
    joined: RefCell<Vec<u8>>,
    found: Vec<OnceCell<Found>>,
    /// The same at each step, for sequences.
    at_steps: OnceCell<Vec<OnceCell<Vec<Found>>>>,
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
            joined: RefCell::default(),
            found: vec![OnceCell::new(); rules.leaves.len()],
            at_steps: OnceCell::new(),
        }
    }

    /// What a scan found for a leaf, text by text. A scan runs when a leaf first asks for it.
    fn scanned(&self, scan: usize, leaf: usize) -> &[(usize, Found)] {
        let found = self.scanned[scan].get_or_init(|| {
            self.rules.scans[scan].run(self.signals.reading().run, &mut self.joined.borrow_mut())
        });
        let from = found.partition_point(|(of, _)| *of < leaf);
        let to = found.partition_point(|(of, _)| *of <= leaf);
        &found[from..to]
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
                // Most leaves are signals asked of the run: their hits need not be gathered to be counted.
                if let (Scope::Run, Leaf::Signal(signal, Position::Any)) = (scope, &self.rules.leaves[*leaf])
                {
                    let hits = self.signals.hits(*signal);
                    return threshold.holds(hits.len()).then(|| hits[..hits.len().min(MAX_HITS)].to_vec());
                }
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
            self.each_part(leaf, |count, shown| found.add(count, shown));
            found
        })
    }

    /// What a leaf found at each step. What it found in the run as a whole is at none.
    fn leaf_at_steps(&self, leaf: usize) -> &[Found] {
        // Few runs have the first step of a sequence.
        let leaves = self.at_steps.get_or_init(|| vec![OnceCell::new(); self.rules.leaves.len()]);
        leaves[leaf].get_or_init(|| {
            let mut found = vec![Found::default(); self.signals.reading().run.steps.len()];
            self.each_part(leaf, |count, shown| {
                if let Some(at) = shown.first().and_then(|hit| hit.step) {
                    found[at as usize].add(count, shown);
                }
            });
            found
        })
    }

    /// Shows how many hits a leaf has in each text, and the first of them.
    fn each_part(&self, leaf: usize, mut add: impl FnMut(usize, &[Hit])) {
        match &self.rules.leaves[leaf] {
            Leaf::Scanned(scans) => {
                for (_, found) in scans.iter().flat_map(|scan| self.scanned(*scan, leaf)) {
                    add(found.count, &found.hits);
                }
            }
            Leaf::Regex(regex, slices) => {
                for (place, offset, text) in
                    slices.iter().flat_map(|slice| texts(self.signals.reading().run, *slice))
                {
                    let found = matches(regex, place, offset, text);
                    add(found.count, &found.hits);
                }
            }
            Leaf::Signal(signal, position) => {
                at_position(self.signals, self.signals.hits(*signal), *position)
                    .for_each(|hit| add(1, &[hit]));
            }
        }
    }
}

/// The matches of a pattern in a text that begins at byte `offset` of its field.
pub(super) fn matches(regex: &regex::Regex, place: Hit, offset: usize, text: &str) -> Found {
    let mut found = Found::default();
    for matched in regex.find_iter(text) {
        found.add(1, &[place.at(Span::new(offset + matched.start(), offset + matched.end()))]);
    }
    found
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

/// The texts of a field: where each is, and the text.
pub(super) fn texts_of<'a>(run: &Trajectory<'a>, field: Field) -> Vec<(Hit, &'a str)> {
    let mut texts = Vec::new();
    each_text(run, field, |place, text| texts.push((place, text)));
    texts
}

/// Shows the texts of a field, in order.
pub(super) fn each_text<'a>(run: &Trajectory<'a>, field: Field, mut show: impl FnMut(Hit, &'a str)) {
    let of_step: fn(&Step<'a>) -> Option<&'a str> = match field {
        Field::OriginalPrompt => {
            return run.original_prompt.into_iter().for_each(|text| show(Hit::field(field), text));
        }
        Field::System => return run.system.into_iter().for_each(|text| show(Hit::field(field), text)),
        Field::FinalAnswer => {
            return run.final_answer.into_iter().for_each(|text| show(Hit::field(field), text));
        }
        Field::User => |step| step.user,
        Field::Thought => |step| step.thought,
        Field::ActionName => |step| step.action_name,
        Field::ActionInput => |step| step.action_input,
        Field::Observation => |step| step.observation,
    };
    for (at, step) in run.steps.iter().enumerate() {
        if let Some(text) = of_step(step) {
            show(Hit::step(at, field), text);
        }
    }
}

impl Slice {
    /// The bytes of the text at `at` of `count` texts of the field that the slice has.
    pub(super) fn window(self, text: &str, at: usize, count: usize) -> Option<Range<usize>> {
        let is_wanted = match self.position {
            Position::Any => true,
            Position::First => at == 0,
            Position::Last => at + 1 == count,
        };
        is_wanted.then(|| {
            let end = self.head.map_or(text.len(), |bytes| cut::floor(text, bytes as usize));
            let start =
                self.tail.map_or(0, |bytes| cut::ceil(&text[..end], end.saturating_sub(bytes as usize)));
            start..end
        })
    }
}

/// The texts of a slice: where each is, at which byte of its field it begins, and the text.
fn texts<'a>(run: &Trajectory<'a>, slice: Slice) -> impl Iterator<Item = (Hit, usize, &'a str)> {
    let texts = texts_of(run, slice.field);
    let count = texts.len();
    texts.into_iter().enumerate().filter_map(move |(at, (place, text))| {
        let window = slice.window(text, at, count)?;
        Some((place, window.start, &text[window]))
    })
}
