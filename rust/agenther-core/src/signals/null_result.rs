//! A row of the last result has no value where one was asked for: a join or a condition let it in.
//!
//! Of two SQL agents .82 and .79 of the runs with a hit fail (28 and 39 hits, base rates .41 and .26).

use super::{Hit, Signals, results};
use crate::text::document::Kind;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The last result, with no answer besides, has a row with an empty value in it.";

/// At most one hit: the last call.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let is_null = |kind| kind == Kind::Null;
    let with_null = results::rows(signals).filter(|(_, rows)| {
        rows.children()
            .any(|row| row.kind() == Kind::Array && row.children().any(|value| is_null(value.kind())))
    });
    with_null.map(|(at, _)| Hit::step(at, Field::Observation)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn a_value_that_is_none_counts() {
        let count =
            |rows| steps_of("null_result", &run("?", vec![call("sql", "SELECT 1", rows)], None)).len();
        assert_eq!(count("[('Ann', 31), ('Bob', None)]"), 1);
        assert_eq!(count(r#"[["Ann", null]]"#), 1);
        assert_eq!(count("[('Ann', 31), ('Bob', 28)]"), 0);
        assert_eq!(count("[('None', 1)]"), 0);
    }
}
