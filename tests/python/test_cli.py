"""The command line, run as a user runs it: exit codes, messages and files."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import nhs_ig as ig
import polars as pl
import pytest
from support import KEY_BYTES, NUMBERS, VERIFIER, besides_progress, find_secrets, nhs_ig, pseudonym

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
            assert (done.returncode, besides_progress(done.stderr)) == (0, "")
            for heading in ("What was done", "What was withheld", "What was refused", "Where it is"):
                assert heading in done.stdout
        first, second = folder / "release-1", folder / "release-2"
        names = sorted(path.name for path in first.iterdir())
        assert names == ["ae_breaches.csv", "imaging_records.csv", "manifest.json", "report.html"]
        for name in names[:2]:
            assert (first / name).read_bytes() == (second / name).read_bytes()
        manifests = [json.loads((place / "manifest.json").read_text()) for place in (first, second)]
        changed = {name for name in manifests[0] if manifests[0][name] != manifests[1][name]}
        # The second names the first, against which its table was held.
        assert changed == {"run_id", "started_at", "finished_at", "audit", "outputs"}
        assert [run["run_id"] for run in manifests[1]["earlier"]["given"]] == [manifests[0]["run_id"]]
        compared = [manifest["outputs"][1]["disclosure"].pop("earlier") for manifest in manifests]
        assert compared[0] == "none_comparable" != compared[1]
        assert manifests[0]["outputs"] == manifests[1]["outputs"]
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
        manifest = json.loads((folder / "release-1" / "manifest.json").read_text())
        assert len(manifest["earlier"]["given"]) == len(manifest["earlier"]["unavailable"]) == 1

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
            assert (done.returncode, besides_progress(done.stderr)) == (0, "")
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
