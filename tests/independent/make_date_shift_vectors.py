"""Prints tests/vectors/date_shift_v1.json from the specification, with the standard library alone."""

import json

from date_shift_v1 import shift_of, shifted
from pseudonym_v1 import check_digit, check_value, nhs_number

KEYS = {"counting": bytes(range(32)), "scattered": bytes((i * 151 + 43) % 256 for i in range(32))}
RANGES = [
    (7, False),
    (30, False),
    (365, False),
    (3650, False),
    (28, True),
    (30, True),
    (365, True),
    (3650, True),
]

numbers = [str(n) for n in range(9990000018, 9990000300) if check_digit(str(n))[0]]
vectors = []


def add(key, context, kind, max_days, keep_weekday, person, date):
    output, error = shifted(KEYS[key], context, kind, max_days, keep_weekday, person, date)
    vector = {
        "key": key,
        "context": context,
        "kind": kind,
        "max_days": max_days,
        "keep_weekday": keep_weekday,
    }
    vector |= {"person": person, "date": date}
    canonical = nhs_number(person or "")[0] if kind == "nhs_number" else person or None
    if canonical is not None:
        vector["days"] = shift_of(KEYS[key], context, kind, max_days, keep_weekday, canonical.encode())
    vectors.append(vector | ({"output": output} if error is None else {"error": error}))


for max_days, keep_weekday in RANGES:
    for number in numbers[:8]:
        add("counting", "DSA-2026-014", "nhs_number", max_days, keep_weekday, number, "2024-02-29")
for key, context, kind in [
    ("scattered", "DSA-2026-014", "nhs_number"),
    ("counting", "DSA-2026-015", "nhs_number"),
    ("counting", "é" * 100, "nhs_number"),
    ("counting", "DSA-2026-014", "text"),
    ("counting", "DSA-2026-014", "local_patient_id"),
]:
    for number in numbers[:4]:
        add(key, context, kind, 30, False, number, "2024-02-29")
for spelling in ["999 000 0018", "999-000-0018", " 9990000018 "]:
    add("counting", "DSA-2026-014", "nhs_number", 30, False, spelling, "2024-02-29")
for person in ["A", "a", "a ", " ", "Zoë", "x" * 200]:
    add("counting", "DSA-2026-014", "local_patient_id", 30, False, person, "2024-02-29")
for date in [
    "1900-01-02",
    "2199-12-31",
    "1999-12-31",
    "2000-02-29",
    "2024-05-17T23:59:59Z",
    "2024-05-17 00:00:00.000",
    "2024-05-17T10:00:00+01:00",
    "",
    "  ",
    None,
    "1900-01-01",
    "1800-01-01",
    "2200-01-01",
    "9999-12-31",
    "0001-01-01",
    "17/05/2024",
    "2023-02-29",
    "2024-5-17",
    "20240517",
    "2024-05-17x",
]:
    add("counting", "DSA-2026-014", "nhs_number", 30, False, "9990000018", date)
for person in [None, "", " ", "9990000019", "999000001", "not a number", "9999999999"]:
    for date in ["2024-02-29", None, "17/05/2024"]:
        add("counting", "DSA-2026-014", "nhs_number", 30, False, person, date)
for person in [None, ""]:
    add("counting", "DSA-2026-014", "text", 30, False, person, "2024-02-29")

keys = [{"id": name, "hex": data.hex(), "check_value": check_value(data)} for name, data in KEYS.items()]
print('{\n  "schema": "nhs-ig/vectors/date_shift/v1",\n  "keys": [')
print(",\n".join("    " + json.dumps(key) for key in keys))
print('  ],\n  "vectors": [')
print(",\n".join("    " + json.dumps(vector, ensure_ascii=True) for vector in vectors))
print("  ]\n}")
