"""Python's logging as a way into the audit log: nothing is swallowed, and no free text gets in."""

from __future__ import annotations

import asyncio
import logging
import logging.handlers
import os
import queue
import threading

import nhs_ig as ig
import pytest
from audit_support import independent, records
from support import NUMBER, find_secrets


@pytest.fixture
def path(tmp_path):
    return tmp_path / "audit.jsonl"


@pytest.fixture
def logger(path, request):
    """A logger of this test alone, with the handler attached."""
    handler = ig.AuditHandler(ig.AuditLog(path), actor=lambda: "a.analyst")
    logger = handler.attach_to(f"nhs_ig.tests.{request.node.name}")
    logger.propagate = False
    yield logger
    logger.handlers.clear()


READ = {"audit": {"event": "read", "dataset": "dids_2026", "count": 5}}


def test_one_line_records_what_the_mapping_says_and_not_the_message(logger, path):
    logger.info("read for %s", NUMBER, extra=READ)
    logger.debug(
        "x", extra={"audit": {"event": "export", "actor": "b.analyst", "outcome": "attempt", "org": "RJ1"}}
    )
    try:
        int(f"{NUMBER}x")
    except ValueError:
        logger.exception(NUMBER, extra={"audit": {"event": "read", "outcome": "failure"}}, stack_info=True)
    first, second, third = records(path)
    assert (first["event"], first["dataset"], first["count"], first["actor"]) == (
        "read",
        "dids_2026",
        5,
        "a.analyst",
    )
    assert (second["actor"], second["outcome"], second["org"]) == ("b.analyst", "attempt", "RJ1")
    assert set(third) == {"actor", "corr_id", "event", "id", "outcome", "prev", "seq", "ts", "v"}
    assert not find_secrets(path.read_bytes())
    assert independent(path).returncode == 0


@pytest.mark.parametrize("raise_exceptions", [True, False])
@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (None, "misuse.argument"),
        ({"audit": "read"}, "misuse.argument"),
        ({"audit": {}}, "misuse.argument"),
        ({"audit": {"dataset": "dids"}}, "misuse.argument"),
        ({"audit": {"event": "read", "message": "free text"}}, "misuse.argument"),
        ({"audit": {"event": "read", "count": "five"}}, "misuse.argument"),
        ({"audit": {"event": None}}, "misuse.argument"),
        ({"audit": {"event": "looked at"}}, "audit.field"),
        ({"audit": {"event": "chain.recovered"}}, "audit.event_reserved"),
        ({"audit": {"event": "read", "dataset": NUMBER}}, "audit.identifier_in_field"),
        ({"audit": {"event": "read", "actor": "system"}}, "audit.actor_generic"),
    ],
)
def test_what_is_refused_raises_in_the_call(logger, path, monkeypatch, raise_exceptions, extra, code):
    monkeypatch.setattr(logging, "raiseExceptions", raise_exceptions)
    with pytest.raises(ig.errors.IgError) as caught:
        logger.info("about %s", NUMBER, extra=extra)
    assert caught.value.code == code
    assert not find_secrets(str(caught.value))
    assert path.read_bytes() == b""


@pytest.mark.parametrize("raise_exceptions", [True, False])
def test_what_cannot_be_written_raises_in_the_call(logger, path, monkeypatch, raise_exceptions):
    monkeypatch.setattr(logging, "raiseExceptions", raise_exceptions)
    logger.info("", extra=READ)
    path.rename(path.with_suffix(".moved"))
    with pytest.raises(ig.AuditError) as caught:
        logger.info("", extra=READ)
    assert caught.value.code in {"audit.log_replaced", "audit.not_recorded"}

    # Nor is the error swallowed where code of others hands it to handleError.
    def by_others():
        try:
            _ = 1 / 0
        except ZeroDivisionError:
            logger.handlers[0].handleError(logging.makeLogRecord({}))

    with pytest.raises(ZeroDivisionError):
        by_others()


def test_other_calls_are_passed_over_only_if_asked_for(path):
    logger = logging.getLogger("nhs_ig.tests.alone")
    ig.AuditHandler(ig.AuditLog(path), ignore_other=True).attach_to(logger)
    logger.info("started")
    assert path.read_bytes() == b""
    with pytest.raises(ig.errors.IgError) as caught:
        logger.info("", extra=READ)
    assert (caught.value.code, caught.value.context["name"]) == ("misuse.argument", "actor")
    with pytest.raises(ig.errors.IgError):
        logger.info("", extra={"audit": ["read"]})


def test_nothing_below_a_level_is_dropped(path):
    logger = logging.getLogger("nhs_ig.tests.levels")
    logger.setLevel(logging.CRITICAL)
    handler = ig.AuditHandler(ig.AuditLog(path), actor=lambda: "a.analyst")
    assert handler.attach_to(logger) is logger
    logger.log(1, "", extra=READ)
    assert len(records(path)) == 1
    handler.setLevel(logging.NOTSET)
    for refused in (
        lambda: handler.setLevel(logging.ERROR),
        lambda: handler.setLevel("WARNING"),
        lambda: handler.addFilter(lambda record: False),
    ):
        with pytest.raises(ig.errors.MisuseError):
            refused()


def test_a_record_has_the_run_of_whoever_made_the_call(logger, path):
    def in_a_run():
        with ig.run() as run:
            logger.info("", extra=READ)
        return run

    async def task():
        return in_a_run()

    async def both():
        return await asyncio.gather(task(), task())

    with ig.run() as outer:
        logger.info("", extra=READ)
        runs = [outer, *asyncio.run(both())]
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(in_a_run()))
    thread.start()
    thread.join()
    given = "01a5d1b2-0c00-7000-8000-00000000000a"
    logger.info("", extra={"audit": {"event": "read", "corr_id": given}})
    assert [record["corr_id"] for record in records(path)] == [*runs, *found, given]
    assert len({*runs, *found}) == 4


def test_a_queue_between_is_refused(path):
    handler = ig.AuditHandler(ig.AuditLog(path), actor=lambda: "a.analyst")
    waiting: queue.Queue = queue.Queue()
    logger = logging.getLogger("nhs_ig.tests.queued")
    logger.setLevel(1)
    logger.addHandler(logging.handlers.QueueHandler(waiting))
    thread = threading.Thread(target=lambda: logger.info("", extra=READ))
    thread.start()
    thread.join()
    with pytest.raises(ig.errors.MisuseError):
        handler.handle(waiting.get_nowait())
    elsewhere = logging.makeLogRecord({**READ, "process": os.getpid() + 1})
    with pytest.raises(ig.errors.MisuseError):
        handler.handle(elsewhere)
    assert path.read_bytes() == b""


@pytest.mark.parametrize("arguments", [{"log": "audit.jsonl"}, {"actor": "a.analyst"}, {"ignore_other": 1}])
def test_what_a_handler_is_not_made_of(path, arguments):
    with pytest.raises(ig.errors.IgError) as caught:
        ig.AuditHandler(**{"log": ig.AuditLog(path), **arguments})
    assert caught.value.code == "misuse.argument"
    with pytest.raises(ig.errors.IgError):
        ig.AuditHandler(ig.AuditLog(path)).attach_to(5)
