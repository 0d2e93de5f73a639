//! What a pseudonym is for, and what it stands for.

use crate::error::MisuseError;
use serde::{Deserialize, Serialize};

/// The agreement or project that pseudonyms are for: 1 to 255 bytes, used byte for byte.
///
/// Pseudonyms of two contexts cannot be linked, so each agreement gets its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Context(String);

impl Context {
    /// Checks a context.
    ///
    /// # Errors
    /// `misuse.argument` if it is empty, longer than 255 bytes or has control characters.
    pub fn new(context: &str) -> Result<Self, MisuseError> {
        if (1..=255).contains(&context.len()) && !context.chars().any(char::is_control) {
            Ok(Self(context.to_owned()))
        } else {
            Err(MisuseError::Argument {
                name: "context".to_owned(),
                expected: "1 to 255 bytes without control characters: the id of the agreement or project".to_owned(),
            })
        }
    }

    /// The context as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The kind of identifier: `nhs_number`, `text`, or a name of the caller's such as `local_patient_id`.
///
/// Pseudonyms of two kinds cannot be linked, even for equal text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kind(String);

impl Kind {
    /// Checks a kind.
    ///
    /// # Errors
    /// `misuse.argument` if it does not match `[a-z][a-z0-9_]{0,63}`.
    pub fn new(kind: &str) -> Result<Self, MisuseError> {
        let mut bytes = kind.bytes();
        let starts_well = bytes.next().is_some_and(|b| b.is_ascii_lowercase());
        let goes_on_well = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if starts_well && goes_on_well && kind.len() <= 64 {
            Ok(Self(kind.to_owned()))
        } else {
            Err(MisuseError::Argument {
                name: "kind".to_owned(),
                expected: "nhs_number, text, or a name of up to 64 characters a-z, 0-9 and _ that begins with a letter"
                    .to_owned(),
            })
        }
    }

    /// NHS numbers: validated, and hashed as their ten digits.
    pub fn nhs_number() -> Self {
        Self("nhs_number".to_owned())
    }

    /// Any other text, hashed byte for byte.
    pub fn text() -> Self {
        Self("text".to_owned())
    }

    /// Whether values of this kind are NHS numbers.
    pub fn is_nhs_number(&self) -> bool {
        self.0 == "nhs_number"
    }

    /// The kind as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text_type {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = MisuseError;

            fn try_from(text: String) -> Result<Self, MisuseError> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

text_type!(Context);
text_type!(Kind);
