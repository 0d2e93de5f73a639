"""Every act gives the same cells or the same error whichever way a column takes."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random
import re
from typing import TYPE_CHECKING, Any

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nhs_ig import _polars
from support import NUMBERS, make_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

try:
    import pyarrow as pa
except ImportError:
    pa = None

P = ig.Pseudonymiser(make_key("paths"), context="DSA-2026-014")
ANSWER = ig.NotOptedOut.from_check_service(NUMBERS, NUMBERS[:-1], checked_at=dt.date(2026, 11, 22))
OPT_OUTS = ig.OptOutFilter(ANSWER, on=dt.date(2026, 11, 22), unchecked="withhold")
NAMES = ig.NameList(["Siân O'Neill", "Ahmed Khan-Smith"], id="paths")

# The act, and what is done with cells that are not valid, as the last argument where the act takes it.
ONE: dict[str, Callable[[Any, str], Any]] = {
    "pseudonymise": lambda c, bad: P.pseudonymise(c, on_invalid=bad),
    "pseudonymise: text": lambda c, bad: P.pseudonymise(c, kind="text", encoding="base32", on_invalid=bad),
    "pseudonymise: bytes": lambda c, bad: P.pseudonymise(c, encoding="bytes", length=256, on_invalid=bad),
    "tokenise": lambda c, bad: P.tokenise(c, on_invalid=bad),
    "tokenise: text": lambda c, bad: P.tokenise(c, kind="text", on_invalid=bad),
    "encrypt_numbers": lambda c, bad: P.encrypt_numbers(c, check="invalid", on_invalid=bad),
    "is_nhs_number": lambda c, _: ig.is_nhs_number(c),
    "invalid_reason": lambda c, _: ig.invalid_reason(c),
    "normalise_nhs_number": lambda c, bad: ig.normalise_nhs_number(c, on_invalid=bad),
    "format_nhs_number": lambda c, bad: ig.format_nhs_number(c, on_invalid=bad),
    "nhs_number_region": lambda c, bad: ig.nhs_number_region(c, on_invalid=bad),
    "redact": lambda c, _: ig.redact(c),
    "mask_partial": lambda c, _: ig.mask_partial(c, keep_first=1, keep_last=2),
    "may_stay": lambda c, _: ig.may_stay(c, OPT_OUTS),
    "scrub_text": lambda c, _: ig.scrub_text(c, names=NAMES),
    "generalise_date": lambda c, bad: ig.generalise_date(c, to="quarter", on_invalid=bad),
    "top_code": lambda c, bad: ig.top_code(c, at=90, on_invalid=bad),
    "top_code: label": lambda c, bad: ig.top_code(c, at=90.5, label="over", on_invalid=bad),
    "bottom_code": lambda c, bad: ig.bottom_code(c, at=5, on_invalid=bad),
    "suppress_primary": lambda c, bad: ig.suppress_primary(c, policy="mhsds", on_invalid=bad),
    "round_to": lambda c, bad: ig.round_to(c, base=5, on_invalid=bad),
    "age_band": lambda c, bad: ig.age_band(c, width=10, on_invalid=bad),
    "postcode_area": lambda c, bad: ig.postcode_area(c, on_invalid=bad),
    "postcode_district": lambda c, bad: ig.postcode_district(c, on_invalid=bad),
    "postcode_sector": lambda c, bad: ig.postcode_sector(c, on_invalid=bad),
}
# Acts on a column and the one beside it.
TWO: dict[str, Callable[[Any, Any, str], Any]] = {
    "pseudonymise_fields": lambda a, b, bad: P.pseudonymise_fields(
        [a, b], kinds=["nhs_number", "local_id"], on_invalid=bad
    ),
    "shift_date": lambda a, b, bad: P.shift_date(a, person=b, max_days=30, on_invalid=bad),
}
# Not an act of one cell for one: a table of findings.
TABLES = {"scrub_findings"}

LENGTHS = [0, 1, 15, 16, 17, 511, 512, 513]
TEXTS = st.one_of(
    st.sampled_from([*NUMBERS, "999 000 0018", "999-000\u00a00018", " 9990000026 "]),
    st.sampled_from(
        [
            "",
            " ",
            "\t",
            "9990000017",
            "9999999999",
            "\uff19\uff19\uff19\uff10\uff10\uff10\uff10\uff10\uff11\uff18",
            "é\u0301👩‍🔬",
            "x" * 70,
        ]
    ),
    st.sampled_from(["2024-02-29", "1958-03-12T23:59:59", "2023-02-29", "0001-01-01", "29/02/2024"]),
    st.sampled_from(
        ["0", "42", "-1.5", "90.5", "1e3", "9007199254740993", "149", "M13 9PL", "zz993vz", "M13"]
    ),
    st.sampled_from(["Seen by Sian ONeill, NHS 999 000 0018, dob 12/03/58", "a.patient@example.org"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
KINDS = {
    "text": TEXTS,
    "whole": st.one_of(
        st.sampled_from([int(NUMBERS[0]), 0, -1, 42, 90, 2**53 + 1]), st.integers(-(2**63), 2**63 - 1)
    ),
    "float": st.one_of(
        st.sampled_from([float(NUMBERS[0]), 0.5, -0.0, 90.0, 1e300]),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    "date": st.dates(dt.date(1850, 1, 1), dt.date(2250, 1, 1)),
}
DTYPES = {"text": pl.String, "whole": pl.Int64, "float": pl.Float64, "date": pl.Date}
PANDAS = {
    "text": ["object", "string", "category"],
    "whole": ["object", "Int64"],
    "float": ["object", "float64"],
}


@st.composite
def columns(draw: Any) -> tuple[str, list[Any], list[Any]]:
    """A kind, cells of that kind with repeated neighbours and nulls, and texts beside them."""
    kind = draw(st.sampled_from(["text", "text", *KINDS]))
    length = draw(st.sampled_from(LENGTHS))
    some = draw(st.lists(st.none() | KINDS[kind], min_size=1, max_size=8))
    beside = draw(st.lists(st.none() | TEXTS, min_size=1, max_size=8))
    order = random.Random(draw(st.integers(0, 2**32)))

    def spread(values: list[Any]) -> list[Any]:
        cells: list[Any] = []
        while len(cells) < length:
            cells += [order.choice(values)] * order.choice([1, 1, 2, 3, 20])
        return cells[:length]

    return kind, spread(some), spread(beside)


def plain(made: Any) -> list[Any]:
    """Return the cells as Python values, every kind of missing as ``None``."""
    values = (
        made.to_pylist() if hasattr(made, "to_pylist") else made if isinstance(made, list) else made.to_list()
    )
    return [
        None
        if value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and math.isnan(value))
        else value
        for value in values
    ]


def outcome(call: Callable[[], Any]) -> Any:
    """Return the cells, or the code of the error."""
    try:
        return plain(call())
    except ig.IgError as error:
        return error.code
    except pl.exceptions.ComputeError as error:
        return re.search(r"nhs_ig\[([a-z_.]+)\]", str(error)).group(1)


def chunked(column: pl.Series) -> pl.Series:
    """The same column in chunks, one of them empty."""
    cuts = [0, len(column) // 3, len(column) // 3, len(column) // 2, len(column)]
    parts = [column[a:b] for a, b in itertools.pairwise(cuts)]
    return pl.concat(parts, rechunk=False)


def sliced(column: pl.Series) -> pl.Series:
    """The same column as a part of a longer one."""
    around = pl.concat([column[:1], column[:1], column, column[:1]], rechunk=True)
    before = 2 * len(column[:1])
    return around[before : before + len(column)]


def paths(
    kind: str, wide: list[list[Any]], act: Callable[..., Any]
) -> Iterator[tuple[str, Callable[[], Any], int]]:
    """Every way of columns through an act: its name, the call and how many rows it takes."""
    rows = len(wide[0])
    dtypes = [DTYPES[kind], pl.String][: len(wide)]
    series = [
        pl.Series(f"c{n}", values, dtype) for n, (values, dtype) in enumerate(zip(wide, dtypes, strict=True))
    ]
    names = [pl.col(one.name) for one in series]
    yield "series", lambda: act(*series), rows
    yield "chunked series", lambda: act(*[chunked(one) for one in series]), rows
    yield "sliced series", lambda: act(*[sliced(one) for one in series]), rows
    frame = pl.DataFrame(series)
    yield "eager", lambda: frame.select(made=act(*names))["made"], rows
    yield "lazy", lambda: frame.lazy().select(made=act(*names)).collect()["made"], rows
    yield "streaming", lambda: frame.lazy().select(made=act(*names)).collect(engine="streaming")["made"], rows
    in_chunks = pl.DataFrame([chunked(one) for one in series])
    yield "chunked frame", lambda: in_chunks.select(made=act(*names))["made"], rows
    yield (
        "sliced frame",
        lambda: pl.concat([frame, frame]).lazy().slice(rows, rows).select(made=act(*names)).collect()["made"],
        rows,
    )
    if kind == "text":
        packed = [one.cast(pl.Categorical) for one in series]
        yield "categorical", lambda: act(*packed), rows
        yield (
            "lazy categorical",
            lambda: pl.LazyFrame(packed).select(made=act(*names)).collect()["made"],
            rows,
        )
    if pa is not None:
        arrays = [one.to_arrow() for one in series]
        yield "pyarrow", lambda: act(*arrays), rows
        yield "pyarrow slice", lambda: act(*[pa.concat_arrays([one, one])[rows:] for one in arrays]), rows
        yield (
            "pyarrow chunked",
            lambda: act(*[pa.chunked_array([one[: rows // 2], one[rows // 2 :]]) for one in arrays]),
            rows,
        )
        if kind == "text":
            yield (
                "pyarrow dictionary",
                lambda: act(*[one.cast(pa.string()).dictionary_encode() for one in arrays]),
                rows,
            )
    if any(all(value is None for value in values) for values in wide):
        return  # Python values without a value have no type that an act could refuse.
    yield "list", lambda: act(*wide), rows
    for dtype in PANDAS.get(kind, ["object"]):
        pandas = [pd.Series(wide[0], dtype=dtype), *[pd.Series(values, dtype=object) for values in wide[1:]]]
        yield f"pandas {dtype}", lambda pandas=pandas: act(*pandas), rows
    yield (
        "single values",
        lambda: [act(*cells) for cells in list(zip(*wide, strict=True))[:20]],
        min(rows, 20),
    )


def agree(kind: str, wide: list[list[Any]], act: Callable[..., Any]) -> None:
    """Take every path, and hold each against the first."""
    made = {name: (outcome(call), rows) for name, call, rows in paths(kind, wide, act)}
    expected, _ = made.pop("series")
    for name, (found, rows) in made.items():
        if name == "single values" and isinstance(expected, str) and not isinstance(found, str):
            continue  # The row that is refused is not among the first.
        if name == "single values" and isinstance(expected, str):
            # A single value says itself what is wrong with it.
            assert found.partition(".")[0] == expected.partition(".")[0], name
            continue
        assert same(found, expected if isinstance(expected, str) else expected[:rows]), name


def same(left: Any, right: Any) -> bool:
    """Equal cells or one error; a boolean is no number, and zero has one sign."""
    if isinstance(left, str) or isinstance(right, str):
        return left == right
    return len(left) == len(right) and all(
        one == two
        and (isinstance(one, bool) == isinstance(two, bool))
        and (not isinstance(one, float) or math.copysign(1, one) == math.copysign(1, two))
        for one, two in zip(left, right, strict=True)
    )


@pytest.mark.parametrize("name", ONE)
@settings(max_examples=12, deadline=None)
@given(columns(), st.sampled_from(["null", "null", "raise"]))
def test_one_column(name, column, on_invalid):
    kind, cells, _ = column
    agree(kind, [cells], lambda c: ONE[name](c, on_invalid))


@pytest.mark.parametrize("name", TWO)
@settings(max_examples=20, deadline=None)
@given(columns(), st.sampled_from(["null", "null", "raise"]))
def test_two_columns(name, column, on_invalid):
    kind, cells, beside = column
    agree(kind, [cells, beside], lambda a, b: TWO[name](a, b, on_invalid))


@settings(max_examples=12, deadline=None)
@given(columns())
def test_findings(column):
    _, _, cells = column
    series = pl.Series("note", cells, pl.String)
    expected = ig.scrub_findings(cells, names=NAMES)
    assert series.ig.scrub_findings(names=NAMES).to_dict(as_series=False) == expected
    for other in (chunked(series), sliced(series), series.cast(pl.Categorical)):
        assert ig.scrub_findings(other, names=NAMES).to_dict(as_series=False) == expected
    pandas = ig.scrub_findings(pd.Series(cells, dtype=object), names=NAMES)
    assert {name: pandas[name].tolist() for name in pandas.columns} == expected
    if pa is not None:
        assert ig.scrub_findings(series.to_arrow(), names=NAMES).to_pydict() == expected


def test_the_list_of_acts_is_complete():
    offered = {name for name in vars(_polars.ExpressionActs.__mro__[1]) if not name.startswith("_")}
    tested = {name.partition(":")[0] for name in [*ONE, *TWO]}
    assert tested | TABLES == offered
    for name in offered:
        owner = ig.Pseudonymiser if hasattr(ig.Pseudonymiser, name) else ig
        assert callable(getattr(owner, name)), f"{name} is not offered for other columns than Polars"


def test_a_path_that_differs_is_noticed():
    with pytest.raises(AssertionError, match="list"):
        agree(
            "text",
            [["a", "b"]],
            lambda c: c[::-1] if isinstance(c, list) else ig.mask_partial(c, keep_first=1),
        )
