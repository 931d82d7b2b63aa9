//! The published form of the language.

use crate::signals::SIGNALS;

/// The JSON Schema of a rule file, of `pack.toml`, and of a pack in one file.
pub fn schema() -> String {
    let names: Vec<_> = SIGNALS.iter().map(|signal| format!("\"{}\"", signal.name)).collect();
    include_str!("rules.schema.json").replace("\"@signals\"", &format!("[{}]", names.join(", ")))
}
