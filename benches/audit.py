"""Write and verify audit records: nhs_ig against named peers, in one process run.

    python benches/audit.py            20,000 records a round
    python benches/audit.py 5000       another size

Prints records per CPU second (median of interleaved rounds) and ratios; only ratios carry over to another machine. The
record is the same for all: who did what with which data, for which purpose, with a count, an id and a time. nhs_ig
checks every field, links each record to the one before and verifies what others wrote; the peers do none of that.
Every peer's last line is read back first. Needs: structlog, orjson and nhs_ig.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import nhs_ig as ig
import orjson
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
RECORDS = 20_000
ROOTS: set[str] = set()
ACT = {"event": "read", "dataset": "dids_2026", "actor": "a.analyst", "purpose": "service evaluation"}


def now() -> str:
    """Return the time as the records of nhs_ig have it."""
    return dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stdlib_logger(path: Path) -> Callable[[int], object]:
    """Make the usual JSON logger: `logging` with `json` and `uuid4`, no chain and no checks."""

    class Json(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return json.dumps({"id": str(uuid.uuid4()), "ts": now(), "event": record.msg, **record.audit})

    handler = logging.FileHandler(path)
    handler.setFormatter(Json())
    logger = logging.getLogger("bench")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    fields = {name: value for name, value in ACT.items() if name != "event"}
    return lambda count: logger.info("read", extra={"audit": {**fields, "count": count}})


def structured(path: Path) -> Callable[[int], object]:
    """Make structlog with orjson into a file."""
    log = structlog.wrap_logger(
        structlog.BytesLogger(path.open("ab")),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    ).bind()
    fields = {name: value for name, value in ACT.items() if name != "event"}
    return lambda count: log.info("read", **fields, count=count, id=str(uuid.uuid4()))


def bare(path: Path) -> Callable[[int], object]:
    """Make the least there can be: orjson and one system call."""
    file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def write(count: int) -> None:
        line = orjson.dumps({"id": str(uuid.uuid4()), "ts": now(), **ACT, "count": count}) + b"\n"
        os.write(file, line)

    return write


def ours(path: Path, **settings: object) -> Callable[[int], object]:
    """Make the audit log of nhs_ig."""
    log = ig.AuditLog(path, **settings)
    return lambda count: log.audit(
        "read", "dids_2026", actor="a.analyst", purpose="service evaluation", count=count
    )


def cpu_seconds(act: Callable[[], object]) -> float:
    """CPU time of one call, of the program and of the system on its behalf."""
    started = time.process_time()
    act()
    return time.process_time() - started


def many(write: Callable[[int], object], records: int) -> None:
    """Write so many records."""
    for count in range(records):
        write(count)


def writing(folder: Path, records: int) -> None:
    """Compare the writers."""
    kinds = {
        "nhs_ig": ours,
        "logging + json + uuid4": stdlib_logger,
        "structlog + orjson": structured,
        "orjson + os.write": bare,
    }
    paths = {name: folder / f"{number}.jsonl" for number, name in enumerate(kinds)}
    writers = {name: make(paths[name]) for name, make in kinds.items()}
    for name, write in writers.items():
        write(1)
        last = json.loads(paths[name].read_bytes().splitlines()[-1])
        assert {key: last[key] for key in ACT} == ACT, name
        assert last["count"] == 1, name
    times: dict[str, list[float]] = {name: [] for name in writers}
    for _ in range(ROUNDS):
        for name, write in writers.items():
            times[name].append(cpu_seconds(lambda write=write: many(write, records)))
    for path in paths.values():
        assert len(path.read_bytes().splitlines()) == ROUNDS * records + 1
    fastest = records / statistics.median(times["nhs_ig"])
    for name, taken in times.items():
        rate = records / statistics.median(taken)
        print(f"{name:24} {rate:10,.0f} records per CPU-s   nhs_ig is {fastest / rate:5.2f} x")


def plain_verify(path: Path) -> int:
    """Follow the chain with `json` and `hashlib`, and nothing more."""
    prev, number = "0" * 64, 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines):
            text = line.rstrip(b"\n")
            record = json.loads(text)
            assert record["prev"] == prev
            assert record["seq"] == number
            prev = hashlib.sha256(text).hexdigest()
    return number + 1


def tree_verify(path: Path) -> int:
    """Follow the chain and compute the root of the Merkle tree, with `json` and `hashlib`."""
    prev, number, full = "0" * 64, 0, []
    with path.open("rb") as lines:
        for number, line in enumerate(lines):
            text = line.rstrip(b"\n")
            record = json.loads(text)
            assert record["prev"] == prev
            assert record["seq"] == number
            prev = hashlib.sha256(text).hexdigest()
            node, size = hashlib.sha256(b"\0" + text).digest(), number
            while size & 1:
                node = hashlib.sha256(b"\1" + full.pop() + node).digest()
                size >>= 1
            full.append(node)
    root = full.pop()
    while full:
        root = hashlib.sha256(b"\1" + full.pop() + root).digest()
    ROOTS.add(root.hex())
    return number + 1


def verifying(folder: Path, records: int) -> None:
    """Compare the verifiers on the same log."""
    path = folder / "verify.jsonl"
    many(ours(path), records)
    peers = {
        "nhs_ig verify_audit": lambda: ig.verify_audit(path).records,
        "json + hashlib": lambda: plain_verify(path),
        "the same with the tree": lambda: tree_verify(path),
    }
    times: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(ROUNDS):
        for name, verify in peers.items():
            assert verify() == records
            times[name].append(cpu_seconds(verify))
    assert {ig.verify_audit(path).root} == ROOTS, "both compute the same root"
    fastest = records / statistics.median(times["nhs_ig verify_audit"])
    for name, taken in times.items():
        rate = records / statistics.median(taken)
        print(f"{name:24} {rate:10,.0f} records per CPU-s   nhs_ig is {fastest / rate:5.2f} x")


def main() -> None:
    """Run both comparisons."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    with tempfile.TemporaryDirectory() as folder:
        writing(Path(folder), records)
        verifying(Path(folder), records)


if __name__ == "__main__":
    main()
