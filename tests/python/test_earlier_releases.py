"""Audits that know earlier releases, of every kind of table."""

from __future__ import annotations

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest

SITES = ["A", "B", "C", "Total"]
KINDS = [
    pytest.param(dict, id="lists"),
    pytest.param(pl.DataFrame, id="polars"),
    pytest.param(pd.DataFrame, id="pandas"),
]


def _audit(make, now, *earlier, **settings):
    tables = [make({"site": SITES, "n": cells}) for cells in (now, *earlier)]
    return ig.audit_table(tables[0], by="site", count="n", earlier=tables[1:], **settings)


@pytest.mark.parametrize("make", KINDS)
class TestKinds:
    def test_another_pattern_of_the_same_counts(self, make):
        now, before = ["*", "*", "40", "55"], ["*", "12", "*", "55"]
        assert _audit(make, now).verdict == "protected"
        audit = _audit(make, now, before)
        assert audit.verdict == "not_protected"
        assert list(audit.cells()["upper"]) == [3, 12]
        assert list(audit.cells()["reason"])[1] == "site B = 12, as published\n"
        assert "about" not in list(getattr(audit.cells(), "columns", audit.cells()))

    def test_two_releases_a_month_apart(self, make):
        june, july = ["10", "20", "40", "70"], ["12", "20", "60", "92"]
        audit = _audit(make, july, june, earlier_counts="grown")
        assert audit.summary["exact"] == 1
        cells = audit.cells()
        assert isinstance(cells, make)
        found = list(
            zip(
                cells["site"],
                cells["about"],
                cells["verdict"],
                cells["reason"],
                strict=True,
            )
        )
        assert found[0] == (
            "A",
            "growth",
            "exact",
            "site A, growth = site A, now (12) − site A, before (10) = 2\n",
        )
        assert {verdict for _, _, verdict, _ in found[1:]} == {"safe"}


def test_three_releases():
    audit = _audit(
        dict,
        ["9", "9", "9", "27"],
        ["5", "9", "9", "23"],
        ["7", "9", "9", "25"],
        earlier_counts="grown",
    )
    reasons = [reason for reason in audit.cells()["reason"] if reason]
    assert reasons[0].startswith(
        "site A, growth to release 2 = site A, release 2 (7) − site A, release 1 (5) = 2"
    )
    assert reasons[1].startswith("site A, growth to now = site A, now (9) − site A, release 2 (7) = 2")


class TestRefused:
    @pytest.mark.parametrize("counts", ["same", "grown"])
    def test_contradictions(self, counts):
        with pytest.raises(ig.PolicyError) as caught:
            _audit(
                dict,
                ["9", "9", "9", "27"],
                ["9", "9", "10", "28"],
                earlier_counts=counts,
            )
        assert caught.value.code == "policy.releases_differ"
        assert caught.value.context["row"] == "3"

    def test_settings(self):
        with pytest.raises(ig.MisuseError) as caught:
            _audit(
                dict,
                ["9", "9", "9", "27"],
                ["9", "9", "9", "27"],
                earlier_counts="shrunk",
            )
        assert caught.value.code == "misuse.argument"
        with pytest.raises(ig.MisuseError) as caught:
            ig.audit_table(
                {"site": ["A"], "n": ["3"]},
                by="site",
                count="n",
                earlier=[{"site": ["A"]}],
            )
        assert caught.value.code == "misuse.column_missing"
