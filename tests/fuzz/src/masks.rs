//! Dates, ages, numbers and partial masks.

use crate::tokens::{context, counting};
use crate::{Verdict, text};
use ig_core::Kind;
use ig_core::mask::{
    self, AgeBand, CodeLimit, Coded, DateLevel, DateShifter, MaskPartial, Number, RoundTo, ShiftRange, generalise_date,
};
use std::sync::LazyLock;

/// A date that is read is the one that its first ten characters spell, at every level.
pub fn parse_date(data: &[u8]) -> Verdict {
    let text = text(data);
    let Ok(date) = mask::parse_date(&text) else { return Verdict::Refused };
    assert!(text.is_ascii());
    let spelt = format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
    assert_eq!(spelt, text[..10]);
    assert_eq!(mask::parse_date(&spelt), Ok(date));
    let level = |to| generalise_date(date, to).expect("a year of four digits");
    assert_eq!(level(DateLevel::Month), text[..7]);
    assert_eq!(level(DateLevel::Year), text[..4]);
    assert_eq!(level(DateLevel::Quarter), format!("{}-Q{}", &text[..4], u8::from(date.month()).div_ceil(3)));
    let year: i32 = text[..4].parse().expect("digits");
    let begins = if u8::from(date.month()) < 4 { year - 1 } else { year };
    assert!(level(DateLevel::FinancialYear).starts_with(&format!("{begins:04}")));
    Verdict::Taken
}

/// A date is moved within the range, never stays where it is, and two dates of a person keep their distance.
pub fn date_shift(data: &[u8]) -> Verdict {
    static SHIFTERS: LazyLock<[(DateShifter, u32, bool); 3]> = LazyLock::new(|| {
        [(7, false), (28, true), (3650, false)].map(|(days, weeks)| {
            let range = if weeks { ShiftRange::whole_weeks(days) } else { ShiftRange::days(days) };
            let shifter = DateShifter::new(&counting(), context(), Kind::text(), range.expect("range"));
            (shifter.expect("may"), days, weeks)
        })
    });
    let text = text(data);
    let (date, person) = text.split_once('\n').unwrap_or((&text, "a"));
    let Ok(date) = mask::parse_date(date) else { return Verdict::Refused };
    let mut verdict = Verdict::Refused;
    for (shifter, most, weeks) in &*SHIFTERS {
        let Ok(days) = shifter.days(person) else { continue };
        assert!(days != 0 && days.unsigned_abs() <= *most && (!weeks || days % 7 == 0), "{days}");
        if let Ok(moved) = shifter.shift(date, person) {
            assert_eq!((moved - date).whole_days(), i64::from(days));
            verdict = Verdict::Taken;
        }
    }
    verdict
}

/// An age that has a band lies within it, whatever the width.
pub fn age_band(data: &[u8]) -> Verdict {
    let (&[width, top], rest) = data.split_first_chunk::<2>().unwrap_or((&[5, 90], data));
    let Ok(bands) = AgeBand::new(u32::from(width), u32::from(top)) else { return Verdict::Refused };
    let Ok(age) = text(rest).trim().parse::<i64>() else { return Verdict::Refused };
    let Ok(band) = bands.band(age) else {
        assert!(!(0..150).contains(&age), "an age without a band");
        return Verdict::Refused;
    };
    let (low, high) = match (band.split_once('-'), band.strip_suffix(" and over")) {
        (Some((low, high)), _) => (low.parse(), high.parse()),
        (None, Some(low)) => (low.parse(), Ok(149)),
        (None, None) => (band.parse::<i64>(), band.parse()),
    };
    let (low, high) = (low.expect("a number"), high.expect("a number"));
    assert!((low..=high).contains(&age), "{age} in {band}");
    assert!(high - low < i64::from(width) || low == i64::from(top), "{band}");
    Verdict::Taken
}

/// A number comes back from its text; rounding gives the nearest multiple, coding never passes the limit.
pub fn number(data: &[u8]) -> Verdict {
    let (&[first, second], rest) = data.split_first_chunk::<2>().unwrap_or((&[5, 9], data));
    let Ok(number) = Number::parse(&text(rest)) else { return Verdict::Refused };
    let shown = number.to_string();
    let again = Number::parse(&shown).expect("its own text");
    assert_eq!(again.to_string(), shown, "one text for each number");
    let base = u64::from(first);
    if let (Ok(round), Number::Whole(whole)) = (RoundTo::new(base), number)
        && let Ok(Number::Whole(rounded)) = round.round(number)
    {
        let base = i128::from(base);
        assert!(rounded % base == 0 && (rounded - whole).abs() * 2 <= base, "{whole} to {base}s is {rounded}");
        assert_eq!(round.round(Number::Whole(rounded)), Ok(Number::Whole(rounded)), "a multiple stays");
    }
    let at = i128::from(second);
    let limit = CodeLimit::new(Number::Whole(at)).expect("small");
    if let Number::Whole(whole) = number {
        assert_eq!(limit.top_code(number) == Coded::Limit, whole > at, "top");
        assert_eq!(limit.bottom_code(number) == Coded::Limit, whole < at, "bottom");
    }
    Verdict::Taken
}

/// What a partial mask shows are the ends of the text and signs between; at most eight characters are kept.
pub fn mask_partial(data: &[u8]) -> Verdict {
    let (&[first, last], rest) = data.split_first_chunk::<2>().unwrap_or((&[0, 0], data));
    let text = text(rest);
    let Ok(mask) = MaskPartial::new(usize::from(first), usize::from(last), '*') else { return Verdict::Refused };
    let masked = mask.mask(&text);
    if text.is_ascii() {
        assert_eq!(masked.len(), text.len(), "each character has one sign");
        let kept = if text.len() <= usize::from(first) + usize::from(last) { (0, 0) } else { (first, last) };
        let (first, last) = (usize::from(kept.0), text.len() - usize::from(kept.1));
        assert_eq!((&masked[..first], &masked[last..]), (&text[..first], &text[last..]), "the ends");
        assert!(masked[first..last].bytes().all(|byte| byte == b'*'), "nothing but signs between");
    } else {
        let shown = masked.split('*').filter(|part| !part.is_empty()).count();
        assert!(shown <= 2 || text.contains('*'), "nothing is shown but the two ends");
        assert!(masked.chars().count() <= text.chars().count(), "a sign for each character or group of them");
    }
    if first == 0 && last == 0 {
        assert!(masked.chars().all(|sign| sign == '*'), "nothing is kept");
    }
    Verdict::Taken
}
