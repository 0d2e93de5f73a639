//! Secondary suppression: cells hidden, value hidden, CPU seconds, peak memory, and what the auditor says.
//!
//! Tables come from the seeded generator beside this file, or from a folder named by `IG_SDC_FOLDER` with one folder a
//! table. `IG_SDC_NAMES` picks some by name, `IG_SDC_LEVEL` is `exact` (the ones rule, the figures that compare with
//! `GaussSuppression`), `interval` (what `suppress` does) or `both`. At `exact`, `IG_SDC_ORDER` is `best`, `value` or
//! `coverage`, and `IG_SDC_RULE` is `ones`, `none`, `alone` or `pooling`. Primary cells are counts from 1 to 4; zeros
//! are shown.

#![allow(clippy::expect_used, reason = "a benchmark stops at the first thing that is not as it should be")]

#[path = "suppress/generator.rs"]
mod generator;
#[path = "suppress/instance.rs"]
mod instance;
#[path = "suppress/machine.rs"]
mod machine;

use ig_core::suppression::attack::{Attacker, AuditTask, Verdict, audit};
use ig_core::suppression::{
    Cost, Insiders, ProtectTask, PublishOrder, Shown, Singles, Stage, SuppressionPolicy, choose_secondary,
    suppress_watched,
};
use instance::Instance;
use machine::{cpu_seconds, forget_peak, peak_mebibytes};
use std::cell::Cell;
use std::fs;
use std::ops::ControlFlow;

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn main() {
    let wanted = setting("IG_SDC_NAMES");
    let is_wanted = |name: &str| wanted.is_empty() || wanted.split(',').any(|wanted| wanted == name);
    let level = setting("IG_SDC_LEVEL");
    println!(
        "| table | cells | level | primary | secondary | value | choice CPU s | audit CPU s | audits | peak MiB | auditor |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let run = |instance: &Instance| {
        if level != "interval" {
            exact(instance);
        }
        if level != "exact" {
            interval(instance);
        }
    };
    let folder = setting("IG_SDC_FOLDER");
    if folder.is_empty() {
        generator::names().filter(|name| is_wanted(name)).for_each(|name| run(&generator::make(name)));
        return;
    }
    let mut tables: Vec<_> = fs::read_dir(&folder).expect("folder").flatten().map(|entry| entry.path()).collect();
    tables.sort();
    let name = |path: &std::path::Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let tables = tables.iter().filter(|path| path.join("cells.csv").exists() && is_wanted(&name(path)));
    tables.for_each(|table| run(&Instance::read(table)));
}

/// One choice of cells, and the audit by sums.
fn exact(instance: &Instance) {
    let order = match setting("IG_SDC_ORDER").as_str() {
        "value" => PublishOrder::Value,
        "coverage" => PublishOrder::Coverage { shared: 30, opened: 50 },
        _ => PublishOrder::Best,
    };
    let (singles, insiders) = match setting("IG_SDC_RULE").as_str() {
        "none" => (Singles::Ignored, Insiders::Ignored),
        "alone" => (Singles::Ones, Insiders::Alone),
        "pooling" => (Singles::Ones, Insiders::Pooling),
        _ => (Singles::Ones, Insiders::Ignored),
    };
    let (system, counts) = instance.system();
    let primary: Vec<bool> = counts.iter().map(|count| (1..5).contains(count)).collect();
    let fixed: Vec<bool> = counts.iter().map(|&count| count == 0).collect();
    let forced = vec![false; counts.len()];
    let cost = Cost::Balanced;
    let task = ProtectTask {
        system: &system,
        counts: &counts,
        unknown: None,
        primary: &primary,
        fixed: &fixed,
        forced: &forced,
        singles,
        insiders,
        cost,
        order,
    };
    forget_peak();
    let before = cpu_seconds();
    let pattern = choose_secondary(&task, &|_| ControlFlow::Continue(())).expect("a table that can be protected");
    let chosen = cpu_seconds();
    let shown = |(cell, &count): (usize, &i64)| {
        if pattern.is_hidden(cell) { Shown::Between { low: 1, high: None } } else { Shown::Exactly(count) }
    };
    let shown: Vec<Shown> = counts.iter().enumerate().map(shown).collect();
    let task = AuditTask { targets: Some(&primary), attacker: Attacker::Sums, ..AuditTask::new(&system, &shown) };
    let found = audit(&task).expect("an audit");
    let audited = cpu_seconds();
    println!(
        "| {} | {} | exact | {} | {} | {} | {:.2} | {:.2} | 1 | {} | {} exact, {} undecided |",
        instance.name,
        counts.len(),
        pattern.primary(),
        pattern.secondary(),
        pattern.secondary_value(),
        chosen - before,
        audited - chosen,
        peak_mebibytes(),
        found.count(Verdict::Exact),
        found.count(Verdict::Undecided),
    );
}

/// The whole act.
fn interval(instance: &Instance) {
    let (table, options) = instance.table();
    let truth = table.with_totals(&options).expect("totals");
    let policy = SuppressionPolicy::preset("under5").expect("a preset");
    forget_peak();
    // CPU seconds are put down to the stage that was told last.
    let (since, choosing, audits) = (Cell::new(cpu_seconds()), Cell::new(0.0), Cell::new(0));
    let auditing = Cell::new(0.0);
    let stage = Cell::new(Stage::Choosing);
    let book = |next: Stage| {
        let now = cpu_seconds();
        let account = if stage.get() == Stage::Auditing { &auditing } else { &choosing };
        account.set(account.get() + now - since.replace(now));
        if stage.replace(next) != next && next == Stage::Auditing {
            audits.set(audits.get() + 1);
        }
    };
    let made = suppress_watched(&table, &policy, &options, &|progress| {
        book(progress.stage);
        ControlFlow::Continue(())
    });
    book(Stage::Choosing);
    let (name, cells) = (&instance.name, truth.rows());
    let (chose, audit, rounds, peak) = (choosing.get(), auditing.get(), audits.get(), peak_mebibytes());
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            println!(
                "| {name} | {cells} | interval | | | | {chose:.2} | {audit:.2} | {rounds} | {peak} | {} |",
                error.code()
            );
            return;
        }
    };
    let owner = made.owner();
    let with = |status: &str| -> Vec<i64> {
        let rows = owner.status().iter().zip(truth.counts()).filter(|(found, _)| **found == status);
        rows.map(|(_, count)| count.unwrap_or(0)).collect()
    };
    let (primary, secondary) = (with("primary").len(), with("secondary"));
    let found = made.audit().summary();
    println!(
        "| {name} | {cells} | interval | {primary} | {} | {} | {chose:.2} | {audit:.2} | {rounds} | {peak} | {} exact, {} too narrow, {} undecided |",
        secondary.len(),
        secondary.iter().sum::<i64>(),
        found.exact,
        found.too_narrow,
        found.undecided,
    );
}
