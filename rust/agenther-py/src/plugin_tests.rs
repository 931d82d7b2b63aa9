//! The ABI, called as Polars calls it: through the exported symbols, with exports built by hand.

use std::ffi::CStr;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{
    Array, BooleanArray, Float64Array, Int64Array, LargeListArray, LargeStringArray, NullArray, StringArray,
    StringViewArray, StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::Fields;

use super::*;
use crate::columns::Need;
use crate::schema;

impl SeriesExport {
    fn empty() -> Self {
        SeriesExport {
            field: std::ptr::null_mut(),
            arrays: std::ptr::null_mut(),
            len: 0,
            release: None,
            private_data: std::ptr::null_mut(),
        }
    }
}

/// A series as Polars exports it, with any number of chunks.
fn series(name: &str, dtype: &DataType, chunks: &[ArrayRef]) -> SeriesExport {
    let arrays = chunks.iter().map(|array| {
        let (array, _) = to_ffi(&array.to_data()).unwrap();
        Box::into_raw(Box::new(array))
    });
    let field = FFI_ArrowSchema::try_from(Field::new(name, dtype.clone(), true)).unwrap();
    let mut exported = Box::new(Exported { field: Box::new(field), arrays: arrays.collect() });
    SeriesExport {
        field: &mut *exported.field,
        arrays: exported.arrays.as_mut_ptr(),
        len: exported.arrays.len(),
        release: Some(release),
        private_data: Box::into_raw(exported).cast(),
    }
}

fn column(name: &str, array: ArrayRef) -> SeriesExport {
    series(name, &array.data_type().clone(), &[array])
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringViewArray::from(values.to_vec()))
}

fn nulls(rows: usize) -> ArrayRef {
    Arc::new(NullArray::new(rows))
}

/// Steps with as many items a row as `lengths` says; `None` is a null row. All have the same tool.
fn steps(lengths: &[Option<usize>]) -> ArrayRef {
    let items: usize = lengths.iter().flatten().sum();
    let text = |value: &str| texts(&vec![Some(value); items]);
    let fields: Fields = ["observation", "action_name", "action_input", "a field of somebody else"]
        .iter()
        .map(|name| Field::new(*name, DataType::Utf8View, true))
        .collect();
    let columns = vec![text("3 flights"), text("search"), text("{}"), text("")];
    let items: ArrayRef = Arc::new(StructArray::new(fields, columns, None));
    let item = Arc::new(Field::new("item", items.data_type().clone(), true));
    let offsets = OffsetBuffer::from_lengths(lengths.iter().map(|n| n.unwrap_or(0)));
    let validity = NullBuffer::from_iter(lengths.iter().map(Option::is_some));
    Arc::new(LargeListArray::new(item, offsets, items, Some(validity)))
}

/// The inputs of `classify` for given steps; every other column is absent.
fn inputs(steps: ArrayRef) -> Vec<SeriesExport> {
    let rows = steps.len();
    let mut inputs = vec![column("steps", steps)];
    inputs.extend(["id", "prompt", "system", "tools", "answer"].map(|name| column(name, nulls(rows))));
    inputs.push(column("success", Arc::new(BooleanArray::from(vec![Some(false); rows]))));
    inputs.push(column("reward", Arc::new(Float64Array::from(vec![0.0; rows]))));
    inputs.push(column("literal", texts(&[Some("{}")])));
    inputs
}

fn last_error() -> String {
    let sentence = unsafe { CStr::from_ptr(_polars_plugin_get_last_error_message()) };
    sentence.to_str().unwrap().to_owned()
}

/// Calls a function as Polars does, which forgets its inputs afterwards.
fn called(function: &Function, inputs: Vec<SeriesExport>) -> Result<Input, String> {
    let mut inputs = ManuallyDrop::new(inputs);
    let mut out = SeriesExport::empty();
    unsafe { call(function, inputs.as_mut_ptr(), inputs.len(), &mut out) };
    assert!(inputs.iter().all(|input| input.release.is_none()), "every input is released");
    match out.private_data.is_null() {
        true => Err(last_error()),
        false => Ok(unsafe { import(&mut out) }.unwrap()),
    }
}

fn is_failure(output: &Input) -> Vec<Option<bool>> {
    let of_chunk = |chunk: &ArrayRef| {
        let verdicts = chunk.as_struct();
        let is_failure = verdicts.column_by_name("is_failure").unwrap().as_boolean();
        let of_row = |row| verdicts.is_valid(row).then(|| is_failure.value(row));
        (0..verdicts.len()).map(of_row).collect::<Vec<_>>()
    };
    output.chunks.iter().flat_map(of_chunk).collect()
}

const CLASSIFY: &Function = &functions::CLASSIFY;

#[test]
fn the_abi_version_is_0_1() {
    assert_eq!(_polars_plugin_get_version(), 0x0000_0001);
}

#[test]
fn the_output_has_the_name_of_the_first_input_and_the_dtype_that_the_field_function_promised() {
    let output = called(CLASSIFY, inputs(steps(&[Some(2), Some(0)]))).unwrap();
    assert_eq!(output.field.name(), "steps");
    assert_eq!(output.field.data_type(), &(CLASSIFY.dtype)());
    assert_eq!(is_failure(&output), [Some(true), Some(true)]);
}

#[test]
fn null_steps_give_null_and_empty_steps_do_not() {
    let output = called(CLASSIFY, inputs(steps(&[None, Some(0), Some(1)]))).unwrap();
    assert_eq!(is_failure(&output), [None, Some(true), Some(true)]);
}

#[test]
fn a_column_of_nulls_is_null_steps() {
    let output = called(CLASSIFY, inputs(nulls(2))).unwrap();
    assert_eq!(is_failure(&output), [None, None]);
}

#[test]
fn a_null_array_with_a_buffer_is_read_as_polars_means_it() {
    let fields: Fields = ["action_name", "action_input", "observation"]
        .iter()
        .map(|name| Field::new(*name, DataType::Null, true))
        .collect();
    let items = StructArray::new(fields, vec![nulls(2), nulls(2), nulls(2)], None);
    let item = Arc::new(Field::new("item", items.data_type().clone(), true));
    let lists = LargeListArray::new(item, OffsetBuffer::from_lengths([2]), Arc::new(items), None);
    let inputs = inputs(Arc::new(lists));
    let no_bits: *const c_void = std::ptr::null();
    let mut no_buffers = [no_bits];
    unsafe {
        let list: *mut RawArray = (*inputs[0].arrays).cast();
        let items = *(*list).children;
        let columns = std::slice::from_raw_parts((*items).children, 3);
        for &null in columns.iter().chain([&(*inputs[1].arrays).cast()]) {
            (*null).n_buffers = 1;
            (*null).buffers = no_buffers.as_mut_ptr();
        }
    }
    assert_eq!(is_failure(&called(CLASSIFY, inputs).unwrap()), [Some(true)]);
}

#[test]
fn no_rows_give_no_rows() {
    let output = called(CLASSIFY, inputs(steps(&[]))).unwrap();
    assert_eq!(is_failure(&output), []);
}

#[test]
fn a_series_without_chunks_has_no_rows() {
    let mut inputs = inputs(steps(&[]));
    inputs[0] = series("steps", &steps(&[]).data_type().clone(), &[]);
    assert_eq!(is_failure(&called(CLASSIFY, inputs).unwrap()), []);
}

#[test]
fn chunks_may_be_cut_differently_in_each_column_and_may_be_empty() {
    let dtype = steps(&[]).data_type().clone();
    let mut inputs = inputs(steps(&[Some(1); 5]));
    let chunks = [steps(&[]), steps(&[Some(1), None]), steps(&[]), steps(&[Some(0), Some(1), Some(2)])];
    inputs[0] = series("steps", &dtype, &chunks);
    let flags = |values: &[bool]| Arc::new(BooleanArray::from(values.to_vec())) as ArrayRef;
    let chunks = [flags(&[true]), flags(&[false, false, true]), flags(&[]), flags(&[false])];
    inputs[6] = series("success", &DataType::Boolean, &chunks);
    let output = called(CLASSIFY, inputs).unwrap();
    assert_eq!(is_failure(&output), [Some(false), None, Some(true), Some(false), Some(true)]);
}

#[test]
fn sliced_columns_are_read_from_their_offset() {
    let flags = BooleanArray::from(vec![true, true, false, true]);
    let mut inputs = inputs(steps(&[Some(3), None, Some(1), Some(2)]).slice(1, 2));
    inputs[6] = column("success", Arc::new(flags.slice(1, 2)));
    assert_eq!(is_failure(&called(CLASSIFY, inputs).unwrap()), [None, Some(true)]);
}

#[test]
fn literals_are_broadcast() {
    let mut inputs = inputs(steps(&[Some(1), Some(1)]));
    inputs[6] = column("success", Arc::new(BooleanArray::from(vec![true])));
    assert_eq!(is_failure(&called(CLASSIFY, inputs).unwrap()), [Some(false), Some(false)]);
}

#[test]
fn columns_of_different_length_are_refused() {
    let mut inputs = inputs(steps(&[Some(1); 3]));
    inputs[6] = column("success", Arc::new(BooleanArray::from(vec![true; 2])));
    let error = called(CLASSIFY, inputs).unwrap_err();
    assert!(error.contains("`steps` has 3 rows, `success` has 2"), "{error}");
}

#[test]
fn text_is_read_in_every_layout() {
    let id: [ArrayRef; 3] = [
        Arc::new(StringArray::from(vec!["run", "other"])),
        Arc::new(LargeStringArray::from(vec!["run", "other"])),
        texts(&[Some("run"), Some("other")]),
    ];
    for array in id {
        assert_eq!(crate::columns::Texts::new(&array).get(0), Some("run"));
        let mut inputs = inputs(steps(&[Some(1), Some(1)]));
        inputs[1] = column("id", array);
        assert!(called(CLASSIFY, inputs).is_ok());
    }
}

#[test]
fn a_wrong_dtype_is_named_with_its_column_and_what_is_needed() {
    let wrong: [(usize, ArrayRef, &str); 4] = [
        (0, texts(&[None]), "column `x`: found String, needed List(Struct{user String"),
        (2, Arc::new(Int64Array::from(vec![1])), "column `x`: found Int64, needed String"),
        (6, texts(&[None]), "column `x`: found String, needed Boolean"),
        (7, texts(&[None]), "column `x`: found String, needed Float64"),
    ];
    for (position, array, sentence) in wrong {
        let mut inputs = inputs(steps(&[Some(1)]));
        inputs[position] = column("x", array);
        let error = called(CLASSIFY, inputs).unwrap_err();
        assert!(error.starts_with("classify: ") && error.contains(sentence), "{error}");
    }
}

#[test]
fn a_missing_step_field_is_an_error_unless_it_is_optional() {
    let without = |name: &str| {
        let fields = schema::step().iter().filter(|f| f.name() != name).cloned().collect::<Fields>();
        Need::Steps.check("steps", &schema::list_of(DataType::Struct(fields)))
    };
    for name in ["user", "thought", "error"] {
        assert_eq!(without(name), Ok(()));
    }
    for name in ["action_name", "action_input", "observation"] {
        let Err(Error(error)) = without(name) else { panic!("`{name}` is needed") };
        assert!(error.contains(&format!("found no field `{name}`")), "{error}");
    }
}

#[test]
fn a_wrong_dtype_of_a_step_field_is_named() {
    let step = schema::step();
    let fields = step.iter().map(|f| match f.name().as_str() {
        "error" => Field::new("error", DataType::Int64, true),
        _ => f.as_ref().clone(),
    });
    let dtype = schema::list_of(DataType::Struct(fields.collect()));
    let Err(Error(error)) = Need::Steps.check("steps", &dtype) else { panic!("Int64 is no flag") };
    assert_eq!(error, "column `steps.error`: found Int64, needed Boolean");
}

#[test]
fn the_field_function_checks_the_inputs_and_leaves_them_to_polars() {
    let schemas = |exports: &[SeriesExport]| -> Vec<FFI_ArrowSchema> {
        let fields = exports.iter().map(|e| Field::try_from(unsafe { &*e.field }).unwrap());
        fields.map(|field| FFI_ArrowSchema::try_from(field).unwrap()).collect()
    };
    let exports = inputs(steps(&[Some(1)]));
    let good = schemas(&exports);
    let mut out = FFI_ArrowSchema::empty();
    unsafe { field(CLASSIFY, good.as_ptr(), good.len(), &mut out) };
    assert_eq!(DataType::try_from(&out).unwrap(), (CLASSIFY.dtype)());
    drop(called(CLASSIFY, exports));

    let exports = inputs(texts(&[None]));
    let bad = schemas(&exports);
    let mut out = FFI_ArrowSchema::empty();
    unsafe { field(CLASSIFY, bad.as_ptr(), bad.len(), &mut out) };
    assert!(out.name().is_none(), "the output is left as it was");
    assert!(last_error().contains("column `steps`: found String"));
    drop(called(CLASSIFY, exports));
}

#[test]
fn a_wrong_number_of_inputs_is_an_error() {
    let mut all = inputs(steps(&[Some(1)]));
    let options = all.pop().unwrap();
    let error = called(CLASSIFY, all).unwrap_err();
    assert_eq!(error, "classify: found 8 inputs, needed 9");
    drop(called(CLASSIFY, vec![options]));
}

#[test]
fn a_released_input_is_an_error() {
    let mut inputs = inputs(steps(&[Some(1)]));
    drop(unsafe { import(&mut inputs[2]) });
    let error = called(CLASSIFY, inputs).unwrap_err();
    assert!(error.contains("found an input that was released already"), "{error}");
}

#[test]
fn unknown_options_are_an_error() {
    for (json, sentence) in [(r#"{"goal": 1}"#, "unknown field `goal`"), ("{", "EOF"), ("3", "in `3`")] {
        let mut inputs = inputs(steps(&[Some(1)]));
        inputs[8] = column("literal", texts(&[Some(json)]));
        let error = called(CLASSIFY, inputs).unwrap_err();
        assert!(error.contains(sentence), "{error}");
    }
}

#[test]
fn a_panic_becomes_a_sentence_even_with_a_zero_byte_in_it() {
    let panics = Function { compute: |_, _| panic!("a \0 in the message"), ..functions::CLASSIFY };
    let error = called(&panics, inputs(steps(&[Some(1)]))).unwrap_err();
    assert!(
        error.starts_with("classify: a \\0 in the message, at ") && error.ends_with("; please report it")
    );
}

#[test]
fn many_rows_are_computed_in_units_and_stay_in_order() {
    const ROWS: usize = 1000;
    let lengths: Vec<_> = (0..ROWS).map(|row| (row % 7 != 0).then_some(row % 5)).collect();
    let mut cut = inputs(steps(&lengths));
    let steps_of = |range: std::ops::Range<usize>| steps(&lengths[range]);
    cut[0] = series(
        "steps",
        &steps(&[]).data_type().clone(),
        &[steps_of(0..1), steps_of(1..701), steps_of(701..ROWS)],
    );
    for inputs in [inputs(steps(&lengths)), cut] {
        let output = called(CLASSIFY, inputs).unwrap();
        let expected: Vec<_> = lengths.iter().map(|length| length.map(|_| true)).collect();
        assert_eq!(is_failure(&output), expected);
    }
}

#[test]
fn a_panic_in_a_unit_becomes_a_sentence_too() {
    let panics = Function { compute: |_, _| panic!("nobody watches"), ..functions::CLASSIFY };
    let error = called(&panics, inputs(steps(&[Some(1); 1000]))).unwrap_err();
    assert!(error.starts_with("classify: nobody watches, at "), "{error}");
}

/// The inputs of a function that takes runs, the second of which the engine panics at.
fn inputs_with_a_panic() -> Vec<SeriesExport> {
    let mut inputs = inputs(steps(&[Some(1), Some(1), None, Some(1)]));
    inputs[1] = column("id", texts(&[Some("a"), Some("b"), Some("c"), Some("d")]));
    inputs[8] = column("literal", texts(&[Some(r#"{"panic_at": "b"}"#)]));
    inputs
}

#[test]
fn a_run_that_the_engine_panics_at_abstains_and_the_others_do_not() {
    let verdicts = called(CLASSIFY, inputs_with_a_panic()).unwrap();
    assert_eq!(is_failure(&verdicts), [Some(true), None, None, Some(true)]);

    let analyses = called(&functions::ANALYZE, inputs_with_a_panic()).unwrap();
    let analyses = analyses.chunks[0].as_struct();
    let field = |name: &str| analyses.column_by_name(name).unwrap();
    let abstained = field("abstained").as_string_view();
    assert_eq!((abstained.value(1), abstained.value(2)), ("engine_panic", "null_steps"));
    for (name, nulls) in [("verdict", [1, 2].as_slice()), ("outcome", &[1, 2]), ("hindsight", &[2])] {
        let found: Vec<usize> = (0..4).filter(|&row| field(name).is_null(row)).collect();
        assert_eq!(found, nulls, "{name}");
    }
    assert_eq!(field("hindsight").as_list::<i64>().value_length(1), 0);

    let panics = called(&functions::PANIC, inputs_with_a_panic()).unwrap();
    let panics = panics.chunks[0].as_string_view();
    assert_eq!([0, 1, 2, 3].map(|row| panics.is_valid(row)), [false, true, false, false]);
    assert!(panics.value(1).starts_with("a test asked for this panic, at "));
}

#[test]
fn every_function_on_runs_goes_on_after_a_panic() {
    for function in [&functions::FIRED, &functions::EXTRACT, &functions::RELABEL, &functions::MOULDS] {
        let output = called(function, inputs_with_a_panic()).unwrap();
        assert_eq!(output.chunks[0].len(), 4, "{}", function.name);
    }
    let mut given = inputs_with_a_panic();
    let options = given.pop().unwrap();
    given.extend(["goal", "answer"].map(|name| column(name, texts(&[Some("search")]))));
    given.push(column("kept", nulls(4)));
    given.push(options);
    let groundings = called(&functions::VERIFY, given).unwrap();
    let groundings = groundings.chunks[0].as_struct();
    assert_eq!([0, 1, 2, 3].map(|row| groundings.is_valid(row)), [true, false, false, true]);
}

#[test]
fn kept_steps_are_read_as_indices() {
    let mut lists = arrow_array::builder::LargeListBuilder::new(arrow_array::builder::UInt32Builder::new());
    lists.append_value([Some(1), Some(2)]);
    lists.append_null();
    lists.append_value([Some(0)]);
    let lists = Arc::new(lists.finish().slice(1, 2)) as ArrayRef;
    assert_eq!(lists.as_list::<i64>().values().as_primitive::<UInt32Type>().len(), 3);
    let indices = crate::columns::Indices::new(&lists);
    assert_eq!((indices.get(0).as_deref(), indices.get(1).as_deref()), (None, Some(&[0][..])));
}

#[test]
fn a_literal_that_stands_for_an_absent_column_is_nulls_whatever_the_function_needs() {
    let mut given = inputs(steps(&[Some(1), None]));
    for at in [3, 6, 7] {
        given[at] = column("__agenther_absent", texts(&[Some("")]));
    }
    let output = called(CLASSIFY, given).unwrap();
    assert_eq!(is_failure(&output).len(), 2);
    assert_eq!(is_failure(&output)[1], None);
}

#[test]
fn records_in_a_column_are_runs_or_say_why_not() {
    let given = || {
        let records = [Some(r#"[{"role": "user", "content": "Find the ferry"}]"#), Some("[1]"), None];
        let mut given = vec![column("messages", texts(&records))];
        given.extend((1..7).map(|_| column("__agenther_absent", texts(&[Some("")]))));
        given.push(column("literal", texts(&[Some("{}")])));
        given
    };
    let runs = called(&crate::from_messages::FROM_MESSAGES, given()).unwrap();
    assert_eq!(runs.field.data_type(), &DataType::Struct(schema::trajectory()));
    let runs = runs.chunks[0].as_struct();
    assert_eq!([0, 1, 2].map(|row| runs.is_valid(row)), [true, false, false]);
    assert_eq!(runs.column_by_name("original_prompt").unwrap().as_string_view().value(0), "Find the ferry");
    let rejects = called(&crate::from_messages::MESSAGES_REJECTS, given()).unwrap();
    let rejects = rejects.chunks[0].as_struct();
    assert_eq!([0, 1, 2].map(|row| rejects.is_valid(row)), [false, true, false]);
    assert_eq!(rejects.column_by_name("reason").unwrap().as_string_view().value(1), "unknown_shape");
}
