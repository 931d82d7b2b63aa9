//! Paths into a record: `task.goal`, `turns[0].text`, `turns[-1].text`, `turns[*].calls`,
//! `attributes."gen_ai.prompt"`, `[type=result].text`.
//!
//! Loggers like to put JSON into strings: a path goes on inside of a string that holds an object or
//! an array.

use std::borrow::Cow;
use std::fmt;

use crate::formats::filled;
use crate::json::{Limits, Tape, Value};
use crate::run::Text;

/// Longest path: it is walked by recursion.
const SEGMENTS: usize = 32;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Segment {
    Key(String),
    /// Counted from the end where it is negative.
    Index(i64),
    /// Every element of an array, every value of an object.
    Every,
    /// What has this member: elements of an array, or an object itself.
    Where {
        key: String,
        is: String,
    },
}

/// A path as it was written and as it is walked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    text: String,
    segments: Vec<Segment>,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Path {
    /// Parses a path; the error says what is wrong with it, to follow "the path `…`".
    pub fn parse(text: &str) -> Result<Path, String> {
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (segment, after) = match rest.strip_prefix('[') {
                Some(inside) => bracketed(inside)?,
                None => key(rest.strip_prefix('.').filter(|_| !segments.is_empty()).unwrap_or(rest))?,
            };
            segments.push(segment);
            if !(after.is_empty() || after.starts_with(['.', '['])) {
                return Err(format!("has {after:?} where `.` or `[` should stand"));
            }
            rest = after;
        }
        match segments.len() {
            0 => Err("is empty".to_owned()),
            1..=SEGMENTS => Ok(Path { text: text.to_owned(), segments }),
            many => Err(format!("has {many} parts; at most {SEGMENTS} are followed")),
        }
    }

    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether it leads to elements themselves rather than to the list of them.
    pub fn leads_to_elements(segments: &[Segment]) -> bool {
        matches!(segments.last(), Some(Segment::Every | Segment::Where { .. }))
    }

    /// The keys of a path that has nothing else.
    pub fn keys(&self) -> Option<Vec<String>> {
        let keys = self.segments.iter().map(|segment| match segment {
            Segment::Key(key) => Some(key.clone()),
            _ => None,
        });
        keys.collect()
    }

    /// The first value that the path leads to of which `read` makes something.
    pub fn first<T>(&self, value: Value<'_, '_>, read: &dyn Fn(Value<'_, '_>) -> Option<T>) -> Option<T> {
        first(&self.segments, value, read)
    }
}

/// Where a field may be: the first of several paths that leads to something.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Places(pub Vec<Path>);

impl Places {
    /// The texts that the path leads to, as `read` takes them from their values, one a line.
    pub fn text<'a>(&self, value: Value<'_, 'a>, read: TextOf) -> Option<Text<'a>> {
        self.0.iter().find_map(|path| joined(&path.segments, value, read).and_then(filled))
    }

    /// The first value there of which `read` makes something.
    pub fn first<T>(&self, value: Value<'_, '_>, read: &dyn Fn(Value<'_, '_>) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(|path| path.first(value, read))
    }

    /// Whether the mapping does not say.
    pub fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<String> = self.0.iter().map(|path| format!("`{path}`")).collect();
        f.write_str(&paths.join(" or "))
    }
}

/// How the text of a field is taken from its value.
pub(super) type TextOf = for<'x> fn(Value<'_, 'x>) -> Option<Text<'x>>;

fn bracketed(inside: &str) -> Result<(Segment, &str), String> {
    let (index, after) = inside.split_once(']').ok_or("has a `[` that is never closed")?;
    let segment =
        match index.split_once('=') {
            Some((key, is)) if !key.is_empty() => Segment::Where { key: key.to_owned(), is: is.to_owned() },
            _ if index == "*" => Segment::Every,
            _ => Segment::Index(index.parse().map_err(|_| {
                format!("has {index:?} in brackets; a number, `*` or `key=text` is expected")
            })?),
        };
    Ok((segment, after))
}

fn key(text: &str) -> Result<(Segment, &str), String> {
    let (key, after) = match text.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or("has a quote that is never closed")?,
        None => text.split_at(text.find(['.', '[']).unwrap_or(text.len())),
    };
    if key.is_empty() {
        Err("has an empty key".to_owned())
    } else {
        Ok((Segment::Key(key.to_owned()), after))
    }
}

/// Calls `found` with what the segments lead to: a value and no segments, or a string that holds
/// JSON and the segments that go on inside of it. `null` is as good as absent.
pub(super) fn walk<'t, 'a>(
    segments: &[Segment],
    value: Value<'t, 'a>,
    found: &mut dyn FnMut(Value<'t, 'a>, &[Segment]),
) {
    let Some((segment, rest)) = segments.split_first() else {
        if !value.is_null() {
            found(value, segments);
        }
        return;
    };
    if value.is_string() {
        return found(value, segments);
    }
    match segment {
        Segment::Key(key) => value.get(key).into_iter().for_each(|value| walk(rest, value, found)),
        Segment::Index(index) => {
            element(value, *index).into_iter().for_each(|value| walk(rest, value, found))
        }
        Segment::Every => elements(value).for_each(|value| walk(rest, value, found)),
        Segment::Where { key, is } => {
            let itself = value.is_object().then_some(value);
            let is = |value: &Value<'_, '_>| {
                value.get(key).is_some_and(|found| found.text_or_json().as_deref() == Some(is))
            };
            itself.into_iter().chain(value.items()).filter(is).for_each(|value| walk(rest, value, found));
        }
    }
}

/// The elements of an array, or the values of an object (a list keyed by number).
pub(super) fn elements<'t, 'a>(value: Value<'t, 'a>) -> impl Iterator<Item = Value<'t, 'a>> + use<'t, 'a> {
    value.items().chain(value.members().map(|(_, value)| value))
}

fn element<'t, 'a>(value: Value<'t, 'a>, index: i64) -> Option<Value<'t, 'a>> {
    let forward = match usize::try_from(index) {
        Ok(index) => index,
        Err(_) => value.items().count().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    value.items().nth(forward)
}

/// What `read` makes of the JSON in a string; `None` if there is none.
pub(super) fn decoded<T>(text: &str, read: impl FnOnce(Value<'_, '_>) -> T) -> Option<T> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let mut tape = Tape::default();
    let parsed = tape.parse(text, Limits::default()).ok()?;
    Some(read(parsed.root()))
}

fn joined<'a>(segments: &[Segment], value: Value<'_, 'a>, read: TextOf) -> Option<Text<'a>> {
    let mut all: Option<Text<'a>> = None;
    walk(segments, value, &mut |value, rest| {
        let text = if rest.is_empty() {
            read(value)
        } else {
            let inside = |inner: Value<'_, '_>| joined(rest, inner, read).map(Cow::into_owned);
            value.text().and_then(|text| decoded(&text, inside)?).map(Cow::Owned)
        };
        match (&mut all, text) {
            (Some(all), Some(text)) => all.to_mut().extend(["\n", &*text]),
            (all, text) => *all = all.take().or(text),
        }
    });
    all
}

fn first<T>(
    segments: &[Segment],
    value: Value<'_, '_>,
    read: &dyn Fn(Value<'_, '_>) -> Option<T>,
) -> Option<T> {
    let mut result = None;
    walk(segments, value, &mut |value, rest| {
        if result.is_none() {
            result = if rest.is_empty() {
                read(value)
            } else {
                value.text().and_then(|text| decoded(&text, |inner| first(rest, inner, read))?)
            };
        }
    });
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_at(path: &str, json: &str) -> Option<String> {
        let mut tape = Tape::default();
        let parsed = tape.parse(json, Limits::default()).unwrap();
        Places(vec![Path::parse(path).unwrap()])
            .text(parsed.root(), |value| value.text_or_json())
            .map(Cow::into_owned)
    }

    #[test]
    fn paths_lead_through_objects_lists_and_strings() {
        let record = r#"{"a": {"b.c": [{"d": 1}, {"d": "é"}, {}]}, "n": null, "s": "{\"x\": [\"in\", {\"y\": 2}]}", "o": {"0": "p", "1": "q"}}"#;
        for (path, text) in [
            ("a.\"b.c\"[0].d", Some("1")),
            ("a.\"b.c\"[-2].d", Some("é")),
            ("a.\"b.c\"[*].d", Some("1\né")),
            ("a.\"b.c\"[7].d", None),
            ("a.\"b.c\"[-7].d", None),
            ("n", None),
            ("n.m", None),
            ("s.x[0]", Some("in")),
            ("s.x[1].y", Some("2")),
            ("o[*]", Some("p\nq")),
            ("a.\"b.c\"[0].d.e", None),
            ("a.\"b.c\"[d=é].d", Some("é")),
            ("a.\"b.c\"[d=1].d", Some("1")),
            ("a.\"b.c\"[d=2].d", None),
            ("o[0=p].1", Some("q")),
            ("o[0=q].1", None),
        ] {
            assert_eq!(text_at(path, record).as_deref(), text, "{path}");
        }
        assert_eq!(text_at("[1].k", r#"[0, {"k": "v"}]"#).as_deref(), Some("v"));
    }

    #[test]
    fn a_bad_path_says_why() {
        for (path, why) in [
            ("", "is empty"),
            ("a..b", "has an empty key"),
            ("a.", "has an empty key"),
            ("a[", "has a `[` that is never closed"),
            ("a[x]", "has \"x\" in brackets; a number, `*` or `key=text` is expected"),
            ("a[0]b", "has \"b\" where `.` or `[` should stand"),
            ("\"a", "has a quote that is never closed"),
        ] {
            assert_eq!(Path::parse(path), Err(why.to_owned()), "{path}");
        }
        assert!(Path::parse(&"a.".repeat(40)[..79]).unwrap_err().contains("at most 32"));
    }
}
