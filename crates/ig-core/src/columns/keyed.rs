//! The acts that hold a key of their own besides single pseudonyms.

use super::ColumnAct;
#[cfg(feature = "format_preserving")]
use super::checks;
use super::composite;
use super::invalid::{Invalid, Place};
use super::token;
use crate::composite::CompositePseudonymiser;
use crate::error::Error;
#[cfg(feature = "format_preserving")]
use crate::format_preserving::NumberCipher;
use crate::token::Tokeniser;
use arrow::array::ArrayRef;

/// What such an act needs, made ready.
#[derive(Debug)]
pub(super) enum Keyed {
    Composite(CompositePseudonymiser),
    Token(Tokeniser),
    #[cfg(feature = "format_preserving")]
    Numbers(Box<NumberCipher>),
}

impl Keyed {
    /// Finds the key in the ring of this process; none for other acts.
    pub(super) fn prepare(act: &ColumnAct) -> Result<Option<Self>, Error> {
        Ok(match act {
            ColumnAct::PseudonymiseFields { spec, .. } => {
                Some(Self::Composite(CompositePseudonymiser::from_process_keys(spec)?))
            }
            ColumnAct::Tokenise { spec, .. } => Some(Self::Token(Tokeniser::from_process_keys(spec)?)),
            #[cfg(feature = "format_preserving")]
            ColumnAct::EncryptNumbers { spec, .. } => {
                Some(Self::Numbers(Box::new(NumberCipher::from_process_keys(spec)?)))
            }
            _ => None,
        })
    }

    pub(super) fn run(&self, array: &ArrayRef, place: &Place) -> Result<(ArrayRef, Invalid), Error> {
        match self {
            Self::Composite(pseudonymiser) => composite::pseudonymise_fields(pseudonymiser, array, place),
            Self::Token(tokeniser) => token::tokenise(tokeniser, array, place),
            #[cfg(feature = "format_preserving")]
            Self::Numbers(cipher) => {
                let mut defect = None;
                let made = checks::rewrite(array, place, |number, out| match cipher.encrypt(number) {
                    Ok(digits) => out.extend_from_slice(digits.as_bytes()),
                    Err(error) => defect = Some(error),
                })?;
                defect.map_or(Ok(made), |defect| Err(defect.into()))
            }
        }
    }
}
