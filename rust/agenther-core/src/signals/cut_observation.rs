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

/// What the tools of editors put at a cut, with a note after it on how to see the rest.
const CLIPPED: &str = "<response clipped>";

/// Where a text says that it was cut.
const TAIL: usize = 160;

/// Where that is said with such a note.
const NOTE: usize = 400;

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
        let whole = MARKS.iter().find_map(|mark| Some((lower.rfind(mark)?, mark.len())));
        whole.or_else(|| counted(&lower))
    });
    let named = named.flatten();
    let dots = ["...", "…"].iter().find(|dots| text.len() >= LONG && tail.ends_with(**dots));
    let dots = dots.map(|dots| (tail.len() - dots.len(), dots.len()));
    let found = named.or(dots).map(|(at, length)| Span::new(start + at, start + at + length));
    found.or_else(|| clipped(text))
}

fn clipped(text: &str) -> Option<Span> {
    let tail = cut::tail(text, NOTE);
    let at = text.len() - tail.len() + memchr::memmem::find(tail.as_bytes(), CLIPPED.as_bytes())?;
    Some(Span::new(at, at + CLIPPED.len()))
}

/// What says how much was left out, in small letters, in brackets or after dots: `[truncated 2000 characters]`,
/// `[... 3000 chars truncated ...]`, `<truncated 45 lines>`, `... 200 more lines omitted`.
fn counted(tail: &str) -> Option<(usize, usize)> {
    const UNITS: &[&str] = &["char", "line", "byte", "token", "row", "item", "result", "word", "entr"];
    const LONGEST: usize = 64;
    let mut from = 0;
    let mut lines = tail.split_inclusive('\n').rev().map(|line| (line, line.len()));
    // From the last line on, of each what begins at its last bracket or dots.
    let mut end = tail.len();
    lines.find_map(|(line, length)| {
        from = end - length;
        end = from;
        let word = ["truncated", "omitted", "clipped"].iter().find_map(|word| line.rfind(word))?;
        let open = line[..word]
            .rfind(['[', '<', '('])
            .or_else(|| line[..word].find("...").or(line[..word].find('…')))?;
        let close =
            line[word..].find([']', '>', ')', '\n']).map_or(line.trim_end().len(), |at| word + at + 1);
        let note = line.get(open..close)?.trim_end();
        let counts =
            note.bytes().any(|byte| byte.is_ascii_digit()) && UNITS.iter().any(|unit| note.contains(unit));
        (counts && note.len() <= LONGEST).then_some((from + open, note.len()))
    })
}

/// Whether a text may have one of those marks: all say "truncated", "omitted", "clipped" or "limited".
fn may_say(text: &[u8]) -> bool {
    memchr::memchr2_iter(b'd', b'D', text).any(|at| {
        ["truncated", "omitted", "clipped", "limited"].iter().any(|word| {
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
        for mark in [
            "a, b, c ... [truncated 2000 characters]",
            "a\n[... 3000 chars truncated ...]\nb",
            "a\n<truncated 45 lines>",
            "a\n... 200 more lines omitted",
            "a\n… (12,000 bytes omitted)\n",
            "a<response clipped><NOTE>Only a part of this file has been shown to you. Search in it with `grep -n`.</NOTE>",
        ] {
            assert_eq!(of(mark), [0], "{mark}");
        }
        assert!(of("The 3 lines (see above) were omitted in the second edition.").is_empty());
        assert!(of("A cone [fig. 2, truncated] has two faces.").is_empty());
        assert!(of("well...").is_empty());
        assert!(of("The truncated cone is a frustum of the cone.").is_empty());
    }
}
