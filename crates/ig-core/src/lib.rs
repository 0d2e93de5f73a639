#![forbid(unsafe_code)]
#![doc = include_str!("../docs/overview.md")]

pub mod agreement;
pub mod audit;
#[cfg(feature = "arrow")]
pub mod columns;
mod error;
#[cfg(feature = "files")]
pub mod files;
mod key;
pub mod mask;
#[cfg(feature = "arrow")]
pub mod microdata;
mod nhs_number;
mod on_invalid;
pub mod opt_out;
mod platform;
mod postcode;
pub mod pseudonym;
#[cfg(feature = "files")]
pub mod release;
pub mod suppression;

pub use error::{
    AccessError, AuditError, Error, ExportError, IdentifierError, KeyError, MisuseError, PolicyError, Result,
};
pub use key::{Key, KeyFilePermissions, KeyId, KeyRing, process_keys};
pub use nhs_number::{ChiDate, NhsNumber, Region};
pub use on_invalid::OnInvalid;
pub use postcode::{Postcode, PostcodeLevel, PseudoPostcode};
pub use pseudonym::{Context, Encoding, Kind, Length, PseudonymFormat, PseudonymSpec, Pseudonymiser, Scheme};

/// The project's README, so that its Rust example is run with the others.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
