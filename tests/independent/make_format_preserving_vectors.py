"""Prints tests/vectors/format_preserving_v1.json. Run it again after a change: the output never changes.

What `valid` makes may be a person's number, so the SHA-256 of context and output stands in its place.
"""

import hashlib
import json

from format_preserving_v1 import encrypted

KEY = bytes(range(32))
NUMBERS = ["9990000018", "9990000026", "9990000034", "9995000008", "9998887771", "9998887778"]
NUMBERS = [n for n in NUMBERS if sum(int(d) * w for d, w in zip(n, range(10, 0, -1))) % 11 == 0]
CONTEXTS = ["DSA-2026-014", "a", "Évaluation – λ 数据"]

vectors = []
for context in CONTEXTS:
    for number in NUMBERS:
        for check in ["invalid", "valid"]:
            made = encrypted(KEY, context, check, number)
            vector = {"context": context, "check": check, "input": number}
            said = hashlib.sha256(f"{context}|{made}".encode()).hexdigest()
            vectors.append(vector | ({"output": made} if check == "invalid" else {"sha256": said}))
print("{")
print('  "schema": "nhs-ig/vectors/format_preserving/v1",')
print(f'  "key": "{KEY.hex()}",')
print('  "vectors": [\n    ' + ",\n    ".join(map(json.dumps, vectors)) + "\n  ]")
print("}")
