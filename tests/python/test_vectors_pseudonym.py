"""The pseudonym vectors through scalars, lists and Polars."""

from __future__ import annotations

import itertools

import nhs_ig as ig
import polars as pl
import pytest
from support import vectors

DATA = vectors("pseudonym_v1")
KEYS = {entry["id"]: entry for entry in DATA["keys"]}


def _settings(vector):
    return tuple(vector[name] for name in ("key", "context", "kind", "length", "encoding"))


CASES = {
    settings: list(group)
    for settings, group in itertools.groupby(sorted(DATA["vectors"], key=_settings), key=_settings)
}


def _expected(vector):
    if vector.get("output") is None:
        return None
    return bytes.fromhex(vector["output"]) if vector["encoding"] == "bytes" else vector["output"]


@pytest.fixture(scope="module")
def pseudonymisers():
    """Make one for each key and context of the vectors."""
    made = {}
    for entry in DATA["keys"]:
        key = ig.Key.from_function(lambda entry=entry: f"nhsig_sk_{entry['id']}_{entry['hex']}")
        assert key.check_value == entry["check_value"]
        made[entry["id"]] = key
    return lambda key, context: ig.Pseudonymiser(made[key], context=context)


@pytest.mark.parametrize(
    "settings", CASES, ids=lambda settings: f"{settings[0]}-{settings[2][:12]}-{settings[3]}-{settings[4]}"
)
class TestEachSetting:
    def test_one_value_at_a_time(self, settings, pseudonymisers):
        key, context, kind, length, encoding = settings
        p = pseudonymisers(key, context)
        for vector in CASES[settings]:
            call = {"kind": kind, "length": length, "encoding": encoding}
            if "error" in vector:
                with pytest.raises(ig.IdentifierError) as caught:
                    p.pseudonymise(vector["input"], **call)
                assert caught.value.code == "identifier.invalid_cells"
                assert caught.value.context["reason"] == vector["error"]
                assert p.pseudonymise(vector["input"], **call, on_invalid="null") is None
            else:
                assert p.pseudonymise(vector["input"], **call) == _expected(vector)

    def test_lists_and_polars(self, settings, pseudonymisers):
        key, context, kind, length, encoding = settings
        p = pseudonymisers(key, context)
        call = {"kind": kind, "length": length, "encoding": encoding, "on_invalid": "null"}
        for of_type, dtype in ((str, pl.String), (int, pl.Int64), (float, pl.Float64)):
            chosen = [v for v in CASES[settings] if v["input"] is None or type(v["input"]) is of_type]
            values = [v["input"] for v in chosen]
            expected = [_expected(v) for v in chosen]
            if all(value is None for value in values):
                continue
            assert p.pseudonymise(values, **call) == expected
            assert p.pseudonymise(tuple(values), **call) == expected
            series = pl.Series("x", values, dtype)
            made = series.ig.pseudonymise(p, **call)
            assert made.to_list() == expected
            assert made.dtype == (pl.Binary if encoding == "bytes" else pl.String)
            frame = pl.DataFrame({"x": series})
            assert frame.select(pl.col("x").ig.pseudonymise(p, **call))["x"].to_list() == expected
            chunked = pl.concat([series, series[1:], series[:0], series], rechunk=False)
            assert chunked.ig.pseudonymise(p, **call).to_list() == expected + expected[1:] + expected
            lazy = pl.LazyFrame({"x": chunked}).select(pl.col("x").ig.pseudonymise(p, **call))
            assert lazy.collect()["x"].to_list() == expected + expected[1:] + expected
            assert lazy.collect(engine="streaming")["x"].to_list() == expected + expected[1:] + expected


def test_the_vectors_hold_every_kind_of_case():
    assert {type(v["input"]) for v in DATA["vectors"]} == {str, int, float, type(None)}
    assert any("error" in v for v in DATA["vectors"])
    assert {(v["length"], v["encoding"]) for v in DATA["vectors"]} == set(
        itertools.product((128, 192, 256), ("hex", "base32", "bytes")),
    )
