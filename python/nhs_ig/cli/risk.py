"""``nhs-ig risk``: how well the rows of a file hide among each other."""

from __future__ import annotations

import click

import nhs_ig as ig
from nhs_ig.cli._frame import REFUSED, working


@click.command()
@click.argument("source", type=click.Path())
@click.option(
    "--by", required=True, multiple=True, metavar="A,B", help="Columns that others may know about a person."
)
@click.option("--sensitive", multiple=True, metavar="C,D", help="Columns that others must not learn.")
@click.option("--k", "least", type=click.IntRange(2), default=5, show_default=True, help="Least class size.")
@click.option(
    "--distance", type=click.Choice(["auto", "equal", "ordered"]), default="auto", show_default=True
)
@click.pass_context
def risk(
    context: click.Context,
    source: str,
    by: tuple[str, ...],
    sensitive: tuple[str, ...],
    least: int,
    distance: str,
) -> None:
    """Measure k, uniques, l and t of a CSV or Parquet file; ends with 1 if k is not reached.

    Figures only, never a value. Name columns with commas between, or give an option again. CSV columns are
    read as text, so t of their numbers is by equal distance.
    """
    known = ",".join(by).split(",")
    with working("measuring"):
        found = ig.microdata_risk(
            ig.read_table(source),
            known,
            ",".join(sensitive).split(",") if sensitive else None,
            k=least,
            distance=distance,  # type: ignore[arg-type]
        )
    click.echo(f"{found.rows:,} rows in {found.classes:,} classes by {', '.join(known)}")
    click.echo(f"k = {found.k:,}: the smallest class; {found.uniques:,} rows are unique")
    click.echo(f"{found.rows_below:,} rows ({found.share_below:.2%}) are in classes below {least}")
    click.echo(f"highest risk {found.highest_risk:.4f}, average risk {found.average_risk:.4f}")
    for name, column in found.sensitive.items():
        click.echo(
            f"{name}: l = {column.l_distinct} (entropy {column.l_entropy:.3f}), "
            f"t = {column.t:.4f} by {column.distance} distance"
        )
    if found.k < least:
        click.echo(f"refused: k = {least} is not reached; coarsen columns or withhold rows", err=True)
        context.exit(REFUSED)
