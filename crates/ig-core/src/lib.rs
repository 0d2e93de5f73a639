#![forbid(unsafe_code)]
#![doc = include_str!("../docs/overview.md")]

pub mod agreement;
pub mod opt_out;

mod error;
mod nhs_number;

pub use error::{
    AccessError, AuditError, Error, ExportError, IdentifierError, KeyError, MisuseError, PolicyError, Result,
};
pub use nhs_number::{ChiDate, NhsNumber, Region};
