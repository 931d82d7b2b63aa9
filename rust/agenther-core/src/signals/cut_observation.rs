//! The answer rests on an observation that was cut off.
//!
//! No sign of failure on the eight labelled runs with a hit: unmeasured.

use super::tool_status::Status;
use super::{Hit, Signals};
use crate::text::cut;
use crate::trajectory::{Field, Span};

/// What a hit is.
pub const SUMMARY: &str =
    "The last call before the end returned a text that says at its end that it was cut.";

/// Marks that programs put where they cut, in small letters.
const MARKS: &[&str] = &[
    "[truncated]",
    "(truncated)",
    "<truncated>",
    "...truncated",
    "… truncated",
    "output truncated",
    "response truncated",
    "truncated for length",
    "characters truncated",
    "lines truncated",
    "[output limited",
    "remaining output omitted",
    "content omitted",
    "has been truncated",
    "was truncated",
];

/// Where a text says that it was cut.
const TAIL: usize = 160;

/// At most one hit: the mark, or the dots at the end of a text too long to trail off.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some((at, last)) = signals.last_call().filter(|(_, step)| step.status == Status::Ok) else {
        return Vec::new();
    };
    let text = last.step.observation.unwrap_or("").trim_end();
    mark(text).map(|span| Hit::step(at, Field::Observation).at(span)).into_iter().collect()
}

/// Where a text, without the blanks at its end, says that it was cut.
pub fn mark(text: &str) -> Option<Span> {
    const LONG: usize = 1000;
    let tail = cut::tail(text, TAIL);
    let start = text.len() - tail.len();
    let named = may_say(tail.as_bytes()).then(|| {
        let lower = tail.to_ascii_lowercase();
        MARKS.iter().find_map(|mark| Some((lower.rfind(mark)?, mark.len())))
    });
    let named = named.flatten();
    let dots = ["...", "…"].iter().find(|dots| text.len() >= LONG && tail.ends_with(**dots));
    let dots = dots.map(|dots| (tail.len() - dots.len(), dots.len()));
    named.or(dots).map(|(at, length)| Span::new(start + at, start + at + length))
}

/// Whether a text may have one of the marks: all say "truncated", "omitted" or "limited".
fn may_say(text: &[u8]) -> bool {
    memchr::memchr2_iter(b'd', b'D', text).any(|at| {
        ["truncated", "omitted", "limited"].iter().any(|word| {
            let start = (at + 1).checked_sub(word.len());
            start.is_some_and(|start| text[start..=at].eq_ignore_ascii_case(word.as_bytes()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn marks_at_the_end_of_the_last_observation() {
        let of = |text: &str| steps_of("cut_observation", &run("?", vec![call("cat", "a", text)], Some("x")));
        assert_eq!(of("line 1\nline 2\n[Output truncated]"), [0]);
        assert_eq!(of(&format!("{} and so …", "word ".repeat(300))), [0]);
        assert!(of("well...").is_empty());
        assert!(of("The truncated cone is a frustum of the cone.").is_empty());
    }
}
