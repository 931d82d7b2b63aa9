//! Numbers with what they count: money, shares, measures, lengths of time.

use super::facts::{Fact, FactKind, class};
use super::number::{self, Number};
use super::unit::{self, Class};

/// Whether the letter at `at` may begin a currency: `US$`, `EUR`, `Rs`. Beyond ASCII it may.
pub(super) fn may_be_currency(bytes: &[u8], at: usize) -> bool {
    !bytes[at].is_ascii()
        || bytes.get(at + 1).is_some_and(|next| next.is_ascii_uppercase() || matches!(next, b'$' | b's'))
}

/// Whether a byte after a number may begin what it counts.
fn may_begin_unit(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii() || matches!(byte, b' ' | b'-' | b'/' | b'%' | b'$')
}

/// Reads an amount. `start` is where it begins, sign included; `at` is the digit, currency sign or
/// currency word after the sign.
pub(super) fn scan<'a>(text: &'a str, end: usize, start: usize, at: usize) -> Option<Fact<'a>> {
    let bytes = &text.as_bytes()[..end];
    let mut sign = if at > start && bytes[start] != b'+' { -1.0 } else { 1.0 };
    let currency = prefix(text, end, at);
    let mut from = currency.map_or(at, |(_, after)| after);
    if currency.is_some() && bytes.get(from) == Some(&b'-') {
        (sign, from) = (-1.0, from + 1);
    }
    let number = number::scan(bytes, from, currency.is_some() || decimal_comma(text, end, from))?;
    let mut fact = Fact::new(text, FactKind::Number, start, number.end);
    fact.value = Some(sign * number.value);
    if let Some((unit, _)) = currency {
        fact.kind = FactKind::Money;
        fact.unit = Some(unit);
    }
    if !bytes.get(number.end).copied().is_some_and(may_begin_unit) {
        return ends_cleanly(bytes, &fact, from).then_some(fact);
    }
    let fact = multiplied(text, end, fact);
    let fact = if currency.is_some() { fact } else { measured(text, end, fact, &number)? };
    let fact =
        if matches!(fact.kind, FactKind::Money | FactKind::Quantity) { per(text, end, fact) } else { fact };
    ends_cleanly(bytes, &fact, from).then_some(fact)
}

/// A currency before its number: `$`, `US$`, `€`, `EUR `, `Rs. `; and where the number begins.
fn prefix(text: &str, end: usize, at: usize) -> Option<(&str, usize)> {
    let rest = &text[at..end];
    let sign = unit::currency_sign(rest)?;
    let mut after = at + sign;
    for _ in 0..2 {
        match text.as_bytes()[..end].get(after..) {
            Some([b' ', ..]) => after += 1,
            Some([0xC2, 0xA0, ..]) => after += 2,
            _ => {}
        }
    }
    let next = *text.as_bytes()[..end].get(after)?;
    (next.is_ascii_digit() || next == b'-').then_some((&text[at..at + sign], after))
}

/// Whether `3,5` at `from` is one number: only a unit right after tells it from a list.
fn decimal_comma(text: &str, end: usize, from: usize) -> bool {
    let bytes = &text.as_bytes()[..end];
    let mut at = from;
    let mut commas = 0;
    while at < end.min(from + 24) && (bytes[at].is_ascii_digit() || bytes[at] == b',') {
        commas += usize::from(bytes[at] == b',');
        at += 1;
    }
    commas == 1 && following(text, end, at, false).is_some()
}

/// `5 million`, `$2.5k`, `$3bn`.
fn multiplied<'a>(text: &'a str, end: usize, fact: Fact<'a>) -> Fact<'a> {
    let at = fact.end();
    let spaced = usize::from(text.as_bytes()[..end].get(at) == Some(&b' '));
    let word = unit::word(text, end, at + spaced);
    let Some(factor) = unit::magnitude(word, spaced == 1, fact.kind == FactKind::Money) else { return fact };
    let to = at + spaced + word.len();
    if text.as_bytes()[..end].get(to).is_some_and(|&byte| class::is_word(byte)) {
        return fact;
    }
    Fact { value: fact.value.map(|value| value * factor), ..extended(text, fact, to) }
}

fn extended<'a>(text: &'a str, fact: Fact<'a>, end: usize) -> Fact<'a> {
    let longer = Fact::new(text, fact.kind, fact.span.start as usize, end);
    Fact { span: longer.span, text: longer.text, ..fact }
}

/// The unit after a number, where it ends and what class it has.
fn following(text: &str, end: usize, at: usize, magnified: bool) -> Option<(Class, usize, usize)> {
    let bytes = &text.as_bytes()[..end];
    let gap = match bytes.get(at..)? {
        [b' ' | b'-', ..] => 1,
        [0xC2, 0xA0, ..] => 2,
        [0xE2, 0x80, 0xAF, ..] => 3,
        _ => 0,
    };
    let from = at + gap;
    let class = |word: &str| unit::classify(word, gap > 0 || magnified);
    let word = unit::word(text, end, from);
    // `km/h`, `m/s`, `l/100km` are units of their own; a longer match comes first.
    let compound = compound(text, end, from, word.len());
    compound.into_iter().chain([word.len()]).filter(|length| *length > 0).find_map(|length| {
        let found = class(&text[from..from + length])?;
        // A hyphen joins only words that read on: `3-day`, not `5-m`.
        let hyphen = bytes[at] == b'-';
        let joined = bytes.get(from + length).is_some_and(|&byte| class::is_word(byte));
        (!(hyphen && length < 3) && (!joined || matches!(found, Class::Duration(_)))).then_some((
            found,
            from,
            from + length,
        ))
    })
}

fn compound(text: &str, end: usize, from: usize, first: usize) -> Option<usize> {
    (first > 0 && text.as_bytes()[..end].get(from + first) == Some(&b'/')).then(|| {
        let second = unit::word(text, end, from + first + 1).len();
        first + 1 + second
    })
}

fn measured<'a>(text: &'a str, end: usize, fact: Fact<'a>, number: &Number) -> Option<Fact<'a>> {
    let bytes = &text.as_bytes()[..end];
    let at = fact.end();
    // `1st`, `1940s`: an ordinal, a decade.
    let word = unit::word(text, end, at);
    if number.plain
        && (unit::is_ordinal(word) || (word == "s" && number.digits == 4 && bytes[at - 1] == b'0'))
    {
        return Some(extended(text, fact, at + word.len()));
    }
    let Some((found, from, to)) = following(text, end, at, number.end < at) else { return Some(fact) };
    let fact = Fact { unit: Some(&text[from..to]), ..extended(text, fact, to) };
    Some(match found {
        Class::Percent => Fact { kind: FactKind::Percent, ..fact },
        Class::Currency(factor) => {
            Fact { kind: FactKind::Money, value: fact.value.map(|value| value * factor), ..fact }
        }
        Class::Measure => Fact { kind: FactKind::Quantity, ..fact },
        Class::Duration(seconds) => {
            let fact =
                Fact { kind: FactKind::Duration, value: fact.value.map(|value| value * seconds), ..fact };
            durations(text, end, fact, seconds)
        }
    })
}

/// The rest of `2h 15m`, `2 hours and 15 minutes`, `1h30`: ever smaller units of time.
fn durations<'a>(text: &'a str, end: usize, mut fact: Fact<'a>, mut seconds: f64) -> Fact<'a> {
    let bytes = &text.as_bytes()[..end];
    loop {
        let mut at = fact.end();
        let rest = &text[at..end];
        at += [", and ", " and ", ", ", " "]
            .iter()
            .find(|gap| rest.starts_with(**gap))
            .map_or(0, |gap| gap.len());
        let Some(number) = number::scan(bytes, at, false).filter(|number| number.plain && number.digits <= 3)
        else {
            return fact;
        };
        let spaced = usize::from(bytes.get(number.end) == Some(&b' '));
        let word = unit::word(text, end, number.end + spaced);
        let smaller = match unit::classify(word, spaced == 1) {
            Some(Class::Duration(smaller)) => smaller,
            // After hours, `m` is minutes.
            Some(Class::Measure) if word == "m" => 60.0,
            _ => return fact,
        };
        let to = number.end + spaced + word.len();
        if smaller >= seconds || bytes.get(to).is_some_and(u8::is_ascii_alphabetic) {
            return fact;
        }
        let value = fact.value.map(|value| value + number.value * smaller);
        fact = Fact { value, ..extended(text, fact, to) };
        seconds = smaller;
    }
}

/// `$5.30/kg`, `$6 per kg`, `€3 a night`.
fn per<'a>(text: &'a str, end: usize, fact: Fact<'a>) -> Fact<'a> {
    let at = fact.end();
    let rest = &text[at..end];
    let words: &[&str] =
        if fact.kind == FactKind::Money { &["/", " / ", " per ", " a ", " an "] } else { &["/", " per "] };
    let Some(gap) = words.iter().find(|gap| rest.starts_with(**gap)) else { return fact };
    let from = at + gap.len();
    let word = unit::word(text, end, from);
    // `a` and `an` count per something only where that is a unit of time: `$90 a night`.
    let counted = !gap.starts_with(" a") || matches!(unit::classify(word, true), Some(Class::Duration(_)));
    if word.is_empty() || !counted {
        return fact;
    }
    Fact { per: Some(word), ..extended(text, fact, from + word.len()) }
}

/// A bare number with the unit that its key names: `"price_usd": 5`, `"Weight (kg)": 3`.
pub(super) fn under_key<'a>(fact: Fact<'a>, key: &'a str) -> Fact<'a> {
    let Some(word) = last_word(key) else { return fact };
    let unit = Some(word);
    match unit::of_key(word) {
        Some(Class::Percent) => Fact { kind: FactKind::Percent, unit, ..fact },
        Some(Class::Currency(_)) => Fact { kind: FactKind::Money, unit, ..fact },
        Some(Class::Measure) => Fact { kind: FactKind::Quantity, unit, ..fact },
        Some(Class::Duration(seconds)) => {
            Fact { kind: FactKind::Duration, unit, value: fact.value.map(|value| value * seconds), ..fact }
        }
        None => fact,
    }
}

fn last_word(key: &str) -> Option<&str> {
    if !key.is_ascii() {
        return key.rsplit(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
    }
    let bytes = key.as_bytes();
    let end = bytes.iter().rposition(u8::is_ascii_alphanumeric)? + 1;
    let start = bytes[..end].iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    Some(&key[start..end])
}

/// Whether the fact is not the beginning of something longer: `4x4`, `737MAX`, `3-F`, `12:4`.
fn ends_cleanly(bytes: &[u8], fact: &Fact<'_>, from: usize) -> bool {
    let end = fact.end();
    let glued = |byte: u8| class::is_word(byte) && byte < 0x80;
    if bytes.get(end).is_some_and(|&byte| glued(byte)) {
        return false;
    }
    // Digits joined by more than one hyphen are a telephone number or the like.
    if fact.kind == FactKind::Number && bytes.get(end) == Some(&b'-') {
        return !super::identifier::is_hyphenated(bytes, from);
    }
    // A leading zero is kept by what is a name, not a count: `00123`.
    !(fact.kind == FactKind::Number
        && bytes[from] == b'0'
        && bytes[from..end].len() > 1
        && bytes[from..end].iter().all(u8::is_ascii_digit))
}
