"""The kind of column that goes in comes out, for every kind that is taken."""

from __future__ import annotations

import datetime as dt
import decimal
import math

import nhs_ig as ig
import numpy as np
import pandas as pd
import polars as pl
import pytest
from support import NUMBER, NUMBERS, pseudonym

CONTEXT = "DSA-2026-014"
EXPECTED = [pseudonym(number, context=CONTEXT, kind="nhs_number") for number in NUMBERS[:2]] + [None]


class TestScalars:
    @pytest.mark.parametrize(
        "value",
        [
            NUMBER,
            "999 000 0018",
            " 999-000-0018 ",
            9990000018,
            9990000018.0,
            np.int64(9990000018),
            np.float64(9990000018),
        ],
    )
    def test_text_and_numbers(self, pseudonymiser, value):
        assert pseudonymiser.pseudonymise(value) == EXPECTED[0]

    @pytest.mark.parametrize("value", [None, "", "  ", math.nan, pd.NA, pd.NaT])
    def test_nothing_gives_nothing(self, pseudonymiser, value):
        if value is not pd.NaT:
            assert pseudonymiser.pseudonymise(value) is None
        assert (
            ig.generalise_date(None if value is pd.NA or isinstance(value, float) else value, to="year")
            is None
        )

    def test_missing_times_are_not_dates(self):
        assert ig.generalise_date(pd.NaT, to="year") is None
        assert ig.generalise_date([pd.NaT, dt.date(2024, 5, 17), pd.NA], to="year") == [None, "2024", None]

    def test_no_text_is_data_in_other_kinds(self, pseudonymiser):
        expected = pseudonym(" ", context=CONTEXT, kind="text")
        assert pseudonymiser.pseudonymise(" ", kind="text") == expected
        assert pseudonymiser.pseudonymise("", kind="text") is None

    @pytest.mark.parametrize(
        "value",
        [
            True,
            b"9990000018",
            {"a": 1},
            {1, 2},
            object(),
            decimal.Decimal(9990000018),
            dt.date(2026, 1, 1),
            1j,
        ],
    )
    def test_anything_else_is_refused(self, pseudonymiser, value):
        with pytest.raises(ig.MisuseError) as caught:
            pseudonymiser.pseudonymise(value)
        assert caught.value.code == "misuse.column_type"

    def test_a_date_and_a_time(self):
        assert ig.generalise_date(dt.date(2024, 5, 17), to="month") == "2024-05"
        assert ig.generalise_date(dt.datetime(2024, 5, 17, 23, 59), to="month") == "2024-05"
        with pytest.raises(ig.MisuseError):
            ig.generalise_date(dt.datetime(2024, 5, 17, 23, 59, tzinfo=dt.timezone.utc), to="month")


class TestLists:
    def test_list_and_tuple(self, pseudonymiser):
        assert pseudonymiser.pseudonymise([*NUMBERS[:2], None]) == EXPECTED
        assert pseudonymiser.pseudonymise((*NUMBERS[:2], None)) == EXPECTED
        assert pseudonymiser.pseudonymise([int(NUMBER), float(NUMBERS[1]), None]) == EXPECTED
        assert pseudonymiser.pseudonymise([np.int64(NUMBER), None]) == [EXPECTED[0], None]

    def test_empty_and_null(self, pseudonymiser):
        assert pseudonymiser.pseudonymise([]) == []
        assert pseudonymiser.pseudonymise([None, None]) == [None, None]
        assert ig.is_nhs_number([]) == []

    @pytest.mark.parametrize(
        "values", [[NUMBER, 1], [[NUMBER]], [{}], [True], [10**30], ["a", b"b"], [dt.date(2024, 1, 1)]]
    )
    def test_mixed_and_strange_values_are_refused(self, pseudonymiser, values):
        with pytest.raises(ig.MisuseError) as caught:
            pseudonymiser.pseudonymise(values)
        assert caught.value.code == "misuse.column_type"
        assert NUMBER not in str(caught.value)

    def test_text_that_is_not_unicode(self, pseudonymiser):
        with pytest.raises(ig.MisuseError) as caught:
            pseudonymiser.pseudonymise([NUMBER + "\ud800"])
        assert NUMBER not in repr(caught.value)
        assert caught.value.__context__ is None


class TestPandas:
    @pytest.mark.parametrize("dtype", [object, "string", "str", "category"])
    def test_text(self, pseudonymiser, dtype):
        column = pd.Series([*NUMBERS[:2], None], index=[7, 3, 5], name="nhs", dtype=dtype)
        made = pseudonymiser.pseudonymise(column)
        assert type(made) is pd.Series
        assert made.name == "nhs"
        assert list(made.index) == [7, 3, 5]
        assert [None if pd.isna(value) else value for value in made] == EXPECTED

    @pytest.mark.parametrize("dtype", ["Int64", "float64", "Float64", object])
    def test_numbers_with_gaps(self, pseudonymiser, dtype):
        column = pd.Series([int(NUMBERS[0]), int(NUMBERS[1]), None], dtype=dtype)
        made = pseudonymiser.pseudonymise(column)
        assert [None if pd.isna(value) else value for value in made] == EXPECTED

    def test_the_type_does_not_depend_on_the_values(self, pseudonymiser):
        for act in (ig.invalid_reason, ig.redact, pseudonymiser.pseudonymise):
            types = {
                str(act(pd.Series(values, dtype=object)).dtype)
                for values in ([], [None], [NUMBER], [NUMBER, None])
            }
            assert len(types) == 1, types
        for values in ([], [None], [NUMBER], ["x"], ["x", None]):
            assert ig.is_nhs_number(pd.Series(values, dtype=object)).dtype == "boolean"

    def test_a_boolean_answer_filters(self):
        frame = pd.DataFrame({"nhs": [NUMBER, "9990000017"]})
        assert list(frame[ig.is_nhs_number(frame["nhs"])]["nhs"]) == [NUMBER]

    def test_bytes(self, pseudonymiser):
        made = pseudonymiser.pseudonymise(pd.Series([NUMBER, None], dtype=object), encoding="bytes")
        assert list(made) == [bytes.fromhex(EXPECTED[0]), None]

    def test_times(self):
        column = pd.Series(pd.to_datetime(["2024-05-17 13:00", None]))
        assert [None if pd.isna(v) else v for v in ig.generalise_date(column, to="quarter")] == [
            "2024-Q2",
            None,
        ]
        with pytest.raises(ig.MisuseError):
            ig.generalise_date(column.dt.tz_localize("UTC"), to="year")

    def test_an_index_gives_an_index(self, pseudonymiser):
        made = pseudonymiser.pseudonymise(pd.Index(NUMBERS[:2], name="nhs"))
        assert type(made) is pd.Index
        assert (list(made), made.name) == (EXPECTED[:2], "nhs")

    def test_a_frame_is_not_a_column(self, pseudonymiser):
        with pytest.raises(ig.MisuseError):
            pseudonymiser.pseudonymise(pd.DataFrame({"a": [NUMBER]}))


def test_numpy_arrays(pseudonymiser):
    made = pseudonymiser.pseudonymise(np.array(NUMBERS[:2]))
    assert type(made) is np.ndarray
    assert list(made) == EXPECTED[:2]
    assert list(ig.is_nhs_number(np.array([int(NUMBER), 5]))) == [True, False]
    with pytest.raises(ig.MisuseError):
        ig.is_nhs_number(np.array([[1, 2], [3, 4]]))


class TestPyarrow:
    def test_array_chunked_and_dictionary(self, pseudonymiser):
        pa = pytest.importorskip("pyarrow")
        for kind in (pa.string(), pa.large_string(), pa.string_view()):
            array = pa.array([*NUMBERS[:2], None], kind)
            made = pseudonymiser.pseudonymise(array)
            assert isinstance(made, pa.Array)
            assert made.to_pylist() == EXPECTED
            assert pseudonymiser.pseudonymise(array[1:]).to_pylist() == EXPECTED[1:]
        dictionary = pa.array([NUMBERS[0], None, NUMBERS[0]]).dictionary_encode()
        assert pseudonymiser.pseudonymise(dictionary).to_pylist() == [EXPECTED[0], None, EXPECTED[0]]
        chunked = pa.chunked_array([[NUMBERS[0]], [], [NUMBERS[1], None]])
        made = pseudonymiser.pseudonymise(chunked)
        assert isinstance(made, pa.ChunkedArray)
        assert made.to_pylist() == EXPECTED
        assert pseudonymiser.pseudonymise(pa.chunked_array([], pa.string())).to_pylist() == []
        assert pseudonymiser.pseudonymise(pa.nulls(2)).to_pylist() == [None, None]

    def test_dates_and_times(self):
        pa = pytest.importorskip("pyarrow")
        for kind in (pa.date32(), pa.date64(), pa.timestamp("ns")):
            array = pa.array([dt.date(2024, 5, 17), None]).cast(kind)
            assert ig.generalise_date(array, to="year").to_pylist() == ["2024", None]

    def test_types_that_are_refused(self, pseudonymiser):
        pa = pytest.importorskip("pyarrow")
        number = decimal.Decimal(9990000018)
        for array in (
            pa.array([b"x"]),
            pa.array([["x"]]),
            pa.array([{"a": 1}]),
            pa.array([True]),
            pa.array([number]),
            pa.array([1.0], pa.float32()),
        ):
            with pytest.raises(ig.MisuseError) as caught:
                pseudonymiser.pseudonymise(array)
            assert caught.value.code in {"misuse.column_type", "misuse.engine"}


class OnlyStream:
    """Any other library's column: a stream of Arrow data."""

    def __init__(self, series: pl.Series) -> None:
        self._series = series

    def __arrow_c_stream__(self, requested_schema=None):
        return self._series.__arrow_c_stream__(requested_schema)


class OnlyArray:
    """Any other library's column: one Arrow array."""

    def __init__(self, column: ig.Column) -> None:
        self._column = column

    def __arrow_c_array__(self, requested_schema=None):
        return self._column.__arrow_c_array__(requested_schema)


def test_any_object_with_arrow_data(pseudonymiser):
    series = pl.concat([pl.Series(NUMBERS[:1]), pl.Series([NUMBERS[1], None])], rechunk=False)
    made = pseudonymiser.pseudonymise(OnlyStream(series))
    assert type(made) is ig.Column
    assert (made.to_list(), len(made), made.invalid) == (EXPECTED, 3, 0)
    digits = ig.normalise_nhs_number(OnlyStream(series))
    assert pseudonymiser.pseudonymise(OnlyArray(digits)).to_list() == EXPECTED
    assert pl.Series(made).to_list() == EXPECTED
