//! What is read off a policy once for all runs that have it: the runs of a log mostly have the same few, which are
//! often longer than what is said in a run.

use std::cell::{OnceCell, RefCell};
use std::hash::BuildHasher;
use std::rc::Rc;

use super::budget::{self, Budget};
use super::constraints::{self, Stated};
use super::grounding;
use super::spared_change::{self, Spared};
use crate::text::hash::Seeded;
use crate::text::needles;
use crate::trajectory::Span;

/// What a policy says, read when first asked for.
#[derive(Debug, Default)]
pub struct Policy {
    limiting: OnceCell<Vec<Span>>,
    numbers: OnceCell<Vec<i64>>,
    words: OnceCell<Vec<(Span, u64)>>,
    budgets: OnceCell<Vec<Budget>>,
    spared: OnceCell<Vec<(Spared, Span)>>,
}

/// A policy that a thread has read.
struct Seen {
    hash: u64,
    text: Box<str>,
    policy: Rc<Policy>,
}

/// How many policies a thread remembers, and up to which length.
const REMEMBERED: usize = 16;
const LONGEST: usize = 1 << 18;

thread_local! {
    /// The policies that this thread has read, the latest first.
    static SEEN: RefCell<Vec<Seen>> = const { RefCell::new(Vec::new()) };
}

impl Policy {
    /// The policy of that text.
    pub fn of(text: &str) -> Rc<Policy> {
        if text.len() > LONGEST {
            return Rc::default();
        }
        let hash = Seeded::default().hash_one(text);
        SEEN.with_borrow_mut(|seen| {
            match seen.iter().position(|seen| seen.hash == hash && *seen.text == *text) {
                Some(at) => seen[..=at].rotate_right(1),
                None => {
                    seen.truncate(REMEMBERED - 1);
                    seen.insert(0, Seen { hash, text: text.into(), policy: Rc::default() });
                }
            }
            Rc::clone(&seen[0].policy)
        })
    }

    /// Its limits; `text` is that of the policy. Only the sentences that state one are read again.
    pub fn limits<'t>(&self, text: &'t str) -> Vec<Stated<'t>> {
        if let Some(sentences) = self.limiting.get() {
            return sentences.iter().flat_map(|sentence| constraints::limits_in(text, *sentence)).collect();
        }
        let limits = constraints::limits(text);
        let mut sentences: Vec<Span> = limits.iter().map(|(_, sentence)| *sentence).collect();
        sentences.dedup();
        let _ = self.limiting.set(sentences);
        limits
    }

    /// The budgets that it states; `text` is that of the policy.
    pub fn budgets(&self, text: &str) -> &[Budget] {
        self.budgets.get_or_init(|| budget::budgets_in(text, false))
    }

    /// What it says to leave as it is; `text` is that of the policy.
    pub fn spared(&self, text: &str) -> &[(Spared, Span)] {
        self.spared.get_or_init(|| spared_change::spared(text))
    }

    /// The keys of its numbers; `text` is that of the policy.
    pub fn numbers(&self, text: &str) -> &[i64] {
        self.numbers.get_or_init(|| grounding::keys(text).collect())
    }

    /// Its words, to look for values in; `text` is that of the policy.
    pub fn words(&self, text: &str) -> &[(Span, u64)] {
        self.words.get_or_init(|| needles::words(text).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_the_same_however_often_it_is_read() {
        let text = |at: usize| {
            format!(
                "At most {at} bags are allowed. Be kind. You must refund no more than ${at}5 and up to 3 items."
            )
        };
        for at in (1..3 * REMEMBERED).chain((1..3 * REMEMBERED).rev()).chain([5, 5, 6, 5]) {
            let text = text(at);
            let policy = Policy::of(&text);
            assert!(constraints::limits(&text).len() >= 2);
            assert_eq!(policy.limits(&text), constraints::limits(&text));
            assert_eq!(policy.limits(&text), constraints::limits(&text));
            assert_eq!(policy.numbers(&text), grounding::keys(&text).collect::<Vec<_>>());
            assert_eq!(policy.words(&text), needles::words(&text).collect::<Vec<_>>());
        }
        assert!(SEEN.with_borrow(Vec::len) <= REMEMBERED);
    }
}
