"""Tables in and out of the command line: CSV, Parquet and Excel workbooks, by the ending of the name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import nhs_ig as ig
from nhs_ig.xlsx import read_xlsx, write_xlsx


def read(source: str, sheet: str | None = None) -> Any:
    """Return the table of a file."""
    if source.lower().endswith(".xlsx"):
        return read_xlsx(source, sheet=sheet)
    if sheet is not None:
        raise click.UsageError("--sheet is for workbooks (.xlsx)")
    return ig.read_table(source)


def write(table: Any, out: str, *, overwrite: bool) -> int:
    """Write a table to a file that must be new, and return its rows."""
    if out.lower().endswith(".xlsx"):
        return write_xlsx(table, out, overwrite=overwrite)
    return ig.write_table(table, out, overwrite=overwrite)


def check_outputs(source: str, outputs: list[str | None], *, overwrite: bool) -> None:
    """Refuse outputs that are one file, are the input, or exist, before anything is written."""
    paths = [Path(output) for output in outputs if output]
    places = [path.resolve() for path in (Path(source), *paths)]
    if len(set(places)) < len(places):
        raise click.UsageError("the input and every output must be files of their own")
    for path in paths:
        if path.exists() and not overwrite:
            raise ig.ExportError(
                "an output exists; name another file or say --overwrite", "export.file_exists", {}
            )
        if not path.parent.is_dir():
            raise click.UsageError("the folder of an output does not exist")


def write_page(page: str, out: str) -> None:
    """Write a page for the data owner, which nobody else may read."""
    path = Path(out)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(page, encoding="utf-8")


def hierarchies(options: tuple[str, ...]) -> dict[str, list[Any]]:
    """Return the hierarchies that options name: ``column=level,level`` or ``column=pairs.csv``.

    Levels are columns of the table; a file has columns ``parent`` and ``child``, or is JSON of child to parent. A
    column that is named twice has two hierarchies, where areas overlap.
    """
    made: dict[str, list[Any]] = {}
    for option in options:
        column, _, levels = option.partition("=")
        if not column or not levels:
            raise click.UsageError("--hierarchy takes COLUMN=LEVEL,LEVEL or COLUMN=FILE")
        made.setdefault(column, []).append(_tree(levels))
    return made


def _tree(levels: str) -> Any:
    if levels.lower().endswith(".json"):
        tree = json.loads(Path(levels).read_text(encoding="utf-8"))
        if not isinstance(tree, dict):
            raise click.UsageError("the JSON of a hierarchy is an object of child to parent")
        return tree
    if levels.lower().endswith((".csv", ".parquet", ".xlsx")):
        table = read(levels)
        lists = table if isinstance(table, dict) else table.to_lists()
        if not {"parent", "child"} <= set(lists):
            raise click.UsageError("the file of a hierarchy has the columns parent and child")
        return [
            (str(parent), str(child)) for parent, child in zip(lists["parent"], lists["child"], strict=True)
        ]
    return levels.split(",")


def candidates(text: str) -> Any:
    """Return how many whole numbers must stay possible."""
    if text == "whole":
        return text
    if not text.isdecimal() or int(text) < 1:
        raise click.UsageError("--min-candidates takes a whole number from 1, or whole")
    return int(text)
