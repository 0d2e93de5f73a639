"""Makes tests/vectors/audit_projections_v1.json with the standard library, from the page of the mapping alone.

The records are those of audit_record_v1.json. Run it again after a change and compare: the file must come out the same.
"""

import hashlib
import json
from pathlib import Path

VECTORS = Path(__file__).parent.parent / "vectors"
PLAIN = {"base": "https://example.nhs.uk/audit", "observer": "sde/vm-04"}
RESTFUL = {
    "base": "urn:oid:2.16.840.1",
    "observer": "fhir-1",
    "actor_system": "https://fhir.nhs.uk/Id/sds-user-id",
    "organisation_system": "urn:oid:1.2.3",
    "client": ["app-7", "192.0.2.7"],
    "server": ["fhir-1", "https://fhir.example.nhs.uk/r4"],
}
T = "http://terminology.hl7.org/CodeSystem/"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
ISO = T + "iso-21089-lifecycle"
KINDS = {
    "read": (ISO, "access"), "export": (DCM, "110106"), "delete": (ISO, "destroy"), "query": (DCM, "110112"),
    "login": (DCM, "110114"), "reidentify": (ISO, "reidentify"), "transfer": (ISO, "transmit"),
}  # fmt: skip
ACTIONS = dict(read="R", export="R", review="R", transfer="R", write="U", config="U", delete="D")
OUTCOMES = dict(success="0", refused="4", failure="8")
CATEGORIES = {"login": "authentication", "config": "configuration"}
CHAIN = ["chain.recovered", "chain.rotated", "chain.continued"]
NO_DATA = ["key_use", "incident", "review", *CHAIN]
TYPES = dict(write="change", delete="deletion", login="info", config="change", incident="info", review="info")


def coding(system, code):
    return {"system": system, "code": code}


def concept(system, text):
    whole = {"coding": [coding(system, text)], "text": text}
    return {"text": text} if "  " in text else whole


def coded(*given):
    return {"coding": [coding(*given)]}


def who(system, value, kind=None):
    found = {"identifier": {"system": system, "value": value}}
    return found | ({"type": kind} if kind else {})


def address_type(address):
    return "5" if "//" in address else "2"


def fhir(line, source, release):
    record, own = json.loads(line), lambda name: f"{source['base']}/{name}"
    event, outcome = record["event"], record["outcome"]
    ends = [source.get("client"), source.get("server")]
    rest = bool(ends[0]) and event in ["read", "delete"] and record.get("count") == 1
    kind = (
        coding(T + "audit-event-type", "rest") if rest else coding(*KINDS.get(event, (own("event"), event)))
    )
    words = ([coding("http://hl7.org/fhir/restful-interaction", event)] if rest else []) + [
        coding(own("event"), event)
    ]
    actors = source.get("actor_system", own("actor"))
    organisations = source.get("organisation_system", "https://fhir.nhs.uk/Id/ods-organization-code")
    actor = {"who": who(actors, record["actor"]), "requestor": True}
    if rest and event == "read":
        actor["type"] = coded(T + "v3-ParticipationType", "IRCP")
    if "role" in record:
        actor["role"] = [concept(own("role"), record["role"])]
    agents = [actor]
    if "authoriser" in record:
        agents.append({"who": who(actors, record["authoriser"]), "type": coded(own("agent"), "authoriser")})
    if "org" in record:
        agents.append({"who": who(organisations, record["org"], "Organization")})
    if "device" in record:
        agents.append({"who": who(own("device"), record["device"], "Device"), "type": coded(DCM, "110150")})
    if ends[0]:
        for end, role in zip(ends[::-1] if event in ["write", "config"] else ends, ["110152", "110153"]):
            agent = {"who": who(own("endpoint"), end[0]), "type": coded(DCM, role)}
            code = address_type(end[1])
            if release == 4:
                agent["network"] = {"address": end[1], "type": code}
            else:
                agent["networkUri" if code == "5" else "networkString"] = end[1]
            agents.append(agent)
    agents = [{"requestor": False} | agent for agent in agents]

    parts = []
    for name, system, form, role in [
        ("dataset", "dataset", "2", "4"), ("agreement_id", "agreement", "4", None), ("object", "sha256", "4", "3"),
        ("corr_id", "run", "4", "20"),
    ]:  # fmt: skip
        if name in record:
            parts.append([who(own(system), record[name]), form, role, []])
    known = record | {"line_sha256": hashlib.sha256(line.encode()).hexdigest()}
    names = ["event", "outcome", "seq", "line_sha256", "count", "code", "reason_ref", "key_id"]
    details = [(name, str(known[name])) for name in names if name in known]
    parts.append([who("urn:ietf:rfc:3986", "urn:uuid:" + record["id"]), "4", "13", details])
    entities = []
    for what, form, role, details in parts:
        entity = {"what": what}
        if release == 4:
            entity["type"] = coding(T + "audit-entity-type", form)
        if role:
            code = coding(T + "object-role", role)
            entity["role"] = code if release == 4 else {"coding": [code]}
        if details:
            entity["detail"] = [
                {"type": name if release == 4 else coded(own("detail"), name), "valueString": value}
                for name, value in details
            ]
        entities.append(entity)

    found = {
        "resourceType": "AuditEvent",
        "id": record["id"],
        "action": ACTIONS.get(event, "E"),
        "recorded": record["ts"],
        "agent": agents,
        "source": {"observer": who(own("observer"), source["observer"])},
        "entity": entities,
    }
    purpose = [concept(own("purpose"), record[name]) for name in ["purpose"] if name in record]
    if release == 4:
        found |= {"type": kind, "subtype": words + [coding(own("outcome"), outcome)]}
        if rest and (event, outcome) == ("read", "success") and "dataset" in record:
            found["meta"] = {
                "profile": ["https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Read"]
            }
        if outcome != "attempt":
            found["outcome"] = OUTCOMES[outcome]
        if outcome != "success":
            found["outcomeDesc"] = ": ".join([outcome, *([record["code"]] if "code" in record else [])])
        return found | ({"purposeOfEvent": purpose} if purpose else {})
    found |= {"category": [{"coding": [kind]}], "code": {"coding": words}}
    if outcome != "attempt":
        found["outcome"] = {"code": coding(T + "audit-event-outcome", OUTCOMES[outcome])}
        if outcome != "success":
            told = [concept(own("outcome"), outcome)]
            told += [concept(own("code"), record["code"])] if "code" in record else []
            found["outcome"]["detail"] = told
    return found | ({"authorization": purpose} if purpose else {})


def ecs(line):
    record = json.loads(line)
    event, outcome = record["event"], record["outcome"]
    category = ["api"] + ([] if event in NO_DATA else [CATEGORIES.get(event, "database")])
    types = [TYPES.get(event, "access")] + {"attempt": ["start"], "refused": ["denied"]}.get(outcome, [])
    if event in CHAIN:
        types[0] = "info"
    own = "dataset purpose agreement_id count reason_ref object key_id authoriser device outcome prev v"
    found = {
        "@timestamp": record["ts"],
        "ecs": {"version": "9.4.0"},
        "event": {
            "kind": "event", "module": "nhs_ig", "dataset": "nhs_ig.audit", "category": category, "type": types,
            "action": event, "id": record["id"], "sequence": record["seq"],
            "hash": hashlib.sha256(line.encode()).hexdigest(),
            "outcome": {"success": "success", "attempt": "unknown"}.get(outcome, "failure"),
        },
        "user": {"id": record["actor"]},
        "related": {"user": [record[name] for name in ["actor", "authoriser"] if name in record]},
        "trace": {"id": record["corr_id"]},
        "nhs_ig": {name: record[name] for name in own.split() if name in record},
    }  # fmt: skip
    if "code" in record:
        found["event"]["code"] = record["code"]
    if "role" in record:
        found["user"]["roles"] = [record["role"]]
    if "object" in record:
        found["related"]["hash"] = [record["object"]]
    if "org" in record:
        found["organization"] = {"id": record["org"]}
    return found


def main():
    lines = [vector["line"] for vector in json.loads((VECTORS / "audit_record_v1.json").read_text())]
    # What that chain does not have: reads of one thing and of many, and words with two spaces.
    base = json.loads(lines[0])
    more = [
        {"event": "read", "dataset": "dids_2026", "count": 1},
        {"event": "read", "dataset": "dids_2026", "count": 2},
        {"event": "read", "dataset": "dids_2026", "outcome": "attempt"},
        {"event": "read", "dataset": "dids_2026"},
        {"event": "read", "count": 1},
        {"event": "delete", "count": 1, "dataset": "dids_2026", "purpose": "a  b", "role": "c  d"},
        {"event": "chain.recovered", "count": 15, "object": "ab" * 32},
        {"event": "chain.rotated"},
        {"event": "chain.continued", "count": 3},
    ]
    lines += [json.dumps(base | one, sort_keys=True, separators=(",", ":")) for one in more]
    vectors = [
        {
            "line": line,
            "fhir_r4": [fhir(line, PLAIN, 4), fhir(line, RESTFUL, 4)],
            "fhir_r5": [fhir(line, PLAIN, 5), fhir(line, RESTFUL, 5)],
            "ecs": ecs(line),
        }
        for line in lines
    ]
    head = {"schema": "nhs-ig/vectors/audit_projections/v1", "sources": [PLAIN, RESTFUL]}
    rows = ",\n".join(json.dumps(vector, separators=(",", ":")) for vector in vectors)
    text = json.dumps(head)[:-1] + ', "vectors": [\n' + rows + "\n]}\n"
    (VECTORS / "audit_projections_v1.json").write_text(text)


if __name__ == "__main__":
    main()
