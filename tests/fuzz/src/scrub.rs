//! Free text and lists of names.

use crate::quiet::shows_nothing;
use crate::{Verdict, text};
use ig_core::scrub::{NameList, ScrubSettings, Scrubber, TextKind};
use std::sync::{Arc, LazyLock};

fn names() -> Arc<NameList> {
    let names = ["Siân O'Neill", "Ahmed Khan-Smith", "Rose Patient", "María de la Cruz"];
    Arc::new(NameList::new("clinic-7", names).expect("usable"))
}

/// Findings lie in order within the text; what is scrubbed holds none of them and does not change any more.
pub fn scrub_text(data: &[u8]) -> Verdict {
    static SCRUBBERS: LazyLock<Vec<Scrubber>> = LazyLock::new(|| {
        let low = ScrubSettings::new(TextKind::ALL, 1, None).expect("settings");
        let numbers = ScrubSettings::new(&[TextKind::NhsNumber, TextKind::Phone], 61, None).expect("settings");
        [ScrubSettings::default(), low, numbers].iter().map(|s| Scrubber::with_names(s, names())).collect()
    });
    let text = text(data);
    let mut verdict = Verdict::Refused;
    for scrubber in &*SCRUBBERS {
        if check(scrubber, &text) == Verdict::Taken {
            verdict = Verdict::Taken;
        }
    }
    verdict
}

fn check(scrubber: &Scrubber, text: &str) -> Verdict {
    let findings = scrubber.findings(text);
    let mut expected = String::new();
    let mut end = 0;
    for finding in &findings {
        assert!(finding.start >= end && finding.start < finding.end, "in order, without overlap: {finding:?}");
        assert!((1..=100).contains(&finding.score));
        expected.push_str(text.get(end..finding.start).expect("between characters"));
        expected.push_str(finding.kind.tag());
        assert!(text.is_char_boundary(finding.end) && finding.end <= text.len(), "between characters");
        end = finding.end;
    }
    expected.push_str(&text[end..]);
    let scrubbed = scrubber.scrub(text);
    assert_eq!(scrubbed, expected, "the text with its findings replaced");
    assert_eq!(scrubber.scrub(&scrubbed), scrubbed, "scrubbing again changes nothing");
    assert!(scrubber.findings(&scrubbed).is_empty(), "no finding is left");
    if findings.is_empty() { Verdict::Refused } else { Verdict::Taken }
}

/// A list is the same in any order, finds each of its names, and shows none.
pub fn name_list(data: &[u8]) -> Verdict {
    let text = text(data);
    let (id, names) = text.split_once('\n').unwrap_or(("clinic-7", &text));
    let names: Vec<&str> = names.lines().collect();
    let list = match NameList::new(id, &names) {
        Err(error) => {
            shows_nothing(data, &error);
            return Verdict::Refused;
        }
        Ok(list) => Arc::new(list),
    };
    let shown = format!("{list:?}");
    for name in names.iter().filter(|name| name.len() >= 12 && !id.contains(**name)) {
        assert!(!shown.contains(name), "{shown}");
    }
    let backwards = NameList::new(id, names.iter().rev().chain(names.first())).expect("the same names");
    assert_eq!((list.check_value(), list.len()), (backwards.check_value(), backwards.len()));
    let settings = ScrubSettings::new(&[TextKind::Name], 1, None).expect("settings");
    let scrubber = Scrubber::with_names(&settings, list);
    for name in names {
        check(&scrubber, name);
        assert!(!is_plain(name) || !scrubber.findings(name).is_empty(), "a listed name is found");
    }
    Verdict::Taken
}

/// Whether a name is written in words of two letters or more with one sign between them, and no title: other names
/// are found by their parts, if those are words.
fn is_plain(name: &str) -> bool {
    const TITLES: [&str; 13] =
        ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev", "sister", ""];
    name.split([' ', '-', '\'']).all(|word| {
        !TITLES.contains(&&*word.to_lowercase()) && word.chars().count() > 1 && word.chars().all(char::is_alphabetic)
    })
}
