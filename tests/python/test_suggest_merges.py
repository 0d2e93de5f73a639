"""Suggested merges against every merging there is, and the merged table against a plain sum."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import defaultdict
from importlib.util import find_spec

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import NUMBER, find_secrets

BANDS = ["0-17", "18-39", "40-64", "65-84", "85+"]
TABLE = {
    "age": [band for band in BANDS for _ in "FM"],
    "sex": ["F", "M"] * 5,
    "n": [3, 12, 7, 4, 30, 22, 9, 1, 2, 2],
}


def suggested(table=TABLE, **settings):
    given = {"by": ["age", "sex"], "count": "n", "policy": "under5", "merge": {"age": "ordered"}}
    goal = {} if {"max_primary_cells", "max_primary_percent"} & set(settings) else {"max_primary_cells": 0}
    return ig.suggest_merges(table, **{**given, **goal, **settings})


def added_up(table, mapping):
    """Merge by hand: a plain sum of mapped keys."""
    sums = defaultdict(int)
    for age, sex, count in zip(table["age"], table["sex"], table["n"], strict=True):
        sums[mapping[age], sex] += count
    return dict(sums)


def small(table, mapping):
    cells = added_up(table, mapping)
    sexes = set(table["sex"])
    every = {(new, sex): 0 for new in mapping.values() for sex in sexes} | cells
    return sum(1 for count in every.values() if 1 <= count < 5)


def neighbours(bands):
    """Yield every way to merge neighbours."""
    for cuts in itertools.product([False, True], repeat=len(bands) - 1):
        groups = [[bands[0]]]
        for band, cut in zip(bands[1:], cuts, strict=True):
            if cut:
                groups.append([])
            groups[-1].append(band)
        yield groups


@pytest.mark.parametrize("seed", range(30))
def test_no_merging_of_neighbours_keeps_more(seed):
    chance = random.Random(seed)
    bands = [f"b{n}" for n in range(7)]
    rows = [(band, sex) for band in bands for sex in "FM" if chance.random() < 0.9]
    table = {
        "age": [row[0] for row in rows],
        "sex": [row[1] for row in rows],
        "n": [chance.choice([0, 1, 2, 3, 4, 6, 9, 20]) for _ in rows],
    }
    bands = list(dict.fromkeys(table["age"]))
    goal = chance.choice([0, 1, 2])
    ways = [
        (len(groups), {band: str(group) for group in groups for band in group})
        for groups in neighbours(bands)
    ]
    reached = [number for number, mapping in ways if small(table, mapping) <= goal]
    if not reached:
        with pytest.raises(ig.PolicyError) as caught:
            suggested(table, max_primary_cells=goal)
        assert caught.value.code == "policy.merge_not_reached"
        return
    found = suggested(table, max_primary_cells=goal)
    assert found.method == "optimal"
    assert len(set(found.categories["age"].values())) == max(reached)
    assert found.primary_after == small(table, found.categories["age"]) <= goal
    assert found.primary_before == small(table, {band: band for band in bands})
    merged = found.apply(table)
    shown = dict(zip(zip(merged["age"], merged["sex"], strict=True), merged["n"], strict=True))
    assert shown == added_up(table, found.categories["age"])
    assert found.categories["sex"] == {sex: sex for sex in dict.fromkeys(table["sex"])}


def test_the_merged_table_is_ready_to_be_suppressed():
    found = suggested()
    merged = found.apply(TABLE)
    hidden = ig.suppress(merged, by=["age", "sex"], count="n", policy="under5", secondary="none")
    assert hidden.counts[1] == found.primary_after == 0
    before = ig.suppress(TABLE, by=["age", "sex"], count="n", policy="under5", secondary="none")
    assert before.counts[1] == found.primary_before == 5


def test_several_columns_and_trees():
    tree = {"0-17": "under 40", "18-39": "under 40", "40-64": "40+", "65-84": "40+", "85+": "40+"}
    found = suggested(merge={"age": tree})
    assert found.method == "optimal"
    assert set(found.categories["age"].values()) <= {"under 40", "40+", *BANDS}
    pairs = suggested(merge={"age": [(parent, child) for child, parent in tree.items()]})
    assert pairs.categories == found.categories
    both = suggested(merge={"age": "ordered", "sex": "ordered"}, max_primary_percent=10)
    assert both.method == "greedy"
    assert 100 * both.primary_after <= 10 * both.cells_after


def test_numbers_and_dates_are_ordered_by_value():
    years = {"year": [2024, 2022, 2023], "n": [9, 3, 2]}
    found = ig.suggest_merges(
        years, by="year", count="n", policy="under5", merge={"year": "ordered"}, max_primary_cells=0
    )
    assert found.categories["year"] == {"2022": "2022 to 2023", "2023": "2022 to 2023", "2024": "2024"}
    days = {"day": [dt.date(2026, 3, 2), dt.date(2025, 1, 9), dt.date(2026, 3, 1)], "n": [3, 9, 2]}
    found = ig.suggest_merges(
        pl.DataFrame(days),
        by="day",
        count="n",
        policy="under5",
        merge={"day": "ordered"},
        max_primary_cells=0,
    )
    assert found.categories["day"]["2026-03-01"] == "2026-03-01 to 2026-03-02"


def test_rows_of_people_need_an_order():
    people = {"age": ["85+"] * 2 + ["0-17"] * 9 + ["65-84"] * 6, "sex": ["F"] * 17}
    with pytest.raises(ig.MisuseError) as caught:
        suggested(people, count=None)
    assert caught.value.code == "misuse.argument"
    found = suggested(people, count=None, merge={"age": BANDS})
    assert found.apply(people) == {"age": ["65-84 to 85+", "0-17"], "sex": ["F", "F"], "n": [8, 9]}


def test_every_kind_of_table():
    wanted = suggested().apply(TABLE)
    frame = suggested(pl.DataFrame(TABLE)).apply(pl.DataFrame(TABLE))
    assert isinstance(frame, pl.DataFrame)
    assert frame.to_dict(as_series=False) == wanted
    table = suggested(pd.DataFrame(TABLE)).apply(pd.DataFrame(TABLE))
    assert isinstance(table, pd.DataFrame)
    assert {name: list(table[name]) for name in table} == wanted
    if find_spec("pyarrow"):
        arrow = pl.DataFrame(TABLE).to_arrow()
        assert suggested(arrow).apply(arrow).to_pydict() == wanted


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"merge": "ordered"}, "misuse.argument"),
        ({"merge": {"age": 5}}, "misuse.argument"),
        ({"merge": {"age": []}}, "misuse.argument"),
        ({"merge": {"age": BANDS[1:]}}, "misuse.argument"),
        ({"merge": {"age": [{"a": "b"}, {"a": "c"}]}}, "misuse.argument"),
        ({"merge": {"ward": "ordered"}}, "misuse.column_missing"),
        ({"merge": {}}, "policy.merge_not_reached"),
        ({"max_primary_cells": 0, "max_primary_percent": 0}, "misuse.argument"),
        ({"max_primary_cells": -1}, "misuse.argument"),
        ({"max_primary_cells": 2**80}, "misuse.argument"),
        ({"max_primary_percent": 101}, "misuse.argument"),
        ({"total": "F"}, "policy.total_row_found"),
        ({"total": 5}, "misuse.argument"),
        ({"table": {**TABLE, "n": [None] * 10}}, "policy.missing_count"),
        ({"table": {**TABLE, "n": [-1] * 10}}, "policy.negative_count"),
    ],
)
def test_refusals_show_nothing(change, code):
    table = change.get("table", TABLE)
    table = {**table, "sex": ["F", NUMBER, *table["sex"][2:]]}
    with pytest.raises(ig.IgError) as caught:
        suggested(**{**change, "table": table})
    assert caught.value.code == code
    assert not find_secrets(caught.value)


def test_another_table_is_refused():
    found = suggested()
    with pytest.raises(ig.MisuseError) as caught:
        found.apply({**TABLE, "age": [NUMBER, *TABLE["age"][1:]]})
    assert caught.value.code == "misuse.argument"
    assert not find_secrets(caught.value)
