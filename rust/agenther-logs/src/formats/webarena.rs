//! WebArena and VisualWebArena: what the harness renders of a run, an HTML file for each task.
//!
//! Source: `RenderHelper` in `browser_env/helper_functions.py` of `web-arena-x/webarena` and
//! `visualwebarena`, and the result folders that both release. The text in it is not escaped, so
//! the file is cut at the harness's own marks and never parsed as HTML.
//!
//! | field of the log | field of the run |
//! |---|---|
//! | `intent` in the first `<pre>` | `original_prompt` |
//! | `state_obv` and `url` of the first page | `observation` of a first step without action: what the agent had before it acted, and may answer from |
//! | `raw_parsed_prediction` | `thought`, up to the action between backquotes |
//! | that action, else `parsed_action` without its `where [..] is ..` | `action_name`, `action_input` as the model wrote it (`[164] [tea] [1]`) |
//! | `state_obv` and `url` of the page after it | `observation` |
//! | `prev_action` of that page, where the harness says there that the action was not understood | comes before the `observation`; `error` |
//! | the argument of `stop` | `final_answer` |
//! | `stop [Early stop: ..]` and `stop [ERROR: ..]`, which are the harness's | `failure_reason`, no step |
//! | `[Result] (PASS)` or `(FAIL)` of the task in the logs beside the file | `success` |
//! | `[Unhandled Error]` and the like there | `failure_reason` |
//! | `task_id`, `sites`, `start_url`, `image` | `metadata` |
//!
//! Screenshots are passed over; `action_object` is Python and repeats the rest.
//!
//! Leaks: `eval` in the first `<pre>` holds the reference answer and stays behind, with all of the
//! task that is not named above.

use std::borrow::Cow;
use std::ops::Range;

use super::{TextFormat, TextRecord, filled};
use crate::beside::Beside;
use crate::identity::fingerprint;
use crate::json::ObjectWriter;
use crate::run::{Run, RunStep, Text};

pub(super) struct WebArena;

const PAGE: &str = "<h2>New Page</h2>";

impl TextFormat for WebArena {
    fn name(&self) -> &'static str {
        "webarena"
    }

    fn shape(&self) -> &'static str {
        "`render_<task>.html` with the task in a first `<pre>` and `state_obv`, `predict_action` of each page"
    }

    fn score(&self, head: &str) -> u8 {
        let task = task_of(head);
        let is_task = field(task, "task_id").is_some() && field(task, "intent").is_some();
        match (is_task, marked(head, "state_obv").is_some()) {
            (true, true) => 100,
            // A run that broke before its first page.
            (true, false) if head.trim_start().starts_with('<') => 80,
            _ => 0,
        }
    }

    fn split(&self, text: &str) -> Vec<Range<usize>> {
        std::iter::once(0..text.len()).collect()
    }

    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String> {
        let (head, pages) =
            record.text.split_once(PAGE).ok_or("it has no page: the run ended before the first")?;
        let task = task_of(head);
        let task_id = field(task, "task_id").ok_or("its first `<pre>` names no `task_id`")?.trim();
        let pages: Vec<Page<'a>> = pages.split(PAGE).map(Page::read).collect();
        let outcome = outcome_of(task_id, field(task, "sites").unwrap_or_default(), record.beside);
        let ended = pages.last().and_then(Page::ended_by_harness);
        let reason = outcome.error.map(Cow::Owned).or(ended.map(Cow::Borrowed));
        Ok(Run {
            trajectory_id: format!("{task_id}-{}", fingerprint(record.text)).into(),
            original_prompt: field(task, "intent").map(Cow::Borrowed).and_then(filled),
            final_answer: pages.last().and_then(Page::answer),
            steps: steps(&pages),
            success: outcome.success,
            failure_reason: reason.filter(|_| outcome.success != Some(true)),
            metadata: metadata(task).map(Into::into),
            ..Run::default()
        })
    }
}

/// The task: what stands in the first `<pre>`, a field a line.
fn task_of(head: &str) -> &str {
    let Some((_, task)) = head.split_once("<pre>") else { return "" };
    task.split_once("</pre>").map_or("", |(task, _)| task)
}

/// A field of the task. Its text goes on over lines that start no other field.
fn field<'a>(task: &'a str, name: &str) -> Option<&'a str> {
    let mut at = 0;
    let mut found: Option<Range<usize>> = None;
    for line in task.split_inclusive('\n') {
        match (line.split_once(": "), &mut found) {
            (Some((key, _)), Some(found)) if is_key(key) => return Some(task[found.clone()].trim_end()),
            (Some((key, value)), None) if key == name => {
                found = Some(at + line.len() - value.len()..at + line.len());
            }
            (_, Some(found)) => found.end = at + line.len(),
            _ => {}
        }
        at += line.len();
    }
    found.map(|found| task[found].trim_end())
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// What stands before the first element of a class, and what follows its opening tag.
fn cut<'a>(text: &'a str, class: &str) -> Option<(&'a str, &'a str)> {
    let attribute = |quote: char| text.find(&format!("class={quote}{class}{quote}"));
    let at = attribute('\'').or_else(|| attribute('"'))?;
    let before = &text[..text[..at].rfind('<').unwrap_or(at)];
    let content = text[at..].split_once('>').map_or("", |(_, content)| content);
    Some((before, content.strip_prefix("<pre>").unwrap_or(content)))
}

/// What follows the opening tag of a class.
fn marked<'a>(text: &'a str, class: &str) -> Option<&'a str> {
    cut(text, class).map(|(_, content)| content)
}

/// One page: what the agent saw and did.
struct Page<'a> {
    url: &'a str,
    state: &'a str,
    /// What the harness says of the action before.
    previous: &'a str,
    /// What the model wrote.
    written: &'a str,
    /// The action as the harness understood it.
    understood: &'a str,
}

impl<'a> Page<'a> {
    fn read(text: &'a str) -> Self {
        let (seen, predicted) = cut(text, "predict_action").unwrap_or((text, ""));
        // Not all forks say what came of the action before.
        let (seen, previous) = cut(seen, "prev_action").unwrap_or((seen, ""));
        let previous = previous.trim_end();
        // `<div>` closes this element in the harness's template, `</div>` where a fork mended that.
        let state = marked(seen, "state_obv").unwrap_or_default();
        let state = state.rsplit_once("</pre><").map_or(state, |(state, _)| state);
        // The last of several: what the model wrote may hold the same mark.
        let (before, understood) = match predicted.rsplit_once("class='parsed_action'") {
            Some((before, action)) => (before, action.split_once('>').map_or("", |(_, action)| action)),
            // With the action set `playwright` there is nothing but code.
            None => ("", predicted),
        };
        let understood = understood.strip_prefix("<pre>").unwrap_or(understood);
        let understood = ["</pre>", "</div>"]
            .iter()
            .filter_map(|end| understood.find(end))
            .min()
            .map_or(understood, |end| &understood[..end]);
        let written = marked(before, "raw_parsed_prediction").unwrap_or_default();
        let written = written
            .split_once("</pre></div><div class='action_object'")
            .or_else(|| written.rsplit_once("</pre></div>"));
        Page {
            url: marked(seen, "url")
                .and_then(|url| url.split_once("</h3>"))
                .map_or("", |(url, _)| link_text(url)),
            state: state.trim(),
            previous: previous.strip_suffix("</div>").unwrap_or(previous).trim(),
            written: written.map_or("", |(written, _)| written.trim()),
            understood: understood.trim(),
        }
    }

    fn observation(&self) -> Option<Text<'a>> {
        match (self.url, self.state) {
            ("", state) => filled(Cow::Borrowed(state)),
            (url, state) => Some(format!("{url}\n\n{state}").trim_end().to_owned().into()),
        }
    }

    /// The action, without the description of its element that the harness adds.
    fn action(&self) -> &'a str {
        let action = self.understood.split_once(" where [").map_or(self.understood, |(action, _)| action);
        let name = name_of(action);
        let fenced = self.written.split("```").skip(1).step_by(2).map(str::trim);
        fenced.into_iter().find(|fenced| name_of(fenced).eq_ignore_ascii_case(name)).unwrap_or(action)
    }

    /// What the model wrote before its action.
    fn thought(&self) -> &'a str {
        let action = self.action();
        let written = self.written;
        match written.split_once("```") {
            Some((before, after)) if after.trim_start().starts_with(action) => before.trim(),
            _ if written == action => "",
            _ => written,
        }
    }

    /// Why the harness stopped the run, where it and not the agent did.
    fn ended_by_harness(&self) -> Option<&'a str> {
        let reason = stopped_with(self.understood)?;
        let of_harness = reason.starts_with("Early stop: ") || reason.starts_with("ERROR: ");
        (of_harness && self.written.is_empty()).then_some(reason)
    }

    fn answer(&self) -> Option<Text<'a>> {
        let answer = stopped_with(self.understood).filter(|_| self.ended_by_harness().is_none())?;
        filled(Cow::Borrowed(answer))
    }

    /// The step in which the agent acted on this page; the next page is what came of it.
    fn step(&self, next: Option<&Page<'a>>) -> RunStep<'a> {
        let action = self.action();
        let understood = !matches!(name_of(action), "" | "none");
        let (name, input) = split_action(action);
        let complaint = next.map(|next| next.previous).filter(|text| is_complaint(text));
        let observed = next.and_then(Page::observation);
        RunStep {
            thought: filled(Cow::Borrowed(self.thought())),
            action_name: understood.then_some(Cow::Borrowed(name)),
            action_input: understood.then_some(Cow::Borrowed(input)).and_then(filled),
            observation: match (complaint, observed) {
                (Some(complaint), Some(observed)) => Some(format!("{complaint}\n\n{observed}").into()),
                (_, observed) => observed,
            },
            error: (complaint.is_some() || !understood).then_some(true),
            ..RunStep::default()
        }
    }
}

fn link_text(link: &str) -> &str {
    let text = link.split_once('>').map_or(link, |(_, text)| text);
    text.trim_end().trim_end_matches("</a>").trim()
}

/// Sentences of the harness about an action that it could not carry out.
fn is_complaint(text: &str) -> bool {
    text.starts_with("Attempt to perfom ")
        || text.starts_with("Attempt to perform ")
        || text.starts_with("The previous prediction you issued was ")
}

fn name_of(action: &str) -> &str {
    action.split([' ', '[', '(', '\n']).next().unwrap_or_default()
}

/// `click [12]` is a name and its argument as written; code of `playwright` is the argument of that.
fn split_action(action: &str) -> (&str, &str) {
    if action.starts_with("page.") && stopped_with(action).is_none() {
        return ("playwright", action);
    }
    let action = action.strip_prefix("page.").unwrap_or(action);
    let name = name_of(action);
    (name, action[name.len()..].trim())
}

/// The answer with which an action stops the run.
fn stopped_with(action: &str) -> Option<&str> {
    let action = action.strip_prefix("page.").unwrap_or(action).strip_prefix("stop")?.trim();
    if let Some(code) = action.strip_prefix('(').and_then(|code| code.strip_suffix(')')) {
        return Some(code.trim_matches(['"', '\'']));
    }
    let inside = action.strip_prefix('[').unwrap_or(action);
    Some(inside.strip_suffix(']').unwrap_or(inside).trim())
}

fn steps<'a>(pages: &[Page<'a>]) -> Vec<RunStep<'a>> {
    let start = pages.first().and_then(Page::observation);
    let start = start.map(|observation| RunStep { observation: Some(observation), ..RunStep::default() });
    let acted = pages.iter().enumerate().filter(|(_, page)| page.ended_by_harness().is_none());
    let acted = acted.map(|(place, page)| page.step(pages.get(place + 1)));
    start.into_iter().chain(acted.filter(|step| *step != RunStep::default())).collect()
}

fn metadata(task: &str) -> Option<String> {
    let mut out = ObjectWriter::default();
    for name in ["task_id", "sites", "start_url", "image"] {
        match field(task, name).map(str::trim) {
            None | Some("" | "None") => {}
            Some(number)
                if number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0')
                    || number == "0" =>
            {
                out.json(name, number);
            }
            Some(text) => {
                out.text(name, text);
            }
        }
    }
    out.finish()
}

/// What the harness's own logs say of a run.
#[derive(Default)]
struct Outcome {
    success: Option<bool>,
    error: Option<String>,
}

/// Looks the task up in the logs beside the file: those in the folder of results, and those of the
/// harness's `log_files` that the folder lists as its own.
fn outcome_of(task_id: &str, sites: &str, beside: &dyn Beside) -> Outcome {
    let listed = beside.text("log_files.txt").unwrap_or_default();
    let is_listed = |name: &str| listed.lines().any(|line| line.rsplit(['/', '\\']).next() == Some(name));
    let mut outcome = Outcome::default();
    let mut look_in = |log: String| outcome.look_in(&log, task_id, sites);
    beside.text("error.txt").into_iter().for_each(&mut look_in);
    for folder in ["log_files", "../log_files", "../../log_files", "."] {
        let logs = beside.texts(folder, ".log").into_iter();
        let own = logs.filter(|(name, _)| !folder.starts_with("..") || is_listed(name));
        own.for_each(|(_, log)| look_in(log));
    }
    // Asked for by name: the folder has a page for each task, and is listed for each of them.
    let merged = ["log.txt", "merge_log.txt", "merged_log.txt"].into_iter();
    merged.filter_map(|name| beside.text(name)).for_each(look_in);
    outcome
}

impl Outcome {
    /// A later run of the same task replaces what an earlier one said.
    fn look_in(&mut self, log: &str, task_id: &str, sites: &str) {
        let mut of_task = false;
        for line in log.lines() {
            if let Some((_, config)) = line.split_once("[Config file]: ") {
                of_task = is_config_of(config, task_id, sites);
                if of_task {
                    *self = Outcome::default();
                }
            } else if let Some((_, result)) = line.split_once("[Result] (") {
                let Some((mark, config)) = result.split_once(')') else { continue };
                if is_config_of(config, task_id, sites) {
                    self.success = match mark {
                        "PASS" => Some(true),
                        "FAIL" => Some(false),
                        _ => self.success,
                    };
                }
            } else if let Some((_, error)) = line.split_once(" Error] ").filter(|_| of_task) {
                self.error = Some(error.to_owned());
            }
        }
    }
}

/// Whether `config_files/7.json` is of a task. VisualWebArena numbers the tasks of each site anew
/// and has a folder for each (`test_shopping`).
fn is_config_of(config: &str, task_id: &str, sites: &str) -> bool {
    const NUMBERED_APART: &[&str] = &["test_classifieds", "test_reddit", "test_shopping"];
    let mut parts = config.trim().rsplit('/');
    let of_task = parts.next().and_then(|file| file.strip_suffix(".json")) == Some(task_id);
    let folder = parts.next().filter(|folder| NUMBERED_APART.contains(folder));
    of_task && folder.is_none_or(|folder| sites.contains(folder.trim_start_matches("test_")))
}
