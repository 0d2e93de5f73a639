"""``nhs-ig audit-table``: what a reader can infer about the hidden cells of finished tables."""

from __future__ import annotations

import sys
from typing import Any

import click

import nhs_ig as ig
from nhs_ig.cli import _tables
from nhs_ig.cli._frame import REFUSED, Steps


@click.command("audit-table")
@click.argument("source", type=click.Path())
@click.option("--count", help="Column of cells as written.")
@click.option("--marker", multiple=True, help="Marker of hidden cells beside the usual ones.")
@click.option("--margins", type=click.Choice(["given", "none"]), default="given", show_default=True)
@click.option(
    "--linked", multiple=True, type=click.Path(),
    help="Another table over the same people; it has those of the key columns that it has.",
)  # fmt: skip
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
    "--out",
    type=click.Path(),
    help="New .csv, .parquet or .xlsx file of the hidden cells of SOURCE, for the owner.",
)
@click.option(
    "--page", type=click.Path(), help="New HTML page of SOURCE with ranges and reasons, for the owner."
)
@_tables.shared_options
def audit_table(
    source: str,
    out: str | None,
    page: str | None,
    linked: tuple[str, ...],
    earlier: tuple[str, ...],
    sheet: str | None,
    *,
    overwrite: bool,
    **given: Any,
) -> None:
    """Say what a reader can infer about the hidden cells of a finished table, whoever made it.

    Ends with 0 if all hidden cells of all tables stay open, with 1 if one does not.
    """
    inputs = [source, *linked, *earlier]
    _tables.check_outputs(inputs, [out, page], overwrite=overwrite)
    _tables.check_sheet(inputs, sheet)
    by, wide = given.pop("by"), _tables.wide(given.pop("wide"))
    if linked:
        _tables.refuse_beside(
            "--linked", ("--wide", wide), ("--margins none", given.pop("margins") == "none")
        )
    given |= {
        "hierarchies": _tables.hierarchies(given["hierarchies"]),
        "min_candidates": _tables.candidates(given["min_candidates"]),
        "progress": Steps(),
    }
    before = [_tables.read(path, sheet) for path in earlier]
    tables = _tables.named([source, *linked], sheet)
    name = next(iter(tables))
    keys = _tables.keys_of(tables, by)
    if linked:
        releases = [{name: release} for release in before]
        audits = ig.audit_linked(tables, by=keys, earlier=releases, **given)
    else:
        audits = {name: ig.audit_table(tables[name], by=by, wide=wide, earlier=before, **given)}
    if out:
        _tables.write(audits[name].cells(), out, overwrite=overwrite)
    if page:
        long = _tables.long(tables[name], by, wide) if wide else tables[name]
        shown = [*keys[name], *(wide or {})]
        html = ig.table_html(
            long, audits[name], by=shown, count=given["count"] or "n", title="Audit of a table"
        )
        _tables.write_page(html, page)
    for table, audit in audits.items():
        if linked:
            click.echo(f"{table}:")
        for word, number in audit.summary.items():
            click.echo(
                f"{word.replace('_', ' ')}: {number if isinstance(number, str) else format(number, ',')}"
            )
    if any(audit.verdict != "protected" for audit in audits.values()):
        sys.exit(REFUSED)
