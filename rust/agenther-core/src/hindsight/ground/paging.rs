//! Whether an observation is all there is: nothing can be computed from a part.

use crate::text::document::{Document, Kind, Value};

/// Whether an observation, which was parsed where it can be, says or shows that it is not all there is.
pub(super) fn is_cut(text: &str, document: Option<&Document<'_>>) -> bool {
    let text = text.trim();
    match document {
        Some(document) => document_is_cut(document),
        None => text.starts_with(['{', '[']) || text_is_cut(text),
    }
}

fn text_is_cut(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "truncated",
        "[...",
        "\n...",
        "more results",
        "more rows",
        "more items",
        "more matches",
        "omitted",
        "next page",
        "next_page",
        "page 1 of",
        "showing 1",
        "has_more",
        "output limited",
    ];
    let lower = text.to_lowercase();
    text.ends_with("...") || text.ends_with('…') || MARKS.iter().any(|mark| lower.contains(mark))
}

/// Paging keys that point on, totals above what is listed, an element that is only dots.
fn document_is_cut(document: &Document<'_>) -> bool {
    let mut total = 0.0f64;
    let mut folded = String::new();
    for leaf in document.leaves() {
        if leaf.kind() == Kind::String && matches!(leaf.raw(), "..." | "…") {
            return true;
        }
        let Some(key) = leaf.key() else { continue };
        folded.clear();
        folded.extend(key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
        let says = !matches!(leaf.raw(), "" | "null" | "None" | "false" | "False" | "0");
        match folded.as_str() {
            "hasmore" | "hasnext" | "hasnextpage" | "truncated" | "istruncated" | "more"
                if leaf.kind() == Kind::Bool && says =>
            {
                return true;
            }
            "nextpage" | "nextcursor" | "nexttoken" | "nextpagetoken" | "nexturl" | "nextlink" if says => {
                return true;
            }
            "total" | "totalcount" | "totalresults" | "totalitems" | "numresults" | "totalhits" => {
                total = total.max(leaf.number().unwrap_or(0.0));
            }
            "totalpages" | "pagecount" if leaf.number().is_some_and(|pages| pages > 1.0) => return true,
            _ => {}
        }
    }
    total > 0.0
        && longest_list(document.root()).is_some_and(|longest| total.fract() == 0.0 && total > longest as f64)
}

fn longest_list(root: Value<'_, '_>) -> Option<usize> {
    let own = (root.kind() == Kind::Array).then(|| root.len());
    root.children().filter(|child| !child.is_leaf()).filter_map(longest_list).chain(own).max()
}
