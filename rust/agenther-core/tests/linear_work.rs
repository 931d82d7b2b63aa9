//! A run that is ten times as long takes ten times the work, counted in what is allocated: time depends on the machine.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use agenther_core::hindsight::{RelabelOptions, relabel};
use agenther_core::outcome::extract;
use agenther_core::reading::Reading;
use agenther_core::rules::Rules;
use agenther_core::trajectory::{Step, Trajectory};
use agenther_core::verdict::classify;

thread_local! {
    static ALLOCATED: Cell<Work> = const { Cell::new(Work { times: 0, bytes: 0 }) };
}

/// How often a thread allocated, and how much.
#[derive(Clone, Copy)]
struct Work {
    times: u64,
    bytes: u64,
}

struct Counting;

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let add = |work: &Cell<Work>| {
            let Work { times, bytes } = work.get();
            work.set(Work { times: times + 1, bytes: bytes + layout.size() as u64 });
        };
        let _ = ALLOCATED.try_with(add);
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a run is made of.
#[derive(Default)]
struct Texts {
    tools: Option<String>,
    system: Option<String>,
    users: Vec<Option<String>>,
    names: Vec<String>,
    inputs: Vec<String>,
    observations: Vec<String>,
}

impl Texts {
    fn run(&self) -> Trajectory<'_> {
        let step = |at: usize| Step {
            user: self.users.get(at).and_then(Option::as_deref),
            thought: Some("I will look that up."),
            action_name: Some(&self.names[at]),
            action_input: Some(&self.inputs[at]),
            observation: Some(&self.observations[at]),
            ..Step::default()
        };
        Trajectory {
            trajectory_id: Some("long"),
            original_prompt: Some("Find me an order under $5, not before May 2, 2024."),
            system: self.system.as_deref(),
            tools: self.tools.as_deref(),
            steps: (0..self.names.len()).map(step).collect(),
            final_answer: Some("Sorry, I could not find it."),
            ..Trajectory::default()
        }
    }
}

/// Orders are looked up, one after another.
fn reads(steps: usize) -> Texts {
    let each = 0..steps;
    Texts {
        names: each.clone().map(|_| "get_order".to_string()).collect(),
        inputs: each.clone().map(|at| format!(r#"{{"order_id": "A{at}"}}"#)).collect(),
        observations: each.map(|at| format!(r#"{{"total": {at}, "next": "A{}"}}"#, at + 1)).collect(),
        ..Texts::default()
    }
}

/// Orders are changed, under bounds that the policy states and each turn of the user adds to.
fn bound_writes(steps: usize) -> Texts {
    let each = 0..steps;
    Texts {
        system: Some("An order must cost at most $500. At most 5 items may be changed.".to_string()),
        users: each.clone().map(|at| Some(format!("Change A{at} to at most $90."))).collect(),
        names: each.clone().map(|_| "update_order".to_string()).collect(),
        inputs: each.clone().map(|at| format!(r#"{{"order_id": "A{at}", "price": {at}}}"#)).collect(),
        observations: each.map(|at| format!(r#"{{"status": "ok", "price": {at}}}"#)).collect(),
        ..Texts::default()
    }
}

/// Every step calls a tool of its own.
fn many_tools(steps: usize) -> Texts {
    let name = |at| format!("get_part_{at}");
    let schema = |at| {
        format!(
            r#"{{"name": "{}", "description": "Get a part.", "parameters": {{"properties": {{"id": {{"type": "string"}}}}}}}}"#,
            name(at)
        )
    };
    let schemas: Vec<String> = (0..steps).map(schema).collect();
    Texts {
        tools: Some(format!("[{}]", schemas.join(", "))),
        names: (0..steps).map(name).collect(),
        inputs: (0..steps).map(|at| format!(r#"{{"id": "P-{at}"}}"#)).collect(),
        observations: (0..steps).map(|at| format!(r#"{{"weight_kg": {at}}}"#)).collect(),
        ..Texts::default()
    }
}

/// What all stages allocate for a run.
fn work(texts: &Texts) -> Work {
    let run = texts.run();
    let before = ALLOCATED.get();
    let reading = Reading::new(&run);
    classify(&reading, Rules::default_pack());
    extract(&reading);
    relabel(&reading, &RelabelOptions::default());
    let after = ALLOCATED.get();
    Work { times: after.times - before.times, bytes: after.bytes - before.bytes }
}

#[test]
fn ten_times_the_steps_take_ten_times_the_work() {
    for (kind, make) in [
        ("reads", reads as fn(usize) -> Texts),
        ("writes under bounds", bound_writes),
        ("a tool a step", many_tools),
    ] {
        // What is made once a process is made here.
        work(&make(100));
        let (short, long) = (work(&make(500)), work(&make(5_000)));
        // Tables double as they grow: up to twice the bytes a step.
        assert!(long.times < 11 * short.times, "{kind}: {} and {} allocations", short.times, long.times);
        assert!(long.bytes < 20 * short.bytes, "{kind}: {} and {} bytes", short.bytes, long.bytes);
    }
}
