//! How a run came to a page, in the words of a request: `search One Stop Market for "usb hub"`, `go to "Sales" >
//! "Orders"`, `set "Status" to "Pending"`.
//!
//! All acts since the start or since the site was opened are said, but those that changed nothing, so that the request
//! asks for what the kept steps do, no more and no less. What cannot be said makes no route.

use super::action::Act;
use super::page::{Page, Role};
use super::session::Session;
use super::words::{path, place, plain_name, public_host, site};

/// Deeds that one request asks for.
const MAX_DEEDS: usize = 4;

/// Fields that one request fills in.
const MAX_SETS: usize = 6;

/// Links that a request names in a row.
const MAX_LINKS: usize = 4;

/// Steps of a route.
const MAX_STEPS: usize = 25;

/// What was done on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Followed links.
    Go(Vec<String>),
    /// Opened one of many things.
    Item(String),
    /// Opened an address that only its title names.
    Page(String),
    Search(String),
    Set(String, String),
    /// Carried out what was set: `search`, `apply the filters`.
    Run(&'static str),
    Tick(String),
    /// Pressed a button; in a row or an entry, that of the thing.
    Press(String, Option<String>),
    /// Sorted by a column.
    Sort(String),
    /// Turned to another page of a list.
    Turn(&'static str),
}

/// A way to a page.
#[derive(Debug, Clone)]
pub struct Route {
    /// The kept steps, ascending; the last one led to the page.
    pub steps: Vec<u32>,
    pub deeds: Vec<Deed>,
    pub site: Option<String>,
    /// The thing on whose page the run started, where that is a page with a name of its own.
    pub start: Option<String>,
    /// Whether it begins with opening the site.
    pub opens: bool,
    /// Values that were put in.
    pub values: Vec<(u32, String)>,
}

/// Names of buttons that only carry out what was put in.
const CARRY_OUT: &[&str] = &[
    "search",
    "go",
    "find",
    "apply",
    "filter",
    "apply filters",
    "apply filter",
    "show results",
    "submit search",
    "show",
    "update",
    "directions",
    "get directions",
    "search flights",
    "search hotels",
    "run",
    "ok",
    "refresh",
    "explore",
    "done",
    "search button",
];

/// Verbs with which the name of a button says that it changes something.
const CHANGES: &[&str] = &[
    "add",
    "delete",
    "remove",
    "submit",
    "save",
    "post",
    "comment",
    "create",
    "cancel",
    "send",
    "buy",
    "place",
    "checkout",
    "confirm",
    "publish",
    "approve",
    "reject",
    "merge",
    "close",
    "reopen",
    "book",
    "reserve",
    "pay",
    "transfer",
    "subscribe",
    "unsubscribe",
    "follow",
    "unfollow",
    "star",
    "unstar",
    "fork",
    "like",
    "upvote",
    "downvote",
    "vote",
    "reply",
    "assign",
    "archive",
    "move",
    "upload",
    "invite",
    "register",
    "sign",
    "log",
    "login",
    "logout",
    "order",
    "update",
    "edit",
    "mark",
    "ship",
    "invoice",
    "hold",
    "refund",
    "accept",
    "decline",
    "join",
    "leave",
    "schedule",
    "reset",
    "enable",
    "disable",
    "block",
    "report",
    "rename",
    "duplicate",
    "request",
];

/// Whether the name of a button says that it changes something.
pub fn changes(name: &str) -> bool {
    let first = name.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or("");
    CHANGES.iter().any(|verb| first.eq_ignore_ascii_case(verb))
}

/// Whether a button only carries out a search or a filter.
fn carries_out(name: &str) -> bool {
    CARRY_OUT.iter().any(|known| name.trim().eq_ignore_ascii_case(known))
}

/// What carrying it out is called; nothing where it goes without saying.
fn run_of(name: &str) -> Option<Deed> {
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if has(&["search", "find"]) => Some(Deed::Run("search")),
        () if has(&["filter", "apply"]) => Some(Deed::Run("apply the filters")),
        () => None,
    }
}

/// What turning over the pages of a list is called.
fn turn_of(name: &str) -> Option<&'static str> {
    let name = name.trim().trim_matches(['›', '»', '>', '→', '‹', '«', '<', '←']).trim().to_lowercase();
    match name.as_str() {
        "next" | "next page" | "older" => Some("go to the next page"),
        "previous" | "previous page" | "prev" | "newer" => Some("go to the previous page"),
        "last" | "last page" => Some("go to the last page"),
        _ => None,
    }
}

/// Names of links that say what they do, not what they lead to.
fn is_generic(name: &str) -> bool {
    const GENERIC: &[&str] = &[
        "view",
        "edit",
        "details",
        "see details",
        "view details",
        "more",
        "read more",
        "learn more",
        "open",
        "select",
        "show",
        "see availability",
        "image",
        "here",
        "see more",
        "show more",
        "go",
        "info",
        "more info",
        "choose",
        "view item",
    ];
    let name = name.trim().to_lowercase();
    GENERIC.contains(&name.as_str())
}

fn is_search(role: Role, name: &str) -> bool {
    let name = name.to_lowercase();
    role == Role::SearchField
        || name.split(|c: char| !c.is_alphabetic()).any(|word| matches!(word, "search" | "query"))
}

/// The way from the start of the run, or from where it opened the site, to the page that `sink` led to.
pub fn route(session: &Session<'_>, sink: usize) -> Option<Route> {
    let mut way = Way::new(session);
    let first = start(session, sink);
    for step in first..=sink {
        way.walk(step, sink)?;
    }
    way.finish(sink)
}

/// The last step up to `sink` that opened a site at its front page, else the first.
fn start(session: &Session<'_>, sink: usize) -> usize {
    let is_front = |step: &usize| {
        matches!(&session.steps[*step].act, Some(Act::Open(url)) if is_front(url))
            && !session.steps[*step].is_error
    };
    (0..=sink).rev().find(is_front).unwrap_or(0)
}

/// Whether an address is that of a site and of nothing in it.
fn is_front(url: &str) -> bool {
    let path = path(url);
    path.is_empty()
        || !path.contains(['?', '#', '='])
            && path.split('/').count() == 1
            && path.len() <= 12
            && !path.bytes().any(|byte| byte.is_ascii_digit())
}

struct Way<'s, 'r> {
    session: &'s Session<'r>,
    steps: Vec<u32>,
    /// Each with how many steps had been kept before it.
    deeds: Vec<(usize, Deed)>,
    values: Vec<(u32, String)>,
    opens: bool,
}

impl<'s, 'r> Way<'s, 'r> {
    fn new(session: &'s Session<'r>) -> Self {
        Way { session, steps: Vec::new(), deeds: Vec::new(), values: Vec::new(), opens: false }
    }

    /// Takes a step; `None` where the way cannot be said.
    fn walk(&mut self, step: usize, sink: usize) -> Option<()> {
        let seen = &self.session.steps[step];
        if seen.is_error && step != sink {
            return Some(());
        }
        let Some(act) = &seen.act else {
            // The page that the agent was shown at the start.
            if seen.after.is_some() && self.steps.is_empty() {
                self.steps.push(step as u32);
            }
            return Some(());
        };
        if self.is_idle(step) {
            return (step != sink).then_some(());
        }
        match act {
            Act::Open(url) => self.open(step, url)?,
            Act::Click(target) => self.click(step, &target.id, sink)?,
            Act::Type { fields, .. } => {
                for (target, text) in fields {
                    self.put(step, &target.id, text)?;
                }
                self.steps.push(step as u32);
            }
            Act::Choose(target, option) => {
                self.put(step, &target.id, option)?;
                self.steps.push(step as u32);
            }
            Act::Enter | Act::Look => self.steps.push(step as u32),
            Act::Back => {
                // What was looked at and left is no part of the request.
                match self.deeds.last_mut() {
                    Some((_, Deed::Go(links))) if links.len() > 1 => _ = links.pop(),
                    Some((_, Deed::Go(_) | Deed::Item(_) | Deed::Page(_))) => _ = self.deeds.pop(),
                    _ => return None,
                }
                self.steps.push(step as u32);
            }
            Act::Answer | Act::Other => return None,
        }
        self.cut_loops(step);
        (self.steps.len() <= MAX_STEPS).then_some(())
    }

    /// Whether a step left the page as it was.
    fn is_idle(&self, step: usize) -> bool {
        let seen = &self.session.steps[step];
        let is_plain = matches!(seen.act, Some(Act::Click(_) | Act::Look));
        let same = |(before, after): (&Page<'_>, &Page<'_>)| before.shows_same(after);
        is_plain && self.session.before(step).zip(self.session.after(step)).is_some_and(same)
    }

    fn open(&mut self, step: usize, url: &str) -> Option<()> {
        self.steps.push(step as u32);
        if is_front(url) && self.deeds.is_empty() {
            self.opens = true;
            return Some(());
        }
        let page = self.page_after(step)?;
        let name = place(page, None)?;
        self.deeds.clear();
        self.deeds.push((self.steps.len() - 1, Deed::Page(name)));
        Some(())
    }

    /// The page that a step led to: the next one shown, before another act.
    fn page_after(&self, step: usize) -> Option<&'s Page<'r>> {
        let later = self.session.steps.iter().enumerate().skip(step);
        for (at, seen) in later {
            if at > step && !matches!(seen.act, Some(Act::Look) | None) {
                return None;
            }
            if seen.after.is_some() {
                return self.session.after(at);
            }
        }
        None
    }

    fn put(&mut self, step: usize, id: &str, text: &str) -> Option<()> {
        let (page, at) = self.session.target(step, id)?;
        let name = Session::name_of(page, at);
        let role = page.nodes[at].role;
        let text = text.trim();
        let is_sayable = !text.is_empty() && text.chars().count() <= 300 && !text.contains(['"', '\n']);
        if !is_sayable || is_secret(&name) {
            return None;
        }
        let at = self.steps.len();
        self.values.retain(|(_, value)| value != text);
        self.values.push((step as u32, text.to_string()));
        if is_search(role, &name) {
            // A second search takes the place of the first.
            if let Some((_, Deed::Search(before))) = self.deeds.last_mut() {
                let before = std::mem::replace(before, text.to_string());
                self.values.retain(|(_, value)| *value != before || before == text);
                return Some(());
            }
            self.deeds.push((at, Deed::Search(text.to_string())));
            return Some(());
        }
        let name = plain_name(&name)?;
        let same = self.deeds.iter_mut().find_map(|(_, deed)| match deed {
            Deed::Set(field, value) if *field == name => Some(value),
            _ => None,
        });
        match same {
            Some(value) => {
                let before = std::mem::replace(value, text.to_string());
                self.values.retain(|(_, value)| *value != before || before == text);
            }
            None => self.deeds.push((at, Deed::Set(name, text.to_string()))),
        }
        Some(())
    }

    fn click(&mut self, step: usize, id: &str, sink: usize) -> Option<()> {
        let at = self.steps.len();
        self.steps.push(step as u32);
        let (page, node) = self.session.target(step, id)?;
        let name = Session::name_of(page, node);
        let role = page.nodes[node].role;
        let puts = |deed: Option<&(usize, Deed)>| matches!(deed, Some((_, Deed::Search(_) | Deed::Set(..))));
        match role {
            // To put the cursor there, or to open the list of options.
            Role::Field | Role::SearchField | Role::Choice => return (step != sink).then_some(()),
            Role::Button
                if puts(self.deeds.last())
                    && (carries_out(&name)
                        || name.is_empty() && matches!(self.deeds.last(), Some((_, Deed::Search(_))))) =>
            {
                if matches!(self.deeds.last(), Some((_, Deed::Set(..)))) {
                    self.deeds.extend(run_of(&name).map(|deed| (at, deed)));
                }
                return Some(());
            }
            Role::Option => {
                let option = plain_name(&name)?;
                let field = self.field_before(step).and_then(|name| plain_name(&name));
                let deed = match field {
                    Some(field) => {
                        self.values.push((step as u32, option.clone()));
                        // What was typed to find the option is not meant itself.
                        let is_same =
                            |(_, deed): &(_, Deed)| matches!(deed, Deed::Set(known, _) if *known == field);
                        if self.deeds.last().is_some_and(is_same)
                            && let Some((_, Deed::Set(_, typed))) = self.deeds.pop()
                        {
                            self.values.retain(|(_, value)| *value != typed || typed == option);
                        }
                        Deed::Set(field, option)
                    }
                    None => Deed::Press(option, None),
                };
                self.deeds.push((at, deed));
                return Some(());
            }
            Role::Toggle => {
                let name = plain_name(&name)?;
                self.deeds.push((at, Deed::Tick(name)));
                return Some(());
            }
            Role::Button if !is_generic(&name) => {
                let name = plain_name(&name)?;
                let thing =
                    thing_at(page, node).and_then(|thing| plain_name(&thing)).filter(|thing| *thing != name);
                if thing.is_none() && page.item_of(node).is_some() && changes(&name) {
                    return None;
                }
                self.deeds.push((at, Deed::Press(name, thing)));
                return Some(());
            }
            _ => {}
        }
        let is_head = std::iter::successors(Some(node), |&at| page.nodes[at].parent)
            .any(|at| page.nodes[at].role == Role::ColumnHeader);
        if is_head {
            self.deeds.push((at, Deed::Sort(plain_name(&name)?)));
            return Some(());
        }
        if let Some(turn) = turn_of(&name) {
            self.deeds.push((at, Deed::Turn(turn)));
            return Some(());
        }
        let name = match thing_at(page, node) {
            Some(thing) if is_generic(&name) => plain_name(&thing)?,
            _ if is_generic(&name) => return None,
            _ => plain_name(&name)?,
        };
        if is_item(page, node) {
            self.deeds.push((at, Deed::Item(name)));
        } else if let Some((_, Deed::Go(links))) = self.deeds.last_mut() {
            links.push(name);
        } else {
            self.deeds.push((at, Deed::Go(vec![name])));
        }
        Some(())
    }

    /// The list that was opened just before an option of it was clicked, or the field that was typed into.
    fn field_before(&self, step: usize) -> Option<String> {
        let before = (0..step)
            .rev()
            .take(3)
            .find(|&at| !matches!(self.session.steps[at].act, Some(Act::Look) | None))?;
        let id = match &self.session.steps[before].act {
            Some(Act::Click(target)) => &target.id,
            Some(Act::Type { fields, .. }) => &fields.last()?.0.id,
            _ => return None,
        };
        let (page, at) = self.session.target(before, id)?;
        page.nodes[at].role.takes_text().then(|| Session::name_of(page, at))
    }

    /// Drops what led back to a page that was there before, as it was there.
    fn cut_loops(&mut self, step: usize) {
        let Some(after) = self.session.after(step) else { return };
        let is_same = |kept: &u32| {
            *kept as usize != step
                && self
                    .session
                    .after(*kept as usize)
                    .is_some_and(|page| page.nodes == after.nodes && page.url == after.url)
        };
        if let Some(at) = self.steps.iter().position(is_same) {
            let dropped: Vec<u32> = self.steps.drain(at + 1..).collect();
            self.values.retain(|(step, _)| !dropped.contains(step));
            self.deeds.retain(|(before, _)| *before <= at);
        }
    }

    /// What the page is about on which the run started, if it is not one that every site has (`Dashboard`).
    fn start(&self, site: Option<&str>) -> Option<String> {
        let first = *self.steps.first()? as usize;
        let page = self.session.after(first).filter(|_| self.session.steps[first].act.is_none())?;
        let is_deep = path(page.url).split('/').count() >= 2;
        let name = place(page, site).filter(|_| is_deep)?;
        name.contains(' ').then_some(name)
    }

    fn finish(self, sink: usize) -> Option<Route> {
        let deeds: Vec<Deed> = self.deeds.iter().map(|(_, deed)| deed.clone()).collect();
        let is_set = |deed: &&Deed| matches!(deed, Deed::Set(..));
        let sets = deeds.iter().filter(is_set).count();
        let others = deeds.iter().filter(|deed| !matches!(deed, Deed::Set(..) | Deed::Run(_))).count();
        if self.steps.last() != Some(&(sink as u32)) || others > MAX_DEEDS || sets > MAX_SETS {
            return None;
        }
        if deeds.iter().any(|deed| matches!(deed, Deed::Go(links) if links.len() > MAX_LINKS)) {
            return None;
        }
        // The site is called the same all along.
        let last = self.session.after(sink)?;
        let pages: Vec<&Page<'_>> = self.session.pages.iter().chain([last]).collect();
        let named = site(&pages).and_then(|name| plain_name(&name));
        let start = self.start(named.as_deref());
        Some(Route { start, steps: self.steps, deeds, site: named, opens: self.opens, values: self.values })
    }
}

/// What the row or the entry is about in which a link stands.
fn thing_at(page: &Page<'_>, at: usize) -> Option<String> {
    let mut up = page.nodes[at].parent;
    let place = loop {
        let place = up?;
        if matches!(page.nodes[place].role, Role::Row | Role::Item) {
            break place;
        }
        up = page.nodes[place].parent;
    };
    let is_row = page.nodes[place].role == Role::Row;
    let names = |inner: &usize| match page.nodes[*inner].role {
        Role::Cell | Role::RowHeader => is_row,
        Role::Heading | Role::Link => !is_row,
        _ => false,
    };
    let mut said = page.within(place).filter(names).map(|inner| page.words(inner).trim().to_string());
    let name = said.find(|name| name.len() >= 2 && !is_generic(name))?;
    // Several rows of that name: it would not tell which.
    let same = page.nodes.iter().filter(|node| node.name == name && node.role != Role::Text).count();
    (same <= 2).then_some(name)
}

/// Whether a field takes what nobody puts into a request.
fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passcode", "pin", "cvv", "card number", "otp", "security code"]
        .iter()
        .any(|word| name.contains(word))
}

/// Whether an element is one of many like it: a thing in a list or a table.
pub fn is_item(page: &Page<'_>, at: usize) -> bool {
    let mut up = Some(at);
    while let Some(place) = up {
        let node = &page.nodes[place];
        match node.role {
            Role::Aside => return false,
            Role::Item | Role::Row | Role::Heading => return page.is_content(at),
            _ => up = node.parent,
        }
    }
    // A link with a title of many words.
    page.is_content(at) && page.nodes[at].role == Role::Link && page.words(at).split_whitespace().count() >= 4
}

impl Route {
    /// The deeds as a command, without its end.
    pub fn command(&self) -> Option<String> {
        let site = self.site.as_deref();
        let mut said: Vec<String> = Vec::new();
        let mut named = false;
        let mut pending: Vec<String> = Vec::new();
        let begins = self.deeds.first().is_some_and(|deed| !matches!(deed, Deed::Search(_) | Deed::Page(_)));
        if let Some(start) = self.start.as_ref().filter(|_| begins) {
            let on = site.map(|site| format!(" on {site}")).unwrap_or_default();
            said.push(format!("open the page \"{start}\"{on}"));
            named = true;
        }
        for (at, deed) in self.deeds.iter().enumerate() {
            let is_first = at == 0;
            if let Deed::Set(field, value) = deed {
                pending.push(format!("\"{field}\" to \"{value}\""));
                if matches!(self.deeds.get(at + 1), Some(Deed::Set(..))) {
                    continue;
                }
                let sets = crate::hindsight::wording::join(&std::mem::take(&mut pending));
                if said.is_empty()
                    && !named
                    && let Some(site) = site
                {
                    said.push(format!("go to {site}"));
                    named = true;
                }
                said.push(format!("set {sets}"));
                continue;
            }
            let on = match site.filter(|_| is_first && !named) {
                Some(site) => format!(" on {site}"),
                None => String::new(),
            };
            named |= is_first && site.is_some();
            said.push(match deed {
                Deed::Go(links) => {
                    let links: Vec<String> = links.iter().map(|link| format!("\"{link}\"")).collect();
                    format!("go to {}{on}", links.join(" > "))
                }
                Deed::Item(name) => format!("open \"{name}\"{on}"),
                Deed::Page(name) if Some(name.as_str()) == site => format!("open {name}"),
                Deed::Page(name) => format!("open the page \"{name}\"{on}"),
                Deed::Search(query) => match site.filter(|_| is_first) {
                    Some(site) => format!("search {site} for \"{query}\""),
                    None => format!("search for \"{query}\""),
                },
                Deed::Tick(name) => format!("tick \"{name}\"{on}"),
                Deed::Press(name, None) => format!("click \"{name}\"{on}"),
                Deed::Press(name, Some(thing)) => format!("click \"{name}\" for \"{thing}\"{on}"),
                Deed::Sort(column) => format!("sort the list by \"{column}\"{on}"),
                Deed::Turn(page) => format!("{page}{on}"),
                Deed::Run(name) => (*name).to_string(),
                Deed::Set(..) => continue,
            });
        }
        if said.is_empty() {
            return site.filter(|_| self.opens).map(|site| format!("open {site}"));
        }
        Some(said.join(", "))
    }

    /// Whether something was pressed that changes things.
    pub fn changes(&self) -> bool {
        self.deeds.iter().any(|deed| matches!(deed, Deed::Press(name, _) if changes(name)))
    }

    /// How many clicks and searches it takes.
    pub fn length(&self) -> usize {
        let count = |deed: &Deed| if let Deed::Go(links) = deed { links.len() } else { 1 };
        self.deeds.iter().map(count).sum()
    }

    /// The name of what was opened last, where that was one of many.
    pub fn opened(&self) -> Option<&str> {
        match self.deeds.last()? {
            Deed::Item(name) | Deed::Page(name) => Some(name),
            _ => None,
        }
    }

    /// Whether something was put in last that nothing carried out.
    pub fn is_unsent(&self) -> bool {
        matches!(self.deeds.last(), Some(Deed::Set(..) | Deed::Tick(_)))
    }

    /// What a form was filled in with, where that was the last deed but for carrying it out.
    pub fn sent(&self) -> Vec<&str> {
        let ends = self.deeds.iter().rev().skip_while(|deed| matches!(deed, Deed::Run(_)));
        let sets =
            ends.map_while(|deed| if let Deed::Set(_, value) = deed { Some(value.as_str()) } else { None });
        sets.collect()
    }

    /// What was searched for last.
    pub fn query(&self) -> Option<&str> {
        match self.deeds.last()? {
            Deed::Search(query) => Some(query),
            _ => None,
        }
    }
}

/// An address as an answer gives it.
pub fn shown_address(url: &str) -> Option<&str> {
    public_host(url).map(|_| url)
}
