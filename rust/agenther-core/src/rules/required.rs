//! Words one of which is in every match of a pattern: a text without any of them need not be searched.

use regex_syntax::hir::{Class, Hir, HirKind};

/// More words than this tell little, and make the automaton large.
const MOST: usize = 32;

/// Shorter words are in most texts.
const SHORTEST: usize = 2;

/// Words, in small letters, one of which is in every match, whatever its case; `None` where there are
/// no such words worth looking for.
pub fn words(pattern: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let words = of(&hir).filter(is_worth_it)?;
    words.into_iter().map(|word| String::from_utf8(word).ok()).collect()
}

type Words = Vec<Vec<u8>>;

fn is_worth_it(words: &Words) -> bool {
    words.len() <= MOST && shortest(words) >= SHORTEST
}

fn shortest(words: &Words) -> usize {
    words.iter().map(Vec::len).min().unwrap_or(0)
}

fn of(hir: &Hir) -> Option<Words> {
    match hir.kind() {
        HirKind::Literal(_) | HirKind::Class(_) => exact(hir).map(|word| vec![word]),
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => of(&repetition.sub),
        HirKind::Alternation(alternatives) => {
            let words: Option<Vec<Words>> = alternatives.iter().map(of).collect();
            let words = words?.concat();
            (words.len() <= MOST).then_some(words)
        }
        HirKind::Concat(parts) => of_any(parts),
        HirKind::Repetition(_) | HirKind::Empty | HirKind::Look(_) => None,
    }
}

/// Of the parts that follow each other, all of which are in a match, the words that say most.
fn of_any(parts: &[Hir]) -> Option<Words> {
    let mut best: Option<Words> = None;
    let mut consider = |words: Option<Words>| {
        let Some(words) = words.filter(|words| shortest(words) > 0) else { return };
        let says = |words: &Words| (shortest(words), MOST.saturating_sub(words.len()));
        if best.as_ref().is_none_or(|best| says(&words) > says(best)) {
            best = Some(words);
        }
    };
    let mut run = Vec::new();
    for part in parts {
        match exact(part) {
            Some(bytes) => run.extend(bytes),
            None => {
                consider(Some(vec![std::mem::take(&mut run)]));
                consider(of(part));
            }
        }
    }
    consider(Some(vec![run]));
    best
}

/// The one text, but for its case, that a part matches.
fn exact(hir: &Hir) -> Option<Vec<u8>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(literal.0.to_ascii_lowercase()),
        HirKind::Class(class) => one_letter(class).map(|letter| vec![letter]),
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Empty | HirKind::Look(_) => Some(Vec::new()),
        HirKind::Repetition(_) | HirKind::Concat(_) | HirKind::Alternation(_) => None,
    }
}

/// The letter whose two cases are all that a class has. (`(?i)s` is none: it has `ſ` as well.)
fn one_letter(class: &Class) -> Option<u8> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => {
            class.iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    let &[(upper, same), (lower, also)] = ranges.as_slice() else { return None };
    let (upper, lower) = (u8::try_from(upper).ok()?, u8::try_from(lower).ok()?);
    let is_letter = u32::from(upper) == same && u32::from(lower) == also && upper.is_ascii_uppercase();
    (is_letter && upper.to_ascii_lowercase() == lower).then_some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_match_has_one_of_the_words() {
        for (pattern, expected) in [
            ("lamp", Some(vec!["lamp"])),
            ("(?i)lamp", Some(vec!["lamp"])),
            // The long s is an s whatever the case, and stands for no byte of the word.
            ("(?i)lists", Some(vec!["li"])),
            ("(?i)limit", Some(vec!["limit"])),
            (r"\d+ of (cats|dogs)", Some(vec![" of "])),
            (r"\bfoo\b-bar", Some(vec!["foo-bar"])),
            ("a(bc|def)?g", None),
            ("ab|cd", Some(vec!["ab", "cd"])),
            ("ab|c", None),
            ("(ab)*", None),
            ("(ab)+", Some(vec!["ab"])),
            (r"^\s*$", None),
            ("", None),
            ("é+ü", Some(vec!["é"])),
        ] {
            let found = words(pattern);
            assert_eq!(
                found,
                expected.map(|words| words.into_iter().map(str::to_owned).collect()),
                "{pattern}"
            );
        }
    }
}
