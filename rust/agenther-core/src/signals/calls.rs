//! The calls of a run in a form that can be compared: shared by the signals on repetition.

use super::{is_call, tokens};
use crate::reading::Reading;

/// The calls that do something, in order.
#[derive(Debug, Clone)]
pub struct Calls {
    /// The step of each call.
    pub steps: Vec<usize>,
    /// A hash of tool and normalised arguments: case, white space and the order of keys do not count.
    pub identity: Vec<u64>,
}

impl Calls {
    /// The calls of a run.
    pub fn new(reading: &Reading<'_>) -> Self {
        let (steps, identity) = reading
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| is_call(step))
            .map(|(at, step)| {
                (at, identity(step.step.action_name.unwrap_or(""), step.step.action_input.unwrap_or("")))
            })
            .unzip();
        Calls { steps, identity }
    }
}

fn identity(tool: &str, arguments: &str) -> u64 {
    match members(arguments, 0) {
        Some(members) => tokens::join(tokens::hash_folded(&[tool]), members),
        None => tokens::hash_folded(&[tool, "\0", arguments]),
    }
}

/// The deepest objects whose keys may change places: each level is walked once more.
const MAX_DEPTH: usize = 4;

/// The sum of the hashes of the members of an object, JSON or a Python literal, whatever their order; none where the text
/// is no object.
fn members(text: &str, depth: usize) -> Option<u64> {
    let inside = text.trim_ascii().strip_prefix('{')?.strip_suffix('}').filter(|_| depth < MAX_DEPTH)?;
    let mut sum = 0u64;
    let mut from = 0;
    let mut open = 0usize;
    let mut skipper = Outside::default();
    for (at, byte) in inside.bytes().enumerate() {
        if !skipper.is_structure(byte) {
            continue;
        }
        match byte {
            b'{' | b'[' | b'(' => open += 1,
            // What closes more than it opened is no object.
            b'}' | b']' | b')' => open = open.checked_sub(1)?,
            b',' if open == 0 => {
                sum = sum.wrapping_add(member(&inside[from..at], depth));
                from = at + 1;
            }
            _ => {}
        }
    }
    let whole = open == 0 && skipper.quote.is_none();
    whole.then(|| sum.wrapping_add(member(&inside[from..], depth)))
}

/// The hash of `"key": value`.
fn member(text: &str, depth: usize) -> u64 {
    let nested = text.find('{').and_then(|at| Some((at, members(&text[at..], depth + 1)?)));
    match nested {
        Some((at, of_value)) => tokens::join(tokens::hash_folded(&[&text[..at]]), of_value),
        None => tokens::hash_folded(&[text]),
    }
}

/// Tells structure from what stands between quotes, byte by byte.
#[derive(Default)]
struct Outside {
    quote: Option<u8>,
    escaped: bool,
}

impl Outside {
    fn is_structure(&mut self, byte: u8) -> bool {
        match self.quote {
            Some(_) if self.escaped => self.escaped = false,
            Some(_) if byte == b'\\' => self.escaped = true,
            Some(quote) if byte == quote => self.quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'\'') => self.quote = Some(byte),
            None => return true,
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::identity;

    #[test]
    fn the_order_of_keys_and_white_space_make_no_other_call() {
        let same = |a, b| identity("get", a) == identity("get", b);
        assert!(same(r#"{"id": "7", "n": 1}"#, r#"{"n":1,"id":"7"}"#));
        assert!(same(r#"{"a": {"x": 1, "y": [2, 3]}, "b": 2}"#, r#"{"b": 2, "a": {"y": [2, 3], "x": 1}}"#));
        assert!(same("{'id': 7, 'n': 'a, b'}", "{'n': 'a, b', 'id': 7}"));
        assert!(same("red  lamp", "Red lamp"));
        assert!(!same(r#"{"a": 1, "b": 2}"#, r#"{"a": 2, "b": 1}"#));
        assert!(!same(r#"{"a": [1, 2]}"#, r#"{"a": [2, 1]}"#));
        assert!(!same(r#"{"a": {"x": 1}, "b": {"x": 2}}"#, r#"{"a": {"x": 2}, "b": {"x": 1}}"#));
        assert!(!same("{one, two", "{two, one"));
        assert!(identity("get", r#"{"a": 1}"#) != identity("put", r#"{"a": 1}"#));
    }

    proptest::proptest! {
        #[test]
        fn no_arguments_make_it_panic(text in "[{}\\[\\]()\"'\\\\,:aé1 ]{0,60}") {
            identity("get", &text);
        }
    }
}
