//! Words from identifiers: how names of tools, parameters and keys, and their values, are said to a person.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::compounds::unglued;
use super::forms::date;
use crate::signals::effect;
use crate::text::date::MONTHS;
use crate::text::memo::Memo;
use crate::text::tables::{FastMap, FastSet};

/// Words that people write in capitals.
const ACRONYMS: &[&str] = &[
    "id", "url", "isbn", "iban", "vat", "sku", "ip", "uuid", "zip", "gpa", "bmi", "api", "sql", "pdf", "tv",
    "usd", "eur", "moq", "eta", "eps", "cpu", "ram", "gpu", "vin", "gdp", "sim", "wbc", "dns", "vpn", "sms",
    "aqi", "mcp", "uv", "ssl", "gps", "ttl", "crn", "mrn", "iata", "icao", "pnr", "vat", "cid", "mls", "hoa",
];

/// Short forms that stand in identifiers but not in speech.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("dob", "date of birth"),
    ("qty", "quantity"),
    ("tmax", "maximum temperature"),
    ("tmin", "minimum temperature"),
    ("len", "length"),
    ("kwh", "kWh"),
    ("egfr", "eGFR"),
    ("num", "number"),
    ("no", "number"),
    ("nr", "number"),
    ("addr", "address"),
    ("desc", "description"),
    ("amt", "amount"),
    ("temp", "temperature"),
    ("dept", "department"),
    ("org", "organization"),
    ("repo", "repository"),
    ("msg", "message"),
    ("tel", "phone number"),
    ("max", "maximum"),
    ("min", "minimum"),
    ("avg", "average"),
    ("pct", "percentage"),
    ("lang", "language"),
    ("src", "source"),
    ("dest", "destination"),
    ("pwd", "password"),
    ("lat", "latitude"),
    ("lon", "longitude"),
    ("lng", "longitude"),
    ("img", "image"),
    ("ref", "reference"),
    ("pull", "pull request"),
    ("pulls", "pull requests"),
    ("pr", "pull request"),
    ("prs", "pull requests"),
    ("env", "environment"),
    ("emp", "employee"),
    ("acct", "account"),
    ("txn", "transaction"),
    ("txns", "transactions"),
    ("appt", "appointment"),
    ("appts", "appointments"),
    ("cust", "customer"),
    ("mgr", "manager"),
    ("tz", "time zone"),
];

/// The words of an identifier in lower case, with what is usually written in capitals in capitals.
pub fn humanize(identifier: &str) -> String {
    thread_local! {
        static SAID: Memo<String> = Memo::default();
    }
    SAID.with(|said| said.of(identifier, in_words))
}

fn in_words(identifier: &str) -> String {
    let mut out = String::with_capacity(identifier.len());
    let words: Vec<String> =
        effect::words(identifier).flat_map(|word| unglued(&word.to_lowercase())).collect();
    // `num_members` counts them.
    let counts = words.len() > 1
        && matches!(words[0].as_str(), "num" | "nr" | "n" | "no")
        && is_plural_phrase(&words[1..].join(" "));
    if counts {
        out.push_str("number of");
    }
    for lower in words.into_iter().skip(usize::from(counts)) {
        if !out.is_empty() {
            out.push(' ');
        }
        if ACRONYMS.contains(&lower.as_str()) && lower != "zip" {
            out.push_str(&lower.to_uppercase());
        } else if let Some((_, long)) = ABBREVIATIONS.iter().find(|(short, _)| *short == lower) {
            out.push_str(long);
        } else {
            out.push_str(&lower);
        }
    }
    out
}

/// Words whose plural or singular no rule gives.
const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("movie", "movies"),
    ("series", "series"),
    ("news", "news"),
    ("information", "information"),
    ("weather", "weather"),
    ("data", "data"),
    ("media", "media"),
    ("nutrition", "nutrition"),
    ("usage", "usage"),
    ("pricing", "pricing"),
    ("status", "statuses"),
    ("address", "addresses"),
    ("bus", "buses"),
    ("analysis", "analyses"),
    ("history", "history"),
    ("inventory", "inventory"),
    ("availability", "availability"),
    ("weather forecast", "weather forecasts"),
    ("equipment", "equipment"),
    ("luggage", "luggage"),
    ("baggage", "baggage"),
    ("traffic", "traffic"),
    ("music", "music"),
    ("feedback", "feedback"),
    ("species", "species"),
    ("lens", "lenses"),
    ("staff", "staff"),
    ("gas", "gases"),
];

/// The plural of a noun phrase: its last word's.
pub fn plural(noun: &str) -> String {
    change_last_word(noun, |word| {
        if let Some((_, many)) = IRREGULAR.iter().find(|(one, many)| *one == word || *many == word) {
            return many.to_string();
        }
        if is_plural(word) {
            return word.to_string();
        }
        let vowel_before_last =
            word.chars().rev().nth(1).is_some_and(|letter| "aeiou".contains(letter.to_ascii_lowercase()));
        if word.ends_with('y') && !vowel_before_last {
            return format!("{}ies", &word[..word.len() - 1]);
        }
        if ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end)) {
            return format!("{word}es");
        }
        format!("{word}s")
    })
}

/// The singular of a noun phrase: its last word's.
pub fn singular(noun: &str) -> String {
    change_last_word(noun, |word| singular_word(word).into_owned())
}

/// The singular of a noun.
pub fn singular_word(word: &str) -> Cow<'_, str> {
    /// The singular of both forms.
    static SINGULAR: LazyLock<FastMap<&str, &str>> = LazyLock::new(|| {
        let mut singular = FastMap::default();
        for &(one, many) in IRREGULAR {
            singular.entry(one).or_insert(one);
            singular.entry(many).or_insert(one);
        }
        singular
    });
    if let Some(one) = SINGULAR.get(word) {
        return Cow::Borrowed(one);
    }
    if !ends_as_plural(word) {
        return Cow::Borrowed(word);
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return Cow::Owned(format!("{stem}y"));
    }
    let longer = ["ches", "shes", "sses", "xes", "zzes"].iter().any(|end| word.ends_with(end));
    Cow::Borrowed(&word[..word.len() - if longer { 2 } else { 1 }])
}

fn is_plural(word: &str) -> bool {
    static PLURALS: LazyLock<FastSet<&str>> =
        LazyLock::new(|| IRREGULAR.iter().filter(|(one, many)| one != many).map(|(_, many)| *many).collect());
    PLURALS.contains(word) || ends_as_plural(word)
}

fn ends_as_plural(word: &str) -> bool {
    word.len() > 3 && word.ends_with('s') && !["ss", "us", "is", "news"].iter().any(|end| word.ends_with(end))
}

/// Whether a noun phrase is in the plural.
pub fn is_plural_phrase(noun: &str) -> bool {
    noun.rsplit(' ').next().is_some_and(is_plural)
}

fn change_last_word(noun: &str, change: impl Fn(&str) -> String) -> String {
    match noun.rsplit_once(' ') {
        Some((head, last)) => format!("{head} {}", change(last)),
        None => change(noun),
    }
}

/// `a, b and c`.
pub fn join(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// The first letter in upper case.
pub fn capitalize(text: &str) -> String {
    // What is written in its own way stays so: `q1_2024.pdf`, `iPhone`, `src/lib.rs`.
    let first =
        text.split_whitespace().next().unwrap_or("").trim_end_matches(['.', ',', ':', ';', '?', '!', ')']);
    let is_written =
        |letter: char| letter.is_uppercase() || letter.is_ascii_digit() || "_./@\\".contains(letter);
    if first.chars().skip(1).any(is_written) {
        return text.to_string();
    }
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => {
            let mut out = String::with_capacity(text.len());
            out.extend(first.to_uppercase());
            out.push_str(chars.as_str());
            out
        }
        None => String::new(),
    }
}

/// A value as people write it: dates in words, flags as yes and no, `basic_economy` as two words.
pub fn say_value(value: &str) -> String {
    if let Some((year, month, day)) = date(value) {
        let mut said = format!("{} {day}, {year}", MONTHS[month as usize - 1]);
        // Midnight is how a whole day is written.
        if let Some(time) = value.get(11..16).filter(|time| is_clock(time) && *time != "00:00") {
            said.push_str(" at ");
            said.push_str(time);
        }
        return said;
    }
    if value.len() == 8 && value.ends_with(":00") && is_clock(&value[..5]) {
        return value[..5].to_string();
    }
    if let Some((year, month)) =
        value.split_once('-').filter(|(_, month)| is_part_of_year(value) && month.len() == 2)
        && let Some(month) = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?))
    {
        return format!("{month} {year}");
    }
    match value {
        "true" | "True" => return "yes".to_string(),
        "false" | "False" => return "no".to_string(),
        _ => {}
    }
    let is_identifier_of_words = value.contains('_')
        && value.chars().all(|letter| letter == '_' || letter.is_ascii_lowercase())
        && !value.starts_with('_');
    let is_constant = value.len() > 4
        && value.contains('_')
        && value.chars().all(|letter| letter == '_' || letter.is_ascii_uppercase())
        && !value.starts_with('_');
    if is_constant {
        return value.replace('_', " ").to_ascii_lowercase();
    }
    if is_identifier_of_words { value.replace('_', " ") } else { value.trim().to_string() }
}

fn is_clock(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 5 && bytes[2] == b':' && [0, 1, 3, 4].iter().all(|&at| bytes[at].is_ascii_digit())
}

/// `2025-03`, `2025-W10`, `2025-Q1`.
fn is_part_of_year(value: &str) -> bool {
    let Some((year, part)) = value.split_once('-') else { return false };
    let is_year = year.len() == 4 && year.parse::<u32>().is_ok_and(|year| (1900..2100).contains(&year));
    let digits = part.trim_start_matches(['W', 'Q']);
    is_year
        && part.len() - digits.len() <= 1
        && (1..=2).contains(&digits.len())
        && digits.parse::<u8>().is_ok()
}

/// Whether a value is an identifier that no person would know unless told: letters and digits mixed, words
/// joined by underscores, long digit strings. Numbers, dates, times, codes of letters are not.
pub fn is_opaque(value: &str) -> bool {
    let value = value.trim();
    if date(value).is_some()
        || is_part_of_year(value)
        || value.contains(' ')
        || value.contains(':') && is_clock(value.get(..5).unwrap_or(""))
    {
        return false;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.chars().filter(|letter| letter.is_alphabetic()).count();
    if letters == 0 {
        return digits >= 5 && !value.contains(['.', ',']);
    }
    let is_joined = value.contains('_') && digits > 0;
    is_joined || (digits > 0 && letters > 0 && value.len() >= 5) || value.contains('@')
}

/// Words that carry no topic: a request may hold them whatever it is about.
pub fn is_function_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "a",
        "about",
        "above",
        "after",
        "again",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "available",
        "be",
        "because",
        "been",
        "before",
        "being",
        "between",
        "both",
        "but",
        "by",
        "can",
        "could",
        "currently",
        "did",
        "do",
        "does",
        "each",
        "find",
        "following",
        "for",
        "from",
        "further",
        "get",
        "give",
        "had",
        "has",
        "have",
        "having",
        "he",
        "hello",
        "help",
        "her",
        "here",
        "hers",
        "hey",
        "hi",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "know",
        "let",
        "like",
        "list",
        "ll",
        "look",
        "looking",
        "make",
        "many",
        "may",
        "me",
        "more",
        "much",
        "my",
        "need",
        "no",
        "not",
        "now",
        "of",
        "off",
        "on",
        "one",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "please",
        "provide",
        "re",
        "s",
        "same",
        "see",
        "she",
        "should",
        "show",
        "so",
        "some",
        "such",
        "t",
        "tell",
        "than",
        "thank",
        "thanks",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "too",
        "under",
        "up",
        "us",
        "using",
        "ve",
        "very",
        "want",
        "wanted",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "d",
        "m",
        "able",
        "interested",
        "curious",
        "wondering",
        "sure",
        "yes",
        "okay",
        "ok",
        "retrieve",
        "check",
        "search",
        "details",
        "information",
        "info",
        "current",
        "specific",
        "given",
        "per",
    ];
    static SET: LazyLock<FastSet<&str>> = LazyLock::new(|| WORDS.iter().copied().collect());
    SET.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_identifiers() {
        for (identifier, said) in [
            ("payment_methods", "payment methods"),
            ("userId", "user ID"),
            ("flight-no", "flight number"),
            ("dob", "date of birth"),
            ("num_members", "number of members"),
            ("num_room", "number room"),
        ] {
            assert_eq!(humanize(identifier), said);
        }
    }

    #[test]
    fn forms_plurals_and_singulars() {
        for (one, many) in [
            ("direct flight", "direct flights"),
            ("city", "cities"),
            ("branch", "branches"),
            ("person", "people"),
            ("play", "plays"),
            ("address", "addresses"),
            ("news", "news"),
            ("box", "boxes"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(singular(many), one);
            assert_eq!(plural(many), many);
        }
    }

    #[test]
    fn says_values() {
        for (value, said) in [
            ("2024-05-20", "May 20, 2024"),
            ("2024-05-01T04:50:00", "May 1, 2024 at 04:50"),
            ("true", "yes"),
            ("basic_economy", "basic economy"),
            ("06:00:00", "06:00"),
            ("JFK", "JFK"),
            ("_x", "_x"),
        ] {
            assert_eq!(say_value(value), said);
        }
    }

    #[test]
    fn knows_opaque_identifiers() {
        for value in ["JG7FMM", "user_1234", "4421486", "a8f5f167-f44f", "mia@x.org"] {
            assert!(is_opaque(value), "{value}");
        }
        for value in ["JFK", "2024-05-20", "economy", "12", "3.75", "New York 1990", "14:30", "basic_economy"]
        {
            assert!(!is_opaque(value), "{value}");
        }
    }
}
