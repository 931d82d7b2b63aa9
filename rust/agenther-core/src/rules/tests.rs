//! The default pack and the language as a whole.

use super::*;
use crate::reading::Reading;
use crate::trajectory::Trajectory;

mod oracle;
mod packs;

fn one(text: &str) -> Vec<PackSource> {
    vec![PackSource::file("mine.toml", text)]
}

const RULE: &str = r#"
id = "mine"
name = "the word lamp"
summary = "Detects the word lamp."
label = "off_topic"
severity = 0.5
confidence = "low"
status = "experimental"
since = "1"
false_positives = []
tags = []
group = "text"
weight = 0.5
type_weight = 1.0
[match]
literal = "lamp"
field = "prompt"
[[valid]]
original_prompt = "A chair"
[[invalid]]
original_prompt = "A lamp"
"#;

#[test]
fn the_default_pack_is_clean_and_passes_its_examples() {
    let diagnostics = Rules::check(&[PackSource::default_pack()]);
    assert!(diagnostics.is_empty(), "{}", diagnostics.iter().map(|d| format!("{d}\n")).collect::<String>());
    for (rule, kind, at, outcome) in Rules::default_pack().test() {
        assert_eq!(outcome, Outcome::Validated, "{} {kind} {at}", rule.id);
    }
}

#[test]
fn every_label_has_a_rule_that_speaks_for_it() {
    for label in crate::verdict::FailureType::ALL {
        assert!(
            Rules::default_pack()
                .rules()
                .iter()
                .any(|rule| rule.failure_type == Some(label) && rule.type_weight > 0.0),
            "{}",
            label.name()
        );
    }
}

#[test]
fn a_rule_alone_is_a_pack() {
    let rules = Rules::compile(&one(RULE)).unwrap();
    assert_eq!(rules.rules()[0].pack, "mine.toml");
    assert!(rules.test().iter().all(|(.., outcome)| *outcome == Outcome::Validated));
    assert!(rules.explain("mine").unwrap().contains("`lamp` in prompt, at least once"));
    assert_eq!(rules.explain("other"), None);
}

#[test]
fn mistakes_are_named_with_their_place() {
    let codes = |text: &str| -> Vec<(&'static str, usize)> {
        Rules::check(&one(text)).iter().map(|diagnostic| (diagnostic.code, diagnostic.line)).collect()
    };
    let (long, deep) = ("x".repeat(5000), format!("{}x{}", "(".repeat(100), ")".repeat(100)));
    let (long, deep) = (format!("regex = '{long}'"), format!("regex = '{deep}'"));
    for (from, to, expected) in [
        ("severity = 0.5", "severty = 0.5", vec![("missing-key", 1), ("unknown-key", 6)]),
        ("label = \"off_topic\"", "label = \"of_topic\"", vec![("unknown-label", 5)]),
        ("severity = 0.5", "severity = 5", vec![("wrong-type", 6)]),
        ("field = \"prompt\"", "field = \"promt\"", vec![("unknown-field", 17)]),
        ("literal = \"lamp\"", "regex = '('", vec![("bad-regex", 16)]),
        (
            "literal = \"lamp\"\nfield = \"prompt\"",
            "signal = \"repeated_acton\"",
            vec![("unknown-signal", 16)],
        ),
        ("literal = \"lamp\"", "regex = 'x{1000}{1000}{1000}'", vec![("bad-regex", 16)]),
        ("literal = \"lamp\"", "regex = '(?<a>x)\\k<a>'", vec![("bad-regex", 16)]),
        ("literal = \"lamp\"", "regex = '(?=x)'", vec![("bad-regex", 16)]),
        ("literal = \"lamp\"", long.as_str(), vec![("bad-regex", 16)]),
        ("literal = \"lamp\"", deep.as_str(), vec![("bad-regex", 16)]),
        ("id = \"mine\"", "id = \"../mine\"", vec![("bad-id", 2)]),
        ("id = \"mine\"", "id = \"Mine\"", vec![("bad-id", 2)]),
        ("literal = \"lamp\"", "regex = 'lamp.*'", vec![("unbounded-regex", 16)]),
        ("literal = \"lamp\"", "regex = ''", vec![("empty-value", 16)]),
        ("literal = \"lamp\"", "regex = 'lamp|'", vec![("empty-match", 16)]),
        ("literal = \"lamp\"", "regex = '^[a-z]{0,9}$'", vec![]),
        (
            "literal = \"lamp\"\nfield = \"prompt\"",
            "any = [{ signal = \"not_found\" }, { not = { signal = \"not_found\" } }]",
            vec![("always-fires", 15)],
        ),
        ("[[invalid]]\noriginal_prompt = \"A lamp\"\n", "", vec![("missing-example", 1)]),
        (
            "weight = 0.5\ntype_weight = 1.0",
            "weight = 0.0\ntype_weight = 0.0",
            vec![("unreachable-label", 5), ("no-effect", 13)],
        ),
        ("id = \"mine\"", "id = ", vec![("syntax", 2)]),
        ("literal = \"lamp\"", "literal = \"lamp\"\nat_least = 0", vec![("always-fires", 15)]),
        ("literal = \"lamp\"", "literal = \"lamp\"\nhead_bytes = 3", vec![("never-fires", 15)]),
        ("literal = \"lamp\"", "regex = 'lamps?'\ntail_bytes = 3", vec![("never-fires", 15)]),
        ("literal = \"lamp\"", "regex = '[^\\s\\S]'", vec![("never-fires", 15)]),
        (
            "literal = \"lamp\"\nfield = \"prompt\"",
            "all = [{ signal = \"not_found\" }, { not = { signal = \"not_found\" } }]",
            vec![("never-fires", 15)],
        ),
        (
            "literal = \"lamp\"\nfield = \"prompt\"",
            "signal = \"no_evidence\"\nposition = \"last\"",
            vec![("never-fires", 15)],
        ),
        ("weight = 0.5", "weight = -0.5", vec![("contradiction", 14)]),
        ("tags = []", "tags = []\nrelated = [\"other\"]", vec![("unknown-rule", 12)]),
    ] {
        assert!(RULE.contains(from), "{from}");
        assert_eq!(codes(&RULE.replace(from, to)), expected, "{to}");
    }
}

/// The rule with a sequence for its condition.
fn sequence(inner: &str) -> String {
    let condition = "[match]\nliteral = \"lamp\"\nfield = \"prompt\"";
    assert!(RULE.contains(condition));
    RULE.replace(condition, &format!("[match.sequence]\n{inner}\n"))
}

#[test]
fn mistakes_in_a_sequence_are_named_with_their_place() {
    let a = "first = { signal = 'write_error' }";
    let b = "{ regex = '^get_', field = 'action' }";
    for (inner, expected) in [
        (format!("{a}\nthen = {b}\nwithin = 3"), vec![]),
        (format!("{a}\nnever = {b}"), vec![]),
        (format!("{a}\nthan = {b}"), vec![("bad-condition", 15), ("unknown-key", 17)]),
        (format!("{a}\nthen = {b}\nnever = {b}"), vec![("bad-condition", 15)]),
        (format!("then = {b}"), vec![("missing-key", 15)]),
        (format!("{a}\nthen = 3"), vec![("wrong-type", 17)]),
        (format!("{a}\nthen = {b}\nwithin = -1"), vec![("wrong-type", 18)]),
        (format!("{a}\nthen = {{ sequence = {{ }} }}"), vec![("bad-condition", 17)]),
        (
            format!("{a}\nthen = {{ all = [{{ regex = '^get_', field = ['action', 'answer'] }}] }}"),
            vec![("not-of-a-step", 17)],
        ),
        (format!("{a}\nthen = {{ regex = '^get_', field = 'actoin' }}"), vec![("unknown-field", 17)]),
        (format!("{a}\nthen = {{ regex = 'x.*', field = 'action' }}"), vec![("unbounded-regex", 17)]),
        (format!("{a}\nthen = {b}\nwithin = 0"), vec![("no-step", 18)]),
        (format!("{a}\nthen = {{ signal = 'write_error' }}"), vec![("same-step", 17)]),
        (format!("{a}\nthen = {{ signal = 'write_error' }}\nwithin = 3"), vec![]),
        (format!("{a}\nnever = {{ signal = 'write_error' }}\nwithin = 3"), vec![("same-step", 17)]),
        (format!("first = {{ signal = 'no_evidence' }}\nthen = {b}"), vec![("unreachable", 16)]),
        (format!("{a}\nnever = {{ signal = 'no_evidence' }}"), vec![("unreachable", 17)]),
        (
            "first = { regex = '^set_', field = 'action' }\nthen = { regex = '^get_', field = 'action', position = 'first' }"
                .to_owned(),
            vec![("unreachable", 17)],
        ),
        (
            "first = { signal = 'write_error', position = 'last' }\nthen = { signal = 'not_found', position = 'last' }"
                .to_owned(),
            vec![("unreachable", 17)],
        ),
        (
            format!("first = {{ signal = 'write_error', at_least = 0 }}\nnever = {b}"),
            vec![("always-fires", 15)],
        ),
    ] {
        let diagnostics = Rules::check(&one(&sequence(&inner)));
        let found: Vec<_> = diagnostics.iter().map(|found| (found.code, found.line)).collect();
        assert_eq!(found, expected, "{inner}\n{diagnostics:?}");
    }
}

#[test]
fn a_sequence_is_explained_in_words() {
    let inner = "first = { signal = 'write_error' }\nnever = { regex = '^(get|list|search)_', field = 'action' }\nwithin = 3";
    let page = Rules::compile(&one(&sequence(inner))).unwrap().explain("mine").unwrap();
    assert!(page.contains("* at a step:\n  * signal `write_error`, at least once."), "{page}");
    assert!(
        page.contains(
            "* and never after it, within 3 steps, at a step:\n  * `/^(get|list|search)_/` in action, at least once"
        ),
        "{page}"
    );
}

#[test]
fn help_names_the_nearest_key() {
    let diagnostics = Rules::check(&one(&RULE.replace("tags", "tag")));
    let unknown = diagnostics.iter().find(|diagnostic| diagnostic.code == "unknown-key").unwrap();
    assert_eq!(unknown.help.as_deref(), Some("Did you mean `tags`?"));
    assert_eq!((unknown.line, unknown.column), (11, 1));
}

#[test]
fn identifiers_are_unique_over_all_packs() {
    let twice = [PackSource::file("a.toml", RULE), PackSource::file("b.toml", RULE)];
    let diagnostics = Rules::compile(&twice).unwrap_err();
    assert_eq!((diagnostics[0].code, diagnostics[0].file.as_str()), ("duplicate-id", "b.toml"));
}

#[test]
fn the_hash_is_that_of_the_text() {
    let hash = |text: &str| Rules::compile(&one(text)).unwrap().hash().to_owned();
    assert_eq!(hash(RULE), hash(RULE));
    assert_ne!(hash(RULE), hash(&RULE.replace("weight = 0.5", "weight = 0.6")));
}

/// A pack that changes weights, as `agenther rules fit` writes it.
const FITTED: &str = r#"
[pack]
name = "fitted"
version = "1"
schema_version = 1
licence = "unstated"
prior = -1.5
scale = 0.5
threshold = 0.6
[pack.fitted]
runs = 100
[[override]]
rule = "mine"
weight = -1.5
"#;

#[test]
fn a_pack_changes_weights_of_rules_before_it() {
    let packs = [PackSource::file("mine.toml", RULE), PackSource::file("fitted.toml", FITTED)];
    let rules = Rules::compile(&packs).unwrap();
    let rule = rules.get("mine").unwrap();
    assert_eq!((rule.weight, rule.type_weight), (-1.5, 1.0));
    assert_eq!((rules.prior, rules.scale, rules.threshold), (-1.5, 0.5, 0.6));

    let [_, fitted] = packs;
    let refused = Rules::compile(&[fitted]).unwrap_err();
    assert_eq!(refused[0].code, "unknown-rule");
    assert_eq!(refused[0].line, 13);
}

#[test]
fn the_scale_draws_probabilities_towards_the_prior() {
    let lamp = Trajectory { original_prompt: Some("A lamp"), ..Trajectory::default() };
    let with = |text: &str| {
        let packs = [PackSource::file("mine.toml", RULE), PackSource::file("fitted.toml", text)];
        let rules = Rules::compile(&packs).unwrap();
        crate::verdict::classify(&Reading::new(&lamp), &rules).failure_probability
    };
    let logistic = |log_odds: f32| 1.0 / (1.0 + (-log_odds).exp());
    assert!((with(FITTED) - logistic(-1.5 - 0.5 * 1.5)).abs() < 1e-6);
    assert!((with(&FITTED.replace("scale = 0.5", "")) - logistic(-1.5 - 1.5)).abs() < 1e-6);
}

#[test]
fn the_schema_names_every_key() {
    let schema = schema();
    for key in parse::KEYS
        .iter()
        .chain(parse::PACK_KEYS)
        .chain(overrides::KEYS)
        .chain(example::KEYS)
        .chain(example::STEP_KEYS)
    {
        assert!(schema.contains(&format!("\"{key}\"")), "{key}");
    }
    let of_packs = [parse::FILE_KEYS, label::KEYS, overrides::KEYS].concat();
    for key in of_packs {
        assert!(schema.contains(&format!("\"{key}\": {{")), "{key}");
    }
    for key in condition::OPERATORS.iter().chain(condition::SEQUENCE_KEYS) {
        assert!(schema.contains(&format!("\"{key}\": {{")), "{key}");
    }
    for signal in crate::signals::SIGNALS {
        assert!(schema.contains(&format!("\"{}\"", signal.name)), "{}", signal.name);
    }
}
