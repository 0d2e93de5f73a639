"""The commands of ``nhs-ig audit``, run as a user runs them."""

from __future__ import annotations

import csv
import json
import os
import stat

import nhs_ig as ig
import pytest
from audit_support import ORIGIN, independent, records
from support import nhs_ig


@pytest.fixture
def desk(tmp_path):
    """A log of five records in two runs, a signing key and its verifier key, and a checkpoint."""
    desk = Desk(tmp_path)
    desk.write(4)
    made = nhs_ig("audit", "keys", "new", desk.signer, "--name", ORIGIN)
    assert made.returncode == 0
    desk.key = made.stdout.strip()
    return desk


class Desk:
    def __init__(self, folder):
        self.folder, self.log, self.signer = folder, folder / "audit.jsonl", folder / "audit.key"
        self.key = ""

    def write(self, count):
        log = ig.AuditLog(self.log)
        with ig.run():
            for number in range(count):
                log.audit("read", f"d{number}", actor="a.analyst", count=number)
        with ig.run():
            log.audit("export", "d0", actor="b.analyst", purpose="service evaluation")

    def sign(self, name, *words):
        return nhs_ig(
            "audit",
            "checkpoint",
            "--log",
            self.log,
            "--signer-key",
            self.signer,
            "--out",
            self.folder / name,
            *words,
        )

    def verify(self, name, *words):
        held = ("--checkpoint", self.folder / name, "--verifier-key", self.key)
        return nhs_ig("audit", "verify", self.log, *held, *words)


def test_keys(desk, tmp_path):
    assert nhs_ig("audit", "keys", "show", desk.signer).stdout.strip() == desk.key
    if os.name != "nt":
        assert stat.S_IMODE(desk.signer.stat().st_mode) == 0o600
    assert "PRIVATE" not in desk.key
    again = nhs_ig("audit", "keys", "new", desk.signer, "--name", ORIGIN)
    assert (again.returncode, "key.file_exists" in again.stderr) == (2, True)
    named = nhs_ig("audit", "keys", "new", tmp_path / "b.key", "--name", "a b")
    assert (named.returncode, "key.signer_name" in named.stderr) == (2, True)


def test_checkpoints_in_a_row(desk, tmp_path):
    assert desk.sign("none").returncode == 2, "neither --previous nor --first"
    first = desk.sign("one", "--first")
    assert (first.returncode, "5 records of" in first.stdout) == (0, True)
    assert "truncation excluded\n" in desk.verify("one").stdout
    desk.write(2)
    grown = desk.verify("one")
    assert "excluded for the first 5 records, NOT excluded after them" in grown.stdout
    assert desk.sign("two", "--previous", tmp_path / "one").returncode == 0
    assert desk.sign("two", "--previous", tmp_path / "one").returncode == 2, "never overwritten"
    words = ("--checkpoint", tmp_path / "two", "--verifier-key", desk.key)
    assert independent(desk.log, *words).returncode == 0
    # The verifier key from a file, and the wrong one.
    (tmp_path / "audit.pub").write_text(desk.key + "\n")
    by_file = ("--checkpoint", tmp_path / "two", "--verifier-key", tmp_path / "audit.pub")
    assert nhs_ig("audit", "verify", desk.log, *by_file).returncode == 0
    other = ig.SignerKey.generate(ORIGIN).verifier_key
    refused = nhs_ig("audit", "verify", desk.log, "--checkpoint", tmp_path / "two", "--verifier-key", other)
    assert (refused.returncode, "audit.checkpoint_unknown_key" in refused.stderr) == (1, True)


def test_a_change_of_the_signing_key(desk, tmp_path):
    desk.sign("one", "--first")
    new = ig.SignerKey.generate(ORIGIN)
    new.write_new_file(tmp_path / "new.key")
    words = ("--log", desk.log, "--signer-key", tmp_path / "new.key", "--previous", tmp_path / "one")
    done = nhs_ig("audit", "checkpoint", *words, "--out", tmp_path / "two")
    assert (done.returncode, "audit.checkpoint_unknown_key" in done.stderr) == (1, True)
    done = nhs_ig("audit", "checkpoint", *words, "--previous-key", desk.key, "--out", tmp_path / "two")
    assert done.returncode == 0
    assert ig.verify_audit(desk.log, checkpoint=tmp_path / "two", verifier_key=new.verifier_key).records == 5


def test_a_log_that_was_cut_off_is_neither_signed_nor_verified(desk, tmp_path):
    desk.sign("one", "--first")
    desk.log.write_text("".join(desk.log.read_text().splitlines(keepends=True)[:-1]))
    assert nhs_ig("audit", "verify", desk.log).returncode == 0, "alone it looks well"
    for done in (desk.verify("one"), desk.sign("two", "--previous", tmp_path / "one")):
        assert (done.returncode, "audit.checkpoint_missing" in done.stderr) == (1, True)
    assert not (tmp_path / "two").exists()


def test_what_is_held_is_said_in_one_way(desk, tmp_path):
    desk.sign("one", "--first")
    for words in (
        ("--checkpoint", tmp_path / "one"),
        ("--verifier-key", desk.key),
        ("--origin", ORIGIN),
        ("--held", "1", "x", "--checkpoint", tmp_path / "one", "--verifier-key", desk.key),
    ):
        assert nhs_ig("audit", "verify", desk.log, *words).returncode == 2
    done = desk.verify("one", "--origin", "example.nhs.uk/other")
    assert (done.returncode, "audit.checkpoint_origin" in done.stderr) == (1, True)


def test_proofs(desk, tmp_path):
    desk.sign("one", "--first")
    desk.write(2)
    desk.sign("two", "--previous", tmp_path / "one")
    against = ("--checkpoint", tmp_path / "two", "--verifier-key", desk.key)
    done = nhs_ig("audit", "prove", desk.log, "--seq", "3", *against, "--out", tmp_path / "p")
    assert done.returncode == 0
    checked = nhs_ig("audit", "check-proof", tmp_path / "p", "--verifier-key", desk.key)
    assert checked.returncode == 0
    assert json.loads(checked.stdout.splitlines()[-1]) == records(desk.log)[3]
    # Without the record inside, its line is given apart.
    text = (tmp_path / "p").read_text(encoding="utf-8")
    bare = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("extra"))
    (tmp_path / "bare").write_bytes(bare.encode())
    (tmp_path / "line").write_text(desk.log.read_text().splitlines(keepends=True)[3])
    check = ("audit", "check-proof", tmp_path / "bare", "--verifier-key", desk.key)
    assert nhs_ig(*check).returncode == 2
    assert nhs_ig(*check, "--record", tmp_path / "line").returncode == 0
    (tmp_path / "line").write_text(desk.log.read_text().splitlines(keepends=True)[2])
    done = nhs_ig(*check, "--record", tmp_path / "line")
    assert (done.returncode, "audit.proof_differs" in done.stderr) == (1, True)

    done = nhs_ig("audit", "prove", desk.log, "--older", tmp_path / "one", *against, "--out", tmp_path / "g")
    assert done.returncode == 0
    check = ("audit", "check-proof", tmp_path / "g", "--verifier-key", desk.key)
    done = nhs_ig(*check, "--older", tmp_path / "one")
    assert (done.returncode, "grew from 5 to 8 records" in done.stdout) == (0, True)
    assert nhs_ig(*check).returncode == 2
    for words in ((), ("--seq", "1", "--older", tmp_path / "one")):
        assert nhs_ig("audit", "prove", desk.log, *against, *words, "--out", tmp_path / "n").returncode == 2
    done = nhs_ig("audit", "prove", desk.log, "--seq", "8", *against, "--out", tmp_path / "n")
    assert (done.returncode, "audit.proof_range" in done.stderr) == (2, True)


def test_tail(desk):
    shown = nhs_ig("audit", "tail", desk.log, "-n", "2")
    assert shown.returncode == 0
    assert shown.stdout.splitlines()[-1].split()[0] == "4"
    assert "NOT excluded" in shown.stderr
    lines = nhs_ig("audit", "tail", desk.log, "-n", "2", "--json").stdout
    assert lines.splitlines() == desk.log.read_text().splitlines()[-2:]
    desk.log.write_bytes(desk.log.read_bytes()[:-3])
    torn = nhs_ig("audit", "tail", desk.log, "-n", "1")
    assert (torn.returncode, torn.stdout.split()[0], "audit.torn_tail" in torn.stderr) == (1, "3", True)


def test_export(desk, tmp_path):
    out = tmp_path / "all.jsonl"
    assert nhs_ig("audit", "export", desk.log, "--out", out).returncode == 0
    assert out.read_bytes() == desk.log.read_bytes(), "nothing is added and nothing is lost"
    if os.name != "nt":
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert nhs_ig("audit", "export", desk.log, "--out", out).returncode == 2, "never overwritten"
    done = nhs_ig("audit", "export", desk.log, "--out", "-", "--event", "export")
    assert done.stdout == desk.log.read_text().splitlines(keepends=True)[-1]
    run = records(desk.log)[0]["corr_id"]
    assert len(nhs_ig("audit", "export", desk.log, "--out", "-", "--run", run).stdout.splitlines()) == 4
    days = ("--since", "2000-01-01", "--until", "2000-01-02")
    assert nhs_ig("audit", "export", desk.log, "--out", "-", *days).stdout == ""
    assert nhs_ig("audit", "export", desk.log, "--out", tmp_path / "t.csv", "--format", "csv").returncode == 0
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    expected = [{name: str(value) for name, value in record.items()} for record in records(desk.log)]
    assert [{name: value for name, value in row.items() if value} for row in rows] == expected
    desk.log.write_text(desk.log.read_text().replace("d1", "d9"))
    done = nhs_ig("audit", "export", desk.log, "--out", tmp_path / "none.jsonl")
    assert (done.returncode, (tmp_path / "none.jsonl").exists()) == (1, False)


def test_coverage(desk, tmp_path):
    done = nhs_ig("audit", "coverage", desk.log, "--at-least", "1")
    assert (done.returncode, done.stdout.startswith("0 of 2 runs covered (0 per cent")) == (1, True)
    path = tmp_path / "good.jsonl"
    log = ig.AuditLog(path)
    with ig.run(), log.audited("read", "a", actor="a.analyst"), log.audited("export", actor="a.analyst"):
        pass
    done = nhs_ig("audit", "coverage", path, "--at-least", "100")
    assert (done.returncode, done.stdout) == (0, "1 of 1 runs covered (100 per cent, rounded down)\n")
