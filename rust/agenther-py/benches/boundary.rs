//! What the boundary costs, apart from the engine: Arrow columns → runs, and results → Arrow columns.
//!
//! `cargo bench -p agenther-py --bench boundary`. Every figure comes with an answer that is checked.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use _native::builders::{Analyses, Analysis, Column};
use _native::columns::Runs;
use _native::frames;
use agenther_core::hindsight::{Relabeled, Strategy, Support, Wording};
use agenther_core::outcome::{ObservedFact, Outcome};
use agenther_core::text::facts::{Fact, FactKind};
use agenther_core::trajectory::{Field as RunField, Span, Trajectory};
use agenther_core::verdict::{Evidence, FailureType, Verdict};
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, NullArray};

const RUNS: usize = 20_000;
const STEPS: usize = 6;
const PASSES: u32 = 5;

fn main() {
    let piece = runs();
    let bytes = 600 * RUNS * STEPS;
    let (text, elapsed) = best(|| read(&piece));
    assert_eq!(text, bytes, "every byte of every observation was seen");
    report("columns to runs", elapsed, bytes);

    let analysis = analysis();
    let (column, elapsed) = best(|| {
        let mut analyses = Analyses::default();
        (0..RUNS).for_each(|_| analyses.push(Some(&analysis)));
        analyses.finish()
    });
    assert_eq!((column.len(), column.null_count()), (RUNS, 0));
    report("results to columns", elapsed, column.get_array_memory_size());
}

/// The columns of [`RUNS`] runs, as the log reader makes them.
fn runs() -> Vec<ArrayRef> {
    let step = agenther_logs::RunStep {
        thought: Some("Look the flights up before booking anything.".into()),
        action_name: Some("search_flights".into()),
        action_input: Some(r#"{"origin": "OSL", "destination": "FCO", "date": "2024-05-20"}"#.into()),
        observation: Some("x".repeat(600).into()),
        ..agenther_logs::RunStep::default()
    };
    let run = agenther_logs::Run { steps: vec![step; STEPS], ..agenther_logs::Run::default() };
    let mut trajectories = frames::Trajectories::default();
    (0..RUNS).for_each(|_| trajectories.push(&run, "runs.jsonl"));
    let steps = trajectories.finish().column_by_name("steps").expect("the frame has steps").clone();
    let mut piece: Vec<ArrayRef> = vec![steps];
    piece.extend((0..5).map(|_| Arc::new(NullArray::new(RUNS)) as ArrayRef));
    piece.push(Arc::new(BooleanArray::from(vec![false; RUNS])));
    piece.push(Arc::new(Float64Array::from(vec![0.0; RUNS])));
    piece
}

fn read(piece: &[ArrayRef]) -> usize {
    let runs = Runs::new(piece);
    let mut run = Trajectory::default();
    let mut bytes = 0;
    for row in 0..runs.height() {
        assert!(runs.read(row, &mut run));
        bytes += run.steps.iter().filter_map(|step| step.observation).map(str::len).sum::<usize>();
    }
    bytes
}

/// Results of the size that real runs have: 4 hits, 20 facts, a goal with 3 supports.
fn analysis() -> Analysis<'static> {
    let span = Span::new(10, 20);
    let evidence = Evidence {
        rule: "tool_error/last-call-failed",
        failure_type: Some(FailureType::ToolError),
        label: None,
        step: Some(1),
        field: Some(RunField::Observation),
        span: Some(span),
    };
    let fact = Fact {
        kind: FactKind::Money,
        span,
        text: "$129.50/day",
        value: Some(129.5),
        unit: Some("$"),
        per: Some("day"),
    };
    let support = Support { text: "129.50".into(), step: Some(1), field: RunField::Observation, span };
    Analysis {
        verdict: Verdict {
            is_failure: true,
            failure_type: Some(FailureType::ToolError),
            failure_probability: 0.9,
            scores: [0.1; 6],
            severity: 0.5,
            weight: 0.5,
            recoverable: true,
            failed_step: Some(1),
            labels: Vec::new(),
            evidence: vec![evidence; 4],
        },
        outcome: Outcome { facts: vec![ObservedFact { step: 1, fact }; 20], ..Outcome::default() },
        relabeled: Relabeled {
            goals: vec![agenther_core::hindsight::Hindsight {
                goal: "Find the cheapest flight from Oslo to Rome on 2024-05-20.".into(),
                answer: "DY1872 at $129.50 is the cheapest.".into(),
                strategy: Strategy::Final,
                wording: Wording::Phrase,
                first_step: 0,
                last_step: 1,
                kept_steps: vec![0, 1],
                thoughts: vec![Some("Look the flights up.".into()), None],
                confidence: 0.9,
                difficulty: "medium",
                slots: Vec::new(),
                evidence: vec![support; 3],
            }],
            abstained: None,
        },
    }
}

/// The result and the shortest of several passes.
fn best<T>(mut pass: impl FnMut() -> T) -> (T, std::time::Duration) {
    let timed = (0..PASSES).map(|_| {
        let start = Instant::now();
        let result = black_box(pass());
        (result, start.elapsed())
    });
    timed.min_by_key(|(_, elapsed)| *elapsed).expect("there is a pass")
}

fn report(what: &str, elapsed: std::time::Duration, bytes: usize) {
    let seconds = elapsed.as_secs_f64();
    let (each, rate) = (seconds * 1e9 / RUNS as f64, bytes as f64 / seconds / 1e9);
    println!("{what}: {each:.0} ns a run, {:.0} runs/s, {rate:.2} GB/s", RUNS as f64 / seconds);
}
