//! Which format a file is, and how its records lie in it: told from its content alone.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::formats::{FORMATS, Format, TEXT_FORMATS, TextFormat};
use crate::growth::Outline;
use crate::json::{Limits, Tape, Value};
use crate::labels::is_label;
use crate::mapping::Mapping;
use crate::panics::caught;
use crate::split::Layout;

/// Records looked at, at most.
const SAMPLE: usize = 8;
/// Containers around the one that holds the records, at most (`{"meta": .., "logs": {..}}` has one).
/// Deeper down, lists of messages are parts of a record: prompts, drafts, branches of a tree.
const NESTING: usize = 1;
/// Members in which the answers of services have what was asked for; they are no containers of their own.
const ENVELOPES: &[&str] = &["data", "result", "response", "payload", "body", "hits", "edges"];
/// Members of rows, hits, nodes and items in which these have the record itself.
const INSIDE_ELEMENTS: &[&str] = &["row", "_source", "node", "json", "data", "document", "record", "payload"];
/// Members of pages in which the records of all of them may be told one after the other.
const LISTS: &[&str] = &["data", "items", "results", "records", "edges", "hits"];
/// How well a text must fit its format where lines of it fit one of JSON.
const SURE: f32 = 0.95;
/// Lines of text before the first document of many lines, at most.
const LINES_BEFORE: usize = 64;
/// How deep they stand in each other, at most.
const DEPTH: usize = 3;
/// What stands beside the one record of an answer. Beside anything else it is a part of something.
const ABOUT_ANSWER: &[&str] = &[
    "success",
    "ok",
    "status",
    "code",
    "msg",
    "message",
    "error",
    "errors",
    "object",
    "type",
    "version",
    "schemaVersion",
    "schema_version",
    "request_id",
    "requestId",
    "timestamp",
    "meta",
    "links",
    "has_more",
    "first_id",
    "last_id",
    "next",
    "previous",
    "total",
    "count",
    "page",
    "limit",
    "statusCode",
    "headers",
    "took",
];

/// What a file was found to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// The best format, or `None` where no format has this shape.
    pub format: Option<&'static str>,
    /// 0 to 1: how much of the format's shape was seen.
    pub confidence: f32,
    /// The second best, with its confidence.
    pub runner_up: Option<(&'static str, f32)>,
    /// How the records lie in the file.
    pub layout: Layout,
    /// Whether they lie so in each line: a document that is broken spoils its line only.
    pub by_line: bool,
    /// Whether its runs are spread over records, as the spans of a trace are.
    pub spread: bool,
    /// Whether its first records begin one another, as logged calls of a model do.
    pub grows: bool,
}

/// How well a record fits a format; not at all where the format panics at it.
pub(crate) fn score_of(format: &dyn Format, record: Value<'_, '_>) -> u8 {
    caught(|| format.score(record)).unwrap_or(0)
}

/// The format that a record fits best, with its score; `None` where none fits.
pub(crate) fn best_format(record: Value<'_, '_>) -> Option<(&'static dyn Format, u8)> {
    let scored = FORMATS.iter().map(|format| (*format, score_of(*format, record)));
    // The first of equals wins: the registry is in order of precedence.
    scored.rev().max_by_key(|(_, score)| *score).filter(|(_, score)| *score > 0)
}

/// How well values fit: the mapping where there is one, else the best format. Each is looked at once.
struct Fits<'m> {
    mapping: Option<&'m Mapping>,
    /// Scores by where the values stand in the text, and whether their format is found on lines only.
    known: RefCell<HashMap<usize, (u8, bool)>>,
}

impl Fits<'_> {
    fn look(&self, value: Value<'_, '_>) -> (u8, bool) {
        if let Some(mapping) = self.mapping {
            return (mapping.score(value), false);
        }
        let place = value.raw().as_ptr() as usize;
        *self.known.borrow_mut().entry(place).or_insert_with(|| {
            best_format(value).map_or((0, false), |(format, score)| (score, format.only_on_lines(value)))
        })
    }

    fn fit(&self, record: Value<'_, '_>) -> u8 {
        self.look(record).0
    }

    fn fit_inside(&self, record: Value<'_, '_>) -> u8 {
        match self.look(record) {
            (_, true) => 0,
            (score, false) => score,
        }
    }
}

/// Looks at the start of a file. `complete` tells that it is the whole file. With a mapping, only
/// how its records lie in the file is in question.
pub(crate) fn detect(prefix: &[u8], complete: bool, mapping: Option<&Mapping>) -> Detection {
    let text = valid_text(prefix);
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\u{1e}');
    let mut tape = Tape::default();
    let limits = Limits::default();
    let lines = complete_lines(text, complete);
    let document = match text.as_bytes().first() {
        Some(b'{' | b'[') => match tape.parse_prefix(text, limits) {
            Ok(end) => Ok((text, end)),
            Err(_) if lines.clone().any(is_object_line) => Err(Layout::Lines),
            Err(error) => {
                // Broken further down: what comes before the break still tells the shape.
                let before = text.get(..error.at).unwrap_or_default();
                tape.parse_prefix(before, limits).map(|end| (before, end)).map_err(|_| Layout::Values)
            }
        },
        Some(_) if lines.clone().any(is_object_line) => Err(Layout::Lines),
        Some(_) => Err(Layout::Opaque),
        None => Err(Layout::Lines),
    };
    let parsed = document.as_ref().ok().and_then(|(text, _)| tape.parsed(text));
    let is_whole = matches!(document, Ok((_, Some(_))));
    let is_broken_line = matches!(document, Err(Layout::Lines));
    let ((layout, sample), rest) = match (document, &parsed) {
        (Ok((text, end)), Some(parsed)) => {
            let rest = end.map_or("", |end| &text[end..]);
            (layout_of_document(parsed.root(), text, end, mapping), rest)
        }
        (Ok(_), None) => ((Layout::Opaque, None), ""),
        (Err(layout), _) => ((layout, None), ""),
    };
    let is_inside = !matches!(layout, Layout::Lines | Layout::Values | Layout::Text | Layout::Opaque);
    let by_line = is_inside && goes_on_by_line(&text[..text.len() - rest.len()], rest);
    let (layout, sample) = match layout {
        Layout::At(path) if by_line && has_failed_line(rest, &path) => (Layout::Lines, None),
        layout => (layout, sample),
    };
    let mut tally = Tally { mapping, ..Tally::default() };
    match sample {
        Some(records) => records.into_iter().for_each(|record| tally.add(record)),
        None => tally.add_lines(lines.clone()),
    }
    let found = Detection { by_line, ..tally.finish(layout) };
    // Lines that hold their records deeper down may begin with a broken one.
    if is_broken_line
        && found.format.is_none()
        && let Some(line) = lines.clone().find(|line| is_object_line(line))
        && let start @ 1.. = line.as_ptr() as usize - text.as_ptr() as usize
    {
        let later = detect(&text.as_bytes()[start..], complete, mapping);
        if later.by_line {
            return later;
        }
    }
    let found = match found.layout {
        Layout::Opaque => after_text(text, complete, mapping).unwrap_or(found),
        _ => found,
    };
    // Text that surely is a log may show lines of JSON, but no JSON is text.
    let is_json = text.starts_with(['{', '[']);
    let mut first_lines = lines.filter(|line| !line.is_empty()).take(SAMPLE);
    if is_json && (is_whole || first_lines.all(is_object_line)) {
        return found;
    }
    let wanted = if found.format.is_none() { 0.0 } else { SURE };
    let as_text = || as_text(text).filter(|as_text| as_text.confidence >= wanted);
    let may_be_text = mapping.is_none() && (found.format.is_none() || !is_json);
    if may_be_text { as_text().unwrap_or(found) } else { found }
}

/// What documents of many lines are that begin after lines of text, as a program prints them before it logs.
fn after_text(text: &str, complete: bool, mapping: Option<&Mapping>) -> Option<Detection> {
    let start = text.lines().take(LINES_BEFORE).find(|line| line.starts_with('{'))?;
    let start = start.as_ptr() as usize - text.as_ptr() as usize;
    let found = detect(&text.as_bytes()[start..], complete, mapping);
    (found.format.is_some() && found.layout == Layout::Values).then_some(found)
}

/// What a file of text that is not JSON is.
fn as_text(text: &str) -> Option<Detection> {
    let mut ranked: Vec<(&dyn TextFormat, u8)> = TEXT_FORMATS
        .iter()
        .map(|format| (*format, caught(|| format.score(text)).unwrap_or(0)))
        .filter(|(_, score)| *score > 0)
        .collect();
    ranked.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    let named =
        |place: usize| ranked.get(place).map(|(format, score)| (format.name(), f32::from(*score) / 100.0));
    let (format, confidence) = named(0)?;
    Some(Detection {
        format: Some(format),
        confidence,
        runner_up: named(1),
        layout: Layout::Text,
        by_line: false,
        spread: false,
        grows: false,
    })
}

/// The text before the first byte that is not UTF-8 for good; a character cut at the end goes.
pub(crate) fn valid_text(prefix: &[u8]) -> std::borrow::Cow<'_, str> {
    let prefix = prefix.strip_prefix(b"\xef\xbb\xbf").unwrap_or(prefix);
    match std::str::from_utf8(prefix) {
        Ok(text) => text.into(),
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(&prefix[..error.valid_up_to()]),
        Err(_) => String::from_utf8_lossy(prefix),
    }
}

fn complete_lines(text: &str, complete: bool) -> impl Iterator<Item = &str> + Clone {
    let end = if complete { text.len() } else { text.rfind('\n').unwrap_or(0) };
    text[..end].split('\n').map(|line| line.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{1e}'))
}

fn is_object_line(line: &str) -> bool {
    let bounded =
        line.starts_with('{') && line.ends_with('}') || line.starts_with('[') && line.ends_with(']');
    bounded && line.len() > 2 && Tape::default().parse(line, Limits::default()).is_ok()
}

/// The layout of a file whose first document this is, ending at `end` of the text unless it was cut,
/// with the records in it; `None` where the lines are the records.
fn layout_of_document<'t, 'a>(
    document: Value<'t, 'a>,
    text: &str,
    end: Option<usize>,
    mapping: Option<&Mapping>,
) -> (Layout, Option<Vec<Value<'t, 'a>>>) {
    let fits = Fits { mapping, known: RefCell::default() };
    let (fit, fit_inside) =
        (|record: Value<'_, '_>| fits.fit(record), |record: Value<'_, '_>| fits.fit_inside(record));
    let records_in = |path: Vec<String>| {
        let container = path.iter().try_fold(document, |value, key| value.get(key));
        (Layout::Inside(path), Some(container.map(sample_of).unwrap_or_default()))
    };
    if let Some(path) = mapping.and_then(Mapping::records) {
        return records_in(path.to_vec());
    }
    let one_line = !text[..end.unwrap_or(text.len())].contains('\n');
    let more = end.is_some_and(|end| !text[end..].trim().is_empty());
    let is_line = one_line && more && end.is_some_and(|end| stand_alone(&text[end..], &fit));
    if fit(document) == 0
        && !is_line
        && let Some((layout, sample)) = layout_around(document, end.is_none(), &fit_inside)
    {
        return (layout, Some(sample));
    }
    match (one_line, more) {
        (true, true) => (Layout::Lines, None),
        // The elements of an array of unknown things are rejected one by one.
        _ if fit(document) == 0 && document.is_array() => records_in(Vec::new()),
        (true, false) => (Layout::Lines, Some(vec![document])),
        (false, _) => (Layout::Values, Some(vec![document])),
    }
}

/// The layout of a document that is no record, with the records in it.
fn layout_around<'t, 'a>(
    document: Value<'t, 'a>,
    is_cut: bool,
    fit: &dyn Fn(Value<'_, '_>) -> u8,
) -> Option<(Layout, Vec<Value<'t, 'a>>)> {
    let found = find_records(document, (NESTING, DEPTH), fit).map(|(path, _)| path);
    if found.as_ref().is_none_or(|path| !path.is_empty()) {
        if let Some((path, record)) = record_in_envelope(document, fit) {
            // An answer that did not succeed holds no run: it is the run that did not.
            if is_failed(document, &path) {
                return None;
            }
            return Some((Layout::At(path), vec![record]));
        }
        match records_in_pages(document, fit) {
            Pages::None => {}
            Pages::Found(layout, sample) => return Some((layout, sample)),
            Pages::Refused => return None,
        }
    }
    let Some(path) = found else {
        return records_in_elements(document, fit);
    };
    // Further arrays of runs may follow where the first megabyte ends.
    if let Some((key, path)) = path.split_last()
        && let Some(holder) = at(document, path).filter(|holder| holder.is_object())
        && let Groups { found, others, keyed } = groups_of(holder, fit)
        && (found.len() > 1
            || is_cut && path.is_empty() && holder.get(key).is_some_and(|container| container.is_array()))
    {
        let is_one = found.len() == 1;
        let sample: Vec<_> = found.into_iter().flat_map(sample_of).take(SAMPLE).collect();
        if !is_one && sample.iter().any(|record| is_nameless_piece(*record)) {
            return None;
        }
        return Some((Layout::Groups { path: path.to_vec(), paged: false, others, keyed }, sample));
    }
    let sample = at(document, &path).map(sample_of).unwrap_or_default();
    if has_fellows(document, &path, &sample, fit) {
        return None;
    }
    Some((Layout::Inside(path), sample))
}

/// Whether records of the same format as those at a path stand elsewhere in a document, where they would not be read.
fn has_fellows(
    document: Value<'_, '_>,
    path: &[String],
    sample: &[Value<'_, '_>],
    fit: &dyn Fn(Value<'_, '_>) -> u8,
) -> bool {
    let named = |records: &[Value<'_, '_>]| {
        records.iter().find_map(|record| best_format(*record)).map(|(format, _)| format.name())
    };
    let format = named(sample);
    let is_fellow = |member: Value<'_, '_>| {
        let found = find_records(member, (NESTING, DEPTH), fit).and_then(|(path, _)| at(member, &path));
        found.is_some_and(|container| named(&sample_of(container)) == format)
    };
    // The fellows in one object with a list are groups.
    let around = path.len().saturating_sub(1);
    (0..around).any(|depth| {
        let beside = at(document, &path[..depth]).into_iter().flat_map(|holder| holder.members());
        beside.filter(|(key, _)| *key != path[depth]).take(SAMPLE * 4).any(|(_, member)| is_fellow(member))
    })
}

fn at<'t, 'a>(document: Value<'t, 'a>, path: &[String]) -> Option<Value<'t, 'a>> {
    path.iter().try_fold(document, |value, key| value.get(key))
}

/// Whether the document ends with its line, and what follows are documents of a line as well.
fn goes_on_by_line(document: &str, rest: &str) -> bool {
    let Some((after, lines)) = rest.split_once('\n') else { return false };
    let mut lines = lines.split('\n').map(str::trim).filter(|line| !line.is_empty()).take(SAMPLE);
    !document.trim().contains('\n') && after.trim().is_empty() && lines.any(is_object_line)
}

/// Whether something around the value at a path says that what it is about did not succeed.
fn is_failed(document: Value<'_, '_>, path: &[String]) -> bool {
    let failed =
        |around: Value<'_, '_>| around.get("success").is_some_and(|success| success.as_bool() != Some(true));
    (0..path.len()).any(|depth| at(document, &path[..depth]).is_some_and(failed))
}

/// Whether that is so in one of the lines that follow.
fn has_failed_line(rest: &str, path: &[String]) -> bool {
    let mut tape = Tape::default();
    let failed =
        |line: &str| tape.parse(line, Limits::default()).is_ok_and(|line| is_failed(line.root(), path));
    rest.split('\n').filter(|line| !line.trim().is_empty()).take(SAMPLE).any(failed)
}

/// Whether one of the lines that follow the first is a record by itself, so that the first is a line as well.
fn stand_alone(rest: &str, fit: &dyn Fn(Value<'_, '_>) -> u8) -> bool {
    let mut tape = Tape::default();
    let lines = rest.split('\n').filter(|line| !line.trim().is_empty()).take(SAMPLE);
    lines.into_iter().any(|line| tape.parse(line, Limits::default()).is_ok_and(|line| fit(line.root()) > 0))
}

/// The one record that an answer of a service holds, with nothing beside it that a run could be about.
fn record_in_envelope<'t, 'a>(
    document: Value<'t, 'a>,
    fit: &dyn Fn(Value<'_, '_>) -> u8,
) -> Option<(Vec<String>, Value<'t, 'a>)> {
    let (mut value, mut path) = (document, Vec::new());
    while path.len() < DEPTH {
        // What exporters of databases write of a hit besides tells nothing of the run.
        if let Some(inside) = value.get("_source").filter(|inside| path.is_empty() && fit(*inside) > 0) {
            return Some((vec!["_source".to_owned()], inside));
        }
        let mut around = value.members().filter(|(key, _)| ENVELOPES.contains(&&**key));
        let (key, inside) = around.next().filter(|_| around.next().is_none())?;
        if !value.members().all(|(other, _)| other == key || ABOUT_ANSWER.contains(&&*other)) {
            return None;
        }
        path.push(key.into_owned());
        if fit(inside) > 0 {
            return Some((path, inside));
        }
        value = inside;
    }
    None
}

/// The records that stand one level down in each element of a list.
fn records_in_elements<'t, 'a>(
    document: Value<'t, 'a>,
    fit: &dyn Fn(Value<'_, '_>) -> u8,
) -> Option<(Layout, Vec<Value<'t, 'a>>)> {
    let place = |key: &&'static str| {
        let fit_inside = |element: Value<'_, '_>| element.get(key).map_or(0, fit);
        find_records(document, (NESTING, DEPTH), &fit_inside).map(|(path, _)| (path, *key))
    };
    let mut keys = [false; INSIDE_ELEMENTS.len()];
    keys_inside(document, (NESTING, DEPTH), &mut keys);
    let seen = INSIDE_ELEMENTS.iter().zip(keys).filter_map(|(key, is_seen)| is_seen.then_some(key));
    let (path, key) = seen.into_iter().find_map(place)?;
    let container = at(document, &path).filter(|container| container.is_array())?;
    // A label beside the record would be lost.
    if container.items().take(SAMPLE).any(is_judged) {
        return None;
    }
    let sample = container.items().take(SAMPLE).filter_map(|element| element.get(key)).collect();
    Some((Layout::Each { path, key: key.to_owned() }, sample))
}

/// Which of [`INSIDE_ELEMENTS`] the children of containers have, as deep as [`find_records`] looks.
fn keys_inside(
    value: Value<'_, '_>,
    (nesting, depth): (usize, usize),
    seen: &mut [bool; INSIDE_ELEMENTS.len()],
) {
    for child in sample_of(value) {
        for (key, is_seen) in INSIDE_ELEMENTS.iter().zip(seen.iter_mut()) {
            *is_seen |= child.get(key).is_some();
        }
    }
    for (key, member) in value.members().take(SAMPLE * 4).filter(|_| depth > 0) {
        if let Some(nesting) = nesting.checked_sub(usize::from(!ENVELOPES.contains(&&*key))) {
            keys_inside(member, (nesting, depth - 1), seen);
        }
    }
}

/// Whether a label stands in what is around a record.
fn is_judged(around: Value<'_, '_>) -> bool {
    around.members().any(|(key, _)| is_label(&key))
}

/// Whether a record is a piece of a run that has no name.
fn is_nameless_piece(record: Value<'_, '_>) -> bool {
    let pieces = |format: &'static dyn Format| {
        let pieces = caught(|| format.pieces(record)).ok().flatten();
        pieces.is_some_and(|pieces| pieces.iter().any(|piece| piece.run.is_none()))
    };
    best_format(record).is_some_and(|(format, _)| pieces(format))
}

/// What the elements of a list were found to be.
enum Pages<'t, 'a> {
    None,
    Found(Layout, Vec<Value<'t, 'a>>),
    /// They hold records, which would lose what stands beside them.
    Refused,
}

/// The records of each element of an array, by the path that is the same in most that were looked at; the value there
/// where it is a record itself.
fn records_in_pages<'t, 'a>(document: Value<'t, 'a>, fit: &dyn Fn(Value<'_, '_>) -> u8) -> Pages<'t, 'a> {
    let is_keyed = document.is_object();
    let members = document.members().map(|(_, value)| value).filter(|value| value.is_object());
    let pages: Vec<Value<'t, 'a>> = document.items().chain(members).take(SAMPLE).collect();
    let found = pages.iter().find_map(|page| find_records(*page, (NESTING, DEPTH), fit));
    let Some(path) = found.map(|(path, _)| path).filter(|path| !path.is_empty()) else {
        return Pages::None;
    };
    let is_page = |page: &&Value<'t, 'a>| {
        at(**page, &path)
            .is_some_and(|records| records.is_array() || records.is_object() || records.is_null())
    };
    let fitting = pages.iter().filter(is_page).count();
    // One object in an object is no list of pages.
    if fitting * 2 <= pages.len() && !is_keyed || fitting < 2 && is_keyed {
        return Pages::None;
    }
    let held = || pages.iter().filter_map(|page| at(*page, &path));
    if let [key] = &path[..]
        && !is_keyed
        && fitting == pages.len()
        && held().all(|value| value.is_object() && fit(value) > 0)
    {
        if pages.iter().any(|page| is_judged(*page)) {
            return Pages::Refused;
        }
        return Pages::Found(Layout::Each { path: Vec::new(), key: key.clone() }, held().collect());
    }
    let layout = pages_or_groups(&pages, &path, fit);
    let sample: Vec<Value<'t, 'a>> = held().flat_map(sample_of).take(SAMPLE).collect();
    let is_run = |page: &Value<'t, 'a>| {
        page.members().any(|(key, _)| key != path[0] && !ABOUT_ANSWER.contains(&&*key))
            || !LISTS.contains(&&*path[path.len() - 1])
    };
    let is_joined =
        || (is_keyed || pages.iter().any(is_run)) && sample.iter().any(|one| is_nameless_piece(*one));
    let is_lost = |page: &Value<'t, 'a>| {
        page.members().any(|(key, value)| {
            is_label(&key) && !value.is_array() && (key != "success" || value.as_bool() != Some(true))
        })
    };
    match pages.iter().any(is_lost) || is_joined() {
        true => Pages::Refused,
        false => Pages::Found(layout, sample),
    }
}

/// Pages by the path of their one list, or by what holds their lists.
fn pages_or_groups(pages: &[Value<'_, '_>], path: &[String], fit: &dyn Fn(Value<'_, '_>) -> u8) -> Layout {
    let around = &path[..path.len() - 1];
    let holders = pages.iter().filter_map(|page| at(*page, around));
    let groups: Vec<Groups<'_, '_>> = holders.map(|holder| groups_of(holder, fit)).collect();
    if groups.iter().all(|groups| groups.found.len() < 2) {
        return Layout::Pages(path.to_vec());
    }
    let (mut others, mut keyed) = (Vec::new(), Vec::new());
    for groups in groups {
        others.extend(groups.others);
        keyed.extend(groups.keyed);
    }
    for keys in [&mut others, &mut keyed] {
        keys.sort_unstable();
        keys.dedup();
    }
    Layout::Groups { path: around.to_vec(), paged: true, others, keyed }
}

fn sample_of<'t, 'a>(container: Value<'t, 'a>) -> Vec<Value<'t, 'a>> {
    let members = container.members().map(|(_, value)| value);
    container.items().chain(members).take(SAMPLE).collect()
}

/// The path to the container whose children fit some format best, and how well; through so many containers that are no
/// envelopes, and so many in all.
fn find_records(
    document: Value<'_, '_>,
    (nesting, depth): (usize, usize),
    fit: &dyn Fn(Value<'_, '_>) -> u8,
) -> Option<(Vec<String>, u32)> {
    let mut best = children_fit(document, fit).map(|score| (Vec::new(), score));
    if depth > 0 && document.is_object() {
        for (key, value) in document.members().take(SAMPLE * 4) {
            let cost = usize::from(!ENVELOPES.contains(&&*key));
            if let Some(nesting) = nesting.checked_sub(cost)
                && let Some((mut path, score)) = find_records(value, (nesting, depth - 1), fit)
                && best.as_ref().is_none_or(|(_, known)| score > *known)
            {
                path.insert(0, key.into_owned());
                best = Some((path, score));
            }
        }
    }
    best
}

/// What an object holds by a key: what holds records, the keys of other arrays, and those of objects that hold records.
#[derive(Default)]
struct Groups<'t, 'a> {
    found: Vec<Value<'t, 'a>>,
    others: Vec<String>,
    keyed: Vec<String>,
}

fn groups_of<'t, 'a>(document: Value<'t, 'a>, fit: &dyn Fn(Value<'_, '_>) -> u8) -> Groups<'t, 'a> {
    let mut groups = Groups::default();
    for (key, group) in document.members() {
        let holds_records = children_fit(group, fit).is_some();
        if holds_records {
            groups.found.push(group);
        }
        // An empty list is of whatever its fellows are.
        match (group.is_array(), holds_records) {
            (true, false) if group.items().next().is_some() => groups.others.push(key.into_owned()),
            (false, true) => groups.keyed.push(key.into_owned()),
            _ => {}
        }
    }
    groups
}

/// How well the children of a container fit as records. They are records only if they are of one
/// kind and most of them fit: one chat among other members is a part of some record.
fn children_fit(container: Value<'_, '_>, fit: &dyn Fn(Value<'_, '_>) -> u8) -> Option<u32> {
    let children = sample_of(container);
    let same_kind =
        children.iter().all(|child| child.is_object()) || children.iter().all(|child| child.is_array());
    if !same_kind {
        return None;
    }
    let fitting = children.iter().filter(|child| fit(**child) > 0).count();
    let total: u32 = children.iter().map(|child| u32::from(fit(*child))).sum();
    (fitting > 0 && fitting * 2 >= children.len()).then(|| total / children.len() as u32)
}

/// Scores summed over the sampled records.
#[derive(Default)]
struct Tally<'m> {
    mapping: Option<&'m Mapping>,
    mapped: u32,
    sums: Vec<u32>,
    records: u32,
    /// Formats that found pieces of runs in a record.
    spread: Vec<&'static str>,
    outlines: Vec<Outline>,
}

impl Tally<'_> {
    fn add(&mut self, record: Value<'_, '_>) {
        self.records += 1;
        if let Some(mapping) = self.mapping {
            self.mapped += u32::from(mapping.score(record));
            return;
        }
        self.sums.resize(FORMATS.len(), 0);
        for (sum, format) in self.sums.iter_mut().zip(FORMATS) {
            let score = score_of(*format, record);
            *sum += u32::from(score);
            if score > 0 && caught(|| format.pieces(record).is_some()).unwrap_or(false) {
                self.spread.push(format.name());
            }
        }
        self.outlines.extend(caught(|| Outline::of(record)).ok().flatten());
    }

    /// Whether records begin others so often that it is no chance: one of two calls of a run does.
    fn grows(&self) -> bool {
        let grows = |outline: &&Outline| self.outlines.iter().any(|other| outline.grows_to(other));
        let growing = self.outlines.iter().filter(grows).count();
        growing > 0 && 3 * growing >= self.outlines.len()
    }

    fn add_lines<'l>(&mut self, lines: impl Iterator<Item = &'l str>) {
        let mut tape = Tape::default();
        let readable = lines.filter(|line| !line.is_empty()).take(SAMPLE * 4);
        for line in readable {
            // A log may begin with lines about how it was set up.
            if self.records as usize >= SAMPLE && self.sums.iter().any(|sum| *sum > 0) {
                return;
            }
            if let Ok(record) = tape.parse(line, Limits::default()) {
                self.add(record.root());
            }
        }
    }

    fn finish(self, layout: Layout) -> Detection {
        let records = self.records.max(1) as f32;
        let grows = self.grows();
        let mut ranked: Vec<(&'static str, u32)> =
            FORMATS.iter().map(|format| format.name()).zip(self.sums).filter(|(_, sum)| *sum > 0).collect();
        // Stable: equals stay in the registry's order of precedence.
        ranked.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
        let confidence = |sum: u32| sum as f32 / (100.0 * records);
        if let Some(mapping) = self.mapping {
            let format = Some(mapping.name());
            return Detection {
                format,
                confidence: confidence(self.mapped),
                runner_up: None,
                layout,
                by_line: false,
                spread: false,
                grows: false,
            };
        }
        let format = ranked.first().map(|(name, _)| *name);
        Detection {
            format,
            confidence: ranked.first().map_or(0.0, |(_, sum)| confidence(*sum)),
            runner_up: ranked.get(1).map(|(name, sum)| (*name, confidence(*sum))),
            layout,
            by_line: false,
            spread: grows || format.is_some_and(|name| self.spread.contains(&name)),
            grows,
        }
    }
}
