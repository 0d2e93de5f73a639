//! The auditor's word on a table: in sum, and for each hidden cell.

use super::attack::{Audit, Inferred, Method, Recomputable, Verdict};
use super::system::{Shown, System};
use serde::Serialize;
use std::fmt;

/// What is known about hidden cells being computed back from the finished table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditVerdict {
    /// Every cell asked about stays open, as far as this table alone goes.
    Protected,
    /// At least one can be computed, or narrowed too far.
    NotProtected,
    /// None is known to be unsafe, and at least one could not be decided within the limits of work. Not safe.
    Undecided,
}

/// The auditor's word in sum: plain data without a count of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct AuditSummary {
    /// The word.
    pub verdict: AuditVerdict,
    /// The cells asked about: for a table made here its primary cells, for another one all hidden cells.
    pub audited: usize,
    /// Cells that are not safe, for whatever reason.
    pub not_safe: usize,
    /// Cells that an outsider can compute.
    pub exact: usize,
    /// Cells that an outsider can narrow to too few numbers.
    pub too_narrow: usize,
    /// Cells that could not be decided within the limits of work.
    pub undecided: usize,
    /// Cells that somebody in a cell of 1 can compute from what they know; of magnitudes, a contributor who is alone in
    /// hidden cells.
    pub by_contributor: usize,
    /// Cells that all people in cells of 1 can compute if they put together what they know.
    pub by_pooling: usize,
}

/// What a finding is about, where earlier releases are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The cell of the table.
    #[default]
    Now,
    /// The same cell in an earlier release.
    Earlier,
    /// What the cell grew by from one release to the next.
    Growth,
}

/// What can be inferred about one cell. For the owner: it holds ranges, and reasons with numbers. `Debug` shows none.
///
/// Ranges are worked out as far as the verdict needs: at level `exact` no further than what sums give.
#[derive(Clone, PartialEq, Eq)]
pub struct HiddenCell {
    /// The row of the published table, counted from 0.
    pub row: usize,
    /// Whether the finding is about the cell, the cell in an earlier release, or its growth.
    pub about: About,
    /// No count below is possible.
    pub lower: i64,
    /// No count above is possible; none if no limit is known.
    pub upper: Option<i64>,
    /// Whether enough stays possible.
    pub verdict: Verdict,
    /// What decided.
    pub method: Method,
    /// Whether sums and differences of published cells give the cell.
    pub by_sums: Recomputable,
    /// Whether somebody in a cell of 1 can compute it; of magnitudes, a contributor who is alone in hidden cells.
    pub by_contributor: bool,
    /// Whether all people in cells of 1 together can compute it.
    pub by_pooling: Recomputable,
    /// The calculation that gives the cell away, to be checked by hand: "A = Total (65) − B (42) = 23".
    pub reason: Option<String>,
}

/// The audit of a table.
///
/// `Debug` shows the summary only.
#[derive(Clone, PartialEq, Eq)]
pub struct TableAudit {
    over_time: bool,
    cells: Vec<HiddenCell>,
}

impl TableAudit {
    /// Takes over the findings; `out` are the cells of the published rows, `dimensions` their key columns.
    pub(super) fn new(
        audit: &Audit,
        system: &System,
        shown: &[Shown],
        out: &[usize],
        names: &dyn Fn(usize) -> String,
    ) -> Self {
        Self::of_some(audit, system, shown, out, names, &|_| true)
    }

    /// As [`TableAudit::new`], for the cells that the table itself hides, where others were audited beside it.
    pub(super) fn of_some(
        audit: &Audit,
        system: &System,
        shown: &[Shown],
        out: &[usize],
        names: &dyn Fn(usize) -> String,
        hidden: &dyn Fn(usize) -> bool,
    ) -> Self {
        let mut rows = vec![None; shown.len()];
        for (row, &cell) in out.iter().enumerate() {
            rows[cell] = Some(row);
        }
        let found = audit.cells.iter().filter(|found| hidden(found.cell));
        let cell = |found: &Inferred| {
            Some(hidden_cell(found, rows[found.cell]?, About::Now, reason_of(found, system, shown, names)))
        };
        let mut cells: Vec<HiddenCell> = found.filter_map(cell).collect();
        cells.sort_by_key(|cell| cell.row);
        Self { over_time: false, cells }
    }

    /// Takes over findings about several releases; `rows` and `about` say where each cell of the system belongs.
    pub(super) fn over_time(
        audit: &Audit,
        system: &System,
        shown: &[Shown],
        rows: &[Option<usize>],
        about: &[About],
        names: &dyn Fn(usize) -> String,
    ) -> Self {
        let cell = |found: &Inferred| {
            Some(hidden_cell(found, rows[found.cell]?, about[found.cell], reason_of(found, system, shown, names)))
        };
        let mut cells: Vec<HiddenCell> = audit.cells.iter().filter_map(cell).collect();
        cells.sort_by_key(|cell| cell.row);
        Self { over_time: true, cells }
    }

    /// Whether earlier counts and growth are among the findings.
    pub fn is_over_time(&self) -> bool {
        self.over_time
    }

    /// What can be inferred about each cell, by row. For the owner.
    pub fn cells(&self) -> &[HiddenCell] {
        &self.cells
    }

    /// The word in sum.
    pub fn summary(&self) -> AuditSummary {
        let count = |verdict| self.cells.iter().filter(|cell| cell.verdict == verdict).count();
        let exact = count(Verdict::Exact);
        let too_narrow = count(Verdict::TooNarrow);
        let by_contributor = self.cells.iter().filter(|cell| cell.by_contributor).count();
        let by_pooling = self.cells.iter().filter(|cell| cell.by_pooling == Recomputable::Yes).count();
        let open = |cell: &&HiddenCell| {
            [cell.by_sums, cell.by_pooling].contains(&Recomputable::Undecided) || cell.verdict == Verdict::Undecided
        };
        let undecided = self.cells.iter().filter(open).count();
        let verdict = match (exact + too_narrow + by_contributor + by_pooling, undecided) {
            (0, 0) => AuditVerdict::Protected,
            (0, _) => AuditVerdict::Undecided,
            _ => AuditVerdict::NotProtected,
        };
        let audited = self.cells.len();
        AuditSummary {
            verdict,
            audited,
            not_safe: self.unsafe_cells().count(),
            exact,
            too_narrow,
            undecided,
            by_contributor,
            by_pooling,
        }
    }

    /// The cells that are not safe.
    pub fn unsafe_cells(&self) -> impl Iterator<Item = &HiddenCell> {
        self.cells
            .iter()
            .filter(|cell| cell.verdict != Verdict::Safe || cell.by_contributor || cell.by_pooling != Recomputable::No)
    }
}

fn reason_of(found: &Inferred, system: &System, shown: &[Shown], names: &dyn Fn(usize) -> String) -> Option<String> {
    let proof = found.proof.as_ref().filter(|_| found.verdict != Verdict::Safe);
    let shown_as = || match found.verdict {
        // Hidden here, and told by another release, another table or its own marker.
        Verdict::Exact if shown[found.cell].is_one_count() => {
            Some(format!("{} = {}, as published\n", names(found.cell), shown[found.cell].low()))
        }
        _ => None,
    };
    proof.map(|proof| proof.render(system, shown, names)).or_else(shown_as)
}

fn hidden_cell(found: &Inferred, row: usize, about: About, reason: Option<String>) -> HiddenCell {
    HiddenCell {
        row,
        about,
        lower: found.lower,
        upper: found.upper,
        verdict: found.verdict,
        method: found.method,
        by_sums: found.by_sums,
        by_contributor: found.by_contributor.is_some(),
        by_pooling: found.by_pooling,
        reason,
    }
}

impl fmt::Debug for TableAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TableAudit").field(&self.summary()).finish()
    }
}

impl fmt::Debug for HiddenCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HiddenCell")
            .field("row", &self.row)
            .field("about", &self.about)
            .field("verdict", &self.verdict)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
