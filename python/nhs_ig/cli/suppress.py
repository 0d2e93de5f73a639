"""``nhs-ig suppress``: small numbers of a table."""

from __future__ import annotations

import click

import nhs_ig as ig
from nhs_ig import _core
from nhs_ig.cli import _tables
from nhs_ig.cli._frame import Steps


@click.command()
@click.argument("source", type=click.Path())
@click.option("--by", required=True, multiple=True, help="Key column; give it once for each.")
@click.option("--count", help="Column of counts; left out, rows are counted into a column n.")
@click.option(
    "--policy", required=True, type=click.Choice(_core.SuppressionPolicy.presets()), help="Disclosure rule."
)
@click.option(
    "--secondary", type=click.Choice(["none", "exact", "interval"]), help="Level; left out, the rule's own."
)
@click.option(
    "--margins", type=click.Choice(["none", "given", "reconciled", "all"]), default="none", show_default=True,
    help="Whether the table has totals, or all are to be added.",
)  # fmt: skip
@click.option("--total", default="Total", show_default=True, help="The key of a row of totals.")
@click.option(
    "--hierarchy",
    multiple=True,
    metavar="COLUMN=LEVELS",
    help="How categories nest: other columns, or a file of pairs.",
)
@click.option(
    "--min-candidates", default="3", show_default=True, help="Whole numbers that stay possible, or whole."
)
@click.option("--sheet", help="Sheet of a workbook.")
@click.option("--out", required=True, type=click.Path(), help="New .csv, .parquet or .xlsx file.")
@click.option(
    "--owner-page", type=click.Path(), help="New HTML page with ranges and reasons, for the owner only."
)
@click.option("--overwrite", is_flag=True, help="Replace existing files.")
def suppress(
    source: str,
    by: tuple[str, ...],
    count: str | None,
    policy: str,
    secondary: str | None,
    margins: str,
    total: str,
    hierarchy: tuple[str, ...],
    min_candidates: str,
    sheet: str | None,
    out: str,
    owner_page: str | None,
    *,
    overwrite: bool,
) -> None:
    """Hide small counts of a table and what would give them back, and round the others.

    Only the published view is written to --out: one marker for every hidden cell.
    """
    _tables.check_outputs(source, [out, owner_page], overwrite=overwrite)
    result = ig.suppress(
        _tables.read(source, sheet),
        by=by,
        count=count,
        policy=policy,
        secondary=secondary,  # type: ignore[arg-type]
        margins=margins,  # type: ignore[arg-type]
        total=total,
        hierarchies=_tables.hierarchies(hierarchy),
        min_candidates=_tables.candidates(min_candidates),
        progress=Steps(),
    )
    if owner_page:
        page = ig.table_html(result, by=by, count=count or "n", title=f"Suppressed by the rule {policy}")
        _tables.write_page(page, owner_page)
    rows = _tables.write(result.publish(), out, overwrite=overwrite)
    click.echo(f"{rows:,} cells written, {result.counts[1]:,} hidden by the rule {policy}")
    summary = result.audit.summary
    if margins == "none":
        click.echo("The table has no totals: publish none beside it.")
    elif summary["verdict"] == "protected":
        click.echo("The auditor found no small count that this table gives away.")
    else:
        click.echo(
            f"The auditor: at this level the table gives away {summary['not_safe']:,} of {summary['audited']:,} small "
            "counts, or narrows them too far."
        )
