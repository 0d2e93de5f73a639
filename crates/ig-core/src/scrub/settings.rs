//! Settings of a scrub, as plain data without a name.

use super::TextKind;
use crate::error::MisuseError;
use serde::{Deserialize, Serialize};

/// The default of `min_score`.
const DEFAULT_MIN_SCORE: u8 = 50;

/// A list of names by its id. The names stay in the process that registered them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamesRef {
    /// Id of the list: 1 to 32 characters a-z, 0-9 and hyphen.
    pub id: String,
    /// Check value that the list must have; none takes the list of that id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_value: Option<String>,
}

/// What is looked for, and how sure a finding must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SettingsData")]
pub struct ScrubSettings {
    kinds: Vec<TextKind>,
    min_score: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<NamesRef>,
}

impl Default for ScrubSettings {
    fn default() -> Self {
        Self { kinds: TextKind::ALL.to_vec(), min_score: DEFAULT_MIN_SCORE, names: None }
    }
}

impl ScrubSettings {
    /// Settings with these kinds; findings below `min_score` (1 to 100) stay.
    ///
    /// # Errors
    /// `misuse.argument` if there is no kind, names are looked up without the kind `name`, or the score is out of
    /// range.
    pub fn new(kinds: &[TextKind], min_score: u8, names: Option<NamesRef>) -> Result<Self, MisuseError> {
        let refused = |name: &str, expected: &str| {
            Err(MisuseError::Argument { name: name.to_owned(), expected: expected.to_owned() })
        };
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() {
            return refused("kinds", "at least one kind");
        }
        if !(1..=100).contains(&min_score) {
            return refused("min_score", "a whole number from 1 to 100");
        }
        if names.is_some() && !kinds.contains(&TextKind::Name) {
            return refused("names", "the kind \"name\" among the kinds where a name list is given");
        }
        if let Some(names) = &names {
            super::name_list::check_id(&names.id)?;
            let hex = |c: &str| c.len() == 4 && c.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            if !names.check_value.as_deref().is_none_or(hex) {
                return refused("check_value", "four hexadecimal digits");
            }
        }
        Ok(Self { kinds, min_score, names })
    }

    /// The kinds, in order.
    pub fn kinds(&self) -> &[TextKind] {
        &self.kinds
    }

    /// The lowest score that is replaced, 1 to 100.
    pub const fn min_score(&self) -> u8 {
        self.min_score
    }

    /// The name list, by id.
    pub const fn names(&self) -> Option<&NamesRef> {
        self.names.as_ref()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsData {
    #[serde(default = "all_kinds")]
    kinds: Vec<TextKind>,
    #[serde(default = "default_min_score")]
    min_score: u8,
    #[serde(default)]
    names: Option<NamesRef>,
}

fn all_kinds() -> Vec<TextKind> {
    TextKind::ALL.to_vec()
}

const fn default_min_score() -> u8 {
    DEFAULT_MIN_SCORE
}

impl TryFrom<SettingsData> for ScrubSettings {
    type Error = MisuseError;

    fn try_from(data: SettingsData) -> Result<Self, MisuseError> {
        Self::new(&data.kinds, data.min_score, data.names)
    }
}
