"""Prints tests/vectors/masking.json, made with datetime, re and plain slicing of the standard library."""

import datetime
import json
import re

out = []


def v(act, settings, inp, output=None, error=None):
    d = {"act": act, "settings": settings, "input": inp}
    d.update({"output": output} if error is None else {"error": error})
    out.append(d)


for t in ["9990000018", "", "anything"]:
    v("redact", {}, t, "[REDACTED]")
v("redact", {"to": "x"}, "a", error="misuse.argument")


def mask(t, a, b, c="*"):
    return c * len(t) if len(t) <= a + b else t[:a] + c * (len(t) - a - b) + t[len(t) - b :]


for t in ["9990000018", "999 000 0018", "07700900123", "AB", "ABC", "ABCD", "A", ""]:
    for a, b in [(0, 0), (0, 3), (2, 0), (1, 2), (4, 4)]:
        s = {k: x for k, x in (("keep_first", a), ("keep_last", b)) if x}
        v("mask_partial", s, t, mask(t, a, b))
v("mask_partial", {"keep_last": 2, "mask_char": "#"}, "Zoë Ó Sé", "######Sé")
v("mask_partial", {"keep_first": 1, "keep_last": 1}, "E\u0301loi\u0308", "E\u0301**i\u0308")
# Each list is one text, cut by hand into what a reader sees as one character (Unicode Standard Annex 29).
for clusters in [
    ["\u00e9", "\u0065\u0301", "a", "b"],
    ["a", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "b", "c", "d"],
    ["\U0001f1ec\U0001f1e7", "\U0001f1eb\U0001f1f7", "\U0001f1ee\U0001f1ea", "x"],
    ["\U0001f44d\U0001f3fd", "o", "k", "1\ufe0f\u20e3"],
    ["\ud55c", "\u1112\u1161\u11ab", "\uae00", "\u1100\u1161"],
    ["\u0915\u094d\u0937\u093f", "\u0928\u0940", "\u092f", "\u092e"],
    ["\u0e01\u0e33", "\u0e19\u0e49", "a", "b"],
    ["\u05e9\u05c1", "\u05dc", "\u05d5", "\u05dd"],
    ["\u00e9", "\r", "\n", "a"],
    ["Z", "a\u0300\u0301\u0302\u0303\u0304", "l", "g", "o"],
]:
    for a, b in [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (2, 2), (8, 0)]:
        s = {k: x for k, x in (("keep_first", a), ("keep_last", b)) if x}
        n = len(clusters)
        all_masked = n <= a + b
        kept = (
            "*" * n if all_masked else "".join(clusters[:a]) + "*" * (n - a - b) + "".join(clusters[n - b :])
        )
        v("mask_partial", s, "".join(clusters), kept)
for sign in ["\u0301", "\u200d", "\U0001f1ec", "\U0001f3fd", "\u00ad"]:
    v("mask_partial", {"mask_char": sign}, "9990000018", error="misuse.argument")
for s in [
    {"keep_first": 9},
    {"keep_first": 5, "keep_last": 4},
    {"keep_first": -1},
    {"mask_char": "x"},
    {"mask_char": "**"},
    {"keep": 1},
]:
    v("mask_partial", s, "9990000018", error="misuse.argument")


def gen(d, to):
    if to == "month":
        return d.strftime("%Y-%m").zfill(7)
    if to == "quarter":
        return f"{d.year:04}-Q{-(-d.month // 3)}"
    if to == "year":
        return f"{d.year:04}"
    y = d.year if (d.month, d.day) >= (4, 1) else d.year - 1
    return f"{y:04}/{str(y + 1).zfill(4)[-2:]}"


for t in [
    "2024-01-01",
    "2024-02-29",
    "2024-03-31",
    "2024-04-01",
    "2024-06-30",
    "2024-07-01",
    "2024-12-31",
    "1999-12-31",
    "2000-01-01",
    "1999-04-01",
    "1931-09-30",
    "2024-05-17T23:59:59Z",
    "2024-05-17 00:00:00.000",
    "9998-12-31",
]:
    d = datetime.date.fromisoformat(t[:10])
    for to in ["month", "quarter", "year", "financial_year"]:
        v("generalise_date", {"to": to}, t, gen(d, to))
for t in [
    "",
    "17/05/2024",
    "05/17/2024",
    "2024-02-30",
    "2023-02-29",
    "2024-5-17",
    "20240517",
    "17 May 2024",
    "0000-01-01",
    "2024-05-17T",
    "2024-05-17T25:00:00",
    "2024-05-17x",
]:
    v("generalise_date", {"to": "month"}, t, error="identifier.date")
v("generalise_date", {"to": "week"}, "2024-05-17", error="misuse.argument")
v("generalise_date", {}, "2024-05-17", error="misuse.argument")


def band(a, w, t):
    if a >= t:
        return f"{t} and over"
    lo = a // w * w
    return f"{lo}" if w == 1 else f"{lo}-{lo + w - 1}"


for a in [0, 4, 5, 9, 17, 18, 42, 84, 85, 89, 90, 91, 103, 149]:
    v("age_band", {}, a, band(a, 5, 90))
    v("age_band", {"width": 10}, a, band(a, 10, 90))
    v("age_band", {"width": 1, "top": 85}, a, band(a, 1, 85))
    v("age_band", {"top": 95}, a, band(a, 5, 95))
for a in [-1, 150, 1000]:
    v("age_band", {}, a, error="identifier.age")
for s in [
    {"width": 0},
    {"width": 51, "top": 51},
    {"width": 7},
    {"top": 0},
    {"top": 150},
    {"width": 20},
    {"step": 5},
]:
    v("age_band", s, 42, error="misuse.argument")
pc = re.compile(r"([A-Z]{1,2})(\d[A-Z\d]?)(\d)[A-Z]{2}$")
for t in [
    "M13 9PL",
    "m139pl",
    "M1  1AE",
    "M60 1NW",
    "CR2 6XH",
    "DN551PT",
    "W1A 1HQ",
    "EC1A 1BB",
    " SW1A 2 AA ",
    "BF1 3AA",
    "bf13aa",
    "JE2 3AB",
    "gy11aa",
    "IM1 1AA",
    "BT1 1AA",
    "CF10 1AA",
    "EH1 1AA",
    "M13\t9PL",
]:
    a, n, s = pc.match(re.sub(r"\s", "", t).upper()).groups()
    v("postcode_area", {}, t, a)
    v("postcode_district", {}, t, a + n)
    v("postcode_sector", {}, t, f"{a + n} {s}")
for act, o in [("area", "GIR"), ("district", "GIR"), ("sector", "GIR 0")]:
    v("postcode_" + act, {}, "GIR 0AA", o)
for c, m in [
    ("3VZ", "no fixed abode"),
    ("3WZ", "not known"),
    ("3CZ", "England"),
    ("3GZ", "Wales"),
    ("1WZ", "Scotland"),
    ("2WZ", "Northern Ireland"),
    ("6CZ", "overseas"),
]:
    for act in ["area", "district", "sector"]:
        v("postcode_" + act, {}, "ZZ99 " + c, m)
        v("postcode_" + act, {}, "zz99" + c.lower(), m)
for t in [
    "",
    "M13",
    "M13 9P",
    "M13-9PL",
    "QA1 1AA",
    "AZ1 1AA",
    "W1I 1HQ",
    "M13 9CL",
    "ZZ99 3XA",
    "ZZ98 3VZ",
    "not known",
    "GIR 0AB",
    "1M3 9PL",
    "M",
    "M13 9",
    "BF1",
    "BFPO 57",
    "BFPO57",
    "ZZ99",
    "ZZ99 3",
    "ZZ99 ZZZ",
    "GIR",
    "JE2",
]:
    v("postcode_area", {}, t, error="identifier.postcode")
    v("postcode_sector", {}, t, error="identifier.postcode")
    v("postcode_district", {}, t, error="identifier.postcode")
print("[\n" + ",\n".join("  " + json.dumps(o, ensure_ascii=True) for o in out) + "\n]")
