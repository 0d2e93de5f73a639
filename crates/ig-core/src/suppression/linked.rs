//! Tables over the same people, protected and audited together.

mod after;
mod audit;
mod merged;
mod over_time;
mod releases;
mod union;

pub use after::{suppress_after, suppress_after_watched};
pub use audit::{audit_tables_linked, audit_tables_linked_watched};
pub use releases::{
    EarlierCounts, Finished, LinkedFinished, audit_linked_releases, audit_linked_releases_watched, audit_releases,
    audit_releases_watched,
};

use super::cell::{Cell, Reason};
use super::layout::{Layout, Listed, Tops};
use super::options::{Margins, SuppressOptions};
use super::policy::{Secondary, SuppressionPolicy, Totals};
use super::primary;
use super::progress::{Progress, carry_on};
use super::protect::Insiders;
use super::result::SuppressionResult;
use super::secondary::{self, Hidden};
use super::suppress::{check_exempt, check_key, check_options, exempt_cells};
use super::table::CountTable;
use super::table_audit::TableAudit;
use crate::error::{MisuseError, PolicyError, Result};
use std::ops::ControlFlow;
use union::{Part, Union};

/// Protects several tables over the same people by one rule, so that they are safe together.
///
/// Guarantees what [`suppress`](super::suppress()) does, for a reader who holds all of these tables: cells are chosen
/// once and audited once, and a cell that stands in several tables is shown in all of them or in none. Cells are the
/// same when they fix the same categories of the same dimensions, all other dimensions being at their total; a
/// dimension that a table lacks counts as its total, and so does a row whose key is the total label. `options.margins`
/// is `Given` or `All`; hierarchies and exemptions apply to the tables that have their dimension. The results are in
/// the order of the tables, whose names are for messages.
///
/// Does **not** protect against what none of these tables holds, and it takes the caller's word that all tables count
/// the same people: tables over different people are refused only where their counts show it.
///
/// # Errors
/// - `policy.linked_tables_differ`: two tables have the same cell with different counts.
/// - `misuse.argument`: no table, two of the same name, or margins that are neither given nor added.
/// - `policy.margins_unavailable`: the rule makes totals from rounded parts, which differ from table to table.
/// - Those of [`suppress`](super::suppress()); rows are those of the table that is at fault.
///
/// ```
/// use ig_core::suppression::{CountTable, Margins, SuppressOptions, SuppressionPolicy, suppress_linked};
///
/// let sex = CountTable::new(["sex"], vec![vec![Some("F"), Some("M")]], vec![Some(3), Some(50)])?;
/// let age = CountTable::new(["age"], vec![vec![Some("0-39"), Some("40+")]], vec![Some(20), Some(33)])?;
/// let options = SuppressOptions { margins: Margins::Given, ..SuppressOptions::default() };
/// let policy = SuppressionPolicy::preset("under5")?;
/// let made = suppress_linked(&[("by sex", &sex), ("by age", &age)], &policy, &options)?;
/// // 20 + 33 − 50 = 3, so 50 must go, or an age.
/// assert_eq!(made[0].counts().hidden + made[1].counts().hidden, 2);
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn suppress_linked(
    tables: &[(&str, &CountTable)],
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
) -> Result<Vec<SuppressionResult>> {
    suppress_linked_watched(tables, policy, options, &carry_on)
}

/// As [`suppress_linked`], with a hook that is told how far the run is and can stop it.
///
/// # Errors
/// As [`suppress_linked`]; `policy.interrupted` if the hook says so.
pub fn suppress_linked_watched(
    tables: &[(&str, &CountTable)],
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<Vec<SuppressionResult>> {
    let names: Vec<&str> = tables.iter().map(|(name, _)| *name).collect();
    let inputs: Vec<&CountTable> = tables.iter().map(|(_, table)| *table).collect();
    check_names(&names)?;
    if !matches!(options.margins, Margins::Given | Margins::All) {
        let expected = "given or all: linked tables have totals in common, whether they list them or not".into();
        return Err(MisuseError::Argument { name: "margins".into(), expected }.into());
    }
    check_key(policy, None)?;
    if policy.totals() == Totals::SumOfRounded {
        let reason = "the rule makes totals from the rounded cells, and these differ from one linked table to the next";
        return Err(PolicyError::MarginsUnavailable { reason: reason.into() }.into());
    }
    let own = options_of(&inputs, options)?;
    let mut layouts = Vec::with_capacity(inputs.len());
    let mut exempt_of = Vec::with_capacity(inputs.len());
    for (table, options) in inputs.iter().zip(&own) {
        check_options(table, policy, options)?;
        let layout = Layout::with_tops(table, options, Tops::Always)?;
        layout.check(table)?;
        exempt_of.push(exempt_cells(table, &layout, policy, options)?);
        layouts.push(layout);
    }
    let parts: Vec<Part> = inputs.iter().zip(&layouts).map(|(table, layout)| Part { table, layout }).collect();
    check_exempt(options, &parts.iter().map(|part| (part.table, part.layout)).collect::<Vec<_>>())?;
    let union = Union::of(&parts, &options.total_label)?;
    let merged = merged::merge(&names, &parts, &union, options.margins)?;
    let mut exempt = vec![false; union.system.cells()];
    for (places, own) in union.places.iter().zip(&exempt_of) {
        places.iter().zip(own).for_each(|(place, own)| place.iter().for_each(|&cell| exempt[cell] |= own));
    }
    let mut cells = Vec::with_capacity(exempt.len());
    for (cell, &exempt) in exempt.iter().enumerate() {
        let count = merged.layout.counts[cell];
        cells.push(match merged.layout.listed[cell] {
            Listed::NotPublished => Cell::Suppressed(Reason::Missing),
            Listed::Added if count.is_none() => Cell::Suppressed(Reason::Missing),
            _ => primary::decide(policy, count, exempt, None, || merged.row(cell, &parts))?,
        });
    }
    let level = options.secondary.unwrap_or(policy.secondary());
    let derived = vec![false; cells.len()];
    let layout = &merged.layout;
    let mut hidden = Hidden {
        layout,
        policy,
        options,
        level,
        exempt: &exempt,
        derived: &derived,
        before: None,
        cells,
        insiders: Insiders::Pooling,
    };
    let (found, shown) = secondary::hide_and_audit(&mut hidden, hook)?;
    let cells = hidden.cells;
    let rows: Vec<Vec<usize>> = parts.iter().enumerate().map(|(place, part)| union.rows(place, part.layout)).collect();
    let mut listed = vec![false; cells.len()];
    rows.iter().flatten().for_each(|&cell| listed[cell] = true);
    let open = found.cells.iter().filter(|cell| listed[cell.cell] && !cell.passed()).count();
    if level != Secondary::None && open > 0 {
        return Err(PolicyError::NotProtected { cells: open, level: level.as_str().into() }.into());
    }
    let made = parts.iter().zip(&rows).map(|(part, rows)| {
        let audit = TableAudit::new(&found, &union.system, &shown, rows, &|cell| union.names[cell].clone());
        let keys = part.layout.keys_of(&part.layout.rows_in_order(), part.table);
        let decided = rows.iter().map(|&cell| cells[cell]).collect();
        SuppressionResult::new(keys, decided, policy.marker().to_owned(), audit)
    });
    Ok(made.collect())
}

/// Refuses nothing to do, and names that do not tell tables apart.
fn check_names(names: &[&str]) -> Result<()> {
    let repeated = names.iter().enumerate().any(|(place, name)| names[..place].contains(name));
    if names.is_empty() || repeated {
        let expected = "at least one table, every one under a name of its own".into();
        return Err(MisuseError::Argument { name: "tables".into(), expected }.into());
    }
    Ok(())
}

/// For each table the options that are about its dimensions.
///
/// # Errors
/// `misuse.column_missing` for a hierarchy or an exemption that is about none of them.
fn options_of(tables: &[&CountTable], options: &SuppressOptions) -> Result<Vec<SuppressOptions>> {
    let has = |table: &CountTable, name: &str| table.dimensions().iter().any(|own| own == name);
    let trees = options.hierarchies.iter().map(super::layout::Hierarchy::dimension);
    let asked = trees.chain(options.exempt.iter().map(|exemption| exemption.dimension.as_str()));
    if let Some(name) = asked.into_iter().find(|name| !tables.iter().any(|table| has(table, name))) {
        let mut all: Vec<&str> = tables.iter().flat_map(|table| table.dimensions()).map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        let available = format!("the key columns are {}", all.join(", "));
        return Err(MisuseError::ColumnMissing { column: name.to_owned(), available }.into());
    }
    let own = |table: &&CountTable| SuppressOptions {
        hierarchies: options.hierarchies.iter().filter(|tree| has(table, tree.dimension())).cloned().collect(),
        exempt: options.exempt.iter().filter(|exemption| has(table, &exemption.dimension)).cloned().collect(),
        ..options.clone()
    };
    Ok(tables.iter().map(own).collect())
}

#[cfg(test)]
mod release_tests;
#[cfg(test)]
mod tests;
