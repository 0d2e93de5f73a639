"""A key and NHS numbers are planted; after every failure and in every stored form neither is found."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import warnings

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from nhs_ig import _core
from support import KEY_BYTES, NUMBER, NUMBERS, find_secrets, make_key, shown_by

BAD = NUMBER[:-1] + "7"
HEADERLESS = f"{NUMBER},1949-01-28\n{NUMBERS[1]},2001-07-07\n"


def _headerless(tmp_path):
    path = tmp_path / "headerless.csv"
    path.write_text(HEADERLESS)
    return ig.read_table(path)


def _failing_calls(p, tmp_path, log, checked):
    """Return calls that must fail, each with the planted values in its hands."""
    n = NUMBER
    frame = pl.DataFrame({"nhs": [n, n + "x"], "n": ["1", n + "x"]})
    pandas = pd.DataFrame({"nhs": [n, n + "x"], "n": ["1", n]})
    lists = {"nhs": [n, n + "x"], "n": [1, 2]}
    named = {n: ["a"], "b": [1]}
    other = ig.NotOptedOut.from_check_service
    day = dt.date(2026, 11, 20)
    x = pl.col("nhs")
    return {
        "scalar": lambda: p.pseudonymise(n + "1"),
        "list": lambda: p.pseudonymise([n, n + "x"]),
        "series": lambda: p.pseudonymise(frame["nhs"]),
        "pandas": lambda: p.pseudonymise(pandas["nhs"]),
        "categorical": lambda: p.pseudonymise(frame["nhs"].cast(pl.Categorical)),
        "mixed": lambda: p.pseudonymise([n, 5]),
        "surrogate": lambda: p.pseudonymise([n + "\ud800"]),
        "eager": lambda: frame.select(x.ig.pseudonymise(p)),
        "lazy": lambda: frame.lazy().select(x.ig.pseudonymise(p)).collect(),
        "streaming": lambda: frame.lazy().select(x.ig.pseudonymise(p)).collect(engine="streaming"),
        "binary": lambda: frame.select(x.cast(pl.Binary).ig.pseudonymise(p)),
        "kind": lambda: p.pseudonymise(n, kind=n),
        "encoding": lambda: p.pseudonymise(n, encoding=n),
        "on_invalid": lambda: p.pseudonymise(n, on_invalid=n),
        "date": lambda: ig.generalise_date(n, to="year"),
        "level": lambda: ig.generalise_date("2024-01-01", to=n),
        "age": lambda: ig.age_band(int(n)),
        "width": lambda: ig.age_band(5, width=int(n)),
        "postcode": lambda: ig.postcode_district([n]),
        "mask": lambda: ig.mask_partial(n, keep_first=int(n)),
        "mask_char": lambda: ig.mask_partial(n, mask_char=n),
        "class": lambda: ig.NhsNumber(n + "1"),
        "class type": lambda: ig.NhsNumber([n]),
        "suppress text": lambda: ig.suppress(frame, by="nhs", count="n", policy="hes"),
        "suppress column": lambda: ig.suppress(lists, by=n, count="n", policy="hes"),
        "suppress twice": lambda: ig.suppress({"a": [n, n], "n": [1, 2]}, by="a", count="n", policy="hes"),
        "suppress total": lambda: ig.suppress(
            {"a": ["1", "2", n], "n": [4, 5, 9]}, by="a", count="n", policy="hes", total=n
        ),
        "suppress negative": lambda: ig.suppress(
            {"a": ["1"], "n": [-int(n)]}, by="a", count="n", policy="hes"
        ),
        "suppress policy": lambda: ig.suppress(lists, by="nhs", count="n", policy=n),
        "suppress name": lambda: ig.suppress(named, by="c", count="b", policy="hes"),
        "suppress pandas name": lambda: ig.suppress(pd.DataFrame(named), by="c", count="b", policy="hes"),
        "suppress polars name": lambda: ig.suppress(pl.DataFrame(named), by="c", count="b", policy="hes"),
        "policy marker": lambda: ig.SuppressionPolicy("mine", threshold=5, marker=n),
        "policy name": lambda: ig.SuppressionPolicy(n, threshold=5),
        "check file": lambda: other(f"{n},\n{n}x,\n".encode(), f"{n},\n".encode(), checked_at=day),
        "check list": lambda: other([n], [BAD], checked_at=day),
        "check more": lambda: other([n], [NUMBERS[1]], checked_at=day),
        "deny list": lambda: ig.OptedOut.from_list([n, BAD], source="type 1"),
        "deny source": lambda: ig.OptedOut.from_list([n], source=n),
        "deny text": lambda: ig.OptedOut.from_list(n, source="type 1"),
        "not checked": lambda: ig.exclude_opted_out(
            {"nhs": ["9990000042", *NUMBERS]}, checked, id="nhs", on=day
        ),
        "no id": lambda: ig.exclude_opted_out(frame, checked, id=n, on=day),
        "no list": lambda: ig.exclude_opted_out(frame, [], id="nhs", on=day),
        "bare list": lambda: ig.exclude_opted_out(frame, [[n]], id="nhs", on=day),
        "headerless": lambda: _headerless(tmp_path).with_act("nhs_number", p.act()),
        "headerless id": lambda: _headerless(tmp_path).with_act("1949-01-28", p.act()),
        "headerless number": lambda: ig.suppress(_headerless(tmp_path), by="nhs", count=n, policy="hes"),
        "headerless opt-out": lambda: ig.exclude_opted_out(_headerless(tmp_path), checked, on=day),
        "audit dataset": lambda: log.audit("read", n, actor="a.analyst"),
        "audit spaced": lambda: log.audit("read", "dids", actor="a.analyst", purpose="999 000 0018"),
        "audit actor": lambda: log.audit("read", "dids", actor=n),
        "audit event": lambda: log.audit(n, "dids", actor="a.analyst"),
        "audit outcome": lambda: log.audit("read", "dids", actor="a.analyst", outcome=n),
        "audit field": lambda: log.audit("read", "dids", actor="a.analyst", note=n),
        "audit surrogate": lambda: log.audit("read", "dids", actor="a.analyst", role=n + "\ud800"),
        "audit run": lambda: log.audit("read", "dids", actor="a.analyst", corr_id=n),
        "audit object": lambda: log.audit("read", "dids", actor="a.analyst", object=n),
        "audit durability": lambda: log.audit("read", "dids", actor="a.analyst", durability=n),
        "agreement": lambda: ig.Agreement.from_text(f'schema = "{n}"'),
        "agreement key": lambda: ig.Agreement.from_text(f"{n} = 1"),
        "agreement syntax": lambda: ig.Agreement.from_text(f"[[{n}"),
        "request outputs": lambda: ig.Request(
            actor="a", role="b", organisation="c", purpose="d", outputs=[n]
        ),
        "key text": lambda: ig.Key.from_function(KEY_BYTES.hex),
        "key id": lambda: ig.Key.from_function(lambda: KEY_BYTES, id=n + "_" + KEY_BYTES.hex()),
        "key pickle": lambda: pickle.dumps(make_key("x")),
        "act": lambda: _core.check_act(json.dumps({"act": n, "kind": n})),
        "held": lambda: ig.verify_audit(tmp_path / "audit.jsonl", (1, n)),
    }


def test_no_failure_shows_a_secret(pseudonymiser, tmp_path, log, checked, capfd):
    calls = _failing_calls(pseudonymiser, tmp_path, log, checked)
    codes = {}
    for name, call in calls.items():
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                call()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is searched
                shown = shown_by(error) + "".join(str(warning.message) for warning in warned)
                assert not find_secrets(shown), f"{name}: {type(error).__name__}"
                codes[name] = getattr(error, "code", type(error).__name__)
            else:
                pytest.fail(f"{name} did not fail")
    printed = capfd.readouterr()
    assert not find_secrets(printed.out + printed.err)
    assert not find_secrets((tmp_path / "audit.jsonl").read_bytes())
    foreign = {name: code for name, code in codes.items() if "." not in code and code != "ComputeError"}
    assert not foreign, foreign


def test_failures_are_errors_of_this_library_with_a_code(pseudonymiser, tmp_path, log, checked):
    for name, call in _failing_calls(pseudonymiser, tmp_path, log, checked).items():
        with pytest.raises((ig.IgError, pl.exceptions.ComputeError)) as caught:
            call()
        if isinstance(caught.value, ig.IgError):
            again = pickle.loads(pickle.dumps(caught.value))
            assert (str(again), again.code, again.context) == (
                str(caught.value),
                caught.value.code,
                caught.value.context,
            ), name
            assert all(isinstance(part, str) for pair in again.context.items() for part in pair)
        else:
            assert "nhs_ig[" in str(caught.value), name


def test_our_part_of_an_engine_error_has_no_name_that_looks_like_data():
    frame = pl.DataFrame({NUMBER: ["x"]})
    with pytest.raises(pl.exceptions.ComputeError) as caught:
        frame.select(pl.col(NUMBER).ig.normalise_nhs_number())
    ours = str(caught.value).split("This error occurred")[0]
    assert "nhs_ig[identifier.invalid_cells]" in ours
    assert not find_secrets(ours)


def test_no_plan_or_stored_object_shows_a_key(pseudonymiser, key):
    act = pl.col("nhs").ig.pseudonymise(pseudonymiser)
    plan = pl.LazyFrame({"nhs": ["A"]}).select(act)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored = [
            plan.serialize(),
            plan.serialize(format="json"),
            plan.explain(),
            plan.explain(optimized=False),
            act.meta.serialize(),
            act.meta.serialize(format="json"),
            str(act),
            repr(plan),
            pickle.dumps(act),
            pickle.dumps(plan),
            pickle.dumps(pseudonymiser),
            repr(pseudonymiser),
            pseudonymiser.act(),
            repr(key),
        ]
    for content in stored:
        assert not find_secrets(content)
    assert json.loads(pseudonymiser.act())["key_id"] == key.id


def test_no_repr_shows_a_number(pseudonymiser, log, checked):
    table = _core.table_from_lists({"nhs": NUMBERS})
    shown = [
        ig.NhsNumber(NUMBER),
        checked,
        ig.OptedOut.from_list(NUMBERS, source="type 1"),
        table,
        _core.act_on_list(NUMBERS, '{"act": "normalise_nhs_number"}', ""),
        ig.suppress({"nhs": NUMBERS, "n": [1] * 5}, by="nhs", count="n", policy="hes"),
        log,
        pseudonymiser,
        ig.SuppressionPolicy.preset("hes"),
    ]
    assert not find_secrets(repr(shown))
    assert not find_secrets(str([repr(thing) for thing in shown]))
