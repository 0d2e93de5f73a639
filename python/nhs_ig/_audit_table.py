"""The statements with which an audit table is read and written over any DB-API 2 connection."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, NoReturn

from nhs_ig import _core
from nhs_ig._arguments import expect
from nhs_ig.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# With the type that PostgreSQL is told for it, where that is not text.
COLUMNS = {
    "seq": "bigint", "v": "smallint", "id": "uuid", "ts": "timestamptz", "event": None, "outcome": None,
    "dataset": None, "actor": None, "role": None, "org": None, "purpose": None, "agreement_id": None,
    "count": "bigint", "corr_id": "uuid", "code": None, "reason_ref": None, "object": None, "key_id": None,
    "authoriser": None, "device": None, "prev": None, "hash": None, "line": None,
}  # fmt: skip
DIALECTS = ("postgresql", "sqlite", "sql_server", "other")
_DRIVERS = {
    "sqlite3": "sqlite", "psycopg": "postgresql", "psycopg2": "postgresql", "pg8000": "postgresql",
    "pymssql": "sql_server",
}  # fmt: skip
_PLACES: dict[str, Callable[[int, str], str]] = {
    "qmark": lambda *_: "?",
    "numeric": lambda number, _: f":{number}",
    "named": lambda _, name: f":{name}",
    "format": lambda *_: "%s",
    "pyformat": lambda _, name: f"%({name})s",
}
_BATCH = 1000


def refuse(name: str, expected: str) -> NoReturn:
    """Refuse an argument."""
    message = f"{name} is not usable: expected {expected}"
    raise MisuseError(message, "misuse.argument", {"name": name, "expected": expected})


class AuditTable:
    """One audit table as one connection sees it; it never commits and never rolls back."""

    __slots__ = ("_connection", "_dialect", "_style", "name")

    def __init__(self, connection: Any, table: str, dialect: str | None, paramstyle: str | None) -> None:
        """Find out what the driver is, unless the caller says it."""
        if not callable(getattr(connection, "cursor", None)):
            refuse("connection", "an open DB-API 2 connection")
        expect("table", table, str, "the name of the table")
        # Refuses any name that would have to be quoted.
        _core.audit_table_ddl("sqlite", table)
        self.name = table
        self._connection = connection
        # Also of a class that a caller derived from the driver's own.
        modules = [kind.__module__ for kind in type(connection).__mro__]
        known = (_DRIVERS.get(module.partition(".")[0]) for module in modules)
        self._dialect = dialect or next(filter(None, known), None)
        if self._dialect not in DIALECTS:
            refuse("dialect", f"given for this driver: one of {', '.join(DIALECTS)}")
        style = paramstyle or next(filter(None, map(_paramstyle, modules)), None)
        if style not in _PLACES:
            refuse("paramstyle", f"given for this driver: one of {', '.join(_PLACES)}")
        self._style: str = style

    def last(self) -> tuple[int, str, str] | None:
        """Lock the table for other writers until the transaction ends; return number, hash and line of its last row."""
        before = self._begin()
        newest = f"SELECT MAX(seq) FROM {self.name}"  # noqa: S608 - the name was checked
        sql = f"SELECT seq, hash, line FROM {self.name} WHERE seq = ({newest})"  # noqa: S608 - the name was checked
        rows = [tuple(map(_text, row)) for row in self._run(sql)]
        if before is not None and self._run("SELECT txid_current()") != before:
            refuse(
                "connection", "one in a transaction that the caller commits: with autocommit, begin one first"
            )
        if not rows:
            return None
        seq, digest, line = rows[0]
        return int(seq or 0), digest or "", line or ""

    def _begin(self) -> list[list[Any]] | None:
        """Take the lock that the database has; on PostgreSQL also return the number of the transaction."""
        if self._dialect == "postgresql":
            # A lock by agreement among writers: a lock on the table would need the right to change it.
            self._run(f"SELECT pg_advisory_xact_lock(CAST(CAST('{self.name}' AS regclass) AS oid)::bigint)")
            return self._run("SELECT txid_current()")
        if self._dialect == "sqlite" and not getattr(self._connection, "in_transaction", True):
            by_itself = getattr(self._connection, "autocommit", None) is True
            if by_itself or getattr(self._connection, "isolation_level", "") is None:
                refuse(
                    "connection",
                    "one in a transaction that the caller commits: with autocommit, begin one first",
                )
            self._run("BEGIN IMMEDIATE", rows=False)
        if self._dialect == "sql_server":
            lock = f"SELECT MAX(seq) FROM {self.name} WITH (UPDLOCK, HOLDLOCK)"  # noqa: S608 - the name was checked
            self._run(lock)
        return None

    def insert(self, lines: Iterable[tuple[str, str]]) -> int:
        """Add records, given as lines with their hashes, and return how many."""
        names = ", ".join(COLUMNS)
        places = ", ".join(self._place(number, name) for number, name in enumerate(COLUMNS, 1))
        sql = f"INSERT INTO {self.name} ({names}) VALUES ({places})"  # noqa: S608 - the name was checked
        count = 0
        for line, digest in lines:
            values = {**json.loads(line), "hash": digest, "line": line}
            self._run(sql, {name: values.get(name) for name in COLUMNS}, rows=False)
            count += 1
        return count

    def _place(self, number: int, name: str) -> str:
        """Return the place of one value, with the type that PostgreSQL does not guess for every driver."""
        place = _PLACES[self._style](number, name)
        kind = COLUMNS[name] or "text"
        return f"CAST({place} AS {kind})" if self._dialect == "postgresql" else place

    def rows(self) -> Iterator[list[tuple[str, str, list[tuple[str, str | None]]]]]:
        """Give all rows in the order of their numbers, in batches."""
        sql = f"SELECT {', '.join(COLUMNS)} FROM {self.name} ORDER BY seq"  # noqa: S608 - the name was checked
        with closing(self._connection.cursor()) as cursor:
            self._try(cursor.execute, sql)
            while batch := self._try(cursor.fetchmany, _BATCH):
                yield [_row(cells) for cells in batch]

    def _run(self, sql: str, values: dict[str, Any] | None = None, *, rows: bool = True) -> list[list[Any]]:
        named = self._style in {"named", "pyformat"}
        given = () if values is None else (values if named else tuple(values.values()),)
        with closing(self._connection.cursor()) as cursor:
            self._try(cursor.execute, sql, *given, reading=values is None)
            return [_cells(row) for row in self._try(cursor.fetchall)] if rows else []

    @staticmethod
    def _try(act: Any, *given: Any, reading: bool = True) -> Any:
        """Call the driver; of its error only the kind goes on, since its text repeats the row."""
        try:
            return act(*given)
        except Exception as error:  # noqa: BLE001 - drivers share no class of errors
            reason = _kind(error)
        # Outside, so that the driver's own error does not hang on this one.
        return _core.refuse_audit_table(reason, reading=reading)


def _kind(error: Exception) -> str:
    """Return the class of an error and its SQLSTATE or the like, which hold no values."""
    state = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    if state is None and error.args and isinstance(error.args[0], Mapping):
        state = error.args[0].get("C")
    fits = isinstance(state, str) and re.fullmatch("[A-Z0-9_]{1,40}", state)
    return f"{type(error).__name__} {state}" if fits else type(error).__name__


def _paramstyle(driver: str) -> str | None:
    """Return how a driver marks the places of values, as its module says."""
    while driver:
        style = getattr(sys.modules.get(driver), "paramstyle", None)
        if isinstance(style, str):
            return style
        driver = driver.rpartition(".")[0]
    return None


def _cells(row: Any) -> list[Any]:
    """Return the cells of a row, whatever kind of row the connection was told to give."""
    return list(row.values()) if isinstance(row, Mapping) else list(row)


def _row(row: Any) -> tuple[str, str, list[tuple[str, str | None]]]:
    named = [(name, _text(cell)) for name, cell in zip(COLUMNS, _cells(row), strict=True)]
    (_, digest), (_, line) = named[-2:]
    return line or "", digest or "", named[:-2]


def _text(cell: Any) -> str | None:
    """Return a cell as the record writes it."""
    if cell is None:
        return None
    if isinstance(cell, dt.datetime):
        moment = cell if cell.tzinfo is None else cell.astimezone(dt.timezone.utc).replace(tzinfo=None)
        return f"{moment.isoformat(timespec='microseconds')}Z"
    if isinstance(cell, (bytes, bytearray, memoryview)):
        return bytes(cell).decode("utf-8", "replace")
    return str(cell) if isinstance(cell, (str, int, uuid.UUID)) else f"{cell}"
