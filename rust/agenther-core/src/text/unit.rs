//! Units of measure, of time and of money: what stands after a number.

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

const CURRENCY_WORDS: &[(&str, &str, f64)] = &[
    ("dollar", "USD", 1.0),
    ("dollars", "USD", 1.0),
    ("bucks", "USD", 1.0),
    ("cent", "USD", 0.01),
    ("cents", "USD", 0.01),
    ("euro", "EUR", 1.0),
    ("euros", "EUR", 1.0),
    ("yen", "JPY", 1.0),
    ("yuan", "CNY", 1.0),
    ("rupee", "INR", 1.0),
    ("rupees", "INR", 1.0),
    ("francs", "CHF", 1.0),
    ("pesos", "MXN", 1.0),
];

/// The units of measure: as written, its canonical name, whether it may stand apart from its number.
const MEASURES: &[(&str, &str, bool)] = &[
    ("kg", "kg", true),
    ("kgs", "kg", true),
    ("kilo", "kg", true),
    ("kilos", "kg", true),
    ("kilogram", "kg", true),
    ("kilograms", "kg", true),
    ("g", "g", true),
    ("gram", "g", true),
    ("grams", "g", true),
    ("mg", "mg", true),
    ("mcg", "mcg", true),
    ("µg", "mcg", true),
    ("t", "t", false),
    ("ton", "t", true),
    ("tons", "t", true),
    ("tonne", "t", true),
    ("tonnes", "t", true),
    ("lb", "lb", true),
    ("lbs", "lb", true),
    ("oz", "oz", true),
    ("ounce", "oz", true),
    ("ounces", "oz", true),
    ("km", "km", true),
    ("kms", "km", true),
    ("kilometer", "km", true),
    ("kilometers", "km", true),
    ("kilometre", "km", true),
    ("kilometres", "km", true),
    ("m", "m", true),
    ("meter", "m", true),
    ("meters", "m", true),
    ("metre", "m", true),
    ("metres", "m", true),
    ("cm", "cm", true),
    ("mm", "mm", true),
    ("nm", "nm", true),
    ("mi", "mi", true),
    ("mile", "mi", true),
    ("miles", "mi", true),
    ("ft", "ft", true),
    ("foot", "ft", true),
    ("feet", "ft", true),
    ("inch", "inch", true),
    ("inches", "inch", true),
    ("yd", "yd", true),
    ("yards", "yd", true),
    ("acres", "acre", true),
    ("hectares", "ha", true),
    ("ha", "ha", true),
    ("m2", "m²", true),
    ("m²", "m²", true),
    ("km2", "km²", true),
    ("km²", "km²", true),
    ("m3", "m³", true),
    ("m³", "m³", true),
    ("sqft", "sqft", true),
    ("b", "byte", false),
    ("byte", "byte", true),
    ("bytes", "byte", true),
    ("bit", "bit", true),
    ("bits", "bit", true),
    ("kb", "kb", true),
    ("mb", "mb", true),
    ("gb", "gb", true),
    ("tb", "tb", true),
    ("pb", "pb", true),
    ("kib", "kib", true),
    ("mib", "mib", true),
    ("gib", "gib", true),
    ("tib", "tib", true),
    ("kbps", "kbps", true),
    ("mbps", "mbps", true),
    ("gbps", "gbps", true),
    ("mb/s", "mb/s", true),
    ("gb/s", "gb/s", true),
    ("kb/s", "kb/s", true),
    ("hz", "hz", true),
    ("khz", "khz", true),
    ("mhz", "mhz", true),
    ("ghz", "ghz", true),
    ("w", "w", true),
    ("kw", "kw", true),
    ("mw", "mw", true),
    ("kwh", "kwh", true),
    ("wh", "wh", true),
    ("v", "v", true),
    ("volts", "v", true),
    ("watts", "w", true),
    ("mah", "mah", true),
    ("l", "l", true),
    ("ml", "ml", true),
    ("cl", "cl", true),
    ("liter", "l", true),
    ("liters", "l", true),
    ("litre", "l", true),
    ("litres", "l", true),
    ("gal", "gal", true),
    ("gallon", "gal", true),
    ("gallons", "gal", true),
    ("cups", "cup", true),
    ("tbsp", "tbsp", true),
    ("tsp", "tsp", true),
    ("cal", "cal", true),
    ("kcal", "kcal", true),
    ("calories", "cal", true),
    ("kj", "kj", true),
    ("mph", "mph", true),
    ("km/h", "km/h", true),
    ("kmh", "km/h", true),
    ("kph", "km/h", true),
    ("m/s", "m/s", true),
    ("mpg", "mpg", true),
    ("rpm", "rpm", true),
    ("fps", "fps", true),
    ("dpi", "dpi", true),
    ("ppm", "ppm", true),
    ("px", "px", true),
    ("mp", "mp", true),
    ("db", "db", true),
    ("hp", "hp", true),
    ("psi", "psi", true),
    ("hpa", "hpa", true),
    ("mbar", "mbar", true),
    ("°", "°", true),
    ("°c", "°c", true),
    ("°f", "°f", true),
    ("degrees", "°", true),
    ("pts", "pt", true),
    ("points", "point", true),
    ("stars", "star", true),
    ("pp", "pp", true),
];

const TIMES: &[(&str, f64)] = &[
    ("ns", 1e-9),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("ms", 1e-3),
    ("msec", 1e-3),
    ("milliseconds", 1e-3),
    ("s", 1.0),
    ("sec", 1.0),
    ("secs", 1.0),
    ("second", 1.0),
    ("seconds", 1.0),
    ("min", 60.0),
    ("mins", 60.0),
    ("minute", 60.0),
    ("minutes", 60.0),
    ("h", 3600.0),
    ("hr", 3600.0),
    ("hrs", 3600.0),
    ("hour", 3600.0),
    ("hours", 3600.0),
    ("d", 86_400.0),
    ("day", 86_400.0),
    ("days", 86_400.0),
    ("night", 86_400.0),
    ("nights", 86_400.0),
    ("wk", 604_800.0),
    ("week", 604_800.0),
    ("weeks", 604_800.0),
    ("mo", MONTH),
    ("month", MONTH),
    ("months", MONTH),
    ("yr", YEAR),
    ("yrs", YEAR),
    ("year", YEAR),
    ("years", YEAR),
    ("decades", 10.0 * YEAR),
];

/// The longest word that can be a unit.
const LONGEST: usize = 12;

/// The word at `at` that may be a unit: letters and the signs `%`, `°`, `µ`, `²`, `€`.
pub(super) fn word(text: &str, end: usize, at: usize) -> &str {
    let Some(rest) = text.get(at..end) else { return "" };
    let mut length = 0;
    for c in rest.chars() {
        let part = c.is_alphabetic() || matches!(c, '°' | 'µ' | '²' | '³');
        if !part {
            // A sign stands alone.
            if length == 0 && (matches!(c, '%' | '％') || is_sign(c)) {
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
    SIGNS.iter().any(|(sign, _)| sign.chars().eq([c]))
}

/// The class of a word after a number; `apart` where something stands between.
pub(super) fn classify(word: &str, apart: bool) -> Option<Class> {
    let mut folded = [0u8; LONGEST + 4];
    if word.is_empty() || word.len() > folded.len() {
        return None;
    }
    if CODES.contains(&word) || word.chars().next().is_some_and(is_sign) {
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
    if let Some((_, seconds)) = TIMES.iter().find(|(name, _)| *name == folded) {
        return (!(apart && single && word == "d")).then_some(Class::Duration(*seconds));
    }
    if let Some((_, _, factor)) = CURRENCY_WORDS.iter().find(|(name, ..)| *name == folded) {
        return Some(Class::Currency(*factor));
    }
    let (_, _, may_stand_apart) = MEASURES.iter().find(|(name, ..)| *name == folded)?;
    (!apart || *may_stand_apart).then_some(Class::Measure)
}

/// Units that the last word of a key may name. `min`, `year` and the like are left out: `price_min`, `birth_year`.
#[rustfmt::skip]
const KEY_UNITS: &[&str] = &[
    "usd", "eur", "gbp", "jpy", "inr", "percent", "pct", "kg", "kgs", "km", "cm", "mm", "lbs", "bytes", "kb", "mb", "gb", "tb",
    "kwh", "mph", "miles", "meters", "ms", "msec", "secs", "seconds", "mins", "minutes", "hrs", "hours", "days", "weeks", "ml",
];

/// The class of a unit that ends a key.
pub(super) fn of_key(word: &str) -> Option<Class> {
    let known = KEY_UNITS.iter().find(|known| word.eq_ignore_ascii_case(known))?;
    if CODES.iter().any(|code| code.eq_ignore_ascii_case(known)) {
        Some(Class::Currency(1.0))
    } else {
        classify(known, true)
    }
}

/// The bytes of the currency sign or code that `rest` begins with.
pub(super) fn currency_sign(rest: &str) -> Option<usize> {
    let first = *rest.as_bytes().first()?;
    if !(first == b'$' || first >= 0xC2 || first.is_ascii_uppercase()) {
        return None;
    }
    if let Some((sign, _)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
        return Some(sign.len());
    }
    let length = rest.bytes().take(5).take_while(u8::is_ascii_uppercase).count();
    (matches!(length, 3 | 4) && CODES.contains(&&rest[..length])).then_some(length)
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
pub(super) fn canonical(unit: &str) -> String {
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| *sign == unit) {
        return (*code).to_owned();
    }
    let folded = unit.to_lowercase();
    if matches!(folded.as_str(), "％" | "percent" | "pct") {
        return "%".to_owned();
    }
    if let Some((_, code, _)) = CURRENCY_WORDS.iter().find(|(name, ..)| *name == folded) {
        return (*code).to_owned();
    }
    if let Some((_, name, _)) = MEASURES.iter().find(|(name, ..)| *name == folded) {
        return (*name).to_owned();
    }
    match CODES.iter().find(|code| code.eq_ignore_ascii_case(unit)) {
        Some(code) => (*code).to_owned(),
        None => singular(&folded).to_owned(),
    }
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word)
}
