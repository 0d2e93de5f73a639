//! Words of a text, and how two spellings of a name are the same.

/// A word: letters without anything between, with the hash of its folded spelling.
#[derive(Clone, Copy)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) hash: u64,
    pub(super) letters: u32,
    pub(super) capital: bool,
}

/// The words of a text from a position on.
#[derive(Clone)]
pub(super) struct Words<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Words<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, position: 0 }
    }
}

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

impl Iterator for Words<'_> {
    type Item = Word;

    #[inline]
    fn next(&mut self) -> Option<Word> {
        let bytes = self.text.as_bytes();
        let mut at = self.position;
        let mut word = Word { start: at, end: at, hash: OFFSET, letters: 0, capital: false };
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_alphabetic() {
                if word.letters == 0 {
                    word.start = at;
                    word.capital = byte.is_ascii_uppercase();
                }
                word.hash = (word.hash ^ u64::from(byte | 0x20)).wrapping_mul(PRIME);
                word.letters += 1;
                at += 1;
                continue;
            }
            let character = if byte < 0x80 { char::from(byte) } else { self.text[at..].chars().next().unwrap_or(' ') };
            let mark = is_mark(character);
            if character.is_alphabetic() && !mark {
                if word.letters == 0 {
                    word.start = at;
                    // A script without small letters has no other way to write a name.
                    word.capital = !character.is_lowercase();
                }
                fold(character, &mut |byte| word.hash = (word.hash ^ u64::from(byte)).wrapping_mul(PRIME));
                word.letters += 1;
            } else if word.letters > 0 && !mark {
                break;
            }
            at += character.len_utf8();
        }
        word.end = at;
        self.position = at;
        (word.letters > 0).then_some(word)
    }
}

/// Combining marks, which a letter may be written with or without.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

/// The folded spelling of a letter, byte by byte: small, and Latin letters without their accents.
fn fold(character: char, push: &mut impl FnMut(u8)) {
    for lower in character.to_lowercase() {
        let plain = match lower {
            'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
            'ď' | 'đ' | 'ð' => "d",
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
            'ĥ' | 'ħ' => "h",
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
            'ĵ' => "j",
            'ķ' => "k",
            'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
            'ñ' | 'ń' | 'ņ' | 'ň' => "n",
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
            'ŕ' | 'ŗ' | 'ř' => "r",
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
            'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
            'ŵ' => "w",
            'ý' | 'ÿ' | 'ŷ' => "y",
            'ź' | 'ż' | 'ž' => "z",
            'ß' => "ss",
            'æ' => "ae",
            'œ' => "oe",
            'þ' => "th",
            mark if is_mark(mark) => "",
            other => {
                other.encode_utf8(&mut [0; 4]).bytes().for_each(&mut *push);
                continue;
            }
        };
        plain.bytes().for_each(&mut *push);
    }
}

/// The folded spelling of a word, and its hash as [`Words`] makes it.
pub(super) fn folded(word: &str) -> (String, u64) {
    let mut bytes = Vec::with_capacity(word.len());
    for character in word.chars().filter(|character| !is_mark(*character)) {
        fold(character, &mut |byte| bytes.push(byte));
    }
    let hash = hash_of(&bytes);
    // Folding writes whole characters.
    (String::from_utf8(bytes).unwrap_or_default(), hash)
}

pub(super) fn hash_of(folded: &[u8]) -> u64 {
    folded.iter().fold(OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}
