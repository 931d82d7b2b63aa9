//! Coordinates that an earlier call found for a place: `{"lat": 44.05, "lon": -121.31}` are said by the place that was
//! looked up, and the call that found them stays with the one that needs them.

use super::call::{Given, is_secret, is_unsaid};
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
    Some(Given {
        name,
        role,
        values: vec![place.value.trim().to_string()],
        source: place.source,
        opaque: false,
        told: None,
    })
}

/// The step before `before` that found the coordinates, and the place that it was given.
pub fn origin<'r, 'a>(
    reading: &'r Reading<'a>,
    before: usize,
    argument: &Argument<'_>,
) -> Option<(u32, &'r Argument<'a>)> {
    let step = match argument.source {
        Source::Observation { step, .. } => step,
        _ => finder_of_pair(reading, before, &argument.value)?,
    };
    let mut said = reading
        .provenance()
        .arguments(step as usize)
        .iter()
        .filter(|given| !is_unsaid(given) && !is_secret(given.name));
    let (place, None) = (said.next()?, said.next()) else { return None };
    let is_name = (2..=MAX_PLACE).contains(&place.value.len())
        && place.value.contains(char::is_alphabetic)
        && !is_opaque(&place.value)
        && !matches!(place.source, Source::Observation { .. });
    (is_name && finds_coordinates(reading, step as usize)).then_some((step, place))
}

/// The step whose result holds both numbers of `51.0466,3.7273`, which stand apart in it.
fn finder_of_pair(reading: &Reading<'_>, before: usize, pair: &str) -> Option<u32> {
    let (latitude, longitude) = pair.split_once(',')?;
    let holds = |step: &usize| {
        let text = reading.steps[*step].step.observation.unwrap_or("");
        [latitude, longitude].iter().all(|number| text.contains(number.trim().trim_end_matches('0')))
    };
    let near = before.saturating_sub(MAX_STEPS_BACK)..before;
    near.rev().find(holds).map(|step| step as u32)
}

/// Whether a tool says of itself that it finds where a place lies: what a search for shops found is no place by that name.
fn finds_coordinates(reading: &Reading<'_>, step: usize) -> bool {
    let name = reading.steps[step].step.action_name.unwrap_or("");
    let description = reading.tool(step).and_then(|tool| tool.description.as_deref()).unwrap_or("");
    let says = |word: &str| find(name, word).is_some() || find(description, word).is_some();
    ["geocod", "geocode", "geocoding", "coordinates", "latitude"].into_iter().any(says)
}
