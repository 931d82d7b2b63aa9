//! What tau2-bench writes beside its runs.

use agenther_logs::Reason;

use crate::read;

#[test]
fn a_simulation_of_speech_is_a_reject_that_says_what_is_missing() {
    let (found, _) = read(
        br#"{"id": "s", "task_id": "1", "termination_reason": "max_steps", "ticks": [{"tick_id": 0, "agent_chunk": {"role": "assistant", "contains_speech": false}}]}"#,
    );
    assert_eq!(found.rejects[0].reason, Reason::Incomplete);
    assert!(found.rejects[0].sentence.contains("transcribe"), "{}", found.rejects[0].sentence);
}

#[test]
fn results_whose_simulations_lie_beside_them_hold_no_run() {
    let (found, counts) = read(br#"{"timestamp": "2026-01-01", "info": {"seed": 1}, "tasks": []}"#);
    assert_eq!((found.runs.len(), counts.records), (0, 0));
}
