//! The kinds of several fields, in their order.

use crate::error::MisuseError;
use crate::pseudonym::Kind;
use serde::{Deserialize, Serialize};

const MOST: usize = 64;

/// The kinds of the fields of a composite pseudonym: 1 to 64, by position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Kind>", into = "Vec<Kind>")]
pub struct Kinds(Vec<Kind>);

impl Kinds {
    /// Checks how many there are.
    ///
    /// # Errors
    /// `misuse.argument` if there are none or more than 64.
    pub fn new(kinds: Vec<Kind>) -> Result<Self, MisuseError> {
        if (1..=MOST).contains(&kinds.len()) {
            Ok(Self(kinds))
        } else {
            Err(MisuseError::Argument {
                name: "kinds".to_owned(),
                expected: format!("1 to {MOST} kinds, one for each field"),
            })
        }
    }

    /// The kinds in order.
    pub fn as_slice(&self) -> &[Kind] {
        &self.0
    }
}

impl TryFrom<Vec<Kind>> for Kinds {
    type Error = MisuseError;

    fn try_from(kinds: Vec<Kind>) -> Result<Self, MisuseError> {
        Self::new(kinds)
    }
}

impl From<Kinds> for Vec<Kind> {
    fn from(kinds: Kinds) -> Self {
        kinds.0
    }
}
