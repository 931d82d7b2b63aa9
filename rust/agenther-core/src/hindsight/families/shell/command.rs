//! Command lines taken apart, as far as they are plain pipelines of words, one after the other.
//!
//! By hand and strict: expansions, loops, subshells and all redirections but `> FILE` are refused, so what is
//! left needs no shell grammar. A `*` that the shell expands is kept as [`STAR`].

use std::borrow::Cow;

use super::glob::STAR;

/// Longer lines are programs.
const MAX_LENGTH: usize = 300;

/// A flag and its value, which is empty where it takes none.
pub type Flag = (String, String);

/// A pipeline, and the file that its output goes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// The stages, each a list of words.
    pub stages: Vec<Vec<String>>,
    /// `> FILE`.
    pub into: Option<String>,
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Pipe,
    /// `&&`
    Then,
    /// `;`, the end of a line.
    End,
    /// `>`
    Into,
}

/// The stages of a pipeline, each a list of words; `None` if the line is anything more than that.
pub fn pipeline(line: &str) -> Option<Vec<Vec<String>>> {
    let [command] = commands(line)?.try_into().ok()?;
    command.into.is_none().then_some(command.stages)
}

/// The commands that a line runs one after the other; `None` if it has anything that is not known.
pub fn commands(line: &str) -> Option<Vec<Command>> {
    let mut tokens = tokens(line)?;
    tokens.pop_if(|token| *token == Token::End);
    tokens.split(|token| matches!(token, Token::Then | Token::End)).map(command).collect()
}

fn command(tokens: &[Token]) -> Option<Command> {
    let (tokens, into) = match tokens {
        [before @ .., Token::Into, Token::Word(file)] => (before, Some(file.clone())),
        all => (all, None),
    };
    let stage = |stage: &[Token]| -> Option<Vec<String>> {
        let word = |token: &Token| match token {
            Token::Word(word) => Some(word.clone()),
            _ => None,
        };
        (!stage.is_empty()).then(|| stage.iter().map(word).collect())?
    };
    let stages = tokens.split(|token| *token == Token::Pipe).map(stage).collect::<Option<_>>()?;
    Some(Command { stages, into })
}

fn tokens(line: &str) -> Option<Vec<Token>> {
    if line.len() > MAX_LENGTH {
        return None;
    }
    let mut tokens = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.trim().chars().peekable();
    while let Some(c) = chars.next() {
        let follows = chars.peek().copied();
        let mark = match (c, follows) {
            (' ' | '\t', _) => None,
            ('|', Some('|' | '&')) | ('>', Some('>' | '|' | '&')) => return None,
            ('|', _) => Some(Token::Pipe),
            ('&', Some('&')) => {
                chars.next();
                Some(Token::Then)
            }
            (';' | '\n', _) => Some(Token::End),
            // A number before it would name what is redirected.
            ('>', _) if word.as_deref().is_none_or(|word| !word.bytes().all(|b| b.is_ascii_digit())) => {
                Some(Token::Into)
            }
            _ => {
                spelled(c, &mut chars, word.get_or_insert_default())?;
                continue;
            }
        };
        tokens.extend(word.take().map(Token::Word));
        tokens.extend(mark);
    }
    tokens.extend(word.map(Token::Word));
    Some(tokens)
}

/// Appends to a word what stands in a line for a part of it.
fn spelled(c: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>, word: &mut String) -> Option<()> {
    match c {
        '\'' => loop {
            // Nothing is expanded between single quotes.
            match chars.next()? {
                '\'' => break,
                inner => word.push(inner),
            }
        },
        '"' => loop {
            match chars.next()? {
                '"' => break,
                '\\' => match chars.next()? {
                    '"' => word.push('"'),
                    '$' | '`' | '\\' | '\n' => return None,
                    // A backslash before any other means itself.
                    other => word.extend(['\\', other]),
                },
                '$' | '`' => return None,
                inner => word.push(inner),
            }
        },
        '\\' => match chars.next()? {
            escaped @ (';' | '(' | ')' | '!') => word.push(escaped),
            _ => return None,
        },
        '*' => word.push(STAR),
        '$' | '`' | '&' | '<' | '>' | '(' | ')' | '#' | '~' | '?' | '[' | ']' => return None,
        '{' if chars.peek() == Some(&'}') => {
            chars.next();
            word.push_str("{}");
        }
        '{' | '}' => return None,
        _ => word.push(c),
    }
    Some(())
}

/// A line without `2>/dev/null` and `2>&1`, and whether complaints were thrown away.
pub fn without_errors(line: &str) -> (Cow<'_, str>, bool) {
    if line.len() > MAX_LENGTH {
        return (Cow::Borrowed(line), false);
    }
    let mut kept = Cow::Borrowed(line);
    let mut is_quiet = false;
    for (redirection, silences) in [(" 2>/dev/null", true), (" 2> /dev/null", true), (" 2>&1", false)] {
        while let Some(at) = kept.find(redirection) {
            let before = &kept[..at];
            let is_quoted = before.matches('"').count() % 2 == 1 || before.matches('\'').count() % 2 == 1;
            let ends = kept[at + redirection.len()..].starts_with([' ', ';', '|', '\n'])
                || at + redirection.len() == kept.len();
            if is_quoted || !ends {
                return (Cow::Borrowed(line), false);
            }
            is_quiet |= silences;
            kept = Cow::Owned(format!("{before}{}", &kept[at + redirection.len()..]));
        }
    }
    (kept, is_quiet)
}

/// `cd DIR && rest`: the directory, and the line that is run in it.
pub fn within(line: &str) -> Option<(&str, &str)> {
    let (directory, rest) = line.trim().strip_prefix("cd ")?.split_once("&&")?;
    let directory = directory.trim().trim_end_matches('/');
    let plain = directory.starts_with('/')
        && directory.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '_' | '-' | '.'));
    plain.then_some((directory, rest.trim()))
}

/// The flags and the operands of a simple command; `None` if it has a flag that is not known. A flag that
/// takes a value is given with a `=`: `n=` reads `-n 5` and `-n5`.
pub fn options(words: &[String], known: &[&str]) -> Option<(Vec<Flag>, Vec<String>)> {
    let (mut flags, mut operands) = (Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            operands.push(word.clone());
            continue;
        };
        if letters.starts_with('-') {
            return None;
        }
        let mut rest = letters;
        while let Some(c) = rest.chars().next() {
            let flag = &rest[..c.len_utf8()];
            rest = &rest[flag.len()..];
            let with_value = format!("{flag}=");
            if known.contains(&with_value.as_str()) {
                let value = if rest.is_empty() { words.next()?.clone() } else { rest.to_string() };
                flags.push((flag.to_string(), value));
                rest = "";
            } else if known.contains(&flag) {
                flags.push((flag.to_string(), String::new()));
            } else {
                return None;
            }
        }
    }
    Some((flags, operands))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_pipelines() {
        let stages = pipeline(r#"find /srv -name "*.py" -exec wc -l {} \; | sort -n"#).unwrap();
        assert_eq!(stages[0], ["find", "/srv", "-name", "*.py", "-exec", "wc", "-l", "{}", ";"]);
        assert_eq!(stages[1], ["sort", "-n"]);
    }

    #[test]
    fn complaints_that_are_thrown_away_are_no_part_of_the_command() {
        for (line, kept, quiet) in [
            ("find / -name x 2>/dev/null | head", "find / -name x | head", true),
            ("ls /srv 2>&1", "ls /srv", false),
            ("grep '2>&1 x' f", "grep '2>&1 x' f", false),
            ("ls 2>/dev/nullx", "ls 2>/dev/nullx", false),
        ] {
            assert_eq!(without_errors(line), (Cow::Borrowed(kept), quiet), "{line}");
        }
    }

    #[test]
    fn refuses_all_else() {
        for line in [
            "ls; pwd",
            "a && b",
            "a > b",
            "a || b",
            "cat < x",
            "echo $HOME",
            "echo `id`",
            "for i in a",
            "(ls)",
            "ls |",
            "grep \"$x\" f",
            "ls &",
            "cat 'a",
            "",
        ] {
            let refused = pipeline(line).is_none() || line.starts_with("for");
            assert!(refused, "{line}");
        }
    }

    #[test]
    fn reads_commands_one_after_the_other() {
        let found = commands("mkdir -p /srv/a && echo 'x y' > /srv/a/f; ls /srv | wc -l").unwrap();
        assert_eq!(found[0].stages, [["mkdir", "-p", "/srv/a"]]);
        assert_eq!(found[1].stages, [["echo", "x y"]]);
        assert_eq!(found[1].into.as_deref(), Some("/srv/a/f"));
        assert_eq!(found[2].stages.len(), 2);
        for line in ["a >> b", "a 2> b", "a > b c", "> b", "a &&", "a | && b", "a & b", "a >"] {
            assert_eq!(commands(line), None, "{line}");
        }
    }

    #[test]
    fn options_take_values() {
        let words: Vec<String> = ["-rn5", "file"].map(String::from).to_vec();
        let (flags, operands) = options(&words, &["r", "n="]).unwrap();
        assert_eq!(flags, [("r".into(), "".into()), ("n".into(), "5".into())]);
        assert_eq!(operands, ["file"]);
        assert!(options(&words, &["n="]).is_none());
    }
}
