"""``nhs-ig perturb``: counts of people with the noise of their cell keys."""

from __future__ import annotations

from typing import Any

import click

import nhs_ig as ig
from nhs_ig.cli import _tables
from nhs_ig.cli._cells import cell_options
from nhs_ig.cli._frame import key_options, load_key, working


@click.command()
@cell_options
@click.option("--person", required=True, help="Column of identifiers; nobody may stand in two rows.")
@click.option("--kind", default="nhs_number", show_default=True, help="Kind of identifier.")
@click.option("--context", required=True, help="The series of publications whose tables are to agree.")
@click.option("--max-noise", required=True, type=int, help="The most by which a count changes: 2 to 20.")
@click.option("--variance", required=True, type=int, help="The variance of the noise.")
@click.option("--unpublished", type=int, help="No result is 1 to this number.")
@click.option("--bits", type=int, help="Fineness of the probabilities: 8 to 12.")
@click.option(
    "--margins", type=click.Choice(["none", "all"]), default="none", show_default=True,
    help="Whether all totals are to be added.",
)  # fmt: skip
@key_options
def perturb(
    source: str,
    hierarchy: tuple[str, ...],
    sheet: str | None,
    out: str,
    *,
    overwrite: bool,
    key_file: str | None,
    key_env: str | None,
    **settings: Any,
) -> None:
    """Count people, one a row, and give each count a little noise: the same people, the same noise in every table.

    The key is read from --key-file, --key-env or the variable NHS_IG_KEY.
    """
    _tables.check_outputs([source], [out], overwrite=overwrite)
    key = load_key(key_file, key_env)
    people = _tables.read(source, sheet)
    with working("counting"):
        made = ig.perturb_counts(people, key=key, hierarchies=_tables.hierarchies(hierarchy), **settings)
    rows = _tables.write(made, out, overwrite=overwrite)
    click.echo(f"{rows:,} cells written, none changed by more than {settings['max_noise']}")
