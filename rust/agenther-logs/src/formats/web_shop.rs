//! WebShop: sessions in a made-up shop, and the walks that imitation learns from.
//!
//! Source: `princeton-nlp/WebShop`: `all_trajs/<session>.jsonl`, a page a line: `{page, url, goal: {instruction_text, …},
//! content}`, the last one with `reward`; and `il_trajs_finalized_images.jsonl`: `{states, actions, available_actions}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `goal.instruction_text`; else what follows `Instruction:` in the first state | `original_prompt` |
//! | `page` but the first, which is where a session begins, and its `content`; else `actions` (`search[red top]`) | `action_name`, `action_input` |
//! | `search_result_asins` of the page; else the next of `states`, of which the first stands before all actions | `observation` |
//! | `reward` of the last page | `reward`, `success` at 1 |
//!
//! Leaks: all else in `goal` is what should have been bought, and stays behind with `reward_info`.

use super::{Format, Piece, Record, filled, within};
use crate::json::{ObjectWriter, Value};
use crate::labels::reward_of;
use crate::react::parse_action;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct WebShop;

const INSTRUCTION: &str = "Instruction:";
const RESULTS: &str = "search_result_asins";

fn is_page(line: Value<'_, '_>) -> bool {
    line.text_of(&["page"]).is_some()
        && line.get("url").is_some()
        && line.at_path(&["goal", "instruction_text"]).is_some_and(|text| text.is_string())
}

fn is_walk(record: Value<'_, '_>) -> bool {
    let first = |key| record.items_of(key).next().and_then(|first| first.text());
    first("states").is_some_and(|state| state.contains(INSTRUCTION)) && first("actions").is_some()
}

impl Format for WebShop {
    fn name(&self) -> &'static str {
        "web_shop"
    }

    fn shape(&self) -> &'static str {
        "lines of `page`, `url` and `goal` with an `instruction_text`; or `states` and `actions`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_session = record.items().next().map_or_else(|| is_page(record), is_page);
        95 * u8::from(is_session || is_walk(record))
    }

    fn only_on_lines(&self, record: Value<'_, '_>) -> bool {
        is_page(record)
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        is_page(record).then(|| vec![Piece { run: None, value: record }])
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut timeline = Timeline::default();
        match record.value.is_array() {
            true => record.value.items().for_each(|page| read_page(page, &mut timeline)),
            false => read_walk(record.value, &mut timeline),
        }
        let mut run = timeline.run(record.task_run_id(record.stem), None)?;
        run.reward = record.value.items().last().and_then(|page| page.get("reward")).and_then(reward_of);
        Ok(run)
    }
}

fn read_page<'a>(page: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    if timeline.prompt.is_none() {
        timeline.user(page.at_path(&["goal", "instruction_text"]).and_then(|text| text.text()));
    }
    let Some(name) = page.text_of(&["page"]).filter(|name| name != "index") else { return };
    let content = page.get("content").unwrap_or(page);
    let mut input = ObjectWriter::default();
    for key in ["keywords", "page", "asin", "options", "sub_page"] {
        input.copy(key, content.get(key).filter(|_| key != "page" || page.get("content").is_some()));
    }
    timeline.act(None, name, input.finish().map(Into::into));
    let found = content.get(RESULTS).and_then(|found| found.text_or_json());
    found.into_iter().for_each(|found| timeline.settle(found, None));
}

fn read_walk<'a>(walk: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let mut states = walk.items_of("states").filter_map(|state| state.text());
    if let Some(first) = states.next() {
        timeline.user(goal_in(&first));
        timeline.happen(first, None);
    }
    for action in walk.items_of("actions").filter_map(|action| action.text()) {
        let (name, input) = parse_action(&action);
        timeline.act(None, within(&action, name), input.and_then(|input| filled(within(&action, input))));
        states.next().into_iter().for_each(|state| timeline.settle(state, None));
    }
}

/// The task on the first page, up to the first button.
fn goal_in<'a>(page: &Text<'a>) -> Option<Text<'a>> {
    let (_, rest) = page.split_once(INSTRUCTION)?;
    filled(within(page, rest.split("[button]").next().unwrap_or(rest).trim()))
}
