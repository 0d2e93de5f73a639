//! Agreement files.

use crate::quiet::shows_nothing;
use crate::{Verdict, text};
use ig_core::agreement::{Agreement, Outcome, Request};
use std::collections::BTreeSet;
use time::macros::date;

/// An agreement that is read says the same with a comment added, and a permit is given where nothing refuses.
pub fn agreement_toml(data: &[u8]) -> Verdict {
    let text = text(data);
    let agreement = match Agreement::from_toml(&text, "agreement.toml") {
        Err(error) => {
            shows_nothing(data, &error);
            assert!(error.code().starts_with("agreement.") || error.code().starts_with("misuse."), "{}", error.code());
            return Verdict::Refused;
        }
        Ok(agreement) => agreement,
    };
    let again =
        Agreement::from_toml(&format!("{text}\n# a comment\n"), "agreement.toml").expect("a comment is no change");
    assert_eq!(again.document(), agreement.document());
    assert_ne!(again.sha256(), agreement.sha256(), "the hash is of the bytes");
    let names: BTreeSet<&str> = agreement.document().dataset.iter().map(|dataset| &*dataset.name).collect();
    assert_eq!(names.len(), agreement.document().dataset.len(), "each data set once");
    for day in [date!(2020 - 01 - 01), date!(2026 - 11 - 22), date!(2999 - 12 - 31)] {
        let request = Request::new("ann.example", "analyst", "Example Analytics Unit", "service_evaluation", day);
        let decision = agreement.decide(&request);
        let refused = decision.refusals().count() > 0;
        assert_eq!(decision.outcome() == Outcome::Refuse, refused);
        assert_eq!(decision.permit().is_err(), refused, "a permit only where nothing refuses");
        serde_json::to_string(&decision).expect("plain data");
    }
    Verdict::Taken
}
