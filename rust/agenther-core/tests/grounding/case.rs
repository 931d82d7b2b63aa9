//! A goal, its answer and the steps that show it.

use agenther_core::hindsight::ground::Grounding;
use agenther_core::hindsight::verify;
use agenther_core::reading::Reading;
use agenther_core::text::document::{Document, Value};
use agenther_core::trajectory::{Step, Trajectory};

#[derive(Debug, Clone)]
pub struct Shown {
    pub tool: String,
    pub input: String,
    pub observation: String,
}

#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    pub goal: String,
    pub answer: String,
    pub steps: Vec<Shown>,
}

impl Case {
    pub fn new(name: &str, goal: &str, answer: &str, steps: &[(&str, &str, &str)]) -> Self {
        let shown = |&(tool, input, observation): &(&str, &str, &str)| Shown {
            tool: tool.to_owned(),
            input: input.to_owned(),
            observation: observation.to_owned(),
        };
        Case {
            name: name.to_owned(),
            goal: goal.to_owned(),
            answer: answer.to_owned(),
            steps: steps.iter().map(shown).collect(),
        }
    }

    pub fn read_steps(&self) -> Vec<Step<'_>> {
        self.steps
            .iter()
            .map(|step| Step {
                action_name: Some(&step.tool),
                action_input: Some(&step.input),
                observation: Some(&step.observation),
                ..Step::default()
            })
            .collect()
    }

    pub fn verify(&self) -> Grounding {
        let run = Trajectory { steps: self.read_steps(), ..Trajectory::default() };
        verify(&self.goal, Some(&self.answer), &Reading::new(&run), None)
    }

    pub fn is_grounded(&self) -> bool {
        self.verify().grounded
    }
}

/// The goals that two raters judged, where the shared folder is at hand. Their observations are cut to
/// 300 characters, so only those stand that verify as they are.
pub fn judged() -> Option<Vec<Case>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/judged/prototypes.jsonl");
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.lines().filter_map(|line| read(Document::parse(line)?.root())).collect())
}

fn read(record: Value<'_, '_>) -> Option<Case> {
    let text = |value: Value<'_, '_>, key: &str| value.get(key).map(|value| value.text().into_owned());
    let valid = |judge: &str| record.get(judge)?.get("q1").map(|q1| q1.raw() == "true");
    if valid("judge_a") != Some(true) || valid("judge_b") != Some(true) {
        return None;
    }
    let step = |step: Value<'_, '_>| {
        let input = step.get("input")?;
        Some(Shown {
            tool: text(step, "action")?,
            input: if input.is_leaf() { input.text().into_owned() } else { input.raw().to_owned() },
            observation: text(step, "observation")?,
        })
    };
    Some(Case {
        name: text(record, "run")?,
        goal: text(record, "goal")?,
        answer: text(record, "answer")?,
        steps: record.get("steps")?.children().filter_map(step).collect(),
    })
}
