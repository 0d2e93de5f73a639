//! The rule a table is held to.

use super::builder::SuppressionPolicyBuilder;
use super::preset;
use super::rounding::Rounding;
use crate::error::PolicyError;
use serde::{Deserialize, Serialize};

/// What happens to a count of zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Zeros {
    /// Shown as zero.
    Keep,
    /// Hidden like a small count.
    Hide,
}

/// What a missing count means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Nulls {
    /// Nothing that the rule knows: the table is refused.
    Refuse,
    /// A cell to hide.
    Hide,
}

/// How far cells are hidden so that others cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secondary {
    /// Not at all: small counts alone are hidden.
    None,
    /// No small count is a sum or difference of published ones.
    Exact,
    /// No small count can be narrowed to a few values either.
    Interval,
}

impl Secondary {
    /// The word used in settings and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Exact => "exact",
            Self::Interval => "interval",
        }
    }
}

/// Whether the rule's source lets national figures through without control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NationalRows {
    /// They are treated like all others.
    Controlled,
    /// They may be exempted, row by row and by name; nothing is exempt by itself.
    MayBeExempt,
}

/// Where published totals come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Totals {
    /// From the true total, hidden and rounded like any other cell.
    AsCells,
    /// Only from the rounded parts.
    SumOfRounded,
}

/// The largest `n` contributors may not make up `k_percent` or more of a magnitude.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NkRule {
    /// How many contributors are taken together.
    pub n: u32,
    /// Their share of the total, in per cent.
    pub k_percent: u8,
}

/// A rule for tables, with its source: which counts are hidden, and how the rest is rounded.
///
/// Made by [`SuppressionPolicy::preset`] or [`SuppressionPolicy::builder`], always valid, serialised as plain data
/// for manifests. Counts from 1 to `threshold` − 1 are hidden; what is left is rounded.
///
/// `max_share`, `nk` and `p_percent` are limits for magnitudes (costs, bed days).
/// [`magnitude::primary`](super::magnitude::primary) applies them, to who contributed what; they say nothing about
/// counts, and [`suppress`](super::suppress) does not look at them.
///
/// A published rule is a starting point, not law: check the current guide of whoever owns the data. Presets say
/// where and when their values were published, and which of them were only seen in a copy.
///
/// ```
/// use ig_core::suppression::{Rounding, SuppressionPolicy, Zeros};
///
/// let hes = SuppressionPolicy::preset("hes")?;
/// assert_eq!((hes.threshold(), hes.zeros(), hes.rounding()), (8, Zeros::Keep, Rounding::Nearest(5)));
/// assert_eq!(SuppressionPolicy::preset("hse").unwrap_err().code(), "policy.unknown_preset");
/// # Ok::<(), ig_core::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuppressionPolicy {
    pub(super) name: String,
    pub(super) threshold: u32,
    pub(super) zeros: Zeros,
    pub(super) nulls: Nulls,
    pub(super) rounding: Rounding,
    pub(super) secondary: Secondary,
    pub(super) marker: String,
    pub(super) national_rows: NationalRows,
    pub(super) totals: Totals,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_share: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nk: Option<NkRule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) p_percent: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<String>,
}

impl SuppressionPolicy {
    /// The names of all presets.
    pub const PRESETS: [&'static str; 8] = preset::NAMES;

    /// A published rule by its name.
    ///
    /// | name | hidden | zero | shown | secondary | national rows |
    /// |---|---|---|---|---|---|
    /// | `hes` | 1 to 7 | kept | nearest 5 | none | may be exempt |
    /// | `opensafely` | 1 to 7 | kept | nearest 5 | none | as others |
    /// | `midpoint6` | nothing | kept | midpoint of 6 | none | as others |
    /// | `mhsds` | 1 to 4, missing | hidden | nearest 5 | none | may be exempt |
    /// | `uk_llc` | 1 to 9 | hidden | as it is | interval | as others |
    /// | `under5` | 1 to 4 | kept | as it is | interval | as others |
    /// | `under10` | 1 to 9 | kept | as it is | interval | as others |
    /// | `acro` | 1 to 9 | hidden | as it is | interval | as others |
    ///
    /// # Errors
    /// `policy.unknown_preset`.
    pub fn preset(name: &str) -> Result<Self, PolicyError> {
        preset::find(name).ok_or_else(|| PolicyError::UnknownPreset { known: preset::NAMES.join(", ") })
    }

    /// A rule of one's own, which hides counts from 1 to `threshold` − 1. See [`SuppressionPolicyBuilder`].
    pub fn builder(name: &str, threshold: u32) -> SuppressionPolicyBuilder {
        SuppressionPolicyBuilder::new(name, threshold)
    }

    /// A copy of this rule to be changed, under a name of its own: a changed preset is no longer that preset.
    pub fn to_builder(&self, name: &str) -> SuppressionPolicyBuilder {
        SuppressionPolicyBuilder::from_policy(self.clone(), name)
    }

    /// The preset's name, or the caller's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The smallest count above zero that is shown.
    pub fn threshold(&self) -> u32 {
        self.threshold
    }

    /// What happens to zeros.
    pub fn zeros(&self) -> Zeros {
        self.zeros
    }

    /// What a missing count means.
    pub fn nulls(&self) -> Nulls {
        self.nulls
    }

    /// How visible counts are rounded.
    pub fn rounding(&self) -> Rounding {
        self.rounding
    }

    /// The level of secondary suppression that the rule stands for.
    pub fn secondary(&self) -> Secondary {
        self.secondary
    }

    /// The text shown for a hidden cell.
    pub fn marker(&self) -> &str {
        &self.marker
    }

    /// Whether national rows may be exempted.
    pub fn national_rows(&self) -> NationalRows {
        self.national_rows
    }

    /// Where published totals come from.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The largest share of one contributor to a magnitude, in per cent; see [`magnitude::primary`](super::magnitude::primary).
    pub fn max_share(&self) -> Option<u8> {
        self.max_share
    }

    /// The (n, k) dominance limit of magnitudes; see [`magnitude::primary`](super::magnitude::primary).
    pub fn nk(&self) -> Option<NkRule> {
        self.nk
    }

    /// The p-percent limit of magnitudes; see [`magnitude::primary`](super::magnitude::primary).
    pub fn p_percent(&self) -> Option<u8> {
        self.p_percent
    }

    /// Where the rule was published.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Since when the rule is known, as year and month; none where the source bears no date.
    pub fn date(&self) -> Option<&str> {
        self.date.as_deref()
    }
}
