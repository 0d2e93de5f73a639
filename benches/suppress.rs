//! Secondary suppression of the tables in a folder: cells hidden, value hidden and CPU seconds.
//!
//! `IG_SDC_FOLDER` names a folder with one folder a table: `cells.csv` (keys, then the count `n`, inner cells only)
//! and `hier_1.csv`, `hier_2.csv`, ... (`parent,child`; `hier_1_b.csv` for a second hierarchy). `IG_SDC_NAMES` picks
//! tables, `IG_SDC_ORDER` is `best`, `value` or `coverage`, `IG_SDC_RULE` is `none`, `singles`, `alone` or `pooling`.
//! Primary cells are counts from 1 to 4; zeros are shown.

#![allow(clippy::expect_used, reason = "a benchmark stops at the first thing that is not as it should be")]

use ig_core::suppression::{
    Cost, Dimension, DimensionSum, Insiders, Pattern, ProtectTask, PublishOrder, Singles, System, choose_secondary,
};
use std::collections::HashMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

fn main() {
    let Ok(folder) = std::env::var("IG_SDC_FOLDER") else {
        println!("set IG_SDC_FOLDER to a folder of tables");
        return;
    };
    let names = std::env::var("IG_SDC_NAMES").unwrap_or_default();
    let mut tables: Vec<_> = fs::read_dir(&folder).expect("folder").flatten().map(|entry| entry.path()).collect();
    tables.sort();
    println!("| table | cells | primary | secondary | value | CPU s |");
    println!("|---|---|---|---|---|---|");
    for table in tables.iter().filter(|path| path.join("cells.csv").exists()) {
        let name = table.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if names.is_empty() || names.split(',').any(|wanted| wanted == name) {
            let (system, counts) = read(table);
            let before = cpu_seconds();
            let pattern = protect(&system, &counts);
            let seconds = cpu_seconds() - before;
            let (cells, primary) = (system.cells(), pattern.primary());
            let (secondary, value) = (pattern.secondary(), pattern.secondary_value());
            println!("| {name} | {cells} | {primary} | {secondary} | {value} | {seconds:.2} |");
        }
    }
}

fn protect(system: &System, counts: &[i64]) -> Pattern {
    let setting = |name: &str| std::env::var(name).unwrap_or_default();
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
    let primary: Vec<bool> = counts.iter().map(|count| (1..5).contains(count)).collect();
    let fixed: Vec<bool> = counts.iter().map(|&count| count == 0).collect();
    let forced = vec![false; counts.len()];
    let cost = Cost::Balanced;
    let task = ProtectTask {
        system,
        counts,
        unknown: None,
        primary: &primary,
        fixed: &fixed,
        forced: &forced,
        singles,
        insiders,
        cost,
        order,
    };
    choose_secondary(&task, &|_| ControlFlow::Continue(())).expect("a table that can be protected")
}

/// The system and the counts of all its cells, margins added up.
fn read(folder: &Path) -> (System, Vec<i64>) {
    let mut dimensions = Vec::new();
    for number in 1.. {
        let Ok(main) = fs::read_to_string(folder.join(format!("hier_{number}.csv"))) else { break };
        let second = fs::read_to_string(folder.join(format!("hier_{number}_b.csv"))).unwrap_or_default();
        let mut places: HashMap<String, usize> = HashMap::new();
        let (mut labels, mut sums): (Vec<String>, Vec<DimensionSum>) = (Vec::new(), Vec::new());
        let mut place = |label: &str| {
            *places.entry(label.to_owned()).or_insert_with(|| {
                labels.push(label.to_owned());
                labels.len() - 1
            })
        };
        for text in [main, second] {
            let mut of_total: Vec<DimensionSum> = Vec::new();
            for (parent, child) in text.lines().skip(1).filter_map(|line| line.split_once(',')) {
                let (total, part) = (place(parent), place(child));
                match of_total.iter_mut().find(|sum| sum.total == total) {
                    Some(sum) => sum.parts.push(part),
                    None => of_total.push(DimensionSum { total, parts: vec![part] }),
                }
            }
            sums.extend(of_total);
        }
        dimensions.push(Dimension::new(labels, sums).expect("a hierarchy"));
    }
    let system = System::cross(dimensions).expect("a table");
    let cross = system.as_cross().expect("a cross");
    let places: Vec<HashMap<&str, usize>> = cross
        .dimensions()
        .iter()
        .map(|d| d.categories().iter().enumerate().map(|(place, label)| (label.as_str(), place)).collect())
        .collect();
    let mut counts = vec![0; system.cells()];
    for line in fs::read_to_string(folder.join("cells.csv")).expect("cells").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let key: Vec<usize> = places.iter().zip(&fields).map(|(place, &label)| place[label]).collect();
        counts[cross.cell(&key)] = fields[places.len()].parse().expect("a count");
    }
    add_margins(cross, &mut counts);
    (system, counts)
}

/// Adds parts to totals along one dimension after the other, from the lowest level up; one hierarchy is enough.
fn add_margins(cross: &ig_core::suppression::Cross, counts: &mut [i64]) {
    let mut inner = 1;
    for dimension in cross.dimensions().iter().rev() {
        let (wide, levels) = (dimension.categories().len(), dimension.levels());
        let mut sums: Vec<&DimensionSum> = dimension.sums().iter().collect();
        sums.sort_by_key(|sum| levels[sum.total]);
        let mut done = vec![false; wide];
        for sum in sums {
            if std::mem::replace(&mut done[sum.total], true) {
                continue;
            }
            for line in 0..counts.len() / wide {
                let start = line / inner * inner * wide + line % inner;
                counts[start + sum.total * inner] = sum.parts.iter().map(|part| counts[start + part * inner]).sum();
            }
        }
        inner *= wide;
    }
}

/// CPU seconds of this process, user and system, in hundredths; 0 where the system does not say.
fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
