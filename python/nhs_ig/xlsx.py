"""Tables of Excel workbooks, with openpyxl: one sheet of plain cells, its first row the names of the columns."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nhs_ig._frames import to_lists
from nhs_ig.errors import ExportError, MisuseError

if TYPE_CHECKING:
    from os import PathLike


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ImportError:
        message = "Excel workbooks need openpyxl; install it, or nhs_ig with the extra xlsx"
        raise MisuseError(message, "misuse.file_kind", {"expected": "openpyxl"}) from None
    return openpyxl


def read_xlsx(path: str | PathLike[str], *, sheet: str | None = None) -> dict[str, list[Any]]:
    """Return the columns of one sheet as lists: text, numbers, dates, and ``None`` for empty cells.

    Formulas are read as the values that the workbook holds for them. The sheet is the only one, unless you name it:
    a workbook with several, or with hidden ones, is not guessed at. Rows without any cell at the end are left out.

    Raises
    ------
    MisuseError
        ``misuse.file_kind`` without openpyxl; ``misuse.unreadable``; ``misuse.argument`` if the sheet is not clear;
        ``misuse.column_type`` if names are missing or stand twice.

    """
    openpyxl = _openpyxl()
    try:
        book = openpyxl.load_workbook(Path(path), data_only=True)
        formulas = openpyxl.load_workbook(Path(path))
    except (
        OSError,
        KeyError,
        ValueError,
        zipfile.BadZipFile,
        openpyxl.utils.exceptions.InvalidFileException,
    ):
        message = "the workbook cannot be read; check that it is there and opens in a spreadsheet"
        raise MisuseError(message, "misuse.unreadable", {}) from None
    if sheet is None and len(book.sheetnames) != 1:
        expected = f"the name of one of its {len(book.sheetnames)} sheets"
        raise MisuseError(
            f"sheet: expected {expected}", "misuse.argument", {"name": "sheet", "expected": expected}
        )
    if sheet is not None and sheet not in book.sheetnames:
        expected = "the name of a sheet of the workbook"
        raise MisuseError(
            f"sheet: expected {expected}", "misuse.argument", {"name": "sheet", "expected": expected}
        )
    name = sheet or book.sheetnames[0]
    rows = [[_plain(cell) for cell in row] for row in book[name].iter_rows(values_only=True)]
    for values, cells in zip(rows, formulas[name].iter_rows(), strict=True):
        if any(value is None and cell.data_type == "f" for value, cell in zip(values, cells, strict=True)):
            message = (
                "a formula has no value in the workbook; open and save it in a spreadsheet, or paste values"
            )
            raise MisuseError(message, "misuse.unreadable", {})
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    names = rows[0] if rows else []
    if not names or any(not isinstance(name, str) for name in names) or len(set(names)) < len(names):
        message = "the first row of the sheet must hold the names of the columns, each once"
        raise MisuseError(message, "misuse.column_type", {"expected": "distinct text names"})
    return {name: [row[place] for row in rows[1:]] for place, name in enumerate(names)}


def _plain(cell: Any) -> Any:
    """Return a whole number as one: spreadsheets keep every number as a floating-point one."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def write_xlsx(table: Any, path: str | PathLike[str], *, overwrite: bool = False) -> int:
    """Write a table to a new workbook of one sheet, in one step: beside it first, then renamed. Returns the rows.

    Text stays text, also where it begins like a formula, in cells and in names of columns. Nothing is checked against
    an agreement: this is not a release.

    Raises
    ------
    ExportError
        ``export.file_exists``, ``export.write_failed``
    MisuseError
        ``misuse.file_kind`` without openpyxl

    """
    openpyxl = _openpyxl()
    target = Path(path)
    if target.exists() and not overwrite:
        message = "the file exists; name another one or say overwrite"
        raise ExportError(message, "export.file_exists", {})
    columns = to_lists(table)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(columns))
    length = max((len(column) for column in columns.values()), default=0)
    for place, column in enumerate(columns.values(), start=1):
        sheet.cell(row=1, column=place).data_type = "s"
        for row, value in enumerate(column, start=2):
            cell = sheet.cell(row=row, column=place)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    try:
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=".nhs-ig-", suffix=".xlsx")
    except OSError:
        raise ExportError("the folder cannot be written to", "export.write_failed", {}) from None
    try:
        os.close(handle)
        book.save(beside)
        Path(beside).replace(target)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise ExportError("the file could not be written", "export.write_failed", {}) from None
    return length
