//! The last query orders its rows, and the prompt asks for no order and for no first rows.
//!
//! Of two SQL agents .95 and 1.00 of the runs with a hit fail (22 and 8 hits, base rates .41 and .26): what was asked for was read
//! as something else, or the first row was to be read off.

use std::sync::LazyLock;

use super::phrases::Phrases;
use super::{Hit, Signals, results, tokens};
use crate::trajectory::Field;

/// What a hit is.
pub const SUMMARY: &str = "The last call orders its rows without a limit, and the prompt asks for no order.";

/// At most one hit: the last call, where its rows are what the run hands over.
pub fn find(signals: &Signals<'_, '_>) -> Vec<Hit> {
    static ORDER: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&["order by"]));
    static LIMIT: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&["limit"]));
    let Some((at, _)) = results::rows(signals) else { return Vec::new() };
    let query = signals.run().steps[at].action_input.unwrap_or("");
    let orders = ORDER.are_in(query) && !LIMIT.are_in(query);
    let asked = signals.run().original_prompt.is_some_and(asks_for_order);
    if orders && !asked { vec![Hit::step(at, Field::ActionInput)] } else { Vec::new() }
}

fn asks_for_order(prompt: &str) -> bool {
    /// The beginnings of words that ask for an order; "from" for "from the oldest to the youngest".
    const BEGINNINGS: &[&str] =
        &["order", "sort", "alphabet", "ascend", "descend", "rank", "chronolog", "from", "top"];
    tokens::words(prompt).any(|word| {
        BEGINNINGS
            .iter()
            .any(|start| word.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, run, steps_of};

    #[test]
    fn an_order_must_be_asked_for() {
        let count = |prompt, query| {
            steps_of("unasked_order", &run(prompt, vec![call("sql", query, "[('a',), ('b',)]")], None)).len()
        };
        let ordered = "SELECT name FROM singer ORDER BY age DESC";
        assert_eq!(count("Which singers are there?", ordered), 1);
        assert_eq!(count("Which singers are there?", "select name from singer order by age limit 1"), 0);
        assert_eq!(count("List the singers ordered by age.", ordered), 0);
        assert_eq!(count("List the singers in descending order of age.", ordered), 0);
        assert_eq!(count("List the singers from the oldest to the youngest.", ordered), 0);
        assert_eq!(count("Which singers are there?", "SELECT name FROM singer"), 0);
    }
}
