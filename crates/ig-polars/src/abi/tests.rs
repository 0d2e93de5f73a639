//! Plays the engine: hands columns over as Polars does and takes the answers back.

#![allow(clippy::used_underscore_items, reason = "the interface names its functions so")]

use super::*;
use arrow::array::{Array, AsArray, BooleanArray, Int64Array, ListArray, StringArray, StringViewArray};
use arrow::datatypes::Int64Type;
use ig_core::columns::fields_column;
use ig_core::{Context, Key, KeyId, Kind, PseudonymFormat, Pseudonymiser, process_keys};
use std::ffi::CStr;
use std::ptr;

const REDACT: &[u8] = b"\x80\x03}q\x00X\x03\x00\x00\x00actq\x01X\x06\x00\x00\x00redactq\x02s.";

/// A pickled dictionary of text, as Python's `pickle` writes it (protocol 3).
fn pickled(pairs: &[(&str, &str)]) -> Vec<u8> {
    let text = |out: &mut Vec<u8>, text: &str| {
        out.push(b'X');
        out.extend((text.len() as u32).to_le_bytes());
        out.extend(text.as_bytes());
    };
    let mut out = b"\x80\x03}(".to_vec();
    for (key, value) in pairs {
        text(&mut out, key);
        text(&mut out, value);
    }
    out.extend(b"u.");
    out
}

fn last_error() -> String {
    // SAFETY: the message is of this thread and is read before anything else runs.
    unsafe { CStr::from_ptr(_polars_plugin_get_last_error_message()) }.to_string_lossy().into_owned()
}

fn empty() -> SeriesExport {
    SeriesExport { field: null_mut(), arrays: null_mut(), len: 0, release: None, private_data: null_mut() }
}

/// Calls the plugin as the engine does: the inputs are handed over and forgotten.
fn call(name: &str, chunks: &[ArrayRef], arguments: &[u8]) -> Result<(Field, Vec<ArrayRef>), String> {
    let data_type = chunks.first().map_or(DataType::Utf8View, |chunk| chunk.data_type().clone());
    call_with(export_chunks(&Field::new(name, data_type, true), chunks).expect("exported"), arguments)
}

fn call_with(input: SeriesExport, arguments: &[u8]) -> Result<(Field, Vec<ArrayRef>), String> {
    let input = ManuallyDrop::new(input);
    let mut output = empty();
    // SAFETY: one export that is not used again, arguments that outlive the call, and an empty place.
    unsafe {
        _polars_plugin_ig_act(&raw const *input, 1, arguments.as_ptr(), arguments.len(), &raw mut output, ptr::null());
    }
    if output.private_data.is_null() {
        return Err(last_error());
    }
    // SAFETY: the plugin filled the place, and it is taken over once.
    let taken = unsafe { take(&raw const *ManuallyDrop::new(output)) };
    taken.import().map_err(|error| error.tagged())
}

fn text(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringViewArray::from(cells.to_vec()))
}

#[test]
fn chunks_come_back_as_views_with_their_nulls() {
    let chunks = [text(&[Some("a"), None]), text(&[]), text(&[Some("b")])];
    let (field, out) = call("x", &chunks, REDACT).expect("redacted");
    assert_eq!((field.name().as_str(), field.data_type()), ("x", &DataType::Utf8View));
    let cells: Vec<_> = out.iter().flat_map(|chunk| chunk.as_string_view().iter()).collect();
    assert_eq!(cells, [Some("[REDACTED]"), None, Some("[REDACTED]")]);
}

#[test]
fn a_column_of_nulls_and_one_without_chunks_are_taken() {
    let (_, out) = call("x", &[Arc::new(NullArray::new(3))], REDACT).expect("nulls");
    assert_eq!((out[0].len(), out[0].null_count()), (3, 3));
    let (_, out) = call("x", &[], REDACT).expect("no chunks");
    assert!(out.is_empty());
}

/// Gives every null column inside the arrays of an export one buffer, an empty one, as the engine does.
fn as_the_engine_exports_nulls(export: &SeriesExport, path: &[usize]) {
    static NO_BUFFER: [usize; 1] = [0];
    for at in 0..export.len {
        // SAFETY: the pointers are those of an export of ours, and the path leads to a child that there is.
        unsafe {
            let mut array: *mut nulls::Layout = (*export.arrays.add(at)).cast();
            for child in path {
                array = *(*array).children.add(*child);
            }
            assert_eq!((*array).n_buffers, 0, "a null column of arrow");
            (*array).n_buffers = 1;
            (*array).buffers = NO_BUFFER.as_ptr().cast_mut().cast();
        }
    }
}

#[test]
fn null_columns_inside_structs_are_taken_as_the_engine_hands_them_over() {
    let nulls = |rows: usize| Arc::new(NullArray::new(rows)) as ArrayRef;
    let inner = fields_column(vec![text(&[Some("x"), None]), nulls(2)]).expect("a struct");
    let chunk = fields_column(vec![text(&[Some("a"), Some("b")]), nulls(2), inner]).expect("a struct");
    let count = Arc::new(());
    let with_count = fields_column(vec![counted(&count), nulls(2), chunk.clone()]).expect("a struct");
    let field = Field::new("x", with_count.data_type().clone(), true);
    let export = export_chunks(&field, &[with_count.clone(), with_count]).expect("exported");
    for path in [&[1][..], &[2, 1], &[2, 2, 1]] {
        as_the_engine_exports_nulls(&export, path);
    }
    let (_, out) = call_with(export, REDACT).expect("redacted");
    assert_eq!(out.iter().map(Array::len).collect::<Vec<_>>(), [2, 2]);
    drop(out);
    assert_eq!(Arc::strong_count(&count), 1, "nothing leaks");

    let field = Field::new("x", chunk.data_type().clone(), true);
    let export = export_chunks(&field, std::slice::from_ref(&chunk)).expect("exported");
    as_the_engine_exports_nulls(&export, &[1]);
    as_the_engine_exports_nulls(&export, &[2, 1]);
    // SAFETY: the export is taken over once.
    let taken = unsafe { take(&raw const *ManuallyDrop::new(export)) };
    let (_, chunks) = taken.import().expect("imported");
    assert_eq!(chunks, [chunk]);

    // Children that the type does not have, or has and are not there, are an error and no walk into nowhere.
    let export = export_chunks(&Field::new("x", DataType::Utf8View, true), &[text(&[None])]).expect("exported");
    // SAFETY: as above, and the export is handed over with a type that is not its own.
    unsafe {
        let fields = vec![Field::new("a", DataType::Null, true)].into();
        let other = FFI_ArrowSchema::try_from(Field::new("x", DataType::Struct(fields), true)).expect("schema");
        *export.field = other;
    }
    assert!(call_with(export, REDACT).expect_err("refused").starts_with("nhs_ig[misuse.engine]"));
}

#[test]
fn a_type_that_arrow_has_not_is_named() {
    for format in ["_pli128", "_plu128"] {
        let schema = FFI_ArrowSchema::try_new(format, vec![], None).expect("schema").with_name("x").expect("name");
        let error = field_of(&schema).expect_err("refused");
        assert_eq!(error.code(), "misuse.column_type");
        assert!(error.to_string().starts_with("column x is of type 128-bit integer"), "{error}");
        let parent = FFI_ArrowSchema::try_new("+s", vec![schema], None).expect("schema");
        assert_eq!(field_of(&parent).expect_err("refused").code(), "misuse.column_type");
    }
    let schema = FFI_ArrowSchema::try_new("_pl_unheard_of", vec![], None).expect("schema");
    assert_eq!(field_of(&schema).expect_err("refused").code(), "misuse.engine");
}

#[test]
fn an_error_has_code_and_row_of_the_batch_and_no_value() {
    let act = pickled(&[("act", "format_nhs_number")]);
    let chunks = [text(&[Some("9990000018")]), text(&[Some("9990000017"), Some("x\0y")])];
    let error = call("nhs", &chunks, &act).expect_err("invalid");
    assert!(error.starts_with("nhs_ig[identifier.invalid_cells]: 2 cells of column nhs"), "{error}");
    assert!(error.contains("row 2 of this batch") && !error.contains("9990000017"), "{error}");
}

#[test]
fn types_that_an_act_does_not_take_are_errors() {
    let act = pickled(&[("act", "is_nhs_number")]);
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1)])]));
    for column in [list, Arc::new(BooleanArray::from(vec![true])) as ArrayRef] {
        let error = call("x", &[column], &act).expect_err("refused");
        assert!(error.starts_with("nhs_ig[misuse.column_type]"), "{error}");
    }
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(9_990_000_018), Some(1), None]));
    let (_, out) = call("x", &[numbers], &act).expect("numbers");
    assert_eq!(out[0].as_boolean().iter().collect::<Vec<_>>(), [Some(true), Some(false), None]);
}

#[test]
fn arguments_that_are_not_an_act_are_errors() {
    let unknown = pickled(&[("act", "explode")]);
    let misspelt = pickled(&[("act", "redact"), ("wdith", "5")]);
    for arguments in [&b""[..], b"\x80", b"not a pickle", &unknown, &misspelt] {
        let error = call("x", &[text(&[Some("a")])], arguments).expect_err("refused");
        assert!(error.starts_with("nhs_ig[misuse.argument]"), "{error}");
    }
}

#[test]
fn the_key_is_found_by_its_id_in_the_ring_of_the_process() {
    let key = Arc::new(Key::generate_named(KeyId::new("abi-test").expect("id")).expect("key"));
    let settings = [
        ("act", "pseudonymise"),
        ("scheme", "v1"),
        ("key_id", "abi-test"),
        ("check_value", key.check_value()),
        ("context", "DSA-1"),
        ("kind", "nhs_number"),
    ];
    let column = [text(&[Some("999 000 0018")])];
    let error = call("x", &column, &pickled(&settings)).expect_err("not loaded");
    assert!(error.starts_with("nhs_ig[key.unavailable]"), "{error}");

    process_keys(|ring| ring.add(Arc::clone(&key))).expect("added");
    let (_, out) = call("x", &column, &pickled(&settings)).expect("pseudonymised");
    let context = Context::new("DSA-1").expect("context");
    let scalar = Pseudonymiser::new(&key, context, Kind::nhs_number(), PseudonymFormat::default()).expect("may");
    let number = ig_core::NhsNumber::parse("9990000018").expect("valid");
    assert_eq!(out[0].as_string_view().value(0), scalar.pseudonymise_nhs_number(number));

    let mut other = settings;
    other[3].1 = "0000000000";
    let error = call("x", &column, &pickled(&other)).expect_err("another key");
    assert!(error.starts_with("nhs_ig[key.mismatch]"), "{error}");
}

#[test]
fn the_planned_field_is_the_field_that_comes() {
    let planned = |act: &[u8]| {
        let field = FFI_ArrowSchema::try_from(Field::new("x", DataType::Utf8View, true)).expect("schema");
        let mut output = FFI_ArrowSchema::empty();
        // SAFETY: one schema that stays this side's, arguments that outlive the call, and an empty place.
        unsafe {
            let field = (&raw const field).cast_mut();
            _polars_plugin_field_ig_act(field, 1, &raw mut output, act.as_ptr(), act.len());
        }
        // SAFETY: the first member of a C schema is its format, null in an empty one.
        let left_empty = unsafe { (&raw const output).cast::<*const c_char>().read().is_null() };
        if left_empty { Err(last_error()) } else { Ok(Field::try_from(&output).expect("schema")) }
    };
    for act in [REDACT.to_vec(), pickled(&[("act", "is_nhs_number")])] {
        let (field, _) = call("x", &[text(&[Some("a")])], &act).expect("done");
        assert_eq!(planned(&act).expect("planned"), field);
    }
    assert!(planned(b"").expect_err("not an act").starts_with("nhs_ig[misuse.argument]"));
}

/// A column whose buffer tells when it is let go.
fn counted(count: &Arc<()>) -> ArrayRef {
    struct Owned(Vec<u8>, #[allow(dead_code, reason = "held for its count")] Arc<()>);
    let owned = Arc::new(Owned(b"ab".to_vec(), Arc::clone(count)));
    let pointer = ptr::NonNull::new(owned.0.as_ptr().cast_mut()).expect("not null");
    // SAFETY: the two bytes live as long as `owned`, which the buffer holds.
    let buffer = unsafe { arrow::buffer::Buffer::from_custom_allocation(pointer, 2, owned) };
    let offsets = arrow::buffer::OffsetBuffer::from_lengths([1, 1]);
    Arc::new(StringArray::new(offsets, buffer, None))
}

#[test]
fn nothing_leaks_whether_the_act_succeeds_or_fails() {
    let count = Arc::new(());
    for act in [REDACT.to_vec(), pickled(&[("act", "format_nhs_number")]), b"not an act".to_vec()] {
        drop(call("x", &[counted(&count), counted(&count)], &act));
        assert_eq!(Arc::strong_count(&count), 1);
    }
    // Two columns where one is expected: both are still taken over and let go.
    let field = Field::new("x", DataType::Utf8, true);
    let inputs = [0; 2].map(|_| ManuallyDrop::new(export_chunks(&field, &[counted(&count)]).expect("exported")));
    let mut output = empty();
    // SAFETY: two exports that are not used again, arguments that outlive the call, and an empty place.
    unsafe {
        let first = inputs.as_ptr().cast::<SeriesExport>();
        _polars_plugin_ig_act(first, 2, REDACT.as_ptr(), REDACT.len(), &raw mut output, ptr::null());
    }
    assert!(output.private_data.is_null() && last_error().starts_with("nhs_ig[misuse.engine]"));
    assert_eq!(Arc::strong_count(&count), 1);
}
