"""Excel workbooks as outputs of a release, read with openpyxl."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile

import nhs_ig as ig
import pytest
from test_release import agreement, answer, make, people, request_of  # noqa: F401 - fixtures

openpyxl = pytest.importorskip("openpyxl")

TEXTS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2",
    "\tx",
    "\rx",
    'a<b>&"c"',
    "é😀",
    "0012",
    "=cmd|'x'!A1",
]


@pytest.fixture
def workbooks(make, demo_data, tmp_path):  # noqa: F811
    """Release rows of every agreed type as a workbook."""
    text = (demo_data / "agreement.toml").read_text()
    start, end = text.index('[[dataset]]\nname = "ae_att'), text.index("[retention]")
    fields = {
        "note": "text",
        "day": "date",
        "number": "integer",
        "part": "decimal",
        "truth": "boolean",
        "=name": "text",
        "long": "free_text",
    }
    own = '[[dataset]]\nname = "plain"\nperson_level = false\n'
    for name, kind in fields.items():
        own += f'\n[[dataset.field]]\nname = "{name}"\ntype = "{kind}"\njustification = "A test"\ntransform = "{"keep" if kind != "free_text" else "scrub_text"}"\n'
    own += '\n[[output]]\nname = "rows"\ndataset = "plain"\nkind = "record_level"\nformat = "xlsx"\n\n'
    first = text.index("# Imaging records")
    (tmp_path / "own.toml").write_text(text[:first] + own + text[end:])
    assert start < end

    def release(table, name="out", **change):
        made = make(
            agreement=ig.Agreement.load(tmp_path / "own.toml"),
            sources={"plain": table},
            out=tmp_path / name,
            **change,
        )
        return made, tmp_path / name / "rows.xlsx"

    return release


@pytest.fixture
def table():
    import polars as pl

    size = len(TEXTS)
    return pl.DataFrame(
        {
            "note": [*TEXTS, None],
            "day": [dt.date(2017, 3, 1)] * (size - 1) + [dt.date(1899, 1, 1), None],
            "number": [999_999_999_999_999, 1_000_000_000_000_000, -5] + [7] * (size - 3) + [None],
            "part": [0.5] * size + [None],
            "truth": [True, False] * (size // 2) + [None],
            "=name": ["x"] * size + [None],
            "long": ["y"] * size + [None],
        }
    )


class TestWorkbooks:
    def test_cells(self, workbooks, table):
        # An empty row is one only if another follows.
        made, path = workbooks(table.vstack(table[:1]))
        assert made.manifest["outputs"][0]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert sorted(file.name for file in path.parent.iterdir()) == [
            "manifest.json",
            "report.html",
            "rows.xlsx",
        ]
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == ["data"]
        header, *rows = book["data"].iter_rows()
        assert [cell.value for cell in header] == table.columns
        # Not one formula, and what begins like one stays text when somebody edits it.
        assert {cell.data_type for row in [header, *rows] for cell in row} <= {
            "s",
            "n",
            "b",
            "d",
            "inlineStr",
        }
        for cell in [*header, *(row[0] for row in rows)]:
            begins = isinstance(cell.value, str) and cell.value[0] in "=+-@\t\r"
            assert bool(cell.quotePrefix) == begins, cell.value
        assert [row[0].value for row in rows] == [*TEXTS, None, TEXTS[0]]
        assert rows[0][1].value == dt.datetime(2017, 3, 1)
        assert rows[0][1].number_format == "yyyy\\-mm\\-dd"
        assert [rows[-3][1].value, rows[-2][1].value] == ["1899-01-01", None]
        assert [row[2].value for row in rows[:3]] == [999_999_999_999_999, "1000000000000000", -5]
        assert [row[4].value for row in rows[:2]] == [True, False]
        assert all(cell.value is None for cell in rows[-2])

    def test_the_same_rows_give_the_same_bytes(self, workbooks, table):
        first, second = workbooks(table)[1], workbooks(table, "again")[1]
        assert first.read_bytes() == second.read_bytes()
        with zipfile.ZipFile(first) as parts:
            assert parts.testzip() is None
            assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    def test_limits(self, workbooks, table, tmp_path):
        long = table.clear().to_dict(as_series=False)
        long = {name: [None] for name in long} | {"long": ["x" * 32_768]}
        import polars as pl

        with pytest.raises(ig.ExportError) as caught:
            workbooks(pl.DataFrame(long, schema=table.schema))
        assert caught.value.code == "export.workbook_limit"
        assert "column long, row 1" in str(caught.value)
        many = pl.DataFrame(
            {name: pl.Series([None] * 1_048_576, dtype=kind) for name, kind in table.schema.items()}
        )
        with pytest.raises(ig.ExportError) as caught:
            workbooks(many)
        assert caught.value.code == "export.workbook_limit"
        assert not (tmp_path / "out").exists()
        assert not [path for path in tmp_path.iterdir() if "partial" in path.name]

    def test_hidden_cells_of_a_table_are_empty_and_marked(self, make, demo_data, tmp_path):  # noqa: F811
        text = (demo_data / "agreement.toml").read_text().replace('format = "csv"', 'format = "xlsx"')
        (tmp_path / "own.toml").write_text(text)
        make(out=tmp_path / "plain")
        make(
            agreement=ig.Agreement.load(tmp_path / "own.toml"),
            out=tmp_path / "books",
            earlier=[tmp_path / "plain"],
        )
        plain = ig.read_table(tmp_path / "plain" / "ae_breaches.csv").to_lists()
        sheet = openpyxl.load_workbook(tmp_path / "books" / "ae_breaches.xlsx")["data"]
        header, *rows = sheet.iter_rows(values_only=True)
        assert list(header) == list(plain)
        assert any(row[3] is None and row[4] == "*" for row in rows)
        number = {"": None, None: None}
        expected = [
            (*keys, number[n] if n in number else int(n), shown)
            for *keys, n, shown in zip(*plain.values(), strict=True)
        ]
        assert [tuple(row) for row in rows] == expected
