"""Types of Polars, pandas and NumPy that travel in a form of their own."""

from __future__ import annotations

import nhs_ig as ig
import numpy as np
import pandas as pd
import polars as pl
import pytest
from support import NUMBER, NUMBERS, find_secrets

KINDS = ["nhs_number", "text"]


@pytest.fixture
def frame():
    return pl.DataFrame({"nhs": NUMBERS})


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_a_field_of_nothing_but_nulls(frame, pseudonymiser, engine):
    expected = pseudonymiser.pseudonymise_fields([NUMBERS, [None] * 5], kinds=KINDS)
    null = pl.lit(None)
    for act in (
        pseudonymiser.pseudonymise_fields([pl.col("nhs"), null], kinds=KINDS),
        pl.struct("nhs", x=null).ig.pseudonymise_fields(pseudonymiser, kinds=KINDS),
    ):
        made = frame.lazy().select(act).collect(engine=engine)
        assert made.to_series().to_list() == expected
    parts = pl.concat([frame[:2], frame[2:]], rechunk=False)
    act = pseudonymiser.pseudonymise_fields([pl.col("nhs"), null], kinds=KINDS)
    assert parts.select(act).to_series().to_list() == expected
    rows = frame.select(row=pl.struct("nhs", x=null))["row"]
    assert pseudonymiser.pseudonymise_fields(rows, kinds=KINDS).to_list() == expected
    assert rows[1:3].ig.pseudonymise_fields(pseudonymiser, kinds=KINDS).to_list() == expected[1:3]


def test_dates_without_anyone_and_nobodys_dates(frame, pseudonymiser):
    nobody = pseudonymiser.shift_date(
        pl.lit("2024-01-01"), person=pl.lit(None), max_days=30, on_invalid="null"
    )
    assert frame.select(nobody).item() is None
    no_dates = pseudonymiser.shift_date(pl.lit(None), person=pl.col("nhs"), max_days=30)
    assert frame.select(x=no_dates)["x"].to_list() == [None] * 5


def test_nulls_deeper_inside_are_taken_too(frame):
    inner = frame.select(x=pl.struct("nhs", deep=pl.struct(a=pl.lit(None), b=pl.concat_list(pl.lit(None)))))
    assert inner.select(pl.col("x").ig.redact())["x"].to_list() == ["[REDACTED]"] * 5
    assert ig.redact(inner["x"]).to_list() == ["[REDACTED]"] * 5
    with pytest.raises(pl.exceptions.ComputeError, match=r"nhs_ig\[misuse\.column_type\]"):
        inner.select(pl.col("x").ig.is_nhs_number())


@pytest.mark.parametrize("name", ["Int128", "UInt128"])
def test_integers_of_128_bits_are_named(name, frame, pseudonymiser, log):
    if not hasattr(pl, name):
        pytest.skip(f"this version of Polars has no {name}")
    column = frame["nhs"].cast(getattr(pl, name))
    table = column.to_frame()
    pair = [column, column]
    ask = {"check": "valid", "audit": log, "actor": "a.analyst", "reason_ref": "IG/2026/17"}
    for call in (
        lambda: pseudonymiser.pseudonymise(column),
        lambda: pseudonymiser.pseudonymise_fields(pair, kinds=["text", "text"]),
        lambda: pseudonymiser.pseudonymise_fields(table.select(x=pl.struct("nhs"))["x"], kinds=["text"]),
        lambda: ig.round_to(column, base=5),
        lambda: ig.reidentify_numbers(column, pseudonymiser, **ask),
        lambda: ig.k_anonymity(table, ["nhs"]),
    ):
        with pytest.raises(ig.MisuseError, match="128-bit integer") as caught:
            call()
        assert caught.value.code == "misuse.column_type"
        assert not find_secrets(str(caught.value))
    for act in (
        pl.col("nhs").ig.pseudonymise(pseudonymiser),
        pl.struct("nhs").ig.pseudonymise_fields(pseudonymiser, kinds=["text"]),
    ):
        with pytest.raises(
            pl.exceptions.ComputeError, match=r"nhs_ig\[misuse\.column_type\].*128-bit"
        ) as caught:
            table.select(act)
        assert NUMBER not in str(caught.value)


def test_whole_numbers_that_do_not_fit_are_told_the_true_limits():
    for column in ([2**63], [-(2**63) - 1]):
        with pytest.raises(ig.MisuseError, match=r"whole numbers from -2\^63 to 2\^63 - 1"):
            ig.round_to(column, base=1)
    assert ig.round_to([2**63 - 1, -(2**63)], base=1) == [2**63 - 1, -(2**63)]


def test_short_floats_have_the_digits_that_polars_gives_them():
    values = [0.1, 33.3, 1e-7, 16777216.0, -0.0, 91.7]
    short = np.array(values, dtype=np.float32)
    series = pl.Series(values, dtype=pl.Float32)
    label = {"at": 90, "label": "90+"}
    expected = ig.top_code(series, **label).to_list()
    assert expected[:2] == ["0.1", "33.3"]
    assert ig.top_code(pd.Series(short), **label).tolist() == expected
    assert ig.top_code(short, **label).tolist() == expected
    assert ig.top_code([*short], **label) == expected
    with_gap = pd.Series([*short, None], dtype="float32")
    assert ig.top_code(with_gap, **label).tolist()[:-1] == expected
    # The same decision at a limit between the two floats next to it.
    assert ig.top_code(pd.Series(short), at=0.1).tolist() == ig.top_code(series, at=0.1).to_list()
    assert ig.round_to(pd.Series(short), base=5).dtype == np.float32
    for column in (series, pd.Series(short), short, [*short]):
        with pytest.raises(ig.MisuseError, match="32-bit float"):
            ig.is_nhs_number(column)
    assert ig.top_code([np.float32(0.5), 0.25, 7], at=1) == [0.5, 0.25, 1.0]


def test_minus_zero_is_zero():
    for dtype in ("float32", "float64"):
        for column in (pd.Series([-0.0, 1.0], dtype=dtype), pl.Series([-0.0, 1.0]).cast(pl.Float64)):
            for act in (ig.top_code, ig.bottom_code):
                made = act(column, at={ig.top_code: 5, ig.bottom_code: -5}[act])
                assert [str(value) for value in made.to_list()] == ["0.0", "1.0"]
    assert ig.top_code(["-0", "-0.00", "-0.5", "0"], at=5) == ["0", "0.00", "-0.5", "0"]
    assert ig.top_code([-0.0], at=-0.0) == [0.0]


def test_text_numbers_are_exact_or_refused():
    exact = ["9007199254740993", "9007199254740993.0", "90071992547409931234567890", "0.123456789012345"]
    assert ig.top_code(exact[:1], at=2**53) == [str(2**53)]
    assert ig.round_to(exact[:3], base=2) == [
        "9007199254740994",
        "9007199254740994",
        "90071992547409931234567890",
    ]
    assert ig.top_code(exact[3:], at=1) == exact[3:]
    for text in ("90.000000000000001", "9007199254740993.5", "9" * 40, "1234567890123456.7"):
        assert ig.top_code([text], at=90, on_invalid="null") == [None]
        with pytest.raises(ig.IdentifierError) as caught:
            ig.round_to([text], base=5)
        assert caught.value.context["reason"] == "identifier.number"


def test_every_name_that_a_list_takes_is_found():
    names = [
        "Jo",
        "Xi",
        "O'Neill",
        "Smith (née Jones)",
        "Anna/Maria",
        "王芳",
        "李小龙",
        "محمد",
        "דוד",
        "ẞe",
        "Æ",
    ]
    for name in names:
        names_id = f"found-{names.index(name)}"
        listed = ig.NameList([name], id=names_id)
        found = ig.scrub_text([f"seen by {name} today"], names=listed)[0]
        assert "[NAME]" in found, "a name of the list was left in the text"
        ig.forget_names(names_id)
    for name in (
        "...",
        "12",
        "-",
        "'",
        "J.",
        "王",
        "J4P",
        "De/La",
        "A & B",
        "",
        " ",
        "\u0301\u0301",
        "999 000",
        "🙂🙂",
    ):
        with pytest.raises(ig.MisuseError) as caught:
            ig.NameList(["Jo Smith", name], id="refused")
        assert caught.value.code == "misuse.argument"
        assert caught.value.context["name"] == "name 2 of the list"


def test_ids_of_runs_have_one_spelling_and_words_for_none_are_refused(log):
    run = "01a5d1b2-0c00-7000-8000-00000000000a"
    log.audit("read", actor="a.analyst", corr_id=run)
    for other in (run.upper(), f"{{{run}}}", run.replace("-", ""), f"urn:uuid:{run}"):
        with pytest.raises(ig.AuditError) as caught:
            log.audit("read", actor="a.analyst", corr_id=other)
        assert caught.value.code == "audit.field"
    for actor in ("N/A", "administrators", "unknown", "test", "team 1"):
        with pytest.raises(ig.AuditError) as caught:
            log.audit("read", actor=actor)
        assert caught.value.code == "audit.actor_generic"
    for ticket in ("N/A", "TEST", "TBC", "UNKNOWN"):
        with pytest.raises(ig.AuditError) as caught:
            log.audit("read", actor="a.analyst", reason_ref=ticket)
        assert caught.value.code == "audit.field"
    assert log.head[0] == 1
