//! What git shows without changing anything.

use super::phrase::{Kind, Phrase};

/// What git shows without changing anything.
pub fn git(words: &[String]) -> Option<Phrase> {
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "--no-pager").collect();
    let question = match words.as_slice() {
        ["status"] | ["status", "-s" | "--short" | "--porcelain"] => {
            "Show me the state of the git working tree".to_string()
        }
        ["branch"] => "List the local git branches and mark the current one".to_string(),
        ["branch", "--show-current"] => "Which git branch is checked out".to_string(),
        ["diff", "--cached" | "--staged"] => "Show me the changes that are staged in git".to_string(),
        ["diff", file] | ["diff", "--", file] if is_path(file) => {
            format!("Show me the changes to {file} in git that are not staged yet")
        }
        ["diff", "HEAD~1"] | ["diff", "HEAD^"] => {
            "Show me how the working tree differs from the commit before the last".to_string()
        }
        ["show"] | ["show", "HEAD"] => "Show me the last git commit and its changes".to_string(),
        ["show", "--stat"] | ["show", "--stat", "HEAD"] | ["show", "HEAD", "--stat"] => {
            "Which files did the last git commit change, and by how many lines".to_string()
        }
        ["show", commit] if is_hash(commit) => format!("Show me the git commit {commit} and its changes"),
        ["show", "--stat", commit] | ["show", commit, "--stat"] if is_hash(commit) => {
            format!("Which files did the git commit {commit} change, and by how many lines")
        }
        ["blame", "-L", range, file] | ["blame", file, "-L", range] if is_path(file) => {
            let (from, to) = range.split_once(',')?;
            let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
            format!("Who last changed lines {from} to {to} of {file}, and in which commits")
        }
        ["log", "--oneline", "--", file] | ["log", "--oneline", file] if is_path(file) => {
            format!("Which git commits changed {file}")
        }
        ["log", "--oneline", number, "--", file] | ["log", number, "--oneline", "--", file]
            if is_path(file) =>
        {
            format!("Which are the last {} git commits that changed {file}", number_of(number)?)
        }
        ["log", "-1"] | ["log", "-n", "1"] => {
            "Which is the last git commit, who made it, and when".to_string()
        }
        ["log", number] if number_of(number).is_some() => {
            format!("Show me the last {} git commits, with authors and dates", number_of(number)?)
        }
        ["rev-parse", "HEAD"] => "Which git commit is checked out".to_string(),
        ["rev-parse", "--abbrev-ref", "HEAD"] => "Which git branch is checked out".to_string(),
        ["stash", "list"] => "List the git stashes".to_string(),
        ["branch", "-v" | "-vv"] => "List the local git branches with their last commits".to_string(),
        ["diff"] => "Show me the changes in git that are not staged yet".to_string(),
        ["diff", "--stat"] => {
            "Show me a summary of the changes in git that are not staged yet, file by file".to_string()
        }
        ["branch", "-a" | "--all"] => {
            "List all git branches, those of remotes too, and mark the current one".to_string()
        }
        ["branch", "-r"] => "List the git branches of the remotes".to_string(),
        ["tag"] => "List the git tags".to_string(),
        ["remote", "-v"] => "Which remotes does the git repository have, and at which addresses".to_string(),
        ["diff", "--stat", base] if is_ref(base) => {
            format!(
                "Show me a summary, file by file, of how the working tree differs from the git branch {base}"
            )
        }
        ["diff", "--name-only", base] if is_ref(base) => {
            format!("Which files differ between the working tree and the git branch {base}")
        }
        ["log", "--oneline", range] | ["log", range, "--oneline"] if range.contains("..") => {
            let (base, branch) = range.split_once("..").filter(|(a, b)| is_ref(a) && is_ref(b))?;
            format!("Which git commits are on {branch} and not on {base}")
        }
        ["log", "--oneline", number] | ["log", number, "--oneline"] => {
            format!("Show me the last {} git commits, one a line", number_of(number)?)
        }
        ["log", "--oneline", "-n", number] => {
            format!("Show me the last {} git commits, one a line", number.parse::<u32>().ok()?)
        }
        _ => return None,
    };
    Some(Phrase::new(Kind::Lines, "git", "", "").asking(Kind::Lines, question))
}

/// Whether a word names a branch: `feature/login`, and not a commit or a path of one.
fn is_ref(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(is_plain)
        && !word.contains("..")
        && word != "HEAD"
}

/// `-5`, `-n5`
fn number_of(flag: &str) -> Option<u32> {
    flag.strip_prefix('-')?.trim_start_matches('n').parse().ok().filter(|number| *number > 0)
}

/// Whether a word names a commit by its hash.
fn is_hash(word: &str) -> bool {
    (7..=40).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_path(word: &str) -> bool {
    !word.starts_with('-') && !word.contains("..") && word.contains(['/', '.'])
}
