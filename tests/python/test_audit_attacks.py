"""The nine attacks of the threat model from Python; the independent verifier gives the same verdict each time."""

from __future__ import annotations

import hashlib
import importlib
import json
import random

import nhs_ig as ig
import pytest
from audit_support import ORIGIN, audit_tree, independent, signer_of
from support import ROOT

PAGE = ROOT / "crates" / "ig-core" / "docs" / "audit.md"
MISSING = ("audit.checkpoint_missing", "audit.held_head_missing")
DIFFERS = ("audit.checkpoint_differs", "audit.held_head_differs")


def grow(path, count, event="read"):
    log = ig.AuditLog(path)
    for number in range(count):
        log.audit(event, f"d{number}", actor="a.analyst")


def rechained(lines):
    """Every record again, with its chain computed anew: no key is needed for that."""
    made, prev = [], "0" * 64
    for line in lines:
        new = json.dumps({**json.loads(line), "prev": prev}, sort_keys=True, separators=(",", ":"))
        made.append(f"{new}\n")
        prev = hashlib.sha256(new.encode()).hexdigest()
    return made


def changed(line):
    return line.replace("a.analyst", "b.analyst")


class Target:
    """A log of six records, its head, and a checkpoint that its auditor holds."""

    def __init__(self, folder):
        self.folder, self.path = folder, folder / "target.jsonl"
        grow(self.path, 6)
        self.signer = signer_of(folder, bytes(range(32)))
        ig.AuditCheckpoint.of_log(self.path, self.signer).write_new_file(folder / "held.checkpoint")
        self.head = ig.verify_audit(self.path).head
        self.lines = self.path.read_text().splitlines(keepends=True)

    def written_on(self, lines, count, event="login"):
        path = self.folder / "attacked.jsonl"
        path.unlink(missing_ok=True)
        path.write_text("".join(lines))
        grow(path, count, event)
        return path.read_text().splitlines(keepends=True)

    def judge(self, lines):
        """Return the code without anything held, with the checkpoint, and with the head."""
        path = self.folder / "attacked.jsonl"
        path.write_text("".join(lines))
        key, held = self.signer.verifier_key, self.folder / "held.checkpoint"
        told = [
            _code(path),
            _code(path, checkpoint=held, verifier_key=key),
            _code(path, self.head),
        ]
        others = [
            independent(path),
            independent(path, "--checkpoint", held, "--verifier-key", key),
            independent(path, *self.head),
        ]
        assert [code is None for code in told] == [done.returncode == 0 for done in others]
        return told


def _code(path, held=None, **settings):
    try:
        ig.verify_audit(path, held, **settings)
    except ig.AuditError as error:
        return error.code
    return None


def same(code):
    return [code] * 3


ATTACKS = {
    "change a record": (
        lambda t: [*t.lines[:2], changed(t.lines[2]), *t.lines[3:]],
        same("audit.chain_broken"),
    ),
    "delete a record": (lambda t: t.lines[:2] + t.lines[3:], same("audit.sequence")),
    "insert a record": (
        lambda t: [*t.lines[:3], changed(t.lines[2]), *t.lines[3:]],
        same("audit.sequence"),
    ),
    "swap two records": (
        lambda t: [*t.lines[:2], t.lines[3], t.lines[2], *t.lines[4:]],
        same("audit.sequence"),
    ),
    "cut off the end": (lambda t: t.lines[:5], [None, *MISSING]),
    "cut off the end and write on": (lambda t: t.written_on(t.lines[:4], 5), [None, *DIFFERS]),
    "change a record and compute the whole chain anew": (
        lambda t: rechained([changed(t.lines[0]), *t.lines[1:]]),
        [None, *DIFFERS],
    ),
    "put another log in its place": (lambda t: t.written_on([], 8), [None, *DIFFERS]),
    "put an older copy in its place and write on": (
        lambda t: t.written_on(t.lines[:5], 1, "delete"),
        [None, *DIFFERS],
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack(name, tmp_path):
    target = Target(tmp_path)
    assert target.judge(target.lines) == [None, None, None]
    attack, expected = ATTACKS[name]
    attacked = attack(target)
    assert attacked != target.lines
    assert target.judge(attacked) == expected


def test_the_threat_model_says_what_these_tests_find():
    rows = [
        line
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line[:3] in {f"| {n}" for n in range(1, 10)}
    ]
    assert len(rows) == len(ATTACKS) == 9
    for number, (row, (name, (_, codes))) in enumerate(zip(rows, ATTACKS.items(), strict=True), 1):
        alone, held = [cell.strip() for cell in row.split("|")[2:4]]
        assert row.startswith(f"| {number}. {name} |")
        assert (alone == "found", held == "found") == (codes[0] is not None, codes[1] is not None)


def test_the_signer_signs_no_attacked_log(tmp_path):
    target = Target(tmp_path)
    held = ig.AuditCheckpoint.open(tmp_path / "held.checkpoint", target.signer.verifier_key)
    for name, (attack, (_, code, _)) in ATTACKS.items():
        path = tmp_path / "attacked.jsonl"
        path.write_text("".join(attack(target)))
        with pytest.raises(ig.AuditError) as caught:
            ig.AuditCheckpoint.of_log(path, target.signer, previous=held)
        assert caught.value.code == code, name


def test_a_forged_checkpoint_is_of_another_key(tmp_path):
    target = Target(tmp_path)
    forger = ig.SignerKey.generate(ORIGIN)
    forged = ig.AuditCheckpoint.of_log(target.path, forger).text
    (tmp_path / "forged").write_text(forged)
    with pytest.raises(ig.AuditError) as caught:
        ig.verify_audit(target.path, checkpoint=tmp_path / "forged", verifier_key=target.signer.verifier_key)
    assert caught.value.code == "audit.checkpoint_unknown_key"
    words = ("--checkpoint", tmp_path / "forged", "--verifier-key", target.signer.verifier_key)
    assert independent(target.path, *words).returncode == 1


def _mutated(rng, lines):
    """A log as a crash, a careless hand or an attacker may leave it."""
    lines = list(lines)
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    act = rng.randrange(8)
    if act == 0:
        del lines[at]
    elif act == 1:
        lines.insert(other, lines[at])
    elif act == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif act == 3:
        place = rng.randrange(len(lines[at]))
        lines[at] = (
            lines[at][:place] + bytes([lines[at][place] ^ 1 << rng.randrange(7)]) + lines[at][place + 1 :]
        )
    elif act == 4:
        lines[at] = lines[at][: rng.randrange(len(lines[at]))]
    elif act == 5:
        lines[at] = bytes(rng.randrange(40)) + lines[at]
    elif act == 6:
        lines = lines[: at + 1]
    else:
        lines[at] = lines[at].replace(b'"count":', b'"count": ').replace(b"a.analyst", b"a.analysu")
    return lines


def test_both_verifiers_say_the_same_of_mutated_logs(tmp_path):
    theirs = importlib.import_module("verify_audit_log")
    target = Target(tmp_path)
    # With sealed bytes in it, so that a mutation can also hit a seal or what it seals.
    torn = target.folder / "sealed.jsonl"
    torn.write_bytes("".join(target.lines).encode()[:-30])
    grow(torn, 3)
    lines = torn.read_bytes().splitlines(keepends=True)
    rng, path, verdicts = random.Random(22), tmp_path / "mutated.jsonl", []
    for _ in range(400):
        mutated = lines
        for _ in range(rng.randrange(1, 3)):
            mutated = _mutated(rng, mutated) or lines
        data = b"".join(mutated)
        path.write_bytes(data)
        leaves = []
        try:
            records, last, sealed = theirs.verify(data, leaves=leaves)
        except theirs.Fault:
            assert _code(path) is not None, data
            verdicts.append(False)
            continue
        report = ig.verify_audit(path)
        assert report[:2] == (records, last)
        assert (report.sealed_bytes, report.root) == (sealed, audit_tree.root(leaves).hex())
        verdicts.append(True)
    assert 20 < sum(verdicts) < 380, "both kinds occur"
