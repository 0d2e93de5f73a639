#![forbid(unsafe_code)]
#![doc = include_str!("../docs/overview.md")]

mod error;
mod key;
mod nhs_number;
mod platform;
pub mod pseudonym;

pub use error::{
    AccessError, AuditError, Error, ExportError, IdentifierError, KeyError, MisuseError, PolicyError, Result,
};
pub use key::{Key, KeyFilePermissions, KeyId, KeyRing, process_keys};
pub use nhs_number::{ChiDate, NhsNumber, Region};
pub use pseudonym::{Context, Encoding, Kind, Length, PseudonymFormat, PseudonymSpec, Pseudonymiser, Scheme};
