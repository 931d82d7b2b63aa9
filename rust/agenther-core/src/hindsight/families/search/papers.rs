//! Papers that a tool for arXiv, PubMed or another index found, in blocks of labelled lines as LangChain's tools print
//! them: `Published: 2024-01-09`, `Title: …`, `Authors: …`, `Summary: …`.

use super::prose::content_stems;
use super::{Candidate, Proposals, pages, span_of, support};
use crate::hindsight::families::english::enumerate;
use crate::hindsight::{Origin, Slot, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::Status;
use crate::text::bytes::has_letters;
use crate::trajectory::Field;

/// Indexes of papers, as tools and people name them.
const INDEXES: &[(&str, &str)] = &[("arxiv", "arXiv"), ("pubmed", "PubMed"), ("scholar", "Google Scholar")];

/// A run that searches on and on is not asked about every search.
const MAX_ASKED: usize = 3;

/// More papers are a bibliography.
const MAX_PAPERS: usize = 10;

#[derive(Debug, Default, Clone, PartialEq)]
struct Paper<'a> {
    title: &'a str,
    authors: Option<&'a str>,
    published: Option<&'a str>,
}

/// Proposes searches for papers.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let found = reading.steps.iter().enumerate().filter_map(|(index, step)| searched(index as u32, step));
    found.take(MAX_ASKED).for_each(|candidate| out.push_rendered(candidate));
}

fn searched(index: u32, step: &StepReading<'_>) -> Option<Candidate> {
    let (name, observation) = (step.step.action_name?, step.step.observation?);
    let is_index = |(word, _): &&(&str, &str)| has_letters(name, word);
    let (_, place) = INDEXES.iter().find(is_index).filter(|_| step.status == Status::Ok)?;
    let query = pages::query(step, step.step.action_input?.trim())?;
    let topic = query.trim_matches(['"', ' ']);
    let papers = papers(observation);
    let is_topic = !topic.contains(['"', '?', ':', '(']) && topic.contains(' ');
    if !is_topic || papers.is_empty() || papers.len() > MAX_PAPERS || !is_found(topic, observation) {
        return None;
    }
    let has_authors = papers.iter().all(|paper| paper.authors.is_some());
    let has_dates = papers.iter().all(|paper| paper.published.is_some());
    let many = papers.len() > 1;
    let asked = [
        Some(if many { "titles" } else { "title" }),
        has_authors.then_some("authors"),
        has_dates.then_some(if many { "dates" } else { "date" }),
    ];
    let asked: Vec<String> = asked.into_iter().flatten().map(str::to_string).collect();
    let (papers_of, their) = if many { ("papers", "their") } else { ("a paper", "its") };
    let said = |paper: &Paper<'_>| {
        let beside: Vec<&str> =
            [paper.authors.filter(|_| has_authors), paper.published.filter(|_| has_dates)]
                .into_iter()
                .flatten()
                .collect();
        if beside.is_empty() {
            paper.title.to_string()
        } else {
            format!("{} ({})", paper.title, beside.join("; "))
        }
    };
    let lines: Vec<String> = papers.iter().map(|paper| format!("- {}", said(paper))).collect();
    Some(Candidate {
        goal: format!(
            "Find {papers_of} about \"{topic}\" on {place} and tell me {their} {}.",
            enumerate(&asked, "and")
        ),
        answer: if many { lines.join("\n") } else { said(papers.first()?) },
        wording: Wording::Phrase,
        steps: vec![index],
        slots: vec![Slot {
            name: "query".into(),
            value: topic.to_string(),
            origin: Origin::Invented,
            step: index,
        }],
        evidence: papers
            .iter()
            .map(|paper| support(paper.title, index, Field::Observation, span_of(observation, paper.title)))
            .collect(),
        prior: 0.8,
        trivial: false,
    })
}

/// Whether most words of a query stand in what was found: an index gives something for any words.
fn is_found(topic: &str, observation: &str) -> bool {
    let said = content_stems(observation);
    let asked = content_stems(topic);
    let found = asked.iter().filter(|stem| said.contains(stem)).count();
    3 * found >= 2 * asked.len()
}

/// The papers of a text, each with its title.
fn papers(text: &str) -> Vec<Paper<'_>> {
    let mut papers: Vec<Paper<'_>> = Vec::new();
    let mut paper = Paper::default();
    for line in text.lines() {
        let Some((label, value)) = line.split_once(':') else { continue };
        let value = Some(value.trim()).filter(|value| !value.is_empty());
        match label.trim() {
            "Published" => {
                let earlier = std::mem::take(&mut paper);
                papers.extend(Some(earlier).filter(|paper| !paper.title.is_empty()));
                paper.published = value;
            }
            "Title" if !paper.title.is_empty() => {
                papers.push(std::mem::take(&mut paper));
                paper.title = value.unwrap_or("");
            }
            "Title" => paper.title = value.unwrap_or(""),
            "Authors" | "Author" => paper.authors = value,
            _ => {}
        }
    }
    papers.extend(Some(paper).filter(|paper| !paper.title.is_empty()));
    papers
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    const FOUND: &str = "Published: 2024-01-09\nTitle: Grounding of language models\nAuthors: Ann Lee, Bo Kim\nSummary: Models are\ngrounded in pictures.\n\nPublished: 2023-05-02\nTitle: Pictures in models\nAuthors: Cy Dean\nSummary: Language models see: a survey.";

    #[test]
    fn papers_that_were_found_are_asked_for() {
        let found = |tool: &str, query: &str, text: &str| {
            let goals = proposals(super::super::propose, "", &[(tool, query, text)]);
            goals
                .into_iter()
                .find(|(goal, ..)| goal.starts_with("Find "))
                .map(|(goal, answer, _)| (goal, answer))
        };
        let (goal, answer) = found("arxiv", "\"grounding language models\"", FOUND).expect("a goal");
        assert_eq!(
            goal,
            "Find papers about \"grounding language models\" on arXiv and tell me their titles, authors and dates."
        );
        assert!(
            answer.starts_with("- Grounding of language models (Ann Lee, Bo Kim; 2024-01-09)\n- Pictures")
        );
        let one = "Published: 2024-01-09\nTitle: Grounding of language models\nSummary: Models.";
        let (goal, _) = found("PubMed", r#"{"query": "grounding of models"}"#, one).expect("a goal");
        assert_eq!(
            goal,
            "Find a paper about \"grounding of models\" on PubMed and tell me its title and date."
        );
        assert_eq!(found("arxiv", "birds of Norway", FOUND), None);
        assert_eq!(found("notes", "grounding language models", FOUND), None);
        assert_eq!(found("arxiv", "grounding language models", "No good Arxiv Result was found"), None);
    }
}
