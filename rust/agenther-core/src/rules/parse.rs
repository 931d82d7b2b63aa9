//! From the text of packs to their rules.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::DeTable;

use super::condition::Condition;
use super::diagnostic::Diagnostic;
use super::example::Example;
use super::label::{self, Labels};
use super::pack::{Pack, PackSource, SourceFile};
use super::rule::{CONFIDENCES, Confidence, Origin, Rule, RuleStatus, STATUSES};
use super::table::{Sink, Table};
use super::{limits, overrides};

/// The version of the rule language that this engine reads.
const SCHEMA_VERSION: u32 = 1;

/// The keys of a rule.
pub const KEYS: &[&str] = &[
    "id",
    "name",
    "summary",
    "label",
    "severity",
    "confidence",
    "status",
    "since",
    "false_positives",
    "tags",
    "references",
    "related",
    "author",
    "metadata",
    "group",
    "weight",
    "type_weight",
    "training_weight",
    "recoverable",
    "match",
    "valid",
    "invalid",
];

/// The keys of a rule that it cannot be without, beside its examples and those that are texts.
const REQUIRED: &[&str] = &[
    "severity",
    "confidence",
    "status",
    "false_positives",
    "tags",
    "match",
    "group",
    "weight",
    "type_weight",
];

/// The keys of `pack.toml`, and of the `[pack]` table of a pack in one file.
pub const PACK_KEYS: &[&str] = &[
    "name",
    "version",
    "schema_version",
    "licence",
    "prior",
    "scale",
    "kindred_share",
    "threshold",
    "fitted",
];

/// The keys of a file that is more than one rule: a pack in one file, or what a pack changes.
pub const FILE_KEYS: &[&str] = &["pack", "labels", "rule", "override"];

/// What packs say, and everything that is wrong with them. What could not be read is left out; the
/// diagnostics say so.
#[derive(Debug, Default)]
pub struct Parsed {
    pub packs: Vec<Pack>,
    pub rules: Vec<Rule>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A file that is valid TOML.
struct Document<'s> {
    file: &'s SourceFile,
    origin: Origin,
    table: Spanned<DeTable<'s>>,
}

/// Reads packs, later ones after earlier ones.
pub fn parse(sources: &[PackSource]) -> Parsed {
    let mut parsed = Parsed::default();
    let documents: Vec<Vec<Document<'_>>> =
        (0..sources.len()).map(|source| documents(sources, source, &mut parsed.diagnostics)).collect();
    let mut labels = Labels::default();
    for document in documents.iter().flatten() {
        parsed.report(document, |sink, _| declare(document, &mut labels, sink));
    }
    let mut ids = HashMap::new();
    for (source, documents) in std::iter::zip(sources, &documents) {
        let mut reader = Reader {
            labels: &labels,
            ids: &mut ids,
            pack: None,
            declared: Vec::new(),
            first: parsed.rules.len(),
        };
        for document in documents {
            parsed.report(document, |sink, rules| reader.read(document, rules, sink));
        }
        let pack = reader.finish(&source.name, &mut parsed.rules);
        // A pack changes its own rules and those of packs before it.
        let mut changed = HashMap::new();
        for document in documents {
            parsed.report(document, |sink, rules| {
                change(document, &pack.name, &labels, rules, &mut changed, sink);
            });
        }
        parsed.packs.push(pack);
    }
    limits::check(sources, &parsed.rules, &mut parsed.diagnostics);
    parsed
}

impl Parsed {
    /// Keeps what is found to be wrong with a file while it is read.
    fn report(&mut self, document: &Document<'_>, read: impl FnOnce(&mut Sink<'_>, &mut Vec<Rule>)) {
        let mut sink = Sink { file: &document.file.path, text: &document.file.text, diagnostics: Vec::new() };
        read(&mut sink, &mut self.rules);
        self.diagnostics.append(&mut sink.diagnostics);
    }
}

/// The files of a source that are valid TOML.
fn documents<'s>(
    sources: &'s [PackSource],
    source: usize,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Document<'s>> {
    let mut documents = Vec::new();
    for (at, file) in sources[source].files.iter().enumerate() {
        let mut sink = Sink { file: &file.path, text: &file.text, diagnostics: Vec::new() };
        if file.text.len() > limits::FILE_BYTES {
            let title =
                format!("The file has {} bytes; at most {} are read.", file.text.len(), limits::FILE_BYTES);
            sink.error("too-large", 0..0, title, None);
        } else {
            match DeTable::parse(&file.text) {
                Ok(table) => {
                    documents.push(Document { file, origin: Origin { source, file: at, at: 0 }, table })
                }
                Err(error) => {
                    let title = format!("Not valid TOML: {}.", error.message());
                    sink.error("syntax", error.span().unwrap_or_default(), title, None);
                }
            }
        }
        diagnostics.append(&mut sink.diagnostics);
    }
    documents
}

impl<'s> Document<'s> {
    /// The table of a file of several parts; `None` where the file is one rule or the manifest.
    fn parts(&self, sink: &mut Sink<'_>) -> Option<Table<'_, 's>> {
        let table = self.table.get_ref();
        FILE_KEYS
            .iter()
            .any(|key| table.contains_key(*key))
            .then(|| Table::new(table, self.table.span(), "a pack file", FILE_KEYS, sink))
    }

    /// The same without what it has to report, which it reports once.
    fn parts_again(&self) -> Option<Table<'_, 's>> {
        self.parts(&mut Sink { file: "", text: "", diagnostics: Vec::new() })
    }

    fn is_manifest(&self) -> bool {
        self.file.path.rsplit('/').next() == Some("pack.toml")
    }
}

fn declare(document: &Document<'_>, labels: &mut Labels, sink: &mut Sink<'_>) {
    let Some(parts) = document.parts_again() else { return };
    if let Some((table, _)) = parts.table("labels", sink) {
        labels.declare(table, document.origin, sink);
    }
}

fn change(
    document: &Document<'_>,
    pack: &str,
    labels: &Labels,
    rules: &mut [Rule],
    changed: &mut HashMap<String, String>,
    sink: &mut Sink<'_>,
) {
    let Some(parts) = document.parts_again() else { return };
    for (table, span) in parts.tables("override", sink) {
        overrides::apply(table, span, pack, labels, rules, changed, sink);
    }
}

/// Reads the files of one pack.
struct Reader<'p> {
    labels: &'p Labels,
    /// The file of each rule so far, by its identifier.
    ids: &'p mut HashMap<String, String>,
    pack: Option<Pack>,
    /// The labels that the pack declares.
    declared: Vec<label::Declared>,
    /// How many rules there were before the pack.
    first: usize,
}

impl Reader<'_> {
    fn read(&mut self, document: &Document<'_>, rules: &mut Vec<Rule>, sink: &mut Sink<'_>) {
        let (table, span) = (document.table.get_ref(), document.table.span());
        if let Some(parts) = document.parts(sink) {
            if let Some((table, span)) = parts.table("pack", sink) {
                self.pack = Some(parse_pack(table, span, sink));
            }
            self.declared.extend(self.labels.declared_in(document.origin).cloned());
            for (rule, span) in parts.tables("rule", sink) {
                self.add(parse_rule(rule, span, document, self.labels, sink), rules, sink);
            }
        } else if document.is_manifest() {
            self.pack = Some(parse_pack(table, span, sink));
        } else {
            let rule = parse_rule(table, span, document, self.labels, sink);
            if let Some(rule) = &rule {
                check_path(rule, document.file, sink);
            }
            self.add(rule, rules, sink);
        }
    }

    /// An identifier names one rule. Of two rules with one, the first stays.
    fn add(&mut self, rule: Option<Rule>, rules: &mut Vec<Rule>, sink: &mut Sink<'_>) {
        let Some(rule) = rule else { return };
        if let Some(first) = self.ids.get(&rule.id) {
            let title = format!("The id `{}` is taken by a rule in {first}.", rule.id);
            let help = "Identifiers are never reused. To change that rule, use `[[override]]`.".to_owned();
            sink.error("duplicate-id", rule.origin.at..rule.origin.at + rule.id.len(), title, Some(help));
            return;
        }
        self.ids.insert(rule.id.clone(), rule.file.clone());
        rules.push(rule);
    }

    fn finish(self, name: &str, rules: &mut [Rule]) -> Pack {
        let mut pack = self.pack.unwrap_or_else(|| Pack {
            name: name.to_owned(),
            version: "0".to_owned(),
            licence: String::new(),
            prior: None,
            scale: None,
            kindred_share: None,
            threshold: None,
            labels: Vec::new(),
        });
        pack.labels = self.declared;
        rules[self.first..].iter_mut().for_each(|rule| rule.pack.clone_from(&pack.name));
        pack
    }
}

fn check_path(rule: &Rule, file: &SourceFile, sink: &mut Sink<'_>) {
    let id = file.path.strip_suffix(".toml").unwrap_or(&file.path);
    // A rule alone in a file outside any folder has no label in its path: any id will do.
    if id.contains('/') && rule.id != id && is_id(id) {
        let title = format!("The id `{}` is not the path of its file.", rule.id);
        let at = rule.origin.at..rule.origin.at + rule.id.len();
        sink.error("id-path", at, title, Some(format!("Set `id = \"{id}\"` or move the file.")));
    }
}

fn parse_pack(table: &DeTable<'_>, span: std::ops::Range<usize>, sink: &mut Sink<'_>) -> Pack {
    let table = Table::new(table, span, "a pack", PACK_KEYS, sink);
    // What the figures were fitted on is for people: any key will do.
    let _ = table.table("fitted", sink);
    match table.count("schema_version", sink) {
        Some(SCHEMA_VERSION) => {}
        Some(version) => {
            let title = format!(
                "The pack is written for schema version {version}; this engine reads {SCHEMA_VERSION}."
            );
            sink.error("schema-version", table.span_of("schema_version"), title, None);
        }
        None if table.get("schema_version").is_none() => table.missing("schema_version", sink),
        None => {}
    }
    Pack {
        name: table.required("name", sink),
        version: table.required("version", sink),
        licence: table.required("licence", sink),
        prior: table.number("prior", -10.0..=10.0, sink).map(|prior| prior as f32),
        scale: table.number("scale", 0.0..=10.0, sink).map(|scale| scale as f32),
        kindred_share: table.number("kindred_share", 0.0..=1.0, sink).map(|share| share as f32),
        threshold: table.number("threshold", 0.0..=1.0, sink).map(|threshold| threshold as f32),
        labels: Vec::new(),
    }
}

fn parse_rule(
    table: &DeTable<'_>,
    span: std::ops::Range<usize>,
    document: &Document<'_>,
    labels: &Labels,
    sink: &mut Sink<'_>,
) -> Option<Rule> {
    let before = sink.diagnostics.len();
    let table = Table::new(table, span, "a rule", KEYS, sink);
    for key in REQUIRED.iter().filter(|key| table.get(key).is_none()) {
        table.missing(key, sink);
    }
    let condition =
        table.table("match", sink).and_then(|(condition, span)| Condition::parse(condition, span, sink));
    let (valid, invalid) = (examples("valid", &table, sink), examples("invalid", &table, sink));
    let _ = table.table("metadata", sink);
    let (label, failure_type) = labels.of_rule(&table, sink).unwrap_or_default();
    let mut number = |key, range, default| table.number(key, range, sink).unwrap_or(default) as f32;
    let (severity, weight) = (number("severity", 0.0..=1.0, 0.0), number("weight", -5.0..=5.0, 0.0));
    let type_weight = number("type_weight", 0.0..=5.0, 0.0);
    let training_weight = number("training_weight", 0.0..=1.0, 1.0);
    let rule = Rule {
        id: table.required("id", sink),
        name: table.required("name", sink),
        summary: table.required("summary", sink),
        label,
        failure_type,
        severity,
        confidence: table.word("confidence", CONFIDENCES, sink).unwrap_or(Confidence::Low),
        status: table.word("status", STATUSES, sink).unwrap_or(RuleStatus::Experimental),
        since: table.required("since", sink),
        false_positives: table.strings("false_positives", sink),
        tags: table.strings("tags", sink),
        references: table.strings("references", sink),
        related: table.strings("related", sink),
        author: table.string("author", sink),
        group: table.string("group", sink).unwrap_or_default(),
        weight,
        type_weight,
        training_weight,
        recoverable: table.boolean("recoverable", sink).unwrap_or(true),
        condition: condition?,
        valid,
        invalid,
        enabled: true,
        changed_by: Vec::new(),
        pack: String::new(),
        file: document.file.path.clone(),
        origin: Origin { at: table.text_at("id", sink.text), ..document.origin },
    };
    check_wording(&rule, &table, sink);
    (sink.diagnostics.len() == before).then_some(rule)
}

fn examples(key: &'static str, table: &Table<'_, '_>, sink: &mut Sink<'_>) -> Vec<Example> {
    let tables = table.tables(key, sink);
    if tables.is_empty() {
        let title = format!("The rule has no `[[{key}]]` example.");
        let what = if key == "valid" { "must not fire" } else { "must fire" };
        let help = format!("Add a run on which it {what}.");
        sink.error("missing-example", table.span(), title, Some(help));
    }
    tables.into_iter().map(|(example, span)| Example::parse(example, span, sink)).collect()
}

/// Names and summaries read alike in every rule, so that lists of them read well.
fn check_wording(rule: &Rule, table: &Table<'_, '_>, sink: &mut Sink<'_>) {
    if !rule.id.trim().is_empty() && !is_id(&rule.id) {
        let title = format!("The id {:?} is not of small letters, digits, `-`, `_` and `/`.", rule.id);
        let help = "An id is the path of a file: `incomplete/no-terminal-action`.".to_owned();
        sink.error("bad-id", table.span_of("id"), title, Some(help));
    }
    if !rule.summary.is_empty() && !rule.summary.starts_with("Detects ") {
        let title = "The summary does not begin with \"Detects\".".to_owned();
        sink.error("wording", table.span_of("summary"), title, None);
    }
    if rule.name.starts_with("allow") || rule.name.starts_with("Allow") {
        let title = "The name begins with \"allow\", which the reader adds.".to_owned();
        let help = "Write what would be allowed: `name = \"missing final answers\"`.".to_owned();
        sink.error("wording", table.span_of("name"), title, Some(help));
    }
}

/// Whether a text may be an identifier. It names a page of `rules docs`, so that it must be a path
/// everywhere, and none that leads out of a folder.
fn is_id(text: &str) -> bool {
    let is_word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
    };
    // `index` is the page that leads to the others.
    text != "index" && text.len() <= limits::ID_BYTES && text.split('/').all(is_word)
}
