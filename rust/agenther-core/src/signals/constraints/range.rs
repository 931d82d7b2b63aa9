//! Ranges: "between $20 and $30", "from 5 to 10 kg", "€20-30", "May 3 – May 9".

use super::bound::Bound;
use super::{Constraint, is_measure};
use crate::text::facts::{Fact, FactKind};
use crate::trajectory::Span;

/// Two bounds for each range. The facts of a text do not overlap and come in its order.
pub fn ranges<'a>(text: &'a str, facts: &[Fact<'a>]) -> Vec<Constraint<'a>> {
    let pairs = std::iter::zip(facts, facts.get(1..).unwrap_or_default());
    pairs
        .filter(|(low, high)| is_measure(low) && is_measure(high))
        .filter_map(|(low, high)| range(text, *low, *high))
        .flatten()
        .collect()
}

fn range<'a>(text: &'a str, low: Fact<'a>, high: Fact<'a>) -> Option<[Constraint<'a>; 2]> {
    let head = text[..low.span.start as usize].trim_end();
    let lead = ["between", "from", "range of"].into_iter().find(|lead| ends_with_word(head, lead));
    let joint = text[low.span.end as usize..high.span.start as usize].trim();
    let joined = match (lead, joint) {
        (Some("between"), "and" | "-" | "–" | "—") => true,
        (Some("from" | "range of"), "to" | "-" | "–" | "—" | "until" | "till" | "through") => true,
        // Plain numbers with a dash are scores, sections, telephone numbers.
        (_, "-" | "–" | "—" | "to") => low.kind != FactKind::Number || high.kind != FactKind::Number,
        _ => false,
    };
    let (low, high) = alike(low, high)?;
    let ordered = low.value.zip(high.value).is_none_or(|(low, high)| low < high);
    let start = lead.map_or(low.span.start as usize, |lead| head.len() - lead.len());
    let span = Span::new(start, high.span.end as usize);
    let of = |bound, fact| Constraint { bound, fact, span };
    (joined && ordered).then(|| [of(Bound::AtLeast, low), of(Bound::AtMost, high)])
}

/// Both with the unit that only one of them says: "20-30 dollars", "$20-30".
fn alike<'a>(low: Fact<'a>, high: Fact<'a>) -> Option<(Fact<'a>, Fact<'a>)> {
    let lend = |to: Fact<'a>, from: Fact<'a>| Fact { kind: from.kind, unit: from.unit, per: from.per, ..to };
    match (low.kind, high.kind) {
        (a, b) if a == b => Some((low, high)),
        // The values of lengths of time are scaled to seconds, which a bare number is not.
        (FactKind::Number, FactKind::Money | FactKind::Quantity | FactKind::Percent) => {
            Some((lend(low, high), high))
        }
        (FactKind::Money | FactKind::Quantity | FactKind::Percent, FactKind::Number) => {
            Some((low, lend(high, low)))
        }
        _ => None,
    }
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.len().checked_sub(word.len()).is_some_and(|start| {
        text.is_char_boundary(start)
            && text[start..].eq_ignore_ascii_case(word)
            && !text[..start].ends_with(char::is_alphanumeric)
    })
}
