//! Logs of agents of papers that print each part of a step behind its name: RestGPT, Surfer-H, AgentClinic.
//!
//! Source: `logs/*.txt` of `Yifan-Song793/RestGPT` (`Query:`, `Planner: Plan step 1: ..`, `API Selector: API calling 1: GET /..`,
//! `Caller:`, `Execution Result:`); the console of `hcompai/surfer-h-cli` (`🧠  Thought : ..`, `🛠️  Action : {..}`); what
//! `agentclinic.py` of `SamuelSchmidgall/AgentClinic` prints (`Doctor [0%]: ..`, `Patient [5%]: ..`, `Measurement [10%]: ..`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `Query:` | `original_prompt` |
//! | what the patient says | `user` |
//! | `Planner:`, `Thought :` | `thought` |
//! | `API Selector:` with the `Input:` of `Caller:`; `Action :`; `REQUEST TEST:` of the doctor | `action_name`, `action_input` |
//! | `Execution Result:`; `Measurement` | `observation` |
//! | what the doctor says | a reply |
//! | `Final Answer:` of the planner, `Answer :`, `DIAGNOSIS READY:` | `final_answer` |
//! | `The diagnosis was CORRECT` | `success` |
//!
//! Left out: plans of parsers, screenshots, notes.
//!
//! Leaks: `Correct answer:` and what follows it in a scene of AgentClinic.

use std::ops::Range;

use super::{TextFormat, TextRecord, filled};
use crate::json::read_inner;
use crate::printed::plain;
use crate::python_literal::to_json;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct LabelledLog;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Task,
    User,
    Plan,
    Thought,
    Api,
    Input,
    Action,
    Doctor,
    Output,
    Answer,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Source {
    RestGpt,
    Surfer,
    Clinic,
}

const REST_GPT: &[(&str, Part)] = &[
    ("Query:", Part::Task),
    ("Planner:", Part::Plan),
    ("API Selector:", Part::Api),
    ("Caller:", Part::Input),
    ("Parser:", Part::Other),
    ("Execution Result:", Part::Output),
];
const SURFER: &[(&str, Part)] = &[
    ("🧠  Thought :", Part::Thought),
    ("🛠️  Action :", Part::Action),
    ("💬  Answer :", Part::Answer),
    ("🎉  Announcement :", Part::Other),
    ("📷  Screenshot :", Part::Other),
    ("✍️  Notes :", Part::Other),
];
const AGENT_CLINIC: &[(&str, Part)] =
    &[("Doctor", Part::Doctor), ("Patient", Part::User), ("Measurement", Part::Output)];
const REFERENCE: &str = "\nCorrect answer:";
const SCENE: &str = "Scene ";
const TEST: &str = "REQUEST TEST:";
const DIAGNOSIS: &str = "DIAGNOSIS READY:";

impl Source {
    fn of(text: &str) -> Option<Self> {
        let has = |source: Source, wanted: &[Part]| {
            let parts = || text.lines().filter_map(|line| source.part(line)).map(|(part, _)| part);
            wanted.iter().all(|wanted| parts().any(|part| part == *wanted))
        };
        [
            (Source::RestGpt, &[Part::Task, Part::Plan, Part::Api][..]),
            (Source::Surfer, &[Part::Thought, Part::Action]),
            (Source::Clinic, &[Part::Doctor, Part::User]),
        ]
        .into_iter()
        .find_map(|(source, wanted)| has(source, wanted).then_some(source))
    }

    /// The part that begins at a line, and what of it stands there.
    fn part(self, line: &str) -> Option<(Part, &str)> {
        let labels = match self {
            Source::RestGpt => REST_GPT,
            Source::Surfer => SURFER,
            Source::Clinic => AGENT_CLINIC,
        };
        labels.iter().find_map(|(label, part)| {
            let rest = line.strip_prefix(label)?;
            let rest = if self == Source::Clinic { after_progress(rest)? } else { rest };
            Some((*part, rest.trim()))
        })
    }
}

/// What follows how far a consultation is: ` [5%]: `.
fn after_progress(rest: &str) -> Option<&str> {
    let (number, rest) = rest.strip_prefix(" [")?.split_once("%]:")?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(rest)
}

impl TextFormat for LabelledLog {
    fn name(&self) -> &'static str {
        "labelled_log"
    }

    fn shape(&self) -> &'static str {
        "text with lines `Query:`, `Planner:`, `API Selector:`, or `🧠  Thought :`, `🛠️  Action :`, or `Doctor [0%]:`"
    }

    fn score(&self, head: &str) -> u8 {
        95 * u8::from(Source::of(&plain(head)).is_some())
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        let (mut runs, mut at): (Vec<Range<usize>>, usize) = (Vec::new(), 0);
        let mut ends = true;
        for line in text.split_inclusive('\n') {
            if ends || line.starts_with(REST_GPT[0].0) && at > 0 {
                runs.push(at..at);
            }
            ends = line.starts_with(SCENE);
            at += line.len();
            runs.last_mut().into_iter().for_each(|run| run.end = at);
        }
        runs.retain(|run| Source::of(&plain(&text[run.clone()])).is_some());
        runs
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let text = plain(record.text);
        let source = Source::of(&text).ok_or("it does not say whose log it is")?;
        let end = text.find(REFERENCE).filter(|_| source == Source::Clinic);
        let (text, verdict) = text.split_at(end.unwrap_or(text.len()));
        let mut reader = Reader::default();
        parts(text, source).into_iter().for_each(|(part, body)| reader.part(part, body.trim()));
        let mut run = reader.timeline.run(format!("{}-{}", record.stem, record.number).into(), None)?;
        run.final_answer = reader.answer.or(run.final_answer);
        run.success = success_in(verdict);
        Ok(run)
    }
}

/// What a scene of AgentClinic ends with.
fn success_in(verdict: &str) -> Option<bool> {
    let said = verdict.lines().find_map(|line| line.split_once("The diagnosis was "))?.1.trim_start();
    match said {
        said if said.starts_with("CORRECT") => Some(true),
        said if said.starts_with("INCORRECT") => Some(false),
        _ => None,
    }
}

fn parts(text: &str, source: Source) -> Vec<(Part, String)> {
    let mut found: Vec<(Part, String)> = Vec::new();
    for line in text.lines() {
        match (source.part(line), found.last_mut()) {
            (Some((part, rest)), _) => found.push((part, rest.to_owned())),
            (None, Some((_, body))) => body.extend(["\n", line]),
            (None, None) => {}
        }
    }
    found
}

#[derive(Default)]
struct Reader<'a> {
    timeline: Timeline<'a>,
    answer: Option<Text<'a>>,
}

impl Reader<'_> {
    fn part(&mut self, part: Part, body: &str) {
        match part {
            Part::Task | Part::User => self.timeline.user(own(body)),
            Part::Thought => self.timeline.think(own(body)),
            Part::Plan => match body.strip_prefix("Final Answer:") {
                Some(answer) => self.timeline.reply(own(answer.trim())),
                None => self.timeline.think(own(body)),
            },
            Part::Api => self.api(body),
            Part::Input => {
                let input = body.split_once("Input:").map_or(body, |(_, input)| input.trim());
                self.timeline.steps.last_mut().into_iter().for_each(|step| step.action_input = own(input));
            }
            Part::Action => self.action(body),
            Part::Doctor => self.doctor(body),
            Part::Output => self.timeline.observe(None, body.to_owned().into(), None),
            Part::Answer => self.answer = own(body),
            Part::Other => {}
        }
    }

    /// `API calling 1: GET /search/person to search for a person`.
    fn api(&mut self, body: &str) {
        let call = body.strip_prefix("API calling ").and_then(|rest| rest.split_once(": "));
        let Some((_, call)) = call else { return self.timeline.think(own(body)) };
        let words = call.match_indices(' ').nth(1).map_or(call.len(), |(at, _)| at);
        let (name, aim) = call.split_at(words);
        self.timeline.act(None, name.to_owned().into(), own(aim.trim()));
    }

    fn action(&mut self, body: &str) {
        let input = to_json(body).unwrap_or_else(|| body.to_owned());
        let name = read_inner(&input, |action| Some(action.get("action")?.text()?.into_owned()));
        self.timeline.act(None, name.unwrap_or_default().into(), Some(input.into()));
    }

    fn doctor(&mut self, body: &str) {
        if let Some((words, test)) = body.split_once(TEST) {
            self.timeline.think(own(words.trim()));
            self.timeline.act(None, "request_test".into(), own(test.trim()));
        } else {
            self.answer = body.split_once(DIAGNOSIS).and_then(|(_, diagnosis)| own(diagnosis.trim()));
            self.timeline.reply(own(body));
        }
    }
}

fn own<'a>(text: &str) -> Option<Text<'a>> {
    filled(text.to_owned().into())
}
