//! The plugin functions `from_messages` and `messages_rejects`: records in a column → runs, and why
//! the others are none.

use std::sync::Arc;

use agenther_logs::{CellReader, Mapping, Options, Run, Unreadable};
use arrow_array::builder::StringViewBuilder;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_buffer::NullBufferBuilder;
use arrow_schema::DataType;
use serde::Deserialize;

use crate::columns::{Need, Numbers, Texts, rows};
use crate::error::Error;
use crate::frames::Trajectories;
use crate::functions::{Function, Piece};
use crate::json_cells::Cells;
use crate::schema;

/// What is read: messages, or a record of any known format; tool schemas; then what is known of the
/// run besides: trajectory_id, original_prompt, system, success, reward.
const MESSAGES: &[Need] =
    &[Need::Json, Need::Json, Need::Name, Need::Name, Need::Name, Need::Success, Need::Number];

/// The run of each row; null where the row is null or cannot be read.
pub const FROM_MESSAGES: Function = Function {
    name: "from_messages",
    subject: MESSAGES,
    extra: &[],
    dtype: || DataType::Struct(schema::trajectory()),
    compute: |pieces, options| {
        let mut runs = Trajectories::default();
        each_row(pieces, &options.read, |run| runs.push_option(run.and_then(Result::ok).as_ref()))?;
        Ok(runs.finish_column())
    },
};

/// Why each row cannot be read; null where it can, and where there is nothing to read.
pub const MESSAGES_REJECTS: Function = Function {
    name: "messages_rejects",
    subject: MESSAGES,
    extra: &[],
    dtype: || DataType::Struct(schema::unreadable()),
    compute: |pieces, options| {
        let mut rejects = Rejects::default();
        each_row(pieces, &options.read, |run| rejects.push(run.and_then(Result::err).as_ref()))?;
        Ok(rejects.finish())
    },
};

/// How records are read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadOptions {
    format: Option<String>,
    success_at: Option<f64>,
    mapping: Option<String>,
}

impl ReadOptions {
    fn reader(&self) -> Result<CellReader, Error> {
        let (format, success_at) = (self.format.clone(), self.success_at);
        let mapping = self.mapping.as_deref().map(Mapping::parse).transpose();
        let mapping = mapping.map_err(|error| Error(format!("mapping: {error}")))?.map(Arc::new);
        let options = Options { format, success_at, mapping, ..Options::default() };
        CellReader::new(options).map_err(|error| Error(error.to_string()))
    }
}

/// Shows what each row is read as; `None` where it is null.
fn each_row(
    pieces: &[Piece],
    options: &ReadOptions,
    mut visit: impl FnMut(Option<Result<Run<'_>, Unreadable>>),
) -> Result<(), Error> {
    let mut reader = options.reader()?;
    let mut record = String::new();
    for piece in pieces {
        let height = rows(piece);
        let records = Source::new(&piece[0]);
        let beside = Beside::new(&piece[1..]);
        for row in 0..height {
            let at = |column: &ArrayRef| if column.len() == height { row } else { 0 };
            let text = records.get(at(&piece[0]), &mut record);
            visit(text.map(|text| {
                let mut run = reader.read(text)?;
                beside.set(&mut run, &mut reader, std::array::from_fn(|column| at(&piece[column + 1])));
                reader.judge(&mut run);
                Ok(run)
            }));
        }
    }
    Ok(())
}

/// A column of JSON: as text, or as the structs and lists that it says.
enum Source<'a> {
    Text(Texts<'a>),
    Cells(Cells<'a>),
}

impl<'a> Source<'a> {
    fn new(array: &'a ArrayRef) -> Self {
        match Cells::new(array) {
            Cells::Text(texts) => Source::Text(texts),
            cells => Source::Cells(cells),
        }
    }

    /// The JSON of a row, if need be written to `out`.
    fn get<'t>(&self, row: usize, out: &'t mut String) -> Option<&'t str>
    where
        'a: 't,
    {
        match self {
            Source::Text(texts) => texts.get(row),
            Source::Cells(cells) => {
                out.clear();
                cells.write(row, out).then_some(&**out)
            }
        }
    }
}

/// What the caller knows of each run; it wins over what the record says.
struct Beside<'a> {
    tools: Source<'a>,
    texts: [Cells<'a>; 3],
    success: Cells<'a>,
    reward: Numbers<'a>,
}

impl<'a> Beside<'a> {
    fn new(columns: &'a [ArrayRef]) -> Self {
        Beside {
            tools: Source::new(&columns[0]),
            texts: std::array::from_fn(|column| Cells::new(&columns[column + 1])),
            success: Cells::new(&columns[4]),
            reward: Numbers::new(&columns[5]),
        }
    }

    /// Sets what is known; `rows` has the row of each column.
    fn set<'r>(&self, run: &mut Run<'r>, reader: &mut CellReader, rows: [usize; MESSAGES.len() - 1])
    where
        'a: 'r,
    {
        let mut schemas = String::new();
        if let Some(schemas) = self.tools.get(rows[0], &mut schemas) {
            run.tools = reader.tools(schemas).map(Into::into).or(run.tools.take());
        }
        let [id, goal, system] = std::array::from_fn(|column| self.texts[column].get(rows[column + 1]));
        if let Some(id) = id {
            run.trajectory_id = id;
        }
        run.original_prompt = goal.or(run.original_prompt.take());
        run.system = system.or(run.system.take());
        if let Some(success) = self.success.flag(rows[4]) {
            run.success = Some(success);
        }
        if let Some(reward) = self.reward.get(rows[5]) {
            run.reward = Some(reward);
        }
    }
}

struct Rejects {
    reason: StringViewBuilder,
    sentence: StringViewBuilder,
    validity: NullBufferBuilder,
}

impl Default for Rejects {
    fn default() -> Self {
        Rejects {
            reason: StringViewBuilder::new(),
            sentence: StringViewBuilder::new(),
            validity: NullBufferBuilder::new(0),
        }
    }
}

impl Rejects {
    fn push(&mut self, unreadable: Option<&Unreadable>) {
        self.reason.append_option(unreadable.map(|unreadable| unreadable.reason.code()));
        self.sentence.append_option(unreadable.map(|unreadable| &*unreadable.sentence));
        self.validity.append(unreadable.is_some());
    }

    fn finish(mut self) -> ArrayRef {
        let columns: Vec<ArrayRef> = vec![Arc::new(self.reason.finish()), Arc::new(self.sentence.finish())];
        Arc::new(StructArray::new(schema::unreadable(), columns, self.validity.finish()))
    }
}
