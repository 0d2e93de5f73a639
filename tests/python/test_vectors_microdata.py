"""The microdata vectors through every kind of table, and what pycanon said."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import vectors

RISK = vectors("microdata_risk")
SUGGEST = vectors("microdata_suggest")
PYCANON = vectors("microdata_pycanon")

TYPES = {
    "text": pl.String,
    "integer": pl.Int64,
    "float": pl.Float64,
    "date": pl.Date,
    "boolean": pl.Boolean,
}


def _values(column):
    if column["type"] != "date":
        return column["values"]
    return [None if value is None else dt.date.fromisoformat(value) for value in column["values"]]


def _lists(vector):
    return {name: _values(column) for name, column in vector["columns"].items()}


def _polars(vector):
    types = {name: TYPES[column["type"]] for name, column in vector["columns"].items()}
    return pl.DataFrame(_lists(vector), schema=types)


def _chunks(vector):
    frame = _polars(vector)
    third = len(frame) // 3
    return pl.concat([frame[:third], frame[third : 2 * third], frame[2 * third :]], rechunk=False)


def _pandas(vector):
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in _lists(vector).items()})


KINDS = {
    "lists": _lists,
    "polars": _polars,
    "lazy": lambda vector: _polars(vector).lazy(),
    "chunks": _chunks,
    "pandas": _pandas,
}
kinds = pytest.mark.parametrize("kind", KINDS)


def _named(cases):
    return pytest.mark.parametrize("vector", cases, ids=lambda vector: vector["name"])


@kinds
@_named(RISK)
def test_risk(kind, vector):
    table = KINDS[kind](vector)
    settings = {name: vector[name] for name in ("by", "sensitive", "k", "distance")}
    if "error" in vector:
        with pytest.raises(ig.IgError) as caught:
            ig.microdata_risk(table, **settings)
        assert caught.value.code == vector["error"]
        return
    found, expected = ig.microdata_risk(table, **settings), dict(vector["expected"])
    assert list(ig.rows_at_risk(table, vector["by"], k=vector["k"])) == expected.pop("at_risk")
    assert [list(pair) for pair in found.histogram.items()] == expected.pop("histogram")
    for figures in expected.pop("sensitive"):
        assert dataclasses.asdict(found.sensitive[figures["column"]]) == pytest.approx(figures, abs=1e-12)
    assert {name: getattr(found, name) for name in expected} == expected


@kinds
@_named(SUGGEST)
def test_suggest(kind, vector):
    settings = {name: vector[name] for name in ("levels", "k", "max_suppressed_share", "order_by")}
    table = KINDS[kind](vector)
    if "error" in vector:
        with pytest.raises(ig.IgError) as caught:
            ig.suggest_generalisation(table, **settings)
        assert caught.value.code == vector["error"]
        return
    found = ig.suggest_generalisation(table, **settings, most=1000)
    figures = [{**vars(one), "steps": list(one.steps.values())} for one in found]
    for one in figures:
        levels = one.pop("levels")
        offered = vector["levels"].values()
        assert list(levels.values()) == [
            ladder[step] for ladder, step in zip(offered, one["steps"], strict=True)
        ]
    assert [one["steps"] for one in figures] == [one["steps"] for one in vector["expected"]]
    for one, expected in zip(figures, vector["expected"], strict=True):
        assert one.pop("precision_loss") == pytest.approx(expected["precision_loss"], abs=1e-12)
        assert one == {name: value for name, value in expected.items() if name != "precision_loss"}
    assert ig.suggest_generalisation(table, **settings, most=2) == found[:2]


@pytest.mark.parametrize("make", [dict, pl.DataFrame, pd.DataFrame])
def test_pycanon_says_the_same(make):
    for recorded in PYCANON:
        table = make(recorded["columns"])
        for answer in recorded["questions"]:
            risk = ig.microdata_risk(table, answer["by"], answer["sensitive"])
            own = risk.sensitive[answer["sensitive"]]
            assert risk.k == answer["k"]
            assert own.l_distinct == answer["l_distinct"]
            assert math.floor(own.l_entropy + 1e-9) == answer["l_entropy_floor"]
            assert own.t == pytest.approx(answer["t"], abs=1e-12)
