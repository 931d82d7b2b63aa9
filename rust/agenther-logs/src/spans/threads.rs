//! Threads of calls of the model that belong together, and the one of the main agent.

use std::collections::HashMap;

use super::payload::{Messages, Side, conversation, opening};
use super::places::Place;
use super::{Span, key_of};
use crate::messages::{Conversation, Role};
use crate::run::{RunStep, Text};

/// What one call of a model was given and returned.
struct Call {
    input: Messages,
    output: Messages,
    /// What the user asked first.
    goal: Option<Text<'static>>,
    /// System prompt among the messages.
    system: Option<Text<'static>>,
    /// Calls of tools in all its messages.
    acts: usize,
    /// Steps of the output.
    said: Vec<RunStep<'static>>,
}

impl Call {
    fn of(span: &Span) -> Option<Self> {
        let side = |payload: &Option<String>, side| {
            payload.as_deref().map(|payload| Messages::of(payload, side)).unwrap_or_default()
        };
        let (input, mut output) = (side(&span.input, Side::Input), side(&span.output, Side::Output));
        // A state that is put out whole begins with what was put in.
        if output.list.len() > input.list.len() && output.list.starts_with(&input.list) {
            output.list.drain(..input.list.len());
        }
        if input.list.is_empty() && output.list.is_empty() {
            return None;
        }
        let (before, after) = (conversation(&input.json()), conversation(&output.json()));
        let steps = before.steps.iter().chain(&after.steps);
        let acts = steps.filter(|step| step.action_name.is_some()).count();
        Some(Call { input, output, goal: before.prompt, system: before.system, acts, said: after.steps })
    }

    fn messages(self) -> impl Iterator<Item = String> {
        self.input.list.into_iter().chain(self.output.list)
    }
}

/// Calls of the model that belong together.
#[derive(Debug, Default)]
pub(super) struct Thread {
    goal: Option<Text<'static>>,
    pub messages: Vec<String>,
    /// System prompt beside the messages, and among the first of them.
    pub system: Option<String>,
    said_system: Option<Text<'static>>,
    pub tools: Option<String>,
    /// Thoughts before calls, by name and arguments: models do not get their reasoning back, so it is
    /// missing where the history comes again.
    thoughts: HashMap<(String, String), Text<'static>>,
    pub agents: usize,
    pub acts: usize,
}

impl Thread {
    fn add(&mut self, span: &Span, mut call: Call) {
        let or = |known: &mut Option<String>, found: [Option<String>; 3]| {
            *known = known.take().or(found.into_iter().flatten().next());
        };
        or(&mut self.system, [span.system.clone(), call.input.system.take(), call.output.system.take()]);
        or(&mut self.tools, [span.tools.clone(), call.input.tools.take(), call.output.tools.take()]);
        self.said_system = self.said_system.take().or(call.system.take());
        for step in std::mem::take(&mut call.said) {
            if let (Some(key), Some(thought)) = (key_of(&step), step.thought) {
                self.thoughts.insert(key, thought);
            }
        }
        if self.goal.is_some() && self.goal == call.goal {
            self.repeat(call);
        } else if self.goal.is_none() && call.goal.is_some() {
            self.goal = call.goal.take();
            self.acts += call.acts;
            let output = std::mem::take(&mut call.output.list);
            self.messages.splice(0..0, call.input.list);
            self.messages.extend(output);
        } else {
            self.go_on(call);
        }
    }

    /// The whole history again, and more; where it is shorter it is a second try, or was trimmed.
    fn repeat(&mut self, call: Call) {
        let length = call.input.list.len() + call.output.list.len();
        if length >= self.messages.len() && call.acts >= self.acts {
            self.acts = call.acts;
            self.messages = call.messages().collect();
        }
    }

    /// Only what is new; the agent's own last words may come again.
    fn go_on(&mut self, call: Call) {
        let by_agent = |message: &String| opening(std::slice::from_ref(message)) == Some(Role::Agent);
        let said = self.messages.last().is_some_and(by_agent);
        let repeated = call.input.list.iter().take_while(|message| said && by_agent(message)).count();
        self.acts += call.acts;
        self.messages.extend(call.messages().skip(repeated));
    }

    pub fn conversation(&self) -> Conversation<'static> {
        let mut said = conversation(&format!("[{}]", self.messages.join(",")));
        said.system = said.system.or_else(|| self.said_system.clone());
        // The history may hold the answer that the output repeats.
        if let [.., before, last] = said.steps.as_slice()
            && before == last
            && last.action_name.is_none()
        {
            said.steps.pop();
        }
        for step in &mut said.steps {
            let thought = key_of(step).and_then(|key| self.thoughts.get(&key));
            step.thought = step.thought.take().or_else(|| thought.cloned());
        }
        said
    }
}

#[derive(Default)]
pub(super) struct Threads {
    pub all: Vec<Thread>,
    by_goal: HashMap<Text<'static>, usize>,
}

impl Threads {
    pub fn add(&mut self, span: &Span, place: Place) {
        let Some(call) = Call::of(span) else { return };
        let index = match (&call.goal, opening(&call.input.list)) {
            (Some(goal), Some(Role::User)) => self.thread_of(goal),
            // It goes on where the last call ended.
            _ => self.all.len().checked_sub(1),
        };
        let index = index.unwrap_or_else(|| {
            self.all.push(Thread { agents: place.agents, ..Thread::default() });
            self.all.len() - 1
        });
        self.all[index].add(span, call);
        if let Some(goal) = &self.all[index].goal {
            self.by_goal.entry(goal.clone()).or_insert(index);
        }
    }

    /// The thread with this goal, or one that waits for its goal; `None`: it is a new one.
    fn thread_of(&self, goal: &Text<'static>) -> Option<usize> {
        let last = self.all.len().checked_sub(1)?;
        self.by_goal.get(goal).copied().or_else(|| self.all[last].goal.is_none().then_some(last))
    }

    /// The thread of the main agent.
    pub fn main(self) -> Option<Thread> {
        // The first of equals: `min_by_key` takes it.
        self.all.into_iter().min_by_key(|thread| (thread.acts == 0, thread.agents))
    }
}
