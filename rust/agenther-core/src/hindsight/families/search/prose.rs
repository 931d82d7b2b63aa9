//! Reading encyclopedic prose: sentences, dates, names. All parts borrow from the text.

use crate::text::date::MONTHS;

/// Words that end in a dot without ending a sentence.
const ABBREVIATIONS: &[&str] = &[
    "Mr", "Mrs", "Ms", "Dr", "St", "Jr", "Sr", "Lt", "Col", "Gen", "Capt", "Sgt", "Rev", "Prof", "vs", "v",
    "No", "Inc", "Ltd", "Co", "Corp", "Bros", "Mt", "Ft", "c", "ca", "b", "d", "approx", "est", "etc", "e.g",
    "i.e", "a.k.a", "Hon", "Gov", "Sen", "Rep", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep",
    "Sept", "Oct", "Nov", "Dec", "pp", "Op",
];

/// Words of names that are cut short.
const TITLES: &[&str] =
    &["Jr", "Sr", "St", "Dr", "Mt", "Gen", "Col", "Capt", "Sgt", "Rev", "Prof", "Gov", "Sen", "Hon", "Mrs"];

/// Words that stay lower case inside names.
const NAME_PARTICLES: &[&str] = &[
    "of", "the", "de", "la", "le", "du", "van", "von", "der", "den", "da", "di", "del", "della", "dos",
    "das", "al", "el", "bin", "ibn", "y", "e",
];

/// The complete sentences of a text, each with its final mark; a rest without one is left out, as it may be cut.
pub fn sentences(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'\n' => {
                depth = 0;
                start = at + 1;
            }
            b'.' | b'!' | b'?' if depth == 0 && ends_sentence(text, start, at, bytes) => {
                let mut end = at + 1;
                while matches!(bytes.get(end), Some(b'"' | b'\'' | b')')) {
                    end += 1;
                }
                if text.is_char_boundary(end) && end > start {
                    let sentence = text[start..end].trim();
                    if !sentence.ends_with("..") {
                        sentences.push(sentence);
                    }
                    start = end;
                }
            }
            _ => {}
        }
    }
    sentences
}

fn ends_sentence(text: &str, start: usize, at: usize, bytes: &[u8]) -> bool {
    if at < start || bytes.get(at + 1) == Some(&b'.') || (at > 0 && bytes[at - 1] == b'.') {
        return at >= start && bytes.get(at + 1) != Some(&b'.');
    }
    let word = text[start..at].rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("");
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let dotted = word.contains('.') && word.split('.').all(|part| part.len() <= 2);
    // `… in the U.S.A. The company …`
    let next = text[at + 1..].strip_prefix(' ').and_then(|next| next.split(' ').next());
    let opens = next.is_some_and(|next| ["The", "He", "She", "It", "They"].contains(&next));
    if bytes[at] == b'.' && (initial || dotted && !opens || ABBREVIATIONS.contains(&word)) {
        return false;
    }
    match text[at + 1..].chars().next() {
        None | Some('\n' | ' ' | '"' | '\'' | ')' | '[') => {
            let next = text[at + 1..].trim_start_matches([' ', '"', '\'', ')']).chars().next();
            next.is_none_or(|c| !c.is_lowercase())
        }
        // "… in 2010.Elliot received …": paragraphs glued by a page's text extraction.
        Some(c) => c.is_uppercase() && word.len() > 1 && bytes[at] == b'.',
    }
}

/// The calendar date, or year, that a text begins with.
pub fn date_prefix(text: &str) -> Option<&str> {
    let words: Vec<&str> = text.split(' ').take(3).collect();
    let number = |word: &str| word.parse::<u32>().ok().filter(|_| word.bytes().all(|b| b.is_ascii_digit()));
    let day = |word: &str| number(word).is_some_and(|n| (1..=31).contains(&n));
    let year = |word: &str| {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let followed = word.as_bytes().get(digits).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-');
        (digits == 4 && !followed && number(&word[..4]).is_some_and(|n| (1000..=2100).contains(&n)))
            .then_some(4)
    };
    let month = |word: &str| MONTHS.contains(&word);
    let end = match words.as_slice() {
        [d, m, y, ..] if day(d) && month(m) => d.len() + 1 + m.len() + 1 + year(y)?,
        [m, d, y, ..] if month(m) && d.ends_with(',') && day(&d[..d.len() - 1]) => {
            m.len() + 1 + d.len() + 1 + year(y)?
        }
        [m, y, ..] if month(m) => m.len() + 1 + year(y)?,
        [y, ..] => year(y)?,
        [] => return None,
    };
    Some(&text[..end])
}

/// Every full date or year in a text.
pub fn dates(text: &str) -> Vec<&str> {
    let mut dates: Vec<&str> = Vec::new();
    let mut from = 0;
    let mut starts_word = true;
    for (at, c) in text.char_indices() {
        if at >= from
            && starts_word
            && let Some(date) = date_prefix(&text[at..])
        {
            from = at + date.len();
            dates.push(date);
        }
        starts_word = !c.is_alphanumeric() && c != '-' && c != '.';
    }
    dates
}

/// The proper name, or names joined by commas and "and", that a text begins with. The names end where
/// something follows that continues none: then the value is bounded. `None` if it is not.
pub fn names_prefix(text: &str) -> Option<&str> {
    let mut end = 0;
    let mut at = 0;
    while let Some(name) = name_prefix(&text[at..]) {
        end = at + name.len();
        let rest = &text[end..];
        let joint = [", and ", " and ", ", ", " & "].iter().find(|joint| rest.starts_with(**joint));
        match joint {
            Some(joint) if name_prefix(&rest[joint.len()..]).is_some() => at = end + joint.len(),
            _ => break,
        }
    }
    let rest = &text[end..];
    let bounded = rest.is_empty() || rest.starts_with([',', '.', ';', ' ', ')']);
    // "directed by Joel's brother": the value is the brother.
    let possessive = ["'s", "’s"].iter().any(|ending| text[..end].ends_with(ending));
    let glued = possessive || rest.starts_with(" (");
    (end > 0 && bounded && !glued).then(|| &text[..end])
}

/// One proper name: capitalised words, with particles only inside.
pub fn name_prefix(text: &str) -> Option<&str> {
    let mut end = 0;
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let length = rest.find([' ', ',', ';', ')', '(', '\n', '"']).unwrap_or(rest.len());
        let word = &rest[..length];
        let bare = word.trim_end_matches(['.', ':', '?', '!']);
        let capital = bare.chars().next().is_some_and(|c| c.is_uppercase());
        let particle = end > 0 && NAME_PARTICLES.contains(&bare);
        let initial = bare.len() <= 2 || TITLES.contains(&bare);
        if capital {
            end = at
                + if word.ends_with('.') && initial && !rest[length..].is_empty() {
                    word.len()
                } else {
                    bare.len()
                };
        } else if !particle {
            break;
        }
        if bare.len() < word.len() && !(initial && word.ends_with('.')) {
            break;
        }
        if !rest[length..].starts_with(' ') {
            break;
        }
        at += length + 1;
    }
    (end > 0).then(|| &text[..end])
}

/// The words of a text that carry its meaning, in lower case and without endings.
pub fn content_stems(text: &str) -> Vec<String> {
    const FUNCTION_WORDS: &[&str] = &[
        "the", "a", "an", "of", "in", "on", "at", "to", "for", "by", "with", "from", "as", "and", "or", "is",
        "was", "are", "were", "be", "been", "did", "do", "does", "has", "have", "had", "who", "whom",
        "whose", "what", "which", "when", "where", "how", "many", "much", "that", "this", "these", "those",
        "it", "its", "his", "her", "their", "he", "she", "they", "there", "into", "about", "name", "s",
    ];
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .filter(|word| !FUNCTION_WORDS.contains(&word.as_str()))
        .map(|word| stem(&word).to_string())
        .collect()
}

/// A crude stem: enough to match `released` with `release`, `members` with `member`.
pub fn stem(word: &str) -> &str {
    for ending in ["ing", "ied", "ies", "ed", "es", "s", "e"] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.len() >= 3
        {
            return stem.trim_end_matches('i');
        }
    }
    word.trim_end_matches(['y', 'i'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_keep_initials_and_abbreviations() {
        let text = "John F. Doe Jr. (b. 1920, St. Ives) was a U.S. painter. He lived in Bath.Doe died in 1990. He was cut o";
        assert_eq!(
            sentences(text),
            [
                "John F. Doe Jr. (b. 1920, St. Ives) was a U.S. painter.",
                "He lived in Bath.",
                "Doe died in 1990."
            ]
        );
    }

    #[test]
    fn a_dotted_word_ends_a_sentence_before_one_that_opens_another() {
        assert_eq!(sentences("It is in the U.S.A. The company grew.").len(), 2);
        assert_eq!(sentences("It is a U.S. painter of the U.S. Army.").len(), 1);
    }

    #[test]
    fn dates_in_both_orders() {
        assert_eq!(date_prefix("2 May 1990) is"), Some("2 May 1990"));
        assert_eq!(date_prefix("May 2, 1990) is"), Some("May 2, 1990"));
        assert_eq!(date_prefix("1990 film"), Some("1990"));
        assert_eq!(date_prefix("1990s film"), None);
        assert_eq!(date_prefix("May be"), None);
        assert_eq!(dates("from 4 March 1849 to 3 March 1851"), ["4 March 1849", "3 March 1851"]);
    }

    #[test]
    fn names_end_where_they_end() {
        assert_eq!(names_prefix("Sofia Coppola and starring Bill Murray."), Some("Sofia Coppola"));
        assert_eq!(names_prefix("Joel and Ethan Coen."), Some("Joel and Ethan Coen"));
        assert_eq!(names_prefix("Ludwig van Beethoven, in 1801"), Some("Ludwig van Beethoven"));
        assert_eq!(names_prefix("William H. Macy."), Some("William H. Macy"));
        assert_eq!(names_prefix("Peter's friend"), None);
        assert_eq!(names_prefix("nobody"), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[A-Za-z0-9 .,;()\"'éß–\n]{0,80}") {
            for sentence in sentences(&text) {
                let _ = (dates(sentence), names_prefix(sentence));
            }
        }
    }
}
