"""``nhs-ig merges``: categories to merge, so that fewer cells are hidden."""

from __future__ import annotations

from typing import Any

import click

import nhs_ig as ig
from nhs_ig.cli import _tables


@click.command()
@click.argument("source", type=click.Path())
@click.option("--by", required=True, multiple=True, help="Key column; give it once for each.")
@click.option("--count", help="Column of counts; left out, rows are counted into a column n.")
@click.option(
    "--policy", required=True, type=click.Choice(ig.SuppressionPolicy.presets()), help="Disclosure rule."
)
@click.option(
    "--merge",
    required=True,
    multiple=True,
    metavar="COLUMN=HOW",
    help="ordered (neighbours, as the file lists them), categories in their order (A,B,C), or a file of pairs.",
)
@click.option("--max-primary-cells", type=int, help="Goal: at most so many small counts.")
@click.option("--max-primary-percent", type=int, help="Goal: small counts in at most so many % of cells.")
@click.option(
    "--total", default="Total", show_default=True, help="The key of rows of totals, which are refused."
)
@click.option("--sheet", help="Sheet of a workbook.")
@click.option("--out", type=click.Path(), help="New file for the merged table, not yet suppressed.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
def merges(
    source: str,
    merge: tuple[str, ...],
    sheet: str | None,
    out: str | None,
    *,
    overwrite: bool,
    **settings: Any,
) -> None:
    """Suggest which categories of a table to merge so that a rule hides fewer small counts.

    The merged table in --out is not protected: suppress it like any other.
    """
    _tables.check_outputs([source], [out], overwrite=overwrite)
    table = _tables.read(source, sheet)
    found = ig.suggest_merges(table, merge=dict(map(_plan, merge)), **settings)
    click.echo(
        f"{found.method}: {found.primary_before:,} small counts in {found.cells_before:,} cells become "
        f"{found.primary_after:,} in {found.cells_after:,}"
    )
    for column, categories in found.categories.items():
        groups: dict[str | None, list[str]] = {}
        for old, new in categories.items():
            if old != new:
                groups.setdefault(new, []).append(str(old))
        for new, olds in groups.items():
            click.echo(f"  {column}: {' + '.join(olds)} -> {new}")
    if out:
        rows = _tables.write(found.apply(table), out, overwrite=overwrite)
        click.echo(f"{rows:,} cells written, not protected")


def _plan(option: str) -> tuple[str, Any]:
    column, _, how = option.partition("=")
    if not column or not how:
        raise click.UsageError("--merge takes COLUMN=ordered, COLUMN=A,B,C or COLUMN=FILE")
    if how in {"ordered", "fixed"}:
        return column, how
    return column, _tables.hierarchies((option,))[column][0]
