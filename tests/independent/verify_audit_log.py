"""Verifies an audit log with nothing but the Python standard library.

Written from the specification page (crates/ig-core/docs/audit_log_v1.md) alone, to check the Rust code against it.

    python verify_audit_log.py audit.jsonl [RECORDS HASH]
    python verify_audit_log.py audit.jsonl --checkpoint FILE --verifier-key KEY [--origin NAME]
    python verify_audit_log.py --inclusion PROOF --verifier-key KEY [--origin NAME]
    python verify_audit_log.py --consistency PROOF --checkpoint OLDER --verifier-key KEY [--origin NAME]

Prints one line; exit code 0 if the log verifies, 1 if not. RECORDS and HASH are a head held elsewhere; the origin is
the name of the key if none is given.
"""

import argparse
import hashlib
import json
import os
import re
import sys
from datetime import datetime

import audit_tree

TOKEN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ._:/+-]{0,126}[A-Za-z0-9._:/+-])?")
WORD = "[a-z][a-z0-9_]{0,31}"
CODE = re.compile(rf"{WORD}(\.{WORD}){{1,3}}")
HASH = re.compile("[0-9a-f]{64}")
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UUID7 = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
EVENTS = set(
    "read write export delete query login config opt_out_check reidentify key_use incident review transfer "
    "chain.recovered chain.rotated chain.continued".split()
)
OUTCOMES = {"attempt", "success", "failure", "refused"}
NEEDED = {"actor", "corr_id", "event", "id", "outcome", "prev", "seq", "ts", "v"}
ZEROS = "0" * 64
MAX_LINE = 4096


class Fault(Exception):
    pass


def matches(pattern):
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def is_number(value):
    return type(value) is int and 0 <= value < 2**53


def is_time(value):
    if not matches(TIME)(value) or value < "1970":
        return False
    try:
        datetime.strptime(value[:-1], "%Y-%m-%dT%H:%M:%S.%f")
    except ValueError:
        return False
    return value[17:19] <= "59"


def is_run(value):
    return (
        matches(UUID)(value) and len(set(value) - {"-"} - {"0"}) > 0 and len(set(value) - {"-"} - {"f"}) > 0
    )


FORMS = {
    **dict.fromkeys("actor agreement_id authoriser dataset device org purpose role".split(), matches(TOKEN)),
    "code": matches(CODE),
    "corr_id": is_run,
    "count": is_number,
    "event": lambda value: isinstance(value, str) and value in EVENTS,
    "id": matches(UUID7),
    "key_id": matches(re.compile("[a-z0-9-]{1,32}")),
    "object": matches(HASH),
    "outcome": lambda value: isinstance(value, str) and value in OUTCOMES,
    "prev": matches(HASH),
    "reason_ref": matches(re.compile("[A-Z0-9][A-Z0-9/-]{0,63}")),
    "seq": is_number,
    "ts": is_time,
    "v": is_number,
}


def read_record(line):
    """The members of a line of the one allowed form."""
    if len(line) > MAX_LINE:
        raise Fault("too long")
    try:
        record = json.loads(line.decode("ascii"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Fault("not JSON") from None
    if not isinstance(record, dict):
        raise Fault("not an object")
    if is_number(record.get("v")) and record["v"] != 1:
        raise Fault("unknown version")
    if not NEEDED <= record.keys() <= FORMS.keys():
        raise Fault("members missing or unknown")
    for name, value in record.items():
        if not FORMS[name](value):
            raise Fault(f"{name} is not of its form")
    # Also finds members given twice, since json.loads keeps only the last.
    if json.dumps(record, sort_keys=True, separators=(",", ":")).encode() != line:
        raise Fault("not the canonical bytes")
    return record


def verify(data, held=None, leaves=None):
    """Records, hash of the last, sealed bytes of a log of one file; raises Fault. The leaves are added to ``leaves``."""
    return verify_segments([data], held, leaves)


def verify_log(path, held=None, leaves=None):
    """As ``verify``, of a log with all its segments."""
    return verify_segments(segments(path), held, leaves)


class Log:
    """What was accepted so far."""

    def __init__(self, held, leaves):
        self.records, self.last, self.sealed = 0, ZEROS, 0
        self.held, self.held_seen = held, held == (0, ZEROS)
        self.leaves, self.number = leaves, 0

    def accept(self, line):
        self.records, self.last = self.records + 1, hashlib.sha256(line).hexdigest()
        if self.leaves is not None:
            self.leaves.append(audit_tree.leaf(line))
        if self.held and self.records == self.held[0]:
            if self.last != self.held[1]:
                raise Fault(f"the held head differs at record {self.records}")
            self.held_seen = True


def verify_segments(files, held=None, leaves=None):
    """Verifies the bytes of all segments; only the last may end without ``chain.rotated``."""
    log, before = Log(held, leaves), None
    for place, data in enumerate(files):
        first = log.records
        ended = verify_file(data, log, None if before is None else first - before)
        if place < len(files) - 1 and not ended:
            raise Fault(f"the segment that begins with record {first} has lost its end")
        before = first
    if held and not log.held_seen:
        raise Fault(f"the held head has {held[0]} records, the log {log.records}")
    return log.records, log.last, log.sealed


def verify_file(data, log, before):
    """Goes through one segment; ``before`` is the records of the one before, or None. Says whether it ends the segment."""
    accepted_to = at = 0
    skipping, ended = None, False
    opening = before is not None
    while at < len(data):
        log.number += 1
        end = data.find(b"\n", at)
        line, after = (data[at:], None) if end < 0 else (data[at:end], end + 1)
        accepted = False
        try:
            record = read_record(line)
            event = record["event"]
            if record["seq"] != log.records:
                raise Fault(f"seq {record['seq']}, expected {log.records}")
            if record["prev"] != log.last:
                raise Fault("prev is not the hash of the line before")
            if opening != (event == "chain.continued"):
                raise Fault("chain.continued stands first in every later segment, and nowhere else")
            if opening and record.get("count") != before:
                raise Fault("it continues a segment of another length")
            if event == "chain.recovered":
                skipped = data[accepted_to:at]
                named = (record.get("count"), record.get("object"))
                if not skipped or named != (len(skipped), hashlib.sha256(skipped).hexdigest()):
                    raise Fault("seals other bytes than stand before it")
                log.sealed, skipping, accepted = log.sealed + len(skipped), None, True
            elif ended:
                raise Fault("stands after the end of its segment")
            else:
                accepted = skipping is None
            if accepted and after is None:
                raise Fault("the last line has no newline")
        except Fault as fault:
            accepted = False
            skipping = skipping or f"line {log.number}: {fault}"
        if accepted:
            accepted_to, opening, ended = after, False, event == "chain.rotated"
            log.accept(line)
        elif opening:
            break
        at = len(data) if after is None else after
    if skipping:
        raise Fault(skipping)
    if opening:
        raise Fault(f"the segment that begins with record {log.records} is empty")
    return ended


def archive_name(path, number):
    folder, name = os.path.split(os.fspath(path))
    stem, suffix = os.path.splitext(name)
    return os.path.join(folder, f"{stem}.{number:016}{suffix}")


def records_before(data):
    """The number of the segment in a live file."""
    try:
        record = read_record(data.split(b"\n", 1)[0])
    except Fault:
        return 0
    return record["seq"] if record["event"] == "chain.continued" else 0


def segments(path):
    """The bytes of all segments of a log, found by name."""
    live = read(path, "rb")
    last = records_before(live)
    same = archive_name(path, last)
    if os.path.lexists(same) and not (os.path.exists(same) and os.path.samefile(path, same)):
        raise Fault(f"the segment {last} is there twice")
    found, number = [], 0
    while number < last:
        try:
            found.append(read(archive_name(path, number), "rb"))
        except FileNotFoundError:
            raise Fault(f"the segment that begins with record {number} is missing") from None
        # Whether it truly comes so far is verified later, with the rest.
        further = next_number(found[-1])
        if further <= number:
            raise Fault(f"the segment that begins with record {number} has lost its end")
        number = further
    if number != last:
        raise Fault("the live segment begins elsewhere")
    return [*found, live]


def next_number(data):
    """The number of records that a segment says it ends with, or 0."""
    try:
        return read_record(data[:-1].rsplit(b"\n", 1)[-1])["seq"] + 1
    except Fault:
        return 0


def hold(leaves, size, root):
    """Refuses a log that does not hold a checkpoint."""
    if size > len(leaves):
        raise Fault(f"the checkpoint has {size} records, the log {len(leaves)}")
    if audit_tree.root(leaves[:size]) != root:
        raise Fault(f"the first {size} records are not those of the checkpoint")


def read(path, mode="r"):
    with open(path, mode, **({} if "b" in mode else {"encoding": "utf-8", "newline": ""})) as file:
        return file.read()


def judge(given):
    """What is said of a log or a proof that holds; raises Fault or Refused."""
    key = given.verifier_key
    origin = given.origin or (key.strip().split("+")[0] if key else None)
    if given.inclusion:
        index, line = audit_tree.open_inclusion(read(given.inclusion), key, origin)
        if read_record(line)["seq"] != index:
            raise Fault("another record than the proof says")
        return f"record {index} is in the log: {line.decode()}"
    if given.consistency:
        older, newer = audit_tree.open_consistency(
            read(given.consistency), read(given.checkpoint), key, origin
        )
        return f"the log grew from {older} to {newer} records"
    held = (int(given.held[0]), given.held[1]) if given.held else None
    leaves = []
    records, last, sealed = verify_log(given.log, held, leaves)
    if given.checkpoint:
        hold(leaves, *audit_tree.open_checkpoint(read(given.checkpoint), key, origin))
    root = audit_tree.root(leaves).hex()
    truncation = "excluded up to what is held" if held or given.checkpoint else "NOT excluded"
    return f"{records} records, consistent; truncation {truncation}; {sealed} bytes sealed; head {last}; root {root}"


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("log", nargs="?")
    parser.add_argument("held", nargs="*")
    for name in ("checkpoint", "verifier-key", "origin", "inclusion", "consistency"):
        parser.add_argument(f"--{name}")
    try:
        print(judge(parser.parse_args(arguments)))
    except (Fault, audit_tree.Refused) as fault:
        print(f"does not verify: {fault}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
