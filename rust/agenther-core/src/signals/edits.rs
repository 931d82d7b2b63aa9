//! Which calls change files, and which words of a call say what they change.

use super::effect::{self, Effect};
use super::is_call;
use crate::reading::StepReading;
use crate::text::table::Words;

/// Whether a call that worked changes something: by its name, or by a program of a shell that writes.
pub fn is_edit(step: &StepReading<'_>) -> bool {
    is_call(step)
        && !step.status.is_error()
        && (step.effect == Effect::Write || changed(step).next().is_some())
}

/// The commands of a shell call that write, each from its program to its end.
pub fn changed<'a>(step: &StepReading<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let shell = step.step.action_name.is_some_and(effect::runs_code);
    let text = step.step.action_input.filter(|_| shell).unwrap_or("");
    text.split(['\n', ';', '|', '&', '"']).map(str::trim).filter(|command| writes(command))
}

/// Whether a command writes: `rm`, `sed -i`, `git checkout`, a redirection.
fn writes(command: &str) -> bool {
    #[rustfmt::skip]
    static PROGRAMS: Words<14> = Words::of([
        "rm", "mv", "cp", "tee", "truncate", "chmod", "chown", "patch", "unlink", "rmdir", "shred", "ln", "dd",
        "apply_patch",
    ]);
    let mut words = command.split_whitespace().filter(|word| *word != "sudo");
    let program = words.next().unwrap_or("");
    let program = program.rsplit('/').next().unwrap_or(program);
    match program {
        "sed" | "perl" => command.contains(" -i") || command.contains(" -pi"),
        "git" => words
            .next()
            .is_some_and(|verb| matches!(verb, "checkout" | "restore" | "reset" | "apply" | "rm" | "mv")),
        program if PROGRAMS.has(program) => true,
        _ => command.find('>').is_some_and(|at| {
            let file = command[at + 1..].trim_start_matches('>').trim_start();
            !file.is_empty() && !file.starts_with(['&', '=']) && !file.starts_with("/dev/")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run};
    use super::*;
    use crate::reading::Reading;

    #[test]
    fn programs_that_write_are_told() {
        for (command, edits) in [
            ("sed -i 's/a/b/' x.py", true),
            ("cd src && rm -rf old", true),
            ("echo hi > notes.txt", true),
            ("cat <<'EOF' > a.py", true),
            ("git checkout -- a.py", true),
            ("sed -n 1,5p x.py", false),
            ("grep -r foo . 2>/dev/null", false),
            ("python -m pytest 2>&1", false),
            ("git log", false),
        ] {
            let run = run("?", vec![call("bash", command, "ok")], None);
            assert_eq!(is_edit(&Reading::new(&run).steps[0]), edits, "{command}");
        }
    }
}
