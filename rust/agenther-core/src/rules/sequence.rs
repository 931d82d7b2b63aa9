//! The order of steps: "A, then B within n steps" and "A, and never B after it".

use super::condition::Order;
use super::evaluate::MAX_HITS;
use crate::signals::Hit;

/// The hits of a condition at each step; `None` where it does not hold.
pub type AtSteps = Vec<Option<Vec<Hit>>>;

/// The evidence that a sequence holds, in the order of steps: each first step that counts and, of
/// [`Order::Then`], the nearest second one. `None` where no first step counts.
pub fn evidence(first: &AtSteps, order: Order, second: &AtSteps, within: u32) -> Option<Vec<Hit>> {
    let following = following(second, within);
    let mut evidence = Evidence::default();
    let mut holds = false;
    for (at, hits) in first.iter().enumerate() {
        let Some(hits) = hits else { continue };
        match (order, following[at]) {
            (Order::Then, Some(next)) => {
                evidence.add(at, hits);
                evidence.add(next, second[next].as_deref().unwrap_or_default());
            }
            (Order::Never, None) => evidence.add(at, hits),
            (Order::Then, None) | (Order::Never, Some(_)) => continue,
        }
        holds = true;
    }
    holds.then(|| evidence.sorted())
}

/// For each step the nearest one after it, at most `within` away, at which the condition holds. One
/// walk from the end: the nearest is known before the step is reached.
fn following(condition: &AtSteps, within: u32) -> Vec<Option<usize>> {
    let mut next: Option<usize> = None;
    let mut following = vec![None; condition.len()];
    for at in (0..condition.len()).rev() {
        following[at] = next.filter(|next| next - at <= within as usize);
        if condition[at].is_some() {
            next = Some(at);
        }
    }
    following
}

#[derive(Default)]
struct Evidence(Vec<Hit>);

impl Evidence {
    /// A condition that holds for want of a hit is shown by its step.
    fn add(&mut self, step: usize, hits: &[Hit]) {
        let bare = [Hit { step: Some(step as u32), field: None, span: None }];
        for hit in if hits.is_empty() { &bare } else { hits } {
            // A second step may be that of several first ones, and a first one itself.
            if self.0.len() < MAX_HITS && !self.0.contains(hit) {
                self.0.push(*hit);
            }
        }
    }

    fn sorted(mut self) -> Vec<Hit> {
        self.0.sort_by_key(|hit| hit.step);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trajectory::Field;

    fn at_steps(steps: &[usize]) -> AtSteps {
        (0..8).map(|at| steps.contains(&at).then(|| vec![Hit::step(at, Field::Thought)])).collect()
    }

    fn steps(first: &[usize], order: Order, second: &[usize], within: u32) -> Option<Vec<u32>> {
        let hits = evidence(&at_steps(first), order, &at_steps(second), within)?;
        Some(hits.iter().filter_map(|hit| hit.step).collect())
    }

    #[test]
    fn the_second_step_comes_after_the_first_and_near_enough() {
        assert_eq!(steps(&[1], Order::Then, &[4, 6], 3), Some(vec![1, 4]));
        assert_eq!(steps(&[1], Order::Then, &[4], 2), None);
        assert_eq!(steps(&[4], Order::Then, &[1, 4], u32::MAX), None);
        assert_eq!(steps(&[1, 3], Order::Then, &[4], u32::MAX), Some(vec![1, 3, 4]));
    }

    #[test]
    fn one_first_step_that_nothing_follows_is_enough() {
        assert_eq!(steps(&[1, 5], Order::Never, &[2], u32::MAX), Some(vec![5]));
        assert_eq!(steps(&[1], Order::Never, &[4], 2), Some(vec![1]));
        assert_eq!(steps(&[1], Order::Never, &[7], u32::MAX), None);
        assert_eq!(steps(&[], Order::Never, &[2], u32::MAX), None);
        assert_eq!(steps(&[7], Order::Never, &[7], u32::MAX), Some(vec![7]));
    }

    #[test]
    fn a_step_without_a_hit_is_named_itself() {
        let absent: AtSteps = vec![None, Some(Vec::new())];
        let hits = evidence(&at_steps(&[0])[..2].to_vec(), Order::Then, &absent, 1).unwrap();
        assert_eq!(hits[1], Hit { step: Some(1), field: None, span: None });
    }
}
