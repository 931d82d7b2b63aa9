//! Steps that change a file, by the editors of agents: what stood there, and what stands there now.

use std::borrow::Cow;

use crate::reading::StepReading;
use crate::signals::tool_status::Status;
use crate::text::document::{Kind, Value};

/// A change of a file.
#[derive(Debug)]
pub struct Edit<'a> {
    /// The file, as the call names it.
    pub path: Cow<'a, str>,
    /// The text before; `None` where the whole file was written.
    pub old: Option<Cow<'a, str>>,
    /// The text in its place.
    pub new: Cow<'a, str>,
}

const PATHS: &[&str] = &["path", "file_path", "filePath", "filename", "target_file", "absolute_path", "file"];
const OLD: &[&str] = &["old_str", "old_string", "oldString", "old_text", "search"];
const NEW: &[&str] = &["new_str", "new_string", "newString", "new_text", "replace"];
const WHOLE: &[&str] = &["file_text", "content", "contents"];

/// How editors say that they changed nothing.
const REFUSALS: &[&str] = &[
    "No replacement was performed",
    "did not appear",
    "not found",
    "No changes",
    "no changes",
    "rror",
    "nvalid",
    "Multiple occurrences",
];

/// A longer report is a view of the file, in which any word may stand.
const MAX_REFUSAL: usize = 300;

impl<'a> Edit<'a> {
    /// The change that a step made, if it made one that it reports.
    pub fn of(step: &StepReading<'a>) -> Option<Self> {
        let report = step.step.observation.filter(|_| step.status == Status::Ok)?;
        if REFUSALS.iter().any(|words| crate::text::cut::head(report, MAX_REFUSAL).contains(words)) {
            return None;
        }
        let input = step.step.action_input?;
        if let Some(patch) = patch(step, input) {
            return Some(patch);
        }
        let root = step.arguments()?.root();
        if let Some(edit) = search_and_replace(root) {
            return Some(edit);
        }
        let text = |keys: &[&str]| {
            let value =
                keys.iter().find_map(|key| root.get(key)).filter(|value| value.kind() == Kind::String);
            value.map(Value::text)
        };
        let path = text(PATHS)?;
        match (text(OLD), text(NEW), text(WHOLE)) {
            (Some(old), Some(new), _) if !old.is_empty() => Some(Edit { path, old: Some(old), new }),
            (_, None, Some(whole)) => Some(Edit { path, old: None, new: whole }),
            _ => None,
        }
    }

    /// The lines that went, those that came, and the line before them, without the lines that both texts share.
    pub fn difference(&self) -> Option<(Vec<&str>, Vec<&str>, Option<&str>)> {
        let old: Vec<&str> = self.old.as_deref()?.lines().collect();
        let new: Vec<&str> = self.new.lines().collect();
        let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let rest = old.len().min(new.len()) - start;
        let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
        let before = old[..start].iter().rev().find(|line| !line.trim().is_empty()).copied();
        Some((old[start..old.len() - end].to_vec(), new[start..new.len() - end].to_vec(), before))
    }
}

/// Cline's `replace_in_file`: a `diff` of one block, `------- SEARCH`, `=======`, `+++++++ REPLACE`.
fn search_and_replace<'a>(root: Value<'_, 'a>) -> Option<Edit<'a>> {
    let text = |key: &str| root.get(key).filter(|value| value.kind() == Kind::String).map(Value::text);
    let diff = text("diff")?;
    let (_, block) = diff.split_once(" SEARCH\n")?;
    let (old, rest) = block.split_once("\n=======\n")?;
    let (new, after) =
        rest.split_once("\n+++++++ REPLACE").or_else(|| rest.split_once("\n>>>>>>> REPLACE"))?;
    let path = text("path").filter(|_| after.trim().is_empty())?;
    Some(Edit { path, old: Some(Cow::Owned(old.to_string())), new: Cow::Owned(new.to_string()) })
}

/// `*** Update File: a.py` with one hunk.
fn patch<'a>(step: &StepReading<'a>, input: &'a str) -> Option<Edit<'a>> {
    const UPDATE: &str = "*** Update File: ";
    if !input.contains(UPDATE) {
        return None;
    }
    let text = match step.arguments() {
        Some(arguments) => arguments.leaves().map(Value::text).find(|text| text.contains(UPDATE))?,
        None => Cow::Borrowed(input),
    };
    let is_one = text.matches("*** ").count() == 3 && text.matches("\n@@").count() <= 1;
    let (path, hunk) = text.split_once(UPDATE).filter(|_| is_one)?.1.split_once('\n')?;
    let (mut old, mut new) = (String::new(), String::new());
    for line in hunk.lines().take_while(|line| !line.starts_with("*** ")) {
        let (mark, text) = line.split_at_checked(1).unwrap_or((" ", ""));
        match mark {
            "-" => old.extend([text, "\n"]),
            "+" => new.extend([text, "\n"]),
            " " => [&mut old, &mut new].into_iter().for_each(|side| side.extend([text, "\n"])),
            _ => {}
        }
    }
    Some(Edit { path: Cow::Owned(path.trim().to_string()), old: Some(Cow::Owned(old)), new: Cow::Owned(new) })
}
