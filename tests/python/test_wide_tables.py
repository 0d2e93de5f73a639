"""Wide tables, of every kind: a column of counts for each category in, the same shape out."""

from __future__ import annotations

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

try:
    import pyarrow as pa
except ImportError:
    pa = None

WIDE = {"month": ["Jan", "Feb"]}
TABLE = {"org": ["A", "B", "C"], "Jan": [3, 20, 9], "Feb": [15, 30, 40]}
KINDS = [
    pytest.param(dict, id="lists"),
    pytest.param(pl.DataFrame, id="polars"),
    pytest.param(pd.DataFrame, id="pandas"),
]
if pa is not None:
    KINDS.append(pytest.param(pa.table, id="pyarrow"))


def _lists(frame):
    if isinstance(frame, dict):
        return frame
    if pa is not None and isinstance(frame, pa.Table):
        return frame.to_pydict()
    return {name: list(frame[name]) for name in frame.columns}


def _long(table, names):
    rows = range(len(table["org"]))
    return {
        "org": [table["org"][row] for row in rows for _ in names],
        "month": list(names) * len(rows),
        "n": [table[name][row] for row in rows for name in names],
    }


@pytest.mark.parametrize("make", KINDS)
def test_the_same_shape_comes_back(make):
    result = ig.suppress(make(TABLE), by="org", wide=WIDE, policy="under5", margins="all")
    assert isinstance(result.publish(), type(make(TABLE)))
    published = _lists(result.publish())
    assert list(published) == ["org", "Jan", "Feb", "Total"]
    assert published["org"] == ["A", "B", "C", "Total"]
    assert published["Jan"][0] == "*"
    long = ig.suppress(
        _long(TABLE, WIDE["month"]), by=["org", "month"], count="n", policy="under5", margins="all"
    )
    cells = iter(long.publish()["n_display"])
    assert list(zip(published["Jan"], published["Feb"], published["Total"], strict=True)) == [
        (next(cells), next(cells), next(cells)) for _ in range(4)
    ]
    assert list(_lists(result.publish_long())) == ["org", "month", "n", "n_display"]
    assert _lists(result.publish_long())["n_display"] == long.publish()["n_display"]
    assert list(_lists(result.owner()))[-1] == "n_status"
    assert (result.counts, result.audit.verdict) == (long.counts, "protected")
    assert _lists(result.audit.cells())["month"] == ["Jan"]


@pytest.mark.parametrize("make", KINDS)
def test_the_audit_of_a_wide_table(make):
    table = make({"org": ["A", "B"], "Jan": ["*", "20"], "Feb": ["15", "30"], "Total": ["18", "50"]})
    columns = {"month": ["Jan", "Feb", "Total"]}
    audit = ig.audit_table(table, by="org", wide=columns)
    cells = _lists(audit.cells())
    assert (cells["org"], cells["month"], cells["lower"], cells["upper"]) == (["A"], ["Jan"], [3], [3])
    assert audit.verdict == "not_protected"
    # Without the column of totals nothing is given away: that it is one makes the difference.
    no_totals = ig.audit_table(table, by="org", wide=WIDE, margins="none")
    assert no_totals.verdict == "protected"
    before = make({"org": ["A", "B"], "Jan": ["3", "*"], "Feb": ["*", "*"], "Total": ["*", "*"]})
    known = ig.audit_table(table, by="org", wide=columns, earlier=[before])
    assert _lists(known.cells())["reason"] == ["org A, month Jan = 3, as published\n"]


def test_mixed_cells_of_pandas_and_keys_of_their_own_types():
    frame = pd.DataFrame({"org": [1, 2], "Jan": ["*", 20], "Feb": [15.0, None]})
    cells = ig.audit_table(frame, by="org", wide=WIDE, margins="none").cells()
    assert (list(cells["org"]), list(cells["month"])) == ([1, 2], ["Jan", "Feb"])
    result = ig.suppress(pl.DataFrame({**TABLE, "org": [1, 2, 3]}), by="org", wide=WIDE, policy="under5")
    assert result.publish().schema == {"org": pl.Int64, "Jan": pl.String, "Feb": pl.String}
    assert result.publish()["Jan"].to_list() == ["*", "20", "9"]


def test_several_keys_hierarchies_and_totals_that_are_columns():
    table = {
        "org": ["A", "A", "B"],
        "sex": ["F", "M", "F"],
        "Jan": [3, 9, 8],
        "Feb": [7, 8, 9],
        "Q1": [10, 17, 17],
    }
    columns = {"month": ["Jan", "Feb", "Q1"]}
    quarters = {"month": {"Jan": "Q1", "Feb": "Q1"}}
    plain = ig.suppress(table, by=["org", "sex"], wide={"month": ["Jan", "Feb"]}, policy="under5").publish()
    assert (plain["Jan"], plain["Feb"]) == (["*", "9", "8"], ["7", "8", "9"])
    made = ig.suppress(
        table, by=["org", "sex"], wide=columns, policy="under5", margins="given", hierarchies=quarters
    ).publish()
    assert sum(made[name][0] == "*" for name in columns["month"]) == 2, "10 − 7 would give 3 back"
    with pytest.raises(ig.PolicyError, match=r"month \(column Total\)"):
        ig.suppress(
            {**TABLE, "Total": [18, 50, 49]},
            by="org",
            wide={"month": ["Jan", "Feb", "Total"]},
            policy="under5",
        )
    with pytest.raises(ig.PolicyError) as caught:
        ig.suppress(
            {**TABLE, "Total": [18, 50, 48]},
            by="org", wide={"month": ["Jan", "Feb", "Total"]}, policy="under5", margins="given",
        )  # fmt: skip
    assert caught.value.code == "policy.inconsistent_table"
    assert caught.value.context["total"] == "in row 3, column Total"


@pytest.mark.parametrize(
    ("table", "more", "code", "words"),
    [
        (TABLE, {"wide": {"month": ["Jan", "Mar"]}}, "misuse.column_missing", "Mar"),
        (TABLE, {"wide": {"month": ["Jan", "Jan"]}}, "misuse.argument", "once"),
        (TABLE, {"wide": {"month": ["Jan", "org"]}}, "misuse.argument", "key columns"),
        (TABLE, {"wide": {"org": ["Jan"]}}, "misuse.argument", "other than"),
        (TABLE, {"wide": {"n": ["Jan"]}}, "misuse.argument", "other names than n"),
        (TABLE, {"wide": {"month": []}}, "misuse.argument", "at least one"),
        (TABLE, {"wide": {"month": "Jan"}}, "misuse.argument", "wide"),
        (TABLE, {"wide": {"month": ["Jan"], "sex": ["Feb"]}}, "misuse.argument", "wide"),
        (TABLE, {"wide": ["Jan"]}, "misuse.argument", "wide"),
        (TABLE, {"wide": {7: ["Jan"]}}, "misuse.argument", "wide"),
        (TABLE, {"wide": WIDE, "count": "Jan"}, "misuse.argument", "no count"),
        ({**TABLE, "Jan": [1.5, 2.0, 3.0]}, {"wide": WIDE}, "misuse.column_type", "column Jan"),
        ({**TABLE, "Feb": ["*", "7", "8"]}, {"wide": WIDE}, "misuse.column_type", "column Feb"),
        ({**TABLE, "Feb": [9, -1, 9]}, {"wide": WIDE}, "policy.negative_count", "row 2"),
        ({**TABLE, "Feb": [9, 9, None]}, {"wide": WIDE}, "policy.missing_count", "row 3"),
        ({**TABLE, "org": ["A", "B", "A"]}, {"wide": WIDE}, "policy.duplicate_cell", "rows 1 and 3"),
        ({**TABLE, "org": ["A", "B", "Total"]}, {"wide": WIDE}, "policy.total_row_found", "row 3"),
    ],
)
def test_what_is_no_wide_table_is_refused(table, more, code, words):
    with pytest.raises(ig.IgError) as caught:
        ig.suppress(table, by="org", policy="under5", **more)
    assert caught.value.code == code
    assert words in str(caught.value)


def test_cells_that_are_none_and_no_cells_at_all():
    with pytest.raises(ig.PolicyError, match="column Feb in row 2") as caught:
        ig.audit_table(
            {"org": ["A", "B"], "Jan": ["1", "2"], "Feb": ["3", "few"]}, by="org", wide=WIDE, margins="none"
        )
    assert caught.value.code == "policy.not_a_cell"
    with pytest.raises(ig.MisuseError) as caught:
        ig.audit_table(TABLE, by="org")
    assert caught.value.code == "misuse.argument"
    empty = pl.DataFrame(schema={"org": pl.String, "Jan": pl.Int64, "Feb": pl.Int64})
    for margins in ("none", "all"):
        made = ig.suppress(empty, by="org", wide=WIDE, policy="under5", margins=margins).publish()
        assert (made.columns, made.height) == (["org", "Jan", "Feb"], 0)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 30), min_size=2, max_size=2), min_size=1, max_size=5),
    st.permutations(range(5)),
)
def test_rows_in_another_order_are_hidden_alike(counts, order):
    def shown(rows):
        table = {
            "org": [str(row) for row in rows],
            **{m: [counts[row][i] for row in rows] for i, m in enumerate(WIDE["month"])},
        }
        made = ig.suppress(table, by="org", wide=WIDE, policy="under5", margins="all").publish()
        return {org: (made["Jan"][i], made["Feb"][i], made["Total"][i]) for i, org in enumerate(made["org"])}

    rows = list(range(len(counts)))
    try:
        first = shown(rows)
    except ig.PolicyError:
        return
    assert shown([row for row in order if row in rows]) == first


def test_the_page_of_a_wide_result():
    result = ig.suppress(TABLE, by="org", wide=WIDE, policy="under5", margins="all")
    assert "hidden: " in ig.table_html(result, by=["org", "month"])
