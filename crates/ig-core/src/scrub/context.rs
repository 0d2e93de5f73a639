//! Words before a number that say what it is.

use super::TextKind;
use super::passage::Passage;

/// What a nearby word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Nhs,
    Chi,
    Hc,
    Phone,
    Birth,
    Gmc,
    /// A patient, but not which number of theirs.
    Person,
    /// A number of things, not of people.
    Thing,
    /// An organisation's name, after which the word NHS says nothing.
    Organisation,
}

/// Words that are looked at, and bytes.
const WORDS: usize = 7;
const BYTES: usize = 72;

/// The nearest telling word before a position and how many words stand between. Digits end the search, and so does
/// every settled part but a name.
pub(super) fn label_before(passage: &Passage<'_>, position: usize) -> Option<(Label, usize)> {
    let mut settled = passage.before.iter().rev();
    let (mut low, mut end) = (passage.low, position);
    let (mut words, mut left) = (0, BYTES);
    loop {
        let mut start = end;
        while start > low && left > 0 && !is_letter(passage.text.as_bytes()[start - 1]) {
            if passage.text.as_bytes()[start - 1].is_ascii_digit() {
                return None;
            }
            start -= 1;
            left -= 1;
        }
        if left == 0 || words == WORDS {
            return None;
        }
        if start == low {
            // The passage begins here; a name before it is stepped over.
            let name = settled.next().filter(|part| part.kind == TextKind::Name && part.end == start)?;
            let previous = settled.clone().next().map_or(0, |part| part.end);
            (low, end) = (previous, name.start);
            words += 1;
            continue;
        }
        let word_end = start;
        while start > low && left > 0 && is_letter(passage.text.as_bytes()[start - 1]) {
            start -= 1;
            left -= 1;
        }
        if left == 0 {
            return None;
        }
        if let Some(label) = label_of(&passage.text.as_bytes()[start..word_end], passage.text.as_bytes(), low, start) {
            return Some((label, words));
        }
        words += 1;
        end = start;
    }
}

/// What the first word after a position says, such as `(NHS)` or `(mobile)`.
pub(super) fn label_after(passage: &Passage<'_>, position: usize) -> Option<Label> {
    let mut start = position;
    while start < position + 3 && matches!(passage.at(start), b' ' | b'(' | b'-' | b',' | b':' | b'[') {
        start += 1;
    }
    let end = passage.letters_end(start);
    if start == position || end == start || end - start > 12 {
        return None;
    }
    let label = label_of(&passage.text.as_bytes()[start..end], passage.text.as_bytes(), start, start)?;
    matches!(label, Label::Nhs | Label::Chi | Label::Hc | Label::Phone).then_some(label)
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

fn label_of(word: &[u8], text: &[u8], low: usize, start: usize) -> Option<Label> {
    if word.len() > 16 {
        return None;
    }
    let mut lower = [0_u8; 16];
    let lower = &mut lower[..word.len()];
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    let ends_with = |tail: &[u8]| {
        let before = &text[low..start];
        before.len() >= tail.len() && before[before.len() - tail.len()..].eq_ignore_ascii_case(tail)
    };
    Some(match &*lower {
        b"nhs" | b"nhsno" | b"nhsnum" | b"nhsnumber" | b"nhsid" | b"nhsn" => Label::Nhs,
        b"chi" | b"chino" | b"chinumber" => Label::Chi,
        b"hcn" | b"hcnumber" => Label::Hc,
        b"c" if ends_with(b"h&") || ends_with(b"h & ") || ends_with(b"h+") => Label::Hc,
        b"tel" | b"telephone" | b"telno" | b"phone" | b"ph" | b"mob" | b"mobile" | b"mobiles" | b"fax" | b"call"
        | b"called" | b"contact" | b"contactable" | b"ring" | b"rang" | b"landline" | b"cell" | b"whatsapp"
        | b"phoned" | b"telephoned" | b"dial" | b"helpline" | b"switchboard" => Label::Phone,
        b"dob" | b"born" | b"birth" | b"birthdate" | b"birthday" | b"db" => Label::Birth,
        b"b" if ends_with(b"d.o.") || ends_with(b"d o ") || ends_with(b"d/o/") => Label::Birth,
        b"gmc" | b"gmcno" => Label::Gmc,
        b"patient" | b"pt" | b"id" | b"mrn" | b"hospital" | b"hosp" | b"identifier" | b"spine" | b"pds" => {
            Label::Person
        }
        b"epoch" | b"timestamp" | b"unix" | b"ts" | b"lot" | b"batch" | b"serial" | b"barcode" | b"accession"
        | b"invoice" | b"order" | b"specimen" | b"sample" | b"udi" | b"gtin" | b"ean" | b"isbn" | b"asset"
        | b"ubrn" | b"device" | b"pid" | b"port" | b"job" | b"cost" | b"price" => Label::Thing,
        b"trust" | b"foundation" | b"england" | b"digital" | b"net" | b"uk" | b"board" => Label::Organisation,
        _ => return None,
    })
}
