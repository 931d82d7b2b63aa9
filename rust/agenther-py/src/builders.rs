//! Engine results → Arrow columns with the dtypes of [`crate::schema`].

use std::sync::Arc;

use agenther_core::hindsight::ground::{Claim, Grounding};
use agenther_core::hindsight::moulds::Mould;
use agenther_core::hindsight::{Hindsight, Relabeled, Slot, Support};
use agenther_core::outcome::{Achievement, FailedAttempt, ObservedFact, Outcome};
use agenther_core::verdict::{Evidence, Verdict};
use arrow_array::builder::{
    BooleanBuilder, Float32Builder, Float64Builder, StringViewBuilder, UInt32Builder,
};
use arrow_array::{Array, ArrayRef, LargeListArray, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, Fields};

/// A column with one row a run.
pub trait Column<V>: Default {
    /// Appends a row.
    fn push(&mut self, value: Option<&V>);
    /// The column.
    fn finish(self) -> ArrayRef;
}

/// The items of a list column, which are never null unless their value says so.
trait Items<V>: Default {
    fn append(&mut self, value: &V);
    fn finish(self) -> ArrayRef;
}

#[derive(Debug, Default)]
struct Lists<B> {
    items: B,
    ends: Vec<i64>,
    validity: Validity,
}

#[derive(Debug)]
struct Validity(NullBufferBuilder);

impl Default for Validity {
    fn default() -> Self {
        Validity(NullBufferBuilder::new(0))
    }
}

impl<B> Lists<B> {
    fn push<V>(&mut self, values: Option<&Vec<V>>)
    where
        B: Items<V>,
    {
        self.validity.0.append(values.is_some());
        let values = values.map_or(&[][..], Vec::as_slice);
        for value in values {
            self.items.append(value);
        }
        self.ends.push(self.ends.last().unwrap_or(&0) + values.len() as i64);
    }

    fn finish<V>(mut self) -> ArrayRef
    where
        B: Items<V>,
    {
        let offsets: Vec<i64> = std::iter::once(0).chain(self.ends).collect();
        let items = self.items.finish();
        let item = Arc::new(Field::new("item", items.data_type().clone(), true));
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        Arc::new(LargeListArray::new(item, offsets, items, self.validity.0.finish()))
    }
}

fn record(fields: Fields, columns: Vec<ArrayRef>, validity: Option<Validity>) -> ArrayRef {
    Arc::new(StructArray::new(fields, columns, validity.and_then(|mut v| v.0.finish())))
}

#[derive(Debug, Default)]
struct Thoughts(StringViewBuilder);

impl Items<Option<String>> for Thoughts {
    fn append(&mut self, thought: &Option<String>) {
        self.0.append_option(thought.as_deref());
    }

    fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

#[derive(Debug, Default)]
struct Identifiers(StringViewBuilder);

impl Items<&str> for Identifiers {
    fn append(&mut self, id: &&str) {
        self.0.append_value(id);
    }

    fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// The column of `fired`.
#[derive(Debug, Default)]
pub struct Fires(Lists<Identifiers>);

impl<'r> Column<Vec<&'r str>> for Fires {
    fn push(&mut self, rules: Option<&Vec<&'r str>>) {
        self.0.push(rules);
    }

    fn finish(self) -> ArrayRef {
        self.0.finish::<&str>()
    }
}

#[derive(Debug, Default)]
struct StepIndices(UInt32Builder);

impl Items<u32> for StepIndices {
    fn append(&mut self, step: &u32) {
        self.0.append_value(*step);
    }

    fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// The column of `classify`.
#[derive(Debug, Default)]
pub struct Verdicts {
    is_failure: BooleanBuilder,
    failure_type: StringViewBuilder,
    failure_probability: Float32Builder,
    scores: [Float32Builder; 6],
    severity: Float32Builder,
    weight: Float32Builder,
    recoverable: BooleanBuilder,
    failed_step: UInt32Builder,
    labels: Lists<Labels>,
    evidence: Lists<Evidences>,
    validity: Validity,
}

impl<'r> Column<Verdict<'r>> for Verdicts {
    fn push(&mut self, verdict: Option<&Verdict<'r>>) {
        self.is_failure.append_option(verdict.map(|v| v.is_failure));
        self.failure_type.append_option(verdict.and_then(|v| v.failure_type).map(|t| t.name()));
        self.failure_probability.append_option(verdict.map(|v| v.failure_probability));
        for (i, score) in self.scores.iter_mut().enumerate() {
            score.append_option(verdict.map(|v| v.scores[i]));
        }
        self.severity.append_option(verdict.map(|v| v.severity));
        self.weight.append_option(verdict.map(|v| v.weight));
        self.recoverable.append_option(verdict.map(|v| v.recoverable));
        self.failed_step.append_option(verdict.and_then(|v| v.failed_step));
        self.labels.push(verdict.map(|v| &v.labels));
        self.evidence.push(verdict.map(|v| &v.evidence));
        self.validity.0.append(verdict.is_some());
    }

    fn finish(mut self) -> ArrayRef {
        let scores = self.scores.iter_mut().map(|s| Arc::new(s.finish()) as ArrayRef).collect();
        record(
            crate::schema::verdict(),
            vec![
                Arc::new(self.is_failure.finish()),
                Arc::new(self.failure_type.finish()),
                Arc::new(self.failure_probability.finish()),
                record(crate::schema::scores(), scores, None),
                Arc::new(self.severity.finish()),
                Arc::new(self.weight.finish()),
                Arc::new(self.recoverable.finish()),
                Arc::new(self.failed_step.finish()),
                self.labels.finish::<&str>(),
                self.evidence.finish::<Evidence<'_>>(),
            ],
            Some(self.validity),
        )
    }
}

#[derive(Debug, Default)]
struct Labels(StringViewBuilder);

impl<'r> Items<&'r str> for Labels {
    fn append(&mut self, label: &&'r str) {
        self.0.append_value(label);
    }

    fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

#[derive(Debug, Default)]
struct Evidences {
    rule: StringViewBuilder,
    failure_type: StringViewBuilder,
    label: StringViewBuilder,
    step: UInt32Builder,
    field: StringViewBuilder,
    start: UInt32Builder,
    end: UInt32Builder,
}

impl<'r> Items<Evidence<'r>> for Evidences {
    fn append(&mut self, evidence: &Evidence<'r>) {
        self.rule.append_value(evidence.rule);
        self.failure_type.append_option(evidence.failure_type.map(|t| t.name()));
        self.label.append_option(evidence.label);
        self.step.append_option(evidence.step);
        self.field.append_option(evidence.field.map(|f| f.name()));
        self.start.append_option(evidence.span.map(|s| s.start));
        self.end.append_option(evidence.span.map(|s| s.end));
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::evidence(),
            vec![
                Arc::new(self.rule.finish()),
                Arc::new(self.failure_type.finish()),
                Arc::new(self.label.finish()),
                Arc::new(self.step.finish()),
                Arc::new(self.field.finish()),
                Arc::new(self.start.finish()),
                Arc::new(self.end.finish()),
            ],
            None,
        )
    }
}

/// The column of `extract`.
#[derive(Debug, Default)]
pub struct Outcomes {
    achievements: Lists<Achievements>,
    facts: Lists<Facts>,
    failed_attempts: Lists<FailedAttempts>,
    validity: Validity,
}

impl<'a> Column<Outcome<'a>> for Outcomes {
    fn push(&mut self, outcome: Option<&Outcome<'a>>) {
        self.achievements.push(outcome.map(|o| &o.achievements));
        self.facts.push(outcome.map(|o| &o.facts));
        self.failed_attempts.push(outcome.map(|o| &o.failed_attempts));
        self.validity.0.append(outcome.is_some());
    }

    fn finish(self) -> ArrayRef {
        record(
            crate::schema::outcome(),
            vec![
                self.achievements.finish::<Achievement<'_>>(),
                self.facts.finish::<ObservedFact<'_>>(),
                self.failed_attempts.finish::<FailedAttempt<'_>>(),
            ],
            Some(self.validity),
        )
    }
}

#[derive(Debug, Default)]
struct Achievements {
    step: UInt32Builder,
    tool: StringViewBuilder,
    effect: StringViewBuilder,
    text: StringViewBuilder,
}

impl<'a> Items<Achievement<'a>> for Achievements {
    fn append(&mut self, achievement: &Achievement<'a>) {
        self.step.append_value(achievement.step);
        self.tool.append_option(achievement.tool);
        self.effect.append_value(achievement.effect.name());
        self.text.append_value(&achievement.text);
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::achievement(),
            vec![
                Arc::new(self.step.finish()),
                Arc::new(self.tool.finish()),
                Arc::new(self.effect.finish()),
                Arc::new(self.text.finish()),
            ],
            None,
        )
    }
}

#[derive(Debug, Default)]
struct Facts {
    step: UInt32Builder,
    kind: StringViewBuilder,
    text: StringViewBuilder,
    value: Float64Builder,
    unit: StringViewBuilder,
    start: UInt32Builder,
    end: UInt32Builder,
}

impl<'a> Items<ObservedFact<'a>> for Facts {
    fn append(&mut self, observed: &ObservedFact<'a>) {
        let fact = &observed.fact;
        self.step.append_value(observed.step);
        self.kind.append_value(fact.kind.name());
        self.text.append_value(fact.text);
        self.value.append_option(fact.value);
        match fact.per {
            None => self.unit.append_option(fact.unit),
            Some(_) => self.unit.append_option(fact.unit_label()),
        }
        self.start.append_value(fact.span.start);
        self.end.append_value(fact.span.end);
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::fact(),
            vec![
                Arc::new(self.step.finish()),
                Arc::new(self.kind.finish()),
                Arc::new(self.text.finish()),
                Arc::new(self.value.finish()),
                Arc::new(self.unit.finish()),
                Arc::new(self.start.finish()),
                Arc::new(self.end.finish()),
            ],
            None,
        )
    }
}

#[derive(Debug, Default)]
struct FailedAttempts {
    step: UInt32Builder,
    tool: StringViewBuilder,
    cause: StringViewBuilder,
}

impl<'a> Items<FailedAttempt<'a>> for FailedAttempts {
    fn append(&mut self, attempt: &FailedAttempt<'a>) {
        self.step.append_value(attempt.step);
        self.tool.append_option(attempt.tool);
        self.cause.append_value(attempt.cause.name());
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::failed_attempt(),
            vec![Arc::new(self.step.finish()), Arc::new(self.tool.finish()), Arc::new(self.cause.finish())],
            None,
        )
    }
}

/// The column of `relabel`: a list of goals a run.
#[derive(Debug, Default)]
pub struct Goals(Lists<Hindsights>);

impl Column<Relabeled> for Goals {
    fn push(&mut self, relabeled: Option<&Relabeled>) {
        self.0.push(relabeled.map(|r| &r.goals));
    }

    fn finish(self) -> ArrayRef {
        self.0.finish::<Hindsight>()
    }
}

/// The column of `moulds`: a list of them a run.
#[derive(Debug, Default)]
pub struct ShownMoulds(Lists<MouldRows>);

impl Column<Vec<Mould>> for ShownMoulds {
    fn push(&mut self, moulds: Option<&Vec<Mould>>) {
        self.0.push(moulds);
    }

    fn finish(self) -> ArrayRef {
        self.0.finish::<Mould>()
    }
}

#[derive(Debug, Default)]
struct MouldRows {
    tool: StringViewBuilder,
    text: StringViewBuilder,
    parameters: Lists<Names>,
    fields: Lists<Names>,
}

impl Items<Mould> for MouldRows {
    fn append(&mut self, mould: &Mould) {
        self.tool.append_value(&mould.tool);
        self.text.append_value(&mould.text);
        self.parameters.push(Some(&mould.parameters));
        self.fields.push(Some(&mould.fields));
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::mould(),
            vec![
                Arc::new(self.tool.finish()),
                Arc::new(self.text.finish()),
                self.parameters.finish::<String>(),
                self.fields.finish::<String>(),
            ],
            None,
        )
    }
}

#[derive(Debug, Default)]
struct Names(StringViewBuilder);

impl Items<String> for Names {
    fn append(&mut self, name: &String) {
        self.0.append_value(name);
    }

    fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

#[derive(Debug, Default)]
struct Hindsights {
    goal: StringViewBuilder,
    answer: StringViewBuilder,
    strategy: StringViewBuilder,
    wording: StringViewBuilder,
    first_step: UInt32Builder,
    last_step: UInt32Builder,
    kept_steps: Lists<StepIndices>,
    thoughts: Lists<Thoughts>,
    confidence: Float32Builder,
    difficulty: StringViewBuilder,
    slots: Lists<Slots>,
    evidence: Lists<Supports>,
}

impl Items<Hindsight> for Hindsights {
    fn append(&mut self, hindsight: &Hindsight) {
        self.goal.append_value(&hindsight.goal);
        self.answer.append_value(&hindsight.answer);
        self.strategy.append_value(hindsight.strategy.name());
        self.wording.append_value(hindsight.wording.name());
        self.first_step.append_value(hindsight.first_step);
        self.last_step.append_value(hindsight.last_step);
        self.kept_steps.push(Some(&hindsight.kept_steps));
        self.thoughts.push(Some(&hindsight.thoughts));
        self.confidence.append_value(hindsight.confidence);
        self.difficulty.append_value(hindsight.difficulty);
        self.slots.push(Some(&hindsight.slots));
        self.evidence.push(Some(&hindsight.evidence));
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::hindsight(),
            vec![
                Arc::new(self.goal.finish()),
                Arc::new(self.answer.finish()),
                Arc::new(self.strategy.finish()),
                Arc::new(self.wording.finish()),
                Arc::new(self.first_step.finish()),
                Arc::new(self.last_step.finish()),
                self.kept_steps.finish::<u32>(),
                self.thoughts.finish::<Option<String>>(),
                Arc::new(self.confidence.finish()),
                Arc::new(self.difficulty.finish()),
                self.slots.finish::<Slot>(),
                self.evidence.finish::<Support>(),
            ],
            None,
        )
    }
}

#[derive(Debug, Default)]
struct Slots {
    name: StringViewBuilder,
    value: StringViewBuilder,
    origin: StringViewBuilder,
    step: UInt32Builder,
}

impl Items<Slot> for Slots {
    fn append(&mut self, slot: &Slot) {
        self.name.append_value(&slot.name);
        self.value.append_value(&slot.value);
        self.origin.append_value(slot.origin.name());
        self.step.append_value(slot.step);
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::slot(),
            vec![
                Arc::new(self.name.finish()),
                Arc::new(self.value.finish()),
                Arc::new(self.origin.finish()),
                Arc::new(self.step.finish()),
            ],
            None,
        )
    }
}

#[derive(Debug, Default)]
struct Supports {
    text: StringViewBuilder,
    step: UInt32Builder,
    field: StringViewBuilder,
    start: UInt32Builder,
    end: UInt32Builder,
}

impl Items<Support> for Supports {
    fn append(&mut self, support: &Support) {
        self.text.append_value(&support.text);
        self.step.append_option(support.step);
        self.field.append_value(support.field.name());
        self.start.append_value(support.span.start);
        self.end.append_value(support.span.end);
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::support(),
            vec![
                Arc::new(self.text.finish()),
                Arc::new(self.step.finish()),
                Arc::new(self.field.finish()),
                Arc::new(self.start.finish()),
                Arc::new(self.end.finish()),
            ],
            None,
        )
    }
}

/// The column of `verify`.
#[derive(Debug, Default)]
pub struct Groundings {
    grounded: BooleanBuilder,
    claims: Lists<Claims>,
    validity: Validity,
}

impl Column<Grounding> for Groundings {
    fn push(&mut self, grounding: Option<&Grounding>) {
        self.grounded.append_option(grounding.map(|g| g.grounded));
        self.claims.push(grounding.map(|g| &g.claims));
        self.validity.0.append(grounding.is_some());
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::grounding(),
            vec![Arc::new(self.grounded.finish()), self.claims.finish::<Claim>()],
            Some(self.validity),
        )
    }
}

#[derive(Debug, Default)]
struct Claims {
    text: StringViewBuilder,
    kind: StringViewBuilder,
    supported: BooleanBuilder,
    step: UInt32Builder,
}

impl Items<Claim> for Claims {
    fn append(&mut self, claim: &Claim) {
        self.text.append_value(&claim.text);
        self.kind.append_value(claim.kind);
        self.supported.append_value(claim.supported);
        self.step.append_option(claim.step);
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::claim(),
            vec![
                Arc::new(self.text.finish()),
                Arc::new(self.kind.finish()),
                Arc::new(self.supported.finish()),
                Arc::new(self.step.finish()),
            ],
            None,
        )
    }
}

/// The reason code of a run whose steps are null.
const NULL_STEPS: &str = "null_steps";

/// The column of `analyze`. It has a row for every run: a run without steps is told apart by
/// `abstained`, not by a null.
#[derive(Debug, Default)]
pub struct Analyses {
    verdict: Verdicts,
    outcome: Outcomes,
    hindsight: Goals,
    abstained: StringViewBuilder,
}

/// The results of all stages on one run.
#[derive(Debug)]
pub struct Analysis<'a> {
    /// Stage 1.
    pub verdict: Verdict<'a>,
    /// Stage 2.
    pub outcome: Outcome<'a>,
    /// Stage 3.
    pub relabeled: Relabeled,
}

impl Analyses {
    /// Appends a run that gave nothing, with the reason code.
    pub fn push_abstaining(&mut self, reason: &'static str) {
        self.verdict.push(None);
        self.outcome.push(None);
        self.hindsight.push(Some(&Relabeled::default()));
        self.abstained.append_value(reason);
    }
}

impl<'a> Column<Analysis<'a>> for Analyses {
    fn push(&mut self, analysis: Option<&Analysis<'a>>) {
        self.verdict.push(analysis.map(|a| &a.verdict));
        self.outcome.push(analysis.map(|a| &a.outcome));
        self.hindsight.push(analysis.map(|a| &a.relabeled));
        self.abstained.append_option(analysis.map_or(Some(NULL_STEPS), |a| a.relabeled.abstained));
    }

    fn finish(mut self) -> ArrayRef {
        record(
            crate::schema::analysis(),
            vec![
                self.verdict.finish(),
                self.outcome.finish(),
                self.hindsight.finish(),
                Arc::new(self.abstained.finish()),
            ],
            None,
        )
    }
}
