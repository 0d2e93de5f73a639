//! The audit of the tables that its figures are about; run by hand, since the tables are not part of this repository.
//!
//! `IG_TABLES=folder IG_TABLE=name [IG_PATTERN=file.csv] cargo test --release -- --ignored --nocapture audit_figures`

use super::super::{Attacker, AuditTask, Limits, Method, Recomputable, Verdict, audit};
use super::support::Dice;
use crate::suppression::{Dimension, DimensionSum, Shown, System};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Instant;

fn lines(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("a table");
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// All hierarchies of one dimension.
fn dimension(folder: &Path, number: usize) -> Option<Dimension> {
    let first = folder.join(format!("hier_{number}.csv"));
    first.exists().then_some(())?;
    let mut categories = vec!["Total".to_owned()];
    let mut sums = Vec::new();
    for path in [first, folder.join(format!("hier_{number}_b.csv"))].iter().filter(|path| path.exists()) {
        let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for pair in lines(path) {
            parts.entry(pair[0].clone()).or_default().push(pair[1].clone());
        }
        for name in parts.iter().flat_map(|(parent, children)| children.iter().chain([parent])) {
            if !categories.contains(name) {
                categories.push(name.clone());
            }
        }
        let place: HashMap<&str, usize> = categories.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        sums.extend(parts.iter().map(|(parent, children)| DimensionSum {
            total: place[parent.as_str()],
            parts: children.iter().map(|child| place[child.as_str()]).collect(),
        }));
    }
    Some(Dimension::new(categories, sums).expect("dimension"))
}

fn load(folder: &Path) -> (System, Vec<i64>) {
    let dimensions: Vec<Dimension> = (1..).map_while(|number| dimension(folder, number)).collect();
    let system = System::cross(dimensions).expect("cross");
    let cross = system.as_cross().expect("cross");
    // For each category its ancestors, itself included, each once.
    let above: Vec<HashMap<String, Vec<usize>>> = cross
        .dimensions()
        .iter()
        .map(|dimension| {
            let mut above: Vec<Vec<usize>> = (0..dimension.categories().len()).map(|at| vec![at]).collect();
            loop {
                let before: usize = above.iter().map(Vec::len).sum();
                for sum in dimension.sums() {
                    for &part in &sum.parts {
                        let more = above[sum.total].clone();
                        above[part].extend(more);
                        above[part].sort_unstable();
                        above[part].dedup();
                    }
                }
                if above.iter().map(Vec::len).sum::<usize>() == before {
                    break;
                }
            }
            dimension.categories().iter().cloned().zip(above).collect()
        })
        .collect();
    let mut counts = vec![0; system.cells()];
    for row in lines(&folder.join("cells.csv")) {
        let count: i64 = row[above.len()].parse().expect("count");
        let mut cells = vec![Vec::new()];
        for (name, above) in row.iter().zip(&above) {
            cells = cells
                .iter()
                .flat_map(|cell: &Vec<usize>| above[name].iter().map(move |&at| [cell.as_slice(), &[at]].concat()))
                .collect();
        }
        cells.iter().for_each(|cell| counts[cross.cell(cell)] += count);
    }
    assert_eq!(system.first_broken(&counts), None);
    (system, counts)
}

/// Hides small counts, and then in every sum with one hidden cell the smallest other count, until there is none.
fn crude_pattern(system: &System, counts: &[i64], more: u64) -> Vec<bool> {
    let mut dice = Dice::new(7);
    let mut hidden: Vec<bool> = counts
        .iter()
        .map(|&count| (1..5).contains(&count) || (count > 0 && dice.below(1000) < more as usize))
        .collect();
    loop {
        let mut changed = false;
        for relation in 0..system.relations() {
            let terms = system.relation(relation);
            if terms.iter().filter(|term| hidden[term.cell as usize]).count() == 1 {
                let open =
                    terms.iter().map(|term| term.cell as usize).filter(|&cell| !hidden[cell] && counts[cell] > 0);
                if let Some(cell) = open.min_by_key(|&cell| counts[cell]) {
                    hidden[cell] = true;
                    changed = true;
                }
            }
        }
        if !changed {
            return hidden;
        }
    }
}

#[test]
#[ignore = "needs the tables of the figures"]
fn audit_figures() {
    let folder = std::env::var("IG_TABLES").expect("IG_TABLES");
    let folder = Path::new(&folder).join(std::env::var("IG_TABLE").expect("IG_TABLE"));
    let (system, counts) = load(&folder);
    let hidden = match std::env::var("IG_PATTERN") {
        Ok(file) => {
            let cross = system.as_cross().expect("cross");
            let mut hidden = vec![false; system.cells()];
            for row in lines(&folder.join(file)) {
                let place = |(dimension, name): (&Dimension, &String)| {
                    dimension.categories().iter().position(|category| category == name).expect("category")
                };
                let cell: Vec<usize> = cross.dimensions().iter().zip(&row).map(place).collect();
                hidden[cross.cell(&cell)] = true;
            }
            hidden
        }
        Err(_) => {
            crude_pattern(&system, &counts, std::env::var("IG_MORE").map_or(0, |more| more.parse().expect("number")))
        }
    };
    let rounded = std::env::var("IG_ROUNDED").is_ok();
    let show = |(&hidden, &count): (&bool, &i64)| match (rounded, hidden) {
        (true, _) => {
            let nearest = (count + 2) / 5 * 5;
            Shown::Between { low: (nearest - 2).max(0), high: Some(nearest + 2) }
        }
        (false, true) => Shown::Between { low: 1, high: None },
        (false, false) => Shown::Exactly(count),
    };
    let shown: Vec<Shown> = hidden.iter().zip(&counts).map(show).collect();
    let targets: Vec<bool> = counts.iter().map(|count| (1..5).contains(count)).collect();
    let own: Vec<usize> = (0..counts.len()).filter(|&cell| counts[cell] == 1).collect();
    println!(
        "{} cells, {} hidden, {} primary",
        counts.len(),
        hidden.iter().filter(|&&h| h).count(),
        targets.iter().filter(|&&t| t).count()
    );
    let task = AuditTask { targets: Some(&targets), ..AuditTask::new(&system, &shown) };
    let limits = Limits { threads: std::num::NonZeroUsize::new(1), ..Limits::default() };
    let sums = AuditTask { attacker: Attacker::Sums, limits, ..task };
    let (with_counts, pooled) = (AuditTask { counts: Some(&counts), limits, ..task }, AuditTask { own: &own, ..sums });
    for (name, task) in [
        ("sums", sums),
        ("sums and contributors", pooled),
        ("ranges, counts given", with_counts),
        ("ranges", AuditTask { limits, ..task }),
    ] {
        if name != "sums" && std::env::var("IG_ONLY_SUMS").is_ok() {
            continue;
        }
        let start = Instant::now();
        let result = audit(&task).expect("consistent");
        let seconds = start.elapsed().as_secs_f64();
        let by = |verdict| {
            [Method::Elimination, Method::Propagation, Method::LinearProgram, Method::WholeNumbers]
                .map(|method| result.count_by(verdict, method))
        };
        println!(
            "{name}: {seconds:.2} s, {} components, largest {}, {} programs; [elimination, propagation, program, whole numbers]: exact {:?} too narrow {:?} undecided {:?} safe {:?}; by one contributor {}, by pooling {}",
            result.components,
            result.largest,
            result.linear_programs,
            by(Verdict::Exact),
            by(Verdict::TooNarrow),
            by(Verdict::Undecided),
            by(Verdict::Safe),
            result.cells.iter().filter(|cell| cell.by_contributor.is_some()).count(),
            result.cells.iter().filter(|cell| cell.by_pooling == Recomputable::Yes).count(),
        );
        let proofs = result.cells.iter().filter_map(|cell| cell.proof.as_ref());
        let (held, all) = proofs.fold((0, 0), |(held, all), proof| {
            (held + usize::from(all % 10 != 0 || proof.holds(&system, &shown)), all + 1)
        });
        assert_eq!(held, all);
        println!("  {all} proofs");
    }
}
