"""Tables with totals: added, given and reconciled, through every way of saying how categories nest."""

from __future__ import annotations

import itertools
import random
import signal
import threading
import time
from typing import ClassVar

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from nhs_ig._frames import to_lists

SITES = {
    "site": ["A", "A", "B", "B", "C", "C"],
    "sex": ["F", "M", "F", "M", "F", "M"],
    "n": [3, 40, 25, 30, 61, 7],
}


def shown(table, by, count="n"):
    """Return the published cells by key."""
    lists = to_lists(table)
    keys = zip(*(lists[name] for name in by), strict=True)
    return dict(zip(keys, lists[f"{count}_display"], strict=True))


def protect(table=SITES, by=("site", "sex"), **settings):
    return ig.suppress(
        table, **{"by": list(by), "count": "n", "policy": "under5", "margins": "all", **settings}
    )


class TestAllTotals:
    def test_a_hidden_count_does_not_come_back_from_its_row_or_column(self):
        result = protect()
        cells = shown(result.publish(), ("site", "sex"))
        assert len(cells) == 12
        assert cells["A", "F"] == "*"
        hidden = [key for key, text in cells.items() if text == "*"]
        for place in (0, 1):
            for key in hidden:
                line = [other for other in hidden if other[place] == key[place]]
                assert len(line) >= 2, key
        assert cells["Total", "Total"] == "166"
        assert result.audit.verdict == "protected"
        audited = result.audit.cells()
        assert (audited["site"], audited["sex"], audited["verdict"]) == (["A"], ["F"], ["safe"])

    def test_display_order_is_that_of_appearance_with_totals_last(self):
        table = {"site": ["B", "A"], "sex": ["M", "F"], "n": [9, 8]}
        made = protect(table).publish()
        assert made["site"] == ["B"] * 3 + ["A"] * 3 + ["Total"] * 3
        assert made["sex"] == ["M", "F", "Total"] * 3
        assert made["n"] == [9, 0, 9, 0, 8, 8, 9, 8, 17]

    def test_the_order_of_rows_changes_nothing(self):
        rows = list(zip(*SITES.values(), strict=True))
        expected = shown(protect().publish(), ("site", "sex"))
        for seed in range(10):
            random.Random(seed).shuffle(rows)
            mixed = dict(zip(SITES, map(list, zip(*rows, strict=True)), strict=True))
            assert shown(protect(mixed).publish(), ("site", "sex")) == expected

    def test_every_kind_of_table(self):
        expected = shown(protect().publish(), ("site", "sex"))
        polars = protect(
            pl.DataFrame(SITES, schema_overrides={"site": pl.Categorical, "sex": pl.Enum(["F", "M"])})
        )
        assert shown(polars.publish(), ("site", "sex")) == expected
        assert polars.publish().schema["site"] == pl.Categorical
        frame = pd.DataFrame(SITES)
        frame["sex"] = frame["sex"].astype("category")
        assert shown(protect(frame).publish(), ("site", "sex")) == expected

    def test_numbers_as_keys_become_text_beside_the_word_total(self):
        table = {"year": [2023, 2024], "n": [12, 30]}
        for kind in (lambda t: t, pl.DataFrame, pd.DataFrame):
            made = protect(kind(table), by=["year"]).publish()
            assert list(made["year"]) == ["2023", "2024", "Total"]
            assert list(made["n"]) == [12, 30, 42]

    def test_rows_of_people(self):
        people = {"site": ["A"] * 9 + ["B"] * 6, "sex": ["F"] * 9 + ["M"] * 6}
        made = protect(people, count=None).publish()
        assert made["n"] == [9, 0, 9, 0, 6, 6, 9, 6, 15]

    def test_a_total_in_the_table_is_refused(self):
        table = {"site": ["A", "Total"], "n": [3, 3]}
        with pytest.raises(ig.PolicyError) as caught:
            protect(table, by=["site"])
        assert caught.value.code == "policy.total_row_found"

    def test_totals_of_rounded_parts(self):
        made = protect(policy="midpoint6").publish()
        cells = dict(zip(zip(made["site"], made["sex"], strict=True), made["n"], strict=True))
        assert cells["A", "Total"] == cells["A", "F"] + cells["A", "M"]
        assert cells["Total", "Total"] == sum(cells[site, sex] for site in "ABC" for sex in "FM")

    def test_levels(self):
        none = protect(secondary="none")
        assert none.counts == (11, 1)
        assert none.audit.verdict == "not_protected"
        assert none.audit.cells()["reason"][0].rstrip().endswith("= 3")
        exact = protect(secondary="exact")
        assert exact.audit.verdict == "protected"
        whole = protect(min_candidates="whole", policy="under10")
        assert whole.audit.verdict == "protected"
        assert whole.counts[1] >= protect(policy="under10").counts[1]


class TestHierarchies:
    TABLE = pl.DataFrame(
        {
            "practice": ["p1", "p2", "p3", "p4", "p5"],
            "pcn": ["x", "x", "y", "y", None],
            "icb": ["N", "N", "N", "S", "S"],
            "council": ["k", "l", "l", "k", "k"],
            "n": [3, 40, 25, 30, 61],
        }
    )

    def test_columns_pairs_and_mappings_say_the_same(self):
        # p3 and p4 share a PCN that crosses two ICBs, which is no tree.
        with pytest.raises(ig.PolicyError) as caught:
            protect(self.TABLE, by=["practice"], hierarchies={"practice": ["pcn", "icb"]})
        assert caught.value.code == "policy.hierarchy_ambiguous"
        table = self.TABLE.with_columns(icb=pl.Series(["N", "N", "S", "S", "S"]))
        columns = protect(table, by=["practice"], hierarchies={"practice": ["pcn", "icb"]})
        pairs = [("x", "p1"), ("x", "p2"), ("y", "p3"), ("y", "p4"), ("N", "x"), ("S", "y"), ("S", "p5")]
        mapping = {child: parent for parent, child in pairs}
        for same in (pairs, mapping, [pairs], [mapping]):
            assert shown(
                protect(table, by=["practice"], hierarchies={"practice": same}).publish(), ["practice"]
            ) == shown(columns.publish(), ["practice"])
        made = columns.publish()
        assert made["practice"].to_list() == ["p1", "p2", "p3", "p4", "p5", "x", "y", "N", "S", "Total"]
        cells = dict(zip(made["practice"], made["n"], strict=True))
        # x and N are the same practices: hiding one alone would not do.
        assert (cells["p1"], cells["Total"]) == (None, 159)
        assert sum(cells[name] is None for name in ("p2", "x")) >= 1

    def test_areas_that_overlap(self):
        table = self.TABLE.with_columns(icb=pl.Series(["N", "N", "S", "S", "S"]))
        result = protect(table, by=["practice"], hierarchies={"practice": [["icb"], ["council"]]})
        labels = result.publish()["practice"].to_list()
        assert labels == ["p1", "p2", "p3", "p4", "p5", "N", "S", "k", "l", "Total"]
        assert result.audit.verdict == "protected"

    def test_a_category_without_a_parent(self):
        with pytest.raises(ig.PolicyError) as caught:
            protect(self.TABLE, by=["practice"], hierarchies={"practice": {"p1": "x"}})
        assert caught.value.code == "policy.hierarchy_incomplete"
        assert caught.value.context["row"] == "2"

    @pytest.mark.parametrize("wrong", ["pcn", 3, [], [1], [("a", "b", "c")], {"a": 1}])
    def test_what_is_no_hierarchy(self, wrong):
        with pytest.raises(ig.IgError) as caught:
            protect(self.TABLE, by=["practice"], hierarchies={"practice": wrong})
        assert caught.value.code in {"misuse.argument", "misuse.column_missing"}


class TestGivenTotals:
    GIVEN: ClassVar = {"site": ["A", "B", "C", "Total"], "n": [3, 40, 25, 68]}

    def test_they_are_protected_as_they_stand(self):
        result = protect(self.GIVEN, by=["site"], margins="given")
        assert result.publish()["site"] == self.GIVEN["site"]
        assert result.publish()["n_display"] == ["*", "40", "*", "68"]

    def test_one_that_is_not_its_parts_is_named(self):
        wrong = {**self.GIVEN, "n": [3, 40, 25, 99]}
        with pytest.raises(ig.PolicyError) as caught:
            protect(wrong, by=["site"], margins="given")
        assert caught.value.code == "policy.inconsistent_table"
        assert caught.value.context == {"dimension": "site", "total": "in row 4", "parts": "rows 1, 2, 3"}
        assert "99" not in str(caught.value)
        assert protect(wrong, by=["site"], margins="reconciled").publish()["n"][3] == 68

    def test_totals_that_the_table_does_not_list_need_no_protection(self):
        table = {"p": ["a", "b", "c", "d", "N", "S"], "n": [30, 40, 50, 60, 70, 110]}
        tree = {"a": "N", "b": "N", "c": "S", "d": "S"}
        made = protect(table, by=["p"], margins="given", hierarchies={"p": tree}).publish()
        assert made["n"] == table["n"]
        small = {**table, "n": [3, 40, 50, 60, 43, 110]}
        made = protect(small, by=["p"], margins="given", hierarchies={"p": tree}).publish()
        assert made["n"][0] is None
        assert sum(n is None for n in made["n"]) == 2

    def test_margins_without_their_cross(self):
        table = {"p": ["A", "B", "Total", "Total", "Total"], "q": ["Total", "Total", "x", "y", "Total"]}
        made = protect({**table, "n": [3, 67, 50, 20, 70]}, by=["p", "q"], margins="given").publish()
        assert made["n_display"] == ["*", "*", "50", "20", "70"]

    def test_a_total_equal_to_one_child(self):
        # The other part is a shown zero, so the total is the part and must be hidden with it.
        made = protect({"site": ["A", "B"], "n": [3, 0]}, by=["site"]).publish()
        assert made["n_display"] == ["*", "0", "*"]

    def test_totals_that_are_said_to_be_there_and_are_not(self):
        for labels, settings in (
            (["A", "B", "All"], {}),
            (["A", "B", "Total"], {"total": "All"}),
            (["A", "B", "p"], {"hierarchies": {"site": [("P", "A"), ("P", "B"), ("P", "p")]}}),
        ):
            for margins in ("given", "reconciled"):
                with pytest.raises(ig.PolicyError) as caught:
                    protect({"site": labels, "n": [3, 20, 23]}, by=["site"], margins=margins, **settings)
                assert caught.value.code == "policy.total_row_missing"
            with pytest.raises(ig.PolicyError) as caught:
                ig.audit_table({"site": labels, "n": ["*", 20, 23]}, by="site", count="n", **settings)
            assert caught.value.code == "policy.total_row_missing"

    def test_a_total_without_a_row_of_any_part_is_not_replaced_by_zero(self):
        table = {"a": ["x", "x", "y", "Total"], "o": ["p", "Total", "Total", "Total"], "n": [30, 30, 23, 53]}
        with pytest.raises(ig.PolicyError) as caught:
            protect(table, by=["a", "o"], margins="reconciled")
        assert caught.value.code == "policy.inconsistent_table"

    def test_row_totals_and_a_grand_total_without_column_totals(self):
        table = {"a": ["x"] * 3 + ["y"] * 3 + ["Total"], "o": ["p", "q", "Total"] * 2 + ["Total"]}
        counts = [30, 40, 70, 25, 35, 60, 130]
        assert protect({**table, "n": counts}, by=["a", "o"], margins="given").publish()["n"] == counts

    def test_empty_tables(self):
        for margins in ("none", "given", "reconciled"):
            assert protect({"site": [], "n": []}, by=["site"], margins=margins).publish()["n"] == []

    def test_an_exempt_total_that_gives_a_cell_away_is_refused(self):
        rule = ig.SuppressionPolicy("ours", threshold=5)
        with pytest.raises(ig.PolicyError) as caught:
            ig.suppress(
                self.GIVEN, by="site", count="n", policy=rule, margins="given", exempt={"site": "Total"}
            )
        assert caught.value.code == "policy.exemption_unavailable"
        one = {"site": ["A", "B", "England"], "n": [3, 0, 3]}
        with pytest.raises(ig.PolicyError) as caught:
            ig.suppress(
                one,
                by="site",
                count="n",
                policy="hes",
                margins="given",
                total="England",
                exempt={"site": "England"},
                secondary="exact",
            )
        assert caught.value.code == "policy.primary_given_away"


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": 5}, {"by": [None]}, {"by": []}, {"count": 5}, {"policy": None}, {"exempt": 5}, {"exempt": {"site": 5}},
        {"progress": 5}, {"min_candidates": 0}, {"min_candidates": True}, {"margins": 5}, {"total": 5},
    ],
)  # fmt: skip
def test_arguments_of_a_wrong_kind(wrong):
    settings = {"by": ["site", "sex"], "count": "n", "policy": "under5", "margins": "all", **wrong}
    with pytest.raises(ig.MisuseError) as caught:
        ig.suppress(SITES, **settings)
    assert caught.value.code == "misuse.argument"


def test_sums_past_64_bits():
    with pytest.raises(ig.PolicyError) as caught:
        protect({"site": ["A", "B"], "n": [3, 2**63 - 1]}, by=["site"])
    assert caught.value.code == "policy.count_too_large"


def test_a_table_that_cannot_be_protected_is_not_returned():
    # The exempt total of 6 leaves each part 1 to 5, and not all of the rule's 1 to 7, whatever else is hidden.
    table = {"area": ["A", "B", "England"], "n": [3, 3, 6]}
    settings = {
        "by": ["area"],
        "policy": "hes",
        "margins": "given",
        "total": "England",
        "exempt": {"area": "England"},
    }
    with pytest.raises(ig.PolicyError) as caught:
        protect(table, secondary="interval", min_candidates="whole", **settings)
    assert caught.value.code == "policy.not_protected"
    assert caught.value.context == {"cells": "2", "level": "interval"}
    assert protect(table, secondary="interval", **settings).audit.verdict == "protected"


def test_frequency_table_equals_a_plain_tally():
    rng = random.Random(7)
    people = {"site": [rng.choice("ABC") for _ in range(90)], "sex": [rng.choice("FM") for _ in range(90)]}
    made = ig.frequency_table(people, by=["site", "sex"])
    cells = dict(zip(zip(made["site"], made["sex"], strict=True), made["n"], strict=True))
    rows = list(zip(people["site"], people["sex"], strict=True))
    for site, sex in itertools.product([*"ABC", "Total"], [*"FM", "Total"]):
        assert cells[site, sex] == sum(site in {s, "Total"} and sex in {x, "Total"} for s, x in rows)
    plain = ig.frequency_table(pl.DataFrame(people), by=["site", "sex"], margins="none")
    assert plain["n"].sum() == 90
    added = ig.frequency_table(SITES, by="site", count="n")
    assert added == {"site": ["A", "B", "C", "Total"], "n": [43, 55, 68, 166]}


class TestLongRuns:
    @staticmethod
    def large():
        rng = random.Random(3)
        keys = itertools.product(range(160), range(60))
        return {
            "a": [], "b": [], "n": [],
            **dict(zip(("a", "b", "n"), map(list, zip(*((f"a{a}", f"b{b}", rng.randrange(12)) for a, b in keys), strict=True)), strict=True)),
        }  # fmt: skip

    def test_progress_is_told_and_can_end_the_run(self):
        told = []

        def end(stage, done, total):
            told.append((stage, done, total))
            raise RuntimeError("enough")

        with pytest.raises(RuntimeError, match="enough"):
            protect(self.large(), by=("a", "b"), progress=end)
        assert told[0][0] in {"choosing", "auditing"}
        assert 0 <= told[0][1] <= told[0][2]

    def test_ctrl_c(self, request):
        # A test run in the background may have been told to ignore interrupts.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
        main = threading.main_thread().ident

        def interrupt():
            time.sleep(0.7)
            signal.pthread_kill(main, signal.SIGINT)

        table = self.large()
        threading.Thread(target=interrupt).start()

        def run():
            for _ in range(100):
                protect(table, by=("a", "b"))

        with pytest.raises(KeyboardInterrupt):
            run()
