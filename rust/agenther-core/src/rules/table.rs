//! A TOML table that is read key by key, so that what is wrong is reported with its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Level, nearest};
use super::limits;

/// Where diagnostics are gathered while a file is read.
pub struct Sink<'s> {
    /// The name of the file.
    pub file: &'s str,
    /// Its text.
    pub text: &'s str,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Sink<'_> {
    /// Adds an error.
    pub fn error(&mut self, code: &'static str, span: Range<usize>, title: String, help: Option<String>) {
        if !self.is_full() {
            let mut diagnostic = Diagnostic::new(Level::Error, code, title, self.file, self.text, span);
            diagnostic.help = help;
            self.diagnostics.push(diagnostic);
        }
    }

    /// Adds a warning.
    pub fn warning(&mut self, code: &'static str, span: Range<usize>, title: String, help: &str) {
        if !self.is_full() {
            let diagnostic = Diagnostic::new(Level::Warning, code, title, self.file, self.text, span);
            self.diagnostics.push(diagnostic.help(help));
        }
    }

    /// Whether no more is reported: each takes the time to find its line.
    pub fn is_full(&self) -> bool {
        self.diagnostics.len() >= limits::DIAGNOSTICS
    }
}

/// A table, and what it is called in messages.
pub struct Table<'t, 'i> {
    table: &'t DeTable<'i>,
    what: &'static str,
    span: Range<usize>,
}

impl<'t, 'i> Table<'t, 'i> {
    /// A table whose keys must be among `known`; others are reported.
    pub fn new(
        table: &'t DeTable<'i>,
        span: Range<usize>,
        what: &'static str,
        known: &[&str],
        sink: &mut Sink<'_>,
    ) -> Self {
        let unknown = table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref()));
        for (key, _) in unknown.take(limits::DIAGNOSTICS) {
            let help = match nearest(key.get_ref(), known.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Known keys are {}.", known.join(", ")),
            };
            let title = format!("Unknown key `{}` in {what}.", key.get_ref());
            sink.error("unknown-key", key.span(), title, Some(help));
        }
        Table { table, what, span }
    }

    /// Where the table stands.
    pub fn span(&self) -> Range<usize> {
        // The outermost table spans the file: its first line is a better place to point at.
        if self.span.start == 0 { 0..0 } else { self.span.clone() }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'i>>> {
        self.table.get(key)
    }

    /// Where a key's value stands, or the table.
    pub fn span_of(&self, key: &str) -> Range<usize> {
        self.get(key).map_or_else(|| self.span(), Spanned::span)
    }

    /// Where the text of a string begins, past its quotes.
    pub fn text_at(&self, key: &str, text: &str) -> usize {
        let span = self.span_of(key);
        let quotes =
            text.get(span.clone()).unwrap_or_default().bytes().take_while(|byte| b"\"'".contains(byte));
        (span.start + quotes.count()).min(span.end)
    }

    /// Reports a key that is not there.
    pub fn missing(&self, key: &str, sink: &mut Sink<'_>) {
        let title = format!("{} has no `{key}`.", capitalised(self.what));
        sink.error("missing-key", self.span(), title, None);
    }

    /// A string; absent is not reported.
    pub fn string(&self, key: &str, sink: &mut Sink<'_>) -> Option<String> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => wrong(key, "a string", other, value.span(), sink),
        }
    }

    /// A string that must be there and not be empty.
    pub fn required(&self, key: &str, sink: &mut Sink<'_>) -> String {
        let text = self.string(key, sink);
        if self.get(key).is_none() {
            self.missing(key, sink);
        } else if text.as_deref().is_some_and(|text| text.trim().is_empty()) {
            sink.error("empty-value", self.span_of(key), format!("`{key}` is empty."), None);
        }
        text.unwrap_or_default()
    }

    /// A list of strings, or one string.
    pub fn strings(&self, key: &str, sink: &mut Sink<'_>) -> Vec<String> {
        let Some(value) = self.get(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::String(text) => vec![text.to_string()],
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| match item.get_ref() {
                    DeValue::String(text) => Some(text.to_string()),
                    other => wrong(key, "a list of strings", other, item.span(), sink),
                })
                .collect(),
            other => wrong(key, "a list of strings", other, value.span(), sink).unwrap_or_default(),
        }
    }

    /// A number within a range.
    pub fn number(
        &self,
        key: &str,
        range: std::ops::RangeInclusive<f64>,
        sink: &mut Sink<'_>,
    ) -> Option<f64> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if range.contains(&number) => Some(number),
            _ => {
                let expected = format!("a number from {} to {}", range.start(), range.end());
                wrong(key, &expected, value.get_ref(), value.span(), sink)
            }
        }
    }

    /// A whole number.
    pub fn count(&self, key: &str, sink: &mut Sink<'_>) -> Option<u32> {
        let number = self.number(key, 0.0..=f64::from(u32::MAX), sink)?;
        if number.fract() != 0.0 {
            sink.error("wrong-type", self.span_of(key), format!("`{key}` must be a whole number."), None);
            return None;
        }
        Some(number as u32)
    }

    /// `true` or `false`.
    pub fn boolean(&self, key: &str, sink: &mut Sink<'_>) -> Option<bool> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            other => wrong(key, "true or false", other, value.span(), sink),
        }
    }

    /// One of a set of words.
    pub fn word<T: Copy>(&self, key: &str, words: &[(&str, T)], sink: &mut Sink<'_>) -> Option<T> {
        let text = self.string(key, sink)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let title = format!("`{key}` is `{text}`; it must be one of {}.", names.join(", "));
            let help = nearest(&text, names.iter().copied()).map(|near| format!("Did you mean `{near}`?"));
            sink.error("unknown-word", self.span_of(key), title, help);
        }
        found
    }

    /// A table.
    pub fn table(&self, key: &str, sink: &mut Sink<'_>) -> Option<(&'t DeTable<'i>, Range<usize>)> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some((table, value.span())),
            other => wrong(key, "a table", other, value.span(), sink),
        }
    }

    /// A list of tables.
    pub fn tables(&self, key: &str, sink: &mut Sink<'_>) -> Vec<(&'t DeTable<'i>, Range<usize>)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| match item.get_ref() {
                    DeValue::Table(table) => Some((table, item.span())),
                    other => wrong(key, "a list of tables", other, item.span(), sink),
                })
                .collect(),
            other => wrong(key, "a list of tables", other, value.span(), sink).unwrap_or_default(),
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn wrong<T>(
    key: &str,
    expected: &str,
    found: &DeValue<'_>,
    span: Range<usize>,
    sink: &mut Sink<'_>,
) -> Option<T> {
    let found = match found {
        DeValue::String(text) => format!("the string {:?}", text.chars().take(40).collect::<String>()),
        DeValue::Integer(number) => format!("the integer {number}"),
        DeValue::Float(number) => format!("the number {number}"),
        DeValue::Boolean(flag) => format!("{flag}"),
        DeValue::Datetime(when) => format!("the date {when}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    };
    sink.error("wrong-type", span, format!("`{key}` is {found}; it must be {expected}."), None);
    None
}
