//! Finds and replaces: rounds over the text until nothing more is found.

use super::finding::{Reason, TextFinding};
use super::passage::{Passage, Settled};
use super::registry::resolve;
use super::{NameList, ScrubSettings, TextKind, date, email, number, phone, postcode};
use crate::error::Error;
use std::borrow::Cow;
use std::sync::Arc;

/// A text in which every round still finds something after so many is made to be hostile: it is replaced whole.
const ROUNDS: usize = 16;

/// Finds personal data in free text and puts typed tags in its place.
///
/// Guarantees: the same text and settings give the same output; scrubbing the output again changes nothing; the
/// output holds no finding of `min_score` or more; time grows with the length of the text whatever is in it.
///
/// It does **not** make a text anonymous: see [the page on what remains](super#what-remains).
///
/// ```
/// use ig_core::scrub::{ScrubSettings, Scrubber};
///
/// let scrubber = Scrubber::new(&ScrubSettings::default())?;
/// let text = "NHS No 999 000 0018, DOB 3rd March 1958, lives M13 9PL";
/// assert_eq!(scrubber.scrub(text), "NHS No [NHS NUMBER], DOB [DATE], lives [POSTCODE]");
/// assert_eq!(scrubber.findings(text)[0].start, 7);
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Scrubber {
    kinds: [bool; TextKind::ALL.len()],
    min_score: u8,
    names: Option<Arc<NameList>>,
}

impl Scrubber {
    /// A scrubber whose name list, if the settings have one, is that of this process.
    ///
    /// # Errors
    /// `misuse.names_unavailable`, `misuse.names_mismatch`
    pub fn new(settings: &ScrubSettings) -> Result<Self, Error> {
        let names = settings.names().map(resolve).transpose()?;
        Ok(Self::make(settings, names))
    }

    /// A scrubber with a name list that is at hand, whatever list the settings have.
    pub fn with_names(settings: &ScrubSettings, names: Arc<NameList>) -> Self {
        Self::make(settings, Some(names))
    }

    fn make(settings: &ScrubSettings, names: Option<Arc<NameList>>) -> Self {
        let mut kinds = [false; TextKind::ALL.len()];
        settings.kinds().iter().for_each(|kind| kinds[*kind as usize] = true);
        Self { kinds, min_score: settings.min_score(), names }
    }

    /// The text with a tag in the place of each finding.
    pub fn scrub<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let findings = self.findings(text);
        if findings.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len() + 16);
        write_scrubbed(text, &findings, &mut |part| out.push_str(part));
        Cow::Owned(out)
    }

    /// The scrubbed text, written to the end of a buffer.
    #[cfg(feature = "arrow")]
    pub(crate) fn scrub_into(&self, text: &str, out: &mut Vec<u8>) {
        write_scrubbed(text, &self.findings(text), &mut |part| out.extend_from_slice(part.as_bytes()));
    }

    /// What is found, in the order of the text, without overlaps. Offsets are bytes of the text.
    pub fn findings(&self, text: &str) -> Vec<TextFinding> {
        let tags = tags(text);
        let mut found = Vec::new();
        let mut settled = tags.clone();
        for round in 0..ROUNDS {
            let before = found.len();
            if round == 0
                && self.takes(TextKind::Name)
                && let Some(names) = &self.names
            {
                let mut named = Vec::new();
                names.find(text, &settled, &mut named);
                named.retain(|name| name.score >= self.min_score);
                // Names are seen by the other rules, and are part of what they find around them (an address).
                found.append(&mut named);
            }
            self.round(text, &settled, &mut found);
            if found.len() == before {
                return found;
            }
            found = joined(found);
            settled = tags.iter().copied().chain(found.iter().map(Settled::from)).collect();
            settled.sort_unstable_by_key(|part| part.start);
        }
        let kind = TextKind::ALL.iter().copied().find(|kind| self.takes(*kind)).unwrap_or(TextKind::Name);
        vec![TextFinding { kind, start: 0, end: text.len(), score: 100, reason: Reason::Unsettled }]
    }

    const fn takes(&self, kind: TextKind) -> bool {
        self.kinds[kind as usize]
    }

    /// One round over the passages between what is settled.
    fn round(&self, text: &str, settled: &[Settled], found: &mut Vec<TextFinding>) {
        let mut low = 0;
        for (index, part) in settled.iter().enumerate() {
            self.passage(&Passage { text, low, high: part.start, before: &settled[..index] }, found);
            low = part.end;
        }
        self.passage(&Passage { text, low, high: text.len(), before: settled }, found);
    }

    /// Every finding that begins in a passage: digits and the at sign are where rules begin to look.
    fn passage(&self, passage: &Passage<'_>, found: &mut Vec<TextFinding>) {
        let bytes = passage.text.as_bytes();
        let mut at = passage.low;
        while let Some(step) = bytes[at..passage.high].iter().position(|byte| TELLING[usize::from(*byte)]) {
            at += step;
            if bytes[at] == b'@' {
                self.keep(email::email(passage, at), found);
                at += 1;
                continue;
            }
            let end = passage.run_end(at);
            if end - at <= 16 {
                self.keep(number::patient_number(passage, at), found);
                self.keep(number::gmc_number(passage, at), found);
                self.keep(phone::phone(passage, at), found);
                self.keep(date::date(passage, at), found);
                self.keep(postcode::postcode(passage, at), found);
            }
            at = end;
        }
    }

    fn keep(&self, candidate: Option<TextFinding>, found: &mut Vec<TextFinding>) {
        found.extend(candidate.filter(|found| found.score >= self.min_score && self.takes(found.kind)));
    }
}

/// Bytes at which a rule begins to look.
const TELLING: [bool; 256] = {
    let mut telling = [false; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        telling[digit as usize] = true;
        digit += 1;
    }
    telling[b'@' as usize] = true;
    telling
};

/// The tags that a text already has.
fn tags(text: &str) -> Vec<Settled> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(step) = text.as_bytes()[from..].iter().position(|byte| *byte == b'[') {
        let start = from + step;
        let tag = TextKind::ALL.iter().find(|kind| text.as_bytes()[start..].starts_with(kind.tag().as_bytes()));
        from = start + tag.map_or(1, |kind| kind.tag().len());
        found.extend(tag.map(|kind| Settled { start, end: from, kind: *kind }));
    }
    found
}

/// Findings that overlap become one over all of their text, so that no part of either stays; the one that outranks
/// the others names the kind.
fn joined(mut found: Vec<TextFinding>) -> Vec<TextFinding> {
    found.sort_unstable_by_key(|found| (found.start, std::cmp::Reverse(found.end), found.kind));
    let mut out: Vec<(TextFinding, TextFinding)> = Vec::with_capacity(found.len());
    for next in found {
        match out.last_mut() {
            Some((whole, best)) if next.start < whole.end => {
                whole.end = whole.end.max(next.end);
                if next.outranks(best) {
                    *best = next;
                }
            }
            _ => out.push((next, next)),
        }
    }
    out.into_iter().map(|(whole, best)| TextFinding { start: whole.start, end: whole.end, ..best }).collect()
}

fn write_scrubbed(text: &str, findings: &[TextFinding], write: &mut impl FnMut(&str)) {
    let mut from = 0;
    for found in findings {
        write(&text[from..found.start]);
        write(found.kind.tag());
        from = found.end;
    }
    write(&text[from..]);
}
