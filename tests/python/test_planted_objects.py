"""What every public object shows of a planted key and planted numbers: nothing."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import sqlite3

import nhs_ig as ig
import polars as pl
import pytest
from audit_support import planted_signer
from identity_planted import planted
from nhs_ig import _core
from support import KEY_BYTES, NUMBER, NUMBERS, find_secrets, make_key

DAY = dt.date(2026, 11, 22)
NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.timezone.utc)
FRAME = {"nhs": NUMBERS, "n": [1, 2, 3, 4, 50], "band": ["a", "a", "b", "b", "b"]}
# A value that holds people's data because it is that data: it shows it when asked for its text, not by itself.
TEXT_IS_THE_VALUE = {"NhsNumber"}
# A Series holds its cells; the namespace object on it holds the Series.
HOLDS_ITS_VALUE = {"namespace of a Series"}


def _ring(tmp_path):
    path = tmp_path / "project.ring.toml"
    file = ig.KeyRingFile.create(path, make_key("objects-ring"), created=DAY)
    return file, ig.KeyRing.from_file(path)


def _crosswalk(tmp_path, log):
    keys = make_key("objects-old"), make_key("objects-new", KEY_BYTES[::-1])
    out = tmp_path / "crosswalk.csv"
    return ig.crosswalk(
        NUMBERS, *keys, context="c", out=out, audit=log, actor="a.analyst", reason_ref="IG/2026/17"
    )


def _check(tmp_path, key):
    name = f"check-{len(list(tmp_path.iterdir()))}.json"
    return ig.OptOutCheck.prepare(
        NUMBERS, state=tmp_path / name, key=key, mailbox="X26ABC1", local_id="cohort-a", sequence=1
    )


@pytest.fixture
def objects(tmp_path, pseudonymiser, key, log, checked, demo_data):
    """One object of every public class, made with the planted values in hand, and of those that they hand out."""
    file, ring = _ring(tmp_path)
    agreement = ig.Agreement.load(demo_data / "agreement.toml")
    request = ig.Request(
        actor="a.analyst",
        role="analyst",
        organisation="Example Analytics Unit",
        purpose="service_evaluation",
        date=DAY,
    )
    decision = agreement.decide(request)
    receipt = log.audit("read", "dids", actor="a.analyst", count=5)
    signer = planted_signer(tmp_path)
    signed = ig.AuditCheckpoint.of_log(tmp_path / "audit.jsonl", signer)
    risk = ig.microdata_risk(pl.DataFrame(FRAME), by=["nhs", "band"], sensitive="n")
    manifest = {"agreement": {"id": "DSA-2026-014"}, "run_id": "r", "datasets": []}
    rates = ig.suppress_rates(
        {"nhs": [NUMBER], "n": [3], "d": [30]}, by="nhs", numerator="n", denominator="d", policy="under5"
    )
    wide = ig.suppress(FRAME, by="nhs", wide={"of": ["n"]}, policy="hes")
    suppressed = ig.suppress(FRAME, by="nhs", count="n", policy="hes")
    column = _core.act_on_list(NUMBERS, '{"act": "normalise_nhs_number"}', "nhs")
    made = {
        "Agreement": agreement,
        "AuditHandler": ig.AuditHandler(log, actor=lambda: NUMBER),
        "AuditLog": log,
        "AuditCheckpoint": signed,
        "AuditCoverage": ig.audit_coverage(tmp_path / "audit.jsonl"),
        "AuditProof": ig.check_inclusion_proof(
            signed.prove_inclusion(tmp_path / "audit.jsonl", 0), signer.verifier_key
        ),
        "AuditReport": ig.verify_audit(tmp_path / "audit.jsonl"),
        "AuditSource": ig.AuditSource("https://example.nhs.uk/audit", "sde/vm-04"),
        "AuditTail": ig.tail_audit(tmp_path / "audit.jsonl"),
        "Column": column,
        "CrosswalkReport": _crosswalk(tmp_path, log),
        "Decision": decision,
        "Incident": ig.Incident(
            "IG/2026/17", discovered=NOON, aware_at=NOON, likelihood=3, severity=2, affected=len(NUMBERS)
        ),
        "Key": key,
        "KeyEntry": ring.entries[0],
        "KeyRing": ring,
        "KeyRingFile": file,
        "MergeSuggestion": ig.suggest_merges(
            {"nhs": NUMBERS, "n": [1, 2, 3, 4, 50]},
            by="nhs",
            count="n",
            policy="under5",
            merge={"nhs": "ordered"},
            max_primary_cells=0,
        ),
        "MicrodataRisk": risk,
        "NameList": ig.NameList([f"Ann {NUMBER} Other", "Siân O'Neill"], id="objects"),
        "NhsNumber": ig.NhsNumber(NUMBER),
        "NotOptedOut": checked,
        "OptOutCheck": _check(tmp_path, key),
        "CheckFile": _check(tmp_path, key).files[0],
        "OptOutCounts": ig.count_opt_outs(FRAME, checked, id="nhs", on=dt.date(2026, 11, 21)),
        "OptOutFilter": ig.OptOutFilter(checked, on=dt.date(2026, 11, 22)),
        "OptedOut": ig.OptedOut.from_list(NUMBERS, source="type 1"),
        "Permit": decision.permit(),
        "PerturbationTable": ig.PerturbationTable(max_noise=5, variance=2),
        "Pseudonymiser": pseudonymiser,
        "Release": ig.Release(manifest, "0" * 64),
        "Request": request,
        "SensitiveRisk": risk.sensitive["n"],
        "SignerKey": signer,
        "SqlSink": log.sql_sink(sqlite3.connect(":memory:")),
        "Suggestion": ig.suggest_generalisation(FRAME, {"nhs": ["keep", "omit"], "band": ["keep"]}, k=2)[0],
        "SuppressionPolicy": ig.SuppressionPolicy.preset("hes"),
        "SuppressionResult": suppressed,
        "WideSuppressionResult": wide,
        "TableAudit": suppressed.audit,
        "RatesResult": rates,
        "Table": _core.table_from_lists(FRAME),
        "TokenVerifier": planted()[0],
        "VerifiedActor": planted()[1],
        "Uniqueness": ig.uniqueness(pl.DataFrame(FRAME), by=["nhs"]),
        "_core.Suppressed": suppressed._suppressed,
        "_core.Audited": ig.audit_table(
            {"nhs": [NUMBER, "Total"], "n": ["*", 9]}, by="nhs", count="n"
        )._audited,
        "_core.PseudonymHandle": pseudonymiser._handle,
        "_core.AuditLogHandle": log._log,
        "_core.CheckpointHandle": signed._handle,
        "Receipt": receipt,
        "namespace of a Series": pl.Series(NUMBERS).ig,
        "namespace of an expression": pl.col("nhs").ig,
    }
    for name in ig.__all__:
        thing = getattr(ig, name)
        if isinstance(thing, type) and issubclass(thing, Exception):
            made[name] = thing("a message", "misuse.argument", {"name": "a setting"})
    return made


def test_every_public_class_has_an_object_here(objects):
    classes = {name for name in ig.__all__ if isinstance(getattr(ig, name), type)}
    assert classes <= set(objects), "a class was added: make an object of it above"
    for name in classes:
        assert isinstance(objects[name], getattr(ig, name)), name


def test_no_object_shows_a_secret_by_itself(objects):
    for name, thing in objects.items():
        shown = [
            repr(thing),
            format(thing) if name not in TEXT_IS_THE_VALUE else "",
            repr([thing]),
            f"{thing!r}",
        ]
        shown += [str(thing)] if name not in TEXT_IS_THE_VALUE else []
        # What a class says of itself, and what its properties are made of.
        shown += [
            repr(type(thing)),
            repr(getattr(thing, "__dict__", None)) if name not in HOLDS_ITS_VALUE else "",
        ]
        for text in shown:
            assert not find_secrets(text), name


def test_no_attribute_shows_a_key(objects):
    for name, thing in objects.items():
        for attribute in dir(thing):
            if attribute.startswith("__") and attribute not in {"__dict__", "__getstate__"}:
                continue
            try:
                value = getattr(thing, attribute)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is searched
                value = error
            found = find_secrets(repr(value))
            assert not {KEY_BYTES.hex(), "key bytes"} & set(found), f"{name}.{attribute}"


def test_no_pickle_and_no_copy_holds_a_secret(objects):
    for name, thing in objects.items():
        for store in (pickle.dumps, copy.copy, copy.deepcopy):
            try:
                stored = store(thing)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is searched
                stored = f"{error} {error!r} {getattr(error, 'context', None)}"
            content = stored if isinstance(stored, bytes) else repr(stored)
            assert not find_secrets(content) or name in HOLDS_ITS_VALUE, f"{name}: {store.__name__}"


@pytest.mark.parametrize("name", ["Key", "KeyRing", "SignerKey"])
def test_keys_are_never_stored_or_copied(objects, name):
    for store in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(ig.KeyError) as caught:
            store(objects[name])
        assert caught.value.code == "key.not_picklable"


@pytest.mark.parametrize(
    "made", [ig.Pseudonymiser, ig.AuditLog, ig.AuditCheckpoint, ig.SqlSink, ig.TokenVerifier]
)
def test_an_object_whose_making_failed_can_be_shown(made):
    """A debugger shows ``self`` of a constructor that failed; an error there would hide the one that matters."""
    assert repr(made.__new__(made)) == f"{made.__name__}(not made)"
