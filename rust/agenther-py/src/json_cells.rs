//! Arrow columns of structs and lists → the JSON that they stand for, cell by cell.
//!
//! Columns of structs hold every key that any of their rows has, as null where a row has it not
//! (`datasets` and pyarrow make messages so): a null member is therefore left out. What no message
//! is read for, moments and bytes, is left out too. `arrow-json` writes the same, and would bring
//! casts, dates and a parser that nothing here needs.

use agenther_logs::json::write_string;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, BooleanArray, StructArray};
use arrow_schema::DataType;

use crate::columns::{Ranges, Texts, flag};

/// A column, ready to be written as JSON.
pub enum Cells<'a> {
    /// Texts.
    Text(Texts<'a>),
    /// Booleans.
    Flag(&'a BooleanArray),
    /// Numbers, each as JSON writes it.
    Number(Box<dyn Fn(usize) -> Option<String> + 'a>),
    /// Lists.
    List(Lists<'a>),
    /// Structs.
    Record(Record<'a>),
    /// Nothing that could be written.
    Nothing,
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
            DataType::List(_) | DataType::LargeList(_) => {
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

    /// Appends the JSON of a row; false, and nothing, where the row is null.
    pub fn write(&self, row: usize, out: &mut String) -> bool {
        match self {
            Cells::Text(texts) => texts.get(row).map(|text| write_string(out, text)).is_some(),
            Cells::Flag(flags) => {
                let flag = flag(Some(flags), row);
                flag.map(|flag| out.push_str(if flag { "true" } else { "false" })).is_some()
            }
            Cells::Number(number) => number(row).map(|number| out.push_str(&number)).is_some(),
            Cells::List(lists) => lists.write(row, out),
            Cells::Record(record) => record.write(row, out),
            Cells::Nothing => false,
        }
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
