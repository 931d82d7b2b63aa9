//! What is read as a constraint, by a table of cases.

use super::*;
use crate::text::facts::facts;

/// `bound text-of-the-value in span` for every constraint of a text.
fn shown(text: &str) -> Vec<String> {
    constraints(text, &facts(text))
        .iter()
        .map(|found| format!("{:?} {} in {}", found.bound, found.fact.text, found.span.of(text)))
        .collect()
}

#[test]
fn constraints_are_read_with_their_side_and_their_words() {
    let mut failed = Vec::new();
    for (text, expected) in [
        ("a lamp under $20, please", vec!["Below $20 in under $20"]),
        ("a lamp for no more than $20", vec!["AtMost $20 in no more than $20"]),
        ("a lamp for $20 or less", vec!["AtMost $20 in $20 or less"]),
        ("a lamp, price ≥ $20", vec!["AtLeast $20 in ≥ $20"]),
        ("a lamp for $20", vec![]),
        ("the thunder $20", vec![]),
        (
            "copper wire under $5/kg, MOQ < 100 kg",
            vec!["Below $5/kg in under $5/kg", "Below 100 kg in < 100 kg"],
        ),
        ("my budget is 1.234,56 €", vec!["AtMost 1.234,56 € in budget is 1.234,56 €"]),
        ("at least 4 GB of memory", vec!["AtLeast 4 GB in at least 4 GB"]),
        (
            "a hotel between $100 and $150 a night",
            vec![
                "AtLeast $100 in between $100 and $150 a night",
                "AtMost $150 a night in between $100 and $150 a night",
            ],
        ),
        (
            "priced from 20 to 30 dollars",
            vec!["AtLeast 20 in from 20 to 30 dollars", "AtMost 30 dollars in from 20 to 30 dollars"],
        ),
        ("arrive on or before May 20, 2024", vec!["AtMost May 20, 2024 in on or before May 20, 2024"]),
        ("before 5 of them", vec![]),
        ("deliver it by May 20", vec!["AtMost May 20 in by May 20"]),
        ("I don't want to fly before 11 AM", vec!["AtLeast 11 AM in before 11 AM"]),
        ("it doesn't exceed $500", vec!["AtMost $500 in exceed $500"]),
        ("within 5 km, within $30", vec!["AtMost $30 in within $30"]),
        ("don't spend more than $50", vec!["AtMost $50 in more than $50"]),
        ("nothing over $50", vec!["AtMost $50 in over $50"]),
        ("if it is over $50, ask me", vec![]),
        ("at most three bags", vec!["AtMost three in at most three"]),
        ("exactly one bag and up to 2 bikes", vec!["Exactly one in exactly one", "AtMost 2 in up to 2"]),
        ("I am one of almost three million", vec![]),
        ("call 555-0199 or 2-3 times", vec![]),
        ("10 % or more", vec!["AtLeast 10 % in 10 % or more"]),
    ] {
        let found = shown(text);
        if found != expected {
            failed.push(format!("{text}\n  found    {found:?}\n  expected {expected:?}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn forms_of_the_answer_are_read_and_checked() {
    for (prompt, fits, breaks) in [
        ("Who wrote it? Answer in one word.", "Tolstoy", "It was Tolstoy."),
        ("Return the result as JSON.", "```json\n{\"a\": 1}\n```", "The result is a = 1."),
        ("Respond with only a number.", "It is 42.", "Quite a few"),
        ("Please answer yes or no.", "Yes.", "It depends."),
        ("Summarize it in at most five words.", "A war and a peace", "It is a war and then a peace"),
        ("Describe it in two sentences.", "It is red. It is big.", "It is. It was. It will be."),
    ] {
        let found = form::forms(prompt);
        assert_eq!(found.len(), 1, "{prompt}");
        assert!(found[0].0.fits(fits), "{prompt} {fits}");
        assert!(!found[0].0.fits(breaks), "{prompt} {breaks}");
    }
    for prompt in [
        "The API returns data. The file is in JSON format.",
        "If you cannot find it, answer with only a number.",
        "Do not answer in one word.",
        "Write 3 words",
    ] {
        assert_eq!(form::forms(prompt), [], "{prompt}");
    }
}

#[test]
fn demands_on_tools_are_read() {
    let tools = ["verify_identity", "update_card", "delete_user", "web_search", "search"];
    let shown = |text| -> Vec<(&str, Option<&str>)> {
        tools::demands(text, &tools).iter().map(|demand| (demand.tool, demand.needs)).collect()
    };
    for (text, expected) in [
        ("Never call `delete_user`.", vec![("delete_user", None)]),
        ("Please do not use the web_search tool.", vec![("web_search", None)]),
        ("Do not call delete_user without asking.", vec![]),
        ("If it is closed, never call delete_user.", vec![]),
        ("Do not search", vec![]),
        ("Always call verify_identity before update_card.", vec![("update_card", Some("verify_identity"))]),
        ("Never call update_card before verify_identity.", vec![("update_card", Some("verify_identity"))]),
        ("Use update_card only after verify_identity.", vec![("update_card", Some("verify_identity"))]),
        ("First call verify_identity, then update_card.", vec![("update_card", Some("verify_identity"))]),
        ("You have verify_identity and update_card.", vec![]),
        ("Use only verify_identity and web_search.", vec![("update_card", None), ("delete_user", None)]),
        (
            "Only use the web_search tool.",
            vec![("verify_identity", None), ("update_card", None), ("delete_user", None)],
        ),
        ("Only use web_search to look things up.", vec![]),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "([a-zé$€0-9.,:;<≤ \n-]|under |at most |two |before |between |and |not |in one word |answer |a_tool ){0,40}") {
        for found in constraints(&text, &facts(&text)) {
            proptest::prop_assert!(found.span.of(&text).len() >= found.fact.text.len().min(1));
        }
        form::forms(&text);
        tools::demands(&text, &["a_tool", "b_tool"]);
    }
}
