//! Queries and the requests that they become.

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
    let calls =
        [("sql", "SHOW TABLES", "[('shops',), ('sales',)]"), SHOPS, SALES, FILLED, ("sql", query, rows)];
    let found = proposals(super::propose, "How are the shops doing?", &calls);
    let last = calls.len() as u32 - 1;
    found.into_iter().find(|(_, _, kept)| kept.last() == Some(&last)).map(|(goal, answer, _)| (goal, answer))
}

/// That the table of shops is not empty.
const FILLED: (&str, &str, &str) = ("sql", "SELECT opened FROM shops WHERE city = 'Chur'", "[('1 May',)]");

#[test]
fn what_may_leave_out_nobody_or_match_by_other_keys_is_not_asked() {
    for query in [
        // No result shows a shop in `Berne`.
        "SELECT shop_name FROM shops WHERE city <> 'Berne'",
        "SELECT shop_name FROM shops s WHERE s.shop_code NOT IN (SELECT sale_id FROM sales)",
    ] {
        assert_eq!(goal(query, "[('Ost',), ('West',)]"), None, "{query}");
    }
}

#[test]
fn groups_of_a_flag_are_not_asked_for_each() {
    let query = "SELECT city, COUNT(*) FROM shops GROUP BY city";
    assert!(goal(query, "[('Bern', 4), ('Biel', 3)]").is_some());
    assert_eq!(goal(query, "[('0', 4), ('1', 3)]"), None);
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
            // Texts sort as texts, which no words tell; a list is whole in any order.
            "SELECT shop_name, city FROM shops ORDER BY opened",
            "[('Ost', 'Biel')]",
            "What are the names and cities of all shops?",
            "The name is Ost and the city is Biel.",
        ),
        (
            "SELECT * FROM shops WHERE shop_name = 'Ost'",
            "[(3, 'Ost', 'Biel', 4, None)]",
            "Give me the records of the shops whose name is \"Ost\".",
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
            "SELECT shop_name FROM shops WHERE shop_id IN (SELECT shop_id FROM sales WHERE amount > 5) \
             AND staff_count > 3",
            "[('Nord',)]",
            "What are the names of the shops whose staff count is greater than 3 and that have at least one sale whose \
             amount is greater than 5?",
            "The name is Nord.",
        ),
        (
            "SELECT city FROM shops WHERE staff_count > 3 ORDER BY opened",
            "[('Bern',), ('Biel',), ('Bern',)]",
            "What are the different cities of the shops whose staff count is greater than 3?",
            "- Bern\n- Biel",
        ),
        (
            "SELECT shop_name FROM shops WHERE staff_count = (SELECT MIN(staff_count) FROM shops) LIMIT 1",
            "[('Ost',)]",
            "What is the name of the shop with the lowest staff count? If there is a tie, any one of them will do.",
            "The name is Ost.",
        ),
        (
            "SELECT shop_name, city FROM shops WHERE staff_count > 5",
            "('Nord', 'Bern')('Ost (old)', 'Biel')",
            "What are the names and cities of the shops whose staff count is greater than 5?",
            "- Nord, Bern\n- Ost (old), Biel",
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
            request.replace("Give me the records of", "Give me the full records of"),
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
             AND shop_id NOT IN (SELECT shop_id FROM sales WHERE amount < 2)",
            "[('Nord',)]",
        ),
        // Bounds that leave nothing, and a join that joins nothing.
        ("SELECT shop_name FROM shops WHERE staff_count > 40 AND staff_count < 30", "[]"),
        (
            "SELECT s.shop_name, COUNT(x.sale_id) FROM shops s LEFT JOIN sales x ON x.shop_id = s.shop_id \
             GROUP BY s.shop_id",
            "[('Nord', 0), ('Ost', 0)]",
        ),
        ("SELECT COUNT(*) FROM shops WHERE city = 'Nowhere'", "[(0,)]"),
        ("SELECT MAX(opened) FROM shops", "[('80.0',)]"),
        ("SELECT x.amount FROM sales x JOIN shops s ON x.shop_id = s.shop_id", "[(5,), (7,)]"),
        ("SELECT city FROM shops UNION SELECT shop_name FROM shops", "[('Biel',)]"),
    ] {
        assert_eq!(goal(query, rows), None, "{query}");
    }
}

const FILMS: (&str, &str, &str) = (
    "describe_table",
    r#"{"table": "films"}"#,
    r#"[{"column_name": "film_id", "data_type": "integer", "key": "PRI"}, {"column_name": "title", "data_type": "text"},
        {"column_name": "release_year", "data_type": "int"}, {"column_name": "is_active", "data_type": "boolean"},
        {"column_name": "studio_id", "data_type": "integer", "key": "MUL"}]"#,
);
const STUDIOS: (&str, &str, &str) = (
    "get_schema",
    "studios",
    "CREATE TABLE \"studios\" (\n  \"studio_id\" INTEGER PRIMARY KEY, -- the key\n  name TEXT NOT NULL,\n  country TEXT,\n           paid_yn CHAR(1)\n);",
);
const GENRES: (&str, &str, &str) =
    ("get_schema", "genres", "CREATE TABLE genres (genre_id INT PRIMARY KEY, name VARCHAR(20))");
const FILM_GENRES: (&str, &str, &str) = (
    "get_schema",
    "film_genres",
    "CREATE TABLE film_genres (film_id INT REFERENCES films(film_id), genre_id INT REFERENCES genres(genre_id))",
);

/// What is asked of a query of films that a tool of any name ran.
fn film_goal(query: &str, rows: &str) -> Option<(String, String)> {
    let input = format!("{{\"sql\": {}}}", serde_json::Value::from(query));
    let calls = [FILMS, STUDIOS, GENRES, FILM_GENRES, ("execute_sql", input.as_str(), rows)];
    proposals(super::propose, "Tell me about the films.", &calls)
        .pop()
        .map(|(goal, answer, _)| (goal, answer))
}

#[test]
fn queries_of_other_tools_and_results_of_other_shapes_are_read() {
    for (query, rows, request, answer) in [
        (
            "SELECT \"title\" FROM public.films WHERE \"release_year\" = 1995",
            " title \n-------\n Heat\n Seven\n(2 rows)\n",
            "of the films whose release year is 1995",
            "- Heat\n- Seven",
        ),
        (
            "-- the busiest studio\nSELECT s.name, COUNT(*) FROM studios s, films f\nWHERE f.studio_id = s.studio_id\nGROUP BY 1                  ORDER BY 2 DESC, 1 LIMIT 1",
            "| name | count |\n|---|---|\n| Nord | 17 |\n",
            "Which studio name has the most films, and how many? If there is a tie, any one of them will do.",
            "The studio name is Nord and the number of films is 17.",
        ),
        (
            "SELECT s.name, COUNT(f.film_id) AS n FROM studios s LEFT JOIN films f USING (studio_id) GROUP BY s.studio_id",
            "+------+---+\n| name | n |\n+------+---+\n| Nord | 3 |\n| Ost  | 0 |\n+------+---+\n2 rows in set (0.00 sec)",
            "Give the name and number of films of each studio (also of those with no film).",
            "- Nord, 3\n- Ost, 0",
        ),
        (
            "SELECT s.name FROM studios s LEFT JOIN films f ON f.studio_id = s.studio_id WHERE f.film_id IS NULL",
            r#"{"columns": ["name"], "rows": [["Ost"]], "row_count": 1}"#,
            "What are the names of the studios that have no film?",
            "The name is Ost.",
        ),
        (
            "SELECT f.title FROM `shop.media.films` f JOIN film_genres g ON g.film_id = f.film_id                  JOIN genres k ON k.genre_id = g.genre_id WHERE k.name = 'Drama'",
            r#"{"result": "[('Heat',), ('Ronin',), ('Heat',)]"}"#,
            "What are the different titles of the films that have the genre \"Drama\"?",
            "- Heat\n- Ronin",
        ),
        (
            "SELECT COUNT(*) FROM (SELECT release_year FROM films GROUP BY release_year HAVING COUNT(*) > 10) t",
            "[(6,)]",
            "How many release years have more than 10 films?",
            "The number of such release years is 6.",
        ),
        (
            "SELECT title FROM films WHERE is_active = TRUE LIMIT 2",
            "title\nHeat\nRonin",
            "Give me the titles of two films that are active.",
            "- Heat\n- Ronin",
        ),
        ("SELECT AVG(release_year) - 1, title FROM films", "[(1, 'x')]", "", ""),
        (
            "SELECT COUNT(*) FROM films WHERE studio_id IN (SELECT studio_id FROM studios WHERE country = 'Peru')",
            "[{\"count\": 4}]",
            "How many films are there whose studio country is \"Peru\"?",
            "The number of films is 4.",
        ),
        (
            "SELECT title, release_year FROM films WHERE (release_year = 1990 OR release_year = 1995) AND title LIKE '%a%'",
            "title,release_year\nHeat,1995\nCasa,1990",
            "of the films whose release year is 1990 or 1995 and whose title contains \"a\"",
            "- Heat, 1995\n- Casa, 1990",
        ),
        (
            "SELECT name FROM studios WHERE paid_yn = 'N'",
            "┌─────────┐\n│  name   │\n│ varchar │\n├─────────┤\n│ Ost     │\n└─────────┘",
            "of the studios that are not paid",
            "The name is Ost.",
        ),
        (
            "SELECT f.film_id, f.title, s.name FROM films f JOIN studios s ON f.studio_id = s.studio_id",
            "[(1, 'Heat', 'Nord'), (2, 'Ronin', 'Ost')]",
            "titles and studio names of all films",
            "- Heat, Nord\n- Ronin, Ost",
        ),
    ] {
        let found = film_goal(query, rows);
        let Some((goal, said)) = found else {
            assert_eq!(request, "", "no goal: {query}");
            continue;
        };
        assert!(!request.is_empty() && goal.contains(request), "{query}: {goal}");
        assert_eq!(said, answer, "{query}");
    }
}

const LANGUAGES: (&str, &str, &str) = (
    "get_schema",
    "all",
    "CREATE TABLE country (Code CHAR(3) PRIMARY KEY, Name TEXT NOT NULL, Continent TEXT, IndepYear INT);\n\
     CREATE TABLE CountryLanguage (CountryCode CHAR(3) REFERENCES country(Code), Language TEXT, IsOfficial TEXT,\n  \
     PRIMARY KEY (CountryCode, Language));",
);

#[test]
fn what_the_things_of_another_table_have_is_called_so() {
    for (query, rows, request) in [
        (
            "SELECT Language, COUNT(*) AS n FROM CountryLanguage GROUP BY Language ORDER BY n DESC LIMIT 1",
            "language|n\nEnglish|60",
            "Which language has the most countries, and how many? If there is a tie, any one of them will do.",
        ),
        (
            "SELECT l.Language, COUNT(*) FROM CountryLanguage l JOIN country c ON l.CountryCode = c.Code \
             WHERE c.Continent = 'Asia' GROUP BY l.Language ORDER BY 2 DESC LIMIT 1",
            "[('Arabic', 15)]",
            "Which language has the most countries whose continent is \"Asia\", and how many? If there is a tie, any one \
             of them will do.",
        ),
        (
            "SELECT Language FROM CountryLanguage WHERE CountryCode = 'CHE'",
            "[('German',), ('French',)]",
            "What are the languages of the country whose code is \"CHE\"?",
        ),
        (
            "SELECT COUNT(DISTINCT l.Language) FROM CountryLanguage l JOIN country c ON l.CountryCode = c.Code \
             WHERE c.IndepYear < 1930",
            "[(153,)]",
            "How many different languages are there among the countries whose independence year is less than 1930?",
        ),
        (
            "SELECT COUNT(*) FROM CountryLanguage WHERE Language = 'Dutch' OR Language = 'English'",
            "[(65,)]",
            "How many times is \"Dutch\" or \"English\" listed as a language of a country?",
        ),
        (
            "SELECT c.Name FROM country c JOIN CountryLanguage l ON c.Code = l.CountryCode \
             WHERE l.Language = 'English' AND l.IsOfficial = 'F'",
            "[('Denmark',), ('Iceland',)]",
            "What are the different names of the countries that have the language \"English\", but not as an official \
             language?",
        ),
        // How many languages a continent has, the pairs of a country and a language do not tell.
        (
            "SELECT c.Continent, COUNT(*) FROM CountryLanguage l JOIN country c ON l.CountryCode = c.Code \
             GROUP BY c.Continent",
            "[('Asia', 239), ('Europe', 202)]",
            "",
        ),
        ("SELECT COUNT(*) FROM CountryLanguage", "[(984,)]", ""),
    ] {
        let found =
            proposals(super::propose, "Which languages are there?", &[LANGUAGES, ("sql", query, rows)]);
        let goal = found.first().map_or("", |(goal, _, _)| goal.as_str());
        assert_eq!(goal, request, "{query}");
    }
}

#[test]
fn names_of_columns_become_what_people_say() {
    let schema = (
        "get_schema",
        "all",
        "CREATE TABLE players (id INTEGER PRIMARY KEY, name TEXT, votes_received INTEGER, hours_played REAL);\n\
         CREATE TABLE treatments (treatment_id INTEGER PRIMARY KEY, cost_of_treatment REAL, player_id INT REFERENCES \
         players(id));\nCREATE TABLE car_makers (id INTEGER PRIMARY KEY, maker TEXT);\n\
         CREATE TABLE models (id INTEGER PRIMARY KEY, maker INTEGER REFERENCES car_makers(id), year INT);\n\
         CREATE TABLE battles (id INTEGER PRIMARY KEY, name TEXT);\n\
         CREATE TABLE ships (id INTEGER PRIMARY KEY, name TEXT, lost_in_battle INTEGER REFERENCES battles(id));",
    );
    for (query, rows, request) in [
        (
            "SELECT COUNT(*) FROM players WHERE votes_received IS NULL",
            "[(11,)]",
            "How many players are there without a recorded number of votes received?",
        ),
        ("SELECT treatment_id FROM treatments WHERE cost_of_treatment > 100", "[(3,), (4,)]", ""),
        (
            "SELECT MAX(cost_of_treatment) FROM treatments",
            "[(640.0,)]",
            "What is the highest cost of all treatments?",
        ),
        (
            "SELECT maker FROM car_makers WHERE (SELECT COUNT(*) FROM models WHERE models.maker = car_makers.id) > 3",
            "[('gm',), ('vw',)]",
            "names of the car makers that have more than 3 models",
        ),
        (
            "SELECT b.name FROM battles b JOIN ships s ON s.lost_in_battle = b.id WHERE s.name = 'Bounty' OR s.name = 'Victory'",
            "[('Actium',), ('Actium',)]",
            "different names of the battles of the ships whose name is",
        ),
    ] {
        let found = proposals(super::propose, "", &[schema, ("sql", query, rows)]);
        let goal = found.first().map_or("", |(goal, _, _)| goal.as_str());
        assert!(goal.contains(request) && goal.is_empty() == request.is_empty(), "{query}: {goal}");
    }
}

#[test]
fn tables_of_benchmarks_with_foreign_keys_and_short_names_are_read_as_far_as_they_can_be_said() {
    let schema = (
        "get_schema",
        "all",
        "CREATE TABLE schools (CDSCode TEXT NOT NULL PRIMARY KEY, county TEXT NULL, school TEXT, charter INTEGER);\n\
         CREATE TABLE school_scores (school_code TEXT NOT NULL PRIMARY KEY, NumTstTakr INTEGER, average_score INTEGER,\n\
         FOREIGN KEY (school_code) REFERENCES schools (CDSCode));\n\
         CREATE TABLE invoices (id INTEGER PRIMARY KEY, vendor TEXT, amount_due NUMERIC, due_date DATE, paid BOOLEAN);",
    );
    for (query, rows, request) in [
        (
            "SELECT T2.school FROM school_scores AS T1 INNER JOIN schools AS T2 ON T1.school_code = T2.CDSCode \
             WHERE T1.average_score > 560",
            "[('Lowell',), ('Gunn',)]",
            "different names of the schools that have a score whose average score is greater than 560",
        ),
        ("SELECT school_code FROM school_scores ORDER BY NumTstTakr DESC LIMIT 1", "[('3061',)]", ""),
        ("SELECT COUNT(*) FROM schools WHERE county = 'Alameda' AND charter = 1", "[(31,)]", ""),
        (
            "SELECT vendor, amount_due FROM invoices WHERE NOT paid AND due_date < '2024-01-01'",
            " vendor | amount_due \n--------+------------\n Acme   |     100.00\n Bolt   |      55.10\n(2 rows)\n",
            "vendors and amounts due of the invoices that are not paid and whose due date is before",
        ),
        ("SELECT vendor FROM invoices WHERE paid IS TRUE", "vendor\nZed", "invoices that are paid"),
    ] {
        let found = proposals(super::propose, "", &[schema, ("sql", query, rows)]);
        let goal = found.first().map_or("", |(goal, _, _)| goal.as_str());
        assert!(goal.contains(request) && goal.is_empty() == request.is_empty(), "{query}: {goal}");
    }
}

#[test]
fn consoles_that_print_errors_or_no_rows_answer_nothing() {
    for text in [
        "ERROR:  relation \"film\" does not exist\nLINE 1: SELECT title FROM film",
        "Error: in prepare, no such column: titel",
        "Parse Error: near line 1: no such table: film",
        "Catalog Error: Table with name film does not exist!\nDid you mean \"films\"?",
        "sqlite3.OperationalError: no such column: titel",
        "Binder Error: Referenced column \"titel\" not found in FROM clause!",
        "(0 rows)",
        "Empty set (0.00 sec)",
        "ERROR 1054 (42S22): Unknown column 'titel' in 'field list'",
        "psycopg2.errors.UndefinedTable: relation \"film\" does not exist",
    ] {
        assert_eq!(film_goal("SELECT title FROM films WHERE release_year > 1990", text), None, "{text}");
    }
}

#[test]
fn tables_that_nobody_described_are_joined_by_their_names() {
    let calls = [
        (
            "sql",
            "SELECT v.state FROM votes v JOIN contestants c ON v.contestant_number = c.contestant_number WHERE c.contestant_name = 'Ann'",
            "[('NY',), ('CA',), ('NY',)]",
        ),
        (
            "sql",
            "SELECT code FROM country WHERE code NOT IN (SELECT country_code FROM treaties)",
            "[('CHE',), ('LIE',)]",
        ),
    ];
    let found = proposals(super::propose, "", &calls);
    let goals: Vec<&str> = found.iter().map(|(goal, _, _)| goal.as_str()).collect();
    assert!(goals[0].contains("codes of the countries that have no treaty"), "{goals:?}");
    assert!(goals[1].contains("different states of the votes whose contestant name is \"Ann\""), "{goals:?}");
}

#[test]
fn what_a_tool_says_was_cut_is_no_whole_list() {
    let query = "SELECT title FROM films WHERE release_year > 1990";
    let (goal, answer) =
        film_goal(query, r#"{"rows": [["Heat"], ["Ronin"]], "truncated": true}"#).expect("examples");
    assert_eq!(goal, "Give me the titles of two films whose release year is greater than 1990.");
    assert_eq!(answer, "- Heat\n- Ronin");
    assert!(film_goal("SELECT title FROM films", r#"{"rows": [["Heat"]], "row_count": 40}"#).is_none());
}

#[test]
fn keys_of_a_database_are_not_asked_for_as_names() {
    assert!(film_goal("SELECT studio_id FROM films WHERE title = 'Heat'", "[(7,)]").is_none());
    // Two keys that happen to be equal are no reference.
    let query = "SELECT s.name FROM films f JOIN studios s ON f.film_id = s.studio_id";
    assert!(film_goal(query, "[('Nord',)]").is_none());
}

#[test]
fn pairs_of_the_same_things_have_a_direction_that_words_would_lose() {
    let calls = [
        ("sql", "q", "CREATE TABLE users (id INT PRIMARY KEY, name TEXT)"),
        (
            "sql",
            "q",
            "CREATE TABLE follows (user_id INT REFERENCES users(id), followed_id INT REFERENCES users(id))",
        ),
        (
            "sql",
            "SELECT u.name FROM users u WHERE u.id NOT IN (SELECT followed_id FROM follows)",
            "[('Ann',)]",
        ),
    ];
    assert!(proposals(super::propose, "", &calls).is_empty());
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

const ORDERS: (&str, &str, &str) = (
    "run",
    "psql shop -c '\\d orders'",
    "           Table \"public.orders\"\n   Column   |     Type      | Nullable | Default\n\
     ------------+---------------+----------+---------\n order_id   | integer       | not null |\n \
     status     | text          |          |\n amount     | numeric(10,2) | not null |\n \
     order_date | date          |          |\n created_at | timestamp     |          |\n\
     Indexes:\n    \"orders_pkey\" PRIMARY KEY, btree (order_id)",
);

#[test]
fn clauses_of_any_dialect_are_read() {
    for (query, rows, request, answer) in [
        (
            "SELECT TOP 2 [status], [amount] FROM [dbo].[orders] ORDER BY [amount] DESC",
            r#"[{"status": "paid", "amount": 9.5}, {"status": "open", "amount": 7}]"#,
            "What are the statuses and amounts of the 2 orders with the highest amount, in descending order? Ties may \
             be broken either way.",
            "- paid, 9.5\n- open, 7",
        ),
        (
            "SELECT ROUND(AVG(amount)::numeric, 2) AS mean FROM orders WHERE LOWER(status) = 'paid'",
            "mean\n8.25",
            "What is the average amount of the orders whose status is \"paid\"? Round to two decimal places.",
            "The average amount is 8.25.",
        ),
        (
            "SELECT COUNT(*) FROM orders WHERE EXTRACT(YEAR FROM created_at) = 2023",
            "[(57,)]",
            "How many orders are there whose year of creation is 2023?",
            "The number of orders is 57.",
        ),
        (
            "SELECT COUNT(*) FROM orders WHERE strftime('%Y', order_date) = '2023'",
            "[(57,)]",
            "How many orders are there whose date is in 2023?",
            "The number of orders is 57.",
        ),
        (
            "SELECT SUM(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) FROM orders WHERE amount > 5",
            "[(12,)]",
            "How many orders are there whose amount is greater than 5 and whose status is \"paid\"?",
            "The number of orders is 12.",
        ),
        (
            "SELECT COUNT(*) FILTER (WHERE status = 'paid') FROM orders",
            "[(30,)]",
            "How many orders are there whose status is \"paid\"?",
            "The number of orders is 30.",
        ),
        (
            "SELECT ROUND(100.0 * SUM(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) / COUNT(*), 1) FROM orders",
            "[(52.6,)]",
            "For what percentage of the orders is the status \"paid\"? Round to one decimal place.",
            "The percentage is 52.6.",
        ),
        (
            "WITH t AS (SELECT status, COUNT(*) AS n FROM orders GROUP BY status) \
             SELECT status, n FROM t ORDER BY n DESC LIMIT 1",
            "[('paid', 30)]",
            "Which status has the most orders, and how many? If there is a tie, any one of them will do.",
            "The status is paid and the number of orders is 30.",
        ),
        (
            "SELECT status FROM (SELECT status, amount FROM orders) q WHERE amount > 100",
            "[('paid',), ('open',)]",
            "What are the statuses of the orders whose amount is greater than 100?",
            "- paid\n- open",
        ),
        // Which of the two roundings is meant, one sentence would not tell.
        ("SELECT ROUND(AVG(amount), 2), ROUND(MAX(amount), 0) FROM orders", "[(8.25, 9)]", "", ""),
        ("SELECT SUM(CASE WHEN status = 'paid' THEN amount ELSE 0 END) FROM orders", "[(12,)]", "", ""),
        ("SELECT CAST(AVG(amount) AS INT) FROM orders", "[(8,)]", "", ""),
        (
            "SELECT status, n FROM (SELECT status, 1 AS n FROM orders LIMIT 3) q ORDER BY n",
            "[('paid', 1)]",
            "",
            "",
        ),
        ("SELECT COUNT(*) * 100 / 50 FROM orders", "[(114,)]", "", ""),
    ] {
        let found = proposals(super::propose, "How is business?", &[ORDERS, ("query", query, rows)]);
        let found = found.into_iter().next_back().map(|(goal, answer, _)| (goal, answer));
        let Some((goal, said)) = found else {
            assert_eq!(request, "", "no goal: {query}");
            continue;
        };
        let phrasings = [request.to_string(), request.replace("What are the", "List the").replace('?', ".")];
        assert!(phrasings.contains(&goal), "{query}: {goal}");
        assert_eq!(said, answer, "{query}");
    }
}

#[test]
fn clients_in_a_shell_are_read() {
    let schema = (
        "bash",
        "sqlite3 shop.db '.schema'",
        "CREATE TABLE orders (order_id INTEGER PRIMARY KEY, status TEXT);",
    );
    for (command, rows, answer) in [
        (
            "sqlite3 shop.db \"SELECT status, COUNT(*) FROM orders GROUP BY status\"",
            "open|3\npaid|9\n",
            Some("- open, 3\n- paid, 9"),
        ),
        (
            "psql shop -c \"SELECT status, COUNT(*) FROM orders GROUP BY status;\"",
            " status | count \n--------+-------\n open   |     3\n paid   |     9\n(2 rows)\n",
            Some("- open, 3\n- paid, 9"),
        ),
        (
            "sqlite3 shop.db \"SELECT status, COUNT(*) FROM orders GROUP BY status\" | head -1",
            "open|3\n",
            None,
        ),
        ("echo \"SELECT status FROM orders\"", "SELECT status FROM orders\n", None),
    ] {
        let found = proposals(super::propose, "How is business?", &[schema, ("bash", command, rows)]);
        assert_eq!(found.last().map(|(_, answer, _)| answer.as_str()), answer, "{command}: {found:?}");
    }
}

#[test]
fn the_thing_with_the_most_is_found_in_an_inner_query() {
    let found = film_goal(
        "SELECT name FROM studios WHERE studio_id = (SELECT studio_id FROM films GROUP BY studio_id \
         ORDER BY COUNT(*) DESC LIMIT 1)",
        "[('Nord',)]",
    );
    let (goal, answer) = found.expect("a goal");
    assert_eq!(
        goal,
        "Which studio has the most films? Give the name. If there is a tie, any one of them will do."
    );
    assert_eq!(answer, "The studio name is Nord.");
}

const FLIGHTS: (&str, &str, &str) = (
    "get_schema",
    "all",
    "CREATE TABLE airline (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
     CREATE TABLE crew (crew_id INTEGER PRIMARY KEY, name TEXT, age TEXT, joined_year TEXT);\n\
     CREATE TABLE licence (crew_id INTEGER PRIMARY KEY, region TEXT);\n\
     CREATE TABLE flight (flight_id INTEGER PRIMARY KEY, airline INTEGER REFERENCES airline(id), gate TEXT, \
     pilot_id INTEGER NOT NULL, price REAL, crew_id INTEGER REFERENCES crew(crew_id));\n\
     CREATE TABLE season (year INTEGER, line TEXT, PRIMARY KEY (year, line));",
);

#[test]
fn groups_of_which_only_the_number_is_known_are_asked_for_by_it() {
    for (query, rows, request, answer) in [
        (
            "SELECT airline, COUNT(*) AS n FROM flight GROUP BY airline HAVING n >= 10",
            "[(2, 11), (4, 18)]",
            "Which airlines have at least 10 flights? Give the airline IDs and the number for each.",
            "- 2, 11\n- 4, 18",
        ),
        (
            "SELECT pilot_id FROM flight GROUP BY pilot_id ORDER BY COUNT(*) DESC LIMIT 1",
            "[(31,)]",
            "Which pilot has the most flights? Give the pilot ID. If there is a tie, any one of them will do.",
            "The pilot ID is 31.",
        ),
        (
            "SELECT c.crew_id, AVG(f.price) FROM crew c JOIN flight f ON f.crew_id = c.crew_id GROUP BY c.crew_id",
            "[(1, 90.5), (2, 120)]",
            "For each crew ID, what is the average price of the flights?",
            "- 1, 90.5\n- 2, 120",
        ),
        (
            "SELECT f.airline, a.name, COUNT(*) FROM flight f JOIN airline a ON f.airline = a.id GROUP BY f.airline \
             ORDER BY 3 DESC LIMIT 1",
            "[(4, 'Nordair', 18)]",
            "Which airline has the most flights? Give the name and number of flights. If there is a tie, any one of \
             them will do.",
            "The airline name is Nordair and the number of flights is 18.",
        ),
        // A year is no number of a thing, what refers to nothing is no thing, and each flight is one.
        ("SELECT year, COUNT(*) FROM season GROUP BY year", "[(2020, 4), (2021, 11)]", "", ""),
        ("SELECT airline, COUNT(*) FROM flight GROUP BY airline", "[(0, 4), (2, 11)]", "", ""),
        ("SELECT flight_id, COUNT(*) FROM flight GROUP BY flight_id", "[(7, 1), (8, 1)]", "", ""),
    ] {
        let found = proposals(super::propose, "How is the traffic?", &[FLIGHTS, ("sql", query, rows)]);
        let (goal, said) = found.first().map_or(("", ""), |(goal, said, _)| (goal.as_str(), said.as_str()));
        assert_eq!((goal, said), (request, answer), "{query}");
    }
}

#[test]
fn measures_over_joins_say_what_they_are_taken_over() {
    for (query, rows, request) in [
        (
            "SELECT AVG(c.age) FROM crew c JOIN flight f ON f.crew_id = c.crew_id",
            "[(41.25,)]",
            "What is the average age of the crews over all flights, counting a crew once for each flight?",
        ),
        ("SELECT SUM(c.age) FROM crew c JOIN flight f ON f.crew_id = c.crew_id", "[(410,)]", ""),
        (
            "SELECT gate FROM flight GROUP BY gate ORDER BY MAX(price) DESC LIMIT 1",
            "[('B2',)]",
            "Which gate has the flight with the highest price? If there is a tie, any one of them will do.",
        ),
        (
            "SELECT gate, MAX(price) FROM flight WHERE pilot_id <> 0 AND price > 10 GROUP BY gate ORDER BY 2 DESC LIMIT 1",
            "[('B2', 99)]",
            "",
        ),
        (
            "SELECT gate, MAX(price) FROM flight WHERE price < 100 GROUP BY gate ORDER BY 2 DESC LIMIT 1",
            "[('B2', 99)]",
            "Which gate has the flight with the highest price among the flights whose price is less than 100, and what \
             price is that? If there is a tie, any one of them will do.",
        ),
        (
            "SELECT gate, AVG(price) FROM flight WHERE gate IN (SELECT gate FROM flight GROUP BY gate HAVING AVG(price) > 72) \
             GROUP BY gate",
            "[('B2', 99.5), ('C1', 80)]",
            "For each gate in which the average price of the flights is above 72, what is the average price of the flights?",
        ),
        (
            "SELECT COUNT(*) FROM flight WHERE gate IN (SELECT gate FROM flight GROUP BY gate HAVING COUNT(*) > 2)",
            "[(12,)]",
            "How many flights are there whose gate is shared by more than 2 flights?",
        ),
        (
            "SELECT COUNT(DISTINCT gate) FROM flight WHERE gate IN (SELECT gate FROM flight GROUP BY gate HAVING COUNT(*) > 2)",
            "[(3,)]",
            "",
        ),
        ("SELECT AVG(CAST(age AS UNSIGNED)) FROM crew", "[(41.5,)]", "What is the average age of all crews?"),
        // The lowest of prices may be none.
        ("SELECT gate FROM flight GROUP BY gate ORDER BY MIN(price) LIMIT 1", "[('B2',)]", ""),
        (
            "SELECT name FROM airline WHERE id = (SELECT airline FROM flight ORDER BY price DESC LIMIT 1)",
            "[('Nordair',)]",
            "What is the airline name of the flight with the highest price? If there is a tie, any one of them will do.",
        ),
        (
            "SELECT name FROM crew WHERE joined_year < 2009 OR joined_year > 2011",
            "[('Ann',), ('Bo',)]",
            "names of the crews whose year of joining is less than 2009 or greater than 2011",
        ),
        (
            "SELECT name FROM crew WHERE crew_id IN (SELECT crew_id FROM flight GROUP BY crew_id \
             HAVING COUNT(DISTINCT gate) >= 2)",
            "[('Ann',), ('Bo',)]",
            "names of the crews that have flights of at least 2 different gates",
        ),
        (
            "SELECT name FROM crew WHERE crew_id IN (SELECT crew_id FROM flight WHERE price > 10 GROUP BY crew_id \
             HAVING COUNT(DISTINCT gate) >= 2)",
            "[('Ann',), ('Bo',)]",
            "",
        ),
        (
            "SELECT l.region FROM crew c JOIN licence l ON c.crew_id = l.crew_id WHERE c.name = 'Ann'",
            "[('EU',)]",
            "of the licences whose crew name is \"Ann\"",
        ),
    ] {
        let found = proposals(super::propose, "How is the traffic?", &[FLIGHTS, ("sql", query, rows)]);
        let goal = found.first().map_or("", |(goal, _, _)| goal.as_str());
        assert!(goal.contains(request) && goal.is_empty() == request.is_empty(), "{query}: {goal}");
    }
}

#[test]
fn an_unseen_table_has_an_order_by_its_amounts() {
    for (query, request) in [
        (
            "SELECT name FROM country WHERE population > 0 ORDER BY population LIMIT 1",
            "What is the name of the country with the lowest population among the countries whose population is greater \
             than 0? If there is a tie, any one of them will do.",
        ),
        ("SELECT name FROM country ORDER BY population LIMIT 1", ""),
        ("SELECT name FROM country ORDER BY motto DESC LIMIT 1", ""),
    ] {
        let found = proposals(super::propose, "Which is it?", &[("sql", query, "[('Pitcairn',)]")]);
        assert_eq!(found.first().map_or("", |(goal, _, _)| goal.as_str()), request, "{query}");
    }
}

#[test]
fn a_reference_called_as_the_key_is_that_of_the_thing() {
    let pets = (
        "get_schema",
        "all",
        "CREATE TABLE student (StuID INTEGER PRIMARY KEY, Fname TEXT, Major INTEGER);\n\
         CREATE TABLE pets (PetID INTEGER PRIMARY KEY, PetType TEXT);\n\
         CREATE TABLE has_pet (StuID INTEGER REFERENCES student(StuID), PetID INTEGER REFERENCES pets(PetID));",
    );
    for (query, rows, request) in [
        (
            "SELECT COUNT(*) FROM student WHERE StuID NOT IN (SELECT StuID FROM has_pet)",
            "[(3,)]",
            "How many students are there that have no pet?",
        ),
        (
            "SELECT Fname, Major FROM student WHERE StuID NOT IN (SELECT StuID FROM has_pet WHERE PetID IN \
             (SELECT PetID FROM pets WHERE PetType = 'cat'))",
            "[('Tracy', 600)]",
            "first names and majors of the students that have no pet whose type is \"cat\"",
        ),
        (
            "SELECT Fname FROM student WHERE StuID IN (SELECT h.StuID FROM has_pet h JOIN pets p ON h.PetID = p.PetID \
             WHERE p.PetType = 'cat')",
            "[('Tracy',), ('Ann',)]",
            "first names of the students that have at least one pet whose type is \"cat\"",
        ),
        (
            "SELECT Fname FROM student WHERE StuID NOT IN (SELECT s.StuID FROM student s, has_pet h, pets p \
             WHERE s.StuID = h.StuID AND h.PetID = p.PetID AND p.PetType = 'cat')",
            "[('Tracy',), ('Ann',)]",
            "first names of the students that have no pet whose type is \"cat\"",
        ),
        (
            "SELECT s.Fname FROM student s JOIN has_pet h ON s.StuID = h.StuID JOIN pets p ON h.PetID = p.PetID \
             WHERE p.PetType = 'dog' AND s.StuID NOT IN (SELECT h2.StuID FROM has_pet h2 JOIN pets p2 ON h2.PetID = p2.PetID \
             WHERE p2.PetType = 'cat')",
            "[('Tracy',), ('Ann',)]",
            "first names of the students that have a pet whose type is \"dog\" and that have no pet whose type is \"cat\"",
        ),
    ] {
        let found = proposals(super::propose, "Who is it?", &[pets, ("sql", query, rows)]);
        let goal = found.first().map_or("", |(goal, _, _)| goal.as_str());
        assert!(goal.contains(request), "{query}: {goal}");
    }
}

#[test]
fn what_a_user_knows_by_its_number_is_asked_for_by_it() {
    for (query, rows, request, answer) in [
        (
            "SELECT gate, price FROM flight WHERE flight_id = 1042",
            "[('B2', 90)]",
            "What are the gate and price of the flight with the ID 1042?",
            "The gate is B2 and the price is 90.",
        ),
        (
            "SELECT COUNT(*) FROM flight WHERE pilot_id = 31",
            "[(4,)]",
            "How many flights are there whose pilot ID is 31?",
            "The number of flights is 4.",
        ),
        // The user speaks of no flight 1043.
        ("SELECT gate, price FROM flight WHERE flight_id = 1043", "[('B2', 90)]", "", ""),
    ] {
        let prompt = "What is up with flight 1042 of pilot 31?";
        let found = proposals(super::propose, prompt, &[FLIGHTS, ("sql", query, rows)]);
        let (goal, said) = found.first().map_or(("", ""), |(goal, said, _)| (goal.as_str(), said.as_str()));
        assert_eq!((goal, said), (request, answer), "{query}");
    }
}

#[test]
fn what_no_words_tell_is_left_out_of_the_request() {
    for (query, rows, request, answer) in [
        (
            "SELECT AVG(price), AVG(crew_id) FROM flight",
            "[(90.5, 3.2)]",
            "What is the average price of all flights?",
            "The average price is 90.5.",
        ),
        (
            "SELECT c.name, f.gate, f.gate AS again FROM flight f JOIN crew c ON f.crew_id = c.crew_id WHERE f.price > 10",
            "[('Ann', 'B2', 'B2'), ('Bo', 'C1', 'C1')]",
            "crew names and gates of the flights whose price is greater than 10",
            "- Ann, B2\n- Bo, C1",
        ),
        ("SELECT AVG(crew_id) FROM flight", "[(3.2,)]", "", ""),
    ] {
        let found = proposals(super::propose, "How is the traffic?", &[FLIGHTS, ("sql", query, rows)]);
        let (goal, said) = found.first().map_or(("", ""), |(goal, said, _)| (goal.as_str(), said.as_str()));
        assert!(goal.contains(request) && goal.is_empty() == request.is_empty(), "{query}: {goal}");
        assert_eq!(said, answer, "{query}");
    }
}

#[test]
fn what_is_not_described_is_read_by_its_name_and_its_constants() {
    for (query, rows, request, answer) in [
        (
            "SELECT COUNT(*) FROM orders WHERE created_at >= '2026-04-01' AND created_at < '2026-07-01'",
            "120",
            "How many orders are there whose date of creation is on or after 2026-04-01 and before 2026-07-01?",
            "The number of orders is 120.",
        ),
        (
            "SELECT name FROM products WHERE in_stock = true",
            "[('Mug',), ('Cup',)]",
            "names of the products that are in stock",
            "- Mug\n- Cup",
        ),
        (
            "SELECT title FROM films WHERE rating > (SELECT AVG(rating) FROM films)",
            "[{\"title\": \"Alien\"}, {\"title\": \"Brazil\"}]",
            "titles of the films whose rating is above the average",
            "- Alien\n- Brazil",
        ),
        (
            "SELECT product, SUM(quantity * unit_price) AS revenue FROM order_items GROUP BY product ORDER BY revenue DESC LIMIT 2",
            "[('Mug', 95.5), ('Cup', 80)]",
            "Which 2 products have the highest total revenue over all order items",
            "- Mug, 95.5\n- Cup, 80",
        ),
        (
            "SELECT status, COUNT(*) FROM orders GROUP BY status",
            "status,count\npaid,4\nopen,3",
            "For each status, how many orders are there",
            "- paid, 4\n- open, 3",
        ),
        // A code may look like a date.
        ("SELECT COUNT(*) FROM orders WHERE batch > '2026-04-01'", "[(3,)]", "", ""),
    ] {
        let found = proposals(super::propose, "How is the shop doing?", &[("run_sql", query, rows)]);
        let (goal, said) = found.first().map_or(("", ""), |(goal, said, _)| (goal.as_str(), said.as_str()));
        assert!(goal.contains(request) && goal.is_empty() == request.is_empty(), "{query}: {goal}");
        assert_eq!(said, answer, "{query}");
    }
}
