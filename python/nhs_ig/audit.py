"""The audit trail: who did what with which data, in a log that shows when it was changed."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from os import fspath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nhs_ig import _core
from nhs_ig._arguments import expect, with_settings
from nhs_ig.errors import IgError, MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

Durability = Literal["written", "synced", "group"]

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

    __slots__ = ("_device", "_log", "_path")

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        device: str | None = None,
        rotate_bytes: int | None = None,
        rotate_after: timedelta | None = None,
    ) -> None:
        """Open the log, or make it."""
        self._path = fspath(path)
        self._log = _core.AuditLogHandle(
            self._path, rotate_bytes=_rotate_bytes(rotate_bytes), rotate_after=_rotate_after(rotate_after)
        )
        self._device = device

    @property
    def head(self) -> tuple[int, str]:
        """Records in the log and the hash of its last line, as last seen."""
        return self._log.head

    def audit(
        self,
        event: str,
        dataset: str | None = None,
        *,
        actor: str,
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
        current run if left out.

        The ok means what ``durability`` says: ``"written"`` to the system (it survives the end of the process) or
        ``"synced"`` to the disk (it survives a power cut), the default for ``export`` and ``delete``. ``"group"`` means
        the same as ``"synced"``; threads that record at the same time share the wait for the disk.

        Raises
        ------
        AuditError
            ``audit.not_recorded``, ``audit.field``, ``audit.identifier_in_field``, ``audit.actor_generic`` and
            others; then the act must not go on.

        """
        corr_id = fields.pop("corr_id", None) or current_run()
        given = {"dataset": dataset, "purpose": purpose, "device": self._device, **fields}
        text = {name: value for name, value in given.items() if value is not None}
        return Receipt(
            *with_settings(
                self._log.record,
                fields=text,
                event=event,
                outcome=outcome,
                actor=actor,
                corr_id=corr_id,
                count=count,
                durability=durability,
            ),
        )

    @contextmanager
    def audited(
        self, event: str, dataset: str | None = None, *, actor: str, **fields: Any
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


_MOST_BYTES = 2**53
_MICROSECOND = timedelta(microseconds=1)


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
    expected = "a timedelta longer than none"
    expect("rotate_after", age, timedelta, expected)
    if age < _MICROSECOND:
        message = f"rotate_after is not usable: expected {expected}"
        raise MisuseError(message, "misuse.argument", {"name": "rotate_after", "expected": expected})
    return age // _MICROSECOND


class Audited:
    """What an audited block may say about itself."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        """Begin without a count."""
        self.count: int | None = None
