//! Pipelines as noun phrases: a source says what things there are, each filter rewrites the phrase.

use super::command::{Flag, options};
use super::filter::{filter, per_file};

/// What the lines of an output are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Paths, each below the root.
    Paths,
    /// Names of directory entries.
    Entries,
    /// Lines of text.
    Lines,
    /// A measure and a path a line.
    PerFile,
    /// Checksums alone.
    Hashes,
    /// One number.
    Number,
    /// One value that is no number.
    Value,
}

/// What an output is, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// What its lines are.
    pub kind: Kind,
    /// The noun: `.py files`, `lines that contain "x"`.
    pub noun: String,
    /// Where: ` under /srv`.
    pub place: String,
    /// The path that lines of kind [`Kind::Paths`] begin with.
    pub root: String,
    /// Whole questions, where the noun does not make one.
    pub question: Option<String>,
    /// What is appended: `, sorted alphabetically`.
    pub manner: String,
    /// Whether asking for it is too plain to teach anything.
    pub trivial: bool,
    /// Whether the order of lines is defined.
    pub(super) sorted: bool,
    /// What is measured of which files, where a line is a measure and a path: `lines`, `.py files under /srv`.
    pub(super) measured: Option<(String, String)>,
    /// Whether the lines of measures end with their total.
    pub(super) total: bool,
}

impl Phrase {
    pub(super) fn new(kind: Kind, noun: impl Into<String>, place: impl Into<String>, root: &str) -> Self {
        Phrase {
            kind,
            noun: noun.into(),
            place: place.into(),
            root: root.to_string(),
            question: None,
            manner: String::new(),
            trivial: false,
            sorted: false,
            measured: None,
            total: false,
        }
    }

    /// Says the place of a command that ran in a directory; `false` if the words have none.
    pub fn set_in(&mut self, directory: &str) -> bool {
        let texts = [&mut self.place, &mut self.noun].into_iter().chain(self.question.as_mut());
        let mut said = false;
        for text in texts {
            for (here, there) in
                [(" under the current directory", " under "), (" in the current directory", " in ")]
            {
                if text.contains(here) {
                    *text = text.replace(here, &format!("{there}{directory}"));
                    said = true;
                }
            }
        }
        said
    }

    pub(super) fn asking(mut self, kind: Kind, question: String) -> Self {
        self.kind = kind;
        self.question = Some(question);
        self
    }

    /// The request for it.
    pub fn request(&self, seed: usize) -> String {
        if let Some(question) = &self.question {
            let stop = if question.starts_with(['H', 'W']) { "?" } else { "." };
            return format!("{question}{}{stop}", self.manner);
        }
        let (noun, place, manner) = (&self.noun, &self.place, &self.manner);
        match (self.kind, seed % 2) {
            (Kind::Paths, 0) => format!("Find all {noun}{place}{manner}."),
            (Kind::Paths, _) => format!("Give me the paths of all {noun}{place}{manner}."),
            (_, 0) => format!("Show me the {noun}{place}{manner}."),
            (_, _) => format!("List the {noun}{place}{manner}."),
        }
    }
}

/// Says what a pipeline prints.
pub fn phrase(stages: &[Vec<String>]) -> Option<Phrase> {
    let (first, filters) = stages.split_first()?;
    let mut phrase = source(first)?;
    for stage in filters {
        phrase = filter(phrase, stage)?;
    }
    Some(phrase)
}

fn source(words: &[String]) -> Option<Phrase> {
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
            let (flags, operands) = options(rest, &["n="])?;
            let [file] = operands.try_into().ok()?;
            let (_, number) = flags.first()?;
            number.parse::<u32>().ok()?;
            let end = if command == "head" { "first" } else { "last" };
            let noun = if number == "1" { format!("{end} line") } else { format!("{end} {number} lines") };
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
            let (flags, operands) = options(rest, &["s", "h"])?;
            let [path] = operands.try_into().ok()?;
            let summed =
                flags.iter().any(|(flag, _)| flag == "s") && flags.iter().any(|(flag, _)| flag == "h");
            let question = format!("How much disk space does {path} use");
            summed.then(|| Phrase::new(Kind::Value, "disk space", "", "").asking(Kind::Value, question))
        }
        "diff" => {
            let (flags, operands) = options(rest, &["r", "q"])?;
            let [one, other] = operands.try_into().ok()?;
            let brief = flags.iter().any(|(flag, _)| flag == "q");
            let question =
                format!("Which files differ between {one} and {other}, or exist in only one of them");
            brief.then(|| Phrase::new(Kind::Lines, "differences", "", "").asking(Kind::Lines, question))
        }
        "grep" => grep(rest),
        _ => None,
    }
}

fn operands(words: &[String], known: &[&str]) -> Option<Vec<String>> {
    let (flags, operands) = options(words, known)?;
    let _ = flags;
    Some(operands)
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

fn ls(words: &[String]) -> Option<Phrase> {
    let (flags, operands) = options(words, &["a", "A", "1", "t", "r"])?;
    let directory = match operands.as_slice() {
        [] => ".",
        [one] => one,
        _ => return None,
    };
    let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
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
    Some(phrase)
}

fn in_place(directory: &str) -> String {
    match directory {
        "." | "./" => " in the current directory".into(),
        "/" => " in the root directory".into(),
        other => format!(" in {other}"),
    }
}

fn under(root: &str) -> String {
    match root {
        "." | "./" => " under the current directory".into(),
        "/" => " on the whole file system".into(),
        other => format!(" under {other}"),
    }
}

/// A text that means itself in a pattern.
pub(super) fn literal(pattern: &str) -> bool {
    !pattern.is_empty()
        && pattern.chars().all(|c| {
            // All of these mean themselves in a basic regular expression.
            c.is_alphanumeric()
                || matches!(
                    c,
                    ' ' | '_' | '-' | ',' | ':' | '=' | '/' | '(' | ')' | ';' | '<' | '>' | '@' | '#' | '%'
                )
        })
        && !pattern.starts_with('-')
}

fn grep(words: &[String]) -> Option<Phrase> {
    let (flags, operands) = options(words, &["r", "R", "i", "l", "c", "w", "F", "n", "h"])?;
    let [pattern, path] = operands.try_into().ok()?;
    let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
    if !literal(&pattern) && !has("F") {
        return None;
    }
    let what = if has("w") { "the whole word" } else { "the text" };
    let case = if has("i") { ", ignoring case" } else { "" };
    let recursive = has("r") || has("R");
    if has("l") {
        let noun = format!("files that contain {what} \"{pattern}\"{case}");
        return recursive.then(|| Phrase::new(Kind::Paths, noun, under(&path), &path));
    }
    if has("c") && !recursive {
        let question = format!("How many lines of {path} contain {what} \"{pattern}\"{case}");
        return Some(Phrase::new(Kind::Number, "lines", "", "").asking(Kind::Value, question));
    }
    let place = if recursive { format!(" in the files{}", under(&path)) } else { format!(" of {path}") };
    let numbered = if has("n") { ", with line numbers" } else { "" };
    let mut phrase = Phrase::new(Kind::Lines, "lines", place, "");
    phrase.manner = format!(" that contain {what} \"{pattern}\"{case}{numbered}");
    Some(phrase)
}

/// What `find` selects, in the order of English: adjectives, noun, clauses.
struct Selection {
    adjective: &'static str,
    extensions: Vec<String>,
    noun: &'static str,
    clauses: Vec<String>,
}

fn find(words: &[String]) -> Option<Phrase> {
    let (root, mut rest) = match words.split_first() {
        Some((first, rest)) if !first.starts_with(['-', '(', '!']) => (first.as_str(), rest),
        _ => (".", words),
    };
    let mut selection = Selection {
        adjective: "",
        extensions: Vec::new(),
        noun: "files and directories",
        clauses: Vec::new(),
    };
    let mut place = under(root);
    let mut run: Option<&[String]> = None;
    let mut at_once = false;
    while let Some((test, after)) = rest.split_first() {
        rest = match (test.as_str(), after) {
            ("-type", [kind, after @ ..]) => {
                selection.noun = match kind.as_str() {
                    "f" => "files",
                    "d" => "directories",
                    "l" => "symbolic links",
                    _ => return None,
                };
                after
            }
            ("-name" | "-iname", [pattern, after @ ..]) => {
                selection.named(pattern, false, test == "-iname")?;
                after
            }
            ("!" | "-not", [name, pattern, after @ ..]) if name == "-name" => {
                selection.named(pattern, true, false)?;
                after
            }
            ("(", after) => selection.alternatives(after)?,
            ("-mtime", [days, after @ ..]) => {
                selection.clauses.push(age(days, "day")?);
                after
            }
            ("-mmin", [minutes, after @ ..]) => {
                selection.clauses.push(age(minutes, "minute")?);
                after
            }
            ("-size", [size, after @ ..]) => {
                selection.clauses.push(larger(size)?);
                after
            }
            ("-empty", after) => {
                selection.adjective = "empty ";
                after
            }
            ("-user", [user, after @ ..]) => {
                selection.clauses.push(format!("owned by {user}"));
                after
            }
            ("-perm", [mode, after @ ..]) if mode.bytes().all(|b| b.is_ascii_digit()) => {
                selection.clauses.push(format!("with permissions {mode}"));
                after
            }
            ("-maxdepth", [depth, after @ ..]) if depth == "1" => {
                place = format!(" directly{}", in_place(root));
                after
            }
            ("-print", []) => &[],
            ("-exec", command) => {
                at_once = command.last().is_some_and(|end| end == "+");
                run = Some(command.split_last().filter(|(end, _)| matches!(end.as_str(), ";" | "+"))?.1);
                &[]
            }
            _ => return None,
        };
    }
    let phrase = Phrase::new(Kind::Paths, selection.words(), place, root);
    match run {
        Some([command @ .., braces]) if braces == "{}" => per_file(phrase, command, at_once),
        Some(_) => None,
        None => Some(phrase),
    }
}

impl Selection {
    /// Takes in `-name PATTERN`.
    fn named(&mut self, pattern: &str, negated: bool, any_case: bool) -> Option<()> {
        let part = pattern.trim_matches('*');
        let stars = pattern.matches('*').count();
        let plain = !part.is_empty() && !part.contains(['*', '?', '[', ']', '"']);
        if !plain {
            return None;
        }
        let extension = part.strip_prefix('.').filter(|e| e.chars().all(char::is_alphanumeric));
        if let (Some(_), false, true, 1, false) =
            (extension, negated, pattern.starts_with('*'), stars, any_case)
        {
            self.extensions.push(part.to_string());
            return Some(());
        }
        let (says, denies) = match (pattern.starts_with('*'), pattern.ends_with('*'), stars) {
            (true, true, 2) => ("contains", "contain"),
            (true, false, 1) => ("ends in", "end in"),
            (false, true, 1) => ("starts with", "start with"),
            (false, false, 0) => ("is", "is not"),
            _ => return None,
        };
        let case = if any_case { " (upper or lower case)" } else { "" };
        self.clauses.push(match (negated, denies) {
            (false, "is not") => format!("named \"{part}\"{case}"),
            (false, _) => format!("whose name {says} \"{part}\"{case}"),
            (true, "is not") => format!("whose name is not \"{part}\""),
            (true, denies) => format!("whose name does not {denies} \"{part}\""),
        });
        Some(())
    }

    /// Takes in `( -name A -o -name B )`, for extensions.
    fn alternatives<'w>(&mut self, words: &'w [String]) -> Option<&'w [String]> {
        let close = words.iter().position(|word| word == ")")?;
        let before = self.extensions.len();
        for part in words[..close].split(|word| word == "-o") {
            let [name, pattern] = part else { return None };
            (name == "-name").then_some(())?;
            self.named(pattern, false, false)?;
        }
        (before == 0 && self.extensions.len() >= 2 && self.clauses.is_empty()).then(|| &words[close + 1..])
    }

    fn words(&self) -> String {
        let extensions = match self.extensions.as_slice() {
            [] => String::new(),
            some => format!("{} ", crate::hindsight::families::english::enumerate(some, "and")),
        };
        let noun = if self.extensions.is_empty() { self.noun } else { "files" };
        let mut words = format!("{}{extensions}{noun}", self.adjective);
        if !self.clauses.is_empty() {
            words.push(' ');
            words.push_str(&self.clauses.join(" and "));
        }
        words
    }
}

fn age(value: &str, unit: &str) -> Option<String> {
    let number = value.trim_start_matches(['+', '-']);
    let count: u32 = number.parse().ok()?;
    let units = if count == 1 { unit.to_string() } else { format!("{unit}s") };
    match value.as_bytes()[0] {
        b'-' if count == 1 => Some(format!("modified within the last {unit}")),
        b'-' => Some(format!("modified within the last {count} {units}")),
        // Fractions of a unit are cut off: `+1` begins at two whole days.
        b'+' => Some(format!("last modified at least {} {unit}s ago", count.checked_add(1)?)),
        _ => None,
    }
}

fn larger(size: &str) -> Option<String> {
    let (amount, unit) = size.strip_prefix('+')?.split_at_checked(size.len().checked_sub(2)?)?;
    amount.parse::<u32>().ok()?;
    let unit = match unit {
        "c" => "bytes",
        "k" => "KB",
        "M" => "MB",
        "G" => "GB",
        _ => return None,
    };
    Some(format!("larger than {amount} {unit}"))
}
