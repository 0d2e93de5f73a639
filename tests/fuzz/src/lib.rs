//! The body of one fuzz target for every parser and decoder of the project.
//!
//! Each is a plain function of bytes. It panics if a promise is broken, and says whether the input was taken or
//! refused, so that a corpus can show that both happen. `cargo test -p ig-fuzz` runs them all on a stable
//! compiler over the corpus and over mutations of it; `cargo-fuzz` runs each for as long as one likes. Both
//! commands are in the README beside this crate.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::similar_names,
    reason = "a fuzz target tells of a broken promise by panicking"
)]

mod acts;
mod agreement;
mod audit;
mod checkpoints;
mod files;
mod identity;
mod keys;
mod masks;
mod mutate;
mod names;
mod numbers;
mod opt_outs;
mod policies;
mod quiet;
mod scrub;
mod tables;
mod tokens;

pub use acts::{act_json, act_on_cells, act_pickle};
pub use agreement::agreement_toml;
pub use audit::{audit_fields, audit_log, audit_record};
pub use checkpoints::{audit_checkpoint, audit_keys, audit_proof};
pub use files::{csv_file, parquet_file};
pub use identity::{identity_keys, identity_token, incident_grid};
pub use keys::{key_ring, key_text};
pub use masks::{age_band, date_shift, mask_partial, number, parse_date};
pub use mutate::{Random, mutated};
pub use names::public_names;
pub use numbers::{nhs_number, postcode};
pub use opt_outs::check_files;
pub use policies::suppression_policy;
pub use scrub::{name_list, scrub_text};
pub use tables::{counts_with_totals, finished_table};
pub use tokens::{format_preserving, token};

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was read, or something was found in it.
    Taken,
    /// It was refused, or nothing was found in it.
    Refused,
}

/// A target: its name, how many inputs of it a short run makes, and its body.
pub type Target = (&'static str, u32, fn(&[u8]) -> Verdict);

/// Every target. The short runs are sized so that a debug build takes a few seconds for all.
pub const TARGETS: &[Target] = &[
    ("act_json", 2000, act_json),
    ("act_on_cells", 100, act_on_cells),
    ("act_pickle", 2000, act_pickle),
    ("age_band", 2000, age_band),
    ("agreement_toml", 150, agreement_toml),
    ("audit_checkpoint", 300, audit_checkpoint),
    ("audit_fields", 2000, audit_fields),
    ("audit_keys", 300, audit_keys),
    ("audit_log", 300, audit_log),
    ("audit_proof", 300, audit_proof),
    ("audit_record", 2000, audit_record),
    ("check_files", 2000, check_files),
    ("counts_with_totals", 5, counts_with_totals),
    ("csv_file", 100, csv_file),
    ("date_shift", 1000, date_shift),
    ("finished_table", 300, finished_table),
    ("format_preserving", 20, format_preserving),
    ("identity_keys", 1000, identity_keys),
    ("identity_token", 300, identity_token),
    ("incident_grid", 300, incident_grid),
    ("key_ring", 200, key_ring),
    ("key_text", 1000, key_text),
    ("mask_partial", 2000, mask_partial),
    ("name_list", 200, name_list),
    ("nhs_number", 4000, nhs_number),
    ("number", 2000, number),
    ("parquet_file", 200, parquet_file),
    ("parse_date", 4000, parse_date),
    ("postcode", 4000, postcode),
    ("public_names", 2000, public_names),
    ("scrub_text", 800, scrub_text),
    ("suppression_policy", 1000, suppression_policy),
    ("token", 40, token),
];

/// The input as text, with what is not UTF-8 replaced, so that every input reaches a text parser.
fn text(data: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(data)
}
