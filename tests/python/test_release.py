"""The release from files and from tables in memory."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import subprocess
import sys

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import VERIFIER, find_secrets

DAY = dt.date(2026, 11, 22)


@pytest.fixture
def agreement(demo_data):
    return ig.Agreement.load(demo_data / "agreement.toml")


@pytest.fixture
def request_of():
    def make(**change):
        asked = {
            "actor": "a.analyst",
            "role": "analyst",
            "organisation": "Example Analytics Unit",
            "purpose": "service_evaluation",
            "date": DAY,
        }
        return ig.Request(**{**asked, **change})

    return make


@pytest.fixture(scope="session")
def people(demo_data):
    return list(
        dict.fromkeys(
            ig.normalise_nhs_number(ig.read_table(demo_data / "dids_500.csv").to_lists()["NHS_NUMBER"])
        )
    )


@pytest.fixture
def answer(people):
    return ig.NotOptedOut.from_check_service(people, people[:-20], checked_at=dt.date(2026, 11, 20))


@pytest.fixture
def make(demo_data, agreement, request_of, answer, key, log, tmp_path):
    """Make a release as the demonstration agreement allows, with changes."""

    def release(**change):
        settings = {
            "sources": {
                "dids": demo_data / "dids_500.csv",
                "ae_attendances": demo_data / "ae_attendances.csv",
            },
            "agreement": agreement,
            "request": request_of(),
            "key": key,
            "opt_outs": answer,
            "audit": log,
            "out": tmp_path / "out",
            "rehearsal": True,
        }
        return ig.release(**{**settings, **change})

    return release


def _records(tmp_path):
    return [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]


def _nothing_left(tmp_path):
    return sorted(path.name for path in tmp_path.iterdir()) in (["audit.jsonl"], [])


class TestHappyPath:
    def test_outputs_manifest_and_trail(self, make, tmp_path, people, key):
        made = make()
        out = tmp_path / "out"
        assert sorted(path.name for path in out.iterdir()) == [
            "ae_breaches.csv",
            "imaging_records.csv",
            "manifest.json",
            "report.html",
        ]
        manifest = json.loads((out / "manifest.json").read_text())
        assert manifest == made.manifest
        assert hashlib.sha256((out / "manifest.json").read_bytes()).hexdigest() == made.manifest_sha256
        for output in manifest["outputs"]:
            assert hashlib.sha256((out / output["file"]).read_bytes()).hexdigest() == output["sha256"]
        counts = made.counts["dids"]
        assert (
            counts["rows_in"]
            == 495
            == counts["filtered"]
            + counts["opted_out"]
            + counts["invalid"]
            + counts["refused"]
            + counts["rows_out"]
        )
        assert counts["opted_out"] > 0
        assert made.manifest["key"]["check_value"] == key.check_value
        found = _records(tmp_path)
        assert {record["corr_id"] for record in found} == {manifest["run_id"]}
        assert (found[0]["outcome"], found[-1]["outcome"], found[-1]["object"]) == (
            "attempt",
            "success",
            made.manifest_sha256,
        )
        assert (
            subprocess.run(
                [sys.executable, str(VERIFIER), str(tmp_path / "audit.jsonl")], check=False
            ).returncode
            == 0
        )
        assert "20" not in repr(made).replace(manifest["run_id"], "").replace("DSA-2026-014", "")
        assert "imaging_records.csv" in made.report

    def test_no_output_holds_nine_digits_of_a_number_or_the_key(self, make, tmp_path, people):
        make()
        pieces = {number[at : at + 9] for number in people for at in (0, 1)}
        for path in [*(tmp_path / "out").iterdir(), tmp_path / "audit.jsonl"]:
            text = path.read_text()
            found = {run[at : at + 9] for run in re.findall("[0-9]{9,}", text) for at in range(len(run) - 8)}
            assert not found & pieces, path.name
            assert not find_secrets(text)

    def test_twice_gives_the_same_bytes(self, make, tmp_path):
        with ig.run():
            first = make()
        with ig.run():
            second = make(out=tmp_path / "again", earlier=[tmp_path / "out"])
        for output in first.manifest["outputs"]:
            assert (tmp_path / "out" / output["file"]).read_bytes() == (
                tmp_path / "again" / output["file"]
            ).read_bytes()
        assert second.manifest.pop("earlier")["given"][0]["manifest_sha256"] == first.manifest_sha256
        compared = [made.manifest["outputs"][1]["disclosure"].pop("earlier") for made in (first, second)]
        assert compared == ["none_comparable", "same"]
        changed = {name for name in first.manifest if first.manifest[name] != second.manifest[name]}
        assert changed == {"run_id", "started_at", "finished_at", "audit"}

    def test_an_empty_output_folder_is_used(self, make, tmp_path):
        (tmp_path / "out").mkdir()
        assert make().counts["dids"]["rows_out"] > 0

    def test_progress_is_told(self, make):
        told = []
        make(progress=lambda stage, name, rows: told.append((stage, name, rows)))
        assert {name for _, name, _ in told} >= {"dids", "ae_attendances"}

    def test_a_real_release_is_for_today(self, make, request_of):
        with pytest.raises(ig.AccessError) as caught:
            make(rehearsal=False, request=request_of(date=dt.date(2026, 6, 1)))
        assert caught.value.code == "access.not_today"


class TestFromMemory:
    @pytest.fixture
    def lists(self, demo_data):
        return {
            name: ig.read_table(demo_data / f"{file}.csv").to_lists()
            for name, file in (("dids", "dids_500"), ("ae_attendances", "ae_attendances"))
        }

    def test_the_same_rows_give_the_same_files_and_hashes_whatever_holds_them(self, make, lists, tmp_path):
        from_file = make()
        frames = {name: pl.DataFrame(table) for name, table in lists.items()}
        kinds = {
            "lists": lists,
            "polars": frames,
            "chunks": {
                name: pl.concat([frame[:7], frame[7:7], frame[7:400], frame[400:]], rechunk=False)
                for name, frame in frames.items()
            },
            "slices": {name: pl.concat([frame[:5], frame])[5:] for name, frame in frames.items()},
            "pandas": {name: pd.DataFrame(table) for name, table in lists.items()},
        }
        hashes = set()
        for name, sources in kinds.items():
            # A log of its own remembers no earlier release.
            made = make(sources=sources, out=tmp_path / name, audit=ig.AuditLog(tmp_path / f"{name}.jsonl"))
            for output in made.manifest["outputs"]:
                expected = (tmp_path / "out" / output["file"]).read_bytes()
                assert (tmp_path / name / output["file"]).read_bytes() == expected, name
            hashes.add(tuple(dataset["sha256"] for dataset in made.manifest["datasets"]))
            assert made.counts == from_file.counts
        assert len(hashes) == 1

    def test_pyarrow(self, make, lists, tmp_path):
        pa = pytest.importorskip("pyarrow")
        make()
        make(
            sources={name: pa.table(table).to_reader(max_chunksize=100) for name, table in lists.items()},
            out=tmp_path / "arrow",
            earlier=[tmp_path / "out"],
        )
        for name in ("imaging_records.csv", "ae_breaches.csv"):
            assert (tmp_path / "arrow" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()

    def test_no_rows(self, make, lists):
        empty = {
            name: pl.DataFrame(table, schema=dict.fromkeys(table, pl.String))[:0]
            for name, table in lists.items()
        }
        made = make(sources=empty)
        assert {output["rows"] for output in made.manifest["outputs"]} == {0}

    def test_what_is_no_table(self, make, lists, tmp_path):
        for source in (pl.DataFrame(lists["dids"]).lazy(), [1], None, 7):
            with pytest.raises(ig.MisuseError):
                make(sources={**lists, "dids": source})
        assert _nothing_left(tmp_path)


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "codes"),
        [
            ({"date": dt.date(2029, 4, 1)}, "access.expired"),
            ({"date": dt.date(2026, 3, 31)}, ""),
            ({"purpose": "marketing"}, "purpose"),
            ({"role": "visitor"}, "role"),
            ({"organisation": "Another Unit"}, ""),
            ({"datasets": ["other"]}, ""),
        ],
    )
    def test_by_the_agreement(self, make, request_of, tmp_path, change, codes):
        with pytest.raises(ig.AccessError) as caught:
            make(request=request_of(**change))
        assert caught.value.code == "access.refused"
        assert codes in caught.value.context["codes"]
        assert not (tmp_path / "out").exists()
        assert [record["outcome"] for record in _records(tmp_path)] == ["refused"]

    @pytest.mark.parametrize(
        ("lists", "code"),
        [
            (lambda people: [], "opt_out.no_list"),
            (lambda people: ig.OptedOut.from_list(people[:3], source="type 1"), "opt_out.wrong_kind"),
            (
                lambda people: ig.NotOptedOut.from_check_service(
                    people, people, checked_at=dt.date(2026, 10, 31)
                ),
                "opt_out.stale",
            ),
            (
                lambda people: ig.NotOptedOut.from_check_service(people[1:], people[1:], checked_at=DAY),
                "opt_out.not_checked",
            ),
        ],
    )
    def test_by_the_opt_out(self, make, people, tmp_path, lists, code):
        with pytest.raises(ig.AccessError) as caught:
            make(opt_outs=lists(people))
        assert caught.value.code == code
        assert _nothing_left(tmp_path)
        last = _records(tmp_path)[-1]
        assert (last["outcome"], last["code"]) == ("refused", code)

    def test_an_output_folder_with_files(self, make, tmp_path):
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "notes.txt").write_text("mine")
        with pytest.raises(ig.ExportError) as caught:
            make()
        assert caught.value.code == "export.output_exists"
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["notes.txt"]

    def test_a_column_that_does_not_exist(self, make, demo_data, tmp_path):
        table = ig.read_table(demo_data / "dids_500.csv").to_lists()
        del table["POSTCODE"]
        with pytest.raises(ig.MisuseError) as caught:
            make(sources={"dids": table, "ae_attendances": demo_data / "ae_attendances.csv"})
        assert caught.value.code == "misuse.column_missing"
        assert "POSTCODE" in str(caught.value)
        assert not (tmp_path / "out").exists()

    def test_no_key(self, make, tmp_path):
        with pytest.raises(ig.IgError):
            make(key=None)
        assert not (tmp_path / "out").exists()

    def test_a_source_that_was_not_asked_for_or_is_missing(self, make, demo_data):
        files = {"dids": demo_data / "dids_500.csv", "ae_attendances": demo_data / "ae_attendances.csv"}
        with pytest.raises(ig.AccessError) as caught:
            make(sources={**files, "more": demo_data / "dids_500.csv"})
        assert caught.value.code == "access.source_not_asked"
        with pytest.raises(ig.IgError):
            make(sources={"dids": files["dids"]})

    def test_a_field_that_keeps_the_number_is_stopped(self, make, demo_data, tmp_path):
        text = (demo_data / "agreement.toml").read_text()
        text = text.replace('transform.pseudonymise = { kind = "accession_number" }', 'transform = "keep"')
        assert text != (demo_data / "agreement.toml").read_text()
        with pytest.raises(ig.ExportError) as caught:
            make(agreement=ig.Agreement.from_text(text))
        assert caught.value.code == "export.identifier_in_output"
        assert _nothing_left(tmp_path)
        assert _records(tmp_path)[-1]["outcome"] == "refused"

    def test_an_error_of_the_callback_stops_it(self, make, tmp_path):
        def stop(*_):
            raise RuntimeError("stop")

        with pytest.raises(RuntimeError, match="stop"):
            make(progress=stop)
        assert _nothing_left(tmp_path)
        assert _records(tmp_path)[-1]["outcome"] == "failure"


class TestAgreement:
    @pytest.mark.parametrize(
        ("find", "replace", "code", "told"),
        [
            ('status = "signed"', 'state = "signed"', "agreement.unknown_key", "agreement.state"),
            ('status = "signed"', "", "agreement.missing_key", "status"),
            ('status = "signed"', 'status = "agreed"', "agreement.value", "status"),
            ("[term]", "[term", "agreement.syntax", ""),
            ("end = 2029-03-31", "end = 2025-03-31", "agreement.inconsistent", "term"),
            ('transform = "keep"', 'transform = "copy"', "agreement.value", "transform"),
        ],
    )
    def test_mistakes_are_told_with_line_and_remedy(self, demo_data, find, replace, code, told):
        text = (demo_data / "agreement.toml").read_text()
        with pytest.raises(ig.AccessError) as caught:
            ig.Agreement.from_text(text.replace(find, replace, 1), name="mine.toml")
        assert caught.value.code == code
        line = int(caught.value.context["line"])
        assert f"mine.toml, line {line}" in str(caught.value)
        assert 1 <= line <= len(text.splitlines())
        assert told in str(caught.value)

    def test_a_file_that_cannot_be_read(self, tmp_path):
        (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
        for name in ("none.toml", "bytes.toml", "."):
            with pytest.raises(ig.MisuseError) as caught:
                ig.Agreement.load(tmp_path / name)
            assert caught.value.code == "misuse.unreadable"

    def test_a_decision_is_data(self, agreement, request_of):
        refused = agreement.decide(request_of(purpose="marketing", role="visitor"))
        assert refused.outcome == "refuse"
        assert len(refused.refusals) >= 2
        assert all(check["code"] for check in refused.checks)
        allowed = agreement.decide(request_of())
        assert (allowed.outcome, allowed.refusals) == ("permit", [])
        assert allowed.permit().agreement_id == agreement.id
        json.dumps([refused.to_dict(), allowed.to_dict(), allowed.opt_out])
        with pytest.raises(TypeError):
            ig.Permit()
        with pytest.raises(TypeError):
            ig.Decision()
