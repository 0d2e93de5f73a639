"""Suppression of every kind of table."""

from __future__ import annotations

import datetime as dt

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import find_secrets

LISTS = {"site": ["A", "A", "B", "B"], "sex": ["F", "M", "F", "M"], "n": [3, 128, 0, 41]}
DISPLAY = ["*", "130", "0", "40"]
COUNTS = [None, 130, 0, 40]


def _suppress(table, **settings):
    return ig.suppress(table, **{"by": ["site", "sex"], "count": "n", "policy": "hes", **settings})


class TestKinds:
    def test_lists(self):
        assert _suppress(LISTS).publish() == {**LISTS, "n": COUNTS, "n_display": DISPLAY}

    def test_polars(self):
        frame = pl.DataFrame(LISTS, schema_overrides={"site": pl.Categorical, "n": pl.UInt32})
        made = _suppress(frame).publish()
        assert isinstance(made, pl.DataFrame)
        assert made["n"].to_list() == COUNTS
        assert made["n_display"].to_list() == DISPLAY
        assert made["site"].cast(pl.String).to_list() == LISTS["site"]
        pieces = pl.concat([frame[:1], frame[1:1], frame[1:]], rechunk=False)
        assert _suppress(pieces).publish()["n"].to_list() == COUNTS

    def test_polars_beside_columns_of_any_type(self):
        frame = pl.DataFrame(LISTS).with_columns(
            pl.Series("object", [object()] * 4, dtype=pl.Object),
            pl.lit(None).alias("nothing"),
            pl.lit(1).cast(pl.Int128).alias("wide"),
        )
        assert _suppress(frame).publish()["n"].to_list() == COUNTS

    def test_pandas(self):
        frame = pd.DataFrame(
            {**LISTS, "when": pd.Timestamp("2024-01-01", tz="UTC"), "more": [[1]] * 4}, index=[9, 8, 7, 6]
        )
        frame["site"] = frame["site"].astype("category")
        made = _suppress(frame).publish()
        assert isinstance(made, pd.DataFrame)
        assert list(made.columns) == ["site", "sex", "n", "n_display"]
        assert [None if pd.isna(n) else n for n in made["n"]] == COUNTS
        assert made["n"].dtype == "Int64"
        assert made["site"].dtype == "category"
        assert list(made["n_display"]) == DISPLAY

    def test_pyarrow(self):
        pa = pytest.importorskip("pyarrow")
        made = _suppress(pa.table(LISTS)).publish()
        assert isinstance(made, pa.Table)
        assert made["n"].to_pylist() == COUNTS

    def test_core_table(self, tmp_path):
        (tmp_path / "t.csv").write_text("site,sex,n\nA,F,3\nA,M,128\n")
        made = _suppress(ig.read_table(tmp_path / "t.csv")).publish()
        assert isinstance(made, ig.Table)
        assert made.to_lists()["n_display"] == ["*", "130"]

    def test_lazy_frames_and_other_objects(self):
        for table in (pl.LazyFrame(LISTS), pl.Series([1]), pd.Series([1]), [1], "x", None):
            with pytest.raises(ig.MisuseError):
                _suppress(table)


class TestCounts:
    def test_rows_are_counted(self):
        people = {"site": ["A"] * 9 + ["B"] * 3}
        made = ig.suppress(people, by="site", policy="hes").publish()
        assert made == {"site": ["A", "B"], "n": [10, None], "n_display": ["10", "*"]}
        assert ig.suppress(pl.DataFrame(people), by="site", policy="hes").publish()["n"].to_list() == [
            10,
            None,
        ]
        assert list(ig.suppress(pd.DataFrame(people), by="site", policy="hes").publish()["n_display"]) == [
            "10",
            "*",
        ]

    def test_no_rows(self):
        for table in (
            {"site": [], "n": []},
            pl.DataFrame({"site": [], "n": []}),
            pd.DataFrame({"site": [], "n": []}),
        ):
            result = ig.suppress(table, by="site", count="n", policy="hes")
            assert result.counts == (0, 0)
            assert len(result.publish()["n"]) == 0

    def test_floating_counts_are_refused_with_a_remedy(self):
        # Pandas makes floating numbers of a column of counts that has a gap.
        with pytest.raises(ig.MisuseError) as caught:
            ig.suppress(
                pd.DataFrame({"site": ["A", "B"], "n": [12.0, None]}), by="site", count="n", policy="hes"
            )
        assert caught.value.code == "misuse.column_type"
        assert "convert it first" in str(caught.value)
        counts = pd.DataFrame({"site": ["A", "B"], "n": pd.array([12, None], dtype="Int64")})
        with pytest.raises(ig.PolicyError) as caught:
            ig.suppress(counts, by="site", count="n", policy="hes")
        assert caught.value.code == "policy.missing_count"

    def test_dates_as_keys(self):
        for day in (dt.date(2024, 5, 1), dt.datetime(2024, 5, 1, 13, 30)):
            made = ig.suppress({"day": [day], "n": [12]}, by="day", count="n", policy="hes").publish()
            assert made["day"] == [day]

    def test_bool_keys(self):
        made = ig.suppress(
            {"flag": [True, False], "n": [12, 3]}, by="flag", count="n", policy="hes"
        ).publish()
        assert [str(flag).lower() for flag in made["flag"]] == ["true", "false"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"policy": "none"}, "policy.unknown_preset"),
            ({"margins": "some"}, "misuse.argument"),
            ({"min_candidates": -1}, "misuse.argument"),
            ({"min_candidates": "all"}, "misuse.argument"),
            ({"hierarchies": {"ward": {"A": "X"}}}, "misuse.column_missing"),
            ({"hierarchies": {"site": {"A": "X"}}}, "policy.margins_unavailable"),
            ({"policy": "opensafely", "margins": "given"}, "policy.margins_unavailable"),
            ({"by": "site"}, "policy.duplicate_cell"),
            ({"by": "ward"}, "misuse.column_missing"),
            ({"count": "m"}, "misuse.column_missing"),
            ({"count": "sex"}, "misuse.column_type"),
            ({"secondary": "some"}, "misuse.argument"),
            ({"policy": "opensafely", "exempt": {"site": "A"}}, "policy.exemption_unavailable"),
        ],
    )
    def test_code(self, change, code):
        for table in (LISTS, pl.DataFrame(LISTS), pd.DataFrame(LISTS)):
            with pytest.raises(ig.IgError) as caught:
                _suppress(table, **change)
            assert caught.value.code == code

    def test_counts_that_cannot_be(self):
        for count, policy, code in (
            (-1, "hes", "policy.negative_count"),
            (2**63 - 1, "midpoint6", "policy.count_too_large"),
        ):
            with pytest.raises(ig.PolicyError) as caught:
                ig.suppress({"a": ["x", "y"], "n": [12, count]}, by="a", count="n", policy=policy)
            assert caught.value.code == code

    def test_a_total_row(self):
        table = {"site": ["A", "B", "Total"], "n": [3, 20, 23]}
        with pytest.raises(ig.PolicyError) as caught:
            ig.suppress(table, by="site", count="n", policy="hes")
        assert caught.value.code == "policy.total_row_found"

    def test_missing_columns_are_told_without_what_looks_like_data(self):
        with pytest.raises(ig.MisuseError) as caught:
            ig.suppress({"9990000018": ["a"], "n": [1]}, by="site", count="n", policy="hes")
        assert "header" in str(caught.value)
        assert not find_secrets(caught.value)


def test_the_owner_view_says_why_and_the_published_does_not():
    result = _suppress(LISTS)
    assert "n_status" not in result.publish()
    assert result.owner()["n_status"] == ["primary", "published", "published", "published"]
    assert result.counts == (3, 1)
    assert result.audit.verdict == "protected"
    assert result.audit.summary["audited"] == 1


def test_a_policy_of_ones_own():
    rule = ig.SuppressionPolicy("ours", threshold=11, round_to=5, secondary="none", marker="c")
    assert _suppress(LISTS, policy=rule).publish()["n_display"] == ["c", "130", "0", "40"]
    assert rule.to_dict()["threshold"] == 11
    for settings in ({"zeros": "maybe"}, {"round_to": 0}, {"rounding": "up", "round_to": 5}, {"marker": ""}):
        with pytest.raises(ig.MisuseError):
            ig.SuppressionPolicy("ours", **{"threshold": 5, **settings})
