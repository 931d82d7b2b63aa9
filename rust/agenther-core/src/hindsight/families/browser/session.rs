//! A run in a browser: what each step did, on which page, and which page it led to.

use super::action::Act;
use super::page::{Node, Page, Role};
use crate::reading::Reading;

/// One step.
#[derive(Debug)]
pub struct Seen<'r> {
    pub act: Option<Act<'r>>,
    /// The page that the agent acted on.
    pub before: Option<usize>,
    /// The page that it was shown in answer.
    pub after: Option<usize>,
    pub is_error: bool,
}

/// A run.
#[derive(Debug)]
pub struct Session<'r> {
    pub steps: Vec<Seen<'r>>,
    pub pages: Vec<Page<'r>>,
}

impl<'r> Session<'r> {
    /// Reads a run; `None` where it is not one of a browser.
    pub fn of(reading: &'r Reading<'_>) -> Option<Self> {
        let mut pages: Vec<Page<'r>> = Vec::new();
        let mut steps = Vec::with_capacity(reading.steps.len());
        for read in &reading.steps {
            let before = pages.len().checked_sub(1);
            let shown = read.step.observation.and_then(Page::parse);
            let after = shown.is_some().then_some(pages.len());
            pages.extend(shown);
            steps.push(Seen { act: Act::of(read), before, after, is_error: read.status.is_error() });
        }
        let acts = steps.iter().any(|seen| seen.act.is_some());
        (acts && !pages.is_empty()).then_some(Session { steps, pages })
    }

    /// The page before a step.
    pub fn before(&self, step: usize) -> Option<&Page<'r>> {
        self.steps[step].before.map(|at| &self.pages[at])
    }

    /// The page after a step.
    pub fn after(&self, step: usize) -> Option<&Page<'r>> {
        self.steps[step].after.map(|at| &self.pages[at])
    }

    /// The element of that id on the page before a step.
    pub fn target(&self, step: usize, id: &str) -> Option<(&Page<'r>, usize)> {
        let page = self.before(step)?;
        Some((page, page.find(id)?))
    }

    /// What an element is called: its own name, that of what it holds or stands for.
    pub fn name_of(page: &Page<'_>, at: usize) -> String {
        let node: &Node<'_> = &page.nodes[at];
        let said = if node.role.takes_text() { node.name.to_string() } else { page.words(at).into_owned() };
        if !said.is_empty() {
            return said;
        }
        // A field without a name follows its label.
        let is_label = |before: &usize| {
            let node = &page.nodes[*before];
            matches!(node.role, Role::Text | Role::Other) && !node.name.is_empty()
        };
        let label = at.checked_sub(1).filter(|before| node.role.takes_text() && is_label(before));
        label.map(|at| page.nodes[at].name.to_string()).unwrap_or_default()
    }
}
