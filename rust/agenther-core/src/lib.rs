//! The AgentHER engine: classifies failed runs, extracts what they achieved, and relabels them with
//! hindsight goals that they do satisfy (hindsight experience replay, arXiv 2603.21357).
//!
//! It knows neither Arrow nor Python and does no I/O: a [`trajectory::Trajectory`] borrows its text,
//! [`reading::Reading`] reads it once, and the stages work on that.

pub mod conversation;
pub mod hindsight;
pub mod outcome;
pub mod reading;
pub mod rules;
pub mod signals;
pub mod text;
pub mod tools;
pub mod trajectory;
pub mod verdict;
