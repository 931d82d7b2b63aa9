//! Which fields of a result the run went on to use: those are what its user wanted.
//!
//! Asking for the fields by data flow took "all the details" from 19 of 42 goals to none.

use super::call::Call;
use super::payload::Node;
use crate::hindsight::wording::{humanize, is_function_word};
use crate::reading::Reading;
use crate::text::needles::Trie;
use crate::text::tables::{FastMap, FastSet};

/// Values of one field that are looked for in later text.
const VALUES_PER_FIELD: usize = 24;

/// The fields of every call's result that later text mentions.
#[derive(Debug, Default)]
pub struct Usage {
    /// By field, the calls whose value of it was.
    used: FastMap<String, Vec<u32>>,
    /// Fields that the user spoke of.
    asked_about: FastSet<String>,
}

impl Usage {
    /// Reads the agent's later words and arguments once, for all calls together.
    pub fn new(reading: &Reading<'_>, calls: &[Call<'_>], user_text: &str) -> Self {
        let mut trie = Trie::default();
        // Each value that is looked for, with a call and a field that has it.
        let mut owners: Vec<(u32, u32, &str)> = Vec::new();
        let mut scalars = Vec::new();
        for call in calls {
            for (key, value) in fields(&call.payload.node) {
                scalars.clear();
                value.scalars(VALUES_PER_FIELD, &mut scalars);
                for scalar in scalars.iter().filter(|scalar| is_telling(scalar)) {
                    if let Some(needle) = trie.insert_text(scalar) {
                        owners.push((needle, call.step, key));
                    }
                }
            }
        }
        trie.finish();
        let mut last_seen = vec![None; trie.needles as usize];
        for (step, read) in reading.steps.iter().enumerate() {
            for text in [read.step.thought, read.step.action_input].into_iter().flatten() {
                trie.scan(text, |needle, _| last_seen[needle as usize] = Some(step as u32));
            }
        }
        if let Some(answer) = reading.run.final_answer {
            trie.scan(answer, |needle, _| last_seen[needle as usize] = Some(u32::MAX));
        }
        let mut used: FastMap<String, Vec<u32>> = FastMap::default();
        for (needle, step, key) in owners {
            let is_known =
                |used: &FastMap<String, Vec<u32>>| used.get(key).is_some_and(|steps| steps.contains(&step));
            if last_seen[needle as usize].is_some_and(|last| last > step) && !is_known(&used) {
                used.entry(key.to_string()).or_default().push(step);
            }
        }
        Usage { used, asked_about: asked_about(calls, user_text) }
    }

    /// Whether the user spoke of the field.
    pub fn is_asked(&self, key: &str) -> bool {
        self.asked_about.contains(key)
    }

    /// Whether the run used the field.
    pub fn is_carried(&self, step: u32, key: &str) -> bool {
        self.used.get(key).is_some_and(|steps| steps.contains(&step))
    }

    /// Whether the run used the field, or the user spoke of it.
    pub fn is_used(&self, step: u32, key: &str) -> bool {
        self.is_asked(key) || self.is_carried(step, key)
    }
}

/// The keys of the results whose words the user wrote; the user's text is read once for all of them.
fn asked_about(calls: &[Call<'_>], user_text: &str) -> FastSet<String> {
    let mut trie = Trie::default();
    let mut keys: Vec<(u32, &str)> = Vec::new();
    let mut seen = FastSet::default();
    for (key, _) in calls.iter().flat_map(|call| fields(&call.payload.node)) {
        // `from` and `to` stand in any text.
        if !seen.insert(key) {
            continue;
        }
        let said = humanize(key);
        if !is_function_word(&said)
            && let Some(needle) = trie.insert_text(&said)
        {
            keys.push((needle, key));
        }
    }
    trie.finish();
    let mut is_said = vec![false; trie.needles as usize];
    trie.scan(user_text, |needle, _| is_said[needle as usize] = true);
    keys.into_iter().filter(|(needle, _)| is_said[*needle as usize]).map(|(_, key)| key.to_string()).collect()
}

/// One or two letters or digits turn up anywhere.
fn is_telling(value: &str) -> bool {
    (3..=60).contains(&value.len()) || value.len() == 2 && value.parse::<u8>().is_ok()
}

/// The named fields of a result: of a record its own, of a list those of its rows.
pub fn fields(node: &Node) -> Vec<(&str, &Node)> {
    match node {
        Node::Record(fields) => fields.iter().map(|(key, value)| (key.as_str(), value)).collect(),
        Node::List(rows) => rows
            .iter()
            .flat_map(|row| match row {
                Node::Record(fields) => fields.as_slice(),
                _ => &[],
            })
            .map(|(key, value)| (key.as_str(), value))
            .collect(),
        Node::Scalar(..) => Vec::new(),
    }
}
