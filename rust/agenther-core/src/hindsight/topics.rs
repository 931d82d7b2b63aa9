//! The words of a text that carry its topic, compared by hash: in small letters, in the singular, without function words.

use super::wording::{is_function_word, singular_word};
use crate::text::memo::WordMemo;
use crate::text::tables::FastSet;
use crate::text::words::{word_hash, words};

/// The topic words of a text.
pub type Topics = FastSet<u64>;

/// A word that carries a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// What it is compared by.
    pub hash: u64,
    /// Whether a digit stands in it.
    pub has_digit: bool,
    /// Whether it is digits and nothing else.
    pub is_number: bool,
}

/// Longer words, and those beyond ASCII, are lowered on the heap.
const SHORT: usize = 48;

/// The topic words of a text, in order.
pub fn topic_words(text: &str) -> impl Iterator<Item = Topic> + '_ {
    thread_local! {
        static TOPICS: WordMemo<Option<Topic>> = WordMemo::default();
    }
    words(text).filter_map(|word| TOPICS.with(|topics| topics.of(word.text, read)))
}

fn read(word: &str) -> Option<Topic> {
    let mut buffer = [0; SHORT];
    match buffer.get_mut(..word.len()).filter(|_| word.is_ascii()) {
        Some(lower) => {
            lower.copy_from_slice(word.as_bytes());
            lower.make_ascii_lowercase();
            topic(std::str::from_utf8(lower).ok()?)
        }
        None => topic(&word.to_lowercase()),
    }
}

/// The topic words of a text.
pub fn topics(text: &str) -> Topics {
    topic_words(text).map(|topic| topic.hash).collect()
}

fn topic(lower: &str) -> Option<Topic> {
    let word = singular_word(lower);
    (!is_function_word(&word)).then(|| Topic {
        hash: word_hash(&word),
        has_digit: word.bytes().any(|byte| byte.is_ascii_digit()),
        is_number: word.bytes().all(|byte| byte.is_ascii_digit()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindsight::guards::content_words;

    proptest::proptest! {
        #[test]
        fn topics_are_the_content_words(text in "([a-zA-Z0-9éİ',. -]|the |flights |cities |news |boxes |1990s ){0,20}") {
            let expected: Topics = content_words(&text).iter().map(|word| word_hash(word)).collect();
            proptest::prop_assert_eq!(topics(&text), expected);
        }
    }
}
