//! The turns of a demonstration, before any trainer's names for them.

use std::borrow::Cow;
use std::ops::Range;

use super::{GoalView, Options, Skip};
use crate::signals::effect::{Effect, effect};
use crate::text::document::{Document, Kind};
use crate::trajectory::{Step, Trajectory};

/// A demonstration: what was asked, what was done, and the answer that closes it.
#[derive(Debug)]
pub struct Conversation<'a> {
    /// System prompt.
    pub system: Option<&'a str>,
    /// The turns before the answer; the first is the user's.
    pub turns: Vec<Turn<'a>>,
    /// The calls of all turns.
    pub calls: Vec<Call<'a>>,
    /// The closing message of the agent.
    pub answer: Cow<'a, str>,
    /// The closing message that the answer is preferred to.
    pub rejected: Option<&'a str>,
}

/// One turn. What a call returned belongs to the call.
#[derive(Debug)]
pub enum Turn<'a> {
    /// The user speaks.
    User(Cow<'a, str>),
    /// The agent speaks or calls: `calls` are indices into [`Conversation::calls`]. What is masked is context, and
    /// not trained on.
    Agent { content: Cow<'a, str>, calls: Range<usize>, masked: bool },
}

impl Turn<'_> {
    /// Whether the agent only speaks.
    pub fn is_reply(&self) -> bool {
        matches!(self, Turn::Agent { calls, .. } if calls.start == calls.end)
    }

    /// Whether the agent calls, and is to be imitated in it.
    fn demonstrates(&self) -> bool {
        !self.is_reply() && matches!(self, Turn::Agent { masked: false, .. })
    }
}

/// One call and its result.
#[derive(Debug)]
pub struct Call<'a> {
    pub name: &'a str,
    pub arguments: CallArguments<'a>,
    pub observation: &'a str,
}

/// The arguments of a call. Trainers take objects only.
#[derive(Debug)]
pub enum CallArguments<'a> {
    None,
    Object(Document<'a>),
    /// Anything else, as one argument named [`TEXT_ARGUMENT`].
    Text(&'a str),
}

/// The name of the argument that holds a text which is no JSON object.
pub const TEXT_ARGUMENT: &str = "input";

impl<'a> CallArguments<'a> {
    fn parse(input: Option<&'a str>) -> Self {
        let Some(text) = input.filter(|text| !matches!(text.trim(), "" | "null" | "None")) else {
            return CallArguments::None;
        };
        match Document::parse(text) {
            Some(document) if document.root().kind() == Kind::Object => CallArguments::Object(document),
            _ => CallArguments::Text(text),
        }
    }
}

impl<'a> Conversation<'a> {
    fn opened_with(prompt: &'a str, run: &Trajectory<'a>, options: &Options) -> Self {
        Conversation {
            system: run.system.filter(|system| options.system && !is_blank(system)),
            turns: vec![Turn::User(Cow::Borrowed(prompt))],
            calls: Vec::new(),
            answer: Cow::Borrowed(""),
            rejected: None,
        }
    }

    /// The kept steps under the hindsight goal. The user's turns are left out: they speak for the
    /// original goal, and what the slice needs of them is in the hindsight goal. Steps at the end that
    /// only answer (a reply, `finish[..]`, `submit`) make way for the hindsight answer. Where the row has a mask,
    /// the calls between the kept steps stand, masked; what comes after them never does.
    pub fn of_goal(run: &Trajectory<'a>, goal: &GoalView<'a>, options: &Options) -> Result<Self, Skip> {
        if is_blank(goal.goal) {
            return Err(Skip::NoGoal);
        }
        if is_blank(goal.answer) {
            return Err(Skip::NoAnswer);
        }
        let ascending = goal.kept_steps.windows(2).all(|pair| pair[0] < pair[1]);
        let inside = goal.kept_steps.last().is_none_or(|&last| (last as usize) < run.steps.len());
        if !ascending || !inside || goal.thoughts.len() != goal.kept_steps.len() {
            return Err(Skip::BadSteps);
        }
        let mut conversation = Self::opened_with(goal.goal, run, options);
        let step = |index: u32| &run.steps[index as usize];
        let kept =
            goal.kept_steps.iter().rposition(|&index| !only_answers(step(index))).map_or(0, |at| at + 1);
        let mut next = 0;
        for (&index, &thought) in goal.kept_steps[..kept].iter().zip(goal.thoughts) {
            if options.mask().is_some() {
                (next..index).for_each(|outside| conversation.push_masked(step(outside)));
            }
            let neighbours = next > 0 && next == index;
            conversation.push_step(step(index), thought, options.join_silent_calls && neighbours);
            next = index + 1;
        }
        if !conversation.turns.iter().any(Turn::demonstrates) {
            return Err(Skip::NoCall);
        }
        conversation.close(goal.answer);
        Ok(conversation)
    }

    /// The whole run under its original goal, as it happened.
    pub fn of_run(run: &Trajectory<'a>, options: &Options) -> Result<Self, Skip> {
        let prompt = run.original_prompt.filter(|prompt| !is_blank(prompt)).ok_or(Skip::NoPrompt)?;
        let mut conversation = Self::opened_with(prompt, run, options);
        let spoken = run.steps.iter().rposition(is_of_agent).map_or(0, |at| at + 1);
        let acted = run.steps[..spoken].iter().rposition(|step| !only_answers(step)).map_or(0, |at| at + 1);
        for step in &run.steps[..acted] {
            conversation.push_user(step.user);
            conversation.push_step(step, step.thought, options.join_silent_calls && step.user.is_none());
        }
        let replies = &run.steps[acted..spoken];
        for (index, step) in replies.iter().enumerate() {
            conversation.push_user(step.user);
            if index + 1 < replies.len() && step.action_name.is_none() {
                conversation.push_step(step, step.thought, false);
            }
        }
        let last_words =
            replies.last().filter(|step| step.action_name.is_none()).and_then(|step| step.thought);
        let answer = [last_words, run.final_answer].into_iter().flatten().find(|text| !is_blank(text));
        conversation.close(answer.ok_or(Skip::NoAnswer)?);
        Ok(conversation)
    }

    /// Sets the closing message; a reply before it is its beginning.
    fn close(&mut self, answer: &'a str) {
        match self.turns.pop_if(|turn| turn.is_reply()) {
            Some(Turn::Agent { content, .. }) => self.answer = content,
            _ => self.answer = Cow::Borrowed(""),
        }
        join(&mut self.answer, answer);
    }

    /// Makes the run's own final answer the rejected ending.
    pub fn prefer_to_ending_of(&mut self, run: &Trajectory<'a>) -> Result<(), Skip> {
        let own = run.final_answer.filter(|answer| !is_blank(answer)).ok_or(Skip::NoOwnEnding)?;
        // An ending that gives the hindsight answer among other things is not worse than it.
        if folded(own).contains(&folded(&self.answer)) {
            return Err(Skip::SameEnding);
        }
        self.rejected = Some(own);
        Ok(())
    }

    /// Asks for the original goal instead.
    pub fn ask_as_in(&mut self, run: &Trajectory<'a>) -> Result<(), Skip> {
        let prompt = run.original_prompt.filter(|prompt| !is_blank(prompt)).ok_or(Skip::NoPrompt)?;
        if let Some(Turn::User(goal)) = self.turns.first()
            && folded(goal) == folded(prompt)
        {
            return Err(Skip::SameGoal);
        }
        self.turns[0] = Turn::User(Cow::Borrowed(prompt));
        Ok(())
    }

    fn push_user(&mut self, words: Option<&'a str>) {
        let Some(words) = words.filter(|words| !is_blank(words)) else { return };
        match self.turns.last_mut() {
            Some(Turn::User(before)) => join(before, words),
            _ => self.turns.push(Turn::User(Cow::Borrowed(words))),
        }
    }

    /// Adds a step. A reply and the call after it are one message: two messages of the agent in a row
    /// are refused by many chat templates.
    fn push_step(&mut self, step: &Step<'a>, thought: Option<&'a str>, may_join: bool) {
        let thought = thought.filter(|thought| !is_blank(thought));
        let added = self.push_call(step);
        match self.turns.last_mut() {
            Some(Turn::Agent { content, calls, masked: false }) if calls.start == calls.end => {
                thought.into_iter().for_each(|thought| join(content, thought));
                *calls = added;
            }
            Some(Turn::Agent { calls, masked: false, .. })
                if may_join && step.thought.is_none() && !added.is_empty() =>
            {
                calls.end = added.end;
            }
            _ if added.is_empty() && thought.is_none() => {}
            _ => {
                let content = Cow::Borrowed(thought.unwrap_or_default());
                self.turns.push(Turn::Agent { content, calls: added, masked: false });
            }
        }
    }

    /// Adds a step outside the slice: its call and what that returned, without the thought, which is after the
    /// original goal. A step without a call goes with the turns of the user, to whom it speaks.
    fn push_masked(&mut self, step: &Step<'a>) {
        if only_answers(step) {
            return;
        }
        let calls = self.push_call(step);
        let turn = Turn::Agent { content: Cow::Borrowed(""), calls, masked: true };
        // What the agent said last waits for its call: two messages of the agent in a row are refused.
        let waits = usize::from(self.turns.last().is_some_and(Turn::is_reply));
        self.turns.insert(self.turns.len() - waits, turn);
    }

    fn push_call(&mut self, step: &Step<'a>) -> Range<usize> {
        let start = self.calls.len();
        self.calls.extend(step.action_name.map(|name| Call {
            name,
            arguments: CallArguments::parse(step.action_input),
            observation: step.observation.unwrap_or_default(),
        }));
        start..self.calls.len()
    }
}

fn join<'a>(text: &mut Cow<'a, str>, more: &'a str) {
    if text.is_empty() {
        *text = Cow::Borrowed(more);
    } else {
        let text = text.to_mut();
        text.push_str("\n\n");
        text.push_str(more);
    }
}

/// A trailing step with only the user's words is not of the agent.
fn is_of_agent(step: &Step<'_>) -> bool {
    step.action_name.is_some() || step.thought.is_some()
}

/// Whether a step does nothing but give an answer.
fn only_answers(step: &Step<'_>) -> bool {
    step.action_name.is_none_or(|name| effect(name, None) == Effect::Reply)
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// A text without case and spacing, to tell whether two texts say the same.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
