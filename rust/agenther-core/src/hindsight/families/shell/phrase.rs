//! Pipelines as noun phrases: a source says what things there are, each filter rewrites the phrase.

use super::command::{Flag, options};

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
    sorted: bool,
    /// What is measured of which files, where a line is a measure and a path: `lines`, `.py files under /srv`.
    measured: Option<(String, String)>,
    /// Whether the lines of measures end with their total.
    total: bool,
}

impl Phrase {
    fn new(kind: Kind, noun: impl Into<String>, place: impl Into<String>, root: &str) -> Self {
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
            for (here, there) in [(" under the current directory", " under "), (" in the current directory", " in ")] {
                if text.contains(here) {
                    *text = text.replace(here, &format!("{there}{directory}"));
                    said = true;
                }
            }
        }
        said
    }

    fn asking(mut self, kind: Kind, question: String) -> Self {
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

fn counted(flags: &[Flag]) -> Option<&'static str> {
    let [(flag, _)] = flags else { return None };
    Some(match flag.as_str() {
        "l" => "lines",
        "w" => "words",
        "c" => "bytes",
        _ => return None,
    })
}

fn checksum(command: &str) -> &'static str {
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
fn literal(pattern: &str) -> bool {
    !pattern.is_empty()
        && pattern
            .chars()
            .all(|c| {
                // All of these mean themselves in a basic regular expression.
                c.is_alphanumeric()
                    || matches!(c, ' ' | '_' | '-' | ',' | ':' | '=' | '/' | '(' | ')' | ';' | '<' | '>' | '@' | '#' | '%')
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
        b'+' => Some(format!("last modified more than {count} {units} ago")),
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

/// What a command run on every found path makes of them.
fn per_file(phrase: Phrase, command: &[String], at_once: bool) -> Option<Phrase> {
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
        let body = program.strip_prefix("BEGIN{").and_then(|rest| rest.split_once('}')).map_or(
            program.as_str(),
            |(start, rest)| if start.ends_with("=0") { rest } else { "" },
        );
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

fn filter(mut phrase: Phrase, words: &[String]) -> Option<Phrase> {
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
            if !operands.is_empty() || !sortable || phrase.sorted || (has("u") && phrase.kind != Kind::Hashes) {
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
