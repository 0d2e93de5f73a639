"""The audit trail: who did what with which data, in a log that shows when it was changed."""

from __future__ import annotations

import operator
import os
import re
from contextlib import contextmanager
from datetime import timedelta
from os import fspath
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from nhs_ig import _core
from nhs_ig._arguments import expect, unreadable_settings
from nhs_ig.audit_runs import current_run
from nhs_ig.errors import IgError, MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from nhs_ig._core import VerifiedActor
    from nhs_ig.audit_sql import SqlSink

Durability = Literal["written", "synced", "group"]

# Proof that a record was taken: its number ``seq``, ``id`` and the ``hash`` of its line.
Receipt = _core.Receipt


class AuditLog:
    """An append-only audit log, safe for many threads and processes.

    Each record is one JSON line chained to the line before by its SHA-256. There is no free text, and a field that
    could hold an NHS number is refused. The log shows that it was rewritten or shortened only against a head
    (``log.head``) or an ``AuditCheckpoint`` that is held where its writers cannot reach.

    Parameters
    ----------
    path
        The file; it is made readable by its owner only.
    device
        The machine or application, written into every record.
    rotate_bytes
        A file of so many bytes takes no further record: it is put aside as, for ``audit.jsonl``,
        ``audit.0000000000000000.jsonl`` (the number is that of its first record), and the chain goes on in a new one.
        Keep all of them in one folder: together they are the log, and are verified as one. One file by default.
    rotate_after
        The same for a file whose first record is so old.

    Raises
    ------
    AuditError
        ``audit.not_recorded``, ``audit.not_a_log``, ``audit.segment_missing``, ``audit.segment_foreign``,
        ``audit.segment_cut``, or the code of what is wrong with the chain.

    Examples
    --------
    >>> import tempfile, pathlib, nhs_ig as ig
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> log = ig.AuditLog(folder / "audit.jsonl", rotate_bytes=600)
    >>> for _ in range(4):
    ...     receipt = log.audit("read", "dids", actor="a.analyst", durability="group")
    >>> sorted(path.name for path in folder.iterdir())
    ['audit.0000000000000000.jsonl', 'audit.jsonl']
    >>> ig.verify_audit(folder / "audit.jsonl").verdict
    '6 records, consistent; truncation NOT excluded'

    """

    __slots__ = ("_device", "_log", "_orphans", "_path", "_process", "_rotation")

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        device: str | None = None,
        rotate_bytes: int | None = None,
        rotate_after: timedelta | None = None,
    ) -> None:
        """Open the log, or make it."""
        expect("path", path, (str, os.PathLike), "a path")
        self._path = fspath(path)
        self._rotation = {
            "rotate_bytes": _rotate_bytes(rotate_bytes),
            "rotate_after": _rotate_after(rotate_after),
        }
        self._process = os.getpid()
        self._orphans: list[_core.AuditLogHandle] = []
        self._log = _core.AuditLogHandle(self._path, **self._rotation)
        self._path = os.path.abspath(self._path)  # noqa: PTH100 - a fork may be elsewhere when it opens it
        self._device = device

    @property
    def handle(self) -> _core.AuditLogHandle:
        """The open log in the core, for other parts of the package: one of its own for each process.

        A fork takes the handle along as it was, perhaps locked by a thread that the fork does not have.
        """
        if self._process != os.getpid():
            # Closed with the process and not before: the lock on the file is shared with the parent.
            self._orphans.append(self._log)
            self._log = _core.AuditLogHandle(self._path, **self._rotation)
            self._process = os.getpid()
        return self._log

    @property
    def head(self) -> tuple[int, str]:
        """Records in the log and the hash of its last line, as last seen."""
        return self.handle.head

    @property
    def device(self) -> str | None:
        """The machine or application that is written into every record."""
        return self._device

    def audit(
        self,
        event: str,
        dataset: str | None = None,
        *,
        actor: str | VerifiedActor,
        purpose: str | None = None,
        count: int | None = None,
        outcome: Literal["attempt", "success", "failure", "refused"] = "success",
        durability: Durability | None = None,
        actor_kind: Literal["person", "service"] = "person",
        corr_id: str | None = None,
        **fields: str | None,
    ) -> Receipt:
        """Append one record.

        ``event`` is one of ``read``, ``write``, ``export``, ``delete``, ``query``, ``login``, ``config``,
        ``opt_out_check``, ``reidentify``, ``key_use``, ``incident``, ``review``, ``transfer``. Further fields are
        ``role``, ``org``, ``agreement_id``, ``code``, ``reason_ref`` (a ticket such as ``IG/2026/17``),
        ``object`` (a SHA-256), ``key_id``, ``authoriser``, ``device``, and ``corr_id``, which is that of the
        current run if left out. ``actor`` is the id of a person, or a ``VerifiedActor``, whose role and organisation
        are then recorded too.

        ``actor`` is a person; ``batch``, ``system`` and the like are refused. For a program that acts by itself give
        ``actor_kind="service"`` and the person who answers for it as ``authoriser``.

        The ok means what ``durability`` says: ``"written"`` to the system (it survives the end of the process) or
        ``"synced"`` to the disk (it survives a power cut), the default for ``export`` and ``delete``. ``"group"`` means
        the same as ``"synced"``; threads that record at the same time share the wait for the disk.

        Raises
        ------
        AuditError
            ``audit.not_recorded``, ``audit.field``, ``audit.identifier_in_field``, ``audit.actor_generic`` and
            others; then the act must not go on.

        """
        if self._device is not None:
            fields.setdefault("device", self._device)
        fields["dataset"] = dataset
        fields["purpose"] = purpose
        try:
            return self.handle.record(
                event,
                outcome,
                actor,
                current_run() if corr_id is None else corr_id,
                fields,
                count,
                durability,
                actor_kind,
            )
        except (TypeError, OverflowError, UnicodeEncodeError):
            raise unreadable_settings("event", "actor", "outcome", "count", "durability", "corr_id") from None

    def sql_sink(
        self,
        connection: Any,
        *,
        table: str = "audit_record",
        dialect: str | None = None,
        paramstyle: str | None = None,
    ) -> SqlSink:
        """Return what records into an audit table of a database, in the transaction of the caller.

        The record and the change of data that it is about are then kept together or rolled back together. Attempts
        and failures go into this log, which no rollback takes back.

        Parameters
        ----------
        connection
            An open DB-API 2 connection. It is never committed, rolled back or closed here.
        table
            The table, made with the statements of ``ig.audit_sql_table``.
        dialect
            ``"postgresql"``, ``"sqlite"``, ``"sql_server"``, or ``"other"``, for which no lock is taken and the table's
            own constraints alone refuse a fork; needed where the driver does not tell.
        paramstyle
            How the driver marks the places of values (PEP 249); needed where its module does not tell.

        Raises
        ------
        MisuseError
            ``misuse.argument``.

        """
        from nhs_ig.audit_sql import SqlSink

        return SqlSink(self, connection, table=table, dialect=dialect, paramstyle=paramstyle)

    @contextmanager
    def audited(
        self, event: str, dataset: str | None = None, *, actor: str | VerifiedActor, **fields: Any
    ) -> Iterator[Audited]:
        """Record the attempt, run the block, and record how it ended.

        Nothing in the block runs if the attempt cannot be recorded. Set ``count`` on what ``as`` gives. An error in
        the block is recorded as a failure, with its code if it is one of this library, and goes on to the caller.
        """
        check_audited(fields)
        fields.setdefault("corr_id", current_run())
        self.audit(event, dataset, actor=actor, outcome="attempt", **fields)
        audited = Audited()
        try:
            yield audited
        except BaseException as error:
            code = code_of(error)
            self.audit(
                event,
                dataset,
                actor=actor,
                outcome="failure",
                count=audited.count,
                **{"code": code, **fields},
            )
            raise
        self.audit(event, dataset, actor=actor, outcome="success", count=audited.count, **fields)

    def __repr__(self) -> str:
        """Show the number of records only."""
        if not hasattr(self, "_log"):
            # Opening it failed, and a debugger shows what there is.
            return "AuditLog(not made)"
        return f"AuditLog({self.head[0]} records)"


_MOST_BYTES = 2**53
_MICROSECOND = timedelta(microseconds=1)
_LONGEST = timedelta(days=36_525)


def _rotate_bytes(limit: int | None) -> int | None:
    if limit is None:
        return None
    expected = "a number of bytes from 1"
    expect("rotate_bytes", limit, int, expected, _MOST_BYTES)
    if isinstance(limit, bool) or limit < 1:
        message = f"rotate_bytes is not usable: expected {expected}"
        raise MisuseError(message, "misuse.argument", {"name": "rotate_bytes", "expected": expected})
    return limit


def _rotate_after(age: timedelta | None) -> int | None:
    if age is None:
        return None
    expected = "a timedelta longer than none, of at most 100 years"
    expect("rotate_after", age, timedelta, expected)
    if not _MICROSECOND <= age <= _LONGEST:
        message = f"rotate_after is not usable: expected {expected}"
        raise MisuseError(message, "misuse.argument", {"name": "rotate_after", "expected": expected})
    return age // _MICROSECOND


def check_audited(fields: dict[str, Any]) -> None:
    """Refuse, before the attempt, what only the end of an act can say."""
    for name in ("count", "outcome"):
        if name in fields:
            expected = "left out of audited: set count on what `as` gives"
            message = f"{name} is not usable: expected {expected}"
            raise MisuseError(message, "misuse.argument", {"name": name, "expected": expected})


def code_of(error: BaseException) -> str | None:
    """Return the code of an error of this library, if a record can hold it."""
    code = error.code if isinstance(error, IgError) else None
    return code if code and re.fullmatch(r"[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,31}){1,3}", code) else None


class Audited:
    """What an audited block may say about itself.

    ``count`` is a whole number from 0 to 2^53 - 1, or None; anything else is refused where it is set.
    """

    __slots__ = ("_count",)

    def __init__(self) -> None:
        """Begin without a count."""
        self._count: int | None = None

    @property
    def count(self) -> int | None:
        """How many rows, people or files."""
        return self._count

    @count.setter
    def count(self, count: int | None) -> None:
        if count is not None and (isinstance(count, bool) or not 0 <= _whole(count) < _MOST_BYTES):
            _refuse_count()
        self._count = None if count is None else _whole(count)


def _whole(count: Any) -> int:
    """Return a whole number of any integer type."""
    try:
        return operator.index(count)
    except TypeError:
        return _refuse_count()


def _refuse_count() -> NoReturn:
    expected = "a whole number from 0 to 2^53 - 1"
    message = f"count is not usable: expected {expected}"
    raise MisuseError(message, "misuse.argument", {"name": "count", "expected": expected})
