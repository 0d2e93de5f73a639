"""Acts on several columns of one length, such as dates and the persons they belong to.

What the first column is decides what comes out, as for acts on one column.
"""

from __future__ import annotations

import sys
from typing import Any

from nhs_ig import _columns, _core
from nhs_ig.errors import MisuseError


def apply_fields(columns: Any, act_text: str) -> Any:
    """Apply an act to the fields of a row: a list of columns or values, or one struct column."""
    if not isinstance(columns, (list, tuple)):
        return _columns.apply(columns, act_text)
    if not columns:
        message = "the list of fields is not usable: expected one or more columns"
        raise MisuseError(message, "misuse.argument", {"name": "the list of fields"})
    return apply_together(list(columns), act_text)


def apply_together(columns: list[Any], act_text: str) -> Any:  # noqa: PLR0911 - one return for each kind of column
    """Apply an act to columns of one length, or to as many single values."""
    first = columns[0]
    library = type(first).__module__.partition(".")[0]
    if library == "polars" and not hasattr(first, "__len__"):
        return _expression(columns, act_text)
    if _columns.is_single(first):
        if not all(_columns.is_single(column) for column in columns):
            raise _lengths()
        return _core.act_on_columns([[column] for column in columns], act_text, "").to_list()[0]
    _refuse_other_rows(columns)
    name = getattr(first, "name", None)
    name = name if isinstance(name, str) else ""
    done = _core.act_on_columns([_arrow_or_list(column) for column in columns], act_text, name)
    if library == "polars":
        import polars as pl

        return pl.DataFrame(done.as_table()).to_series().alias(first.name)
    if library == "pandas":
        import pandas as pd

        dtype = _columns.pandas_dtype(first, act_text)
        if isinstance(first, pd.Index):
            return pd.Index(done.to_list(), name=first.name, dtype=dtype)
        return pd.Series(done.to_list(), index=first.index, name=first.name, dtype=dtype)
    if library == "numpy":
        import numpy as np

        return np.array(done.to_list(), dtype=object)
    if library == "pyarrow":
        pyarrow = sys.modules["pyarrow"]
        if isinstance(first, pyarrow.ChunkedArray):
            return pyarrow.table(done.as_table()).column(0)
        return pyarrow.array(done)
    return done.to_list() if isinstance(first, (list, tuple)) else done


def _refuse_other_rows(columns: list[Any]) -> None:
    """Refuse pandas Series whose indexes differ: their rows belong together by index, not by place."""
    indexes = [
        column.index for column in columns if type(column).__name__ == "Series" and hasattr(column, "index")
    ]
    indexes = [index for index in indexes if hasattr(index, "equals")]
    if any(not index.equals(indexes[0]) for index in indexes[1:]):
        message = "the columns are not Series with one index; align them first"
        raise MisuseError(message, "misuse.column_type", {"expected": "Series with one index"})


def _expression(columns: list[Any], act_text: str) -> Any:
    import polars as pl

    from nhs_ig import _polars

    if not all(isinstance(column, pl.Expr) for column in columns):
        message = "beside an expression stand expressions, such as pl.col(...); a single value is pl.lit(...)"
        raise MisuseError(message, "misuse.column_type", {"expected": "an expression"})
    # Two fields of one name are refused by Polars, and only the first gives its name to the result.
    others = [column.alias(f"nhs_ig: field {place}") for place, column in enumerate(columns[1:], 1)]
    return _polars.expression(pl.struct(columns[0], *others), act_text)


def _arrow_or_list(column: Any) -> Any:
    """Return a column as a list or as an object with Arrow data that this version of Polars can hand over."""
    if _columns.is_single(column):
        raise _lengths()
    if type(column).__module__.partition(".")[0] == "polars":
        return _columns.polars_series(column)
    return _columns.as_column(column)


def _lengths() -> MisuseError:
    message = "a single value and a column were given, expected columns of one length or single values"
    return MisuseError(message, "misuse.column_type", {"expected": "columns of one length"})
