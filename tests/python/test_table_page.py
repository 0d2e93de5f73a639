"""The owner's page of a table, looked at in a real browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import nhs_ig as ig
import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TABLE = {
    "site": ["A", "A", "B", "B", "<script>alert(1)</script>", "C & D"],
    "sex": ["F", "M", "F", "M", "F", "M"],
    "n": [3, 40, 25, 30, 61, 7],
}

# Reports what is on the page as the browser lays it out; it replaces the page's text.
LOOK = """
<script>
addEventListener("load", () => {
  const seen = element => { const box = element.getBoundingClientRect(); return box.width > 0 && box.height > 0; };
  const channels = color => color.match(/[0-9.]+/g).map(Number);
  const light = color => { const [r, g, b] = channels(color).map(c => c / 255).map(
    c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = element => { for (let e = element; e; e = e.parentElement) {
    const color = getComputedStyle(e).backgroundColor; if (channels(color)[3] !== 0) return color; } return "rgb(255,255,255)"; };
  const contrast = element => { const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
  const cells = [...document.querySelectorAll("td, th, caption, p, h1, a")];
  const report = {
    title: document.title, lang: document.documentElement.lang, h1: document.querySelectorAll("h1").length,
    tables: document.querySelectorAll("table").length, captions: document.querySelectorAll("caption").length,
    heads: [...document.querySelectorAll("th")].every(th => th.scope), shown: cells.every(seen),
    contrast: Math.min(...cells.map(contrast)), scripts: document.querySelectorAll("script:not(#look)").length,
    hidden: [...document.querySelectorAll("td.hidden")].map(td => td.textContent),
    links: [...document.querySelectorAll("a")].every(a => document.querySelector(a.getAttribute("href"))),
    wide: document.documentElement.scrollWidth <= innerWidth,
    verdicts: [...document.querySelectorAll("td.verdict")].map(td => td.textContent),
  };
  document.body.innerHTML = "<pre id='report'></pre>";
  document.getElementById("report").textContent = JSON.stringify(report);
});
</script>
""".replace("<script>", '<script id="look">', 1)


def page(**settings):
    result = ig.suppress(TABLE, by=["site", "sex"], count="n", policy="under5", margins="all", **settings)
    return ig.table_html(result, by=["site", "sex"], title="Attendances & more")


REQUIRED = sys.platform == "linux" and os.environ.get("NHS_IG_REQUIRE") == "all"


@pytest.mark.skipif(BROWSER is None and not REQUIRED, reason="no browser")
def test_in_a_browser(tmp_path):
    for name, secondary in (("protected", "interval"), ("open", "none")):
        file = tmp_path / f"{name}.html"
        file.write_text(page(secondary=secondary).replace("</body>", f"{LOOK}</body>"), encoding="utf-8")
        done = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1200,900", "--virtual-time-budget=2000",
             f"--user-data-dir={tmp_path / name}", "--dump-dom", file.as_uri()],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        found = re.search(r"<pre id=.report.>(.*?)</pre>", done.stdout, re.DOTALL)
        assert found, done.stderr[-2000:]
        report = json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        assert (report["title"], report["lang"], report["h1"]) == ("Attendances & more", "en-GB", 1)
        assert report["tables"] == report["captions"] == 2
        assert all(report[name] for name in ("heads", "shown", "links", "wide"))
        assert report["contrast"] >= 4.5
        assert report["scripts"] == 0
        words = " ".join(report["hidden"] + report["verdicts"])
        if secondary == "none":
            assert "⚠ hidden: exactly 3" in words
            assert "NOT protected: a reader can compute it" in words
        else:
            assert "hidden" in words
            assert "Hidden to protect others" in words
            assert "NOT" not in words


def test_the_page_stands_alone_and_escapes_its_text():
    text = page()
    assert "alert(1)</script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "C &amp; D" in text
    assert not re.search(r"(src|href)=.(?!#)", text)
    assert "Do not release" in text


def test_a_finished_table_and_its_audit():
    table = {"site": ["A", "B", "Total"], "n": ["*", 42, 65]}
    audit = ig.audit_table(table, by="site", count="n")
    text = ig.table_html(table, audit, by="site", count="n")
    assert "exactly 23" in text
    assert "site Total (65)" in text


def test_what_does_not_belong_together_is_refused():
    table = {"site": ["A", "B", "Total"], "n": ["*", 42, 65]}
    audit = ig.audit_table(table, by="site", count="n")
    for wrong, code in (
        (lambda: ig.table_html({**table, "site": ["B", "Z", "Total"]}, audit, by="site"), "misuse.argument"),
        (lambda: ig.table_html(table, audit, by="ward"), "misuse.column_missing"),
        (lambda: ig.table_html(None, by="site"), "misuse.column_type"),
        (lambda: ig.table_html(table, by="site", title=None), "misuse.argument"),
    ):
        with pytest.raises(ig.MisuseError) as caught:
            wrong()
        assert caught.value.code == code
