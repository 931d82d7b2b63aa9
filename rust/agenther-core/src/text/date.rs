//! Dates and times of day, in the ways people and programs write them.

use super::facts::{Fact, FactKind, class};

/// A date, whole or in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Date {
    /// The year.
    pub year: Option<i32>,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to 31.
    pub day: Option<u8>,
    /// 1 is Monday, where only that is said.
    pub weekday: Option<u8>,
    /// Whether month and day may be the other way round, as in `05/06/2024`.
    pub ambiguous: bool,
}

impl Date {
    /// Days since 1970-01-01, where the date is whole.
    pub fn days(self) -> Option<i64> {
        let (year, month, day) = (self.year?, self.month?, self.day?);
        Some(days_from_civil(i64::from(year), i64::from(month), i64::from(day)))
    }

    /// The date that a fact of kind date says.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (date, _) = match bytes.first()? {
            b'0'..=b'9' => digits_first(text, text.len(), 0)?,
            _ => word_first(text, text.len(), 0)?,
        };
        Some(date)
    }

    /// Whether both say the same as far as both say anything.
    pub fn agrees(self, other: Date) -> bool {
        fn fits<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
            a.zip(b).is_none_or(|(a, b)| a == b)
        }
        if self.weekday.is_some() || other.weekday.is_some() {
            return self.weekday == other.weekday;
        }
        let some_overlap = (self.year.is_some() && other.year.is_some())
            || (self.month.is_some() && other.month.is_some())
            || (self.day.is_some() && other.day.is_some());
        let as_written =
            fits(self.year, other.year) && fits(self.month, other.month) && fits(self.day, other.day);
        let turned = (self.ambiguous || other.ambiguous)
            && fits(self.year, other.year)
            && fits(self.month, other.day)
            && fits(self.day, other.month);
        some_overlap && (as_written || turned)
    }
}

/// Howard Hinnant's algorithm.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse: year, month and day of the days since 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Names of the months, January first.
#[rustfmt::skip]
pub const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
];
#[rustfmt::skip]
const WEEKDAYS: [&str; 7] = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
];

fn letters(bytes: &[u8], at: usize) -> &[u8] {
    let rest = &bytes[at.min(bytes.len())..];
    let length = rest.iter().take(10).take_while(|byte| byte.is_ascii_alphabetic()).count();
    &rest[..length]
}

/// The month that a word names, in full or by three letters.
fn month(word: &[u8]) -> Option<u8> {
    let at = position(word, |first| {
        Some(match first {
            b"jan" => 0,
            b"feb" => 1,
            b"mar" => 2,
            b"apr" => 3,
            b"may" => 4,
            b"jun" => 5,
            b"jul" => 6,
            b"aug" => 7,
            b"sep" => 8,
            b"oct" => 9,
            b"nov" => 10,
            b"dec" => 11,
            _ => return None,
        })
    })?;
    let known = word.len() == 3
        || word.eq_ignore_ascii_case(MONTHS[at].as_bytes())
        || word.eq_ignore_ascii_case(b"sept");
    known.then_some(at as u8 + 1)
}

fn weekday(word: &[u8]) -> Option<u8> {
    let at = position(word, |first| {
        Some(match first {
            b"mon" => 0,
            b"tue" => 1,
            b"wed" => 2,
            b"thu" => 3,
            b"fri" => 4,
            b"sat" => 5,
            b"sun" => 6,
            _ => return None,
        })
    })?;
    word.eq_ignore_ascii_case(WEEKDAYS[at].as_bytes()).then_some(at as u8 + 1)
}

/// What `by` makes of the first three letters of a word, in small letters: most words fail here.
fn position(word: &[u8], by: impl Fn(&[u8; 3]) -> Option<usize>) -> Option<usize> {
    let first = word.first_chunk::<3>()?;
    by(&first.map(|byte| byte | 0x20))
}

fn number(bytes: &[u8], at: usize, longest: usize) -> Option<(u32, usize)> {
    let rest = bytes.get(at..)?;
    let length = rest.iter().take(longest + 1).take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 || length > longest {
        return None;
    }
    let value = rest[..length].iter().fold(0, |value, byte| value * 10 + u32::from(byte - b'0'));
    Some((value, at + length))
}

fn year(bytes: &[u8], at: usize) -> Option<(i32, usize)> {
    let (value, end) = number(bytes, at, 4)?;
    let followed = bytes.get(end).is_some_and(|byte| byte.is_ascii_alphabetic());
    (end - at == 4 && (1000..=2999).contains(&value) && !followed).then_some((value as i32, end))
}

fn day(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let (value, end) = number(bytes, at, 2)?;
    (1..=31).contains(&value).then_some((value as u8, end))
}

fn skip(bytes: &[u8], at: usize, marks: &[u8]) -> usize {
    at + usize::from(bytes.get(at).is_some_and(|byte| marks.contains(byte)))
}

fn ordinal(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..at + 2) {
        Some(b"st" | b"nd" | b"rd" | b"th") => at + 2,
        _ => at,
    }
}

fn month_ok(value: u32) -> bool {
    (1..=12).contains(&value)
}

/// A date that begins with digits: `2024-05-20`, `05/20/2024`, `20.05.2024`, `20 May 2024`, `2024-05`.
fn digits_first(text: &str, end: usize, at: usize) -> Option<(Date, usize)> {
    let bytes = &text.as_bytes()[..end];
    year_first(bytes, at).or_else(|| numeric(bytes, at)).or_else(|| day_first(bytes, at))
}

fn year_first(bytes: &[u8], at: usize) -> Option<(Date, usize)> {
    let (first, mut to) = number(bytes, at, 4)?;
    if to - at != 4 || !(1000..=2999).contains(&first) {
        return None;
    }
    let mark = *bytes.get(to)?;
    if !matches!(mark, b'-' | b'/' | b'.') {
        return None;
    }
    let (second, after) = number(bytes, to + 1, 2)?;
    if !month_ok(second) {
        return None;
    }
    let mut date = Date { year: Some(first as i32), month: Some(second as u8), ..Date::default() };
    if bytes.get(after) == Some(&mark)
        && let Some((day, after)) = day(bytes, after + 1)
    {
        date.day = Some(day);
        to = after;
    } else if mark == b'-' && after - to == 3 && (1900..=2100).contains(&first) {
        to = after;
    } else {
        return None;
    }
    // A date may run on into its time, but not into another number or word.
    let timed = bytes.get(to) == Some(&b'T') && bytes.get(to + 1).is_some_and(u8::is_ascii_digit);
    let glued =
        bytes.get(to).is_some_and(|&byte| class::is_word(byte) || (byte == b'-' && date.day.is_none()));
    (timed || !glued).then_some((date, to))
}

fn numeric(bytes: &[u8], at: usize) -> Option<(Date, usize)> {
    let (first, to) = number(bytes, at, 2)?;
    let mark = *bytes.get(to)?;
    if !matches!(mark, b'/' | b'.' | b'-') {
        return None;
    }
    let (second, to) = number(bytes, to + 1, 2)?;
    if bytes.get(to) != Some(&mark) {
        return None;
    }
    let (last, after) = number(bytes, to + 1, 4)?;
    let long = after - to == 5;
    if !(long && (1000..=2999).contains(&last) || after - to == 3 && mark == b'/') {
        return None;
    }
    if bytes.get(after).is_some_and(|&byte| class::is_word(byte) || byte == mark) {
        return None;
    }
    // Dots are written day first; slashes month first unless the number says otherwise.
    let swapped = mark == b'.' || first > 12;
    let (month, day) = if swapped { (second, first) } else { (first, second) };
    if !month_ok(month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if long { last as i32 } else { 2000 + last as i32 - if last > 68 { 100 } else { 0 } };
    let ambiguous = mark != b'.' && first <= 12 && second <= 12 && first != second;
    Some((
        Date { year: Some(year), month: Some(month as u8), day: Some(day as u8), ambiguous, weekday: None },
        after,
    ))
}

fn day_first(bytes: &[u8], at: usize) -> Option<(Date, usize)> {
    let (day, to) = day(bytes, at)?;
    let mut to = ordinal(bytes, to);
    if bytes.get(to..to + 4) == Some(b" of ") {
        to += 4;
    } else {
        let from = to;
        to = skip(bytes, skip(bytes, to, b"."), b" -");
        if to == from {
            return None;
        }
    }
    let word = letters(bytes, to);
    // `20 may be`: a month in small letters needs its year.
    let month = month(word)?;
    let capital = word[0].is_ascii_uppercase();
    let to = to + word.len();
    let dotted = skip(bytes, to, b".");
    let gap = skip(bytes, skip(bytes, dotted, b","), b" -");
    match year(bytes, gap) {
        Some((year, end)) if gap > to => {
            Some((Date { year: Some(year), month: Some(month), day: Some(day), ..Date::default() }, end))
        }
        _ if !capital => None,
        _ => Some((Date { month: Some(month), day: Some(day), ..Date::default() }, to)),
    }
}

/// A date that begins with a word: `May 20, 2024`, `May 20th`, `May 2024`, `June`, `Monday`.
fn word_first(text: &str, end: usize, at: usize) -> Option<(Date, usize)> {
    let bytes = &text.as_bytes()[..end];
    let word = letters(bytes, at);
    if word.len() < 3 || bytes.get(at + word.len()).is_some_and(|&byte| class::is_word(byte)) {
        return None;
    }
    let capital = word[0].is_ascii_uppercase();
    if let Some(weekday) = weekday(word) {
        let date = Date { weekday: Some(weekday), ..Date::default() };
        return capital.then_some((date, at + word.len()));
    }
    let month = month(word)?;
    let to = at + word.len();
    let gap = skip(bytes, skip(bytes, to, b"."), b" ");
    if gap > to
        && let Some((day, after)) = day(bytes, gap)
    {
        let day_end = ordinal(bytes, after);
        if bytes.get(day_end).is_some_and(|&byte| class::is_word(byte) || byte == b':') {
            return None;
        }
        let date = Date { month: Some(month), day: Some(day), ..Date::default() };
        let comma = skip(bytes, skip(bytes, day_end, b","), b" ");
        return Some(match year(bytes, comma) {
            Some((year, end)) if comma > day_end => (Date { year: Some(year), ..date }, end),
            _ => (date, day_end),
        });
    }
    let comma = skip(bytes, skip(bytes, gap, b","), b" ");
    if comma > to
        && let Some((year, end)) = year(bytes, comma)
    {
        return Some((Date { year: Some(year), month: Some(month), ..Date::default() }, end));
    }
    // Alone, `May` and `March` are mostly verbs, and `Mar`, `Sep`, `Jan` are names.
    let alone = capital && word.len() > 3 && !matches!(month, 3 | 5);
    alone.then_some((Date { month: Some(month), ..Date::default() }, to))
}

fn fact<'a>(text: &'a str, start: usize, (date, end): (Date, usize)) -> Fact<'a> {
    let fact = Fact::new(text, FactKind::Date, start, end);
    Fact { value: date.days().map(|days| days as f64), ..fact }
}

/// For the first letter of a word, in the five bits that small and capital letters share, the second letters of the
/// names of months and weekdays that begin with it.
const SECOND_LETTERS: [u32; 32] = {
    let mut table = [0; 32];
    let names = [
        b"ja", b"fe", b"ma", b"ap", b"ju", b"au", b"se", b"oc", b"no", b"de", b"mo", b"tu", b"we", b"th",
        b"fr", b"sa", b"su",
    ];
    let mut at = 0;
    while at < names.len() {
        table[(names[at][0] & 31) as usize] |= 1 << (names[at][1] & 31);
        at += 1;
    }
    table
};

/// Whether the two bytes at `at` may begin the name of a month or a weekday: those of most words do not.
pub(super) fn may_begin(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at..) {
        Some([first, second, ..]) => SECOND_LETTERS[usize::from(first & 31)] & 1 << (second & 31) != 0,
        _ => false,
    }
}

/// Whether the digits that `text` begins with may be those of a date, and of a time, by their number and what follows.
pub(super) fn follow(text: &[u8]) -> (bool, bool) {
    let length = text.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
    match (length, text.get(length)) {
        (4, Some(b'-' | b'/' | b'.')) => (true, false),
        (1 | 2, Some(b' ')) => (true, true),
        (1 | 2, Some(b'/' | b'.' | b'-' | b's' | b'n' | b'r' | b't')) => (true, false),
        (1 | 2, Some(b':' | b'a' | b'A' | b'p' | b'P')) => (false, true),
        _ => (false, false),
    }
}

/// The date at the digits at `at`.
pub(super) fn from_digits<'a>(text: &'a str, end: usize, at: usize) -> Option<Fact<'a>> {
    digits_first(text, end, at).map(|found| fact(text, at, found))
}

/// The date at the word at `at`.
pub(super) fn from_month<'a>(text: &'a str, end: usize, at: usize) -> Option<Fact<'a>> {
    let start = text.as_bytes()[at..end].first_chunk::<3>()?;
    month(start).or_else(|| {
        position(start, |first| {
            matches!(first, b"mon" | b"tue" | b"wed" | b"thu" | b"fri" | b"sat" | b"sun").then_some(0)
        })
        .map(|_| 0)
    })?;
    word_first(text, end, at).map(|found| fact(text, at, found))
}

/// The time of day at `at`: `14:05`, `14:05:33.5Z`, `3 pm`, `3:30 p.m.`; the `T` of a date may precede it.
pub(super) fn time<'a>(text: &'a str, end: usize, at: usize) -> Option<Fact<'a>> {
    let bytes = &text.as_bytes()[..end];
    let (hour, mut to) = number(bytes, at, 2)?;
    let mut seconds = 0.0;
    let colon = bytes.get(to) == Some(&b':');
    if colon {
        let (minutes, after) = sixtieth(bytes, to)?;
        seconds = minutes * 60.0;
        to = after;
        if let Some((value, after)) = sixtieth(bytes, to) {
            seconds += value;
            to = after;
            if bytes.get(to) == Some(&b'.') && bytes.get(to + 1).is_some_and(u8::is_ascii_digit) {
                to += 1 + bytes[to + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            }
        }
    }
    let half = half(bytes, to);
    let hour = match half {
        Some((_, pm)) if (1..=12).contains(&hour) => hour % 12 + if pm { 12 } else { 0 },
        None if colon && hour <= 24 => hour,
        _ => return None,
    };
    let to = match half {
        Some((to, _)) => to,
        None => zone(bytes, to),
    };
    if bytes.get(to).is_some_and(|&byte| class::is_word(byte) || byte == b':') {
        return None;
    }
    Some(Fact::new(text, FactKind::Time, at, to).with_value(f64::from(hour) * 3600.0 + seconds))
}

/// `:05`: minutes or seconds, and where they end.
fn sixtieth(bytes: &[u8], at: usize) -> Option<(f64, usize)> {
    if bytes.get(at) != Some(&b':') {
        return None;
    }
    let (value, end) = number(bytes, at + 1, 2)?;
    (end == at + 3 && value < 60).then_some((f64::from(value), end))
}

/// `am`, `p.m.`: where it ends, and whether it is afternoon.
fn half(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    let from = skip(bytes, at, b" ");
    let pm = match bytes.get(from)? {
        b'a' | b'A' => false,
        b'p' | b'P' => true,
        _ => return None,
    };
    let dotted = skip(bytes, from + 1, b".");
    if !matches!(bytes.get(dotted), Some(b'm' | b'M')) {
        return None;
    }
    let to = dotted + 1;
    if bytes.get(to).is_some_and(|&byte| class::is_word(byte)) {
        return None;
    }
    Some((if dotted > from + 1 { skip(bytes, to, b".") } else { to }, pm))
}

/// Past `Z` or `+02:00`.
fn zone(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'Z') => at + 1,
        Some(b'+' | b'-') => match number(bytes, at + 1, 2) {
            Some((_, to)) if to == at + 3 && bytes.get(to) == Some(&b':') => {
                number(bytes, to + 1, 2).map_or(at, |(_, end)| end)
            }
            _ => at,
        },
        _ => at,
    }
}
