"""Key rings: files, terms, workers, linking and crosswalks, with a key of known bytes planted in every ring."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import hashlib
import hmac
import io
import json
import multiprocessing
import os
import pickle

import nhs_ig as ig
import polars as pl
import pytest
from support import (
    KEY_BYTES,
    NUMBER,
    NUMBERS,
    VERIFIER,
    find_secrets,
    make_key,
    nhs_ig,
    pseudonym,
    run_python,
    shown_by,
)

MADE, LATER = dt.date(2024, 11, 22), dt.date(2025, 11, 22)
OTHER_BYTES = KEY_BYTES[::-1]
CONTEXT = "DSA-2026-014"


@pytest.fixture
def ids(key):
    return f"{key.id}-old", f"{key.id}-new"


@pytest.fixture
def ring_file(ids, tmp_path):
    """A ring whose first key is retired and whose second, the primary, is for one agreement."""
    path = tmp_path / "project.ring.toml"
    file = ig.KeyRingFile.create(path, make_key(ids[0]), created=MADE)
    file.add(make_key(ids[1], OTHER_BYTES), created=MADE, purposes=[CONTEXT])
    file.promote(ids[1], on=LATER)
    return path


@pytest.fixture
def ring(ring_file):
    return ig.KeyRing.from_file(ring_file)


def _secrets(content):
    data = content if isinstance(content, bytes) else str(content).encode()
    return find_secrets(data) + ([1] if OTHER_BYTES.hex().encode() in data or OTHER_BYTES in data else [])


def _code(call, *args, **kwargs):
    with pytest.raises(ig.IgError) as caught:
        call(*args, **kwargs)
    assert not _secrets(shown_by(caught.value))
    return caught.value.code


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
    assert _code(ring.key, "nobody") == "key.unavailable"


def test_check_values_are_those_of_the_standard_library(ring_file, ids):
    entries = {entry.id: entry.check_value for entry in ig.KeyRingFile(ring_file).entries}
    for key_id, data in zip(ids, (KEY_BYTES, OTHER_BYTES), strict=True):
        assert entries[key_id] == hmac.new(data, b"nhs-ig key check v1", hashlib.sha256).hexdigest()[:10]


def test_terms(ring, ids):
    expected = pseudonym(NUMBER, context=CONTEXT, kind="nhs_number", key=OTHER_BYTES)
    assert ig.Pseudonymiser(ring, context=CONTEXT).pseudonymise(NUMBER) == expected
    assert ig.Pseudonymiser(ring.primary, context=CONTEXT).pseudonymise(NUMBER) == expected
    assert _code(ig.Pseudonymiser, ring, context="DSA-other") == "key.purpose"
    assert _code(ig.Pseudonymiser, ring.key(ids[0]), context="any") == "key.retired"
    old = ig.Pseudonymiser(ring.key(ids[0]), context="any", retired="allow")
    assert old.pseudonymise(NUMBER) == pseudonym(NUMBER, context="any", kind="nhs_number")
    assert _code(ig.Pseudonymiser, ring, context=CONTEXT, retired="perhaps") == "misuse.argument"
    assert _code(ig.Pseudonymiser, "key", context=CONTEXT) == "misuse.argument"
    # A pickle may name any context; the purpose is looked at again where it is used.
    restored = pickle.loads(
        pickle.dumps(ig.Pseudonymiser(ring, context=CONTEXT)).replace(b"2026-014", b"2026-015")
    )
    assert _code(restored.pseudonymise, NUMBER) == "key.purpose"


def test_a_ring_is_never_copied_or_shown(ring, ring_file):
    for copying in (copy.copy, copy.deepcopy, pickle.dumps):
        assert _code(copying, ring) == "key.not_picklable"
    seen = [
        repr(getattr(thing, name))
        for thing in (ring, *ring.entries, ig.KeyRingFile(ring_file))
        for name in dir(thing)
    ]
    assert not _secrets("".join(seen) + repr(ring) + repr(ring.entries))
    assert not hasattr(ring, "__dict__")


def test_sources(tmp_path, ids, monkeypatch):
    path = tmp_path / "ring.toml"
    file = ig.KeyRingFile.create(path, make_key("a", bytes(range(32))), created=MADE)
    file.add(make_key(ids[0]), created=MADE, caller=True)
    file.add(make_key(ids[1], OTHER_BYTES), created=MADE, env="NHS_IG_RING_TEST")
    assert _code(file.add, make_key("c"), created=MADE, caller=True, env="X") == "misuse.argument"
    asked = []
    answers = {"right": KEY_BYTES, "text": f"nhsig_sk_{ids[0]}_{KEY_BYTES.hex()}", "none": None}
    for answer in answers.values():
        ring = ig.KeyRing.from_file(
            path, function=lambda key_id, answer=answer: asked.append(key_id) or answer
        )
        assert [entry.available for entry in ring.entries if entry.id == ids[0]] == [answer is not None]
    assert asked == [ids[0]] * 3
    for answer, code in ((OTHER_BYTES, "key.mismatch"), (KEY_BYTES[:9], "key.weak"), (7, "key.format")):
        assert _code(ig.KeyRing.from_file, path, function=lambda _, answer=answer: answer) == code

    def out_of_order(key_id):
        raise TimeoutError(key_id)

    with pytest.raises(TimeoutError):
        ig.KeyRing.from_file(path, function=out_of_order)
    assert _code(ig.KeyRing.from_file(path).key, ids[1]) == "key.unavailable"
    monkeypatch.setenv("NHS_IG_RING_TEST", f"nhsig_sk_{ids[1]}_{OTHER_BYTES.hex()}")
    assert ig.KeyRing.from_file(path).key(ids[1]).id == ids[1]
    monkeypatch.setenv("NHS_IG_RING_TEST", OTHER_BYTES.hex())
    assert _code(ig.KeyRing.from_file, path) == "key.format"


def _work(job):
    path, plan, retired = job
    try:
        if path:
            ig.KeyRing.from_file(path).load(retired=retired)
        return pl.LazyFrame.deserialize(io.BytesIO(plan)).collect().item()
    except (ig.IgError, pl.exceptions.ComputeError) as error:
        assert not _secrets(shown_by(error))
        return str(error).split("[")[1].split("]")[0]


def _plan(pseudonymiser):
    frame = pl.LazyFrame({"x": ["9990000026"]}).select(pl.col("x").ig.pseudonymise(pseudonymiser))
    stored = frame.serialize()
    assert not _secrets(stored.replace(b"9990000026", b""))
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


class TestLinkable:
    def test_agreeing(self, ring, tmp_path):
        p = ig.Pseudonymiser(ring, context=CONTEXT)
        column = p.pseudonymise([NUMBER])
        spec = {
            name: value for name, value in json.loads(p.act()).items() if name not in {"act", "on_invalid"}
        }
        text = json.dumps(spec)
        for other in (
            p,
            spec,
            text,
            p.act(on_invalid="null"),
            {"nhs_ig.pseudonym": text},
            {b"nhs_ig.pseudonym": text.encode()},
        ):
            assert ig.check_linkable(p, other) is None
            assert ig.check_linkable(other, p) is None
        assert len(column) == 1

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("key_id", "x"),
            ("check_value", "0" * 10),
            ("context", "x"),
            ("kind", "text"),
            ("length", 256),
            ("encoding", "base32"),
        ],
    )
    def test_each_difference_is_named(self, ring, name, value):
        p = ig.Pseudonymiser(ring, context=CONTEXT)
        spec = {
            name: value for name, value in json.loads(p.act()).items() if name not in {"act", "on_invalid"}
        }
        with pytest.raises(ig.KeyError) as caught:
            ig.check_linkable(p, {**spec, name: value})
        assert (caught.value.code, caught.value.context) == ("key.not_linkable", {"differ": name})
        if name in {"kind", "length", "encoding"}:
            assert ig.check_linkable(p, {**spec, name: value}, **{name: value}) is None

    @pytest.mark.parametrize("other", [None, 7, "x", "[]", {}, {"scheme": "v2"}, b"\xff"])
    def test_what_is_no_description(self, ring, other):
        assert _code(ig.check_linkable, ig.Pseudonymiser(ring, context=CONTEXT), other) == "misuse.argument"

    def test_of_a_release(self, demo_release):
        specs = ig.pseudonym_specs(demo_release)
        assert specs
        for spec in specs.values():
            ig.check_linkable(spec, spec)


@pytest.fixture
def demo_release(tmp_path):
    assert nhs_ig("demo", "--out", tmp_path / "demo").returncode == 0
    return json.loads((tmp_path / "demo" / "release-1" / "manifest.json").read_text())


class TestCrosswalk:
    @pytest.mark.parametrize(
        "kind_of",
        [
            list,
            pl.Series,
            lambda ids: pl.Series(ids).cast(pl.Categorical),
        ],
    )
    def test_pairs(self, ring, ids, log, tmp_path, kind_of):
        numbers = [*NUMBERS, NUMBERS[0], None]
        out = tmp_path / "c.csv"
        made = ig.crosswalk(
            kind_of(numbers), ring.key(ids[0]), ring.primary, context=CONTEXT, out=out, audit=log, actor="a.keeper", reason_ref="IG/2026/17",
        )  # fmt: skip
        assert made == (7, 5, 1, 0, hashlib.sha256(out.read_bytes()).hexdigest())
        rows = list(csv.reader(out.open()))
        pairs = [
            [pseudonym(n, context=CONTEXT, kind="nhs_number", key=k) for k in (KEY_BYTES, OTHER_BYTES)]
            for n in NUMBERS
        ]
        assert rows == [["old_pseudonym", "new_pseudonym"], *sorted(pairs)]
        assert os.name == "nt" or out.stat().st_mode & 0o777 == 0o600
        assert not _secrets(out.read_bytes())
        records = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
        assert [record["outcome"] for record in records] == ["attempt"] * 2 + ["success"] * 2
        assert {record.get("object") for record in records[2:]} == {made.sha256}

    def test_refusals_are_recorded(self, ring, ids, log, tmp_path):
        def run(numbers=NUMBERS, old=ids[0], new=ids[1], context=CONTEXT, out="c.csv"):
            return ig.crosswalk(
                numbers, ring.key(old), ring.key(new), context=context, out=tmp_path / out, audit=log, actor="a.keeper", reason_ref="IG/1",
            )  # fmt: skip

        assert _code(run, numbers=[NUMBER[:-1] + "7"]) == "identifier.invalid_cells"
        assert _code(run, new=ids[0]) == "misuse.argument"
        assert _code(run, old=ids[1], new=ids[0]) == "key.retired"
        assert _code(run, context="DSA-other") == "key.purpose"
        assert _code(run, out="audit.jsonl") == "export.file_exists"
        codes = [json.loads(line).get("code") for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
        assert codes[2::4] == [
            "identifier.invalid_cells",
            "misuse.argument",
            "key.retired",
            "key.purpose",
            "export.file_exists",
        ]
        assert not (tmp_path / "c.csv").exists()


class TestCommandLine:
    def test_the_life_of_a_ring(self, tmp_path):
        ring = tmp_path / "project.ring.toml"
        day = ["--today", "2026-11-22"]
        assert nhs_ig("keys", "new", ring, "--ring", "--id", "k-1", *day).returncode == 0
        assert nhs_ig("keys", "new", ring, "--ring").returncode == 2
        assert (
            nhs_ig(
                "keys", "add", ring, "--id", "k-2", "--purpose", "DSA-1", "--purpose", "DSA-2", *day
            ).returncode
            == 0
        )
        nhs_ig("keys", "new", tmp_path / "k-3.key", "--id", "k-3")
        assert nhs_ig("keys", "add", ring, "--key-file", "k-3.key", *day).returncode == 0
        done = nhs_ig("keys", "retire", ring, "k-1")
        assert (done.returncode, "key.ring_primary" in done.stderr) == (1, True)
        assert nhs_ig("keys", "promote", ring, "k-2", "--today", "2026-12-01").returncode == 0
        assert nhs_ig("keys", "promote", ring, "k-2").returncode == 1
        assert nhs_ig("keys", "retire", ring, "k-3", "--today", "2026-12-02").returncode == 0
        values = {entry.id: entry.check_value for entry in ig.KeyRingFile(ring).entries}
        shown = nhs_ig("keys", "show", ring).stdout
        assert [line.split() for line in shown.splitlines()] == [
            ["id", "status", "created", "retired", "check", "value", "purposes"],
            ["k-1", "retired", "2026-11-22", "2026-12-01", values["k-1"], "any"],
            ["k-2", "primary", "2026-11-22", "-", values["k-2"], "DSA-1,", "DSA-2"],
            ["k-3", "retired", "2026-11-22", "2026-12-02", values["k-3"], "any"],
        ]
        checked = nhs_ig("keys", "check", ring)
        assert (checked.returncode, checked.stdout.count("is usable")) == (0, 3)
        (tmp_path / "k-3.key").unlink()
        assert "k-3 is not at hand" in nhs_ig("keys", "check", ring).stdout
        secrets = [part[-64:] for part in ring.read_text().split('"') if part.startswith("nhsig_sk_")]
        assert len(secrets) == 2
        assert not [secret for secret in secrets if secret in shown + checked.stdout]

    def test_refusals(self, tmp_path, ring_file):
        text = ring_file.read_text()
        for content, code in (
            (text[:-9], "key.ring_incomplete"),
            (text.replace("schema = 1", "schema = 9"), "key.ring_version"),
        ):
            ring_file.write_text(content)
            done = nhs_ig("keys", "check", ring_file)
            assert (done.returncode, f"[{code}]" in done.stderr) == (2, True), done.stderr
        ring_file.chmod(0o644)
        assert "key.file_exposed" in nhs_ig("keys", "show", ring_file).stderr
        assert nhs_ig("keys", "new", tmp_path / "x", "--purpose", "DSA-1").returncode == 2

    def test_crosswalk(self, tmp_path, ring_file, ids):
        source, out, log = tmp_path / "in.csv", tmp_path / "c.csv", tmp_path / "a.jsonl"
        source.write_text("nhs,n\n" + "".join(f"{number},1\n" for number in NUMBERS))
        words = [
            "--ring",
            ring_file,
            "--old",
            ids[0],
            "--context",
            CONTEXT,
            "--out",
            out,
            "--audit",
            log,
            "--actor",
            "a.keeper",
        ]
        words = ["keys", "crosswalk", source, *words, "--reason-ref", "IG/2026/17", "--column"]
        done = nhs_ig(*words, "nothing")
        assert (done.returncode, "misuse.column_missing" in done.stderr, out.exists()) == (2, True, False)
        done = nhs_ig(*words, "nhs")
        assert (done.returncode, done.stdout.splitlines()[0]) == (
            0,
            "5 pairs from 5 cells; 0 empty, 0 invalid",
        )
        assert hashlib.sha256(out.read_bytes()).hexdigest() in done.stdout
        assert nhs_ig(*words, "nhs").returncode == 2
        assert nhs_ig("audit", "verify", log).returncode == 0
        assert VERIFIER.exists()

    def test_a_ring_where_a_key_is_asked_for(self, tmp_path, ring_file):
        source, out = tmp_path / "in.csv", tmp_path / "o.csv"
        source.write_text(f"nhs\n{NUMBER}\n")
        words = [
            "pseudonymise",
            source,
            "--column",
            "nhs",
            "--out",
            out,
            "--key-file",
            ring_file,
            "--context",
        ]
        done = nhs_ig(*words, "DSA-other")
        assert (done.returncode, "key.purpose" in done.stderr, out.exists()) == (1, True, False)
        assert nhs_ig(*words, CONTEXT).returncode == 0
        made = pseudonym(NUMBER, context=CONTEXT, kind="nhs_number", key=OTHER_BYTES)
        assert out.read_text().split() == ["nhs", made]


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
            assert not _secrets(shown_by(error))
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
