//! The table that says how bad an incident is; a file that anyone can correct.

use crate::error::AuditError;
use serde::Deserialize;

const SHIPPED: &str = include_str!("grid.toml");

/// A table of likelihood and severity, each from 1 to 5, with what follows from the two.
///
/// The one that is shipped was written from memory of the current guide and **was not compared with its text**: its
/// version ends in `unchecked`, and [`IncidentGrid::notice`] says so on everything that is made with it. Correct a copy
/// and read it with [`IncidentGrid::from_toml`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentGrid {
    version: String,
    source: String,
    checked: String,
    likelihood: [String; 5],
    severity: [String; 5],
    grid: [[String; 5]; 5],
    minimum_with_factor: u8,
    factors: Vec<String>,
}

impl IncidentGrid {
    /// The table that comes with the library.
    ///
    /// # Errors
    /// None in a library that passed its tests.
    pub fn shipped() -> Result<Self, AuditError> {
        Self::from_toml(SHIPPED)
    }

    /// Reads a table; `nhs-ig audit incident-grid` prints the shipped one to start from.
    ///
    /// # Errors
    /// `audit.incident_grid` with what is wrong.
    pub fn from_toml(text: &str) -> Result<Self, AuditError> {
        let refused = |reason: &str| AuditError::IncidentGrid { reason: reason.to_owned() };
        // The parser's own words could repeat the text.
        let table: Self = toml::from_str(text)
            .map_err(|_| refused("not the members version, source, checked, likelihood, severity, grid and factors"))?;
        let word = |text: &str| {
            (1..=64).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        let versioned = (1..=64).contains(&table.version.len())
            && table.version.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b));
        if !versioned {
            return Err(refused("the version is 1 to 64 letters, digits, dots and hyphens"));
        }
        let plain = |text: &String| text.len() <= 200 && !text.chars().any(char::is_control);
        let texts = [&table.source, &table.checked].into_iter().chain(&table.likelihood).chain(&table.severity);
        if !texts.into_iter().all(plain) {
            return Err(refused("texts have at most 200 bytes and no control characters"));
        }
        if !table.grid.iter().flatten().chain(&table.factors).all(|text| word(text)) {
            return Err(refused("the words of the grid and the factors are small letters, digits and underscores"));
        }
        // A code of a record has no longer words.
        if table
            .grid
            .iter()
            .flatten()
            .any(|text| text.len() > 32 || text.starts_with(|c: char| !c.is_ascii_lowercase()))
        {
            return Err(refused("a word of the grid has at most 32 characters and begins with a letter"));
        }
        if !(1..=5).contains(&table.minimum_with_factor) {
            return Err(refused("minimum_with_factor is a level from 1 to 5"));
        }
        Ok(table)
    }

    /// The shipped table as its file, to correct.
    pub const fn shipped_text() -> &'static str {
        SHIPPED
    }

    /// Its version, which is written down with every assessment.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What to tell whoever reads an assessment.
    pub fn notice(&self) -> String {
        format!("table {}, {}: check against the current {}", self.version, self.checked, self.source)
    }

    /// The words of a level of likelihood and of severity.
    pub(super) fn meanings(&self, likelihood: u8, severity: u8) -> Option<(&str, &str)> {
        let at = |levels: &'_ [String; 5], level: u8| usize::from(level).checked_sub(1).filter(|at| *at < levels.len());
        Some((&self.likelihood[at(&self.likelihood, likelihood)?], &self.severity[at(&self.severity, severity)?]))
    }

    /// What follows from two levels.
    pub(super) fn outcome(&self, likelihood: u8, severity: u8) -> Option<&str> {
        let row = self.grid.get(usize::from(likelihood).checked_sub(1)?)?;
        row.get(usize::from(severity).checked_sub(1)?).map(String::as_str)
    }

    pub(super) const fn minimum_with_factor(&self) -> u8 {
        self.minimum_with_factor
    }

    pub(super) fn knows_factor(&self, factor: &str) -> bool {
        self.factors.iter().any(|known| known == factor)
    }

    pub(super) fn factors(&self) -> String {
        self.factors.join(", ")
    }
}
