//! Coordinates that an earlier call found for a place: `{"lat": 44.05, "lon": -121.31}` are said by the place that was
//! looked up, and the call that found them stays with the one that needs them.

use super::given::{Given, is_secret, is_unsaid};
use super::roles::Role;
use crate::hindsight::provenance::{Argument, Source};
use crate::hindsight::wording::{is_opaque, is_plural_phrase};
use crate::reading::Reading;
use crate::signals::effect;
use crate::text::needles::find;

/// The name of the parameter that stands for a latitude and a longitude.
pub const PLACE: &str = "place";

/// Places longer than this are sentences.
const MAX_PLACE: usize = 60;

/// Steps before a call in which its coordinates are looked for: beyond, the work would grow with the square of a run.
const MAX_STEPS_BACK: usize = 64;

/// Coordinates of fewer decimals turn up by chance.
const MIN_DECIMALS: usize = 2;

/// The latitude or longitude of a call as the place it lies in; `None` where no earlier call looked that up by its name.
pub fn located(reading: &Reading<'_>, step: usize, argument: &Argument<'_>, object: &str) -> Option<Given> {
    let (_, place) = origin(reading, step, argument)?;
    let end = effect::words(argument.name).next().unwrap_or("").to_ascii_lowercase();
    let role = match end.as_str() {
        "origin" | "origins" | "from" | "start" | "pickup" => Role::From,
        "destination" | "destinations" | "dest" | "to" | "end" | "dropoff" => Role::To,
        _ if is_plural_phrase(object) => Role::Said("near"),
        _ if place.value.bytes().any(|byte| byte.is_ascii_digit()) => Role::At,
        _ => Role::In,
    };
    let name = if matches!(role, Role::From | Role::To) { end } else { PLACE.to_string() };
    Some(Given::new(&name, role, place.value.trim().to_string(), place.source))
}

/// The step before `before` that found the coordinates, and the place that it was given.
pub fn origin<'r, 'a>(
    reading: &'r Reading<'a>,
    before: usize,
    argument: &Argument<'_>,
) -> Option<(u32, &'r Argument<'a>)> {
    let near = before.saturating_sub(MAX_STEPS_BACK)..before;
    let numbers = || argument.value.split(',').map(str::trim);
    let step = near.rev().find(|&step| {
        finds_coordinates(reading, step) && numbers().all(|number| is_found(reading, step, number))
    })?;
    numbers().any(has_decimals).then_some(())?;
    let mut said = reading
        .provenance()
        .arguments(step)
        .iter()
        .filter(|given| !is_unsaid(given) && !is_secret(given.name));
    let (place, None) = (said.next()?, said.next()) else { return None };
    let is_name = (2..=MAX_PLACE).contains(&place.value.len())
        && place.value.contains(char::is_alphabetic)
        && !is_opaque(&place.value)
        && !matches!(place.source, Source::Observation { .. });
    is_name.then_some((step as u32, place))
}

fn has_decimals(number: &str) -> bool {
    number.split_once('.').is_some_and(|(_, decimals)| decimals.len() >= MIN_DECIMALS)
}

/// Whether a step shows a number, in the first of the places that it found.
fn is_found(reading: &Reading<'_>, step: usize, number: &str) -> bool {
    let text = reading.steps[step].step.observation.unwrap_or("");
    let number = number.trim_end_matches('0');
    let is_whole = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + number.len()..].trim_start_matches('0').chars().next();
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
        !is_part(before) && !is_part(after)
    };
    // Of several places by one name, people mean the first, and an agent may have meant another.
    let second = text.match_indices("\"lat").nth(1).map_or(text.len(), |(at, _)| at);
    text.match_indices(number).any(|(at, _)| at < second && is_whole(at))
}

/// Whether a tool finds where a place lies, by its name or by what it says of itself first: what a search for shops found is
/// no place by that name.
fn finds_coordinates(reading: &Reading<'_>, step: usize) -> bool {
    const COORDINATES: [&str; 5] = ["geocode", "geocoding", "geocoder", "coordinates", "latitude"];
    const PLACES: [&str; 6] = ["address", "city", "location", "place", "town", "name"];
    let name = reading.steps[step].called_name().unwrap_or("");
    let description = reading.called(step).and_then(|tool| tool.description.as_deref()).unwrap_or("");
    let first = description.split(". ").next().unwrap_or("");
    let says = |text: &str, words: &[&str]| words.iter().any(|word| find(text, word).is_some());
    name.to_ascii_lowercase().contains("geocod")
        || says(name, &COORDINATES)
        || says(first, &COORDINATES) && says(first, &PLACES)
}
