//! What agents that repair software share: a task inside a long prompt, commands in fenced blocks,
//! and the report of SWE-bench's evaluation.

use crate::formats::{Record, filled};
use crate::json::{Value, read_inner};
use crate::labels::is_submission;
use crate::run::{Run, Text};

/// What stands around the task in the prompts of SWE-agent, mini-swe-agent, OpenHands and Terminus.
const AROUND: &[(&str, &str)] = &[
    ("<pr_description>", "</pr_description>"),
    ("<issue_description>", "</issue_description>"),
    ("<issue>", "</issue>"),
    ("<github_issue>", "</github_issue>"),
    ("Here's the issue text:\nISSUE:\n", "\nINSTRUCTIONS:\n"),
    ("Please solve this issue: ", "\n\nYou can execute bash commands"),
    ("Task Description:\n", "\n\nCurrent terminal state:"),
    ("# Problem Statement\n", "\n\nIMPORTANT:"),
    ("", "\nINSTRUCTIONS:\nNow, you're going to solve this challenge"),
];
const LEAD_INS: &[&str] =
    &["Consider the following PR description:", "Consider the following issue description:"];

/// How such prompts begin, where nothing else in the log tells that they are some.
const OPENINGS: &[&str] = &[
    "<uploaded_files>",
    "<pr_description>",
    "<issue>",
    "Consider the following github issue:\n<github_issue>",
];

/// Whether a prompt is one of those, by how it begins.
pub(crate) fn is_task_prompt(prompt: &str) -> bool {
    OPENINGS.iter().any(|opening| prompt.trim_start().starts_with(opening))
}

/// The task in a prompt, and what stands before and after it.
fn task_in(prompt: &str) -> Option<(&str, &str, &str)> {
    AROUND.iter().find_map(|(open, close)| {
        let (before, rest) = prompt.split_once(open)?;
        let (issue, after) = rest.split_once(close)?;
        let issue = issue.trim();
        let issue = LEAD_INS.iter().find_map(|lead| issue.strip_prefix(lead)).unwrap_or(issue).trim();
        (!issue.is_empty()).then_some((before, issue, after))
    })
}

/// Makes the task the goal; what the harness put around it joins the system prompt.
pub(crate) fn set_task(run: &mut Run<'_>) {
    let Some(prompt) = run.original_prompt.as_deref() else { return };
    let Some((before, issue, after)) = task_in(prompt) else { return };
    let around = [run.system.as_deref().unwrap_or(""), before, after].map(str::trim);
    let around: Vec<&str> = around.into_iter().filter(|text| !text.is_empty()).collect();
    let (system, issue) = (around.join("\n\n"), issue.to_owned());
    run.system = filled(system.into());
    run.original_prompt = Some(issue.into());
}

/// A message's last fenced block, and the words around it.
pub(crate) fn last_command(message: &str) -> Option<(String, &str)> {
    let trimmed = message.trim_end();
    let end = trimmed.rfind("```")?;
    let start = trimmed[..end].rfind("```")?;
    let (language, command) = trimmed[start + 3..end].split_once('\n')?;
    if language.contains(char::is_whitespace) || command.trim().is_empty() {
        return None;
    }
    let words = format!("{}\n{}", trimmed[..start].trim_end(), trimmed[end + 3..].trim_start());
    Some((words.trim().to_owned(), command.trim_end_matches('\n')))
}

/// The instance that the name of a log tells.
pub(crate) fn instance_in(stem: &str) -> &str {
    stem.strip_suffix(".traj").unwrap_or(stem)
}

/// Lists of the instances that were resolved, in the reports of several versions.
const RESOLVED: &[&str] = &["resolved_ids", "resolved"];
/// Lists of those that were evaluated at all.
const EVALUATED: &[&str] = &[
    "submitted_ids",
    "completed_ids",
    "unresolved_ids",
    "empty_patch_ids",
    "error_ids",
    "generated",
    "applied",
    "no_generation",
    "no_apply",
    "no_logs",
    "with_logs",
];

/// Whether the evaluation found an instance resolved: `{instance: {resolved}}`, or lists of ids.
fn resolved_in(report: Value<'_, '_>, instance: &str) -> Option<bool> {
    if let Some(of_instance) = report.get(instance) {
        return of_instance.get("resolved").and_then(|resolved| resolved.as_bool());
    }
    let names = |key: &&str| report.items_of(key).any(|id| id.text().as_deref() == Some(instance));
    if RESOLVED.iter().any(names) { Some(true) } else { EVALUATED.iter().any(names).then_some(false) }
}

/// Where the report of several instances may lie: beside the log, beside the folder of its instance, beside that of all
/// logs (`trajs`).
const REPORTS: &[&str] = &[
    "report.json",
    "results.json",
    "../results.json",
    "../report.json",
    "../results/results.json",
    "../../results/results.json",
];
/// Where the folders of instances may lie, each with a report of its own.
const LOGS: &[&str] = &["../logs", "../../logs"];
/// Where that of SWE-bench Pro lies: `{instance: bool}`.
const VERDICTS: &[&str] = &["../eval_results.json", "../../eval_results.json"];

/// The verdict of the report that lies beside the log of one instance, which has its name, or up to two folders up.
pub(crate) fn resolved(record: &Record<'_, '_>, instance: &str) -> Option<bool> {
    if instance_in(record.stem) != instance || instance.starts_with('.') {
        return None;
    }
    let reported = |name: &str| {
        let report = record.beside.text(name)?;
        read_inner(&report, |report| resolved_in(report, instance))
    };
    let of_instance = |folder: &&str| reported(&format!("{folder}/{instance}/report.json"));
    let judged = |name: &&str| {
        let verdicts = record.beside.text(name)?;
        read_inner(&verdicts, |verdicts| verdicts.get(instance)?.as_bool())
    };
    let report = REPORTS.iter().find_map(|name| reported(name));
    report.or_else(|| LOGS.iter().find_map(of_instance)).or_else(|| VERDICTS.iter().find_map(judged))
}

/// Whether a record is such a report, or a patch that was handed in for evaluation.
pub(crate) fn is_report(record: Value<'_, '_>) -> bool {
    let lists = RESOLVED.iter().any(|key| record.get(key).is_some_and(|list| list.is_array()))
        && EVALUATED.iter().any(|key| record.get(key).is_some());
    let verdict = record.get("patch_successfully_applied").is_some() && record.get("resolved").is_some();
    let patch = record.get("model_patch").is_some()
        && record.get("model_name_or_path").is_some()
        && ["messages", "history", "trajectory"].iter().all(|key| record.get(key).is_none());
    lists || verdict || patch
}

/// The log's own word for how a run ended, unless it ended with a submission.
pub(crate) fn ended_early(exit_status: Option<Text<'_>>) -> Option<Text<'_>> {
    exit_status.and_then(filled).filter(|status| !is_submission(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_task_is_found_in_the_prompts_of_all_harnesses() {
        for (prompt, issue) in [
            (
                "<uploaded_files>\n/r\n</uploaded_files>\n<pr_description>\nIt fails.\n</pr_description>\nFix it.",
                Some("It fails."),
            ),
            (
                "<pr_description>\nConsider the following PR description:\nIt fails.\n</pr_description>",
                Some("It fails."),
            ),
            ("Here's the issue text:\nISSUE:\nIt fails.\n\n\nINSTRUCTIONS:\nNow", Some("It fails.")),
            ("Please solve this issue: It fails.\n\nYou can execute bash commands and", Some("It fails.")),
            (
                "We're currently solving the following CTF challenge. It is hard.\n\nINSTRUCTIONS:\nNow, you're going to solve this challenge",
                Some("We're currently solving the following CTF challenge. It is hard."),
            ),
            (
                "You are an AI assistant.\n\nTask Description:\nSort it.\n\nCurrent terminal state:\n$ ",
                Some("Sort it."),
            ),
            ("It fails.", None),
            ("<issue></issue>", None),
        ] {
            assert_eq!(task_in(prompt).map(|(_, issue, _)| issue), issue, "{prompt}");
        }
    }

    #[test]
    fn a_command_is_the_last_block() {
        for (message, wanted) in [
            ("I look.\n```\nls -a\n```", Some(("I look.", "ls -a"))),
            ("```bash\nfirst\n```\nor\n```bash\nsecond\n```", Some(("```bash\nfirst\n```\nor", "second"))),
            ("Like this:\n```\nls\n```\nDone.", Some(("Like this:\nDone.", "ls"))),
            ("no block", None),
            ("``` ```", None),
            ("```", None),
        ] {
            let found = last_command(message);
            assert_eq!(
                found.as_ref().map(|(words, command)| (words.as_str(), *command)),
                wanted,
                "{message}"
            );
        }
    }
}
