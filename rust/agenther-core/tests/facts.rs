//! What counts as a fact, by examples and by properties.

use agenther_core::text::document::Document;
use agenther_core::text::facts::{Fact, facts, in_document};
use agenther_core::text::same::same;
use proptest::prelude::*;

/// `kind text` or `kind text = value unit` of every fact, one after another.
fn shown(found: &[Fact<'_>]) -> Vec<String> {
    found
        .iter()
        .map(|fact| {
            let value = fact.value.map_or(String::new(), |value| format!(" = {value}"));
            let unit = fact.unit_label().map_or(String::new(), |unit| format!(" {unit}"));
            format!("{} {}{value}{unit}", fact.kind.name(), fact.text)
        })
        .collect()
}

macro_rules! table {
    ($($name:ident { $($text:expr => [$($fact:expr),* $(,)?];)* })*) => {$(
        #[test]
        fn $name() {
            let mut failed = Vec::new();
            $({
                let expected: Vec<String> = vec![$($fact.to_string()),*];
                let found = shown(&facts($text));
                if found != expected {
                    failed.push(format!("{:?}\n  found    {found:?}\n  expected {expected:?}", $text));
                }
            })*
            assert!(failed.is_empty(), "{}", failed.join("\n"));
        }
    )*};
}

table! {
    numbers {
        "it is 1,234.56 of them" => ["number 1,234.56 = 1234.56"];
        "it is 1.234,56 of them" => ["number 1.234,56 = 1234.56"];
        "it has 1 234 members" => ["number 1 234 = 1234"];
        "it has 1\u{a0}234\u{a0}567 members" => ["number 1\u{a0}234\u{a0}567 = 1234567"];
        "1,234,567 and 12,34,567" => ["number 1,234,567 = 1234567", "number 12,34,567 = 1234567"];
        "1.234.567" => ["number 1.234.567 = 1234567"];
        "a list [1,2,3] or (10,20)" => ["number 1 = 1", "number 2 = 2", "number 3 = 3", "number 10 = 10", "number 20 = 20"];
        "pi is 3.14." => ["number 3.14 = 3.14"];
        "-5 and +3.5 and −2" => ["number -5 = -5", "number +3.5 = 3.5", "number −2 = -2"];
        "from 5-10" => ["number 5 = 5", "number 10 = 10"];
        "1e5 and 2.5E-3" => ["number 1e5 = 100000", "number 2.5E-3 = 0.0025"];
        "5 million people, 10k users" => ["number 5 million = 5000000", "number 10k = 10000"];
        "the 3rd of the 1940s" => ["number 3rd = 3", "number 1940s = 1940"];
        "10'000" => ["number 10'000 = 10000"];
        "12 345 678 901 2" => ["number 12 = 12", "number 345 = 345", "number 678 = 678", "number 901 = 901", "number 2 = 2"];
        "x = 5" => ["number 5 = 5"];
        "0.5" => ["number 0.5 = 0.5"];
    }

    money {
        "$5.30/kg" => ["money $5.30/kg = 5.3 $/kg"];
        "pay 5 USD or €12" => ["money 5 USD = 5 USD", "money €12 = 12 €"];
        "US$1,200.50" => ["money US$1,200.50 = 1200.5 US$"];
        "12 € or 1.234,56 €" => ["money 12 € = 12 €", "money 1.234,56 € = 1234.56 €"];
        "3,50 € each" => ["money 3,50 € = 3.5 €"];
        "USD 40" => ["money USD 40 = 40 USD"];
        "-$5 and $-6" => ["money -$5 = -5 $", "money $-6 = -6 $"];
        "$5 million, £3bn, $2.5k" => ["money $5 million = 5000000 $", "money £3bn = 3000000000 £", "money $2.5k = 2500 $"];
        "$90 a night" => ["money $90 a night = 90 $/night"];
        "$6.20 per kg" => ["money $6.20 per kg = 6.2 $/kg"];
        "50 cents, 5 dollars" => ["money 50 cents = 0.5 cents", "money 5 dollars = 5 dollars"];
        "$5-$10" => ["money $5 = 5 $", "money $10 = 10 $"];
        "costs $." => [];
        "₹1,00,000" => ["money ₹1,00,000 = 100000 ₹"];
    }

    shares_and_measures {
        "10 % or 10% or 10 percent" => ["percent 10 % = 10 %", "percent 10% = 10 %", "percent 10 percent = 10 percent"];
        "10kg, MOQ 100kg" => ["quantity 10kg = 10 kg", "name MOQ", "quantity 100kg = 100 kg"];
        "3.5 GB of 3,5 GB" => ["quantity 3.5 GB = 3.5 GB", "quantity 3,5 GB = 3.5 GB"];
        "100 km/h" => ["quantity 100 km/h = 100 km/h"];
        "-5°C" => ["quantity -5°C = -5 °C"];
        "it is 20 degrees" => ["quantity 20 degrees = 20 degrees"];
        "5 minutes in 5 m" => ["duration 5 minutes = 300 minutes", "quantity 5 m = 5 m"];
    }

    dates {
        "2024-05-20" => ["date 2024-05-20 = 19863"];
        "May 20, 2024" => ["date May 20, 2024 = 19863"];
        "20 May 2024" => ["date 20 May 2024 = 19863"];
        "on the 20th of May 2024." => ["date 20th of May 2024 = 19863"];
        "05/20/2024 or 20/05/2024" => ["date 05/20/2024 = 19863", "date 20/05/2024 = 19863"];
        "20.05.2024" => ["date 20.05.2024 = 19863"];
        "2024-05-20T14:05:00Z" => ["date 2024-05-20 = 19863", "time 14:05:00Z = 50700"];
        "2024-05-20 14:05" => ["date 2024-05-20 = 19863", "time 14:05 = 50700"];
        "on May 20 we may 20" => ["date May 20", "date may 20"];
        "in May 2024" => ["date May 2024"];
        "you may go, 20 may be few" => ["number 20 = 20"];
        "1970-01-01" => ["date 1970-01-01 = 0"];
        "1969-12-31" => ["date 1969-12-31 = -1"];
        "by Monday, June 3rd" => ["date Monday", "date June 3rd"];
        "Sept. 5, 2021" => ["date Sept. 5, 2021 = 18875"];
        "2024-13-45" => ["id 2024-13-45"];
        "born 25 February 1962" => ["date 25 February 1962 = -2867"];
    }

    times_and_durations {
        "14:05, 3 pm, 3:30 p.m." => ["time 14:05 = 50700", "time 3 pm = 54000", "time 3:30 p.m. = 55800"];
        "12:15am" => ["time 12:15am = 900"];
        "06:00:00+02:00" => ["time 06:00:00+02:00 = 21600"];
        "30 seconds or 2h 15m" => ["duration 30 seconds = 30 seconds", "duration 2h 15m = 8100 h"];
        "2 hours and 15 minutes" => ["duration 2 hours and 15 minutes = 8100 hours"];
        "1h30m" => ["duration 1h30m = 5400 h"];
        "a 3-day trip" => ["duration 3-day = 259200 day"];
        "a 20-year-old" => ["duration 20-year = 631139040 year"];
        "25:99" => ["number 25 = 25", "number 99 = 99"];
    }

    addresses {
        "see https://example.org/a?b=1&c=2." => ["url https://example.org/a?b=1&c=2"];
        "(https://en.wikipedia.org/wiki/Foo_(bar))" => ["url https://en.wikipedia.org/wiki/Foo_(bar)"];
        "mail noah.muller2290@example.com, please" => ["email noah.muller2290@example.com"];
        "<a@b.co>" => ["email a@b.co"];
        "open /usr/local/bin/x.sh: no" => ["path /usr/local/bin/x.sh"];
        "~/notes.txt ./a ../b/c" => ["path ~/notes.txt", "path ./a", "path ../b/c"];
        "C:\\Users\\me\\a.txt" => ["path C:\\Users\\me\\a.txt"];
        "edit src/main.rs, report.pdf" => ["path src/main.rs", "path report.pdf"];
        "this and/or that, 5 km/h. end.Next e.g. i.e." => ["quantity 5 km/h = 5 km/h"];
        "go to www.example.com now" => ["url www.example.com"];
        "@user and a@" => [];
    }

    identifiers {
        "JG7FMM HAT028 user_1234 #W123" => ["id JG7FMM", "id HAT028", "id user_1234", "id #W123"];
        "550e8400-e29b-41d4-a716-446655440000" => ["id 550e8400-e29b-41d4-a716-446655440000"];
        "commit 4652a42" => ["id 4652a42"];
        "call 555-123-4567" => ["id 555-123-4567"];
        "10.0.0.1 runs v1.2.3" => ["id 10.0.0.1", "id v1.2.3"];
        "certificate_8301303" => ["id certificate_8301303"];
        "id 00123" => ["id 00123"];
        "4OG6T3" => ["id 4OG6T3"];
        "a 5-star hotel" => ["number 5 = 5"];
        "noah_muller_9847" => ["id noah_muller_9847"];
        "snake_case is no id" => [];
    }

    quotations {
        "say \"hello there\" now" => ["quoted hello there"];
        "say “hello there” now" => ["quoted hello there"];
        "it's the dogs' bowl, isn't it" => [];
        "use 'basic economy' here" => ["quoted basic economy"];
        "\"2024-05-20\"" => ["date 2024-05-20 = 19863"];
        "{\"price\": 5" => ["number 5 = 5"];
        "“unclosed" => [];
        "«très bien»" => ["quoted très bien"];
    }

    names {
        "Who was born first, John Lanchester or Alan Dean Foster?" => ["name John Lanchester", "name Alan Dean Foster"];
        "The World's Best Goalkeeper award" => ["name World's Best Goalkeeper"];
        "This is fine. Nothing here. It works." => [];
        "Paris is big. I saw Berlin." => ["name Berlin"];
        "He met J. K. Rowling in St. Louis." => ["name J. K. Rowling", "name St. Louis"];
        "Leonardo da Vinci and the Bank of England" => ["name Leonardo da Vinci", "name Bank of England"];
        "ask MetalWorks" => ["name MetalWorks"];
        "MetalWorks is cheap" => ["name MetalWorks"];
        "from JFK to SEA" => ["name JFK", "name SEA"];
        "Élodie Müller's book" => ["name Élodie Müller"];
        "called The Letter" => ["name The Letter"];
        "I think I'm right" => [];
    }

    nothing {
        "" => [];
        "   \n\t" => [];
        "plain words, and more words; nothing else" => [];
        "🙂 漢字 → ½" => [];
    }
}

#[test]
fn documents_give_the_facts_of_their_values() {
    let text = r#"{"name": {"first": "Noah", "last": "Muller"}, "zip": "80243", "price_usd": 87, "at": "2024-05-20T06:00:00", "to": "New York", "kind": "one_way"}"#;
    let document = Document::parse(text).unwrap();
    assert_eq!(
        shown(&in_document(&document)),
        [
            "name Noah",
            "name Muller",
            "number 80243 = 80243",
            "money 87 = 87 usd",
            "date 2024-05-20 = 19863",
            "time 06:00:00 = 21600",
            "name New York"
        ]
    );
}

#[test]
fn keys_give_units_to_bare_numbers() {
    let text = r#"[{"price_usd": 5, "Weight (kg)": 3, "wait_minutes": 2, "price_min": 7, "birth_year": 1962, "share pct": "4"}]"#;
    let document = Document::parse(text).unwrap();
    assert_eq!(
        shown(&in_document(&document)),
        [
            "money 5 = 5 usd",
            "quantity 3 = 3 kg",
            "duration 2 = 120 minutes",
            "number 7 = 7",
            "number 1962 = 1962",
            "percent 4 = 4 pct"
        ]
    );
}

#[test]
fn facts_are_the_same_in_other_words() {
    let pairs = [
        ("1,000", "1000", true),
        ("$5", "5 USD", true),
        ("$5", "5 dollars", true),
        ("$5", "5 EUR", false),
        ("$5.30/kg", "$5.30 per kg", true),
        ("$5.30/kg", "$5.30 per lb", false),
        ("May 20, 2024", "2024-05-20", true),
        ("May 20", "2024-05-20", true),
        ("May 21", "2024-05-20", false),
        ("05/06/2024", "6 May 2024", true),
        ("05/06/2024", "May 7, 2024", false),
        ("10 %", "10 percent", true),
        ("10 %", "0.1", false),
        ("10kg", "10 kilograms", true),
        ("10kg", "10 g", false),
        ("3 pm", "15:00", true),
        ("14:05", "14:06", false),
        ("14:05", "14:05:33", true),
        ("14:05:34", "14:05:33", false),
        ("120 minutes", "2h", true),
        ("87", "$87", true),
        ("5", "5 minutes", true),
        ("jg7fmm", "JG7FMM", true),
        ("for MetalWorks", "for Metalworks", true),
        ("https://a.org/x/", "http://www.a.org/x", true),
        ("0.30000000000000004", "0.3", true),
        ("50 cents", "$0.50", true),
    ];
    for (a, b, expected) in pairs {
        let (x, y) = (facts(a), facts(b));
        assert_eq!((x.len(), y.len()), (1, 1), "{a} {b} {x:?} {y:?}");
        assert_eq!(same(&x[0], &y[0]), expected, "{a} / {b}");
        assert_eq!(same(&y[0], &x[0]), expected, "{b} / {a}");
    }
}

fn check(text: &str, found: &[Fact<'_>]) {
    let mut before = 0;
    for fact in found {
        assert!(fact.span.start >= before, "{text:?}: {fact:?} overlaps");
        assert!(fact.span.end > fact.span.start, "{text:?}: {fact:?} is empty");
        assert_eq!(fact.text, fact.span.of(text));
        before = fact.span.end;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn spans_hold_on_any_text(text in "\\PC{0,60}") {
        check(&text, &facts(&text));
    }

    #[test]
    fn spans_hold_on_text_like_facts(
        text in "([A-Za-z0-9éÀ€漢$£%#@_.,:;/\\\\'\"“”‘’«»()\\[\\]{}\u{a0}\n +-]|May|USD| kg|https://|20[0-9][0-9]-| pm|\\.com| of |1,000| million|’s){0,40}"
    ) {
        check(&text, &facts(&text));
        if let Some(document) = Document::parse(&text) {
            check(&text, &in_document(&document));
        }
    }

    #[test]
    fn every_number_is_found_with_its_value(number in -1_000_000i64..1_000_000) {
        let text = format!("the value is {number} here");
        let found = facts(&text);
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(found[0].value, Some(number as f64));
    }

    #[test]
    fn a_document_of_any_strings_has_sound_spans(text in "\\{\"[a-z]{1,4}\": \"[A-Za-z0-9 $.,:éß-]{0,30}\"\\}") {
        if let Some(document) = Document::parse(&text) {
            check(&text, &in_document(&document));
        }
    }
}
