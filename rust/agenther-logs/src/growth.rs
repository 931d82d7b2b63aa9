//! Records of which one begins another: every call of a model as it was logged, every state of a graph as it was kept.
//!
//! A logger that writes each request writes the conversation of a run again and again, longer each time. That a file is
//! such a log is told by its first records: many of them hold all messages of another, and more. From then on a record
//! waits until it cannot be the beginning of one of its neighbours, and only the longest is read. Other files are read
//! as they are, so that they can be read by many threads.
//!
//! What an outline holds is small, and few records wait, so that memory is bounded and each record is compared with a
//! few others.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::formats::{Format, completion_of, filled, messages_of};
use crate::json::Value;
use crate::labels::{is_label, read_labels};
use crate::messages::{Role, content_text, is_message, is_type, parts, role_of};
use crate::run::{Run, Text};
use crate::sse::is_stream;

/// Conversations that may go on at the same time: those of the agents of one run.
const WAITING: usize = 8;
/// Bytes of the records that wait, beyond which the first of them is taken as complete.
const WAITING_BYTES: usize = 64 << 20;

/// Where an answer is a text; what was streamed is another text each time.
const ANSWER: &[&str] = &["response", "completion", "output", "generation"];

/// What a record says, message by message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outline {
    messages: Vec<u64>,
    answer: Option<u64>,
}

impl Outline {
    /// That of a record of messages. One with a label is a run by itself, whatever another says.
    pub fn of(record: Value<'_, '_>) -> Option<Self> {
        let list = messages_of(record)?;
        let mut labels = Run::default();
        read_labels(record, &mut labels);
        let is_labelled = labels.success.is_some() || labels.reward.is_some();
        if is_labelled || record.members().any(|(key, _)| is_label(&key)) {
            return None;
        }
        let in_text = || {
            record
                .text_of(ANSWER)
                .filter(|text| !is_stream(text))
                .map(|text| words(Some(Role::Agent), filled(text)).finish())
        };
        let answer = completion_of(record).map(said).or_else(in_text);
        Some(Outline { messages: list.items().map(said).collect(), answer })
    }

    /// Whether another record says all of this one and more.
    pub fn grows_to(&self, other: &Outline) -> bool {
        self.messages.len() < other.messages.len() && self.begins(other)
    }

    /// Whether another record says all of this one.
    fn begins(&self, other: &Outline) -> bool {
        let Some(rest) = other.messages.strip_prefix(&self.messages[..]) else { return false };
        let next = rest.first().copied().or(other.answer);
        self.answer.is_none() || self.answer == next
    }
}

/// A hash of what a message says. Ids, usage and marks for caches differ where the same message is written again.
fn said(message: Value<'_, '_>) -> u64 {
    // One of several choices has its message inside.
    let message = message.get("message").filter(|inner| is_message(*inner)).unwrap_or(message);
    let text = content_text(message).and_then(filled);
    let is_blank = text.is_none();
    let mut hasher = words(role_of(message), text);
    let calls = message.any_of(&["tool_calls", "function_call"]);
    let calls = calls.filter(|calls| calls.is_object() || calls.items().next().is_some());
    calls.iter().for_each(|calls| calls.json().hash(&mut hasher));
    let mut others = parts(message).filter(|part| !is_type(*part, &["text"])).peekable();
    if is_blank && calls.is_none() && others.peek().is_none() {
        message.json().hash(&mut hasher);
    }
    for (key, value) in others.flat_map(|part| part.members()).filter(|(key, _)| key != "cache_control") {
        (key, value.json()).hash(&mut hasher);
    }
    hasher.finish()
}

fn words(role: Option<Role>, text: Option<Text<'_>>) -> DefaultHasher {
    let mut hasher = DefaultHasher::new();
    (role.map(|role| role as u8), text).hash(&mut hasher);
    hasher
}

/// A record that may be the beginning of another.
pub(crate) struct Waiting {
    pub outline: Outline,
    pub format: &'static dyn Format,
    pub text: String,
    pub key: Option<String>,
    pub number: u64,
    pub offset: u64,
}

/// The records that wait, the one that came last at the end.
#[derive(Default)]
pub(crate) struct Growing {
    waiting: VecDeque<Waiting>,
    bytes: usize,
}

impl Growing {
    /// Takes a record, in the place of those that it goes on with; those that need not wait any more.
    pub fn add(&mut self, record: Waiting) -> Vec<Waiting> {
        if self.waiting.iter().any(|other| record.outline.begins(&other.outline)) {
            return Vec::new();
        }
        self.waiting.retain(|other| !other.outline.begins(&record.outline));
        self.waiting.push_back(record);
        self.bytes = self.waiting.iter().map(|record| record.text.len()).sum();
        let mut complete = Vec::new();
        while self.waiting.len() > WAITING || self.bytes > WAITING_BYTES && self.waiting.len() > 1 {
            complete.extend(self.next());
        }
        complete
    }

    /// The record that waits longest.
    pub fn next(&mut self) -> Option<Waiting> {
        let record = self.waiting.pop_front()?;
        self.bytes -= record.text.len();
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read_inner;

    fn outline(record: &str) -> Outline {
        read_inner(record, Outline::of).unwrap()
    }

    const ASKED: &str = r#"{"messages": [{"role": "user", "content": "a"}]}"#;
    const ANSWERED: &str = r#"{"messages": [{"role": "user", "content": "a"}], "choices": [{"message": {"role": "assistant", "content": "b"}}]}"#;
    const WENT_ON: &str = r#"{"messages": [{"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {}}]}, {"role": "assistant", "content": "b", "id": "1"}, {"role": "user", "content": "c"}]}"#;
    const OTHERWISE: &str =
        r#"{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "x"}]}"#;

    #[test]
    fn a_record_grows_to_one_that_says_all_of_it() {
        let [asked, answered, went_on, otherwise] = [ASKED, ANSWERED, WENT_ON, OTHERWISE].map(outline);
        assert!(asked.grows_to(&went_on) && answered.grows_to(&went_on) && asked.grows_to(&otherwise));
        assert!(!answered.grows_to(&otherwise) && !went_on.grows_to(&asked) && !otherwise.grows_to(&went_on));
        assert!(asked.begins(&answered) && !asked.grows_to(&answered) && !answered.begins(&asked));
    }

    #[test]
    fn a_label_makes_a_record_a_run() {
        for label in [r#""reward": 0"#, r#""info": {"won": false}"#] {
            let labelled = format!(r#"{{"messages": [{{"role": "user", "content": "a"}}], {label}}}"#);
            assert_eq!(read_inner(&labelled, Outline::of), None, "{label}");
        }
    }

    #[test]
    fn the_longest_is_kept_and_few_wait() {
        let mut growing = Growing::default();
        let mut add = |record: &str, number| {
            let format = crate::formats::FORMATS[0];
            let (outline, text) = (outline(record), record.to_owned());
            let record = Waiting { outline, format, text, key: None, number, offset: 0 };
            growing.add(record).into_iter().map(|record| record.number).collect::<Vec<_>>()
        };
        for (number, record) in [ASKED, ANSWERED, WENT_ON, ASKED, OTHERWISE].into_iter().enumerate() {
            assert!(add(record, number as u64).is_empty());
        }
        let other = |number: u64| format!(r#"{{"messages": [{{"role": "user", "content": "{number}"}}]}}"#);
        let complete: Vec<u64> = (10..20).flat_map(|number| add(&other(number), number)).collect();
        assert_eq!(complete, [2, 4, 10, 11]);
        assert_eq!(growing.next().map(|record| record.number), Some(12));
    }
}
