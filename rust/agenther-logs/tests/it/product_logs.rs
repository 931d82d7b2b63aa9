//! Logs of products as they come at times: polled, cut off, without ids, in another order.

use agenther_logs::Run;

use crate::read;

/// Prompt, steps (user, thought, call, result) and ending of a run, in a line.
fn line(run: &Run<'_>) -> String {
    let mut line = format!("{}: {}", run.format, run.original_prompt.as_deref().unwrap_or("-"));
    for step in &run.steps {
        let parts = [
            step.user.as_ref().map(|user| format!("[{user}]")),
            step.thought.as_deref().map(str::to_owned),
            step.action_name.as_ref().map(|name| format!("{name}()")),
            step.observation.as_ref().map(|seen| format!("= {seen}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        line.extend([" | ", &parts.join(" ")]);
    }
    for (mark, text) in [(" => ", &run.final_answer), (" !! ", &run.failure_reason)] {
        text.iter().for_each(|text| line.extend([mark, text]));
    }
    line
}

/// The runs of a log, and the sentences of what was rejected.
fn lines(log: &[&str]) -> Vec<String> {
    let (found, _) = read(log.join("\n").as_bytes());
    let rejected = found.rejects.iter().map(|reject| format!("rejected: {}", reject.sentence));
    found.runs.iter().map(line).chain(rejected).collect()
}

fn expect(log: &[&str], wanted: &[&str]) {
    assert_eq!(lines(log), wanted, "{log:#?}");
}

fn is_rejected(log: &[&str], why: &str) {
    let lines = lines(log);
    let told = |line: &String| line.starts_with("rejected: ") && line.contains(why);
    assert!(lines.len() == 1 && lines.iter().all(told), "{lines:#?}\n{log:#?}");
}

#[test]
fn objects_of_a_thread_that_were_polled_count_once() {
    let asked = r#"{"id": "m1", "object": "thread.message", "created_at": 1, "thread_id": "t", "run_id": null, "role": "user", "content": [{"type": "text", "text": {"value": "q"}}]}"#;
    let said = r#"{"id": "m2", "object": "thread.message", "created_at": 5, "thread_id": "t", "run_id": "r", "role": "assistant", "content": [{"type": "text", "text": {"value": "a"}}]}"#;
    let step = |status: &str, output: &str| {
        format!(
            r#"{{"id": "s1", "object": "thread.run.step", "created_at": 3, "run_id": "r", "thread_id": "t", "type": "tool_calls", "status": "{status}", "step_details": {{"type": "tool_calls", "tool_calls": [{{"id": "c1", "type": "function", "function": {{"name": "f", "arguments": "{{}}", "output": {output}}}}}]}}}}"#
        )
    };
    let run = |status: &str, action: &str| {
        format!(
            r#"{{"id": "r", "object": "thread.run", "created_at": 2, "thread_id": "t", "status": "{status}", "last_error": null, "required_action": {action}, "tools": []}}"#
        )
    };
    let calls = |first: &str, second: &str| {
        let call = |id: &str, name: &str| {
            format!(
                r#"{{"id": "{id}", "type": "function", "function": {{"name": "{name}", "arguments": "{{}}"}}}}"#
            )
        };
        format!(
            r#"{{"type": "submit_tool_outputs", "submit_tool_outputs": {{"tool_calls": [{}, {}]}}}}"#,
            call("c1", first),
            call("c2", second)
        )
    };
    let waiting = run("requires_action", &calls("f", "g"));
    let (working, done) = (step("in_progress", "null"), step("completed", "\"R\""));
    let list = format!(r#"{{"object": "list", "data": [{said}, {asked}]}}"#);
    expect(
        &[asked, &waiting, &working, &done, &run("completed", "null"), &list],
        &["openai_assistants: q | f() = R | a => a"],
    );
    // Calls that no step tells are in what the run waits for.
    expect(&[asked, &waiting, &working], &["openai_assistants: q | f() | g()"]);
    expect(&[asked, &waiting], &["openai_assistants: q | f() | g()"]);
    is_rejected(&[asked, &run("queued", "null")], "the agent says and does nothing in it");
}

#[test]
fn messages_of_a_type_are_not_all_of_letta() {
    for kinds in [["text", "text"], ["TextMessage", "TextMessage"]] {
        let [first, second] = kinds;
        let log = format!(
            r#"{{"messages": [{{"role": "user", "content": "Hi", "message_type": "{first}"}}, {{"role": "assistant", "content": "Hello", "message_type": "{second}"}}]}}"#
        );
        expect(&[&log], &["openai_chat: Hi | Hello => Hello"]);
    }
    expect(
        &[
            r#"[{"message_type": "usage_statistics", "step_count": 1}, {"message_type": "user_message", "content": "Hi"}, {"message_type": "assistant_message", "content": "Hello"}]"#,
        ],
        &["letta: Hi | Hello => Hello"],
    );
}

#[test]
fn what_letta_thought_stands_where_it_was_thought() {
    let thought = |words: &str| format!(r#"{{"message_type": "reasoning_message", "reasoning": "{words}"}}"#);
    let user = |words: &str| format!(r#"{{"message_type": "user_message", "content": "{words}"}}"#);
    let call = r#"{"message_type": "tool_call_message", "tool_call": {"name": "f", "arguments": "{}", "tool_call_id": "1"}}"#;
    let list = [&user("q"), &thought("hm"), &user("go on"), call, &thought("so be it")]
        .map(|message| message.to_string());
    expect(&[&format!("[{}]", list.join(","))], &["letta: q | hm | [go on] f() | so be it"]);
    let beat = user(r#"{\"type\": \"heartbeat\"}"#);
    let list = [&user("q"), &thought("hm"), &beat, call].map(|message| message.to_string());
    expect(&[&format!("[{}]", list.join(","))], &["letta: q | hm f()"]);
}

#[test]
fn the_output_of_dspy_is_none_of_the_labels() {
    let steps = r#"{"thought_0": "t", "tool_name_0": "f", "tool_args_0": {}, "observation_0": "o"}"#;
    for beside in [
        r#""reasoning": "r", "gold_answer": "SECRET", "city": "Oslo""#,
        r#""reasoning": "r", "score": 1.0, "task": "q", "city": "Oslo""#,
    ] {
        let log = format!(r#"{{"question": "q", "trajectory": {steps}, {beside}}}"#);
        expect(&[&log], &["dspy: q | t f() = o => Oslo"]);
    }
    let late = r#"{"thought_5": "t", "tool_name_5": "f", "tool_args_5": {}, "observation_5": "o", "thought_10": "u", "tool_name_10": "g", "tool_args_10": {}, "observation_10": "p"}"#;
    expect(
        &[&format!(r#"{{"question": "q", "trajectory": {late}, "answer": "a"}}"#)],
        &["dspy: q | t f() = o | u g() = p => a"],
    );
    expect(&[late], &["dspy: - | t f() = o | u g() = p"]);
}

#[test]
fn results_without_an_id_and_with_that_of_another_are_kept() {
    let result = |id: &str, words: &str| {
        format!(
            r#"{{{id}"prompt": {{"raw": "q", "label": "l"}}, "vars": {{}}, "provider": {{"id": "p"}}, "response": {{"output": "{words}"}}, "success": true, "score": 1, "gradingResult": {{"pass": true}}}}"#
        )
    };
    let document = |id: &str, words: &str| {
        format!(r#"{{"results": {{"version": 3, "results": [{}]}}}}"#, result(id, words))
    };
    let wanted = ["promptfoo: q | a => a", "promptfoo: q | b => b"];
    for id in ["", r#""id": "r1", "#] {
        expect(&[&document(id, "a"), &document(id, "b")], &wanted);
    }
    let trace = |id: &str, words: &str| {
        format!(
            r#"{{{id}"nodes": [{{"message": {{"role": "user", "content": "q"}}}}, {{"parent": 0, "message": {{"role": "assistant", "content": "{words}"}}}}], "rewards": {{}}}}"#
        )
    };
    for id in ["", r#""id": "v1", "#] {
        let log = format!(
            r#"{{"env": {{"id": "sums"}}, "traces": [{{"nodes": [], "rewards": {{}}, "id": "v0"}}, {}, {}]}}"#,
            trace(id, "a"),
            trace(id, "b")
        );
        expect(
            &[&log],
            &[
                "verifiers: q | a => a",
                "verifiers: q | b => b",
                "rejected: The record looks like verifiers, but none of its nodes is a message of the model.",
            ],
        );
    }
}

#[test]
fn a_trace_of_opik_without_spans_is_one_call() {
    let trace = |input: &str, output: &str| {
        format!(
            r#"{{"trace": {{"id": "t", "start_time": "2026", "input": {input}, "output": {output}, "feedback_scores": []}}, "spans": []}}"#
        )
    };
    expect(
        &[&trace(r#"{"messages": [{"role": "user", "content": "q"}]}"#, r#"{"output": "a"}"#)],
        &["opik: q | a => a"],
    );
    expect(&[&trace(r#"{"input": "q"}"#, r#"{"output": "a"}"#)], &["opik: q | a => a"]);
    is_rejected(&[&trace("null", "null")], "no content");
}

#[test]
fn runs_in_which_only_the_user_speaks_are_none() {
    for log in [
        r#"[{"role": "userMessage", "content": "q", "sessionId": "s", "usedTools": null}]"#,
        r#"{"conversation_id": "c", "query": "q", "answer": "", "agent_thoughts": []}"#,
        r#"{"items": [{"id": "1", "type": "message", "role": "user", "content": ["q"]}]}"#,
        r#"{"id": "m1", "object": "thread.message", "created_at": 1, "thread_id": "t", "run_id": null, "role": "user", "content": [{"type": "text", "text": {"value": "q"}}]}"#,
        r#"{"call_id": "c", "call_status": "ended", "transcript_with_tool_calls": [{"role": "user", "content": "q"}]}"#,
    ] {
        is_rejected(&[log], "the agent says and does nothing in it");
    }
}

#[test]
fn a_call_whose_words_are_one_text_is_told_so() {
    is_rejected(
        &[r#"{"conversation_id": "a", "agent_id": "b", "transcript": "Agent: Hello. User: Hi."}"#],
        "its words are one text without turns",
    );
    is_rejected(&[r#"{"conversation_id": "a", "transcript": []}"#], "nobody says a word in it");
    is_rejected(&[r#"{"conversation_id": "a", "transcript": "Hello."}"#], "no format has this shape");
}

#[test]
fn ids_of_the_other_side_and_of_another_connection_are_not_those_of_calls() {
    let call = |id: u8| {
        format!(
            r#"{{"jsonrpc": "2.0", "id": {id}, "method": "tools/call", "params": {{"name": "f{id}", "arguments": {{}}}}}}"#
        )
    };
    let answer = |words: &str| {
        format!(
            r#"{{"jsonrpc": "2.0", "id": 1, "result": {{"content": [{{"type": "text", "text": "{words}"}}]}}}}"#
        )
    };
    let asks =
        r#"{"jsonrpc": "2.0", "id": 1, "method": "elicitation/create", "params": {"message": "Sure?"}}"#;
    let sure = r#"{"jsonrpc": "2.0", "id": 1, "result": {"action": "accept", "content": {"sure": true}}}"#;
    expect(&[&call(1), asks, sure, &answer("R")], &["mcp: - | f1() = R"]);
    let connects =
        r#"{"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}}"#;
    let lists = r#"{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}"#;
    let tools = r#"{"jsonrpc": "2.0", "id": 1, "result": {"tools": []}}"#;
    for log in [vec![&*call(1), connects, lists, tools], vec![&*call(1), lists, tools]] {
        expect(&log, &["mcp: - | f1()"]);
    }
    expect(&[&call(1), connects, lists, tools, &call(1), &answer("R")], &["mcp: - | f1() | f1() = R"]);
}

#[test]
fn endings_that_are_none_of_failures_are_no_reasons() {
    let retell = |end: &str| {
        format!(
            r#"{{"call_id": "c", "call_status": "ended", "disconnection_reason": "{end}", "transcript_with_tool_calls": [{{"role": "user", "content": "q"}}, {{"role": "agent", "content": "a"}}]}}"#
        )
    };
    let vapi = |end: &str| {
        format!(
            r#"{{"orgId": "o", "endedReason": "{end}", "messages": [{{"role": "user", "message": "q", "secondsFromStart": 1}}, {{"role": "bot", "message": "a", "secondsFromStart": 2}}]}}"#
        )
    };
    let elevenlabs = |end: &str| {
        format!(
            r#"{{"conversation_id": "c", "metadata": {{"termination_reason": "{end}"}}, "transcript": [{{"role": "user", "message": "q", "time_in_call_secs": 1}}, {{"role": "agent", "message": "a", "time_in_call_secs": 2}}]}}"#
        )
    };
    let livekit = |end: &str| {
        format!(
            r#"{{"room_id": "r", "close_reason": "{end}", "chat_history": {{"items": [{{"type": "message", "role": "user", "content": ["q"]}}, {{"type": "message", "role": "assistant", "content": ["a"]}}]}}}}"#
        )
    };
    expect_endings(retell, &["user_hangup", "agent_hangup", "call_transfer"], &["inactivity", "error_asr"]);
    expect_endings(
        vapi,
        &["customer-ended-call", "assistant-ended-call-with-hangup-task", "assistant-forwarded-call"],
        &["silence-timed-out", "pipeline-error-openai-llm-failed"],
    );
    expect_endings(
        elevenlabs,
        &["end_call tool was called.", "Client disconnected: 1000"],
        &["Max duration exceeded"],
    );
    expect_endings(
        livekit,
        &["CR_PARTICIPANT_DISCONNECTED", "CR_COMPLETED", "task_completed"],
        &["CR_ERROR", "error"],
    );
}

/// `log` is one of a call that ended so.
fn expect_endings(log: impl Fn(&str) -> String, usual: &[&str], failures: &[&str]) {
    for end in usual {
        let lines = lines(&[&log(end)]);
        assert!(lines[0].ends_with(": q | a => a"), "{lines:?}");
    }
    for end in failures {
        let lines = lines(&[&log(end)]);
        assert!(lines[0].ends_with(&format!(": q | a => a !! {end}")), "{lines:?}");
    }
}

#[test]
fn messages_of_one_second_stand_in_their_order() {
    let message = |words: &str, at: u8| {
        format!(
            r#"{{"id": "m-{words}", "conversation_id": "c", "query": "{words}?", "answer": "{words}", "created_at": {at}, "agent_thoughts": []}}"#
        )
    };
    let oldest_first = [message("a", 1), message("b", 2), message("c", 2), message("d", 3)];
    let newest_first: Vec<&str> = oldest_first.iter().rev().map(String::as_str).collect();
    let wanted = ["dify: a? | a | [b?] b | [c?] c | [d?] d => d"];
    expect(&newest_first, &wanted);
    expect(&oldest_first.each_ref().map(String::as_str), &wanted);
}

#[test]
fn spans_that_were_sent_twice_count_once() {
    let span = |id: &str, kind: &str, sides: &str| {
        format!(
            r#"{{"trace_id": "t", "span_id": "{id}", "parent_id": "undefined", "name": "f", "meta": {{"kind": "{kind}", {sides}}}, "start_ns": {id}, "duration": 1, "status": "ok"}}"#
        )
    };
    let spans = [
        span("1", "tool", r#""input": {"value": "{}"}, "output": {"value": "R"}"#),
        span("2", "llm", r#""output": {"messages": [{"role": "assistant", "content": "a"}]}"#),
    ];
    let payload = format!(
        r#"{{"data": {{"type": "span", "attributes": {{"ml_app": "m", "spans": [{}]}}}}}}"#,
        spans.join(",")
    );
    let once = lines(&[&payload]);
    assert!(once[0].contains("f() = R"), "{once:?}");
    assert_eq!(lines(&[&payload, &payload]), once);
}

#[test]
fn references_in_what_is_copied_stay_behind() {
    for log in [
        r#"{"conversation_id": "c", "query": "q", "answer": "a", "agent_thoughts": [], "inputs": {"city": "Oslo", "expected_output": "SECRET"}}"#,
        r#"{"trace_id": "t", "metadata": {"city": "Oslo", "expected_output": "SECRET"}, "spans": [{"span_id": "1", "type": "llm", "timestamps": {"started_at": 1}, "input": {"value": [{"role": "user", "content": "q"}]}, "output": {"value": "a"}}]}"#,
    ] {
        let (found, _) = read(log.as_bytes());
        let metadata = found.runs[0].metadata.as_deref().unwrap_or_default();
        assert!(metadata.contains("Oslo") && !metadata.contains("SECRET"), "{metadata}");
    }
}

#[test]
fn what_was_heard_may_come_before_its_item() {
    let made = r#"{"type": "session.created", "event_id": "1", "session": {"id": "sess", "instructions": "", "tools": []}}"#;
    let heard = r#"{"type": "conversation.item.input_audio_transcription.completed", "event_id": "2", "item_id": "u", "transcript": "q"}"#;
    let item = r#"{"type": "conversation.item.done", "event_id": "3", "item": {"id": "u", "type": "message", "role": "user", "content": [{"type": "input_audio", "transcript": null}]}}"#;
    let said = r#"{"type": "conversation.item.done", "event_id": "4", "item": {"id": "m", "type": "message", "role": "assistant", "content": [{"type": "output_audio", "transcript": "a"}]}}"#;
    let wanted = ["openai_realtime: q | a => a"];
    expect(&[made, heard, item, said], &wanted);
    let list = format!("[{}]", [made, heard, item, said].join(","));
    expect(&[&list], &wanted);
    let (found, _) = read(list.as_bytes());
    assert_eq!(found.runs[0].trajectory_id, "sess");
    // Events of others that have such ids and types.
    for other in [
        r#"{"type": "error", "event_id": "7", "error": "gone"}"#,
        r#"{"type": "error_report", "event_id": "7", "error": {"message": "gone"}}"#,
        r#"{"type": "session.started", "event_id": "7", "session": {"id": "s"}}"#,
        r#"{"type": "response.sent", "event_id": "7", "response": {"output": []}}"#,
    ] {
        is_rejected(&[other], "no format has this shape");
    }
}

#[test]
fn tools_of_flowise_that_no_agent_tells_are_kept() {
    let log = r#"[{"role": "userMessage", "content": "q", "sessionId": "s"}, {"role": "apiMessage", "content": "a", "sessionId": "s", "usedTools": [{"tool": "f", "toolInput": {"x": 1}, "toolOutput": "F"}, {"tool": "g", "toolInput": {}, "toolOutput": "G"}], "agentReasoning": [{"agentName": "one", "usedTools": [{"tool": "g", "toolInput": {}, "toolOutput": "G"}, null], "messages": ["a"]}]}]"#;
    expect(&[log], &["flowise: q | f() = F | g() = G | a => a"]);
}

#[test]
fn rows_of_messages_are_put_together_by_their_session() {
    let row = |id: u8, session: &str, role: &str, words: &str| {
        let message = format!(r#"{{\"role\": \"{role}\", \"content\": \"{words}\"}}"#);
        format!(r#"{{"id": {id}, "session_id": "{session}", "message_data": "{message}"}}"#)
    };
    let rows = [
        row(1, "s", "user", "q"),
        row(2, "t", "user", "p"),
        row(3, "s", "assistant", "a"),
        row(4, "t", "assistant", "b"),
    ];
    let wanted = ["message_rows: q | a => a", "message_rows: p | b => b"];
    expect(&rows.each_ref().map(String::as_str), &wanted);
    // Newest first, in a list.
    let newest: Vec<&str> = rows.iter().rev().map(String::as_str).collect();
    expect(&[&format!("[{}]", newest.join(","))], &[wanted[1], wanted[0]]);
    is_rejected(&[&rows[0]], "the agent says and does nothing in it");
}

#[test]
fn a_thread_of_a_team_is_told_by_what_was_said_in_it() {
    let said = |who: &str, words: &str| {
        format!(r#"{{"type": "TextMessage", "source": "{who}", "content": "{words}"}}"#)
    };
    let state = |thread: &str| {
        format!(
            r#"{{"type": "TeamState", "agent_states": {{"manager": {{"message_thread": [{thread}], "current_turn": 0}}}}}}"#
        )
    };
    let thread = [said("user", "q"), said("a", "TERMINATE"), said("b", "r TERMINATE")].join(",");
    expect(&[&state(&thread)], &["autogen_state: q | r => r"]);
    is_rejected(&[&state("")], "the agent says and does nothing in it");
}

#[test]
fn rollouts_of_one_task_are_runs_of_their_own() {
    let episode = |answer: &str, correct: bool| {
        format!(
            r#"{{"id": "t:0", "task": {{"ground_truth": "SECRET"}}, "is_correct": {correct}, "termination_reason": "env_done", "trajectories": [{{"steps": [{{"chat_completions": [{{"role": "user", "content": "q"}}, {{"role": "assistant", "content": "{answer}"}}]}}], "reward": null}}]}}"#
        )
    };
    let log = [episode("a", true), episode("b", false)];
    let (found, _) = read(log.join("\n").as_bytes());
    let labels: Vec<Option<bool>> = found.runs.iter().map(|run| run.success).collect();
    assert_eq!(labels, [Some(true), Some(false)]);
    assert!(found.runs.iter().all(|run| !format!("{run:?}").contains("SECRET")));
    expect(&log.each_ref().map(String::as_str), &["rl_episodes: q | a => a", "rl_episodes: q | b => b"]);
}

#[test]
fn sessions_of_pi_end_where_the_last_entry_stands() {
    let entry = |id: &str, parent: &str, role: &str, rest: &str| {
        format!(
            r#"{{"type": "message", "id": "{id}", "parentId": {parent}, "timestamp": "t", "message": {{"role": "{role}", {rest}}}}}"#
        )
    };
    let head = r#"{"type": "session", "version": 3, "id": "s", "timestamp": "t", "cwd": "/"}"#;
    let asked = entry("1", "null", "user", r#""content": "q""#);
    let gone = entry("2", "\"1\"", "assistant", r#""content": [{"type": "text", "text": "a"}]"#);
    let failed = entry(
        "3",
        "\"1\"",
        "assistant",
        r#""content": [{"type": "toolCall", "id": "c", "name": "f", "arguments": {}}], "stopReason": "aborted""#,
    );
    expect(&[head, &asked, &gone, &failed], &["pi: q | f() !! aborted"]);
    expect(&[head, &asked, &failed, &gone], &["pi: q | a => a"]);
}

#[test]
fn lines_of_aider_that_lost_their_breaks_are_told_by_their_marks() {
    let session = |line_break: &str| {
        format!(
            "# aider chat started at 2026-01-01 00:00:00\n\n#### q{line_break}\n\na.py\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n\n> Applied edit to a.py{line_break}\n\n#### /exit{line_break}\n"
        )
    };
    for line_break in ["  ", ""] {
        expect(&[&session(line_break)], &["aider: q | edit() = Applied edit to a.py"]);
    }
    is_rejected(&["# aider chat started at 2026-01-01 00:00:00\n\n#### /exit  \n"], "no run was found in it");
}
