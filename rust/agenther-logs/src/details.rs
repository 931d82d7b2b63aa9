//! `<details>` elements in Markdown, into which chat programs fold calls of tools and thoughts.

/// A part of a text.
#[derive(Debug, PartialEq)]
pub(crate) enum Block<'s> {
    Words(&'s str),
    /// A `<details>` element: its tag and what stands in it.
    Details {
        tag: &'s str,
        body: &'s str,
    },
}

/// The parts of a text: a `<details>` element begins and ends a line, and is none within a fence.
pub(crate) fn blocks(text: &str) -> Vec<Block<'_>> {
    let (mut blocks, mut start, mut at, mut fenced) = (Vec::new(), 0, 0, false);
    let mut open: Option<(&str, usize)> = None;
    for line in text.split_inclusive('\n') {
        let (begin, bare) = (at, line.trim());
        at += line.len();
        if let Some((tag, body)) = open {
            if bare.ends_with("</details>") {
                let inside = text[body..at].trim_end();
                blocks
                    .push(Block::Details { tag, body: inside.strip_suffix("</details>").unwrap_or(inside) });
                (start, open) = (at, None);
            }
        } else if bare.starts_with("```") {
            fenced = !fenced;
        } else if !fenced && bare.starts_with("<details type=\"") && bare.ends_with('>') {
            blocks.push(Block::Words(&text[start..begin]));
            (start, open) = (begin, Some((bare, at)));
        }
    }
    blocks.push(Block::Words(&text[start..]));
    blocks
}

/// The value of an attribute of a tag.
pub(crate) fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split_once('"')?.0))
}

/// A text without HTML's escapes.
pub(crate) fn unescaped(text: &str) -> String {
    const ENTITIES: &[(&str, char)] = &[
        ("&quot;", '"'),
        ("&#x27;", '\''),
        ("&#39;", '\''),
        ("&#34;", '"'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
    ];
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, _)) = rest.split_once('&') {
        out.push_str(before);
        rest = &rest[before.len()..];
        let entity = ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity));
        let (length, character) = entity.map_or((1, '&'), |(entity, character)| (entity.len(), *character));
        out.push(character);
        rest = &rest[length..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_told_from_what_quotes_them() {
        let text = "a\n<details type=\"x\">\nb\n</details>\n```\n<details type=\"y\">\n</details>\n```\n";
        let wanted = [
            Block::Words("a\n"),
            Block::Details { tag: "<details type=\"x\">", body: "b\n" },
            Block::Words("```\n<details type=\"y\">\n</details>\n```\n"),
        ];
        assert_eq!(blocks(text), wanted);
        let open = "a\n<details type=\"x\">\nb";
        assert_eq!(blocks(open), [Block::Words("a\n"), Block::Words("<details type=\"x\">\nb")]);
    }

    #[test]
    fn attributes_are_unescaped_once() {
        let tag = r#"<details type="x" name="a &amp;lt; b" id="&quot;1&quot; & more">"#;
        assert_eq!(attribute(tag, "name").as_deref(), Some("a &lt; b"));
        assert_eq!(attribute(tag, "id").as_deref(), Some("\"1\" & more"));
        assert_eq!(attribute(tag, "result"), None);
    }
}
