//! Questions put to a tool that answers in sentences: another agent, a chain over documents, an engine that queries them.
//! The reply as a whole is the answer, where its first sentence takes the question up and says more.

use super::prose::{content_stems, sentences};

/// Longer replies are reports.
const MAX_REPLY: usize = 2_000;

/// Words that are in no reply which answers.
const EVASIONS: &[&str] = &[
    " not ",
    "n't",
    " cannot",
    " unable",
    " no information",
    " sorry",
    " context",
    " provided",
    " unclear",
    " i ",
    " please",
    " might ",
    " error",
];

/// Words by which a question points at what only its asker sees.
const POINTING: &[&str] = &[
    "it",
    "its",
    "they",
    "them",
    "their",
    "this",
    "that",
    "these",
    "those",
    "he",
    "she",
    "his",
    "her",
    "him",
    "above",
    "previous",
    "same",
    "document",
    "documents",
    "text",
    "context",
    "article",
    "passage",
    "file",
    "here",
    "there",
    "you",
    "your",
    "we",
    "our",
    "i",
    "my",
];

/// The question, and the reply that answers it.
pub fn ask<'a>(query: &str, observation: &'a str) -> Option<(String, &'a str)> {
    let question = query.trim().trim_end_matches(['?', ' ']);
    let stands_alone = question
        .split(|c: char| !c.is_alphanumeric())
        .all(|word| !POINTING.iter().any(|pointing| word.eq_ignore_ascii_case(pointing)));
    let reply = Some(observation.trim()).filter(|reply| reply.len() <= MAX_REPLY && stands_alone)?;
    let first = *sentences(reply).first()?;
    let is_whole = reply.starts_with(first) && reply.ends_with(['.', '!', '"', ')']);
    if !is_whole || first.ends_with('?') || reply.contains("http") {
        return None;
    }
    let lower = format!(" {}", reply.to_lowercase());
    let evades = EVASIONS.iter().any(|evasion| lower.contains(evasion));
    let (asked, said) = (content_stems(question), content_stems(first));
    let takes_up = asked.len() >= 2 && asked.iter().all(|stem| said.contains(stem));
    let says_more = said.iter().any(|stem| !asked.contains(stem));
    (!evades && takes_up && says_more).then(|| (super::capitalized(question), reply))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_that_take_the_question_up_answer_it() {
        for (question, reply, is_answer) in [
            ("What was the revenue of Acme in 2021?", "The revenue of Acme in 2021 was $3,208,000.", true),
            (
                "What are the side effects of Veldol?",
                "Side effects of Veldol include nausea. They pass soon.",
                true,
            ),
            ("What was the revenue of Acme in 2021?", "The revenue of Acme in 2020 was $3,208,000.", false),
            ("What was its revenue in 2021?", "Its revenue in 2021 was $3,208,000.", false),
            (
                "What was the revenue of Acme in 2021?",
                "The context does not give the revenue of Acme in 2021.",
                false,
            ),
            ("What was the revenue of Acme in 2021?", "The revenue of Acme in 2021 was", false),
            ("What was the revenue of Acme in 2021?", "The revenue of Acme in 2021.", false),
            ("Who owns Acme Rail?", "Acme Rail is owned by Veld Holdings.", true),
        ] {
            assert_eq!(ask(question, reply).is_some(), is_answer, "{question} {reply}");
        }
    }
}
