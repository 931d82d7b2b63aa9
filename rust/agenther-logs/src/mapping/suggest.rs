//! Drafts a mapping from a sample of a log: which list holds the steps, and which field is what,
//! is guessed from names first and from contents second. Each guess stands beside its reason, since
//! a person must check it.

use std::fmt::Write;
use std::io::{self, Cursor};

use super::Mapping;
use super::path::{Path, decoded};
use super::survey::{Field, extended, normalised, survey, survey_elements};
use super::vocabulary::{
    BY_CONTENT, Guess, IN_RECORD, IN_STEP, LEAKS, NO_REQUESTS, STEP_LISTS, TOOL_LISTS, announcements,
    guesses, of, success_words, zero_or_one,
};
use crate::beside::Nothing;
use crate::detect::valid_text;
use crate::formats::{Format, Record};
use crate::json::{Limits, Parsed, Tape, Value};
use crate::messages::is_message;
use crate::react::is_call;
use crate::stream::{Window, decompressed};

/// Bytes of the sample looked at.
const SAMPLE: usize = 1 << 20;
/// Records, lists and elements of a list looked at.
const RECORDS: usize = 16;
const LISTS: usize = 64;
const ELEMENTS: usize = 256;
/// Keys down from a record or a step.
const DEPTH: usize = 3;

/// Drafts a mapping for a log, of which `sample` is the start (compressed or not); else says, as a
/// sentence, what was looked for in vain. The draft reads the sample.
pub fn suggest(sample: &[u8]) -> Result<String, String> {
    let unreadable = |error: io::Error| format!("The sample cannot be read: {error}.");
    let mut window = Window::new(decompressed(Box::new(Cursor::new(sample.to_vec()))).map_err(unreadable)?);
    window.fill_to(SAMPLE);
    let text = valid_text(&window.bytes()[..window.bytes().len().min(SAMPLE)]);
    let documents = documents(text.trim_start());
    let parsed: Vec<Parsed<'_, '_>> = documents.iter().filter_map(|(tape, text)| tape.parsed(text)).collect();
    let roots: Vec<Value<'_, '_>> = parsed.iter().map(Parsed::root).collect();
    if roots.is_empty() {
        return Err("The sample holds no JSON; a mapping is for logs of JSON records.".to_owned());
    }
    let drafts = record_sets(&roots).into_iter().filter_map(Draft::of);
    // The last of equals is the best, which is the outermost set.
    let best = drafts.max_by_key(|draft| (draft.list.score, draft.set.records.len())).ok_or(NO_STEPS)?;
    let toml = best.toml()?;
    verified(toml, &best.set.records)
}

const NO_STEPS: &str = "No list in the sample looks like the steps of a run: objects with a thought, a tool \
or an action, and what came back. Write the mapping by hand; docs/mapping.md says how.";
const BY_HAND: &str = "Write the mapping by hand; docs/mapping.md says how.";
const NO_GOAL: &str = "No text beside the steps could be the goal of a run. Write the mapping by hand; \
docs/mapping.md says how.";
const HEAD: &str = "# A draft, guessed from a sample: check every line against a record.\n\
# The keys are explained in docs/mapping.md.\n";

/// The JSON documents at the start of a text: one, or one a line.
fn documents(text: &str) -> Vec<(Tape, &str)> {
    let parsed = |text| {
        let mut tape = Tape::default();
        tape.parse(text, Limits::default()).is_ok().then_some((tape, text))
    };
    let mut tape = Tape::default();
    let whole = tape.parse_prefix(text, Limits::default());
    let alone = |end: &Option<usize>| end.is_none_or(|end| text[end..].trim().is_empty());
    let lines = text.lines().filter(|line| line.starts_with(['{', '['])).filter_map(parsed).take(RECORDS);
    if whole.is_ok_and(|end| alone(&end)) { vec![(tape, text)] } else { lines.collect() }
}

/// Values that may be the records of the file, and the path to them.
struct RecordSet<'t, 'a> {
    path: String,
    records: Vec<Value<'t, 'a>>,
}

/// What the containers in a document hold, and at last the documents themselves.
fn record_sets<'t, 'a>(roots: &[Value<'t, 'a>]) -> Vec<RecordSet<'t, 'a>> {
    let mut sets = Vec::new();
    if let [root] = roots {
        containers(String::new(), *root, DEPTH, &mut sets);
    }
    sets.push(RecordSet { path: String::new(), records: roots.iter().copied().take(RECORDS).collect() });
    sets.retain(|set| set.records.iter().all(|record| record.is_object()));
    sets
}

fn containers<'t, 'a>(path: String, value: Value<'t, 'a>, depth: usize, sets: &mut Vec<RecordSet<'t, 'a>>) {
    if depth > 0 {
        for (key, value) in value.members().take(LISTS) {
            containers(extended(&path, &key), value, depth - 1, sets);
        }
    }
    let records = value.items().chain(value.members().map(|(_, value)| value));
    let records: Vec<Value<'t, 'a>> = records.take(RECORDS).collect();
    if !records.is_empty() {
        sets.push(RecordSet { path, records });
    }
}

/// A list that may hold the steps, and what its elements are made of.
struct StepList {
    path: String,
    messages: bool,
    fields: Vec<Field>,
    /// The list of calls in a step, and what those are made of.
    calls: Option<(String, Vec<Field>)>,
    /// How much it looks like steps.
    score: i32,
}

/// The records of a file, and the list in them that looks most like steps.
struct Draft<'t, 'a> {
    set: RecordSet<'t, 'a>,
    list: StepList,
}

impl<'t, 'a> Draft<'t, 'a> {
    fn of(set: RecordSet<'t, 'a>) -> Option<Self> {
        let mut paths = Vec::new();
        set.records.iter().for_each(|record| list_paths("", *record, DEPTH, &mut paths));
        paths.sort();
        paths.dedup();
        let lists = paths.into_iter().take(LISTS).filter_map(|path| step_list(&set.records, path));
        let list = lists.max_by_key(|list| list.score)?;
        Some(Draft { set, list })
    }

    fn toml(&self) -> Result<String, String> {
        let fields = survey(&self.set.records, DEPTH, &self.list.path);
        let mut found = guesses(&fields, IN_RECORD);
        if of(&found, "goal").is_none() && !self.list.messages {
            let tells_else = |field: &Field| field.called(LEAKS) > 0 || field.called(NO_REQUESTS) > 0;
            let free = |field: &&Field| {
                let taken = found.iter().any(|guess| field.is_in(&guess.field.path));
                field.is_text() && !taken && !tells_else(field)
            };
            let longest = fields.iter().filter(free).max_by_key(|field| field.mean_words()).ok_or(NO_GOAL)?;
            found.push(Guess { key: "goal", field: longest, also: Vec::new(), why: BY_CONTENT });
        }
        let mut out = format!("{HEAD}name = \"my_logs\"\n");
        if !self.set.path.is_empty() {
            writeln!(out, "records = {}", quoted(&self.set.path)).ok();
        }
        for wanted in IN_RECORD {
            of(&found, wanted.key).into_iter().for_each(|guess| record_line(&mut out, guess));
        }
        metadata_line(&mut out, &fields, &found);
        let list = quoted(&self.list.path);
        if self.list.messages {
            writeln!(out, "messages = {list} # objects with `role` and `content`").ok();
        } else {
            writeln!(out, "steps = {list} # the list whose objects look most like steps\n\n[step]").ok();
            step_lines(&mut out, &self.list);
        }
        Ok(out)
    }
}

/// The paths to lists of objects in a record.
fn list_paths(path: &str, value: Value<'_, '_>, depth: usize, paths: &mut Vec<String>) {
    if value.items().next().is_some_and(|first| first.is_object()) {
        paths.push(path.to_owned());
    }
    if depth == 0 {
        return;
    }
    if let Some(text) = value.text() {
        decoded(&text, |inner| list_paths(path, inner, depth - 1, paths));
    }
    for (key, value) in value.members().take(LISTS) {
        list_paths(&extended(path, &key), value, depth - 1, paths);
    }
}

/// What is met in the list at one path of the records.
#[derive(Default)]
struct Elements {
    /// Records that have the list, its elements, and those that are chat messages.
    having: usize,
    met: usize,
    said: usize,
    fields: Vec<Field>,
    /// Lists in the elements.
    nested: Vec<(String, Vec<Field>)>,
}

impl Elements {
    fn at(path: &Path, records: &[Value<'_, '_>]) -> Self {
        let of_list = |value: Value<'_, '_>| {
            let elements: Vec<Value<'_, '_>> = value.items().take(ELEMENTS).collect();
            let said = elements.iter().filter(|element| is_message(**element)).count();
            let (fields, nested) = (survey_elements(&elements, DEPTH), nested_lists(&elements));
            Elements { having: 1, met: elements.len(), said, fields, nested }
        };
        let mut all = Elements::default();
        for record in records {
            let found = path.first(*record, &|value| match value.text() {
                Some(text) => decoded(&text, of_list),
                None => Some(of_list(value)),
            });
            found.into_iter().for_each(|found| all.add(found));
        }
        all
    }

    fn add(&mut self, other: Elements) {
        self.having += other.having;
        self.met += other.met;
        self.said += other.said;
        merge(&mut self.fields, other.fields);
        for (key, fields) in other.nested {
            match self.nested.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => merge(known, fields),
                None => self.nested.push((key, fields)),
            }
        }
    }
}

/// The list at a path of the records, if it could hold steps.
fn step_list(records: &[Value<'_, '_>], path: String) -> Option<StepList> {
    let elements = Elements::at(&Path::parse(&path).ok()?, records);
    let last = normalised(path.rsplit('.').next().unwrap_or(&path));
    if TOOL_LISTS.split(' ').any(|name| name == last) {
        return None;
    }
    let named = 10 * i32::from(STEP_LISTS.split(' ').any(|name| name == last));
    let share = |score: i32| score * elements.having as i32 / records.len().max(1) as i32;
    if elements.said * 5 > elements.met * 4 {
        let score = share(80 + named);
        return Some(StepList { path, messages: true, fields: elements.fields, calls: None, score });
    }
    let calls = elements.nested.into_iter().find(|(_, fields)| are_calls(fields));
    let mut found = guesses(&elements.fields, IN_STEP);
    // Steps in a record look much like calls in a step; the inner list is the likelier one of steps.
    let indirect = calls.as_ref().map_or(0, |(_, fields)| {
        found.extend(guesses(fields, IN_STEP));
        -25
    });
    // A list of things of any kind is no list of steps because those have a `name`.
    let tells = found.iter().any(|guess| matches!(guess.key, "tool" | "action" | "thought" | "arguments"));
    if !tells || found.len() < 2 {
        return None;
    }
    let score = share(found.iter().map(weight).sum::<i32>() + named + indirect);
    Some(StepList { path, messages: false, fields: elements.fields, calls, score })
}

fn weight(guess: &Guess<'_>) -> i32 {
    match guess.key {
        "tool" | "action" | "observation" => 30,
        "thought" => 20,
        _ => 10,
    }
}

fn are_calls(fields: &[Field]) -> bool {
    let found = guesses(fields, IN_STEP);
    let acts = of(&found, "tool").or(of(&found, "action")).is_some();
    acts && found.len() > 1 && of(&found, "thought").is_none()
}

/// The lists of objects in the elements of a list, by their keys.
fn nested_lists(elements: &[Value<'_, '_>]) -> Vec<(String, Vec<Field>)> {
    let mut lists: Vec<(String, Vec<Value<'_, '_>>)> = Vec::new();
    for (key, value) in
        elements.iter().flat_map(|element| element.members()).filter(|(_, value)| value.is_array())
    {
        let objects = value.items().filter(|item| item.is_object());
        let key = extended("", &key);
        match lists.iter().position(|(known, _)| *known == key) {
            Some(place) => lists[place].1.extend(objects),
            None if lists.len() < LISTS => lists.push((key, objects.collect())),
            None => {}
        }
    }
    lists.into_iter().map(|(key, objects)| (key, survey(&objects, DEPTH, ""))).collect()
}

fn merge(known: &mut Vec<Field>, fields: Vec<Field>) {
    for field in fields {
        match known.iter_mut().find(|known| known.path == field.path) {
            Some(known) => known.add(field),
            None => known.push(field),
        }
    }
}

fn quoted(text: &str) -> String {
    if text.contains(['"', '\\']) && !text.contains('\'') { format!("'{text}'") } else { format!("{text:?}") }
}

/// `key = "path" # why; e.g. …`
fn line(out: &mut String, guess: &Guess<'_>) {
    let example: String =
        guess.field.examples.first().into_iter().flat_map(|example| example.chars()).take(48).collect();
    let key = guess.key;
    let mut path = quoted(&guess.field.path);
    if !guess.also.is_empty() {
        let also: Vec<String> = guess.also.iter().map(|path| quoted(path)).collect();
        path = format!("[{path}, {}]", also.join(", "));
    }
    writeln!(out, "{key} = {path} # {}; e.g. {}", guess.why, example.escape_debug()).ok();
}

fn record_line(out: &mut String, guess: &Guess<'_>) {
    line(out, guess);
    let field = guess.field;
    match guess.key {
        "success" if field.flags == 0 && !zero_or_one(field) => {
            writeln!(out, "success_words = {:?} # all others mean failure", success_words(field)).ok();
        }
        "reward" => {
            let off_scale =
                |example: &String| example.parse().is_ok_and(|number: f64| !(0.0..=1.0).contains(&number));
            if field.examples.iter().any(off_scale) {
                writeln!(out, "# full_mark = ? # from which reward on is a run a success?").ok();
            }
        }
        _ => {}
    }
}

/// Short fields of the record that nothing else took and that give no label away.
fn metadata_line(out: &mut String, fields: &[Field], found: &[Guess<'_>]) {
    let free = |field: &&Field| {
        let short = field.seen > 0 && field.objects + field.lists == 0 && field.mean_words() <= 8;
        short && field.called(LEAKS) == 0 && !found.iter().any(|guess| field.is_in(&guess.field.path))
    };
    let paths: Vec<String> = fields.iter().filter(free).map(|field| quoted(&field.path)).take(12).collect();
    if !paths.is_empty() {
        writeln!(out, "metadata = [{}] # take out what gives the outcome away", paths.join(", ")).ok();
    }
}

fn step_lines(out: &mut String, list: &StepList) {
    let at_step = guesses(&list.fields, IN_STEP);
    let mut found = Vec::new();
    if let Some((calls, fields)) = &list.calls {
        writeln!(out, "calls = {} # a list of calls in each step", quoted(calls)).ok();
        found = guesses(fields, IN_STEP);
        found.retain(|guess| !matches!(guess.key, "thought" | "user"));
    }
    let has_calls = list.calls.is_some();
    for guess in at_step {
        let of_call = matches!(guess.key, "tool" | "arguments" | "action");
        if of(&found, guess.key).is_none() && !(has_calls && of_call) {
            found.push(guess);
        }
    }
    keep_one_action(&mut found);
    if of(&found, "observation").is_none() && !has_calls {
        let free =
            |field: &&Field| field.is_text() && !found.iter().any(|guess| field.is_in(&guess.field.path));
        let longest = list.fields.iter().filter(free).max_by_key(|field| field.mean_words());
        found.extend(longest.map(|field| Guess {
            key: "observation",
            field,
            also: Vec::new(),
            why: BY_CONTENT,
        }));
    }
    let named = of(&found, "tool").or(of(&found, "action")).is_some();
    for guess in IN_STEP.iter().filter_map(|wanted| of(&found, wanted.key)) {
        if guess.key == "arguments" && !named {
            writeln!(out, "tool_name = {} # no field names the tool", quoted(&guess.field.name)).ok();
        }
        line(out, guess);
        match guess.key {
            "action" => action_lines(out, guess.field),
            "observation" if !announcements(guess.field).is_empty() => {
                let leaks = announcements(guess.field);
                writeln!(out, "leaks = {leaks:?} # these lines announce the outcome").ok();
            }
            _ => {}
        }
    }
}

/// Name and arguments stand in one text or in two fields, not in both.
fn keep_one_action(found: &mut Vec<Guess<'_>>) {
    let in_one = match (of(found, "action"), of(found, "tool")) {
        (Some(action), Some(_)) => action.field.mostly(is_call),
        (action, _) => action.is_some(),
    };
    found.retain(
        |guess| if in_one { !matches!(guess.key, "tool" | "arguments") } else { guess.key != "action" },
    );
}

fn action_lines(out: &mut String, field: &Field) {
    let syntax = if field.mostly(is_call) { "call" } else { "words" };
    writeln!(out, "syntax = {syntax:?}").ok();
    let thinks = |text: &String| text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("think"));
    if field.examples.iter().any(thinks) {
        writeln!(out, "thoughts = [\"think\"] # an action that only thinks").ok();
    }
}

/// A draft that does not read its own sample is none.
fn verified(toml: String, records: &[Value<'_, '_>]) -> Result<String, String> {
    let mapping = Mapping::parse(&toml).map_err(|error| format!("The draft is wrong ({error}):\n{toml}"))?;
    let missing = |value: &Value<'_, '_>| {
        let (key, number, stem, text) = (None, 0, "sample", "");
        mapping.read(&Record { value: *value, key, number, stem, text, beside: &Nothing }).err()
    };
    let missing: Vec<Option<String>> = records.iter().map(missing).collect();
    if missing.iter().any(Option::is_none) {
        return Ok(toml);
    }
    let first = missing.into_iter().flatten().next().unwrap_or_default();
    Err(format!(
        "No mapping could be drafted: a list looks like steps, but of the first record {first}. {BY_HAND}"
    ))
}
