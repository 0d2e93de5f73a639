//! Python bindings: convert, let other threads run, call the core, convert the error.
//!
//! No rule lives here. The Polars plugin's exported functions are linked in, so that one shared library and
//! one key ring serve both.

mod arrow_capsule;
mod columns;
mod error;
mod key;
mod lists;
mod nhs_number;
mod pseudonymiser;
mod table;

use ig_polars as _;

/// The compiled core of `nhs_ig`. Use the names of the package `nhs_ig` instead.
#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use crate::columns::{Column, act_on_column, act_on_list, check_act};
    #[pymodule_export]
    use crate::key::{Key, forget_key};
    #[pymodule_export]
    use crate::nhs_number::NhsNumber;
    #[pymodule_export]
    use crate::pseudonymiser::PseudonymHandle;
    #[pymodule_export]
    use crate::table::{Table, read_table, table_from_lists, write_table};

    /// Version of the library.
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
