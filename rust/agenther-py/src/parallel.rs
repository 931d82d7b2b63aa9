//! The rows of a call, over all cores.
//!
//! Polars calls a function once for a frame in memory, and once a morsel of some 100,000 rows in its
//! streaming engine: a log of 5,000 runs, seconds of work, would be left to one core. The pool is one for
//! the process, so that calls that Polars makes side by side share the cores, and its threads keep what
//! they remember of words, tools and policies from call to call.

use std::env;
use std::sync::OnceLock;
use std::thread::available_parallelism;

use arrow_array::ArrayRef;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::columns::rows;
use crate::error::Error;
use crate::functions::Piece;

/// Fewer rows than this are not worth a second unit: a run takes 0.05 to 1 ms, handing one over 0.01.
const ROWS_A_UNIT: usize = 16;

/// Units a thread, so that all end together where some runs are a hundred times as long as others.
const UNITS_A_THREAD: usize = 8;

/// The arrays that `compute` makes of the rows, cut into units, in the order of the rows.
pub fn in_units(
    pieces: &[Piece],
    compute: impl Fn(&[Piece]) -> Result<ArrayRef, Error> + Sync,
) -> Result<Vec<ArrayRef>, Error> {
    let height: usize = pieces.iter().map(|piece| rows(piece)).sum();
    match pool() {
        Some(pool) if height >= 2 * ROWS_A_UNIT => {
            let rows = height.div_ceil(pool.current_num_threads() * UNITS_A_THREAD).max(ROWS_A_UNIT);
            let units = units(pieces, rows);
            pool.install(|| units.par_iter().map(|unit| compute(std::slice::from_ref(unit))).collect())
        }
        _ => Ok(vec![compute(pieces)?]),
    }
}

/// The threads; `None` where there is one core, or no thread can be started.
fn pool() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let start = |threads| ThreadPoolBuilder::new().num_threads(threads).build().ok();
    POOL.get_or_init(|| Some(threads()).filter(|&threads| threads > 1).and_then(start)).as_ref()
}

/// As many as Polars uses: workers of Spark or Ray set its variable to 1.
fn threads() -> usize {
    let asked = env::var("POLARS_MAX_THREADS").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or_else(|| available_parallelism().map_or(1, usize::from))
}

/// The pieces in parts of at most so many rows; an array of length 1 among longer ones is a literal, and
/// every part has it whole.
fn units(pieces: &[Piece], most: usize) -> Vec<Piece> {
    let mut units = Vec::new();
    for piece in pieces {
        let height = rows(piece);
        for start in (0..height).step_by(most) {
            let length = most.min(height - start);
            let part = |array: &ArrayRef| match array.len() == height {
                true => array.slice(start, length),
                false => ArrayRef::clone(array),
            };
            units.push(piece.iter().map(part).collect());
        }
    }
    units
}
