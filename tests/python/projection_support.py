"""What the tests of projections share: a log of everything that can be recorded, and the validators of others."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess

import nhs_ig as ig
import pytest
from support import ROOT

NODE = ROOT / "tests" / "node"
BASE = "https://example.nhs.uk/audit"
PLAIN = ig.AuditSource(BASE, "sde/vm-04")
RESTFUL = ig.AuditSource(
    BASE,
    "sde/vm-04",
    actor_system="https://fhir.nhs.uk/Id/sds-user-id",
    client=("app-7", "192.0.2.7"),
    server=("fhir-1", "https://fhir.example.nhs.uk/r4"),
)
EVENTS = ["read", "write", "export", "delete", "query", "login", "config", "opt_out_check", "reidentify", "key_use", "incident", "review", "transfer"]  # fmt: skip
OUTCOMES = ["attempt", "success", "failure", "refused"]
FIELDS = {
    "role": "S0010:G0020:R8012", "org": "RJ1", "purpose": "service evaluation", "agreement_id": "DSA-2026-014",
    "code": "agreement.permitted", "reason_ref": "IG/2026/17", "object": "ab" * 32, "key_id": "k-2026",
    "authoriser": "c.guardian", "device": "sde/vm-04",
}  # fmt: skip
# Two spaces in a row, which a field may hold and a FHIR code may not; and the longest there are.
ODD = {
    "role": "a  b",
    "purpose": "p" * 60 + "  " + "q" * 66,
    "org": "R/1:2+3_4.5-6",
    "code": ".".join(["c" * 32] * 4),
}

SETS = [
    (None, None, {}),
    ("dids 2026", 1, FIELDS),
    ("d" * 128, 2**53 - 1, ODD),
    ("dids_2026", None, {}),
    (None, 0, {"code": "release.records"}),
]


def write_all(path) -> None:
    """Write a log of every event, outcome and set of members, with bytes that a crash left behind."""
    log = ig.AuditLog(path)
    with ig.run():
        for event in EVENTS:
            for outcome in OUTCOMES:
                for dataset, count, fields in SETS if event in {"read", "delete"} else SETS[:3]:
                    log.audit(
                        event,
                        dataset,
                        actor="a.analyst",
                        outcome=outcome,
                        count=count,
                        durability="written",
                        **fields,
                    )
        with path.open("ab") as file:
            file.write(b'{"actor":"a.ana')
        ig.AuditLog(path).audit("login", actor="a" * 128)


def validators() -> list[str]:
    """Install the validators for Node and return the command that runs them, or skip."""
    if not (shutil.which("node") and shutil.which("npm")):
        if os.environ.get("NHS_IG_REQUIRE") == "all":
            pytest.fail("node or npm is not installed, and NHS_IG_REQUIRE=all")
        pytest.skip("node or npm is not installed")
    wanted = hashlib.sha256((NODE / "package-lock.json").read_bytes()).hexdigest()
    stamp = NODE / "node_modules" / ".installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        command = [shutil.which("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, done.stderr[-2000:]
        stamp.write_text(wanted)
    return [shutil.which("node"), str(NODE / "validate.mjs")]


def problems(cases: list[tuple[str, str, dict]]) -> dict[str, dict[str, list[str]]]:
    """Return what each validator says of (name, to, object), by name."""
    lines = [json.dumps({"name": name, "to": to, "object": thing}) for name, to, thing in cases]
    done = subprocess.run(
        validators(), input="\n".join(lines), capture_output=True, encoding="utf-8", check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["name"] for one in told] == [name for name, _, _ in cases], "an answer for each"
    return {one["name"]: one["problems"] for one in told}
