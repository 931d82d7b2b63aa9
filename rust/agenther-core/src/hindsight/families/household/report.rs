//! Programs that look through places and print no listing: what they report of a thing tells whether it is there. One that
//! prints nothing reports nothing: that each place was reached and looked at, nobody saw.

use super::events::{self, Event, Thing};
use super::search::{self, tested};
use super::{MAX_SCENES, Scene, World, candidate};
use crate::hindsight::families::{Proposals, english};
use crate::reading::{Reading, StepReading};

/// How far behind a test what it prints may stand.
const MAX_BRANCH: usize = 120;

/// More places than these are a tour of the house.
const MAX_PLACES: usize = 40;

/// Longer programs do more than look.
const MAX_PROGRAM: usize = 4_000;

/// A world that lists more things than these is none that a program looks through.
const MAX_LISTED: usize = 200;

/// A longer range is no row of places.
const MAX_RANGE: usize = 40;

/// A program that looked for something in some places.
struct Hunt<'a> {
    step: u32,
    target: String,
    places: Vec<Thing<'a>>,
    /// Where it reports the thing; nowhere if it does not.
    found: Vec<Thing<'a>>,
}

/// Proposes what the reports of programs answer: where something is, or that it is in none of the places.
pub fn propose<'a>(world: &World<'a>, reading: &Reading<'a>, scenes: &[Scene<'_>], out: &mut Proposals) {
    let listed = world.listed.iter().filter_map(|kind| world.kinds.get(kind)).map(Vec::len).sum::<usize>();
    if listed == 0 || listed > MAX_LISTED {
        return;
    }
    let steps = reading.steps.iter().enumerate().take(MAX_SCENES);
    let hunts: Vec<Hunt<'_>> = steps.filter_map(|(index, step)| hunt(world, index as u32, step)).collect();
    if let Some(hunt) = hunts.iter().find(|hunt| !hunt.found.is_empty()) {
        let name = super::some(&world.word(&hunt.target));
        let goal = search::where_is(&name, super::seed(reading, hunt.step as usize));
        let answer = search::it_is(&name, &hunt.found);
        out.push_rendered(candidate(reading, goal, answer, vec![hunt.step], 0.8));
    }
    let Some(first) = hunts.iter().find(|hunt| hunt.found.is_empty()) else { return };
    let mut places: Vec<Thing<'_>> = Vec::new();
    let mut steps = Vec::new();
    for hunt in hunts.iter().filter(|hunt| hunt.found.is_empty() && hunt.target == first.target) {
        let known = places.len();
        let is_new = |place: &&Thing<'_>| places[..known].iter().all(|known| known.full != place.full);
        let new: Vec<Thing<'_>> = hunt.places.iter().filter(is_new).copied().collect();
        if !new.is_empty() {
            places.extend(new);
            steps.push(hunt.step);
        }
    }
    let is_shown = scenes.iter().flat_map(|scene| &scene.events).any(|event| {
        let Event::See(place, things) = event else { return false };
        things.iter().any(|thing| thing.kind == first.target)
            && places.iter().any(|known| known.full == place.full)
    });
    if is_shown || places.len() > MAX_PLACES {
        return;
    }
    if let Some((goal, answer)) = search::absence(world, &first.target, &places) {
        out.push_derived(candidate(reading, goal, answer, steps, 0.76));
    }
}

/// Whether a step is a hunt that says, in its own words, that it found nothing.
pub fn reports_absence(read: &StepReading<'_>) -> bool {
    let (Some(program), Some(observation)) = (read.step.action_input, read.step.observation) else {
        return false;
    };
    program.len() <= MAX_PROGRAM
        && is_negative(program, observation)
        && tested(program).any(|word| prints_if_found(program, word))
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
    let places = visited(world, program)?;
    let is_absent = is_negative(program, observation) && mentions(observation, &target);
    let found = match is_absent {
        true => Vec::new(),
        false => reported(world, program, observation, &target)?,
    };
    let is_open = program.contains("open") || !places.iter().any(|place| is_closable(place.kind));
    // What is reported to be nowhere may be in what was left closed.
    (!found.is_empty() || is_open).then_some(Hunt { step: index, target, places, found })
}

/// Whether what follows the test for a word prints something.
fn prints_if_found(program: &str, word: &str) -> bool {
    program.match_indices(word).any(|(at, _)| {
        let rest = program[at + word.len()..].trim_start_matches(['"', '\'']);
        let branch = rest.get(..MAX_BRANCH).unwrap_or(rest);
        rest.starts_with(" in ")
            && branch.split_once(':').is_some_and(|(_, branch)| branch.trim_start().starts_with("print("))
    })
}

/// Whether a program prints, in its own words, that it found nothing.
fn is_negative(program: &str, observation: &str) -> bool {
    const NOT_FOUND: &[&str] = &[
        "no ",
        "not found",
        "could not find",
        "couldn't find",
        "did not find",
        "didn't find",
        "cannot find",
    ];
    let said = observation.trim();
    let lower = said.to_lowercase();
    !said.contains('\n') && program.contains(said) && NOT_FOUND.iter().any(|start| lower.starts_with(start))
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

/// The places that a program names, as `"shelf 1"` or as `f"shelf {i}" for i in range(1, 4)`.
fn visited<'a>(world: &World<'a>, program: &str) -> Option<Vec<Thing<'a>>> {
    let mut places = Vec::new();
    for kind in &world.listed {
        let row = ["\"", "'"].iter().find_map(|quote| {
            let at = program.find(&format!("f{quote}{kind} {{"))?;
            Some(range(&program[at + 2 + kind.len()..], quote))
        });
        // A row that is not understood may be of any length.
        let row = match row {
            Some(range) => range?,
            None => 0..0,
        };
        for full in world.kinds.get(kind)? {
            let number = full[kind.len()..].trim().parse::<usize>().ok();
            let is_named = ["\"", "'"].iter().any(|quote| program.contains(&format!("{quote}{full}{quote}")));
            if is_named || number.is_some_and(|number| row.contains(&number)) {
                places.push(Thing { full, kind });
            }
        }
    }
    (!places.is_empty()).then_some(places)
}

/// The numbers of ` {i}" for i in range(1, 4)`.
fn range(text: &str, quote: &str) -> Option<std::ops::Range<usize>> {
    let (variable, rest) = text.trim_start().strip_prefix('{')?.split_once('}')?;
    let rest = rest.strip_prefix(quote)?.trim_start().strip_prefix("for ")?;
    let bounds = rest.strip_prefix(variable)?.strip_prefix(" in range(")?.split_once(')')?.0;
    let (from, to) = bounds.split_once(',').unwrap_or(("0", bounds));
    let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (to <= from + MAX_RANGE).then_some(from..to)
}

/// Whether a place has a door, a lid or a drawer.
fn is_closable(kind: &str) -> bool {
    const CLOSABLE: &[&str] = &[
        "box",
        "cabinet",
        "case",
        "chest",
        "closet",
        "cupboard",
        "door",
        "drawer",
        "dresser",
        "dryer",
        "freezer",
        "fridge",
        "hamper",
        "microwave",
        "oven",
        "refrigerator",
        "safe",
        "suitcase",
        "trunk",
        "wardrobe",
        "washer",
    ];
    CLOSABLE.iter().any(|closable| kind.ends_with(closable))
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    const ROOM: &str = "You are in a kitchen and you see a shelf 2, a shelf 1, a box 1, a jar 1 and a table 1.\nPut a pen in the jar.";

    fn goals(calls: &[(&str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        let calls: Vec<_> = calls.iter().map(|(input, text)| ("run", *input, *text)).collect();
        proposals(super::super::propose, ROOM, &calls)
    }

    const HUNT: &str = "for place in ['box 1', *[f\"shelf {i}\" for i in range(1, 3)]]:\n    seen = go(place)\n    if 'closed' in seen:\n        seen = open_it(place)\n    if 'pen' in seen:\n        print(seen)\n        break";

    /// The same, which says so where it finds none.
    const TOLD: &str = "for place in ['box 1', *[f\"shelf {i}\" for i in range(1, 3)]]:\n    seen = go(place)\n    if 'closed' in seen:\n        seen = open_it(place)\n    if 'pen' in seen:\n        print(seen)\n        break\nelse:\n    print('No pen found.')";

    #[test]
    fn a_hunt_that_says_that_it_found_nothing_found_nothing() {
        let expected = (
            "Check the box and all the shelves: is there a pen in or on any of them?".to_string(),
            "No, there is no pen in or on any of them.".to_string(),
            vec![0],
        );
        assert_eq!(goals(&[(TOLD, "No pen found.")]), [expected]);
    }

    #[test]
    fn hunts_that_report_failure_add_up() {
        let look = |place: &str| {
            format!(
                "if 'pen' in go('{place}'):\n    print('Found a pen.')\nelse:\n    print('Could not find a pen.')"
            )
        };
        let (jar, table) = (look("jar 1"), look("table 1"));
        let found = goals(&[(&jar, "Could not find a pen."), (&table, "Could not find a pen.")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "Check the jar and the table: is there a pen in or on either of them?");
        assert_eq!(found[0].2, [0, 1]);
    }

    #[test]
    fn what_a_program_reports_is_found() {
        let program = HUNT.replace("print(seen)", "print(f'Found a pen in {place}.')");
        let found = goals(&[(&program, "Found a pen in shelf 2.")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, "There is a pen on shelf 2.");
    }

    #[test]
    fn silence_and_reports_that_may_mean_something_else_tell_nothing() {
        for (program, text) in [
            (HUNT.to_string(), ""),
            (HUNT.to_string(), "[Executed Successfully with No Output]"),
            // The box may be closed.
            (TOLD.replace("open_it(place)", "''"), "No pen found."),
            (TOLD.replace("'pen' in", "'pen' in seen and 'clean' in"), "No pen found."),
            (TOLD.replace("range(1, 3)", "numbers"), "No pen found."),
            (TOLD.replace("print(seen)", "print(put('pen 1', 'jar 1'))"), "No pen found."),
            (HUNT.to_string(), "Traceback: no pen"),
            (HUNT.to_string(), "Found a pen in the attic."),
        ] {
            let found = goals(&[(&program, text)]);
            assert!(found.is_empty(), "{program} {text}: {found:?}");
        }
    }

    #[test]
    fn what_another_step_shows_there_is_not_missing() {
        let found = goals(&[(TOLD, "No pen found."), ("go('shelf 2')", "On the shelf 2, you see a pen 1.")]);
        assert!(found.iter().all(|(goal, _, _)| !goal.contains("is there")), "{found:?}");
    }
}
