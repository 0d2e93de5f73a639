//! How far dates move, and which of the possible shifts a digest stands for.

use crate::error::MisuseError;
use serde::{Deserialize, Serialize};

/// How far dates may move, and whether by whole weeks only.
///
/// The bounds leave at least 14 choices, or 8 of whole weeks: with fewer, trying them all is no work.
///
/// ```
/// use ig_core::mask::ShiftRange;
///
/// assert_eq!(ShiftRange::days(30)?.choices(), 60);
/// assert_eq!(ShiftRange::whole_weeks(30)?.choices(), 8);
/// assert_eq!(ShiftRange::days(3).unwrap_err().code(), "misuse.argument");
/// # Ok::<(), ig_core::MisuseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Settings")]
pub struct ShiftRange {
    max_days: u32,
    keep_weekday: bool,
}

/// As read, not yet checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    max_days: u32,
    #[serde(default)]
    keep_weekday: bool,
}

impl TryFrom<Settings> for ShiftRange {
    type Error = MisuseError;

    fn try_from(settings: Settings) -> Result<Self, MisuseError> {
        if settings.keep_weekday { Self::whole_weeks(settings.max_days) } else { Self::days(settings.max_days) }
    }
}

const MOST_DAYS: u32 = 3650;

impl ShiftRange {
    /// Up to so many days in either direction: 7 to 3,650.
    ///
    /// # Errors
    /// `misuse.argument`
    pub fn days(max_days: u32) -> Result<Self, MisuseError> {
        Self::new(max_days, false, 7, "7 to 3650 days; fewer would leave the true date almost in sight")
    }

    /// Up to so many days in either direction, by whole weeks, so that every date keeps its day of the week: 28 to
    /// 3,650.
    ///
    /// # Errors
    /// `misuse.argument`
    pub fn whole_weeks(max_days: u32) -> Result<Self, MisuseError> {
        Self::new(max_days, true, 28, "28 to 3650 days where the weekday is kept; fewer would leave too few choices")
    }

    fn new(max_days: u32, keep_weekday: bool, least: u32, expected: &str) -> Result<Self, MisuseError> {
        if (least..=MOST_DAYS).contains(&max_days) {
            Ok(Self { max_days, keep_weekday })
        } else {
            Err(MisuseError::Argument { name: "max_days".to_owned(), expected: expected.to_owned() })
        }
    }

    /// The most days by which a date moves.
    pub const fn max_days(self) -> u32 {
        self.max_days
    }

    /// Whether dates move by whole weeks only.
    pub const fn keep_weekday(self) -> bool {
        self.keep_weekday
    }

    /// How many different shifts there are.
    pub const fn choices(self) -> u32 {
        2 * (self.max_days / self.step())
    }

    const fn step(self) -> u32 {
        if self.keep_weekday { 7 } else { 1 }
    }

    /// The settings as part of a key derivation.
    pub(super) fn settings(self) -> [u8; 5] {
        let [a, b, c, d] = self.max_days.to_be_bytes();
        [a, b, c, d, u8::from(self.keep_weekday)]
    }

    /// The shift that a digest stands for: its first 128 bits modulo the choices, in rising order without 0.
    pub(super) fn choose(self, digest: &[u8; 32]) -> i32 {
        let (first, _) = digest.split_at(16);
        let number = first.iter().fold(0_u128, |number, &byte| number << 8 | u128::from(byte));
        let half = self.choices() / 2;
        // Both are below 2 × 3,650.
        let place = (number % u128::from(self.choices())) as i32 - half.cast_signed();
        let steps = if place < 0 { place } else { place + 1 };
        steps * self.step().cast_signed()
    }
}
