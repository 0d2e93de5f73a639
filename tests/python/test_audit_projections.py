"""Projections of the audit log, judged by other people's validators, which must also refuse broken ones."""

from __future__ import annotations

import copy
import importlib
import json

import nhs_ig as ig
import pytest
from projection_support import BASE, PLAIN, RESTFUL, problems, write_all
from support import NUMBER, find_secrets, nhs_ig, vectors

KINDS = [("fhir_r4", PLAIN), ("fhir_r4", RESTFUL), ("fhir_r5", PLAIN), ("fhir_r5", RESTFUL), ("ecs", None)]
MODELS = {"fhir_r4": "fhir.resources.R4B.auditevent", "fhir_r5": "fhir.resources.auditevent"}
BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Read"


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """The path of a log of everything that can be recorded."""
    path = tmp_path_factory.mktemp("projections") / "audit.jsonl"
    write_all(path)
    return path


def by_model(to, thing) -> str | None:
    """Return what fhir.resources says against an object."""
    model = pytest.importorskip(MODELS[to]).AuditEvent
    pydantic = importlib.import_module("pydantic")
    try:
        model.model_validate(copy.deepcopy(thing))
    except (pydantic.ValidationError, ValueError) as error:
        return str(error)
    return None


@pytest.mark.parametrize(("to", "source"), KINDS)
def test_every_record_is_found_again_and_nothing_is_lost_or_added(everything, to, source):
    records = ig.read_audit(everything)
    objects = ig.project_audit(everything, to=to, source=source)
    assert len(objects) == len(records) > 150
    assert {record["event"] for record in records} >= {"chain.recovered", "read"}
    for record, thing in zip(records, objects, strict=True):
        text = json.dumps(thing)
        # All but the link to the record before and the version, which name no fact of the act.
        kept = set(record) - ({"prev", "v"} if to != "ecs" else set())
        missing = [
            name for name in kept if str(record[name]) not in text and f"urn:uuid:{record[name]}" not in text
        ]
        assert not missing
        identifiers = {entity["what"]["identifier"]["value"] for entity in thing.get("entity", [])}
        assert to == "ecs" or f"urn:uuid:{record['id']}" in identifiers
    lines = everything.read_bytes().splitlines()
    assert len(lines) == len(records) + 1, "and the bytes of the crash are no object"


def test_the_vectors(tmp_path):
    """They were made from the page of the mapping alone, and are valid themselves."""
    whole = vectors("audit_projections_v1")
    path = tmp_path / "vectors.jsonl"
    chain = [vector["line"] for vector in vectors("audit_record_v1")]
    path.write_bytes("".join(f"{line}\n" for line in chain).encode())
    given = whole["vectors"][: len(chain)]
    assert [vector["line"] for vector in given] == chain
    for at, source in enumerate(whole["sources"]):
        ends = {name: tuple(source[name]) for name in ("client", "server") if name in source}
        for to in MODELS:
            projected = ig.project_audit(path, to=to, source=ig.AuditSource(**{**source, **ends}))
            assert projected == [vector[to][at] for vector in given]
    assert ig.project_audit(path, to="ecs") == [vector["ecs"] for vector in given]
    for vector in whole["vectors"]:
        for to in MODELS:
            for thing in vector[to]:
                assert by_model(to, thing) is None


@pytest.mark.parametrize(("to", "source"), KINDS)
def test_no_validator_for_node_finds_a_problem(everything, to, source):
    objects = ig.project_audit(everything, to=to, source=source)
    told = problems([(str(at), to, thing) for at, thing in enumerate(objects)])
    assert {text for found in told.values() for texts in found.values() for text in texts} == set()


@pytest.mark.parametrize(("to", "source"), KINDS[:4])
def test_fhir_resources_finds_no_problem(everything, to, source):
    objects = ig.project_audit(everything, to=to, source=source)
    assert {by_model(to, thing) for thing in objects} == {None}


def test_a_profile_is_claimed_for_one_act_alone(everything):
    records = ig.read_audit(everything)
    claimed = [
        record
        for record, thing in zip(
            records, ig.project_audit(everything, to="fhir_r4", source=RESTFUL), strict=True
        )
        if thing.get("meta") == {"profile": [BALP]}
    ]
    assert claimed == [
        record
        for record in records
        if (record["event"], record["outcome"]) == ("read", "success")
        and "dataset" in record
        and record.get("count") == 1
    ]
    assert len(claimed) == 1
    for to, source in (("fhir_r4", PLAIN), ("fhir_r5", RESTFUL), ("fhir_r5", PLAIN)):
        assert not any("meta" in thing for thing in ig.project_audit(everything, to=to, source=source))


def put(*steps):
    """Return a change: at the end of the steps stands what the last of them is."""
    *way, name, value = steps

    def change(thing):
        for step in way:
            thing = thing[step]
        thing[name] = value

    return change


def drop(*steps):
    """Return a change that removes a member."""
    *way, name = steps

    def change(thing):
        for step in way:
            thing = thing[step]
        del thing[name]

    return change


# What is changed, and which validators at least must refuse it: f = npm fhir, m = medplum, p = FHIRPath rules, r = fhir.resources.
R4_FAULTS = {
    "unknown member": (put("actor", "a.analyst"), "fmr"),
    "no time": (drop("recorded"), "fmr"),
    "time not of ISO 8601": (put("recorded", "22/11/2026 09:30"), "mr"),
    "no type": (drop("type"), "fmr"),
    "type is a list": (put("type", [{"code": "rest"}]), "fmpr"),
    "no agent": (drop("agent"), "fmpr"),
    "agent without requestor": (drop("agent", 0, "requestor"), "fmpr"),
    "requestor is text": (put("agent", 0, "requestor", "true"), "fmp"),
    "no source": (drop("source"), "fmpr"),
    "no observer": (drop("source", "observer"), "fmpr"),
    "action of another set": (put("action", "Z"), "fp"),
    "outcome of another set": (put("outcome", "5"), "fp"),
    "outcome is a number": (put("outcome", 0), "fmpr"),
    "network type of another set": (put("agent", -1, "network", "type", "9"), "f"),
    "id with a sign that is not allowed": (put("id", "a_b c"), "pr"),
    "code with two spaces": (put("type", "code", "a  b"), "fmpr"),
    "detail without its value": (drop("entity", -1, "detail", 0, "valueString"), "fmpr"),
    "detail with two values": (put("entity", -1, "detail", 0, "valueBase64Binary", "YQ=="), "r"),
    "name and query at once": (lambda thing: thing["entity"][0].update(name="x", query="YQ=="), "m"),
    "outcome of an attempt": (
        lambda thing: thing["entity"][-1]["detail"][1].update(valueString="attempt"),
        "p",
    ),
    "two who asked": (lambda thing: thing["agent"][1].update(requestor=True), "p"),
    "actor without system": (drop("agent", 0, "who", "identifier", "system"), "p"),
    "hash cut short": (
        lambda thing: next(d for d in thing["entity"][-1]["detail"] if d["type"] == "line_sha256").update(
            valueString="ab"
        ),
        "p",
    ),
    "record not named": (drop("entity", -1), "p"),
    "a patient": (
        lambda thing: thing["entity"].append(
            {"type": {"code": "1"}, "role": {"code": "1"}, "what": {"identifier": {"value": "x"}}}
        ),
        "p",
    ),
    "profile of another act": (put("action", "C"), "p"),
    "profile without an address": (drop("agent", -1, "network", "address"), "p"),
    "profile without a server": (drop("agent", -1), "p"),
    "profile without data": (drop("entity", 0), "p"),
    "profile of another kind": (put("meta", "profile", 0, BALP.replace("Read", "Disclosure")), "p"),
}
R5_FAULTS = {
    "unknown member": (put("type", {"code": "rest"}), "r"),
    "no time": (drop("recorded"), "r"),
    "time not of ISO 8601": (put("recorded", "22/11/2026"), "r"),
    "no code": (drop("code"), "rp"),
    "no agent": (drop("agent"), "rp"),
    "agent without who": (drop("agent", 0, "who"), "rp"),
    "no observer": (drop("source", "observer"), "rp"),
    "outcome as in R4": (put("outcome", "0"), "rp"),
    "detail type as in R4": (put("entity", -1, "detail", 0, "type", "seq"), "pr"),
    "two kinds of network": (
        lambda thing: thing["agent"][-1].update(networkString="a", networkUri="urn:a"),
        "r",
    ),
    "category without code": (put("category", [{"text": "x"}]), "p"),
    "outcome of another": (put("outcome", "code", "code", "8"), "p"),
    "a profile": (put("meta", {"profile": [BALP]}), "p"),
}
ECS_FAULTS = {
    "unknown field": put("user", "actor", "x"),
    "unknown group": put("actor", "x"),
    "no time": drop("@timestamp"),
    "time without zone": put("@timestamp", "2026-11-22T09:30:00"),
    "number as text": put("event", "sequence", "7"),
    "word that is not allowed": put("event", "outcome", "refused"),
    "category that is not allowed": put("event", "category", ["data"]),
    "type that does not fit": put("event", "type", ["installation"]),
    "list that is none": put("user", "roles", "analyst"),
    "no list that is one": put("user", "id", ["a"]),
    "kind that is not allowed": put("event", "kind", "audit"),
    "older version": put("ecs", "version", "8.11.0"),
    "no user": drop("user"),
    "date as a number": put("@timestamp", 1_795_339_800),
}
LETTERS = {"fhir": "f", "medplum": "m", "fhirpath": "p"}


def claimed(everything, to):
    """Return a whole object with every member, in R4 one that claims the profile."""
    return next(
        thing
        for record, thing in zip(
            ig.read_audit(everything), ig.project_audit(everything, to=to, source=RESTFUL), strict=True
        )
        if (record["event"], record["outcome"], record.get("count")) == ("read", "success", 1)
    )


def broken(thing, change):
    changed = copy.deepcopy(thing)
    change(changed)
    assert changed != thing
    return changed


@pytest.mark.parametrize(("to", "faults"), [("fhir_r4", R4_FAULTS), ("fhir_r5", R5_FAULTS)])
def test_the_validators_for_node_refuse_what_is_broken(everything, to, faults):
    whole = claimed(everything, to)
    told = problems(
        [("whole", to, whole)] + [(name, to, broken(whole, change)) for name, (change, _) in faults.items()]
    )
    refused = {
        name: "".join(sorted(LETTERS[one] for one, texts in found.items() if texts))
        for name, found in told.items()
    }
    assert refused.pop("whole") == ""
    missed = {name: by for name, (_, by) in faults.items() if not set(by) - {"r"} <= set(refused[name])}
    assert not missed


@pytest.mark.parametrize(("to", "faults"), [("fhir_r4", R4_FAULTS), ("fhir_r5", R5_FAULTS)])
def test_fhir_resources_refuses_what_is_broken(everything, to, faults):
    whole = claimed(everything, to)
    assert by_model(to, whole) is None
    due = [change for change, by in faults.values() if "r" in by]
    assert len(due) >= 10
    assert all(by_model(to, broken(whole, change)) for change in due)


def test_the_field_list_of_elastic_refuses_what_is_broken(everything):
    (whole,) = [
        thing
        for thing in ig.project_audit(everything, to="ecs", event="read")
        if thing["event"]["outcome"] == "success" and thing["nhs_ig"].get("count") == 1
    ]
    told = problems([(name, "ecs", broken(whole, change)) for name, change in ECS_FAULTS.items()])
    assert all(found["ecs"] for found in told.values()), told


def test_only_a_log_that_verifies_is_projected(everything, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(everything.read_bytes().replace(b"dids_2026", b"dids_2025", 1))
    with pytest.raises(ig.AuditError) as caught:
        ig.project_audit(bad, to="ecs")
    assert caught.value.code == "audit.chain_broken"
    report = ig.verify_audit(everything)
    assert len(ig.project_audit(everything, report.head, to="ecs", event="login", actor="a" * 128)) == 1
    with pytest.raises(ig.AuditError) as caught:
        ig.project_audit(everything, (report.records, "0" * 64), to="ecs")
    assert caught.value.code == "audit.held_head_differs"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"to": "fhir"}, "misuse.argument"),
        ({"to": None}, "misuse.argument"),
        ({"to": "fhir_r4"}, "misuse.argument"),
        ({"to": "ecs", "source": PLAIN}, "misuse.argument"),
        ({"to": "fhir_r4", "source": (BASE, "x")}, "misuse.argument"),
        ({"to": "fhir_r4", "source": ig.AuditSource("example", "x")}, "misuse.argument"),
        ({"to": "fhir_r4", "source": ig.AuditSource(5, "x")}, "misuse.argument"),
        ({"to": "fhir_r4", "source": ig.AuditSource(BASE, "x@y")}, "audit.field"),
        ({"to": "fhir_r4", "source": ig.AuditSource(BASE, "x", actor_system="a b")}, "misuse.argument"),
        ({"to": "fhir_r4", "source": ig.AuditSource(f"{BASE}/{NUMBER}", "x")}, "audit.identifier_in_field"),
        (
            {"to": "fhir_r4", "source": ig.AuditSource(BASE, "x", client=("a", "localhost"))},
            "misuse.argument",
        ),
        (
            {"to": "fhir_r4", "source": ig.AuditSource(BASE, "x", client=("a", "b c"), server=("d", "e"))},
            "misuse.argument",
        ),
    ],
)
def test_what_cannot_be_a_target(everything, settings, code):
    with pytest.raises(ig.errors.IgError) as caught:
        ig.project_audit(everything, **settings)
    assert caught.value.code == code
    assert not find_secrets(str(caught.value))


def test_the_command_line(everything, tmp_path):
    out = tmp_path / "events.ndjson"
    base = ("--base", BASE, "--observer", "sde/vm-04")
    for to, name in (("fhir-r4", "fhir_r4"), ("fhir-r5", "fhir_r5")):
        done = nhs_ig("audit", "export", everything, "--out", out, "--to", to, *base, "--event", "read")
        assert done.returncode == 0, done.stderr
        found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        assert found == ig.project_audit(everything, to=name, source=PLAIN, event="read")
        out.unlink()
    rest = ("--base", BASE, "--observer", "sde/vm-04", "--actor-system", RESTFUL.actor_system)
    ends = ("--client", *RESTFUL.client, "--server", *RESTFUL.server)
    done = nhs_ig("audit", "export", everything, "--out", "-", "--to", "fhir-r4", *rest, *ends)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert found == ig.project_audit(everything, to="fhir_r4", source=RESTFUL)
    done = nhs_ig("audit", "export", everything, "--out", "-", "--to", "ecs")
    assert [json.loads(line) for line in done.stdout.splitlines()] == ig.project_audit(everything, to="ecs")
    for words in (
        ("--to", "fhir-r4"),
        ("--to", "ecs", *base),
        ("--to", "ecs", "--server", "a", "b"),
        ("--to", "fhir-r4", *base, "--server", "a", "b"),
        ("--to", "ecs", "--format", "csv"),
        base,
        ("--to", "fhir"),
    ):
        assert nhs_ig("audit", "export", everything, "--out", "-", *words).returncode == 2
    bad = nhs_ig(
        "audit", "export", everything, "--out", out, "--to", "fhir-r4", "--base", "x", "--observer", "y"
    )
    assert (bad.returncode, out.exists()) == (2, False)
