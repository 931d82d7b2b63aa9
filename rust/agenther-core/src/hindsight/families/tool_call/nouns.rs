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
    "about", "academic", "access", "account", "accrual", "achievement", "active", "activity", "actor", "address",
    "adjuster", "adjustment", "admission", "advert", "advice", "advisor", "agenda", "agent", "agreement", "air",
    "airfare", "airline", "airport", "airway", "alarm", "album", "alert", "allergy", "allocation", "allowance",
    "alternative", "amenity", "amount", "analysis", "and", "animal", "anime", "announcement", "annual", "answer",
    "apartment", "app", "application", "appointment", "approval", "archive", "archived", "area", "arrival", "article",
    "artifact", "artist", "artwork", "asset", "assignment", "assist", "asteroid", "astronomy", "attachment",
    "attendance", "attendee", "attorney", "auction", "audio", "audit", "author", "availability", "available",
    "average", "award", "backlink", "backlog", "backup", "badge", "baggage", "balance", "ballot", "bank", "banner",
    "bar", "base", "basic", "basket", "batch", "battery", "beach", "bed", "beer", "beneficiary", "benefit", "berth",
    "best", "bible", "bid", "bike", "bill", "billing", "bin", "birthday", "bitcoin", "blind", "block", "blockchain",
    "blog", "blood", "board", "boarding", "body", "bond", "bonus", "book", "booking", "bookmark", "boundary", "box",
    "branch", "brand", "breakdown", "broadcast", "broker", "bucket", "budget", "bug", "build", "building", "bullet",
    "buoy", "burndown", "bus", "busiest", "business", "cabin", "cache", "calendar", "call", "camera", "campaign",
    "campground", "campsite", "campus", "canceled", "cancelled", "candidate", "capacity", "capital", "car", "card",
    "carrier", "cart", "case", "cash", "cashflow", "cast", "category", "ceremony", "certificate", "challenge",
    "champion", "change", "channel", "chapter", "character", "charge", "charger", "charging", "chart", "chat", "cheap",
    "cheapest", "check", "checkout", "chord", "churn", "citation", "city", "claim", "clan", "class", "classification",
    "click", "client", "clinic", "clip", "closing", "club", "cluster", "coach", "cocktail", "code", "coffee", "cohort",
    "coin", "collection", "college", "color", "colour", "comic", "comment", "commit", "committee", "company",
    "comparison", "competition", "complaint", "completed", "component", "compound", "concert", "condition",
    "conference", "connection", "contact", "container", "content", "contest", "contract", "contribution",
    "contributor", "conversation", "conveyor", "copay", "copy", "corporate", "cost", "country", "coupon", "course",
    "court", "coverage", "crane", "credit", "crew", "crop", "crypto", "cuisine", "currency", "current", "curtain",
    "customer", "customs", "cve", "cycle", "dad", "daily", "data", "dataset", "date", "day", "deadline", "deal",
    "dealer", "debt", "deductible", "deduction", "deed", "definition", "degree", "delay", "delivery", "demand",
    "dental", "dentist", "department", "departure", "dependency", "deployment", "deposit", "description",
    "destination", "detail", "detailed", "device", "diagnosis", "diet", "digital", "direct", "direction", "director",
    "discount", "discussion", "disease", "dish", "dispute", "distance", "district", "dividend", "dns", "dock",
    "docket", "doctor", "document", "dog", "domain", "domestic", "donation", "door", "doorbell", "dorm", "dose",
    "download", "draft", "drink", "drive", "driver", "drug", "dryer", "duty", "earning", "earnings", "earthquake",
    "eclipse", "education", "election", "elevation", "email", "embassy", "employee", "encounter", "energy", "engine",
    "enrollment", "entitlement", "entity", "entry", "environment", "environmental", "epic", "episode", "equipment",
    "error", "escalation", "estimate", "etf", "event", "exam", "example", "exchange", "exercise", "exhibition",
    "expense", "expert", "export", "extension", "fact", "failed", "family", "fare", "farm", "fastest", "favorite",
    "feature", "fee", "feed", "feedback", "festival", "field", "file", "filing", "film", "filter", "final", "finance",
    "financial", "fine", "fire", "fitness", "fixture", "flag", "fleet", "flight", "flood", "floor", "folder",
    "follower", "food", "footage", "forecast", "form", "forum", "free", "freight", "fridge", "friend", "fuel", "full",
    "fun", "fund", "fundamental", "funding", "funnel", "future", "galaxy", "gallery", "game", "garage", "gas", "gate",
    "gauge", "gene", "genre", "geofence", "gift", "global", "goal", "government", "grade", "grant", "group", "growth",
    "guest", "guide", "guild", "gym", "habitat", "hadith", "headline", "health", "hearing", "heating", "height",
    "high", "highest", "highlight", "hike", "hire", "historical", "history", "hold", "holder", "holding", "holiday",
    "home", "homework", "horoscope", "hospital", "host", "hosting", "hotel", "hour", "hourly", "house", "housing",
    "humidity", "idea", "image", "immunization", "impression", "inbox", "incident", "income", "index", "indicator",
    "industry", "inflation", "ingredient", "injury", "inspection", "instance", "instrument", "insurance", "interest",
    "international", "internet", "interview", "inventory", "investment", "invitation", "invoice", "issue", "item",
    "itinerary", "job", "joke", "journal", "journey", "judge", "key", "keyword", "knowledge", "lab", "label", "lake",
    "lane", "language", "largest", "latest", "launch", "law", "lawn", "layover", "lead", "leader", "leaderboard",
    "league", "lease", "leave", "lecture", "ledger", "legal", "lesson", "level", "library", "licence", "license",
    "lift", "light", "limit", "line", "lineup", "link", "list", "listing", "live", "loan", "lobby", "local",
    "location", "lock", "log", "long", "longest", "loot", "lot", "lounge", "low", "lowest", "loyalty", "luggage",
    "lyric", "lyrics", "machine", "macro", "magazine", "mail", "maintenance", "major", "manager", "manga", "manifest",
    "map", "market", "match", "matching", "material", "meal", "measurement", "medal", "medical", "medication",
    "medicine", "medium", "meeting", "member", "membership", "menu", "merchant", "merge", "message", "meter", "metric",
    "mileage", "milestone", "mission", "mobile", "model", "modem", "module", "molecule", "monster", "monthly", "mood",
    "moon", "mortgage", "motor", "movie", "museum", "music", "name", "namespace", "national", "nearby", "nearest",
    "neighborhood", "network", "new", "newest", "news", "newspaper", "next", "night", "node", "nonstop", "note",
    "notebook", "notice", "notification", "novel", "nps", "number", "nurse", "nutrition", "nutritional", "odds",
    "offer", "office", "oldest", "onboarding", "oncall", "online", "open", "opening", "opinion", "opportunity",
    "option", "order", "ordinance", "organization", "outage", "oven", "overdue", "overtime", "overview", "owner",
    "package", "page", "pageview", "paid", "pallet", "paper", "parcel", "park", "parking", "part", "participant",
    "partner", "party", "passenger", "passport", "past", "patent", "path", "patient", "payment", "payout", "payroll",
    "payslip", "peak", "pending", "people", "performance", "permission", "permit", "person", "personal", "pet",
    "pharmacy", "phone", "photo", "picture", "pipeline", "place", "plan", "planet", "plant", "platform", "play",
    "player", "playlist", "pod", "podcast", "poem", "poet", "point", "pokemon", "policy", "policyholder", "poll",
    "pollution", "pool", "popular", "population", "port", "portfolio", "position", "post", "postcode", "postmortem",
    "pothole", "power", "prayer", "prediction", "preference", "premium", "prescription", "presentation", "pressure",
    "previous", "price", "pricing", "priority", "problem", "procedure", "process", "product", "production", "profile",
    "profit", "program", "programme", "progress", "project", "promotion", "property", "proposal", "protein",
    "provider", "public", "publication", "publisher", "pull", "pump", "pun", "purchase", "quality", "quantity",
    "quarterly", "query", "quest", "question", "queue", "quiz", "quota", "quote", "quran", "race", "radio", "rain",
    "rank", "ranking", "rate", "rating", "ratio", "reading", "recall", "receipt", "recent", "recipe", "recommendation",
    "record", "recycling", "referee", "reference", "referral", "refill", "refund", "region", "regional",
    "registration", "registry", "regulation", "reimbursement", "related", "release", "reminder", "rent", "rental",
    "repair", "replica", "reply", "report", "repository", "representative", "request", "requirement", "requisition",
    "reservation", "resident", "response", "restaurant", "result", "return", "revenue", "review", "reviewer",
    "revision", "reward", "riddle", "ride", "risk", "road", "roaming", "robot", "rocket", "role", "room", "roster",
    "rotation", "round", "route", "router", "rule", "runbook", "salary", "sale", "sample", "satellite", "saved",
    "saving", "scan", "scene", "schedule", "scheduled", "scholarship", "school", "score", "scoreboard", "scorer",
    "screening", "season", "seasonal", "seat", "section", "security", "segment", "seller", "semester", "senator",
    "sensor", "sent", "sentiment", "sequence", "series", "server", "service", "session", "setting", "shared", "sheet",
    "shelf", "shelter", "shift", "ship", "shipment", "shipping", "shop", "shopping", "short", "shortest", "show",
    "shuttle", "sidewalk", "sighting", "signal", "sim", "similar", "ski", "skin", "sleep", "slope", "slot", "smallest",
    "snapshot", "snow", "solar", "song", "source", "space", "spam", "speaker", "special", "specialist", "species",
    "speed", "spell", "spending", "split", "sport", "sprinkler", "sprint", "squad", "square", "stadium", "staff",
    "stage", "standard", "standing", "star", "starred", "stat", "state", "statement", "station", "statistic", "stats",
    "status", "statute", "step", "stock", "stop", "stopover", "storage", "store", "story", "stream", "street",
    "streetlight", "structure", "student", "study", "subdomain", "subject", "subscriber", "subscription", "subtask",
    "suggestion", "summary", "sun", "sunrise", "sunset", "supplier", "supply", "support", "surf", "surgery", "survey",
    "suspicious", "switch", "symbol", "symptom", "synonym", "system", "table", "tag", "tank", "tariff", "task", "tax",
    "taxi", "teacher", "team", "technical", "technician", "temperature", "tenant", "term", "test", "text", "theater",
    "thermostat", "thread", "threshold", "ticket", "tide", "time", "timeline", "timer", "timesheet", "timetable",
    "tip", "title", "token", "toll", "top", "topic", "total", "tour", "tournament", "toy", "track", "tracking",
    "trade", "traffic", "trail", "train", "trainer", "training", "transaction", "transcript", "transfer", "transit",
    "translation", "transport", "trash", "travel", "treatment", "trend", "trial", "trip", "trivia", "truck", "tuition",
    "type", "unit", "university", "unpaid", "unread", "upcoming", "update", "uptime", "usage", "user", "utility",
    "vacancy", "vacation", "vaccination", "vaccine", "vacuum", "value", "valve", "van", "variance", "variant",
    "vehicle", "velocity", "vendor", "venue", "verse", "version", "vessel", "video", "view", "viewing", "violation",
    "visa", "visit", "visitor", "vital", "voicemail", "volcano", "volume", "vote", "voter", "voucher", "voyage",
    "vulnerability", "waitlist", "walk", "wallet", "ward", "warehouse", "warning", "warranty", "washer", "waste",
    "water", "wave", "way", "waybill", "weather", "web", "website", "wedding", "week", "weekly", "weight", "wind",
    "window", "wine", "winner", "wishlist", "word", "work", "worker", "workflow", "worklog", "workout", "workspace",
    "yearly", "yield", "zip", "zone",
];

/// Whether each word of a noun that a name gives is one that people say.
pub fn is_everyday(noun: &str, reading: &Reading<'_>, step: usize) -> bool {
    static WORDS: LazyLock<FastSet<&str>> = LazyLock::new(|| EVERYDAY.iter().copied().collect());
    noun.split([' ', '-']).all(|word| {
        let lower = word.to_lowercase();
        // Acronyms that are known stand in capitals.
        word.chars().all(char::is_uppercase)
            || WORDS.contains(singular_word(&lower).as_ref())
            || WORDS.contains(lower.as_str())
            || is_in_prose(&lower, reading, step)
    })
}

/// Whether a word stands in what the user or the agent says, in the prompt, or in a description of the tool.
fn is_in_prose(word: &str, reading: &Reading<'_>, step: usize) -> bool {
    let forms = [word.to_string(), singular_word(word).into_owned(), plural(word)];
    let has = |text: &str| forms.iter().any(|form| find(text, form).is_some());
    let tool = reading.tool(step);
    let described = || {
        let parameters = tool.iter().flat_map(|tool| &tool.parameters);
        tool.and_then(|tool| tool.description.as_deref())
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
