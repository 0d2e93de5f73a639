"""``nhs-ig audit-table``: what a reader can infer about the hidden cells of a finished table."""

from __future__ import annotations

import sys

import click

import nhs_ig as ig
from nhs_ig.cli import _tables
from nhs_ig.cli._frame import REFUSED, Steps


@click.command("audit-table")
@click.argument("source", type=click.Path())
@click.option("--by", required=True, multiple=True, help="Key column; give it once for each.")
@click.option("--count", required=True, help="Column of cells as written.")
@click.option("--marker", multiple=True, help="Marker of hidden cells beside the usual ones.")
@click.option("--margins", type=click.Choice(["given", "none"]), default="given", show_default=True)
@click.option("--total", default="Total", show_default=True, help="The key of a row of totals.")
@click.option(
    "--hierarchy",
    multiple=True,
    metavar="COLUMN=LEVELS",
    help="How categories nest: other columns, or a file of pairs.",
)
@click.option(
    "--zeros",
    type=click.Choice(["keep", "hide"]),
    default="keep",
    show_default=True,
    help="Whether zeros are shown.",
)
@click.option(
    "--threshold", type=int, default=5, show_default=True, help="Counts from 1 to one less were to be hidden."
)
@click.option("--round-to", type=int, help="The base that shown numbers were rounded to.")
@click.option("--rounding", type=click.Choice(["nearest", "midpoint"]), default="nearest", show_default=True)
@click.option(
    "--left-out", type=click.Choice(["zero", "hidden"]), default="zero", show_default=True,
    help="What combinations that the table leaves out mean.",
)  # fmt: skip
@click.option(
    "--min-candidates", default="3", show_default=True, help="Whole numbers that stay possible, or whole."
)
@click.option("--sheet", help="Sheet of a workbook.")
@click.option(
    "--out", type=click.Path(), help="New .csv, .parquet or .xlsx file of the hidden cells, for the owner."
)
@click.option(
    "--page", type=click.Path(), help="New HTML page of the table with ranges and reasons, for the owner."
)
@click.option("--overwrite", is_flag=True, help="Replace existing files.")
def audit_table(
    source: str,
    by: tuple[str, ...],
    count: str,
    marker: tuple[str, ...],
    margins: str,
    total: str,
    hierarchy: tuple[str, ...],
    zeros: str,
    threshold: int,
    round_to: int | None,
    rounding: str,
    left_out: str,
    min_candidates: str,
    sheet: str | None,
    out: str | None,
    page: str | None,
    *,
    overwrite: bool,
) -> None:
    """Say what a reader can infer about the hidden cells of a finished table, whoever made it.

    Ends with 0 if all hidden cells stay open, with 1 if one does not.
    """
    _tables.check_outputs(source, [out, page], overwrite=overwrite)
    table = _tables.read(source, sheet)
    audit = ig.audit_table(
        table,
        by=by,
        count=count,
        marker=marker,
        margins=margins,  # type: ignore[arg-type]
        total=total,
        hierarchies=_tables.hierarchies(hierarchy),
        zeros=zeros,  # type: ignore[arg-type]
        threshold=threshold,
        round_to=round_to,
        rounding=rounding,  # type: ignore[arg-type]
        left_out=left_out,  # type: ignore[arg-type]
        min_candidates=_tables.candidates(min_candidates),
        progress=Steps(),
    )
    if out:
        _tables.write(audit.cells(), out, overwrite=overwrite)
    if page:
        html = ig.table_html(table, audit, by=by, count=count, title="Audit of a table")
        _tables.write_page(html, page)
    for name, number in audit.summary.items():
        click.echo(f"{name.replace('_', ' ')}: {number if isinstance(number, str) else format(number, ',')}")
    if audit.verdict != "protected":
        sys.exit(REFUSED)
