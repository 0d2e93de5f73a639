//! Hide small numbers of a table of counts, with its totals, and see what a weaker table would give away.

use ig_core::Error;
use ig_core::suppression::{CountTable, Margins, Secondary, SuppressOptions, SuppressionPolicy, suppress};

fn main() -> Result<(), Error> {
    let sites = ["RR864", "RR864", "RR865", "RR865"].map(Some).to_vec();
    let sexes = ["F", "M", "F", "M"].map(Some).to_vec();
    let counts = [3, 128, 25, 41].map(Some).to_vec();
    let table = CountTable::new(["site", "sex"], vec![sites, sexes], counts)?;

    // The rule of HES hides each small count alone and rounds the others.
    let result = suppress(&table, &SuppressionPolicy::preset("hes")?, &SuppressOptions::default())?;
    println!("{}", result.publish().display().join(" "));

    // A rule that protects against totals hides what would give a small count back, too.
    let under5 = SuppressionPolicy::preset("under5")?;
    let options = SuppressOptions { margins: Margins::All, ..SuppressOptions::default() };
    println!("{}", suppress(&table, &under5, &options)?.publish().display().join(" "));

    // What a reader could infer if 3 alone were hidden.
    let weaker = suppress(&table, &under5, &SuppressOptions { secondary: Some(Secondary::None), ..options })?;
    for cell in weaker.audit().cells() {
        println!("row {}: {:?} {}", cell.row + 1, cell.verdict, cell.reason.as_deref().unwrap_or_default());
    }
    Ok(())
}
