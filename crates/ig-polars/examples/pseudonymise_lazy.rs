//! A lazy plan of Rust Polars: pseudonyms for one agreement, months of dates, bands of ages.

use ig_core::columns::ColumnAct;
use ig_core::mask::{AgeBand, DateLevel};
use ig_core::{Context, Key, Kind, OnInvalid, PseudonymFormat, Pseudonymiser, process_keys};
use ig_polars::InformationGovernance;
use ig_polars::polars::prelude::*;
use std::error::Error;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn Error>> {
    // A real key comes from a file that its owner alone can read: `Key::from_file`.
    let key = Arc::new(Key::generate()?);
    let context = Context::new("DSA-2026-014")?;
    let pseudonymiser = Pseudonymiser::new(&key, context, Kind::nhs_number(), PseudonymFormat::default())?;
    // The plan names the key; the process that runs the plan has it in its ring.
    process_keys(|ring| ring.add(Arc::clone(&key)))?;

    let attendances = DataFrame::new_infer_height(vec![
        Column::new("nhs_number".into(), ["999 000 0018", "9990000026", "9990000018"]),
        Column::new("attended".into(), ["2026-11-02", "2026-11-09", "2026-12-01"]),
        Column::new("age".into(), [34, 71, 92]),
    ])?;

    let pseudonymise = |on_invalid| ColumnAct::Pseudonymise { spec: pseudonymiser.spec().clone(), on_invalid };
    let months = ColumnAct::GeneraliseDate { to: DateLevel::Month, on_invalid: OnInvalid::Raise };
    let bands = ColumnAct::AgeBand { bands: AgeBand::default(), on_invalid: OnInvalid::Raise };
    let plan = attendances.lazy().select([
        col("nhs_number").ig(pseudonymise(OnInvalid::Raise)).alias("person"),
        col("attended").ig(months).alias("month"),
        col("age").ig(bands),
    ]);
    println!("{}", plan.explain(true)?);
    let done = plan.collect()?;
    println!("{done}");

    // One person, one pseudonym, however the number was written.
    let person = done.column("person")?.str()?;
    assert_eq!(person.get(0), person.get(2));

    // A number whose check digit does not fit is refused, in words that hold no number.
    let mistyped = DataFrame::new_infer_height(vec![Column::new("nhs_number".into(), ["9990000017"])])?;
    let refused = mistyped.lazy().select([col("nhs_number").ig(pseudonymise(OnInvalid::Raise))]).collect();
    if let Err(error) = refused {
        println!("refused: {error}");
    }
    Ok(())
}
