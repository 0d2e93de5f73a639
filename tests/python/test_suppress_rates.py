"""Rates of every kind of table."""

from __future__ import annotations

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest

TABLE = {"site": ["A", "B", "C"], "deaths": [3, 20, 0], "cases": [50, 160, 0]}
KINDS = [
    pytest.param(dict, id="lists"),
    pytest.param(pl.DataFrame, id="polars"),
    pytest.param(pd.DataFrame, id="pandas"),
]


def _rates(table, **settings):
    return ig.suppress_rates(
        table,
        **{
            "by": "site",
            "numerator": "deaths",
            "denominator": "cases",
            "policy": "under5",
            **settings,
        },
    )


@pytest.mark.parametrize("make", KINDS)
def test_rate_with_known_denominator(make):
    made = _rates(make(TABLE))
    shown = made.publish()
    assert isinstance(shown, make)
    names = [
        "site",
        "deaths",
        "deaths_display",
        "cases",
        "cases_display",
        "rate",
        "rate_display",
    ]
    assert list(shown) == names if make is dict else list(shown.columns) == names
    assert list(shown["deaths_display"]) == ["*", "20", "0"]
    assert list(shown["cases_display"]) == ["50", "160", "0"]
    assert list(shown["rate_display"]) == ["*", "12.5", "-"]
    assert [None if pd.isna(rate) else rate for rate in shown["rate"]] == [
        None,
        12.5,
        None,
    ]
    owner = made.owner()
    assert list(owner["deaths_status"]) == ["primary", "published", "published"]
    assert list(owner["rest_status"])[1] == "published"
    assert made.audit.verdict == "protected"


def test_totals_and_a_small_rest():
    made = _rates(
        {"site": ["A", "B"], "deaths": [48, 70], "cases": [50, 160]},
        margins="all",
        rate_per=1000,
        decimals=0,
    )
    shown = made.publish()
    assert shown["site"] == ["A", "B", "Total"]
    assert shown["rate"][0] is None
    assert made.owner()["rest_status"][0] == "primary"
    assert made.audit.cells()["part"] == ["without"]


class TestRefused:
    def test_a_numerator_above_its_denominator(self):
        with pytest.raises(ig.PolicyError) as caught:
            _rates({**TABLE, "cases": [50, 19, 0]})
        assert caught.value.code == "policy.numerator_too_large"
        assert caught.value.context == {"row": "2"}

    @pytest.mark.parametrize(
        "settings",
        [{"rate_per": 0}, {"rate_per": -1}, {"decimals": 10}, {"decimals": 1.5}],
    )
    def test_settings(self, settings):
        with pytest.raises(ig.MisuseError) as caught:
            _rates(TABLE, **settings)
        assert caught.value.code == "misuse.argument"

    def test_a_name_that_would_stand_twice(self):
        with pytest.raises(ig.MisuseError) as caught:
            _rates({"rate": ["A"], "deaths": [9], "cases": [20]}, by="rate").publish()
        assert caught.value.code == "misuse.argument"
