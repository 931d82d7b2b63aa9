//! Hostile logs by the thousand: fixtures, mutated with a seed, read as what they are taken for and
//! as every format. Nothing may panic or hang, every record is counted, and memory stays within a
//! multiple of the input.
//!
//! `AGENTHER_FUZZ_INPUTS=1000000 AGENTHER_FUZZ_SEED=2 cargo test --release -p agenther-logs --test fuzz`

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use std::{env, fs, process, thread};

use agenther_logs::{Collected, LogReader, Options, Reason, formats};

/// Inputs in an ordinary test run.
const INPUTS: u64 = 4_000;
/// Longest input: long enough for every structure, short enough for thousands.
const MAX_BYTES: usize = 1 << 15;
/// Bytes of memory that reading may take: a fixed part (buffers) and so many for each byte of input
/// (a number of one digit takes 16 on the tape, a step of a run some 150).
const FIXED: usize = 8 << 20;
const A_BYTE: usize = 400;
/// No input of such a length takes more than milliseconds: after this long it hangs.
const HANGING: Duration = Duration::from_secs(60);

/// Counts what is allocated, and the most there was at a time.
struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is handed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = ALLOCATED.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(now, Relaxed);
        // SAFETY: as asked of us.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as asked of us.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// SplitMix64: the same inputs everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn of<'s, T>(&mut self, choices: &'s [T]) -> &'s T {
        &choices[self.below(choices.len())]
    }
}

/// What breaks readers, wherever it is put.
const TOKENS: &[&[u8]] = &[
    b"null",
    b"{}",
    b"[]",
    b"[[]]",
    b"\"\"",
    b"0",
    b"-1",
    b"1e999",
    b"1e-999",
    b"true",
    b"NaN",
    b"\\",
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\x1e",
    b"\"\\ud800\"",
    b"\"\\u0000\"",
    b"\\n",
    b"###",
    b"<!--",
    b"</pre>",
    b"Action:",
    b"Observation:",
    b"\"{\\\"a\\\":1}\"",
    b"18446744073709551616",
    b"[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]",
    b"\"2024-13-45T99:99:99Z\"",
];

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the fixtures are there").flatten().map(|e| e.path()).collect();
    paths.retain(|path| path.is_file() && path.extension().is_some_and(|extension| extension != "expected"));
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a fixture can be read")).collect()
}

/// Where a JSON value, a key or a line may start: what stands between two of these is often one.
fn joints(bytes: &[u8]) -> Vec<usize> {
    let after = |byte: &u8| matches!(byte, b'[' | b'{' | b',' | b':' | b'\n' | b'>');
    let mut joints = vec![0];
    joints.extend(bytes.iter().enumerate().filter(|(_, byte)| after(byte)).map(|(at, _)| at + 1));
    joints.push(bytes.len());
    joints
}

/// A stretch of an input, from one joint to one of those that follow.
fn stretch(bytes: &[u8], random: &mut Random) -> (usize, usize) {
    let joints = joints(bytes);
    let start = random.below(joints.len());
    let end = (start + 1 + random.below(8)).min(joints.len() - 1);
    (joints[start], joints[end].max(joints[start]))
}

fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = random.of(seeds).clone();
    if bytes.len() > MAX_BYTES {
        bytes.truncate(MAX_BYTES);
    }
    for _ in 0..=random.below(6) {
        let (start, end) = stretch(&bytes, random);
        match random.below(9) {
            0 if !bytes.is_empty() => {
                let at = random.below(bytes.len());
                bytes[at] = random.next() as u8;
            }
            1 => drop(bytes.drain(start..end)),
            2 => {
                let copies = bytes[start..end].repeat(1 + random.below(20));
                bytes.splice(start..start, copies);
            }
            3 | 4 => {
                let token = *random.of(TOKENS);
                bytes.splice(start..end, token.iter().copied());
            }
            5 => {
                let other = random.of(seeds);
                let (from, to) = stretch(other, random);
                bytes.splice(start..end, other[from..to].iter().copied());
            }
            6 => {
                let (from, to) = stretch(&bytes, random);
                let moved = bytes[from..to].to_vec();
                bytes.splice(start..end, moved);
            }
            7 => {
                let deep =
                    random.of(&[&b"["[..], b"{\"a\":", b"\\\"", b"<div>", b"\n"]).repeat(random.below(2000));
                bytes.splice(start..start, deep);
            }
            _ => bytes.truncate(start),
        }
        bytes.truncate(4 * MAX_BYTES);
    }
    bytes
}

/// Reads an input and checks what holds of any.
fn read(bytes: &[u8], options: Options, batch: usize) {
    let before = ALLOCATED.load(Relaxed);
    PEAK.store(before, Relaxed);
    let input = Box::new(Cursor::new(bytes.to_vec()));
    let mut reader = LogReader::new(input, "folder/log.json", options).expect("bytes in memory can be read");
    let mut found = Collected::default();
    while reader.next_batch(&mut found, batch, 1 << 20) {}
    let counts = reader.counts();
    assert_eq!(counts.records, counts.runs + counts.rejects);
    assert_eq!((counts.runs, counts.rejects), (found.runs.len() as u64, found.rejects.len() as u64));
    let panicked = found.rejects.iter().find(|reject| reject.reason == Reason::ReaderPanic);
    assert!(panicked.is_none(), "{panicked:?}");
    let taken = PEAK.load(Relaxed) - before;
    assert!(taken <= FIXED + A_BYTE * bytes.len(), "{taken} bytes of memory for {} of input", bytes.len());
}

fn number_of(variable: &str, otherwise: u64) -> u64 {
    match env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}: found {text:?}, needed a number")),
        Err(_) => otherwise,
    }
}

#[test]
fn mutated_logs_are_read_without_panic_hang_or_waste() {
    static STARTED: AtomicU64 = AtomicU64::new(0);
    let seeds = seeds();
    let (inputs, seed) = (number_of("AGENTHER_FUZZ_INPUTS", INPUTS), number_of("AGENTHER_FUZZ_SEED", 1));
    let names: Vec<Option<&str>> = formats::names().map(Some).chain([None; 12]).collect();
    thread::spawn(|| {
        loop {
            let before = STARTED.load(Relaxed);
            thread::sleep(HANGING);
            if STARTED.load(Relaxed) == before {
                eprintln!("input {before} hangs");
                process::abort();
            }
        }
    });
    for input in 0..inputs {
        STARTED.store(input + 1, Relaxed);
        let mut random = Random(seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(input));
        let bytes = mutated(&seeds, &mut random);
        let format = random.of(&names).map(str::to_owned);
        let options = Options { format: format.clone(), max_record_bytes: 1 << 20, ..Options::default() };
        let batch = 1 + random.below(50);
        if catch_unwind(AssertUnwindSafe(|| read(&bytes, options, batch))).is_err() {
            let path = env::temp_dir().join(format!("agenther-fuzz-{seed}-{input}.json"));
            let kept = fs::write(&path, &bytes).is_ok();
            let place = if kept { path.display().to_string() } else { "nowhere".to_owned() };
            panic!("seed {seed}, input {input}, read as {format:?}: kept in {place}");
        }
    }
}
