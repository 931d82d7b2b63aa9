//! Rule packs for Python: compiled once, shared by hash.

use std::sync::{Arc, LazyLock};

use agenther_core::rules::{Diagnostic, Outcome, PackSource, Rule, Rules, SharedRules, SourceFile, schema};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::Error;

/// The text of packs as it comes from Python: the name of each, and the path and text of its files. The
/// pack `default` without files is the one that ships with the engine.
type Packs = Vec<(String, Vec<(String, String)>)>;

/// Rules as an option of a call: a hash, and the text for the process that does not know it yet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesOption {
    hash: String,
    /// Not parsed where the hash is known, since a call is made for every morsel.
    packs: Box<RawValue>,
}

/// Loading packs and every call with them share what is compiled.
static SHARED: LazyLock<SharedRules> = LazyLock::new(SharedRules::default);

impl RulesOption {
    /// The compiled rules.
    pub fn rules(&self) -> Result<Arc<Rules>, Error> {
        if let Some(rules) = SHARED.known(&self.hash) {
            return Ok(rules);
        }
        let packs: Packs = serde_json::from_str(self.packs.get())
            .map_err(|error| Error(format!("rules: found packs that cannot be read: {error}")))?;
        let rules = compile(packs)?;
        if rules.hash() != self.hash {
            let (found, needed) = (rules.hash(), &self.hash);
            return Err(Error(format!("rules: found packs of hash {found}, needed {needed}")));
        }
        Ok(rules)
    }
}

fn sources(packs: Packs) -> Vec<PackSource> {
    let files = |files: Vec<(String, String)>| {
        files.into_iter().map(|(path, text)| SourceFile { path, text }).collect::<Vec<_>>()
    };
    let source = |(name, text): (String, Vec<_>)| match name.as_str() {
        "default" if text.is_empty() => PackSource::default_pack(),
        _ => PackSource { name, files: files(text) },
    };
    packs.into_iter().map(source).collect()
}

fn compile(packs: Packs) -> Result<Arc<Rules>, Error> {
    SHARED.compile(&sources(packs)).map_err(|diagnostics| {
        let lines: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
        Error(lines.join("\n"))
    })
}

/// Compiled rules.
#[pyclass(frozen, module = "agenther._native")]
pub struct RuleSet(Arc<Rules>);

/// What a rule says of itself.
#[derive(IntoPyObject)]
pub struct RuleRow<'r> {
    id: &'r str,
    name: &'r str,
    summary: &'r str,
    label: &'r str,
    failure_type: Option<&'static str>,
    severity: f32,
    confidence: &'static str,
    status: &'static str,
    since: &'r str,
    tags: &'r [String],
    group: &'r str,
    weight: f32,
    type_weight: f32,
    active: bool,
    changed_by: &'r [String],
    pack: &'r str,
    file: &'r str,
}

/// How a rule fared on one of its examples.
#[derive(IntoPyObject)]
pub struct ExampleRow<'r> {
    rule: &'r str,
    example: &'static str,
    number: usize,
    outcome: &'static str,
}

/// One thing that is wrong with a pack.
#[derive(IntoPyObject)]
pub struct DiagnosticRow {
    level: &'static str,
    code: &'static str,
    title: String,
    help: Option<String>,
    file: String,
    line: usize,
    column: usize,
    start: usize,
    end: usize,
}

impl<'r> RuleRow<'r> {
    fn new(rule: &'r Rule) -> Self {
        RuleRow {
            id: &rule.id,
            name: &rule.name,
            summary: &rule.summary,
            label: &rule.label,
            failure_type: rule.failure_type.map(|failure_type| failure_type.name()),
            severity: rule.severity,
            confidence: rule.confidence.name(),
            status: rule.status.name(),
            since: &rule.since,
            tags: &rule.tags,
            group: &rule.group,
            weight: rule.weight,
            type_weight: rule.type_weight,
            active: rule.is_active(),
            changed_by: &rule.changed_by,
            pack: &rule.pack,
            file: &rule.file,
        }
    }
}

#[pymethods]
impl RuleSet {
    #[new]
    fn new(packs: Packs) -> PyResult<Self> {
        compile(packs).map(RuleSet).map_err(|Error(sentence)| PyValueError::new_err(sentence))
    }

    /// Equal text, equal hash.
    #[getter]
    fn hash(&self) -> &str {
        self.0.hash()
    }

    /// Prior, scale and threshold of the verdict.
    #[getter]
    fn verdict(&self) -> (f32, f32, f32) {
        (self.0.prior, self.0.scale, self.0.threshold)
    }

    /// The rules in the order of their packs and files.
    fn rules(&self) -> Vec<RuleRow<'_>> {
        self.0.rules().iter().map(RuleRow::new).collect()
    }

    /// The page of a rule, as Markdown.
    fn explain(&self, id: &str) -> Option<String> {
        self.0.explain(id)
    }

    /// The page of every rule and an index of them: path and Markdown.
    fn pages(&self) -> Vec<(String, String)> {
        self.0.pages().into_iter().map(|page| (page.path, page.text)).collect()
    }

    /// Every rule on every example of it.
    fn test(&self, py: Python<'_>) -> Vec<ExampleRow<'_>> {
        let fared = py.detach(|| self.0.test());
        let row = |(rule, example, number, outcome): (_, _, _, Outcome)| ExampleRow {
            rule: id(rule),
            example,
            number,
            outcome: outcome.name(),
        };
        fared.into_iter().map(row).collect()
    }
}

fn id(rule: &Rule) -> &str {
    &rule.id
}

/// What is wrong with packs: errors first, then what the lints find.
#[pyfunction]
pub fn check_rules(packs: Packs) -> Vec<DiagnosticRow> {
    let diagnostics = Rules::check(&sources(packs));
    let row = |diagnostic: Diagnostic| DiagnosticRow {
        level: diagnostic.level.name(),
        code: diagnostic.code,
        title: diagnostic.title,
        help: diagnostic.help,
        file: diagnostic.file,
        line: diagnostic.line,
        column: diagnostic.column,
        start: diagnostic.span.start,
        end: diagnostic.span.end,
    };
    diagnostics.into_iter().map(row).collect()
}

/// The JSON Schema of the rule language.
#[pyfunction]
pub fn rules_schema() -> String {
    schema()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_with_the_same_packs_has_the_same_compiled_rules() {
        let loaded = compile(vec![("default".to_owned(), Vec::new())]).unwrap();
        let json = format!(r#"{{"hash": "{}", "packs": [["default", []]]}}"#, loaded.hash());
        for _ in 0..3 {
            let option: RulesOption = serde_json::from_str(&json).unwrap();
            assert!(Arc::ptr_eq(&loaded, &option.rules().unwrap()));
        }
        // Where the hash is known, the text is not even looked at.
        let known = format!(r#"{{"hash": "{}", "packs": 7}}"#, loaded.hash());
        let option: RulesOption = serde_json::from_str(&known).unwrap();
        assert!(Arc::ptr_eq(&loaded, &option.rules().unwrap()));
        let unknown: RulesOption =
            serde_json::from_str(r#"{"hash": "0", "packs": [["default", []]]}"#).unwrap();
        assert!(unknown.rules().unwrap_err().0.contains("needed 0"));
    }
}
