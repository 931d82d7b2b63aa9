//! What `grep` looks for, in words.

use super::command::{Flag, options};
use super::find::is_extension;
use super::phrase::{Kind, Phrase, under};
use crate::hindsight::families::english::enumerate;

/// A text that means itself in a pattern.
pub(super) fn literal(pattern: &str) -> bool {
    !pattern.is_empty()
        && pattern.chars().all(|c| {
            // All of these mean themselves in a basic regular expression.
            c.is_alphanumeric()
                || matches!(
                    c,
                    ' ' | '_' | '-' | ',' | ':' | '=' | '/' | '(' | ')' | ';' | '<' | '>' | '@' | '#' | '%'
                )
        })
        && !pattern.starts_with('-')
}

/// What a `grep` looks for, in words: `the text "x"`. Backslashes mean different things to different shells and
/// programs; such patterns are refused.
pub(super) fn sought(pattern: &str, has: impl Fn(&str) -> bool) -> Option<(String, &'static str)> {
    let case = if has("i") { " (upper or lower case)" } else { "" };
    if !has("F") && !has("w") {
        if let Some(texts) = alternatives(pattern, has("E")) {
            return Some((format!("the text {texts}{case}"), "contain"));
        }
        if let Some(start) = pattern.strip_prefix('^').filter(|start| literal(start)) {
            return Some((format!("with \"{start}\"{case}"), "begin"));
        }
        if let Some(end) = pattern.strip_suffix('$').filter(|end| literal(end)) {
            return Some((format!("with \"{end}\"{case}"), "end"));
        }
        if let Some(text) = plain_dots(pattern) {
            return Some((format!("the text \"{text}\"{case}"), "contain"));
        }
    }
    let is_literal = literal(&pattern.replace('"', "")) || has("F");
    let is_quotable = !pattern.contains('"') || !pattern.contains('`');
    if pattern.is_empty() || pattern.contains(['\\', '\n']) || (!is_literal && has("w")) || !is_quotable {
        return None;
    }
    let quoted = if pattern.contains('"') { format!("`{pattern}`") } else { format!("\"{pattern}\"") };
    Some(match (is_literal, has("w")) {
        (true, true) => (format!("the whole word {quoted}{case}"), "contain"),
        (true, false) => (format!("the text {quoted}{case}"), "contain"),
        (false, _) => (format!("the regular expression {quoted}{case}"), "match"),
    })
}

/// `"a" or "b"` of `a\\|b`, with `-E` of `a|b`.
fn alternatives(pattern: &str, extended: bool) -> Option<String> {
    let parts: Vec<&str> = pattern.split(if extended { "|" } else { "\\|" }).collect();
    let texts: Vec<String> =
        parts.iter().filter(|part| literal(part)).map(|part| format!("\"{part}\"")).collect();
    ((2..=4).contains(&texts.len()) && texts.len() == parts.len()).then(|| enumerate(&texts, "or"))
}

/// A text whose dots are escaped: `settings\.py`.
fn plain_dots(pattern: &str) -> Option<String> {
    let text = pattern.replace("\\.", ".");
    (pattern.contains("\\.") && !pattern.replace("\\.", "").contains('.') && literal(&text.replace('.', "a")))
        .then_some(text)
}

/// What `grep` prints.
pub fn grep(words: &[String]) -> Option<Phrase> {
    let is_include = |word: &&String| word.starts_with("--include=");
    let included = words.iter().find(is_include).map(|word| &word["--include=".len()..]);
    let files = match included.map(|pattern| pattern.trim_matches(['"', '\''])) {
        Some(pattern) => format!("{} files", pattern.strip_prefix('*').filter(|end| is_extension(end))?),
        None => "files".to_string(),
    };
    let words: Vec<String> = words.iter().filter(|word| !is_include(word)).cloned().collect();
    let (flags, mut operands) = options(
        &words,
        &["r", "R", "i", "l", "c", "w", "F", "n", "h", "H", "E", "v", "e=", "A=", "B=", "C="],
    )?;
    let pattern = match flags.iter().find(|(flag, _)| flag == "e") {
        Some((_, pattern)) => pattern.clone(),
        None if operands.is_empty() => return None,
        None => operands.remove(0),
    };
    let has = |name: &str| flags.iter().any(|(flag, _)| flag == name);
    let recursive = has("r") || has("R");
    let path = match operands.as_slice() {
        [path] => path.clone(),
        [] if recursive => ".".to_string(),
        paths if !recursive && (2..=4).contains(&paths.len()) => enumerate(paths, "and"),
        _ => return None,
    };
    let (what, contain) = sought(&pattern, has)?;
    let contain = match (has("v"), contain) {
        (false, contain) => contain,
        (true, "contain") if !recursive => "do not contain",
        _ => return None,
    };
    let place = if recursive { format!(" in the {files}{}", under(&path)) } else { format!(" of {path}") };
    let file = files.strip_suffix('s').unwrap_or("file");
    if included.is_some() && !recursive {
        return None;
    }
    let absent = match recursive {
        true => (
            format!("Does any {file}{} {contain} {what}?", under(&path)),
            format!("No, no {file}{} {contain}s {what}.", under(&path)),
        ),
        false => (
            format!("Does any line of {path} {contain} {what}?"),
            format!("No, no line of {path} {contain}s {what}."),
        ),
    };
    let absent = (absent.0, absent.1.replace(" matchs ", " matches "));
    if has("l") {
        let noun = format!("{files} that {contain} {what}");
        let mut phrase = Phrase::new(Kind::Paths, noun, under(&path), &path);
        phrase.absent = Some(absent);
        return recursive.then_some(phrase);
    }
    if has("c") && !recursive {
        let question = format!("How many lines of {path} {contain} {what}");
        return Some(Phrase::new(Kind::Number, "lines", "", "").asking(Kind::Value, question));
    }
    let (around, promised) = around(&flags)?;
    let numbered = if has("n") { ", with line numbers" } else { "" };
    let mut phrase = Phrase::new(Kind::Lines, "lines", place, "");
    phrase.manner = format!(" that {contain} {what}{around}{numbered}");
    phrase.promised = promised;
    phrase.absent = Some(absent).filter(|_| !has("v"));
    Some(phrase)
}

/// The lines around each that `-A 3`, `-B 3` and `-C 3` ask for, and how many are promised before and after one.
fn around(flags: &[Flag]) -> Option<(String, usize)> {
    let side = |name: &str| flags.iter().find(|(flag, _)| flag == name).map(|(_, number)| number.as_str());
    let (number, side) = match (side("A"), side("B"), side("C")) {
        (None, None, None) => return Some((String::new(), 0)),
        (Some(number), None, None) => (number, "after"),
        (None, Some(number), None) => (number, "before"),
        (None, None, Some(number)) => (number, "before and after"),
        _ => return None,
    };
    let number: u32 = number.parse().ok().filter(|number| *number > 0)?;
    let lines = if number == 1 { "line".to_string() } else { format!("{number} lines") };
    Some((format!(", each with the {lines} {side} it"), number as usize))
}
