//! What was done on a site, where a later page confirms it: `You added Mug to your shopping cart.`, `The order has been
//! canceled.`, or the text that was sent, shown as part of the page.

use super::action::Act;
use super::page::{Page, Role};
use super::route::{Deed, Route, changes};
use super::session::Session;
use super::words::label;
use crate::hindsight::wording::join;

/// What was done, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// `add the product to my shopping cart`, without what was put in.
    pub command: String,
    pub answer: String,
}

/// Bytes of a message that confirms something.
const MAX_MESSAGE: usize = 160;

/// Verbs in the past, and as commands.
const VERBS: &[(&str, &str)] = &[
    ("added", "add"),
    ("saved", "save"),
    ("submitted", "submit"),
    ("updated", "update"),
    ("deleted", "delete"),
    ("removed", "remove"),
    ("created", "create"),
    ("posted", "post"),
    ("canceled", "cancel"),
    ("cancelled", "cancel"),
    ("published", "publish"),
    ("sent", "send"),
    ("subscribed", "subscribe"),
    ("unsubscribed", "unsubscribe"),
    ("placed", "place"),
    ("booked", "book"),
    ("approved", "approve"),
    ("rejected", "reject"),
    ("assigned", "assign"),
    ("closed", "close"),
    ("reopened", "reopen"),
    ("merged", "merge"),
    ("archived", "archive"),
    ("moved", "move"),
    ("changed", "change"),
    ("uploaded", "upload"),
    ("scheduled", "schedule"),
    ("reserved", "reserve"),
    ("invited", "invite"),
    ("transferred", "transfer"),
    ("renamed", "rename"),
    ("enabled", "enable"),
    ("disabled", "disable"),
    ("refunded", "refund"),
    ("duplicated", "duplicate"),
    ("forked", "fork"),
    ("marked", "mark"),
    ("completed", "complete"),
];

/// What speaks against having been done.
const DOUBT: &[&str] = &[
    "not", "no", "failed", "error", "unable", "cannot", "can't", "couldn't", "unless", "if", "will",
    "already", "must", "please", "pending", "when", "invalid", "yet", "ago",
];

/// Verbs that make something new.
const MAKING: &[&str] =
    &["create", "post", "send", "submit", "publish", "book", "schedule", "place", "add", "reserve"];

/// What the last act of a route did, if the page after it says so.
pub fn done(session: &Session<'_>, route: &Route) -> Option<Done> {
    let sink = *route.steps.last()? as usize;
    let after = session.after(sink)?;
    let before = session.before(sink)?;
    let presses = match route.deeds.last() {
        Some(Deed::Press(name, _) | Deed::Item(name)) => changes(name) || confirms(name),
        Some(Deed::Go(links)) => links.last().is_some_and(|name| changes(name)),
        Some(Deed::Set(..)) => true,
        _ => false,
    };
    let acted = presses
        && matches!(
            session.steps[sink].act,
            Some(Act::Click(_) | Act::Enter | Act::Choose(..) | Act::Type { submits: true, .. })
        );
    if !acted {
        return None;
    }
    messages(before, after)
        .iter()
        .find_map(|message| of_message(message, before, after, route))
        .or_else(|| of_display(before, after, route))
}

/// Whether a button only says yes to what was asked before.
pub fn confirms(name: &str) -> bool {
    let first = name.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or("");
    ["ok", "okay", "yes", "confirm", "continue", "proceed"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
}

/// Short texts of a page that the one before did not have.
fn messages<'p>(before: &Page<'_>, after: &'p Page<'_>) -> Vec<&'p str> {
    let old: std::collections::HashSet<&str> = before.nodes.iter().map(|node| &*node.name).collect();
    let speaks = |role: Role| matches!(role, Role::Text | Role::Alert | Role::Heading | Role::Other);
    let fresh = after.nodes.iter().filter(|node| speaks(node.role) && !old.contains(&*node.name));
    let mut out: Vec<&str> = fresh
        .map(|node| &*node.name)
        .filter(|text| (10..=MAX_MESSAGE).contains(&text.len()) && text.contains(' '))
        .collect();
    out.dedup();
    out
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'').to_lowercase()
}

fn command_of(word: &str) -> Option<&'static str> {
    let word = bare(word);
    VERBS.iter().find(|(past, _)| *past == word).map(|(_, verb)| *verb)
}

fn of_message(message: &str, before: &Page<'_>, after: &Page<'_>, route: &Route) -> Option<Done> {
    // The first sentence says it.
    let sentence = message.split(". ").next().unwrap_or(message).trim().trim_end_matches(['.', '!']);
    let words = words(sentence);
    if words.len() > 22
        || sentence.contains('?')
        || words.iter().any(|word| DOUBT.contains(&bare(word).as_str()))
    {
        return None;
    }
    let command = by_you(&words).or_else(|| of_thing(&words, before))?;
    let command = with_product(&command, before, after);
    let command = with_thing(command, route);
    if command.contains('"') && command.matches('"').count() % 2 == 1 {
        return None;
    }
    let command = with_values(&command, route)?;
    Some(Done { command, answer: format!("Done. The page says: \"{}\"", message.trim().replace('"', "'")) })
}

/// `You added Mug to your shopping cart`, `You have successfully saved the product`.
fn by_you(words: &[&str]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    if !matches!(bare(first).as_str(), "you" | "you've") {
        return None;
    }
    let rest: Vec<&&str> = rest
        .iter()
        .skip_while(|word| {
            matches!(bare(word).as_str(), "have" | "just" | "successfully" | "were" | "are" | "now")
        })
        .collect();
    let verb = command_of(rest.first()?)?;
    let object: Vec<String> = rest[1..]
        .iter()
        .filter(|word| bare(word) != "successfully")
        .map(|word| match bare(word).as_str() {
            "your" => "my".to_string(),
            _ => (**word).to_string(),
        })
        .collect();
    (!object.is_empty()).then(|| format!("{verb} {}", object.join(" ")))
}

/// `The order has been canceled`, `Comment posted successfully`, `Your message was sent to Ann`.
fn of_thing(words: &[&str], before: &Page<'_>) -> Option<String> {
    let at = words.iter().position(|word| command_of(word).is_some())?;
    let verb = command_of(words[at])?;
    let is_filler = |word: &&str| {
        matches!(
            bare(word).as_str(),
            "has" | "have" | "been" | "was" | "were" | "is" | "successfully" | "just" | "now"
        )
    };
    let subject: Vec<&str> = words[..at].iter().copied().filter(|word| !is_filler(word)).collect();
    let tail: Vec<&str> = words[at + 1..].iter().copied().filter(|word| !is_filler(word)).collect();
    let subject = subject.join(" ");
    // What is named was known before: what is made gets its number afterwards.
    let number = |word: &&str| word.chars().any(|c| c.is_ascii_digit());
    let known = |word: &&str| {
        before.nodes.iter().any(|node| {
            node.name.contains(bare(word).as_str()) || node.name.contains(word.trim_matches(['.', '"']))
        })
    };
    let unknown = |word: &&&str| number(word) && !known(word);
    if words.iter().filter(unknown).count() > 0 && !MAKING.contains(&verb) {
        return None;
    }
    let subject: Vec<&str> = subject.split(' ').filter(|word| !number(word) || known(word)).collect();
    let (first, rest) = subject.split_first()?;
    let noun = match bare(first).as_str() {
        "the" | "your" | "a" | "an" | "this" | "new" => rest.join(" "),
        _ => subject.join(" "),
    };
    let is_noun =
        !noun.is_empty() && noun.split_whitespace().count() <= 8 && noun.chars().any(char::is_alphabetic);
    if !is_noun
        || subject
            .iter()
            .any(|word| matches!(bare(word).as_str(), "we" | "i" | "you" | "it" | "by" | "and" | "who"))
    {
        return None;
    }
    // `5 minutes ago`, `by Ann`: news of somebody else.
    let tail_is_plain = tail.is_empty() || matches!(bare(tail[0]).as_str(), "to" | "from" | "for" | "in");
    if !tail_is_plain || tail.len() > 8 {
        return None;
    }
    let noun = if noun.chars().skip(1).any(char::is_uppercase) || noun.starts_with('"') {
        noun
    } else {
        noun.to_lowercase()
    };
    let is_name = noun.split(' ').filter(|word| word.starts_with(char::is_uppercase)).count() >= 2;
    let article = if is_name
        || noun.contains(['#', '"'])
        || noun.chars().any(|c| c.is_ascii_digit())
        || noun.ends_with("changes")
    {
        String::new()
    } else if MAKING.contains(&verb) {
        format!("{} ", crate::hindsight::families::english::article(&noun))
    } else if bare(first) == "your" {
        "my ".to_string()
    } else {
        "the ".to_string()
    };
    let tail: Vec<String> = tail
        .iter()
        .map(|word| if bare(word) == "your" { "my".to_string() } else { (*word).to_string() })
        .collect();
    let tail = if tail.is_empty() { String::new() } else { format!(" {}", tail.join(" ")) };
    Some(format!("{verb} {article}{noun}{tail}"))
}

/// Puts the name of a product or a thing in quotes, where a heading before or after has it.
fn with_product(command: &str, before: &Page<'_>, after: &Page<'_>) -> String {
    let named = before
        .nodes
        .iter()
        .chain(&after.nodes)
        .filter(|node| matches!(node.role, Role::Heading | Role::Link));
    let longest = named
        .map(|node| node.name.trim())
        .filter(|name| {
            name.len() >= 4
                && name.split_whitespace().count() >= 2
                && !name.contains('"')
                && command.contains(name)
        })
        .max_by_key(|name| name.len());
    match longest {
        Some(name) if !command.contains('"') => command.replacen(name, &format!("\"{name}\""), 1),
        _ => command.to_string(),
    }
}

/// Adds which of several things it was done to.
fn with_thing(command: String, route: &Route) -> String {
    let thing = route.deeds.iter().rev().find_map(|deed| match deed {
        Deed::Press(_, Some(thing)) => Some(thing),
        _ => None,
    });
    match thing {
        Some(thing) if !command.contains(thing.as_str()) => format!("{command} \"{thing}\""),
        _ => command,
    }
}

/// What was put in, and is not said yet.
fn with_values(command: &str, route: &Route) -> Option<String> {
    let sets: Vec<(&String, &String)> = route
        .deeds
        .iter()
        .filter_map(|deed| match deed {
            Deed::Set(field, value) => Some((field, value)),
            _ => None,
        })
        .collect();
    let (mut said, mut changed, mut alone, mut to) = (Vec::new(), Vec::new(), Vec::new(), String::new());
    for (field, value) in sets {
        if command.contains(value.as_str()) && value.len() > 3 {
            continue;
        }
        let name = label(field).unwrap_or_else(|| field.clone());
        let name = ["add ", "enter ", "your ", "new "]
            .iter()
            .find_map(|verb| name.strip_prefix(verb))
            .unwrap_or(&name);
        if matches!(name, "to" | "recipient" | "recipients") && to.is_empty() {
            to = format!(" to \"{value}\"");
            continue;
        }
        changed.push(format!("\"{field}\" to \"{value}\""));
        alone.push((name.to_string(), value));
        said.push(format!("{name} \"{value}\""));
    }
    if said.is_empty() {
        return Some(format!("{command}{to}"));
    }
    let verb = command.split(' ').next().unwrap_or("");
    if matches!(verb, "save" | "update" | "change") && to.is_empty() {
        return Some(format!("set {} and {command}", join(&changed)));
    }
    // `post an answer with answer "…"` says it twice.
    if let [(field, value)] = &alone[..]
        && command.to_lowercase().ends_with(&format!(" {field}"))
    {
        return Some(format!("{command}{to} saying \"{value}\""));
    }
    Some(format!("{command}{to} with {}", join(&said)))
}

/// What was sent stands on the page after, outside of fields, where it was not before.
fn of_display(before: &Page<'_>, after: &Page<'_>, route: &Route) -> Option<Done> {
    let Some(Deed::Press(button, _)) = route.deeds.last() else { return None };
    let sets: Vec<&str> = route
        .deeds
        .iter()
        .filter_map(|deed| match deed {
            Deed::Set(_, value) => Some(value.as_str()),
            _ => None,
        })
        .collect();
    let shows = |page: &Page<'_>, value: &str| {
        page.nodes.iter().enumerate().any(|(at, node)| {
            let in_field = node.parent.is_some_and(|parent| page.nodes[parent].role.takes_text());
            !node.role.takes_text()
                && !in_field
                && node.role != Role::Option
                && page.nodes[at].name.contains(value)
        })
    };
    let long: Vec<&str> = sets.iter().copied().filter(|value| value.len() >= 8).collect();
    let proven = !long.is_empty() && long.iter().all(|value| shows(after, value) && !shows(before, value));
    // The short ones (`High`) are shown too.
    let all = sets.iter().all(|value| shows(after, value));
    let moved = after.url != before.url
        || after.title != before.title
        || !after.nodes.iter().any(|node| {
            node.role.takes_text() && node.value.as_deref().is_some_and(|value| long.contains(&value))
        });
    if !(proven && all && moved && changes(button)) {
        return None;
    }
    let mut words = button.split_whitespace();
    let verb = words.next()?.to_lowercase();
    let noun: Vec<String> = words.map(str::to_lowercase).collect();
    let noun = noun.join(" ");
    let fields: Vec<&String> = route
        .deeds
        .iter()
        .filter_map(|deed| if let Deed::Set(field, _) = deed { Some(field) } else { None })
        .collect();
    let command = match (verb.as_str(), noun.as_str()) {
        ("comment", "") => "post a comment".to_string(),
        ("reply", "") => "post a reply".to_string(),
        ("post" | "send" | "submit" | "add", "") if fields.len() == 1 => {
            let name = label(fields[0])?;
            let known = ["comment", "reply", "message", "note", "review", "answer", "post"]
                .into_iter()
                .find(|noun| name.to_lowercase().contains(noun))?;
            let verb = if verb == "submit" { "post" } else { verb.as_str() };
            format!("{verb} a {known}")
        }
        ("create" | "add" | "post" | "send" | "submit" | "save" | "publish" | "update", noun)
            if !noun.is_empty() =>
        {
            let noun = noun
                .trim_start_matches("a ")
                .trim_start_matches("an ")
                .trim_start_matches("new ")
                .trim_start_matches("the ")
                .trim_start_matches("your ")
                .trim_start_matches("my ");
            if matches!(verb.as_str(), "save" | "update") {
                if noun.ends_with("changes") {
                    return None;
                }
                format!("{verb} the {noun}")
            } else {
                format!("{verb} {} {noun}", crate::hindsight::families::english::article(noun))
            }
        }
        ("create" | "publish", "") => {
            let heading = before.heading().map(|at| before.words(at).into_owned())?;
            let noun = heading
                .strip_prefix("New ")
                .or_else(|| heading.strip_prefix("Create "))
                .or_else(|| heading.strip_prefix("Add "))?
                .to_lowercase();
            let noun = noun.trim_start_matches("new ").trim_start_matches("a ").to_string();
            (noun.split_whitespace().count() <= 3).then_some(())?;
            format!("{verb} {} {noun}", crate::hindsight::families::english::article(&noun))
        }
        _ => return None,
    };
    let command = with_values(&command, route)?;
    Some(Done { command, answer: format!("Done. The page now shows \"{}\".", long[0].trim_end_matches('.')) })
}
