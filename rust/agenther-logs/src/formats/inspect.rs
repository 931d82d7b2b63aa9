//! Inspect logs: samples of an evaluation, each a conversation with its scores.
//!
//! Source: `UKGovernmentBEIS/inspect_ai`, versions 1 to 3: `.json` `{version, status, eval, plan,
//! results, stats, samples}`, and the members `samples/<id>_epoch_<n>.json` of an `.eval` archive.
//! A sample is `{id, epoch, input, target, messages, output, scores, events, attachments, error,
//! limit}`; calls are `{id, function: name, arguments}`, results carry `error: {type, message}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `input`; the first user message where that asks for more (`choices`) | `original_prompt` |
//! | `messages` (of a sample that failed before it had any: those of the last `model` event) | `system`, steps |
//! | tools of the first `model` event that has some | `tools` |
//! | `attachment://…` | the text from `attachments`; a picture is `[image]` |
//! | the first of `scores` that is a number or C, P, I, N, yes, no | `reward` (C is 1, P is 0.5); `success` at 1 |
//! | `error.message`, `limit.type` | `failure_reason` of a failed run |
//! | `uuid` | `trajectory_id` |
//! | sample id, epoch, scorer, model, error | `metadata` |
//!
//! The other members of an archive (header, summaries, reductions) are understood, and no runs.
//!
//! Leaks: `target`, and the answers, explanations and solutions in `scores`, `metadata` and `store`
//! stay behind; `Your submission was incorrect. …` is cut from the user's words.

use std::borrow::Cow;
use std::collections::HashMap;

use super::openai_chat::{schemas, set_goal};
use super::{Format, Piece, Record, filled};
use crate::json::{ObjectWriter, Value, write_string};
use crate::labels::grade;
use crate::messages::{Conversation, Role, role_of};
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

pub(super) struct Inspect;

impl Format for Inspect {
    fn name(&self) -> &'static str {
        "inspect"
    }

    fn shape(&self) -> &'static str {
        "samples of `id`, `epoch`, `input`, `target`, `messages` and `scores`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        if is_sample(record) {
            return if record.get("messages").is_some() { 98 } else { 90 };
        }
        90 * u8::from(is_header(record) && samples(record).next().is_none() || is_reduction(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        if is_sample(record) && record.get("messages").is_some() {
            return None;
        }
        // A log whose header is so long that its samples were not seen when it was cut into records.
        let piece = |sample: Value<'t, 'a>| {
            let id = |key| sample.get(key).and_then(|id: Value<'_, 'a>| id.scalar()).unwrap_or_default();
            Piece { run: Some(format!("{}-{}", id("id"), id("epoch")).into()), value: sample }
        };
        Some(samples(record).filter(|_| is_header(record)).map(piece).collect())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let sample = record.value.items().next().unwrap_or(record.value);
        let record = &Record { value: sample, ..*record };
        let conversation = conversation(sample);
        if conversation.steps.is_empty() && conversation.prompt.is_none() {
            return Err("its sample has no messages".to_owned());
        }
        let score = score_of(sample);
        let reward = score.as_ref().map(|(_, grade)| *grade);
        let mut run: Run<'a> = Run {
            trajectory_id: run_id(record),
            original_prompt: conversation.prompt,
            system: conversation.system,
            tools: tools_of(sample),
            steps: conversation.steps,
            reward,
            failure_reason: ended_by(sample),
            ..Run::default()
        };
        Attachments::of(sample, record.text.len()).resolve(&mut run);
        if sample.any_of(&["choices"]).is_none() {
            set_goal(goal_of(sample), &mut run);
        }
        drop_verdicts(&mut run);
        set_final_answer(&mut run);
        run.metadata = metadata(sample, score.map(|(scorer, _)| scorer)).map(Into::into);
        Ok(run)
    }
}

/// A sample, or what a log's index says of one: that has no `messages`.
fn is_sample(record: Value<'_, '_>) -> bool {
    ["id", "epoch", "input", "target"].iter().all(|key| record.get(key).is_some())
}

fn is_header(record: Value<'_, '_>) -> bool {
    record.at_path(&["eval", "task"]).is_some() && record.get("version").is_some()
}

/// Scores that were reduced over epochs: `{scorer, samples: [{value, sample_id}]}`.
fn is_reduction(record: Value<'_, '_>) -> bool {
    let reduced = |samples: Value<'_, '_>| samples.items().all(|sample| sample.get("sample_id").is_some());
    record.get("scorer").is_some()
        && record.get("samples").filter(|samples| samples.is_array()).is_some_and(reduced)
}

fn samples<'t, 'a>(record: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> {
    record.items_of("samples")
}

fn run_id<'a>(record: &Record<'_, 'a>) -> Text<'a> {
    let part = |key| record.value.get(key).and_then(|value: Value<'_, 'a>| value.scalar()).and_then(filled);
    let numbered = || {
        let (id, epoch) = (part("id").unwrap_or_default(), part("epoch").unwrap_or_default());
        record.task_run_id(&format!("{id}-{epoch}"))
    };
    part("uuid").unwrap_or_else(numbered)
}

fn goal_of<'a>(sample: Value<'_, 'a>) -> Option<Text<'a>> {
    sample.text_of(&["input"]).filter(|input| !input.starts_with(REFERENCES[0]))
}

/// What the basic agent is told when its answer scored no full mark.
const INCORRECT: &str = "Your submission was incorrect.";

fn drop_verdicts(run: &mut Run<'_>) {
    let is_verdict =
        |words: &str| words.trim_start().starts_with(INCORRECT) && words.len() < 4 * INCORRECT.len();
    for step in &mut run.steps {
        step.user = step.user.take().filter(|words| !is_verdict(words));
    }
    run.steps.retain(|step| *step != RunStep::default());
}

/// The messages; where the sample has none of the agent, what its last `model` event was asked and
/// what came back.
fn conversation<'a>(sample: Value<'_, 'a>) -> Conversation<'a> {
    let messages = sample.items_of("messages");
    if messages.clone().any(|message| role_of(message) == Some(Role::Agent)) {
        return Conversation::read(messages);
    }
    let Some(event) = events(sample).filter(|event| is_model(*event)).last() else {
        return Conversation::read(messages);
    };
    let data = sample.get("events_data").into_iter().flat_map(|data| data.items_of("messages"));
    let pool: Vec<Value<'_, 'a>> = sample.items_of("message_pool").chain(data).collect();
    let pooled = event.items_of("input_refs").flat_map(|range| {
        let mut ends = range.items().filter_map(|end| end.as_f64());
        let (start, end) = (ends.next().unwrap_or(0.0) as usize, ends.next().unwrap_or(0.0) as usize);
        pool.get(start..end).unwrap_or_default()
    });
    let output = event.get("output").into_iter().flat_map(|output| output.items_of("choices"));
    let reply = output.filter_map(|choice| choice.get("message")).take(1);
    let asked = event.items_of("input").chain(pooled.take(pool.len()).copied());
    Conversation::read(asked.chain(reply))
}

/// The events, where version 1 has them too.
fn events<'t, 'a>(sample: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    let events = sample.get("events").or_else(|| sample.at_path(&["transcript", "events"]));
    events.into_iter().flat_map(|events| events.items())
}

fn is_model(event: Value<'_, '_>) -> bool {
    event.text_of(&["event"]).as_deref() == Some("model")
}

fn tools_of<'a>(sample: Value<'_, 'a>) -> Option<Text<'a>> {
    let tools = events(sample).filter(|event| is_model(*event)).filter_map(|event| event.get("tools"));
    tools.into_iter().find(|tools| tools.items().next().is_some()).and_then(schemas)
}

/// The name of the first scorer that graded, and its grade.
fn score_of<'a>(sample: Value<'_, 'a>) -> Option<(Text<'a>, f64)> {
    let scores = sample.get("scores").into_iter().flat_map(|scores| scores.members());
    let single = sample.get("score").map(|score| (Cow::Borrowed("score"), score));
    let mut all = scores.chain(single);
    all.find_map(|(scorer, score)| Some((scorer, grade(score.get("value").unwrap_or(score))?)))
}

/// What halted the sample: an error, else a limit.
fn ended_by<'a>(sample: Value<'_, 'a>) -> Option<Text<'a>> {
    let error =
        sample.any_of(&["error"]).and_then(|error| error.text_of(&["message"]).or_else(|| error.text()));
    let limit = || Some(format!("limit: {}", sample.at_path(&["limit", "type"])?.text()?).into());
    error.and_then(filled).or_else(limit)
}

fn metadata(sample: Value<'_, '_>, scorer: Option<Text<'_>>) -> Option<String> {
    let mut out = ObjectWriter::default();
    out.copy("sample_id", sample.get("id")).copy("epoch", sample.get("epoch"));
    if let Some(scorer) = scorer {
        out.text("scorer", &scorer);
    }
    out.copy("model", sample.at_path(&["output", "model"])).copy("limit", sample.get("limit"));
    out.copy("error", sample.at_path(&["error", "message"]));
    out.finish()
}

/// How a text refers to an attachment, now and in version 1.
const REFERENCES: [&str; 2] = ["attachment://", "tc://"];
/// Digits of the hash that follows.
const HASH: usize = 32;
/// Resolved text may be this much longer than the record: attachments can be named many times.
const GROWTH: usize = 8;

/// Large texts, which the log holds apart from where they stand.
struct Attachments<'t, 'a> {
    texts: HashMap<Text<'a>, Value<'t, 'a>>,
    budget: usize,
}

impl<'t, 'a> Attachments<'t, 'a> {
    fn of(sample: Value<'t, 'a>, size: usize) -> Self {
        let of = sample.get("attachments").or_else(|| sample.at_path(&["transcript", "content"]));
        let texts = of.into_iter().flat_map(|texts| texts.members()).collect();
        Attachments { texts, budget: size * GROWTH }
    }

    /// Puts the texts where the run refers to them. What is over the budget stays a reference.
    fn resolve(&mut self, run: &mut Run<'a>) {
        if self.texts.is_empty() {
            return;
        }
        for text in [&mut run.original_prompt, &mut run.system] {
            self.put(text, false);
        }
        self.put(&mut run.tools, true);
        for step in &mut run.steps {
            for text in [&mut step.user, &mut step.thought, &mut step.observation] {
                self.put(text, false);
            }
            let is_json = step.action_input.as_deref().is_some_and(|input| input.starts_with(['{', '[']));
            self.put(&mut step.action_input, is_json);
        }
    }

    fn put(&mut self, text: &mut Option<Text<'a>>, inside_json: bool) {
        let Some(written) = text.as_deref().filter(|text| REFERENCES.iter().any(|kind| text.contains(kind)))
        else {
            return;
        };
        let (mut out, mut rest) = (String::with_capacity(written.len()), written);
        while let Some((at, length, found)) = self.next_reference(rest) {
            out.push_str(&rest[..at]);
            if inside_json {
                let mut quoted = String::new();
                write_string(&mut quoted, &found);
                out.push_str(&quoted[1..quoted.len() - 1]);
            } else {
                out.push_str(&found);
            }
            rest = &rest[at + length..];
        }
        out.push_str(rest);
        *text = Some(Cow::Owned(out));
    }

    /// Where the next reference to a known attachment is, its length, and the attachment.
    fn next_reference(&mut self, text: &str) -> Option<(usize, usize, Text<'a>)> {
        let mut from = 0;
        while let Some(at) = text[from..].find("://").map(|at| at + from) {
            from = at + 3;
            let kind = REFERENCES.iter().find(|kind| text[..from].ends_with(*kind));
            let found = text.get(from..from + HASH).and_then(|hash| self.texts.get(hash)?.text());
            if let Some((kind, found)) = kind.zip(found) {
                let found = if found.starts_with("data:") { "[image]".into() } else { found };
                self.budget = self.budget.checked_sub(found.len())?;
                return Some((from - kind.len(), kind.len() + HASH, found));
            }
        }
        None
    }
}
