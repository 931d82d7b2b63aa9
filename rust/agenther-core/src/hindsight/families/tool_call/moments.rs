//! Moments as programs write them: seconds since 1970, dates without marks. They are read as the dates that people write.

use std::borrow::Cow;

use super::given::Given;
use super::roles::{is_clock, is_date};
use crate::signals::effect;
use crate::text::date::civil_from_days;

/// Seconds since 1970 that are moments of this century.
const SECONDS: std::ops::Range<f64> = 1.0e9..2.2e9;

/// The value under a key as an ISO date, where it is a moment that only programs read.
pub fn dated<'v>(key: &str, value: &'v str) -> Cow<'v, str> {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    if value.len() < 8 || !value.bytes().take(8).all(is_digit) || !is_timely(key) {
        return Cow::Borrowed(value);
    }
    let seconds = || from_seconds(value).filter(|_| !may_be_number(key));
    unmarked(value).or_else(seconds).map_or(Cow::Borrowed(value), Cow::Owned)
}

/// Whether a value is a moment that serves as an identifier, and is none to ask for: `1741872011.551019`.
pub fn is_stamp(value: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    value
        .split_once('.')
        .is_some_and(|(seconds, rest)| seconds.len() == 10 && is_digits(seconds) && is_digits(rest))
}

/// Whether a key is for moments: `created_at`, `startTs`.
fn is_timely(key: &str) -> bool {
    const LAST: &[&str] = &[
        "timestamp",
        "ts",
        "time",
        "at",
        "date",
        "day",
        "created",
        "updated",
        "modified",
        "start",
        "end",
        "seen",
        "expires",
        "expiry",
        "due",
        "since",
        "until",
        "after",
        "before",
        "posted",
        "published",
        "on",
        "from",
        "to",
    ];
    let last = effect::words(key).last().unwrap_or("");
    LAST.iter().any(|known| last.eq_ignore_ascii_case(known))
}

/// Whether a key may as well be for a telephone or an account: `to`, `from`, `sent_to`.
fn may_be_number(key: &str) -> bool {
    let last = effect::words(key).last().unwrap_or("");
    ["to", "from", "on"].iter().any(|known| last.eq_ignore_ascii_case(known))
        || key.eq_ignore_ascii_case("at")
}

/// `20250402` as `2025-04-02`, `20250414T101533` as `2025-04-14 10:15`.
fn unmarked(value: &str) -> Option<String> {
    let number = |from: usize, to: usize| value.get(from..to)?.parse::<u32>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    if !(1900..2100).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let date = format!("{year}-{month:02}-{day:02}");
    match value.get(8..) {
        Some("") => Some(date),
        Some(time) if time.starts_with('T') && time.len() >= 5 => {
            let (hour, minute) = (number(9, 11)?, number(11, 13)?);
            (hour < 24 && minute < 60).then(|| format!("{date} {hour:02}:{minute:02}"))
        }
        _ => None,
    }
}

/// `1742302800` as `2025-03-18 13:00`, and so its thousandfold.
fn from_seconds(value: &str) -> Option<String> {
    let number: f64 = value.parse().ok()?;
    let seconds = if SECONDS.contains(&(number / 1e3)) { number / 1e3 } else { number };
    if !SECONDS.contains(&seconds) {
        return None;
    }
    let minutes = seconds as i64 / 60;
    let (year, month, day) = civil_from_days(minutes / 1_440);
    let (hour, minute) = (minutes % 1_440 / 60, minutes % 60);
    Some(format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"))
}

/// A day and the time of it in parameters of their own: `pickup_date` and `pickup_time` are one moment.
pub fn with_clock(mut given: Vec<Given>) -> Vec<Given> {
    let part_of = |given: &Given, part: &str| {
        let mut words: Vec<String> = effect::words(&given.name).map(str::to_ascii_lowercase).collect();
        (given.values.len() == 1 && words.len() > 1 && words.pop().as_deref() == Some(part)).then_some(words)
    };
    let is_time = |given: &Given| is_clock(&given.values[0]) && part_of(given, "time").is_some();
    while let Some(time) = given.iter().position(|given| !given.values.is_empty() && is_time(given)) {
        let whose = part_of(&given[time], "time");
        let day = given.iter().position(|given| part_of(given, "date") == whose);
        let Some(day) = day.filter(|&day| is_date(&given[day].values[0])) else { break };
        given[day].values = vec![format!("{} {:0>5}", given[day].values[0], given[time].values[0])];
        given.remove(time);
    }
    given
}

#[cfg(test)]
mod tests {
    use super::{dated, is_stamp};

    #[test]
    fn telephone_numbers_are_no_moments() {
        for key in ["to", "from", "sent_to"] {
            assert_eq!(dated(key, "2125551234"), "2125551234", "{key}");
        }
        assert_eq!(dated("created_at", "1742302800"), "2025-03-18 13:00");
    }

    #[test]
    fn moments_of_programs_are_dates() {
        for (key, value, date) in [
            ("reminder_timestamp", "1742302800.0", "2025-03-18 13:00"),
            ("created", "1742302800", "2025-03-18 13:00"),
            ("internalDate", "1714723200000", "2024-05-03 08:00"),
            ("last_seen", "951782400", "951782400"),
            ("created", "20250402", "2025-04-02"),
            ("approvedAt", "20250414T101533", "2025-04-14 10:15"),
            ("created", "20259902", "20259902"),
            ("account_number", "1742302800", "1742302800"),
            ("date", "2025-04-02", "2025-04-02"),
        ] {
            assert_eq!(dated(key, value), date, "{key} {value}");
        }
        assert!(is_stamp("1741872011.551019") && !is_stamp("1742302800") && !is_stamp("12.50"));
    }
}
