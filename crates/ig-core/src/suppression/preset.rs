//! Published rules as data.

use super::builder::SuppressionPolicyBuilder;
use super::policy::{NationalRows, NkRule, Nulls, Secondary, SuppressionPolicy, Totals, Zeros};
use super::rounding::Rounding;

pub(super) const NAMES: [&str; 8] = ["hes", "opensafely", "midpoint6", "mhsds", "uk_llc", "under5", "under10", "acro"];

/// The preset of that name. What a preset does not mention is as in a new builder.
pub(super) fn find(name: &str) -> Option<SuppressionPolicy> {
    let name = *NAMES.iter().find(|known| **known == name)?;
    let rule = |threshold| SuppressionPolicyBuilder::new(name, threshold).into_preset();
    Some(match name {
        "hes" => SuppressionPolicy {
            rounding: Rounding::Nearest(5),
            secondary: Secondary::None,
            national_rows: NationalRows::MayBeExempt,
            source: text(
                "NHS England, suppression method of Hospital Episode Statistics and the Emergency Care Data Set; \
                 values seen in a copy, check against the current guide",
            ),
            date: text("2018-09"),
            ..rule(8)
        },
        "opensafely" => SuppressionPolicy {
            rounding: Rounding::Nearest(5),
            secondary: Secondary::None,
            totals: Totals::SumOfRounded,
            marker: "[REDACTED]".into(),
            source: text("OpenSAFELY documentation, Applying statistical disclosure control"),
            ..rule(8)
        },
        // Nothing is hidden below a threshold: the bins do the work. Seven shares a bin with 8 to 12, so this
        // rule does not by itself meet a rule that hides up to 7.
        "midpoint6" => SuppressionPolicy {
            rounding: Rounding::Midpoint(6),
            secondary: Secondary::None,
            totals: Totals::SumOfRounded,
            marker: "[REDACTED]".into(),
            source: text("OpenSAFELY documentation, midpoint-6 rounding"),
            ..rule(1)
        },
        "mhsds" => SuppressionPolicy {
            zeros: Zeros::Hide,
            nulls: Nulls::Hide,
            rounding: Rounding::Nearest(5),
            secondary: Secondary::None,
            national_rows: NationalRows::MayBeExempt,
            source: text(
                "NHS England, Mental Health Services monthly statistics, published code of the rounded output",
            ),
            ..rule(5)
        },
        "uk_llc" => SuppressionPolicy {
            zeros: Zeros::Hide,
            source: text("UK Longitudinal Linkage Collaboration, guidebook, output checking"),
            ..rule(10)
        },
        "under5" => SuppressionPolicy {
            source: text("long-standing rule of thumb for health statistics; seen in a paper about it, check locally"),
            ..rule(5)
        },
        "under10" => SuppressionPolicy {
            source: text("ONS Longitudinal Study and Secure Research Service: counts below 10 are reviewed in context"),
            ..rule(10)
        },
        // Rounding to 5 is the other remedy of this rule, instead of hiding and not on top of it.
        "acro" => SuppressionPolicy {
            zeros: Zeros::Hide,
            nk: Some(NkRule { n: 2, k_percent: 90 }),
            p_percent: Some(10),
            source: text("SACRO, acro 1.0.1, default risk appetite"),
            date: text("2026-08"),
            ..rule(10)
        },
        _ => return None,
    })
}

#[allow(clippy::unnecessary_wraps, reason = "the fields it fills are optional")]
fn text(words: &str) -> Option<String> {
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_preset_with_a_source_that_a_builder_would_accept() {
        for name in NAMES {
            let policy = SuppressionPolicy::preset(name).expect(name);
            assert_eq!(policy.name(), name);
            assert!(policy.source().is_some_and(|source| source.len() > 20), "{name}");
            policy.to_builder("renamed").build().expect(name);
        }
        assert_eq!(SuppressionPolicy::preset("HES").expect_err("case").code(), "policy.unknown_preset");
    }

    #[test]
    fn rules_that_round_stand_for_no_secondary_suppression_and_the_rest_for_interval() {
        for name in NAMES {
            let policy = SuppressionPolicy::preset(name).expect(name);
            assert_eq!(policy.secondary() == Secondary::None, policy.rounding() != Rounding::None, "{name}");
            assert_ne!(policy.secondary(), Secondary::Exact, "{name}");
        }
    }

    #[test]
    fn a_preset_is_plain_data() {
        let json = serde_json::to_value(SuppressionPolicy::preset("acro").expect("preset")).expect("plain");
        let expected = serde_json::json!({
            "name": "acro", "threshold": 10, "zeros": "hide", "nulls": "refuse", "rounding": {"method": "none"},
            "secondary": "interval", "marker": "*", "national_rows": "controlled", "totals": "as_cells",
            "nk": {"n": 2, "k_percent": 90}, "p_percent": 10,
            "source": "SACRO, acro 1.0.1, default risk appetite", "date": "2026-08",
        });
        assert_eq!(json, expected);
    }
}
