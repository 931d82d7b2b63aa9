//! Runs of tests as requests: which of them fail, and to make those pass that failed before a change.

use super::edit::Edit;
use super::test_run::{TestRun, test_name};
use super::{Candidate, command, evidence_of, in_repository, view};
use crate::hindsight::Wording;
use crate::hindsight::families::{english, shell};
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::Status;
use crate::text::cut;

/// A longer demonstration is a session.
const MAX_KEPT: usize = 14;

/// So many steps back a file that is changed was looked at.
const MAX_LOOK: usize = 40;

/// Runs of tests that are compared.
const MAX_RUNS: usize = 24;

/// The requests that the runs of tests answer.
pub fn asked(reading: &Reading<'_>) -> Vec<Candidate> {
    let ran = |(index, step): (usize, &StepReading<'_>)| Some((index, TestRun::of(step)?));
    let runs: Vec<(usize, TestRun)> =
        reading.steps.iter().enumerate().filter_map(ran).take(MAX_RUNS).collect();
    let mut found = Vec::new();
    if let Some((index, run)) = runs.first()
        && let Some(candidate) = failing(reading, *index, run)
    {
        found.push(candidate);
    }
    for (at, (last, passing)) in runs.iter().enumerate() {
        let before = runs[..at].iter().find(|(_, run)| run.targets == passing.targets && run.failed > 0);
        if let Some((first, failing)) = before.filter(|_| passing.failed == 0)
            && let Some(candidate) = mended(reading, (*first, failing), (*last, passing))
        {
            found.push(candidate);
            break;
        }
    }
    found
}

/// `Run the tests in tests/test_a.py and tell me which of them fail.`
fn failing(reading: &Reading<'_>, index: usize, run: &TestRun) -> Option<Candidate> {
    let mut steps = Setup::before(reading, index)?.0;
    steps.push(u32::try_from(index).ok()?);
    let said = run.said();
    let is_one = run.targets.len() == 1 && test_name(&run.targets[0]).is_some();
    let is_piped = super::command(&reading.steps[index]).is_none_or(|line| line.contains('|'));
    let (goal, answer) = match (run.failed, run.total()) {
        (0, Some(total)) if total > 1 && !is_one && run.has_skipped => (
            format!("Run {said} and tell me whether any of them fail."),
            "None of them fails; some are skipped.".to_string(),
        ),
        (0, Some(total)) if total > 1 && !is_one => {
            (format!("Run {said} and tell me whether all of them pass."), format!("Yes, all {total} pass."))
        }
        // Of an output that was filtered nobody knows what it left out.
        (0, None) if !is_one && !run.has_skipped && !is_piped => (
            format!("Run {said} and tell me whether all of them pass."),
            "Yes, all of them pass.".to_string(),
        ),
        (failed, total) if run.is_named() && !is_one => {
            let names: Vec<String> = run.names.iter().map(|name| format!("- {name}")).collect();
            let fails = if failed == 1 { "fails" } else { "fail" };
            let of = total.map_or(String::new(), |total| format!(" of {total}"));
            (
                format!("Run {said} and tell me which of them fail."),
                format!("{failed}{of} {fails}:\n{}", names.join("\n")),
            )
        }
        _ => return None,
    };
    Some(candidate(reading, goal, answer, steps, 0.84))
}

/// `Make the test test_b in tests/test_a.py pass.`
fn mended(reading: &Reading<'_>, before: (usize, &TestRun), after: (usize, &TestRun)) -> Option<Candidate> {
    let ((first, failing), (last, passing)) = (before, after);
    // As many must have run as before.
    if let (Some(was), Some(is)) = (failing.total(), passing.total())
        && is < was
    {
        return None;
    }
    let Setup(mut steps) = Setup::within(reading, last)?;
    let mut changed: Vec<String> = Vec::new();
    for index in 0..last {
        let step = &reading.steps[index];
        let Some(path) = changed_file(step) else { continue };
        if is_scratch(&path) {
            continue;
        }
        // A test that was changed says nothing of the code.
        let is_target =
            |target: &String| view::name(target.split("::").next().unwrap_or("")) == view::name(&path);
        if failing.targets.iter().any(is_target) || is_test(&path) {
            return None;
        }
        let anchor = Edit::of(step).and_then(|edit| {
            let (removed, _, before) = edit.difference()?;
            removed.first().copied().or(before).map(str::to_string)
        });
        steps.extend(anchor.and_then(|line| looked_at(reading, index, &path, &line)));
        steps.push(u32::try_from(index).ok()?);
        let path = in_repository(&path).to_string();
        if !changed.contains(&path) {
            changed.push(path);
        }
    }
    let is_changed = |index: &u32| {
        (first..last).contains(&(*index as usize)) && changed_file(&reading.steps[*index as usize]).is_some()
    };
    steps.iter().any(is_changed).then_some(())?;
    steps.extend([u32::try_from(first).ok()?, u32::try_from(last).ok()?]);
    steps.sort_unstable();
    steps.dedup();
    let ids: Vec<&str> = failing.names.iter().map(String::as_str).collect();
    let goal = match ids.as_slice() {
        [one] if failing.is_named() => match one.split_once("::") {
            Some((file, _)) => format!("Make the test {} in {file} pass.", test_name(one)?),
            None => format!("Make the test {one} pass."),
        },
        _ if failing.failed == 1 => format!("One of {} fails. Make it pass.", failing.said()),
        _ => format!("Make {} pass: {} of them fail.", failing.said(), failing.failed),
    };
    let pass = match passing.total() {
        Some(1) => "It passes now".to_string(),
        Some(total) => format!("All {total} tests pass now"),
        None => "All tests pass now".to_string(),
    };
    let answer = format!("{pass}. I changed {}.", english::enumerate(&changed, "and"));
    ((1..=4).contains(&changed.len()) && steps.len() <= MAX_KEPT)
        .then(|| candidate(reading, goal, answer, steps, 0.92))
}

/// The steps that prepare what comes after: moves, installations, settings.
struct Setup(Vec<u32>);

impl Setup {
    /// Those before a step; `None` if anything else was changed before it.
    fn before(reading: &Reading<'_>, index: usize) -> Option<Self> {
        let is_free =
            reading.steps[..index].iter().all(|step| changed_file(step).is_none_or(|path| is_scratch(&path)));
        if is_free { Setup::within(reading, index) } else { None }
    }

    /// Those before a step; `None` if a command before it changed what is not told.
    fn within(reading: &Reading<'_>, last: usize) -> Option<Self> {
        let mut kept = shell::moves_before(reading, last);
        for index in 0..last {
            let step = &reading.steps[index];
            let Some(line) =
                command(step).filter(|_| step.status == Status::Ok || step.status == Status::Empty)
            else {
                continue;
            };
            if changed_file(step).is_some() || TestRun::of(step).is_some() {
                continue;
            }
            match prepares(&line) {
                Some(true) => kept.push(u32::try_from(index).ok()?),
                Some(false) => {}
                None => return None,
            }
        }
        Some(Setup(kept))
    }
}

/// Whether a command prepares (`pip install`), or only looks and runs; `None` where it may have changed anything.
fn prepares(line: &str) -> Option<bool> {
    const SETTINGS: &[&str] =
        &["pip", "pip3", "npm", "yarn", "pnpm", "apt", "apt-get", "export", "source", "uv", "poetry"];
    const RUNNERS: &[&str] =
        &["python", "python3", "node", "cargo", "go", "pytest", "java", "make", "timeout", "npx", "which"];
    const LOOKS: &[&str] =
        &["status", "diff", "log", "show", "branch", "blame", "rev-parse", "grep", "ls-files"];
    let own = shell::own_command(line);
    let mut words = own.split_whitespace().skip_while(|word| word.contains('=') && !word.starts_with('-'));
    let program = words.next().unwrap_or("").rsplit('/').next().unwrap_or("");
    let action = words.next().unwrap_or("");
    if SETTINGS.contains(&program) {
        return Some(!matches!(action, "list" | "show" | "freeze" | "ls" | "run"));
    }
    // A program in the line itself may write anything.
    let is_run =
        RUNNERS.contains(&program) && !own.contains('>') && !own.contains("<<") && !own.contains("write");
    let is_look = program == "git" && LOOKS.contains(&action);
    (is_run || is_look || program == "cd" || !shell::changes_state(line) || is_scratch_work(own))
        .then_some(false)
}

/// `rm repro.py`, `cat > repro.py`
fn is_scratch_work(own: &str) -> bool {
    let head = own.lines().next().unwrap_or("");
    let mut paths = head.split_whitespace().filter(|word| view::is_path(word)).peekable();
    paths.peek().is_some() && paths.all(is_scratch)
}

/// The file that a step changed: by an editor, or in place by `sed`, or written by the shell.
pub fn changed_file(step: &StepReading<'_>) -> Option<String> {
    if let Some(line) = command(step) {
        if !matches!(step.status, Status::Ok | Status::Empty) {
            return None;
        }
        let own = shell::own_command(&line);
        let head = own.lines().next().unwrap_or("");
        if head.starts_with("sed -i") {
            let file = head.split("&&").next()?.split_whitespace().last()?;
            return view::is_path(file).then(|| file.to_string());
        }
        let (_, target) = head.split_once("> ").filter(|_| head.contains("<<"))?;
        let file = target.split_whitespace().next()?.trim_matches(['"', '\'']);
        return view::is_path(file).then(|| file.to_string());
    }
    Edit::of(step).map(|edit| edit.path.into_owned())
}

/// The step before that shows a line of a file, as whoever changes it must have seen it.
pub fn looked_at(reading: &Reading<'_>, index: usize, path: &str, line: &str) -> Option<u32> {
    let from = index.saturating_sub(MAX_LOOK);
    let line = line.trim();
    let shows = |step: &StepReading<'_>| {
        let is_of_it = step.step.action_input.is_some_and(|input| super::has_word(input, view::name(path)));
        is_of_it && Edit::of(step).is_none() && step.step.observation.is_some_and(|text| text.contains(line))
    };
    let at = reading.steps[from..index].iter().rposition(shows)?;
    u32::try_from(from + at).ok()
}

/// Files that agents write to try something.
fn is_scratch(path: &str) -> bool {
    const STARTS: &[&str] =
        &["repro", "debug", "test_fix", "test_issue", "check_", "verify", "demo", "tmp", "try_"];
    let name = view::name(path).to_lowercase();
    STARTS.iter().any(|start| name.starts_with(start)) || path.starts_with("/tmp/")
}

fn is_test(path: &str) -> bool {
    let name = view::name(path);
    name.starts_with("test_")
        || name.contains("_test.")
        || name.contains(".test.")
        || name.contains(".spec.")
        || name == "conftest.py"
}

fn candidate(
    reading: &Reading<'_>,
    goal: String,
    answer: String,
    mut steps: Vec<u32>,
    prior: f32,
) -> Candidate {
    steps.sort_unstable();
    steps.dedup();
    let last = *steps.last().unwrap_or(&0) as usize;
    Candidate {
        goal,
        answer: cut::head(&answer, 2_000).to_string(),
        wording: Wording::Phrase,
        evidence: evidence_of(reading, last),
        steps,
        slots: Vec::new(),
        prior,
        trivial: false,
    }
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    fn goals(calls: &[(&str, &str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        proposals(super::super::propose, "Totals are not rounded", calls)
    }

    const LOOK: (&str, &str, &str) =
        ("bash", "cat shop/tax.py", "RATE = 0.2\n\ndef tax(x):\n    return x * RATE\n");
    const FAILS: (&str, &str, &str) = (
        "bash",
        "cd /shop && pytest tests/test_tax.py -q 2>&1 | tail -4",
        "FAILED tests/test_tax.py::test_rounds - assert 0.1 == 0\n1 failed, 2 passed in 0.05s\n",
    );
    const EDIT: (&str, &str, &str) = (
        "str_replace_editor",
        r#"{"command": "str_replace", "path": "shop/tax.py", "old_str": "    return x * RATE", "new_str": "    return round(x * RATE)"}"#,
        "The file shop/tax.py has been edited.",
    );
    const PASSES: (&str, &str, &str) =
        ("bash", "cd /shop && pytest tests/test_tax.py -q", "3 passed in 0.04s\n");

    #[test]
    fn tests_that_pass_after_a_change_are_asked_to_pass() {
        let found = goals(&[LOOK, FAILS, ("bash", "ls -la", "total 8\n"), EDIT, PASSES]);
        let expected = (
            "Make the test test_rounds in tests/test_tax.py pass.".to_string(),
            "All 3 tests pass now. I changed shop/tax.py.".to_string(),
            vec![0, 1, 3, 4],
        );
        assert!(found.contains(&expected), "{found:?}");
    }

    #[test]
    fn the_tests_that_fail_are_asked_for_before_any_change() {
        let goal = "Run the tests in tests/test_tax.py and tell me which of them fail.";
        let found = goals(&[FAILS]);
        let answer = "1 of 3 fails:\n- tests/test_tax.py::test_rounds";
        assert!(found.iter().any(|(asked, said, _)| asked == goal && said == answer), "{found:?}");
        let found = goals(&[LOOK, EDIT, FAILS]);
        assert!(found.iter().all(|(asked, ..)| asked != goal), "{found:?}");
    }

    #[test]
    fn tests_that_were_changed_or_left_out_do_not_count() {
        let test = (
            "str_replace_editor",
            r#"{"command": "str_replace", "path": "tests/test_tax.py", "old_str": "== 0", "new_str": "== 0.1"}"#,
            "The file tests/test_tax.py has been edited.",
        );
        let fewer = ("bash", "cd /shop && pytest tests/test_tax.py -q", "1 passed in 0.04s\n");
        for calls in [
            vec![FAILS, test, PASSES],
            vec![LOOK, FAILS, EDIT, fewer],
            vec![LOOK, FAILS, ("bash", "git stash", "Saved"), EDIT, PASSES],
        ] {
            let found = goals(&calls);
            assert!(found.iter().all(|(asked, ..)| !asked.starts_with("Make")), "{found:?}");
        }
    }
}
