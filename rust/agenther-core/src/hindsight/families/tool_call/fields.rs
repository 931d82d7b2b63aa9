//! How the fields of a result are asked for: `distance_km` as the distance, in km; `temp_max` as the maximum
//! temperature; `created_at` as the creation date; a link or a hash not at all.

use crate::hindsight::wording::{humanize, is_function_word, is_plural_phrase};
use crate::signals::effect;
use crate::text::memo::Memo;

/// Units that stand at the end of a key.
const UNITS: &[&str] = &[
    "km", "m", "cm", "mm", "mi", "miles", "ft", "kg", "g", "lb", "lbs", "ms", "usd", "eur", "gbp", "mb",
    "gb", "kb", "tb", "kmh", "kph", "mph", "celsius", "percent", "kcal", "hpa", "kwh", "kw", "mg_dl", "g_dl",
    "mg", "ml", "mbps", "gbps", "bpm", "sqft", "sqm", "mwh", "gwh", "mw", "gw", "hz", "khz", "mhz", "ghz",
    "rpm", "oz", "m2", "km2", "ft2", "m3",
];

/// Units of time, which are the thing itself in `vacation_days`.
const TIMES: &[(&str, &str)] = &[
    ("min", "minutes"),
    ("mins", "minutes"),
    ("minutes", "minutes"),
    ("hours", "hours"),
    ("hrs", "hours"),
    ("seconds", "seconds"),
    ("secs", "seconds"),
    ("sec", "seconds"),
    ("days", "days"),
];

/// Quantities of time.
const SPANS: &[&str] = &[
    "duration", "time", "eta", "delay", "length", "age", "wait", "uptime", "latency", "interval", "timeout",
    "life", "period", "runtime", "downtime", "notice", "walk", "walking", "drive", "driving", "ride",
    "travel", "commute", "prep", "cook", "cooking",
];

/// Quantities that are shares by their own name.
const RATIOS: &[&str] =
    &["rate", "share", "ratio", "humidity", "discount", "probability", "usage", "margin", "growth"];

/// A key without the unit at its end, and the unit: `distance_km` is a distance in km.
pub fn unit_of(key: &str) -> (&str, Option<&'static str>) {
    if !key.contains('_') {
        return (key, None);
    }
    for unit in UNITS {
        let name = key.strip_suffix(unit).and_then(|name| name.strip_suffix('_'));
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            return (
                name,
                Some(match *unit {
                    // Of wind, `ms` are no milliseconds.
                    "ms" if name.split('_').any(|word| matches!(word, "wind" | "gust" | "gusts")) => "m/s",
                    "mg_dl" => "mg/dL",
                    "g_dl" => "g/dL",
                    "percent" => "%",
                    "kmh" | "kph" => "km/h",
                    "usd" => "USD",
                    "eur" => "EUR",
                    "gbp" => "GBP",
                    "kb" => "KB",
                    "mb" => "MB",
                    "gb" => "GB",
                    "tb" => "TB",
                    "kw" => "kW",
                    "mw" => "MW",
                    "gw" => "GW",
                    "kwh" => "kWh",
                    "mwh" => "MWh",
                    "gwh" => "GWh",
                    "hpa" => "hPa",
                    "hz" => "Hz",
                    "khz" => "kHz",
                    "mhz" => "MHz",
                    "ghz" => "GHz",
                    "mbps" => "Mbps",
                    "gbps" => "Gbps",
                    "celsius" => "°C",
                    "m2" => "m²",
                    "km2" => "km²",
                    "ft2" => "ft²",
                    "m3" => "m³",
                    unit => unit,
                }),
            );
        }
    }
    if let Some((name, degrees)) = key.rsplit_once('_')
        && name.contains("temp")
        && let Some((_, said)) = [("c", "°C"), ("f", "°F")].iter().find(|(known, _)| *known == degrees)
    {
        return (name, Some(said));
    }
    if let Some((name, unit)) = key.rsplit_once('_')
        && SPANS.iter().any(|span| name.ends_with(span))
        && let Some((_, said)) = TIMES.iter().find(|(known, _)| *known == unit)
    {
        return (name, Some(said));
    }
    (key, None)
}

/// Keys that interfaces have for themselves.
const NOISE: &[&str] = &[
    "url",
    "urls",
    "href",
    "link",
    "links",
    "thumbnail",
    "image",
    "images",
    "icon",
    "slug",
    "hash",
    "token",
    "etag",
    "cursor",
    "html",
    "uuid",
    "guid",
    "self",
    "avatar",
    "logo",
    "meta",
    "metadata",
    "raw",
    "payload",
    "_links",
    "uri",
    "checksum",
    "signature",
    "lat",
    "lng",
    "lon",
    "latitude",
    "longitude",
    "schema",
    "json",
    "object",
    "livemode",
];

/// Keys that are prepositions or verbs, and the nouns they stand for.
const NOUNS: &[(&str, &str)] = &[
    ("from", "sender"),
    ("to", "recipient"),
    ("cc", "people in copy"),
    ("body", "text"),
    ("since", "start date"),
    ("arrive", "arrival date"),
    ("depart", "departure date"),
    ("departs", "departure time"),
    ("arrives", "arrival time"),
    ("paid", "amount paid"),
    ("published", "publication date"),
    ("created", "creation date"),
    ("updated", "date of the last update"),
    ("modified", "date of the last change"),
    ("collected", "collection date"),
    ("expires", "expiry date"),
    ("due", "due date"),
    ("opened", "opening date"),
    ("opens", "opening time"),
    ("closes", "closing time"),
    ("starts", "start"),
    ("ends", "end"),
    ("deployed", "deployment date"),
    ("started", "start date"),
    ("finished", "end date"),
    ("ended", "end date"),
    ("joined", "joining date"),
    ("shipped", "shipping date"),
    ("delivered", "delivery date"),
    ("booked", "booking date"),
    ("ts", "time"),
    ("timestamp", "time"),
    ("when", "time"),
    ("requires", "requirements"),
    ("includes", "contents"),
];

fn noun_for(word: &str) -> Option<String> {
    NOUNS.iter().find(|(known, _)| *known == word).map(|(_, noun)| noun.to_string())
}

/// `max_temp` of `maxtemp`.
fn unglued_measure(key: &str) -> String {
    const MEASURES: &[&str] =
        &["temp", "temperature", "wind", "speed", "humidity", "price", "salary", "rate", "level"];
    let word = |word: &str| {
        let glued = ["max", "min", "avg"].iter().find_map(|which| Some((which, word.strip_prefix(which)?)));
        match glued {
            Some((which, rest)) if MEASURES.contains(&rest) => format!("{which}_{rest}"),
            _ => word.to_string(),
        }
    };
    key.split('_').map(word).collect::<Vec<_>>().join("_")
}

/// How a field is asked for; `None` where no person would ask for it.
pub fn field_label(key: &str) -> Option<String> {
    // In what the figures of a forecast are given.
    if key.ends_with("_units") {
        return None;
    }
    thread_local! {
        static LABELS: Memo<Option<String>> = Memo::default();
    }
    LABELS.with(|labels| labels.of(key, label))
}

fn label(key: &str) -> Option<String> {
    const ZONES: &[&str] = &["est", "utc", "gmt", "cet", "pst", "edt", "pdt", "iso"];
    // `is_available`, `has_balcony`: the flag is about what follows.
    let snake = effect::words(key).map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_");
    let prefix = ["is_", "has_", "formatted_"].iter().find_map(|prefix| snake.strip_prefix(prefix));
    let key = prefix.unwrap_or(&snake);
    let (key, unit) = unit_of(key);
    let said = match humanize(&unglued_measure(key)) {
        // What is measured in percent is a share of it, not the thing.
        share if unit == Some("%") && !RATIOS.iter().any(|ratio| share.ends_with(ratio)) => {
            format!("{share} percentage")
        }
        adjective if adjective == "available" => "availability".to_string(),
        // Nobody asks for a deliverability.
        adjective if adjective.ends_with("able") && adjective != "table" && adjective != "cable" => {
            return None;
        }
        noun => noun,
    };
    let mut words: Vec<&str> = said.split(' ').filter(|word| !ZONES.contains(word)).collect();
    // `temp_max`: the adjective goes first.
    if words.len() > 1 && matches!(words.last(), Some(&("maximum" | "minimum" | "average"))) {
        words.rotate_right(1);
    }
    let is_noise = is_noise(key);
    let is_word = |word: &&str| {
        (word.len() > 2 || matches!(*word, "ID" | "IP" | "TV" | "of" | "by" | "ex"))
            && word.chars().all(char::is_alphabetic)
    };
    match words[..] {
        [
            "data" | "response" | "parameters" | "payload" | "records" | "output" | "input" | "arguments"
            | "request",
        ] => {
            return None;
        }
        // `due_km` is no date.
        [only]
            if unit.is_none()
                && let Some(noun) = noun_for(only) =>
        {
            return Some(noun);
        }
        // What is reserved is no thing to ask for, nor an hourly.
        [only] if is_done(only) || matches!(only, "hourly" | "daily" | "weekly" | "monthly" | "yearly") => {
            return None;
        }
        ["check", "in"] => return Some("check-in".to_string()),
        ["check", "out"] => return Some("check-out".to_string()),
        ["valid" | "effective", "from"] => return Some("start date".to_string()),
        ["valid", "until" | "to" | "through"] => return Some("expiry date".to_string()),
        [only] if is_function_word(only) && !only.ends_with("ability") => return None,
        [ref thing @ .., "from"] if !thing.is_empty() => return Some(thing.join(" ")),
        [ref thing @ .., "timestamp"] if !thing.is_empty() => {
            return Some(format!("{} time", thing.join(" ")));
        }
        ["carry", "on"] => return Some("carry-on".to_string()),
        [verb, "at" | "on"] if let Some(noun) = noun_for(verb) => return Some(noun),
        [verb, "at" | "on"] if is_done(verb) || IRREGULAR_DEEDS.contains(&verb) => {
            return Some(format!("{verb} date"));
        }
        [.., "last", "updated" | "changed" | "modified"] => {
            return Some("date of the last change".to_string());
        }
        [ref things @ .., done, "at" | "on"] if is_done(done) => return date_of(&things.join(" "), done),
        // `password changed` is no thing to ask for, as `items ordered` are.
        [.., thing, done] if is_done(done) && !is_plural_phrase(thing) => return None,
        _ => {}
    }
    // `ready in`: the rest of a phrase.
    let dangles =
        words.last().is_some_and(|last| matches!(*last, "in" | "at" | "of" | "by" | "to" | "per" | "for"));
    let is_phrase = words.iter().any(|word| matches!(*word, "in" | "per" | "to" | "by"));
    let is_phrase = is_phrase && !said.starts_with("price per");
    (!is_noise
        && !dangles
        && !is_phrase
        && !words.is_empty()
        && words.len() <= 4
        && words != ["user"]
        && (words.iter().all(is_word) || is_span_of(&words)))
    .then(|| words.join(" "))
}

/// `52 week high`: what was measured over so long.
fn is_span_of(words: &[&str]) -> bool {
    let [count, unit, rest @ ..] = words else { return false };
    let is_unit = matches!(*unit, "day" | "week" | "month" | "year" | "hour" | "minute");
    is_unit
        && !rest.is_empty()
        && count.bytes().all(|byte| byte.is_ascii_digit())
        && rest.iter().all(|word| word.len() > 2 && word.chars().all(char::is_alphabetic))
}

/// Participles that do not end in `ed`.
const IRREGULAR_DEEDS: &[&str] =
    &["sent", "paid", "sold", "bought", "built", "made", "taken", "seen", "held", "left", "born", "lost"];

/// Whether a word is a participle: `changed`, not `speed`.
fn is_done(word: &str) -> bool {
    word.len() > 4 && word.ends_with("ed") && !word.ends_with("eed") && word != "hundred"
}

/// The date on which something was done to a thing: `password changed` as the date of the last password change.
fn date_of(thing: &str, done: &str) -> Option<String> {
    match done {
        "changed" | "modified" => Some(format!("date of the last {thing} change")),
        "updated" => Some(format!("date of the last {thing} update")),
        done => noun_for(done).filter(|date| date.ends_with(" date")).map(|date| format!("{thing} {date}")),
    }
}

/// Whether a key is one that interfaces have for themselves.
pub fn is_noise(key: &str) -> bool {
    effect::words(key).any(|word| NOISE.contains(&word.to_lowercase().as_str()))
}

/// What a key counts or identifies for the system alone, whatever its value: `id`, `lineIds`, `sku`.
pub fn is_identifier(key: &str) -> bool {
    const LAST: &[&str] = &[
        "id", "iid", "ids", "uuid", "guid", "key", "isbn", "sku", "asin", "upc", "etag", "oid", "sha",
        "zpid", "pid", "uid",
    ];
    let last = effect::words(key).last().unwrap_or("");
    key == "number" || LAST.iter().any(|known| last.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_said_as_people_say_them() {
        for (key, said) in [
            ("distance_km", Some("distance")),
            ("temp_max", Some("maximum temperature")),
            ("vacation_days", Some("vacation days")),
            ("duration_min", Some("duration")),
            ("cpu_percent", Some("CPU percentage")),
            ("discount_percent", Some("discount")),
            ("half_life_hours", Some("half life")),
            ("createdAt", Some("creation date")),
            ("from", Some("sender")),
            ("price_from", Some("price")),
            ("reminder_timestamp", Some("reminder time")),
            ("ex_date", Some("ex date")),
            ("requires", Some("requirements")),
            ("is_available", Some("availability")),
            ("maxtemp_c", Some("maximum temperature")),
            ("scheduled_departure_time_est", Some("scheduled departure time")),
            ("password_changed_at", Some("date of the last password change")),
            ("order_shipped_on", Some("order shipping date")),
            ("last_updated", Some("date of the last change")),
            ("items_ordered", Some("items ordered")),
            ("wind_speed", Some("wind speed")),
            ("password_changed", None),
            ("email_verified", None),
            ("thumbnail_url", None),
            ("lat", None),
            ("ready_in", None),
            ("x1", None),
            ("carry_on_kg", Some("carry-on")),
            ("sent_on", Some("sent date")),
            ("checked_by_fare", None),
        ] {
            assert_eq!(field_label(key).as_deref(), said, "{key}");
        }
        assert_eq!(unit_of("duration_min"), ("duration", Some("minutes")));
        assert_eq!(
            (field_label("walkMin").as_deref(), unit_of("walk_min").1),
            (Some("walk"), Some("minutes"))
        );
        assert_eq!(unit_of("vacation_days"), ("vacation_days", None));
        assert_eq!(unit_of("temp_min"), ("temp_min", None));
        assert!(is_identifier("lineIds") && is_identifier("order_id") && !is_identifier("valid"));
    }
}
