"""Audit tables on a real PostgreSQL server: what it refuses by itself, and many writers at once."""

from __future__ import annotations

import os
import sys
import threading

import nhs_ig as ig
import pytest
from audit_sql_support import bad_first_rows, bad_rows, chain, insert, next_row, row_of
from postgres_support import program, server

REQUIRED = sys.platform == "linux" and os.environ.get("NHS_IG_REQUIRE") == "all"
psycopg = pg8000 = None
try:
    import pg8000.dbapi
    import psycopg
except ImportError:
    MISSING = "the drivers psycopg and pg8000 are not installed"
else:
    there = os.name == "posix" and program("initdb") and program("postgres")
    MISSING = "" if there else "PostgreSQL is not installed"

pytestmark = pytest.mark.skipif(bool(MISSING) and not REQUIRED, reason=MISSING)
SIGN_IN = "CREATE ROLE service LOGIN IN ROLE audit_record_writer; CREATE ROLE auditor LOGIN IN ROLE audit_record_reader"


@pytest.fixture(scope="session")
def folder():
    assert not MISSING, f"{MISSING}, and NHS_IG_REQUIRE=all"
    with server() as folder:
        yield folder


def by_psycopg(folder, user="service", **settings):
    return psycopg.connect(host=str(folder), dbname="trail", user=user, **settings)


def by_pg8000(folder, user="service"):
    return pg8000.dbapi.connect(user, database="trail", unix_sock=f"{folder}/.s.PGSQL.5432")


@pytest.fixture
def owner(folder):
    """An empty audit table in a database of its own, as its owner sees it, who is a superuser here."""
    with psycopg.connect(host=str(folder), dbname="postgres", user="owner", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS trail WITH (FORCE)")
        for role in ("service", "auditor", "audit_record_writer", "audit_record_reader"):
            connection.execute(f"DROP ROLE IF EXISTS {role}")
        connection.execute("CREATE DATABASE trail")
    with by_psycopg(folder, "owner") as connection:
        connection.execute(ig.audit_sql_table("postgresql"))
        connection.execute(SIGN_IN)
        connection.commit()
        yield connection
        connection.rollback()


@pytest.fixture(params=["psycopg", "pg8000"])
def service(request, owner, folder):
    """A service's own connection, over either driver."""
    connection = by_psycopg(folder) if request.param == "psycopg" else by_pg8000(folder)
    yield connection
    connection.close()


def code_of(call, *given, **settings):
    with pytest.raises(ig.IgError) as caught:
        call(*given, **settings)
    return caught.value.code


def test_records_in_the_transaction_of_the_caller(service, folder, log):
    sink = log.sql_sink(service)
    receipt = sink.audit(
        "export", "dids", actor="a.analyst", purpose="p q", count=2**53 - 1, role="r", org="RJ1", agreement_id="D-1",
        code="a.b", reason_ref="IG/1", object="ab" * 32, key_id="k", authoriser="c.guardian", device="vm",
    )  # fmt: skip
    auditor = by_psycopg(folder, "auditor")
    assert ig.verify_audit_sql_table(auditor).records == 0
    auditor.commit()
    service.commit()
    assert ig.verify_audit_sql_table(auditor, (1, receipt.hash)).truncation == "excluded"
    sink.audit("login", actor="a.analyst")
    service.rollback()
    assert sink.audit("login", actor="b.analyst").seq == 1
    service.commit()
    assert ig.verify_audit_sql_table(service).records == 2
    auditor.close()


def test_a_service_can_add_and_read_and_nothing_else(service, owner, folder):
    chain(owner, 3, mark="%s")
    for statement in (
        "UPDATE audit_record SET actor = 'b.analyst'",
        "DELETE FROM audit_record",
        "DELETE FROM audit_record WHERE seq = 2",
        "TRUNCATE audit_record",
        "INSERT INTO audit_record SELECT * FROM audit_record ON CONFLICT (seq) DO UPDATE SET actor = 'b.analyst'",
        "ALTER TABLE audit_record DISABLE TRIGGER ALL",
        "DROP TABLE audit_record",
        "ALTER TABLE audit_record DROP CONSTRAINT audit_record_hash_of_line",
        "CREATE OR REPLACE FUNCTION audit_record_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - two drivers, whose errors share no class
            service.cursor().execute(statement)
        assert "42501" in f"{getattr(caught.value, 'sqlstate', '')}{caught.value.args}" or "generated" in str(
            caught.value
        ), statement
        service.rollback()
    with by_psycopg(folder, "auditor") as auditor, pytest.raises(psycopg.errors.InsufficientPrivilege):
        insert(auditor, row_of(auditor.execute("SELECT line FROM audit_record").fetchone()[0]), mark="%s")
    assert ig.verify_audit_sql_table(service).records == 3


def test_the_owner_is_stopped_too_until_the_fences_are_taken_down(owner):
    chain(owner, 4, mark="%s")
    held = ig.verify_audit_sql_table(owner).head
    for statement in (
        "UPDATE audit_record SET actor = 'b'",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record",
    ):
        for before in ("SELECT 1", "SET session_replication_role = replica"):
            owner.execute(before)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute(statement)
            owner.rollback()
    owner.execute("DROP TRIGGER audit_record_no_change ON audit_record")
    # Then the constraints still refuse to lose any but the newest, or to change a line.
    for statement in (
        "DELETE FROM audit_record WHERE seq = 1",
        "UPDATE audit_record SET actor = 'b' WHERE seq = 3",
        "UPDATE audit_record SET line = replace(line, 'a.analyst', 'b.analyst'), actor = 'b.analyst' WHERE seq = 3",
    ):
        owner.execute("SAVEPOINT here")
        with pytest.raises(psycopg.errors.IntegrityError):
            owner.execute(statement)
        owner.execute("ROLLBACK TO here")
    owner.execute("DELETE FROM audit_record WHERE seq = 3")
    assert ig.verify_audit_sql_table(owner).records == 3
    assert code_of(ig.verify_audit_sql_table, owner, held) == "audit.held_head_missing"


def refused(connection, row):
    try:
        insert(connection, row, mark="%s")
        connection.commit()
    except (psycopg.Error, pg8000.dbapi.Error):
        return True
    return False


def test_the_server_refuses_what_does_not_follow(service, owner):
    for name, row in bad_first_rows().items():
        assert refused(service, row), name
        service.rollback()
    rows = chain(owner, 4, mark="%s")
    bad = bad_rows(rows)
    bad["wrong hash"] = {**next_row(rows), "hash": "cd" * 32}
    for name, row in bad.items():
        assert refused(service, row), name
        service.rollback()
    assert ig.verify_audit_sql_table(service).records == 4
    insert(service, next_row(rows), mark="%s")
    service.commit()
    assert ig.verify_audit_sql_table(service).records == 5


@pytest.mark.parametrize("level", ["READ COMMITTED", "SERIALIZABLE"])
def test_many_writers_make_one_chain(owner, folder, log, level):
    writers, each, refused = 6, 15, []

    def write(number):
        connection = by_psycopg(folder) if number % 2 else by_pg8000(folder)
        sink, done = log.sql_sink(connection), 0
        while done < each:
            connection.cursor().execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            try:
                sink.audit("write", "dids", actor=f"analyst-{number}", count=done)
                connection.commit()
                done += 1
            except (ig.AuditError, psycopg.Error, pg8000.dbapi.Error) as error:
                refused.append(getattr(error, "code", "driver"))
                connection.rollback()
        connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert ig.verify_audit_sql_table(owner).records == writers * each
    counts = owner.execute("SELECT actor, count(*) FROM audit_record GROUP BY actor").fetchall()
    assert sorted(counts) == [(f"analyst-{number}", each) for number in range(writers)]
    # A snapshot older than the lock sees an old head: its record is refused, and never forks the chain.
    assert set(refused) <= (
        {"audit.table_refused", "audit.table_unreadable", "driver"} if level == "SERIALIZABLE" else set()
    )


def test_a_connection_that_commits_by_itself_is_refused(owner, folder, log):
    connection = by_psycopg(folder, autocommit=True)
    sink = log.sql_sink(connection)
    assert code_of(sink.audit, "write", actor="a.analyst") == "misuse.argument"
    with connection.transaction():
        sink.audit("write", actor="a.analyst")
    plain = by_pg8000(folder)
    plain.autocommit = True
    assert code_of(log.sql_sink(plain).audit, "write", actor="a.analyst") == "misuse.argument"
    assert ig.verify_audit_sql_table(owner).records == 1


def test_rows_as_dicts_and_a_refusal_without_the_row(owner, folder, log):
    connection = by_psycopg(folder, row_factory=psycopg.rows.dict_row)
    log.sql_sink(connection).audit("write", actor="a.analyst")
    assert ig.verify_audit_sql_table(connection).records == 1
    connection.commit()
    with pytest.raises(ig.AuditError) as caught:
        log.sql_sink(by_psycopg(folder, "auditor")).audit("write", actor="a.analyst")
    assert caught.value.code == "audit.table_refused"
    assert caught.value.context == {"reason": "InsufficientPrivilege 42501"}
    assert caught.value.__context__ is None


def test_a_log_is_copied_with_its_head(service, owner, log, tmp_path):
    for count in range(5):
        log.audit("read", "dids", actor="a.analyst", count=count)
    assert ig.copy_audit_to_sql_table(tmp_path / "audit.jsonl", service) == 5
    assert ig.verify_audit_sql_table(service, log.head).truncation == "excluded"
    service.commit()
    log.audit("login", actor="a.analyst")
    assert ig.copy_audit_to_sql_table(tmp_path / "audit.jsonl", service) == 1
    assert code_of(ig.verify_audit_sql_table, service, (6, "00" * 32)) == "audit.held_head_differs"
