"""What several test files share: the vectors, independent arithmetic, and the search for planted secrets."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import io
import json
import os
import pickle
import re
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any
from unittest import mock

import nhs_ig as ig
from nhs_ig.cli import main

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "vectors"
VERIFIER = ROOT / "tests" / "independent" / "verify_audit_log.py"

NUMBER = "9990000018"
OTHERS = ["9990000026", "9990000034", "9995000008", "9998887771"]
NUMBERS = [NUMBER, *OTHERS]
KEY_BYTES = bytes.fromhex("5f3a9c0e7b1d42866fd0c1ae9384275bb6e1097c4d58f2a30b9ce6d7184f60a5")


def vectors(name: str) -> object:
    """Return one file of the vector set."""
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def make_key(key_id: str, data: bytes = KEY_BYTES) -> ig.Key:
    """Return a key with known bytes."""
    return ig.Key.from_function(lambda: data, id=key_id)


def vector_keys(data: dict[str, Any]) -> dict[str, ig.Key]:
    """Return the keys of a file of vectors by id."""
    made = {}
    for entry in data["keys"]:
        key = ig.Key.from_function(lambda entry=entry: bytes.fromhex(entry["hex"]), id=entry["id"])
        assert key.check_value == entry["check_value"]
        made[entry["id"]] = key
    return made


def check_digit(nine: str) -> int:
    """Return the modulus 11 check value of nine digits; 10 means that no number has them."""
    return -sum((10 - place) * int(digit) for place, digit in enumerate(nine)) % 11


def hkdf(key: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 without salt, 32 bytes (RFC 5869)."""
    extracted = hmac.digest(bytes(32), key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def pseudonym(
    message: str, *, context: str, kind: str, key: bytes = KEY_BYTES, length: int = 128, encoding: str = "hex"
) -> str | bytes:
    """Return a pseudonym by the specification, with the standard library alone."""
    parts = (context.encode(), kind.encode())
    info = b"nhs-ig/pseudonym/v1\x00" + b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    digest = hmac.new(hkdf(key, info), message.encode(), hashlib.sha256).digest()[: length // 8]
    if encoding == "base32":
        return base64.b32encode(digest).decode().lower().rstrip("=")
    return digest.hex() if encoding == "hex" else digest


SPELLINGS = [
    re.sub(r"(...)(...)(....)", form, number)
    for number in NUMBERS
    for form in (r"\1\2\3", r"\1 \2 \3", r"\1-\2-\3")
]
SECRETS = [*SPELLINGS, KEY_BYTES.hex(), KEY_BYTES.hex().upper(), base64.b64encode(KEY_BYTES).decode()]
# As a signing key's file has them, behind the byte of the algorithm.
SECRETS.append(base64.b64encode(b"\x01" + KEY_BYTES).decode())


def find_secrets(content: object) -> list[str]:
    """Return the planted secrets in text or bytes, whatever the case of the letters."""
    data = content if isinstance(content, bytes) else str(content).encode("utf-8", "surrogatepass")
    found = [secret for secret in SECRETS if secret.encode() in data or secret.encode("utf-16-le") in data]
    return found + (["key bytes"] if KEY_BYTES in data else [])


def shown_by(error: BaseException) -> str:
    """Return every way in which an error can be shown, its causes included."""
    seen = [
        str(error),
        repr(error),
        repr(error.args),
        repr(getattr(error, "context", None)),
        repr(vars(error)),
    ]
    # Source lines are left out: a test's own text is not the library's.
    lines = traceback.TracebackException.from_exception(error, lookup_lines=False, capture_locals=False)
    for frame in lines.stack:
        frame._line = ""
    seen += [line.split("\n")[-1] if line.startswith("  File") else line for line in lines.format()]
    with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
        seen.append(repr(pickle.dumps(error)))
    for linked in (error.__cause__, error.__context__):
        if linked is not None:
            seen.append(shown_by(linked))
    return "\n".join(seen)


def run_python(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in an interpreter of its own, since what is tested may end it."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


def nhs_ig(
    *arguments: object, env: dict[str, str] | None = None, real: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run the command line, and check what holds for every call.

    It runs inside this process to save time, or with ``real`` in one of its own.
    """
    words = [str(word) for word in arguments]
    if real:
        command = [sys.executable, "-m", "nhs_ig", *words]
        environment = {**os.environ, **(env or {})}
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, env=environment
        )
    else:
        done = _inside(words, env or {})
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    assert done.returncode in {0, 1, 2, 130}, done
    assert not find_secrets(done.stdout + done.stderr), "a secret was printed"
    return done


def _inside(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(words, prog_name="nhs-ig")
        except SystemExit as end:
            code = end.code
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def besides_progress(text):
    """What a command said apart from its progress, of which a slow machine sees lines that begin with two spaces."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("  "))
