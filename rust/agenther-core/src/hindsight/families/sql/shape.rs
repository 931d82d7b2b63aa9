//! The part of SQL that can be said in a sentence: a query is reduced to a [`Shape`], or refused.
//!
//! Nothing may be lost on the way: the clauses that the shape was read from are put together again
//! and must print as the query prints ([`select`]). A clause nobody knows of fails that comparison.

use std::cell::RefCell;

use sqlparser::ast::{
    BinaryOperator, Distinct, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr,
    Ident, Join, JoinConstraint, JoinOperator, LimitClause, ObjectName, OrderByKind, OrderBySort, Query,
    Select, SelectItem, SetExpr, Statement, TableFactor, UnaryOperator, Value,
};
use sqlparser::dialect::{
    BigQueryDialect, Dialect, GenericDialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SnowflakeDialect,
};
use sqlparser::parser::Parser;

use super::conditions::tested;
use super::dates;
use super::rewrite;
use super::schema::Schema;
use super::share::share;
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
    /// `column IN (SELECT column FROM the same table GROUP BY column HAVING COUNT(*) op n)`.
    Shared(Column, BinaryOperator, u64),
    /// `reference IN (SELECT key FROM parent WHERE …)`.
    Of(Column, Box<Shape>),
    /// `key [NOT] IN (SELECT reference FROM child …)`, `[NOT] EXISTS (…)`, `(SELECT COUNT(*) …) op n`.
    Has(Column, Column, Box<Shape>, Number),
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
    /// Rows with as many different values of a column as a comparison says.
    Different(BinaryOperator, u64, Column),
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
    /// What the columns of the result are headed.
    pub labels: Vec<String>,
    /// The groups themselves are counted: `SELECT COUNT(*) FROM (SELECT … GROUP BY …)`.
    pub counted: bool,
    /// `LEFT JOIN`: things that nothing refers to count as well, with a number of 0.
    pub outer: bool,
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
    /// `HAVING COUNT(*) op n`, also of different values.
    pub having: Option<(Output, BinaryOperator, u64)>,
    /// `HAVING AVG(column) op n`.
    pub having_fold: Option<(Output, BinaryOperator, Constant)>,
    /// `ORDER BY`, with whether descending.
    pub order: Vec<(Output, bool)>,
    /// `LIMIT`.
    pub limit: Option<u64>,
    /// So many of the rows, whichever, are asked for.
    pub examples: Option<u64>,
    /// To how many decimal places measures are rounded.
    pub decimals: Option<u8>,
    /// The result is the percentage of the rows that fulfil this.
    pub share: Option<Test>,
}

impl Shape {
    /// Table and column of each column of the result that is one.
    pub fn columns(&self) -> Vec<Option<(&str, &str)>> {
        self.outputs
            .iter()
            .map(|output| match output {
                Output::Column(column) => Some((self.tables[column.table].as_str(), column.name.as_str())),
                _ => None,
            })
            .collect()
    }

    /// The tables, and those of the queries within its conditions.
    pub fn every_table(&self) -> Vec<&str> {
        let within = self.tests.iter().flat_map(|test| match test {
            Test::Has(_, _, inner, _) | Test::Against(_, _, _, inner) | Test::Of(_, inner) => {
                inner.every_table()
            }
            _ => Vec::new(),
        });
        self.tables.iter().map(String::as_str).chain(within).collect()
    }

    /// The rows of a table, all of them.
    pub(super) fn of_rows(table: &str) -> Self {
        Shape {
            tables: vec![table.to_string()],
            referrer: vec![None],
            base: 0,
            labels: Vec::new(),
            counted: false,
            outer: false,
            star: false,
            distinct: false,
            outputs: Vec::new(),
            tests: Vec::new(),
            any: false,
            group: Vec::new(),
            having: None,
            having_fold: None,
            order: Vec::new(),
            limit: None,
            examples: None,
            decimals: None,
            share: None,
        }
    }
}

/// Reads a statement as one that can be said.
pub fn shape(statement: &str, schema: &Schema) -> Option<Shape> {
    if statement.len() > MAX_STATEMENT {
        return None;
    }
    // What stands in double quotes is a text to some databases and a name to the others; only one reading has a shape.
    let first = parse(statement, &MySqlDialect {});
    let found = first.as_ref().and_then(|query| read(query, schema));
    if found.is_some() {
        return found;
    }
    let second = parse(statement, &GenericDialect {}).filter(|query| first.as_ref() != Some(query));
    let found = second.as_ref().and_then(|query| read(query, schema));
    if found.is_some() {
        return found;
    }
    let is_unread = first.is_none() && second.is_none();
    // Brackets are quotes to one and an array to others.
    let others: &[&dyn Dialect] = match (statement.contains('['), is_unread) {
        (true, _) => &[&MsSqlDialect {}],
        (false, true) => &[&PostgreSqlDialect {}, &BigQueryDialect {}, &SnowflakeDialect {}],
        (false, false) => &[],
    };
    others.iter().filter_map(|dialect| parse(statement, *dialect)).find_map(|query| read(&query, schema))
}

fn parse(statement: &str, dialect: &dyn Dialect) -> Option<Box<Query>> {
    let mut statements = Parser::parse_sql(dialect, statement).ok()?;
    match (statements.pop(), statements.is_empty()) {
        (Some(Statement::Query(query)), true) => Some(query),
        _ => None,
    }
}

fn read(query: &Query, schema: &Schema) -> Option<Shape> {
    match counted_groups(query) {
        Some(inner) => {
            let shape = shape_of(inner, schema)?;
            let labels = vec![query.body.to_string()];
            let plain = shape.order.is_empty() && shape.limit.is_none() && !shape.outer;
            (plain && !shape.group.is_empty()).then_some(Shape {
                outputs: Vec::new(),
                labels,
                counted: true,
                ..shape
            })
        }
        None => {
            let labels = labels(query);
            if let Some(share) = share(query, schema) {
                return Some(Shape { labels: labels?, ..share });
            }
            let plain = rewrite::plain(query)?;
            let shape = shape_of(&plain.query, schema)?;
            let labels = labels.filter(|labels| labels.len() == shape.outputs.len()).unwrap_or(shape.labels);
            Some(Shape { decimals: plain.decimals, labels, ..shape })
        }
    }
}

/// What the columns of the result of a query are headed, before it is written plainly.
fn labels(query: &Query) -> Option<Vec<String>> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let wildcard = matches!(select.projection.as_slice(), [SelectItem::Wildcard(_)]);
    (!wildcard).then(|| select.projection.iter().map(label).collect())
}

/// `SELECT COUNT(*) FROM (SELECT … GROUP BY …) AS name`: the inner query.
fn counted_groups(query: &Query) -> Option<&Query> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let [SelectItem::UnnamedExpr(item) | SelectItem::ExprWithAlias { expr: item, .. }] =
        select.projection.as_slice()
    else {
        return None;
    };
    let [from] = select.from.as_slice() else { return None };
    let TableFactor::Derived { lateral: false, subquery, .. } = &from.relation else { return None };
    let plain = select.selection.is_none()
        && from.joins.is_empty()
        && select.having.is_none()
        && query.limit_clause.is_none()
        && matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
    let is_count = item.to_string().eq_ignore_ascii_case("count(*)");
    (plain && is_count && self::select(query).is_some()).then_some(subquery)
}

pub(super) fn shape_of(query: &Query, schema: &Schema) -> Option<Shape> {
    let select = select(query)?;
    let mut scope = Scope::new(select, schema)?;
    scope.learn_aliases(select)?;
    let outputs = scope.outputs(select)?;
    let (tests, any) = scope.selection(select)?;
    let group: Vec<Column> = match &select.group_by {
        GroupByExpr::Expressions(columns, modifiers) if modifiers.is_empty() => {
            columns.iter().map(|expr| scope.group_key(expr, &outputs)).collect::<Option<_>>()?
        }
        _ => return None,
    };
    let group = scope.without_dependents(group);
    let having_fold = match &select.having {
        Some(expr) if scope.having(expr).is_none() => Some(scope.having_fold(expr)?),
        _ => None,
    };
    let order = scope.order(query, &outputs)?;
    let mut tests = scope.with_recorded(tests, any)?;
    // What follows an inner condition would read as one more of it.
    tests.sort_by_key(|test| matches!(test, Test::Has(..) | Test::Against(..) | Test::Of(..)));
    let (tables, referrer, base) = (scope.tables.clone(), scope.referrer.clone(), scope.base);
    let shape = Shape {
        labels: select.projection.iter().map(label).collect(),
        counted: false,
        outer: false,
        star: matches!(select.projection.as_slice(), [SelectItem::Wildcard(_)]),
        distinct: matches!(select.distinct, Some(Distinct::Distinct)),
        outputs,
        tests,
        any,
        group,
        having: select.having.as_ref().and_then(|expr| scope.having(expr)),
        having_fold,
        order,
        limit: limit(query)?,
        examples: None,
        decimals: None,
        share: None,
        base,
        referrer,
        tables,
    };
    scope.settle_outer(shape)
}

/// What a column of the result is headed in tables.
fn label(item: &SelectItem) -> String {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => alias.value.clone(),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => {
            parts.last().map(|part| part.value.clone()).unwrap_or_default()
        }
        SelectItem::UnnamedExpr(Expr::Identifier(ident)) => ident.value.clone(),
        item => item.to_string(),
    }
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
    /// The tables of `LEFT JOIN`s.
    pub(super) outer: Vec<usize>,
    /// What rows are counted by: all of them (`None`), or those with a value in a column.
    counted: RefCell<Vec<Option<Column>>>,
}

impl<'s> Scope<'s> {
    pub(super) fn new(select: &Select, schema: &'s Schema) -> Option<Self> {
        let mut scope = Scope {
            schema,
            tables: Vec::new(),
            names: Vec::new(),
            referrer: Vec::new(),
            base: 0,
            aliases: Vec::new(),
            outer: Vec::new(),
            counted: RefCell::default(),
        };
        for from in &select.from {
            scope.table(&from.relation)?;
            for join in &from.joins {
                scope.table(&join.relation)?;
            }
        }
        scope.referrer = vec![None; scope.tables.len()];
        let mut joined = 0;
        for from in &select.from {
            for (at, join) in from.joins.iter().enumerate() {
                scope.join(join, joined + at + 1)?;
            }
            joined += from.joins.len() + 1;
        }
        if select.from.len() > 1 {
            let expr = select.selection.as_ref()?;
            for part in flatten(expr, &BinaryOperator::And) {
                if let Expr::BinaryOp { left, right, .. } = part
                    && scope.is_link(part)
                {
                    scope.link_tables(left, right)?;
                }
            }
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
        let ident = last_ident(name)?;
        if name.0.iter().filter_map(|part| part.as_ident()).any(|part| is_catalogue(&part.value)) {
            return None;
        }
        let plain = match alias {
            Some(alias) => [format!("{name} AS {}", alias.name), format!("{name} {}", alias.name)],
            None => [name.to_string(), name.to_string()],
        };
        if !plain.contains(&factor.to_string()) {
            return None;
        }
        self.names.push(alias.as_ref().map_or(ident, |alias| &alias.name).value.to_ascii_lowercase());
        // `project.dataset.table` may stand in one pair of quotes.
        self.tables.push(ident.value.rsplit('.').next()?.to_string());
        Some(())
    }

    /// `a JOIN b ON a.x = b.y` or `USING (x)`, where one side is the key of its table.
    fn join(&mut self, join: &Join, table: usize) -> Option<()> {
        let constraint = match &join.join_operator {
            JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => constraint,
            JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => {
                self.outer.push(table);
                constraint
            }
            _ => return None,
        };
        match constraint {
            JoinConstraint::On(Expr::BinaryOp { left, op: BinaryOperator::Eq, right }) => {
                self.link_tables(left, right)
            }
            JoinConstraint::On(Expr::Nested(inner)) => {
                let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = &**inner else { return None };
                self.link_tables(left, right)
            }
            JoinConstraint::Using(names) => {
                let ([name], true) = (names.as_slice(), self.tables.len() == 2) else { return None };
                let name = last_ident(name)?.value.clone();
                self.refer(Column { table: 0, name: name.clone() }, Column { table: 1, name })
            }
            _ => None,
        }
    }

    /// `a.x = b.y` of two tables: what joins them where they stand side by side after `FROM`.
    fn is_link(&self, expr: &Expr) -> bool {
        let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = expr else { return false };
        matches!((self.column(left), self.column(right)), (Some(one), Some(other)) if one.table != other.table)
    }

    fn link_tables(&mut self, left: &Expr, right: &Expr) -> Option<()> {
        self.refer(self.column(left)?, self.column(right)?)
    }

    fn refer(&mut self, left: Column, right: Column) -> Option<()> {
        let (parent, child) = match (self.is_key(&left), self.is_key(&right)) {
            (true, false) => (left, right),
            (false, true) => (right, left),
            // Of two tables that share a key the one refers to that after which the key is called.
            (true, true) if self.is_named_after(&left) && !self.is_named_after(&right) => (left, right),
            (true, true) if self.is_named_after(&right) && !self.is_named_after(&left) => (right, left),
            // One of two tables that share a key says that it refers to the other.
            (true, true) if self.is_foreign(&right) && !self.is_foreign(&left) => (left, right),
            (true, true) if self.is_foreign(&left) && !self.is_foreign(&right) => (right, left),
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

    /// Whether a key is called after its table: `employee_id` of `employee`.
    fn is_named_after(&self, key: &Column) -> bool {
        let glue = |words: Vec<String>| words.concat().to_ascii_lowercase();
        let table = english::singular(&self.schema.words(&self.tables[key.table]).join(" ")).replace(' ', "");
        glue(self.schema.words(&key.name)).strip_prefix(&table.to_ascii_lowercase()) == Some("id")
    }

    /// Whether the definition of a table says that a column refers to another.
    fn is_foreign(&self, column: &Column) -> bool {
        let info = self.schema.column(&self.tables[column.table], &column.name);
        info.is_some_and(|info| info.foreign)
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
                // A number or a code that has the name of its table counts the things in it.
                let named = ["id", "number", "code"].iter().any(|kind| {
                    [&table, &plain].into_iter().any(|table| name.strip_suffix(kind) == Some(table))
                });
                name == "id" || named
            }
        }
    }

    /// The conditions of a select, without those that join its tables.
    pub(super) fn selection(&self, select: &Select) -> Option<(Vec<Test>, bool)> {
        let Some(expr) = &select.selection else { return Some((Vec::new(), false)) };
        if select.from.len() == 1 {
            return self.tests(expr);
        }
        let parts = flatten(expr, &BinaryOperator::And).into_iter().filter(|part| !self.is_link(part));
        Some((parts.map(|part| self.test(part)).collect::<Option<_>>()?, false))
    }

    /// `COUNT(column)` counts the rows with a value in it: all the same as a condition, where no group has none.
    fn with_recorded(&self, mut tests: Vec<Test>, any: bool) -> Option<Vec<Test>> {
        let counted = self.counted.borrow();
        let Some(Some(column)) = counted.iter().find(|counted| counted.is_some()) else { return Some(tests) };
        let alike = counted.iter().all(|other| other.as_ref() == Some(column));
        if !alike || any || column.table != self.base {
            return None;
        }
        if !tests.iter().any(|test| tested(test) == column) {
            tests.push(Test::Null(column.clone(), true));
        }
        Some(tests)
    }

    /// A column, or by its position the one of the result.
    fn group_key(&self, expr: &Expr, outputs: &[Output]) -> Option<Column> {
        match position(expr) {
            Some(at) => match outputs.get(at)? {
                Output::Column(column) => Some(column.clone()),
                _ => None,
            },
            None => match self.aliased(expr) {
                Some(Output::Column(column)) => Some(column),
                Some(_) => None,
                None => self.column(expr),
            },
        }
    }

    fn aliased(&self, expr: &Expr) -> Option<Output> {
        let Expr::Identifier(ident) = expr else { return None };
        let named = |(name, _): &&(String, Output)| ident.value.eq_ignore_ascii_case(name);
        self.aliases.iter().find(named).map(|(_, output)| output.clone())
    }

    pub(super) fn column(&self, expr: &Expr) -> Option<Column> {
        match expr {
            Expr::Nested(inner) => self.column(inner),
            Expr::Identifier(Ident { value, .. }) => {
                let table = if self.tables.len() == 1 {
                    0
                } else {
                    let has = |t: &usize| self.schema.column(&self.tables[*t], value).is_some();
                    let unseen = |t: &usize| self.schema.columns(&self.tables[*t]).is_none();
                    // The query ran, so the name is of one table only.
                    let only = |found: &mut dyn Iterator<Item = usize>| {
                        let first = found.next();
                        first.filter(|_| found.next().is_none())
                    };
                    let mut owners = (0..self.tables.len()).filter(has);
                    match only(&mut owners) {
                        Some(owner) => owner,
                        None if (0..self.tables.len()).any(|t| has(&t)) => return None,
                        None => only(&mut (0..self.tables.len()).filter(unseen))?,
                    }
                };
                Some(Column { table, name: value.clone() })
            }
            Expr::CompoundIdentifier(parts) => {
                // `schema.table.column`
                let [.., table, column] = parts.as_slice() else { return None };
                let table = self.names.iter().position(|name| name.eq_ignore_ascii_case(&table.value))?;
                Some(Column { table, name: column.value.clone() })
            }
            _ => self.date_part(expr),
        }
    }

    fn learn_aliases(&mut self, select: &Select) -> Option<()> {
        for item in &select.projection {
            if let SelectItem::ExprWithAlias { expr, alias } = item {
                let output = self.output(expr).or_else(|| self.multiplied(expr, &alias.value))?;
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
            SelectItem::UnnamedExpr(expr) => self.output(expr),
            SelectItem::ExprWithAlias { expr, alias } => {
                self.output(expr).or_else(|| self.multiplied(expr, &alias.value))
            }
            _ => None,
        };
        select.projection.iter().map(output).collect()
    }

    /// `SUM(quantity * price) AS revenue`: what the query itself calls a product of two columns of a table.
    fn multiplied(&self, expr: &Expr, alias: &str) -> Option<Output> {
        const CALLED: &[&str] = &[
            "revenue", "sales", "turnover", "income", "cost", "costs", "spend", "spending", "value", "profit",
        ];
        let Expr::Function(function) = expr else { return None };
        let [Expr::BinaryOp { left, op: BinaryOperator::Multiply, right }] =
            *rewrite::arguments_of(function)?
        else {
            return None;
        };
        let (one, other) = (self.column(left)?, self.column(right)?);
        let is_called = self.schema.words(alias).last().is_some_and(|last| CALLED.contains(&last.as_str()));
        let is_sum = function.to_string().to_ascii_lowercase().starts_with("sum(")
            && !function.to_string().to_ascii_lowercase().starts_with("sum(distinct")
            && one.table == other.table;
        (is_called && is_sum)
            .then(|| Output::Fold(Fold::Total, Column { table: one.table, name: alias.to_string() }))
    }

    fn output(&self, expr: &Expr) -> Option<Output> {
        if let Some(output) = self.aliased(expr) {
            return Some(output);
        }
        match expr {
            Expr::Nested(inner) => self.output(inner),
            Expr::Function(function) => {
                self.measure(function).or_else(|| self.date_part(expr).map(Output::Column))
            }
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
            // What a thing without a partner gives is one row, which such a count would take for one.
            ("count", FunctionArgExpr::Wildcard | FunctionArgExpr::Expr(Expr::Value(_)), true) => {
                self.counted.borrow_mut().push(None);
                self.outer.is_empty().then_some(Output::Count)
            }
            ("count", FunctionArgExpr::Expr(expr), true) => {
                let column = self.column(expr)?;
                let info = self.schema.column(&self.tables[column.table], &column.name);
                // What two tables are joined on is null in no joined row.
                let joined = self.referrer.iter().flatten().any(|reference| *reference == column);
                // What is called an identifier is not null, as far as nothing says otherwise.
                let identifier = info.is_none_or(|info| info.guessed)
                    && self.schema.words(&column.name).last().is_some_and(|word| word == "ID");
                let never_null = joined
                    || identifier
                    || self.is_key(&column)
                    || info.is_some_and(|info| info.not_null || info.primary);
                let is_counted = match self.outer.is_empty() {
                    true => true,
                    false => never_null && self.outer.contains(&column.table),
                };
                self.counted.borrow_mut().push((!never_null).then_some(column));
                is_counted.then_some(Output::Count)
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

    /// `city = 'Bern' OR city = 'Biel'` within other conditions.
    fn alternatives(&self, expr: &Expr) -> Option<Test> {
        let mut of = None;
        let mut constants = Vec::new();
        for part in flatten(expr, &BinaryOperator::Or) {
            let Test::Compare(column, BinaryOperator::Eq, constant) = self.test(part)? else { return None };
            if *of.get_or_insert_with(|| column.clone()) != column {
                return None;
            }
            constants.push(constant);
        }
        Some(Test::OneOf(of?, constants, false))
    }

    /// That a column of truth values is true, or false.
    fn holds(&self, expr: &Expr, is_true: bool) -> Option<Test> {
        let column = self.column(expr)?;
        let constant = Constant { text: is_true.to_string(), number: false };
        Some(Test::Compare(column, BinaryOperator::Eq, constant))
    }

    pub(super) fn test(&self, expr: &Expr) -> Option<Test> {
        match expr {
            Expr::Nested(inner) => self.test(inner),
            Expr::BinaryOp { op: BinaryOperator::Or, .. } => self.alternatives(expr),
            Expr::BinaryOp { left, op, right } => self.comparison(left, op, right),
            Expr::Between { expr, negated: false, low, high } => {
                let of_part = |bound: &Expr| Some(dates::constant_of_part(expr, constant(bound)?));
                Some(Test::Between(self.column(expr)?, of_part(low)?, of_part(high)?))
            }
            Expr::InList { expr, list, negated } => Some(Test::OneOf(
                self.column(expr)?,
                list.iter().map(constant).collect::<Option<_>>()?,
                *negated,
            )),
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                Some(Test::Like(self.column(expr)?, constant(pattern)?.text, *negated))
            }
            // `WHERE is_active AND NOT paid`
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.holds(expr, true),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => self.holds(expr, false),
            Expr::IsTrue(expr) => self.holds(expr, true),
            Expr::IsFalse(expr) => self.holds(expr, false),
            Expr::IsNull(expr) => Some(Test::Null(self.column(expr)?, false)),
            Expr::IsNotNull(expr) => Some(Test::Null(self.column(expr)?, true)),
            Expr::InSubquery { expr, subquery, negated } => self
                .related(expr, subquery, *negated)
                .or_else(|| (!negated).then(|| self.belongs(self.column(expr)?, subquery)).flatten())
                .or_else(|| (!negated).then(|| self.shares(self.column(expr)?, subquery)).flatten()),
            Expr::Exists { subquery, negated } => {
                let (key, reference, child) = self.linked(subquery, select(subquery)?)?;
                let number = if *negated { Number::None } else { Number::Some };
                Some(Test::Has(key, reference, Box::new(child), number))
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
            let is_one = *op == Eq;
            let found = self.extreme(&column, op, query);
            return found.or_else(|| is_one.then(|| self.belongs(column, query)).flatten());
        }
        Some(Test::Compare(column, op.clone(), dates::constant_of_part(left, constant(right)?)))
    }

    pub(super) fn having(&self, expr: &Expr) -> Option<(Output, BinaryOperator, u64)> {
        let Expr::BinaryOp { left, op, right } = expr else { return None };
        use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq};
        let known = matches!(op, Gt | GtEq | Lt | LtEq | Eq);
        let number = constant(right)?.text.parse().ok()?;
        let measure = self.output(left)?;
        let counts = matches!(measure, Output::Count | Output::CountDistinct(_));
        (known && counts).then(|| (measure, op.clone(), number))
    }

    fn having_fold(&self, expr: &Expr) -> Option<(Output, BinaryOperator, Constant)> {
        let Expr::BinaryOp { left, op, right } = expr else { return None };
        use BinaryOperator::{Gt, GtEq, Lt, LtEq};
        let measure = self.output(left)?;
        let known = matches!(op, Gt | GtEq | Lt | LtEq) && matches!(measure, Output::Fold(..));
        let number = constant(right).filter(|constant| constant.number)?;
        known.then(|| (measure, op.clone(), number))
    }

    fn order(&self, query: &Query, outputs: &[Output]) -> Option<Vec<(Output, bool)>> {
        let Some(order) = &query.order_by else { return Some(Vec::new()) };
        let OrderByKind::Expressions(keys) = &order.kind else { return None };
        let key = |key: &sqlparser::ast::OrderByExpr| {
            let descending = match key.options.sort {
                None | Some(OrderBySort::Asc) => false,
                Some(OrderBySort::Desc) => true,
                Some(OrderBySort::Using(_)) => return None,
            };
            let plain = key.options.nulls_first.is_none() && key.with_fill.is_none();
            let output = match position(&key.expr) {
                Some(at) => outputs.get(at).cloned(),
                None => self.output(&key.expr),
            };
            plain.then_some(output).flatten().map(|output| (output, descending))
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

/// `ORDER BY 2`: the position in the result.
fn position(expr: &Expr) -> Option<usize> {
    let Expr::Value(value) = expr else { return None };
    let Value::Number(number, _) = &value.value else { return None };
    number.parse::<usize>().ok()?.checked_sub(1)
}

/// Tables that a database keeps about itself hold nothing that people ask for.
fn is_catalogue(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["information_schema", "sqlite_", "pg_", "sys."].iter().any(|start| name.starts_with(start))
        || name.contains("information_schema")
        || matches!(name.as_str(), "sys" | "mysql" | "performance_schema")
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
            Value::Boolean(set) => Some(Constant { text: set.to_string(), number: false }),
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
