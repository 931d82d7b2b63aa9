//! From rules to what is evaluated: one automaton a slice of text, shared by all rules.

use aho_corasick::{AhoCorasick, MatchKind, packed};

use super::condition::{Condition, Order, Position, Slice, Threshold, regex};
use super::diagnostic::{Diagnostic, Level};
use super::example::Outcome;
use super::pack::{Pack, PackSource};
use super::rule::{Rule, RuleStatus};
use super::{lint, parse};

/// Log-odds of failure before anything is seen, where no pack says it: even.
const DEFAULT_PRIOR: f32 = 0.0;

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
    /// In what these [`Scan`]s find.
    Literals(Vec<usize>),
    Regex(Box<regex::Regex>, Vec<Slice>),
    Signal(usize, Position),
}

/// All literals that are looked for in one slice of text with one regard for case.
#[derive(Debug)]
pub(super) struct Scan {
    pub slice: Slice,
    pub automaton: AhoCorasick,
    /// The leaf of each pattern.
    pub leaves: Vec<usize>,
    /// The same literals in small letters, where there are few enough to be looked for by vectors.
    pub prefilter: Option<packed::Searcher>,
}

/// Literals gathered for a scan.
struct Gathered {
    slice: Slice,
    ignore_case: bool,
    literals: Vec<String>,
    leaves: Vec<usize>,
}

#[derive(Default)]
struct Compiler {
    leaves: Vec<Leaf>,
    gathered: Vec<Gathered>,
}

impl Rules {
    /// Compiles packs, later ones after earlier ones. Any error refuses them all, with every error named.
    pub fn compile(sources: &[PackSource]) -> Result<Rules, Vec<Diagnostic>> {
        let (packs, rules, mut diagnostics) = parse::parse(sources);
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
        let (_, rules, mut diagnostics) = parse::parse(sources);
        diagnostics.extend(lint::lint(sources, &rules));
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
                let scans =
                    slices.iter().map(|slice| self.gather(*slice, *ignore_case, literals, leaf)).collect();
                Program::Leaf(self.leaf(Leaf::Literals(scans)), *threshold)
            }
            Condition::Regex { pattern, slices, threshold } => {
                // It compiled when it was read, within the same limits.
                let Ok(regex) = regex(pattern) else { return Program::Any(Vec::new()) };
                Program::Leaf(self.leaf(Leaf::Regex(Box::new(regex), slices.clone())), *threshold)
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

    fn gather(&mut self, slice: Slice, ignore_case: bool, literals: &[String], leaf: usize) -> usize {
        let known =
            self.gathered.iter().position(|scan| scan.slice == slice && scan.ignore_case == ignore_case);
        let at = known.unwrap_or_else(|| {
            self.gathered.push(Gathered { slice, ignore_case, literals: Vec::new(), leaves: Vec::new() });
            self.gathered.len() - 1
        });
        self.gathered[at].literals.extend_from_slice(literals);
        self.gathered[at].leaves.extend(literals.iter().map(|_| leaf));
        at
    }
}

impl Gathered {
    fn build(self) -> Result<Scan, aho_corasick::BuildError> {
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(self.ignore_case)
            .match_kind(MatchKind::Standard)
            .build(&self.literals)?;
        let small = self.literals.iter().map(|literal| literal.to_ascii_lowercase());
        let prefilter = packed::Config::new().builder().extend(small).build();
        Ok(Scan { slice: self.slice, automaton, leaves: self.leaves, prefilter })
    }
}

impl Scan {
    /// Whether any of the texts may have any of the literals: most runs have none, which vectors tell several
    /// times as fast as the automaton, and of all texts at once faster than of each.
    pub fn may_hit<'t>(&self, texts: impl Iterator<Item = &'t str>) -> bool {
        // Bounds the copy in small letters that is searched.
        const AT_ONCE: usize = 1 << 16;
        // No literal goes on from one text to the next: this byte is in none.
        const BETWEEN: u8 = 0xFF;
        let Some(prefilter) = &self.prefilter else { return true };
        let mut joined: Vec<u8> = Vec::new();
        for text in texts {
            joined.extend_from_slice(text.as_bytes());
            joined.push(BETWEEN);
            if joined.len() >= AT_ONCE {
                joined.make_ascii_lowercase();
                if prefilter.find(&joined).is_some() {
                    return true;
                }
                joined.clear();
            }
        }
        joined.make_ascii_lowercase();
        prefilter.find(&joined).is_some()
    }
}

fn too_large(source: &PackSource, error: &aho_corasick::BuildError) -> Diagnostic {
    let title = format!("The literals of the packs do not fit into one automaton: {error}.");
    Diagnostic::new(Level::Error, "too-large", title, &source.name, "", 0..0)
}

/// FNV-1a over the paths and texts, each with its length so that moving a boundary changes the hash.
fn hash(sources: &[PackSource]) -> String {
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut eat = |text: &str| {
        for byte in text.len().to_le_bytes().iter().chain(text.as_bytes()) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    };
    for file in sources.iter().flat_map(|source| &source.files) {
        eat(&file.path);
        eat(&file.text);
    }
    format!("{hash:016x}")
}

impl Rule {
    /// Whether it takes part in verdicts.
    pub fn is_active(&self) -> bool {
        self.status != RuleStatus::Deprecated
    }
}
