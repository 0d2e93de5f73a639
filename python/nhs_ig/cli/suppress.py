"""``nhs-ig suppress``: small numbers of a table."""

from __future__ import annotations

import click

import nhs_ig as ig
from nhs_ig import _core
from nhs_ig.cli._frame import working


@click.command()
@click.argument("source", type=click.Path())
@click.option("--by", required=True, multiple=True, help="Key column; give it once for each.")
@click.option("--count", help="Column of counts; left out, rows are counted into a column n.")
@click.option(
    "--policy", required=True, type=click.Choice(_core.SuppressionPolicy.presets()), help="Disclosure rule."
)
@click.option("--secondary", type=click.Choice(["none"]), help="Give up the rule's secondary suppression.")
@click.option("--margins", type=click.Choice(["none", "given"]), default="none", show_default=True)
@click.option("--total", default="Total", show_default=True, help="The key of a row of totals.")
@click.option("--out", required=True, type=click.Path(), help="New .csv or .parquet file.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
def suppress(
    source: str,
    by: tuple[str, ...],
    count: str | None,
    policy: str,
    secondary: str | None,
    margins: str,
    total: str,
    out: str,
    *,
    overwrite: bool,
) -> None:
    """Hide small counts of a CSV or Parquet table and round the others.

    Only the published view is written: one marker for every hidden cell.
    """
    with working("suppressing"):
        result = ig.suppress(
            ig.read_table(source),
            by=by,
            count=count,
            policy=policy,
            secondary=secondary,  # type: ignore[arg-type]
            margins=margins,  # type: ignore[arg-type]
            total=total,
        )
        rows = ig.write_table(result.publish(), out, overwrite=overwrite)
    click.echo(f"{rows:,} cells written, {result.counts[1]:,} hidden by the rule {policy}")
    click.echo("Each cell was tested alone: publish no totals beside this table.")
