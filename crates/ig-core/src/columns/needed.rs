//! What an act needs besides its settings: a derived key, or a list of names.

use super::ColumnAct;
use crate::composite::CompositePseudonymiser;
use crate::error::Error;
#[cfg(feature = "format_preserving")]
use crate::format_preserving::NumberCipher;
use crate::mask::DateShifter;
use crate::pseudonym::Pseudonymiser;
use crate::scrub::Scrubber;
use crate::token::Tokeniser;

/// What was found for an act.
#[derive(Debug)]
pub(super) enum Needed {
    Nothing,
    Pseudonyms(Pseudonymiser),
    Fields(CompositePseudonymiser),
    Tokens(Tokeniser),
    DateShift(DateShifter),
    Scrub(Box<Scrubber>),
    #[cfg(feature = "format_preserving")]
    Numbers(Box<NumberCipher>),
}

impl Needed {
    /// Finds the key in the ring of this process, or the names in its register.
    pub(super) fn find(act: &ColumnAct) -> Result<Self, Error> {
        Ok(match act {
            ColumnAct::Pseudonymise { spec, .. } => Self::Pseudonyms(Pseudonymiser::from_process_keys(spec)?),
            ColumnAct::PseudonymiseFields { spec, .. } => {
                Self::Fields(CompositePseudonymiser::from_process_keys(spec)?)
            }
            ColumnAct::Tokenise { spec, .. } => Self::Tokens(Tokeniser::from_process_keys(spec)?),
            ColumnAct::ShiftDate { spec, .. } => Self::DateShift(DateShifter::from_process_keys(spec)?),
            ColumnAct::ScrubText(settings) => Self::Scrub(Box::new(Scrubber::new(settings)?)),
            #[cfg(feature = "format_preserving")]
            ColumnAct::EncryptNumbers { spec, .. } => Self::Numbers(Box::new(NumberCipher::from_process_keys(spec)?)),
            _ => Self::Nothing,
        })
    }
}
