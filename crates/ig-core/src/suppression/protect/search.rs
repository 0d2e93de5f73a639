//! Local search: make the choice again in small regions, and keep what is cheaper.
//!
//! The random numbers are a fixed sequence and the work is counted in steps, not in seconds, so the result is the
//! same on every machine and with any number of threads.

use super::lines::Lines;
use super::order::log_count;
use super::pattern::Price;
use super::progress::Watch;
use super::region::{Hidden, Marks, Rechoice, Region};
use super::task::ProtectTask;
use crate::error::Result;

/// Regions tried at the same time against the same state.
const BATCH: usize = 8;

/// Larger regions are left alone.
const LARGEST_REGION: usize = 2_000;

/// The work for each cell without a gain after which the search ends, beside as much as led to the last gain.
const PATIENCE: u64 = 8_000;

/// The work of finding that a region is too large.
const TOO_LARGE: u64 = 40_000;

/// The work of setting up a region, for each of its cells.
const SETTING_UP: u64 = 60;

/// Improves the secondary cells until the work is used up.
pub(super) fn improve(
    task: &ProtectTask,
    lines: &Lines,
    secondary: Vec<u32>,
    price: Price,
    budget: u64,
    threads: usize,
    watch: &Watch,
) -> Result<Vec<u32>> {
    let mut state = Hidden::new(task, lines, &secondary);
    let mut secondary = secondary;
    let mut used = 0;
    let mut improved = 0;
    let mut round = 0_u64;
    while used < budget.min(2 * improved + PATIENCE * task.system.cells() as u64) && !secondary.is_empty() {
        watch.report(used, budget)?;
        let tries: Vec<Option<Try>> = batch(&state, task, lines, &secondary, round, price, threads);
        let mut touched = Marks::new(task.system.relations());
        used += TOO_LARGE * tries.iter().filter(|found| found.is_none()).count() as u64;
        for found in tries.into_iter().flatten() {
            used += found.work;
            let around = || found.region.cells.iter().flat_map(|&cell| lines.of(cell as usize));
            if found.gain < 0 || found.changes.is_empty() || around().any(|&relation| touched.contains(relation)) {
                continue;
            }
            around().for_each(|&relation| _ = touched.insert(relation));
            found.changes.iter().for_each(|&(cell, hidden)| state.set(cell, hidden));
            if found.gain > 0 {
                improved = used;
            }
            secondary.retain(|&cell| state.is_hidden(cell));
            secondary.extend(found.changes.iter().filter(|change| change.1).map(|change| change.0));
        }
        // A round costs something even if every region was too large.
        used += 1_000;
        round += 1;
    }
    secondary.sort_unstable();
    Ok(secondary)
}

struct Try {
    region: Region,
    changes: Vec<(u32, bool)>,
    gain: i128,
    work: u64,
}

fn batch(
    state: &Hidden,
    task: &ProtectTask,
    lines: &Lines,
    secondary: &[u32],
    round: u64,
    price: Price,
    threads: usize,
) -> Vec<Option<Try>> {
    let one = |slot: usize| attempt(state, task, lines, secondary, round * BATCH as u64 + slot as u64, price);
    super::threads::map(BATCH, threads, &one)
}

fn attempt(
    state: &Hidden,
    task: &ProtectTask,
    lines: &Lines,
    secondary: &[u32],
    number: u64,
    price: Price,
) -> Option<Try> {
    let mut random = Random(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let free = window(state, task, lines, secondary, &mut random);
    let region = state.region(&free, LARGEST_REGION)?;
    let first = free.first().copied();
    let noise = [300, 800, 2_000][random.below(3)];
    let ease = [-500, 0, 700][random.below(3)];
    let is_free = Marks::of(task.system.cells(), &free);
    let open: Vec<u32> = region.cells.iter().copied().filter(|&cell| !task.is_decided(cell as usize)).collect();
    let mut keyed: Vec<(u8, i64, u32)> = open
        .into_iter()
        .map(|cell| {
            let jitter = random.jitter(noise);
            let published = if state.is_hidden(cell) { 0 } else { ease };
            (
                u8::from(Some(cell) != first) + u8::from(!is_free.contains(cell)),
                -(log_count(task.counts[cell as usize]) + jitter + published),
                cell,
            )
        })
        .collect();
    keyed.sort_unstable();
    let order: Vec<u32> = keyed.iter().map(|&(_, _, cell)| cell).collect();
    let Rechoice { hidden, work } = state.choose_again(&region, &order).ok()?;
    let hidden = Marks::of(task.system.cells(), &hidden);
    let moved = |&&cell: &&u32| state.is_hidden(cell) != hidden.contains(cell);
    let changes: Vec<(u32, bool)> = order.iter().filter(moved).map(|&cell| (cell, hidden.contains(cell))).collect();
    let gain = |&(cell, hidden): &(u32, bool)| {
        let price = price.of(task.counts[cell as usize]);
        if hidden { -price } else { price }
    };
    let gain = changes.iter().map(gain).sum();
    let cells = region.cells.len() as u64;
    Some(Try { region, changes, gain, work: work + SETTING_UP * cells })
}

/// A secondary cell and others near it, hidden or not, reached by steps along relations.
fn window(state: &Hidden, task: &ProtectTask, lines: &Lines, secondary: &[u32], random: &mut Random) -> Vec<u32> {
    let picks = [0; 3].map(|_| secondary[random.below(secondary.len())]);
    // The dearest of a few.
    let start = picks.into_iter().max_by_key(|&cell| task.counts[cell as usize]).unwrap_or(secondary[0]);
    let steps = 2 + random.below(14);
    let mut window = vec![start];
    let mut here = start;
    for _ in 0..steps {
        let around = lines.of(here as usize);
        if around.is_empty() {
            break;
        }
        let terms = task.system.relation(around[random.below(around.len())] as usize);
        // The cheapest of a few, as a dear cell is seldom worth hiding.
        let picks = [0; 3].map(|_| terms[random.below(terms.len())].cell);
        let open = picks.into_iter().filter(|&cell| !task.is_decided(cell as usize));
        if let Some(cell) = open.min_by_key(|&cell| task.counts[cell as usize]) {
            window.push(cell);
            here = cell;
        } else {
            here = picks[0];
        }
        if random.below(4) == 0 {
            here = start;
        }
    }
    window.retain(|&cell| !state.is_hidden(cell) || state.is_secondary(cell));
    window
}

/// `SplitMix64` (Steele, Lea and Flood 2014): a fixed sequence for each start.
struct Random(u64);

impl Random {
    /// From −`most` to `most`.
    fn jitter(&mut self, most: u16) -> i64 {
        let below = self.below(2 * usize::from(most) + 1);
        i64::try_from(below).unwrap_or(0) - i64::from(most)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * limit as u128) >> 64) as usize
    }
}
