//! Text that a pack brings, written into Markdown so that it stays text: it may come from anyone.

/// A text on one line, with everything that Markdown or HTML would take for markup escaped.
pub fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut before = ' ';
    let mut chars = one_line(text).peekable();
    while let Some(char) = chars.next() {
        let is_within_word =
            before.is_alphanumeric() && chars.peek().is_some_and(|after| after.is_alphanumeric());
        let is_markup = match char {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '!' | '$' => true,
            '_' => !is_within_word,
            // What would begin a heading, a list, a quotation or a rule.
            '#' | '+' | '-' | '=' | '.' | ')' | ':' => is_at_start(&line),
            _ => false,
        };
        if is_markup {
            line.push('\\');
        }
        line.push(char);
        before = char;
    }
    line
}

/// Whether a line has nothing yet, or a number that a `.` would make the first of a list.
fn is_at_start(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
}

/// A text as code within a line.
pub fn code(text: &str) -> String {
    let text: String = one_line(text).collect();
    let fence = fence(&text, 1);
    // A space at either side is taken off again, and needed beside a backtick.
    let edge =
        if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty() { " " } else { "" };
    format!("{fence}{edge}{text}{edge}{fence}")
}

/// The same in a cell of a table, which even code does not keep from ending at a `|`.
pub fn code_in_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Lines as a block of code.
pub fn block(text: &str) -> String {
    let fence = fence(text, 3);
    let text: String = text.chars().map(|char| if char == '\n' { char } else { visible(char) }).collect();
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// More backticks than stand together in the text, and so many at least.
fn fence(text: &str, at_least: usize) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    "`".repeat((longest + 1).max(at_least))
}

fn one_line(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(visible)
}

/// Control characters move the cursor of a terminal, and line ends end a line of Markdown.
fn visible(char: char) -> char {
    match char {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        char if char.is_control() => '\u{FFFD}',
        // What turns the direction of the text that follows.
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        char => char,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_text() {
        for (text, expected) in [
            ("no_such_tool", "no_such_tool"),
            ("_so_", "\\_so\\_"),
            ("<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)\\>"),
            ("[a](javascript:b)", "\\[a\\](javascript:b)"),
            ("a | b", "a \\| b"),
            ("# x", "\\# x"),
            ("- x", "\\- x"),
            ("12. x", "12\\. x"),
            ("well-known 1.5", "well-known 1.5"),
            ("two\nlines\u{1b}[2J", "two lines\u{fffd}\\[2J"),
            ("a &lt; b", "a \\&lt; b"),
        ] {
            assert_eq!(escaped(text), expected, "{text}");
        }
    }

    #[test]
    fn code_ends_where_it_should() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\n# b"), "`a # b`");
        assert_eq!(code_in_cell("a|b"), "`a\\|b`");
        assert_eq!(block("```\n<b>"), "````text\n```\n<b>\n````\n");
    }
}
