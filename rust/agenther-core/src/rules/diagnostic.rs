//! What is wrong with a pack, and where.

use crate::text::cut;
use std::fmt;
use std::ops::Range;

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The pack works, but something in it does not do what its author means.
    Warning,
    /// The pack cannot be compiled.
    Error,
}

impl Level {
    /// `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// One thing that is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable code: `unknown-key`.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found and what was expected, as a sentence.
    pub title: String,
    /// The file, as the pack names it.
    pub file: String,
    /// The bytes it is about.
    pub span: Range<usize>,
    /// The line of the first byte, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic on bytes of a file.
    pub fn new(
        level: Level,
        code: &'static str,
        title: String,
        file: &str,
        text: &str,
        span: Range<usize>,
    ) -> Self {
        let start = cut::floor(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        Diagnostic {
            code,
            level,
            title,
            file: file.to_owned(),
            line: 1 + text[..start].matches('\n').count(),
            column: 1 + text[line_start..start].chars().count(),
            span,
            help: None,
        }
    }

    /// The same with what to do.
    pub fn help(self, help: impl Into<String>) -> Self {
        Diagnostic { help: Some(help.into()), ..self }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic { code, level, title, file, line, column, .. } = self;
        write!(f, "{file}:{line}:{column}: {}[{code}]: {title}", level.name())?;
        match &self.help {
            Some(help) => write!(f, " {help}"),
            None => Ok(()),
        }
    }
}

/// The known word nearest to `word`, if one is near enough to be meant.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // The time of the distance is the product of the lengths, and nobody misspells a page.
    let known = known.into_iter().filter(|_| word.len() <= LONGEST_WORD);
    known
        .filter(|candidate| candidate.len() <= LONGEST_WORD)
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Longer words are near to none.
const LONGEST_WORD: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_line_and_column() {
        let diagnostic = Diagnostic::new(Level::Error, "x", "No.".into(), "a.toml", "é = 1\nöb = 2", 9..10);
        assert_eq!((diagnostic.line, diagnostic.column), (2, 2));
        assert_eq!(diagnostic.help("Do this.").to_string(), "a.toml:2:2: error[x]: No. Do this.");
    }

    #[test]
    fn names_the_nearest_word() {
        assert_eq!(nearest("severty", ["label", "severity"]), Some("severity"));
        assert_eq!(nearest("zzz", ["label", "severity"]), None);
        assert_eq!(nearest("lable", ["label", "severity"]), Some("label"));
        assert_eq!(nearest(&"label".repeat(1000), ["label"]), None);
    }
}
