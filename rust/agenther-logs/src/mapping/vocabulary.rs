//! What loggers call the fields of a run, and which field of a sample is what.

use super::survey::{Field, WORD_OF_A_NAME};
use crate::react::is_call;

/// A key of the mapping, the field that it was guessed to be, and why.
pub(super) struct Guess<'f> {
    pub key: &'static str,
    pub field: &'f Field,
    /// Fields that say the same in other elements of a list of events.
    pub also: Vec<&'f str>,
    pub why: &'static str,
}

pub(super) const BY_NAME: &str = "by its name";
pub(super) const BY_CONTENT: &str = "by what it holds";

/// What a key's field is called, most telling name first, and whether a field can be one by what it
/// holds.
pub(super) struct Wanted {
    pub key: &'static str,
    names: &'static str,
    fits: fn(&Field) -> bool,
}

pub(super) const IN_STEP: &[Wanted] = &[
    Wanted {
        key: "user",
        names: "user user_message user_input human user_said customer",
        fits: Field::is_text,
    },
    Wanted {
        key: "thought",
        names: "thought thoughts reasoning model_output thinking reason why cot rationale reflection plan think analysis message explanation reply \
                say answer final_answer assistant agent llm",
        fits: Field::is_text,
    },
    Wanted {
        key: "action",
        names: "action act did move decision call step tool_call function_call a",
        fits: |field| field.is_text() && (field.mostly(is_call) || field.mean_words() > 1),
    },
    Wanted {
        key: "tool",
        names: "tool tool_name function function_name action_name tool.name function.name action.name call.name \
                tool_call.name function_call.name tool_use.name api_name api \
                action.tool action.type action_type action skill method operation name op a",
        fits: |field| field.is_text() && field.mostly(is_identifier),
    },
    Wanted {
        key: "arguments",
        names: "arguments args tool_input action_input tool_args parameters params kwargs input inputs payload command cmd \
                code query",
        fits: |field| field.flags == 0,
    },
    Wanted {
        key: "observation",
        names: "observation observations tool_output tool_result tool_response function_result environment result output observed obs saw response feedback stdout \
                returned env_response content text o",
        fits: |field| field.flags == 0 && field.seen > field.numbers,
    },
    Wanted {
        key: "error",
        names: "error is_error err failed has_error exit_code returncode return_code errors exception error_message",
        fits: |_| true,
    },
];

pub(super) const IN_RECORD: &[Wanted] = &[
    Wanted {
        key: "id",
        names: "id run_id trajectory_id trace_id session_id uuid episode_id conversation_id task_id episode number session",
        fits: |field| {
            (field.is_text() || field.numbers > 0) && field.mean_words() <= 1 && field.called("model") == 0
        },
    },
    Wanted {
        key: "goal",
        names: "goal task instruction request query question objective prompt user_request user_query user_input intent \
                problem task.description task.text ask mission aim input description title",
        fits: |field| field.is_text() && field.mean_words() > 1,
    },
    Wanted {
        key: "system",
        names: "system system_prompt policy system_message instructions",
        fits: Field::is_text,
    },
    Wanted {
        key: "tools",
        names: "tools functions tool_schemas available_tools tool_definitions",
        fits: |field| field.lists > 0,
    },
    Wanted {
        key: "answer",
        names: "final_answer answer final_output final_response final_text response output result reply completion prediction",
        fits: |field| field.is_text() && field.called(REFERENCE) == 0,
    },
    Wanted {
        key: "success",
        names: "success succeeded is_success successful passed resolved solved correct is_correct ok won outcome status \
                verdict result state",
        fits: |field| field.flags > 0 || zero_or_one(field) || !success_words(field).is_empty(),
    },
    Wanted {
        key: "reward",
        names: "reward score total_reward final_reward return grade points rating",
        fits: |field| field.numbers > 0,
    },
    Wanted {
        key: "failure_reason",
        names: "failure_reason failure termination_reason terminate_reason stop_reason exit_status exit_reason \
                finish_reason error_message error reason",
        fits: Field::is_text,
    },
];

/// Names of the reference answer, which are no names of the agent's.
const REFERENCE: &str = "gold golden reference expected ground_truth gt truth true";

/// Names of lists of steps.
pub(super) const STEP_LISTS: &str =
    "steps trajectory traj turns events history actions trace log messages chat conversation transitions";

/// Names of lists of schemas, whose names and parameters look like those of calls.
pub(super) const TOOL_LISTS: &str =
    "tools functions available_tools tool_schemas tool_definitions api_list apis candidate_tools";

/// Names of fields that hold no words of a user, however many there are.
pub(super) const NO_REQUESTS: &str =
    "id uuid timestamp time date created updated model version status type kind role source url path patch";

/// Names of fields that hold the reference answer, or a label under another name.
pub(super) const LEAKS: &str = "gold golden target reference expected ground_truth gt truth label labels correct answers solution evaluation eval \
     score scores reward success grade verdict outcome passed answer result";

/// Texts that mean success.
const GOOD: &str = "success succeeded successful ok pass passed resolved solved correct completed complete won win yes done true";

/// Starts of the lines with which harnesses announce the outcome.
const ANNOUNCEMENTS: &[&str] = &[
    "Your score (min ",
    "Episode finished, reward",
    "Answer is CORRECT",
    "Answer is INCORRECT",
    "Final score:",
    "Reward:",
];

fn is_identifier(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/');
    !text.is_empty() && text.len() <= 64 && text.chars().all(allowed)
}

/// Whether a kind of event says which part of a step it is.
pub(super) fn is_kind(kind: &str) -> bool {
    const KINDS: &str = "thought thinking reasoning think plan action act call tool_call function_call tool_use tool \
                         observation result tool_result tool_output function_result output response environment user \
                         human message assistant agent say answer final_answer reply llm error";
    KINDS.split_whitespace().any(|known| known == kind)
}

pub(super) fn zero_or_one(field: &Field) -> bool {
    field.numbers > 0 && field.examples.iter().all(|example| matches!(example.parse(), Ok(0.0 | 1.0)))
}

/// The words among a field's texts that mean success.
pub(super) fn success_words(field: &Field) -> Vec<&str> {
    let good = |text: &&str| GOOD.split(' ').any(|word| word.eq_ignore_ascii_case(text));
    let mut words: Vec<&str> = field.examples.iter().map(|text| &**text).filter(good).collect();
    words.sort();
    words.dedup();
    words
}

/// The announcements of an outcome that stand in a field.
pub(super) fn announcements(field: &Field) -> Vec<&'static str> {
    let announced = |start: &str| {
        let lines = field.examples.iter().flat_map(|text| text.lines());
        lines.map(str::trim_start).any(|line| line.starts_with(start))
    };
    ANNOUNCEMENTS.iter().copied().filter(|start| announced(start)).collect()
}

/// Gives each field to the key that it fits best, best fits first.
pub(super) fn guesses<'f>(fields: &'f [Field], wanted: &[Wanted]) -> Vec<Guess<'f>> {
    let mut fits: Vec<(i32, usize, usize)> = Vec::new();
    for (place, field) in fields.iter().enumerate().filter(|(_, field)| field.seen > 0) {
        for (number, wanted) in wanted.iter().enumerate().filter(|(_, wanted)| (wanted.fits)(field)) {
            // A text inside of an object says more than the object.
            let whole = 35 * i32::from(field.objects > 0 && wanted.key != "arguments");
            let fit = field.called(wanted.names) - whole;
            fits.extend((fit > 0).then_some((-fit, number, place)));
        }
    }
    fits.sort();
    let mut found: Vec<Guess<'f>> = Vec::new();
    for (_, number, place) in fits {
        let (key, field) = (wanted[number].key, &fields[place]);
        let taken = |guess: &Guess<'_>| guess.key == key || field.is_in(&guess.field.path);
        if !found.iter().any(taken) {
            found.push(Guess { key, field, also: Vec::new(), why: BY_NAME });
        }
    }
    let free: Vec<&Field> =
        fields.iter().filter(|field| !found.iter().any(|guess| field.is_in(&guess.field.path))).collect();
    if let Some(thought) = found.iter_mut().find(|guess| guess.key == "thought") {
        let says = wanted.iter().find(|wanted| wanted.key == "thought").map_or("", |wanted| wanted.names);
        let said = |field: &&&Field| field.is_text() && field.called(says) > WORD_OF_A_NAME;
        thought.also = free.iter().filter(said).map(|field| &*field.path).collect();
    }
    found
}

pub(super) fn of<'g, 'f>(guesses: &'g [Guess<'f>], key: &str) -> Option<&'g Guess<'f>> {
    guesses.iter().find(|guess| guess.key == key)
}
