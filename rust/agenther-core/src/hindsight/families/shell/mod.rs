//! Shell sessions as requests for what their commands print and change.
//!
//! [`command`] takes a line apart; [`phrase`] says what it prints, with a [`source`] at its beginning ([`find`], [`grep`],
//! [`git`], [`system`], [`web`], [`glob`]) and a [`filter`] at each pipe; [`deed`] says what it changes, [`missing`] what
//! is not there, [`described`] what the agent itself says of it. [`search_tool`] and [`file_tool`] read tools
//! that search and act on files as commands.
//! [`session`] goes through the commands of a run. Unknown flags, patterns with backslashes, expansions and anything that depends on
//! dropped steps give no candidate: a goal keeps all changes before it.

mod answer;
mod command;
mod deed;
mod described;
mod file_tool;
mod filter;
mod find;
mod git;
mod glob;
mod grep;
mod missing;
mod operate;
mod output;
mod phrase;
mod place;
mod search_tool;
mod session;
mod source;
mod state;
mod system;
mod web;

use std::borrow::Cow;

use super::{Candidate, Proposals};
use crate::hindsight::Support;
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::is_silent;
use crate::text::bytes::has_letters;
use crate::trajectory::{Field, Span};
pub use output::printed;
pub use search_tool::is_search;
use session::Session;
pub use state::{changes_state, only_reads};

/// Longer outputs are listings that no answer repeats.
const MAX_LINES: usize = 30;

/// Proposes requests for what the commands of a run print and change.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let before = out.candidates.len();
    Session::new(reading).run(out);
    if out.candidates[before..].iter().all(|candidate| candidate.trivial) {
        missing::propose(reading, out);
    }
}

/// A command line without the `cd` before it.
pub fn own_command(line: &str) -> &str {
    command::within(line).map_or(line.trim(), |(_, rest)| rest)
}

/// The steps that move to the directory in which a step runs.
pub fn moves_before(reading: &Reading<'_>, index: usize) -> Vec<u32> {
    let mut place = place::Place::default();
    for (at, read) in reading.steps[..index].iter().enumerate() {
        if let Some(line) = line(read).filter(|line| line.starts_with("cd ")) {
            place.take_in(at as u32, &line, &output::output_of(read).unwrap_or_default());
        }
    }
    place.moves
}

/// Whether a step tells something by failing or by printing nothing: a command that worked is silent.
pub fn tells_by_silence(read: &StepReading<'_>) -> bool {
    read.step.observation.is_some_and(|text| {
        output::output_of(read).is_some_and(|text| is_silent(&text)) || missing::path(read, text).is_some()
    }) && line(read).is_some()
}

/// The command line that a step runs: plain text, or a text argument, of a tool that is a shell.
pub fn line<'a>(step: &StepReading<'a>) -> Option<Cow<'a, str>> {
    step.command_line().cloned()
}

/// The same, read off the step.
pub fn read_line<'a>(step: &StepReading<'a>) -> Option<Cow<'a, str>> {
    const SHELLS: &[&str] =
        &["sh", "shell", "terminal", "run", "cmd", "exec", "run_command", "execute_command"];
    const KEYS: &[&str] = &["command", "cmd", "code", "script", "commands", "input"];
    let name = step.step.action_name?;
    // A terminal may be one of an airport, and a shell one of an egg.
    let is_named = |words: [&str; 2]| words.iter().any(|word| has_letters(name, word));
    let takes_command =
        || step.arguments().is_some_and(|arguments| arguments.root().get("command").is_some());
    let is_shell = SHELLS.iter().any(|shell| name.eq_ignore_ascii_case(shell))
        || has_letters(name, "bash")
        || is_named(["shell", "terminal"]) && takes_command();
    // What InterCode executes may be a command, and may be SQL.
    let executes = || {
        name.eq_ignore_ascii_case("execute") && step.step.action_input.is_some_and(state::begins_with_program)
    };
    if !is_shell && !executes() {
        return file_tool::command(step).or_else(|| search_tool::command(step)).map(Cow::Owned);
    }
    super::text_argument(step, KEYS)
}

/// The command and the output of a step.
fn evidence(reading: &Reading<'_>, step: u32) -> impl Iterator<Item = Support> {
    let of = reading.steps[step as usize].step;
    [(Field::ActionInput, of.action_input), (Field::Observation, of.observation)].into_iter().filter_map(
        move |(field, text)| {
            let text = text.filter(|text| !text.is_empty())?.to_string();
            let span = Span::new(0, text.len());
            Some(Support { text, step: Some(step), field, span })
        },
    )
}

/// Chooses among equal phrasings, the same for the same command.
fn seed(reading: &Reading<'_>, step: u32) -> usize {
    let line = line(&reading.steps[step as usize]).unwrap_or_default();
    line.bytes().fold(0usize, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()))
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    fn goal(line: &str, output: &str) -> Option<(String, String)> {
        let mut found = proposals(super::propose, "", &[("bash", line, output)]);
        found.pop().map(|(goal, answer, _)| (goal, answer))
    }

    #[test]
    fn pipelines_become_requests() {
        for (line, output, request, answer) in [
            (
                "find /srv -type f -name '*.log' -size +2M | wc -l",
                "3\n",
                "How many .log files larger than 2 MB are there under /srv?",
                "There are 3.",
            ),
            (
                "find /srv -name \"*.py\" -exec grep -l main {} +",
                "/srv/a.py\n/srv/b.py\n",
                "Find all .py files that contain the text \"main\" under /srv.",
                "- /srv/a.py\n- /srv/b.py",
            ),
            (
                "find /srv -type f -name '*.py' -exec wc -l {} \\; | awk 'BEGIN {s=0} {s += $1} END {print s}'",
                "7\n",
                "How many lines do the .py files under /srv have in total?",
                "There are 7.",
            ),
            (
                "find /srv -type f -name '*.py' -exec md5sum {} \\; | awk '{print $1}' | sort | uniq | wc -l",
                "2\n",
                "How many different MD5 checksums do the .py files under /srv have?",
                "There are 2.",
            ),
            (
                "cd /srv && find . -name '*.py' | wc -l",
                "3\n",
                "How many .py files are there under /srv?",
                "There are 3.",
            ),
            ("wc -l /etc/hosts", "7 /etc/hosts\n", "How many lines does /etc/hosts have?", "7."),
            (
                "find /srv -type f -name '*.py' -printf '%s %p\\n' | sort -rn | head -1",
                "70 /srv/a.py\n",
                "Which is the largest of the .py files under /srv, and what is its size in bytes?",
                "70 /srv/a.py",
            ),
            (
                "find /srv -name '*.py' -exec dirname {} \\; | sort -u",
                "/srv\n/srv/lib\n",
                "Which directories hold .py files under /srv?",
                "- /srv\n- /srv/lib",
            ),
            (
                "grep -c 'a.b' /etc/hosts",
                "2\n",
                "How many lines of /etc/hosts match the regular expression \"a.b\"?",
                "2.",
            ),
            (
                "find /srv -type f -printf '%T@ %p\\n' | sort -n | tail -1 | cut -d' ' -f2-",
                "/srv/b\n",
                "Which of the files under /srv was modified last?",
                "/srv/b",
            ),
            (
                "du -a /srv | sort -n -r | head -n 2",
                "20 /srv\n12 /srv/a\n",
                "Which 2 of the files and directories in /srv (itself included) take up the most disk space, and how much each?",
                "20 /srv\n12 /srv/a",
            ),
            (
                "find / -name '*.py' -not -path '*/node_modules/*' 2>/dev/null | head -20",
                "/srv/a.py\n",
                "Find all .py files outside of directories named \"node_modules\" on the whole file system.",
                "/srv/a.py",
            ),
            (
                "grep -rn --include='*.py' main /srv",
                "/srv/a.py:3:main()\n",
                "Show me the lines in the .py files under /srv that contain the text \"main\", with line numbers.",
                "/srv/a.py:3:main()",
            ),
            (
                "systemctl status nginx",
                "nginx.service - web server\n   Active: active (running)\n",
                "What is the status of the nginx service?",
                "nginx.service - web server\n   Active: active (running)",
            ),
            (
                "ss -tlnp | grep ':8080'",
                "LISTEN 0 128 127.0.0.1:8080 users:((\"gunicorn\",pid=9))\n",
                "Which process is listening on port 8080?",
                "LISTEN 0 128 127.0.0.1:8080 users:((\"gunicorn\",pid=9))",
            ),
            (
                "netstat -tlnp | grep 6379",
                "",
                "Is anything listening on port 6379?",
                "No, nothing is listening on port 6379.",
            ),
            (
                "ps aux | grep redis",
                "redis 9 /usr/bin/redis-server\nroot 12 grep redis\n",
                "Which running processes mention \"redis\"?",
                "redis 9 /usr/bin/redis-server",
            ),
            (
                "du -sh /var/* | sort -rh | head -1",
                "28G\t/var/log\n",
                "Which of the files and directories in /var takes up the most disk space, and how much?",
                "28G\t/var/log",
            ),
            (
                "awk '{print $1}' /srv/access.log | sort | uniq -c | sort -rn | head -2",
                "  9120 10.0.0.7\n   845 10.0.0.4\n",
                "Which 2 of the values of the first column of /srv/access.log occur most often, and how often each?",
                "9120 10.0.0.7\n845 10.0.0.4",
            ),
            (
                "tail -n 2 /srv/app.log",
                "12:00 error: no route\n12:01 ok\n",
                "Show me the last 2 lines of /srv/app.log.",
                "12:00 error: no route\n12:01 ok",
            ),
            (
                "grep -n '^port' /etc/redis.conf",
                "98:port 6380\n",
                "Show me the lines of /etc/redis.conf that begin with \"port\", with line numbers.",
                "98:port 6380",
            ),
            (
                "kubectl get pods -n shop",
                "NAME READY\ncart-1 1/1\n",
                "List the pods in the namespace shop.",
                "NAME READY\ncart-1 1/1",
            ),
            (
                "curl -s http://localhost:8000/health",
                "{\"status\": \"ok\"}\n",
                "What does a GET request to http://localhost:8000/health return?",
                "{\"status\": \"ok\"}",
            ),
            (
                "jq '.version' /srv/package.json",
                "\"2.3.1\"\n",
                "What is the value of \"version\" in /srv/package.json?",
                "\"2.3.1\"",
            ),
            (
                "git show --stat 9a8b7c6",
                "commit 9a8b7c6\n config.py | 2 +-\n",
                "Which files did the git commit 9a8b7c6 change, and by how many lines?",
                "commit 9a8b7c6\n config.py | 2 +-",
            ),
            ("nproc", "4\n", "How many processors does this machine have?", "4."),
            (
                "git log main..feature/login --oneline",
                "e3a1f90 Add login form\n77c2b11 Validate passwords\n",
                "Which git commits are on feature/login and not on main?",
                "e3a1f90 Add login form\n77c2b11 Validate passwords",
            ),
            (
                "git branch -a",
                "* main\n  remotes/origin/main\n",
                "List all git branches, those of remotes too, and mark the current one.",
                "* main\n  remotes/origin/main",
            ),
            (
                "tree -L 2 /srv",
                "/srv\n|-- a\n",
                "Show me the directory tree of /srv, 2 levels deep.",
                "/srv\n|-- a",
            ),
            ("file /srv/a", "/srv/a: ASCII text\n", "What kind of file is /srv/a?", "/srv/a: ASCII text"),
            ("sed -n '3,4p' /srv/a.py", "x\ny\n", "Show me the lines 3 to 4 of /srv/a.py.", "x\ny"),
            (
                "cat /srv/a.csv | grep oslo | wc -l",
                "4\n",
                "How many lines that contain the text \"oslo\" are there in /srv/a.csv?",
                "There are 4.",
            ),
            (
                "git log --oneline -3",
                "a1 one\nb2 two\nc3 three\n",
                "Show me the last 3 git commits, one a line.",
                "a1 one\nb2 two\nc3 three",
            ),
            (
                "find /srv -name '*.log'",
                "",
                "Are there any .log files under /srv?",
                "No, there are no .log files under /srv.",
            ),
            (
                "diff /srv/a /srv/b",
                "",
                "Are there any differences between /srv/a and /srv/b?",
                "No, /srv/a and /srv/b are the same.",
            ),
            (
                "find /srv -type f -mtime -3 | sort | head -n 2",
                "/srv/a\n/srv/b\n",
                "Give me the first 2 of the files modified within the last 3 days under /srv, sorted alphabetically.",
                "- /srv/a\n- /srv/b",
            ),
        ] {
            let (found, text) = goal(line, output).expect(line);
            assert_eq!(text, answer, "{line}");
            let other = ["Give me the paths of all", "List the"].iter().any(|start| found.starts_with(start));
            assert!(found == request || other, "{line}: {found}");
        }
    }

    #[test]
    fn anything_unknown_is_refused() {
        for (line, output) in [
            ("find /srv -anewer x", "/srv/a\n"),
            ("grep -P 'a+' /etc/hosts", "a\n"),
            ("grep 'a\\+b' /etc/hosts", "a.b\n"),
            ("cat /etc/hosts | awk '{print $1 + 1}'", "127.0.0.1\n"),
            ("find /srv -name '*.py' -exec dirname {} \\;", "/srv\n/srv\n"),
            ("find /srv -name '*.py' 2>/dev/null", ""), // it may have complained
            ("find /srv -name '*.py' 2>errors", "/srv/a.py\n"),
            ("find /srv -not -path '*/a*b/*' -name '*.py'", "/srv/a.py\n"),
            ("grep -n --include='*.py' a /srv/a.py", "1:a\n"),
            ("find /srv -name '*.py' -exec wc -l {} + | awk '{s += $1} END {print s}'", "14\n"),
            ("find /srv -name \"$X\"", "/srv/a\n"),
            ("cd build && ls -t", "b\na\n"),
            ("find /srv -type f | head -n 2", "/srv/a\n/srv/b\n"),
            ("find /srv -name '*.log'", "find: '/srv/x': Permission denied\n"),
            ("find /srv -name '*.log'", "/srv/a.log\n/"),
            ("find /srv -type f | wc -l", "0\n"),
            ("du -a /srv | sort -n -r | head -n 1", "200 /srv\n"),
        ] {
            assert_eq!(goal(line, output), None, "{line}");
        }
    }

    #[test]
    fn the_command_may_stand_in_json_arguments_with_others() {
        let input = r#"{"command": "grep -rl \"class Rate\" /srv", "description": "Find the class"}"#;
        let (request, answer) = goal(input, "/srv/rate.py\n").expect("a goal");
        assert!(request.contains("that contain the text \"class Rate\" under /srv"), "{request}");
        assert_eq!(answer, "/srv/rate.py");
    }

    #[test]
    fn relative_paths_are_said_from_where_the_run_moved_to() {
        let found = steps(&[("cd /srv/app", ""), ("wc -l lib/a.py", "7 lib/a.py\n")]);
        let expected =
            ("How many lines does /srv/app/lib/a.py have?".to_string(), "7.".to_string(), vec![0, 1]);
        assert_eq!(found, [expected]);
        let found = steps(&[("cd /srv/app && wc -l lib/a.py", "7 lib/a.py\n")]);
        assert_eq!(found[0].0, "How many lines does /srv/app/lib/a.py have?");
        assert!(steps(&[("cd \"$HOME\"", ""), ("ls -t", "b\na\n")]).is_empty());
    }

    fn steps(calls: &[(&str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        let calls: Vec<_> = calls.iter().map(|(line, output)| ("bash", *line, *output)).collect();
        proposals(super::propose, "", &calls)
    }

    #[test]
    fn changes_are_asked_for_with_all_changes_before_and_what_shows_them() {
        let found = steps(&[
            ("mkdir /srv/a", ""),
            ("mkdir /srv/a/b", ""),
            ("echo 'x y' > /srv/a/b/f", ""),
            ("ls /srv/a/b", "f\n"),
        ]);
        let (goal, answer, kept) = found
            .iter()
            .find(|(_, answer, _)| answer.contains("A check shows:\nf"))
            .unwrap_or_else(|| panic!("{found:?}"));
        assert_eq!(
            goal,
            "Create the directories /srv/a and /srv/a/b, and write \"x y\" to the file /srv/a/b/f."
        );
        assert!(
            answer.starts_with("Done: I created the directories /srv/a and /srv/a/b, and wrote"),
            "{answer}"
        );
        assert_eq!(*kept, [0, 1, 2, 3]);
        assert!(
            found.iter().any(|(goal, _, _)| goal.contains("then show me the files") || goal.contains("List"))
        );
    }

    #[test]
    fn files_that_find_changes_must_have_been_listed() {
        let listing = ("find /srv -name '*.sh' -type f", "/srv/a.sh\n/srv/b.sh\n");
        let change = ("find /srv -name '*.sh' -type f -exec chmod 750 {} +", "");
        let found = steps(&[listing, change]);
        let asked = "Set the permissions of all .sh files under /srv to 750.";
        assert!(found.iter().any(|(goal, _, kept)| goal == asked && *kept == [0, 1]), "{found:?}");
        assert!(steps(&[change]).is_empty());
        let delete = ("find /srv -name '*.sh' -type f -delete", "");
        let found = steps(&[listing, delete, ("find /srv -name '*.sh' -type f", "")]);
        let asked = "Delete all .sh files under /srv, and check that none are left.";
        assert!(found.iter().any(|(goal, _, kept)| goal == asked && *kept == [0, 1, 2]), "{found:?}");
    }

    #[test]
    fn what_a_change_of_unknown_effect_may_have_touched_is_not_asked() {
        for change in [
            "rm -f /srv/notes",         // silent, whether it was there or not
            "cp -u /srv/notes b",       // an unknown flag
            "python3 /srv/notes",       // anything
            "touch \"$NAME\"",          // which file?
            "sed -i s/a/b/ /srv/notes", // was there an a?
        ] {
            let found =
                steps(&[("ls -t /srv", "old\n"), (change, ""), ("wc -l /srv/notes", "3 /srv/notes\n")]);
            assert!(found.iter().all(|(_, _, kept)| *kept == [0]), "{change}: {found:?}");
            let found = steps(&[(change, ""), ("ls -t /srv", "old\n")]);
            assert!(found.is_empty(), "{change}: {found:?}");
        }
        let found = steps(&[("rm -f /srv/notes", ""), ("wc -l /etc/hosts", "3 /etc/hosts\n")]);
        assert_eq!(found.len(), 1, "{found:?}");
        let failed = steps(&[
            ("mkdir /srv/a/b", "mkdir: cannot create directory '/srv/a/b': No such file or directory\n"),
            ("wc -l /srv/f", "3 /srv/f\n"),
        ]);
        assert_eq!(failed.len(), 1, "what failed changed nothing: {failed:?}");
    }

    #[test]
    fn operations_stand_with_what_confirms_them() {
        let installed = "Collecting flask\nSuccessfully installed flask-3.0\n";
        let found = steps(&[("pip install flask", installed)]);
        assert_eq!(found[0].0, "Install the Python package flask.");
        assert!(steps(&[("pip install flask", "Requirement already satisfied: flask\n")]).is_empty());
        let found = steps(&[
            ("grep -n '^port' /etc/redis.conf", "98:port 6380\n"),
            ("sed -i 's/port 6380/port 6379/' /etc/redis.conf", ""),
            ("systemctl restart redis", ""),
            ("systemctl is-active redis", "active\n"),
        ]);
        let goal = "Replace \"port 6380\" with \"port 6379\" in /etc/redis.conf, and restart the redis service. Then \
                    tell me: What is the state of the redis service?";
        assert!(found.iter().any(|(asked, _, kept)| asked == goal && *kept == [0, 1, 2, 3]), "{found:?}");
    }

    #[test]
    fn what_is_made_and_taken_back_is_no_request() {
        let found = steps(&[("touch /srv/x", ""), ("rm /srv/x", "")]);
        assert!(found.iter().all(|(goal, _, _)| !goal.contains("delete")), "{found:?}");
    }

    #[test]
    fn a_second_question_about_the_same_files_follows_the_first() {
        let found = steps(&[
            ("find /srv -name '*.py'", "/srv/a.py\n"),
            ("find /srv -name '*.py' -exec wc -l {} \\;", "7 /srv/a.py\n"),
        ]);
        let (goal, answer, kept) = found.iter().find(|(_, _, kept)| kept.len() == 2).expect("both");
        assert!(
            goal.ends_with(".py files under /srv. How many lines does each of these files have?"),
            "{goal}"
        );
        assert_eq!(answer, "/srv/a.py\n\n7 /srv/a.py");
        assert_eq!(*kept, [0, 1]);
    }

    #[test]
    fn more_about_the_one_file_that_was_found_is_asked_for_with_it() {
        for (look, show, goal) in [
            (
                ("find /srv -name rates.py", "/srv/lib/rates.py\n"),
                ("cat /srv/lib/rates.py", "RATE = 2\n"),
                "Find the file named \"rates.py\" under /srv and show me its contents.",
            ),
            (
                ("grep -rl 'class Rate' /srv", "/srv/lib/rates.py\n"),
                ("wc -l /srv/lib/rates.py", "7 /srv/lib/rates.py\n"),
                "Find the file that contains the text \"class Rate\" under /srv. How many lines does it have?",
            ),
        ] {
            let found = steps(&[look, show]);
            let is_asked = |(asked, _, kept): &(String, String, Vec<u32>)| asked == goal && *kept == [0, 1];
            assert!(
                found.iter().any(is_asked)
                    || found.iter().any(|(asked, ..)| asked.contains("files and directories named")),
                "{found:?}"
            );
        }
        let two = ("find /srv -name rates.py -type f", "/srv/rates.py\n/srv/lib/rates.py\n");
        let found = steps(&[two, ("cat /srv/lib/rates.py", "RATE = 2\n")]);
        assert!(found.iter().all(|(goal, ..)| !goal.contains("its contents")), "{found:?}");
    }

    #[test]
    fn a_missing_path_answers_whether_it_is_there() {
        let found = steps(&[
            ("find /srv/logs -name '*.log'", "find: '/srv/logs': No such file or directory\n"),
            ("ls /srv/logs", "ls: cannot access '/srv/logs': No such file or directory\n"),
        ]);
        let expected = (
            "Are there any .log files under /srv/logs?".to_string(),
            "No, /srv/logs does not exist.".to_string(),
            vec![0, 1],
        );
        assert_eq!(found, [expected]);
        let found = steps(&[
            ("ls /srv/logs", "ls: cannot access '/srv/logs': No such file or directory\n"),
            ("ls /srv", "lib\nrates.py\n"),
        ]);
        let (goal, answer, kept) =
            found.iter().find(|(goal, ..)| goal.contains("If not")).unwrap_or_else(|| panic!("{found:?}"));
        assert_eq!(goal, "Does /srv/logs exist on this machine? If not, show me what is in /srv.");
        assert_eq!(answer, "No, /srv/logs does not exist. In /srv there are:\n- lib\n- rates.py");
        assert_eq!(*kept, [0, 1]);
        assert!(steps(&[("cat /srv/a /srv/b", "cat: /srv/a: No such file or directory\n")]).is_empty());
    }
}
