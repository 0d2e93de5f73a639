"""Acts on several columns of one length, such as dates and the persons they belong to.

What the first column is decides what comes out, as for acts on one column.
"""

from __future__ import annotations

import sys
from typing import Any

from nhs_ig import _columns, _core
from nhs_ig.errors import MisuseError


def apply_together(columns: list[Any], act_text: str) -> Any:  # noqa: PLR0911 - one return for each kind of column
    """Apply an act to columns of one length, or to as many single values."""
    first = columns[0]
    library = type(first).__module__.partition(".")[0]
    if library == "polars" and not hasattr(first, "__len__"):
        return _expression(columns, act_text)
    if _is_single(first):
        if not all(_is_single(column) for column in columns):
            raise _lengths()
        return _core.act_on_columns([[column] for column in columns], act_text, "").to_list()[0]
    name = getattr(first, "name", None)
    done = _core.act_on_columns(
        [_arrow_or_list(column) for column in columns], act_text, name if isinstance(name, str) else ""
    )
    if library == "polars":
        import polars as pl

        return pl.Series(done).alias(first.name)
    if library == "pandas":
        return _pandas(first, done)
    if library == "numpy":
        import numpy as np

        return np.array(done.to_list(), dtype=object)
    if library == "pyarrow":
        pyarrow = sys.modules["pyarrow"]
        array = pyarrow.array(done)
        return pyarrow.chunked_array([array]) if isinstance(first, pyarrow.ChunkedArray) else array
    return done.to_list() if isinstance(first, (list, tuple)) else done


def _expression(columns: list[Any], act_text: str) -> Any:
    import polars as pl

    from nhs_ig import _polars

    if not all(isinstance(column, pl.Expr) for column in columns):
        message = "beside an expression stand expressions, such as pl.col(...); a single value is pl.lit(...)"
        raise MisuseError(message, "misuse.column_type", {"expected": "an expression"})
    # Two fields of one name are refused by Polars, and only the first gives its name to the result.
    others = [column.alias(f"nhs_ig: field {place}") for place, column in enumerate(columns[1:], 1)]
    return _polars.expression(pl.struct(columns[0], *others), act_text)


def _is_single(column: Any) -> bool:
    return _columns.is_single(column)


def _arrow_or_list(column: Any) -> Any:
    """Return a column as a list or as an object with Arrow data that this version of Polars can hand over."""
    if _is_single(column):
        raise _lengths()
    if type(column).__module__.partition(".")[0] == "polars":
        return _columns.polars_series(column)
    return _columns.as_column(column)


def _pandas(first: Any, done: _core.Column) -> Any:
    import pandas as pd

    if isinstance(first, pd.Index):
        return pd.Index(done.to_list(), name=first.name, dtype=_dtype(first))
    return pd.Series(done.to_list(), index=first.index, name=first.name, dtype=_dtype(first))


def _dtype(first: Any) -> Any:
    """Return the type of the first column, or for categories that of their values."""
    categories = getattr(first.dtype, "categories", None)
    return first.dtype if categories is None else categories.dtype


def _lengths() -> MisuseError:
    message = "a single value and a column were given, expected columns of one length or single values"
    return MisuseError(message, "misuse.column_type", {"expected": "columns of one length"})
