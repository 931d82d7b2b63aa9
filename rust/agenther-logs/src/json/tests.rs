use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<(), JsonError> {
    Tape::default().parse(text, Limits::default()).map(|_| ())
}

#[test]
fn strings_are_borrowed_unless_they_hold_an_escape() {
    let text = r#"{"plain": "abc", "escaped": "a\nb\u00e9\ud83d\ude00"}"#;
    let mut tape = Tape::default();
    let parsed = tape.parse(text, Limits::default()).unwrap();
    let value = parsed.root();
    assert!(matches!(value.get("plain").unwrap().text(), Some(std::borrow::Cow::Borrowed("abc"))));
    assert_eq!(value.get("escaped").unwrap().text().unwrap(), "a\nb\u{e9}\u{1f600}");
}

#[test]
fn decoded_strings_are_kept_apart_and_their_json_is_as_it_was_written() {
    let text = r#"{"a\n": "\"x\"", "b": ["\u00e9", "plain", {"a\n": "\\"}], "c": 1}"#;
    let (mut tape, mut room) = (Tape::default(), Vec::new());
    let parsed = tape.parse_decoding(text, &mut room, Limits::default()).unwrap();
    let value = parsed.root();
    assert_eq!(value.get("a\n").unwrap().text().unwrap(), "\"x\"");
    let items: Vec<_> = value.items_of("b").map(|item| item.text_or_json().unwrap()).collect();
    assert_eq!(items, ["é", "plain", r#"{"a\n": "\\"}"#]);
    assert_eq!(value.get("c").unwrap().as_f64(), Some(1.0));
    assert_eq!(value.json(), text);
}

#[test]
fn a_surrogate_alone_becomes_the_replacement_character() {
    for (text, expected) in [
        (r#""a\ud83d""#, "a\u{fffd}"),
        (r#""\ude00b""#, "\u{fffd}b"),
        (r#""\ud83dx\u0041""#, "\u{fffd}xA"),
        (r#""\ud83d\u0041""#, "\u{fffd}A"),
        (r#""\u0000""#, "\0"),
    ] {
        let mut tape = Tape::default();
        let parsed = tape.parse(text, Limits::default()).unwrap();
        assert_eq!(parsed.root().text().unwrap(), expected, "{text}");
    }
}

#[test]
fn numbers_and_objects_keep_the_text_they_were_written_in() {
    let text = r#"{"a": {"n": 1.50, "big": 12345678901234567890123, "e": 1E+2 }}"#;
    let mut tape = Tape::default();
    let parsed = tape.parse(text, Limits::default()).unwrap();
    let value = parsed.root();
    assert_eq!(value.get("a").unwrap().json(), r#"{"n": 1.50, "big": 12345678901234567890123, "e": 1E+2 }"#);
}

#[test]
fn what_python_writes_beyond_json_is_read_and_copied_as_strict_json() {
    let text = "{\"a\": NaN, \"b\": [-Infinity, 1], \"c\": \"tab\there\"}";
    let mut tape = Tape::default();
    let parsed = tape.parse(text, Limits::default()).unwrap();
    let json = parsed.root().json();
    assert_eq!(json, "{\"a\": null, \"b\": [null, 1], \"c\": \"tab\\there\"}");
    parse(&json).unwrap();
}

#[test]
fn the_last_of_repeated_keys_wins() {
    let text = r#"{"a": 1, "\u0061": 2}"#;
    let mut tape = Tape::default();
    let parsed = tape.parse(text, Limits::default()).unwrap();
    assert_eq!(parsed.root().get("a").unwrap().as_f64(), Some(2.0));
    assert_eq!(parsed.root().members_called(["b", "a"])[1].unwrap().as_f64(), Some(2.0));
}

#[test]
fn errors_say_what_was_expected_and_where() {
    for (text, at, problem) in [
        ("", 0, Problem::Truncated),
        ("{\"a\": 1", 7, Problem::Truncated),
        ("{\"a\" 1}", 5, Problem::Expected("`:`")),
        ("{\"a\": 1 \"b\"}", 8, Problem::Expected("`,` or `}`")),
        ("[1, ]", 4, Problem::Expected("a value")),
        ("[1 2]", 3, Problem::Expected("`,` or `]`")),
        ("{1: 2}", 1, Problem::Expected("a key in quotes")),
        ("{} {}", 3, Problem::Trailing),
        ("\"a\\x\"", 2, Problem::Expected("a JSON escape after the backslash")),
        ("tru", 0, Problem::Truncated),
        ("truth", 0, Problem::Expected("a value")),
        ("01", 1, Problem::Trailing),
        ("1.", 2, Problem::Truncated),
        ("[1}", 2, Problem::Expected("`,` or `]`")),
        ("-", 1, Problem::Truncated),
    ] {
        assert_eq!(parse(text), Err(JsonError { at, problem }), "{text}");
    }
}

#[test]
fn nesting_and_size_have_limits_and_no_recursion() {
    let deep = "[".repeat(100_000);
    assert_eq!(parse(&deep).unwrap_err().problem, Problem::TooDeep(Limits::default().depth));
    let limits = Limits { depth: 8, values: 4 };
    let error = Tape::default().parse("[1,2,3,4,5]", limits).unwrap_err();
    assert!(matches!(error.problem, Problem::TooManyValues(_)));
}

#[test]
fn a_text_that_is_cut_keeps_what_was_whole() {
    let whole = r#"{"a": [1, {"b": "c"}], "d": "e"}"#;
    for end in 1..whole.len() {
        let mut tape = Tape::default();
        let cut = &whole[..end];
        assert_eq!(tape.parse_prefix(cut, Limits::default()), Ok(None), "{cut}");
        let parsed = tape.parsed(cut).unwrap();
        let value = parsed.root();
        for (key, value) in value.members() {
            assert!(key == "a" || key == "d");
            assert!(value.items().count() <= 2);
        }
    }
}

/// Pieces of a JSON string and what they stand for.
fn encoded() -> impl Strategy<Value = Vec<(String, String)>> {
    let same = |text: &str| (text.to_owned(), text.to_owned());
    let escape = |encoded: &str, decoded: &str| (encoded.to_owned(), decoded.to_owned());
    let plain = "[a-zA-Z0-9 é漢😀{}\\[\\]:,]{1,70}".prop_map(move |text| same(&text));
    let short = prop::sample::select(vec![
        escape("\\\"", "\""),
        escape("\\\\", "\\"),
        escape("\\/", "/"),
        escape("\\n", "\n"),
        escape("\\t", "\t"),
        escape("\\r", "\r"),
        escape("\\b", "\u{8}"),
        escape("\\f", "\u{c}"),
        escape("\\u0041", "A"),
        escape("\\u00e9", "é"),
        escape("\\u6f22", "漢"),
        escape("\\ud83d\\ude00", "😀"),
        escape("\\ude00", "\u{fffd}"),
    ]);
    prop::collection::vec(prop_oneof![plain, short], 0..40)
}

proptest! {
    #[test]
    fn strings_are_decoded_wherever_their_escapes_lie(pieces in encoded(), before in 0..70usize) {
        let (encoded, decoded): (Vec<String>, Vec<String>) = pieces.into_iter().unzip();
        let text = format!("{}\"{}\"", " ".repeat(before), encoded.concat());
        let mut tape = Tape::default();
        let parsed = tape.parse(&text, Limits::default()).unwrap();
        prop_assert_eq!(parsed.root().text().unwrap(), decoded.concat());
        let (mut tape, mut room) = (Tape::default(), Vec::new());
        let at_once = tape.parse_decoding(&text, &mut room, Limits::default()).unwrap();
        prop_assert!(matches!(at_once.root().text(), Some(std::borrow::Cow::Borrowed(text)) if text == decoded.concat()));
        let cut = &text[..text.len() - 1];
        let problem = Problem::Truncated;
        prop_assert_eq!(parse(cut), Err(JsonError { at: cut.len(), problem }));
    }
}
