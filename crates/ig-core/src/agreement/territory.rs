//! Where data may be used.

use serde::{Deserialize, Serialize};

/// Where data may be used, and where a request wants to use it.
///
/// Source of the rule: NHS England DARS standard on the territory of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Territory {
    /// England.
    England,
    /// Wales.
    Wales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    #[serde(rename = "Northern Ireland")]
    NorthernIreland,
    /// England and Wales.
    #[serde(rename = "England and Wales")]
    EnglandAndWales,
    /// The United Kingdom.
    #[serde(rename = "UK")]
    Uk,
    /// The United Kingdom and the European Economic Area.
    #[serde(rename = "UK and EEA")]
    UkAndEea,
    /// Anywhere.
    Worldwide,
}

impl Territory {
    /// Every territory, from small to large.
    pub const ALL: [Self; 8] = [
        Self::England,
        Self::Wales,
        Self::Scotland,
        Self::NorthernIreland,
        Self::EnglandAndWales,
        Self::Uk,
        Self::UkAndEea,
        Self::Worldwide,
    ];

    /// The name that an agreement and a request write.
    pub const fn name(self) -> &'static str {
        match self {
            Self::England => "England",
            Self::Wales => "Wales",
            Self::Scotland => "Scotland",
            Self::NorthernIreland => "Northern Ireland",
            Self::EnglandAndWales => "England and Wales",
            Self::Uk => "UK",
            Self::UkAndEea => "UK and EEA",
            Self::Worldwide => "Worldwide",
        }
    }

    /// Whether all of the other territory lies in this one.
    pub const fn takes_in(self, other: Self) -> bool {
        match self {
            Self::Worldwide => true,
            Self::UkAndEea => !matches!(other, Self::Worldwide),
            Self::Uk => !matches!(other, Self::Worldwide | Self::UkAndEea),
            Self::EnglandAndWales => matches!(other, Self::England | Self::Wales | Self::EnglandAndWales),
            Self::England => matches!(other, Self::England),
            Self::Wales => matches!(other, Self::Wales),
            Self::Scotland => matches!(other, Self::Scotland),
            Self::NorthernIreland => matches!(other, Self::NorthernIreland),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Territory;
    use std::collections::BTreeSet;

    /// The countries of each, written out; a territory takes another in if it has all of its countries.
    fn countries(territory: Territory) -> BTreeSet<&'static str> {
        let list: &[&str] = match territory {
            Territory::England => &["E"],
            Territory::Wales => &["W"],
            Territory::Scotland => &["S"],
            Territory::NorthernIreland => &["N"],
            Territory::EnglandAndWales => &["E", "W"],
            Territory::Uk => &["E", "W", "S", "N"],
            Territory::UkAndEea => &["E", "W", "S", "N", "EEA"],
            Territory::Worldwide => &["E", "W", "S", "N", "EEA", "rest"],
        };
        list.iter().copied().collect()
    }

    #[test]
    fn containment_is_that_of_the_countries() {
        for outer in Territory::ALL {
            for inner in Territory::ALL {
                assert_eq!(
                    outer.takes_in(inner),
                    countries(outer).is_superset(&countries(inner)),
                    "{outer:?} {inner:?}"
                );
            }
            assert_eq!(serde_json::to_value(outer).expect("a word"), outer.name());
        }
    }
}
