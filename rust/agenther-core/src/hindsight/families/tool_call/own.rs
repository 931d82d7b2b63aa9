//! What a call without arguments gives of whoever asks, where it is no record of theirs: how much is in the account, a list
//! that they call their own, how their thing stands.

use super::ask::Material;
use super::call::Call;
use super::nouns::is_everyday_word;
use super::payload::Node;
use super::subject::Subject;
use super::words::Manner;
use crate::text::needles::find;

/// How a thing of whoever asks stands: `insurance status`.
const STATUS: &str = " status";

/// Such a thing, by `place`, the words for it without its owner.
pub fn owns(call: &Call<'_>, place: &str, material: &Material<'_, '_>) -> bool {
    let payload = &call.payload;
    if call.words.manner() == Manner::Act {
        return false;
    }
    match &payload.node {
        Node::Scalar(text, _) => {
            let is_balance = place.rsplit(' ').next() == Some("balance");
            is_balance && text.trim().parse::<f64>().is_ok() && speaks_of_self(material)
        }
        Node::List(rows) => {
            let is_told = rows.iter().all(|row| matches!(row, Node::Record(_)));
            is_told && payload.complete && says(&[&format!("my {}", call.words.object)], material)
        }
        Node::Record(_) => thing_of(place).is_some() && payload.complete && speaks_of_self(material),
    }
}

/// The thing whose status a goal asks for as a whole. Where a system has more words for it (`vehicle process status`), it is
/// none that its user knows.
pub fn in_status(subject: &Subject) -> Option<&str> {
    let Subject::Mine { place, .. } = subject else { return None };
    thing_of(place)
}

fn thing_of(place: &str) -> Option<&str> {
    place.strip_suffix(STATUS).filter(|thing| !thing.contains(' ') && is_everyday_word(thing))
}

fn speaks_of_self(material: &Material<'_, '_>) -> bool {
    says(&["my", "i", "me"], material)
}

/// Whether the user says one of these.
fn says(words: &[&str], material: &Material<'_, '_>) -> bool {
    let run = material.reading.run;
    let turns = run.steps.iter().filter_map(|step| step.user);
    let mut texts = run.original_prompt.into_iter().chain(turns);
    texts.any(|text| words.iter().any(|word| find(text, word).is_some()))
}
