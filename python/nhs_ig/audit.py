"""The audit trail: who did what with which data, in a log that shows when it was changed."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from os import fspath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nhs_ig import _core
from nhs_ig._arguments import with_settings
from nhs_ig.errors import IgError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from nhs_ig._core import VerifiedActor
    from nhs_ig.audit_sql import SqlSink

Durability = Literal["written", "synced"]

_RUN: ContextVar[str | None] = ContextVar("nhs_ig_run", default=None)


def current_run() -> str:
    """Return the id of this context's run; the first call in a context begins one."""
    known = _RUN.get()
    if known is None:
        known = _core.new_run_id()
        _RUN.set(known)
    return known


@contextmanager
def run() -> Iterator[str]:
    """Begin a new run: everything recorded inside has the same correlation id, which is given.

    >>> import nhs_ig as ig
    >>> with ig.run() as first, ig.run() as second:
    ...     first == second
    False
    """
    token = _RUN.set(_core.new_run_id())
    try:
        yield current_run()
    finally:
        _RUN.reset(token)


class Receipt(NamedTuple):
    """Proof that a record was taken: its number, id and the hash of its line."""

    seq: int
    id: str
    hash: str


def record_settings(
    device: str | None,
    event: str,
    dataset: str | None,
    actor: str | VerifiedActor,
    purpose: str | None,
    count: int | None,
    outcome: str,
    fields: dict[str, str | None],
) -> dict[str, Any]:
    """Return the settings of one record as the core takes them."""
    corr_id = fields.pop("corr_id", None) or current_run()
    given = {"dataset": dataset, "purpose": purpose, "device": device, **fields}
    text = {name: value for name, value in given.items() if value is not None}
    return {
        "fields": text, "event": event, "outcome": outcome, "actor": actor, "corr_id": corr_id, "count": count,
    }  # fmt: skip


class AuditLog:
    """An append-only audit log of one file, safe for many threads and processes.

    Each record is one JSON line chained to the line before by its SHA-256. There is no free text, and a field that
    could hold an NHS number is refused. The log shows that it was rewritten or shortened only against a head
    (``log.head``) or an ``AuditCheckpoint`` that is held where its writers cannot reach.

    Parameters
    ----------
    path
        The file; it is made readable by its owner only.
    device
        The machine or application, written into every record.

    Raises
    ------
    AuditError
        ``audit.not_recorded``, ``audit.not_a_log``, or the code of what is wrong with the chain.

    """

    __slots__ = ("_device", "_log", "_path")

    def __init__(self, path: str | PathLike[str], *, device: str | None = None) -> None:
        """Open the log, or make it."""
        self._path = fspath(path)
        self._log = _core.AuditLogHandle(self._path)
        self._device = device

    @property
    def head(self) -> tuple[int, str]:
        """Records in the log and the hash of its last line, as last seen."""
        return self._log.head

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
        **fields: str | None,
    ) -> Receipt:
        """Append one record.

        ``event`` is one of ``read``, ``write``, ``export``, ``delete``, ``query``, ``login``, ``config``,
        ``opt_out_check``, ``reidentify``, ``key_use``, ``incident``, ``review``, ``transfer``. Further fields are
        ``role``, ``org``, ``agreement_id``, ``code``, ``reason_ref`` (a ticket such as ``IG/2026/17``),
        ``object`` (a SHA-256), ``key_id``, ``authoriser``, ``device``, and ``corr_id``, which is that of the
        current run if left out. ``actor`` is the id of a person, or a ``VerifiedActor``, whose role and organisation
        are then recorded too.

        The ok means what ``durability`` says: ``"written"`` to the system or ``"synced"`` to the disk, the default
        for ``export`` and ``delete``.

        Raises
        ------
        AuditError
            ``audit.not_recorded``, ``audit.field``, ``audit.identifier_in_field``, ``audit.actor_generic`` and
            others; then the act must not go on.

        """
        given = record_settings(self._device, event, dataset, actor, purpose, count, outcome, fields)
        return Receipt(*with_settings(self._log.record, **given, durability=durability))

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
        fields.setdefault("corr_id", current_run())
        self.audit(event, dataset, actor=actor, outcome="attempt", **fields)
        audited = Audited()
        try:
            yield audited
        except BaseException as error:
            code = error.code if isinstance(error, IgError) else None
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


class Audited:
    """What an audited block may say about itself."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        """Begin without a count."""
        self.count: int | None = None
