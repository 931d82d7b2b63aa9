//! Whether the noun of a tool is one that people say. Descriptions are prose; a name may be made of anything
//! (`topscorers`, `referencedata`), and its words are taken where the log has them in its own prose, or where they are
//! everyday words.

use std::sync::LazyLock;

use crate::hindsight::wording::{plural, singular_word};
use crate::reading::Reading;
use crate::text::needles::find;
use crate::text::tables::FastSet;

/// Everyday words for what tools give, and for what kind of it, in the singular.
#[rustfmt::skip]
const EVERYDAY: &[&str] = &[
    "about", "absence", "abstract", "academic", "access", "account", "accrual", "accrued", "achievement", "active",
    "activity", "actor", "actress", "actual", "additional", "address", "adjuster", "adjustment", "admission", "adult",
    "advert", "advice", "advisor", "age", "agency", "agenda", "agent", "agreement", "air", "aircraft", "airfare",
    "airline", "airport", "airway", "alarm", "album", "alert", "allergen", "allergy", "allocation", "allowance",
    "allowed", "alternative", "altitude", "amenities", "amenity", "amount", "analysis", "and", "animal", "anime",
    "announcement", "annual", "answer", "anthem", "antonym", "apartment", "api", "app", "applicant", "application",
    "appointment", "approval", "approved", "approver", "archive", "archived", "area", "arm", "arrival", "article",
    "artifact", "artist", "artwork", "asset", "assignee", "assignment", "assist", "asteroid", "astronaut",
    "astronomy", "attachment", "attendance", "attendee", "attorney", "attraction", "auction", "audience", "audio",
    "audit", "author", "auto", "availability", "available", "average", "award", "away", "backlight", "backlink",
    "backlog", "backup", "badge", "bag", "baggage", "balance", "balcony", "ballot", "band", "bandwidth", "bank",
    "banner", "bar", "base", "basic", "basket", "batch", "bath", "bathroom", "battery", "beach", "bed", "bedroom",
    "beer", "belt", "beneficiary", "benefit", "berth", "best", "bet", "beta", "beverage", "bible", "bicycle", "bid",
    "bike", "bill", "billing", "bin", "bird", "birth", "birthday", "bitcoin", "blind", "block", "blockchain", "blog",
    "blood", "board", "boarding", "body", "bond", "bonus", "book", "booking", "bookmark", "border", "boundary", "box",
    "bracket", "brake", "branch", "brand", "break", "breakdown", "breakfast", "breed", "bridge", "brightness",
    "broadcast", "broker", "bronze", "bucket", "budget", "bug", "build", "building", "built", "bulb", "bullet",
    "buoy", "burndown", "bus", "busiest", "business", "by", "cab", "cabin", "cache", "cafe", "calendar", "call",
    "calorie", "camera", "campaign", "campground", "campsite", "campus", "canceled", "cancellation", "cancelled",
    "candidate", "candle", "cap", "capacity", "capital", "caption", "car", "carb", "carbon", "card", "carrier",
    "carryover", "cart", "case", "cash", "cashflow", "cast", "cat", "catalog", "categories", "category", "cause",
    "cell", "ceremony", "certificate", "certification", "certifications", "challenge", "champion", "chance", "change",
    "channel", "chapter", "character", "charge", "charger", "charging", "charity", "chart", "chat", "cheap",
    "cheapest", "check", "checklist", "checkout", "chef", "child", "chord", "church", "churn", "cinema", "circuit",
    "citation", "city", "claim", "clan", "class", "classification", "click", "client", "clinic", "clip", "clock",
    "close", "closing", "club", "cluster", "coach", "cocktail", "code", "coffee", "cohort", "coin", "collection",
    "college", "color", "colour", "column", "comet", "comic", "comment", "commit", "committee", "commodity",
    "community", "company", "comparison", "competition", "complaint", "completed", "component", "composer",
    "compound", "concert", "conclusion", "condition", "condo", "conference", "connection", "connectivity",
    "connector", "consulate", "consumption", "contact", "container", "content", "contest", "continent", "contract",
    "contribution", "contributor", "conversation", "conversion", "conveyor", "cook", "cooling", "copay", "copy",
    "corner", "corporate", "cost", "counsel", "count", "country", "county", "coupon", "courier", "course", "court",
    "coverage", "crane", "created", "creator", "credit", "crew", "critic", "crop", "crypto", "cuisine", "culprit",
    "currency", "current", "curtain", "customer", "customs", "cve", "cycle", "dad", "daily", "dashboard", "data",
    "database", "dataset", "date", "day", "deadline", "deal", "dealer", "debit", "debt", "deductible", "deduction",
    "deed", "defendant", "definition", "degree", "delay", "delivery", "demand", "dental", "dentist", "department",
    "departure", "dependency", "dependent", "deployment", "deposit", "depth", "description", "descriptor", "desert",
    "desk", "destination", "detail", "detailed", "device", "diagnosis", "diary", "diet", "difficulty", "digital",
    "dinner", "direct", "direction", "director", "discount", "discovery", "discussion", "disease", "dish",
    "dishwasher", "disk", "disposition", "dispute", "distance", "district", "dividend", "dns", "dock", "docket",
    "doctor", "document", "dog", "domain", "domestic", "donation", "donor", "door", "doorbell", "dorm", "dosage",
    "dose", "download", "downtime", "draft", "draw", "drink", "drive", "driver", "drivetrain", "dropoff", "drought",
    "drug", "dryer", "due", "duration", "duty", "earning", "earnings", "earthquake", "eclipse", "edition", "editor",
    "education", "effect", "effective", "elapsed", "election", "electricity", "elevation", "elevator", "email",
    "embassy", "emission", "employee", "employer", "encounter", "end", "endpoint", "energy", "engine", "enrollment",
    "entitlement", "entity", "entries", "entry", "environment", "environmental", "epic", "epicenter", "episode",
    "equipment", "equity", "error", "escalation", "estimate", "estimated", "eta", "etf", "event", "exam", "example",
    "exchange", "exercise", "exhibition", "exit", "expected", "expense", "experiment", "expert", "expiration",
    "expiry", "export", "extension", "extra", "facilities", "fact", "factory", "failed", "family", "fan", "fare",
    "farm", "fastest", "fat", "favorite", "fax", "feature", "fee", "feed", "feedback", "feet", "ferry", "festival",
    "fiber", "field", "file", "filing", "film", "filter", "final", "finance", "financial", "finding", "fine", "fire",
    "firewall", "first", "fish", "fitness", "fixture", "flag", "fleet", "flight", "flood", "floor", "flower",
    "folder", "follower", "following", "font", "food", "foot", "footage", "footprint", "for", "forecast", "forest",
    "form", "format", "formation", "formula", "forum", "foul", "free", "freezer", "freight", "frequency", "fridge",
    "friend", "fuel", "full", "fun", "fund", "fundamental", "funding", "funnel", "future", "galaxy", "gallery",
    "game", "garage", "garden", "gas", "gate", "gauge", "gender", "gene", "generation", "genre", "geofence",
    "gift", "global", "goal", "gold", "government", "grace", "grade", "grant", "graph", "grid", "gross", "group",
    "growth", "guest", "guide", "guild", "gust", "gym", "habit", "habitat", "hadith", "half", "harvest", "hashtag",
    "headlight", "headline", "health", "hearing", "heater", "heating", "height", "high", "highest", "highlight",
    "highway", "hike", "hire", "historical", "history", "hold", "holder", "holding", "holiday", "home", "homework",
    "horn", "horoscope", "horse", "hospital", "host", "hostel", "hosting", "hotel", "hour", "hourly", "house",
    "housing", "humidifier", "humidity", "hurricane", "idea", "image", "immunization", "impact", "impression", "in",
    "inbox", "incident", "included", "income", "index", "indicator", "industry", "inflation", "ingredient", "injury",
    "inning", "input", "inspection", "installment", "instance", "instruction", "instructor", "instrument",
    "insurance", "integration", "intensity", "interaction", "interest", "international", "internet", "intersection",
    "interview", "inventory", "investment", "invitation", "invoice", "irrigation", "island", "issue", "issued",
    "item", "itinerary", "job", "joke", "journal", "journey", "judge", "key", "keyword", "kind", "kitchen",
    "knowledge", "lab", "label", "lake", "lamp", "landlord", "landmark", "lane", "language", "lap", "laptop",
    "largest", "last", "latency", "latest", "launch", "law", "lawn", "lawsuit", "lawyer", "layover", "lead", "leader",
    "leaderboard", "league", "lease", "leave", "lecture", "ledger", "left", "legal", "length", "lesson", "level",
    "liability", "library", "licence", "license", "lift", "light", "like", "limit", "line", "lineup", "link", "list",
    "listing", "live", "livestock", "load", "loan", "lobby", "local", "location", "lock", "log", "login", "long",
    "longest", "loot", "loser", "loss", "losses", "lot", "lounge", "low", "lowest", "loyalty", "luggage", "lunch",
    "lyric", "machine", "macro", "magazine", "magnitude", "mail", "maintenance", "major", "make", "maker", "mall",
    "manager", "manga", "manifest", "manufacturer", "map", "margin", "market", "mass", "match", "matching",
    "material", "maximum", "meal", "measurement", "medal", "median", "medical", "medication", "medicine", "medium",
    "meeting", "member", "membership", "memory", "mention", "menu", "merchant", "merge", "mesh", "message", "meter",
    "method", "metric", "metro", "middle", "mile", "mileage", "milestone", "milk", "minimum", "minute", "mission",
    "mobile", "mode", "model", "modem", "modified", "module", "molecule", "monster", "month", "monthly", "mood",
    "moon", "mortgage", "motor", "mountain", "movie", "museum", "music", "name", "namespace", "national",
    "nationality", "navigation", "nearby", "nearest", "neighborhood", "net", "network", "new", "newest", "news",
    "newspaper", "next", "nft", "night", "node", "nomination", "nonprofit", "nonstop", "note", "notebook", "notice",
    "notification", "novel", "nps", "number", "nurse", "nutrient", "nutrition", "nutritional", "object", "occupation",
    "odds", "of", "off", "offer", "office", "old", "oldest", "on", "onboarding", "oncall", "online", "open",
    "opening", "operator", "opinion", "opponent", "opportunity", "option", "orbit", "order", "ordinance",
    "organization", "origin", "original", "other", "outage", "outbox", "outcome", "output", "oven", "overage",
    "overdraft", "overdue", "overtime", "overview", "owner", "ozone", "package", "page", "pageview", "paid",
    "painting", "pallet", "panel", "paper", "parcel", "parish", "park", "parking", "part", "participant", "particle",
    "partner", "party", "passenger", "passport", "password", "past", "patent", "path", "patient", "payee", "payer",
    "payment", "payout", "payroll", "payslip", "paystub", "peak", "penalty", "pending", "people", "per", "percent",
    "percentage", "performance", "period", "permission", "permit", "person", "personal", "pet", "pharmacy", "phase",
    "phone", "photo", "phrase", "physician", "pickup", "picture", "pill", "pipeline", "place", "plaintiff", "plan",
    "planet", "planned", "plant", "plate", "platform", "play", "player", "playlist", "plug", "pod", "podcast",
    "podium", "poem", "poet", "point", "points", "pokemon", "pole", "policy", "policyholder", "poll", "pollen",
    "pollution", "pool", "popular", "population", "port", "portfolio", "portion", "position", "possession", "post",
    "postcode", "posting", "postmortem", "pothole", "power", "prayer", "precipitation", "prediction", "preference",
    "premium", "prep", "prescription", "presentation", "pressure", "previous", "price", "pricing", "printer",
    "priority", "problem", "procedure", "process", "producer", "product", "production", "professor", "profile",
    "profit", "program", "programme", "progress", "project", "promo", "promotion", "property", "proposal", "prospect",
    "protein", "protocol", "provider", "province", "public", "publication", "published", "publisher", "pull", "pump",
    "pun", "purchase", "quality", "quantity", "quarter", "quarterly", "query", "quest", "question", "queue", "quiz",
    "quota", "quote", "quran", "race", "radio", "radius", "rain", "rainfall", "ramp", "rank", "ranking", "rate",
    "rating", "ratio", "reading", "reason", "rebound", "recall", "receipt", "recent", "recipe", "recipient",
    "recommendation", "record", "recycling", "referee", "reference", "referral", "refill", "refund", "region",
    "regional", "registration", "registry", "regulation", "reimbursement", "rejected", "related", "release",
    "released", "religion", "remaining", "remark", "reminder", "remote", "renewal", "rent", "rental", "repair",
    "replica", "reply", "report", "reporter", "repository", "representative", "request", "requester", "requirement",
    "requisition", "researcher", "reservation", "resident", "resolution", "resort", "response", "restaurant",
    "result", "resume", "return", "retweet", "revenue", "review", "reviewer", "revision", "reward", "riddle", "ride",
    "risk", "river", "road", "roadmap", "roaming", "robot", "rocket", "role", "room", "root", "roster", "rotation",
    "round", "route", "router", "row", "rule", "runbook", "running", "runway", "salary", "sale", "sample",
    "satellite", "saved", "saving", "scan", "scene", "schedule", "scheduled", "schema", "scholarship", "school",
    "scooter", "score", "scoreboard", "scorer", "screening", "sculpture", "season", "seasonal", "seat", "second",
    "section", "sector", "security", "seed", "seen", "segment", "seller", "semester", "senator", "sender", "sensor",
    "sent", "sentiment", "sequence", "series", "sermon", "server", "service", "serving", "session", "set", "setpoint",
    "setting", "severity", "sex", "share", "shared", "shareholder", "sheet", "shelf", "shelter", "shift", "ship",
    "shipment", "shipping", "shop", "shopping", "short", "shortest", "shot", "show", "showing", "shuttle", "side",
    "sidewalk", "sighting", "signal", "silver", "sim", "similar", "singer", "site", "size", "ski", "skill", "skills",
    "skin", "sku", "sleep", "slide", "slope", "slot", "smallest", "snack", "snapshot", "snow", "snowfall", "sodium",
    "soil", "solar", "sold", "song", "source", "space", "spam", "span", "spare", "speaker", "special", "specialist",
    "specialty", "species", "specimen", "speed", "spell", "spending", "split", "sponsor", "sport", "spreadsheet",
    "sprinkler", "sprint", "squad", "square", "stack", "stadium", "staff", "stage", "standard", "standing",
    "standings", "star", "starred", "start", "stat", "state", "statement", "station", "statistic", "status",
    "statute", "step", "stock", "stop", "stopover", "storage", "store", "storm", "story", "stream", "street",
    "streetlight", "strength", "structure", "student", "study", "subcategory", "subdomain", "subject", "submission",
    "subnet", "subscriber", "subscription", "subtask", "subtotal", "subway", "sugar", "suggestion", "suite", "sum",
    "summary", "sun", "sunrise", "sunset", "supervisor", "supplement", "supplier", "supply", "support", "surf",
    "surgery", "survey", "suspicious", "switch", "syllabus", "symbol", "symptom", "synonym", "system", "table",
    "tablet", "tag", "tank", "target", "tariff", "task", "tax", "taxi", "teacher", "team", "technical", "technician",
    "television", "temperature", "template", "tempo", "tenant", "term", "terminal", "test", "text", "the", "theater",
    "therapy", "thermostat", "thesis", "thread", "threshold", "throughput", "ticker", "ticket", "tide", "tie", "tier",
    "time", "timeline", "timer", "timesheet", "timetable", "timezone", "tip", "tire", "title", "to", "todo", "token",
    "toll", "tool", "top", "topic", "tornado", "total", "tour", "tournament", "town", "toy", "trace", "track",
    "tracking", "tractor", "trade", "trademark", "traffic", "trail", "trailer", "train", "trainer", "training",
    "tram", "transaction", "transcript", "transfer", "transit", "translation", "transmission", "transport", "trash",
    "travel", "treatment", "tree", "trend", "trial", "trim", "trip", "trivia", "truck", "tuition", "tunnel", "tutor",
    "tweet", "type", "unit", "university", "unpaid", "unread", "upcoming", "update", "updated", "uptime", "usage",
    "used", "user", "username", "utility", "uv", "vacancy", "vacation", "vaccination", "vaccine", "vacuum", "value",
    "valve", "van", "variance", "variant", "vehicle", "velocity", "vendor", "venue", "verdict", "verse", "version",
    "vessel", "video", "view", "viewer", "viewing", "villa", "village", "violation", "visa", "visibility", "visit",
    "visitor", "vital", "vitamin", "voicemail", "volcano", "voltage", "volume", "volunteer", "vote", "voter",
    "voucher", "voyage", "vulnerability", "wage", "waiter", "waitlist", "walk", "wallet", "ward", "warehouse",
    "warning", "warranty", "washer", "waste", "watchlist", "water", "wave", "way", "waybill", "weather", "web",
    "webhook", "website", "wedding", "week", "weekday", "weekly", "weight", "wheel", "width", "wildfire", "win",
    "wind", "window", "wine", "winner", "wishlist", "word", "work", "worker", "workflow", "worklog", "workout",
    "worksheet", "workspace", "writer", "year", "yearly", "yield", "zip", "zipcode", "zone",
];

/// Whether each word of a noun that a name gives is one that people say.
pub fn is_everyday(noun: &str, reading: &Reading<'_>, step: usize) -> bool {
    noun.split([' ', '-'])
        .all(|word| is_everyday_word(word) || is_in_prose(&word.to_lowercase(), reading, step))
}

/// A noun without the name of the service, which two tools of the run begin with and nobody says: `feed` of `nasa feed`.
pub fn without_service<'n>(noun: &'n str, reading: &Reading<'_>, step: usize) -> &'n str {
    let Some((first, rest)) = noun.split_once(' ') else { return noun };
    let begins = |name: &&str| name.get(..first.len()).is_some_and(|start| start.eq_ignore_ascii_case(first));
    let names: FastSet<&str> =
        reading.steps.iter().filter_map(|read| read.called_name()).filter(begins).collect();
    if names.len() >= 2 && !is_everyday(first, reading, step) { rest } else { noun }
}

/// Whether a word is an everyday one, or an acronym that is known, which then stands in capitals.
pub fn is_everyday_word(word: &str) -> bool {
    static WORDS: LazyLock<FastSet<&str>> = LazyLock::new(|| EVERYDAY.iter().copied().collect());
    let lower = word.to_lowercase();
    word.chars().all(char::is_uppercase)
        || WORDS.contains(singular_word(&lower).as_ref())
        || WORDS.contains(lower.as_str())
}

/// Whether a word stands in what the user or the agent says, in the prompt, or in a description of the tool.
fn is_in_prose(word: &str, reading: &Reading<'_>, step: usize) -> bool {
    let forms = [word.to_string(), singular_word(word).into_owned(), plural(word)];
    let has = |text: &str| forms.iter().any(|form| find(text, form).is_some());
    // What a system prompt writes with a capital only is the name of a service: `Ticketmaster`.
    let has_plainly = |text: &str| has(text) && forms.iter().any(|form| text.contains(form.as_str()));
    let tool = reading.called(step);
    let description = tool.and_then(|tool| tool.description.as_deref());
    // `Resolve a name` begins with a verb, whose word makes no noun.
    let first =
        description.and_then(|text| text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()));
    if first.is_some_and(|first| forms.iter().any(|form| form.eq_ignore_ascii_case(first))) {
        return false;
    }
    let described = || {
        let parameters = tool.iter().flat_map(|tool| &tool.parameters);
        description
            .into_iter()
            .chain(parameters.filter_map(|parameter| parameter.description.as_deref()))
            .any(has)
    };
    let run = reading.run;
    let said = || {
        [run.original_prompt, run.final_answer].into_iter().flatten().any(has)
            || run.system.is_some_and(has_plainly)
            || reading
                .steps
                .iter()
                .any(|read| [read.step.user, read.step.thought].into_iter().flatten().any(has))
    };
    described() || said()
}
