"""What the verbs on tables share: their options, and CSV, Parquet and Excel workbooks in and out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

import nhs_ig as ig
from nhs_ig._frames import to_lists
from nhs_ig.xlsx import read_xlsx, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable

    Verb = TypeVar("Verb", bound=Callable[..., Any])

# The names that click makes of --earlier, --earlier-counts and so on.
_SHARED = [
    click.option("--by", required=True, multiple=True, help="Key column; give it once for each."),
    click.option(
        "--wide",
        metavar="NAME=COLUMN,COLUMN",
        help="Columns of counts, instead of --count, and a name for what tells them apart: month=Jan,Feb.",
    ),
    click.option("--total", default="Total", show_default=True, help="The key of a row of totals."),
    click.option(
        "--hierarchy",
        "hierarchies",
        multiple=True,
        metavar="COLUMN=LEVELS",
        help="How categories nest: other columns, or a file of pairs.",
    ),
    click.option(
        "--min-candidates", default="3", show_default=True, help="Whole numbers that stay possible, or whole."
    ),
    click.option(
        "--earlier",
        multiple=True,
        type=click.Path(),
        help="Earlier release of SOURCE that readers may have kept; give it once for each, the oldest first.",
    ),
    click.option(
        "--earlier-counts",
        type=click.Choice(["same", "grown"]),
        default="same",
        show_default=True,
        help="Whether earlier releases show the same counts, or counts can only have grown since.",
    ),
    click.option("--sheet", help="Sheet of a workbook."),
    click.option("--overwrite", is_flag=True, help="Replace existing files."),
]


def shared_options(verb: Verb) -> Verb:
    """Give a verb the options that every verb on tables has."""
    for option in reversed(_SHARED):
        verb = option(verb)
    return verb


def wide(text: str | None) -> dict[str, list[str]] | None:
    """Return the dimension and the columns that ``NAME=COLUMN,COLUMN`` names."""
    if text is None:
        return None
    name, _, columns = text.partition("=")
    if not name or not columns:
        raise click.UsageError("--wide takes NAME=COLUMN,COLUMN")
    return {name: columns.split(",")}


def long(table: Any, by: tuple[str, ...], columns: dict[str, list[str]]) -> dict[str, list[Any]]:
    """Return a wide table as one row a cell, for a page."""
    lists = to_lists(table)
    ((across, names),) = columns.items()
    rows = range(len(lists[names[0]]))
    made = {key: [lists[key][row] for row in rows for _ in names] for key in by}
    return {**made, across: names * len(rows), "n": [lists[name][row] for row in rows for name in names]}


def exempt(options: tuple[str, ...]) -> dict[str, str] | None:
    """Return the keys that options ``COLUMN=KEY`` let through."""
    made: dict[str, str] = {}
    for option in options:
        column, sign, key = option.partition("=")
        if not column or not sign or column in made:
            raise click.UsageError("--exempt takes COLUMN=KEY, each column once")
        made[column] = key
    return made or None


def named(paths: list[str], sheet: str | None) -> dict[str, Any]:
    """Return several tables under names for messages: of the files, or the paths where two files have one name."""
    names = [Path(path).name for path in paths]
    if len(set(names)) < len(names):
        names = paths
    if len(set(names)) < len(names):
        raise click.UsageError("every table must be a file of its own")
    return {name: read(path, sheet) for name, path in zip(names, paths, strict=True)}


def keys_of(tables: dict[str, Any], by: tuple[str, ...]) -> dict[str, list[str]]:
    """Return for each of several tables the key columns that it has; one that no table has is left to all of them."""
    has = {
        name: set(table if isinstance(table, dict) else table.column_names) for name, table in tables.items()
    }
    nowhere = [column for column in by if not any(column in names for names in has.values())]
    return {name: [column for column in by if column in has[name] or column in nowhere] for name in tables}


def refuse_beside(what: str, *others: tuple[str, object]) -> None:
    """Refuse options that do not go with one."""
    clash = [name for name, value in others if value]
    if clash:
        raise click.UsageError(f"{what} does not go with {', '.join(clash)}")


def read(source: str, sheet: str | None = None) -> Any:
    """Return the table of a file."""
    if source.lower().endswith(".xlsx"):
        return read_xlsx(source, sheet=sheet)
    return ig.read_table(source)


def check_sheet(sources: list[str], sheet: str | None) -> None:
    """Refuse the name of a sheet where there is no workbook."""
    if sheet is not None and not any(source.lower().endswith(".xlsx") for source in sources):
        raise click.UsageError("--sheet is for workbooks (.xlsx)")


def write(table: Any, out: str, *, overwrite: bool) -> int:
    """Write a table to a file that must be new, and return its rows."""
    if out.lower().endswith(".xlsx"):
        return write_xlsx(table, out, overwrite=overwrite)
    return ig.write_table(table, out, overwrite=overwrite)


def check_outputs(sources: list[str], outputs: list[str | None], *, overwrite: bool) -> None:
    """Refuse outputs that are one file, are an input, or exist, before anything is written."""
    paths = [Path(output) for output in outputs if output]
    places = [path.resolve() for path in paths]
    inputs = {Path(source).resolve() for source in sources}
    if len(set(places)) < len(places) or inputs & set(places):
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
