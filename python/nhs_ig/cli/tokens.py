"""``nhs-ig tokenise`` and ``nhs-ig reidentify``: one column of a file, there and back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

import nhs_ig as ig
from nhs_ig.cli._frame import key_options, load_key, working
from nhs_ig.reidentification import reidentify_file_column


def _file_options(command: Any) -> Any:
    """Add what both directions share."""
    for option in (
        click.option("--overwrite", is_flag=True, help="Replace an existing file."),
        click.option("--out", required=True, type=click.Path(), help="New .csv or .parquet file."),
        click.option("--kind", default="nhs_number", show_default=True, help="Kind of identifier."),
        click.option(
            "--context", required=True, help="Id of the agreement or project that the tokens are for."
        ),
        click.option("--column", required=True, help="The column whose values are replaced."),
        click.argument("source", type=click.Path()),
    ):
        command = option(command)
    return command


@click.command()
@_file_options
@click.option("--on-invalid", type=click.Choice(["raise", "null"]), default="raise", show_default=True)
@key_options
def tokenise(
    source: str,
    column: str,
    context: str,
    out: str,
    *,
    overwrite: bool,
    key_file: str | None,
    key_env: str | None,
    **settings: Any,
) -> None:
    """Replace the identifiers of one column of a CSV or Parquet file by reversible tokens.

    Every other column stays as it is: this is one step, not a release. Use pseudonymise where nobody needs the way
    back.
    """
    pseudonymiser = ig.Pseudonymiser(load_key(key_file, key_env), context=context)
    with working(f"tokenising {column}"):
        table, invalid = ig.read_table(source).with_act(column, pseudonymiser.token_act(**settings))
        rows = ig.write_table(table, out, overwrite=overwrite, formulas="keep")
    click.echo(f"{rows:,} rows written; {invalid:,} invalid cells set to null; key {pseudonymiser.key_id}")


@click.command()
@_file_options
@click.option("--audit", required=True, type=click.Path(), help="Audit log that takes the records.")
@click.option("--actor", required=True, help="The person who acts, by an id.")
@click.option("--reason-ref", required=True, help="The ticket with the reason, such as IG/2026/17.")
@click.option("--role", help="The role in which the actor acts.")
@click.option("--purpose", help="The purpose, by its name in the agreement.")
@click.option("--authoriser", help="Who allowed it, if not the actor.")
@key_options
def reidentify(
    source: str,
    column: str,
    context: str,
    out: str,
    kind: str,
    *,
    overwrite: bool,
    key_file: str | None,
    key_env: str | None,
    audit: str,
    **request: Any,
) -> None:
    """Bring the identifiers of one column of tokens back, all or none, with an audit record.

    The attempt is recorded before any token is opened. The new file holds identifiers: guard it.
    """
    key = load_key(key_file, key_env)
    if Path(out).exists() and not overwrite:
        # Before the record: it would tell of an answer that nobody got.
        message = "the output file exists; choose another name, or pass --overwrite"
        raise ig.ExportError(message, "export.file_exists", {})
    log = ig.AuditLog(audit)
    # What is written holds identifiers, so no one else may read it.
    os.umask(0o077)
    with working(f"re-identifying {column}"):
        tokens = ig.read_table(source)
        table = reidentify_file_column(tokens, column, key, log, context=context, kind=kind, **request)
        rows = ig.write_table(table, out, overwrite=overwrite, formulas="keep")
    click.echo(f"{rows:,} rows written; recorded in the audit log; key {key.id}")
