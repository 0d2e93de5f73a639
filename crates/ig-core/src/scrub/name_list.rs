//! Lists of names that the caller supplies.

use super::finding::{Reason, TextFinding};
use super::kind::TextKind;
use super::passage::Settled;
use super::words::{Word, Words, folded, hash_of};
use crate::error::MisuseError;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};

/// The most words of one name that are looked at; longer names are refused.
const WORDS: usize = 12;

/// Titles, which are not part of a name, and particles, which are no name by themselves.
const TITLES: [&str; 12] = ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev", "sister"];
const PARTICLES: [&str; 20] = [
    "de", "da", "di", "du", "del", "della", "der", "den", "des", "la", "le", "el", "al", "bin", "ibn", "bint", "van",
    "von", "of", "the",
];

/// Names of people, to be found in texts in whatever case, with or without accents, hyphens and apostrophes.
///
/// A list of patients' names is personal data itself. This type never shows one: not in `Debug`, errors, plans or
/// pickles, which name a list by its id and check value. Full names are found whole, surname first, and by each of
/// their parts that has two letters or more and is neither title nor particle.
///
/// It does not find nicknames, misspelt names, initials or relatives that are not on the list.
///
/// ```
/// use ig_core::scrub::{NameList, ScrubSettings, Scrubber};
/// use std::sync::Arc;
///
/// let names = NameList::new("clinic-7", ["Siân O'Neill", "Ahmed Khan-Smith"])?;
/// let scrubber = Scrubber::with_names(&ScrubSettings::default(), Arc::new(names));
/// assert_eq!(scrubber.scrub("SIAN O'NEILL's son, Mr Khan Smith"), "[NAME]'s son, Mr [NAME]");
/// # Ok::<(), ig_core::Error>(())
/// ```
pub struct NameList {
    id: String,
    check_value: String,
    count: usize,
    /// Where a word leads to from a place in the tree of names; place 0 is the root.
    steps: HashMap<(u32, u64), u32, BuildHasherDefault<Spread>>,
    /// What a place is the end of.
    ends: Vec<Option<Strength>>,
    /// Which first words there are, by some bits of their hash.
    first: Box<[u64; FILTER]>,
}

/// Words of the filter of first words.
const FILTER: usize = 2048;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    Whole,
    Part,
}

/// Word hashes are spread already; the place in the tree is mixed in.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_of(bytes) ^ self.0.rotate_left(5);
    }

    fn write_u32(&mut self, place: u32) {
        self.0 = (self.0 ^ u64::from(place)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(29) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Checks the id of a list.
pub(super) fn check_id(id: &str) -> Result<(), MisuseError> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (1..=32).contains(&id.len()) && id.bytes().all(allowed) {
        return Ok(());
    }
    Err(MisuseError::Argument {
        name: "id of the name list".into(),
        expected: "1 to 32 characters a-z, 0-9 and hyphen".into(),
    })
}

impl NameList {
    /// A list under an id of the caller's: 1 to 32 characters a-z, 0-9 and hyphen.
    ///
    /// # Errors
    /// `misuse.argument` if the id is not usable, or a name could never be found: it has fewer than two letters, more
    /// than 12 words, or nothing but single letters or particles held apart by what is in no name.
    pub fn new<T: AsRef<str>>(id: &str, names: impl IntoIterator<Item = T>) -> Result<Self, MisuseError> {
        check_id(id)?;
        let mut list = Self {
            id: id.to_owned(),
            check_value: String::new(),
            count: 0,
            steps: HashMap::default(),
            ends: vec![None],
            first: Box::new([0; FILTER]),
        };
        let mut canonical = BTreeSet::new();
        for (row, name) in names.into_iter().enumerate() {
            let Some(words) = words_of(name.as_ref()) else {
                let expected = "names of two letters or more in at most 12 words, and no single letters or particles \
                     between which stands what is in no name, such as a digit"
                    .to_owned();
                return Err(MisuseError::Argument { name: format!("name {} of the list", row + 1), expected });
            };
            canonical.insert(words.join(" "));
            list.add(&words);
            name.as_ref().split_whitespace().filter_map(words_of).for_each(|part| list.add_compound(&part));
        }
        if canonical.is_empty() {
            let expected = "at least one name".to_owned();
            return Err(MisuseError::Argument { name: "the list of names".into(), expected });
        }
        list.count = canonical.len();
        list.check_value = check_value(&canonical);
        Ok(list)
    }

    /// The public id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Four hex digits by which two processes see that they have the same list. They are so few on purpose: more
    /// would let whoever sees a plan confirm a guess of a short list.
    pub fn check_value(&self) -> &str {
        &self.check_value
    }

    /// How many different names there are.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Never: a list has at least one name.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn add(&mut self, words: &[String]) {
        let hashes: Vec<u64> = words.iter().map(|word| hash_of(word.as_bytes())).collect();
        self.insert(&hashes, Strength::Whole);
        if words.len() > 1 {
            // Surname first, wherever the surname begins, and all in one word.
            for split in 1..hashes.len() {
                let turned: Vec<u64> = hashes[split..].iter().chain(&hashes[..split]).copied().collect();
                self.insert(&turned, Strength::Whole);
            }
            self.insert(&[hash_of(words.concat().as_bytes())], Strength::Whole);
            for (word, hash) in words.iter().zip(&hashes) {
                if is_part(word) {
                    self.insert(&[*hash], Strength::Part);
                }
            }
        }
    }

    /// A part of a name with a hyphen or an apostrophe, such as `O'Neill`.
    fn add_compound(&mut self, words: &[String]) {
        if words.len() > 1 {
            let hashes: Vec<u64> = words.iter().map(|word| hash_of(word.as_bytes())).collect();
            self.insert(&hashes, Strength::Part);
            self.insert(&[hash_of(words.concat().as_bytes())], Strength::Part);
        }
    }

    fn insert(&mut self, hashes: &[u64], strength: Strength) {
        let mut place = 0;
        for hash in hashes {
            let next = self.ends.len() as u32;
            let entry = self.steps.entry((place, *hash)).or_insert(next);
            place = *entry;
            if place == next {
                self.ends.push(None);
            }
        }
        let end = &mut self.ends[place as usize];
        if *end != Some(Strength::Whole) {
            *end = Some(strength);
        }
        if let Some(first) = hashes.first() {
            let (slot, bit) = filter_place(*first);
            self.first[slot] |= bit;
        }
    }

    /// Finds the names in a text outside its settled parts.
    pub(super) fn find(&self, text: &str, settled: &[Settled], out: &mut Vec<TextFinding>) {
        let mut words = Words::new(text);
        let mut parts = settled.iter().peekable();
        while let Some(word) = words.next() {
            let (slot, bit) = filter_place(word.hash);
            if self.first[slot] & bit == 0 {
                continue;
            }
            while parts.next_if(|part| part.end <= word.start).is_some() {}
            if parts.peek().is_some_and(|part| part.start < word.end) {
                continue;
            }
            if let Some((found, rest)) = self.longest(text, word, &words) {
                out.push(found);
                words = rest;
            }
        }
    }

    /// The longest name that begins with a word, and the words after it.
    fn longest<'t>(&self, text: &'t str, first: Word, rest: &Words<'t>) -> Option<(TextFinding, Words<'t>)> {
        let mut rest = rest.clone();
        let mut best = None;
        let (mut place, mut word) = (0, first);
        let (mut count, mut letters, mut capitals) = (0, 0, true);
        while let Some(next) = self.steps.get(&(place, word.hash)) {
            place = *next;
            count += 1;
            letters += word.letters;
            capitals &= word.capital;
            if let Some(strength) = self.ends[place as usize] {
                let (score, reason) = score(strength, first.capital, capitals, count, letters);
                let found = TextFinding { kind: TextKind::Name, start: first.start, end: word.end, score, reason };
                best = Some((found, rest.clone()));
            }
            let Some(following) = rest.next().filter(|next| joins(&text[word.end..next.start])) else { break };
            word = following;
        }
        best
    }
}

const fn filter_place(hash: u64) -> (usize, u64) {
    let hash = hash ^ (hash >> 29);
    ((hash >> 6) as usize % FILTER, 1 << (hash % 64))
}

/// How sure a name is: small letters make it less so, and a short name in small letters is a word.
const fn score(strength: Strength, capital: bool, capitals: bool, words: u32, letters: u32) -> (u8, Reason) {
    match strength {
        Strength::Whole if letters < 3 => (if capitals { 80 } else { 30 }, Reason::NameList),
        Strength::Whole if capital || capitals => (95, Reason::NameList),
        Strength::Whole if words > 1 || letters > 3 => (75, Reason::NameList),
        Strength::Whole => (45, Reason::NameList),
        Strength::Part if capital && letters > 2 => (80, Reason::PartOfName),
        Strength::Part if capital => (60, Reason::PartOfName),
        Strength::Part => (40, Reason::PartOfName),
    }
}

/// Whether two words can be of one name: spaces, hyphens, apostrophes, a comma or a full stop between, at most four
/// characters and one line break.
fn joins(between: &str) -> bool {
    let mut lines = 0;
    let plain = |character: char| {
        lines += usize::from(character == '\n');
        matches!(
            character,
            ' ' | '\t' | '\r' | '\n' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}'
                ..='\u{2015}' | '\'' | '’' | '‘' | '`' | ',' | '.'
        )
    };
    between.len() <= 12 && between.chars().all(plain) && between.chars().count() <= 4 && lines <= 1
}

/// The folded words of a name without titles; none if it is no usable name.
fn words_of(name: &str) -> Option<Vec<String>> {
    let all: Vec<String> = Words::new(name).map(|word| folded(&name[word.start..word.end]).0).collect();
    let without: Vec<String> = all.iter().filter(|word| !TITLES.contains(&word.as_str())).cloned().collect();
    let words = if without.is_empty() { all } else { without };
    let letters: usize = words.iter().map(|word| word.chars().count()).sum();
    let found_by_part = words.len() == 1 || words.iter().any(|word| is_part(word));
    (letters >= 2 && words.len() <= WORDS && (found_by_part || is_joined(name))).then_some(words)
}

/// Whether a word of a longer name is looked for by itself.
fn is_part(word: &str) -> bool {
    word.chars().nth(1).is_some() && !PARTICLES.contains(&word)
}

/// Whether a name is found whole in the way it is written.
fn is_joined(name: &str) -> bool {
    let ends: Vec<Word> = Words::new(name).collect();
    ends.array_windows().all(|[word, next]| joins(&name[word.end..next.start]))
}

/// The first four hex digits of SHA-256 over the label and every folded name, in byte order, each with its length.
fn check_value(names: &BTreeSet<String>) -> String {
    let mut hash = Sha256::new();
    hash.update(b"nhs-ig/name-list/v1\0");
    for name in names {
        hash.update((name.len() as u32).to_be_bytes());
        hash.update(name.as_bytes());
    }
    data_encoding::HEXLOWER.encode(&hash.finalize()[..2])
}

impl fmt::Debug for NameList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NameList(id={}, check_value={}, {} names not shown)", self.id, self.check_value, self.count)
    }
}
