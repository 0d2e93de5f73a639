//! The choice of secondary cells.

mod basis;
mod greedy;
mod guard;
mod kernel;
mod lines;
mod order;
mod pattern;
mod progress;
mod region;
mod row;
mod search;
mod task;
#[cfg(test)]
mod tests;
mod threads;

pub use pattern::{Choice, Pattern};
pub use task::{Cost, Insiders, ProtectTask, PublishOrder, Singles};

use super::progress::Progress;
use crate::error::{PolicyError, Result};
use guard::Guard;
use lines::Lines;
use pattern::Price;
use progress::Watch;
use std::ops::ControlFlow;

/// Chooses the cells to hide beside the primary ones, so that no primary cell is a sum or difference, or any other
/// linear consequence, of published cells.
///
/// It guarantees, by exact whole-number arithmetic, that for every primary and every forced cell there are other
/// numbers that fit everything published; that no cell outside `fixed` is published against the rules of
/// [`Singles`] and [`Insiders`]; and that a cell in `fixed` is never hidden. Without these rules no secondary cell
/// could be given back alone.
///
/// It does **not** protect against readers who use that counts are whole and not negative, nor against other
/// releases of the same data: ask the auditor, and put the cells it names in `forced`. A total of people other than
/// those in `system` is unknown to it.
///
/// `hook` is asked on the calling thread, often; breaking stops the run. The result is the same for any number of
/// threads. The method and its proof are described in the documentation of [`suppression`](crate::suppression).
///
/// # Errors
/// `policy.primary_given_away` if the fixed cells give a primary cell away whatever else is hidden;
/// `policy.interrupted`; `policy.table_too_entangled` if relations need more than 64-bit numbers;
/// `policy.negative_count`; `misuse.argument` if slices, marks, order or counts do not fit the system.
///
/// ```
/// use ig_core::suppression::{
///     Cost, Dimension, Insiders, ProtectTask, PublishOrder, Singles, System, choose_secondary,
/// };
/// use std::ops::ControlFlow;
///
/// let area = Dimension::with_total("all", vec!["north".into(), "south".into()])?;
/// let sex = Dimension::with_total("both", vec!["F".into(), "M".into()])?;
/// let system = System::cross(vec![area, sex])?;
/// // Rows all, north, south; columns both, F, M.
/// let counts = [73, 43, 30, 13, 3, 10, 60, 40, 20];
/// let primary = counts.map(|count| (1..5).contains(&count));
/// let none = [false; 9];
/// let task = ProtectTask {
///     system: &system,
///     counts: &counts,
///     unknown: None,
///     primary: &primary,
///     fixed: &none,
///     forced: &none,
///     singles: Singles::Ones,
///     insiders: Insiders::Ignored,
///     cost: Cost::Balanced,
///     order: PublishOrder::Best,
/// };
/// let pattern = choose_secondary(&task, &|_| ControlFlow::Continue(()))?;
/// // The 3 takes three more cells with it, one in its row, one in its column and one where these meet.
/// assert_eq!((pattern.primary(), pattern.secondary()), (1, 3));
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn choose_secondary(task: &ProtectTask, hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<Pattern> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    choose_with(task, hook, threads)
}

fn choose_with(task: &ProtectTask, hook: &dyn Fn(Progress) -> ControlFlow<()>, threads: usize) -> Result<Pattern> {
    task.check()?;
    let watch = Watch::new(hook);
    let guard = prepare(task)?;
    let lines = Lines::new(task.system);
    let secondary = match task.order {
        PublishOrder::Given(order) => one_pass(guard, &order::given(task, order), &watch)?,
        PublishOrder::Value => one_pass(guard, &order::by_value(task, &lines), &watch)?,
        PublishOrder::Coverage { shared, opened } => {
            one_pass(guard, &order::by_coverage(task, &lines, shared, opened), &watch)?
        }
        PublishOrder::Best => best(task, guard, &lines, &watch, threads)?,
    };
    let mut hidden = task.forced.to_vec();
    for cell in secondary {
        hidden[cell as usize] = true;
    }
    Ok(Pattern::new(task, &hidden))
}

fn one_pass(mut guard: Guard, order: &[u32], watch: &Watch) -> Result<Vec<u32>> {
    greedy::keep_hidden(&mut guard, order, |offered| watch.report(offered as u64, order.len() as u64))
}

/// The cheapest of several orders, improved by local search.
fn best(task: &ProtectTask, guard: Guard, lines: &Lines, watch: &Watch, threads: usize) -> Result<Vec<u32>> {
    let cells = task.system.cells() as u64;
    let first = order::by_coverage(task, lines, 30, 50);
    if cells > LARGE {
        return one_pass(guard, &first, watch);
    }
    let mut chosen = one_pass(guard.clone(), &first, watch)?;
    let price = Price::new(task.cost, task.counts, &chosen);
    if cells < MIDDLE {
        for order in [order::by_coverage(task, lines, 15, 25), order::by_value(task, lines)] {
            let other = one_pass(guard.clone(), &order, watch)?;
            if price.sum(task.counts, &other) < price.sum(task.counts, &chosen) {
                chosen = other;
            }
        }
    }
    drop(guard);
    let budget = SEARCH.min(SEARCH * MIDDLE / cells.max(1) * MIDDLE / cells.max(1) / 2);
    search::improve(task, lines, chosen, price, budget, threads, watch)
}

/// Tables of more cells get one order and no search.
const LARGE: u64 = 200_000;

/// Tables of fewer cells get all orders and the full search.
const MIDDLE: u64 = 50_000;

/// The work of the full search, some seconds.
const SEARCH: u64 = 250_000_000;

/// The kernel once all fixed cells are published.
fn prepare(task: &ProtectTask) -> Result<Guard> {
    let cells = task.system.cells();
    // Zeros say nothing that is not known of the table's shape; other fixed cells must pass the rules.
    let zeros: Vec<bool> = (0..cells).map(|cell| task.fixed[cell] && task.counts[cell] == 0).collect();
    let kernel = basis::whole(task.system, task.counts, &zeros)?;
    let mut guard =
        Guard::new(kernel, (0..cells).map(|cell| task.role(cell)).collect(), task.counts, task.singles, task.insiders)?;
    let refused = (0..cells).find(|&cell| task.fixed[cell] && !zeros[cell] && !guard.offer(cell));
    let lost = guard.lost().next();
    match lost.or(refused) {
        Some(cell) => Err(PolicyError::PrimaryGivenAway { cell: cell + 1 }.into()),
        None => Ok(guard),
    }
}
