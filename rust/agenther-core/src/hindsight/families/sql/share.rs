//! Percentages: which share of the rows fulfils a condition.

use sqlparser::ast::{BinaryOperator, Expr, Query, SelectItem, SetExpr};

use super::conditions::tested;
use super::phrase::Speaker;
use super::rewrite::{self, counted_condition};
use super::schema::Schema;
use super::shape::{Output, Shape, Test, shape_of};

/// `SELECT 100.0 * SUM(CASE WHEN c THEN 1 ELSE 0 END) / COUNT(*) FROM …` as the rows and the condition.
pub fn share(query: &Query, schema: &Schema) -> Option<Shape> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let [SelectItem::UnnamedExpr(item) | SelectItem::ExprWithAlias { expr: item, .. }] =
        select.projection.as_slice()
    else {
        return None;
    };
    let (item, decimals) = rewrite::unrounded(item);
    // Where whole numbers are divided, some databases cut what is left.
    let written = item.to_string().to_ascii_uppercase();
    if !["100.0", "1.0", " AS REAL", " AS FLOAT", " AS DOUBLE", " AS DECIMAL", " AS NUMERIC", "::"]
        .iter()
        .any(|real| written.contains(real))
    {
        return None;
    }
    let (condition, count) = percentage(&item)?;
    let counting = |selection: Option<Expr>| {
        let mut query = query.clone();
        let SetExpr::Select(select) = query.body.as_mut() else { return None };
        select.projection = vec![SelectItem::UnnamedExpr(count.clone())];
        select.selection = selection;
        shape_of(&rewrite::plain(&query)?.query, schema)
    };
    let rows = counting(select.selection.clone())?;
    let part = counting(Some(condition))?;
    let [test] = part.tests.as_slice() else { return None };
    let plain = rows.outputs == [Output::Count] && rows.group.is_empty() && rows.limit.is_none() && !rows.any;
    (plain && rows.tables == part.tables && tested(test).table == rows.base && !rows.tests.contains(test))
        .then(|| Shape { share: Some(test.clone()), decimals, ..rows })
}

/// The condition of a percentage, and the count that it is a part of.
fn percentage(expr: &Expr) -> Option<(Expr, Expr)> {
    let mut factors = Vec::new();
    let divisor = match bare(expr) {
        Expr::BinaryOp { left, op: BinaryOperator::Multiply, right } => {
            // `x / n * 100`, `100 * (x / n)`
            let (quotient, hundred) = if is_hundred(right) { (left, right) } else { (right, left) };
            let Expr::BinaryOp { left, op: BinaryOperator::Divide, right } = bare(quotient) else {
                return None;
            };
            factors.extend([&**left, &**hundred]);
            right
        }
        Expr::BinaryOp { left, op: BinaryOperator::Divide, right } => {
            let Expr::BinaryOp { left: one, op: BinaryOperator::Multiply, right: other } = bare(left) else {
                return None;
            };
            factors.extend([&**one, &**other]);
            right
        }
        _ => return None,
    };
    let [one, other] = factors.as_slice() else { return None };
    let part = match (is_hundred(one), is_hundred(other)) {
        (true, false) => other,
        (false, true) => one,
        _ => return None,
    };
    let count = bare(divisor);
    let counts =
        matches!(count, Expr::Function(_)) && count.to_string().to_ascii_lowercase().starts_with("count(");
    let condition = counted_condition(bare(part))?;
    (counts && !count.to_string().to_ascii_lowercase().contains("distinct"))
        .then(|| (condition, count.clone()))
}

/// An expression without brackets and casts: what they change of a percentage, the result shows.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => bare(inner),
        Expr::BinaryOp { left, op: BinaryOperator::Multiply, right }
            if matches!(right.to_string().as_str(), "1.0" | "1") =>
        {
            bare(left)
        }
        other => other,
    }
}

fn is_hundred(expr: &Expr) -> bool {
    matches!(bare(expr).to_string().as_str(), "100" | "100.0" | "100.00")
}

impl Speaker<'_> {
    /// `For what percentage of the members is the sex "F"?`
    pub(super) fn shared(&self, test: &Test) -> Option<String> {
        let plain = matches!(test, Test::Compare(..) | Test::Between(..) | Test::OneOf(_, _, false));
        let part = Shape { tests: vec![test.clone()], any: false, ..self.shape.clone() };
        let said = Speaker { shape: &part, schema: self.schema }.conditions()?;
        let rows = self.rows()?;
        if let Some(property) = said.strip_prefix(" that are ") {
            return Some(format!("What percentage of the {rows} are {property}?"));
        }
        let (attribute, is) = said.strip_prefix(" whose ")?.split_once(" is ")?;
        (plain && self.sound(test))
            .then(|| format!("For what percentage of the {rows} is the {attribute} {is}?"))
    }
}
