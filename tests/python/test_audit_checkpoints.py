"""Checkpoints and proofs from Python, against the vectors and the verifier written from the specification."""

from __future__ import annotations

import base64
import datetime as dt
import importlib
import re

import nhs_ig as ig
import pytest
from audit_support import ORIGIN, audit_tree, ed25519_plain, independent, records, signer_of
from support import ROOT, vectors

SEED = bytes(range(32))
VECTORS = vectors("audit_tree_v1")
NOTES, INCLUSION, GROWTH = (VECTORS["log"][name] for name in ("checkpoints", "inclusion", "consistency"))


@pytest.fixture
def signer(tmp_path):
    return signer_of(tmp_path, SEED)


@pytest.fixture
def path(tmp_path):
    """The log of the record vectors, of which the checkpoints and proofs of the vectors are."""
    path = tmp_path / "vectors.jsonl"
    path.write_text("".join(vector["line"] + "\n" for vector in vectors("audit_record_v1")))
    return path


def code_of(call, *args, **kwargs):
    with pytest.raises(ig.IgError) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_the_vectors_are_made_anew_by_their_generator():
    """The plain Ed25519 is that of RFC 8032, section 7.1, test 2."""
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert ed25519_plain.public_key(seed).hex() == public
    signature = ed25519_plain.sign(seed, b"\x72")
    assert signature.hex().startswith("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da")
    assert ed25519_plain.verify(bytes.fromhex(public), b"\x72", signature)
    assert not ed25519_plain.verify(bytes.fromhex(public), b"\x73", signature)
    generator = importlib.import_module("make_audit_tree_vectors")
    assert generator.small_tree() == VECTORS["tree"]
    assert generator.log() == VECTORS["log"]


def test_checkpoints_are_the_bytes_of_the_vectors(path, signer, tmp_path):
    assert signer.verifier_key == VECTORS["verifier_key"]
    lines, last = path.read_text().splitlines(keepends=True), None
    for size, note in enumerate(NOTES):
        (tmp_path / "start.jsonl").write_text("".join(lines[:size]))
        made = ig.AuditCheckpoint.of_log(tmp_path / "start.jsonl", signer, previous=last)
        assert (made.text, made.size, made.origin) == (note, size, ORIGIN)
        assert made == ig.AuditCheckpoint.from_text(note, signer.verifier_key)
        report = ig.verify_audit(path, made)
        assert (report.truncation, report.excluded_records) == (
            "excluded" if size else "not_excluded",
            size,
        )
        assert audit_tree.open_checkpoint(note, signer.verifier_key, ORIGIN) == (
            size,
            bytes.fromhex(made.root),
        )
        last = made
    assert ig.verify_audit(path).root == last.root
    assert "excluded for the first 3 records, NOT excluded after them" in (
        ig.verify_audit(path, ig.AuditCheckpoint.from_text(NOTES[3], signer.verifier_key)).verdict
    )


def test_proofs_are_the_bytes_of_the_vectors_and_all_agree(path, signer, tmp_path):
    key = signer.verifier_key
    newest = ig.AuditCheckpoint.from_text(NOTES[-1], key)
    for seq, text in enumerate(INCLUSION):
        assert newest.prove_inclusion(path, seq) == text
        found = ig.check_inclusion_proof(text, key)
        assert (found.seq, found.record, found.checkpoint) == (seq, records(path)[seq], newest)
        assert audit_tree.open_inclusion(text, key, ORIGIN) == (seq, found.line.encode())
    for size, text in enumerate(GROWTH):
        older = ig.AuditCheckpoint.from_text(NOTES[size], key)
        assert newest.prove_consistency(path, older) == text
        assert ig.check_consistency_proof(text, older, key) == newest
        assert audit_tree.open_consistency(text, NOTES[size], key, ORIGIN) == (size, newest.size)
    (tmp_path / "proof").write_text(INCLUSION[3], encoding="utf-8")
    (tmp_path / "growth").write_text(GROWTH[3], encoding="utf-8")
    (tmp_path / "older").write_text(NOTES[3], encoding="utf-8")
    assert independent("--inclusion", tmp_path / "proof", "--verifier-key", key).returncode == 0
    words = ("--consistency", tmp_path / "growth", "--checkpoint", tmp_path / "older", "--verifier-key", key)
    assert independent(*words).returncode == 0


def _changes(text):
    """Copies with one character replaced, and with one line removed or doubled."""
    for at in range(0, len(text), 3):
        other = "B" if text[at] != "B" else "C"
        yield text[:at] + other + text[at + 1 :]
    lines = text.split("\n")
    for at in range(len(lines)):
        yield "\n".join(lines[:at] + lines[at + 1 :])
        yield "\n".join(lines[: at + 1] + lines[at:])


def _refused(call, *arguments):
    try:
        call(*arguments)
    except (ig.AuditError, audit_tree.Refused):
        return True
    return False


@pytest.mark.parametrize("kind", ["note", "inclusion", "growth"])
def test_both_verifiers_refuse_the_same_changes(kind, signer):
    key = signer.verifier_key
    older = ig.AuditCheckpoint.from_text(NOTES[6], key)
    text = {"note": NOTES[7], "inclusion": INCLUSION[5], "growth": GROWTH[6]}[kind]
    ours, theirs = {
        "note": (
            lambda text: ig.AuditCheckpoint.from_text(text, key),
            lambda text: audit_tree.open_checkpoint(text, key, ORIGIN),
        ),
        "inclusion": (
            lambda text: ig.check_inclusion_proof(text, key),
            lambda text: audit_tree.open_inclusion(text, key, ORIGIN),
        ),
        "growth": (
            lambda text: ig.check_consistency_proof(text, older, key),
            lambda text: audit_tree.open_consistency(text, NOTES[6], key, ORIGIN),
        ),
    }[kind]
    assert not _refused(ours, text)
    assert not _refused(theirs, text)
    refused = 0
    for changed in _changes(text):
        verdict = _refused(ours, changed)
        assert verdict == _refused(theirs, changed), changed
        refused += verdict
    assert refused > 50


def test_a_signature_that_other_programs_check(path, signer):
    """The library that is named here checks it from the parts of the note."""
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    made = ig.AuditCheckpoint.of_log(path, signer)
    text, _, line = made.text.rpartition("\n\n")
    signature = base64.b64decode(line.split(" ")[2])[4:]
    public = base64.b64decode(signer.verifier_key.split("+", 2)[2])[1:]
    ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, f"{text}\n".encode())
    assert ed25519.Ed25519PrivateKey.from_private_bytes(SEED).sign(f"{text}\n".encode()) == signature


def test_what_is_refused(path, signer, tmp_path):
    key, other = signer.verifier_key, ig.SignerKey.generate("example.nhs.uk/other")
    opened = ig.AuditCheckpoint.from_text
    checkpoint = opened(NOTES[-1], key)
    assert code_of(opened, NOTES[-1], other.verifier_key) == "audit.checkpoint_unknown_key"
    assert code_of(opened, NOTES[-1].replace("\n13\n", "\n12\n"), key) == "audit.checkpoint_signature"
    assert code_of(opened, NOTES[-1], key, origin="example.nhs.uk/other") == "audit.checkpoint_origin"
    assert code_of(opened, "no note", key) == "audit.checkpoint_format"
    assert code_of(opened, NOTES[-1], "no key") == "key.verifier_form"
    assert code_of(ig.SignerKey.generate, "no name") == "key.signer_name"
    (tmp_path / "bad.key").write_text("PRIVATE+KEY+a+b+c")
    (tmp_path / "bad.key").chmod(0o600)
    assert code_of(ig.SignerKey.from_file, tmp_path / "bad.key") == "key.signer_form"
    assert code_of(checkpoint.prove_inclusion, path, 13) == "audit.proof_range"
    assert code_of(opened(NOTES[2], key).prove_consistency, path, checkpoint) == "audit.checkpoint_order"
    assert code_of(ig.check_inclusion_proof, "x", key) == "audit.proof_format"
    assert code_of(ig.check_inclusion_proof, INCLUSION[1], key, line="x") == "audit.proof_differs"
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert code_of(ig.AuditCheckpoint.open, tmp_path / "binary", key) == "audit.checkpoint_format"
    with pytest.raises(FileExistsError):
        checkpoint.write_new_file(path)


@pytest.mark.parametrize("odd", [7, 1.5, b"x", [], object()], ids=lambda odd: type(odd).__name__)
def test_a_wrong_kind_of_argument(odd, path, signer):
    key = signer.verifier_key
    checkpoint = ig.AuditCheckpoint.of_log(path, signer)
    calls = {
        "path": lambda: ig.verify_audit(odd),
        "held": lambda: ig.verify_audit(path, odd),
        "checkpoint": lambda: ig.verify_audit(path, checkpoint=odd, verifier_key=key),
        "both": lambda: ig.verify_audit(path, (1, "x"), checkpoint=checkpoint),
        "key with a checkpoint": lambda: ig.verify_audit(path, checkpoint, verifier_key=key),
        "key alone": lambda: ig.verify_audit(path, verifier_key=key),
        "log": lambda: ig.AuditCheckpoint.of_log(odd, signer),
        "signer": lambda: ig.AuditCheckpoint.of_log(path, odd),
        "origin": lambda: ig.AuditCheckpoint.of_log(path, signer, origin=odd),
        "previous": lambda: ig.AuditCheckpoint.of_log(path, signer, previous=odd),
        "made": lambda: ig.AuditCheckpoint(odd),
        "text": lambda: ig.AuditCheckpoint.from_text(odd, key),
        "verifier": lambda: ig.AuditCheckpoint.from_text(NOTES[1], odd),
        "file": lambda: ig.AuditCheckpoint.open(odd, key),
        "seq": lambda: checkpoint.prove_inclusion(path, [odd]),
        "older": lambda: checkpoint.prove_consistency(path, odd),
        "proof": lambda: ig.check_inclusion_proof(odd, key),
        "proof of growth": lambda: ig.check_consistency_proof(odd, checkpoint, key),
        "older of growth": lambda: ig.check_consistency_proof(GROWTH[1], odd, key),
        "run": lambda: ig.read_audit(path, run=odd),
        "since": lambda: ig.read_audit(path, since=odd),
        "until": lambda: ig.read_audit(path, until=dt.datetime(2026, 11, 22)),
        "last": lambda: ig.tail_audit(path, [odd]),
        "coverage": lambda: ig.audit_coverage(path, odd),
    }
    for name, call in calls.items():
        assert code_of(call) == "misuse.argument", name


def test_records_are_read_back(log, tmp_path, signer):
    path = tmp_path / "audit.jsonl"
    with ig.run() as run, log.audited("read", "dids", actor="a.analyst") as act:
        act.count = 5
    log.audit("export", "dids", actor="b.analyst", code="release.complete")
    assert ig.read_audit(path) == records(path)
    assert [record["outcome"] for record in ig.read_audit(path, run=run)] == ["attempt", "success"]
    assert [record["seq"] for record in ig.read_audit(path, event="export")] == [2]
    assert [record["seq"] for record in ig.read_audit(path, actor="b.analyst")] == [2]
    assert ig.read_audit(path, dataset="other") == []
    today = dt.datetime.now(dt.timezone.utc)
    day = dt.timedelta(days=1)
    assert len(ig.read_audit(path, since=today.date() - day, until=today.date())) == 3
    assert ig.read_audit(path, since=today + day) == ig.read_audit(path, until=today.date() - day) == []
    assert ig.read_audit(path, until=dt.date(1, 1, 1)) == []
    assert code_of(ig.read_audit, path, event="looked") == "audit.field"
    checkpoint = ig.AuditCheckpoint.of_log(path, signer)
    assert len(ig.read_audit(path, checkpoint)) == 3

    tail = ig.tail_audit(path, 2)
    assert ([record["seq"] for record in tail.records], tail.report.records, tail.fault) == ([1, 2], 3, None)
    path.write_bytes(path.read_bytes()[:-10])
    tail = ig.tail_audit(path, 2)
    assert [record["seq"] for record in tail.records] == [0, 1]
    assert (tail.report, tail.fault.code) == (None, "audit.torn_tail")
    assert code_of(ig.read_audit, path) == "audit.torn_tail"
    assert code_of(ig.tail_audit, tmp_path / "none") == "audit.unreadable"


def test_coverage(log, tmp_path):
    path = tmp_path / "audit.jsonl"
    assert ig.audit_coverage(path).percent is None
    with ig.run(), log.audited("read", "a", actor="a.analyst"), log.audited("write", "b", actor="a.analyst"):
        pass
    for event in ("read", "write"):
        with ig.run():
            log.audit(event, "a", actor="a.analyst")
    found = ig.audit_coverage(path)
    assert (found.runs, found.covered, found.unannounced, found.write_only, found.percent) == (3, 1, 2, 1, 33)
    assert "1 of 3 runs covered (33 per cent" in found.verdict


def test_the_example_of_the_page_is_right(tmp_path):
    page = (ROOT / "crates" / "ig-core" / "docs" / "audit_log_v1.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```text\n(.*?)```", page.partition("# An example")[2], re.DOTALL)
    log, hashes, keys, note, older, inclusion, growth = blocks
    signing, verifier = keys.splitlines()
    (tmp_path / "page.key").write_text(signing)
    (tmp_path / "page.key").chmod(0o600)
    path = tmp_path / "page.jsonl"
    path.write_bytes(log.encode())
    signer = ig.SignerKey.from_file(tmp_path / "page.key")
    made = ig.AuditCheckpoint.of_log(path, signer)
    assert (made.text, signer.verifier_key) == (note, verifier)
    lines = [line for line in log.encode().split(b"\n") if line.endswith(b"}")]
    leaves = [audit_tree.leaf(line) for line in lines]
    told = [f"leaf {number}  {leaf.hex()}" for number, leaf in enumerate(leaves)]
    told += [f"node 01 {audit_tree.node(*leaves[:2]).hex()}", f"root    {made.root}"]
    assert hashes.splitlines() == told
    before = ig.AuditCheckpoint.from_text(older, verifier)
    assert made.prove_inclusion(path, 1) == inclusion
    assert made.prove_consistency(path, before) == growth
    assert audit_tree.open_consistency(growth, older, verifier, ORIGIN) == (2, 3)
    done = independent(path)
    assert (done.returncode, made.root in done.stdout, "16 bytes sealed" in done.stdout) == (0, True, True)
