//! What was found: where, what kind and how sure, never the text.

use super::TextKind;
use std::fmt;

/// One finding in a text. It never holds the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextFinding {
    /// What it is.
    pub kind: TextKind,
    /// Byte offset of its first character.
    pub start: usize,
    /// Byte offset after its last character.
    pub end: usize,
    /// How sure the rules are, 1 to 100.
    pub score: u8,
    /// What the score rests on.
    pub reason: Reason,
}

macro_rules! reasons {
    ($($variant:ident = $text:literal;)+) => {
        /// What a score rests on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = $text] $variant),+
        }

        impl Reason {
            /// The reason in words, always one of these.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

reasons! {
    CheckDigitAndLabel = "check digit and label";
    CheckDigitAndSpacing = "check digit and spacing";
    CheckDigit = "check digit";
    LabelOnly = "label, check digit fails";
    Placeholder = "label, placeholder";
    ShapeAndLabel = "shape and label";
    Shape = "shape";
    NameList = "name list";
    PartOfName = "part of a listed name";
    Unsettled = "text that does not settle";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TextFinding {
    /// Which of two overlapping findings names the kind: the more certain, then the longer, then the first kind.
    pub(super) fn outranks(&self, other: &Self) -> bool {
        let rank = |f: &Self| (f.score, f.end - f.start, std::cmp::Reverse(f.kind));
        rank(self) > rank(other)
    }
}
