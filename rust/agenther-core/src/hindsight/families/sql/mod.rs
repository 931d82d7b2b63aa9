//! SQL queries as requests: a successful `SELECT` demonstrates the question that it answers.
//!
//! [`shape`] reduces a query to what can be said, [`phrase`] says it, [`schema`] knows the tables.
//! A query with anything else in it is no candidate.

mod answer;
mod conditions;
mod groups;
mod naming;
mod nested;
mod phrase;
mod rows;
mod schema;
mod shape;

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Candidate, Proposals};
use crate::hindsight::{Origin, Slot, Support, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::tool_status::Status;
use crate::text::document::{Document, Kind};
use crate::trajectory::{Field, Span};
use schema::Schema;
use shape::Shape;

/// Longer answers are listings that nobody asks for in a sentence.
const MAX_ROWS: usize = 30;
/// A run that goes on querying is not asked about every query.
const MAX_QUERIES: usize = 12;

/// Proposes the questions that the queries of a run answer, the last query first.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    if reading.steps.iter().all(|step| statement(step).is_none()) {
        return;
    }
    let mut schema = Schema::new(reading.run.original_prompt.unwrap_or(""));
    let mut found: Vec<Candidate> = Vec::new();
    let queries = reading.steps.iter().filter(|step| statement(step).is_some());
    let counts = queries.filter_map(|step| step.observation().and_then(rows::rows));
    let largest = counts.map(|rows| rows.len()).max().unwrap_or(0);
    for (index, step) in reading.steps.iter().enumerate() {
        if changes_state(step) {
            break; // what later queries return depends on this step, which their goals would drop
        }
        let Some(statement) = statement(step) else { continue };
        let statement = statement.as_ref();
        if !starts_with_word(statement, "select") {
            schema.learn(index as u32, statement, step);
        } else if matches!(step.status, Status::Ok | Status::Empty) {
            found.extend(candidate(reading, &mut schema, index, statement, largest));
        }
    }
    let mut asked = BTreeSet::new();
    for candidate in found.into_iter().rev() {
        if asked.len() < MAX_QUERIES && asked.insert(candidate.goal.clone()) {
            out.push_derived(candidate);
        }
    }
}

/// The SQL that a step runs: its plain input, or the only argument of it that is a statement.
fn statement<'a>(step: &StepReading<'a>) -> Option<Cow<'a, str>> {
    let input = step.step.action_input?;
    step.step.action_name?;
    if let Some(arguments) = step.arguments() {
        let mut found =
            arguments.leaves().filter(|leaf| leaf.kind() == Kind::String && is_statement(leaf.raw()));
        let only = found.next()?;
        return found.next().is_none().then(|| only.text());
    }
    is_statement(input).then_some(Cow::Borrowed(input))
}

fn is_statement(text: &str) -> bool {
    ["select", "show", "desc", "describe", "pragma"].iter().any(|word| starts_with_word(text, word))
}

fn starts_with_word(text: &str, word: &str) -> bool {
    let text = text.trim_start();
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        && text[word.len()..].starts_with(|c: char| c.is_whitespace() || c == '(')
}

/// Whether a step may change the tables, or which of them are meant.
fn changes_state(step: &StepReading<'_>) -> bool {
    const CHANGES: &[&str] =
        &["insert", "update", "delete", "create", "drop", "alter", "truncate", "replace", "use", "set"];
    let input = step.step.action_input.unwrap_or("");
    let changes = |text: &str| CHANGES.iter().any(|word| starts_with_word(text, word));
    let in_argument = |arguments: &Document<'_>| {
        arguments
            .leaves()
            .any(|leaf| leaf.kind() == Kind::String && leaf.raw().contains(' ') && changes(leaf.raw()))
    };
    changes(input) || step.arguments().is_some_and(in_argument)
}

fn candidate(
    reading: &Reading<'_>,
    schema: &mut Schema,
    sink: usize,
    statement: &str,
    largest: usize,
) -> Option<Candidate> {
    let mut shape = shape::shape(statement, schema)?;
    for table in &shape.tables {
        schema.learn_words(table);
    }
    let mut rows = reading.steps[sink].observation().and_then(rows::rows)?;
    if rows.len() > MAX_ROWS || (shape.limit.is_none() && rows::may_be_capped(rows.len(), largest)) {
        answer::keep_the_first(&mut shape, &mut rows)?;
    }
    let answer = answer::answer(&shape, schema, &rows)?;
    let seed = statement.bytes().fold(0u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let goal = phrase::request(&shape, schema, seed)?;
    let steps = kept(&shape, schema, sink);
    let clauses = shape.tests.len() + shape.group.len() + shape.order.len() + shape.tables.len();
    Some(Candidate {
        goal,
        answer,
        wording: Wording::Phrase,
        slots: slots(reading, &shape, schema, sink),
        evidence: evidence(reading, sink),
        trivial: false,
        prior: if clauses > 1 && !rows.is_empty() { 0.85 } else { 0.75 },
        steps,
    })
}

/// The steps that showed the tables of the query, and the query itself.
fn kept(shape: &Shape, schema: &Schema, sink: usize) -> Vec<u32> {
    let described =
        shape.tables.iter().filter_map(|table| schema.columns(table)?.first().map(|info| info.step));
    let listing = schema.listings.last().copied();
    let mut steps: Vec<u32> = described.chain(listing).chain([sink as u32]).collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// The constants of the query, which the goal names.
fn slots(reading: &Reading<'_>, shape: &Shape, schema: &Schema, sink: usize) -> Vec<Slot> {
    let mut slots = Vec::new();
    for test in &shape.tests {
        let (column, constants) = match test {
            shape::Test::Has(_, child, _) | shape::Test::Against(_, _, _, child) => {
                slots.extend(self::slots(reading, child, schema, sink));
                continue;
            }
            test if phrase::says_flag(shape, schema, test) => continue,
            shape::Test::Compare(column, _, constant) => (column, vec![constant.text.as_str()]),
            shape::Test::Between(column, low, high) => (column, vec![low.text.as_str(), high.text.as_str()]),
            shape::Test::OneOf(column, constants, _) => {
                (column, constants.iter().map(|c| c.text.as_str()).collect())
            }
            shape::Test::Like(column, pattern, _) => (column, vec![pattern.trim_matches('%')]),
            _ => continue,
        };
        for value in constants {
            slots.push(Slot {
                name: column.name.clone(),
                value: value.to_string(),
                origin: origin(reading, value, sink),
                step: sink as u32,
            });
        }
    }
    slots
}

fn origin(reading: &Reading<'_>, value: &str, sink: usize) -> Origin {
    let value = value.to_lowercase();
    let holds = |text: Option<&str>| text.is_some_and(|text| text.to_lowercase().contains(&value));
    if holds(reading.run.original_prompt) || reading.steps[..=sink].iter().any(|step| holds(step.step.user)) {
        Origin::User
    } else if reading.steps[..sink].iter().any(|step| holds(step.step.observation)) {
        Origin::Observation
    } else {
        Origin::Invented
    }
}

fn evidence(reading: &Reading<'_>, sink: usize) -> Vec<Support> {
    let step = reading.steps[sink].step;
    let whole = |field, text: Option<&str>| {
        text.map(|text| Support {
            text: text.to_string(),
            step: Some(sink as u32),
            field,
            span: Span::new(0, text.len()),
        })
    };
    [whole(Field::ActionInput, step.action_input), whole(Field::Observation, step.observation)]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::hindsight::families::testing::proposals;

    const SHOPS: (&str, &str, &str) = (
        "sql",
        "DESC shops",
        "[('shop_id', b'int', 'NO', 'PRI', None, ''), ('shop_name', b'varchar(40)', 'NO', '', None, ''), \
         ('city', b'varchar(40)', 'YES', '', None, ''), ('staff_count', b'int', 'NO', '', None, ''), \
         ('opened', b'text', 'YES', '', None, '')]",
    );
    const SALES: (&str, &str, &str) = (
        "sql",
        "DESCRIBE sales",
        "[('sale_id', 'int', 'NO', 'PRI', None, ''), ('shop_id', 'int', 'NO', 'MUL', None, ''), \
         ('amount', 'decimal(9,2)', 'NO', '', None, '')]",
    );

    fn goal(query: &str, rows: &str) -> Option<(String, String)> {
        let calls = [("sql", "SHOW TABLES", "[('shops',), ('sales',)]"), SHOPS, SALES, ("sql", query, rows)];
        let mut found = proposals(super::propose, "How are the shops doing?", &calls);
        found.pop().map(|(goal, answer, _)| (goal, answer))
    }

    #[test]
    fn queries_become_requests() {
        for (query, rows, request, answer) in [
            (
                "SELECT COUNT(*) FROM shops WHERE city = 'Bern'",
                "[(4,)]",
                "How many shops are there whose city is \"Bern\"?",
                "The number of shops is 4.",
            ),
            (
                "SELECT shop_name FROM shops ORDER BY staff_count DESC LIMIT 1",
                "[('Nord',)]",
                "What is the name of the shop with the highest staff count? If there is a tie, any one of them will do.",
                "The name is Nord.",
            ),
            (
                "SELECT city, COUNT(*) AS n FROM shops GROUP BY city HAVING n > 2",
                "[('Bern', 4), ('Lugano', 3)]",
                "Which cities have more than 2 shops? Give the number for each.",
                "- Bern, 4\n- Lugano, 3",
            ),
            (
                "SELECT s.shop_name, COUNT(*) FROM shops s JOIN sales x ON x.shop_id = s.shop_id GROUP BY s.shop_id \
                 ORDER BY COUNT(*) DESC LIMIT 1",
                "[('Nord', 17)]",
                "Which shop has the most sales? Give the name and number of sales. If there is a tie, any one of them \
                 will do.",
                "The shop name is Nord and the number of sales is 17.",
            ),
            (
                "SELECT shop_name FROM shops WHERE shop_id NOT IN (SELECT shop_id FROM sales)",
                "[('Ost',)]",
                "What are the names of the shops that have no sale?",
                "The name is Ost.",
            ),
            (
                "SELECT city, COUNT(*) FROM shops GROUP BY city HAVING COUNT(*) < 3",
                "[('Biel', 1)]",
                "Which cities have at least one but fewer than 3 shops? Give the number for each.",
                "The city is Biel and the number of shops is 1.",
            ),
            (
                "SELECT shop_name FROM shops s WHERE (SELECT COUNT(*) FROM sales x WHERE x.shop_id = s.shop_id) < 2",
                "[('Ost',), ('West',)]",
                "What are the names of the shops that have fewer than 2 sales?",
                "- Ost\n- West",
            ),
            (
                "SELECT shop_name FROM shops s WHERE NOT EXISTS \
                 (SELECT 1 FROM sales x WHERE x.shop_id = s.shop_id AND x.amount > 100)",
                "[('Ost',)]",
                "What are the names of the shops that have no sale whose amount is greater than 100?",
                "The name is Ost.",
            ),
            (
                "SELECT * FROM shops WHERE shop_name = 'Ost'",
                "[(3, 'Ost', 'Biel', 4, None)]",
                "Show me everything that is recorded about the shops whose name is \"Ost\".",
                "- shop ID: 3; shop name: Ost; city: Biel; staff count: 4; opened: not recorded",
            ),
            (
                "SELECT shop_name FROM shops WHERE city = 'Bern' AND staff_count > \
                 (SELECT MAX(staff_count) FROM shops WHERE city = 'Biel')",
                "[('Nord',)]",
                "What are the names of the shops whose city is \"Bern\" and whose staff count is greater than that of \
                 every shop whose city is \"Biel\"?",
                "The name is Nord.",
            ),
            (
                "SELECT shop_name FROM shops WHERE staff_count > 900",
                "[]",
                "What are the names of the shops whose staff count is greater than 900?",
                "There are no shops whose staff count is greater than 900.",
            ),
            (
                "SELECT COUNT(*) FROM shops WHERE staff_count > 900",
                "[(0,)]",
                "How many shops are there whose staff count is greater than 900?",
                "The number of shops is 0.",
            ),
            (
                "SELECT AVG(staff_count), MAX(staff_count) FROM shops",
                "[(Decimal('7.5'), 12)]",
                "What are the average and highest staff count of all shops?",
                "The average staff count is 7.5 and the highest staff count is 12.",
            ),
        ] {
            let found = goal(query, rows);
            let (goal, said) = found.unwrap_or_else(|| panic!("no goal: {query}"));
            // Which of the equal phrasings is taken depends on the text of the query.
            let phrasings = [
                request.to_string(),
                request.replace("What are the", "List the").replace('?', "."),
                request.replace("Show me everything that is recorded about", "Give me the full records of"),
            ];
            assert!(phrasings.contains(&goal), "{query}: {goal}");
            assert_eq!(said, answer, "{query}");
        }
    }

    #[test]
    fn what_a_sentence_would_hide_is_not_asked() {
        for (query, rows) in [
            // An empty table may be the wrong one of two.
            ("SELECT shop_name, city FROM shops ORDER BY staff_count DESC", "[]"),
            ("SELECT AVG(staff_count) FROM shops", "[(None,)]"),
            ("SELECT COUNT(*) FROM shops WHERE city = 'Bern'", "[(0,)]"),
            ("SELECT shop_name FROM shops WHERE city = 'Bern'", "[]"),
            ("SELECT AVG(staff_count) FROM shops WHERE city = 'Bern'", "[(None,)]"),
            ("SELECT SUM(s.staff_count) FROM shops s JOIN sales x ON x.shop_id = s.shop_id", "[(99,)]"),
            ("SELECT AVG(shop_id) FROM shops", "[(3,)]"),
            ("SELECT shop_name FROM shops ORDER BY opened LIMIT 1", "[('Nord',)]"),
            ("SELECT shop_name FROM shops LIMIT 3", "[('Nord',), ('Ost',), ('West',)]"),
            ("SELECT city FROM shops WHERE NOT (city = 'Bern')", "[('Biel',)]"),
            ("SELECT shop_name FROM shops WHERE staff_count > '7'", "[('Nord',)]"),
            ("SELECT MAX(opened) FROM shops", "[('9 May',)]"),
            ("SELECT shop_name, RANK() OVER (ORDER BY city) FROM shops", "[('Nord', 1)]"),
            ("SELECT city, COUNT(*) FROM shops GROUP BY city HAVING COUNT(*) < 1", "[('Biel', 1)]"),
            // Whether the two conditions at the end are of shops or of sales, the words would not tell.
            (
                "SELECT shop_name FROM shops WHERE shop_id IN (SELECT shop_id FROM sales WHERE amount > 5) \
                 AND staff_count > 3",
                "[('Nord',)]",
            ),
            ("SELECT shop_name FROM shops ORDER BY opened", "[('Nord',), ('Ost',)]"),
            ("SELECT COUNT(*) FROM shops WHERE city = 'Nowhere'", "[(0,)]"),
            ("SELECT MAX(opened) FROM shops", "[('80.0',)]"),
            ("SELECT x.amount FROM sales x JOIN shops s ON x.shop_id = s.shop_id", "[(5,), (7,)]"),
            ("SELECT city FROM shops UNION SELECT shop_name FROM shops", "[('Biel',)]"),
        ] {
            assert_eq!(goal(query, rows), None, "{query}");
        }
    }

    #[test]
    fn a_result_of_a_usual_cap_may_be_cut() {
        let rows = |count: usize| {
            format!("[{}]", (0..count).map(|n| format!("('Shop {n}',)")).collect::<Vec<_>>().join(", "))
        };
        assert!(goal("SELECT shop_name FROM shops", &rows(24)).is_some());
        assert!(goal("SELECT shop_name FROM shops", &rows(25)).is_none());
    }

    #[test]
    fn a_sorted_list_that_may_be_cut_shows_its_first_row() {
        let rows = |last: &str| {
            let start: String = (0..24).map(|n| format!("('Shop {n}', {}), ", 90 - n)).collect();
            format!("[{start}{last}]")
        };
        let query = "SELECT shop_name, staff_count FROM shops ORDER BY staff_count DESC";
        let (asked, answer) = goal(query, &rows("('Last', 5)")).expect("the first row");
        assert!(asked.contains("of the shop with the highest staff count"), "{asked}");
        assert_eq!(answer, "The name is Shop 0 and the staff count is 90.");
        assert!(goal(query, &rows("('Last', 5)").replace("89", "90")).is_none(), "a tie");
    }

    #[test]
    fn nothing_is_asked_after_a_write() {
        let calls = [
            SHOPS,
            ("sql", "UPDATE shops SET city = 'Bern'", "Query OK"),
            ("sql", "SELECT COUNT(*) FROM shops WHERE city = 'Bern'", "[(4,)]"),
        ];
        assert!(proposals(super::propose, "", &calls).is_empty());
    }

    #[test]
    fn a_write_in_json_arguments_is_a_write() {
        let calls = [
            ("run", r#"{"query": "DELETE FROM shops"}"#, "OK"),
            ("run", r#"{"query": "SELECT COUNT(*) FROM shops"}"#, "[(4,)]"),
        ];
        assert!(proposals(super::propose, "", &calls).is_empty());
    }

    #[test]
    fn the_query_may_stand_in_json_arguments_and_the_rows_be_objects() {
        let calls = [(
            "run_query",
            r#"{"query": "SELECT city, COUNT(*) AS n FROM shops GROUP BY city"}"#,
            r#"[{"city": "Bern", "n": 4}, {"city": "Lugano", "n": 3}]"#,
        )];
        let found = proposals(super::propose, "", &calls);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, "- Bern, 4\n- Lugano, 3");
    }
}
