//! What a run looked for: where it is, or that it is not where the run looked.

use std::collections::HashSet;

use super::events::{Event, Thing};
use super::inventory::named;
use super::{Scene, World, candidate, preposition, seed, some};
use crate::hindsight::families::{Candidate, Proposals, english};
use crate::hindsight::guards::content_words;
use crate::reading::Reading;

/// More steps of looking around than these hide what they are for.
const MAX_LOOKS: usize = 16;

/// A run is not asked for more finds.
const MAX_FOUND: usize = 2;

/// So many scenes are tried for one.
const MAX_TRIES: usize = 12;

/// More places than these are a tour of the house.
const MAX_PLACES: usize = 40;

/// More places than these that hold a thing are an inventory.
const MAX_SIGHTINGS: usize = 6;

/// So many places may a tour go to in vain: the question names those that it saw.
const MAX_IN_VAIN: usize = 1;

/// States, which programs look for in what a world says.
const STATES: &[&str] = &[
    "open", "opened", "closed", "empty", "clean", "cool", "cold", "hot", "heat", "dirty", "on", "off",
    "nothing", "done",
];

/// Those that a place is in, on the way to what it holds.
const DOORS: &[&str] = &["open", "opened", "closed"];

/// Those among them that the thing which is looked for may be in.
const STATES_OF_THINGS: &[&str] = &["clean", "cool", "cold", "hot", "heat", "dirty"];

/// Proposes the questions that looking around answers: where something is, or whether it is there at all.
pub fn propose(world: &World<'_>, reading: &Reading<'_>, scenes: &[Scene<'_>], out: &mut Proposals) {
    let finds = (0..scenes.len()).filter_map(|at| Some((at, sought_in(reading, &scenes[at])?)));
    let found = finds.take(MAX_TRIES).filter_map(|(at, thing)| found(world, reading, scenes, at, thing));
    let absent = absent(world, reading, scenes);
    found.take(MAX_FOUND).for_each(|candidate| out.push_rendered(candidate));
    // That something is nowhere, the listings of the places tell: all of them are in the goal.
    absent.into_iter().for_each(|candidate| out.push_derived(candidate));
}

/// The thing that a scene looks for and shows.
fn sought_in<'a>(reading: &Reading<'_>, scene: &Scene<'a>) -> Option<Thing<'a>> {
    let step = reading.steps[scene.step as usize].step;
    let program = step.action_input.unwrap_or("");
    // `"pan" in seen and "cool" in seen` hunts for a cool pan, which any pan is not.
    if tested(program).any(is_state_of_thing) {
        return None;
    }
    let is_tested = |thing: &Thing<'_>| {
        // A program that tests for something else is not after what its listings show besides.
        let mut words = tested(program).filter(|word| !DOORS.contains(word)).peekable();
        words.peek().is_none() || words.any(|word| is_one(thing, &word.to_lowercase()))
    };
    let sought =
        || sought(scene, step.action_input).or_else(|| sought(scene, step.thought)).filter(is_tested);
    scene.only_looks(reading).then(sought)?
}

/// What a program tests a text for: `"mug" in seen`.
pub fn tested(program: &str) -> impl Iterator<Item = &str> {
    program.match_indices(" in ").filter_map(|(at, _)| {
        let before = &program[..at];
        let quote = before.chars().next_back().filter(|c| matches!(c, '"' | '\''))?;
        before[..before.len() - 1].rsplit(quote).next()
    })
}

/// The request to find what a scene shows: by that scene and the looks before it, else by that scene alone.
fn found(
    world: &World<'_>,
    reading: &Reading<'_>,
    scenes: &[Scene<'_>],
    at: usize,
    thing: Thing<'_>,
) -> Option<Candidate> {
    let places = sightings(&scenes[at], thing);
    let name = world.a(thing);
    let goal = where_is(&name, seed(reading, at));
    let looks = looks(scenes, at);
    let is_first = |kept: &[usize]| {
        kept[..kept.len() - 1].iter().all(|&index| sightings(&scenes[index], thing).is_empty())
    };
    let is_own =
        |kept: &[usize]| kept.iter().all(|&index| !strays(world, reading, &scenes[index], &goal, thing.kind));
    let alone = vec![at];
    let kept = [looks, alone].into_iter().find(|kept| {
        let is_search = kept.len() > 1 || scenes[at].places() > 1 || at == 0 || is_loop(reading, &scenes[at]);
        kept.len() <= MAX_LOOKS && is_search && is_first(kept) && is_own(kept)
    })?;
    let answer = it_is(&name, &places);
    let steps = kept.iter().map(|&index| scenes[index].step).collect();
    (1..=MAX_SIGHTINGS).contains(&places.len()).then(|| candidate(reading, goal, answer, steps, 0.82))
}

/// The request for the place of `a mug`.
pub fn where_is(name: &str, seed: usize) -> String {
    match seed % 3 {
        0 => format!("Where can I find {name}?"),
        1 if name.starts_with("some") => format!("Look for {name} and tell me where you find it."),
        1 => format!("Look for {name} and tell me where you find one."),
        _ => format!("Find {name} and tell me where it is."),
    }
}

/// The answer to it.
pub fn it_is(name: &str, places: &[Thing<'_>]) -> String {
    let named: Vec<String> =
        places.iter().map(|place| format!("{} {}", preposition(*place), place.named())).collect();
    format!("There is {name} {}.", english::enumerate(&named, "and"))
}

/// Whether a program goes through places until it sees what it is after, and comes to each.
fn is_loop(reading: &Reading<'_>, scene: &Scene<'_>) -> bool {
    let program = reading.steps[scene.step as usize].step.action_input.unwrap_or("");
    let is_straight = !scene.events.contains(&Event::Nothing);
    is_straight && program.contains("for ") && program.contains("break") && tested(program).next().is_some()
}

/// The request to check the places that were looked into for something that is in none of them.
fn absent(world: &World<'_>, reading: &Reading<'_>, scenes: &[Scene<'_>]) -> Option<Candidate> {
    let several = |at: &usize| scenes[*at].only_looks(reading) && scenes[*at].places() > 1;
    let last_look = (0..scenes.len()).take_while(|&at| scenes[at].is_idle()).last();
    let groups = last_look.map(|at| looks(scenes, at)).into_iter();
    let mut groups = groups.chain((0..scenes.len()).filter(several).take(MAX_TRIES).map(|at| vec![at]));
    groups.find_map(|kept| nowhere(world, reading, scenes, &kept))
}

fn nowhere(
    world: &World<'_>,
    reading: &Reading<'_>,
    scenes: &[Scene<'_>],
    kept: &[usize],
) -> Option<Candidate> {
    if kept.len() > MAX_LOOKS {
        return None;
    }
    let target = kept.iter().find_map(|&at| target(world, reading, &scenes[at]))?;
    let mut places: Vec<Thing<'_>> = Vec::new();
    for event in kept.iter().flat_map(|&at| &scenes[at].events) {
        let Event::See(place, things) = event else { continue };
        if places.len() > MAX_PLACES || things.iter().any(|thing| thing.kind == target) {
            return None;
        }
        if places.iter().all(|known| known.full != place.full) {
            places.push(*place);
        }
    }
    if !is_all_shown(kept.iter().map(|&at| &scenes[at]), &places) {
        return None;
    }
    let (goal, answer) = absence(world, &target, &places)?;
    let is_own = kept.iter().all(|&at| !strays(world, reading, &scenes[at], &goal, &target));
    let steps = kept.iter().map(|&at| scenes[at].step).collect();
    is_own.then(|| candidate(reading, goal, answer, steps, 0.8))
}

/// The question whether some of a kind is in any of the places, and the answer that there is none.
pub fn absence(world: &World<'_>, target: &str, places: &[Thing<'_>]) -> Option<(String, String)> {
    let name = world.word(target);
    let a = some(&name);
    let of = named(world, places).filter(|_| places.len() > 1)?;
    let on = places.iter().filter(|place| preposition(**place) == "on").count();
    let within = match on {
        0 => "in",
        on if on == places.len() => "on",
        _ => "in or on",
    };
    let any = if places.len() == 2 { "either" } else { "any" };
    let of_one_kind = places.iter().all(|place| place.kind == places[0].kind);
    let goal = match of.strip_prefix("all the ").filter(|_| of_one_kind) {
        Some(kind) => format!("Is there {a} {within} {any} of the {kind}?"),
        None => format!("Check {of}: is there {a} {within} {any} of them?"),
    };
    Some((goal, format!("No, there is no {name} {within} {any} of them.")))
}

/// Whether the places are all that the scenes went to: a tour that finds places closed, or goes to more than one in vain,
/// shows more than a request for the others asks for.
fn is_all_shown<'s, 'w: 's>(scenes: impl Iterator<Item = &'s Scene<'w>>, places: &[Thing<'_>]) -> bool {
    let is_shown = |place: Thing<'_>| places.iter().any(|known| known.full == place.full);
    scenes.into_iter().all(|scene| {
        let in_vain = scene.events.iter().filter(|event| matches!(event, Event::Nothing)).count();
        (scene.places() <= 1 || in_vain <= MAX_IN_VAIN)
            && scene.events.iter().filter_map(Event::place).all(is_shown)
    })
}

impl Scene<'_> {
    /// How many places the step looks into.
    fn places(&self) -> usize {
        self.events.iter().filter(|event| matches!(event, Event::See(..))).count()
    }
}

/// The scenes up to `at` that look into a place for the first time.
fn looks(scenes: &[Scene<'_>], at: usize) -> Vec<usize> {
    let mut known: HashSet<&str> = HashSet::new();
    let mut kept: Vec<usize> = Vec::new();
    for (index, scene) in scenes.iter().enumerate().take(at + 1) {
        if !scene.is_idle() {
            continue;
        }
        // To open a place is part of looking into it.
        let mut is_new = index == at || scene.events.iter().any(|event| matches!(event, Event::Open(_)));
        for place in scene.events.iter().filter_map(Event::place) {
            is_new |= known.insert(place.full);
        }
        if is_new {
            kept.push(index);
        }
    }
    kept
}

/// The places in which a scene shows a thing of the kind.
fn sightings<'a>(scene: &Scene<'a>, thing: Thing<'_>) -> Vec<Thing<'a>> {
    let mut places: Vec<Thing<'a>> = Vec::new();
    for event in &scene.events {
        if let Event::See(place, things) = event
            && things.iter().any(|seen| seen.kind == thing.kind)
            && places.iter().all(|known| known.full != place.full)
        {
            places.push(*place);
            if places.len() > MAX_SIGHTINGS {
                break;
            }
        }
    }
    places
}

/// The thing of a scene that a text names: what the agent was looking for. What is listed last decides, where a
/// program stops; what is only named after it counts where it itself is nowhere.
fn sought<'a>(scene: &Scene<'a>, text: Option<&str>) -> Option<Thing<'a>> {
    let text = text?.to_lowercase();
    let words: HashSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let seen = || {
        let listed = scene.events.iter().rev().filter_map(|event| match event {
            Event::See(_, things) => Some(things),
            _ => None,
        });
        listed.flatten()
    };
    let named = seen().find(|thing| words.contains(&thing.kind));
    named.or_else(|| seen().find(|thing| words.iter().any(|word| is_one(thing, word)))).copied()
}

/// Whether a thing is of the kind, or of one that is named after it: a `butterknife` is a knife.
fn is_one(thing: &Thing<'_>, kind: &str) -> bool {
    // Few things end so, and taking words apart was an eighth of relabelling runs of a household. What is glued
    // together has no blanks.
    let may_be = kind.contains(' ') || thing.kind.ends_with(kind);
    let is_last_word =
        || super::unglued(thing.kind).strip_suffix(kind).is_some_and(|before| before.ends_with(' '));
    thing.kind == kind || may_be && is_last_word()
}

/// What the step looks for: `"mug" in seen` of a program, `find a mug` of a thought; a thing that the task names or
/// that was seen somewhere.
fn target(world: &World<'_>, reading: &Reading<'_>, scene: &Scene<'_>) -> Option<String> {
    let step = reading.steps[scene.step as usize].step;
    let tested = tested(step.action_input.unwrap_or(""));
    let wanted = step.thought.unwrap_or("").match_indices("find ").filter_map(|(at, verb)| {
        let mut words = step.thought?[at + verb.len()..].split(|c: char| !c.is_alphanumeric());
        let article = words.next()?;
        if matches!(article, "a" | "an" | "some" | "the") { words.next() } else { None }
    });
    tested.chain(wanted).map(str::to_lowercase).find(|word| {
        let is_thing = world.kinds.contains_key(word.as_str()) || world.task.contains(word);
        is_thing && !is_state(word) && !world.places.contains(word.as_str())
    })
}

/// Whether a program has a word of the task that the goal does not have: it is after something else besides. Places
/// are looked into for whatever goal.
pub fn strays(world: &World<'_>, reading: &Reading<'_>, scene: &Scene<'_>, goal: &str, kind: &str) -> bool {
    let program = reading.steps[scene.step as usize].step.action_input.unwrap_or("");
    let asked = content_words(goal);
    content_words(program).iter().any(|word| {
        let is_place = world.places.contains(word.as_str());
        // A state that a program reads, and does not bring about, is nothing that it strays to.
        let is_read = || is_state(word) && tested(program).any(|tested| tested == word);
        world.task.contains(word) && !asked.contains(word) && !is_place && word != kind && !is_read()
    })
}

/// Whether a word says in which state something is.
pub fn is_state(word: &str) -> bool {
    STATES.contains(&word)
}

/// Whether the thing that is looked for may be in the state.
pub fn is_state_of_thing(word: &str) -> bool {
    STATES_OF_THINGS.contains(&word)
}

/// Whether a program calls something that changes the world.
pub fn acts(program: &str) -> bool {
    const ACTS: &[&str] = &[
        "put", "take", "heat", "cool", "clean", "use", "toggle", "slice", "move", "pick", "drop", "grab",
        "place",
    ];
    let called = program
        .match_indices('(')
        .filter_map(|(at, _)| program[..at].rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next());
    called.flat_map(|name| name.split('_')).any(|word| ACTS.contains(&word))
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    const ROOM: &str =
        "You see a shelf 1, a shelf 2, a shelf 3, and a box 1.\nPut a pen and a cup in the box.";

    fn goals(calls: &[(&str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        let calls: Vec<_> = calls.iter().map(|(input, text)| ("run", *input, *text)).collect();
        proposals(super::super::propose, &ROOM.replace("You see", "you see"), &calls)
    }

    const TOUR: &str = "On the shelf 1, you see a cup 1.\nOn the shelf 2, you see nothing.\nOn the shelf 3, you see a pen 4.";

    #[test]
    fn what_a_program_looks_for_is_found() {
        let found = goals(&[("for s in shelves:\n    if 'pen' in goto(s): break", TOUR)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0.contains("a pen"), "{found:?}");
        assert_eq!(found[0].1, "There is a pen on shelf 3.");
        assert_eq!(found[0].2, [0]);
    }

    #[test]
    fn the_search_keeps_every_look_that_was_needed_and_no_other() {
        let found = goals(&[
            ("go to shelf 1", "On the shelf 1, you see a cup 1."),
            ("go to shelf 2", "On the shelf 2, you see nothing."),
            ("go to shelf 1", "On the shelf 1, you see a cup 1."),
            ("go to shelf 3 for the pen", "On the shelf 3, you see a pen 4."),
        ]);
        let (_, answer, kept) = found.iter().find(|(goal, _, _)| goal.contains("a pen")).expect("the pen");
        assert_eq!(answer, "There is a pen on shelf 3.");
        assert_eq!(*kept, [0, 1, 3]);
    }

    #[test]
    fn what_is_in_none_of_the_places_is_said_to_be_in_none() {
        let found =
            goals(&[("for s in shelves:\n    if 'pen' in goto(s): break", &TOUR.replace("pen 4", "nail 4"))]);
        let expected = (
            "Is there a pen on any of the shelves?".to_string(),
            "No, there is no pen on any of them.".to_string(),
            vec![0],
        );
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_tour_that_did_not_see_every_place_it_went_to_finds_nothing_out() {
        for more in ["Nothing happens.\nNothing happens.", "The box 1 is closed."] {
            let tour = format!("{}\n{more}", TOUR.replace("pen 4", "nail 4"));
            let found = goals(&[("for s in places:\n    if 'pen' in goto(s): break", &tour)]);
            assert!(found.is_empty(), "{more}: {found:?}");
        }
    }

    #[test]
    fn the_question_names_the_places_that_a_tour_saw() {
        let tour =
            TOUR.replace("On the shelf 2, you see nothing.", "Nothing happens.").replace("pen", "nail");
        let found = goals(&[("for s in shelves:\n    if 'pen' in goto(s): break", &tour)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "Check shelf 1 and shelf 3: is there a pen on either of them?");
    }

    #[test]
    fn a_kind_is_found_where_only_one_of_its_sorts_is() {
        for (seen, name) in [("butterknife 1", "a butter knife"), ("butterknife 1, and a knife 2", "a knife")]
        {
            let told = format!("On the shelf 1, you see a {seen}.");
            let found = goals(&[("for s in shelves:\n    if 'knife' in goto(s): break", &told)]);
            assert_eq!(found[0].1, format!("There is {name} on shelf 1."));
        }
    }

    #[test]
    fn a_program_after_something_else_is_no_search() {
        for program in [
            "for s in shelves:\n    if 'clean pen' in goto(s): break",
            "# a place for the pen\nfor s in shelves:\n    if 'empty' in goto(s): break",
            "for s in shelves:\n    if 'pen' in goto(s): put('cup')",
        ] {
            let found = goals(&[(program, TOUR)]);
            assert!(found.iter().all(|(goal, _, _)| !goal.contains("pen")), "{program}: {found:?}");
        }
    }
}
