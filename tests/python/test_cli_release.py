"""The commands of a release, run as a user runs them: release, audit verify, and what Ctrl-C leaves behind."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time

import nhs_ig as ig
import pytest
from support import NUMBERS, VERIFIER, besides_progress, find_secrets, nhs_ig

CONTEXT = "DSA-2026-014"


@pytest.fixture
def people_of_demo(demo_data):
    numbers = ig.normalise_nhs_number(ig.read_table(demo_data / "dids_500.csv").to_lists()["NHS_NUMBER"])
    return list(dict.fromkeys(numbers))


@pytest.fixture
def release(demo_data, tmp_path, key_file, people_of_demo):
    """Run a release under the demonstration agreement, with changes."""
    people = people_of_demo
    (tmp_path / "request.dat").write_text("".join(f"{number},\n" for number in people))
    (tmp_path / "response.dat").write_text("".join(f"{number},\n" for number in people[:-20]))
    (tmp_path / "objections.dat").write_text("".join(f"{number},\n" for number in people[:5]))
    options = {
        "agreement": demo_data / "agreement.toml", "actor": "a.analyst", "role": "analyst", "organisation": "Example Analytics Unit",
        "purpose": "service_evaluation", "submitted": tmp_path / "request.dat", "returned": tmp_path / "response.dat",
        "checked-at": "2026-11-20", "audit": tmp_path / "audit.jsonl", "out": tmp_path / "out", "date": "2026-11-22", "key-file": key_file,
    }  # fmt: skip
    sources = [f"dids={demo_data / 'dids_500.csv'}", f"ae_attendances={demo_data / 'ae_attendances.csv'}"]

    def run(*more, **change):
        given = dict(change)
        chosen = given.pop("sources", sources)
        values = {**options, **{name.replace("_", "-"): value for name, value in given.items()}}
        named = [word for name, value in values.items() if value is not None for word in (f"--{name}", value)]
        command = [
            "release",
            "--rehearsal",
            *named,
            *(word for source in chosen for word in ("--source", source)),
            *more,
        ]
        return command if "command only" in more else nhs_ig(*command, real=True)

    return run


class TestRelease:
    def test_happy_path(self, release, tmp_path):
        done = release("--deny-list", f"type-1={tmp_path / 'objections.dat'}")
        assert (done.returncode, besides_progress(done.stderr)) == (0, "")
        assert "rows in" in done.stdout
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
            "ae_breaches.csv",
            "imaging_records.csv",
            "manifest.json",
            "report.html",
        ]
        assert str(tmp_path / "out" / "report.html") in done.stdout
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
        assert manifest["opt_out"]["deny_lists"] == ["type-1"]
        assert "as_of" not in manifest["datasets"][0]
        assert nhs_ig("audit", "verify", tmp_path / "audit.jsonl").returncode == 0

    @pytest.mark.parametrize(
        ("change", "exit_code", "code"),
        [
            ({"date": "2029-04-01", "checked_at": "2029-04-01"}, 1, "access.refused"),
            ({"purpose": "marketing"}, 1, "access.refused"),
            ({"returned": "objections.dat"}, 1, "opt_out.looks_like_deny_list"),
            ({"checked_at": "2026-10-01"}, 1, "opt_out.stale"),
            ({"submitted": None, "returned": None, "checked_at": None}, 1, "opt_out.no_list"),
            ({"actor": "admin"}, 2, "audit.actor_generic"),
            ({"key_file": "none.key"}, 2, "key.missing"),
            ({"agreement": "none.toml"}, 2, "misuse.unreadable"),
            ({"agreement": "request.dat"}, 2, "agreement.syntax"),
            ({"returned": "none.dat"}, 2, "misuse.unreadable"),
            ({"sources": ["dids=none.csv"]}, 2, "misuse."),
        ],
    )
    def test_refusals(self, release, tmp_path, monkeypatch, change, exit_code, code):
        monkeypatch.chdir(tmp_path)
        done = release(**change)
        assert (done.returncode, f"[{code}" in done.stderr) == (exit_code, True), done.stderr
        assert not (tmp_path / "out").exists()

    def test_usage(self, release, tmp_path, demo_data):
        for more, change in (
            ((), {"checked_at": None}),
            (("--source", "dids"), {}),
            (("--deny-list", "x"), {}),
            (("--key-env", "X"), {}),
            (("--as-of", "dids"), {}),
            (("--as-of", "dids=31/10/2026"), {}),
        ):
            assert release(*more, **change).returncode == 2
        command = [word for word in release("command only") if word not in {"--rehearsal", "command only"}]
        assert nhs_ig(*command).returncode == 2
        assert not (tmp_path / "out").exists()

    def test_the_days_of_the_data(self, release, tmp_path):
        done = release("--as-of", "dids=2026-10-31", "--as-of", "ae_attendances=2019-03-31")
        assert done.returncode == 0, done.stderr
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
        assert [entry["as_of"] for entry in manifest["datasets"]] == ["2026-10-31", "2019-03-31"]
        done = release("--as-of", "other=2026-10-31", out=tmp_path / "again")
        assert (done.returncode, "misuse.argument" in done.stderr) == (2, True)

    def test_a_saved_list_stands_instead_of_the_two_files(self, release, tmp_path, key_file, people_of_demo):
        saved = tmp_path / "list"
        made = ig.NotOptedOut.from_check_service(
            people_of_demo, people_of_demo[:-20], checked_at=dt.date(2026, 11, 20)
        )
        made.save(saved, ig.Key.from_file(key_file))
        files = {"submitted": None, "returned": None, "checked_at": None}
        done = release("--opt-out-list", saved, **files)
        assert (done.returncode, besides_progress(done.stderr)) == (0, "")
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
        assert (manifest["opt_out"]["checked_at"], manifest["datasets"][0]["opted_out"]) == ("2026-11-20", 20)
        # A list under a key of its own.
        other = tmp_path / "other.key"
        assert nhs_ig("keys", "new", other, "--id", "check-key").returncode == 0
        own = tmp_path / "own-list"
        made.save(own, ig.Key.from_file(other))
        fresh = {**files, "out": tmp_path / "second", "audit": tmp_path / "second.jsonl"}
        assert release("--opt-out-list", own, **fresh).returncode != 0
        done = release("--opt-out-list", own, "--opt-out-key-file", other, **fresh)
        assert (done.returncode, besides_progress(done.stderr)) == (0, "")

    def test_two_ways_to_give_the_list_are_one_too_many(self, release, tmp_path):
        files = {"submitted": None, "returned": None, "checked_at": None}
        for more, change in (
            (["--opt-out-list", "list"], {}),
            (["--opt-out-list", "list"], {**files, "submitted": tmp_path / "request.dat"}),
            (["--opt-out-list", "list", "--expected-share", "1"], files),
            (["--opt-out-key-file", "key"], {}),
        ):
            done = release(*more, **change)
            assert (done.returncode, "--opt-out-list" in done.stderr) == (2, True)
            assert not (tmp_path / "audit.jsonl").exists()

    def test_a_folder_with_files(self, release, tmp_path):
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "mine").write_text("")
        done = release()
        assert (done.returncode, "export.output_exists" in done.stderr) == (2, True)
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]

    def test_an_audit_log_inside_the_output_folder(self, release, tmp_path):
        (tmp_path / "out").mkdir()
        done = release(audit=tmp_path / "out" / "audit.jsonl")
        assert done.returncode in {1, 2}
        assert not (tmp_path / "out" / "manifest.json").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
class TestInterrupt:
    def _interrupt(self, command, ready):
        process = subprocess.Popen(
            [sys.executable, "-m", "nhs_ig", *map(str, command)],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 30
        while not ready() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert "Traceback" not in out + err, err
        assert not find_secrets(out + err)
        return process.returncode, err

    def test_a_release_halfway(self, release, demo_data, tmp_path):
        header, *rows = (demo_data / "dids_500.csv").read_text().splitlines(keepends=True)
        big = tmp_path / "big.csv"
        with big.open("w") as file:
            file.write(header)
            for _ in range(1500):
                file.writelines(rows)
        command = release(
            "command only", sources=[f"dids={big}", f"ae_attendances={demo_data / 'ae_attendances.csv'}"]
        )
        before = {path.name for path in tmp_path.iterdir()}
        log = tmp_path / "audit.jsonl"

        def rows_are_being_written():
            new = [path for path in tmp_path.iterdir() if path.name not in before and path.is_dir()]
            return any(file.stat().st_size for folder in new for file in folder.iterdir())

        code, said = self._interrupt(
            [word for word in command if word != "command only"], rows_are_being_written
        )
        assert code == 130, said
        assert "interrupted" in said
        assert {path.name for path in tmp_path.iterdir()} == before | {"audit.jsonl"}, (
            "nothing half-written is left"
        )
        last = json.loads(log.read_text().splitlines()[-1])
        assert (last["outcome"], last["code"]) == ("failure", "misuse.interrupted")
        assert subprocess.run([sys.executable, str(VERIFIER), str(log)], check=False).returncode == 0

    def test_writing_one_file_halfway(self, key_file, tmp_path):
        source, out = tmp_path / "in.csv", tmp_path / "out"
        out.mkdir()
        source.write_text("nhs,n\n" + "".join(f"{number},{'x' * 40}\n" for number in NUMBERS) * 200_000)
        command = [
            "pseudonymise",
            source,
            "--column",
            "nhs",
            "--context",
            CONTEXT,
            "--out",
            out / "o.csv",
            "--key-file",
            key_file,
        ]
        code, _ = self._interrupt(command, lambda: any(out.iterdir()))
        assert code == 130
        assert not list(out.iterdir())


class TestAuditVerify:
    @pytest.fixture
    def path(self, log, tmp_path):
        for _ in range(3):
            log.audit("read", actor="a.analyst")
        return tmp_path / "audit.jsonl"

    def test_good(self, path):
        done = nhs_ig("audit", "verify", path)
        assert done.returncode == 0
        assert "NOT excluded" in done.stdout
        head = done.stdout.splitlines()[-1].removeprefix("head: ").split()
        done = nhs_ig("audit", "verify", path, "--held", *head)
        assert done.returncode == 0
        assert "NOT excluded" not in done.stdout

    def test_edited(self, path):
        path.write_text(path.read_text().replace("a.analyst", "b.analyst", 1))
        done = nhs_ig("audit", "verify", path)
        assert (done.returncode, "audit.chain_broken" in done.stderr) == (1, True)

    def test_cut_off(self, path):
        head = nhs_ig("audit", "verify", path).stdout.splitlines()[-1].removeprefix("head: ").split()
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
        assert nhs_ig("audit", "verify", path).returncode == 0
        done = nhs_ig("audit", "verify", path, "--held", *head)
        assert (done.returncode, "audit.held_head_missing" in done.stderr) == (1, True)

    def test_none(self, tmp_path):
        done = nhs_ig("audit", "verify", tmp_path / "none.jsonl")
        assert (done.returncode, "audit.unreadable" in done.stderr) == (2, True)


class TestKilled:
    """A process that is ended from outside, at any moment, leaves no output or the whole output."""

    def test_at_any_moment(self, release, tmp_path):
        command = [sys.executable, "-m", "nhs_ig", *map(str, release("command only")[:])]
        command = [word for word in command if word != "command only"]
        # Every output is removed again, so none can be given as an earlier release.
        command += ["--earlier-unavailable", "IG/2026/17"]
        out, log = tmp_path / "out", tmp_path / "audit.jsonl"
        started = time.monotonic()
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
        whole = time.monotonic() - started
        expected = {path.name: path.read_bytes() for path in out.iterdir() if path.suffix == ".csv"}
        ended = {"nothing": 0, "whole": 0}
        for step in range(16):
            for path in out.glob("*"):
                path.unlink()
            out.rmdir() if out.exists() else None
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # Mostly while files are written and renamed, which is near the end.
            time.sleep(whole * (0.3 + 0.05 * step))
            process.kill()
            process.wait()
            if not out.exists():
                ended["nothing"] += 1
                continue
            ended["whole"] += 1
            manifest = json.loads((out / "manifest.json").read_text())
            assert {name: (out / name).read_bytes() for name in expected} == expected
            assert {output["file"] for output in manifest["outputs"]} == set(expected)
        assert ended["nothing"] > 0, ended
        for path in out.glob("*"):
            path.unlink()
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        left = sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("."))
        assert left == [], "a folder in the making was left behind"
        assert ig.verify_audit(log).records > 0

    def test_a_dry_run_leaves_only_its_records(self, release, tmp_path):
        before = {path.name for path in tmp_path.iterdir()}
        done = release("--dry-run")
        assert done.returncode == 0, done.stderr
        assert "dry run: nothing was released" in done.stdout
        assert "imaging_records.csv" in done.stdout
        assert "report.html" not in done.stdout
        assert {path.name for path in tmp_path.iterdir()} - before == {"audit.jsonl"}
        records = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
        assert records[-1]["code"] == "release.dry_run"
