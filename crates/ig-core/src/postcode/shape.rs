//! Which letters and digits stand where.

/// Whether both halves, in capitals, are those of a real postcode.
pub(super) fn is_real(outward: &[u8], inward: &[u8]) -> bool {
    is_inward(inward) && is_outward(outward) || (outward, inward) == (b"GIR", b"0AA")
}

fn is_outward(outward: &[u8]) -> bool {
    let digit = u8::is_ascii_digit;
    match outward {
        [a, n] => is_first(*a) && digit(n),
        [a, n, m] if digit(n) => is_first(*a) && (digit(m) || is_third(*m)),
        [a, b, n] => is_first(*a) && is_second(*b) && digit(n),
        [a, b, n, m] => is_first(*a) && is_second(*b) && digit(n) && (digit(m) || is_fourth(*m)),
        _ => false,
    }
}

fn is_inward(inward: &[u8]) -> bool {
    matches!(inward, [n, a, b] if n.is_ascii_digit() && is_after_space(*a) && is_after_space(*b))
}

const fn is_first(letter: u8) -> bool {
    letter.is_ascii_uppercase() && !matches!(letter, b'Q' | b'V' | b'X')
}

const fn is_second(letter: u8) -> bool {
    letter.is_ascii_uppercase() && !matches!(letter, b'I' | b'J' | b'Z')
}

const fn is_third(letter: u8) -> bool {
    matches!(letter, b'A'..=b'H' | b'J' | b'K' | b'P' | b'S'..=b'U' | b'W')
}

const fn is_fourth(letter: u8) -> bool {
    matches!(letter, b'A' | b'B' | b'E' | b'H' | b'M' | b'N' | b'P' | b'R' | b'V'..=b'Y')
}

const fn is_after_space(letter: u8) -> bool {
    letter.is_ascii_uppercase() && !matches!(letter, b'C' | b'I' | b'K' | b'M' | b'O' | b'V')
}
