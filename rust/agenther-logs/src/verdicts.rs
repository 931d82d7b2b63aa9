//! What harnesses say of a run in a file beside its log, whatever the log's own format is.
//!
//! | log | file | label |
//! |---|---|---|
//! | of a command-line agent in `<trial>/agent/**` of Harbor | `<trial>/result.json`, `verifier/reward.txt` | `verifier_result.rewards.reward`, `exception_info` |
//! | `messages.json` of MCPMark | `meta.json` | `execution_result.success`, `error_message`; its task names the run |
//! | `traj_log.json` of Toolathlon | `eval_res.json` | `pass` |
//! | a chat that has the name of its instance of SWE-bench | `results.json`, `report.json` | see [`crate::swebench`] |

use crate::formats::Record;
use crate::json::{Value, read_inner};
use crate::labels::reward_of;
use crate::run::Run;
use crate::swebench::{instance_in, resolved};

/// Formats of the sessions that Harbor keeps of the agents it runs.
const SESSIONS: &[&str] = &["claude_code", "codex", "cli_events", "opencode", "qwen_code"];
/// Formats of logs that are one chat.
const CHATS: &[&str] = &["openai_chat", "responses", "react"];
/// How deep sessions lie below their trial, at most: `agent/sessions/2026/02/03`.
const TRIALS: &[&str] = &[".", "..", "../..", "../../..", "../../../..", "../../../../.."];

/// Labels a run of a format, where its log does not.
pub(crate) fn label<'a>(format: &str, record: &Record<'_, 'a>, run: &mut Run<'a>) {
    if run.success.is_some() || run.reward.is_some() {
        return;
    }
    if SESSIONS.contains(&format) {
        // What a sub-agent did is not what was judged.
        if !record.stem.starts_with("agent-") {
            of_trial(record, TRIALS, run);
        }
    } else if CHATS.contains(&format) && record.number == 0 {
        match record.stem {
            "messages" => of_mcpmark(record, run),
            "traj_log" => run.success = passed(record),
            // `astropy__astropy-12907`: for any other name the reports would be read once a file and in vain.
            stem if stem.contains("__") => run.success = resolved(record, instance_in(stem)),
            _ => {}
        }
    }
}

/// Takes the result of a trial of Harbor that lies in one of these folders.
pub(crate) fn of_trial<'a>(record: &Record<'_, 'a>, folders: &[&str], run: &mut Run<'a>) {
    for folder in folders {
        let Some(text) = record.beside.text(&format!("{folder}/result.json")) else { continue };
        let found = read_inner(&text, |result| {
            let verified = result.get("verifier_result").and_then(rewarded);
            let exception = result.get("exception_info").and_then(|info| info.text_of(&["exception_type"]));
            let known = verified.is_some() || exception.is_some();
            known.then(|| (verified, exception.map(|name| name.into_owned())))
        });
        let Some((reward, exception)) = found else { continue };
        run.reward = reward;
        run.success = None;
        run.failure_reason = exception.map(Into::into).or(run.failure_reason.take());
        return;
    }
    let noted =
        folders.iter().find_map(|folder| record.beside.text(&format!("{folder}/verifier/reward.txt")));
    run.reward = noted.and_then(|text| text.trim().parse().ok()).filter(|reward: &f64| reward.is_finite());
}

/// `{"rewards": {"reward": 1.0}}`; the only reward where it has another name.
fn rewarded(verified: Value<'_, '_>) -> Option<f64> {
    let rewards = verified.get("rewards").unwrap_or(verified);
    let only = || rewards.members().next().filter(|_| rewards.members().count() == 1);
    rewards.get("reward").or_else(|| only().map(|(_, reward)| reward)).and_then(reward_of)
}

fn of_mcpmark<'a>(record: &Record<'_, 'a>, run: &mut Run<'a>) {
    let Some(text) = record.beside.text("meta.json") else { return };
    let found = read_inner(&text, |meta| {
        let result = meta.get("execution_result")?;
        let owned = |value: Value<'_, '_>, key| Some(value.text_of(&[key])?.into_owned());
        Some((result.get("success")?.as_bool(), owned(result, "error_message"), owned(meta, "task_name")))
    });
    let Some((success, reason, task)) = found else { return };
    run.success = success;
    run.failure_reason = reason.map(Into::into);
    // All files have one name, and their folders are not to be trusted.
    let is_numbered = run.trajectory_id == format!("{}-{}", record.stem, record.number);
    if let Some(task) = task.filter(|_| is_numbered) {
        run.trajectory_id = record.task_run_id(&task);
    }
}

fn passed(record: &Record<'_, '_>) -> Option<bool> {
    let text = record.beside.text("eval_res.json")?;
    read_inner(&text, |result| result.get("pass")?.as_bool())
}
