"""Incidents: the clock, the table, and everything that was done in the affected runs."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import nhs_ig as ig
import pytest
from audit_support import independent, records
from support import NUMBER, find_secrets, nhs_ig

FRIDAY = dt.datetime(2026, 11, 20, 17, 0, tzinfo=dt.timezone.utc)


def incident(**changes):
    known = {"discovered": FRIDAY, "aware_at": FRIDAY, "likelihood": 3, "severity": 2, **changes}
    return ig.Incident(known.pop("reference", "IG/2026/17"), **known)


@pytest.fixture
def affected(log):
    """Two runs of which the second is affected."""
    with ig.run():
        log.audit("read", "dids", actor="a.analyst")
    with ig.run() as affected, log.audited("export", "dids", actor="b.analyst") as act:
        act.count = 495
    return affected


def test_the_clock_is_72_hours_whatever_the_zone():
    assert incident().notify_by == FRIDAY + dt.timedelta(hours=72)
    india = dt.timezone(dt.timedelta(hours=5, minutes=30))
    assert incident(aware_at=FRIDAY.astimezone(india)).notify_by == FRIDAY + dt.timedelta(hours=72)


def test_the_file_is_json_that_the_records_name(log, tmp_path, affected):
    found = incident(affected=495, runs=[affected], factors=["mental_health"])
    file = json.loads(found.text)
    assert found.object == hashlib.sha256(found.text.encode()).hexdigest()
    assert file["reason_ref"] == "IG/2026/17"
    assert (file["affected"], file["runs"], file["outcome"]) == (495, [affected], "report_ico")
    assert file["notify_by"] == "2026-11-23T17:00:00.000000Z"
    assert "check against the current" in file["notice"]
    (receipt,) = found.record(log, actor="c.guardian")
    last = records(tmp_path / "audit.jsonl")[-1]
    assert last["seq"] == receipt.seq
    assert {name: last[name] for name in ("event", "corr_id", "count", "reason_ref", "object", "code")} == {
        "event": "incident",
        "corr_id": affected,
        "count": 495,
        "reason_ref": "IG/2026/17",
        "object": found.object,
        "code": "incident.report_ico",
    }
    assert independent(tmp_path / "audit.jsonl").returncode == 0


def test_everything_of_the_affected_runs_is_gathered(log, tmp_path, affected):
    incident(runs=[affected]).record(log, actor="c.guardian")
    with ig.run():
        log.audit("read", "other", actor="a.analyst")
    found = ig.read_incident(tmp_path / "audit.jsonl", "IG/2026/17")
    everything = records(tmp_path / "audit.jsonl")
    assert found == [record for record in everything if record["corr_id"] == affected]
    assert [record["event"] for record in found] == ["export", "export", "incident"]
    with pytest.raises(ig.AuditError) as caught:
        ig.read_incident(tmp_path / "audit.jsonl", "IG/2026/18")
    assert caught.value.code == "audit.incident_unknown"
    with pytest.raises(ig.AuditError) as caught:
        ig.read_incident(tmp_path / "audit.jsonl", "IG/2026/17", held=(99, "0" * 64))
    assert caught.value.code == "audit.held_head_missing"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"likelihood": 0}, "audit.incident"),
        ({"severity": 6}, "audit.incident"),
        ({"severity": 900}, "misuse.argument"),
        ({"factors": [NUMBER]}, "audit.incident"),
        ({"discovered": FRIDAY + dt.timedelta(seconds=1)}, "audit.incident"),
        ({"discovered": FRIDAY.replace(tzinfo=None)}, "misuse.argument"),
        ({"aware_at": "2026-11-20"}, "misuse.argument"),
        ({"reference": "because"}, "audit.field"),
        ({"reference": NUMBER}, "audit.identifier_in_field"),
        ({"runs": ["run 1"]}, "audit.field"),
        ({"affected": 2**60}, "audit.incident"),
        ({"affected": -1}, "misuse.argument"),
        ({"affected": int(NUMBER)}, "audit.identifier_in_field"),
        ({"likelihood": True}, "misuse.argument"),
        ({"discovered": FRIDAY.replace(year=1969)}, "misuse.argument"),
        ({"grid": 7}, "misuse.argument"),
        ({"factors": 5}, "misuse.argument"),
        ({"runs": None}, "misuse.argument"),
        ({"runs": "01a5d1b2-0c00-7000-8000-00000000000a"}, "misuse.argument"),
    ],
)
def test_what_is_refused(changes, code):
    with pytest.raises(ig.IgError) as caught:
        incident(**changes)
    assert caught.value.code == code
    assert not find_secrets(repr(caught.value) + str(caught.value.context))


def test_a_corrected_table(tmp_path):
    text = ig.incident_grid()
    assert "CHECK THIS AGAINST THE CURRENT GUIDE" in text
    path = tmp_path / "grid.toml"
    path.write_text(text.replace("2026-11-unchecked", "trust-2027").replace('"report_ico"', '"tell_siro"'))
    found = incident(grid=path)
    assert found.outcome == "tell_siro"
    assert found.notice.startswith("table trust-2027")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ig.AuditError) as caught:
        incident(grid=path)
    assert caught.value.code == "audit.incident_grid"
    path.write_text("version = 1")
    with pytest.raises(ig.AuditError) as caught:
        incident(grid=path)
    assert caught.value.code == "audit.incident_grid"


def test_the_commands(log, tmp_path, affected):
    path, out, gathered = tmp_path / "audit.jsonl", tmp_path / "incident.json", tmp_path / "gathered.jsonl"
    words = [
        "audit", "incident", path, "--reference", "IG/2026/17", "--discovered", "2026-11-20T16:30Z", "--aware-at", "2026-11-20T17:00+00:00",
        "--likelihood", "3", "--severity", "2", "--affected", "495", "--run", affected, "--actor", "c.guardian", "--out", out,
    ]  # fmt: skip
    done = nhs_ig(*words)
    assert done.returncode == 0, done.stderr
    assert "report_ico (table 2026-11-unchecked, not checked: check against the current" in done.stdout
    assert "72 hours end at 2026-11-23 17:00 UTC" in done.stdout
    assert hashlib.sha256(out.read_bytes()).hexdigest() in done.stdout
    # The file is never overwritten, and then nothing is recorded.
    before = path.read_bytes()
    assert nhs_ig(*words).returncode == 2
    assert path.read_bytes() == before
    # A log that is not there is no place for an incident, and what was refused leaves no file.
    assert (
        nhs_ig("audit", "incident", tmp_path / "typo.jsonl", *words[3:-1], tmp_path / "x.json").returncode
        == 2
    )
    refused = [word if word != "c.guardian" else "system" for word in words[:-1]]
    assert nhs_ig(*refused, tmp_path / "x.json").returncode == 2
    assert not (tmp_path / "typo.jsonl").exists()
    assert not (tmp_path / "x.json").exists()
    done = nhs_ig("audit", "export", path, "--incident", "IG/2026/17", "--out", gathered)
    assert done.returncode == 0, done.stderr
    assert [record["corr_id"] for record in records(gathered)] == [affected] * 3
    assert nhs_ig("audit", "export", path, "--incident", "IG/2026/18", "--out", "-").returncode == 2
    both = nhs_ig("audit", "export", path, "--incident", "IG/2026/17", "--actor", "a.analyst", "--out", "-")
    assert both.returncode == 2
    assert nhs_ig("audit", "incident-grid").stdout == ig.incident_grid()
