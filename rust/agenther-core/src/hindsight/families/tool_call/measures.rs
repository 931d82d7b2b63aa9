//! Conversions of one measure into another by tools that are named for the two: `liter_to_gallon {"liter": 38}` gives
//! `{"gallon": 10.04}`.

use super::call::Call;
use super::payload::Node;
use crate::hindsight::wording::{humanize, plural, singular};

const MEASURES: &[&str] = &[
    "liter",
    "litre",
    "gallon",
    "milliliter",
    "pint",
    "cup",
    "meter",
    "metre",
    "kilometer",
    "kilometre",
    "centimeter",
    "millimeter",
    "mile",
    "foot",
    "yard",
    "inch",
    "kilogram",
    "gram",
    "pound",
    "ounce",
    "ton",
    "tonne",
    "stone",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "byte",
    "kilobyte",
    "megabyte",
    "gigabyte",
    "joule",
    "calorie",
    "kilocalorie",
    "watt",
    "acre",
    "hectare",
];

/// Measures that have no plural.
const DEGREES: &[&str] = &["celsius", "fahrenheit", "kelvin"];

/// An amount, its measure and the one it was converted to, as people say them.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// `38 liters`
    pub amount: String,
    /// `gallons`
    pub to: String,
    /// `10.04`
    pub value: String,
}

/// The conversion that a call is: a number under the name of a measure, and one number back under that of another.
pub fn conversion(call: &Call<'_>) -> Option<Conversion> {
    let ([given], Node::Record(fields)) = (call.given.as_slice(), &call.payload.node) else { return None };
    let ([amount], [(key, value)]) = (&given.values[..], &fields[..]) else { return None };
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    let (from, to) = (measure(&given.name)?, measure(key)?);
    let value = value.text().filter(|value| is_number(value) && is_number(amount) && from != to)?;
    Some(Conversion { amount: format!("{amount} {from}"), to, value: value.to_string() })
}

/// The plural of a measure that a key is named for.
fn measure(key: &str) -> Option<String> {
    let name = humanize(key).to_ascii_lowercase();
    let one = singular(&name);
    match DEGREES.contains(&name.as_str()) {
        true => Some(format!("degrees {}", crate::hindsight::wording::capitalize(&name))),
        false => MEASURES
            .contains(&one.as_str())
            .then(|| if one == "foot" { "feet".to_string() } else { plural(&one) }),
    }
}
