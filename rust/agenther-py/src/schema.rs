//! The dtypes of everything that leaves this crate: the one table that the field functions, the
//! builders and (by a test) `agenther.schema` in Python share.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields};

const TEXT: DataType = DataType::Utf8View;

fn fields<const N: usize>(fields: [(&str, DataType); N]) -> Fields {
    fields.into_iter().map(|(name, dtype)| Field::new(name, dtype, true)).collect()
}

/// The list type as Polars names its parts.
pub fn list_of(item: DataType) -> DataType {
    DataType::LargeList(Arc::new(Field::new("item", item, true)))
}

fn records(item: Fields) -> DataType {
    list_of(DataType::Struct(item))
}

/// A row of the trajectory frame.
pub fn trajectory() -> Fields {
    fields([
        ("trajectory_id", TEXT),
        ("original_prompt", TEXT),
        ("system", TEXT),
        ("tools", TEXT),
        ("steps", records(step())),
        ("final_answer", TEXT),
        ("success", DataType::Boolean),
        ("reward", DataType::Float64),
        ("failure_reason", TEXT),
        ("metadata", TEXT),
        ("source", DataType::Struct(source())),
    ])
}

/// The wanted columns of the trajectory frame, in the frame's order; `None` means all.
pub fn trajectory_of(wanted: Option<&[String]>) -> Fields {
    let is_wanted = |name: &String| wanted.is_none_or(|wanted| wanted.contains(name));
    trajectory().iter().filter(|field| is_wanted(field.name())).cloned().collect()
}

/// Why a row that `from_messages` was given is no run.
pub fn unreadable() -> Fields {
    fields([("reason", TEXT), ("sentence", TEXT)])
}

/// A step of a run.
pub fn step() -> Fields {
    fields([
        ("user", TEXT),
        ("thought", TEXT),
        ("action_name", TEXT),
        ("action_input", TEXT),
        ("observation", TEXT),
        ("error", DataType::Boolean),
    ])
}

/// Where a run was read from.
pub fn source() -> Fields {
    fields([("format", TEXT), ("path", TEXT), ("record", DataType::UInt64)])
}

/// A record that could not be read.
pub fn reject() -> Fields {
    fields([
        ("path", TEXT),
        ("record", DataType::UInt64),
        ("offset", DataType::UInt64),
        ("format", TEXT),
        ("reason", TEXT),
        ("sentence", TEXT),
        ("raw", DataType::BinaryView),
    ])
}

/// What came of a file.
pub fn file() -> Fields {
    fields([
        ("path", TEXT),
        ("format", TEXT),
        ("records", DataType::UInt64),
        ("runs", DataType::UInt64),
        ("rejects", DataType::UInt64),
        ("bytes", DataType::UInt64),
    ])
}

/// What a file is found to be.
pub fn detection() -> Fields {
    fields([
        ("path", TEXT),
        ("format", TEXT),
        ("confidence", DataType::Float32),
        ("runner_up", TEXT),
        ("runner_up_confidence", DataType::Float32),
        ("layout", TEXT),
    ])
}

/// What `classify` gives.
pub fn verdict() -> Fields {
    fields([
        ("is_failure", DataType::Boolean),
        ("failure_type", TEXT),
        ("failure_probability", DataType::Float32),
        ("scores", DataType::Struct(scores())),
        ("severity", DataType::Float32),
        ("weight", DataType::Float32),
        ("recoverable", DataType::Boolean),
        ("failed_step", DataType::UInt32),
        ("labels", list_of(TEXT)),
        ("evidence", records(evidence())),
    ])
}

/// One score for each failure type.
pub fn scores() -> Fields {
    agenther_core::verdict::FailureType::ALL
        .iter()
        .map(|failure_type| Field::new(failure_type.name(), DataType::Float32, true))
        .collect()
}

/// One hit of one rule.
pub fn evidence() -> Fields {
    fields([
        ("rule", TEXT),
        ("failure_type", TEXT),
        ("label", TEXT),
        ("step", DataType::UInt32),
        ("field", TEXT),
        ("start", DataType::UInt32),
        ("end", DataType::UInt32),
    ])
}

/// What `extract` gives.
pub fn outcome() -> Fields {
    fields([
        ("achievements", records(achievement())),
        ("facts", records(fact())),
        ("failed_attempts", records(failed_attempt())),
    ])
}

/// A step that worked.
pub fn achievement() -> Fields {
    fields([("step", DataType::UInt32), ("tool", TEXT), ("effect", TEXT), ("text", TEXT)])
}

/// A fact in an observation.
pub fn fact() -> Fields {
    fields([
        ("step", DataType::UInt32),
        ("kind", TEXT),
        ("text", TEXT),
        ("value", DataType::Float64),
        ("unit", TEXT),
        ("start", DataType::UInt32),
        ("end", DataType::UInt32),
    ])
}

/// A step that did not work.
pub fn failed_attempt() -> Fields {
    fields([("step", DataType::UInt32), ("tool", TEXT), ("cause", TEXT)])
}

/// One hindsight goal; `relabel` gives a list of them.
pub fn hindsight() -> Fields {
    fields([
        ("goal", TEXT),
        ("answer", TEXT),
        ("strategy", TEXT),
        ("wording", TEXT),
        ("first_step", DataType::UInt32),
        ("last_step", DataType::UInt32),
        ("kept_steps", list_of(DataType::UInt32)),
        ("thoughts", list_of(TEXT)),
        ("confidence", DataType::Float32),
        ("difficulty", TEXT),
        ("slots", records(slot())),
        ("evidence", records(support())),
    ])
}

/// A sentence with slots; `moulds` gives a list of them.
pub fn mould() -> Fields {
    fields([("tool", TEXT), ("text", TEXT), ("parameters", list_of(TEXT)), ("fields", list_of(TEXT))])
}

/// A value that a goal fixes.
pub fn slot() -> Fields {
    fields([("name", TEXT), ("value", TEXT), ("origin", TEXT), ("step", DataType::UInt32)])
}

/// What supports a goal or its answer.
pub fn support() -> Fields {
    fields([
        ("text", TEXT),
        ("step", DataType::UInt32),
        ("field", TEXT),
        ("start", DataType::UInt32),
        ("end", DataType::UInt32),
    ])
}

/// What `verify` gives.
pub fn grounding() -> Fields {
    fields([("grounded", DataType::Boolean), ("claims", records(claim()))])
}

/// One claim of a goal or its answer.
pub fn claim() -> Fields {
    fields([("text", TEXT), ("kind", TEXT), ("supported", DataType::Boolean), ("step", DataType::UInt32)])
}

/// What `analyze` gives.
pub fn analysis() -> Fields {
    fields([
        ("verdict", DataType::Struct(verdict())),
        ("outcome", DataType::Struct(outcome())),
        ("hindsight", records(hindsight())),
        ("abstained", TEXT),
    ])
}

/// What `render` gives.
pub fn rendered() -> Fields {
    fields([("row", TEXT), ("copies", DataType::UInt32), ("skipped", TEXT)])
}

/// How Polars users know a dtype, for error sentences.
pub fn polars_name(dtype: &DataType) -> String {
    match dtype {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "String".into(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "Binary".into(),
        DataType::Dictionary(..) => "Categorical".into(),
        DataType::List(item) | DataType::LargeList(item) => {
            format!("List({})", polars_name(item.data_type()))
        }
        DataType::FixedSizeList(item, width) => {
            format!("Array({}, {width})", polars_name(item.data_type()))
        }
        DataType::Struct(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|f| format!("{} {}", f.name(), polars_name(f.data_type()))).collect();
            format!("Struct{{{}}}", fields.join(", "))
        }
        other => other.to_string(),
    }
}
