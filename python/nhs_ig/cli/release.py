"""``nhs-ig release``: what an agreement allows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

import nhs_ig as ig
from nhs_ig.cli._frame import Progress, key_options, load_key


@click.command()
@click.option("--agreement", required=True, type=click.Path(), help="The agreement file.")
@click.option(
    "--source", "sources", required=True, multiple=True, metavar="DATASET=PATH", help="A dataset's rows."
)
@click.option("--actor", required=True, help="Account name of the person who asks; never a shared one.")
@click.option("--role", required=True)
@click.option("--organisation", required=True)
@click.option("--purpose", required=True, help="Code of the purpose in the agreement.")
@click.option("--territory", help="Where the data will be used; left out, where the agreement allows.")
@click.option("--submitted", type=click.Path(), help="Request file sent to the opt-out check service.")
@click.option("--returned", type=click.Path(), help="Response file that came back.")
@click.option("--checked-at", type=click.DateTime(["%Y-%m-%d"]), help="Day of that check.")
@click.option(
    "--opt-out-list",
    type=click.Path(),
    help="A saved list of the check, as nhs-ig opt-out receive writes it, instead of the two files and the day.",
)
@click.option(
    "--opt-out-key-file", type=click.Path(), help="The key of that list, if it is not the key of the release."
)
@click.option(
    "--expected-share", type=click.FloatRange(0, 1), help="Greatest share of people who may have opted out."
)
@click.option(
    "--deny-list",
    "deny_lists",
    multiple=True,
    metavar="SOURCE=PATH",
    help="People who must go, e.g. type-1=FILE.",
)
@click.option("--unchecked", type=click.Choice(["raise", "withhold"]), default="raise", show_default=True)
@click.option(
    "--as-of",
    "as_of",
    multiple=True,
    metavar="DATASET=DATE",
    help="Day up to which a dataset's rows are complete, e.g. dids=2026-10-31; shown in the report.",
)
@click.option(
    "--audit",
    "audit_path",
    required=True,
    type=click.Path(),
    help="The audit log, outside the output folder.",
)
@click.option("--out", required=True, type=click.Path(), help="Output folder: new or empty.")
@click.option(
    "--earlier",
    multiple=True,
    type=click.Path(),
    help="Output folder of an earlier release of the agreement; give each.",
)
@click.option(
    "--earlier-unavailable",
    metavar="TICKET",
    help="The ticket that allows to go on without earlier releases that are no longer held.",
)
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="With --rehearsal: the day to decide for.")
@click.option(
    "--rehearsal", is_flag=True, help="Decide for --date instead of today; manifest and log say so."
)
@click.option("--dry-run", is_flag=True, help="Say what would leave, and release nothing.")
@key_options
def release(
    agreement: str,
    sources: tuple[str, ...],
    actor: str,
    role: str,
    organisation: str,
    purpose: str,
    territory: str | None,
    submitted: str | None,
    returned: str | None,
    checked_at: dt.datetime | None,
    opt_out_list: str | None,
    opt_out_key_file: str | None,
    expected_share: float | None,
    deny_lists: tuple[str, ...],
    unchecked: str,
    as_of: tuple[str, ...],
    audit_path: str,
    out: str,
    earlier: tuple[str, ...],
    earlier_unavailable: str | None,
    date: dt.datetime | None,
    *,
    rehearsal: bool,
    dry_run: bool,
    key_file: str | None,
    key_env: str | None,
) -> None:
    """Release what an agreement allows, for people who have not opted out.

    The key is read from --key-file, --key-env or the variable NHS_IG_KEY.
    """
    if date and not rehearsal:
        raise click.UsageError("--date goes with --rehearsal: a release is decided for today")
    files = submitted or returned or checked_at
    if opt_out_list and (files or expected_share is not None):
        raise click.UsageError(
            "--opt-out-list stands instead of --submitted, --returned, --checked-at and --expected-share"
        )
    if opt_out_key_file and not opt_out_list:
        raise click.UsageError("--opt-out-key-file goes with --opt-out-list")
    key = load_key(key_file, key_env)
    lists: list[ig.NotOptedOut | ig.OptedOut] = []
    if opt_out_list:
        own = load_key(opt_out_key_file, None) if opt_out_key_file else key
        lists.append(ig.NotOptedOut.load(opt_out_list, own))
    elif submitted and returned and checked_at:
        lists.append(
            ig.NotOptedOut.from_check_service(
                ig.read_check_file(submitted),
                ig.read_check_file(returned),
                checked_at=checked_at.date(),
                expected_share=expected_share,
            ),
        )
    elif files:
        raise click.UsageError("--submitted, --returned and --checked-at go together")
    lists += [
        ig.OptedOut.from_list(ig.read_check_file(path), source=name) for name, path in map(_pair, deny_lists)
    ]
    made = ig.release(
        sources=dict(map(_pair, sources)),
        agreement=ig.Agreement.load(agreement),
        request=ig.Request(
            actor=actor,
            role=role,
            organisation=organisation,
            purpose=purpose,
            territory=territory,
            date=date.date() if date else None,
        ),
        key=key,
        opt_outs=lists,
        audit=ig.AuditLog(audit_path),
        out=out,
        earlier=earlier,
        earlier_unavailable=earlier_unavailable,
        unchecked=unchecked,  # type: ignore[arg-type]
        as_of=dict(map(_day, as_of)),
        rehearsal=rehearsal,
        dry_run=dry_run,
        progress=Progress(),
    )
    click.echo(made.report)
    where = "No output was made" if dry_run else f"Outputs and manifest are in {out}"
    click.echo(f"{where}, the audit log is {audit_path}.")
    if not dry_run:
        click.echo(
            f"The release report, one page for whoever has to answer for it: {Path(out) / 'report.html'}"
        )


def _pair(text: str) -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if not (name and separator and path):
        raise click.UsageError("write NAME=PATH")
    return name, path


def _day(text: str) -> tuple[str, dt.date]:
    name, _, day = text.partition("=")
    try:
        return name, dt.datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day
    except ValueError:
        raise click.UsageError("write --as-of DATASET=YYYY-MM-DD") from None
