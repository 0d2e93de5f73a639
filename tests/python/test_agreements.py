"""Registers, differences, drafts, exports and the schema of agreements, from Python and the command line."""

from __future__ import annotations

import csv
import datetime as dt
import html.parser
import json
import re
from typing import ClassVar

import nhs_ig as ig
import pytest
from support import ROOT, nhs_ig

DAY = dt.date(2026, 11, 22)
ON = ["--on", "2026-11-22"]
ODD = [None, 7, 1.5, "x", b"x", [], {}, object()]


@pytest.fixture
def demo(demo_data):
    return (demo_data / "agreement.toml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path, demo):
    made = tmp_path / "agreements"
    made.mkdir()
    (made / "good.toml").write_text(demo)
    (made / "ending.toml").write_text(demo.replace("end = 2029-03-31", "end = 2026-12-31"))
    (made / "broken.toml").write_text(demo.replace("schema = 1", "schema = 1\n<b> = 2"))
    (made / "overdue.toml").write_text(
        demo.replace("annual_review = 2027-03-01", "annual_review = 2026-06-01").replace(
            'title = "Waiting', 'title = "=<script>alert(1)</script>'
        )
    )
    return made


class TestRegister:
    def test_no_file_is_left_out(self, folder):
        rows = ig.agreement_register(folder, DAY)
        assert [row["file"] for row in rows] == ["broken.toml", "ending.toml", "good.toml", "overdue.toml"]
        assert len({tuple(row) for row in rows}) == 1, "every row has the same columns"
        broken, ending, good, overdue = rows
        assert (broken["error_code"], broken["error_line"], broken["id"]) == ("agreement.syntax", 5, None)
        assert (ending["end_due"], ending["days_to_end"], ending["usable"]) == ("within 90 days", 39, True)
        assert (good["usable"], good["why_not"], good["end_due"]) == (True, None, "")
        assert (overdue["cag_review_due"], overdue["in_force"], overdue["usable"]) == ("overdue", True, False)
        assert "annual review" in overdue["why_not"]

    @pytest.mark.parametrize("odd", [7, 1.5, "x", b"x", [], object()])
    def test_wrong_arguments(self, folder, odd, demo):
        read = ig.Agreement.from_text(demo)
        for call in (
            lambda: ig.agreement_register(folder, odd),
            lambda: read.standing(odd),
            lambda: read.page(odd),
            lambda: read.diff(odd),
            lambda: ig.data_use_register([odd]),
            lambda: ig.draft_agreement(odd) if odd != [] else ig.draft_agreement({7: "x"}),
        ):
            with pytest.raises(ig.MisuseError) as caught:
                call()
            assert caught.value.code == "misuse.argument"

    def test_a_folder_that_is_none(self, tmp_path):
        with pytest.raises(ig.MisuseError) as caught:
            ig.agreement_register(tmp_path / "none")
        assert caught.value.code == "misuse.unreadable"
        for odd in (None, 7, []):
            with pytest.raises(ig.MisuseError):
                ig.agreement_register(odd)

    def test_the_page_is_self_contained_and_escapes(self, folder, tmp_path):
        out = tmp_path / "register.html"
        assert nhs_ig("agreement", "register", folder, *ON, "--out", out).returncode == 0
        page = out.read_text(encoding="utf-8")
        assert "<script" not in page
        assert "&lt;script&gt;" in page

        class Tags(html.parser.HTMLParser):
            seen: ClassVar[list[tuple[str, dict]]] = []

            def handle_starttag(self, tag, attrs):
                self.seen.append((tag, dict(attrs)))

        Tags().feed(page)
        names = [tag for tag, _ in Tags.seen]
        assert not {"script", "link", "img", "iframe"} & set(names)
        assert ("html", {"lang": "en-GB"}) in Tags.seen
        assert {"h1", "caption", "main"} <= set(names)
        assert all(attrs.get("scope") in {"col", "row"} for tag, attrs in Tags.seen if tag == "th")
        assert not any({"src", "href"} & set(attrs) for _, attrs in Tags.seen)
        assert names.count("tr") == 5
        assert "4 agreements; 3 need somebody to act" in page

    def test_files_and_lines(self, folder, tmp_path):
        shown = nhs_ig("agreement", "register", folder, *ON)
        assert (shown.returncode, shown.stdout.count("broken.toml: not readable")) == (0, 1)
        for out in ("r.csv", "r.json"):
            assert nhs_ig("agreement", "register", folder, *ON, "--out", tmp_path / out).returncode == 0
        cells = list(csv.reader((tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()))
        rows = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
        assert rows == ig.agreement_register(folder, DAY)
        assert cells[0] == list(rows[0])
        assert not any(cell.startswith("=") for row in cells for cell in row), "no formula for a spreadsheet"
        again = nhs_ig("agreement", "register", folder, "--out", tmp_path / "r.csv")
        assert (again.returncode, "export.file_exists" in again.stderr or "exists" in again.stderr) == (
            2,
            True,
        )


class TestDrafts:
    def test_a_draft_is_readable_and_lets_nothing_out(self, tmp_path):
        path = tmp_path / "new.toml"
        assert nhs_ig("agreement", "new", path).returncode == 0
        assert nhs_ig("agreement", "new", path).returncode == 2, "nothing is overwritten"
        checked = nhs_ig("agreement", "check", path, *ON)
        assert checked.returncode == 1
        assert "is readable" in checked.stdout
        assert {"access.status", "access.not_signed", "access.approval_missing"} <= set(
            re.findall(r"^(access\.\w+):", checked.stdout, re.MULTILINE)
        )
        assert "to be written" in nhs_ig("agreement", "show", path).stdout.lower()

    def test_a_draft_from_a_row_of_a_register(self, tmp_path, demo_data):
        row, path = tmp_path / "row.csv", tmp_path / "drafted.toml"
        form = ["--form", "data-use-register", "--out", row]
        assert nhs_ig("agreement", "export", demo_data / "agreement.toml", *form).returncode == 0
        assert nhs_ig("agreement", "new", path, "--from-register", row).returncode == 0
        draft = ig.Agreement.load(path)
        assert draft.id == "DSA-2026-014"
        assert draft.to_dict()["agreement"]["status"] == "draft"
        assert "#   access_type: MISSING" in path.read_text(encoding="utf-8")
        row.write_text("a,b\n1,2\n3,4\n")
        two = nhs_ig("agreement", "new", tmp_path / "two.toml", "--from-register", row)
        assert (two.returncode, (tmp_path / "two.toml").exists()) == (2, False)

    def test_check_ends_with_what_it_found(self, tmp_path, demo):
        path = tmp_path / "a.toml"
        for text, ends, words in (
            (demo, 0, "in force, reviewed and approved"),
            (
                demo.replace("end = 2029-03-31", "end = 2026-12-31"),
                0,
                "soon: it ends on 2026-12-31, in 39 days",
            ),
            (demo.replace("review = 2027-04-01", "review = 2026-11-21"), 1, "access.review_overdue"),
            (demo.replace("schema = 1", "schema = 2"), 2, "line 4: schema has a value"),
        ):
            path.write_text(text)
            done = nhs_ig("agreement", "check", path, *ON)
            assert done.returncode == ends, done.stderr
            assert words in done.stdout + done.stderr


class TestDifferences:
    def test_wider_ends_with_one(self, tmp_path, demo):
        old, new = tmp_path / "old.toml", tmp_path / "new.toml"
        old.write_text(demo)
        for text, ends, words in (
            (demo, 0, "agree in everything"),
            (
                demo.replace('transform.postcode_district = { on_invalid = "null" }', 'transform = "keep"'),
                1,
                "wider     dataset[dids].field[POSTCODE].transform",
            ),
            (demo.replace("end = 2029-03-31", "end = 2028-03-31"), 0, "narrower  term.end"),
        ):
            new.write_text(text)
            done = nhs_ig("agreement", "diff", old, new)
            assert (done.returncode, words in done.stdout) == (ends, True), done.stdout

    def test_as_plain_data(self, demo):
        newer = ig.Agreement.from_text(demo.replace("until = 2029-09-30", "until = 2030-09-30"))
        assert ig.Agreement.from_text(demo).diff(newer) == [
            {"path": "retention.until", "before": "2029-09-30", "after": "2030-09-30", "direction": "wider"}
        ]


class TestExports:
    def test_a_data_use_register(self, demo):
        (row,) = ig.data_use_register([ig.Agreement.from_text(demo)])
        assert row["data_sensitivity_level"] == "De-personalised"
        assert row["duty_of_confidentiality"] == "Section 251 NHS Act 2006"
        assert row["request_frequency"] == ""

    def test_article_30_says_what_is_missing(self, tmp_path, demo_data):
        out = tmp_path / "ropa.csv"
        form = ["--form", "article-30", "--out", out]
        assert nhs_ig("agreement", "export", demo_data / "agreement.toml", *form).returncode == 0
        rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
        assert {row["held"] for row in rows} == {"yes", "no"}
        assert all(("NOT IN THE AGREEMENT" in row["content"]) == (row["held"] == "no") for row in rows)
        assert {f"30(1)({letter})" for letter in "abcdefg"} <= {row["paragraph"] for row in rows}

    def test_plain_data_is_not_a_table(self, tmp_path, demo_data):
        done = nhs_ig("agreement", "export", demo_data / "agreement.toml", "--form", "json")
        assert json.loads(done.stdout)[0]["term"]["end"] == "2029-03-31"
        out = ["--form", "json", "--out", tmp_path / "a.csv"]
        assert nhs_ig("agreement", "export", demo_data / "agreement.toml", *out).returncode == 2


def _plain(value):
    """What TOML gives, as JSON knows it: days become text."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _read(text):
    try:
        ig.Agreement.from_text(text)
    except ig.AccessError as error:
        return error.code
    return None


@pytest.fixture(scope="module")
def refuses():
    """Whether the schema refuses a text; needs jsonschema, and Python 3.11 for its reader of TOML."""
    tomllib, jsonschema = pytest.importorskip("tomllib"), pytest.importorskip("jsonschema")
    schema = ig.agreement_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    return lambda text: not validator.is_valid(_plain(tomllib.loads(text)))


class TestSchema:
    def test_the_demo_the_draft_and_plain_data_fit(self, refuses, demo):
        assert not refuses(demo)
        assert not refuses(ig.draft_agreement())
        jsonschema = pytest.importorskip("jsonschema")
        jsonschema.validate(ig.Agreement.from_text(demo).to_dict(), ig.agreement_schema())

    def test_mistakes_of_shape_are_refused(self, refuses, demo):
        table = (ROOT / "crates/ig-core/src/agreement/tests/mistake_table.rs").read_text(encoding="utf-8")
        table = re.sub(r"^\s*//.*$", "", table.split("&[", 1)[1], flags=re.MULTILINE)
        texts = [json.loads(f'"{text}"') for text in re.findall(r'"((?:[^"\\]|\\.)*)"', table)]
        rows = [texts[at : at + 5] for at in range(0, len(texts), 5)]
        assert len(rows) > 60
        shape = {"agreement.unknown_key", "agreement.missing_key", "agreement.value"}
        missed = []
        for before, after, _, path, code in rows:
            text = demo.replace(before, after, 1)
            assert _read(text) == code, after
            if code in shape and not refuses(text):
                missed.append(path)
        # In plain data a day is text, with or without quotes.
        assert missed == ["term.end"]

    def test_what_the_schema_refuses_the_reader_refuses(self, refuses, demo):
        """Each key of the demo once, left out or with values of every kind."""
        # One field of each dataset's many is enough, and much faster.
        for name in (
            "RADIOLOGICAL_ACCESSION_NUM",
            "PERSON_GENDER_CODE",
            "PATIENT_SOURCE_SETTING",
            "DIAGNOSTIC_TEST_DATE",
            "IMAGING_CODE_SNOMED",
        ):
            demo = re.sub(rf'\[\[dataset\.field\]\]\nname = "{name}"\n(.+\n)+\n', "", demo)
        assert _read(demo) is None
        assert demo.count("[[dataset.field]]") == 7
        lines = demo.splitlines()
        values = ["-1", "true", '"x"', '" "', "[]", "2026-06-01", "{ keep = {} }"]
        tried = refused = 0
        seen = set()
        for at, line in enumerate(lines):
            if " = " not in line or line.startswith("#"):
                continue
            key = line.split(" = ", 1)[0]
            if key in seen:
                continue
            seen.add(key)
            for replaced in [None, *(f"{key} = {value}" for value in values)]:
                text = "\n".join([*lines[:at], *([] if replaced is None else [replaced]), *lines[at + 1 :]])
                tried += 1
                if refuses(text):
                    refused += 1
                    assert _read(text) is not None, replaced or f"without {line}"
        assert refused > tried // 2
