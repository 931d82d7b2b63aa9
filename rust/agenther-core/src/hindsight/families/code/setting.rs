//! Settings in the lines of a configuration: YAML, TOML, JSON, INI, properties, environment files and Terraform, as far as
//! they stand one on a line.

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<'a> {
    /// Its key, with those of what it is in: `notify.retry.max-attempts`.
    pub key: String,
    /// What it is set to.
    pub value: &'a str,
    /// The position of its line among those shown.
    pub line: usize,
}

/// Endings of the files that are configurations.
const ENDINGS: &[&str] =
    &["yml", "yaml", "toml", "json", "ini", "cfg", "conf", "properties", "env", "tf", "tfvars", "hcl"];

/// Longer values are texts.
const MAX_VALUE: usize = 80;

/// The settings that are set once in the lines of a file.
pub fn settings<'a>(path: &str, lines: &[&'a str]) -> Vec<Setting<'a>> {
    let ending = path.rsplit('.').next().unwrap_or("");
    if !ENDINGS.contains(&ending) {
        return Vec::new();
    }
    let mut found: Vec<Setting<'a>> = Vec::new();
    // What the line stands in, by how far it is indented.
    let mut within: Vec<(usize, &str)> = Vec::new();
    let mut section = None;
    let mut in_list = None;
    for (at, line) in lines.iter().enumerate() {
        let text = line.trim();
        if text.is_empty() || text.starts_with(['#', '}', ']', ';']) || text.starts_with("//") {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        // The entries of a list have no names to ask for.
        if in_list.is_some_and(|list| indent > list) {
            continue;
        }
        in_list = None;
        within.retain(|(outer, _)| *outer < indent);
        if let Some(name) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = Some(name.trim_matches(['[', ']', ' ']));
            continue;
        }
        if text.starts_with('-') {
            in_list = Some(indent);
            continue;
        }
        match part_of(text) {
            Part::Opens(key) => within.push((indent, key)),
            Part::List | Part::Text => in_list = Some(indent),
            // Where it ends, its own mark says.
            Part::Heredoc => break,
            Part::Sets(key, value) => {
                let outer = section.into_iter().chain(within.iter().map(|(_, key)| *key));
                let key = outer.chain([key]).collect::<Vec<_>>().join(".");
                found.push(Setting { key, value, line: at });
            }
            Part::Other => {}
        }
    }
    let is_unique = |one: &Setting<'_>| found.iter().filter(|other| other.key == one.key).count() == 1;
    found.iter().filter(|one| is_unique(one)).cloned().collect()
}

/// What a line is.
enum Part<'a> {
    /// It opens a group of settings.
    Opens(&'a str),
    /// It opens a list.
    List,
    /// It opens a text, which is indented.
    Text,
    /// It opens a text that a mark ends.
    Heredoc,
    Sets(&'a str, &'a str),
    Other,
}

fn part_of(text: &str) -> Part<'_> {
    let text = text.trim_end_matches(',').trim_end();
    if let Some(block) = text.strip_suffix('{').map(str::trim_end).filter(|block| !block.contains(['=', ':']))
    {
        // `resource "aws_vpc" "main" {`
        let name = block.split(' ').next().unwrap_or("");
        return if is_key(name) { Part::Opens(name) } else { Part::Other };
    }
    let Some((key, value)) = text.split_once([':', '=']) else { return Part::Other };
    let (key, value) = (key.trim().trim_matches('"'), value.trim());
    let Some(value) = without_comment(value) else { return Part::Other };
    let bare = value.trim_matches(['"', '\'']);
    match value {
        _ if !is_key(key) => Part::Other,
        "" | "{" => Part::Opens(key),
        "[" | "(" => Part::List,
        _ if value.starts_with("<<") || value.contains("\"\"\"") => Part::Heredoc,
        _ if value.starts_with(['|', '>']) => Part::Text,
        _ if value.ends_with(['(', '[', '{']) => Part::List,
        _ if value.starts_with(['&', '*', '[', '{', '<']) || value.starts_with("- ") => Part::Other,
        _ if bare.is_empty() || bare.len() > MAX_VALUE || bare.contains('`') => Part::Other,
        _ => Part::Sets(key, bare),
    }
}

/// A value without the comment after it; nothing of a quoted one that goes on after its quote.
fn without_comment(value: &str) -> Option<&str> {
    let cut = |text: &str| [" #", " //", "\t#"].iter().filter_map(|mark| text.find(mark)).min();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'') && !value.starts_with("\"\"\""));
    let Some(quote) = quote else { return Some(value[..cut(value).unwrap_or(value.len())].trim_end()) };
    let end = value[1..].find(quote)? + 2;
    let rest = value[end..].trim_start();
    (rest.is_empty() || rest.starts_with(['#', '/'])).then_some(&value[..end])
}

fn is_key(key: &str) -> bool {
    (2..=60).contains(&key.len())
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@'))
        && key.starts_with(|c: char| c.is_alphabetic() || matches!(c, '@' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(String, String)> {
        let lines: Vec<&str> = text.lines().collect();
        settings(path, &lines).into_iter().map(|one| (one.key, one.value.to_string())).collect()
    }

    #[test]
    fn texts_in_a_configuration_are_no_settings() {
        for (path, text) in [
            ("cm.yaml", "data:\n  app.conf: |\n    port: 8080\n    host: x\n"),
            ("main.tf", "user_data = <<EOF\nport = 80\nEOF\n"),
            ("main.tf", "tags = merge(\n  var.tags\n"),
            ("a.yml", "name: \"Blue #3\" and more\n"),
        ] {
            assert_eq!(found(path, text), [], "{text}");
        }
        let one = |text| found("a.yml", text).pop().map(|(_, value)| value);
        assert_eq!(one("name: \"Blue #3\" # a colour\n").as_deref(), Some("Blue #3"));
    }

    #[test]
    fn settings_are_read_with_what_they_stand_in() {
        for (path, text, expected) in [
            (
                "src/application.yml",
                "server:\n  port: 8085 # http\nspring:\n  kafka:\n    bootstrap-servers: ${KAFKA:localhost:9092}\nlist:\n  - name: a\n    port: 1\nlast: 'x'\n",
                vec![
                    ("server.port", "8085"),
                    ("spring.kafka.bootstrap-servers", "${KAFKA:localhost:9092}"),
                    ("last", "x"),
                ],
            ),
            (
                "Cargo.toml",
                "[package]\nname = \"relay\"\nedition = \"2021\"\n\n[dependencies]\naxum = \"0.6.20\"\nserde = { version = \"1\" }\n",
                vec![("package.name", "relay"), ("package.edition", "2021"), ("dependencies.axum", "0.6.20")],
            ),
            (
                "package.json",
                "{\n  \"version\": \"2.3.1\",\n  \"scripts\": {\n    \"test\": \"jest --ci\"\n  },\n  \"files\": [\n    \"a\": 1\n  ]\n}\n",
                vec![("version", "2.3.1"), ("scripts.test", "jest --ci")],
            ),
            (
                "versions.tf",
                "terraform {\n  required_version = \">= 1.5\"\n  required_providers {\n    aws = {\n      version = \"< 5.60.0\" # eip\n    }\n  }\n}\n",
                vec![
                    ("terraform.required_version", ">= 1.5"),
                    ("terraform.required_providers.aws.version", "< 5.60.0"),
                ],
            ),
            ("a.env", "PORT=80\nPORT=81\nNAME=x\n", vec![("NAME", "x")]),
            ("a.py", "x = 1\n", vec![]),
        ] {
            let expected: Vec<(String, String)> =
                expected.into_iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
            assert_eq!(found(path, text), expected, "{path}");
        }
    }
}
