"""``nhs-ig suppress-magnitudes``: totals of costs, bed days and the like."""

from __future__ import annotations

from typing import Any

import click

import nhs_ig as ig
from nhs_ig.cli import _tables
from nhs_ig.cli._cells import cell_options, policy_of, policy_options
from nhs_ig.cli._frame import Steps


@click.command("suppress-magnitudes")
@cell_options
@click.option("--value", required=True, help="Column of whole numbers from 0, such as pence or bed days.")
@click.option("--contributor", required=True, help="Column that tells contributors apart.")
@click.option("--holding", help="Column of who a contributor belongs to.")
@policy_options
@click.option(
    "--secondary", type=click.Choice(["none", "exact", "interval"]), help="Level; left out, the rule's own."
)
@click.option(
    "--margins", type=click.Choice(["none", "all"]), default="none", show_default=True,
    help="Whether all totals are to be added.",
)  # fmt: skip
@click.option(
    "--few-range-percent",
    type=int,
    default=10,
    show_default=True,
    help="How far, in % of its value, a total of too few contributors stays open.",
)
@click.option(
    "--owner-page", type=click.Path(), help="New HTML page with ranges and reasons, for the owner only."
)
def suppress_magnitudes(
    source: str,
    by: tuple[str, ...],
    value: str,
    contributor: str,
    holding: str | None,
    hierarchy: tuple[str, ...],
    sheet: str | None,
    out: str,
    owner_page: str | None,
    *,
    overwrite: bool,
    policy: str | None,
    threshold: int | None,
    max_share: int | None,
    nk: tuple[int, int] | None,
    p_percent: int | None,
    **settings: Any,
) -> None:
    """Add contributions up, and hide totals that give a contributor's value away.

    One row a contribution. Only the published view is written to --out: one marker for every hidden total.
    """
    _tables.check_outputs([source], [out, owner_page], overwrite=overwrite)
    rule = policy_of(policy, threshold, max_share, nk, p_percent)
    result = ig.suppress_magnitudes(
        _tables.read(source, sheet),
        by=by,
        value=value,
        contributor=contributor,
        holding=holding,
        policy=rule,
        hierarchies=_tables.hierarchies(hierarchy),
        progress=Steps(),
        **settings,
    )
    if owner_page:
        page = ig.table_html(result, by=by, count=value, title="Suppressed totals")
        _tables.write_page(page, owner_page)
    rows = _tables.write(result.publish(), out, overwrite=overwrite)
    click.echo(f"{rows:,} cells written, {result.counts[1]:,} hidden")
    summary = result.audit.summary
    if settings["margins"] == "none":
        click.echo("The table has no totals: publish none beside it.")
    elif summary["verdict"] == "protected":
        click.echo("The auditor found no unsafe total that this table gives away.")
    else:
        click.echo(
            f"The auditor: at this level the table gives away {summary['not_safe']:,} of {summary['audited']:,} unsafe "
            "totals, or narrows them too far."
        )
