//! The choice against an independent elimination over fractions, and the classical traps.

mod gauss;
mod limits;
mod oracle;
mod random;
mod tables;
mod traps;

use super::super::system::{System, Term};
use super::*;

/// A task in which cells of 1 to 4 are primary and zeros are shown.
struct Table {
    system: System,
    counts: Vec<i64>,
    primary: Vec<bool>,
    fixed: Vec<bool>,
    forced: Vec<bool>,
}

impl Table {
    fn new(system: System, counts: Vec<i64>) -> Self {
        assert_eq!(system.first_broken(&counts), None);
        let primary = counts.iter().map(|count| (1..5).contains(count)).collect();
        let fixed = counts.iter().map(|&count| count == 0).collect();
        let forced = vec![false; counts.len()];
        Self { system, counts, primary, fixed, forced }
    }

    fn task(&self, singles: Singles, insiders: Insiders) -> ProtectTask<'_> {
        ProtectTask {
            system: &self.system,
            counts: &self.counts,
            unknown: None,
            primary: &self.primary,
            fixed: &self.fixed,
            forced: &self.forced,
            singles,
            insiders,
            cost: Cost::Balanced,
            order: PublishOrder::Value,
        }
    }

    fn outsiders(&self) -> ProtectTask<'_> {
        self.task(Singles::Ignored, Insiders::Ignored)
    }
}

fn choose(task: &ProtectTask) -> Pattern {
    choose_secondary(task, &|_| ControlFlow::Continue(())).expect("a table that can be protected")
}

fn refusal(task: &ProtectTask) -> &'static str {
    choose_secondary(task, &|_| ControlFlow::Continue(())).expect_err("cannot be protected").code()
}

fn hidden(pattern: &Pattern) -> Vec<bool> {
    (0..pattern.choices().len()).map(|cell| pattern.is_hidden(cell)).collect()
}
