"""Prints tests/vectors/suppression_presets.json: each rule as its source writes it, with the standard library.

The facts that the sources print as examples are asserted first.
"""

import json
from decimal import ROUND_HALF_UP, Decimal


def sql_round5(n):
    return int((Decimal(n) / 5).quantize(Decimal(1), rounding=ROUND_HALF_UP) * 5)


def hes(n):
    return 0 if n == 0 else None if 1 <= n <= 7 else 5 * round(n / 5) if n < 2**50 else sql_round5(n)


def mhsds(n):
    return None if n is None or n < 5 else sql_round5(n)


def mid(n):
    return -(-n // 6) * 6 - 3 if n else 0


def ge(t, zero):
    return lambda n: n if n >= t or (n == 0 and zero) else None


rules = {
    "hes": (hes, "*"),
    "opensafely": (hes, "[REDACTED]"),
    "midpoint6": (mid, "[REDACTED]"),
    "mhsds": (mhsds, "*"),
    "uk_llc": (ge(10, False), "*"),
    "under5": (ge(5, True), "*"),
    "under10": (ge(10, True), "*"),
    "acro": (ge(10, False), "*"),
}
dom = {
    "hes": ["0", "*", "*", "*", "*", "10", "10", "15", "20"],
    "mhsds": ["*", "*", "*", "5", "5", "10", "10", "15", "20"],
    "midpoint6": ["0", "3", "3", "3", "9", "9", "9", "15", "15"],
}
ns = [0, 1, 4, 5, 7, 8, 12, 13, 18]
for k, v in dom.items():
    f, m = rules[k]
    assert [m if f(n) is None else str(f(n)) for n in ns] == v, k
for n, e in [(0, "0"), (2, "*"), (5, "*"), (8, "10"), (16, "15"), (57, "55"), (10023, "10025")]:
    r = hes(n)
    assert (r is None and e == "*") or str(r) == e
out = []
for k, (f, m) in rules.items():
    xs = sorted(set(ns + [2, 3, 6, 9, 10, 11, 16, 57, 10023, 100000000, 9007199254740993]))
    if k == "mhsds":
        xs = [None] + xs
    for n in xs:
        r = f(n)
        out.append({"preset": k, "n": n, "display": m if r is None else str(r), "published": r})
print("[\n" + ",\n".join("  " + json.dumps(o) for o in out) + "\n]")
