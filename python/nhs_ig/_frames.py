"""One table in, the same kind of table out.

A Polars or pandas DataFrame, a pyarrow Table, a dictionary of lists or any object with an Arrow stream goes into the
core; what the core makes comes back as the kind that went in.
"""

from __future__ import annotations

import sys
from typing import Any

from nhs_ig import _core
from nhs_ig._columns import pandas_values
from nhs_ig.errors import MisuseError


def to_arrow(frame: Any) -> Any:
    """Return an object with an Arrow stream for a table of any kind."""
    library = type(frame).__module__.partition(".")[0]
    if library == "polars":
        return _polars_stream(frame)
    if library == "pandas":
        return _pandas_table(frame)
    if isinstance(frame, dict):
        return _core.table_from_lists(frame)
    if hasattr(frame, "__arrow_c_stream__"):
        return frame
    raise _not_a_table(type(frame).__name__)


def like(table: _core.Table, original: Any) -> Any:
    """Return a table of the core as the kind of table that ``original`` is."""
    library = type(original).__module__.partition(".")[0]
    if library == "polars":
        import polars as pl

        return pl.DataFrame(table)
    if library == "pandas":
        return _to_pandas(table, original)
    if library == "pyarrow":
        return sys.modules["pyarrow"].table(table)
    return table.to_lists() if isinstance(original, dict) else table


def _polars_stream(frame: Any) -> Any:
    import polars as pl

    if isinstance(frame, pl.LazyFrame):
        message = "a LazyFrame has no rows yet; call .collect() first"
        raise MisuseError(message, "misuse.column_type", {"expected": "a table", "found": "LazyFrame"})
    if not isinstance(frame, pl.DataFrame):
        raise _not_a_table(type(frame).__name__)
    # A column of nothing but nulls has a type of its own, which other Arrow libraries refuse.
    untyped = [name for name, dtype in frame.schema.items() if dtype == pl.Null]
    return frame.with_columns(pl.col(untyped).cast(pl.String)) if untyped else frame


def _pandas_table(frame: Any) -> _core.Table:
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise _not_a_table(type(frame).__name__)
    if len(set(frame.columns)) < len(frame.columns) or not all(isinstance(name, str) for name in frame.columns):
        message = "the columns of a DataFrame need distinct names of type str; rename them first"
        raise MisuseError(message, "misuse.column_type", {"expected": "distinct text names"})
    return _core.table_from_lists({name: pandas_values(frame[name]) for name in frame.columns})


def _to_pandas(table: _core.Table, original: Any) -> Any:
    import pandas as pd

    frame = pd.DataFrame(table.to_lists(), columns=table.column_names)
    for name in frame.columns:
        if name in original.columns:
            frame[name] = frame[name].astype(original[name].dtype, errors="ignore")
    whole = [name for name in frame.columns if name not in original.columns and _is_whole(frame[name])]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _is_whole(column: Any) -> bool:
    values = [value for value in pandas_values(column) if value is not None]
    return bool(values) and all(isinstance(value, (int, float)) and value == int(value) for value in values)


def _not_a_table(found: str) -> MisuseError:
    message = f"a {found} was given, expected a table: a DataFrame, an Arrow table or a dictionary of lists"
    return MisuseError(message, "misuse.column_type", {"expected": "a table", "found": found})
