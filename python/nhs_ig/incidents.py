"""Data security incidents: the 72-hour clock, a table of likelihood and severity, and the runs that are affected."""

from __future__ import annotations

import datetime as dt
import json
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nhs_ig import _core
from nhs_ig._arguments import expect, with_settings
from nhs_ig.audit import AuditLog, Receipt
from nhs_ig.audit_reading import Held, held_of, micros_of, refuse
from nhs_ig.audit_runs import current_run

if TYPE_CHECKING:
    from collections.abc import Iterable

_START = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)


class Incident:
    """A data security incident, as numbers, times and words of fixed lists; everything else belongs in the ticket.

    It says what a table says and when the 72 hours of UK GDPR article 33 end, which run through weekends. It does not
    decide whether to report: someone who knows the incident does, and writes the reason into the ticket, also for not
    reporting.

    The table that is shipped was written from memory of the current guide and not compared with its text: ``notice``
    says so. Correct a copy of ``incident_grid()`` and give it as ``grid``.

    Parameters
    ----------
    reference
        The ticket, such as ``IG/2026/17``.
    discovered, aware_at
        When it was found, and when the controller became aware, from which the clock runs: datetimes with their time
        zone.
    likelihood, severity
        How likely harm is and how bad it would be, each from 1 to 5.
    affected
        How many people, as far as is known.
    factors
        Words of the table that make it worse, such as ``mental_health``.
    contained
        Whether the data never left the hands of people bound to secrecy, or came back unread.
    runs
        The ids (``corr_id``) of the affected runs.
    grid
        The path of a corrected table.

    Raises
    ------
    AuditError
        ``audit.incident``, ``audit.incident_grid``, ``audit.field``.

    Examples
    --------
    >>> import datetime as dt, nhs_ig as ig
    >>> friday = dt.datetime(2026, 11, 20, 17, 0, tzinfo=dt.timezone.utc)
    >>> incident = ig.Incident("IG/2026/17", discovered=friday, aware_at=friday, likelihood=3, severity=2)
    >>> incident.outcome, incident.notify_by.isoformat()
    ('report_ico', '2026-11-23T17:00:00+00:00')

    """

    __slots__ = ("_handle", "_reference")

    def __init__(
        self,
        reference: str,
        *,
        discovered: dt.datetime,
        aware_at: dt.datetime,
        likelihood: int,
        severity: int,
        affected: int | None = None,
        factors: Iterable[str] = (),
        contained: bool = False,
        runs: Iterable[str] = (),
        grid: str | PathLike[str] | None = None,
    ) -> None:
        """Apply the table."""
        for name, moment in (("discovered", discovered), ("aware_at", aware_at)):
            expect(name, moment, dt.datetime, "a datetime with its time zone")
            if moment.tzinfo is not None and moment < _START:
                refuse(name, "a time from 1970 on")
        for name, level in (("likelihood", likelihood), ("severity", severity)):
            if isinstance(level, bool):
                refuse(name, "a level from 1 to 5")
        if grid is not None:
            expect("grid", grid, (str, PathLike), "a path")
        self._handle: _core.IncidentHandle = with_settings(
            _core.IncidentHandle,
            reference=reference,
            discovered=micros_of("discovered", discovered),
            aware_at=micros_of("aware_at", aware_at),
            affected=affected,
            likelihood=likelihood,
            severity=severity,
            factors=_texts("factors", factors),
            contained=contained,
            runs=_texts("runs", runs),
            grid=None if grid is None else Path(grid).read_bytes().decode("utf-8", "replace"),
        )
        self._reference = reference

    @property
    def outcome(self) -> str:
        """What the table says, such as ``report_ico``."""
        return self._handle.outcome

    @property
    def notify_by(self) -> dt.datetime:
        """When the 72 hours end."""
        return _START + dt.timedelta(microseconds=self._handle.notify_by)

    @property
    def notice(self) -> str:
        """Which table was used, and that it must be checked."""
        return self._handle.notice

    @property
    def text(self) -> str:
        """The incident as a file of JSON, whose hash the records name: keep it with the ticket."""
        return self._handle.text

    @property
    def object(self) -> str:
        """The SHA-256 of that file."""
        return self._handle.object

    def record(self, log: AuditLog, *, actor: str) -> list[Receipt]:
        """Write one record for each affected run under that run's id, synced to the disk; without runs one of this run.

        Raises
        ------
        AuditError
            As ``AuditLog.audit``. If it fails part of the way, the records before it stay: record it again, since the
            same incident twice does no harm.

        """
        expect("log", log, AuditLog, "an AuditLog")
        receipts = with_settings(self._handle.record, log=log.handle, actor=actor, run=current_run())
        return list(receipts)

    def __repr__(self) -> str:
        """Show the ticket and the outcome."""
        if not hasattr(self, "_reference"):
            # Making it failed, and a debugger shows what there is.
            return "Incident(not made)"
        return f"Incident({self._reference!r}, {self.outcome!r})"


def _texts(name: str, given: Any) -> list[Any]:
    """Return a list of what was given; one text alone is none."""
    if isinstance(given, (str, bytes)) or not hasattr(given, "__iter__"):
        refuse(name, "a list of texts")
    return list(given)


def incident_grid() -> str:
    """Return the shipped table as its TOML file, to check against the current guide and correct."""
    return _core.incident_grid_text()


def incident_lines(path: str | PathLike[str], reference: str, held: Held = None) -> list[str]:
    """Verify a log and return the lines of every run that an incident names; see ``read_incident``."""
    expect("path", path, (str, PathLike), "a path")
    head, handle = held_of(held)
    lines: list[str] = with_settings(
        _core.read_incident_records, fspath(path), reference=reference, held=head, checkpoint=handle
    )
    return lines


def read_incident(path: str | PathLike[str], reference: str, held: Held = None) -> list[dict[str, Any]]:
    """Verify a log and return every record of the runs that the incident records of a ticket name, in their order.

    It cannot find a run that nobody named.

    Parameters
    ----------
    path, held
        As for ``verify_audit``.
    reference
        The ticket.

    Raises
    ------
    AuditError
        As ``verify_audit``; ``audit.incident_unknown`` if no record names the ticket.

    """
    return [json.loads(line) for line in incident_lines(path, reference, held)]
