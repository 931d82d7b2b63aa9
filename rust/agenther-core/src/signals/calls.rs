//! The calls of a run in a form that can be compared: shared by the signals on repetition.

use super::{is_call, tokens};
use crate::reading::Reading;

/// The calls that do something, in order.
#[derive(Debug, Clone)]
pub struct Calls {
    /// The step of each call.
    pub steps: Vec<usize>,
    /// A hash of tool and normalised arguments: case and white space do not count.
    pub identity: Vec<u64>,
}

impl Calls {
    /// The calls of a run.
    pub fn new(reading: &Reading<'_>) -> Self {
        let (steps, identity) = reading
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| is_call(step))
            .map(|(at, step)| {
                let text = [step.step.action_name.unwrap_or(""), "\0", step.step.action_input.unwrap_or("")];
                (at, tokens::hash_folded(&text))
            })
            .unzip();
        Calls { steps, identity }
    }
}
