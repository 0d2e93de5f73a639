//! A record as an `AuditEvent` of FHIR R4 (4.0.1).

use super::fhir::{self, Agent, Entity, set};
use super::{Source, line_hash};
use crate::audit::{AuditRecord, EventKind, Outcome};
use crate::error::AuditError;
use serde_json::{Value, json};

/// The one profile of IHE Basic Audit Log Patterns that a record can show to be met.
const BALP_READ: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Read";

/// One record as an `AuditEvent` of FHIR R4; [`mapping`](super::mapping) has what stands where.
///
/// Guarantees that a profile is claimed only for a successful REST read of one thing with both network addresses
/// known, and never for an export. Nothing about a patient is in a record and nothing is added.
///
/// It does **not** show that the record is of a log that verifies.
///
/// # Errors
/// `audit.not_recorded` if the record cannot be printed.
pub fn fhir_r4(record: &AuditRecord, source: &Source) -> Result<Value, AuditError> {
    let hash = line_hash(record)?.to_string();
    let (event, outcome) = (record.event().as_str(), record.outcome().as_str());
    let interaction = fhir::interaction(record, source);
    let mut subtype = Vec::from_iter(interaction);
    subtype.push(fhir::coding(&source.system("event"), event));
    subtype.push(fhir::coding(&source.system("outcome"), outcome));
    let mut found = json!({
        "resourceType": "AuditEvent",
        "id": record.id().to_string(),
        "type": fhir::kind(record, source),
        "subtype": subtype,
        "action": fhir::action(record.event()),
        "recorded": record.ts().to_string(),
        "agent": fhir::agents(record, source).into_iter().map(|agent| the_agent(agent, source)).collect::<Vec<_>>(),
        "source": {"observer": fhir::identified(&source.system("observer"), &source.observer)},
        "entity": fhir::entities(record, source, &hash).into_iter().map(the_entity).collect::<Vec<_>>(),
    });
    if is_balp_read(record, source) {
        found["meta"] = json!({"profile": [BALP_READ]});
    }
    set(&mut found, "outcome", fhir::outcome(record).map(Value::from));
    if record.outcome() != Outcome::Success {
        let words = [Some(outcome), record.code()];
        found["outcomeDesc"] = words.into_iter().flatten().collect::<Vec<_>>().join(": ").into();
    }
    let purpose = record.purpose().map(|text| json!([fhir::concept(&source.system("purpose"), text)]));
    set(&mut found, "purposeOfEvent", purpose);
    Ok(found)
}

/// A success, of one thing that is named, between two ends that are both known.
fn is_balp_read(record: &AuditRecord, source: &Source) -> bool {
    record.event() == EventKind::Read
        && record.outcome() == Outcome::Success
        && record.dataset().is_some()
        && fhir::interaction(record, source).is_some()
}

fn the_agent(agent: Agent<'_>, source: &Source) -> Value {
    let mut found = json!({"who": agent.who, "requestor": agent.requestor});
    set(&mut found, "type", agent.kind);
    set(&mut found, "role", agent.role.map(|role| json!([fhir::concept(&source.system("role"), role)])));
    let network = agent.endpoint.map(|end| json!({"address": end.address, "type": end.network_type()}));
    set(&mut found, "network", network);
    found
}

fn the_entity(entity: Entity) -> Value {
    let mut found = json!({"what": entity.what, "type": entity.kind});
    set(&mut found, "role", entity.role);
    if !entity.details.is_empty() {
        let details = entity.details.into_iter().map(|(name, value)| json!({"type": name, "valueString": value}));
        found["detail"] = details.collect();
    }
    found
}
