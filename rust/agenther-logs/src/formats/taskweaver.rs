//! TaskWeaver: sessions of a planner and a code interpreter.
//!
//! Source: the session that Microsoft's TaskWeaver saves (`{id, rounds: [{user_query, post_list: [{message, send_from,
//! send_to, attachment_list: [{type, content}]}]}]}`).
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `user_query` of the first round | `original_prompt`; later ones are `user` |
//! | `thought`, `init_plan`; what the planner asks others for | `thought` |
//! | `reply_content` beside an `execution_status` | `action_input` of the `reply_type` (python) |
//! | `execution_result`, `execution_status` | `observation`, `error` |
//! | `message` to the user | `thought` of a reply; the last is the `final_answer` |
//!
//! Leaks: none.

use super::{Format, Record, filled};
use crate::json::Value;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct TaskWeaver;

impl Format for TaskWeaver {
    fn name(&self) -> &'static str {
        "taskweaver"
    }

    fn shape(&self) -> &'static str {
        "`rounds` of `user_query` and `post_list`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let is_round = |round: Value<'_, '_>| {
            round.get("user_query").is_some() && round.get("post_list").is_some_and(|posts| posts.is_array())
        };
        94 * u8::from(record.items_of("rounds").next().is_some_and(is_round))
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let mut timeline = Timeline::default();
        for round in record.value.items_of("rounds") {
            timeline.user(round.text_of(&["user_query"]));
            round.items_of("post_list").for_each(|post| read_post(post, &mut timeline));
        }
        timeline.run(record.run_id(), None)
    }
}

fn read_post<'a>(post: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let name = |key: &str| post.text_of(&[key]);
    if name("send_from").as_deref() == Some("User") {
        return;
    }
    let attached = |kind: &str| -> Option<Text<'a>> {
        let mut attachments = post.items_of("attachment_list");
        let found = attachments.find(|attachment| attachment.text_of(&["type"]).as_deref() == Some(kind))?;
        found.get("content")?.text_or_json().and_then(filled)
    };
    timeline.think(attached("thought").or_else(|| attached("init_plan")));
    let status = attached("execution_status").filter(|status| status != "NONE");
    if let Some((code, status)) = attached("reply_content").zip(status) {
        timeline.act(None, attached("reply_type").unwrap_or("python".into()), Some(code));
        let result = attached("execution_result").unwrap_or_default();
        return timeline.settle(result, Some(status != "SUCCESS"));
    }
    match name("send_to").as_deref() {
        Some("User") => timeline.reply(name("message")),
        _ => timeline.think(name("message")),
    }
}
