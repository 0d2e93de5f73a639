//! Which categories to merge so that fewer cells must be hidden.
//!
//! A table with coarser categories and few holes is often worth more than a fine one full of them. [`suggest_merges`]
//! proposes; the analyst decides whether the merged categories mean anything.

mod greedy;
mod nested;
mod of_table;
mod ordered;
mod table;
#[cfg(test)]
mod tests;

pub use of_table::{MergePlan, TableMerges, suggest_table_merges};
pub use table::{MergeDimension, MergeTable, Mergeable};

use crate::error::{MisuseError, PolicyError, Result};
use crate::suppression::policy::SuppressionPolicy;
use serde::{Deserialize, Serialize};

/// When there is nothing more to merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeGoal {
    /// At most so many primary cells are left.
    PrimaryCells(u64),
    /// At most so many per cent of all cells are primary: 0 to 100.
    PrimaryPercent(u8),
}

/// How a suggestion was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeMethod {
    /// No merging that is allowed keeps more categories and reaches the goal.
    Optimal,
    /// Step by step, the merge that saves most cells for the detail it costs; a better one may exist.
    Greedy,
}

/// Categories that become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergedCategory {
    /// The new label: that of the group, *first* to *last*, or the old one where nothing is merged.
    pub label: String,
    /// The old categories, as places in the dimension.
    pub categories: Vec<usize>,
}

/// What to merge, and what that saves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeSuggestion {
    /// For each dimension of the table, its new categories in the order of their first old one.
    pub dimensions: Vec<Vec<MergedCategory>>,
    /// How it was found.
    pub method: MergeMethod,
    /// Cells of the table as it is.
    pub cells_before: u64,
    /// Primary cells of the table as it is.
    pub primary_before: u64,
    /// Cells of the merged table.
    pub cells_after: u64,
    /// Primary cells of the merged table.
    pub primary_after: u64,
}

/// Suggests which categories to merge so that the primary cells of a rule come down to a goal, with as little loss of
/// detail as can be.
///
/// Guarantees that the goal is reached by the rule's own count of primary cells, and that only merges allowed by the
/// dimensions are made. Where **one** dimension may be merged, as many of its categories are kept as possible at all, and
/// among such solutions the one with the fewest primary cells is taken. Where several may, merges are made step by step,
/// without a promise that no better choice exists. The same input gives the same suggestion.
///
/// Does **not** consider secondary suppression: fewer primary cells usually need fewer others, not always. It does not protect either:
/// a table published before with the finer categories gives the merged cells' parts back, and the merged table must be
/// suppressed like any other. Which categories were merged tells a reader that some of them were small.
///
/// # Errors
/// - `policy.merge_not_reached`: nothing found reaches the goal; says how many primary cells the best leaves.
/// - `misuse.argument`: more than 100 per cent.
///
/// ```
/// use ig_core::suppression::merge::{MergeDimension, MergeGoal, MergeTable, Mergeable, suggest_merges};
/// use ig_core::suppression::SuppressionPolicy;
///
/// let bands = ["0-17", "18-64", "65-84", "85+"].map(str::to_owned).to_vec();
/// let age = MergeDimension::new(bands, Mergeable::Ordered)?;
/// let table = MergeTable::new(vec![age], vec![30, 12, 9, 2])?;
/// let found = suggest_merges(&table, &SuppressionPolicy::preset("under5")?, MergeGoal::PrimaryCells(0))?;
/// let labels: Vec<&str> = found.dimensions[0].iter().map(|merged| merged.label.as_str()).collect();
/// assert_eq!(labels, ["0-17", "18-64", "65-84 to 85+"]);
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn suggest_merges(table: &MergeTable, policy: &SuppressionPolicy, goal: MergeGoal) -> Result<MergeSuggestion> {
    if matches!(goal, MergeGoal::PrimaryPercent(percent) if percent > 100) {
        let expected = "a share of 0 to 100 per cent".into();
        return Err(MisuseError::Argument { name: "goal".into(), expected }.into());
    }
    let rule = Rule { policy, goal };
    let mergeable: Vec<usize> = (0..table.dimensions().len())
        .filter(|&place| !matches!(table.dimensions()[place].mergeable(), Mergeable::Fixed))
        .collect();
    let mut groups: Vec<Vec<Vec<usize>>> = table.dimensions().iter().map(MergeDimension::single).collect();
    let before = table.tally(&groups, rule);
    let method = if let [place] = mergeable[..] {
        let by_number = match table.dimensions()[place].mergeable() {
            Mergeable::Nested(sets) => nested::best(table, place, sets, rule),
            Mergeable::Ordered | Mergeable::Fixed => ordered::best(table, place, rule),
        };
        groups[place] = chosen(table, place, by_number, rule)?;
        MergeMethod::Optimal
    } else {
        greedy::merge(table, &mut groups, rule)?;
        MergeMethod::Greedy
    };
    let after = table.tally(&groups, rule);
    let named = |(dimension, groups): (&MergeDimension, &Vec<Vec<usize>>)| {
        groups.iter().map(|categories| dimension.named(categories)).collect()
    };
    Ok(MergeSuggestion {
        dimensions: table.dimensions().iter().zip(&groups).map(named).collect(),
        method,
        cells_before: before.cells,
        primary_before: before.primary,
        cells_after: after.cells,
        primary_after: after.primary,
    })
}

/// What decides.
#[derive(Clone, Copy)]
struct Rule<'a> {
    policy: &'a SuppressionPolicy,
    goal: MergeGoal,
}

/// Cells of a table, and how many of them are primary.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Tally {
    cells: u64,
    primary: u64,
}

impl Rule<'_> {
    fn is_primary(self, count: i128) -> bool {
        use crate::suppression::Zeros;
        if count == 0 { self.policy.zeros() == Zeros::Hide } else { count < i128::from(self.policy.threshold()) }
    }

    fn is_reached(self, tally: Tally) -> bool {
        match self.goal {
            MergeGoal::PrimaryCells(most) => tally.primary <= most,
            MergeGoal::PrimaryPercent(percent) => {
                u128::from(tally.primary) * 100 <= u128::from(percent) * u128::from(tally.cells)
            }
        }
    }
}

/// The fewest primary cells for a number of new categories, and the groups that give it.
type Best = Option<(u64, Vec<Vec<usize>>)>;

/// The solution with the most categories that reaches the goal; `by_number[n]` has n of them.
fn chosen(table: &MergeTable, place: usize, by_number: Vec<Best>, rule: Rule<'_>) -> Result<Vec<Vec<usize>>> {
    let lines = table.lines(place);
    let mut closest: Option<Tally> = None;
    for (number, best) in by_number.into_iter().enumerate().rev() {
        let Some((primary, groups)) = best else { continue };
        let tally = Tally { cells: number as u64 * lines, primary };
        if rule.is_reached(tally) {
            return Ok(groups);
        }
        if closest.is_none_or(|closest| primary < closest.primary) {
            closest = Some(tally);
        }
    }
    let closest = closest.unwrap_or(Tally { cells: 0, primary: 0 });
    Err(PolicyError::MergeNotReached { least: closest.primary, cells: closest.cells }.into())
}
