"""Tables of magnitudes: every range against SciPy's linear programs, every sum against elimination over fractions."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from fractions import Fraction
from importlib.util import find_spec

import nhs_ig as ig
import numpy as np
import pandas as pd
import polars as pl
import pytest
from support import NUMBER, find_secrets

POLICY = ig.SuppressionPolicy("costs", threshold=3, p_percent=10, nk=(2, 90), max_share=80)
ROWS = {
    "site": ["A", "B", "B", "B", "C", "C", "C"],
    "supplier": ["t", "u", "v", "w", "u", "v", "w"],
    "pence": [900, 400, 400, 400, 700, 700, 700],
}


def made(rows=ROWS, **settings):
    given = {"by": "site", "value": "pence", "contributor": "supplier", "policy": POLICY, "margins": "all"}
    return ig.suppress_magnitudes(rows, **{**given, **settings})


def random_rows(seed, sites=4, years=3):
    chance = random.Random(seed)
    rows = []
    for site, year in itertools.product("ABCDEF"[:sites], "123456"[:years]):
        for name in chance.sample("pqrstuvw", chance.choice([0, 1, 1, 2, 3, 4, 5])):
            value = chance.choice([0, 1, 5, 40, 300, 1000]) + chance.randrange(0, 30)
            rows.append((site, year, name, "H" if name in "pq" else None, value))
    names = ("site", "year", "supplier", "group", "pence")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


class Independent:
    """The table worked out here: cells, contributors, unsafe cells and what they need."""

    def __init__(self, rows, *, holdings):
        self.parts = defaultdict(lambda: defaultdict(int))
        sites, years = sorted(set(rows["site"])), sorted(set(rows["year"]))
        self.cells = list(itertools.product([*sites, "Total"], [*years, "Total"]))
        self.inner = list(itertools.product(sites, years))
        for site, year, name, group, value in zip(*rows.values(), strict=True):
            owner = ("group", group) if holdings and group else ("own", name)
            for cell in itertools.product((site, "Total"), (year, "Total")):
                self.parts[cell][owner] += value
        self.place = {cell: place for place, cell in enumerate(self.cells)}

    def values(self, cell):
        return sorted((value for value in self.parts[cell].values() if value), reverse=True)

    def vector(self, cell):
        return [
            int(cell[0] in ("Total", inner[0]) and cell[1] in ("Total", inner[1])) for inner in self.inner
        ]

    def need(self, cell):
        """Return the upper bound that must stay possible, or None for a safe cell."""
        values = self.values(cell)
        total = sum(values)
        if not total:
            return None
        first, two = values[0], sum(values[:2])
        ends = [
            (len(values) < 3, total * Fraction(110, 100)),
            (100 * first > 80 * total, Fraction(100 * first, 80)),
            (100 * two >= 90 * total, Fraction(100 * two, 90)),
            (100 * (total - two) < 10 * first, two + Fraction(10 * first, 100)),
        ]
        failed = [end for fails, end in ends if fails]
        return max([*failed, total + 1]) if failed else None

    def alone(self, cell):
        owners = [owner for owner, value in self.parts[cell].items() if value]
        return owners[0] if len(owners) == 1 else None


def rank(rows):
    rows = [[Fraction(entry) for entry in row] for row in rows]
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in range(done, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        for row in range(done + 1, len(rows)):
            times = rows[row][column] / rows[done][column]
            rows[row] = [a - times * b for a, b in zip(rows[row], rows[done], strict=True)]
        done += 1
    return done


def published(result):
    table = result.publish()
    return dict(zip(zip(table["site"], table["year"], strict=True), table["pence"], strict=True))


@pytest.mark.parametrize("holding", [None, "group"])
@pytest.mark.parametrize("level", ["exact", "interval"])
@pytest.mark.parametrize("seed", range(25))
def test_nobody_comes_closer_than_the_rule_says(seed, level, holding):
    linprog = pytest.importorskip("scipy.optimize").linprog
    rows = random_rows(seed)
    shown = published(made(rows, by=["site", "year"], secondary=level, holding=holding))
    table = Independent(rows, holdings=holding is not None)
    assert set(shown) == set(table.cells)
    unsafe = {cell: need for cell in table.cells if (need := table.need(cell)) is not None}
    public = [cell for cell in table.cells if shown[cell] is not None]
    assert all(shown[cell] == sum(table.values(cell)) for cell in public)
    assert not set(unsafe) & set(public)
    owners = {owner for cell in table.cells if (owner := table.alone(cell))}
    for owner in [None, *owners]:
        known = [
            table.vector(cell)
            for cell in table.cells
            if cell in public or (owner and table.alone(cell) == owner)
        ]
        of_known = rank(known)
        for cell in unsafe:
            if owner is None or table.alone(cell) != owner:
                assert rank([*known, table.vector(cell)]) == of_known + 1, (cell, owner)
    if level == "interval":
        equal = np.array([table.vector(cell) for cell in public])
        to = np.array([shown[cell] for cell in public])
        # Zeros are shown, so a hidden inner cell is at least 1.
        bounds = [(0, 0) if shown[cell] == 0 else (1, None) for cell in table.inner]
        for cell, need in unsafe.items():
            goal = np.array(table.vector(cell))
            most = linprog(-goal, A_eq=equal, b_eq=to, bounds=bounds, method="highs")
            assert most.status == 3 or -most.fun >= need - 1e-6, cell
            least = linprog(goal, A_eq=equal, b_eq=to, bounds=bounds, method="highs")
            total = sum(table.values(cell))
            floor = sum(1 for one, there in zip(table.inner, goal, strict=True) if there and shown[one] != 0)
            assert least.fun <= max(2 * total - need, floor) + 1e-6, cell


def test_without_secondary_cells_linear_programs_find_what_the_audit_says():
    found = 0
    for seed in range(10):
        rows = random_rows(seed)
        summary = made(rows, by=["site", "year"], secondary="none").audit.summary
        found += summary["exact"] + summary["too_narrow"]
    assert found > 0


def test_every_kind_of_table_gives_the_same():
    expected = [None, None, 2100, 4200]
    assert made().publish()["pence"] == expected
    frame = made(pl.DataFrame(ROWS)).publish()
    assert isinstance(frame, pl.DataFrame)
    assert frame["pence"].to_list() == expected
    table = made(pd.DataFrame(ROWS)).publish()
    assert [None if value is pd.NA else value for value in table["pence"]] == expected
    if find_spec("pyarrow"):
        assert made(pl.DataFrame(ROWS).to_arrow()).publish()["pence"].to_pylist() == expected


def test_the_owner_sees_why_and_the_public_does_not():
    assert made().owner()["pence_status"] == ["primary", "secondary", "published", "published"]
    assert list(made().publish()) == ["site", "pence", "pence_display"]


def test_large_magnitudes_are_protected_too():
    rows = {**ROWS, "pence": [value * 10**11 for value in ROWS["pence"]]}
    assert made(rows).publish()["pence"] == [None, None, 2100 * 10**11, 4200 * 10**11]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"policy": "hes"}, "policy.not_for_magnitudes"),
        ({"margins": "given"}, "policy.margins_unavailable"),
        ({"few_range_percent": 0}, "misuse.argument"),
        ({"few_range_percent": object()}, "misuse.argument"),
        ({"value": 5}, "misuse.argument"),
        ({"value": "cost"}, "misuse.column_missing"),
        ({"rows": {**ROWS, "pence": [-1, *ROWS["pence"][1:]]}}, "policy.negative_value"),
        ({"rows": {**ROWS, "supplier": [None, *ROWS["supplier"][1:]]}}, "policy.missing_contribution"),
        ({"rows": {**ROWS, "pence": [1.5] * 7}}, "misuse.column_type"),
    ],
)
def test_what_cannot_be_done_is_refused_and_shows_nothing(change, code):
    rows = change.get("rows", ROWS)
    rows = {**rows, "site": [NUMBER, *rows["site"][1:]]}
    with pytest.raises(ig.IgError) as caught:
        made(**{**change, "rows": rows})
    assert caught.value.code == code
    assert not find_secrets(caught.value)


class TestPolicies:
    def test_limits_for_magnitudes(self):
        rule = POLICY.to_dict()
        assert (rule["p_percent"], rule["nk"], rule["max_share"]) == (10, {"n": 2, "k_percent": 90}, 80)
        assert (rule["zeros"], rule["secondary"], rule["marker"]) == ("keep", "interval", "*")

    @pytest.mark.parametrize(
        "change",
        [
            {"name": None},
            {"threshold": "5"},
            {"threshold": 2**70},
            {"threshold": -1},
            {"threshold": True},
            {"zeros": 1},
            {"round_to": "5"},
            {"round_to": 2**40},
            {"rounding": 5, "round_to": 5},
            {"secondary": b"none"},
            {"marker": 7},
            {"nk": 2},
            {"nk": (2, "90")},
            {"nk": (2, 300)},
            {"p_percent": 1.5},
            {"max_share": -1},
        ],
    )
    def test_settings_of_a_wrong_kind_are_refused(self, change):
        with pytest.raises(ig.MisuseError) as caught:
            ig.SuppressionPolicy(**{"name": "own", "threshold": 5, **change})
        assert caught.value.code == "misuse.argument"

    def test_a_preset_of_no_name(self):
        for name in (None, 5, ["hes"]):
            with pytest.raises(ig.MisuseError) as caught:
                ig.SuppressionPolicy.preset(name)
            assert caught.value.code == "misuse.argument"
