//! Runs that are spread over records: the spans of a trace, the lines of a session.
//!
//! Pieces are copied out of their records and put together as the JSON array that the format reads
//! at last. What is open at a time is bounded: the run that waits longest for its next piece is
//! closed once the open ones hold too much. What came of it is read, with a mark; what comes later is not.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::formats::{Format, Piece};
use crate::json::Value;

/// Bytes of the open runs together, beyond which the one that was quiet for longest is closed.
const OPEN_BYTES: usize = 64 << 20;

/// Most runs closed for others whose rest is known for one: 16 MB of fingerprints.
const MOST_CLOSED: usize = 1 << 20;

/// What of a run was put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// What there is of it in the file.
    Whole,
    /// What came before it was closed for others: there may be more.
    Begin,
    /// What came after that.
    Rest,
}

/// A run that was put together.
pub(crate) struct Assembled {
    pub format: &'static dyn Format,
    /// The id that its pieces give it.
    pub id: Option<String>,
    /// Number of the record that its first piece came from, and where that starts.
    pub number: u64,
    pub offset: u64,
    pub part: Part,
    /// Its place among the runs by their first pieces.
    began: u64,
    /// A JSON array of the pieces; no longer than the limit of a record.
    pub text: String,
    /// Bytes of all pieces: more than `text` holds where they are over the limit.
    pub size: usize,
}

#[derive(Default)]
pub(crate) struct Pieces {
    /// Open runs by the number of the piece that came to them last.
    open: BTreeMap<u64, Assembled>,
    by_id: HashMap<(&'static str, Option<String>), u64>,
    last_id: Option<String>,
    /// Fingerprints of the runs that were closed for others.
    closed: HashSet<u64>,
    bytes: usize,
    count: u64,
}

impl Pieces {
    /// Adds a piece; a run that is closed by that.
    pub fn add(
        &mut self,
        format: &'static dyn Format,
        piece: &Piece<'_, '_>,
        origin: (u64, u64),
        limit: usize,
    ) -> Option<Assembled> {
        if let Some(id) = &piece.run {
            self.adopt(format, id);
        }
        let key = (format.name(), piece.run.as_deref().map(str::to_owned).or_else(|| self.last_id.clone()));
        let mut run = self.take(&key).unwrap_or_else(|| Assembled {
            format,
            id: key.1.clone(),
            number: origin.0,
            offset: origin.1,
            part: if self.closed.contains(&fingerprint(&key)) { Part::Rest } else { Part::Whole },
            began: self.count,
            text: "[]".to_owned(),
            size: 0,
        });
        run.append(piece.value, limit);
        self.last_id.clone_from(&key.1);
        self.put(key, run);
        if self.bytes > OPEN_BYTES && self.open.len() > 1 { self.close_first() } else { None }
    }

    /// Pieces without an id that came before the first id belong to that run.
    fn adopt(&mut self, format: &'static dyn Format, id: &str) {
        if self.last_id.is_none()
            && let Some(mut run) = self.take(&(format.name(), None))
        {
            run.id = Some(id.to_owned());
            self.put((format.name(), run.id.clone()), run);
        }
    }

    fn take(&mut self, key: &(&'static str, Option<String>)) -> Option<Assembled> {
        let run = self.by_id.remove(key).and_then(|touched| self.open.remove(&touched))?;
        self.bytes -= run.text.len();
        Some(run)
    }

    fn put(&mut self, key: (&'static str, Option<String>), run: Assembled) {
        self.count += 1;
        self.bytes += run.text.len();
        self.by_id.insert(key, self.count);
        self.open.insert(self.count, run);
    }

    fn close_first(&mut self) -> Option<Assembled> {
        let (_, mut run) = self.open.pop_first()?;
        self.bytes -= run.text.len();
        let key = (run.format.name(), run.id.clone());
        self.by_id.remove(&key);
        if run.part == Part::Whole {
            run.part = Part::Begin;
            if self.closed.len() < MOST_CLOSED {
                self.closed.insert(fingerprint(&key));
            }
        }
        Some(run)
    }

    /// Closes all runs, in the order in which they began.
    pub fn close(&mut self) -> Vec<Assembled> {
        let mut runs: Vec<Assembled> = std::mem::take(self).open.into_values().collect();
        runs.sort_by_key(|run| run.began);
        runs
    }
}

fn fingerprint(key: &(&'static str, Option<String>)) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl Assembled {
    fn append(&mut self, piece: Value<'_, '_>, limit: usize) {
        let json = piece.json();
        self.size += json.len() + 1;
        if self.size > limit {
            return;
        }
        self.text.pop();
        if self.text.len() > 1 {
            self.text.push(',');
        }
        self.text.extend([&*json, "]"]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Record;
    use crate::json::{Limits, Tape};
    use crate::run::{Run, Text};

    struct Spans;

    impl Format for Spans {
        fn name(&self) -> &'static str {
            "spans"
        }

        fn shape(&self) -> &'static str {
            "spans"
        }

        fn score(&self, _: Value<'_, '_>) -> u8 {
            0
        }

        fn read<'a>(&self, _: &Record<'_, 'a>) -> Result<Run<'a>, String> {
            Ok(Run::default())
        }
    }

    fn add(pieces: &mut Pieces, run: Option<&str>, json: &str, number: u64, limit: usize) -> Vec<String> {
        let mut tape = Tape::default();
        let parsed = tape.parse(json, Limits::default()).unwrap();
        let piece = Piece { run: run.map(|run| Text::Owned(run.to_owned())), value: parsed.root() };
        pieces.add(&Spans, &piece, (number, number * 10), limit).into_iter().map(|run| run.text).collect()
    }

    fn closed(pieces: &mut Pieces) -> Vec<(Option<String>, u64, String)> {
        pieces.close().into_iter().map(|run| (run.id, run.number, run.text)).collect()
    }

    #[test]
    fn pieces_of_runs_that_are_mixed_are_put_together_in_order() {
        let mut pieces = Pieces::default();
        for (number, (run, json)) in
            [(None, "0"), (Some("a"), "1"), (Some("b"), "2"), (Some("a"), "3"), (None, "4")]
                .iter()
                .enumerate()
        {
            assert!(add(&mut pieces, *run, json, number as u64, 1000).is_empty());
        }
        let some = |id: &str| Some(id.to_owned());
        assert_eq!(
            closed(&mut pieces),
            [(some("a"), 0, "[0,1,3,4]".to_owned()), (some("b"), 2, "[2]".to_owned())]
        );
        assert!(closed(&mut pieces).is_empty());
    }

    #[test]
    fn without_any_id_a_file_is_one_run() {
        let mut pieces = Pieces::default();
        add(&mut pieces, None, "1", 0, 1000);
        add(&mut pieces, None, "{\"a\":\n2}", 1, 1000);
        assert_eq!(closed(&mut pieces), [(None, 0, "[1,{\"a\": 2}]".to_owned())]);
    }

    #[test]
    fn a_run_over_the_limit_keeps_its_head_and_its_size() {
        let mut pieces = Pieces::default();
        (0..10).for_each(|number| drop(add(&mut pieces, Some("a"), "\"abcd\"", number, 30)));
        let run = pieces.close().remove(0);
        assert_eq!(run.size, 70);
        assert!(run.text.len() <= 30 && run.text.ends_with("\"]"), "{}", run.text);
    }

    #[test]
    fn what_is_open_is_bounded() {
        let mut pieces = Pieces::default();
        let long = format!("\"{}\"", "x".repeat(OPEN_BYTES / 4));
        add(&mut pieces, Some("quiet"), "1", 0, usize::MAX);
        for number in 1..4 {
            assert!(add(&mut pieces, Some("busy"), &long, number, usize::MAX).is_empty());
        }
        assert_eq!(add(&mut pieces, Some("busy"), &long, 4, usize::MAX), ["[1]"]);
        add(&mut pieces, Some("quiet"), "5", 5, usize::MAX);
        add(&mut pieces, Some("other"), "6", 6, usize::MAX);
        let parts = pieces.close().into_iter().map(|run| (run.id.unwrap(), run.text, run.part));
        let expected = [("quiet", "[5]", Part::Rest), ("other", "[6]", Part::Whole)];
        assert!(parts.eq(expected.map(|(id, text, part)| (id.to_owned(), text.to_owned(), part))));
    }
}
