"""Tables in and out of the command line: wide ones, linked ones, earlier releases, rates, exemptions, formulas."""

from __future__ import annotations

import nhs_ig as ig
import polars as pl
import pytest
from support import nhs_ig


@pytest.fixture
def put(tmp_path):
    def put(name, table):
        ig.write_table(table, tmp_path / name, overwrite=True)
        return tmp_path / name

    return put


@pytest.fixture
def out(tmp_path):
    return tmp_path / "o.csv"


def lists(path):
    return ig.read_table(path).to_lists()


MONTHS = {"org": ["A", "B"], "Jan": [3, 20], "Feb": [15, 30]}
NOW = {"site": ["A", "B", "C", "Total"], "n": [3, 12, 40, 55]}
BEFORE = {"site": ["A", "B", "C", "Total"], "n": ["*", "12", "*", "55"]}
SUPPRESS = ["--policy", "under5", "--overwrite"]


class TestWide:
    def test_in_and_out(self, put, out):
        source = put("t.csv", MONTHS)
        page = out.with_suffix(".html")
        done = nhs_ig(
            "suppress", source, "--by", "org", "--wide", "month=Jan,Feb", "--margins", "all", *SUPPRESS, "--out", out,
            "--owner-page", page,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert lists(out) == {
            "org": ["A", "B", "Total"],
            "Jan": ["*", "*", "23"],
            "Feb": ["*", "*", "45"],
            "Total": ["18", "50", "68"],
        }
        assert "9 cells written, 4 hidden" in done.stdout
        assert "month" in page.read_text()
        audit = nhs_ig("audit-table", out, "--by", "org", "--wide", "month=Jan,Feb,Total")
        assert (audit.returncode, "audited: 4" in audit.stdout) == (0, True), audit.stderr

    def test_an_audit_with_outputs(self, put, tmp_path):
        source = put("t.csv", {"org": ["A"], "Jan": ["*"], "Feb": ["15"], "Total": ["18"]})
        page, cells = tmp_path / "p.html", tmp_path / "c.csv"
        done = nhs_ig(
            "audit-table",
            source,
            "--by",
            "org",
            "--wide",
            "month=Jan,Feb,Total",
            "--page",
            page,
            "--out",
            cells,
        )
        assert (done.returncode, lists(cells)["lower"]) == (1, ["3"])
        assert "exactly 3" in page.read_text()

    @pytest.mark.parametrize("wide", ["month", "=Jan", "month=", "org=Jan", "month=Jan,Jan", "month=Jan,May"])
    def test_what_names_no_columns(self, put, out, wide):
        done = nhs_ig(
            "suppress", put("t.csv", MONTHS), "--by", "org", "--wide", wide, *SUPPRESS, "--out", out
        )
        assert (done.returncode, out.exists()) == (2, False)


class TestLinked:
    SEX = ("sex.csv", {"sex": ["F", "M"], "n": [3, 50]})
    AGE = ("age.csv", {"age": ["0-39", "40+"], "n": [20, 33]})
    BY = ("--by", "sex", "--by", "age", "--count", "n")

    def test_suppressed_and_audited_together(self, put, out, tmp_path):
        sex, age, other = put(*self.SEX), put(*self.AGE), tmp_path / "o2.csv"
        alone = nhs_ig("suppress", sex, "--by", "sex", "--count", "n", *SUPPRESS, "--out", out)
        assert (alone.returncode, lists(out)["n_display"]) == (0, ["*", "50"])
        leaks = nhs_ig("audit-table", out, "--linked", age, *self.BY)
        assert (leaks.returncode, "exact: 1" in leaks.stdout) == (1, True), leaks.stderr
        done = nhs_ig(
            "suppress", sex, *self.BY, "--margins", "given", "--linked", age, other, *SUPPRESS, "--out", out
        )
        assert done.returncode == 0, done.stderr
        assert (lists(out)["n_display"] + lists(other)["n_display"]).count("*") == 2
        safe = nhs_ig("audit-table", out, "--linked", other, *self.BY)
        assert (safe.returncode, safe.stdout.count("verdict: protected")) == (0, 2), safe.stderr

    def test_an_earlier_release_beside_linked_tables(self, put):
        sex = put("sex.csv", {"sex": ["F", "M"], "n": ["*", "50"]})
        age, before = (
            put("age.csv", {"age": ["x", "y"], "n": ["*", "*"]}),
            put("b.csv", {"sex": ["F"], "n": ["3"]}),
        )
        assert nhs_ig("audit-table", sex, "--linked", age, *self.BY).returncode == 0
        assert nhs_ig("audit-table", sex, "--linked", age, *self.BY, "--earlier", before).returncode == 1

    def test_what_does_not_go_together(self, put, out, tmp_path):
        sex, age = put(*self.SEX), put(*self.AGE)
        linked = ["--linked", age, tmp_path / "o2.csv", "--margins", "given"]
        for more in (
            [*linked, "--wide", "month=n"],
            [*linked, "--earlier", age],
            [*linked, "--numerator", "n", "--denominator", "n"],
            [*linked, "--by", "area"],
            ["--linked", sex, tmp_path / "o2.csv", "--margins", "given"],
            ["--linked", age, sex, "--margins", "given"],
            ["--linked", age, out, "--margins", "given"],
            ["--linked", age, tmp_path / "o2.csv"],
        ):
            done = nhs_ig("suppress", sex, *self.BY, *more, *SUPPRESS, "--out", out)
            assert (done.returncode, out.exists()) == (2, False), more
        assert nhs_ig("audit-table", sex, *self.BY, "--linked", age, "--margins", "none").returncode == 2


class TestEarlier:
    def test_what_is_published_now_knows_what_was_before(self, put, out, tmp_path):
        source, before = put("now.csv", NOW), put("before.csv", BEFORE)
        call = [
            "suppress",
            source,
            "--by",
            "site",
            "--count",
            "n",
            "--margins",
            "given",
            *SUPPRESS,
            "--out",
            out,
        ]
        assert nhs_ig(*call).returncode == 0
        assert lists(out)["n_display"] == ["*", "*", "40", "55"]
        shown = put("shown.csv", {"site": NOW["site"], "n": lists(out)["n_display"]})
        audit = ["audit-table", shown, "--by", "site", "--count", "n", "--earlier", before]
        assert nhs_ig(*audit).returncode == 1
        done = nhs_ig(*call, "--earlier", before)
        assert done.returncode == 0, done.stderr
        assert lists(out)["n_display"] == ["*", "12", "*", "55"]
        put("shown.csv", {"site": NOW["site"], "n": lists(out)["n_display"]})
        assert nhs_ig(*audit).returncode == 0
        given_away = put("before.csv", {**BEFORE, "n": ["3", "12", "40", "55"]})
        refused = nhs_ig(*call, "--earlier", given_away)
        assert (refused.returncode, "[policy.not_protected]" in refused.stderr) == (1, True)
        grown = nhs_ig(
            *call,
            "--earlier",
            put("june.csv", {**BEFORE, "n": ["*", "*", "39", "51"]}),
            "--earlier-counts",
            "grown",
        )
        assert grown.returncode == 0, grown.stderr
        assert lists(out)["n_display"] != ["*", "*", "40", "55"], "40 − 39 is one person"


def test_rates(put, out):
    source = put("t.csv", {"site": ["A", "B"], "deaths": [3, 20], "cases": [50, 160]})
    call = ["suppress", source, "--by", "site", *SUPPRESS, "--out", out, "--numerator", "deaths"]
    done = nhs_ig(*call, "--denominator", "cases", "--rate-per", "1000", "--decimals", "0")
    assert done.returncode == 0, done.stderr
    assert "2 rows written" in done.stdout
    assert lists(out)["rate_display"] == ["*", "125"]
    for more in (
        [],
        ["--denominator", "cases", "--count", "deaths"],
        ["--denominator", "cases", "--decimals", "-1"],
    ):
        assert nhs_ig(*call, *more).returncode == 2


def test_exempt_rows(put, out):
    source = put("t.csv", {"region": ["London", "England"], "n": [3, 4]})
    call = [
        "suppress",
        source,
        "--by",
        "region",
        "--count",
        "n",
        "--policy",
        "hes",
        "--overwrite",
        "--out",
        out,
    ]
    assert nhs_ig(*call, "--exempt", "region=England").returncode == 0
    assert lists(out)["n_display"] == ["*", "4"]
    out.unlink()
    for exempt in ("region", "=England", "region=Wales", "area=England"):
        assert nhs_ig(*call, "--exempt", exempt).returncode == 2
    assert nhs_ig(*call, "--exempt", "region=London", "--exempt", "region=England").returncode == 2
    assert not out.exists()


FORMULAS = ["=1+1", "+cmd", "-1+2", "@SUM(A1)", "\tx", "=HYPERLINK(1)"]


class TestFormulas:
    def test_csv(self, tmp_path):
        path = tmp_path / "t.csv"
        table = {"=key": [*FORMULAS, "-", "-12.5", "+3"], "n": [-1, *range(8)]}
        ig.write_table(table, path)
        read = lists(path)
        assert read["'=key"] == [*[f"'{text}" for text in FORMULAS], "-", "-12.5", "+3"]
        assert read["n"][0] == "-1", "numbers stay numbers"
        ig.write_table(table, path, overwrite=True, formulas="keep")
        assert lists(path)["=key"] == table["=key"]
        frame = pl.DataFrame(table, schema_overrides={"=key": pl.Categorical})
        ig.write_table(frame, path, overwrite=True)
        assert lists(path)["'=key"][0] == "'=1+1"
        ig.write_table(table, tmp_path / "t.parquet")
        assert pl.read_parquet(tmp_path / "t.parquet")["=key"][0] == "=1+1", "a spreadsheet opens no Parquet"
        for odd in ("other", [], None):
            with pytest.raises(ig.MisuseError) as caught:
                ig.write_table(table, path, overwrite=True, formulas=odd)
            assert caught.value.code == "misuse.argument"

    def test_the_published_view_runs_nothing(self, tmp_path, out):
        openpyxl = pytest.importorskip("openpyxl")
        source = tmp_path / "t.parquet"
        ig.write_table({"=site": FORMULAS, "n": [9] * 6}, source)
        call = ["suppress", source, "--by", "=site", "--count", "n", *SUPPRESS]
        assert nhs_ig(*call, "--out", out).returncode == 0
        first = [line.split(",")[0].strip('"') for line in out.read_text().splitlines()]
        assert all(cell.startswith("'") for cell in first)
        assert nhs_ig(*call, "--out", tmp_path / "o.xlsx").returncode == 0
        sheet = openpyxl.load_workbook(tmp_path / "o.xlsx").active
        assert {cell.data_type for cell in sheet["A"]} == {"s"}
        assert [cell.value for cell in sheet["A"]][:2] == ["=site", "=1+1"]
        assert {cell.data_type for cell in sheet["B"][1:]} == {"n"}

    def test_pseudonyms_are_written_as_they_are(self, tmp_path):
        ig.write_table({"a": ["=1"]}, tmp_path / "t.csv", formulas="keep")
        assert (tmp_path / "t.csv").read_text() == "a\n=1\n"


def test_a_file_that_is_not_there(out, tmp_path):
    done = nhs_ig("suppress", tmp_path / "no.csv", "--by", "a", *SUPPRESS, "--out", out)
    assert (done.returncode, "there is no such file" in done.stderr) == (2, True)
    for read in (ig.read_table, ig.Agreement.load):
        with pytest.raises(ig.MisuseError, match="there is no such file") as caught:
            read(tmp_path / "no.csv")
        assert caught.value.code == "misuse.unreadable"


def test_counts_of_nineteen_digits_and_more():
    for count, fits in (
        ("9223372036854775807", True),
        ("0000000000000000000000012", True),
        ("9223372036854775808", False),
    ):
        table = {"site": ["A"], "n": [count]}
        if fits:
            assert ig.suppress(table, by="site", count="n", policy="under5").publish()["n"] == [int(count)]
            continue
        with pytest.raises(ig.MisuseError, match=r"up to 2\^63 - 1") as caught:
            ig.suppress(table, by="site", count="n", policy="under5")
        assert caught.value.code == "misuse.column_type"


def test_errors_name_arguments_as_they_are_called():
    table = {"site": ["A"], "n": [9]}
    for more, name in (
        ({"total": " "}, "total"),
        ({"total": 5}, "total"),
        ({"min_candidates": 0}, "min_candidates"),
    ):
        with pytest.raises(ig.MisuseError) as caught:
            ig.suppress(table, by="site", count="n", policy="under5", **more)
        assert caught.value.context["name"] == name
    with pytest.raises(ig.MisuseError) as caught:
        ig.suppress(table, by=["site", "site"], count="n", policy="under5")
    assert caught.value.context["name"] == "by"
