//! How much a pack may ask for. A pack may come from anyone; reading and compiling it must end soon.

use super::condition::Condition;
use super::diagnostic::{Diagnostic, Level};
use super::pack::PackSource;
use super::rule::Rule;

/// The largest file that is read: a rule is a page, not a book.
pub const FILE_BYTES: usize = 1 << 20;

/// The most that is said to be wrong with a file at a time. The first are what its author needs.
pub const DIAGNOSTICS: usize = 100;

/// The longest identifier: it is the name of a file.
pub const ID_BYTES: usize = 200;

/// The longest pattern.
pub const REGEX_BYTES: usize = 4096;

/// The largest compiled pattern, in bytes.
pub const REGEX_COMPILED_BYTES: usize = 1 << 20;

/// The deepest nesting of a pattern.
pub const REGEX_DEPTH: u32 = 64;

/// The most patterns of all packs together. Reading or compiling the worst that the limits above admit took
/// 15 ms (`\w{20}`, 2026-11-23), so that the worst pack takes seconds and not hours.
pub const REGEXES: usize = 500;

/// The most bytes of literals of all packs together: the automaton over them takes some hundred times as many.
pub const LITERAL_BYTES: usize = 1 << 19;

/// Reports the rule with which the packs are over a limit.
pub fn check(sources: &[PackSource], rules: &[Rule], diagnostics: &mut Vec<Diagnostic>) {
    let (mut regexes, mut bytes) = (0, 0);
    for rule in rules {
        let before = (regexes, bytes);
        rule.condition.each_leaf(&mut |leaf| match leaf {
            Condition::Regex { .. } => regexes += 1,
            Condition::Literals { literals, slices, .. } => {
                bytes += slices.len() * literals.iter().map(String::len).sum::<usize>();
            }
            _ => {}
        });
        let mut refuse = |title: String| {
            let file = &sources[rule.origin.source].files[rule.origin.file];
            let at = rule.origin.at..rule.origin.at + rule.id.len();
            let help = "Split the packs, or take out what the logs do not need.";
            let found = Diagnostic::new(Level::Error, "too-large", title, &file.path, &file.text, at);
            diagnostics.push(found.help(help));
        };
        if before.0 <= REGEXES && regexes > REGEXES {
            refuse(format!("The packs have more than {REGEXES} regular expressions, from this rule on."));
        }
        if before.1 <= LITERAL_BYTES && bytes > LITERAL_BYTES {
            refuse(format!(
                "The literals of the packs have more than {LITERAL_BYTES} bytes, from this rule on."
            ));
        }
    }
}
