//! Hold a request against the demonstration agreement: once as agreed, once for another purpose.

use ig_core::Error;
use ig_core::agreement::{Agreement, Request};
use time::macros::date;

const AGREEMENT: &str = include_str!("../../python/nhs_ig/demo_data/agreement.toml");

fn main() -> Result<(), Error> {
    let agreement = Agreement::from_toml(AGREEMENT, "agreement.toml")?;
    for purpose in ["service_evaluation", "marketing"] {
        let request = Request::new("a.analyst", "analyst", "Example Analytics Unit", purpose, date!(2026 - 11 - 22));
        let decision = agreement.decide(&request);
        println!("{purpose}: opt-out applies: {}", decision.opt_out().applies());
        for check in decision.refusals() {
            println!("  refused [{}]: {} ({})", check.code, check.message, check.source);
        }
        // Only a permit opens `ig_core::release::release`.
        match decision.permit() {
            Ok(permit) => println!("  permitted: {} outputs", permit.outputs().count()),
            Err(error) => println!("  {error}"),
        }
    }
    Ok(())
}
