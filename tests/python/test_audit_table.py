"""The audit of finished tables, whoever made them."""

from __future__ import annotations

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import find_secrets


def audit(cells, keys=("A", "B", "C", "Total"), **settings):
    table = {"site": list(keys), "n": cells}
    return ig.audit_table(table, by="site", count="n", **settings)


class TestMarkers:
    @pytest.mark.parametrize(
        "marker", ["*", "[REDACTED]", "<5", "c", "[c]", "NA", "", None, "x", "1-4", "1 to 4"]
    )
    def test_one_hidden_cell_of_a_row_comes_back(self, marker):
        made = audit([marker, "1,040", "20", "1,064"])
        assert made.verdict == "not_protected"
        cells = made.cells()
        assert (cells["site"], cells["lower"], cells["upper"], cells["verdict"]) == (
            ["A"],
            [4],
            [4],
            ["exact"],
        )
        assert cells["reason"] == ["site A = site Total (1064) − site B (1040) − site C (20) = 4\n"]

    def test_ranges_narrow(self):
        made = audit(["<5", "<5", "20", "27"])
        assert (made.cells()["lower"], made.cells()["upper"]) == ([3, 3], [4, 4])
        assert set(made.cells()["verdict"]) == {"too_narrow"}
        open_ended = audit(["*", "*", "20", "27"])
        assert (open_ended.cells()["lower"], open_ended.cells()["upper"]) == ([1, 1], [6, 6])
        assert open_ended.verdict == "protected"
        assert audit(["*", "*", "20", "27"], zeros="hide").cells()["lower"] == [0, 0]

    def test_own_markers_come_first(self):
        made = audit([-99, 40, 20, 64], marker="-99")
        assert made.cells()["lower"] == [4]

    @pytest.mark.parametrize("cell", ["few", "1.5", "-3", "9990000018"[:5] + "?"])
    def test_what_is_no_cell(self, cell):
        with pytest.raises(ig.PolicyError) as caught:
            audit([cell, 40, 20, 64])
        assert caught.value.code == "policy.not_a_cell"
        assert caught.value.context["row"] == "1"
        assert cell not in str(caught.value)
        assert not find_secrets(caught.value)


class TestTables:
    def test_every_kind(self):
        lists = {"site": ["A", "B", "Total"], "n": [None, 42, 65]}
        for table in (pl.DataFrame(lists), pd.DataFrame({**lists, "n": pd.array(lists["n"], dtype="Int64")})):
            made = ig.audit_table(table, by="site", count="n")
            assert type(made.cells()) is type(table)
            assert list(made.cells()["lower"]) == [23]
            assert list(made.cells()["site"]) == ["A"]

    def test_two_by_two_is_open_and_a_pair_in_one_column_is_not(self):
        keys = {"site": ["A", "A", "B", "B", "C", "C"] + ["Total"] * 2 + ["A", "B", "C", "Total"],
                "sex": ["F", "M"] * 4 + ["Total"] * 4}  # fmt: skip
        square = ig.audit_table(
            {**keys, "n": ["*", "*", "*", "*", 5, 6, 30, 40, 29, 30, 11, 70]}, by=["site", "sex"], count="n"
        )
        assert square.verdict == "protected"
        column = ig.audit_table(
            {**keys, "n": ["*", 20, "*", 14, 5, 6, 30, 40, 29, 30, 11, 70]}, by=["site", "sex"], count="n"
        )
        assert column.verdict == "not_protected"
        assert column.cells()["lower"] == [9, 16]

    def test_a_column_protected_only_by_zeros(self):
        made = audit(["*", "0", "*", "5"], keys=("A", "B", "C", "Total"))
        assert (made.cells()["lower"], made.cells()["upper"]) == ([1, 1], [4, 4])
        assert audit(["*", "0", "0", "*"]).cells()["verdict"] == ["safe", "safe"]

    def test_rounded_tables(self):
        made = audit(["*", 40, 20, 65], round_to=5, threshold=8)
        assert (made.cells()["lower"], made.cells()["upper"]) == ([1], [11])
        made = audit(["*", 9, 9, 15], round_to=6, rounding="midpoint")
        assert (made.cells()["lower"], made.cells()["upper"]) == ([1], [4])

    def test_rows_that_are_left_out(self):
        table = {"site": ["A", "A", "B", "A", "B", "Total", "Total", "Total"],
                 "sex": ["F", "M", "F", "Total", "Total", "F", "M", "Total"],
                 "n": [5, 6, 7, 11, 9, 12, 8, 20]}  # fmt: skip
        with pytest.raises(ig.PolicyError) as caught:
            ig.audit_table(table, by=["site", "sex"], count="n")
        assert caught.value.code == "policy.inconsistent_table"
        made = ig.audit_table(table, by=["site", "sex"], count="n", left_out="hidden")
        assert made.verdict == "protected"  # the row that is not there is nobody's to judge

    def test_no_counts_could_look_like_this(self):
        with pytest.raises(ig.PolicyError) as caught:
            audit(["*", 40, 20, 59])
        assert caught.value.code == "policy.inconsistent_table"

    def test_hierarchies(self):
        table = {"site": ["p1", "p2", "p3", "x", "y", "Total"], "n": ["*", 40, "*", 43, "*", 60]}
        made = ig.audit_table(
            table, by="site", count="n", hierarchies={"site": {"p1": "x", "p2": "x", "p3": "y"}}
        )
        assert made.cells()["lower"] == [3, 17, 17]
        assert made.summary["exact"] == 3

    def test_no_totals(self):
        made = ig.audit_table({"site": ["A", "B"], "n": ["*", 4]}, by="site", count="n", margins="none")
        assert made.verdict == "protected"
        with pytest.raises(ig.PolicyError) as caught:
            audit(["*", 40, 20, 64], margins="none")
        assert caught.value.code == "policy.total_row_found"

    @pytest.mark.parametrize(
        "settings",
        [
            {"margins": "all"},
            {"threshold": 0},
            {"threshold": -1},
            {"zeros": "x"},
            {"round_to": 0},
            {"left_out": "x"},
            {"rounding": "x"},
            {"marker": 5},
        ],
    )
    def test_settings(self, settings):
        with pytest.raises(ig.MisuseError) as caught:
            audit(["*", 40, 20, 64], **settings)
        assert caught.value.code == "misuse.argument"


def test_nothing_but_numbers_of_cells_is_printed():
    made = audit(["*", "41", "20", "64"])
    for text in (repr(made), str(made.summary)):
        assert "41" not in text
        assert "not_protected" in text
