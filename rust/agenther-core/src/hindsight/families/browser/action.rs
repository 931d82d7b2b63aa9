//! What a web agent does: calls of tools with named arguments, `click [12]`, `fill('a12', 'text')`, `Type [2]; text`.

use std::borrow::Cow;

use super::quoted::quoted;
use crate::reading::StepReading;
use crate::text::document::{Kind, Value};

/// The element that an act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<'s> {
    /// What the harness calls it.
    pub id: Cow<'s, str>,
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act<'s> {
    /// Goes to an address.
    Open(Cow<'s, str>),
    Click(Target<'s>),
    /// Puts texts into fields; `submits` where the enter key follows.
    Type {
        fields: Vec<(Target<'s>, Cow<'s, str>)>,
        submits: bool,
    },
    Choose(Target<'s>, Cow<'s, str>),
    Enter,
    Back,
    /// Scrolls, waits, looks.
    Look,
    /// Ends the run.
    Answer,
    /// An act of the browser that is not known.
    Other,
}

impl<'s> Act<'s> {
    /// The act of a step; `None` where it is none in a browser.
    pub fn of(read: &'s StepReading<'_>) -> Option<Self> {
        let name = read.called_name()?;
        let arguments = read.called_with();
        if let Some(code) = arguments.and_then(|arguments| text_of(arguments, &["code", "action"]))
            && matches!(
                plain(name).as_str(),
                "browser" | "browse" | "browse_interactive" | "browsergym" | "interact"
            )
        {
            return Some(of_code(code));
        }
        let input = read.step.action_input.unwrap_or("");
        match arguments.filter(|arguments| arguments.kind() == Kind::Object) {
            Some(arguments) => of_object(&plain(name), arguments),
            None => of_text(&plain(name), Cow::Borrowed(input)),
        }
    }
}

/// A name without the prefixes of servers and libraries, in small letters.
fn plain(name: &str) -> String {
    let name = name.rsplit("__").next().unwrap_or(name);
    let name = name.rsplit(['.', ':', '/']).next().unwrap_or(name).to_ascii_lowercase();
    for prefix in ["browser_", "playwright_", "puppeteer_", "page_", "web_", "chrome_"] {
        if let Some(rest) = name.strip_prefix(prefix) {
            return rest.to_string();
        }
    }
    name
}

/// The kinds of acts, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Open,
    Click,
    Type,
    Choose,
    Press,
    Back,
    Look,
    Answer,
}

fn verb_of(name: &str) -> Option<Verb> {
    Some(match name {
        "goto" | "navigate" | "open" | "visit" | "go_to_url" | "goto_url" | "open_url" | "go_to"
        | "open_tab" | "new_tab" | "navigate_to" | "visit_url" | "load_url" => Verb::Open,
        "click"
        | "click_element"
        | "click_element_by_index"
        | "tap"
        | "left_click"
        | "check"
        | "uncheck"
        | "click_link"
        | "click_button" => Verb::Click,
        "type" | "fill" | "input_text" | "input" | "enter" | "set_value" | "type_text" | "fill_form"
        | "enter_text" | "fill_input" => Verb::Type,
        "select_option" | "select" | "select_dropdown_option" | "choose" => Verb::Choose,
        "press" | "press_key" | "keyboard_press" | "send_keys" | "key" | "hit" => Verb::Press,
        "go_back" | "back" | "navigate_back" | "goback" => Verb::Back,
        "scroll" | "hover" | "snapshot" | "wait" | "wait_for" | "take_screenshot" | "screenshot" | "noop"
        | "tabs" | "tab_focus" | "page_focus" | "scroll_down" | "scroll_up" | "scroll_into_view"
        | "get_state" | "focus" | "extract_content" | "get_text" | "read_page" | "view" => Verb::Look,
        "stop" | "answer" | "done" | "send_msg_to_user" | "report_infeasible" | "finish" | "close" => {
            Verb::Answer
        }
        _ => return None,
    })
}

/// The text or number under the first of `keys`.
fn text_of<'d>(arguments: Value<'d, '_>, keys: &[&str]) -> Option<Cow<'d, str>> {
    let value = keys.iter().find_map(|key| arguments.get(key))?;
    match value.kind() {
        Kind::String | Kind::Number => Some(value.text()),
        Kind::Array => {
            let mut items = value.children();
            items.next().map(|item| item.text()).filter(|_| items.next().is_none())
        }
        _ => None,
    }
}

const IDS: &[&str] = &["ref", "uid", "index", "bid", "element_id", "id", "element_index", "target"];

fn of_object<'s>(name: &str, arguments: Value<'s, '_>) -> Option<Act<'s>> {
    let target = |of: Value<'s, '_>| text_of(of, IDS).map(|id| Target { id });
    let is_true =
        |key: &str| arguments.get(key).is_some_and(|value| value.raw().eq_ignore_ascii_case("true"));
    Some(match verb_of(name)? {
        Verb::Open => text_of(arguments, &["url", "address", "href"]).map_or(Act::Other, Act::Open),
        Verb::Click => target(arguments).map_or(Act::Other, Act::Click),
        Verb::Type => {
            let of_form = |field: Value<'s, '_>| Some((target(field)?, text_of(field, &["value", "text"])?));
            let fields: Option<Vec<_>> = match arguments.get("fields") {
                Some(fields) => fields.children().map(of_form).collect(),
                None => target(arguments)
                    .zip(text_of(arguments, &["text", "value", "content", "input"]))
                    .map(|field| vec![field]),
            };
            match fields.filter(|fields| !fields.is_empty()) {
                Some(fields) => Act::Type {
                    fields,
                    submits: is_true("submit") || is_true("press_enter") || is_true("enter"),
                },
                None => Act::Other,
            }
        }
        Verb::Choose => target(arguments)
            .zip(text_of(arguments, &["values", "value", "option", "options", "text", "label"]))
            .map_or(Act::Other, |(target, option)| Act::Choose(target, option)),
        Verb::Press => match text_of(arguments, &["key", "keys", "text"]) {
            Some(key) if key.eq_ignore_ascii_case("enter") => Act::Enter,
            Some(key) if is_harmless(&key) => Act::Look,
            _ => Act::Other,
        },
        Verb::Back => Act::Back,
        Verb::Look => Act::Look,
        Verb::Answer => Act::Answer,
    })
}

fn is_harmless(key: &str) -> bool {
    ["pagedown", "pageup", "end", "home", "escape", "tab", "arrowdown", "arrowup"]
        .iter()
        .any(|known| key.eq_ignore_ascii_case(known))
}

/// A call in a line of code: `fill("a12", "text")`; of several lines nothing is said.
fn of_code(code: Cow<'_, str>) -> Act<'_> {
    let code = code.trim();
    let lines = code.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let known = match (lines.clone().next(), lines.count()) {
        (Some(line), 1) => line.trim().split_once('(').and_then(|(name, rest)| {
            let arguments = rest.strip_suffix(')').unwrap_or(rest);
            of_text(&plain(name.trim()), Cow::Owned(format!("({arguments})")))
        }),
        _ => None,
    };
    known.unwrap_or(Act::Other)
}

/// The arguments of a text: `[12] [tea] [1]`, `[2]; tea`, `('a12', 'tea')`, `'a12', 'tea'`.
fn arguments(input: &str) -> Vec<String> {
    let input = input.trim();
    if let Some(rest) = input.strip_prefix('[') {
        // `Type [2]; text`: what follows the semicolon is the rest of the line.
        if let Some((id, text)) = rest.split_once("];") {
            return vec![id.trim().to_string(), text.trim().to_string()];
        }
        return rest
            .strip_suffix(']')
            .unwrap_or(rest)
            .split("] [")
            .map(|part| part.trim().to_string())
            .collect();
    }
    let input = input.strip_prefix('(').unwrap_or(input);
    let mut out = Vec::new();
    let mut rest = input;
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        // Keywords say what the place says.
        if let Some((key, value)) = rest.split_once('=')
            && !key.is_empty()
            && key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        {
            rest = value;
        }
        if let Some((text, after)) = quoted(rest) {
            out.push(text.into_owned());
            rest = after;
            continue;
        }
        let end = rest.find([',', ')']).unwrap_or(rest.len());
        let bare = rest[..end].trim().trim_matches(['[', ']', '\'', '"']);
        if !bare.is_empty() {
            out.push(bare.to_string());
        }
        match rest.get(end..).filter(|rest| rest.starts_with(',')) {
            Some(after) => rest = after,
            None => return out,
        }
    }
}

fn of_text<'s>(name: &str, input: Cow<'_, str>) -> Option<Act<'s>> {
    let verb = verb_of(name)?;
    let is_voyager = input.contains("];");
    let is_bracketed = input.trim_start().starts_with('[');
    let mut parts = arguments(&input).into_iter();
    let target = |id: Option<String>| id.filter(|id| !id.is_empty()).map(|id| Target { id: Cow::Owned(id) });
    Some(match verb {
        Verb::Open => parts.next().map_or(Act::Other, |url| Act::Open(Cow::Owned(url))),
        Verb::Click => target(parts.next()).map_or(Act::Other, Act::Click),
        Verb::Type => match (target(parts.next()), parts.next()) {
            (Some(target), Some(text)) => {
                // WebVoyager's harness presses enter, WebArena's unless it is told not to.
                let submits =
                    is_voyager || is_bracketed && parts.next().is_none_or(|flag| !flag.ends_with('0'));
                Act::Type { fields: vec![(target, Cow::Owned(text))], submits }
            }
            _ => Act::Other,
        },
        Verb::Choose => match (target(parts.next()), parts.next(), parts.next()) {
            (Some(target), Some(option), None) => Act::Choose(target, Cow::Owned(option)),
            _ => Act::Other,
        },
        Verb::Press => match parts.last() {
            Some(key) if key.eq_ignore_ascii_case("enter") => Act::Enter,
            Some(key) if is_harmless(&key) => Act::Look,
            _ => Act::Other,
        },
        Verb::Back => Act::Back,
        Verb::Look => Act::Look,
        Verb::Answer => Act::Answer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Reading;
    use crate::trajectory::{Step, Trajectory};

    fn act(name: &str, input: &str) -> String {
        let step = Step { action_name: Some(name), action_input: Some(input), ..Step::default() };
        let run = Trajectory { steps: vec![step], ..Trajectory::default() };
        let reading = Reading::new(&run);
        match Act::of(&reading.steps[0]) {
            None => "none".to_string(),
            Some(Act::Open(url)) => format!("open {url}"),
            Some(Act::Click(target)) => format!("click {}", target.id),
            Some(Act::Type { fields, submits }) => {
                let fields: Vec<String> =
                    fields.iter().map(|(at, text)| format!("{}={text}", at.id)).collect();
                format!("type {} {submits}", fields.join(" "))
            }
            Some(Act::Choose(target, option)) => format!("choose {}={option}", target.id),
            Some(other) => format!("{other:?}").to_lowercase(),
        }
    }

    #[test]
    fn reads_acts_in_every_dialect() {
        for (name, input, wanted) in [
            ("click", "[12]", "click 12"),
            ("type", "[164] [green tea] [1]", "type 164=green tea true"),
            ("type", "[164] [green tea] [press_enter_after=0]", "type 164=green tea false"),
            ("goto", "[http://a.example]", "open http://a.example"),
            ("stop", "[42]", "answer"),
            ("scroll", "[down]", "look"),
            ("Type", "[2]; green tea", "type 2=green tea true"),
            ("Click", "[2]", "click 2"),
            ("fill", "'a12', 'green, \"fine\" tea'", "type a12=green, \"fine\" tea false"),
            ("select_option", "('a12', 'Low')", "choose a12=Low"),
            ("browser", "{\"code\": \"goto('https://a.example')\"}", "open https://a.example"),
            ("browser", "{\"code\": \"fill(bid='9', value='tea')\"}", "type 9=tea false"),
            ("browser", "{\"code\": \"click('9')\\nclick('8')\"}", "other"),
            ("browser_click", "{\"element\": \"Search button\", \"ref\": \"e9\"}", "click e9"),
            (
                "mcp__playwright__browser_type",
                "{\"element\": \"box\", \"ref\": \"e3\", \"text\": \"tea\", \"submit\": true}",
                "type e3=tea true",
            ),
            ("browser_select_option", "{\"ref\": \"e3\", \"values\": [\"Low\"]}", "choose e3=Low"),
            ("browser_press_key", "{\"key\": \"Enter\"}", "enter"),
            ("browser_navigate", "{\"url\": \"https://a.example\"}", "open https://a.example"),
            ("browser_snapshot", "{}", "look"),
            ("input_text", "{\"index\": 4, \"text\": \"tea\"}", "type 4=tea false"),
            ("click_element", "{\"index\": 0}", "click 0"),
            ("press", "'a1', 'Enter'", "enter"),
            ("get_order", "{\"id\": 4}", "none"),
            ("click", "", "other"),
            ("fill", "('", "other"),
        ] {
            assert_eq!(act(name, input), wanted, "{name} {input}");
        }
    }
}
