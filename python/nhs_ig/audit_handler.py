"""Python's own logging as a way into the audit log, so that an existing service takes it up in one line."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from nhs_ig._arguments import expect
from nhs_ig.audit import AuditLog
from nhs_ig.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES = frozenset({
    "event", "dataset", "actor", "purpose", "count", "outcome", "durability", "role", "org", "agreement_id", "corr_id",
    "code", "reason_ref", "object", "key_id", "authoriser", "device", "actor_kind",
})  # fmt: skip


class AuditHandler(logging.Handler):
    """A handler that writes what a logging call carries in ``extra={"audit": {...}}`` into an audit log.

    The mapping has the members of ``AuditLog.audit``, with ``event`` among them. The message of the call, its arguments
    and everything else are **not** recorded: they could hold anything. The record has the correlation id of the run of
    whoever made the call.

    What is refused or cannot be written raises **in the logging call**, whatever ``logging.raiseExceptions`` says, so
    that the act does not go on unrecorded; handlers after this one do not see that call. A call without a mapping is
    refused too, unless ``ignore_other`` is true.

    It does **not** see calls that logging drops before any handler: below the level of the logger (a new logger has
    that of its parents, which is ``WARNING`` at first) or below level 1, after ``logging.disable``, by a filter of the
    logger or one put on this handler behind its back, or by a logger that a configuration disabled or took this
    handler from. ``attach_to`` sets the level so that none is dropped for that reason; use it, after any
    configuration. Behind a queue (``QueueHandler``) the caller could not learn of a failure, so records of another
    thread or process are refused. A buffer in the same thread (``MemoryHandler``) is not noticed: it delays the record,
    its run and its failure.

    Parameters
    ----------
    log
        The audit log.
    actor
        Called without arguments for who acts, where a mapping names nobody.
    ignore_other
        Whether calls without a mapping are passed over.

    Examples
    --------
    >>> import logging, tempfile
    >>> import nhs_ig as ig
    >>> log = ig.AuditLog(tempfile.mkdtemp() + "/audit.jsonl")
    >>> logger = ig.AuditHandler(log, actor=lambda: "a.analyst").attach_to("example.audit")
    >>> logger.info("not recorded", extra={"audit": {"event": "read", "dataset": "dids", "count": 5}})
    >>> log
    AuditLog(1 records)

    """

    def __init__(
        self, log: AuditLog, *, actor: Callable[[], str] | None = None, ignore_other: bool = False
    ) -> None:
        """Take the log and where to ask for the actor."""
        super().__init__()
        expect("log", log, AuditLog, "an AuditLog")
        if actor is not None and not callable(actor):
            _refuse("actor", "something to call for the id of who acts, or None")
        expect("ignore_other", ignore_other, bool, "True or False")
        self._audit_log, self._actor, self._ignore_other = log, actor, ignore_other

    def attach_to(self, logger: str | logging.Logger) -> logging.Logger:
        """Add this handler to a logger, given itself or by its name, let through every level there, and return it."""
        expect("logger", logger, (str, logging.Logger), "a logger or its name")
        found = logging.getLogger(logger) if isinstance(logger, str) else logger
        found.setLevel(1)
        found.addHandler(self)
        return found

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; every error goes to the caller."""
        given = getattr(record, "audit", None)
        if given is None and self._ignore_other:
            return
        if not isinstance(given, Mapping) or not given.keys() <= _NAMES or "event" not in given:
            _refuse(
                'extra["audit"]', "a mapping of the members of AuditLog.audit alone, with event among them"
            )
        if record.thread not in {None, threading.get_ident()} or record.process not in {None, os.getpid()}:
            _refuse("logging call", "one that reaches the handler in its own thread, without a queue between")
        settings: dict[str, Any] = {
            name: value for name, value in given.items() if value is not None or name == "event"
        }
        if "actor" not in settings and self._actor is not None:
            settings["actor"] = self._actor()
        if settings.get("actor") is None:
            _refuse("actor", "the id of who acts, in the mapping or from the handler's actor")
        self._audit_log.audit(**settings)

    def handleError(self, record: logging.LogRecord) -> NoReturn:  # noqa: ARG002, N802 - the name that logging calls
        """Raise the error at hand: nothing is swallowed or only printed here."""
        raise  # noqa: PLE0704 - logging calls this inside its handling of the error

    def setLevel(self, level: int | str) -> None:  # noqa: N802 - the name that logging calls
        """Refuse every level but the lowest, below which calls would be dropped unseen."""
        if level not in {logging.NOTSET, "NOTSET"}:
            _refuse("level", "NOTSET: an audit handler drops nothing")
        super().setLevel(level)

    def addFilter(self, filter: Any) -> NoReturn:  # noqa: A002, ARG002, N802 - the names that logging uses
        """Refuse filters, by which calls would be dropped unseen."""
        _refuse("filter", "none: an audit handler drops nothing")


def _refuse(name: str, expected: str) -> NoReturn:
    message = f"{name} is not usable: expected {expected}"
    raise MisuseError(message, "misuse.argument", {"name": name, "expected": expected})
