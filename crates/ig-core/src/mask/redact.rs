//! The whole value gone.

/// What stands in the place of a redacted value.
pub const REDACTED: &str = "[REDACTED]";

/// The same text for every value.
///
/// Guarantees that nothing of the value is left, its length neither. A missing value should be redacted too where it
/// matters *whether* there was one: that attack still works if missing values stay missing.
///
/// ```
/// assert_eq!(ig_core::mask::redact(), "[REDACTED]");
/// ```
pub const fn redact() -> &'static str {
    REDACTED
}
