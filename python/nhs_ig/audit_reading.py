"""Verify audit logs, read records back out of them, and measure how well runs can be followed."""

from __future__ import annotations

import datetime as dt
import json
from os import PathLike, fspath
from typing import Any, Literal, NamedTuple

from nhs_ig import _core
from nhs_ig._arguments import expect, with_settings
from nhs_ig.audit_checkpoints import AuditCheckpoint, handle_of
from nhs_ig.errors import MisuseError

Held = AuditCheckpoint | tuple[int, str] | None


class AuditReport(NamedTuple):
    """What verification found.

    ``truncation`` is ``"excluded"`` only against what was held elsewhere, and then for the first ``excluded_records``
    records: nothing in them was cut off, changed, added, removed or moved.
    """

    records: int
    hash: str
    truncation: Literal["excluded", "not_excluded"]
    recoveries: int
    sealed_bytes: int
    verdict: str
    root: str
    excluded_records: int

    @property
    def head(self) -> tuple[int, str]:
        """What to hold elsewhere and give to a later verification: records and hash of the last line."""
        return self.records, self.hash


class AuditCoverage(NamedTuple):
    """How many runs of a log can be followed from what they read to what they wrote.

    A run is all the records of one correlation id of which one at least is about data: ``read``, ``query``,
    ``reidentify`` on the read side, ``write``, ``export``, ``delete``, ``transfer`` on the write side. It is covered if
    every act was announced by an attempt, every attempt ended, and whoever wrote also read under the same id.
    """

    runs: int
    covered: int
    unannounced: int
    unfinished: int
    write_only: int
    read_only: int
    verdict: str

    @property
    def percent(self) -> int | None:
        """The covered share in whole per cent, rounded down; None if there is no run."""
        return self.covered * 100 // self.runs if self.runs else None


class AuditTail(NamedTuple):
    """The last records of a log, and what verification says of it: a report, or what is wrong."""

    records: list[dict[str, Any]]
    report: AuditReport | None
    fault: Exception | None


def report_of(told: tuple[int, str, str, int | None, int, int, str]) -> AuditReport:
    """Return what the core tells as a report."""
    records, digest, root, excluded, recoveries, sealed, verdict = told
    truncation: Literal["excluded", "not_excluded"] = "not_excluded" if excluded is None else "excluded"
    return AuditReport(records, digest, truncation, recoveries, sealed, verdict, root, excluded or 0)


def held_of(
    held: Any, checkpoint: Any = None, verifier_key: Any = None, origin: Any = None
) -> tuple[tuple[int, str] | None, _core.CheckpointHandle | None]:
    """Return the head and the checkpoint that are held, of which there is one at most."""
    if held is not None and checkpoint is not None:
        refuse("held", "left out where a checkpoint is given")
    given = held if checkpoint is None else checkpoint
    if isinstance(given, AuditCheckpoint):
        if verifier_key is not None or origin is not None:
            refuse("verifier_key", "left out with an AuditCheckpoint, which was checked when it was opened")
        return None, handle_of("checkpoint", given)
    if checkpoint is not None:
        expect("checkpoint", checkpoint, (str, PathLike), "an AuditCheckpoint, or a path with a verifier_key")
        return None, handle_of("checkpoint", AuditCheckpoint.open(checkpoint, verifier_key, origin=origin))
    if verifier_key is not None or origin is not None:
        refuse("checkpoint", "given with a verifier_key or an origin")
    if held is not None and not (isinstance(held, tuple) and [type(part) for part in held] == [int, str]):
        refuse("held", "records and hash of a head as a tuple, or an AuditCheckpoint")
    return held, None


def refuse(name: str, expected: str) -> None:
    """Refuse an argument; the message does not show it."""
    message = f"{name} is not usable: expected {expected}"
    raise MisuseError(message, "misuse.argument", {"name": name, "expected": expected})


def verify_audit(
    path: str | PathLike[str],
    held: Held = None,
    *,
    checkpoint: AuditCheckpoint | str | PathLike[str] | None = None,
    verifier_key: str | PathLike[str] | None = None,
    origin: str | None = None,
) -> AuditReport:
    """Verify a log from its first line to its last.

    Without anything held elsewhere, a log that was cut off or rewritten as a whole cannot be told from a good one, and
    the report says so. With it, the report says for how many records that is excluded.

    Parameters
    ----------
    path
        The file of the log.
    held
        A head taken earlier (``log.head`` or ``report.head``) and kept elsewhere, or an ``AuditCheckpoint``.
    checkpoint
        In place of ``held``: an ``AuditCheckpoint``, or the path of one, with its key.
    verifier_key
        The text of the key of whoever signed that checkpoint, or a ``Path`` to a file with it; got from them.
    origin
        The name of the log in that checkpoint; that of the key if left out.

    Raises
    ------
    AuditError
        With the first bad line and what is wrong with it, such as ``audit.chain_broken``; ``audit.held_head_missing``,
        ``audit.held_head_differs``, ``audit.checkpoint_missing``, ``audit.checkpoint_differs``; the codes of
        ``AuditCheckpoint.open``.

    """
    expect("path", path, (str, PathLike), "a path")
    head, handle = held_of(held, checkpoint, verifier_key, origin)
    return report_of(with_settings(_core.verify_audit_log, fspath(path), held=head, checkpoint=handle))


def read_audit(
    path: str | PathLike[str],
    held: Held = None,
    *,
    run: str | None = None,
    event: str | None = None,
    actor: str | None = None,
    dataset: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> list[dict[str, Any]]:
    """Verify a log and return its wanted records, each a dict, in their order.

    Nothing is returned from a log that does not verify.

    Parameters
    ----------
    path, held
        As for ``verify_audit``.
    run, event, actor, dataset
        Only records of this run, of this kind, by this actor, about this data set.
    since, until
        Only records from this time on, and up to this one: a day in UTC, which is included whole, or a datetime with
        its time zone, of which ``until`` is not included.

    Raises
    ------
    AuditError
        As ``verify_audit``; ``audit.field`` for a run or an event that cannot be.

    """
    lines = audit_lines(
        path, held, run=run, event=event, actor=actor, dataset=dataset, since=since, until=until
    )
    return [json.loads(line) for line in lines]


def audit_lines(
    path: str | PathLike[str],
    held: Held = None,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    **wanted: str | None,
) -> list[str]:
    """Verify a log and return the lines of its wanted records as they are stored; see ``read_audit``."""
    settings = wanted_settings(path, held, since=since, until=until, **wanted)
    lines: list[str] = with_settings(_core.read_audit_records, fspath(path), **settings)
    return lines


def wanted_settings(
    path: Any, held: Held = None, *, since: Any = None, until: Any = None, **wanted: str | None
) -> dict[str, Any]:
    """Return what the core wants to know of the records of ``read_audit``, after a look at the arguments."""
    expect("path", path, (str, PathLike), "a path")
    head, handle = held_of(held)
    return {
        "held": head,
        "checkpoint": handle,
        "since": _micros("since", since, whole_day=False),
        "before": _micros("until", until, whole_day=True),
        **{name: wanted.get(name) for name in ("run", "event", "actor", "dataset")},
    }


def _micros(name: str, moment: Any, *, whole_day: bool) -> int | None:
    """Return microseconds since 1970; the end of a day that is included whole."""
    if moment is None:
        return None
    expect(name, moment, dt.date, "a date, or a datetime with its time zone")
    if not isinstance(moment, dt.datetime):
        start = dt.datetime(moment.year, moment.month, moment.day, tzinfo=dt.timezone.utc)
        moment = start + dt.timedelta(days=int(whole_day)) if moment < dt.date.max else start
    return micros_of(name, moment)


def micros_of(name: str, moment: dt.datetime) -> int:
    """Return microseconds since 1970."""
    if moment.utcoffset() is None:
        refuse(name, "a date, or a datetime with its time zone")
    passed = moment - dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
    return max(0, passed // dt.timedelta(microseconds=1))


def tail_audit(path: str | PathLike[str], last: int = 10) -> AuditTail:
    """Return the last records of a log; of one that does not verify, the last before the fault, with the fault.

    Raises
    ------
    AuditError
        ``audit.unreadable`` if there is no log to read.

    """
    expect("path", path, (str, PathLike), "a path")
    lines, told, fault = with_settings(_core.tail_audit_log, fspath(path), last=last)
    if fault is not None and fault.code == "audit.unreadable":
        raise fault
    records = [json.loads(line) for line in lines]
    return AuditTail(records, None if told is None else report_of(told), fault)


def audit_coverage(path: str | PathLike[str], held: Held = None) -> AuditCoverage:
    """Verify a log and measure how many of its runs can be followed from what they read to what they wrote.

    It cannot see what was never recorded, and a run that is still at work counts as unfinished.

    Parameters
    ----------
    path, held
        As for ``verify_audit``.

    Raises
    ------
    AuditError
        As ``verify_audit``.

    """
    expect("path", path, (str, PathLike), "a path")
    head, handle = held_of(held)
    return AuditCoverage(*with_settings(_core.audit_log_coverage, fspath(path), held=head, checkpoint=handle))
