//! The indexes of the kept steps, made one. That of a single step is its own.

use std::borrow::Cow;

use super::super::step::{Place, StepEvidence};
use super::Part;

/// The stems that any of the steps has, sorted.
pub(super) fn stems<'e>(parts: &[Part<'e>], of: impl Fn(&'e StepEvidence) -> &'e [u64]) -> Cow<'e, [u64]> {
    if let [part] = parts {
        return Cow::Borrowed(of(part.step));
    }
    let mut all: Vec<u64> = parts.iter().flat_map(|part| of(part.step)).copied().collect();
    // Sorted runs: a stable sort merges them.
    all.sort();
    all.dedup();
    Cow::Owned(all)
}

pub(super) fn by_value<'e>(parts: &[Part<'e>]) -> Cow<'e, [(i64, u32)]> {
    if let [part] = parts {
        return Cow::Borrowed(&part.step.by_value);
    }
    let shifted = |part: &Part<'e>| {
        let by = part.amount;
        part.step.by_value.iter().map(move |&(key, at)| (key, at + by))
    };
    let mut all: Vec<(i64, u32)> = parts.iter().flat_map(shifted).collect();
    all.sort_by_key(|(key, _)| *key);
    Cow::Owned(all)
}

pub(super) fn names<'e>(parts: &[Part<'e>]) -> (Cow<'e, [u64]>, Cow<'e, [Place]>) {
    if let [part] = parts {
        return (Cow::Borrowed(&part.step.names), Cow::Borrowed(&part.step.places));
    }
    let shifted = |part: &Part<'e>| {
        let (node, leaf) = (part.node, part.leaf);
        let place =
            move |place: &Place| Place { node: node + place.node, leaf: place.leaf.map(|at| leaf + at) };
        part.step.names.iter().copied().zip(part.step.places.iter().map(place))
    };
    let mut all: Vec<(u64, Place)> = parts.iter().flat_map(shifted).collect();
    all.sort_by_key(|(name, _)| *name);
    let (names, places) = all.into_iter().unzip();
    (Cow::Owned(names), Cow::Owned(places))
}
