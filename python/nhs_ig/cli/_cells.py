"""Options of the verbs that make a table of cells out of a file."""

from __future__ import annotations

from typing import Any

import click

import nhs_ig as ig


def cell_options(command: Any) -> Any:
    """Add the input, the key columns, totals and the output."""
    for option in (
        click.option("--overwrite", is_flag=True, help="Replace existing files."),
        click.option("--out", required=True, type=click.Path(), help="New .csv, .parquet or .xlsx file."),
        click.option("--sheet", help="Sheet of a workbook."),
        click.option(
            "--hierarchy",
            multiple=True,
            metavar="COLUMN=LEVELS",
            help="How categories nest: other columns, or a file of pairs.",
        ),
        click.option("--total", default="Total", show_default=True, help="The key of a row of totals."),
        click.option("--by", required=True, multiple=True, help="Key column; give it once for each."),
        click.argument("source", type=click.Path()),
    ):
        command = option(command)
    return command


def policy_options(command: Any) -> Any:
    """Add the ways to state a rule for magnitudes."""
    for option in (
        click.option("--p-percent", type=int, help="Own rule: the p-percent limit."),
        click.option(
            "--nk", type=(int, int), metavar="N K", help="Own rule: the n largest have less than k %."
        ),
        click.option("--max-share", type=int, help="Own rule: the largest share of one contributor, in %."),
        click.option("--threshold", type=int, help="Own rule: the least number of contributors."),
        click.option(
            "--policy",
            type=click.Choice(ig.SuppressionPolicy.presets()),
            help="A preset, instead of an own rule.",
        ),
    ):
        command = option(command)
    return command


def policy_of(
    policy: str | None,
    threshold: int | None,
    max_share: int | None,
    nk: tuple[int, int] | None,
    p_percent: int | None,
) -> ig.SuppressionPolicy:
    """Return the preset, or a rule of the limits."""
    if policy is not None:
        if any(limit is not None for limit in (threshold, max_share, nk, p_percent)):
            raise click.UsageError("give --policy, or limits of an own rule, not both")
        return ig.SuppressionPolicy.preset(policy)
    if threshold is None:
        raise click.UsageError("give --policy, or --threshold and further limits of an own rule")
    return ig.SuppressionPolicy(
        "own_rule", threshold=threshold, max_share=max_share, nk=nk, p_percent=p_percent
    )
