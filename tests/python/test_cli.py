"""The command line, run as a user runs it: exit codes, messages and files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import nhs_ig as ig
import polars as pl
import pytest
from support import KEY_BYTES, NUMBERS, VERIFIER, find_secrets, nhs_ig, pseudonym

CONTEXT = "DSA-2026-014"


def _pseudonym(number):
    return pseudonym(number, context=CONTEXT, kind="nhs_number")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(
        "nhs,code,n\n"
        + "".join(f"{number},00{row},{row}\n" for row, number in enumerate(NUMBERS))
        + ",007,7\n"
    )
    return path


def _hash(source, out, key_file, *more, column="nhs", **options):
    return nhs_ig(
        "pseudonymise",
        source,
        "--column",
        column,
        "--context",
        CONTEXT,
        "--out",
        out,
        "--key-file",
        key_file,
        *more,
        **options,
    )


def test_help_and_version():
    assert nhs_ig("--version", real=True).stdout.strip() == f"nhs-ig, version {ig.__version__}"
    for words in ([], ["keys", "new"], ["release"]):
        done = nhs_ig(*words, "--help")
        assert done.returncode == 0
        assert done.stdout.startswith("Usage: nhs-ig")
    for words in (["unknown"], ["suppress"]):
        done = nhs_ig(*words, real=True)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Error" in done.stderr


class TestDemo:
    @pytest.fixture(scope="class")
    @classmethod
    def folder(cls, tmp_path_factory):
        return tmp_path_factory.mktemp("demo")

    def test_twice_gives_the_same_data(self, folder):
        for _ in range(2):
            done = nhs_ig("demo", "--out", folder, real=True)
            assert (done.returncode, done.stderr) == (0, "")
            for heading in ("What was done", "What was withheld", "What was refused", "Where it is"):
                assert heading in done.stdout
        first, second = folder / "release-1", folder / "release-2"
        names = sorted(path.name for path in first.iterdir())
        assert names == ["ae_breaches.csv", "imaging_records.csv", "manifest.json"]
        for name in names[:2]:
            assert (first / name).read_bytes() == (second / name).read_bytes()
        manifests = [json.loads((place / "manifest.json").read_text()) for place in (first, second)]
        changed = {name for name in manifests[0] if manifests[0][name] != manifests[1][name]}
        assert changed == {"run_id", "started_at", "finished_at", "audit"}
        assert (
            subprocess.run(
                [sys.executable, str(VERIFIER), str(folder / "audit.jsonl")], check=False
            ).returncode
            == 0
        )
        assert nhs_ig("audit", "verify", folder / "audit.jsonl").returncode == 0

    def test_after_the_first_release_was_removed(self, folder):
        for path in (folder / "release-1").iterdir():
            path.unlink()
        (folder / "release-1").rmdir()
        assert nhs_ig("demo", "--out", folder).returncode == 0
        assert (folder / "release-1").is_dir()

    def test_where_it_cannot_write(self, tmp_path):
        (tmp_path / "file").write_text("")
        done = nhs_ig("demo", "--out", tmp_path / "file")
        assert done.returncode == 2
        assert done.stderr.startswith("error: ")


class TestKeys:
    def test_new_and_check(self, tmp_path):
        path = tmp_path / "project.key"
        made = nhs_ig("keys", "new", path, "--id", "project-1")
        assert made.returncode == 0
        text = path.read_text().strip()
        assert text.startswith("nhsig_sk_project-1_")
        assert text[-64:] not in made.stdout + made.stderr
        assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600
        checked = nhs_ig("keys", "check", path)
        assert checked.returncode == 0
        assert ig.Key.from_file(path).check_value in checked.stdout
        assert text[-64:] not in checked.stdout
        again = nhs_ig("keys", "new", path)
        assert (again.returncode, "key.file_exists" in again.stderr) == (2, True)
        assert path.read_text().strip() == text

    def test_refusals(self, tmp_path, key_file):
        for arguments, code in (
            (["keys", "check", tmp_path / "none"], "key.missing"),
            (["keys", "new", tmp_path / "x", "--id", "Not An Id"], "key.id"),
            (["keys", "new", tmp_path / "no" / "x"], "key."),
        ):
            done = nhs_ig(*arguments)
            assert (done.returncode, f"[{code}" in done.stderr) == (2, True)
        key_file.chmod(0o644)
        done = nhs_ig("keys", "check", key_file)
        assert done.returncode == 2
        assert "key.file_exposed" in done.stderr
        assert "chmod 600" in done.stderr
        assert nhs_ig("keys", "check", key_file, "--managed-mount").returncode == 0


class TestPseudonymise:
    def test_from_kind_to_kind(self, source, tmp_path, key_file):
        expected = [_pseudonym(number) for number in NUMBERS] + [None]
        for before, after in (
            (source, "a.csv"),
            (source, "b.parquet"),
            (tmp_path / "b0.parquet", "c.csv"),
            (tmp_path / "b0.parquet", "d.parquet"),
        ):
            if before.suffix == ".parquet" and not before.exists():
                pl.read_csv(source, infer_schema=False).write_parquet(before)
            done = _hash(before, tmp_path / after, key_file)
            assert (done.returncode, done.stderr) == (0, "")
            read = (
                pl.read_parquet
                if after.endswith("parquet")
                else lambda path: pl.read_csv(path, infer_schema=False)
            )
            made = read(tmp_path / after)
            assert made["nhs"].to_list() == expected
            assert made["code"].to_list() == ["000", "001", "002", "003", "004", "007"], (
                "leading zeros are kept"
            )
        assert not [path for path in tmp_path.iterdir() if "partial" in path.name]

    def test_numbers_in_parquet(self, tmp_path, key_file):
        for dtype in (pl.Int64, pl.Float64, pl.Categorical):
            frame = pl.DataFrame({"nhs": pl.Series([*NUMBERS, None]).cast(dtype), "when": [None] * 6})
            frame.write_parquet(tmp_path / "n.parquet")
            done = _hash(tmp_path / "n.parquet", tmp_path / "o.parquet", key_file, "--overwrite")
            assert done.returncode == 0, done.stderr
            assert pl.read_parquet(tmp_path / "o.parquet")["nhs"].to_list() == [
                *map(_pseudonym, NUMBERS),
                None,
            ]

    def test_key_from_the_environment(self, source, tmp_path):
        arguments = [
            "pseudonymise",
            source,
            "--column",
            "nhs",
            "--context",
            CONTEXT,
            "--out",
            tmp_path / "o.csv",
        ]
        text = f"nhsig_sk_env_{KEY_BYTES.hex()}"
        assert nhs_ig(*arguments, env={"NHS_IG_KEY": text}).returncode == 0
        assert nhs_ig(*arguments, "--overwrite", "--key-env", "OTHER", env={"OTHER": text}).returncode == 0
        done = nhs_ig(*arguments, "--overwrite", env={"NHS_IG_KEY": ""})
        assert (done.returncode, "[key." in done.stderr) == (2, True)
        done = nhs_ig(*arguments, "--overwrite", env={"NHS_IG_KEY": KEY_BYTES.hex()})
        assert (done.returncode, "key.format" in done.stderr) == (2, True)

    def test_invalid_cells(self, source, tmp_path, key_file):
        source.write_text(source.read_text() + "9990000017,1,1\n")
        done = _hash(source, tmp_path / "o.csv", key_file, real=True)
        assert done.returncode == 1
        assert "identifier.invalid_cells" in done.stderr
        assert "9990000017" not in done.stderr
        assert not (tmp_path / "o.csv").exists()
        done = _hash(source, tmp_path / "o.csv", key_file, "--on-invalid", "null")
        assert done.returncode == 0
        assert "1 invalid" in done.stdout

    def test_what_cannot_be_done(self, source, tmp_path, key_file):
        out = tmp_path / "o.csv"
        for done, code in (
            (_hash(source, out, key_file, column="missing"), "misuse.column_missing"),
            (_hash(tmp_path / "none.csv", out, key_file), "misuse.unreadable"),
            (_hash(tmp_path, out, key_file), "misuse."),
            (_hash(source, tmp_path / "o.txt", key_file), "misuse.file_kind"),
            (_hash(source, source, key_file), "export.file_exists"),
            (_hash(source, tmp_path / "no" / "o.csv", key_file), "export.write_failed"),
            (_hash(source, out, tmp_path / "none.key"), "key.missing"),
            (_hash(source, out, key_file, "--kind", "Bad Kind"), "misuse.argument"),
        ):
            assert done.returncode == 2, done
            assert f"[{code}" in done.stderr
        assert "nhs, code, n" in _hash(source, out, key_file, column="missing").stderr
        key_file.chmod(0o640)
        done = _hash(source, out, key_file)
        assert (done.returncode, "key.file_exposed" in done.stderr) == (2, True)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "project.key"]

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("png.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "misuse.not_csv"),
            ("book.csv", b"PK\x03\x04\x14\x00\x06\x00" + bytes(64), "misuse.not_csv"),
            ("utf16.csv", "nhs,n\n9990000018,1\n".encode("utf-16"), "misuse.not_csv"),
            ("latin.csv", "nhs,name\n9990000018,Zo\xeb\n".encode("latin-1"), "misuse.not_csv"),
            ("empty.csv", b"", "misuse.not_csv"),
            ("blank.csv", b"\n\n", "misuse.not_csv"),
            ("ragged.csv", b"nhs,n\n9990000018,1,2,3\n", "misuse.not_csv"),
            ("headerless.csv", b"9990000018,1949-01-28\n9990000026,2001-07-07\n", "misuse.not_csv"),
            ("text.parquet", b"nhs,n\n9990000018,1\n", "misuse.not_parquet"),
            ("empty.parquet", b"", "misuse.not_parquet"),
            ("cut.parquet", b"PAR1" + bytes(100) + b"PAR1", "misuse.not_parquet"),
            ("nul.csv", b"nhs,n\n99900\x0000018,1\n", "misuse.not_csv"),
        ],
    )
    def test_a_file_that_is_not_what_its_name_says(self, tmp_path, key_file, name, content, code):
        (tmp_path / name).write_bytes(content)
        done = _hash(tmp_path / name, tmp_path / "o.csv", key_file)
        assert (done.returncode, f"[{code}]" in done.stderr) == (
            1 if code.startswith("identifier") else 2,
            True,
        ), done.stderr
        assert not (tmp_path / "o.csv").exists()

    def test_no_rows(self, tmp_path, key_file):
        (tmp_path / "in.csv").write_text("nhs,n\n")
        assert _hash(tmp_path / "in.csv", tmp_path / "o.csv", key_file).returncode == 0
        assert (tmp_path / "o.csv").read_text() == "nhs,n\n"


class TestSuppress:
    def _run(self, source, out, *more):
        return nhs_ig("suppress", source, "--by", "code", "--count", "n", "--out", out, "--overwrite", *more)

    def test_every_preset(self, source, tmp_path):
        for preset in ig.SuppressionPolicy.presets():
            done = self._run(source, tmp_path / "o.csv", "--policy", preset, "--secondary", "none")
            assert done.returncode == 0, done.stderr
            made = ig.read_table(tmp_path / "o.csv").to_lists()
            assert list(made) == ["code", "n", "n_display"]
            expected = ig.suppress(
                ig.read_table(source).to_lists(), by="code", count="n", policy=preset, secondary="none"
            )
            assert made["n_display"] == expected.publish()["n_display"]

    def test_counting_rows_into_parquet(self, source, tmp_path):
        done = nhs_ig("suppress", source, "--by", "code", "--policy", "hes", "--out", tmp_path / "o.parquet")
        assert done.returncode == 0
        assert pl.read_parquet(tmp_path / "o.parquet")["n"].to_list() == [None] * 6

    def test_refusals(self, source, tmp_path):
        for more, code, exit_code in (
            (["--policy", "under5"], "policy.secondary_unavailable", 1),
            (["--policy", "hes", "--by", "missing"], "misuse.column_missing", 2),
        ):
            done = self._run(source, tmp_path / "o.csv", *more)
            assert (done.returncode, f"[{code}]" in done.stderr) == (exit_code, True), done.stderr
        assert self._run(source, tmp_path / "o.csv", "--policy", "mine").returncode == 2
        assert not (tmp_path / "o.csv").exists()


@pytest.fixture
def release(demo_data, tmp_path, key_file):
    """Run a release under the demonstration agreement, with changes."""
    people = list(
        dict.fromkeys(
            ig.normalise_nhs_number(ig.read_table(demo_data / "dids_500.csv").to_lists()["NHS_NUMBER"])
        )
    )
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
        assert (done.returncode, done.stderr) == (0, "")
        assert "rows in" in done.stdout
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
            "ae_breaches.csv",
            "imaging_records.csv",
            "manifest.json",
        ]
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
        assert manifest["opt_out"]["deny_lists"] == ["type-1"]
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
        ):
            assert release(*more, **change).returncode == 2
        command = [word for word in release("command only") if word not in {"--rehearsal", "command only"}]
        assert nhs_ig(*command).returncode == 2
        assert not (tmp_path / "out").exists()

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
        assert (done.returncode, "audit.chain_broken" in done.stderr) == (2, True)

    def test_cut_off(self, path):
        head = nhs_ig("audit", "verify", path).stdout.splitlines()[-1].removeprefix("head: ").split()
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
        assert nhs_ig("audit", "verify", path).returncode == 0
        done = nhs_ig("audit", "verify", path, "--held", *head)
        assert (done.returncode, "audit.held_head_missing" in done.stderr) == (2, True)

    def test_none(self, tmp_path):
        done = nhs_ig("audit", "verify", tmp_path / "none.jsonl")
        assert (done.returncode, "audit.unreadable" in done.stderr) == (2, True)


def test_an_unforeseen_error_shows_no_traceback_and_no_data(tmp_path):
    code = """
import sys
import nhs_ig as ig
from nhs_ig.cli import main, pseudonymise
def fail(*_):
    raise ValueError("9990000018")
ig.read_table = fail
sys.argv = ["nhs-ig", "suppress", "x.csv", "--by", "a", "--policy", "hes", "--out", "o.csv"]
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "defect in nhs_ig (ValueError)" in done.stderr
    assert not find_secrets(done.stderr)
    assert "Traceback" not in done.stderr
