//! Steps from logs that are streams of events: the user speaks, the agent thinks, acts and replies,
//! the world answers.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use crate::formats::filled;
use crate::mcp_result;
use crate::messages::join;
use crate::run::{Run, RunStep, Text};
use crate::terminal::set_final_answer;

/// A run as its events come in.
#[derive(Debug, Default)]
pub(crate) struct Timeline<'a> {
    /// What the user asked for first.
    pub prompt: Option<Text<'a>>,
    /// What happened.
    pub steps: Vec<RunStep<'a>>,
    user: Option<Text<'a>>,
    thought: Option<Text<'a>>,
    /// What the agent said since its last call.
    words: Option<Text<'a>>,
    /// Steps by the id of their call.
    calls: HashMap<Text<'a>, usize>,
    /// Steps of this turn that have no result yet.
    waiting: VecDeque<usize>,
    answered: bool,
}

impl<'a> Timeline<'a> {
    /// The user said something: the goal, or words before the next step.
    pub fn user(&mut self, words: Option<Text<'a>>) {
        let Some(words) = words.and_then(filled) else { return };
        self.flush();
        if self.prompt.is_none() {
            self.prompt = Some(words);
        } else {
            join(&mut self.user, Some(words));
        }
    }

    /// The agent thought something before it acts.
    pub fn think(&mut self, words: Option<Text<'a>>) {
        join(&mut self.thought, words);
    }

    /// The agent said something that a call may follow: a thought then, else a reply, beside which what it
    /// thought is dropped.
    pub fn say(&mut self, words: Option<Text<'a>>) {
        join(&mut self.words, words);
    }

    /// No call follows what the agent said.
    pub fn end_turn(&mut self) {
        self.flush();
    }

    /// The agent called a tool.
    pub fn act(&mut self, id: Option<Text<'a>>, name: Text<'a>, input: Option<Text<'a>>) {
        if std::mem::take(&mut self.answered) {
            self.waiting.clear();
        }
        self.waiting.push_back(self.steps.len());
        if let Some(id) = id {
            self.calls.insert(id, self.steps.len());
        }
        let (user, mut thought) = (self.user.take(), self.thought.take());
        join(&mut thought, self.words.take());
        self.steps.push(RunStep {
            user,
            thought,
            action_name: Some(name),
            action_input: input,
            ..RunStep::default()
        });
    }

    /// The last call has a second id, which results may use.
    pub fn also_called(&mut self, id: Text<'a>) {
        if let Some(step) = self.waiting.back() {
            self.calls.insert(id, *step);
        }
    }

    /// The agent said something and called nothing.
    pub fn reply(&mut self, words: Option<Text<'a>>) {
        let Some(words) = words.and_then(filled) else { return };
        self.flush();
        self.waiting.clear();
        self.steps.push(RunStep { user: self.user.take(), thought: Some(words), ..RunStep::default() });
    }

    /// Something came back: for the call with this id, else for the first call of the turn that
    /// still waits, else for the last step.
    pub fn observe(&mut self, id: Option<&str>, observation: Text<'a>, error: Option<bool>) {
        let (observation, marked) = mcp_result::said(observation);
        let error = error.or(marked);
        self.answered = true;
        let named = id.and_then(|id| self.calls.remove(id));
        let open = |step: &RunStep<'_>| step.observation.is_none();
        let index = named.or_else(|| {
            while let Some(index) = self.waiting.pop_front() {
                if self.steps.get(index).is_some_and(open) {
                    return Some(index);
                }
            }
            let last = self.steps.len().checked_sub(1)?;
            (self.user.is_none() && open(&self.steps[last])).then_some(last)
        });
        match index.and_then(|index| self.steps.get_mut(index)) {
            Some(step) => (step.observation, step.error) = (Some(observation), error),
            None => self.happen(observation, error),
        }
    }

    /// Something happened that no call asked for.
    pub fn happen(&mut self, observation: Text<'a>, error: Option<bool>) {
        self.flush();
        let user = self.user.take();
        self.steps.push(RunStep { user, observation: Some(observation), error, ..RunStep::default() });
    }

    /// The steps, once all events are in.
    pub fn finish(&mut self) -> Vec<RunStep<'a>> {
        self.flush();
        if let Some(words) = self.user.take() {
            self.steps.push(RunStep { user: Some(words), ..RunStep::default() });
        }
        std::mem::take(&mut self.steps)
    }

    /// The run, once all events are in; an error where nothing of it is by the agent. What the agent said
    /// last is its answer, unless something failed then.
    pub fn run(mut self, trajectory_id: Text<'a>, failure: Option<Text<'a>>) -> Result<Run<'a>, String> {
        let steps = self.finish();
        if !steps.iter().any(|step| step.thought.is_some() || step.action_name.is_some()) {
            return Err("the agent says and does nothing in it".to_owned());
        }
        let mut run = Run { trajectory_id, original_prompt: self.prompt, steps, ..Run::default() };
        match failure {
            None => set_final_answer(&mut run),
            failure => run.failure_reason = failure,
        }
        Ok(run)
    }

    /// What the agent said, or thought, with no action after it is a step of its own.
    fn flush(&mut self) {
        let thought = self.thought.take();
        if let Some(words) = self.words.take().or(thought) {
            let user = self.user.take();
            self.steps.push(RunStep { user, thought: Some(words), ..RunStep::default() });
        }
    }
}

/// The name of a call, empty where the log has none.
pub(crate) fn call_name(name: Option<Text<'_>>) -> Text<'_> {
    name.unwrap_or(Cow::Borrowed(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(timeline: &mut Timeline<'_>) -> Vec<String> {
        let text = |text: &Option<Text<'_>>| text.as_deref().unwrap_or("-").to_owned();
        let steps = timeline.finish();
        steps
            .iter()
            .map(|step| [&step.user, &step.thought, &step.action_name, &step.observation].map(text).join(" "))
            .collect()
    }

    #[test]
    fn results_go_to_their_calls_by_id_then_in_order_of_the_turn() {
        let mut timeline = Timeline::default();
        timeline.act(Some("1".into()), "a".into(), None);
        timeline.act(Some("2".into()), "b".into(), None);
        timeline.observe(Some("2"), "B".into(), None);
        timeline.observe(None, "A".into(), None);
        timeline.act(None, "lost".into(), None);
        timeline.observe(Some("unknown"), "x".into(), None);
        timeline.act(None, "c".into(), None);
        timeline.act(None, "d".into(), None);
        timeline.observe(None, "C".into(), None);
        timeline.act(None, "e".into(), None);
        timeline.observe(None, "E".into(), None);
        timeline.observe(None, "more".into(), None);
        let wanted = ["- - a A", "- - b B", "- - lost x", "- - c C", "- - d -", "- - e E", "- - - more"];
        assert_eq!(shown(&mut timeline), wanted);
    }

    #[test]
    fn words_stand_before_what_they_led_to() {
        let mut timeline = Timeline::default();
        timeline.user(Some("goal".into()));
        timeline.think(Some("t".into()));
        timeline.act(None, "a".into(), None);
        timeline.user(Some("more".into()));
        timeline.think(Some("u".into()));
        timeline.reply(Some("r".into()));
        timeline.observe(None, "seen".into(), None);
        timeline.user(Some("bye".into()));
        assert_eq!(timeline.prompt.as_deref(), Some("goal"));
        assert_eq!(shown(&mut timeline), ["- t a -", "more u - -", "- r - seen", "bye - - -"]);
    }

    #[test]
    fn words_are_thoughts_of_a_call_that_follows_and_replies_else() {
        let mut timeline = Timeline::default();
        timeline.say(Some("w".into()));
        timeline.act(None, "a".into(), None);
        timeline.think(Some("t".into()));
        timeline.say(Some("r".into()));
        timeline.end_turn();
        timeline.say(Some("s".into()));
        timeline.user(Some("goal".into()));
        timeline.think(Some("u".into()));
        assert_eq!(shown(&mut timeline), ["- w a -", "- r - -", "- s - -", "- u - -"]);
    }
}
