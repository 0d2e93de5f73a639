//! Hiding parts of single values and making them coarser.
//!
//! One method a file. Each says which attack still works after it: masking and generalising make a value less
//! telling and never make a record anonymous. Settings are plain data that is checked when it is read, so that
//! an agreement or a plan can carry them.

mod age;
mod date;
mod partial;
mod postcode;
mod redact;
#[cfg(test)]
mod tests;

pub use age::{AgeBand, age_in_years};
pub use date::{DateLevel, generalise_date, parse_date};
pub use partial::MaskPartial;
pub use postcode::{generalise_postcode, postcode_area, postcode_district, postcode_sector};
pub use redact::{REDACTED, redact};
