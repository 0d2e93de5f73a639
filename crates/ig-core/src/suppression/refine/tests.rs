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
    cells: usize,
    hierarchies: Vec<(String, Vec<(String, String)>)>,
    dimensions: Vec<String>,
    keys: Vec<Vec<String>>,
    counts: Vec<i64>,
    /// Without people as attackers.
    ranges: Optimum,
    /// With them: the criterion of `suppress`.
    people: Optimum,
}

/// The least value of secondary cells where `proved`; else no pattern is below `bound`.
#[derive(serde::Deserialize)]
struct Optimum {
    best: i64,
    bound: i64,
    proved: bool,
}

fn tables() -> Vec<Small> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/suppression_optimum.json");
    let text = std::fs::read_to_string(file).expect("a file");
    serde_json::from_str(&text).expect("vectors")
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

/// Sums of what is hidden and of the optima, and the table furthest from its own, in thousandths.
#[derive(Default)]
struct Compared {
    hidden: i64,
    optimum: i64,
    worst: i64,
    proved: usize,
}

impl Compared {
    fn add(&mut self, table: &Small, optimum: &Optimum, value: i64) {
        let name = &table.name;
        assert!(value >= optimum.bound, "{name}: cheaper than a proved bound; one of the two is wrong");
        println!("{name} {} cells: {value}, optimum {} to {}", table.cells, optimum.bound, optimum.best);
        if optimum.proved {
            self.proved += 1;
            (self.hidden, self.optimum) = (self.hidden + value, self.optimum + optimum.best);
            self.worst = self.worst.max((value * 1_000).checked_div(optimum.best).unwrap_or(1_000));
        }
    }
}

#[test]
fn vectors_suppression_optimum() {
    let tables = tables();
    assert!(tables.len() >= 20);
    let (mut ranges, mut people) = (Compared::default(), Compared::default());
    // Without optimisation the larger ones take minutes.
    let largest = if cfg!(debug_assertions) { 50 } else { 300 };
    for table in tables.iter().filter(|table| table.cells <= largest) {
        ranges.add(table, &table.ranges, hidden_value(table, Insiders::Ignored));
        people.add(table, &table.people, hidden_value(table, Insiders::Pooling));
    }
    for (criterion, found) in [("ranges", ranges), ("people", people)] {
        let Compared { hidden, optimum, worst, proved } = found;
        println!("{criterion}: {proved} proved, hidden {hidden}, optima {optimum}, worst {worst} thousandths");
        assert!(hidden * 100 <= optimum * 103, "{criterion}: more than 3 % above the optima");
        assert!(worst <= 1_030, "{criterion}: a table more than 3 % above its optimum");
    }
}
