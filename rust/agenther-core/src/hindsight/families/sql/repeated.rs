//! Averages over a join: a thing counts once for each row that refers to it, which the request says.

use super::phrase::Speaker;
use super::shape::{Column, Fold, Output};
use crate::hindsight::families::english::{article, plural};

impl Speaker<'_> {
    /// Whether all that is asked for is the average of a column of what the rows refer to.
    pub(super) fn is_repeated(&self, column: &Column) -> bool {
        let shape = self.shape;
        let refers = |reference: &Column| reference.table == shape.base;
        shape.outputs.as_slice() == [Output::Fold(Fold::Average, column.clone())]
            && shape.group.is_empty()
            && !shape.outer
            && shape.referrer[column.table].as_ref().is_some_and(refers)
    }

    /// `What is the average age of the dogs over all treatments, counting a dog once for each treatment?`
    pub(super) fn repeated(&self, column: &Column) -> Option<String> {
        let (thing, row, rows) = (self.thing(column.table)?, self.base()?, self.rows()?);
        let words = self.attribute(column)?;
        let attribute = words.strip_prefix(&thing)?.trim_start();
        let all = if self.shape.tests.is_empty() { "all" } else { "the" };
        Some(format!(
            "What is the average {attribute} of the {} over {all} {rows}, counting {} {thing} once for each {row}?",
            plural(&thing),
            article(&thing),
        ))
    }
}
