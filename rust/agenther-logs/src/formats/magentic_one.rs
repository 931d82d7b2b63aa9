//! Turns of a team of agents, told by who speaks: Magentic-One's, and those of the data sets that judge such teams.
//!
//! Source: `log.jsonl` of Magentic-One (`{source, message, type: OrchestrationEvent}` a line); Who&When's hand-crafted logs
//! (`history` of `{role: Orchestrator (thought), content}`), and the `trajectory` of `{agent_name, content}` that data sets
//! of blamed turns have.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `question`, `task`, …, else the first turn of the human | `original_prompt`; later ones are `user` |
//! | turns of agents | a step each, its words the `thought` |
//! | the code blocks of a turn that was run | `action_name`, `action_input`; the words around them `thought` |
//! | turns of a terminal, by name or `exitcode:` | `observation`, `error` |
//! | `action`, `arguments` of a `WebSurferEvent`, and what that agent says next | a step and its `observation` |
//! | what follows `FINAL ANSWER:`, the turn `Orchestrator (final answer)` | `final_answer` |
//! | `is_correct`, `is_corrected`, … beside the turns | the labels |
//! | the rest beside the turns | `metadata` |
//!
//! Leaks: whom a judge blamed (`mistake_agent`, `mistake_step`, `mistake_reason`) and `ground_truth` stay behind.

use super::autogen_chat::{exit_code, step_with_code};
use super::{Format, Piece, Record, by_agent, copy_rest, filled, part_of};
use crate::json::{ObjectWriter, Value};
use crate::labels::{is_label, read_labels};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::Timeline;

pub(super) struct MagenticOne;

const GOAL: &[&str] = &["question", "task", "query"];
const LISTS: &[&str] = &["history", "trajectory"];
/// Turns looked at to tell the format.
const HEAD: usize = 6;
const ORCHESTRATOR: &str = "Orchestrator (";
/// What Who&When calls the label of its hand-crafted logs.
const CORRECT: &str = "is_corrected";
const ANSWERED: &str = "FINAL ANSWER:";
/// How a terminal states the exit code.
const UNIX_CODE: &str = "Unix exit code: ";

/// Who speaks in a turn.
fn speaker<'a>(turn: Value<'_, 'a>) -> Option<Text<'a>> {
    turn.text_of(&["agent_name", "source", "role"])
}

fn turns_of<'t, 'a>(record: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
    let is_turn = |turn: Value<'_, '_>| {
        let of_team = || speaker(turn).is_some_and(|speaker| speaker.starts_with(ORCHESTRATOR));
        turn.get("content").is_some_and(|content| content.is_string())
            && (turn.get("agent_name").is_some() || of_team())
    };
    let mut lists = LISTS.iter().filter_map(|key| record.get(key));
    lists.find(|list| list.items().take(HEAD).any(is_turn))
}

/// Whether a line is an event of Magentic-One's log.
fn is_event(line: Value<'_, '_>) -> bool {
    let kind = line.text_of(&["type"]);
    kind.is_some_and(|kind| matches!(&*kind, "OrchestrationEvent" | "WebSurferEvent"))
        && line.get("source").is_some()
        && line.get("message").is_some_and(|message| message.is_string())
}

impl Format for MagenticOne {
    fn name(&self) -> &'static str {
        "magentic_one"
    }

    fn shape(&self) -> &'static str {
        "`history` of turns with a `role` such as `Orchestrator (thought)`, `trajectory` of `agent_name` and `content`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        94 * u8::from(is_event(record) || turns_of(record).is_some())
    }

    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        record.text_of(&["type"]).is_some_and(|kind| kind.ends_with("Event"))
            && record.get("timestamp").is_some()
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        match turns_of(record) {
            Some(_) => None,
            None if is_event(record) => Some(vec![Piece { run: None, value: record }]),
            None => Some(Vec::new()),
        }
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut team = Team::default();
        let goal = value.text_of(GOAL);
        team.timeline.user(goal.clone());
        let turns = turns_of(value).unwrap_or(value);
        turns.items().for_each(|turn| team.turn(turn));
        let steps = team.timeline.finish();
        by_agent(&steps)?;
        let mut run = Run {
            trajectory_id: record.run_id(),
            original_prompt: team.timeline.prompt,
            steps,
            final_answer: team.answer,
            ..Run::default()
        };
        read_labels(value, &mut run);
        run.success = run.success.or_else(|| value.get(CORRECT)?.as_bool());
        set_final_answer(&mut run);
        let mut out = ObjectWriter::default();
        copy_rest(&mut out, record, |key| {
            LISTS.contains(&key) || GOAL.contains(&key) || is_label(key) || key == CORRECT
        });
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

/// A team as its turns come in.
#[derive(Default)]
struct Team<'a> {
    timeline: Timeline<'a>,
    answer: Option<Text<'a>>,
    /// The agent whose call waits for what it says of it.
    acting: Option<Text<'a>>,
}

impl<'a> Team<'a> {
    fn turn(&mut self, turn: Value<'_, 'a>) {
        let Some((speaker, text)) = speaker(turn).zip(turn.text_of(&["content", "message"])) else { return };
        if let Some(action) = turn.text_of(&["action"]) {
            let input = turn.get("arguments").and_then(|input| input.text_or_json());
            self.timeline.act(None, action, input);
            self.acting = Some(speaker);
            return;
        }
        let acted = self.acting.take();
        match &*speaker.to_ascii_lowercase() {
            "human" | "user" | "userproxy" | "user_proxy" => self.asked(text),
            _ if acted.as_ref() == Some(&speaker) => self.timeline.observe(None, text, None),
            name if name.contains("terminal") || exit_code(&text).is_some() => self.ran(text),
            "orchestrator (final answer)" => {
                self.answer = filled(text.clone());
                self.timeline.reply(Some(text));
            }
            _ => self.said(text),
        }
    }

    /// The first turn says the goal once more.
    fn asked(&mut self, text: Text<'a>) {
        let again = self.timeline.prompt.as_deref().is_some_and(|prompt| prompt.trim() == text.trim());
        self.timeline.user(Some(text).filter(|_| !again));
    }

    fn said(&mut self, text: Text<'a>) {
        if let Some((_, answer)) = text.split_once(ANSWERED) {
            let answer = answer.trim_start().lines().next().unwrap_or_default().trim_end().to_owned();
            self.answer = filled(answer.into());
        }
        // What stands behind the answer is the harness's.
        let end =
            |text: &str| text.find(ANSWERED).map(|at| at + text[at..].find('\n').unwrap_or(text.len() - at));
        let said = part_of(&text, |text| &text[..end(text).unwrap_or(text.len())]);
        self.timeline
            .reply(filled(part_of(&said, |said| said.trim_end().trim_end_matches("TERMINATE").trim_end())));
    }

    /// A terminal shows what came of the code that was written last.
    fn ran(&mut self, text: Text<'a>) {
        let unix = || text.split_once(UNIX_CODE)?.1.split_whitespace().next()?.parse().ok();
        let failed = exit_code(&text).or_else(unix).map(|code: i64| code != 0);
        match step_with_code(&mut self.timeline.steps) {
            Some(step) => (step.observation, step.error) = (Some(text), failed),
            None => self.timeline.happen(text, failed),
        }
    }
}
