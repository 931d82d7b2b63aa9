//! Moatless Tools: searches for the repair of software.
//!
//! Source: `aorwall/moatless-tools`, `trajectory.json`: a tree of nodes from `root` (`{user_message, action_steps: [{action,
//! observation}], children}`); of its first version `{initial_message, transitions: [{name, actions: [{action, response}]}],
//! info}`.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `user_message` of the root, `initial_message` | `original_prompt` |
//! | `thoughts`, `scratch_pad` | `thought` |
//! | class of the action's arguments, name of the transition; the arguments | `action_name`, `action_input` |
//! | `observation.message`, `response.output` | `observation` |
//! | `expect_correction` | `error` |
//! | `info.resolved` | `success` |
//! | why it finished | `final_answer` |
//! | instance | `metadata` |
//!
//! Of a tree, the run is the branch of the child that came last at each node.
//!
//! Leaks: rewards of nodes are a model's opinion, and stay behind.

use std::borrow::Cow;

use super::{Format, Record};
use crate::json::{ObjectWriter, Value};
use crate::labels::read_labels;
use crate::run::{Run, Text};
use crate::timeline::Timeline;

pub(super) struct Moatless;

/// Names of what the agent thought, among the arguments of its actions.
const THOUGHTS: &[&str] = &["thoughts", "scratch_pad"];
const CLASS: &str = "action_args_class";

impl Format for Moatless {
    fn name(&self) -> &'static str {
        "moatless"
    }

    fn shape(&self) -> &'static str {
        "`root` of `user_message`, `action_steps` and `children`"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        let has = |key| record.get("root").is_some_and(|root| root.get(key).is_some());
        let is_tree = has("node_id") && has("children") && (has("user_message") || has("action_steps"));
        let is_loop = record.get("initial_message").is_some()
            && record.items_of("transitions").next().is_some_and(|first| first.get("name").is_some());
        97 * u8::from(is_tree || is_loop)
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let mut timeline = Timeline::default();
        match value.get("root") {
            Some(root) => read_tree(root, &mut timeline),
            None => read_transitions(value, &mut timeline),
        }
        let about = value.any_of(&["info", "metadata"]).unwrap_or(value);
        let task = about.text_of(&["instance_id"]);
        let id = record.task_run_id(task.as_deref().unwrap_or(record.stem));
        let mut run = timeline.run(id, None)?;
        read_labels(about, &mut run);
        let mut out = ObjectWriter::default();
        out.copy("instance_id", about.get("instance_id"));
        run.metadata = out.finish().map(Into::into);
        Ok(run)
    }
}

fn read_tree<'a>(root: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    let mut node = Some(root);
    while let Some(here) = node {
        timeline.user(here.text_of(&["user_message"]).map(without_tag));
        for step in here.items_of("action_steps") {
            let Some(action) = step.get("action") else { continue };
            act(action, action.text_of(&[CLASS]).map(|class| name_of_class(&class)), timeline);
            let Some(seen) = step.get("observation") else { continue };
            let error = seen.get("expect_correction").and_then(|flag| flag.as_bool());
            timeline.settle(seen.text_of(&["message"]).unwrap_or_default(), error);
        }
        node = here.items_of("children").last();
    }
}

fn read_transitions<'a>(record: Value<'_, 'a>, timeline: &mut Timeline<'a>) {
    timeline.user(record.text_of(&["initial_message"]));
    for transition in record.items_of("transitions") {
        for step in transition.items_of("actions") {
            let Some(action) = step.get("action") else { continue };
            act(action, transition.text_of(&["name"]), timeline);
            if let Some(seen) = step.at_path(&["response", "output"]).and_then(|seen| seen.text_or_json()) {
                timeline.settle(seen, None);
            }
        }
    }
}

fn act<'a>(action: Value<'_, 'a>, name: Option<Text<'a>>, timeline: &mut Timeline<'a>) {
    let mut input = ObjectWriter::default();
    for (key, value) in action.members() {
        if key != CLASS && !THOUGHTS.contains(&&*key) && !value.is_null() {
            input.json(&key, &value.json());
        }
    }
    timeline.think(action.text_of(THOUGHTS));
    timeline.act(None, name.unwrap_or_default(), input.finish().map(Into::into));
}

/// `FindClass` of `moatless.actions.find_class.FindClassArgs`.
fn name_of_class(class: &str) -> Text<'static> {
    let class = class.rsplit('.').next().unwrap_or(class);
    Cow::Owned(class.strip_suffix("Args").unwrap_or(class).to_owned())
}

fn without_tag(words: Text<'_>) -> Text<'_> {
    let inside = words.trim().strip_prefix("<task>").and_then(|words| words.strip_suffix("</task>"));
    inside.map(|inside| Cow::Owned(inside.trim().to_owned())).unwrap_or(words)
}
