"""The audit log from Python, verified by the independent verifier."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import nhs_ig as ig
import pytest
from support import NUMBER, VERIFIER, find_secrets, run_python


def independent(path, *held) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(VERIFIER), str(path), *map(str, held)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def records(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_field_arrives_and_both_verifiers_agree(log, tmp_path):
    fields = {
        "role": "analyst", "org": "RJ1", "agreement_id": "DSA-2026-014", "code": "release.complete", "reason_ref": "IG/2026/17",
        "object": "ab" * 32, "key_id": "k-1", "authoriser": "c.guardian", "device": "sde/vm-04", "corr_id": "01a5d1b2-0c00-7000-8000-00000000000a",
    }  # fmt: skip
    receipt = log.audit(
        "export", "dids", actor="a.analyst", purpose="service evaluation", count=495, **fields
    )
    log.audit("login", actor="a.analyst")
    first, second = records(tmp_path / "audit.jsonl")
    expected = {
        "v": 1,
        "seq": 0,
        "event": "export",
        "outcome": "success",
        "dataset": "dids",
        "actor": "a.analyst",
        "purpose": "service evaluation",
        "count": 495,
        "prev": "0" * 64,
        **fields,
    }
    assert {name: value for name, value in first.items() if name not in {"id", "ts"}} == expected
    assert second["prev"] == receipt.hash
    assert (receipt.seq, receipt.id) == (0, first["id"])
    done = independent(tmp_path / "audit.jsonl", *log.head)
    assert done.returncode == 0, done.stdout
    report = ig.verify_audit(tmp_path / "audit.jsonl", log.head)
    assert (report.records, report.hash) == log.head == report.head
    assert report.truncation == "excluded"
    assert ig.verify_audit(tmp_path / "audit.jsonl").truncation == "not_excluded"
    assert "NOT excluded" in ig.verify_audit(tmp_path / "audit.jsonl").verdict


@pytest.mark.parametrize(
    "event",
    [
        "read",
        "write",
        "export",
        "delete",
        "query",
        "login",
        "config",
        "opt_out_check",
        "reidentify",
        "key_use",
        "incident",
        "review",
        "transfer",
    ],
)
def test_every_event(log, event, tmp_path):
    log.audit(event, actor="a.analyst")
    assert independent(tmp_path / "audit.jsonl").returncode == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"actor": "admin"}, "audit.actor_generic"),
        ({"actor": "root"}, "audit.actor_generic"),
        ({"actor": ""}, "audit.field"),
        ({"event": "looked"}, "audit.field"),
        ({"event": "chain.recovered"}, "audit.event_reserved"),
        ({"outcome": "maybe"}, "audit.field"),
        ({"dataset": "dids 9990000018"}, "audit.identifier_in_field"),
        ({"purpose": "NHS999-000-0018"}, "audit.identifier_in_field"),
        ({"role": "999.000.0018"}, "audit.identifier_in_field"),
        ({"dataset": "a\nb"}, "audit.field"),
        ({"dataset": "x" * 200}, "audit.field"),
        ({"dataset": "é"}, "audit.field"),
        ({"reason_ref": "because"}, "audit.field"),
        ({"object": "ab"}, "audit.field"),
        ({"corr_id": "run 1"}, "audit.field"),
        ({"key_id": "K"}, "audit.field"),
        ({"code": "No Code"}, "audit.field"),
        ({"count": 2**53}, "audit.field"),
        ({"count": -1}, "misuse.argument"),
        ({"note": "free text"}, "misuse.argument"),
        ({"durability": "soon"}, "misuse.argument"),
    ],
)
def test_what_is_refused_is_not_written(log, tmp_path, change, code):
    log.audit("login", actor="a.analyst")
    before = (tmp_path / "audit.jsonl").read_bytes()
    with pytest.raises(ig.IgError) as caught:
        log.audit(**{"event": "read", "dataset": "dids", "actor": "a.analyst", **change})
    assert caught.value.code == code
    assert not find_secrets(repr(caught.value))
    assert (tmp_path / "audit.jsonl").read_bytes() == before


class TestAudited:
    def test_attempt_and_success(self, log, tmp_path):
        with log.audited("export", "dids", actor="a.analyst", purpose="audit") as act:
            assert [record["outcome"] for record in records(tmp_path / "audit.jsonl")] == ["attempt"]
            act.count = 12
        attempt, success = records(tmp_path / "audit.jsonl")
        assert (success["outcome"], success["count"]) == ("success", 12)
        assert attempt["corr_id"] == success["corr_id"]

    @pytest.mark.parametrize(
        "error",
        [ValueError(NUMBER), KeyboardInterrupt(), SystemExit(2), ig.MisuseError("m", "misuse.argument")],
    )
    def test_failure(self, log, tmp_path, error):
        with pytest.raises(type(error)), log.audited("export", "dids", actor="a.analyst"):
            raise error
        last = records(tmp_path / "audit.jsonl")[-1]
        assert last["outcome"] == "failure"
        assert (
            last.get("code") == getattr(error, "code", None)
            if isinstance(error, ig.IgError)
            else "code" not in last
        )
        assert not find_secrets((tmp_path / "audit.jsonl").read_bytes())

    def test_nothing_runs_if_the_attempt_is_refused(self, log):
        with pytest.raises(ig.AuditError), log.audited("export", NUMBER, actor="a.analyst"):
            pytest.fail("the block ran")


class TestRuns:
    def test_one_run_has_one_id(self, log, tmp_path):
        with ig.run() as outer:
            log.audit("read", actor="a.analyst")
            with ig.run() as inner:
                log.audit("read", actor="a.analyst")
            log.audit("read", actor="a.analyst")
        assert [record["corr_id"] for record in records(tmp_path / "audit.jsonl")] == [outer, inner, outer]

    def test_tasks_have_their_own_runs(self, log, tmp_path):
        async def work(number):
            with ig.run() as mine:
                await asyncio.sleep(0.001 * (number % 3))
                log.audit("read", f"d{number}", actor="a.analyst")
                await asyncio.sleep(0)
                log.audit("write", f"d{number}", actor="a.analyst")
            return mine

        async def everything():
            return await asyncio.gather(*map(work, range(8)))

        runs = asyncio.run(everything())
        found = {(record["dataset"], record["corr_id"]) for record in records(tmp_path / "audit.jsonl")}
        assert found == {(f"d{number}", run) for number, run in enumerate(runs)}
        assert len(set(runs)) == 8

    def test_threads_have_their_own_runs_and_write_one_chain(self, log, tmp_path):
        def work():
            for _ in range(20):
                log.audit("read", actor="a.analyst")

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = records(tmp_path / "audit.jsonl")
        assert [record["seq"] for record in found] == list(range(160))
        assert len({record["corr_id"] for record in found}) == 8
        assert independent(tmp_path / "audit.jsonl").returncode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_one_handle_in_forked_processes(tmp_path):
    path = tmp_path / "forked.jsonl"
    done = run_python(
        f"""
import os
import nhs_ig as ig
log = ig.AuditLog({str(path)!r})
log.audit("login", actor="a.analyst")
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        for _ in range(60):
            log.audit("read", actor="a.analyst")
        os._exit(0)
    children.append(child)
for _ in range(60):
    log.audit("write", actor="a.analyst")
assert all(os.waitpid(child, 0)[1] == 0 for child in children)
""",
    )
    assert done.returncode == 0, done.stderr
    assert [record["seq"] for record in records(path)] == list(range(241))
    assert independent(path).returncode == 0
    ids = {record["id"] for record in records(path)}
    assert len(ids) == 241, "ids must differ between a process and its forks"


def test_several_processes(tmp_path):
    path = tmp_path / "shared.jsonl"
    script = f"import nhs_ig as ig\nlog = ig.AuditLog({str(path)!r})\nfor _ in range(50): log.audit('read', actor='a.analyst')"
    running = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    assert len(records(path)) == 150
    assert independent(path).returncode == 0


class TestTampering:
    @pytest.fixture
    def path(self, log, tmp_path):
        for number in range(5):
            log.audit("read", f"d{number}", actor="a.analyst")
        return tmp_path / "audit.jsonl"

    def both_refuse(self, path, code, held=None):
        with pytest.raises(ig.AuditError) as caught:
            ig.verify_audit(path, held)
        assert caught.value.code == code
        assert independent(path, *(held or ())).returncode == 1
        return caught.value

    def test_an_edited_line(self, path):
        path.write_text(path.read_text().replace('"d2"', '"d9"'))
        assert "line 4" in str(self.both_refuse(path, "audit.chain_broken"))

    def test_a_removed_line(self, path):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines[:1] + lines[2:]))
        assert "line 2" in str(self.both_refuse(path, "audit.sequence"))

    def test_lines_in_another_order(self, path):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join([lines[1], lines[0], *lines[2:]]))
        self.both_refuse(path, "audit.sequence")

    def test_a_cut_end_shows_only_against_a_held_head(self, path, log):
        held = log.head
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
        assert ig.verify_audit(path).records == 4
        self.both_refuse(path, "audit.held_head_missing", held)

    def test_a_rewritten_log_shows_only_against_a_held_head(self, path, log):
        held = log.head
        path.unlink()
        again = ig.AuditLog(path)
        for number in range(6):
            again.audit("read", f"d{number}", actor="b.analyst")
        assert ig.verify_audit(path).records == 6
        self.both_refuse(path, "audit.held_head_differs", held)

    def test_a_half_line(self, path):
        path.write_bytes(path.read_bytes()[:-10])
        self.both_refuse(path, "audit.torn_tail")
        again = ig.AuditLog(path)
        again.audit("read", "after", actor="a.analyst")
        report = ig.verify_audit(path)
        assert (report.recoveries, report.sealed_bytes > 0) == (1, True)
        assert independent(path).returncode == 0

    def test_a_log_that_was_replaced_or_shortened_under_its_writer(self, path, log):
        whole = path.read_bytes()
        path.write_bytes(whole.splitlines(keepends=True)[0])
        with pytest.raises(ig.AuditError) as caught:
            log.audit("read", actor="a.analyst")
        assert caught.value.code == "audit.log_shortened"
        path.unlink()
        with pytest.raises(ig.AuditError):
            log.audit("read", actor="a.analyst")

    def test_what_is_no_log(self, tmp_path):
        (tmp_path / "notes.txt").write_text("notes\nmore\n")
        with pytest.raises(ig.AuditError) as caught:
            ig.AuditLog(tmp_path / "notes.txt")
        assert caught.value.code == "audit.not_a_log"
        assert (tmp_path / "notes.txt").read_text() == "notes\nmore\n"
        for place in (tmp_path, tmp_path / "none" / "audit.jsonl"):
            with pytest.raises(ig.AuditError):
                ig.AuditLog(place)
        with pytest.raises(ig.AuditError):
            ig.verify_audit(tmp_path / "none.jsonl")

    def test_a_head_of_no_form(self, path):
        for held in ((1, "x"), (1, ""), (1, "AB" * 32)):
            with pytest.raises(ig.IgError):
                ig.verify_audit(path, held)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told_before_the_act():
    with pytest.raises(ig.AuditError), ig.AuditLog("/dev/full").audited("read", "dids", actor="a.analyst"):
        pytest.fail("the block ran")


def test_only_the_owner_can_read_the_log(log, tmp_path):
    if os.name != "nt":
        assert (tmp_path / "audit.jsonl").stat().st_mode & 0o077 == 0
    assert repr(log) == "AuditLog(0 records)"


FORK_WHILE_WRITING = """
import os, signal, sys, threading
import nhs_ig as ig
log = ig.AuditLog(sys.argv[1])
stop = threading.Event()

def work():
    while not stop.is_set():
        log.audit("read", actor="a.analyst", durability="group")

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for turn in range(12):
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        log.audit("write", f"child-{turn}", actor="a.analyst")
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        stop.set()
        sys.exit(f"the child of turn {turn} did not record")
stop.set()
for thread in threads:
    thread.join()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_while_threads_record_is_not_locked_out(tmp_path):
    path = tmp_path / "forked.jsonl"
    command = [sys.executable, "-c", FORK_WHILE_WRITING, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert sum(record["event"] == "write" for record in records(path)) == 12
    assert independent(path).returncode == 0


class TestWhatOnlyTheEndCanSay:
    @pytest.mark.parametrize("field", [{"count": 5}, {"outcome": "success"}])
    def test_is_refused_before_the_attempt(self, log, tmp_path, field):
        with (
            pytest.raises(ig.MisuseError),
            log.audited("export", "dids", actor="a.analyst", **field),
        ):
            pytest.fail("the block ran")
        assert records(tmp_path / "audit.jsonl") == []

    @pytest.mark.parametrize("count", [-1, 1.5, 2**60, True, "5"])
    def test_a_count_of_no_form_is_refused_where_it_is_set(self, log, tmp_path, count):
        with pytest.raises(ig.MisuseError), log.audited("export", "dids", actor="a.analyst") as act:
            act.count = count
        assert [record["outcome"] for record in records(tmp_path / "audit.jsonl")] == ["attempt", "failure"]

    def test_a_code_that_no_record_can_hold_is_left_out(self, log, tmp_path):
        with pytest.raises(ig.MisuseError), log.audited("export", "dids", actor="a.analyst"):
            raise ig.MisuseError("m", "Bad Code", {})
        assert "code" not in records(tmp_path / "audit.jsonl")[-1]


@pytest.mark.parametrize(
    "fields",
    [
        {NUMBER: 5},
        {NUMBER: "x"},
        {"actor": f"\ud800{NUMBER}"},
        {"dataset": f"\ud800{NUMBER}"},
        {"outcome": f"\ud800{NUMBER}"},
        {"count": int(NUMBER)},
        {"dataset": "LS1 4ST"},
        {"dataset": "dob 14th March 1957"},
    ],
)
def test_values_in_odd_places_are_refused_and_not_repeated(log, tmp_path, fields):
    with pytest.raises(ig.IgError) as caught:
        log.audit(**{"event": "read", "actor": "a.analyst", **fields})
    assert not find_secrets(repr(caught.value) + str(caught.value.context))
    assert records(tmp_path / "audit.jsonl") == []


@pytest.mark.parametrize(
    "call",
    [
        lambda path: ig.AuditLog(None),
        lambda path: ig.AuditLog(5),
        lambda path: ig.AuditLog(path, rotate_after=dt.timedelta.max),
        lambda path: ig.verify_audit(path, (1,)),
        lambda path: ig.verify_audit(path, ("1", "0" * 64)),
        lambda path: ig.verify_audit(path, 7),
        lambda path: ig.read_audit(path, event="\ud800"),
        lambda path: ig.AuditLog(path).audit("read", actor="a.analyst", corr_id=["x", "y"]),
        lambda path: ig.AuditLog(path).audit("read", actor="a.analyst", corr_id=""),
    ],
)
def test_odd_arguments_are_refused_with_a_code(log, tmp_path, call):
    log.audit("login", actor="a.analyst")
    with pytest.raises(ig.IgError) as caught:
        call(tmp_path / "audit.jsonl")
    assert caught.value.code in {"misuse.argument", "audit.field"}
    assert len(records(tmp_path / "audit.jsonl")) == 1
