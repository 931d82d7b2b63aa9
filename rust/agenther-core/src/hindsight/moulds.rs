//! Sentence moulds: how the people in a log ask for what a tool does.
//!
//! A sentence that a user wrote and whose literals equal the arguments of a call becomes a mould with slots for that
//! tool and those parameters: `What's the weather in {city}?`. Goals filled into moulds speak the users' language
//! and vary as they do; on held-out tasks they were worth three times what composed goals were. One task may say
//! anything; a mould counts when several tasks support it, which [`supported`] decides.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::families::learn;
use crate::reading::Reading;

/// Tasks that a mould needs.
pub const MIN_TASKS: usize = 2;

/// Sentences longer than this hold more than one call can satisfy.
const MAX_TEXT: usize = 400;

/// A sentence with slots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mould {
    /// The tool whose call it asks for.
    pub tool: String,
    /// The sentence, with `{parameter}` where a value stood.
    pub text: String,
    /// The parameters of the call, sorted: `city` for a slot, `sort=price` for a value that the words imply.
    pub parameters: Vec<String>,
    /// The fields of the result that the sentence asks for; none where it asks for the result as it is.
    pub fields: Vec<String>,
}

/// Moulds by the tool they are for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Moulds {
    by_tool: HashMap<String, Vec<Mould>>,
}

/// The moulds that one run shows: its calls said in the words of its user.
pub fn moulds(reading: &Reading<'_>) -> Vec<Mould> {
    let learned: BTreeSet<Mould> = learn(reading).into_iter().collect();
    learned.into_iter().collect()
}

/// The moulds that at least `tasks` different tasks show, in a stable order.
pub fn supported<'t>(shown: impl IntoIterator<Item = (&'t str, Mould)>, tasks: usize) -> Vec<Mould> {
    let mut support: BTreeMap<Mould, BTreeSet<&str>> = BTreeMap::new();
    for (task, mould) in shown {
        support.entry(mould).or_default().insert(task);
    }
    support.into_iter().filter(|(_, shown_by)| shown_by.len() >= tasks).map(|(mould, _)| mould).collect()
}

impl Moulds {
    /// Sorts moulds by tool. Those that do not hold exactly the slots they name, each once, are left out.
    pub fn new(moulds: impl IntoIterator<Item = Mould>) -> Self {
        let mut by_tool: HashMap<String, Vec<Mould>> = HashMap::new();
        for mould in moulds.into_iter().filter(Mould::is_whole) {
            by_tool.entry(mould.tool.clone()).or_default().push(mould);
        }
        by_tool.values_mut().for_each(|moulds| {
            moulds.sort_unstable();
            moulds.dedup();
        });
        Moulds { by_tool }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_tool.is_empty()
    }

    /// Those for a call of `tool` with these parameters.
    pub fn of<'m>(&'m self, tool: &str, parameters: &'m [String]) -> impl Iterator<Item = &'m Mould> {
        let moulds = self.by_tool.get(tool).map(Vec::as_slice).unwrap_or_default();
        moulds.iter().filter(move |mould| mould.parameters == parameters)
    }
}

impl Mould {
    /// Whether the text has a slot for each parameter without a value, once, and no other.
    fn is_whole(&self) -> bool {
        let Some(pieces) = self.pieces() else { return false };
        let mut slots: Vec<&str> = pieces.iter().filter_map(|&(_, slot)| slot).collect();
        slots.sort_unstable();
        let mut named: Vec<&str> =
            self.parameters.iter().map(String::as_str).filter(|name| !name.contains('=')).collect();
        named.sort_unstable();
        !slots.is_empty() && slots == named && self.text.len() <= MAX_TEXT
    }

    /// The literal pieces of the text, each with the slot that follows it; the last has none.
    fn pieces(&self) -> Option<Vec<(&str, Option<&str>)>> {
        let mut pieces = Vec::new();
        let mut rest = self.text.as_str();
        while let Some(open) = rest.find('{') {
            let close = open + rest[open..].find('}')?;
            pieces.push((&rest[..open], Some(&rest[open + 1..close])));
            rest = &rest[close + 1..];
        }
        if rest.contains('}') {
            return None;
        }
        pieces.push((rest, None));
        Some(pieces)
    }

    /// The sentence with the values of its slots; `None` where one is missing, or where the values could not be read
    /// back from the sentence.
    pub fn filled(&self, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let pieces = self.pieces()?;
        let mut out = String::with_capacity(self.text.len() * 2);
        let mut values = Vec::new();
        for &(literal, slot) in &pieces {
            out.push_str(literal);
            if let Some(slot) = slot {
                let value = value(slot)?;
                out.push_str(&value);
                values.push(value);
            }
        }
        (read_back(&pieces, &out)? == values).then_some(out)
    }
}

/// The values that a sentence has in the slots of its mould.
fn read_back(pieces: &[(&str, Option<&str>)], text: &str) -> Option<Vec<String>> {
    let (&(first, _), rest) = pieces.split_first()?;
    let mut text = text.strip_prefix(first)?;
    let mut values = Vec::new();
    for (at, &(literal, _)) in rest.iter().enumerate() {
        let is_last = at + 1 == rest.len();
        let end = if is_last { text.len().checked_sub(literal.len())? } else { text.find(literal)? };
        if !text.is_char_boundary(end) || !text[end..].starts_with(literal) {
            return None;
        }
        values.push(text[..end].to_string());
        text = &text[end + literal.len()..];
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mould(text: &str, parameters: &[&str]) -> Mould {
        Mould {
            tool: "t".to_string(),
            text: text.to_string(),
            parameters: parameters.iter().map(|name| name.to_string()).collect(),
            fields: Vec::new(),
        }
    }

    #[test]
    fn only_what_can_be_read_back_is_filled_in() {
        let trip = mould("How do I get from {origin} to {destination}?", &["destination", "origin"]);
        let say = |origin: &'static str| {
            move |slot: &str| Some(if slot == "origin" { origin } else { "Rome" }.to_string())
        };
        assert_eq!(trip.filled(say("Oslo")).as_deref(), Some("How do I get from Oslo to Rome?"));
        assert_eq!(trip.filled(say("Oslo to Bergen")), None);
        assert_eq!(trip.filled(|_| None), None);
    }

    #[test]
    fn a_mould_needs_its_slots_and_several_tasks() {
        let good = mould("Weather in {city}?", &["city"]);
        let moulds = Moulds::new([
            good.clone(),
            mould("Weather in {town}?", &["city"]),
            mould("Weather in {city} and {city}?", &["city"]),
            mould("Weather in {city?", &["city"]),
            mould("Weather?", &[]),
        ]);
        let parameters = vec!["city".to_string()];
        assert_eq!(moulds.of("t", &parameters).collect::<Vec<_>>(), [&good]);
        let shown = [("a", good.clone()), ("a", good.clone()), ("b", mould("So, {city}?", &["city"]))];
        assert!(supported(shown.clone(), MIN_TASKS).is_empty());
        assert_eq!(supported(shown.into_iter().chain([("c", good.clone())]), MIN_TASKS), [good]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_mould_panic(before in "\\PC{0,20}", after in "\\PC{0,20}", value in "\\PC{0,10}") {
            for text in [format!("{before}{{a}}{after}"), format!("{before}{after}")] {
                let mould = mould(&text, &["a"]);
                if let Some(filled) = mould.filled(|_| Some(value.clone()))
                    && mould.is_whole()
                {
                    proptest::prop_assert_eq!(filled, format!("{before}{value}{after}"));
                }
            }
        }
    }
}
