//! What the engine's panics come to: a run that it panics at abstains, and the others go on.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The reason code of a run on which the engine panicked.
pub const ENGINE_PANIC: &str = "engine_panic";

/// Says on standard error that a run was left out, once for the life of the process: what became of
/// each run stands in the frame.
pub fn tell_once(run: &str, panic: &str) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    if !TOLD.swap(true, Relaxed) {
        eprintln!(
            "agenther: the engine panicked at run {run:?} ({panic}), which is a bug of AgentHER: please \
             report it. The other runs go on, and no further panic is told here: such a run abstains as \
             `{ENGINE_PANIC}`."
        );
    }
}
