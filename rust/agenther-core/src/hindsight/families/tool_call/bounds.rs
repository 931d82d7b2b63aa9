//! Comparisons in filters as people say them: `{"amount": {"$gt": 500}}` are those over 500.

use super::role_words::{is_amount, is_price};
use super::roles::{Role, is_date};
use crate::hindsight::provenance::Bound;
use crate::hindsight::wording::humanize;

/// The role of what a field is compared with. `None` where no words leave out the bound itself.
pub fn bounded(bound: Bound, field: &str, value: &str) -> Option<Role> {
    let label = humanize(field);
    let is_sum = is_amount(&label) || is_price(&label);
    Some(match bound {
        Bound::AtLeast if is_date(value) => Role::Since,
        Bound::AtMost if is_date(value) => Role::Until,
        _ if is_date(value) => return None,
        Bound::AtLeast => Role::AtLeast(label),
        Bound::AtMost => Role::AtMost(label),
        Bound::Over if is_sum => Role::Said("over"),
        Bound::Under if is_sum => Role::Said("under"),
        Bound::Over | Bound::Under => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_are_said_where_words_keep_their_ends() {
        for (bound, field, value, role) in [
            (Bound::Over, "value", "500", Some(Role::Said("over"))),
            (Bound::Under, "price", "20", Some(Role::Said("under"))),
            (Bound::Over, "age", "20", None),
            (Bound::AtLeast, "age", "20", Some(Role::AtLeast("age".to_string()))),
            (Bound::AtMost, "created_at", "2025-02-01", Some(Role::Until)),
            (Bound::Under, "created_at", "2025-02-01", None),
        ] {
            assert_eq!(bounded(bound, field, value), role, "{field}");
        }
    }
}
