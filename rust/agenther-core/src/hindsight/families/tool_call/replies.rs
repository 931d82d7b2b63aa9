//! What the agent told the user before the user's next turn: an answer, where it claims success and nothing else.
//!
//! A reply that asks back, denies, hedges or promises says that the turn was not answered, and a goal would claim that it
//! was. The offer of more help at its end is courtesy and goes.

use super::reuse::sentences;
use crate::hindsight::closing::speaks_of_else;
use crate::text::needles::find;

/// Shorter is a token, longer is a report.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=1_500;

/// What an offer of more help says.
const OFFERS: &[&str] = &[
    "let me know",
    "feel free",
    "anything else",
    "if you need",
    "if you have",
    "if you want",
    "if you'd like",
    "if you would like",
    "need more",
    "further assistance",
    "further help",
    "happy to help",
    "have a nice day",
    "have a great day",
    "you're welcome",
];

/// What is still to come, in the agent's words.
const PROMISES: &[&str] = &[
    "i will",
    "i'll",
    "let me",
    "please wait",
    "one moment",
    "going to",
    "i need",
    "please provide",
    "please confirm",
];

/// A reply without its offers, where it is an answer.
pub fn answered(reply: &str) -> Option<&str> {
    let reply = without_offers(reply.trim());
    (LENGTH.contains(&reply.len()) && is_answer(reply)).then_some(reply)
}

/// The statements of a reply, each of which says something by itself. Of a list each line is only a part.
pub fn statements(reply: &str) -> Vec<&str> {
    let reply = without_offers(reply.trim());
    if reply.contains('\n') {
        return Vec::new();
    }
    let sentences = sentences(reply);
    let turns = |at: usize| {
        let next = sentences.get(at + 1).map_or("", |next| next.trim_start());
        ["However", "But", "Note", "Unfortunately", "Please note"].iter().any(|word| next.starts_with(word))
    };
    (0..sentences.len())
        .filter(|at| !turns(*at))
        .flat_map(|at| parts(sentences[at]))
        .filter(|part| LENGTH.contains(&part.len()) && is_answer(part) && !points_back(part))
        .collect()
}

/// A sentence, and its first part where another statement follows: `X is 3, while Y is 4`.
fn parts(sentence: &str) -> Vec<&str> {
    let cut = [", while ", ", whereas ", "; ", " and its ", ", and the "]
        .iter()
        .filter_map(|link| sentence.find(link))
        .min();
    std::iter::once(sentence).chain(cut.map(|at| &sentence[..at])).map(str::trim).collect()
}

fn is_answer(text: &str) -> bool {
    !text.contains('?')
        && !speaks_of_else(text)
        && !PROMISES.iter().any(|promise| find(text, promise).is_some())
}

fn points_back(text: &str) -> bool {
    const BACK: &[&str] =
        &["It", "Its", "This", "That", "These", "Those", "They", "Their", "He", "She", "Therefore", "So"];
    text.split(|c: char| !c.is_alphanumeric()).next().is_some_and(|first| BACK.contains(&first))
}

fn without_offers(reply: &str) -> &str {
    let mut rest = reply;
    for sentence in sentences(reply).into_iter().rev() {
        if !OFFERS.iter().any(|offer| find(sentence, offer).is_some()) {
            break;
        }
        rest = reply[..sentence.as_ptr() as usize - reply.as_ptr() as usize].trim_end();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_of_more_help_are_no_part_of_an_answer() {
        let reply = "The parcel is in Turin. If you need anything else, let me know!";
        assert_eq!(answered(reply), Some("The parcel is in Turin."));
        assert_eq!(answered("Anything else I can help you with?"), None);
    }

    #[test]
    fn who_asks_denies_or_promises_answers_nothing() {
        for reply in [
            "Which of the two parcels do you mean?",
            "Unfortunately the parcel is not in our records.",
            "I'll look the parcel up in a moment.",
            "Please provide the number of the parcel.",
            "Here are two parcels. Would you like to cancel them?",
        ] {
            assert_eq!(answered(reply), None, "{reply}");
        }
    }

    #[test]
    fn statements_stand_by_themselves() {
        let reply = "The rate is 1.08, while the fee is 2. It was set in May. The limit is 500. However, it may rise.";
        assert_eq!(statements(reply), ["The rate is 1.08, while the fee is 2.", "The rate is 1.08"]);
    }
}
