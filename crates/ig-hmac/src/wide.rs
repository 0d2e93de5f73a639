//! SHA-256 of one message in each lane of a wide vector.
//!
//! Every lane does what FIPS 180-4 says for its own message; no instruction looks across lanes. The rounds are
//! written out, so that the compiler works out at build time what the constant words of a block lead to: the
//! padding of the outer hash, and the zeros behind a message of up to eleven bytes.
//!
//! This file holds the method; `avx2` and `avx512` bring the vector operations of their instruction set and take
//! it in by macro, since a function that is generic over them could not name their instructions.

/// Words of a block that a message of up to eleven bytes and its first padding byte can reach.
pub(crate) const SHORT_WORDS: usize = 3;

/// One word of a block or state in each lane.
pub(crate) type Words<const LANES: usize, const WORDS: usize> = [[u32; LANES]; WORDS];

/// Expands to `short`, `long` and `outer` for a module that has `Vector`, `LANES` and the operations used below.
macro_rules! sha256_lanes {
    ($features:literal) => {
        /// From one state, a block for each lane of which only the first three words and the length are not zero.
        #[target_feature(enable = $features)]
        pub(crate) fn short(state: &[u32; 8], words: &Words<LANES, SHORT_WORDS>, bits: u32) -> [Vector; 8] {
            let zero = splat(0);
            let [w0, w1, w2] = [load(&words[0]), load(&words[1]), load(&words[2])];
            let end = splat(bits);
            let mut w = [w0, w1, w2, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, end];
            compress!(state, w)
        }

        /// From one state, any block for each lane.
        #[target_feature(enable = $features)]
        pub(crate) fn long(state: &[u32; 8], words: &Words<LANES, 16>) -> [Vector; 8] {
            let mut w = [splat(0); 16];
            for (vector, words) in w.iter_mut().zip(words) {
                *vector = load(words);
            }
            compress!(state, w)
        }

        /// The outer hash of HMAC: from one state, the digest of each lane with its constant padding. Gives the
        /// words of the tags with their bytes in memory order.
        #[target_feature(enable = $features)]
        pub(crate) fn outer(state: &[u32; 8], digest: [Vector; 8], bits: u32) -> Words<LANES, 8> {
            let zero = splat(0);
            let [d0, d1, d2, d3, d4, d5, d6, d7] = digest;
            let (first_bit, end) = (splat(0x8000_0000), splat(bits));
            let mut w = [d0, d1, d2, d3, d4, d5, d6, d7, first_bit, zero, zero, zero, zero, zero, zero, end];
            let tag: [Vector; 8] = compress!(state, w);
            let mut words = [[0; LANES]; 8];
            for (words, vector) in words.iter_mut().zip(tag) {
                store(words, swap_bytes(vector));
            }
            words
        }
    };
}

/// The 64 rounds on the words `$w`, from a state that is the same in every lane.
macro_rules! compress {
    ($state:expr, $w:ident) => {{
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = [
            splat($state[0]),
            splat($state[1]),
            splat($state[2]),
            splat($state[3]),
            splat($state[4]),
            splat($state[5]),
            splat($state[6]),
            splat($state[7]),
        ];
        sixteen_rounds!(0, $w, a, b, c, d, e, f, g, h);
        next_words!($w);
        sixteen_rounds!(16, $w, a, b, c, d, e, f, g, h);
        next_words!($w);
        sixteen_rounds!(32, $w, a, b, c, d, e, f, g, h);
        next_words!($w);
        sixteen_rounds!(48, $w, a, b, c, d, e, f, g, h);
        [
            add(a, splat($state[0])),
            add(b, splat($state[1])),
            add(c, splat($state[2])),
            add(d, splat($state[3])),
            add(e, splat($state[4])),
            add(f, splat($state[5])),
            add(g, splat($state[6])),
            add(h, splat($state[7])),
        ]
    }};
}

/// Two times eight rounds; after eight, every variable has its first role again.
macro_rules! sixteen_rounds {
    ($from:expr, $w:ident, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident, $f:ident, $g:ident, $h:ident) => {
        eight_rounds!($from, 0, $w, $a, $b, $c, $d, $e, $f, $g, $h);
        eight_rounds!($from, 8, $w, $a, $b, $c, $d, $e, $f, $g, $h);
    };
}

macro_rules! eight_rounds {
    ($from:expr, $at:expr, $w:ident, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident, $f:ident, $g:ident, $h:ident) => {
        round!($from, $at, $w, $a, $b, $c, $d, $e, $f, $g, $h);
        round!($from, $at + 1, $w, $h, $a, $b, $c, $d, $e, $f, $g);
        round!($from, $at + 2, $w, $g, $h, $a, $b, $c, $d, $e, $f);
        round!($from, $at + 3, $w, $f, $g, $h, $a, $b, $c, $d, $e);
        round!($from, $at + 4, $w, $e, $f, $g, $h, $a, $b, $c, $d);
        round!($from, $at + 5, $w, $d, $e, $f, $g, $h, $a, $b, $c);
        round!($from, $at + 6, $w, $c, $d, $e, $f, $g, $h, $a, $b);
        round!($from, $at + 7, $w, $b, $c, $d, $e, $f, $g, $h, $a);
    };
}

/// One round of FIPS 180-4, section 6.2.2, step 3. Instead of moving every variable on by one place, it writes
/// the two that change, and the next round calls them by their new names.
macro_rules! round {
    ($from:expr, $at:expr, $w:ident, $a:ident, $b:ident, $c:ident, $d:ident, $e:ident, $f:ident, $g:ident, $h:ident) => {
        let sum_e = xor3(rotate::<6>($e), rotate::<11>($e), rotate::<25>($e));
        let word = add($w[$at], splat(K[$from + $at]));
        let t1 = add(add($h, word), add(sum_e, choose($e, $f, $g)));
        let sum_a = xor3(rotate::<2>($a), rotate::<13>($a), rotate::<22>($a));
        $d = add($d, t1);
        $h = add(t1, add(sum_a, majority($a, $b, $c)));
    };
}

/// The next sixteen words of the schedule, each in the place of the one that is no longer needed.
macro_rules! next_words {
    ($w:ident) => {
        next_word!($w, 0, 1, 9, 14);
        next_word!($w, 1, 2, 10, 15);
        next_word!($w, 2, 3, 11, 0);
        next_word!($w, 3, 4, 12, 1);
        next_word!($w, 4, 5, 13, 2);
        next_word!($w, 5, 6, 14, 3);
        next_word!($w, 6, 7, 15, 4);
        next_word!($w, 7, 8, 0, 5);
        next_word!($w, 8, 9, 1, 6);
        next_word!($w, 9, 10, 2, 7);
        next_word!($w, 10, 11, 3, 8);
        next_word!($w, 11, 12, 4, 9);
        next_word!($w, 12, 13, 5, 10);
        next_word!($w, 13, 14, 6, 11);
        next_word!($w, 14, 15, 7, 12);
        next_word!($w, 15, 0, 8, 13);
    };
}

macro_rules! next_word {
    ($w:ident, $at:expr, $plus_1:expr, $plus_9:expr, $plus_14:expr) => {
        let (early, late) = ($w[$plus_1], $w[$plus_14]);
        let early = xor3(rotate::<7>(early), rotate::<18>(early), shift::<3>(early));
        let late = xor3(rotate::<17>(late), rotate::<19>(late), shift::<10>(late));
        $w[$at] = add(add($w[$at], $w[$plus_9]), add(early, late));
    };
}

pub(crate) use {compress, eight_rounds, next_word, next_words, round, sha256_lanes, sixteen_rounds};
