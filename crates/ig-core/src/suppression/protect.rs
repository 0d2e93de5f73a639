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
pub use progress::Progress;
pub use task::{Cost, Insiders, ProtectTask, PublishOrder, Singles};

use crate::error::{PolicyError, Result};
use guard::{Guard, Role};
use lines::Lines;
use pattern::Price;
use progress::Watch;
use std::ops::ControlFlow;

/// Chooses the cells to hide beside the primary ones.
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
    secondary.iter().for_each(|&cell| hidden[cell as usize] = true);
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
const SEARCH: u64 = 150_000_000;

/// The kernel once all fixed cells are published.
fn prepare(task: &ProtectTask) -> Result<Guard> {
    let cells = task.system.cells();
    // Zeros say nothing that is not known of the table's shape; other fixed cells must pass the rules.
    let zeros: Vec<bool> = (0..cells).map(|cell| task.fixed[cell] && task.counts[cell] == 0).collect();
    let kernel = basis::whole(task.system, task.counts, &zeros)?;
    let role = |cell: usize| match (task.primary[cell], task.forced[cell]) {
        (true, _) => Role::Primary,
        (false, true) => Role::Forced,
        (false, false) => Role::Open,
    };
    let mut guard = Guard::new(kernel, (0..cells).map(role).collect(), task.counts, task.singles, task.insiders)?;
    let refused = (0..cells).find(|&cell| task.fixed[cell] && !zeros[cell] && !guard.offer(cell));
    let lost = guard.lost().next();
    match lost.or(refused) {
        Some(cell) => Err(PolicyError::PrimaryGivenAway { cell: cell + 1 }.into()),
        None => Ok(guard),
    }
}
