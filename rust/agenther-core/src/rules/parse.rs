//! From the text of a pack to its rules.

use std::collections::HashMap;

use toml::de::DeTable;

use super::condition::Condition;
use super::diagnostic::Diagnostic;
use super::example::Example;
use super::overrides;
use super::pack::{Pack, PackSource, SourceFile};
use super::rule::{CONFIDENCES, Confidence, Rule, RuleStatus, STATUSES};
use super::table::{Sink, Table};
use crate::verdict::FailureType;

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

/// The keys of `pack.toml`, and of the `[pack]` table of a pack in one file.
pub const PACK_KEYS: &[&str] =
    &["name", "version", "schema_version", "licence", "prior", "scale", "threshold", "fitted"];

/// The largest file that is read: a rule is a page, not a book.
const MAX_FILE: usize = 1 << 20;

const LABELS: [(&str, FailureType); 6] = {
    use FailureType::*;
    [
        ("incomplete", Incomplete),
        ("constraint_violation", ConstraintViolation),
        ("wrong_result", WrongResult),
        ("tool_error", ToolError),
        ("hallucination", Hallucination),
        ("off_topic", OffTopic),
    ]
};

/// The packs and rules of several sources, with everything that is wrong with them. Rules that could
/// not be read are left out; the diagnostics say so.
pub fn parse(sources: &[PackSource]) -> (Vec<Pack>, Vec<Rule>, Vec<Diagnostic>) {
    let (mut packs, mut rules, mut diagnostics) = (Vec::new(), Vec::new(), Vec::new());
    for source in sources {
        let mut pack = None;
        let first_rule = rules.len();
        for file in &source.files {
            let mut sink = Sink { file: &file.path, text: &file.text, diagnostics: Vec::new() };
            parse_file(file, &mut pack, &mut rules, &mut sink);
            diagnostics.append(&mut sink.diagnostics);
        }
        let pack = pack.unwrap_or_else(|| Pack {
            name: source.name.clone(),
            version: "0".to_owned(),
            licence: String::new(),
            prior: None,
            scale: None,
            threshold: None,
        });
        rules[first_rule..].iter_mut().for_each(|rule: &mut Rule| rule.pack.clone_from(&pack.name));
        packs.push(pack);
    }
    refuse_duplicates(sources, &mut rules, &mut diagnostics);
    (packs, rules, diagnostics)
}

fn parse_file(file: &SourceFile, pack: &mut Option<Pack>, rules: &mut Vec<Rule>, sink: &mut Sink<'_>) {
    if file.text.len() > MAX_FILE {
        let title = format!("The file has {} bytes; at most {MAX_FILE} are read.", file.text.len());
        return sink.error("too-large", 0..0, title, None);
    }
    let document = match DeTable::parse(&file.text) {
        Ok(document) => document,
        Err(error) => {
            let title = format!("Not valid TOML: {}.", error.message());
            return sink.error("syntax", error.span().unwrap_or_default(), title, None);
        }
    };
    let (table, span) = (document.get_ref(), document.span());
    let name = file.path.rsplit('/').next().unwrap_or_default();
    if name == "pack.toml" {
        *pack = Some(parse_pack(table, span, sink));
    } else if ["rule", "override"].iter().any(|key| table.contains_key(*key)) {
        let table = Table::new(table, span, "a pack file", &["pack", "rule", "override"], sink);
        if let Some((table, span)) = table.table("pack", sink) {
            *pack = Some(parse_pack(table, span, sink));
        }
        for (rule, span) in table.tables("rule", sink) {
            rules.extend(parse_rule(rule, span, file, sink));
        }
        for (changed, span) in table.tables("override", sink) {
            overrides::apply(changed, span, rules, sink);
        }
    } else if let Some(rule) = parse_rule(table, span, file, sink) {
        let id = file.path.strip_suffix(".toml").unwrap_or(&file.path);
        // A rule alone in a file outside any folder has no label in its path: any id will do.
        if id.contains('/') && rule.id != id {
            let title = format!("The id `{}` is not the path of its file.", rule.id);
            let at = table.get("id").map_or(0..0, |id| id.span());
            sink.error("id-path", at, title, Some(format!("Set `id = \"{id}\"` or move the file.")));
        }
        rules.push(rule);
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
        None => table.missing("schema_version", sink),
    }
    Pack {
        name: table.required("name", sink),
        version: table.required("version", sink),
        licence: table.required("licence", sink),
        prior: table.number("prior", -10.0..=10.0, sink).map(|prior| prior as f32),
        scale: table.number("scale", 0.0..=10.0, sink).map(|scale| scale as f32),
        threshold: table.number("threshold", 0.0..=1.0, sink).map(|threshold| threshold as f32),
    }
}

fn parse_rule(
    table: &DeTable<'_>,
    span: std::ops::Range<usize>,
    file: &SourceFile,
    sink: &mut Sink<'_>,
) -> Option<Rule> {
    let before = sink.diagnostics.len();
    let table = Table::new(table, span, "a rule", KEYS, sink);
    for key in [
        "label",
        "severity",
        "confidence",
        "status",
        "false_positives",
        "tags",
        "match",
        "group",
        "weight",
        "type_weight",
    ] {
        if table.get(key).is_none() {
            table.missing(key, sink);
        }
    }
    let condition =
        table.table("match", sink).and_then(|(condition, span)| Condition::parse(condition, span, sink));
    let mut examples = |key| -> Vec<Example> {
        let tables = table.tables(key, sink);
        if tables.is_empty() {
            let title = format!("The rule has no `[[{key}]]` example.");
            let what = if key == "valid" { "must not fire" } else { "must fire" };
            sink.error(
                "missing-example",
                table.span(),
                title,
                Some(format!("Add a run on which it {what}.")),
            );
        }
        tables.into_iter().map(|(example, span)| Example::parse(example, span, sink)).collect()
    };
    let (valid, invalid) = (examples("valid"), examples("invalid"));
    let _ = table.table("metadata", sink);
    let mut number = |key, range, default| table.number(key, range, sink).unwrap_or(default) as f32;
    let (severity, weight) = (number("severity", 0.0..=1.0, 0.0), number("weight", -5.0..=5.0, 0.0));
    let type_weight = number("type_weight", 0.0..=5.0, 0.0);
    let training_weight = number("training_weight", 0.0..=1.0, 1.0);
    let rule = Rule {
        id: table.required("id", sink),
        name: table.required("name", sink),
        summary: table.required("summary", sink),
        label: table.word("label", &LABELS, sink).unwrap_or(FailureType::WrongResult),
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
        pack: String::new(),
        file: file.path.clone(),
    };
    check_wording(&rule, &table, sink);
    (sink.diagnostics.len() == before).then_some(rule)
}

/// Names and summaries read alike in every rule, so that lists of them read well.
fn check_wording(rule: &Rule, table: &Table<'_, '_>, sink: &mut Sink<'_>) {
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

/// An identifier names one rule. Of two rules with one, the first stays.
fn refuse_duplicates(sources: &[PackSource], rules: &mut Vec<Rule>, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, String> = HashMap::new();
    rules.retain(|rule| {
        let Some(first) = seen.get(&rule.id) else {
            seen.insert(rule.id.clone(), rule.file.clone());
            return true;
        };
        let text = sources
            .iter()
            .flat_map(|source| &source.files)
            .rfind(|file| file.path == rule.file)
            .map_or("", |file| file.text.as_str());
        let mut sink = Sink { file: &rule.file, text, diagnostics: Vec::new() };
        let at = text.rfind(&rule.id).unwrap_or(0);
        let title = format!("The id `{}` is taken by a rule in {first}.", rule.id);
        sink.error(
            "duplicate-id",
            at..at + rule.id.len(),
            title,
            Some("Identifiers are never reused.".into()),
        );
        diagnostics.append(&mut sink.diagnostics);
        false
    });
}
