//! Steps that show a file: with the numbers of its lines, as editors of agents print them, or as it is.

use std::borrow::Cow;

use crate::reading::StepReading;
use crate::signals::tool_status::Status;
use crate::text::document::Kind;

/// Longer observations are read up to here.
const MAX_LINES: usize = 3000;

/// So many lines may stand before the first line of a file.
const MAX_HEADER: usize = 8;

/// Marks that text was left out.
const CUT: &[&str] = &["truncated", "clipped", "omitted", "more lines"];

/// What a step shows of a file.
#[derive(Debug)]
pub struct View<'a> {
    /// The file, as the agent or the tool calls it.
    pub path: &'a str,
    /// The number of the first line.
    pub first: u32,
    /// The lines, without their numbers.
    pub lines: Vec<&'a str>,
    /// Whether that is the whole file.
    pub complete: bool,
}

impl<'a> View<'a> {
    /// What a step shows, if it shows a file.
    pub fn of(step: &StepReading<'a>) -> Option<Self> {
        let observation = step.step.observation.filter(|_| step.status == Status::Ok)?;
        // Most steps name no file: that is told before what they printed is looked for, which takes twenty times as long.
        let names_file = || observation.lines().take(2 * MAX_HEADER).any(|line| header(line).is_some());
        if requested_path(step).is_none() && super::command(step).is_none() && !names_file() {
            return None;
        }
        // What is decoded out of a document has no place in the observation.
        let Cow::Borrowed(observation) = crate::hindsight::families::shell::printed(observation)? else {
            return None;
        };
        let mut view = numbered(observation)
            .or_else(|| plain(step, observation))
            .or_else(|| read_by_tool(step, observation))?;
        if view.path.is_empty() {
            view.path = requested_path(step)?;
        }
        is_path(view.path).then_some(view)
    }

    /// The last part of the path.
    pub fn name(&self) -> &'a str {
        name(self.path)
    }
}

/// The last part of a path.
pub fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a word is written as a file is: with an ending.
pub fn is_path(word: &str) -> bool {
    let Some((stem, ending)) = name(word).rsplit_once('.') else { return false };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+');
    !stem.is_empty()
        && (1..=5).contains(&ending.len())
        && ending.chars().all(|c| c.is_ascii_alphanumeric())
        && !ending.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(plain)
        && word.len() <= 160
}

/// `12:text`, `    12\ttext`, `12→text`, `12 | text`.
fn numbered_line(line: &str) -> Option<(u32, &str)> {
    let start = line.trim_start_matches([' ', '\u{feff}']);
    let digits = start.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = start.split_at_checked(digits).filter(|_| (1..=7).contains(&digits))?;
    let rest = [":", "\t", "→", " | ", "|"].iter().find_map(|mark| rest.strip_prefix(mark))?;
    Some((number.parse().ok()?, rest))
}

fn numbered(observation: &str) -> Option<View<'_>> {
    // Most observations show no file: their first lines tell.
    let shows = |line: &str| numbered_line(line).is_some() || header(line).is_some();
    if !observation.lines().take(MAX_HEADER).any(shows) {
        return None;
    }
    let mut lines = Vec::new();
    let (mut first, mut path, mut total, mut ended) = (0, "", None, false);
    let mut whole = true;
    for line in observation.lines().map(|line| line.trim_end_matches('\r')).take(MAX_LINES) {
        match numbered_line(line) {
            Some((number, text)) if lines.is_empty() => {
                first = number;
                lines.push(text);
            }
            Some((number, text)) if !ended && number as usize == first as usize + lines.len() => {
                lines.push(text);
            }
            Some(_) => return None, // matches of a search, or two files
            None => {
                if let Some((named, count)) = header(line) {
                    (path, total) = (named, count);
                } else if is_cut_mark(line) {
                    whole = false;
                }
                ended = !lines.is_empty() && !line.trim().is_empty();
            }
        }
    }
    let last = first as usize + lines.len().saturating_sub(1);
    let complete = whole && first == 1 && total.is_none_or(|total| total == last);
    (lines.len() >= 3).then_some(View { path, first, lines, complete })
}

/// `[… 40 lines truncated …]`, `(272 more lines above)`.
fn is_cut_mark(line: &str) -> bool {
    line.len() < 160 && {
        let lower = line.to_lowercase();
        CUT.iter().any(|mark| lower.contains(mark))
    }
}

/// `[File: PATH (12 lines total)]`, ``Here's the result of running `cat -n` on PATH:``.
fn header(line: &str) -> Option<(&str, Option<usize>)> {
    if let Some(rest) = line.trim().strip_prefix("[File: ") {
        let (path, rest) = rest.split_once(" (")?;
        return Some((path, rest.split(' ').next()?.parse().ok()));
    }
    // A quote is looked for by vectors; a search for more takes longer to begin than most lines are long.
    let quoted = &line[line.find('`')?..];
    let path = quoted.split_once("`cat -n` on ")?.1.trim_end();
    let path = path.strip_prefix("a snippet of ").unwrap_or(path);
    Some((path.trim_end_matches([':', '.']), None))
}

/// `cat PATH`, `sed -n '10,20p' PATH`, `head -40 PATH` in a shell.
fn plain<'a>(step: &StepReading<'a>, observation: &'a str) -> Option<View<'a>> {
    let line = super::command(step)?;
    let own = crate::hindsight::families::shell::own_command(&line);
    let (shown, named) = own.rsplit_once(' ')?;
    let lines: Vec<&str> = observation.lines().take(MAX_LINES).collect();
    let (first, last) = match shown.trim_end() {
        "cat" => (1, None),
        shown => range(shown)?,
    };
    let input = step.step.action_input?;
    let at = input.find(named).filter(|_| is_path(named))?;
    let path = &input[at..at + named.len()];
    let marked = |line: &&str| line.contains(['[', '<', '.']) && is_cut_mark(line);
    let whole = first == 1
        && lines.len() < MAX_LINES
        && last.is_none_or(|last| lines.len() < last as usize)
        && !lines.iter().any(marked);
    (is_path(path) && lines.len() >= 3).then_some(View { path, first, lines, complete: whole })
}

/// What a tool gives that reads the file which its only text argument names.
fn read_by_tool<'a>(step: &StepReading<'a>, observation: &'a str) -> Option<View<'a>> {
    const VERBS: &[&str] = &["read", "view", "open", "cat", "get"];
    let tool = step.step.action_name?.to_lowercase();
    let words: Vec<&str> = tool.split(|c: char| !c.is_ascii_alphabetic()).collect();
    // `get_file_info` tells of the file, and not what is in it.
    const WHAT: &[&str] = &["file", "files", "text", "content", "contents", "source", "raw"];
    let verb = words.iter().position(|word| VERBS.contains(word))?;
    let reads = words.iter().any(|word| word.starts_with("file"))
        && words[verb + 1..].iter().all(|word| WHAT.contains(word));
    let arguments = step.arguments().filter(|_| reads)?;
    let mut leaves = arguments.leaves();
    let only = leaves.next().filter(|leaf| leaf.kind() == Kind::String)?;
    // With a range of lines it is not known which are shown.
    let is_one = leaves.next().is_none() && is_path(only.raw());
    let lines: Vec<&str> = observation.lines().take(MAX_LINES).collect();
    let is_whole = lines.len() < MAX_LINES && !lines.iter().any(|line| is_cut_mark(line));
    (is_one && lines.len() >= 3 && is_whole).then_some(View { path: "", first: 1, lines, complete: true })
}

/// The first line that a command shows, and the last, where it stops at one.
fn range(shown: &str) -> Option<(u32, Option<u32>)> {
    let words: Vec<&str> = shown.split_whitespace().collect();
    match words.as_slice() {
        ["head", "-n", number] => Some((1, Some(number.parse().ok()?))),
        ["head", number] => Some((1, Some(number.strip_prefix('-')?.parse().ok()?))),
        ["sed", "-n", range] => {
            let (from, to) = range.trim_matches(['\'', '"']).strip_suffix('p')?.split_once(',')?;
            Some((from.parse().ok().filter(|from| *from > 0)?, Some(to.parse().ok()?)))
        }
        _ => None,
    }
}

/// The path that the call names.
fn requested_path<'a>(step: &StepReading<'a>) -> Option<&'a str> {
    let input = step.step.action_input?.trim();
    match step.arguments() {
        Some(arguments) => {
            let texts = arguments.leaves().filter(|leaf| leaf.kind() == Kind::String);
            texts.map(|leaf| leaf.raw()).find(|text| is_path(text))
        }
        None => {
            input.split_whitespace().map(|word| word.trim_matches(['"', '\''])).find(|word| is_path(word))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_numbers_are_a_view() {
        let view = numbered(
            "[File: src/a.py (4 lines total)]\r\n1:import os\r\n2:\r\n3:def f():\r\n4:    return 1\r\n",
        )
        .unwrap();
        assert_eq!((view.path, view.first, view.lines.len(), view.complete), ("src/a.py", 1, 4, true));
        assert_eq!(view.lines[3], "    return 1");
        let text =
            "Here's the result of running `cat -n` on /w/a.py:\n    7\tx = 1\n    8\ty = 2\n    9\tz = 3\n";
        let view = numbered(text).unwrap();
        assert_eq!((view.path, view.first, view.complete), ("/w/a.py", 7, false));
    }

    #[test]
    fn matches_of_a_search_are_no_view() {
        assert!(numbered("3:def f():\n17:def g():\n40:def h():\n").is_none());
        assert!(!is_path("3.14") && !is_path("e.g.") && is_path("src/a.py") && !is_path("a b.py"));
    }
}
