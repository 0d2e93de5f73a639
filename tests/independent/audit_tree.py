"""The tree, checkpoints and proofs of an audit log, with nothing but the Python standard library.

Written from the specification page (crates/ig-core/docs/audit_log_v1.md) alone, to check the Rust code against it.
"""

import base64
import hashlib
import re

import ed25519_plain

NUMBER = re.compile("0|[1-9][0-9]{0,19}")
FIRST_LINE = "c2sp.org/tlog-proof@v1"
EMPTY = hashlib.sha256(b"").digest()


class Refused(Exception):
    pass


def need(holds, why):
    if not holds:
        raise Refused(why)


def leaf(line):
    return hashlib.sha256(b"\0" + line).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(count):
    """The largest power of two below the number of leaves."""
    return 1 << (count - 1).bit_length() - 1


def root(leaves):
    """By the definition, with all the leaves at hand."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def inclusion_path(index, leaves):
    """RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return inclusion_path(index, leaves[:k]) + [root(leaves[k:])]
    return inclusion_path(index - k, leaves[k:]) + [root(leaves[:k])]


def consistency_path(older, leaves, whole=True):
    """RFC 6962, section 2.1.2."""
    if older in (0, len(leaves)):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if older <= k:
        return consistency_path(older, leaves[:k], whole) + [root(leaves[k:])]
    return consistency_path(older - k, leaves[k:], False) + [root(leaves[:k])]


def root_by_inclusion(found, index, size, path):
    """The root that a leaf and its path lead to, by the recursive definition; None if the path has another length."""
    if size == 1:
        return found if not path else None
    if not path:
        return None
    k = split(size)
    if index < k:
        below = root_by_inclusion(found, index, k, path[:-1])
        return below and node(below, path[-1])
    below = root_by_inclusion(found, index - k, size - k, path[:-1])
    return below and node(path[-1], below)


def roots_by_consistency(older, size, path, known):
    """The older and the newer root that a path leads to; ``known`` is the older root where it is a whole subtree."""
    if older == size:
        if known is not None:
            return (known, known) if not path else None
        return (path[0], path[0]) if len(path) == 1 else None
    if not path:
        return None
    k = split(size)
    if older <= k:
        below = roots_by_consistency(older, k, path[:-1], known)
        return below and (below[0], node(below[1], path[-1]))
    below = roots_by_consistency(older - k, size - k, path[:-1], None)
    return below and (node(path[-1], below[0]), node(path[-1], below[1]))


def unbase64(text, length=None):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("not base64") from None
    need(base64.b64encode(data).decode() == text, "not the one form of base64")
    need(length in (None, len(data)), "another number of bytes")
    return data


def number(text):
    need(NUMBER.fullmatch(text or "") and int(text) < 2**64, "not a number")
    return int(text)


def key_id(name, public):
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def is_name(name):
    return bool(name) and "+" not in name and not any(sign.isspace() for sign in name)


def verifier_key(text):
    """Name, id and public key of the text form."""
    parts = text.strip().split("+", 2)
    need(len(parts) == 3 and is_name(parts[0]), "not a verifier key")
    data = unbase64(parts[2], 33)
    need(data[0] == 1 and parts[1] == key_id(parts[0], data[1:]).hex(), "not a verifier key")
    return parts[0], bytes.fromhex(parts[1]), data[1:]


def open_checkpoint(note, key, origin):
    """Size and root of a checkpoint, if the key has signed it and it is of the origin."""
    name, number_of_key, public = verifier_key(key)
    need(len(note.encode()) <= 1 << 20, "too long")
    need(all(sign >= " " or sign == "\n" for sign in note), "control characters")
    text, empty, below = note.rpartition("\n\n")
    need(empty and below.endswith("\n"), "not a note")
    text += "\n"
    lines = below[:-1].split("\n")
    need(len(lines) <= 100, "too many signatures")
    signed = False
    for line in lines:
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "\u2014" and is_name(parts[1]), "not a signature line")
        data = unbase64(parts[2])
        need(len(data) > 4, "not a signature")
        if (parts[1], data[:4]) == (name, number_of_key):
            need(ed25519_plain.verify(public, text.encode(), data[4:]), "the signature does not fit")
            signed = True
    need(signed, "no signature of this key")
    body = text[:-1].split("\n")
    need(len(body) >= 3 and all(body), "not a checkpoint")
    size, top = number(body[1]), unbase64(body[2], 32)
    need(size or top == EMPTY, "another root than that of no leaves")
    need(body[0] == origin, "of another log")
    return size, top


def sign_checkpoint(origin, leaves, name, seed):
    """A checkpoint as a log's signer makes it."""
    text = f"{origin}\n{len(leaves)}\n{base64.b64encode(root(leaves)).decode()}\n"
    public = ed25519_plain.public_key(seed)
    signature = key_id(name, public) + ed25519_plain.sign(seed, text.encode())
    return f"{text}\n\u2014 {name} {base64.b64encode(signature).decode()}\n"


def read_proof(text):
    head, empty, note = text.partition("\n\n")
    need(empty, "not a proof")
    return head.split("\n"), note


def read_path(lines):
    need(len(lines) <= 63, "too many hashes")
    return [unbase64(line, 32) for line in lines]


def open_inclusion(text, key, origin, line=None):
    """The index and the line of the record that is in the log."""
    lines, note = read_proof(text)
    need(lines.pop(0) == FIRST_LINE, "not an inclusion proof")
    if lines and lines[0].startswith("extra "):
        extra = unbase64(lines.pop(0)[6:])
        need(line in (None, extra), "another record")
        line = extra
    need(line is not None, "no record")
    need(lines and lines[0].startswith("index "), "no index")
    index, path = number(lines[0][6:]), read_path(lines[1:])
    size, top = open_checkpoint(note, key, origin)
    need(index < size, "no such record")
    need(root_by_inclusion(leaf(line), index, size, path) == top, "does not lead to the root")
    return index, line


def open_consistency(text, older, key, origin):
    """The sizes of the older and the newer checkpoint."""
    lines, note = read_proof(text)
    need(lines[0].startswith("old "), "not a consistency proof")
    old, path = number(lines[0][4:]), read_path(lines[1:])
    size, top = open_checkpoint(note, key, origin)
    before, bottom = open_checkpoint(older, key, origin)
    need(old == before and before <= size, "of another older checkpoint")
    if before == 0:
        need(not path and (size or top == bottom), "does not begin with nothing")
    else:
        need(roots_by_consistency(before, size, path, bottom) == (bottom, top), "does not lead to the roots")
    return before, size
