//! Top and bottom coding: extreme numbers become a limit.

use super::number::{EXACT, EXACT_FLOAT, Number};
use crate::error::MisuseError;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;

/// Where numbers are cut off, for top coding or bottom coding, and the words that stand for those beyond.
///
/// Without a label, a number beyond the limit becomes the limit, and the result is a number. With a label, such
/// as `90+`, every number at or beyond the limit becomes the label, and the result is text.
///
/// Guarantees that no number beyond the limit shows, and that all of them look the same.
///
/// Attacks that still work: that a value was extreme still shows, and if only one person can be that old or that
/// long in hospital, the label names them; a mean or a total released beside it gives the value back when few are
/// beyond the limit; without a label the limit itself looks like a true value, so say in the data's description
/// where it lies. Choose a limit with many people beyond it.
///
/// Source of the usual limit for ages: 90, as in NHS England publications.
///
/// ```
/// use ig_core::mask::{CodeLimit, Coded, Number};
///
/// let limit = CodeLimit::new(Number::Whole(90))?;
/// assert_eq!(limit.top_code(Number::Whole(103)), Coded::Limit);
/// assert_eq!(limit.top_code(Number::Whole(90)), Coded::Same);
/// assert_eq!(limit.bottom_code(Number::Float(-1.5)), Coded::Limit);
/// let labelled = CodeLimit::labelled(Number::Whole(90), "90+")?;
/// assert_eq!(labelled.top_code(Number::Whole(90)), Coded::Limit);
/// # Ok::<(), ig_core::MisuseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Settings")]
pub struct CodeLimit {
    at: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

/// As read, not yet checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    at: Number,
    #[serde(default)]
    label: Option<String>,
}

impl TryFrom<Settings> for CodeLimit {
    type Error = MisuseError;

    fn try_from(settings: Settings) -> Result<Self, MisuseError> {
        Self::checked(settings.at, settings.label)
    }
}

/// What a number becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coded {
    /// It stays.
    Same,
    /// It becomes the limit, or its label.
    Limit,
}

impl CodeLimit {
    /// A limit from -2^53 to 2^53.
    ///
    /// # Errors
    /// `misuse.argument`
    pub fn new(at: Number) -> Result<Self, MisuseError> {
        Self::checked(at, None)
    }

    /// A limit with the words for numbers at or beyond it: 1 to 64 characters that can be printed.
    ///
    /// # Errors
    /// `misuse.argument`
    pub fn labelled(at: Number, label: &str) -> Result<Self, MisuseError> {
        Self::checked(at, Some(label.to_owned()))
    }

    pub(crate) fn checked(at: Number, label: Option<String>) -> Result<Self, MisuseError> {
        let refuse =
            |name: &str, expected: &str| Err(MisuseError::Argument { name: name.into(), expected: expected.into() });
        let at = match at {
            // 90.0 is the same limit as 90, also for whole numbers.
            Number::Float(at) if at.fract() == 0.0 && at.abs() <= EXACT_FLOAT => Number::Whole(at as i128),
            other => other,
        };
        let within = match at {
            Number::Whole(at) => at.unsigned_abs() <= u128::from(EXACT),
            Number::Float(at) => at.abs() <= EXACT_FLOAT,
        };
        if !within {
            return refuse("at", "a number from -2^53 to 2^53");
        }
        let printable = |label: &String| {
            (1..=64).contains(&label.chars().count()) && !label.chars().any(char::is_control) && label.trim() == label
        };
        if !label.as_ref().is_none_or(printable) {
            return refuse("label", "1 to 64 characters that can be printed, such as 90+, without spaces around them");
        }
        Ok(Self { at, label })
    }

    /// The limit.
    pub const fn at(&self) -> Number {
        self.at
    }

    /// The words for numbers at or beyond the limit.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    #[cfg(feature = "arrow")]
    pub(crate) const fn has_label(&self) -> bool {
        self.label.is_some()
    }

    /// What a number becomes when high ones are cut off.
    pub fn top_code(&self, number: Number) -> Coded {
        self.beyond(number, Ordering::Greater)
    }

    /// What a number becomes when low ones are cut off.
    pub fn bottom_code(&self, number: Number) -> Coded {
        self.beyond(number, Ordering::Less)
    }

    fn beyond(&self, number: Number, direction: Ordering) -> Coded {
        match number.compare(self.at) {
            Ordering::Equal if self.label.is_some() => Coded::Limit,
            order if order == direction => Coded::Limit,
            _ => Coded::Same,
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(number) => match i64::try_from(*number) {
                Ok(number) => serializer.serialize_i64(number),
                Err(_) => serializer.serialize_i128(*number),
            },
            Self::Float(number) => serializer.serialize_f64(*number),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneNumber)
    }
}

struct OneNumber;

impl Visitor<'_> for OneNumber {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a finite number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Number, E> {
        Ok(Number::Whole(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
        Ok(Number::Whole(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Number, E> {
        Number::float(number).map_err(|_| E::custom("expected a finite number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unusable_limits_are_refused_however_they_are_made() {
        let long = "x".repeat(65);
        for (at, label) in [
            (Number::Whole(i128::from(EXACT) + 1), None),
            (Number::Whole(i128::MIN), None),
            (Number::Float(1e300), None),
            (Number::Whole(90), Some("")),
            (Number::Whole(90), Some(" 90+")),
            (Number::Whole(90), Some("90\n")),
            (Number::Whole(90), Some(&*long)),
        ] {
            assert_eq!(
                CodeLimit::checked(at, label.map(str::to_owned)).expect_err("refused").code(),
                "misuse.argument"
            );
        }
        for json in ["{}", r#"{"at": "90"}"#, r#"{"at": true}"#, r#"{"at": 9e99}"#, r#"{"at": 90, "top": 1}"#] {
            assert!(serde_json::from_str::<CodeLimit>(json).is_err(), "{json}");
        }
        let limit = CodeLimit::labelled(Number::Float(90.0), "90+").expect("usable");
        assert_eq!(serde_json::to_string(&limit).expect("plain"), r#"{"at":90,"label":"90+"}"#);
        let limit = CodeLimit::new(Number::Float(0.5)).expect("usable");
        assert_eq!(serde_json::to_string(&limit).expect("plain"), r#"{"at":0.5}"#);
    }

    proptest! {
        #[test]
        fn top_coding_twice_is_once(value in any::<i64>(), at in -1_000_000..1_000_000_i64) {
            let limit = CodeLimit::new(Number::Whole(at.into())).expect("usable");
            let once = if limit.top_code(Number::Whole(value.into())) == Coded::Limit { at } else { value };
            prop_assert_eq!(once, value.min(at));
            prop_assert_eq!(limit.top_code(Number::Whole(once.into())), Coded::Same);
            let low = limit.bottom_code(Number::Whole(value.into())) == Coded::Limit;
            prop_assert_eq!(low, value < at);
        }
    }
}
