"""Prints tests/vectors/masking_numbers.json, made with fractions and re of the standard library."""

import json
import re
from fractions import Fraction

out = []


def number_of(value):
    """The exact value of a cell, or none where it is no number."""
    if isinstance(value, str):
        text = value.strip()
        return Fraction(text) if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text) else None
    return Fraction(value)


def written(value, like):
    """A number as a cell of that kind has it: text of whole numbers without a point."""
    if isinstance(like, str):
        return str(int(value)) if value == int(value) else repr(float(value))
    return float(value) if isinstance(like, float) else int(value)


def code(value, at, label, sign):
    number = number_of(value)
    if number is None:
        return None, "identifier.number"
    beyond = sign * (number - Fraction(at))
    if label is not None:
        if beyond >= 0:
            return label, None
        return value.strip() if isinstance(value, str) else written(number, ""), None
    if beyond > 0:
        return written(Fraction(at), value), None
    return value.strip() if isinstance(value, str) else value, None


def rounded(value, base):
    """Half away from zero, by exact fractions."""
    number = number_of(value)
    if number is None:
        return None, "identifier.number"
    multiples = abs(number) / base
    whole = multiples.numerator // multiples.denominator
    whole += multiples - whole >= Fraction(1, 2)
    made = whole * base * (1 if number > 0 else -1)
    floating = isinstance(value, float) or (isinstance(value, str) and "." in value)
    too_far = abs(number) >= 2**53 or abs(made) > 2**53
    if (floating and too_far) or (isinstance(value, int) and not -(2**63) <= made < 2**63):
        return None, "identifier.number_range"
    return written(Fraction(made), value), None


def add(act, settings, value, made):
    output, error = made
    vector = {"act": act, "settings": settings, "input": value}
    out.append(vector | ({"output": output} if error is None else {"error": error}))


WHOLE = [0, 1, 4, 5, 89, 90, 91, 149, -1, -7, 2**53 + 1, 2**63 - 1, -(2**63)]
FLOATS = [0.0, 0.5, 2.5, -2.5, 89.99, 90.0, 90.01, 1e15, -1e15, 1e-300, 0.1, 12.5, 9007199254740991.0]
TEXTS = ["0", " 42 ", "89", "90", "91", "+95", "-3", "90.0", "90.5", "12.5", "-2.5", "0090"]
NOT = ["abc", "1e3", "1,000", "NaN", "inf", "90+", "0x5A", ".5", "5.", "--1", "1 2"]
for at in [90, 0, -5, 90.5]:
    for value in [*WHOLE, *FLOATS, *TEXTS, *NOT]:
        if isinstance(value, int) and at == 90.5:
            continue
        add("top_code", {"at": at}, value, code(value, at, None, 1))
        add("bottom_code", {"at": at}, value, code(value, at, None, -1))
for at, label in [(90, "90+"), (0, "none"), (89.5, "old")]:
    for value in [*WHOLE, 0.5, 89.5, 90.25, 12.0, *TEXTS, *NOT]:
        add("top_code", {"at": at, "label": label}, value, code(value, at, label, 1))
        add("bottom_code", {"at": at, "label": label}, value, code(value, at, label, -1))
for base in [1, 5, 6, 10, 1000, 2**53]:
    for value in [*WHOLE, 3, -3, 12, 13, 15, -15, 25, -25, *FLOATS, 9007199254740992.0, 1e300, *TEXTS, *NOT]:
        add("round_to", {"base": base}, value, rounded(value, base))
for act, settings in [
    ("top_code", {"at": 2**53 + 1}),
    ("top_code", {"at": -1e300}),
    ("top_code", {"at": "90"}),
    ("top_code", {"at": None}),
    ("top_code", {"at": True}),
    ("top_code", {"at": 90, "label": ""}),
    ("top_code", {"at": 90, "label": " 90+"}),
    ("top_code", {"at": 90, "label": "x" * 65}),
    ("bottom_code", {"at": 90, "label": "a\nb"}),
    ("top_code", {"at": 90.5}),
    ("bottom_code", {"at": -0.5}),
    ("round_to", {"base": 0}),
    ("round_to", {"base": -5}),
    ("round_to", {"base": 2.5}),
    ("round_to", {"base": "5"}),
    ("round_to", {"base": 2**53 + 1}),
]:
    add(act, settings, 42, (None, "misuse.argument"))
print("[\n" + ",\n".join("  " + json.dumps(vector, ensure_ascii=True) for vector in out) + "\n]")
