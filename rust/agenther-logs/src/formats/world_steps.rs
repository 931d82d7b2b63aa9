//! Steps in a world, as the benchmarks of games and embodied agents log them.
//!
//! Source: TALES (`microsoft/tale-suite`, a line a step), BALROG (`balrog-ai/BALROG`, a table of steps with a JSON file of
//! the same name), EmbodiedBench (lines in a `.json`), AgentBoard (`hkust-nlp/AgentBoard`, `{goal, trajectory:
//! {"Interaction Turn 0": {Observation, Action}}}`), ScienceWorld (`{history: {taskDescription, history: [{action,
//! observation, score}]}}` by episode), ldp and Aviary of FutureHouse (transitions, a line each or in `{traj_id, steps}`),
//! DiscoveryWorld (a list of `{step, nextAction, observation}`), GamingAgent (`lmgame-org`, a line a move) and the
//! recordings of ARC-AGI-3.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `goal`, `instruction`, `taskDescription`, `taskProgress[0].description`, BALROG's `mission` beside it; the first words of the world (TALES, ldp) | `original_prompt` |
//! | system message of the first `Prompt` or observation | `system` |
//! | `reasoning_and_reflection`, `Reasoning`, `explanation`, `thought`, `response_preview`, words beside calls; what the model wrote instead of the action | `thought` |
//! | `Action`, `action_description`, `nextAction`, `move`, the calls in `action.value`, the id of an `action_input` | steps |
//! | `Feedback`, `Observation`, `env_feedback`, `result_of_last_action`, `next_observation`, `frame` after it; `perception_data` of the next move | `observation` |
//! | `last_action_success` 0, `errors`, the words that ldp puts before one | `error` |
//! | `is_done`, `task_success`, `completedSuccessfully`, `WIN` or `GAME_OVER` | `success` |
//! | `Score` of `Max Score`, `progression`, `progress_rate`, `task_progress`, `finalScore`; rewards added up | `reward` |
//! | `metadata.exception`, that it was truncated | `failure_reason` |
//! | names and ids of the task | `metadata` |
//!
//! Left out: states beside the observation (`freelook`, `inventory`, `memory_summary`), examples in prompts.
//!
//! Leaks: scores of steps, and what a world says once it is done (ldp: that the answer is correct), stay behind.

mod dialects;

use super::{Format, Piece, Record, by_agent};
use crate::beside::Beside;
use crate::json::{ObjectWriter, Value, read_inner};
use crate::run::{Run, Text};
use crate::terminal::set_final_answer;
use crate::timeline::Timeline;
use dialects::Dialect;

pub(super) struct WorldSteps;

/// Elements of a list looked at.
const SAMPLE: usize = 4;

/// The steps of a record and their dialect.
fn steps_of<'t, 'a>(record: Value<'t, 'a>) -> Option<(Dialect, Vec<Value<'t, 'a>>)> {
    let within = |list: Value<'t, 'a>| {
        let items: Vec<Value<'t, 'a>> = list
            .items()
            .chain(list.members().map(|(_, item)| item))
            .filter(|item| item.is_object())
            .collect();
        let dialect = Dialect::of(*items.first()?)?;
        items.iter().take(SAMPLE).all(|item| Dialect::of(*item) == Some(dialect)).then_some((dialect, items))
    };
    if record.is_array() {
        return within(record).filter(|(dialect, _)| !dialect.is_inside());
    }
    let list = match record.get("traj_id") {
        Some(_) => record.get("steps"),
        None => record.get("trajectory").or_else(|| record.get("history")?.get("history")),
    };
    within(list?).filter(|(dialect, _)| dialect.is_inside() || record.get("traj_id").is_some())
}

fn dialect_of_line(record: Value<'_, '_>) -> Option<Dialect> {
    Dialect::of(record).filter(|dialect| !dialect.is_inside())
}

impl Format for WorldSteps {
    fn name(&self) -> &'static str {
        "world_steps"
    }

    fn shape(&self) -> &'static str {
        "steps of benchmarks of games and worlds: `Observation`, `Action`, `Feedback` of TALES and the like, a line each or in a record"
    }

    fn score(&self, record: Value<'_, '_>) -> u8 {
        90 * u8::from(dialect_of_line(record).is_some() || steps_of(record).is_some())
    }

    /// Trajectories of ldp begin with their id.
    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        record.is_string() || record.is_null() || Dialect::ends(record)
    }

    fn only_on_lines(&self, record: Value<'_, '_>) -> bool {
        dialect_of_line(record).is_some()
    }

    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let piece = |value: Value<'t, 'a>| Piece { run: Dialect::run_of(value), value };
        if Dialect::ends(record) {
            return Some(Vec::new());
        }
        if record.is_string() {
            return Some(vec![Piece { run: record.text(), value: record }]);
        }
        if record.is_array() {
            let items = || record.items().map(piece);
            let mut ids = items().filter_map(|piece| piece.run);
            let first = ids.next();
            return (first.is_some() && ids.any(|id| Some(id) != first)).then(|| items().collect());
        }
        let is_whole = record.is_object() && dialect_of_line(record).is_none() && steps_of(record).is_some();
        (!is_whole).then(|| Some(piece(record)).filter(|_| record.is_object()).into_iter().collect())
    }

    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String> {
        let value = record.value;
        let (dialect, steps) = steps_of(value).ok_or("it has no steps")?;
        let mut world = World::default();
        dialect.around(value, &mut world);
        for (at, step) in steps.iter().enumerate() {
            dialect.step(*step, at + 1 == steps.len(), &mut world);
        }
        dialect.beside(record, &mut world);
        let mut steps = world.timeline.finish();
        // A plan of several actions is logged with each of them.
        for at in (1..steps.len()).rev() {
            if dialect.repeats_thoughts() && steps[at].thought == steps[at - 1].thought {
                steps[at].thought = None;
            }
        }
        by_agent(&steps)?;
        let mut run = Run {
            trajectory_id: match record.key {
                // The runs of a file may be numbered.
                Some(key) if key.len() < 4 => format!("{}-{key}", record.stem).into(),
                Some(key) if value.is_array() => key.to_owned().into(),
                Some(key) => record.task_run_id(key),
                None if value.get("task_name").is_some() => record.task_run_id(&record.run_id()),
                None => record.run_id(),
            },
            original_prompt: world.goal.or(world.timeline.prompt),
            system: world.system,
            steps,
            success: world.success,
            reward: world.reward,
            full_mark: world.full_mark,
            failure_reason: world.failure,
            metadata: world.metadata.finish().map(Into::into),
            ..Run::default()
        };
        set_final_answer(&mut run);
        Ok(run)
    }
}

/// A run as its steps come in.
#[derive(Default)]
struct World<'a> {
    timeline: Timeline<'a>,
    goal: Option<Text<'a>>,
    system: Option<Text<'a>>,
    success: Option<bool>,
    reward: Option<f64>,
    full_mark: Option<f64>,
    failure: Option<Text<'a>>,
    metadata: ObjectWriter,
}

/// Reads a JSON file that the benchmark wrote beside the log.
fn read_beside<R>(
    beside: &dyn Beside,
    name: &str,
    read: impl FnOnce(Value<'_, '_>) -> Option<R>,
) -> Option<R> {
    read_inner(&beside.text(name)?, read)
}
