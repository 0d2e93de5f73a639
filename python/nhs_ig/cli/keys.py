"""``nhs-ig keys``: make and check key files."""

from __future__ import annotations

import click

import nhs_ig as ig


@click.group()
def keys() -> None:
    """Make and check key files."""


@keys.command()
@click.argument("path", type=click.Path())
@click.option("--id", "key_id", help="Public id: 1 to 32 characters a-z, 0-9 and hyphen. Random if left out.")
def new(path: str, key_id: str | None) -> None:
    """Make a new random key in a new file that its owner alone can read."""
    key = ig.Key.generate(id=key_id)
    key.write_new_file(path)
    click.echo(f"made key {key.id} with check value {key.check_value}")
    click.echo(
        "Keep a second copy where your organisation keeps secrets: without it nobody can repeat the pseudonyms."
    )


@keys.command()
@click.argument("path", type=click.Path())
@click.option("--managed-mount", is_flag=True, help="The file is a container platform's secret mount.")
def check(path: str, *, managed_mount: bool) -> None:
    """Check a key file and show its id and check value, never the key.

    Compare check values with the other site before you link two extracts.
    """
    key = ig.Key.from_file(path, permissions="managed_mount" if managed_mount else "owner_only")
    click.echo(f"key {key.id} is usable, check value {key.check_value}")
