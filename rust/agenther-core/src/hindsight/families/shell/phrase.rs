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
    /// One word or name.
    Word,
    /// Text of which the first line tells all.
    First,
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
    /// What to ask and to answer where nothing is printed, if the noun does not tell.
    pub(super) absent: Option<(String, String)>,
    /// Whether complaints were thrown away, so that nothing printed proves nothing.
    pub(super) quiet: bool,
    /// So many lines were let through at most: that many may not be all.
    pub(super) limit: Option<u32>,
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
            absent: None,
            quiet: false,
            limit: None,
        }
    }

    /// The question that an empty output answers, and the answer.
    pub fn absence(&self) -> Option<(String, String)> {
        if self.quiet {
            return None;
        }
        if self.absent.is_some() {
            return self.absent.clone();
        }
        let (noun, place) = (self.noun.replace("files and directories", "files or directories"), &self.place);
        (self.kind == Kind::Paths && self.question.is_none())
            .then(|| (format!("Are there any {noun}{place}?"), format!("No, there are no {noun}{place}.")))
    }

    /// The same request after one for `earlier`, of whose files it asks more.
    pub fn request_after(&self, earlier: &Phrase, seed: usize) -> Option<String> {
        let files = format!("{}{}", earlier.noun, earlier.place);
        let request = self.request(seed);
        let at =
            request.find(&files).filter(|_| earlier.kind == Kind::Paths && earlier.question.is_none())?;
        let before = request[..at].trim_end();
        let (before, these) = match before.strip_suffix(" all").or_else(|| before.strip_suffix(" of the")) {
            Some(before) if request[..at].ends_with("of the ") => (before, " of these files"),
            Some(before) => (before, " all of these files"),
            None => (before.strip_suffix(" the")?, " these files"),
        };
        Some(format!("{before}{these}{}", &request[at + files.len()..]))
    }

    /// The request for the one thing that was found, and for more about it: `Find the file named "a" under /srv and show
    /// me its contents.`
    pub fn request_with(&self, found: &str, more: &Phrase, seed: usize) -> Option<String> {
        let is_one = self.kind == Kind::Paths && self.question.is_none() && !found.contains(['\n', ' ']);
        let noun = singular(&self.noun).filter(|_| is_one)?;
        let request = more.request(seed);
        let (before, after) = request.split_once(found)?;
        let more = match before {
            "Show me the contents of " => format!(" and show me its contents{after}"),
            before => {
                let before = before.strip_prefix("Show me ").map(|rest| format!(" and show me {rest}"));
                let its = before.unwrap_or_else(|| {
                    format!(". {}", &request[..request.len() - found.len() - after.len()])
                });
                format!("{its}it{after}")
            }
        };
        let ends = after.starts_with(['.', '?', ',', ' ']);
        ends.then(|| format!("Find the {noun}{}{more}", self.place))
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

/// One of the files that a noun phrase names, where its words have a singular: `file named "a"`.
fn singular(noun: &str) -> Option<String> {
    // What is asked next, only files have.
    let noun = noun.replacen("files and directories", "files", 1);
    let (files, rest) = noun.split_once("files ")?;
    let rest = match rest.split_once(' ')? {
        ("named", name) => format!("named {name}"),
        ("that", clause) => {
            let (verb, what) = clause.split_once(' ')?;
            let verb = match verb {
                "contain" => "contains",
                "match" => "matches",
                _ => return None,
            };
            format!("that {verb} {what}")
        }
        _ => return None,
    };
    Some(format!("{files}file {rest}"))
}

/// Says what a pipeline prints.
pub fn phrase(stages: &[Vec<String>]) -> Option<Phrase> {
    let (first, filters) = stages.split_first()?;
    let mut phrase = source(first)?;
    if first[0] == "cat" && !filters.is_empty() {
        // The lines of a file, as every filter takes them.
        (phrase.question, phrase.trivial) = (None, false);
    }
    for stage in filters {
        phrase.absent = None;
        phrase = filter(phrase, stage)?;
    }
    // One line a file: unless each stands once, that is no list of directories.
    (phrase.noun != "parent directories").then_some(phrase)
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
            let (from, to) = range.strip_suffix('p')?.split_once(',')?;
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
        _ => None,
    }
}

/// What git shows without changing anything.
fn git(words: &[String]) -> Option<Phrase> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let question = match words.as_slice() {
        ["status"] => "Show me the state of the git working tree".to_string(),
        ["branch"] => "List the local git branches and mark the current one".to_string(),
        ["branch", "--show-current"] => "Which git branch is checked out".to_string(),
        ["diff"] => "Show me the changes in git that are not staged yet".to_string(),
        ["diff", "--stat"] => {
            "Show me a summary of the changes in git that are not staged yet, file by file".to_string()
        }
        ["branch", "-a" | "--all"] => {
            "List all git branches, those of remotes too, and mark the current one".to_string()
        }
        ["branch", "-r"] => "List the git branches of the remotes".to_string(),
        ["tag"] => "List the git tags".to_string(),
        ["remote", "-v"] => "Which remotes does the git repository have, and at which addresses".to_string(),
        ["diff", "--stat", base] if is_ref(base) => {
            format!(
                "Show me a summary, file by file, of how the working tree differs from the git branch {base}"
            )
        }
        ["diff", "--name-only", base] if is_ref(base) => {
            format!("Which files differ between the working tree and the git branch {base}")
        }
        ["log", "--oneline", range] | ["log", range, "--oneline"] if range.contains("..") => {
            let (base, branch) = range.split_once("..").filter(|(a, b)| is_ref(a) && is_ref(b))?;
            format!("Which git commits are on {branch} and not on {base}")
        }
        ["log", "--oneline", number] | ["log", number, "--oneline"] => {
            let number: u32 = number.strip_prefix('-')?.trim_start_matches('n').parse().ok()?;
            format!("Show me the last {number} git commits, one a line")
        }
        ["log", "--oneline", "-n", number] => {
            format!("Show me the last {} git commits, one a line", number.parse::<u32>().ok()?)
        }
        _ => return None,
    };
    Some(Phrase::new(Kind::Lines, "git", "", "").asking(Kind::Lines, question))
}

/// Whether a word names a branch: `feature/login`, and not a commit or a path of one.
fn is_ref(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(is_plain)
        && !word.contains("..")
        && word != "HEAD"
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

fn ls(words: &[String]) -> Option<Phrase> {
    let (flags, operands) = options(words, &["a", "A", "1", "t", "r", "l", "h"])?;
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

/// What a `grep` looks for, in words: `the text "x"`. Backslashes mean different things to different shells and
/// programs; such patterns are refused.
pub(super) fn sought(pattern: &str, has: impl Fn(&str) -> bool) -> Option<(String, &'static str)> {
    let is_literal = literal(pattern) || has("F");
    if pattern.is_empty() || pattern.contains(['\\', '"', '\n']) || (!is_literal && has("w")) {
        return None;
    }
    let case = if has("i") { " (upper or lower case)" } else { "" };
    Some(match (is_literal, has("w")) {
        (true, true) => (format!("the whole word \"{pattern}\"{case}"), "contain"),
        (true, false) => (format!("the text \"{pattern}\"{case}"), "contain"),
        (false, _) => (format!("the regular expression \"{pattern}\"{case}"), "match"),
    })
}

fn grep(words: &[String]) -> Option<Phrase> {
    let is_include = |word: &&String| word.starts_with("--include=");
    let included = words.iter().find(is_include).map(|word| &word["--include=".len()..]);
    let files = match included.map(|pattern| pattern.trim_matches(['"', '\''])) {
        Some(pattern) => format!("{} files", pattern.strip_prefix('*').filter(|end| is_extension(end))?),
        None => "files".to_string(),
    };
    let words: Vec<String> = words.iter().filter(|word| !is_include(word)).cloned().collect();
    let (flags, mut operands) =
        options(&words, &["r", "R", "i", "l", "c", "w", "F", "n", "h", "H", "E", "e="])?;
    let pattern = match flags.iter().find(|(flag, _)| flag == "e") {
        Some((_, pattern)) => pattern.clone(),
        None if operands.is_empty() => return None,
        None => operands.remove(0),
    };
    let [path] = operands.try_into().ok()?;
    let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
    let (what, contain) = sought(&pattern, has)?;
    let recursive = has("r") || has("R");
    let place = if recursive { format!(" in the {files}{}", under(&path)) } else { format!(" of {path}") };
    let file = files.strip_suffix('s').unwrap_or("file");
    if included.is_some() && !recursive {
        return None;
    }
    let absent = match recursive {
        true => (
            format!("Does any {file}{} {contain} {what}?", under(&path)),
            format!("No, no {file}{} {contain}s {what}.", under(&path)),
        ),
        false => (
            format!("Does any line of {path} {contain} {what}?"),
            format!("No, no line of {path} {contain}s {what}."),
        ),
    };
    let absent = (absent.0, absent.1.replace(" matchs ", " matches "));
    if has("l") {
        let noun = format!("{files} that {contain} {what}");
        let mut phrase = Phrase::new(Kind::Paths, noun, under(&path), &path);
        phrase.absent = Some(absent);
        return recursive.then_some(phrase);
    }
    if has("c") && !recursive {
        let question = format!("How many lines of {path} {contain} {what}");
        return Some(Phrase::new(Kind::Number, "lines", "", "").asking(Kind::Value, question));
    }
    let numbered = if has("n") { ", with line numbers" } else { "" };
    let mut phrase = Phrase::new(Kind::Lines, "lines", place, "");
    phrase.manner = format!(" that {contain} {what}{numbered}");
    phrase.absent = Some(absent);
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
    match find_and_run(words)? {
        (phrase, None) => Some(phrase),
        (phrase, Some(run)) if run.first().is_some_and(|name| name == "-printf") => {
            printed(phrase, run.get(1)?)
        }
        (phrase, Some(run)) => {
            let at_once = words.last().is_some_and(|end| end == "+");
            per_file(phrase, &run, at_once)
        }
    }
}

fn root_of(words: &[String]) -> (&str, &[String]) {
    match words.split_first() {
        Some((first, rest)) if !first.starts_with(['-', '(', '!']) => (first, rest),
        _ => (".", words),
    }
}

/// What `find` selects, and the command that it runs on that: without the braces, `rm` for `-delete`.
pub(super) fn find_and_run(words: &[String]) -> Option<(Phrase, Option<Vec<String>>)> {
    let (root, mut rest) = root_of(words);
    let mut selection = Selection {
        adjective: "",
        extensions: Vec::new(),
        noun: "files and directories",
        clauses: Vec::new(),
    };
    let mut place = under(root);
    let mut run: Option<Vec<String>> = None;
    if let Some(after) = selection.either(rest) {
        rest = after;
    }
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
            ("-path", [pattern, after @ ..]) => {
                selection.clauses.push(format!("whose path contains \"{}\"", inner(pattern)?));
                after
            }
            ("!" | "-not", [path, pattern, after @ ..]) if path == "-path" => {
                let name = pattern.trim_start_matches("./").trim_matches('*').trim_matches('/');
                let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
                (plain && !name.is_empty() && pattern.ends_with("/*")).then_some(())?;
                selection.clauses.push(format!("outside of directories named \"{name}\""));
                after
            }
            ("!" | "-not", [name, pattern, after @ ..]) if name == "-name" => {
                selection.named(pattern, true, false)?;
                after
            }
            ("!" | "-not", [empty, after @ ..]) if empty == "-empty" => {
                selection.adjective = "non-empty ";
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
            ("-newer", [file, after @ ..]) => {
                selection.clauses.push(format!("modified after {file}"));
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
            ("-group", [group, after @ ..]) => {
                selection.clauses.push(format!("of the group {group}"));
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
            ("-maxdepth", [depth, after @ ..]) => {
                let depth: u32 = depth.parse().ok().filter(|depth| (2..10).contains(depth))?;
                place = format!("{}, at most {depth} levels deep", under(root));
                after
            }
            ("-print", []) => &[],
            ("-delete", []) => {
                run = Some(vec!["rm".to_string()]);
                &[]
            }
            ("-printf", [format]) => {
                run = Some(vec!["-printf".to_string(), format.clone()]);
                &[]
            }
            ("-exec", command) => {
                let (end, command) = command.split_last()?;
                let (braces, command) = command.split_last()?;
                (matches!(end.as_str(), ";" | "+") && braces == "{}").then_some(())?;
                run = Some(command.to_vec());
                &[]
            }
            _ => return None,
        };
    }
    Some((Phrase::new(Kind::Paths, selection.words(), place, root), run))
}

/// What `find -printf FORMAT` prints.
fn printed(phrase: Phrase, format: &str) -> Option<Phrase> {
    let files = format!("{}{}", phrase.noun, phrase.place);
    match format {
        "%p\\n" => Some(phrase),
        "%h\\n" => per_file(phrase, &["dirname".to_string()], false),
        "%f\\n" => {
            let question = format!("What are the names, without the directories, of all {files}");
            Some(phrase.asking(Kind::Entries, question))
        }
        // Seconds since 1970, or dates that sort as texts.
        "%T@ %p\\n" | "%T+ %p\\n" => {
            let mut phrase =
                phrase.asking(Kind::PerFile, format!("When was each of the {files} last modified"));
            phrase.measured = Some(("times of modification".to_string(), files));
            Some(phrase)
        }
        "%s %p\\n" if !files.contains("directories") => {
            let mut phrase =
                phrase.asking(Kind::PerFile, format!("What are the sizes in bytes of all {files}"));
            phrase.measured = Some(("sizes in bytes".to_string(), files));
            Some(phrase)
        }
        _ => None,
    }
}

/// What a pattern `*x*` has between its stars.
fn inner(pattern: &str) -> Option<&str> {
    let part = pattern.strip_prefix('*')?.strip_suffix('*')?;
    (!part.is_empty() && !part.contains(['*', '?', '[', ']', '"'])).then_some(part)
}

impl Selection {
    /// Takes in `-name PATTERN`.
    fn named(&mut self, pattern: &str, negated: bool, any_case: bool) -> Option<()> {
        let part = pattern.trim_matches('*');
        let stars = pattern.matches('*').count();
        if part.is_empty() || part.contains(['"', '\\']) {
            return None;
        }
        if part.contains(['*', '?', '[', ']']) {
            let matches = if negated { "does not match" } else { "matches" };
            let case = if any_case { " (upper or lower case)" } else { "" };
            self.clauses.push(format!("whose name {matches} the pattern \"{pattern}\"{case}"));
            return Some(());
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

    /// Takes in `-name A -o -name B` where that is all there is: `-o` binds weaker than what stands next to it.
    fn either<'w>(&mut self, words: &'w [String]) -> Option<&'w [String]> {
        let names = words.split(|word| word == "-o");
        let plain =
            names.clone().count() > 1 && names.clone().all(|part| part.len() == 2 && part[0] == "-name");
        if !plain {
            return None;
        }
        let extensions: Option<Vec<String>> = names
            .clone()
            .map(|part| part[1].strip_prefix('*').filter(|e| is_extension(e)).map(str::to_string))
            .collect();
        match extensions {
            Some(extensions) => self.extensions = extensions,
            None => {
                let patterns: Option<Vec<String>> = names.map(|part| super::quoted(&part[1])).collect();
                let patterns = crate::hindsight::families::english::enumerate(&patterns?, "or");
                self.clauses.push(format!("whose name matches {patterns}"));
            }
        }
        Some(&[])
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

fn is_extension(part: &str) -> bool {
    part.strip_prefix('.').is_some_and(|e| !e.is_empty() && e.chars().all(char::is_alphanumeric))
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
    // Sizes are rounded up to whole units: only bytes tell what is equal or smaller.
    if let Some(bytes) = size.strip_suffix('c').filter(|size| !size.starts_with('+')) {
        let (says, bytes) = match bytes.strip_prefix('-') {
            Some(bytes) => ("smaller than", bytes),
            None => ("of exactly", bytes),
        };
        return Some(format!("{says} {} bytes", bytes.parse::<u32>().ok()?));
    }
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
