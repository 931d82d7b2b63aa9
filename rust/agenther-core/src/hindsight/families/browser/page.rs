//! Pages as web agents are shown them: accessibility trees (WebArena, BrowserGym), snapshots of Playwright's MCP server,
//! and lists of the elements that can be used (WebVoyager, browser-use).
//!
//! Lines that no dialect knows are passed over. Depth is told by indentation alone, which all trees share.

use std::borrow::Cow;

use super::line;
use crate::text::cut;

/// Bytes of a page that are read.
const MAX_BYTES: usize = 1 << 19;

/// Nodes of a page.
const MAX_NODES: usize = 6000;

/// What an element is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Root,
    Main,
    /// Navigation, headers and footers of the site: what every page has.
    Aside,
    Heading,
    Link,
    Button,
    Tab,
    Field,
    SearchField,
    Choice,
    Option,
    Toggle,
    Table,
    Row,
    ColumnHeader,
    RowHeader,
    Cell,
    Item,
    Term,
    Definition,
    Alert,
    Image,
    Text,
    Other,
}

impl Role {
    /// The role of that name, of ARIA, Chrome's tree or HTML.
    pub fn of(name: &str) -> Self {
        const NAMES: &[(&str, Role)] = &[
            ("rootwebarea", Role::Root),
            ("main", Role::Main),
            ("navigation", Role::Aside),
            ("nav", Role::Aside),
            ("banner", Role::Aside),
            ("contentinfo", Role::Aside),
            ("footer", Role::Aside),
            ("complementary", Role::Aside),
            ("menubar", Role::Aside),
            ("tablist", Role::Aside),
            ("heading", Role::Heading),
            ("h1", Role::Heading),
            ("h2", Role::Heading),
            ("h3", Role::Heading),
            ("link", Role::Link),
            ("a", Role::Link),
            ("menuitem", Role::Link),
            ("treeitem", Role::Link),
            ("button", Role::Button),
            ("tab", Role::Tab),
            ("textbox", Role::Field),
            ("input", Role::Field),
            ("textarea", Role::Field),
            ("spinbutton", Role::Field),
            ("searchbox", Role::SearchField),
            ("combobox", Role::Choice),
            ("listbox", Role::Choice),
            ("select", Role::Choice),
            ("option", Role::Option),
            ("checkbox", Role::Toggle),
            ("radio", Role::Toggle),
            ("switch", Role::Toggle),
            ("table", Role::Table),
            ("grid", Role::Table),
            ("treegrid", Role::Table),
            ("row", Role::Row),
            ("columnheader", Role::ColumnHeader),
            ("rowheader", Role::RowHeader),
            ("cell", Role::Cell),
            ("gridcell", Role::Cell),
            ("layouttablecell", Role::Cell),
            ("listitem", Role::Item),
            ("article", Role::Item),
            ("term", Role::Term),
            ("descriptionlistterm", Role::Term),
            ("definition", Role::Definition),
            ("descriptionlistdetail", Role::Definition),
            ("alert", Role::Alert),
            ("status", Role::Alert),
            ("img", Role::Image),
            ("image", Role::Image),
            ("statictext", Role::Text),
            ("text", Role::Text),
        ];
        let known = NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        known.map_or(Role::Other, |(_, role)| *role)
    }

    /// Whether text is put into it.
    pub fn takes_text(self) -> bool {
        matches!(self, Role::Field | Role::SearchField | Role::Choice)
    }
}

/// One element.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'p> {
    /// What the agent calls it; empty where it cannot be used.
    pub id: &'p str,
    pub role: Role,
    /// The words that a person sees.
    pub name: Cow<'p, str>,
    /// What was put in.
    pub value: Option<Cow<'p, str>>,
    /// Of a tab, whether it is the open one.
    pub selected: bool,
    /// How far its line is indented.
    pub depth: usize,
    /// The place after its last descendant.
    pub end: usize,
    pub parent: Option<usize>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page<'p> {
    pub url: &'p str,
    pub title: Cow<'p, str>,
    pub nodes: Vec<Node<'p>>,
}

impl<'p> Page<'p> {
    /// Reads an observation; `None` where it is no page.
    pub fn parse(text: &'p str) -> Option<Self> {
        let text = &text[..cut::floor(text, MAX_BYTES)];
        let dialect = line::dialect_of(text)?;
        let mut page = Page::default();
        for line in text.lines() {
            if page.nodes.len() >= MAX_NODES {
                break;
            }
            line::read(line, dialect, &mut page);
        }
        page.close();
        (page.nodes.len() >= 2).then_some(page)
    }

    /// Fills in where each subtree ends.
    fn close(&mut self) {
        let mut open: Vec<usize> = Vec::new();
        for at in 0..self.nodes.len() {
            while let Some(&last) = open.last() {
                if self.nodes[last].depth < self.nodes[at].depth {
                    break;
                }
                self.nodes[last].end = at;
                open.pop();
            }
            self.nodes[at].parent = open.last().copied();
            open.push(at);
        }
        for at in open {
            self.nodes[at].end = self.nodes.len();
        }
    }

    /// The element of that id.
    pub fn find(&self, id: &str) -> Option<usize> {
        (!id.is_empty()).then(|| self.nodes.iter().position(|node| node.id == id)).flatten()
    }

    /// Places in the subtree of a node, without itself.
    pub fn within(&self, at: usize) -> std::ops::Range<usize> {
        at + 1..self.nodes[at].end.max(at + 1)
    }

    /// What a node says: its name, else the names inside it.
    pub fn words(&self, at: usize) -> Cow<'_, str> {
        const MAX: usize = 400;
        let own = &self.nodes[at].name;
        if !own.is_empty() {
            return Cow::Borrowed(own);
        }
        let mut out = String::new();
        let mut next = at + 1;
        while next < self.nodes[at].end && out.len() < MAX {
            let node = &self.nodes[next];
            let said = node.value.as_ref().filter(|_| node.role.takes_text()).unwrap_or(&node.name);
            if said.is_empty() || node.role == Role::Image {
                next += 1;
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(said);
            // What is inside repeats the name.
            next = node.end.max(next + 1);
        }
        Cow::Owned(out)
    }

    /// Whether a node stands in the part of the page that is its own.
    pub fn is_content(&self, at: usize) -> bool {
        let mut up = Some(at);
        let mut in_main = false;
        while let Some(place) = up {
            match self.nodes[place].role {
                Role::Aside => return false,
                Role::Main => in_main = true,
                _ => {}
            }
            up = self.nodes[place].parent;
        }
        in_main || !self.has_main()
    }

    fn has_main(&self) -> bool {
        self.nodes.iter().any(|node| node.role == Role::Main && node.end > 0)
            && self.nodes.iter().enumerate().any(|(at, node)| node.role == Role::Main && node.end > at + 4)
    }

    /// The places of the content, in order.
    pub fn content(&self) -> Vec<usize> {
        let has_main = self.has_main();
        // From the root down, so that no path is walked twice.
        let mut state: Vec<(bool, bool)> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let (aside, main) = node.parent.map_or((false, false), |parent| state[parent]);
            state.push((aside || node.role == Role::Aside, main || node.role == Role::Main));
        }
        let is_content = |&at: &usize| !state[at].0 && (state[at].1 || !has_main);
        (0..self.nodes.len()).filter(is_content).collect()
    }

    /// The heading of the page: the first of its content, else the first there is outside of navigation.
    pub fn heading(&self) -> Option<usize> {
        let is_heading = |at: &usize| self.nodes[*at].role == Role::Heading && !self.words(*at).is_empty();
        let inside = self.content().into_iter().find(is_heading);
        let aside = |at: usize| {
            std::iter::successors(Some(at), |&at| self.nodes[at].parent)
                .any(|at| self.nodes[at].role == Role::Aside)
        };
        inside.or_else(|| (0..self.nodes.len()).filter(is_heading).find(|&at| !aside(at)))
    }

    /// The entry of a list in which an element stands.
    pub fn item_of(&self, at: usize) -> Option<usize> {
        std::iter::successors(Some(at), |&at| self.nodes[at].parent)
            .find(|&at| matches!(self.nodes[at].role, Role::Item | Role::Row))
    }

    /// Whether the two show the same.
    pub fn shows_same(&self, other: &Page<'_>) -> bool {
        let is_same = |(a, b): (&Node<'_>, &Node<'_>)| {
            (a.role, a.selected) == (b.role, b.selected) && a.name == b.name && a.value == b.value
        };
        self.url == other.url
            && self.nodes.len() == other.nodes.len()
            && self.nodes.iter().zip(&other.nodes).all(is_same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "URL: http://localhost:7780/admin/\n\nTab 0 (current): Orders / Shop Admin\n\n[1] RootWebArea 'Orders / Shop Admin' focused: True url: http://localhost:7780/admin/\n\t[2] menubar '' orientation: horizontal\n\t\t[3] link '\\ue60b SALES' url: http://localhost:7780/admin/#\n\t[4] main ''\n\t\t[5] textbox \"Customer's name\" required: True\n\t\t\t[6] StaticText 'Ann'\n\t\t[7] table ''\n\t\t\t[8] row 'ID Status'\n\t\t\t\t[9] columnheader 'ID' required: False\n\t\t\t[10] row ''\n\t\t\t\t[11] gridcell '000012'";
    const GYM: &str = "# Observation of current step:\n## Currently open tabs:\nTab 0 (active tab):\n    Title: Incidents | Desk\n    URL: https://desk.example/list\n\n## AXTree:\nNote: [bid] is the identifier.\n\nRootWebArea 'Incidents | Desk', focused\n\t[a46] button 'Search', clickable, visible\n\t[a50] searchbox 'Search' value='ann', clickable, visible\n\tStaticText 'it\\'s \\u200bopen'";
    const SNAPSHOT: &str = "### Page state\n- Page URL: https://shop.example/cart\n- Page Title: Cart | Shop\n- Page Snapshot:\n```yaml\n- generic [active] [ref=e1]:\n  - 'link \"Help: \\\"faq\\\"\" [ref=e2] [cursor=pointer]':\n    - /url: /help\n  - heading \"Cart\" [level=1] [ref=e3]\n  - textbox \"Code\" [ref=e4]: SPRING\n  - row \"Mug 2\" [ref=e5]:\n    - cell \"Mug\" [ref=e6]\n    - cell \"2\" [ref=e7]\n  - text: \"Total: $9.00\"\n```";
    const LIST: &str = "[0]: \".us\", \"Shop\";\t[1]: <input> \"Search Shop\";\t[2]: <button> \"\", \"Go\";\t[3]: \"4.4 out of 5 stars; 12\"; ";
    const USE: &str = "[Current state starts here]\nCurrent url: https://fly.example/\nAvailable tabs:\n[TabInfo(page_id=0, url='https://fly.example/', title='Fly Away', parent_page_id=None)]\nInteractive elements from top layer of the current page inside the viewport:\n[Start of page]\n[0]<a aria-label='Home' />\nBook your flight\n*[1]*<input type='text' placeholder='From' />\n\t[2]<button type=submit>Search</button>\n[3]<a >Deals />\n[End of page]";

    fn shown(text: &str) -> Vec<(String, Role, String)> {
        let page = Page::parse(text).unwrap();
        let node = |node: &Node<'_>| (node.id.to_string(), node.role, node.name.to_string());
        page.nodes.iter().map(node).collect()
    }

    #[test]
    fn reads_every_dialect() {
        for (text, url, title, id, role, name) in [
            (TREE, "http://localhost:7780/admin/", "Orders / Shop Admin", "3", Role::Link, "SALES"),
            (
                TREE,
                "http://localhost:7780/admin/",
                "Orders / Shop Admin",
                "5",
                Role::Field,
                "Customer's name",
            ),
            (GYM, "https://desk.example/list", "Incidents | Desk", "a50", Role::SearchField, "Search"),
            (GYM, "https://desk.example/list", "Incidents | Desk", "", Role::Text, "it's open"),
            (SNAPSHOT, "https://shop.example/cart", "Cart | Shop", "e2", Role::Link, "Help: \"faq\""),
            (SNAPSHOT, "https://shop.example/cart", "Cart | Shop", "e6", Role::Cell, "Mug"),
            (SNAPSHOT, "https://shop.example/cart", "Cart | Shop", "", Role::Text, "Total: $9.00"),
            (LIST, "", "", "2", Role::Button, "Go"),
            (LIST, "", "", "3", Role::Link, "4.4 out of 5 stars; 12"),
            (USE, "https://fly.example/", "Fly Away", "1", Role::Field, "From"),
            (USE, "https://fly.example/", "Fly Away", "2", Role::Button, "Search"),
            (USE, "https://fly.example/", "Fly Away", "3", Role::Link, "Deals"),
            (USE, "https://fly.example/", "Fly Away", "", Role::Text, "Book your flight"),
        ] {
            let page = Page::parse(text).unwrap();
            assert_eq!((page.url, &*page.title), (url, title));
            let wanted = (id.to_string(), role, name.to_string());
            assert!(shown(text).contains(&wanted), "{wanted:?} in {:?}", shown(text));
        }
    }

    #[test]
    fn trees_are_nested_as_they_are_indented() {
        let page = Page::parse(TREE).unwrap();
        let row = page.find("8").unwrap();
        assert_eq!(page.within(row).map(|at| page.nodes[at].id).collect::<Vec<_>>(), ["9"]);
        let menu = page.find("3").unwrap();
        assert!(!page.is_content(menu) && page.is_content(row));
        assert_eq!(page.words(page.find("10").unwrap()), "000012");
        let field = Page::parse(SNAPSHOT).unwrap();
        assert_eq!(field.nodes[field.find("e4").unwrap()].value.as_deref(), Some("SPRING"));
    }

    #[test]
    fn other_texts_are_no_pages() {
        for text in [
            "",
            "The link 'x' is dead.\n- item \"a\"",
            "{\"a\": [1, 2]}",
            "[1] Smith, J. 'On links'",
            "diff --git a b\n- text: foo\n+ text: bar",
            "[0]: 1\n[1]: 2",
            "<div>[1]</div>",
        ] {
            assert_eq!(Page::parse(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_page_makes_it_panic(text in "(\\[|1|\\]|: |a12|RootWebArea|link|row|'|\"|\\\\|\\\\ue6|é|\t|\n|  |- |<|>|button|/|Page URL: |\\[ref=e1\\]|text|,|value=|url: |;|\\*){0,60}") {
            Page::parse(&text);
        }

        #[test]
        fn no_broken_page_makes_it_panic(which in 0..5usize, from in 0..900usize, to in 0..900usize, put in "[\\[\\]'\"é\\\\<>:;\n\t-]{0,4}") {
            let text = [TREE, GYM, SNAPSHOT, LIST, USE][which];
            let from = cut::floor(text, from);
            let to = cut::floor(text, to.max(from)).max(from);
            if let Some(page) = Page::parse(&format!("{}{put}{}", &text[..from], &text[to..])) {
                for at in 0..page.nodes.len() {
                    page.words(at);
                    proptest::prop_assert!(page.nodes[at].end > at && page.nodes[at].end <= page.nodes.len());
                }
                page.heading();
            }
        }
    }
}
