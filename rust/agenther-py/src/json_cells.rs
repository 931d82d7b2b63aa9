//! Arrow columns of structs and lists → the JSON that they stand for, cell by cell.
//!
//! Columns of structs hold every key that any of their rows has, as null where a row has it not
//! (`datasets` and pyarrow make messages so, Polars what it reads of JSON lines): a null member is
//! therefore left out, and so are bytes, which JSON has no word for. `arrow-json` writes the same, and
//! would bring casts and a parser that nothing here needs.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use agenther_logs::json::write_string;
use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{
    date32_to_datetime, timestamp_ms_to_datetime, timestamp_ns_to_datetime, timestamp_us_to_datetime,
};
use arrow_array::types::{
    Date32Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, BooleanArray, StructArray};
use arrow_schema::{DataType, TimeUnit};

use crate::columns::{Need, Ranges, Texts, flag, rows};
use crate::functions::Function;

/// The JSON of each row.
pub const TO_JSON: Function = Function {
    name: "to_json",
    subject: &[Need::Json],
    extra: &[],
    dtype: || DataType::Utf8View,
    compute: |pieces, _| {
        let mut texts = StringViewBuilder::new();
        let mut text = String::new();
        for piece in pieces {
            let cells = Cells::new(&piece[0]);
            for row in 0..rows(piece) {
                text.clear();
                let written = cells.write(row, &mut text);
                texts.append_option(written.then_some(&text));
            }
        }
        Ok(Arc::new(texts.finish()))
    },
};

/// A column, ready to be written as JSON.
pub enum Cells<'a> {
    /// Texts.
    Text(Texts<'a>),
    /// Booleans.
    Flag(&'a BooleanArray),
    /// Numbers, each as JSON writes it.
    Number(Box<dyn Fn(usize) -> Option<String> + 'a>),
    /// Moments and days, as RFC 3339 writes them.
    Time(Box<dyn Fn(usize) -> Option<String> + 'a>),
    /// Texts of a few kinds.
    Category(Category<'a>),
    /// Lists.
    List(Lists<'a>),
    /// Structs.
    Record(Record<'a>),
    /// Nothing that could be written.
    Nothing,
}

/// A column of categories.
pub struct Category<'a> {
    array: &'a ArrayRef,
    keys: Vec<usize>,
    values: Texts<'a>,
}

/// A column of lists.
pub struct Lists<'a> {
    ranges: Ranges<'a>,
    items: Box<Cells<'a>>,
}

/// A column of structs.
pub struct Record<'a> {
    array: &'a StructArray,
    members: Vec<(&'a str, Cells<'a>)>,
}

impl<'a> Cells<'a> {
    /// The cells of a column.
    pub fn new(array: &'a ArrayRef) -> Self {
        match array.data_type() {
            DataType::Utf8View | DataType::LargeUtf8 | DataType::Utf8 => Cells::Text(Texts::new(array)),
            DataType::Boolean => Cells::Flag(array.as_boolean()),
            DataType::Int8 => integers::<Int8Type>(array),
            DataType::Int16 => integers::<Int16Type>(array),
            DataType::Int32 => integers::<Int32Type>(array),
            DataType::Int64 => integers::<Int64Type>(array),
            DataType::UInt8 => integers::<UInt8Type>(array),
            DataType::UInt16 => integers::<UInt16Type>(array),
            DataType::UInt32 => integers::<UInt32Type>(array),
            DataType::UInt64 => integers::<UInt64Type>(array),
            DataType::Float16 => floats::<Float16Type>(array, f64::from),
            DataType::Float32 => floats::<Float32Type>(array, f64::from),
            DataType::Float64 => floats::<Float64Type>(array, |number| number),
            DataType::Date32 => {
                times::<Date32Type, _>(array, |day| Some(date32_to_datetime(day)?.date()), "")
            }
            DataType::Timestamp(unit, zone) => moments(array, *unit, if zone.is_some() { "Z" } else { "" }),
            DataType::Dictionary(..) => Category::new(array).map_or(Cells::Nothing, Cells::Category),
            DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
                let ranges = Ranges::new(array);
                let items = ranges.items().map_or(Cells::Nothing, Cells::new);
                Cells::List(Lists { ranges, items: Box::new(items) })
            }
            DataType::Struct(fields) => {
                let array = array.as_struct();
                let names = fields.iter().map(|field| field.name().as_str());
                let members = names.zip(array.columns()).map(|(name, column)| (name, Cells::new(column)));
                Cells::Record(Record { array, members: members.collect() })
            }
            _ => Cells::Nothing,
        }
    }

    /// The text of a row: of a column of texts or categories as it is, of numbers as they are written.
    pub fn get(&self, row: usize) -> Option<Cow<'a, str>> {
        match self {
            Cells::Text(texts) => texts.get(row).map(Cow::Borrowed),
            Cells::Category(category) => category.get(row).map(Cow::Borrowed),
            Cells::Number(number) => number(row).map(Cow::Owned),
            _ => None,
        }
    }

    /// Whether a row is true, or 1; `None` also where it is another number than that and 0.
    pub fn flag(&self, row: usize) -> Option<bool> {
        match self {
            Cells::Flag(flags) => flag(Some(flags), row),
            Cells::Number(number) => match &*number(row)? {
                "1" => Some(true),
                "0" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Appends the JSON of a row; false, and nothing, where the row is null.
    pub fn write(&self, row: usize, out: &mut String) -> bool {
        match self {
            Cells::Text(texts) => texts.get(row).map(|text| write_string(out, text)).is_some(),
            Cells::Flag(flags) => {
                let flag = flag(Some(flags), row);
                flag.map(|flag| out.push_str(if flag { "true" } else { "false" })).is_some()
            }
            Cells::Number(number) => number(row).map(|number| out.push_str(&number)).is_some(),
            Cells::Time(time) => time(row).map(|time| write_string(out, &time)).is_some(),
            Cells::Category(category) => category.get(row).map(|text| write_string(out, text)).is_some(),
            Cells::List(lists) => lists.write(row, out),
            Cells::Record(record) => record.write(row, out),
            Cells::Nothing => false,
        }
    }
}

impl<'a> Category<'a> {
    fn new(array: &'a ArrayRef) -> Option<Self> {
        let dictionary = array.as_any_dictionary();
        if dictionary.values().is_empty() {
            return None;
        }
        Some(Category { array, keys: dictionary.normalized_keys(), values: Texts::new(dictionary.values()) })
    }

    fn get(&self, row: usize) -> Option<&'a str> {
        if self.array.is_null(row) { None } else { self.values.get(self.keys[row]) }
    }
}

impl Lists<'_> {
    fn write(&self, row: usize, out: &mut String) -> bool {
        let Some(range) = self.ranges.get(row) else { return false };
        out.push('[');
        for item in range.clone() {
            if item > range.start {
                out.push_str(", ");
            }
            if !self.items.write(item, out) {
                out.push_str("null");
            }
        }
        out.push(']');
        true
    }
}

impl Record<'_> {
    fn write(&self, row: usize, out: &mut String) -> bool {
        if self.array.is_null(row) {
            return false;
        }
        out.push('{');
        let mut written = out.len();
        for (name, member) in &self.members {
            let before = out.len();
            if before > written {
                out.push_str(", ");
            }
            write_string(out, name);
            out.push_str(": ");
            if !member.write(row, out) {
                out.truncate(before);
            } else if before == written {
                // The first member stands; from now on a comma comes before each.
                written = 0;
            }
        }
        out.push('}');
        true
    }
}

fn integers<'a, T>(array: &'a ArrayRef) -> Cells<'a>
where
    T: ArrowPrimitiveType,
    T::Native: ToString,
{
    let array = array.as_primitive::<T>();
    Cells::Number(Box::new(move |row| array.is_valid(row).then(|| array.value(row).to_string())))
}

fn floats<'a, T: ArrowPrimitiveType>(array: &'a ArrayRef, wide: fn(T::Native) -> f64) -> Cells<'a> {
    let array = array.as_primitive::<T>();
    Cells::Number(Box::new(move |row| {
        let number = array.is_valid(row).then(|| wide(array.value(row)))?;
        // JSON has no word for the others.
        number.is_finite().then(|| format!("{number:?}"))
    }))
}

fn moments<'a>(array: &'a ArrayRef, unit: TimeUnit, zone: &'static str) -> Cells<'a> {
    match unit {
        TimeUnit::Nanosecond => times::<TimestampNanosecondType, _>(array, timestamp_ns_to_datetime, zone),
        TimeUnit::Microsecond => times::<TimestampMicrosecondType, _>(array, timestamp_us_to_datetime, zone),
        TimeUnit::Millisecond => times::<TimestampMillisecondType, _>(array, timestamp_ms_to_datetime, zone),
        TimeUnit::Second => Cells::Nothing, // no frame of Polars has it
    }
}

fn times<'a, T: ArrowPrimitiveType, D: Debug + 'a>(
    array: &'a ArrayRef,
    moment: fn(T::Native) -> Option<D>,
    zone: &'static str,
) -> Cells<'a> {
    let array = array.as_primitive::<T>();
    Cells::Time(Box::new(move |row| {
        let moment = array.is_valid(row).then(|| moment(array.value(row))).flatten()?;
        // The debug form of chrono is RFC 3339; the display form has a space for the T.
        Some(format!("{moment:?}{zone}"))
    }))
}
