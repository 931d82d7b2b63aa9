//! Paths that are not there: a command that fails for want of its path answers the question whether it exists.

use super::{Candidate, Proposals, evidence, line};
use crate::hindsight::Wording;
use crate::reading::{Reading, StepReading};

const NOT_THERE: &str = ": No such file or directory";

/// More paths are not counted.
const MAX_PATHS: usize = 16;

/// A command that missed a path, and the question that it asked of it.
struct Miss {
    step: u32,
    question: Option<String>,
}

/// Proposes the question for the path that the most commands missed.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let mut missed: Vec<(String, Vec<Miss>)> = Vec::new();
    for (index, read) in reading.steps.iter().enumerate() {
        let Some(line) = line(read) else { continue };
        let Some(path) = read.step.observation.and_then(|text| path(read, text)) else {
            // Whatever else was done may have made the path.
            if super::changes_state(&line) {
                break;
            }
            continue;
        };
        let phrase = super::command::pipeline(&line).as_deref().and_then(super::phrase::phrase);
        let question = phrase.filter(|phrase| !phrase.trivial).and_then(|phrase| Some(phrase.absence()?.0));
        let is_plain = question.is_some() || line.split_whitespace().count() == 2;
        let miss = Miss { step: index as u32, question };
        match missed.iter().position(|(known, _)| *known == path) {
            _ if !is_plain => {}
            Some(at) => missed[at].1.push(miss),
            None if missed.len() < MAX_PATHS => missed.push((path, vec![miss])),
            None => {}
        }
    }
    // The last of equals: where several paths were tried, the later ones are nearer to the root.
    let Some((path, misses)) = missed.into_iter().max_by_key(|(_, misses)| misses.len().min(2)) else {
        return;
    };
    if let Some(candidate) = instead(reading, &path, &misses) {
        out.push_derived(candidate);
    }
    let asked = misses.iter().find(|miss| miss.question.is_some());
    let plain = misses.iter().find(|miss| miss.question.is_none());
    let mut steps: Vec<u32> = asked.iter().chain(&plain).map(|miss| miss.step).collect();
    steps.sort_unstable();
    let (goal, answer) = match asked.and_then(|miss| miss.question.clone()) {
        Some(question) => (question, format!("No, {path} does not exist.")),
        None => (format!("Does {path} exist on this machine?"), format!("No, {path} does not exist.")),
    };
    out.push_derived(Candidate {
        goal,
        answer,
        wording: Wording::Phrase,
        evidence: steps.iter().flat_map(|&step| evidence(reading, step)).collect(),
        steps,
        slots: Vec::new(),
        prior: 0.72,
        trivial: false,
    });
}

/// The question together with what there is instead: a directory above the path was listed next.
fn instead(reading: &Reading<'_>, path: &str, misses: &[Miss]) -> Option<Candidate> {
    let miss = misses.iter().find(|miss| miss.question.is_none())?;
    let above = |directory: &str| path.strip_prefix(directory.trim_end_matches('/'))?.strip_prefix('/');
    let (step, directory, listing) = (miss.step as usize + 1..reading.steps.len())
        .map_while(|at| Some((at, line(&reading.steps[at])?)))
        .take_while(|(_, line)| !super::changes_state(line))
        .find_map(|(at, line)| {
            let directory =
                line.strip_prefix("ls ").filter(|directory| !directory.contains([' ', '*']))?.to_string();
            let listing =
                reading.steps[at].step.observation.filter(|_| !reading.steps[at].status.is_error())?;
            above(&directory).is_some().then_some((at, directory, listing))
        })?;
    let missing = above(&directory)?.split('/').next()?;
    let entries: Vec<&str> = listing.lines().map(str::trim).filter(|entry| !entry.is_empty()).collect();
    let is_list = (1..=super::MAX_LINES).contains(&entries.len())
        && entries.iter().all(|entry| !entry.contains([' ', '/', ':']) && *entry != missing);
    let place = if directory == "/" { "the root directory" } else { directory.as_str() };
    let steps = vec![miss.step, step as u32];
    is_list.then(|| Candidate {
        goal: format!("Does {path} exist on this machine? If not, show me what is in {place}."),
        answer: format!("No, {path} does not exist. In {place} there are:\n- {}", entries.join("\n- ")),
        wording: Wording::Phrase,
        evidence: steps.iter().flat_map(|&step| evidence(reading, step)).collect(),
        steps,
        slots: Vec::new(),
        prior: 0.78,
        trivial: false,
    })
}

/// The absolute path that a command was given and did not find, if that is all that it says.
pub fn path(read: &StepReading<'_>, observation: &str) -> Option<String> {
    let line = line(read)?;
    let [stage] = super::command::pipeline(&line)?.try_into().ok()?;
    let (program, words) = stage.split_first()?;
    let is_reader = matches!(
        program.as_str(),
        "ls" | "find" | "grep" | "cat" | "stat" | "du" | "head" | "tail" | "wc" | "tree"
    );
    let mut paths = words.iter().filter(|word| word.starts_with('/'));
    let path = paths.next().filter(|_| is_reader && paths.next().is_none())?;
    let said = observation.trim().strip_suffix(NOT_THERE)?;
    let said = said.trim_end_matches(['\'', '"', '’']);
    let is_named =
        said.ends_with(path.as_str()) && !said.contains('\n') && said.starts_with(program.as_str());
    is_named.then(|| path.trim_end_matches('/').to_string()).filter(|path| !path.is_empty())
}
