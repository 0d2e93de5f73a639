"""The commands of ``nhs-ig audit`` with keys: checkpoints and proofs."""

from __future__ import annotations

import os
from pathlib import Path

import click

import nhs_ig as ig
from nhs_ig.audit_checkpoints import read_text

_KEY_HELP = "The key of whoever signed, got from them: its text, or a file with it."


def the_key(given: str) -> str:
    """Return a verifier key that is given as a file or else as text, which no message repeats."""
    return read_text(given, "--verifier-key").strip() if os.path.isfile(given) else given  # noqa: PTH113 - also of no path


@click.command()
@click.option("--log", required=True, type=click.Path(), help="The audit log.")
@click.option(
    "--signer-key", required=True, type=click.Path(), help="Signing key, readable by its owner alone."
)
@click.option("--origin", metavar="NAME", help="Name of the log; that of the key if left out.")
@click.option("--previous", type=click.Path(), help="The last checkpoint of this log.")
@click.option("--first", is_flag=True, help="There is no earlier checkpoint.")
@click.option(
    "--previous-key",
    metavar="FILE|TEXT",
    help="Verifier key of the previous checkpoint, if another key signed it.",
)
@click.option("--out", required=True, type=click.Path(), help="New file for the checkpoint.")
def checkpoint(
    log: str,
    signer_key: str,
    origin: str | None,
    previous: str | None,
    previous_key: str | None,
    out: str,
    *,
    first: bool,
) -> None:
    """Verify a log and sign what it holds now.

    To be run by someone who does not write the log. Nothing is signed if the log does not verify or no longer holds the
    previous checkpoint.
    """
    if bool(previous) == first:
        raise click.UsageError("give the last checkpoint with --previous, or --first if there is none")
    if previous_key and not previous:
        raise click.UsageError("--previous-key belongs to --previous")
    signer = ig.SignerKey.from_file(signer_key)
    name = origin or signer.name
    trusted = the_key(previous_key) if previous_key else signer.verifier_key
    last = ig.AuditCheckpoint.open(previous, trusted, origin=name) if previous else None
    made = ig.AuditCheckpoint.of_log(log, signer, origin=name, previous=last)
    made.write_new_file(out)
    click.echo(f"{made.size} records of {made.origin} signed, root {made.root}")


@click.command()
@click.argument("log", type=click.Path())
@click.option("--seq", type=click.IntRange(0), help="Prove that the record with this number is in the log.")
@click.option("--older", type=click.Path(), help="Prove that the log only grew since this checkpoint.")
@click.option(
    "--checkpoint", "newer", required=True, type=click.Path(), help="The checkpoint to prove against."
)
@click.option("--verifier-key", required=True, metavar="FILE|TEXT", help=_KEY_HELP)
@click.option("--origin", metavar="NAME", help="Name of the log; that of the key if left out.")
@click.option("--out", required=True, type=click.Path(), help="New file for the proof.")
def prove(
    log: str, seq: int | None, older: str | None, newer: str, verifier_key: str, origin: str | None, out: str
) -> None:
    """Prove one record, or that a log only grew, to someone who does not see the log.

    The proof of a record shows that record and no other.
    """
    if (seq is None) == (older is None):
        raise click.UsageError("give --seq or --older")
    key = the_key(verifier_key)
    against = ig.AuditCheckpoint.open(newer, key, origin=origin)
    if seq is not None:
        proof = against.prove_inclusion(log, seq)
    else:
        proof = against.prove_consistency(log, ig.AuditCheckpoint.open(older or "", key, origin=origin))
    with Path(out).open("xb") as file:
        file.write(proof.encode())
    click.echo(f"proof against {against.size} records of {against.origin} written")


@click.command("check-proof")
@click.argument("proof", type=click.Path())
@click.option("--verifier-key", required=True, metavar="FILE|TEXT", help=_KEY_HELP)
@click.option("--origin", metavar="NAME", help="Name of the log; that of the key if left out.")
@click.option("--older", type=click.Path(), help="For a proof that a log only grew: the checkpoint you hold.")
@click.option(
    "--record", type=click.Path(), help="File with the line of the record, if the proof does not hold it."
)
def check_proof(
    proof: str, verifier_key: str, origin: str | None, older: str | None, record: str | None
) -> None:
    """Check a proof about a log, without the log.

    It does not say that a record is true, only that it is the one in the log that was signed.
    """
    key, text = the_key(verifier_key), read_text(proof, "the proof")
    if text.startswith("old "):
        if older is None:
            raise click.UsageError("a proof that a log only grew needs --older, the checkpoint you hold")
        held = ig.AuditCheckpoint.open(older, key, origin=origin)
        newer = ig.check_consistency_proof(text, held, key)
        click.echo(
            f"holds: {newer.origin} grew from {held.size} to {newer.size} records, and no earlier one was changed"
        )
        return
    line = read_text(record, "--record").removesuffix("\n") if record else None
    found = ig.check_inclusion_proof(text, key, origin=origin, line=line)
    click.echo(f"holds: record {found.seq} of the {found.checkpoint.size} of {found.checkpoint.origin} is")
    click.echo(found.line)


@click.group()
def keys() -> None:
    """Make signing keys, and show their verifier keys."""


@keys.command()
@click.argument("path", type=click.Path())
@click.option("--name", required=True, help="Name of the key and of its log, such as example.nhs.uk/audit.")
def new(path: str, name: str) -> None:
    """Make a signing key that its owner alone can read, and show its verifier key.

    Give the verifier key to everyone who checks, by another way than the checkpoints.
    """
    made = ig.SignerKey.generate(name)
    made.write_new_file(path)
    click.echo(made.verifier_key)


@keys.command()
@click.argument("path", type=click.Path())
def show(path: str) -> None:
    """Show the verifier key of a signing key."""
    click.echo(ig.SignerKey.from_file(path).verifier_key)
