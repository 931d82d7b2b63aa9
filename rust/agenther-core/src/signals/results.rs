//! The last result, where it is what the run hands over: rows that a query returned, and no answer besides.

use super::{Signals, tokens};
use crate::text::document::{Kind, Value};

/// The last call and the list of what it returned, where the agent said no answer of its own.
pub fn rows<'s, 'a>(signals: &'s Signals<'_, 'a>) -> Option<(usize, Value<'s, 'a>)> {
    let (at, step) = signals.last_call().filter(|_| signals.answer().is_none())?;
    step.step.observation.filter(|text| text.trim_start().starts_with(['[', '(']))?;
    let root = step.observation()?.root();
    (root.kind() == Kind::Array && !root.is_empty()).then_some((at, root))
}

/// Whether a text is one number and nothing but brackets and commas around it: `42`, `[(42,)]`.
pub fn is_one_number(text: &str) -> bool {
    /// More than any number, in whatever brackets.
    const LONGEST: usize = 64;
    let text = text.trim();
    if text.len() > LONGEST {
        return false;
    }
    let number = text.trim_matches(|c: char| "[](){}, ".contains(c));
    number.bytes().any(|byte| byte.is_ascii_digit())
        && number
            .strip_prefix('-')
            .unwrap_or(number)
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Whether a prompt has one of these words, whatever the case.
pub fn has_word(prompt: &str, known: &[&str]) -> bool {
    tokens::words(prompt).any(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_whatever_brackets() {
        for (text, expected) in [
            ("42", true),
            ("[(42,)]\n", true),
            ("-3.5", true),
            ("[(4, 2)]", false),
            ("42 rows", false),
            ("[('42',)]", false),
            ("[]", false),
            ("", false),
        ] {
            assert_eq!(is_one_number(text), expected, "{text}");
        }
    }
}
