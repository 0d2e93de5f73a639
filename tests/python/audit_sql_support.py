"""What the tests of audit tables share: drivers, tables, and rows made by hand."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import uuid

import nhs_ig as ig

COLUMNS = [
    "seq", "v", "id", "ts", "event", "outcome", "dataset", "actor", "role", "org", "purpose", "agreement_id", "count",
    "corr_id", "code", "reason_ref", "object", "key_id", "authoriser", "device", "prev", "hash", "line",
]  # fmt: skip
ZEROS = "0" * 64


def line_of(**members) -> str:
    """Return the line of a record by the specification page."""
    whole = {
        "actor": "a.analyst",
        "corr_id": "01a5d1b2-0c00-7000-8000-000000000001",
        "event": "write",
        "id": f"01a5d1b2-0c00-7000-8000-{uuid.uuid4().hex[:12]}",
        "outcome": "success",
        "ts": "2026-11-22T09:30:00.000000Z",
        "v": 1,
        **members,
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"))


def row_of(line: str, /, **changed) -> dict:
    """Return the row of a line, with its hash, and then with what is changed."""
    members = json.loads(line)
    row = {name: members.get(name) for name in COLUMNS}
    return {**row, "hash": hashlib.sha256(line.encode()).hexdigest(), "line": line, **changed}


def insert(connection, row: dict, *, verb: str = "INSERT", mark: str = "?") -> None:
    """Put a row in by hand."""
    names, places = ", ".join(row), ", ".join([mark] * len(row))
    connection.cursor().execute(f"{verb} INTO audit_record ({names}) VALUES ({places})", tuple(row.values()))


def chain(connection, records: int, mark: str = "?") -> list[dict]:
    """Make the table's first rows by hand and return them."""
    rows, prev = [], ZEROS
    for seq in range(records):
        rows.append(row_of(line_of(seq=seq, prev=prev, count=seq, dataset="dids")))
        insert(connection, rows[-1], mark=mark)
        prev = rows[-1]["hash"]
    connection.commit()
    return rows


def bad_rows(rows: list[dict]) -> dict[str, dict]:
    """Return rows that must not follow these: forks, gaps, edits, wrong hashes, and columns that disagree."""
    last, size = rows[-1], len(rows)
    link = {"seq": size, "prev": last["hash"]}
    good = line_of(**link)
    return {
        "fork": row_of(line_of(seq=size - 1, prev=rows[-2]["hash"])),
        "second child": row_of(line_of(seq=size, prev=rows[-2]["hash"])),
        "gap": row_of(line_of(seq=size + 1, prev=last["hash"])),
        "unlinked": row_of(line_of(seq=size, prev="ab" * 32)),
        "second first": row_of(line_of(seq=0, prev=ZEROS)),
        "first later": row_of(line_of(seq=size, prev=ZEROS)),
        "negative": row_of(line_of(seq=-1, prev=ZEROS)),
        "same id": row_of(line_of(**link, id=rows[0]["id"])),
        "other actor": row_of(good, actor="b.analyst"),
        "hidden actor": row_of(good.replace("a.analyst", "b.analyst"), actor="a.analyst"),
        "other seq": row_of(line_of(seq=size + 1, prev=last["hash"]), seq=size),
        "other prev": row_of(good, prev=rows[0]["hash"]),
        "other time": row_of(good, ts="2026-11-22T09:30:00.000001Z"),
        "other count": row_of(line_of(**link, count=3), count=4),
        "count left out": row_of(line_of(**link, count=3), count=None),
        "count added": row_of(good, count=4),
        "other id": row_of(good, id=str(uuid.uuid4())),
        "spaces": row_of(good.replace(",", ", ")),
        "newline": row_of(good + "\n"),
        "no JSON": row_of(good, line="free text", hash=hashlib.sha256(b"free text").hexdigest()),
        "unknown member": row_of(line_of(**link, note="x")),
        "twice": row_of(good.replace('{"actor"', '{"actor":"x","actor"')),
        "smuggled": row_of(
            line_of(**link, agreement_id="d"), actor='a.analyst","agreement_id":"d', agreement_id=None
        ),
        "version": row_of(line_of(**link, v=2)),
        "outcome": row_of(line_of(**link, outcome="maybe")),
        "address": row_of(line_of(**link, actor="a@example.org")),
        "no line": row_of(good, line=None),
        "no hash": row_of(good, hash=None),
    }


def bad_first_rows() -> dict[str, dict]:
    """Return rows with which no table may begin."""
    return {
        "parent": row_of(line_of(seq=0, prev="ab" * 32)),
        "number": row_of(line_of(seq=1, prev=ZEROS)),
        "both": row_of(line_of(seq=5, prev="ab" * 32)),
        "negative": row_of(line_of(seq=-1, prev=ZEROS)),
    }


def next_row(rows: list[dict]) -> dict:
    """Return a row that may follow these."""
    return row_of(line_of(seq=len(rows), prev=rows[-1]["hash"]))


def memory() -> sqlite3.Connection:
    """Return an empty audit table in memory."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(ig.audit_sql_table("sqlite"))
    return connection
