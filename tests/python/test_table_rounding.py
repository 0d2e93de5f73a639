"""Rounding of whole tables: random by scheme rounding v1, and additive."""

from __future__ import annotations

import hmac
import itertools
import random

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import NUMBER, find_secrets, make_key

KEY = make_key("rounding-test")
TABLE = {
    "site": [site for site in "ABCD" for _ in "FMX"],
    "sex": ["F", "M", "X"] * 4,
    "n": [3, 128, 0, 41, 7, 12, 5, 10, 99, 1, 2, 64],
}


def rounded(table=TABLE, **settings):
    return ig.round_randomly(
        table,
        **{"by": ["site", "sex"], "count": "n", "base": 5, "key": KEY, "context": "DSA-2026-014", **settings},
    )


def cells(table, *names):
    return dict(zip(zip(*(table[name] for name in names), strict=True), table["n"], strict=True))


class TestRandom:
    def test_each_cell_moves_less_than_a_base_and_multiples_stay(self):
        for count, shown in zip(TABLE["n"], rounded()["n"], strict=True):
            assert shown % 5 == 0
            assert abs(shown - count) < 5
            assert shown == count or count % 5

    def test_the_same_cell_has_the_same_result_in_every_table(self):
        whole = cells(rounded(margins="all"), "site", "sex")
        parts = cells(rounded({name: values[:6] for name, values in TABLE.items()}), "site", "sex")
        assert parts == {key: whole[key] for key in parts}
        by_site = {"site": list("ABCD"), "n": [131, 60, 114, 67]}
        margin = ig.round_randomly(by_site, by="site", count="n", base=5, key=KEY, context="DSA-2026-014")
        assert cells(margin, "site") == {(site,): whole[site, "Total"] for site in "ABCD"}

    def test_key_context_kind_and_base_change_the_results(self):
        many = {"cell": [str(n) for n in range(60)], "n": [7] * 60}
        settings = {"by": "cell", "count": "n", "base": 5, "key": KEY, "context": "A"}
        first = ig.round_randomly(many, **settings)["n"]
        other = make_key("rounding-other", hmac.digest(b"x", b"y", "sha256"))
        for change in ({"key": other}, {"context": "B"}, {"kind": "people"}):
            assert ig.round_randomly(many, **{**settings, **change})["n"] != first
        assert set(first) == {5, 10}

    def test_every_kind_of_table(self):
        expected = rounded()["n"]
        assert rounded(pl.DataFrame(TABLE))["n"].to_list() == expected
        assert list(rounded(pd.DataFrame(TABLE))["n"]) == expected

    def test_refusals_show_nothing(self):
        for change in (
            {"base": 1},
            {"base": 1001},
            {"base": True},
            {"key": None},
            {"context": 5},
            {"context": ""},
            {"kind": "Not one"},
            {"by": 5},
        ):
            with pytest.raises(ig.IgError) as caught:
                rounded({**TABLE, "site": [NUMBER] * 3 + TABLE["site"][3:]}, **change)
            assert not find_secrets(caught.value)


class TestAdditive:
    @pytest.mark.parametrize("keyed", [False, True])
    def test_sums_hold_and_no_cell_moves_a_base(self, keyed):
        chance = {"key": KEY, "context": "DSA", "name": "t1"} if keyed else {}
        made = ig.round_additively(TABLE, by=["site", "sex"], count="n", base=3, **chance)
        shown = cells(made, "site", "sex")
        true = cells(ig.frequency_table(TABLE, by=["site", "sex"], count="n"), "site", "sex")
        for key, count in true.items():
            assert shown[key] % 3 == 0
            assert abs(shown[key] - count) < 3
        for site in [*"ABCD", "Total"]:
            assert shown[site, "Total"] == sum(shown[site, sex] for sex in "FMX")
        for sex in [*"FMX", "Total"]:
            assert shown["Total", sex] == sum(shown[site, sex] for site in "ABCD")

    def test_three_dimensions_by_search(self):
        rng = random.Random(5)
        rows = list(itertools.product("ab", "cd", "ef"))
        table = {name: [row[place] for row in rows] for place, name in enumerate("xyz")}
        made = ig.round_additively(
            {**table, "n": [rng.randrange(20) for _ in rows]}, by=list("xyz"), count="n", base=5, max_bases=3
        )
        shown = cells(made, *"xyz")
        for x, y in itertools.product(["a", "b", "Total"], ["c", "d", "Total"]):
            assert shown[x, y, "Total"] == shown[x, y, "e"] + shown[x, y, "f"]

    def test_kinds_and_refusals(self):
        frame = ig.round_additively(pl.DataFrame(TABLE), by=["site", "sex"], count="n", base=3)
        assert isinstance(frame, pl.DataFrame)
        for change in ({"base": 0}, {"max_bases": 0}, {"key": KEY}, {"key": 5, "context": "A", "name": "t"}):
            with pytest.raises(ig.MisuseError) as caught:
                ig.round_additively(TABLE, **{"by": ["site", "sex"], "count": "n", "base": 3, **change})
            assert caught.value.code == "misuse.argument"
        with pytest.raises(ig.PolicyError) as caught:
            ig.round_additively({"a": ["x", "y"], "n": [3, None]}, by="a", count="n", base=5)
        assert caught.value.code == "policy.missing_count"


def test_arguments_of_a_wrong_kind_elsewhere():
    table = {"a": ["x", "Total"], "n": ["*", 5]}
    for wrong in (
        lambda: ig.suppress_rates(table, by=5, numerator="n", denominator="n", policy="under5"),
        lambda: ig.suppress_rates(table, by="a", numerator="n", denominator="n", policy=None),
        lambda: ig.suppress_linked(5, by={}, policy="under5"),
        lambda: ig.audit_linked(5, by={}, count="n"),
        lambda: ig.audit_table(table, by="a", count="n", earlier=5),
    ):
        with pytest.raises(ig.MisuseError) as caught:
            wrong()
        assert caught.value.code == "misuse.argument"
