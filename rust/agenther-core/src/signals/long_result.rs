//! The last result has many rows.
//!
//! More of such runs fail on all three SQL sources (.38 to .67 of 161, base rates .26 to .55): of many rows one
//! is more easily too much or missing.

use super::{Hit, Signals, results};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The last result, with no answer besides, has fifteen rows or more.";

const ROWS: usize = 15;

/// At most one hit: the last call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let long = results::rows(signals).filter(|(_, rows)| rows.len() >= ROWS);
    long.map(|(at, _)| Hit::step(at, Field::Observation)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn counts_rows() {
        let count = |rows: usize, answer| {
            let rows = format!("[{}]", vec!["('a', 1)"; rows].join(", "));
            steps_of("long_result", &run("?", vec![call("sql", "SELECT 1", &rows)], answer)).len()
        };
        assert_eq!([count(14, None), count(15, None), count(15, Some("a"))], [0, 1, 0]);
    }
}
