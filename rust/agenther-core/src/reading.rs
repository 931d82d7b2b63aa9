//! One run with everything that several stages need, computed once.

mod dispatch;
mod explanation;

use std::borrow::Cow;
use std::cell::OnceCell;

use self::dispatch::{Dispatched, is_router};
pub use self::explanation::{explains, is_for_explanation};
use crate::hindsight::closing::Message;
use crate::hindsight::families::command_line;
use crate::hindsight::ground::RunEvidence;
use crate::hindsight::provenance::Provenance;
use crate::hindsight::topics::{Topics, topics};
use crate::signals::effect::{self, Effect};
use crate::signals::tool_status::{self, Status};
use crate::text::document::{Document, Value};
use crate::text::facts::{self, Fact};
use crate::text::tables::FastMap;
use crate::tools::{self, Tool, ToolList};
use crate::trajectory::{Step, Trajectory};

/// A run and what was read off it.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The run itself.
    pub run: &'a Trajectory<'a>,
    /// One reading per step.
    pub steps: Vec<StepReading<'a>>,
    tools: ToolList<'a>,
    provenance: OnceCell<Provenance<'a>>,
    evidence: OnceCell<RunEvidence>,
    closing: OnceCell<Option<Message<'a>>>,
    prompt_topics: OnceCell<Topics>,
    prompt_facts: OnceCell<Vec<Fact<'a>>>,
    answer_facts: OnceCell<Vec<Fact<'a>>>,
}

/// What was read off one step. Parsed forms are made when first asked for.
#[derive(Debug)]
pub struct StepReading<'a> {
    /// The step itself.
    pub step: &'a Step<'a>,
    /// How the call ended.
    pub status: Status,
    /// What the call does.
    pub effect: Effect,
    tool: Option<usize>,
    called: Option<usize>,
    dispatched: Option<Dispatched<'a>>,
    command_line: OnceCell<Option<Cow<'a, str>>>,
    arguments: OnceCell<Option<Document<'a>>>,
    observation: OnceCell<Option<Document<'a>>>,
    facts: OnceCell<Vec<Fact<'a>>>,
}

impl<'a> Reading<'a> {
    /// Reads a run.
    pub fn new(run: &'a Trajectory<'a>) -> Self {
        let tools = run.tools.map_or(ToolList::Own(Vec::new()), tools::shared_tools);
        let mut by_name: FastMap<&str, usize> = FastMap::default();
        for (at, tool) in tools.iter().enumerate() {
            by_name.entry(&tool.name).or_insert(at);
        }
        let read = |step: &'a Step<'a>| {
            let position = |name: Option<&str>| name.and_then(|name| by_name.get(name)).copied();
            StepReading::new(step, position, &tools)
        };
        Reading {
            run,
            steps: run.steps.iter().map(read).collect(),
            tools,
            provenance: OnceCell::new(),
            evidence: OnceCell::new(),
            closing: OnceCell::new(),
            prompt_topics: OnceCell::new(),
            prompt_facts: OnceCell::new(),
            answer_facts: OnceCell::new(),
        }
    }

    /// The schemas of the run's tools.
    pub fn tools(&self) -> &[Tool<'a>] {
        &self.tools
    }

    /// The schema of the tool that a step calls, where the log has it.
    pub fn tool(&self, step: usize) -> Option<&Tool<'a>> {
        self.tools.get(self.steps[step].tool?)
    }

    /// The schema of the tool whose call counts: of a call that passes on another one, that of the other.
    pub fn called(&self, step: usize) -> Option<&Tool<'a>> {
        self.tools.get(self.steps[step].called?)
    }

    /// Where the value of every argument comes from.
    pub fn provenance(&self) -> &Provenance<'a> {
        self.provenance.get_or_init(|| Provenance::new(self))
    }

    /// What the steps show, as the verifier looks it up.
    pub(crate) fn evidence(&self) -> &RunEvidence {
        self.evidence.get_or_init(|| RunEvidence::new(self.steps.len(), self.tools.len()))
    }

    /// The position of the tool that a step calls among the run's tools.
    pub(crate) fn tool_position(&self, step: usize) -> Option<usize> {
        self.steps[step].tool
    }

    /// The final message, where it may be an answer.
    pub(crate) fn closing(&self) -> Option<&Message<'a>> {
        self.closing.get_or_init(|| Message::of(self.run)).as_ref()
    }

    /// The topic words of the original prompt.
    pub fn prompt_topics(&self) -> &Topics {
        self.prompt_topics.get_or_init(|| topics(self.run.original_prompt.unwrap_or("")))
    }

    /// The facts of the original prompt.
    pub fn prompt_facts(&self) -> &[Fact<'a>] {
        self.prompt_facts.get_or_init(|| self.run.original_prompt.map(facts::facts).unwrap_or_default())
    }

    /// The facts of the final answer.
    pub fn answer_facts(&self) -> &[Fact<'a>] {
        self.answer_facts.get_or_init(|| self.run.final_answer.map(facts::facts).unwrap_or_default())
    }
}

impl<'a> StepReading<'a> {
    /// Reads a step. `position` says where a tool stands among `tools`, if it is known.
    fn new(step: &'a Step<'a>, position: impl Fn(Option<&str>) -> Option<usize>, tools: &[Tool<'a>]) -> Self {
        let tool = position(step.action_name);
        let mut read = StepReading {
            step,
            status: tool_status::status(step),
            effect: Effect::Reply,
            tool,
            called: tool,
            dispatched: None,
            command_line: OnceCell::new(),
            arguments: OnceCell::new(),
            observation: OnceCell::new(),
            facts: OnceCell::new(),
        };
        if step.action_name.is_some_and(is_router) {
            read.dispatched = read.arguments().and_then(Dispatched::of);
        }
        if let Some(inner) = read.dispatched {
            read.called = position(Some(inner.tool));
        }
        read.effect = match (read.called, read.called_name()) {
            (Some(tool), _) => tools[tool].effect,
            (None, Some(name)) => effect::effect(name, None),
            (None, None) => Effect::Reply,
        };
        read
    }

    /// The name of the tool whose call counts: of a call that passes on another one, that of the other.
    pub fn called_name(&self) -> Option<&'a str> {
        self.dispatched.map(|inner| inner.tool).or(self.step.action_name)
    }

    /// What that tool is given, where it is JSON or a Python literal.
    pub fn called_with(&self) -> Option<Value<'_, 'a>> {
        let arguments = self.arguments()?;
        match self.dispatched {
            Some(inner) => inner.arguments(arguments),
            None => Some(arguments.root()),
        }
    }

    /// Whether the call passes on another one.
    pub fn is_dispatched(&self) -> bool {
        self.dispatched.is_some()
    }

    /// The command line that the step runs, where its tool is a shell or stands for a command of one. Families ask for
    /// it some twenty times a step.
    pub(crate) fn command_line(&self) -> Option<&Cow<'a, str>> {
        self.command_line.get_or_init(|| command_line(self)).as_ref()
    }

    /// The arguments, where they are JSON or a Python literal.
    pub fn arguments(&self) -> Option<&Document<'a>> {
        self.arguments.get_or_init(|| self.step.action_input.and_then(Document::parse)).as_ref()
    }

    /// The observation, where it is JSON or a Python literal.
    pub fn observation(&self) -> Option<&Document<'a>> {
        self.observation.get_or_init(|| self.step.observation.and_then(Document::parse)).as_ref()
    }

    /// The facts of the observation: of its values, where it is JSON or a Python literal.
    pub fn facts(&self) -> &[Fact<'a>] {
        self.facts.get_or_init(|| match self.observation() {
            Some(document) => facts::in_document(document),
            None => self.step.observation.map(facts::facts).unwrap_or_default(),
        })
    }
}
