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
    return _core.check_act(json.dumps({"act": name, **settings}))


def apply(column: Any, act_text: str) -> Any:  # noqa: PLR0911 - one return for each kind of column
    """Apply an act to a column of any kind."""
    library = type(column).__module__.partition(".")[0]
    if isinstance(column, _NOT_COLUMNS):
        raise _misuse(type(column).__name__)
    if missing_or_scalar(column):
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
        array = pyarrow.array(done)
        return pyarrow.chunked_array([array]) if isinstance(column, pyarrow.ChunkedArray) else array
    return done


def missing_or_scalar(column: Any) -> bool:
    """Say whether this is one value, or one of the ways to write a missing one."""
    return column is None or isinstance(column, _SCALARS) or type(column).__name__ in _MISSING


def as_column(column: Any) -> Any:
    """Return a column as a list or as an object with Arrow data."""
    library = type(column).__module__.partition(".")[0]
    if library in {"pandas", "numpy"} and getattr(column, "ndim", 0) != 1:
        raise _misuse(type(column).__name__)
    if library == "pandas":
        return pandas_values(column)
    if library == "numpy":
        return column.tolist()
    if library == "polars" and str(getattr(column, "dtype", "")) == "Null":
        return [None] * len(column)
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
    if not isinstance(column, pl.Series):
        raise _misuse(type(column).__name__)
    if column.dtype == pl.Object:
        # Older versions of Polars end the process when they hand over Python objects.
        raise _misuse("Series of Python objects")
    if column.dtype == pl.Null or (column.dtype in (pl.Categorical, pl.Enum) and not categories_travel()):
        column = column.cast(pl.String)
    # Polars 2 forgets a name that is given together with Arrow data.
    return pl.Series(_core.act_on_column(column, act_text, column.name)).alias(column.name)


@cache
def categories_travel() -> bool:
    """Say whether this version of Polars hands over a categorical Series with its categories; older ones do not."""
    import polars as pl

    try:
        _core.act_on_column(pl.Series(["a"], dtype=pl.Categorical), act("redact"), "")
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
    if isinstance(column, pd.Index):
        return pd.Index(done, name=column.name, dtype=dtype)
    return pd.Series(done, index=column.index, name=column.name, dtype=dtype)


def pandas_dtype(column: Any, act_text: str) -> Any:
    """Return the type of an act's output, which depends on the act and not on the values."""
    import pandas as pd

    settings = settings_of(act_text)
    if settings["act"] == "is_nhs_number":
        return "boolean"
    if settings.get("encoding") == "bytes":
        return object
    if isinstance(column.dtype, pd.StringDtype):
        return column.dtype
    # The type that this version of pandas gives to text.
    return pd.Series(["text"]).dtype


def _apply_numpy(column: Any, act_text: str) -> Any:
    import numpy as np

    if not isinstance(column, np.ndarray):
        return _core.act_on_list([column.item()], act_text, "").to_list()[0]
    if column.ndim != 1:
        raise _misuse(f"numpy array of {column.ndim} dimensions")
    done = _core.act_on_list(column.tolist(), act_text, "").to_list()
    return np.array(done, dtype=object)


def pandas_values(column: Any) -> list[Any]:
    """Return the values of a pandas column as Python objects, every missing kind as ``None``."""
    missing = column.isna()
    values: list[Any] = column.astype(object).tolist()
    return [None if gone else value for value, gone in zip(values, missing, strict=True)]


def _misuse(found: str) -> Exception:
    message = f"a {found} was given, expected one column (an expression, a Series, an Arrow array, a list) or one value"
    return MisuseError(message, "misuse.column_type", {"expected": "one column", "found": found})


def settings_of(act_text: str) -> Mapping[str, object]:
    """Return an act as the plain data that a plan carries."""
    settings: dict[str, object] = json.loads(act_text)
    return settings
