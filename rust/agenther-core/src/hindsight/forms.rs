//! How else people write a value: a date in words, a number with grouping, a time with am and pm.

use std::rc::Rc;

use crate::text::date::MONTHS;
use crate::text::memo::Memo;
use crate::text::needles::find;

/// How else people write a value: a date in words, a number with grouping, a time with am and pm.
pub(crate) fn other_forms(value: &str) -> Rc<[String]> {
    thread_local! {
        /// A run has few dates, in many places.
        static DATES: Memo<Rc<[String]>> = Memo::default();
    }
    match date(value) {
        Some((year, month, day)) => {
            DATES.with(|dates| dates.of(value, |_| date_forms(year, month, day).into()))
        }
        None => forms_of_others(value).into(),
    }
}

fn forms_of_others(value: &str) -> Vec<String> {
    if let Some((hour, minute)) = time(value) {
        let (half, twelve) = (if hour < 12 { "am" } else { "pm" }, (hour + 11) % 12 + 1);
        let mut forms = vec![format!("{twelve}:{minute:02} {half}"), format!("{twelve}:{minute:02}{half}")];
        if minute == 0 {
            forms.extend([format!("{twelve} {half}"), format!("{twelve}{half}")]);
        }
        return forms;
    }
    if let Ok(number) = value.parse::<u32>() {
        const WORDS: [&str; 13] = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
            "twelve",
        ];
        return match WORDS.get(number as usize) {
            Some(word) => vec![word.to_string()],
            None => group_digits(value).into_iter().chain(short_forms(number)).collect(),
        };
    }
    if let Some(split) = split_code(value) {
        return vec![split];
    }
    // 5.0 in the arguments is 5 in the user's words.
    value
        .strip_suffix(".0")
        .filter(|whole| whole.parse::<i64>().is_ok())
        .map(str::to_string)
        .into_iter()
        .collect()
}

/// Whether a text says a value in another form.
pub(crate) fn is_said_otherwise(text: &str, value: &str) -> bool {
    // Every form of a date has the day as a word; most texts have none such, and a date has 23 forms.
    if let Some((_, _, day)) = date(value) {
        let days = [format!("{day}"), format!("{day:02}"), format!("{day}{}", ordinal_ending(day))];
        if !days.iter().any(|day| find(text, day).is_some()) {
            return false;
        }
    }
    other_forms(value).iter().any(|form| find(text, form).is_some())
}

/// `120000` as `120k`, `1500000` as `1.5 million`.
fn short_forms(number: u32) -> Vec<String> {
    let with = |unit: u32, words: [&str; 2]| {
        let (whole, rest) = (number / unit, number % unit * 10 / unit);
        let is_short = whole > 0 && number.is_multiple_of(unit / 10);
        let said = if rest == 0 { whole.to_string() } else { format!("{whole}.{rest}") };
        is_short.then(|| [format!("{said}{}", words[0]), format!("{said} {}", words[1])])
    };
    let forms = [with(1_000, ["k", "thousand"]), with(1_000_000, ["m", "million"])];
    forms.into_iter().flatten().flatten().collect()
}

/// `LH455` as `LH 455`.
fn split_code(value: &str) -> Option<String> {
    let at = value.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = value.split_at(at);
    let is_code = !letters.is_empty()
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| format!("{letters} {digits}"))
}

/// `12500` as `12,500`: two words to the trie.
fn group_digits(digits: &str) -> Option<String> {
    (digits.len() > 3 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| {
        let first = (digits.len() - 1) % 3 + 1;
        let mut out = digits[..first].to_string();
        for group in digits.as_bytes()[first..].chunks(3) {
            out.push(',');
            out.extend(group.iter().map(|&byte| byte as char));
        }
        out
    })
}

/// Year, month and day of an ISO date (the time after it ignored).
pub(crate) fn date(text: &str) -> Option<(u32, u32, u32)> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != bytes[7] || !matches!(bytes[4], b'-' | b'/') || !text.is_ascii() {
        return None;
    }
    if bytes.len() > 10 && !matches!(bytes[10], b'T' | b' ') {
        return None;
    }
    let (year, month, day) = (text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..10].parse().ok()?);
    (1000..=9999).contains(&year).then_some(())?;
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
}

fn time(text: &str) -> Option<(u32, u32)> {
    let (hour, minute) = text.split_once(':')?;
    let minute = minute.strip_suffix(":00").unwrap_or(minute);
    if hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

fn ordinal_ending(day: u32) -> &'static str {
    match (day % 10, day / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

fn date_forms(year: u32, month: u32, day: u32) -> Vec<String> {
    let name = MONTHS[month as usize - 1];
    let short = &name[..3];
    let ordinal = format!("{day}{}", ordinal_ending(day));
    let mut forms = Vec::with_capacity(18);
    for name in [name, short] {
        for day in [day.to_string(), ordinal.clone(), format!("{day:02}")] {
            forms.push(format!("{name} {day}"));
            forms.push(format!("{day} {name}"));
            forms.push(format!("{day} of {name}"));
        }
    }
    forms.push(format!("{month}/{day}/{year}"));
    forms.push(format!("{day}/{month}/{year}"));
    forms.push(format!("{month:02}/{day:02}/{year}"));
    forms.push(format!("{day:02}/{month:02}/{year}"));
    forms.push(format!("{month}/{day}"));
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_how_people_write_values() {
        for (value, said) in [
            ("2024-05-01", "on the 1st of May"),
            ("2024-05-22", "May 22nd"),
            ("2024-05-13", "13 May"),
            ("14:30", "at 2:30 PM"),
            ("09:00:00", "at 9am"),
            ("12500", "12,500 euros"),
            ("120000", "above 120k"),
            ("1500000", "a budget of 1.5 million"),
            ("4", "four people"),
            ("5.0", "under 5"),
            ("LH455", "flight LH 455"),
            ("mia_li_3668", "mia_li_3668."),
        ] {
            let forms = other_forms(value);
            let all = std::iter::once(value).chain(forms.iter().map(String::as_str));
            assert!(all.into_iter().any(|form| find(said, form).is_some()), "{value} in {said}: {forms:?}");
            let is_said = forms.iter().any(|form| find(said, form).is_some());
            assert_eq!(is_said_otherwise(said, value), is_said, "{value} in {said}");
        }
    }
}
