//! Who is offered for publication first.

use super::lines::Lines;
use super::task::ProtectTask;

/// One thousandth of a unit of the natural logarithm.
const THOUSANDTHS: i64 = 1_000;

/// About 1,000 ln(1 + count): whole-number arithmetic, so the same on every machine, and rising with the count.
pub(super) fn log_count(count: i64) -> i64 {
    let value = count.unsigned_abs() + 1;
    let power = value.ilog2();
    // The mantissa between 1 and 2 in 2⁻²⁰, with the curve of the logarithm: m − 1 + 0.344·(m − 1)·(2 − m).
    let scaled = if power > 20 { value >> (power - 20) } else { value << (20 - power) };
    let part = i64::try_from(scaled).unwrap_or(0) - (1 << 20);
    let bend = (part * ((1 << 20) - part)) >> 20;
    let log2 = (i64::from(power) << 20) + part + bend * 344 / 1000;
    (log2 * 693) >> 20
}

/// The open cells by falling counts; of equal counts those in more relations first, then the first.
pub(super) fn by_value(task: &ProtectTask, lines: &Lines) -> Vec<u32> {
    let mut order = open_cells(task);
    order.sort_by_cached_key(|&cell| {
        (std::cmp::Reverse(task.counts[cell as usize]), std::cmp::Reverse(lines.of(cell as usize).len()), cell)
    });
    order
}

/// See [`PublishOrder::Coverage`](super::PublishOrder::Coverage).
pub(super) fn by_coverage(task: &ProtectTask, lines: &Lines, shared: u16, opened: u16) -> Vec<u32> {
    let primary: Vec<u32> = (0..task.system.relations())
        .map(|relation| {
            let hidden = |term: &&super::super::system::Term| task.primary[term.cell as usize];
            task.system.relation(relation).iter().filter(hidden).count() as u32
        })
        .collect();
    let mut order = open_cells(task);
    order.sort_by_cached_key(|&cell| {
        let key = |cell: usize| {
            let with = |number: u32| lines.of(cell).iter().filter(|&&line| primary[line as usize] == number).count();
            let weight = |lines: usize, hundredths: u16| {
                i64::try_from(lines).unwrap_or(i64::MAX >> 40) * i64::from(hundredths) * THOUSANDTHS / 100
            };
            log_count(task.counts[cell]) - weight(with(1), shared) + weight(with(0), opened)
        };
        let place = cell as usize;
        (std::cmp::Reverse((key(place), task.counts[place], lines.of(place).len())), cell)
    });
    order
}

/// The given order without cells about which there is nothing to choose.
pub(super) fn given(task: &ProtectTask, order: &[u32]) -> Vec<u32> {
    order.iter().copied().filter(|&cell| !task.is_decided(cell as usize)).collect()
}

fn open_cells(task: &ProtectTask) -> Vec<u32> {
    (0..task.system.cells() as u32).filter(|&cell| !task.is_decided(cell as usize)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_rises_and_is_near_the_true_one() {
        // Thousandths of ln 2, ln 10, ln 1,000, ln 10⁶ and ln 2⁶³, from tables.
        for (count, truth) in [(0, 0), (1, 693), (9, 2_303), (999, 6_908), (999_999, 13_816), (i64::MAX, 43_668)] {
            let log = log_count(count);
            assert!((log - truth).abs() < 12, "{count}: {log} for {truth}");
        }
        let logs: Vec<i64> = (0..5_000).chain([1 << 30, 1 << 40, i64::MAX]).map(log_count).collect();
        assert!(logs.is_sorted());
    }
}
