//! From the TOML of a mapping to the mapping, with the place of all that is wrong.

use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::keys::{self, Key, SYNTAXES};
use super::path::{Path, Places};
use super::steps::{StepPaths, Syntax};
use super::{Mapping, Source, interned};

/// The largest mapping that is read: it is a page, not a book.
pub(super) const MAX_BYTES: usize = 1 << 20;
/// Longest name of a format.
const MAX_NAME: usize = 64;

/// What is wrong with a mapping, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError {
    /// What was found, what was expected, what to do.
    pub sentence: String,
    /// The line, from 1; 0 where the file could not be read at all.
    pub line: usize,
    /// The column in characters, from 1; 0 where the file could not be read at all.
    pub column: usize,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.sentence),
            line => write!(f, "line {line}, column {}: {}", self.column, self.sentence),
        }
    }
}

impl std::error::Error for MappingError {}

/// A mistake at bytes of the text.
type Mistake = (Range<usize>, String);

pub(super) fn parse(text: &str) -> Result<Mapping, MappingError> {
    if text.len() > MAX_BYTES {
        let sentence = format!("The mapping has {} bytes; at most {MAX_BYTES} are read.", text.len());
        return Err(MappingError { sentence, line: 0, column: 0 });
    }
    let document = DeTable::parse(text).map_err(|error| {
        let sentence = format!("This is not valid TOML: {}.", error.message());
        located(text, error.span().unwrap_or_default(), sentence)
    })?;
    mapping(document.get_ref()).map_err(|(span, sentence)| located(text, span, sentence))
}

fn located(text: &str, span: Range<usize>, sentence: String) -> MappingError {
    let before = text.get(..span.start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    MappingError {
        sentence,
        line: 1 + before.matches('\n').count(),
        column: 1 + before[line_start..].chars().count(),
    }
}

fn mapping(document: &DeTable<'_>) -> Result<Mapping, Mistake> {
    let table = Table::new(document, 0..0, "the mapping", keys::MAPPING)?;
    Ok(Mapping {
        name: interned(name(&table)?),
        records: records(&table)?,
        id: table.places("id")?,
        goal: table.places("goal")?,
        system: table.places("system")?,
        tools: table.places("tools")?,
        source: source(&table)?,
        answer: table.places("answer")?,
        success: table.places("success")?,
        success_words: table.needing("success_words", "success", Table::texts)?,
        reward: table.places("reward")?,
        full_mark: table.needing("full_mark", "reward", Table::number)?,
        failure_reason: table.places("failure_reason")?,
        metadata: table.places("metadata")?.0,
    })
}

fn name<'t>(table: &Table<'t, '_>) -> Result<&'t str, Mistake> {
    let name = table.required("name", Table::text)?;
    if name.trim().is_empty() || name.len() > MAX_NAME || name.contains(char::is_control) {
        let sentence = format!("`name` must be a name of 1 to {MAX_NAME} bytes on one line.");
        return Err((table.span_of("name"), sentence));
    }
    Ok(name)
}

/// Records are found while the file streams by, where only keys can be followed.
fn records(table: &Table<'_, '_>) -> Result<Option<Vec<String>>, Mistake> {
    let Some(path) = table.path("records")? else { return Ok(None) };
    let sentence = format!("`records` is `{path}`; it may have keys only, as in `data.runs`.");
    path.keys().map(Some).ok_or_else(|| (table.span_of("records"), sentence))
}

fn source(table: &Table<'_, '_>) -> Result<Source, Mistake> {
    match (table.path("messages")?, table.path("steps")?) {
        (Some(_), Some(_)) => Err((
            table.span_of("messages"),
            "Either `messages` or `steps` holds the run, not both.".to_owned(),
        )),
        (Some(_), None) if table.has("step") => Err((
            table.span_of("step"),
            "`step` goes with `steps`; messages say by themselves what is what.".to_owned(),
        )),
        (Some(messages), None) => Ok(Source::Messages(messages)),
        (None, Some(steps)) => {
            table.required("goal", Table::texts)?;
            let step = table.required("step", Table::table)?;
            let span = table.span_of("step");
            Ok(Source::Steps(steps, Box::new(step_paths(&Table::new(step, span, "`[step]`", keys::STEP)?)?)))
        }
        (None, None) => {
            let sentence =
                "The mapping has neither `steps` nor `messages`; one of them says where the run is.";
            Err((table.span.clone(), sentence.to_owned()))
        }
    }
}

fn step_paths(table: &Table<'_, '_>) -> Result<StepPaths, Mistake> {
    let one_of = ["tool", "tool_name", "action"];
    let mut named = one_of.iter().filter(|key| table.has(key));
    if let (Some(first), Some(second)) = (named.next(), named.next()) {
        return Err((
            table.span_of(second),
            format!("Both `{first}` and `{second}` name the tool; keep one."),
        ));
    }
    if table.has("action") && table.has("arguments") {
        let sentence = "`action` holds name and arguments in one; for arguments of their own use `tool`.";
        return Err((table.span_of("arguments"), sentence.to_owned()));
    }
    if table.has("tool_name") {
        table.required("arguments", Table::texts)?;
    }
    let paths = StepPaths {
        user: table.places("user")?,
        thought: table.places("thought")?,
        calls: table.path("calls")?,
        tool: table.places("tool")?,
        tool_name: table.text("tool_name")?.map(str::to_owned),
        arguments: table.places("arguments")?,
        action: table.places("action")?,
        syntax: table.needing("syntax", "action", Table::syntax)?.unwrap_or(Syntax::Call),
        thoughts: table.texts("thoughts")?.unwrap_or_default(),
        observation: table.places("observation")?,
        leaks: table.needing("leaks", "observation", Table::texts)?.unwrap_or_default(),
        error: table.places("error")?,
        error_words: table.needing("error_words", "error", Table::texts)?,
    };
    if paths.thought.is_unknown() && one_of.iter().all(|key| !table.has(key)) {
        let sentence =
            "`[step]` says neither where the thought is nor where the action is (`tool` or `action`).";
        return Err((table.span.clone(), sentence.to_owned()));
    }
    Ok(paths)
}

/// A table whose keys are known.
struct Table<'t, 'i> {
    table: &'t DeTable<'i>,
    what: &'static str,
    span: Range<usize>,
}

impl<'t, 'i> Table<'t, 'i> {
    fn new(
        table: &'t DeTable<'i>,
        span: Range<usize>,
        what: &'static str,
        known: &[Key],
    ) -> Result<Self, Mistake> {
        let unknown =
            table.keys().filter(|key| known.iter().all(|known| known.name != key.get_ref().as_ref()));
        if let Some(key) = unknown.min_by_key(|key| key.span().start) {
            let names: Vec<&str> = known.iter().map(|key| key.name).collect();
            let help = match nearest(key.get_ref(), &names) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Known are {}.", names.join(", ")),
            };
            return Err((key.span(), format!("Unknown key `{}` in {what}. {help}", key.get_ref())));
        }
        Ok(Table { table, what, span })
    }

    fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn span_of(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or_else(|| self.span.clone(), |value| value.span())
    }

    /// The value of a key as `take` has it, or that it is of the wrong type.
    fn typed<T>(
        &self,
        key: &str,
        expected: &str,
        take: impl FnOnce(&'t DeValue<'i>) -> Option<T>,
    ) -> Result<Option<T>, Mistake> {
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let found = value.get_ref();
        let wrong = || (value.span(), format!("`{key}` is {}; it must be {expected}.", kind_of(found)));
        take(found).map(Some).ok_or_else(wrong)
    }

    fn text(&self, key: &str) -> Result<Option<&'t str>, Mistake> {
        self.typed(key, "a text", |value| value.as_str())
    }

    fn table(&self, key: &str) -> Result<Option<&'t DeTable<'i>>, Mistake> {
        self.typed(key, "a table", |value| value.as_table())
    }

    fn number(&self, key: &str) -> Result<Option<f64>, Mistake> {
        self.typed(key, "a number", |value| {
            let written = value.as_integer().map(|number| number.as_str());
            written
                .or_else(|| value.as_float().map(|number| number.as_str()))?
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
        })
    }

    /// A text or a list of texts.
    fn texts(&self, key: &str) -> Result<Option<Vec<String>>, Mistake> {
        self.typed(key, "a text or a list of texts", |value| match value.as_array() {
            Some(items) => items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect(),
            None => value.as_str().map(|text| vec![text.to_owned()]),
        })
    }

    fn path(&self, key: &str) -> Result<Option<Path>, Mistake> {
        let text = self.typed(key, "a path, as in \"run.goal\"", |value| value.as_str())?;
        text.map(|text| self.parsed(key, text)).transpose()
    }

    fn places(&self, key: &str) -> Result<Places, Mistake> {
        let texts = self.texts(key)?.unwrap_or_default();
        texts.iter().map(|text| self.parsed(key, text)).collect::<Result<_, _>>().map(Places)
    }

    fn parsed(&self, key: &str, text: &str) -> Result<Path, Mistake> {
        Path::parse(text).map_err(|why| (self.span_of(key), format!("The path {text:?} of `{key}` {why}.")))
    }

    fn syntax(&self, key: &str) -> Result<Option<Syntax>, Mistake> {
        let Some(word) = self.text(key)? else { return Ok(None) };
        match word {
            "call" => Ok(Some(Syntax::Call)),
            "words" => Ok(Some(Syntax::Words)),
            _ => {
                let sentence = format!("`{key}` is {word:?}; it must be one of {}.", SYNTAXES.join(", "));
                Err((self.span_of(key), sentence))
            }
        }
    }

    fn required<T>(
        &self,
        key: &str,
        take: impl FnOnce(&Self, &str) -> Result<Option<T>, Mistake>,
    ) -> Result<T, Mistake> {
        let missing = || (self.span.clone(), format!("There is no `{key}` in {}; add it.", self.what));
        take(self, key)?.ok_or_else(missing)
    }

    /// A key that means something only beside another.
    fn needing<T>(
        &self,
        key: &str,
        other: &str,
        take: impl FnOnce(&Self, &str) -> Result<Option<T>, Mistake>,
    ) -> Result<Option<T>, Mistake> {
        if self.has(key) && !self.has(other) {
            return Err((
                self.span_of(key),
                format!("`{key}` says how to read `{other}`, which is not there; add it."),
            ));
        }
        take(self, key)
    }
}

fn kind_of(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {:?}", text.chars().take(40).collect::<String>()),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(number) => format!("the number {number}"),
        DeValue::Boolean(flag) => format!("{flag}"),
        DeValue::Datetime(when) => format!("the date {when}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// The known word nearest to `word`, if one is near enough to be meant.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    // The time of the distance is the product of the lengths, and nobody misspells a page.
    if word.len() > MAX_NAME {
        return None;
    }
    let near = known.iter().map(|candidate| (strsim::osa_distance(word, candidate), *candidate));
    near.filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 3)
        .min()
        .map(|(_, candidate)| candidate)
}
