//! Words: how text is folded to compare it, which words carry content, and their stems.

use crate::trajectory::Span;

/// Words that carry no content of a request or an answer: function words, the verbs and politeness of
/// asking, and nouns that fit anything. Sorted.
#[rustfmt::skip]
const STOP: &[&str] = &[
    "a", "about", "above", "according", "after", "again", "all", "along", "also", "am", "among", "an", "and", "another",
    "any", "anything", "are", "as", "ask", "at", "based", "be", "because", "been", "before", "being", "below", "between",
    "both", "but", "by", "can", "check", "could", "d", "data", "detail", "details", "did", "do", "does", "doing", "don",
    "done", "down", "during", "each", "either", "else", "every", "fetch", "few", "find", "following", "follows", "for",
    "found", "from", "further", "get", "give", "given", "giving", "go", "going", "got", "had", "has", "have", "having",
    "he", "help", "her", "here", "hers", "hey", "hi", "him", "his", "how", "i", "if", "in", "info", "information", "into",
    "is", "it", "its", "just", "kindly", "know", "let", "like", "list", "ll", "look", "looking", "m", "made", "make",
    "many", "may", "me", "might", "more", "much", "must", "my", "need", "needs", "of", "off", "on", "once", "one", "ones",
    "only", "onto", "or", "other", "our", "out", "over", "own", "per", "please", "print", "provide", "re", "result",
    "results", "retrieve", "s", "same", "search", "see", "shall", "she", "should", "show", "shown", "so", "some",
    "something", "such", "t", "tell", "than", "thank", "thanks", "that", "the", "their", "them", "then", "there", "these",
    "they", "thing", "things", "this", "those", "through", "to", "too", "under", "until", "up", "upon", "us", "use",
    "used", "using", "ve", "very", "via", "want", "was", "we", "were", "what", "when", "where", "whether", "which",
    "while", "who", "whom", "whose", "why", "will", "with", "within", "would", "yes", "you", "your",
];

/// Past forms that no suffix tells.
#[rustfmt::skip]
const IRREGULAR: &[(&str, &str)] = &[
    ("bought", "buy"), ("broke", "break"), ("broken", "break"), ("built", "build"), ("came", "come"), ("chose", "choose"),
    ("chosen", "choose"), ("children", "child"), ("drew", "draw"), ("gave", "give"), ("held", "hold"), ("kept", "keep"),
    ("led", "lead"), ("left", "leave"), ("lost", "lose"), ("men", "man"), ("met", "meet"), ("paid", "pay"), ("people", "person"),
    ("ran", "run"), ("rose", "rise"), ("said", "say"), ("sang", "sing"), ("sent", "send"), ("sold", "sell"), ("spent", "spend"),
    ("spoke", "speak"), ("taken", "take"), ("taught", "teach"), ("took", "take"), ("went", "go"), ("won", "win"), ("women", "woman"),
    ("wrote", "write"), ("written", "write"), ("died", "die"), ("death", "die"), ("dead", "die"),
];

/// Endings, longest first, with what replaces them and the shortest stem they leave.
#[rustfmt::skip]
const ENDINGS: &[(&str, &str, usize)] = &[
    ("ations", "", 4), ("ation", "", 4), ("ments", "", 4), ("ment", "", 4), ("ities", "", 4), ("ity", "", 4), ("ures", "", 5),
    ("ure", "", 5), ("ings", "", 4), ("ing", "", 3), ("ions", "", 4), ("ion", "", 4), ("als", "", 5), ("al", "", 5), ("ies", "i", 2),
    ("ied", "i", 2), ("ers", "", 4), ("er", "", 4), ("ors", "", 4), ("or", "", 4), ("ely", "", 4), ("ly", "", 4), ("ed", "", 3),
    ("es", "", 4), ("s", "", 3), ("e", "", 3), ("y", "i", 3),
];

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// Where it stands.
    pub span: Span,
    /// As written.
    pub text: &'a str,
}

/// The words of a text: runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = text.char_indices();
    std::iter::from_fn(move || {
        let (start, _) = rest.find(|(_, c)| c.is_alphanumeric())?;
        let end = rest.find(|(_, c)| !c.is_alphanumeric()).map_or(text.len(), |(at, _)| at);
        Some(Word { span: Span::new(start, end), text: &text[start..end] })
    })
}

/// Whether a word, in small letters, carries no content.
pub fn is_stop(word: &str) -> bool {
    STOP.binary_search(&word).is_ok()
}

/// The stem of a word: small letters without the endings of number, tense and derivation.
pub fn stem(word: &str) -> String {
    let mut word = word.to_lowercase();
    // The first and the last byte tell most words apart from the tables without a comparison.
    let first = word.as_bytes().first().copied();
    let irregular = |(form, _): &&(&str, &str)| form.as_bytes().first().copied() == first && *form == word;
    if let Some((_, root)) = IRREGULAR.iter().find(irregular) {
        word = (*root).to_owned();
    }
    for _ in 0..2 {
        let last = word.as_bytes().last().copied();
        let Some((ending, replacement, _)) = ENDINGS.iter().find(|(ending, _, shortest)| {
            ending.as_bytes().last().copied() == last
                && word.strip_suffix(ending).is_some_and(|stem| {
                    stem.chars().count() >= *shortest && !(*ending == "s" && stem.ends_with('s'))
                })
        }) else {
            break;
        };
        word.truncate(word.len() - ending.len());
        word.push_str(replacement);
    }
    // stopped, planned
    let bytes = word.as_bytes();
    if let [.., a, b] = bytes
        && a == b
        && bytes.len() > 3
        && !matches!(b, b'l' | b's' | b'e' | b'o' | 0x80..)
        && b.is_ascii_alphabetic()
    {
        word.pop();
    }
    word
}

/// A hash of the stem of a word (FNV-1a): stems of one run are compared by it.
pub fn stem_hash(word: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    stem(word).bytes().fold(0xCBF2_9CE4_8422_2325, step)
}

/// Appends a text in small letters, its words between single blanks, to `out`, which ends with a blank
/// before and after. `"$5.30/kg"` is ` 5 30 kg `.
pub fn fold_into(out: &mut String, text: &str) {
    if !out.ends_with(' ') {
        out.push(' ');
    }
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !matches!(c, '\'' | '’') && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
}

/// The words of a text as [`fold_into`] writes them, each with where it stands.
pub fn folded_words(text: &str) -> Vec<(Span, String)> {
    let mut out: Vec<(Span, String)> = Vec::new();
    let mut joins = false;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() {
            if !joins {
                out.push((Span::new(at, at), String::new()));
            }
            if let Some((span, word)) = out.last_mut() {
                word.extend(c.to_lowercase());
                span.end = (at + c.len_utf8()) as u32;
            }
            joins = true;
        } else {
            joins &= matches!(c, '\'' | '’');
        }
    }
    out
}

/// A text in small letters, its words between single blanks, with a blank at both ends.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    fold_into(&mut out, text);
    out
}

/// The number that a word says, from two to twenty and the tens.
pub fn number(word: &str) -> Option<f64> {
    const SMALL: [&str; 21] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    const TENS: [&str; 7] = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let small = SMALL.iter().position(|name| word.eq_ignore_ascii_case(name)).map(|at| at as f64);
    small.or_else(|| {
        TENS.iter().position(|name| word.eq_ignore_ascii_case(name)).map(|at| 30.0 + 10.0 * at as f64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP.is_sorted());
    }

    #[test]
    fn stems_unite_forms() {
        let pairs = [
            ("flights", "flight"),
            ("cities", "city"),
            ("movies", "movie"),
            ("prices", "price"),
            ("pricing", "price"),
            ("departure", "departs"),
            ("arrival", "arrives"),
            ("founded", "founder"),
            ("stopped", "stops"),
            ("took", "taking"),
            ("reservation", "reserved"),
            ("nationality", "nationalities"),
            ("boxes", "box"),
            ("classes", "class"),
        ];
        for (a, b) in pairs {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        for (a, b) in [("price", "prize"), ("date", "data"), ("one", "on")] {
            assert_ne!(stem(a), stem(b), "{a} {b}");
        }
    }

    #[test]
    fn folds() {
        assert_eq!(folded("World's Best—Goalkeeper (1992)"), " worlds best goalkeeper 1992 ");
        assert_eq!(folded(""), " ");
        let found: Vec<_> = words("a b-cé 12").map(|word| (word.span.start, word.text)).collect();
        assert_eq!(found, [(0, "a"), (2, "b"), (4, "cé"), (8, "12")]);
    }
}
