"""Planted secrets where nobody looks: workers that fail, panics, logs, warnings, and the command line."""

from __future__ import annotations

import json
import logging
import multiprocessing
import traceback

import nhs_ig as ig
import polars as pl
import pytest
from audit_support import signer_text
from nhs_ig import _core
from nhs_ig.cli import main
from support import KEY_BYTES, NUMBER, NUMBERS, find_secrets, nhs_ig, run_python

KEY_TEXT = f"nhsig_sk_planted_{KEY_BYTES.hex()}"

# What a worker does with the secrets in its hands, and what its parent prints: as a script that is not tidied up.
WORKER = """
import logging, multiprocessing, os, sys, warnings
import nhs_ig as ig
import polars as pl
from nhs_ig import _core

KEY, NUMBER = os.environ["PLANTED_KEY"], os.environ["PLANTED_NUMBER"]
p = None

def prepare():
    global p
    logging.basicConfig(level=logging.DEBUG)
    warnings.simplefilter("always")
    p = ig.Pseudonymiser(ig.Key.from_env("PLANTED_KEY"), context="c")

def fail(how):
    bad = NUMBER + "x"
    frame = pl.LazyFrame({"nhs": [NUMBER, bad]})
    act = pl.col("nhs").ig.pseudonymise(p)
    if how == "list":
        p.pseudonymise([NUMBER, bad])
    elif how == "plan":
        frame.select(act).collect(engine="streaming")
    elif how == "panic":
        _core.panic_inside(bad)
    elif how == "suppress":
        ig.suppress({"a": [bad, bad], "n": [1, 1]}, by="a", count="n", policy="hes")
    elif how == "key":
        ig.Key.from_function(lambda: KEY + "0")

if __name__ == "__main__":
    prepare()
    how, method = sys.argv[1:]
    if method == "none":
        fail(how)
    context = multiprocessing.get_context(method)
    with context.Pool(1, initializer=prepare) as pool:
        pool.map(fail, [how])
"""
METHODS = ["none", *[name for name in ("spawn", "fork") if name in multiprocessing.get_all_start_methods()]]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("how", ["list", "plan", "panic", "suppress", "key"])
def test_a_worker_that_fails_tells_why_and_shows_nothing(tmp_path, method, how):
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    code = f"import runpy, sys; sys.argv[1:] = [{how!r}, {method!r}]; runpy.run_path({str(script)!r}, run_name='__main__')"
    if method == "spawn":
        # A spawned worker imports the script again, so it must be the main program.
        code = f"import os, sys; os.execv(sys.executable, [sys.executable, {str(script)!r}, {how!r}, {method!r}])"
    done = run_python(code, PLANTED_KEY=KEY_TEXT, PLANTED_NUMBER=NUMBER)
    assert done.returncode != 0
    shown = done.stdout + done.stderr
    assert "nhs_ig" in shown
    assert "Error" in shown
    assert not find_secrets(shown), shown
    if how == "panic":
        assert "a defect in this library at" in shown
        assert "misuse.defect" in shown


def test_a_panic_becomes_an_error_without_its_text(capfd):
    with pytest.raises(ig.MisuseError) as caught:
        _core.panic_inside(f"{NUMBER} {KEY_TEXT}")
    assert caught.value.code == "misuse.defect"
    printed = capfd.readouterr()
    assert "a defect in this library at crates/ig-py/src/panic.rs" in printed.err.replace("\\", "/")
    assert not find_secrets(printed.out + printed.err + repr(caught.value) + repr(caught.value.context))
    assert _core.panic_inside.__doc__, "it is for tests, and says so"
    # The library goes on as before.
    assert ig.is_nhs_number(NUMBER)


def _locals_of_ours(error: BaseException) -> str:
    """What debug tools show of this library's own frames: every local variable."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for frame in told.stack if "nhs_ig" in frame.filename.replace("\\", "/").split("/")]
    return repr([frame.locals for frame in frames])


def test_no_local_variable_of_ours_holds_a_key(tmp_path):
    path = tmp_path / "planted.key"
    path.write_text(KEY_TEXT)
    path.chmod(0o600)
    key = ig.Key.from_file(path)
    p = ig.Pseudonymiser(key, context="c")
    failing = {
        "cells": lambda: p.pseudonymise([NUMBER + "x"]),
        "series": lambda: p.pseudonymise(pl.Series(["x"])),
        "plan": lambda: pl.DataFrame({"a": ["x"]}).select(pl.col("a").ig.tokenise(p)),
        "context": lambda: ig.Pseudonymiser(key, context=""),
        "shift": lambda: p.shift_date(["x"], person=["x"], max_days=30),
        "reidentify": lambda: ig.reidentify(
            ["x"], key=key, context="c", audit=ig.AuditLog(tmp_path / "a"), actor="a", reason_ref="IG/2026/17"
        ),
    }
    for name, call in failing.items():
        with pytest.raises((ig.IgError, pl.exceptions.ComputeError)) as caught:
            call()
        shown = _locals_of_ours(caught.value)
        assert not {KEY_BYTES.hex(), "key bytes"} & set(find_secrets(shown)), name
    # What a caller hands over is in the caller's frames, and in ours: whoever prints locals prints that.
    with pytest.raises(ig.IdentifierError) as caught:
        p.pseudonymise([NUMBER + "x"])
    assert NUMBER in find_secrets(_locals_of_ours(caught.value))


def test_nothing_is_logged(caplog, log, pseudonymiser, tmp_path):
    with caplog.at_level(logging.DEBUG):
        for call in (
            lambda: pseudonymiser.pseudonymise([NUMBER, NUMBER + "x"]),
            lambda: log.audit("read", NUMBER, actor="a.analyst"),
            lambda: ig.Key.from_function(lambda: KEY_TEXT + "0"),
            lambda: _core.panic_inside(NUMBER),
        ):
            try:
                call()
            except ig.IgError:  # noqa: PERF203 - each call fails by itself
                logging.getLogger("caller").exception("it failed")
    assert "it failed" in caplog.text
    ours = [record for record in caplog.records if record.name.startswith("nhs_ig")]
    text = "".join(
        record.getMessage() + repr(record.exc_info and record.exc_info[1]) for record in caplog.records
    )
    assert not ours
    assert not find_secrets(text)


@pytest.fixture
def planted(tmp_path):
    """Files with a key and numbers in the wrong places."""
    files = {
        "bad.csv": f"nhs,n\n{NUMBER},1\n{NUMBER}x,{NUMBER}\n",
        "numbers.csv": f"{NUMBER},{NUMBERS[1]}\n1,2\n",
        "ragged.csv": f"nhs,n\n{NUMBER}\n",
        "bad.key": KEY_TEXT + "0",
        "good.key": KEY_TEXT,
        "bad.ring.toml": f'schema = 1\n[[key]]\nid = "{NUMBER}"\nsecret = "{KEY_TEXT}"\n',
        "agreement.toml": f'schema = "{NUMBER}"\n"{KEY_TEXT}" = 1\n',
        "audit.jsonl": json.dumps({"actor": NUMBER, "key": KEY_TEXT}) + "\n",
        "request.csv": f"{NUMBER}x,\n",
        "broken.parquet": "PAR1" + NUMBER * 9,
        "good.signer": signer_text(KEY_BYTES),
        "bad.signer": signer_text(KEY_BYTES)[:-4],
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o600)
    return tmp_path


def _lines(folder):
    """Command lines that must fail, with secrets in files and in arguments; the first words are the command."""
    key = ["--key-file", folder / "good.key"]
    column = ["--column", "nhs", "--context", "c", "--out", folder / "out.csv"]
    ring, n = folder / "bad.ring.toml", NUMBER
    held = ["--checkpoint", folder / "good.signer", "--verifier-key", f"{n}+{KEY_TEXT}+x"]
    who = ["--actor", "a.analyst", "--reason-ref", "IG/2026/17", "--audit", folder / "a.jsonl"]
    incident = [
        "--discovered", "2026-11-20T17:00Z", "--aware-at", "2026-11-20T17:00Z", "--likelihood", "3", "--severity", "2",
        "--actor", "a.analyst", "--out", folder / "incident.json",
    ]  # fmt: skip
    release = [
        "--source", f"dids={folder / 'bad.csv'}", "--actor", "a.analyst", "--role", "analyst", "--organisation", "x",
        "--purpose", "y", "--audit", folder / "a.jsonl", "--out", folder / "release", *key,
    ]  # fmt: skip
    return {
        "audit verify": [[folder / "audit.jsonl"], [folder / "audit.jsonl", "--held", "1", n], [folder / "audit.jsonl", *held]],
        "audit tail": [[folder / "audit.jsonl"]],
        "audit export": [
            [folder / "audit.jsonl", "--out", "-"], [folder / "audit.jsonl", "--out", "-", "--event", n, "--run", KEY_TEXT],
            [folder / "audit.jsonl", "--out", "-", *held],
            [folder / "audit.jsonl", "--out", "-", "--to", "ecs"],
            [folder / "audit.jsonl", "--out", "-", "--to", "fhir-r4", "--base", f"https://a.b/{n}", "--observer", KEY_TEXT],
        ],
        "audit coverage": [[folder / "audit.jsonl"], [folder / "audit.jsonl", *held]],
        "audit checkpoint": [
            ["--log", folder / "audit.jsonl", "--signer-key", folder / "bad.signer", "--first", "--out", folder / "c.txt"],
            ["--log", folder / "audit.jsonl", "--signer-key", folder / "good.signer", "--first", "--out", folder / "c.txt"],
            ["--log", folder / "audit.jsonl", "--signer-key", folder / "good.key", "--first", "--out", folder / "c.txt"],
            ["--log", folder / "audit.jsonl", "--signer-key", folder / "good.signer", "--first", "--origin", f"{n} x", "--out", folder / "c.txt"],
        ],
        "audit incident": [
            [folder / "audit.jsonl", "--reference", "IG/2026/17", "--discovered", n, *incident[2:]],
            [folder / "audit.jsonl", "--reference", n, *incident], [folder / "audit.jsonl", "--reference", KEY_TEXT, *incident],
            [folder / "audit.jsonl", "--reference", "IG/2026/17", *incident, "--factor", n],
            [folder / "audit.jsonl", "--reference", "IG/2026/17", *incident, "--grid", folder / "bad.csv"],
        ],
        "audit incident-grid": [[n]],
        "audit sql-table": [["--dialect", "sqlite", "--table", n], ["--dialect", "postgresql", "--table", KEY_TEXT]],
        "audit prove": [[folder / "audit.jsonl", "--seq", "0", *held, "--out", folder / "p.txt"]],
        "audit check-proof": [[folder / "bad.csv", *held[2:]], [folder / "good.signer", "--verifier-key", folder / "good.signer"]],
        "audit keys new": [[folder / "x.signer", "--name", f"{n} x"], [folder / "good.signer", "--name", "a"]],
        "audit keys show": [[folder / "bad.signer"], [folder / "bad.csv"], [folder / "good.key"]],
        "keys new": [[folder / "x.key", "--id", f"{KEY_TEXT}"], [folder / "good.key"]],
        "keys check": [[folder / "bad.key"], [ring], [folder / "bad.csv"]],
        "keys show": [[ring], [folder / "bad.key"]],
        "keys add": [[ring, "--id", n], [folder / "agreement.toml"]],
        "keys promote": [[ring, n], [ring, KEY_TEXT]],
        "keys retire": [[ring, n], [ring, KEY_TEXT]],
        "keys crosswalk": [[folder / "bad.csv", *column, "--ring", ring, "--old", n, "--new", n, *who]],
        "agreement new": [[folder / "good.key"], [folder / "x.toml", "--from-register", folder / "agreement.toml"]],
        "agreement check": [[folder / "agreement.toml"], [ring]],
        "agreement show": [[folder / "agreement.toml"]],
        "agreement diff": [[folder / "agreement.toml", ring]],
        "agreement register": [[folder / "bad.csv"], [folder, "--out", folder / "r.txt"]],
        "agreement export": [[folder / "agreement.toml", "--form", "article-30"]],
        "pseudonymise": [
            [folder / "bad.csv", *column, *key], [folder / "ragged.csv", *column, *key],
            [folder / "numbers.csv", *column, *key], [folder / "broken.parquet", *column, *key],
            [folder / "bad.csv", *column, "--key-file", folder / "bad.key"], [folder / "bad.csv", *column, "--key-file", ring],
            [folder / "bad.csv", *column, "--key-env", KEY_TEXT], [folder / "bad.csv", *column, *key, "--kind", "A"],
        ],
        "tokenise": [[folder / "bad.csv", *column, *key], [folder / "numbers.csv", *column, *key]],
        "reidentify": [[folder / "bad.csv", *column, *key, *who]],
        "release": [
            ["--agreement", folder / "agreement.toml", *release],
            ["--agreement", folder / "agreement.toml", "--submitted", folder / "request.csv", *release],
        ],
        "opt-out prepare": [
            [folder / "bad.csv", "--column", "nhs", "--state", folder / "s.json", "--out", folder, "--mailbox", f"x{n}",
             "--local-id", n, "--sequence", "1", *key],
            [folder / "bad.csv", "--column", "nhs", "--state", folder / "s.json", "--out", folder, "--mailbox", "x",
             "--local-id", "a", "--sequence", "1", *key],
        ],
        "opt-out receive": [[folder / "bad.csv", folder / "request.csv", "--list", folder / "l.json", *key]],
        "opt-out exchange": [
            [folder / "agreement.toml", "--url", f"https://{n}", "--recipient", n, "--cert", KEY_TEXT, "--cert-key", "x",
             "--list", folder / "l.json", *key],
        ],
        "risk": [[folder / "numbers.csv", "--by", "nhs"], [folder / "bad.csv", "--by", "other"]],
        "suppress": [
            [folder / "bad.csv", "--by", "n", "--count", "nhs", "--policy", "hes", "--out", folder / "o.csv"],
            [folder / "numbers.csv", "--by", "nhs", "--policy", "hes", "--out", folder / "o.csv"],
        ],
        "suppress-magnitudes": [
            [folder / "bad.csv", "--by", "n", "--value", "nhs", "--contributor", "n", "--policy", "under5", "--out", folder / "o.csv"],
            [folder / "bad.csv", "--by", "n", "--value", n, "--contributor", KEY_TEXT, "--threshold", "3", "--out", folder / "o.csv"],
        ],
        "round": [
            [folder / "bad.csv", "--by", "n", "--count", "nhs", "--base", "5", "--method", "additive", "--out", folder / "o.csv"],
            [folder / "bad.csv", "--by", "n", "--base", "5", "--method", "random", "--context", "c", "--key-env", KEY_TEXT, "--out", folder / "o.csv"],
        ],
        "perturb": [
            [folder / "bad.csv", "--by", "n", "--person", "nhs", "--context", "c", "--max-noise", "5", "--variance", "2", *key, "--out", folder / "o.csv"],
            [folder / "numbers.csv", "--by", n, "--person", n, "--context", KEY_TEXT, "--max-noise", "5", "--variance", "9", *key, "--out", folder / "o.csv"],
        ],
        "merges": [
            [folder / "bad.csv", "--by", "nhs", "--count", "n", "--policy", "hes", "--merge", "nhs=fixed", "--max-primary-cells", "0"],
            [folder / "bad.csv", "--by", "nhs", "--policy", "hes", "--merge", f"nhs={n},{KEY_TEXT}", "--max-primary-cells", "0"],
        ],
        "audit-table": [
            [folder / "bad.csv", "--by", "n", "--count", "nhs"],
            [folder / "numbers.csv", "--by", "nhs", "--count", "nhs", "--out", folder / "cells.csv"],
        ],
        "demo": [["--out", folder / "bad.csv"]],
    }  # fmt: skip


def _commands(group, before=""):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield before + name


def test_no_command_prints_a_secret(planted):
    lines = _lines(planted)
    assert set(lines) == set(_commands(main)), "a command was added: plant something in its input above"
    for command, tries in lines.items():
        for words in tries:
            done = nhs_ig(*command.split(), *words)
            assert done.returncode in {1, 2}, f"{command} {words}"
            shown = (done.stdout + done.stderr).replace(str(planted), "")
            assert not find_secrets(shown), f"{command}: {shown}"


def test_what_a_command_leaves_behind_has_no_secret(planted):
    before = {path.name for path in planted.iterdir()}
    for command, tries in _lines(planted).items():
        for words in tries:
            nhs_ig(*command.split(), *words)
    for path in planted.rglob("*"):
        if path.is_file() and path.name not in before:
            assert not find_secrets(path.read_bytes()), path.name
