//! One error type, grouped by who must act.
//!
//! A message says which rule failed, where, and what to do about it. It never holds a cell value, a key
//! byte or row content: every field of an error is a name, a count, a row number or a fixed word.

/// Defines one group of errors: the enum, its messages, its stable codes and its context.
macro_rules! error_group {
    ($(#[$meta:meta])* $name:ident {
        $($variant:ident { $($field:ident : $ty:ty),* $(,)? } = $code:literal, $message:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        #[allow(rustdoc::invalid_html_tags, reason = "a message may say <id> where a reader fills something in")]
        pub enum $name {
            $(
                #[doc = concat!("`", $code, "`: ", $message)]
                #[error($message)]
                $variant {
                    $(
                        #[doc = concat!("`", stringify!($field), "` of the message.")]
                        $field: $ty
                    ),*
                }
            ),+
        }

        impl $name {
            /// Every code of this group.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The stable dotted code.
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code),+ }
            }

            /// The named facts of the message, as text.
            pub fn context(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(Self::$variant { $($field),* } => vec![$((stringify!($field), $field.to_string())),*]),+
                }
            }
        }
    };
}

mod access;
mod audit;
mod export;
mod identifier;
mod key;
mod misuse;
mod policy;

pub use access::AccessError;
pub use audit::AuditError;
pub use export::ExportError;
pub use identifier::IdentifierError;
pub use key::KeyError;
pub use misuse::MisuseError;
pub use policy::PolicyError;

/// A result of this library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! error_groups {
    ($($variant:ident($inner:ident) = $doc:literal;)+) => {
        /// Everything that can go wrong, grouped by who must act.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum Error {
            $(
                #[doc = $doc]
                #[error(transparent)]
                $variant(#[from] $inner)
            ),+
        }

        impl Error {
            /// The stable dotted code, such as `identifier.check_digit`.
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant(inner) => inner.code()),+ }
            }

            /// The name of the group, such as `Identifier`.
            pub const fn group(&self) -> &'static str {
                match self { $(Self::$variant(_) => stringify!($variant)),+ }
            }

            /// The named facts of the message: column, row, count, line.
            pub fn context(&self) -> Vec<(&'static str, String)> {
                match self { $(Self::$variant(inner) => inner.context()),+ }
            }

            /// Every code of every group, for tests and documentation.
            pub fn codes() -> Vec<&'static str> {
                [$($inner::CODES),+].concat()
            }
        }
    };
}

error_groups! {
    Identifier(IdentifierError) = "The data: an identifier is not what it should be.";
    Key(KeyError) = "The key holder: a key is missing, weak, exposed or the wrong one.";
    Policy(PolicyError) = "The analyst: a disclosure rule cannot be met as asked.";
    Access(AccessError) = "The information-governance lead: the agreement or an opt-out forbids it.";
    Export(ExportError) = "The person releasing: an output may not leave or cannot be written.";
    Audit(AuditError) = "The audit owner: a record cannot be written or a log does not verify.";
    Misuse(MisuseError) = "The programmer: a call, a column or a file is not of the expected kind.";
}

impl Error {
    /// The message in the form that survives engines which keep only text: `nhs_ig[code]: message`.
    pub fn tagged(&self) -> String {
        format!("nhs_ig[{}]: {self}", self.code())
    }
}
