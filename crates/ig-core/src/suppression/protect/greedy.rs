//! One pass over the cells in order: whoever gives nothing away is published.

use super::guard::Guard;
use crate::error::Result;

/// How many offers pass between two reports.
const REPORT_EVERY: usize = 1 << 10;

/// The cells of the order that must stay hidden. `report` is told how many cells were offered.
pub(super) fn keep_hidden(
    guard: &mut Guard,
    order: &[u32],
    mut report: impl FnMut(usize) -> Result<()>,
) -> Result<Vec<u32>> {
    let mut hidden = Vec::new();
    for (offered, &cell) in order.iter().enumerate() {
        if offered % REPORT_EVERY == 0 {
            report(offered)?;
        }
        if !guard.offer(cell as usize) {
            // A secondary cell can never be determined later: its row is a multiple of a protected one's.
            guard.kernel.drop_row(cell as usize);
            hidden.push(cell);
        }
    }
    Ok(hidden)
}
