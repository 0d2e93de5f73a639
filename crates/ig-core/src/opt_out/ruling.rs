//! Whether the National Data Opt-Out applies, and why.

use super::OptOutRule;
use serde::Serialize;

/// The answer to "does the National Data Opt-Out apply here, and why?".
///
/// A ruling that it does not apply comes only out of [`crate::agreement::Agreement::decide`], where the agreement
/// names the rule and the evidence. Without an agreement there is only [`OptOutRuling::unknown`]: it applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OptOutRuling {
    applies: bool,
    rule: OptOutRule,
    reason: String,
    evidence: Option<String>,
    no_number_exemption: Option<String>,
}

impl OptOutRuling {
    /// The ruling when nothing is known of the legal basis: the opt-out applies.
    pub fn unknown() -> Self {
        Self::new(true, OptOutRule::Unknown, None, None)
    }

    /// A rule that says "applies" cannot be talked out of it; one that says "does not" may still be upheld.
    pub(crate) fn new(
        upheld: bool,
        rule: OptOutRule,
        evidence: Option<String>,
        no_number_exemption: Option<String>,
    ) -> Self {
        let has_evidence = evidence.as_ref().is_some_and(|text| !text.trim().is_empty());
        let applies = upheld || rule.applies() || !has_evidence;
        let reason = if applies && !rule.applies() {
            "the agreement upholds opt-outs although its rule would not require it".to_owned()
        } else {
            rule.reason().to_owned()
        };
        Self { applies, rule, reason, evidence, no_number_exemption }
    }

    /// Whether the opt-out applies.
    pub const fn applies(&self) -> bool {
        self.applies
    }

    /// The row of the policy table that decided.
    pub const fn rule(&self) -> OptOutRule {
        self.rule
    }

    /// Why, in plain English.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The reference to the evidence that the agreement records.
    pub fn evidence(&self) -> Option<&str> {
        self.evidence.as_deref()
    }

    /// The reference that lets rows without a valid NHS number stay, if the agreement records one.
    pub fn no_number_exemption(&self) -> Option<&str> {
        self.no_number_exemption.as_deref()
    }
}
