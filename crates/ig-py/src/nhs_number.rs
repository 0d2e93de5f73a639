//! NHS numbers in Python.

use crate::error::{OrRaise, argument};
use ig_core::IdentifierError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

/// A ten-digit number whose check digit fits; making one is the check.
///
/// Takes `str` (spaces, hyphens and dots are removed), `int` (leading zeros are put back) or a whole `float`.
/// `str()` gives the 3-3-4 form, `repr()` does not show the digits. A fitting check digit does not say that the
/// number was issued or whose it is: one in eleven random numbers passes.
///
/// Raises `IdentifierError` with code `identifier.length`, `identifier.character`, `identifier.non_ascii_digit`,
/// `identifier.check_digit`, `identifier.placeholder`, `identifier.negative` or `identifier.fraction`.
#[pyclass(module = "nhs_ig", frozen, eq, hash)]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct NhsNumber(ig_core::NhsNumber);

#[pymethods]
impl NhsNumber {
    #[new]
    fn new(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = value.py();
        let number = match parse(value) {
            Some(number) => number.or_raise(py)?,
            None => return Err(argument(py, "value", "str, int or float")),
        };
        Ok(Self(number))
    }

    /// The ten digits without spaces.
    #[getter]
    fn digits(&self) -> &str {
        self.0.as_str()
    }

    /// Who issues numbers of this range: `scotland`, `northern_ireland`, `england_wales_isle_of_man`, `reserved`,
    /// `ireland`, `synthetic` or `unallocated`.
    #[getter]
    fn region(&self) -> &'static str {
        self.0.region().as_str()
    }

    /// Whether it is of the range 900 to 999, which is never issued to a person.
    #[getter]
    fn is_synthetic(&self) -> bool {
        self.0.is_synthetic()
    }

    /// Day, month and two-digit year that a Scottish number begins with, or `None`.
    #[getter]
    fn chi_date(&self) -> Option<(u8, u8, u8)> {
        self.0.chi_date().map(|date| (date.day, date.month, date.year))
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("NhsNumber(region='{}')", self.region())
    }
}

fn parse(value: &Bound<'_, PyAny>) -> Option<Result<ig_core::NhsNumber, IdentifierError>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Some(text.to_cow().map_or(Err(IdentifierError::Character {}), |text| ig_core::NhsNumber::parse(&text)));
    }
    if value.is_instance_of::<PyBool>() {
        return None;
    }
    if value.is_instance_of::<PyInt>() {
        let number = value.extract::<i64>().map(ig_core::NhsNumber::from_integer);
        return Some(number.unwrap_or(Err(IdentifierError::Length { found: 19 })));
    }
    let float = value.cast::<PyFloat>().ok()?;
    Some(ig_core::NhsNumber::from_float(float.extract().ok()?))
}
