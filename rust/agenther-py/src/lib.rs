//! `agenther._native`: the engine as a Polars expression plugin, and the log reader as an Arrow stream.

pub mod builders;
pub mod columns;
pub mod error;
pub mod frames;
pub mod from_messages;
pub mod functions;
pub mod json_cells;
pub mod options;
pub mod panics;
pub mod parallel;
pub mod plugin;
pub mod render;
pub mod rules;
pub mod scan;
pub mod schema;

#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    #[allow(non_upper_case_globals)] // Python's name for it
    const __version__: &str = env!("CARGO_PKG_VERSION");
    #[pymodule_export]
    use crate::rules::{RuleSet, check_rules, rules_schema};
    #[pymodule_export]
    use crate::scan::{
        ArrowBatch, LogScanner, check_mapping, detect, detect_chunks, formats, is_log_name, log_suffixes,
        shapes, suggest_mapping,
    };
}
