//! JSON as logs have it: lenient where loggers are, strict where guessing would lose data.

mod keys;
mod specials;
mod tape;
mod text;
mod value;

pub(crate) use keys::Keys;
pub(crate) use specials::{BLOCK, block_at, quotes_and_backslashes};
pub use tape::{JsonError, Limits, Problem, Tape};
pub use text::{ObjectWriter, write_string};
pub use value::{Items, Parsed, Value};

/// Reads JSON that stands in a string of the log; `None` where the string is none.
pub(crate) fn read_inner<R>(text: &str, read: impl FnOnce(Value<'_, '_>) -> Option<R>) -> Option<R> {
    let mut tape = Tape::default();
    let parsed = tape.parse(text, Limits::default()).ok()?;
    read(parsed.root())
}

#[cfg(test)]
mod tests;
