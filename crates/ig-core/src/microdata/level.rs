//! What a caller offers for one column: levels from the finest to the coarsest.

use super::hash::Seeded;
use super::values::Encoder;
use crate::columns::{ColumnAct, Place, shown_name};
use crate::error::{Error, MisuseError, PolicyError};
use arrow::array::ArrayRef;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// One way to show a column. As data: `"keep"`, `"omit"` or an act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "LevelData", into = "LevelData")]
pub enum Level {
    /// As it is.
    Keep,
    /// Changed by an act of this library, such as age bands.
    Act(ColumnAct),
    /// Not at all: the column is left out.
    Omit,
}

/// Words and acts; a word that is none says which there are.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum LevelData {
    Word(Word),
    Act(ColumnAct),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Keep,
    Omit,
}

impl From<LevelData> for Level {
    fn from(data: LevelData) -> Self {
        match data {
            LevelData::Word(Word::Keep) => Self::Keep,
            LevelData::Word(Word::Omit) => Self::Omit,
            LevelData::Act(act) => Self::Act(act),
        }
    }
}

impl From<Level> for LevelData {
    fn from(level: Level) -> Self {
        match level {
            Level::Keep => Self::Word(Word::Keep),
            Level::Omit => Self::Word(Word::Omit),
            Level::Act(act) => Self::Act(act),
        }
    }
}

/// The levels on offer for one column, each coarser than the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ladder {
    /// Name of the column.
    pub column: String,
    /// At least one level.
    pub levels: Vec<Level>,
}

impl Ladder {
    /// For each level the code of every distinct value, which the column has in this order.
    ///
    /// # Errors
    /// `misuse.column_type`, `identifier.invalid_cells`, `key.…` as the acts; `policy.levels_not_nested`.
    pub(super) fn codes(&self, values: &ArrayRef) -> Result<Vec<Vec<u32>>, Error> {
        let scope = "the distinct values of the column, in order of first appearance";
        let place = Place { column: shown_name(&self.column), scope, first_row: 0 };
        let mut made: Vec<Vec<u32>> = Vec::with_capacity(self.levels.len());
        for (at, level) in self.levels.iter().enumerate() {
            let codes = match level {
                Level::Keep => (0..values.len() as u32).collect(),
                Level::Omit => vec![0; values.len()],
                Level::Act(act) => {
                    let (array, _) = act.prepare()?.apply(values, &place)?;
                    let mut codes = Vec::new();
                    Encoder::new().encode(&self.column, &array, &mut codes)?;
                    codes
                }
            };
            if made.last().is_some_and(|finer| !coarsens(finer, &codes)) {
                let column = shown_name(&self.column);
                return Err(PolicyError::LevelsNotNested { column, level: at + 1 }.into());
            }
            made.push(codes);
        }
        Ok(made)
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.levels.is_empty() {
            let expected = format!("at least one level for {}", shown_name(&self.column));
            return Err(MisuseError::Argument { name: "levels".to_owned(), expected }.into());
        }
        Ok(())
    }
}

/// Whether values that one level puts together stay together at the next.
fn coarsens(finer: &[u32], coarser: &[u32]) -> bool {
    let mut becomes: HashMap<u64, u32, Seeded> = HashMap::default();
    finer.iter().zip(coarser).all(|(&from, &to)| match becomes.entry(u64::from(from)) {
        Entry::Occupied(known) => *known.get() == to,
        Entry::Vacant(place) => *place.insert(to) == to,
    })
}
