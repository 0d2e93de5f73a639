"""Tokens and encrypted numbers through every kind of column, and re-identification with its records."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import (
    KEY_BYTES,
    NUMBER,
    NUMBERS,
    ROOT,
    find_secrets,
    make_key,
    nhs_ig,
    shown_by,
    vector_keys,
    vectors,
)

sys.path.insert(0, str(ROOT / "tests" / "independent"))
from format_preserving_v1 import encrypted
from token_v1 import opened, token

pa = pytest.importorskip("pyarrow")

TOKENS = vectors("token_v1")
CONTEXT = "DSA-2026-014"
MADE = dt.date(2026, 1, 1)
ASK = {"actor": "a.analyst", "reason_ref": "IG/2026/17"}


def _lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_frozen_tokens_and_refusals(log):
    keys = vector_keys(TOKENS)
    for vector in TOKENS["vectors"]:
        p = ig.Pseudonymiser(keys[vector["key"]], context=vector["context"])
        made = p.tokenise(vector["input"], kind=vector["kind"], on_invalid="null")
        assert made == vector.get("output")
        if "error" in vector:
            with pytest.raises(ig.IdentifierError) as caught:
                p.tokenise(vector["input"], kind=vector["kind"])
            assert caught.value.context["reason"] == vector["error"]
    for vector in TOKENS["refused"]:
        p = ig.Pseudonymiser(keys[vector["key"]], context=vector["context"])
        with pytest.raises(ig.KeyError) as caught:
            ig.reidentify(vector["token"], p, kind=vector["kind"], audit=log, **ASK)
        assert caught.value.code == "key.tokens_refused"
        assert caught.value.context["reason"] == vector["error"]
        assert not vector["token"] or vector["token"] not in shown_by(caught.value)


def test_tokens_of_every_kind_of_column_and_back(rows, key, pseudonymiser, log, tmp_path):
    numbers, p = rows[0], pseudonymiser
    expected = [token(KEY_BYTES, key.id, CONTEXT, "nhs_number", number)[0] for number in numbers]
    series = pl.Series("nhs", numbers)
    frame = pl.concat([series[:9], series[9:]], rechunk=False).to_frame()
    act = pl.col("nhs").ig.tokenise(p)
    for made in (
        series.ig.tokenise(p),
        frame.select(act)["nhs"],
        frame.lazy().select(act).collect(engine="streaming")["nhs"],
        frame.with_columns(pl.col("nhs").cast(pl.Categorical)).select(act)["nhs"],
        frame.with_columns(pl.col("nhs").cast(pl.Int64)).select(act)["nhs"],
    ):
        assert made.to_list() == expected
    assert p.tokenise(numbers) == expected
    assert p.tokenise(pa.array(numbers)).to_pylist() == expected

    def back(column, **more):
        return ig.reidentify(column, p, audit=log, **ASK, **more)

    made = pl.Series("t", expected)
    assert back(made).to_list() == numbers
    assert back(made).name == "t"
    assert back(made[3:40].cast(pl.Categorical)).to_list() == numbers[3:40]
    assert back(expected) == numbers
    assert back(expected[1]) == numbers[1]
    assert back(None) is None
    assert back(pa.array(expected)).to_pylist() == numbers
    assert back(pa.chunked_array([expected[:5], expected[5:]])).to_pylist() == numbers
    pandas = back(pd.Series(expected, index=range(60, 0, -1), name="t"))
    assert list(pandas.index) == list(range(60, 0, -1))
    assert [None if pd.isna(value) else value for value in pandas] == numbers
    assert ig.reidentify(expected, key, context=CONTEXT, audit=log, **ASK) == numbers
    assert opened(KEY_BYTES, key.id, CONTEXT, "nhs_number", expected[1]) == (numbers[1], None)
    lines = _lines(tmp_path / "audit.jsonl")
    assert len(lines) == 20
    assert {line["event"] for line in lines} == {"reidentify"}
    assert [line["outcome"] for line in lines] == ["attempt", "success"] * 10
    assert {line["key_id"] for line in lines} == {key.id}
    assert lines[0]["count"] == sum(number is not None for number in numbers)
    assert not find_secrets((tmp_path / "audit.jsonl").read_bytes())


def test_re_identification_needs_a_person_a_reason_and_a_log(pseudonymiser, log, tmp_path, key):
    made, p = pseudonymiser.tokenise(NUMBER), pseudonymiser
    for name in ASK:
        with pytest.raises(TypeError):
            ig.reidentify(made, p, audit=log, **{k: v for k, v in ASK.items() if k != name})
        with pytest.raises((ig.AuditError, ig.MisuseError)):
            ig.reidentify(made, p, audit=log, **{**ASK, name: None})
    for more, code in (
        ({"actor": "system"}, "audit.actor_generic"),
        ({"reason_ref": "because"}, "audit.field"),
        ({"purpose": NUMBER}, "audit.identifier_in_field"),
        ({"note": NUMBER}, "misuse.argument"),
        ({"kind": NUMBER}, "misuse.argument"),
        ({"context": CONTEXT}, "misuse.argument"),
    ):
        with pytest.raises(ig.IgError) as caught:
            ig.reidentify(made, p, audit=log, **{**ASK, **more})
        assert caught.value.code == code
        assert not find_secrets(shown_by(caught.value))
    with pytest.raises(ig.MisuseError):
        ig.reidentify(made, key, audit=log, **ASK)
    with pytest.raises(ig.MisuseError) as caught:
        ig.reidentify(pl.col("t"), p, audit=log, **ASK)
    assert caught.value.code == "misuse.column_type"
    assert not (tmp_path / "audit.jsonl").read_bytes()
    (tmp_path / "audit.jsonl").rename(tmp_path / "moved.jsonl")
    with pytest.raises(ig.AuditError) as caught:
        ig.reidentify(made, p, audit=log, **ASK)
    assert caught.value.code == "audit.log_replaced"


def test_a_key_that_its_ring_refuses_leaves_a_record(tmp_path, log, key):
    path, old = tmp_path / "ring.toml", f"{key.id}-old"
    file = ig.KeyRingFile.create(path, make_key(old), created=MADE, purposes=[CONTEXT])
    file.add(make_key(f"{key.id}-new", bytes(range(32))), created=MADE)
    made = ig.Pseudonymiser(ig.KeyRing.from_file(path), context=CONTEXT).tokenise([NUMBER])
    ig.forget_key(old)
    file.promote(f"{key.id}-new", on=MADE)
    ring = ig.KeyRing.from_file(path)
    for context, code in ((CONTEXT, "key.retired"), ("DSA-other", "key.purpose")):
        for call, given in ((ig.reidentify, {}), (ig.reidentify_numbers, {"check": "valid"})):
            with pytest.raises(ig.KeyError) as caught:
                call(made, ring.key(old), context=context, audit=log, role="keeper", **given, **ASK)
            assert caught.value.code == code
            attempt, end = _lines(tmp_path / "audit.jsonl")[-2:]
            assert (attempt["outcome"], end["outcome"], end["code"]) == ("attempt", "refused", code)
            assert {line["key_id"] for line in (attempt, end)} == {old}
            assert {line["role"] for line in (attempt, end)} == {"keeper"}
    allowed = ig.Pseudonymiser(ring.key(old), context=CONTEXT, retired="allow")
    assert ig.reidentify(made, allowed, audit=log, **ASK) == [NUMBER]
    (tmp_path / "audit.jsonl").unlink()
    with pytest.raises(ig.AuditError) as caught:
        ig.reidentify(made, ring.key(old), context=CONTEXT, audit=log, **ASK)
    assert caught.value.code == "audit.log_replaced", "a refusal that cannot be recorded is not passed over"


def test_the_command_line_records_what_it_refuses(tmp_path):
    ring, made, trail = tmp_path / "project.toml", tmp_path / "tokens.csv", tmp_path / "trail.jsonl"
    ig.KeyRingFile.create(ring, make_key("cli-ring"), created=MADE, purposes=[CONTEXT])
    made.write_text(f"person\n{token(KEY_BYTES, 'cli-ring', CONTEXT, 'nhs_number', NUMBER)[0]}\n")
    asked = ["--audit", trail, "--actor", "a.analyst", "--reason-ref", "IG/2026/17", "--key-file", ring]
    for column, context, code, end in (
        ("persons", CONTEXT, "misuse.column_missing", "failure"),
        ("person", "DSA-other", "key.purpose", "refused"),
    ):
        given = ["--column", column, "--context", context, "--out", tmp_path / "out.csv"]
        done = nhs_ig("reidentify", made, *given, *asked)
        assert done.returncode == (1 if end == "refused" else 2)
        assert code in done.stderr
        told = [(line["outcome"], line.get("code")) for line in _lines(trail)[-2:]]
        assert told == [("attempt", None), (end, code)]
        assert not (tmp_path / "out.csv").exists()


def test_one_damaged_token_means_no_answer(pseudonymiser, log, tmp_path):
    made = pseudonymiser.tokenise(NUMBERS)
    made[3] = made[3][:-8] + ("A" if made[3][-8] != "A" else "B") + made[3][-7:]
    with pytest.raises(ig.KeyError) as caught:
        ig.reidentify(pl.Series("t", made), pseudonymiser, audit=log, **ASK)
    assert caught.value.context == {
        "column": "column t",
        "count": "1",
        "row": "4",
        "reason": "key.token_changed",
    }
    shown = shown_by(caught.value)
    assert not find_secrets(shown)
    assert not any(text in shown for text in made)
    assert [line["outcome"] for line in _lines(tmp_path / "audit.jsonl")] == ["attempt", "failure"]


def test_the_command_line_there_and_back(tmp_path, key_file, key):
    source, there, back = tmp_path / "in.csv", tmp_path / "tokens.csv", tmp_path / "back.csv"
    source.write_text("nhs_number,n\n" + "".join(f"{number},{row}\n" for row, number in enumerate(NUMBERS)))
    common = ["--column", "nhs_number", "--context", CONTEXT, "--key-file", key_file]
    done = nhs_ig("tokenise", source, *common, "--out", there)
    assert done.returncode == 0, done.stderr
    assert pl.read_csv(there)["nhs_number"].to_list() == [
        token(KEY_BYTES, key.id, CONTEXT, "nhs_number", n)[0] for n in NUMBERS
    ]
    trail = tmp_path / "trail.jsonl"
    asked = ["--audit", trail, "--actor", "a.analyst", "--reason-ref", "IG/2026/17", "--purpose", "recall"]
    done = nhs_ig("reidentify", there, *common, "--out", back, *asked)
    assert done.returncode == 0, done.stderr
    assert back.read_text().replace('"', "") == source.read_text()
    assert [line["outcome"] for line in _lines(trail)] == ["attempt", "success"]
    assert _lines(trail)[0]["purpose"] == "recall"
    if os.name == "posix":
        assert back.stat().st_mode & 0o077 == 0, "identifiers, for their owner's eyes alone"
    again = nhs_ig("reidentify", there, *common, "--out", back, *asked)
    assert "export.file_exists" in again.stderr
    assert len(_lines(trail)) == 2, "nobody was answered, and nothing says so"
    there.write_text(there.read_text().replace("nhsig_t1_", "nhsig_t2_", 1))
    done = nhs_ig("reidentify", there, *common, "--out", tmp_path / "no.csv", *asked)
    assert done.returncode == 2
    assert "key.tokens_refused" in done.stderr
    assert not (tmp_path / "no.csv").exists()
    assert (
        nhs_ig("reidentify", there, *common, "--out", tmp_path / "no.csv", "--audit", trail).returncode == 2
    )


def test_format_preserving_numbers(pseudonymiser, log, tmp_path):
    p = pseudonymiser
    with pytest.raises(TypeError):
        p.encrypt_numbers(NUMBER)
    with pytest.raises(ig.MisuseError) as caught:
        p.encrypt_numbers(NUMBER, check=NUMBER)
    assert not find_secrets(shown_by(caught.value))
    for check in ("invalid", "valid"):
        expected = [encrypted(KEY_BYTES, CONTEXT, check, number) for number in NUMBERS]
        series = pl.Series("nhs", [*NUMBERS, None])
        act = pl.col("nhs").ig.encrypt_numbers(p, check=check)
        for made in (
            series.ig.encrypt_numbers(p, check=check),
            series.to_frame().select(act)["nhs"],
            series.to_frame().lazy().select(act).collect(engine="streaming")["nhs"],
            series.cast(pl.Int64).ig.encrypt_numbers(p, check=check),
            series.cast(pl.Categorical).ig.encrypt_numbers(p, check=check),
        ):
            assert made.to_list() == [*expected, None]
        assert ig.is_nhs_number(expected) == [check == "valid"] * 5
        back = ig.reidentify_numbers(made, p, check=check, audit=log, **ASK)
        assert back.to_list() == [*NUMBERS, None]
        assert ig.reidentify_numbers([int(n) for n in expected], p, check=check, audit=log, **ASK) == NUMBERS
        other = {"invalid": "valid", "valid": "invalid"}[check]
        with pytest.raises(ig.KeyError) as caught:
            ig.reidentify_numbers(expected, p, check=other, audit=log, **ASK)
        assert caught.value.context["reason"] == "key.number_changed"
        with pytest.raises(ig.KeyError) as caught:
            ig.reidentify_numbers(NUMBER[:9], p, check=check, audit=log, **ASK)
        assert caught.value.context["reason"] == "key.number_form"
    assert [line["outcome"] for line in _lines(tmp_path / "audit.jsonl")][:8] == [
        "attempt",
        "success",
    ] * 2 + [
        "attempt",
        "failure",
    ] * 2
    with pytest.raises(ig.IdentifierError):
        p.encrypt_numbers(NUMBER[:-1] + "7", check="invalid")
