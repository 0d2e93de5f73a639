//! Numbers as keyed pseudonyms. The byte layout is on the page of the format.

use super::check_number::digits_of;
use crate::key::Key;
use crate::pseudonym::derive::{expand, labelled, push_prefixed};
use data_encoding::{BASE64, HEXLOWER};
use ig_hmac::HmacSha256Key;
use std::sync::Arc;
use zeroize::{Zeroize, Zeroizing};

const LABEL: &str = "nhs-ig/opt-out-cache/v1";

/// As many messages as are worth handing to the interleaved lanes at once.
const BATCH: usize = 1024;

/// The key of one use in one check.
fn keyed(key: &Key, check_id: &str, purpose: &str) -> HmacSha256Key {
    let mut info = labelled(LABEL);
    push_prefixed(&mut info, check_id);
    push_prefixed(&mut info, purpose);
    HmacSha256Key::new(&expand(key, &info))
}

/// The keys of the three uses in one check.
pub(super) struct CheckKeys {
    pub(super) cache: Arc<Cache>,
    pub(super) request: HmacSha256Key,
    pub(super) state: HmacSha256Key,
}

impl CheckKeys {
    pub(super) fn new(key: &Key, check_id: &str) -> Self {
        Self {
            cache: Arc::new(Cache::new(key, check_id)),
            request: keyed(key, check_id, "request_file"),
            state: keyed(key, check_id, "state"),
        }
    }
}

/// The keyed hash of a request file, or a seal.
pub(super) fn hex_mac(key: &HmacSha256Key, bytes: &[u8]) -> String {
    HEXLOWER.encode(&key.mac(bytes))
}

/// Turns numbers into the pseudonyms of one check.
pub(super) struct Cache(HmacSha256Key);

impl Cache {
    pub(super) fn new(key: &Key, check_id: &str) -> Self {
        Self(keyed(key, check_id, "nhs_number"))
    }

    pub(super) fn pseudonym(&self, digits: &[u8; 10]) -> u64 {
        first_eight(&self.0.mac(digits))
    }

    /// The set of these numbers.
    pub(super) fn set(&self, numbers: impl Iterator<Item = u64>) -> PseudonymSet {
        let mut numbers = numbers.peekable();
        let mut found = Zeroizing::new(Vec::with_capacity(numbers.size_hint().0));
        let mut digits = Zeroizing::new(Vec::with_capacity(BATCH));
        let mut tags = vec![[0_u8; 32]; BATCH];
        while numbers.peek().is_some() {
            digits.clear();
            digits.extend(numbers.by_ref().take(BATCH).map(digits_of));
            let tags = &mut tags[..digits.len()];
            self.0.mac_many(&digits, tags);
            // The number of them is often known; growing would leave copies behind.
            found.extend(tags.iter().map(first_eight));
        }
        tags.iter_mut().for_each(Zeroize::zeroize);
        found.sort_unstable();
        PseudonymSet(found)
    }
}

fn first_eight(tag: &[u8; 32]) -> u64 {
    tag[..8].iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// Pseudonyms in ascending order; wiped when dropped.
pub(super) struct PseudonymSet(Zeroizing<Vec<u64>>);

impl PseudonymSet {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn contains(&self, pseudonym: u64) -> bool {
        self.0.binary_search(&pseudonym).is_ok()
    }

    /// All of several sets.
    pub(super) fn union(sets: &[Self]) -> Self {
        let mut all = Zeroizing::new(Vec::with_capacity(sets.iter().map(Self::len).sum()));
        for set in sets {
            all.extend_from_slice(&set.0);
        }
        all.sort_unstable();
        Self(all)
    }

    /// Those that another set lacks.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut rest = Zeroizing::new(Vec::with_capacity(self.len()));
        rest.extend(self.0.iter().filter(|pseudonym| !other.contains(**pseudonym)));
        Self(rest)
    }

    /// The set as the file has it.
    pub(super) fn to_text(&self) -> String {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.len() * 8));
        self.0.iter().for_each(|pseudonym| bytes.extend_from_slice(&pseudonym.to_be_bytes()));
        BASE64.encode(&bytes)
    }

    /// The set of a file; none if it is not one in ascending order.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64.decode(text.as_bytes()).ok()?);
        if bytes.len() % 8 != 0 {
            return None;
        }
        let eight = |bytes: &[u8]| bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        let found = Zeroizing::new(bytes.chunks_exact(8).map(eight).collect::<Vec<u64>>());
        found.is_sorted().then_some(Self(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyId;
    use serde_json::Value;

    #[test]
    fn the_vectors_made_apart_from_this_code_agree() {
        let all: Value =
            serde_json::from_str(include_str!("../../../../tests/vectors/opt_out_check_v1.json")).expect("vectors");
        let secret = HEXLOWER.decode(all["key_hex"].as_str().expect("hex").as_bytes()).expect("hex");
        let key = Key::from_bytes(KeyId::new("counting").expect("id"), &secret).expect("key");
        for case in all["cases"].as_array().expect("cases") {
            let id = case["check_id"].as_str().expect("id");
            let cache = Cache::new(&key, id);
            let numbers: Vec<u64> = case["numbers"]
                .as_array()
                .expect("numbers")
                .iter()
                .map(|number| number.as_str().expect("digits").parse().expect("number"))
                .collect();
            for (number, expected) in numbers.iter().zip(case["pseudonyms"].as_array().expect("pseudonyms")) {
                assert_eq!(format!("{:016x}", cache.pseudonym(&digits_of(*number))), expected.as_str().expect("hex"));
            }
            let set = cache.set(numbers.iter().copied());
            assert_eq!(set.to_text(), case["members"].as_str().expect("members"));
            assert_eq!(PseudonymSet::from_text(&set.to_text()).expect("read").0, set.0);
            assert_eq!(
                hex_mac(&CheckKeys::new(&key, id).request, case["request"].as_str().expect("text").as_bytes()),
                case["hash"]
            );
            // `serde_json::Value` sorts its keys, and the specification keeps their order.
            let text =
                format!("{{\"format\":{},\"check_id\":{}}}", case["sealed"]["format"], case["sealed"]["check_id"]);
            assert_eq!(hex_mac(&CheckKeys::new(&key, id).state, text.as_bytes()), case["seal"]);
        }
    }

    #[test]
    fn sets_that_are_not_sets_are_refused() {
        assert!(PseudonymSet::from_text("").is_some());
        for bad in ["AAAA", "!", "AAAAAAAAAAIAAAAAAAAAAQ=="] {
            assert!(PseudonymSet::from_text(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn sets_of_every_size_are_whole() {
        let key = Key::generate().expect("key");
        let cache = Cache::new(&key, "a");
        for size in [0, 1, 1023, 1024, 1025, 3000] {
            let set = cache.set(0..size);
            assert_eq!(set.len() as u64, size);
            assert!((0..size).all(|number| set.contains(cache.pseudonym(&digits_of(number)))));
            assert!(!set.contains(cache.pseudonym(&digits_of(size))));
            assert_eq!(set.without(&cache.set(0..size / 2)).len() as u64, size - size / 2);
        }
    }
}
