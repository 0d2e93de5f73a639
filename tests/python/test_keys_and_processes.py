"""Keys stay where they are: no copy, no pickle, and what other processes may and may not do."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import subprocess
import sys

import nhs_ig as ig
import polars as pl
import pytest
from support import KEY_BYTES, NUMBER, find_secrets, make_key, pseudonym, run_python


@pytest.mark.parametrize(
    "copying", [copy.copy, copy.deepcopy, pickle.dumps, lambda key: pickle.dumps([key], protocol=0)]
)
def test_no_copy_and_no_pickle(key, copying):
    with pytest.raises(ig.KeyError) as caught:
        copying(key)
    assert caught.value.code == "key.not_picklable"


def test_nothing_of_the_key_can_be_seen(key):
    seen = [repr(key), str(key), f"{key}", repr([key]), *(repr(getattr(key, name)) for name in dir(key))]
    assert not find_secrets("".join(seen))
    assert not hasattr(key, "__dict__")
    with pytest.raises(TypeError):
        bytes(key)
    with pytest.raises(AttributeError):
        key.note = "x"


def _use(pseudonymiser):
    try:
        return pseudonymiser.pseudonymise(NUMBER)
    except ig.IgError as error:
        return error


def _use_with_another_key(pseudonymiser):
    ig.Pseudonymiser(make_key(pseudonymiser.key_id, bytes(reversed(KEY_BYTES))), context="x")
    return _use(pseudonymiser)


def _use_with_the_key(pseudonymiser):
    ig.Pseudonymiser(make_key(pseudonymiser.key_id), context="x")
    return _use(pseudonymiser)


def test_a_spawned_process_needs_the_key(pseudonymiser, key):
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        without, other, same = (
            pool.apply(act, (pseudonymiser,)) for act in (_use, _use_with_another_key, _use_with_the_key)
        )
        with pytest.raises(ig.KeyError):
            pool.apply(_use, (key,))
    assert (without.code, other.code) == ("key.unavailable", "key.mismatch")
    assert without.context == {"key_id": key.id}
    assert not find_secrets(repr(without) + repr(other))
    assert same == pseudonym(NUMBER, context="DSA-2026-014", kind="nhs_number")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_worker_has_the_key():
    done = run_python(
        f"""
import os
import nhs_ig as ig
p = ig.Pseudonymiser(ig.Key.from_function(lambda: bytes.fromhex("{KEY_BYTES.hex()}"), id="fork"), context="c")
p.pseudonymise("{NUMBER}")
child = os.fork()
if child:
    assert os.waitpid(child, 0)[1] == 0
os.write(1, (str(p.pseudonymise(["{NUMBER}", None])) + "\\n").encode())
""",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str([pseudonym(NUMBER, context="c", kind="nhs_number"), None])] * 2


def test_a_plan_travels_without_the_key(pseudonymiser, tmp_path):
    plan = pl.LazyFrame({"x": ["9990000026"]}).select(pl.col("x").ig.pseudonymise(pseudonymiser))
    stored = plan.serialize()
    assert not find_secrets(stored.replace(b"9990000026", b""))
    (tmp_path / "plan").write_bytes(stored)
    script = """
import sys
import polars as pl
import nhs_ig as ig
plan = pl.LazyFrame.deserialize(open(sys.argv[1], "rb"))
for data in (None, sys.argv[3], sys.argv[4]):
    if data:
        ig.forget_key(sys.argv[2])
        ig.Pseudonymiser(ig.Key.from_function(lambda: bytes.fromhex(data), id=sys.argv[2]), context="x")
    try:
        print(plan.collect().item())
    except pl.exceptions.ComputeError as error:
        print(str(error).split("nhs_ig[")[1].split("]")[0])
"""
    done = run_python(
        script, str(tmp_path / "plan"), pseudonymiser.key_id, KEY_BYTES[::-1].hex(), KEY_BYTES.hex()
    )
    assert done.returncode == 0, done.stderr
    expected = pseudonym("9990000026", context="DSA-2026-014", kind="nhs_number")
    assert done.stdout.split() == ["key.unavailable", "key.mismatch", expected]


def test_two_keys_under_one_id(key):
    ig.Pseudonymiser(key, context="a")
    ig.Pseudonymiser(make_key(key.id), context="b")
    with pytest.raises(ig.KeyError) as caught:
        ig.Pseudonymiser(make_key(key.id, bytes(reversed(KEY_BYTES))), context="a")
    assert caught.value.code == "key.id_conflict"
    assert not find_secrets(str(caught.value))


def test_a_forgotten_key_is_gone(key, pseudonymiser):
    assert ig.forget_key(key.id)
    assert not ig.forget_key(key.id)
    with pytest.raises(ig.KeyError) as caught:
        pseudonymiser.pseudonymise(NUMBER)
    assert caught.value.code == "key.unavailable"


@pytest.mark.parametrize(
    ("answer", "key_id", "code"),
    [
        (b"", "a", "key.weak"),
        (bytes(32), "a", "key.weak"),
        (b"\x07" * 32, "a", "key.weak"),
        (KEY_BYTES[:31], "a", "key.weak"),
        (KEY_BYTES, "A key", "key.id"),
        (KEY_BYTES, None, "key.format"),
        (KEY_BYTES.hex(), None, "key.format"),
        (f"nhsig_sk_a_{KEY_BYTES.hex()[:-1]}", None, "key.format"),
        (f"nhsig_sk_a_{KEY_BYTES.hex()}\ud800", None, "key.format"),
        (f"nhsig_sk_a_{KEY_BYTES.hex()}", "a", "key.format"),
        (7, "a", "key.format"),
        (None, None, "key.format"),
    ],
)
def test_a_function_that_gives_no_usable_key(answer, key_id, code):
    with pytest.raises(ig.KeyError) as caught:
        ig.Key.from_function(lambda: answer, id=key_id)
    assert caught.value.code == code
    assert not find_secrets(repr(caught.value) + repr(caught.value.context))
    assert caught.value.__context__ is None


def test_a_function_that_raises_is_heard():
    def out_of_order():
        raise TimeoutError("no answer")

    with pytest.raises(TimeoutError):
        ig.Key.from_function(out_of_order)


class TestSources:
    def test_environment(self, monkeypatch):
        monkeypatch.delenv("NHS_IG_KEY", raising=False)
        with pytest.raises(ig.KeyError) as caught:
            ig.Key.from_env()
        assert caught.value.code == "key.missing"
        assert "NHS_IG_KEY" in str(caught.value)
        monkeypatch.setenv("NHS_IG_KEY", f"nhsig_sk_env_{KEY_BYTES.hex()}")
        assert ig.Key.from_env().id == "env"
        monkeypatch.setenv("OTHER", KEY_BYTES.hex())
        with pytest.raises(ig.KeyError) as caught:
            ig.Key.from_env("OTHER")
        assert caught.value.code == "key.format"
        assert not find_secrets(repr(caught.value))

    def test_file(self, key, key_file):
        assert ig.Key.from_file(key_file).check_value == key.check_value
        assert KEY_BYTES.hex() in key_file.read_text()
        with pytest.raises(ig.KeyError) as caught:
            key.write_new_file(key_file)
        assert caught.value.code == "key.file_exists"

    @pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
    def test_file_that_others_can_read(self, key_file):
        for mode in (0o644, 0o640, 0o604, 0o660):
            key_file.chmod(mode)
            with pytest.raises(ig.KeyError) as caught:
                ig.Key.from_file(key_file)
            assert caught.value.code == "key.file_exposed"
            assert "chmod 600" in str(caught.value)
        assert ig.Key.from_file(key_file, permissions="managed_mount").id
        with pytest.raises(ig.MisuseError):
            ig.Key.from_file(key_file, permissions="any")

    def test_file_that_is_missing_or_something_else(self, tmp_path):
        with pytest.raises(ig.KeyError) as caught:
            ig.Key.from_file(tmp_path / "none.key")
        assert caught.value.code == "key.missing"
        with pytest.raises(ig.KeyError) as caught:
            ig.Key.from_file(tmp_path)
        assert caught.value.code in {"key.unreadable", "key.file_exposed"}
        (tmp_path / "text").write_text("not a key")
        (tmp_path / "text").chmod(0o600)
        with pytest.raises(ig.KeyError) as caught:
            ig.Key.from_file(tmp_path / "text")
        assert caught.value.code == "key.format"


def test_the_text_form_is_what_a_secret_scanner_looks_for(key_file):
    import re

    assert re.fullmatch(r"nhsig_sk_[a-z0-9-]{1,32}_[0-9a-f]{64}\n?", key_file.read_text())


@pytest.mark.parametrize("context", ["", "a\n", "a\x00", "x" * 256, "é" * 128])
def test_contexts_that_are_not_usable(key, context):
    with pytest.raises(ig.MisuseError) as caught:
        ig.Pseudonymiser(key, context=context)
    assert caught.value.code == "misuse.argument"


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": ""},
        {"kind": "A"},
        {"kind": "1a"},
        {"kind": "a" * 65},
        {"length": 127},
        {"length": 0},
        {"encoding": "HEX"},
        {"on_invalid": "keep"},
    ],
)
def test_settings_that_are_not_usable(pseudonymiser, settings):
    with pytest.raises(ig.MisuseError) as caught:
        pseudonymiser.pseudonymise(NUMBER, **settings)
    assert caught.value.code == "misuse.argument"


def test_python_starts_without_polars_and_pandas():
    block = "import sys\nfor name in ('polars', 'pandas', 'pyarrow', 'numpy'): sys.modules[name] = None\n"
    done = subprocess.run(
        [sys.executable, "-c", block + "import importlib.util as u\nf = u.find_spec\nu.find_spec = lambda n, *a: None if n == 'polars' else f(n, *a)\n"
         "import nhs_ig as ig\nprint(ig.suppress({'a': ['x'], 'n': [3]}, by='a', count='n', policy='hes').publish(), ig.is_nhs_number(['9990000018']))"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "{'a': ['x'], 'n': [None], 'n_display': ['*']} [True]\n"
