//! The last words say that tests pass, and no run of the tests shows it.
//!
//! No hit on a labelled run of the public logs; what it is worth on written ones is in `docs/quality.md`.

use std::sync::LazyLock;

use super::edits::is_edit;
use super::phrases::Phrases;
use super::{Hit, Signals, is_call};
use crate::reading::StepReading;
use crate::text::cut;

/// What a hit is.
pub const SUMMARY: &str = "The last words say that tests pass, though none ran after the last edit, or the last run of them failed.";

/// At most one hit: the claim.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    const HEAD: usize = 1500;
    static CLAIMS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(&[
            "tests pass",
            "tests now pass",
            "test passes",
            "test now passes",
            "tests are green",
            "suite is green",
            "suite passes",
            "tests succeed",
            "tests are passing",
            "all green",
            "is green",
            "passes now",
            "pass now",
            "tests passed",
            "suite is clean",
        ])
    });
    let Some((place, text)) = signals.last_words() else { return Vec::new() };
    let Some(claim) = CLAIMS.find(cut::head(text, HEAD)) else { return Vec::new() };
    // "I could not check whether the tests pass."
    let before = text[..claim.start as usize].rsplit(['.', '\n', '!']).next().unwrap_or("").to_lowercase();
    if ["not ", "n't ", "whether", "if ", "should", "unable", "once"].iter().any(|word| before.contains(word))
    {
        return Vec::new();
    }
    let of =
        |is: fn(&StepReading<'_>) -> bool| signals.steps().rev().find(|(_, step)| is_call(step) && is(step));
    let (edit, test) = (of(is_edit), of(runs_tests));
    let shown = match (edit, test) {
        // Without an edit the claim may be about a log that was read.
        (None, None) => true,
        (Some(_), None) => false,
        (edit, Some((at, test))) => edit.is_none_or(|(edited, _)| edited <= at) && !has_failed(test),
    };
    if shown { Vec::new() } else { vec![place.at(claim)] }
}

/// Whether a call runs tests: in a shell, or by its name.
fn runs_tests(step: &StepReading<'_>) -> bool {
    static PROGRAMS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(&[
            "pytest",
            "unittest",
            "npm test",
            "npm t",
            "npm run test",
            "yarn test",
            "pnpm test",
            "cargo test",
            "cargo nextest",
            "go test",
            "make test",
            "make check",
            "mvn ",
            "gradle",
            "ctest",
            "phpunit",
            "rspec",
            "jest",
            "vitest",
            "tox",
            "nox",
            "run_tests",
            "mocha",
            "dotnet test",
            "rake test",
            "bats ",
            "runtests",
        ])
    });
    let said = [step.step.action_name, step.step.action_input];
    said.into_iter()
        .flatten()
        .any(|text| PROGRAMS.are_in(text) || text.contains("test.") || text.contains("tests/"))
}

/// Whether the output of a run says that some failed: "2 failed", "FAILED tests/x.py".
fn has_failed(step: &StepReading<'_>) -> bool {
    let text = step.step.observation.unwrap_or("");
    let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | ';' | '='));
    let mut previous = "";
    words.any(|word| {
        let counted = previous.parse::<u32>().is_ok_and(|count| count > 0);
        previous = word;
        counted && (word == "failed" || word == "failing" || word == "failures")
    }) || text.lines().any(|line| line.starts_with("FAILED"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, hits, run};

    #[test]
    fn a_run_of_the_tests_must_show_it() {
        let test = |output| call("bash", "pytest -q", output);
        let edit = call("bash", "sed -i 's/a/b/' src/money.py", "");
        let count = |steps, said| hits("unverified_pass", &run("Fix it", steps, Some(said))).len();
        let said = "Fixed; all tests pass now.";
        assert_eq!(count(vec![test("1 failed, 2 passed"), edit], said), 1);
        assert_eq!(count(vec![edit], said), 1);
        assert_eq!(count(vec![edit, test("1 failed, 2 passed")], said), 1);
        assert_eq!(count(vec![edit, test("3 passed")], said), 0);
        assert_eq!(count(vec![edit, test("0 failed, 3 passed")], said), 0);
        assert_eq!(count(vec![edit], "Fixed, but I could not check whether the tests pass."), 0);
        assert_eq!(count(vec![call("cat", "ci.log", "3 passed")], said), 0);
    }
}
