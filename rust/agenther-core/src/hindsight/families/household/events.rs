//! What the sentences of a simulated world report: changes of state, and what is where.

/// A thing of the world as the text names it: `mug 2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thing<'a> {
    /// With its number.
    pub full: &'a str,
    /// Without.
    pub kind: &'a str,
}

impl<'a> Thing<'a> {
    /// As an answer names it: `shelf 2`, or `the fridge` where the world has no numbers.
    pub fn named(&self) -> String {
        if self.full == self.kind { format!("the {}", self.kind) } else { self.full.to_string() }
    }

    /// Reads a noun phrase; `None` where it is none.
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let full =
            ["the ", "The ", "a ", "an ", "some "].iter().find_map(|a| text.strip_prefix(a)).unwrap_or(text);
        let kind = full.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '_' | '-' | '#'));
        let plain =
            !kind.is_empty() && kind.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\''));
        (plain && kind.split(' ').count() <= 4).then_some(Thing { full, kind })
    }
}

/// One reported event.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// Something is now held.
    Take(Thing<'a>, Option<Thing<'a>>),
    /// Something held is now in or on a place.
    Put(Thing<'a>, Thing<'a>),
    /// Something was changed: the verb, the thing, what it was done with.
    Process(&'a str, Thing<'a>, Option<Thing<'a>>),
    /// Something is now on, or off.
    Switch(Thing<'a>, bool),
    /// A place was opened.
    Open(Thing<'a>),
    /// A place is closed, or was.
    Closed(Thing<'a>),
    /// What is in or on a place.
    See(Thing<'a>, Vec<Thing<'a>>),
    /// An action without effect.
    Nothing,
}

impl<'a> Event<'a> {
    /// The place that the event shows the agent to be at.
    pub fn place(&self) -> Option<Thing<'a>> {
        match self {
            Event::Open(place) | Event::Closed(place) | Event::See(place, _) => Some(*place),
            _ => None,
        }
    }

    /// The thing whose state the event changes.
    pub fn changes(&self) -> Option<Thing<'a>> {
        match self {
            Event::Take(thing, _)
            | Event::Put(thing, _)
            | Event::Process(_, thing, _)
            | Event::Switch(thing, _) => Some(*thing),
            _ => None,
        }
    }
}

/// What is said of the one who acts, before the verb.
const ACTORS: &[&str] = &[
    "You have ",
    "You ",
    "I have ",
    "I ",
    "The agent has ",
    "The agent ",
    "Agent ",
    "The robot has ",
    "The robot ",
    "Robot ",
];
const TAKE: &[&str] = &[
    "pick up ",
    "picked up ",
    "take ",
    "took ",
    "taken ",
    "grab ",
    "grabbed ",
    "are now holding ",
    "collect ",
];
const PUT: &[&str] = &["put ", "place ", "placed ", "move ", "moved ", "drop ", "dropped "];
const INTO: &[&str] = &[" in/on ", " into ", " onto ", " inside ", " in ", " on ", " to "];
/// Verbs whose effect stays on the thing, as they stand after "you" and after "you have".
const PROCESS: &[(&str, &str)] = &[
    ("heat ", "heated "),
    ("cool ", "cooled "),
    ("clean ", "cleaned "),
    ("wash ", "washed "),
    ("slice ", "sliced "),
    ("cut ", "cut "),
    ("chop ", "chopped "),
    ("cook ", "cooked "),
    ("fry ", "fried "),
    ("roast ", "roasted "),
    ("grill ", "grilled "),
    ("chill ", "chilled "),
    ("rinse ", "rinsed "),
    ("fill ", "filled "),
    ("wipe ", "wiped "),
];
const USING: &[&str] = &[" using ", " with ", " in "];
const SWITCH: &[(&str, bool)] = &[
    ("turn on ", true),
    ("turned on ", true),
    ("switch on ", true),
    ("switched on ", true),
    ("activate ", true),
    ("turn off ", false),
    ("turned off ", false),
    ("switch off ", false),
    ("switched off ", false),
    ("deactivate ", false),
];

/// The events of an observation, in order, each with whether it ends the text.
pub fn events(observation: &str) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    let mut opened = None;
    for line in observation.lines() {
        for sentence in line.split_inclusive(". ").map(|part| part.trim().trim_end_matches('.')) {
            if let Some((place, things)) = revealed(sentence) {
                opened = Some(place);
                events.extend([Event::Open(place), Event::See(place, things)]);
            } else if let Some(event) = event(sentence, opened) {
                if let Event::Open(place) = &event {
                    opened = Some(*place);
                }
                events.push(event);
            }
        }
    }
    events
}

/// Whether the last line of an observation reports its last event, so that nothing follows it.
pub fn ends_with_event(observation: &str) -> bool {
    let last = observation.trim_end().lines().next_back().unwrap_or("");
    !events(last).is_empty()
}

/// `You open the box, revealing a pen`, `Opening the box reveals a pen`: the place and what is in it.
fn revealed(sentence: &str) -> Option<(Thing<'_>, Vec<Thing<'_>>)> {
    let (place, list) = match sentence.strip_prefix("Opening ") {
        Some(rest) => rest.split_once(" reveals ")?,
        None => {
            let (action, list) = sentence.split_once(", revealing ")?;
            let action = ACTORS.iter().find_map(|actor| action.strip_prefix(actor))?;
            (action.strip_prefix("open ").or_else(|| action.strip_prefix("opened "))?, list)
        }
    };
    let things = things(list);
    (!things.is_empty()).then_some((Thing::parse(place)?, things))
}

fn event<'a>(sentence: &'a str, opened: Option<Thing<'a>>) -> Option<Event<'a>> {
    if let Some(seen) = see(sentence, opened) {
        return Some(seen);
    }
    if let Some(action) = ACTORS.iter().find_map(|actor| sentence.strip_prefix(actor)) {
        return action_event(action);
    }
    let stated = |link: &str| sentence.strip_prefix("The ").and_then(|rest| rest.split_once(link));
    if let Some((thing, state)) = stated(" is ") {
        let thing = Thing::parse(thing)?;
        return match state {
            "closed" | "now closed" => Some(Event::Closed(thing)),
            "open" | "now open" => Some(Event::Open(thing)),
            "now on" | "now turned on" | "now activated" | "now switched on" => {
                Some(Event::Switch(thing, true))
            }
            "now off" | "now turned off" | "now deactivated" | "now switched off" => {
                Some(Event::Switch(thing, false))
            }
            _ => None,
        };
    }
    let no_effect = [
        "Nothing happens",
        "Nothing happened",
        "No known action",
        "You can't",
        "You cannot",
        "Invalid action",
        "I can't",
        "I cannot",
        "It is not clear",
    ];
    no_effect.iter().any(|start| sentence.starts_with(start)).then_some(Event::Nothing)
}

fn action_event(action: &str) -> Option<Event<'_>> {
    let after = |verbs: &[&'static str]| verbs.iter().find_map(|verb| action.strip_prefix(verb));
    if let Some(rest) = after(TAKE) {
        let (thing, from) = match rest.split_once(" from ") {
            Some((thing, from)) => (thing, Some(Thing::parse(from)?)),
            None => (rest, None),
        };
        return Some(Event::Take(Thing::parse(thing)?, from));
    }
    if let Some(rest) = after(PUT) {
        let (thing, place) = INTO.iter().find_map(|into| rest.split_once(into))?;
        return Some(Event::Put(Thing::parse(thing)?, Thing::parse(place)?));
    }
    for (switch, on) in SWITCH {
        if let Some(rest) = action.strip_prefix(switch) {
            return Thing::parse(rest).map(|thing| Event::Switch(thing, *on));
        }
    }
    if let Some(rest) = after(&["open ", "opened "]) {
        return Thing::parse(rest).map(Event::Open);
    }
    if let Some(rest) = after(&["close ", "closed "]) {
        return Thing::parse(rest).map(Event::Closed);
    }
    let (verb, rest) = PROCESS.iter().find_map(|(verb, past)| {
        let rest = action.strip_prefix(verb).or_else(|| action.strip_prefix(past))?;
        Some((verb.trim(), rest))
    })?;
    let (thing, tool) = match USING.iter().find_map(|using| rest.split_once(using)) {
        Some((thing, tool)) => (thing, Some(Thing::parse(tool)?)),
        None => (rest, None),
    };
    Some(Event::Process(verb, Thing::parse(thing)?, tool))
}

/// `On the desk 1, you see a pen 1, and a mug 2`, `In the box is: a pen`, `Inside the box there is a pen`; `In it` is what
/// was opened just before.
fn see<'a>(sentence: &'a str, opened: Option<Thing<'a>>) -> Option<Event<'a>> {
    const LINKS: &[&str] = &[
        ", you see ",
        " you see ",
        " you can see ",
        " you can make out ",
        ", there is ",
        " there is ",
        ", there are ",
        " there are ",
        " is: ",
        " are: ",
    ];
    let after = ["On ", "In ", "Inside "].iter().find_map(|at| sentence.strip_prefix(at))?;
    let (place, list) = LINKS.iter().find_map(|link| after.split_once(link))?;
    let place = if place == "it" { opened? } else { Thing::parse(place)? };
    Some(Event::See(place, things(list.trim_start_matches([':', ' ']))))
}

/// The things of an enumeration; `nothing` is none.
pub fn things(list: &str) -> Vec<Thing<'_>> {
    list.trim_end_matches('.')
        .split(',')
        .map(|item| item.trim().strip_prefix("and ").unwrap_or(item.trim()))
        .flat_map(|item| item.split(" and "))
        .filter(|item| !item.is_empty() && *item != "nothing")
        .filter_map(Thing::parse)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_changes_of_state() {
        let text = "The fridge 1 is closed.\nYou open the fridge 1. The fridge 1 is open. In it, you see a cup 1, and an egg 2.\nYou pick up the egg 2 from the fridge 1.\nYou heat the egg 2 using the microwave 1.\nYou put the egg 2 in/on the desk 3.";
        let events = events(text);
        let egg = Thing { full: "egg 2", kind: "egg" };
        let fridge = Thing { full: "fridge 1", kind: "fridge" };
        let cup = Thing { full: "cup 1", kind: "cup" };
        assert_eq!(events[0], Event::Closed(fridge));
        assert_eq!(events[3], Event::See(fridge, vec![cup, egg]));
        assert_eq!(events[4], Event::Take(egg, Some(fridge)));
        assert_eq!(
            events[5],
            Event::Process("heat", egg, Some(Thing { full: "microwave 1", kind: "microwave" }))
        );
        assert_eq!(events[6], Event::Put(egg, Thing { full: "desk 3", kind: "desk" }));
        assert!(ends_with_event(text));
        assert!(!ends_with_event("You pick up the egg 2.\nFound an egg."));
    }

    #[test]
    fn other_worlds_word_it_otherwise() {
        let mug = Thing { full: "mug", kind: "mug" };
        let table = Thing { full: "table", kind: "table" };
        for (text, expected) in [
            ("I picked up the mug from the table.", Event::Take(mug, Some(table))),
            ("Agent took mug from table.", Event::Take(mug, Some(table))),
            ("You are now holding the mug.", Event::Take(mug, None)),
            ("You have placed the mug on the table.", Event::Put(mug, table)),
            ("You move the mug to the table.", Event::Put(mug, table)),
            ("The robot washed the mug.", Event::Process("wash", mug, None)),
            ("The stove is now activated.", Event::Switch(Thing { full: "stove", kind: "stove" }, true)),
            ("On the table is: a mug.", Event::See(table, vec![mug])),
            ("Inside the table there are a mug.", Event::See(table, vec![mug])),
            ("It is not clear what you mean.", Event::Nothing),
        ] {
            assert_eq!(events(text), [expected], "{text}");
        }
    }

    #[test]
    fn prose_is_no_event() {
        assert!(events("You are in the middle of a room. The weather is nice. Results: 3 items.").is_empty());
    }
}
