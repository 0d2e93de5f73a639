"""Prints tests/vectors/cell_key_v1.json from the specification, with the standard library alone."""

import json

from cell_key_v1 import noise, noise_row, record_key
from pseudonym_v1 import check_digit, check_value

KEYS = {"counting": bytes(range(32)), "scattered": bytes((i * 151 + 43) % 256 for i in range(32))}
TABLES = [(8, 2, 1, 0), (8, 5, 2, 2), (9, 10, 4, 3), (8, 4, 2, 0), (10, 7, 3, 1), (8, 19, 9, 9)]

numbers = [str(n) for n in range(9990000018, 9990000300) if check_digit(str(n))[0]]
records = []
for key, context, kind, persons in [
    ("counting", "DSA-2026-014", "nhs_number", numbers[:6]),
    ("scattered", "DSA-2026-014", "nhs_number", numbers[:3]),
    ("counting", "census", "nhs_number", numbers[:3]),
    ("counting", "DSA-2026-014", "local_patient_id", ["A", "a", " ", "Zoë", "x" * 200]),
]:
    for person in persons:
        made = record_key(KEYS[key], context, kind, person.encode())
        records.append({"key": key, "context": context, "kind": kind, "person": person, "record_key": made})

tables = []
for bits, max_noise, variance, unpublished in TABLES:
    settings = {"bits": bits, "max_noise": max_noise, "variance": variance, "unpublished": unpublished}
    rows = [
        noise_row(n, bits, max_noise, variance, unpublished) for n in range(1, max_noise + unpublished + 2)
    ]
    looked_up = []
    for n in [1, 2, unpublished + 1, max_noise, max_noise + unpublished + 1, 1000]:
        row = rows[min(n, len(rows)) - 1]
        cell_keys = [0, 1, 77, 200, 255, 256, 65_535, 2_863_311_530, 2**32 - 1]
        looked_up += [[n, cell_key, n + noise(row, bits, cell_key)] for cell_key in cell_keys]
    listed = [[[v, p] for v, p in sorted(row.items())] for row in rows]
    tables.append({"settings": settings, "rows": listed, "looked_up": looked_up})

keys = [{"id": name, "hex": data.hex(), "check_value": check_value(data)} for name, data in KEYS.items()]
print('{\n  "schema": "nhs-ig/vectors/cell_key/v1",')
for name, part, end in [("keys", keys, ","), ("record_keys", records, ","), ("tables", tables, "")]:
    print(f'  "{name}": [')
    print(",\n".join("    " + json.dumps(line, ensure_ascii=True) for line in part))
    print("  ]" + end)
print("}")
