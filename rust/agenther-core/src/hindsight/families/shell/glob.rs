//! Words with a `*` that the shell expands: the files that they name, in words.

use super::find::is_extension;
use super::phrase::{Kind, Phrase, in_place};

/// Stands in a word for a `*` that the shell expands.
pub const STAR: char = '\u{e000}';

/// Whether the shell expands a word.
pub fn is_glob(word: &str) -> bool {
    word.contains(STAR)
}

/// The files of a pattern in one directory: `(".py files in /srv", "/srv")`.
pub fn files(word: &str) -> Option<(String, String)> {
    let (directory, pattern) = word.rsplit_once('/').unwrap_or((".", word));
    let directory = if directory.is_empty() { "/" } else { directory };
    let parts: Vec<&str> = pattern.split(STAR).collect();
    let is_plain = |text: &str| !text.is_empty() && !text.contains(['[', '?', '{', '"']);
    let place = in_place(directory);
    let files = match parts.as_slice() {
        ["", ""] => format!("files and directories{place}"),
        ["", end] if is_extension(end) => format!("{end} files{place}"),
        ["", end] if is_plain(end) => format!("files{place} whose name ends in \"{end}\""),
        [start, ""] if is_plain(start) => format!("files{place} whose name starts with \"{start}\""),
        [start, end] if is_plain(start) && is_extension(end) => {
            format!("{end} files{place} whose name starts with \"{start}\"")
        }
        _ => return None,
    };
    (!is_glob(directory)).then(|| (files, directory.to_string()))
}

/// What a command prints that is given a pattern.
pub fn expanded(words: &[String]) -> Option<Phrase> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let per_file = |what: &str, files: String, question: String| {
        let mut phrase = Phrase::new(Kind::PerFile, what, "", "").asking(Kind::PerFile, question);
        phrase.measured = Some((what.to_string(), files));
        Some(phrase)
    };
    match words.as_slice() {
        ["du", "-sh" | "-hs", word] => {
            let (files, _) = files(word)?;
            let question = format!("How much disk space does each of the {files} use");
            per_file("disk usage", files, question)
        }
        ["wc", "-l", word] => {
            let (files, _) = files(word).filter(|(files, _)| !files.contains("directories"))?;
            let question =
                format!("How many lines does each of the {files} have, and how many are there in total");
            let mut phrase = per_file("lines", files, question)?;
            phrase.total = true;
            Some(phrase)
        }
        ["ls", word] => {
            let (files, directory) = files(word).filter(|(files, _)| files.starts_with('.'))?;
            let root = if directory == "." { "" } else { &directory };
            let mut phrase = Phrase::new(Kind::Paths, files, "", root);
            phrase.sorted = true;
            Some(phrase)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_said_in_words() {
        let said = |word: &str| files(&word.replace('*', &STAR.to_string())).map(|(files, _)| files);
        for (word, expected) in [
            ("/var/*", Some("files and directories in /var")),
            ("/*", Some("files and directories in the root directory")),
            ("*.rs", Some(".rs files in the current directory")),
            ("logs/app*", Some("files in logs whose name starts with \"app\"")),
            ("logs/*_test.go", Some("files in logs whose name ends in \"_test.go\"")),
            ("a/*/b", None),
            ("*a*", None),
        ] {
            assert_eq!(said(word).as_deref(), expected, "{word}");
        }
    }
}
