//! ReAct text: `Thought 1: …`, `Action 1: search[…]`, `Observation 1: …`, in any of its spellings.

use crate::blank::{trim, trim_start};
use crate::formats::{filled, part_of, within};
use crate::json::{Value, read_inner};
use crate::python_calls::named_call;
use crate::run::{RunStep, Text};
use crate::terminal::is_terminal;

/// What a labelled section is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Question,
    Thought,
    Action,
    ActionInput,
    Observation,
    FinalAnswer,
}

/// The labels that begin with two letters, the longest first, because `Action` begins `Action Input`. Most lines
/// begin as none does, and none is worth a call to compare words.
fn labels_from(letters: &[u8]) -> &'static [(&'static str, Label)] {
    match letters {
        b"Fi" => &[("Final Answer", Label::FinalAnswer)],
        b"Ac" => &[("Action Input", Label::ActionInput), ("Action", Label::Action), ("Act", Label::Action)],
        b"AC" => &[("ACTION", Label::Action)],
        b"Ob" => &[("Observation", Label::Observation)],
        b"Qu" => &[("Question", Label::Question)],
        b"Th" => &[("Thought", Label::Thought), ("Think", Label::Thought)],
        b"TH" => &[("THOUGHT", Label::Thought)],
        _ => &[],
    }
}

/// The label that a line starts with, numbered or not, and what follows its colon.
pub(crate) fn label_of(line: &str) -> Option<(Label, &str)> {
    let line = without_stars(trim_start(line));
    labels_from(line.as_bytes().get(..2)?).iter().find_map(|(word, label)| {
        let content = without_number(line.strip_prefix(word)?).strip_prefix(':')?;
        Some((*label, content.strip_prefix("**").unwrap_or(content)))
    })
}

/// What follows the number of a label, which may stand between blanks and stars.
fn without_number(rest: &str) -> &str {
    let bytes = rest.as_bytes();
    let skip = |at: usize, is: fn(&u8) -> bool| at + bytes[at..].iter().take_while(|byte| is(byte)).count();
    let blank: fn(&u8) -> bool = |byte| matches!(byte, b' ' | b'*');
    &rest[skip(skip(skip(0, blank), u8::is_ascii_digit), blank)..]
}

/// A line without the `**` that it begins with, as `trim_start_matches` gives it, which prepares a search
/// at greater length than it searches.
fn without_stars(mut line: &str) -> &str {
    while let Some(rest) = line.strip_prefix("**") {
        line = rest;
    }
    line
}

/// Whether a text is written in ReAct: a line with an action, or a thought to begin with.
pub(crate) fn is_react(text: &str) -> bool {
    lines(text).any(|line| matches!(label_of(line), Some((Label::Action | Label::FinalAnswer, _))))
        || matches!(label_of(text), Some((Label::Thought, _)))
}

/// The lines of a text with their ends, as `split_inclusive` gives them at a third of the speed.
fn lines(text: &str) -> Lines<'_> {
    Lines { rest: text }
}

struct Lines<'s> {
    rest: &'s str,
}

impl<'s> Iterator for Lines<'s> {
    type Item = &'s str;

    #[inline]
    fn next(&mut self) -> Option<&'s str> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest.as_bytes()).map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(line)
    }
}

/// A text cut at its labels: what stands before the first one, then the sections.
pub(crate) struct Sections<'s> {
    pub preface: &'s str,
    pub sections: Vec<(Label, &'s str)>,
}

/// Cuts `text` at the lines that start with a label.
pub(crate) fn sections(text: &str) -> Sections<'_> {
    let mut cut = Sections { preface: "", sections: Vec::new() };
    // The label whose section the line stands in, and where that section begins.
    let (mut label, mut start, mut at) = (None, 0, 0);
    for line in lines(text) {
        if let Some((next, rest)) = label_of(line) {
            cut.end(label, &text[start..at]);
            (label, start) = (Some(next), at + line.len() - rest.len());
            // Agents that write `THOUGHT:` may go on with `ACTION:` on the same line.
            let is_loud = next == Label::Thought && without_stars(trim_start(line)).starts_with("TH");
            if let Some(thought) = is_loud.then(|| rest.find(" ACTION:")).flatten() {
                cut.end(label, &rest[..thought]);
                (label, start) = (Some(Label::Action), start + thought + " ACTION:".len());
            }
        }
        at += line.len();
    }
    cut.end(label, &text[start..]);
    cut
}

impl<'s> Sections<'s> {
    /// Takes a section that is at its end; the one without a label is the preface.
    fn end(&mut self, label: Option<Label>, section: &'s str) {
        match label {
            Some(label) => self.sections.push((label, trim(section))),
            None => self.preface = trim(section),
        }
    }
}

/// Name and argument of an action as agents write it: `search[a b]`, `Google Search[a b]`, `Click [2]`, `lookup("x")`,
/// `go to desk 1`, `finish`, `bash` with its code between fences below, or the code alone.
pub(crate) fn parse_action(text: &str) -> (&str, Option<&str>) {
    let text = trim(text);
    if let Some(code) = fenced(text) {
        let language = text[3..].lines().next().unwrap_or("").trim();
        return (if is_name(language) { language } else { "code" }, Some(code));
    }
    // A colon is rare, and looking for one needs no preparation.
    let has_colon = memchr::memchr(b':', text.as_bytes()).is_some();
    if let Some((name, input)) = has_colon.then(|| text.split_once(ACTION_INPUT)).flatten() {
        let name = name.trim_end().trim_end_matches([',', ';']).trim_end();
        let name = name.strip_suffix(" with").unwrap_or(name).trim_end();
        return (name, filled_part(input));
    }
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some((name, rest)) = text.split_once(open)
            && (is_name(name.trim_end()) || is_long_name(name) && text.ends_with(close))
        {
            let inside = rest.rfind(close).map_or(rest, |end| &rest[..end]);
            return (name.trim_end(), Some(inside));
        }
    }
    match text.split_once(char::is_whitespace) {
        Some((name, rest)) => {
            let rest = rest.trim_start();
            (name, Some(fenced(rest).unwrap_or(rest)))
        }
        None => (text, None),
    }
}

/// Where some agents go on with the argument on the line of the action.
const ACTION_INPUT: &str = "Action Input:";

fn filled_part(text: &str) -> Option<&str> {
    Some(trim(text)).filter(|text| !text.is_empty())
}

/// Whether a name is made of words: `Google Search`.
fn is_long_name(name: &str) -> bool {
    // Of long texts, which are asked for most, the first words tell.
    name.split(' ').take(5).enumerate().all(|(at, word)| at < 4 && is_name(word))
}

/// Name and arguments of an action that is JSON, between fences or not: `{name, arguments}`, or LangChain's `{action,
/// action_input}`.
pub(crate) fn json_action(text: &str) -> Option<(String, String)> {
    let body = text.trim();
    if !body.starts_with(['{', '`']) {
        return None;
    }
    let body = body.trim_start_matches("```json").trim_matches('`').trim();
    if !body.starts_with('{') {
        return None;
    }
    read_inner(body, |action| {
        let name = action.text_of(&["name", "action"])?.into_owned();
        let input = action.any_of(&["arguments", "kwargs", "action_input"])?.text_or_json()?.into_owned();
        Some((name, input))
    })
}

/// What the environment's messages begin with in tau-bench's ReAct.
pub(crate) const TAU_RESULT: &str = "API output: ";

/// The words of an action that only speaks: so do the agents of tau-bench that have no calls.
pub(crate) fn reply_of(name: &str, input: &str) -> Option<String> {
    let said = |input: Value<'_, '_>| Some(input.get("content")?.text()?.into_owned());
    if name == "respond" { read_inner(input, said) } else { None }
}

/// The code of a text that begins with a fence; one that is not closed goes to the end.
fn fenced(text: &str) -> Option<&str> {
    let (_language, code) = text.strip_prefix("```")?.split_once('\n')?;
    Some(code.split("\n```").next().unwrap_or(code).trim_end())
}

/// Whether an action is written `name[argument]` or `name(argument)`.
pub(crate) fn is_call(text: &str) -> bool {
    opens_call(text) && text.trim_end().ends_with([']', ')'])
}

/// Whether a text starts as one.
pub(crate) fn opens_call(text: &str) -> bool {
    text.trim().split_once(['[', '(']).is_some_and(|(name, _)| is_name(name.trim_end()))
}

fn is_name(text: &str) -> bool {
    let ascii = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    ascii && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// The observation without what the harness adds to announce the outcome, which would tell the
/// rules the label: nothing is left of `Episode finished, reward = False`, `Answer is CORRECT` and
/// `Your score (min 0.0, max 1.0): 0.5`.
pub(crate) fn without_leak(observation: &str) -> Option<&str> {
    without_lines_from(observation, |line| {
        let line = trim_start(line);
        match line.as_bytes().first() {
            Some(b'E') => line.starts_with("Episode finished, reward ="),
            Some(b'A') => line.starts_with("Answer is CORRECT") || line.starts_with("Answer is INCORRECT"),
            Some(b'Y') => line.starts_with("Your score (min "),
            _ => false,
        }
    })
}

/// What stands before the first line that is a leak; `None` if nothing does.
pub(crate) fn without_lines_from(observation: &str, is_leak: impl Fn(&str) -> bool) -> Option<&str> {
    let mut at = 0;
    for line in lines(observation) {
        if is_leak(line) {
            return Some(observation[..at].trim_end()).filter(|kept| !kept.is_empty());
        }
        at += line.len();
    }
    Some(observation)
}

/// Steps that there is room for at first: most runs need no more.
const USUAL_STEPS: usize = 8;

/// Builds steps from sections as they come.
#[derive(Debug, Default)]
pub(crate) struct StepBuilder<'a> {
    pub steps: Vec<RunStep<'a>>,
    current: RunStep<'a>,
    /// The line of the action, where it may be all name.
    action: Option<Text<'a>>,
    /// Where the environment answers in messages of its own, an observation that the agent wrote
    /// itself is made up: it is no observation but part of what the agent thought.
    agent_only: bool,
}

impl<'a> StepBuilder<'a> {
    /// For conversations, where only the other side observes.
    pub fn of_agent_only() -> Self {
        StepBuilder { agent_only: true, ..StepBuilder::default() }
    }

    /// Takes one section.
    pub fn section(&mut self, label: Label, text: Text<'a>) {
        match label {
            Label::Question => {}
            Label::Thought => {
                if self.current.thought.is_some() || self.current.action_name.is_some() {
                    self.flush();
                }
                self.current.thought = trimmed(&text);
            }
            Label::Action => {
                if self.current.action_name.is_some() {
                    self.flush();
                }
                if let Some((name, input)) = json_action(&text) {
                    return self.json_action(name, input);
                }
                if let Some((name, input)) = named_call(&text) {
                    return self.act(name.into(), Some(input.into()));
                }
                let (name, input) = parse_action(&text);
                self.act(within(&text, name), input.map(|input| within(&text, input)));
                self.action = trimmed(&text).filter(|action| is_long_name(action));
            }
            Label::ActionInput => self.action_input(&text),
            Label::FinalAnswer if self.hands_in() => self.current.action_input = trimmed(&text),
            Label::FinalAnswer => {
                if self.current.action_name.is_some() {
                    self.flush();
                }
                self.act("finish".into(), Some(text));
            }
            Label::Observation if self.agent_only => self.invented(&text),
            Label::Observation => self.observe(text),
        }
    }

    /// Takes the sections of a text.
    pub fn sections(&mut self, text: &Text<'a>, sections: &[(Label, &str)]) {
        sections.iter().for_each(|(label, section)| self.section(*label, within(text, section)));
    }

    /// Takes an action whose arguments stand apart.
    pub fn call(&mut self, name: Text<'a>, arguments: Text<'a>) {
        if self.current.action_name.is_some() {
            self.flush();
        }
        self.act(name, Some(arguments));
    }

    /// The argument on a line of its own: what stood in the line of the action is all name.
    fn action_input(&mut self, text: &Text<'a>) {
        if let Some(name) = self.action.take().filter(|_| self.current.action_name.is_some()) {
            self.current.action_name = Some(name);
        }
        self.current.action_input = trimmed(text);
    }

    fn json_action(&mut self, name: String, input: String) {
        if let Some(said) = reply_of(&name, &input) {
            self.current.thought = Some(said.into());
            return self.flush();
        }
        let name = if name == "Final Answer" { "finish".to_owned() } else { name };
        self.act(name.into(), Some(input.into()));
    }

    /// The log's error flag for the step being built.
    pub fn error(&mut self, error: Option<bool>) {
        self.current.error = error.or(self.current.error);
    }

    /// `think[…]` is an action to some harnesses and a thought to all readers.
    fn act(&mut self, name: Text<'a>, input: Option<Text<'a>>) {
        if name.eq_ignore_ascii_case("think") && self.current.thought.is_none() {
            self.current.thought = input;
        } else if !name.is_empty() {
            (self.current.action_name, self.current.action_input) = (Some(name), input);
        }
    }

    /// Whether the action only says that the answer follows (`Action: Answer`, `Final Answer: …`).
    fn hands_in(&self) -> bool {
        self.current.action_name.as_deref().is_some_and(is_terminal) && self.current.action_input.is_none()
    }

    fn invented(&mut self, text: &str) {
        let thought = self.current.thought.get_or_insert_default().to_mut();
        thought.push_str(if thought.is_empty() { "Observation: " } else { "\nObservation: " });
        thought.push_str(text);
    }

    /// Words of the user before the next step.
    pub fn user(&mut self, text: Text<'a>) {
        self.flush();
        self.current.user = Some(text);
    }

    /// A text without labels: a thought, or a reply.
    pub fn plain(&mut self, text: Text<'a>) {
        if self.current.thought.is_some() || self.current.action_name.is_some() {
            self.flush();
        }
        self.current.thought = trimmed(&text);
    }

    /// Whether the step being built waits for an observation.
    pub fn awaits_observation(&self) -> bool {
        self.current.action_name.is_some()
    }

    /// What the environment said to the step being built.
    pub fn observe(&mut self, text: Text<'a>) {
        self.current.observation = without_leak(&text).map(|kept| within(&text, kept));
        self.flush();
    }

    /// Ends the step being built.
    pub fn flush(&mut self) {
        self.action = None;
        let step = std::mem::take(&mut self.current);
        if step == RunStep::default() {
            return;
        }
        if self.steps.is_empty() {
            self.steps.reserve(USUAL_STEPS);
        }
        self.steps.push(step);
    }

    /// Whether nothing was said or done yet.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.current == RunStep::default()
    }

    /// All steps.
    pub fn finish(mut self) -> Vec<RunStep<'a>> {
        self.flush();
        self.steps
    }
}

fn trimmed<'a>(text: &Text<'a>) -> Option<Text<'a>> {
    filled(part_of(text, trim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_read_in_the_spellings_of_agents() {
        for (text, name, input) in [
            ("search[Porto, Braga]", "search", Some("Porto, Braga")),
            (" finish[a [nested] answer] ", "finish", Some("a [nested] answer")),
            ("Click [2]", "Click", Some("2")),
            ("Type [3]; harbour", "Type", Some("3")),
            ("lookup(\"tide\")", "lookup", Some("\"tide\"")),
            ("search[never closed", "search", Some("never closed")),
            ("go to desk 1", "go", Some("to desk 1")),
            ("Finish", "Finish", None),
            ("pick the [2] one", "pick", Some("the [2] one")),
            ("bash\n\n```bash\nls -l [a]\n# (b)\n```", "bash", Some("ls -l [a]\n# (b)")),
            ("Operation\n```sql\nSELECT COUNT(*) FROM t", "Operation", Some("SELECT COUNT(*) FROM t")),
            ("bash\n```ls```", "bash", Some("```ls```")),
            ("```python\nprint(1)\n```", "python", Some("print(1)")),
            ("Google Search[tide tables]", "Google Search", Some("tide tables")),
            ("tides with Action Input: {\"day\": 1}", "tides", Some("{\"day\": 1}")),
            ("", "", None),
        ] {
            assert_eq!(parse_action(text), (name, input), "{text:?}");
        }
    }

    #[test]
    fn actions_may_be_json() {
        for (text, name, input) in [
            (r#"{"name": "tide", "arguments": {"n": 1.50}}"#, "tide", r#"{"n": 1.50}"#),
            ("```json\n{\"action\": \"Final Answer\", \"action_input\": \"High.\"}\n```", "finish", "High."),
        ] {
            let mut builder = StepBuilder::default();
            builder.section(Label::Action, text.into());
            let steps = builder.finish();
            let found = (steps[0].action_name.as_deref(), steps[0].action_input.as_deref());
            assert_eq!(found, (Some(name), Some(input)), "{text:?}");
        }
        let mut builder = StepBuilder::default();
        builder.section(Label::Action, r#"{"name": "respond", "arguments": {"content": "Which?"}}"#.into());
        assert_eq!(builder.finish()[0].thought.as_deref(), Some("Which?"));
    }

    #[test]
    fn labels_are_read_with_numbers_bold_and_blanks() {
        let Sections { sections: one_line, .. } = sections("THOUGHT: The lamp. ACTION: go to desk 1");
        assert_eq!(one_line, [(Label::Thought, "The lamp."), (Label::Action, "go to desk 1")]);
        let text = "intro\n**Thought 1:** a\nb\n  **Action 2**: c[d]\nAction Input: e\nObservation:\nf: g\nFinal Answer: h";
        let Sections { preface, sections } = sections(text);
        assert_eq!(preface, "intro");
        let expected = [
            (Label::Thought, "a\nb"),
            (Label::Action, "c[d]"),
            (Label::ActionInput, "e"),
            (Label::Observation, "f: g"),
            (Label::FinalAnswer, "h"),
        ];
        assert_eq!(sections, expected);
        assert!(!is_react("Thoughtful people act.\nActions: none"));
        assert!(is_react("I will look.\nAction: look"));
    }

    #[test]
    fn nothing_of_the_outcome_is_left_in_an_observation() {
        for (text, kept) in [
            ("Episode finished, reward = False", None),
            ("42 found\nAnswer is INCORRECT\nmore", Some("42 found")),
            ("Your score (min 0.0, max 1.0): 0.5", None),
            ("The answer is correct in theory.", Some("The answer is correct in theory.")),
            ("", Some("")),
        ] {
            assert_eq!(without_leak(text), kept, "{text:?}");
        }
    }
}
