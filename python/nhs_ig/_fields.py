"""Several columns in, one column of the same kind out."""

from __future__ import annotations

import sys
from typing import Any

from nhs_ig import _core
from nhs_ig._columns import apply, as_column, categories_travel, missing_or_scalar, pandas_dtype
from nhs_ig.errors import MisuseError

_KINDS = (
    "the fields are of several kinds; give all of them as expressions, Series, arrays, lists or single values"
)


def apply_fields(columns: Any, act_text: str) -> Any:  # noqa: PLR0911 - one return for each kind of column
    """Apply an act on several fields to a list of columns or values, or to one struct column."""
    if not isinstance(columns, (list, tuple)):
        return apply(columns, act_text)
    if not columns:
        message = "the list of fields is not usable: expected one or more columns"
        raise MisuseError(message, "misuse.argument", {"name": "the list of fields"})
    if all(missing_or_scalar(column) for column in columns):
        return _core.act_on_fields([[value] for value in columns], act_text, "").to_list()[0]
    library = _library(columns)
    if library == "polars":
        return _polars(list(columns), act_text)
    if library == "pandas":
        return _pandas(list(columns), act_text)
    done = _core.act_on_fields([as_column(column) for column in columns], act_text, "")
    if library == "builtins":
        return done.to_list()
    if library == "numpy":
        return sys.modules["numpy"].array(done.to_list(), dtype=object)
    if library == "pyarrow":
        pyarrow = sys.modules["pyarrow"]
        array = pyarrow.array(done)
        chunked = any(isinstance(column, pyarrow.ChunkedArray) for column in columns)
        return pyarrow.chunked_array([array]) if chunked else array
    return done


def _library(columns: Any) -> str:
    libraries = {type(column).__module__.partition(".")[0] for column in columns}
    if len(libraries) > 1:
        raise MisuseError(_KINDS, "misuse.column_type", {"expected": "fields of one kind"})
    return libraries.pop()


def _polars(columns: list[Any], act_text: str) -> Any:
    import polars as pl

    if all(isinstance(column, pl.Expr) for column in columns):
        return apply(pl.struct(columns), act_text)
    if not all(isinstance(column, pl.Series) for column in columns):
        raise MisuseError(_KINDS, "misuse.column_type", {"expected": "fields of one kind"})
    done = _core.act_on_fields([_plain(column) for column in columns], act_text, columns[0].name)
    return pl.Series(done).alias(columns[0].name)


def _plain(column: Any) -> Any:
    """Return a Series that its version of Polars can hand over."""
    import polars as pl

    if column.dtype == pl.Object:
        message = "a field holds Python objects, which are of no type; convert it first"
        raise MisuseError(message, "misuse.column_type", {"found": "Python objects"})
    untyped = column.dtype == pl.Null
    categorical = column.dtype in (pl.Categorical, pl.Enum) and not categories_travel()
    return column.cast(pl.String) if untyped or categorical else column


def _pandas(columns: list[Any], act_text: str) -> Any:
    import pandas as pd

    first = columns[0]
    if not all(isinstance(column, pd.Series) and column.index.equals(first.index) for column in columns):
        message = "the fields are not Series with one index; align them first"
        raise MisuseError(message, "misuse.column_type", {"expected": "Series with one index"})
    name = first.name if isinstance(first.name, str) else ""
    done = _core.act_on_fields([as_column(column) for column in columns], act_text, name).to_list()
    return pd.Series(done, index=first.index, name=first.name, dtype=pandas_dtype(first, act_text))
