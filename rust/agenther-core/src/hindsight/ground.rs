//! Grounding: is every claim of a goal and its answer supported by the observations of the run?
//!
//! A set of known values is too weak a guard: most altered numbers stand somewhere in the log. So a
//! value must stand in the record of the thing that the sentence speaks of, and under the key that it
//! names. What goes beyond values must be computed: a superlative from a complete list, a negation from
//! an empty result. Where that cannot be done the claim is unsupported, however plausible.

mod change;
mod clause;
mod cue;
mod evidence;
mod hint;
mod inference;
mod list;
mod nothing;
mod paging;
mod prose;
mod record;
mod run;
mod slot;
mod step;
mod support;
mod unit;
mod value;

use std::cell::OnceCell;

use crate::reading::Reading;
use crate::signals::effect::Effect;
use crate::text::cut;
use crate::text::facts::{FactKind, facts};
use crate::text::same::Meaning;
use crate::text::tables::FastSet;
use crate::text::words::{self, Folded, word_hash};
use clause::{Clause, Token, clauses, joined_stem};
use cue::{Cue, cues};
use evidence::Evidence;
use hint::Hint;
use inference::phrase;
use list::{List, lists};
use record::Home;
pub(crate) use run::RunEvidence;
use step::is_reference;
use support::{Checked, Side, Support};

/// The kinds of claims besides those of facts.
pub const CLAIM_KINDS: [&str; 10] = [
    "comparison",
    "superlative",
    "count",
    "negation",
    "completeness",
    "change",
    "record",
    "topic",
    "wording",
    "slot",
];

/// One claim of a goal or an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The words of the claim.
    pub text: String,
    /// What is claimed: a fact kind (`number`, `money`, `name`, …), `comparison`, `superlative`, `count`,
    /// `negation`, `completeness`, `change` (that something was done), `record` (a value that stands in another
    /// record than the thing it is told of), `topic` (what the goal is about), `wording` (the plain words of the
    /// answer) or `slot` (a value of the goal that is not the one the calls were made for).
    pub kind: &'static str,
    /// Whether something in the run supports it.
    pub supported: bool,
    /// The step whose observation supports it.
    pub step: Option<u32>,
}

/// The grounding of a goal and its answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grounding {
    /// Whether every claim is supported.
    pub grounded: bool,
    /// Every claim, those of the goal first.
    pub claims: Vec<Claim>,
}

/// The share of the content words of a goal that the kept calls and observations must have.
const MIN_TOPIC: f64 = 0.5;

/// The share of the new content words of an answer that the observations must have.
const MIN_WORDING: f64 = 0.5;

/// Texts of more facts or bytes are not grounded, whatever they say: checking is bounded, and no one reads as much.
const MAX_FACTS: usize = 2048;
const MAX_BYTES: usize = 1 << 18;

/// Cues beyond this many in one text are unsupported: each may look at all that was observed.
const MAX_INFERENCES: usize = 128;

/// Checks a goal and an answer against the run, or against `kept_steps` of it where given.
pub fn verify(
    goal: &str,
    answer: Option<&str>,
    reading: &Reading<'_>,
    kept_steps: Option<&[u32]>,
) -> Grounding {
    let all: Vec<u32>;
    let kept = match kept_steps {
        Some(kept) => kept,
        None => {
            all = (0..reading.steps.len() as u32).collect();
            &all
        }
    };
    if let Some(text) = [Some(goal), answer].into_iter().flatten().find(|text| is_endless(text)) {
        let start = &text[..cut::floor(text, 80)];
        return Grounding { grounded: false, claims: vec![claim(start, "wording", None)] };
    }
    let evidence = Evidence::new(reading, kept);
    let asked_text = Folded::of(goal);
    let goal = clauses(goal, &asked_text, &evidence);
    let told_text = answer.map(Folded::of).unwrap_or_default();
    let literals = literals(&goal);
    let answered = answer.map(|answer| clauses(answer, &told_text, &evidence)).unwrap_or_default();
    let bare =
        |clause: &&Clause<'_, '_>| clause.tokens.iter().all(|token| token.fact.is_some() || token.stop);
    let tool = |&step: &u32| (step as usize) < reading.steps.len();
    let tools =
        || kept.iter().filter(|step| tool(step)).filter_map(|&step| reading.tool_position(step as usize));
    let is_of_tool =
        |stem: u64| tools().any(|tool| reading.evidence().tool(reading, tool).binary_search(&stem).is_ok());
    let verifier = Verifier {
        asked: asked(&goal),
        named: record::named(&goal, &evidence),
        untold: support::untold(&evidence, &literals, &asked_text.text, &told_text.text),
        literals,
        asked_text: &asked_text.text,
        told_text: &told_text.text,
        goal,
        items: answered.iter().filter(bare).map(|clause| clause.folded).collect(),
        answer: answered,
        is_of_tool: &is_of_tool,
        evidence: &evidence,
        lists: OnceCell::new(),
    };
    verifier.run(answer.is_some())
}

/// Whether a text claims more than is checked.
fn is_endless(text: &str) -> bool {
    text.len() > MAX_BYTES || text.len() > MAX_FACTS && facts(text).len() > MAX_FACTS
}

/// The content words of the goal; names and numbers only where there are no others.
fn asked(goal: &[Clause<'_, '_>]) -> Vec<Hint> {
    const WEIGHT: f32 = 0.5;
    let content = || goal.iter().flat_map(|clause| &clause.tokens).filter(|token| !token.stop);
    let plain: Vec<Hint> =
        content().filter(|token| token.fact.is_none()).map(|token| (token.stem, WEIGHT)).collect();
    if plain.is_empty() { content().map(|token| (token.stem, WEIGHT)).collect() } else { plain }
}

/// The words of the names and references of the goal.
fn literals(goal: &[Clause<'_, '_>]) -> FastSet<u64> {
    let named = |kind: FactKind| is_reference(kind) || matches!(kind, FactKind::Name | FactKind::Quoted);
    let facts = goal.iter().flat_map(|clause| &clause.facts).filter(|fact| named(fact.kind));
    facts.flat_map(|fact| fact_words(fact.text)).collect()
}

/// The hashes of the words of a fact.
fn fact_words(text: &str) -> Vec<u64> {
    words::folded(text).split(' ').filter(|word| !word.is_empty()).map(word_hash).collect()
}

/// What a text tells, and what its claims took up.
struct Ledger<'l> {
    /// Its numbers, dates and times.
    told: Vec<support::Told<'l>>,
    /// The occurrences that support a claim of the clause in hand.
    used: FastSet<u32>,
    /// Cues met so far.
    inferences: usize,
    /// Values that were held to the records of things so far.
    values: usize,
    /// Words that were said to be so, and held to what is false.
    sayings: usize,
    /// The nodes that do so in any clause.
    nodes: Vec<u32>,
}

impl<'l> Ledger<'l> {
    fn of(clauses: &'l [Clause<'_, '_>]) -> Self {
        let measured = |clause: &Clause<'_, '_>, fact: usize| clause.meanings[fact].is_measured();
        let told = clauses.iter().flat_map(|clause| {
            let facts = (0..clause.facts.len()).filter(move |&fact| measured(clause, fact));
            facts.map(move |fact| support::Told::of(clause, fact))
        });
        Ledger {
            told: told.collect(),
            used: FastSet::default(),
            inferences: 0,
            values: 0,
            sayings: 0,
            nodes: Vec::new(),
        }
    }
}

struct Verifier<'v, 't> {
    evidence: &'v Evidence<'v>,
    goal: Vec<Clause<'t, 'v>>,
    answer: Vec<Clause<'t, 'v>>,
    /// Whether a stem is one of the words that the tools of the kept steps are described with.
    is_of_tool: &'v dyn Fn(u64) -> bool,
    /// The content words of the goal.
    asked: Vec<Hint>,
    /// The words of its names and references.
    literals: FastSet<u64>,
    /// The records of what it names.
    named: Vec<Home<'v>>,
    /// How well the untold references of the observations fit the goal.
    untold: Vec<(FactKind, usize)>,
    /// The goal, folded.
    asked_text: &'v str,
    /// The answer, folded.
    told_text: &'v str,
    /// Its clauses that are nothing but values, folded.
    items: Vec<&'t str>,
    lists: OnceCell<Vec<List<'v>>>,
}

impl Verifier<'_, '_> {
    fn run(&self, answered: bool) -> Grounding {
        let mut claims = Vec::new();
        let (mut asked_of, mut told_of) = (Ledger::of(&self.goal), Ledger::of(&self.answer));
        self.goal.iter().for_each(|clause| self.clause(clause, Side::Goal, &mut claims, &mut asked_of));
        claims.push(self.topic());
        let from_goal = claims.len();
        self.answer.iter().for_each(|clause| self.clause(clause, Side::Answer, &mut claims, &mut told_of));
        if answered {
            let observed = claims[from_goal..].iter().any(|claim| claim.supported && claim.step.is_some());
            claims.push(self.wording(observed && self.is_shown()));
        }
        claims.extend(self.slots(&told_of.nodes));
        claims.extend(self.turned_round());
        claims.extend(self.misplaced());
        claims.extend(self.renamed());
        Grounding { grounded: claims.iter().all(|claim| claim.supported), claims }
    }

    fn lists(&self) -> &[List<'_>] {
        self.lists.get_or_init(|| lists(self.evidence))
    }

    /// The claims of one clause, in order. What bears them out is entered in `ledger`.
    fn clause(&self, clause: &Clause<'_, '_>, side: Side, claims: &mut Vec<Claim>, ledger: &mut Ledger<'_>) {
        let cues = cues(clause);
        let counted = |fact: usize| {
            let (start, _) = clause.tokens_of(&clause.facts[fact]);
            cues.iter().any(|found| found.start == start && matches!(found.cue, Cue::Count { .. }))
        };
        ledger.used.clear();
        for fact in (0..clause.facts.len()).filter(|&fact| !counted(fact)) {
            let support = self.fact(clause, fact, side, ledger);
            let fact = &clause.facts[fact];
            claims.push(claim(fact.text, fact.kind.name(), support));
        }
        for found in &cues {
            let text = phrase(clause, found);
            ledger.inferences += 1;
            if ledger.inferences > MAX_INFERENCES {
                claims.push(claim(text, "comparison", None));
                continue;
            }
            let (kind, support) = match found.cue {
                Cue::Comparison { bound, fact } => ("comparison", self.comparison(clause, bound, fact, side)),
                Cue::Superlative { end, hints } => {
                    ("superlative", self.superlative(clause, found, end, hints, side))
                }
                Cue::Count { value, explicit } => {
                    ("count", self.count(clause, found, value, explicit, side, ledger))
                }
                Cue::Negation => ("negation", self.negation(clause, found, side)),
                Cue::Completeness { only } => ("completeness", self.completeness(clause, found, only, side)),
            };
            claims.push(claim(text, kind, support));
        }
        self.changes(clause, side, claims, ledger);
        if side == Side::Answer {
            self.records(clause, claims, ledger);
            self.denied(clause, claims, ledger);
        }
    }

    /// Whether the goal asks when, and a bare number that is no year answers.
    fn is_untimely(&self, clause: &Clause<'_, '_>, fact: usize) -> bool {
        let tokens = || self.goal.iter().flat_map(|clause| &clause.tokens).map(|token| token.lower);
        let asks = tokens().find(|word| matches!(*word, "when" | "what" | "which" | "who" | "where" | "how"));
        let (number, text) = (clause.meanings[fact].value, clause.facts[fact].text);
        let year = text.len() == 4 && number.is_some_and(|value| (1000.0..2999.0).contains(&value));
        asks == Some("when")
            && clause.tokens.len() <= 2
            && clause.facts[fact].kind == FactKind::Number
            && !year
    }

    /// Whether a version is told as no observation writes it: 2.1 and 2.10 are one number and two versions.
    fn is_other_version(&self, clause: &Clause<'_, '_>, fact: usize) -> bool {
        let said = clause.facts[fact].text;
        let dotted = clause.facts[fact].kind == FactKind::Number && said.contains('.');
        let mut tokens = self.goal.iter().chain([clause]).flat_map(|clause| &clause.tokens);
        if !dotted || !tokens.any(|token| matches!(token.lower, "version" | "versions" | "release")) {
            return false;
        }
        let folded = words::folded(said);
        !self.evidence.steps.iter().any(|step| step.seen.contains(&folded))
    }

    fn fact(
        &self,
        clause: &Clause<'_, '_>,
        fact: usize,
        side: Side,
        ledger: &mut Ledger<'_>,
    ) -> Option<Option<u32>> {
        let checked = Checked {
            evidence: self.evidence,
            side,
            asked: &self.asked,
            told: &ledger.told,
            literals: &self.literals,
            named: &self.named,
            untold: &self.untold,
            answer: self.told_text,
            items: &self.items,
        };
        if side == Side::Answer && (self.is_untimely(clause, fact) || self.is_other_version(clause, fact)) {
            return None;
        }
        let measured = clause.meanings[fact].is_measured();
        let support = if measured {
            checked.amount(clause, fact, &mut ledger.used)
        } else {
            checked.text(clause, fact)
        };
        match support {
            Support::Node(node) => {
                if measured {
                    ledger.nodes.push(node);
                }
                Some(Some(self.evidence.node(node).step))
            }
            Support::Elsewhere => None,
            // The goal may say what the answer repeats.
            Support::Nowhere if side == Side::Answer && self.goal_says(clause, fact) => Some(None),
            Support::Nowhere => None,
        }
    }

    fn goal_says(&self, clause: &Clause<'_, '_>, fact: usize) -> bool {
        let meaning = &clause.meanings[fact];
        if meaning.is_measured() {
            return self.goal.iter().flat_map(|clause| &clause.meanings).any(|goal| goal.agrees(meaning));
        }
        let folded = clause.names[fact].as_str();
        self.goal.iter().any(|clause| clause.folded.contains(folded))
    }

    /// Whether the goal is about what the kept steps did: its content words stand in their calls and observations.
    fn topic(&self) -> Claim {
        let tokens = || {
            let clauses = self.goal.iter();
            clauses.flat_map(|clause| clause.tokens.iter().map(move |token| (clause, token)))
        };
        let (of, content): (Vec<&Clause<'_, '_>>, Vec<&Token<'_>>) =
            tokens().filter(|(_, token)| !token.stop).unzip();
        // A value is known in any writing.
        let is_shown = |at: usize| {
            let meaning = content[at].fact.map(|fact| &of[at].meanings[fact as usize]);
            meaning.is_some_and(|meaning| self.evidence.amounts_of(meaning).next().is_some())
        };
        let asked = || self.evidence.steps.iter().flat_map(|step| step.asked.split(' '));
        // `md5` of `md5sum`, `desk lamp` of `desklamp`.
        let begins = |word: &str| {
            word.len() > 2
                && asked().any(|asked| {
                    asked.len() > 2
                        && (asked.starts_with(word) || (asked.len() > 3 && word.starts_with(asked)))
                })
        };
        let joined = |a: usize, b: usize| {
            let pair = content.get(a).zip(content.get(b));
            pair.is_some_and(|(a, b)| self.evidence.knows(joined_stem(a.lower, b.lower)))
        };
        let known = |at: usize| {
            let stem = content[at].stem;
            self.evidence.knows(stem)
                || (self.is_of_tool)(stem)
                || begins(content[at].lower)
                || is_shown(at)
                || joined(at, at + 1)
                || (at > 0 && joined(at - 1, at))
        };
        let unknown: Vec<usize> = (0..content.len()).filter(|&at| !known(at)).collect();
        let covered = content.is_empty() || 1.0 - unknown.len() as f64 / content.len() as f64 >= MIN_TOPIC;
        let supported = covered && self.evidence.shows_anything();
        let text = unknown.iter().map(|&at| content[at].lower).collect::<Vec<_>>().join(" ");
        Claim { text, kind: "topic", supported, step: None }
    }

    /// Whether the last call shows something: what it was kept for.
    fn is_shown(&self) -> bool {
        let last = self
            .evidence
            .steps
            .iter()
            .rev()
            .find(|step| !matches!(step.effect, Effect::Reply | Effect::Meta));
        last.is_some_and(|step| !step.blank)
    }

    /// Whether a word is a number that an observation has in digits.
    fn is_number_seen(&self, word: &str) -> bool {
        let number = words::number(word).map(Meaning::number);
        number.is_some_and(|number| self.evidence.amounts_of(&number).next().is_some())
    }

    /// Whether the plain words of the answer come from the observations. `observed`: a claim of it does.
    fn wording(&self, observed: bool) -> Claim {
        let asked: FastSet<u64> =
            self.goal.iter().flat_map(|clause| &clause.tokens).map(|token| token.stem).collect();
        let new: Vec<&Token<'_>> = self
            .answer
            .iter()
            .flat_map(|clause| &clause.tokens)
            .filter(|token| {
                !token.stop
                    && token.fact.is_none()
                    && !asked.contains(&token.stem)
                    && !cue::is_negation(token.lower)
            })
            .collect();
        let is_known =
            |token: &Token<'_>| self.evidence.knows(token.stem) || self.is_number_seen(token.lower);
        let unseen: Vec<&&Token<'_>> = new.iter().filter(|token| !is_known(token)).collect();
        let seen = new.iter().any(|token| self.evidence.has_seen(token.stem));
        let covered = unseen.len() < 2 && observed
            || 1.0 - unseen.len() as f64 / new.len().max(1) as f64 >= MIN_WORDING;
        let text = unseen.iter().map(|token| token.lower).collect::<Vec<_>>().join(" ");
        Claim {
            text,
            kind: "wording",
            supported: covered && (observed || seen && self.is_shown()),
            step: None,
        }
    }
}

fn claim(text: &str, kind: &'static str, support: Option<Option<u32>>) -> Claim {
    Claim { text: text.to_owned(), kind, supported: support.is_some(), step: support.flatten() }
}
