//! Writes to things that an earlier call found: the loan "The Overstory" of a member is renewed, and not loan LN-2.
//!
//! An identifier that only an observation shows is nothing a user knows; the name that stands beside it is.

use super::ask::{Clause, Material};
use super::call::Call;
use super::given::Given;
use super::hop::{found, name, place, through};
use super::roles::Role;
use super::write;
use crate::hindsight::reason::Reason;
use crate::hindsight::wording::{plural, singular};
use crate::hindsight::{Origin, Slot};

/// The clause of a write to a thing that an earlier call found, by its name.
pub fn clause(call: &Call<'_>, calls: &[Call<'_>], material: &Material<'_, '_>) -> Result<Clause, Reason> {
    let (given, source, _) = call.hop().ok_or(Reason::OpaqueIdentifier)?;
    let Role::Identity { .. } = given.role else { return Err(Reason::OpaqueIdentifier) };
    let identifier = given.values.first().ok_or(Reason::OpaqueIdentifier)?;
    let parent = calls.iter().find(|parent| parent.step == source && !parent.is_write);
    let parent = parent.ok_or(Reason::WriteUnverified)?;
    let row = found(parent, identifier).ok_or(Reason::WriteUnverified)?;
    let name = name(&row, identifier).ok_or(Reason::WriteUnverified)?;
    let (noun, place, listed) =
        whereabouts(parent, row.key, calls, material).ok_or(Reason::WriteUnverified)?;
    let thing = format!("the {} \"{name}\" {place}", singular(&noun));
    let built = write::clause_of(call, Some(thing.trim_end()), material.observation(call))?;
    let mut steps: Vec<u32> = listed.steps.iter().copied().chain(call.steps()).collect();
    steps.sort_unstable();
    steps.dedup();
    let mut slots = listed.slots;
    slots.extend(built.slots.into_iter().filter(|slot| slot.value != *identifier));
    let name = name.to_string();
    slots.push(Slot { name: "name".to_string(), value: name, origin: Origin::Observation, step: call.step });
    Ok(Clause { steps, slots, preamble: listed.preamble, ..built })
}

/// The noun for the things of a list in the plural, where they are, and the clause that asks for the list.
fn whereabouts(
    parent: &Call<'_>,
    key: Option<&str>,
    calls: &[Call<'_>],
    material: &Material<'_, '_>,
) -> Option<(String, String, Clause)> {
    // The loans of a member are asked for by the member.
    let of_owner = |clause: Clause| (plural(&parent.words.object), format!("of {}", clause.about), clause);
    if parent.hop().is_some() {
        return through(parent, calls, material).ok().map(of_owner);
    }
    let (noun, place, clause) = place(parent, key, material)?;
    // Between which days it was looked for, who knows it by name need not say.
    let is_window =
        |given: &Given| matches!(given.role, Role::Since | Role::Until | Role::Over | Role::Last(_));
    match parent.given.iter().all(is_window) {
        true => Some((noun, String::new(), Clause { slots: Vec::new(), ..clause })),
        false => Some((noun, place, clause)),
    }
}
