//! Sentences that say what a query is about in the form of an answer: `The top speed of the X200 is 80 km/h.` found for
//! `X200 top speed`, in whatever order the query has the words.

use super::lead::names_people;
use super::prose::{content_stems, sentences};

/// Longer values are descriptions.
const MAX_VALUE: usize = 6;

/// Words of a query that the sentence need not have.
const LIGHT: &[&str] =
    &["period", "value", "number", "info", "information", "detail", "specification", "spec"];

/// Words that make a value uncertain, past or denied.
const HEDGES: &[&str] = &[
    " not ",
    "n't",
    "formerly",
    "until",
    "may ",
    "might",
    "could",
    "unless",
    "except",
    "depend",
    "usually",
    "typically",
    "about to",
    "proposed",
    "expected",
];

/// The question that the only such sentence of a text answers, and its value.
pub fn ask<'a>(query: &str, text: &'a str) -> Option<(String, &'a str)> {
    let wanted = content_stems(query);
    let light = |stem: &String| LIGHT.contains(&stem.as_str());
    if !(2..=10).contains(&wanted.len()) || wanted.iter().all(light) {
        return None;
    }
    let covers = |sentence: &&str| {
        let said = content_stems(sentence);
        wanted.iter().all(|stem| said.contains(stem) || light(stem))
    };
    let mut covering = sentences(text).into_iter().filter(covers);
    let sentence = covering.next().filter(|_| covering.next().is_none())?;
    let lower = sentence.to_lowercase();
    if HEDGES.iter().any(|hedge| lower.contains(hedge)) {
        return None;
    }
    let said = of_attribute(sentence).or_else(|| of_owner(sentence))?;
    let asked = content_stems(said.attribute);
    let named = content_stems(said.topic);
    let is_asked = asked.last().is_some_and(|head| wanted.contains(head));
    // What the sentence says of a part, the query may ask of the whole.
    let is_named = named.iter().all(|stem| wanted.contains(stem)) || named.len() == 1;
    let told = wanted.iter().all(|stem| asked.contains(stem) || named.contains(stem) || light(stem));
    let who = if names_people(said.attribute) { "Who" } else { "What" };
    let topic = match said.topic.strip_prefix("The ") {
        Some(topic) => format!("the {topic}"),
        None => said.topic.to_string(),
    };
    (is_asked && is_named && told)
        .then(|| (format!("{who} {} the {} of {topic}", said.copula, said.attribute), said.value))
}

/// An attribute of something, and its value.
struct Said<'a> {
    attribute: &'a str,
    topic: &'a str,
    copula: &'static str,
    value: &'a str,
}

/// `The top speed of the X200 is 80 km/h.`
fn of_attribute(sentence: &str) -> Option<Said<'_>> {
    let (attribute, rest) = sentence.strip_prefix("The ")?.split_once(" of ")?;
    let (copula, (topic, value)) = [" is ", " was "]
        .iter()
        .filter_map(|copula| Some((copula.trim(), rest.split_once(copula)?)))
        .min_by_key(|(_, (topic, _))| topic.len())?;
    said(attribute, topic, if copula == "is" { "is" } else { "was" }, value)
}

/// `The X200 has a top speed of 80 km/h.`
fn of_owner(sentence: &str) -> Option<Said<'_>> {
    const HAS: &[&str] = &[" has a ", " has an ", " carries a ", " comes with a ", " offers a ", " had a "];
    let (topic, rest) = HAS.iter().find_map(|has| sentence.split_once(has))?;
    let (attribute, value) = rest.split_once(" of ")?;
    // `36 months from the date of purchase`
    let value = [" from ", " with ", " and ", " at ", " in ", ", "]
        .iter()
        .fold(value, |value, stop| value.split(stop).next().unwrap_or(value));
    let is_amount = value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '€' | '£'));
    let past = sentence.contains(" had a ");
    said(attribute, topic, if past { "was" } else { "is" }, value).filter(|_| is_amount)
}

fn said<'a>(attribute: &'a str, topic: &'a str, copula: &'static str, value: &'a str) -> Option<Said<'a>> {
    let value = value.trim_end_matches(['.', '!']).trim();
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || matches!(c, ' ' | '-'));
    let words = |text: &str| text.split_whitespace().count();
    let named = topic.contains(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let bounded = (1..=MAX_VALUE).contains(&words(value))
        && !value.contains([',', ';', ':', '(', '"'])
        && !value.contains(" and ")
        && !value.contains(" or ")
        && !value.starts_with("a ")
        && !value.starts_with("an ")
        && !value.starts_with("to ");
    let sized = (1..=4).contains(&words(attribute)) && (1..=6).contains(&words(topic));
    let is_one = !attribute.ends_with('s') || attribute.ends_with("ss");
    (plain(attribute) && named && bounded && sized && is_one && !topic.contains(',')).then_some(Said {
        attribute,
        topic,
        copula,
        value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_about_an_attribute_answers_queries_in_any_order() {
        for (query, text, expected) in [
            (
                "maximum temperature X200",
                "The maximum temperature of the X200 is 80 °C. Do not exceed it.",
                Some(("What is the maximum temperature of the X200", "80 °C")),
            ),
            (
                "warranty period of the X200 pump",
                "The X200 pump carries a limited warranty of 36 months from the date of purchase.",
                Some(("What is the limited warranty of the X200 pump", "36 months")),
            ),
            ("X200 weight", "The maximum temperature of the X200 is 80 °C.", None),
            ("X200 temperature", "The temperature of the X200 might be 80 °C.", None),
            ("X200 temperature", "The temperature of the X200 is 80 °C or 90 °C.", None),
            ("X200 colors", "The colors of the X200 is red.", None),
            // Two sentences say it of two.
            ("X200 price", "The price of the X200 is $5. The price of the X200 Pro is $9.", None),
        ] {
            let found = ask(query, text);
            assert_eq!(
                found.as_ref().map(|(question, value)| (question.as_str(), *value)),
                expected,
                "{query}"
            );
        }
    }
}
