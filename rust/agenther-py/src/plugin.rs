//! The Polars expression-plugin ABI, version 0.1: what `polars-ffi` defines and every Polars of 1.x and
//! 2.x calls, over the Arrow C Data Interface and without the `polars` crates (which took 11 m 35 s of
//! CPU time to build where this takes 1 m 15 s).
//!
//! For every function `f` Polars looks up two symbols in the library:
//! * `_polars_plugin_field_f(fields, n, out, kwargs, kwargs_len)`: dtypes → dtype, when a plan is made;
//! * `_polars_plugin_f(inputs, n, kwargs, kwargs_len, out, context)`: series → series.
//!
//! Where `out` is left as it was, Polars asks `_polars_plugin_get_last_error_message` for the reason, on
//! the same thread, and raises `ComputeError`.

use std::cell::RefCell;
use std::ffi::{CString, c_char, c_void};
use std::mem::ManuallyDrop;

use agenther_logs::caught;
use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use arrow_array::{ArrayRef, make_array};
use arrow_schema::{DataType, Field};

use crate::columns::{Input, field_or_null};
use crate::error::Error;
use crate::functions::{self, Function};

/// A series as it crosses the boundary: one field, and one Arrow array a chunk.
#[repr(C)]
pub struct SeriesExport {
    field: *mut FFI_ArrowSchema,
    /// Pointers to arrays that stand in boxes of their own: the receiver moves each array out, and
    /// `release` then frees the boxes but not the arrays.
    arrays: *mut *mut FFI_ArrowArray,
    len: usize,
    release: Option<unsafe extern "C" fn(*mut SeriesExport)>,
    /// Null in an empty export: this is how Polars tells that a call failed.
    private_data: *mut c_void,
}

/// What an export of ours keeps alive until it is released.
struct Exported {
    field: Box<FFI_ArrowSchema>,
    arrays: Box<[*mut FFI_ArrowArray]>,
}

impl SeriesExport {
    /// Hands a column to Polars.
    fn new(field: &Field, chunks: &[ArrayRef]) -> Result<Self, Error> {
        let bad = |e| Error(format!("exporting the result: {e}"));
        let field = FFI_ArrowSchema::try_from(field).map_err(bad)?;
        let arrays = chunks.iter().map(|chunk| to_ffi(&chunk.to_data()).map(|(array, _)| array).map_err(bad));
        let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
        let arrays = arrays.into_iter().map(|array| Box::into_raw(Box::new(array))).collect();
        let mut exported = Box::new(Exported { field: Box::new(field), arrays });
        Ok(SeriesExport {
            field: &mut *exported.field,
            arrays: exported.arrays.as_mut_ptr(),
            len: exported.arrays.len(),
            release: Some(release),
            private_data: Box::into_raw(exported).cast(),
        })
    }
}

/// Frees what [`SeriesExport::new`] made, once Polars has moved the arrays out.
///
/// # Safety
/// `export` points to an export made by [`SeriesExport::new`] that was not released before.
unsafe extern "C" fn release(export: *mut SeriesExport) {
    // SAFETY: by contract, `export` is valid and its private data is the box that `new` leaked.
    unsafe {
        let exported = Box::from_raw((*export).private_data.cast::<Exported>());
        for &array in &exported.arrays {
            drop(Box::from_raw(array.cast::<ManuallyDrop<FFI_ArrowArray>>()));
        }
        (*export).release = None;
        (*export).private_data = std::ptr::null_mut();
    }
}

/// Takes a series over from Polars and releases its export.
///
/// # Safety
/// `export` is valid, and its arrays match its field, as the Arrow C Data Interface asks.
unsafe fn import(export: &mut SeriesExport) -> Result<Input, Error> {
    let Some(release) = export.release else {
        return Err(Error("found an input that was released already, needed one that is alive".into()));
    };
    let bad = |e| Error(format!("importing an input: {e}"));
    // SAFETY: by contract. `from_raw` moves each array out and leaves an empty one, so that releasing
    // the export, which frees only the boxes, is right whether or not the import succeeded.
    unsafe {
        let schema = &*export.field;
        let field = Field::try_from(schema).map_err(bad);
        let dtype = field.as_ref().map(Field::data_type);
        let pointers = match export.len {
            0 => &[],
            len => std::slice::from_raw_parts(export.arrays, len),
        };
        if let Ok(dtype) = dtype {
            pointers.iter().for_each(|&array| drop_buffers_of_nulls(array.cast(), dtype));
        }
        // All arrays are taken before the first can fail, so that none leaks.
        let arrays: Vec<_> = pointers.iter().map(|&array| FFI_ArrowArray::from_raw(array)).collect();
        let chunks: Result<Vec<_>, _> =
            arrays.into_iter().map(|array| from_ffi(array, schema).map(make_array).map_err(bad)).collect();
        release(export);
        Ok(Input { field: field?, chunks: chunks? })
    }
}

/// An array as the Arrow C Data Interface lays it out, for the one field that arrow-rs does not show.
#[repr(C)]
struct RawArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut RawArray,
}

/// Polars exports arrays of dtype Null with a buffer (a column of nulls, a step field that is null
/// throughout); the specification says none, and arrow-rs refuses one. The release callback goes by
/// its private data, not by the count that is corrected here.
///
/// # Safety
/// `array` is a valid array of this dtype.
unsafe fn drop_buffers_of_nulls(array: *mut RawArray, dtype: &DataType) {
    // SAFETY: by contract; a valid list has one child, a valid struct one for each field.
    unsafe {
        match dtype {
            DataType::Null => (*array).n_buffers = 0,
            DataType::List(item) | DataType::LargeList(item) if (*array).n_children == 1 => {
                drop_buffers_of_nulls(*(*array).children, item.data_type());
            }
            DataType::Struct(fields) if (*array).n_children == fields.len() as i64 => {
                for (i, field) in fields.iter().enumerate() {
                    drop_buffers_of_nulls(*(*array).children.add(i), field.data_type());
                }
            }
            _ => {}
        }
    }
}

thread_local! {
    static LAST_ERROR: RefCell<CString> = RefCell::default();
}

/// Runs one side of a function. A panic must not cross the C boundary, and becomes a sentence too.
fn guard(function: &Function, body: impl FnOnce() -> Result<(), Error>) {
    let sentence = match caught(body) {
        Ok(Ok(())) => return,
        Ok(Err(Error(sentence))) => sentence,
        Err(panic) => format!("{}: {panic}; please report it", function.name),
    };
    let sentence = sentence.replace('\0', "\\0");
    LAST_ERROR.set(CString::new(sentence).expect("the zero bytes were replaced"));
}

/// The body of `_polars_plugin_<name>`.
///
/// # Safety
/// `inputs` points to `len` valid exports, `out` to an empty one.
unsafe fn call(function: &Function, inputs: *mut SeriesExport, len: usize, out: *mut SeriesExport) {
    guard(function, || {
        // SAFETY: by contract. Every export is taken before the first error returns, since Polars
        // forgets its inputs after the call.
        let inputs: Vec<_> = unsafe { (0..len).map(|i| import(&mut *inputs.add(i))).collect() };
        let inputs = inputs.into_iter().map(|input| input.map(Input::or_nulls));
        let inputs = inputs.collect::<Result<Vec<Input>, Error>>()?;
        let (field, chunks) = function.column(&inputs)?;
        // SAFETY: by contract; the export in `out` is empty and needs no drop.
        unsafe { out.write(SeriesExport::new(&field, &chunks)?) };
        Ok(())
    });
}

/// The body of `_polars_plugin_field_<name>`.
///
/// # Safety
/// `inputs` points to `len` valid schemas, which stay Polars' own; `out` to an empty one.
unsafe fn field(function: &Function, inputs: *const FFI_ArrowSchema, len: usize, out: *mut FFI_ArrowSchema) {
    guard(function, || {
        // SAFETY: by contract.
        let schemas = (0..len).map(|i| unsafe { &*inputs.add(i) });
        let fields = schemas.map(|schema| Field::try_from(schema).map(field_or_null));
        let fields = fields.collect::<Result<Vec<_>, _>>();
        let fields = fields.map_err(|e| Error(format!("{}: importing a dtype: {e}", function.name)))?;
        let output = FFI_ArrowSchema::try_from(function.field(&fields)?);
        let output = output.map_err(|e| Error(format!("{}: exporting the dtype: {e}", function.name)))?;
        // SAFETY: by contract; the schema in `out` is empty and needs no drop.
        unsafe { out.write(output) };
        Ok(())
    });
}

/// Exports the two symbols of a function.
macro_rules! export {
    ($function:path, $call:ident, $field:ident) => {
        #[doc = concat!("Polars calls this on series, for [`", stringify!($function), "`].")]
        ///
        /// # Safety
        /// As the plugin ABI says.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $call(
            inputs: *mut SeriesExport,
            len: usize,
            _kwargs: *const u8,
            _kwargs_len: usize,
            out: *mut SeriesExport,
            _context: *const c_void,
        ) {
            // SAFETY: by contract.
            unsafe { call(&$function, inputs, len, out) }
        }

        #[doc = concat!("Polars calls this on dtypes, for [`", stringify!($function), "`].")]
        ///
        /// # Safety
        /// As the plugin ABI says.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $field(
            inputs: *const FFI_ArrowSchema,
            len: usize,
            out: *mut FFI_ArrowSchema,
            _kwargs: *const u8,
            _kwargs_len: usize,
        ) {
            // SAFETY: by contract.
            unsafe { field(&$function, inputs, len, out) }
        }
    };
}

export!(functions::CLASSIFY, _polars_plugin_classify, _polars_plugin_field_classify);
export!(functions::FIRED, _polars_plugin_fired, _polars_plugin_field_fired);
export!(functions::EXTRACT, _polars_plugin_extract, _polars_plugin_field_extract);
export!(functions::RELABEL, _polars_plugin_relabel, _polars_plugin_field_relabel);
export!(functions::MOULDS, _polars_plugin_moulds, _polars_plugin_field_moulds);
export!(functions::ANALYZE, _polars_plugin_analyze, _polars_plugin_field_analyze);
export!(functions::PANIC, _polars_plugin_panic, _polars_plugin_field_panic);
export!(functions::VERIFY, _polars_plugin_verify, _polars_plugin_field_verify);
export!(
    crate::from_messages::FROM_MESSAGES,
    _polars_plugin_from_messages,
    _polars_plugin_field_from_messages
);
export!(
    crate::from_messages::MESSAGES_REJECTS,
    _polars_plugin_messages_rejects,
    _polars_plugin_field_messages_rejects
);
export!(crate::json_cells::TO_JSON, _polars_plugin_to_json, _polars_plugin_field_to_json);
export!(crate::render::RENDER, _polars_plugin_render, _polars_plugin_field_render);

/// The version of the ABI: major in the upper half, minor in the lower.
#[unsafe(no_mangle)]
pub extern "C" fn _polars_plugin_get_version() -> u32 {
    1
}

/// Why the last call on this thread failed. The text lives until the next failure on the thread.
#[unsafe(no_mangle)]
pub extern "C" fn _polars_plugin_get_last_error_message() -> *const c_char {
    LAST_ERROR.with_borrow(|sentence| sentence.as_ptr())
}

#[cfg(test)]
#[path = "plugin_tests.rs"]
mod tests;
