//! Arguments in which the agent says why it calls, or what to take from the result: `"reason": "To see whether …"`.
//!
//! They choose nothing, so that a read with one is the same read without it.

use crate::signals::effect;
use crate::text::needles::find;

/// Whether a parameter of that name says why the call is made, and chooses nothing. What may be a value too has to be a
/// sentence: `"reason": "damaged"` chooses.
pub fn explains(name: &str, text: &str) -> bool {
    const ALWAYS: &[&str] =
        &["reasoning", "rationale", "explanation", "thought", "thoughts", "justification"];
    const IN_SENTENCES: &[&str] = &["reason", "purpose", "intent", "intention", "motivation", "why"];
    let last = effect::words(name).last().unwrap_or("");
    let is_in = |names: &[&str]| names.iter().any(|name| last.eq_ignore_ascii_case(name));
    is_in(ALWAYS) || (is_in(IN_SENTENCES) || tells_reader(name)) && is_sentence(text)
}

/// Whether a parameter tells whoever reads the result what to take from it: `output_instructions`.
fn tells_reader(name: &str) -> bool {
    let mut words = effect::words(name);
    let is_in = |word: Option<&str>, known: &[&str]| {
        word.is_some_and(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    is_in(words.next(), &["output", "response", "result", "extraction"])
        && is_in(words.next(), &["instruction", "instructions"])
}

/// Whether a schema says of a parameter that its text, which is a sentence, tells why the call is made.
pub fn is_for_explanation(description: &str, text: &str) -> bool {
    const WHY: &[&str] = &[
        "why you",
        "why this",
        "why the",
        "explanation of why",
        "explanation for why",
        "reason for calling",
    ];
    is_sentence(text) && WHY.iter().any(|words| find(description, words).is_some())
}

fn is_sentence(text: &str) -> bool {
    /// Fewer words may be a value.
    const WORDS: usize = 5;
    text.split_whitespace().nth(WORDS - 1).is_some()
}
