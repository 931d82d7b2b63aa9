//! What is where: a scene that shows what some places hold answers the request to go and look.

use std::collections::BTreeMap;

use super::events::{Event, Thing};
use super::{Scene, World, candidate, preposition};
use crate::hindsight::families::{Candidate, english};
use crate::hindsight::guards::content_words;
use crate::reading::Reading;

/// More places than these are not listed by name.
const MAX_NAMED: usize = 5;

/// More places than these are no request, but a tour.
const MAX_PLACES: usize = 16;

/// The request to look into the places that a scene shows, each with what is there.
pub fn inventory(
    world: &World<'_>,
    reading: &Reading<'_>,
    scenes: &[Scene<'_>],
    at: usize,
) -> Option<Candidate> {
    let scene = &scenes[at];
    let seen = contents(scene)?;
    let told = reading.steps[scene.step as usize].step.observation?;
    if !told.lines().all(|line| line.trim().is_empty() || super::events::ends_with_event(line)) {
        return None;
    }
    let mut steps = vec![scene.step];
    let goal = match seen.as_slice() {
        [(place, _)] => {
            let opened = scene.events.iter().any(|event| matches!(event, Event::Open(_)));
            let before = at
                .checked_sub(1)
                .map(|before| &scenes[before])
                .filter(|before| before.events == [Event::Closed(*place)]);
            steps.insert(0, before.filter(|_| opened)?.step);
            format!("Open {} and tell me what is inside.", world.place(*place))
        }
        places => {
            let places: Vec<Thing<'_>> = places.iter().map(|(place, _)| *place).collect();
            format!("Check {} and tell me what is in or on each of them.", named(world, &places)?)
        }
    };
    let lines: Vec<String> =
        seen.iter().map(|(place, things)| format!("- {}: {}", place.full, listed(world, things))).collect();
    let answer = match seen.as_slice() {
        [(place, things)] if things.is_empty() => format!("There is nothing in {}.", place.named()),
        [(place, things)] => {
            let be = if things.len() == 1 { "is" } else { "are" };
            format!(
                "{} {} there {be} {}.",
                english::sentence(preposition(*place)),
                place.named(),
                listed(world, things)
            )
        }
        _ => lines.join("\n"),
    };
    (!hunts(world, reading, scene.step, &goal)).then(|| candidate(reading, goal, answer, steps, 0.78))
}

/// Whether the program of a step is after something that the goal does not name: it stops where that is found, or
/// has a word of the original goal for it. What it shows on the way is no tour that anyone asked for.
fn hunts(world: &World<'_>, reading: &Reading<'_>, step: u32, goal: &str) -> bool {
    let Some(program) = reading.steps[step as usize].step.action_input.filter(|input| input.contains('('))
    else {
        return false;
    };
    let (asked, said) = (content_words(goal), content_words(program));
    said.contains("break") || said.iter().any(|word| world.task.contains(word) && !asked.contains(word))
}

/// A place and the things in or on it.
type Place<'a> = (Thing<'a>, Vec<Thing<'a>>);

/// The places of a scene with what they hold, if it shows that of every place it comes to and changes nothing.
fn contents<'a>(scene: &Scene<'a>) -> Option<Vec<Place<'a>>> {
    let mut seen: Vec<Place<'a>> = Vec::new();
    for event in &scene.events {
        event.place()?;
        if let Event::See(place, things) = event {
            if seen.iter().any(|(known, _)| known.full == place.full) {
                return None;
            }
            seen.push((*place, things.clone()));
        }
    }
    let shown = |place: Thing<'_>| seen.iter().any(|(known, _)| known.full == place.full);
    let every = scene.events.iter().filter_map(Event::place).all(shown);
    (every && !seen.is_empty() && seen.len() <= MAX_PLACES).then_some(seen)
}

/// `the fridge, all the cabinets and shelf 2`: kinds where all are meant, names where some are.
pub fn named(world: &World<'_>, places: &[Thing<'_>]) -> Option<String> {
    let mut kinds: BTreeMap<&str, Vec<Thing<'_>>> = BTreeMap::new();
    for place in places {
        kinds.entry(place.kind).or_default().push(*place);
    }
    let mut parts = Vec::new();
    let mut by_name = 0;
    for (kind, found) in kinds {
        let known = world.kinds.get(kind).map_or(0, Vec::len);
        match (found.len(), known) {
            (1, 1) => parts.push(format!("the {}", world.name(found[0]))),
            (found_number, known) if found_number == known && world.listed.contains(kind) => {
                parts.push(format!("all the {}", english::plural(&world.name(found[0]))));
            }
            (found_number, known)
                if found_number + 1 == known && found_number > 2 && world.listed.contains(kind) =>
            {
                let shown = |full: &&str| found.iter().any(|place| place.full == *full);
                let left_out = world.kinds.get(kind)?.iter().find(|full| !shown(full))?;
                let kinds = english::plural(&world.name(found[0]));
                parts.push(format!("all the {kinds} except {left_out}"));
            }
            _ => {
                by_name += found.len();
                parts.extend(found.iter().map(|place| place.full.to_string()));
            }
        }
    }
    (by_name <= MAX_NAMED).then(|| english::enumerate(&parts, "and"))
}

/// `a pen and 2 mugs`, or `nothing`.
fn listed(world: &World<'_>, things: &[Thing<'_>]) -> String {
    let mut kinds: Vec<(Thing<'_>, usize)> = Vec::new();
    for thing in things {
        match kinds.iter_mut().find(|(known, _)| known.kind == thing.kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((*thing, 1)),
        }
    }
    let parts: Vec<String> = kinds
        .iter()
        .map(|(thing, count)| match count {
            1 => world.a(*thing),
            count => format!("{count} {}", english::plural(&world.name(*thing))),
        })
        .collect();
    if parts.is_empty() { "nothing".to_string() } else { english::enumerate(&parts, "and") }
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    fn goals(lines: &[(&str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        let calls: Vec<(&str, &str, &str)> =
            lines.iter().map(|(input, text)| ("act", *input, *text)).collect();
        proposals(
            super::super::propose,
            "You are in a room and you see a desk 1, a desk 2, and a fridge 1.",
            &calls,
        )
    }

    #[test]
    fn what_an_opened_place_holds_can_be_asked_for() {
        let found = goals(&[
            ("go to fridge 1", "The fridge 1 is closed."),
            (
                "open fridge 1",
                "You open the fridge 1. The fridge 1 is open. In it, you see a cup 1, a cup 2, and an egg 2.",
            ),
        ]);
        let expected = (
            "Open the fridge and tell me what is inside.".to_string(),
            "In fridge 1 there are 2 cups and an egg.".to_string(),
            vec![0, 1],
        );
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_tour_of_all_places_of_a_kind_is_asked_for_by_kind() {
        let tour = "On the desk 1, you see a pen 1.\nOn the desk 2, you see nothing.";
        let found = goals(&[("tour", tour)]);
        assert_eq!(found[0].0, "Check all the desks and tell me what is in or on each of them.");
        assert_eq!(found[0].1, "- desk 1: a pen\n- desk 2: nothing");
        let hunt = "for place in places:\n    if 'mug' in goto(place):\n        break";
        assert!(goals(&[(hunt, tour)]).is_empty(), "a hunt for a mug is no tour");
        assert!(goals(&[("tour", "On the desk 1, you see a pen 1.\nThe fridge 1 is closed.")]).is_empty());
        assert!(
            goals(&[(
                "tour",
                "On the desk 1, you see a pen 1.\nNothing happens.\nOn the desk 2, you see a cup 1."
            )])
            .is_empty()
        );
    }
}
