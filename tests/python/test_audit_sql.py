"""Audit tables over any driver, in SQLite: records in the caller's transaction, what is refused, what is found."""

from __future__ import annotations

import json
import re
import sqlite3
import threading

import nhs_ig as ig
import pytest
from audit_sql_support import bad_first_rows, bad_rows, chain, insert, line_of, memory, next_row, row_of
from audit_support import independent, planted_signer
from support import KEY_BYTES, NUMBER, find_secrets, nhs_ig, shown_by

FIELDS = {
    "role": "analyst", "org": "RJ1", "agreement_id": "DSA-2026-014", "code": "release.complete", "reason_ref": "IG/2026/17",
    "object": "ab" * 32, "key_id": "k-1", "authoriser": "c.guardian", "device": "sde/vm-04", "purpose": "service evaluation",
}  # fmt: skip


class Styled:
    """A driver of another parameter style, and with rows of another kind, on top of SQLite."""

    def __init__(self, connection, style, row=tuple):
        self.connection, self.style, self.row = connection, style, row

    def cursor(self):
        return StyledCursor(self.connection.cursor(), self.style, self.row)


class StyledCursor:
    def __init__(self, cursor, style, row):
        self.cursor, self.style, self.row = cursor, style, row

    def execute(self, sql, values=()):
        patterns = {"numeric": r":(\d+)", "named": r":(\w+)", "format": r"%(s)", "pyformat": r"%\((\w+)\)s"}
        places = re.findall(patterns[self.style], sql)
        assert not places or isinstance(values, dict if self.style in {"named", "pyformat"} else tuple)
        if isinstance(values, dict):
            values = [values[name] for name in places]
        assert len(values) == len(places)
        return self.cursor.execute(re.sub(patterns[self.style], "?", sql), values)

    def fetchall(self):
        return [self.row(row) for row in self.cursor.fetchall()]

    def fetchmany(self, size):
        return [self.row(row) for row in self.cursor.fetchmany(size)]

    def close(self):
        self.cursor.close()


def code_of(call, *given, **settings):
    with pytest.raises(ig.IgError) as caught:
        call(*given, **settings)
    return caught.value.code


def lines(connection):
    return [row[0] for row in connection.execute("SELECT line FROM audit_record ORDER BY seq")]


@pytest.fixture
def table():
    return memory()


def test_a_table_holds_the_lines_of_a_log(table, log, tmp_path):
    sink = log.sql_sink(table)
    with ig.run() as run:
        receipts = [sink.audit("export", "dids", actor="a.analyst", count=495, **FIELDS)]
        receipts.append(sink.audit("login", actor="a.analyst"))
    table.commit()
    stored = [json.loads(line) for line in lines(table)]
    assert {name: stored[0][name] for name in FIELDS} == FIELDS
    assert (stored[0]["count"], stored[0]["corr_id"], stored[1]["prev"]) == (495, run, receipts[0].hash)
    assert [(row["seq"], row["id"]) for row in stored] == [(receipt.seq, receipt.id) for receipt in receipts]
    report = ig.verify_audit_sql_table(table)
    assert (report.records, report.hash, report.truncation) == (2, receipts[1].hash, "not_excluded")
    assert ig.verify_audit_sql_table(table, report.head).truncation == "excluded"
    # The same bytes in a file verify by another hand.
    path = tmp_path / "table.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines(table)))
    assert independent(path, *report.head).returncode == 0
    assert ig.verify_audit(path).root == report.root


@pytest.mark.parametrize("style", ["numeric", "named", "format", "pyformat"])
@pytest.mark.parametrize("row", [tuple, list, lambda row: dict(enumerate(row))])
def test_every_parameter_style(table, log, style, row):
    settings = {"dialect": "other", "paramstyle": style}
    sink = log.sql_sink(Styled(table, style, row), **settings)
    for count in range(3):
        sink.audit("write", "dids", actor="a.analyst", count=count)
    assert ig.verify_audit_sql_table(Styled(table, style, row), **settings).records == 3


def test_what_is_not_a_connection_or_a_setting(table, log):
    assert code_of(log.sql_sink, "x") == "misuse.argument"
    assert code_of(log.sql_sink, Styled(table, "named")) == "misuse.argument"
    assert code_of(log.sql_sink, Styled(table, "named"), dialect="other") == "misuse.argument"
    for settings in ({"dialect": "oracle"}, {"paramstyle": "x"}, {"table": "a;b"}, {"table": 1}):
        assert code_of(log.sql_sink, table, **settings) == "misuse.argument"
    assert code_of(ig.SqlSink, "log", table) == "misuse.argument"
    for dialect, name in (("oracle", "a"), (1, "a"), ("sqlite", "A"), ("sqlite", None)):
        assert code_of(ig.audit_sql_table, dialect, table=name) == "misuse.argument"
    sink = log.sql_sink(table)
    for change in ({"actor": 1}, {"note": "free text"}, {"durability": "synced"}, {"count": -1}):
        assert code_of(sink.audit, **{"event": "write", "actor": "a.analyst", **change}) == "misuse.argument"
    assert code_of(sink.audit, "write", NUMBER, actor="a.analyst") == "audit.identifier_in_field"
    assert code_of(sink.audit, "write", actor="system") == "audit.actor_generic"
    assert code_of(ig.verify_audit_sql_table, table, held=1) == "misuse.argument"
    assert code_of(ig.verify_audit_sql_table, table, table="none") == "audit.table_unreadable"
    assert code_of(log.sql_sink(table, table="none").audit, "write", actor="a.b") == "audit.table_unreadable"
    assert lines(table) == []


def test_record_and_change_are_kept_or_lost_together(table, log, tmp_path):
    table.execute("CREATE TABLE patients (n INTEGER)")
    sink = log.sql_sink(table)
    with ig.run() as run, sink.audited("write", "dids", actor="a.analyst", durability="synced") as act:
        table.execute("INSERT INTO patients VALUES (1)")
        act.count = 1
    table.commit()
    attempt = json.loads((tmp_path / "audit.jsonl").read_text())
    assert (attempt["outcome"], attempt["corr_id"]) == ("attempt", run)
    success = json.loads(lines(table)[0])
    assert (success["outcome"], success["count"], success["corr_id"]) == ("success", 1, run)

    # Rolled back by the caller: the attempt stays, the record goes with the change.
    with sink.audited("write", "dids", actor="a.analyst"):
        table.execute("INSERT INTO patients VALUES (2)")
    table.rollback()
    assert table.execute("SELECT COUNT(*) FROM patients").fetchone() == (1,)
    assert ig.verify_audit_sql_table(table).records == 1
    # Failed: the failure is in the log.
    with pytest.raises(ValueError, match="x"), sink.audited("delete", "dids", actor="a.analyst"):
        raise ValueError("x")
    # Refused by the table: that is a failure too, and the code says why.
    with pytest.raises(ig.AuditError) as caught, sink.audited("write", "dids", actor="a.analyst"):
        table.execute("DROP TABLE audit_record")
    assert caught.value.code == "audit.table_unreadable"
    told = [
        (row["event"], row["outcome"], row.get("code")) for row in ig.read_audit(tmp_path / "audit.jsonl")
    ]
    assert told == [
        ("write", "attempt", None),
        ("write", "attempt", None),
        ("delete", "attempt", None),
        ("delete", "failure", None),
        ("write", "attempt", None),
        ("write", "failure", "audit.table_unreadable"),
    ]


def test_no_block_runs_without_its_attempt(table, log):
    with pytest.raises(ig.AuditError), log.sql_sink(table).audited("write", NUMBER, actor="a.analyst"):
        pytest.fail("the block ran")


def test_nothing_is_committed_and_autocommit_is_refused(tmp_path, log):
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.executescript(ig.audit_sql_table("sqlite"))
    log.sql_sink(connection).audit("write", actor="a.analyst")
    assert connection.in_transaction
    assert ig.verify_audit_sql_table(sqlite3.connect(path)).records == 0
    connection.commit()
    assert ig.verify_audit_sql_table(sqlite3.connect(path)).records == 1
    by_itself = sqlite3.connect(path, isolation_level=None)
    assert code_of(log.sql_sink(by_itself).audit, "write", actor="a.analyst") == "misuse.argument"
    by_itself.execute("BEGIN")
    log.sql_sink(by_itself).audit("write", actor="a.analyst")
    # Another writer waits for the end of this transaction, and is refused if it does not come.
    other = log.sql_sink(sqlite3.connect(path, timeout=0.05))
    assert code_of(other.audit, "write", actor="a.analyst") == "audit.table_unreadable"
    by_itself.execute("COMMIT")
    assert other.audit("write", actor="a.analyst").seq == 2


def test_sqlite_refuses_what_does_not_follow(table):
    for bad in bad_first_rows().values():
        with pytest.raises(sqlite3.Error):
            insert(table, bad)
        table.rollback()
    rows = chain(table, 4)
    for name, bad in bad_rows(rows).items():
        with pytest.raises(sqlite3.Error):  # noqa: PT012 - which of the rows went in
            insert(table, bad)
            pytest.fail(name)
        table.rollback()
    # SQLite computes no SHA-256: a wrong hash goes in, and is found.
    insert(table, row_of(line_of(seq=4, prev=rows[3]["hash"]), hash="cd" * 32))
    assert code_of(ig.verify_audit_sql_table, table) == "audit.table_column"
    table.rollback()
    insert(table, next_row(rows))
    assert ig.verify_audit_sql_table(table).records == 5


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT OR ROLLBACK"])
def test_sqlite_replaces_nothing(table, verb):
    rows = chain(table, 4)
    link = {"seq": 4, "prev": rows[3]["hash"]}
    for bad in (
        row_of(line_of(seq=1, prev=rows[0]["hash"], actor="b.analyst")),
        row_of(line_of(**link, id=rows[1]["id"])),
        row_of(line_of(**link), hash=rows[1]["hash"]),
    ):
        with pytest.raises(sqlite3.Error):
            insert(table, bad, verb=verb)
        table.rollback()
    statements = [
        "UPDATE audit_record SET actor = 'b.analyst' WHERE seq = 1",
        "UPDATE OR REPLACE audit_record SET seq = 0 WHERE seq = 1",
        "DELETE FROM audit_record",
        "DELETE FROM audit_record WHERE seq = 3",
        "INSERT INTO audit_record SELECT * FROM audit_record WHERE seq = 1 ON CONFLICT DO UPDATE SET actor = 'b'",
    ]
    for statement in statements:
        with pytest.raises(sqlite3.Error):
            table.execute(statement)
        table.rollback()
    assert lines(table) == [row["line"] for row in rows]


def test_a_cut_end_and_a_new_table_are_found_by_a_held_head_alone(table, log):
    rows = chain(table, 4)
    held = ig.verify_audit_sql_table(table).head
    table.executescript("DROP TRIGGER audit_record_no_delete; DROP TRIGGER audit_record_no_update;")
    table.execute("DELETE FROM audit_record WHERE seq = 3")
    assert ig.verify_audit_sql_table(table).records == 3
    assert code_of(ig.verify_audit_sql_table, table, held) == "audit.held_head_missing"
    log.sql_sink(table).audit("write", actor="a.analyst")
    assert code_of(ig.verify_audit_sql_table, table, held) == "audit.held_head_differs"
    # A changed column is found, and nothing is written behind a last row that was changed.
    table.execute("PRAGMA ignore_check_constraints = ON")
    table.execute("UPDATE audit_record SET hash = ? WHERE seq = 3", ("ef" * 32,))
    assert code_of(log.sql_sink(table).audit, "write", actor="a.analyst") == "audit.table_column"
    table.execute("UPDATE audit_record SET actor = 'b.analyst' WHERE seq = 1")
    assert code_of(ig.verify_audit_sql_table, table) == "audit.table_column"
    table.execute(
        "UPDATE audit_record SET line = ? WHERE seq = 1", (rows[1]["line"].replace("a.an", "b.an"),)
    )
    assert code_of(ig.verify_audit_sql_table, table) == "audit.table_column"
    table.execute("DELETE FROM audit_record WHERE seq = 1")
    assert code_of(ig.verify_audit_sql_table, table) == "audit.sequence"


def test_a_log_is_copied_and_its_checkpoint_holds_for_the_table(table, log, tmp_path):
    path = tmp_path / "audit.jsonl"
    for count in range(3):
        log.audit("read", "dids", actor="a.analyst", count=count)
    assert ig.copy_audit_to_sql_table(path, table) == 3
    log.audit("export", "dids", actor="a.analyst", **FIELDS)
    checkpoint = ig.AuditCheckpoint.of_log(path, planted_signer(tmp_path))
    assert (ig.copy_audit_to_sql_table(path, table), ig.copy_audit_to_sql_table(path, table)) == (1, 0)
    assert lines(table) == path.read_text().splitlines()
    assert ig.verify_audit_sql_table(table, checkpoint).truncation == "excluded"
    # A table with a record of its own is no copy any more.
    log.sql_sink(table).audit("write", actor="a.analyst")
    assert code_of(ig.copy_audit_to_sql_table, path, table) == "audit.held_head_missing"
    log.audit("login", actor="a.analyst")
    assert code_of(ig.copy_audit_to_sql_table, path, table) == "audit.held_head_differs"
    assert code_of(ig.verify_audit_sql_table, memory(), checkpoint) == "audit.checkpoint_missing"
    # What a crash left is sealed in the file, and only its record is in the table.
    torn = tmp_path / "torn.jsonl"
    log = ig.AuditLog(torn)
    log.audit("login", actor="a.analyst")
    with torn.open("ab") as file:
        file.write(b'{"actor":"a')
    ig.AuditLog(torn).audit("login", actor="a.analyst")
    copy = memory()
    assert ig.copy_audit_to_sql_table(torn, copy) == 3
    report = ig.verify_audit_sql_table(copy, ig.verify_audit(torn).head)
    assert (report.recoveries, report.sealed_bytes) == (1, 12)
    torn.write_bytes(torn.read_bytes()[:-9])
    assert code_of(ig.copy_audit_to_sql_table, torn, memory()) == "audit.torn_tail"


def test_an_error_of_a_driver_shows_its_kind_alone(table, log):
    class Broken(sqlite3.Connection):
        def cursor(self, *given):
            class Cursor(sqlite3.Cursor):
                def execute(self, sql, *values):
                    if sql.startswith("INSERT"):
                        raise sqlite3.IntegrityError(f"Failing row contains ({NUMBER}, {KEY_BYTES.hex()})")
                    return super().execute(sql, *values)

            return Cursor(self)

    connection = sqlite3.connect(":memory:", factory=Broken)
    connection.executescript(ig.audit_sql_table("sqlite"))
    with pytest.raises(ig.AuditError) as caught:
        log.sql_sink(connection).audit("write", actor="a.analyst")
    assert (caught.value.code, caught.value.context) == ("audit.table_refused", {"reason": "IntegrityError"})
    assert not find_secrets(shown_by(caught.value))


def test_the_command_shows_the_statements():
    for dialect in ("postgresql", "sqlite", "sql_server"):
        done = nhs_ig("audit", "sql-table", "--dialect", dialect, "--table", "dids_audit")
        assert (done.returncode, done.stdout) == (0, ig.audit_sql_table(dialect, table="dids_audit"))
        assert ("NOT EXECUTED" in done.stdout) == (dialect == "sql_server")
    sqlite3.connect(":memory:").executescript(nhs_ig("audit", "sql-table", "--dialect", "sqlite").stdout)


def test_a_row_that_is_taken_away_gives_no_receipt(table, log):
    sink = log.sql_sink(table)
    sink.audit("read", actor="a.analyst")
    table.execute("CREATE TRIGGER quiet BEFORE INSERT ON audit_record BEGIN SELECT RAISE(IGNORE); END")
    with pytest.raises(ig.AuditError) as caught:
        sink.audit("read", actor="a.analyst")
    assert caught.value.code == "audit.table_refused"


def test_threads_on_one_sink_lose_nothing(tmp_path, log):
    connection = sqlite3.connect(tmp_path / "threads.db", check_same_thread=False)
    connection.executescript(ig.audit_sql_table("sqlite"))
    sink = log.sql_sink(connection)
    receipts = []

    def work():
        receipts.extend(sink.audit("read", actor="a.analyst") for _ in range(40))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.commit()
    rows = connection.execute("SELECT seq, hash FROM audit_record ORDER BY seq").fetchall()
    assert sorted((receipt.seq, receipt.hash) for receipt in receipts) == rows
    assert len(rows) == 240
    connection.close()


def test_what_only_the_end_can_say_is_refused_before_the_attempt(table, log, tmp_path):
    with pytest.raises(ig.MisuseError), log.sql_sink(table).audited("read", actor="a.analyst", count=5):
        pytest.fail("the block ran")
    assert (tmp_path / "audit.jsonl").read_bytes() == b""
