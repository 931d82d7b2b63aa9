//! What a command printed, without what the harness writes around it.

use std::borrow::Cow;

use super::{file_tool, search_tool};
use crate::reading::StepReading;
use crate::text::cut;
use crate::text::document::{Document, Kind};

/// Lines that harnesses write after an output.
const FOOTERS: &[&str] = &[
    "[The command completed with exit code",
    "[Command finished with exit code",
    "[Current working directory:",
    "[Python interpreter:",
    "[Jupyter current working directory:",
    "[Jupyter Python interpreter:",
    "(Open file:",
    "(Current directory:",
    "bash-$",
];

/// Marks of outputs whose middle was left out.
const CUTS: &[&str] = &[
    "<output_head>",
    "[... Observation truncated",
    "characters truncated",
    "<response clipped>",
    "lines (ctrl+",
];

/// How far into an observation an output begins.
const MAX_HEADER: usize = 300;

/// What the command of a step printed, also where a tool stands for it.
pub fn output_of<'a>(step: &StepReading<'a>) -> Option<Cow<'a, str>> {
    let observation = step.step.observation?;
    let by_tool = file_tool::command(step).and_then(|_| file_tool::printed(observation));
    by_tool.map_or_else(|| printed(observation), |text| Some(Cow::Owned(text)))
}

/// What a command printed; `None` where a part of it was left out.
pub fn printed(observation: &str) -> Option<Cow<'_, str>> {
    if CUTS.iter().any(|mark| observation.contains(mark)) {
        return None;
    }
    if let Some(text) = in_document(observation) {
        return text.map(Cow::Owned);
    }
    if let Some(text) = of_gemini(observation) {
        return Some(Cow::Borrowed(text));
    }
    if let Some(text) = on_terminal(observation) {
        return Some(Cow::Owned(text));
    }
    let text = tagged(observation)
        .or_else(|| headed(observation))
        .or_else(|| after_prompt(observation))
        .unwrap_or(observation);
    Some(Cow::Borrowed(without_footers(search_tool::found(text))))
}

/// `{"exit_code": 0, "output": "…"}`, `{"stdout": "…", "stderr": "", "returncode": 0}`; nothing in it where the command was
/// stopped.
fn in_document(observation: &str) -> Option<Option<String>> {
    const ENVELOPE: &[&str] = &[
        "output",
        "stdout",
        "stderr",
        "exit_code",
        "exitCode",
        "returncode",
        "return_code",
        "exit_status",
        "metadata",
        "duration",
        "duration_ms",
        "duration_seconds",
        "success",
        "cwd",
        "interrupted",
        "isImage",
        "timed_out",
        "command",
    ];
    let text = observation.trim();
    if !text.starts_with('{') || !["\"output\"", "\"stdout\""].iter().any(|key| text.contains(key)) {
        return None;
    }
    let document = Document::parse(text)?;
    let root = document.root();
    let is_cut = ["interrupted", "timed_out", "isImage"]
        .iter()
        .any(|flag| root.get(flag).is_some_and(|value| value.raw().eq_ignore_ascii_case("true")));
    if is_cut {
        return Some(None);
    }
    let is_envelope = root.children().all(|child| child.key().is_some_and(|key| ENVELOPE.contains(&key)));
    let said = |key: &str| {
        Some(root.get(key)?).filter(|value| value.kind() == Kind::String).map(|value| value.text())
    };
    let filled = |key: &str| said(key).filter(|text| !text.is_empty());
    let output =
        filled("output").or_else(|| said("stdout")).or_else(|| said("output")).filter(|_| is_envelope)?;
    let errors = said("stderr").unwrap_or_default();
    Some(Some(if errors.trim().is_empty() { output.into_owned() } else { format!("{output}\n{errors}") }))
}

/// What stands under `Output:` between the command and the exit code, as Gemini CLI gives it: `Command: ls`, `Directory: .`.
fn of_gemini(observation: &str) -> Option<&str> {
    let text = observation.trim_start();
    text.starts_with("Command: ").then_some(())?;
    let (_, rest) = text.split_once("\nOutput: ").or_else(|| text.split_once("\nStdout: "))?;
    let end =
        ["\nError: ", "\nStderr: ", "\nExit Code: "].iter().filter_map(|mark| rest.rfind(mark)).min()?;
    Some(rest[..end].strip_prefix("(empty)").unwrap_or(&rest[..end]))
}

/// What AgentBench's terminal shows after `The output of the OS:`, without the title and the prompt that follow it and
/// without the marks that move and colour.
fn on_terminal(observation: &str) -> Option<String> {
    const HEADS: &[&str] = &["The output of the OS:", "The output of the OS is empty."];
    const TITLE: &str = "\u{1b}]0;";
    let headed = HEADS.iter().find_map(|head| observation.strip_prefix(head));
    if headed.is_none() && !observation.contains('\u{1b}') {
        return None;
    }
    let text = headed.map_or(observation, |text| text.trim_start_matches('\n'));
    let text = &text[..text.rfind(TITLE).unwrap_or(text.len())];
    let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        shown.push_str(before);
        rest = &after[end_of_mark(after)..];
    }
    shown.push_str(rest);
    Some(shown.replace("\r\n", "\n"))
}

/// Where a mark of a terminal ends, of which the text begins behind the escape: `[31m`, `]0;title` and a bell.
fn end_of_mark(text: &str) -> usize {
    // One that does not end at once is none.
    let text = &text[..cut::floor(text, MAX_HEADER)];
    let end = match text.as_bytes().first() {
        Some(b'[') => text[1..].find(|c: char| ('@'..='~').contains(&c)).map(|at| at + 2),
        Some(b']') => text.find('\u{7}').map(|at| at + 1),
        _ => None,
    };
    end.unwrap_or(0)
}

/// What a terminal shows after the prompt and the command: `root@web-03:~# df -h`.
fn after_prompt(text: &str) -> Option<&str> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (prompt, command) = first.split_once("# ").or_else(|| first.split_once("$ "))?;
    let is_prompt = !prompt.is_empty()
        && prompt.contains(['@', ':', '~', '-'])
        && prompt.chars().all(|c| c.is_ascii_alphanumeric() || "@:~/._-[]()".contains(c));
    // What a command reads from the terminal is shown there too.
    (is_prompt && !command.is_empty() && !command.contains("<<")).then_some(rest)
}

/// Whether the harness says that the command ended with an error.
pub fn ended_with_error(observation: &str) -> bool {
    let code = |after: &str| {
        let digits = after.trim_start().trim_start_matches('-');
        digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.starts_with('0')
    };
    let stated = observation.strip_prefix("<returncode>").or_else(|| observation.strip_prefix("Exit code:"));
    let of_gemini = || {
        let ended = observation.strip_prefix("Command: ").and_then(|text| text.rsplit_once("\nExit Code: "));
        ended.is_some_and(|(_, after)| code(after))
    };
    stated.is_some_and(code)
        || of_gemini()
        || FOOTERS[..2]
            .iter()
            .any(|footer| observation.rfind(footer).is_some_and(|at| code(&observation[at + footer.len()..])))
}

/// `<returncode>0</returncode>\n<output>\n…</output>`
fn tagged(text: &str) -> Option<&str> {
    const OPEN: &str = "<output>";
    let is_tagged = text.trim_start().starts_with('<');
    let start = is_tagged.then(|| text.find(OPEN)).flatten().filter(|at| *at < MAX_HEADER)?;
    let body = &text[start + OPEN.len()..];
    let body = &body[..body.rfind("</output>")?];
    Some(body.strip_prefix('\n').unwrap_or(body))
}

/// `Exit code: 0\nWall time: 0.1 seconds\nOutput:\n…`
fn headed(text: &str) -> Option<&str> {
    const OUTPUT: &str = "\nOutput:\n";
    const HEADS: &[&str] = &["Exit code:", "Chunk ID:", "Command executed."];
    let is_headed = HEADS.iter().any(|head| text.starts_with(head));
    let at = is_headed.then(|| text.find(OUTPUT)).flatten().filter(|at| *at < MAX_HEADER);
    at.map(|at| &text[at + OUTPUT.len()..])
        .or_else(|| Some(text.strip_prefix("OBSERVATION:")?.trim_start_matches(['\r', '\n'])))
}

fn without_footers(text: &str) -> &str {
    let mut kept = text;
    loop {
        let end = kept.trim_end();
        let line = end.rfind('\n').map_or(0, |at| at + 1);
        if !FOOTERS.iter().any(|footer| end[line..].starts_with(footer)) {
            return kept;
        }
        kept = &kept[..line];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stopped_command_printed_is_a_part() {
        assert_eq!(printed(r#"{"stdout": "a", "stderr": "", "interrupted": true}"#), None);
        assert_eq!(printed(r#"{"stdout": "a", "stderr": "", "interrupted": false}"#).as_deref(), Some("a"));
        assert_eq!(printed(r#"{"output": "", "stdout": "a", "exit_code": 0}"#).as_deref(), Some("a"));
    }

    #[test]
    fn what_harnesses_add_is_no_output() {
        for (observation, output, failed) in [
            ("<returncode>0</returncode>\n<output>\na\nb\n</output>", "a\nb\n", false),
            ("<returncode>1</returncode>\n<output>\n</output>", "", true),
            (
                "a\n\n[The command completed with exit code 0.]\n[Current working directory: /w]",
                "a\n\n",
                false,
            ),
            ("a\n[Command finished with exit code 2]", "a\n", true),
            ("a\n(Open file: n/a)\n(Current directory: /w)\nbash-$", "a\n", false),
            ("{\"exit_code\": 0, \"output\": \"86M\\t/var/log\\n\"}", "86M\t/var/log\n", false),
            ("{\"stdout\": \"a\", \"stderr\": \"b\", \"returncode\": 0}", "a\nb", false),
            ("{\"output\": \"a\", \"price\": 3}", "{\"output\": \"a\", \"price\": 3}", false),
            ("root@web-03:~# wc -l a\n7 a\n", "7 a\n", false),
            ("web-03:~$ cat > a <<'EOF'\nx\nEOF\n", "web-03:~$ cat > a <<'EOF'\nx\nEOF\n", false),
            ("price# of\n", "price# of\n", false),
            ("The output of the OS:\n\n12\r\n\u{1b}]0;root@box: /\u{7}root@box:/# \u{1b}[K", "12\n", false),
            ("The output of the OS is empty.", "", false),
            (
                "Command: ls\nDirectory: (root)\nOutput: a\nb\nError: (none)\nExit Code: 0\nSignal: 0",
                "a\nb",
                false,
            ),
            ("Command: ls\nDirectory: .\nOutput: (empty)\nError: no\nExit Code: 2\nSignal: 0", "", true),
            ("\u{1b}[01;34msrv\u{1b}[0m\n", "srv\n", false),
            ("a\u{1b}", "a", false),
            ("Exit code: 0\nWall time: 0.1 seconds\nOutput:\na\n", "a\n", false),
            ("<html>\n<output>\n", "<html>\n<output>\n", false),
            ("", "", false),
        ] {
            assert_eq!(printed(observation).as_deref(), Some(output), "{observation}");
            assert_eq!(ended_with_error(observation), failed, "{observation}");
        }
        assert_eq!(printed("<returncode>0</returncode>\n<output_head>\na\n</output_head>"), None);
    }
}
