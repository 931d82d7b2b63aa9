//! Steps from logs that are streams of events: the user speaks, the agent thinks, acts and replies,
//! the world answers.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use crate::formats::filled;
use crate::gui::without_pictures;
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
    /// Steps whose calls may still get a result: those of calls without an id, and of those with one.
    waiting: VecDeque<usize>,
    waiting_by_id: VecDeque<usize>,
    /// Whether something came back or was said since the last call, so that another one begins a new turn.
    answered: bool,
    /// How many steps there were when the user spoke last, or the agent with no call.
    spoken: usize,
}

/// How many calls that wait a name is looked for in.
const PARALLEL: usize = 64;

impl<'a> Timeline<'a> {
    /// The user said something: the goal, or words before the next step.
    pub fn user(&mut self, words: Option<Text<'a>>) {
        let Some(words) = words.and_then(filled) else { return };
        self.flush();
        self.close();
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

    /// Whether anything happened yet.
    pub fn has_acted(&self) -> bool {
        !self.steps.is_empty()
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
            self.waiting_by_id.clear();
        }
        match id {
            Some(id) => {
                self.waiting_by_id.push_back(self.steps.len());
                self.calls.insert(id, self.steps.len());
            }
            None => self.waiting.push_back(self.steps.len()),
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
        if let Some(step) = self.steps.len().checked_sub(1) {
            self.calls.insert(id, step);
        }
    }

    /// The agent said something and called nothing.
    pub fn reply(&mut self, words: Option<Text<'a>>) {
        let Some(words) = words.and_then(filled) else { return };
        self.flush();
        self.close();
        self.steps.push(RunStep { user: self.user.take(), thought: Some(words), ..RunStep::default() });
    }

    /// Something came back: for the call with this id, else for the first call of the turn that
    /// still waits, else for the last step. An id that no call has, or that was answered, is not that of
    /// another call.
    pub fn observe(&mut self, id: Option<&str>, observation: Text<'a>, error: Option<bool>) {
        let step = match id {
            Some(id) => self.calls.remove(id).or_else(|| self.next_waiting(false)),
            None => self.next_waiting(true).or_else(|| self.last_open()),
        };
        self.settle_at(step, observation, error);
    }

    /// Something came back that tells the tool: without the id of a call, it is for the first call of this tool that
    /// waits.
    pub fn observe_of(
        &mut self,
        id: Option<&str>,
        tool: Option<&str>,
        observation: Text<'a>,
        error: Option<bool>,
    ) {
        if tool.is_none() || id.is_some_and(|id| self.calls.contains_key(id)) {
            return self.observe(id, observation, error);
        }
        let by_id = self.waiting_by_id.iter().filter(|_| id.is_none());
        let called = self.waiting.iter().chain(by_id).take(PARALLEL).copied();
        let step = called.filter(|step| {
            let step = &self.steps[*step];
            step.observation.is_none() && step.action_name.as_deref() == tool
        });
        self.settle_at(step.min(), observation, error);
    }

    /// What came of the last call, where the log has both in one.
    pub fn settle(&mut self, observation: Text<'a>, error: Option<bool>) {
        self.settle_at(self.steps.len().checked_sub(1), observation, error);
    }

    /// What came of the call of a step; of none, where there is no such step.
    pub fn settle_at(&mut self, step: Option<usize>, observation: Text<'a>, error: Option<bool>) {
        let (observation, marked) = mcp_result::said(without_pictures(observation));
        let error = error.or(marked);
        self.answered = true;
        match step.and_then(|step| self.steps.get_mut(step)) {
            Some(step) => (step.observation, step.error) = (Some(observation), error),
            None => self.happen(observation, error),
        }
    }

    /// Words end a turn: only results that tell their calls are for those before them.
    fn close(&mut self) {
        (self.answered, self.spoken) = (true, self.steps.len());
    }

    /// The first call since words were said that has no result; of calls with an id only where `any` may be meant.
    fn next_waiting(&mut self, any: bool) -> Option<usize> {
        let (steps, spoken) = (&self.steps, self.spoken);
        let first = |waiting: &mut VecDeque<usize>| {
            while waiting.front().is_some_and(|step| *step < spoken || steps[*step].observation.is_some()) {
                waiting.pop_front();
            }
            waiting.front().copied()
        };
        let without_id = first(&mut self.waiting);
        let with_id = first(&mut self.waiting_by_id).filter(|_| any);
        without_id.into_iter().chain(with_id).min()
    }

    /// The last step, where nothing was observed in it and nobody spoke after it.
    fn last_open(&self) -> Option<usize> {
        let open = self.user.is_none() && self.steps.last()?.observation.is_none();
        open.then(|| self.steps.len() - 1)
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
            self.answered = true;
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
    fn a_result_is_not_that_of_another_call() {
        let mut timeline = Timeline::default();
        timeline.act(None, "pending".into(), None);
        timeline.act(None, "s".into(), None);
        timeline.settle("S".into(), None);
        timeline.act(Some("1".into()), "a".into(), None);
        timeline.observe(Some("1"), "A".into(), None);
        timeline.act(Some("2".into()), "b".into(), None);
        timeline.observe(Some("1"), "again".into(), None);
        timeline.act(None, "aborted".into(), None);
        timeline.user(Some("goal".into()));
        timeline.act(None, "c".into(), None);
        timeline.observe(None, "C".into(), None);
        timeline.act(None, "aborted".into(), None);
        timeline.reply(Some("r".into()));
        timeline.act(None, "d".into(), None);
        timeline.observe(None, "D".into(), None);
        let wanted =
            ["- - pending -", "- - s S", "- - a A", "- - b -", "- - - again", "- - aborted -", "- - c C"];
        let more = ["- - aborted -", "- r - -", "- - d D"];
        assert_eq!(shown(&mut timeline), [&wanted[..], &more[..]].concat());
    }

    #[test]
    fn results_without_ids_go_to_calls_of_their_tool() {
        let mut timeline = Timeline::default();
        timeline.act(None, "a".into(), None);
        timeline.act(Some("2".into()), "b".into(), None);
        timeline.reply(Some("wait".into()));
        timeline.user(Some("goal".into()));
        timeline.user(Some("well?".into()));
        timeline.observe_of(Some("2"), Some("b"), "B".into(), None);
        timeline.observe_of(Some("2"), Some("a"), "A".into(), None);
        timeline.observe_of(None, Some("a"), "more".into(), None);
        assert_eq!(shown(&mut timeline), ["- - a A", "- - b B", "- wait - -", "well? - - more"]);
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
