//! What is looked for, and the tag that is put in its place.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text_kinds {
    ($($variant:ident = $name:literal, $tag:literal, $doc:literal;)+) => {
        /// A kind of personal data that is looked for in free text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum TextKind {
            $(#[doc = $doc] #[serde(rename = $name)] $variant),+
        }

        impl TextKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in settings and findings, such as `nhs_number`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What stands in the place of a finding, such as `[NHS NUMBER]`.
            pub const fn tag(self) -> &'static str {
                match self { $(Self::$variant => $tag),+ }
            }
        }
    };
}

text_kinds! {
    NhsNumber = "nhs_number", "[NHS NUMBER]", "An NHS number: ten digits, modulus 11.";
    ChiNumber = "chi_number", "[CHI NUMBER]", "A Scottish CHI number: of the CHI range with a real date, or said to be one.";
    HcNumber = "hc_number", "[H&C NUMBER]", "A Northern Ireland health and care number: of its range, or said to be one.";
    Postcode = "postcode", "[POSTCODE]", "A full UK postcode, a pseudo-postcode or a BFPO number.";
    Phone = "phone", "[PHONE]", "A telephone or fax number with its extension.";
    Email = "email", "[EMAIL]", "An email address.";
    Date = "date", "[DATE]", "A calendar date with day and month.";
    GmcNumber = "gmc_number", "[GMC NUMBER]", "Seven digits said to be a GMC number.";
    Name = "name", "[NAME]", "A name of the caller's list.";
}

impl fmt::Display for TextKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
