"""Write tests/vectors/opt_out_check_v1.json from the specification, with the standard library alone."""

import json
from pathlib import Path

from opt_out_check_v1 import derived, members, pseudonym, request_hash, seal

KEY = bytes(range(32))
COHORTS = {
    "X26ABC1-221126-0001": ["9990000018", "9990000026", "9990000034"],
    "A-010100-9999": ["9990000042", "9990000018", "0000000001"],
}

cases = []
for check_id, numbers in COHORTS.items():
    request = "".join(f"{digits},\n" for digits in sorted(numbers))
    content = {"format": "nhs-ig/opt-out-list/v1", "check_id": check_id}
    cases.append(
        {
            "check_id": check_id,
            "numbers": numbers,
            "derived": derived(KEY, check_id, "nhs_number").hex(),
            "pseudonyms": [pseudonym(KEY, check_id, digits).hex() for digits in numbers],
            "members": members(KEY, check_id, numbers),
            "request": request,
            "hash": request_hash(KEY, check_id, request.encode()),
            "sealed": content,
            "seal": seal(KEY, check_id, content),
        },
    )

target = Path(__file__).parent.parent / "vectors" / "opt_out_check_v1.json"
target.write_text(json.dumps({"key_hex": KEY.hex(), "cases": cases}, indent=1) + "\n", encoding="utf-8")
