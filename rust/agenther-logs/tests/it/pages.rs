//! The page on the formats is made of their module comments. `UPDATE_GOLDEN=1 cargo test` writes it.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use agenther_logs::formats;

const INTRODUCTION: &str = "# Log formats

Made from the module comments in `rust/agenther-logs/src/formats/` by the tests: change those. What a file is,
is told from its content; `agenther formats PATH` shows what was found, and a [mapping](mapping.md) reads what is
none of these.

In every format: a reward becomes `success` at its full mark (1 on a scale of 0 to 1, or what `success_at`
says) where the log states no success itself; the log's own words for how a run ended are `failure_reason` of a
run that did not succeed. *Leaks* are fields and texts that give the outcome away: they may set `success` and
`reward`, and are never part of what the rules read. Results of the Model Context Protocol that were printed by Python
(`[TextContent(type='text', text='…')]`) are the text they hold, and `isError=True` marks an error.
";

/// The comment that a module begins with, its headings' marks left out.
fn comment(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.starts_with("//!"));
    lines.map(|line| line.trim_start_matches("//!").trim_start_matches(' ')).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_on_formats_is_made_of_their_comments() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut page = INTRODUCTION.to_owned();
    let mut names: Vec<&str> = formats::names().collect();
    names.sort_unstable();
    for name in names {
        let module = package.join("src/formats").join(name).with_extension("rs");
        let text = fs::read_to_string(&module).expect("a format is in the file of its name");
        write!(page, "\n## `{name}`\n\n{}\n", comment(&text)).unwrap();
    }
    let path = package.join("../../docs/log-formats.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|written| written == page),
        "docs/log-formats.md is out of date"
    );
}
