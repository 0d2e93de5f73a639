"""The ``ig`` namespace in every place where Polars takes an expression, and the column types it refuses."""

from __future__ import annotations

import datetime as dt
import re

import nhs_ig as ig
import polars as pl
import pytest
from support import NUMBER, NUMBERS, pseudonym, run_python

CONTEXT = "DSA-2026-014"
MAP = {number: pseudonym(number, context=CONTEXT, kind="nhs_number") for number in NUMBERS}


@pytest.fixture
def frame() -> pl.DataFrame:
    values = [NUMBERS[row % 5] if row % 7 else None for row in range(100)]
    return pl.DataFrame({"nhs": values, "site": [row % 3 for row in range(100)]})


@pytest.fixture
def expected(frame) -> list:
    return [MAP.get(value) for value in frame["nhs"]]


def test_eager_lazy_streaming(frame, expected, pseudonymiser):
    act = pl.col("nhs").ig.pseudonymise(pseudonymiser)
    assert frame.with_columns(act)["nhs"].to_list() == expected
    assert frame.lazy().with_columns(act).collect()["nhs"].to_list() == expected
    assert frame.lazy().with_columns(act).collect(engine="streaming")["nhs"].to_list() == expected
    assert frame["nhs"].ig.pseudonymise(pseudonymiser).to_list() == expected
    assert frame["nhs"].ig.pseudonymise(pseudonymiser).name == "nhs"


def test_sliced_and_chunked(frame, expected, pseudonymiser):
    act = pl.col("nhs").ig.pseudonymise(pseudonymiser)
    assert frame.slice(13, 40).select(act)["nhs"].to_list() == expected[13:53]
    pieces = pl.concat([frame[:10], frame[10:10], frame[10:77], frame[77:]], rechunk=False)
    assert pieces["nhs"].n_chunks() > 1
    assert pieces.select(act)["nhs"].to_list() == expected
    assert pieces["nhs"].ig.pseudonymise(pseudonymiser).to_list() == expected
    assert pieces["nhs"][5:80].ig.pseudonymise(pseudonymiser).to_list() == expected[5:80]


def test_categorical_enum_integer_and_float(frame, expected, pseudonymiser):
    for dtype in (pl.Categorical, pl.Enum(NUMBERS), pl.Int64, pl.UInt64, pl.Float64):
        column = frame["nhs"].cast(dtype)
        assert column.ig.pseudonymise(pseudonymiser).to_list() == expected
        lazy = pl.LazyFrame({"nhs": column}).select(pl.col("nhs").ig.pseudonymise(pseudonymiser))
        assert lazy.collect()["nhs"].to_list() == expected
        assert lazy.collect(engine="streaming")["nhs"].to_list() == expected


def test_group_by_over_and_filter(frame, expected, pseudonymiser):
    act = pl.col("nhs").ig.pseudonymise(pseudonymiser)
    grouped = frame.group_by("site", maintain_order=True).agg(
        act, pl.col("nhs").ig.is_nhs_number().sum().alias("valid")
    )
    for site, made, valid in grouped.rows():
        wanted = [value for row, value in enumerate(expected) if row % 3 == site]
        assert made == wanted
        assert valid == sum(value is not None for value in wanted)
    first = frame.group_by("site", maintain_order=True).agg(
        pl.col("nhs").drop_nulls().first().ig.pseudonymise(pseudonymiser)
    )
    assert first["nhs"].to_list() == [
        MAP[v]
        for v in frame.group_by("site", maintain_order=True).agg(pl.col("nhs").drop_nulls().first())["nhs"]
    ]
    over = frame.with_columns(act.over("site"))
    assert over["nhs"].to_list() == expected
    filtered = frame.lazy().filter(pl.col("nhs").ig.is_nhs_number()).collect(engine="streaming")
    assert filtered.height == sum(value is not None for value in expected)
    by_pseudonym = frame.group_by(act).len()
    assert dict(by_pseudonym.rows()) == {value: expected.count(value) for value in set(expected)}


def test_literals_nulls_and_no_rows(pseudonymiser):
    act = pl.col("x").ig.pseudonymise(pseudonymiser)
    assert pl.select(pl.lit(NUMBER).ig.pseudonymise(pseudonymiser)).item() == MAP[NUMBER]
    frame = pl.DataFrame({"a": [1, 2]}).with_columns(pl.lit(NUMBER).ig.pseudonymise(pseudonymiser).alias("x"))
    assert frame["x"].to_list() == [MAP[NUMBER]] * 2
    for values, dtype in (
        ([None, None], pl.Null),
        ([], pl.Null),
        ([], pl.String),
        ([None], pl.String),
        ([], pl.Categorical),
    ):
        column = pl.Series("x", values, dtype)
        for made in (
            column.ig.pseudonymise(pseudonymiser),
            column.to_frame().select(act)["x"],
            column.to_frame().lazy().select(act).collect(engine="streaming")["x"],
        ):
            assert made.to_list() == values
            assert made.dtype == pl.String


def test_dates(pseudonymiser):
    column = pl.Series("x", [dt.datetime(2024, 5, 17, 8), None])
    for dtype in (pl.Date, pl.Datetime("ms"), pl.Datetime("us"), pl.Datetime("ns"), pl.String):
        assert (
            column.cast(dtype).dt.strftime("%Y-%m-%d").ig.generalise_date(to="year").to_list()
            == ["2024", None]
            if dtype != pl.String
            else True
        )
        if dtype != pl.String:
            assert column.cast(dtype).to_frame().select(pl.col("x").ig.generalise_date(to="financial_year"))[
                "x"
            ].to_list() == ["2024/25", None]


def test_every_act_of_the_namespace(pseudonymiser):
    text = pl.Series("x", ["WN5 8QX"])
    assert text.ig.postcode_area().item() == "WN"
    assert text.ig.postcode_district().item() == "WN5"
    assert text.ig.postcode_sector().item() == "WN5 8"
    assert text.ig.redact().item() == "[REDACTED]"
    assert text.ig.mask_partial(keep_last=3, mask_char="#").item() == "####8QX"
    assert pl.select(pl.lit(87).ig.age_band(width=10)).item() == "80-89"
    number = pl.Series("x", [NUMBER])
    assert number.ig.invalid_reason().item() is None
    assert number.ig.normalise_nhs_number().item() == NUMBER
    assert number.ig.format_nhs_number().item() == "999 000 0018"
    assert number.ig.nhs_number_region().item() == "synthetic"
    names = {name for name in dir(ig._polars.ExpressionActs) if not name.startswith("_")}
    assert names <= {*dir(ig), *dir(ig.Pseudonymiser)}


def test_errors_begin_with_their_code(pseudonymiser):
    bad = pl.DataFrame({"x": [NUMBER, "9990000017"]})
    for plan in (bad.lazy().select(pl.col("x").ig.pseudonymise(pseudonymiser)),):
        for engine in ("in-memory", "streaming"):
            with pytest.raises(
                pl.exceptions.ComputeError, match=r"nhs_ig\[identifier\.invalid_cells\]: 1 cells of column x"
            ) as caught:
                plan.collect(engine=engine)
            # The streaming engine hands over smaller batches.
            assert re.search(r"the first at row [12] of this batch", str(caught.value))
    with pytest.raises(ig.IdentifierError) as caught:
        bad["x"].ig.pseudonymise(pseudonymiser)
    assert caught.value.context["row"] == "2"


def test_a_column_that_does_not_exist(pseudonymiser):
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        pl.DataFrame({"x": [NUMBER]}).select(pl.col("y").ig.pseudonymise(pseudonymiser))


# Each in an interpreter of its own: what is tested is that the interpreter survives.
STRANGE = {
    "list": "pl.Series('x', [['9990000018']])",
    "array": "pl.Series('x', [['9990000018']], dtype=pl.Array(pl.String, 1))",
    "struct": "pl.Series('x', [{'a': '9990000018'}])",
    "binary": "pl.Series('x', [b'9990000018'])",
    "boolean": "pl.Series('x', [True])",
    "decimal": "pl.Series('x', ['9990000018']).cast(pl.Decimal(20, 0))",
    "float32": "pl.Series('x', [1.0], dtype=pl.Float32)",
    "datetime": "pl.Series('x', [__import__('datetime').datetime(2024, 1, 1)])",
    "date": "pl.Series('x', [__import__('datetime').date(2024, 1, 1)])",
    "time": "pl.Series('x', [__import__('datetime').time(1)])",
    "duration": "pl.Series('x', [__import__('datetime').timedelta(1)])",
    "object": "pl.Series('x', [object()], dtype=pl.Object)",
    "int128": "pl.Series('x', [9990000018], dtype=pl.Int128)",
    "uint128": "pl.Series('x', [9990000018]).cast(getattr(pl, 'UInt128', pl.Int128))",
    "float16": "pl.Series('x', [1.0]).cast(getattr(pl, 'Float16', pl.Float32))",
}
SCRIPT = """
import re
import sys
import polars as pl
import nhs_ig as ig

column = eval(sys.argv[1])
acts = {{
    "eager": lambda: ig.{act}(column{more}),
    "frame": lambda: column.to_frame().select(ig.{act}(pl.col("x"){more})),
    "lazy": lambda: column.to_frame().lazy().select(ig.{act}(pl.col("x"){more})).collect(),
    "streaming": lambda: column.to_frame().lazy().select(ig.{act}(pl.col("x"){more})).collect(engine="streaming"),
    "schema": lambda: column.to_frame().lazy().select(ig.{act}(pl.col("x"){more})).collect_schema(),
    "grouped": lambda: column.to_frame().group_by(pl.lit(1)).agg(ig.{act}(pl.col("x"){more})),
}}
for name, act in acts.items():
    try:
        act()
    except ig.IgError as error:
        print(name, error.code)
    except Exception as error:
        code = re.search(r"nhs_ig\\[([a-z_.]+)\\]: ", str(error))
        print(name, code.group(1) if code and isinstance(error, pl.exceptions.ComputeError) else repr(error)[:200])
    else:
        print(name, "ok")
"""


@pytest.mark.parametrize("kind", STRANGE)
def test_a_wrong_type_is_an_error_and_never_an_abort(kind):
    done = run_python(SCRIPT.format(act="normalise_nhs_number", more=""), STRANGE[kind])
    assert done.returncode == 0, done.stderr
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert said.pop("schema")
    assert set(said) == {"eager", "frame", "lazy", "streaming", "grouped"}
    assert set(said.values()) <= {"misuse.column_type", "misuse.engine"}, said


@pytest.mark.parametrize("kind", ["list", "struct", "object", "binary", "decimal"])
def test_redacting_takes_any_type_or_refuses(kind):
    done = run_python(SCRIPT.format(act="redact", more=""), STRANGE[kind])
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        assert line.endswith(" ok") or "misuse." in line, line


@pytest.mark.parametrize("kind", ["boolean", "binary", "float32"])
def test_text_acts_take_no_other_type(kind):
    done = run_python(SCRIPT.format(act="mask_partial", more=", keep_last=2"), STRANGE[kind])
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith("schema")]
    assert len(lines) == 5
    assert all("misuse.column_type" in line for line in lines), lines
