//! Runs of tests: which were run, and which of them failed.

use crate::hindsight::families::english::enumerate;
use crate::reading::StepReading;

/// What a run of tests says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRun {
    /// Files or tests that were asked for; none where all were.
    pub targets: Vec<String>,
    /// How many passed, where that is said.
    pub passed: Option<u32>,
    /// How many failed.
    pub failed: u32,
    /// How many were left out, where that is said.
    pub has_skipped: bool,
    /// The names of those that failed; fewer where the output was cut.
    pub names: Vec<String>,
}

/// More names are a list, and no answer.
const MAX_NAMES: usize = 12;

impl TestRun {
    /// What a step ran.
    pub fn of(step: &StepReading<'_>) -> Option<Self> {
        let line = super::command(step)?;
        let targets = targets(&line)?;
        let output = crate::hindsight::families::shell::printed(step.step.observation?)?;
        let (passed, failed) = counts(&output)?;
        let mut names: Vec<String> = Vec::new();
        for name in output.lines().filter_map(failure) {
            if names.len() <= MAX_NAMES && !names.contains(&name) {
                names.push(name);
            }
        }
        Some(TestRun { targets, passed, failed, has_skipped: has_skipped(&output), names })
    }

    /// `the tests in tests/test_a.py`
    pub fn said(&self) -> String {
        let named: Vec<&str> = self.targets.iter().filter_map(|target| test_name(target)).collect();
        match self.targets.as_slice() {
            [] => "the tests of the project".to_string(),
            [one] if named.len() == 1 => {
                format!("the test {} in {}", named[0], one.split("::").next().unwrap_or(""))
            }
            several if named.is_empty() => format!("the tests in {}", enumerate(several, "and")),
            several => format!("the tests {}", enumerate(several, "and")),
        }
    }

    /// Whether all the tests that failed are named.
    pub fn is_named(&self) -> bool {
        self.failed > 0 && self.names.len() == self.failed as usize && self.names.len() <= MAX_NAMES
    }

    /// How many were run, where that is said.
    pub fn total(&self) -> Option<u32> {
        Some(self.passed? + self.failed)
    }
}

/// The name of a test in `tests/test_a.py::TestA::test_b`.
pub fn test_name(id: &str) -> Option<&str> {
    id.rsplit_once("::").map(|(_, name)| name)
}

/// The targets of a line that runs tests and nothing else.
fn targets(line: &str) -> Option<Vec<String>> {
    let mut own = None;
    for part in line.split("&&").flat_map(|part| part.split(';')).map(str::trim) {
        match part.split_whitespace().next().unwrap_or("") {
            "cd" | "source" | "." | "export" | "set" | "" => {}
            _ if own.is_none() => own = Some(part),
            _ => return None,
        }
    }
    let own = own?.split('|').next()?;
    let mut words =
        own.split_whitespace().filter(|word| !word.starts_with("2>") && *word != "2>&1").peekable();
    const BEFORE: &[&str] = &[
        "python", "python3", "-m", "poetry", "uv", "pipenv", "run", "npx", "timeout", "bundle", "exec",
        "sudo", "pnpm", "yarn", "npm", "-u", "-s", "--silent",
    ];
    let mut runner = words.next()?;
    let mut by_npm = false;
    while BEFORE.contains(&runner) || runner.contains('=') || runner.bytes().all(|byte| byte.is_ascii_digit())
    {
        by_npm |= matches!(runner, "npm" | "yarn" | "pnpm");
        runner = words.next()?;
    }
    let rest: Vec<&str> = words.collect();
    let runner = runner.rsplit('/').next()?;
    let found: Vec<&str> = match runner {
        "pytest" | "py.test" | "unittest" | "jest" | "vitest" | "mocha" | "rspec" | "phpunit"
        | "nosetests" => operands(&rest)?,
        "runtests.py" => operands(&rest)?,
        "manage.py" if rest.first() == Some(&"test") => operands(&rest[1..])?,
        "go" | "cargo" if rest.first() == Some(&"test") => operands(&rest[1..])?,
        "mvn" | "gradle" | "gradlew" | "make" if rest.contains(&"test") || rest.contains(&"check") => {
            let is_plain = |word: &&str| word.starts_with('-') || matches!(*word, "test" | "check");
            rest.iter().all(is_plain).then_some(())?;
            rest.iter().filter_map(|word| word.strip_prefix("-Dtest=")).collect()
        }
        "dotnet" if rest.first() == Some(&"test") => operands(&without_values(&rest[1..]))?,
        "php" if rest.starts_with(&["artisan", "test"]) => operands(&rest[2..])?,
        "ctest" => rest
            .iter()
            .all(|word| matches!(*word, "--output-on-failure" | "-V" | "-VV") || word.starts_with("-j"))
            .then(Vec::new)?,
        "test" if by_npm => operands(&rest)?,
        "tox" => Vec::new(),
        _ => return None,
    };
    let all = ["run", "discover", "./...", ".", "--"];
    Some(
        found
            .into_iter()
            .filter(|word| !all.contains(word))
            .map(|word| word.trim_start_matches("./").to_string())
            .collect(),
    )
}

/// The words without the flags of `dotnet` that take the next word, some of which take none elsewhere: `-v`.
fn without_values<'w>(words: &[&'w str]) -> Vec<&'w str> {
    const VALUED: &[&str] =
        &["-v", "--verbosity", "-c", "--configuration", "-f", "--framework", "-l", "--logger"];
    let is_value = |at: usize| at > 0 && VALUED.contains(&words[at - 1]);
    (0..words.len()).filter(|at| !is_value(*at)).map(|at| words[at]).collect()
}

/// The words that are no flags; `None` where tests are selected by an expression.
fn operands<'w>(words: &[&'w str]) -> Option<Vec<&'w str>> {
    const VALUED: &[&str] =
        &["-n", "-p", "-o", "-c", "-r", "--tb", "--maxfail", "--timeout", "--settings", "--rootdir", "-W"];
    const SELECT: &[&str] = &[
        "-k",
        "-m",
        "-run",
        "-t",
        "--testNamePattern",
        "--package",
        "--test",
        "--deselect",
        "--lf",
        "--filter",
    ];
    let mut found = Vec::new();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        let flag = word.split('=').next().unwrap_or(word);
        if SELECT.contains(&flag) {
            return None;
        }
        if VALUED.contains(&word) {
            words.next();
        } else if word.contains(['$', '`', '"', '\'', '*', '>', '<', '[']) {
            return None;
        } else if !word.starts_with('-') {
            found.push(word);
        }
    }
    (found.len() <= 3).then_some(found)
}

/// How many tests passed, where it is said, and how many failed.
fn counts(output: &str) -> Option<(Option<u32>, u32)> {
    let lines = || output.lines().rev().take(60).map(str::trim);
    cargo(output)
        .or_else(|| lines().find_map(summary))
        .or_else(|| lines().find_map(unittest).map(|failed| ran(output, failed)))
        .or_else(|| mocha(output))
        .or_else(|| dotnet(output))
        .or_else(|| ctest(output))
        .or_else(|| tap(output))
        .or_else(|| go(output))
}

/// Whether tests were left out: `2 skipped`, `Skipped:     2`, `OK (skipped=1)`. How many, a runner may say of files, of
/// classes and of all of them.
fn has_skipped(output: &str) -> bool {
    const BEFORE: &[&str] = &["skipped", "ignored", "pending", "todo"];
    const AFTER: &[&str] = &["Skipped:", "# skipped", "skipped="];
    let of_line = |line: &str| {
        let before = BEFORE.iter().filter_map(|word| number_before(line, word));
        let after = AFTER.iter().filter_map(|word| number_after(line, word));
        before.chain(after).any(|number| number > 0)
    };
    output.lines().rev().take(60).any(of_line)
}

/// The number before a word: `3` of `3 passed`.
fn number_before(text: &str, word: &str) -> Option<u32> {
    text.match_indices(word).find_map(|(at, _)| {
        let before = text[..at].trim_end();
        let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        before[before.len() - digits..].parse().ok()
    })
}

/// `== 1 failed, 2 passed in 0.05s ==`, `Tests: 1 failed, 6 passed, 7 total`, `Tests run: 5, Failures: 1, Errors: 0`,
/// `5 examples, 1 failure`.
fn summary(line: &str) -> Option<(Option<u32>, u32)> {
    let is_pytest = line.contains(" in ")
        && line.trim_end_matches([' ', '=', ')']).ends_with(|c: char| c == 's' || c.is_ascii_digit());
    let of = |word: &str| number_before(line, word);
    if line.starts_with("Tests run: ") || line.contains("] Tests run: ") {
        let number = |key: &str| {
            line.split_once(key)?
                .1
                .split(|c: char| !c.is_ascii_digit())
                .find(|part| !part.is_empty())?
                .parse::<u32>()
                .ok()
        };
        let (run, failed) = (number("Tests run:")?, number("Failures:")? + number("Errors:")?);
        return Some((run.checked_sub(failed), failed));
    }
    if let (Some(run), Some(failed)) = (of(" example"), of(" failure")) {
        return Some((run.checked_sub(failed), failed));
    }
    let is_jest = line.starts_with("Tests:") && line.contains(" total")
        || line.starts_with("Tests ") && line.contains('(');
    if !is_pytest && !is_jest {
        return None;
    }
    let (passed, failed, errors) = (of(" passed"), of(" failed"), of(" error"));
    (passed.is_some() || failed.is_some() || errors.is_some())
        .then(|| (Some(passed.unwrap_or(0)), failed.unwrap_or(0) + errors.unwrap_or(0)))
}

/// `OK`, `FAILED (failures=1, errors=2)`
fn unittest(line: &str) -> Option<u32> {
    if line == "OK" || line.starts_with("OK (") {
        return Some(0);
    }
    let said = line.strip_prefix("FAILED (")?;
    let number = |key: &str| {
        said.split_once(key).and_then(|(_, rest)| rest.split([',', ')']).next()?.parse::<u32>().ok())
    };
    Some(number("failures=").unwrap_or(0) + number("errors=").unwrap_or(0)).filter(|failed| *failed > 0)
}

fn ran(output: &str, failed: u32) -> (Option<u32>, u32) {
    let ran = output
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse::<u32>().ok());
    (ran.and_then(|ran| ran.checked_sub(failed)), failed)
}

/// `test result: FAILED. 3 passed; 1 failed; …`, once for each program of tests.
fn cargo(output: &str) -> Option<(Option<u32>, u32)> {
    let mut found = None;
    for line in output.lines().filter(|line| line.starts_with("test result: ")) {
        let (passed, failed) = found.unwrap_or((0, 0));
        found = Some((passed + number_before(line, " passed")?, failed + number_before(line, " failed")?));
    }
    found.map(|(passed, failed)| (Some(passed), failed))
}

fn mocha(output: &str) -> Option<(Option<u32>, u32)> {
    let passed = output.lines().find_map(|line| number_before(line, " passing"))?;
    Some((Some(passed), output.lines().find_map(|line| number_before(line, " failing")).unwrap_or(0)))
}

/// `Failed!  - Failed:     3, Passed:   140, Skipped:     2`, once for each project.
fn dotnet(output: &str) -> Option<(Option<u32>, u32)> {
    let mut found = None;
    for line in output.lines().filter(|line| line.contains("Failed: ") && line.contains("Passed: ")) {
        let (passed, failed) = found.unwrap_or((0, 0));
        found = Some((passed + number_after(line, "Passed: ")?, failed + number_after(line, "Failed: ")?));
    }
    found.map(|(passed, failed)| (Some(passed), failed))
}

/// `94% tests passed, 1 tests failed out of 18`
fn ctest(output: &str) -> Option<(Option<u32>, u32)> {
    let line = output.lines().rev().find(|line| line.contains(" tests failed out of "))?;
    let (failed, all) = (number_before(line, " tests failed")?, number_after(line, "out of ")?);
    Some((Some(all.checked_sub(failed)?), failed))
}

/// The end of a report of the Test Anything Protocol, as Node's runner writes it: `# pass 11`, `# fail 0`.
fn tap(output: &str) -> Option<(Option<u32>, u32)> {
    let number =
        |key: &str| output.lines().rev().find_map(|line| line.trim().strip_prefix(key)?.trim().parse().ok());
    Some((Some(number("# pass ")?), number("# fail ")?))
}

/// The number after a word: `3` of `Failed:     3`.
fn number_after(text: &str, word: &str) -> Option<u32> {
    let rest = text.split_once(word)?.1.trim_start();
    rest[..rest.bytes().take_while(u8::is_ascii_digit).count()].parse().ok()
}

/// `--- FAIL: TestA`, `ok  pkg 0.01s`
fn go(output: &str) -> Option<(Option<u32>, u32)> {
    let starts =
        |mark: &str| output.lines().filter(|line| line.trim_start().starts_with(mark)).count() as u32;
    let (failed, passed) = (starts("--- FAIL: "), starts("--- PASS: "));
    let is_ok = output
        .lines()
        .any(|line| line.starts_with("ok  ") || line.starts_with("ok \t") || line.starts_with("ok\t"));
    let is_bad = output.lines().any(|line| line.starts_with("FAIL"));
    ((is_ok && !is_bad && failed == 0) || (is_bad && failed > 0))
        .then(|| (Some(passed).filter(|passed| *passed > 0), failed))
}

/// The test that a line says to have failed.
fn failure(line: &str) -> Option<String> {
    let line = line.trim();
    let word =
        |text: &str| text.split([' ', '\t']).next().filter(|word| !word.is_empty()).map(str::to_string);
    if let Some(rest) = line.strip_prefix("FAILED ").or_else(|| line.strip_prefix("ERROR ")) {
        return word(rest).filter(|id| id.contains("::") || id.ends_with(".py"));
    }
    if let Some(rest) = line.strip_prefix("test ") {
        return rest.strip_suffix(" ... FAILED").map(str::to_string);
    }
    if let Some(rest) = line.strip_prefix("--- FAIL: ") {
        return word(rest);
    }
    if let Some(rest) = line.strip_prefix("FAIL: ").or_else(|| line.strip_prefix("ERROR: ")) {
        return word(rest).filter(|_| rest.contains(" ("));
    }
    line.strip_prefix("● ").filter(|name| name.contains(" › ")).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_run_tests_name_them() {
        for (line, expected) in [
            (
                "cd /repo && python -m pytest tests/test_a.py -q 2>&1 | tail -5",
                Some(&["tests/test_a.py"][..]),
            ),
            ("pytest", Some(&[])),
            ("PYTHONPATH=. pytest -x tests/test_a.py::test_b", Some(&["tests/test_a.py::test_b"])),
            ("pytest -k total", None),
            ("go test ./...", Some(&[])),
            ("cargo test 2>&1 | tail -12", Some(&[])),
            ("npm test", Some(&[])),
            ("npx jest test/a.test.ts", Some(&["test/a.test.ts"])),
            ("mvn -q -o test -Dtest=MoneyTest", Some(&["MoneyTest"])),
            ("dotnet test tests/Core.Tests --nologo", Some(&["tests/Core.Tests"])),
            ("ctest --preset asan", None),
            ("make build && pytest", None),
            ("echo pytest", None),
        ] {
            let expected =
                expected.map(|targets| targets.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(targets(line), expected, "{line}");
        }
    }

    #[test]
    fn outputs_say_how_many_failed() {
        for (output, expected) in [
            ("FAILED a.py::t - x\n1 failed, 2 passed in 0.05s\n", Some((Some(2), 1))),
            ("======= 3 passed, 1 warning in 1.20s =======", Some((Some(3), 0))),
            ("Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=1)", Some((Some(3), 2))),
            ("Ran 5 tests in 0.1s\n\nOK", Some((Some(5), 0))),
            (
                "test result: ok. 3 passed; 0 failed; 0 ignored\ntest result: FAILED. 1 passed; 2 failed; 0 ignored",
                Some((Some(4), 2)),
            ),
            ("--- FAIL: TestA (0.00s)\nFAIL\nFAIL\tpkg\t0.1s", Some((None, 1))),
            ("ok  \tpkg\t0.003s", Some((None, 0))),
            (
                "Test Suites: 1 failed\nTests:       1 failed, 6 passed, 7 total\nTime: 1 s",
                Some((Some(6), 1)),
            ),
            ("Tests run: 5, Failures: 1, Errors: 0, Skipped: 0", Some((Some(4), 1))),
            ("  4 passing (12ms)\n  1 failing\n", Some((Some(4), 1))),
            (
                "Passed!  - Failed:     0, Passed:   143, Skipped:     2\nFailed!  - Failed:     3, Passed:    58, Skipped: 0",
                Some((Some(201), 3)),
            ),
            ("94% tests passed, 1 tests failed out of 18\n", Some((Some(17), 1))),
            ("1..11\n# tests 11\n# pass 11\n# fail 0\n", Some((Some(11), 0))),
            ("no tests ran", None),
            ("ERROR: file not found", None),
        ] {
            assert_eq!(counts(output), expected, "{output}");
        }
    }
}
