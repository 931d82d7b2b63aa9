//! Filters of pipelines: each rewrites the phrase for what it is given.

use super::command::options;
use super::phrase::{Kind, Phrase, checksum, counted, literal};

/// What a command run on every found path makes of them.
pub fn per_file(phrase: Phrase, command: &[String], at_once: bool) -> Option<Phrase> {
    let (name, rest) = command.split_first()?;
    let files = format!("{}{}", phrase.noun, phrase.place);
    let only_files = phrase.noun.contains("files") && !phrase.noun.contains("directories");
    if phrase.kind != Kind::Paths || !only_files {
        return None;
    }
    match name.as_str() {
        "wc" => {
            let (flags, operands) = options(rest, &["l", "w", "c"])?;
            let unit = counted(&flags)?;
            let question = format!("How many {unit} does each of the {files} have");
            let mut phrase = phrase.asking(Kind::PerFile, question);
            phrase.measured = Some((unit.to_string(), files));
            phrase.total = at_once;
            operands.is_empty().then_some(phrase)
        }
        "md5sum" | "sha1sum" | "sha256sum" if rest.is_empty() => {
            let question = format!("What are the {}s of all {files}", checksum(name));
            let mut phrase = phrase.asking(Kind::PerFile, question);
            phrase.measured = Some((format!("{}s", checksum(name)), files));
            Some(phrase)
        }
        "cat" if rest.is_empty() => {
            let mut lines = Phrase::new(Kind::Lines, "lines", format!(" of all {files}"), "");
            lines.question = Some(format!("Print the contents of all {files}"));
            Some(lines)
        }
        "grep" => {
            let (flags, operands) = options(rest, &["l", "i", "w"])?;
            let [pattern] = operands.try_into().ok()?;
            let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
            if !has("l") || !literal(&pattern) {
                return None;
            }
            let what = if has("w") { "the whole word" } else { "the text" };
            let case = if has("i") { " in upper or lower case" } else { "" };
            let place = phrase.place.clone();
            let link =
                if phrase.noun.contains("whose") || phrase.noun.contains("modified") { " and" } else { "" };
            let noun = format!("{}{link} that contain {what} \"{pattern}\"{case}", phrase.noun);
            Some(Phrase::new(Kind::Paths, noun, place, &phrase.root))
        }
        _ => None,
    }
}

/// The awk programs that people write in pipelines: the first column, a sum of it, the number of lines.
fn awk(mut phrase: Phrase, words: &[String]) -> Option<Phrase> {
    let [program] = words else { return None };
    let program: String = program.chars().filter(|c| !c.is_whitespace() && *c != ';').collect();
    if program == "{print$1,$2}" && phrase.kind == Kind::PerFile {
        return Some(phrase);
    }
    if program == "{print$1}" {
        return alone(phrase);
    }
    if program == "END{printNR}" {
        return filter(phrase, &["wc".to_string(), "-l".to_string()]);
    }
    let (what, files) = phrase.measured.clone().filter(|_| phrase.kind == Kind::PerFile && !phrase.total)?;
    let sum = program.split_once("{").and_then(|_| {
        let body = program
            .strip_prefix("BEGIN{")
            .and_then(|rest| rest.split_once('}'))
            .map_or(program.as_str(), |(start, rest)| if start.ends_with("=0") { rest } else { "" });
        let (name, rest) = body.strip_prefix('{')?.split_once("+=$1}END{print")?;
        (rest.strip_suffix('}') == Some(name) && name.chars().all(char::is_alphanumeric)).then_some(())
    });
    phrase.manner.clear();
    (sum.is_some() && !what.contains("checksum"))
        .then(|| phrase.asking(Kind::Number, format!("How many {what} do the {files} have in total")))
}

/// Measures in order: of the numbers, or of the paths.
fn sort_measures(mut phrase: Phrase, words: &[String]) -> Option<Phrase> {
    let (flags, operands) = options(words, &["r", "n", "s", "k="])?;
    let key = flags.iter().find(|(flag, _)| flag == "k").map(|(_, key)| key.as_str());
    let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
    let numbers = phrase.measured.as_ref().is_some_and(|(what, _)| !what.contains("checksum"));
    let manner = match (key, has("n"), has("r")) {
        (None | Some("1" | "1,1"), true, true) if numbers => ", most first",
        (None | Some("1" | "1,1"), true, false) if numbers => ", fewest first",
        (Some("2" | "2,2"), false, false) => ", sorted by path",
        _ => return None,
    };
    phrase.manner = manner.to_string();
    (operands.is_empty() && !phrase.total).then_some(phrase)
}

/// The measures without the paths, where they are checksums.
fn alone(mut phrase: Phrase) -> Option<Phrase> {
    let question = phrase.question.take()?;
    let hashes = question.starts_with("What are the") && question.contains("checksums of ");
    (phrase.kind == Kind::PerFile && hashes).then(|| {
        let question = question.replacen("What are", "What are just", 1).replacen(
            "checksums of",
            "checksums, without the file names, of",
            1,
        );
        phrase.asking(Kind::Hashes, question)
    })
}

/// Each checksum once.
fn different(mut phrase: Phrase) -> Option<Phrase> {
    let (what, files) = phrase.measured.clone()?;
    phrase.noun = "different".to_string();
    Some(phrase.asking(Kind::Hashes, format!("What are the different {what} of the {files}")))
}

/// What a filter makes of the lines that it is given.
pub fn filter(mut phrase: Phrase, words: &[String]) -> Option<Phrase> {
    let (command, rest) = words.split_first()?;
    match command.as_str() {
        "wc" => {
            let (flags, operands) = options(rest, &["l"])?;
            if flags.len() != 1 || !operands.is_empty() {
                return None;
            }
            let question = match (phrase.kind, &phrase.measured) {
                (Kind::Hashes, Some((what, files))) if phrase.noun == "different" => {
                    format!("How many different {what} do the {files} have")
                }
                _ => String::new(),
            };
            if !question.is_empty() {
                phrase.manner.clear();
                return Some(phrase.asking(Kind::Number, question));
            }
            if !phrase.manner.is_empty() {
                return None;
            }
            let question = match phrase.kind {
                Kind::Paths | Kind::Entries => format!("How many {} are there{}", phrase.noun, phrase.place),
                Kind::Lines if phrase.noun == "lines" => {
                    format!("How many lines are there in total{}", phrase.place.replacen(" of ", " in ", 1))
                }
                _ => return None,
            };
            phrase.trivial = false;
            Some(phrase.asking(Kind::Number, question))
        }
        "sort" if phrase.measured.is_some() && phrase.kind == Kind::PerFile => sort_measures(phrase, rest),
        "column" if rest == ["-t"] => Some(phrase),
        "sort" => {
            let (flags, operands) = options(rest, &["r", "u"])?;
            let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
            let sortable = matches!(phrase.kind, Kind::Paths | Kind::Lines | Kind::Hashes);
            if !operands.is_empty() || !sortable || phrase.sorted || (has("u") && phrase.kind != Kind::Hashes)
            {
                return None;
            }
            if has("u") {
                phrase.sorted = true;
                return different(phrase).filter(|_| !has("r"));
            }
            phrase.manner.push_str(if has("r") {
                ", in reverse alphabetical order"
            } else {
                ", sorted alphabetically"
            });
            phrase.sorted = true;
            Some(phrase)
        }
        "head" | "tail" if phrase.sorted && matches!(phrase.kind, Kind::Paths | Kind::Entries) => {
            let (flags, operands) = options(rest, &["n="])?;
            let number: u32 = flags.first()?.1.parse().ok()?;
            if !operands.is_empty() || number == 0 || phrase.manner.is_empty() {
                return None;
            }
            let end = if command == "head" { "first" } else { "last" };
            let number = if number == 1 { end.to_string() } else { format!("{end} {number}") };
            let question =
                format!("Give me the {number} of the {}{}{}", phrase.noun, phrase.place, phrase.manner);
            phrase.manner.clear();
            phrase.trivial = false;
            let kind = phrase.kind;
            Some(phrase.asking(kind, question))
        }
        "grep" => {
            let (flags, operands) = options(rest, &["i", "v"])?;
            let [pattern] = operands.try_into().ok()?;
            let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
            if !literal(&pattern) || phrase.question.is_some() || !phrase.manner.is_empty() {
                return None;
            }
            let of = match phrase.kind {
                Kind::Paths => "path",
                Kind::Entries => "name",
                _ => return None,
            };
            let says = if has("v") { "does not contain" } else { "contains" };
            let case = if has("i") { ", ignoring case" } else { "" };
            let link = if phrase.noun.contains("whose") { " and" } else { "" };
            phrase.noun = format!("{}{link} whose {of} {says} \"{pattern}\"{case}", phrase.noun);
            if phrase.kind == Kind::Entries {
                // "the files in DIR whose name …": the place belongs to the noun.
                phrase.noun = phrase.noun.replacen(
                    "files and directories",
                    &format!("files and directories{}", phrase.place),
                    1,
                );
                phrase.place.clear();
            }
            phrase.trivial = false;
            Some(phrase)
        }
        "xargs" => per_file(phrase, rest, true),
        "awk" => awk(phrase, rest),
        "uniq" if rest.is_empty() && phrase.kind == Kind::Hashes && phrase.sorted => different(phrase),
        "cut" if phrase.kind == Kind::PerFile => {
            let (flags, operands) = options(rest, &["d=", "f="])?;
            let first = operands.is_empty() && flags == [("d".into(), " ".into()), ("f".into(), "1".into())];
            if first { alone(phrase) } else { None }
        }
        _ => None,
    }
}
