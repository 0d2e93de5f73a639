"""Opt-outs on every kind of table: who stays, who goes, and what is refused."""

from __future__ import annotations

import datetime as dt

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import NUMBERS

DAY = dt.date(2026, 11, 22)
# The last number has opted out; then a spaced one, none, an invalid one.
COLUMN = [*NUMBERS, "999 000 0018", None, "9990000017"]
KEPT = [0, 1, 2, 3, 5]


def _exclude(table, lists, **settings):
    return ig.exclude_opted_out(table, lists, **{"id": "nhs", "on": DAY, **settings})


class TestKinds:
    def test_lists(self, checked):
        table = {"nhs": COLUMN, "other": [object() for _ in COLUMN]}
        made = _exclude(table, checked)
        assert made == {name: [values[row] for row in KEPT] for name, values in table.items()}

    @pytest.mark.parametrize("cells", [7, 9])
    def test_lists_of_other_lengths_are_refused(self, checked, cells):
        with pytest.raises(ig.MisuseError) as raised:
            _exclude({"nhs": COLUMN, "other": [0] * cells}, checked)
        assert raised.value.code == "misuse.argument"

    def test_polars_keeps_every_type(self, checked):
        frame = pl.DataFrame({"nhs": COLUMN, "row": range(8)}).with_columns(
            pl.col("nhs").cast(pl.Categorical).alias("category"),
            pl.lit(None).alias("nothing"),
            pl.col("row").cast(pl.Int128).alias("wide"),
            pl.col("row").cast(pl.Datetime("us", "UTC")).alias("when"),
            pl.concat_list("row").alias("list"),
        )
        pieces = pl.concat([frame[:3], frame[3:3], frame[3:]], rechunk=False)
        for table in (frame, pieces):
            made = _exclude(table, checked)
            assert made.schema == frame.schema
            assert made.equals(frame[KEPT])
        assert _exclude(frame[:0], checked).schema == frame.schema

    def test_pandas_keeps_types_index_and_time_of_day(self, checked):
        frame = pd.DataFrame(
            {
                "nhs": COLUMN,
                "when": pd.date_range("2024-01-01 13:45", periods=8, tz="UTC"),
                "at": pd.date_range("2024-01-01 13:45", periods=8),
                7: [[1]] * 8,
            },
            index=list("abcdefgh"),
        )
        made = _exclude(frame, checked)
        pd.testing.assert_frame_equal(made, frame.iloc[KEPT])

    def test_pandas_numbers(self, checked):
        numbers = [None if value is None or " " in value else int(value) for value in COLUMN]
        for dtype in ("Int64", "float64"):
            frame = pd.DataFrame({"nhs": pd.Series(numbers, dtype=dtype)})
            assert list(_exclude(frame, checked).index) == [0, 1, 2, 3]

    def test_pyarrow(self, checked):
        pa = pytest.importorskip("pyarrow")
        made = _exclude(pa.table({"nhs": COLUMN, "row": list(range(8))}), checked)
        assert isinstance(made, pa.Table)
        assert made["row"].to_pylist() == KEPT

    def test_core_table(self, checked, tmp_path):
        (tmp_path / "t.csv").write_text(
            "nhs,row\n" + "".join(f"{value or ''},{row}\n" for row, value in enumerate(COLUMN))
        )
        made = _exclude(ig.read_table(tmp_path / "t.csv"), checked)
        assert made.to_lists()["row"] == [str(row) for row in KEPT]

    def test_counts(self, checked):
        for table in ({"nhs": COLUMN}, pl.DataFrame({"nhs": COLUMN}), pd.DataFrame({"nhs": COLUMN})):
            counts = ig.count_opt_outs(table, checked, id="nhs", on=DAY)
            assert counts == (8, 5, 1, 2, 0)
            assert counts.rows_in == sum(counts[1:])


class TestLists:
    @pytest.mark.parametrize(
        "make",
        [
            list,
            tuple,
            iter,
            pl.Series,
            pd.Series,
            lambda v: pd.Series(v, dtype="category"),
            lambda v: [int(x) for x in v],
            lambda v: "".join(f"{x},\n" for x in v).encode(),
        ],
        ids=["list", "tuple", "iterator", "polars", "pandas", "category", "integers", "file"],
    )
    def test_numbers_in_any_kind_of_column(self, make):
        checked = ig.NotOptedOut.from_check_service(make(NUMBERS), make(NUMBERS[:-1]), checked_at=DAY)
        assert _exclude({"nhs": NUMBERS}, checked) == {"nhs": NUMBERS[:-1]}
        denied = ig.OptedOut.from_list(make(NUMBERS[:1]), source="type 1")
        assert _exclude({"nhs": NUMBERS}, [checked, denied]) == {"nhs": NUMBERS[1:-1]}

    @pytest.mark.parametrize(
        "numbers",
        [
            "9990000018",
            9990000018,
            None,
            {"a": 1},
            [None],
            [""],
            [True],
            ["x"],
            pl.DataFrame({"a": NUMBERS}),
            pd.DataFrame({"a": NUMBERS}),
        ],
    )
    def test_what_is_no_list_of_numbers(self, numbers):
        with pytest.raises(ig.IgError):
            ig.OptedOut.from_list(numbers, source="type 1")

    @pytest.mark.parametrize(
        ("path", "with_key"), [(7, True), (None, True), (b"list\0", True), ("list", False), ([], False)]
    )
    def test_a_list_is_saved_and_loaded_with_a_path_and_a_key_alone(self, checked, key, path, with_key):
        used = key if with_key else "key"
        for call in (checked.save, ig.NotOptedOut.load):
            with pytest.raises(ig.MisuseError) as caught:
                call(path, used)
            assert caught.value.code == "misuse.argument"

    def test_an_answer_that_looks_like_a_deny_list(self):
        with pytest.raises(ig.AccessError) as caught:
            ig.NotOptedOut.from_check_service(NUMBERS, NUMBERS[:1], checked_at=DAY)
        assert caught.value.code == "opt_out.looks_like_deny_list"
        ig.NotOptedOut.from_check_service(NUMBERS, NUMBERS[:1], checked_at=DAY, expected_share=0.9)
        for share in (-0.1, 1.1, float("nan")):
            with pytest.raises(ig.MisuseError):
                ig.NotOptedOut.from_check_service(NUMBERS, NUMBERS, checked_at=DAY, expected_share=share)

    @pytest.mark.parametrize(
        ("submitted", "returned", "code"),
        [
            ([], [], "opt_out.nothing_submitted"),
            (NUMBERS[:1], NUMBERS[1:2], "opt_out.returned_not_submitted"),
            (NUMBERS, [], "opt_out.empty_answer"),
            (NUMBERS, ["9990000017"], "identifier.invalid_cells"),
            (b"9990000018,\n\xff", NUMBERS, "opt_out.file_text"),
            (b"9990000018,\nrow\n", NUMBERS, "opt_out.file_line"),
        ],
    )
    def test_answers_that_are_none(self, submitted, returned, code):
        with pytest.raises(ig.IgError) as caught:
            ig.NotOptedOut.from_check_service(submitted, returned, checked_at=DAY)
        assert caught.value.code == code


class TestFailsClosed:
    @pytest.mark.parametrize(
        ("lists", "settings", "code"),
        [
            (lambda checked, denied: [], {}, "opt_out.no_list"),
            (lambda checked, denied: [denied], {}, "opt_out.wrong_kind"),
            (lambda checked, denied: denied, {}, "opt_out.wrong_kind"),
            (lambda checked, denied: checked, {"on": dt.date(2026, 12, 12)}, "opt_out.stale"),
            (lambda checked, denied: checked, {"on": dt.date(2026, 11, 19)}, "opt_out.dated_in_future"),
            (lambda checked, denied: [checked, checked], {}, "misuse.argument"),
            (lambda checked, denied: [NUMBERS], {}, "misuse.argument"),
            (lambda checked, denied: checked, {"unchecked": "keep"}, "misuse.argument"),
            (lambda checked, denied: checked, {"id": "x"}, "misuse.column_missing"),
        ],
    )
    def test_code(self, checked, lists, settings, code):
        denied = ig.OptedOut.from_list(NUMBERS[:1], source="type 1")
        for table in ({"nhs": NUMBERS}, pl.DataFrame({"nhs": NUMBERS}), pd.DataFrame({"nhs": NUMBERS})):
            with pytest.raises(ig.IgError) as caught:
                _exclude(table, lists(checked, denied), **settings)
            assert caught.value.code == code

    def test_the_last_day_of_an_answer(self, checked):
        assert _exclude({"nhs": NUMBERS[:1]}, checked, on=dt.date(2026, 12, 11)) == {"nhs": NUMBERS[:1]}

    def test_a_number_that_was_never_checked(self, checked):
        table = {"nhs": [*NUMBERS, "9990000042"]}
        with pytest.raises(ig.AccessError) as caught:
            _exclude(table, checked)
        assert caught.value.code == "opt_out.not_checked"
        assert _exclude(table, checked, unchecked="withhold") == {"nhs": NUMBERS[:-1]}
        assert ig.count_opt_outs(table, checked, id="nhs", on=DAY).not_checked == 1

    def test_a_check_file_that_is_not_there(self, tmp_path):
        with pytest.raises(ig.MisuseError) as caught:
            ig.read_check_file(tmp_path / "none.dat")
        assert caught.value.code == "misuse.unreadable"


class TestExpression:
    """``may_stay`` in queries: the same people as ``exclude_opted_out``, and nothing of them in the plan."""

    def frame(self):
        return pl.DataFrame({"nhs": COLUMN, "row": range(len(COLUMN))})

    @pytest.mark.parametrize("engine", ["in-memory", "streaming"])
    def test_the_same_rows_by_every_path(self, checked, engine):
        stays = pl.col("nhs").ig.may_stay
        with ig.OptOutFilter(checked, on=DAY) as opt_outs:
            assert self.frame().filter(stays(opt_outs))["row"].to_list() == KEPT
            assert self.frame().lazy().filter(stays(opt_outs)).collect(engine=engine)["row"].to_list() == KEPT
            expected = [row in KEPT for row in range(len(COLUMN))]
            assert ig.may_stay(COLUMN, opt_outs) == expected
            assert ig.may_stay(pl.Series(COLUMN), opt_outs).to_list() == expected
            assert ig.may_stay(pd.Series(COLUMN), opt_outs).to_list() == expected
            assert ig.may_stay(COLUMN[0], opt_outs) is True
            assert ig.may_stay(None, opt_outs) is False

    def test_a_number_never_checked_stops_the_query_or_is_withheld(self, checked):
        frame = pl.DataFrame({"nhs": [COLUMN[0], "9990000123"]})
        assert ig.is_nhs_number("9990000123")
        with (
            ig.OptOutFilter(checked, on=DAY) as opt_outs,
            pytest.raises(pl.exceptions.ComputeError, match=r"opt_out\.not_checked"),
        ):
            frame.filter(pl.col("nhs").ig.may_stay(opt_outs))
        with ig.OptOutFilter(checked, on=DAY, unchecked="withhold") as opt_outs:
            assert frame.filter(pl.col("nhs").ig.may_stay(opt_outs))["nhs"].to_list() == [COLUMN[0]]

    def test_a_plan_holds_no_number_and_ends_with_its_filter(self, checked):
        with ig.OptOutFilter(checked, on=DAY) as opt_outs:
            query = pl.LazyFrame({"row": [1]}).select(pl.lit(COLUMN[0]).ig.may_stay(opt_outs))
            plan = pl.col("nhs").ig.may_stay(opt_outs)
            shown = (
                str(plan) + repr(opt_outs) + plan.meta.serialize(format="json")
                if hasattr(plan.meta, "serialize")
                else str(plan)
            )
            assert all(number not in shown for number in NUMBERS)
            assert query.collect().item() is True
        with pytest.raises(pl.exceptions.ComputeError, match=r"opt_out\.filter_unavailable"):
            query.collect()
        with pytest.raises(ig.AccessError, match="forgotten") as caught:
            ig.may_stay(COLUMN, opt_outs)
        assert caught.value.code == "opt_out.filter_unavailable"
        assert opt_outs.forget() is False

    def test_lists_that_do_not_suffice_make_no_filter(self, checked):
        with pytest.raises(ig.AccessError) as caught:
            ig.OptOutFilter([], on=DAY)
        assert caught.value.code == "opt_out.no_list"
        with pytest.raises(ig.AccessError) as caught:
            ig.OptOutFilter(checked, on=DAY + dt.timedelta(days=400))
        assert caught.value.code == "opt_out.stale"
        with pytest.raises(ig.MisuseError) as caught:
            ig.may_stay(COLUMN, checked)
        assert caught.value.code == "misuse.argument"
