"""Dates of one person moved together: the frozen vectors and every kind of column, against the standard library."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import sys
from pathlib import Path

import nhs_ig as ig
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import KEY_BYTES, NUMBERS, find_secrets, make_key, run_python, shown_by, vectors

sys.path.insert(0, str(Path(__file__).parents[1] / "independent"))
from date_shift_v1 import shift_of

pa = pytest.importorskip("pyarrow")

FILE = vectors("date_shift_v1")
KEYS = {entry["id"]: make_key("shift-" + entry["id"], bytes.fromhex(entry["hex"])) for entry in FILE["keys"]}
CONTEXT = "DSA-2026-014"
DAYS = {
    n: shift_of(KEY_BYTES, CONTEXT, "nhs_number", 30, keep_weekday=False, person=n.encode()) for n in NUMBERS
}
PERSONS = [NUMBERS[row % 5] for row in range(40)]
DATES = [dt.date(2020, 1, 1) + dt.timedelta(37 * row) if row % 7 else None for row in range(40)]
WANTED = [day and day + dt.timedelta(DAYS[person]) for day, person in zip(DATES, PERSONS, strict=True)]


@pytest.mark.parametrize("vector", FILE["vectors"], ids=lambda v: f"{v['kind']}-{v['max_days']}-{v['date']}")
def test_vector(vector):
    p = ig.Pseudonymiser(KEYS[vector["key"]], context=vector["context"])
    options = {name: vector[name] for name in ("kind", "max_days", "keep_weekday")}
    date, person = vector["date"], vector["person"]
    if "error" in vector:
        with pytest.raises(ig.IdentifierError) as caught:
            p.shift_date([date], person=[person], **options)
        assert caught.value.context["reason"] == vector["error"]
        options["on_invalid"] = "null"
    expected = vector.get("output")
    assert p.shift_date(date, person=person, **options) == expected
    assert p.shift_date([None, date], person=[person, person], **options) == [None, expected]
    frame = pl.LazyFrame({"d": [date, None], "p": [person, person]}, schema={"d": pl.String, "p": pl.String})
    act = pl.col("d").ig.shift_date(p, person=pl.col("p"), **options)
    for engine in ("in-memory", "streaming"):
        made = frame.select(act).collect(engine=engine)
        assert made.schema == {"d": pl.String}
        assert made["d"].to_list() == [expected, None]


@pytest.fixture
def frame() -> pl.DataFrame:
    return pl.DataFrame({"d": DATES, "p": PERSONS}, schema_overrides={"d": pl.Date})


def test_polars_in_every_way(frame, pseudonymiser):
    act = pl.col("d").ig.shift_date(pseudonymiser, person=pl.col("p"), max_days=30)
    pieces = pl.concat([frame[:3], frame[3:3], frame[3:17], frame[17:]], rechunk=False)
    for made in (
        frame.select(act),
        frame.lazy().select(act).collect(),
        frame.lazy().select(act).collect(engine="streaming"),
        pieces.select(act),
        frame.with_columns(act).select("d"),
        pieces["d"].ig.shift_date(pseudonymiser, person=pieces["p"], max_days=30).to_frame(),
        frame.with_columns(pl.col("p").cast(pl.Categorical)).select(act),
        frame.with_columns(pl.col("p").cast(pl.Int64)).select(act),
    ):
        assert made.schema == {"d": pl.Date}
        assert made["d"].to_list() == WANTED
    assert frame[5:20].select(act)["d"].to_list() == WANTED[5:20]
    assert (
        pieces["d"][5:20].ig.shift_date(pseudonymiser, person=pieces["p"][5:20], max_days=30).to_list()
        == (WANTED[5:20])
    )
    over = frame.with_columns(act.over("p"))
    assert over["d"].to_list() == WANTED
    grouped = frame.group_by("p", maintain_order=True).agg(act)
    assert grouped["d"].explode().to_list() == [WANTED[r] for first in range(5) for r in range(first, 40, 5)]
    # The same name twice, literals, and nothing at all.
    same = pl.DataFrame({"p": [NUMBERS[0]]}).select(
        pl.lit("2024-02-29").alias("p").ig.shift_date(pseudonymiser, person=pl.col("p"), max_days=30)
    )
    assert same["p"].item() == str(dt.date(2024, 2, 29) + dt.timedelta(DAYS[NUMBERS[0]]))
    assert frame[:0].select(act).schema == {"d": pl.Date}
    none = frame.with_columns(pl.lit(None, dtype=pl.Date).alias("d")).select(act)
    assert none["d"].to_list() == [None] * 40
    nobody = pl.lit(None, dtype=pl.String)
    gone = frame.select(
        pl.col("d").ig.shift_date(pseudonymiser, person=nobody, max_days=30, on_invalid="null")
    )
    assert gone["d"].to_list() == [None] * 40
    untyped = pl.Series("p", [None] * 40)
    assert untyped.dtype == pl.Null
    assert frame["d"].ig.shift_date(
        pseudonymiser, person=untyped, max_days=30, on_invalid="null"
    ).to_list() == ([None] * 40)
    # Inside a plan Polars' type without a type travels in a pair too: nobody's dates are refused, never unshifted.
    with pytest.raises(pl.exceptions.ComputeError, match=r"nhs_ig\[identifier\.invalid_cells\].*no_person"):
        frame.with_columns(untyped).select(act)


@pytest.mark.parametrize(
    "dtype", [pl.Datetime("ms"), pl.Datetime("us"), pl.Datetime("ns"), pl.String, pl.Categorical]
)
def test_types_stay_and_times_keep_their_time_of_day(frame, pseudonymiser, dtype):
    act = pl.col("d").ig.shift_date(pseudonymiser, person=pl.col("p"), max_days=30)
    if isinstance(dtype, pl.Datetime):
        late = pl.col("d").cast(dtype) + pl.duration(hours=23, minutes=59)
        made = frame.with_columns(late.cast(dtype)).select(act)
        assert made.schema == {"d": dtype}
        assert made["d"].dt.date().to_list() == WANTED
        assert set(made["d"].dt.time().drop_nulls()) == {dt.time(23, 59)}
    else:
        made = frame.with_columns(pl.col("d").cast(pl.String).cast(dtype)).select(act)
        assert made["d"].to_list() == [day and str(day) for day in WANTED]
        assert made.schema == {"d": pl.String}


def test_lists_pandas_numpy_and_arrow(pseudonymiser):
    def shift(dates, person):
        return pseudonymiser.shift_date(dates, person=person, max_days=30)

    assert shift(DATES, PERSONS) == WANTED
    assert shift(tuple(DATES), [int(person) for person in PERSONS]) == WANTED
    at = [day and dt.datetime.combine(day, dt.time(8, 30)) for day in DATES]
    assert shift(at, PERSONS) == [day and dt.datetime.combine(day, dt.time(8, 30)) for day in WANTED]
    assert list(shift(np.array(DATES, dtype=object), np.array(PERSONS))) == WANTED
    arrow = shift(pa.array(DATES), pa.array(PERSONS))
    assert isinstance(arrow, pa.Array)
    assert (arrow.type, arrow.to_pylist()) == (pa.date32(), WANTED)
    chunked = shift(
        pa.chunked_array([pa.array(DATES[:9]), pa.array(DATES[9:])]), pa.array(PERSONS).dictionary_encode()
    )
    assert isinstance(chunked, pa.ChunkedArray)
    assert chunked.to_pylist() == WANTED
    assert shift(arrow.cast(pa.date64()), pa.array(PERSONS)).type == pa.date64()
    for dtype in ("datetime64[ns]", "datetime64[us]", "str", "object"):
        text = [day and str(day) for day in DATES]
        series = pd.Series(text, index=range(100, 140), name="d").astype(dtype)
        made = shift(series, pd.Series(PERSONS, index=series.index))
        assert (made.name, list(made.index), made.dtype) == ("d", list(series.index), series.dtype)
        assert [None if pd.isna(v) else str(v)[:10] for v in made] == [day and str(day) for day in WANTED]
        with pytest.raises(ig.MisuseError, match="one index"):
            shift(series, pd.Series(PERSONS))
    assert pseudonymiser.shift_date(None, person=None, max_days=30) is None


def test_what_cannot_be_shifted_is_refused(pseudonymiser):
    def code(dates, person, **options):
        with pytest.raises(ig.IgError) as caught:
            pseudonymiser.shift_date(dates, person=person, **{"max_days": 30, **options})
        return caught.value.code

    n = NUMBERS[0]
    assert code("2024-02-29", None) == "identifier.invalid_cells"
    assert code(["2024-02-29"], [n, n]) == "misuse.argument"
    assert code(["2024-02-29"], n) == "misuse.column_type"
    assert code("2024-02-29", [n]) == "misuse.column_type"
    assert code([True], [n]) == "misuse.column_type"
    assert code([20240229], [n]) == "misuse.column_type"
    assert code([dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc)], [n]) == "misuse.column_type"
    assert code(pl.Series([dt.datetime(2024, 2, 29)]).dt.replace_time_zone("UTC"), pl.Series([n])) == (
        "misuse.column_type"
    )
    assert code(pl.col("d"), n) == "misuse.column_type"
    for options in (
        {"max_days": 6},
        {"max_days": -30},
        {"max_days": 3651},
        {"max_days": 30.5},
        {"max_days": "30"},
        {"max_days": 27, "keep_weekday": True},
        {"keep_weekday": 1},
        {"kind": "NHS"},
        {"on_invalid": "keep"},
    ):
        assert code("2024-02-29", n, **options) == "misuse.argument"


def test_invalid_rows_are_counted_and_never_pass(pseudonymiser):
    dates = ["2024-02-29", "9999-12-31", "2024-02-29", "29/02/2024", "2024-03-01"]
    persons = [NUMBERS[0], NUMBERS[0], "9990000017", NUMBERS[1], None]
    with pytest.raises(ig.IdentifierError) as caught:
        pseudonymiser.shift_date(dates, person=persons, max_days=30)
    assert (caught.value.context["count"], caught.value.context["row"]) == ("4", "2")
    assert caught.value.context["reason"] == "identifier.date_range"
    kept = pseudonymiser.shift_date(dates, person=persons, max_days=30, on_invalid="null")
    assert kept == [str(dt.date(2024, 2, 29) + dt.timedelta(DAYS[NUMBERS[0]])), None, None, None, None]


def test_no_failure_or_plan_shows_a_secret(pseudonymiser, key, frame):
    n = NUMBERS[0]
    bad = pl.DataFrame({"d": [n], "p": [n + "1"]})
    act = pl.col("d").ig.shift_date(pseudonymiser, person=pl.col("p"), max_days=30)
    for call in (
        lambda: pseudonymiser.shift_date(n, person=n, max_days=30),
        lambda: pseudonymiser.shift_date("2024-02-29", person=n + "1", max_days=30),
        lambda: pseudonymiser.shift_date([n], person=[n, n], max_days=30),
        lambda: pseudonymiser.shift_date(n, person=[n], max_days=30),
        lambda: pseudonymiser.shift_date(n, person=n, max_days=int(n)),
        lambda: pseudonymiser.shift_date(n, person=n, max_days=30, kind=n),
        lambda: bad.select(act),
        lambda: bad.lazy().select(act).collect(engine="streaming"),
        lambda: bad["d"].ig.shift_date(pseudonymiser, person=bad["p"], max_days=30),
        lambda: bad.with_columns(pl.col("p").cast(pl.Binary)).select(act),
    ):
        with pytest.raises((ig.IgError, pl.exceptions.ComputeError)) as caught:
            call()
        assert not find_secrets(shown_by(caught.value))
        assert "2024-02-29" not in shown_by(caught.value)
    plan = (
        frame.lazy()
        .drop("p")
        .select(pl.col("d").ig.shift_date(pseudonymiser, person=pl.lit(None), max_days=30))
    )
    assert not find_secrets(pickle.dumps(act))
    assert not find_secrets(plan.explain())
    assert key.id.encode() in pickle.dumps(act)


def test_a_plan_without_its_key_fails(pseudonymiser, frame, tmp_path):
    act = pl.col("d").ig.shift_date(pseudonymiser, person=pl.col("p"), max_days=30)
    (tmp_path / "plan").write_bytes(pickle.dumps(frame.lazy().select(act)))
    done = run_python(
        "import pickle, sys, nhs_ig\npickle.load(open(sys.argv[1], 'rb')).collect()", str(tmp_path / "plan")
    )
    assert done.returncode != 0
    assert "nhs_ig[key.unavailable]" in done.stderr


PERSON = st.text(min_size=1, max_size=20)
DAY = st.dates(dt.date(1900, 1, 2), dt.date(2199, 12, 31))
SHIFTER = ig.Pseudonymiser(make_key("shift-properties"), context=CONTEXT)


@settings(max_examples=60, deadline=None)
@given(person=PERSON, a=DAY, b=DAY, max_days=st.integers(28, 3650), keep_weekday=st.booleans())
def test_intervals_are_kept(person, a, b, max_days, keep_weekday):
    moved = SHIFTER.shift_date(
        [a, b], person=[person, person], max_days=max_days, keep_weekday=keep_weekday, kind="text"
    )
    assert moved[1] - moved[0] == b - a
    days = shift_of(KEY_BYTES, CONTEXT, "text", max_days, keep_weekday, person.encode())
    assert moved[0] - a == dt.timedelta(days)


@settings(max_examples=60, deadline=None)
@given(person=PERSON, day=DAY, max_days=st.integers(7, 3650))
def test_a_shift_is_within_max_days_and_never_0(person, day, max_days):
    moved = SHIFTER.shift_date(day, person=person, max_days=max_days, kind="text")
    assert 0 < abs((moved - day).days) <= max_days


@settings(max_examples=60, deadline=None)
@given(person=PERSON, day=DAY, max_days=st.integers(28, 3650))
def test_the_weekday_is_kept(person, day, max_days):
    moved = SHIFTER.shift_date(day, person=person, max_days=max_days, keep_weekday=True, kind="text")
    assert moved.weekday() == day.weekday()
    assert 0 < abs((moved - day).days) <= max_days


def test_the_example_of_the_specification_is_right():
    page = (Path(__file__).parents[2] / "crates/ig-core/docs/date_shift_v1.md").read_text(encoding="utf-8")
    p = ig.Pseudonymiser(ig.Key.from_function(lambda: bytes(range(32)), id="page-shift"), context=CONTEXT)
    moved = p.shift_date("2024-02-29", person="999 000 0018", max_days=30)
    assert f"2024-02-29 becomes {moved}." in " ".join(page.split())
    assert json.loads(FILE["vectors"] and json.dumps(FILE["vectors"][8]))["output"] == moved
