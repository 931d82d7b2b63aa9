//! Records that are nearly of a format, and what they are: a shape that two harnesses share must not be
//! taken for the one that is known better.

use crate::read;

fn format_of(record: &str) -> Option<&'static str> {
    let (found, _) = read(record.as_bytes());
    found.runs.first().map(|run| run.format)
}

#[test]
fn records_that_are_nearly_of_a_format_are_what_they_are() {
    let chat = |user: &str, agent: &str| {
        format!(
            r#"{{"messages": [{{"role": "user", "content": {user:?}}}, {{"role": "assistant", "content": {agent:?}}}]}}"#
        )
    };
    for (record, format) in [
        // Cline's words in chats of others.
        (chat("<task>Add a test</task>", "Done."), Some("openai_chat")),
        (chat("What does [read_file for 'x'] Result: mean?", "A header."), Some("openai_chat")),
        (chat("Write a page", "<div><p>Hi</p></div>"), Some("openai_chat")),
        (chat("<task>Add a test</task>", "<read_file>\n<path>a.py</path>\n</read_file>"), Some("cline")),
        (chat("Fix it\n<environment_details>\nx\n</environment_details>", "Done."), Some("cline")),
        // What has `info`, `messages` or `parts`, and is no session of OpenCode.
        (
            r#"{"info": {"id": "1"}, "messages": [{"role": "user", "content": "Hi"}]}"#.to_owned(),
            Some("openai_chat"),
        ),
        (
            r#"{"messages": [{"role": "user", "parts": [{"type": "text", "text": "Hi"}]}, {"role": "assistant", "parts": [{"type": "text", "text": "Hello"}]}]}"#.to_owned(),
            Some("openai_chat"),
        ),
        (r#"{"type": "text", "sessionID": "s", "text": "Hi"}"#.to_owned(), None),
        (r#"{"type": "error", "sessionID": "s", "error": "gone"}"#.to_owned(), None),
        // What judges and harnesses log beside runs.
        (
            r#"{"judge": "a", "judge_model_name": "m", "goal": "g", "response": {"choices": [{"message": {"role": "assistant", "content": "Status: success"}}]}, "chat_messages": {"regular": [{"role": "user", "content": "The history: …"}]}}"#.to_owned(),
            None,
        ),
        (
            r#"{"type": "WebSurferEvent", "source": "WebSurfer", "url": "u", "action": "click", "arguments": {"target_id": 1}}"#.to_owned(),
            None,
        ),
        (r#"{"step": 0, "prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]}"#.to_owned(), None),
        (
            r#"{"response": {"output": [{"type": "computer_call", "call_id": "c", "action": {"type": "wait"}}], "usage": {}}, "created_at": "1"}"#.to_owned(),
            None,
        ),
        // Tasks, requests and pairs, on which nobody worked.
        (r#"{"id": "1", "messages": [{"role": "user", "content": "Hi"}], "answer": "4"}"#.to_owned(), None),
        (r#"{"input": [{"role": "user", "content": "Hi"}], "ideal": "4"}"#.to_owned(), None),
        (r#"{"input": [{"role": "user", "content": "Hi"}], "constraints": [{"id": 0}]}"#.to_owned(), None),
        (
            r#"{"dataset_id": "d", "inputs": {"messages": [{"role": "user", "content": "Hi"}]}, "outputs": {"answer": "a"}}"#.to_owned(),
            None,
        ),
        (
            r#"{"custom_id": "1", "method": "POST", "url": "/v1", "body": {"messages": [{"role": "user", "content": "Hi"}]}}"#.to_owned(),
            None,
        ),
        (
            r#"{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "assistant", "content": "a"}], "rejected": [{"role": "assistant", "content": "b"}]}"#.to_owned(),
            None,
        ),
        (
            r#"{"origin_prompt": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "a"}, {"role": "user", "content": "Go"}], "ground_truth": {"name": "f"}}"#.to_owned(),
            None,
        ),
        (
            r#"{"id": "1", "question": [[{"role": "user", "content": "Hi"}], [{"role": "user", "content": "Go"}]], "initial_config": {}}"#.to_owned(),
            None,
        ),
        // Letters, edges, what a server says of its tools, and a prompt with places to fill.
        (r#"[{"from": "a@x.org", "to": "b@x.org", "value": "Hi"}]"#.to_owned(), None),
        (r#"{"messages": [{"from": "a", "content": "Hi"}, {"from": "b", "content": "Hello"}]}"#.to_owned(), None),
        (
            r#"{"level": "info", "msg": "tool registered", "tool": "f", "args": {}, "ts": 1.0}"#.to_owned(),
            None,
        ),
        (
            "Question: the question\nThought: think\nAction: one of [{tool_names}]\nAction Input: the input\nObservation: the result\n".to_owned(),
            None,
        ),
        // What has a `history`, and is none of browser-use.
        (
            r#"{"history": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}"#.to_owned(),
            Some("openai_chat"),
        ),
        (r#"{"history": [{"model_output": "a", "result": "b", "state": "c"}]}"#.to_owned(), None),
        // What has an id and a result, and is none of BFCL.
        (r#"{"id": "a", "result": "b"}"#.to_owned(), None),
        (r#"{"id": "a", "result": "b", "latency": 1}"#.to_owned(), None),
        (r#"{"accuracy": 0.5, "epoch": 3}"#.to_owned(), None),
        (
            r#"{"id": "a", "result": "b", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}"#.to_owned(),
            Some("openai_chat"),
        ),
        // What has the spans, traces, events or results of no tracer.
        (r#"{"trace": {"id": "1", "start_time": "t"}, "spans": [{"id": "2"}]}"#.to_owned(), None),
        (r#"{"type": "trace", "message": "on", "created_at": "t"}"#.to_owned(), None),
        (r#"{"trace_id": "1", "spans": [{"span_id": "2", "type": "llm"}]}"#.to_owned(), None),
        (r#"{"span_id": "1", "trace_id": "2", "start_ns": 3, "meta": {"http.method": "GET"}}"#.to_owned(), None),
        (r#"{"op_name": "add", "inputs": {"a": 1}, "output": 2}"#.to_owned(), None),
        (r#"{"event": "$ai_generation", "properties": {"a": 1}}"#.to_owned(), None),
        (r#"{"request_id": "1", "request_body": {}, "status": 200}"#.to_owned(), None),
        (r#"{"results": {"results": [{"success": true, "score": 1}]}}"#.to_owned(), None),
        (r#"{"traces": [{"nodes": [{"id": 1}]}]}"#.to_owned(), None),
        (r#"{"turns": [{"role": "user", "content": "Hi"}]}"#.to_owned(), Some("openai_chat")),
        // What has a transcript, items, a trajectory or a thread, and is none of those who have them in a shape of their own.
        (r#"{"conversation_id": "a", "transcript": "Agent: Hello. User: Hi."}"#.to_owned(), None),
        (r#"{"items": [{"type": "book", "name": "Kim"}, {"type": "message", "text": "Hi"}]}"#.to_owned(), None),
        (r#"{"type": "error", "event_id": 7, "error": "gone"}"#.to_owned(), None),
        (
            r#"{"id": "1", "object": "thread.message", "thread_id": "t", "role": "assistant", "content": "Hi"}"#.to_owned(),
            Some("message_lines"),
        ),
        (
            r#"[{"id": "1", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}, {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}]"#.to_owned(),
            Some("responses"),
        ),
        // A message with calls of the Vercel SDK is still a message of a chat.
        (
            r#"{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "toolInvocations": []}]}"#.to_owned(),
            Some("openai_chat"),
        ),
        // What chat programs have too, and is of none of them.
        (
            r#"{"version": "0.3.0", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}"#.to_owned(),
            Some("openai_chat"),
        ),
        (
            r#"{"conversationId": "c", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}"#.to_owned(),
            Some("openai_chat"),
        ),
        (r#"{"mapping": {"a": 1}, "current_node": "a"}"#.to_owned(), None),
        (r#"{"requests": [{"url": "a", "response": "b"}]}"#.to_owned(), None),
        (r#"{"type": "session.start", "data": {"sessionId": "s"}, "timestamp": 1}"#.to_owned(), None),
        // What has the rows, states, sessions, tasks or events of no framework.
        (r#"{"id": 1, "session_id": "s", "message": "Hello"}"#.to_owned(), None),
        (r#"{"id": 1, "session_id": "s", "message": {"type": "log", "text": "Hello"}}"#.to_owned(), None),
        (r#"{"type": "progress", "sessionId": "s", "message": {"role": "user", "content": "Hi"}}"#.to_owned(), None),
        (r#"{"id": 1, "message": {"role": "assistant", "content": "Hi"}}"#.to_owned(), None),
        (r#"{"agent_states": {"a": {"status": "idle"}}}"#.to_owned(), None),
        (r#"{"task": {"content": "Go"}, "team_result": null}"#.to_owned(), None),
        (r#"{"type": "message", "message": {"role": "user", "content": "Hi"}}"#.to_owned(), None),
        (r#"{"type": "session", "id": "s", "user": "u"}"#.to_owned(), None),
        (r#"{"run_id": "1", "agent_id": "a", "status": "ok"}"#.to_owned(), None),
        (r#"{"session_id": "s", "runs": [1, 2], "metadata": {}}"#.to_owned(), None),
        (r#"{"trajectories": [{"steps": [{"x": 1}]}], "is_correct": true}"#.to_owned(), None),
        (r#"{"description": "d", "raw": "r", "agent": "a"}"#.to_owned(), None),
        (r#"{"task": "t", "agent": "a", "status": "completed", "output": "o"}"#.to_owned(), None),
        (r#"{"tool_name": "f", "tool_kwargs": {}}"#.to_owned(), None),
        (r#"{"current_agent_name": "a", "response": "Hi"}"#.to_owned(), None),
        (r#"{"role": "User", "content": "Hi"}"#.to_owned(), None),
        (r#"{"messages": [{"versions": [{"role": "user"}]}]}"#.to_owned(), None),
        (r#"{"conversationHistory": [{"messages": [{"role": "user", "content": "Hi"}]}]}"#.to_owned(), Some("openai_chat")),
        ("# Notes\n\n#### A heading\n\n> A quotation\n".to_owned(), None),
        ("2026-02-03 10:00:00: it rains\n".to_owned(), None),
        ("INFO     [agent] started\nINFO     [agent] stopped\n".to_owned(), None),
        ("_**User**_ and _**Agent**_ are names.\n".to_owned(), None),
        // Other protocols that speak JSON-RPC.
        (r#"{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": 1}}"#.to_owned(), None),
        (
            r#"{"jsonrpc": "2.0", "id": 1, "result": {"kind": "task", "history": [{"role": "user", "parts": []}]}}"#.to_owned(),
            None,
        ),
    ] {
        assert_eq!(format_of(&record), format, "{record}");
    }
}
