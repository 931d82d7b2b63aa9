//! Rule packs for Python: compiled once, shared by hash.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use agenther_core::rules::{Diagnostic, Outcome, PackSource, Rule, Rules, SourceFile, schema};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::Error;

/// The text of packs as it comes from Python: the name of each, and the path and text of its files.
type Packs = Vec<(String, Vec<(String, String)>)>;

/// Rules as an option of a call: a hash, and the text for the process that does not know it yet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesOption {
    hash: String,
    /// Whether the default pack comes before the packs.
    default: bool,
    /// Not parsed where the hash is known, since a call is made for every morsel.
    packs: Box<RawValue>,
}

/// More packs than a process has at a time; what is dropped is compiled again when it is needed.
const CACHED: usize = 32;

static CACHE: LazyLock<Mutex<HashMap<String, Arc<Rules>>>> = LazyLock::new(Mutex::default);

impl RulesOption {
    /// The compiled rules.
    pub fn rules(&self) -> Result<Arc<Rules>, Error> {
        let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = cache.get(&self.hash) {
            return Ok(rules.clone());
        }
        let packs: Packs = serde_json::from_str(self.packs.get())
            .map_err(|error| Error(format!("rules: found packs that cannot be read: {error}")))?;
        let rules = Arc::new(compile(packs, self.default)?);
        if rules.hash() != self.hash {
            let (found, needed) = (rules.hash(), &self.hash);
            return Err(Error(format!("rules: found packs of hash {found}, needed {needed}")));
        }
        if cache.len() == CACHED {
            cache.clear();
        }
        cache.insert(self.hash.clone(), rules.clone());
        Ok(rules)
    }
}

fn sources(packs: Packs, default: bool) -> Vec<PackSource> {
    let files = |files: Vec<(String, String)>| {
        files.into_iter().map(|(path, text)| SourceFile { path, text }).collect::<Vec<_>>()
    };
    let packs = packs.into_iter().map(|(name, text)| PackSource { name, files: files(text) });
    default.then(PackSource::default_pack).into_iter().chain(packs).collect()
}

fn compile(packs: Packs, default: bool) -> Result<Rules, Error> {
    Rules::compile(&sources(packs, default)).map_err(|diagnostics| {
        let lines: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
        Error(lines.join("\n"))
    })
}

/// Compiled rules.
#[pyclass(frozen, module = "agenther._native")]
pub struct RuleSet(Rules);

/// What a rule says of itself.
#[derive(IntoPyObject)]
pub struct RuleRow<'r> {
    id: &'r str,
    name: &'r str,
    summary: &'r str,
    label: &'static str,
    severity: f32,
    confidence: &'static str,
    status: &'static str,
    since: &'r str,
    tags: &'r [String],
    group: &'r str,
    weight: f32,
    type_weight: f32,
    active: bool,
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
            label: rule.label.name(),
            severity: rule.severity,
            confidence: rule.confidence.name(),
            status: rule.status.name(),
            since: &rule.since,
            tags: &rule.tags,
            group: &rule.group,
            weight: rule.weight,
            type_weight: rule.type_weight,
            active: rule.is_active(),
            pack: &rule.pack,
            file: &rule.file,
        }
    }
}

#[pymethods]
impl RuleSet {
    #[new]
    fn new(packs: Packs, default: bool) -> PyResult<Self> {
        compile(packs, default).map(RuleSet).map_err(|Error(sentence)| PyValueError::new_err(sentence))
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
pub fn check_rules(packs: Packs, default: bool) -> Vec<DiagnosticRow> {
    let diagnostics = Rules::check(&sources(packs, default));
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
