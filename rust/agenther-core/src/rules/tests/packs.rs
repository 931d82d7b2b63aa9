//! What packs do to each other: labels, overrides, limits, kindred rules, pages.

use super::*;
use crate::reading::Reading;
use crate::trajectory::Trajectory;
use crate::verdict::{FailureType, classify};

/// The parts of a pack in one file.
fn pack(name: &str, parts: &str) -> PackSource {
    let text =
        format!("[pack]\nname = \"{name}\"\nversion = \"1\"\nschema_version = 1\nlicence = \"MIT\"\n{parts}");
    PackSource::file(format!("{name}.toml"), text)
}

/// The rule as one of several in a file, with texts replaced.
fn rule(id: &str, changes: &[(&str, &str)]) -> String {
    let mut rule = RULE.replace("\"mine\"", &format!("\"{id}\""));
    for (from, to) in changes {
        assert!(rule.contains(from), "{from}");
        rule = rule.replace(from, to);
    }
    let rule = rule.replace("[[valid]]", "[[rule.valid]]").replace("[[invalid]]", "[[rule.invalid]]");
    format!("[[rule]]{}", rule.replace("[match]", "[rule.match]"))
}

fn found(sources: &[PackSource]) -> Vec<(&'static str, String, usize)> {
    let diagnostics = Rules::check(sources);
    diagnostics.into_iter().map(|found| (found.code, found.file, found.line)).collect()
}

fn compiled(sources: &[PackSource]) -> Rules {
    Rules::compile(sources).unwrap_or_else(|found| panic!("{found:?}"))
}

static LAMP: Trajectory<'static> = Trajectory {
    trajectory_id: None,
    original_prompt: Some("A lamp"),
    system: None,
    tools: None,
    steps: Vec::new(),
    final_answer: None,
    success: Some(false),
    reward: None,
};

#[test]
fn a_pack_changes_rules_of_packs_before_it() {
    let change = "[[override]]\nrule = [\"mine\", \"incomplete/step-limit\"]\nseverity = 0.9\nweight = -1\n\
                  type_weight = 0.0\ntraining_weight = 0.5\nrecoverable = false\n";
    let sources = [PackSource::default_pack(), pack("first", &rule("mine", &[])), pack("mine", change)];
    assert_eq!(found(&sources), []);
    let rules = compiled(&sources);
    for id in ["mine", "incomplete/step-limit"] {
        let rule = rules.get(id).unwrap();
        assert_eq!((rule.severity, rule.weight, rule.type_weight), (0.9, -1.0, 0.0));
        assert_eq!((rule.training_weight, rule.recoverable), (0.5, false));
        assert_eq!(rule.changed_by, ["mine"]);
        assert!(rules.explain(id).unwrap().contains("| changed by | mine |"));
    }
    assert_ne!(rules.get("mine").unwrap().pack, "mine");
    let untouched = rules.get("incomplete/unanswered").unwrap();
    assert_eq!(Some(untouched), Rules::default_pack().get("incomplete/unanswered"));
}

#[test]
fn of_two_packs_the_later_one_decides() {
    let change = |name: &str, severity: &str| {
        pack(name, &format!("[[override]]\nrule = \"mine\"\nseverity = {severity}\n"))
    };
    let rules =
        compiled(&[pack("first", &rule("mine", &[])), change("second", "0.1"), change("third", "0.2")]);
    assert_eq!(rules.get("mine").unwrap().severity, 0.2);
    assert_eq!(rules.get("mine").unwrap().changed_by, ["second", "third"]);
}

#[test]
fn the_last_pack_that_sets_them_gives_the_figures_of_the_verdict() {
    let sets = |name: &str, figures: &str| pack(name, &format!("{figures}\n[pack.fitted]\nruns = 100\n"));
    let first = sets("first", "prior = -1.0\nscale = 0.5\nkindred_share = 1\nthreshold = 0.6");
    let second = sets("second", "prior = 0.5");
    let rules = compiled(&[first, second, pack("third", &rule("mine", &[]))]);
    assert_eq!((rules.prior, rules.scale, rules.threshold), (0.5, 0.5, 0.6));
    assert_eq!(rules.kindred_share, 1.0);
    let probability = classify(&Reading::new(&LAMP), &rules).failure_probability;
    assert!((probability - 1.0 / (1.0 + (-0.75f32).exp())).abs() < 1e-6);
}

#[test]
fn a_rule_that_is_switched_off_does_not_fire() {
    let fires = |sources: &[PackSource]| {
        let rules = compiled(sources);
        let verdict = classify(&Reading::new(&LAMP), &rules);
        verdict.evidence.iter().any(|evidence| evidence.rule == "mine")
    };
    let off = "[[override]]\nrule = \"mine\"\nenabled = false\n";
    assert!(fires(&[pack("first", &rule("mine", &[]))]));
    assert!(!fires(&[pack("first", &rule("mine", &[])), pack("second", off)]));
    assert!(!fires(&[pack("first", &format!("{}{off}", rule("mine", &[])))]));
    let on = off.replace("false", "true");
    assert!(fires(&[pack("first", &rule("mine", &[])), pack("second", off), pack("third", &on)]));
}

#[test]
fn mistakes_in_an_override_are_named_with_their_place() {
    for (change, expected) in [
        ("[[override]]\nrule = \"mime\"\nseverity = 0.9", vec![("unknown-rule", 7)]),
        ("[[override]]\nrule = \"mine\"\nseverty = 0.9", vec![("no-change", 6), ("unknown-key", 8)]),
        ("[[override]]\nrule = \"mine\"\nseverity = 9", vec![("wrong-type", 8)]),
        ("[[override]]\nseverity = 0.9", vec![("missing-key", 6)]),
        ("[[override]]\nrule = []\nseverity = 0.9", vec![("empty-value", 7)]),
        ("[[override]]\nrule = \"mine\"", vec![("no-change", 6)]),
        ("[[override]]\nrule = \"mine\"\nlabel = \"of_topic\"", vec![("unknown-label", 8)]),
        ("[[override]]\nrule = \"mine\"\nseverity = 0.5", vec![("no-change", 7)]),
        (
            "[[override]]\nrule = \"mine\"\nseverity = 0.9\n[[override]]\nrule = \"mine\"\nweight = 0.1",
            vec![("duplicate-override", 10)],
        ),
    ] {
        let sources = [pack("first", &rule("mine", &[])), pack("second", change)];
        let found: Vec<_> = found(&sources).into_iter().map(|(code, _, line)| (code, line)).collect();
        assert_eq!(found, expected, "{change}");
    }
    // A pack changes no rule of a pack after it.
    let change = pack("first", "[[override]]\nrule = \"mine\"\nseverity = 0.9");
    assert_eq!(found(&[change, pack("second", &rule("mine", &[]))])[0].0, "unknown-rule");
}

#[test]
fn a_label_of_a_pack_shows_in_the_verdict_and_adds_to_its_type() {
    let labels = "[labels.lamps]\nsummary = \"Runs about lamps.\"\ntype = \"off_topic\"\n\
                  [labels.of_no_type]\nsummary = \"Runs about lamps, once more.\"\n";
    let typed = rule("typed", &[("\"off_topic\"", "\"lamps\""), ("type_weight = 1.0", "type_weight = 5.0")]);
    let untyped = rule(
        "untyped",
        &[
            ("\"off_topic\"", "\"of_no_type\""),
            ("weight = 0.5\ntype_weight = 1.0", "weight = 0\ntype_weight = 0"),
            ("literal = \"lamp\"", "literal = \"A lamp\""),
        ],
    );
    let sources = [pack("mine", &format!("{labels}{typed}{untyped}"))];
    assert_eq!(found(&sources), []);
    let rules = compiled(&sources);
    let reading = Reading::new(&LAMP);
    let verdict = classify(&reading, &rules);
    assert_eq!(verdict.failure_type, Some(FailureType::OffTopic));
    assert_eq!(verdict.labels, ["lamps", "of_no_type"]);
    let shown: Vec<_> = verdict
        .evidence
        .iter()
        .map(|evidence| (evidence.rule, evidence.failure_type, evidence.label))
        .collect();
    let expected =
        [("typed", Some(FailureType::OffTopic), Some("lamps")), ("untyped", None, Some("of_no_type"))];
    assert_eq!(shown, expected);
    assert!(rules.explain("typed").unwrap().contains("| label | lamps, a kind of off_topic |"));
    // A label is of the run, whatever its outcome.
    let succeeded = Trajectory { success: Some(true), ..LAMP.clone() };
    assert_eq!(classify(&Reading::new(&succeeded), &rules).labels, ["lamps", "of_no_type"]);
    // The default pack declares none.
    assert!(classify(&reading, Rules::default_pack()).labels.is_empty());
}

#[test]
fn a_rule_of_another_pack_may_have_the_label() {
    let labels = pack("labels", "[labels.lamps]\nsummary = \"Runs about lamps.\"\n");
    let user = pack(
        "user",
        &rule("mine", &[("\"off_topic\"", "\"lamps\""), ("type_weight = 1.0", "type_weight = 0.0")]),
    );
    assert_eq!(found(&[user.clone(), labels.clone()]), []);
    let relabel =
        pack("relabel", "[[override]]\nrule = \"incomplete/unanswered\"\nlabel = \"lamps\"\ntype_weight = 0");
    let rules = compiled(&[PackSource::default_pack(), labels, relabel]);
    assert_eq!(rules.get("incomplete/unanswered").unwrap().own_label(), Some("lamps"));
}

#[test]
fn mistakes_in_a_label_are_named_with_their_place() {
    for (labels, expected) in [
        ("[labels.lamps]\nsumary = \"x\"", vec![("missing-key", 6), ("unknown-key", 7)]),
        ("[labels.lamps]\nsummary = \"x\"\ntype = \"of_topic\"", vec![("unknown-word", 8)]),
        ("[labels.off_topic]\nsummary = \"x\"", vec![("bad-label", 6)]),
        ("[labels.\"A lamp\"]\nsummary = \"x\"", vec![("bad-label", 6)]),
        ("[labels]\nlamps = \"x\"", vec![("wrong-type", 7)]),
        ("[labels.lamps]\nsummary = \"x\"", vec![("unreachable-label", 6)]),
    ] {
        let found = found(&[pack("mine", labels)]);
        // The label that is not usable is not given either; what matters is the first.
        let codes: Vec<_> = found.iter().map(|(code, _, line)| (*code, *line)).collect();
        assert_eq!(codes[..expected.len()], expected, "{labels}");
    }
    let twice = pack("second", "[labels.lamps]\nsummary = \"x\"");
    assert_eq!(found(&[pack("first", "[labels.lamps]\nsummary = \"x\""), twice])[0].0, "bad-label");
    let unknown = Rules::check(&[pack("mine", &rule("mine", &[("\"off_topic\"", "\"lamps\"")]))]);
    assert!(unknown[0].help.as_deref().unwrap().contains("`[labels.NAME]`"), "{unknown:?}");
}

#[test]
fn rules_that_say_nothing_more_are_told() {
    let two = |changes: &[(&str, &str)]| {
        let found = found(&[pack("mine", &format!("{}{}", rule("a", &[]), rule("b", changes)))]);
        found.into_iter().map(|(code, ..)| code).collect::<Vec<_>>()
    };
    assert_eq!(two(&[]), ["duplicate"]);
    let narrower = ("literal = \"lamp\"", "literal = \"a lamp\"");
    assert_eq!(two(&[narrower]), ["shadowed"]);
    assert_eq!(two(&[("literal = \"lamp\"", "literal = \"lamp\"\nhead_bytes = 9")]), ["shadowed"]);
    let both = "all = [{ literal = \"lamp\", field = \"prompt\" }, { signal = \"not_found\" }]";
    assert_eq!(two(&[("literal = \"lamp\"\nfield = \"prompt\"", both)]), ["shadowed"]);
    // What is louder, or of another group, says more; so does what asks for more hits.
    assert_eq!(two(&[narrower, ("weight = 0.5", "weight = 0.6")]), [""; 0]);
    assert_eq!(two(&[narrower, ("group = \"text\"", "group = \"lamps\"")]), [""; 0]);
    assert_eq!(two(&[("literal = \"lamp\"", "literal = \"lamp\"\nat_least = 2")]), [""; 0]);
    assert_eq!(two(&[("literal = \"lamp\"", "literal = \"lam\"")]), ["shadowed"]);
    assert_eq!(two(&[("literal = \"lamp\"", "literal = \"chair\"")]), [""; 0]);
}

#[test]
fn the_order_of_the_parts_of_a_condition_makes_no_other_rule() {
    let two = |first: &str, second: &str| {
        let of = |id, condition: &str| rule(id, &[("literal = \"lamp\"\nfield = \"prompt\"", condition)]);
        let found = found(&[pack("mine", &format!("{}{}", of("a", first), of("b", second)))]);
        found.into_iter().map(|(code, ..)| code).collect::<Vec<_>>()
    };
    let lamp = "{ literal = \"lamp\", field = [\"prompt\", \"answer\"] }";
    let pmal = "{ literal = \"lamp\", field = [\"answer\", \"prompt\"] }";
    let other = "{ signal = \"not_found\" }";
    for operator in ["any", "all"] {
        let of = |a, b| format!("{operator} = [{a}, {b}]");
        assert_eq!(two(&of(lamp, other), &of(other, pmal)), ["duplicate"], "{operator}");
    }
    assert_eq!(two(&format!("any = [{lamp}, {other}]"), &format!("all = [{other}, {pmal}]")), ["shadowed"]);
    assert_eq!(
        two("literals = [\"a\", \"b\"]\nfield = \"prompt\"", "literals = [\"b\", \"a\"]\nfield = \"prompt\""),
        ["duplicate"]
    );
}

#[test]
fn two_packs_may_have_files_of_one_name() {
    let folder = |name: &str, id: &str, severity: &str| PackSource {
        name: name.to_owned(),
        files: vec![SourceFile {
            path: "rule.toml".to_owned(),
            text: RULE.replace("\"mine\"", &format!("\"{id}\"")).replace("severity = 0.5", severity),
        }],
    };
    let sources =
        [folder("a", "one", "severity = 0.5"), folder("b", "two", "severity = 0.5\nrelated = ['x']")];
    let codes: Vec<_> = found(&sources).into_iter().map(|(code, _, line)| (code, line)).collect();
    assert_eq!(codes, [("unknown-rule", 7), ("duplicate", 16)]);
    let hash = |name: &str| compiled(&[folder(name, "one", "severity = 0.5")]).hash().to_owned();
    assert_ne!(hash("a"), hash("b"));
}

#[test]
fn packs_beyond_the_limits_are_refused() {
    let many: String = (0..=limits::REGEXES)
        .map(|n| rule(&format!("r{n}"), &[("literal = \"lamp\"", &format!("regex = 'lamp {n}'"))]))
        .collect();
    let expected = ("too-large", "many.toml".to_owned());
    let codes = found(&[pack("many", &many)]);
    assert_eq!((codes[0].0, codes[0].1.clone()), expected);
    let long = "x".repeat(limits::LITERAL_BYTES + 1);
    let large = rule("large", &[("literal = \"lamp\"", &format!("literal = \"{long}\""))]);
    assert_eq!(found(&[pack("large", &large)])[0].0, "too-large");
    assert_eq!(found(&[pack("page", &"#".repeat(limits::FILE_BYTES))])[0].0, "too-large");
    // Of a page of mistakes the first are told.
    let mistakes: String = (0..10_000).map(|n| format!("surprise{n} = 1\n")).collect();
    let codes = found(&[PackSource::file("mistakes.toml", mistakes)]);
    assert_eq!(codes.len(), limits::DIAGNOSTICS);
    let unknown: String = (0..10_000).map(|n| format!("'r{n}',")).collect();
    let changes = format!("[[override]]\nrule = [{unknown}]\nseverity = 0.1\n");
    assert_eq!(found(&[pack("mistakes", &changes)]).len(), limits::DIAGNOSTICS);
}

#[test]
fn every_rule_has_a_page_and_the_index_leads_to_it() {
    let rules = compiled(&[
        PackSource::default_pack(),
        pack(
            "<b>mine</b>",
            &format!(
                "[labels.lamps]\nsummary = \"About *lamps*.\"\n{}",
                rule(
                    "mine",
                    &[
                        ("\"off_topic\"", "\"lamps\""),
                        ("type_weight = 1.0", "type_weight = 0.0"),
                        ("\"A lamp\"", "\"A lamp ```` <script>\""),
                        ("Detects the word lamp.", "Detects [lamps](javascript:x) | <img>.")
                    ]
                )
            ),
        ),
    ]);
    let pages = rules.pages();
    assert_eq!(pages.len(), rules.rules().len() + 1);
    let index = &pages[0];
    assert_eq!(index.path, "index.md");
    for page in &pages[1..] {
        assert!(index.text.contains(&format!("({})", page.path)), "{}", page.path);
        let id = page.path.strip_suffix(".md").unwrap();
        assert_eq!(Some(&page.text), rules.explain(id).as_ref());
        for heading in ["## Fires when", "## Runs on which it fires", "## Runs on which it stays silent"] {
            assert!(page.text.contains(heading), "{}: {heading}", page.path);
        }
    }
    assert!(index.text.contains("\\<b\\>mine\\</b\\>") && index.text.contains("About \\*lamps\\*."));
    let mine = &pages.iter().find(|page| page.path == "mine.md").unwrap().text;
    assert!(mine.contains("Detects \\[lamps\\](javascript:x) \\| \\<img\\>."), "{mine}");
    assert!(mine.contains("`````text\nprompt: A lamp ```` <script>\n`````"), "{mine}");
}
