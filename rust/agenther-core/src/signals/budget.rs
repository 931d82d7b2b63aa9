//! A budget that the agent was told of, of steps or of answers, and whether it was used up.
//!
//! It is counted down in what the agent is shown (`You have 2 attempts remaining`, `Turn 9/10`, `remaining_steps: 0`),
//! said to be used up (`max_iterations reached`), or stated once (`You can only propose a solution 2 times`), so that
//! the run tells how much was used. Each is one sentence, read by itself.

use std::sync::LazyLock;

use regex::{Captures, Regex, RegexBuilder};

use super::effect::Effect;
use super::phrases::Phrases;
use super::tool_status::Status;
use super::{Hit, Signals};
use crate::reading::StepReading;
use crate::text::cut;
use crate::trajectory::{Field, Span};

/// What a budget is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Steps, turns, calls; or time, tokens and money, which steps use up.
    Step,
    /// Answers, or attempts at one.
    Answer,
}

/// A budget that was stated once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    unit: Unit,
    limit: usize,
    span: Span,
}

/// What a sentence says is left.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Left {
    unit: Unit,
    amount: f64,
    /// Whether it is money, time or tokens, of which a step uses more than one.
    is_measured: bool,
    span: Span,
}

/// A count that the agent was shown.
#[derive(Debug, Clone, Copy)]
pub struct Count {
    place: Hit,
    /// The step that comes after it.
    next: usize,
    left: Left,
}

/// Where a budget of that unit was used up, by what was counted down or by what the run did of what was stated.
pub fn used_up(signals: &Signals<'_, '_>, unit: Unit) -> Option<Hit> {
    counted_down(signals, unit).or_else(|| stated(signals, unit))
}

/// Whether an answer more than the run gave was allowed.
pub fn allows_another_answer(signals: &Signals<'_, '_>) -> bool {
    let given = answers(signals);
    let stated =
        signals.budgets().iter().any(|(_, budget)| budget.unit == Unit::Answer && budget.limit > given);
    let counted = || counts_of(signals, Unit::Answer).next();
    stated || counted().is_some_and(|count| count.left.amount > used_after(signals, count) as f64)
}

/// Where the budget of that unit is said to be used up.
pub fn notice(signals: &Signals<'_, '_>, unit: Unit) -> Option<Hit> {
    signals.told().notice.filter(|(of, _)| *of == unit).map(|(_, hit)| hit)
}

/// What the agent was told of its budgets at the end of the run.
#[derive(Debug)]
pub struct Told {
    /// What was left, the latest first.
    counts: Vec<Count>,
    /// What the harness says is used up.
    notice: Option<(Unit, Hit)>,
}

/// Reads what the agent was told.
pub fn told(signals: &Signals<'_, '_>) -> Told {
    Told { counts: counts(signals), notice: last_notice(signals) }
}

/// The harness's last words, or the answer that it gave in place of the agent, where they say that a budget is used up.
fn last_notice(signals: &Signals<'_, '_>) -> Option<(Unit, Hit)> {
    let answer = signals.answer().map(|answer| (Hit::field(Field::FinalAnswer), answer));
    let last = signals.steps().next_back().into_iter().flat_map(|(at, step)| {
        let observed = step.step.observation.map(|text| (Hit::step(at, Field::Observation), text));
        let user = step.step.user.filter(|_| step.step.action_name.is_none());
        observed.into_iter().chain(user.map(|text| (Hit::step(at, Field::User), text)))
    });
    last.chain(answer).find_map(|(hit, text)| {
        ends(text).find_map(|(from, part)| {
            let (unit, span) = notice_in(part)?;
            Some((unit, hit.at(shifted(span, from))))
        })
    })
}

fn counted_down(signals: &Signals<'_, '_>, unit: Unit) -> Option<Hit> {
    let mut counts = counts_of(signals, unit);
    let last = counts.next()?;
    let left = last.left.amount;
    let is_spent = left <= 0.0
        || if last.left.is_measured {
            // Less is left than the last step took.
            let before = counts.find(|count| count.left.is_measured && count.place != last.place);
            before.is_some_and(|before| left < before.left.amount - left)
        } else {
            left <= used_after(signals, last) as f64
        };
    is_spent.then(|| last.place.at(last.left.span))
}

fn counts_of<'s>(signals: &'s Signals<'_, '_>, unit: Unit) -> impl Iterator<Item = &'s Count> {
    signals.told().counts.iter().filter(move |count| count.left.unit == unit)
}

/// How many steps, or answers, came after a count. Where a call was answered by the count, calls of that tool are answers.
fn used_after(signals: &Signals<'_, '_>, count: &Count) -> usize {
    let tool = count.next.checked_sub(1).and_then(|of| signals.run().steps[of].action_name);
    let is_use = |step: &StepReading<'_>| match count.left.unit {
        Unit::Step => step.step.thought.is_some() || step.step.action_name.is_some(),
        Unit::Answer => is_answer(step) || tool.is_some() && step.step.action_name == tool,
    };
    signals.steps().skip(count.next).filter(|(_, step)| is_use(step)).count()
}

/// The counts in the last texts that the agent was shown, the latest first.
fn counts(signals: &Signals<'_, '_>) -> Vec<Count> {
    /// A count that was last seen so long ago says nothing of the end.
    const STEPS: usize = 3;
    let shown = signals.steps().rev().take(STEPS).flat_map(|(at, step)| {
        let observed = step.step.observation.map(|text| (Hit::step(at, Field::Observation), at + 1, text));
        let user = step.step.user.map(|text| (Hit::step(at, Field::User), at, text));
        observed.into_iter().chain(user)
    });
    let counts = shown.flat_map(|(place, next, text)| {
        let mut found: Vec<Left> = ends(text).flat_map(|(from, part)| counts_in(part, from)).collect();
        found.sort_by_key(|left| std::cmp::Reverse(left.span.start));
        found.into_iter().map(move |left| Count { place, next, left })
    });
    counts.collect()
}

/// What a text says is left.
fn counts_in(text: &str, from: usize) -> Vec<Left> {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(&[
            "left",
            "remain",
            "to go",
            "step ",
            "turn ",
            "iteration ",
            "round ",
            "attempt ",
            "try ",
            "action ",
            "move ",
            "question ",
            "guess ",
            "call ",
            "message ",
            "step:",
            "turn:",
            "iteration:",
            "attempt:",
        ])
    });
    if !WORDS.are_in(text) {
        return Vec::new();
    }
    sentences(text).flat_map(|(start, sentence)| counts_of_sentence(sentence, from + start)).collect()
}

/// A budget that the prompt or the policy states, and of which the run has used as much. A run that used far more
/// had another.
fn stated(signals: &Signals<'_, '_>, unit: Unit) -> Option<Hit> {
    let used = match unit {
        Unit::Step => signals
            .steps()
            .filter(|(_, step)| step.step.user.is_none() || step.step.action_name.is_some())
            .count(),
        Unit::Answer => answers(signals),
    };
    let is_used = |budget: &Budget| {
        budget.unit == unit && (budget.limit..=budget.limit + budget.limit / 2).contains(&used)
    };
    let found = signals.budgets().iter().find(|(_, budget)| is_used(budget));
    found.map(|(field, budget)| Hit::field(*field).at(budget.span))
}

/// The budgets that the policy and the prompt state.
pub fn budgets(signals: &Signals<'_, '_>) -> Vec<(Field, Budget)> {
    let run = signals.run();
    let of_policy = signals.policy().budgets(run.system.unwrap_or(""));
    let of_prompt = run.original_prompt.map(|prompt| budgets_in(prompt, true)).unwrap_or_default();
    let of_policy = of_policy.iter().map(|budget| (Field::System, *budget));
    of_policy.chain(of_prompt.into_iter().map(|budget| (Field::OriginalPrompt, budget))).collect()
}

/// How many answers the run handed in.
fn answers(signals: &Signals<'_, '_>) -> usize {
    signals.steps().filter(|(_, step)| is_answer(step)).count()
}

fn is_answer(step: &StepReading<'_>) -> bool {
    step.status != Status::NoCall && step.effect == Effect::Reply
}

/// A longer text says budgets at its ends.
const END: usize = 200;

/// The ends of a text, each with where it begins.
fn ends(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tail = cut::tail(text, END);
    let head = cut::head(text, END.min(text.len() - tail.len()));
    [(text.len() - tail.len(), tail), (0, head)].into_iter().filter(|(_, part)| !part.is_empty())
}

fn shifted(span: Span, by: usize) -> Span {
    Span::new(span.start as usize + by, span.end as usize + by)
}

/// The sentences of a text, each with where it begins.
fn sentences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    let bytes = text.as_bytes();
    let ends = (0..=text.len()).filter(move |at| match bytes.get(*at) {
        None | Some(b'\n' | b';' | b'!' | b'?') => true,
        Some(b'.') => bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace),
        _ => false,
    });
    ends.filter_map(move |end| {
        let sentence = (from, text.get(from..end)?);
        from = (end + 1).min(text.len());
        (!sentence.1.is_empty()).then_some(sentence)
    })
}

macro_rules! units {
    () => {
        r"(?P<unit>(?:(?:tool|function|model|llm)[ _-])?calls?|steps?|turns?|iterations?|rounds?|moves?|actions?|interactions?|questions?|attempts?|tries|try|chances?|guess(?:es)?|submissions?|proposals?|answers?|budget|credits?|tokens?|time|seconds?|minutes?|messages?|requests?|quer(?:y|ies))"
    };
}

macro_rules! amounts {
    () => {
        r"(?P<amount>[$€£]?[0-9][0-9,]*(?:\.[0-9]+)?|no|zero|one|two|three|four|five|six|seven|eight|nine|ten)"
    };
}

fn regex(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).case_insensitive(true).build().expect("a pattern of this file")
}

/// `3 steps`, `no more attempts`.
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(r"(?-u:\b)", amounts!(), r" (?:more |further |remaining )?", units!(), r"(?-u:\b)"))
});
/// `remaining_steps: 3`, `Steps left = 3`.
static MEMBER: LazyLock<Regex> = LazyLock::new(|| {
    let amount = concat!(r#"["']?\s*[:=]\s*"#, amounts!());
    let named = concat!(r"(?:(?:remaining|left)[ _]", units!());
    let other = units!().replace("<unit>", "<other>");
    regex(&format!(r"{named}|{other}[ _](?:remaining|left)){amount}"))
});
/// `Turn 9/10`, `attempt 3 of 5`.
static OF: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?-u:\b)",
        units!(),
        r"[ :#]{1,3}(?P<done>[0-9]{1,4}) ?(?:/|of|out of) ?(?P<amount>[0-9]{1,4})(?-u:\b)"
    ))
});
/// What is said of what is counted down.
static LEFT: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u:\b)(?:left|remaining|remains?|to go)(?-u:\b)"));
/// What says that a budget is used up.
static NOTICE: LazyLock<Regex> = LazyLock::new(|| {
    let unit = units!();
    let (second, third) = (unit.replace("<unit>", "<second>"), unit.replace("<unit>", "<third>"));
    let over = "(?:reached|exceeded|exhausted|hit|used up)";
    regex(&format!(
        r"(?-u:\b)max(?:imum)?[ _-](?:number of |allowed )?{unit}(?:_|(?-u:\b).{{0,24}}(?-u:\b)){over}(?-u:\b)|(?-u:\b)(?:reached|exceeded|hit|ran out of|run out of|used up|used all|exhausted) (?:the |its |your |all )?(?:of )?(?:the |its |your )?(?:maximum |max |limit )?(?:number |limit )?(?:of )?(?:allowed )?(?:[0-9]+ )?{second}(?-u:\b)|(?-u:\b)(?:due to |reached |exceeded |hit )?(?:the )?(?:{third}|recursion)[ _-](?:limit|budget)(?-u:\b)(?: of [0-9]+)?.{{0,24}}(?-u:\b)(?:{over}|stopp[a-z]+)(?-u:\b)|(?-u:\b)due to (?:the )?(?:(?:iteration|step|turn|max)[ _-]?[a-z]{{0,10}} ?limit|max(?:imum)?[ _-](?:number of )?(?:iterations|steps|turns)(?-u:\b))|(?-u:\b)need more steps to process(?-u:\b)"
    ))
});

/// What a sentence says is left of budgets.
fn counts_of_sentence(sentence: &str, from: usize) -> Vec<Left> {
    /// Whole counts, and not a text of its own.
    const LONGEST: usize = 200;
    if sentence.len() > LONGEST {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut add = |span: std::ops::Range<usize>, name: &str, rest: &str, amount: Option<f64>, money: bool| {
        let Some(amount) = amount else { return };
        let unit = unit_of(name, rest);
        let is_measured = money || is_measured(name);
        if !needs_you(name) || mentions_you(sentence) {
            found.push(Left {
                unit,
                amount,
                is_measured,
                span: Span::new(from + span.start, from + span.end),
            });
        }
    };
    for member in MEMBER.captures_iter(sentence) {
        let (name, amount) = (name_in(&member), &member["amount"]);
        add(span_of(&member), name, "", number(amount), is_money(amount));
    }
    for of in OF.captures_iter(sentence) {
        let left = number(&of["amount"]).zip(number(&of["done"])).map(|(all, done)| all - done);
        add(span_of(&of), &of["unit"], "", left.filter(|left| *left >= 0.0), false);
    }
    if let Some(left) = LEFT.find_iter(sentence).last() {
        let pairs: Vec<Captures<'_>> = PAIR.captures_iter(sentence).collect();
        for (at, pair) in pairs.iter().enumerate() {
            let span = span_of(pair);
            let rest =
                &sentence[span.end..pairs.get(at + 1).map_or(sentence.len(), |next| span_of(next).start)];
            if span.start < left.end() {
                let amount = &pair["amount"];
                add(span, &pair["unit"], rest, number(amount), is_money(amount));
            }
        }
    }
    found
}

fn notice_in(text: &str) -> Option<(Unit, Span)> {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(&[
            "limit",
            "max",
            "reached",
            "exceeded",
            "hit",
            "ran out",
            "run out",
            "used",
            "exhausted",
            "budget",
            "need more steps",
        ])
    });
    if !WORDS.are_in(text) {
        return None;
    }
    sentences(text).find_map(|(from, sentence)| {
        let notice = NOTICE.captures(sentence)?;
        let name = name_in(&notice);
        // The limits of a service, or of a program that was run, are not those of the run.
        let is_of_run = !needs_you(name) && !is_measured(name);
        let said = if name.is_empty() { Unit::Step } else { unit_of(name, "") };
        let span = span_of(&notice);
        is_of_run.then(|| (said, Span::new(from + span.start, from + span.end)))
    })
}

/// The budgets that a text states. A prompt that says `you` states those of the agent; a policy all that it states.
pub fn budgets_in(text: &str, is_prompt: bool) -> Vec<Budget> {
    static CUE: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?-u:\b)(?:at most|up to|max(?:imum)?|(?:no|not) more than|you (?:only )?(?:have|can|may)|within|limit(?:ed)?|budget|allowed|total of)(?-u:\b)",
        )
    });
    /// Said of each turn, of a tool or of what is to be written.
    static OF_ELSE: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?-u:\b)(?:each|every|per|at a time|at once|parallel|in a row|consecutive|retry|retries|plan|explain|outline|list|left|remaining|(?:user|customer)s? (?:has|have|can|may))(?-u:\b)",
        )
    });
    static TIMES: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?-u:\b)(?:propose|submit|answer|guess)(?-u:\b).{0,40}(?-u:\b)(?:(?P<amount>[0-9]{1,3}|two|three|four|five) times|(?P<word>once|twice))(?-u:\b)",
        )
    });
    /// A longer text is a document.
    const LONGEST: usize = 1 << 16;
    /// More steps than any budget has.
    const MOST: f64 = 1000.0;
    static YOU: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&["you"]));
    let text = cut::head(text, LONGEST);
    let mut found = Vec::new();
    if is_prompt && !YOU.are_in(text) {
        return found;
    }
    for (from, sentence) in sentences(text) {
        if !CUE.is_match(sentence) || OF_ELSE.is_match(sentence) || is_prompt && !mentions_you(sentence) {
            continue;
        }
        let pairs = PAIR.captures_iter(sentence).filter_map(|pair| {
            let name = &pair["unit"];
            let rest = &sentence[span_of(&pair).end..];
            let limit = number(&pair["amount"]).filter(|_| !is_measured(name))?;
            Some((unit_of(name, rest), span_of(&pair), limit))
        });
        let times = TIMES.captures_iter(sentence).filter_map(|times| {
            let amount = times.name("amount").or_else(|| times.name("word"))?;
            Some((Unit::Answer, span_of(&times), number(amount.as_str())?))
        });
        // One step is how many at a time.
        let least = |unit| if unit == Unit::Step { 2.0 } else { 1.0 };
        let counted = pairs.chain(times).filter(|(unit, _, limit)| (least(*unit)..=MOST).contains(limit));
        found.extend(counted.map(|(unit, span, limit)| Budget {
            unit,
            limit: limit as usize,
            span: Span::new(from + span.start, from + span.end),
        }));
    }
    found
}

fn span_of(captures: &Captures<'_>) -> std::ops::Range<usize> {
    captures.get(0).map_or(0..0, |whole| whole.range())
}

/// The unit of a match, whichever branch it is of.
fn name_in<'t>(captures: &Captures<'t>) -> &'t str {
    let named = ["unit", "other", "second", "third"].into_iter().find_map(|name| captures.name(name));
    named.map_or("", |name| name.as_str())
}

/// What a unit is one of; attempts and chances by what they are said to be for.
fn unit_of(name: &str, rest: &str) -> Unit {
    static ACTS: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?-u:\b)(?:to|of) (?:interact|act|call|use|move|ask)"));
    let starts = |beginnings: &[&str]| beginnings.iter().any(|start| starts_with(name, start));
    let is_try = starts(&["attempt", "tr", "chance"]) && !ACTS.is_match(rest);
    if is_try || starts(&["guess", "submission", "proposal", "answer"]) { Unit::Answer } else { Unit::Step }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// Units that a step uses more than one of.
fn is_measured(name: &str) -> bool {
    ["budget", "credit", "token", "time", "second", "minute"].iter().any(|start| starts_with(name, start))
}

/// Units that other things than runs have: messages in a box, requests to a service.
fn needs_you(name: &str) -> bool {
    ["message", "request", "quer", "call", "second", "minute"].iter().any(|start| starts_with(name, start))
}

fn mentions_you(sentence: &str) -> bool {
    static YOU: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u:\b)your?(?-u:\b)"));
    YOU.is_match(sentence)
}

fn is_money(amount: &str) -> bool {
    !amount.starts_with(|first: char| first.is_ascii_alphanumeric())
}

fn number(amount: &str) -> Option<f64> {
    const WORDS: &[&str] =
        &["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let said = match amount.to_ascii_lowercase().as_str() {
        "no" => Some(0),
        "once" => Some(1),
        "twice" => Some(2),
        word => WORDS.iter().position(|known| *known == word),
    };
    if let Some(said) = said {
        return Some(said as f64);
    }
    amount.trim_start_matches(|c: char| !c.is_ascii_digit()).replace(',', "").parse().ok()
}
