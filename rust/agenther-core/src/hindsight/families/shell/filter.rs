//! Filters of pipelines: each rewrites the phrase for what it is given.

use super::command::{Flag, options};
use super::grep::{literal, sought};
use super::phrase::{Kind, Phrase};
use super::source::{checksum, counted, field, how_many, ordinal};
use super::system::{PACKAGES, PORTS, PROCESSES, SOCKETS, port_user};

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
        "du" if matches!(rest, [flag] if matches!(flag.as_str(), "-h" | "-sh")) => {
            let mut phrase =
                phrase.asking(Kind::PerFile, format!("How much disk space does each of the {files} use"));
            phrase.measured = Some(("disk usage".to_string(), files));
            Some(phrase)
        }
        // One line a file: only once each are they directories.
        "dirname" if rest.is_empty() => {
            let mut phrase = phrase;
            phrase.measured = Some(("directories".to_string(), files));
            phrase.noun = "parent directories".to_string();
            Some(phrase)
        }
        "ls" if matches!(rest, [flag] if matches!(flag.as_str(), "-l" | "-lh")) => {
            let question = format!("Show me the permissions, owners, sizes and dates of all {files}");
            Some(phrase.asking(Kind::Lines, question))
        }
        "cat" if rest.is_empty() => {
            let mut lines = Phrase::new(Kind::Lines, "lines", format!(" of all {files}"), "");
            lines.question = Some(format!("Print the contents of all {files}"));
            Some(lines)
        }
        "grep" => {
            let (flags, operands) = options(rest, &["l", "i", "w", "H", "n", "E", "F"])?;
            let [pattern] = operands.try_into().ok()?;
            let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
            let (what, contain) = sought(&pattern, has)?;
            if !has("l") {
                let with = match (has("H"), has("n")) {
                    (true, true) => ", with file names and line numbers",
                    (true, false) => ", with the names of the files",
                    (false, true) => ", with line numbers",
                    (false, false) => "",
                };
                let mut lines = Phrase::new(Kind::Lines, "lines", format!(" of the {files}"), "");
                lines.question =
                    Some(format!("Show me all lines of the {files} that {contain} {what}{with}"));
                lines.absent = Some((
                    format!("Do any of the {files} {contain} {what}?"),
                    format!("No, none of the {files} {contain} {what}."),
                ));
                return Some(lines);
            }
            let place = phrase.place.clone();
            let link =
                if phrase.noun.contains("whose") || phrase.noun.contains("modified") { " and" } else { "" };
            let noun = format!("{}{link} that {contain} {what}", phrase.noun);
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
    if program == "{print$2}" && phrase.kind == Kind::PerFile {
        return paths_alone(phrase);
    }
    if phrase.kind == Kind::Lines {
        let column =
            program.strip_prefix("{print$").and_then(|rest| rest.strip_suffix('}')).and_then(ordinal)?;
        let is_plain = phrase.noun == "lines" && phrase.question.is_none() && phrase.manner.is_empty();
        phrase.noun = format!("{column} column");
        return is_plain.then_some(phrase);
    }
    if program == "{print$1}" {
        return if phrase.kind == Kind::Value { Some(phrase) } else { alone(phrase) };
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

/// What a kind of measure is called at either end: `largest`, `smallest`.
fn ends(what: &str) -> (&'static str, &'static str) {
    match what {
        what if what.contains("size") || what.contains("usage") => ("largest", "smallest"),
        what if what.contains("time") => ("newest", "oldest"),
        _ => ("most", "fewest"),
    }
}

/// Measures in order: of the numbers, or of the paths.
fn sort_measures(mut phrase: Phrase, words: &[String]) -> Option<Phrase> {
    let (flags, operands) = options(words, &["r", "n", "h", "s", "k="])?;
    let key = flags.iter().find(|(flag, _)| flag == "k").map(|(_, key)| key.as_str());
    let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
    let what = phrase.measured.as_ref().map_or("", |(what, _)| what.as_str());
    let checksums = what.contains("checksum");
    // `4.0K` and `12M` are no numbers to compare, unless they are taken for sizes.
    let is_compared = if what == "disk usage" { has("h") } else { has("n") };
    let (most, least) = ends(what);
    phrase.manner = match key {
        None | Some("1" | "1,1") if is_compared && !checksums => {
            format!(", {} first", if has("r") { most } else { least })
        }
        Some("2" | "2,2") if !has("n") && !has("r") => ", sorted by path".to_string(),
        None if checksums && !has("n") && !has("r") => ", sorted by checksum".to_string(),
        _ => return None,
    };
    (operands.is_empty() && !phrase.total).then_some(phrase)
}

/// The first or last of the measures in order: `the 5 smallest of the files under /srv`.
fn extreme(mut phrase: Phrase, words: &[String], last: bool) -> Option<Phrase> {
    let (number, operands) = how_many(words)?;
    let (what, files) = phrase.measured.clone().filter(|_| operands.is_empty() && !phrase.total)?;
    let (most, least) = ends(&what);
    let first = phrase.manner.strip_prefix(", ")?.strip_suffix(" first")?;
    let which = if (first == most) == last { least } else { most };
    let question = match (what.as_str(), number) {
        ("sizes in bytes", 1) => {
            format!("Which is the {which} of the {files}, and what is its size in bytes")
        }
        ("sizes in bytes", _) => {
            format!("Which are the {number} {which} of the {files}, with their sizes in bytes")
        }
        // The directory itself is always the largest.
        ("disk usage" | "disk usage in blocks", 1) if files.contains("itself included") => return None,
        ("disk usage" | "disk usage in blocks", 1) => {
            let most = if which == most { "most" } else { "least" };
            format!("Which of the {files} takes up the {most} disk space, and how much")
        }
        ("disk usage" | "disk usage in blocks", _) => {
            let most = if which == most { "most" } else { "least" };
            format!("Which {number} of the {files} take up the {most} disk space, and how much each")
        }
        ("times of modification", 1) => {
            let last = if which == most { "last" } else { "first" };
            format!("Which of the {files} was modified {last}, and when")
        }
        ("times of modification", _) => {
            let last = if which == most { "last" } else { "first" };
            format!("Which {number} of the {files} were modified {last}, and when")
        }
        ("occurrences", number) => {
            let often = if which == most { "most" } else { "least" };
            match number {
                1 => format!("Which of the {files} occurs {often} often, and how often"),
                _ => format!("Which {number} of the {files} occur {often} often, and how often each"),
            }
        }
        (_, 1) => format!("Which of the {files} has the {which} {what}, and how many"),
        (_, _) => {
            format!("Which {number} of the {files} have the {which} {what}, and how many does each have")
        }
    };
    phrase.manner.clear();
    phrase.noun = "extreme".to_string();
    Some(phrase.asking(Kind::PerFile, question))
}

/// The paths of measured files without the measures.
fn paths_alone(mut phrase: Phrase) -> Option<Phrase> {
    let question = phrase.question.take().filter(|_| phrase.noun == "extreme")?;
    let which = question.split_once(", ")?.0.to_string();
    Some(phrase.asking(Kind::Paths, which))
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
    if phrase.limit.is_some() {
        return None;
    }
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
            if phrase.kind == Kind::Lines && phrase.manner.starts_with(" that ") && phrase.question.is_none()
            {
                let manner = std::mem::take(&mut phrase.manner).replace(", with line numbers", "");
                let place = phrase.place.replacen(" of ", " in ", 1);
                return Some(phrase.asking(Kind::Number, format!("How many lines{manner} are there{place}")));
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
        "sort" | "uniq" if phrase.noun == "parent directories" => {
            let (_, files) = phrase.measured.clone()?;
            let is_done = match rest {
                [flag] => command == "sort" && flag == "-u",
                [] if command == "uniq" => phrase.sorted,
                [] => {
                    phrase.sorted = true;
                    return Some(phrase);
                }
                _ => false,
            };
            phrase.noun = "directories".to_string();
            is_done.then(|| phrase.asking(Kind::Paths, format!("Which directories hold {files}")))
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
        "head" | "tail" if phrase.kind == Kind::PerFile => extreme(phrase, rest, command == "tail"),
        "md5sum" | "sha1sum" | "sha256sum" if rest.is_empty() => {
            let (what, files) = phrase.measured.clone()?;
            let sorted = phrase.manner == ", sorted by checksum";
            if phrase.kind == Kind::Hashes && sorted {
                let question = format!(
                    "What is the {} of the sorted list of the {what}, one a line and without file names, of all {files}",
                    checksum(command)
                );
                phrase.manner.clear();
                return Some(phrase.asking(Kind::Value, question));
            }
            let question = format!(
                "What is the {} of the list of the {what} of all {files}, sorted by checksum and with the file names",
                checksum(command)
            );
            phrase.manner.clear();
            (sorted && phrase.kind == Kind::PerFile).then(|| phrase.asking(Kind::Value, question))
        }
        "head" | "tail" if phrase.sorted && matches!(phrase.kind, Kind::Paths | Kind::Entries) => {
            let (number, operands) = how_many(rest)?;
            if !operands.is_empty() || phrase.manner.is_empty() {
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
        // Where fewer lines come out, it lets all through.
        "head"
            if phrase.question.is_none()
                && matches!(phrase.kind, Kind::Paths | Kind::Entries | Kind::Lines) =>
        {
            let (number, operands) = how_many(rest)?;
            phrase.limit = Some(number);
            operands.is_empty().then_some(phrase)
        }
        // `grep x f | tail -2`
        "tail"
            if phrase.kind == Kind::Lines
                && phrase.noun == "lines"
                && phrase.question.is_none()
                && !phrase.sorted =>
        {
            let (number, operands) = how_many(rest)?;
            phrase.noun = if number == 1 { "last line".to_string() } else { format!("last {number} lines") };
            operands.is_empty().then_some(phrase)
        }
        // `grep x f | cut -d: -f1`
        "cut"
            if phrase.kind == Kind::Lines
                && phrase.noun == "lines"
                && phrase.manner.starts_with(" that ") =>
        {
            let (flags, operands) = options(rest, &["d=", "f="])?;
            phrase.noun = format!("{} field of the lines", field(&flags)?);
            operands.is_empty().then_some(phrase)
        }
        "grep" if matches!(phrase.noun.as_str(), PROCESSES | PORTS | SOCKETS | PACKAGES) => {
            listed(phrase, rest)
        }
        "grep" => {
            let (flags, operands) = options(rest, &["i", "v", "E"])?;
            let [pattern] = operands.try_into().ok()?;
            let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
            if !literal(&pattern) || phrase.question.is_some() || !phrase.manner.is_empty() {
                return None;
            }
            if phrase.kind == Kind::Lines && phrase.noun == "lines" {
                let contain = if has("v") { "do not contain" } else { "contain" };
                let case = if has("i") { ", ignoring case" } else { "" };
                phrase.manner = format!(" that {contain} the text \"{pattern}\"{case}");
                return Some(phrase);
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
        "uniq"
            if rest.is_empty() && phrase.kind == Kind::Lines && phrase.sorted && phrase.noun == "lines" =>
        {
            phrase.noun = "different lines".to_string();
            Some(phrase)
        }
        "uniq" if rest == ["-c"] && phrase.kind == Kind::Lines && phrase.sorted => counts(phrase),
        "uniq" if rest == ["-d"] && phrase.kind == Kind::Hashes && phrase.sorted => {
            let (what, files) = phrase.measured.clone()?;
            phrase.manner.clear();
            Some(phrase.asking(Kind::Hashes, format!("Which {what} do two or more of the {files} share")))
        }
        "cut" if matches!(phrase.kind, Kind::PerFile | Kind::Value) => {
            let (flags, operands) = options(rest, &["d=", "f="])?;
            let of_path = |(flag, value): &Flag| match flag.as_str() {
                "f" => matches!(value.as_str(), "2" | "2-"),
                _ => value == " ",
            };
            if operands.is_empty() && flags.iter().all(of_path) && flags.iter().any(|(flag, _)| flag == "f") {
                return paths_alone(phrase);
            }
            let first = operands.is_empty() && flags == [("d".into(), " ".into()), ("f".into(), "1".into())];
            match phrase.kind {
                Kind::Value => first.then_some(phrase),
                _ => first.then(|| alone(phrase))?,
            }
        }
        _ => None,
    }
}

/// Entries of a list of the machine that say something: `ps aux | grep nginx`.
fn listed(phrase: Phrase, words: &[String]) -> Option<Phrase> {
    let (_, operands) = options(words, &["i", "E", "w"])?;
    let [pattern] = operands.try_into().ok()?;
    let asking = |kind, question: String, absent: Option<(String, String)>| {
        let mut phrase = Phrase::new(kind, phrase.noun.as_str(), "", "").asking(kind, question);
        phrase.absent = absent;
        Some(phrase)
    };
    match phrase.noun.as_str() {
        noun @ (PORTS | SOCKETS) => port_user(&pattern, noun == PORTS),
        PROCESSES if literal(&pattern) || pattern.contains('.') && literal(&pattern.replace('.', "a")) => {
            asking(Kind::Lines, format!("Which running processes mention \"{pattern}\""), None)
        }
        PACKAGES if literal(&pattern) => {
            let absent = (
                format!("Is a Python package whose name contains \"{pattern}\" installed?"),
                format!("No, no Python package whose name contains \"{pattern}\" is installed."),
            );
            let question = format!(
                "Which Python packages whose name contains \"{pattern}\" are installed, and in which versions"
            );
            asking(Kind::Lines, question, Some(absent))
        }
        _ => None,
    }
}

/// How often each of the sorted lines occurs: `sort | uniq -c`.
fn counts(phrase: Phrase) -> Option<Phrase> {
    let noun = match phrase.noun.as_str() {
        "lines" => "line",
        noun if noun.ends_with(" column") || noun.ends_with(" field") => noun,
        _ => return None,
    };
    let is_plain = phrase.question.is_none() && phrase.manner == ", sorted alphabetically";
    let place = phrase.place.replacen(" of each line of ", " of ", 1);
    let values = if noun == "line" {
        format!("different lines{place}")
    } else {
        format!("values of the {noun}{place}")
    };
    let question = format!("How often does each of the {values} occur");
    let mut phrase = Phrase::new(Kind::PerFile, "counts", "", "").asking(Kind::PerFile, question);
    phrase.measured = Some(("occurrences".to_string(), values));
    is_plain.then_some(phrase)
}
