//! From rules to what is evaluated: one scan a field, shared by all rules.

use super::condition::{Condition, Order, Position, Slice, Threshold, regex};
use super::diagnostic::{Diagnostic, Level};
use super::example::Outcome;
use super::pack::{Pack, PackSource};
use super::parse::Parsed;
use super::rule::Rule;
use super::scan::{Gathered, Scan};
use super::{lint, parse, required};

/// Log-odds of failure before anything is seen, where no pack says it: even.
const DEFAULT_PRIOR: f32 = 0.0;

/// What the say of the rules is multiplied with, where no pack says it.
const DEFAULT_SCALE: f32 = 1.0;

/// What each kindred rule beyond the loudest adds, where no pack says it.
pub(crate) const DEFAULT_KINDRED_SHARE: f32 = 0.25;

/// From which probability on a run counts as failed, where no pack says it.
const DEFAULT_THRESHOLD: f32 = 0.5;

/// Compiled rules: immutable, cheap to share between threads.
#[derive(Debug)]
pub struct Rules {
    packs: Vec<Pack>,
    rules: Vec<Rule>,
    hash: String,
    /// Log-odds of failure before anything is seen. The last pack that sets it decides.
    pub prior: f32,
    /// What the say of the rules is multiplied with: below 1 where groups say the same thing again.
    pub scale: f32,
    /// What each kindred rule beyond the loudest adds of its weight: they mostly say the same thing again.
    pub kindred_share: f32,
    /// From which probability on a run without a label counts as failed.
    pub threshold: f32,
    pub(super) programs: Vec<Program>,
    pub(super) leaves: Vec<Leaf>,
    pub(super) scans: Vec<Scan>,
}

/// A condition whose leaves are positions in [`Rules::leaves`].
#[derive(Debug)]
pub(super) enum Program {
    All(Vec<Program>),
    Any(Vec<Program>),
    Not(Box<Program>),
    Count(Vec<Program>, Threshold),
    /// The first and the second step, and how many steps lie between them at most.
    Sequence(Box<[Program; 2]>, Order, u32),
    Leaf(usize, Threshold),
}

/// What is looked for.
#[derive(Debug)]
pub(super) enum Leaf {
    /// What these [`Scan`]s find.
    Scanned(Vec<usize>),
    /// A pattern of which no word is sure to be in a match: it is searched by itself.
    Regex(Box<regex::Regex>, Vec<Slice>),
    Signal(usize, Position),
}

#[derive(Default)]
struct Compiler {
    leaves: Vec<Leaf>,
    gathered: Vec<Gathered>,
}

impl Rules {
    /// Compiles packs, later ones after earlier ones. Any error refuses them all, with every error named.
    pub fn compile(sources: &[PackSource]) -> Result<Rules, Vec<Diagnostic>> {
        let Parsed { packs, rules, mut diagnostics } = parse::parse(sources);
        diagnostics.retain(|diagnostic| diagnostic.level == Level::Error);
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let mut compiler = Compiler::default();
        let programs = rules.iter().map(|rule| compiler.program(&rule.condition)).collect();
        let mut scans = Vec::new();
        for gathered in compiler.gathered {
            scans.push(gathered.build().map_err(|error| vec![too_large(&sources[0], &error)])?);
        }
        let last = |value: fn(&Pack) -> Option<f32>| packs.iter().rev().find_map(value);
        Ok(Rules {
            prior: last(|pack| pack.prior).unwrap_or(DEFAULT_PRIOR),
            scale: last(|pack| pack.scale).unwrap_or(DEFAULT_SCALE),
            kindred_share: last(|pack| pack.kindred_share).unwrap_or(DEFAULT_KINDRED_SHARE),
            threshold: last(|pack| pack.threshold).unwrap_or(DEFAULT_THRESHOLD),
            hash: hash(sources),
            packs,
            rules,
            programs,
            leaves: compiler.leaves,
            scans,
        })
    }

    /// Everything that is wrong with packs: errors first, then what the lints find.
    pub fn check(sources: &[PackSource]) -> Vec<Diagnostic> {
        let Parsed { packs, rules, mut diagnostics } = parse::parse(sources);
        diagnostics.extend(lint::lint(sources, &packs, &rules));
        diagnostics.sort_by(|a, b| (b.level, &a.file, a.span.start).cmp(&(a.level, &b.file, b.span.start)));
        diagnostics
    }

    /// Runs the examples of every rule: the rule, `valid` or `invalid`, which, and how it fared.
    pub fn test(&self) -> Vec<(&Rule, &'static str, usize, Outcome)> {
        self.rules
            .iter()
            .enumerate()
            .flat_map(|(index, rule)| {
                let valid = rule.valid.iter().enumerate().map(move |(at, example)| {
                    let fires = self.fires(index, &example.trajectory());
                    (rule, "valid", at, if fires { Outcome::Noisy } else { Outcome::Validated })
                });
                let invalid = rule.invalid.iter().enumerate().map(move |(at, example)| {
                    let fires = self.fires(index, &example.trajectory());
                    (rule, "invalid", at, if fires { Outcome::Validated } else { Outcome::Missing })
                });
                valid.chain(invalid)
            })
            .collect()
    }

    /// The packs, in the order given.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The rules, in the order of their packs and files.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of that identifier.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// A hash of the text of the packs: equal text, equal hash, whatever the machine.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

impl Compiler {
    fn program(&mut self, condition: &Condition) -> Program {
        let list = |compiler: &mut Self, conditions: &[Condition]| {
            conditions.iter().map(|condition| compiler.program(condition)).collect()
        };
        match condition {
            Condition::All(conditions) => Program::All(list(self, conditions)),
            Condition::Any(conditions) => Program::Any(list(self, conditions)),
            Condition::Not(condition) => Program::Not(Box::new(self.program(condition))),
            Condition::Count(conditions, threshold) => Program::Count(list(self, conditions), *threshold),
            Condition::Sequence(sequence) => {
                let steps = [self.program(&sequence.first), self.program(&sequence.second)];
                Program::Sequence(Box::new(steps), sequence.order, sequence.within)
            }
            Condition::Literals { literals, ignore_case, slices, threshold } => {
                let leaf = self.leaves.len();
                let scans = slices.iter().map(|slice| {
                    self.gather(*slice, |scan| scan.add_literals(*slice, leaf, literals, *ignore_case))
                });
                let scans = scans.collect();
                Program::Leaf(self.leaf(Leaf::Scanned(scans)), *threshold)
            }
            Condition::Regex { pattern, slices, threshold } => {
                // It compiled when it was read, within the same limits.
                let Ok(regex) = regex(pattern) else { return Program::Any(Vec::new()) };
                Program::Leaf(self.regex(pattern, regex, slices), *threshold)
            }
            Condition::Signal { signal, position, threshold } => {
                Program::Leaf(self.leaf(Leaf::Signal(*signal, *position)), *threshold)
            }
        }
    }

    fn leaf(&mut self, leaf: Leaf) -> usize {
        self.leaves.push(leaf);
        self.leaves.len() - 1
    }

    fn regex(&mut self, pattern: &str, regex: regex::Regex, slices: &[Slice]) -> usize {
        let leaf = self.leaves.len();
        let Some(words) = required::words(pattern) else {
            return self.leaf(Leaf::Regex(Box::new(regex), slices.to_vec()));
        };
        let scans = slices
            .iter()
            .map(|slice| self.gather(*slice, |scan| scan.add_regex(*slice, leaf, &words, &regex)));
        let scans = scans.collect();
        self.leaf(Leaf::Scanned(scans))
    }

    /// Adds to the scan of a field; gives its position.
    fn gather(&mut self, slice: Slice, add: impl FnOnce(&mut Gathered)) -> usize {
        let known = self.gathered.iter().position(|scan| scan.field() == slice.field);
        let at = known.unwrap_or_else(|| {
            self.gathered.push(Gathered::new(slice.field));
            self.gathered.len() - 1
        });
        add(&mut self.gathered[at]);
        at
    }
}

fn too_large(source: &PackSource, error: &aho_corasick::BuildError) -> Diagnostic {
    let title = format!("The literals of the packs do not fit into one automaton: {error}.");
    Diagnostic::new(Level::Error, "too-large", title, &source.name, "", 0..0)
}

/// FNV-1a over names, paths and texts, each with its length so that moving a boundary changes the hash.
pub(super) fn hash(sources: &[PackSource]) -> String {
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut eat = |text: &str| {
        for byte in text.len().to_le_bytes().iter().chain(text.as_bytes()) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    };
    for source in sources {
        eat(&source.name);
        eat(&source.files.len().to_string());
        for file in &source.files {
            eat(&file.path);
            eat(&file.text);
        }
    }
    format!("{hash:016x}")
}
