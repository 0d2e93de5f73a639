//! Hide small numbers of a table of counts by the HES rule.

use ig_core::Error;
use ig_core::suppression::{CountTable, SuppressOptions, SuppressionPolicy, suppress};

fn main() -> Result<(), Error> {
    let sites = ["RR864", "RR864", "RR865", "RR865"].map(Some).to_vec();
    let sexes = ["F", "M", "F", "M"].map(Some).to_vec();
    let counts = [3, 128, 0, 41].map(Some).to_vec();
    let table = CountTable::new(["site", "sex"], vec![sites, sexes], counts)?;

    let result = suppress(&table, &SuppressionPolicy::preset("hes")?, &SuppressOptions::default())?;
    println!("{}", result.publish().display().join(" "));

    // Rules that stand for more than hiding each cell alone are refused until they can be met.
    if let Err(error) = suppress(&table, &SuppressionPolicy::preset("under5")?, &SuppressOptions::default()) {
        println!("refused [{}]: {error}", error.code());
    }
    Ok(())
}
