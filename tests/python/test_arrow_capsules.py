"""Arrow capsules that are released, used twice, wrongly named, or no capsules at all."""

from __future__ import annotations

import nhs_ig as ig
import polars as pl
import pytest
from nhs_ig import _core
from support import NUMBER, run_python


class Keeps:
    """Offers the same capsules each time it is asked."""

    def __init__(self, **answers) -> None:
        self._answers = answers

    def __getattr__(self, name):
        try:
            answer = self._answers[name.strip("_")]
        except KeyError:
            raise AttributeError(name) from None
        return lambda requested_schema=None: answer


def _column() -> ig.Column:
    return _core.act_on_list([NUMBER], '{"act": "normalise_nhs_number"}', "")


def _table() -> ig.Table:
    return _core.table_from_lists({"nhs": [NUMBER], "n": [3]})


ACT = '{"act": "is_nhs_number"}'


def refused(act, *arguments, **settings):
    with pytest.raises(ig.MisuseError) as caught:
        act(*arguments, **settings)
    assert caught.value.code == "misuse.engine"
    assert NUMBER not in str(caught.value)


def test_an_array_is_taken_once():
    held = Keeps(arrow_c_array=_column().__arrow_c_array__())
    assert _core.act_on_column(held, ACT, "").to_list() == [True]
    refused(_core.act_on_column, held, ACT, "")


def test_a_stream_is_taken_once():
    held = Keeps(arrow_c_stream=pl.Series([NUMBER]).__arrow_c_stream__())
    assert _core.act_on_column(held, ACT, "").to_list() == [True]
    refused(_core.act_on_column, held, ACT, "")
    table = Keeps(arrow_c_stream=_table().__arrow_c_stream__())
    ig.suppress(table, by="nhs", count="n", policy="hes")
    with pytest.raises(ig.MisuseError):
        ig.suppress(table, by="nhs", count="n", policy="hes")


def test_half_of_a_used_pair():
    used_schema, used_array = _column().__arrow_c_array__()
    _core.act_on_column(Keeps(arrow_c_array=(used_schema, used_array)), ACT, "")
    schema, array = _column().__arrow_c_array__()
    refused(_core.act_on_column, Keeps(arrow_c_array=(used_schema, array)), ACT, "")
    refused(_core.act_on_column, Keeps(arrow_c_array=(schema, used_array)), ACT, "")


def test_capsules_of_another_name():
    schema, array = _column().__arrow_c_array__()
    stream = _table().__arrow_c_stream__()
    for wrong in (
        (array, schema),
        (schema, schema),
        (stream, stream),
        (schema,),
        (),
        [schema, array],
        None,
        7,
        "x",
    ):
        refused(_core.act_on_column, Keeps(arrow_c_array=wrong), ACT, "")
    for wrong in (schema, array, None, 7, "x", (stream,)):
        refused(_core.act_on_column, Keeps(arrow_c_stream=wrong), ACT, "")


def test_an_object_that_offers_nothing():
    refused(_core.act_on_column, object(), ACT, "")
    with pytest.raises(ig.MisuseError):
        ig.redact(object())
    with pytest.raises(ig.MisuseError):
        ig.suppress(object(), by="x", policy="hes")


def test_an_array_where_a_table_is_needed():
    with pytest.raises(ig.MisuseError):
        ig.suppress(Keeps(arrow_c_stream=pl.Series([NUMBER]).__arrow_c_stream__()), by="x", policy="hes")


def test_a_producer_that_raises_is_heard():
    class Raises:
        def __arrow_c_stream__(self, requested_schema=None):
            raise RuntimeError("the source is gone")

    with pytest.raises(RuntimeError, match="the source is gone"):
        ig.redact(Raises())


def test_capsules_of_pyarrow():
    pa = pytest.importorskip("pyarrow")
    held = Keeps(arrow_c_array=pa.array([NUMBER]).__arrow_c_array__())
    assert _core.act_on_column(held, ACT, "").to_list() == [True]
    refused(_core.act_on_column, held, ACT, "")
    reader = pa.table({"nhs": [NUMBER], "n": [3]}).to_reader()
    assert ig.suppress(reader, by="nhs", count="n", policy="hes").counts == (0, 1)
    used = Keeps(arrow_c_array=pa.array([NUMBER]).__arrow_c_array__())
    pa.array(used)
    refused(_core.act_on_column, used, ACT, "")


def test_many_rounds_leave_no_memory_behind():
    done = run_python(
        """
import resource
import polars as pl
import nhs_ig as ig
column = pl.Series(["9990000018"] * 100_000)
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
def rounds(count):
    for _ in range(count):
        column.ig.is_nhs_number()
        column.to_frame("x").select(pl.col("x").ig.redact())
        try:
            column.cast(pl.Binary).to_frame("x").select(pl.col("x").ig.normalise_nhs_number())
        except pl.exceptions.ComputeError:
            pass
rounds(20)
before = peak()
rounds(200)
print((peak() - before) // 1024)
""",
    )
    assert done.returncode == 0, done.stderr
    # A leak of one input a round would be some 200 MB.
    assert int(done.stdout) < 60
