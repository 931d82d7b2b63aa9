//! Web agents: pages that were looked up, things that were done on a site and confirmed there, places that were reached.
//!
//! A request says how to come to the page ([`route`]: searches, links, fields) and what to tell of it ([`looked`],
//! [`listed`]) or to do there ([`done`]); elements are named as a person sees them, never by the harness's numbers. What
//! cannot be said (a button without a name, a key, a click on a picture) makes no goal.

mod action;
mod done;
mod line;
mod listed;
mod looked;
mod page;
mod quoted;
mod route;
mod session;
mod words;

use action::Act;
use page::Page;
use route::{Deed, Route};
use session::Session;

use super::{Candidate, Proposals};
use crate::hindsight::style::Style;
use crate::hindsight::{Origin, Slot, Wording};
use crate::reading::{Reading, StepReading};
use crate::text::needles::find;

/// Pages of a run that goals are sought on.
const MAX_SINKS: usize = 60;

/// Proposes goals for runs in a browser.
pub fn propose(reading: &Reading<'_>, proposals: &mut Proposals) {
    let Some(session) = Session::of(reading) else { return };
    let style = Style::of(reading);
    let maker = Maker { reading, session: &session, style: &style };
    let sinks: Vec<usize> =
        (0..session.steps.len()).filter(|&step| session.steps[step].after.is_some()).collect();
    for &sink in &sinks[sinks.len().saturating_sub(MAX_SINKS)..] {
        let Some(route) = route::route(&session, sink) else { continue };
        maker.looked(sink, &route, proposals);
        maker.done(&route, proposals);
    }
    maker.reached(&sinks, proposals);
}

/// Whether a step is one of a browser, which shows a page.
pub fn shows_page(read: &StepReading<'_>) -> bool {
    read.step.observation.is_some_and(|text| line::dialect_of(text).is_some())
}

/// Whether a step is an act in a browser: what it changes, the page tells, and the family asks.
pub fn acts(read: &StepReading<'_>) -> bool {
    match Act::of(read) {
        None => false,
        // The first of several acts in one turn are shown no page.
        Some(Act::Click(_) | Act::Type { .. } | Act::Choose(..)) if read.step.observation.is_none() => true,
        Some(_) => shows_page(read),
    }
}

/// Whether a step touches an element of a page by its name, though what it returns may show no page: `Input Ann into
/// index 4`.
pub fn touches(read: &StepReading<'_>) -> bool {
    matches!(Act::of(read), Some(Act::Click(_) | Act::Type { .. } | Act::Choose(..)))
}

/// Whether it names the element as only pages do, by its place or its selector.
pub fn touches_by_place(read: &StepReading<'_>) -> bool {
    let has = |key| read.called_with().is_some_and(|arguments| arguments.get(key).is_some());
    touches(read) && ["index", "ref", "selector"].into_iter().any(has)
}

/// What the act of a step is, as a command: `click "Orders"`.
pub fn phrase(reading: &Reading<'_>, step: usize) -> Option<String> {
    let act = Act::of(&reading.steps[step])?;
    let page =
        reading.steps[..step].iter().rev().find_map(|read| read.step.observation.and_then(Page::parse));
    let name = |id: &str| {
        let page = page.as_ref()?;
        let at = page.find(id)?;
        words::quoted_name(&Session::name_of(page, at))
    };
    shows_page(&reading.steps[step]).then_some(())?;
    Some(match act {
        Act::Open(url) => match words::public_host(&url) {
            Some(host) => format!("open {host}"),
            None => "open the site".to_string(),
        },
        Act::Click(target) => format!("click {}", name(&target.id)?),
        Act::Type { fields, .. } => match &fields[..] {
            [(target, text)] if text.len() <= 80 => match name(&target.id) {
                Some(name) => format!("type \"{text}\" into {name}"),
                None => format!("type \"{text}\""),
            },
            _ => "fill in the form".to_string(),
        },
        Act::Choose(_, option) => format!("choose \"{option}\""),
        Act::Enter => "press Enter".to_string(),
        Act::Back => "go back".to_string(),
        Act::Look => "look at the page".to_string(),
        Act::Answer | Act::Other => return None,
    })
}

struct Maker<'m, 'r> {
    reading: &'m Reading<'r>,
    session: &'m Session<'m>,
    style: &'m Style,
}

impl Maker<'_, '_> {
    /// Goals that ask what the page tells.
    fn looked(&self, sink: usize, route: &Route, proposals: &mut Proposals) {
        let Some(page) = self.session.after(sink) else { return };
        if route.changes() || route.is_unsent() && !self.renews(sink) {
            return;
        }
        let queries: Vec<&str> = route.query().map_or_else(|| route.sent(), |query| vec![query]);
        let mut asks = looked::asks(page, route.opened());
        if queries.is_empty() {
            if route.opened().is_none() && !route.deeds.is_empty() {
                asks.extend(listed::things(page));
            }
        } else {
            if route.query().is_some() && listed::lists_results(page) {
                // Values there are of one of the results.
                asks.retain(|ask| ask.ask.contains(" listed"));
            }
            asks.extend(listed::results(page, &queries));
        }
        for ask in asks {
            let imperative = match route.command() {
                Some(command) => format!("{command} and {}", ask.ask),
                None => {
                    let Some(place) = start_place(page) else { continue };
                    format!("look at {place} and {}", ask.ask)
                }
            };
            // What the run found on its screen it did not come to.
            let is_trivial = route.deeds.is_empty() && !route.opens;
            let step = ask.prior * certainty(route);
            self.push(imperative, ask.answer, route, step, is_trivial, proposals);
        }
    }

    /// Whether putting something in changed more of the page than the field.
    fn renews(&self, sink: usize) -> bool {
        let told = |page: &Page<'_>| -> Vec<String> {
            let field = |at: usize| {
                let node = &page.nodes[at];
                node.role.takes_text()
                    || matches!(node.role, page::Role::Option | page::Role::Toggle)
                    || node.parent.is_some_and(|parent| page.nodes[parent].role.takes_text())
            };
            page.content()
                .into_iter()
                .filter(|&at| !field(at))
                .map(|at| page.nodes[at].name.to_string())
                .collect()
        };
        let pages = self.session.before(sink).zip(self.session.after(sink));
        pages.is_some_and(|(before, after)| told(before) != told(after))
    }

    /// Goals that ask for what was done.
    fn done(&self, route: &Route, proposals: &mut Proposals) {
        let asks_first = |system: &str| {
            ["confirm", "confirmation", "consent", "approval"].iter().any(|word| find(system, word).is_some())
        };
        if self.reading.run.system.is_some_and(asks_first) {
            return;
        }
        let Some(done) = done::done(self.session, route) else { return };
        // The press that did it is what the command says, and so are the values.
        let mut way = route.clone();
        // So does one that only opened the form.
        let first_set = way.deeds.iter().position(|deed| matches!(deed, Deed::Set(..) | Deed::Tick(_)));
        let presses: Vec<usize> =
            (0..way.deeds.len()).filter(|&at| matches!(way.deeds[at], Deed::Press(..))).collect();
        let opens_form = |at: usize| first_set.is_some_and(|first| at < first);
        let said_yes = |at: usize| matches!(&way.deeds[at], Deed::Press(name, _) if done::confirms(name));
        if presses.iter().filter(|&&at| !opens_form(at) && !said_yes(at)).count() > 1 {
            return;
        }
        way.deeds.retain(|deed| !matches!(deed, Deed::Press(..) | Deed::Set(..)));
        let done = match way.opened().map(|name| format!("\"{name}\"")) {
            Some(name) => done::Done { command: done.command.replacen(&name, "it", 1), ..done },
            None => done,
        };
        let glue = if done.command.starts_with("set ") { "," } else { " and" };
        let way_there = way.command().or_else(|| match (&route.start, &route.site) {
            (Some(start), _) => Some(format!("open the page \"{start}\"")),
            (None, site) => site.as_ref().map(|site| format!("go to {site}")),
        });
        let imperative = match way_there {
            Some(way) => format!("{way}{glue} {}", done.command),
            None => done.command,
        };
        self.push(imperative, done.answer, route, 0.93, false, proposals);
    }

    /// A goal that ends on a page with a name of its own, the last one of the run that has such a way.
    fn reached(&self, sinks: &[usize], proposals: &mut Proposals) {
        for &sink in sinks.iter().rev() {
            let (Some(route), Some(page)) = (route::route(self.session, sink), self.session.after(sink))
            else {
                continue;
            };
            let Some(Deed::Go(links)) = route.deeds.last() else { continue };
            let only_goes =
                route.deeds.iter().all(|deed| matches!(deed, Deed::Go(_) | Deed::Page(_) | Deed::Item(_)));
            let heading = page.heading().map(|at| page.words(at).into_owned()).unwrap_or_default();
            let Some(place) = words::place(page, route.site.as_deref()) else { continue };
            let last = links.last().map(String::as_str).unwrap_or("");
            let is_there = find(&place, last).is_some() || find(&heading, last).is_some();
            let Some(command) = route.command().filter(|_| only_goes && is_there) else { continue };
            let at =
                route::shown_address(page.url).map(|url| format!(" It is at {url}.")).unwrap_or_default();
            let is_trivial = route.length() < 2;
            self.push(
                command,
                format!("The page \"{place}\" is open.{at}"),
                &route,
                0.9,
                is_trivial,
                proposals,
            );
            return;
        }
    }

    fn push(
        &self,
        imperative: String,
        answer: String,
        route: &Route,
        prior: f32,
        trivial: bool,
        proposals: &mut Proposals,
    ) {
        let goal = self.style.request(&imperative, None, proposals.variant());
        let is_said = |value: &str| find(&goal, value).is_some();
        let slots = route
            .values
            .iter()
            .filter(|(_, value)| is_said(value))
            .map(|(step, value)| self.slot(*step, value))
            .collect();
        proposals.push_derived(Candidate {
            goal,
            answer,
            wording: Wording::Phrase,
            steps: route.steps.clone(),
            slots,
            evidence: Vec::new(),
            prior,
            trivial,
        });
    }

    fn slot(&self, step: u32, value: &str) -> Slot {
        let of_user = self.reading.run.original_prompt.is_some_and(|prompt| find(prompt, value).is_some());
        let shown = || {
            self.reading.steps[..step as usize]
                .iter()
                .any(|read| read.step.observation.is_some_and(|text| find(text, value).is_some()))
        };
        let origin = match () {
            () if of_user => Origin::User,
            () if shown() => Origin::Observation,
            () => Origin::Invented,
        };
        Slot { name: "text".to_string(), value: value.to_string(), origin, step }
    }
}

/// How sure a route is that a person would ask for it: presses and pages named by their titles are said less often.
fn certainty(route: &Route) -> f32 {
    let presses = route
        .deeds
        .iter()
        .filter(|deed| matches!(deed, Deed::Press(..) | Deed::Tick(_) | Deed::Page(_)))
        .count();
    1.0 - 0.05 * presses as f32
}

/// What the page is called on which a run started: `the "Dashboard" page of Magento Admin`.
fn start_place(page: &Page<'_>) -> Option<String> {
    let parts = words::parts(&page.title);
    let place = words::quoted_name(parts.first()?)?;
    Some(match parts.last().filter(|_| parts.len() >= 2) {
        Some(site) => format!("the {place} page of {}", words::plain_name(site)?),
        None => format!("the {place} page"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindsight::families::testing::proposals;

    fn snapshot(url: &str, title: &str, body: &str) -> String {
        format!(
            "### Page state\n- Page URL: {url}\n- Page Title: {title}\n- Page Snapshot:\n```yaml\n{body}\n```"
        )
    }

    const URL: &str = "https://mugs.example/";

    fn home() -> String {
        let body = "- banner [ref=e1]:\n  - link \"Orders\" [ref=e2]\n  - searchbox \"Search\" [ref=e3]\n- main [ref=e4]:\n  - heading \"Welcome\" [level=1] [ref=e5]";
        snapshot(URL, "Mug House", body)
    }

    fn orders() -> String {
        let row = |id: &str, name: &str, total: &str| {
            format!(
                "\n    - row \"{id} {name}\" [ref=r{id}]:\n      - cell \"{name}\" [ref=a{id}]\n      - cell \"{total}\" [ref=b{id}]"
            )
        };
        let head = "- main [ref=e4]:\n  - heading \"Orders\" [level=1] [ref=e5]\n  - table [ref=e6]:\n    - row \"Customer Total\" [ref=e7]:\n      - columnheader \"Customer\" [ref=e8]\n      - columnheader \"Total\" [ref=e9]";
        let body = format!("{head}{}{}", row("11", "Ann Lee", "$9.00"), row("12", "Bo Ray", "$4.50"));
        snapshot("https://mugs.example/orders", "Orders | Mug House", &body)
    }

    fn results() -> String {
        let hit = |at: u32, name: &str, price: &str| {
            format!(
                "\n    - listitem [ref=l{at}]:\n      - link \"{name}\" [ref=n{at}]\n      - text: {price}"
            )
        };
        let head =
            "- main [ref=e4]:\n  - heading \"Results for tea mug\" [level=1] [ref=e5]\n  - list [ref=e6]:";
        let body = format!(
            "{head}{}{}{}",
            hit(1, "Blue Tea Mug", "$9.00"),
            hit(2, "Tall Tea Mug", "$11.00"),
            hit(3, "Tea Mug Set", "$30.00")
        );
        snapshot("https://mugs.example/find?q=tea+mug", "tea mug | Mug House", &body)
    }

    fn item(message: &str) -> String {
        let body = format!(
            "- main [ref=e4]:{message}\n  - heading \"Tall Tea Mug\" [level=1] [ref=e5]\n  - text: $11.00\n  - text: \"Height: 14 cm\"\n  - button \"Add to cart\" [ref=e9]"
        );
        snapshot("https://mugs.example/tall", "Tall Tea Mug | Mug House", &body)
    }

    fn asked(calls: &[(&str, &str, &str)]) -> Vec<(String, String, Vec<u32>)> {
        proposals(propose, "Which mug is best?", calls)
    }

    #[test]
    fn asks_for_the_rows_of_a_table_by_the_way_to_it() {
        let found = asked(&[
            ("browser_navigate", "{\"url\": \"https://mugs.example/\"}", &home()),
            ("browser_click", "{\"element\": \"Orders link\", \"ref\": \"e2\"}", &orders()),
        ]);
        let (goal, answer, steps) = &found[0];
        assert!(
            goal.contains("o to \"Orders\" on Mug House and tell me the first two customers listed under \"Orders\", with their totals"),
            "{goal}"
        );
        assert_eq!(answer, "- Ann Lee: Total $9.00\n- Bo Ray: Total $4.50");
        assert_eq!(steps, &[0, 1]);
    }

    #[test]
    fn searches_are_followed_to_what_they_list_and_what_it_is() {
        let found = asked(&[
            ("browser_navigate", "{\"url\": \"https://mugs.example/\"}", &home()),
            ("browser_type", "{\"ref\": \"e3\", \"text\": \"tea mug\", \"submit\": true}", &results()),
            ("browser_click", "{\"ref\": \"n2\"}", &item("")),
        ]);
        let shown: Vec<String> = found.iter().map(|(goal, answer, _)| format!("{goal} {answer}")).collect();
        let says = |parts: &[&str]| shown.iter().any(|text| parts.iter().all(|part| text.contains(part)));
        assert!(
            says(&[
                "earch Mug House for \"tea mug\" and tell me the names and prices of the first three results",
                "- Tall Tea Mug: $11.00"
            ]),
            "{shown:?}"
        );
        assert!(says(&["open \"Tall Tea Mug\" and tell me its height", "Height: 14 cm."]), "{shown:?}");
        assert!(
            says(&["open \"Tall Tea Mug\" and tell me its price", "Tall Tea Mug is priced at $11.00."]),
            "{shown:?}"
        );
    }

    #[test]
    fn what_was_done_is_asked_for_where_a_page_confirms_it() {
        let calls = |message: &str| {
            asked(&[
                ("browser_navigate", "{\"url\": \"https://mugs.example/\"}", &home()),
                ("browser_type", "{\"ref\": \"e3\", \"text\": \"tea mug\", \"submit\": true}", &results()),
                ("browser_click", "{\"ref\": \"n2\"}", &item("")),
                ("browser_click", "{\"ref\": \"e9\"}", &item(message)),
            ])
        };
        let is_done = |found: &[(String, String, Vec<u32>)]| {
            found.iter().any(|(goal, answer, steps)| {
                goal.contains("and add it to my cart") && answer.contains("You added") && steps.len() == 4
            })
        };
        let found = calls("\n  - alert [ref=e8]: You added Tall Tea Mug to your cart.");
        assert!(is_done(&found), "{found:?}");
        for message in [
            "",
            "\n  - alert [ref=e8]: You have not added Tall Tea Mug to your cart.",
            "\n  - alert [ref=e8]: Choose a size",
        ] {
            let found = calls(message);
            assert!(found.iter().all(|(_, _, steps)| steps.len() < 4), "{found:?}");
        }
    }

    #[test]
    fn what_has_no_name_makes_no_way() {
        let blank = home().replace("link \"Orders\"", "link");
        let found = asked(&[
            ("browser_navigate", "{\"url\": \"https://mugs.example/\"}", &blank),
            ("browser_click", "{\"ref\": \"e2\"}", &orders()),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }

    proptest::proptest! {
        #[test]
        fn no_run_makes_it_panic(cuts in proptest::collection::vec((0..400usize, 0..400usize), 4), tools in "(click|type|goto|fill|select|go_back|press){4}", input in "(\\[e2\\]|\\{\"ref\": \"e3\", \"text\": \"é\"\\}|'e9', 'x'|\\[|\"){1,3}") {
            let pages = [home(), results(), orders(), item("\n  - text: You saved é.")];
            let mutated: Vec<String> = pages.iter().zip(&cuts).map(|(page, (from, to))| {
                let from = crate::text::cut::floor(page, *from);
                let to = crate::text::cut::floor(page, (*to).max(from)).max(from);
                format!("{}{}", &page[..from], &page[to..])
            }).collect();
            let names = ["click", "type", "browser_select_option", tools.as_str()];
            let calls: Vec<(&str, &str, &str)> = names.iter().zip(&mutated).map(|(name, page)| (*name, input.as_str(), page.as_str())).collect();
            asked(&calls);
        }
    }
}
