//! JSON as logs have it: lenient where loggers are, strict where guessing would lose data.

mod specials;
mod tape;
mod text;
mod value;

pub(crate) use specials::{BLOCK, block_at, quotes_and_backslashes};
pub use tape::{JsonError, Limits, Problem, Tape};
pub use text::{ObjectWriter, write_string};
pub use value::{Items, Value};

#[cfg(test)]
mod tests;
