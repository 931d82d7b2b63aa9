//! The rule language: packs are compiled to immutable [`Rules`], which are shared and evaluated.
//!
//! A pack is a folder of TOML files, one rule a file, or a single file with `[[rule]]` tables. A rule
//! says what it detects, for whom it speaks, how much it weighs, and carries runs that it must and
//! must not fire on. A pack may also change rules of packs before it, and declare labels beside the six
//! types of failure. [`schema`] is the published form of what is accepted; `docs/rules.md` is the manual.
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
mod implication;
mod label;
mod limits;
mod lint;
mod markdown;
pub mod naive;
mod overrides;
mod pack;
mod pages;
mod parse;
mod required;
mod rule;
mod scan;
mod schema;
mod sequence;
mod shared;
mod table;

pub use compile::Rules;
pub use condition::{Condition, Order, Position, Sequence, Slice, Threshold};
pub use diagnostic::{Diagnostic, Level};
pub use evaluate::Fired;
pub use example::{Example, Outcome};
pub use label::Declared;
pub use pack::{Pack, PackSource, SourceFile};
pub use pages::Page;
pub use rule::{Confidence, Rule, RuleStatus};
pub use schema::schema;
pub use shared::SharedRules;

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
