//! Cognitive Kernel-Pro: sessions of an agent that plans and acts by code.
//!
//! Source: outputs of `Tencent/CognitiveKernel-Pro` (`{task, session: {steps: [{plan: {thought, code}, action: {thought,
//! code, observation}, end: {final_results}}]}, eval: {pred, gold, corr}}`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `task` | `original_prompt` |
//! | `plan.thought`, `action.thought` | `thought` |
//! | `action.code` | `action_input` of `python` |
//! | `action.observation` | `observation` |
//! | `eval.pred`, `end.final_results.output` | `final_answer` |
//! | `eval.corr` | `success` |
//!
//! Left out: `llm_input` and `llm_output`, from which these are; the state of the plan.
//!
//! Leaks: `answer`, `eval.gold` and `_orig` hold the gold answer and stay behind.

use super::{Format, Record, filled};
use crate::json::Value;
use crate::labels::grade;
use crate::messages::join;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct CkPro;

impl Format for CkPro {
    fn name(&self) -> &'static str {
        "ck_pro"
    }

    fn shape(&self) -> &'static str {
        "`task` and `session` with `steps` of `plan` and `action`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let first = record.get("session").and_then(|session| session.items_of("steps").next());
        let is_step =
            |step: Value<'_, '_>| step.at_path(&["action", "code"]).is_some() && step.get("plan").is_some();
        94 * u8::from(record.get("task").is_some() && first.is_some_and(is_step))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut timeline = Timeline::default();
        timeline.user(value.text_of(&["task"]));
        let mut answer = value.at_path(&["eval", "pred"]).and_then(|answer| answer.text_or_json());
        let session = value.get("session").ok_or("it has no session")?;
        for step in session.items_of("steps") {
            read_step(step, &mut timeline);
            let stated = || step.at_path(&["end", "final_results", "output"])?.text_or_json();
            answer = answer.or_else(stated);
        }
        let mut run = timeline.run(record.run_id(), None)?;
        run.final_answer = answer.and_then(filled).or(run.final_answer);
        run.success = value.at_path(&["eval", "corr"]).and_then(grade).map(|grade| grade >= 1.0);
        Ok(run)
    }
}

fn read_step<'a>(step: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    timeline.think(step.at_path(&["plan", "thought"]).and_then(|thought| thought.text()));
    let Some(action) = step.get("action") else { return };
    timeline.think(action.text_of(&["thought"]));
    let Some(code) = action.text_of(&["code"]).and_then(filled) else { return timeline.end_turn() };
    timeline.act(None, "python".into(), Some(code));
    if let Some(seen) = action.get("observation").and_then(seen).and_then(filled) {
        timeline.settle(seen, None);
    }
}

/// A text, or one of each call.
fn seen<'a>(observation: Value<'_, 'a>) -> Option<Text<'a>> {
    let mut text = observation.text();
    observation.items().for_each(|part| join(&mut text, part.text_or_json()));
    text
}
