"""Faults of the audit log: kill -9, failing system calls, a full disk; the tests run the short form of each.

    python benches/audit_faults.py [--rounds 100]

Prints what was tried and what was lost: an ok whose record is not in the log afterwards. Linux only; failing system
calls need strace. A full disk is a small tmpfs if this user may mount one, else a limit on the size of files.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import logging
import os
import random
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import nhs_ig as ig

if TYPE_CHECKING:
    from collections.abc import Iterator

MODES = ("written", "synced", "group")
WRITERS = 4


def segments(path: Path) -> list[Path]:
    """Return the files of a log, the live one last."""
    archived = [file for file in path.parent.iterdir() if re.fullmatch(r"audit\.\d{16}\.jsonl", file.name)]
    return [*sorted(archived), path]


def hashes(path: Path) -> dict[int, str]:
    """Return the hash of each record's line by its number, of lines that are records."""
    found = {}
    for file in segments(path):
        for line in file.read_bytes().split(b"\n"):
            with contextlib.suppress(ValueError):
                found[json.loads(line)["seq"]] = hashlib.sha256(line).hexdigest()
    return found


def lost(path: Path, receipts: list[tuple[int, str]]) -> int:
    """Return how many receipts are of records that the log does not hold."""
    found = hashes(path)
    return sum(found.get(seq) != digest for seq, digest in receipts)


def goes_on(path: Path) -> None:
    """Open the log again, write one record, and verify it against its head."""
    log = ig.AuditLog(path)
    log.audit("read", "after", actor="a.analyst", durability="synced")
    ig.verify_audit(path, log.head)


class Kills(NamedTuple):
    """What a loop of kills found."""

    kills: int
    receipts: int
    lost: int
    recoveries: int
    segments: int


def _write_until_killed(path: Path, number: int, mode: str, rotate_bytes: int, out: int) -> None:
    log = ig.AuditLog(path, rotate_bytes=rotate_bytes)
    while True:
        receipt = log.audit("read", f"w{number}", actor="a.analyst", durability=mode)
        os.write(out, f"{receipt.seq} {receipt.hash}\n".encode())


def _told(pipe: int) -> list[tuple[int, str]]:
    with os.fdopen(pipe, "rb") as file:
        whole = file.read().rpartition(b"\n")[0].decode()
    return [(int(seq), digest) for seq, digest in map(str.split, whole.splitlines())]


def kills(folder: Path, rounds: int, seed: int = 6) -> Kills:
    """Kill four writers again and again; whatever they were told is in the log must be there."""
    path, receipts, missing = folder / "audit.jsonl", 0, 0
    rng = random.Random(seed)  # noqa: S311 - the moments of the kills
    for turn in range(rounds):
        pipes, writers = [], []
        for number in range(WRITERS):
            reading, writing = os.pipe()
            child = os.fork()
            if child == 0:
                try:
                    _write_until_killed(path, number, MODES[turn % 3], 5_000 + 1_000 * number, writing)
                finally:
                    os._exit(1)
            os.close(writing)
            pipes.append(reading)
            writers.append(child)
        select.select(pipes, [], [], 20)
        select.select([], [], [], rng.random() * 0.1)
        for child in writers:
            os.kill(child, signal.SIGKILL)
        for child in writers:
            ended = os.waitpid(child, 0)[1]
            assert os.WIFSIGNALED(ended), "a writer ended by itself"
        told = [receipt for pipe in pipes for receipt in _told(pipe)]
        receipts += len(told)
        missing += lost(path, told)
        goes_on(path)
    report = ig.verify_audit(path)
    return Kills(rounds * WRITERS, receipts, missing, report.recoveries, len(segments(path)))


SCENARIO = """
import sys, nhs_ig as ig
def told(act):
    try:
        receipt = act()
        print("ok", receipt.seq, receipt.hash, flush=True)
    except ig.IgError as error:
        print("error", error.code, flush=True)
try:
    log = ig.AuditLog(sys.argv[1], rotate_bytes=500)
except ig.IgError as error:
    print("error", error.code, flush=True)
else:
    for n in range(5):
        told(lambda: log.audit("read", f"d{n}", actor="a.analyst", durability=("synced", "written", "group")[n % 3]))
"""

# Each kind of call by the names it has on different machines, and how it fails.
INJECTED = {
    "write": ("/^write$", "ENOSPC"),
    "fdatasync": ("/^fdatasync$", "EIO"),
    "fsync": ("/^fsync$", "EIO"),
    "openat": ("/^openat2?$", "EMFILE"),
    "rename": ("/^rename", "EIO"),
    "link": ("/^link", "EPERM"),
    "unlink": ("/^unlink", "EACCES"),
    "flock": ("/^flock$", "ENOLCK"),
    "lseek": ("/^lseek$", "EIO"),
    "read": ("/^read$", "EIO"),
    "stat": ("/^(statx|fstat|newfstatat|stat|lstat)$", "EIO"),
}
TOLD = {"audit.not_recorded", "audit.poisoned", "audit.not_rotated", "audit.unreadable"}


class Injected(NamedTuple):
    """What one run with a failing system call found."""

    call: str
    number: str
    oks: int
    errors: tuple[str, ...]
    lost: int
    injected: int


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own words


def _strace(folder: Path, words: list[str]) -> tuple[list[str], str]:
    path, trace = folder / "audit.jsonl", folder.parent / f"{folder.name}.trace"
    # Only calls on the files of the log count and fail, not those of the interpreter.
    names = [
        folder,
        path,
        folder / ".audit.jsonl.next",
        *(folder / f"audit.{n:016}.jsonl" for n in range(12)),
    ]
    watched = [word for name in names for word in ("-P", str(name))]
    command = [
        "strace",
        "-f",
        "-q",
        "-o",
        str(trace),
        *watched,
        *words,
        sys.executable,
        "-c",
        SCENARIO,
        str(path),
    ]
    done = _run(command)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), trace.read_text()


def _inject(folder: Path, call: str, when: str) -> Injected:
    folder.mkdir()
    pattern, error = INJECTED[call]
    told, trace = _strace(
        folder, ["-e", f"trace={pattern}", "-e", f"inject={pattern}:error={error}:when={when}"]
    )
    receipts = [(int(line.split()[1]), line.split()[2]) for line in told if line.startswith("ok")]
    errors = tuple(line.split()[1] for line in told if line.startswith("error"))
    path = folder / "audit.jsonl"
    missing = lost(path, receipts) if receipts else 0
    goes_on(path)
    missing += lost(path, receipts)
    shutil.rmtree(folder)
    return Injected(call, when, len(receipts), errors, missing, trace.count("(INJECTED)"))


def injections(folder: Path, calls: list[str], *, lasting: bool = False) -> list[Injected]:
    """Let each system call on the log's files fail in turn, once or from then on."""
    runs = []
    for call in calls:
        pattern, clean = INJECTED[call][0], folder / f"clean-{call}"
        clean.mkdir()
        told, trace = _strace(clean, ["-e", f"trace={pattern}"])
        assert [line.split()[0] for line in told] == ["ok"] * 5
        times = len(re.findall(r"^\d+ +[a-z0-9_]+\(", trace, re.MULTILINE))
        assert times, call
        runs += [(call, f"{number}{'+' * lasting}") for number in range(1, times + 1)]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda run: _inject(folder / f"{run[0]}-{run[1]}", *run), runs))


class Full(NamedTuple):
    """What a log did on a full disk, and a ``logging`` handler beside it."""

    disk: str
    records: int
    oks: int
    refused: int
    lost: int
    logging_lost: int


@contextlib.contextmanager
def small_disk(folder: Path, size: int) -> Iterator[str]:
    """Give a disk of about this size and say what kind it is."""
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    words = ["-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if mount and unmount and not _run([mount, *words]).returncode:
        try:
            yield "tmpfs"
        finally:
            _run([unmount, "--lazy", str(folder)]).check_returncode()
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield "file size limit"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _unless_refused(log: ig.AuditLog) -> tuple[int, str] | None:
    try:
        receipt = log.audit("read", "dids", actor="a.analyst")
    except ig.AuditError as error:
        if error.code == "audit.not_recorded":
            return None
        raise
    return receipt.seq, receipt.hash


def full_disk(folder: Path, records: int = 400, size: int = 65_536) -> Full:
    """Fill a small disk with records; each is told as written or as refused, and the log goes on when there is room."""
    ours, theirs = folder / "ours", folder / "theirs"
    ours.mkdir()
    theirs.mkdir()
    with small_disk(ours, size) as disk:
        path, receipts, refused = ours / "audit.jsonl", [], 0
        log = ig.AuditLog(path)
        for _ in range(records):
            receipt = _unless_refused(log)
            refused += receipt is None
            receipts += [] if receipt is None else [receipt]
        missing = lost(path, receipts)
        # Room again, elsewhere: the same bytes go on.
        copy = folder / "audit.jsonl"
        data = path.read_bytes()
    copy.write_bytes(data)
    goes_on(copy)
    missing += lost(copy, receipts)
    with small_disk(theirs, size):
        handler = logging.FileHandler(theirs / "service.log")
        logger = logging.getLogger("service")
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(handler)
        quiet, logging.raiseExceptions = logging.raiseExceptions, False
        line = json.dumps({"actor": "a.analyst", "event": "read", "dataset": "dids", "filler": "x" * 200})
        try:
            # Returns without an error each time, whatever happens.
            for _ in range(records):
                logger.info(line)
        finally:
            logging.raiseExceptions = quiet
            with contextlib.suppress(OSError):
                handler.close()
        kept = (theirs / "service.log").read_bytes().count(line.encode() + b"\n")
    return Full(disk, records, len(receipts), refused, missing, records - kept)


def short_writes(folder: Path, step: int) -> tuple[int, int]:
    """End the write of a record after each number of bytes in turn; return how often, and what was lost."""
    tried = missing = 0
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in range(300, 1200, step):
        place = folder / f"at-{limit}"
        place.mkdir()
        path, receipts, refused = place / "audit.jsonl", [], 0
        log = ig.AuditLog(path, rotate_bytes=800)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            for number in range(5):
                with contextlib.suppress(ig.AuditError):
                    receipt = log.audit("read", actor="a.analyst", durability=MODES[number % 3])
                    receipts.append((receipt.seq, receipt.hash))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        refused = 5 - len(receipts)
        # The handle that failed goes on, and so does another.
        with contextlib.suppress(ig.AuditError):
            log.audit("read", actor="a.analyst")
        goes_on(path)
        missing += lost(path, receipts)
        tried += bool(refused)
        shutil.rmtree(place)
    return tried, missing


def main() -> None:
    """Run the full form of everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()

    def folder() -> Path:
        return Path(stack.enter_context(tempfile.TemporaryDirectory()))

    with contextlib.ExitStack() as stack:
        found = kills(folder(), given.rounds)
        print(
            f"kill -9: {found.kills} writers killed, {found.receipts} receipts, {found.lost} lost; "
            f"{found.recoveries} torn records sealed; {found.segments} segments"
        )
        tried, missing = short_writes(folder(), 1)
        print(f"writes that ended half-way: {tried} tried, {missing} lost")
        full = full_disk(folder())
        print(
            f"full disk ({full.disk}): {full.records} records, {full.oks} oks, {full.refused} refused, "
            f"{full.lost} lost; logging.FileHandler lost {full.logging_lost} without an error"
        )
        if not shutil.which("strace"):
            sys.exit("failing system calls: strace is not installed")
        for lasting in (False, True):
            runs = injections(folder(), list(INJECTED), lasting=lasting)
            assert all(set(run.errors) <= TOLD for run in runs), runs
            print(
                f"failing system calls ({'from then on' if lasting else 'once'}): {len(runs)} tried, "
                f"{sum(bool(run.errors) for run in runs)} told as errors, {sum(run.lost for run in runs)} lost"
            )


if __name__ == "__main__":
    main()
