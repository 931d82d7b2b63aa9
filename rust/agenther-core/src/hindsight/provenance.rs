//! Where the value of each argument comes from: the user, an earlier observation, the tool, or nowhere.
//!
//! In failed runs 26-28% of the values come from the user and 65-73% from earlier observations. What the user
//! said may stand in a goal; what an observation showed defines the hops between calls; a value from nowhere
//! makes a step that no user could have meant.
//!
//! All values of a run are put into one trie of folded words, and every text is read once against it: linear
//! in the run, however many steps it has.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::reading::Reading;
use crate::text::document::{Document, Kind, Value};
use crate::tools::Tool;
use crate::trajectory::Span;

/// Longer values are compared by their first words only: so many in a row do not agree by chance.
const MAX_WORDS: usize = 32;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The user said it, in the turn before `step`, or in the original prompt where that is `None`.
    User {
        /// The step that the user's turn precedes.
        step: Option<u32>,
        /// Where in that turn.
        span: Span,
    },
    /// An earlier observation shows it.
    Observation {
        /// The step of that observation.
        step: u32,
        /// Where in it.
        span: Span,
        /// Whether it is a whole value of a parsed observation, not words in running text.
        exact: bool,
    },
    /// A flag, a member of the parameter's enum, its default, or a word of the system prompt.
    Constant,
    /// Nothing before the call shows it.
    Invented,
}

/// One value that a call takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument<'a> {
    /// Keys and positions from the root: `flights[0].date`; empty for a plain-text argument.
    pub path: String,
    /// The nearest key: the name of the parameter, or of the part of it.
    pub name: &'a str,
    /// The value as the call has it.
    pub value: Cow<'a, str>,
    /// Its type.
    pub kind: Kind,
    /// Where it stands in the step's `action_input`.
    pub span: Span,
    /// Where it comes from.
    pub source: Source,
}

/// The arguments of every step of a run, with their sources.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Provenance<'a> {
    arguments: Vec<Vec<Argument<'a>>>,
}

impl<'a> Provenance<'a> {
    /// Reads the whole run once.
    pub fn new(reading: &Reading<'a>) -> Self {
        let mut arguments: Vec<Vec<Argument<'a>>> =
            (0..reading.steps.len()).map(|step| arguments(reading, step)).collect();
        let mut trie = Trie::default();
        let needles: Vec<Vec<Vec<u32>>> = arguments
            .iter()
            .map(|arguments| arguments.iter().map(|argument| trie.insert_forms(argument)).collect())
            .collect();
        trie.finish();
        let sightings = sightings(reading, &trie);
        for (step, (arguments, needles)) in arguments.iter_mut().zip(&needles).enumerate() {
            let tool = reading.tool(step);
            for (argument, forms) in arguments.iter_mut().zip(needles) {
                argument.source = source(argument, forms, &sightings, step as u32, tool);
            }
        }
        Provenance { arguments }
    }

    /// The arguments of a step, in the order of the call.
    pub fn arguments(&self, step: usize) -> &[Argument<'a>] {
        self.arguments.get(step).map(Vec::as_slice).unwrap_or_default()
    }

    /// The earlier steps whose observations the call of `step` takes values from, ascending.
    pub fn parents(&self, step: usize) -> Vec<u32> {
        let mut parents: Vec<u32> = self
            .arguments(step)
            .iter()
            .filter_map(|argument| match argument.source {
                Source::Observation { step, .. } => Some(step),
                _ => None,
            })
            .collect();
        parents.sort_unstable();
        parents.dedup();
        parents
    }
}

fn arguments<'a>(reading: &Reading<'a>, step: usize) -> Vec<Argument<'a>> {
    let reading = &reading.steps[step];
    if reading.step.action_name.is_none() {
        return Vec::new();
    }
    match reading.arguments() {
        Some(document) => document.leaves().map(argument).collect(),
        None => reading
            .step
            .action_input
            .map(|text| Argument {
                path: String::new(),
                name: "",
                value: Cow::Borrowed(text),
                kind: Kind::String,
                span: Span::new(0, text.len()),
                source: Source::Invented,
            })
            .into_iter()
            .collect(),
    }
}

fn argument<'a>(leaf: Value<'_, 'a>) -> Argument<'a> {
    Argument {
        path: leaf.path(),
        name: leaf.nearest_key().unwrap_or(""),
        value: leaf.text(),
        kind: leaf.kind(),
        span: leaf.span(),
        source: Source::Invented,
    }
}

/// The first places where a value was seen.
#[derive(Debug, Clone, Copy, Default)]
struct Sighting {
    /// Turn of the user: 0 is the original prompt, n + 1 the turn before step n.
    user: Option<(u32, Span)>,
    exact: Option<(u32, Span)>,
    words: Option<(u32, Span)>,
    system: bool,
}

fn sightings(reading: &Reading<'_>, trie: &Trie) -> Vec<Sighting> {
    let mut sightings = vec![Sighting::default(); trie.needles as usize];
    if let Some(system) = reading.run.system {
        trie.scan(system, |needle, _| sightings[needle as usize].system = true);
    }
    let turns = std::iter::once(reading.run.original_prompt)
        .chain(reading.steps.iter().map(|step| step.step.user))
        .enumerate();
    for (turn, text) in turns {
        let Some(text) = text else { continue };
        trie.scan(text, |needle, span| {
            sightings[needle as usize].user.get_or_insert((turn as u32, span));
        });
    }
    for (step, step_reading) in reading.steps.iter().enumerate() {
        let Some(text) = step_reading.step.observation else { continue };
        let step = step as u32;
        let mut hits = Vec::new();
        trie.scan(text, |needle, span| {
            if sightings[needle as usize].exact.is_none() {
                hits.push((needle, span));
            }
        });
        let document =
            if hits.is_empty() && !text.contains('\\') { None } else { step_reading.observation() };
        record_words(&mut sightings, &hits, step);
        if let Some(document) = document {
            record_exact(&mut sightings, &hits, step, document, trie);
        }
    }
    sightings
}

fn record_words(sightings: &mut [Sighting], hits: &[(u32, Span)], step: u32) {
    for &(needle, span) in hits {
        sightings[needle as usize].words.get_or_insert((step, span));
    }
}

/// Hits that are a whole leaf; escaped leaves are read again in plain text.
fn record_exact(
    sightings: &mut [Sighting],
    hits: &[(u32, Span)],
    step: u32,
    document: &Document<'_>,
    trie: &Trie,
) {
    let mut hits = hits.to_vec();
    hits.sort_unstable_by_key(|&(_, span)| span);
    let mut at = 0;
    for leaf in document.leaves() {
        let span = leaf.span();
        while at < hits.len() && hits[at].1.start < span.start {
            at += 1;
        }
        let inside = &hits[at..];
        for &(needle, hit) in inside.iter().take_while(|(_, hit)| hit.start < span.end) {
            if is_all_but_marks(leaf.raw(), hit.start - span.start, hit.end - span.start) {
                sightings[needle as usize].exact.get_or_insert((step, span));
            }
        }
        if leaf.raw().contains('\\') {
            let text = leaf.text();
            trie.scan(&text, |needle, hit| {
                let sighting = &mut sightings[needle as usize];
                sighting.words.get_or_insert((step, span));
                if is_all_but_marks(&text, hit.start, hit.end) {
                    sighting.exact.get_or_insert((step, span));
                }
            });
        }
    }
}

/// Whether what stands around `start..end` is punctuation only.
fn is_all_but_marks(text: &str, start: u32, end: u32) -> bool {
    words(&text[..start as usize]).next().is_none()
        && text.get(end as usize..).is_some_and(|rest| words(rest).next().is_none())
}

fn source(
    argument: &Argument<'_>,
    forms: &[u32],
    sightings: &[Sighting],
    step: u32,
    tool: Option<&Tool<'_>>,
) -> Source {
    if matches!(argument.kind, Kind::Bool | Kind::Null) || argument.value.trim().is_empty() {
        return Source::Constant;
    }
    if is_page_size(argument) {
        return Source::Constant;
    }
    let seen = || forms.iter().map(|&form| &sightings[form as usize]);
    let user = seen().filter_map(|sighting| sighting.user).filter(|&(turn, _)| turn <= step + 1).min();
    if let Some((turn, span)) = user {
        return Source::User { step: turn.checked_sub(1), span };
    }
    let exact = seen().filter_map(|sighting| sighting.exact).filter(|&(seen, _)| seen < step).min();
    if let Some((step, span)) = exact {
        return Source::Observation { step, span, exact: true };
    }
    let parameter = tool.and_then(|tool| tool.parameter(argument.name));
    let is_choice = parameter.is_some_and(|parameter| {
        parameter.choices.iter().chain(&parameter.default).any(|choice| *choice == argument.value)
    });
    if is_choice {
        return Source::Constant;
    }
    // One or two digits stand in any longer text by chance.
    let words = seen().filter_map(|sighting| sighting.words).filter(|&(seen, _)| seen < step).min();
    if let Some((step, span)) = words
        && span.len() > 2
    {
        return Source::Observation { step, span, exact: false };
    }
    if seen().any(|sighting| sighting.system) { Source::Constant } else { Source::Invented }
}

/// A number that says how much of the result to show: no user states it.
fn is_page_size(argument: &Argument<'_>) -> bool {
    const PAGING: &[&str] =
        &["limit", "page", "offset", "top", "size", "per", "max", "num", "count", "k", "n", "start", "skip"];
    argument.value.parse::<f64>().is_ok()
        && crate::signals::effect::words(argument.name)
            .all(|word| PAGING.iter().any(|paging| word.eq_ignore_ascii_case(paging)) || is_result_word(word))
}

fn is_result_word(word: &str) -> bool {
    ["results", "result", "items", "rows", "pages", "number", "index", "of"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// Where the words of `needle` stand in a row in `text`, case and punctuation aside.
pub fn find(text: &str, needle: &str) -> Option<Span> {
    let mut trie = Trie::default();
    let needle: Vec<u64> = words(needle).map(|(_, hash)| hash).collect();
    if needle.is_empty() {
        return None;
    }
    trie.insert(&needle);
    trie.finish();
    let mut found = None;
    trie.scan(text, |_, span| {
        found.get_or_insert(span);
    });
    found
}

/// The values of a run as sequences of folded words, and a quick test for the first of them.
#[derive(Default)]
pub(crate) struct Trie {
    edges: HashMap<(u32, u64), u32>,
    ends: Vec<Option<u32>>,
    pub(crate) needles: u32,
    firsts: Vec<u64>,
}

/// Bits of the first-word filter.
const FILTER: u64 = 1 << 12;

impl Trie {
    /// Adds a value in each form in which a text may have it.
    fn insert_forms(&mut self, argument: &Argument<'_>) -> Vec<u32> {
        let mut forms = Vec::new();
        if matches!(argument.kind, Kind::Bool | Kind::Null) {
            return forms;
        }
        forms.extend(self.insert_text(&argument.value));
        for form in other_forms(&argument.value) {
            forms.extend(self.insert_text(&form));
        }
        forms
    }

    /// Adds a text; `None` where it has no words.
    pub(crate) fn insert_text(&mut self, text: &str) -> Option<u32> {
        let words: Vec<u64> = words(text).take(MAX_WORDS).map(|(_, hash)| hash).collect();
        (!words.is_empty()).then(|| self.insert(&words))
    }

    fn insert(&mut self, words: &[u64]) -> u32 {
        if self.ends.is_empty() {
            self.ends.push(None);
        }
        let mut node = 0;
        for &word in words {
            let next = self.ends.len() as u32;
            node = *self.edges.entry((node, word)).or_insert(next);
            if node == next {
                self.ends.push(None);
            }
        }
        *self.ends[node as usize].get_or_insert_with(|| {
            self.needles += 1;
            self.needles - 1
        })
    }

    /// Makes the first-word filter: after the last insertion, before the first scan.
    pub(crate) fn finish(&mut self) {
        self.firsts = vec![0; (FILTER / 64) as usize];
        for &(node, word) in self.edges.keys() {
            if node == 0 {
                self.firsts[(word % FILTER / 64) as usize] |= 1 << (word % 64);
            }
        }
    }

    fn may_begin(&self, word: u64) -> bool {
        self.firsts[(word % FILTER / 64) as usize] >> (word % 64) & 1 == 1
    }

    /// Reports every value that stands in `text`, with its span.
    pub(crate) fn scan(&self, text: &str, mut report: impl FnMut(u32, Span)) {
        if self.needles == 0 {
            return;
        }
        let mut from = words(text);
        while let Some((first, hash)) = from.next() {
            if !self.may_begin(hash) {
                continue;
            }
            let mut node = self.edges.get(&(0, hash)).copied();
            let mut end = first.end;
            let mut ahead = from.clone();
            while let Some(at) = node {
                if let Some(needle) = self.ends[at as usize] {
                    report(needle, Span { start: first.start, end });
                }
                let Some((span, hash)) = ahead.next() else { break };
                node = self.edges.get(&(at, hash)).copied();
                end = span.end;
            }
        }
    }
}

/// The words of a text with the hash of their lower case. Letters and digits form words; a character of a
/// script without spaces is a word of its own.
fn words(text: &str) -> impl Iterator<Item = (Span, u64)> + Clone {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            match class(bytes, at)? {
                (Class::Mark, len) => at += len,
                (Class::Whole, len) => {
                    let span = Span::new(at, at + len);
                    at += len;
                    return Some((span, hash(span.of(text).as_bytes())));
                }
                (Class::Letter, len) => {
                    let start = at;
                    at += len;
                    while let Some((Class::Letter, len)) = class(bytes, at) {
                        at += len;
                    }
                    let span = Span::new(start, at);
                    return Some((span, hash(&bytes[start..at])));
                }
            }
        }
    })
}

enum Class {
    Letter,
    Mark,
    Whole,
}

/// The class of the character at `at`, and its length in bytes.
#[inline]
fn class(bytes: &[u8], at: usize) -> Option<(Class, usize)> {
    let byte = *bytes.get(at)?;
    Some(match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => (Class::Letter, 1),
        0..0x80 => (Class::Mark, 1),
        // U+00A0-U+00BF: spaces and marks of Latin-1.
        0xC2 => (Class::Mark, 2),
        // U+2000-U+2FFF: dashes, quotation marks, arrows, symbols; U+3000-U+303F: ideographic marks.
        0xE2 => (Class::Mark, 3),
        0xE3 if bytes.get(at + 1) == Some(&0x80) => (Class::Mark, 3),
        0xE3..=0xED => (Class::Whole, 3),
        0xC3..=0xDF => (Class::Letter, 2),
        0xE0..=0xEF => (Class::Letter, 3),
        _ => (Class::Letter, 4),
    })
}

/// FNV-1a of the lower case, then mixed, since the filter takes the low bits.
fn hash(word: &[u8]) -> u64 {
    let hash = word.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^ (hash >> 29)
}

/// How else people write a value: a date in words, a number with grouping, a time with am and pm.
pub(crate) fn other_forms(value: &str) -> Vec<String> {
    if let Some((year, month, day)) = date(value) {
        return date_forms(year, month, day);
    }
    if let Some((hour, minute)) = time(value) {
        let (half, twelve) = (if hour < 12 { "am" } else { "pm" }, (hour + 11) % 12 + 1);
        let mut forms = vec![format!("{twelve}:{minute:02} {half}"), format!("{twelve}:{minute:02}{half}")];
        if minute == 0 {
            forms.extend([format!("{twelve} {half}"), format!("{twelve}{half}")]);
        }
        return forms;
    }
    if let Ok(number) = value.parse::<u32>() {
        const WORDS: [&str; 13] = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
            "twelve",
        ];
        return match WORDS.get(number as usize) {
            Some(word) => vec![word.to_string()],
            None => group_digits(value).into_iter().collect(),
        };
    }
    // 5.0 in the arguments is 5 in the user's words.
    value
        .strip_suffix(".0")
        .filter(|whole| whole.parse::<i64>().is_ok())
        .map(str::to_string)
        .into_iter()
        .collect()
}

/// `12500` as `12,500`: two words to the trie.
fn group_digits(digits: &str) -> Option<String> {
    (digits.len() > 3 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| {
        let first = (digits.len() - 1) % 3 + 1;
        let mut out = digits[..first].to_string();
        for group in digits.as_bytes()[first..].chunks(3) {
            out.push(',');
            out.extend(group.iter().map(|&byte| byte as char));
        }
        out
    })
}

/// Names of the months, January first.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Year, month and day of an ISO date (the time after it ignored).
pub(crate) fn date(text: &str) -> Option<(u32, u32, u32)> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != bytes[7] || !matches!(bytes[4], b'-' | b'/') || !text.is_ascii() {
        return None;
    }
    if bytes.len() > 10 && !matches!(bytes[10], b'T' | b' ') {
        return None;
    }
    let (year, month, day) = (text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..10].parse().ok()?);
    (1000..=9999).contains(&year).then_some(())?;
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
}

fn time(text: &str) -> Option<(u32, u32)> {
    let (hour, minute) = text.split_once(':')?;
    let minute = minute.strip_suffix(":00").unwrap_or(minute);
    if hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

fn date_forms(year: u32, month: u32, day: u32) -> Vec<String> {
    let name = MONTHS[month as usize - 1];
    let short = &name[..3];
    let ordinal = format!(
        "{day}{}",
        match (day % 10, day / 10) {
            (_, 1) => "th",
            (1, _) => "st",
            (2, _) => "nd",
            (3, _) => "rd",
            _ => "th",
        }
    );
    let mut forms = Vec::with_capacity(18);
    for name in [name, short] {
        for day in [day.to_string(), ordinal.clone(), format!("{day:02}")] {
            forms.push(format!("{name} {day}"));
            forms.push(format!("{day} {name}"));
            forms.push(format!("{day} of {name}"));
        }
    }
    forms.push(format!("{month}/{day}/{year}"));
    forms.push(format!("{day}/{month}/{year}"));
    forms.push(format!("{month:02}/{day:02}/{year}"));
    forms.push(format!("{day:02}/{month:02}/{year}"));
    forms.push(format!("{month}/{day}"));
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trajectory::{Step, Trajectory};

    fn step<'a>(action: &'a str, input: &'a str, observation: &'a str) -> Step<'a> {
        Step {
            action_name: Some(action),
            action_input: Some(input),
            observation: Some(observation),
            ..Step::default()
        }
    }

    /// The sources of the arguments of the last step, in short.
    fn sources(run: &Trajectory<'_>) -> Vec<String> {
        let reading = Reading::new(run);
        let last = run.steps.len() - 1;
        let short = |argument: &Argument<'_>| match argument.source {
            Source::User { step: None, .. } => "prompt".to_string(),
            Source::User { step: Some(step), .. } => format!("user {step}"),
            Source::Observation { step, exact: true, .. } => format!("value of {step}"),
            Source::Observation { step, exact: false, .. } => format!("words of {step}"),
            Source::Constant => "constant".to_string(),
            Source::Invented => "invented".to_string(),
        };
        reading.provenance().arguments(last).iter().map(short).collect()
    }

    #[test]
    fn traces_values_to_where_they_were_first_seen() {
        let mut move_event = step(
            "move_event",
            r#"{"event": "ev_81", "room": "Blue Room", "day": "2025-03-04", "who": "ana@x.org", "code": "Q7", "notify": true}"#,
            "ok",
        );
        move_event.user = Some("Write to Ana@X.org please.");
        let run = Trajectory {
            original_prompt: Some("Move my review to March 4th."),
            steps: vec![
                step("list_events", "{}", r#"[{"id": "ev_81", "title": "review"}]"#),
                step("find_rooms", "{}", "The blue room is free; ev_81 too."),
                move_event,
            ],
            ..Trajectory::default()
        };
        assert_eq!(sources(&run), ["value of 0", "words of 1", "prompt", "user 2", "invented", "constant"]);
    }

    #[test]
    fn a_value_is_not_found_inside_a_longer_word_nor_later_in_the_run() {
        let mut second = step("get_order", r#"{"id": "A1", "item": "77"}"#, r#"{"item": "77"}"#);
        second.user = Some("Check order A12.");
        let run = Trajectory { original_prompt: Some("Hello"), steps: vec![second], ..Trajectory::default() };
        assert_eq!(sources(&run), ["invented", "invented"]);
    }

    #[test]
    fn members_of_an_enum_and_page_sizes_are_constants() {
        let tools =
            r#"[{"name": "forecast", "parameters": {"properties": {"units": {"enum": ["metric", "us"]}}}}]"#;
        let run = Trajectory {
            original_prompt: Some("Will it rain in Oslo for 3 days?"),
            tools: Some(tools),
            steps: vec![step(
                "forecast",
                r#"{"units": "metric", "city": "Oslo", "days": 3, "max_results": 10}"#,
                "rain",
            )],
            ..Trajectory::default()
        };
        assert_eq!(sources(&run), ["constant", "prompt", "prompt", "constant"]);
    }

    #[test]
    fn escaped_and_foreign_text_is_read_too() {
        let run = Trajectory {
            original_prompt: Some("東京の天気は？"),
            steps: vec![
                step("find", "{}", r#"{"name": "Caf\u00e9 \"Nord\""}"#),
                step("weather", r#"{"city": "東京", "at": "Café \"Nord\""}"#, "sunny"),
            ],
            ..Trajectory::default()
        };
        assert_eq!(sources(&run), ["prompt", "value of 0"]);
    }

    #[test]
    fn folds_how_people_write_values() {
        for (value, said) in [
            ("2024-05-01", "on the 1st of May"),
            ("2024-05-22", "May 22nd"),
            ("2024-05-13", "13 May"),
            ("14:30", "at 2:30 PM"),
            ("09:00:00", "at 9am"),
            ("12500", "12,500 euros"),
            ("4", "four people"),
            ("5.0", "under 5"),
            ("mia_li_3668", "mia_li_3668."),
        ] {
            let forms = other_forms(value);
            let all = std::iter::once(value).chain(forms.iter().map(String::as_str));
            assert!(all.into_iter().any(|form| find(said, form).is_some()), "{value} in {said}: {forms:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn finds_what_is_there_and_never_panics(before in "\\PC{0,12}", value in "[a-z0-9é東_-]{1,8}", after in "\\PC{0,12}") {
            let text = format!("{before} {value} {after}");
            if words(&value).next().is_some() {
                let span = find(&text, &value).expect("stands between spaces");
                proptest::prop_assert_eq!(words(span.of(&text)).map(|word| word.1).collect::<Vec<_>>(), words(&value).map(|word| word.1).collect::<Vec<_>>());
            }
        }
    }
}
