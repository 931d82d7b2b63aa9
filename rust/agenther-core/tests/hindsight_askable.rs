//! Goals over results that are easily passed over: what a call without arguments gives of whoever asks, texts of labelled
//! lines, values that stand beside the agent's own words, and writes that the result or the user confirms.

mod runs;

use agenther_core::hindsight::Hindsight;
use agenther_core::trajectory::{Step, Trajectory};
use runs::{call, relabeled, run};

fn goals(run: &Trajectory<'_>) -> Vec<Hindsight> {
    relabeled(run).goals
}

/// Asserts that a goal of these calls asks so, and is answered so.
fn asks(prompt: &str, tools: Option<&str>, steps: Vec<Step<'_>>, asks: &str, answers: &str) {
    let goals = goals(&run(prompt, tools, steps));
    let fits = |goal: &Hindsight| goal.goal.contains(asks) && goal.answer.contains(answers);
    let said: Vec<_> = goals.iter().map(|goal| (&goal.goal, &goal.answer)).collect();
    assert!(goals.iter().any(fits), "{asks:?} answered by {answers:?} is none of {said:#?}");
}

#[test]
fn labels_are_known_in_short_and_as_keys() {
    let report = "Weather in Bergen on 2025-03-02:\n- Max Temp: 7.0 °C\n- Min Temp: 1.5 °C\n- Rain: 3.0 mm";
    let arguments = r#"{"city": "Bergen", "date": "2025-03-02"}"#;
    let steps = vec![call("get_weather_history", arguments, report)];
    asks("Was it cold in Bergen on 2025-03-02?", None, steps, "Bergen", "Max Temp: 7.0 °C");
    let nearest = vec![call(
        "nearest_airport",
        r#"{"location": "Bergen, Norway"}"#,
        "content='{\\n    \"iataCode\": \"BGO\"\\n}'",
    )];
    let prompt = "When does the last flight from Bergen, Norway to Oslo leave?";
    asks(prompt, None, nearest, "the IATA code of the nearest airport to Bergen, Norway", "BGO");
}

#[test]
fn how_a_result_is_written_is_not_said() {
    let shown = r#"{"items": [{"name": "tide-api", "status": "1/1 ready"}, {"name": "wind-api", "status": "0/1 ready"}]}"#;
    let arguments =
        r#"{"resourceType": "deployments", "namespace": "harbour", "name": "", "output": "json"}"#;
    let steps = vec![call("kubectl_get", arguments, shown)];
    asks("Restart what hangs in harbour.", None, steps, "deployments", "- wind-api: status: 0/1 ready");
}

#[test]
fn blocks_of_labelled_lines_are_records() {
    let papers = "Published: 2024-03-01\nTitle: Tides of\nsmall harbours\nAuthors: Ida Lund\nSummary: We ask why\nboats drift.\n\n\
                  Published: 2023-01-05\nTitle: Winds\nAuthors: Bo Strand\nSummary: They blow: mostly\nwest.\n";
    let steps = vec![call("get_papers", r#"{"query": "harbour tides"}"#, papers)];
    asks("Summarize what is known of harbour tides.", None, steps, "papers", "- Tides of small harbours");
}
