//! Which fields of a result a clause is about: those that the run went on to use or the user spoke of, else
//! those that people ask for most.

use super::answer;
use super::call::Call;
use super::codes::country;
use super::fields::{field_label, is_identifier, is_noise};
use super::moments::is_stamp;
use super::noun_kinds::{is_side, is_sum};
use super::nouns::is_everyday_word;
use super::payload::Node;
use super::roles::Role;
use super::subject::Subject;
use super::usage::{Usage, fields};
use super::words::attribute;
use crate::hindsight::wording::{humanize, is_plural_phrase, singular};
use crate::signals::effect;
use crate::text::document::Kind;

/// Fields that one clause asks for by name: a fourth makes a form of it.
const MAX_FIELDS: usize = 3;

/// Fields of a record in a field, beyond which nobody asks for it unless the run used it.
const MAX_NESTED: usize = 6;

/// Fields of a part of a thing that are told as a whole.
const MAX_WHOLE: usize = 6;

/// Fields of a row that are all told: who asks for the fares wants what they are for, and the unit.
const MAX_COLUMNS: usize = 8;

/// What people ask of things, most wanted first.
const SALIENT: &[&str] = &[
    "value",
    "result",
    "reading",
    "status",
    "state",
    "price",
    "cost",
    "total",
    "balance",
    "amount",
    "revenue",
    "income",
    "profit",
    "fare",
    "rate",
    "rating",
    "availability",
    "stock",
    "quantity",
    "date",
    "time",
    "departure",
    "arrival",
    "start",
    "end",
    "condition",
    "conditions",
    "description",
    "text",
    "message",
    "content",
    "comment",
    "temperature",
    "author",
    "artist",
    "director",
    "genre",
    "stars",
    "score",
    "address",
    "location",
    "phone",
    "email",
    "title",
    "plan",
    "summary",
    "distance",
    "duration",
    "eta",
    "delivery",
    "expiry date",
    "due date",
    "year",
    "manager",
    "department",
    "doctor",
    "assignee",
    "reporter",
    "priority",
    "severity",
    "publisher",
    "source",
    "humidity",
    "cabin",
    "sender",
    "type",
    "category",
    "winner",
    "population",
    "capital",
    "version",
];

/// The fields that a clause is about.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Wanted {
    /// Those that the goal asks for by name.
    pub asked: Vec<String>,
    /// Those that the answer gives: the same, or all of them where the goal names none.
    pub keys: Vec<String>,
    /// Whether the tool's object is itself the field: `balance` of an account balance.
    pub is_object: bool,
}

impl Wanted {
    /// These fields and no others.
    pub fn exactly(keys: &[String]) -> Self {
        Wanted { asked: keys.to_vec(), keys: keys.to_vec(), is_object: false }
    }

    /// Of rows with few fields, where none is asked for by its name, all are told.
    fn with_all(mut self, calls: &[&Call<'_>]) -> Self {
        let keys = told(calls);
        let total = keys.len();
        if (1..=MAX_COLUMNS).contains(&total) {
            // Where there are few, all are told.
            let is_told = |key: &String| total <= MAX_FIELDS || is_said_of_named(calls, key);
            self.keys = keys.into_iter().filter(is_told).collect();
            if self.keys.is_empty() {
                self.keys.extend(row_name(calls));
            }
            self.asked.clear();
        }
        self
    }
}

/// The fields to ask for.
pub fn wanted(calls: &[&Call<'_>], subject: &Subject, usage: &Usage) -> Wanted {
    let keys = askable(calls, subject);
    if !calls[0].payload.node.is_list()
        && let Some(wanted) = object_itself(calls[0], &keys)
    {
        return wanted;
    }
    let mut used = used(calls, &keys, usage);
    used.retain(|key| !is_heavy(calls, key));
    let wanted = as_it_is(calls, subject, &keys, &used, usage)
        .or_else(|| by_use(calls, &used, usage))
        .unwrap_or_else(|| by_salience(calls, &keys));
    with_pictures(with_itself(wanted, calls[0], &keys), calls)
}

/// Who asks for the current phase is told it, whatever else is asked of it: the field that the tool is named for.
fn with_itself(mut wanted: Wanted, call: &Call<'_>, keys: &[&str]) -> Wanted {
    let object: Vec<&str> = call.words.object.split(' ').collect();
    let is_itself = |key: &&&str| {
        let Some(label) = field_label(key).filter(|_| object.len() > 1) else { return false };
        let words: Vec<&str> = label.split(' ').collect();
        words.len() > 1 && words.last() == object.last() && words.iter().all(|word| object.contains(word))
    };
    if !wanted.asked.is_empty()
        && let Some(key) = keys.iter().find(is_itself)
        && !wanted.keys.iter().any(|known| known == key)
    {
        wanted.keys.push(key.to_string());
    }
    wanted
}

/// Pictures are told by where they are, whatever else is told of them.
fn with_pictures(mut wanted: Wanted, calls: &[&Call<'_>]) -> Wanted {
    const PICTURES: &[&str] =
        &["image", "picture", "photo", "photograph", "gif", "wallpaper", "poster", "avatar", "meme"];
    let object = singular(&calls[0].words.object);
    let is_place = |(key, value): &(&str, &Node)| {
        let last = effect::words(key).last().unwrap_or("").to_ascii_lowercase();
        matches!(last.as_str(), "url" | "uri" | "link" | "src" | "href")
            && value.text().is_some_and(|text| text.starts_with("http"))
    };
    if PICTURES.iter().any(|picture| object.ends_with(picture)) && !wanted.keys.is_empty() {
        let place = fields(&calls[0].payload.node).into_iter().find(is_place);
        let missing = place.filter(|(key, _)| !wanted.keys.iter().any(|known| known == key));
        wanted.keys.extend(missing.map(|(key, _)| key.to_string()));
    }
    wanted
}

/// Whether a list says by this field when its rows are.
fn dates(calls: &[&Call<'_>], key: &str) -> bool {
    calls[0].payload.node.is_list()
        && ["date", "time", "start", "when"].iter().any(|word| key.to_ascii_lowercase().ends_with(word))
}

/// The fields that tell rows apart, and all of a record.
fn columns<'k>(calls: &[&Call<'_>], keys: &[&'k str]) -> Vec<&'k str> {
    let is_list = calls[0].payload.node.is_list();
    keys.iter().copied().filter(|key| !is_list || varies(calls, key)).collect()
}

/// The fields that the run used or the user spoke of; none where that is what people rarely ask for, or a date alone.
fn used<'k>(calls: &[&Call<'_>], keys: &[&'k str], usage: &Usage) -> Vec<&'k str> {
    let is_used = |key: &str| calls.iter().any(|call| usage.is_used(call.step, key));
    if !keys.iter().any(|key| is_used(key) && !is_minor(key) && !dates(calls, key)) {
        return Vec::new();
    }
    // What is listed by date is wanted with its date.
    let mut used = columns(calls, keys);
    used.retain(|key| is_used(key) || dates(calls, key));
    // What the user spoke of comes first; beyond the third, what people rarely ask for goes.
    used.sort_by_key(|key| !usage.is_asked(key));
    // A trip has two ends, and so has a period.
    const ENDS: &[(&str, &str)] =
        &[("origin", "destination"), ("destination", "origin"), ("start", "end"), ("end", "start")];
    for &(end, other) in ENDS {
        let at = used.iter().position(|key| *key == end);
        if let Some(at) = at.filter(|_| !used.contains(&other) && keys.contains(&other)) {
            used.insert(at + 1, other);
        }
    }
    used
}

/// A record that is asked for without naming its fields, where the run carried none of them on.
fn as_it_is(
    calls: &[&Call<'_>],
    subject: &Subject,
    keys: &[&str],
    used: &[&str],
    usage: &Usage,
) -> Option<Wanted> {
    let whole = |keys| Some(Wanted { asked: Vec::new(), keys, is_object: false });
    if let [only] = used
        && is_list_of(calls[0], only)
        && names_part(calls[0], subject)
    {
        return whole(keys.iter().map(|key| key.to_string()).collect());
    }
    let is_carried = || keys.iter().any(|key| calls.iter().any(|call| usage.is_carried(call.step, key)));
    // Nobody asks for the high of a threshold: it is told with the low.
    let is_bare = |key: &&str| {
        field_label(key).is_some_and(|label| matches!(label.as_str(), "high" | "low" | "free" | "open"))
    };
    let is_asked_whole = is_whole(calls, subject)
        && (is_state(&calls[0].words.object) || used.iter().any(is_bare) || !is_carried());
    if calls[0].payload.node.is_list() || !is_asked_whole {
        return None;
    }
    let told = told(calls);
    if (1..=MAX_WHOLE).contains(&told.len()) { whole(told) } else { None }
}

/// The fields that were used, by their names.
fn by_use(calls: &[&Call<'_>], used: &[&str], usage: &Usage) -> Option<Wanted> {
    if used.is_empty() {
        return None;
    }
    let is_said = |key: &&str| usage.is_asked(key) || is_sayable(key);
    // Those that people have words for are asked for.
    let is_list = calls[0].payload.node.is_list();
    let said: Vec<&str> = used.iter().copied().filter(|key| is_said(key)).collect();
    // Of a record without a word for what was used, what people ask for is asked for.
    if said.is_empty() && !is_list {
        return None;
    }
    let used = if said.is_empty() { used } else { &said };
    let wanted = Wanted::exactly(&first_few(used, usage));
    // That they are dated goes without saying, and so do the symbols of symbols.
    let object = singular(&calls[0].words.object);
    let is_implied =
        |key: &&str| dates(calls, key) || field_label(key).is_some_and(|label| object.ends_with(&label));
    let is_bare_list = is_list && (used.iter().all(is_implied) || !used.iter().all(is_said));
    Some(if is_bare_list { wanted.with_all(calls) } else { wanted })
}

/// Whether people say the words of a field: the tax, but not the `vwc`.
fn is_sayable(key: &str) -> bool {
    field_label(key)
        .is_some_and(|label| label.split([' ', '-']).all(|word| word == "creation" || is_everyday_word(word)))
}

/// What people ask for most; of few fields all.
fn by_salience(calls: &[&Call<'_>], keys: &[&str]) -> Wanted {
    let columns: Vec<&str> = columns(calls, keys).into_iter().filter(|key| !is_heavy(calls, key)).collect();
    let mut salient: Vec<&str> = columns.iter().copied().filter(|key| salience(key).is_some()).collect();
    salient.sort_by_key(|key| salience(key));
    salient.truncate(MAX_FIELDS);
    // In the order of the result, which groups what belongs together.
    salient.sort_by_key(|key| keys.iter().position(|known| known == key));
    let owned = |keys: &[&str]| keys.iter().map(|key| key.to_string()).collect::<Vec<_>>();
    let unnamed = |keys| Wanted { asked: Vec::new(), keys, is_object: false };
    match (calls[0].payload.node.is_list(), keys.len(), salient.len()) {
        (true, _, 1..) => unnamed(owned(&salient)).with_all(calls),
        // A list of names is the names.
        (true, 0, _) => unnamed(row_name(calls).into_iter().collect()).with_all(calls),
        (true, ..) => unnamed(owned(keys)).with_all(calls),
        (false, ..=MAX_FIELDS, _) => Wanted::exactly(&owned(keys)),
        (false, _, 2..) => Wanted::exactly(&owned(&salient)),
        _ => Wanted::default(),
    }
}

/// Whether a field is a record of many fields or a list of such: it is told only where it was used.
fn is_heavy(calls: &[&Call<'_>], key: &str) -> bool {
    let is_wide = |node: &Node| {
        let Node::Record(fields) = node else { return false };
        // What has a name is told by it, and keys of a map are no fields.
        let is_deep = || fields.iter().any(|(_, value)| is_nested(value));
        (fields.len() > MAX_NESTED || is_deep())
            && answer::name_of(fields).is_none()
            && !answer::is_map_of_records(fields)
    };
    let values = calls.iter().flat_map(|call| fields(&call.payload.node)).filter(|(known, _)| *known == key);
    values.into_iter().any(|(_, value)| is_wide(value) || value.is_list() && value.rows().iter().any(is_wide))
}

/// Whether a value is a record without a name, or a list of such.
fn is_nested(value: &Node) -> bool {
    let is_bare = |node: &Node| matches!(node, Node::Record(fields) if fields.len() > 1 && answer::name_of(fields).is_none());
    is_bare(value) || value.is_list() && value.rows().iter().any(is_bare)
}

/// Whether the value under a key is a list of records.
fn is_list_of(call: &Call<'_>, key: &str) -> bool {
    let value = call.payload.node.get(key);
    matches!(value, Some(Node::List(items)) if items.iter().any(|item| matches!(item, Node::Record(_))))
}

/// Whether the tool gives a part of the thing asked about, which is then asked for as it is: the inventory of a player.
fn names_part(call: &Call<'_>, subject: &Subject) -> bool {
    match subject {
        Subject::Named { entity, .. } => !attribute(&call.words.object, entity).is_empty(),
        Subject::Of(_) => true,
        _ => false,
    }
}

/// Whether a record is asked for as it is: a part of a thing, or several that it holds by their names, as the ticket
/// prices.
fn is_whole(calls: &[&Call<'_>], subject: &Subject) -> bool {
    let object = &calls[0].words.object;
    let is_flat = |(_, value): &(String, Node)| matches!(value, Node::Scalar(..));
    let names_several = is_plural_phrase(object)
        && matches!(&calls[0].payload.node, Node::Record(fields) if fields.iter().all(is_flat));
    let is_side = matches!(&calls[0].payload.node, Node::Record(fields) if fields.iter().all(is_simple))
        && is_side(object);
    !is_sum(object) && (names_part(calls[0], subject) || names_several || is_side || is_state(object))
}

/// Whether a thing is a status, of which whoever asks is told each part.
fn is_state(object: &str) -> bool {
    matches!(object.rsplit(' ').next(), Some("status" | "state"))
}

/// Whether a value is one, or a list of ones.
fn is_simple((_, value): &(String, Node)) -> bool {
    match value {
        Node::List(items) => items.iter().all(|item| matches!(item, Node::Scalar(..))),
        value => matches!(value, Node::Scalar(..)),
    }
}

/// Whether a field is told of rows: of such with names, only what people have words for.
fn is_said_of_named(calls: &[&Call<'_>], key: &str) -> bool {
    let is_named = row_name(calls).is_some_and(|name| matches!(name.as_str(), "name" | "title"));
    let values =
        || calls.iter().flat_map(|call| fields(&call.payload.node)).filter(|(known, _)| *known == key);
    let is_flag = || values().all(|(_, value)| matches!(value, Node::Scalar(_, Kind::Bool)));
    !is_named || is_sayable(key) && !is_flag() && !is_heavy(calls, key)
}

/// Every field that tells something, though nobody would ask for it by its name.
fn told(calls: &[&Call<'_>]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for (key, value) in calls.iter().flat_map(|call| fields(&call.payload.node)) {
        let is_told = !value.is_blank() && !is_identifier(key) && !is_unit(key) && !is_noise(key);
        if is_told && !is_stated(calls, value) && !keys.iter().any(|known| known == key) {
            keys.push(key.to_string());
        }
    }
    keys
}

/// The keys whose values a person may want: not those that the ask states, that name the row, that people know of
/// themselves, or that only systems use.
fn askable<'c>(calls: &[&'c Call<'_>], subject: &Subject) -> Vec<&'c str> {
    let is_stated = |value: &Node| is_stated(calls, value);
    // Labels of which one was asked for.
    let holds_stated = |value: &Node| match value {
        Node::List(items) => items.iter().any(|item| match item {
            Node::Record(fields) => fields.len() <= 2 && fields.iter().any(|(_, value)| is_stated(value)),
            item => is_stated(item),
        }),
        value => is_stated(value),
    };
    let row_name = row_name(calls);
    let is_list = calls[0].payload.node.is_list();
    let is_record = |row: &Node| matches!(row, Node::Record(_));
    let is_own = matches!(subject, Subject::Own { .. });
    let login = match subject {
        Subject::Mine { login: Some(login), .. } => Some(login.value.as_str()),
        _ => None,
    };
    let mut keys: Vec<&str> = Vec::new();
    for (key, value) in calls.iter().flat_map(|call| fields(&call.payload.node)) {
        // Every row of a list has the same keys.
        if keys.contains(&key) {
            continue;
        }
        // That it is available needs no asking for where only what is available was found.
        let is_plain = key == "status"
            && value.text().is_some_and(|text| matches!(text, "available" | "ok" | "OK" | "success"));
        let is_flag = matches!(value, Node::Scalar(_, Kind::Bool))
            && field_label(key).is_some_and(|label| !label.ends_with("ability"));
        // A customer whose object is `customer`.
        let object = singular(&calls[0].words.object);
        let is_kind = value.text().map(|text| singular(&humanize(text))).is_some_and(|kind| {
            object.strip_suffix(kind.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
        });
        // What some rows lack cannot be told of each.
        let is_of_all = || {
            calls.iter().all(|call| {
                call.payload.node.rows().iter().all(|row| !is_record(row) || row.get(key).is_some())
            })
        };
        // The account of an account is no answer.
        let is_itself = field_label(key).is_some_and(|label| names_entity(calls[0], &label));
        let is_path =
            value.text().is_some_and(|text| text.starts_with('/') && text.len() > 1 && !text.contains(' '));
        // Kinds by number, of which only the interface knows the meaning.
        let is_coded = matches!(value, Node::Scalar(_, Kind::Number))
            && effect::words(key)
                .last()
                .is_some_and(|last| matches!(last, "type" | "flags" | "kind" | "Type"));
        let is_known = is_plain
            || is_coded
            || is_of_call(key)
            || is_itself && !matches!(value, Node::Scalar(..))
            || is_path
            || is_list && !is_of_all()
            || is_echoed_place(key, value)
            || is_flag
            || is_kind
            || value.text().is_some_and(is_stamp)
            || is_unit(key)
            || holds_stated(value)
            || Some(key) == row_name.as_deref()
            || is_own && is_personal(key)
            || login.is_some() && value.text() == login
            || names_an_id(key, value);
        if !value.is_blank() && !is_known && field_label(key).is_some() {
            keys.push(key);
        }
    }
    keys
}

/// Whether a field says that the call was answered, which is no answer.
pub fn is_of_call(key: &str) -> bool {
    const STATES: &[&str] =
        &["response code", "response message", "result code", "status code", "status message"];
    field_label(key).is_some_and(|label| STATES.contains(&label.as_str()))
}

/// Whether a call takes a thing by this name: the account of `account_number`.
fn names_entity(call: &Call<'_>, label: &str) -> bool {
    call.given.iter().any(|given| matches!(&given.role, Role::Identity { entity, .. } if entity == label))
}

/// Whether a value is the place that was asked about, as a service knows it, or nothing but where it lies.
pub fn is_echoed_place(key: &str, value: &Node) -> bool {
    let Node::Record(fields) = value else { return false };
    let is_degrees = |key: &str| matches!(key, "lat" | "lng" | "lon" | "latitude" | "longitude");
    matches!(key, "location" | "coordinates" | "coord" | "geometry" | "position")
        && fields.iter().any(|(key, _)| is_degrees(key) || key == "name")
}

/// Whether the calls were given a value.
pub fn is_stated(calls: &[&Call<'_>], value: &Node) -> bool {
    // The ingredients that recipes were looked for by.
    if let Node::List(items) = value {
        return !items.is_empty() && items.iter().all(|item| is_stated(calls, item));
    }
    value.text().is_some_and(|text| {
        calls.iter().flat_map(|call| &call.given).flat_map(|given| &given.values).any(|stated| {
            // `Q1 2025` states the quarter and the year.
            stated.eq_ignore_ascii_case(text)
                || country("country", text) == stated
                || stated.split(' ').any(|word| word.eq_ignore_ascii_case(text))
                || says_name(text, stated)
        }) || is_pair_of_stated(calls, text)
    })
}

/// `USD/JPY`, where both were given.
fn is_pair_of_stated(calls: &[&Call<'_>], text: &str) -> bool {
    let is_given = |part: &str| {
        let mut values = calls.iter().flat_map(|call| &call.given).flat_map(|given| &given.values);
        values.any(|value| value.eq_ignore_ascii_case(part))
    };
    text.split_once('/').is_some_and(|(base, quote)| is_given(base) && is_given(quote))
}

/// Whether a result is more than what was asked for by, said again.
pub fn tells_something(calls: &[&Call<'_>]) -> bool {
    let is_new =
        |(key, value): &(String, Node)| !value.is_blank() && !is_identifier(key) && !is_stated(calls, value);
    calls.iter().any(|call| match &call.payload.node {
        Node::Record(fields) => fields.iter().any(is_new),
        // What has an identifier was found, and is told by it.
        Node::List(rows) => {
            rows.is_empty()
                || rows.iter().any(|row| match row {
                    Node::Record(fields) => {
                        fields.iter().any(|field| is_new(field) || is_identifier(&field.0))
                    }
                    _ => true,
                })
        }
        _ => true,
    })
}

/// Whether a name is the one that was stated, with more of it: `Rosalind T. Achebe` of `Rosalind Achebe`.
fn says_name(name: &str, stated: &str) -> bool {
    let mut words = name.split(' ');
    stated.contains(' ') && stated.split(' ').all(|word| words.any(|known| known.eq_ignore_ascii_case(word)))
}

/// What a figure beside it is measured in.
pub fn is_unit(key: &str) -> bool {
    matches!(key, "currency" | "unit" | "units" | "currency_code" | "currencyCode")
}

/// The key whose values name the rows of a list.
fn row_name(calls: &[&Call<'_>]) -> Option<String> {
    let node = &calls[0].payload.node;
    answer::naming_key(node.rows()).filter(|_| node.is_list()).map(str::to_string)
}

/// `balance` of an account balance, `value` of a reading.
fn object_itself(call: &Call<'_>, keys: &[&str]) -> Option<Wanted> {
    let object = &call.words.object;
    let head = object.rsplit(' ').next().unwrap_or(object);
    let names_object = |key: &str| {
        field_label(key).is_some_and(|label| {
            // The moisture is what it is, in percent.
            let share = label.strip_suffix(" percentage").filter(|_| head.len() < object.len());
            let label = share.unwrap_or(&label);
            label == object
                || label == head
                || label == singular(head)
                || label == "datetime" && matches!(head, "time" | "date")
        })
    };
    let is_flag = |key: &str| matches!(call.payload.node.get(key), Some(Node::Scalar(_, Kind::Bool)));
    let is_value =
        |key: &str| matches!(key, "value" | "reading" | "result") && keys.iter().all(|key| !is_measure(key));
    // What a conversion gives is its result.
    const CONVERTED: &[&str] = &[
        "converted_amount",
        "convertedAmount",
        "converted",
        "translation",
        "translated_text",
        "translatedText",
        "translated",
        "result",
        "amount",
        "value",
        "output",
    ];
    if matches!(call.words.verb.as_str(), "convert" | "translate")
        && let Some(key) = CONVERTED.iter().find(|key| keys.contains(key))
    {
        return Some(Wanted { asked: Vec::new(), keys: vec![key.to_string()], is_object: true });
    }
    // The opening hours are those of the days: `hours Mon-Fri`, `hours Sat`.
    let of_object: Vec<String> = keys
        .iter()
        .filter(|key| {
            field_label(key).is_some_and(|label| label.split(' ').next() == Some(head) && label != head)
        })
        .map(|key| key.to_string())
        .collect();
    if of_object.len() >= 2 {
        return Some(Wanted { asked: Vec::new(), keys: of_object, is_object: false });
    }
    let key = keys.iter().find(|key| (names_object(key) || is_value(key)) && !is_flag(key))?;
    Some(Wanted { asked: Vec::new(), keys: vec![key.to_string()], is_object: true })
}

fn salience(key: &str) -> Option<usize> {
    let label = field_label(key)?;
    let last = label.rsplit(' ').next().unwrap_or(&label);
    // `price per night` is a price.
    let last = if label.starts_with("price ") { "price" } else { last };
    // An `IBAN end` is no end of a time.
    let is_last = |known: &&str| *known == last && !matches!(last, "start" | "end");
    SALIENT.iter().position(|known| *known == label || is_last(known))
}

/// The first three, origin and destination counted as one: they are said as the route.
fn first_few(keys: &[&str], usage: &Usage) -> Vec<String> {
    let ends = |key: &str| matches!(key, "origin" | "destination");
    let mut keys = keys.to_vec();
    let many = keys.len() > MAX_FIELDS + usize::from(keys.iter().filter(|key| ends(key)).count() == 2);
    if many {
        let plain = |key: &&str| usage.is_asked(key) || ends(key) || !is_minor(key);
        keys.retain(plain);
    }
    let room = MAX_FIELDS + usize::from(keys.iter().filter(|key| ends(key)).count() == 2);
    keys.truncate(room);
    keys.into_iter().map(str::to_string).collect()
}

/// Fields that a person asks for only when no others are left.
fn is_minor(key: &str) -> bool {
    let Some(label) = field_label(key) else { return true };
    let last = label.rsplit(' ').next().unwrap_or(&label);
    matches!(
        last,
        "type" | "currency" | "version" | "zone" | "address1" | "address2" | "created" | "history" | "kind"
    )
}

/// Whether the rows differ in a field: a column that says the same of every row tells nothing.
fn varies(calls: &[&Call<'_>], key: &str) -> bool {
    let mut values = calls.iter().flat_map(|call| call.payload.node.rows()).filter_map(|row| row.get(key));
    let Some(first) = values.next() else { return true };
    let rest: Vec<&Node> = values.collect();
    let differs = first.text().is_none() || rest.iter().any(|value| *value != first);
    differs || rest.len() < 2 && !matches!(first, Node::Scalar(_, Kind::Bool))
}

/// Whether a key is neither the value itself nor its unit or time.
fn is_measure(key: &str) -> bool {
    !["value", "reading", "result", "unit", "units", "currency", "timestamp", "time", "date", "updated_at"]
        .contains(&key)
}

/// What people know of themselves.
fn is_personal(key: &str) -> bool {
    [
        "name",
        "first_name",
        "last_name",
        "full_name",
        "dob",
        "date_of_birth",
        "birthdate",
        "birthday",
        "email",
        "gender",
        "username",
    ]
    .iter()
    .any(|known| key.eq_ignore_ascii_case(known))
}

/// An identifier of something else, or a list of them, which only the system cares for.
pub fn names_an_id(key: &str, value: &Node) -> bool {
    let is_plain = match value {
        Node::Scalar(..) => true,
        Node::List(items) => items.iter().all(|item| matches!(item, Node::Scalar(..))),
        Node::Record(_) => false,
    };
    is_plain && is_identifier(key)
}
