//! The fixed words of a record: what was done and how it ended.

use crate::error::AuditError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $field:literal { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the specification.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub(super) fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }

            /// The word as the record holds it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = AuditError;

            fn from_str(word: &str) -> Result<Self, AuditError> {
                Self::of_word(word).ok_or_else(|| AuditError::Field {
                    field: $field.into(),
                    expected: format!("one of {}", [$($word),+].join(", ")),
                })
            }
        }
    };
}

words! {
    /// What was done.
    EventKind, "event" {
        /// Data was read.
        Read = "read",
        /// Data was written.
        Write = "write",
        /// Data left the place where it was held.
        Export = "export",
        /// Data was deleted.
        Delete = "delete",
        /// Data was searched or counted.
        Query = "query",
        /// A person signed in or out.
        Login = "login",
        /// Settings, agreements or rights were changed.
        Config = "config",
        /// People were checked against an opt-out list.
        OptOutCheck = "opt_out_check",
        /// A pseudonym was turned back into an identifier.
        Reidentify = "reidentify",
        /// A key was used, made or retired.
        KeyUse = "key_use",
        /// A data security incident was recorded.
        Incident = "incident",
        /// Access or a log was reviewed.
        Review = "review",
        /// A cleared file was sent to a recipient.
        Transfer = "transfer",
        /// The log sealed bytes that a crash left behind. Written by the log only.
        ChainRecovered = "chain.recovered",
        /// The log goes on in the next segment; the last record of its file. Written by the log only.
        ChainRotated = "chain.rotated",
        /// The log comes from the segment before; the first record of its file. Written by the log only.
        ChainContinued = "chain.continued",
    }
}

impl EventKind {
    /// Whether only the log itself writes this event.
    pub const fn is_reserved(self) -> bool {
        matches!(self, Self::ChainRecovered | Self::ChainRotated | Self::ChainContinued)
    }

    /// What an ok means for this event unless the caller asks otherwise.
    pub const fn default_durability(self) -> Durability {
        match self {
            // What left or was destroyed cannot be looked at again, so its record must survive a power cut.
            Self::Export | Self::Delete => Durability::Synced,
            _ => Durability::Written,
        }
    }
}

words! {
    /// How it ended, or that it is about to begin.
    Outcome, "outcome" {
        /// It is about to begin; written before the data is touched.
        Attempt = "attempt",
        /// It was done.
        Success = "success",
        /// It was allowed and went wrong.
        Failure = "failure",
        /// A rule forbade it.
        Refused = "refused",
    }
}

/// What an ok from the log means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Durability {
    /// The operating system has the record: it survives the end of the process, not a power cut.
    Written,
    /// The disk says that it has the record: it survives a power cut, if the disk tells the truth.
    Synced,
    /// As [`Durability::Synced`], but the threads of a process that record at the same time through one handle
    /// share the sync: each waits for one that began after its record was written.
    Group,
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_and_serde_agrees() {
        for kind in EventKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
            assert_eq!(serde_json::to_string(kind).expect("text"), format!("\"{kind}\""));
            assert_eq!(kind.is_reserved(), kind.as_str().starts_with("chain."));
        }
        for outcome in Outcome::ALL {
            assert_eq!(outcome.as_str().parse(), Ok(*outcome));
        }
        assert_eq!("Read".parse::<EventKind>().expect_err("case").code(), "audit.field");
    }
}
