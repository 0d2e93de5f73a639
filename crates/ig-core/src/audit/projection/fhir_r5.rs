//! A record as an `AuditEvent` of FHIR R5 (5.0.0).

use super::fhir::{self, Agent, Entity, set};
use super::{Source, line_hash};
use crate::audit::{AuditRecord, Outcome};
use crate::error::AuditError;
use serde_json::{Value, json};

/// One record as an `AuditEvent` of FHIR R5; [`mapping`](super::mapping) has what stands where.
///
/// Says the same as [`fhir_r4`](super::fhir_r4) in the structure of R5. It claims no profile: that of IHE is of R4.
///
/// It does **not** show that the record is of a log that verifies.
///
/// # Errors
/// `audit.not_recorded` if the record cannot be printed.
pub fn fhir_r5(record: &AuditRecord, source: &Source) -> Result<Value, AuditError> {
    let hash = line_hash(record).to_string();
    let mut code = Vec::from_iter(fhir::interaction(record, source));
    code.push(fhir::coding(&source.system("event"), record.event().as_str()));
    let mut found = json!({
        "resourceType": "AuditEvent",
        "id": record.id().to_string(),
        "category": [{"coding": [fhir::kind(record, source)]}],
        "code": {"coding": code},
        "action": fhir::action(record.event()),
        "recorded": record.ts().to_string(),
        "agent": fhir::agents(record, source).into_iter().map(|agent| the_agent(agent, source)).collect::<Vec<_>>(),
        "source": {"observer": fhir::identified(&source.system("observer"), &source.observer)},
        "entity": fhir::entities(record, source, &hash)
            .into_iter()
            .map(|entity| the_entity(entity, source))
            .collect::<Vec<_>>(),
    });
    set(&mut found, "outcome", fhir::outcome(record).map(|code| the_outcome(record, source, code)));
    let purpose = record.purpose().map(|text| json!([fhir::concept(&source.system("purpose"), text)]));
    set(&mut found, "authorization", purpose);
    Ok(found)
}

fn the_outcome(record: &AuditRecord, source: &Source, code: &str) -> Value {
    let mut found = json!({"code": fhir::outcome_coding(code)});
    if record.outcome() != Outcome::Success {
        let mut detail = vec![fhir::concept(&source.system("outcome"), record.outcome().as_str())];
        detail.extend(record.code().map(|code| fhir::concept(&source.system("code"), code)));
        found["detail"] = detail.into();
    }
    found
}

fn the_agent(agent: Agent<'_>, source: &Source) -> Value {
    let mut found = json!({"who": agent.who, "requestor": agent.requestor});
    set(&mut found, "type", agent.kind);
    set(&mut found, "role", agent.role.map(|role| json!([fhir::concept(&source.system("role"), role)])));
    if let Some(end) = agent.endpoint {
        let name = if end.network_type() == "5" { "networkUri" } else { "networkString" };
        found[name] = end.address.as_str().into();
    }
    found
}

fn the_entity(entity: Entity, source: &Source) -> Value {
    let mut found = json!({"what": entity.what});
    set(&mut found, "role", entity.role.map(|role| json!({"coding": [role]})));
    if !entity.details.is_empty() {
        let details = entity.details.into_iter().map(|(name, value)| {
            json!({"type": {"coding": [fhir::coding(&source.system("detail"), name)]}, "valueString": value})
        });
        found["detail"] = details.collect();
    }
    found
}
