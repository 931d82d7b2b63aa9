//! Everything was asked for, and the list that was read goes on.
//!
//! No hit on a labelled run of the public logs; what it is worth on written ones is in `docs/quality.md`.

use std::sync::LazyLock;

use super::effect;
use super::phrases::Phrases;
use super::{Hit, Signals, is_call};
use crate::text::document::{Kind, Value};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The prompt asks for all of something, and the last result of a tool says that more pages follow, or holds fewer things than it says there are.";

/// The last result of each tool that says that it goes on.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    /// A run calls few tools: more names are those of something else.
    const MAX_TOOLS: usize = 64;
    if !signals.run().original_prompt.is_some_and(wants_all) {
        return Vec::new();
    }
    let mut tools: Vec<&str> = Vec::new();
    let mut hits = Vec::new();
    for (at, step) in signals.steps().rev().filter(|(_, step)| is_call(step) && !step.status.is_error()) {
        let tool = step.step.action_name.unwrap_or("");
        if tools.contains(&tool) || tools.len() >= MAX_TOOLS {
            continue;
        }
        tools.push(tool);
        let asked_for_a_part =
            step.arguments().is_some_and(|arguments| arguments.root().children().any(is_paging));
        let more = step.observation().and_then(|result| more(result.root(), asked_for_a_part));
        hits.extend(more.map(|value| Hit::step(at, Field::Observation).at(value.span())));
    }
    hits.reverse();
    hits
}

fn wants_all(prompt: &str) -> bool {
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::of(&[
            "all ",
            "every ",
            "each ",
            "how many",
            "how much",
            "list ",
            "total",
            "export",
            "count",
            "alle ",
            "alles ",
            "jede",
            "wie viele",
            "todos",
            "todas",
            "cada ",
            "cuántos",
            "cuántas",
            "tous ",
            "toutes ",
            "chaque",
            "combien",
        ])
    });
    PHRASES.are_in(prompt)
}

/// Whether an argument asks for a part of the list.
fn is_paging(argument: Value<'_, '_>) -> bool {
    const PARTS: &[&str] =
        &["page", "offset", "cursor", "limit", "top", "start", "size", "max", "first", "skip", "token"];
    effect::words(argument.key().unwrap_or(""))
        .any(|word| PARTS.iter().any(|part| word.eq_ignore_ascii_case(part)))
}

/// What says that a result goes on, in it or in what describes its pages.
fn more<'d, 'a>(root: Value<'d, 'a>, is_part: bool) -> Option<Value<'d, 'a>> {
    const ABOUT: &[&str] = &["pagination", "paging", "meta", "metadata", "page_info", "pageInfo", "links"];
    if root.kind() != Kind::Object {
        return None;
    }
    let described = root.children().filter(|child| child.key().is_some_and(|key| ABOUT.contains(&key)));
    let places = || [root].into_iter().chain(root.children().filter(|child| child.kind() == Kind::Object));
    let said = described.flat_map(Value::children).chain(root.children()).find(|value| goes_on(*value));
    said.or_else(|| places().find_map(page_of_pages))
        .or_else(|| if is_part { None } else { fewer_than_total(root) })
}

/// `"has_more": true`, `"next_page": 2`, `"nextPageToken": "abc"`.
fn goes_on(value: Value<'_, '_>) -> bool {
    const KEYS: &[&str] = &[
        "nextpage",
        "nextcursor",
        "nextpagetoken",
        "nexttoken",
        "next",
        "nextlink",
        "nexturl",
        "hasmore",
        "hasnext",
        "hasnextpage",
        "more",
        "nextoffset",
        "remaining",
        "remainingcount",
    ];
    let Some(key) = value.key() else { return false };
    let small: String = effect::words(key).map(str::to_ascii_lowercase).collect();
    KEYS.contains(&small.as_str())
        && match value.kind() {
            Kind::Bool => value.raw().eq_ignore_ascii_case("true"),
            Kind::Number => value.number().is_some_and(|number| number > 0.0),
            Kind::String => !value.raw().trim().is_empty(),
            _ => false,
        }
}

/// `"page": 1, "pages": 3`.
fn page_of_pages<'d, 'a>(object: Value<'d, 'a>) -> Option<Value<'d, 'a>> {
    let number = |keys: &[&str]| keys.iter().find_map(|key| object.get(key)?.number());
    let (page, pages) = (
        number(&["page", "current_page", "page_number"])?,
        number(&["pages", "total_pages", "page_count", "last_page", "of"])?,
    );
    if page < pages { object.get("page").or_else(|| object.get("current_page")) } else { None }
}

/// `"total": 7` beside a list of five.
fn fewer_than_total<'d, 'a>(root: Value<'d, 'a>) -> Option<Value<'d, 'a>> {
    const TOTALS: &[&str] =
        &["total", "total_count", "totalCount", "total_results", "totalResults", "total_hits", "hits_total"];
    let total = TOTALS.iter().find_map(|key| root.get(key))?;
    let mut lists = root.children().filter(|child| child.kind() == Kind::Array);
    let (Some(list), None) = (lists.next(), lists.next()) else { return None };
    let is_whole = total.number()? <= list.len() as f64;
    let of_things = list.children().next()?.kind() == Kind::Object;
    if is_whole || !of_things { None } else { Some(total) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn a_list_that_goes_on_must_be_read_where_all_is_asked_for() {
        let of = |prompt, steps| steps_of("unread_page", &run(prompt, steps, Some("x")));
        for observation in [
            r#"{"patents": [{"id": 1}], "next_page": 2}"#,
            r#"{"items": [{"id": 1}], "pagination": {"has_more": true}}"#,
            r#"{"items": [{"id": 1}], "page": 1, "total_pages": 3}"#,
            r#"{"items": [{"id": 1}, {"id": 2}], "total": 7}"#,
        ] {
            let first = call("search", r#"{"query": "lens"}"#, observation);
            let last = call(
                "search",
                r#"{"query": "lens", "page": 2}"#,
                r#"{"patents": [{"id": 2}], "next_page": null}"#,
            );
            assert_eq!(of("List all patents", vec![first]), [0], "{observation}");
            assert!(of("List all patents", vec![first, last]).is_empty());
            assert!(of("Find a patent", vec![first]).is_empty());
        }
        let whole = r#"{"items": [{"id": 1}], "total": 1, "has_more": false, "next": ""}"#;
        assert!(of("List all items", vec![call("list_items", "{}", whole)]).is_empty());
        let asked = call("list_items", r#"{"limit": 1}"#, r#"{"items": [{"id": 1}], "total": 9}"#);
        assert!(of("List all items", vec![asked]).is_empty());
    }
}
