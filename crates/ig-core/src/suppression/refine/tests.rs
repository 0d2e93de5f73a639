//! The value hidden in small tables against optima proved by an integer program in `tests/independent`.

use crate::suppression::layout::Layout;
use crate::suppression::protect::Insiders;
use crate::suppression::secondary::{Hidden, hide_and_audit};
use crate::suppression::suppress::decide;
use crate::suppression::{Cell, CountTable, Hierarchy, Margins, Reason, Secondary, SuppressOptions, SuppressionPolicy};
use std::ops::ControlFlow;

#[derive(serde::Deserialize)]
struct Small {
    name: String,
    hierarchies: Vec<(String, Vec<(String, String)>)>,
    dimensions: Vec<String>,
    keys: Vec<Vec<String>>,
    counts: Vec<i64>,
    /// The least value of secondary cells, and whether the program proved it; else a lower bound.
    optimum: i64,
    proved: bool,
}

fn tables() -> Vec<Small> {
    let text = include_str!("../../../../../tests/vectors/suppression_optimum.json");
    serde_json::from_str(text).expect("vectors")
}

/// The value hidden in secondary cells; the audit passes.
fn hidden_value(table: &Small, insiders: Insiders) -> i64 {
    let keys = table.keys.iter().map(|column| column.iter().map(|key| Some(key.clone())).collect()).collect();
    let counts = table.counts.iter().map(|&count| Some(count)).collect();
    let hierarchies = table.hierarchies.iter().map(|(name, pairs)| Hierarchy::new(name.clone(), pairs.clone()));
    let options =
        SuppressOptions { margins: Margins::All, hierarchies: hierarchies.collect(), ..SuppressOptions::default() };
    let counted = CountTable::new(table.dimensions.clone(), keys, counts).expect("a table");
    let policy = SuppressionPolicy::preset("under5").expect("a preset");
    let layout = Layout::new(&counted, &options).expect("a layout");
    let none = vec![false; layout.system.cells()];
    let cells = decide(&layout, &policy, &none, None).expect("cells");
    let mut hidden = Hidden {
        layout: &layout,
        policy: &policy,
        options: &options,
        level: Secondary::Interval,
        exempt: &none,
        derived: &none,
        before: None,
        insiders,
        cells,
    };
    let (audit, _) = hide_and_audit(&mut hidden, &|_| ControlFlow::Continue(())).expect("an audit");
    assert!(audit.passed(), "{}", table.name);
    let secondary = |&cell: &usize| hidden.cells[cell] == Cell::Suppressed(Reason::Secondary);
    (0..hidden.cells.len()).filter(secondary).filter_map(|cell| layout.counts[cell]).sum()
}

#[test]
fn vectors_suppression_optimum() {
    let tables = tables();
    assert!(tables.len() >= 20);
    let (mut reached, mut best, mut guarded) = (0, 0, 0);
    // Without optimisation the larger ones take minutes.
    let largest = if cfg!(debug_assertions) { 18 } else { usize::MAX };
    for table in tables.iter().filter(|table| table.proved && table.counts.len() <= largest) {
        let value = hidden_value(table, Insiders::Ignored);
        let with_people =
            if std::env::var_os("IG_SDC_PEOPLE").is_some() { hidden_value(table, Insiders::Pooling) } else { 0 };
        println!("{} {} {value} {with_people}", table.name, table.optimum);
        assert!(
            value >= table.optimum,
            "{}: a cheaper pattern than the proved one; one of the two is wrong",
            table.name
        );
        (reached, best, guarded) = (reached + value, best + table.optimum, guarded + with_people);
    }
    println!("all {best} {reached} {guarded}");
    assert!(reached * 100 <= best * 103, "more than 3 % above the optima");
}
