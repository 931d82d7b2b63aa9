//! Arrow columns → borrowed engine views. No text is copied: a [`Trajectory`] points into the buffers
//! that Polars (or pyarrow, pandas, Parquet) filled.

use std::borrow::Cow;

use agenther_core::trajectory::{Step, Trajectory};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, FixedSizeListArray, LargeListArray, LargeStringArray, ListArray,
    PrimitiveArray, StringArray, StringViewArray, StructArray, new_null_array,
};
use arrow_schema::{DataType, Field};

use crate::error::Error;
use crate::schema::polars_name;

/// One input of a plugin call: a series.
#[derive(Debug)]
pub struct Input {
    /// Name and dtype.
    pub field: Field,
    /// The chunks; no chunk is an empty series.
    pub chunks: Vec<ArrayRef>,
}

/// The name of a literal that stands for a column that the frame has not. A literal null would say it
/// better, but Polars does not recognise expressions with one as equal: `.struct.unnest()` would call
/// the function once for every field.
const ABSENT: &str = "__agenther_absent";

/// The field, of dtype Null if its column is absent.
pub fn field_or_null(field: Field) -> Field {
    if field.name() == ABSENT { field.with_data_type(DataType::Null) } else { field }
}

impl Input {
    /// The column, of nulls if it is absent.
    pub fn or_nulls(self) -> Self {
        if self.field.name() != ABSENT {
            return self;
        }
        let chunks = self.chunks.iter().map(|chunk| new_null_array(&DataType::Null, chunk.len()));
        Input { chunks: chunks.collect(), field: field_or_null(self.field) }
    }

    fn len(&self) -> usize {
        self.chunks.iter().map(|c| c.len()).sum()
    }
}

/// Cuts the inputs at the union of their chunk borders, so that all arrays of a piece are equally long.
/// An input of length 1 is a literal: every piece has it whole.
pub fn pieces(inputs: &[Input]) -> Result<Vec<Vec<ArrayRef>>, Error> {
    let height = height(inputs)?;
    let mut borders: Vec<usize> = inputs
        .iter()
        .filter(|input| input.len() == height)
        .flat_map(|input| {
            input.chunks.iter().scan(0, |end, chunk| {
                *end += chunk.len();
                Some(*end)
            })
        })
        .filter(|&border| border > 0)
        .collect();
    borders.sort_unstable();
    borders.dedup();
    let mut cursors = vec![(0, 0); inputs.len()];
    let mut start = 0;
    let mut pieces = Vec::with_capacity(borders.len());
    for end in borders {
        let piece = inputs.iter().zip(&mut cursors).map(|(input, cursor)| match input.len() == height {
            true => advance(input, cursor, end - start),
            false => only_row(input),
        });
        pieces.push(piece.collect());
        start = end;
    }
    Ok(pieces)
}

/// The number of rows of the call, as Polars broadcasts: everything is that long, or 1.
fn height(inputs: &[Input]) -> Result<usize, Error> {
    let Some(longest) = inputs.iter().find(|input| input.len() != 1) else { return Ok(1) };
    match inputs.iter().find(|input| input.len() != 1 && input.len() != longest.len()) {
        None => Ok(longest.len()),
        Some(other) => Err(Error(format!(
            "columns of one call must be equally long or of length 1: `{}` has {} rows, `{}` has {}",
            longest.field.name(),
            longest.len(),
            other.field.name(),
            other.len()
        ))),
    }
}

/// The next `rows` rows of an input. The borders are those of all inputs, so they lie in one chunk.
fn advance(input: &Input, (chunk, row): &mut (usize, usize), rows: usize) -> ArrayRef {
    while *row == input.chunks[*chunk].len() {
        (*chunk, *row) = (*chunk + 1, 0);
    }
    let piece = input.chunks[*chunk].slice(*row, rows);
    *row += rows;
    piece
}

fn only_row(input: &Input) -> ArrayRef {
    let chunk = input.chunks.iter().find(|chunk| chunk.len() == 1);
    chunk.expect("an input of length 1 has a chunk of length 1").clone()
}

fn wrong(column: &str, found: &DataType, needed: &str) -> Error {
    let found = polars_name(found);
    Error(format!("column `{column}`: found {found}, needed {needed}"))
}

/// What an input must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Text.
    Text,
    /// True or false.
    Flag,
    /// Text, or what is a name all the same: a whole number or a category.
    Name,
    /// True or false, or 1 or 0.
    Success,
    /// A number.
    Number,
    /// The steps of a run.
    Steps,
    /// Indices of steps.
    Indices,
    /// Lists of texts.
    Texts,
    /// Records of a log, or parts of them: JSON text, or the structs and lists that it says.
    Json,
}

/// The step fields, each with whether a frame must have it. A log may well have no user turns, no
/// thoughts and no error flags; without the others the column is not a column of steps.
const STEP_FIELDS: [(&str, Need, bool); 6] = [
    ("user", Need::Text, false),
    ("thought", Need::Text, false),
    ("action_name", Need::Text, true),
    ("action_input", Need::Text, true),
    ("observation", Need::Text, true),
    ("error", Need::Flag, false),
];

impl Need {
    /// Checks the dtype of a column; a column of dtype Null is a column of nulls of any kind.
    pub fn check(self, column: &str, dtype: &DataType) -> Result<(), Error> {
        if *dtype == DataType::Null {
            return Ok(());
        }
        match self {
            Need::Text => match dtype {
                DataType::Utf8View | DataType::LargeUtf8 | DataType::Utf8 => Ok(()),
                DataType::Dictionary(..) => {
                    Err(wrong(column, dtype, "String; cast it with `.cast(pl.String)`"))
                }
                _ => Err(wrong(column, dtype, "String")),
            },
            Need::Flag => match dtype {
                DataType::Boolean => Ok(()),
                _ => Err(wrong(column, dtype, "Boolean")),
            },
            Need::Name => match dtype {
                DataType::Utf8View | DataType::LargeUtf8 | DataType::Utf8 | DataType::Dictionary(..) => {
                    Ok(())
                }
                _ if dtype.is_integer() => Ok(()),
                _ => Err(wrong(column, dtype, "String (whole numbers and categories are read too)")),
            },
            Need::Success => match dtype {
                DataType::Boolean => Ok(()),
                _ if dtype.is_integer() => Ok(()),
                _ => Err(wrong(column, dtype, "Boolean (whole numbers are read too: 1 and 0)")),
            },
            Need::Number => match dtype {
                DataType::Float64 | DataType::Float32 | DataType::Int64 | DataType::Int32 => Ok(()),
                _ => Err(wrong(column, dtype, "Float64 (Float32, Int64 and Int32 are read too)")),
            },
            Need::Steps => check_steps(column, dtype),
            Need::Indices => match item(dtype) {
                Some(item) if item.is_integer() || *item == DataType::Null => Ok(()),
                _ => Err(wrong(column, dtype, "List(UInt32) (lists of other integers are read too)")),
            },
            Need::Texts => match item(dtype) {
                Some(DataType::Utf8View | DataType::LargeUtf8 | DataType::Utf8 | DataType::Null) => Ok(()),
                _ => Err(wrong(column, dtype, "List(String)")),
            },
            Need::Json => check_json(column, dtype),
        }
    }
}

fn item(dtype: &DataType) -> Option<&DataType> {
    match dtype {
        DataType::LargeList(item) | DataType::List(item) => Some(item.data_type()),
        _ => None,
    }
}

fn check_json(column: &str, dtype: &DataType) -> Result<(), Error> {
    let readable = match dtype {
        DataType::LargeList(item) | DataType::List(item) | DataType::FixedSizeList(item, _) => {
            matches!(item.data_type(), DataType::Struct(_) | DataType::Null)
        }
        _ => matches!(
            dtype,
            DataType::Struct(_) | DataType::Utf8View | DataType::LargeUtf8 | DataType::Utf8 | DataType::Null
        ),
    };
    let needed = "String with JSON, List(Struct{role String, content String, …}) or Struct";
    if readable { Ok(()) } else { Err(wrong(column, dtype, needed)) }
}

fn check_steps(column: &str, dtype: &DataType) -> Result<(), Error> {
    let fields = match item(dtype) {
        Some(DataType::Struct(fields)) => fields,
        Some(DataType::Null) => return Ok(()),
        _ => return Err(wrong(column, dtype, &format!("List({STEP})"))),
    };
    for (name, need, required) in STEP_FIELDS {
        match fields.iter().find(|field| field.name() == name) {
            Some(field) => need.check(&format!("{column}.{name}"), field.data_type())?,
            None if required => {
                let found: Vec<_> = fields.iter().map(|field| format!("`{}`", field.name())).collect();
                return Err(Error(format!(
                    "column `{column}`: found no field `{name}` among the step fields {}, needed List({STEP}), \
                     where `user`, `thought` and `error` may be left out",
                    found.join(", ")
                )));
            }
            None => {}
        }
    }
    Ok(())
}

const STEP: &str = "Struct{user String, thought String, action_name String, action_input String, \
                    observation String, error Boolean}";

/// A column of text, whatever its layout.
#[derive(Debug, Clone, Copy)]
pub enum Texts<'a> {
    /// Polars' own layout.
    View(&'a StringViewArray),
    /// 64-bit offsets.
    Large(&'a LargeStringArray),
    /// 32-bit offsets, as pyarrow and Spark have it.
    Small(&'a StringArray),
    /// A column of nulls, or none at all.
    Nulls,
}

impl<'a> Texts<'a> {
    /// The column; its dtype was checked.
    pub fn new(array: &'a ArrayRef) -> Self {
        match array.data_type() {
            DataType::Utf8View => Texts::View(array.as_string_view()),
            DataType::LargeUtf8 => Texts::Large(array.as_string()),
            DataType::Utf8 => Texts::Small(array.as_string()),
            _ => Texts::Nulls,
        }
    }

    /// The text of a row.
    pub fn get(self, row: usize) -> Option<&'a str> {
        match self {
            Texts::View(array) => array.is_valid(row).then(|| array.value(row)),
            Texts::Large(array) => array.is_valid(row).then(|| array.value(row)),
            Texts::Small(array) => array.is_valid(row).then(|| array.value(row)),
            Texts::Nulls => None,
        }
    }
}

/// A column of numbers, whatever their width.
#[derive(Debug, Clone, Copy)]
pub enum Numbers<'a> {
    /// 64-bit floats.
    F64(&'a PrimitiveArray<Float64Type>),
    /// 32-bit floats.
    F32(&'a PrimitiveArray<Float32Type>),
    /// 64-bit integers.
    I64(&'a PrimitiveArray<Int64Type>),
    /// 32-bit integers.
    I32(&'a PrimitiveArray<Int32Type>),
    /// A column of nulls.
    Nulls,
}

impl<'a> Numbers<'a> {
    /// The column; its dtype was checked.
    pub fn new(array: &'a ArrayRef) -> Self {
        match array.data_type() {
            DataType::Float64 => Numbers::F64(array.as_primitive()),
            DataType::Float32 => Numbers::F32(array.as_primitive()),
            DataType::Int64 => Numbers::I64(array.as_primitive()),
            DataType::Int32 => Numbers::I32(array.as_primitive()),
            _ => Numbers::Nulls,
        }
    }

    /// The number of a row.
    pub fn get(self, row: usize) -> Option<f64> {
        match self {
            Numbers::F64(array) => array.is_valid(row).then(|| array.value(row)),
            Numbers::F32(array) => array.is_valid(row).then(|| array.value(row).into()),
            Numbers::I64(array) => array.is_valid(row).then(|| array.value(row) as f64),
            Numbers::I32(array) => array.is_valid(row).then(|| array.value(row).into()),
            Numbers::Nulls => None,
        }
    }
}

pub(crate) fn flag(array: Option<&BooleanArray>, row: usize) -> Option<bool> {
    array.filter(|array| array.is_valid(row)).map(|array| array.value(row))
}

/// A list column: the range of items of every row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ranges<'a> {
    Large(&'a LargeListArray),
    Small(&'a ListArray),
    Fixed(&'a FixedSizeListArray),
    Nulls,
}

impl<'a> Ranges<'a> {
    pub fn new(array: &'a ArrayRef) -> Self {
        match array.data_type() {
            DataType::LargeList(_) => Ranges::Large(array.as_list()),
            DataType::List(_) => Ranges::Small(array.as_list()),
            DataType::FixedSizeList(..) => Ranges::Fixed(array.as_fixed_size_list()),
            _ => Ranges::Nulls,
        }
    }

    pub fn items(self) -> Option<&'a ArrayRef> {
        match self {
            Ranges::Large(array) => Some(array.values()),
            Ranges::Small(array) => Some(array.values()),
            Ranges::Fixed(array) => Some(array.values()),
            Ranges::Nulls => None,
        }
    }

    pub fn get(self, row: usize) -> Option<std::ops::Range<usize>> {
        match self {
            Ranges::Large(array) => array.is_valid(row).then(|| {
                let offsets = array.value_offsets();
                offsets[row] as usize..offsets[row + 1] as usize
            }),
            Ranges::Small(array) => array.is_valid(row).then(|| {
                let offsets = array.value_offsets();
                offsets[row] as usize..offsets[row + 1] as usize
            }),
            Ranges::Fixed(array) => array.is_valid(row).then(|| {
                let start = array.value_offset_at(row);
                start..start + array.value_length() as usize
            }),
            Ranges::Nulls => None,
        }
    }
}

/// A column of step indices, of any integer type: Polars makes `pl.lit([0, 2])` one of Int64.
#[derive(Debug, Clone, Copy)]
pub struct Indices<'a> {
    ranges: Ranges<'a>,
    items: Option<&'a ArrayRef>,
}

impl<'a> Indices<'a> {
    /// The column; its dtype was checked.
    pub fn new(array: &'a ArrayRef) -> Self {
        let ranges = Ranges::new(array);
        Indices { ranges, items: ranges.items() }
    }

    /// The indices of a row. Those that are no index, as -1, are [`u32::MAX`], which no run has.
    pub fn get(self, row: usize) -> Option<Cow<'a, [u32]>> {
        let range = self.ranges.get(row)?;
        let Some(items) = self.items else { return Some(Cow::default()) };
        Some(match items.data_type() {
            DataType::UInt32 => Cow::Borrowed(&items.as_primitive::<UInt32Type>().values()[range]),
            DataType::Int8 => converted::<Int8Type>(items, range),
            DataType::Int16 => converted::<Int16Type>(items, range),
            DataType::Int32 => converted::<Int32Type>(items, range),
            DataType::Int64 => converted::<Int64Type>(items, range),
            DataType::UInt8 => converted::<UInt8Type>(items, range),
            DataType::UInt16 => converted::<UInt16Type>(items, range),
            DataType::UInt64 => converted::<UInt64Type>(items, range),
            _ => Cow::default(),
        })
    }
}

fn converted<'a, T>(items: &ArrayRef, range: std::ops::Range<usize>) -> Cow<'a, [u32]>
where
    T: ArrowPrimitiveType,
    u32: TryFrom<T::Native>,
{
    let index = |&item: &T::Native| u32::try_from(item).unwrap_or(u32::MAX);
    items.as_primitive::<T>().values()[range].iter().map(index).collect()
}

/// A column of lists of texts.
#[derive(Debug, Clone, Copy)]
pub struct TextLists<'a> {
    ranges: Ranges<'a>,
    items: Texts<'a>,
}

impl<'a> TextLists<'a> {
    /// The column; its dtype was checked.
    pub fn new(array: &'a ArrayRef) -> Self {
        let ranges = Ranges::new(array);
        TextLists { ranges, items: ranges.items().map_or(Texts::Nulls, Texts::new) }
    }

    /// The texts of a row.
    pub fn get(self, row: usize) -> Option<impl Iterator<Item = Option<&'a str>>> {
        self.ranges.get(row).map(|range| range.map(move |item| self.items.get(item)))
    }
}

#[derive(Debug)]
struct Steps<'a> {
    ranges: Ranges<'a>,
    items: Option<&'a StructArray>,
    user: Texts<'a>,
    thought: Texts<'a>,
    action_name: Texts<'a>,
    action_input: Texts<'a>,
    observation: Texts<'a>,
    error: Option<&'a BooleanArray>,
}

impl<'a> Steps<'a> {
    fn new(array: &'a ArrayRef) -> Self {
        let ranges = Ranges::new(array);
        let items = ranges.items().and_then(|items| items.as_struct_opt());
        let text = |name| items.and_then(|s| s.column_by_name(name)).map_or(Texts::Nulls, Texts::new);
        Steps {
            ranges,
            items,
            user: text("user"),
            thought: text("thought"),
            action_name: text("action_name"),
            action_input: text("action_input"),
            observation: text("observation"),
            error: items.and_then(|s| s.column_by_name("error")).and_then(|a| a.as_boolean_opt()),
        }
    }

    /// A null step stays a step without content, so that indices keep their meaning.
    fn get(&self, item: usize) -> Step<'a> {
        if self.items.is_none_or(|items| items.is_null(item)) {
            return Step::default();
        }
        Step {
            user: self.user.get(item),
            thought: self.thought.get(item),
            action_name: self.action_name.get(item),
            action_input: self.action_input.get(item),
            observation: self.observation.get(item),
            error: flag(self.error, item),
        }
    }
}

/// The columns that make a run, in the order in which plugin calls have them: steps, trajectory_id,
/// original_prompt, system, tools, final_answer, success, reward.
pub const RUN: [Need; 8] =
    [Need::Steps, Need::Text, Need::Text, Need::Text, Need::Text, Need::Text, Need::Flag, Need::Number];

/// Equally long columns of runs. Columns of length 1 among longer ones are literals.
#[derive(Debug)]
pub struct Runs<'a> {
    height: usize,
    single: [bool; RUN.len()],
    steps: Steps<'a>,
    texts: [Texts<'a>; 5],
    success: Option<&'a BooleanArray>,
    reward: Numbers<'a>,
}

impl<'a> Runs<'a> {
    /// The runs of a piece whose first arrays are those of [`RUN`] and have the dtypes it needs.
    pub fn new(piece: &'a [ArrayRef]) -> Self {
        let height = rows(piece);
        Runs {
            height,
            single: std::array::from_fn(|i| piece[i].len() != height),
            steps: Steps::new(&piece[0]),
            texts: std::array::from_fn(|i| Texts::new(&piece[i + 1])),
            success: piece[6].as_boolean_opt(),
            reward: Numbers::new(&piece[7]),
        }
    }

    /// The number of runs.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Reads a run into `run`, whose vector of steps is reused; false where the steps are null.
    pub fn read(&self, row: usize, run: &mut Trajectory<'a>) -> bool {
        let at = |column: usize| if self.single[column] { 0 } else { row };
        run.steps.clear();
        let Some(range) = self.steps.ranges.get(at(0)) else { return false };
        run.steps.extend(range.map(|item| self.steps.get(item)));
        let [id, prompt, system, tools, answer] = std::array::from_fn(|i| self.texts[i].get(at(i + 1)));
        run.trajectory_id = id;
        run.original_prompt = prompt;
        run.system = system;
        run.tools = tools;
        run.final_answer = answer;
        run.success = flag(self.success, at(6));
        run.reward = self.reward.get(at(7));
        true
    }
}

/// The number of rows of a piece: that of its longest array.
pub fn rows(piece: &[ArrayRef]) -> usize {
    piece.iter().map(|array| array.len()).max().unwrap_or(0)
}
