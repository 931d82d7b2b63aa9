//! Where the value of each argument comes from: the user, an earlier observation, the tool, or nowhere.
//!
//! In failed runs 26-28% of the values come from the user and 65-73% from earlier observations. What the user
//! said may stand in a goal; what an observation showed defines the hops between calls; a value from nowhere
//! makes a step that no user could have meant.
//!
//! All values of a run are put into one trie of folded words, and every text is read once against it: linear
//! in the run, however many steps it has.

use std::borrow::Cow;
use std::cell::LazyCell;

use super::forms::other_forms;
use crate::reading::{Reading, explains, is_for_explanation};
use crate::signals::effect::{self, Effect};
use crate::signals::policy::Policy;
use crate::text::document::{Document, Kind, Value};
use crate::text::needles::{Trie, cuts_number, words};
use crate::text::same::same_letters;
use crate::text::tables::FastMap;
use crate::tools::Tool;
use crate::trajectory::Span;

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

/// How the values of a field are compared with an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// `{"$gte": 5}`
    AtLeast,
    /// `{"$lte": 5}`
    AtMost,
    /// `{"$gt": 5}`
    Over,
    /// `{"$lt": 5}`
    Under,
}

impl Bound {
    /// The comparison that a key of a filter stands for.
    fn of(key: &str) -> Option<Self> {
        Some(match key.trim_start_matches('$') {
            "gte" | "ge" => Bound::AtLeast,
            "lte" | "le" => Bound::AtMost,
            "gt" => Bound::Over,
            "lt" => Bound::Under,
            _ => return None,
        })
    }
}

/// One value that a call takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument<'a> {
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
    /// How what the name says is compared with it; `None` where it is to be the value.
    pub bound: Option<Bound>,
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
        // Calls take the same values again and again: each is written in its forms once.
        let mut forms: FastMap<&str, Vec<u32>> = FastMap::default();
        for argument in arguments.iter().flatten().filter(|argument| !is_flag(argument)) {
            forms.entry(&argument.value).or_insert_with_key(|value| insert_forms(&mut trie, value));
        }
        trie.finish();
        let sightings = sightings(reading, &trie);
        // Few values are looked for in the system prompt: those that stand nowhere else.
        let in_system = LazyCell::new(|| {
            let mut seen = vec![false; trie.needles as usize];
            let system = reading.run.system.unwrap_or("");
            let policy = Policy::of(system);
            trie.scan_words(policy.words(system).iter().copied(), |needle, _| seen[needle as usize] = true);
            seen
        });
        let source_of = |(step, argument): (usize, &Argument<'_>)| {
            let forms = forms.get(argument.value.as_ref()).filter(|_| !is_flag(argument));
            let forms = forms.map(Vec::as_slice).unwrap_or_default();
            match source(argument, forms, &sightings, step as u32, reading.called(step)) {
                Source::Invented if forms.iter().any(|&form| in_system[form as usize]) => Source::Constant,
                source => source,
            }
        };
        let all = arguments.iter().enumerate();
        let all = all.flat_map(|(step, arguments)| arguments.iter().map(move |argument| (step, argument)));
        // Who is signed in the system prompt says, though every result says it again.
        let mut given: FastMap<&str, (usize, Source)> = FastMap::default();
        let sources: Vec<Source> = all
            .map(|(step, argument)| {
                let source = source_of((step, argument));
                let (first, known) = *given.entry(argument.value.as_ref()).or_insert((step, source));
                match source {
                    Source::Observation { step: shown, .. }
                        if known == Source::Constant
                            && first <= shown as usize
                            && argument.value.len() > 3 =>
                    {
                        Source::Constant
                    }
                    source => source,
                }
            })
            .collect();
        for (argument, source) in arguments.iter_mut().flatten().zip(sources) {
            argument.source = source;
        }
        for (step, arguments) in arguments.iter_mut().enumerate() {
            arguments.retain(|argument| !is_explanation(argument, reading, step));
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
    match reading.called_with() {
        Some(arguments) => arguments.leaves().map(argument).collect(),
        None if reading.is_dispatched() => Vec::new(),
        None => reading
            .step
            .action_input
            .map(|text| Argument {
                name: "",
                value: Cow::Borrowed(text),
                kind: Kind::String,
                span: Span::new(0, text.len()),
                source: Source::Invented,
                bound: None,
            })
            .into_iter()
            .collect(),
    }
}

/// Whether an argument says what the command beside it does, as Claude Code's and Gemini's shells have it.
fn describes_command(argument: &Argument<'_>, reading: &Reading<'_>, step: usize) -> bool {
    let has_command = || {
        let arguments = reading.steps[step].called_with();
        arguments.is_some_and(|arguments| {
            ["command", "cmd", "code"].iter().any(|key| arguments.get(key).is_some())
        })
    };
    argument.name == "description"
        && reading.steps[step].called_name().is_some_and(effect::runs_code)
        && has_command()
}

/// Whether an argument of a read says why it is made. What is written with a change is part of it, and what the user said
/// may have been meant.
fn is_explanation(argument: &Argument<'_>, reading: &Reading<'_>, step: usize) -> bool {
    let parameter = || reading.called(step)?.parameter(argument.name);
    let is_choice = || parameter().is_some_and(|parameter| !parameter.choices.is_empty());
    let describes = || parameter().and_then(|parameter| parameter.description.as_deref());
    let is_read = reading.steps[step].effect == Effect::Read;
    (is_read || describes_command(argument, reading, step))
        && argument.kind == Kind::String
        && !matches!(argument.source, Source::User { .. })
        && (explains(argument.name, &argument.value)
            || describes_command(argument, reading, step)
            || describes().is_some_and(|text| is_for_explanation(text, &argument.value)))
        && !is_choice()
}

fn argument<'a>(leaf: Value<'_, 'a>) -> Argument<'a> {
    // `{"name": {"exact": "Ann"}}`: how it is compared is no name of what.
    let compares =
        leaf.key().is_some_and(|key| matches!(key, "exact" | "eq" | "equals" | "contains" | "$eq"));
    let of_field = || leaf.parent()?.nearest_key();
    let bound = leaf.key().and_then(Bound::of).filter(|_| of_field().is_some());
    let name =
        of_field().filter(|_| compares || bound.is_some()).or_else(|| leaf.nearest_key()).unwrap_or("");
    let text = leaf.text();
    if let Cow::Borrowed(query) = text
        && matches!(name, "query" | "q" | "search" | "filter" | "search_query")
        && let Some((field, value)) = field_and_value(query)
    {
        let start = leaf.span().start as usize + (value.as_ptr() as usize - leaf.raw().as_ptr() as usize);
        let span = Span::new(start, start + value.len());
        return Argument {
            name: field,
            value: value.into(),
            kind: leaf.kind(),
            span,
            source: Source::Invented,
            bound: None,
        };
    }
    if let Cow::Borrowed(selector) = text
        && ["labelselector", "selector", "labels"].iter().any(|known| same_letters(known, name))
        && let Some(app) = selector.strip_prefix("app=").filter(|app| !app.contains([',', '=', '!', '(']))
    {
        let start = leaf.span().start as usize + "app=".len();
        let span = Span::new(start, start + app.len());
        return Argument {
            name: "app",
            value: app.into(),
            kind: leaf.kind(),
            span,
            source: Source::Invented,
            bound: None,
        };
    }
    Argument { name, value: text, kind: leaf.kind(), span: leaf.span(), source: Source::Invented, bound }
}

/// The one field that a query in a language of fields asks for, and its value: `email:'ann@example.com'`.
fn field_and_value(query: &str) -> Option<(&str, &str)> {
    // `localhost:8080`, `has:attachment` and `python:asyncio` are no fields of things.
    const FIELDS: &[&str] = &[
        "query",
        "search",
        "text",
        "email",
        "status",
        "state",
        "author",
        "sku",
        "type",
        "label",
        "tag",
        "assignee",
        "owner",
        "reporter",
        "phone",
        "customer",
        "customer_id",
        "category",
        "priority",
        "severity",
        "id",
        "order_id",
        "vendor",
        "country",
    ];
    let (field, rest) = query.trim().split_once(':')?;
    let is_field = FIELDS.contains(&field);
    let quoted = |mark: char| rest.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    let value = quoted('\'').or_else(|| quoted('"')).or(Some(rest).filter(|rest| !rest.contains(' ')))?;
    // An address of the web is no field, and neither is a line of a dictionary.
    let is_value =
        value.contains(char::is_alphanumeric) && !value.contains([':', '\'', '"', '\\', '(', '*', '>', '<']);
    // `-open` and `!open` are anything but, `10..50` and `open,closed` several.
    let is_one = value.starts_with(char::is_alphanumeric) && !value.contains("..") && !value.contains(',');
    (is_field && is_value && is_one).then_some((field, value))
}

/// The first places where a value was seen.
#[derive(Debug, Clone, Copy, Default)]
struct Sighting {
    /// Turn of the user: 0 is the original prompt, n + 1 the turn before step n.
    user: Option<(u32, Span)>,
    exact: Option<(u32, Span)>,
    words: Option<(u32, Span)>,
}

fn sightings(reading: &Reading<'_>, trie: &Trie) -> Vec<Sighting> {
    let mut sightings = vec![Sighting::default(); trie.needles as usize];
    let turns = std::iter::once(reading.run.original_prompt)
        .chain(reading.steps.iter().map(|step| step.step.user))
        .enumerate();
    for (turn, text) in turns {
        let Some(text) = text else { continue };
        trie.scan(text, |needle, span| {
            if !cuts_number(text, span) {
                sightings[needle as usize].user.get_or_insert((turn as u32, span));
            }
        });
    }
    for (step, step_reading) in reading.steps.iter().enumerate() {
        let Some(text) = step_reading.step.observation else { continue };
        let step = step as u32;
        let mut hits = Vec::new();
        trie.scan(text, |needle, span| {
            if sightings[needle as usize].exact.is_none() && !cuts_number(text, span) {
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

/// Where a value comes from, the system prompt aside.
fn source(
    argument: &Argument<'_>,
    forms: &[u32],
    sightings: &[Sighting],
    step: u32,
    tool: Option<&Tool<'_>>,
) -> Source {
    if is_flag(argument) || argument.value.trim().is_empty() {
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
    Source::Invented
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

/// Whether a value says yes, no or nothing: it is looked for nowhere.
fn is_flag(argument: &Argument<'_>) -> bool {
    matches!(argument.kind, Kind::Bool | Kind::Null)
}

/// Adds a value in each form in which a text may have it.
fn insert_forms(trie: &mut Trie, value: &str) -> Vec<u32> {
    let forms = other_forms(value);
    std::iter::once(value)
        .chain(forms.iter().map(String::as_str))
        .filter_map(|form| trie.insert_text(form))
        .collect()
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
    fn a_field_of_a_query_is_an_argument() {
        for (query, found) in [
            ("email:'ann@example.com'", Some(("email", "ann@example.com"))),
            ("status:open", Some(("status", "open"))),
            ("from:ann is:unread", None),
            ("https://example.com", None),
            ("note: call back", None),
            ("10:30", None),
        ] {
            assert_eq!(field_and_value(query), found, "{query}");
        }
        let run = Trajectory {
            original_prompt: Some("Refund ann@example.com"),
            steps: vec![step("search", r#"{"query": "email:'ann@example.com'"}"#, "")],
            ..Trajectory::default()
        };
        assert_eq!(sources(&run), ["prompt"]);
        let reading = Reading::new(&run);
        let argument = &reading.provenance().arguments(0)[0];
        assert_eq!(argument.span.of(run.steps[0].action_input.unwrap()), "ann@example.com");
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
}
