//! Left joins: what they come to depends on what is asked of the other table.

use sqlparser::ast::BinaryOperator;

use super::conditions::{tested, tested_mut};
use super::shape::{Column, Number, Output, Scope, Shape, Test};

impl Scope<'_> {
    /// What a `LEFT JOIN` comes to: the same as a plain one where a condition asks for a partner; things without a
    /// partner; or numbers that may be 0.
    pub(super) fn settle_outer(self, mut shape: Shape) -> Option<Shape> {
        let [outer] = self.outer.as_slice() else { return self.outer.is_empty().then_some(shape) };
        let of_outer = |test: &Test| tested(test).table == *outer;
        let (about, others): (Vec<Test>, Vec<Test>) = shape.tests.iter().cloned().partition(of_outer);
        if let [Test::Null(column, false)] = about.as_slice() {
            return self.without_partner(column, *outer, others, shape);
        }
        if !shape.any && about.iter().any(|test| !matches!(test, Test::Null(..))) {
            return Some(shape);
        }
        let has_some = match &shape.having {
            Some((_, BinaryOperator::Gt, _)) => true,
            Some((_, BinaryOperator::GtEq | BinaryOperator::Eq, number)) => *number > 0,
            _ => false,
        };
        if about.is_empty() && has_some {
            return Some(shape);
        }
        let counts = shape.outputs.iter().any(|output| matches!(output, Output::Count));
        let refers = *outer == shape.base && shape.tables.len() == 2;
        shape.outer = true;
        (about.is_empty() && refers && counts && shape.having.is_none()).then_some(shape)
    }

    fn without_partner(
        &self,
        column: &Column,
        outer: usize,
        others: Vec<Test>,
        mut shape: Shape,
    ) -> Option<Shape> {
        let parent = 1usize.checked_sub(outer)?;
        let reference = shape.referrer[parent].clone()?;
        let never_null = *column == reference || self.is_key(column);
        let columns = |output: &Output| matches!(output, Output::Column(column) if column.table == parent);
        let plain = shape.outputs.iter().all(|output| columns(output) || *output == Output::Count);
        let ordered = shape.order.iter().all(|(key, _)| columns(key));
        if !never_null
            || !plain
            || !ordered
            || !shape.group.is_empty()
            || shape.any
            || shape.tables.len() != 2
        {
            return None;
        }
        let table = shape.tables[parent].clone();
        let key = self.key_of(parent).unwrap_or_else(|| reference.name.clone());
        let child = Shape::of_rows(&shape.tables[outer]);
        let moved = |column: &mut Column| column.table = 0;
        for output in shape.outputs.iter_mut().chain(shape.order.iter_mut().map(|(key, _)| key)) {
            if let Output::Column(column) = output {
                moved(column);
            }
        }
        shape.tests = others
            .into_iter()
            .map(|mut test| {
                let column = tested_mut(&mut test);
                moved(column);
                test
            })
            .collect();
        let (key, reference) = (Column { table: 0, name: key }, Column { table: 0, name: reference.name });
        shape.tests.push(Test::Has(key, reference, Box::new(child), Number::None));
        (shape.tables, shape.referrer, shape.base) = (vec![table], vec![None], 0);
        Some(shape)
    }

    /// The column that alone identifies the rows of a table.
    fn key_of(&self, table: usize) -> Option<String> {
        let mut keys = self.schema.columns(&self.tables[table])?.iter().filter(|info| info.primary);
        keys.next().map(|info| info.name.clone())
    }
}
