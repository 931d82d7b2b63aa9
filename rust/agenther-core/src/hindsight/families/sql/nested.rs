//! Queries within conditions: extremes and averages of a column, and rows of another table that refer to a row.

use sqlparser::ast::{
    BinaryOperator, Expr, GroupByExpr, Ident, Join, JoinConstraint, JoinOperator, Query, Select, SelectItem,
    SetExpr, TableFactor,
};

use super::conditions::tested;
use super::shape::{Column, Fold, Number, Output, Scope, Shape, Test, constant, flatten, select};
use crate::hindsight::families::english;

impl Scope<'_> {
    /// `column = (SELECT MAX(column) FROM the same table)`, and the like with `AVG`.
    pub(super) fn extreme(&self, column: &Column, op: &BinaryOperator, query: &Query) -> Option<Test> {
        let inner_select = select(query)?;
        let inner = Scope::new(inner_select, self.schema)?;
        let GroupByExpr::Expressions(group, _) = &inner_select.group_by else { return None };
        let plain = group.is_empty() && inner_select.having.is_none() && query.limit_clause.is_none();
        if !plain || inner.tables.len() != 1 {
            return None;
        }
        let outputs = inner.outputs(inner_select)?;
        let [Output::Fold(fold, of)] = outputs.as_slice() else { return None };
        if !of.name.eq_ignore_ascii_case(&column.name)
            || !inner.tables[0].eq_ignore_ascii_case(&self.tables[column.table])
        {
            return None;
        }
        let fold = *fold;
        if let Some(selection) = &inner_select.selection {
            let (tests, any) = inner.tests(selection)?;
            let compares = matches!(op, BinaryOperator::Gt | BinaryOperator::Lt)
                && matches!(fold, Fold::Highest | Fold::Lowest);
            return (compares && (!any || tests.len() == 1) && self.tables.len() == 1)
                .then(|| Test::Against(column.clone(), op.clone(), fold, Box::new(inner.child(tests))));
        }
        match (op, fold) {
            (BinaryOperator::Eq, Fold::Highest | Fold::Lowest) => Some(Test::Extreme(column.clone(), fold)),
            (BinaryOperator::Gt | BinaryOperator::Lt, Fold::Average) => {
                Some(Test::Average(column.clone(), op.clone()))
            }
            _ => None,
        }
    }

    /// `key [NOT] IN (SELECT reference FROM child [WHERE …] [GROUP BY reference HAVING COUNT(*) op n])`.
    pub(super) fn related(&self, expr: &Expr, query: &Query, negated: bool) -> Option<Test> {
        let column = self.column(expr)?;
        let inner_select = select(query)?;
        let inner = Scope::new(inner_select, self.schema)?;
        let outputs = inner.outputs(inner_select)?;
        let [Output::Column(reference)] = outputs.as_slice() else { return None };
        let reference = &inner.as_reference(reference);
        if query.limit_clause.is_some() || !self.refers(&column, &inner, reference) {
            return None;
        }
        let (tests, any) = inner.selection(inner_select)?;
        if any && tests.len() > 1 || !inner.tells_every_table(&tests, &self.tables[column.table]) {
            return None;
        }
        let GroupByExpr::Expressions(group, _) = &inner_select.group_by else { return None };
        let number = match (group.as_slice(), &inner_select.having) {
            ([], None) if negated => Number::None,
            ([], None) => Number::Some,
            ([key], Some(having)) if !negated && inner.column(key)? == *reference => {
                let (measure, op, number) = inner.having(having)?;
                // A row without children is in no group, so an upper bound would mean "but at least one".
                if matches!(op, BinaryOperator::Lt | BinaryOperator::LtEq) || number == 0 {
                    return None;
                }
                match measure {
                    Output::Count => Number::Bound(op, number),
                    Output::CountDistinct(column) if number > 1 => Number::Different(op, number, column),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let reference = reference.clone();
        Some(Test::Has(column, reference, Box::new(inner.child(tests)), number))
    }

    /// `reference IN (SELECT key FROM parent WHERE …)`.
    pub(super) fn belongs(&self, reference: Column, query: &Query) -> Option<Test> {
        let inner_select = select(query)?;
        let inner = Scope::new(inner_select, self.schema)?;
        let outputs = inner.outputs(inner_select)?;
        let [Output::Column(key)] = outputs.as_slice() else { return None };
        let GroupByExpr::Expressions(group, _) = &inner_select.group_by else { return None };
        let plain = group.is_empty() && inner_select.having.is_none() && query.limit_clause.is_none();
        if !plain || key.table != inner.base || !inner.is_key(key) || self.is_key(&reference) {
            return None;
        }
        let (tests, any) = inner.selection(inner_select)?;
        let is_told = !tests.is_empty() && inner.tells_every_table(&tests, "");
        (is_told && (!any || tests.len() == 1)).then(|| Test::Of(reference, Box::new(inner.child(tests))))
    }

    /// Whether a column of a child table refers to the rows of one of these tables by their key.
    fn refers(&self, key: &Column, inner: &Scope<'_>, reference: &Column) -> bool {
        let glue = |words: Vec<String>| words.concat().to_ascii_lowercase();
        let (wanted, found) = (self.schema.words(&key.name), glue(self.schema.words(&reference.name)));
        let entity =
            english::singular(&self.schema.words(&self.tables[key.table]).join(" ")).replace(' ', "");
        let called_after = found == format!("{}{}", entity.to_ascii_lowercase(), glue(wanted));
        let kind = self.schema.words(&self.tables[key.table]).pop();
        let of_kind = || {
            let info = self.schema.column(&inner.tables[reference.table], &reference.name);
            // `maker` of a model that refers to the car makers
            info.is_some_and(|info| info.keyed) && kind.is_some_and(|kind| english::singular(&kind) == found)
        };
        let named = reference.name.eq_ignore_ascii_case(&key.name)
            || called_after
            || found == entity.to_ascii_lowercase()
            || of_kind();
        let is_unseen = self.schema.columns(&self.tables[key.table]).is_none();
        let is_key = self.is_key(key) || (is_unseen && called_after);
        named && reference.table == inner.base && is_key && !inner.is_key(reference)
    }

    /// The key of what the rows refer to as the reference to it.
    fn as_reference(&self, column: &Column) -> Column {
        let reference = self.referrer[column.table].as_ref().filter(|_| self.is_key(column));
        reference.unwrap_or(column).clone()
    }

    /// Whether each joined table is in one of the conditions, or leads on to one that is: else the join restricts what no
    /// word tells. That the thing itself is joined once more restricts nothing.
    fn tells_every_table(&self, tests: &[Test], thing: &str) -> bool {
        let tested = |table: usize| tests.iter().any(|test| tested(test).table == table);
        let leads_on = |table: usize| self.referrer.iter().flatten().any(|column| column.table == table);
        (0..self.tables.len()).all(|table| {
            let is_thing = self.tables[table].eq_ignore_ascii_case(thing);
            table == self.base || tested(table) || leads_on(table) || is_thing
        })
    }

    /// The rows of an inner query as a shape that has nothing but conditions.
    fn child(self, tests: Vec<Test>) -> Shape {
        let table = self.tables[self.base].clone();
        Shape {
            tables: self.tables,
            referrer: self.referrer,
            base: self.base,
            tests,
            ..Shape::of_rows(&table)
        }
    }

    /// `… FROM child WHERE child.reference = outer.key [AND …]`: key, reference, and the rows of the child that count.
    pub(super) fn linked(&self, query: &Query, inner_select: &Select) -> Option<(Column, Column, Shape)> {
        let inner = Scope::new(inner_select, self.schema)?;
        let GroupByExpr::Expressions(group, _) = &inner_select.group_by else { return None };
        if !group.is_empty() || inner_select.having.is_some() || query.limit_clause.is_some() {
            return None;
        }
        let (mut ends, mut tests) = (None, Vec::new());
        for part in flatten(inner_select.selection.as_ref()?, &BinaryOperator::And) {
            match self.link(part, &inner) {
                Some(link) if ends.is_none() => ends = Some(link),
                Some(_) => return None,
                None => tests.push(inner.test(part)?),
            }
        }
        let (key, reference) = ends?;
        let is_told = inner.tells_every_table(&tests, &self.tables[key.table]);
        is_told.then(|| (key, reference, inner.child(tests)))
    }

    /// `child.reference = outer.key`, either way round: the key and the reference.
    fn link(&self, expr: &Expr, inner: &Scope<'_>) -> Option<(Column, Column)> {
        let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = expr else { return None };
        [(left, right), (right, left)].into_iter().find_map(|(reference, key)| {
            let (Expr::CompoundIdentifier(_), Expr::CompoundIdentifier(_)) = (&**reference, &**key) else {
                return None;
            };
            let (reference, key) = (inner.column(reference)?, self.column(key)?);
            self.refers(&key, inner, &reference).then_some((key, reference))
        })
    }

    /// `(SELECT COUNT(*) FROM child WHERE child.reference = outer.key …) op n`.
    pub(super) fn counted(&self, query: &Query, op: &BinaryOperator, right: &Expr) -> Option<Test> {
        let inner_select = select(query)?;
        let [SelectItem::UnnamedExpr(Expr::Function(function))] = inner_select.projection.as_slice() else {
            return None;
        };
        let inner = Scope::new(inner_select, self.schema)?;
        if inner.measure(function)? != Output::Count {
            return None;
        }
        let (key, reference, child) = self.linked(query, inner_select)?;
        let number = constant(right)?.text.parse().ok()?;
        Some(Test::Has(key, reference, Box::new(child), Number::Bound(op.clone(), number)))
    }
}

/// `SELECT … FROM thing WHERE key = (SELECT reference FROM child … GROUP BY reference ORDER BY measure LIMIT n)` as the join
/// of the two that is grouped by the key; the same without groups, `… ORDER BY column LIMIT 1`.
pub fn joined_by_superlative(query: &Query) -> Option<Query> {
    let outer = select(query)?;
    let [from] = outer.from.as_slice() else { return None };
    let TableFactor::Table { name, alias, .. } = &from.relation else { return None };
    let (key, inner_query) = match outer.selection.as_ref()? {
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => match &**right {
            Expr::Subquery(inner) => (&**left, inner),
            _ => return None,
        },
        Expr::InSubquery { expr, subquery, negated: false } => (&**expr, subquery),
        _ => return None,
    };
    let inner = select(inner_query)?;
    let GroupByExpr::Expressions(keys, _) = &inner.group_by else { return None };
    let [SelectItem::UnnamedExpr(reference)] = inner.projection.as_slice() else { return None };
    let GroupByExpr::Expressions(grouped, _) = &outer.group_by else { return None };
    let of_groups = keys.as_slice() == [reference.clone()];
    let of_one = keys.is_empty() && is_one(inner_query);
    let plain = (of_groups || of_one)
        && inner_query.order_by.is_some()
        && inner_query.limit_clause.is_some()
        && inner.having.is_none()
        && from.joins.is_empty()
        && grouped.is_empty()
        && outer.distinct.is_none()
        && query.order_by.is_none();
    let [inner_from] = inner.from.as_slice() else { return None };
    let TableFactor::Table { name: child, alias: child_alias, .. } = &inner_from.relation else {
        return None;
    };
    if !plain || (query.limit_clause.is_some() && !is_one(query)) {
        return None;
    }
    let called = |name: &sqlparser::ast::ObjectName, alias: &Option<sqlparser::ast::TableAlias>| {
        alias.as_ref().map_or_else(|| name.0.last()?.as_ident().cloned(), |alias| Some(alias.name.clone()))
    };
    let (thing, child) = (called(name, alias)?, called(child, child_alias)?);
    let of = |table: &Ident, column: &Expr| match column {
        Expr::Identifier(column) => Some(Expr::CompoundIdentifier(vec![table.clone(), column.clone()])),
        Expr::CompoundIdentifier(_) => Some(column.clone()),
        _ => None,
    };
    let (key, reference) = (of(&thing, key)?, of(&child, reference)?);
    let item = |item: &SelectItem| match item {
        SelectItem::UnnamedExpr(expr) => Some(SelectItem::UnnamedExpr(of(&thing, expr)?)),
        SelectItem::ExprWithAlias { expr, alias } => {
            Some(SelectItem::ExprWithAlias { expr: of(&thing, expr)?, alias: alias.clone() })
        }
        _ => None,
    };
    let mut joined = (**inner_query).clone();
    let SetExpr::Select(select) = joined.body.as_mut() else { return None };
    select.projection = outer.projection.iter().map(item).collect::<Option<_>>()?;
    if of_groups {
        select.group_by = GroupByExpr::Expressions(vec![key.clone()], Vec::new());
    }
    select.from[0].joins.push(Join {
        relation: from.relation.clone(),
        global: false,
        join_operator: JoinOperator::Join(JoinConstraint::On(Expr::BinaryOp {
            left: Box::new(reference),
            op: BinaryOperator::Eq,
            right: Box::new(key),
        })),
    });
    Some(joined)
}

fn is_one(query: &Query) -> bool {
    query.limit_clause.as_ref().is_some_and(|limit| limit.to_string().trim() == "LIMIT 1")
}
