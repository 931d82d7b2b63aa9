//! The rules as a folder of Markdown: one page a rule, and an index.

use std::fmt::Write as _;

use super::explain::{page, status};
use super::label::Declared;
use super::markdown::escaped;
use super::{Rule, Rules};
use crate::verdict::FailureType;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its path, with `/`: that of its rule, or `index.md`. It leads out of no folder.
    pub path: String,
    /// Its Markdown.
    pub text: String,
}

impl Rules {
    /// A page for each rule, and the index of them, which comes first.
    pub fn pages(&self) -> Vec<Page> {
        let of_rule = |rule: &Rule| Page { path: format!("{}.md", rule.id), text: page(rule) };
        let index = Page { path: "index.md".to_owned(), text: self.index() };
        std::iter::once(index).chain(self.rules().iter().map(of_rule)).collect()
    }

    fn index(&self) -> String {
        let mut index = "# Rules\n\n".to_owned();
        for pack in self.packs() {
            let licence = if pack.licence.is_empty() { "no licence" } else { &pack.licence };
            let (name, version) = (escaped(&pack.name), escaped(&pack.version));
            // Writing to a string cannot fail.
            let _ = writeln!(index, "* pack {name} {version}, {}", escaped(licence));
        }
        let (prior, scale, threshold) = (self.prior, self.scale, self.threshold);
        let _ = writeln!(
            index,
            "\nBefore any rule speaks the log-odds of failure are {prior:+}, and what the rules say counts {scale} times; from a probability of {threshold} on a run without a label counts as failed."
        );
        for failure_type in FailureType::ALL {
            let name = failure_type.name();
            let plain = |rule: &&Rule| rule.own_label().is_none() && rule.failure_type == Some(failure_type);
            listed(&mut index, name, None, self.rules().iter().filter(plain));
        }
        for label in self.packs().iter().flat_map(|pack| &pack.labels) {
            let own = |rule: &&Rule| rule.own_label() == Some(label.name.as_str());
            listed(&mut index, &label.name, Some(label), self.rules().iter().filter(own));
        }
        index
    }
}

fn listed<'r>(
    index: &mut String,
    name: &str,
    label: Option<&Declared>,
    rules: impl Iterator<Item = &'r Rule>,
) {
    let mut rules = rules.peekable();
    if rules.peek().is_none() && label.is_none() {
        return;
    }
    let _ = write!(index, "\n## {name}\n\n");
    if let Some(label) = label {
        let of = label.failure_type.map_or(String::new(), |of| format!(" A kind of {}.", of.name()));
        let _ = write!(index, "{}{of}\n\n", escaped(&label.summary));
    }
    index.push_str("| rule | | severity | log-odds | status |\n|---|---|---|---|---|\n");
    for rule in rules {
        let (id, summary, status) = (&rule.id, escaped(&rule.summary), status(rule));
        let _ = writeln!(
            index,
            "| [{id}]({id}.md) | {summary} | {} | {:+} | {status} |",
            rule.severity, rule.weight
        );
    }
}
