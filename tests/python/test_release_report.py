"""The release report, looked at in a real browser and printed, and the manifest held against its schema."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

import nhs_ig as ig
import pytest
from support import nhs_ig

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = sys.platform == "linux" and os.environ.get("NHS_IG_REQUIRE") == "all"
in_a_browser = pytest.mark.skipif(BROWSER is None and not REQUIRED, reason="no browser")

DAY = dt.date(2026, 11, 22)
LONG = "W" * 250

# Reports what is on the page as the browser lays it out; it replaces the page's text.
LOOK = """
<script id="look">
addEventListener("load", () => {
  const style = element => getComputedStyle(element);
  const seen = element => { const box = element.getBoundingClientRect(); return box.width > 0 && box.height > 0; };
  const channels = color => color.match(/[0-9.]+/g).map(Number);
  const light = color => { const [r, g, b] = channels(color).map(c => c / 255).map(
    c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (one, other) => { const [a, b] = [light(one), light(other)]; return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
  const behind = element => { for (let e = element; e; e = e.parentElement) {
    const color = style(e).backgroundColor; if (channels(color)[3] !== 0) return color; } return "rgb(255,255,255)"; };
  const texts = [...document.querySelectorAll("h1, h2, p, li, strong, dt, dd, caption, th, td, b, code")];
  const drawn = [...document.querySelectorAll("svg text")];
  const inBox = text => { const box = text.parentElement.querySelector("rect").getBBox(), own = text.getBBox();
    return own.x >= box.x && own.x + own.width <= box.x + box.width && own.y + own.height <= box.y + box.height + 2; };
  const main = document.querySelector("main").getBoundingClientRect();
  const within = element => { const box = element.getBoundingClientRect(); return box.left >= main.left - 1 && box.right <= main.right + 1; };
  const report = {
    title: document.title, lang: document.documentElement.lang,
    headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(h => h.tagName),
    tables: document.querySelectorAll("table").length, captions: document.querySelectorAll("table > caption").length,
    heads: [...document.querySelectorAll("th")].every(th => th.scope),
    labels: [...document.querySelectorAll("svg")].every(svg => svg.getAttribute("role") === "img" && svg.getAttribute("aria-label")),
    unseen: texts.filter(e => !seen(e) && e.tagName !== "TH").length,
    outside: texts.filter(e => !within(e) && !e.closest("thead")).map(e => e.textContent.slice(0, 40)),
    spilt: drawn.filter(text => !inBox(text)).map(text => text.textContent),
    small: Math.min(...drawn.map(text => text.getBoundingClientRect().height)),
    contrast: Math.min(...texts.map(e => ratio(style(e).color, behind(e))),
      ...drawn.map(e => ratio(style(e).fill, style(e.parentElement.querySelector("rect")).fill))),
    scripts: document.querySelectorAll("script:not(#look)").length,
    images: document.querySelectorAll("img, iframe, object, link, a").length,
    asked: performance.getEntriesByType("resource").length,
    wide: document.documentElement.scrollWidth <= innerWidth, width: innerWidth,
    text: document.body.innerText,
  };
  document.body.innerHTML = "<pre id='report'></pre>";
  document.getElementById("report").textContent = JSON.stringify(report);
});
</script>
"""

# A window of Chromium is at least 500 wide, a frame can be a phone.
FRAME = """<!DOCTYPE html><title>frame</title><iframe id="page" style="width:375px;height:4000px;border:0" srcdoc='{page}'></iframe>
<pre id="report"></pre><script>addEventListener("load", () => {{ document.getElementById("report").textContent =
  document.getElementById("page").contentDocument.getElementById("report").textContent; }});</script>"""


def _browse(file, folder, *options):
    return subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}", "--virtual-time-budget=2000",
         *options, file.as_uri()],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def _look(page, folder, width):
    """What a browser lays out at this width."""
    file = folder / f"page-{width}.html"
    text = page.replace("</body>", f"{LOOK}</body>")
    if width < 500:
        text = FRAME.format(page=text.replace("&", "&amp;").replace("'", "&#39;"))
    file.write_text(text, encoding="utf-8")
    done = _browse(file, folder / f"browser-{width}", f"--window-size={max(width, 500)},900", "--dump-dom")
    found = re.findall(r"<pre id=.report.>(.*?)</pre>", done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    text = found[-1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    report = json.loads(text)
    assert report["width"] == width
    return report


def _pages(page, folder):
    """How many sheets of A4 a browser prints; the count is in the PDF as it is written by Chromium."""
    file, target = folder / "print.html", folder / "print.pdf"
    file.write_text(page, encoding="utf-8")
    done = _browse(file, folder / "printer", "--no-pdf-header-footer", f"--print-to-pdf={target}")
    assert target.exists(), done.stderr[-2000:]
    pdf = target.read_bytes()
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([0-9. ]+)\]", pdf)}
    assert all(abs(box[2] - 595) < 2 and abs(box[3] - 842) < 2 for box in boxes), boxes
    counts = [int(count) for count in re.findall(rb"/Type\s*/Pages\s[^>]*?/Count (\d+)", pdf)]
    sheets = len(re.findall(rb"/Type\s*/Page[^s]", pdf))
    assert counts == [sheets]
    return sheets


@pytest.fixture(scope="module")
def data(demo_data):
    return {"dids": demo_data / "dids_500.csv", "ae_attendances": demo_data / "ae_attendances.csv"}


@pytest.fixture
def make(demo_data, data, key, log, tmp_path):
    """Make a release under the demonstration agreement with parts of its text replaced."""
    people = ig.normalise_nhs_number(ig.read_table(data["dids"]).to_lists()["NHS_NUMBER"])
    checked = ig.NotOptedOut.from_check_service(people, people[:-20], checked_at=dt.date(2026, 11, 20))
    text = (demo_data / "agreement.toml").read_text(encoding="utf-8")

    def release(*changes, **more):
        agreed = text
        for before, after in changes:
            assert before in agreed
            agreed = agreed.replace(before, after, 1)
        request = ig.Request(
            actor="a.analyst", role="analyst", organisation="Example Analytics Unit", purpose="service_evaluation", date=DAY
        )  # fmt: skip
        given = {
            "sources": data,
            "key": key,
            "opt_outs": checked,
            "audit": log,
            "out": tmp_path / "out",
            "rehearsal": True,
        }
        return ig.release(agreement=ig.Agreement.from_text(agreed), request=request, **{**given, **more})

    return release


AGGREGATE = [
    (
        'name = "imaging_records"\ndataset = "dids"\nkind = "record_level"\nformat = "csv"',
        'name = "imaging_table"\ndataset = "dids"\nkind = "aggregate"\nformat = "csv"\nby = ["PERSON_GENDER_CODE"]\npolicy = "under10"',
    )
]


@in_a_browser
class TestInABrowser:
    @pytest.mark.parametrize("width", [1200, 375])
    def test_the_layout(self, make, tmp_path, width):
        made = make(as_of={"dids": dt.date(2026, 10, 31)})
        report = _look(made.report_html, tmp_path, width)
        assert (report["title"], report["lang"]) == (
            "Release report: DSA-2026-014, 22 November 2026",
            "en-GB",
        )
        assert report["headings"] == ["H1"] + ["H2"] * 6
        assert report["tables"] == report["captions"] == 3
        assert all(report[name] for name in ("heads", "labels", "wide")), report
        assert (report["unseen"], report["outside"], report["spilt"]) == (0, [], [])
        assert report["contrast"] >= 4.5
        assert report["small"] >= 9
        assert (report["scripts"], report["images"], report["asked"]) == (0, 0, 0)
        for words in (
            "475 rows about 475 people",
            "31 October 2026",
            "not stated",
            "26/CAG/0014",
            "C. Example",
            "Rehearsal:",
        ):
            assert words in report["text"], words
        # On a phone each cell stands beside the heading of its column, which the table's own head no longer shows.
        assert made.report_html.count('data-label="Opted out"') == 2

    @pytest.mark.parametrize("width", [1200, 375])
    def test_hostile_and_long_texts(self, make, tmp_path, width):
        script = "<script>document.title = 'taken'</script>"
        made = make(
            (
                'title = "Waiting and imaging in urgent care: a service evaluation"',
                f'title = "{script}{LONG[:200]}"',
            ),
            ('name = "C. Example"', f'name = "{LONG}"'),
            ('name_role = "B. Example, Director"', 'name_role = "\'><img src=x> & \\"quotes\\""'),
            ('name = "imaging_records"', f'name = "{"w" * 64}"'),
        )
        report = _look(made.report_html, tmp_path, width)
        assert report["title"].startswith("Release report")
        assert (report["scripts"], report["images"], report["outside"], report["spilt"]) == (0, 0, [], [])
        assert report["wide"]
        assert script in report["text"]
        assert '\'><img src=x> & "quotes"' in report["text"]

    def test_large_figures_stay_in_their_boxes(self, make, tmp_path):
        # As the page of a far larger release would have them.
        page = re.sub(
            r"\b(0|20|475|495|12,765|11,147|1,618) (rows|left|opted|counts|by|no|never)",
            r"61,234,567 \2",
            make().report_html,
        )
        page = re.sub(r"about 475 people", "about 61,234,567 people", page)
        report = _look(page, tmp_path, 1200)
        assert page.count("61,234,567") > 10
        assert report["spilt"] == []

    def test_the_demonstration_prints_on_one_page(self, tmp_path):
        done = nhs_ig("demo", "--out", tmp_path / "demo")
        assert done.returncode == 0, done.stderr
        assert "report.html" in done.stdout
        page = (tmp_path / "demo" / "release-1" / "report.html").read_text(encoding="utf-8")
        assert _pages(page, tmp_path) == 1

    def test_the_count_of_pages_can_tell_two(self, make, tmp_path):
        page = make().report_html
        assert _pages(page.replace("</main>", "<p style='break-before: page'>more</p></main>"), tmp_path) == 2


class TestThePage:
    def test_the_file_is_the_text_and_the_log_has_its_hash(self, make, tmp_path):
        made = make()
        file = (tmp_path / "out" / "report.html").read_bytes()
        assert file.decode() == made.report_html
        records = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
        (record,) = [record for record in records if record.get("code") == "release.report"]
        assert (record["event"], record["outcome"]) == ("export", "success")
        assert record["object"] == hashlib.sha256(file).hexdigest()
        assert "report.html" not in json.dumps(made.manifest)

    def test_it_stands_alone(self, make):
        page = make().report_html
        assert not re.search(
            r"<(script|link|img|iframe|a)\b|\b(src|href|style|on\w+)=|url\(|@import|//", page
        )

    def test_a_dry_run_has_a_page_and_no_file(self, make, tmp_path):
        page = make(dry_run=True).report_html
        assert "Dry run:" in page
        assert "Nothing was released." in page
        assert not (tmp_path / "out").exists()

    def test_a_table_about_people_warns_of_exact_numbers(self, make):
        assert "Keep with those who hold the source" in make(*AGGREGATE).report_html

    def test_it_has_no_warning_of_what_is_not_so(self, make):
        page = make().report_html
        assert "Keep with those who hold the source" not in page
        assert "Dry run" not in page


class TestDaysOfTheData:
    def test_in_the_manifest(self, make):
        made = make(as_of={"dids": dt.date(2026, 10, 31)})
        assert [entry.get("as_of") for entry in made.manifest["datasets"]] == ["2026-10-31", None]
        assert [entry.get("people") for entry in made.manifest["datasets"]] == [475, None]
        assert "(about 475 people)" in made.report

    @pytest.mark.parametrize(
        "as_of",
        [
            {"dids": DAY + dt.timedelta(days=1)},
            {"other": DAY},
            {"dids": "2026-10-31"},
            {"dids": dt.datetime(2026, 10, 31)},
            {"dids": None},
            {1: DAY},
            {"\ud800": DAY},
            [("dids", DAY)],
            "dids",
        ],
    )
    def test_what_cannot_be_is_refused(self, make, tmp_path, as_of):
        with pytest.raises(ig.MisuseError) as caught:
            make(as_of=as_of)
        assert caught.value.code == "misuse.argument"
        assert "as_of" in str(caught.value)
        assert not (tmp_path / "out").exists()


class TestSchema:
    @pytest.fixture
    def validator(self):
        jsonschema = pytest.importorskip("jsonschema")
        schema = ig.manifest_schema()
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())

    @pytest.fixture
    def manifests(self, make, tmp_path, data):
        people = ig.read_table(data["dids"]).to_lists()["NHS_NUMBER"]
        some = ig.NotOptedOut.from_check_service(people[:-5], people[:-20], checked_at=DAY)
        exempt = (
            'applies = true\nrule = "section_251"',
            'applies = false\nrule = "section_251_exempt"\nevidence = "Letter 9"\nno_number_exemption = "IG/2026/17"',
        )
        # The first is no longer held when the others are made.
        gone = {"earlier_unavailable": "IG/2026/17"}
        made = {
            "records": make(as_of={"dids": DAY}),
            "table": make(*AGGREGATE, out=tmp_path / "b", **gone),
            "dry run": make(dry_run=True, out=tmp_path / "c", **gone),
            "some were never checked": make(opt_outs=some, unchecked="withhold", out=tmp_path / "d", **gone),
            "exempt": make(
                exempt,
                opt_outs=ig.OptedOut.from_list(people[:2], source="type 1"),
                out=tmp_path / "e",
                **gone,
            ),
            "parquet": make(('format = "csv"', 'format = "parquet"'), out=tmp_path / "f", **gone),
        }
        assert made["table"].manifest["earlier"]["reason_ref"] == "IG/2026/17"
        assert made["some were never checked"].counts["dids"]["refused"] == 5
        return {name: release.manifest for name, release in made.items()}

    def test_manifests_fit(self, validator, manifests):
        for name, manifest in manifests.items():
            assert [error.message for error in validator.iter_errors(manifest)] == [], name

    def test_the_file_on_disk_fits(self, validator, make, tmp_path):
        make()
        validator.validate(json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")))

    def test_faults_do_not(self, validator, manifests):
        faults = [
            (["schema"], "nhs-ig/manifest/v2"),
            (["agreement", "sha256"], "0" * 63),
            (["audit", "head"], "0" * 63 + "G"),
            (["started_at"], "2026-11-22"),
            (["decision", "outcome"], "allowed"),
            (["decision", "opt_out", "rule"], "because"),
            (["decision", "request", "date"], "22 November 2026"),
            (["opt_out", "unchecked"], "ignore"),
            (["opt_out", "checked_at"], "2026-13-01"),
            (["datasets", 0, "rows_in"], -1),
            (["datasets", 0, "rows_in"], "495"),
            (["datasets", 0, "rows_out"], 1.5),
            (["datasets", 0, "people"], None),
            (["datasets", 0, "as_of"], None),
            (["datasets", 0, "nhs_numbers"], ["x"]),
            (["datasets", 0, "cells_set_to_null", "POSTCODE"], "LS1"),
            (["outputs", 0, "sha256"], ""),
            (["outputs", 0, "kind"], "rows"),
            (["outputs", 0, "fields", 0, "transform"], "keep"),
            (["outputs", 0, "fields", 0, "transform"], {"keep": {}, "redact": {}}),
            (["outputs", 0, "fields", 0, "value"], "x"),
            (["outputs", 1, "disclosure", "audit"], "fine"),
            (["outputs", 1, "disclosure", "rule", "threshold"], -1),
            (["outputs", 1, "disclosure", "secondary"], "some"),
            (["key", "secret"], "00"),
            (["note"], "free text"),
        ]  # fmt: skip
        for path, value in faults:
            manifest = json.loads(json.dumps(manifests["records"]))
            place = manifest
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value
            assert not validator.is_valid(manifest), path

    def test_no_part_that_is_always_there_may_be_missing(self, validator, manifests):
        for part in (
            "schema",
            "run_id",
            "decision",
            "key",
            "opt_out",
            "datasets",
            "outputs",
            "audit",
            "rehearsal",
        ):
            manifest = dict(manifests["records"])
            del manifest[part]
            assert not validator.is_valid(manifest), part
