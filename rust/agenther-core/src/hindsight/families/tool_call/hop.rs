//! Asks that go through another call: what a list holds, what a search found first.
//!
//! An identifier that only an observation shows is never quoted in a goal. The goal says how to get to it.

use super::answer::{identified, naming_key, told};
use super::ask::{Clause, Material, clause};
use super::call::Call;
use super::given::Given;
use super::payload::Node;
use super::roles::Role;
use super::subject::SELVES;
use super::verbs::SYSTEMS;
use crate::hindsight::forms::date;
use crate::hindsight::provenance::Source;
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::{humanize, plural, singular};
use crate::hindsight::{Origin, Slot};
use crate::signals::effect;
use crate::text::needles::find;

const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
const COUNTS: [&str; 7] = ["", "one", "two", "three", "four", "five", "six"];

/// The identifiers that a list field of a result holds, in order.
fn members(list: &Node) -> Option<Vec<Vec<&str>>> {
    let Node::List(items) = list else { return None };
    Some(
        items
            .iter()
            .map(|item| match item {
                Node::Record(fields) => fields.iter().filter_map(|(_, value)| value.text()).collect(),
                other => other.text().into_iter().collect(),
            })
            .collect(),
    )
}

/// The lists of a result with the key they stand under; the result itself has none.
fn lists(node: &Node) -> Vec<(Option<&str>, &Node)> {
    match node {
        Node::List(_) => vec![(None, node)],
        Node::Record(fields) => fields
            .iter()
            .filter(|(_, value)| value.is_list())
            .map(|(key, value)| (Some(key.as_str()), value))
            .collect(),
        Node::Scalar(..) => Vec::new(),
    }
}

/// What a key identifies: `line` of `lineIds`, `employee` of `employee_id`.
fn without_id(key: &str) -> String {
    let words: Vec<&str> = effect::words(key).collect();
    let is_id = |word: &&str| matches!(word.to_ascii_lowercase().as_str(), "id" | "ids");
    let kept = if words.last().is_some_and(is_id) { &words[..words.len() - 1] } else { &words[..] };
    humanize(&of_no_system(kept).join("_"))
}

/// `owner` of `hubspot_owner`: of whichever system, an owner.
fn of_no_system<'s, 'w>(words: &'s [&'w str]) -> &'s [&'w str] {
    let is_of_system = words.len() > 1 && SYSTEMS.contains(&words[0].to_ascii_lowercase().as_str());
    &words[usize::from(is_of_system)..]
}

/// How a goal speaks of the things in a list of `parent`: their noun in the plural, and where they are.
pub fn place(
    parent: &Call<'_>,
    key: Option<&str>,
    material: &Material<'_, '_>,
) -> Option<(String, String, Clause)> {
    let parent_clause = material.alone(parent).ok()?;
    let said = |text: &str| text.chars().all(|letter| letter.is_alphabetic() || letter == ' ');
    let Some(key) = key else {
        let noun = plural(&parent.words.object);
        if parent_clause.preamble.is_some() {
            return Some((noun, format!("on {}", parent_clause.about), parent_clause));
        }
        let things = parent_clause.about.strip_prefix("the ").unwrap_or("");
        return match things.split_once(noun.as_str()) {
            // `the open tickets in the billing queue`
            Some((adjectives, place)) => {
                Some((format!("{adjectives}{noun}"), place.trim().to_string(), parent_clause))
            }
            // The loans of a member are asked for by the member.
            None if parent.identity().is_some() => {
                Some((noun, format!("of {}", parent_clause.about), parent_clause))
            }
            None => None,
        };
    };
    let noun = plural(&without_id(key));
    let about = parent_clause.about.strip_prefix("the ").unwrap_or(&parent_clause.about);
    let place = match &parent_clause.preamble {
        Some(_) => format!("on {}", parent_clause.about),
        // The accounts in an accounts balance are accounts.
        None if parent_clause.slots.is_empty() && about.starts_with(noun.as_str()) => String::new(),
        None => format!("of {}", parent_clause.about),
    };
    said(&noun).then_some((noun, place, parent_clause))
}

/// Clauses over the things of a list: all of them, or the first few, looked up one by one.
pub fn fan_outs(calls: &[Call<'_>], material: &Material<'_, '_>) -> Vec<Clause> {
    let mut out = Vec::new();
    for parent in calls.iter().filter(|call| !call.is_write && call.hop().is_none()) {
        for (key, list) in lists(&parent.payload.node) {
            let Some(members) = members(list).filter(|members| members.len() >= 2) else { continue };
            let mut tools: Vec<&str> = Vec::new();
            for call in calls.iter().filter(|call| !call.is_write && call.step > parent.step) {
                if !tools.contains(&call.tool) {
                    tools.push(call.tool);
                }
            }
            for tool in tools {
                out.extend(fan_out(parent, key, &members, tool, calls, material));
            }
        }
    }
    out
}

fn fan_out(
    parent: &Call<'_>,
    key: Option<&str>,
    members: &[Vec<&str>],
    tool: &str,
    calls: &[Call<'_>],
    material: &Material<'_, '_>,
) -> Option<Clause> {
    let mut by_member: Vec<Option<&Call<'_>>> = vec![None; members.len()];
    for call in
        calls.iter().filter(|call| call.tool == tool && call.step > parent.step && call.given.len() == 1)
    {
        let value = call.identity()?.values.first()?;
        if let Some(at) = members.iter().position(|member| member.contains(&value.as_str())) {
            by_member[at].get_or_insert(call);
        }
    }
    let prefix = by_member.iter().take_while(|call| call.is_some()).count();
    let all = prefix == members.len() && parent.payload.complete;
    // `The first six` sounds arbitrary; raters took up to five.
    let covered = if all { prefix } else { prefix.min(5) };
    if covered < 2 {
        return None;
    }
    let used: Vec<&Call<'_>> = by_member[..covered].iter().copied().flatten().collect();
    // The calls built as named things give the fields and the answer; only the words of the ask change.
    let named: Vec<Call<'_>> = used.iter().map(|call| named(call, parent)).collect();
    let refs: Vec<&Call<'_>> = named.iter().collect();
    let built = clause(&refs, None, material).ok()?;
    let (noun, place, parent_clause) = place(parent, key, material)?;
    let which = if all { "all the".to_string() } else { format!("the first {}", COUNTS[covered]) };
    let wanted = wanted(&built.imperative, used[0])?;
    // What is asked of each row of each thing.
    let with = built.imperative.split_once(", with ").map_or(String::new(), |(_, fields)| {
        format!(", with {}", fields.strip_suffix(" of each").unwrap_or(fields))
    });
    let mut steps = built.steps.clone();
    steps.extend(parent.steps());
    steps.sort_unstable();
    steps.dedup();
    Some(Clause {
        tool: built.tool,
        steps,
        about: built.about,
        preamble: parent_clause.preamble,
        imperative: format!("look up {which} {noun} {place} and {wanted} of each one{with}")
            .replace("  ", " "),
        question: None,
        slots: parent_clause.slots,
        prior: built.prior.min(parent_clause.prior) - if all { 0.0 } else { 0.1 },
        answer: built.answer,
        is_trivial: parent_clause.is_trivial,
    })
}

/// `tell me the cabin and flights` of `tell me the cabin and flights of reservations A and B`.
fn wanted(imperative: &str, call: &Call<'_>) -> Option<String> {
    let (wanted, _) = imperative.split_once(" of ")?;
    // Each one has one quote.
    let many = plural(&call.words.object);
    let is_object = wanted.ends_with(&format!("the {many}")) && !call.payload.node.is_list();
    Some(if is_object { wanted.replacen(&many, &singular(&many), 1) } else { wanted.to_string() })
}

/// The call with its identifiers taken as given, or as the names that the list has for them.
fn named<'a>(call: &Call<'a>, parent: &Call<'_>) -> Call<'a> {
    let mut call = call.clone();
    for given in call.given.iter_mut().filter(|given| given.opaque) {
        given.opaque = false;
        for value in &mut given.values {
            let known = found(parent, value).and_then(|found| name(&found, value)).map(str::to_string);
            *value = known.unwrap_or_else(|| value.clone());
        }
    }
    call
}

/// How a goal speaks of a thing whose identifier only a result shows.
struct Reference {
    /// `the company called Northwind`, `the deal "Northwind renewal"`, `the cheapest one`
    said: String,
    by: By,
    /// The clause of the call that showed it.
    parent: Clause,
    /// Whether the list that it is one of must be asked for first.
    leads: bool,
}

/// What a reference tells its thing by.
enum By {
    /// Its name, which only the result shows.
    Name(String),
    /// Its place in a list of such things.
    Place {
        /// `second`
        ordinal: &'static str,
        /// `reservation`
        noun: String,
    },
    /// Its being the only one, the cheapest, that of another thing.
    Itself,
}

/// A clause for a call whose identifier an earlier call returned.
pub fn through(call: &Call<'_>, calls: &[Call<'_>], material: &Material<'_, '_>) -> Result<Clause, Reason> {
    let (given, source, _) = call.hop().ok_or(Reason::OpaqueIdentifier)?;
    let Role::Identity { .. } = given.role else { return Err(Reason::OpaqueIdentifier) };
    let value = given.values.first().ok_or(Reason::OpaqueIdentifier)?;
    let parent = calls
        .iter()
        .find(|parent| parent.step == source && !parent.is_write && parent.hop().is_none())
        .ok_or(Reason::OpaqueIdentifier)?;
    let Reference { mut said, by, parent: listed, leads } =
        reference(parent, value, material).ok_or(Reason::OpaqueIdentifier)?;
    let mut steps: Vec<u32> = parent.steps().chain(call.steps()).collect();
    let mut told = Vec::new();
    let mut is_arbitrary = false;
    match by {
        By::Name(name) => {
            told.push(Slot {
                name: "name".to_string(),
                value: name,
                origin: Origin::Observation,
                step: call.step,
            });
        }
        // Raters found places in a list arbitrary, all but the first and the only one: a trip is better told by its ends.
        By::Place { ordinal, noun } if ordinal != ORDINALS[0] => match description(call, calls) {
            Some(description) => {
                let placed = format!("the {ordinal} {noun}");
                said = said.replacen(&placed, &format!("the {noun} {}", description.said), 1);
                steps.extend(description.before);
                told.extend(description.slots);
            }
            None => is_arbitrary = true,
        },
        By::Place { .. } | By::Itself => {}
    }
    steps.sort_unstable();
    steps.dedup();
    // What the reference says is not asked for, nor what the list says of the thing.
    let row =
        found(parent, value).into_iter().flat_map(|found| found.row).filter_map(|(_, value)| value.text());
    let mut described = call.clone();
    // What was said of the list holds of the things in it: the days of a stay.
    let is_repeated = |given: &Given| {
        parent.given.iter().any(|known| known.name == given.name && known.values == given.values)
    };
    for given in described.given.iter_mut().filter(|given| leads && is_repeated(given)) {
        given.role = Role::Manner;
    }
    described.given.push(Given {
        name: String::new(),
        role: Role::Manner,
        values: told.iter().map(|slot: &Slot| slot.value.as_str()).chain(row).map(str::to_string).collect(),
        source: Source::Constant,
        opaque: false,
        told: None,
    });
    let built = clause(&[&described], Some(&said), material)?;
    let (imperative, answer) = match leads {
        // Who asks for the list is told the list.
        true => (
            format!("{}, then {}", listed.imperative, built.imperative),
            format!("{}\n\n{}", listed.answer, built.answer),
        ),
        false => (built.imperative, built.answer),
    };
    let mut slots = listed.slots;
    slots.extend(built.slots.into_iter().filter(|slot| slot.value != *value));
    slots.extend(told);
    Ok(Clause {
        tool: built.tool,
        steps,
        about: said,
        preamble: listed.preamble,
        imperative,
        question: None,
        answer,
        slots,
        prior: built.prior.min(listed.prior) - if is_arbitrary { 0.1 } else { 0.04 },
        is_trivial: listed.is_trivial,
    })
}

/// A list of records with the record that an identifier stands in.
pub struct Found<'p> {
    /// The key of the list in its result; none where the result is the list.
    pub key: Option<&'p str>,
    /// All records of the list.
    pub rows: &'p [Node],
    /// The fields of the one.
    pub row: &'p [(String, Node)],
}

/// A shorter name is a mark: bay A.
const MIN_NAME: usize = 3;

/// A longer name is a text that nobody repeats.
const MAX_NAME: usize = 60;

/// The name of a record, which no other record of its list has, and which is not what identifies it.
pub fn name<'p>(found: &Found<'p>, identifier: &str) -> Option<&'p str> {
    let of = |row: &'p [(String, Node)], key: &str| row.iter().find(|(known, _)| known == key)?.1.text();
    let is_name = |key: &&str| {
        of(found.row, key).is_some_and(|name| {
            let fellows = found.rows.iter().filter(|row| row.get(key).and_then(Node::text) == Some(name));
            name != identifier
                && (MIN_NAME..=MAX_NAME).contains(&name.len())
                && name.contains(char::is_alphabetic)
                && !name.contains(['"', '\n'])
                && fellows.count() == 1
        })
    };
    let key = naming_key(found.rows)
        .into_iter()
        .chain(told(found.row).map(|(key, _)| key.as_str()))
        .find(is_name)?;
    of(found.row, key)
}

/// Where a call showed an identifier, beside what else is known of the thing.
pub fn found<'p>(parent: &'p Call<'_>, identifier: &str) -> Option<Found<'p>> {
    let holds = |fields: &[(String, Node)]| fields.iter().any(|(_, held)| held.text() == Some(identifier));
    lists(&parent.payload.node).into_iter().find_map(|(key, list)| {
        let rows = list.rows();
        rows.iter().find_map(|row| match row {
            Node::Record(fields) if holds(fields) => Some(Found { key, rows, row: fields }),
            _ => None,
        })
    })
}

/// How a record tells itself from its fellows.
struct Description {
    /// `from JFK to SEA`
    said: String,
    slots: Vec<Slot>,
    /// The fellows that were looked up before it, which a search for it goes through.
    before: Vec<u32>,
}

/// Whether a record tells itself from its fellows.
pub fn tells_itself(call: &Call<'_>, calls: &[Call<'_>]) -> bool {
    description(call, calls).is_some()
}

/// The ends of a trip, where no fellow that the run looked up has the same.
fn description(call: &Call<'_>, calls: &[Call<'_>]) -> Option<Description> {
    fn ends<'n>(call: &'n Call<'_>) -> Option<(&'n str, &'n str)> {
        call.payload.node.get("origin")?.text().zip(call.payload.node.get("destination")?.text())
    }
    let (origin, destination) = ends(call)?;
    let fellows = || calls.iter().filter(|other| other.tool == call.tool && other.step != call.step);
    if origin == destination || fellows().any(|other| ends(other) == Some((origin, destination))) {
        return None;
    }
    let slot = |name: &str, value: &str| Slot {
        name: name.to_string(),
        value: value.to_string(),
        origin: Origin::Observation,
        step: call.step,
    };
    Some(Description {
        said: format!("from {origin} to {destination}"),
        slots: vec![slot("origin", origin), slot("destination", destination)],
        before: fellows().map(|other| other.step).filter(|step| *step < call.step).collect(),
    })
}

/// What sets a row apart from all others: `cheapest`, `highest rated`.
fn extreme(rows: &[Node], at: usize) -> Option<&'static str> {
    const FIGURES: &[(&[&str], &str, &str)] = &[
        (
            &["price", "cost", "fare", "rent", "fee", "price_per_night", "total_price"],
            "cheapest",
            "most expensive",
        ),
        (&["rating", "score", "stars", "review_score"], "highest rated", "lowest rated"),
        (&["distance", "distance_km", "distance_miles", "distance_m"], "nearest", "farthest"),
        (
            &["date", "created_at", "updated_at", "timestamp", "order_date", "published_at"],
            "oldest",
            "latest",
        ),
    ];
    FIGURES.iter().find_map(|(keys, low, high)| {
        let key = keys
            .iter()
            .find(|key| rows.iter().all(|row| row.get(key).is_some_and(|value| value.text().is_some())))?;
        let values: Vec<&str> = rows.iter().filter_map(|row| row.get(key)?.text()).collect();
        let is_rated = *low == "highest rated";
        let below = |a: &str, b: &str| match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => Some(a < b),
            _ if date(a)? != date(b)? => Some(date(a)? < date(b)?),
            // On one day the time decides, where both tell it alike.
            _ => times_compare(a, b).then_some(a < b),
        };
        let others = || values.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, value)| *value);
        let is_lowest = others().all(|other| below(values[at], other) == Some(true));
        let is_highest = others().all(|other| below(other, values[at]) == Some(true));
        match (is_lowest, is_highest, is_rated) {
            (true, _, false) | (_, true, true) => Some(*low),
            (_, true, false) => Some(*high),
            _ => None,
        }
    })
}

/// How to speak of the thing that `value` identifies in the result of `parent`.
fn reference(parent: &Call<'_>, value: &str, material: &Material<'_, '_>) -> Option<Reference> {
    for (key, list) in lists(&parent.payload.node) {
        let Some(members) = members(list) else { continue };
        let Some(at) = members.iter().position(|member| member.contains(&value)) else { continue };
        let (noun, place, clause) = place(parent, key, material)?;
        let noun = singular(&noun);
        let place = place.as_str();
        let name = || found(parent, value).and_then(|found| name(&found, value));
        // The tariff that a meter has is none of the meters.
        let held = found(parent, value).and_then(|found| held(&found, value, &noun)).unwrap_or_default();
        let one = |said: String, by: By| Reference {
            said: format!("{held}{said}").trim_end().to_string(),
            by,
            parent: clause.clone(),
            leads: false,
        };
        if members.len() == 1 && (key.is_some() || !place.is_empty()) {
            return Some(one(format!("the {noun} {place}"), By::Itself));
        }
        return match key {
            Some(_) => Some(match name() {
                Some(name) => one(format!("the {noun} \"{name}\" {place}"), By::Name(name.to_string())),
                None => {
                    let ordinal = ORDINALS.get(at)?;
                    one(format!("the {ordinal} {noun} {place}"), By::Place { ordinal, noun })
                }
            }),
            None if members.len() == 1 => {
                Some(Reference { leads: true, ..one(format!("that {noun}"), By::Itself) })
            }
            None => {
                let one = one_of(parent, list, at, (&noun, place), name(), clause)?;
                Some(Reference { said: format!("{held}{}", one.said), ..one })
            }
        };
    }
    let Node::Record(fields) = &parent.payload.node else { return None };
    let (key, _) = fields.iter().find(|(_, field)| field.text() == Some(value))?;
    let clause = material.alone(parent).ok()?;
    let noun = Some(without_id(key)).filter(|noun| !noun.is_empty())?;
    // The employee called Lee is not the employee of the employee called Lee.
    let is_parent = parent.words.object.split(' ').any(|word| singular(word) == noun);
    let said = if is_parent || clause.about.starts_with("my ") && SELVES.contains(&noun.as_str()) {
        clause.about.clone()
    } else if clause.preamble.is_some() && clause.about.starts_with("my ") {
        format!("my {noun}")
    } else {
        format!("the {noun} of {}", clause.about)
    };
    Some(Reference { said, by: By::Itself, parent: clause, leads: false })
}

/// `the tariff of `, where an identifier in a row is not the row's own.
fn held(found: &Found<'_>, identifier: &str, noun: &str) -> Option<String> {
    let (key, _) = found.row.iter().find(|(_, value)| value.text() == Some(identifier))?;
    let (own, _) = identified(found.row)?;
    let words: Vec<&str> = effect::words(key).collect();
    let (_, thing) = words.split_last().filter(|_| own != key)?;
    let thing = humanize(&of_no_system(thing).join("_"));
    (!thing.is_empty() && !noun.contains(&thing)).then(|| format!("the {thing} of "))
}

/// Parameters of a search that may be said beside the name of what it found.
const MAX_PLACED: usize = 2;

/// How to speak of one of several things that a search found: as the extreme one, by its name, or by its place.
fn one_of(
    parent: &Call<'_>,
    list: &Node,
    at: usize,
    (noun, place): (&str, &str),
    name: Option<&str>,
    clause: Clause,
) -> Option<Reference> {
    let extreme = extreme(list.rows(), at).filter(|_| parent.payload.complete);
    if let Some(extreme) = extreme {
        let said = format!("the {extreme} one");
        return Some(Reference { said, by: By::Itself, parent: clause, leads: true });
    }
    let Some(name) = name else {
        let ordinal = ORDINALS.get(at)?;
        let by = By::Place { ordinal, noun: "one".to_string() };
        return Some(Reference { said: format!("the {ordinal} one"), by, parent: clause, leads: true });
    };
    let by = By::Name(name.to_string());
    // The deal "Northwind renewal" of Northwind says so twice.
    let is_said = clause.slots.iter().all(|slot| find(name, &slot.value).is_some());
    let is_query = |given: &Given| matches!(given.role, Role::For | Role::About | Role::Called);
    if !is_said && (clause.slots.len() > MAX_PLACED || parent.given.iter().any(is_query)) {
        return Some(Reference { said: format!("\"{name}\""), by, parent: clause, leads: true });
    }
    let said = match is_said {
        true => format!("the {noun} \"{name}\""),
        false => format!("the {noun} \"{name}\" {place}").trim_end().to_string(),
    };
    Some(Reference { said, by, parent: clause, leads: false })
}

/// Whether two moments of one day are written so that their order is that of their letters: `2025-03-01T09:00:00Z`.
fn times_compare(a: &str, b: &str) -> bool {
    let form = |text: &str| -> String {
        text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect()
    };
    let is_clock = form(a).get(11..16) == Some("00:00");
    let has_half = a.chars().skip(11).any(|letter| letter.is_alphabetic() && letter != 'Z');
    is_clock && !has_half && form(a) == form(b) && zone(a) == zone(b)
}

/// What follows the sign of an offset: `02:00` of `2025-03-01T09:00+02:00`.
fn zone(text: &str) -> Option<&str> {
    let time = text.get(11..)?;
    time.find(['+', '-']).map(|at| &time[at..])
}
