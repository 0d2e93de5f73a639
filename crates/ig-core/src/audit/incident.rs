//! Data security incidents: the record, the clock and the runs that are affected.

mod assessed;
mod gather;
mod grid;

pub use assessed::AssessedIncident;
pub use gather::incident_records;
pub use grid::IncidentGrid;

use super::field::{Shape, is_ticket};
use super::{CorrelationId, Timestamp};
use crate::error::AuditError;

/// 72 hours, in microseconds.
const CLOCK: u64 = 72 * 3600 * 1_000_000;

/// What is known of an incident: numbers, times and words of fixed lists, and a ticket for everything else.
///
/// It holds no names, no prose and no identifiers: who is affected is written in the ticket.
///
/// ```
/// use ig_core::audit::{Incident, IncidentGrid, Timestamp};
///
/// let discovered = "2026-11-20T16:30:00.000000Z".parse::<Timestamp>()?;
/// let aware = "2026-11-20T17:00:00.000000Z".parse()?;
/// let incident = Incident::new("IG/2026/17", discovered, aware)?.affected(495).levels(3, 2);
/// let assessed = incident.assess(&IncidentGrid::shipped()?)?;
/// // The clock runs through weekends: Friday evening to Monday evening.
/// assert_eq!(assessed.notify_by().to_string(), "2026-11-23T17:00:00.000000Z");
/// assert_eq!(assessed.outcome(), "report_ico");
/// # Ok::<(), ig_core::AuditError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    reference: String,
    discovered: Timestamp,
    aware_at: Timestamp,
    affected: Option<u64>,
    likelihood: u8,
    severity: u8,
    factors: Vec<String>,
    contained: bool,
    runs: Vec<CorrelationId>,
}

impl Incident {
    /// The ticket, when it was found, and when the controller became aware, from which the 72 hours run.
    ///
    /// # Errors
    /// `audit.field` for something other than a ticket; `audit.incident` if it was found after the controller knew, or
    /// the clock would run past the year 9999.
    pub fn new(reference: &str, discovered: Timestamp, aware_at: Timestamp) -> Result<Self, AuditError> {
        Shape::ReasonRef.check("reason_ref", reference)?;
        is_ticket(reference)?;
        if discovered > aware_at {
            return Err(refused("discovered", "a time no later than aware_at: nobody knows before it is found"));
        }
        Timestamp::from_unix_micros(aware_at.unix_micros() + CLOCK)
            .map_err(|_| refused("aware_at", "a time that leaves 72 hours before the year 10000"))?;
        Ok(Self {
            reference: reference.to_owned(),
            discovered,
            aware_at,
            affected: None,
            likelihood: 5,
            severity: 5,
            factors: Vec::new(),
            contained: false,
            runs: Vec::new(),
        })
    }

    /// How many people are affected, as far as is known.
    #[must_use]
    pub const fn affected(mut self, people: u64) -> Self {
        self.affected = Some(people);
        self
    }

    /// How likely harm is and how bad it would be, each from 1 to 5; until they are told, both are taken as 5.
    #[must_use]
    pub const fn levels(mut self, likelihood: u8, severity: u8) -> Self {
        (self.likelihood, self.severity) = (likelihood, severity);
        self
    }

    /// Something of the table's list that makes it worse, such as `mental_health`.
    #[must_use]
    pub fn factor(mut self, factor: &str) -> Self {
        self.factors.push(factor.to_owned());
        self
    }

    /// The data never left the hands of people bound to secrecy, or came back unread: factors weigh no more.
    #[must_use]
    pub const fn contained(mut self) -> Self {
        self.contained = true;
        self
    }

    /// A run of the log that is affected.
    #[must_use]
    pub fn run(mut self, run: CorrelationId) -> Self {
        self.runs.push(run);
        self
    }

    /// What follows from it by a table.
    ///
    /// # Errors
    /// `audit.incident` for a level beyond 1 to 5, a factor that the table does not know, or a count beyond 2^53 - 1.
    pub fn assess(mut self, grid: &IncidentGrid) -> Result<AssessedIncident, AuditError> {
        self.runs.sort_unstable();
        self.runs.dedup();
        self.factors.sort_unstable();
        self.factors.dedup();
        AssessedIncident::new(self, grid)
    }
}

fn refused(field: &str, expected: &str) -> AuditError {
    AuditError::Incident { field: field.into(), expected: expected.into() }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
