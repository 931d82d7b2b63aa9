//! The search tools that coding agents have in place of a shell, as the commands that they stand for.
//!
//! Source: the tools `Grep` and `Glob` of Claude Code, which run ripgrep and list files: `{pattern, path, glob, type,
//! output_mode, -n, -i, -A, -B, -C}` and `{pattern, path}`. Those of other agents (`search_files`, `grep_search`) take part
//! where they print lines of files with their numbers.

use std::borrow::Cow;

use crate::hindsight::families::code::is_path;
use crate::reading::StepReading;
use crate::text::document::{Kind, Value};

/// Tools that print lines of files.
const LINES: &[&str] = &["search_files", "grep_search", "search_code", "code_search"];

/// Names of files by the types of ripgrep.
const TYPES: &[(&str, &str)] = &[
    ("py", "*.py"),
    ("js", "*.js"),
    ("ts", "*.ts"),
    ("go", "*.go"),
    ("rust", "*.rs"),
    ("java", "*.java"),
    ("ruby", "*.rb"),
    ("php", "*.php"),
    ("md", "*.md"),
    ("sql", "*.sql"),
];

/// Whether a step is a search in files, also one that stands for no command that is known.
pub fn is_search(step: &StepReading<'_>) -> bool {
    let is_called = |names: &[&str]| {
        step.step.action_name.is_some_and(|name| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
    };
    let first = step.step.observation.unwrap_or("").lines().next().unwrap_or("");
    is_called(&["grep", "glob"]) || is_called(LINES) && is_numbered(first)
}

/// `src/a.py:12:text`
fn is_numbered(line: &str) -> bool {
    line.split(':').nth(1).is_some_and(|number| number.parse::<u32>().is_ok())
}

/// The command that a step stands for, where its tool is a search.
pub fn command(step: &StepReading<'_>) -> Option<String> {
    let name = step.step.action_name?;
    // Most tools are others, which is told before anything is looked up.
    let prints_lines = LINES.iter().any(|tool| name.eq_ignore_ascii_case(tool));
    if !prints_lines && !name.eq_ignore_ascii_case("glob") && !name.eq_ignore_ascii_case("grep") {
        return None;
    }
    let root = step.arguments()?.root();
    let text = |key: &str| root.get(key).filter(|value| value.kind() == Kind::String).map(Value::text);
    let path = text("path").unwrap_or_default();
    let first = found(step.step.observation?).lines().next().unwrap_or("");
    if prints_lines {
        return lines(root, first);
    }
    let pattern = text("pattern")?;
    if name.eq_ignore_ascii_case("glob") {
        return find(&pattern, &path, first);
    }
    let mut words = vec!["grep".to_string()];
    let is_file = is_path(&path);
    words.extend((!is_file).then(|| "-r".to_string()));
    // Without a mode it lists files, and in older logs lines.
    let path = match text("output_mode").as_deref() {
        Some("content") => path,
        None if is_numbered(first) => {
            words.push("-n".to_string());
            path
        }
        None | Some("files_with_matches") if !is_file => {
            words.push("-l".to_string());
            Cow::Owned(as_printed(&path, first))
        }
        _ => return None,
    };
    for flag in ["-n", "-i"] {
        let is_set = root.get(flag).is_some_and(|value| value.raw() == "true");
        words.extend(is_set.then(|| flag.to_string()));
    }
    for flag in ["-A", "-B", "-C"] {
        words.extend(root.get(flag).map(|lines| format!("{flag}{}", lines.raw())));
    }
    // A limit that was reached shows a part.
    ["head_limit", "offset", "multiline"].iter().all(|key| root.get(key).is_none()).then_some(())?;
    let only = match (text("glob"), text("type")) {
        (Some(glob), None) => Some(glob.trim_start_matches("**/").to_string()),
        (None, Some(of)) => Some(TYPES.iter().find(|(name, _)| *name == of)?.1.to_string()),
        (None, None) => None,
        _ => return None,
    };
    words.extend(only.map(|glob| format!("--include='{glob}'")));
    if !super::grep::literal(&pattern) {
        words.push("-E".to_string());
    }
    words.push(quoted(&pattern)?);
    words.extend((!path.is_empty()).then(|| quoted(&path)).flatten());
    Some(words.join(" "))
}

/// A search of which only the text that is sought and a folder are told.
fn lines(root: Value<'_, '_>, first: &str) -> Option<String> {
    let text = |keys: &[&str]| {
        let value = keys.iter().find_map(|key| root.get(key))?;
        (value.kind() == Kind::String).then(|| value.text())
    };
    let pattern = text(&["query", "regex", "pattern"])?;
    let folder = text(&["path", "directory", "folder"]);
    if !is_numbered(first) || root.leaves().count() != 1 + usize::from(folder.is_some()) {
        return None;
    }
    let extended = if super::grep::literal(&pattern) { "" } else { " -E" };
    let folder =
        folder.as_deref().map(quoted).map_or(Some(String::new()), |folder| Some(format!(" {}", folder?)))?;
    Some(format!("grep -r -n{extended} {}{folder}", quoted(&pattern)?))
}

/// `src/**/*.py` and `**/*.py` name the files below a folder, `src/*.py` those in it.
fn find(pattern: &str, path: &str, first: &str) -> Option<String> {
    let (folder, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    let (folder, depth) = match folder.strip_suffix("**") {
        Some(folder) => (folder.trim_end_matches('/'), ""),
        None => (folder, " -maxdepth 1"),
    };
    if folder.contains('*') || name.contains("**") {
        return None;
    }
    let root = match (path.trim_end_matches('/'), folder) {
        ("", "") => ".".to_string(),
        (path, "") => path.to_string(),
        ("", folder) => folder.to_string(),
        (path, folder) => format!("{path}/{folder}"),
    };
    let root = as_printed(&root, first);
    Some(format!("find {}{depth} -type f -name {}", quoted(&root)?, quoted(name)?))
}

/// A folder as the paths that were found name it: whole where it was given from the root of a repository, and from
/// that root where it was given whole.
fn as_printed(folder: &str, first: &str) -> String {
    let begins = |folder: &str| first.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    if begins(folder) || folder == "." {
        return folder.to_string();
    }
    if let Some(at) = first.find(&format!("/{folder}/")).filter(|_| !folder.is_empty()) {
        return first[..at + 1 + folder.len()].to_string();
    }
    let mut inner = folder;
    while let Some((_, rest)) = inner.split_once('/') {
        if begins(rest) {
            return rest.to_string();
        }
        inner = rest;
    }
    if first.starts_with('/') { folder.to_string() } else { String::new() }
}

/// A word as the shell takes it as it is.
fn quoted(word: &str) -> Option<String> {
    (!word.contains(['\'', '\n'])).then(|| format!("'{word}'"))
}

/// The lines that were found, without the line that counts them before.
pub fn found(observation: &str) -> &str {
    const NOTHING: &[&str] = &["No files found", "No matches found"];
    let (head, rest) = observation.split_once('\n').unwrap_or((observation, ""));
    let counts = head.strip_prefix("Found ").is_some_and(|rest| {
        let (number, noun) = rest.split_once(' ').unwrap_or((rest, ""));
        number.parse::<u32>().is_ok() && matches!(noun.trim_end(), "file" | "files" | "match" | "matches")
    });
    if counts || NOTHING.contains(&head.trim_end()) { rest } else { observation }
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    #[test]
    fn search_tools_are_asked_for_what_they_find() {
        for (tool, call, output, goal, answer) in [
            (
                "Grep",
                r#"{"pattern": "latest_shipment", "path": "/home/kofi/shop", "output_mode": "content", "-n": true}"#,
                "app/models/order.rb:57:  def latest_shipment\nlib/tasks/a.rake:14:  order.latest_shipment",
                "the lines in the files under /home/kofi/shop that contain the text \"latest_shipment\", with line numbers.",
                "app/models/order.rb:57:  def latest_shipment\nlib/tasks/a.rake:14:  order.latest_shipment",
            ),
            (
                "Grep",
                r#"{"pattern": "@ConfigurationProperties", "path": "/home/lea/notify/src/main"}"#,
                "Found 2 files\nsrc/main/java/Push.java\nsrc/main/java/Quiet.java",
                "all files that contain the text \"@ConfigurationProperties\" under src/main.",
                "- src/main/java/Push.java\n- src/main/java/Quiet.java",
            ),
            (
                "Glob",
                r#"{"pattern": "packages/**/jest.config.*"}"#,
                "/home/ines/web/packages/core/jest.config.js\n/home/ines/web/packages/ui/jest.config.js",
                "all files whose name starts with \"jest.config.\" under /home/ines/web/packages.",
                "- /home/ines/web/packages/core/jest.config.js\n- /home/ines/web/packages/ui/jest.config.js",
            ),
            (
                "Grep",
                r#"{"pattern": "port: 8085", "path": "src/application.yml", "output_mode": "content"}"#,
                "  port: 8085",
                "the lines of src/application.yml that contain the text \"port: 8085\".",
                "  port: 8085",
            ),
        ] {
            let found = proposals(super::super::propose, "", &[(tool, call, output)]);
            let [(asked, said, _)] = found.as_slice() else { panic!("{call}: {found:?}") };
            // The verb before varies.
            assert!(asked.ends_with(goal), "{asked}");
            assert_eq!(said, answer, "{call}");
        }
        for (tool, call, output) in [
            ("Grep", r#"{"pattern": "a", "output_mode": "content", "head_limit": 2}"#, "x:a\ny:a"),
            ("Grep", r#"{"pattern": "it's"}"#, "Found 1 file\nx.py"),
            ("Glob", r#"{"pattern": "src/*/a/**"}"#, "/x/src/b/a/c"),
        ] {
            assert_eq!(proposals(super::super::propose, "", &[(tool, call, output)]), [], "{call}");
        }
    }
}
