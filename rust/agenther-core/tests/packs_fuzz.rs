//! Hostile packs by the thousand: rule files, mutated with a seed, checked and compiled. Nothing may
//! panic or hang, what is wrong points into a file, and what compiles fires where the naive engine does.
//!
//! `AGENTHER_FUZZ_INPUTS=1000000 AGENTHER_FUZZ_SEED=2 cargo test --release -p agenther-core --test packs_fuzz`

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use std::{env, fs, process, thread};

use agenther_core::reading::Reading;
use agenther_core::rules::{Level, PackSource, Rules, naive};
use agenther_core::signals::{Hit, Signals};
use agenther_core::trajectory::{Step, Trajectory};

/// Inputs in an ordinary test run.
const INPUTS: u64 = 1_000;
/// Longest input.
const MAX_BYTES: usize = 1 << 14;
/// No input of such a length takes more than seconds: after this long it hangs.
const HANGING: Duration = Duration::from_secs(120);

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

/// What breaks readers of rules, wherever it is put.
const TOKENS: &[&str] = &[
    "\n",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "\"",
    "'''",
    "[",
    "]]",
    "{",
    "}",
    "= ",
    "#",
    "-1",
    "1e999",
    "nan",
    "4294967296",
    "0x10",
    "1979-05-27",
    "true",
    "\"\"",
    "[]",
    "[[override]]\nrule = \"incomplete/step-limit\"\nenabled = false\n",
    "[labels.mine]\nsummary = \"x\"\n",
    "[pack]\n",
    "[[rule]]\n",
    "label = \"mine\"\n",
    "metadata = { a = { b = 1 } }\n",
    "at_least = 0",
    "at_most = 0",
    "head_bytes = 3",
    "tail_bytes = 0",
    "position = \"last\"",
    "ignore_case = true",
    "field = [\"answer\", \"thought\"]",
    "{ literal = \"a\", field = \"observation\" }",
    "{ regex = '(?i)error|s+', field = \"observation\" }",
    "{ not = { all = [{ signal = \"not_found\" }, { literals = [\"e\", \"err\"], field = \"thought\" }] } }",
    "{ sequence = { first = { signal = \"not_found\" }, never = { regex = '^b', field = \"action\" }, within = 1 } }",
    "{ count = { of = [{ signal = \"calls_made\" }], at_least = 1 } }",
    "regex = '(((((((a*)*)*)*)*)*)*'",
    "regex = '\\w{500}\\d{500}'",
    "regex = '[^\\s\\S]'",
    "regex = '(?-u:\\xff)'",
    "../../etc/passwd",
];

fn seeds() -> Vec<String> {
    let seeds: Vec<_> = PackSource::default_pack().files.into_iter().map(|file| file.text).collect();
    let several: String = seeds[..4]
        .iter()
        .map(|rule| {
            let nested = rule.replace("[[", "[[rule.").replace("[match", "[rule.match");
            format!("[[rule]]\n{nested}\n")
        })
        .collect();
    let overriding = "[pack]\nname = \"mine\"\nversion = \"1\"\nschema_version = 1\nlicence = \"MIT\"\n\n\
                      [labels.breach]\nsummary = \"x\"\ntype = \"off_topic\"\n\n\
                      [[override]]\nrule = [\"incomplete/step-limit\"]\nseverity = 0.1\nlabel = \"breach\"\n";
    seeds
        .into_iter()
        .chain([several.clone(), format!("{overriding}{several}"), overriding.to_owned()])
        .collect()
}

/// A stretch of a text, from one joint to one of those that follow.
fn stretch(text: &str, random: &mut Random) -> (usize, usize) {
    let after = |(at, char): (usize, char)| "[{,=\n\"".contains(char).then_some(at + 1);
    let joints: Vec<usize> =
        [0].into_iter().chain(text.char_indices().filter_map(after)).chain([text.len()]).collect();
    let start = random.below(joints.len());
    (joints[start], joints[(start + random.below(6)).min(joints.len() - 1)])
}

fn mutated(seeds: &[String], random: &mut Random) -> String {
    let mut text = random.of(seeds).clone();
    for _ in 0..random.below(5) {
        let (start, end) = stretch(&text, random);
        match random.below(8) {
            0 => text.replace_range(start..end, ""),
            1 => {
                let copies = text[start..end].repeat(1 + random.below(20));
                text.insert_str(start, &copies);
            }
            2..=4 => text.replace_range(start..end, random.of::<&str>(TOKENS)),
            5 => {
                let other = random.of(seeds);
                let (from, to) = stretch(other, random);
                text.replace_range(start..end, &other[from..to]);
            }
            6 => {
                let (open, close) = *random.of(&[
                    ("{ not = ", " }"),
                    ("{ all = [", "] }"),
                    ("[", "]"),
                    ("{ a = ", " }"),
                    ("(", ")"),
                ]);
                let depth = random.below(600);
                let deep = format!("{}{}{}", open.repeat(depth), &text[start..end], close.repeat(depth));
                text.replace_range(start..end, &deep);
            }
            _ => text.truncate(start),
        }
        if text.len() > MAX_BYTES {
            let end = (0..=MAX_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.truncate(end);
        }
    }
    text
}

fn runs() -> Vec<Trajectory<'static>> {
    let step = |tool, input, observation| Step {
        user: Some("Yes, please."),
        thought: Some("I look for the Error in 2024, err."),
        action_name: Some(tool),
        action_input: Some(input),
        observation: Some(observation),
        error: None,
    };
    let run = Trajectory {
        original_prompt: Some("Find a placeholder for $20"),
        system: Some("Obtain confirmation before any change."),
        final_answer: Some("It is simulated: 25, err"),
        steps: vec![
            step("search", "{\"query\": \"a\"}", "Error: not found"),
            step("search", "{\"query\": \"a\"}", "Error: not found"),
            step("book", "{\"price\": 25}", "{\"status\": \"ok\"}"),
        ],
        ..Trajectory::default()
    };
    vec![Trajectory::default(), Trajectory { steps: Vec::new(), ..run.clone() }, run]
}

/// Reads a pack, after the default one or alone, and checks what holds of any.
fn read(text: &str, path: &str, after_default: bool, runs: &[Trajectory<'_>]) {
    let pack = PackSource::file(path, text);
    let sources: Vec<_> = after_default.then(PackSource::default_pack).into_iter().chain([pack]).collect();
    let found = Rules::check(&sources);
    for diagnostic in &found {
        assert_eq!(diagnostic.file, path, "the default pack is clean: {diagnostic}");
        assert!(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= text.len());
        assert!(diagnostic.line >= 1 && diagnostic.column >= 1 && !diagnostic.title.is_empty());
    }
    let has_errors = found.iter().any(|diagnostic| diagnostic.level == Level::Error);
    let rules = match Rules::compile(&sources) {
        Ok(rules) => rules,
        Err(errors) => {
            assert!(has_errors && !errors.is_empty());
            return;
        }
    };
    assert!(!has_errors);
    for run in runs {
        let reading = Reading::new(run);
        let fired = rules.evaluate(&Signals::new(&reading));
        let naive = naive::evaluate(&rules, run);
        let of_naive: Vec<_> = naive.iter().map(|(rule, hits)| (&rule.id, sorted(hits))).collect();
        let of_compiled: Vec<_> = fired.iter().map(|fired| (&fired.rule.id, sorted(&fired.hits))).collect();
        assert_eq!(of_compiled, of_naive);
    }
    drop(rules.test());
    for page in rules.pages() {
        assert!(!page.path.starts_with('/') && page.path.split('/').all(|part| !part.starts_with('.')));
    }
}

fn sorted(hits: &[Hit]) -> Vec<Hit> {
    let mut hits = hits.to_vec();
    hits.sort_by_key(|hit| (hit.step, hit.field.map(|field| field.name()), hit.span));
    hits
}

fn number_of(variable: &str, otherwise: u64) -> u64 {
    match env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}: found {text:?}, needed a number")),
        Err(_) => otherwise,
    }
}

#[test]
fn mutated_packs_are_read_without_panic_or_hang() {
    static STARTED: AtomicU64 = AtomicU64::new(0);
    let (seeds, runs) = (seeds(), runs());
    let (inputs, seed) = (number_of("AGENTHER_FUZZ_INPUTS", INPUTS), number_of("AGENTHER_FUZZ_SEED", 1));
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
        let text = mutated(&seeds, &mut random);
        let path = *random.of(&["mine.toml", "pack.toml", "incomplete/mine.toml"]);
        // Each input alone; the default pack takes most of the time beside it.
        let after_default = random.below(8) == 0;
        if catch_unwind(AssertUnwindSafe(|| read(&text, path, after_default, &runs))).is_err() {
            let kept = env::temp_dir().join(format!("agenther-packs-fuzz-{seed}-{input}.toml"));
            let is_kept = fs::write(&kept, &text).is_ok();
            let place = if is_kept { kept.display().to_string() } else { "nowhere".to_owned() };
            panic!("seed {seed}, input {input}, as {path}: kept in {place}");
        }
    }
}
