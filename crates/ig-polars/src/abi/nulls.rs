//! Null columns inside structs and lists, as the engine hands them over.
//!
//! By the Arrow format a column of nothing but nulls has no buffers. The engine gives it one that is empty, and `arrow`
//! refuses the whole struct for it.
#![allow(unsafe_code)]

use arrow::datatypes::DataType;
use arrow::ffi::FFI_ArrowArray;
use std::ffi::c_void;

/// An array as the C Data Interface lays it out; `arrow` keeps its fields to itself.
#[repr(C)]
pub(super) struct Layout {
    pub(super) length: i64,
    pub(super) null_count: i64,
    pub(super) offset: i64,
    pub(super) n_buffers: i64,
    pub(super) n_children: i64,
    pub(super) buffers: *mut *const c_void,
    pub(super) children: *mut *mut Layout,
    pub(super) dictionary: *mut Layout,
    pub(super) release: Option<unsafe extern "C" fn(*mut Layout)>,
    pub(super) private_data: *mut c_void,
}

const _: () = assert!(size_of::<Layout>() == size_of::<FFI_ArrowArray>());

/// Lets the null columns inside an array of this type have no buffers.
///
/// Nothing is freed or leaked by it: who made the array frees it through `release` and `private_data`, which stay as
/// they are, and by its own count of buffers.
///
/// # Safety
/// The array came with this type from one export, and nobody else looks at it.
pub(super) unsafe fn without_buffers_of_nulls(array: &mut FFI_ArrowArray, data_type: &DataType) {
    // SAFETY: both are the one layout of the C Data Interface; the rest is this function's contract.
    unsafe { walk((&raw mut *array).cast(), data_type) }
}

/// # Safety
/// As [`without_buffers_of_nulls`].
unsafe fn walk(array: *mut Layout, data_type: &DataType) {
    let inner: Vec<&DataType> = match data_type {
        DataType::Null => {
            // SAFETY: the pointer is valid by the contract.
            unsafe { (*array).n_buffers = 0 };
            return;
        }
        DataType::Struct(fields) => fields.iter().map(|field| field.data_type()).collect(),
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
            vec![field.data_type()]
        }
        _ => return,
    };
    // SAFETY: an array has as many children as it says, each a valid pointer; one that has other than its type asks
    // for is left to the import, which refuses it.
    unsafe {
        if (*array).children.is_null() || usize::try_from((*array).n_children) != Ok(inner.len()) {
            return;
        }
        for (at, inner) in inner.into_iter().enumerate() {
            walk(*(*array).children.add(at), inner);
        }
    }
}
