//! Rates: a part, the whole, and the rest that the two give away.

use super::cell::Cell;
use super::layout::Layout;
use super::options::{Margins, SuppressOptions};
use super::policy::{SuppressionPolicy, Totals};
use super::progress::{Progress, carry_on};
use super::result::SuppressionResult;
use super::suppress::{check_margins, suppress_watched};
use super::table::CountTable;
use crate::error::{MisuseError, PolicyError, Result};
use std::fmt;
use std::ops::ControlFlow;

/// The name of the dimension of parts in the audit.
pub const PART: &str = "part";
const PARTS: [&str; 2] = ["with", "without"];

/// How a rate is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateFormat {
    /// The rate is for this many people of the denominator: 100 for a percentage.
    pub per: u32,
    /// Digits after the point, at most 9; half of the last one is rounded up.
    pub decimals: u8,
}

impl Default for RateFormat {
    fn default() -> Self {
        Self { per: 100, decimals: 1 }
    }
}

/// Numerators, denominators and rates, each decided. `Debug` shows sizes only.
#[derive(Clone, PartialEq, Eq)]
pub struct RatesResult {
    parts: SuppressionResult,
    rates: Vec<Option<String>>,
}

/// Protects a table of numerators and denominators with their rates.
///
/// The numerator, the rest (denominator − numerator) and the denominator are three cells of one sum, so a dimension
/// more than the keys have; all guarantees and limits of [`suppress`](super::suppress()) are about these cells. The rest
/// is never listed, but it counts as small when it is, since numerator and denominator would give it. A rate is
/// published only when both its parts are: beside a known denominator it gives the numerator back. It is computed
/// from the parts as published, rounded ones too, so it tells nothing beyond them.
///
/// Rows are those of `numerators`; `denominators` has the same keys in the same order. Does **not** protect against
/// denominators that are known from elsewhere where a rate is published elsewhere too.
///
/// # Errors
/// - `policy.numerator_too_large`: a numerator above its denominator.
/// - `misuse.argument`: keys that differ, a dimension called `part`, a rate per 0 people, or more than 9 decimals.
/// - `policy.margins_unavailable`: a rule that makes totals from rounded parts.
/// - Those of [`suppress`](super::suppress()); their rows are those of the table.
///
/// ```
/// use ig_core::suppression::{CountTable, RateFormat, SuppressOptions, SuppressionPolicy, suppress_rates};
///
/// let sites = |counts: [i64; 2]| CountTable::new(["site"], vec![vec![Some("A"), Some("B")]], counts.map(Some).to_vec());
/// let (deaths, cases) = (sites([3, 20])?, sites([50, 160])?);
/// let policy = SuppressionPolicy::preset("under5")?;
/// let made = suppress_rates(&deaths, &cases, RateFormat::default(), &policy, &SuppressOptions::default())?;
/// // 6.0 per cent of 50 would be 3 people.
/// assert_eq!(made.rates(), [None, Some("12.5".to_owned())]);
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn suppress_rates(
    numerators: &CountTable,
    denominators: &CountTable,
    format: RateFormat,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
) -> Result<RatesResult> {
    suppress_rates_watched(numerators, denominators, format, policy, options, &carry_on)
}

/// As [`suppress_rates`], with a hook that is told how far the run is and can stop it.
///
/// # Errors
/// As [`suppress_rates`]; `policy.interrupted` if the hook says so.
pub fn suppress_rates_watched(
    numerators: &CountTable,
    denominators: &CountTable,
    format: RateFormat,
    policy: &SuppressionPolicy,
    options: &SuppressOptions,
    hook: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<RatesResult> {
    let refuse = |name: &str, expected: &str| -> Result<RatesResult> {
        Err(MisuseError::Argument { name: name.into(), expected: expected.into() }.into())
    };
    if format.per == 0 || format.decimals > 9 {
        return refuse("rate_per or decimals", "a rate per 1 person or more, with at most 9 decimals");
    }
    if numerators.dimensions() != denominators.dimensions() || numerators.keys() != denominators.keys() {
        return refuse("denominator", "the keys of the numerators, in the same order");
    }
    if numerators.dimensions().iter().any(|name| name == PART) {
        return refuse("by", "key columns with other names than part");
    }
    if policy.totals() == Totals::SumOfRounded {
        let reason = "the rule makes totals from the rounded cells, and a denominator is the total of its parts";
        return Err(PolicyError::MarginsUnavailable { reason: reason.into() }.into());
    }
    check_margins(numerators, options)?;
    if options.margins == Margins::Given {
        // Here errors name rows of the caller's table.
        for table in [numerators, denominators] {
            Layout::new(table, options)?.check(table)?;
        }
    }
    let parts = three_parts(numerators, denominators, options)?;
    // The denominators are totals that are given, also where there are no others.
    let margins = if options.margins == Margins::None { Margins::Given } else { options.margins };
    let parts = suppress_watched(&parts, policy, &SuppressOptions { margins, ..options.clone() }, hook)
        .map_err(|error| rows_of_table(error, margins))?;
    let rate = |part: &[Cell]| match part {
        [with, _, all] => Some((with.published()?, all.published()?)).and_then(|(n, d)| written(n, d, format)),
        _ => None,
    };
    let rates = parts.cells().chunks(3).map(rate).collect();
    Ok(RatesResult { parts, rates })
}

/// The numerator, the rest and the denominator of each row; the denominators are left out where totals are added.
fn three_parts(n: &CountTable, d: &CountTable, options: &SuppressOptions) -> Result<CountTable> {
    let each = if options.margins == Margins::All { 2 } else { 3 };
    let mut counts = Vec::with_capacity(n.rows() * each);
    for (row, (&with, &all)) in n.counts().iter().zip(d.counts()).enumerate() {
        let rest = with.zip(all).map(|(with, all)| all - with);
        if rest.is_some_and(|rest| rest < 0) {
            return Err(PolicyError::NumeratorTooLarge { row: row + 1 }.into());
        }
        counts.extend(&[with, rest, all][..each]);
    }
    let repeated = |column: &Vec<Option<String>>| column.iter().flat_map(|key| vec![key.clone(); each]).collect();
    let mut keys: Vec<Vec<Option<String>>> = n.keys().iter().map(repeated).collect();
    let labels = [PARTS[0], PARTS[1], options.total_label.trim()];
    keys.push((0..counts.len()).map(|place| Some(labels[place % each].to_owned())).collect());
    CountTable::new(n.dimensions().iter().map(String::as_str).chain([PART]), keys, counts)
}

/// Errors that name one row name that of the caller's table.
fn rows_of_table(error: crate::Error, margins: Margins) -> crate::Error {
    use crate::Error::Policy;
    let each = if margins == Margins::All { 2 } else { 3 };
    let own = |row: usize| (row - 1) / each + 1;
    match error {
        Policy(PolicyError::MissingCount { row }) => PolicyError::MissingCount { row: own(row) }.into(),
        Policy(PolicyError::CountTooLarge { row }) => PolicyError::CountTooLarge { row: own(row) }.into(),
        Policy(PolicyError::TotalRowFound { dimension, row }) => {
            PolicyError::TotalRowFound { dimension, row: own(row) }.into()
        }
        Policy(PolicyError::HierarchyIncomplete { dimension, row }) => {
            PolicyError::HierarchyIncomplete { dimension, row: own(row) }.into()
        }
        other => other,
    }
}

/// The rate as text, rounded half up in whole numbers; none of a denominator of 0.
fn written(n: i64, d: i64, format: RateFormat) -> Option<String> {
    let scale = 10_i128.pow(u32::from(format.decimals));
    let wanted = i128::from(n) * i128::from(format.per) * scale;
    let d = i128::from(d);
    let rate = (d > 0).then(|| (2 * wanted + d) / (2 * d))?;
    let places = usize::from(format.decimals);
    Some(match places {
        0 => rate.to_string(),
        _ => format!("{}.{:0places$}", rate / scale, rate % scale),
    })
}

impl RatesResult {
    /// The three cells of each row, numerator, rest and denominator, with their audit. For the owner: the rest is not
    /// to be published as a column, and statuses tell which cells are small.
    pub fn parts(&self) -> &SuppressionResult {
        &self.parts
    }

    /// The rate of each row as it may be published; none where a part is hidden, or of nobody.
    pub fn rates(&self) -> &[Option<String>] {
        &self.rates
    }
}

impl fmt::Debug for RatesResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RatesResult").field("rows", &self.rates.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
