//! Scanners over bytes. Each reads its text once, allocates nothing per byte and reports spans.

pub mod document;
pub mod facts;
