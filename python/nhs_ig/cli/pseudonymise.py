"""``nhs-ig pseudonymise``: one column of a file."""

from __future__ import annotations

from typing import Any

import click

import nhs_ig as ig
from nhs_ig.cli._frame import key_options, load_key, working


@click.command()
@click.argument("source", type=click.Path())
@click.option("--column", required=True, help="The column of identifiers; its values are replaced.")
@click.option("--context", required=True, help="Id of the agreement or project that the pseudonyms are for.")
@click.option("--kind", default="nhs_number", show_default=True, help="Kind of identifier.")
@click.option("--on-invalid", type=click.Choice(["raise", "null"]), default="raise", show_default=True)
@click.option(
    "--length", type=click.Choice(["128", "192", "256"]), default="128", show_default=True, help="Bits."
)
@click.option("--encoding", type=click.Choice(["hex", "base32"]), default="hex", show_default=True)
@click.option("--out", required=True, type=click.Path(), help="New .csv or .parquet file.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@key_options
def pseudonymise(
    source: str,
    column: str,
    context: str,
    out: str,
    *,
    overwrite: bool,
    key_file: str | None,
    key_env: str | None,
    length: str,
    **settings: Any,
) -> None:
    """Replace the identifiers of one column of a CSV or Parquet file by pseudonyms.

    Every other column stays as it is: this is one step, not a release. CSV columns are read as text.
    """
    pseudonymiser = ig.Pseudonymiser(load_key(key_file, key_env), context=context)
    act = pseudonymiser.act(length=int(length), **settings)  # type: ignore[arg-type]
    with working(f"pseudonymising {column}"):
        table, invalid = ig.read_table(source).with_act(column, act)
        rows = ig.write_table(table, out, overwrite=overwrite, formulas="keep")
    click.echo(f"{rows:,} rows written; {invalid:,} invalid cells set to null; key {pseudonymiser.key_id}")
