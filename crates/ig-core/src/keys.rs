#![doc = include_str!("../docs/keys.md")]

#[cfg(feature = "arrow")]
pub use crate::columns::{Crosswalk, CrosswalkReport, crosswalk};
pub use crate::key::{
    Key, KeyEntry, KeyFilePermissions, KeyId, KeyRing, KeyRingFile, KeySource, KeyStatus, RetiredKeys, process_keys,
};
