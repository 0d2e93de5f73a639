//! Opt-outs: which people asked that their data is not used, as two kinds of list that cannot be mixed up.
//!
//! [`NotOptedOut`] is the answer of the national check service: the people who may stay. [`OptedOut`] is a list
//! of people who must go, such as Type 1 objections. [`OptOutFilter`] applies them under the ruling of an
//! agreement and fails closed: no list, an old list or the wrong kind of list is an error, never "keep all".
//!
//! ```
//! use ig_core::NhsNumber;
//! use ig_core::opt_out::{ExpectedOptOuts, NotOptedOut, OptOutFilter, OptOutRuling, OptOuts, RowOutcome, Unchecked};
//! use time::macros::date;
//!
//! let [ann, bob, cas] = ["9990000018", "9990000026", "9990000034"].map(|text| NhsNumber::parse(text).unwrap());
//! let answer = NotOptedOut::from_check_service([ann, bob, cas], [ann, cas], date!(2026 - 11 - 01), ExpectedOptOuts::Default)?;
//! let lists = OptOuts::new().with_not_opted_out(answer);
//! let filter = OptOutFilter::new(&OptOutRuling::unknown(), &lists, date!(2026 - 11 - 22), Unchecked::Raise)?;
//! assert_eq!(filter.decide(Some(bob)), RowOutcome::OptedOut);
//!
//! let too_late = OptOutFilter::new(&OptOutRuling::unknown(), &lists, date!(2026 - 11 - 23), Unchecked::Raise);
//! assert_eq!(too_late.unwrap_err().code(), "opt_out.stale");
//! # Ok::<(), ig_core::Error>(())
//! ```

mod allow_list;
mod answer;
mod cache;
mod check;
mod check_file;
mod check_number;
mod check_settings;
mod check_state;
mod counts;
mod deny_list;
mod filter;
mod lists;
mod registry;
mod request_file;
mod rule;
mod ruling;
mod saved_list;
mod sealed;
#[cfg(test)]
mod tests;

pub use allow_list::{ExpectedOptOuts, NotOptedOut, Status};
pub use answer::{Answer, NobodyOptedOut};
pub use check::OptOutCheck;
pub use check_file::{CheckFile, parse_check_file};
pub use check_number::{CheckNumber, CheckNumbers};
pub use check_settings::{CheckSettings, DEFAULT_MAX_FILE_BYTES, DEFAULT_WORKFLOW_ID};
pub use check_state::{FileProgress, FileState};
pub use counts::{OptOutCounts, RowOutcome};
pub use deny_list::OptedOut;
pub use filter::{OptOutFilter, Unchecked};
pub use lists::{DEFAULT_MAX_AGE_DAYS, OptOuts};
#[cfg(feature = "arrow")]
pub(crate) use registry::registered;
pub use registry::{FilterRef, forget_opt_out_filter, register_opt_out_filter};
pub use request_file::RequestFile;
pub use rule::OptOutRule;
pub use ruling::OptOutRuling;

#[doc = include_str!("../docs/opt_out_check.md")]
#[doc = include_str!("../docs/opt_out_check_v1.md")]
pub mod check_format_v1 {}
