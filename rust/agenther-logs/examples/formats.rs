//! `cargo run --release --example formats PATH…`: what each file is, and how fast it is read.

use std::path::Path;
use std::time::Instant;

use agenther_logs::{LogReader, Options, Reject, Run, Sink};

#[derive(Default)]
struct Tally {
    steps: usize,
    success: [usize; 3],
    first_reject: Option<Reject>,
}

impl Sink for Tally {
    fn run(&mut self, run: Run<'_>) {
        self.steps += run.steps.len();
        self.success[run.success.map_or(2, usize::from)] += 1;
    }

    fn reject(&mut self, reject: Reject) {
        self.first_reject.get_or_insert(reject);
    }
}

fn main() {
    for path in std::env::args().skip(1) {
        let started = Instant::now();
        let mut reader = match LogReader::open(Path::new(&path), Options::default()) {
            Ok(reader) => reader,
            Err(error) => {
                println!("{path}: cannot be opened: {error}");
                continue;
            }
        };
        let mut tally = Tally::default();
        while reader.next_batch(&mut tally, 1024, 16 << 20) {}
        let (counts, found) = (reader.counts(), reader.detection());
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{path}: {} {:.2} {:?} runner-up {:?} runs {} rejects {} steps {} success {} failure {} unlabelled {} {:.2} GB/s",
            found.format.unwrap_or("unknown"),
            found.confidence,
            found.layout,
            found.runner_up,
            counts.runs,
            counts.rejects,
            tally.steps,
            tally.success[1],
            tally.success[0],
            tally.success[2],
            counts.bytes as f64 / seconds / 1e9,
        );
        if let Some(reject) = tally.first_reject {
            println!(
                "    record {} byte {} {}: {}",
                reject.record,
                reject.offset,
                reject.reason.code(),
                reject.sentence
            );
        }
    }
}
