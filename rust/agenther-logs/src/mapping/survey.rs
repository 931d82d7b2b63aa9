//! What the fields of a sample are called and hold.

use std::collections::HashMap;

use super::path::decoded;
use super::vocabulary::is_kind;
use crate::json::Value;

/// Fields looked at, at most; further ones are of little use to a person who reads a draft.
const FIELDS: usize = 256;
/// Members of one object looked at.
const MEMBERS: usize = 64;
/// Examples kept of a field, and characters of each.
const EXAMPLES: usize = 24;
const EXAMPLE: usize = 400;
/// Members that say what kind of event an object is, and kinds of one list at most.
const DISCRIMINATORS: &[&str] = &["type", "kind", "event", "event_type", "step_type", "role", "source"];
const KINDS: usize = 16;
/// Names that say nothing of what they hold.
const GENERIC: &[&str] = &["content", "text", "data", "message", "value", "body", "payload"];
/// How well a field fits at most whose name only has a wanted name in it.
pub(super) const WORD_OF_A_NAME: i32 = 50;

/// One field, over all objects of the sample.
#[derive(Debug, Default)]
pub(super) struct Field {
    pub path: String,
    /// Its key in lower case, words joined by `_`.
    pub name: String,
    /// The key around it, likewise.
    pub parent: String,
    pub seen: usize,
    pub texts: usize,
    pub flags: usize,
    pub numbers: usize,
    pub lists: usize,
    pub objects: usize,
    /// Words in all its texts.
    pub words: usize,
    pub examples: Vec<String>,
}

impl Field {
    /// Takes in the same field of other objects.
    pub fn add(&mut self, other: Field) {
        self.seen += other.seen;
        self.texts += other.texts;
        self.flags += other.flags;
        self.numbers += other.numbers;
        self.lists += other.lists;
        self.objects += other.objects;
        self.words += other.words;
        let room = EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.into_iter().take(room));
    }

    /// The same in events of one kind only.
    fn of_kind(self, key: &str, kind: &str) -> Field {
        let path = format!("[{key}={kind}].{}", self.path);
        match (self.path.contains('.'), GENERIC.contains(&&*self.name)) {
            (true, _) => Field { path, ..self },
            (false, true) => Field { path, name: normalised(kind), ..self },
            (false, false) => Field { path, parent: normalised(kind), ..self },
        }
    }

    /// Most often a text.
    pub fn is_text(&self) -> bool {
        self.texts * 2 > self.seen
    }

    /// How many words its texts have on average.
    pub fn mean_words(&self) -> usize {
        self.words / self.texts.max(1)
    }

    /// Whether most of its examples are such.
    pub fn mostly(&self, is: impl Fn(&str) -> bool) -> bool {
        let many = self.examples.iter().filter(|example| is(example)).count();
        many * 5 > self.examples.len() * 3
    }

    /// Whether it is the field at a path, or stands inside of it.
    pub fn is_in(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// How well its name fits one of `names`, which are in order of how telling they are; 0 where
    /// it does not.
    pub fn called(&self, names: &str) -> i32 {
        let with_parent = format!("{}.{}", self.parent, self.name);
        let exactly = |name: &str| name == self.name || name == with_parent;
        if let Some(at) = names.split_whitespace().position(exactly) {
            return 100 - 2 * at as i32;
        }
        let among = |name: &str| self.name.split('_').any(|word| word == name);
        names.split_whitespace().position(among).map_or(0, |at| WORD_OF_A_NAME - at as i32)
    }
}

/// The fields of objects, in the order in which they are met, down to `depth` keys.
pub(super) fn survey(objects: &[Value<'_, '_>], depth: usize, skipped: &str) -> Vec<Field> {
    let mut survey = Survey { fields: Vec::new(), places: HashMap::new(), skipped };
    objects.iter().for_each(|object| survey.members("", "", *object, depth));
    survey.fields
}

/// The fields of the elements of a list. Where the list is one of events that share fields
/// (`{type, content}`), those fields are told apart by the kind of the event.
pub(super) fn survey_elements(elements: &[Value<'_, '_>], depth: usize) -> Vec<Field> {
    let mut fields = survey(elements, depth, "");
    let Some((key, kinds)) = kinds_of(elements) else { return fields };
    let has =
        |objects: &[Value<'_, '_>], path: &str| objects.iter().any(|object| object.any_of(&[path]).is_some());
    let shared: Vec<String> = fields
        .iter()
        .filter(|field| kinds.iter().filter(|(_, objects)| has(objects, &field.path)).count() > 1)
        .map(|field| field.path.clone())
        .collect();
    let is_shared = |field: &Field| shared.iter().any(|path| field.is_in(path));
    fields.retain(|field| !is_shared(field) && field.path != key);
    for (kind, objects) in kinds {
        let of_kind =
            survey(&objects, depth, "").into_iter().filter(|field| is_shared(field) && field.path != key);
        fields.extend(of_kind.map(|field| field.of_kind(key, &kind)));
    }
    fields
}

/// The events of a list by their kind.
type Kinds<'t, 'a> = Vec<(String, Vec<Value<'t, 'a>>)>;

/// The member that tells the events of a list apart, and the events of each kind.
fn kinds_of<'t, 'a>(elements: &[Value<'t, 'a>]) -> Option<(&'static str, Kinds<'t, 'a>)> {
    DISCRIMINATORS.iter().find_map(|key| {
        let mut kinds: Kinds<'t, 'a> = Vec::new();
        for element in elements {
            let kind = element.get(key)?.text()?.into_owned();
            match kinds.iter().position(|(known, _)| *known == kind) {
                Some(place) => kinds[place].1.push(*element),
                None => kinds.push((kind, vec![*element])),
            }
            if kinds.len() > KINDS {
                return None;
            }
        }
        let telling = kinds.iter().filter(|(kind, _)| is_kind(&normalised(kind))).count();
        let usable = kinds.iter().all(|(kind, _)| is_usable(kind) && !kind.contains([']', '=']));
        (telling > 1 && usable).then_some((*key, kinds))
    })
}

struct Survey<'s> {
    fields: Vec<Field>,
    places: HashMap<String, usize>,
    /// A path that is not looked into.
    skipped: &'s str,
}

impl Survey<'_> {
    fn members(&mut self, path: &str, parent: &str, object: Value<'_, '_>, depth: usize) {
        if depth == 0 {
            return;
        }
        for (key, value) in object.members().take(MEMBERS).filter(|(key, _)| is_usable(key)) {
            let path = extended(path, &key);
            if self.skipped == path {
                continue;
            }
            let name = normalised(&key);
            self.note(&path, &name, parent, value);
            if value.is_object() {
                self.members(&path, &name, value, depth - 1);
            } else if let Some(text) = value.text() {
                decoded(&text, |inner| self.members(&path, &name, inner, depth - 1));
            }
        }
    }

    fn note(&mut self, path: &str, name: &str, parent: &str, value: Value<'_, '_>) {
        let place = match self.places.get(path) {
            Some(place) => *place,
            None if self.fields.len() == FIELDS => return,
            None => {
                self.places.insert(path.to_owned(), self.fields.len());
                let (path, name, parent) = (path.to_owned(), name.to_owned(), parent.to_owned());
                self.fields.push(Field { path, name, parent, ..Field::default() });
                self.fields.len() - 1
            }
        };
        let field = &mut self.fields[place];
        if value.is_null() {
            return;
        }
        field.seen += 1;
        match value.text() {
            Some(text) => {
                field.texts += 1;
                field.words += text.split_whitespace().count();
            }
            None if value.as_bool().is_some() => field.flags += 1,
            None if value.is_array() => field.lists += 1,
            None if value.is_object() => field.objects += 1,
            None => field.numbers += 1,
        }
        if field.examples.len() < EXAMPLES
            && let Some(example) = value.text_or_json()
        {
            field.examples.push(example.chars().take(EXAMPLE).collect());
        }
    }
}

/// Whether a path can name the key.
fn is_usable(key: &str) -> bool {
    !key.is_empty() && !key.contains('"') && !key.contains(char::is_control)
}

/// A path and one key more.
pub(super) fn extended(path: &str, key: &str) -> String {
    let dot = if path.is_empty() { "" } else { "." };
    let quote = if key.contains(['.', '[']) { "\"" } else { "" };
    format!("{path}{dot}{quote}{key}{quote}")
}

/// `toolName`, `Tool-Name` and `tool_name` alike.
pub(super) fn normalised(key: &str) -> String {
    let mut name = String::new();
    let mut after_lower = false;
    for letter in key.chars().take(64) {
        let starts_word = letter.is_uppercase() && after_lower || !letter.is_alphanumeric();
        if starts_word && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        if letter.is_alphanumeric() {
            name.extend(letter.to_lowercase());
        }
        after_lower = letter.is_lowercase() || letter.is_ascii_digit();
    }
    name.trim_end_matches('_').to_owned()
}
