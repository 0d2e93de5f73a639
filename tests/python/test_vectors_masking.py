"""The masking vectors through scalars, lists and Polars."""

from __future__ import annotations

import inspect

import nhs_ig as ig
import polars as pl
import pytest
from support import vectors

VECTORS = vectors("masking")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['act']}-{v['input']}")
def test_vector(vector):
    function = getattr(ig, vector["act"])
    settings, value = vector["settings"], vector["input"]
    try:
        inspect.signature(function).bind(value, **settings)
    except TypeError:
        # Python itself refuses a setting that the function does not have.
        assert vector["error"] == "misuse.argument"
        return
    if vector.get("error") == "misuse.argument":
        with pytest.raises(ig.MisuseError) as caught:
            function(value, **settings)
        assert caught.value.code == "misuse.argument"
        return
    column = pl.Series("x", [None, value, value])
    if "error" in vector and value != "":
        with pytest.raises(ig.IdentifierError) as caught:
            function(value, **settings)
        assert caught.value.context["reason"] == vector["error"]
        settings = {**settings, "on_invalid": "null"}
    # The vectors are those of the core functions; in a column, a blank cell is a missing one.
    expected = vector.get("output")
    assert function(value, **settings) == expected
    assert function([value, None], **settings) == [expected, None]
    assert function(column, **settings).to_list() == [None, expected, expected]
    plan = pl.LazyFrame({"x": column}).select(function(pl.col("x"), **settings))
    assert plan.collect(engine="streaming")["x"].to_list() == [None, expected, expected]
