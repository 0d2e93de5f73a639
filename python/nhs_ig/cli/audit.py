"""``nhs-ig audit``: look after an audit log."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING, Any, Literal

import click

import nhs_ig as ig
from nhs_ig.audit_projections import projected_lines
from nhs_ig.audit_reading import audit_lines
from nhs_ig.cli._frame import REFUSED
from nhs_ig.cli._private_file import write_private
from nhs_ig.cli.audit_checkpoints import check_proof, checkpoint, keys, prove, the_key
from nhs_ig.cli.audit_incident import incident as incident_command
from nhs_ig.cli.audit_incident import incident_grid
from nhs_ig.incidents import incident_lines

if TYPE_CHECKING:
    import datetime as dt

_DAY = click.DateTime(["%Y-%m-%d"])
_COLUMNS = [
    "seq", "ts", "event", "outcome", "dataset", "actor", "role", "org", "purpose", "agreement_id", "count", "corr_id",
    "code", "reason_ref", "object", "key_id", "authoriser", "device", "id", "prev", "v",
]  # fmt: skip


def _held_options(command: Any) -> Any:
    """Add the ways to say what is held elsewhere."""
    options = [
        click.option(
            "--held",
            nargs=2,
            type=(int, str),
            metavar="RECORDS HASH",
            help="A head taken earlier and kept elsewhere.",
        ),
        click.option(
            "--checkpoint",
            type=click.Path(),
            help="A checkpoint that was kept elsewhere, with --verifier-key.",
        ),
        click.option(
            "--verifier-key", metavar="FILE|TEXT", help="The key of whoever signed it, got from them."
        ),
        click.option(
            "--origin", metavar="NAME", help="Name of the log in the checkpoint; that of the key if left out."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _source_options(command: Any) -> Any:
    """Add what FHIR wants to know of the source of the records."""
    options = [
        click.option("--base", metavar="URI", help="For FHIR: absolute URI of whoever keeps the log."),
        click.option("--observer", metavar="ID", help="For FHIR: what wrote the records."),
        click.option("--actor-system", metavar="URI", help="For FHIR: system of the ids of actors."),
        click.option("--organisation-system", metavar="URI", help="For FHIR: in place of ODS codes."),
        *[
            click.option(
                f"--{end}",
                nargs=2,
                metavar="ID ADDRESS",
                help=f"For FHIR: {end} of every record, all of REST.",
            )
            for end in ("client", "server")
        ],
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _held(
    held: tuple[int, str] | None, checkpoint: str | None, verifier_key: str | None, origin: str | None
) -> tuple[int, str] | ig.AuditCheckpoint | None:
    if held and checkpoint:
        raise click.UsageError("give --held or --checkpoint, not both")
    if checkpoint is None:
        if verifier_key or origin:
            raise click.UsageError("--verifier-key and --origin belong to --checkpoint")
        return held
    if verifier_key is None:
        raise click.UsageError("--checkpoint needs --verifier-key, got from whoever signed it")
    return ig.AuditCheckpoint.open(checkpoint, the_key(verifier_key), origin=origin)


@click.group()
def audit() -> None:
    """Look after an audit log.

    Exit codes: 0 done, 1 the log or a proof does not hold, 2 could not run.
    """


@audit.command()
@click.argument("path", type=click.Path())
@_held_options
def verify(path: str, **held: Any) -> None:
    """Verify a log from its first line to its last, and show its head and root.

    Keep the head, or better a checkpoint signed by someone else, where the writers of the log cannot reach, and give it
    to the next verification.
    """
    report = ig.verify_audit(path, _held(**held))
    click.echo(report.verdict)
    click.echo(f"root: {report.root}")
    click.echo(f"head: {report.records} {report.hash}")


@audit.command()
@click.argument("path", type=click.Path())
@click.option(
    "-n", "last", type=click.IntRange(1, 1_000_000), default=10, show_default=True, help="How many."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, as they are stored.")
def tail(path: str, last: int, *, as_json: bool) -> None:
    """Show the last records of a log, which is verified first.

    Of a log that does not verify, the last records before the fault are shown, then the fault.
    """
    found = ig.tail_audit(path, last)
    for record in found.records:
        click.echo(_line(record) if as_json else _words(record))
    if found.fault is not None:
        raise found.fault
    if found.report is not None and not as_json:
        click.echo(found.report.verdict, err=True)


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, sort_keys=True, separators=(",", ":"))


def _words(record: dict[str, Any]) -> str:
    """Return one record in one line, for reading."""
    first = (
        f"{record['seq']:>6}  {record['ts'][:19]}Z  {record['actor']}  {record['event']} {record['outcome']}"
    )
    shown = ("dataset", "count", "purpose", "code", "reason_ref")
    return "  ".join([first, *(f"{name}={record[name]}" for name in shown if name in record)])


@audit.command()
@click.argument("path", type=click.Path())
@click.option(
    "--out", required=True, metavar="FILE|-", help="New file, readable by its owner alone, or - for here."
)
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--incident", metavar="TICKET", help="Every run that the incident records of this ticket name.")
@click.option(
    "--to",
    type=click.Choice(["fhir-r4", "fhir-r5", "ecs"]),
    help="In place of the records, FHIR AuditEvent or Elastic documents, one a line.",
)
@_source_options
@click.option("--run", metavar="ID", help="Only of this run (corr_id).")
@click.option("--event", metavar="EVENT", help="Only of this kind, such as export.")
@click.option("--actor", metavar="NAME", help="Only by this actor.")
@click.option("--dataset", metavar="NAME", help="Only about this data set.")
@click.option("--since", type=_DAY, help="Only of this day or later, in UTC.")
@click.option("--until", type=_DAY, help="Only of this day or earlier, in UTC.")
@_held_options
def export(
    path: str,
    out: str,
    form: str,
    incident: str | None,
    since: dt.datetime | None,
    until: dt.datetime | None,
    **settings: Any,
) -> None:
    """Write the wanted records of a log to a new file; nothing is added to them, and nothing if the log is bad.

    As JSON lines the records are the bytes of the log. A CSV file has a column for each member. With --to they are what
    other systems read, which is no longer the evidence that the log is.
    """
    to = _target(form, **{name: settings.pop(name) for name in ("to", *ig.AuditSource._fields)})
    held = _held(**{name: settings.pop(name) for name in ("held", "checkpoint", "verifier_key", "origin")})
    first, last = since.date() if since else None, until.date() if until else None
    if incident is None:
        lines = (projected_lines if to else audit_lines)(
            path, held, since=first, until=last, **to, **settings
        )
    elif since or until or to or any(settings.values()):
        raise click.UsageError(
            "--incident gathers whole runs as they are; leave the other conditions and --to out"
        )
    else:
        lines = incident_lines(path, incident, held)
    text = "".join(f"{line}\n" for line in lines) if form == "jsonl" else _csv(lines)
    if out == "-":
        click.echo(text, nl=False)
    else:
        write_private(out, text)
        click.echo(f"{len(lines):,} records")


def _target(form: str, to: str | None, **source: Any) -> dict[str, Any]:
    """Return how to project, or nothing."""
    base, observer, *_ = source.values()
    fhir = to is not None and to.startswith("fhir")
    if to is not None and form != "jsonl":
        raise click.UsageError("--to gives JSON lines; leave --format out")
    if not fhir and any(source.values()):
        raise click.UsageError("--base, --observer, --client and the like belong to --to fhir-r4 and fhir-r5")
    if to is None:
        return {}
    if not fhir:
        return {"to": to}
    if base is None or observer is None:
        raise click.UsageError(f"--to {to} needs --base and --observer")
    return {"to": to.replace("-", "_"), "source": ig.AuditSource(**source)}


def _csv(lines: list[str]) -> str:
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(json.loads(line) for line in lines)
    return table.getvalue()


@audit.command()
@click.argument("path", type=click.Path())
@click.option(
    "--at-least", type=click.IntRange(0, 100), metavar="PERCENT", help="Exit with 1 below this share."
)
@_held_options
def coverage(path: str, at_least: int | None, **held: Any) -> None:
    """Tell how many runs can be followed from what they read to what they wrote.

    A run is covered if every act was announced by an attempt, every attempt ended, and whoever wrote also read under
    the same correlation id.
    """
    found = ig.audit_coverage(path, _held(**held))
    click.echo(found.verdict)
    if at_least is not None and (found.percent is None or found.percent < at_least):
        click.echo(f"refused: below {at_least} per cent", err=True)
        sys.exit(REFUSED)


@audit.command("sql-table")
@click.option("--dialect", required=True, type=click.Choice(["postgresql", "sqlite", "sql_server"]))
@click.option("--table", default="audit_record", show_default=True, metavar="NAME", help="Name of the table.")
def sql_table(dialect: Literal["postgresql", "sqlite", "sql_server"], table: str) -> None:
    """Show the statements that make an audit table, with its constraints, triggers and roles.

    Those for SQL Server were never executed.
    """
    click.echo(ig.audit_sql_table(dialect, table=table), nl=False)


for command in (checkpoint, prove, check_proof, keys, incident_command, incident_grid):
    audit.add_command(command)
