//! Hiding small counts, then rounding the rest.

use super::cell::{Cell, Reason};
use super::options::{Margins, SuppressOptions};
use super::policy::{NationalRows, Nulls, Secondary, SuppressionPolicy, Totals, Zeros};
use super::result::SuppressionResult;
use super::table::CountTable;
use crate::error::{MisuseError, PolicyError, Result};

/// Decides every cell of a table by one rule: first hides, then rounds what is left.
///
/// Guarantees: each cell is decided by its own count alone, so row order changes nothing and the same input gives
/// the same output; a hidden count is not in the result; a rule is never applied weaker than asked.
///
/// Does **not** protect a hidden cell whose total is known: *total minus the rest* gives it back, whether the total
/// stands in this table, in another one, or in an exempt row. Rounded totals narrow it. Rows of totals are
/// recognised by their label only, not by their sums. A rounded count can be smaller than the threshold where the
/// rule's base allows it (5 for a true 6), and a rule on counts says nothing about rates or means.
///
/// # Errors
/// - `policy.secondary_unavailable`: the level asked for, or the rule's own, is not `none`.
/// - `policy.margins_unavailable`: totals are to be added, or are given without `secondary = none` said by the caller,
///   or the rule makes totals from rounded parts only.
/// - `policy.total_row_found`: a row is labelled as a total although there should be none.
/// - `policy.exemption_unavailable`, `misuse.column_missing`: an exemption that the rule or the table does not have.
/// - `policy.missing_count`, `policy.count_too_large`: a count that the rule cannot decide.
///
/// ```
/// use ig_core::suppression::{CountTable, SuppressOptions, SuppressionPolicy, suppress};
///
/// let table = CountTable::new(["site"], vec![vec![Some("A"), Some("B")]], vec![Some(3), Some(12)])?;
/// let result = suppress(&table, &SuppressionPolicy::preset("hes")?, &SuppressOptions::default())?;
/// assert_eq!(result.publish().display(), ["*", "10"]);
///
/// let refused = suppress(&table, &SuppressionPolicy::preset("under10")?, &SuppressOptions::default());
/// assert_eq!(refused.unwrap_err().code(), "policy.secondary_unavailable");
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn suppress(
    table: &CountTable,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
) -> Result<SuppressionResult> {
    check_level(policy, options)?;
    check_margins(table, policy, options)?;
    let exempt = exempt_rows(table, policy, options)?;
    let decide = |(row, (&count, exempt))| decide(policy, count, exempt, row + 1);
    let cells = table.counts().iter().zip(exempt).enumerate().map(decide).collect::<Result<_, _>>()?;
    Ok(SuppressionResult::new(table, cells, policy.marker().to_owned()))
}

fn decide(policy: &SuppressionPolicy, count: Option<i64>, exempt: bool, row: usize) -> Result<Cell, PolicyError> {
    let Some(count) = count else {
        return match policy.nulls() {
            Nulls::Hide => Ok(Cell::Suppressed(Reason::Missing)),
            Nulls::Refuse => Err(PolicyError::MissingCount { row }),
        };
    };
    if exempt {
        return Ok(Cell::Published(count));
    }
    match count {
        0 if policy.zeros() == Zeros::Hide => Ok(Cell::Suppressed(Reason::Zero)),
        0 => Ok(Cell::Published(0)),
        _ if count < i64::from(policy.threshold()) => Ok(Cell::Suppressed(Reason::Primary)),
        _ => policy.rounding().round(count).map(Cell::Published).ok_or(PolicyError::CountTooLarge { row }),
    }
}

fn check_level(policy: &SuppressionPolicy, options: &SuppressOptions) -> Result<(), PolicyError> {
    match options.secondary.unwrap_or(policy.secondary()) {
        Secondary::None => Ok(()),
        level => Err(PolicyError::SecondaryUnavailable { policy: policy.name().into(), level: level.as_str().into() }),
    }
}

fn check_margins(table: &CountTable, policy: &SuppressionPolicy, options: &SuppressOptions) -> Result<()> {
    let refuse = |reason: &str| Err(PolicyError::MarginsUnavailable { reason: reason.into() }.into());
    match options.margins {
        Margins::None => total_row(table, &options.total_label),
        Margins::All | Margins::Reconciled => {
            refuse("this version does not add totals; pass margins=\"none\" and publish no totals")
        }
        Margins::Given if options.secondary != Some(Secondary::None) => refuse(
            "they give hidden cells back and this version cannot prevent it; remove them, or pass secondary=\"none\" \
             to accept that",
        ),
        Margins::Given if policy.totals() == Totals::SumOfRounded => {
            refuse("the rule makes totals from the rounded cells; remove the given ones and add up what is published")
        }
        Margins::Given => Ok(()),
    }
}

/// Refuses the first row that is labelled as a total in any dimension.
fn total_row(table: &CountTable, label: &str) -> Result<()> {
    let wanted = label.trim().to_lowercase();
    if wanted.is_empty() {
        let expected = "the key of total rows, not blank; rows with a missing key are cells of their own".into();
        return Err(MisuseError::Argument { name: "total_label".into(), expected }.into());
    }
    let is_total = |key: &Option<String>| key.as_ref().is_some_and(|key| key.trim().to_lowercase() == wanted);
    let found = table.dimensions().iter().zip(table.keys()).find_map(|(dimension, column)| {
        column
            .iter()
            .position(is_total)
            .map(|row| PolicyError::TotalRowFound { dimension: dimension.clone(), row: row + 1 })
    });
    found.map_or(Ok(()), |error| Err(error.into()))
}

fn exempt_rows(table: &CountTable, policy: &SuppressionPolicy, options: &SuppressOptions) -> Result<Vec<bool>> {
    if !options.exempt.is_empty() && policy.national_rows() == NationalRows::Controlled {
        return Err(PolicyError::ExemptionUnavailable { policy: policy.name().into() }.into());
    }
    let mut rows = vec![false; table.rows()];
    for exemption in &options.exempt {
        let Some(place) = table.dimensions().iter().position(|name| *name == exemption.dimension) else {
            let available = format!("the dimensions are {}", table.dimensions().join(", "));
            return Err(MisuseError::ColumnMissing { column: exemption.dimension.clone(), available }.into());
        };
        for (exempt, key) in rows.iter_mut().zip(&table.keys()[place]) {
            *exempt |= key.as_ref() == Some(&exemption.value);
        }
    }
    Ok(rows)
}
