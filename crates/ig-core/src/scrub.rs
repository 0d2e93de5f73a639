#![doc = include_str!("../docs/scrub_text.md")]
#![allow(
    clippy::match_same_arms,
    clippy::nonminimal_bool,
    reason = "tables of scores read by row; a rule reads as it is said"
)]

mod context;
mod date;
mod email;
mod finding;
mod groups;
mod kind;
mod name_list;
mod number;
mod passage;
mod phone;
mod postcode;
mod registry;
mod scrubber;
mod settings;
#[cfg(test)]
mod tests;
mod words;

pub use finding::{Reason, TextFinding};
pub use kind::TextKind;
pub use name_list::NameList;
pub use registry::{forget_name_list, register_name_list};
pub use scrubber::Scrubber;
pub use settings::{NamesRef, ScrubSettings};
