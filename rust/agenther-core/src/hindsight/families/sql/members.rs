//! Rows picked by the group that they are in: `country IN (SELECT country FROM channel GROUP BY country HAVING COUNT(*) > 2)`.

use sqlparser::ast::{BinaryOperator, Expr, GroupByExpr, Query, Select, SetExpr};

use super::shape::{Column, Output, Scope, Test, select};

/// A query grouped by a column that it picks by a condition on the same groups, with that condition on its own groups.
pub fn grouped_alike(query: &Query) -> Option<Query> {
    let outer = select(query)?;
    let Expr::InSubquery { expr, subquery, negated: false } = outer.selection.as_ref()? else { return None };
    let inner = groups(subquery)?;
    let key = [(**expr).clone()];
    let plain = outer.having.is_none()
        && keys(outer) == Some(&key)
        && keys(inner) == Some(&key)
        && outer.from.len() == 1
        && outer.from == inner.from
        && inner.selection.is_none();
    let mut query = query.clone();
    let SetExpr::Select(select) = query.body.as_mut() else { return None };
    (select.selection, select.having) = (None, inner.having.clone());
    plain.then_some(query)
}

/// `SELECT key FROM … GROUP BY key HAVING …`
fn groups(query: &Query) -> Option<&Select> {
    let select = select(query)?;
    let plain = query.limit_clause.is_none() && query.order_by.is_none() && select.having.is_some();
    plain.then_some(select)
}

fn keys(select: &Select) -> Option<&[Expr]> {
    match &select.group_by {
        GroupByExpr::Expressions(keys, modifiers) if modifiers.is_empty() => Some(keys),
        _ => None,
    }
}

impl Scope<'_> {
    /// That so many rows of the same table have the same value in a column.
    pub(super) fn shares(&self, column: Column, query: &Query) -> Option<Test> {
        let inner_select = groups(query)?;
        let inner = Scope::new(inner_select, self.schema)?;
        let [key] = keys(inner_select)? else { return None };
        let key = inner.column(key)?;
        let of_same = inner.tables.len() == 1
            && inner.tables[0].eq_ignore_ascii_case(&self.tables[column.table])
            && column.table == self.base
            && key.name.eq_ignore_ascii_case(&column.name)
            && inner_select.selection.is_none()
            && inner.outputs(inner_select)? == [Output::Column(key)];
        let (Output::Count, op, number) = inner.having(inner_select.having.as_ref()?)? else { return None };
        let several = match op {
            BinaryOperator::Gt => number >= 1,
            BinaryOperator::GtEq | BinaryOperator::Eq => number >= 2,
            _ => false,
        };
        (of_same && several).then_some(Test::Shared(column, op, number))
    }
}
