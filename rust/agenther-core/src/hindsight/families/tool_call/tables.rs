//! Results in text that is laid out: tables of Markdown, comma-separated values, YAML, lines of `key: value`.

use std::collections::BTreeSet;

use super::blocks::{blocks, from_sentence};
use super::payload::Node;
use super::yaml::yaml;
use crate::text::document::Kind;

/// Longer keys are sentences.
const MAX_KEY: usize = 40;

/// Labelled lines of one block.
const MAX_FIELDS: usize = 40;

/// What a laid-out text holds.
pub fn laid_out(text: &str) -> Option<Node> {
    markdown_table(text)
        .or_else(|| separated(text))
        .or_else(|| aligned(text))
        .or_else(|| labelled(text).filter(|_| ends_in_commas(text)))
        .or_else(|| yaml(text))
        .or_else(|| labelled(text))
        .or_else(|| blocks(text))
}

/// `31.7(C), 89.1(F)` as `31.7 °C, 89.1 °F`.
fn spaced_units(text: &str) -> String {
    const MAX_UNIT: usize = 8;
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(at) = rest.find('(') {
        let (before, opened) = rest.split_at(at);
        let unit = opened[1..].split_once(')').map(|(unit, _)| unit).filter(|unit| {
            (1..=MAX_UNIT).contains(&unit.len())
                && before.ends_with(|c: char| c.is_ascii_digit())
                && unit.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'/')
        });
        out.push_str(before);
        let taken = match unit {
            Some(unit) => {
                let degrees = if matches!(unit, "C" | "F") { "°" } else { "" };
                out.push_str(&format!(" {degrees}{unit}"));
                unit.len() + 2
            }
            None => {
                out.push('(');
                1
            }
        };
        rest = &opened[taken..];
    }
    out.push_str(rest);
    out
}

fn scalar(text: &str) -> Node {
    let text = text.trim().trim_matches('*').trim_matches('`').trim();
    let kind = match text {
        "" => Kind::Null,
        _ if text.parse::<f64>().is_ok() => Kind::Number,
        _ => Kind::String,
    };
    Node::Scalar(text.to_string(), kind)
}

fn rows<'t>(header: &[&str], lines: impl Iterator<Item = Vec<&'t str>>) -> Option<Node> {
    let key = |key: &&str| match key.trim().trim_matches('*') {
        "#" => "number".to_string(),
        key => key.to_string(),
    };
    let keys: Vec<String> = header.iter().map(key).collect();
    let is_header = keys.len() >= 2 && keys.iter().all(|key| is_key(key));
    let row = |cells: Vec<&str>| {
        (cells.len() == keys.len())
            .then(|| Node::Record(keys.iter().cloned().zip(cells.into_iter().map(scalar)).collect()))
    };
    let rows: Vec<Node> = lines.map(row).collect::<Option<_>>()?;
    let [name, value] = &keys[..] else {
        return (is_header && !rows.is_empty()).then_some(Node::List(rows));
    };
    let is_one = is_field_and_value(name, value);
    if !is_header || rows.is_empty() {
        return None;
    }
    if is_one { turned(rows) } else { Some(Node::List(rows)) }
}

/// Whether a table of two columns has the fields of one thing: `| Field | Value |`.
fn is_field_and_value(name: &str, value: &str) -> bool {
    const NAMES: &[&str] = &["field", "key", "property", "attribute", "parameter", "setting"];
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)) && value.eq_ignore_ascii_case("value")
}

/// Rows of a field and its value as the one thing that has them; `None` where it would have a field twice.
fn turned(rows: Vec<Node>) -> Option<Node> {
    let field = |row: Node| {
        let Node::Record(cells) = row else { return None };
        let mut cells = cells.into_iter().map(|(_, cell)| cell);
        let name = cells.next()?.text()?.to_string();
        Some((name, cells.next()?))
    };
    let fields: Vec<(String, Node)> = rows.into_iter().filter_map(field).collect();
    let names: BTreeSet<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    (names.len() == fields.len()).then_some(Node::Record(fields))
}

fn is_key(text: &str) -> bool {
    (1..=MAX_KEY).contains(&text.len())
        && text.starts_with(|first: char| first.is_alphabetic())
        && text.split_whitespace().count() <= 4
        && text.chars().all(|letter| letter.is_alphanumeric() || " _-/.()#%'".contains(letter))
}

/// The one table of a text; two tables are a report.
fn markdown_table(text: &str) -> Option<Node> {
    let cells = |line: &str| -> Vec<String> {
        line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_string()).collect()
    };
    let lines: Vec<&str> = text.lines().collect();
    let is_rule = |line: &str| {
        line.contains("--") && line.contains('|') && line.chars().all(|mark| "|-: ".contains(mark))
    };
    let mut rules = (0..lines.len()).filter(|&at| is_rule(lines[at].trim()));
    let rule = rules.next().filter(|&rule| rule > 0)?;
    if rules.next().is_some() {
        return None;
    }
    let header = cells(lines[rule - 1]);
    let body: Vec<Vec<String>> =
        lines[rule + 1..].iter().take_while(|line| line.contains('|')).map(|line| cells(line)).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    rows(&header, body.iter().map(|cells| cells.iter().map(String::as_str).collect()))
}

fn separated(text: &str) -> Option<Node> {
    if text.contains('"') {
        return None;
    }
    const MARKS: [char; 4] = ['|', ',', '\t', ';'];
    // `# page 1 of 1`, but not the channel `#general,50`.
    let is_note = |line: &str| line.starts_with("# ") || line.starts_with('#') && !line.contains(MARKS);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !is_note(line));
    let header = lines.next()?;
    let mark = MARKS.into_iter().find(|&mark| header.contains(mark))?;
    // `Dear all, please find …` is a letter.
    let is_sentence = header.split(mark).any(|key| key.trim().split(' ').count() > 3);
    if is_sentence {
        return None;
    }
    rows(&header.split(mark).collect::<Vec<_>>(), lines.map(|line| line.split(mark).collect()))
}

/// Columns of a command line: a header in capitals, cells at least two blanks apart.
fn aligned(text: &str) -> Option<Node> {
    let cells = |line: &str| -> Vec<String> {
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_string).collect()
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = cells(lines.next()?);
    let is_capital = |key: &String| key.chars().all(|c| c.is_ascii_uppercase() || "-_() ".contains(c));
    if header.len() < 3 || !header.iter().all(is_capital) {
        return None;
    }
    let header: Vec<String> = header.iter().map(|key| key.to_lowercase()).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let body: Vec<Vec<String>> = lines.map(cells).collect();
    rows(&header, body.iter().map(|cells| cells.iter().map(String::as_str).collect()))
}

/// Whether each line but a heading ends in a comma: then none of them is of a value.
fn ends_in_commas(text: &str) -> bool {
    let mut lines = text.lines().skip(1).filter(|line| !line.trim().is_empty()).peekable();
    lines.peek().is_some() && lines.all(|line| line.trim_end().ends_with(','))
}

/// A line without the number that it begins with: `1. `, `[2] `.
fn without_number(line: &str) -> Option<&str> {
    let bare = line.strip_prefix('[').unwrap_or(line);
    let rest = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = (1..=3).contains(&(bare.len() - rest.len()));
    let rest = if bare.len() < line.len() { rest.strip_prefix(']') } else { rest.strip_prefix(['.', ')']) };
    rest.filter(|_| is_number)?.strip_prefix(' ')
}

/// A first line without the heading that stands before its label: `Search results: Title: Ferries`, where later lines
/// have that label.
fn without_heading<'t>(line: &'t str, text: &str) -> &'t str {
    let rest = line.split_once(": ").map(|(_, rest)| rest);
    let label = rest.and_then(|rest| rest.split_once(": ")).map(|(label, _)| label);
    match (rest, label) {
        (Some(rest), Some(label)) if is_key(label) && text.contains(&format!("\n{label}: ")) => rest,
        _ => line,
    }
}

/// Lines of `key: value`, all of them but a heading; blocks with the same keys, or with numbers before them, are a list.
fn labelled(text: &str) -> Option<Node> {
    let ends_in_commas = ends_in_commas(text);
    let value_of = |value: &str| {
        let value = value.trim();
        scalar(&spaced_units(if ends_in_commas { value.trim_end_matches(',') } else { value }))
    };
    let mut blocks: Vec<Vec<(String, Node)>> = vec![Vec::new()];
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let bare = line.trim_start_matches(['-', '*', '•', '#', ' ']);
        let numbered = without_number(bare);
        let bare = numbered.unwrap_or(bare);
        let bare = if at == 0 { without_heading(bare, text) } else { bare };
        if bare.is_empty() || numbered.is_some() {
            blocks.push(Vec::new());
        }
        if bare.is_empty() {
            continue;
        }
        let pair = from_sentence(bare).or_else(|| bare.split_once(':')).filter(|(key, value)| {
            let value = value.trim_start_matches('*');
            is_key(key.trim_end_matches('*').trim()) && (value.is_empty() || value.starts_with(' '))
        });
        let is_heading =
            line.starts_with('#') || at == 0 && pair.is_none_or(|(_, value)| value.trim().is_empty());
        match pair {
            _ if is_heading => {}
            Some((key, value)) if !value.trim_matches(['*', ' ']).is_empty() => {
                let key = key.trim_matches(['*', ' ']).to_string();
                let block = blocks.last_mut()?;
                if block.len() == MAX_FIELDS || block.iter().any(|(known, _)| *known == key) {
                    return None;
                }
                block.push((key, value_of(value)));
            }
            _ => return None,
        }
    }
    blocks.retain(|block| !block.is_empty());
    let same_keys = |block: &Vec<(String, Node)>| {
        block.len() == blocks[0].len() && block.iter().zip(&blocks[0]).all(|(a, b)| a.0 == b.0)
    };
    match blocks.len() {
        1 => blocks.pop().filter(|fields| fields.len() >= 3).map(Node::Record),
        2.. if blocks[0].len() >= 2 && blocks.iter().all(same_keys) => {
            Some(Node::List(blocks.into_iter().map(Node::Record).collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<Vec<String>> {
        let Some(node) = laid_out(text) else { return Vec::new() };
        let row = |row: &Node| match row {
            Node::Record(fields) => {
                fields.iter().map(|(key, value)| format!("{key}={}", value.text().unwrap_or("-"))).collect()
            }
            _ => Vec::new(),
        };
        node.rows().iter().map(row).collect()
    }

    #[test]
    fn reads_tables_and_labels() {
        let table = "### Rooms\n| Room | Seats |\n|---|--:|\n| Blue | 4 |\n| Red | |\n";
        assert_eq!(said(table), [["Room=Blue", "Seats=4"], ["Room=Red", "Seats=-"]]);
        assert_eq!(
            said("column|type\nid|bigint\nname|text"),
            [["column=id", "type=bigint"], ["column=name", "type=text"]]
        );
        assert_eq!(
            said("sku,name\nA-1,Bolt\nA-2,Nut\n"),
            [["sku=A-1", "name=Bolt"], ["sku=A-2", "name=Nut"]]
        );
        let columns = "NAME     READY   STATUS\nweb-1    1/1     Running\nweb-2    0/1     Pending";
        assert_eq!(
            said(columns),
            [["name=web-1", "ready=1/1", "status=Running"], ["name=web-2", "ready=0/1", "status=Pending"]]
        );
        let labels = "Ticket:\n- **Status:** open\n- **Owner:** Ana\n- **Due date:** 2025-01-02";
        assert_eq!(said(labels), [["Status=open", "Owner=Ana", "Due date=2025-01-02"]]);
        let listed =
            "Weather in Bern is:\noverall: Sunny,\nmax temperature: 29.4(C), 84.9(F),\nwind: 9 (west),\n";
        assert_eq!(said(listed), [["overall=Sunny", "max temperature=29.4 °C, 84.9 °F", "wind=9 (west)"]]);
        let blocks = "Name: Ana\nAge: 4\n\nName: Ben\nAge: 5";
        assert_eq!(said(blocks), [["Name=Ana", "Age=4"], ["Name=Ben", "Age=5"]]);
    }

    #[test]
    fn pages_of_a_search_are_a_list() {
        for text in [
            "Search results: Title: Ferries\nSnippet: All year.\n---\nTitle: Boats\nSnippet: In May.",
            "1. Title: Ferries\n   Snippet: All year.\n2. Title: Boats\n   Snippet: In May.",
            "[1] Title: Ferries\nSnippet: All year.\n\n[2] Title: Boats\nSnippet: In May.",
        ] {
            assert_eq!(
                said(text),
                [["Title=Ferries", "Snippet=All year."], ["Title=Boats", "Snippet=In May."]]
            );
        }
    }

    #[test]
    fn running_text_is_no_table() {
        for text in
            ["Dear all, please come, now", "Note: it rains.\nBring a coat.", "a, b\nc", "One: two", ""]
        {
            assert_eq!(laid_out(text), None, "{text}");
        }
    }
}
