//! The answer to a question for a fact is longer than a name, a date or a number.

use super::effect::Effect;
use super::tool_status::Status;
use super::{Hit, Signals, tokens};
use crate::reading::StepReading;
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str =
    "The final answer to a question that a few words answer has three words; a hit more at four, and at six.";

/// From four words on, nine of ten such answers are wrong on three of four sources that ask for facts.
const LENGTHS: [usize; 3] = [3, 4, 6];

/// Longer prompts are tasks, of which a question is a part.
const MAX_PROMPT_WORDS: usize = 60;

/// One hit for each of [`LENGTHS`] that the answer reaches. An agent that found the fact names it; one
/// that did not hedges, explains, or lists what it saw.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    let Some(answer) = signals.answer() else { return Vec::new() };
    if !wants_a_fact(signals) {
        return Vec::new();
    }
    let words = tokens::words(answer).take(LENGTHS[LENGTHS.len() - 1]).count();
    LENGTHS.iter().filter(|length| words >= **length).map(|_| Hit::field(Field::FinalAnswer)).collect()
}

/// Whether a few words answer the prompt, and the agent hands in these and no sentence.
pub fn wants_a_fact(signals: &Signals<'_, '_>) -> bool {
    hands_in(signals) && signals.run().original_prompt.is_some_and(asks_for_a_fact)
}

/// Whether the agent hands its answer in with a call, `finish` or `submit`, so that it can be the bare fact.
/// What is said to a user is a sentence. In a dialogue the prompt is how it began, and the answer how it ended.
fn hands_in(signals: &Signals<'_, '_>) -> bool {
    let last = signals.steps().next_back();
    let terminal = |step: &StepReading<'_>| step.status != Status::NoCall && step.effect == Effect::Reply;
    last.is_some_and(|(_, step)| terminal(step)) && signals.run().steps.iter().all(|step| step.user.is_none())
}

/// The words with which a question begins that a few words answer.
const OPENINGS: &[&str] = &[
    "who", "whom", "whose", "what", "which", "when", "where", "how", "in", "is", "are", "was", "were", "do",
    "does", "did", "has", "have", "had",
];

/// The words of prompts that want more than a few words.
const WANTS_PROSE: &[&str] =
    &["why", "explain", "describe", "list", "write", "summarise", "summarize", "compare", "tell"];

/// Whether a prompt is one question for a name, a date, a number, or a yes or no.
fn asks_for_a_fact(prompt: &str) -> bool {
    let any = |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    let (mut words, mut previous) = (0, "");
    let mut opens = false;
    for word in tokens::words(prompt).take(MAX_PROMPT_WORDS + 1) {
        opens |= words == 0 && any(word, OPENINGS);
        // "How to", "how do I": a way is asked for, which takes prose.
        let way = previous.eq_ignore_ascii_case("how") && any(word, &["to", "do", "can", "should", "would"]);
        if way || any(word, WANTS_PROSE) {
            return false;
        }
        (words, previous) = (words + 1, word);
    }
    (1..=MAX_PROMPT_WORDS).contains(&words) && (opens || prompt.contains(['?', '？']))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, reply, run};
    use crate::trajectory::{Step, Trajectory};

    fn count(prompt: &str, answer: &str) -> usize {
        hits("long_answer", &run(prompt, vec![call("finish", answer, "")], Some(answer))).len()
    }

    #[test]
    fn counts_the_lengths_that_the_answer_reaches() {
        assert_eq!(count("Who wrote Emma?", "Jane Austen"), 0);
        assert_eq!(count("Who wrote Emma?", "Miss Jane Austen"), 1);
        assert_eq!(count("Who wrote Emma?", "It was Jane Austen"), 2);
        assert_eq!(count("Who wrote Emma?", "The writer cannot be found here."), 3);
    }

    #[test]
    fn prose_may_be_long_where_it_is_asked_for() {
        for prompt in ["How do I bake bread?", "Explain it", "Why is the sky blue?", "Fix the tests.", ""] {
            assert_eq!(count(prompt, "a b c d e f g"), 0, "{prompt}");
        }
        assert_eq!(count(&format!("{} Which one?", "word ".repeat(60)), "a b c d e f g"), 0);
    }

    #[test]
    fn what_is_said_to_a_user_is_a_sentence() {
        let said = "Your parcel is on its way to you.";
        let told = |steps| hits("long_answer", &run("Where is my parcel?", steps, Some(said))).len();
        let look = call("track", "7", "on its way");
        assert_eq!(told(vec![look, reply(said)]), 0);
        assert_eq!(told(vec![Step { user: Some("Well?"), ..look }, call("finish", said, "")]), 0);
        assert_eq!(told(vec![look, call("finish", said, "")]), 3);
        assert_eq!(hits("long_answer", &Trajectory::default()).len(), 0);
    }
}
