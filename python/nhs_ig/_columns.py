"""One column in, the same kind of column out.

Every column act goes through :func:`apply`. What comes in decides what goes out: a Polars expression gives an
expression, a Polars or pandas Series a Series, a pyarrow array an array, any other object with Arrow data a
``Column``, a list a list, and a single value a single value.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from nhs_ig import _core
from nhs_ig.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCALARS = (str, int, float, date)

# What pandas writes for a missing value.
_MISSING = ("NAType", "NaTType")

# Values that hold others but are no columns.
_NOT_COLUMNS = (dict, set, frozenset, bytes)


def act(name: str, **settings: object) -> str:
    """Return an act with its settings as JSON text, checked."""
    try:
        text = json.dumps({"act": name, **settings})
    except (TypeError, ValueError):
        # Not from that error, which could name a value.
        message = f"a setting of {name} is not usable: expected text, true or false, or a finite number"
        raise MisuseError(message, "misuse.argument", {"name": f"a setting of {name}"}) from None
    return _core.check_act(text)


def apply(column: Any, act_text: str) -> Any:  # noqa: PLR0911 - one return for each kind of column
    """Apply an act to a column of any kind."""
    library = type(column).__module__.partition(".")[0]
    if isinstance(column, _NOT_COLUMNS):
        raise _misuse(type(column).__name__)
    if is_single(column):
        return _core.act_on_list([column], act_text, "").to_list()[0]
    if isinstance(column, (list, tuple)):
        return _core.act_on_list(column, act_text, "").to_list()
    if library == "polars":
        return _apply_polars(column, act_text)
    if library == "pandas":
        return _apply_pandas(column, act_text)
    if library == "numpy":
        return _apply_numpy(column, act_text)
    if not (hasattr(column, "__arrow_c_array__") or hasattr(column, "__arrow_c_stream__")):
        raise _misuse(type(column).__name__)
    done = _core.act_on_column(column, act_text, "")
    if library == "pyarrow":
        pyarrow = sys.modules["pyarrow"]
        if isinstance(column, pyarrow.ChunkedArray):
            return pyarrow.table(done.as_table()).column(0)
        return pyarrow.array(done)
    return done


def is_single(column: Any) -> bool:
    """Say whether this is one value or a missing one, and no column."""
    return column is None or isinstance(column, _SCALARS) or type(column).__name__ in _MISSING


def as_column(column: Any) -> Any:
    """Return a column as a list or as an object with Arrow data."""
    library = type(column).__module__.partition(".")[0]
    if library in {"pandas", "numpy"} and getattr(column, "ndim", 0) != 1:
        raise _misuse(type(column).__name__)
    if library == "pandas":
        return pandas_values(column)
    if library == "numpy":
        return [*column] if _is_short_float(column) else column.tolist()
    if library == "polars" and hasattr(column, "to_frame"):
        return [None] * len(column) if str(column.dtype) == "Null" else polars_series(column)
    if hasattr(column, "__arrow_c_array__") or hasattr(column, "__arrow_c_stream__"):
        return column
    if isinstance(column, (str, dict)) or not hasattr(column, "__iter__"):
        raise _misuse(type(column).__name__)
    return list(column)


def _apply_polars(column: Any, act_text: str) -> Any:
    import polars as pl

    from nhs_ig import _polars

    if isinstance(column, pl.Expr):
        return _polars.expression(column, act_text)
    column = polars_series(column)
    # As a table, since its chunks are taken over as they are; and with its name, which the field may not show.
    done = pl.DataFrame(_core.act_on_column(column, act_text, column.name).as_table())
    return done.to_series().alias(column.name)


def polars_series(column: Any) -> Any:
    """Return a Polars Series in a form that every version of Polars hands over."""
    import polars as pl

    if not isinstance(column, pl.Series):
        raise _misuse(type(column).__name__)
    if column.dtype == pl.Object:
        # Older versions of Polars end the process when they hand over Python objects.
        raise _misuse("Series of Python objects")
    dtype = polars_type(column.dtype, column.name)
    column = column if dtype == column.dtype else column.cast(dtype)
    return column if _types_travel() else _InTable(column)


def polars_type(dtype: Any, name: str) -> Any:
    """Return a Polars type as other Arrow libraries take it: text where it is one of nothing but nulls."""
    import polars as pl

    if isinstance(dtype, pl.Struct):
        return pl.Struct([pl.Field(field.name, polars_type(field.dtype, name)) for field in dtype.fields])
    if isinstance(dtype, pl.List):
        return pl.List(polars_type(dtype.inner, name))
    if str(dtype) in ("Int128", "UInt128"):
        expected = "integers of at most 64 bits, or text"
        message = f"column {name} is of type 128-bit integer, expected {expected}; convert it first"
        raise MisuseError(message, "misuse.column_type", {"expected": expected, "found": "128-bit integer"})
    return pl.String() if dtype == pl.Null else dtype


class _InTable:
    """A Series as the one column of a table, which every version of Polars hands over with its type."""

    nhs_ig_only_column = True

    def __init__(self, column: Any) -> None:
        self.name = column.name
        self._table = column.to_frame()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


@cache
def _types_travel() -> bool:
    """Say whether this version of Polars hands over dates and categories of a Series as such; older ones do not."""
    import polars as pl

    try:
        for kind in (pl.Categorical, pl.Date):
            _core.act_on_column(pl.Series([None], dtype=kind), act("redact"), "")
    except MisuseError:
        return False
    return True


def _apply_pandas(column: Any, act_text: str) -> Any:
    import pandas as pd

    if not isinstance(column, (pd.Series, pd.Index)):
        raise _misuse(type(column).__name__)
    name = column.name if isinstance(column.name, str) else ""
    done = _core.act_on_list(pandas_values(column), act_text, name).to_list()
    dtype = pandas_dtype(column, act_text)
    try:
        if isinstance(column, pd.Index):
            return pd.Index(done, name=column.name, dtype=dtype)
        return pd.Series(done, index=column.index, name=column.name, dtype=dtype)
    except (OverflowError, TypeError, ValueError):
        # Not from that error, which could name a value.
        message = (
            f"a result does not fit the column's type {column.dtype}; convert the column to a wider one first"
        )
        raise MisuseError(message, "misuse.column_type", {"found": str(column.dtype)}) from None


def pandas_dtype(column: Any, act_text: str) -> Any:
    """Return the type of an act's output, which depends on the act and not on the values."""
    import pandas as pd

    settings = settings_of(act_text)
    if settings["act"] in _OWN_TYPE:
        return _OWN_TYPE[settings["act"]]
    if settings["act"] == "shift_date":
        categories = getattr(column.dtype, "categories", None)
        return column.dtype if categories is None else categories.dtype
    if settings["act"] in _KEEP_TYPE and "label" not in settings:
        return _same_dtype(column, settings["on_invalid"])
    if settings.get("encoding") == "bytes":
        return object
    if isinstance(column.dtype, pd.StringDtype):
        return column.dtype
    # The type that this version of pandas gives to text.
    return pd.Series(["text"]).dtype


# Acts whose output is of one type, whatever comes in; pandas' own types, since both can be missing.
_OWN_TYPE = {"is_nhs_number": "boolean", "may_stay": "boolean", "suppress_primary": "Int64"}

# Acts that give numbers for numbers and text for text.
_KEEP_TYPE = ("top_code", "bottom_code", "round_to")


def _same_dtype(column: Any, on_invalid: object) -> Any:
    """Return the column's own type; whole numbers of NumPy become nullable where cells may be set to null."""
    import pandas as pd

    dtype = column.dtype
    categorical = isinstance(dtype, pd.CategoricalDtype)
    if categorical:
        dtype = dtype.categories.dtype
    if getattr(dtype, "kind", "O") in "iu" and (categorical or on_invalid == "null"):
        # The nullable types have the names of NumPy's, with capitals.
        return str(dtype).replace("uint", "UInt").replace("int", "Int")
    return dtype


def _apply_numpy(column: Any, act_text: str) -> Any:
    import numpy as np

    if not isinstance(column, np.ndarray):
        return _core.act_on_list([column.item()], act_text, "").to_list()[0]
    if column.ndim != 1:
        raise _misuse(f"numpy array of {column.ndim} dimensions")
    values = [*column] if _is_short_float(column) else column.tolist()
    done = _core.act_on_list(values, act_text, "").to_list()
    return np.array(done, dtype=object)


def pandas_values(column: Any) -> list[Any]:
    """Return the values of a pandas column as Python objects, every missing kind as ``None``."""
    missing = column.isna()
    values: list[Any] = [*column.to_numpy()] if _is_short_float(column) else column.astype(object).tolist()
    return [None if gone else value for value, gone in zip(values, missing, strict=True)]


def _is_short_float(column: Any) -> bool:
    """Say whether these are 32-bit floats of NumPy: as Python's own floats they would have other digits."""
    return str(column.dtype) in ("float16", "float32")


def _misuse(found: str) -> Exception:
    message = f"a {found} was given, expected one column (an expression, a Series, an Arrow array, a list) or one value"
    return MisuseError(message, "misuse.column_type", {"expected": "one column", "found": found})


def settings_of(act_text: str) -> Mapping[str, object]:
    """Return an act as the plain data that a plan carries."""
    settings: dict[str, object] = json.loads(act_text)
    return settings
