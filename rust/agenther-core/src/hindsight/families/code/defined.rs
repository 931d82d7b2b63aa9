//! Searches that find where something is defined.

use std::borrow::Cow;

use super::view;
use crate::reading::StepReading;
use crate::signals::tool_status::Status;

/// A definition that a search found, and nothing else of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located<'a> {
    /// `function`, `class`.
    pub noun: &'static str,
    /// Its name.
    pub name: &'a str,
    /// The file, as the search names it.
    pub path: &'a str,
    /// The number of its line.
    pub line: Option<u32>,
    /// The line that was found, in the observation.
    pub found: &'a str,
}

/// Words that begin definitions, and what they define.
const KEYWORDS: &[(&str, &str)] = &[
    ("def", "function"),
    ("class", "class"),
    ("function", "function"),
    ("func", "function"),
    ("fn", "function"),
    ("struct", "struct"),
    ("interface", "interface"),
    ("trait", "trait"),
    ("enum", "enum"),
];

/// Words that may stand before.
const MODIFIERS: &[&str] = &[
    "export",
    "default",
    "async",
    "pub",
    "pub(crate)",
    "public",
    "private",
    "protected",
    "static",
    "final",
    "abstract",
    "unsafe",
    "const",
];

/// More matches are a survey.
const MAX_MATCHES: usize = 12;

impl<'a> Located<'a> {
    /// What a step looked for and found.
    pub fn of(step: &StepReading<'a>) -> Option<Self> {
        let input = step.step.action_input.filter(|_| step.status == Status::Ok && is_search(step))?;
        // What is decoded out of a document has no place in the observation.
        let Cow::Borrowed(output) = crate::hindsight::families::shell::printed(step.step.observation?)?
        else {
            return None;
        };
        let lines: Vec<&str> =
            output.lines().filter(|line| !line.trim().is_empty()).take(MAX_MATCHES + 1).collect();
        let mut found = lines.iter().filter_map(|line| definition(line)).filter(|one| is_sought(input, one));
        let one = found.next().filter(|_| lines.len() <= MAX_MATCHES)?;
        found.next().is_none().then_some(one)
    }
}

fn is_search(step: &StepReading<'_>) -> bool {
    let tool = step.step.action_name.unwrap_or("");
    match super::command(step) {
        Some(line) => {
            let own = crate::hindsight::families::shell::own_command(&line);
            own.starts_with("grep ") && own.contains(" -")
                || own.starts_with("rg ")
                || own.starts_with("git grep ")
        }
        None => tool.eq_ignore_ascii_case("grep") || tool.starts_with("search") || tool.ends_with("search"),
    }
}

/// Whether the call asked for the definition: it has its keyword before its name.
fn is_sought(input: &str, one: &Located<'_>) -> bool {
    KEYWORDS.iter().filter(|(_, noun)| *noun == one.noun || one.noun == "method" && *noun == "function").any(
        |(keyword, _)| {
            input.match_indices(one.name).take(16).any(|(at, _)| {
                let before = input[..at]
                    .trim_end_matches([' ', '+', '*'])
                    .trim_end_matches("\\\\s")
                    .trim_end_matches("\\s");
                let rest = input[at + one.name.len()..].chars().next();
                before.ends_with(keyword) && !rest.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        },
    )
}

/// `src/a.py:12:def f(x):`
fn definition(line: &str) -> Option<Located<'_>> {
    let (path, rest) = line.split_once(':')?;
    let path = path.trim().trim_start_matches("./");
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, text) = match rest.get(digits..)?.strip_prefix(':') {
        Some(text) if digits > 0 => (rest[..digits].parse().ok(), text),
        _ => (None, rest),
    };
    let is_indented = text.starts_with([' ', '\t']);
    let mut words = text.trim_start();
    while let Some((_, rest)) = words.split_once(' ').filter(|(first, _)| MODIFIERS.contains(first)) {
        words = rest.trim_start();
    }
    let (keyword, rest) = words.split_once(' ')?;
    let (_, noun) = KEYWORDS.iter().find(|(known, _)| *known == keyword)?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let noun = if keyword == "def" && is_indented { "method" } else { noun };
    (end > 0 && view::is_path(path)).then(|| Located {
        noun,
        name: &rest[..end],
        path,
        line: number,
        found: line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_search_are_definitions() {
        for (line, expected) in [
            ("src/a.py:12:def tax(x):", Some(("function", "tax", "src/a.py", Some(12)))),
            ("./src/a.py:12:    def tax(self):", Some(("method", "tax", "src/a.py", Some(12)))),
            ("a.ts:export class Lamp extends Light {", Some(("class", "Lamp", "a.ts", None))),
            ("a.rs:3:pub(crate) fn area(w: u32) -> u32 {", Some(("function", "area", "a.rs", Some(3)))),
            ("src/a.py:12:    tax(x)", None),
            ("src/a.py:12:# class of its own", None),
            ("no match", None),
        ] {
            let found = definition(line).map(|one| (one.noun, one.name, one.path, one.line));
            assert_eq!(found, expected, "{line}");
        }
    }
}
