"""``nhs-ig audit incident``: record a data security incident, with its clock."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

import nhs_ig as ig
from nhs_ig.cli._private_file import write_private


def _moment(_context: click.Context, parameter: click.Parameter, text: str) -> dt.datetime:
    """Read a time with its zone."""
    try:
        moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        message = "expected a time with its zone, such as 2026-11-20T17:00+00:00"
        raise click.BadParameter(message, param=parameter)
    return moment


@click.command()
@click.argument("log", type=click.Path(exists=True, dir_okay=False))
@click.option("--reference", required=True, metavar="TICKET", help="The ticket that holds everything else.")
@click.option("--discovered", required=True, callback=_moment, metavar="TIME", help="When it was found.")
@click.option(
    "--aware-at", required=True, callback=_moment, metavar="TIME", help="When the controller became aware."
)
@click.option("--likelihood", required=True, type=int, help="How likely harm is, 1 to 5.")
@click.option("--severity", required=True, type=int, help="How bad it would be, 1 to 5.")
@click.option("--affected", type=int, metavar="PEOPLE", help="How many people, as far as is known.")
@click.option("--factor", "factors", multiple=True, metavar="WORD", help="What makes it worse; repeatable.")
@click.option("--contained", is_flag=True, help="The data never left safe hands, or came back unread.")
@click.option("--run", "runs", multiple=True, metavar="ID", help="An affected run (corr_id); repeatable.")
@click.option("--grid", type=click.Path(), help="A corrected table; see incident-grid.")
@click.option("--actor", required=True, help="Who records it.")
@click.option(
    "--out", required=True, metavar="FILE", help="New file for the incident, to keep with the ticket."
)
def incident(
    log: str,
    reference: str,
    discovered: dt.datetime,
    aware_at: dt.datetime,
    out: str,
    actor: str,
    grid: str | None,
    **known: int | bool | tuple[str, ...] | None,
) -> None:
    """Record a data security incident in LOG, and say when its 72 hours end.

    Give each affected run, so that ``audit export --incident`` finds everything that was done in it. The clock runs
    from when the controller became aware, through weekends. Whether to report is for someone who knows the incident.
    """
    found = ig.Incident(
        reference,
        discovered=discovered,
        aware_at=aware_at,
        grid=grid,
        **known,  # type: ignore[arg-type]
    )
    opened = ig.AuditLog(log)
    write_private(out, found.text)
    try:
        receipts = found.record(opened, actor=actor)
    except BaseException:
        # Nothing was recorded, so the file is of nothing, and a second try needs its name.
        Path(out).unlink(missing_ok=True)
        raise
    click.echo(f"{found.outcome} ({found.notice})")
    left = found.notify_by - dt.datetime.now(dt.timezone.utc)
    hours = int(abs(left).total_seconds() // 3600)
    state = f"{hours} hours left" if left > dt.timedelta(0) else f"passed {hours} hours ago"
    click.echo(f"72 hours end at {found.notify_by:%Y-%m-%d %H:%M} UTC: {state}")
    click.echo(f"{len(receipts)} records; sha256 of the file {found.object}")


@click.command()
def incident_grid() -> None:
    """Print the table of likelihood and severity, to check against the current guide and correct."""
    click.echo(ig.incident_grid(), nl=False)
