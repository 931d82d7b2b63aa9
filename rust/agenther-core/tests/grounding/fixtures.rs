//! Goals with true answers, written for these tests: several domains, every shape of observation.

use crate::case::Case;

const FLIGHTS: &str = r#"[
  {"flight_number": "QX112", "origin": "OSL", "destination": "BGO", "departure_time": "06:10:00", "arrival_time": "07:05:00", "date": "2025-03-14", "price_usd": 119, "seats": {"economy": 12, "business": 3}},
  {"flight_number": "QX134", "origin": "OSL", "destination": "BGO", "departure_time": "09:40:00", "arrival_time": "10:35:00", "date": "2025-03-14", "price_usd": 164, "seats": {"economy": 4, "business": 0}},
  {"flight_number": "QX190", "origin": "OSL", "destination": "BGO", "departure_time": "17:25:00", "arrival_time": "18:20:00", "date": "2025-03-14", "price_usd": 98, "seats": {"economy": 27, "business": 8}}
]"#;

const SUPPLIERS: &str = "Found 4 suppliers:\n1) Norrland Metals - $6.20/kg, MOQ 50kg, ships in 4 days\n2) CopperHaus - $5.80/kg, MOQ 200kg, ships in 9 days\n3) Ibérica Cobre - $4.90/kg, MOQ 500kg, ships in 12 days\n4) AlloyWorks - $7.10/kg, MOQ 25kg, ships in 2 days";

const ORDER: &str = r#"{"order_id": "W8271640", "customer": {"name": {"first": "Amara", "last": "Okafor"}, "email": "amara.okafor@example.org"}, "status": "shipped", "items": [{"sku": "LMP-204", "title": "Desk lamp", "quantity": 2, "unit_price": 34.5}, {"sku": "CHR-118", "title": "Office chair", "quantity": 1, "unit_price": 189.0}], "total": 258.0, "placed_on": "2025-01-09", "delivered_on": null, "gift_wrap": false}"#;

const TABLE: &str = "| city | population | area km2 | founded |\n|---|---|---|---|\n| Lindholm | 48,210 | 112 | 1874 |\n| Brekkan | 15,930 | 310 | 1921 |\n| Varsund | 203,455 | 97 | 1650 |";

const BIOGRAPHY: &str = "Ingrid Halvorsen (born 12 April 1931, died 3 October 2004) was a Norwegian marine biologist. She studied at the University of Bergen and joined the Institute of Marine Research in 1958. Her book Tides of the North won the Brage Prize in 1994 and sold 120,000 copies.";

const PROFILE: &str = r#"{"user_id": "tomas_lind_4410", "name": "Tomas Lind", "address": {"city": "Malmö", "zip": "21145"}, "membership": "silver", "reservations": ["K3MPQ8", "T90XLA", "B7WW2D"], "cards": [{"id": "card_771204", "brand": "visa", "last_four": "5512"}, {"id": "card_880913", "brand": "amex", "last_four": "9034"}]}"#;

const RESERVATION_A: &str = r#"{"reservation_id": "K3MPQ8", "hotel": "Fjord Inn", "check_in": "2025-06-02", "check_out": "2025-06-05", "room": "double", "amount": 417, "breakfast": "yes"}"#;
const RESERVATION_B: &str = r#"{"reservation_id": "T90XLA", "hotel": "Harbour View", "check_in": "2025-07-19", "check_out": "2025-07-21", "room": "single", "amount": 236, "breakfast": "no"}"#;
const RESERVATION_C: &str = r#"{"reservation_id": "B7WW2D", "hotel": "Old Mill", "check_in": "2025-09-11", "check_out": "2025-09-14", "room": "suite", "amount": 890, "breakfast": "no"}"#;

const WEATHER: &str = "City: Tromsø\nDate: 2025-02-03\nTemperature: -7 °C\nWind: 22 km/h\nHumidity: 81%\nSunrise: 08:41\nSunset: 14:52";

const ROWS: &str = "[('Ramos', 'Engineering', 7, Decimal('5400.00')), ('Sato', 'Design', 3, Decimal('4800.50')), ('Kovač', 'Engineering', 12, Decimal('6150.25'))]";

const FILES: &str = "/srv/app/logs/access.log\n/srv/app/logs/error.log\n/srv/app/logs/worker.log";

const CSV: &str =
    "sku,warehouse,stock,price\nAX-100,Gdańsk,45,19.99\nAX-200,Gdańsk,7,24.50\nBX-310,Lyon,130,8.75";

const PAPERS: &str = r#"{"count": 2, "papers": [{"id": "arx-2201", "title": "Sparse Maps", "authors": ["Lena Voss", "Idris Bello"], "year": 2022, "citations": 41}, {"id": "arx-2317", "title": "Folded Attention", "authors": ["Mei Tanaka"], "year": 2023, "citations": 8}], "has_more": false}"#;

const PAGED: &str = r#"{"total": 57, "page": 1, "items": [{"title": "Trail Runner 2", "price": 89.95, "rating": 4.4}, {"title": "City Walker", "price": 59.0, "rating": 4.1}], "next_page": 2}"#;

/// Every fixture; each must verify as it stands.
pub fn cases() -> Vec<Case> {
    let flights =
        ("search_flights", r#"{"origin": "OSL", "destination": "BGO", "date": "2025-03-14"}"#, FLIGHTS);
    let suppliers = ("web_search", r#"{"query": "copper suppliers price per kg"}"#, SUPPLIERS);
    let order = ("get_order", r#"{"order_id": "W8271640"}"#, ORDER);
    let table = ("lookup_cities", r#"{"region": "Nordmark"}"#, TABLE);
    let biography = ("search", "Ingrid Halvorsen", BIOGRAPHY);
    let profile = ("get_user", r#"{"user_id": "tomas_lind_4410"}"#, PROFILE);
    let reservations = [
        ("get_reservation", r#"{"reservation_id": "K3MPQ8"}"#, RESERVATION_A),
        ("get_reservation", r#"{"reservation_id": "T90XLA"}"#, RESERVATION_B),
        ("get_reservation", r#"{"reservation_id": "B7WW2D"}"#, RESERVATION_C),
    ];
    let weather = ("get_weather", r#"{"city": "Tromsø", "date": "2025-02-03"}"#, WEATHER);
    let rows = ("sql", "SELECT name, department, years, salary FROM employee ORDER BY name", ROWS);
    let files = ("bash", "find /srv/app/logs -name '*.log'", FILES);
    let csv = ("read_file", r#"{"path": "stock.csv"}"#, CSV);
    let papers = ("search_papers", r#"{"topic": "attention", "since": 2022}"#, PAPERS);
    let paged = ("shop_search", r#"{"query": "walking shoes"}"#, PAGED);
    vec![
        Case::new(
            "flights",
            "Which flights go from OSL to BGO on March 14, 2025, and what do they cost?",
            "There are 3 flights: QX112 departs at 06:10 and costs $119, QX134 departs at 09:40 and costs $164, QX190 departs at 17:25 and costs $98.",
            &[flights],
        ),
        Case::new(
            "cheapest flight",
            "What is the cheapest flight from OSL to BGO on 2025-03-14?",
            "The cheapest is QX190 at $98, departing at 17:25.",
            &[flights],
        ),
        Case::new(
            "flight seats",
            "How many economy and business seats are left on QX112 from OSL to BGO on 14 March 2025?",
            "QX112 has 12 economy seats and 3 business seats.",
            &[flights],
        ),
        Case::new(
            "flights below",
            "Are there flights from OSL to BGO on 2025-03-14 for at most $119?",
            "Yes: QX112 at $119 and QX190 at $98.",
            &[flights],
        ),
        Case::new(
            "suppliers",
            "Find suppliers of copper with their price per kg.",
            "- Norrland Metals: $6.20/kg, MOQ 50kg\n- CopperHaus: $5.80/kg, MOQ 200kg\n- Ibérica Cobre: $4.90/kg, MOQ 500kg\n- AlloyWorks: $7.10/kg, MOQ 25kg",
            &[suppliers],
        ),
        Case::new(
            "one supplier",
            "What does CopperHaus charge for copper per kg, and what is its minimum order?",
            "CopperHaus charges $5.80/kg with a MOQ of 200kg and ships in 9 days.",
            &[suppliers],
        ),
        Case::new(
            "order",
            "What is in order W8271640 and what did it cost in total?",
            "Order W8271640 has 2 units of the desk lamp (LMP-204) at 34.5 each and 1 office chair (CHR-118) at 189.0; the total is 258.0. It was placed on January 9, 2025.",
            &[order],
        ),
        Case::new(
            "order unwrapped",
            "Is order W8271640 gift wrapped?",
            "No, gift wrap is not included.",
            &[order],
        ),
        Case::new(
            "cities",
            "Give me the population and founding year of the cities of Nordmark.",
            "Lindholm: population 48,210, founded 1874\nBrekkan: population 15,930, founded 1921\nVarsund: population 203,455, founded 1650",
            &[table],
        ),
        Case::new(
            "largest city",
            "Which city of Nordmark has the highest population?",
            "Varsund has the highest population, 203,455.",
            &[table],
        ),
        Case::new("biography", "When was Ingrid Halvorsen born?", "12 April 1931", &[biography]),
        Case::new(
            "career",
            "When did Ingrid Halvorsen join the Institute of Marine Research, and which prize did she win in 1994?",
            "She joined in 1958 and won the Brage Prize for Tides of the North.",
            &[biography],
        ),
        Case::new(
            "copies",
            "How many copies did Tides of the North by Ingrid Halvorsen sell?",
            "It sold 120,000 copies.",
            &[biography],
        ),
        Case::new(
            "reservations",
            "My user ID is tomas_lind_4410. Look up all the reservations on my profile and tell me the hotel, check-in and amount of each one.",
            "K3MPQ8: Fjord Inn, check-in 2025-06-02, amount 417\nT90XLA: Harbour View, check-in 2025-07-19, amount 236\nB7WW2D: Old Mill, check-in 2025-09-11, amount 890",
            &[profile, reservations[0], reservations[1], reservations[2]],
        ),
        Case::new(
            "one reservation",
            "What are the hotel and the check-out date of reservation T90XLA?",
            "Harbour View, check-out July 21, 2025.",
            &[reservations[1]],
        ),
        Case::new(
            "no breakfast",
            "Does reservation T90XLA include breakfast?",
            "No, breakfast: no.",
            &[reservations[1]],
        ),
        Case::new(
            "cards",
            "My user ID is tomas_lind_4410. Which cards are on my profile?",
            "Visa ending in 5512 (card_771204) and amex ending in 9034 (card_880913).",
            &[profile],
        ),
        Case::new(
            "weather",
            "What was the weather in Tromsø on 3 February 2025?",
            "Temperature -7 °C, wind 22 km/h, humidity 81%, sunrise at 08:41 and sunset at 14:52.",
            &[weather],
        ),
        Case::new(
            "employees",
            "List the name, department, years and salary of the employees, ordered by name.",
            "There are 3 results:\n- Ramos, Engineering, 7, 5400\n- Sato, Design, 3, 4800.50\n- Kovač, Engineering, 12, 6150.25",
            &[rows],
        ),
        Case::new(
            "log files",
            "Which .log files are under /srv/app/logs?",
            "/srv/app/logs/access.log\n/srv/app/logs/error.log\n/srv/app/logs/worker.log",
            &[files],
        ),
        Case::new(
            "stock",
            "How many BX-310 are in stock in stock.csv, where, and at what price?",
            "130 in Lyon, price 8.75.",
            &[csv],
        ),
        Case::new(
            "papers",
            "Find papers on attention since 2022 with authors and citations.",
            "There are 2 papers: Sparse Maps (2022) by Lena Voss and Idris Bello with 41 citations, and Folded Attention (2023) by Mei Tanaka with 8 citations.",
            &[papers],
        ),
        Case::new(
            "shoes",
            "Search the shop for walking shoes and tell me the price and rating of the City Walker.",
            "The City Walker costs 59.0 and has a rating of 4.1.",
            &[paged],
        ),
        Case::new(
            "no flights",
            "Are there flights from OSL to TOS on 2025-03-14?",
            "No flights were found.",
            &[("search_flights", r#"{"origin": "OSL", "destination": "TOS", "date": "2025-03-14"}"#, "[]")],
        ),
        Case::new(
            "no rooms",
            "Is a suite available at Fjord Inn on 2 June 2025?",
            "No, there is no suite available at Fjord Inn.",
            &[("check_rooms", r#"{"hotel": "Fjord Inn", "room": "suite", "date": "2025-06-02"}"#, "[]")],
        ),
        Case::new(
            "written",
            "Cancel reservation K3MPQ8 and refund 417 to card_771204.",
            "Reservation K3MPQ8 is cancelled; 417 was refunded to card_771204.",
            &[(
                "cancel_reservation",
                r#"{"reservation_id": "K3MPQ8", "refund_to": "card_771204", "amount": 417}"#,
                r#"{"status": "cancelled", "reservation_id": "K3MPQ8", "refunded": 417, "refund_to": "card_771204"}"#,
            )],
        ),
    ]
}
