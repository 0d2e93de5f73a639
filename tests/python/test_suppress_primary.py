"""The primary rule on one column: the same through every kind of column, and equal to the rule on a table."""

from __future__ import annotations

import pickle

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest

COUNTS = [0, 1, 4, 5, 7, 8, 12, 128, None, 9_000_000_000]


@pytest.mark.parametrize("preset", ig.SuppressionPolicy.presets())
def test_equal_to_the_rule_on_a_table_without_totals(preset):
    known = [count for count in COUNTS if count is not None]
    table = {"cell": [str(count) for count in known], "n": known}
    expected = ig.suppress(table, by="cell", count="n", policy=preset).publish()["n"]
    assert ig.suppress_primary(known, policy=preset) == expected
    frame = pl.DataFrame({"n": known})
    made = frame.select(pl.col("n").ig.suppress_primary(policy=preset))["n"]
    assert (made.dtype, made.to_list()) == (pl.Int64, expected)


def test_every_kind_of_column():
    expected = ig.suppress_primary(COUNTS, policy="hes")
    series = pl.Series("n", COUNTS, dtype=pl.UInt64)
    assert series.ig.suppress_primary(policy="hes").to_list() == expected
    lazy = series.to_frame().lazy().select(pl.col("n").ig.suppress_primary(policy="hes"))
    assert lazy.collect()["n"].to_list() == expected
    assert lazy.collect(engine="streaming")["n"].to_list() == expected
    assert pickle.loads(pickle.dumps(lazy)).collect()["n"].to_list() == expected
    frame = ig.suppress_primary(pd.Series(COUNTS, dtype="Int64"), policy="hes")
    assert frame.dtype == "Int64"
    assert [None if pd.isna(n) else n for n in frame] == expected
    small = pl.Series("n", [250, 253], dtype=pl.UInt8).ig.suppress_primary(policy="hes")
    assert small.to_list() == [250, 255]
    assert ig.suppress_primary(pl.Series("n", [254], dtype=pl.UInt8), policy="opensafely").to_list() == [255]
    assert ig.suppress_primary([None, None], policy="hes") == [None, None]


def test_what_is_no_count():
    for column in ([1.5], ["12"], [True], [2**63]):
        with pytest.raises(ig.MisuseError) as caught:
            ig.suppress_primary(column, policy="hes")
        assert caught.value.code == "misuse.column_type"
    with pytest.raises(ig.IdentifierError) as caught:
        ig.suppress_primary([12, -3], policy="hes")
    assert caught.value.code == "identifier.invalid_cells"
    assert "policy.negative_count" in str(caught.value)
    assert ig.suppress_primary([12, -3], policy="hes", on_invalid="null") == [10, None]
    with pytest.raises(ig.PolicyError):
        ig.suppress_primary([12], policy="hse")
