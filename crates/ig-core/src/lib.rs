#![forbid(unsafe_code)]
#![doc = include_str!("../docs/overview.md")]

pub mod audit;
mod error;
mod nhs_number;
mod platform;

pub use error::{
    AccessError, AuditError, Error, ExportError, IdentifierError, KeyError, MisuseError, PolicyError, Result,
};
pub use nhs_number::{ChiDate, NhsNumber, Region};
