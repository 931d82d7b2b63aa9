//! Which commands change something.

use super::answer::per_file_name;
use super::{command, line};
use crate::reading::StepReading;
use crate::signals::effect;
use crate::text::cut;

/// Programs that cannot write.
const READERS: &[&str] = &[
    "ls",
    "cat",
    "find",
    "grep",
    "egrep",
    "fgrep",
    "rg",
    "head",
    "tail",
    "wc",
    "sort",
    "uniq",
    "cut",
    "du",
    "df",
    "file",
    "stat",
    "diff",
    "cmp",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "pwd",
    "which",
    "tree",
    "nl",
    "tr",
    "awk",
    "sed",
    "echo",
    "cd",
    "date",
    "ps",
    "id",
    "whoami",
    "hostname",
    "uname",
];

/// Programs that change files or the shell's state.
const WRITERS: &[&str] = &[
    "rm", "mv", "cp", "mkdir", "rmdir", "touch", "tar", "ln", "chmod", "chown", "tee", "dd", "gzip",
    "gunzip", "zip", "unzip", "install", "apt", "apt-get", "pip", "git", "export", "source", "alias", "set",
    "sudo", "curl", "wget", "python", "python3", "make", "rsync", "truncate", "mktemp", "useradd", "kill",
];

/// Whether a step runs a shell command that only reads: every stage of the pipeline is a command that cannot write.
pub fn only_reads(step: &StepReading<'_>) -> bool {
    let Some(line) = line(step) else { return false };
    let line = line.as_ref();
    let mut stages = line.split(['|', '&', ';']).map(str::trim).filter(|stage| !stage.is_empty()).peekable();
    stages.peek().is_some()
        && !changes_state(line)
        && stages.all(|stage| READERS.contains(&first_word(stage)))
}

/// Whether a text begins as a command does, which a tool that executes anything is given.
pub fn begins_with_program(text: &str) -> bool {
    let program = first_word(text);
    READERS.contains(&program) || WRITERS.contains(&program)
}

/// The program that a command runs.
pub fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

/// Whether a command may change files or the shell's state.
pub fn changes_state(line: &str) -> bool {
    let (line, _) = command::without_errors(line);
    line.contains('>')
        || line.contains("-delete")
        || line.contains("sed -i")
        || line
            .split(|c: char| c.is_whitespace() || "|;&(){}\"'`$=\\".contains(c))
            // A folder may be called `export`.
            .map(|word| word.strip_prefix("/usr").unwrap_or(word))
            .any(|word| WRITERS.contains(&word.strip_prefix("/bin/").unwrap_or(word)))
}

/// Whether a call only writes what the agent means to do: it touches no file.
pub fn keeps_notes(step: &StepReading<'_>) -> bool {
    const NOTES: &[&str] = &["todo", "todos", "plan", "tracker", "think"];
    const AROUND: &[&str] =
        &["write", "read", "update", "list", "manage", "set", "create", "add", "get", "task", "tool", "exit"];
    let is_in = |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    step.step.action_name.is_some_and(|name| {
        effect::words(name).any(|word| is_in(word, NOTES))
            && effect::words(name).all(|word| is_in(word, NOTES) || is_in(word, AROUND))
    })
}

/// Whether a failed command cannot have changed anything: every line of its output says that something was missing
/// or could not be read at all.
pub fn did_nothing(observation: &str) -> bool {
    const NOTHING: &[&str] = &[
        "No such file or directory",
        "command not found",
        "File exists",
        "syntax error",
        "missing argument",
        "Error is not recoverable",
        "returned status",
        "Removing leading",
    ];
    let text = observation.trim();
    // A member that an archiver cannot find leaves an archive without it.
    let is_partial = text.contains("tar:") && !text.contains("Cannot open");
    let says_so = |line: &str| NOTHING.iter().any(|words| line.contains(words));
    !text.is_empty() && !is_partial && text.lines().all(says_so)
}

/// A change of unknown effect, by what it was told and what it printed.
#[derive(Debug)]
pub struct Lost {
    text: String,
    /// Whether it may have changed any file: a program that runs leaves the sources alone.
    any_file: bool,
    /// Whether it does not say what it changed.
    unnamed: bool,
}

/// So much of a change is looked at.
const MAX_TEXT: usize = 4_000;

impl Lost {
    /// A command.
    pub fn of_line(line: &str, output: &str) -> Self {
        const RUNNERS: &[&str] = &[
            "python",
            "python3",
            "pytest",
            "node",
            "npm",
            "npx",
            "yarn",
            "cargo",
            "go",
            "java",
            "mvn",
            "pip",
            "pip3",
            "apt",
            "apt-get",
            "curl",
            "systemctl",
            "service",
            "docker",
            "kubectl",
            "kill",
            "export",
        ];
        let own = command::within(line).map_or(line, |(_, rest)| rest);
        let is_runner = RUNNERS.contains(&first_word(own))
            && !own.contains(['>', ';', '$'])
            && !own.contains("&&")
            && !own.contains("<<");
        let text = format!("{} {}", cut::head(line, MAX_TEXT), cut::head(output, MAX_TEXT));
        Lost { text, any_file: !is_runner, unnamed: own.contains('$') }
    }

    /// The call of another tool.
    pub fn of_call(input: &str) -> Self {
        Lost { text: cut::head(input, MAX_TEXT).to_string(), any_file: false, unnamed: false }
    }

    /// Whether what a line reads may be what the change left.
    pub fn may_touch(&self, line: &str) -> bool {
        let own = command::within(line).map_or(line, |(_, rest)| rest);
        let is_recursive = || own.split(' ').any(|word| word.starts_with('-') && word.contains(['r', 'R']));
        let is_wide = match first_word(own) {
            "ls" | "find" | "du" | "tree" => true,
            "grep" | "rg" => self.any_file && is_recursive(),
            "git" => {
                let action = own.split_whitespace().nth(1).unwrap_or("");
                let shows_changes = matches!(action, "status" | "diff" | "add" | "commit" | "stash");
                shows_changes || self.any_file || self.text.contains("git ")
            }
            _ => self.any_file && own.contains('*'),
        };
        self.unnamed || is_wide || mentions(&self.text, own) || self.makes_folder_of(own)
    }

    /// Whether a line names something in a folder that the change made.
    fn makes_folder_of(&self, own: &str) -> bool {
        let lost = command::within(&self.text).map_or(self.text.as_str(), |(_, rest)| rest);
        let is_in = |folder: &str| {
            own.split_whitespace()
                .any(|word| word.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
        };
        first_word(lost) == "mkdir"
            && lost.split_whitespace().skip(1).map(|word| word.trim_end_matches('/')).any(is_in)
    }
}

/// Whether a text has one of the paths or names that a line has.
pub fn mentions(text: &str, line: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let has = |name: &str| {
        text.match_indices(name).take(64).any(|(at, _)| {
            let before = text[..at].chars().next_back().is_none_or(|c| !is_part(c));
            before && text[at + name.len()..].chars().next().is_none_or(|c| !is_part(c))
        })
    };
    line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '|' | ';' | '&' | '=' | '(' | ')'))
        .skip(1)
        .take(64)
        .filter(|word| !word.starts_with('-'))
        .any(|word| {
            let name = per_file_name(word.trim_end_matches([',', ':']));
            name.len() >= 3 && has(name) || word.len() > 1 && word.starts_with('/') && has(word)
        })
}
