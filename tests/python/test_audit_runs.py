"""One run has one correlation id, across tasks, threads, forks and programs; and services answer through a person."""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import nhs_ig as ig
import pytest
from audit_support import records
from nhs_ig.audit_runs import current_run
from support import ROOT, run_python


def _write(path, name):
    """Record from a worker."""
    ig.AuditLog(path).audit("read", name, actor="a.analyst")


def runs_of(path):
    return {record["dataset"]: record["corr_id"] for record in records(path)}


def test_tasks_inherit_the_run(log, tmp_path):
    async def work(name):
        await asyncio.sleep(0)
        log.audit("read", name, actor="a.analyst")
        return await asyncio.to_thread(log.audit, "read", f"{name}-thread", actor="a.analyst")

    async def everything():
        with ig.run() as mine:
            await asyncio.gather(work("a"), work("b"))
        return mine

    mine = asyncio.run(everything())
    assert runs_of(tmp_path / "audit.jsonl") == dict.fromkeys(["a", "a-thread", "b", "b-thread"], mine)


def test_threads_of_a_pool_carry_the_run_they_are_given(log, tmp_path):
    def work(name):
        log.audit("read", name, actor="a.analyst")

    with ig.run() as mine, ThreadPoolExecutor(2) as pool:
        list(pool.map(ig.in_this_run(work), ["a", "b"]))
        pool.submit(work, "alone").result()
    found = runs_of(tmp_path / "audit.jsonl")
    assert (found["a"], found["b"]) == (mine, mine)
    assert found["alone"] != mine
    # The worker's own context is as it was.
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(current_run).result()
        with ig.run():
            assert pool.submit(ig.in_this_run(current_run)).result() != first
        assert pool.submit(current_run).result() == first


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_processes_carry_the_run_they_are_given(tmp_path, method):
    path = tmp_path / "audit.jsonl"
    context = multiprocessing.get_context(method)
    with ig.run() as mine, ProcessPoolExecutor(2, mp_context=context) as pool:
        work = ig.in_this_run(_write)
        for done in [pool.submit(work, path, name) for name in "abc"]:
            done.result(timeout=120)
    assert runs_of(path) == dict.fromkeys("abc", mine)


def test_coroutines_go_on_in_their_run_and_generators_are_refused():
    async def work():
        await asyncio.sleep(0)
        return current_run()

    with ig.run() as mine:
        carried = ig.in_this_run(work)
    assert asyncio.run(carried()) == mine
    for function in (lambda: (yield), _generator):
        with pytest.raises(ig.MisuseError):
            ig.in_this_run(function)


async def _generator():
    yield 1


def test_programs_of_one_pipeline_share_a_run(tmp_path):
    path = tmp_path / "audit.jsonl"
    script = (
        "import sys, nhs_ig as ig; ig.AuditLog(sys.argv[1]).audit('read', sys.argv[2], actor='a.analyst')"
    )
    with ig.run() as mine:
        pass
    for name in "ab":
        code = f"import sys; sys.argv[1:] = [{str(path)!r}, {name!r}]; {script}"
        done = run_python(code, NHS_IG_RUN=mine)
        assert done.returncode == 0, done.stderr
    assert runs_of(path) == {"a": mine, "b": mine}
    done = run_python(f"import sys; sys.argv[1:] = [{str(path)!r}, 'c']; {script}", NHS_IG_RUN="run 1")
    assert "audit.field" in done.stderr
    assert len(records(path)) == 2


def test_a_known_run_goes_on(log, tmp_path):
    with ig.run() as first:
        log.audit("read", "a", actor="a.analyst")
    with ig.run(first):
        log.audit("read", "b", actor="a.analyst")
    assert runs_of(tmp_path / "audit.jsonl") == {"a": first, "b": first}
    for wrong in (7, b"x"):
        with pytest.raises(ig.MisuseError), ig.run(wrong):
            pytest.fail("the block ran")
    with pytest.raises(ig.MisuseError):
        ig.in_this_run("no function")


def test_a_service_needs_the_opt_in_and_a_person(log, tmp_path):
    log.audit("read", actor="batch", actor_kind="service", authoriser="a.analyst")
    (record,) = records(tmp_path / "audit.jsonl")
    assert (record["actor"], record["authoriser"]) == ("batch", "a.analyst")
    for settings, code in [
        ({}, "audit.actor_generic"),
        ({"authoriser": "a.analyst"}, "audit.actor_generic"),
        ({"actor_kind": "service"}, "audit.field"),
        ({"actor_kind": "service", "authoriser": "system"}, "audit.actor_generic"),
        ({"actor_kind": "robot"}, "misuse.argument"),
    ]:
        with pytest.raises(ig.IgError) as caught:
            log.audit("read", actor="batch", **settings)
        assert caught.value.code == code
    with log.audited("read", "a", actor="batch", actor_kind="service", authoriser="a.analyst"):
        pass
    assert len(records(tmp_path / "audit.jsonl")) == 3


def test_the_bytes_of_every_vector_from_python(log, tmp_path):
    """Python writes the frozen lines but for the clock, the random id and what follows from them."""
    vectors = json.loads((ROOT / "tests" / "vectors" / "audit_record_v1.json").read_text())
    prev = "0" * 64
    for vector in vectors:
        fields = dict(vector["event"])
        log.audit(fields.pop("event"), **fields)
        line = (tmp_path / "audit.jsonl").read_text().splitlines()[-1]
        written = json.loads(line)
        frozen = json.loads(vector["line"])
        stamps = {"id": written["id"], "ts": written["ts"], "prev": prev}
        assert line == json.dumps({**frozen, **stamps}, sort_keys=True, separators=(",", ":")), vector["name"]
        prev = hashlib.sha256(line.encode()).hexdigest()
    assert len(vectors) >= 13
