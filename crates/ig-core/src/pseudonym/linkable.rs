//! Whether the pseudonyms of two extracts can be compared.

use super::PseudonymSpec;
use crate::error::KeyError;

impl PseudonymSpec {
    /// Checks that equal pseudonyms of two extracts stand for equal identifiers.
    ///
    /// Scheme, key id, check value, context, kind, length and encoding must all agree. It compares what the two
    /// extracts say of themselves, so it does **not** prove that they were made so, and it does not say whether
    /// linking them is allowed.
    ///
    /// ```
    /// use ig_core::{Context, Key, Kind, PseudonymFormat, Pseudonymiser};
    ///
    /// let (key, format) = (Key::generate()?, PseudonymFormat::default());
    /// let of = |context| Pseudonymiser::new(&key, Context::new(context)?, Kind::nhs_number(), format).map_err(ig_core::Error::from);
    /// let (a, again, b) = (of("DSA-1")?, of("DSA-1")?, of("DSA-2")?);
    /// assert!(a.spec().check_linkable(again.spec()).is_ok());
    /// let error = a.spec().check_linkable(b.spec()).unwrap_err();
    /// assert_eq!(error.code(), "key.not_linkable");
    /// assert_eq!(error.context(), [("differ", "context".to_owned())]);
    /// # Ok::<(), ig_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `key.not_linkable`, with the names of what differs.
    pub fn check_linkable(&self, other: &Self) -> Result<(), KeyError> {
        let compared = [
            ("scheme", self.scheme == other.scheme),
            ("key_id", self.key_id == other.key_id),
            ("check_value", self.check_value == other.check_value),
            ("context", self.context == other.context),
            ("kind", self.kind == other.kind),
            ("length", self.length == other.length),
            ("encoding", self.encoding == other.encoding),
        ];
        let differ: Vec<&str> = compared.iter().filter(|(_, same)| !same).map(|(name, _)| *name).collect();
        if differ.is_empty() { Ok(()) } else { Err(KeyError::NotLinkable { differ: differ.join(", ") }) }
    }
}
