//! The tools that act on files by named arguments, as the commands that they stand for.
//!
//! Source: the filesystem server of the Model Context Protocol (`read_text_file {path, head, tail}`, `create_directory`,
//! `move_file {source, destination}`, `write_file {path, content}`), and the `GorillaFileSystem` of BFCL's multi-turn
//! tasks, whose functions have the names of commands: `mv {source, destination}`, `grep {file_name, pattern}`.

use std::borrow::Cow;

use crate::reading::StepReading;
use crate::text::document::{Document, Kind, Value};

/// What BFCL's file system calls what a command printed.
const PRINTED: &[&str] = &[
    "current_directory_content",
    "file_content",
    "matching_lines",
    "sorted_content",
    "last_lines",
    "diff_lines",
    "matches",
    "disk_usage",
    "count",
];

/// The arguments that are read. A tool of another kind has others: `move {source, destination, mail_id}`.
const KNOWN: &[&str] = &[
    "a",
    "folder",
    "dir_name",
    "file_name",
    "file_name1",
    "file_name2",
    "source",
    "destination",
    "pattern",
    "mode",
    "lines",
    "content",
    "path",
    "head",
    "tail",
];

/// How results begin that only say that it was done.
const DONE: &[&str] = &["Successfully moved ", "Successfully created directory ", "Successfully wrote to "];

/// The command that a step stands for, where its tool acts on files.
pub fn command(step: &StepReading<'_>) -> Option<String> {
    let name = step.step.action_name?;
    let name = name.rsplit(['.', '/', ':']).next().unwrap_or(name);
    let name = name.as_bytes().windows(2).rposition(|pair| pair == b"__").map_or(name, |at| &name[at + 2..]);
    let root = step.arguments()?.root();
    let given = Given { root };
    let words = match name {
        "ls" => vec![if given.is_true("a") { "ls -a" } else { "ls" }.to_string()],
        "pwd" => vec!["pwd".to_string()],
        "cd" => vec!["cd".to_string(), given.word("folder")?],
        "mkdir" | "rmdir" => vec![name.to_string(), given.word("dir_name")?],
        "touch" | "cat" | "sort" | "rm" => vec![name.to_string(), given.word("file_name")?],
        "mv" | "cp" => vec![name.to_string(), given.word("source")?, given.word("destination")?],
        "diff" => vec!["diff".to_string(), given.word("file_name1")?, given.word("file_name2")?],
        "grep" => vec!["grep".to_string(), given.word("pattern")?, given.word("file_name")?],
        "wc" if given.text("mode").is_some_and(|mode| matches!(&*mode, "l" | "w")) => {
            vec![format!("wc -{}", given.text("mode")?), given.word("file_name")?]
        }
        "tail" => vec![format!("tail -n {}", given.number("lines")?), given.word("file_name")?],
        "echo" => vec!["echo".to_string(), given.word("content")?, ">".to_string(), given.word("file_name")?],
        "read_text_file" | "read_file" if is_note(&given.text("path")?) => {
            let program = match (given.number("head"), given.number("tail")) {
                (Some(lines), None) => format!("head -n {lines}"),
                (None, Some(lines)) => format!("tail -n {lines}"),
                (None, None) => "cat".to_string(),
                _ => return None,
            };
            vec![program, given.word("path")?]
        }
        "create_directory" => vec!["mkdir".to_string(), given.word("path")?],
        "move_file" => vec!["mv".to_string(), given.word("source")?, given.word("destination")?],
        "write_file" => {
            vec!["echo".to_string(), given.word("content")?, ">".to_string(), given.word("path")?]
        }
        _ => return None,
    };
    // What is not known may change what is done: `{"file_name": "a.txt", "reverse": true}`.
    root.children().filter_map(|child| child.key()).all(|key| KNOWN.contains(&key)).then_some(())?;
    Some(words.join(" "))
}

/// Sources are read by the family that knows them.
fn is_note(path: &str) -> bool {
    const NOTES: &[&str] = &["txt", "md", "log", "csv", "ini", "cfg", "conf", "env"];
    path.rsplit_once('.').is_some_and(|(_, kind)| NOTES.contains(&kind))
}

struct Given<'d> {
    root: Value<'d, 'd>,
}

impl<'d> Given<'d> {
    fn text(&self, key: &str) -> Option<Cow<'d, str>> {
        self.root.get(key).filter(|value| value.kind() == Kind::String).map(Value::text)
    }

    /// A text as the shell takes it as it is.
    fn word(&self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        let is_plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
        let quoted = || (!text.contains(['\'', '\n']) && !text.is_empty()).then(|| format!("'{text}'"));
        if is_plain { Some(text.to_string()) } else { quoted() }
    }

    fn number(&self, key: &str) -> Option<&'d str> {
        self.root.get(key).filter(|value| value.kind() == Kind::Number).map(|value| value.raw())
    }

    fn is_true(&self, key: &str) -> bool {
        self.root.get(key).is_some_and(|value| value.raw().eq_ignore_ascii_case("true"))
    }
}

/// What such a tool printed; `None` where its result is not in its form, but as a shell prints it.
pub fn printed(observation: &str) -> Option<String> {
    let text = observation.trim();
    if text == "None" || DONE.iter().any(|start| text.starts_with(start)) && !text.contains('\n') {
        return Some(String::new());
    }
    let document = Document::parse(text).filter(|_| text.starts_with('{'))?;
    let members: Vec<_> = document.root().children().filter(|child| child.key() != Some("type")).collect();
    let [member] = members[..] else { return None };
    let key = member.key()?;
    if key == "current_working_directory" || key == "result" && says_done(&member.text()) {
        return Some(String::new());
    }
    PRINTED.contains(&key).then_some(())?;
    match member.kind() {
        Kind::Array => Some(member.children().map(|item| item.text()).collect::<Vec<_>>().join("\n")),
        _ => Some(member.text().into_owned()),
    }
}

/// `'a.txt' moved to 'b.txt'`
fn says_done(result: &str) -> bool {
    result.starts_with('\'')
        && [" moved to ", " copied to ", " removed"].iter().any(|done| result.contains(done))
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    #[test]
    fn file_tools_are_asked_for_what_they_show_and_change() {
        for (tool, call, output, goal, answer) in [
            (
                "grep",
                r#"{"file_name": "deploy.txt", "pattern": "harbour"}"#,
                r#"{"matching_lines": ["harbour = 4", "the harbour"]}"#,
                "Show me the lines of deploy.txt that contain the text \"harbour\".",
                "harbour = 4\nthe harbour",
            ),
            (
                "tail",
                r#"{"file_name": "log.txt", "lines": 2}"#,
                r#"{"last_lines": "a done\nb done"}"#,
                "List the last 2 lines of log.txt.",
                "a done\nb done",
            ),
            (
                "mv",
                r#"{"source": "ideas.txt", "destination": "notes.txt"}"#,
                r#"{"result": "'ideas.txt' moved to 'notes.txt'"}"#,
                "Move ideas.txt to notes.txt.",
                "Done: I moved ideas.txt to notes.txt.",
            ),
            (
                "mcp__filesystem__create_directory",
                r#"{"path": "/srv/new"}"#,
                "Successfully created directory /srv/new",
                "Create the directory /srv/new.",
                "Done: I created the directory /srv/new.",
            ),
        ] {
            let found = proposals(super::super::propose, "", &[(tool, call, output)]);
            let [(asked, said, _)] = found.as_slice() else { panic!("{call}: {found:?}") };
            assert_eq!((asked.as_str(), said.as_str()), (goal, answer), "{call}");
        }
    }
}
