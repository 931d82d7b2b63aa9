//! Web agents.
mod line;
mod page;
mod quoted;
