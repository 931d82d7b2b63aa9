//! Numbers as people and programs write them: `1,234.56`, `1.234,56`, `1 234`, `1e5`.

/// A number without its sign.
pub(crate) struct Number {
    pub end: usize,
    pub value: f64,
    /// Whether it is written as digits only.
    pub plain: bool,
    /// Its digits before the decimal mark.
    pub digits: usize,
}

fn digits(bytes: &[u8], at: usize) -> usize {
    bytes[at.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The separator of thousands at `at`, by its length in bytes.
fn blank(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b' ', ..]) => 1,
        Some([0xC2, 0xA0, ..]) => 2,
        Some([0xE2, 0x80, 0xAF | 0x89, ..]) => 3,
        _ => 0,
    }
}

/// Reads the number at `at`. `None` where the digits are part of something else, as in `10.0.0.1`.
/// A comma before one or two digits is a decimal mark only where `comma_decimal` says so: `[1,2]` has two numbers.
pub(crate) fn scan(bytes: &[u8], at: usize, comma_decimal: bool) -> Option<Number> {
    let first = digits(bytes, at);
    if first == 0 {
        return None;
    }
    let mut end = at + first;
    // Most numbers are digits only, with nothing behind them that could go on.
    if !matches!(bytes.get(end), Some(b',' | b'.' | b'\'' | b' ' | 0xC2 | 0xE2 | b'e' | b'E')) {
        return Some(Number { end, value: decimal(&bytes[at..end], &[]), plain: true, digits: first });
    }
    let mut whole = end;
    let mut fraction = None;
    let mut grouped = false;
    if first <= 3 && bytes[at] != b'0' {
        if let Some(to) = groups(bytes, end, b',') {
            (end, grouped) = (to, true);
        } else if let Some(to) = dot_groups(bytes, end) {
            (end, grouped) = (to, true);
            if bytes.get(end) == Some(&b',') && digits(bytes, end + 1) > 0 {
                fraction = Some(end + 1);
            }
        } else if let Some(to) = groups(bytes, end, b'\'').or_else(|| blank_groups(bytes, at, end)) {
            (end, grouped) = (to, true);
        }
        whole = end;
    }
    if fraction.is_none() {
        match bytes.get(end) {
            Some(b'.') if digits(bytes, end + 1) > 0 => fraction = Some(end + 1),
            Some(b',') if comma_decimal && !grouped && (1..=2).contains(&digits(bytes, end + 1)) => {
                fraction = Some(end + 1);
            }
            _ => {}
        }
    }
    if let Some(from) = fraction {
        end = from + digits(bytes, from);
        // `10.0.0.1`, `1.2.3`: a version or an address.
        if bytes.get(end) == Some(&b'.') && digits(bytes, end + 1) > 0 {
            return None;
        }
    }
    let mut value = decimal(&bytes[at..whole], fraction.map_or(&[][..], |from| &bytes[from..end]));
    let mut plain = fraction.is_none() && !grouped;
    if let Some((exponent, to)) = exponent(bytes, end) {
        value *= 10f64.powi(exponent);
        (end, plain) = (to, false);
    }
    Some(Number { end, value, plain, digits: first })
}

fn groups(bytes: &[u8], mut at: usize, mark: u8) -> Option<usize> {
    let mut last = 0;
    let mut any = false;
    while bytes.get(at) == Some(&mark) {
        let length = digits(bytes, at + 1);
        // 1,234,567 and the Indian 12,34,567.
        if length != 3 && !(length == 2 && mark == b',') {
            break;
        }
        (at, last, any) = (at + 1 + length, length, true);
    }
    (any && last == 3 && !bytes.get(at).is_some_and(u8::is_ascii_digit)).then_some(at)
}

/// `1.234.567` and `1.234,5`; a lone `1.234` is a decimal fraction.
fn dot_groups(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while bytes.get(at) == Some(&b'.') && digits(bytes, at + 1) == 3 {
        at += 4;
    }
    let count = (at - from) / 4;
    let decimals = bytes.get(at) == Some(&b',') && (1..=2).contains(&digits(bytes, at + 1));
    (count > 1 || (count == 1 && decimals)).then_some(at)
}

/// `1 234 567`, where no other number stands beside it as in a table.
fn blank_groups(bytes: &[u8], start: usize, from: usize) -> Option<usize> {
    let mut at = from;
    let mut plain = false;
    loop {
        let gap = blank(bytes, at);
        if gap == 0 || digits(bytes, at + gap) != 3 {
            break;
        }
        plain |= gap == 1;
        at += gap + 3;
    }
    if at == from || (plain && beside_number(bytes, start, at)) {
        return None;
    }
    Some(at)
}

fn beside_number(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = bytes[..start].iter().rev().find(|byte| !matches!(byte, b' '));
    let after = bytes[end..].iter().find(|byte| !matches!(byte, b' '));
    let numeric = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b':'))
    };
    numeric(before)
        || after.is_some_and(u8::is_ascii_digit)
        || bytes.get(end).is_some_and(|byte| matches!(byte, b'-' | b':' | b'/'))
}

fn exponent(bytes: &[u8], at: usize) -> Option<(i32, usize)> {
    if !matches!(bytes.get(at), Some(b'e' | b'E')) {
        return None;
    }
    let signed = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
    let from = at + 1 + signed;
    let length = digits(bytes, from);
    if length == 0 || length > 3 || bytes.get(from + length).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let size = decimal(&bytes[from..from + length], &[]) as i32;
    let negative = bytes[at + 1] == b'-';
    Some((if negative { -size } else { size }, from + length))
}

/// The powers of ten that a double holds exactly.
const POWERS: [f64; 23] = {
    let mut powers = [1.0; 23];
    let mut at = 1;
    while at < 23 {
        powers[at] = powers[at - 1] * 10.0;
        at += 1;
    }
    powers
};

/// The value of digits, whatever else stands between them.
pub(crate) fn decimal(whole: &[u8], fraction: &[u8]) -> f64 {
    /// So many digits are a whole number that a double holds exactly.
    const EXACT: usize = 14;
    if whole.len() + fraction.len() > EXACT {
        return long_decimal(whole, fraction);
    }
    let add = |mantissa: u64, byte: &u8| match byte {
        b'0'..=b'9' => mantissa * 10 + u64::from(byte - b'0'),
        _ => mantissa,
    };
    let mantissa = fraction.iter().fold(whole.iter().fold(0, add), add) as f64;
    match fraction.iter().filter(|byte| byte.is_ascii_digit()).count() {
        0 => mantissa,
        // Dividing keeps decimals exact to the last bit, as a parser would: 5.30 is 530 / 100.
        places => mantissa / POWERS[places],
    }
}

/// The same for any number of digits.
fn long_decimal(whole: &[u8], fraction: &[u8]) -> f64 {
    let mut mantissa = 0u64;
    let mut dropped = 0i32;
    let mut places = 0i32;
    for (byte, is_fraction) in
        whole.iter().map(|byte| (byte, false)).chain(fraction.iter().map(|byte| (byte, true)))
    {
        if !byte.is_ascii_digit() {
            continue;
        }
        if mantissa < 100_000_000_000_000 {
            mantissa = mantissa * 10 + u64::from(byte - b'0');
            places += i32::from(is_fraction);
        } else if !is_fraction {
            dropped += 1;
        }
    }
    let scale = dropped - places;
    if scale < 0 { mantissa as f64 / 10f64.powi(-scale) } else { mantissa as f64 * 10f64.powi(scale) }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn short_numbers_have_the_value_of_long_ones(whole in "[0-9, ]{0,9}", fraction in "[0-9]{0,5}") {
            let (whole, fraction) = (whole.as_bytes(), fraction.as_bytes());
            proptest::prop_assert_eq!(decimal(whole, fraction), long_decimal(whole, fraction));
        }
    }
}
