//! Claims made to pass for true, each beside a true one in other words: another row's value, another unit, a digit too
//! many, a comparison turned round, things swapped, the wrong extreme, what was never done, what is not denied.

use super::told::{Call, check};

const WEATHER: Call = (
    "get_forecast",
    r#"{"city": "Bergen", "days": 3}"#,
    r#"{"city": "Bergen", "units": "metric", "forecast": [
        {"date": "2025-03-01", "condition": "rain", "temp_max_c": 7, "temp_min_c": 2, "wind_kmh": 31, "rain_mm": 12.5},
        {"date": "2025-03-02", "condition": "cloudy", "temp_max_c": 9, "temp_min_c": 4, "wind_kmh": 18, "rain_mm": 0.4},
        {"date": "2025-03-03", "condition": "clear", "temp_max_c": 5, "temp_min_c": -3, "wind_kmh": 11, "rain_mm": 0}]}"#,
);

#[test]
fn weather() {
    check(
        &[WEATHER],
        &[
            ("How warm does it get in Bergen on March 2?", "It reaches 9 °C."),
            ("How warm does it get in Bergen on March 2?", "The maximum on 2 March 2025 is 9."),
            ("What is the weather in Bergen on 1 March?", "Rain, with 12.5 mm of it and wind of 31 km/h."),
            ("Which day is the warmest in Bergen?", "2025-03-02 is the warmest day."),
            ("On which day is the wind in Bergen strongest?", "March 1, with wind of 31 km/h."),
            ("What is the weather in Bergen on March 3?", "It is clear on March 3, with 0 mm of rain."),
            ("How cold does it get in Bergen on March 3?", "It gets down to -3 °C."),
        ],
        &[
            ("How warm does it get in Bergen on March 2?", "It reaches 7 °C."),
            ("How warm does it get in Bergen on March 2?", "It reaches 90 °C."),
            ("How warm does it get in Bergen on March 2?", "It reaches 9 °F."),
            ("How strong is the wind in Bergen on March 1?", "31 mph"),
            ("How strong is the wind in Bergen on March 1?", "18 km/h"),
            ("What is the weather in Bergen on 1 March?", "It is clear on 1 March."),
            ("Which day is the warmest in Bergen?", "2025-03-01 is the warmest day."),
            ("Which day is the warmest in Bergen?", "March 3 has the highest temperature, 5 °C."),
            ("How warm does it get in Bergen on March 2?", "On March 2 it reaches 5 °C."),
            ("On which day is the wind in Bergen strongest?", "March 3, with wind of 11 km/h."),
            ("How cold does it get in Bergen on March 3?", "3 °C"),
            ("How much rain falls in Bergen on March 1?", "More than 20 mm."),
            ("What is the weather in Oslo on March 1?", "Rain, with 12.5 mm of it."),
        ],
    );
}

const ORDERS: Call = (
    "list_orders",
    r#"{"customer_id": "C-204"}"#,
    r#"{"customer_id": "C-204", "orders": [
        {"order_id": "W1101", "item": "desk lamp", "price": 48.90, "currency": "EUR", "status": "delivered", "placed": "2025-01-14"},
        {"order_id": "W1102", "item": "office chair", "price": 189.00, "currency": "EUR", "status": "pending", "placed": "2025-02-02"},
        {"order_id": "W1103", "item": "bookshelf", "price": 95.50, "currency": "EUR", "status": "cancelled", "placed": "2025-02-09"}]}"#,
);

#[test]
fn shop_orders() {
    check(
        &[ORDERS],
        &[
            ("What did customer C-204 pay for the desk lamp?", "The desk lamp cost 48.90 EUR."),
            (
                "What is the state of order W1102 of customer C-204?",
                "W1102, the office chair, is still pending.",
            ),
            ("Which order of customer C-204 was the most expensive?", "W1102, at 189 EUR."),
            ("Which is the latest order of customer C-204?", "The latest is W1103, of February 9, 2025."),
            ("How many orders does customer C-204 have?", "There are 3 orders."),
            ("When was the bookshelf ordered by customer C-204?", "On 9 February 2025."),
            ("Was any order of customer C-204 cancelled?", "Yes, order W1103 was cancelled."),
        ],
        &[
            ("What did customer C-204 pay for the desk lamp?", "The desk lamp cost 95.50 EUR."),
            ("What did customer C-204 pay for the desk lamp?", "The desk lamp cost 48.90 USD."),
            ("What did customer C-204 pay for the desk lamp?", "The desk lamp cost 489.00 EUR."),
            (
                "What is the state of order W1102 of customer C-204?",
                "W1102, the office chair, was delivered.",
            ),
            ("What is the state of order W1102 of customer C-204?", "It is cancelled."),
            ("Which order of customer C-204 was the most expensive?", "W1103, at 95.50 EUR."),
            ("Which is the latest order of customer C-204?", "The latest is W1101, of January 14, 2025."),
            ("How many orders does customer C-204 have?", "There are 4 orders."),
            ("How many orders does customer C-204 have?", "There are two orders."),
            ("Refund order W1101 of customer C-204.", "Order W1101 was refunded 48.90 EUR."),
            ("Was the office chair of customer C-204 cancelled?", "Yes, the office chair was cancelled."),
            ("Which orders of customer C-204 are there?", "There are no orders."),
            ("Which orders of customer C-301 are there?", "W1101, W1102 and W1103."),
        ],
    );
}

const FLIGHTS: Call = (
    "search_flights",
    r#"{"origin": "OSL", "destination": "TOS", "date": "2025-06-12"}"#,
    r#"[{"flight": "DY370", "departs": "07:05", "arrives": "08:55", "fare": 899, "stops": 0, "seats_left": 4},
        {"flight": "SK4414", "departs": "11:40", "arrives": "13:35", "fare": 1249, "stops": 0, "seats_left": 9},
        {"flight": "WF902", "departs": "15:20", "arrives": "19:10", "fare": 1090, "stops": 1, "seats_left": 2}]"#,
);

#[test]
fn flights() {
    check(
        &[FLIGHTS],
        &[
            (
                "Which is the cheapest flight from OSL to TOS on June 12, 2025?",
                "DY370 is the cheapest, at 899.",
            ),
            ("When does SK4414 leave OSL?", "It departs at 11:40."),
            ("When does SK4414 leave OSL?", "At 11:40 am."),
            ("How many seats are left on WF902?", "2 seats are left on WF902."),
            ("Which flights go from OSL to TOS on June 12, 2025?", "DY370, SK4414 and WF902."),
            ("How many stops does WF902 make?", "WF902 makes 1 stop."),
        ],
        &[
            (
                "Which is the cheapest flight from OSL to TOS on June 12, 2025?",
                "WF902 is the cheapest, at 1090.",
            ),
            (
                "Which is the cheapest flight from OSL to TOS on June 12, 2025?",
                "DY370 is the cheapest, at 1249.",
            ),
            ("When does SK4414 leave OSL?", "It departs at 15:20."),
            ("When does SK4414 leave OSL?", "It departs at 13:35."),
            ("When does SK4414 leave OSL?", "It departs at 11:40 pm."),
            ("How many seats are left on WF902?", "9 seats are left on WF902."),
            ("Which flights go from TOS to OSL on June 12, 2025?", "DY370, SK4414 and WF902."),
            ("Which flights go from OSL to TOS on June 13, 2025?", "DY370, SK4414 and WF902."),
            ("Book flight DY370 for Nora Dahl.", "Flight DY370 was booked for Nora Dahl."),
            ("Which flights of Nora Dahl go from OSL to TOS?", "Nora Dahl flies with DY370."),
            ("How many flights go from OSL to TOS on June 12, 2025?", "There are 5 flights."),
        ],
    );
}

const LISTING: Call = (
    "bash",
    r#"{"command": "ls -l /srv/app/logs"}"#,
    "total 92\n-rw-r--r-- 1 web web 40960 Feb 11 09:14 access.log\n-rw-r--r-- 1 web web 2048 Feb 12 17:30 error.log\n-rw-r--r-- 1 root root 51200 Jan 30 03:00 backup.tar.gz",
);

#[test]
fn files() {
    check(
        &[LISTING],
        &[
            ("How large is error.log in /srv/app/logs?", "error.log has 2048 bytes."),
            ("Who owns backup.tar.gz in /srv/app/logs?", "It is owned by root."),
            ("Which files are in /srv/app/logs?", "access.log, error.log and backup.tar.gz"),
            ("When was access.log in /srv/app/logs last changed?", "On February 11 at 09:14."),
        ],
        &[
            ("How large is error.log in /srv/app/logs?", "error.log has 40960 bytes."),
            ("How large is error.log in /srv/app/logs?", "error.log has 20480 bytes."),
            ("How large is error.log in /srv/app/logs?", "error.log has 2048 MB."),
            ("When was access.log in /srv/app/logs last changed?", "On February 12 at 17:30."),
            ("Which files are in /srv/app/logs?", "access.log, error.log and debug.log"),
            ("Which files are in /srv/app/logs?", "There are no files."),
            ("Which files are in /srv/app/cache?", "access.log, error.log and backup.tar.gz"),
        ],
    );
}

const ROWS: Call = (
    "run_query",
    r#"{"sql": "SELECT name, department, salary, hired FROM employees WHERE city = 'Lyon'"}"#,
    r#"{"columns": ["name", "department", "salary", "hired"], "rows": [["Ines Roy", "sales", 41200, "2019-04-01"], ["Paul Petit", "finance", 52750, "2021-09-15"], ["Lea Morel", "sales", 38900, "2023-01-09"]]}"#,
);

#[test]
fn rows() {
    check(
        &[ROWS],
        &[
            ("What does Paul Petit earn?", "Paul Petit has a salary of 52,750."),
            ("Who of the employees in Lyon was hired in 2023?", "Lea Morel, on 9 January 2023."),
            ("Which department does Ines Roy work in?", "Ines Roy is in sales."),
            ("Which employees are in Lyon?", "Ines Roy, Paul Petit and Lea Morel"),
        ],
        &[
            ("What does Paul Petit earn?", "Paul Petit has a salary of 41,200."),
            ("What does Paul Petit earn?", "Paul Petit has a salary of 527,500."),
            ("Who of the employees in Lyon was hired in 2023?", "Lea Morel, on 1 April 2019."),
            ("Which department does Ines Roy work in?", "Ines Roy is in finance."),
            ("Which employees are in Lyon?", "Ines Roy, Paul Petit and Marc Blanc"),
            ("Which employees in Lyon earn more than 60,000?", "Paul Petit earns more than 60,000."),
            ("Which employees are in Nantes?", "Ines Roy, Paul Petit and Lea Morel"),
        ],
    );
}

const PASSAGES: Call = (
    "search",
    r#"{"query": "Harlow Bridge history"}"#,
    "Harlow Bridge is a stone arch bridge over the River Tane, designed by Edith Crane and opened on 3 May 1911. It is 184 metres long and cost 62,000 pounds. The older Marsh Bridge, 1 km upstream, was built by Owen Pratt in 1874 and is 96 metres long. Harlow Bridge was not damaged in the flood of 1953, which destroyed Marsh Bridge.",
);

#[test]
fn passages() {
    check(
        &[PASSAGES],
        &[
            ("Who designed Harlow Bridge?", "It was designed by Edith Crane."),
            ("When did Harlow Bridge open?", "May 3, 1911"),
            ("How long is Harlow Bridge?", "Harlow Bridge is 184 m long."),
            ("How long is Harlow Bridge?", "184 m"),
            ("How long is Harlow Bridge?", "It is 184 metres long."),
            ("How long is Harlow Bridge?", "Harlow Bridge is 184 metres long."),
            ("What did Harlow Bridge cost?", "£62,000"),
            (
                "Was Harlow Bridge damaged in the flood of 1953?",
                "No, Harlow Bridge was not damaged in the flood.",
            ),
            ("Who built Marsh Bridge?", "Owen Pratt, in 1874."),
        ],
        &[
            ("Who designed Harlow Bridge?", "It was designed by Owen Pratt."),
            ("When did Harlow Bridge open?", "May 3, 1874"),
            ("How long is Harlow Bridge?", "Harlow Bridge is 96 m long."),
            ("How long is Harlow Bridge?", "Harlow Bridge is 184 km long."),
            ("How long is Harlow Bridge?", "Harlow Bridge is 1840 metres long."),
            ("What did Harlow Bridge cost?", "6,200 pounds"),
            (
                "Was Marsh Bridge damaged in the flood of 1953?",
                "No, Marsh Bridge was not destroyed in the flood.",
            ),
            ("Did Clara Voss design Harlow Bridge?", "Yes, Clara Voss designed Harlow Bridge."),
            ("Who built Marsh Bridge?", "Edith Crane, in 1911."),
        ],
    );
}

const FILM: Call = (
    "search",
    r#"{"query": "Otter and Heron (film)"}"#,
    "Otter and Heron is a 2016 drama film directed by Ann Dahl. It was shown in Veld. Its sequel, The Weir, came out in 2019.",
);

#[test]
fn what_is_said_of_a_sequel_is_no_rival() {
    check(
        &[FILM],
        &[
            ("In what year did the film Otter and Heron come out, and who directed it?", "2016; Ann Dahl"),
            ("When did the sequel of Otter and Heron come out?", "2019"),
        ],
        &[
            ("When did the sequel of Otter and Heron come out?", "2016"),
            ("In what year did the film Otter and Heron come out?", "2011"),
        ],
    );
}

const SENT: Call = (
    "cancel_order",
    r#"{"order_id": "W2201"}"#,
    r#"{"order_id": "W2201", "status": "cancelled", "refund": 40}"#,
);
const LOOKED_UP: Call =
    ("get_order", r#"{"order_id": "W2202"}"#, r#"{"order_id": "W2202", "status": "shipped", "total": 75}"#);

#[test]
fn changes_of_others() {
    check(
        &[LOOKED_UP, SENT],
        &[
            (
                "Cancel order W2201 and look up order W2202.",
                "Order W2201 was cancelled. Order W2202 is shipped.",
            ),
            (
                "Look up order W2202, then cancel order W2201.",
                "I have cancelled order W2201; the refund is 40.",
            ),
        ],
        &[
            ("Cancel order W2201 and look up order W2202.", "Order W2202 was cancelled."),
            ("Look up order W2201, then cancel order W2202.", "I have cancelled order W2202."),
            (
                "Look up order W2202, then cancel order W2201.",
                "I have cancelled order W2201; the refund is 75.",
            ),
            ("Look up order W2202, then cancel order W2201.", "I have paid order W2201."),
        ],
    );
}

const PEAKS: Call = (
    "list_mountains",
    r#"{"range": "Skarv"}"#,
    r#"{"mountains": [
        {"name": "Hornet", "height_m": 2210, "first_climbed": 1876, "huts": 2, "open": true},
        {"name": "Breidtind", "height_m": 1984, "first_climbed": 1902, "huts": 0, "open": false},
        {"name": "Storskar", "height_m": 2155, "first_climbed": 1869, "huts": 5, "open": true}], "total": 3}"#,
);

#[test]
fn mountains() {
    check(
        &[PEAKS],
        &[
            ("Which mountain of the Skarv range is the tallest?", "Hornet is the tallest, at 2,210 m."),
            ("How many huts are there on Storskar in the Skarv range?", "Storskar has five huts."),
            ("How tall is Breidtind in the Skarv range?", "1984 metres"),
            ("How many mountains does the Skarv range have?", "It has 3 mountains."),
            ("When was Hornet in the Skarv range first climbed?", "In 1876."),
            ("Which mountains of the Skarv range have the most huts?", "Storskar has the most huts, 5."),
        ],
        &[
            ("Which mountain of the Skarv range is the tallest?", "Storskar is the tallest, at 2,155 m."),
            ("Which mountain of the Skarv range is the tallest?", "Hornet is the tallest, at 2,155 m."),
            ("How many huts are there on Storskar in the Skarv range?", "Storskar has two huts."),
            ("How many huts are there on Storskar in the Skarv range?", "Storskar has six huts."),
            ("How tall is Breidtind in the Skarv range?", "2155 metres"),
            ("How tall is Breidtind in the Skarv range?", "1984 feet"),
            ("How tall is Breidtind in the Skarv range?", "19,840 metres"),
            ("How many mountains does the Skarv range have?", "It has 4 mountains."),
            ("When was Hornet in the Skarv range first climbed?", "In 1869."),
            ("When was Hornet in the Skarv range first climbed?", "In 1876, by Jonas Lie."),
            ("Which mountains of the Skarv range are taller than 2,300 m?", "Hornet is taller than 2,300 m."),
            ("Which mountains of the Skarv range have the most huts?", "Hornet has the most huts, 2."),
            (
                "Is Breidtind in the Skarv range open?",
                "Yes, there are huts on Breidtind and it is open to all.",
            ),
        ],
    );
}
