//! Pipelines as noun phrases: a source says what things there are, each filter rewrites the phrase.

use super::filter::filter;
use super::glob::{expanded, is_glob};
use super::source::{how_many, source};

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
    /// So many lines are promised at least.
    pub(super) promised: usize,
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
            promised: 0,
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

    /// Says a path in its words otherwise; `false` if they have it not.
    pub fn rename(&mut self, path: &str, other: &str) -> bool {
        let texts = [&mut self.place, &mut self.noun].into_iter().chain(self.question.as_mut());
        let absent = self.absent.iter_mut().flat_map(|(question, answer)| [question, answer]);
        let mut said = false;
        for text in texts.chain(absent) {
            // Patterns stand in quotes.
            let ends = |rest: &str| rest.is_empty() || rest.starts_with([' ', ',', '?', '.', '/']);
            let starts =
                |before: &str| before.ends_with(' ') && before.matches('"').count().is_multiple_of(2);
            let found: Vec<usize> = text
                .match_indices(path)
                .map(|(at, _)| at)
                .filter(|at| starts(&text[..*at]) && ends(&text[at + path.len()..]))
                .take(4)
                .collect();
            for at in found.into_iter().rev() {
                text.replace_range(at..at + path.len(), other);
                said = true;
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
            const OPENINGS: &[&str] = &["How ", "Wh", "Is ", "Are ", "Does "];
            let is_question = OPENINGS.iter().any(|opening| question.starts_with(opening));
            let stop = if is_question { "?" } else { "." };
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

/// `git log --oneline | head -5` asks for the last five.
fn limited_log(words: &[String], filters: &[Vec<String>]) -> Option<Vec<String>> {
    let is_log = words == ["git", "log", "--oneline"] || words == ["git", "log"];
    let (filter, rest) = filters.first().filter(|_| is_log)?.split_first()?;
    let (number, operands) = how_many(rest).filter(|_| filter == "head" && words.len() == 3)?;
    operands.is_empty().then(|| [words, &[format!("-{number}")]].concat())
}

/// Says what a pipeline prints.
pub fn phrase(stages: &[Vec<String>]) -> Option<Phrase> {
    let (first, filters) = stages.split_first()?;
    if filters.iter().flatten().any(|word| is_glob(word)) {
        return None;
    }
    let (mut phrase, filters) = match limited_log(first, filters) {
        Some(log) => (source(&log)?, &filters[1..]),
        None if first.iter().any(|word| is_glob(word)) => (expanded(first)?, filters),
        None => (source(first)?, filters),
    };
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

pub(super) fn in_place(directory: &str) -> String {
    match directory {
        "." | "./" => " in the current directory".into(),
        "/" => " in the root directory".into(),
        other => format!(" in {other}"),
    }
}

pub(super) fn under(root: &str) -> String {
    match root {
        "." | "./" => " under the current directory".into(),
        "/" => " on the whole file system".into(),
        other => format!(" under {other}"),
    }
}
