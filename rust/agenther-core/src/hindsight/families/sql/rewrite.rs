//! Queries written in plainer clauses that mean the same, so that one reading serves every dialect: `TOP 3` is `LIMIT
//! 3`, a sum over `CASE` is a count under a condition, and a query of a named query is one query.

use sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, DataType, ExactNumberInfo, Expr, Function, FunctionArg,
    FunctionArgExpr, FunctionArguments, GroupByExpr, Ident, LimitClause, OrderByKind, Query, Select,
    SelectItem, SetExpr, TableFactor, TopQuantity, Value, ValueWithSpan,
};

use super::dates::is_integer;
use super::members;
use super::nested;
use crate::signals::effect;

/// Queries nested deeper are not read.
const MAX_DEPTH: usize = 4;

/// A query in plain clauses.
pub struct Plain {
    /// The query.
    pub query: Query,
    /// To how many decimal places it rounds what it measures.
    pub decimals: Option<u8>,
}

/// Writes a query plainly; what has no plainer form stays as it is.
pub fn plain(query: &Query) -> Option<Plain> {
    let mut query = query.clone();
    for _ in 0..MAX_DEPTH {
        let Some(inlined) = inlined(&query) else { break };
        query = inlined;
    }
    limit_of_dialect(&mut query);
    if let Some(joined) = nested::joined_by_superlative(&query) {
        query = joined;
    }
    if let Some(grouped) = members::grouped_alike(&query) {
        query = grouped;
    }
    let mut decimals = None;
    let mut order = query.order_by.take();
    if let Some(OrderByKind::Expressions(keys)) = order.as_mut().map(|order| &mut order.kind) {
        for key in keys {
            key.expr = bare_measure(&key.expr, &mut None).unwrap_or_else(|| key.expr.clone());
            // Nulls come last in a descending order of most databases, and where they do not, the result shows it.
            if key.options.nulls_first == Some(false) {
                key.options.nulls_first = None;
            }
        }
    }
    query.order_by = order;
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.selection = select.selection.take().map(plain_condition);
        count_under_condition(select);
        let mut roundings = Vec::new();
        for item in &mut select.projection {
            let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else {
                continue;
            };
            let mut rounding = None;
            if let Some(bare) = bare_measure(expr, &mut rounding) {
                *expr = bare;
            }
            roundings.extend(rounding);
        }
        decimals = roundings.first().copied();
        if roundings.iter().any(|other| Some(*other) != decimals) {
            return None; // one sentence tells of one rounding
        }
    }
    Some(Plain { query, decimals })
}

/// `TOP 3` and `FETCH FIRST 3 ROWS ONLY` as `LIMIT 3`.
fn limit_of_dialect(query: &mut Query) {
    let SetExpr::Select(select) = query.body.as_mut() else { return };
    if query.limit_clause.is_some() {
        return;
    }
    let number = match (&select.top, &query.fetch) {
        (Some(top), None) if !top.with_ties && !top.percent => match &top.quantity {
            Some(TopQuantity::Constant(number)) => number_of(*number),
            Some(TopQuantity::Expr(expr)) => expr.clone(),
            None => return,
        },
        (None, Some(fetch)) if !fetch.with_ties && !fetch.percent => match &fetch.quantity {
            Some(number) => number.clone(),
            None => number_of(1),
        },
        _ => return,
    };
    (select.top, query.fetch) = (None, None);
    query.limit_clause =
        Some(LimitClause::LimitOffset { limit: Some(number), offset: None, limit_by: Vec::new() });
}

fn number_of(number: u64) -> Expr {
    Expr::Value(Value::Number(number.to_string(), false).into())
}

/// A measure without what only changes its look: `ROUND(AVG(x), 2)` as `AVG(x)`, with the places that are left.
fn bare_measure(expr: &Expr, decimals: &mut Option<u8>) -> Option<Expr> {
    match expr {
        Expr::Nested(inner) => bare_measure(inner, decimals),
        Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type, format: None } => {
            let places = places_of(data_type)?;
            let inner = bare_measure(expr, decimals)?;
            *decimals = places.or(*decimals);
            Some(inner)
        }
        Expr::Function(function) => {
            let name = name_of(function);
            let arguments = arguments_of(function)?;
            match (name.as_str(), arguments.as_slice()) {
                ("avg" | "sum" | "min" | "max" | "count", _) => {
                    let mut function = function.clone();
                    widen(&mut function);
                    Some(Expr::Function(function))
                }
                ("round", [inner]) => {
                    let inner = bare_measure(inner, &mut None)?;
                    *decimals = Some(0);
                    Some(inner)
                }
                ("round" | "format", [inner, Expr::Value(places)]) => {
                    let inner = bare_measure(inner, &mut None)?;
                    *decimals = Some(places.value.to_string().parse().ok().filter(|places| *places <= 6)?);
                    Some(inner)
                }
                ("coalesce" | "ifnull" | "nvl" | "isnull", [inner, Expr::Value(zero)])
                    if zero.value.to_string() == "0" =>
                {
                    bare_measure(inner, decimals)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// A computed number without the rounding around it, and the places that it leaves.
pub fn unrounded(expr: &Expr) -> (Expr, Option<u8>) {
    let rounded = match expr {
        Expr::Nested(inner) => return unrounded(inner),
        Expr::Function(function) if name_of(function) == "round" => arguments_of(function),
        _ => None,
    };
    match rounded.as_deref() {
        Some([inner]) => ((*inner).clone(), Some(0)),
        Some([inner, places]) => match places.to_string().parse() {
            Ok(places) if places <= 6 => ((*inner).clone(), Some(places)),
            _ => (expr.clone(), None),
        },
        _ => (expr.clone(), None),
    }
}

/// The places that a cast to a type leaves, where it keeps the number otherwise.
fn places_of(kind: &DataType) -> Option<Option<u8>> {
    match kind {
        DataType::Real | DataType::Float(_) | DataType::Double(_) | DataType::DoublePrecision => Some(None),
        DataType::Float64 | DataType::Numeric(ExactNumberInfo::None) => Some(None),
        DataType::Decimal(ExactNumberInfo::PrecisionAndScale(_, places))
        | DataType::Numeric(ExactNumberInfo::PrecisionAndScale(_, places)) => {
            u8::try_from(*places).ok().map(Some)
        }
        _ => None,
    }
}

/// `AVG(CAST(x AS REAL))` as `AVG(x)`: the number stays the same.
fn widen(function: &mut Function) {
    let FunctionArguments::List(list) = &mut function.args else { return };
    let [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] = list.args.as_mut_slice() else { return };
    let inner = match argument {
        Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type, format: None }
            if places_of(data_type) == Some(None) || is_integer(data_type) && is_whole(expr) =>
        {
            (**expr).clone()
        }
        _ => return,
    };
    *argument = inner;
}

/// Whether a column is called after what is given in whole numbers, which a cast to integers leaves as it is.
fn is_whole(expr: &Expr) -> bool {
    const WHOLE: &[&str] =
        &["age", "horsepower", "quantity", "population", "attendance", "capacity", "points", "count"];
    name(expr).is_some_and(|name| effect::words(&name).last().is_some_and(|word| WHOLE.contains(&word)))
}

/// The only measure of rows that counts those under a condition as a count, the condition among those of the query.
fn count_under_condition(select: &mut Select) {
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    if grouped || select.having.is_some() {
        return;
    }
    let [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] =
        select.projection.as_mut_slice()
    else {
        return;
    };
    let Some(condition) = counted_condition(expr) else { return };
    let condition = plain_condition(condition);
    let Some(count) = count_of_rows() else { return };
    *expr = count;
    select.selection = Some(both(select.selection.take(), condition));
}

fn both(one: Option<Expr>, other: Expr) -> Expr {
    match one {
        None => other,
        Some(one) => Expr::BinaryOp {
            left: Box::new(Expr::Nested(Box::new(one))),
            op: BinaryOperator::And,
            right: Box::new(Expr::Nested(Box::new(other))),
        },
    }
}

/// `COUNT(*)`
fn count_of_rows() -> Option<Expr> {
    let statement = sqlparser::parser::Parser::parse_sql(
        &sqlparser::dialect::GenericDialect {},
        "SELECT COUNT(*) FROM t",
    );
    let sqlparser::ast::Statement::Query(query) = statement.ok()?.pop()? else { return None };
    let SetExpr::Select(mut select) = *query.body else { return None };
    match select.projection.pop()? {
        SelectItem::UnnamedExpr(count) => Some(count),
        _ => None,
    }
}

/// The condition under which a measure counts rows: that of `SUM(CASE WHEN c THEN 1 ELSE 0 END)`, `COUNT(CASE WHEN c THEN
/// 1 END)`, `SUM(IF(c, 1, 0))`, `COUNTIF(c)`, `COUNT(*) FILTER (WHERE c)`.
pub fn counted_condition(measure: &Expr) -> Option<Expr> {
    let Expr::Function(function) = measure else { return None };
    let name = name_of(function);
    if let Some(condition) = &function.filter {
        let rest = Function { filter: None, ..function.clone() };
        return rest.to_string().eq_ignore_ascii_case("count(*)").then(|| (**condition).clone());
    }
    let arguments = arguments_of(function)?;
    let [argument] = arguments.as_slice() else { return None };
    match name.as_str() {
        "countif" | "count_if" => Some((*argument).clone()),
        "sum" | "count" => {
            let (condition, hit, miss) = choice(argument)?;
            let is_number = |number: &str, expr: &Option<Expr>| {
                expr.as_ref().is_some_and(|expr| expr.to_string() == number)
            };
            let none = miss.is_none() || miss.as_ref().is_some_and(|miss| miss.to_string() == "NULL");
            let counts = match name.as_str() {
                "sum" => is_number("1", &Some(hit)) && (none || is_number("0", &miss)),
                _ => none && matches!(hit, Expr::Value(_)) && hit.to_string() != "NULL",
            };
            counts.then_some(condition)
        }
        _ => None,
    }
}

/// `CASE WHEN c THEN x ELSE y END`, `IF(c, x, y)`.
fn choice(expr: &Expr) -> Option<(Expr, Expr, Option<Expr>)> {
    match expr {
        Expr::Nested(inner) => choice(inner),
        Expr::Case { operand: None, conditions, else_result, .. } => {
            let [CaseWhen { condition, result }] = conditions.as_slice() else { return None };
            Some((condition.clone(), result.clone(), else_result.as_deref().cloned()))
        }
        Expr::Case { operand: Some(operand), conditions, else_result, .. } => {
            let [CaseWhen { condition, result }] = conditions.as_slice() else { return None };
            let is = Expr::BinaryOp {
                left: operand.clone(),
                op: BinaryOperator::Eq,
                right: Box::new(condition.clone()),
            };
            Some((is, result.clone(), else_result.as_deref().cloned()))
        }
        Expr::Function(function) if matches!(name_of(function).as_str(), "if" | "iif" | "iff") => {
            match arguments_of(function)?.as_slice() {
                [condition, hit, miss] => Some(((*condition).clone(), (*hit).clone(), Some((*miss).clone()))),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A condition without what only makes texts compare in any case, and with constants as plain texts.
fn plain_condition(expr: Expr) -> Expr {
    let plain_box = |expr: Box<Expr>| Box::new(plain_condition(*expr));
    match expr {
        Expr::Nested(inner) => Expr::Nested(plain_box(inner)),
        Expr::BinaryOp { left, op: op @ (BinaryOperator::And | BinaryOperator::Or), right } => {
            Expr::BinaryOp { left: plain_box(left), op, right: plain_box(right) }
        }
        Expr::BinaryOp { left, op, right } => {
            let right = Box::new(plain_text(*right));
            let left = if is_text(&right) { Box::new(any_case(*left)) } else { left };
            Expr::BinaryOp { left, op, right }
        }
        Expr::Like { negated, any, expr, pattern, escape_char }
        | Expr::ILike { negated, any, expr, pattern, escape_char } => Expr::Like {
            negated,
            any,
            expr: Box::new(any_case(*expr)),
            pattern: Box::new(plain_text(*pattern)),
            escape_char,
        },
        Expr::InList { expr, list, negated } => Expr::InList {
            expr: Box::new(any_case(*expr)),
            list: list.into_iter().map(plain_text).collect(),
            negated,
        },
        Expr::Between { expr, negated, low, high } => Expr::Between {
            expr,
            negated,
            low: Box::new(plain_text(*low)),
            high: Box::new(plain_text(*high)),
        },
        other => other,
    }
}

fn is_text(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(ValueWithSpan { value: Value::SingleQuotedString(_), .. }))
}

/// `N'Bern'`, `DATE '2023-01-01'` and `CAST('2023-01-01' AS DATE)` as texts; `LOWER('Bern')` as what it makes of it.
fn plain_text(expr: Expr) -> Expr {
    let text = |text: &str| Expr::Value(Value::SingleQuotedString(text.to_string()).into());
    match &expr {
        Expr::Value(ValueWithSpan { value: Value::NationalStringLiteral(inside), .. }) => text(inside),
        Expr::TypedString(typed) if matches!(typed.data_type, DataType::Date | DataType::Timestamp(..)) => {
            match &typed.value.value {
                Value::SingleQuotedString(inside) => text(inside),
                _ => expr,
            }
        }
        Expr::Cast { expr: inner, data_type: DataType::Date | DataType::Timestamp(..), .. }
            if is_text(inner) =>
        {
            (**inner).clone()
        }
        Expr::Function(function) if matches!(name_of(function).as_str(), "lower" | "upper") => {
            match arguments_of(function).as_deref() {
                Some([inner]) if is_text(inner) => (*inner).clone(),
                _ => expr,
            }
        }
        _ => expr,
    }
}

/// A column without `LOWER`, `UPPER` or `TRIM` around it.
fn any_case(expr: Expr) -> Expr {
    match &expr {
        Expr::Function(function) if matches!(name_of(function).as_str(), "lower" | "upper") => {
            match arguments_of(function).as_deref() {
                Some([inner @ (Expr::Identifier(_) | Expr::CompoundIdentifier(_))]) => (*inner).clone(),
                _ => expr,
            }
        }
        Expr::Trim { trim_where: None, trim_what: None, expr: inner, trim_characters: None }
            if matches!(**inner, Expr::Identifier(_) | Expr::CompoundIdentifier(_)) =>
        {
            (**inner).clone()
        }
        _ => expr,
    }
}

/// The name of a function, in lower case.
pub fn name_of(function: &Function) -> String {
    function.name.to_string().to_ascii_lowercase()
}

/// The plain arguments of a function, where it has nothing else.
pub fn arguments_of(function: &Function) -> Option<Vec<&Expr>> {
    let FunctionArguments::List(list) = &function.args else { return None };
    let plain = function.over.is_none()
        && function.filter.is_none()
        && function.within_group.is_empty()
        && list.clauses.is_empty();
    let argument = |argument: &'_ FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(_) | FunctionArgExpr::Wildcard) => Some(()),
        _ => None,
    };
    if !plain || list.args.iter().any(|found| argument(found).is_none()) {
        return None;
    }
    Some(
        list.args
            .iter()
            .filter_map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                _ => None,
            })
            .collect(),
    )
}

/// A query of nothing but one other query, which stands in its `FROM` or before it under a name, as one query.
fn inlined(query: &Query) -> Option<Query> {
    let SetExpr::Select(outer) = query.body.as_ref() else { return None };
    let [from] = outer.from.as_slice() else { return None };
    if !from.joins.is_empty() || outer.distinct.is_some() || outer.having.is_some() {
        return None;
    }
    let inner = match &from.relation {
        TableFactor::Derived { lateral: false, subquery, .. } if query.with.is_none() => (**subquery).clone(),
        TableFactor::Table { name, .. } => named(query, &name.to_string())?,
        _ => return None,
    };
    let grouped = !matches!(&outer.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    merged(query, outer, inner).filter(|_| !grouped)
}

/// The last of the named queries before a query, with those before it, if it is the one of that name.
fn named(query: &Query, name: &str) -> Option<Query> {
    let with = query.with.as_ref().filter(|with| !with.recursive)?;
    let (last, before) = with.cte_tables.split_last()?;
    if !last.alias.name.value.eq_ignore_ascii_case(name) || !last.alias.columns.is_empty() {
        return None;
    }
    let mut inner = (*last.query).clone();
    if !before.is_empty() {
        inner.with = Some(sqlparser::ast::With { cte_tables: before.to_vec(), ..with.clone() });
    }
    Some(inner)
}

/// The inner query with what the outer one picks, keeps and sorts by of it.
fn merged(query: &Query, outer: &Select, mut inner: Query) -> Option<Query> {
    let limited = inner.limit_clause.is_some() || inner.fetch.is_some();
    let SetExpr::Select(select) = inner.body.as_mut() else { return None };
    let limited = limited || select.top.is_some();
    let asks_more = query.order_by.is_some() || query.limit_clause.is_some() || query.fetch.is_some();
    if limited && (asks_more || outer.selection.is_some() || outer.top.is_some()) || select.distinct.is_some()
    {
        return None;
    }
    let items = Items::of(select);
    if let Some(condition) = &outer.selection {
        let condition = items.resolved(condition)?;
        match items.aggregate {
            false => select.selection = Some(both(select.selection.take(), condition)),
            true if select.having.is_none() => select.having = Some(condition),
            true => return None,
        }
    }
    select.projection = match outer.projection.as_slice() {
        [SelectItem::Wildcard(_)] => select.projection.clone(),
        [SelectItem::UnnamedExpr(count) | SelectItem::ExprWithAlias { expr: count, .. }]
            if count.to_string().eq_ignore_ascii_case("count(*)") && !items.aggregate && !limited =>
        {
            outer.projection.clone()
        }
        picked => picked.iter().map(|item| items.item(item)).collect::<Option<_>>()?,
    };
    if outer.top.is_some() {
        select.top = outer.top.clone();
    }
    if let Some(order) = &query.order_by {
        let OrderByKind::Expressions(keys) = &order.kind else { return None };
        let mut order = order.clone();
        let resolved = |key: &sqlparser::ast::OrderByExpr| {
            let expr = match &key.expr {
                position @ Expr::Value(_) => position.clone(),
                expr => items.resolved(expr)?,
            };
            Some(sqlparser::ast::OrderByExpr { expr, ..key.clone() })
        };
        order.kind = OrderByKind::Expressions(keys.iter().map(resolved).collect::<Option<_>>()?);
        inner.order_by = Some(order);
    }
    if !limited {
        (inner.limit_clause, inner.fetch) = (query.limit_clause.clone(), query.fetch.clone());
    }
    Some(inner)
}

/// What the columns of an inner query are called and stand for.
struct Items {
    items: Vec<(String, SelectItem, Expr)>,
    /// Whether it folds rows.
    aggregate: bool,
    /// Whether it gives every column under its own name.
    all: bool,
}

impl Items {
    fn of(select: &Select) -> Self {
        let item = |item: &SelectItem| match item {
            SelectItem::ExprWithAlias { expr, alias } => {
                Some((alias.value.to_ascii_lowercase(), item.clone(), expr.clone()))
            }
            SelectItem::UnnamedExpr(expr @ Expr::Identifier(ident)) => {
                Some((ident.value.to_ascii_lowercase(), item.clone(), expr.clone()))
            }
            SelectItem::UnnamedExpr(expr @ Expr::CompoundIdentifier(parts)) => {
                Some((parts.last()?.value.to_ascii_lowercase(), item.clone(), expr.clone()))
            }
            _ => None,
        };
        let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
        let folds = select.projection.iter().any(|item| item.to_string().contains('('));
        Items {
            items: select.projection.iter().filter_map(item).collect(),
            aggregate: grouped || folds,
            all: matches!(select.projection.as_slice(), [SelectItem::Wildcard(_)]),
        }
    }

    /// The item of the inner query that an item of the outer one names.
    fn item(&self, outer: &SelectItem) -> Option<SelectItem> {
        let (expr, alias) = match outer {
            SelectItem::UnnamedExpr(expr) => (expr, None),
            SelectItem::ExprWithAlias { expr, alias } => (expr, Some(alias.clone())),
            _ => return None,
        };
        let name = name(expr)?;
        if self.all {
            return Some(outer.clone());
        }
        let (_, item, inside) = self.items.iter().find(|(known, ..)| *known == name)?;
        Some(match alias {
            Some(alias) => SelectItem::ExprWithAlias { expr: inside.clone(), alias },
            None => item.clone(),
        })
    }

    /// A condition or key of the outer query in the terms of the inner one.
    fn resolved(&self, expr: &Expr) -> Option<Expr> {
        Some(match expr {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                let name = name(expr)?;
                match self.items.iter().find(|(known, ..)| *known == name) {
                    Some((.., inside)) => inside.clone(),
                    None if self.all => Expr::Identifier(Ident::new(name)),
                    None => return None,
                }
            }
            Expr::Value(_) => expr.clone(),
            Expr::Nested(inner) => Expr::Nested(Box::new(self.resolved(inner)?)),
            Expr::BinaryOp { left, op, right } => Expr::BinaryOp {
                left: Box::new(self.resolved(left)?),
                op: op.clone(),
                right: Box::new(self.resolved(right)?),
            },
            _ => return None,
        })
    }
}

/// The last part of a column's name, in lower case.
fn name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(ident) => Some(ident.value.to_ascii_lowercase()),
        Expr::CompoundIdentifier(parts) => Some(parts.last()?.value.to_ascii_lowercase()),
        _ => None,
    }
}
