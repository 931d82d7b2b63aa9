//! The user's turns as goals: a turn, or one request of it, with the calls that followed and what the agent replied.
//!
//! A conversation holds episodes: what the user asked for in one turn was done before the next. Such a turn is askable
//! by construction. It is a goal only where all of this holds:
//!
//! * it asks for something, in words that need no other turn: no pronoun without what it stands for, no `also`,
//!   `instead`, `another`, no `the order` of an earlier turn;
//! * the calls took each of their values from it, from the result of a kept call (of several things there, from the one
//!   that it names), or a value that chooses nothing; what no call took (`in blue`, `under $5`) stands in a result;
//! * every other word of it is one of the tools or their results, or one that the agent says it did;
//! * no call of the segment failed for good, each write says that it worked, and no earlier write that is left out
//!   touched the same thing;
//! * the agent neither asked back nor denied nor hedged nor promised, and the user did not come back to it.
//!
//! The answer is the agent's reply where the verifier finds all of it in the results, else what the engine composes.
//! The first turn is the goal that the run failed: as a whole it serves only where the run went on to other turns after
//! a reply. Of a turn of several requests those that hold stay, and the rest goes.

use std::ops::Range;

use super::ask::{self, Clause};
use super::demonstration::{Demonstration, Told, demonstration};
use super::heard::Heard;
use super::replies::{answered, statements};
use super::reuse::{finish, is_request, sentences, without_lead};
use super::stands_alone::stands_alone;
use crate::hindsight::Wording;
use crate::hindsight::families::{Candidate, Proposals};
use crate::hindsight::ground;
use crate::hindsight::topics::{topic_words, topics};
use crate::reading::Reading;
use crate::signals::effect::Effect;
use crate::signals::tool_status::Status;
use crate::text::document::{Kind, Value};
use crate::text::needles::find;

/// Segments at the start and at the end of a run that are looked at.
const FIRST_SEGMENTS: usize = 8;
const LAST_SEGMENTS: usize = 16;

/// Longer turns are documents.
const MAX_WORDS: usize = 60;

/// Calls that one turn takes at most, and requests that it makes.
const MAX_CALLS: usize = 6;
const MAX_REQUESTS: usize = 6;

/// Lists of a result that are looked at, and things that a reply tells at most.
const MAX_LISTS: usize = 8;
const MAX_THINGS: usize = 40;

/// What a goal in the user's words, over calls that took all of it, is worth.
const PRIOR: f32 = 0.98;

/// A turn with what followed before the next one.
struct Segment<'t> {
    turn: &'t str,
    /// Whether it is the original prompt.
    is_prompt: bool,
    steps: Range<usize>,
    reply: Option<&'t str>,
    next: Option<&'t str>,
}

/// Proposes the turns that their segments answer.
pub fn propose(clauses: &[Clause], reading: &Reading<'_>, proposals: &mut Proposals) {
    let segments = segments(reading);
    let skipped = segments.len().saturating_sub(FIRST_SEGMENTS + LAST_SEGMENTS);
    let calls_later =
        |segment: &Segment<'_>| (segment.steps.end..reading.steps.len()).any(|step| is_call(reading, step));
    for (at, segment) in segments.iter().enumerate() {
        if (FIRST_SEGMENTS..FIRST_SEGMENTS + skipped).contains(&at) || segment.is_taken_back() {
            continue;
        }
        let Some(calls) = calls(segment, reading) else { continue };
        let earlier: Vec<&str> =
            segments[..at].iter().flat_map(|earlier| [Some(earlier.turn), earlier.reply]).flatten().collect();
        let is_whole_allowed = !segment.is_prompt || segment.next.is_some() && calls_later(segment);
        let episode = Episode { segment, earlier, calls, clauses, reading };
        let whole = if is_whole_allowed { episode.whole() } else { None };
        let found = match whole {
            Some(candidate) => vec![candidate],
            None => episode.parts(),
        };
        for candidate in found {
            match candidate {
                Found::Held(candidate) => proposals.push_held(candidate),
                Found::Rendered(candidate) => proposals.push_rendered(candidate),
            }
        }
    }
}

fn segments<'t>(reading: &Reading<'t>) -> Vec<Segment<'t>> {
    let steps = &reading.steps;
    let turns = (0..steps.len()).filter_map(|step| Some((step, steps[step].step.user?)));
    let prompt = reading.run.original_prompt.map(|prompt| (0, prompt));
    let turns: Vec<(usize, &str, bool)> = prompt
        .map(|(step, turn)| (step, turn, true))
        .into_iter()
        .chain(turns.map(|(step, turn)| (step, turn, false)))
        .collect();
    let segment = |(at, &(start, turn, is_prompt)): (usize, &(usize, &'t str, bool))| {
        let next = turns.get(at + 1);
        let end = next.map_or(steps.len(), |(start, ..)| *start);
        let last = steps[start..end].last().map(|read| read.step);
        let told =
            last.filter(|step| step.action_name.is_none() && turns.len() > 1).and_then(|step| step.thought);
        let closing = reading.run.final_answer.filter(|_| next.is_none());
        Segment {
            turn,
            is_prompt,
            steps: start..end,
            reply: closing.or(told),
            next: next.map(|(_, turn, _)| *turn),
        }
    };
    turns.iter().enumerate().map(segment).collect()
}

impl Segment<'_> {
    /// Whether the user's next turn says that it was not what was asked for, or asks for the same again.
    fn is_taken_back(&self) -> bool {
        const BACK: &[&str] = &[
            "no",
            "nope",
            "not",
            "wrong",
            "incorrect",
            "actually",
            "instead",
            "meant",
            "mean",
            "mistake",
            "again",
            "still",
            "wait",
            "but",
            "isn't",
            "doesn't",
            "didn't",
            "wasn't",
            "correct",
            "neither",
            "none",
            "rather",
            "sorry",
        ];
        let Some(next) = self.next else { return false };
        let first = sentences(next).into_iter().next().unwrap_or(next);
        let (asked, then) = (topics(self.turn), topics(next));
        let shared = asked.intersection(&then).count();
        BACK.iter().any(|word| find(first, word).is_some())
            || shared > 0 && shared * 3 >= asked.len().min(then.len()) * 2
    }
}

/// The calls of a segment that worked; `None` where one failed and was not made good, or where there are too many.
fn calls(segment: &Segment<'_>, reading: &Reading<'_>) -> Option<Vec<u32>> {
    let made: Vec<usize> = segment.steps.clone().filter(|step| is_call(reading, *step)).collect();
    let tool = |step: usize| reading.steps[step].step.action_name;
    let worked: Vec<u32> = made
        .iter()
        .filter(|&&step| reading.steps[step].status == Status::Ok)
        .map(|&step| step as u32)
        .collect();
    let is_made_good = |step: usize| {
        worked.iter().any(|later| *later as usize > step && tool(*later as usize) == tool(step))
    };
    let failed = made.iter().filter(|&&step| reading.steps[step].status != Status::Ok);
    let is_fit =
        failed.into_iter().all(|step| is_made_good(*step)) && (1..=MAX_CALLS).contains(&worked.len());
    is_fit.then_some(worked)
}

fn is_call(reading: &Reading<'_>, step: usize) -> bool {
    let read = &reading.steps[step];
    read.step.action_name.is_some() && !matches!(read.effect, Effect::Reply | Effect::Meta)
}

/// A segment with what its goals are judged by.
struct Episode<'e, 't> {
    segment: &'e Segment<'t>,
    /// What was said before.
    earlier: Vec<&'t str>,
    /// The calls that worked.
    calls: Vec<u32>,
    clauses: &'e [Clause],
    reading: &'e Reading<'t>,
}

/// A goal, by how its answer is known to be right.
enum Found {
    /// Each claim of it was held to the calls and their results.
    Held(Candidate),
    /// The engine repeated a result.
    Rendered(Candidate),
}

impl Episode<'_, '_> {
    /// The turn as it stands, over all its calls.
    fn whole(&self) -> Option<Found> {
        // What ended without a word to the user is not known to be done.
        let reply = answered(self.segment.reply?)?;
        let request = request_of(self.segment.turn)?;
        let shown = self.demonstrated(request, &self.calls, Told::Reply(reply), "")?;
        if let Some(candidate) = self.in_agents_words(request, reply, &shown) {
            return Some(Found::Held(candidate));
        }
        self.composed(request, &shown)
    }

    /// Each request of the turn that one call satisfies, with what the agent's reply says of it.
    fn parts(&self) -> Vec<Found> {
        let Some(reply) = self.segment.reply else { return Vec::new() };
        let is_all =
            |request: &str| self.segment.is_prompt && topics(request) == *self.reading.prompt_topics();
        let statements = statements(reply);
        let mut out = Vec::new();
        for (request, before) in requests_of(self.segment.turn).into_iter().take(MAX_REQUESTS) {
            if is_all(request) {
                continue;
            }
            let found = self.calls.iter().find_map(|&step| {
                let found = statements.iter().filter_map(|said| {
                    let shown = self.demonstrated(request, &[step], Told::Reply(said), before)?;
                    self.in_agents_words(request, said, &shown)
                });
                // The shortest says nothing of the rest.
                found.min_by_key(|candidate| candidate.answer.len()).map(|mut candidate| {
                    candidate.wording = if self.segment.is_prompt { Wording::Relax } else { Wording::Reuse };
                    candidate
                })
            });
            out.extend(found.map(Found::Held));
        }
        out
    }

    /// What the calls show of a request that stands alone after what was said `before` it in its turn.
    fn demonstrated(
        &self,
        request: &str,
        calls: &[u32],
        told: Told<'_>,
        before: &str,
    ) -> Option<Demonstration> {
        let heard = Heard::new(request);
        let shown = demonstration(&heard, calls, told, self.reading)?;
        let earlier = self.earlier.iter().copied().chain([before]);
        stands_alone(&heard, &shown.spans, earlier).then_some(shown)
    }

    /// The goal with the agent's reply, where the results bear all of it out.
    fn in_agents_words(&self, request: &str, reply: &str, shown: &Demonstration) -> Option<Candidate> {
        if ask::names_tool(reply, self.reading)
            || !self.tells(request, reply, shown)
            || !self.tells_all(reply, shown)
        {
            return None;
        }
        let goal = finish(request);
        let answer = finish_statement(reply);
        let grounding = ground::verify(&goal, Some(&answer), self.reading, Some(&shown.steps));
        let writes = self.writes(shown);
        // What the goal says was held to the calls before; what a write did, its arguments say.
        let is_borne = grounding.claims.iter().all(|claim| {
            claim.supported
                || claim.kind != "wording" && find(&goal, &claim.text).is_some()
                || writes && (claim.kind == "wording" || is_taken(&claim.text, &shown.steps, self.reading))
        });
        is_borne.then(|| self.candidate(goal, answer, PRIOR, shown))
    }

    fn writes(&self, shown: &Demonstration) -> bool {
        shown.steps.iter().any(|step| self.reading.steps[*step as usize].effect == Effect::Write)
    }

    /// Whether a reply says more than the request does, or that what it asks for was done.
    fn tells(&self, request: &str, reply: &str, shown: &Demonstration) -> bool {
        if self.writes(shown) {
            return true;
        }
        let asked = topics(request);
        let told = topics(reply);
        let observations =
            shown.steps.iter().filter_map(|step| self.reading.steps[*step as usize].step.observation);
        observations
            .flat_map(topic_words)
            .any(|seen| told.contains(&seen.hash) && !asked.contains(&seen.hash))
    }

    /// Whether a reply names each thing that the last call found.
    fn tells_all(&self, reply: &str, shown: &Demonstration) -> bool {
        let last = shown.steps.last().map(|step| &self.reading.steps[*step as usize]);
        let Some(document) = last.and_then(|read| read.observation()) else { return true };
        let is_list = |value: &Value<'_, '_>| value.kind() == Kind::Array && value.len() > 1;
        let lists = document.leaves().filter_map(|leaf| leaf.parent()?.parent()).filter(is_list);
        let is_told = |thing: Value<'_, '_>| {
            thing.leaves().any(|leaf| {
                let text = leaf.text();
                text.trim().len() >= 3 && find(reply, text.trim()).is_some()
            })
        };
        let mut seen = None;
        lists
            .filter(|list| seen.replace(list.span()) != Some(list.span()))
            .take(MAX_LISTS)
            .all(|list| list.len() <= MAX_THINGS && list.children().all(is_told))
    }

    /// The goal with the answer that the engine composes over the same calls.
    fn composed(&self, request: &str, shown: &Demonstration) -> Option<Found> {
        let covers = |clause: &&Clause| clause.steps == shown.steps;
        let clause = self.clauses.iter().find(covers)?;
        // The answer must tell what is asked for: what the result has besides serves nobody.
        self.demonstrated(request, &self.calls, Told::Composed(&clause.answer), "")?;
        let candidate = self.candidate(finish(request), clause.answer.clone(), PRIOR, shown);
        Some(Found::Rendered(candidate))
    }

    fn candidate(&self, goal: String, answer: String, prior: f32, shown: &Demonstration) -> Candidate {
        Candidate {
            goal,
            answer,
            wording: Wording::Reuse,
            steps: shown.steps.clone(),
            slots: shown.slots.clone(),
            evidence: Vec::new(),
            prior,
            trivial: false,
        }
    }
}

/// What a turn asks for: its requests, and what says a value beside them. Thanks and context go.
fn request_of(turn: &str) -> Option<&str> {
    let sentences = sentences(turn);
    let is_kept = |sentence: &&&str| {
        is_request(without_lead(sentence)) || Heard::new(sentence).literals().next().is_some()
    };
    let kept: Vec<usize> = (0..sentences.len()).filter(|at| is_kept(&&sentences[*at])).collect();
    let (&first, &last) = (kept.first()?, kept.last()?);
    let start = sentences[first].as_ptr() as usize - turn.as_ptr() as usize;
    let end = sentences[last].as_ptr() as usize - turn.as_ptr() as usize + sentences[last].len();
    let request = without_lead(turn.get(start..end)?.trim());
    let asks = sentences[first..=last].iter().any(|sentence| is_request(without_lead(sentence)));
    (asks && request.split_whitespace().count() <= MAX_WORDS).then_some(request)
}

/// Whether an argument of a call says what a claim does.
fn is_taken(claim: &str, steps: &[u32], reading: &Reading<'_>) -> bool {
    let heard = Heard::new(claim);
    let arguments = steps.iter().flat_map(|step| reading.provenance().arguments(*step as usize));
    arguments
        .into_iter()
        .any(|argument| find(&argument.value, claim).is_some() || heard.said_in_part(argument))
}

/// The requests of a turn, each with what stands before it.
fn requests_of(turn: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    for sentence in sentences(turn) {
        let mut links: Vec<usize> = [", and ", " and "]
            .iter()
            .flat_map(|link| sentence.match_indices(link).map(move |(at, _)| at + link.len()))
            .filter(|at| is_request(&sentence[*at..]))
            .collect();
        links.sort_unstable();
        links.dedup();
        let starts: Vec<usize> = std::iter::once(0).chain(links).collect();
        for (at, &start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).copied().unwrap_or(sentence.len());
            let part = sentence[start..end].trim().trim_end_matches("and").trim().trim_end_matches(',');
            let part = without_lead(part);
            if is_request(part) && part.split_whitespace().count() <= MAX_WORDS {
                let place = part.as_ptr() as usize - turn.as_ptr() as usize;
                out.push((part, &turn[..place]));
            }
        }
    }
    out
}

/// A statement with a mark at its end.
fn finish_statement(text: &str) -> String {
    match text.ends_with(['.', '!', '?', ':', '|', ')', '`', '*']) || text.contains('\n') {
        true => text.to_string(),
        false => format!("{text}."),
    }
}
