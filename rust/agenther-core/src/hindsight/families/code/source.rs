//! Definitions in source text: what is defined, with which signature, and what it returns, as far as that stands in the
//! lines shown. Languages whose definitions begin with a keyword.

/// What a definition defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A function.
    Function,
    /// A function of a class.
    Method,
    /// A class.
    Class,
}

impl Sort {
    /// The noun.
    pub fn noun(self) -> &'static str {
        match self {
            Sort::Function => "function",
            Sort::Method => "method",
            Sort::Class => "class",
        }
    }
}

/// A definition.
#[derive(Debug, Clone)]
pub struct Definition<'a> {
    /// What it defines.
    pub sort: Sort,
    /// Its name.
    pub name: &'a str,
    /// The class that a method is of.
    pub of: Option<&'a str>,
    /// The parameters as written, without the receiver; empty where it takes none.
    pub parameters: Option<Vec<&'a str>>,
    /// The classes that a class inherits from.
    pub bases: Vec<&'a str>,
    /// What it returns, if it always returns that.
    pub returns: Option<&'a str>,
    /// The only variable of the function in what it returns, and what that is.
    pub given: Option<(&'a str, &'a str)>,
    /// The position of its first line among those shown, and of the line after its last.
    pub lines: (usize, usize),
    indent: usize,
}

/// How a language writes definitions.
struct Language {
    endings: &'static [&'static str],
    function: &'static [&'static str],
    class: &'static [&'static str],
    /// Words that may stand before.
    modifiers: &'static [&'static str],
    base: Option<&'static str>,
    by_indent: bool,
}

const LANGUAGES: &[Language] = &[
    Language {
        endings: &["py", "pyi", "pyx"],
        function: &["def "],
        class: &["class "],
        modifiers: &["async "],
        base: None,
        by_indent: true,
    },
    Language {
        endings: &["js", "jsx", "ts", "tsx", "mjs"],
        function: &["function "],
        class: &["class "],
        modifiers: &["export ", "default ", "async ", "abstract "],
        base: Some(" extends "),
        by_indent: false,
    },
    Language {
        endings: &["rs"],
        function: &["fn "],
        class: &["struct ", "enum ", "trait "],
        modifiers: &["pub ", "pub(crate) ", "async ", "unsafe ", "const "],
        base: None,
        by_indent: false,
    },
    Language {
        endings: &["go"],
        function: &["func "],
        class: &[],
        modifiers: &[],
        base: None,
        by_indent: false,
    },
    Language {
        endings: &["java", "kt", "cs", "scala", "php"],
        function: &[],
        class: &["class "],
        modifiers: &[
            "public ",
            "private ",
            "final ",
            "abstract ",
            "static ",
            "sealed ",
            "internal ",
            "data ",
        ],
        base: Some(" extends "),
        by_indent: false,
    },
];

/// Longer bodies return in too many ways to be told in a sentence.
const MAX_BODY: usize = 40;

/// The definitions in the lines of a file, in order.
pub fn definitions<'a>(path: &str, lines: &[&'a str]) -> Vec<Definition<'a>> {
    let ending = path.rsplit('.').next().unwrap_or("");
    let Some(language) = LANGUAGES.iter().find(|language| language.endings.contains(&ending)) else {
        return Vec::new();
    };
    let mut found: Vec<Definition<'a>> = Vec::new();
    let mut open_text: Option<&str> = None;
    for (at, line) in lines.iter().enumerate() {
        // Examples in documentation strings define nothing.
        let quoted = open_text.is_some();
        toggle(line, &mut open_text);
        if quoted {
            continue;
        }
        if let Some(mut definition) = definition(language, line) {
            definition.lines = (at, at + 1);
            let outer = found.iter().rev().find(|outer| outer.indent < definition.indent);
            if definition.sort == Sort::Function
                && let Some(class) = outer.filter(|outer| outer.sort == Sort::Class)
            {
                definition.sort = Sort::Method;
                definition.of = Some(class.name);
            }
            found.push(definition);
        }
    }
    if language.by_indent {
        for definition in &mut found {
            close_by_indent(definition, lines);
        }
    }
    found
}

impl Definition<'_> {
    /// Whether it stands in no other definition.
    pub fn is_outermost(&self) -> bool {
        self.indent == 0
    }

    /// The name by which it is known in its file: `Class.method`. What stands in a function has none, nor has what
    /// stands in something that is not shown.
    pub fn full_name(&self) -> Option<String> {
        match self.of {
            Some(class) => Some(format!("{class}.{}", self.name)),
            None => self.is_outermost().then(|| self.name.to_string()),
        }
    }
}

/// Follows texts in triple quotes over lines.
fn toggle(line: &str, open: &mut Option<&'static str>) {
    for mark in ["\"\"\"", "'''"] {
        let odd = line.matches(mark).count() % 2 == 1;
        match open {
            Some(opened) if *opened == mark && odd => *open = None,
            None if odd => *open = Some(mark),
            _ => {}
        }
    }
}

fn definition<'a>(language: &Language, line: &'a str) -> Option<Definition<'a>> {
    let mut rest = line.trim_start();
    let indent = line.len() - rest.len();
    while let Some(after) = language.modifiers.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = after;
    }
    let function = language.function.iter().find_map(|word| rest.strip_prefix(word));
    let (sort, after) = match function {
        Some(after) => (Sort::Function, after),
        None => (Sort::Class, language.class.iter().find_map(|word| rest.strip_prefix(word))?),
    };
    let length = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
    let (name, rest) = after.split_at(length);
    let named = name.len() > 1 && !name.starts_with(|c: char| c.is_ascii_digit());
    let inside = rest.strip_prefix('(').and_then(bracketed);
    let (parameters, bases) = match sort {
        Sort::Class if language.by_indent => (None, inside.map(split).unwrap_or_default()),
        Sort::Class => (None, language.base.and_then(|base| inherited(rest, base)).into_iter().collect()),
        _ => (inside.map(parameters), Vec::new()),
    };
    let ends = !language.by_indent || line.trim_end().ends_with(':') || inside.is_some();
    (named && ends).then_some(Definition {
        sort,
        name,
        of: None,
        parameters,
        bases,
        returns: None,
        given: None,
        lines: (0, 0),
        indent,
    })
}

fn inherited<'a>(rest: &'a str, base: &str) -> Option<&'a str> {
    let after = rest.split_once(base)?.1;
    let length =
        after.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(after.len());
    (length > 0).then(|| &after[..length])
}

/// What stands before the bracket that closes the one just opened, if it closes on the line.
fn bracketed(text: &str) -> Option<&str> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => return Some(&text[..at]),
            ')' | ']' | '}' => depth = depth.checked_sub(1)?,
            '"' | '\'' | '#' => return None, // texts may hold brackets
            _ => {}
        }
    }
    None
}

/// The parts between the commas outside brackets.
fn split(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0usize, 0);
    for (at, c) in list.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(list[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

fn parameters(list: &str) -> Vec<&str> {
    let mut parts = split(list);
    parts.retain(|part| !matches!(*part, "self" | "cls" | "&self" | "&mut self" | "/" | "*"));
    with_shared_types(list, &parts)
}

/// Parameters of Go that share a type, together: `rate, burst float64`.
fn with_shared_types<'a>(list: &'a str, parts: &[&'a str]) -> Vec<&'a str> {
    let is_name = |part: &str| part.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_typed = |part: &str| {
        part.split_once(' ').is_some_and(|(name, _)| is_name(name)) && !part.contains([':', '='])
    };
    let start = |part: &str| part.as_ptr() as usize - list.as_ptr() as usize;
    let mut together: Vec<&str> = Vec::new();
    let mut bare: Option<usize> = None;
    for part in parts {
        match bare {
            _ if is_name(part) && !part.is_empty() => bare = bare.or(Some(start(part))),
            Some(from) if is_typed(part) => {
                together.push(&list[from..start(part) + part.len()]);
                bare = None;
            }
            // In other languages parameters have no types, or each its own.
            Some(_) => return parts.to_vec(),
            None => together.push(part),
        }
    }
    if bare.is_some() { parts.to_vec() } else { together }
}

/// Finds the end of an indented body, and what it returns: its last statement is the only `return` in it.
fn close_by_indent<'a>(definition: &mut Definition<'a>, lines: &[&'a str]) {
    let start = definition.lines.0;
    let indent_of = |line: &str| line.len() - line.trim_start().len();
    let ends = |line: &&str| !line.trim().is_empty() && indent_of(line) <= definition.indent;
    let after = lines[start + 1..].iter().position(ends);
    let end = after.map_or(lines.len(), |at| start + 1 + at);
    definition.lines.1 = end;
    if after.is_none() || definition.sort == Sort::Class || end - start > MAX_BODY {
        return;
    }
    let mut body = lines[start + 1..end].iter().copied().filter(|line| !line.trim().is_empty());
    let Some(first) = body.clone().next() else { return };
    let Some(last) = body.clone().next_back() else { return };
    let leaves =
        |line: &str| ["return", "yield", "raise"].iter().filter(|word| line.contains(**word)).count();
    let only = body.clone().map(leaves).sum::<usize>() == 1;
    let at_the_end = indent_of(last) == indent_of(first) && !body.any(|line| line.contains("sys.exit"));
    let Some(value) = last.trim().strip_prefix("return ").filter(|_| only && at_the_end) else { return };
    let value = value.split("  #").next().unwrap_or(value).trim();
    let balanced = [('(', ')'), ('[', ']'), ('{', '}')]
        .iter()
        .all(|(open, close)| value.matches(*open).count() == value.matches(*close).count());
    if !balanced || !(1..=120).contains(&value.len()) {
        return;
    }
    let before: Vec<&str> = lines[start + 1..end].iter().map(|line| line.trim()).collect();
    let bound = bindings(&before);
    let mut used = bound.iter().filter(|(name, _)| uses(value, name));
    match (used.next(), used.next()) {
        (None, _) => definition.returns = Some(value),
        // What a variable holds is told with it, or nothing is: its name says little to those who do not see the code.
        (Some((name, Some(made))), None) if !bound.iter().any(|(other, _)| uses(made, other)) => {
            let is_all = value == *name;
            definition.returns = Some(if is_all { made } else { value });
            definition.given = (!is_all).then_some((*name, *made));
        }
        _ => {}
    }
}

/// The names that lines bind, each time they do, with the value where the line is a plain assignment of one name.
fn bindings<'a>(lines: &[&'a str]) -> Vec<(&'a str, Option<&'a str>)> {
    let is_name = |text: &str| {
        !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_part)
    };
    let mut found = Vec::new();
    const BIND_NOTHING: &[&str] = &["return ", "if ", "elif ", "while ", "assert ", "#"];
    let binds = |line: &&&str| !BIND_NOTHING.iter().any(|start| line.starts_with(start));
    for line in lines.iter().filter(binds) {
        let loops = line.strip_prefix("for ").and_then(|rest| rest.split_once(" in "));
        let targets = match (loops, line.split_once(" as "), line.split_once('=')) {
            (Some((names, _)), ..) => names,
            (None, Some((_, name)), _) => name.trim_end_matches(':'),
            (None, None, Some((names, _))) => names,
            _ => continue,
        };
        let plain = line.split_once(" = ").filter(|(name, value)| {
            let closed = value.matches(['(', '[', '{']).count() == value.matches([')', ']', '}']).count();
            is_name(name) && closed && value.len() <= 100 && !value.contains(['#', ';'])
        });
        match plain {
            Some((name, value)) => found.push((name, Some(value))),
            None => found
                .extend(targets.split(|c| !is_part(c)).filter(|name| is_name(name)).map(|name| (name, None))),
        }
    }
    found
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether an expression uses a variable: its name as a word, and no attribute of something.
fn uses(value: &str, name: &str) -> bool {
    value.match_indices(name).any(|(at, _)| {
        let before = value[..at].chars().next_back();
        let after = value[at + name.len()..].chars().next();
        before.is_none_or(|c| !is_part(c) && c != '.') && after.is_none_or(|c| !is_part(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_bases_and_returns_are_read() {
        let text = "import os\n\nclass Rate(Field, Base):\n    def get(self, key: str, pair: Tuple[int, int] = None):\n        \"\"\"\n        def not_this(a):\n        \"\"\"\n        x = self.table[key]\n        return x * 2\n\n    async def run(self):\n        if self.done:\n            return 1\n        return 2\n\ndef last(a):\n    return a\n";
        let lines: Vec<&str> = text.lines().collect();
        let found = definitions("src/a.py", &lines);
        let names: Vec<(&str, Sort)> = found.iter().map(|one| (one.name, one.sort)).collect();
        assert_eq!(
            names,
            [("Rate", Sort::Class), ("get", Sort::Method), ("run", Sort::Method), ("last", Sort::Function)]
        );
        assert_eq!(found[0].bases, ["Field", "Base"]);
        assert_eq!(found[1].parameters.as_deref(), Some(&["key: str", "pair: Tuple[int, int] = None"][..]));
        assert_eq!((found[1].returns, found[2].returns), (Some("x * 2"), None));
        assert_eq!(found[1].given, Some(("x", "self.table[key]")));
        assert_eq!(found[3].returns, None, "the text may go on after the last line shown");
    }

    #[test]
    fn parameters_that_share_a_type_stay_together() {
        for (list, found) in [
            ("rate, burst float64, now Clock", vec!["rate, burst float64", "now Clock"]),
            ("self, a, b: int = 3", vec!["a", "b: int = 3"]),
            ("file?: string, env = process.env", vec!["file?: string", "env = process.env"]),
            ("a, b", vec!["a", "b"]),
            ("", vec![]),
        ] {
            assert_eq!(parameters(list), found, "{list}");
        }
    }

    #[test]
    fn a_variable_that_is_returned_is_told_with_its_value_or_not_at_all() {
        let returned = |body: &str| {
            let text = format!("def half(a, b):\n{body}\nx = 1");
            let lines: Vec<&str> = text.lines().collect();
            let found = definitions("a.py", &lines);
            found[0]
                .returns
                .map(|value| (value.to_string(), found[0].given.map(|(name, _)| name.to_string())))
        };
        let given = |value: &str, name: Option<&str>| Some((value.to_string(), name.map(str::to_string)));
        assert_eq!(returned("    enc = a ^ b\n    return enc"), given("a ^ b", None));
        assert_eq!(returned("    n = len(a)\n    return n / b"), given("n / b", Some("n")));
        assert_eq!(returned("    return a.n + b"), given("a.n + b", None));
        assert_eq!(returned("    return a == b"), given("a == b", None));
        assert_eq!(returned("    n = 0\n    for x in a:\n        n += x\n    return n / b"), None);
        assert_eq!(returned("    n, m = a\n    return n / b"), None);
        assert_eq!(returned("    n = a\n    m = n + 1\n    return m * 2"), None);
    }

    #[test]
    fn other_languages_are_read_by_their_keywords() {
        let found =
            definitions("a.rs", &["pub fn area(width: u32, height: u32) -> u32 {", "pub struct Side {"]);
        assert_eq!(found[0].parameters.as_deref(), Some(&["width: u32", "height: u32"][..]));
        assert_eq!((found[1].sort, found[1].name), (Sort::Class, "Side"));
        let found = definitions("a.ts", &["export class Lamp extends Light {"]);
        assert_eq!(found[0].bases, ["Light"]);
        assert!(definitions("notes.txt", &["def f():"]).is_empty());
    }
}
