//! The plugin function `render`: a run and a goal → one line of training data.

use std::borrow::Cow;
use std::sync::Arc;

use agenther_core::conversation::weight::WeightMode;
use agenther_core::conversation::{self, Arguments, Dialect, GoalView, Mask, Renderer, Row, Skip, ToolsForm};
use agenther_core::trajectory::Trajectory;
use arrow_array::builder::{StringViewBuilder, UInt32Builder};
use arrow_array::{ArrayRef, StructArray};
use arrow_schema::DataType;
use serde::Deserialize;

use crate::columns::{Indices, Need, Numbers, RUN, Runs, TextLists, Texts};
use crate::functions::{Function, Piece};
use crate::schema;

/// The row of each run under its goal, with how many `copies` of it the weight asks for, or why it was
/// `skipped`. Takes besides a run: goal, answer, kept steps, thoughts, weight.
pub const RENDER: Function = Function {
    name: "render",
    subject: &RUN,
    extra: &[Need::Text, Need::Text, Need::Indices, Need::Texts, Need::Number],
    dtype: || DataType::Struct(schema::rendered()),
    compute: |pieces, options| {
        let options = &options.render;
        let mut renderer = Renderer::new(options.layout());
        let mut rendered = Rendered::default();
        for piece in pieces {
            options.render(piece, &mut renderer, &mut rendered);
        }
        Ok(rendered.finish())
    },
};

/// What a call of `render` may be told; see [`conversation::Options`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RenderOptions {
    dialect: DialectName,
    row: RowName,
    arguments: ArgumentsName,
    tools: ToolsName,
    system: bool,
    join_silent_calls: bool,
    mask: Option<MaskName>,
    goal: GoalName,
    weight_mode: WeightName,
    times: u32,
    seed: u64,
}

/// The names that options have in Python.
macro_rules! names {
    ($($name:ident { $($variant:ident),+ })+) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum $name { $($variant),+ }
    )+};
}

names! {
    DialectName { Messages, ShareGpt }
    RowName { Demonstration, Preference, Desirable, Undesirable }
    ArgumentsName { Object, String }
    ToolsName { String, List }
    MaskName { Train, Weight }
    GoalName { Hindsight, Original }
    WeightName { Column, Repeat, Sample, Drop }
}

impl Default for RenderOptions {
    fn default() -> Self {
        RenderOptions {
            dialect: DialectName::Messages,
            row: RowName::Demonstration,
            arguments: ArgumentsName::Object,
            tools: ToolsName::String,
            system: true,
            join_silent_calls: false,
            mask: None,
            goal: GoalName::Hindsight,
            weight_mode: WeightName::Column,
            times: 1,
            seed: 0,
        }
    }
}

impl RenderOptions {
    fn layout(&self) -> conversation::Options {
        conversation::Options {
            dialect: match self.dialect {
                DialectName::Messages => Dialect::Messages,
                DialectName::ShareGpt => Dialect::ShareGpt,
            },
            row: match self.row {
                RowName::Demonstration => Row::Demonstration,
                RowName::Preference => Row::Preference,
                RowName::Desirable => Row::Desirable,
                RowName::Undesirable => Row::Undesirable,
            },
            arguments: match self.arguments {
                ArgumentsName::Object => Arguments::Object,
                ArgumentsName::String => Arguments::String,
            },
            tools: match self.tools {
                ToolsName::String => ToolsForm::String,
                ToolsName::List => ToolsForm::List,
            },
            system: self.system,
            join_silent_calls: self.join_silent_calls,
            mask: self.mask.map(|mask| match mask {
                MaskName::Train => Mask::Train,
                MaskName::Weight => Mask::Weight,
            }),
        }
    }

    fn weight_mode(&self) -> WeightMode {
        match self.weight_mode {
            WeightName::Column => WeightMode::Column,
            WeightName::Repeat => WeightMode::Repeat { times: self.times },
            WeightName::Sample => WeightMode::Sample { seed: self.seed },
            WeightName::Drop => WeightMode::Drop,
        }
    }

    fn render(&self, piece: &Piece, renderer: &mut Renderer, rendered: &mut Rendered) {
        let runs = Runs::new(piece);
        let goals = Goals::new(&piece[RUN.len()..]);
        let mode = self.weight_mode();
        let mut run = Trajectory::default();
        let (mut kept_steps, mut thoughts) = (Cow::default(), Vec::new());
        let mut line = String::new();
        for index in 0..runs.height() {
            line.clear();
            if !runs.read(index, &mut run) {
                rendered.push(Err(Skip::NoCall), &line, 0);
                continue;
            }
            let goal = match self.goal {
                GoalName::Hindsight => Some(goals.get(index, &mut kept_steps, &mut thoughts)),
                GoalName::Original => None,
            };
            let weight = goals.weight(index).unwrap_or(1.0);
            let written = (mode == WeightMode::Column).then_some(weight);
            let result = renderer.render(&run, goal.as_ref(), written, &mut line);
            let goal = goal.map_or(run.original_prompt, |goal| Some(goal.goal));
            let identity = [run.trajectory_id, goal].map(Option::unwrap_or_default);
            rendered.push(result, &line, mode.copies(weight, identity));
        }
    }
}

/// The goal of each run. A null goal or answer is one without words, null thoughts are none.
struct Goals<'a> {
    single: [bool; 5],
    goal: Texts<'a>,
    answer: Texts<'a>,
    kept_steps: Indices<'a>,
    thoughts: TextLists<'a>,
    weight: Numbers<'a>,
}

impl<'a> Goals<'a> {
    fn new(columns: &'a [ArrayRef]) -> Self {
        Goals {
            single: std::array::from_fn(|column| columns[column].len() == 1),
            goal: Texts::new(&columns[0]),
            answer: Texts::new(&columns[1]),
            kept_steps: Indices::new(&columns[2]),
            thoughts: TextLists::new(&columns[3]),
            weight: Numbers::new(&columns[4]),
        }
    }

    fn get<'t>(
        &self,
        row: usize,
        kept_steps: &'t mut Cow<'a, [u32]>,
        thoughts: &'t mut Vec<Option<&'a str>>,
    ) -> GoalView<'t>
    where
        'a: 't,
    {
        let at = |column: usize| if self.single[column] { 0 } else { row };
        *kept_steps = self.kept_steps.get(at(2)).unwrap_or_default();
        thoughts.clear();
        match self.thoughts.get(at(3)) {
            Some(texts) => thoughts.extend(texts),
            None => thoughts.resize(kept_steps.len(), None),
        }
        GoalView {
            goal: self.goal.get(at(0)).unwrap_or_default(),
            answer: self.answer.get(at(1)).unwrap_or_default(),
            kept_steps,
            thoughts,
        }
    }

    fn weight(&self, row: usize) -> Option<f32> {
        self.weight.get(if self.single[4] { 0 } else { row }).map(|weight| weight as f32)
    }
}

#[derive(Default)]
struct Rendered {
    row: StringViewBuilder,
    copies: UInt32Builder,
    skipped: StringViewBuilder,
}

impl Rendered {
    fn push(&mut self, result: Result<(), Skip>, line: &str, copies: u32) {
        self.row.append_option(result.is_ok().then_some(line));
        self.copies.append_value(if result.is_ok() { copies } else { 0 });
        self.skipped.append_option(result.err().map(Skip::code));
    }

    fn finish(mut self) -> ArrayRef {
        Arc::new(StructArray::new(
            schema::rendered(),
            vec![
                Arc::new(self.row.finish()),
                Arc::new(self.copies.finish()),
                Arc::new(self.skipped.finish()),
            ],
            None,
        ))
    }
}
