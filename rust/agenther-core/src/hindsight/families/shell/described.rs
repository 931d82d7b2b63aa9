//! What an agent says of its own command, where the tool asks for that (`description` of Claude Code's `Bash`): the
//! request that the output answers, for commands that are programs of their own.

use super::MAX_LINES;
use super::answer::complains;
use crate::hindsight::families::code::is_path;
use crate::reading::StepReading;
use crate::text::document::{Kind, Value};

/// How descriptions of commands that only look begin.
const ASKS: &[&str] = &[
    "calculate",
    "compare",
    "compute",
    "count",
    "display",
    "extract",
    "identify",
    "list",
    "measure",
    "print",
    "show",
    "sum",
    "summarize",
];

/// Words that speak of what was done or said before, which a request cannot.
const OF_BEFORE: &[&str] = &[
    "actual",
    "again",
    "also",
    "change",
    "changed",
    "changes",
    "edit",
    "edited",
    "final",
    "fix",
    "fixed",
    "issue",
    "it",
    "its",
    "more",
    "new",
    "next",
    "now",
    "old",
    "other",
    "output",
    "previous",
    "problem",
    "relevant",
    "remaining",
    "rest",
    "result",
    "results",
    "same",
    "that",
    "their",
    "them",
    "these",
    "they",
    "this",
    "those",
    "updated",
];

/// Words of a description: fewer say too little, more tell a story.
const WORDS: std::ops::RangeInclusive<usize> = 3..=12;

/// Longer outputs are no answer.
const MAX_ANSWER: usize = 1200;

/// The request in the description of a call: `Count 5xx per hour in access.log.`
pub fn request(step: &StepReading<'_>, line: &str) -> Option<String> {
    let description = step.arguments()?.root().get("description");
    let text = description.filter(|value| value.kind() == Kind::String).map(Value::text)?;
    let text = text.trim().trim_end_matches('.');
    let words: Vec<&str> = text.split_whitespace().collect();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_ask = ASKS.contains(&bare(words.first()?).as_str());
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || " -_./'`:#@".contains(c));
    let speaks_of_before = words.iter().any(|word| OF_BEFORE.contains(&bare(word).as_str()));
    if !is_ask || !is_plain || speaks_of_before || !WORDS.contains(&words.len()) {
        return None;
    }
    // What is counted or shown is in the file that the command names; without it nobody else knows where.
    let mut files = line.split_whitespace().filter(|word| is_path(word));
    let file = files.next().filter(|_| files.next().is_none() && !line.contains(" -v"))?;
    Some(if text.contains(file) { format!("{text}.") } else { format!("{text} in {file}.") })
}

/// The output as it is.
pub fn answer(observation: &str) -> Option<String> {
    let text = observation.trim_matches('\n').trim_end();
    let lines = text.lines().count();
    let fits = (1..=MAX_LINES).contains(&lines) && text.len() <= MAX_ANSWER;
    (fits && !text.lines().any(complains)).then(|| text.to_string())
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    fn goals(description: &str, command: &str, output: &str) -> Vec<(String, String, Vec<u32>)> {
        let call = format!(r#"{{"command": "{command}", "description": "{description}"}}"#);
        proposals(super::super::propose, "", &[("Bash", &call, output)])
    }

    #[test]
    fn what_the_agent_says_of_a_program_is_the_request() {
        let program = "awk '$9 ~ /^5/ {split($4,a,\\\":\\\"); h[a[2]]++} END {for (i in h) print i, h[i]}' access.log | sort";
        let found = goals("Count 5xx responses per hour", program, "00 11\n15 3927\n");
        let expected = (
            "Count 5xx responses per hour in access.log.".to_string(),
            "00 11\n15 3927".to_string(),
            vec![0],
        );
        assert_eq!(found, [expected]);
        for description in
            ["Look at the files", "Count the remaining ones", "Count them all now", "Run the tests again"]
        {
            assert_eq!(goals(description, program, "00 11\n15 3927\n"), [], "{description}");
        }
        assert_eq!(goals("Count 5xx responses per hour", program, "awk: cannot open access.log\n"), []);
    }
}
