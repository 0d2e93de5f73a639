#![doc = include_str!("../docs/masking.md")]

mod age;
mod date;
pub mod date_shift;
mod limit;
mod number;
mod partial;
mod postcode;
mod redact;
mod round;
#[cfg(test)]
mod tests;

pub use age::{AgeBand, age_in_years};
pub use date::{DateLevel, generalise_date, parse_date};
pub use date_shift::{DateShiftSpec, DateShifter, ShiftRange};
#[cfg(feature = "arrow")]
pub(crate) use date_shift::{DateText, SHIFTABLE_DAYS};
pub use limit::{CodeLimit, Coded};
pub use number::Number;
#[cfg(feature = "arrow")]
pub(crate) use number::float_of;
pub use partial::MaskPartial;
pub use postcode::{generalise_postcode, postcode_area, postcode_district, postcode_sector};
pub use redact::{REDACTED, redact};
pub use round::RoundTo;
