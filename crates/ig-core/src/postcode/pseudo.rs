//! Postcodes that stand for the lack of one.

/// What a pseudo-postcode, `ZZ99` and a country code, stands for.
///
/// Source: NHS Data Dictionary and HES data dictionary, postcode of usual address. Every other country code of
/// the form digit, letter, `Z` is taken as overseas, which includes the Channel Islands and the Isle of Man.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PseudoPostcode {
    /// `ZZ99 3VZ`.
    NoFixedAbode,
    /// `ZZ99 3WZ`: the address is not known.
    NotKnown,
    /// `ZZ99 3CZ`: England, or the United Kingdom without more.
    England,
    /// `ZZ99 3GZ`.
    Wales,
    /// `ZZ99 1WZ`.
    Scotland,
    /// `ZZ99 2WZ`.
    NorthernIreland,
    /// All other country codes.
    Overseas,
}

pub(super) const OUTWARD: &[u8] = b"ZZ99";

impl PseudoPostcode {
    pub(super) fn from_inward(inward: &[u8]) -> Option<Self> {
        match inward {
            b"3VZ" => Some(Self::NoFixedAbode),
            b"3WZ" => Some(Self::NotKnown),
            b"3CZ" => Some(Self::England),
            b"3GZ" => Some(Self::Wales),
            b"1WZ" => Some(Self::Scotland),
            b"2WZ" => Some(Self::NorthernIreland),
            [digit, letter, b'Z'] if digit.is_ascii_digit() && letter.is_ascii_uppercase() => Some(Self::Overseas),
            _ => None,
        }
    }

    /// The words that stand in the place of an area, district or sector.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoFixedAbode => "no fixed abode",
            Self::NotKnown => "not known",
            Self::England => "England",
            Self::Wales => "Wales",
            Self::Scotland => "Scotland",
            Self::NorthernIreland => "Northern Ireland",
            Self::Overseas => "overseas",
        }
    }
}
