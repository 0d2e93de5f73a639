"""Prints tests/vectors/token_v1.json. Run it again after a change: the output never changes."""

import hashlib
import json

from pseudonym_v1 import check_value
from token_v1 import opened, token

COUNTING = bytes(range(32))
KEYS = {"counting": COUNTING, "k-2026-1": hashlib.sha256(b"a key for tests").digest()}
CONTEXT = "DSA-2026-014"
NUMBERS = [
    "9990000018",
    "999 000 0018",
    "999-000-0018",
    9990000018,
    9990000018.0,
    "9990000026",
    "9998887778",
    None,
]
NUMBERS += [
    "",
    " ",
    "-.",
    "9990000017",
    "999000001",
    "1111111111",
    "９９９０００００１８",
    -9990000018,
    9990000018.5,
]
TEXTS = ["a", "A", " a", "9990000018", "999 000 0018", "é", "e\u0301", "名前", "🙂", "\u0000", " ", "", None]
TEXTS += ["x" * length for length in (2, 3, 14, 15, 16, 17, 31, 32, 33, 64, 300)]

vectors, refused = [], []


def add(value, kind, context=CONTEXT, key="counting"):
    out, error = token(KEYS[key], key, context, kind, value)
    vector = {"key": key, "context": context, "kind": kind, "input": value}
    vectors.append(vector | ({"output": out} if error is None else {"error": error}))
    return out


def refuse(text, kind="nhs_number", context=CONTEXT, key="counting"):
    identifier, code = opened(KEYS[key], key, context, kind, text)
    assert identifier is None, text
    refused.append({"key": key, "context": context, "kind": kind, "token": text, "error": code})


for number in NUMBERS:
    add(number, "nhs_number")
for text in TEXTS:
    add(text, "text")
for kind in ["local_patient_id", "k" + "_9" * 31 + "z"]:
    add("9990000018", kind)
for context in ["a", "D" * 255, "Évaluation – λ 数据"]:
    add("9990000018", "nhs_number", context)
add("9990000018", "nhs_number", key="k-2026-1")
add("A1", "text", key="k-2026-1")

good = add("9990000018", "nhs_number")
short = add("a", "text")
prefix, body = good[: len("nhsig_t1_counting_")], good[len("nhsig_t1_counting_") :]
for text in [
    "",
    "9990000018",
    prefix,
    "nhsig_t1_counting",
    good + " ",
    " " + good,
    good + "\n",
    good + "=",
    good + "A",
    good + "AAAA",
    good.upper(),
    good.lower(),
    prefix.upper() + body,
    prefix + body.swapcase(),
    good[:-1],
    good[:-2],
    prefix + body[:22],
    prefix + body[:21],
    good.replace("_t1_", "_t2_"),
    good.replace("_t1_", "_sk_"),
    good.replace("counting", "other"),
    good.replace("counting", "Counting"),
    good.replace("counting", ""),
    good.replace("counting", "a" * 33),
    prefix + body[:10] + "\n" + body[10:],
    prefix + body[:10] + "+" + body[11:],
    prefix + body[:10] + "é" + body[11:],
    prefix + body[:10] + "\u0000" + body[11:],
]:
    refuse(text)
alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# The last character of 26 bytes has two unused bits, that of 17 bytes four: one spelling of each is canonical.
for bits in range(1, 4):
    refuse(good[:-1] + alphabet[alphabet.index(good[-1]) ^ bits])
refuse(good, kind="text")
refuse(good, context="DSA-2026-015")
refuse(good, key="k-2026-1")
refuse(add("9990000018", "text"), kind="nhs_number")
refuse(short + "A", kind="text")

keys = [{"id": name, "hex": key.hex(), "check_value": check_value(key)} for name, key in KEYS.items()]
row = ",\n    ".join
print("{")
print('  "schema": "nhs-ig/vectors/token/v1",')
print('  "keys": [\n    ' + row(map(json.dumps, keys)) + "\n  ],")
print('  "vectors": [\n    ' + row(map(json.dumps, vectors)) + "\n  ],")
print('  "refused": [\n    ' + row(map(json.dumps, refused)) + "\n  ]")
print("}")
