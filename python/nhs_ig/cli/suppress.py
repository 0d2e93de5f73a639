"""``nhs-ig suppress``: small numbers of tables."""

from __future__ import annotations

from typing import Any

import click

import nhs_ig as ig
from nhs_ig import _core
from nhs_ig.cli import _tables
from nhs_ig.cli._frame import Steps


@click.command()
@click.argument("source", type=click.Path())
@click.option("--count", help="Column of counts; left out, rows are counted into a column n.")
@click.option(
    "--policy", required=True, type=click.Choice(_core.SuppressionPolicy.presets()), help="Disclosure rule."
)
@click.option(
    "--secondary", type=click.Choice(["none", "exact", "interval"]), help="Level; left out, the rule's own."
)
@click.option(
    "--margins", type=click.Choice(["none", "given", "reconciled", "all"]), default="none", show_default=True,
    help="Whether the table has totals, or all are to be added; linked tables need given or all.",
)  # fmt: skip
@click.option(
    "--exempt",
    multiple=True,
    metavar="COLUMN=KEY",
    help="Rows that the rule's source lets through: region=England.",
)
@click.option(
    "--linked", multiple=True, nargs=2, type=click.Path(), metavar="IN OUT",
    help="Another table over the same people, and its new file; it has those of the key columns that it has.",
)  # fmt: skip
@click.option("--numerator", help="Column of counts, for rates; instead of --count.")
@click.option("--denominator", help="Column of counts that the numerator is part of, for rates.")
@click.option(
    "--rate-per", type=int, default=100, show_default=True, help="The rate is for this many people."
)
@click.option("--decimals", type=int, default=1, show_default=True, help="Digits after the point of a rate.")
@click.option("--out", required=True, type=click.Path(), help="New .csv, .parquet or .xlsx file.")
@click.option(
    "--owner-page", type=click.Path(), help="New HTML page with ranges and reasons, for the owner only."
)
@_tables.shared_options
def suppress(
    source: str,
    out: str,
    owner_page: str | None,
    linked: tuple[tuple[str, str], ...],
    earlier: tuple[str, ...],
    sheet: str | None,
    rate_per: int,
    decimals: int,
    *,
    overwrite: bool,
    **given: Any,
) -> None:
    """Hide small counts of a table and what would give them back, and round the others.

    Only the published view is written to --out: one marker for every hidden cell. Text in a CSV file that a
    spreadsheet would run as a formula gets an apostrophe before it.
    """
    rates = (given.pop("numerator"), given.pop("denominator"))
    if any(rates):
        _tables.refuse_beside(
            "a rate", ("--count", given["count"]), ("--wide", given["wide"]), ("--linked", linked),
            ("--earlier", earlier), ("--owner-page", owner_page),
        )  # fmt: skip
        if not all(rates):
            raise click.UsageError("a rate has both --numerator and --denominator")
    elif linked:
        _tables.refuse_beside("--linked", ("--wide", given["wide"]), ("--earlier", earlier))
    inputs = [source, *(path for path, _ in linked), *earlier]
    outputs = [out, *(path for _, path in linked)]
    _tables.check_outputs(inputs, [*outputs, owner_page], overwrite=overwrite)
    _tables.check_sheet(inputs, sheet)
    by, wide, what = given.pop("by"), _tables.wide(given.pop("wide")), given.pop("earlier_counts")
    given |= {
        "hierarchies": _tables.hierarchies(given["hierarchies"]),
        "min_candidates": _tables.candidates(given["min_candidates"]),
        "exempt": _tables.exempt(given["exempt"]),
        "progress": Steps(),
    }
    keys: list[str] = [*by, *(wide or {})]
    results: list[Any]
    if linked:
        tables = _tables.named([source, *(path for path, _ in linked)], sheet)
        keys_of = _tables.keys_of(tables, by)
        keys = next(iter(keys_of.values()))
        results = list(ig.suppress_linked(tables, by=keys_of, **given).values())
    elif any(rates):
        given.pop("count")
        parts = {"numerator": rates[0], "denominator": rates[1], "rate_per": rate_per, "decimals": decimals}
        results = [ig.suppress_rates(_tables.read(source, sheet), by=by, **parts, **given)]
    else:
        table = _tables.read(source, sheet)
        before = [_tables.read(path, sheet) for path in earlier]
        results = [ig.suppress(table, by=by, wide=wide, earlier=before, earlier_counts=what, **given)]
    if owner_page:
        title = f"Suppressed by the rule {given['policy']}"
        page = ig.table_html(results[0], by=keys, count=given.get("count") or "n", title=title)
        _tables.write_page(page, owner_page)
    for result, path in zip(results, outputs, strict=True):
        rows = _tables.write(result.publish(), path, overwrite=overwrite)
        _tell(result, rows, margins=given["margins"], policy=given["policy"])


def _tell(result: Any, rows: int, *, margins: str, policy: str) -> None:
    """Say what was written and what the auditor says of it."""
    if isinstance(result, ig.RatesResult):
        click.echo(f"{rows:,} rows written by the rule {policy}")
    else:
        shown, hidden = result.counts
        click.echo(f"{shown + hidden:,} cells written, {hidden:,} hidden by the rule {policy}")
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
