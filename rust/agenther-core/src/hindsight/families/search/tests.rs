//! Searches and the questions that they answer.

use crate::hindsight::families::testing::proposals;

const LANTERN: (&str, &str, &str) = (
    "search",
    "The Lantern",
    "The Lantern is a 1987 French drama film directed by Anne Morel and starring Luc Petit. It premiered on 3 May 1987.",
);
const MOREL: (&str, &str, &str) = (
    "search",
    "Anne Morel",
    "Anne Louise Morel (born 4 June 1950) is a French filmmaker. She is best known for her films about the sea.",
);

fn goals(calls: &[(&str, &str, &str)]) -> Vec<(String, String)> {
    let found = proposals(super::propose, "Something else?", calls);
    found.into_iter().map(|(goal, answer, _)| (goal, answer)).collect()
}

fn asks(calls: &[(&str, &str, &str)], goal: &str, answer: &str) -> bool {
    goals(calls).contains(&(goal.to_string(), answer.to_string()))
}

#[test]
fn a_second_search_for_what_the_first_named_is_a_hop() {
    let calls = [LANTERN, MOREL];
    assert!(
        asks(&calls, "When was the director of the film The Lantern born?", "4 June 1950"),
        "{:?}",
        goals(&calls)
    );
}

#[test]
fn two_passages_compare() {
    let other = (
        "search",
        "Jon Hale",
        "Jon Hale (2 May 1931 – 7 July 1999) was an English painter. He lived in Kent.",
    );
    let answer = "Jon Hale, born on 2 May 1931; Anne Morel was born on 4 June 1950";
    assert!(asks(&[MOREL, other], "Who was born first, Anne Morel or Jon Hale?", answer));
}

#[test]
fn two_boxes_for_one_attribute_compare() {
    let calls =
        [("search", "Ann Lee birth date", "4 June 1950"), ("search", "Jon Hale birth date", "May 1931")];
    let answer = "Jon Hale, born in May 1931; Ann Lee was born on 4 June 1950";
    assert!(asks(&calls, "Who was born first, Ann Lee or Jon Hale?", answer), "{:?}", goals(&calls));
    let calls = [("search", "Ann Lee nationality", "Irish"), ("search", "Jon Hale nationality", "English")];
    let answer = "Ann Lee: Irish; Jon Hale: English";
    assert!(
        asks(&calls, "What are the nationalities of Ann Lee and Jon Hale?", answer),
        "{:?}",
        goals(&calls)
    );
}

#[test]
fn a_query_for_an_attribute_is_answered_by_the_lead_of_its_topic() {
    let text = "Ann Lee (born 2 May 1931) is an Irish painter. She lives in Cork.";
    let found = goals(&[("search", "Ann Lee nationality", text)]);
    assert_eq!(found, [("What is the nationality of Ann Lee?".to_string(), "Irish".to_string())]);
    assert!(goals(&[("search", "Ann Lee paintings", text)]).is_empty());
}

#[test]
fn what_a_query_says_of_someone_stays_in_the_question() {
    let text = "Ann Lee (born 2 May 1931) is an Irish chess player. She lives in Cork.";
    for query in ["Ann Lee chess", "Ann Lee chess born"] {
        let found = goals(&[("google_search", query, text)]);
        assert!(!found.is_empty(), "{query}");
        assert!(
            found.iter().all(|(goal, _)| goal.contains("the chess player Ann Lee")),
            "{query}: {found:?}"
        );
    }
    let found = goals(&[("google_search", "Ann Lee wikipedia", text)]);
    assert!(found.iter().any(|(goal, _)| goal.starts_with("When was Ann Lee born")), "{found:?}");
    assert!(goals(&[("google_search", "Ann Lee tennis", text)]).is_empty());
}

#[test]
fn a_chunk_that_says_the_attribute_answers() {
    let chunk =
        r#"[{"id": "d#1", "text": "The maximum temperature of the X200 is 80 °C. Do not exceed it."}]"#;
    let expected = ("What is the maximum temperature of the X200?".to_string(), "80 °C".to_string());
    assert_eq!(goals(&[("retrieve", "maximum temperature X200", chunk)]), [expected]);
}

#[test]
fn what_tells_people_of_one_name_apart_stays_in_the_question() {
    let text = "Jon Hale (1793–1834) was an English engineer. He built canals.";
    let found = goals(&[("search", "Jon Hale (engineer)", text)]);
    assert!(found.iter().all(|(goal, _)| goal.contains("the engineer Jon Hale")), "{found:?}");
    assert!(!found.is_empty());
}

#[test]
fn the_kind_that_a_query_ends_with_stays_in_the_question() {
    let text = "Lantern were a Veldic rock band formed in 1991. They broke up.";
    let found = goals(&[("search", "Lantern band", text)]);
    assert!(
        !found.is_empty() && found.iter().all(|(goal, _)| goal.contains("the band Lantern")),
        "{found:?}"
    );
}

#[test]
fn stage_names_lead_to_the_bearer() {
    let text =
        "Jon Peter Hale (born 2 May 1931), known professionally as Grey Fox, is an English singer. He lives.";
    assert!(
        asks(
            &[("search", "Grey Fox", text)],
            "When was Grey Fox born, and what is his nationality?",
            "2 May 1931; English"
        ) || asks(
            &[("search", "Grey Fox", text)],
            "What is the real name of Grey Fox, and when was he born?",
            "Jon Peter Hale; 2 May 1931"
        ),
        "{:?}",
        goals(&[("search", "Grey Fox", text)])
    );
}

#[test]
fn pages_of_a_code_call_are_read() {
    let call = (
        "python",
        "print(wikipedia_search('Jon Hale'))",
        "Page: Jon Hale\nSummary: Jon Hale (born 2 May 1931) is an English painter.\n\nPage: Kent\nSummary: Kent is a county.",
    );
    assert!(goals(&[call]).iter().any(|(goal, _)| goal.contains("Jon Hale")));
}

#[test]
fn a_page_whose_name_the_query_holds_is_asked_about_unless_another_page_has_that_name() {
    let pages = "Page: Jon Hale (painter)\nSummary: Jon Hale (born 2 May 1931) is an English painter.\n\nPage: Kent\nSummary: Kent is a county.";
    let call = ("wikipedia", "early harbour paintings of Jon Hale in Kent", pages);
    assert!(goals(&[call]).iter().any(|(goal, _)| goal.contains("Jon Hale")), "{:?}", goals(&[call]));
    let two = format!("{pages}\n\nPage: Jon Hale (judge)\nSummary: Jon Hale is a judge.");
    assert_eq!(goals(&[("wikipedia", call.1, &two)]), []);
    assert_eq!(goals(&[("wikipedia", "early paintings of Jon Hales", pages)]), []);
}

#[test]
fn what_holds_a_title_is_no_person_and_a_definition_ends_where_another_begins() {
    let prize = "Page: Mr. Harbour\nSummary: Mr. Harbour is the title awarded to the winner of the men's rowing contest, who holds it for a year.";
    let found = goals(&[("wikipedia", "Mr. Harbour", prize)]);
    assert!(found.iter().all(|(goal, _)| !goal.contains("Who")), "{found:?}");
    let ship = "Page: MS Veld\nSummary: MS Veld is a Dutch-class ferry, and was the second ship of the line to be named after the town of Veld.";
    assert!(asks(&[("wikipedia", "MS Veld", ship)], "What is MS Veld?", "a Dutch-class ferry"));
}

#[test]
fn the_shorter_name_that_a_lead_gives_is_the_topic() {
    let text = "Brightwell Motors Company Limited, commonly known as Brightwell Motors and later as Veld Motors, was a car maker based in Ulm, Germany. It was founded in 1921.";
    let found = goals(&[("search", "Brightwell Motors", text)]);
    assert!(found.iter().any(|(goal, _)| goal.contains("Brightwell Motors")), "{found:?}");
    assert!(found.iter().all(|(goal, _)| !goal.contains("other name")), "{found:?}");
}

#[test]
fn passages_about_something_else_are_not_asked_about() {
    for (query, text) in [
        ("Jon Hale", "Jonathan Haley (born 2 May 1931) is an English painter."),
        ("Jon Hale paintings in Kent", "Jon Hale (born 2 May 1931) is an English painter."),
        ("Discovery", "Discovery+ is an American streaming service. It has films."),
        ("Jon Hale", "Could not find [Jon Hale]. Similar: ['Jon Hall', 'John Hale']"),
        ("what did Jon Hale do", "Jon Hale (born 2 May 1931) is an English painter."),
        ("Jon Hale", "Jon Hale (bapt. 2 May 1531 – c. 1599) was a former farmer."),
    ] {
        assert!(goals(&[("search", query, text)]).is_empty(), "{text}");
    }
}

#[test]
fn relations_of_all_kinds_are_read_and_followed() {
    let company = (
        "wiki_lookup_search",
        r#"{"query": "Brightwell Motors"}"#,
        "Brightwell Motors is a German car company founded in 1921 and based in Ulm. It has 42 factories.",
    );
    let city = (
        "wiki_lookup_search",
        r#"{"query": "Ulm"}"#,
        "Ulm is a city in the south of Germany. The population was 126,790 as of the 2020 census. Its mayor is Jon Hale.",
    );
    let found = goals(&[company, city]);
    let has = |goal: &str| found.iter().any(|(asked, _)| asked == goal);
    assert!(has("What is the population of the city where Brightwell Motors is based?"), "{found:?}");
    assert!(
        found
            .iter()
            .any(|(goal, answer)| goal.contains("how many factories does it have") || answer.contains("42"))
    );
    let software = (
        "web_search",
        "Palimpsest",
        "Palimpsest is a text editor for the desktop, developed by Anne Morel. It has 12 modes.",
    );
    assert!(
        asks(&[software, MOREL], "When was the developer of Palimpsest born?", "4 June 1950"),
        "{:?}",
        goals(&[software, MOREL])
    );
}

#[test]
fn what_one_is_to_the_other_leads_to_a_fact_of_it() {
    let professor = (
        "search",
        "Ann Lee",
        "Ann Lee (born 2 May 1931) is a professor of chemistry at the Veld Institute. She lives in Cork.",
    );
    let institute = (
        "search",
        "Veld Institute",
        "The Veld Institute is a private university founded in 1887. It has 12 schools.",
    );
    let goal = "At which university is Ann Lee a professor of chemistry, and when was it founded?";
    assert!(
        asks(&[professor, institute], goal, "Veld Institute; 1887"),
        "{:?}",
        goals(&[professor, institute])
    );
}

#[test]
fn what_lies_in_a_kind_of_place_is_asked_for_by_the_kind() {
    let village = ("search", "Tarn", "Tarn is a village in the district of Oberweg with 1,140 inhabitants.");
    let district = ("search", "Oberweg", "Oberweg is a rural district. Its seat is Weg.");
    let goal = "In which district is Tarn a village, and what is its seat?";
    let found = goals(&[village, district]);
    assert!(asks(&[village, district], goal, "Oberweg; Weg"), "{found:?}");
}

#[test]
fn code_that_searches_twice_finds_two_pages() {
    let code = "a = wikipedia_search('Jon Hale')\nb = wikipedia_search('Ann Lee')\nprint(a)\nprint(b)";
    let pages = "Page: Jon Hale\nSummary: Jon Hale (born 2 May 1931) is an English painter.\nPage: Ann Lee\nSummary: Ann Lee (born 4 June 1950) is an Irish painter.";
    let answer = "Jon Hale, born on 2 May 1931; Ann Lee was born on 4 June 1950";
    assert!(
        asks(&[("python", code, pages)], "Who was born first, Jon Hale or Ann Lee?", answer),
        "{:?}",
        goals(&[("python", code, pages)])
    );
    let shown = r"Out[1]: 'Page: Jon Hale\nSummary: Jon Hale (born 2 May 1931) is an English painter.\n\nPage: Kent\nSummary: Kent is a county.'";
    assert!(
        asks(&[("python", "wikipedia_search('Jon Hale')", shown)], "When was Jon Hale born?", "2 May 1931"),
        "{:?}",
        goals(&[("python", "wikipedia_search('Jon Hale')", shown)])
    );
    assert!(goals(&[("python", "x = open('Jon Hale')\nsearch('Jon Hale')", shown)]).is_empty());
}

#[test]
fn results_in_json_and_behind_labels_are_read() {
    let json = r#"[{"title": "Jon Hale", "url": "u", "snippet": "Jon Hale (born 2 May 1931) is an English painter. He lived in Kent."}]"#;
    let labelled =
        "[1] Title: Jon Hale\nSnippet: Jon Hale (born 2 May 1931) is an English painter. He lived in Kent.";
    for text in [json, labelled] {
        let calls = [("google_search", r#"{"q": "Jon Hale", "lang": "en"}"#, text)];
        assert!(
            asks(&calls, "When was Jon Hale born?", "2 May 1931")
                || asks(&calls, "What is the nationality of Jon Hale?", "English")
                || asks(
                    &calls,
                    "When was Jon Hale born, and what is his nationality?",
                    "2 May 1931; English"
                ),
            "{:?}",
            goals(&calls)
        );
    }
}

#[test]
fn the_same_question_about_two_things_is_one_request() {
    let calls = [
        ("search", "where was Brightwell Motors founded", "Ulm"),
        ("search", "where was Harbour Steel founded", "Port Amber"),
    ];
    let goal = "Where was Brightwell Motors founded, and where was Harbour Steel founded?";
    assert!(asks(&calls, goal, "Brightwell Motors: Ulm; Harbour Steel: Port Amber"), "{:?}", goals(&calls));
}

#[test]
fn a_question_about_what_another_found_describes_it() {
    let calls = [
        ("search", "which company owns Brisk Tea", "Harbour Foods"),
        ("search", "when was Harbour Foods founded", "1949"),
    ];
    assert!(asks(&calls, "When was the company that owns Brisk Tea founded?", "1949"), "{:?}", goals(&calls));
}

#[test]
fn an_answer_that_the_topic_has_in_its_name_is_not_asked_for() {
    let text = "Low Tide is the third album by Irish singer Ann Lee, released on 6 May 2015 by Amber Records. It sold well.";
    let found = goals(&[("search", "Low Tide (Ann Lee album)", text)]);
    assert!(found.iter().all(|(goal, _)| !goal.contains("recorded")), "{found:?}");
    assert!(!found.is_empty());
}

#[test]
fn what_the_agent_makes_of_a_result_is_asked_if_the_result_bears_it_out() {
    use crate::hindsight::families::Proposals;
    use crate::reading::Reading;
    use crate::trajectory::{Step, Trajectory};
    let asked = |query, observation, thought| {
        let steps = vec![
            Step {
                action_name: Some("browse"),
                action_input: Some(query),
                observation: Some(observation),
                ..Step::default()
            },
            Step { thought: Some(thought), ..Step::default() },
        ];
        let run = Trajectory { steps, ..Trajectory::default() };
        let mut out = Proposals::default();
        super::propose(&Reading::new(&run), &mut out);
        out.candidates.first().map(|candidate| format!("{} {}", candidate.goal, candidate.answer))
    };
    for (query, observation, thought, expected) in [
        (
            "Harbour Council number of members",
            "The Harbour Council has 42 members, elected every four years.",
            "The Harbour Council has 42 members.",
            Some("How many members does the Harbour Council have? 42"),
        ),
        (
            "airport of the 6th Relief Wing",
            "Aircraft of the 6th Relief Wing are based at Amber International Airport. 350 people work there.",
            "The 6th Relief Wing is based at Amber International Airport.",
            Some("Which airport is the 6th Relief Wing based at? Amber International Airport"),
        ),
        (
            "team Jon Hale played for",
            "Hale joined Veld Rovers in 1951. Jon Hale played for the Veld Rovers team until he retired.",
            "Jon Hale might have played for Veld Rovers.",
            None,
        ),
        (
            "college Ann Lee is president of",
            "Ann Lee is the ninth president of Veld College, a college of the arts.",
            "The college Ann Lee is president of is Veld College.",
            Some("Which college is Ann Lee president of? Veld College"),
        ),
        (
            "uncle of Jon Hale",
            "He is the son of the coach Peter Hale. Jon Hale coached in Veld.",
            "The uncle of Jon Hale is Peter Hale.",
            None,
        ),
    ] {
        assert_eq!(asked(query, observation, thought).as_deref(), expected, "{query}");
    }
}

#[test]
fn what_a_query_describes_is_asked_for_by_its_noun() {
    for (query, text, goal) in [
        ("company that owns Brisk Tea", "Harbour Foods", Some("Which company owns Brisk Tea?")),
        ("city where Grey Fox was formed", "Port Amber, Veld", Some("In which city was Grey Fox formed?")),
        ("city where Grey Fox was formed", "Veld", None), // as often a country
        ("Amber was destroyed in what year?", "79 CE", Some("In what year was Amber destroyed?")),
        (
            "team that drafted Jon Hale in 2004",
            "the Veld 49ers",
            Some("Which team drafted Jon Hale in 2004?"),
        ),
        (
            "what type of company is Harbour Life",
            "life insurance group",
            Some("What type of company is Harbour Life?"),
        ),
        (
            "how many official languages in Veld?",
            "three official languages",
            Some("How many official languages are there in Veld?"),
        ),
        ("latitude of Port Amber", "40.7° N, 74.0° W", Some("What is the latitude of Port Amber?")),
        ("MVP of the 1978 Veld Series", "center Jon Hale", Some("Who is the MVP of the 1978 Veld Series?")),
        ("current coach for Veld Rovers", "Jon Hale", Some("Who is the current coach of Veld Rovers?")),
        ("2015 Veld Awards location", "Port Amber, Veld", Some("Where were the 2015 Veld Awards held?")),
        ("Harbour Council number of members", "42", Some("How many members does the Harbour Council have?")),
        ("who used the M1", "Jon Hale", None), // which one?
    ] {
        let found = goals(&[("search", query, text)]);
        assert_eq!(found.first().map(|(asked, _)| asked.as_str()), goal, "{query}");
    }
}

#[test]
fn the_thing_that_a_search_described_stands_in_the_next_question() {
    let calls = [
        ("search", "city where Grey Fox was formed", "Port Amber, Veld"),
        ("search", "population of Port Amber", "143,229"),
    ];
    let goal = "What is the population of the city where Grey Fox was formed?";
    assert!(asks(&calls, goal, "143,229"), "{:?}", goals(&calls));
}

#[test]
fn doubted_answers_are_not_taken() {
    use crate::hindsight::families::Proposals;
    use crate::reading::Reading;
    use crate::trajectory::{Step, Trajectory};
    let run = |thought| Trajectory {
        steps: vec![
            Step {
                action_name: Some("search"),
                action_input: Some("who founded Acme Tools"),
                observation: Some("Jane Doe"),
                ..Step::default()
            },
            Step { thought: Some(thought), ..Step::default() },
        ],
        ..Trajectory::default()
    };
    for (thought, count) in [
        ("Jane Doe founded it.", 1),
        ("That is not specific enough.", 0),
        ("Acme Tools was founded by Jane Doe, not by Ann Lee.", 1),
        ("It does not say whether Jane Doe founded it.", 0),
    ] {
        let run = run(thought);
        let mut out = Proposals::default();
        super::propose(&Reading::new(&run), &mut out);
        assert_eq!(out.candidates.len(), count, "{thought}");
    }
}
