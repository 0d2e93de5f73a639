"""One table in, the same kind of table out.

A Polars or pandas DataFrame, a pyarrow Table, a dictionary of lists or any object with an Arrow stream goes into the
core; what the core makes comes back as the kind that went in.
"""

from __future__ import annotations

import sys
from itertools import compress
from typing import Any

from nhs_ig import _core
from nhs_ig._columns import pandas_values, polars_type
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


def only(frame: Any, names: list[str]) -> Any:
    """Return an object with an Arrow stream that has these columns of a table, so that no other need be converted.

    If one is missing, the result has all names and no rows, and the core says what there is.
    """
    there = (
        list(frame)
        if isinstance(frame, dict)
        else [name for name in column_names(frame) if isinstance(name, str)]
    )
    if has_rows_of_its_own(frame) and any(name not in there for name in names):
        return _core.table_from_lists({name: [] for name in there})
    if not names:
        return to_arrow(frame)
    library = type(frame).__module__.partition(".")[0]
    if isinstance(frame, dict):
        return to_arrow({name: frame[name] for name in names})
    if library in {"polars", "pandas"} and there:
        return to_arrow(frame[list(dict.fromkeys(names))])
    return to_arrow(frame)


def has_rows_of_its_own(frame: Any) -> bool:
    """Say whether the rows of a table can be chosen where they are: Polars, pandas, a dictionary of lists."""
    if isinstance(frame, dict):
        return True
    library = type(frame).__module__.partition(".")[0]
    return library in {"polars", "pandas"} and type(frame).__name__ == "DataFrame"


def staying(frame: Any, chosen: _core.Table) -> Any:
    """Return the rows of a table for which ``chosen`` says so, as the same kind of table.

    Every other column is left as it is, whatever its type.
    """
    library = type(frame).__module__.partition(".")[0]
    if library == "polars":
        import polars as pl

        return frame.filter(pl.DataFrame(chosen)["stays"])
    stays = chosen.to_lists()["stays"]
    if library == "pandas":
        return frame.iloc[[number for number, stay in enumerate(stays) if stay]]
    if any(len(column) != len(stays) for column in frame.values()):
        message = "the columns of the dictionary differ in length; give one cell for each row in every column"
        raise MisuseError(message, "misuse.argument", {"expected": "columns of one length"})
    return {name: list(compress(column, stays)) for name, column in frame.items()}


def column_names(frame: Any) -> list[Any]:
    """Return the names of the columns of a Polars or pandas DataFrame or a dictionary; none for other tables."""
    if isinstance(frame, dict):
        return list(frame)
    return list(frame.columns) if has_rows_of_its_own(frame) else []


def like(table: _core.Table, original: Any, *counts: str, keys: list[str] | None = None) -> Any:
    """Return a table of the core as the kind of table that ``original`` is; ``counts`` are its columns of counts.

    With ``keys``, only these columns get the types that they had, and all others are text.
    """
    library = type(original).__module__.partition(".")[0]
    if library == "polars":
        import polars as pl

        frame = pl.DataFrame(table)
        there = original.columns if keys is None else keys
        kept = [name for name in frame.columns if name not in counts and name in there]
        return frame.with_columns(_cast(frame[name], original.schema[name]) for name in kept)
    if library == "pandas":
        return _to_pandas(table, original, counts, keys)
    if library == "pyarrow":
        return sys.modules["pyarrow"].table(table)
    return table.to_lists() if isinstance(original, dict) else table


def to_lists(frame: Any) -> dict[str, list[Any]]:
    """Return the columns of a table of any kind as lists."""
    if isinstance(frame, dict):
        return frame
    if isinstance(frame, _core.Table):
        return frame.to_lists()
    if type(frame).__module__.partition(".")[0] == "pandas":
        return _pandas_table(frame).to_lists()
    names = list(frame.column_names if hasattr(frame, "column_names") else frame.columns)
    return {
        name: frame[name].to_pylist() if hasattr(frame[name], "to_pylist") else frame[name].to_list()
        for name in names
    }


def _cast(column: Any, dtype: Any) -> Any:
    """Give a column its original type; rows of totals make text of numbers, dates and fixed categories."""
    import polars as pl

    if column.dtype == pl.String and dtype not in (pl.String, pl.Categorical):
        fixed = isinstance(dtype, pl.Enum) and set(column.drop_nulls()) <= set(dtype.categories)
        return column.cast(dtype) if fixed or column.null_count() == column.len() else column
    return column.cast(dtype)


def _polars_stream(frame: Any) -> Any:
    import polars as pl

    if isinstance(frame, pl.LazyFrame):
        message = "a LazyFrame has no rows yet; call .collect() first"
        raise MisuseError(message, "misuse.column_type", {"expected": "a table", "found": "LazyFrame"})
    if not isinstance(frame, pl.DataFrame):
        raise _not_a_table(type(frame).__name__)
    if pl.Object in frame.dtypes:
        # Older versions of Polars end the process when they hand over Python objects.
        message = "a column holds Python objects, which are of no type; drop it or convert it first"
        raise MisuseError(
            message, "misuse.column_type", {"expected": "columns of data", "found": "Python objects"}
        )
    # A column of nothing but nulls has a type of its own, which other Arrow libraries refuse.
    types = {name: polars_type(dtype, name) for name, dtype in frame.schema.items()}
    untyped = [name for name, dtype in types.items() if dtype != frame.schema[name]]
    return frame.with_columns(pl.col(name).cast(types[name]) for name in untyped) if untyped else frame


def _pandas_table(frame: Any) -> _core.Table:
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise _not_a_table(type(frame).__name__)
    if len(set(frame.columns)) < len(frame.columns) or not all(
        isinstance(name, str) for name in frame.columns
    ):
        message = "the columns of a DataFrame need distinct names of type str; rename them first"
        raise MisuseError(message, "misuse.column_type", {"expected": "distinct text names"})
    return _core.table_from_lists({name: pandas_values(frame[name]) for name in frame.columns})


def _to_pandas(table: _core.Table, original: Any, counts: tuple[str, ...], keys: list[str] | None) -> Any:
    import pandas as pd

    columns = {}
    for name, values in table.to_lists().items():
        if name in (original.columns if keys is None else keys) and name not in counts:
            columns[name] = _like_series(pd.Series(values, dtype=object), original[name])
        else:
            # Whole numbers that may be missing, never floating ones with NaN.
            whole = any(isinstance(value, int) for value in values) or name in counts
            columns[name] = pd.Series(values, dtype="Int64" if whole else None)
    return pd.DataFrame(columns, columns=table.column_names)


def _like_series(values: Any, original: Any) -> Any:
    """Give a column its original type; rows of totals make text of numbers, dates and fixed categories."""
    import pandas as pd

    there = values.dropna()
    text = there.map(type).eq(str).all() and len(there) > 0
    if isinstance(original.dtype, pd.CategoricalDtype):
        return values.astype(original.dtype) if there.isin(original.cat.categories).all() else values
    if text and not (original.dtype == object or isinstance(original.dtype, pd.StringDtype)):
        return values
    return values.astype(original.dtype)


def _not_a_table(found: str) -> MisuseError:
    message = f"a {found} was given, expected a table: a DataFrame, an Arrow table or a dictionary of lists"
    return MisuseError(message, "misuse.column_type", {"expected": "a table", "found": found})
