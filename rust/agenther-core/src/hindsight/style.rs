//! The register of a request: a seeded choice among phrasings that match how the run's user writes.

use super::wording::capitalize;
use crate::reading::Reading;

/// How the user of a run writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    polite: bool,
    asks: bool,
}

impl Style {
    /// Reads the style off the original prompt.
    pub fn of(reading: &Reading<'_>) -> Self {
        let prompt = reading.run.original_prompt.unwrap_or("");
        let lower = prompt.to_lowercase();
        let polite = [
            "please",
            "could you",
            "can you",
            "would you",
            "thank",
            "hi",
            "hello",
            "i'd like",
            "i would like",
        ]
        .iter()
        .any(|mark| crate::text::needles::find(&lower, mark).is_some());
        Style { polite, asks: prompt.trim_end().ends_with('?') }
    }

    /// A request in that style. `variant` picks among equals.
    pub fn request(&self, imperative: &str, question: Option<&str>, variant: u64) -> String {
        use Form::{Asked, Can, Could, Plain, Please};
        let forms: &[Form] = match (self.polite, self.asks) {
            (true, true) => &[Asked, Can, Could],
            (true, false) => &[Please, Can, Plain, Asked],
            (false, true) => &[Asked, Can, Plain],
            (false, false) => &[Plain, Asked, Please],
        };
        let is_open = |form: &&Form| **form != Asked || question.is_some();
        let forms = || forms.iter().filter(is_open);
        match forms().nth((variant % forms().count() as u64) as usize) {
            Some(Asked) => question.unwrap_or(imperative).to_string(),
            Some(Can) => format!("Can you {imperative}?"),
            Some(Could) => format!("Could you {imperative}?"),
            Some(Please) => format!("Please {imperative}."),
            Some(Plain) | None => format!("{}.", capitalize(imperative)),
        }
    }
}

/// How a request is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As the question, where there is one.
    Asked,
    /// As the command.
    Plain,
    /// After "Can you".
    Can,
    /// After "Could you".
    Could,
    /// After "Please".
    Please,
}

/// A stable number for the `index`th goal of a run.
pub fn variant(seed: u64, trajectory_id: Option<&str>, index: usize) -> u64 {
    // FNV-1a: stable across platforms and versions, which `DefaultHasher` does not promise.
    let bytes = seed
        .to_le_bytes()
        .into_iter()
        .chain(trajectory_id.unwrap_or("").bytes())
        .chain((index as u64).to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trajectory::Trajectory;

    #[test]
    fn speaks_as_the_user_does_and_always_the_same_way() {
        let run = Trajectory {
            original_prompt: Some("Could you check my order, please?"),
            ..Trajectory::default()
        };
        let style = Style::of(&Reading::new(&run));
        for at in 0..9 {
            let request = style.request(
                "tell me the status of order 7",
                Some("What is the status of order 7?"),
                variant(1, Some("a"), at),
            );
            assert!(request.ends_with('?'), "{request}");
            assert_eq!(
                request,
                style.request(
                    "tell me the status of order 7",
                    Some("What is the status of order 7?"),
                    variant(1, Some("a"), at)
                )
            );
        }
    }
}
