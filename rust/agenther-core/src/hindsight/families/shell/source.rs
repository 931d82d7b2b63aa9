//! Commands that begin a pipeline, and what they print.

use super::command::{Flag, options};
use super::find::find;
use super::git::git;
use super::grep::grep;
use super::phrase::{Kind, Phrase, in_place};
use super::system::system;
use super::web::{curl, jq};

/// What a command prints that is given no input.
pub fn source(words: &[String]) -> Option<Phrase> {
    let (command, rest) = words.split_first()?;
    match command.as_str() {
        "find" => find(rest),
        "ls" => ls(rest),
        "cat" => {
            let [file] = operands(rest, &[])?.try_into().ok()?;
            let mut phrase = Phrase::new(Kind::Lines, "lines", format!(" of {file}"), "");
            phrase.question = Some(format!("Show me the contents of {file}"));
            phrase.trivial = true;
            Some(phrase)
        }
        "head" | "tail" => {
            let (number, operands) = how_many(rest)?;
            let [file] = operands.try_into().ok()?;
            let end = if command == "head" { "first" } else { "last" };
            let noun = if number == 1 { format!("{end} line") } else { format!("{end} {number} lines") };
            let mut phrase = Phrase::new(Kind::Lines, noun, format!(" of {file}"), "");
            phrase.trivial = true;
            Some(phrase)
        }
        "wc" => {
            let (flags, operands) = options(rest, &["l", "w", "c"])?;
            let [file] = operands.try_into().ok()?;
            let unit = counted(&flags)?;
            Some(
                Phrase::new(Kind::Number, unit, "", "")
                    .asking(Kind::Value, format!("How many {unit} does {file} have")),
            )
        }
        "md5sum" | "sha1sum" | "sha256sum" => {
            let [file] = operands(rest, &[])?.try_into().ok()?;
            let sum = checksum(command);
            Some(
                Phrase::new(Kind::Value, sum, "", "")
                    .asking(Kind::Value, format!("What is the {sum} of {file}")),
            )
        }
        "du" => {
            let (flags, operands) = options(rest, &["s", "h", "a"])?;
            if (2..=6).contains(&operands.len())
                && flags.len() == 2
                && flags.iter().all(|(flag, _)| flag != "a")
            {
                let paths = crate::hindsight::families::english::enumerate(&operands, "and");
                let question = format!("How much disk space does each of {paths} use");
                return Some(
                    Phrase::new(Kind::PerFile, "disk space", "", "").asking(Kind::PerFile, question),
                );
            }
            let [path] = operands.try_into().ok()?;
            if flags.iter().any(|(flag, _)| flag == "a") {
                let all = format!("files and directories in {path} (itself included)");
                let question = format!("How much disk space does each of the {all} use");
                let mut phrase =
                    Phrase::new(Kind::PerFile, "disk space", "", "").asking(Kind::PerFile, question);
                let human = flags.iter().any(|(flag, _)| flag == "h");
                phrase.measured =
                    Some((if human { "disk usage" } else { "disk usage in blocks" }.to_string(), all));
                return (flags.len() == 1 + usize::from(human)).then_some(phrase);
            }
            if flags == [("h".to_string(), String::new())] {
                let all = format!("directories in {path} (itself included)");
                let question = format!("How much disk space does each of the {all} use");
                let mut phrase =
                    Phrase::new(Kind::PerFile, "disk space", "", "").asking(Kind::PerFile, question);
                phrase.measured = Some(("disk usage".to_string(), all));
                return Some(phrase);
            }
            let summed =
                flags.iter().any(|(flag, _)| flag == "s") && flags.iter().any(|(flag, _)| flag == "h");
            let question = format!("How much disk space does {path} use");
            summed.then(|| Phrase::new(Kind::Value, "disk space", "", "").asking(Kind::Value, question))
        }
        "diff" => {
            let (flags, operands) = options(rest, &["r", "q"])?;
            let [one, other] = operands.try_into().ok()?;
            let brief = flags.iter().any(|(flag, _)| flag == "q");
            let question = match brief {
                true => format!("Which files differ between {one} and {other}, or exist in only one of them"),
                false => format!("Show me the differences between {one} and {other}"),
            };
            let mut phrase = Phrase::new(Kind::Lines, "differences", "", "").asking(Kind::Lines, question);
            phrase.absent = Some((
                format!("Are there any differences between {one} and {other}?"),
                format!("No, {one} and {other} are the same."),
            ));
            Some(phrase)
        }
        "grep" => grep(rest),
        "sort" => {
            let (flags, operands) = options(rest, &["r", "u", "n"])?;
            let [file] = operands.try_into().ok()?;
            let flags: Vec<&str> = flags.iter().map(|(flag, _)| flag.as_str()).collect();
            let (noun, manner) = match flags.as_slice() {
                [] => ("lines", ", sorted alphabetically"),
                ["r"] => ("lines", ", in reverse alphabetical order"),
                ["u"] => ("different lines", ", sorted alphabetically"),
                ["n"] => ("lines", ", sorted by number"),
                ["n", "r"] | ["r", "n"] => ("lines", ", sorted by number, largest first"),
                _ => return None,
            };
            let mut phrase = Phrase::new(Kind::Lines, noun, format!(" of {file}"), "");
            (phrase.manner, phrase.sorted) = (manner.to_string(), true);
            Some(phrase)
        }
        "cut" => {
            let (flags, operands) = options(rest, &["d=", "f="])?;
            let [file] = operands.try_into().ok()?;
            Some(Phrase::new(
                Kind::Lines,
                format!("{} field", field(&flags)?),
                format!(" of each line of {file}"),
                "",
            ))
        }
        "sed" => {
            let [quiet, range, file] = rest else { return None };
            let range = range.strip_suffix('p')?;
            if let Ok(line) = range.parse::<u32>() {
                let question = format!("What does line {line} of {file} say");
                let phrase = Phrase::new(Kind::Lines, "line", "", "").asking(Kind::Lines, question);
                return (quiet == "-n").then_some(phrase);
            }
            let (from, to) = range.split_once(',')?;
            let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
            let phrase = Phrase::new(Kind::Lines, format!("lines {from} to {to}"), format!(" of {file}"), "");
            (quiet == "-n" && from < to).then_some(phrase)
        }
        "git" => git(rest),
        "tree" => {
            let (flags, operands) = options(rest, &["L="])?;
            let [directory] = operands.try_into().ok()?;
            let levels = match flags.as_slice() {
                [] => String::new(),
                [(_, levels)] => {
                    format!(", {} levels deep", levels.parse::<u32>().ok().filter(|levels| *levels > 1)?)
                }
                _ => return None,
            };
            let question = format!("Show me the directory tree of {directory}{levels}");
            Some(Phrase::new(Kind::Lines, "tree", "", "").asking(Kind::Lines, question))
        }
        "df" => {
            let (flags, operands) = options(rest, &["h", "m", "k"])?;
            if operands.is_empty() {
                return system(words);
            }
            let [path] = operands.try_into().ok()?;
            let unit = match flags.as_slice() {
                [(flag, _)] if flag == "m" => " in megabytes",
                [(flag, _)] if flag == "k" => " in kilobytes",
                _ => "",
            };
            let question =
                format!("How much space is used and free{unit} on the file system that holds {path}");
            Some(Phrase::new(Kind::Lines, "space", "", "").asking(Kind::Lines, question))
        }
        _ if rest == ["--version"] => {
            let question = format!("Which version of {command} is installed");
            Some(Phrase::new(Kind::Lines, "version", "", "").asking(Kind::First, question))
        }
        "which" => {
            let programs = operands(rest, &[])?;
            let [program] = programs.as_slice() else {
                let names = crate::hindsight::families::english::enumerate(&programs, "and");
                let question = format!("Where are the commands {names} installed");
                return (programs.len() > 1)
                    .then(|| Phrase::new(Kind::Paths, "paths", "", "/").asking(Kind::Paths, question));
            };
            let mut phrase = Phrase::new(Kind::Paths, "path", "", "/")
                .asking(Kind::Paths, format!("Where is the {program} command installed"));
            phrase.absent = Some((
                format!("Is the {program} command installed?"),
                format!("No, there is no {program} command on the search path."),
            ));
            Some(phrase)
        }
        "nproc" if rest.is_empty() => {
            let question = "How many processors does this machine have".to_string();
            Some(Phrase::new(Kind::Value, "processors", "", "").asking(Kind::Value, question))
        }
        "free" if matches!(rest, [flag] if matches!(flag.as_str(), "-h" | "-m")) => {
            let unit = if rest[0] == "-m" { " in megabytes" } else { "" };
            let question = format!("How much memory{unit} is used and free on this machine");
            Some(Phrase::new(Kind::Lines, "memory", "", "").asking(Kind::Lines, question))
        }
        "uname" if matches!(rest, [flag] if flag == "-a") => {
            let question = "Which operating system and kernel does this machine run".to_string();
            Some(Phrase::new(Kind::Lines, "kernel", "", "").asking(Kind::First, question))
        }
        "file" => {
            let [path] = operands(rest, &[])?.try_into().ok()?;
            let question = format!("What kind of file is {path}");
            Some(Phrase::new(Kind::Lines, "kind", "", "").asking(Kind::First, question))
        }
        "hostname" if rest.is_empty() => {
            let question = "What is the host name of this machine".to_string();
            Some(Phrase::new(Kind::Lines, "name", "", "").asking(Kind::Word, question))
        }
        "curl" => curl(rest),
        "jq" => jq(rest),
        "awk" => awk(rest),
        _ => system(words),
    }
}

/// A column of a file, or its sum.
fn awk(words: &[String]) -> Option<Phrase> {
    let (flags, operands) = options(words, &["F="])?;
    let [program, file] = operands.try_into().ok()?;
    let program: String = program.chars().filter(|c| !c.is_whitespace()).collect();
    let between = match flags.as_slice() {
        [] => "column".to_string(),
        [(flag, mark)] => {
            let named = field(&[("d".to_string(), mark.clone()), ("f".to_string(), "1".to_string())])?;
            (flag == "F").then(|| named.replacen("first ", "", 1) + " field")?
        }
        _ => return None,
    };
    if let Some(column) = program.strip_prefix("{print$").and_then(|rest| rest.strip_suffix('}')) {
        let noun = format!("{} {between}", ordinal(column)?);
        return Some(Phrase::new(Kind::Lines, noun, format!(" of each line of {file}"), ""));
    }
    let (sum, rest) = program.strip_prefix('{')?.split_once("+=$")?;
    let (column, rest) = rest.split_once("}END{print")?;
    let is_sum = rest.strip_suffix('}') == Some(sum) && sum.chars().all(char::is_alphabetic);
    let question = format!("What is the sum of the {} {between} of {file}", ordinal(column)?);
    is_sum.then(|| Phrase::new(Kind::Word, "sum", "", "").asking(Kind::Word, question))
}

/// Whether a path names a file, by its ending.
fn is_file_name(path: &str) -> bool {
    let ending = path.rsplit('/').next().and_then(|name| name.split_once('.'));
    ending.is_some_and(|(stem, ending)| {
        !stem.is_empty() && ending != "d" && ending.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

fn ls(words: &[String]) -> Option<Phrase> {
    let (flags, operands) = options(words, &["a", "A", "1", "t", "r", "l", "h"])?;
    let directory = match operands.as_slice() {
        [] => ".",
        [one] => one,
        _ => return None,
    };
    let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
    if is_file_name(directory) {
        let question = format!("What are the permissions, the owner, the size and the date of {directory}");
        return has("l").then(|| Phrase::new(Kind::Lines, "file", "", "").asking(Kind::First, question));
    }
    let mut phrase = Phrase::new(Kind::Entries, "files and directories", in_place(directory), directory);
    if has("a") || has("A") {
        phrase.noun.push_str(", hidden ones included,");
    }
    if has("t") {
        phrase.manner = if has("r") { ", oldest first".into() } else { ", newest first".into() };
    } else if has("r") {
        return None;
    }
    phrase.sorted = true;
    phrase.trivial = phrase.manner.is_empty();
    if !has("a") && !has("A") {
        let is_empty = format!("No, {directory} is empty, hidden files aside.");
        phrase.absent = Some((format!("Is there anything in {directory}?"), is_empty));
    }
    if has("l") {
        phrase.manner = format!(" with their permissions, owners, sizes and dates{}", phrase.manner);
        phrase.kind = Kind::Lines;
        phrase.sorted = false;
    }
    Some(phrase)
}

/// `third comma-separated` of `cut -d, -f3`.
pub(super) fn field(flags: &[Flag]) -> Option<String> {
    let get = |name: &str| flags.iter().find(|(flag, _)| flag == name).map(|(_, value)| value.as_str());
    let between = match get("d") {
        Some(",") => "comma-separated",
        Some(";") => "semicolon-separated",
        Some(":") => "colon-separated",
        Some(" ") => "space-separated",
        Some("|") => "pipe-separated",
        None => "tab-separated",
        _ => return None,
    };
    Some(format!("{} {between}", ordinal(get("f")?)?))
}

pub(super) fn ordinal(number: &str) -> Option<&'static str> {
    const WORDS: [&str; 9] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
    WORDS.get(number.parse::<usize>().ok()?.checked_sub(1)?).copied()
}

fn operands(words: &[String], known: &[&str]) -> Option<Vec<String>> {
    let (flags, operands) = options(words, known)?;
    let _ = flags;
    Some(operands)
}

/// The number that `head` and `tail` take, and the rest: `-n 5`, `-5`, ten where it is not said.
pub(super) fn how_many(words: &[String]) -> Option<(u32, Vec<String>)> {
    if let Some((first, rest)) = words.split_first()
        && let Some(number) = first.strip_prefix('-').and_then(|digits| digits.parse().ok())
    {
        return Some((number, operands(rest, &[])?)).filter(|(number, _)| *number > 0);
    }
    let (flags, operands) = options(words, &["n="])?;
    let number = flags.first().map_or(Some(10), |(_, number)| number.parse().ok())?;
    (number > 0).then_some((number, operands))
}

pub(super) fn counted(flags: &[Flag]) -> Option<&'static str> {
    let [(flag, _)] = flags else { return None };
    Some(match flag.as_str() {
        "l" => "lines",
        "w" => "words",
        "c" => "bytes",
        _ => return None,
    })
}

pub(super) fn checksum(command: &str) -> &'static str {
    match command {
        "md5sum" => "MD5 checksum",
        "sha1sum" => "SHA-1 checksum",
        _ => "SHA-256 checksum",
    }
}
