"""Prints tests/vectors/composite_v1.json. Run it again after a change: the output never changes."""

import hashlib
import json

from composite_v1 import composite
from pseudonym_v1 import check_value

COUNTING = bytes(range(32))
KEYS = {"counting": COUNTING, "hashed": hashlib.sha256(b"a key for tests").digest()}
CONTEXT = "DSA-2026-014"
TWO = ["nhs_number", "text"]
ROWS = [
    ["9990000018", "RR8"],
    ["999 000 0018", "RR8"],
    ["999-000-0018", "rr8"],
    ["9990000018", " RR8"],
    ["9990000018", None],
    ["9990000018", ""],
    [None, "RR8"],
    ["", "RR8"],
    ["  -.", "RR8"],
    ["9990000026", "RR8"],
    [None, None],
    ["", ""],
    [" ", None],
    ["9990000018", "é"],
    ["9990000018", "e\u0301"],
    ["9990000018", "\u0000"],
    ["9990000018", "x" * 41],
    ["9990000018", "x" * 300],
    ["9990000017", "RR8"],
    ["9990000017", None],
    ["1111111111", "RR8"],
    ["99900000180", "RR8"],
    ["９９９０００００１８", "RR8"],
]
TEXTS = [
    ["a", "b"],
    ["b", "a"],
    ["ab", ""],
    ["", "ab"],
    ["a", None],
    ["a", "\u00ff\u00ff\u00ff\u00ff"],
    ["\u0000\u0000\u0000\u0001a", "b"],
    ["9990000018", "9990000018"],
    ["名前", "🙂"],
]
THREE = [
    ["9990000018", "1980-01-01", "SW1A"],
    ["9990000018", None, "SW1A"],
    [None, "1980-01-01", None],
    [None] * 3,
]

vectors = []


def add(fields, kinds, context=CONTEXT, key="counting", length=128, encoding="hex"):
    out, error = composite(KEYS[key], context, kinds, fields, length, encoding)
    vector = {
        "key": key,
        "context": context,
        "kinds": kinds,
        "length": length,
        "encoding": encoding,
        "fields": fields,
    }
    vectors.append(vector | ({"output": out} if error is None else {"error": error}))


for row in ROWS:
    add(row, TWO)
    add(row[::-1], TWO[::-1])
for row in TEXTS:
    add(row, ["text", "text"])
    add(row, ["text", "local_patient_id"])
for row in THREE:
    add(row, ["nhs_number", "date_of_birth", "district"])
for text in ["9990000018", None, "", "9990000017"]:
    add([text], ["nhs_number"])
    add([text], ["text"])
add(["a"] * 64, ["text"] * 64)
add(["a", *[None] * 63], ["k" + "_9" * 31 + "z"] * 64)
for context in ["a", "D" * 255, "Évaluation – λ 数据", " spaced "]:
    add(["9990000018", "RR8"], TWO, context)
for key in KEYS:
    for length in [128, 192, 256]:
        for encoding in ["hex", "base32", "bytes"]:
            add(["9990000018", "RR8"], TWO, key=key, length=length, encoding=encoding)

keys = [{"id": name, "hex": key.hex(), "check_value": check_value(key)} for name, key in KEYS.items()]
row = ",\n    ".join
print("{")
print('  "schema": "nhs-ig/vectors/composite/v1",')
print('  "keys": [\n    ' + row(map(json.dumps, keys)) + "\n  ],")
print('  "vectors": [\n    ' + row(map(json.dumps, vectors)) + "\n  ]")
print("}")
