//! Outputs: whether they are what a phrase promises, as an answer.

use super::MAX_LINES;
use super::phrase::{Kind, Phrase};
use super::system::PROCESSES;

/// Whether a line of output says that something went wrong.
pub fn complains(line: &str) -> bool {
    const COMPLAINTS: &[&str] = &[
        "No such file",
        "Permission denied",
        "not found",
        "Is a directory",
        "annot ",
        "Try '",
        "Usage:",
        "timed out",
        "omitting directory",
        "Exiting with failure",
        "Warning:",
        "curl:",
        "error",
    ];
    COMPLAINTS.iter().any(|complaint| line.contains(complaint))
}

/// `cat: a: Permission denied`: a line in which a program says that something went wrong.
fn complains_itself(line: &str) -> bool {
    const ENDS: &[&str] = &["No such file or directory", "Permission denied", "not found", "Is a directory"];
    const STARTS: &[&str] = &[
        "cannot ",
        "invalid ",
        "unrecognized ",
        "unknown ",
        "illegal ",
        "missing operand",
        "error:",
        "fatal:",
    ];
    let Some((program, said)) = line.split_once(": ") else { return line.starts_with("Usage:") };
    let is_program = program.len() <= 24
        && program.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'));
    let says =
        ENDS.iter().any(|end| said.ends_with(end)) || STARTS.iter().any(|start| said.starts_with(start));
    is_program && says || matches!(program, "fatal" | "error" | "Error" | "E" | "usage" | "Usage" | "curl")
}

/// Whether a path is below a folder; some programs leave out the `./` of the one they run in.
fn is_under(path: &str, folder: &str) -> bool {
    path.starts_with(folder) || folder == "." && !path.starts_with(['/', '-']) && !path.contains(' ')
}

/// The output as an answer, if it is what the phrase promises and nothing went wrong.
pub fn answer(phrase: &Phrase, observation: &str) -> Option<String> {
    let lines: Vec<&str> = observation.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let is_cut = phrase.limit.is_some_and(|limit| lines.len() >= limit as usize);
    // A text may speak of errors; a program that complains begins with its name.
    let is_text = matches!(phrase.kind, Kind::Lines | Kind::First);
    let is_complaint = |line: &str| if is_text { complains_itself(line) } else { complains(line) };
    let lines: Vec<&str> = match phrase.noun.as_str() {
        PROCESSES => lines.into_iter().filter(|line| !line.contains("grep ")).collect(),
        _ => lines,
    };
    if lines.len() <= phrase.promised
        || lines.len() > MAX_LINES
        || is_cut
        || lines.iter().any(|line| is_complaint(line))
    {
        return None;
    }
    let is_number = |text: &str| text.parse::<u64>().is_ok_and(|number| number > 0);
    let is_hash = |text: &str| text.len() >= 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let is_size = |text: &str| {
        let number = text.trim_end_matches(['K', 'M', 'G', 'T']);
        text == "0" || text.len() - number.len() == 1 && number.parse::<f64>().is_ok()
    };
    let first_field = |line: &str| line.split_whitespace().next().unwrap_or("").to_string();
    let fits = match phrase.kind {
        Kind::Number => lines.len() == 1 && is_number(lines[0].trim()),
        Kind::Value => {
            let value = first_field(lines[0]);
            lines.len() == 1
                && (is_number(&value) || is_hash(&value) || value.ends_with(['K', 'M', 'G', 'T']))
        }
        Kind::Hashes => lines.iter().all(|line| is_hash(line)),
        Kind::Paths => {
            let mut seen = lines.clone();
            seen.sort_unstable();
            seen.dedup();
            seen.len() == lines.len()
                && lines
                    .iter()
                    .all(|line| is_under(line, &phrase.root) && line.len() > 1 && !line.ends_with(": "))
        }
        Kind::Entries => {
            lines.iter().all(|line| !line.contains('/') && !line.ends_with(':'))
                && lines != [phrase.root.as_str()]
        }
        Kind::PerFile => lines.iter().all(|line| {
            let value = first_field(line);
            value.parse::<u64>().is_ok() || is_hash(&value) || is_size(&value)
        }),
        Kind::Lines => true,
        Kind::Word => lines.len() == 1 && !lines[0].contains(' '),
        Kind::First => true,
    };
    if !fits {
        return None;
    }
    Some(match (phrase.kind, lines.as_slice()) {
        (Kind::Number, [number]) => format!("There are {}.", number.trim()),
        (Kind::Value, [line]) => format!("{}.", first_field(line)),
        (Kind::Word, [word]) => format!("{word}."),
        (Kind::First, [first, ..]) => first.trim().to_string(),
        (Kind::PerFile, lines) => lines.iter().map(|line| line.trim_start()).collect::<Vec<_>>().join("\n"),
        (Kind::Lines, lines) if phrase.noun == PROCESSES => lines.join("\n"),
        // Empty lines are lines too.
        (Kind::Lines, _) => {
            let whole: Vec<&str> = observation.trim_matches('\n').lines().map(str::trim_end).collect();
            whole.join("\n").trim_end().to_string()
        }
        (_, [one]) => one.to_string(),
        (_, lines) => lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"),
    })
}

/// What archivers report of what they do.
pub fn is_report(observation: &str) -> bool {
    let is_progress = observation.trim_start().starts_with("% Total") && observation.contains(" 100 ");
    is_progress
        || observation.lines().all(|line| {
            line.starts_with("tar: Removing leading") || (!line.trim().is_empty() && !line.contains(' '))
        })
}

/// Whether a line of an output has a path, or its last part, for a word.
pub fn lists(output: &str, path: &str) -> bool {
    let name = per_file_name(path);
    output.lines().flat_map(str::split_whitespace).any(|word| {
        word == path
            || per_file_name(word) == name
            || word.strip_prefix(path).is_some_and(|rest| rest.starts_with(':'))
    })
}

/// The last part of a path.
pub fn per_file_name(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}

/// A text between quotes, if it has none itself.
pub fn quoted(text: &str) -> Option<String> {
    (!text.contains('"')).then(|| format!("\"{text}\""))
}
