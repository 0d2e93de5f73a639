"""The release: what an agreement allows, for people who have not opted out, with manifest and audit trail."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._arguments import expect, the_key
from nhs_ig._frames import to_arrow
from nhs_ig._table_arguments import not_usable
from nhs_ig.audit import AuditLog
from nhs_ig.audit_runs import current_run
from nhs_ig.opt_outs import OptOutList, as_lists

if TYPE_CHECKING:
    from collections.abc import Callable


class Release:
    """What a release did: its ``manifest`` as plain data, the manifest's SHA-256, and the report as a page."""

    __slots__ = {
        "manifest": "The manifest as plain data, equal to manifest.json.",
        "manifest_sha256": "SHA-256 of manifest.json; the audit log names it as the object of the release.",
        "report_html": "The release report as text, equal to report.html: who allowed it, on what basis, who was left "
        "out, on one page that loads nothing. After a dry run it says so, and no file is written.",
    }

    def __init__(self, manifest: dict[str, Any], manifest_sha256: str, report_html: str = "") -> None:
        """Keep the manifest and the page."""
        self.manifest = manifest
        self.manifest_sha256 = manifest_sha256
        self.report_html = report_html

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Rows by dataset: ``rows_in``, ``filtered``, ``opted_out``, ``invalid``, ``refused``, ``rows_out``."""
        names = ("rows_in", "filtered", "opted_out", "invalid", "refused", "rows_out")
        return {entry["name"]: {name: entry[name] for name in names} for entry in self.manifest["datasets"]}

    @property
    def report(self) -> str:
        """What was done and what was withheld, in plain English."""
        manifest = self.manifest
        lines = [f"Agreement {manifest['agreement']['id']}, version {manifest['agreement']['version']}."]
        if manifest.get("dry_run"):
            lines.insert(0, "A dry run: nothing was released. A release would do this:")
        people = {entry["name"]: entry["people"] for entry in manifest["datasets"] if "people" in entry}
        for name, rows in self.counts.items():
            about = f" (about {people[name]:,} people)" if name in people else ""
            lines.append(
                f"{name}: {rows['rows_in']:,} rows in, {rows['rows_out']:,} went on{about}; withheld: "
                f"{rows['filtered']:,} by row filters, {rows['opted_out']:,} opted out, "
                f"{rows['invalid']:,} without a valid NHS number, {rows['refused']:,} never checked.",
            )
        for output in manifest["outputs"]:
            text = f"{output['file']}: {output['rows']:,} rows"
            if disclosure := output.get("disclosure"):
                text += (
                    f", {disclosure['cells_hidden']:,} cells hidden by the rule {disclosure['rule']['name']}, "
                    f"{disclosure['cells_published']:,} shown, totals published: {disclosure['totals']}"
                )
            lines.append(text + ".")
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Show the agreement and the run only."""
        return f"Release(agreement={self.manifest['agreement']['id']!r}, run={self.manifest['run_id']!r})"


def release(
    *,
    sources: Mapping[str, Any],
    agreement: _core.Agreement,
    request: _core.Request,
    key: _core.Key | _core.KeyRing | None,
    opt_outs: OptOutList | Iterable[OptOutList],
    audit: AuditLog,
    out: str | PathLike[str],
    earlier: Iterable[str | PathLike[str]] = (),
    earlier_unavailable: str | None = None,
    unchecked: Literal["raise", "withhold"] = "raise",
    max_age_days: int = 21,
    as_of: Mapping[str, dt.date] | None = None,
    rehearsal: bool = False,
    dry_run: bool = False,
    progress: Callable[[str, str, int], None] | None = None,
) -> Release:
    """Make a release.

    The request is held against the agreement, the attempt is recorded, and only then is any row read. Rows of people
    who opted out, or were never checked, or have no valid number, are withheld and counted. Fields that the agreement
    does not list are dropped, the others get their one transform, and tables of counts are suppressed. The output
    folder appears whole or not at all; the audit log stays outside of it.

    The folder holds the data files, ``manifest.json`` and ``report.html``: one page that says who allowed it, on what
    basis, who was left out and what left. Both give exact numbers of rows and people: where tables of counts about
    people leave, pass the tables on without them.

    The same inputs give the same data files byte for byte; manifests differ in run id, times and the audit log's head.

    What it does not protect against: an agreement that allows too much, people recognised by the fields it keeps,
    tables compared with other publications, releases that another audit log has, rows of people compared between two
    releases, and row order, which stays that of the source.

    Parameters
    ----------
    sources
        For each dataset that is asked for a CSV or Parquet path, or a table in memory.
    agreement, request
        Who asks for what under which agreement.
    key
        The key of the pseudonyms, or a ``KeyRing``, whose primary key is meant; ``None`` only if the agreement
        pseudonymises nothing.
    opt_outs
        The check service's answer (``NotOptedOut``) and any deny-lists (``OptedOut``).
    audit
        The audit log.
    out
        The output folder: new or empty.
    earlier
        The output folders of earlier releases of the agreement. The audit log remembers which there were, and each that
        may have had tables of counts must be here before another table leaves. Tables are then made so that what is
        published now and what was published then give no small count back together, or nothing leaves.
    earlier_unavailable
        The ticket, such as ``"IG/2026/17"``, that allows to go on without releases whose folders are no longer held;
        manifest and audit log name it.
    unchecked
        What to do about valid numbers that were never submitted to the check service.
    max_age_days
        The oldest answer of the check service that may be used.
    as_of
        For each dataset whose day you know, the day up to which its rows are complete: "data last updated" in the
        report. Stated, not checked against the rows; never after the day of the release.
    rehearsal
        Take the request's date as given although it is not today; manifest and audit log say so.
    dry_run
        Take every step but the last: rows are read, held against the agreement, transformed and checked, and what was
        made is thrown away. ``.report`` says what would leave. The audit log has it, since the rows were read.
    progress
        Called with stage, name and rows after every batch. Ctrl-C stops a release between batches.

    Raises
    ------
    AccessError
        ``access.refused`` with every reason, ``access.not_today``, ``access.row_filter``, ``access.field_type``,
        ``access.earlier_not_given``, ``access.earlier_unreadable``, ``access.earlier_changed``,
        ``access.earlier_foreign``, ``access.earlier_unknown``, ``access.earlier_not_comparable``, ``opt_out.*``
    PolicyError
        ``policy.not_protected`` if a table cannot be protected, alone or beside the earlier ones
    ExportError
        ``export.output_exists``, ``export.identifier_in_output``, ``export.write_failed``
    MisuseError
        ``misuse.argument`` for a call that cannot be, such as ``as_of`` of a dataset that is not asked for
    IgError
        Any other code of the stages. On every error nothing is left in the output folder.

    """
    expect("sources", sources, Mapping, "a dictionary from datasets to paths or tables")
    expect("agreement", agreement, _core.Agreement, "an Agreement")
    expect("request", request, _core.Request, "a Request")
    expect("audit", audit, AuditLog, "an AuditLog")
    expect("out", out, (str, PathLike), "a path")
    if earlier_unavailable is not None:
        expect("earlier_unavailable", earlier_unavailable, str, "the ticket, as text")
    expect("unchecked", unchecked, str, "'raise' or 'withhold'")
    expect("max_age_days", max_age_days, int, "a whole number of days", most=366_000)
    manifest, sha256, report_html = _core.run_release(
        {name: _source(source) for name, source in sources.items()},
        agreement=agreement,
        request=request,
        key=None if key is None else the_key(key),
        lists=as_lists(opt_outs),
        unchecked=unchecked,
        max_age_days=max_age_days,
        as_of=_days(as_of),
        audit=audit.handle,
        run_id=current_run(),
        out=fspath(out),
        earlier=_folders(earlier),
        earlier_unavailable=earlier_unavailable,
        today=dt.date.today(),  # noqa: DTZ011 - a calendar day where the data is held
        rehearsal=rehearsal,
        dry_run=dry_run,
        progress=progress,
    )
    return Release(json.loads(manifest), sha256, report_html)


def _source(source: Any) -> Any:
    return source if isinstance(source, (str, PathLike)) else to_arrow(source)


def _days(as_of: Mapping[str, dt.date] | None) -> dict[str, dt.date]:
    what = "a dictionary from datasets to dates"
    expect("as_of", as_of, (Mapping, type(None)), what)
    for name, day in (as_of or {}).items():
        expect("as_of", name if isinstance(name, str) and name.isprintable() else None, str, what)
        # A time of day is a date to Python, but says more than is meant here.
        expect("as_of", None if isinstance(day, dt.datetime) else day, dt.date, what)
    return dict(as_of or {})


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``manifest.json``, made from the types that write it.

    Every manifest of this version fits it. It allows no key that it does not name, so nothing else can stand in a
    manifest; it does not hold figures against each other.
    """
    text = files("nhs_ig").joinpath("schemas/manifest_v1.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _folders(earlier: Any) -> list[str]:
    what = "the output folders of earlier releases, each a path"
    expect("earlier", earlier, Iterable, what)
    if isinstance(earlier, (str, bytes, PathLike)):
        raise not_usable("earlier", what)
    folders = list(earlier)
    for folder in folders:
        expect("earlier", folder, (str, PathLike), what)
    return [fspath(folder) for folder in folders]
