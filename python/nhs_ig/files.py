"""Tables to files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._frames import to_arrow
from nhs_ig.errors import MisuseError

if TYPE_CHECKING:
    from os import PathLike


def write_table(
    table: Any,
    path: str | PathLike[str],
    *,
    overwrite: bool = False,
    formulas: Literal["escape", "keep"] = "escape",
) -> int:
    """Write a table to a new CSV or Parquet file in one step: beside it first, then renamed. Returns the rows.

    Takes a Polars or pandas DataFrame, an Arrow table or a dictionary of lists. Nothing is checked against an
    agreement: this is not a release.

    Text in a CSV file that a spreadsheet would run as a formula gets an apostrophe before it: text of two or more
    characters that begins with ``=``, ``+``, ``-``, ``@``, a tab or the end of a line and is not a plain number; names
    of columns too. With ``formulas="keep"`` every text is written as it is, for files that programs read back.

    Raises
    ------
    ExportError
        ``export.file_exists``, ``export.write_failed``
    MisuseError
        ``misuse.file_kind``, ``misuse.column_type``, ``misuse.argument``

    """
    if formulas not in ("escape", "keep"):
        expected = "escape or keep"
        message = f"formulas is not usable: expected {expected}"
        raise MisuseError(message, "misuse.argument", {"name": "formulas", "expected": expected})
    return _core.write_table(to_arrow(table), path, overwrite=overwrite, formulas=formulas)
