"""``nhs-ig round``: tables rounded instead of hidden."""

from __future__ import annotations

from typing import Any

import click

import nhs_ig as ig
from nhs_ig.cli import _tables
from nhs_ig.cli._cells import cell_options
from nhs_ig.cli._frame import key_options, load_key, working


@click.command("round")
@cell_options
@click.option("--count", help="Column of counts; left out, rows are counted into a column n.")
@click.option("--base", required=True, type=int, help="Counts become multiples of it: 2 to 1000.")
@click.option(
    "--method", required=True, type=click.Choice(["random", "additive"]),
    help="random: by a keyed chance, the same cell alike in every table. additive: so that sums hold.",
)  # fmt: skip
@click.option("--context", help="Method random: the agreement or series of publications.")
@click.option("--kind", default="count", show_default=True, help="Method random: what is counted.")
@click.option(
    "--max-bases", type=int, default=1, show_default=True, help="Method additive: how far a cell may move."
)
@click.option(
    "--margins", type=click.Choice(["none", "given", "all"]), default="none", show_default=True,
    help="Whether the table has totals, or all are to be added.",
)  # fmt: skip
@key_options
def round_table(
    source: str,
    by: tuple[str, ...],
    count: str | None,
    method: str,
    context: str | None,
    kind: str,
    max_bases: int,
    hierarchy: tuple[str, ...],
    sheet: str | None,
    out: str,
    *,
    overwrite: bool,
    key_file: str | None,
    key_env: str | None,
    **settings: Any,
) -> None:
    """Round every count of a table to a multiple of a base.

    Method random reads the key from --key-file, --key-env or the variable NHS_IG_KEY; method additive takes none.
    """
    _tables.check_outputs([source], [out], overwrite=overwrite)
    table = _tables.read(source, sheet)
    given = {"by": by, "count": count, "hierarchies": _tables.hierarchies(hierarchy), **settings}
    if method == "random":
        if context is None:
            raise click.UsageError("--method random needs --context")
        key = load_key(key_file, key_env)
        made = ig.round_randomly(table, key=key, context=context, kind=kind, **given)
    else:
        if context is not None or key_file or key_env:
            raise click.UsageError("--context and keys go with --method random")
        with working("rounding"):
            made = ig.round_additively(table, max_bases=max_bases, **given)
    rows = _tables.write(made, out, overwrite=overwrite)
    click.echo(f"{rows:,} cells written, rounded to multiples of {settings['base']}")
