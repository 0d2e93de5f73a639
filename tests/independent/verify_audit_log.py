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
    "chain.recovered".split()
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
    """Records, hash of the last, sealed bytes; raises Fault. The leaves of the tree are added to ``leaves``."""
    records, last, sealed = 0, ZEROS, 0
    accepted_to = at = number = 0
    skipping = None
    held_seen = held == (0, ZEROS)
    while at < len(data):
        number += 1
        end = data.find(b"\n", at)
        line, after = (data[at:], None) if end < 0 else (data[at:end], end + 1)
        accepted = False
        try:
            record = read_record(line)
            if record["seq"] != records:
                raise Fault(f"seq {record['seq']}, expected {records}")
            if record["prev"] != last:
                raise Fault("prev is not the hash of the line before")
            if record["event"] == "chain.recovered":
                skipped = data[accepted_to:at]
                named = (record.get("count"), record.get("object"))
                if not skipped or named != (len(skipped), hashlib.sha256(skipped).hexdigest()):
                    raise Fault("seals other bytes than stand before it")
                sealed, skipping, accepted = sealed + len(skipped), None, True
            else:
                accepted = skipping is None
            if accepted and after is None:
                raise Fault("the last line has no newline")
        except Fault as fault:
            accepted = False
            skipping = skipping or f"line {number}: {fault}"
        if accepted:
            records, last, accepted_to = records + 1, hashlib.sha256(line).hexdigest(), after
            if leaves is not None:
                leaves.append(audit_tree.leaf(line))
            if held and records == held[0]:
                if last != held[1]:
                    raise Fault(f"the held head differs at record {records}")
                held_seen = True
        at = len(data) if after is None else after
    if skipping:
        raise Fault(skipping)
    if held and not held_seen:
        raise Fault(f"the held head has {held[0]} records, the log {records}")
    return records, last, sealed


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
    records, last, sealed = verify(read(given.log, "rb"), held, leaves)
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
