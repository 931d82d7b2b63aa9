//! Words that claim more than a value: comparisons, superlatives, counts, negations, completeness.

use std::sync::LazyLock;

use super::clause::{Clause, Token};
use super::support::PRICE;
use crate::text::facts::FactKind;
use crate::text::tables::FastMap;
use crate::text::words;

/// Which end of an order a word points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Least,
    Most,
}

impl End {
    /// Words of keys whose values are at this end of others.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            End::Least => &["min", "minimum", "low", "lowest"],
            End::Most => &["max", "maximum", "high", "highest"],
        }
    }

    pub fn other(self) -> Self {
        match self {
            End::Least => End::Most,
            End::Most => End::Least,
        }
    }
}

/// How a value is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Bound {
    pub fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Bound::Below => value < bound,
            Bound::AtMost => value <= bound,
            Bound::Above => value > bound,
            Bound::AtLeast => value >= bound,
        }
    }
}

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cue {
    /// A bound on the fact with this index.
    Comparison { bound: Bound, fact: usize },
    /// The end of an order; the words of `hints` name what is ordered.
    Superlative { end: End, hints: &'static [&'static str] },
    /// A number of things, which the token after `start..end` names.
    Count { value: f64, explicit: bool },
    /// That something is not so.
    Negation,
    /// That nothing is left out, or nothing else is meant.
    Completeness { only: bool },
}

/// A cue and the tokens it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub cue: Cue,
    pub start: usize,
    pub end: usize,
}

const TIME: &[&str] = &[
    "date",
    "time",
    "year",
    "day",
    "born",
    "birth",
    "departure",
    "arrival",
    "founded",
    "released",
    "created",
    "start",
];
const LENGTH: &[&str] = &["duration", "length", "distance", "time", "minutes", "hours", "size", "height"];
const RATING: &[&str] = &["rating", "score", "stars", "rank", "review"];
const SIZE: &[&str] = &["size", "area", "population", "total", "capacity", "amount", "count"];

const TEMPERATURE: &[&str] = &["temperature", "temp"];
const WEIGHT: &[&str] = &["weight", "mass", "kg", "lb"];

/// The kind of value that these words order by, where no key has one of them.
pub(super) fn kind_of(hints: &[&str]) -> Option<FactKind> {
    match hints {
        _ if hints == TIME => Some(FactKind::Date),
        _ if hints == PRICE => Some(FactKind::Money),
        _ => None,
    }
}

/// Superlatives whose word alone says what is ordered.
const SUPERLATIVES: &[(&str, End, &[&str])] = &[
    ("cheapest", End::Least, PRICE),
    ("priciest", End::Most, PRICE),
    ("costliest", End::Most, PRICE),
    ("earliest", End::Least, TIME),
    ("latest", End::Most, TIME),
    ("newest", End::Most, TIME),
    ("oldest", End::Least, TIME),
    ("eldest", End::Least, TIME),
    ("youngest", End::Most, TIME),
    ("fastest", End::Least, LENGTH),
    ("quickest", End::Least, LENGTH),
    ("shortest", End::Least, LENGTH),
    ("longest", End::Most, LENGTH),
    ("tallest", End::Most, LENGTH),
    ("nearest", End::Least, LENGTH),
    ("closest", End::Least, LENGTH),
    ("slowest", End::Most, LENGTH),
    ("warmest", End::Most, TEMPERATURE),
    ("hottest", End::Most, TEMPERATURE),
    ("coldest", End::Least, TEMPERATURE),
    ("coolest", End::Least, TEMPERATURE),
    ("heaviest", End::Most, WEIGHT),
    ("lightest", End::Least, WEIGHT),
    ("strongest", End::Most, &[]),
    ("weakest", End::Least, &[]),
    ("best", End::Most, RATING),
    ("worst", End::Least, RATING),
    ("top", End::Most, RATING),
    ("largest", End::Most, SIZE),
    ("biggest", End::Most, SIZE),
    ("smallest", End::Least, SIZE),
    ("lowest", End::Least, &[]),
    ("least", End::Least, &[]),
    ("fewest", End::Least, &[]),
    ("minimum", End::Least, &[]),
    ("highest", End::Most, &[]),
    ("greatest", End::Most, &[]),
    ("most", End::Most, &[]),
    ("maximum", End::Most, &[]),
];

/// Words in `-est` that are no superlatives.
#[rustfmt::skip]
const NO_SUPERLATIVES: &[&str] = &[
    "arrest", "budapest", "bucharest", "chest", "contest", "crest", "digest", "earnest", "everest", "forest", "guest", "harvest",
    "honest", "inquest", "interest", "invest", "latest", "manifest", "midwest", "modest", "nest", "northwest", "pest", "pinterest",
    "pretest", "priest", "protest", "quest", "request", "rest", "southwest", "suggest", "tempest", "test", "unrest", "vest", "west",
    "wrest", "ernest", "celeste", "digest", "ingest", "attest", "detest", "unittest", "pytest", "doctest", "backtest", "bequest",
    "conquest", "divest", "infest", "ingest", "molest", "reinvest", "subtest", "zest", "jest", "lest", "fest", "best",
];

const NEGATIONS: &[&str] = &[
    "no",
    "not",
    "none",
    "nothing",
    "never",
    "nobody",
    "neither",
    "nor",
    "without",
    "unable",
    "cannot",
    "isnt",
    "arent",
    "wasnt",
    "werent",
    "doesnt",
    "dont",
    "didnt",
    "cant",
    "couldnt",
    "wont",
    "hasnt",
    "havent",
    "hadnt",
    "unavailable",
    "nowhere",
];

/// Whether a word denies.
pub(super) fn is_negation(word: &str) -> bool {
    NEGATIONS.contains(&word)
}

/// Words with their bound; the longest match counts.
const BOUNDS: &[(&[&str], Bound)] = &[
    (&["no", "more", "than"], Bound::AtMost),
    (&["not", "more", "than"], Bound::AtMost),
    (&["no", "later", "than"], Bound::AtMost),
    (&["no", "less", "than"], Bound::AtLeast),
    (&["no", "fewer", "than"], Bound::AtLeast),
    (&["no", "earlier", "than"], Bound::AtLeast),
    (&["not", "exceeding"], Bound::AtMost),
    (&["at", "most"], Bound::AtMost),
    (&["at", "least"], Bound::AtLeast),
    (&["up", "to"], Bound::AtMost),
    (&["less", "than"], Bound::Below),
    (&["fewer", "than"], Bound::Below),
    (&["lower", "than"], Bound::Below),
    (&["cheaper", "than"], Bound::Below),
    (&["smaller", "than"], Bound::Below),
    (&["earlier", "than"], Bound::Below),
    (&["more", "than"], Bound::Above),
    (&["greater", "than"], Bound::Above),
    (&["higher", "than"], Bound::Above),
    (&["larger", "than"], Bound::Above),
    (&["later", "than"], Bound::Above),
    (&["a", "maximum", "of"], Bound::AtMost),
    (&["a", "minimum", "of"], Bound::AtLeast),
    (&["under"], Bound::Below),
    (&["below"], Bound::Below),
    (&["before"], Bound::Below),
    (&["until"], Bound::AtMost),
    (&["over"], Bound::Above),
    (&["above"], Bound::Above),
    (&["after"], Bound::Above),
    (&["exceeding"], Bound::Above),
    (&["since"], Bound::AtLeast),
];

/// How far behind its words the value of a bound may stand.
const REACH: usize = 3;

/// The cues of a clause, in order.
pub(super) fn cues(clause: &Clause<'_, '_>) -> Vec<Found> {
    let tokens = &clause.tokens;
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let kinds = kinds(tokens[at].lower);
        let is = |kind: u8| kinds & kind != 0;
        let counts = tokens[at].fact.is_some() || is(NUMBER);
        let found = None
            .or_else(|| is(BOUND).then(|| comparison(clause, at)).flatten())
            .or_else(|| is(EXTREME).then(|| superlative(tokens, at)).flatten())
            .or_else(|| counts.then(|| count(clause, at)).flatten())
            .or_else(|| is(WHOLE).then(|| completeness(tokens, at)).flatten())
            .or_else(|| is(DENIAL).then(|| negation(clause, at)).flatten());
        at = found.map_or(at + 1, |found| found.end.max(at + 1));
        out.extend(found);
    }
    out
}

/// Kinds of cues that a word may begin.
const BOUND: u8 = 1;
const EXTREME: u8 = 2;
const WHOLE: u8 = 4;
const DENIAL: u8 = 8;
const NUMBER: u8 = 16;

/// The kinds of cues that a word may begin: most words are in none of the tables.
fn kinds(word: &str) -> u8 {
    static KINDS: LazyLock<FastMap<&str, u8>> = LazyLock::new(|| {
        let bounds = BOUNDS.iter().map(|(words, _)| (words[0], BOUND));
        let extremes = SUPERLATIVES.iter().map(|(word, ..)| *word).chain(["first", "last"]);
        let whole = ["all", "every", "entire", "complete", "full", "only"];
        let denials = NEGATIONS.iter().map(|word| (*word, DENIAL));
        let all = bounds.chain(extremes.map(|word| (word, EXTREME)));
        let numbers = words::NUMBERS.iter().map(|(word, _)| (*word, NUMBER));
        let mut kinds = FastMap::default();
        for (word, kind) in all.chain(whole.map(|word| (word, WHOLE))).chain(denials).chain(numbers) {
            *kinds.entry(word).or_insert(0) |= kind;
        }
        kinds
    });
    let extreme = if word.ends_with("est") { EXTREME } else { 0 };
    KINDS.get(word).copied().unwrap_or(0) | extreme
}

fn word<'t>(tokens: &[Token<'t>], at: usize) -> &'t str {
    tokens.get(at).map_or("", |token| token.lower)
}

fn starts_with(tokens: &[Token<'_>], at: usize, words: &[&str]) -> bool {
    words.iter().enumerate().all(|(offset, expected)| word(tokens, at + offset) == *expected)
}

fn comparison(clause: &Clause<'_, '_>, at: usize) -> Option<Found> {
    let tokens = &clause.tokens;
    let &(words, bound) = BOUNDS.iter().find(|(words, _)| starts_with(tokens, at, words))?;
    let end = at + words.len();
    let fact = tokens[end.min(tokens.len())..].iter().take(REACH).find_map(|token| token.fact)? as usize;
    let meaning = &clause.meanings[fact];
    // `under Smith`, `over 3 stops`, `after 5 pm`: only of something measured.
    (meaning.is_measured() && clause.tokens_of(&clause.facts[fact]).0 >= end).then_some(Found {
        cue: Cue::Comparison { bound, fact },
        start: at,
        end,
    })
}

fn superlative(tokens: &[Token<'_>], at: usize) -> Option<Found> {
    let this = word(tokens, at);
    let next = word(tokens, at + 1);
    let before = at.checked_sub(1).map_or("", |before| word(tokens, before));
    if tokens[at].fact.is_some() && this != "most" && this != "top" && !this.ends_with("est") {
        return None;
    }
    let found = |end, hints| Some(Found { cue: Cue::Superlative { end, hints }, start: at, end: at + 1 });
    if matches!(this, "first" | "last") {
        let end = if this == "first" { End::Least } else { End::Most };
        let fixed = matches!(
            next,
            "" | "name"
                | "names"
                | "class"
                | "time"
                | "year"
                | "month"
                | "week"
                | "night"
                | "digits"
                | "four"
                | "of"
                | "step"
                | "and"
                | "i"
                | "line"
                | "lines"
                | "column"
                | "row"
                | "page"
        ) || tokens
            .get(at + 1)
            .is_some_and(|token| token.part != tokens[at].part || token.fact.is_some())
            || (this == "last" && next.ends_with("ed"))
            || at == 0;
        let asked = next.is_empty() && at > 1 && !matches!(before, "at" | "the");
        return if !fixed || asked { found(end, TIME) } else { None };
    }
    if matches!(before, "at")
        || next == "of" && this == "most"
        || (this == "best" && matches!(next, "known" | "regards" | "wishes"))
    {
        return None;
    }
    if this == "top"
        && (matches!(before, "on" | "the" | "at") || matches!(next, "of" | ""))
        && words::number(next).is_none()
    {
        return None;
    }
    if matches!(this, "minimum" | "maximum") && before != "the" {
        return None;
    }
    if let Some(&(_, end, hints)) = SUPERLATIVES.iter().find(|(known, ..)| *known == this) {
        let expensive = this == "most" && matches!(next, "expensive" | "costly")
            || this == "least" && matches!(next, "expensive");
        let recent = this == "most" && next == "recent";
        return found(
            end,
            if expensive {
                PRICE
            } else if recent {
                TIME
            } else {
                hints
            },
        );
    }
    let formed = this.len() > 5
        && this.ends_with("est")
        && !NO_SUPERLATIVES.contains(&this)
        && !this.bytes().any(|byte| byte.is_ascii_digit());
    if formed && (matches!(before, "the" | "its" | "their" | "his" | "her" | "s") || this.ends_with("iest")) {
        return found(End::Most, &[]);
    }
    None
}

fn count(clause: &Clause<'_, '_>, at: usize) -> Option<Found> {
    let tokens = &clause.tokens;
    let token = &tokens[at];
    let last = token.fact.map_or(at, |fact| clause.tokens_of(&clause.facts[fact as usize]).1 - 1);
    let value = match token.fact {
        Some(fact) => {
            let fact = fact as usize;
            let plain =
                clause.facts[fact].kind == FactKind::Number && clause.tokens_of(&clause.facts[fact]).0 == at;
            clause.meanings[fact].value.filter(|_| plain)
        }
        None => words::number(token.lower),
    }?;
    let before = |back: usize| at.checked_sub(back).map_or("", |at| word(tokens, at));
    let there = matches!((before(2), before(1)), ("there", "is" | "are" | "was" | "were"))
        || matches!(before(1), "found" | "returned" | "exactly")
        || matches!((before(2), before(1)), ("total", "of"));
    let next = word(tokens, last + 1);
    let noun =
        |word: &str| word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !words::is_stop(word);
    let plural = (1..=3).find(|&ahead| {
        tokens.get(last + ahead).is_some_and(|token| token.fact.is_none() && noun(token.lower))
            && (1..ahead).all(|step| {
                tokens[last + step].part == token.part
                    && tokens[last + step].fact.is_none()
                    && !tokens[last + step].stop
            })
    });
    let results = matches!(next, "result" | "results" | "match" | "matches");
    let explicit = there || results;
    // `one of them`, `the one`: no count.
    if value == 1.0 && token.fact.is_none() && !there {
        return None;
    }
    let whole = value.fract() == 0.0 && value >= 0.0;
    (explicit || (whole && plural.is_some())).then_some(Found {
        cue: Cue::Count { value, explicit },
        start: at,
        end: last + 1,
    })
}

fn completeness(tokens: &[Token<'_>], at: usize) -> Option<Found> {
    let before = at.checked_sub(1).map_or("", |before| word(tokens, before));
    let next = word(tokens, at + 1);
    let found = |only| Some(Found { cue: Cue::Completeness { only }, start: at, end: at + 1 });
    match word(tokens, at) {
        "all"
            if !matches!(before, "at" | "after" | "above" | "overall")
                && !matches!(next, "right" | "set" | "") =>
        {
            found(false)
        }
        "every" | "entire" => found(false),
        "complete" | "full" if next == "list" => found(false),
        "only" if before != "not" && before != "read" => found(true),
        _ => None,
    }
}

fn negation(clause: &Clause<'_, '_>, at: usize) -> Option<Found> {
    let tokens = &clause.tokens;
    let this = word(tokens, at);
    let next = word(tokens, at + 1);
    let numbered = this == "no"
        && (clause.text[tokens[at].span.end as usize..].starts_with('.')
            && tokens.get(at + 1).is_some_and(|token| token.fact.is_some()));
    let idiom = matches!(
        (this, next),
        ("not", "only" | "just") | ("no", "problem" | "matter") | ("nothing", "else" | "but")
    );
    // What the speaker cannot or does not do is no claim about the world.
    let speaker = (1..=2).any(|back| {
        at.checked_sub(back).is_some_and(|at| matches!(word(tokens, at), "i" | "we" | "if" | "or"))
    });
    (is_negation(this) && !numbered && !idiom && !speaker).then_some(Found {
        cue: Cue::Negation,
        start: at,
        end: at + 1,
    })
}
