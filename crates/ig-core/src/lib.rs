#![forbid(unsafe_code)]
#![doc = include_str!("../docs/overview.md")]

pub mod agreement;
pub mod audit;
#[cfg(feature = "arrow")]
pub mod columns;
pub mod composite;
mod error;
#[cfg(feature = "files")]
pub mod files;
#[cfg(feature = "format_preserving")]
pub mod format_preserving;
#[cfg(feature = "identity")]
pub mod identity;
mod key;
pub mod keys;
pub mod mask;
#[cfg(feature = "arrow")]
pub mod microdata;
mod nhs_number;
mod on_invalid;
pub mod opt_out;
mod platform;
mod postcode;
pub mod pseudonym;
pub mod reidentify;
#[cfg(feature = "files")]
pub mod release;
pub mod scrub;
pub mod suppression;
pub mod token;

pub use error::{
    AccessError, AuditError, Error, ExportError, IdentifierError, KeyError, MisuseError, PolicyError, Result,
};
pub use key::{
    Key, KeyEntry, KeyFilePermissions, KeyId, KeyRing, KeyRingFile, KeySource, KeyStatus, RetiredKeys, process_keys,
};
pub use nhs_number::{ChiDate, NhsNumber, Region};
pub use on_invalid::OnInvalid;
pub use postcode::{Postcode, PostcodeLevel, PseudoPostcode};
pub use pseudonym::{Context, Encoding, Kind, Length, PseudonymFormat, PseudonymSpec, Pseudonymiser, Scheme};

/// The project's README, so that its Rust example is run with the others.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
