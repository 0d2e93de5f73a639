"""Suppression that knows earlier releases: what leaks without it, over both passes, judged by the auditor."""

from __future__ import annotations

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest

SITES = ["A", "B", "C", "Total"]
NOW = {"site": SITES, "n": [3, 12, 40, 55]}
BEFORE = {"site": SITES, "n": ["*", "12", "*", "55"]}
GIVEN = {"by": "site", "count": "n", "policy": "under5", "margins": "given"}
KINDS = [
    pytest.param(dict, id="lists"),
    pytest.param(pl.DataFrame, id="polars"),
    pytest.param(pd.DataFrame, id="pandas"),
]


def _audit(published, before, counts="same"):
    shown = {"site": published["site"], "n": published["n_display"]}
    return ig.audit_table(shown, by="site", count="n", earlier=[before], earlier_counts=counts)


@pytest.mark.parametrize("make", KINDS)
def test_two_passes_that_are_safe_alone(make):
    unaware = ig.suppress(make(NOW), **GIVEN)
    assert unaware.audit.verdict == "protected"
    unaware = unaware.publish()
    assert list(unaware["n_display"]) == ["*", "*", "40", "55"]
    leaks = _audit({name: list(unaware[name]) for name in ("site", "n_display")}, BEFORE)
    assert leaks.cells()["upper"] == [3, 12], "55 − 12 − 40"
    aware = ig.suppress(make(NOW), earlier=[make(BEFORE)], **GIVEN).publish()
    assert isinstance(aware, make)
    assert list(aware["n_display"]) == ["*", "12", "*", "55"]
    assert _audit({name: list(aware[name]) for name in ("site", "n_display")}, BEFORE).verdict == "protected"


def test_our_own_published_views_are_earlier_releases():
    table = {"site": ["A", "B", "C"], "sex": ["F", "M", "F"], "n": [3, 12, 40]}
    rule = {"by": ["site", "sex"], "count": "n", "margins": "all"}
    first = ig.suppress(table, policy="under5", **rule).publish()
    again = ig.suppress(table, policy="under5", earlier=[first, first], **rule)
    assert again.audit.verdict == "protected"
    assert again.publish() == first


def test_a_stricter_rule_cannot_hide_what_was_shown():
    table = {"site": ["A", "B"], "n": [5, 12]}
    first = ig.suppress(table, by="site", count="n", policy="under5").publish()
    stricter = ig.SuppressionPolicy("other", threshold=6)
    alone = ig.suppress(table, by="site", count="n", policy=stricter)
    assert alone.publish()["n_display"] == ["*", "12"]
    with pytest.raises(ig.PolicyError) as caught:
        ig.suppress(table, by="site", count="n", policy=stricter, earlier=[first])
    assert caught.value.code == "policy.not_protected"


@pytest.mark.parametrize(
    ("before", "code"),
    [
        (["3", "12", "40", "55"], "policy.not_protected"),
        (["*", "12", "40", "55"], "policy.not_protected"),
        (["3-4", "*", "*", "55"], "policy.not_protected"),
        (["*", "13", "*", "55"], "policy.releases_differ"),
        (["few", "12", "*", "55"], "policy.not_a_cell"),
    ],
)
def test_what_cannot_be_taken_back_is_refused(before, code):
    with pytest.raises(ig.PolicyError) as caught:
        ig.suppress(NOW, earlier=[{"site": SITES, "n": before}], **GIVEN)
    assert caught.value.code == code
    assert "13" not in str(caught.value)


def test_growth_is_a_small_count():
    june = {"site": SITES, "n": ["10", "20", "40", "70"]}
    july = {"site": SITES, "n": [12, 31, 60, 103]}
    unaware = ig.suppress(july, **GIVEN).publish()
    assert unaware["n_display"] == ["12", "31", "60", "103"]
    assert _audit(unaware, june, "grown").summary["exact"] == 1, "two people came to A"
    aware = ig.suppress(july, earlier=[june], earlier_counts="grown", **GIVEN)
    assert aware.publish()["n_display"][0] == "*"
    assert _audit(aware.publish(), june, "grown").verdict == "protected"
    assert set(aware.audit.cells()["about"]) == {"growth"}
    shrunk = {"site": SITES, "n": [9, 31, 60, 100]}
    with pytest.raises(ig.PolicyError) as caught:
        ig.suppress(shrunk, earlier=[june], earlier_counts="grown", **GIVEN)
    assert caught.value.code == "policy.releases_differ"


def test_wide_tables_have_earlier_releases_too():
    wide = {"month": ["Jan", "Feb"]}
    now = {"site": ["A", "B"], "Jan": [3, 20], "Feb": [15, 30]}
    alone = ig.suppress(now, by="site", wide=wide, policy="under5").publish()
    assert (alone["Jan"], alone["Feb"]) == (["*", "20"], ["15", "30"])
    totals = {"site": ["A", "B"], "Jan": ["*", "*"], "Feb": ["*", "30"], "Total": ["18", "50"]}
    with pytest.raises(ig.MisuseError) as caught:
        ig.suppress(
            now, by="site", wide={"month": ["Jan", "Feb", "Total"]}, policy="under5", earlier=[totals]
        )
    assert caught.value.code == "misuse.column_missing"
    full = {**now, "Total": [18, 50]}
    with pytest.raises(ig.PolicyError) as caught:
        ig.suppress(
            full, by="site", wide={"month": ["Jan", "Feb", "Total"]}, policy="under5", margins="given",
            earlier=[{**totals, "Feb": ["15", "30"]}],
        )  # fmt: skip
    assert caught.value.code == "policy.not_protected"


@pytest.mark.parametrize(
    "more",
    [
        {"earlier": BEFORE},
        {"earlier": 5},
        {"earlier": [5]},
        {"earlier": [BEFORE], "earlier_counts": "less"},
        {"earlier": [BEFORE], "earlier_counts": []},
        {"earlier": [BEFORE], "count": None},
    ],
)
def test_arguments_of_a_wrong_kind(more):
    with pytest.raises(ig.MisuseError) as caught:
        ig.suppress(NOW, **{**GIVEN, **more})
    assert caught.value.code in {"misuse.argument", "misuse.column_type"}


def test_earlier_releases_need_a_rule_with_totals_of_its_own():
    with pytest.raises(ig.PolicyError) as caught:
        ig.suppress(NOW, by="site", count="n", policy="opensafely", earlier=[BEFORE])
    assert caught.value.code == "policy.margins_unavailable"


class TestLinkedTables:
    def audit(self, *earlier, **more):
        sex, age = {"sex": ["F", "M"], "n": ["*", "50"]}, {"age": ["0-39", "40+"], "n": ["*", "*"]}
        by = {"sex": "sex", "age": "age"}
        return ig.audit_linked({"sex": sex, "age": age}, by=by, count="n", earlier=earlier, **more)

    def test_what_was_shown_before_of_another_table(self):
        assert {audit.verdict for audit in self.audit().values()} == {"protected"}
        audits = self.audit({"age": {"age": ["0-39", "40+"], "n": ["20", "33"]}})
        assert (audits["sex"].cells()["lower"], audits["sex"].cells()["upper"]) == ([3], [3])
        assert audits["age"].summary["exact"] == 2

    def test_growth_over_linked_tables(self):
        before = {"sex": {"sex": ["F", "M"], "n": ["*", "48"]}}
        audits = self.audit(before, earlier_counts="grown")
        found = audits["sex"].cells()
        growth = [
            row for row, about in enumerate(found["about"]) if about == "growth" and found["sex"][row] == "M"
        ]
        assert [found["verdict"][row] for row in growth] == ["exact"], "50 − 48"
        assert all(about == "now" for about in audits["age"].cells()["about"])

    @pytest.mark.parametrize(
        ("earlier", "code"),
        [
            ([{"age": {"age": ["0-39"], "n": ["few"]}}], "policy.not_a_cell"),
            ([{"sex": {"sex": ["M"], "n": ["51"]}}], "policy.releases_differ"),
            (
                [
                    {
                        "sex": {"sex": ["F", "M"], "n": ["3", "50"]},
                        "age": {"age": ["0-39", "40+"], "n": ["20", "34"]},
                    }
                ],
                "policy.linked_tables_differ",
            ),
            ([{"area": {"area": ["x"], "n": ["9"]}}], "misuse.argument"),
            ([5], "misuse.argument"),
            ([{}], "misuse.argument"),
        ],
    )
    def test_refusals(self, earlier, code):
        with pytest.raises(ig.IgError) as caught:
            self.audit(*earlier)
        assert caught.value.code == code

    def test_a_row_that_is_gone(self):
        with pytest.raises(ig.PolicyError) as caught:
            self.audit({"sex": {"sex": ["F", "M", "X"], "n": ["*", "40", "9"]}}, earlier_counts="grown")
        assert caught.value.code == "policy.releases_differ"
        assert "the table sex of earlier release 1" in str(caught.value)


def test_an_exemption_that_matches_nothing_is_refused():
    table = {"region": ["London", "England"], "n": [3, 900]}
    for exempt in ({"region": "england"}, {"region": "Wales"}):
        with pytest.raises(ig.MisuseError) as caught:
            ig.suppress(table, by="region", count="n", policy="hes", exempt=exempt)
        assert (caught.value.code, caught.value.context["name"]) == ("misuse.argument", "exempt")
        assert exempt["region"] not in str(caught.value)
    with pytest.raises(ig.MisuseError) as caught:
        ig.suppress(table, by="region", count="n", policy="hes", exempt={"area": "England"})
    assert caught.value.code == "misuse.column_missing"
    linked = {"one": table, "two": {"sex": ["F"], "n": [903]}}
    with pytest.raises(ig.MisuseError) as caught:
        ig.suppress_linked(
            linked, by={"one": "region", "two": "sex"}, count="n", policy="hes", exempt={"region": "Wales"}
        )
    assert caught.value.code == "misuse.argument"
