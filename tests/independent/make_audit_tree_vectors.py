"""Makes tests/vectors/audit_tree_v1.json with the standard library, from the specification page alone.

The small tree has the leaves that the Certificate Transparency project tests with, and its published roots are
checked here. The log is that of audit_record_v1.json. Run it again after a change and compare: the file must come
out the same.
"""

import base64
import json
from pathlib import Path

import audit_tree
import ed25519_plain

FOLDER = Path(__file__).parent.parent / "vectors"
LEAVES = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
PUBLISHED = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
ORIGIN = "example.nhs.uk/audit"
SEED = bytes(range(32))


def hexes(hashes):
    return [one.hex() for one in hashes]


def small_tree():
    leaves = [audit_tree.leaf(bytes.fromhex(text)) for text in LEAVES]
    roots = hexes(audit_tree.root(leaves[:size]) for size in range(9))
    assert all(roots[size] == root for size, root in PUBLISHED.items())
    inclusion = [
        {"index": index, "size": size, "path": hexes(audit_tree.inclusion_path(index, leaves[:size]))}
        for size in range(1, 9)
        for index in range(size)
    ]
    consistency = [
        {"older": older, "newer": newer, "path": hexes(audit_tree.consistency_path(older, leaves[:newer]))}
        for newer in range(9)
        for older in range(newer + 1)
    ]
    return {
        "leaves": LEAVES,
        "hashes": hexes(leaves),
        "roots": roots,
        "inclusion": inclusion,
        "consistency": consistency,
    }


def inclusion_proof(index, lines, note):
    path = audit_tree.inclusion_path(index, [audit_tree.leaf(line) for line in lines])
    hashes = "".join(base64.b64encode(one).decode() + "\n" for one in path)
    extra = base64.b64encode(lines[index]).decode()
    return f"{audit_tree.FIRST_LINE}\nextra {extra}\nindex {index}\n{hashes}\n{note}"


def consistency_proof(older, lines, note):
    path = audit_tree.consistency_path(older, [audit_tree.leaf(line) for line in lines])
    hashes = "".join(base64.b64encode(one).decode() + "\n" for one in path)
    return f"old {older}\n{hashes}\n{note}"


def keys():
    public = ed25519_plain.public_key(SEED)
    number = audit_tree.key_id(ORIGIN, public).hex()
    signer = f"PRIVATE+KEY+{ORIGIN}+{number}+{base64.b64encode(bytes([1]) + SEED).decode()}"
    return signer, f"{ORIGIN}+{number}+{base64.b64encode(bytes([1]) + public).decode()}"


def log():
    lines = [vector["line"].encode() for vector in json.loads((FOLDER / "audit_record_v1.json").read_text())]
    leaves = [audit_tree.leaf(line) for line in lines]
    notes = [
        audit_tree.sign_checkpoint(ORIGIN, leaves[:size], ORIGIN, SEED) for size in range(len(lines) + 1)
    ]
    return {
        "checkpoints": notes,
        "inclusion": [inclusion_proof(index, lines, notes[-1]) for index in range(len(lines))],
        "consistency": [consistency_proof(older, lines, notes[-1]) for older in range(len(lines) + 1)],
    }


def main():
    signer, verifier = keys()
    made = {
        "schema": "nhs-ig/vectors/audit_tree/v1",
        "tree": small_tree(),
        "origin": ORIGIN,
        "signer_key": signer,
        "verifier_key": verifier,
        "log": log(),
    }
    (FOLDER / "audit_tree_v1.json").write_text(
        json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
