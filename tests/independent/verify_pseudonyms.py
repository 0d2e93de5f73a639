"""Computes every pseudonym and check value of tests/vectors/pseudonym_v1.json again, with the standard library.

Exit code 0 if all agree, 1 if one does not. Another vector file may be named as the argument.
"""

import json
import sys
from pathlib import Path

from pseudonym_v1 import check_value, pseudonym

VECTORS = Path(__file__).parent.parent / "vectors" / "pseudonym_v1.json"


def main() -> int:
    data = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else VECTORS).read_text(encoding="utf-8"))
    keys = {key["id"]: bytes.fromhex(key["hex"]) for key in data["keys"]}
    wrong = [
        f"check value of key {key['id']}"
        for key in data["keys"]
        if check_value(keys[key["id"]]) != key["check_value"]
    ]
    for number, vector in enumerate(data["vectors"]):
        setting = (keys[vector["key"]], vector["context"], vector["kind"], vector["input"])
        computed = pseudonym(*setting, vector["length"], vector["encoding"])
        if computed != (vector.get("output"), vector.get("error")):
            wrong.append(f"vector {number}")
    if wrong or not data["vectors"]:
        print(
            f"pseudonyms: NOT verified, {len(wrong)} of {len(data['vectors'])} differ: {', '.join(wrong[:5])}"
        )
        return 1
    print(f"pseudonyms: all {len(data['vectors'])} vectors and {len(keys)} check values verified")
    return 0


if __name__ == "__main__":
    sys.exit(main())
