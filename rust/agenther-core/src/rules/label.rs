//! What rules speak for: the six types of failure, and labels that packs declare.

use toml::de::DeTable;

use super::diagnostic::nearest;
use super::rule::Origin;
use super::table::{Sink, Table};
use crate::verdict::FailureType;

/// The keys of a label.
pub const KEYS: &[&str] = &["summary", "type"];

/// Longest name of a label.
const MAX_NAME: usize = 64;

/// A label that a pack declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// What a run with it is like.
    pub summary: String,
    /// The type of failure that it belongs to, if any.
    pub failure_type: Option<FailureType>,
    /// The file that declares it.
    pub file: String,
    /// Where it stands, for what is said of it once all packs are read.
    pub(super) origin: Origin,
}

/// The labels that packs declare.
#[derive(Debug, Default)]
pub struct Labels(Vec<Declared>);

/// The words of the language for [`FailureType`].
const TYPES: [(&str, FailureType); 6] = {
    use FailureType::*;
    [
        ("incomplete", Incomplete),
        ("constraint_violation", ConstraintViolation),
        ("wrong_result", WrongResult),
        ("tool_error", ToolError),
        ("hallucination", Hallucination),
        ("off_topic", OffTopic),
    ]
};

impl Labels {
    /// Adds the labels of a `[labels]` table; reports what is wrong with them.
    pub fn declare(&mut self, table: &DeTable<'_>, origin: Origin, sink: &mut Sink<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let Some(inner) = value.get_ref().as_table() else {
                let title = format!("The label `{name}` is no table.");
                let help = format!("Write `[labels.{name}]` and its `summary` below it.");
                sink.error("wrong-type", value.span(), title, Some(help));
                continue;
            };
            if let Some((title, help)) = self.unusable(name) {
                sink.error("bad-label", key.span(), title, Some(help));
                continue;
            }
            let inner = Table::new(inner, value.span(), "a label", KEYS, sink);
            self.0.push(Declared {
                name: name.to_owned(),
                summary: inner.required("summary", sink),
                failure_type: inner.word("type", &TYPES, sink),
                file: sink.file.to_owned(),
                origin: Origin { at: key.span().start, ..origin },
            });
        }
    }

    /// Why a name cannot be that of a new label, and what to do.
    fn unusable(&self, name: &str) -> Option<(String, String)> {
        let is_word = name.len() <= MAX_NAME
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !is_word {
            let title = format!(
                "The label {name:?} is not a word of at most {MAX_NAME} small letters, digits and `_`."
            );
            return Some((title, "Write it as `policy_breach`.".to_owned()));
        }
        if TYPES.iter().any(|(known, _)| *known == name) {
            let title = format!("The label `{name}` is a type of failure already.");
            return Some((
                title,
                "Rules may use it as it is; a label of a pack needs a name of its own.".to_owned(),
            ));
        }
        let taken = self.0.iter().find(|label| label.name == name)?;
        let title = format!("The label `{name}` is declared in {} already.", taken.file);
        Some((title, "Declare it once: rules of all packs may use it.".to_owned()))
    }

    /// The labels that a file declares.
    pub fn declared_in(&self, origin: Origin) -> impl Iterator<Item = &Declared> {
        let place = (origin.source, origin.file);
        self.0.iter().filter(move |label| (label.origin.source, label.origin.file) == place)
    }

    /// The label that stands in a table, and its type.
    pub fn of_rule(
        &self,
        table: &Table<'_, '_>,
        sink: &mut Sink<'_>,
    ) -> Option<(String, Option<FailureType>)> {
        if table.get("label").is_none() {
            table.missing("label", sink);
        }
        let name = table.string("label", sink)?;
        let found = self.named(&name);
        if found.is_none() {
            let known =
                || TYPES.iter().map(|(word, _)| *word).chain(self.0.iter().map(|label| label.name.as_str()));
            let title =
                format!("`label` is {name:?}; labels are {}.", known().collect::<Vec<_>>().join(", "));
            let help = match nearest(&name, known()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "A label of your own is declared by `[labels.NAME]` with a `summary`.".to_owned(),
            };
            sink.error("unknown-label", table.span_of("label"), title, Some(help));
        }
        Some((name, found?))
    }

    /// The type of a label; the outer `None` is that there is no such label.
    fn named(&self, name: &str) -> Option<Option<FailureType>> {
        let of_type =
            TYPES.iter().find(|(word, _)| *word == name).map(|(_, failure_type)| Some(*failure_type));
        of_type.or_else(|| self.0.iter().find(|label| label.name == name).map(|label| label.failure_type))
    }
}
