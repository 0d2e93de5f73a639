"""Whether two extracts may be linked, and crosswalks from one key to another."""

from __future__ import annotations

import csv
import hashlib
import json
import os

import nhs_ig as ig
import polars as pl
import pytest
from ring_support import CONTEXT, OTHER_BYTES, code_of, ring_secrets
from support import (
    KEY_BYTES,
    NUMBER,
    NUMBERS,
    nhs_ig,
    pseudonym,
)


class TestLinkable:
    def test_agreeing(self, ring, tmp_path):
        p = ig.Pseudonymiser(ring, context=CONTEXT)
        column = p.pseudonymise([NUMBER])
        spec = {
            name: value for name, value in json.loads(p.act()).items() if name not in {"act", "on_invalid"}
        }
        text = json.dumps(spec)
        for other in (
            p,
            spec,
            text,
            p.act(on_invalid="null"),
            {"nhs_ig.pseudonym": text},
            {b"nhs_ig.pseudonym": text.encode()},
        ):
            assert ig.check_linkable(p, other) is None
            assert ig.check_linkable(other, p) is None
        assert len(column) == 1

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("key_id", "x"),
            ("check_value", "0" * 10),
            ("context", "x"),
            ("kind", "text"),
            ("length", 256),
            ("encoding", "base32"),
        ],
    )
    def test_each_difference_is_named(self, ring, name, value):
        p = ig.Pseudonymiser(ring, context=CONTEXT)
        spec = {
            name: value for name, value in json.loads(p.act()).items() if name not in {"act", "on_invalid"}
        }
        with pytest.raises(ig.KeyError) as caught:
            ig.check_linkable(p, {**spec, name: value})
        assert (caught.value.code, caught.value.context) == ("key.not_linkable", {"differ": name})
        if name in {"kind", "length", "encoding"}:
            assert ig.check_linkable(p, {**spec, name: value}, **{name: value}) is None

    @pytest.mark.parametrize("other", [None, 7, "x", "[]", {}, {"scheme": "v2"}, b"\xff"])
    def test_what_is_no_description(self, ring, other):
        assert code_of(ig.check_linkable, ig.Pseudonymiser(ring, context=CONTEXT), other) == "misuse.argument"

    def test_of_a_release(self, demo_release):
        specs = ig.pseudonym_specs(demo_release)
        assert specs
        for spec in specs.values():
            ig.check_linkable(spec, spec)


@pytest.fixture
def demo_release(tmp_path):
    assert nhs_ig("demo", "--out", tmp_path / "demo").returncode == 0
    return json.loads((tmp_path / "demo" / "release-1" / "manifest.json").read_text())


class TestCrosswalk:
    @pytest.mark.parametrize(
        "kind_of",
        [
            list,
            pl.Series,
            lambda ids: pl.Series(ids).cast(pl.Categorical),
        ],
    )
    def test_pairs(self, ring, ids, log, tmp_path, kind_of):
        numbers = [*NUMBERS, NUMBERS[0], None]
        out = tmp_path / "c.csv"
        made = ig.crosswalk(
            kind_of(numbers), ring.key(ids[0]), ring.primary, context=CONTEXT, out=out, audit=log, actor="a.keeper", reason_ref="IG/2026/17",
        )  # fmt: skip
        assert made == (7, 5, 1, 0, hashlib.sha256(out.read_bytes()).hexdigest())
        rows = list(csv.reader(out.open()))
        pairs = [
            [pseudonym(n, context=CONTEXT, kind="nhs_number", key=k) for k in (KEY_BYTES, OTHER_BYTES)]
            for n in NUMBERS
        ]
        assert rows == [["old_pseudonym", "new_pseudonym"], *sorted(pairs)]
        assert os.name == "nt" or out.stat().st_mode & 0o777 == 0o600
        assert not ring_secrets(out.read_bytes())
        records = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
        assert [record["outcome"] for record in records] == ["attempt"] * 2 + ["success"] * 2
        assert {record.get("object") for record in records[2:]} == {made.sha256}

    def test_refusals_are_recorded(self, ring, ids, log, tmp_path):
        def run(numbers=NUMBERS, old=ids[0], new=ids[1], context=CONTEXT, out="c.csv"):
            return ig.crosswalk(
                numbers, ring.key(old), ring.key(new), context=context, out=tmp_path / out, audit=log, actor="a.keeper", reason_ref="IG/1",
            )  # fmt: skip

        assert code_of(run, numbers=[NUMBER[:-1] + "7"]) == "identifier.invalid_cells"
        assert code_of(run, new=ids[0]) == "misuse.argument"
        assert code_of(run, old=ids[1], new=ids[0]) == "key.retired"
        assert code_of(run, context="DSA-other") == "key.purpose"
        assert code_of(run, out="audit.jsonl") == "export.file_exists"
        codes = [json.loads(line).get("code") for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
        assert codes[2::4] == [
            "identifier.invalid_cells",
            "misuse.argument",
            "key.retired",
            "key.purpose",
            "export.file_exists",
        ]
        assert not (tmp_path / "c.csv").exists()
