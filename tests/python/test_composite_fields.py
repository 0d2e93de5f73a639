"""Composite pseudonyms of fields through every kind of column, plans without keys, and the frozen vectors."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import subprocess
import sys

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import (
    KEY_BYTES,
    NUMBER,
    NUMBERS,
    ROOT,
    find_secrets,
    make_key,
    vector_keys,
    vectors,
)

sys.path.insert(0, str(ROOT / "tests" / "independent"))
from aes_plain import Aes
from composite_v1 import composite
from token_v1 import token

pa = pytest.importorskip("pyarrow")

COMPOSITE = vectors("composite_v1")
CONTEXT = "DSA-2026-014"
KINDS = ["nhs_number", "text"]


def test_the_frozen_composites_one_row_at_a_time_and_in_polars():
    keys = vector_keys(COMPOSITE)
    for vector in COMPOSITE["vectors"]:
        p = ig.Pseudonymiser(keys[vector["key"]], context=vector["context"])
        call = {name: vector[name] for name in ("kinds", "length", "encoding")}
        wanted = vector.get("output")
        if wanted and vector["encoding"] == "bytes":
            wanted = bytes.fromhex(wanted)
        frame = pl.DataFrame(
            {str(at): pl.Series([field], dtype=pl.String) for at, field in enumerate(vector["fields"])}
        )
        act = pl.struct(pl.all()).ig.pseudonymise_fields(p, **call, on_invalid="null")
        assert frame.lazy().select(act).collect().item() == wanted
        assert p.pseudonymise_fields(vector["fields"], **call, on_invalid="null") == wanted
        if "error" in vector:
            with pytest.raises(ig.IdentifierError) as caught:
                p.pseudonymise_fields(vector["fields"], **call)
            assert caught.value.context["reason"] == vector["error"]


def test_fields_of_every_kind_of_column(rows, pseudonymiser):
    expected = [
        composite(KEY_BYTES, CONTEXT, KINDS, list(row), 128, "hex")[0] for row in zip(*rows, strict=True)
    ]
    assert None in expected
    call = {"kinds": KINDS}
    fields, p = pseudonymiser.pseudonymise_fields, pseudonymiser
    assert fields(list(rows), **call) == expected
    assert (
        fields([pd.Series(column) for column in rows], **call)
        .astype(object)
        .where(lambda s: s.notna(), None)
        .tolist()
        == expected
    )
    assert fields([pa.array(column) for column in rows], **call).to_pylist() == expected
    assert (
        fields([pa.chunked_array([column[:9], column[9:]]) for column in rows], **call).to_pylist()
        == expected
    )
    assert (
        fields(pa.StructArray.from_arrays([pa.array(c) for c in rows], names=["a", "b"]), **call).to_pylist()
        == expected
    )
    frame = pl.DataFrame({"a": rows[0], "b": rows[1]})
    assert fields([frame["a"], frame["b"]], **call).to_list() == expected
    assert fields([frame["a"], frame["b"]], **call).name == "a"
    act = pl.struct("a", "b").ig.pseudonymise_fields(p, **call)
    pieces = pl.concat([frame[:9], frame[9:9], frame[9:41], frame[41:]], rechunk=False)
    for table in (
        frame,
        pieces,
        frame.with_columns(pl.col("a", "b").cast(pl.Categorical)),
        frame.with_columns(pl.col("a").cast(pl.Int64)),
    ):
        assert table.select(act).to_series().to_list() == expected
        assert table.lazy().select(act).collect(engine="streaming").to_series().to_list() == expected
        assert table.to_struct("s").ig.pseudonymise_fields(p, **call).to_list() == expected
        assert fields([table["a"], table["b"]], **call).to_list() == expected
        assert table[7:33].select(fields([pl.col("a"), pl.col("b")], **call))["a"].to_list() == expected[7:33]
    assert fields([frame["a"], pl.Series("b", [None] * 60)], **call)[1] == fields([NUMBERS[1], None], **call)
    swapped = fields([frame["b"], frame["a"]], kinds=KINDS[::-1]).to_list()
    assert not set(filter(None, swapped)) & set(filter(None, expected))


def test_wrong_lists_of_fields(pseudonymiser):
    fields = pseudonymiser.pseudonymise_fields
    text = pl.Series("a", ["a"])
    for columns, kinds, code in (
        ([], ["text"], "misuse.argument"),
        ([["a"]], [], "misuse.argument"),
        ([["a"]], ["Text"], "misuse.argument"),
        ([["a"], ["b"]], ["text"], "misuse.argument"),
        ([["a"], ["b", "c"]], ["text"] * 2, "misuse.argument"),
        ([text, pl.col("b")], ["text"] * 2, "misuse.column_type"),
        ([pl.Series([object()]), text], ["text"] * 2, "misuse.column_type"),
        ([pd.Series(["a"]), pd.Series(["b"], index=[5])], ["text"] * 2, "misuse.column_type"),
        (["a", 5], ["text"] * 2, "misuse.column_type"),
        (text, ["text"], "misuse.column_type"),
    ):
        with pytest.raises(ig.MisuseError) as caught:
            fields(columns, kinds=kinds)
        assert caught.value.code == code, (columns, kinds)


def test_no_plan_shows_a_key_and_a_plan_needs_it(pseudonymiser, key):
    acts = [
        pl.struct("a", "b").ig.pseudonymise_fields(pseudonymiser, kinds=KINDS),
        pl.col("a").ig.tokenise(pseudonymiser),
    ]
    frame = pl.LazyFrame({"a": [NUMBERS[0]], "b": ["x"]})
    for act in acts:
        plan = pl.LazyFrame({"a": ["A"], "b": ["x"]}).select(act)
        for content in (str(act), pickle.dumps(act), plan.explain(), plan.serialize()):
            assert not find_secrets(content)
        before = frame.select(act).collect().item()
        again = pickle.loads(pickle.dumps(act))
        assert frame.select(again).collect().item() == before
    ig.forget_key(key.id)
    for act in acts:
        with pytest.raises(pl.exceptions.ComputeError, match=r"nhs_ig\[key\.unavailable\]"):
            frame.select(act).collect()
    ig.Pseudonymiser(make_key(key.id, bytes(range(32))), context=CONTEXT)
    for act in acts:
        with pytest.raises(pl.exceptions.ComputeError, match=r"nhs_ig\[key\.mismatch\]"):
            frame.select(act).collect()
    ig.forget_key(key.id)


def test_the_examples_of_the_pages_are_right():
    docs = ROOT / "crates" / "ig-core" / "docs"
    secret = bytes(range(32))
    made = composite(secret, CONTEXT, KINDS, [NUMBER, "RR8"], 128, "hex")[0]
    assert f"have the pseudonym `{made}`" in (docs / "composite_v1.md").read_text()
    said = re.search(r"has the token `([^`]+)`", (docs / "token_v1.md").read_text())
    assert said is not None
    assert said[1] == token(secret, "counting", CONTEXT, "nhs_number", NUMBER)[0]
    assert len(said[1]) == 45 + len("counting")


def test_the_aes_of_the_generators_is_that_of_openssl():
    program = shutil.which("openssl")
    if program is None:
        if os.environ.get("NHS_IG_REQUIRE") == "all":
            pytest.fail("openssl is not installed, and NHS_IG_REQUIRE=all")
        pytest.skip("openssl is not installed")
    plain = bytes(range(256)) * 2
    for size in (16, 24, 32):
        key = KEY_BYTES[:size]
        command = [program, "enc", f"-aes-{8 * size}-ecb", "-nopad", "-K", key.hex()]
        done = subprocess.run(command, input=plain, capture_output=True, check=True).stdout
        aes = Aes(key)
        assert done == b"".join(aes.encrypt(plain[at : at + 16]) for at in range(0, len(plain), 16))


@pytest.mark.parametrize("name", ["composite", "token", "format_preserving"])
def test_the_generators_still_make_the_frozen_vectors(name):
    folder = ROOT / "tests" / "independent"
    done = subprocess.run(
        [sys.executable, f"make_{name}_vectors.py"], cwd=folder, capture_output=True, check=True
    )
    assert (
        done.stdout.replace(b"\r\n", b"\n") == (ROOT / "tests" / "vectors" / f"{name}_v1.json").read_bytes()
    )
