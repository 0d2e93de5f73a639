//! The combinations of levels, from the finest to the coarsest.

use super::classes::{Grouping, tally};
use super::options::{Loss, SuggestOptions};
use crate::error::{Error, MisuseError, PolicyError};

/// More combinations than this are refused; nobody reads so many, and the search would take hours.
const MOST_NODES: usize = 100_000;

/// The classes of the finest level with what each level makes of their values.
pub(super) struct Lattice {
    /// For each column, for each level, the code that each distinct value gets.
    pub(super) codes: Vec<Vec<Vec<u32>>>,
    /// For each column the value of every class.
    pub(super) values: Vec<Vec<u32>>,
    /// Rows of every class.
    pub(super) sizes: Vec<u64>,
    pub(super) rows: u64,
}

/// What one combination of levels gives.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) levels: Vec<usize>,
    /// The smallest class that is not below k; the smallest of all if all are below.
    pub(super) k: u64,
    pub(super) classes: u64,
    pub(super) rows_below: u64,
    pub(super) discernibility: u128,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Fails,
    Reaches,
}

impl Lattice {
    /// The combinations that can be best, unordered.
    ///
    /// Coarsening only joins classes, so a combination above one that reaches k reaches it too, and none below one
    /// that fails does (Samarati 2001; `LeFevre`, `DeWitt` and Ramakrishnan 2005). A level that fails k with its
    /// column alone fails in every combination. By precision the best is always minimal: nothing below it reaches
    /// k. By discernibility that holds as long as no row is withheld; otherwise all that reach k are weighed.
    pub(super) fn search(&self, options: &SuggestOptions) -> Result<Vec<Node>, Error> {
        let heights: Vec<usize> = self.codes.iter().map(|levels| levels.len() - 1).collect();
        let count = heights.iter().try_fold(1_usize, |count, height| count.checked_mul(height + 1));
        let Some(count) = count.filter(|count| *count <= MOST_NODES) else {
            let expected = format!("at most {MOST_NODES} combinations of levels; offer fewer levels");
            return Err(MisuseError::Argument { name: "levels".to_owned(), expected }.into());
        };
        let reaches = |node: &Node| node.rows_below as f64 / self.rows as f64 <= options.max_suppressed_share;
        let top = self.node(&heights, options.k)?;
        if !reaches(&top) {
            let smallest = top.k;
            return Err(PolicyError::KNotReached { k: options.k, smallest, rows: top.rows_below }.into());
        }
        let lowest = self.lowest_alone(options, reaches)?;
        let minimal_only = options.order_by == Loss::Precision || options.max_suppressed_share == 0.0;
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_cached_key(|&index| levels_of(index, &heights).iter().sum::<usize>());
        let mut status = vec![Status::Fails; count];
        let mut found = Vec::new();
        for index in order {
            let levels = levels_of(index, &heights);
            let follows = below(index, &heights).any(|finer| status[finer] == Status::Reaches);
            if follows {
                status[index] = Status::Reaches;
            }
            let hopeless = levels.iter().zip(&lowest).any(|(level, lowest)| level < lowest);
            if hopeless || (follows && minimal_only) {
                continue;
            }
            let node = self.node(&levels, options.k)?;
            if reaches(&node) {
                status[index] = Status::Reaches;
                found.push(node);
            }
        }
        Ok(found)
    }

    /// For each column the finest level that reaches k when all other columns are left out.
    fn lowest_alone(&self, options: &SuggestOptions, reaches: impl Fn(&Node) -> bool) -> Result<Vec<usize>, Error> {
        let mut lowest = Vec::with_capacity(self.codes.len());
        for (column, levels) in self.codes.iter().enumerate() {
            let mut level = 0;
            // The coarsest combination reaches k, so the coarsest level does alone.
            while level + 1 < levels.len() {
                let codes = vec![self.shown(column, level)];
                if reaches(&self.grouped(&codes, options.k)?) {
                    break;
                }
                level += 1;
            }
            lowest.push(level);
        }
        Ok(lowest)
    }

    fn node(&self, levels: &[usize], k: u64) -> Result<Node, Error> {
        let codes: Vec<Vec<u32>> =
            levels.iter().enumerate().map(|(column, &level)| self.shown(column, level)).collect();
        Ok(Node { levels: levels.to_vec(), ..self.grouped(&codes, k)? })
    }

    /// What a level makes of a column's value in every class.
    fn shown(&self, column: usize, level: usize) -> Vec<u32> {
        let becomes = &self.codes[column][level];
        self.values[column].iter().map(|&value| becomes[value as usize]).collect()
    }

    fn grouped(&self, codes: &[Vec<u32>], k: u64) -> Result<Node, Error> {
        let (mut numbers, mut sizes) = (Vec::new(), Vec::new());
        Grouping::new(codes.len()).place(codes, &mut numbers)?;
        tally(&mut sizes, &numbers, self.sizes.iter().copied());
        // Codes of a single column are not dense: a value may have gone into another.
        let sizes = || sizes.iter().copied().filter(|size| *size > 0);
        let kept = sizes().filter(|size| *size >= k);
        let rows_below = sizes().filter(|size| *size < k).sum();
        let squares = kept.clone().map(|size| u128::from(size) * u128::from(size)).sum::<u128>();
        Ok(Node {
            levels: Vec::new(),
            k: kept.clone().min().or_else(|| sizes().min()).unwrap_or(0),
            classes: kept.count() as u64,
            rows_below,
            discernibility: squares + u128::from(rows_below) * u128::from(self.rows),
        })
    }
}

fn levels_of(mut index: usize, heights: &[usize]) -> Vec<usize> {
    let digit = |height: &usize| {
        let level = index % (height + 1);
        index /= height + 1;
        level
    };
    heights.iter().map(digit).collect()
}

/// The combinations that are one level finer in one column.
fn below(index: usize, heights: &[usize]) -> impl Iterator<Item = usize> {
    let mut step = 1;
    heights.iter().filter_map(move |height| {
        let (here, size) = (step, height + 1);
        step *= size;
        (!(index / here).is_multiple_of(size)).then(|| index - here)
    })
}
