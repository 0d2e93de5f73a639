"""Risk of microdata: every kind of table, refusals, properties that hold for any table."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NUMBER, nhs_ig

LISTS = {
    "area": ["WN5", "WN5", "M1", None, None],
    "age": [40, 40, 71, 40, 40],
    "drug": ["statin", "insulin", "statin", "statin", None],
}
BY = ["area", "age"]


class TestKinds:
    def check(self, table):
        risk = ig.microdata_risk(table, BY, "drug", k=2)
        assert (risk.rows, risk.classes, risk.k, risk.uniques, risk.rows_below) == (5, 3, 1, 1, 1)
        assert risk.histogram == {1: 1, 2: 2}
        assert risk.sensitive["drug"].l_distinct == 1
        assert risk.sensitive["drug"].t == pytest.approx(0.4)
        assert ig.k_anonymity(table, by=BY) == 1
        assert ig.uniqueness(table, by=BY) == ig.Uniqueness(5, 1)
        assert ig.l_diversity(table, by=BY, sensitive="drug") == 1
        assert ig.t_closeness(table, by=BY, sensitive=["drug"]) == pytest.approx(0.4)

    def test_lists(self):
        self.check(LISTS)
        assert ig.rows_at_risk(LISTS, BY, k=2) == [False, False, True, False, False]

    def test_polars(self):
        frame = pl.DataFrame(LISTS)
        self.check(frame)
        self.check(frame.lazy())
        self.check(frame.with_columns(pl.col("area", "drug").cast(pl.Categorical)))
        self.check(pl.concat([frame[:2], frame[2:2], frame[2:]], rechunk=False))
        self.check(frame.with_columns(pl.Series("other", [object()] * 5, dtype=pl.Object)))
        kept = frame.filter(~ig.rows_at_risk(frame, BY, k=2))
        assert ig.k_anonymity(kept, BY) == 2

    def test_pandas(self):
        frame = pd.DataFrame(LISTS, index=[9, 8, 7, 6, 5])
        self.check(frame)
        self.check(frame.astype({"area": "category"}))
        at_risk = ig.rows_at_risk(frame, BY, k=2)
        assert list(frame[at_risk].index) == [7]

    def test_arrow(self, tmp_path):
        pa = pytest.importorskip("pyarrow")
        self.check(pa.table(LISTS))
        assert ig.rows_at_risk(pa.table(LISTS), BY, k=2).to_pylist() == [False, False, True, False, False]
        ig.write_table(pa.table(LISTS), tmp_path / "t.parquet")
        self.check(ig.read_table(tmp_path / "t.parquet"))

    def test_polars_groups_by_values_of_many_types(self):
        draw = random.Random(7)
        rows = 3000
        frame = pl.DataFrame(
            {
                "flag": [draw.choice([True, False, None]) for _ in range(rows)],
                "real": [draw.choice([0.5, -0.0, 0.0, 3e300, None]) for _ in range(rows)],
                "day": [draw.choice([dt.date(1890, 1, 1), dt.date(2024, 5, 1)]) for _ in range(rows)],
                "at": [
                    dt.datetime(2024, 5, 1, draw.randrange(3), tzinfo=dt.timezone.utc) for _ in range(rows)
                ],
                "clock": [dt.time(draw.randrange(2)) for _ in range(rows)],
                "span": [dt.timedelta(days=draw.randrange(2)) for _ in range(rows)],
                "text": [draw.choice(["", "é", "x" * 15, "x" * 16, "x" * 17]) for _ in range(rows)],
            }
        ).with_columns(pl.col("text").cast(pl.Categorical).alias("kind"), pl.lit(None).alias("nothing"))
        for width in range(1, len(frame.columns) + 1):
            by = frame.columns[-width:]
            sizes = frame.group_by(by).len()["len"]
            risk = ig.microdata_risk(frame, by)
            assert (risk.classes, risk.k) == (len(sizes), sizes.min()), by
            assert risk.histogram == dict(sorted(Counter(sizes.to_list()).items()))


class TestRefusals:
    @pytest.mark.parametrize(
        ("by", "sensitive", "k", "code"),
        [
            ([], None, 5, "misuse.argument"),
            (["area", "area"], None, 5, "misuse.argument"),
            (["area"], ["area"], 5, "misuse.argument"),
            (["area"], None, 1, "misuse.argument"),
            (["area"], None, -3, "misuse.argument"),
            (["area"], None, 2.5, "misuse.argument"),
            ([7], None, 5, "misuse.argument"),
            (["ward"], None, 5, "misuse.column_missing"),
            (["area"], "ward", 5, "misuse.column_missing"),
        ],
    )
    def test_code(self, by, sensitive, k, code):
        for table in (LISTS, pl.DataFrame(LISTS), pl.LazyFrame(LISTS), pd.DataFrame(LISTS)):
            with pytest.raises(ig.MisuseError) as caught:
                ig.microdata_risk(table, by, sensitive, k=k)
            assert caught.value.code == code

    def test_no_rows_are_not_safe(self):
        for table in ({"area": []}, pl.DataFrame({"area": []}), pd.DataFrame({"area": []})):
            for act in (ig.k_anonymity, ig.uniqueness, ig.rows_at_risk):
                with pytest.raises(ig.MisuseError) as caught:
                    act(table, "area")
                assert caught.value.code == "misuse.no_rows"
            with pytest.raises(ig.MisuseError) as caught:
                ig.suggest_generalisation(table, {"area": ["omit"]})
            assert caught.value.code == "misuse.no_rows"

    def test_types_without_values_to_compare(self):
        for values, dtype in (([b"a"], pl.Binary), ([["a"]], pl.List(pl.String)), ([{"a": 1}], None)):
            with pytest.raises(ig.MisuseError) as caught:
                ig.k_anonymity(pl.DataFrame({"c": pl.Series(values, dtype=dtype)}), "c")
            assert caught.value.code == "misuse.column_type"

    def test_settings(self):
        for act in (
            lambda: ig.l_diversity(LISTS, "area", "drug", kind="recursive"),
            lambda: ig.l_diversity(LISTS, "area", []),
            lambda: ig.t_closeness(LISTS, "area", "drug", distance="hierarchical"),
            lambda: ig.suggest_generalisation(LISTS, {"age": ["round"]}),
            lambda: ig.suggest_generalisation(LISTS, {"age": [5]}),
            lambda: ig.suggest_generalisation(LISTS, {"age": [{"act": "age_band", "wide": 5}]}),
            lambda: ig.suggest_generalisation(LISTS, {"age": ["omit"]}, most=0),
            lambda: ig.suggest_generalisation(LISTS, {"age": ["omit"]}, order_by="height"),
            lambda: ig.suggest_generalisation(LISTS, {"age": ["omit"]}, max_suppressed_share=float("nan")),
            lambda: ig.suggest_generalisation(LISTS, {"age": ["keep"] * 400, "area": ["keep"] * 400}),
        ):
            with pytest.raises(ig.MisuseError) as caught:
                act()
            assert caught.value.code == "misuse.argument"

    def test_no_value_is_told(self):
        table = {"number": [NUMBER, "someone"], "drug": ["insulin", "insulin"]}
        shown = [
            repr(ig.microdata_risk(table, "number", "drug")),
            str(vars(ig.microdata_risk(table, "number"))),
        ]
        shown.append(repr(ig.microdata_risk(table, "number", "drug").sensitive))
        for levels in ({"number": ["keep"]}, {"number": [{"act": "age_band"}]}):
            with pytest.raises(ig.IgError) as caught:
                ig.suggest_generalisation(table, levels, k=2)
            shown += [str(caught.value), repr(caught.value.context)]
        for text in shown:
            assert not any(value in text for value in (NUMBER, "someone", "insulin"))


CELLS = st.sampled_from(["a", "b", "c", None])
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.tuples(*[CELLS] * width, st.integers(0, 4)), min_size=1, max_size=40)
)


def _columns(rows):
    names = [f"q{place}" for place in range(len(rows[0]) - 1)]
    return {
        name: list(cells) for name, cells in zip([*names, "s"], zip(*rows, strict=True), strict=True)
    }, names


class TestProperties:
    @given(TABLES)
    def test_definitions(self, rows):
        table, by = _columns(rows)
        sizes = Counter(row[:-1] for row in rows)
        risk = ig.microdata_risk(table, by, "s", k=3)
        assert risk.k == min(sizes.values())
        assert risk.uniques == sum(size == 1 for size in sizes.values())
        assert risk.rows_below == sum(size for size in sizes.values() if size < 3)
        assert ig.rows_at_risk(table, by, k=3) == [sizes[row[:-1]] < 3 for row in rows]
        assert risk.highest_risk == 1 / risk.k
        assert risk.average_risk == len(sizes) / len(rows)

    @given(TABLES, st.randoms(use_true_random=False), st.integers(0, 40))
    def test_neither_order_nor_cut_matters(self, rows, draw, cut):
        table, by = _columns(rows)
        expected = ig.microdata_risk(table, by, "s")
        moved = draw.sample(rows, len(rows))
        frame = pl.DataFrame(_columns(moved)[0], schema_overrides=dict.fromkeys(by, pl.String))
        pieces = pl.concat([frame[:cut], frame[cut:]], rechunk=False)
        # Equal to the last bit.
        assert ig.microdata_risk(pieces, draw.sample(by, len(by)), "s") == expected

    @given(TABLES)
    def test_a_table_twice_has_twice_the_k_and_the_same_l_and_t(self, rows):
        _, by = _columns(rows)
        once, twice = (ig.microdata_risk(_columns(rows * times)[0], by, "s") for times in (1, 2))
        assert twice.k == 2 * once.k
        assert twice.uniques == 0
        assert twice.sensitive["s"].l_distinct == once.sensitive["s"].l_distinct
        assert twice.sensitive["s"].t == pytest.approx(once.sensitive["s"].t, abs=1e-12)

    @given(TABLES)
    def test_fewer_columns_never_lower_k_l_or_raise_t(self, rows):
        table, by = _columns(rows)
        finer = ig.microdata_risk(table, by, "s")
        for left_out in by if len(by) > 1 else []:
            coarser = ig.microdata_risk(table, [name for name in by if name != left_out], "s")
            assert coarser.k >= finer.k
            assert coarser.sensitive["s"].l_distinct >= finer.sensitive["s"].l_distinct
            assert coarser.sensitive["s"].t <= finer.sensitive["s"].t + 1e-12

    @given(st.lists(st.integers(0, 120), min_size=1, max_size=60))
    def test_coarser_bands_never_lower_k(self, ages):
        found = [ig.k_anonymity({"age": ig.age_band(ages, width=width)}, "age") for width in (1, 5, 10, 30)]
        assert found == sorted(found)


class TestSuggest:
    LADDERS = {  # noqa: RUF012
        "age": ["keep", {"act": "age_band", "width": 10}, "omit"],
        "postcode": ["keep", {"act": "postcode", "to": "district"}, {"act": "postcode", "to": "area"}],
    }

    def table(self, rows=400):
        draw = random.Random(1)
        return {
            "age": [draw.randrange(20, 90) for _ in range(rows)],
            "postcode": [
                f"{draw.choice(['WN5', 'WN1', 'M14'])} {draw.randrange(1, 9)}QX" for _ in range(rows)
            ],
        }

    def test_what_is_suggested_reaches_k_when_it_is_done(self):
        table = self.table()
        best = ig.suggest_generalisation(table, self.LADDERS, k=5)[0]
        made = {}
        for name, level in best.levels.items():
            if level == "keep":
                made[name] = table[name]
            elif level != "omit":
                settings = {key: value for key, value in level.items() if key not in {"act", "to"}}
                act = getattr(ig, "age_band" if name == "age" else f"postcode_{level['to']}")
                made[name] = act(table[name], **settings)
        assert ig.k_anonymity(made, list(made)) == best.k >= 5

    def test_same_list_from_every_kind_of_table(self):
        table = self.table()
        expected = ig.suggest_generalisation(table, self.LADDERS, k=5)
        frame = pl.DataFrame(table)
        for other in (
            frame,
            frame.lazy(),
            frame.with_columns(pl.col("postcode").cast(pl.Categorical)),
            pl.concat([frame[200:], frame[:200]], rechunk=False),
            pd.DataFrame(table),
        ):
            assert ig.suggest_generalisation(other, self.LADDERS, k=5) == expected

    def test_withheld_rows_are_those_at_risk(self):
        table = self.table()
        ladders = {"age": [{"act": "age_band", "width": 10}], "postcode": ["keep"]}
        only = ig.suggest_generalisation(table, ladders, k=4, max_suppressed_share=0.99)[0]
        made = {"age": ig.age_band(table["age"], width=10), "postcode": table["postcode"]}
        assert only.rows_withheld == sum(ig.rows_at_risk(made, ["age", "postcode"], k=4)) > 0

    def test_missing_values_stay_apart_until_a_column_is_left_out(self):
        table = {"age": [30, 31, 32, None]}
        with pytest.raises(ig.PolicyError) as caught:
            ig.suggest_generalisation(table, {"age": ["keep", "redact"]}, k=2)
        assert caught.value.code == "policy.k_not_reached"
        assert ig.suggest_generalisation(table, {"age": ["keep", "redact", "omit"]}, k=2)[0].steps == {
            "age": 2
        }

    def test_values_that_an_act_does_not_take(self):
        table = {"age": [30, 31, 500]}
        with pytest.raises(ig.IdentifierError) as caught:
            ig.suggest_generalisation(table, {"age": [{"act": "age_band"}]}, k=2)
        assert caught.value.code == "identifier.invalid_cells"
        assert "distinct values" in str(caught.value)


class TestCommand:
    @pytest.fixture
    def source(self, tmp_path):
        path = tmp_path / "people.csv"
        path.write_text("area,sex,drug\n" + "WN5,F,statin\nWN5,F,insulin\n" * 3 + "M1,M,statin\n" * 5)
        return path

    def test_reached(self, source):
        done = nhs_ig("risk", source, "--by", "area,sex", "--sensitive", "drug", "--k", 5)
        assert done.returncode == 0, done.stderr
        assert "k = 5: the smallest class; 0 rows are unique" in done.stdout
        assert "drug: l = 1" in done.stdout

    def test_not_reached(self, source):
        done = nhs_ig("risk", source, "--by", "area", "--by", "sex", "--k", 6)
        assert done.returncode == 1
        assert "5 rows (45.45%) are in classes below 6" in done.stdout
        assert "k = 6 is not reached" in done.stderr

    def test_could_not_run(self, source, tmp_path):
        assert nhs_ig("risk", source, "--by", "ward").returncode == 2
        assert nhs_ig("risk", source, "--by", "area", "--k", 1).returncode == 2
        assert nhs_ig("risk", source).returncode == 2
        (tmp_path / "none.csv").write_text("area\n")
        assert nhs_ig("risk", tmp_path / "none.csv", "--by", "area").returncode == 2


def test_what_python_values_cannot_hold_is_refused_and_not_made_equal():
    import pandas as pd

    finer = pd.DataFrame({"t": pd.to_datetime([1_000_000, 1_000_001, 1_000_002])})
    for table, by in ((finer, "t"), ({"a": [2**53 + 1, 2**53 + 2, 0.5, 0.5]}, "a")):
        with pytest.raises(ig.MisuseError) as caught:
            ig.k_anonymity(table, by=by)
        assert caught.value.code == "misuse.column_type"
