//! What can be observed in a run: one file a signal.
//!
//! A signal is a list of [`Hit`]s; its value is their number. Rules name signals and put thresholds
//! on them. [`Signals`] computes each at most once a run, when first asked for, and never in more
//! time than linear in the text and the number of steps.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::reading::{Reading, StepReading};
use crate::trajectory::{Field, Span, Trajectory};

pub mod effect;
pub mod tool_status;

// Shared by several signals.
mod assent;
mod budget;
mod calls;
mod chosen;
pub(crate) mod constraints;
mod edits;
mod grounding;
mod phrases;
pub(crate) mod policy;
mod results;
mod shown;
mod tokens;

// One signal each.
mod action_cycle;
mod answer_list;
mod answer_observed;
mod answer_unobserved;
mod answers_spent;
mod asked_option;
mod auth_error;
mod broken_constraint;
mod broken_form;
mod broken_off;
mod calls_made;
mod consecutive_errors;
mod count_mismatch;
mod cut_observation;
mod denied_result;
mod destructive_write;
mod dropped_filter;
mod false_claim;
mod forbidden_call;
mod forbidden_value;
mod fruitless_tail;
mod gives_up;
mod goal_unmentioned;
mod invalid_argument;
mod last_call_error;
mod long_answer;
mod long_argument;
mod long_last_words;
mod long_result;
mod long_thought;
mod missing_argument;
mod narrow_result;
mod near_duplicate_action;
mod near_duplicate_thought;
mod no_call;
mod no_evidence;
mod no_progress;
mod no_successful_write;
mod no_terminal_action;
mod not_found;
mod null_result;
mod offered_answer;
mod out_of_order_call;
mod pieced_answer;
mod placeholder_value;
mod promised_work;
mod rate_limit_error;
mod refused_answer;
mod repeated_action;
mod repeated_observation;
mod repeated_row;
mod same_error_twice;
mod several_for_one;
mod single_number;
mod small_letter_answer;
mod spared_change;
mod steps_spent;
mod timeout_error;
mod unadmitted_failure;
mod unanswered;
mod unasked_order;
mod unchosen_option;
mod unconfirmed_write;
mod uncovered_page;
mod unfound_answer;
mod ungrounded_amount;
mod ungrounded_answer_date;
mod ungrounded_answer_id;
mod ungrounded_answer_name;
mod ungrounded_answer_number;
mod ungrounded_answer_quote;
mod ungrounded_write_id;
mod ungrounded_write_number;
mod unhandled_item;
mod unknown_argument;
mod unknown_tool;
mod unread_page;
mod unrecovered_error;
mod unverified_pass;
mod validation_error;
mod wide_result;
mod write_error;
mod wrong_extreme;
mod wrong_language;
mod wrong_record;
mod yes_no_answer;

use budget::{Budget, Told};
use calls::Calls;
use constraints::tools::{Demand, demands};
use effect::Effect;
use grounding::Grounded;
use policy::Policy;
use tool_status::{ErrorCause, Status};

/// Where a signal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hit {
    /// Index of the step, where it is in a step.
    pub step: Option<u32>,
    /// The field, where it is in one.
    pub field: Option<Field>,
    /// The bytes in that field, where it is narrower than the field.
    pub span: Option<Span>,
}

impl Hit {
    /// The whole run.
    pub const RUN: Hit = Hit { step: None, field: None, span: None };

    /// A field of a step.
    pub fn step(step: usize, field: Field) -> Hit {
        Hit { step: Some(step as u32), field: Some(field), span: None }
    }

    /// A field of the run.
    pub fn field(field: Field) -> Hit {
        Hit { step: None, field: Some(field), span: None }
    }

    /// Bytes of the field.
    pub fn at(self, span: Span) -> Hit {
        Hit { span: Some(span), ..self }
    }
}

/// What one file of this module defines.
pub struct Signal {
    /// The name rules use: that of its file.
    pub name: &'static str,
    /// What a hit is, in one sentence.
    pub summary: &'static str,
    /// Finds the hits, in the order of steps.
    pub find: fn(&Signals<'_, '_>) -> Vec<Hit>,
}

macro_rules! signals {
    ($($module:ident,)*) => {
        /// Every signal, sorted by name.
        pub static SIGNALS: &[Signal] = &[$(Signal {
            name: stringify!($module),
            summary: $module::SUMMARY,
            find: $module::find,
        },)*];
    };
}

signals! {
    action_cycle,
    answer_list,
    answer_observed,
    answer_unobserved,
    answers_spent,
    asked_option,
    auth_error,
    broken_constraint,
    broken_form,
    broken_off,
    calls_made,
    consecutive_errors,
    count_mismatch,
    cut_observation,
    denied_result,
    destructive_write,
    dropped_filter,
    false_claim,
    forbidden_call,
    forbidden_value,
    fruitless_tail,
    gives_up,
    goal_unmentioned,
    invalid_argument,
    last_call_error,
    long_answer,
    long_argument,
    long_last_words,
    long_result,
    long_thought,
    missing_argument,
    narrow_result,
    near_duplicate_action,
    near_duplicate_thought,
    no_call,
    no_evidence,
    no_progress,
    no_successful_write,
    no_terminal_action,
    not_found,
    null_result,
    offered_answer,
    out_of_order_call,
    pieced_answer,
    placeholder_value,
    promised_work,
    rate_limit_error,
    refused_answer,
    repeated_action,
    repeated_observation,
    repeated_row,
    same_error_twice,
    several_for_one,
    single_number,
    small_letter_answer,
    spared_change,
    steps_spent,
    timeout_error,
    unadmitted_failure,
    unanswered,
    unasked_order,
    unchosen_option,
    unconfirmed_write,
    uncovered_page,
    unfound_answer,
    ungrounded_amount,
    ungrounded_answer_date,
    ungrounded_answer_id,
    ungrounded_answer_name,
    ungrounded_answer_number,
    ungrounded_answer_quote,
    ungrounded_write_id,
    ungrounded_write_number,
    unhandled_item,
    unknown_argument,
    unknown_tool,
    unread_page,
    unrecovered_error,
    unverified_pass,
    validation_error,
    wide_result,
    write_error,
    wrong_extreme,
    wrong_language,
    wrong_record,
    yes_no_answer,
}

/// Position of a signal in [`SIGNALS`].
pub fn index_of(name: &str) -> Option<usize> {
    SIGNALS.binary_search_by(|signal| signal.name.cmp(name)).ok()
}

/// The signals of one run.
pub struct Signals<'r, 'a> {
    reading: &'r Reading<'a>,
    found: Vec<OnceCell<Vec<Hit>>>,
    calls: OnceCell<Calls>,
    grounded: OnceCell<Grounded>,
    demands: OnceCell<Vec<(Field, Demand<'r>)>>,
    shown: OnceCell<Vec<u8>>,
    is_cut: OnceCell<bool>,
    policy: OnceCell<Rc<Policy>>,
    budgets: OnceCell<Vec<(Field, Budget)>>,
    told: OnceCell<Told>,
}

impl<'r, 'a> Signals<'r, 'a> {
    /// The signals of a run; nothing is computed yet.
    pub fn new(reading: &'r Reading<'a>) -> Self {
        Signals {
            reading,
            found: vec![OnceCell::new(); SIGNALS.len()],
            calls: OnceCell::new(),
            grounded: OnceCell::new(),
            demands: OnceCell::new(),
            shown: OnceCell::new(),
            is_cut: OnceCell::new(),
            policy: OnceCell::new(),
            budgets: OnceCell::new(),
            told: OnceCell::new(),
        }
    }

    /// The hits of the signal at `index` of [`SIGNALS`].
    pub fn hits(&self, index: usize) -> &[Hit] {
        self.found[index].get_or_init(|| (SIGNALS[index].find)(self))
    }

    /// The steps that call a tool that reads or writes.
    pub fn calls_at(&self) -> impl DoubleEndedIterator<Item = u32> + use<'r, 'a> {
        self.steps().filter(|(_, step)| is_call(step)).map(|(at, _)| at as u32)
    }

    /// The steps whose call repeats an earlier one, same tool and same arguments, in order.
    pub fn repeated_steps(&self) -> impl Iterator<Item = u32> {
        let hits = index_of("repeated_action").map(|index| self.hits(index));
        hits.unwrap_or_default().iter().filter_map(|hit| hit.step)
    }

    /// What was read off the run.
    pub fn reading(&self) -> &'r Reading<'a> {
        self.reading
    }

    fn run(&self) -> &'a Trajectory<'a> {
        self.reading.run
    }

    fn steps(&self) -> impl DoubleEndedIterator<Item = (usize, &'r StepReading<'a>)> + use<'r, 'a> {
        self.reading.steps.iter().enumerate()
    }

    /// The calls that do something: not replies, terminal actions or thoughts.
    fn calls(&self) -> &Calls {
        self.calls.get_or_init(|| Calls::new(self.reading))
    }

    fn grounded(&self) -> &Grounded {
        self.grounded.get_or_init(|| Grounded::new(self))
    }

    /// The texts that the agent was shown, one after the other.
    fn shown(&self) -> &[u8] {
        self.shown.get_or_init(|| shown::join(self))
    }

    /// What the policy says.
    fn policy(&self) -> &Policy {
        self.policy.get_or_init(|| Policy::of(self.run().system.unwrap_or("")))
    }

    /// The budgets of steps and answers that the agent was told of.
    fn budgets(&self) -> &[(Field, Budget)] {
        self.budgets.get_or_init(|| budget::budgets(self))
    }

    /// What the agent was told of them at the end.
    fn told(&self) -> &Told {
        self.told.get_or_init(|| budget::told(self))
    }

    /// Whether an observation was cut, or is not in the log.
    fn is_cut(&self) -> bool {
        *self.is_cut.get_or_init(|| shown::is_cut(self))
    }

    /// What the prompt and the policy demand of the tools that the run calls, by name.
    fn demands(&self) -> &[(Field, Demand<'r>)] {
        /// A run calls few tools: more names are those of something else.
        const MAX_TOOLS: usize = 64;
        /// Each is held against every call.
        const MAX_DEMANDS: usize = 128;
        self.demands.get_or_init(|| {
            let mut tools: Vec<&'r str> = Vec::new();
            for tool in self.steps().filter_map(|(_, step)| step.step.action_name) {
                if tool.contains('_') && tools.len() < MAX_TOOLS && !tools.contains(&tool) {
                    tools.push(tool);
                }
            }
            if tools.is_empty() {
                return Vec::new();
            }
            let texts =
                [(Field::OriginalPrompt, self.run().original_prompt), (Field::System, self.run().system)];
            let of_texts =
                texts.into_iter().filter_map(|(field, text)| Some((field, demands(text?, &tools))));
            let all =
                of_texts.flat_map(|(field, demands)| demands.into_iter().map(move |demand| (field, demand)));
            all.filter(|(_, demand)| tools.contains(&demand.tool)).take(MAX_DEMANDS).collect()
        })
    }

    /// The steps that call a tool.
    fn calls_of(&self, tool: &str) -> impl Iterator<Item = usize> {
        self.steps().filter(move |(_, step)| step.step.action_name == Some(tool)).map(|(at, _)| at)
    }

    /// The agent's last words to the user: the final answer, else its last reply, where nothing comes after it.
    fn last_words(&self) -> Option<(Hit, &'a str)> {
        let answer = || {
            let answer = self.run().final_answer.filter(|answer| !answer.trim().is_empty());
            answer.map(|answer| (Hit::field(Field::FinalAnswer), answer))
        };
        let last = self.steps().next_back().filter(|(_, step)| step.status == Status::NoCall);
        match last.and_then(|(at, step)| Some((at, step.step.thought?))) {
            Some((at, reply)) if self.answer().is_none_or(|answer| answer == reply.trim()) => {
                Some((Hit::step(at, Field::Thought), reply))
            }
            _ => answer(),
        }
    }

    /// Whether the log lists a tool of that effect.
    fn has_tool(&self, wanted: Effect) -> bool {
        self.reading.tools().iter().any(|tool| tool.effect == wanted)
    }

    /// The last call that does something, if any.
    fn last_call(&self) -> Option<(usize, &'r StepReading<'a>)> {
        self.steps().rev().find(|(_, step)| is_call(step))
    }

    /// What the agent answered: the final answer, where it is not empty.
    fn answer(&self) -> Option<&'a str> {
        self.run().final_answer.map(str::trim).filter(|answer| !answer.is_empty())
    }
}

/// The calls that failed for a cause.
fn errors_of(signals: &Signals<'_, '_>, cause: ErrorCause) -> Vec<Hit> {
    let failed = signals.steps().filter(|(_, step)| is_call(step) && step.status == Status::Error(cause));
    failed.map(|(at, _)| Hit::step(at, Field::Observation)).collect()
}

/// Whether a step calls a tool that reads or writes.
fn is_call(step: &StepReading<'_>) -> bool {
    step.status != Status::NoCall && matches!(step.effect, Effect::Read | Effect::Write)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_so_that_they_can_be_searched() {
        assert!(SIGNALS.is_sorted_by(|a, b| a.name < b.name));
        for signal in SIGNALS {
            assert_eq!(SIGNALS[index_of(signal.name).unwrap()].name, signal.name);
            assert!(signal.summary.ends_with('.'), "{}", signal.name);
        }
    }
}

/// Runs in a few words, for the tests of the signals.
#[cfg(test)]
mod testing {
    use super::*;
    use crate::trajectory::Step;

    /// A call with its arguments and what came back.
    pub fn call<'a>(tool: &'a str, input: &'a str, observation: &'a str) -> Step<'a> {
        Step {
            action_name: Some(tool),
            action_input: Some(input),
            observation: Some(observation),
            ..Step::default()
        }
    }

    /// A reply.
    pub fn reply(text: &str) -> Step<'_> {
        Step { thought: Some(text), ..Step::default() }
    }

    /// A run that asked `prompt`.
    pub fn run<'a>(prompt: &'a str, steps: Vec<Step<'a>>, answer: Option<&'a str>) -> Trajectory<'a> {
        Trajectory { original_prompt: Some(prompt), steps, final_answer: answer, ..Trajectory::default() }
    }

    /// The hits of a signal.
    pub fn hits(name: &str, run: &Trajectory<'_>) -> Vec<Hit> {
        let reading = Reading::new(run);
        Signals::new(&reading).hits(index_of(name).expect(name)).to_vec()
    }

    /// The steps of the hits of a signal.
    pub fn steps_of(name: &str, run: &Trajectory<'_>) -> Vec<u32> {
        hits(name, run).iter().filter_map(|hit| hit.step).collect()
    }
}
