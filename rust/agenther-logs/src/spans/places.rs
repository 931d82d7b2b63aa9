//! Where the spans of a trace stand in its tree.

use std::collections::HashMap;

use super::{Kind, Span};

/// Ancestors of a span that are looked at, at most.
const ANCESTORS: usize = 64;

/// Where a span stands in the tree.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// Spans above it, and agents among them.
    pub above: usize,
    pub agents: usize,
    /// Whether it is below a tool, a judge, or a call of the model.
    pub below_tool: bool,
    pub below_judge: bool,
    pub below_model: bool,
}

pub(super) fn places(spans: &[Span]) -> Vec<Place> {
    let named = spans.iter().enumerate().filter(|(_, span)| !span.id.is_empty());
    let index: HashMap<&str, usize> = named.map(|(at, span)| (&*span.id, at)).collect();
    let above = |span: &Span| span.parent.as_deref().and_then(|parent| index.get(parent).copied());
    let place_of = |own: usize| {
        let mut place = Place::default();
        let mut at = above(&spans[own]);
        for _ in 0..ANCESTORS {
            let Some(ancestor) = at else { break };
            if ancestor == own {
                // Parents that go round in a circle say nothing.
                return Place::default();
            }
            place.above += 1;
            match spans[ancestor].kind {
                Kind::Agent => place.agents += 1,
                Kind::Tool => place.below_tool = true,
                Kind::Judge => place.below_judge = true,
                Kind::Model => place.below_model = true,
                Kind::Other => {}
            }
            at = above(&spans[ancestor]);
        }
        place
    };
    (0..spans.len()).map(place_of).collect()
}
