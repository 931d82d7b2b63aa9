//! One line of a page, in the dialect of the agent's harness.
//!
//! | dialect | element | source |
//! |---|---|---|
//! | tree | `[123] link 'Name' url: …`, `[a12] button 'Go', visible`, `StaticText 'x'` | `browser_env` of `web-arena-x/webarena`, `flatten_axtree_to_str` of `ServiceNow/BrowserGym` |
//! | snapshot | `- button "Go" [ref=e12]`, `- text: x`, `- /url: …` | `microsoft/playwright-mcp` |
//! | list | `[2]: <button> "Go";` | `MinorJerry/WebVoyager` |
//! | markup | `[33]<button aria-label='Go'>Go</button>`, `[33]<a >Go />`, text between | `browser-use/browser-use` |

use std::borrow::Cow;

use super::page::{Node, Page, Role};
use super::quoted::{clean, quoted};

/// How pages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Tree,
    Snapshot,
    List,
    Markup,
}

/// Lines that tell a dialect, at most; a page has its marks near its start.
const HEAD: usize = 400;

/// The dialect of a page; `None` for a text that is none.
pub fn dialect_of(text: &str) -> Option<Dialect> {
    let (mut tree, mut snapshot, mut list, mut markup) = (0, 0, 0, 0);
    for line in text.lines().take(HEAD) {
        let line = line.trim();
        if line.starts_with("RootWebArea '") || line.starts_with("RootWebArea \"") {
            tree += 3;
        } else if line.contains("[Start of page]") {
            markup += 2;
        } else if line.starts_with('[') || line.starts_with("*[") {
            tree += u32::from(tree_node(line).is_some_and(|node| !node.id.is_empty()));
            list += entries(line).take(3).count() as u32;
            markup += u32::from(tag_of(line).is_some());
        } else if line.starts_with("- ") {
            snapshot += u32::from(line.contains("[ref=") && snapshot_node(line).is_some());
            snapshot += 2 * u32::from(line.starts_with("- Page URL: "));
        }
    }
    let counts = [
        (tree, Dialect::Tree),
        (snapshot, Dialect::Snapshot),
        (list, Dialect::List),
        (markup, Dialect::Markup),
    ];
    // The first of equals: each dialect has marks that no other has.
    let best = counts.into_iter().rev().max_by_key(|(count, _)| *count)?;
    (best.0 >= 3).then_some(best.1)
}

/// Adds what a line shows to the page.
pub fn read<'p>(line: &'p str, dialect: Dialect, page: &mut Page<'p>) {
    let depth = line.len() - line.trim_start().len();
    let said = line.trim();
    if said.is_empty() || header(said, page) {
        return;
    }
    match dialect {
        Dialect::Tree => push(tree_node(said), depth, page),
        Dialect::Snapshot => {
            if let Some(node) = snapshot_node(said) {
                push(Some(node), depth, page);
            }
        }
        Dialect::List => entries(said).for_each(|node| push(Some(node), depth, page)),
        Dialect::Markup => push(markup_node(said), depth, page),
    }
}

fn push<'p>(node: Option<Node<'p>>, depth: usize, page: &mut Page<'p>) {
    let Some(node) = node else { return };
    if node.role == Role::Root && page.title.is_empty() {
        page.title.clone_from(&node.name);
    }
    page.nodes.push(Node { depth, ..node });
}

/// What stands above the elements: the address and the title. Tells whether the line is such.
fn header<'p>(line: &'p str, page: &mut Page<'p>) -> bool {
    const URLS: &[&str] =
        &["URL: ", "- Page URL: ", "Current url: ", "Current URL: ", "[Current URL: ", "Page URL: "];
    const TITLES: &[&str] = &["- Page Title: ", "Title: ", "Page Title: "];
    const OTHERS: &[&str] = &[
        "- Page Snapshot",
        "### ",
        "## ",
        "# ",
        "```",
        "Note: ",
        "[Focused element",
        "[Action executed",
        "====",
        "[Start of page]",
        "[End of page]",
        "Interactive elements",
        "Available tabs",
        "[Current state",
        "[Task history",
        "... ",
        "Current step",
        "Current date",
        "The following is",
        "bid=",
        "<",
    ];
    let after = |marks: &[&str]| marks.iter().find_map(|mark| line.strip_prefix(mark)).map(str::trim);
    if let Some(url) = after(URLS) {
        page.url = url.trim_end_matches(']');
        return true;
    }
    if let Some(title) = after(TITLES) {
        if page.title.is_empty() {
            page.title = clean(title);
        }
        return true;
    }
    if let Some((tab, title)) = line.split_once(" (current): ").filter(|(tab, _)| tab.starts_with("Tab ")) {
        if tab.len() < 8 {
            page.title = clean(title);
        }
        return true;
    }
    if line.starts_with("[TabInfo(") {
        page.title = current_tab(line, page.url).unwrap_or_default();
        return true;
    }
    line.starts_with("Tab ") && line.len() < 300 || OTHERS.iter().any(|mark| line.starts_with(mark))
}

/// The title of the tab that shows the address: `TabInfo(page_id=0, url='…', title='…')`.
fn current_tab<'p>(line: &'p str, url: &str) -> Option<Cow<'p, str>> {
    let tabs = line.split("TabInfo(").skip(1).filter_map(|tab| {
        let (_, rest) = tab.split_once("url=")?;
        let (address, rest) = quoted(rest)?;
        let (_, rest) = rest.split_once("title=")?;
        Some((address, quoted(rest)?.0))
    });
    tabs.into_iter().find(|(address, _)| *address == url).map(|(_, title)| title)
}

fn node<'p>(id: &'p str, role: Role, name: Cow<'p, str>) -> Node<'p> {
    Node { id, role, name, value: None, selected: false, depth: 0, end: 0, parent: None }
}

/// `[id] rest`; an id is short and of letters and digits.
fn id_of(line: &str) -> Option<(&str, &str)> {
    let (id, rest) = line.strip_prefix('[')?.split_once(']')?;
    let is_id =
        (1..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_id.then_some((id, rest))
}

/// `[12] link 'Name' url: …`, `[a12] textbox 'Name' value='x', visible`, `StaticText 'x'`.
fn tree_node(line: &str) -> Option<Node<'_>> {
    let (id, rest) = match id_of(line) {
        Some((id, rest)) => (id, rest.strip_prefix(' ')?),
        None => ("", line),
    };
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (role, rest) = rest.split_at(end);
    if role.is_empty() || !role.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let Some((name, attributes)) = rest.strip_prefix(' ').and_then(quoted) else {
        // Without a name there is nothing but the role, and a sentence is none.
        return (rest.is_empty() && (Role::of(role) != Role::Other || role == "generic"))
            .then(|| node(id, Role::of(role), Cow::Borrowed("")));
    };
    let value = attributes.split_once("value=").and_then(|(_, value)| quoted(value)).map(|(value, _)| value);
    let is_selected = ["selected: True", "selected=True"].iter().any(|mark| attributes.contains(mark));
    Some(Node { value, selected: is_selected, ..node(id, Role::of(role), name) })
}

/// `- button "Name" [ref=e12] [cursor=pointer]: text`, `- text: x`.
fn snapshot_node(line: &str) -> Option<Node<'_>> {
    let rest = line.strip_prefix("- ")?;
    // YAML quotes a key that holds a colon.
    let (rest, inline) = match rest.strip_prefix('\'') {
        Some(inner) => {
            let end = inner.rfind('\'')?;
            (&inner[..end], inner[end + 1..].strip_prefix(':').unwrap_or(""))
        }
        None => (rest, ""),
    };
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (role, rest) = rest.split_at(end);
    if role.is_empty() {
        return None;
    }
    let (name, rest) = match rest.strip_prefix(' ').filter(|rest| rest.starts_with('"')).and_then(quoted) {
        Some((name, rest)) => (name, rest),
        None => (Cow::Borrowed(""), rest),
    };
    let mut rest = rest.trim_start();
    let (mut id, mut selected) = ("", false);
    while let Some((attribute, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        id = attribute.strip_prefix("ref=").unwrap_or(id);
        selected |= attribute == "selected";
        rest = after.trim_start();
    }
    let text = match rest.strip_prefix(':') {
        Some(text) => text.trim(),
        None if rest.is_empty() => inline.trim(),
        None => return None,
    };
    let text = match quoted(text) {
        Some((inner, "")) => inner,
        _ => clean(text),
    };
    let role = Role::of(role);
    let found = node(id, role, name);
    Some(match (role.takes_text(), text.is_empty(), found.name.is_empty()) {
        (true, false, _) => Node { value: Some(text), selected, ..found },
        (false, false, true) => Node { name: text, selected, ..found },
        _ => Node { selected, ..found },
    })
}

/// `[2]: <button> "Name", "label";`, several on a line.
fn entries(line: &str) -> impl Iterator<Item = Node<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let (id, after) = id_of(rest.trim_start())?;
        let after = after.strip_prefix(": ")?;
        let (tag, after) = match after.strip_prefix('<').and_then(|after| after.split_once("> ")) {
            Some((tag, after)) if tag.len() < 20 => (tag, after),
            _ => ("a", after),
        };
        let body = after.strip_prefix('"')?;
        // Names are not escaped: an entry goes up to where the next one begins.
        let end = body.find("\";\t[").or_else(|| body.find("\"; [")).map_or(body.len(), |end| end + 1);
        let (entry, tail) = body.split_at(end);
        rest = tail.strip_prefix(';').unwrap_or(tail);
        let entry = entry.trim_end().trim_end_matches(';').trim_end_matches('"');
        let (text, label) = entry.split_once("\", \"").unwrap_or((entry, ""));
        let name = if text.trim().is_empty() { label } else { text };
        Some(node(id, Role::of(tag), clean(name)))
    })
}

/// `[33]<button type='submit'>`, also behind the star of a new element: id, tag, and what follows the tag.
fn tag_of(line: &str) -> Option<(&str, &str, &str)> {
    let (id, rest) = id_of(line.trim_start_matches('*'))?;
    let rest = rest.trim_start_matches('*').strip_prefix('<')?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (tag, rest) = rest.split_at(end);
    (!tag.is_empty()).then_some((id, tag, rest))
}

fn markup_node(line: &str) -> Option<Node<'_>> {
    let Some((id, tag, rest)) = tag_of(line) else {
        let text = line.trim_start_matches("[]").trim_start_matches("_[:]").trim();
        return (!text.starts_with('[')).then(|| node("", Role::Text, clean(text)));
    };
    let (attributes, text) = split_tag(rest);
    let attribute = |key: &str| {
        let mut found = attributes.match_indices(key);
        let at = found.find(|(at, _)| {
            attributes[..*at].ends_with([' ', ';']) && attributes[at + key.len()..].starts_with('=')
        })?;
        let value = &attributes[at.0 + key.len() + 1..];
        Some(match quoted(value) {
            Some((value, _)) => value,
            None => clean(value.split([' ', ';', '>']).next().unwrap_or("")),
        })
    };
    let filled = |text: Option<Cow<'_, str>>| text.filter(|text| !text.is_empty()).map(Cow::into_owned);
    let named = ["aria-label", "placeholder", "title", "alt", "label"];
    let role = attribute("role").map(|role| Role::of(&role)).filter(|role| *role != Role::Other);
    let kind = filled(attribute("type")).unwrap_or_default();
    let role = role.unwrap_or(match (&*tag.to_ascii_lowercase(), &*kind) {
        ("input", "submit" | "button" | "reset" | "image") => Role::Button,
        ("input", "checkbox" | "radio") => Role::Toggle,
        ("input", "search") => Role::SearchField,
        (tag, _) => Role::of(tag),
    });
    let label = || named.iter().find_map(|key| filled(attribute(key)));
    let value = filled(attribute("value"));
    let name = match filled(Some(clean(text))).or_else(label) {
        Some(name) => name,
        None if role == Role::Button => value.clone().unwrap_or_default(),
        None => String::new(),
    };
    let value = value.filter(|_| role.takes_text()).map(Cow::Owned);
    Some(Node { value, ..node(id, role, Cow::Owned(name)) })
}

/// The attributes of a tag, and the text behind it: ` a='b'>text</button>`, ` >text />`, ` a='b' />`, ` text/>`.
fn split_tag(rest: &str) -> (&str, &str) {
    let mut quote: Option<char> = None;
    let mut close = None;
    for (at, c) in rest.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"') && rest[..at].ends_with('=') => quote = Some(c),
            None if c == '>' => {
                close = Some(at);
                break;
            }
            None => {}
        }
    }
    let Some(close) = close else { return (rest, "") };
    let (attributes, text) = (&rest[..close], &rest[close + 1..]);
    if let Some(attributes) = attributes.strip_suffix('/') {
        // The oldest form has the text where attributes stand.
        let last = attributes.rsplit(';').next().unwrap_or("").trim();
        let is_text = text.trim().is_empty() && !last.contains('=') && !last.is_empty();
        return if is_text { (attributes, last) } else { (attributes, "") };
    }
    let text = text.trim_end();
    let text = text.strip_suffix("/>").unwrap_or(text);
    (attributes, text.rfind("</").map_or(text, |at| &text[..at]))
}
