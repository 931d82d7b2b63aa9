//! Dialogues of API-Bank and ToolTalk: turns of the user and the assistant, and calls of an API with what they gave.
//!
//! Source: `AlibabaResearch/DAMO-ConvAI`, `api-bank/lv1-lv2-samples/**/*.jsonl`, a turn a line (`{role: User | AI, text}`, `{role:
//! API, api_name, param_dict, result: {output, exception}}`), as `evaluator.py` reads them; `microsoft/ToolTalk`, `data/**/*.json`
//! and what its evaluation writes (`{conversation_id, conversation: [{role, text, apis: [{request, response, exception}],
//! predictions}], metrics}`); API-Bank's level 3 (`{requirement, apis: [{api_name, input, output: {output, exception}}], response}`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | first words of the user, `requirement` | `original_prompt`; later ones `user` |
//! | turns of the API, `apis` | steps |
//! | `result.output`, `response` | `observation`; an `exception` is the `observation` and `error` |
//! | words of the assistant, `response` of level 3 | replies; the last is the `final_answer` |
//! | `predictions` of a turn, which are what a model did there | stand for its `apis` and `text` |
//! | `metrics.success` | `success` |
//! | name, scenario | `metadata` |
//!
//! Leaks: where a model was evaluated, `apis` and `text` of the assistant are the reference and stay behind, as `match`,
//! `bad_action` and all other `metrics` do.

use super::{Format, Piece, Record, part_of};
use crate::json::{ObjectWriter, Value};
use crate::run::{Run, Text};
use crate::timeline::{Timeline, call_name};

pub(super) struct ApiBank;

/// Whether a line is a turn of API-Bank.
fn is_turn(line: Value<'_, '_>) -> bool {
    match line.text_of(&["role"]).as_deref() {
        Some("API") => line.get("api_name").is_some() && line.get("param_dict").is_some(),
        Some("User" | "AI") => line.get("text").is_some(),
        _ => false,
    }
}

fn is_dialogue(value: Value<'_, '_>) -> bool {
    let is_own = |turn: Value<'_, '_>| {
        turn.get("text").is_some() && (turn.get("apis").is_some() || turn.get("index").is_some())
    };
    value.get("apis_used").is_some() && value.items_of("conversation").take(4).any(is_own)
}

/// A sample of level 3: what was asked, the calls that were made for it, and what was said in the end.
fn is_chain(value: Value<'_, '_>) -> bool {
    value.get("requirement").is_some()
        && value.items_of("apis").next().is_some_and(|call| call.get("api_name").is_some())
}

impl Format for ApiBank {
    fn name(&self) -> &'static str {
        "api_bank"
    }

    fn shape(&self) -> &'static str {
        "lines of `role` (User, AI, API) and `text` or `api_name`, `param_dict`, `result`; `apis_used` and `conversation` with `apis`, or `requirement` and `apis`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_list = record.items().next().is_some_and(is_turn);
        90 * u8::from(is_turn(record) || is_list || is_dialogue(record) || is_chain(record))
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        is_turn(record).then(|| vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut dialogue = Dialogue::default();
        record.value.items().for_each(|turn| dialogue.turn(turn));
        if is_chain(record.value) {
            dialogue.chain(record.value);
        }
        let turns = || record.value.items_of("conversation");
        let is_predicted = turns().any(|turn| turn.get("predictions").is_some());
        for turn in turns() {
            let told = turn.get("predictions").filter(|_| is_predicted);
            match turn.text_of(&["role"]).as_deref() {
                Some("user") => dialogue.turn(turn),
                _ if told.is_some() => turn.items_of("predictions").for_each(|turn| dialogue.turn(turn)),
                _ if !is_predicted => {
                    turn.items_of("apis").for_each(|call| dialogue.call(call));
                    dialogue.turn(turn);
                }
                _ => {}
            }
        }
        let id = record.value.text_of(&["conversation_id"]).unwrap_or_else(|| record.run_id());
        let mut run = dialogue.timeline.run(id, None)?;
        let success = record.value.at_path(&["metrics", "success"]);
        run.success =
            success.and_then(|success| success.as_bool().or_else(|| Some(success.as_f64()? >= 1.0)));
        let mut out = ObjectWriter::default();
        out.copy("name", record.value.get("name")).copy("scenario", record.value.get("scenario"));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

#[derive(Default)]
struct Dialogue<'a> {
    timeline: Timeline<'a>,
}

impl<'a> Dialogue<'a> {
    fn turn(&mut self, turn: Value<'_, 'a>) {
        let said = || turn.text_of(&["text"]);
        match turn.text_of(&["role"]).as_deref() {
            Some("User" | "user") => self.timeline.user(said()),
            Some("AI" | "assistant") => self.timeline.reply(said()),
            Some("API" | "api") => self.call(turn),
            _ => {}
        }
    }

    fn chain(&mut self, chain: Value<'_, 'a>) {
        let requirement = chain.text_of(&["requirement"]);
        self.timeline.user(requirement.map(|words| part_of(&words, str::trim)));
        chain.items_of("apis").for_each(|call| self.call(call));
        self.timeline.reply(chain.text_of(&["response"]));
    }

    fn call(&mut self, turn: Value<'_, 'a>) {
        let request = turn.get("request").unwrap_or(turn);
        let input =
            request.any_of(&["param_dict", "parameters", "input"]).and_then(|input| input.text_or_json());
        self.timeline.act(None, call_name(request.text_of(&["api_name"])), input);
        let nested = || turn.get("output").filter(|output| output.get("exception").is_some());
        let result = turn.get("result").or_else(nested).unwrap_or(turn);
        let failure: Option<Text<'a>> =
            result.any_of(&["exception"]).and_then(|exception| exception.text_or_json());
        let seen = || result.any_of(&["output", "response"]).and_then(|output| output.text_or_json());
        if let Some((seen, failed)) =
            failure.map(|failure| (failure, true)).or_else(|| Some((seen()?, false)))
        {
            self.timeline.settle(seen, Some(failed));
        }
    }
}
