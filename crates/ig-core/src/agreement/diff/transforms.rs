//! Which transforms show no more than others.

use crate::OnInvalid;
use crate::agreement::FieldTransform as T;
use crate::mask::DateLevel;

/// Whether whoever sees a field after the new transform could compute it from the field after the old one.
///
/// False where that is not known. Setting invalid cells to null lets a release out that `raise` would have stopped.
pub(in crate::agreement) fn shows_no_more(new: &T, old: &T) -> bool {
    let stops_no_less = !(old.on_invalid() == Some(OnInvalid::Raise) && new.on_invalid() == Some(OnInvalid::Null));
    match (new, old) {
        // A keyed pseudonym cannot be computed from the value without the key, but tells people apart no better.
        (T::Redact(_), _) | (_, T::Keep(_)) => true,
        (_, T::Redact(_)) => false,
        (T::MaskPartial(new), T::MaskPartial(old)) => {
            new.keep_first <= old.keep_first && new.keep_last <= old.keep_last
        }
        (T::GeneraliseDate(new), T::GeneraliseDate(old)) => stops_no_less && coarser(new.to, old.to),
        (T::AgeBand(new), T::AgeBand(old)) => stops_no_less && new.width % old.width.max(1) == 0 && new.top <= old.top,
        (T::TopCode(new), T::TopCode(old)) => stops_no_less && new.at <= old.at && new.label == old.label,
        (T::BottomCode(new), T::BottomCode(old)) => stops_no_less && new.at >= old.at && new.label == old.label,
        (T::PostcodeArea(_), T::PostcodeArea(_) | T::PostcodeDistrict(_) | T::PostcodeSector(_))
        | (T::PostcodeDistrict(_), T::PostcodeDistrict(_) | T::PostcodeSector(_))
        | (T::PostcodeSector(_), T::PostcodeSector(_)) => stops_no_less,
        _ => stops_no_less && of_one_kind_without_invalid(new, old),
    }
}

/// Whether the two differ in nothing but what happens to invalid cells, which the caller has looked at.
fn of_one_kind_without_invalid(new: &T, old: &T) -> bool {
    match (new.clone(), old.clone()) {
        (T::Pseudonymise(mut new), T::Pseudonymise(old)) => {
            new.on_invalid = old.on_invalid;
            new == old
        }
        (T::ShiftDate(mut new), T::ShiftDate(old)) => {
            new.on_invalid = old.on_invalid;
            new == old
        }
        (T::RoundTo(mut new), T::RoundTo(old)) => {
            new.on_invalid = old.on_invalid;
            new == old
        }
        _ => false,
    }
}

/// Every period of the old level lies in one of the new.
const fn coarser(new: DateLevel, old: DateLevel) -> bool {
    match old {
        DateLevel::Month => true,
        DateLevel::Quarter => !matches!(new, DateLevel::Month),
        DateLevel::Year => matches!(new, DateLevel::Year),
        DateLevel::FinancialYear => matches!(new, DateLevel::FinancialYear),
    }
}
