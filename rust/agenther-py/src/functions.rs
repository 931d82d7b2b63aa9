//! The plugin functions: inputs → engine → output column. One pass over the rows, one run at a time.
//!
//! Which rows are computed together is up to [`crate::parallel`].

use std::sync::Arc;

use agenther_core::hindsight::moulds::{self, Moulds};
use agenther_core::hindsight::{self, RelabelOptions, Relabeled, relabel_in_words};
use agenther_core::outcome::extract;
use agenther_core::reading::Reading;
use agenther_core::rules::Rules;
use agenther_core::signals::Signals;
use agenther_core::trajectory::Trajectory;
use agenther_core::verdict::classify;
use agenther_logs::caught;
use arrow_array::builder::StringViewBuilder;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field};

use crate::builders::{
    Analyses, Analysis, Column, Fires, Goals, Groundings, Outcomes, ShownMoulds, Verdicts,
};
use crate::columns::{Indices, Input, Need, RUN, Runs, Texts, pieces};
use crate::error::Error;
use crate::options::Options;
use crate::panics::{ENGINE_PANIC, tell_once};
use crate::parallel::in_units;
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
        each_run(pieces, options, |_, _, subject| {
            verdicts.push(subject.run().map(|run| classify(run, rules)).as_ref());
        });
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
        each_run(pieces, options, |_, _, subject| {
            let of_run =
                |run| rules.evaluate(&Signals::new(run)).iter().map(|fired| fired.rule.id.as_str()).collect();
            fires.push(subject.run().map(of_run).as_ref());
        });
        Ok(fires.finish())
    },
};

/// What each run achieved.
pub const EXTRACT: Function = Function {
    name: "extract",
    subject: &RUN,
    extra: &[],
    dtype: || DataType::Struct(schema::outcome()),
    compute: |pieces, options| {
        let mut outcomes = Outcomes::default();
        each_run(pieces, options, |_, _, subject| outcomes.push(subject.run().map(extract).as_ref()));
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
        let (moulds, relabel) = (options.moulds(), options.relabel());
        let mut goals = Goals::default();
        each_run(pieces, options, |_, _, subject| match subject {
            Subject::Run(run) => goals.push(Some(&goals_of(run, &relabel, &moulds))),
            Subject::NullSteps => goals.push(None),
            Subject::Panicked(_) => goals.push(Some(&Relabeled::default())),
        });
        Ok(goals.finish())
    },
};

/// The moulds that each run shows: its calls, in the words of its user.
pub const MOULDS: Function = Function {
    name: "moulds",
    subject: &RUN,
    extra: &[],
    dtype: || schema::list_of(DataType::Struct(schema::mould())),
    compute: |pieces, options| {
        let mut shown = ShownMoulds::default();
        each_run(pieces, options, |_, _, subject| shown.push(subject.run().map(moulds::moulds).as_ref()));
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
        let (moulds, relabel) = (options.moulds(), options.relabel());
        let mut analyses = Analyses::default();
        each_run(pieces, options, |_, _, subject| match subject {
            Subject::Run(run) => analyses.push(Some(&analysis(run, rules, &relabel, &moulds))),
            Subject::NullSteps => analyses.push(None),
            Subject::Panicked(_) => analyses.push_abstaining(ENGINE_PANIC),
        });
        Ok(analyses.finish())
    },
};

/// What the engine says where [`ANALYZE`] panics on a run; null for every other run.
pub const PANIC: Function = Function {
    name: "panic",
    subject: &RUN,
    extra: &[],
    dtype: || DataType::Utf8View,
    compute: |pieces, options| {
        let rules = options.rules()?;
        let rules = rules.as_deref().unwrap_or_else(|| Rules::default_pack());
        let (moulds, relabel) = (options.moulds(), options.relabel());
        let mut said = StringViewBuilder::new();
        each_run(pieces, options, |_, _, subject| match subject {
            Subject::Run(run) => {
                analysis(run, rules, &relabel, &moulds);
                said.append_null();
            }
            Subject::NullSteps => said.append_null(),
            Subject::Panicked(panic) => said.append_value(panic),
        });
        Ok(Arc::new(said.finish()))
    },
};

/// The grounding of a goal and an answer, whoever wrote them, in each run or in some of its steps.
/// A null goal has no grounding; a null answer is left out; null kept steps are all steps.
pub const VERIFY: Function = Function {
    name: "verify",
    subject: &RUN,
    extra: &[Need::Text, Need::Text, Need::Indices],
    dtype: || DataType::Struct(schema::grounding()),
    compute: |pieces, options| {
        let mut groundings = Groundings::default();
        each_run(pieces, options, |piece, row, subject| {
            let [goal, answer, kept] = &piece[RUN.len()..] else { unreachable!("the inputs were counted") };
            let at = |array: &ArrayRef| if array.len() == 1 { 0 } else { row };
            let goal = Texts::new(goal).get(at(goal));
            let answer = Texts::new(answer).get(at(answer));
            let kept = Indices::new(kept).get(at(kept));
            let asked = subject.run().zip(goal);
            let verified = |(run, goal)| hindsight::verify(goal, answer, run, kept.as_deref());
            groundings.push(asked.map(verified).as_ref());
        });
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

/// All that the engine finds in a run.
fn analysis<'a>(
    run: &'a Reading<'_>,
    rules: &'a Rules,
    relabel: &RelabelOptions,
    moulds: &Arc<Moulds>,
) -> Analysis<'a> {
    Analysis {
        verdict: classify(run, rules),
        outcome: extract(run),
        relabeled: goals_of(run, relabel, moulds),
    }
}

/// What there is to say of a row.
enum Subject<'s, 'a> {
    /// A run.
    Run(&'s Reading<'a>),
    /// No run: its steps are null.
    NullSteps,
    /// A run on which the engine panicked, and what the panic says.
    Panicked(&'s str),
}

impl<'s, 'a> Subject<'s, 'a> {
    fn run(&self) -> Option<&'s Reading<'a>> {
        match self {
            Subject::Run(run) => Some(run),
            Subject::NullSteps | Subject::Panicked(_) => None,
        }
    }
}

/// Shows every row. One on which `visit` panics, which is a bug of the engine, is shown to it once
/// more as that: `visit` must not have begun to write the row before it has all of it.
fn each_run(pieces: &[Piece], options: &Options, mut visit: impl FnMut(&Piece, usize, Subject<'_, '_>)) {
    for piece in pieces {
        let runs = Runs::new(piece);
        let mut run = Trajectory::default();
        for row in 0..runs.height() {
            if !runs.read(row, &mut run) {
                visit(piece, row, Subject::NullSteps);
                continue;
            }
            let visited = caught(|| {
                options.panic_if_told(run.trajectory_id);
                visit(piece, row, Subject::Run(&Reading::new(&run)));
            });
            if let Err(panic) = visited {
                tell_once(run.trajectory_id.unwrap_or("without an id"), &panic);
                visit(piece, row, Subject::Panicked(&panic));
            }
        }
    }
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

    /// The output column, in chunks.
    pub fn column(&self, inputs: &[Input]) -> Result<(Field, Vec<ArrayRef>), Error> {
        let fields: Vec<Field> = inputs.iter().map(|input| input.field.clone()).collect();
        let field = self.field(&fields)?;
        let (options, columns) = inputs.split_last().expect("the inputs were counted");
        let options = Options::read(options)?;
        let compute = |unit: &[Piece]| {
            // Caught here, since a unit may be computed on a thread that nobody watches.
            let computed = caught(|| (self.compute)(unit, &options));
            computed.unwrap_or_else(|panic| Err(Error(format!("{}: {panic}; please report it", self.name))))
        };
        let chunks = in_units(&pieces(columns)?, compute)?;
        Ok((field, chunks))
    }
}
