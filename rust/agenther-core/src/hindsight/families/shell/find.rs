//! What `find` selects, in words.

use super::filter::per_file;
use super::phrase::{Kind, Phrase, in_place, under};

/// What `find` selects, in the order of English: adjectives, noun, clauses.
struct Selection {
    adjective: &'static str,
    extensions: Vec<String>,
    noun: &'static str,
    clauses: Vec<String>,
}

/// What `find` prints, or runs on what it selects.
pub fn find(words: &[String]) -> Option<Phrase> {
    match find_and_run(words)? {
        (phrase, None) => Some(phrase),
        (phrase, Some(run)) if run.first().is_some_and(|name| name == "-printf") => {
            printed(phrase, run.get(1)?)
        }
        (phrase, Some(run)) => {
            let at_once = words.last().is_some_and(|end| end == "+");
            per_file(phrase, &run, at_once)
        }
    }
}

fn root_of(words: &[String]) -> (&str, &[String]) {
    match words.split_first() {
        Some((first, rest)) if !first.starts_with(['-', '(', '!']) => (first, rest),
        _ => (".", words),
    }
}

/// What `find` selects, and the command that it runs on that: without the braces, `rm` for `-delete`.
pub(super) fn find_and_run(words: &[String]) -> Option<(Phrase, Option<Vec<String>>)> {
    let (root, mut rest) = root_of(words);
    let mut selection = Selection {
        adjective: "",
        extensions: Vec::new(),
        noun: "files and directories",
        clauses: Vec::new(),
    };
    let mut place = under(root);
    let mut run: Option<Vec<String>> = None;
    if let Some(after) = selection.either(rest) {
        rest = after;
    }
    while let Some((test, after)) = rest.split_first() {
        rest = match (test.as_str(), after) {
            ("-type", [kind, after @ ..]) => {
                selection.noun = match kind.as_str() {
                    "f" => "files",
                    "d" => "directories",
                    "l" => "symbolic links",
                    _ => return None,
                };
                after
            }
            ("-name" | "-iname", [pattern, after @ ..]) => {
                selection.named(pattern, false, test == "-iname")?;
                after
            }
            ("-path", [pattern, after @ ..]) => {
                selection.clauses.push(format!("whose path contains \"{}\"", inner(pattern)?));
                after
            }
            ("!" | "-not", [path, pattern, after @ ..]) if path == "-path" => {
                let name = pattern.trim_start_matches("./").trim_matches('*').trim_matches('/');
                let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
                (plain && !name.is_empty() && pattern.ends_with("/*")).then_some(())?;
                selection.clauses.push(format!("outside of directories named \"{name}\""));
                after
            }
            ("!" | "-not", [name, pattern, after @ ..]) if name == "-name" => {
                selection.named(pattern, true, false)?;
                after
            }
            ("!" | "-not", [empty, after @ ..]) if empty == "-empty" => {
                selection.adjective = "non-empty ";
                after
            }
            ("(", after) => selection.alternatives(after)?,
            ("-mtime", [days, after @ ..]) => {
                selection.clauses.push(age(days, "day")?);
                after
            }
            ("-mmin", [minutes, after @ ..]) => {
                selection.clauses.push(age(minutes, "minute")?);
                after
            }
            ("-newer", [file, after @ ..]) => {
                selection.clauses.push(format!("modified after {file}"));
                after
            }
            ("-size", [size, after @ ..]) => {
                selection.clauses.push(larger(size)?);
                after
            }
            ("-empty", after) => {
                selection.adjective = "empty ";
                after
            }
            ("-user", [user, after @ ..]) => {
                selection.clauses.push(format!("owned by {user}"));
                after
            }
            ("-group", [group, after @ ..]) => {
                selection.clauses.push(format!("of the group {group}"));
                after
            }
            ("-perm", [mode, after @ ..]) if mode.bytes().all(|b| b.is_ascii_digit()) => {
                selection.clauses.push(format!("with permissions {mode}"));
                after
            }
            ("-maxdepth", [depth, after @ ..]) if depth == "1" => {
                place = format!(" directly{}", in_place(root));
                after
            }
            ("-maxdepth", [depth, after @ ..]) => {
                let depth: u32 = depth.parse().ok().filter(|depth| (2..10).contains(depth))?;
                place = format!("{}, at most {depth} levels deep", under(root));
                after
            }
            ("-print", []) => &[],
            ("-delete", []) => {
                run = Some(vec!["rm".to_string()]);
                &[]
            }
            ("-printf", [format]) => {
                run = Some(vec!["-printf".to_string(), format.clone()]);
                &[]
            }
            ("-exec", command) => {
                let (end, command) = command.split_last()?;
                let (braces, command) = command.split_last()?;
                (matches!(end.as_str(), ";" | "+") && braces == "{}").then_some(())?;
                run = Some(command.to_vec());
                &[]
            }
            _ => return None,
        };
    }
    Some((Phrase::new(Kind::Paths, selection.words(), place, root), run))
}

/// What `find -printf FORMAT` prints.
fn printed(phrase: Phrase, format: &str) -> Option<Phrase> {
    let files = format!("{}{}", phrase.noun, phrase.place);
    match format {
        "%p\\n" => Some(phrase),
        "%h\\n" => per_file(phrase, &["dirname".to_string()], false),
        "%f\\n" => {
            let question = format!("What are the names, without the directories, of all {files}");
            Some(phrase.asking(Kind::Entries, question))
        }
        // Seconds since 1970, or dates that sort as texts.
        "%T@ %p\\n" | "%T+ %p\\n" => {
            let mut phrase =
                phrase.asking(Kind::PerFile, format!("When was each of the {files} last modified"));
            phrase.measured = Some(("times of modification".to_string(), files));
            Some(phrase)
        }
        "%s %p\\n" if !files.contains("directories") => {
            let mut phrase =
                phrase.asking(Kind::PerFile, format!("What are the sizes in bytes of all {files}"));
            phrase.measured = Some(("sizes in bytes".to_string(), files));
            Some(phrase)
        }
        _ => None,
    }
}

/// What a pattern `*x*` has between its stars.
fn inner(pattern: &str) -> Option<&str> {
    let part = pattern.strip_prefix('*')?.strip_suffix('*')?;
    (!part.is_empty() && !part.contains(['*', '?', '[', ']', '"'])).then_some(part)
}

impl Selection {
    /// Takes in `-name PATTERN`.
    fn named(&mut self, pattern: &str, negated: bool, any_case: bool) -> Option<()> {
        let part = pattern.trim_matches('*');
        let stars = pattern.matches('*').count();
        if part.is_empty() || part.contains(['"', '\\']) {
            return None;
        }
        if part.contains(['*', '?', '[', ']']) {
            let matches = if negated { "does not match" } else { "matches" };
            let case = if any_case { " (upper or lower case)" } else { "" };
            self.clauses.push(format!("whose name {matches} the pattern \"{pattern}\"{case}"));
            return Some(());
        }
        let extension = part.strip_prefix('.').filter(|e| e.chars().all(char::is_alphanumeric));
        if let (Some(_), false, true, 1, false) =
            (extension, negated, pattern.starts_with('*'), stars, any_case)
        {
            self.extensions.push(part.to_string());
            return Some(());
        }
        let (says, denies) = match (pattern.starts_with('*'), pattern.ends_with('*'), stars) {
            (true, true, 2) => ("contains", "contain"),
            (true, false, 1) => ("ends in", "end in"),
            (false, true, 1) => ("starts with", "start with"),
            (false, false, 0) => ("is", "is not"),
            _ => return None,
        };
        let case = if any_case { " (upper or lower case)" } else { "" };
        self.clauses.push(match (negated, denies) {
            (false, "is not") => format!("named \"{part}\"{case}"),
            (false, _) => format!("whose name {says} \"{part}\"{case}"),
            (true, "is not") => format!("whose name is not \"{part}\""),
            (true, denies) => format!("whose name does not {denies} \"{part}\""),
        });
        Some(())
    }

    /// Takes in `-name A -o -name B` where that is all there is: `-o` binds weaker than what stands next to it.
    fn either<'w>(&mut self, words: &'w [String]) -> Option<&'w [String]> {
        let names = words.split(|word| word == "-o");
        let plain =
            names.clone().count() > 1 && names.clone().all(|part| part.len() == 2 && part[0] == "-name");
        if !plain {
            return None;
        }
        let extensions: Option<Vec<String>> = names
            .clone()
            .map(|part| part[1].strip_prefix('*').filter(|e| is_extension(e)).map(str::to_string))
            .collect();
        match extensions {
            Some(extensions) => self.extensions = extensions,
            None => {
                let patterns: Option<Vec<String>> =
                    names.map(|part| super::answer::quoted(&part[1])).collect();
                let patterns = crate::hindsight::families::english::enumerate(&patterns?, "or");
                self.clauses.push(format!("whose name matches {patterns}"));
            }
        }
        Some(&[])
    }

    /// Takes in `( -name A -o -name B )`, for extensions.
    fn alternatives<'w>(&mut self, words: &'w [String]) -> Option<&'w [String]> {
        let close = words.iter().position(|word| word == ")")?;
        let before = self.extensions.len();
        for part in words[..close].split(|word| word == "-o") {
            let [name, pattern] = part else { return None };
            (name == "-name").then_some(())?;
            self.named(pattern, false, false)?;
        }
        (before == 0 && self.extensions.len() >= 2 && self.clauses.is_empty()).then(|| &words[close + 1..])
    }

    fn words(&self) -> String {
        let extensions = match self.extensions.as_slice() {
            [] => String::new(),
            some => format!("{} ", crate::hindsight::families::english::enumerate(some, "and")),
        };
        let noun = if self.extensions.is_empty() { self.noun } else { "files" };
        let mut words = format!("{}{extensions}{noun}", self.adjective);
        if !self.clauses.is_empty() {
            words.push(' ');
            words.push_str(&self.clauses.join(" and "));
        }
        words
    }
}

/// Whether a text is an ending of file names: `.py`.
pub(super) fn is_extension(part: &str) -> bool {
    part.strip_prefix('.').is_some_and(|e| !e.is_empty() && e.chars().all(char::is_alphanumeric))
}

fn age(value: &str, unit: &str) -> Option<String> {
    let number = value.trim_start_matches(['+', '-']);
    let count: u32 = number.parse().ok()?;
    let units = if count == 1 { unit.to_string() } else { format!("{unit}s") };
    match value.as_bytes()[0] {
        b'-' if count == 1 => Some(format!("modified within the last {unit}")),
        b'-' => Some(format!("modified within the last {count} {units}")),
        // Fractions of a unit are cut off: `+1` begins at two whole days.
        b'+' => Some(format!("last modified at least {} {unit}s ago", count.checked_add(1)?)),
        _ => None,
    }
}

fn larger(size: &str) -> Option<String> {
    // Sizes are rounded up to whole units: only bytes tell what is equal or smaller.
    if let Some(bytes) = size.strip_suffix('c').filter(|size| !size.starts_with('+')) {
        let (says, bytes) = match bytes.strip_prefix('-') {
            Some(bytes) => ("smaller than", bytes),
            None => ("of exactly", bytes),
        };
        return Some(format!("{says} {} bytes", bytes.parse::<u32>().ok()?));
    }
    let (amount, unit) = size.strip_prefix('+')?.split_at_checked(size.len().checked_sub(2)?)?;
    amount.parse::<u32>().ok()?;
    let unit = match unit {
        "c" => "bytes",
        "k" => "KB",
        "M" => "MB",
        "G" => "GB",
        _ => return None,
    };
    Some(format!("larger than {amount} {unit}"))
}
