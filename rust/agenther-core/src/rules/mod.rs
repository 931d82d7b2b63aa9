//! The rule language: packs are compiled to immutable [`Rules`], which are shared and evaluated.
//!
//! A pack is a folder of TOML files, one rule a file, or a single file with `[[rule]]` tables. A rule
//! says what it detects, for whom it speaks, how much it weighs, and carries runs that it must and
//! must not fire on. [`schema`] is the published form of what is accepted.
//!
//! ```
//! use agenther_core::rules::{PackSource, Rules};
//!
//! let rules = Rules::compile(&[PackSource::default_pack()]).expect("the default pack compiles");
//! assert!(rules.get("incomplete/no-terminal-action").is_some());
//! ```

use std::sync::OnceLock;

mod compile;
mod condition;
mod diagnostic;
mod evaluate;
mod example;
mod explain;
mod lint;
pub mod naive;
mod overrides;
mod pack;
mod parse;
mod rule;
mod schema;
mod sequence;
mod table;

pub use compile::Rules;
pub use condition::{Condition, Order, Position, Sequence, Slice, Threshold};
pub use diagnostic::{Diagnostic, Level};
pub use evaluate::Fired;
pub use example::{Example, Outcome};
pub use pack::{Pack, PackSource, SourceFile};
pub use rule::{Confidence, Rule, RuleStatus};
pub use schema::schema;

impl Rules {
    /// The pack that ships with the engine.
    pub fn default_pack() -> &'static Rules {
        static RULES: OnceLock<Rules> = OnceLock::new();
        RULES.get_or_init(|| match Rules::compile(&[PackSource::default_pack()]) {
            Ok(rules) => rules,
            Err(diagnostics) => {
                let lines: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
                unreachable!("the tests compile the default pack: {}", lines.join("\n"))
            }
        })
    }
}

#[cfg(test)]
mod tests;
