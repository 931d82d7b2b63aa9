//! What the log reader finds → Arrow batches: the trajectory frame, the rejects, the counts.

use std::sync::Arc;

use agenther_logs::{Counts, Detection, Layout, Reject, Run, RunStep, Text};
use arrow_array::builder::{
    BinaryViewBuilder, BooleanBuilder, Float32Builder, Float64Builder, StringViewBuilder, UInt64Builder,
};
use arrow_array::{Array, ArrayRef, LargeListArray, RecordBatch, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, Fields, Schema};

use crate::schema;

fn batch(fields: Fields, columns: Vec<ArrayRef>) -> RecordBatch {
    let schema = Arc::new(Schema::new(fields));
    RecordBatch::try_new(schema, columns).expect("the builders follow the table of dtypes")
}

/// Rows of the trajectory frame, or of the columns of it that are wanted: what nobody asked for is not built.
#[derive(Debug)]
pub struct Trajectories {
    rows: usize,
    fields: Fields,
    columns: Vec<Column>,
    validity: NullBufferBuilder,
}

impl Default for Trajectories {
    fn default() -> Self {
        Trajectories::of(None)
    }
}

impl Trajectories {
    /// No row yet, of the columns with these names; `None` means all.
    pub fn of(wanted: Option<&[String]>) -> Self {
        let fields = schema::trajectory_of(wanted);
        let columns = fields.iter().map(|field| Column::named(field.name())).collect();
        Trajectories { rows: 0, fields, columns, validity: NullBufferBuilder::new(0) }
    }

    /// Appends a run of a file.
    pub fn push(&mut self, run: &Run<'_>, path: &str) {
        self.append(Some(Row { run, file: Some(path) }));
    }

    /// Appends a run that stands in no file, or a null row.
    pub fn push_option(&mut self, run: Option<&Run<'_>>) {
        self.append(run.map(|run| Row { run, file: None }));
    }

    fn append(&mut self, row: Option<Row<'_>>) {
        self.rows += 1;
        self.validity.append(row.is_some());
        self.columns.iter_mut().for_each(|column| column.push(row));
    }

    /// The number of rows so far.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row yet.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The rows as a batch.
    pub fn finish(self) -> RecordBatch {
        batch(self.fields, self.columns.into_iter().map(Column::finish).collect())
    }

    /// The rows as a column of structs.
    pub fn finish_column(mut self) -> ArrayRef {
        let columns = self.columns.into_iter().map(Column::finish).collect();
        Arc::new(StructArray::new(self.fields, columns, self.validity.finish()))
    }
}

/// A run, and the file where it was read.
#[derive(Clone, Copy)]
struct Row<'r> {
    run: &'r Run<'r>,
    file: Option<&'r str>,
}

/// A column of the trajectory frame, and what of a run it holds.
#[derive(Debug)]
enum Column {
    Text(StringViewBuilder, for<'r> fn(&'r Run<'r>) -> Option<&'r str>),
    Success(BooleanBuilder),
    Reward(Float64Builder),
    Steps(Box<Steps>),
    Source(Box<Sources>),
}

impl Column {
    fn named(name: &str) -> Self {
        let texts = StringViewBuilder::new();
        match name {
            "trajectory_id" => Column::Text(texts, |run| Some(&run.trajectory_id)),
            "original_prompt" => Column::Text(texts, |run| text(&run.original_prompt)),
            "system" => Column::Text(texts, |run| text(&run.system)),
            "tools" => Column::Text(texts, |run| text(&run.tools)),
            "final_answer" => Column::Text(texts, |run| text(&run.final_answer)),
            "failure_reason" => Column::Text(texts, |run| text(&run.failure_reason)),
            "metadata" => Column::Text(texts, |run| text(&run.metadata)),
            "success" => Column::Success(BooleanBuilder::new()),
            "reward" => Column::Reward(Float64Builder::new()),
            "steps" => Column::Steps(Box::default()),
            "source" => Column::Source(Box::default()),
            _ => unreachable!("the table of dtypes has no such column"),
        }
    }

    fn push(&mut self, row: Option<Row<'_>>) {
        let run = row.map(|row| row.run);
        match self {
            Column::Text(builder, text_of) => builder.append_option(run.and_then(text_of)),
            Column::Success(builder) => builder.append_option(run.and_then(|run| run.success)),
            Column::Reward(builder) => builder.append_option(run.and_then(|run| run.reward)),
            Column::Steps(builder) => builder.push(run.map(|run| &*run.steps)),
            Column::Source(builder) => builder.push(row),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Column::Text(mut builder, _) => Arc::new(builder.finish()),
            Column::Success(mut builder) => Arc::new(builder.finish()),
            Column::Reward(mut builder) => Arc::new(builder.finish()),
            Column::Steps(builder) => builder.finish(),
            Column::Source(builder) => builder.finish(),
        }
    }
}

fn text<'r>(text: &'r Option<Text<'_>>) -> Option<&'r str> {
    text.as_deref()
}

/// Where each run was read. A run that stands in no file has its format alone.
#[derive(Debug, Default)]
struct Sources {
    format: StringViewBuilder,
    path: StringViewBuilder,
    record: UInt64Builder,
}

impl Sources {
    fn push(&mut self, row: Option<Row<'_>>) {
        let file = row.and_then(|row| row.file);
        self.format.append_option(row.map(|row| row.run.format));
        self.path.append_option(file);
        self.record.append_option(row.filter(|_| file.is_some()).map(|row| row.run.record));
    }

    fn finish(mut self) -> ArrayRef {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.format.finish()),
            Arc::new(self.path.finish()),
            Arc::new(self.record.finish()),
        ];
        Arc::new(StructArray::new(schema::source(), columns, None))
    }
}

#[derive(Debug)]
struct Steps {
    ends: Vec<i64>,
    validity: NullBufferBuilder,
    user: StringViewBuilder,
    thought: StringViewBuilder,
    action_name: StringViewBuilder,
    action_input: StringViewBuilder,
    observation: StringViewBuilder,
    error: BooleanBuilder,
}

impl Default for Steps {
    fn default() -> Self {
        Steps {
            ends: Vec::new(),
            validity: NullBufferBuilder::new(0),
            user: StringViewBuilder::new(),
            thought: StringViewBuilder::new(),
            action_name: StringViewBuilder::new(),
            action_input: StringViewBuilder::new(),
            observation: StringViewBuilder::new(),
            error: BooleanBuilder::new(),
        }
    }
}

impl Steps {
    fn push(&mut self, steps: Option<&[RunStep<'_>]>) {
        self.validity.append(steps.is_some());
        let steps = steps.unwrap_or_default();
        for step in steps {
            self.user.append_option(text(&step.user));
            self.thought.append_option(text(&step.thought));
            self.action_name.append_option(text(&step.action_name));
            self.action_input.append_option(text(&step.action_input));
            self.observation.append_option(text(&step.observation));
            self.error.append_option(step.error);
        }
        self.ends.push(self.ends.last().unwrap_or(&0) + steps.len() as i64);
    }

    fn finish(mut self) -> ArrayRef {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.user.finish()),
            Arc::new(self.thought.finish()),
            Arc::new(self.action_name.finish()),
            Arc::new(self.action_input.finish()),
            Arc::new(self.observation.finish()),
            Arc::new(self.error.finish()),
        ];
        let steps = StructArray::new(schema::step(), columns, None);
        let item = Arc::new(Field::new("item", steps.data_type().clone(), true));
        let offsets: Vec<i64> = std::iter::once(0).chain(self.ends).collect();
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        Arc::new(LargeListArray::new(item, offsets, Arc::new(steps), self.validity.finish()))
    }
}

/// Rows of the rejects.
#[derive(Debug, Default)]
pub struct Rejects {
    path: StringViewBuilder,
    record: UInt64Builder,
    offset: UInt64Builder,
    format: StringViewBuilder,
    reason: StringViewBuilder,
    sentence: StringViewBuilder,
    raw: BinaryViewBuilder,
}

impl Rejects {
    /// Appends a reject of a file.
    pub fn push(&mut self, reject: &Reject, path: &str) {
        self.path.append_value(path);
        self.record.append_value(reject.record);
        self.offset.append_value(reject.offset);
        self.format.append_option(reject.format);
        self.reason.append_value(reject.reason.code());
        self.sentence.append_value(&reject.sentence);
        self.raw.append_value(&reject.raw);
    }

    /// The rows as a batch.
    pub fn finish(mut self) -> RecordBatch {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.path.finish()),
            Arc::new(self.record.finish()),
            Arc::new(self.offset.finish()),
            Arc::new(self.format.finish()),
            Arc::new(self.reason.finish()),
            Arc::new(self.sentence.finish()),
            Arc::new(self.raw.finish()),
        ];
        batch(schema::reject(), columns)
    }
}

/// Rows of the counts, one a file.
#[derive(Debug, Default)]
pub struct Files {
    path: StringViewBuilder,
    format: StringViewBuilder,
    records: UInt64Builder,
    runs: UInt64Builder,
    rejects: UInt64Builder,
    bytes: UInt64Builder,
}

impl Files {
    /// Appends a file.
    pub fn push(&mut self, path: &str, format: Option<&str>, counts: Counts) {
        self.path.append_value(path);
        self.format.append_option(format);
        self.records.append_value(counts.records);
        self.runs.append_value(counts.runs);
        self.rejects.append_value(counts.rejects);
        self.bytes.append_value(counts.bytes);
    }

    /// The rows as a batch.
    pub fn finish(mut self) -> RecordBatch {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.path.finish()),
            Arc::new(self.format.finish()),
            Arc::new(self.records.finish()),
            Arc::new(self.runs.finish()),
            Arc::new(self.rejects.finish()),
            Arc::new(self.bytes.finish()),
        ];
        batch(schema::file(), columns)
    }
}

/// Rows of what files are found to be.
#[derive(Debug, Default)]
pub struct Detections {
    path: StringViewBuilder,
    format: StringViewBuilder,
    confidence: Float32Builder,
    runner_up: StringViewBuilder,
    runner_up_confidence: Float32Builder,
    layout: StringViewBuilder,
}

impl Detections {
    /// Appends a file.
    pub fn push(&mut self, path: &str, detection: &Detection) {
        self.path.append_value(path);
        self.format.append_option(detection.format);
        self.confidence.append_value(detection.confidence);
        self.runner_up.append_option(detection.runner_up.map(|(format, _)| format));
        self.runner_up_confidence.append_option(detection.runner_up.map(|(_, confidence)| confidence));
        self.layout.append_value(layout_in_words(&detection.layout));
    }

    /// The rows as a batch.
    pub fn finish(mut self) -> RecordBatch {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.path.finish()),
            Arc::new(self.format.finish()),
            Arc::new(self.confidence.finish()),
            Arc::new(self.runner_up.finish()),
            Arc::new(self.runner_up_confidence.finish()),
            Arc::new(self.layout.finish()),
        ];
        batch(schema::detection(), columns)
    }
}

fn layout_in_words(layout: &Layout) -> String {
    match layout {
        Layout::Lines => "one record a line".into(),
        Layout::Values => "whole documents".into(),
        Layout::Inside(path) if path.is_empty() => "items of an array or object".into(),
        Layout::Inside(path) => format!("items of `{}`", path.join(".")),
        Layout::Pages(path) => format!("items of `{}` of each element of an array", path.join(".")),
        Layout::Each { path, key } => format!("`{key}` of the items of `{}`", path.join(".")),
        Layout::At(path) => format!("the value of `{}`", path.join(".")),
        Layout::Groups { .. } => "items of each list in an object".into(),
        Layout::Text => "text that is not JSON".into(),
        Layout::Opaque => "no JSON".into(),
    }
}
