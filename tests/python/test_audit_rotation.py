"""Rotation and group commit from Python; the independent verifier reads the segments as the specification says."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import random
import shutil
import subprocess
import sys
import threading

import nhs_ig as ig
import pytest
from audit_support import ORIGIN, audit_tree, independent, signer_of
from test_audit_attacks import _mutated


def segments(path):
    """All files of a log, the live one last."""
    return [*sorted(path.parent.glob(f"{path.stem}.{'[0-9]' * 16}{path.suffix}")), path]


def everything(path):
    return [json.loads(line) for file in segments(path) for line in file.read_text().splitlines()]


def grow(path, count, **settings):
    log = ig.AuditLog(path, **settings)
    for number in range(count):
        log.audit("read", f"d{number}", actor="a.analyst")
    return log


@pytest.mark.parametrize("name", ["audit.jsonl", "audit", ".audit", "a.b.log"])
def test_segments_are_one_log(tmp_path, name):
    path = tmp_path / name
    log = grow(path, 12, rotate_bytes=900)
    assert len(segments(path)) >= 4
    found = everything(path)
    assert [record["seq"] for record in found] == list(range(len(found)))
    assert [r["dataset"] for r in found if not r["event"].startswith("chain.")] == [
        f"d{n}" for n in range(12)
    ]
    report = ig.verify_audit(path, log.head)
    assert (report.records, report.head, report.truncation) == (len(found), log.head, "excluded")
    done = independent(path, *log.head)
    assert done.returncode == 0, done.stdout
    assert f"root {report.root}" in done.stdout
    assert independent(path, log.head[0] + 1, log.head[1]).returncode == 1


def test_reading_checkpoints_and_proofs_go_through_all_segments(tmp_path):
    path = tmp_path / "audit.jsonl"
    signer = signer_of(tmp_path, bytes(range(32)))
    grow(path, 3, rotate_bytes=900)
    older = ig.AuditCheckpoint.of_log(path, signer)
    grow(path, 9, rotate_bytes=900)
    newer = ig.AuditCheckpoint.of_log(path, signer, previous=older)
    found = everything(path)
    assert [dict(record) for record in ig.read_audit(path)] == found
    assert [r["seq"] for r in ig.read_audit(path, event="chain.continued")] == [
        r["seq"] for r in found if r["event"] == "chain.continued"
    ]
    assert ig.tail_audit(path, 5).records == found[-5:]
    assert ig.audit_coverage(path, newer).runs == 1
    for seq in (0, older.size, newer.size - 1):
        proof = newer.prove_inclusion(path, seq)
        assert ig.check_inclusion_proof(proof, signer.verifier_key).record["seq"] == seq
    grown = ig.check_consistency_proof(newer.prove_consistency(path, older), older, signer.verifier_key)
    assert grown.size == newer.size
    newer.write_new_file(tmp_path / "held")
    words = (path, "--checkpoint", tmp_path / "held", "--verifier-key", signer.verifier_key)
    assert independent(*words, "--origin", ORIGIN).returncode == 0


def test_rotation_by_age(tmp_path):
    path = tmp_path / "audit.jsonl"
    log = ig.AuditLog(path, rotate_after=dt.timedelta(microseconds=1))
    for _ in range(3):
        log.audit("read", actor="a.analyst")
    assert len(segments(path)) == 3
    log = ig.AuditLog(path, rotate_after=dt.timedelta(days=30))
    log.audit("read", actor="a.analyst")
    assert len(segments(path)) == 3
    assert independent(path).returncode == 0


@pytest.mark.parametrize(
    "settings",
    [
        {"rotate_bytes": 0},
        {"rotate_bytes": -1},
        {"rotate_bytes": True},
        {"rotate_bytes": "1 GB"},
        {"rotate_bytes": 2**80},
        {"rotate_after": 3600},
        {"rotate_after": dt.timedelta(0)},
        {"rotate_after": dt.timedelta(days=-1)},
    ],
)
def test_limits_of_no_use_are_refused(tmp_path, settings):
    with pytest.raises(ig.MisuseError) as caught:
        ig.AuditLog(tmp_path / "audit.jsonl", **settings)
    assert caught.value.code == "misuse.argument"
    assert not list(tmp_path.iterdir())


def test_the_log_keeps_its_own_events(log):
    for event in ("chain.rotated", "chain.continued"):
        with pytest.raises(ig.AuditError) as caught:
            log.audit(event, actor="a.analyst")
        assert caught.value.code == "audit.event_reserved"


def test_threads_share_the_wait_for_the_disk(tmp_path):
    path = tmp_path / "audit.jsonl"
    log = ig.AuditLog(path, rotate_bytes=20_000)

    def work():
        for _ in range(25):
            log.audit("read", actor="a.analyst", durability="group")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = everything(path)
    assert sum(record["event"] == "read" for record in found) == 200
    assert len(segments(path)) >= 3
    assert independent(path, *log.head).returncode == 0


def test_four_processes_with_tiny_segments_lose_nothing(tmp_path):
    path = tmp_path / "audit.jsonl"
    script = (
        f"import sys, nhs_ig as ig\nlog = ig.AuditLog({str(path)!r}, rotate_bytes=int(sys.argv[2]))\n"
        "for n in range(500): print(log.audit('read', f'w{sys.argv[1]}n{n}', actor='a.analyst').seq)"
    )
    limits = (4_000, 8_000, 6_000, 2**40)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(n), str(limit)], stdout=subprocess.PIPE, text=True
        )
        for n, limit in enumerate(limits)
    ]
    told = [process.communicate(timeout=120)[0].split() for process in running]
    assert [process.returncode for process in running] == [0] * 4
    found = everything(path)
    assert [record["seq"] for record in found] == list(range(len(found)))
    for number, seqs in enumerate(told):
        mine = [found[int(seq)]["dataset"] for seq in seqs]
        assert mine == [f"w{number}n{n}" for n in range(500)]
    print(f"four processes: {sum(map(len, told))} records in {len(segments(path))} segments, 0 lost")
    assert len(segments(path)) > 50
    assert independent(path).returncode == 0


def _verdict(path):
    try:
        return ig.verify_audit(path)
    except ig.AuditError as error:
        return error.code


def _exchanged(rng, before, act):
    """The files of a log as a careless hand or an attacker may leave them."""
    files, names = dict(before), list(before)
    live = names[-1]
    at, other = rng.sample(names, 2)
    if act == 0:
        del files[rng.choice(names[:-1])]
    elif act == 1:
        files[at], files[other] = files[other], files[at]
    elif act == 2:
        files[at] = files[other]
    elif act == 3:
        # An older copy of the live one: it was each of the archived ones in its time.
        files[live] = rng.choice([*list(before.values())[:-1], b""])
    elif act == 4:
        first, second = sorted(rng.sample(range(len(names)), 2))
        files[names[first]] = b"".join(before[name] for name in names[first : second + 1])
    elif act == 5:
        files[at] = before[at] + before[other].splitlines(keepends=True)[0]
    elif act == 6:
        files[live.replace("audit.", f"audit.{rng.randrange(20):016}.")] = before[at]
    else:
        files[at] = b"".join(_mutated(rng, before[at].splitlines(keepends=True)))
    return files


def _agreed(theirs, path):
    """The code, or None if the log verifies; both verifiers say so."""
    mine, leaves = _verdict(path), []
    try:
        records, last, sealed = theirs.verify_log(path, leaves=leaves)
    except theirs.Fault as fault:
        assert isinstance(mine, str), (fault, mine)
        return mine
    assert not isinstance(mine, str), mine
    assert (mine.records, mine.hash, mine.sealed_bytes) == (records, last, sealed)
    assert mine.root == audit_tree.root(leaves).hex()
    return None


def test_both_verifiers_say_the_same_of_mutated_segments(tmp_path):
    theirs = importlib.import_module("verify_audit_log")
    good = tmp_path / "good" / "audit.jsonl"
    good.parent.mkdir()
    grow(good, 5, rotate_bytes=900)
    # With sealed bytes in an archived segment.
    with good.open("ab") as file:
        file.write(b'{"actor":"a.an')
    grow(good, 5, rotate_bytes=900)
    before = {file.name: file.read_bytes() for file in segments(good)}
    rng, verdicts = random.Random(6), []
    for turn in range(400):
        folder = tmp_path / f"turn{turn}"
        folder.mkdir()
        for name, data in _exchanged(rng, before, turn % 8).items():
            (folder / name).write_bytes(data)
        verdicts.append((turn % 8, _agreed(theirs, folder / "audit.jsonl")))
        shutil.rmtree(folder)
    verify = sum(code is None for _, code in verdicts)
    print(f"mutated segments: {len(verdicts)} tried, both verifiers agree on all; {verify} verify")
    # Whole files lost, exchanged, doubled or joined never verify.
    assert {code for act, code in verdicts if act < 5} == {
        "audit.segment_missing", "audit.segment_foreign", "audit.sequence", "audit.rotation_unmatched",
    }  # fmt: skip
    assert 20 < verify < 380, "both kinds occur"


def test_the_command_line_reads_all_segments(tmp_path):
    path = tmp_path / "audit.jsonl"
    log = grow(path, 5, rotate_bytes=900)
    command = [sys.executable, "-m", "nhs_ig", "audit", "verify", str(path), "--held", *map(str, log.head)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split(",")[0]) == (0, f"{log.head[0]} records")
    segments(path)[0].unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "audit.segment_missing" in done.stderr
