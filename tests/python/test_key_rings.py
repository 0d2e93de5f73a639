"""Key rings: files, terms and workers, with a key of known bytes planted in every ring."""

from __future__ import annotations

import copy
import hashlib
import hmac
import io
import multiprocessing
import pickle

import nhs_ig as ig
import polars as pl
import pytest
from ring_support import CONTEXT, LATER, MADE, OTHER_BYTES, code_of, ring_secrets
from support import (
    KEY_BYTES,
    NUMBER,
    make_key,
    pseudonym,
    run_python,
    shown_by,
)


def test_a_ring_is_read(ring, ids):
    old, new = sorted(ring.entries, key=lambda entry: entry.id, reverse=True)
    assert (old.id, old.status, old.created, old.retired, old.purposes) == (
        ids[0],
        "retired",
        MADE,
        LATER,
        [],
    )
    assert (new.id, new.status, new.retired, new.purposes, new.available) == (
        ids[1],
        "primary",
        None,
        [CONTEXT],
        True,
    )
    assert ring.primary.id == ids[1]
    assert ring.key(ids[0]).check_value == old.check_value
    assert code_of(ring.key, "nobody") == "key.unavailable"


def test_check_values_are_those_of_the_standard_library(ring_file, ids):
    entries = {entry.id: entry.check_value for entry in ig.KeyRingFile(ring_file).entries}
    for key_id, data in zip(ids, (KEY_BYTES, OTHER_BYTES), strict=True):
        assert entries[key_id] == hmac.new(data, b"nhs-ig key check v1", hashlib.sha256).hexdigest()[:10]


def test_terms(ring, ids):
    expected = pseudonym(NUMBER, context=CONTEXT, kind="nhs_number", key=OTHER_BYTES)
    assert ig.Pseudonymiser(ring, context=CONTEXT).pseudonymise(NUMBER) == expected
    assert ig.Pseudonymiser(ring.primary, context=CONTEXT).pseudonymise(NUMBER) == expected
    assert code_of(ig.Pseudonymiser, ring, context="DSA-other") == "key.purpose"
    assert code_of(ig.Pseudonymiser, ring.key(ids[0]), context="any") == "key.retired"
    old = ig.Pseudonymiser(ring.key(ids[0]), context="any", retired="allow")
    assert old.pseudonymise(NUMBER) == pseudonym(NUMBER, context="any", kind="nhs_number")
    assert code_of(ig.Pseudonymiser, ring, context=CONTEXT, retired="perhaps") == "misuse.argument"
    assert code_of(ig.Pseudonymiser, "key", context=CONTEXT) == "misuse.argument"
    # A pickle may name any context; the purpose is looked at again where it is used.
    restored = pickle.loads(
        pickle.dumps(ig.Pseudonymiser(ring, context=CONTEXT)).replace(b"2026-014", b"2026-015")
    )
    assert code_of(restored.pseudonymise, NUMBER) == "key.purpose"


def test_a_ring_is_never_copied_or_shown(ring, ring_file):
    for copying in (copy.copy, copy.deepcopy, pickle.dumps):
        assert code_of(copying, ring) == "key.not_picklable"
    seen = [
        repr(getattr(thing, name))
        for thing in (ring, *ring.entries, ig.KeyRingFile(ring_file))
        for name in dir(thing)
    ]
    assert not ring_secrets("".join(seen) + repr(ring) + repr(ring.entries))
    assert not hasattr(ring, "__dict__")


def test_sources(tmp_path, ids, monkeypatch):
    path = tmp_path / "ring.toml"
    file = ig.KeyRingFile.create(path, make_key("a", bytes(range(32))), created=MADE)
    file.add(make_key(ids[0]), created=MADE, caller=True)
    file.add(make_key(ids[1], OTHER_BYTES), created=MADE, env="NHS_IG_RING_TEST")
    assert code_of(file.add, make_key("c"), created=MADE, caller=True, env="X") == "misuse.argument"
    asked = []
    answers = {"right": KEY_BYTES, "text": f"nhsig_sk_{ids[0]}_{KEY_BYTES.hex()}", "none": None}
    for answer in answers.values():
        ring = ig.KeyRing.from_file(
            path, function=lambda key_id, answer=answer: asked.append(key_id) or answer
        )
        assert [entry.available for entry in ring.entries if entry.id == ids[0]] == [answer is not None]
    assert asked == [ids[0]] * 3
    for answer, code in ((OTHER_BYTES, "key.mismatch"), (KEY_BYTES[:9], "key.weak"), (7, "key.format")):
        assert code_of(ig.KeyRing.from_file, path, function=lambda _, answer=answer: answer) == code

    def out_of_order(key_id):
        raise TimeoutError(key_id)

    with pytest.raises(TimeoutError):
        ig.KeyRing.from_file(path, function=out_of_order)
    assert code_of(ig.KeyRing.from_file(path).key, ids[1]) == "key.unavailable"
    monkeypatch.setenv("NHS_IG_RING_TEST", f"nhsig_sk_{ids[1]}_{OTHER_BYTES.hex()}")
    assert ig.KeyRing.from_file(path).key(ids[1]).id == ids[1]
    monkeypatch.setenv("NHS_IG_RING_TEST", OTHER_BYTES.hex())
    assert code_of(ig.KeyRing.from_file, path) == "key.format"


def _work(job):
    path, plan, retired = job
    try:
        if path:
            ig.KeyRing.from_file(path).load(retired=retired)
        return pl.LazyFrame.deserialize(io.BytesIO(plan)).collect().item()
    except (ig.IgError, pl.exceptions.ComputeError) as error:
        assert not ring_secrets(shown_by(error))
        return str(error).split("[")[1].split("]")[0]


def _plan(pseudonymiser):
    frame = pl.LazyFrame({"x": ["9990000026"]}).select(pl.col("x").ig.pseudonymise(pseudonymiser))
    stored = frame.serialize()
    assert not ring_secrets(stored.replace(b"9990000026", b""))
    assert pseudonymiser.key_id.encode() in stored
    return stored


def test_a_retired_key_is_allowed_for_one_agreement_and_taken_back(ring, ring_file, ids, tmp_path):
    older = tmp_path / "older.ring.toml"
    file = ig.KeyRingFile.create(older, make_key(ids[0]), created=MADE)
    plan = ig.Pseudonymiser(ig.KeyRing.from_file(older), context="DSA-B")
    ring.load()

    def code():
        try:
            plan.pseudonymise(NUMBER)
        except ig.KeyError as error:
            return error.code
        return None

    assert code() == "key.retired"
    ig.Pseudonymiser(ring.key(ids[0]), context="DSA-A", retired="allow")
    assert code() == "key.retired", "another agreement"
    ig.KeyRing.from_file(older).load()
    assert (code(), len(file.entries)) == ("key.retired", 1), "an older copy of the ring"
    ig.Pseudonymiser(ring.key(ids[0]), context="DSA-B", retired="allow")
    assert code() is None
    ring.load(retired="refuse")
    assert code() == "key.retired"


def test_spawned_workers_resolve_plans_by_id(ring, ring_file, ids):
    new = _plan(ig.Pseudonymiser(ring, context=CONTEXT))
    old = _plan(ig.Pseudonymiser(ring.key(ids[0]), context=CONTEXT, retired="allow"))
    jobs = [
        (None, new, "refuse"),
        (ring_file, new, "refuse"),
        (ring_file, old, "refuse"),
        (ring_file, old, "allow"),
    ]
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        found = pool.map(_work, jobs, chunksize=1)
    made = [
        pseudonym("9990000026", context=CONTEXT, kind="nhs_number", key=data)
        for data in (OTHER_BYTES, KEY_BYTES)
    ]
    assert found == ["key.unavailable", made[0], "key.retired", made[1]]


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system has no fork")
def test_forked_workers_have_the_ring_of_their_parent(ring_file, ids):
    script = """
import multiprocessing, sys
import nhs_ig as ig
ring = ig.KeyRing.from_file(sys.argv[1])
p = ig.Pseudonymiser(ring, context=sys.argv[2])
def work(number):
    inherited = p.pseudonymise([number])[0]
    read_anew = ig.Pseudonymiser(ig.KeyRing.from_file(sys.argv[1]), context=sys.argv[2]).pseudonymise(number)
    return inherited, read_anew, ring.primary.id
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(work, ["9990000026", "9990000018"], chunksize=1))
"""
    done = run_python(script, str(ring_file), CONTEXT)
    assert done.returncode == 0, done.stderr
    made = [
        pseudonym(number, context=CONTEXT, kind="nhs_number", key=OTHER_BYTES)
        for number in ("9990000026", "9990000018")
    ]
    assert done.stdout.strip() == str([(one, one, ids[1]) for one in made])


def _add(job):
    path, number = job
    data = hashlib.sha256(str(number).encode()).digest()
    ig.KeyRingFile(path).add(make_key(f"p-{number}", data), created=MADE)


def test_processes_that_add_at_the_same_time_lose_nothing(ring_file):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.map(_add, [(ring_file, number) for number in range(12)], chunksize=1)
    assert len(ig.KeyRing.from_file(ring_file).entries) == 14
    assert sorted(path.name for path in ring_file.parent.iterdir()) == [
        ring_file.name,
        f"{ring_file.name}.lock",
    ]


def test_a_ring_that_is_cut_anywhere_is_refused_or_whole(ring_file):
    text = ring_file.read_text()
    whole = [repr(entry) for entry in ig.KeyRingFile(ring_file).entries]
    for cut in range(0, len(text), 7):
        ring_file.write_text(text[:cut])
        try:
            found = [repr(entry) for entry in ig.KeyRing.from_file(ring_file).entries]
        except ig.KeyError as error:
            assert error.code.startswith("key.ring_"), cut
            assert not ring_secrets(shown_by(error))
        else:
            assert sorted(found) == sorted(whole), cut


def test_the_example_of_the_page_is_a_ring(tmp_path):
    from support import ROOT

    page = (ROOT / "crates" / "ig-core" / "docs" / "keys.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    path = tmp_path / "ring.toml"
    path.write_text(example)
    path.chmod(0o600)
    assert [entry.id for entry in ig.KeyRingFile(path).entries] == ["k-2025", "k-2026"]
