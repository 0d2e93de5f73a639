//! Tables too large to enumerate, against another solver of linear programs.

use super::super::{AuditTask, Bounds, Limits, Method, audit};
use super::support::{Dice, STYLES, Table, flat, nested, publish};
use crate::suppression::{Shown, System};
use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, SolveOutcome};

/// The least or greatest value of a cell, rounded inward; none without a limit.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small counts")]
fn extreme(system: &System, shown: &[Shown], cell: usize, greatest: bool) -> Option<i64> {
    let direction = if greatest { OptimizationDirection::Maximize } else { OptimizationDirection::Minimize };
    let mut problem = Problem::new(direction);
    let add = |(at, shown): (usize, &Shown)| {
        let high = shown.high().map_or(f64::INFINITY, |high| high as f64);
        problem.add_var(if at == cell { 1.0 } else { 0.0 }, (shown.low() as f64, high))
    };
    let variables: Vec<_> = shown.iter().enumerate().map(add).collect();
    for relation in 0..system.relations() {
        let term = |term: &crate::suppression::Term| (variables[term.cell as usize], f64::from(term.factor));
        let terms: Vec<_> = system.relation(relation).iter().map(term).collect();
        problem.add_constraint(&terms[..], ComparisonOp::Eq, 0.0);
    }
    match problem.solve() {
        Ok(SolveOutcome::Solution(solution)) => {
            let value = solution.objective();
            Some(if greatest { (value + 1e-6).floor() } else { (value - 1e-6).ceil() } as i64)
        }
        Ok(SolveOutcome::Interrupted(_)) => panic!("no limit was set"),
        Err(Error::Unbounded) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn ranges_are_those_of_another_solver() {
    let (mut compared, mut tighter) = (0, 0);
    for seed in 0..24 {
        let mut dice = Dice::new(700 + seed);
        let dimensions = match seed / 4 % 3 {
            0 => vec![flat(8), flat(7)],
            1 => vec![nested(true), flat(4), flat(2)],
            _ => vec![flat(4), flat(4), flat(3)],
        };
        let table = Table::random(dimensions, &mut dice);
        let shown = publish(&table.counts, STYLES[seed as usize % 4], 15, &mut dice);
        // No search, so that linear programs alone decide what propagation leaves.
        let limits = Limits { search_cells: 0, ..Limits::default() };
        let task = AuditTask { limits, bounds: Bounds::Full, ..AuditTask::new(&table.system, &shown) };
        let result = audit(&task).expect("consistent");
        for finding in result.cells.iter().step_by(3) {
            let least = extreme(&table.system, &shown, finding.cell, false).expect("a limit");
            let greatest = extreme(&table.system, &shown, finding.cell, true);
            // Rounding of other cells on the way may narrow a range beyond the plain linear program.
            assert!(finding.lower >= least, "seed {seed} {finding:?}");
            assert!(greatest.is_none_or(|greatest| finding.upper.is_some_and(|upper| upper <= greatest)));
            if finding.upper != Some(finding.lower) {
                let (low, high) = finding.possible.expect("an example");
                assert_eq!(low, finding.lower, "seed {seed} {finding:?}");
                assert!(finding.upper.is_none_or(|upper| upper == high), "seed {seed} {finding:?}");
            }
            assert_ne!(finding.method, Method::Published);
            compared += 1;
            tighter += usize::from((finding.lower, finding.upper) != (least, greatest));
        }
    }
    println!("{compared} cells, {tighter} narrower than the plain linear program");
    assert!(compared > 300 && tighter * 20 < compared);
}
