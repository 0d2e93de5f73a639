"""Tables to files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nhs_ig import _core
from nhs_ig._frames import to_arrow

if TYPE_CHECKING:
    from os import PathLike


def write_table(table: Any, path: str | PathLike[str], *, overwrite: bool = False) -> int:
    """Write a table to a new CSV or Parquet file in one step: beside it first, then renamed. Returns the rows.

    Takes a Polars or pandas DataFrame, an Arrow table or a dictionary of lists. Nothing is checked against an
    agreement: this is not a release.

    Raises
    ------
    ExportError
        ``export.file_exists``, ``export.write_failed``
    MisuseError
        ``misuse.file_kind``, ``misuse.column_type``

    """
    return _core.write_table(to_arrow(table), path, overwrite=overwrite)
