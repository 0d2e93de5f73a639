//! What both releases of FHIR share: codes, identifiers and who took part.

use super::source::{Endpoint, Source};
use crate::audit::{AuditRecord, EventKind, Outcome};
use serde_json::{Value, json};

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const LIFECYCLE: &str = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
const EVENT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ENTITY_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const OUTCOME: &str = "http://terminology.hl7.org/CodeSystem/audit-event-outcome";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";

/// The identifier system of identifiers that are themselves URIs.
const URI: &str = "urn:ietf:rfc:3986";

pub(super) fn coding(system: &str, code: &str) -> Value {
    json!({"system": system, "code": code})
}

/// A concept of this source's own. A `code` may not hold two spaces in a row, as a field may.
pub(super) fn concept(system: &str, text: &str) -> Value {
    if text.contains("  ") { json!({"text": text}) } else { json!({"coding": [coding(system, text)], "text": text}) }
}

/// A logical reference: whose number it is and the number. Nothing is resolved.
pub(super) fn identified(system: &str, value: &str) -> Value {
    json!({"identifier": {"system": system, "value": value}})
}

/// The code of the kind of event: a standard one if it says exactly that, else the word of the log.
pub(super) fn kind(record: &AuditRecord, source: &Source) -> Value {
    if interaction(record, source).is_some() {
        return coding(EVENT_TYPE, "rest");
    }
    match record.event() {
        EventKind::Read => coding(LIFECYCLE, "access"),
        EventKind::Export => coding(DICOM, "110106"),
        EventKind::Delete => coding(LIFECYCLE, "destroy"),
        EventKind::Query => coding(DICOM, "110112"),
        EventKind::Login => coding(DICOM, "110114"),
        EventKind::Reidentify => coding(LIFECYCLE, "reidentify"),
        EventKind::Transfer => coding(LIFECYCLE, "transmit"),
        other => coding(&source.system("event"), other.as_str()),
    }
}

/// Create, read, update, delete or execute. A `write` does not tell a new thing from a changed one.
pub(super) const fn action(event: EventKind) -> &'static str {
    match event {
        EventKind::Read | EventKind::Export | EventKind::Review | EventKind::Transfer => "R",
        EventKind::Write | EventKind::Config => "U",
        EventKind::Delete => "D",
        _ => "E",
    }
}

/// Nothing for an attempt: how it ended stands in a later record.
pub(super) fn outcome(record: &AuditRecord) -> Option<&'static str> {
    match record.outcome() {
        Outcome::Success => Some("0"),
        Outcome::Refused => Some("4"),
        Outcome::Failure => Some("8"),
        Outcome::Attempt => None,
    }
}

pub(super) fn outcome_coding(code: &str) -> Value {
    coding(OUTCOME, code)
}

/// The FHIR interaction that a record is known to be: the source must say that it is one, and it must be of one thing.
pub(super) fn interaction(record: &AuditRecord, source: &Source) -> Option<Value> {
    let name = match record.event() {
        EventKind::Read => "read",
        EventKind::Delete => "delete",
        _ => return None,
    };
    // Without a count it could be of many.
    (source.restful.is_some() && record.count() == Some(1)).then(|| coding(INTERACTION, name))
}

/// An identifier with what a reader may call it, in the order of the parts of an event.
pub(super) struct Entity {
    pub(super) what: Value,
    pub(super) kind: Value,
    pub(super) role: Option<Value>,
    pub(super) details: Vec<(&'static str, String)>,
}

/// Data set, agreement, object, run, and the record itself with all that has no place elsewhere.
pub(super) fn entities(record: &AuditRecord, source: &Source, hash: &str) -> Vec<Entity> {
    let bare = |what, kind, role: Option<&str>| Entity {
        what,
        kind: coding(ENTITY_TYPE, kind),
        role: role.map(|role| coding(ENTITY_ROLE, role)),
        details: Vec::new(),
    };
    let mut found = Vec::new();
    if let Some(dataset) = record.dataset() {
        found.push(bare(identified(&source.system("dataset"), dataset), "2", Some("4")));
    }
    if let Some(agreement) = record.agreement_id() {
        found.push(bare(identified(&source.system("agreement"), agreement), "4", None));
    }
    if let Some(object) = record.object() {
        found.push(bare(identified(&source.system("sha256"), &object.to_string()), "4", Some("3")));
    }
    found.push(bare(identified(&source.system("run"), &record.corr_id().to_string()), "4", Some("20")));
    let details = [
        ("event", Some(record.event().to_string())),
        ("outcome", Some(record.outcome().to_string())),
        ("seq", Some(record.seq().to_string())),
        ("line_sha256", Some(hash.to_owned())),
        ("count", record.count().map(|count| count.to_string())),
        ("code", record.code().map(str::to_owned)),
        ("reason_ref", record.reason_ref().map(str::to_owned)),
        ("key_id", record.key_id().map(str::to_owned)),
    ];
    let details = details.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let itself = identified(URI, &format!("urn:uuid:{}", record.id()));
    found.push(Entity { details, ..bare(itself, "4", Some("13")) });
    found
}

/// Who took part, with nothing that differs between the releases.
pub(super) struct Agent<'a> {
    pub(super) who: Value,
    pub(super) kind: Option<Value>,
    pub(super) role: Option<&'a str>,
    pub(super) requestor: bool,
    pub(super) endpoint: Option<&'a Endpoint>,
}

/// The actor first, then who allowed it, the organisation, the machine, and both ends of a REST interaction.
pub(super) fn agents<'a>(record: &'a AuditRecord, source: &'a Source) -> Vec<Agent<'a>> {
    let other = |who, kind| Agent { who, kind, role: None, requestor: false, endpoint: None };
    let read = interaction(record, source).is_some() && record.event() == EventKind::Read;
    let mut found = vec![Agent {
        kind: read.then(|| json!({"coding": [coding(PARTICIPATION, "IRCP")]})),
        role: record.role(),
        requestor: true,
        ..other(identified(&source.actor_system, record.actor()), None)
    }];
    if let Some(authoriser) = record.authoriser() {
        let kind = json!({"coding": [coding(&source.system("agent"), "authoriser")]});
        found.push(other(identified(&source.actor_system, authoriser), Some(kind)));
    }
    if let Some(org) = record.org() {
        let mut who = identified(&source.organisation_system, org);
        who["type"] = "Organization".into();
        found.push(other(who, None));
    }
    if let Some(device) = record.device() {
        let mut who = identified(&source.system("device"), device);
        who["type"] = "Device".into();
        found.push(other(who, Some(dicom_role("110150"))));
    }
    if let Some((client, server)) = &source.restful {
        // Data goes to the client but for what it writes.
        let (to, from) = if action(record.event()) == "U" { (server, client) } else { (client, server) };
        for (endpoint, role) in [(to, "110152"), (from, "110153")] {
            let who = identified(&source.system("endpoint"), &endpoint.id);
            found.push(Agent { endpoint: Some(endpoint), ..other(who, Some(dicom_role(role))) });
        }
    }
    found
}

fn dicom_role(code: &str) -> Value {
    json!({"coding": [coding(DICOM, code)]})
}

/// Sets a member that has a value.
pub(super) fn set(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[name] = value;
    }
}
