"""Pseudonyms and check digits against the Python standard library, on generated input."""

from __future__ import annotations

import nhs_ig as ig
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from support import KEY_BYTES, check_digit, make_key, pseudonym

text = st.text(st.characters(codec="utf-8"))
contexts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1).filter(
    lambda context: len(context.encode()) <= 255,
)
kinds = st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True).filter(lambda kind: kind != "nhs_number")
lengths = st.sampled_from([128, 192, 256])
encodings = st.sampled_from(["hex", "base32", "bytes"])
nine_digits = st.from_regex("[0-9]{9}", fullmatch=True)
KEY = make_key("independent")


@given(st.lists(text, max_size=8), contexts, kinds, lengths, encodings)
@settings(deadline=None)
def test_text_kinds(values, context, kind, length, encoding):
    p = ig.Pseudonymiser(KEY, context=context)
    settings = {"kind": kind, "length": length, "encoding": encoding}
    expected = [pseudonym(value, context=context, **settings) if value else None for value in values]
    assert p.pseudonymise(values, **settings) == expected
    assert pl.Series(values, dtype=pl.String).ig.pseudonymise(p, **settings).to_list() == expected


@given(st.binary(min_size=32, max_size=32).filter(lambda data: len(set(data)) >= 8), text.filter(bool))
@settings(deadline=None)
def test_any_key(data, value):
    key = make_key(f"k-{hash(data) & 0xFFFFFFFF:x}", data)
    p = ig.Pseudonymiser(key, context="c")
    assert p.pseudonymise(value, kind="text") == pseudonym(value, context="c", kind="text", key=data)
    assert ig.forget_key(key.id)


@given(nine_digits, st.sampled_from(["{}{}{}", "{} {} {}", "{}-{}-{}", " {}.{}.{}", "{}\u00a0{}\t{}"]))
@settings(deadline=None)
def test_check_digit_and_canonical_form(nine, form):
    check = check_digit(nine)
    for last in range(10):
        digits = f"{nine}{last}"
        written = form.format(digits[:3], digits[3:6], digits[6:])
        valid = last == check and len(set(digits)) > 1
        assert ig.is_nhs_number(written) is valid
        if valid:
            p = ig.Pseudonymiser(KEY, context="DSA-2026-014")
            expected = pseudonym(digits, context="DSA-2026-014", kind="nhs_number")
            assert p.pseudonymise([written, int(digits)][:1]) == [expected]
            assert p.pseudonymise(int(digits)) == expected
            assert p.pseudonymise(float(digits)) == expected


@given(text)
@settings(deadline=None)
def test_every_text_is_valid_or_has_a_reason(value):
    reason = ig.invalid_reason(value)
    assert ig.is_nhs_number(value) is (reason is None)
    assert reason is None or reason.startswith("identifier.")
    assert (ig.normalise_nhs_number(value, on_invalid="null") is None) is (reason is not None)


def test_check_value():
    import hmac

    expected = hmac.digest(KEY_BYTES, b"nhs-ig key check v1", "sha256").hex()[:10]
    assert KEY.check_value == expected


def test_unlinkable_between_contexts_and_kinds():
    made = {
        ig.Pseudonymiser(KEY, context=context).pseudonymise("9990000018", kind=kind)
        for context in ("A", "B", "AB")
        for kind in ("nhs_number", "text", "local_patient_id")
    }
    assert len(made) == 9
