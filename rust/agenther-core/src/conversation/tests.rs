//! Golden rows of every kind, and what holds of all of them.

use super::*;
use crate::text::document::{Document, Value};
use crate::trajectory::Step;

fn call<'a>(thought: Option<&'a str>, name: &'a str, input: &'a str, observation: &'a str) -> Step<'a> {
    Step {
        thought,
        action_name: Some(name),
        action_input: Some(input),
        observation: Some(observation),
        ..Step::default()
    }
}

fn reply<'a>(user: Option<&'a str>, words: &'a str) -> Step<'a> {
    Step { user, thought: Some(words), ..Step::default() }
}

/// Asked for wire under $5; the second search fails; the third step finds wire at $5.30.
fn wire() -> Trajectory<'static> {
    Trajectory {
        trajectory_id: Some("wire"),
        original_prompt: Some("Find copper wire under $5/kg."),
        system: Some("You buy things."),
        steps: vec![
            call(Some("I need wire under $5."), "search", r#"{"q": "copper wire"}"#, "MicroMetals"),
            call(None, "search", r#"{"q": 5}"#, "Error"),
            call(Some("Open it."), "open", "MicroMetals\n", "{\"price\": 5.30}"),
            call(None, "finish", r#"{"answer":"none"}"#, ""),
        ],
        final_answer: Some("There is none under $5."),
        ..Trajectory::default()
    }
}

const WIRE_GOAL: GoalView<'static> = GoalView {
    goal: "What does \"copper\" wire cost?",
    answer: "MicroMetals sells it at $5.30.",
    kept_steps: &[0, 2, 3],
    thoughts: &[Some("I'll search."), None, None],
};

fn row(run: &Trajectory<'_>, goal: Option<&GoalView<'_>>, options: Options) -> Result<String, Skip> {
    let mut out = String::from("kept ");
    let result = render(run, goal, options, Some(0.5), &mut out);
    let row = out.strip_prefix("kept ").expect("what stood in the buffer stays");
    result.map(|()| row.to_string()).inspect_err(|_| assert_eq!(row, ""))
}

fn options(dialect: Dialect, row: Row) -> Options {
    Options { dialect, row, ..Options::default() }
}

const TOOLS: &str = r#"[{\"type\":\"function\",\"function\":{\"name\":\"search\",\"description\":\"\",\"parameters\":{\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\"}}}}},{\"type\":\"function\",\"function\":{\"name\":\"open\",\"description\":\"\",\"parameters\":{\"type\":\"object\",\"properties\":{\"input\":{\"type\":\"string\"}}}}}]"#;
const CALLS: &str = r#"{"role":"assistant","content":"I'll search.","tool_calls":[{"id":"c00000001","type":"function","function":{"name":"search","arguments":{"q":"copper wire"}}}]},{"role":"tool","tool_call_id":"c00000001","name":"search","content":"MicroMetals"},{"role":"assistant","content":"","tool_calls":[{"id":"c00000002","type":"function","function":{"name":"open","arguments":{"input":"MicroMetals\n"}}}]},{"role":"tool","tool_call_id":"c00000002","name":"open","content":"{\"price\": 5.30}"}"#;
const ANSWER: &str = r#"{"role":"assistant","content":"MicroMetals sells it at $5.30."}"#;
const SYSTEM: &str = r#"{"role":"system","content":"You buy things."}"#;
const ASKED: &str = r#"{"role":"user","content":"What does \"copper\" wire cost?"}"#;

#[test]
fn a_demonstration_keeps_the_kept_steps_and_ends_in_the_hindsight_answer() {
    assert_eq!(
        row(&wire(), Some(&WIRE_GOAL), Options::default()).unwrap(),
        format!(r#"{{"messages":[{SYSTEM},{ASKED},{CALLS},{ANSWER}],"tools":"{TOOLS}","weight":0.5}}"#)
    );
}

/// The steps of [`wire`] with a reply after the second, none of which but the first and the fourth is kept.
fn wandering() -> Trajectory<'static> {
    let mut run = wire();
    run.steps.insert(2, reply(Some("Hurry!"), "I have found nothing under $5 yet."));
    run
}

const WANDERED: GoalView<'static> = GoalView { kept_steps: &[0, 3, 4], ..WIRE_GOAL };

#[test]
fn a_mask_keeps_the_calls_outside_the_slice_as_context() {
    let masked = |mask, off: &str, on: &str| {
        let row = row(&wandering(), Some(&WANDERED), Options { mask: Some(mask), ..Options::default() });
        let (first, second) = CALLS.split_at(CALLS.find(r#",{"role":"assistant","content":"","#).unwrap());
        let outside = r#",{"role":"assistant","content":"","tool_calls":[{"id":"c00000002","type":"function","function":{"name":"search","arguments":{"q":5}}}]},{"role":"tool","tool_call_id":"c00000002","name":"search","content":"Error"}"#;
        let with = |messages: &str, field: &str| {
            messages.replace(r#","tool_calls":"#, &format!(r#",{field},"tool_calls":"#))
        };
        let first = with(first, on);
        let second = with(&second.replace("c00000002", "c00000003"), on);
        let answer = format!("{},{on}}}", ANSWER.strip_suffix('}').unwrap());
        let messages = format!("[{SYSTEM},{ASKED},{first}{}{second},{answer}]", with(outside, off));
        let start = format!(r#"{{"messages":{messages},"tools""#);
        assert!(row.as_ref().is_ok_and(|row| row.starts_with(&start)), "{row:?}");
    };
    masked(Mask::Train, r#""train":false"#, r#""train":true"#);
    masked(Mask::Weight, r#""weight":0"#, r#""weight":1"#);
}

#[test]
fn rows_that_have_no_mask_leave_the_other_steps_out() {
    let kinds = [
        (Dialect::Messages, Row::Preference),
        (Dialect::Messages, Row::Desirable),
        (Dialect::ShareGpt, Row::Demonstration),
    ];
    for (dialect, kind) in kinds {
        let plain = options(dialect, kind);
        let masked = Options { mask: Some(Mask::Train), ..plain };
        assert_eq!(row(&wandering(), Some(&WANDERED), masked), row(&wandering(), Some(&WANDERED), plain));
    }
}

#[test]
fn a_mask_parts_no_reply_from_its_call_and_is_no_demonstration() {
    let mut run = wire();
    run.steps.insert(0, reply(None, "I look for the price."));
    let said =
        GoalView { kept_steps: &[0, 3], thoughts: &[Some("I look for the price."), None], ..WIRE_GOAL };
    let masking = Options { mask: Some(Mask::Train), ..Options::default() };
    let written = row(&run, Some(&said), masking).unwrap();
    let agents: Vec<&str> = written.split(r#"{"role":"assistant","content":"#).skip(1).collect();
    let starts = [
        r#""","train":false"#,
        r#""","train":false"#,
        r#""I look for the price.","train":true,"tool_calls""#,
        r#""MicroMetals"#,
    ];
    assert_eq!(agents.len(), starts.len(), "{written}");
    assert!(agents.iter().zip(starts).all(|(agent, start)| agent.starts_with(start)), "{agents:#?}");

    let none = GoalView { kept_steps: &[0], thoughts: &[None], ..WIRE_GOAL };
    assert_eq!(row(&run, Some(&none), masking), Err(Skip::NoCall));
}

#[test]
fn a_preference_rejects_the_ending_of_the_run() {
    let rejected = r#"{"role":"assistant","content":"There is none under $5."}"#;
    assert_eq!(
        row(&wire(), Some(&WIRE_GOAL), options(Dialect::Messages, Row::Preference)).unwrap(),
        format!(
            r#"{{"prompt":[{SYSTEM},{ASKED},{CALLS}],"chosen":[{ANSWER}],"rejected":[{rejected}],"tools":"{TOOLS}","weight":0.5}}"#
        )
    );
}

#[test]
fn desirable_and_undesirable_differ_in_the_prompt_alone() {
    let desirable = row(&wire(), Some(&WIRE_GOAL), options(Dialect::Messages, Row::Desirable)).unwrap();
    let undesirable = row(&wire(), Some(&WIRE_GOAL), options(Dialect::Messages, Row::Undesirable)).unwrap();
    assert_eq!(
        desirable,
        format!(
            r#"{{"prompt":[{SYSTEM},{ASKED}],"completion":[{CALLS},{ANSWER}],"label":true,"tools":"{TOOLS}","weight":0.5}}"#
        )
    );
    let original = r#"{"role":"user","content":"Find copper wire under $5/kg."}"#;
    assert_eq!(undesirable, desirable.replace(ASKED, original).replace("true", "false"));
}

#[test]
fn sharegpt_has_the_call_behind_the_thought() {
    let turns = [
        r#"{"from":"human","value":"What does \"copper\" wire cost?"}"#,
        r#"{"from":"function_call","value":"I'll search.<tool_call>{\"name\":\"search\",\"arguments\":{\"q\":\"copper wire\"}}</tool_call>"}"#,
        r#"{"from":"observation","value":"MicroMetals"}"#,
        r#"{"from":"function_call","value":"<tool_call>{\"name\":\"open\",\"arguments\":{\"input\":\"MicroMetals\\n\"}}</tool_call>"}"#,
        r#"{"from":"observation","value":"{\"price\": 5.30}"}"#,
    ]
    .join(",");
    let answer = r#"{"from":"gpt","value":"MicroMetals sells it at $5.30."}"#;
    let rejected = r#"{"from":"gpt","value":"There is none under $5."}"#;
    let rest = format!(r#""system":"You buy things.","tools":"{TOOLS}","weight":0.5}}"#);
    let written = |kind| row(&wire(), Some(&WIRE_GOAL), options(Dialect::ShareGpt, kind)).unwrap();
    assert_eq!(written(Row::Demonstration), format!(r#"{{"conversations":[{turns},{answer}],{rest}"#));
    assert_eq!(
        written(Row::Preference),
        format!(r#"{{"conversations":[{turns}],"chosen":{answer},"rejected":{rejected},{rest}"#)
    );
    assert_eq!(
        written(Row::Desirable),
        format!(r#"{{"conversations":[{turns},{answer}],"kto_tag":true,{rest}"#)
    );
}

#[test]
fn openai_takes_strings_and_a_list_of_tools() {
    let openai =
        Options { arguments: Arguments::String, tools: ToolsForm::List, system: false, ..Options::default() };
    let written = row(&wire(), Some(&WIRE_GOAL), openai).unwrap();
    assert!(written.contains(r#""arguments":"{\"q\":\"copper wire\"}""#), "{written}");
    assert!(written.contains(r#""tools":[{"type":"function""#), "{written}");
    assert!(!written.contains("You buy things."), "{written}");
}

#[test]
fn the_schemas_of_the_log_are_kept_and_missing_ones_added() {
    let tools = r#"[{"name": "search", "parameters": {"type": "object"}}, {"type":"function","function":{"name":"unused"}}]"#;
    let run = Trajectory { tools: Some(tools), ..wire() };
    let list = Options { tools: ToolsForm::List, ..Options::default() };
    let written = row(&run, Some(&WIRE_GOAL), list).unwrap();
    assert!(
        written.contains(concat!(
            r#""tools":[{"type":"function","function":{"name":"search","parameters":{"type":"object"}}},"#,
            r#"{"type":"function","function":{"name":"unused"}},"#,
            r#"{"type":"function","function":{"name":"open","description":"","#
        )),
        "{written}"
    );
}

#[test]
fn a_renderer_forgets_the_tools_of_the_run_before() {
    let with_tools = Trajectory { tools: Some(r#"[{"name":"other"}]"#), ..wire() };
    let mut renderer = Renderer::new(Options::default());
    for run in [&with_tools, &wire(), &with_tools] {
        let mut out = String::new();
        renderer.render(run, Some(&WIRE_GOAL), Some(0.5), &mut out).unwrap();
        assert_eq!(out, row(run, Some(&WIRE_GOAL), Options::default()).unwrap());
    }
}

#[test]
fn argument_types_are_inferred_from_every_call() {
    let input = |text| call(None, "t", text, "ok");
    let run = Trajectory {
        steps: vec![
            input(r#"{"a": 1, "b": null, "c": [1], "d": true, "e": 1}"#),
            input(r#"{"a": 1.5, "b": {"x": 1}, "c": [], "e": "x"}"#),
        ],
        ..wire()
    };
    let goal = GoalView { kept_steps: &[0, 1], thoughts: &[None, None], ..WIRE_GOAL };
    let list = Options { tools: ToolsForm::List, ..Options::default() };
    let properties = concat!(
        r#""properties":{"a":{"type":"number"},"b":{"type":"object"},"#,
        r#""c":{"type":"array","items":{"type":"string"}},"d":{"type":"boolean"},"e":{"type":"string"}}"#
    );
    let written = row(&run, Some(&goal), list).unwrap();
    assert!(written.contains(properties), "{written}");
}

#[test]
fn what_gives_no_row_says_why() {
    let skip = |goal: GoalView<'_>, kind| row(&wire(), Some(&goal), options(Dialect::Messages, kind));
    let demonstration = |goal| skip(goal, Row::Demonstration);
    assert_eq!(demonstration(GoalView { goal: " ", ..WIRE_GOAL }), Err(Skip::NoGoal));
    assert_eq!(demonstration(GoalView { answer: "", ..WIRE_GOAL }), Err(Skip::NoAnswer));
    let steps = |kept_steps| GoalView { kept_steps, thoughts: &[None, None], ..WIRE_GOAL };
    assert_eq!(demonstration(steps(&[2, 9])), Err(Skip::BadSteps));
    assert_eq!(demonstration(steps(&[2, 0])), Err(Skip::BadSteps));
    assert_eq!(demonstration(steps(&[0, 1, 2])), Err(Skip::BadSteps));
    assert_eq!(
        demonstration(GoalView { kept_steps: &[3], thoughts: &[None], ..WIRE_GOAL }),
        Err(Skip::NoCall)
    );
    assert_eq!(
        skip(GoalView { goal: "Find  copper wire under $5/KG.", ..WIRE_GOAL }, Row::Undesirable),
        Err(Skip::SameGoal)
    );
    assert_eq!(
        skip(GoalView { answer: "there is none under $5", ..WIRE_GOAL }, Row::Preference),
        Err(Skip::SameEnding)
    );
    let run = Trajectory { final_answer: None, ..wire() };
    assert_eq!(
        row(&run, Some(&WIRE_GOAL), options(Dialect::Messages, Row::Preference)),
        Err(Skip::NoOwnEnding)
    );
    let run = Trajectory { original_prompt: None, ..wire() };
    assert_eq!(
        row(&run, Some(&WIRE_GOAL), options(Dialect::Messages, Row::Undesirable)),
        Err(Skip::NoPrompt)
    );
}

/// A run with words of the user between.
fn chat() -> Trajectory<'static> {
    Trajectory {
        original_prompt: Some("Hello"),
        steps: vec![
            reply(None, "Who are you?"),
            Step { user: Some("Ann."), ..call(None, "find_user", r#"{"name":"Ann"}"#, "u1") },
            call(None, "get_user", r#"{"id":"u1"}"#, "born 1990"),
            reply(None, "You were born in 1990."),
            reply(Some("Thanks!"), "You're welcome."),
            Step { user: Some("Bye."), ..Step::default() },
        ],
        ..Trajectory::default()
    }
}

fn roles(row: &str) -> Vec<String> {
    let document = Document::parse(row).expect(row);
    let list = document.root().children().next().unwrap();
    let role = |turn: Value<'_, '_>| turn.get("role").or(turn.get("from")).unwrap().text().into_owned();
    list.children().map(role).collect()
}

#[test]
fn a_run_is_written_as_it_happened() {
    let written = row(&chat(), None, Options::default()).unwrap();
    assert_eq!(
        roles(&written),
        [
            "user",
            "assistant",
            "user",
            "assistant",
            "tool",
            "assistant",
            "tool",
            "assistant",
            "user",
            "assistant"
        ]
    );
    assert!(written.contains(r#"{"role":"assistant","content":"You're welcome."}]"#), "{written}");
    assert!(!written.contains("Bye."), "{written}");
}

#[test]
fn a_terminal_call_makes_way_for_the_answer() {
    let written = row(&wire(), None, Options { system: false, ..Options::default() }).unwrap();
    assert_eq!(
        roles(&written),
        ["user", "assistant", "tool", "assistant", "tool", "assistant", "tool", "assistant"]
    );
    assert!(!written.contains("finish"), "{written}");
}

#[test]
fn words_of_the_user_are_left_out_of_a_hindsight_row() {
    let goal = GoalView {
        goal: "When was I born? I'm Ann.",
        answer: "In 1990.",
        kept_steps: &[0, 1, 2, 3],
        thoughts: &[Some("Let me look."), None, None, None],
    };
    let written = row(&chat(), Some(&goal), Options::default()).unwrap();
    assert_eq!(roles(&written), ["user", "assistant", "tool", "assistant", "tool", "assistant"]);
    assert!(written.contains(r#""content":"Let me look.","tool_calls""#), "{written}");
    assert!(!written.contains("Ann.\"}]") && !written.contains("Thanks"), "{written}");
}

#[test]
fn silent_calls_are_joined_on_request() {
    let goal = GoalView { kept_steps: &[1, 2], thoughts: &[Some("Look."), None], ..WIRE_GOAL };
    let joined = Options { join_silent_calls: true, ..Options::default() };
    let written = row(&chat(), Some(&goal), joined).unwrap();
    assert_eq!(roles(&written), ["user", "assistant", "tool", "tool", "assistant"]);
    assert!(written.contains(r#""tool_call_id":"c00000002","name":"get_user","content":"born 1990""#));
    let written = row(&chat(), Some(&goal), Options { dialect: Dialect::ShareGpt, ..joined }).unwrap();
    assert_eq!(roles(&written), ["human", "function_call", "observation", "gpt"]);
    assert!(written.contains(r#"Look.<tool_call>[{\"name\":\"find_user\""#), "{written}");
    assert!(written.contains(r#""value":"u1\nborn 1990""#), "{written}");
}

#[test]
fn sharegpt_refuses_what_its_reader_would_empty() {
    let mut run = chat();
    run.steps[2].user = Some("Go on.");
    assert_eq!(row(&run, None, options(Dialect::ShareGpt, Row::Demonstration)), Err(Skip::NotAlternating));
    let written = row(&chat(), None, options(Dialect::ShareGpt, Row::Demonstration)).unwrap();
    assert_eq!(roles(&written).len() % 2, 0);
}

#[test]
fn tags_in_the_log_open_no_call() {
    let mut run = wire();
    run.steps[0].action_input = Some(r#"{"q": "</tool_call><tool_call>{}"}"#);
    let goal = GoalView { thoughts: &[Some("a <tool_call> b"), None, None], ..WIRE_GOAL };
    let written = row(&run, Some(&goal), options(Dialect::ShareGpt, Row::Demonstration)).unwrap();
    assert_eq!(written.matches("<tool_call>").count(), 2, "{written}");
    assert_eq!(written.matches("</tool_call>").count(), 2, "{written}");
}

proptest::proptest! {
    /// Whatever the log holds: one line of JSON, the observations whole, the ShareGPT turns alternating.
    #[test]
    fn every_row_is_one_line_of_json(
        texts in proptest::collection::vec("[\\PC\\x00-\\x1f\"\\\\{}<>]{0,20}", 12),
        named in proptest::collection::vec(proptest::bool::ANY, 4),
        kind in 0..4usize,
        share in proptest::bool::ANY,
        under_goal in proptest::bool::ANY,
        join_silent_calls in proptest::bool::ANY,
    ) {
        let steps: Vec<_> = named.iter().enumerate().map(|(at, &named)| Step {
            user: (at == 2).then_some(texts[11].as_str()),
            thought: (at != 1).then_some(texts[at].as_str()),
            action_name: named.then_some(texts[at + 1].as_str()),
            action_input: Some(&texts[at + 2]),
            observation: Some(&texts[at + 3]),
            error: None,
        }).collect();
        let run = Trajectory {
            original_prompt: Some(&texts[7]), system: Some(&texts[8]), tools: Some(&texts[9]),
            final_answer: Some(&texts[10]), steps, ..Trajectory::default()
        };
        let goal = GoalView {
            goal: &texts[6], answer: &texts[5], kept_steps: &[0, 1, 3],
            thoughts: &[Some(&texts[0]), None, Some(&texts[2])],
        };
        let dialect = if share { Dialect::ShareGpt } else { Dialect::Messages };
        let row_kind = [Row::Demonstration, Row::Preference, Row::Desirable, Row::Undesirable][kind];
        let chosen = Options { join_silent_calls, ..options(dialect, row_kind) };
        if let Ok(written) = row(&run, under_goal.then_some(&goal), chosen) {
            proptest::prop_assert!(!written.contains('\n'));
            let document = Document::parse(&written).expect("JSON");
            let observations: Vec<_> = run.steps.iter().filter_map(|step| step.observation).collect();
            let first = document.root().children().next().unwrap();
            for turn in first.children() {
                let is_observation = turn.get("role").is_some_and(|role| role.raw() == "tool");
                if is_observation {
                    let content = turn.get("content").unwrap().text();
                    proptest::prop_assert!(observations.contains(&content.as_ref()));
                }
            }
            if share {
                for (at, turn) in first.children().enumerate() {
                    let odd = matches!(turn.get("from").unwrap().raw(), "human" | "observation");
                    proptest::prop_assert_eq!(odd, at % 2 == 0);
                }
            }
        }
    }
}
