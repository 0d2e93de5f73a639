"""The NHS number vectors through scalars, lists, Polars and the class."""

from __future__ import annotations

import nhs_ig as ig
import polars as pl
import pytest
from support import vectors

VECTORS = vectors("nhs_number")["vectors"]
TYPES = {"text": pl.String, "integer": pl.Int64, "float": pl.Float64}


def _of(kind):
    return [v for v in VECTORS if v["type"] == kind]


@pytest.mark.parametrize("kind", TYPES)
def test_each_value_alone(kind):
    for vector in _of(kind):
        value, error = vector["input"], vector.get("error")
        value = float(value) if kind == "float" else value
        assert ig.is_nhs_number(value) is (error is None)
        assert ig.invalid_reason(value) == error
        if error is None:
            assert ig.normalise_nhs_number(value) == vector["digits"]
            assert ig.format_nhs_number(value) == vector["display"]
            assert ig.nhs_number_region(value) == vector["region"]
            number = ig.NhsNumber(value)
            assert (number.digits, str(number), number.region) == (
                vector["digits"],
                vector["display"],
                vector["region"],
            )
            assert vector["digits"] not in repr(number)
        elif error == "identifier.blank":
            assert ig.normalise_nhs_number(value) is None
        else:
            with pytest.raises(ig.IdentifierError) as caught:
                ig.normalise_nhs_number(value)
            assert caught.value.context["reason"] == error
            assert ig.normalise_nhs_number(value, on_invalid="null") is None
            with pytest.raises(ig.IdentifierError) as caught:
                ig.NhsNumber(value)
            assert caught.value.code == error


@pytest.mark.parametrize("kind", TYPES)
def test_columns(kind):
    chosen = _of(kind)
    series = pl.Series("x", [v["input"] for v in chosen], TYPES[kind])
    pieces = pl.concat([series, series[3:], series], rechunk=False)
    chosen = chosen + chosen[3:] + chosen
    x = pl.col("x")
    expressions = {
        "valid": x.ig.is_nhs_number(),
        "why": x.ig.invalid_reason(),
        "digits": x.ig.normalise_nhs_number(on_invalid="null"),
        "display": x.ig.format_nhs_number(on_invalid="null"),
        "region": x.ig.nhs_number_region(on_invalid="null"),
    }
    expected = {
        "valid": ["error" not in v for v in chosen],
        "why": [v.get("error") for v in chosen],
        **{name: [v.get(name) for v in chosen] for name in ("digits", "display", "region")},
    }
    plan = pl.LazyFrame({"x": pieces}).select(**expressions)
    assert plan.collect().to_dict(as_series=False) == expected
    assert plan.collect(engine="streaming").to_dict(as_series=False) == expected
    assert ig.is_nhs_number(pieces).to_list() == expected["valid"]
    assert ig.invalid_reason(pieces.to_list()) == expected["why"]
    assert ig.format_nhs_number(pieces.to_list(), on_invalid="null") == expected["display"]


def test_categorical_and_enum_columns():
    chosen = [v for v in _of("text") if v["input"]]
    values = [v["input"] for v in chosen] + [None]
    for dtype in (pl.Categorical, pl.Enum(list(dict.fromkeys(values[:-1])))):
        series = pl.Series("x", values, dtype)
        assert ig.invalid_reason(series).to_list() == [v.get("error") for v in chosen] + [None]
        done = pl.DataFrame({"x": series}).select(pl.col("x").ig.is_nhs_number())
        assert done["x"].to_list() == ["error" not in v for v in chosen] + [None]
