#![forbid(unsafe_code)]
#![doc = include_str!("../docs/overview.md")]

mod error;
pub mod mask;
mod nhs_number;
mod postcode;
pub mod suppression;

pub use error::{
    AccessError, AuditError, Error, ExportError, IdentifierError, KeyError, MisuseError, PolicyError, Result,
};
pub use nhs_number::{ChiDate, NhsNumber, Region};
pub use postcode::{Postcode, PostcodeLevel, PseudoPostcode};
