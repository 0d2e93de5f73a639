"""The audit trail as a table of an SQL database: make it, record in it, copy a log into it, verify it."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._arguments import expect, with_settings
from nhs_ig._audit_table import AuditTable
from nhs_ig.audit import Audited, AuditLog, Receipt, check_audited, code_of
from nhs_ig.audit_reading import AuditReport, Held, audit_lines, held_of, report_of
from nhs_ig.audit_runs import current_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from nhs_ig._core import VerifiedActor


def audit_sql_table(
    dialect: Literal["postgresql", "sqlite", "sql_server"], *, table: str = "audit_record"
) -> str:
    """Return the statements that make an audit table, with its constraints, triggers and roles.

    Run them once, as an owner that no service signs in as. Services are then members of ``<table>_writer``, who can add
    records and read them, and nothing else.

    Parameters
    ----------
    dialect
        ``"postgresql"`` (13 or newer), ``"sqlite"`` (3.37 or newer) or ``"sql_server"`` (2022 or newer, never
        executed).
    table
        Its name: 1 to 40 characters ``a-z``, ``0-9`` and ``_``, the first a letter.

    Raises
    ------
    MisuseError
        ``misuse.argument``.

    Examples
    --------
    >>> import sqlite3
    >>> import nhs_ig as ig
    >>> connection = sqlite3.connect(":memory:")
    >>> _ = connection.executescript(ig.audit_sql_table("sqlite"))
    >>> ig.verify_audit_sql_table(connection).verdict
    '0 records, consistent; truncation NOT excluded'

    """
    text: str = with_settings(_core.audit_table_ddl, dialect=dialect, table=table)
    return text


class SqlSink:
    """Records into an audit table, in the transaction of the caller; made by ``AuditLog.sql_sink``.

    The table is a chain of its own. Its rows hold the same lines as a log file, and ``ig.verify_audit_sql_table``
    verifies them. A record is kept when the caller commits, and with a rollback it is gone as if it had never been:
    that is why attempts and failures of ``audited`` go into the log file.
    """

    __slots__ = ("_lock", "_log", "_table")

    def __init__(
        self,
        log: AuditLog,
        connection: Any,
        *,
        table: str = "audit_record",
        dialect: str | None = None,
        paramstyle: str | None = None,
    ) -> None:
        """Take a log and a connection."""
        expect("log", log, AuditLog, "an AuditLog")
        self._log = log
        self._lock = threading.Lock()
        self._table = AuditTable(connection, table, dialect, paramstyle)

    def audit(
        self,
        event: str,
        dataset: str | None = None,
        *,
        actor: str | VerifiedActor,
        purpose: str | None = None,
        count: int | None = None,
        outcome: Literal["attempt", "success", "failure", "refused"] = "success",
        actor_kind: Literal["person", "service"] = "person",
        corr_id: str | None = None,
        **fields: str | None,
    ) -> Receipt:
        """Add one record to the table, in the open transaction; the arguments are those of ``AuditLog.audit``.

        What it returns is a proof only once the caller has committed. Until then no other writer can add a record to
        this table: record late in the transaction, and end it soon.

        Raises
        ------
        AuditError
            ``audit.table_refused`` if the database did not take it, ``audit.table_unreadable``, ``audit.table_column``
            if the last row was changed; and those of ``AuditLog.audit``. Then roll back.
        MisuseError
            ``misuse.argument``, also for a connection that commits by itself.

        """
        given = {"device": self._log.device, **fields, "dataset": dataset, "purpose": purpose}
        with self._lock:
            made: tuple[Receipt, str] = with_settings(
                _core.next_audit_line,
                self._table.last(),
                event=event,
                outcome=outcome,
                actor=actor,
                corr_id=current_run() if corr_id is None else corr_id,
                fields=given,
                count=count,
                actor_kind=actor_kind,
            )
            receipt, line = made
            self._table.insert([(line, receipt.hash)])
            # A trigger of somebody else, or a thread on the same connection, can take a row away without a word.
            if self._table.last() != (receipt.seq, receipt.hash, line):
                _core.refuse_audit_table("the row is not there after it was added", reading=False)
        return receipt

    @contextmanager
    def audited(
        self, event: str, dataset: str | None = None, *, actor: str | VerifiedActor, **fields: Any
    ) -> Iterator[Audited]:
        """Record the attempt in the log, run the block, and record its success in the table.

        The attempt is in the log file whatever happens to the transaction. A success is a row of the transaction, so it
        stands if and only if the caller's own changes do. An error in the block, or of the table, is recorded as a
        failure in the log file, and goes on to the caller, who rolls back. Both have the same correlation id.

        An attempt in the log with neither a failure there nor a row of its run in the table was rolled back or broken
        off.
        """
        check_audited(fields)
        fields.setdefault("corr_id", current_run())
        of_table = {name: value for name, value in fields.items() if name != "durability"}
        self._log.audit(event, dataset, actor=actor, outcome="attempt", **fields)
        audited = Audited()
        try:
            yield audited
            self.audit(event, dataset, actor=actor, outcome="success", count=audited.count, **of_table)
        except BaseException as error:
            code = code_of(error)
            self._log.audit(
                event,
                dataset,
                actor=actor,
                outcome="failure",
                count=audited.count,
                **{"code": code, **fields},
            )
            raise

    def __repr__(self) -> str:
        """Show the name of the table only."""
        if not hasattr(self, "_table"):
            return "SqlSink(not made)"
        return f"SqlSink({self._table.name})"


def copy_audit_to_sql_table(
    path: str | PathLike[str],
    connection: Any,
    *,
    table: str = "audit_record",
    dialect: str | None = None,
    paramstyle: str | None = None,
) -> int:
    """Add the records of a log file to a table that has none or the first of them, and return how many were added.

    The log is verified first, and it must hold what the table has: a table with records of its own, or of another log,
    is refused. The lines are the same bytes, so a head or a checkpoint of the log is one of the table. Nothing is
    committed; verify the table against what is held elsewhere before you do.

    Bytes that the log sealed after a crash are not records and stay in the file alone.

    Parameters
    ----------
    path
        The file of the log.
    connection, table, dialect, paramstyle
        As for ``AuditLog.sql_sink``.

    Raises
    ------
    AuditError
        As ``verify_audit``: ``audit.held_head_missing`` or ``audit.held_head_differs`` if the table is not the
        beginning of the log; ``audit.table_refused``, ``audit.table_unreadable``, ``audit.table_column``.
    MisuseError
        ``misuse.argument``.

    """
    to = AuditTable(connection, table, dialect, paramstyle)
    last = to.last()
    if last is not None:
        _core.check_audit_row(*last)
    held = None if last is None else (last[0] + 1, last[1])
    lines = audit_lines(path, held)[held[0] if held else 0 :]
    return to.insert((line, hashlib.sha256(line.encode()).hexdigest()) for line in lines)


def verify_audit_sql_table(
    connection: Any,
    held: Held = None,
    *,
    table: str = "audit_record",
    dialect: str | None = None,
    paramstyle: str | None = None,
) -> AuditReport:
    """Verify an audit table from its first row to its last.

    Checks every line and the chain as ``verify_audit`` does for a file, that each hash is that of its line, and that
    every column says what the line says. It sees what the connection sees, its own open transaction included. Drivers
    fetch all rows into memory unless the connection is set up otherwise.

    Parameters
    ----------
    connection, table, dialect, paramstyle
        As for ``AuditLog.sql_sink``.
    held
        A head taken earlier (``report.head``) and kept elsewhere, or an ``AuditCheckpoint`` of the log that was copied.
        Without it, a table whose newest rows were removed, or that was made anew as a whole, cannot be told from a good
        one.

    Raises
    ------
    AuditError
        With the first bad row, such as ``audit.chain_broken``, ``audit.sequence``, ``audit.record_format`` or
        ``audit.table_column``; ``audit.held_head_missing``, ``audit.held_head_differs``, ``audit.checkpoint_missing``,
        ``audit.checkpoint_differs``; ``audit.table_unreadable``.
    MisuseError
        ``misuse.argument``.

    """
    read = AuditTable(connection, table, dialect, paramstyle)
    head, handle = held_of(held)
    return report_of(with_settings(_core.verify_audit_rows, read.rows(), held=head, checkpoint=handle))
