"""``nhs-ig opt-out``: the check of a cohort with the National Data Opt-Out service."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

import nhs_ig as ig
from nhs_ig.cli._frame import key_options, load_key, working
from nhs_ig.opt_out_checks import DEFAULT_MAX_FILE_BYTES, DEFAULT_WORKFLOW_ID


@click.group(name="opt-out")
def opt_out() -> None:
    """Ask the National Data Opt-Out service who of a cohort has not opted out.

    prepare makes the request files, receive reads the answers; exchange sends and receives over MESH.
    """


def _record_options(command: Any) -> Any:
    """Add what the audit record says."""
    for option in (
        click.option("--authoriser", help="Who allowed it, if not the actor."),
        click.option("--agreement-id", help="The agreement that the check is for."),
        click.option("--purpose", help="The purpose, by its name in the agreement."),
        click.option("--role", help="The role in which the actor acts."),
        click.option("--reason-ref", help="The ticket with the reason, such as IG/2026/17."),
        click.option("--actor", help="The person who acts, by an id."),
        click.option("--audit", type=click.Path(), help="Audit log that takes the records; needs --actor."),
    ):
        command = option(command)
    return command


def _record(audit: str | None, actor: str | None, fields: dict[str, Any]) -> dict[str, Any]:
    if (audit is None) != (actor is None):
        raise click.UsageError("--audit and --actor go together")
    given = {name: value for name, value in fields.items() if value is not None}
    return {} if audit is None else {"audit": ig.AuditLog(audit), "actor": actor, **given}


def _answer_options(command: Any) -> Any:
    """Add what says how an answer is judged and where the list goes."""
    for option in (
        click.option(
            "--checked-at", type=click.DateTime(["%Y-%m-%d"]), help="Day of the check, if you know it better."
        ),
        click.option(
            "--expected-share",
            type=click.FloatRange(0, 1),
            help="Greatest share of people who may have opted out; half unless given.",
        ),
        click.option(
            "--list", "list_path", required=True, type=click.Path(), help="New file for the dated list."
        ),
        click.argument("state", type=click.Path()),
    ):
        command = option(command)
    return command


@opt_out.command()
@click.argument("source", type=click.Path())
@click.option("--column", default="nhs_number", show_default=True, help="The column with the NHS numbers.")
@click.option("--state", required=True, type=click.Path(), help="New state file, which holds no number.")
@click.option("--out", required=True, type=click.Path(), help="Folder for the request files.")
@click.option("--mailbox", required=True, help="Your own MESH mailbox.")
@click.option("--local-id", required=True, help="Names the request and its answer.")
@click.option(
    "--sequence", required=True, type=click.IntRange(1, 9999), help="Number of the first file in this month."
)
@click.option("--subject", help="Subject of the message; the local id unless given.")
@click.option(
    "--workflow-id", default=DEFAULT_WORKFLOW_ID, show_default=True, help="Workflow of the service."
)
@click.option("--numbers", type=click.Choice(["valid", "format_only"]), default="valid", show_default=True)
@click.option("--on-invalid", type=click.Choice(["raise", "leave_out"]), default="raise", show_default=True)
@click.option("--max-file-bytes", type=click.IntRange(12), default=DEFAULT_MAX_FILE_BYTES, show_default=True)
@_record_options
@key_options
def prepare(
    source: str,
    column: str,
    state: str,
    out: str,
    *,
    key_file: str | None,
    key_env: str | None,
    audit: str | None,
    actor: str | None,
    mailbox: str,
    local_id: str,
    sequence: int,
    subject: str | None,
    workflow_id: str,
    numbers: Any,
    on_invalid: Any,
    max_file_bytes: int,
    **fields: Any,
) -> None:
    """Make the request files of a CSV or Parquet file's NHS numbers.

    The files hold NHS numbers: send them, and delete them when they are sent.
    """
    key = load_key(key_file, key_env)
    if not Path(out).is_dir():
        raise click.UsageError("the folder for the request files does not exist")
    record = _record(audit, actor, fields)
    os.umask(0o077)
    with working("preparing the check"):
        check = ig.OptOutCheck.prepare(
            ig.read_table(source),
            id=column,
            state=state,
            key=key,
            mailbox=mailbox,
            local_id=local_id,
            sequence=sequence,
            subject=subject,
            workflow_id=workflow_id,
            numbers=numbers,
            on_invalid=on_invalid,
            max_file_bytes=max_file_bytes,
            **record,
        )
        names = check.write_requests(out)
    click.echo(f"{check.submitted_count:,} numbers in {len(names)} files; {check.left_out:,} cells left out")
    for file in check.files:
        click.echo(f"  {file.name}  local id {file.local_id}  {file.numbers:,} numbers")


@opt_out.command()
@_answer_options
@click.argument("answers", nargs=-1, required=True, type=click.Path())
@click.option(
    "--nobody-opted-out", type=click.Choice(["refuse", "allow"]), default="refuse", show_default=True
)
@_record_options
@key_options
def receive(
    state: str,
    answers: tuple[str, ...],
    list_path: str,
    *,
    key_file: str | None,
    key_env: str | None,
    audit: str | None,
    actor: str | None,
    checked_at: Any,
    expected_share: float | None,
    nobody_opted_out: Any,
    **fields: Any,
) -> None:
    """Read the service's answers, named by their local id, and save the dated list.

    The list holds keyed pseudonyms. Keep it apart from every extract and record.
    """
    key = load_key(key_file, key_env)
    check = ig.OptOutCheck.open(state, key)
    with working("reading the answers"):
        made = check.receive(
            list(answers),
            checked_at=checked_at and checked_at.date(),
            expected_share=expected_share,
            nobody_opted_out=nobody_opted_out,
            **_record(audit, actor, fields),
        )
        made.save(list_path, key)
    _tell(made)


@opt_out.command()
@_answer_options
@click.option("--requests", type=click.Path(), help="Folder of the request files, unless all are sent.")
@click.option("--url", required=True, help="Address of MESH, https://...")
@click.option("--recipient", required=True, help="The service's mailbox.")
@click.option("--cert", required=True, type=click.Path(), help="Your certificate.")
@click.option("--cert-key", required=True, type=click.Path(), help="Its private key.")
@click.option("--ca", type=click.Path(), help="Authorities of the server; those of NHS England unless given.")
@click.option(
    "--password-env", default="NHS_IG_MESH_PASSWORD", show_default=True, help="Variable with the password."
)
@click.option(
    "--shared-key-env",
    default="NHS_IG_MESH_SHARED_KEY",
    show_default=True,
    help="Variable with the shared key.",
)
@click.option("--timeout-minutes", type=click.FloatRange(0), default=1440.0, show_default=True)
@click.option("--poll-seconds", type=click.FloatRange(0.1), default=60.0, show_default=True)
@click.option(
    "--nobody-opted-out", type=click.Choice(["refuse", "allow"]), default="allow", show_default=True
)
@_record_options
@key_options
def exchange(
    state: str,
    list_path: str,
    *,
    key_file: str | None,
    key_env: str | None,
    audit: str | None,
    actor: str | None,
    checked_at: Any,
    expected_share: float | None,
    requests: str | None,
    url: str,
    recipient: str,
    cert: str,
    cert_key: str,
    ca: str | None,
    password_env: str,
    shared_key_env: str,
    timeout_minutes: float,
    poll_seconds: float,
    nobody_opted_out: Any,
    **fields: Any,
) -> None:
    """Send the request files over MESH, wait for the answers and save the dated list.

    May be run again after any end: nothing is sent twice.
    """
    from nhs_ig import mesh

    key = load_key(key_file, key_env)
    check = ig.OptOutCheck.open(state, key)
    secrets = [os.environ.get(name, "") for name in (password_env, shared_key_env)]
    connection = mesh.connect(
        url, check.mailbox, password=secrets[0], shared_key=secrets[1], cert=(cert, cert_key), verify=ca
    )
    with connection as client, working("exchanging with the service"):
        made = mesh.exchange(
            check,
            client,
            recipient=recipient,
            requests=requests,
            timeout_seconds=timeout_minutes * 60,
            poll_seconds=poll_seconds,
            checked_at=checked_at and checked_at.date(),
            expected_share=expected_share,
            nobody_opted_out=nobody_opted_out,
            **_record(audit, actor, fields),
        )
        made.save(list_path, key)
    _tell(made)


def _tell(made: ig.NotOptedOut) -> None:
    kept = made.submitted_count - made.opted_out_count
    click.echo(
        f"{kept:,} of {made.submitted_count:,} people had not opted out on {made.checked_at:%d %B %Y}; "
        f"{made.opted_out_count:,} had"
    )
