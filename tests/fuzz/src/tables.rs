//! Finished tables that anybody may have written, and tables of any counts.

use crate::{Verdict, text};
use ig_core::suppression::attack::Verdict as Judged;
use ig_core::suppression::{
    AuditTableOptions, AuditVerdict, Cell, CountTable, Margins, Marked, Rounding, SuppressOptions, SuppressionPolicy,
    Zeros, audit_table, suppress,
};

/// Lines of `key,key,cell`: whatever is read, ranges are ranges, and what is exact is one count.
pub fn finished_table(data: &[u8]) -> Verdict {
    let (&[choice], rest) = data.split_first_chunk::<1>().unwrap_or((&[0], data));
    let text = text(rest);
    let mut columns = [Vec::new(), Vec::new()];
    let mut cells = Vec::new();
    for line in text.lines().take(40) {
        let mut fields = line.splitn(3, ',');
        for column in &mut columns {
            column.push(fields.next().filter(|key| !key.is_empty()).map(str::to_owned));
        }
        let Some(cell) = Marked::read(fields.next().unwrap_or_default(), &["secret"]) else { return Verdict::Refused };
        cells.push(cell);
    }
    let Ok(table) = CountTable::new(["a", "b"], columns.to_vec(), vec![None; cells.len()]) else {
        return Verdict::Refused;
    };
    let options = AuditTableOptions {
        margins: if choice & 1 == 0 { Margins::Given } else { Margins::None },
        zeros: if choice & 2 == 0 { Zeros::Keep } else { Zeros::Hide },
        rounding: if choice & 4 == 0 { Rounding::None } else { Rounding::Nearest(5) },
        ..AuditTableOptions::default()
    };
    let Ok(audit) = audit_table(&table, &cells, &options) else { return Verdict::Refused };
    for cell in audit.cells() {
        assert!(cell.lower >= 0 && cell.upper.is_none_or(|upper| upper >= cell.lower));
        assert_eq!(cell.verdict == Judged::Exact, cell.upper == Some(cell.lower));
        assert!(!matches!(cells[cell.row], Marked::Count(_)));
    }
    Verdict::Taken
}

/// A row and a column of counts with all totals: what is returned is protected and hides every small count.
pub fn counts_with_totals(data: &[u8]) -> Verdict {
    let (&[choice, width], rest) = data.split_first_chunk::<2>().unwrap_or((&[0, 2], data));
    let width = usize::from(width % 4) + 1;
    let counts: Vec<i64> = rest.iter().take(9).map(|&byte| i64::from(byte) * i64::from(byte) / 16).collect();
    let key = |number: usize| Some(number.to_string());
    let places = 0..counts.len();
    let keys = vec![places.clone().map(|n| key(n / width)).collect(), places.map(|n| key(n % width)).collect()];
    let table = CountTable::new(["a", "b"], keys, counts.iter().map(|&count| Some(count)).collect()).expect("cells");
    let name = ["under5", "under10", "acro", "hes"][usize::from(choice % 4)];
    let policy = SuppressionPolicy::preset(name).expect(name);
    let options = SuppressOptions { margins: Margins::All, ..SuppressOptions::default() };
    let Ok(result) = suppress(&table, &policy, &options) else { return Verdict::Refused };
    if name != "hes" {
        assert_eq!(result.audit().summary().verdict, AuditVerdict::Protected);
    }
    let small = |count: i64| count > 0 && count < i64::from(policy.threshold());
    let shown = result.cells().iter().filter_map(|cell| match cell {
        Cell::Published(count) => Some(*count),
        Cell::Suppressed(_) => None,
    });
    assert!(shown.clone().all(|count| !small(count)), "no small count is shown");
    if shown.count() < result.cells().len() { Verdict::Taken } else { Verdict::Refused }
}
