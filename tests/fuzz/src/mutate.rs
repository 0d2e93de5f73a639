//! Inputs made from others: the same seed gives the same inputs on every machine.

/// What parsers of this project look for, and what often breaks one.
const WORDS: &[&[u8]] = &[
    b"\n",
    b"\r\n",
    b",",
    b"\"",
    b"_",
    b"-",
    b" ",
    b"\t",
    b".",
    b"=",
    b"[",
    b"]",
    b"[[key]]",
    b"{",
    b"}",
    b":",
    b"\0",
    b"0",
    b"9",
    b"9990000018",
    b"999 000 0018",
    b"-1",
    b"1e999",
    b"NaN",
    b"null",
    b"true",
    b"18446744073709551616",
    b"nhsig_sk_",
    b"nhsig_t1_",
    b"2024-02-29",
    b"0000-00-00",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc2\xa0",
    b"\xe2\x80\x8b",
    b"\xd9\xa0",
    b"e\xcc\x81",
    b"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac",
    b"[NHS NUMBER]",
    b"@",
    b"+44",
];

/// A small generator of numbers (`xorshift64*`); it is for tests alone.
pub struct Random(u64);

impl Random {
    /// A generator; a seed of zero would only give zeros.
    pub const fn new(seed: u64) -> Self {
        Self(if seed == 0 { 1 } else { seed })
    }

    /// A number below a bound, which is not zero.
    pub const fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize) % bound
    }
}

/// A change to one of the inputs, sometimes a few, or now and then an input of random bytes.
pub fn mutated(inputs: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    if inputs.is_empty() || random.below(20) == 0 {
        let length = random.below(64);
        return (0..length).map(|_| random.below(256) as u8).collect();
    }
    let mut data = inputs[random.below(inputs.len())].clone();
    let more = if random.below(3) == 0 { random.below(4) } else { 0 };
    for _ in 0..=more {
        change(&mut data, inputs, random);
    }
    data
}

fn change(data: &mut Vec<u8>, inputs: &[Vec<u8>], random: &mut Random) {
    let at = random.below(data.len() + 1);
    let until = at + random.below(data.len() - at + 1).min(random.below(24));
    match random.below(8) {
        0 if at < data.len() => data[at] ^= 1 << random.below(8),
        1 if at < data.len() => data[at] = random.below(256) as u8,
        2 => data.insert(at, random.below(256) as u8),
        3 => drop(data.drain(at..until)),
        4 => {
            let twice = data[at..until].to_vec();
            drop(data.splice(at..at, twice));
        }
        5 => {
            let other = &inputs[random.below(inputs.len())];
            let from = random.below(other.len() + 1);
            data.truncate(at);
            data.extend_from_slice(&other[from..]);
        }
        _ => {
            let word = WORDS[random.below(WORDS.len())];
            drop(data.splice(at..until, word.iter().copied()));
        }
    }
}
