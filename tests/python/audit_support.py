"""What the tests of checkpoints share: keys with known bytes, and the verifiers written from the specification."""

from __future__ import annotations

import base64
import importlib
import json
import subprocess
import sys

import nhs_ig as ig
from support import KEY_BYTES, ROOT, VERIFIER

sys.path.append(str(ROOT / "tests" / "independent"))
audit_tree = importlib.import_module("audit_tree")
ed25519_plain = importlib.import_module("ed25519_plain")

ORIGIN = "example.nhs.uk/audit"


def signer_text(seed: bytes, name: str = ORIGIN) -> str:
    """Return the text of a signing key, as the specification says."""
    number = audit_tree.key_id(name, ed25519_plain.public_key(seed)).hex()
    return f"PRIVATE+KEY+{name}+{number}+{base64.b64encode(bytes([1]) + seed).decode()}"


def signer_of(folder, seed: bytes, name: str = ORIGIN) -> ig.SignerKey:
    """Return a signing key with known bytes, by way of its file."""
    path = folder / f"signer-{len(list(folder.iterdir()))}.key"
    path.write_text(signer_text(seed, name))
    path.chmod(0o600)
    return ig.SignerKey.from_file(path)


def planted_signer(folder) -> ig.SignerKey:
    """Return the signing key whose bytes the tests search for."""
    return signer_of(folder, KEY_BYTES)


def independent(*words) -> subprocess.CompletedProcess[str]:
    """Run the verifier written from the specification."""
    command = [sys.executable, str(VERIFIER), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def records(path) -> list[dict]:
    """Return the records of a log without verifying it."""
    return [json.loads(line) for line in path.read_text().splitlines()]
