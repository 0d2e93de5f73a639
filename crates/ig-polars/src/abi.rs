//! The Polars plugin interface, version 0.1: four C functions over the Arrow C Data Interface.
//!
//! Ownership, as the engine expects it:
//! - Each input is a [`SeriesExport`] that this side takes over whole: the arrays are moved out of their
//!   boxes, and the `release` callback then frees the boxes and the schema. All inputs are taken over before
//!   anything can fail, or they would leak.
//! - The result is written to `return_value`. If it is left as it was, the engine asks for the last error of
//!   this thread, so an error message must not hold a NUL.
//! - A panic must not cross the boundary: it is caught and reported as `misuse.defect`, without its text,
//!   which could hold data.
#![allow(unsafe_code)]

use crate::act::{act_on_chunks, output_field};
use arrow::array::{ArrayRef, NullArray, make_array};
use arrow::datatypes::{DataType, Field};
use arrow::error::ArrowError;
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type, to_ffi};
use ig_core::columns::Place;
use ig_core::{Error, MisuseError};
use std::cell::RefCell;
use std::ffi::{CString, c_char, c_void};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::Arc;

#[cfg(feature = "polars")]
pub(crate) mod native;
mod nulls;
mod views;

pub(crate) use views::as_view;

/// One column in several chunks, as the engine passes it.
#[repr(C)]
#[derive(Debug)]
pub struct SeriesExport {
    field: *mut FFI_ArrowSchema,
    arrays: *mut *mut FFI_ArrowArray,
    len: usize,
    release: Option<unsafe extern "C" fn(*mut Self)>,
    private_data: *mut c_void,
}

impl Drop for SeriesExport {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: the maker of the export set this callback for exactly this call.
            unsafe { release(self) }
        }
    }
}

/// What an export of ours keeps alive until the engine releases it.
struct Kept {
    schema: Box<FFI_ArrowSchema>,
    arrays: Box<[*mut FFI_ArrowArray]>,
}

unsafe extern "C" fn release_export(export: *mut SeriesExport) {
    // SAFETY: the engine passes back an export that `export_chunks` made; `private_data` is its `Kept`, and
    // is set to null so that a second call does nothing. The arrays were moved out by the engine, so their
    // boxes are freed without dropping what was in them.
    unsafe {
        let Some(export) = export.as_mut() else { return };
        if export.private_data.is_null() {
            return;
        }
        let kept = Box::from_raw(export.private_data.cast::<Kept>());
        for array in &kept.arrays {
            drop(Box::from_raw(array.cast::<ManuallyDrop<FFI_ArrowArray>>()));
        }
        drop(kept.schema);
        export.private_data = null_mut();
        export.release = None;
    }
}

fn export_chunks(field: &Field, chunks: &[ArrayRef]) -> Result<SeriesExport, Error> {
    let mut schema = Box::new(FFI_ArrowSchema::try_from(field).map_err(engine)?);
    let arrays = chunks.iter().map(|chunk| to_ffi(&chunk.to_data()).map(|(array, _)| array).map_err(engine));
    let arrays: Vec<FFI_ArrowArray> = arrays.collect::<Result<_, _>>()?;
    let mut arrays: Box<[_]> = arrays.into_iter().map(|array| Box::into_raw(Box::new(array))).collect();
    let (field, len, pointers) = (&raw mut *schema, arrays.len(), arrays.as_mut_ptr());
    let private_data = Box::into_raw(Box::new(Kept { schema, arrays })).cast();
    Ok(SeriesExport { field, arrays: pointers, len, release: Some(release_export), private_data })
}

/// A column whose arrays are owned here.
struct Taken {
    export: SeriesExport,
    arrays: Vec<FFI_ArrowArray>,
}

/// Moves one input out of the engine's memory.
///
/// # Safety
/// `export` points to an export that the engine made and will not use again.
unsafe fn take(export: *const SeriesExport) -> Taken {
    // SAFETY: by the contract of this function; each array pointer of the export is a box whose content is
    // moved out here once, and whose memory the export's own release callback frees.
    unsafe {
        let export = std::ptr::read(export);
        let arrays = if export.len == 0 { &[] } else { std::slice::from_raw_parts(export.arrays, export.len) };
        let arrays = arrays.iter().map(|array| std::ptr::read(*array)).collect();
        Taken { export, arrays }
    }
}

impl Taken {
    fn import(self) -> Result<(Field, Vec<ArrayRef>), Error> {
        // SAFETY: the schema pointer of an export is valid until its release callback runs, which is when
        // `self.export` is dropped at the end of this function.
        let schema = unsafe { self.export.field.as_ref() }
            .ok_or_else(|| engine(ArrowError::CDataInterface("no schema".to_owned())))?;
        let field = field_of(schema)?;
        let chunks = self.arrays.into_iter().map(|array| import_array(array, field.data_type()));
        let chunks = chunks.collect::<Result<_, _>>()?;
        Ok((field, chunks))
    }
}

fn import_array(mut array: FFI_ArrowArray, data_type: &DataType) -> Result<ArrayRef, Error> {
    // The engine's null columns come with a buffer that arrow-rs does not expect.
    if data_type == &DataType::Null {
        return Ok(Arc::new(NullArray::new(array.len())));
    }
    // SAFETY: the array and its type come from one export of the engine, which vouches for their layout and has handed
    // the array over.
    unsafe { nulls::without_buffers_of_nulls(&mut array, data_type) };
    // SAFETY: as above.
    let data = unsafe { from_ffi_and_data_type(array, data_type.clone()) }.map_err(engine)?;
    Ok(make_array(data))
}

/// A field; a type that the engine has and Arrow has not is a matter of the column.
fn field_of(schema: &FFI_ArrowSchema) -> Result<Field, Error> {
    Field::try_from(schema).map_err(|error| {
        if !has_128_bit_integers(schema) {
            return engine(error);
        }
        let column = Place::batch(schema.name().unwrap_or_default()).column;
        let (expected, found) = ("integers of at most 64 bits, or text".to_owned(), "128-bit integer".to_owned());
        MisuseError::ColumnType { column, expected, found }.into()
    })
}

/// The engine marks types of its own so.
fn has_128_bit_integers(schema: &FFI_ArrowSchema) -> bool {
    matches!(schema.format(), "_pli128" | "_plu128") || schema.children().any(has_128_bit_integers)
}

/// The text of an Arrow error could hold data, so only its kind is kept.
#[allow(clippy::needless_pass_by_value)] // the shape `map_err` wants
fn engine(error: ArrowError) -> Error {
    let reason = match error {
        ArrowError::CDataInterface(_) | ArrowError::NotYetImplemented(_) => "a column type that is not supported",
        ArrowError::SchemaError(_) => "its schema is not valid",
        _ => "its arrays are not valid",
    };
    MisuseError::Engine { reason: reason.to_owned() }.into()
}

thread_local! {
    static LAST_ERROR: RefCell<CString> = RefCell::default();
}

/// Runs the work; a panic becomes an error without its text, which could hold data.
pub(crate) fn contained<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(MisuseError::PanicInside {}.into()))
}

/// Runs the work; on an error or panic leaves the message for the engine and gives nothing.
fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Option<T> {
    contained(work)
        .map_err(|error| {
            let message: Vec<u8> = error.tagged().into_bytes().into_iter().filter(|&b| b != 0).collect();
            LAST_ERROR.with_borrow_mut(|last| *last = CString::new(message).unwrap_or_default());
        })
        .ok()
}

/// The plugin arguments as bytes.
///
/// # Safety
/// `pointer` and `length` are of one live buffer, or the length is 0.
unsafe fn arguments<'a>(pointer: *const u8, length: usize) -> &'a [u8] {
    if length == 0 {
        return &[];
    }
    // SAFETY: by the contract of this function.
    unsafe { std::slice::from_raw_parts(pointer, length) }
}

/// Which version of the interface this plugin speaks.
#[unsafe(no_mangle)]
pub extern "C" fn _polars_plugin_get_version() -> u32 {
    let (major, minor) = (0_u32, 1_u32);
    (major << 16) + minor
}

/// The last error of this thread.
#[unsafe(no_mangle)]
pub extern "C" fn _polars_plugin_get_last_error_message() -> *const c_char {
    LAST_ERROR.with_borrow(|last| last.as_ptr())
}

/// The output field of an act.
///
/// # Safety
/// Called by the engine: `fields` points to `length` schemas that stay its own, `return_value` to a place for one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _polars_plugin_field_ig_act(
    fields: *mut FFI_ArrowSchema,
    length: usize,
    return_value: *mut FFI_ArrowSchema,
    arguments_pointer: *const u8,
    arguments_length: usize,
) {
    let output = guarded(|| {
        if length != 1 {
            return Err(MisuseError::Engine { reason: "one column expected".to_owned() }.into());
        }
        // SAFETY: the engine passes `length` valid schemas and its arguments buffer for the time of this call.
        let (field, arguments) = unsafe { (&*fields, arguments(arguments_pointer, arguments_length)) };
        let field = output_field(&field_of(field)?, arguments)?;
        FFI_ArrowSchema::try_from(&field).map_err(engine)
    });
    if let Some(output) = output {
        // SAFETY: `return_value` is the engine's own empty schema.
        unsafe { *return_value = output }
    }
}

/// Applies an act to a column.
///
/// # Safety
/// Called by the engine: `inputs` points to `length` exports that this side takes over, `return_value` to a
/// place for one; the context is not used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _polars_plugin_ig_act(
    inputs: *const SeriesExport,
    length: usize,
    arguments_pointer: *const u8,
    arguments_length: usize,
    return_value: *mut SeriesExport,
    _context: *const c_void,
) {
    // SAFETY: the engine hands over `length` exports and forgets them.
    let mut taken: Vec<Taken> = (0..length).map(|input| unsafe { take(inputs.add(input)) }).collect();
    let output = guarded(|| {
        let (Some(input), true) = (taken.pop(), taken.is_empty()) else {
            return Err(MisuseError::Engine { reason: "one column expected".to_owned() }.into());
        };
        let (field, chunks) = input.import()?;
        // SAFETY: the arguments buffer outlives this call.
        let arguments = unsafe { arguments(arguments_pointer, arguments_length) };
        let chunks = act_on_chunks(field.name(), &chunks, arguments)?;
        export_chunks(&output_field(&field, arguments)?, &chunks)
    });
    if let Some(output) = output {
        // SAFETY: `return_value` is the engine's own empty export, whose drop does nothing.
        unsafe { *return_value = output }
    }
}

#[cfg(test)]
mod tests;
