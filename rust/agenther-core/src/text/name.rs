//! Proper names: runs of capitalised words, joined by the particles that names have.

use super::cut;
use super::facts::{Fact, FactKind, class};
use super::filter::Filter;

/// Words that join two capitalised words to one name.
#[rustfmt::skip]
const PARTICLES: &[&str] = &[
    "of", "the", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "des", "la", "le", "les",
    "el", "al", "van", "von", "der", "den", "ter", "bin", "ibn", "y", "e", "&",  "and",
];

/// Capitalised words that begin a sentence, or are capitalised wherever they stand, and are no names.
/// Sorted, in small letters.
#[rustfmt::skip]
const OPENERS: &[&str] = &[
    "a", "about", "access", "according", "action", "actually", "add", "additionally", "after", "all",
    "also", "although", "am", "an", "and", "another", "answer", "any", "are", "as", "assume", "at",
    "based", "be", "because", "before", "below", "besides", "book", "both", "but", "by", "calculate",
    "can", "cancel", "change", "check", "click", "compare", "could", "count", "create", "currently",
    "delete", "describe", "did", "do", "does", "done", "due", "during", "each", "either", "error", "even",
    "every", "execute", "fetch", "final", "finally", "find", "finish", "first", "following", "for",
    "from", "further", "furthermore", "get", "give", "given", "go", "great", "had", "has", "have", "he",
    "hello", "help", "hence", "her", "here", "hers", "hi", "his", "how", "however", "i", "i'd", "i'll",
    "i'm", "i've", "if", "in", "instead", "into", "is", "it", "it's", "its", "just", "last", "let",
    "let's", "like", "list", "look", "make", "many", "maybe", "me", "more", "moreover", "most", "my",
    "name", "neither", "next", "no", "none", "nor", "not", "note", "nothing", "now", "observation", "of",
    "oh", "ok", "okay", "on", "once", "one", "only", "or", "order", "other", "otherwise", "our", "out",
    "over", "per", "perhaps", "please", "print", "provide", "query", "read", "remove", "result",
    "results", "retrieve", "return", "run", "search", "see", "select", "send", "set", "she", "should",
    "show", "similarly", "since", "so", "some", "sorry", "start", "still", "such", "sure", "tell",
    "thank", "thanks", "that", "that's", "the", "their", "them", "then", "there", "there's", "therefore",
    "these", "they", "this", "those", "though", "thought", "three", "through", "thus", "to", "total",
    "two", "under", "unfortunately", "unless", "until", "up", "update", "upon", "us", "use", "using",
    "very", "was", "we", "we're", "we've", "well", "were", "what", "what's", "when", "where", "whereas",
    "whether", "which", "while", "who", "who's", "whom", "whose", "why", "will", "with", "within",
    "without", "would", "write", "yes", "yet", "you", "you're", "your",
];

/// Where the openers of each letter begin, by its five lower bits.
const FIRST_OPENER: [u16; 33] = {
    let mut table = [OPENERS.len() as u16; 33];
    let mut at = OPENERS.len();
    let mut letter = 32;
    while letter > 0 {
        letter -= 1;
        while at > 0 && (OPENERS[at - 1].as_bytes()[0] & 31) as usize >= letter {
            at -= 1;
        }
        table[letter] = at as u16;
    }
    table
};

/// Abbreviations whose full stop is no end of a sentence.
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "dr", "st", "jr", "sr", "prof", "mt", "ft", "no", "vs", "gen", "rev", "inc", "co",
    "u.s", "u.k",
];

/// More words than this are a heading or a shout, reported as the words that fit.
const MAX_WORDS: usize = 10;

struct Word {
    end: usize,
    capital: bool,
    /// Capitals inside: `MetalWorks`, `JFK`.
    inner_capital: bool,
    letters: usize,
}

/// Reads the name at `at`. In `prose` a single capitalised word that begins a sentence is none.
pub(super) fn scan<'a>(text: &'a str, end: usize, at: usize, prose: bool) -> Option<Fact<'a>> {
    let first = word(text, end, at)?;
    if !first.capital {
        return None;
    }
    let opens = prose && begins_sentence(text, at);
    if is_opener(&text[at..first.end])
        && (opens || prose || first.letters == 1)
        && !starts_title(text, end, &first, opens)
    {
        return None;
    }
    let mut to = first.end;
    let mut words = 1;
    while words < MAX_WORDS {
        let Some(next) = next_part(text, end, to) else { break };
        to = next;
        words += 1;
    }
    if words == 1 && opens && !first.inner_capital {
        return None;
    }
    if words == 1 && first.letters == 1 {
        return None;
    }
    let to = without_possessive(text, at, to);
    Some(Fact::new(text, FactKind::Name, at, to))
}

/// `The Letter` in the middle of a sentence is a title, article and all.
fn starts_title(text: &str, end: usize, first: &Word, opens: bool) -> bool {
    !opens
        && first.letters > 1
        && text[..first.end].ends_with("The")
        && next_part(text, end, first.end).is_some()
}

/// Where the name goes on to from `at`: one blank, perhaps particles, and a capitalised word.
fn next_part(text: &str, end: usize, at: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[..end];
    let mut from = at;
    if bytes.get(from) == Some(&b'.') && is_abbreviated(&text[..from]) {
        from += 1;
    }
    for particles in 0..3 {
        if bytes.get(from) != Some(&b' ') {
            return None;
        }
        from += 1;
        let next = word(text, end, from)?;
        if next.capital {
            // `Paris I`, `Denver The`: a new sentence without a full stop; `and Paris` are two names.
            let opener = is_opener(&text[from..next.end]);
            return (!opener
                || matches!(
                    &text[from..next.end],
                    "The" | "Of" | "And" | "For" | "In" | "My" | "All" | "One"
                ))
            .then_some(next.end)
            .filter(|_| next.letters > 1 || bytes.get(next.end) == Some(&b'.'));
        }
        static FILTER: Filter = Filter::of(PARTICLES);
        let particle = &text[from..next.end];
        if particles == 2
            || !FILTER.passes(particle)
            || !PARTICLES.contains(&particle)
            || particle == "and"
            || (particles == 0 && particle == "the")
        {
            return None;
        }
        from = next.end;
    }
    None
}

/// The word at `at`: letters, with apostrophes, hyphens and digits after the first letter.
fn word(text: &str, end: usize, at: usize) -> Option<Word> {
    match ascii_word(&text.as_bytes()[..end], at) {
        Ok(word) => word,
        Err(Foreign) => any_word(text, end, at),
    }
}

/// A character beyond ASCII stands in a word or beside it.
struct Foreign;

/// The same for a word of ASCII, which most are, by its bytes.
fn ascii_word(bytes: &[u8], at: usize) -> Result<Option<Word>, Foreign> {
    let first = match bytes.get(at) {
        Some(0x80..) => return Err(Foreign),
        Some(first) if first.is_ascii_alphabetic() => first,
        Some(b'&') => {
            return Ok(Some(Word { end: at + 1, capital: false, inner_capital: false, letters: 0 }));
        }
        _ => return Ok(None),
    };
    let mut word =
        Word { end: at + 1, capital: first.is_ascii_uppercase(), inner_capital: false, letters: 1 };
    loop {
        match bytes.get(word.end..).unwrap_or_default() {
            [b'A'..=b'Z', ..] => {
                word.inner_capital = true;
                word.letters += 1;
            }
            [b'a'..=b'z', ..] => word.letters += 1,
            [b'\'' | b'-', next, ..] if next.is_ascii_alphabetic() => {}
            [0x80..=0xFF, ..] | [b'\'' | b'-', 0x80..=0xFF, ..] => return Err(Foreign),
            rest => {
                let glued = rest.first().is_some_and(|&byte| class::is_word(byte));
                return Ok((!glued).then_some(word));
            }
        }
        word.end += 1;
    }
}

fn any_word(text: &str, end: usize, at: usize) -> Option<Word> {
    let rest = &text[at..end];
    let mut chars = rest.char_indices().peekable();
    let (_, first) = chars.next()?;
    if first == '&' {
        return Some(Word { end: at + 1, capital: false, inner_capital: false, letters: 0 });
    }
    if !first.is_alphabetic() {
        return None;
    }
    let mut word =
        Word { end: at + first.len_utf8(), capital: first.is_uppercase(), inner_capital: false, letters: 1 };
    while let Some((offset, c)) = chars.next() {
        let joins =
            matches!(c, '\'' | '’' | '-') && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !(c.is_alphabetic() || joins) {
            break;
        }
        word.inner_capital |= c.is_uppercase();
        word.letters += usize::from(!joins);
        word.end = at + offset + c.len_utf8();
    }
    // `file_name`, `x2`: parts of identifiers.
    let glued = text.as_bytes()[..end].get(word.end).is_some_and(|&byte| class::is_word(byte) && byte < 0x80);
    (!glued).then_some(word)
}

/// Whether the word that `before` ends with stands for a longer one: `J.`, `Mr.`, `St.`.
fn is_abbreviated(before: &str) -> bool {
    // Longer words are no abbreviations, and are not looked at from every full stop in them.
    const LONGEST: usize = 16;
    let before = cut::tail(before, LONGEST);
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"')).next().unwrap_or(before);
    let one = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let initials =
        word.len() < 8 && word.contains('.') && word.split('.').all(|part| part.chars().count() == 1);
    one || initials || (word.len() < 5 && TITLES.iter().any(|title| word.eq_ignore_ascii_case(title)))
}

fn is_opener(word: &str) -> bool {
    static FILTER: Filter = Filter::of(OPENERS);
    if !FILTER.passes(word) || !word.as_bytes()[0].is_ascii_alphabetic() {
        return false;
    }
    let letter = usize::from(word.as_bytes()[0] & 31);
    let same_letter = &OPENERS[usize::from(FIRST_OPENER[letter])..usize::from(FIRST_OPENER[letter + 1])];
    same_letter.iter().any(|opener| word.eq_ignore_ascii_case(opener))
}

/// Whether nothing but the marks of a new sentence, line or item stands before `at`.
fn begins_sentence(text: &str, at: usize) -> bool {
    // A blank or two and a mark or two.
    const REACH: usize = 8;
    for (offset, byte) in text.as_bytes()[..at].iter().rev().enumerate().take(REACH) {
        match byte {
            b' ' | b'"' | b'\'' | b'(' | b'*' | b'-' | b'[' => {}
            b'.' => return !is_abbreviated(&text[..at - offset - 1]),
            b'!' | b'?' | b'\n' | b':' | b'\r' | b'\t' | b'#' | b'>' => return true,
            _ => return false,
        }
    }
    at < REACH || text.as_bytes()[at - REACH..at].iter().all(|byte| *byte == b' ')
}

/// `Foster's` is Foster; `World's Best` keeps its own.
fn without_possessive(text: &str, start: usize, end: usize) -> usize {
    let name = &text[start..end];
    name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).map_or(end, |stem| start + stem.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openers_are_sorted() {
        assert!(OPENERS.is_sorted());
    }
}
