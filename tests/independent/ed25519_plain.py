"""Ed25519 (RFC 8032) in plain Python: slow, and only to check other code and to make test vectors.

Not for secrets: its time depends on the key. Refuses points of small order, as the specification of checkpoints asks.
"""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
ZERO = (0, 1, 1, 0)


def _add(a, b):
    """The sum of two points in extended coordinates (RFC 8032, 5.1.4)."""
    left = (a[1] - a[0]) * (b[1] - b[0]) % P
    right = (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = right - left, d - c, d + c, right + left
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    total = ZERO
    while number:
        if number & 1:
            total = _add(total, point)
        point = _add(point, point)
        number >>= 1
    return total


def _equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def _point(data):
    """The point that 32 bytes name, or None (RFC 8032, 5.1.3)."""
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _bytes(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def _hash(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def _expand(seed):
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
    return number, digest[32:]


def is_small(point):
    return _equal(_times(8, point), ZERO)


def public_key(seed):
    return _bytes(_times(_expand(seed)[0], BASE))


def sign(seed, message):
    number, prefix = _expand(seed)
    public = public_key(seed)
    nonce = _hash(prefix, message) % L
    first = _bytes(_times(nonce, BASE))
    return first + ((nonce + _hash(first, public, message) * number) % L).to_bytes(32, "little")


def verify(public, message, signature):
    """Whether a signature of 64 bytes is of this key and this message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, first = _point(public), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or first is None or number >= L or is_small(key) or is_small(first):
        return False
    challenge = _hash(signature[:32], public, message) % L
    return _equal(_times(number, BASE), _add(first, _times(challenge, key)))
