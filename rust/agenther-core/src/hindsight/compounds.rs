//! Words that identifiers glue together: `onestop` flights are one-stop flights, a `trackingnumber` is a tracking
//! number.

/// Compounds that are written with a hyphen.
const HYPHENATED: &[(&str, &str)] = &[
    ("onestop", "one-stop"),
    ("twostop", "two-stop"),
    ("multistop", "multi-stop"),
    ("oneway", "one-way"),
    ("roundtrip", "round-trip"),
    ("multicity", "multi-city"),
    ("ecommerce", "e-commerce"),
    ("preorder", "pre-order"),
    ("preorders", "pre-orders"),
    ("todos", "to-dos"),
    ("todo", "to-do"),
];

/// What an identifier is of, glued before its kind.
const HEADS: &[&str] = &[
    "tracking",
    "phone",
    "order",
    "user",
    "account",
    "customer",
    "product",
    "item",
    "zip",
    "postal",
    "country",
    "city",
    "state",
    "first",
    "last",
    "full",
    "middle",
    "company",
    "birth",
    "start",
    "end",
    "due",
    "serial",
    "model",
    "flight",
    "invoice",
    "room",
    "card",
    "bank",
    "tax",
    "license",
    "ticket",
    "member",
    "patient",
    "student",
    "employee",
    "booking",
    "reservation",
    "departure",
    "arrival",
    "currency",
    "language",
    "airport",
    "station",
    "project",
    "event",
    "hotel",
    "restaurant",
    "street",
    "email",
    "search",
    "channel",
    "video",
];

/// What is glued after.
const TAILS: &[&str] = &[
    "number", "numbers", "code", "codes", "date", "status", "address", "name", "id", "ids", "time", "type",
    "list",
];

/// The words of a word of an identifier, in lower case: one, unless it is a known compound.
pub(crate) fn unglued(word: &str) -> Vec<String> {
    if let Some((_, hyphenated)) = HYPHENATED.iter().find(|(glued, _)| *glued == word) {
        return vec![hyphenated.to_string()];
    }
    let split = TAILS.iter().filter(|_| word != "username").find_map(|tail| {
        let head = word.strip_suffix(tail)?;
        HEADS.contains(&head).then(|| vec![head.to_string(), tail.to_string()])
    });
    split.unwrap_or_else(|| vec![word.to_string()])
}

#[cfg(test)]
mod tests {
    use super::unglued;

    #[test]
    fn known_compounds_come_apart_and_no_others() {
        for (word, words) in [
            ("onestop", vec!["one-stop"]),
            ("trackingnumber", vec!["tracking", "number"]),
            ("userid", vec!["user", "id"]),
            ("username", vec!["username"]),
            ("candid", vec!["candid"]),
            ("surname", vec!["surname"]),
            ("update", vec!["update"]),
        ] {
            assert_eq!(unglued(word), words, "{word}");
        }
    }
}
