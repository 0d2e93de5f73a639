"""Top and bottom coding, rounding, and grapheme masks through every kind of column."""

from __future__ import annotations

import math
from fractions import Fraction

import nhs_ig as ig
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import NUMBER, find_secrets, shown_by, vectors

pa = pytest.importorskip("pyarrow")

VECTORS = vectors("masking_numbers")


def dtype_of(value):
    return pl.String if isinstance(value, str) else pl.Float64 if isinstance(value, float) else pl.Int64


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['act']}-{v['settings']}-{v['input']}")
def test_vector(vector):
    function = getattr(ig, vector["act"])
    options, value = vector["settings"], vector["input"]
    if vector.get("error") == "misuse.argument":
        with pytest.raises(ig.MisuseError) as caught:
            function(value, **options)
        assert caught.value.code == "misuse.argument"
        return
    if "error" in vector:
        with pytest.raises(ig.IdentifierError) as caught:
            function(value, **options)
        assert caught.value.context["reason"] == vector["error"]
        options = {**options, "on_invalid": "null"}
    expected = vector.get("output")
    made = function(value, **options)
    assert (made, type(made)) == (expected, type(expected))
    assert function([None, value], **options) == [None, expected]
    column = pl.Series("x", [value, None], dtype=dtype_of(value))
    wanted = pl.String if "label" in options else column.dtype
    plan = pl.LazyFrame({"x": column}).select(getattr(pl.col("x").ig, vector["act"])(**options))
    for done in (
        function(column, **options),
        *(plan.collect(engine=e)["x"] for e in ("in-memory", "streaming")),
    ):
        assert (done.to_list(), done.dtype) == ([expected, None], wanted)


@pytest.mark.parametrize(
    "dtype",
    [
        pl.Int8,
        pl.Int16,
        pl.Int32,
        pl.Int64,
        pl.UInt8,
        pl.UInt16,
        pl.UInt32,
        pl.UInt64,
        pl.Float32,
        pl.Float64,
    ],
)
def test_number_types_stay(dtype):
    column = pl.Series("x", [3, 93, None, 117], dtype=dtype)
    pieces = pl.concat([column[:1], column[1:1], column[1:]], rechunk=False)
    for series in (column, pieces):
        for made, wanted in (
            (series.ig.top_code(at=90), [3, 90, None, 90]),
            (series.ig.bottom_code(at=90), [90, 93, None, 117]),
            (series.ig.round_to(base=10), [0, 90, None, 120]),
            (series.to_frame().select(pl.col("x").ig.round_to(base=10))["x"], [0, 90, None, 120]),
        ):
            assert (made.to_list(), made.dtype, made.name) == (wanted, dtype, "x")
        assert series.ig.top_code(at=90, label="90+").to_list() == ["3", "90+", None, "90+"]
    assert column[1:3].ig.round_to(base=10).to_list() == [90, None]
    nothing = pl.Series("x", [None, None])
    assert nothing.ig.top_code(at=90).to_list() == [None, None]
    assert column[:0].ig.top_code(at=90).dtype == dtype


def test_categories_are_the_map_of_their_values():
    column = pl.Series("x", ["93", "12", None, "93"], dtype=pl.Categorical)
    for made in (
        column.ig.top_code(at=90),
        column.to_frame().lazy().select(pl.col("x").ig.top_code(at=90)).collect(engine="streaming")["x"],
    ):
        assert made.to_list() == ["90", "12", None, "90"]
    encoded = pa.array([93, 12, None, 93]).dictionary_encode()
    assert ig.round_to(encoded, base=5).to_pylist() == [95, 10, None, 95]


def test_pandas_numpy_and_arrow_keep_their_types():
    for dtype in (
        "int64",
        "int8",
        "uint16",
        "float64",
        "float32",
        "Int64",
        "UInt8",
        "Float64",
        "str",
        "object",
    ):
        series = pd.Series([3, 93], index=[7, 8], name="age").astype(dtype)
        made = ig.top_code(series, at=90)
        assert (made.dtype, made.name, list(made.index)) == (series.dtype, "age", [7, 8]), dtype
        assert [str(v) for v in made] == [str(series.iloc[0]), str(series.iloc[0]).replace("3", "90", 1)]
    assert str(ig.round_to(pd.Series([1, 2]), base=5, on_invalid="null").dtype) == "Int64"
    missing = ig.top_code(pd.Series([1.5, None, 99.0]), at=90)
    assert missing.isna().tolist() == [False, True, False]
    labelled = ig.top_code(pd.Series([1, 99]), at=90, label="90+")
    assert labelled.tolist() == ["1", "90+"]
    assert ig.top_code(pd.Series([93, 5], dtype="category"), at=90).tolist() == [90, 5]
    assert ig.round_to(np.array([12, 13]), base=5).tolist() == [10, 15]
    assert ig.round_to(pa.array([12, None], pa.uint8()), base=5).type == pa.uint8()


def test_nan_and_infinity_are_refused_loudly():
    for value in (math.nan, math.inf, -math.inf):
        for call in (
            lambda v: ig.top_code([v], at=90),
            lambda v: ig.bottom_code(pl.Series([v]), at=90, label="low"),
            lambda v: ig.round_to(pa.array([v]), base=5),
        ):
            with pytest.raises(ig.IdentifierError) as caught:
                call(value)
            assert caught.value.context["reason"] == "identifier.number"
        assert ig.round_to([value, 3.0], base=5, on_invalid="null") == [None, 5.0]
        with pytest.raises(ig.MisuseError) as misuse:
            ig.top_code([1.0], at=value)
        assert misuse.value.code == "misuse.argument"


def test_no_failure_shows_a_value():
    bad = pl.DataFrame({"x": [NUMBER + "x"]})
    for call in (
        lambda: ig.top_code([NUMBER + "x"], at=90),
        lambda: ig.top_code([1], at=NUMBER),
        lambda: ig.top_code([1], at=int(NUMBER) ** 2),
        lambda: ig.top_code([1], at=90, label=NUMBER * 10),
        lambda: ig.round_to([float(NUMBER) * 1e9], base=5),
        lambda: ig.round_to([1], base=-int(NUMBER)),
        lambda: bad.select(pl.col("x").ig.round_to(base=5)),
        lambda: bad.lazy().select(pl.col("x").ig.top_code(at=5)).collect(engine="streaming"),
    ):
        with pytest.raises((ig.IgError, pl.exceptions.ComputeError)) as caught:
            call()
        assert not find_secrets(shown_by(caught.value))


WHOLE = st.integers(-(2**62), 2**62)
FLOAT = st.floats(-(2.0**52), 2.0**52)


@settings(max_examples=150, deadline=None)
@given(value=WHOLE | FLOAT, at=st.integers(-1000, 1000))
def test_top_coding_twice_is_once(value, at):
    once = ig.top_code(value, at=at)
    assert once == min(value, at)
    assert ig.top_code(once, at=at) == once
    assert ig.bottom_code(value, at=at) == max(value, at)


@settings(max_examples=150, deadline=None)
@given(value=WHOLE | FLOAT, base=st.integers(1, 2**40))
def test_a_rounded_number_is_a_multiple_within_half_a_base(value, base):
    made = ig.round_to(value, base=base)
    assert Fraction(made) % base == 0
    assert 2 * abs(Fraction(made) - Fraction(value)) <= base
    assert type(made) is type(value)
    if 2 * abs(Fraction(made) - Fraction(value)) == base:
        assert abs(made) > abs(value)


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=25), first=st.integers(0, 4), last=st.integers(0, 4))
def test_a_mask_is_never_longer_and_hides(text, first, last):
    made = ig.mask_partial(text, keep_first=first, keep_last=last, mask_char="\u2588")
    assert len(made) <= len(text)
    assert not text or "\u2588" in made
    if text.isascii():
        kept = len(text) > first + last
        assert len(made) == len(text)
        assert made == (
            text[:first] + "\u2588" * (len(text) - first - last) + text[len(text) - last :]
            if kept
            else "\u2588" * len(text)
        )


def test_a_result_that_the_type_of_a_pandas_column_cannot_hold():
    import pandas as pd

    with pytest.raises(ig.MisuseError) as caught:
        ig.round_to(pd.Series([127, 3], dtype="int8"), base=10)
    assert caught.value.code == "misuse.column_type"
    assert "127" not in str(caught.value)
