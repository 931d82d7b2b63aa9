//! The default pack and the language as a whole.

use super::*;

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
            Rules::default_pack().rules().iter().any(|rule| rule.label == label && rule.type_weight > 0.0),
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
    for (from, to, expected) in [
        ("severity = 0.5", "severty = 0.5", vec![("missing-key", 1), ("unknown-key", 6)]),
        ("label = \"off_topic\"", "label = \"of_topic\"", vec![("unknown-word", 5)]),
        ("severity = 0.5", "severity = 5", vec![("wrong-type", 6)]),
        ("field = \"prompt\"", "field = \"promt\"", vec![("unknown-field", 17)]),
        ("literal = \"lamp\"", "regex = '('", vec![("bad-regex", 16)]),
        (
            "literal = \"lamp\"\nfield = \"prompt\"",
            "signal = \"repeated_acton\"",
            vec![("unknown-signal", 16)],
        ),
        ("literal = \"lamp\"", "regex = 'x{1000}{1000}{1000}'", vec![("bad-regex", 16)]),
        ("literal = \"lamp\"", "regex = 'lamp.*'", vec![("unbounded-regex", 16)]),
        ("[[invalid]]\noriginal_prompt = \"A lamp\"\n", "", vec![("missing-example", 1)]),
        (
            "weight = 0.5\ntype_weight = 1.0",
            "weight = 0.0\ntype_weight = 0.0",
            vec![("unreachable-label", 5), ("no-effect", 13)],
        ),
        ("id = \"mine\"", "id = ", vec![("syntax", 2)]),
        ("literal = \"lamp\"", "literal = \"lamp\"\nat_least = 0", vec![("always-fires", 15)]),
    ] {
        assert!(RULE.contains(from), "{from}");
        assert_eq!(codes(&RULE.replace(from, to)), expected, "{to}");
    }
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

#[test]
fn the_schema_names_every_key() {
    let schema = schema();
    for key in parse::KEYS.iter().chain(parse::PACK_KEYS).chain(example::KEYS).chain(example::STEP_KEYS) {
        assert!(schema.contains(&format!("\"{key}\"")), "{key}");
    }
    for signal in crate::signals::SIGNALS {
        assert!(schema.contains(&format!("\"{}\"", signal.name)), "{}", signal.name);
    }
}
