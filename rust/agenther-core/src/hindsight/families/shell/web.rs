//! Requests of `curl`, and values that `jq` takes out of JSON.

use super::command::options;
use super::phrase::{Kind, Phrase};

/// What `curl` prints that only gets something.
pub fn curl(words: &[String]) -> Option<Phrase> {
    let (flags, operands) = options(words, &["s", "S", "L", "f", "k", "i", "I", "o=", "w=", "m="])?;
    let [address] = operands.try_into().ok()?;
    let get = |name: &str| flags.iter().find(|(flag, _)| flag == name).map(|(_, value)| value.as_str());
    let plain: String =
        address.chars().filter(|c| !c.is_alphanumeric() && !"-_.:/?=&%+,~".contains(*c)).collect();
    // One that is not silent prints its progress as well.
    (plain.is_empty() && address.contains(['.', ':']) && get("s").is_some()).then_some(())?;
    let asking = |kind, question| Some(Phrase::new(kind, "response", "", "").asking(kind, question));
    match (get("o"), get("w")) {
        (Some("/dev/null"), Some(format)) if format.trim_end_matches("\\n") == "%{http_code}" => {
            asking(Kind::Word, format!("Which HTTP status code does a request to {address} return"))
        }
        (None, None) if get("I").is_some() => {
            asking(Kind::Lines, format!("Which headers does the response of {address} have"))
        }
        (None, None) if get("i").is_none() => {
            asking(Kind::Lines, format!("What does a GET request to {address} return"))
        }
        _ => None,
    }
}

/// `jq PATH FILE`
pub fn jq(words: &[String]) -> Option<Phrase> {
    let (_, operands) = options(words, &["r", "c", "S"])?;
    let [program, file] = operands.try_into().ok()?;
    let program = program.trim();
    let is_path = |path: &str| {
        !path.is_empty()
            && path.split('.').all(|key| {
                !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
            })
    };
    let asking = |kind, question| Some(Phrase::new(kind, "value", "", "").asking(kind, question));
    match program.replace(" | ", "|").as_str() {
        "length" | ".|length" => {
            asking(Kind::Value, format!("How many entries does the JSON in {file} have at its top level"))
        }
        "keys" => asking(Kind::Lines, format!("Which keys does the JSON object in {file} have")),
        path if path.strip_prefix(".[].").is_some_and(is_path) => {
            asking(Kind::Lines, format!("List the \"{}\" of each entry of {file}", &path[4..]))
        }
        path if path.strip_prefix('.').and_then(|path| path.strip_suffix("|length")).is_some_and(is_path) => {
            let key = path[1..].strip_suffix("|length")?;
            asking(Kind::Value, format!("How many entries does \"{key}\" in {file} have"))
        }
        path if path.strip_prefix('.').is_some_and(is_path) => {
            asking(Kind::Lines, format!("What is the value of \"{}\" in {file}", &path[1..]))
        }
        _ => None,
    }
}
