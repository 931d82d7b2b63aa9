//! Rules whose conditions are drawn at random, against the naive engine.

use proptest::prelude::*;

use super::super::*;
use crate::reading::Reading;
use crate::signals::{SIGNALS, Signals};
use crate::trajectory::{Step, Trajectory};

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just("lamp".to_owned()),
            Just("Lamp".to_owned()),
            Just("la".to_owned()),
            Just("é".to_owned()),
            Just("Error: no".to_owned()),
            Just("$20".to_owned()),
            Just("yes".to_owned()),
            Just("{\"price\": 25}".to_owned()),
            "[a-cé ]{0,3}",
        ],
        0..5,
    )
    .prop_map(|parts| parts.join(" "))
}

const FIELDS: &[&str] =
    &["user", "thought", "action", "arguments", "observation", "prompt", "system", "answer"];
const STEP_FIELDS: &[&str] = FIELDS.split_at(5).0;

fn field(fields: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(fields).prop_map(str::to_owned)
}

fn modifiers() -> impl Strategy<Value = String> {
    let position = proptest::sample::select(vec!["any", "first", "last"]);
    let bytes = proptest::option::of(0u32..9);
    (position, bytes.clone(), bytes, 0u32..3).prop_map(|(position, head, tail, at_least)| {
        let head = head.map_or(String::new(), |bytes| format!(", head_bytes = {bytes}"));
        let tail = tail.map_or(String::new(), |bytes| format!(", tail_bytes = {bytes}"));
        format!("position = \"{position}\"{head}{tail}, at_least = {at_least}")
    })
}

fn leaf(fields: &'static [&'static str]) -> impl Strategy<Value = String> {
    let literal = proptest::sample::select(vec!["lamp", "la", "a", "aa", "é", "Error", "$"]);
    let regex = proptest::sample::select(vec![
        "la?",
        "[A-Z]\\\\w+",
        "é|a",
        "^",
        "b$",
        "(?i)lamp|yes",
        "(?i)error: \\\\w",
        "la[a-m]p",
        "^(lamp|Error)",
    ]);
    let signal = proptest::sample::select(SIGNALS.iter().map(|signal| signal.name).collect::<Vec<_>>());
    let literals = proptest::collection::vec(literal.clone(), 1..4);
    prop_oneof![
        (literals, field(fields), field(fields), any::<bool>(), modifiers()).prop_map(
            |(literals, a, b, ignore, rest)| format!(
                "{{ literals = {literals:?}, field = [\"{a}\", \"{b}\"], ignore_case = {ignore}, {rest} }}"
            )
        ),
        (literal, field(fields), any::<bool>(), modifiers()).prop_map(
            |(literal, field, ignore, rest)| format!(
                "{{ literal = \"{literal}\", field = \"{field}\", ignore_case = {ignore}, {rest} }}"
            )
        ),
        (regex, field(fields), field(fields), modifiers()).prop_map(|(regex, a, b, rest)| format!(
            "{{ regex = \"{regex}\", field = [\"{a}\", \"{b}\"], {rest} }}"
        )),
        (signal, 0u32..3, proptest::sample::select(vec!["any", "first", "last"])).prop_map(
            |(signal, at_least, position)| format!(
                "{{ signal = \"{signal}\", at_least = {at_least}, position = \"{position}\" }}"
            )
        ),
    ]
}

fn nested(leaf: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    leaf.prop_recursive(3, 12, 3, |inner| {
        let list = proptest::collection::vec(inner.clone(), 1..4).prop_map(|list| list.join(", "));
        prop_oneof![
            list.clone().prop_map(|list| format!("{{ all = [{list}] }}")),
            list.clone().prop_map(|list| format!("{{ any = [{list}] }}")),
            inner.prop_map(|inner| format!("{{ not = {inner} }}")),
            (list, 0u32..3)
                .prop_map(|(list, n)| format!("{{ count = {{ of = [{list}], at_least = {n} }} }}")),
        ]
    })
}

fn sequence() -> impl Strategy<Value = String> {
    let at_step = || nested(leaf(STEP_FIELDS));
    let order = proptest::sample::select(vec!["then", "never"]);
    let within = proptest::option::of(0u32..4);
    (at_step(), order, at_step(), within).prop_map(|(first, order, second, within)| {
        let within = within.map_or(String::new(), |steps| format!(", within = {steps}"));
        format!("{{ sequence = {{ first = {first}, {order} = {second}{within} }} }}")
    })
}

fn condition() -> impl Strategy<Value = String> {
    nested(prop_oneof![2 => leaf(FIELDS), 1 => sequence()])
}

fn pack() -> impl Strategy<Value = String> {
    proptest::collection::vec(condition(), 1..5).prop_map(|conditions| pack_of(&conditions))
}

fn pack_of(conditions: &[String]) -> String {
    let rule = |(at, condition): (usize, &String)| {
        super::RULE
            .replace("id = \"mine\"", &format!("id = \"r{at}\""))
            .replace("[match]\nliteral = \"lamp\"\nfield = \"prompt\"\n", &format!("match = {condition}\n"))
            .replace("[[valid]]", "[[rule.valid]]")
            .replace("[[invalid]]", "[[rule.invalid]]")
            .trim_start()
            .to_owned()
    };
    conditions.iter().enumerate().map(|pair| format!("[[rule]]\n{}", rule(pair))).collect()
}

type OwnedStep = (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

fn steps() -> impl Strategy<Value = Vec<OwnedStep>> {
    let tool = proptest::option::of(
        proptest::sample::select(vec!["get_lamp", "buy_lamp", "delete_it", "finish", "bash"])
            .prop_map(str::to_owned),
    );
    let text = || proptest::option::of(text());
    proptest::collection::vec((text(), text(), tool, text(), text()), 0..8)
}

type Outer = (Option<String>, Option<String>, Option<String>);

fn outer() -> impl Strategy<Value = Outer> {
    let text = || proptest::option::of(text());
    (text(), text(), text())
}

fn trajectory<'a>(outer: &'a Outer, steps: &'a [OwnedStep]) -> Trajectory<'a> {
    let step = |(user, thought, tool, input, observation): &'a OwnedStep| Step {
        user: user.as_deref(),
        thought: thought.as_deref(),
        action_name: tool.as_deref(),
        action_input: input.as_deref(),
        observation: observation.as_deref(),
        error: None,
    };
    Trajectory {
        original_prompt: outer.0.as_deref(),
        system: outer.1.as_deref(),
        final_answer: outer.2.as_deref(),
        steps: steps.iter().map(step).collect(),
        ..Trajectory::default()
    }
}

fn compare(rules: &Rules, run: &Trajectory<'_>) -> Result<(), TestCaseError> {
    let reading = Reading::new(run);
    let compiled = rules.evaluate(&Signals::new(&reading));
    let sorted = |mut hits: Vec<crate::signals::Hit>| {
        hits.sort_by_key(|hit| (hit.step, hit.field.map(|field| field.name()), hit.span));
        hits
    };
    let compiled: Vec<_> = compiled.into_iter().map(|fired| (&fired.rule.id, sorted(fired.hits))).collect();
    let naive: Vec<_> =
        naive::evaluate(rules, run).into_iter().map(|(rule, hits)| (&rule.id, sorted(hits))).collect();
    prop_assert_eq!(compiled, naive);
    Ok(())
}

proptest! {
    #[test]
    fn compiled_rules_fire_exactly_where_the_naive_ones_do(
        pack in pack(),
        steps in steps(),
        outer in outer(),
    ) {
        let rules = Rules::compile(&[PackSource::file("random.toml", pack.clone())]).unwrap_or_else(|errors| {
            panic!("{pack}\n{}", errors.iter().map(|error| format!("{error}\n")).collect::<String>())
        });
        compare(&rules, &trajectory(&outer, &steps))?;
    }

    #[test]
    fn signals_of_the_run_name_no_step(steps in steps(), outer in outer()) {
        let run = trajectory(&outer, &steps);
        let reading = Reading::new(&run);
        let signals = Signals::new(&reading);
        for signal in lint::OF_THE_RUN {
            let hits = signals.hits(crate::signals::index_of(signal).expect(signal));
            prop_assert!(hits.iter().all(|hit| hit.step.is_none()), "{}", signal);
        }
    }

    #[test]
    fn so_do_those_of_the_default_pack(steps in steps(), outer in outer()) {
        compare(Rules::default_pack(), &trajectory(&outer, &steps))?;
    }
}

proptest! {
    // Six rules over whole runs, each by the naive engine.
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_follows_from_the_form_of_conditions_holds_on_every_run(
        one in condition(),
        other in condition(),
        steps in steps().prop_filter("sequences are about steps", |steps| !steps.is_empty()),
        outer in outer(),
    ) {
        let pack = pack_of(&[
            one.clone(),
            other.clone(),
            format!("{{ all = [{one}, {other}] }}"),
            format!("{{ any = [{other}, {one}] }}"),
            format!("{{ not = {one} }}"),
            format!("{{ all = [{one}, {{ not = {one} }}] }}"),
        ]);
        let rules = Rules::compile(&[PackSource::file("random.toml", pack)]).expect("as above");
        let run = trajectory(&outer, &steps);
        let fired: Vec<_> = naive::evaluate(&rules, &run).into_iter().map(|(rule, _)| &rule.id).collect();
        let conditions: Vec<_> = rules.rules().iter().map(|rule| (&rule.condition, fired.contains(&&rule.id))).collect();
        for (first, fires) in &conditions {
            prop_assert!(!(*fires && implication::never_holds(first)), "{:?}", first);
            prop_assert!(*fires || !implication::always_holds(first), "{:?}", first);
            for (second, also) in &conditions {
                let follows = implication::implies(first, second, &mut implication::Fuel::default());
                prop_assert!(!(follows && *fires && !also), "{:?} {:?}", first, second);
            }
        }
        let follows = |first: usize, second: usize| {
            implication::implies(conditions[first].0, conditions[second].0, &mut implication::Fuel::default())
        };
        prop_assert!(follows(2, 0) && follows(2, 1) && follows(0, 3) && follows(1, 3) && follows(2, 3));
        prop_assert!(implication::never_holds(conditions[5].0));
    }
}
