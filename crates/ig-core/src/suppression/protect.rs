//! The choice of secondary cells.

mod basis;
mod greedy;
mod guard;
mod kernel;
mod lines;
mod order;
mod pattern;
mod progress;
mod row;
mod task;
#[cfg(test)]
mod tests;

pub use pattern::{Choice, Pattern};
pub use progress::Progress;
pub use task::{Cost, Insiders, ProtectTask, PublishOrder, Singles};

use crate::error::{PolicyError, Result};
use guard::{Guard, Role};
use lines::Lines;
use progress::Watch;
use std::ops::ControlFlow;

/// Chooses the cells to hide beside the primary ones.
pub fn choose_secondary(task: &ProtectTask, hook: &dyn Fn(Progress) -> ControlFlow<()>) -> Result<Pattern> {
    task.check()?;
    let watch = Watch::new(hook);
    let guard = prepare(task)?;
    let lines = Lines::new(task.system);
    let order = match task.order {
        PublishOrder::Given(order) => order::given(task, order),
        PublishOrder::Value => order::by_value(task, &lines),
        PublishOrder::Coverage { shared, opened } => order::by_coverage(task, &lines, shared, opened),
        PublishOrder::Best => order::by_coverage(task, &lines, 30, 50),
    };
    let total = order.len() as u64;
    let mut guard = guard;
    let hidden = greedy::keep_hidden(&mut guard, &order, |done| watch.report(done as u64, total))?;
    let mut marks: Vec<bool> = task.forced.to_vec();
    hidden.iter().for_each(|&cell| marks[cell as usize] = true);
    Ok(Pattern::new(task, &marks))
}

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
