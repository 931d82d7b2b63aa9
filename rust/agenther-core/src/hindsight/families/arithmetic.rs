//! Calculators as requests: an expression that a tool worked out, and its value, which is worked out again here, so that
//! neither a wrong result nor one of something else is an answer.

use super::{Candidate, Proposals, text_argument};
use crate::hindsight::{Origin, Slot, Support, Wording};
use crate::reading::{Reading, StepReading};
use crate::signals::effect;
use crate::signals::tool_status::Status;
use crate::text::document::Kind;
use crate::trajectory::{Field, Span};

/// Longer expressions nobody asks for.
const MAX_EXPRESSION: usize = 80;

/// Brackets in brackets beyond these are no expression of a person.
const MAX_DEPTH: usize = 8;

/// A run that calculates on and on is not asked for every value.
const MAX_ASKED: usize = 4;

/// Words of tools that work out an expression.
const CALCULATORS: &[&str] = &[
    "calculator",
    "calculate",
    "calc",
    "calculation",
    "math",
    "maths",
    "evaluate",
    "eval",
    "compute",
    "arithmetic",
];

/// Tools that take the two sides of an operator.
const OPERATORS: &[(&str, char)] = &[
    ("add", '+'),
    ("plus", '+'),
    ("sum", '+'),
    ("subtract", '-'),
    ("minus", '-'),
    ("multiply", '*'),
    ("times", '*'),
    ("divide", '/'),
    ("power", '^'),
    ("exponentiate", '^'),
];

/// Proposes the expressions of a run whose values its calculators gave.
pub fn propose(reading: &Reading<'_>, out: &mut Proposals) {
    let mut asked: Vec<String> = Vec::new();
    for (index, step) in reading.steps.iter().enumerate().filter(|(_, step)| step.status == Status::Ok) {
        if asked.len() == MAX_ASKED {
            break;
        }
        let Some(worked) = expression(step).and_then(|text| work_out(&text)) else { continue };
        let Some(value) = step.step.observation.and_then(|text| value_in(text, worked.value)) else {
            continue;
        };
        if asked.contains(&worked.said) {
            continue;
        }
        asked.push(worked.said.clone());
        let candidate = candidate(step, index as u32, &worked, value, out.variant());
        out.push_derived(candidate);
    }
}

fn candidate(step: &StepReading<'_>, at: u32, worked: &Worked, value: &str, variant: u64) -> Candidate {
    let Worked { said, .. } = worked;
    let goal = match variant % 3 {
        0 => format!("What is {said}?"),
        1 => format!("Calculate {said}."),
        _ => format!("How much is {said}?"),
    };
    let input = step.step.action_input.unwrap_or("");
    let observation = step.step.observation.unwrap_or("");
    let start = value.as_ptr() as usize - observation.as_ptr() as usize;
    let support = |text: &str, field, span| Support { text: text.to_string(), step: Some(at), field, span };
    Candidate {
        goal,
        answer: format!("{said} = {value}"),
        wording: Wording::Phrase,
        steps: vec![at],
        slots: vec![Slot {
            name: "expression".into(),
            value: said.clone(),
            origin: Origin::Invented,
            step: at,
        }],
        evidence: vec![
            support(input, Field::ActionInput, Span::new(0, input.len())),
            support(value, Field::Observation, Span::new(start, start + value.len())),
        ],
        prior: 0.82,
        trivial: worked.operators == 1 && worked.is_small,
    }
}

/// The expression that a step is to work out, of a calculator or of a tool for one operator.
fn expression(step: &StepReading<'_>) -> Option<String> {
    let name = step.step.action_name?;
    let is_word = |known: &str| effect::words(name).any(|word| word.eq_ignore_ascii_case(known));
    if CALCULATORS.iter().any(|known| is_word(known)) {
        return text_argument(step, &["expression", "input", "query", "formula"])
            .map(|text| text.into_owned());
    }
    let (_, operator) = OPERATORS.iter().find(|(known, _)| is_word(known))?;
    let arguments = step.arguments()?;
    let mut sides = arguments.root().children().map(|side| (side.kind() == Kind::Number).then(|| side.raw()));
    let (first, second) = (sides.next()??, sides.next()??);
    sides.next().is_none().then(|| format!("{first} {operator} {second}"))
}

/// An expression as people write it, and its value.
#[derive(Debug, PartialEq)]
struct Worked {
    said: String,
    value: f64,
    operators: usize,
    /// Whether it has whole numbers below a hundred alone, which people work out themselves.
    is_small: bool,
}

fn work_out(text: &str) -> Option<Worked> {
    let text = text.trim().trim_end_matches('=').trim().replace("**", "^").replace(['×', 'x'], "*");
    if text.len() > MAX_EXPRESSION {
        return None;
    }
    let mut parser = Parser { rest: &text, said: String::new(), operators: 0, depth: 0, is_small: true };
    let value = parser.sum()?;
    let is_all = parser.rest.trim().is_empty() && parser.operators > 0 && value.is_finite();
    is_all.then_some(Worked {
        said: parser.said,
        value,
        operators: parser.operators,
        is_small: parser.is_small,
    })
}

/// Works out an expression while it reads it, and writes it again with the usual spaces.
struct Parser<'t> {
    rest: &'t str,
    said: String,
    operators: usize,
    depth: usize,
    is_small: bool,
}

impl Parser<'_> {
    fn next_is(&mut self, wanted: &[char]) -> Option<char> {
        self.rest = self.rest.trim_start();
        let found = self.rest.chars().next().filter(|c| wanted.contains(c))?;
        self.rest = &self.rest[found.len_utf8()..];
        Some(found)
    }

    fn operator(&mut self, wanted: &[char]) -> Option<char> {
        let found = self.next_is(wanted)?;
        self.operators += 1;
        match found {
            '^' => self.said.push('^'),
            _ => self.said.extend([' ', found, ' ']),
        }
        Some(found)
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product()?;
        while let Some(operator) = self.operator(&['+', '-']) {
            let other = self.product()?;
            value = if operator == '+' { value + other } else { value - other };
        }
        Some(value)
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.power()?;
        while let Some(operator) = self.operator(&['*', '/']) {
            let other = self.power()?;
            value = if operator == '*' { value * other } else { value / other };
        }
        Some(value)
    }

    fn power(&mut self) -> Option<f64> {
        let base = self.atom()?;
        match self.operator(&['^']) {
            Some(_) => {
                // Powers of powers are read in one way by some and in the other by others.
                let power = self.atom()?;
                Some(base.powf(power)).filter(|_| self.next_is(&['^']).is_none())
            }
            None => Some(base),
        }
    }

    fn atom(&mut self) -> Option<f64> {
        if self.next_is(&['(']).is_some() {
            self.depth += 1;
            (self.depth <= MAX_DEPTH).then_some(())?;
            self.said.push('(');
            let value = self.sum()?;
            self.next_is(&[')'])?;
            self.said.push(')');
            self.depth -= 1;
            return Some(value);
        }
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        let plain = number.replace(',', "");
        let is_grouped = number.split('.').next()?.split(',').skip(1).all(|group| group.len() == 3);
        let value: f64 = plain.parse().ok().filter(|_| is_grouped)?;
        self.is_small &= value < 100.0 && value.fract() == 0.0;
        self.said.push_str(number);
        // `15% of` is said in other ways; a sign after a number alone is a hundredth.
        if self.next_is(&['%']).is_some() {
            self.said.push('%');
            return Some(value / 100.0);
        }
        Some(value)
    }
}

/// The only number of a short result, where it is the value as far as it is printed.
fn value_in(observation: &str, value: f64) -> Option<&str> {
    const LONGEST: usize = 120;
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | 'e' | 'E');
    let text = Some(observation).filter(|text| text.len() <= LONGEST)?;
    let mut numbers = text
        .split(|c: char| !is_part(c))
        .map(|part| part.trim_matches([',', '.', '+', 'e', 'E']))
        .filter(|part| part.contains(|c: char| c.is_ascii_digit()));
    let printed = numbers.next().filter(|_| numbers.next().is_none())?;
    let read: f64 = printed.replace(',', "").parse().ok()?;
    let decimals = printed.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let is_exponent = printed.contains(['e', 'E']);
    let rounding = if is_exponent { 0.0 } else { 0.5 * 10f64.powi(-(decimals as i32)) };
    let tolerance = rounding.max(value.abs() * 1e-9);
    // Rounded away to a whole number, it is another value.
    let is_told = decimals > 0 || value.fract().abs() < 1e-9;
    ((read - value).abs() <= tolerance * 1.000_001 && is_told).then_some(printed)
}

#[cfg(test)]
mod tests {
    use super::super::testing::proposals;
    use super::*;

    #[test]
    fn expressions_are_worked_out_as_they_are_written() {
        for (text, said, value) in [
            ("1250*1.03", "1250 * 1.03", 1287.5),
            ("(2,450 - 310) / 12", "(2,450 - 310) / 12", 178.333_333),
            ("2 + 3 * 4^2", "2 + 3 * 4^2", 50.0),
            ("42**0.43 =", "42^0.43", 4.988_813),
            ("15% * 200", "15% * 200", 30.0),
            ("10 - 4 - 3", "10 - 4 - 3", 3.0),
        ] {
            let worked = work_out(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(worked.said, said);
            assert!((worked.value - value).abs() < 1e-5, "{text}: {}", worked.value);
        }
        for text in ["12", "1,2 + 3", "2 +", "f(2) + 1", "(1 + 2", "1 / 0", "2^3^2", "", "1;2"] {
            assert_eq!(work_out(text), None, "{text}");
        }
        let deep = "(".repeat(40) + "1 + 1";
        assert_eq!(work_out(&deep), None);
    }

    #[test]
    fn a_value_is_an_answer_only_if_it_is_the_value() {
        for (observation, value, printed) in [
            ("Answer: 4.9888126515157", 42f64.powf(0.43), Some("4.9888126515157")),
            ("{\"result\": 178.33}", 2140.0 / 12.0, Some("178.33")),
            ("1,287.50", 1287.5, Some("1,287.50")),
            ("178", 2140.0 / 12.0, None),
            ("12.5", 12.6, None),
            ("3 of 4", 3.0, None),
            ("1e3", 1000.0, Some("1e3")),
            ("error", 1.0, None),
        ] {
            assert_eq!(value_in(observation, value), printed, "{observation}");
        }
    }

    #[test]
    fn calculators_are_asked_for_what_they_worked_out() {
        for (tool, input, output, answer) in [
            ("calculator", r#"{"expression": "1250 * 1.03"}"#, "1287.5", Some("1250 * 1.03 = 1287.5")),
            ("calculator", r#"{"expression": "1250 * 1.03"}"#, "1287", None),
            ("multiply", r#"{"a": 3.5, "b": 12}"#, "42.0", Some("3.5 * 12 = 42.0")),
            ("address", r#"{"a": 3.5, "b": 12}"#, "42.0", None),
            ("search", "1250 * 1.03", "1287.5", None),
        ] {
            let found = proposals(super::propose, "", &[(tool, input, output)]);
            assert_eq!(found.first().map(|(_, found, _)| &**found), answer, "{tool} {input}");
        }
    }
}
