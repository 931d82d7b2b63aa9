//! `cargo run --example suggest PATH…`: a mapping drafted for each log.

use std::fs::File;
use std::io::Read;

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let mut sample = Vec::new();
        File::open(&path)?.take(1 << 20).read_to_end(&mut sample)?;
        match agenther_logs::suggest(&sample) {
            Ok(draft) => println!("{draft}"),
            Err(sentence) => eprintln!("{path}: {sentence}"),
        }
    }
    Ok(())
}
