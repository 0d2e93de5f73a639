"""Tables over the same people, of every kind."""

from __future__ import annotations

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest

SEX = {"site": ["A", "A", "B", "B"], "sex": ["F", "M", "F", "M"], "n": [3, 30, 20, 40]}
SITE = {"site": ["A", "B"], "n": [33, 60]}
BY = {"by sex": ["site", "sex"], "by site": "site"}
KINDS = [
    pytest.param(dict, id="lists"),
    pytest.param(pl.DataFrame, id="polars"),
    pytest.param(pd.DataFrame, id="pandas"),
]


def _suppress(make=dict, site=SITE, **settings):
    tables = {"by sex": make(SEX), "by site": make(site)}
    return ig.suppress_linked(tables, **{"by": BY, "count": "n", "policy": "under5", **settings})


def _audit(make, *shown, **settings):
    tables = {
        name: make(
            {
                **{key: column for key, column in table.items() if key != "n"},
                "n": list(cells),
            }
        )
        for (name, table), cells in zip({"by sex": SEX, "by site": SITE}.items(), shown, strict=True)
    }
    return ig.audit_linked(tables, by=BY, count="n", **settings)


@pytest.mark.parametrize("make", KINDS)
class TestKinds:
    def test_safe_alone_but_not_together(self, make):
        alone = ig.suppress(make(SEX), by=["site", "sex"], count="n", policy="under5", margins="none")
        assert list(alone.publish()["n_display"]) == ["*", "30", "20", "40"]
        assert alone.audit.verdict == "protected"
        audits = _audit(make, ["*", "30", "20", "40"], ["33", "60"])
        assert audits["by sex"].verdict == "not_protected"
        assert list(audits["by sex"].cells()["reason"]) == [
            "site A, sex F = site A (33) − site A, sex M (30) = 3\n"
        ]
        assert audits["by site"].summary["audited"] == 0

    def test_together(self, make):
        made = _suppress(make)
        assert list(made) == ["by sex", "by site"]
        shown = {name: list(one.publish()["n_display"]) for name, one in made.items()}
        assert shown["by sex"][0] == "*"
        assert sum(cell == "*" for cells in shown.values() for cell in cells) > 1
        assert isinstance(made["by site"].publish(), make)
        assert {one.audit.verdict for one in made.values()} == {"protected"}
        lower, upper = (
            list(_audit(make, *shown.values())["by sex"].cells()[end]) for end in ("lower", "upper")
        )
        assert all(pd.isna(high) or high - low >= 2 for low, high in zip(lower, upper, strict=True))


def test_all_totals_agree():
    made = {name: one.publish() for name, one in _suppress(margins="all").items()}
    assert made["by site"]["site"] == ["A", "B", "Total"]
    sites = dict(zip(made["by site"]["site"], made["by site"]["n_display"], strict=True))
    rows = zip(
        made["by sex"]["site"],
        made["by sex"]["sex"],
        made["by sex"]["n_display"],
        strict=True,
    )
    assert {site: shown for site, sex, shown in rows if sex == "Total"} == sites


def test_rows_of_people_and_columns_of_levels():
    people = {
        "icb": ["N", "N", "S"] * 9,
        "site": ["A", "B", "C"] * 9,
        "sex": ["F"] * 27,
    }
    tables = {"sites": {"site": people["site"]}, "people": people}
    made = ig.suppress_linked(
        tables,
        by={"sites": "site", "people": ["site", "sex"]},
        policy="under5",
        margins="all",
        hierarchies={"site": ["icb"]},
    )
    assert made["sites"].publish()["site"] == ["A", "B", "C", "N", "S", "Total"]


class TestRefused:
    def test_tables_that_disagree(self):
        with pytest.raises(ig.PolicyError) as caught:
            _suppress(site={"site": ["A", "B"], "n": [33, 61]})
        assert caught.value.code == "policy.linked_tables_differ"
        assert "by sex" in str(caught.value)
        assert "61" not in str(caught.value)
        with pytest.raises(ig.PolicyError) as caught:
            _audit(dict, ["3", "30", "20", "40"], ["34", "60"])
        assert caught.value.code == "policy.linked_tables_differ"

    @pytest.mark.parametrize("by", [["site"], {"by sex": ["site", "sex"]}, {**BY, "more": "site"}])
    def test_keys_of_other_tables(self, by):
        with pytest.raises(ig.MisuseError) as caught:
            _suppress(by=by)
        assert caught.value.code == "misuse.argument"

    def test_margins_and_rules(self):
        with pytest.raises(ig.MisuseError):
            _suppress(margins="none")
        with pytest.raises(ig.PolicyError) as caught:
            _suppress(policy="midpoint6", margins="all")
        assert caught.value.code == "policy.margins_unavailable"

    def test_a_missing_column(self):
        with pytest.raises(ig.MisuseError) as caught:
            _suppress(count="people")
        assert caught.value.code == "misuse.column_missing"
