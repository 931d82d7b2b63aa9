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

mod hostile {
    use super::super::{analysis, arithmetic, browser, code, household, search, shell, shop, sql};
    use super::{Family, proposals};

    const FAMILIES: &[Family] = &[
        analysis::propose,
        arithmetic::propose,
        browser::propose,
        code::propose,
        household::propose,
        search::propose,
        shell::propose,
        shop::propose,
        sql::propose,
    ];

    proptest::proptest! {
        #[test]
        fn no_log_makes_a_family_panic(
            tool in "(sql|bash|search|act)",
            input in "((select|from|where|find|-size|-mtime|\\+|-name|\\*|é|grep|wc|-l|count\\(\\*\\)|a|t|group by|order by|limit 1|=|'x'|The|Ann|Lee|\\(|\\)|\\||,|1) ?){0,14}",
            text in "((You|put|pick up|the|mug 1|in|On|, you see|is|was|a|\\(born|May|1990\\)|–|é|The|Ann Lee|\\.|\n|\\[\\(|'a'|,|3|\\)\\]|\"|from|/srv|Page: ) ?){0,24}",
        ) {
            for family in FAMILIES {
                proposals(*family, "you see a mug 1.", &[(&tool, &input, &text), (&tool, &text, &input), (&tool, &input, &text)]);
            }
        }
    }
}
