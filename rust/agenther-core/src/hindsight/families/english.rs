//! The little English that the families share: number, articles, enumerations.

/// Words whose plural no rule gives.
const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("man", "men"),
    ("woman", "women"),
    ("child", "children"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("goose", "geese"),
    ("mouse", "mice"),
    ("ox", "oxen"),
    ("criterion", "criteria"),
    ("knife", "knives"),
    ("shelf", "shelves"),
    ("leaf", "leaves"),
    ("wolf", "wolves"),
    ("half", "halves"),
    ("life", "lives"),
    ("loaf", "loaves"),
    ("potato", "potatoes"),
    ("tomato", "tomatoes"),
    ("butterknife", "butterknives"),
];

/// Words that are their own plural.
const INVARIANT: &[&str] = &[
    "series",
    "species",
    "staff",
    "data",
    "news",
    "information",
    "fish",
    "sheep",
    "aircraft",
    "equipment",
    "furniture",
    "status",
    "address",
    "gnp",
    "gdp",
    "money",
    "weight",
    "software",
    "lettuce",
    "bread",
];

/// Whether the last word of a phrase is a plural already.
pub fn is_plural(phrase: &str) -> bool {
    let last = last_word(phrase);
    if IRREGULAR.iter().any(|(_, many)| last.eq_ignore_ascii_case(many)) {
        return true;
    }
    last.len() > 3
        && last.ends_with('s')
        && !["ss", "us", "is"].iter().any(|end| last.ends_with(end))
        && !INVARIANT.contains(&last.to_ascii_lowercase().as_str())
}

/// The plural of a noun phrase, in which the last word is the head.
pub fn plural(phrase: &str) -> String {
    let last = last_word(phrase);
    let head = &phrase[..phrase.len() - last.len()];
    let lower = last.to_ascii_lowercase();
    if let Some((_, many)) = IRREGULAR.iter().find(|(one, _)| *one == lower) {
        return format!("{head}{many}");
    }
    if is_plural(phrase) {
        return phrase.to_string();
    }
    if lower == "address" || lower == "status" {
        return format!("{phrase}es");
    }
    if INVARIANT.contains(&lower.as_str()) {
        return phrase.to_string();
    }
    let sibilant = ["s", "x", "z", "ch", "sh"].iter().any(|end| lower.ends_with(end));
    if sibilant {
        return format!("{phrase}es");
    }
    match lower.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) && !stem.is_empty() => {
            format!("{}ies", &phrase[..phrase.len() - 1])
        }
        _ => format!("{phrase}s"),
    }
}

/// The singular of a noun phrase, in which the last word is the head.
pub fn singular(phrase: &str) -> String {
    let last = last_word(phrase);
    let head = &phrase[..phrase.len() - last.len()];
    let lower = last.to_ascii_lowercase();
    if let Some((one, _)) = IRREGULAR.iter().find(|(_, many)| *many == lower) {
        return format!("{head}{one}");
    }
    if !is_plural(phrase) {
        return phrase.to_string();
    }
    if let Some(stem) = lower.strip_suffix("ies")
        && stem.len() > 1
        && lower != "movies"
    {
        return format!("{head}{}y", &last[..stem.len()]);
    }
    let sibilant = ["sses", "xes", "zzes", "ches", "shes", "uses"];
    if sibilant.iter().any(|end| lower.ends_with(end)) && lower != "causes" && lower != "houses" {
        return phrase[..phrase.len() - 2].to_string();
    }
    phrase[..phrase.len() - 1].to_string()
}

/// `a` or `an`, by the first sound of the phrase as far as its letters tell.
pub fn article(phrase: &str) -> &'static str {
    // `an MX record`: letters are spelled.
    let first = phrase.split([' ', '-']).next().unwrap_or("");
    let is_spelled = (2..=4).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_uppercase())
        && !first.bytes().skip(1).any(|byte| matches!(byte, b'A' | b'E' | b'I' | b'O' | b'U'));
    if is_spelled {
        return if first.starts_with(['A', 'E', 'F', 'H', 'I', 'L', 'M', 'N', 'O', 'R', 'S', 'X']) {
            "an"
        } else {
            "a"
        };
    }
    let lower = phrase.trim_start_matches('"').to_ascii_lowercase();
    let vowel = lower.starts_with(['a', 'e', 'i', 'o', 'u']);
    let sounds_like_consonant = ["uni", "use", "usa", "euro", "one ", "once", "ukulele", "u."]
        .iter()
        .any(|start| lower.starts_with(start));
    let silent_h = ["hour", "honest", "honour", "honor", "heir"].iter().any(|start| lower.starts_with(start));
    if (vowel && !sounds_like_consonant) || silent_h { "an" } else { "a" }
}

/// With its first letter in upper case.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `A`, `A and B`, `A, B and C`.
pub fn enumerate<T: AsRef<str>>(items: &[T], conjunction: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_string(),
        [init @ .., last] => {
            let init: Vec<&str> = init.iter().map(AsRef::as_ref).collect();
            format!("{} {conjunction} {}", init.join(", "), last.as_ref())
        }
    }
}

fn last_word(phrase: &str) -> &str {
    phrase.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or(phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_and_plural_are_inverse() {
        for (one, many) in [
            ("student", "students"),
            ("country language", "country languages"),
            ("city", "cities"),
            ("day", "days"),
            ("class", "classes"),
            ("box", "boxes"),
            ("person", "people"),
            ("address", "addresses"),
            ("shelf", "shelves"),
            ("tv series", "tv series"),
            ("course", "courses"),
            ("size", "sizes"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(singular(many), one);
            assert_eq!(plural(many), many);
            assert_eq!(singular(one), one);
        }
    }

    #[test]
    fn articles_follow_the_sound() {
        for (word, expected) in
            [("apple", "an"), ("mug", "a"), ("hour", "an"), ("university", "a"), ("egg", "an")]
        {
            assert_eq!(article(word), expected, "{word}");
        }
    }

    #[test]
    fn enumerations() {
        assert_eq!(enumerate(&["a"], "and"), "a");
        assert_eq!(enumerate(&["a", "b"], "or"), "a or b");
        assert_eq!(enumerate(&["a", "b", "c"], "and"), "a, b and c");
    }
}
