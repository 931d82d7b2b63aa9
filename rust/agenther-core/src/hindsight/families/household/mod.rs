//! Simulated households and other worlds told in sentences: a change of state, from before to after,
//! demonstrates the request to bring it about.

mod events;
mod inventory;
mod report;
mod search;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Candidate, Proposals, english};
use crate::hindsight::guards::content_words;
use crate::hindsight::{Support, Wording};
use crate::reading::Reading;
use crate::signals::tool_status::Status;
use crate::trajectory::{Field, Span};
use events::{Event, Thing};

/// A run that looks around everywhere is not asked about every look.
const MAX_INVENTORIES: usize = 3;

/// Later scenes are not read: requests look back over the run, and no request spans so many steps.
const MAX_SCENES: usize = 400;

/// One step's events.
struct Scene<'a> {
    step: u32,
    events: Vec<Event<'a>>,
    /// Whether nothing follows the last event in the observation.
    last: bool,
}

impl Scene<'_> {
    /// Whether the step changes nothing but doors.
    fn is_idle(&self) -> bool {
        self.events.iter().all(|event| event.place().is_some() || *event == Event::Nothing)
    }

    /// Whether the step looks around: it shows something, and if it tried something in vain, then to go somewhere.
    fn only_looks(&self, reading: &Reading<'_>) -> bool {
        let program = reading.steps[self.step as usize].step.action_input.unwrap_or("");
        self.is_idle()
            && self.events.iter().any(|event| matches!(event, Event::See(..)))
            && !(self.events.contains(&Event::Nothing) && search::acts(program))
    }
}

/// Proposes requests for the changes of state that a run brought about.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let scenes: Vec<Scene<'_>> = reading
        .steps
        .iter()
        .enumerate()
        .filter_map(|(index, step)| {
            let observation = step.step.observation.filter(|_| step.status == Status::Ok)?;
            step.step.action_name?;
            let events = events::events(observation);
            let last = !events.is_empty() && events::ends_with_event(observation);
            (!events.is_empty()).then_some(Scene { step: index as u32, events, last })
        })
        .take(MAX_SCENES)
        .collect();
    // Sentences like "You have moved …" stand in other logs too: a world has places.
    let has_places = scenes.iter().flat_map(|scene| &scene.events).any(|event| event.place().is_some());
    if !has_places && listing(reading).is_none() {
        return;
    }
    let world = World::new(reading, &scenes);
    report::propose(&world, reading, out);
    if !has_places {
        return;
    }
    let before = out.candidates.len();
    for at in 0..scenes.len() {
        if scenes[at].last
            && let Some(candidate) = changed(&world, reading, &scenes, at)
        {
            out.push(candidate);
        }
    }
    search::propose(&world, reading, &scenes, out);
    if out.candidates.len() == before {
        let looked = (0..scenes.len())
            .rev()
            .filter_map(|at| inventory::inventory(&world, reading, &scenes, at))
            .take(MAX_INVENTORIES);
        looked.for_each(|candidate| out.push_rendered(candidate));
    }
}

/// What the room holds: it stands in the prompt, or is what the run begins with.
fn listing<'a>(reading: &Reading<'a>) -> Option<&'a str> {
    let opening = reading.steps.first().filter(|read| read.step.action_name.is_none());
    let texts = [reading.run.original_prompt, opening.and_then(|read| read.step.observation)];
    texts.into_iter().flatten().find_map(|text| text.split_once("you see ")?.1.split(['\n', '.']).next())
}

/// What is known of the things of the world: how many of a kind there are, and how people write them.
struct World<'a> {
    kinds: BTreeMap<&'a str, Vec<&'a str>>,
    /// The kinds that are places.
    places: BTreeSet<&'a str>,
    /// The kinds of which the prompt lists all.
    listed: BTreeSet<&'a str>,
    spoken: BTreeMap<String, String>,
    /// What the original prompt asks for: the topic words of it without what the room holds.
    task: HashSet<String>,
}

impl<'a> World<'a> {
    fn new(reading: &Reading<'a>, scenes: &[Scene<'a>]) -> Self {
        let prompt = reading.run.original_prompt.unwrap_or("");
        let listing = listing(reading).unwrap_or("");
        let mut world = World {
            kinds: BTreeMap::new(),
            places: BTreeSet::new(),
            listed: BTreeSet::new(),
            spoken: BTreeMap::new(),
            task: content_words(&prompt.replacen(listing, "", 1)),
        };
        for thing in events::things(listing) {
            world.learn(thing);
            world.places.insert(thing.kind);
            world.listed.insert(thing.kind);
        }
        for event in scenes.iter().flat_map(|scene| &scene.events) {
            if let Some(place) = event.place() {
                world.learn(place);
                world.places.insert(place.kind);
            }
            if let Event::See(_, things) = event {
                things.iter().for_each(|thing| world.learn(*thing));
            }
            if let Event::Put(_, place) | Event::Process(_, _, Some(place)) = event {
                world.learn(*place);
            }
        }
        for thought in reading.steps.iter().filter_map(|step| step.step.thought) {
            world.learn_spelling(thought);
        }
        world
    }

    fn learn(&mut self, thing: Thing<'a>) {
        let full = self.kinds.entry(thing.kind).or_default();
        if !full.contains(&thing.full) {
            full.push(thing.full);
        }
    }

    /// Worlds glue words (`soapbar`); where the agent writes them apart, so do people.
    fn learn_spelling(&mut self, thought: &str) {
        let mut previous = "";
        for word in thought.split(|c: char| !c.is_alphabetic()) {
            if !previous.is_empty() && !word.is_empty() {
                let glued = [previous, word].concat().to_lowercase();
                if self.kinds.contains_key(glued.as_str()) {
                    self.spoken.insert(glued, format!("{previous} {word}").to_lowercase());
                }
            }
            previous = word;
        }
    }

    /// Whether the prompt lists a thing.
    fn is_listed(&self, thing: Thing<'_>) -> bool {
        self.listed.contains(thing.kind)
            && self.kinds.get(thing.kind).is_some_and(|known| known.contains(&thing.full))
    }

    fn name(&self, thing: Thing<'_>) -> String {
        self.word(thing.kind)
    }

    /// A kind as people write it.
    fn word(&self, kind: &str) -> String {
        self.spoken.get(kind).cloned().unwrap_or_else(|| unglued(kind))
    }

    /// `a mug`
    fn a(&self, thing: Thing<'_>) -> String {
        some(&self.name(thing))
    }

    /// `the fridge` if there is one, else `a cabinet`.
    fn place(&self, thing: Thing<'_>) -> String {
        let only = self.kinds.get(thing.kind).is_none_or(|full| full.len() == 1);
        if only { format!("the {}", self.name(thing)) } else { self.a(thing) }
    }
}

/// `a mug`, `some bread`
fn some(name: &str) -> String {
    let is_mass = english::plural(name) == name && !english::is_plural(name);
    format!("{} {name}", if is_mass { "some" } else { english::article(name) })
}

/// What worlds glue together (`soapbar`) in the words of people.
fn unglued(kind: &str) -> String {
    const HEADS: &[&str] = &[
        "alarm", "baseball", "butter", "coffee", "credit", "desk", "dining", "dish", "floor", "garbage",
        "glass", "hand", "laundry", "paper", "pepper", "remote", "salt", "side", "sink", "soap", "spray",
        "stove", "tennis", "tissue", "toilet", "towel", "trash", "watering", "wine",
    ];
    const TAILS: &[&str] = &[
        "bar", "basin", "bat", "bottle", "box", "burner", "can", "card", "clock", "control", "hamper",
        "hanger", "holder", "knife", "lamp", "machine", "paper", "racket", "roll", "shaker", "sponge",
        "table", "towel",
    ];
    if matches!(kind, "cd" | "dvd" | "tv") {
        return kind.to_uppercase();
    }
    let split = TAILS.iter().find_map(|tail| {
        let head = kind.strip_suffix(tail).filter(|head| !head.is_empty())?;
        let said = unglued(head);
        (HEADS.contains(&head) || said != head).then(|| format!("{said} {tail}"))
    });
    split.unwrap_or_else(|| kind.to_string())
}

/// Places on which things lie; in all others they are in.
fn preposition(place: Thing<'_>) -> &'static str {
    const SURFACES: &[&str] = &[
        "top", "table", "desk", "shelf", "bed", "sofa", "chair", "dresser", "burner", "ottoman", "holder",
        "hanger", "stand", "counter", "floor", "bench", "rack", "machine", "toilet", "stove", "plate",
        "tray", "armchair",
    ];
    if SURFACES.iter().any(|surface| place.kind.ends_with(surface)) { "on" } else { "in" }
}

/// The request for the last change of state of a scene.
fn changed(world: &World<'_>, reading: &Reading<'_>, scenes: &[Scene<'_>], at: usize) -> Option<Candidate> {
    let event = scenes[at].events.last()?;
    let thing = event.changes()?;
    let seed = seed(reading, at);
    let (goal, answer, anchors, prior) = match event {
        Event::Put(_, place) => {
            let (taken, from) = taken(scenes, at, thing)?;
            if from.is_none_or(|from| from.full == place.full) {
                return None;
            }
            let (on, target) = (preposition(*place), world.place(*place));
            let done = processed(scenes, taken, at, thing);
            let name = world.a(thing);
            let goal = match (&done, seed % 3) {
                (Some((verb, _)), _) => format!("{} {name} and put it {on} {target}.", capital(verb)),
                (None, 0) => format!("Find {name} and put it {on} {target}."),
                (None, 1) => format!("Please put {name} {on} {target}."),
                (None, _) => format!("Put {name} {on} {target}."),
            };
            let verb = done.as_ref().map_or(String::new(), |(verb, _)| format!("{} it and ", past(verb)));
            let answer = format!(
                "Done: I took the {} from {}, {verb}put it {on} {}.",
                world.name(thing),
                from.map_or(String::new(), |from| from.named()),
                place.named(),
            );
            let answer = if verb.is_empty() { answer.replacen(", put", " and put", 1) } else { answer };
            (goal, answer, vec![(taken, from), (at, Some(*place))], 0.92)
        }
        Event::Process(verb, _, tool) => {
            let (taken, from) = taken(scenes, at, thing)?;
            let with = tool.map_or(String::new(), |tool| format!(" with {}", world.place(tool)));
            let goal = match seed % 2 {
                0 => format!("{} {}{with}.", capital(verb), world.a(thing)),
                _ => format!("Please {verb} {} for me{with}.", world.a(thing)),
            };
            let source = from.map_or("where it was".to_string(), |from| from.named());
            let with = tool.map_or(String::new(), |tool| format!(" with {}", tool.named()));
            let answer =
                format!("Done: I took the {} from {source} and {} it{with}.", world.name(thing), past(verb));
            (goal, answer, vec![(taken, from), (at, *tool)], 0.88)
        }
        Event::Take(_, from) => {
            let from = (*from)?;
            let own = scenes[..=at]
                .iter()
                .flat_map(|scene| &scene.events)
                .any(|event| matches!(event, Event::Put(t, _) if t.full == thing.full));
            if own {
                return None;
            }
            let goal = match seed % 3 {
                0 => format!("Find {} and take it.", world.a(thing)),
                1 => format!("Please find {} in this room and pick it up.", world.a(thing)),
                _ => format!("Find {} and pick it up.", world.a(thing)),
            };
            let answer = format!(
                "Done: I found the {} {} {} and picked it up.",
                world.name(thing),
                preposition(from),
                from.named()
            );
            (goal, answer, vec![(at, Some(from))], 0.84)
        }
        Event::Switch(_, on) => {
            let state = if *on { "on" } else { "off" };
            // Where things have no numbers there is one of each.
            let name = if thing.full == thing.kind { thing.named() } else { world.a(thing) };
            let is_found = sighting(scenes, at, thing).is_some();
            let goal = match seed % 2 {
                0 if is_found => format!("Find {name} and turn it {state}."),
                _ => format!("Please turn {state} {name}."),
            };
            // How the agent came there is part of it, unless it was after something else on the way.
            let place = sighting(scenes, at, thing).map(|(_, place)| place).filter(|place| {
                let kept = kept(reading, scenes, at, thing, &[(at, Some(*place))]);
                kept.is_some_and(|kept| !any_strays(world, reading, scenes, &kept, &goal, thing))
            });
            let device = match place {
                Some(place) => {
                    format!("the {} {} {}", world.name(thing), preposition(place), place.named())
                }
                None => thing.named(),
            };
            let answer = format!("Done: {device} is now {state}.");
            (goal, answer, vec![(at, place)], 0.82)
        }
        _ => return None,
    };
    let kept = kept(reading, scenes, at, thing, &anchors)?;
    if any_strays(world, reading, scenes, &kept, &goal, thing) {
        return None;
    }
    let kept = kept.iter().map(|&index| scenes[index].step).collect();
    Some(candidate(reading, goal, answer, kept, prior))
}

/// Whether one of the scenes tries something in vain and is after something that the goal does not name.
fn any_strays(
    world: &World<'_>,
    reading: &Reading<'_>,
    scenes: &[Scene<'_>],
    kept: &[usize],
    goal: &str,
    thing: Thing<'_>,
) -> bool {
    kept.iter().any(|&index| {
        scenes[index].events.contains(&Event::Nothing)
            && search::strays(world, reading, &scenes[index], goal, thing.kind)
    })
}

/// The scene, not later than `at`, in which a thing now held was taken, and from where.
fn taken<'a>(scenes: &[Scene<'a>], at: usize, thing: Thing<'_>) -> Option<(usize, Option<Thing<'a>>)> {
    for (index, scene) in scenes[..=at].iter().enumerate().rev() {
        for event in scene.events.iter().rev() {
            match event {
                Event::Take(taken, from) if taken.full == thing.full => return Some((index, *from)),
                Event::Put(put, _) if put.full == thing.full && index < at => return None,
                _ => {}
            }
        }
    }
    None
}

/// What was done with a thing between taking it and now.
fn processed<'a>(
    scenes: &[Scene<'a>],
    taken: usize,
    at: usize,
    thing: Thing<'_>,
) -> Option<(&'a str, Option<Thing<'a>>)> {
    scenes[taken..=at].iter().flat_map(|scene| &scene.events).find_map(|event| match event {
        Event::Process(verb, changed, tool) if changed.full == thing.full => Some((*verb, *tool)),
        _ => None,
    })
}

/// The last scene up to `at` that shows where a thing is.
fn sighting<'a>(scenes: &[Scene<'a>], at: usize, thing: Thing<'_>) -> Option<(usize, Thing<'a>)> {
    scenes[..=at].iter().enumerate().rev().find_map(|(index, scene)| {
        scene.events.iter().rev().find_map(|event| match event {
            Event::See(place, things) if things.iter().any(|seen| seen.full == thing.full) => {
                Some((index, *place))
            }
            _ => None,
        })
    })
}

/// The scenes that lead to the one at `at`: for every anchor (a scene and the place it acts at) the scene
/// itself and the arrival at that place; all changes of the thing in between. `None` if one of them does
/// something else besides, or in vain. To go where one is already is no vain step, nor is what was tried again and
/// then worked.
fn kept(
    reading: &Reading<'_>,
    scenes: &[Scene<'_>],
    at: usize,
    thing: Thing<'_>,
    anchors: &[(usize, Option<Thing<'_>>)],
) -> Option<Vec<usize>> {
    let mut kept = vec![at];
    for (scene, place) in anchors {
        kept.push(*scene);
        let Some(place) = place else { continue };
        let shows = |scene: &Scene<'_>| {
            scene.events.iter().any(|event| event.place().is_some_and(|p| p.full == place.full))
        };
        let arrival = (0..=*scene).rev().find(|&index| shows(&scenes[index]));
        let Some(arrival) = arrival else { continue };
        kept.push(arrival);
        // Arriving and opening are often two steps.
        let opened = scenes[arrival].events.iter().any(|event| matches!(event, Event::Open(_)));
        if opened && arrival > 0 && shows(&scenes[arrival - 1]) {
            kept.push(arrival - 1);
        }
    }
    let first = anchors.iter().map(|(scene, _)| *scene).min()?;
    let changes_it = |scene: &Scene<'_>| {
        scene.events.iter().any(|event| event.changes().is_some_and(|changed| changed.full == thing.full))
    };
    kept.extend((first..=at).filter(|&index| changes_it(&scenes[index])));
    kept.sort_unstable();
    kept.dedup();
    let only_this = kept.iter().all(|&index| {
        let of_others =
            scenes[index].events.iter().filter_map(Event::changes).any(|changed| changed.full != thing.full);
        let vain = scenes[index].events.contains(&Event::Nothing)
            && !scenes[index].only_looks(reading)
            && !tried_again(reading, &scenes[index], &scenes[at]);
        !of_others && !vain
    });
    (only_this && !passed_by(scenes, &kept, thing)).then_some(kept)
}

/// Whether what a scene did last, in vain, is done again by a later one.
fn tried_again(reading: &Reading<'_>, scene: &Scene<'_>, later: &Scene<'_>) -> bool {
    let program = |scene: &Scene<'_>| reading.steps[scene.step as usize].step.action_input.unwrap_or("");
    let last = program(scene).trim_end().lines().next_back().unwrap_or("").trim();
    let once = scene.events.iter().filter(|event| **event == Event::Nothing).count() == 1;
    once && scene.events.last() == Some(&Event::Nothing)
        && scene.step < later.step
        && !last.is_empty()
        && program(later).contains(last)
}

/// Whether a kept scene shows another thing of the kind first and goes on: then the one taken is no "a mug".
fn passed_by(scenes: &[Scene<'_>], kept: &[usize], thing: Thing<'_>) -> bool {
    for &index in kept {
        for event in &scenes[index].events {
            if let Event::See(_, things) = event {
                if things.iter().any(|seen| seen.full == thing.full) {
                    return false;
                }
                if things.iter().any(|seen| seen.kind == thing.kind) {
                    return true;
                }
            }
        }
    }
    false
}

fn candidate(reading: &Reading<'_>, goal: String, answer: String, steps: Vec<u32>, prior: f32) -> Candidate {
    let evidence = steps
        .iter()
        .filter_map(|&step| {
            let observation = reading.steps[step as usize].step.observation?;
            let text = observation.trim_end();
            let line = text.rfind('\n').map_or(0, |at| at + 1);
            Some(Support {
                text: text[line..].to_string(),
                step: Some(step),
                field: Field::Observation,
                span: Span::new(line, text.len()),
            })
        })
        .collect();
    Candidate {
        goal,
        answer,
        wording: Wording::Phrase,
        steps,
        slots: Vec::new(),
        evidence,
        prior,
        trivial: false,
    }
}

fn past(verb: &str) -> String {
    match verb {
        "cut" => "cut".to_string(),
        "chop" => "chopped".to_string(),
        "fry" => "fried".to_string(),
        verb if verb.ends_with('e') => format!("{verb}d"),
        verb => format!("{verb}ed"),
    }
}

fn capital(verb: &str) -> String {
    let (first, rest) = verb.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

/// Chooses among equal phrasings, the same for the same run.
fn seed(reading: &Reading<'_>, at: usize) -> usize {
    let text = reading.run.original_prompt.unwrap_or("");
    text.bytes().fold(at, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()))
}

#[cfg(test)]
mod tests;
