"""Prints tests/vectors/pseudonym_v1.json. Run it again after a change: the output never changes."""

import hashlib
import json

from pseudonym_v1 import check_value, pseudonym

COUNTING = bytes(range(32))
KEYS = {
    "counting": COUNTING,
    "reversed": bytes(reversed(COUNTING)),
    "hashed": hashlib.sha256(b"a key for tests").digest(),
}
CONTEXT = "DSA-2026-014"
CONTEXTS = [CONTEXT, "a", "D" * 255, "Évaluation – λ 数据", "\u00e9" * 127 + "x", " spaced ", "e\u0301", "é"]
LONG = [54, 55, 56, 63, 64, 65, 118, 119, 120, 183, 1000]
NUMBERS = [
    "9990000018",
    "999 000 0018",
    "999-000-0018",
    " 9990000018\t",
    "999.000.0018",
    "999\u00a0000\u00a00018",
    "9\u20119 9 0 0 0 0 0 1 8",
    9990000018,
    9990000018.0,
    "9990000026",
    "9999999468",
    "9998887778",
    None,
    "",
    "   ",
    "-.\u00a0",
    "\n",
    "9990000017",
    "999000001",
    "99900000180",
    "999000001O",
    "９９９００００018",
    "9999999999",
    -9990000018,
    9990000018.5,
    99900000180,
    "999/000/0018",
    "\u2003",
    "9990000018\u200b",
]
TEXTS = [
    "a",
    "A",
    " a",
    "a ",
    " ",
    "\t\n",
    "999 000 0018",
    "9990000018",
    "é",
    "e\u0301",
    "名前",
    "🙂",
    "\u200b",
    "\0",
    'O\'Brien, "Zoë"\r\n',
    "",
    None,
    *["x" * length for length in LONG],
    "ß" * 28,
    "數" * 40,
]

vectors = []


def add(value, kind, context=CONTEXT, key="counting", length=128, encoding="hex"):
    out, error = pseudonym(KEYS[key], context, kind, value, length, encoding)
    vector = {
        "key": key,
        "context": context,
        "kind": kind,
        "length": length,
        "encoding": encoding,
        "input": value,
    }
    vectors.append(vector | ({"output": out} if error is None else {"error": error}))


for number in NUMBERS:
    add(number, "nhs_number")
for text in TEXTS:
    add(text, "text")
for kind in ["local_patient_id", "accession_number", "a", "k" + "_9" * 31 + "z"]:
    add("9990000018", kind)
    add("A 1", kind)
for context in CONTEXTS[1:]:
    add("9990000018", "nhs_number", context)
    add("A 1", "text", context)
for key in KEYS:
    for length in [128, 192, 256]:
        for encoding in ["hex", "base32", "bytes"]:
            add("9990000018", "nhs_number", key=key, length=length, encoding=encoding)
            add("A 1", "text", key=key, length=length, encoding=encoding)

keys = [{"id": name, "hex": key.hex(), "check_value": check_value(key)} for name, key in KEYS.items()]
row = ",\n    ".join
print("{")
print('  "schema": "nhs-ig/vectors/pseudonym/v1",')
print('  "keys": [\n    ' + row(map(json.dumps, keys)) + "\n  ],")
print('  "vectors": [\n    ' + row(map(json.dumps, vectors)) + "\n  ]")
print("}")
