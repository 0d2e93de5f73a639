"""The suppression vectors through every kind of table."""

from __future__ import annotations

import itertools

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import vectors

VECTORS = vectors("suppression_presets")
PRESETS = {
    name: list(group) for name, group in itertools.groupby(VECTORS, key=lambda vector: vector["preset"])
}


def test_every_preset_has_vectors():
    assert set(PRESETS) == set(ig.SuppressionPolicy.presets())


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("make", [dict, pl.DataFrame, pd.DataFrame])
def test_preset(preset, make):
    chosen = PRESETS[preset]
    counts = [vector["n"] for vector in chosen]
    table = {"cell": [f"c{place}" for place in range(len(chosen))], "n": counts}
    if make is pd.DataFrame:
        table["n"] = pd.array(counts, dtype="Int64")
    result = ig.suppress(make(table), by="cell", count="n", policy=preset, secondary="none")
    published = result.publish()
    shown = [None if pd.isna(n) else int(n) for n in published["n"]]
    assert shown == [vector["published"] for vector in chosen]
    assert list(published["n_display"]) == [vector["display"] for vector in chosen]
    hidden = sum(vector["published"] is None for vector in chosen)
    assert result.counts == (len(chosen) - hidden, hidden)
    # A hidden cell is never 0, -1 or NaN.
    if make is pl.DataFrame:
        assert published.schema["n"] == pl.Int64
    if make is pd.DataFrame:
        assert published["n"].dtype == "Int64"
