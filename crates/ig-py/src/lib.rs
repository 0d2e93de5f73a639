//! Python bindings: convert, let other threads run, call the core, convert the error.
//!
//! No rule lives here. The Polars plugin's exported functions are linked in, so that one shared library and
//! one key ring serve both.

#![allow(
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::unused_self,
    reason = "Python's calling convention: owned arguments, keywords one by one, methods without use of self"
)]

mod agreement;
mod arrow_capsule;
mod audit;
mod audit_checkpoints;
mod audit_incidents;
mod audit_projection;
mod audit_reading;
mod audit_sql;
mod columns;
mod crosswalk;
mod dates;
mod error;
mod given;
mod identity;
mod key;
mod key_ring;
mod lists;
mod magnitudes;
mod merges;
mod microdata;
mod nhs_number;
mod opt_out;
mod opt_out_check;
mod panic;
mod perturb;
mod plain;
mod pseudonymiser;
mod reidentify;
mod release;
mod scrub;
mod suppression;
mod table;
mod tables_in;
mod watch;

use ig_polars as _;

/// The compiled core of `nhs_ig`. Use the names of the package `nhs_ig` instead.
#[pyo3::pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::agreement::{Agreement, Decision, Permit, Request, draft_agreement, register_agreements};
    #[pymodule_export]
    use crate::audit::{AuditLogHandle, Receipt, new_run_id};
    #[pymodule_export]
    use crate::audit_checkpoints::{CheckpointHandle, SignerKey, open_consistency_proof, open_inclusion_proof};
    #[pymodule_export]
    use crate::audit_incidents::{IncidentHandle, incident_grid_text, read_incident_records};
    #[pymodule_export]
    use crate::audit_projection::project_audit_records;
    #[pymodule_export]
    use crate::audit_reading::{audit_log_coverage, read_audit_records, tail_audit_log, verify_audit_log};
    #[pymodule_export]
    use crate::audit_sql::{audit_table_ddl, check_audit_row, next_audit_line, refuse_audit_table, verify_audit_rows};
    #[pymodule_export]
    use crate::columns::{Column, act_on_column, act_on_columns, act_on_list, check_act};
    #[pymodule_export]
    use crate::crosswalk::{check_specs_linkable, run_crosswalk};
    #[pymodule_export]
    use crate::identity::{TokenVerifierHandle, VerifiedActor};
    #[pymodule_export]
    use crate::key::{Key, forget_key};
    #[pymodule_export]
    use crate::key_ring::{KeyEntry, KeyRing, KeyRingFile};
    #[pymodule_export]
    use crate::magnitudes::suppress_contributions;
    #[pymodule_export]
    use crate::merges::{SuggestedMerges, suggest_table_merges};
    #[pymodule_export]
    use crate::microdata::{microdata_at_risk, scan_microdata, suggest_levels};
    #[pymodule_export]
    use crate::nhs_number::NhsNumber;
    #[pymodule_export]
    use crate::opt_out::{NotOptedOut, OptOutFilter, OptedOut, exclude_opted_out, rows_that_stay};
    #[pymodule_export]
    use crate::opt_out_check::OptOutCheckHandle;
    #[pymodule_export]
    use crate::panic::panic_inside;
    #[pymodule_export]
    use crate::perturb::{PerturbationTable, perturb_people, round_table_additively, round_table_randomly};
    #[pymodule_export]
    use crate::pseudonymiser::PseudonymHandle;
    #[pymodule_export]
    use crate::reidentify::{record_refused_reidentify, reidentify_column, reidentify_table};
    #[pymodule_export]
    use crate::release::run_release;
    #[pymodule_export]
    use crate::scrub::{NameList, findings_in_column, findings_in_list, forget_names};
    #[pymodule_export]
    use crate::suppression::{
        Audited, RatesHandle, Suppressed, SuppressionPolicy, audit_finished_table, audit_finished_tables, count_table,
        hierarchy_of_columns, suppress_rate_table, suppress_table, suppress_tables,
    };
    #[pymodule_export]
    use crate::table::{Table, read_table, table_from_lists, write_table};

    #[pymodule_init]
    #[allow(clippy::unnecessary_wraps, reason = "the signature that pyo3 expects")]
    fn init() -> PyResult<()> {
        crate::panic::hide_panic_texts();
        Ok(())
    }

    /// Version of the library.
    #[pymodule_export]
    #[allow(non_upper_case_globals)] // the name that Python looks for
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
