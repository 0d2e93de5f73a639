"""Rules that hide small counts and round the others at random under a key."""

from __future__ import annotations

import itertools
import json
import random

import nhs_ig as ig
import numpy as np
import pandas as pd
import polars as pl
import pytest
from support import KEY_BYTES, NUMBER, find_secrets, make_key

KEY = make_key("random-policy", bytes(range(32)))
RULE = ig.SuppressionPolicy("random5", threshold=5, rounding="random", round_to=5)
PLAIN = ig.SuppressionPolicy("plain5", threshold=5)
KEYED = {"key": KEY, "context": "DSA-2026-014"}


def random_table(seed):
    chance = random.Random(seed)
    cells = list(itertools.product("ABCD", "FMX"))
    return {
        "site": [cell[0] for cell in cells],
        "sex": [cell[1] for cell in cells],
        "n": [chance.choice([0, 2, 4, 6, 9, 23, 40, 77, 130]) for _ in cells],
    }


def suppressed(table, rule=RULE, **settings):
    given = {"by": ["site", "sex"], "count": "n", "margins": "all", **KEYED}
    return ig.suppress(table, policy=rule, **{**given, **settings})


@pytest.mark.parametrize("level", ["none", "exact", "interval"])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_shown_is_the_random_rounding_of_the_same_cell(seed, level):
    table = random_table(seed)
    shown = suppressed(table, secondary=level).publish()
    alone = ig.round_randomly(table, by=["site", "sex"], count="n", base=5, margins="all", **KEYED)
    true = ig.frequency_table(table, by=["site", "sex"], count="n")
    assert shown["site"] == alone["site"] == true["site"]
    for here, there, count in zip(shown["n"], alone["n"], true["n"], strict=True):
        if here is None:
            assert count
        else:
            assert here == there
            assert abs(here - count) < 5
        assert not 1 <= count < 5 or here is None
    if level == "none":
        assert sum(1 for count in true["n"] if 1 <= count < 5) == shown["n"].count(None)


@pytest.mark.parametrize("seed", range(12))
def test_linear_programs_leave_three_numbers_open(seed):
    """The attacker knows that a shown number is less than 5 off, and that what is not hidden is 5 or more, or 0."""
    linprog = pytest.importorskip("scipy.optimize").linprog
    table = random_table(seed)
    result = suppressed(table, secondary="interval").publish()
    places = {place: n for n, place in enumerate(zip(result["site"], result["sex"], strict=True))}
    across = [{(site, "F"): 1, (site, "M"): 1, (site, "X"): 1, (site, "Total"): -1} for site in "ABCD"]
    down = [{**{(site, sex): 1 for site in "ABCD"}, ("Total", sex): -1} for sex in ["F", "M", "X", "Total"]]
    equal = across + down
    rows = np.zeros((len(equal), len(places)))
    for row, terms in enumerate(equal):
        for place, factor in terms.items():
            rows[row, places[place]] = factor
    bounds = [
        (1, None) if count is None else (0, 0) if count == 0 else (max(count - 4, 5), count + 4)
        for count in result["n"]
    ]
    small = {
        place
        for place, count in zip(zip(table["site"], table["sex"], strict=True), table["n"], strict=True)
        if 1 <= count < 5
    }
    for place in small:
        goal = np.zeros(len(places))
        goal[places[place]] = 1
        ends = [
            linprog(sign * goal, A_eq=rows, b_eq=np.zeros(len(equal)), bounds=bounds, method="highs")
            for sign in (1, -1)
        ]
        assert ends[0].status == 0
        assert ends[1].status == 3 or -ends[1].fun - ends[0].fun >= 2 - 1e-6, place


def test_the_auditor_takes_shown_numbers_for_ranges():
    """A row of 3, 40 and a total of 45: the rest is exact as counts, and open by chance."""
    finished = {"site": ["A", "B", "Total"], "n": ["*", "40", "45"]}
    settings = {"by": "site", "count": "n", "margins": "given", "threshold": 10}
    plain = ig.audit_table(finished, **settings)
    assert plain.summary["exact"] == 1
    keyed = ig.audit_table(finished, rounding="random", round_to=5, **settings)
    cells = keyed.cells()
    # 45 is 41 to 49 and 40 is 36 to 44, so the difference is 1 (zeros are shown) to 13.
    assert (cells["lower"], cells["upper"]) == ([1], [13])


def test_the_rule_is_plain_data_without_a_key():
    assert RULE.to_dict()["rounding"] == {"method": "random", "base": 5}
    text = json.dumps(RULE.to_dict()) + repr(suppressed(random_table(1)))
    assert KEY_BYTES.hex() not in text
    assert bytes(range(32)).hex() not in text


def test_every_kind_of_table_and_the_same_key_the_same_result():
    table = random_table(3)
    wanted = suppressed(table).publish()["n"]
    assert suppressed(pl.DataFrame(table)).publish()["n"].to_list() == wanted
    shown = suppressed(pd.DataFrame(table)).publish()["n"]
    assert [None if value is pd.NA else value for value in shown] == wanted
    other = suppressed(table, context="DSA-2026-015").publish()["n"]
    assert [value is None for value in other] == [value is None for value in wanted]
    assert other != wanted


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": None, "context": None}, "policy.rounding_needs_key"),
        ({"key": None}, "misuse.argument"),
        ({"context": None}, "misuse.argument"),
        ({"key": b"raw"}, "misuse.argument"),
        ({"kind": 5}, "misuse.argument"),
        ({"kind": "Not one"}, "misuse.argument"),
        ({"rule": PLAIN}, "misuse.argument"),
        ({"rule": "hes"}, "misuse.argument"),
    ],
)
def test_a_key_goes_with_such_a_rule_and_no_other(change, code):
    table = {**random_table(1), "sex": [NUMBER, *random_table(1)["sex"][1:]]}
    with pytest.raises(ig.IgError) as caught:
        suppressed(table, **change)
    assert caught.value.code == code
    assert not find_secrets(caught.value)


def test_functions_without_a_key_refuse_the_rule():
    table = random_table(1)
    calls = [
        lambda: ig.suppress_linked(
            {"a": table}, by={"a": ["site", "sex"]}, count="n", policy=RULE, margins="all"
        ),
        lambda: ig.suppress_rates(
            {"site": ["A"], "n": [7], "d": [90]}, by="site", numerator="n", denominator="d", policy=RULE
        ),
    ]
    for call in calls:
        with pytest.raises(ig.PolicyError) as caught:
            call()
        assert caught.value.code == "policy.rounding_needs_key"


def test_a_column_alone_has_no_cells_to_round():
    for call in (
        lambda: ig.suppress_primary([7, 9], policy=RULE),
        lambda: pl.select(pl.lit(7).ig.suppress_primary(policy=RULE)),
    ):
        with pytest.raises(ig.MisuseError) as caught:
            call()
        assert caught.value.code == "misuse.argument"


def test_rounding_without_a_base_is_refused():
    for rounding in ("random", "nearest", "midpoint"):
        with pytest.raises(ig.MisuseError) as caught:
            ig.SuppressionPolicy("own", threshold=5, rounding=rounding)
        assert caught.value.context["name"] == "round_to"
    with pytest.raises(ig.MisuseError):
        ig.SuppressionPolicy("own", threshold=5, rounding="random", round_to=1)
