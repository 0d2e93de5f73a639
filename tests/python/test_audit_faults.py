"""Faults of the audit log, in short; ``benches/audit_faults.py`` runs them at length. No ok may lose its record."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys

import nhs_ig as ig
import pytest
from support import ROOT, run_python

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are made with means of Linux")


@pytest.fixture(scope="module")
def faults():
    sys.path.append(str(ROOT / "benches"))
    return importlib.import_module("audit_faults")


def alone(code, *arguments):
    """Run a fault in an interpreter of its own: it forks, and limits its own files."""
    code = f"import audit_faults as f, sys\nfrom pathlib import Path\nfolder = Path(sys.argv[1])\n{code}"
    path = os.pathsep.join([str(ROOT / "benches"), *sys.path])
    done = run_python(code, *map(str, arguments), PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    return [int(word) for word in done.stdout.split()]


def test_killed_writers_lose_nothing_that_they_were_told(tmp_path):
    kills, receipts, lost, sealed = alone("r = f.kills(folder, 6)\nprint(*r[:4])", tmp_path)
    print(f"kill -9: {kills} writers killed, {receipts} receipts, {lost} lost, {sealed} torn records sealed")
    assert (kills, lost) == (24, 0)
    assert receipts > 24


def test_a_write_that_ends_half_way_is_told_and_sealed(tmp_path):
    tried, lost = alone("print(*f.short_writes(folder, 13))", tmp_path)
    print(f"writes that ended half-way: {tried} tried, {lost} lost")
    assert (tried > 40, lost) == (True, 0)


def test_a_full_disk_is_told_each_time_and_logging_keeps_silent(tmp_path):
    code = "r = f.full_disk(folder)\nprint(*r[1:])\nprint(r.disk, file=sys.stderr)"
    records, oks, refused, lost, silent = alone(code, tmp_path)
    print(
        f"full disk: {oks} oks, {refused} refused, {lost} lost; logging.FileHandler: {silent} lost in silence"
    )
    assert (oks + refused, lost) == (records, 0)
    assert oks > 50
    assert refused > 50
    assert silent > 50, "the peer is measured on the same disk"


def test_failing_system_calls_are_told(faults, tmp_path):
    tracer = shutil.which("strace")
    if not tracer or subprocess.run([tracer, "-o", os.devnull, "true"], check=False).returncode:
        if os.environ.get("NHS_IG_REQUIRE") == "all":
            pytest.fail("strace is not installed or may not trace, and NHS_IG_REQUIRE=all")
        pytest.skip("strace is not installed or may not trace")
    runs = faults.injections(tmp_path, ["write", "fdatasync", "fsync", "rename", "link"])
    told = sum(bool(run.errors) for run in runs)
    print(f"failing system calls: {len(runs)} tried, {told} told, {sum(run.lost for run in runs)} lost")
    assert len(runs) >= 30
    for run in runs:
        assert (run.injected, run.lost) == (1, 0), run
        # Each of these failures is of something that the ok would have promised.
        assert run.errors, run
        assert set(run.errors) <= faults.TOLD, run
        if run.call == "fdatasync" and run.errors[0] == "audit.not_recorded":
            assert set(run.errors[1:]) <= {"audit.poisoned"}, "no ok after a failed sync"
    assert {error for run in runs for error in run.errors} == faults.TOLD - {"audit.unreadable"}


def test_the_verifier_of_the_faults_sees_a_loss(faults, tmp_path):
    path = tmp_path / "audit.jsonl"
    made = [ig.AuditLog(path).audit("read", actor="a.analyst") for _ in range(3)]
    receipts = [(receipt.seq, receipt.hash) for receipt in made]
    assert faults.lost(path, receipts) == 0
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]))
    assert faults.lost(path, receipts) == 1
    path.write_bytes(b"".join(lines[1:]))
    with pytest.raises(ig.AuditError):
        faults.goes_on(path)
