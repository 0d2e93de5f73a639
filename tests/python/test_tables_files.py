"""Tables that are odd in shape, and tables to and from files."""

from __future__ import annotations

import datetime as dt

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from nhs_ig import _core
from support import NUMBERS

DAY = dt.date(2026, 11, 20)


class TestOddShapes:
    @pytest.mark.parametrize(
        "table",
        [{}, {"x": []}, pl.DataFrame(), pl.DataFrame({"x": []}), pd.DataFrame(), pd.DataFrame({"x": []})],
    )
    def test_a_missing_column_is_told_even_without_rows(self, table, checked):
        with pytest.raises(ig.MisuseError) as caught:
            ig.suppress(table, by="a", policy="hes")
        assert caught.value.code == "misuse.column_missing"
        with pytest.raises(ig.MisuseError) as caught:
            ig.exclude_opted_out(table, checked, id="a", on=DAY)
        assert caught.value.code == "misuse.column_missing"

    def test_a_missing_column_of_a_stream_without_batches(self, checked):
        pa = pytest.importorskip("pyarrow")
        table = pa.schema([("x", pa.string())]).empty_table()
        for act in (
            lambda: ig.suppress(table, by="a", policy="hes"),
            lambda: ig.exclude_opted_out(table, checked, id="a", on=DAY),
        ):
            with pytest.raises(ig.MisuseError) as caught:
                act()
            assert caught.value.code == "misuse.column_missing"

    @pytest.mark.parametrize(
        ("table", "code"),
        [
            ({"a": ["x"], "n": [1, 2]}, "misuse.argument"),
            ({"a": "xy", "n": [1, 2]}, "misuse.column_type"),
            ({"a": b"xy", "n": [1, 2]}, "misuse.column_type"),
            ({"a": 7, "n": [1]}, "misuse.column_type"),
        ],
    )
    def test_lists_that_are_no_table(self, table, code):
        with pytest.raises(ig.MisuseError) as caught:
            ig.suppress(table, by="a", count="n", policy="hes")
        assert caught.value.code == code

    def test_no_key_columns(self):
        for table in ({"a": ["x"] * 9}, pl.DataFrame({"a": ["x"] * 9}), pd.DataFrame({"a": ["x"] * 9})):
            with pytest.raises(ig.MisuseError) as caught:
                ig.suppress(table, by=[], policy="hes")
            assert caught.value.code == "misuse.argument"

    def test_polars_keeps_the_types_of_keys(self):
        frame = pl.DataFrame(
            {
                "a": pl.Series(["x", "y"], dtype=pl.Enum(["x", "y"])),
                "b": [None, None],
                "c": [DAY, DAY],
                "n": [5, 12],
            }
        )
        made = ig.suppress(frame, by=["a", "b", "c"], count="n", policy="hes").publish()
        assert made.drop("n", "n_display").schema == frame.drop("n").schema

    def test_times_keep_their_time_of_day(self):
        times = [dt.datetime(1969, 12, 31, 23, 59, 59, 999999), dt.datetime.max, dt.datetime.min, None]
        assert _core.table_from_lists({"at": times}).to_lists() == {"at": times}

    @pytest.mark.parametrize("act", [
        lambda: ig.SuppressionPolicy("ours", threshold=-1),
        lambda: ig.SuppressionPolicy("ours", threshold=2**40),
        lambda: ig.exclude_opted_out({"a": NUMBERS}, [], id="a", max_age_days=-1),
        lambda: ig.exclude_opted_out({"a": NUMBERS}, [], id="a", max_age_days=10**6),
        lambda: ig.mask_partial("x", keep_first=-1),
        lambda: ig.age_band(5, width=-5),
    ])  # fmt: skip
    def test_numbers_out_of_range(self, act):
        with pytest.raises(ig.MisuseError) as caught:
            act()
        assert caught.value.code == "misuse.argument"
        assert not any(word in str(caught.value) for word in ("u32", "usize", "i64"))


class TestFiles:
    @pytest.mark.parametrize("ending", ["csv", "parquet"])
    def test_every_kind_of_table_is_written(self, tmp_path, ending):
        lists = {"nhs": NUMBERS, "code": ["007", None, "a,b", 'say "x"', "two\nlines"]}
        for number, table in enumerate(
            (lists, pl.DataFrame(lists), pd.DataFrame(lists), _core.table_from_lists(lists))
        ):
            path = tmp_path / f"{number}.{ending}"
            assert ig.write_table(table, path) == 5
            assert ig.read_table(path).to_lists() == lists
        assert len(list(tmp_path.iterdir())) == 4

    def test_what_cannot_be_written(self, tmp_path):
        (tmp_path / "there.csv").write_text("mine")
        for table, name, code in (
            ({"a": ["x"]}, "there.csv", "export.file_exists"),
            ({"a": ["x"]}, "a.xlsx", "misuse.file_kind"),
            ({"a": ["x"]}, "no/a.csv", "export.write_failed"),
            (pl.DataFrame({"a": [[1]]}), "a.csv", "export.write_failed"),
            (pl.LazyFrame({"a": [1]}), "a.csv", "misuse.column_type"),
        ):
            with pytest.raises(ig.IgError) as caught:
                ig.write_table(table, tmp_path / name)
            assert caught.value.code == code
            assert "partial" not in str(caught.value)
        assert [path.name for path in tmp_path.iterdir()] == ["there.csv"]
        assert (tmp_path / "there.csv").read_text() == "mine"
        ig.write_table({"a": ["x"]}, tmp_path / "there.csv", overwrite=True)
        assert (tmp_path / "there.csv").read_text() == "a\nx\n"
