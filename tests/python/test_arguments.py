"""A call with an argument of the wrong type is refused with a code, whatever the type."""

from __future__ import annotations

import datetime as dt

import nhs_ig as ig
import numpy as np
import pandas as pd
import pytest
from support import NUMBER, NUMBERS, find_secrets, make_key, shown_by

CONTEXT = "DSA-2026-014"
ASK = {"actor": "a.analyst", "reason_ref": "IG/2026/17"}
HUGE = 10**400
ODD = [None, 7, HUGE, 1.5, "x", b"x", [], {}, object()]


def _code(call, *args, **kwargs):
    with pytest.raises(ig.IgError) as caught:
        call(*args, **kwargs)
    assert not find_secrets(shown_by(caught.value))
    return caught.value.code


@pytest.mark.parametrize("odd", ODD, ids=[type(odd).__name__ for odd in ODD])
def test_re_identification_without_a_log_or_a_key(odd, pseudonymiser, log, tmp_path):
    made = pseudonymiser.tokenise(NUMBERS)
    assert _code(ig.reidentify, made, pseudonymiser, audit=odd, **ASK) == "misuse.argument"
    assert _code(ig.reidentify_numbers, NUMBERS, pseudonymiser, check="valid", audit=odd, **ASK) == (
        "misuse.argument"
    )
    assert _code(ig.reidentify, made, odd, audit=log, **ASK) == "misuse.argument"
    assert _code(ig.reidentify, made, pseudonymiser, kind=odd if odd != "x" else 7, audit=log, **ASK) == (
        "misuse.argument"
    )
    assert _code(ig.reidentify_numbers, NUMBERS, pseudonymiser, check=odd, audit=log, **ASK) == (
        "misuse.argument"
    )
    assert not (tmp_path / "audit.jsonl").read_bytes(), "a call that asks for nothing leaves no record"


@pytest.mark.parametrize(
    "name", ["context", "kind", "length", "encoding", "on_invalid", "actor", "out", "audit"]
)
@pytest.mark.parametrize("odd", [None, HUGE, object(), []], ids=["None", "huge", "object", "list"])
def test_a_crosswalk(name, odd, key, log, tmp_path):
    new = make_key(f"{key.id}-new", bytes(range(32)))
    given = {"context": CONTEXT, "out": tmp_path / "c.csv", "audit": log, **ASK}
    code = _code(ig.crosswalk, NUMBERS, key, new, **{**given, name: odd})
    assert code == "misuse.argument"
    assert not (tmp_path / "c.csv").exists()


def test_a_crosswalk_is_between_keys(key, log, tmp_path):
    path = tmp_path / "ring.toml"
    ig.KeyRingFile.create(path, make_key("in-ring", bytes(range(32))), created=dt.date(2026, 1, 1))
    ring = ig.KeyRing.from_file(path)
    given = {"context": CONTEXT, "out": tmp_path / "c.csv", "audit": log, **ASK}
    for old, new in ((ring, key), (key, ring), (None, key), (key, "x")):
        assert _code(ig.crosswalk, NUMBERS, old, new, **given) == "misuse.argument"


@pytest.mark.parametrize(
    "name", ["sources", "agreement", "request", "key", "audit", "out", "max_age_days", "as_of"]
)
@pytest.mark.parametrize("odd", [7.5, object(), {}.keys()], ids=["float", "object", "view"])
def test_a_release(name, odd, demo_data, key, log, checked, tmp_path):
    agreement = ig.Agreement.load(demo_data / "agreement.toml")
    request = ig.Request(
        actor="a.analyst",
        role="analyst",
        organisation="Example Analytics Unit",
        purpose="service_evaluation",
        date=dt.date(2026, 11, 22),
    )
    given = {
        "sources": {},
        "agreement": agreement,
        "request": request,
        "key": key,
        "opt_outs": checked,
        "audit": log,
    }
    given = {**given, "out": tmp_path / "out", name: odd}
    assert _code(ig.release, **given) == "misuse.argument"
    assert not (tmp_path / "out").exists()


def test_a_release_takes_a_ring_for_its_primary(demo_data, key, log, checked, tmp_path):
    path = tmp_path / "ring.toml"
    ig.KeyRingFile.create(path, key, created=dt.date(2026, 1, 1), purposes=["DSA-other"])
    ring = ig.KeyRing.from_file(path)
    agreement = ig.Agreement.load(demo_data / "agreement.toml")
    request = ig.Request(
        actor="a.analyst",
        role="analyst",
        organisation="Example Analytics Unit",
        purpose="service_evaluation",
        date=dt.date(2026, 11, 22),
    )
    sources = {"dids": demo_data / "dids_500.csv", "ae_attendances": demo_data / "ae_attendances.csv"}
    given = {
        "sources": sources,
        "agreement": agreement,
        "request": request,
        "opt_outs": checked,
        "audit": log,
    }
    given = {**given, "out": tmp_path / "out", "unchecked": "withhold", "rehearsal": True}
    assert _code(ig.release, key=ring, **given) == "key.purpose"
    path.unlink()
    ig.KeyRingFile.create(path, key, created=dt.date(2026, 1, 1))
    made = ig.release(key=ig.KeyRing.from_file(path), **given)
    assert made.manifest["key"]["id"] == key.id


def test_the_settings_of_a_pseudonymiser(key, pseudonymiser):
    for odd in (None, 7, HUGE, object(), []):
        assert _code(ig.Pseudonymiser, key, context=odd) == "misuse.argument"
        assert _code(ig.Pseudonymiser, key, context=CONTEXT, retired=odd) == "misuse.argument"
        for name in ("kind", "encoding", "on_invalid"):
            assert _code(pseudonymiser.pseudonymise, NUMBER, **{name: odd}) == "misuse.argument"
        for name in ("kind", "on_invalid"):
            assert _code(pseudonymiser.tokenise, NUMBER, **{name: odd}) == "misuse.argument"
        assert _code(pseudonymiser.encrypt_numbers, NUMBER, check=odd) == "misuse.argument"
        assert _code(pseudonymiser.pseudonymise_fields, [NUMBERS], kinds=odd) == "misuse.argument"
        assert _code(pseudonymiser.pseudonymise_fields, [NUMBERS], kinds=[odd]) == "misuse.argument"
    for odd in (None, "128", HUGE, -1, object()):
        assert _code(pseudonymiser.pseudonymise, NUMBER, length=odd) == "misuse.argument"
    for odd in (object(), HUGE, float("nan"), {1}):
        assert _code(ig.top_code, [1], at=odd) == "misuse.argument"


@pytest.mark.parametrize(
    "column",
    [
        [HUGE, 0.5],
        [0.5, HUGE],
        [HUGE],
        [None, -HUGE],
        HUGE,
        pd.Series([HUGE, 0.5], dtype=object),
        np.array([0.5, HUGE], dtype=object),
    ],
)
def test_whole_numbers_beyond_every_type(column, pseudonymiser):
    acts = [pseudonymiser.pseudonymise, pseudonymiser.encrypt_numbers, ig.is_nhs_number, ig.redact]
    settings = [{}, {"check": "valid"}, {}, {}]
    for act, given in zip(acts, settings, strict=True):
        assert _code(act, column, **given) == "misuse.column_type"
    assert _code(ig.round_to, column, base=5) == "misuse.column_type"


def test_the_fields_of_a_record(log):
    for odd in (HUGE, "3", 1.5, object()):
        assert _code(log.audit, "read", actor="a.analyst", count=odd) == "misuse.argument"
    for odd in (None, 7, object()):
        assert _code(log.audit, odd, actor="a.analyst") in {"misuse.argument", "audit.field"}
        assert _code(log.audit, "read", actor=odd) == "misuse.argument"
    assert log.head[0] == 0
