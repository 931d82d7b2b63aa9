//! The part of SQL that can be said in a sentence: a query is reduced to a [`Shape`], or refused.
//!
//! Nothing may be lost on the way: the clauses that the shape was read from are put together again
//! and must print as the query prints ([`select`]). A clause nobody knows of fails that comparison.

use sqlparser::ast::{
    BinaryOperator, Distinct, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr,
    Ident, Join, JoinConstraint, JoinOperator, LimitClause, ObjectName, OrderByKind, OrderBySort, Query,
    Select, SelectItem, SetExpr, Statement, TableFactor, UnaryOperator, Value,
};
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;

use super::schema::Schema;
use crate::hindsight::families::english;

/// Longer statements are not read: nobody asks for them in a sentence, and the parser recurses.
const MAX_STATEMENT: usize = 2000;

/// A column of one of the shape's tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Index into [`Shape::tables`].
    pub table: usize,
    /// Its name as in the query.
    pub name: String,
}

/// How a measure folds the values of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fold {
    /// `AVG`.
    Average,
    /// `SUM`.
    Total,
    /// `MAX`.
    Highest,
    /// `MIN`.
    Lowest,
}

/// What a row of the result holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// A column.
    Column(Column),
    /// The number of rows.
    Count,
    /// The number of different values.
    CountDistinct(Column),
    /// A folded column.
    Fold(Fold, Column),
}

/// A constant of a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    /// The value without quotes.
    pub text: String,
    /// Whether it was written as a number.
    pub number: bool,
}

/// A condition on rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `column op constant`.
    Compare(Column, BinaryOperator, Constant),
    /// `column BETWEEN a AND b`.
    Between(Column, Constant, Constant),
    /// `column [NOT] IN (…)`.
    OneOf(Column, Vec<Constant>, bool),
    /// `column [NOT] LIKE '%…%'`.
    Like(Column, String, bool),
    /// `column IS [NOT] NULL`.
    Null(Column, bool),
    /// `column = (SELECT MAX|MIN(column) …)`.
    Extreme(Column, Fold),
    /// `column >|< (SELECT AVG(column) …)`.
    Average(Column, BinaryOperator),
    /// `column > (SELECT MAX(column) FROM the same table WHERE …)`, and the like with `<` and `MIN`.
    Against(Column, BinaryOperator, Fold, Box<Shape>),
    /// `key [NOT] IN (SELECT reference FROM child …)`, `[NOT] EXISTS (…)`, `(SELECT COUNT(*) …) op n`.
    Has(Column, Box<Shape>, Number),
}

/// How many rows of a child table a row must have.
#[derive(Debug, Clone, PartialEq)]
pub enum Number {
    /// At least one.
    Some,
    /// None.
    None,
    /// As many as a comparison says.
    Bound(BinaryOperator, u64),
}

/// A query, reduced.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The tables, by name.
    pub tables: Vec<String>,
    /// For each table but the base, the column that refers to it: its rows are attributes of that one's.
    pub referrer: Vec<Option<Column>>,
    /// The table whose rows the joined rows are, one to one.
    pub base: usize,
    /// `SELECT *`: the outputs are all columns of the only table.
    pub star: bool,
    /// `SELECT DISTINCT`.
    pub distinct: bool,
    /// The columns of the result.
    pub outputs: Vec<Output>,
    /// Conditions.
    pub tests: Vec<Test>,
    /// Whether one of the conditions suffices.
    pub any: bool,
    /// `GROUP BY`.
    pub group: Vec<Column>,
    /// `HAVING COUNT(*) op n`.
    pub having: Option<(BinaryOperator, u64)>,
    /// `HAVING AVG(column) op n`.
    pub having_fold: Option<(Output, BinaryOperator, Constant)>,
    /// `ORDER BY`, with whether descending.
    pub order: Vec<(Output, bool)>,
    /// `LIMIT`.
    pub limit: Option<u64>,
}

/// Reads a statement as one that can be said.
pub fn shape(statement: &str, schema: &Schema) -> Option<Shape> {
    if statement.len() > MAX_STATEMENT {
        return None;
    }
    let mut statements = Parser::parse_sql(&MySqlDialect {}, statement).ok()?;
    let (Some(Statement::Query(query)), true) = (statements.pop(), statements.is_empty()) else {
        return None;
    };
    let select = select(&query)?;
    let mut scope = Scope::new(select, schema)?;
    scope.learn_aliases(select)?;
    let outputs = scope.outputs(select)?;
    let (tests, any) =
        select.selection.as_ref().map_or(Some((Vec::new(), false)), |expr| scope.tests(expr))?;
    let group: Vec<Column> = match &select.group_by {
        GroupByExpr::Expressions(columns, modifiers) if modifiers.is_empty() => {
            columns.iter().map(|expr| scope.column(expr)).collect::<Option<_>>()?
        }
        _ => return None,
    };
    let group = scope.without_dependents(group);
    let having_fold = match &select.having {
        Some(expr) if scope.having(expr).is_none() => Some(scope.having_fold(expr)?),
        _ => None,
    };
    Some(Shape {
        star: matches!(select.projection.as_slice(), [SelectItem::Wildcard(_)]),
        distinct: matches!(select.distinct, Some(Distinct::Distinct)),
        outputs,
        tests,
        any,
        group,
        having: select.having.as_ref().and_then(|expr| scope.having(expr)),
        having_fold,
        order: scope.order(&query)?,
        limit: limit(&query)?,
        base: scope.base,
        referrer: scope.referrer,
        tables: scope.tables,
    })
}

/// The only select of a query, provided that the clauses read here are all there is.
pub(super) fn select(query: &Query) -> Option<&Select> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let items: Vec<String> = select.projection.iter().map(ToString::to_string).collect();
    let from: Vec<String> = select.from.iter().map(ToString::to_string).collect();
    let mut text = String::from("SELECT ");
    if matches!(select.distinct, Some(Distinct::Distinct)) {
        text.push_str("DISTINCT ");
    }
    text.push_str(&format!("{} FROM {}", items.join(", "), from.join(", ")));
    if let Some(expr) = &select.selection {
        text.push_str(&format!(" WHERE {expr}"));
    }
    if let GroupByExpr::Expressions(columns, _) = &select.group_by
        && !columns.is_empty()
    {
        let columns: Vec<String> = columns.iter().map(ToString::to_string).collect();
        text.push_str(&format!(" GROUP BY {}", columns.join(", ")));
    }
    if let Some(expr) = &select.having {
        text.push_str(&format!(" HAVING {expr}"));
    }
    if let Some(order) = &query.order_by {
        text.push_str(&format!(" {order}"));
    }
    if let Some(limit) = &query.limit_clause {
        text.push_str(&limit.to_string());
    }
    let printed = query.to_string();
    (text.split_whitespace().eq(printed.split_whitespace())).then_some(select)
}

fn limit(query: &Query) -> Option<Option<u64>> {
    match &query.limit_clause {
        None => Some(None),
        Some(LimitClause::LimitOffset { limit: Some(limit), offset: None, limit_by })
            if limit_by.is_empty() =>
        {
            let limit = constant(limit)?;
            limit.text.parse().ok().filter(|n| *n > 0).map(Some)
        }
        Some(_) => None,
    }
}

/// The tables of a select, and what their names and columns resolve to.
pub(super) struct Scope<'s> {
    pub(super) schema: &'s Schema,
    pub(super) tables: Vec<String>,
    names: Vec<String>,
    pub(super) referrer: Vec<Option<Column>>,
    pub(super) base: usize,
    aliases: Vec<(String, Output)>,
}

impl<'s> Scope<'s> {
    pub(super) fn new(select: &Select, schema: &'s Schema) -> Option<Self> {
        let [from] = select.from.as_slice() else { return None };
        let mut scope = Scope {
            schema,
            tables: Vec::new(),
            names: Vec::new(),
            referrer: Vec::new(),
            base: 0,
            aliases: Vec::new(),
        };
        scope.table(&from.relation)?;
        for join in &from.joins {
            scope.table(&join.relation)?;
        }
        scope.referrer = vec![None; scope.tables.len()];
        for join in &from.joins {
            scope.join(join)?;
        }
        let mut roots = (0..scope.tables.len()).filter(|&table| scope.referrer[table].is_none());
        scope.base = roots.next()?;
        (roots.next().is_none() && scope.no_cycle()).then_some(scope)
    }

    fn no_cycle(&self) -> bool {
        (0..self.tables.len()).all(|start| {
            let mut at = start;
            (0..self.tables.len()).any(|_| match &self.referrer[at] {
                None => true,
                Some(next) => {
                    at = next.table;
                    at == self.base
                }
            })
        })
    }

    fn table(&mut self, factor: &TableFactor) -> Option<()> {
        let TableFactor::Table { name, alias, .. } = factor else { return None };
        // `INFORMATION_SCHEMA.COLUMNS` and the like hold no data that people ask for.
        let ident = last_ident(name).filter(|_| name.0.len() == 1)?;
        let plain = match alias {
            Some(alias) => [format!("{name} AS {}", alias.name), format!("{name} {}", alias.name)],
            None => [name.to_string(), name.to_string()],
        };
        if !plain.contains(&factor.to_string()) {
            return None;
        }
        self.names.push(alias.as_ref().map_or(ident, |alias| &alias.name).value.to_ascii_lowercase());
        self.tables.push(ident.value.clone());
        Some(())
    }

    /// `a JOIN b ON a.x = b.y`, where one side is the key of its table.
    fn join(&mut self, join: &Join) -> Option<()> {
        let (JoinOperator::Join(constraint) | JoinOperator::Inner(constraint)) = &join.join_operator else {
            return None;
        };
        let JoinConstraint::On(Expr::BinaryOp { left, op: BinaryOperator::Eq, right }) = constraint else {
            return None;
        };
        let (left, right) = (self.column(left)?, self.column(right)?);
        let (parent, child) = match (self.is_key(&left), self.is_key(&right)) {
            (true, false) => (left, right),
            (false, true) => (right, left),
            (false, false) if self.called_after(&right, &left) => (left, right),
            (false, false) if self.called_after(&left, &right) => (right, left),
            _ => return None,
        };
        if parent.table == child.table || self.referrer[parent.table].is_some() {
            return None;
        }
        self.referrer[parent.table] = Some(child);
        Some(())
    }

    /// Whether a column is called after the table of another and that: `country_code` after `country.code`, where the
    /// run has not looked at the tables.
    fn called_after(&self, reference: &Column, key: &Column) -> bool {
        let glue = |words: Vec<String>| words.concat().to_ascii_lowercase();
        let table = english::singular(&self.schema.words(&self.tables[key.table]).join(" ")).replace(' ', "");
        let unseen = self.schema.columns(&self.tables[key.table]).is_none();
        let named = format!("{}{}", table.to_ascii_lowercase(), glue(self.schema.words(&key.name)));
        unseen && glue(self.schema.words(&reference.name)) == named
    }

    /// Whether a column alone identifies a row of its table.
    pub(super) fn is_key(&self, column: &Column) -> bool {
        let table = &self.tables[column.table];
        match self.schema.columns(table) {
            Some(columns) => {
                let mut keys = columns.iter().filter(|info| info.primary);
                keys.next().is_some_and(|key| key.name.eq_ignore_ascii_case(&column.name))
                    && keys.next().is_none()
            }
            None => {
                let glue = |words: Vec<String>| words.concat().to_ascii_lowercase();
                let name = glue(self.schema.words(&column.name));
                let table = english::singular(&self.schema.words(table).join(" "))
                    .replace(' ', "")
                    .to_ascii_lowercase();
                let plain = glue(self.schema.words(&self.tables[column.table]));
                name == "id" || name == format!("{table}id") || name == format!("{plain}id")
            }
        }
    }

    pub(super) fn column(&self, expr: &Expr) -> Option<Column> {
        match expr {
            Expr::Nested(inner) => self.column(inner),
            Expr::Identifier(Ident { value, .. }) => {
                let table = if self.tables.len() == 1 {
                    0
                } else {
                    let mut owners = (0..self.tables.len())
                        .filter(|&t| self.schema.column(&self.tables[t], value).is_some());
                    let owner = owners.next()?;
                    if owners.next().is_some() || self.tables.iter().any(|t| self.schema.columns(t).is_none())
                    {
                        return None;
                    }
                    owner
                };
                Some(Column { table, name: value.clone() })
            }
            Expr::CompoundIdentifier(parts) => {
                let [table, column] = parts.as_slice() else { return None };
                let table = self.names.iter().position(|name| name.eq_ignore_ascii_case(&table.value))?;
                Some(Column { table, name: column.value.clone() })
            }
            _ => None,
        }
    }

    fn learn_aliases(&mut self, select: &Select) -> Option<()> {
        for item in &select.projection {
            if let SelectItem::ExprWithAlias { expr, alias } = item {
                let output = self.output(expr)?;
                self.aliases.push((alias.value.to_ascii_lowercase(), output));
            }
        }
        Some(())
    }

    /// `GROUP BY id, name`: what the key of a table determines splits no group.
    fn without_dependents(&self, group: Vec<Column>) -> Vec<Column> {
        let Some(key) = group.iter().find(|column| self.is_key(column)) else { return group };
        if group.iter().all(|column| column.table == key.table) { vec![key.clone()] } else { group }
    }

    /// Every column of the only table, where the run has seen which there are.
    fn all_columns(&self) -> Option<Vec<Output>> {
        let [table] = self.tables.as_slice() else { return None };
        let columns = self.schema.columns(table)?;
        Some(
            columns.iter().map(|info| Output::Column(Column { table: 0, name: info.name.clone() })).collect(),
        )
    }

    pub(super) fn outputs(&self, select: &Select) -> Option<Vec<Output>> {
        if let [SelectItem::Wildcard(_)] = select.projection.as_slice() {
            return self.all_columns();
        }
        let output = |item: &SelectItem| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => self.output(expr),
            _ => None,
        };
        select.projection.iter().map(output).collect()
    }

    fn output(&self, expr: &Expr) -> Option<Output> {
        if let Expr::Identifier(ident) = expr
            && let Some((_, output)) =
                self.aliases.iter().find(|(name, _)| ident.value.eq_ignore_ascii_case(name))
        {
            return Some(output.clone());
        }
        match expr {
            Expr::Function(function) => self.measure(function),
            _ => self.column(expr).map(Output::Column),
        }
    }

    pub(super) fn measure(&self, function: &Function) -> Option<Output> {
        let FunctionArguments::List(list) = &function.args else { return None };
        let [FunctionArg::Unnamed(argument)] = list.args.as_slice() else { return None };
        let name = last_ident(&function.name)?.value.to_ascii_lowercase();
        let distinct = if list.duplicate_treatment.is_some() { "DISTINCT " } else { "" };
        if !function.to_string().eq_ignore_ascii_case(&format!("{name}({distinct}{argument})")) {
            return None;
        }
        match (name.as_str(), argument, distinct.is_empty()) {
            ("count", FunctionArgExpr::Wildcard, true) => Some(Output::Count),
            ("count", FunctionArgExpr::Expr(Expr::Value(_)), true) => Some(Output::Count),
            ("count", FunctionArgExpr::Expr(expr), true) => {
                let column = self.column(expr)?;
                let info = self.schema.column(&self.tables[column.table], &column.name);
                // What two tables are joined on is null in no joined row.
                let joined = self.referrer.iter().flatten().any(|reference| *reference == column);
                let never_null =
                    joined || self.is_key(&column) || info.is_some_and(|info| info.not_null || info.primary);
                never_null.then_some(Output::Count)
            }
            ("count", FunctionArgExpr::Expr(expr), false) => self.column(expr).map(Output::CountDistinct),
            (fold, FunctionArgExpr::Expr(expr), true) => {
                let fold = fold_named(fold)?;
                self.column(expr).map(|column| Output::Fold(fold, column))
            }
            _ => None,
        }
    }

    /// The conditions, and whether one of them suffices.
    pub(super) fn tests(&self, expr: &Expr) -> Option<(Vec<Test>, bool)> {
        for (op, any) in [(BinaryOperator::And, false), (BinaryOperator::Or, true)] {
            let parts = flatten(expr, &op);
            if parts.len() > 1 || !any {
                let tests: Option<Vec<Test>> = parts.iter().map(|part| self.test(part)).collect();
                if let Some(tests) = tests {
                    return Some((tests, any));
                }
            }
        }
        None
    }

    pub(super) fn test(&self, expr: &Expr) -> Option<Test> {
        match expr {
            Expr::Nested(inner) => self.test(inner),
            Expr::BinaryOp { left, op, right } => self.comparison(left, op, right),
            Expr::Between { expr, negated: false, low, high } => {
                Some(Test::Between(self.column(expr)?, constant(low)?, constant(high)?))
            }
            Expr::InList { expr, list, negated } => Some(Test::OneOf(
                self.column(expr)?,
                list.iter().map(constant).collect::<Option<_>>()?,
                *negated,
            )),
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                Some(Test::Like(self.column(expr)?, constant(pattern)?.text, *negated))
            }
            Expr::IsNull(expr) => Some(Test::Null(self.column(expr)?, false)),
            Expr::IsNotNull(expr) => Some(Test::Null(self.column(expr)?, true)),
            Expr::InSubquery { expr, subquery, negated } => self.related(expr, subquery, *negated),
            Expr::Exists { subquery, negated } => {
                let (key, child) = self.linked(subquery, select(subquery)?)?;
                Some(Test::Has(key, Box::new(child), if *negated { Number::None } else { Number::Some }))
            }
            _ => None,
        }
    }

    fn comparison(&self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<Test> {
        use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
        if !matches!(op, Eq | NotEq | Gt | GtEq | Lt | LtEq) {
            return None;
        }
        if let Expr::Subquery(query) = left {
            return self.counted(query, op, right);
        }
        let column = self.column(left)?;
        if let Expr::Subquery(query) = right {
            return self.extreme(column, op, query);
        }
        Some(Test::Compare(column, op.clone(), constant(right)?))
    }

    pub(super) fn having(&self, expr: &Expr) -> Option<(BinaryOperator, u64)> {
        let Expr::BinaryOp { left, op, right } = expr else { return None };
        use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq};
        let known = matches!(op, Gt | GtEq | Lt | LtEq | Eq);
        let number = constant(right)?.text.parse().ok()?;
        (known && self.output(left)? == Output::Count).then(|| (op.clone(), number))
    }

    fn having_fold(&self, expr: &Expr) -> Option<(Output, BinaryOperator, Constant)> {
        let Expr::BinaryOp { left, op, right } = expr else { return None };
        use BinaryOperator::{Gt, GtEq, Lt, LtEq};
        let measure = self.output(left)?;
        let known = matches!(op, Gt | GtEq | Lt | LtEq) && matches!(measure, Output::Fold(..));
        let number = constant(right).filter(|constant| constant.number)?;
        known.then(|| (measure, op.clone(), number))
    }

    fn order(&self, query: &Query) -> Option<Vec<(Output, bool)>> {
        let Some(order) = &query.order_by else { return Some(Vec::new()) };
        let OrderByKind::Expressions(keys) = &order.kind else { return None };
        let key = |key: &sqlparser::ast::OrderByExpr| {
            let descending = match key.options.sort {
                None | Some(OrderBySort::Asc) => false,
                Some(OrderBySort::Desc) => true,
                Some(OrderBySort::Using(_)) => return None,
            };
            let plain = key.options.nulls_first.is_none() && key.with_fill.is_none();
            plain.then(|| self.output(&key.expr)).flatten().map(|output| (output, descending))
        };
        keys.iter().map(key).collect()
    }
}

pub(super) fn flatten<'e>(expr: &'e Expr, op: &BinaryOperator) -> Vec<&'e Expr> {
    let mut parts = Vec::new();
    let mut rest = vec![expr];
    while let Some(expr) = rest.pop() {
        match expr {
            Expr::BinaryOp { left, op: found, right } if found == op => {
                rest.push(right);
                rest.push(left);
            }
            Expr::Nested(inner) => rest.push(inner),
            other => parts.push(other),
        }
    }
    parts
}

fn fold_named(name: &str) -> Option<Fold> {
    match name {
        "avg" => Some(Fold::Average),
        "sum" => Some(Fold::Total),
        "max" => Some(Fold::Highest),
        "min" => Some(Fold::Lowest),
        _ => None,
    }
}

pub(super) fn constant(expr: &Expr) -> Option<Constant> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => Some(Constant { text: text.clone(), number: true }),
            Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => {
                Some(Constant { text: text.clone(), number: false })
            }
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
            let inner = constant(expr)?;
            inner.number.then(|| Constant { text: format!("-{}", inner.text), number: true })
        }
        _ => None,
    }
}

fn last_ident(name: &ObjectName) -> Option<&Ident> {
    name.0.last()?.as_ident()
}
