//! Roles in view of what the tool is about: the shape whose area it calculates, the currencies that a rate is between, and
//! values that no words fit.

use super::given::Given;
use super::roles::{Role, role};
use crate::hindsight::families::english;
use crate::hindsight::wording::{say_value, singular, singular_word};
use crate::reading::Reading;
use crate::signals::effect;
use crate::text::document::Kind;
use crate::tools::Tool;

/// The role of a value for a tool of this object, where its parameter's name tells too little.
pub fn fitted(role: Role, name: &str, value: &str, object: &str, tool: Option<&Tool<'_>>) -> Role {
    let description = tool.and_then(|tool| tool.description.as_deref());
    match role {
        role if description.is_some_and(|description| is_thing_in(description, name)) => {
            of_thing(role, value)
        }
        Role::Manner if is_dimension(name, object) => Role::With("radius".to_string()),
        role => role,
    }
}

/// Whether a parameter is the thing that its tool says something of: the shape of `Calculate the area of a given shape`.
fn is_thing_in(description: &str, name: &str) -> bool {
    const ASIDE: &[&str] = &["a", "an", "the", "given", "specified", "specific", "certain", "particular"];
    let mut words =
        effect::words(description).map(str::to_ascii_lowercase).skip_while(|word| word != "of").skip(1);
    let thing = words.find(|word| !ASIDE.contains(&word.as_str()));
    thing.is_some_and(|thing| effect::words(name).map(str::to_ascii_lowercase).eq([thing]))
}

/// Whether a radius is one of a body that is measured, and not how far around was looked.
fn is_dimension(name: &str, object: &str) -> bool {
    const MEASURED: &[&str] = &["area", "volume", "circumference", "perimeter", "surface"];
    name.eq_ignore_ascii_case("radius") && object.split(' ').any(|word| MEASURED.contains(&word))
}

/// `of a rectangle`: a kind of thing by its word, where no better role is known.
fn of_thing(role: Role, value: &str) -> Role {
    let is_word = value.len() > 2 && value.bytes().all(|byte| byte.is_ascii_lowercase());
    match role {
        Role::With(_) if is_word && english::article(value) == "an" => Role::Said("of an"),
        Role::With(_) if is_word && singular_word(value) == value => Role::Said("of a"),
        role => role,
    }
}

/// Whether a list of figures under a plural has only one of them, which then needs a word of its own: the radius of
/// `{"dimensions": [4]}`.
pub fn is_lone_figure(given: &Given, reading: &Reading<'_>, step: usize) -> bool {
    let is_list = || {
        let arguments = reading.steps[step].arguments();
        arguments
            .and_then(|arguments| arguments.root().get(&given.name))
            .is_some_and(|value| value.kind() == Kind::Array)
    };
    matches!(&given.role, Role::With(label) if singular(label) != *label)
        && matches!(&given.values[..], [only] if only.parse::<f64>().is_ok())
        && is_list()
}

/// Whether several words that would stand before the thing have a word of it: `market indexes market trends`.
pub fn repeats_object(given: &Given, object: &str) -> bool {
    let has = |word: &str| object.split(' ').any(|known| singular_word(known) == singular_word(word));
    let repeats = |value: &String| {
        let said = say_value(value);
        said.contains(' ') && said.split(' ').any(|word| has(&word.to_lowercase()))
    };
    given.role == Role::Adjective && given.values.iter().any(repeats)
}

/// The two currencies of a rate: it is one from the base to the other.
pub fn with_rate(mut given: Vec<Given>, object: &str) -> Vec<Given> {
    let is_rate = object.ends_with("rate") || object.ends_with("rates");
    if is_rate
        && given.iter().any(|given| given.role == Role::From)
        && given.iter().all(|given| given.role != Role::To)
    {
        let is_symbol = |given: &&mut Given| {
            matches!(given.name.as_str(), "symbol" | "symbols" | "currencies" | "quotes")
        };
        given.iter_mut().filter(is_symbol).for_each(|given| given.role = Role::To);
    }
    given
}

/// Whether a value is a word for what one searches by, and nothing to search for: `keyword`.
pub fn names_query(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_lowercase())
        && matches!(role(value, None, "x"), Role::For | Role::Called | Role::Text)
}
