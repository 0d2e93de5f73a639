//! Replace NHS numbers by pseudonyms for one agreement.

use ig_core::{Context, Error, Key, Kind, NhsNumber, PseudonymFormat, Pseudonymiser};

fn main() -> Result<(), Error> {
    // A real key comes from a file that its owner alone can read: `Key::from_file`.
    let key = Key::generate()?;
    let context = Context::new("DSA-2026-014")?;
    let pseudonymiser = Pseudonymiser::new(&key, context, Kind::nhs_number(), PseudonymFormat::default())?;

    for text in ["999 000 0018", "9990000018", "9990000026", "9990000017"] {
        match NhsNumber::parse(text) {
            Ok(number) => println!("{}", pseudonymiser.pseudonymise_nhs_number(number)),
            Err(error) => println!("refused [{}]: {error}", error.code()),
        }
    }
    Ok(())
}
