//! Runs written by hand, for the tests of the families.

use super::{Family, Proposals};
use crate::reading::Reading;
use crate::trajectory::{Step, Trajectory};

/// What a family proposes for a run of `(tool, input, observation)`: goals, answers and steps.
pub fn proposals(
    family: Family,
    prompt: &str,
    calls: &[(&str, &str, &str)],
) -> Vec<(String, String, Vec<u32>)> {
    let steps = calls
        .iter()
        .map(|(tool, input, observation)| Step {
            action_name: Some(tool),
            action_input: Some(input),
            observation: Some(observation),
            ..Step::default()
        })
        .collect();
    let run = Trajectory { original_prompt: Some(prompt), steps, ..Trajectory::default() };
    let mut out = Proposals::new(0, Some("test"));
    family(&Reading::new(&run), &mut out);
    for candidate in &out.candidates {
        for support in &candidate.evidence {
            let step = &run.steps[support.step.expect("families cite steps") as usize];
            let texts = [step.action_input, step.observation];
            assert!(
                texts
                    .iter()
                    .flatten()
                    .any(|text| text.get(range(support.span)) == Some(support.text.as_str()))
            );
        }
    }
    out.candidates.into_iter().map(|candidate| (candidate.goal, candidate.answer, candidate.steps)).collect()
}

fn range(span: crate::trajectory::Span) -> std::ops::Range<usize> {
    span.start as usize..span.end as usize
}
