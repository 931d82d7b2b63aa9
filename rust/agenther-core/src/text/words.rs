//! Words: how text is folded to compare it, which words carry content, and their stems.

use super::bytes;
use super::memo::WordMemo;
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

/// Past forms that no suffix tells. Sorted.
#[rustfmt::skip]
const IRREGULAR: &[(&str, &str)] = &[
    ("bought", "buy"), ("broke", "break"), ("broken", "break"), ("built", "build"), ("came", "come"),
    ("children", "child"), ("chose", "choose"), ("chosen", "choose"), ("dead", "die"), ("death", "die"),
    ("died", "die"), ("drew", "draw"), ("gave", "give"), ("held", "hold"), ("kept", "keep"), ("led", "lead"),
    ("left", "leave"), ("lost", "lose"), ("men", "man"), ("met", "meet"), ("paid", "pay"), ("people", "person"),
    ("ran", "run"), ("rose", "rise"), ("said", "say"), ("sang", "sing"), ("sent", "send"), ("sold", "sell"),
    ("spent", "spend"), ("spoke", "speak"), ("taken", "take"), ("taught", "teach"), ("took", "take"), ("went", "go"),
    ("women", "woman"), ("won", "win"), ("written", "write"), ("wrote", "write"),
];

/// An ending, packed as [`tail`] packs the end of a word, with what replaces it and the shortest stem it leaves.
type Ending = (u64, usize, Option<u8>, usize);

const fn ending(text: &str, replacement: Option<u8>, shortest: usize) -> Ending {
    (tail(text.as_bytes()), text.len(), replacement, shortest)
}

/// The last eight bytes of a word as a number, the last one lowest.
const fn tail(word: &[u8]) -> u64 {
    let mut packed = 0;
    let mut at = if word.len() > 8 { word.len() - 8 } else { 0 };
    while at < word.len() {
        packed = packed << 8 | word[at] as u64;
        at += 1;
    }
    packed
}

/// The endings that end in a byte, longest first.
fn endings(last: u8) -> &'static [Ending] {
    #[rustfmt::skip]
    const S: &[Ending] = &[
        ending("ations", None, 4), ending("ments", None, 4), ending("ities", None, 4), ending("ures", None, 5),
        ending("ings", None, 4), ending("ions", None, 4), ending("als", None, 5), ending("ies", Some(b'i'), 2),
        ending("ers", None, 4), ending("ors", None, 4), ending("es", None, 4), ending("s", None, 3),
    ];
    const E: &[Ending] = &[ending("ure", None, 5), ending("e", None, 3)];
    const D: &[Ending] = &[ending("ied", Some(b'i'), 2), ending("ed", None, 3)];
    const R: &[Ending] = &[ending("er", None, 4), ending("or", None, 4)];
    const Y: &[Ending] =
        &[ending("ity", None, 4), ending("ely", None, 4), ending("ly", None, 4), ending("y", Some(b'i'), 3)];
    const N: &[Ending] = &[ending("ation", None, 4), ending("ion", None, 4)];
    const G: &[Ending] = &[ending("ing", None, 3)];
    const L: &[Ending] = &[ending("al", None, 5)];
    const T: &[Ending] = &[ending("ment", None, 4)];
    match last {
        b's' => S,
        b'e' => E,
        b'd' => D,
        b'r' => R,
        b'y' => Y,
        b'n' => N,
        b'g' => G,
        b'l' => L,
        b't' => T,
        _ => &[],
    }
}

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
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = from_class(text, at, true)?;
        let end = from_class(text, start, false).unwrap_or(text.len());
        at = end;
        Some(Word { span: Span::new(start, end), text: &text[start..end] })
    })
}

/// Where, from `at` on, the next character stands that is (or is not) a letter or digit.
fn from_class(text: &str, mut at: usize, alphanumeric: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let passed = if alphanumeric { Class::Mark } else { Class::Alphanumeric };
    loop {
        at += bytes[at..].iter().take_while(|byte| CLASSES[**byte as usize] == passed).count();
        if *bytes.get(at)? < 0x80 {
            return Some(at);
        }
        let c = text[at..].chars().next()?;
        if c.is_alphanumeric() == alphanumeric {
            return Some(at);
        }
        at += c.len_utf8();
    }
}

/// What a byte is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Alphanumeric,
    Mark,
    BeyondAscii,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::BeyondAscii; 256];
    let mut byte: u8 = 0;
    while byte < 0x80 {
        classes[byte as usize] = if byte.is_ascii_alphanumeric() { Class::Alphanumeric } else { Class::Mark };
        byte += 1;
    }
    classes
};

/// The bytes of a short word as a number: words are in the order of their numbers.
const fn packed(word: &[u8]) -> u128 {
    let mut packed = 0;
    let mut at = 0;
    while at < 16 {
        packed = packed << 8 | if at < word.len() { word[at] as u128 } else { 0 };
        at += 1;
    }
    packed
}

/// [`STOP`], packed: comparing numbers takes a fraction of what comparing strings takes.
static PACKED_STOP: [u128; STOP.len()] = {
    let mut out = [0; STOP.len()];
    let mut at = 0;
    while at < STOP.len() {
        assert!(STOP[at].len() <= 16);
        out[at] = packed(STOP[at].as_bytes());
        at += 1;
    }
    out
};

/// Whether a word, in small letters, carries no content.
pub fn is_stop(word: &str) -> bool {
    bytes::packed(word.as_bytes())
        .is_some_and(|packed| PACKED_STOP.binary_search(&packed.swap_bytes()).is_ok())
}

/// Words of at most so many bytes are stemmed on the stack.
const SHORT: usize = 56;

/// The most bytes by which the root of an irregular form is longer than the form.
const GROWTH: usize = 8;

/// The stem of a word: small letters without the endings of number, tense and derivation.
pub fn stem(word: &str) -> String {
    let mut lower = word.to_lowercase().into_bytes();
    let length = lower.len();
    lower.resize(length + GROWTH, 0);
    let length = stem_in(&mut lower, length);
    String::from_utf8_lossy(&lower[..length]).into_owned()
}

/// A hash of the stem of a word (FNV-1a): stems of one run are compared by it.
pub fn stem_hash(word: &str) -> u64 {
    thread_local! {
        static STEMS: WordMemo<u64> = WordMemo::default();
    }
    STEMS.with(|stems| stems.of(word, make_stem_hash))
}

fn make_stem_hash(word: &str) -> u64 {
    if word.len() > SHORT || !word.is_ascii() {
        return hash(stem(word).as_bytes());
    }
    let mut buffer = [0; SHORT + GROWTH];
    for (to, from) in buffer.iter_mut().zip(word.bytes()) {
        *to = from.to_ascii_lowercase();
    }
    let length = stem_in(&mut buffer, word.len());
    hash(&buffer[..length])
}

fn hash(bytes: &[u8]) -> u64 {
    let step = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, step)
}

/// Stems the word in small letters that the first `length` bytes are, in place, and says how long the stem is.
fn stem_in(buffer: &mut [u8], mut length: usize) -> usize {
    if let Some(root) = irregular(&buffer[..length]) {
        length = root.len();
        buffer[..length].copy_from_slice(root.as_bytes());
    }
    for _ in 0..2 {
        let Some((left, replacement)) = without_ending(&buffer[..length]) else { break };
        length = left;
        if let Some(byte) = replacement {
            buffer[length] = byte;
            length += 1;
        }
    }
    // stopped, planned
    if let [.., a, b] = buffer[..length]
        && a == b
        && length > 3
        && !matches!(b, b'l' | b's' | b'e' | b'o')
        && b.is_ascii_alphabetic()
    {
        length -= 1;
    }
    length
}

/// What is left of a word without its ending, and what is put in the place of that.
fn without_ending(word: &[u8]) -> Option<(usize, Option<u8>)> {
    let endings = endings(*word.last()?);
    if endings.is_empty() {
        return None;
    }
    let end = match word.last_chunk() {
        Some(end) => u64::from_be_bytes(*end),
        None => tail(word),
    };
    endings.iter().find_map(|&(ending, length, replacement, shortest)| {
        let mask = (1 << (8 * length)) - 1;
        // Bytes are counted first: characters are fewer.
        if end & mask != ending || word.len() < length + shortest {
            return None;
        }
        let stem = &word[..word.len() - length];
        let long = stem.is_ascii() || stem.iter().filter(|byte| **byte & 0xC0 != 0x80).count() >= shortest;
        (long && !(length == 1 && ending == u64::from(b's') && stem.last() == Some(&b's')))
            .then_some((stem.len(), replacement))
    })
}

/// [`IRREGULAR`], packed: every form has at most eight bytes, so that [`head`] holds all of it.
static PACKED_IRREGULAR: [(u64, u8); IRREGULAR.len()] = {
    let mut out = [(0, 0); IRREGULAR.len()];
    let mut at = 0;
    while at < IRREGULAR.len() {
        assert!(IRREGULAR[at].0.len() <= 8);
        out[at] = (head(IRREGULAR[at].0.as_bytes()), at as u8);
        at += 1;
    }
    out
};

/// The bytes of a word of at most eight as a number: words are in the order of their numbers.
const fn head(word: &[u8]) -> u64 {
    tail(word) << (8 * (8 - word.len()))
}

fn irregular(word: &[u8]) -> Option<&'static str> {
    let known = |last: &u8| matches!(last, b'd' | b'e' | b'g' | b'h' | b'k' | b'n' | b't' | b'w');
    if !matches!(word.len(), 3..=8) || !word.last().is_some_and(known) {
        return None;
    }
    let head = head(word);
    let at = PACKED_IRREGULAR.binary_search_by_key(&head, |(form, _)| *form).ok()?;
    Some(IRREGULAR[PACKED_IRREGULAR[at].1 as usize].1)
}

/// Appends a text in small letters, its words between single blanks, to `out`, which ends with a blank
/// before and after. `"$5.30/kg"` is ` 5 30 kg `.
pub fn fold_into(out: &mut String, text: &str) {
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out.reserve(text.len() + 1);
    let mut blank = true;
    if text.is_ascii() {
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() {
                out.push(byte.to_ascii_lowercase() as char);
                blank = false;
            } else if byte != b'\'' && !blank {
                out.push(' ');
                blank = true;
            }
        }
        if !blank {
            out.push(' ');
        }
        return;
    }
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
            blank = false;
        } else if !c.is_ascii() && c.is_alphanumeric() {
            out.extend(c.to_lowercase());
            blank = false;
        } else if !matches!(c, '\'' | '’') && !blank {
            out.push(' ');
            blank = true;
        }
    }
    if !blank {
        out.push(' ');
    }
}

/// A text as [`fold_into`] writes it, and its words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// In small letters, words between single blanks, with a blank at both ends.
    pub text: String,
    /// The words, in order.
    pub words: Vec<FoldedWord>,
}

/// A word of a folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoldedWord {
    /// Where it stands in the text as written.
    pub span: Span,
    /// Where it stands in the folded text.
    pub at: Span,
}

impl Folded {
    /// Folds a text.
    pub fn of(text: &str) -> Self {
        // A word and the blank behind it take some six bytes.
        let words = Vec::with_capacity(text.len() / 6 + 1);
        let mut out = Folded { text: String::with_capacity(text.len() + 2), words };
        out.text.push(' ');
        if text.is_ascii() {
            out.fold_ascii(text);
            return out;
        }
        // Apostrophes join: `world's` is one word. The blank behind a word is written when the word is over.
        let mut open = false;
        for (at, c) in text.char_indices() {
            if c.is_alphanumeric() {
                let from = out.text.len();
                if c.is_ascii() {
                    out.text.push(c.to_ascii_lowercase());
                } else {
                    out.text.extend(c.to_lowercase());
                }
                match out.words.last_mut().filter(|_| open) {
                    Some(word) => {
                        word.span.end = (at + c.len_utf8()) as u32;
                        word.at.end = out.text.len() as u32;
                    }
                    None => out.words.push(FoldedWord {
                        span: Span::new(at, at + c.len_utf8()),
                        at: Span::new(from, out.text.len()),
                    }),
                }
                open = true;
            } else if open && !matches!(c, '\'' | '’') {
                out.text.push(' ');
                open = false;
            }
        }
        if open {
            out.text.push(' ');
        }
        out
    }

    /// Folds a text without characters beyond ASCII, of which nearly all are.
    fn fold_ascii(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut rest = 0;
        while let Some(start) = from_class(text, rest, true) {
            let from = self.text.len();
            let mut end = start;
            // The runs of letters between apostrophes are one word.
            rest = start;
            while bytes.get(rest).is_some_and(u8::is_ascii_alphanumeric) {
                end = from_class(text, rest, false).unwrap_or(text.len());
                self.text.push_str(&text[rest..end]);
                rest = end + bytes[end..].iter().take_while(|byte| **byte == b'\'').count();
            }
            let at = Span::new(from, self.text.len());
            self.text.push(' ');
            self.words.push(FoldedWord { span: Span::new(start, end), at });
        }
        self.text.make_ascii_lowercase();
    }

    /// The part of the folded text that words in a row make, with a blank at both ends.
    pub fn part(&self, words: &[FoldedWord]) -> &str {
        match (words.first(), words.last()) {
            (Some(first), Some(last)) => &self.text[first.at.start as usize - 1..last.at.end as usize + 1],
            _ => " ",
        }
    }
}

/// A hash of words in a row, made word by word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhraseHash(u64);

impl PhraseHash {
    /// That of no words.
    pub const EMPTY: PhraseHash = PhraseHash(0x9E37_79B9_7F4A_7C15);

    /// That of a folded text.
    pub fn of(folded: &str) -> Self {
        let words = folded.as_bytes().split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        words.fold(PhraseHash::EMPTY, |phrase, word| phrase.then(hash(word)))
    }

    /// That of the words so far and one more, given by its [`word_hash`].
    pub fn then(self, word: u64) -> Self {
        PhraseHash((self.0.rotate_left(23) ^ word).wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// As a number.
    pub fn get(self) -> u64 {
        self.0
    }
}

/// A hash of a folded word.
pub fn word_hash(word: &str) -> u64 {
    hash(word.as_bytes())
}

/// A text in small letters, its words between single blanks, with a blank at both ends.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    fold_into(&mut out, text);
    out
}

/// The words for numbers, from zero to twenty and the tens.
#[rustfmt::skip]
pub(crate) const NUMBERS: [(&str, f64); 28] = [
    ("zero", 0.0), ("one", 1.0), ("two", 2.0), ("three", 3.0), ("four", 4.0), ("five", 5.0), ("six", 6.0),
    ("seven", 7.0), ("eight", 8.0), ("nine", 9.0), ("ten", 10.0), ("eleven", 11.0), ("twelve", 12.0),
    ("thirteen", 13.0), ("fourteen", 14.0), ("fifteen", 15.0), ("sixteen", 16.0), ("seventeen", 17.0),
    ("eighteen", 18.0), ("nineteen", 19.0), ("twenty", 20.0), ("thirty", 30.0), ("forty", 40.0), ("fifty", 50.0),
    ("sixty", 60.0), ("seventy", 70.0), ("eighty", 80.0), ("ninety", 90.0),
];

/// The number that a word says.
pub fn number(word: &str) -> Option<f64> {
    let first = word.as_bytes().first()?.to_ascii_lowercase();
    if !matches!(word.len(), 3..=9) || !matches!(first, b'e' | b'f' | b'n' | b'o' | b's' | b't' | b'z') {
        return None;
    }
    NUMBERS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(STOP.is_sorted() && IRREGULAR.is_sorted());
        assert!(IRREGULAR.iter().all(|(form, root)| irregular(form.as_bytes()) == Some(*root)));
        assert!(STOP.iter().all(|word| is_stop(word)) && !is_stop("zebra") && !is_stop(""));
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

    proptest::proptest! {
        #[test]
        fn folded_words_are_where_they_stand(text in "[a-zA-Z0-9éİ '’.,-]{0,40}") {
            let made = Folded::of(&text);
            proptest::prop_assert_eq!(&made.text, &folded(&text));
            for word in &made.words {
                let alone = folded(word.span.of(&text));
                proptest::prop_assert_eq!(made.part(&[*word]).trim(), alone.trim());
            }
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
