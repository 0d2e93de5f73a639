"""``nhs-ig keys``: make and look after keys."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

import nhs_ig as ig
from nhs_ig._columns import act
from nhs_ig.cli._frame import working

_DAY = click.DateTime(["%Y-%m-%d"])
_COPY = (
    "Keep a second copy where your organisation keeps secrets: without it nobody can repeat the pseudonyms."
)


def _purposes(command: Any) -> Any:
    text = "Id of an agreement or project that the key is for; repeat for more. Any if left out."
    return click.option("--purpose", "purposes", multiple=True, metavar="ID", help=text)(command)


def _today(command: Any) -> Any:
    return click.option(
        "--today", type=_DAY, help="The day to write down, if not today; none in the future."
    )(command)


def _managed(command: Any) -> Any:
    text = "The file is a container platform's secret mount."
    return click.option("--managed-mount", is_flag=True, help=text)(command)


def _day(today: dt.datetime | None) -> dt.date:
    return today.date() if today else dt.date.today()  # noqa: DTZ011 - a calendar day where the key is kept


def _permissions(*, managed_mount: bool) -> str:
    return "managed_mount" if managed_mount else "owner_only"


@click.group()
def keys() -> None:
    """Make and look after keys: files of one key, and rings of several."""


@keys.command()
@click.argument("path", type=click.Path())
@click.option("--id", "key_id", help="Public id: 1 to 32 characters a-z, 0-9 and hyphen. Random if left out.")
@click.option("--ring", is_flag=True, help="Make a key ring, with the new key as its primary.")
@_purposes
@_today
def new(
    path: str, key_id: str | None, purposes: tuple[str, ...], today: dt.datetime | None, *, ring: bool
) -> None:
    """Make a new random key in a new file that its owner alone can read."""
    if (purposes or today) and not ring:
        raise click.UsageError("--purpose and --today go with --ring: a file of one key has neither")
    key = ig.Key.generate(id=key_id)
    if ring:
        ig.KeyRingFile.create(path, key, created=_day(today), purposes=list(purposes))
    else:
        key.write_new_file(path)
    click.echo(f"made key {key.id} with check value {key.check_value}")
    click.echo(_COPY)


@keys.command()
@click.argument("ring", type=click.Path())
@click.option("--id", "key_id", help="Public id of a new key. Random if left out.")
@click.option(
    "--key-file", metavar="PATH", help="Refer to this key file; the path is from the ring's folder."
)
@click.option("--key-env", metavar="NAME", help="Refer to this environment variable, which must be set now.")
@_purposes
@_today
def add(
    ring: str,
    key_id: str | None,
    key_file: str | None,
    key_env: str | None,
    purposes: tuple[str, ...],
    today: dt.datetime | None,
) -> None:
    """Add a key to a ring, pending until it is promoted: a new one, or one that is kept elsewhere."""
    if sum(map(bool, (key_id, key_file, key_env))) > 1:
        raise click.UsageError("give at most one of --id, --key-file and --key-env")
    file = ig.KeyRingFile(ring)
    if key_file:
        # From the ring's own folder, not from that of a link to it.
        key = ig.Key.from_file(Path(ring).resolve().parent / key_file)
    else:
        key = ig.Key.from_env(key_env) if key_env else ig.Key.generate(id=key_id)
    file.add(key, created=_day(today), purposes=list(purposes), file=key_file, env=key_env)
    click.echo(f"added key {key.id} with check value {key.check_value}, pending")
    click.echo("Hand it to every site, compare check values, then run: nhs-ig keys promote")


@keys.command()
@click.argument("ring", type=click.Path())
@click.argument("key_id", metavar="ID")
@_today
def promote(ring: str, key_id: str, today: dt.datetime | None) -> None:
    """Make a pending key the primary; the primary before it is retired."""
    ig.KeyRingFile(ring).promote(key_id, on=_day(today))
    click.echo(f"key {key_id} is the primary")


@keys.command()
@click.argument("ring", type=click.Path())
@click.argument("key_id", metavar="ID")
@_today
def retire(ring: str, key_id: str, today: dt.datetime | None) -> None:
    """Retire a pending key. The primary is retired by promoting another."""
    ig.KeyRingFile(ring).retire(key_id, on=_day(today))
    click.echo(f"key {key_id} is retired")


@keys.command()
@click.argument("path", type=click.Path())
@_managed
def check(path: str, *, managed_mount: bool) -> None:
    """Check a key file or a ring with all keys it refers to, and show ids and check values, never a key.

    Compare check values with the other site before you link two extracts.
    """
    permissions = _permissions(managed_mount=managed_mount)
    try:
        key = ig.Key.from_file(path, permissions=permissions)
    except ig.KeyError as error:
        if error.code != "key.format":
            raise
        not_a_key = error
    else:
        click.echo(f"key {key.id} is usable, check value {key.check_value}")
        return
    try:
        ring = ig.KeyRing.from_file(path, permissions=permissions)
    except ig.KeyError as error:
        # Neither a key nor a ring: what it was most likely meant to be.
        looks_like_ring = path.endswith(".toml") or error.code not in {"key.ring_syntax", "key.ring_version"}
        raise (error if looks_like_ring else not_a_key) from None
    for entry in ring.entries:
        word = "is usable" if entry.available else "is not at hand here"
        click.echo(f"{entry.status} key {entry.id} {word}, check value {entry.check_value}")


@keys.command()
@click.argument("ring", type=click.Path())
@_managed
def show(ring: str, *, managed_mount: bool) -> None:
    """Show the ids, status, dates, purposes and check values of a ring. No key is asked for."""
    entries = ig.KeyRingFile(ring, permissions=_permissions(managed_mount=managed_mount)).entries
    rows: list[tuple[str, ...]] = [("id", "status", "created", "retired", "check value", "purposes")]
    for entry in entries:
        dates = [str(day) if day else "-" for day in (entry.created, entry.retired)]
        purposes = ", ".join(entry.purposes) or "any"
        rows.append((entry.id, entry.status, *dates, entry.check_value, purposes))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@keys.command()
@click.argument("source", type=click.Path())
@click.option("--column", required=True, help="The column of identifiers.")
@click.option("--ring", required=True, type=click.Path(), help="The key ring.")
@click.option("--old", required=True, metavar="ID", help="Key of the extract that exists.")
@click.option("--new", metavar="ID", help="Key that takes its place; the primary if left out.")
@click.option("--context", required=True, help="Id of the agreement or project of the extract.")
@click.option("--kind", default="nhs_number", show_default=True, help="Kind of identifier.")
@click.option("--on-invalid", type=click.Choice(["raise", "null"]), default="raise", show_default=True)
@click.option(
    "--length", type=click.Choice(["128", "192", "256"]), default="128", show_default=True, help="Bits."
)
@click.option("--encoding", type=click.Choice(["hex", "base32"]), default="hex", show_default=True)
@click.option("--out", required=True, type=click.Path(), help="New CSV file, readable by its owner alone.")
@click.option("--audit", "audit_path", required=True, type=click.Path(), help="The audit log.")
@click.option("--actor", required=True, help="Account name of the person who asks; never a shared one.")
@click.option("--reason-ref", required=True, help="Ticket that says why, such as IG/2026/17.")
@click.option("--authoriser", help="Who allowed it, if not the actor.")
@_managed
def crosswalk(
    source: str,
    column: str,
    ring: str,
    old: str,
    new: str | None,
    audit_path: str,
    length: str,
    *,
    managed_mount: bool,
    **settings: Any,
) -> None:
    """Write old and new pseudonyms of a column of identifiers to a new file, for the rotation of keys.

    The file is as sensitive as the link that it makes. It is recorded in the audit log.
    """
    held = ig.KeyRing.from_file(ring, permissions=_permissions(managed_mount=managed_mount))
    keys_of_it = held.key(old), held.key(new) if new else held.primary
    log = ig.AuditLog(audit_path)
    with working(f"crosswalk of {column}"):
        table = ig.read_table(source)
        table.with_act(column, act("redact"))  # says which columns there are if this one is not
        ids = table.to_lists()[column]
        made = ig.crosswalk(ids, *keys_of_it, audit=log, length=int(length), **settings)  # type: ignore[arg-type]
    click.echo(
        f"{made.pairs:,} pairs from {made.cells:,} cells; {made.empty:,} empty, {made.invalid:,} invalid"
    )
    click.echo(f"SHA-256 {made.sha256}")
