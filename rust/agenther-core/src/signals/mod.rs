//! What can be observed in a run: one file a signal.

pub mod effect;
pub mod tool_status;
