"""``nhs-ig demo``: a whole release on the data that comes with the package."""

from __future__ import annotations

import datetime as dt
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import click

import nhs_ig as ig
from nhs_ig.cli._frame import Progress

# The demonstration agreement is in force on this day, so the demonstration works on any.
_DAY = dt.date(2026, 11, 22)
_CHECKED = dt.date(2026, 11, 20)

# One person in twenty has a national opt-out, one in ninety-nine a Type 1 objection: about the real shares.
_NATIONAL, _TYPE_1 = 20, 99


@click.command()
@click.option(
    "--out", default="nhs-ig-demo", show_default=True, type=click.Path(), help="Folder for everything."
)
def demo(out: str) -> None:
    """Make a release of synthetic imaging records and published A&E figures.

    Everything is in one folder, so that you can look at each file. Run it again and the data files come out the same.
    """
    folder = Path(out)
    inputs = _make_inputs(folder)
    key = _key(folder / "demo.key")
    agreement = ig.Agreement.load(inputs / "agreement.toml")
    audit = ig.AuditLog(folder / "audit.jsonl")
    opt_outs = _opt_outs(inputs)
    target = _next_release(folder)
    with ig.run():
        made = ig.release(
            sources={"dids": inputs / "dids_500.csv", "ae_attendances": inputs / "ae_attendances.csv"},
            agreement=agreement,
            request=_request(),
            key=key,
            opt_outs=opt_outs,
            audit=audit,
            out=target,
            # Tables that readers may have; a folder that was removed since is one that is no longer held.
            earlier=sorted(folder.glob("release-*")),
            earlier_unavailable="DEMO/1",
            rehearsal=True,
            progress=Progress(),
        )
    refusals = _show_refusals(folder, agreement, key, opt_outs, audit)
    # Without a head that was held elsewhere, which a demonstration in one folder cannot have.
    report = ig.verify_audit(folder / "audit.jsonl")
    _tell(made, target, refusals, report, folder)


def _make_inputs(folder: Path) -> Path:
    inputs = folder / "inputs"
    inputs.mkdir(parents=True, exist_ok=True)
    with as_file(files("nhs_ig") / "demo_data") as data:
        for name in ("agreement.toml", "dids_500.csv", "ae_attendances.csv"):
            shutil.copyfile(data / name, inputs / name)
    column = ig.read_table(inputs / "dids_500.csv").to_lists()["NHS_NUMBER"]
    people = list(dict.fromkeys(ig.normalise_nhs_number(column)))
    stay = [person for place, person in enumerate(people) if place % _NATIONAL != _NATIONAL - 1]
    _write_numbers(inputs / "check_request.dat", people)
    _write_numbers(inputs / "check_response.dat", stay)
    _write_numbers(inputs / "type_1_objections.dat", stay[::_TYPE_1])
    return inputs


def _write_numbers(path: Path, numbers: list[str]) -> None:
    path.write_bytes("".join(f"{number},\n" for number in numbers).encode())


def _opt_outs(inputs: Path) -> list[ig.NotOptedOut | ig.OptedOut]:
    checked = ig.NotOptedOut.from_check_service(
        ig.read_check_file(inputs / "check_request.dat"),
        ig.read_check_file(inputs / "check_response.dat"),
        checked_at=_CHECKED,
    )
    return [
        checked,
        ig.OptedOut.from_list(ig.read_check_file(inputs / "type_1_objections.dat"), source="type 1"),
    ]


def _key(path: Path) -> ig.Key:
    if not path.exists():
        ig.Key.generate(id="demo").write_new_file(path)
    return ig.Key.from_file(path)


def _request(purpose: str = "service_evaluation", date: dt.date = _DAY) -> ig.Request:
    return ig.Request(
        actor="d.demonstrator",
        role="analyst",
        organisation="Example Analytics Unit",
        purpose=purpose,
        date=date,
    )


def _next_release(folder: Path) -> Path:
    number = 1
    while (folder / f"release-{number}").exists():
        number += 1
    return folder / f"release-{number}"


def _show_refusals(
    folder: Path,
    agreement: ig.Agreement,
    key: ig.Key,
    opt_outs: list[ig.NotOptedOut | ig.OptedOut],
    audit: ig.AuditLog,
) -> list[tuple[str, str]]:
    """Ask for what must not be given, and return what was said each time."""
    attempts = {
        "for a purpose that is not in the agreement": (_request(purpose="marketing"), opt_outs),
        "the day after the agreement ended": (_request(date=dt.date(2029, 4, 1)), opt_outs),
        "with an opt-out check of 23 days ago": (_request(date=dt.date(2026, 12, 13)), opt_outs),
        "with the Type 1 list in place of the check service's answer": (_request(), opt_outs[1:]),
    }
    said = []
    for what, (request, lists) in attempts.items():
        with ig.run():
            try:
                ig.release(
                    sources={},
                    agreement=agreement,
                    request=request,
                    key=key,
                    opt_outs=lists,
                    audit=audit,
                    out=folder / "never-made",
                    rehearsal=True,
                )
            except ig.AccessError as error:
                codes = error.context.get("codes", error.code)
                said.append((what, codes))
            else:
                raise ig.MisuseError(f"a release {what} was not refused", "misuse.defect")
    return said


def _tell(
    made: ig.Release,
    target: Path,
    refusals: list[tuple[str, str]],
    report: ig.AuditReport,
    folder: Path,
) -> None:
    rows = made.counts["dids"]
    cells = next(output for output in made.manifest["outputs"] if output["name"] == "ae_breaches")[
        "disclosure"
    ]
    click.echo(f"""
What was done
  {rows["rows_in"]} synthetic imaging records were read under agreement {made.manifest["agreement"]["id"]}. {rows["rows_out"]} were
  released: NHS and accession numbers as pseudonyms, dates of birth as years, postcodes as districts, every
  field that the agreement does not list left out. Small numbers in the published A&E figures were hidden
  by the HES rule: {cells["cells_hidden"]:,} of {cells["cells_hidden"] + cells["cells_published"]:,} cells.

What was withheld
  {rows["opted_out"]} records of people who opted out, {rows["invalid"]} without a valid NHS number, {rows["refused"]} never checked.

What was refused""")
    for what, codes in refusals:
        click.echo(f"  A release {what}: {codes}.")
    click.echo(f"""
Where it is
  {target / "report.html"}  one page: who allowed it, on what basis, who was left out
  {target}  imaging_records.csv, ae_breaches.csv and manifest.json
  {folder / "audit.jsonl"}  every attempt: {report.verdict}, since no head is held elsewhere
  {folder / "inputs"}  the agreement, the data and the opt-out files

This was a rehearsal for {_DAY.day} {_DAY:%B %Y}; a real release is decided for today. Synthetic and published data only.""")
