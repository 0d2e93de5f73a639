"""The scrub_text vectors through scalars, lists and Polars, and what never shows a name."""

from __future__ import annotations

import inspect
import pickle
import warnings

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings, strategies
from support import NUMBER, ROOT, find_secrets, run_python, shown_by, vectors

pa = pytest.importorskip("pyarrow")

FILE = vectors("scrub_text_forms")
NAME = "Zebedee Quux"


@pytest.fixture
def names():
    yield ig.NameList(FILE["names"], id="vectors")
    ig.forget_names("vectors")


@pytest.fixture
def secret():
    yield ig.NameList([NAME], id="secret")
    ig.forget_names("secret")


@pytest.mark.parametrize("vector", FILE["vectors"], ids=lambda v: repr(v["input"]))
def test_vector(vector, names):
    given_settings = {**vector["settings"], **({"names": names} if vector["names"] else {})}
    text = vector["input"]
    if "error" in vector:
        try:
            inspect.signature(ig.scrub_text).bind(text, **given_settings)
        except TypeError:
            return
        for function in (ig.scrub_text, ig.scrub_findings):
            with pytest.raises(ig.MisuseError) as caught:
                function(text, **given_settings)
            assert caught.value.code == vector["error"]
        return
    expected = vector["output"]
    column = pl.Series("x", [None, text, text])
    assert ig.scrub_text(text, **given_settings) == expected
    assert ig.scrub_text([text, None], **given_settings) == [expected, None]
    assert column.ig.scrub_text(**given_settings).to_list() == [None, expected, expected]
    plan = pl.LazyFrame({"x": column}).select(pl.col("x").ig.scrub_text(**given_settings))
    assert plan.collect(engine="streaming")["x"].to_list() == [None, expected, expected]
    for form in (column, column.cast(pl.Categorical)):
        found = form.ig.scrub_findings(**given_settings)
        assert found.columns == ["row", "type", "start", "end", "score", "reason"]
        assert [[*row] for row in found.select("type", "start", "end").rows()] == vector["findings"] * 2
        assert found["row"].to_list() == [1] * len(vector["findings"]) + [2] * len(vector["findings"])


def test_the_check_value_is_that_of_the_specification(names):
    assert (names.check_value, len(names)) == (FILE["check_value"], len(FILE["names"]))


def test_a_table_of_findings_is_of_the_kind_that_came_in():
    text = f"x {NUMBER}"
    assert isinstance(ig.scrub_findings(pd.Series([text])), pd.DataFrame)
    assert isinstance(ig.scrub_findings(pa.array([text])), pa.Table)
    assert ig.scrub_findings(text)["start"] == [2]
    assert ig.scrub_findings([None])["type"] == []
    assert isinstance(ig.scrub_text(pd.Series([text])), pd.Series)
    for wrong in (pl.col("x"), pl.DataFrame({"x": [text]}), 5):
        with pytest.raises(ig.MisuseError) as caught:
            ig.scrub_findings(wrong)
        assert caught.value.code == "misuse.column_type"
    with pytest.raises(ig.MisuseError) as caught:
        ig.scrub_text([5])
    assert caught.value.code == "misuse.column_type"


def test_names_are_refused_in_any_form_but_a_list_object():
    for wrong in ([NAME], NAME, 5):
        with pytest.raises(ig.MisuseError) as caught:
            ig.scrub_text("x", names=wrong)
        assert caught.value.code == "misuse.argument"
        assert "Zebedee" not in shown_by(caught.value)


def test_no_plan_pickle_or_error_shows_a_name_or_a_text(secret):
    text = f"{NAME} {NUMBER}"
    act = pl.col("x").ig.scrub_text(names=secret)
    plan = pl.LazyFrame({"x": ["A"]}).select(act)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored = [
            plan.serialize(),
            plan.explain(),
            act.meta.serialize(),
            str(act),
            repr(plan),
            pickle.dumps(act),
        ]
    stored += [repr(secret), str(secret), repr(ig.scrub_findings([text], names=secret))]
    calls = [
        lambda: pickle.dumps(secret),
        lambda: ig.NameList([NAME, "x"], id="other"),
        lambda: ig.NameList([NAME, "Other Person"], id="secret"),
        lambda: ig.NameList([NAME], id=NAME),
        lambda: ig.scrub_text([text, 5]),
        lambda: ig.scrub_text(text, kinds=[NAME]),
        lambda: ig.scrub_text(text, kinds=["date"], names=secret),
    ]
    codes = []
    for call in calls:
        with pytest.raises(ig.IgError) as caught:
            call()
        codes.append(caught.value.code)
        stored.append(shown_by(caught.value))
    assert codes[0] == "misuse.names_not_picklable"
    assert codes[2] == "misuse.names_conflict"
    for content in stored:
        data = content if isinstance(content, bytes) else content.encode()
        assert not find_secrets(content)
        assert b"zebedee" not in data.lower()
        assert b"quux" not in data.lower()


def test_a_plan_without_its_list_is_refused(secret):
    frame = pl.DataFrame({"x": [f"Mr Quux {NUMBER}"]})
    act = pl.col("x").ig.scrub_text(names=secret)
    assert frame.select(act)["x"].to_list() == ["Mr [NAME] [NHS NUMBER]"]
    stored = pickle.dumps(act)
    code = (
        f"import pickle, polars as pl, nhs_ig\npl.DataFrame({{'x': ['a']}}).select(pickle.loads({stored!r}))"
    )
    done = run_python(code)
    assert "nhs_ig[misuse.names_unavailable]" in done.stderr
    ig.forget_names("secret")
    ig.NameList(["Someone Else"], id="secret")
    with pytest.raises(pl.exceptions.ComputeError, match=r"misuse\.names_mismatch"):
        frame.select(act)


@given(strategies.text())
@settings(max_examples=300, deadline=None)
def test_a_scrubbed_text_has_nothing_left_to_find(text):
    once = ig.scrub_text(text)
    assert ig.scrub_text(once) == once
    assert ig.scrub_findings(once)["type"] == []


def test_the_page_on_scrubbing_has_every_code_and_kind():
    page = (ROOT / "crates/ig-core/docs/scrub_text.md").read_text(encoding="utf-8")
    for kind in [
        "nhs_number",
        "chi_number",
        "hc_number",
        "postcode",
        "phone",
        "email",
        "date",
        "gmc_number",
        "name",
    ]:
        assert f"`{kind}`" in page
        ig.scrub_text("x", kinds=[kind])


def test_an_address_before_a_missing_space():
    assert ig.scrub_text("to a.b@example.org.A copy") == "to [EMAIL].A copy"
    assert ig.scrub_text("a.b@example.org.2") == "[EMAIL].2"
