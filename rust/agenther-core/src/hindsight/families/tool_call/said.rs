//! A clause in words: as a command, as a question, and as the heading of its answer.

use super::answer::is_prose;
use super::call::Call;
use super::fields::field_label;
use super::given::Given;
use super::measures::{Conversion, conversion};
use super::merge::{Merged, is_writing};
use super::noun_kinds::{
    VAGUE_THINGS, holds_all, is_always_plural, is_description, is_measured, is_place_of_text, is_sayable,
    is_side, is_sum, is_weather, is_whole, link_to,
};
use super::own::in_status;
use super::payload::Node;
use super::roles::Role;
use super::subject::{SELVES, Subject, named};
use super::verbs::CONTAINERS;
use super::words::{Manner, attribute};
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::{capitalize, is_plural_phrase, join, plural, singular};
use crate::text::document::Kind;
use crate::text::same::same_letters;

/// What there is to say.
pub struct Said<'s, 'a> {
    /// Who or what it is about.
    pub subject: &'s Subject,
    /// How to speak of it where its identifier cannot be named.
    pub reference: Option<&'s str>,
    /// The parameters, said.
    pub merged: &'s Merged,
    /// The fields asked for.
    pub keys: &'s [String],
    /// The call, or the first of several.
    pub call: &'s Call<'a>,
    /// Whether the tool's object is itself the field asked for.
    pub is_object: bool,
}

impl Said<'_, '_> {
    /// The clause as a command, and as a question where one reads well.
    pub fn request(&self) -> Result<(String, Option<String>), Reason> {
        let words = &self.call.words;
        if let Some(name) = self.described_one() {
            let question = format!("What can you tell me about {name}?");
            return Ok((format!("tell me about {name}"), Some(question)));
        }
        if let Some(Conversion { amount, to, .. }) = conversion(self.call) {
            return Ok((format!("convert {amount} to {to}"), Some(format!("How many {to} are {amount}?"))));
        }
        // The fields of a farm are known by the farm.
        let is_told =
            self.merged.slots > 0 && matches!(words.object.as_str(), "field" | "fields" | "item" | "items");
        let is_vague = || VAGUE_THINGS.contains(&singular(&words.object).as_str()) && !is_told;
        if !is_sayable(&words.object) || *self.subject == Subject::None && is_vague() {
            return Err(Reason::NoAsk);
        }
        // What is like a question only an agent wants to see.
        let is_question = |given: &Given| {
            matches!(given.role, Role::For | Role::About)
                && given.values.iter().any(|value| value.ends_with('?'))
        };
        if words.manner() == Manner::Fetch && self.call.given.iter().any(is_question) {
            return Err(Reason::NoAsk);
        }
        // Of a part of what is held, `the collection` says too little.
        let searches = words.manner() == Manner::Search && CONTAINERS.contains(&words.object.as_str());
        if searches && !self.merged.adjectives.is_empty() {
            return Err(Reason::NoAsk);
        }
        let is_list = self.call.payload.node.is_list();
        let mut labels: Vec<String> = if self.is_object { Vec::new() } else { self.labels() };
        // Service types are listed by their service names anyway.
        if is_list {
            labels.retain(|label| !names_things(label, &words.object));
        }
        // What is called so has that for its name.
        if self.merged.tail.contains("called ") {
            labels.retain(|label| !matches!(label.as_str(), "name" | "title"));
        }
        // The customer e-mail of a customer is the e-mail.
        if let Subject::Named { entity, .. } = self.subject {
            for label in &mut labels {
                let bare = label.strip_prefix(entity.as_str()).and_then(|rest| rest.strip_prefix(' '));
                *label = bare.map_or_else(|| label.clone(), str::to_string);
            }
        }
        if self.claims_more(&labels) {
            return Err(Reason::AnswerUnreadable);
        }
        let (thing, fields_in_thing) = self.thing(is_list, &labels);
        let manner = words.manner();
        // What is searched is not what is found.
        if let Some(asked) = self.asks_texts() {
            return asked;
        }
        if let Some(query) = self.searched_for() {
            return Ok((format!("search the {} for {query}", words.object), None));
        }
        let has_rows = matches!(self.call.payload.node.rows().first(), Some(Node::Record(_)));
        let with_fields = match (fields_in_thing || labels.is_empty() || !has_rows, is_list) {
            (true, _) => String::new(),
            (false, true) if self.call.payload.node.rows().len() > 1 => {
                format!(", with the {} of each", join(&labels))
            }
            (false, _) => format!(", with the {}", join(&labels)),
        };
        if manner == Manner::Act {
            // `verify my customer`: what is done to oneself is no request.
            if matches!(self.subject, Subject::Own { .. }) && SELVES.contains(&words.object.as_str()) {
                return Err(Reason::NoAsk);
            }
            return Ok((self.act(&labels), None));
        }
        let verb = match (manner, is_list) {
            (Manner::Search, false) if fields_in_thing => "tell me",
            (Manner::Search, _) if words.verb == "list" || self.merged.slots == 0 && is_list => "list",
            (Manner::Search, _) => "find",
            (_, true) => "show me",
            _ if thing.starts_with("the details") => "give me",
            _ if fields_in_thing
                && matches!(&labels[..], [only] if is_plural_phrase(only) && !only.starts_with("number of ")) =>
            {
                "list"
            }
            _ => "tell me",
        };
        let imperative = format!("{verb} {thing}{with_fields}");
        let question = if is_list
            && *self.subject == Subject::None
            && self.reference.is_none()
            && self.merged.slots > 0
        {
            // Which are there called so? That nobody asks.
            if self.call.payload.is_part || self.merged.tail.starts_with("called ") {
                return Ok((imperative, None));
            }
            let objects = if self.is_whole(&words.object) {
                return Ok((imperative, None));
            } else {
                plural(&words.object)
            };
            // Of the latest, people ask what they are, not which there are.
            let is_latest = words.object.split(' ').next().is_some_and(is_description);
            let is_part = self.merged.tail.starts_with("of ");
            let (opening, there) = match is_latest || !has_rows || is_part {
                true => ("What are the", ""),
                false => ("Which", " are there"),
            };
            let adjectives = &self.merged.adjectives;
            let which =
                format!("{opening} {adjectives}{objects}{there} {}", self.merged.tail).trim_end().to_string();
            let many = labels.len() > 1 || labels.iter().any(|label| is_plural_phrase(label));
            Some(match with_fields.is_empty() {
                true => format!("{which}?"),
                false => format!(
                    "{which}, and what {} the {} of each?",
                    if many { "are" } else { "is" },
                    join(&labels)
                ),
            })
        } else if thing.starts_with("the details of ") {
            Some(format!("What can you tell me about {}?", thing.trim_start_matches("the details of ")))
        } else {
            let many = is_list
                || fields_in_thing
                    && (labels.len() > 1
                        || labels
                            .iter()
                            .any(|label| is_plural_phrase(label) && !label.starts_with("number of ")));
            let many = many
                || !fields_in_thing && (is_plural_phrase(&words.object) || is_plural_phrase(head(&thing)));
            let is_whole = with_fields.is_empty() && !(is_list && self.call.payload.is_part);
            is_whole.then(|| format!("What {} {thing}?", if many { "are" } else { "is" }))
        };
        Ok((imperative, question))
    }

    /// The labels of the fields asked for; what counts things is a number of them.
    fn labels(&self) -> Vec<String> {
        let counts = |key: &String| {
            let row = self.call.payload.node.rows().first();
            let value = row.and_then(|row| row.get(key));
            matches!(value, Some(Node::Scalar(text, Kind::Number)) if text.parse::<u64>().is_ok())
        };
        let counted: Vec<String> =
            self.keys.iter().filter(|key| counts(key)).filter_map(|key| field_label(key)).collect();
        // Hours are said as words; open at 10.4 is a price.
        let is_open = |key: &&String| {
            let row = self.call.payload.node.rows().first();
            key.as_str() == "open" && row.and_then(|row| row.get(key)).is_some_and(is_hours)
        };
        let hours = self.keys.iter().find(is_open);
        let first = self.call.payload.node.rows().first();
        let counts_review =
            matches!(first.and_then(|row| row.get("review")), Some(Node::Scalar(_, Kind::Number)));
        labels(self.keys)
            .into_iter()
            .map(|label| match label.as_str() {
                "open" if hours.is_some() => "opening hours".to_string(),
                "review" if counts_review => "review score".to_string(),
                _ if counted.contains(&label) && is_countable(&label) => format!("number of {label}"),
                _ => label,
            })
            .collect()
    }

    /// What is searched for in something that holds such things.
    fn searched_for(&self) -> Option<&str> {
        let words = &self.call.words;
        let is_holder = CONTAINERS.contains(&words.object.as_str());
        let searches = words.manner() == Manner::Search && is_holder && self.reference.is_none();
        let query =
            || ["called ", "for ", "about "].iter().find_map(|link| self.merged.tail.strip_prefix(link));
        searches.then(query).flatten()
    }

    /// What is asked of a knowledge base, or of another place where things are written.
    fn asks_texts(&self) -> Option<Result<(String, Option<String>), Reason>> {
        let words = &self.call.words;
        let is_list = self.call.payload.node.is_list();
        let searches = words.manner() == Manner::Search && is_place_of_text(&words.object);
        if !searches || self.reference.is_some() || self.merged.tail.starts_with("called ") {
            return None;
        }
        if is_list && !self.lists_texts() {
            return Some(Err(Reason::NoAsk));
        }
        let (object, tail) = (&words.object, self.merged.tail.trim());
        let imperative = format!("search the {object} {tail} and tell me what it says").replace("  ", " ");
        let query = tail.strip_prefix("for ").map(|query| query.trim_matches('"'));
        let question = query.filter(|query| is_topic(query));
        let question = question.map(|query| format!("What does the {object} say about {query}?"));
        Some(Ok((imperative, question)))
    }

    /// Whether the result lists texts and not things with fields.
    fn lists_texts(&self) -> bool {
        let is_text = |row: &Node| match row {
            Node::Record(fields) => fields.iter().any(|(_, value)| value.text().is_some_and(is_prose)),
            Node::Scalar(text, _) => is_prose(text),
            Node::List(_) => false,
        };
        self.call.payload.node.rows().iter().all(is_text)
    }

    /// Whether the thing is more than the part of it that the result shows, and nothing in particular is asked of it.
    fn claims_more(&self, labels: &[String]) -> bool {
        let payload = &self.call.payload;
        let is_whole = is_whole(&self.call.words.object);
        payload.is_part
            && (payload.node.is_list() && is_whole
                || !payload.node.is_list() && labels.is_empty() && !self.is_object)
    }

    fn acts(&self) -> bool {
        self.call.words.manner() == Manner::Act
    }

    /// Whether a noun is for one thing that holds what is listed: a forecast of days, a route of turns.
    fn is_whole(&self, noun: &str) -> bool {
        let is_text = |row: &Node| matches!(row, Node::Scalar(text, _) if is_prose(text));
        let is_of_steps = || {
            let rows = self.call.payload.node.rows();
            2 * rows.iter().filter(|row| is_text(row)).count() > rows.len()
        };
        is_whole(noun) || STEPS.contains(&singular(head_word(noun)).as_str()) && is_of_steps()
    }

    /// What the clause is about, for other clauses to refer to.
    pub fn about(&self) -> String {
        match self.subject {
            Subject::Own { place, .. } => format!("my {place}"),
            Subject::Mine { place, .. } => format!("my {place}"),
            Subject::Named { entity, values } => named(entity, values),
            Subject::Of(values) => join(values),
            Subject::With { .. } | Subject::None => {
                let (thing, _) = self.thing(self.call.payload.node.is_list(), &[]);
                thing.strip_prefix("the details of ").unwrap_or(&thing).to_string()
            }
        }
    }

    /// The thing asked for, as the heading of an answer.
    pub fn heading(&self) -> String {
        match self.call.words.verb.as_str() {
            _ if self.converts() => return "The result".to_string(),
            "translate" => return "The translation".to_string(),
            _ => {}
        }
        if let Subject::With { label, value, is_thing: true } = self.subject
            && self.call.words.manner() == Manner::Act
        {
            return capitalize(&format!("{label} {value}"));
        }
        if let Some(query) = self.searched_for() {
            return format!("The results for {query}");
        }
        let words = &self.call.words;
        if words.manner() == Manner::Search
            && is_place_of_text(&words.object)
            && self.call.payload.node.is_list()
        {
            return format!("Found in the {} {}", words.object, self.merged.tail).trim_end().to_string();
        }
        let (thing, _) = self.thing(self.call.payload.node.is_list(), &[]);
        let thing = thing.strip_prefix("the details of ").unwrap_or(&thing);
        match thing.strip_prefix("my ") {
            Some(mine) => format!("Your {mine}"),
            None => capitalize(&thing.replace(" on my ", " on your ").replace(" of my ", " of your ")),
        }
    }

    /// `the`, or how many of the things are asked for where the result shows a part of them.
    fn article(&self) -> &'static str {
        let payload = &self.call.payload;
        if !payload.is_part || !payload.node.is_list() {
            return "the";
        }
        ["one", "two", "three", "four", "five"][payload.node.rows().len().clamp(1, 5) - 1]
    }

    /// The noun phrase asked for, and whether it names the fields.
    fn thing(&self, is_list: bool, labels: &[String]) -> (String, bool) {
        let object = &self.call.words.object;
        let adjectives = &self.merged.adjectives;
        let is_one = !is_list && self.names_one();
        let the = self.article();
        let number = |noun: &str| match (is_list, is_one) {
            (true, _) if self.is_whole(noun) => noun.to_string(),
            (true, _) if the == "one" => singular(noun),
            (true, _) => plural(noun),
            (false, _) if self.merged.is_several => plural(noun),
            (false, true) if !is_always_plural(noun) => singular(noun),
            (false, _) => noun.to_string(),
        };
        let tail = if self.merged.tail.is_empty() { String::new() } else { format!(" {}", self.merged.tail) };
        let of = |owner: &str, part: &str| {
            // The leave balance of my profile is mine.
            if !part.is_empty() && the == "the" && matches!(owner, "my profile" | "my account") {
                return (format!("my {adjectives}{}{tail}", number(part)), false);
            }
            // Of stats and summaries, what is asked for says enough.
            let is_all = || is_sum(part) || holds_all(part);
            if !part.is_empty() && (labels.is_empty() || is_list || !is_all()) {
                (format!("{the} {adjectives}{} {} {owner}{tail}", number(part), link_to(part)), false)
            } else if labels.is_empty() || is_list {
                (format!("the details of {owner}{tail}"), false)
            } else {
                (format!("the {} of {owner}{tail}", join(labels)), true)
            }
        };
        if let Some(reference) = self.reference {
            let entity = self.call.identity().and_then(|identity| match &identity.role {
                Role::Identity { entity, .. } if !entity.is_empty() => Some(singular(entity)),
                _ => None,
            });
            // Several things are no details of the one.
            let part = match entity {
                None if is_list || self.call.payload.node.text().is_some() => object.clone(),
                entity => attribute(object, &entity.unwrap_or_else(|| object.clone())),
            };
            return of(reference, &part);
        }
        match self.subject {
            Subject::Own { label, place, .. } => {
                let entity = label.split(' ').next().unwrap_or(label);
                let part = attribute(object, entity);
                // What a patron account holds is on the account.
                let last = object.rsplit(' ').next().unwrap_or(object);
                let is_place = matches!(last, "account" | "profile");
                let place = if is_place { last } else { place };
                if part.is_empty()
                    || is_place
                    || part == *object
                        && (!is_list || self.call.payload.node.rows().len() == 1)
                        && self.call.payload.node.text().is_none()
                        && SELVES.contains(&singular(object).as_str())
                {
                    return match labels {
                        [] => (format!("the details of my {place}{tail}"), false),
                        labels => (format!("the {} on my {place}{tail}", join(labels)), true),
                    };
                }
                let my = if the == "the" { "my".to_string() } else { format!("{the} of my") };
                (format!("{my} {adjectives}{}{tail}", number(&part)), false)
            }
            Subject::Mine { place, .. } if !matches!(self.call.payload.node, Node::Record(_)) => {
                (format!("my {place}{tail}"), false)
            }
            Subject::Mine { place, .. } => match labels {
                [] if let Some(thing) = in_status(self.subject) => {
                    (format!("the status of my {thing}{tail}"), false)
                }
                [] => (format!("the details of my {place}{tail}"), false),
                labels if matches!(place.as_str(), "account" | "profile") => {
                    (format!("the {} on my {place}{tail}", join(labels)), true)
                }
                labels => (format!("the {} of my {place}{tail}", join(labels)), true),
            },
            Subject::Named { entity, values } => of(&named(entity, values), &attribute(object, entity)),
            Subject::Of(values) if !labels.is_empty() && !is_list && is_sum(object) => {
                (format!("the {} of {}{tail}", join(labels), join(values)), true)
            }
            // The stock of AAPL is AAPL.
            Subject::Of(values) if labels.is_empty() && !is_list && !self.acts() && is_traded(object) => {
                (format!("the {object} information for {}{tail}", join(values)), false)
            }
            Subject::Of(values) => {
                let object = if values.len() > 1 { plural(object) } else { number(object) };
                let link = if is_writing(&object) { "about" } else { "of" };
                (format!("{the} {adjectives}{object} {link} {}{tail}", join(values)), false)
            }
            Subject::With { label, value, .. } => self.of_the_one(
                format!(
                    "{the} {adjectives}{} {} {label} {value}{tail}",
                    number(object),
                    self.link_to_label(value)
                ),
                labels,
            ),
            Subject::None => self.of_the_one(format!("{the} {adjectives}{}{tail}", number(object)), labels),
        }
    }

    /// A customer has an e-mail address; a stock level is that for an article.
    fn link_to_label(&self, value: &str) -> &'static str {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let is_it = |held: &Node| held.text().is_some_and(|held| letters(held) == letters(value));
        let has = |row: &Node| match row {
            Node::Record(fields) => fields.iter().any(|(_, held)| is_it(held)),
            _ => false,
        };
        if !is_side(&self.call.words.object) && self.call.payload.node.rows().iter().any(has) {
            "with"
        } else {
            "for"
        }
    }

    /// The one thing that a search by its name describes in running text: what kind of thing it is, the text says.
    fn described_one(&self) -> Option<&str> {
        let [given] = self.call.given.as_slice() else { return None };
        let is_text = self.call.payload.node.text().is_some_and(|text| text.contains(' '));
        let is_name = given.role == Role::Called && given.values.len() == 1;
        let finds = self.call.words.manner() == Manner::Search && *self.subject == Subject::None;
        (is_text && is_name && finds && self.reference.is_none()).then(|| given.values[0].as_str())
    }

    /// Whether the parameters name one thing, and the result is that thing.
    fn names_one(&self) -> bool {
        let names = |given: &Given| {
            matches!(given.role, Role::Called | Role::Identity { .. }) && given.values.len() == 1
        };
        matches!(self.call.payload.node, Node::Record(_)) && self.call.given.iter().any(names)
    }

    /// `the manager of the employee called Lee`, and whether the fields are in it.
    fn of_the_one(&self, thing: String, labels: &[String]) -> (String, bool) {
        match labels {
            [] if self.names_one() && !is_side(&self.call.words.object) => {
                (format!("the details of {thing}"), false)
            }
            [] => (thing, false),
            labels
                if self.names_one()
                    || *self.subject == Subject::None
                        && matches!(self.call.payload.node, Node::Record(_)) =>
            {
                // The temperature in Oslo is that of the weather in Oslo.
                let whole =
                    format!("{} {}{}", self.article(), self.merged.adjectives, self.call.words.object);
                // So is the CPU percentage of a service, where the tool gives "the CPU".
                let repeats = |label: &String| label.starts_with(&self.call.words.object);
                let bare = whole.trim_end_matches(" today");
                let rest = thing
                    .strip_prefix(bare)
                    .filter(|rest| !rest.is_empty() && (is_weather(bare) || labels.iter().any(repeats)));
                match rest {
                    // Temperature and humidity are those of a place; its description and its date are no such thing.
                    Some(rest) if labels.iter().all(|label| is_measured(label)) || !is_weather(bare) => {
                        (format!("the {}{rest}", join(labels)), true)
                    }
                    Some(_) => (thing, false),
                    None => (format!("the {} of {thing}", join(labels)), true),
                }
            }
            _ => (thing, false),
        }
    }

    /// Whether the call converts something, whatever the tool calls that: `currency_calculator`.
    fn converts(&self) -> bool {
        let words = &self.call.words;
        words.verb == "convert"
            || words.object.contains("currenc") && matches!(words.verb.as_str(), "calculate" | "exchange")
    }

    /// A clause whose verb is the request: `track package X`, `convert 100 USD to EUR`.
    fn act(&self, labels: &[String]) -> String {
        let verb = &self.call.words.verb;
        let find = |role: &Role| {
            self.call.given.iter().find(|given| given.role == *role).map(|given| given.values[0].as_str())
        };
        let amount = self
            .call
            .given
            .iter()
            .find(|given| matches!(given.name.as_str(), "amount" | "value" | "quantity" | "base_amount"));
        if self.converts()
            && let (Some(amount), Some(from), Some(to)) = (amount, find(&Role::From), find(&Role::To))
        {
            return format!("convert {} {from} to {to}", amount.values[0]);
        }
        let tail = if self.merged.tail.is_empty() { String::new() } else { format!(" {}", self.merged.tail) };
        let object = &self.call.words.object;
        let is_worked_on = |given: &&Given| given.role == Role::Text && object.ends_with(given.name.as_str());
        let what = match self.subject {
            // The text is what the verb works on: `translate "good morning" to Korean`.
            _ if let Some(text) = self.call.given.iter().find(is_worked_on) => {
                let quoted = format!("\"{}\"", text.values[0]);
                format!("{quoted}{}", tail.replacen(&format!(" of {quoted}"), "", 1))
            }
            Subject::Named { entity, values } if attribute(object, entity).is_empty() => {
                format!("{}{tail}", named(entity, values))
            }
            Subject::With { label, value, is_thing: true } => format!("{label} {value}{tail}"),
            _ => {
                // Fields in the noun phrase would make the verb act on them.
                let (bare, _) = Said { keys: &[], ..*self }.thing(false, &[]);
                bare.strip_prefix("the details of ").unwrap_or(&bare).to_string()
            }
        };
        if labels.is_empty() || self.call.payload.node.is_list() {
            format!("{verb} {what}")
        } else {
            format!("{verb} {what} and tell me the {}", join(labels))
        }
    }
}

/// Whether a symbol is that of the thing itself.
fn is_traded(object: &str) -> bool {
    ["stock", "share", "coin", "cryptocurrency", "company"].contains(&head_word(object))
}

/// Things that are told step by step.
const STEPS: &[&str] = &["route", "path", "way"];

fn head_word(noun: &str) -> &str {
    noun.rsplit(' ').next().unwrap_or(noun)
}

/// A noun phrase without what follows its noun: `the closest airport` of `the closest airport to Dallas`.
pub fn head(thing: &str) -> &str {
    let thing = thing.split(',').next().unwrap_or(thing);
    let links = [" of ", " in ", " for ", " with ", " from ", " to ", " on ", " at ", " about ", " called "];
    let end = links.iter().filter_map(|link| thing.find(link)).min().unwrap_or(thing.len());
    &thing[..end]
}

/// Whether a query is a topic, and neither a question nor a command, nor a formula of several.
fn is_topic(query: &str) -> bool {
    const OPENINGS: &[&str] = &[
        "can", "could", "does", "do", "did", "is", "are", "was", "were", "will", "would", "should", "what",
        "where", "when", "how", "who", "why", "which", "list", "find", "show", "tell", "get", "give",
        "explain",
    ];
    let first = query.split(' ').next().unwrap_or("").to_ascii_lowercase();
    !query.contains(['"', '?'])
        && !OPENINGS.contains(&first.as_str())
        && !query.contains(" AND ")
        && !query.contains(" OR ")
        && query.split(' ').count() <= 9
}

/// The labels of fields; origin and destination together are the route, and both names of a person the name.
fn labels(keys: &[String]) -> Vec<String> {
    let has = |name: &str| keys.iter().any(|key| key == name);
    let has_route = has("origin") && has("destination");
    let is_part = |key: &str, part: &str| same_letters(key, part);
    let has_name =
        keys.iter().any(|key| is_part(key, "first_name")) && keys.iter().any(|key| is_part(key, "last_name"));
    keys.iter()
        .filter(|key| !(has_route && *key == "destination" || has_name && is_part(key, "last_name")))
        .filter_map(|key| match key.as_str() {
            "origin" if has_route => Some("route".to_string()),
            key if has_name && is_part(key, "first_name") => Some("name".to_string()),
            key => field_label(key),
        })
        .collect()
}

/// Whether a field is the name of the things themselves: the service name of service types.
fn names_things(label: &str, object: &str) -> bool {
    let thing = label.strip_suffix(" name").or_else(|| label.strip_suffix(" title"));
    thing.is_some_and(|thing| object.split(' ').any(|word| singular(word) == singular(thing)))
}

/// Whether a value says when something is open: `10:00-17:00`, or that for each day.
fn is_hours(value: &Node) -> bool {
    match value {
        Node::Scalar(text, _) => {
            let lower = text.to_ascii_lowercase();
            text.contains(|c: char| c.is_ascii_digit())
                && [":", "am", "pm"].iter().any(|mark| lower.contains(mark))
        }
        Node::Record(_) => true,
        Node::List(_) => false,
    }
}

/// Whether a noun is the plural of things that are counted: members, but not hours or savings.
fn is_countable(noun: &str) -> bool {
    const AMOUNTS: &[&str] = &[
        "days", "hours", "minutes", "seconds", "weeks", "months", "years", "earnings", "savings", "sales",
        "proceeds", "fees", "taxes", "expenses", "costs", "fines", "calories", "points", "miles", "degrees",
        "gains", "losses", "profits", "stars", "status",
    ];
    let last = noun.rsplit(' ').next().unwrap_or(noun);
    is_plural_phrase(noun) && !noun.starts_with("number of ") && !AMOUNTS.contains(&last)
}
