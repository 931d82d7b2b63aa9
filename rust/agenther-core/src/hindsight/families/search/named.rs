//! Names of one person or thing that differ by a word: `Jack Benny Binion` and `Jack Binion`, `T. E. Lawrence` and
//! `Thomas Edward Lawrence`, `Emperor Nicholas II` and the emperor `Nicholas II`.

use super::lead::{Lead, calls_a_person};
use super::prose::content_stems;

/// The first of two names that a lead gives a person, `Nicholas II or Nikolai II Romanov`; of `The "Low Tide"` the title.
pub fn first_of<'a>(subject: &'a str, parenthesis: Option<&str>) -> &'a str {
    let title = subject.strip_prefix("The \"").and_then(|rest| rest.strip_suffix('"'));
    if let Some(title) = title.filter(|title| !title.contains('"')) {
        return title;
    }
    let lived = parenthesis.is_some_and(|inside| inside.contains("born") || inside.contains('–'));
    match subject.split_once(" or ") {
        Some((one, other)) if lived && one.contains(' ') && other.contains(' ') => one,
        _ => subject,
    }
}

/// Whether a name is one of the person that a lead is about, in another form.
pub fn is_name_of(name: &str, lead: &Lead<'_>) -> bool {
    let lived = lead.parenthesis.is_some_and(|inside| inside.contains("born") || inside.contains('–'));
    has_middle_name(name, lead)
        || born_as(lead).is_some_and(|born| has_same_ends(name, born))
        || lived && (is_titled(name, lead) || has_initials(name, lead.subject))
}

/// Whether a lead spells out what tells its subject from others of the name, `Chief Adviser (United Kingdom)` as `The UK
/// Chief Adviser`.
pub fn is_spelt_out(name: &str, disambiguator: Option<&str>, lead: &Lead<'_>) -> bool {
    let Some(further) = disambiguator else { return false };
    let initials: String = further.split(' ').filter_map(|word| word.chars().next()).collect();
    let told: Vec<&str> = lead.subject.split(' ').filter(|word| *word != "The").collect();
    let (acronyms, others): (Vec<&str>, Vec<&str>) = told.into_iter().partition(|word| *word == initials);
    initials.len() >= 2 && acronyms.len() == 1 && content_stems(&others.join(" ")) == content_stems(name)
}

/// The name and what tells it from others, as the lead has them where it spells the latter out.
pub fn as_told<'a>(
    name: &'a str,
    disambiguator: Option<&'a str>,
    lead: &Lead<'a>,
) -> (&'a str, Option<&'a str>) {
    match is_spelt_out(name, disambiguator, lead) {
        true => (lead.subject.strip_prefix("The ").unwrap_or(lead.subject), None),
        false => (name, disambiguator),
    }
}

/// Whether a name has a middle name that the lead leaves out.
fn has_middle_name(name: &str, lead: &Lead<'_>) -> bool {
    lead.subject.split(' ').count() == 2
        && name.split(' ').count() == 3
        && has_same_ends(lead.subject, name)
        && calls_a_person(lead)
}

/// Whether first and last name are the same, and what is between them in the fuller one are names.
fn has_same_ends(short: &str, full: &str) -> bool {
    let (short, full): (Vec<&str>, Vec<&str>) = (short.split(' ').collect(), full.split(' ').collect());
    short.len() == 2
        && (2..=4).contains(&full.len())
        && short[0] == full[0]
        && short[1] == full[full.len() - 1]
        && short.iter().chain(&full).all(|word| word.starts_with(char::is_uppercase))
}

/// `Juliet Marion Hulme` of `(born Juliet Marion Hulme; 28 October 1938)`.
fn born_as<'a>(lead: &Lead<'a>) -> Option<&'a str> {
    let (name, _) = lead.parenthesis?.strip_prefix("born ")?.split_once("; ")?;
    name.starts_with(char::is_uppercase).then_some(name)
}

/// `Emperor Nicholas II` of `Nicholas II (…) was the last Emperor of Russia`.
fn is_titled(name: &str, lead: &Lead<'_>) -> bool {
    name.split_once(' ').is_some_and(|(title, bare)| {
        bare == lead.subject && lead.predicate.split([' ', ',']).take(8).any(|word| word == title)
    })
}

/// `T. E. Lawrence` of `Thomas Edward Lawrence`.
fn has_initials(name: &str, subject: &str) -> bool {
    let Some((initials, family)) = name.rsplit_once(' ') else { return false };
    let Some((given, _)) = subject.split_once(&format!(" {family}")) else { return false };
    let letters: Vec<char> = initials.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    let begins = given.split(' ').filter_map(|word| word.chars().next());
    let is_short = initials.split([' ', '.']).all(|part| part.chars().count() <= 1);
    is_short && letters.len() >= 2 && begins.eq(letters.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_have_a_word_more_or_less() {
        for (name, lead, is_same) in [
            ("Jon Karl Hale", "Jon Hale is a Veldic painter.", true),
            ("Jon Karl Hale", "Jon Hale is a village in Veld.", false),
            ("Jon Karl Hale", "Karl Hale is a Veldic painter.", false),
            ("Ann Lee", "Mary Fox (born Ann Rose Lee; 2 May 1950) is a Veldic author.", true),
            ("Ann Lee", "Mary Fox (born Ann Rose Leeds; 2 May 1950) is a Veldic author.", false),
            ("King Olav IV", "Olav IV (2 May 1870 – 1 June 1920) was the last King of Veld.", true),
            ("King Olav IV", "Olav IV (2 May 1870 – 1 June 1920) was a painter.", false),
            ("A. R. Lee", "Ann Rose Lee (born 2 May 1950) is a Veldic author.", true),
            ("A. B. Lee", "Ann Rose Lee (born 2 May 1950) is a Veldic author.", false),
        ] {
            let lead = Lead::parse(lead).expect("a lead");
            assert_eq!(is_name_of(name, &lead), is_same, "{name}");
        }
    }

    #[test]
    fn an_acronym_stands_for_what_tells_a_thing_from_others() {
        let lead = Lead::parse("The GV Chief Adviser (CA) is the adviser of the cabinet.").expect("a lead");
        assert!(is_spelt_out("Chief Adviser", Some("Great Veld"), &lead));
        assert!(!is_spelt_out("Chief Adviser", Some("Amber"), &lead));
        assert_eq!(as_told("Chief Adviser", Some("Great Veld"), &lead), ("GV Chief Adviser", None));
    }
}
