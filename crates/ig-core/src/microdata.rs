#![doc = include_str!("../docs/microdata.md")]
#![allow(
    clippy::cast_precision_loss,
    reason = "shares and distances are ratios of counts, summed as whole numbers and rounded once"
)]

mod classes;
mod distance;
mod hash;
mod lattice;
mod level;
mod options;
mod risk;
mod scan;
mod sensitive;
mod suggest;
#[cfg(test)]
mod tests;
mod values;

pub use distance::Distance;
pub use level::{Ladder, Level};
pub use options::{Loss, SuggestOptions};
pub use risk::{MicrodataRisk, SensitiveRisk};
pub use scan::MicrodataScan;
pub use suggest::{GeneralisationScan, Suggestion};
