"""AES, CMAC, SIV and FF1 from their standards, with plain integers: slow, and only for making and checking vectors.

Sources: FIPS 197, NIST SP 800-38B, RFC 5297, NIST SP 800-38G.
"""


def _times_x(byte: int) -> int:
    """Multiply by x in the field of AES."""
    return ((byte << 1) ^ (0x1B if byte & 0x80 else 0)) & 0xFF


def _product(a: int, b: int) -> int:
    out = 0
    while b:
        if b & 1:
            out ^= a
        a, b = _times_x(a), b >> 1
    return out


def _substitute(byte: int) -> int:
    """The S-box: the inverse in the field (the 254th power), then the affine map."""
    inverse = 1
    for _ in range(254):
        inverse = _product(inverse, byte)
    out = 0x63
    for turn in range(5):
        out ^= ((inverse << turn) | (inverse >> (8 - turn))) & 0xFF
    return out


SBOX = [_substitute(byte) for byte in range(256)]


class Aes:
    """AES with a key of 16, 24 or 32 bytes; encryption alone is all that the modes here need."""

    def __init__(self, key: bytes) -> None:
        """Expand the key."""
        words = [list(key[at : at + 4]) for at in range(0, len(key), 4)]
        of_key, rounds = len(words), len(words) + 6
        constant = 1
        for at in range(of_key, 4 * (rounds + 1)):
            word = list(words[-1])
            if at % of_key == 0:
                word = [SBOX[byte] for byte in word[1:] + word[:1]]
                word[0] ^= constant
                constant = _times_x(constant)
            elif of_key > 6 and at % of_key == 4:
                word = [SBOX[byte] for byte in word]
            words.append([a ^ b for a, b in zip(word, words[-of_key])])
        self._keys = [
            [byte for word in words[at : at + 4] for byte in word] for at in range(0, len(words), 4)
        ]

    def encrypt(self, block: bytes) -> bytes:
        """Encrypt one block of 16 bytes."""
        state = [a ^ b for a, b in zip(block, self._keys[0])]
        for turn, key in enumerate(self._keys[1:], 1):
            state = [SBOX[state[(at + 4 * (at % 4)) % 16]] for at in range(16)]
            if turn < len(self._keys) - 1:
                state = [byte for at in range(0, 16, 4) for byte in self._mix(state[at : at + 4])]
            state = [a ^ b for a, b in zip(state, key)]
        return bytes(state)

    @staticmethod
    def _mix(column: list[int]) -> list[int]:
        weights = (2, 3, 1, 1)
        out = []
        for row in range(4):
            value = 0
            for at in range(4):
                value ^= _product(column[at], weights[(at - row) % 4])
            out.append(value)
        return out


def xor(a: bytes, b: bytes) -> bytes:
    """Join two equally long texts bit by bit."""
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def double(block: bytes) -> bytes:
    """Multiply by x in the field of CMAC."""
    value = int.from_bytes(block, "big") << 1
    return ((value ^ 0x87 if value >> 128 else value) & (2**128 - 1)).to_bytes(16, "big")


def cmac(aes: Aes, message: bytes) -> bytes:
    """SP 800-38B."""
    key = double(aes.encrypt(bytes(16)))
    whole = message and len(message) % 16 == 0
    if not whole:
        key = double(key)
        message += b"\x80" + bytes(-(len(message) + 1) % 16)
    message = message[:-16] + xor(message[-16:], key)
    state = bytes(16)
    for at in range(0, len(message), 16):
        state = aes.encrypt(xor(state, message[at : at + 16]))
    return state


def s2v(aes: Aes, headers: list[bytes], plain: bytes) -> bytes:
    """RFC 5297, section 2.4."""
    state = cmac(aes, bytes(16))
    for header in headers:
        state = xor(double(state), cmac(aes, header))
    if len(plain) >= 16:
        last = plain[:-16] + xor(plain[-16:], state)
    else:
        last = xor(double(state), plain + b"\x80" + bytes(15 - len(plain)))
    return cmac(aes, last)


def _counter_mode(aes: Aes, start: bytes, data: bytes) -> bytes:
    clear = int("ffffffffffffffff7fffffff7fffffff", 16)
    counter = int.from_bytes(start, "big") & clear
    stream = b""
    while len(stream) < len(data):
        stream += aes.encrypt(counter.to_bytes(16, "big"))
        counter = (counter + 1) % 2**128
    return xor(data, stream[: len(data)])


def siv_encrypt(key: bytes, headers: list[bytes], plain: bytes) -> bytes:
    """RFC 5297, section 2.6: the synthetic IV and the ciphertext."""
    half = len(key) // 2
    vector = s2v(Aes(key[:half]), headers, plain)
    return vector + _counter_mode(Aes(key[half:]), vector, plain)


def siv_decrypt(key: bytes, headers: list[bytes], sealed: bytes) -> bytes | None:
    """RFC 5297, section 2.7: the plain text, or nothing."""
    half = len(key) // 2
    plain = _counter_mode(Aes(key[half:]), sealed[:16], sealed[16:])
    return plain if s2v(Aes(key[:half]), headers, plain) == sealed[:16] else None


def _round_value(
    aes: Aes, fixed: bytes, tweak: bytes, turn: int, numerals: list[int], radix: int, wide: int
) -> int:
    """Steps 6i to 6iv of SP 800-38G, algorithms 7 and 8."""
    value = 0
    for numeral in numerals:
        value = value * radix + numeral
    text = tweak + bytes(-(len(tweak) + wide + 1) % 16) + bytes([turn]) + value.to_bytes(wide, "big")
    state = bytes(16)
    for at in range(0, len(fixed + text), 16):
        state = aes.encrypt(xor(state, (fixed + text)[at : at + 16]))
    length = 4 * -(-wide // 4) + 4
    stream, block = state, 1
    while len(stream) < length:
        stream += aes.encrypt(xor(state, block.to_bytes(16, "big")))
        block += 1
    return int.from_bytes(stream[:length], "big")


def _ff1(key: bytes, tweak: bytes, numerals: list[int], radix: int, turns: list[int], sign: int) -> list[int]:
    aes, n = Aes(key), len(numerals)
    u = n // 2
    # As many bytes as the larger half needs: the bits of radix^v - 1, which is the ceiling of v times log2(radix).
    wide = -(-((radix ** (n - u) - 1).bit_length()) // 8)
    fixed = (
        bytes([1, 2, 1])
        + radix.to_bytes(3, "big")
        + bytes([10, u % 256])
        + n.to_bytes(4, "big")
        + len(tweak).to_bytes(4, "big")
    )
    a, b = numerals[:u], numerals[u:]
    for turn in turns:
        kept, changed = (b, a) if sign > 0 else (a, b)
        size = u if turn % 2 == 0 else n - u
        value = 0
        for numeral in changed:
            value = value * radix + numeral
        value = (value + sign * _round_value(aes, fixed, tweak, turn, kept, radix, wide)) % radix**size
        made = [value // radix ** (size - 1 - at) % radix for at in range(size)]
        a, b = (b, made) if sign > 0 else (made, a)
    return a + b


def ff1_encrypt(key: bytes, tweak: bytes, numerals: list[int], radix: int) -> list[int]:
    """SP 800-38G, algorithm 7."""
    return _ff1(key, tweak, numerals, radix, list(range(10)), 1)


def ff1_decrypt(key: bytes, tweak: bytes, numerals: list[int], radix: int) -> list[int]:
    """SP 800-38G, algorithm 8."""
    return _ff1(key, tweak, numerals, radix, list(reversed(range(10))), -1)
