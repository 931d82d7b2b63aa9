//! Values as the people and the results of a run write them: places of time zones, names with their capitals.

use super::given::Given;
use super::roles::Role;
use crate::hindsight::provenance::{Argument, Source};
use crate::reading::Reading;
use crate::signals::effect;
use crate::text::needles::find;

/// The place of a time zone, of which one asks for the time: London of `Europe/London`.
pub fn place_of_zone<'v>(name: &str, value: &'v str, object: &str) -> Option<&'v str> {
    let last = object.rsplit(' ').next().unwrap_or(object);
    let tells_time = matches!(last, "time" | "clock" | "date" | "datetime");
    let letters = || effect::words(name).map(str::to_ascii_lowercase).collect::<String>();
    let is_zone = tells_time && matches!(letters().as_str(), "timezone" | "tz" | "timezonename" | "zone");
    is_zone.then(|| value.rsplit('/').next().unwrap_or(value))
}

/// A name in small letters as the user wrote it, else as the run does: `turks and caicos` with its capitals.
pub fn with_capitals(given: &mut Given, argument: &Argument<'_>, reading: &Reading<'_>) {
    let is_name = matches!(given.role, Role::In | Role::At | Role::By | Role::From | Role::To);
    let Some(value) = given.values.last_mut().filter(|_| is_name) else { return };
    if !value.contains(char::is_alphabetic) || value.contains(char::is_uppercase) {
        return;
    }
    let by_user = user_text(reading, argument.source).filter(|text| text.eq_ignore_ascii_case(value));
    // One word may stand at the start of a sentence, of which nobody knows whether it is a name.
    let is_long = value.contains(' ');
    let texts = || {
        let steps = reading.steps.iter().map(|step| step.step);
        let said = steps.flat_map(|step| [step.user, step.observation, step.thought]);
        said.chain([reading.run.original_prompt, reading.run.final_answer]).flatten()
    };
    let written = by_user
        .filter(|text| text.contains(char::is_uppercase))
        .or_else(|| is_long.then(|| texts().find_map(|text| capitalized(text, value))).flatten());
    if let Some(written) = written {
        *value = written.to_string();
    }
}

/// What the user wrote where a value was found.
fn user_text<'a>(reading: &Reading<'a>, source: Source) -> Option<&'a str> {
    let Source::User { step, span } = source else { return None };
    let text = match step {
        None => reading.run.original_prompt?,
        Some(step) => reading.steps[step as usize].step.user?,
    };
    text.get(span.start as usize..span.end as usize)
}

/// A value in a text, if its first and its last word have capitals there.
fn capitalized<'t>(text: &'t str, value: &str) -> Option<&'t str> {
    let span = find(text, value)?;
    let found = text.get(span.start as usize..span.end as usize)?;
    let has_capital = |word: Option<&str>| word.is_some_and(|word| word.starts_with(char::is_uppercase));
    (has_capital(found.split(' ').next()) && has_capital(found.rsplit(' ').next())).then_some(found)
}
