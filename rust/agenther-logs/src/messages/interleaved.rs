//! Turns in which calls and their results stand in one text, as those who train by reinforcement learning sample and
//! log them: Search-R1, ReSearch and ARPO (`<search>`, `<information>`), ReTool (`<code>`, `<interpreter>`), ToRL
//! (fences), Search-o1 and R1-Searcher (`<|begin_search_query|>`, `<|begin_of_query|>`).
//!
//! What the model writes as a result is told from what it was given by nothing but its place: a result stands right
//! behind a call. Tags mean nothing by themselves: outside of rollouts they are calls where a prompt told the agent of
//! them, and tags that are not known are calls where it did, and in rollouts alone.

use super::written::{WrittenCall, is_name, tagged_calls};
use crate::json::ObjectWriter;

/// A part of such a turn, in order.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Words(String),
    Call(WrittenCall),
    Result(String),
}

/// What opens and closes a result.
const RESULTS: &[(&str, &str)] = &[
    ("<information>", "</information>"),
    ("<tool_response>", "</tool_response>"),
    ("<tool_result>", "</tool_result>"),
    ("<interpreter>", "</interpreter>"),
    ("<result>", "</result>"),
    ("<results>", "</results>"),
    ("<observation>", "</observation>"),
    ("<output>", "</output>"),
    ("<search_result>", "</search_result>"),
    ("<search_results>", "</search_results>"),
    ("<execution_result>", "</execution_result>"),
    ("<execution_results>", "</execution_results>"),
    ("<documents>", "</documents>"),
    ("<|begin_search_result|>", "<|end_search_result|>"),
    ("<|begin_of_documents|>", "<|end_of_documents|>"),
    ("<|begin_click_result|>", "<|end_click_result|>"),
    ("```output\n", "```"),
];

/// A call that is no JSON: its tags, its tool, the parameter that its text is.
struct Tag {
    open: &'static str,
    close: &'static str,
    tool: &'static str,
    parameter: &'static str,
    /// Whether it is a call also where no result follows: nothing else is written between these tags.
    alone: bool,
}

const fn tag(
    (open, close): (&'static str, &'static str),
    tool: &'static str,
    parameter: &'static str,
    alone: bool,
) -> Tag {
    Tag { open, close, tool, parameter, alone }
}

const CALLS: &[Tag] = &[
    tag(("<search>", "</search>"), "search", "query", true),
    tag(("<python>", "</python>"), "python", "code", true),
    tag(("<code>", "</code>"), "python", "code", false),
    tag(("<|begin_search_query|>", "<|end_search_query|>"), "search", "query", true),
    tag(("<|begin_of_query|>", "<|end_of_query|>"), "search", "query", true),
    tag(("<|begin_click_link|>", "<|end_click_link|>"), "click_link", "url", true),
    tag(("```python\n", "```"), "python", "code", false),
    tag(("```py\n", "```"), "python", "code", false),
];

/// Tags of what the agent says to itself or to the user: no calls, whatever follows them.
const WORDS: &[&str] =
    &["think", "thinking", "thought", "plan", "reasoning", "reason", "reflection", "summary", "answer"];

/// Which tags are calls.
pub(super) struct Told<'p> {
    /// Whether the text is a rollout.
    pub in_rollout: bool,
    /// What the agent was told: the prompts.
    pub prompts: [&'p str; 2],
}

impl Told<'_> {
    pub(super) fn is_told(&self, open: &str) -> bool {
        self.prompts.iter().any(|prompt| prompt.contains(open))
    }

    /// Whether what stands between known tags is a call. Without a prompt code between fences is shown, not run.
    fn is_call(&self, tag: &Tag) -> bool {
        self.in_rollout || !tag.open.starts_with('`') && self.is_told(tag.open)
    }
}

/// The parts of a turn; `None` where no call stands in it.
pub(super) fn pieces(text: &str, told: &Told<'_>) -> Option<Vec<Piece>> {
    let (mut pieces, mut rest, mut from) = (Vec::new(), text, 0);
    while let Some((at, open, close)) = next_result(rest, from) {
        // What stands before `from` was looked at: looking again would take the square of its length.
        let (skipped, before, inside) = (&rest[..from], &rest[from..at], &rest[at + open.len()..]);
        let (body, after) = inside.split_once(close).unwrap_or((inside, ""));
        let follows =
            || from == 0 && before.trim().is_empty() && matches!(pieces.last(), Some(Piece::Result(_)));
        if let Some((words, calls)) = calls_at_end(before, told) {
            pieces.extend(words_of([skipped, &words].concat()));
            pieces.extend(calls.into_iter().map(Piece::Call));
        } else if !follows() {
            from = rest.len() - after.len();
            continue;
        }
        pieces.push(Piece::Result(body.trim().to_owned()));
        (rest, from) = (after, 0);
    }
    match call_at_end(rest, told).filter(|(.., tag)| tag.alone) {
        Some((words, call, _)) => {
            pieces.extend(words_of(words.to_owned()));
            pieces.push(Piece::Call(call));
        }
        None if pieces.is_empty() => return None,
        None => pieces.extend(
            Some(rest.trim()).filter(|rest| !rest.is_empty()).map(|rest| Piece::Words(rest.to_owned())),
        ),
    }
    Some(pieces)
}

/// The result that a message of the environment is made of, and of nothing else.
pub(super) fn result_in(text: &str) -> Option<&str> {
    let (open, close) = RESULTS.iter().find(|(open, _)| text.starts_with(open))?;
    let inside = text[open.len()..].trim_end().strip_suffix(close)?;
    (!inside.contains(open) && !inside.contains(close)).then(|| inside.trim())
}

/// Where the next result opens at or after `from`, and its tags.
fn next_result(text: &str, from: usize) -> Option<(usize, &'static str, &'static str)> {
    memchr::memchr2_iter(b'<', b'`', &text.as_bytes()[from..]).map(|at| at + from).find_map(|at| {
        let (open, close) = RESULTS.iter().find(|(open, _)| text[at..].starts_with(open))?;
        Some((at, *open, *close))
    })
}

/// The calls that a text ends with and the words before them.
fn calls_at_end(text: &str, told: &Told<'_>) -> Option<(String, Vec<WrittenCall>)> {
    if let Some((words, call, _)) = call_at_end(text, told) {
        return Some((words.to_owned(), vec![call]));
    }
    let name = text.trim_end().strip_suffix('>')?.rsplit_once("</").map(|(_, name)| name)?;
    if !is_name(name) || WORDS.contains(&name) {
        return None;
    }
    if let Some((calls, words)) = tagged_calls(text) {
        return Some((words, calls));
    }
    let open = format!("<{name}>");
    if !told.in_rollout || !told.is_told(&open) {
        return None;
    }
    let (words, body) = between(text, &open, &format!("</{name}>"))?;
    Some((words.to_owned(), vec![written(name, "input", body)]))
}

/// The call between known tags that a text ends with.
fn call_at_end<'t>(text: &'t str, told: &Told<'_>) -> Option<(&'t str, WrittenCall, &'static Tag)> {
    CALLS.iter().find_map(|tag| {
        let (words, body) = between(text, tag.open, tag.close).filter(|_| told.is_call(tag))?;
        Some((words, written(tag.tool, tag.parameter, body), tag))
    })
}

/// What stands between two tags at the end of a text, and what stands before them.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    let inside = text.trim_end().strip_suffix(close)?;
    inside.rsplit_once(open)
}

fn written(tool: &str, parameter: &str, body: &str) -> WrittenCall {
    let body = body.trim();
    // Code may stand between fences once more.
    let fenced = body.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    let body = fenced.and_then(|code| Some(code.split_once('\n')?.1.trim())).unwrap_or(body);
    let mut input = ObjectWriter::default();
    input.text(parameter, body);
    WrittenCall { name: tool.to_owned(), input: input.finish() }
}

/// The words before a call, without the tags of thoughts.
fn words_of(text: String) -> Option<Piece> {
    let mut words = text;
    for tag in ["<think>", "</think>", "<thinking>", "</thinking>"] {
        if words.contains(tag) {
            words = words.replace(tag, "");
        }
    }
    let words = words.trim();
    (!words.is_empty()).then(|| Piece::Words(words.to_owned()))
}

/// What answers stand between: the tags of reasoners, of CRMArena's agents and of CodeAct's.
const ANSWERS: &[(&str, &str)] =
    &[("<answer>", "</answer>"), ("<respond>", "</respond>"), ("<solution>", "</solution>")];

/// The answer in a reply that is nothing else; a sampler may have cut its end.
pub(super) fn answer_in(text: &str) -> Option<&str> {
    let text = text.trim();
    let (open, close) = ANSWERS.iter().find(|(open, _)| text.starts_with(open))?;
    let inside = &text[open.len()..];
    let inside = inside.strip_suffix(close).unwrap_or(inside);
    (!inside.contains(open) && !inside.contains(close)).then(|| inside.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLLOUT: Told<'static> = Told { in_rollout: true, prompts: ["Use <visit>page</visit>.", ""] };

    fn shown(text: &str, told: &Told<'_>) -> Option<Vec<String>> {
        let show = |piece| match piece {
            Piece::Words(text) => format!("words {text}"),
            Piece::Call(call) => format!("call {} {}", call.name, call.input.unwrap_or_default()),
            Piece::Result(text) => format!("result {text}"),
        };
        Some(pieces(text, told)?.into_iter().map(show).collect())
    }

    #[test]
    fn calls_and_results_are_told_apart_in_every_spelling() {
        for (text, wanted) in [
            (
                "<think>Who?</think>\n<search> maker of it </search>\n\n<information>Doc 1 a\n</information>\n<think>So.</think><answer>a</answer>",
                vec![
                    "words Who?",
                    r#"call search {"query": "maker of it"}"#,
                    "result Doc 1 a",
                    "words <think>So.</think><answer>a</answer>",
                ],
            ),
            (
                "Sum.\n<code>\n```python\nprint(1)\n```\n</code>\n<interpreter>\n1\n</interpreter>",
                vec!["words Sum.", r#"call python {"code": "print(1)"}"#, "result 1"],
            ),
            (
                "```python\nprint(2)\n```\n```output\n2\n```\nTwo.",
                vec![r#"call python {"code": "print(2)"}"#, "result 2", "words Two."],
            ),
            (
                "a <|begin_search_query|>q<|end_search_query|>",
                vec!["words a", r#"call search {"query": "q"}"#],
            ),
            (
                "<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call><tool_call>{\"name\": \"g\", \"arguments\": {}}</tool_call>\n<tool_response>1</tool_response>\n<tool_response>2</tool_response>",
                vec!["call f {}", "call g {}", "result 1", "result 2"],
            ),
            ("<visit>a.org</visit><result>cut", vec![r#"call visit {"input": "a.org"}"#, "result cut"]),
        ] {
            assert_eq!(shown(text, &ROLLOUT).unwrap(), wanted, "{text}");
        }
    }

    #[test]
    fn results_without_a_call_are_words() {
        for text in [
            "Write <search> first.",
            "<think>a</think><information>made up</information>",
            "Run <code>ls</code>",
            "```python\nprint(1)\n```",
            "```output\n1\n```",
            "<result>1</result>",
            "<example><input>1</input>\n<output>2</output></example>",
            "a < b",
        ] {
            assert_eq!(shown(text, &ROLLOUT), None, "{text}");
        }
    }

    #[test]
    fn outside_of_rollouts_a_prompt_says_what_is_a_call() {
        let text = "<search>a</search><information>b</information>";
        let code = "```python\n1\n```\n```output\n1\n```";
        let told = |prompt| Told { in_rollout: false, prompts: [prompt, ""] };
        assert_eq!(shown(text, &told("Search the web.")), None);
        assert!(shown(text, &told("Write <search> to search.")).is_some());
        assert_eq!(shown(code, &told("Write ```python")), None);
        let native =
            "<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call><tool_response>1</tool_response>";
        assert!(shown(native, &told("")).is_some());
    }

    #[test]
    fn only_whole_results_are_unwrapped() {
        assert_eq!(result_in("<result>7</result>\n"), Some("7"));
        assert_eq!(result_in("<output>7</output>\nexit code 1"), None);
        assert_eq!(result_in("<result>7</result><result>8</result>"), None);
    }

    #[test]
    fn answers_are_taken_out_of_their_tags() {
        assert_eq!(answer_in("\n<answer> a b </answer>"), Some("a b"));
        assert_eq!(answer_in("<answer>a"), Some("a"));
        assert_eq!(answer_in("So <answer>a</answer>"), None);
        assert_eq!(answer_in("<answer>a</answer> or <answer>b</answer>"), None);
    }
}
