//! Rules of one's own.

use super::policy::{NationalRows, NkRule, Nulls, Secondary, SuppressionPolicy, Totals, Zeros};
use super::preset;
use super::rounding::Rounding;
use crate::error::{Error, MisuseError};

/// Settings of a rule that is not a preset; [`SuppressionPolicyBuilder::build`] checks them.
///
/// What is not set is strict or plain: zeros kept, missing counts refused, no rounding, secondary `interval`,
/// marker `*`, no exemption.
///
/// ```
/// use ig_core::suppression::{Secondary, SuppressionPolicy, Zeros};
///
/// let rule = SuppressionPolicy::builder("trust_board", 5)
///     .zeros(Zeros::Hide)
///     .secondary(Secondary::None)
///     .marker("[c]")
///     .source("Trust disclosure standard, section 4")
///     .build()?;
/// assert_eq!(rule.name(), "trust_board");
/// assert!(SuppressionPolicy::builder("trust_board", 5).marker("0").build().is_err());
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SuppressionPolicyBuilder(SuppressionPolicy);

impl SuppressionPolicyBuilder {
    pub(super) fn new(name: &str, threshold: u32) -> Self {
        Self(SuppressionPolicy {
            name: name.to_owned(),
            threshold,
            zeros: Zeros::Keep,
            nulls: Nulls::Refuse,
            rounding: Rounding::None,
            secondary: Secondary::Interval,
            marker: "*".to_owned(),
            national_rows: NationalRows::Controlled,
            totals: Totals::AsCells,
            max_share: None,
            nk: None,
            p_percent: None,
            source: None,
            date: None,
        })
    }

    pub(super) fn from_policy(policy: SuppressionPolicy, name: &str) -> Self {
        Self(SuppressionPolicy { name: name.to_owned(), ..policy })
    }

    /// The settings unchecked, for presets: their tests run them through [`SuppressionPolicyBuilder::build`].
    pub(super) fn into_preset(self) -> SuppressionPolicy {
        self.0
    }

    /// Sets the smallest count above zero that is shown.
    #[must_use]
    pub fn threshold(mut self, threshold: u32) -> Self {
        self.0.threshold = threshold;
        self
    }

    /// Sets what happens to zeros.
    #[must_use]
    pub fn zeros(mut self, zeros: Zeros) -> Self {
        self.0.zeros = zeros;
        self
    }

    /// Sets what a missing count means.
    #[must_use]
    pub fn nulls(mut self, nulls: Nulls) -> Self {
        self.0.nulls = nulls;
        self
    }

    /// Sets how visible counts are rounded, to a base from 2 to 1000.
    #[must_use]
    pub fn rounding(mut self, rounding: Rounding) -> Self {
        self.0.rounding = rounding;
        self
    }

    /// Sets the level of secondary suppression that the rule stands for.
    #[must_use]
    pub fn secondary(mut self, secondary: Secondary) -> Self {
        self.0.secondary = secondary;
        self
    }

    /// Sets the text shown for a hidden cell: no digits, and nothing that tools read as zero or as no value.
    #[must_use]
    pub fn marker(mut self, marker: &str) -> Self {
        marker.clone_into(&mut self.0.marker);
        self
    }

    /// Sets whether national rows may be exempted.
    #[must_use]
    pub fn national_rows(mut self, national_rows: NationalRows) -> Self {
        self.0.national_rows = national_rows;
        self
    }

    /// Sets where published totals come from.
    #[must_use]
    pub fn totals(mut self, totals: Totals) -> Self {
        self.0.totals = totals;
        self
    }

    /// Sets the largest share of one contributor to a magnitude, 1 to 100 per cent.
    #[must_use]
    pub fn max_share(mut self, per_cent: u8) -> Self {
        self.0.max_share = Some(per_cent);
        self
    }

    /// Sets an (n, k) dominance limit for magnitudes: n of 1 or more, k of 1 to 100 per cent.
    #[must_use]
    pub fn nk(mut self, n: u32, k_percent: u8) -> Self {
        self.0.nk = Some(NkRule { n, k_percent });
        self
    }

    /// Sets a p-percent limit for magnitudes, 1 to 100.
    #[must_use]
    pub fn p_percent(mut self, per_cent: u8) -> Self {
        self.0.p_percent = Some(per_cent);
        self
    }

    /// Says where the rule is written down.
    #[must_use]
    pub fn source(mut self, source: &str) -> Self {
        self.0.source = Some(source.to_owned());
        self
    }

    /// Says since when the rule holds.
    #[must_use]
    pub fn date(mut self, date: &str) -> Self {
        self.0.date = Some(date.to_owned());
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// `misuse.argument` naming the setting: a name that is not `[a-z][a-z0-9_]*` of at most 64 characters or is
    /// a preset's; a threshold of 0; a base outside 2 to 1000; a marker that could be taken for a number, for
    /// zero or for no value; a percentage outside 1 to 100; a rule that would neither hide nor round anything.
    pub fn build(self) -> Result<SuppressionPolicy, Error> {
        let policy = self.0;
        let refuse = |name: &str, expected: &str| Err(Error::from(argument(name, expected)));
        if !is_name(&policy.name) {
            return refuse("name", "1 to 64 characters a-z, 0-9 and underscore, a letter first");
        }
        if preset::NAMES.contains(&policy.name.as_str()) {
            return refuse("name", "not the name of a preset; a changed rule is another rule");
        }
        if policy.threshold == 0 {
            return refuse("threshold", "1 or more; counts below it are hidden");
        }
        policy.rounding.check()?;
        if !is_marker(&policy.marker) {
            return refuse("marker", "1 to 32 printable characters, no digit, not a word for zero or for no value");
        }
        let shares = [policy.max_share, policy.p_percent, policy.nk.map(|nk| nk.k_percent)];
        if shares.into_iter().flatten().any(|share| !(1..=100).contains(&share)) {
            return refuse("max_share, nk and p_percent", "1 to 100 per cent");
        }
        if policy.nk.is_some_and(|nk| nk.n == 0) {
            return refuse("nk", "1 contributor or more");
        }
        if policy.threshold == 1 && policy.zeros == Zeros::Keep && policy.rounding == Rounding::None {
            return refuse("threshold", "2 or more, since this rule would neither hide nor round anything");
        }
        Ok(policy)
    }
}

fn argument(name: &str, expected: &str) -> MisuseError {
    MisuseError::Argument { name: name.into(), expected: expected.into() }
}

fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// A hidden cell must never be read as a number, as zero or as "there was none": common readers turn these
/// words into a missing value without saying so.
fn is_marker(marker: &str) -> bool {
    const NO_VALUE: [&str; 10] = ["na", "n/a", "nan", "nil", "none", "null", "zero", "inf", "infinity", "-inf"];
    (1..=32).contains(&marker.chars().count())
        && marker.trim() == marker
        && !marker.chars().any(|character| character.is_numeric() || character.is_control())
        && !NO_VALUE.contains(&marker.to_lowercase().trim_start_matches(['+', '-', '#', '<']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> SuppressionPolicyBuilder {
        SuppressionPolicy::builder("own", 5)
    }

    #[test]
    fn unusable_settings_are_refused_by_name() {
        let cases = [
            (rule().threshold(0), "threshold"),
            (rule().threshold(1), "threshold"),
            (rule().rounding(Rounding::Nearest(1)), "rounding base"),
            (rule().rounding(Rounding::Midpoint(1001)), "rounding base"),
            (rule().max_share(0), "max_share, nk and p_percent"),
            (rule().p_percent(101), "max_share, nk and p_percent"),
            (rule().nk(2, 101), "max_share, nk and p_percent"),
            (rule().nk(0, 90), "nk"),
            (SuppressionPolicy::builder("hes", 5), "name"),
            (SuppressionPolicy::builder("Own", 5), "name"),
            (SuppressionPolicy::builder("", 5), "name"),
            (SuppressionPolicy::builder(&"a".repeat(65), 5), "name"),
        ];
        for (builder, name) in cases {
            let error = builder.build().expect_err(name);
            assert_eq!(error.code(), "misuse.argument");
            assert_eq!(error.context()[0], ("name", name.to_owned()));
        }
    }

    #[test]
    fn a_marker_cannot_be_taken_for_a_value() {
        let long = "x".repeat(33);
        for marker in ["", " ", "0", "-1", "<5", "NaN", "nan", "null", "None", "NA", "#N/A", "٣", "*\n", " *", &long] {
            assert!(rule().marker(marker).build().is_err(), "{marker:?}");
        }
        for marker in ["*", "[REDACTED]", "[c]", "c", "..", "hidden", "–"] {
            assert_eq!(rule().marker(marker).build().expect(marker).marker(), marker);
        }
    }

    #[test]
    fn the_edges_are_accepted() {
        for builder in [
            rule().threshold(1).zeros(Zeros::Hide),
            rule().threshold(1).rounding(Rounding::Nearest(2)),
            rule().rounding(Rounding::Midpoint(1000)),
            rule().max_share(100).nk(1, 1).p_percent(1),
        ] {
            builder.build().expect("usable");
        }
    }

    #[test]
    fn a_changed_preset_needs_its_own_name() {
        let hes = SuppressionPolicy::preset("hes").expect("preset");
        assert!(hes.to_builder("hes").build().is_err());
        let own = hes.to_builder("hes_hidden_zeros").zeros(Zeros::Hide).build().expect("own");
        assert_eq!((own.threshold(), own.zeros(), own.rounding()), (8, Zeros::Hide, Rounding::Nearest(5)));
    }
}
