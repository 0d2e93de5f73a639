"""The verbs ``suppress`` and ``audit-table``: CSV, Parquet and workbooks in and out, pages for the owner."""

from __future__ import annotations

import json

import nhs_ig as ig
import polars as pl
import pytest
from support import nhs_ig

TABLE = {"site": ["A", "B", "C"], "pcn": ["x", "x", "y"], "n": [3, 40, 25]}
DISPLAY = ["*", "40", "*", "*", "*", "68"]


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.csv"
    ig.write_table(TABLE, path)
    return path


def suppress(source, out, *more):
    return nhs_ig("suppress", source, "--by", "site", "--count", "n", "--out", out, "--overwrite", *more)


class TestSuppress:
    def test_every_preset(self, source, tmp_path):
        for preset in ig.SuppressionPolicy.presets():
            for margins in ("none", "all"):
                done = suppress(source, tmp_path / "o.csv", "--policy", preset, "--margins", margins)
                assert done.returncode == 0, done.stderr
                made = ig.read_table(tmp_path / "o.csv").to_lists()
                assert list(made) == ["site", "n", "n_display"]
                expected = ig.suppress(TABLE, by="site", count="n", policy=preset, margins=margins)
                assert made["n_display"] == expected.publish()["n_display"]

    def test_hierarchies_from_columns_and_files(self, source, tmp_path):
        pairs = {"parent": ["x", "x", "y"], "child": ["A", "B", "C"]}
        ig.write_table(pairs, tmp_path / "pairs.csv")
        (tmp_path / "tree.json").write_text(json.dumps({"A": "x", "B": "x", "C": "y"}))
        made = []
        for levels in ("pcn", tmp_path / "pairs.csv", tmp_path / "tree.json"):
            out = tmp_path / "o.parquet"
            done = suppress(
                source, out, "--policy", "under5", "--margins", "all", "--hierarchy", f"site={levels}"
            )
            assert done.returncode == 0, done.stderr
            assert "found no small count" in done.stdout
            made.append(pl.read_parquet(out)["n_display"].to_list())
        assert len(made[0]) == 6
        assert made[0] == made[1] == made[2]
        for wrong in ("site", "site=", f"site={tmp_path / 'in.csv'}"):
            assert (
                suppress(source, tmp_path / "p.csv", "--policy", "hes", "--hierarchy", wrong).returncode == 2
            )

    def test_workbooks(self, tmp_path):
        openpyxl = pytest.importorskip("openpyxl")
        book = openpyxl.Workbook()
        book.active.append(["site", "n"])
        for row in (["=A", 3], ["B", 40], ["C", 25]):
            book.active.append(row)
        book.active["A2"].data_type = "s"
        book.save(tmp_path / "in.xlsx")
        done = suppress(tmp_path / "in.xlsx", tmp_path / "o.xlsx", "--policy", "under5", "--margins", "all")
        assert done.returncode == 0, done.stderr
        sheet = openpyxl.load_workbook(tmp_path / "o.xlsx").active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows[0] == ["site", "n", "n_display"]
        assert [row[2] for row in rows[1:]] == ["*", "40", "*", "68"]
        assert (rows[1][0], sheet["A2"].data_type) == ("=A", "s")
        assert rows[1][1] is None

    def test_the_owner_page_is_private_and_not_overwritten(self, source, tmp_path):
        page = tmp_path / "page.html"
        done = suppress(
            source, tmp_path / "o.csv", "--policy", "under5", "--margins", "all", "--owner-page", page
        )
        assert done.returncode == 0, done.stderr
        assert page.stat().st_mode & 0o777 == 0o600
        again = nhs_ig(
            "suppress", source, "--by", "site", "--count", "n", "--policy", "under5", "--out", tmp_path / "q.csv", "--owner-page", page,
        )  # fmt: skip
        assert again.returncode == 2

    def test_outputs_are_files_of_their_own_and_all_or_none_is_written(self, source, tmp_path):
        before = source.read_bytes()
        out = tmp_path / "o.csv"
        for target, page in (
            (out, out),
            (out, source),
            (source, tmp_path / "p.html"),
            (out, tmp_path / "no" / "p.html"),
        ):
            done = suppress(source, target, "--policy", "under5", "--owner-page", page)
            assert done.returncode == 2, done.stdout
        assert source.read_bytes() == before
        assert not out.exists()

    def test_level_none_says_what_it_gives_away(self, source, tmp_path):
        done = suppress(
            source, tmp_path / "o.csv", "--policy", "under5", "--margins", "all", "--secondary", "none"
        )
        assert done.returncode == 0
        assert "gives away 1 of 1 small counts" in done.stdout

    def test_counting_rows_into_parquet(self, source, tmp_path):
        done = nhs_ig("suppress", source, "--by", "site", "--policy", "hes", "--out", tmp_path / "o.parquet")
        assert done.returncode == 0
        assert pl.read_parquet(tmp_path / "o.parquet")["n"].to_list() == [None] * 3

    def test_refusals(self, source, tmp_path):
        ig.write_table({"site": ["A", "Total"], "n": [3, 9]}, tmp_path / "wrong.csv")
        for table, more, code, exit_code in (
            (tmp_path / "wrong.csv", ["--policy", "hes"], "policy.total_row_found", 1),
            (
                tmp_path / "wrong.csv",
                ["--policy", "hes", "--margins", "given"],
                "policy.inconsistent_table",
                1,
            ),
            (source, ["--policy", "hes", "--by", "missing"], "misuse.column_missing", 2),
        ):
            done = suppress(table, tmp_path / "o.csv", *more)
            assert (done.returncode, f"[{code}]" in done.stderr) == (exit_code, True), done.stderr
        for more in (
            ["--policy", "mine"],
            ["--policy", "hes", "--min-candidates", "few"],
            ["--policy", "hes", "--sheet", "x"],
        ):
            assert suppress(source, tmp_path / "o.csv", *more).returncode == 2
        assert not (tmp_path / "o.csv").exists()


class TestAuditTable:
    def run(self, tmp_path, cells, *more):
        ig.write_table({"site": ["A", "B", "Total"], "n": cells}, tmp_path / "t.csv", overwrite=True)
        return nhs_ig("audit-table", tmp_path / "t.csv", "--by", "site", "--count", "n", *more)

    def test_exit_codes(self, tmp_path):
        open_pair = self.run(tmp_path, ["*", "*", "65"])
        assert (open_pair.returncode, "verdict: protected" in open_pair.stdout) == (0, True)
        given_away = self.run(tmp_path, ["*", "42", "65"])
        assert (given_away.returncode, "exact: 1" in given_away.stdout) == (1, True)
        assert self.run(tmp_path, ["few", "42", "65"]).returncode == 1
        assert self.run(tmp_path, ["few", "42", "65"], "--marker", "few").returncode == 1
        assert self.run(tmp_path, ["*", "42", "65"], "--count", "m").returncode == 2

    def test_outputs(self, tmp_path):
        self.run(
            tmp_path, ["*", "42", "65"], "--out", tmp_path / "cells.csv", "--page", tmp_path / "page.html"
        )
        assert ig.read_table(tmp_path / "cells.csv").to_lists()["lower"] == ["23"]
        assert "exactly 23" in (tmp_path / "page.html").read_text()


class TestWorkbookReading:
    @pytest.fixture
    def make(self, tmp_path):
        openpyxl = pytest.importorskip("openpyxl")

        def make(change):
            book = openpyxl.Workbook()
            for row in (["site", "n"], ["A", 30], ["B", 40.0]):
                book.active.append(row)
            change(book)
            book.save(tmp_path / "in.xlsx")
            return suppress(tmp_path / "in.xlsx", tmp_path / "o.csv", "--policy", "hes")

        return make

    def test_what_is_not_clear_is_refused(self, make, tmp_path):
        assert make(lambda _: None).returncode == 0
        for change, code in (
            (lambda book: book.create_sheet("more"), "misuse.argument"),
            (lambda book: book.active.cell(2, 2, "=1+1"), "misuse.unreadable"),
            (lambda book: book.active.cell(1, 2, "site"), "misuse.column_type"),
            (lambda book: book.active.cell(1, 2).__setattr__("value", None), "misuse.column_type"),
        ):
            done = make(change)
            assert (done.returncode, f"[{code}]" in done.stderr) == (2, True), (code, done.stderr)
        (tmp_path / "in.xlsx").write_bytes(b"no workbook")
        assert (
            "[misuse.unreadable]"
            in suppress(tmp_path / "in.xlsx", tmp_path / "o.csv", "--policy", "hes").stderr
        )
