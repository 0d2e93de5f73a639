"""``nhs-ig audit``: look after an audit log."""

from __future__ import annotations

import click

import nhs_ig as ig


@click.group()
def audit() -> None:
    """Look after an audit log."""


@audit.command()
@click.argument("path", type=click.Path())
@click.option(
    "--held",
    nargs=2,
    type=(int, str),
    metavar="RECORDS HASH",
    help="A head taken earlier and kept elsewhere.",
)
def verify(path: str, held: tuple[int, str] | None) -> None:
    """Verify a log from its first line to its last, and show its head.

    Keep the head where the writers of the log cannot reach, and give it to the next verification.
    """
    report = ig.verify_audit(path, held)
    click.echo(report.verdict)
    click.echo(f"head: {report.records} {report.hash}")
