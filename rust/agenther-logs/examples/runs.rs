//! `cargo run --example runs [--mapping FILE] PATH…`: the runs of log files, one JSON object a line.

use std::path::Path;
use std::sync::Arc;

use agenther_logs::json::ObjectWriter;
use agenther_logs::{LogReader, Mapping, Options, Reject, Run, RunStep, Sink};

struct Print;

fn step_json(step: &RunStep<'_>) -> String {
    let mut out = ObjectWriter::default();
    for (key, text) in [
        ("user", &step.user),
        ("thought", &step.thought),
        ("action_name", &step.action_name),
        ("action_input", &step.action_input),
        ("observation", &step.observation),
    ] {
        if let Some(text) = text {
            out.text(key, text);
        }
    }
    if let Some(error) = step.error {
        out.json("error", if error { "true" } else { "false" });
    }
    out.finish().unwrap_or_else(|| "{}".to_owned())
}

impl Sink for Print {
    fn run(&mut self, run: Run<'_>) {
        let mut out = ObjectWriter::default();
        out.text("trajectory_id", &run.trajectory_id);
        for (key, text) in [
            ("original_prompt", &run.original_prompt),
            ("system", &run.system),
            ("tools", &run.tools),
            ("final_answer", &run.final_answer),
            ("failure_reason", &run.failure_reason),
            ("metadata", &run.metadata),
        ] {
            if let Some(text) = text {
                out.text(key, text);
            }
        }
        let steps: Vec<String> = run.steps.iter().map(step_json).collect();
        out.json("steps", &format!("[{}]", steps.join(", ")));
        if let Some(success) = run.success {
            out.json("success", if success { "true" } else { "false" });
        }
        if let Some(reward) = run.reward {
            out.json("reward", &reward.to_string());
        }
        println!("{}", out.finish().unwrap_or_default());
    }

    fn reject(&mut self, reject: Reject) {
        eprintln!(
            "record {} byte {} {}: {}",
            reject.record,
            reject.offset,
            reject.reason.code(),
            reject.sentence
        );
    }
}

fn main() -> std::io::Result<()> {
    let mut options = Options::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(path) = arguments.next() {
        if path == "--mapping" {
            let mapping = Mapping::open(Path::new(&arguments.next().unwrap_or_default()));
            options.mapping = Some(Arc::new(mapping.map_err(std::io::Error::other)?));
            continue;
        }
        let mut reader = LogReader::open(Path::new(&path), options.clone())?;
        while reader.next_batch(&mut Print, 1024, 16 << 20) {}
    }
    Ok(())
}
