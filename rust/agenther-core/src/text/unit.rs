//! Units of measure, of time and of money: what stands after a number.

use std::borrow::Cow;

use super::filter::Filter;

/// What a unit makes of its number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Class {
    /// `%`, `percent`.
    Percent,
    /// A currency; the factor is that of its cents.
    Currency(f64),
    /// A unit of measure.
    Measure,
    /// A unit of time, in seconds.
    Duration(f64),
}

/// The mean Gregorian month and year.
const MONTH: f64 = 2_629_746.0;
const YEAR: f64 = 31_556_952.0;

const SIGNS: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("A$", "AUD"),
    ("AU$", "AUD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("R$", "BRL"),
    ("S$", "SGD"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₫", "VND"),
    ("₪", "ILS"),
    ("₱", "PHP"),
    ("฿", "THB"),
    ("₦", "NGN"),
    ("₿", "BTC"),
    ("Rs.", "INR"),
    ("Rs", "INR"),
];

#[rustfmt::skip]
const CODES: &[&str] = &[
    "AED", "ARS", "AUD", "BRL", "BTC", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "ETH",
    "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "MYR", "NGN", "NOK", "NZD",
    "PHP", "PKR", "PLN", "RMB", "RON", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD",
    "USDC", "USDT", "VND", "ZAR",
];

#[rustfmt::skip]
const CURRENCY_WORDS: &[(&str, &str, f64)] = &[
    ("bucks", "USD", 1.0), ("cent", "USD", 0.01), ("cents", "USD", 0.01), ("dollar", "USD", 1.0),
    ("dollars", "USD", 1.0), ("euro", "EUR", 1.0), ("euros", "EUR", 1.0), ("francs", "CHF", 1.0),
    ("pesos", "MXN", 1.0), ("rupee", "INR", 1.0), ("rupees", "INR", 1.0), ("yen", "JPY", 1.0), ("yuan", "CNY", 1.0),
];

/// The units of measure, sorted: as written, its canonical name, whether it may stand apart from its number.
#[rustfmt::skip]
const MEASURES: &[(&str, &str, bool)] = &[
    ("acres", "acre", true), ("b", "byte", false), ("bit", "bit", true), ("bits", "bit", true),
    ("byte", "byte", true), ("bytes", "byte", true), ("cal", "cal", true), ("calories", "cal", true),
    ("cl", "cl", true), ("cm", "cm", true), ("cups", "cup", true), ("db", "db", true), ("degrees", "°", true),
    ("dpi", "dpi", true), ("feet", "ft", true), ("foot", "ft", true), ("fps", "fps", true), ("ft", "ft", true),
    ("g", "g", true), ("gal", "gal", true), ("gallon", "gal", true), ("gallons", "gal", true), ("gb", "gb", true),
    ("gb/s", "gb/s", true), ("gbps", "gbps", true), ("ghz", "ghz", true), ("gib", "gib", true), ("gram", "g", true),
    ("grams", "g", true), ("ha", "ha", true), ("hectares", "ha", true), ("hp", "hp", true), ("hpa", "hpa", true),
    ("hz", "hz", true), ("inch", "inch", true), ("inches", "inch", true), ("kb", "kb", true), ("kb/s", "kb/s", true),
    ("kbps", "kbps", true), ("kcal", "kcal", true), ("kg", "kg", true), ("kgs", "kg", true), ("khz", "khz", true),
    ("kib", "kib", true), ("kilo", "kg", true), ("kilogram", "kg", true), ("kilograms", "kg", true),
    ("kilometer", "km", true), ("kilometers", "km", true), ("kilometre", "km", true), ("kilometres", "km", true),
    ("kilos", "kg", true), ("kj", "kj", true), ("km", "km", true), ("km/h", "km/h", true), ("km2", "km²", true),
    ("kmh", "km/h", true), ("kms", "km", true), ("km²", "km²", true), ("kph", "km/h", true), ("kw", "kw", true),
    ("kwh", "kwh", true), ("l", "l", true), ("lb", "lb", true), ("lbs", "lb", true), ("liter", "l", true),
    ("liters", "l", true), ("litre", "l", true), ("litres", "l", true), ("m", "m", true), ("m/s", "m/s", true),
    ("m2", "m²", true), ("m3", "m³", true), ("mah", "mah", true), ("mb", "mb", true), ("mb/s", "mb/s", true),
    ("mbar", "mbar", true), ("mbps", "mbps", true), ("mcg", "mcg", true), ("meter", "m", true), ("meters", "m", true),
    ("metre", "m", true), ("metres", "m", true), ("mg", "mg", true), ("mhz", "mhz", true), ("mi", "mi", true),
    ("mib", "mib", true), ("mile", "mi", true), ("miles", "mi", true), ("ml", "ml", true), ("mm", "mm", true),
    ("mp", "mp", true), ("mpg", "mpg", true), ("mph", "mph", true), ("mw", "mw", true), ("m²", "m²", true),
    ("m³", "m³", true), ("nm", "nm", true), ("ounce", "oz", true), ("ounces", "oz", true), ("oz", "oz", true),
    ("pb", "pb", true), ("points", "point", true), ("pp", "pp", true), ("ppm", "ppm", true), ("psi", "psi", true),
    ("pts", "pt", true), ("px", "px", true), ("rpm", "rpm", true), ("sqft", "sqft", true), ("stars", "star", true),
    ("t", "t", false), ("tb", "tb", true), ("tbsp", "tbsp", true), ("tib", "tib", true), ("ton", "t", true),
    ("tonne", "t", true), ("tonnes", "t", true), ("tons", "t", true), ("tsp", "tsp", true), ("v", "v", true),
    ("volts", "v", true), ("w", "w", true), ("watts", "w", true), ("wh", "wh", true), ("yards", "yd", true),
    ("yd", "yd", true), ("°", "°", true), ("°c", "°c", true), ("°f", "°f", true), ("µg", "mcg", true),
];

/// The units of time in seconds, sorted.
#[rustfmt::skip]
const TIMES: &[(&str, f64)] = &[
    ("d", 86_400.0), ("day", 86_400.0), ("days", 86_400.0), ("decades", 10.0 * YEAR), ("h", 3600.0), ("hour", 3600.0),
    ("hours", 3600.0), ("hr", 3600.0), ("hrs", 3600.0), ("milliseconds", 1e-3), ("min", 60.0), ("mins", 60.0),
    ("minute", 60.0), ("minutes", 60.0), ("mo", MONTH), ("month", MONTH), ("months", MONTH), ("ms", 1e-3),
    ("msec", 1e-3), ("night", 86_400.0), ("nights", 86_400.0), ("ns", 1e-9), ("s", 1.0), ("sec", 1.0),
    ("second", 1.0), ("seconds", 1.0), ("secs", 1.0), ("us", 1e-6), ("week", 604_800.0), ("weeks", 604_800.0),
    ("wk", 604_800.0), ("year", YEAR), ("years", YEAR), ("yr", YEAR), ("yrs", YEAR), ("µs", 1e-6),
];

/// Every unit in ASCII that is not a currency code.
static FILTER: Filter = {
    let mut filter = Filter::of(&["%", "percent", "pct", "$"]);
    let mut at = 0;
    while at < TIMES.len() {
        filter = filter.with(TIMES[at].0);
        at += 1;
    }
    at = 0;
    while at < CURRENCY_WORDS.len() {
        filter = filter.with(CURRENCY_WORDS[at].0);
        at += 1;
    }
    at = 0;
    while at < MEASURES.len() {
        filter = filter.with(MEASURES[at].0);
        at += 1;
    }
    filter
};

/// The longest word that can be a unit.
const LONGEST: usize = 12;

/// The word at `at` that may be a unit: letters and the signs `%`, `°`, `µ`, `²`, `€`.
pub(super) fn word(text: &str, end: usize, at: usize) -> &str {
    let Some(rest) = text.as_bytes().get(at..end) else { return "" };
    let ascii = rest.iter().take(LONGEST + 1).take_while(|byte| byte.is_ascii_alphabetic()).count();
    match rest.get(ascii) {
        Some(b'%') if ascii == 0 => &text[at..at + 1],
        Some(b'$') if ascii == 0 => &text[at..at + 1],
        Some(0x80..) if ascii <= LONGEST => foreign_word(&text[at..end]),
        _ if ascii > LONGEST => letters(&text[at..end]),
        _ => &text[at..at + ascii],
    }
}

/// The same for a word with characters beyond ASCII.
fn foreign_word(rest: &str) -> &str {
    let mut length = 0;
    for c in rest.chars() {
        if !(c.is_alphabetic() || matches!(c, '°' | 'µ' | '²' | '³')) {
            // A sign stands alone.
            if length == 0 && (c == '％' || is_sign(c)) {
                length = c.len_utf8();
            }
            break;
        }
        length += c.len_utf8();
        if length > LONGEST {
            // Not a unit, but a word all the same: what it counts.
            return letters(rest);
        }
    }
    &rest[..length]
}

fn letters(rest: &str) -> &str {
    const WORD: usize = 40;
    let end =
        rest.char_indices().find(|(at, c)| !c.is_alphabetic() || *at > WORD).map_or(rest.len(), |(at, _)| at);
    &rest[..end]
}

fn is_sign(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₩' | '₽' | '₺' | '₫' | '₪' | '₱' | '฿' | '₦' | '₿')
}

/// The class of a word after a number; `apart` where something stands between.
pub(super) fn classify(word: &str, apart: bool) -> Option<Class> {
    let mut folded = [0u8; LONGEST + 4];
    if word.is_empty() || word.len() > folded.len() {
        return None;
    }
    if word.is_ascii() && !FILTER.passes(word) {
        let code = word.as_bytes()[0].is_ascii_uppercase() && CODES.binary_search(&word).is_ok();
        return code.then_some(Class::Currency(1.0));
    }
    let first = word.as_bytes()[0];
    if (first.is_ascii_uppercase() && CODES.binary_search(&word).is_ok())
        || word.chars().next().is_some_and(is_sign)
    {
        return Some(Class::Currency(1.0));
    }
    let bytes = &mut folded[..word.len()];
    bytes.copy_from_slice(word.as_bytes());
    bytes.make_ascii_lowercase();
    let folded = std::str::from_utf8(bytes).ok()?;
    if matches!(folded, "%" | "％" | "percent" | "pct") {
        return Some(Class::Percent);
    }
    // A lone capital is a name (gate 12 A, seat 5 D), but for litres, watts and volts.
    let single = word.len() == 1;
    if single && word.as_bytes()[0].is_ascii_uppercase() && !matches!(word, "L" | "W" | "V") {
        return None;
    }
    if let Ok(at) = TIMES.binary_search_by_key(&folded, |(name, _)| name) {
        let seconds = TIMES[at].1;
        return (!(apart && single && word == "d")).then_some(Class::Duration(seconds));
    }
    if let Ok(at) = CURRENCY_WORDS.binary_search_by_key(&folded, |(name, ..)| name) {
        return Some(Class::Currency(CURRENCY_WORDS[at].2));
    }
    let (_, _, may_stand_apart) = MEASURES[MEASURES.binary_search_by_key(&folded, |(name, ..)| name).ok()?];
    (!apart || may_stand_apart).then_some(Class::Measure)
}

/// Units that the last word of a key may name. `min`, `year` and the like are left out: `price_min`, `birth_year`.
#[rustfmt::skip]
const KEY_UNITS: &[&str] = &[
    "usd", "eur", "gbp", "jpy", "inr", "percent", "pct", "kg", "kgs", "km", "cm", "mm", "lbs", "bytes", "kb", "mb", "gb", "tb",
    "kwh", "mph", "miles", "meters", "ms", "msec", "secs", "seconds", "mins", "minutes", "hrs", "hours", "days", "weeks", "ml",
];

/// The class of a unit that ends a key.
pub(super) fn of_key(word: &str) -> Option<Class> {
    static FILTER: Filter = Filter::of(KEY_UNITS);
    if !FILTER.passes(word) {
        return None;
    }
    let known = KEY_UNITS.iter().find(|known| word.eq_ignore_ascii_case(known))?;
    if CODES.iter().any(|code| code.eq_ignore_ascii_case(known)) {
        Some(Class::Currency(1.0))
    } else {
        classify(known, true)
    }
}

/// The bytes of the currency sign or code that `rest` begins with.
pub(super) fn currency_sign(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let first = *bytes.first()?;
    if first == b'$' {
        return Some(1);
    }
    if first >= 0x80 {
        return rest.chars().next().filter(|c| is_sign(*c)).map(char::len_utf8);
    }
    // `US$`, `Rs.`, `EUR`.
    let length = bytes.iter().take(5).take_while(|byte| byte.is_ascii_uppercase()).count();
    let signed = length > 0 && (bytes.get(length) == Some(&b'$') || rest.starts_with("Rs"));
    if signed && let Some((sign, _)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
        return Some(sign.len());
    }
    (matches!(length, 3 | 4) && CODES.binary_search(&&rest[..length]).is_ok()).then_some(length)
}

/// What a word multiplies its number by.
pub(super) fn magnitude(word: &str, apart: bool, money: bool) -> Option<f64> {
    match word {
        "k" | "K" if !apart => Some(1e3),
        "M" if !apart || money => Some(1e6),
        "m" | "mn" | "mm" if money && !apart => Some(1e6),
        "B" | "b" | "bn" if money => Some(1e9),
        "T" | "tn" if money && !apart => Some(1e12),
        "thousand" | "Thousand" => Some(1e3),
        "million" | "Million" | "mil" => Some(1e6),
        "billion" | "Billion" => Some(1e9),
        "trillion" | "Trillion" => Some(1e12),
        "lakh" => Some(1e5),
        "crore" => Some(1e7),
        _ => None,
    }
}

/// `st`, `nd`, `rd`, `th`.
pub(super) fn is_ordinal(word: &str) -> bool {
    matches!(word, "st" | "nd" | "rd" | "th")
}

/// One name for all spellings of a unit: `USD` for `$` and `dollars`, `kg` for `kilos`.
pub(super) fn canonical(unit: &str) -> Cow<'static, str> {
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| *sign == unit) {
        return Cow::Borrowed(code);
    }
    let folded = unit.to_lowercase();
    if matches!(folded.as_str(), "％" | "percent" | "pct") {
        return Cow::Borrowed("%");
    }
    if let Some((_, code, _)) = CURRENCY_WORDS.iter().find(|(name, ..)| *name == folded) {
        return Cow::Borrowed(code);
    }
    if let Ok(at) = MEASURES.binary_search_by(|(name, ..)| (*name).cmp(&folded)) {
        return Cow::Borrowed(MEASURES[at].1);
    }
    match CODES.iter().find(|code| code.eq_ignore_ascii_case(unit)) {
        Some(code) => Cow::Borrowed(code),
        None => Cow::Owned(singular(&folded).to_owned()),
    }
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(MEASURES.is_sorted_by_key(|(name, ..)| name));
        assert!(TIMES.is_sorted_by_key(|(name, ..)| name));
        assert!(CURRENCY_WORDS.is_sorted_by_key(|(name, ..)| name));
        assert!(CODES.is_sorted());
    }
}
