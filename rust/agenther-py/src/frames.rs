//! What the log reader finds → Arrow batches: the trajectory frame, the rejects, the counts.

use std::sync::Arc;

use agenther_logs::{Counts, Detection, Reject, Run, RunStep, Text};
use arrow_array::builder::{
    BinaryViewBuilder, BooleanBuilder, Float32Builder, Float64Builder, StringViewBuilder, UInt64Builder,
};
use arrow_array::{Array, ArrayRef, LargeListArray, RecordBatch, StructArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, Fields, Schema};

use crate::schema;

fn batch(fields: Fields, columns: Vec<ArrayRef>) -> RecordBatch {
    let schema = Arc::new(Schema::new(fields));
    RecordBatch::try_new(schema, columns).expect("the builders follow the table of dtypes")
}

/// Rows of the trajectory frame.
#[derive(Debug, Default)]
pub struct Trajectories {
    rows: usize,
    trajectory_id: StringViewBuilder,
    original_prompt: StringViewBuilder,
    system: StringViewBuilder,
    tools: StringViewBuilder,
    steps: Steps,
    final_answer: StringViewBuilder,
    success: BooleanBuilder,
    reward: Float64Builder,
    failure_reason: StringViewBuilder,
    metadata: StringViewBuilder,
    format: StringViewBuilder,
    path: StringViewBuilder,
    record: UInt64Builder,
}

impl Trajectories {
    /// Appends a run of a file.
    pub fn push(&mut self, run: &Run<'_>, path: &str) {
        self.rows += 1;
        self.trajectory_id.append_value(&run.trajectory_id);
        self.original_prompt.append_option(text(&run.original_prompt));
        self.system.append_option(text(&run.system));
        self.tools.append_option(text(&run.tools));
        self.steps.push(&run.steps);
        self.final_answer.append_option(text(&run.final_answer));
        self.success.append_option(run.success);
        self.reward.append_option(run.reward);
        self.failure_reason.append_option(text(&run.failure_reason));
        self.metadata.append_option(text(&run.metadata));
        self.format.append_value(run.format);
        self.path.append_value(path);
        self.record.append_value(run.record);
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
    pub fn finish(mut self) -> RecordBatch {
        let source: Vec<ArrayRef> = vec![
            Arc::new(self.format.finish()),
            Arc::new(self.path.finish()),
            Arc::new(self.record.finish()),
        ];
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.trajectory_id.finish()),
            Arc::new(self.original_prompt.finish()),
            Arc::new(self.system.finish()),
            Arc::new(self.tools.finish()),
            self.steps.finish(),
            Arc::new(self.final_answer.finish()),
            Arc::new(self.success.finish()),
            Arc::new(self.reward.finish()),
            Arc::new(self.failure_reason.finish()),
            Arc::new(self.metadata.finish()),
            Arc::new(StructArray::new(schema::source(), source, None)),
        ];
        batch(schema::trajectory(), columns)
    }
}

fn text<'r>(text: &'r Option<Text<'_>>) -> Option<&'r str> {
    text.as_deref()
}

#[derive(Debug, Default)]
struct Steps {
    ends: Vec<i64>,
    user: StringViewBuilder,
    thought: StringViewBuilder,
    action_name: StringViewBuilder,
    action_input: StringViewBuilder,
    observation: StringViewBuilder,
    error: BooleanBuilder,
}

impl Steps {
    fn push(&mut self, steps: &[RunStep<'_>]) {
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
        Arc::new(LargeListArray::new(item, offsets, Arc::new(steps), None))
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
}

impl Detections {
    /// Appends a file.
    pub fn push(&mut self, path: &str, detection: &Detection) {
        self.path.append_value(path);
        self.format.append_option(detection.format);
        self.confidence.append_value(detection.confidence);
        self.runner_up.append_option(detection.runner_up.map(|(format, _)| format));
        self.runner_up_confidence.append_option(detection.runner_up.map(|(_, confidence)| confidence));
    }

    /// The rows as a batch.
    pub fn finish(mut self) -> RecordBatch {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.path.finish()),
            Arc::new(self.format.finish()),
            Arc::new(self.confidence.finish()),
            Arc::new(self.runner_up.finish()),
            Arc::new(self.runner_up_confidence.finish()),
        ];
        batch(schema::detection(), columns)
    }
}
