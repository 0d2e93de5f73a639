//! What an act needs besides its settings: a derived key, a list of names, or opt-out lists.

use super::ColumnAct;
use crate::composite::CompositePseudonymiser;
use crate::error::Error;
#[cfg(feature = "format_preserving")]
use crate::format_preserving::NumberCipher;
use crate::mask::DateShifter;
use crate::opt_out::{OptOutFilter, registered};
use crate::pseudonym::Pseudonymiser;
use crate::scrub::Scrubber;
use crate::token::Tokeniser;
use std::sync::Arc;

/// What was found for an act.
#[derive(Debug)]
pub(super) enum Needed {
    Nothing,
    Pseudonyms(Pseudonymiser),
    Fields(CompositePseudonymiser),
    Tokens(Tokeniser),
    DateShift(DateShifter),
    Scrub(Box<Scrubber>),
    OptOuts(Arc<OptOutFilter>),
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
            ColumnAct::MayStay(filter) => Self::OptOuts(registered(filter)?),
            ColumnAct::ScrubText(settings) => Self::Scrub(Box::new(Scrubber::new(settings)?)),
            #[cfg(feature = "format_preserving")]
            ColumnAct::EncryptNumbers { spec, .. } => Self::Numbers(Box::new(NumberCipher::from_process_keys(spec)?)),
            _ => Self::Nothing,
        })
    }
}
