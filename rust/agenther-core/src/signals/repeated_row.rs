//! The last result has the same row twice: a join or a scan that was not made distinct.
//!
//! Of the runs of an SQL agent that stops by itself .81 fail with a hit (54 hits, base rate .41); of one that
//! is told when it is right, no more than of the others.

use std::collections::HashSet;

use super::tokens::hash_text;
use super::{Hit, Signals, results};
use crate::text::document::Kind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The last result, with no answer besides, has the same row twice.";

/// At most one hit: the last call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some((at, rows)) = results::rows(signals) else { return Vec::new() };
    let mut seen = HashSet::with_capacity(rows.len());
    let repeated = rows
        .children()
        .filter(|row| matches!(row.kind(), Kind::Array | Kind::Object))
        .any(|row| !seen.insert(hash_text(row.raw())));
    if repeated { vec![Hit::step(at, Field::Observation)] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn rows_are_compared_whole() {
        let repeated = |rows, answer| {
            steps_of("repeated_row", &run("?", vec![call("sql", "SELECT 1", rows)], answer)).len()
        };
        assert_eq!(repeated("[('Ann', 31), ('Bob', 28), ('Ann', 31)]", None), 1);
        assert_eq!(repeated("[('Ann', 31), ('Ann', 28)]", None), 0);
        assert_eq!(repeated("[1, 1]", None), 0);
        assert_eq!(repeated("[('Ann', 31), ('Ann', 31)]", Some("Ann")), 0);
    }
}
