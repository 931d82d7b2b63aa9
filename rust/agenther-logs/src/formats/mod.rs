//! The formats, one file each. Adding one: a file here with a module comment (where the shape comes
//! from, what maps to what, which fields leak the label), and one line in [`FORMATS`].

mod adp;
mod agent_framework;
mod agent_net;
mod agent_reward_bench;
mod agenther;
mod agentrx;
mod agents_sdk;
mod agno;
mod ai_sdk;
mod aide;
mod aider;
mod android_lab;
mod android_world;
mod api_bank;
mod app_agent;
mod appworld;
mod atif;
mod autogen_chat;
mod autogen_console;
mod autogen_events;
mod autogen_state;
mod autogpt_log;
mod azure_evaluation;
mod bedrock_agents;
mod bfcl;
mod braintrust;
mod browsecomp_plus;
mod browser_use;
mod browser_use_cloud;
mod browser_use_traces;
mod chain_log;
mod chat_export;
mod chat_memory;
mod chatgpt;
mod cherry_studio;
mod ck_pro;
mod claude_ai;
mod claude_code;
mod claude_terminal;
mod cli_events;
mod cline;
mod codex;
mod command_log;
mod console_log;
mod continue_dev;
mod copilot_chat;
mod copilot_cli;
mod copilot_studio;
mod coze;
mod crewai;
mod crewai_events;
mod crewai_log;
mod da_code;
mod datadog_llmobs;
mod deepeval;
mod dify;
mod dspy;
mod fastgpt;
mod flowise;
mod galileo;
mod gemini;
mod google_adk;
mod helicone;
mod hf_agent_trace;
mod inspect;
mod intercode;
mod kimi;
mod labelled_log;
mod langchain_agent;
mod langchain_events;
mod langfuse;
mod langgraph;
mod langgraph_text;
mod langsmith;
mod langwatch;
mod lats;
mod letta;
mod librechat;
mod livekit;
mod llamaindex_events;
mod lm_studio;
mod log_text;
mod magentic_one;
mod manus;
mod mcp;
mod message_lines;
mod message_rows;
mod mini_swe_agent;
mod mint;
mod mlflow;
mod moatless;
mod mobile_agent_e;
mod nyu_ctf;
mod online_mind2web;
mod open_webui;
mod openai_assistants;
pub(crate) mod openai_chat;
mod openai_evals;
mod openai_realtime;
mod opencode;
mod openhands;
mod openinference;
mod opik;
mod osworld;
mod otel;
mod owl;
mod pi;
mod playwright_mcp;
mod posthog;
mod promptfoo;
mod qwen_code;
mod r2e_gym;
mod react;
mod react_text;
mod reflexion;
mod responses;
mod rl_episodes;
mod rollout;
mod skyvern;
mod smolagents;
mod smolagents_log;
mod specstory;
mod step_list;
mod swe_agent;
mod tapeagents;
mod taskweaver;
mod tau_bench;
mod team_log;
mod terminus;
mod tool_sandbox;
mod toolbench;
mod tooleval;
mod toolllama;
mod trae_agent;
mod travel_planner;
mod ufo;
mod verifiers;
mod voice_call;
mod weave;
mod web_agent_chat;
mod web_shop;
mod web_surfer;
mod web_voyager;
mod webarena;
mod world_steps;
mod zed;

pub(crate) use openai_chat::tools_of;

use std::borrow::Cow;
use std::ops::Range;

use crate::beside::Beside;
use crate::blank::is_blank;
use crate::identity::fingerprint;
use crate::json::{Keys, ObjectWriter, Value};
use crate::labels::{is_unread_label, without_labels};
use crate::run::{Run, RunStep, Text};

pub(crate) use openai_chat::{completion_of, messages_of, schemas, tools_of as tool_schemas};

/// Every format, in order of precedence where two fit a record equally well.
pub const FORMATS: &[&dyn Format] = &[
    &agenther::AgentHer,
    &agentrx::AgentRx,
    &qwen_code::QwenCode,
    &cli_events::CliEvents,
    &claude_code::ClaudeCode,
    &cline::Cline,
    &opencode::OpenCode,
    &codex::Codex,
    &trae_agent::TraeAgent,
    &kimi::Kimi,
    &copilot_cli::CopilotCli,
    &copilot_chat::CopilotChat,
    &continue_dev::Continue,
    &zed::Zed,
    &pi::Pi,
    &chatgpt::ChatGpt,
    &claude_ai::ClaudeAi,
    &librechat::LibreChat,
    &open_webui::OpenWebUi,
    &lm_studio::LmStudio,
    &cherry_studio::CherryStudio,
    &mcp::Mcp,
    &google_adk::GoogleAdk,
    &ai_sdk::AiSdk,
    &chat_memory::ChatMemory,
    &copilot_studio::CopilotStudio,
    &azure_evaluation::AzureEvaluation,
    &crewai_events::CrewAiEvents,
    &openai_evals::OpenAiEvals,
    &bedrock_agents::BedrockAgents,
    &langfuse::Langfuse,
    &langsmith::LangSmith,
    &agents_sdk::AgentsSdk,
    &braintrust::Braintrust,
    &weave::Weave,
    &opik::Opik,
    &datadog_llmobs::DatadogLlmobs,
    &posthog::PostHog,
    &langwatch::LangWatch,
    &galileo::Galileo,
    &helicone::Helicone,
    &verifiers::Verifiers,
    &deepeval::DeepEval,
    &promptfoo::Promptfoo,
    &voice_call::VoiceCall,
    &livekit::LiveKit,
    &openai_realtime::OpenAiRealtime,
    &dify::Dify,
    &dspy::Dspy,
    &coze::Coze,
    &fastgpt::FastGpt,
    &manus::Manus,
    &flowise::Flowise,
    &letta::Letta,
    &openai_assistants::OpenAiAssistants,
    &responses::Responses,
    &gemini::Gemini,
    &openinference::OpenInference,
    &mlflow::Mlflow,
    &otel::Otel,
    &bfcl::Bfcl,
    &browser_use::BrowserUse,
    &browser_use_traces::BrowserUseTraces,
    &browsecomp_plus::BrowseCompPlus,
    &tau_bench::TauBench,
    &mint::Mint,
    &intercode::InterCode,
    &inspect::Inspect,
    &atif::Atif,
    &da_code::DaCode,
    &r2e_gym::R2eGym,
    &aide::Aide,
    &moatless::Moatless,
    &nyu_ctf::NyuCtf,
    &tool_sandbox::ToolSandbox,
    &travel_planner::TravelPlanner,
    &swe_agent::SweAgent,
    &mini_swe_agent::MiniSweAgent,
    &openhands::OpenHands,
    &adp::Adp,
    &smolagents::Smolagents,
    &tapeagents::TapeAgents,
    &web_voyager::WebVoyager,
    &terminus::Terminus,
    &osworld::OsWorld,
    &android_lab::AndroidLab,
    &agent_net::AgentNet,
    &ufo::Ufo,
    &agent_reward_bench::AgentRewardBench,
    &online_mind2web::OnlineMind2Web,
    &app_agent::AppAgent,
    &android_world::AndroidWorld,
    &mobile_agent_e::MobileAgentE,
    &web_surfer::WebSurfer,
    &browser_use_cloud::BrowserUseCloud,
    &skyvern::Skyvern,
    &web_shop::WebShop,
    &web_agent_chat::WebAgentChat,
    &hf_agent_trace::HfAgentTrace,
    &toolbench::ToolBench,
    &tooleval::ToolEval,
    &toolllama::ToolLlama,
    &reflexion::Reflexion,
    &langchain_agent::LangchainAgent,
    &langchain_events::LangChainEvents,
    &langgraph::LangGraph,
    &autogen_chat::AutogenChat,
    &autogen_state::AutogenState,
    &autogen_events::AutogenEvents,
    &magentic_one::MagenticOne,
    &owl::Owl,
    &ck_pro::CkPro,
    &taskweaver::TaskWeaver,
    &agno::Agno,
    &agent_framework::AgentFramework,
    &llamaindex_events::LlamaIndexEvents,
    &rl_episodes::RlEpisodes,
    &world_steps::WorldSteps,
    &api_bank::ApiBank,
    &crewai::CrewAi,
    &rollout::Rollout,
    &react::React,
    &step_list::StepList,
    &openai_chat::OpenAiChat,
    &log_text::LogText,
    &message_rows::MessageRows,
    &message_lines::MessageLines,
];

/// Every format whose logs are not JSON.
pub const TEXT_FORMATS: &[&dyn TextFormat] = &[
    &appworld::AppWorld,
    &webarena::WebArena,
    &lats::Lats,
    &playwright_mcp::PlaywrightMcp,
    &specstory::SpecStory,
    &aider::Aider,
    &crewai_log::CrewAiLog,
    &autogen_console::AutogenConsole,
    &chain_log::ChainLog,
    &langgraph_text::LangGraphText,
    &smolagents_log::SmolagentsLog,
    &claude_terminal::ClaudeTerminal,
    &chat_export::ChatExport,
    &team_log::TeamLog,
    &autogpt_log::AutoGptLog,
    &labelled_log::LabelledLog,
    &console_log::ConsoleLog,
    &react_text::ReactText,
    &command_log::CommandLog,
];

/// The names of all formats.
pub fn names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name()).chain(TEXT_FORMATS.iter().map(|format| format.name()))
}

/// One shape of log record.
pub trait Format: Sync {
    /// Its name, as it stands in `source.format`.
    fn name(&self) -> &'static str;

    /// The fields that make the shape, for the sentence that tells people what can be read.
    fn shape(&self) -> &'static str;

    /// 0 when the record cannot be of this format, up to 100 when it is surely. Looks at a few
    /// fields only; a record that was cut off must not score more than a whole one.
    fn score(&self, record: Value<'_, '_>) -> u8;

    /// A format whose records have this shape and more, for files in which both stand.
    fn narrower(&self) -> Option<&'static dyn Format> {
        None
    }

    /// Whether a record of it is told by standing on a line of its own: inside a document it is a part of something else.
    fn only_on_lines(&self, record: Value<'_, '_>) -> bool {
        let _ = record;
        false
    }

    /// Whether a record that does not tell of this format is of it where those before are: what loggers write between steps.
    fn goes_on_with(&self, record: Value<'_, '_>) -> bool {
        let _ = record;
        false
    }

    /// The pieces of runs that a record holds, for formats whose runs are spread over records (the
    /// spans of a trace, the lines of a session) or whose records hold several runs. `None`: the
    /// record is a run. An empty list: it is understood, and there is nothing of a run in it.
    ///
    /// The reader collects the pieces of each run over the whole file and hands them to
    /// [`Format::read`] as one record: a JSON array of them, in the order of the file.
    fn pieces<'t, 'a>(&self, record: Value<'t, 'a>) -> Option<Vec<Piece<'t, 'a>>> {
        let _ = record;
        None
    }

    /// Whether pieces that were put together tell nothing that another run does not tell.
    fn is_settled(&self, pieces: Value<'_, '_>) -> bool {
        let _ = pieces;
        false
    }

    /// The run of a record that scored; else what is missing, as in "it has no steps".
    fn read<'a>(&self, record: &Record<'_, 'a>) -> Result<Run<'a>, String>;
}

/// A part of a run.
pub struct Piece<'t, 'a> {
    /// The id of its run: of the trace, of the session. `None`: that of the piece before it, or,
    /// before the first id of the file, that of the piece after it.
    pub run: Option<Text<'a>>,
    /// The part of the record that goes to the run.
    pub value: Value<'t, 'a>,
}

/// A log that is not JSON.
pub trait TextFormat: Sync {
    /// Its name, as it stands in `source.format`.
    fn name(&self) -> &'static str;

    /// What its text looks like, for the sentence that tells people what can be read.
    fn shape(&self) -> &'static str;

    /// 0 to 100, as [`Format::score`], from the first megabyte of a file.
    fn score(&self, head: &str) -> u8;

    /// Where the records lie in the text of a file, in order.
    fn split(&self, text: &str) -> Vec<Range<usize>>;

    /// The run of one of them; else what is missing.
    fn read<'a>(&self, record: &TextRecord<'_, 'a>) -> Result<Run<'a>, String>;
}

/// One record of a log that is not JSON.
pub struct TextRecord<'t, 'a> {
    /// Its text.
    pub text: &'a str,
    /// Its number in the file, from 0.
    pub number: u64,
    /// Name of the file, bare.
    pub stem: &'t str,
    /// What lies beside the file.
    pub beside: &'t dyn Beside,
}

/// A parsed record and where it stands.
pub struct Record<'t, 'a> {
    /// Its JSON.
    pub value: Value<'t, 'a>,
    /// Its key in an object keyed by id; the id that its pieces gave it.
    pub key: Option<&'t str>,
    /// Its number in the file, from 0.
    pub number: u64,
    /// Name of the file, bare.
    pub stem: &'t str,
    /// Its text.
    pub text: &'a str,
    /// What lies beside the file.
    pub beside: &'t dyn Beside,
}

/// Keys that name a run (not the task, of which there may be many runs).
static RUN_ID: Keys = Keys::new(&[
    "trajectory_id",
    "traj_id",
    "run_id",
    "id",
    "uuid",
    "trace_id",
    "session_id",
    "conversation_id",
    "custom_id",
]);

impl<'a> Record<'_, 'a> {
    fn logged_id(&self) -> Option<(&'static str, Text<'a>)> {
        self.value.among(&RUN_ID).find_map(|(key, id)| Some((key, id.scalar().and_then(filled)?)))
    }

    /// The log's own id of the run, else file and number of the record.
    pub fn run_id(&self) -> Text<'a> {
        let numbered = || format!("{}-{}", self.stem, self.number).into();
        self.logged_id().map_or_else(numbered, |(_, id)| id)
    }

    /// An id made of the task's and a fingerprint of the record: the same task is run again in
    /// other files, by other agents, and a run must be told from those.
    pub fn task_run_id(&self, task: &str) -> Text<'a> {
        [task, "-", &fingerprint(self.text)].concat().into()
    }
}

/// Longest JSON of one field that is copied to the metadata.
pub(crate) const METADATA_FIELD: usize = 1 << 14;

/// What the answer should have been, by the names that data sets give it: a leak, wherever it stands.
static REFERENCE: Keys = Keys::new(&[
    "ground_truth",
    "groundtruth",
    "gold",
    "gold_answer",
    "gt_answer",
    "golden_answer",
    "golden_answers",
    "gt",
    "reference",
    "reference_answer",
    "expected",
    "expected_answer",
    "expected_output",
    "correct_answer",
    "true_answer",
    "target",
]);
/// Whom a judge blamed for a failure, and why.
static BLAMED: Keys = Keys::new(&["mistake_agent", "mistake_step", "mistake_reason"]);

/// Whether a field of this name tells what the answer should have been, or what a judge found wrong.
pub(crate) fn is_reference(key: &str) -> bool {
    REFERENCE.contains(key) || BLAMED.contains(key)
}

/// Whether a record holds a list of steps under the names of logs of one house, which no product writes there.
pub(crate) fn has_own_steps(record: Value<'_, '_>) -> bool {
    ["steps", "trajectory", "actions"]
        .iter()
        .any(|key| record.items_of(key).next().is_some_and(|step| step.is_object() || step.is_string()))
}

/// Whether a record holds steps or a goal under such names.
pub(crate) fn is_of_house(record: Value<'_, '_>) -> bool {
    const GOALS: &[&str] = &["task", "goal", "instruction", "objective", "query", "question", "prompt"];
    has_own_steps(record) || record.text_of(GOALS).is_some()
}

/// Copies the members of a record that no other field took to the metadata, with labels that say nothing to
/// [`read_labels`](crate::labels::read_labels); long ones and reference answers stay behind.
pub(crate) fn copy_rest(out: &mut ObjectWriter, record: &Record<'_, '_>, taken: impl Fn(&str) -> bool) {
    let id = record.logged_id().map(|(key, _)| key);
    let is_rest = |key: &str, value| (!taken(key) || is_unread_label(key, value)) && !is_reference(key);
    for (key, value) in
        record.value.members().filter(|(key, value)| Some(&**key) != id && is_rest(key, *value))
    {
        let json = without_labels(record.value, &key, value).filter(|json| json.len() <= METADATA_FIELD);
        if let Some(json) = json.filter(|_| !value.is_null()) {
            out.json(&key, &json);
        }
    }
}

/// Tools of which the log has the names only, in OpenAI's shape.
pub(crate) fn named_tools<'t, 'a: 't>(names: impl Iterator<Item = Value<'t, 'a>>) -> Option<Text<'static>> {
    let tool = |name: Value<'_, '_>| {
        let mut function = ObjectWriter::default();
        function.text("name", &name.text()?);
        let mut tool = ObjectWriter::default();
        tool.text("type", "function").json("function", &function.finish()?);
        tool.finish()
    };
    let tools: Vec<String> = names.filter_map(tool).collect();
    (!tools.is_empty()).then(|| format!("[{}]", tools.join(", ")).into())
}

/// Refuses steps of which none is by the agent.
pub(crate) fn by_agent(steps: &[RunStep<'_>]) -> Result<(), String> {
    let is_by_agent = |step: &RunStep<'_>| step.thought.is_some() || step.action_name.is_some();
    let refusal = || "the agent says and does nothing in it".to_owned();
    steps.iter().any(is_by_agent).then_some(()).ok_or_else(refusal)
}

/// A text worth keeping: `None` for a blank one.
pub(crate) fn filled(text: Text<'_>) -> Option<Text<'_>> {
    (!is_blank(&text)).then_some(text)
}

/// The part of `text` that `cut` leaves; borrows where the text does.
pub(crate) fn part_of<'a>(text: &Text<'a>, cut: impl Fn(&str) -> &str) -> Text<'a> {
    within(text, cut(text))
}

/// A part of `text`, as a text that borrows where `text` does.
pub(crate) fn within<'a>(text: &Text<'a>, part: &str) -> Text<'a> {
    match text {
        Cow::Borrowed(text) => {
            let start = part.as_ptr() as usize - text.as_ptr() as usize;
            Cow::Borrowed(&text[start..start + part.len()])
        }
        Cow::Owned(_) => Cow::Owned(part.to_owned()),
    }
}

/// What to tell a person whose record no format takes.
pub(crate) fn shape_sentence(record: Value<'_, '_>) -> String {
    let seen = if record.is_object() {
        let keys: Vec<String> = record.members().take(8).map(|(key, _)| quoted(&key)).collect();
        format!(
            "an object with the keys {}",
            if keys.is_empty() { "(none)".to_owned() } else { keys.join(", ") }
        )
    } else if let Some(first) = record.items().next() {
        let keys: Vec<String> = first.members().take(8).map(|(key, _)| quoted(&key)).collect();
        let inside = if keys.is_empty() {
            first.kind_name().to_owned()
        } else {
            format!("objects with {}", keys.join(", "))
        };
        format!("an array of {inside}")
    } else {
        record.kind_name().to_owned()
    };
    format!(
        "The record is {seen}; no format has this shape.{} To have a mapping drafted for such records, try \
         `agenther formats --suggest FILE`.",
        closest(record).unwrap_or_default()
    )
}

/// The format that the record shares most fields with, and those that it lacks.
fn closest(record: Value<'_, '_>) -> Option<String> {
    let shared = |format: &&dyn Format| {
        let named = fields_of(format.shape());
        let (there, missing): (Vec<_>, Vec<_>) =
            named.partition(|field| field.split('.').try_fold(record, |value, key| value.get(key)).is_some());
        (there.len(), format.name(), missing)
    };
    let (there, name, missing) = FORMATS
        .iter()
        .map(shared)
        .filter(|(_, _, missing)| !missing.is_empty())
        .rev()
        .max_by_key(|(there, _, missing)| 100 * there / (there + missing.len()))?;
    let missing: Vec<String> = missing.into_iter().take(4).map(quoted).collect();
    (there > 0 && there >= missing.len())
        .then(|| format!(" The closest is {name}, for which it lacks {}.", missing.join(", ")))
}

/// The fields of a record between backquotes in the shape of a format, without what is said of
/// their insides and of other ways to write it.
fn fields_of(shape: &'static str) -> impl Iterator<Item = &'static str> {
    let is_field =
        |text: &&str| text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'));
    let outer = shape.split(" of ").next().unwrap_or(shape).split(", or ").next().unwrap_or(shape);
    outer.split('`').skip(1).step_by(2).filter(is_field)
}

fn quoted(key: &str) -> String {
    let short: String = key.chars().take(40).collect();
    format!("`{}`", short.escape_debug())
}
