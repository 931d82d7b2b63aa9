//! What lists of steps have that are those of a game: what was there first, and what each move was worth.

use super::element::Element;
use crate::json::{Keys, Value};
use crate::labels::UNKNOWN_SCALE;
use crate::run::{Run, RunStep, Text};

/// What says that a move ended the game.
static ENDED: Keys = Keys::new(&["done", "terminated", "truncated"]);
/// What says that the game was won, by names that no tool has for a call that went well.
const WON: &[&str] = &["won", "success", "is_success", "task_success"];

/// What was there before the first action: the goal, where nothing else states one and it speaks of one, else a step.
pub(super) fn begin<'a>(list: Value<'_, 'a>, run: &mut Run<'a>) {
    let Some(first) = opening(list) else { return };
    match &run.original_prompt {
        None if states_goal(&first) => run.original_prompt = Some(first),
        Some(goal) if goal.contains(first.trim()) => {}
        _ => run.steps.insert(0, RunStep { observation: Some(first), ..RunStep::default() }),
    }
}

fn opening<'a>(list: Value<'_, 'a>) -> Option<Text<'a>> {
    let elements = || list.items().filter(|item| item.is_object()).map(Element::of);
    let is_before = |element: &Element<'_, '_>| element.observes_first() || element.observed_before();
    let acting = || elements().filter(Element::acts);
    let first = elements().next().filter(|first| first.acts() && is_before(first))?;
    (2 * acting().filter(is_before).count() > acting().count()).then(|| first.seen_before()).flatten()
}

/// Whether the words of a world say what is to be done in it.
fn states_goal(words: &str) -> bool {
    const MARKS: &[&str] = &["goal", "task", "objective", "mission", "instruction", "you must", "you need"];
    let words = words.to_lowercase();
    MARKS.iter().any(|mark| words.contains(mark))
}

/// Rewards of the moves added up, and what the last says of the end.
pub(super) fn read_labels_of_steps(list: Value<'_, '_>, run: &mut Run<'_>) {
    let moves = || list.items().filter(|item| item.is_object());
    let is_move = |step: Value<'_, '_>| step.among(&ENDED).next().is_some();
    if run.success.is_some() || run.reward.is_some() || !moves().all(is_move) {
        return;
    }
    let Some(last) = moves().last() else { return };
    let rewards = || moves().filter_map(|step| step.get("reward")?.as_f64());
    if rewards().next().is_some() {
        run.reward = Some(rewards().sum()).filter(|sum: &f64| sum.is_finite());
        let is_sparse = rewards().filter(|reward| *reward != 0.0).all(|reward| reward == 1.0);
        let has_ended = last.among(&ENDED).any(|(_, ended)| ended.as_bool() == Some(true));
        run.full_mark = (!is_sparse || !has_ended).then_some(UNKNOWN_SCALE);
    }
    let won = |place: Value<'_, '_>| WON.iter().find_map(|key| place.get(key)?.as_bool());
    run.success = last.get("info").and_then(won).or_else(|| last.get("won")?.as_bool());
}
