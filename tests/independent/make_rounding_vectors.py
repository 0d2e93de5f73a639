"""Prints tests/vectors/rounding_v1.json from the specification, with the standard library alone."""

import json

from pseudonym_v1 import check_value
from rounding_v1 import place_of, rounded

KEYS = {"counting": bytes(range(32)), "scattered": bytes((i * 151 + 43) % 256 for i in range(32))}
CELLS = [
    {},
    {"region": "North"},
    {"region": "North", "sex": "F"},
    {"region": "North", "sex": None},
    {"region": "North", "sex": ""},
    {"sex": "F", "region": "South"},
    {"größe": "groß", "region": "Ynys Môn", "Zone": "a"},
    {"a": "bc"},
    {"ab": "c"},
    0,
    1,
    255,
    2**32,
    2**64 - 1,
]
vectors = []


def add(key, context, kind, base, cell, counts):
    place = place_of(KEYS[key], context, kind, base, cell)
    vector = {"key": key, "context": context, "kind": kind, "base": base}
    vector |= {"cell_key": str(cell)} if isinstance(cell, int) else {"cell": list(map(list, cell.items()))}
    results = [[str(count), str(rounded(place, base, count))] for count in counts]
    vectors.append(vector | {"place": place, "rounded": results})


for base in [2, 3, 5, 10, 1000]:
    for cell in CELLS:
        counts = [0, 1, base - 1, base, base + 1, 2 * base - 1, 123_456_789, 2**62]
        add("counting", "DSA-2026-014", "patients", base, cell, sorted(set(counts)))
for key, context, kind in [
    ("scattered", "DSA-2026-014", "patients"),
    ("counting", "DSA-2026-015", "patients"),
    ("counting", "é" * 100, "patients"),
    ("counting", "DSA-2026-014", "attendances"),
]:
    for cell in CELLS[:4] + CELLS[9:11]:
        add(key, context, kind, 5, cell, list(range(11)))

keys = [{"id": name, "hex": data.hex(), "check_value": check_value(data)} for name, data in KEYS.items()]
print('{\n  "schema": "nhs-ig/vectors/rounding/v1",\n  "keys": [')
print(",\n".join("    " + json.dumps(key) for key in keys))
print('  ],\n  "vectors": [')
print(",\n".join("    " + json.dumps(vector, ensure_ascii=True) for vector in vectors))
print("  ]\n}")
