"""``nhs-ig agreement``: write, check, read, compare, list and export agreements."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import click

import nhs_ig as ig
from nhs_ig.agreements import register_html
from nhs_ig.cli._frame import REFUSED


def _on(command: Any) -> Any:
    day = click.DateTime(["%Y-%m-%d"])
    return click.option("--on", "day", type=day, help="The day to look at, if not today.")(command)


def _day(day: dt.datetime | None) -> dt.date:
    return day.date() if day else dt.date.today()  # noqa: DTZ011 - a calendar day where the person is


@click.group()
def agreement() -> None:
    """Write, check, read, compare, list and export data sharing agreements."""


@agreement.command()
@click.argument("file", type=click.Path())
@click.option(
    "--from-register",
    "register_file",
    type=click.Path(),
    help="CSV of one row of a Data Use Register, by its public column names.",
)
def new(file: str, register_file: str | None) -> None:
    """Write a commented draft to a new file. It lets nothing out until it is signed and approved."""
    row = None
    if register_file:
        row = _register_row(register_file)
    _write(ig.draft_agreement(row), file, overwrite=False)
    click.echo(f"wrote a draft; complete it, then run: nhs-ig agreement check {Path(file).name}")


@agreement.command()
@click.argument("file", type=click.Path())
@_on
def check(file: str, day: dt.datetime | None) -> None:
    """Say what is wrong with an agreement: ends with 2 if it is not readable, 1 if nothing may be released."""
    read = ig.Agreement.load(file)
    standing = read.standing(_day(day))
    click.echo(
        f"{read.id} version {read.version} is readable: no key is missing or unknown, and no part contradicts another"
    )
    for refusal in standing["refusals"]:
        click.echo(f"{refusal['code']}: {refusal['message']} ({refusal['source']})")
    for name, what in (
        ("end", "it ends"),
        ("review", "its review is due"),
        ("cag_review", "the CAG annual review is due"),
        ("dpia_review", "the DPIA review is due"),
    ):
        due = standing[name]
        if due and due["nearness"] == "near":
            click.echo(f"soon: {what} on {due['date']}, in {due['days']} days")
    if not standing["usable"]:
        click.echo("refused: nothing may be released under it that day", err=True)
        click.get_current_context().exit(REFUSED)
    click.echo("in force, reviewed and approved")


@agreement.command()
@click.argument("file", type=click.Path())
@_on
def show(file: str, day: dt.datetime | None) -> None:
    """Show an agreement on one page of plain English."""
    click.echo(ig.Agreement.load(file).page(_day(day)), nl=False)


@agreement.command()
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
def diff(old: str, new: str) -> None:
    """Show every change from one agreement to another; ends with 1 if any of them lets more out.

    What cannot be told counts as wider.
    """
    changes = ig.Agreement.load(old).diff(ig.Agreement.load(new))
    if not changes:
        click.echo("the two agree in everything but layout")
    for change in changes:
        click.echo(f"{change['direction']:<9} {change['path']}")
        for sign, value in (("-", change["before"]), ("+", change["after"])):
            if value is not None:
                click.echo(
                    f"            {sign} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
                )
    wider = sum(change["direction"] == "wider" for change in changes)
    if wider:
        click.echo(f"{wider} of {len(changes)} changes let more out, or may", err=True)
        click.get_current_context().exit(REFUSED)


@agreement.command()
@click.argument("folder", type=click.Path())
@_on
@click.option("--out", type=click.Path(), help="New .csv, .json or .html file.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
def register(folder: str, day: dt.datetime | None, out: str | None, *, overwrite: bool) -> None:
    """List a folder of agreements: in force, ending, reviews overdue, missing signatures and approvals."""
    on = _day(day)
    rows = ig.agreement_register(folder, on)
    if out:
        page = register_html(rows, on=on) if out.lower().endswith(".html") else _text(rows, out)
        _write(page, out, overwrite=overwrite)
        click.echo(f"{len(rows)} agreements")
        return
    for row in rows:
        if row["error_code"]:
            click.echo(f"{row['file']}: not readable, {row['error_code']}: {row['error']}")
            continue
        state = "usable" if row["usable"] else f"not usable: {row['why_not']}"
        click.echo(f"{row['file']}: {row['id']} version {row['version']}, until {row['end']}, {state}")
        for name in ("end", "review", "cag_review", "dpia_review"):
            if row[f"{name}_due"]:
                click.echo(f"  {name.replace('_', ' ')} {row[name]}: {row[f'{name}_due']}")


@agreement.command()
@click.argument("files", type=click.Path(), nargs=-1, required=True)
@click.option("--form", type=click.Choice(["data-use-register", "article-30", "json"]), required=True)
@click.option("--out", type=click.Path(), help="New .csv or .json file; printed as JSON if left out.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
def export(files: tuple[str, ...], form: str, out: str | None, *, overwrite: bool) -> None:
    """Write agreements as rows of a Data Use Register, as Article 30 records, or as plain data."""
    read = [ig.Agreement.load(file) for file in files]
    if form == "data-use-register":
        rows = ig.data_use_register(read)
    elif form == "article-30":
        rows = [{"agreement_id": one.id, **entry} for one in read for entry in one.article_30()]
    else:
        rows = [one.to_dict() for one in read]
    if form == "json" and out and out.lower().endswith(".csv"):
        raise click.UsageError("--form json is written to .json")
    if out:
        _write(_text(rows, out), out, overwrite=overwrite)
        click.echo(f"{len(rows)} rows")
    else:
        click.echo(_json(rows), nl=False)


def _register_row(file: str) -> dict[str, str]:
    wrong = (
        "--from-register takes a CSV with the register's column names, project_title among them, and one row"
    )
    try:
        rows = list(csv.DictReader(io.StringIO(Path(file).read_text(encoding="utf-8-sig"))))
    except (csv.Error, UnicodeDecodeError):
        raise click.UsageError(wrong) from None
    if len(rows) != 1 or "project_title" not in rows[0]:
        raise click.UsageError(wrong)
    # Cells beyond the head have no name, and cells that are not there no value.
    return {name: cell for name, cell in rows[0].items() if isinstance(name, str) and isinstance(cell, str)}


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _text(rows: list[dict[str, Any]], out: str) -> str:
    if out.lower().endswith(".json"):
        return _json(rows)
    if not out.lower().endswith(".csv"):
        raise click.UsageError("name a file that ends with .csv, .json or, for a register, .html")
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    if rows:
        writer.writerow(rows[0])
    writer.writerows([_safe(cell) for cell in row.values()] for row in rows)
    return lines.getvalue()


def _safe(cell: Any) -> str:
    """Write a cell so that a spreadsheet does not take it for a formula."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    text = "" if cell is None else str(cell)
    risky = isinstance(cell, str) and text.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{text}" if risky else text


def _write(text: str, out: str, *, overwrite: bool) -> None:
    path = Path(out)
    if path.exists() and not overwrite:
        raise ig.ExportError(
            "an output exists; name another file or say --overwrite", "export.file_exists", {}
        )
    path.write_text(text, encoding="utf-8", newline="\n")
