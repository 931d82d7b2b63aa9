//! Countries and languages by their codes: interfaces take `DE` and `de`, people say Germany and German.
//!
//! Codes: ISO 3166-1 alpha-2, of the countries that are asked about most, and ISO 639-1.

use crate::signals::effect;

#[rustfmt::skip]
const COUNTRIES: &[(&str, &str)] = &[
    ("AE", "the United Arab Emirates"), ("AR", "Argentina"), ("AT", "Austria"), ("AU", "Australia"), ("BE", "Belgium"),
    ("BG", "Bulgaria"), ("BR", "Brazil"), ("CA", "Canada"), ("CH", "Switzerland"), ("CL", "Chile"), ("CN", "China"),
    ("CO", "Colombia"), ("CR", "Costa Rica"), ("CY", "Cyprus"), ("CZ", "Czechia"), ("DE", "Germany"), ("DK", "Denmark"),
    ("EE", "Estonia"), ("EG", "Egypt"), ("ES", "Spain"), ("FI", "Finland"), ("FR", "France"), ("GB", "the United Kingdom"),
    ("GR", "Greece"), ("HK", "Hong Kong"), ("HR", "Croatia"), ("HU", "Hungary"), ("ID", "Indonesia"), ("IE", "Ireland"),
    ("IL", "Israel"), ("IN", "India"), ("IS", "Iceland"), ("IT", "Italy"), ("JP", "Japan"), ("KE", "Kenya"),
    ("KR", "South Korea"), ("LT", "Lithuania"), ("LU", "Luxembourg"), ("LV", "Latvia"), ("MA", "Morocco"), ("MT", "Malta"),
    ("MX", "Mexico"), ("MY", "Malaysia"), ("NG", "Nigeria"), ("NL", "the Netherlands"), ("NO", "Norway"),
    ("NZ", "New Zealand"), ("PE", "Peru"), ("PH", "the Philippines"), ("PK", "Pakistan"), ("PL", "Poland"),
    ("PT", "Portugal"), ("QA", "Qatar"), ("RO", "Romania"), ("RS", "Serbia"), ("SA", "Saudi Arabia"), ("SE", "Sweden"),
    ("SG", "Singapore"), ("SI", "Slovenia"), ("SK", "Slovakia"), ("TH", "Thailand"), ("TN", "Tunisia"), ("TR", "Turkey"),
    ("TW", "Taiwan"), ("UA", "Ukraine"), ("US", "the United States"), ("UY", "Uruguay"), ("VN", "Vietnam"),
    ("ZA", "South Africa"),
];

/// The name of a country that a parameter for countries gives as a code.
pub fn country<'v>(name: &str, value: &'v str) -> &'v str {
    // Of a state or a country, `CA` may be California.
    let is_of_country = || {
        let mut words = effect::words(name).map(str::to_ascii_lowercase);
        words.all(|word| {
            matches!(word.as_str(), "country" | "countries" | "code" | "iso" | "iso2" | "alpha2" | "name")
        }) && name.to_ascii_lowercase().contains("countr")
    };
    let known = || COUNTRIES.iter().find(|(code, _)| *code == value).map(|(_, name)| *name);
    if value.len() == 2 && is_of_country() { known().unwrap_or(value) } else { value }
}

/// The name of a language that a parameter for languages gives as a code.
pub fn language<'v>(name: &str, value: &'v str) -> &'v str {
    #[rustfmt::skip]
    const NAMES: &[(&str, &str)] = &[
        ("ar", "Arabic"), ("cs", "Czech"), ("da", "Danish"), ("de", "German"), ("el", "Greek"), ("en", "English"),
        ("es", "Spanish"), ("fi", "Finnish"), ("fr", "French"), ("he", "Hebrew"), ("hi", "Hindi"), ("hu", "Hungarian"),
        ("id", "Indonesian"), ("it", "Italian"), ("ja", "Japanese"), ("ko", "Korean"), ("nl", "Dutch"),
        ("no", "Norwegian"), ("pl", "Polish"), ("pt", "Portuguese"), ("ro", "Romanian"), ("ru", "Russian"),
        ("sv", "Swedish"), ("th", "Thai"), ("tr", "Turkish"), ("uk", "Ukrainian"), ("vi", "Vietnamese"),
        ("zh", "Chinese"),
    ];
    let is_of_language = || {
        effect::words(name)
            .any(|word| ["lang", "language", "locale"].iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    let known = || NAMES.iter().find(|(code, _)| *code == value).map(|(_, name)| *name);
    if value.len() == 2 && is_of_language() { known().unwrap_or(value) } else { value }
}

#[cfg(test)]
mod tests {
    use super::{COUNTRIES, country};

    #[test]
    fn codes_of_countries_are_names() {
        assert_eq!(country("countryCode", "DE"), "Germany");
        assert_eq!(country("country", "Deutschland"), "Deutschland");
        assert_eq!(country("state", "DE"), "DE");
        assert_eq!(country("state_or_country", "CA"), "CA");
        assert!(COUNTRIES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
