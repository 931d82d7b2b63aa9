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
    "about", "abstract", "academic", "access", "account", "accrual", "accrued", "achievement", "active", "activity",
    "actor", "actual", "additional", "address", "adjuster", "adjustment", "admission", "adult", "advert", "advice",
    "advisor", "age", "agenda", "agent", "agreement", "air", "aircraft", "airfare", "airline", "airport", "airway",
    "alarm", "album", "alert", "allergen", "allergy", "allocation", "allowance", "allowed", "alternative", "altitude",
    "amenities", "amenity", "amount", "analysis", "and", "animal", "anime", "announcement", "annual", "answer",
    "apartment", "app", "application", "appointment", "approval", "approved", "approver", "archive", "archived", "area",
    "arm", "arrival", "article", "artifact", "artist", "artwork", "asset", "assignee", "assignment", "assist",
    "asteroid", "astronomy", "attachment", "attendance", "attendee", "attorney", "auction", "audio", "audit", "author",
    "auto", "availability", "available", "average", "award", "away", "backlight", "backlink", "backlog", "backup",
    "badge", "bag", "baggage", "balance", "balcony", "ballot", "band", "bandwidth", "bank", "banner", "bar", "base",
    "basic", "basket", "batch", "bath", "bathroom", "battery", "beach", "bed", "bedroom", "beer", "beneficiary",
    "benefit", "berth", "best", "bet", "beta", "bible", "bid", "bike", "bill", "billing", "bin", "bird", "birth",
    "birthday", "bitcoin", "blind", "block", "blockchain", "blog", "blood", "board", "boarding", "body", "bond",
    "bonus", "book", "booking", "bookmark", "boundary", "box", "branch", "brand", "break", "breakdown", "breed",
    "brightness", "broadcast", "broker", "bronze", "bucket", "budget", "bug", "build", "building", "built", "bulb",
    "bullet", "buoy", "burndown", "bus", "busiest", "business", "by", "cabin", "cache", "calendar", "call", "calorie",
    "camera", "campaign", "campground", "campsite", "campus", "canceled", "cancellation", "cancelled", "candidate",
    "cap", "capacity", "capital", "car", "carb", "card", "carrier", "carryover", "cart", "case", "cash", "cashflow",
    "cast", "cat", "categories", "category", "cause", "ceremony", "certificate", "certifications", "challenge",
    "champion", "chance", "change", "channel", "chapter", "character", "charge", "charger", "charging", "chart", "chat",
    "cheap", "cheapest", "check", "checkout", "child", "chord", "churn", "cinema", "citation", "city", "claim", "clan",
    "class", "classification", "click", "client", "clinic", "clip", "clock", "close", "closing", "club", "cluster",
    "coach", "cocktail", "code", "coffee", "cohort", "coin", "collection", "college", "color", "colour", "comic",
    "comment", "commit", "committee", "commodity", "company", "comparison", "competition", "complaint", "completed",
    "component", "composer", "compound", "concert", "conclusion", "condition", "conference", "connection",
    "connectivity", "consumption", "contact", "container", "content", "contest", "contract", "contribution",
    "contributor", "conversation", "conveyor", "cook", "cooling", "copay", "copy", "corner", "corporate", "cost",
    "counsel", "count", "country", "county", "coupon", "course", "court", "coverage", "crane", "created", "creator",
    "credit", "crew", "crop", "crypto", "cuisine", "culprit", "currency", "current", "curtain", "customer", "customs",
    "cve", "cycle", "dad", "daily", "dashboard", "data", "dataset", "date", "day", "deadline", "deal", "dealer",
    "debit", "debt", "deductible", "deduction", "deed", "defendant", "definition", "degree", "delay", "delivery",
    "demand", "dental", "dentist", "department", "departure", "dependency", "deployment", "deposit", "depth",
    "description", "descriptor", "desk", "destination", "detail", "detailed", "device", "diagnosis", "diet",
    "difficulty", "digital", "direct", "direction", "director", "discount", "discovery", "discussion", "disease",
    "dish", "disk", "disposition", "dispute", "distance", "district", "dividend", "dns", "dock", "docket", "doctor",
    "document", "dog", "domain", "domestic", "donation", "door", "doorbell", "dorm", "dosage", "dose", "download",
    "downtime", "draft", "draw", "drink", "drive", "driver", "drivetrain", "dropoff", "drug", "dryer", "due",
    "duration", "duty", "earning", "earthquake", "eclipse", "edition", "editor", "education", "effect", "effective",
    "elapsed", "election", "elevation", "elevator", "email", "embassy", "employee", "employer", "encounter", "end",
    "endpoint", "energy", "engine", "enrollment", "entitlement", "entity", "entries", "entry", "environment",
    "environmental", "epic", "epicenter", "episode", "equipment", "equity", "error", "escalation", "estimate",
    "estimated", "eta", "etf", "event", "exam", "example", "exchange", "exercise", "exhibition", "expected", "expense",
    "expert", "expiration", "expiry", "export", "extension", "extra", "facilities", "fact", "failed", "family", "fan",
    "fare", "farm", "fastest", "fat", "favorite", "fax", "feature", "fee", "feed", "feedback", "feet", "ferry",
    "festival", "fiber", "field", "file", "filing", "film", "filter", "final", "finance", "financial", "finding",
    "fine", "fire", "first", "fish", "fitness", "fixture", "flag", "fleet", "flight", "flood", "floor", "folder",
    "follower", "food", "foot", "footage", "for", "forecast", "form", "format", "formation", "forum", "foul", "free",
    "freight", "frequency", "fridge", "friend", "fuel", "full", "fun", "fund", "fundamental", "funding", "funnel",
    "future", "galaxy", "gallery", "game", "garage", "garden", "gas", "gate", "gauge", "gender", "gene", "genre",
    "geofence", "gift", "global", "goal", "gold", "government", "grace", "grade", "grant", "gross", "group", "growth",
    "guest", "guide", "guild", "gust", "gym", "habitat", "hadith", "half", "headline", "health", "hearing", "heating",
    "height", "high", "highest", "highlight", "hike", "hire", "historical", "history", "hold", "holder", "holding",
    "holiday", "home", "homework", "horoscope", "horse", "hospital", "host", "hosting", "hotel", "hour", "hourly",
    "house", "housing", "humidity", "hurricane", "idea", "image", "immunization", "impact", "impression", "in", "inbox",
    "incident", "included", "income", "index", "indicator", "industry", "inflation", "ingredient", "injury", "input",
    "inspection", "installment", "instance", "instruction", "instrument", "insurance", "intensity", "interaction",
    "interest", "international", "internet", "interview", "inventory", "investment", "invitation", "invoice", "island",
    "issue", "issued", "item", "itinerary", "job", "joke", "journal", "journey", "judge", "key", "keyword", "kind",
    "knowledge", "lab", "label", "lake", "lamp", "lane", "language", "lap", "largest", "last", "latency", "latest",
    "launch", "law", "lawn", "lawsuit", "layover", "lead", "leader", "leaderboard", "league", "lease", "leave",
    "lecture", "ledger", "left", "legal", "length", "lesson", "level", "liability", "library", "licence", "license",
    "lift", "light", "like", "limit", "line", "lineup", "link", "list", "listing", "live", "load", "loan", "lobby",
    "local", "location", "lock", "log", "long", "longest", "loot", "loser", "loss", "losses", "lot", "lounge", "low",
    "lowest", "loyalty", "luggage", "lyric", "machine", "macro", "magazine", "magnitude", "mail", "maintenance",
    "major", "make", "maker", "manager", "manga", "manifest", "map", "margin", "market", "mass", "match", "matching",
    "material", "maximum", "meal", "measurement", "medal", "median", "medical", "medication", "medicine", "medium",
    "meeting", "member", "membership", "memory", "menu", "merchant", "merge", "mesh", "message", "meter", "method",
    "metric", "middle", "mile", "mileage", "milestone", "minimum", "minute", "mission", "mobile", "mode", "model",
    "modem", "modified", "module", "molecule", "monster", "month", "monthly", "mood", "moon", "mortgage", "motor",
    "movie", "museum", "music", "name", "namespace", "national", "nationality", "nearby", "nearest", "neighborhood",
    "net", "network", "new", "newest", "newspaper", "next", "night", "node", "nonstop", "note", "notebook", "notice",
    "notification", "novel", "nps", "number", "nurse", "nutrient", "nutrition", "nutritional", "occupation", "odds",
    "of", "off", "offer", "office", "old", "oldest", "on", "onboarding", "oncall", "online", "open", "opening",
    "operator", "opinion", "opponent", "opportunity", "option", "orbit", "order", "ordinance", "organization", "origin",
    "original", "other", "outage", "outcome", "output", "oven", "overage", "overdraft", "overdue", "overtime",
    "overview", "owner", "ozone", "package", "page", "pageview", "paid", "painting", "pallet", "paper", "parcel",
    "park", "parking", "part", "participant", "particle", "partner", "party", "passenger", "passport", "past", "patent",
    "path", "patient", "payee", "payer", "payment", "payout", "payroll", "payslip", "peak", "penalty", "pending",
    "people", "per", "percent", "percentage", "performance", "period", "permission", "permit", "person", "personal",
    "pet", "pharmacy", "phase", "phone", "photo", "pickup", "picture", "pipeline", "place", "plaintiff", "plan",
    "planet", "planned", "plant", "plate", "platform", "play", "player", "playlist", "pod", "podcast", "podium", "poem",
    "poet", "point", "pokemon", "pole", "policy", "policyholder", "poll", "pollen", "pollution", "pool", "popular",
    "population", "port", "portfolio", "position", "possession", "post", "postcode", "posting", "postmortem", "pothole",
    "power", "prayer", "precipitation", "prediction", "preference", "premium", "prep", "prescription", "presentation",
    "pressure", "previous", "price", "pricing", "priority", "problem", "procedure", "process", "producer", "product",
    "production", "profile", "profit", "program", "programme", "progress", "project", "promotion", "property",
    "proposal", "protein", "protocol", "provider", "public", "publication", "published", "publisher", "pull", "pump",
    "pun", "purchase", "quality", "quantity", "quarter", "quarterly", "query", "quest", "question", "queue", "quiz",
    "quota", "quote", "quran", "race", "radio", "radius", "rain", "rainfall", "rank", "ranking", "rate", "rating",
    "ratio", "reading", "reason", "recall", "receipt", "recent", "recipe", "recipient", "recommendation", "record",
    "recycling", "referee", "reference", "referral", "refill", "refund", "region", "regional", "registration",
    "registry", "regulation", "reimbursement", "rejected", "related", "release", "released", "religion", "remaining",
    "remark", "reminder", "renewal", "rent", "rental", "repair", "replica", "reply", "report", "reporter", "repository",
    "representative", "request", "requester", "requirement", "requisition", "reservation", "resident", "resolution",
    "response", "restaurant", "result", "return", "revenue", "review", "reviewer", "revision", "reward", "riddle",
    "ride", "risk", "river", "road", "roaming", "robot", "rocket", "role", "room", "root", "roster", "rotation",
    "round", "route", "router", "row", "rule", "runbook", "running", "salary", "sale", "sample", "satellite", "saved",
    "saving", "scan", "scene", "schedule", "scheduled", "scholarship", "school", "score", "scoreboard", "scorer",
    "screening", "sculpture", "season", "seasonal", "seat", "second", "section", "sector", "security", "seen",
    "segment", "seller", "semester", "senator", "sender", "sensor", "sent", "sentiment", "sequence", "series", "server",
    "service", "serving", "session", "set", "setpoint", "setting", "severity", "sex", "share", "shared", "sheet",
    "shelf", "shelter", "shift", "ship", "shipment", "shipping", "shop", "shopping", "short", "shortest", "shot",
    "show", "shuttle", "side", "sidewalk", "sighting", "signal", "silver", "sim", "similar", "singer", "site", "size",
    "ski", "skills", "skin", "sku", "sleep", "slope", "slot", "smallest", "snapshot", "snow", "snowfall", "sodium",
    "solar", "sold", "song", "source", "space", "spam", "span", "speaker", "special", "specialist", "specialty",
    "species", "speed", "spell", "spending", "split", "sponsor", "sport", "sprinkler", "sprint", "squad", "square",
    "stack", "stadium", "staff", "stage", "standard", "standing", "star", "starred", "start", "stat", "state",
    "statement", "station", "statistic", "status", "statute", "step", "stock", "stop", "stopover", "storage", "store",
    "storm", "story", "stream", "street", "streetlight", "strength", "structure", "student", "study", "subcategory",
    "subdomain", "subject", "subscriber", "subscription", "subtask", "subtotal", "subway", "sugar", "suggestion", "sum",
    "summary", "sun", "sunrise", "sunset", "supervisor", "supplier", "supply", "support", "surf", "surgery", "survey",
    "suspicious", "switch", "syllabus", "symbol", "symptom", "synonym", "system", "table", "tag", "tank", "target",
    "tariff", "task", "tax", "taxi", "teacher", "team", "technical", "technician", "temperature", "tempo", "tenant",
    "term", "terminal", "test", "text", "the", "theater", "thermostat", "thesis", "thread", "threshold", "throughput",
    "ticket", "tide", "tie", "tier", "time", "timeline", "timer", "timesheet", "timetable", "timezone", "tip", "title",
    "to", "token", "toll", "top", "topic", "total", "tour", "tournament", "toy", "trace", "track", "tracking",
    "tractor", "trade", "trademark", "traffic", "trail", "trailer", "train", "trainer", "training", "tram",
    "transaction", "transcript", "transfer", "transit", "translation", "transmission", "transport", "trash", "travel",
    "treatment", "tree", "trend", "trial", "trim", "trip", "trivia", "truck", "tuition", "type", "unit", "university",
    "unpaid", "unread", "upcoming", "update", "updated", "uptime", "usage", "used", "user", "username", "utility", "uv",
    "vacancy", "vacation", "vaccination", "vaccine", "vacuum", "value", "valve", "van", "variance", "variant",
    "vehicle", "velocity", "vendor", "venue", "verse", "version", "vessel", "video", "view", "viewer", "viewing",
    "violation", "visa", "visibility", "visit", "visitor", "vital", "vitamin", "voicemail", "volcano", "voltage",
    "volume", "vote", "voter", "voucher", "voyage", "vulnerability", "wage", "waitlist", "walk", "wallet", "ward",
    "warehouse", "warning", "warranty", "washer", "waste", "water", "wave", "way", "waybill", "weather", "web",
    "website", "wedding", "week", "weekday", "weekly", "weight", "width", "wildfire", "win", "wind", "window", "wine",
    "winner", "wishlist", "word", "work", "worker", "workflow", "worklog", "workout", "workspace", "writer", "year",
    "yearly", "yield", "zip", "zone",
];

/// Whether each word of a noun that a name gives is one that people say.
pub fn is_everyday(noun: &str, reading: &Reading<'_>, step: usize) -> bool {
    noun.split([' ', '-'])
        .all(|word| is_everyday_word(word) || is_in_prose(&word.to_lowercase(), reading, step))
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
    let tool = reading.tool(step);
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
        [run.original_prompt, run.system, run.final_answer].into_iter().flatten().any(has)
            || reading
                .steps
                .iter()
                .any(|read| [read.step.user, read.step.thought].into_iter().flatten().any(has))
    };
    described() || said()
}
