//! A record as a document of the Elastic Common Schema.

use super::fhir::set;
use super::line_hash;
use crate::audit::{AuditRecord, EventKind, Outcome};
use crate::error::AuditError;
use serde_json::{Value, json};

/// The version of the schema whose fields and words these are.
const VERSION: &str = "9.4.0";

/// One record as a document of the Elastic Common Schema 9; [`mapping`](super::mapping) has what stands where.
///
/// What the schema has no field for stands under `nhs_ig`. Nothing about a patient is in a record and nothing is added.
///
/// It does **not** show that the record is of a log that verifies; `event.hash` finds it there.
///
/// # Errors
/// `audit.not_recorded` if the record cannot be printed.
pub fn ecs(record: &AuditRecord) -> Result<Value, AuditError> {
    let hash = line_hash(record).to_string();
    let (category, event_type) = class(record.event());
    let mut types = vec![event_type];
    types.extend(match record.outcome() {
        Outcome::Attempt => Some("start"),
        Outcome::Refused => Some("denied"),
        _ => None,
    });
    let mut event = json!({
        "kind": "event",
        "module": "nhs_ig",
        "dataset": "nhs_ig.audit",
        "category": category,
        "type": types,
        "action": record.event().as_str(),
        "outcome": match record.outcome() {
            Outcome::Success => "success",
            Outcome::Failure | Outcome::Refused => "failure",
            Outcome::Attempt => "unknown",
        },
        "id": record.id().to_string(),
        "sequence": record.seq(),
        "hash": hash,
    });
    set(&mut event, "code", record.code().map(Value::from));
    let mut user = json!({"id": record.actor()});
    set(&mut user, "roles", record.role().map(|role| json!([role])));
    let users: Vec<_> = [Some(record.actor()), record.authoriser()].into_iter().flatten().collect();
    let mut related = json!({"user": users});
    set(&mut related, "hash", record.object().map(|object| json!([object.to_string()])));
    let mut own = json!({"outcome": record.outcome().as_str(), "prev": record.prev().to_string(), "v": 1});
    for (name, value) in [
        ("dataset", record.dataset()),
        ("purpose", record.purpose()),
        ("agreement_id", record.agreement_id()),
        ("reason_ref", record.reason_ref()),
        ("key_id", record.key_id()),
        ("authoriser", record.authoriser()),
        ("device", record.device()),
    ] {
        set(&mut own, name, value.map(Value::from));
    }
    set(&mut own, "count", record.count().map(Value::from));
    set(&mut own, "object", record.object().map(|object| object.to_string().into()));
    let mut found = json!({
        "@timestamp": record.ts().to_string(),
        "ecs": {"version": VERSION},
        "event": event,
        "user": user,
        "related": related,
        "trace": {"id": record.corr_id().to_string()},
        "nhs_ig": own,
    });
    set(&mut found, "organization", record.org().map(|org| json!({"id": org})));
    Ok(found)
}

/// The categories of an event, and what it did in their terms. Every record is of a call, so all are of `api`.
const fn class(event: EventKind) -> (&'static [&'static str], &'static str) {
    const DATA: &[&str] = &["api", "database"];
    match event {
        EventKind::Read
        | EventKind::Query
        | EventKind::Export
        | EventKind::OptOutCheck
        | EventKind::Reidentify
        | EventKind::Transfer => (DATA, "access"),
        EventKind::Write => (DATA, "change"),
        EventKind::Delete => (DATA, "deletion"),
        EventKind::Login => (&["api", "authentication"], "info"),
        EventKind::Config => (&["api", "configuration"], "change"),
        EventKind::KeyUse => (&["api"], "access"),
        EventKind::Incident
        | EventKind::Review
        | EventKind::ChainRecovered
        | EventKind::ChainRotated
        | EventKind::ChainContinued => (&["api"], "info"),
    }
}
