//! Scanners over bytes. Each reads its text once, allocates nothing per byte and reports spans.

mod address;
mod amount;
pub mod bytes;
pub mod cut;
pub mod date;
pub mod document;
pub mod facts;
mod filter;
pub mod hash;
mod identifier;
pub(crate) mod memo;
mod name;
pub(crate) mod needles;
pub(crate) mod number;
pub mod records;
pub mod same;
pub(crate) mod table;
pub mod tables;
mod unit;
pub mod words;
