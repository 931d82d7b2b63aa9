//! How each benchmark writes a step.

use super::{World, read_beside};
use crate::formats::{Record, filled, within};
use crate::json::{ObjectWriter, Value, read_inner};
use crate::labels::{UNKNOWN_SCALE, reward_of};
use crate::messages::{Role, content_text, role_of, words};
use crate::react::parse_action;
use crate::run::Text;
use crate::timeline::call_name;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Dialect {
    Tales,
    Balrog,
    EmbodiedBench,
    AgentBoard,
    ScienceWorld,
    Aviary,
    DiscoveryWorld,
    GamingAgent,
    Arc,
}

/// The members that a step has by its dialect.
const MEMBERS: &[(Dialect, &[&str])] = &[
    (Dialect::Tales, &["Observation", "Action", "Feedback", "Score", "Max Score"]),
    (Dialect::Balrog, &["Step", "Observation", "Action", "Reward", "Done"]),
    (Dialect::EmbodiedBench, &["last_action_success", "action_id", "action_description", "reasoning"]),
    (Dialect::AgentBoard, &["Observation", "Action", "Progress Rate"]),
    (Dialect::ScienceWorld, &["action", "observation", "score", "isCompleted"]),
    (Dialect::Aviary, &["timestep", "observation", "next_observation", "action", "reward", "truncated"]),
    (Dialect::DiscoveryWorld, &["step", "nextAction", "observation"]),
    (Dialect::GamingAgent, &["run_id", "step", "move", "thought", "perception_data"]),
];

impl Dialect {
    pub fn of(step: Value<'_, '_>) -> Option<Self> {
        if !step.is_object() {
            return None;
        }
        let has = |keys: &[&str]| keys.iter().all(|key| step.get(key).is_some());
        let is_played = |data: Value<'_, '_>| {
            ["frame", "state", "game_id"].iter().all(|key| data.get(key).is_some())
                && data.get("action_input").is_some_and(|input| input.get("id").is_some())
        };
        match MEMBERS.iter().find(|(_, keys)| has(keys)) {
            Some((Dialect::DiscoveryWorld, _)) => {
                step.at_path(&["observation", "ui"]).map(|_| Dialect::DiscoveryWorld)
            }
            Some((dialect, _)) => Some(*dialect),
            None => step.get("data").filter(|data| is_played(*data)).map(|_| Dialect::Arc),
        }
    }

    /// Whether its steps stand in a record only.
    pub fn is_inside(self) -> bool {
        matches!(self, Dialect::AgentBoard | Dialect::ScienceWorld)
    }

    pub fn repeats_thoughts(self) -> bool {
        self == Dialect::EmbodiedBench
    }

    /// Whether a record is what ends a recording: the scorecard of ARC's.
    pub fn ends(record: Value<'_, '_>) -> bool {
        record.at_path(&["data", "cards"]).is_some()
    }

    /// The run that a step names.
    pub fn run_of<'a>(step: Value<'_, 'a>) -> Option<Text<'a>> {
        let id = match Dialect::of(step)? {
            Dialect::GamingAgent => step.get("run_id"),
            Dialect::Arc => step.at_path(&["data", "guid"]),
            _ => None,
        };
        id?.scalar().and_then(filled)
    }

    /// What stands around the steps.
    pub fn around<'a>(self, record: Value<'_, 'a>, world: &mut World<'a>) {
        match self {
            Dialect::AgentBoard => {
                world.goal = record.text_of(&["goal"]);
                world.success = record.get("is_done").and_then(|done| done.as_bool());
                world.reward = record.get("progress_rate").and_then(|rate| rate.as_f64());
                world.metadata.copy_members(record, ["task_name", "difficulty"]);
            }
            Dialect::ScienceWorld => {
                let Some(history) = record.get("history") else { return };
                world.goal = history.text_of(&["taskDescription"]);
                world.reward = record.get("finalScore").and_then(|score| score.as_f64());
                world.full_mark = Some(1.0);
                world.metadata.copy_members(history, ["taskName", "task_id", "variationIdx"]);
            }
            _ => {}
        }
    }

    pub fn step<'a>(self, step: Value<'_, 'a>, is_last: bool, world: &mut World<'a>) {
        match self {
            Dialect::Tales => tales(step, world),
            Dialect::Balrog => {
                world.timeline.think(step.text_of(&["Reasoning"]));
                act(step, "Action", world);
                see(step, &["Observation"], None, world);
            }
            Dialect::EmbodiedBench => embodied(step, world),
            Dialect::AgentBoard => {
                world.goal = world.goal.take().or_else(|| step.text_of(&["Goal"]));
                act(step, "Action", world);
                see(step, &["Observation"], None, world);
            }
            Dialect::ScienceWorld => {
                act(step, "action", world);
                see(step, &["observation"], None, world);
                if is_last {
                    world.reward = world.reward.or_else(|| step.get("score")?.as_f64());
                }
                // Its scores go to 100 where they are no fractions.
                if step.get("score").and_then(|score| score.as_f64()).is_some_and(|score| score.abs() > 1.0) {
                    world.full_mark = Some(100.0);
                }
            }
            Dialect::Aviary => transition(step, world),
            Dialect::DiscoveryWorld => discovery(step, world),
            Dialect::GamingAgent => moved(step, world),
            Dialect::Arc => played(step, world),
        }
    }

    /// What the benchmark wrote beside the log.
    pub fn beside(self, record: &Record<'_, '_>, world: &mut World<'_>) {
        match self {
            Dialect::Balrog => {
                let read = |stats: Value<'_, '_>| {
                    let text = |key: &str| stats.text_of(&[key]).map(|text| Text::Owned(text.into_owned()));
                    let progress = stats.get("progression").and_then(|progress| progress.as_f64());
                    Some((text("mission"), text("task"), progress))
                };
                let name = format!("{}.json", record.stem);
                let Some((mission, task, progress)) = read_beside(record.beside, &name, read) else { return };
                world.goal = mission.map(|mission| Text::Owned(mission.into_owned()));
                world.reward = progress;
                if let Some(task) = task {
                    world.metadata.text("task", &task);
                }
            }
            Dialect::EmbodiedBench => {
                // `episode_3_step_17` is named after what it is of.
                let number = record.stem.strip_prefix("episode_").and_then(|rest| rest.split_once('_'));
                let Some(number) = number.and_then(|(number, _)| number.parse::<u32>().ok()) else { return };
                let read =
                    |result: Value<'_, '_>| result.get("task_success").and_then(|success| success.as_f64());
                let name = format!("results/episode_{number}_final_res.json");
                if let Some(success) = read_beside(record.beside, &name, read) {
                    world.success = Some(success >= 1.0);
                }
            }
            _ => {}
        }
    }
}

/// The agent did what a member says in words: `go to desk 1`, `search with Action Input: {}`.
fn act<'a>(step: Value<'_, 'a>, key: &str, world: &mut World<'a>) {
    let Some(action) = step.text_of(&[key]) else { return };
    let (name, input) = match action.split_once(" with Action Input:") {
        Some((name, input)) => (name.trim(), Some(input.trim())),
        None => parse_action(&action),
    };
    let part = |part: &str| within(&action, part);
    world.timeline.act(None, part(name), input.map(part).and_then(filled));
}

/// What came of the last action.
fn see<'a>(step: Value<'_, 'a>, keys: &[&str], error: Option<bool>, world: &mut World<'a>) {
    if let Some(seen) = step.any_of(keys).and_then(|seen| seen.text_or_json()) {
        world.timeline.observe(None, seen, error);
    }
}

fn tales<'a>(step: Value<'_, 'a>, world: &mut World<'a>) {
    if world.goal.is_none() {
        world.goal = step.text_of(&["Observation"]);
        let prompt = step.text_of(&["Prompt"]);
        world.system = prompt.and_then(|prompt| {
            let system = |prompt: Value<'_, '_>| {
                let first = prompt.items().next().filter(|first| role_of(*first) == Some(Role::System))?;
                Some(Text::Owned(content_text(first)?.into_owned()))
            };
            read_inner(&prompt, system)
        });
    }
    // Models that think write more than the command.
    let (wrote, action) = (step.text_of(&["Response"]), step.text_of(&["Action"]));
    world.timeline.think(wrote.filter(|wrote| Some(wrote.trim()) != action.as_deref().map(str::trim)));
    act(step, "Action", world);
    see(step, &["Feedback"], None, world);
    let number = |key| step.get(key).and_then(|number: Value<'_, '_>| number.as_f64());
    let most = number("Max Score").filter(|most| *most > 0.0);
    world.reward = number("Score").zip(most).map(|(score, most)| score / most);
}

fn embodied<'a>(step: Value<'_, 'a>, world: &mut World<'a>) {
    world.goal = world.goal.take().or_else(|| step.text_of(&["instruction"]));
    let number = |key| step.get(key).and_then(|number: Value<'_, '_>| reward_of(number));
    let plan = step.text_of(&["reasoning"]);
    let said = plan.as_ref().and_then(|plan| {
        let said = |plan: Value<'_, '_>| Some(plan.text_of(&["reasoning_and_reflection"])?.into_owned());
        read_inner(plan, said)
    });
    world.timeline.think(said.map(Text::Owned).or(plan));
    let failed = number("last_action_success").map(|success| success == 0.0);
    // What has no number is no action of the world.
    if number("action_id").is_some_and(|id| id < 0.0) {
        world.timeline.act(None, "invalid_action".into(), None);
    } else {
        act(step, "action_description", world);
    }
    let seen = step.text_of(&["env_feedback"]).unwrap_or_default();
    world.timeline.settle(seen, failed);
    world.success = number("task_success").map(|success| success >= 1.0).or(world.success);
    world.reward = number("task_progress").or(world.reward);
}

fn transition<'a>(step: Value<'_, 'a>, world: &mut World<'a>) {
    const FAILED: &str = "Encountered exception during tool call";
    if world.timeline.prompt.is_none() {
        for message in step.items_of("observation") {
            match role_of(message) {
                Some(Role::System) => world.system = world.system.take().or_else(|| content_text(message)),
                _ => world.timeline.user(content_text(message)),
            }
        }
    }
    if let Some(reply) = step.at_path(&["action", "value"]) {
        world.timeline.say(reply.get("content").filter(|said| said.is_string()).and_then(words));
        for call in reply.items_of("tool_calls") {
            let function = call.get("function").unwrap_or(call);
            let input = function.get("arguments").and_then(|arguments| arguments.text_or_json());
            world.timeline.act(call.text_of(&["id"]), call_name(function.text_of(&["name"])), input);
        }
        world.timeline.end_turn();
    }
    let is = |key| step.get(key).and_then(|flag: Value<'_, '_>| flag.as_bool()) == Some(true);
    // Nobody sees what the world says once it is done: whether the answer was right.
    for message in step.items_of("next_observation").filter(|_| !is("done")) {
        let seen = content_text(message).unwrap_or_default();
        match message.text_of(&["tool_call_id"]) {
            Some(id) => {
                let error = seen.starts_with(FAILED).then_some(true);
                world.timeline.observe(Some(&id), seen, error);
            }
            None => world.timeline.user(filled(seen)),
        }
    }
    add_reward(step, world);
    let exception = step.get("metadata").and_then(|metadata| metadata.text_of(&["exception"]));
    let cut = is("truncated").then_some(Text::Borrowed("truncated"));
    world.failure = exception.or(cut).or(world.failure.take());
}

/// Rewards of steps add up, to what no one knows.
fn add_reward(step: Value<'_, '_>, world: &mut World<'_>) {
    if let Some(reward) = step.get("reward").and_then(reward_of) {
        world.reward = Some(world.reward.unwrap_or(0.0) + reward);
        world.full_mark = Some(UNKNOWN_SCALE);
    }
}

fn discovery<'a>(step: Value<'_, 'a>, world: &mut World<'a>) {
    let task = step.at_path(&["observation", "ui", "taskProgress"]).and_then(|tasks| tasks.items().next());
    if let Some(task) = task {
        world.goal = world.goal.take().or_else(|| task.text_of(&["description"]));
        world.success = task.get("completedSuccessfully").and_then(|done| done.as_bool()).or(world.success);
    }
    let Some(next) = step.get("nextAction").filter(|next| next.is_object()) else { return };
    world.timeline.think(next.text_of(&["explanation"]));
    let Some(action) = next.text_of(&["action"]) else { return };
    let mut given = ObjectWriter::default();
    for key in ["arg1", "arg2"] {
        given.copy(key, next.get(key).filter(|given| !given.is_null()));
    }
    world.timeline.act(None, action, given.finish().map(Into::into));
    let failed = next.items_of("errors").next().map(|_| true);
    see(next, &["result_of_last_action"], failed, world);
}

fn moved<'a>(step: Value<'_, 'a>, world: &mut World<'a>) {
    // What is seen now is what came of the move before.
    see(step, &["perception_data"], None, world);
    world.timeline.think(step.text_of(&["thought"]));
    act(step, "move", world);
    add_reward(step, world);
}

fn played<'a>(step: Value<'_, 'a>, world: &mut World<'a>) {
    let Some(data) = step.get("data") else { return };
    let input = data.get("action_input");
    let reasoning = input.and_then(|input| input.get("reasoning"));
    let said =
        reasoning.and_then(|said| said.text().or_else(|| said.text_of(&["response_preview", "reasoning"])));
    let id = input.and_then(|input| input.get("id")?.scalar()).unwrap_or_default();
    let is_first = !world.timeline.has_acted() && matches!(&*id, "0" | "RESET");
    if !is_first {
        world.timeline.think(said);
        let mut given = ObjectWriter::default();
        let members = input.and_then(|input| input.get("data")).into_iter().flat_map(|given| given.members());
        for (key, value) in members.filter(|(key, _)| key != "game_id") {
            given.json(&key, &value.json());
        }
        let name = if id.parse::<u8>().is_ok() { format!("ACTION{id}").into() } else { id };
        world.timeline.act(None, name, given.finish().map(Into::into));
    }
    see(data, &["frame"], None, world);
    world.success = match data.text_of(&["state"]).as_deref() {
        Some("WIN") => Some(true),
        Some("GAME_OVER") => Some(false),
        _ => None,
    };
    if is_first {
        world.metadata.copy_members(data, ["game_id"]);
    }
}
