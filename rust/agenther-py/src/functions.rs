//! The plugin functions: inputs → engine → output column. One pass over the rows, one run at a time.
//!
//! There is no thread pool here: the streaming engine of Polars already calls a function on several
//! threads at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use agenther_core::hindsight::moulds::{self, Moulds};
use agenther_core::hindsight::{RelabelOptions, Relabeled, ground, relabel_in_words};
use agenther_core::outcome::extract;
use agenther_core::reading::Reading;
use agenther_core::rules::Rules;
use agenther_core::signals::Signals;
use agenther_core::trajectory::Trajectory;
use agenther_core::verdict::classify;
use arrow_array::ArrayRef;
use arrow_schema::{DataType, Field};

use crate::builders::{
    Analyses, Analysis, Column, Fires, Goals, Groundings, Outcomes, ShownMoulds, Verdicts,
};
use crate::columns::{Indices, Input, Need, RUN, Runs, Texts, pieces};
use crate::error::Error;
use crate::options::Options;
use crate::schema;

/// Equally long arrays, one for each input but the options.
pub type Piece = Vec<ArrayRef>;

/// A function of the plugin. Its inputs are the columns of its subject, then `extra`, then the options.
#[derive(Debug)]
pub struct Function {
    /// Its name, as in the symbols.
    pub name: &'static str,
    /// What it works on: a run, the columns of [`RUN`], or what a run is to be read from.
    pub subject: &'static [Need],
    /// What it takes besides.
    pub extra: &'static [Need],
    /// The dtype it gives.
    pub dtype: fn() -> DataType,
    /// Computes the column.
    pub compute: fn(&[Piece], &Options) -> Result<ArrayRef, Error>,
}

/// The verdict on each run.
pub const CLASSIFY: Function = Function {
    name: "classify",
    subject: &RUN,
    extra: &[],
    dtype: || DataType::Struct(schema::verdict()),
    compute: |pieces, options| {
        let rules = options.rules()?;
        let rules = rules.as_deref().unwrap_or_else(|| Rules::default_pack());
        let mut verdicts = Verdicts::default();
        each_run(pieces, |_, _, run| {
            verdicts.push(run.map(|run| classify(run, rules)).as_ref());
        })?;
        Ok(verdicts.finish())
    },
};

/// The rules that fire on each run, those among them that leave no evidence: good signs.
pub const FIRED: Function = Function {
    name: "fired",
    subject: &RUN,
    extra: &[],
    dtype: || schema::list_of(DataType::Utf8View),
    compute: |pieces, options| {
        let rules = options.rules()?;
        let rules = rules.as_deref().unwrap_or_else(|| Rules::default_pack());
        let mut fires = Fires::default();
        each_run(pieces, |_, _, run| {
            let of_run =
                |run| rules.evaluate(&Signals::new(run)).iter().map(|fired| fired.rule.id.as_str()).collect();
            fires.push(run.map(of_run).as_ref());
        })?;
        Ok(fires.finish())
    },
};

/// What each run achieved.
pub const EXTRACT: Function = Function {
    name: "extract",
    subject: &RUN,
    extra: &[],
    dtype: || DataType::Struct(schema::outcome()),
    compute: |pieces, _| {
        let mut outcomes = Outcomes::default();
        each_run(pieces, |_, _, run| outcomes.push(run.map(extract).as_ref()))?;
        Ok(outcomes.finish())
    },
};

/// The hindsight goals of each run.
pub const RELABEL: Function = Function {
    name: "relabel",
    subject: &RUN,
    extra: &[],
    dtype: || schema::list_of(DataType::Struct(schema::hindsight())),
    compute: |pieces, options| {
        let (moulds, options) = (options.moulds(), options.relabel());
        let mut goals = Goals::default();
        each_run(pieces, |_, _, run| {
            goals.push(run.map(|run| goals_of(run, &options, &moulds)).as_ref());
        })?;
        Ok(goals.finish())
    },
};

/// The moulds that each run shows: its calls, in the words of its user.
pub const MOULDS: Function = Function {
    name: "moulds",
    subject: &RUN,
    extra: &[],
    dtype: || schema::list_of(DataType::Struct(schema::mould())),
    compute: |pieces, _| {
        let mut shown = ShownMoulds::default();
        each_run(pieces, |_, _, run| shown.push(run.map(moulds::moulds).as_ref()))?;
        Ok(shown.finish())
    },
};

/// Verdict, outcome and hindsight of each run, which is read once.
pub const ANALYZE: Function = Function {
    name: "analyze",
    subject: &RUN,
    extra: &[],
    dtype: || DataType::Struct(schema::analysis()),
    compute: |pieces, options| {
        let rules = options.rules()?;
        let rules = rules.as_deref().unwrap_or_else(|| Rules::default_pack());
        let (moulds, options) = (options.moulds(), options.relabel());
        let mut analyses = Analyses::default();
        each_run(pieces, |_, _, run| {
            let analysis = run.map(|run| Analysis {
                verdict: classify(run, rules),
                outcome: extract(run),
                relabeled: goals_of(run, &options, &moulds),
            });
            analyses.push(analysis.as_ref());
        })?;
        Ok(analyses.finish())
    },
};

/// The grounding of a goal and an answer, whoever wrote them, in each run or in some of its steps.
/// A null goal has no grounding; a null answer is left out; null kept steps are all steps.
pub const VERIFY: Function = Function {
    name: "verify",
    subject: &RUN,
    extra: &[Need::Text, Need::Text, Need::Indices],
    dtype: || DataType::Struct(schema::grounding()),
    compute: |pieces, _| {
        let mut groundings = Groundings::default();
        each_run(pieces, |piece, row, run| {
            let [goal, answer, kept] = &piece[RUN.len()..] else { unreachable!("the inputs were counted") };
            let at = |array: &ArrayRef| if array.len() == 1 { 0 } else { row };
            let goal = Texts::new(goal).get(at(goal));
            let answer = Texts::new(answer).get(at(answer));
            let kept = Indices::new(kept).get(at(kept));
            let grounding = run.zip(goal).map(|(run, goal)| ground::verify(goal, answer, run, kept));
            groundings.push(grounding.as_ref());
        })?;
        Ok(groundings.finish())
    },
};

/// Relabels a run; one without steps has a reason of its own.
fn goals_of(run: &Reading<'_>, options: &RelabelOptions, moulds: &Arc<Moulds>) -> Relabeled {
    match run.steps.is_empty() {
        true => Relabeled { goals: Vec::new(), abstained: Some("no_steps") },
        false => relabel_in_words(run, options, moulds),
    }
}

/// Shows every run, or `None` where its steps are null. A panic of the engine on a run is a bug, and is
/// reported with the run that shows it.
fn each_run(
    pieces: &[Piece],
    mut visit: impl FnMut(&Piece, usize, Option<&Reading<'_>>),
) -> Result<(), Error> {
    for piece in pieces {
        let runs = Runs::new(piece);
        let mut run = Trajectory::default();
        for row in 0..runs.height() {
            let present = runs.read(row, &mut run);
            let visited = catch_unwind(AssertUnwindSafe(|| match present {
                true => visit(piece, row, Some(&Reading::new(&run))),
                false => visit(piece, row, None),
            }));
            visited.map_err(|panic| {
                let id = run.trajectory_id.unwrap_or("without an id");
                Error(format!("the engine stopped at run {id}: {}; please report it", message(&*panic)))
            })?;
        }
    }
    Ok(())
}

/// What a panic says.
pub fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic without a message")
}

impl Function {
    /// The output field for these inputs; it takes the name of the first.
    pub fn field(&self, inputs: &[Field]) -> Result<Field, Error> {
        let needs = self.subject.iter().chain(self.extra).copied().chain([Need::Text]);
        let expected = needs.clone().count();
        if inputs.len() != expected {
            let found = inputs.len();
            return Err(Error(format!("{}: found {found} inputs, needed {expected}", self.name)));
        }
        for (need, field) in needs.zip(inputs) {
            need.check(field.name(), field.data_type())
                .map_err(|Error(e)| Error(format!("{}: {e}", self.name)))?;
        }
        Ok(Field::new(inputs[0].name(), (self.dtype)(), true))
    }

    /// The output column.
    pub fn column(&self, inputs: &[Input]) -> Result<(Field, ArrayRef), Error> {
        let fields: Vec<Field> = inputs.iter().map(|input| input.field.clone()).collect();
        let field = self.field(&fields)?;
        let (options, columns) = inputs.split_last().expect("the inputs were counted");
        let options = Options::read(options)?;
        let array = (self.compute)(&pieces(columns)?, &options)?;
        Ok((field, array))
    }
}
