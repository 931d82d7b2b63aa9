//! Programs that look through places and print where they found something, in words of their own.
//!
//! That they found nothing tells nothing: a place that could not be reached, or that is closed, has nothing in it either.

use super::events::{self, Thing};
use super::search::{self, tested};
use super::{MAX_SCENES, World, candidate};
use crate::hindsight::families::{Proposals, english};
use crate::reading::{Reading, StepReading};

/// Longer programs do more than look.
const MAX_PROGRAM: usize = 4_000;

/// A world that lists more things than these is none that a program looks through.
const MAX_LISTED: usize = 200;

/// A program that looked for something.
struct Hunt<'a> {
    step: u32,
    target: String,
    /// Where it reports the thing.
    found: Vec<Thing<'a>>,
}

/// Proposes where things are that programs report to have found.
pub fn propose<'a>(world: &World<'a>, reading: &Reading<'a>, out: &mut Proposals) {
    let listed = world.listed.iter().filter_map(|kind| world.kinds.get(kind)).map(Vec::len).sum::<usize>();
    if listed == 0 || listed > MAX_LISTED {
        return;
    }
    let mut steps = reading.steps.iter().enumerate().take(MAX_SCENES);
    if let Some(hunt) = steps.find_map(|(index, step)| hunt(world, index as u32, step)) {
        let name = super::some(&world.word(&hunt.target));
        let goal = search::where_is(&name, super::seed(reading, hunt.step as usize));
        let answer = search::it_is(&name, &hunt.found);
        out.push_rendered(candidate(reading, goal, answer, vec![hunt.step], 0.8));
    }
}

fn hunt<'a>(world: &World<'a>, index: u32, read: &StepReading<'a>) -> Option<Hunt<'a>> {
    read.step.action_name?;
    let (program, observation) = (read.step.action_input?, read.step.observation?);
    if program.len() > MAX_PROGRAM {
        return None;
    }
    let mut targets = tested(program).filter(|word| !search::is_state(word));
    let target = targets.next()?.to_lowercase();
    let is_thing = world.task.contains(&target) || world.kinds.contains_key(target.as_str());
    let is_alone = targets.all(|other| other.eq_ignore_ascii_case(&target))
        && !tested(program).any(search::is_state_of_thing);
    if !is_thing || !is_alone || world.places.contains(target.as_str()) || search::acts(program) {
        return None;
    }
    let found = reported(world, program, observation, &target)?;
    Some(Hunt { step: index, target, found })
}

/// The places of `Found a mug in shelf 2, shelf 3.`, which a program printed of a thing.
fn reported<'a>(
    world: &World<'a>,
    program: &str,
    observation: &'a str,
    target: &str,
) -> Option<Vec<Thing<'a>>> {
    let said = observation.trim().trim_end_matches('.');
    let (what, places) = said.strip_prefix("Found ")?.rsplit_once(" in ")?;
    let places = events::things(places);
    let is_known = |place: &Thing<'_>| world.is_listed(*place);
    let is_other = |kind: &&str| kind.contains(target) && *kind != target;
    let is_own = !said.contains('\n') && program.contains("Found ") && mentions(what, target);
    (is_own && !places.is_empty() && places.iter().all(is_known) && !world.kinds.keys().any(is_other))
        .then_some(places)
}

fn mentions(text: &str, target: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| english::singular(&word.to_lowercase()) == english::singular(target))
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    const ROOM: &str = "You are in a kitchen and you see a shelf 2, a shelf 1, a box 1, a jar 1 and a table 1.\nPut a pen in the jar.";

    fn goals(calls: &[(&str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        let calls: Vec<_> = calls.iter().map(|(input, text)| ("run", *input, *text)).collect();
        proposals(super::super::propose, ROOM, &calls)
    }

    const HUNT: &str = "for place in ['box 1', *[f\"shelf {i}\" for i in range(1, 3)]]:\n    seen = go(place)\n    if 'pen' in seen:\n        print(f'Found a pen in {place}.')\n        break\nelse:\n    print('No pen found.')";

    #[test]
    fn what_a_program_reports_is_found() {
        let found = goals(&[(HUNT, "Found a pen in shelf 2.")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, "There is a pen on shelf 2.");
    }

    #[test]
    fn silence_and_reports_of_nothing_tell_nothing() {
        for (program, text) in [
            (HUNT.to_string(), ""),
            (HUNT.to_string(), "[Executed Successfully with No Output]"),
            (HUNT.to_string(), "No pen found."),
            (HUNT.replace("'pen' in", "'pen' in seen and 'clean' in"), "Found a pen in shelf 2."),
            (HUNT.to_string(), "Traceback: no pen"),
            (HUNT.to_string(), "Found a pen in the attic."),
        ] {
            let found = goals(&[(&program, text)]);
            assert!(found.is_empty(), "{program} {text}: {found:?}");
        }
    }
}
