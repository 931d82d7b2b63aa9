//! Units that a text gives to a number which stands without one.

use crate::text::words::stem_hash;

/// Words that say a unit, by its canonical name; any other says itself.
const WORDS: &[(&str, &[&str])] = &[
    ("°c", &["c", "celsius", "centigrade", "metric"]),
    ("°f", &["f", "fahrenheit", "imperial"]),
    ("km/h", &["kmh", "kph", "km", "metric"]),
    ("mph", &["mph", "mi", "imperial"]),
    ("m", &["m", "meter", "metre", "meters", "metres"]),
    ("kg", &["kg", "kilo", "kilogram", "kilograms"]),
    ("km", &["km", "kilometer", "kilometre", "kilometers", "kilometres"]),
    ("mi", &["mi", "mile", "miles"]),
    ("min", &["min", "minute"]),
    ("minute", &["min", "minute"]),
    ("hour", &["h", "hr", "hour"]),
    ("h", &["h", "hr", "hour"]),
];

/// Units of scales that need not be named: sizes of files, ratings, shares, angles.
const OF_CONVENTION: &[&str] = &["byte", "star", "point", "°", "%"];

/// The words that say a unit.
pub(super) fn words(unit: &str) -> impl Iterator<Item = &str> {
    let known = WORDS.iter().find(|(name, _)| *name == unit).map_or(&[][..], |(_, words)| *words);
    known.iter().copied().chain([unit])
}

/// Whether numbers under a key are in a unit without saying so: ages are in years.
pub(super) fn of_convention(unit: &str, key: &[u64]) -> bool {
    OF_CONVENTION.contains(&unit) || unit == "year" && key.contains(&stem_hash("age"))
}

/// Whether a key says another unit: that of `temp_c` is not °F.
pub(super) fn is_other(unit: &str, key: &[u64]) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| key.contains(&stem_hash(word)));
    !key.is_empty()
        && WORDS.iter().any(|(other, known)| *other != unit && says(known))
        && !words(unit).any(|word| says(&[word]))
}
