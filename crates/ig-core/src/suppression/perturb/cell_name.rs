//! What makes two cells of two tables the same cell.

use crate::composite::push_field;
use crate::error::{MisuseError, Result};
use std::fmt;

/// Where a cell stands in one dimension of its table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Category<'a> {
    /// In this category.
    Is(&'a str),
    /// In the category of those for whom none is known.
    Missing,
    /// The cell is a total over this dimension, as if the table did not have it.
    All,
}

/// A cell's name in canonical form: the dimensions that it is broken down by, in order, each with its category.
///
/// The men of a table of region by sex and the men of a table of sex alone have the same name.
///
/// `Debug` shows the number of dimensions only.
///
/// ```
/// use ig_core::suppression::perturb::{Category, CellName};
///
/// let of_two = CellName::new(&[("sex", Category::Is("M")), ("region", Category::All)])?;
/// let of_one = CellName::new(&[("sex", Category::Is("M"))])?;
/// assert!(of_two == of_one);
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CellName(Vec<u8>);

impl CellName {
    /// Puts the dimensions in order and leaves out those that the cell is a total over.
    ///
    /// # Errors
    /// `misuse.argument` if a dimension stands twice, or there are more than 65,535 of them.
    pub fn new(dimensions: &[(&str, Category)]) -> Result<Self> {
        let mut sorted: Vec<_> = dimensions.iter().collect();
        sorted.sort_unstable_by_key(|(dimension, _)| *dimension);
        if sorted.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(refused("every dimension once").into());
        }
        sorted.retain(|(_, category)| *category != Category::All);
        let count = u16::try_from(sorted.len()).map_err(|_| refused("at most 65535 dimensions"))?;
        let mut bytes = vec![NAMED];
        bytes.extend_from_slice(&count.to_be_bytes());
        for (dimension, category) in sorted {
            push_field(&mut bytes, Some(dimension.as_bytes()))?;
            let category = match category {
                Category::Is(category) => Some(category.as_bytes()),
                Category::Missing | Category::All => None,
            };
            push_field(&mut bytes, category)?;
        }
        Ok(Self(bytes))
    }

    /// The bytes that are hashed.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

const NAMED: u8 = 0;
const BY_CELL_KEY: u8 = 1;

/// The bytes that are hashed for a cell that is known by its cell key.
pub(super) fn bytes_of_cell_key(cell_key: u64) -> [u8; 9] {
    let mut bytes = [BY_CELL_KEY; 9];
    bytes[1..].copy_from_slice(&cell_key.to_be_bytes());
    bytes
}

fn refused(expected: &str) -> MisuseError {
    MisuseError::Argument { name: "dimensions".into(), expected: expected.into() }
}

impl fmt::Debug for Category<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Is(_) => "Is(..)",
            Self::Missing => "Missing",
            Self::All => "All",
        })
    }
}

impl fmt::Debug for CellName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dimensions = self.0.get(1..3).map_or(0, |count| u16::from(count[0]) << 8 | u16::from(count[1]));
        f.debug_struct("CellName").field("dimensions", &dimensions).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Category::{All, Is, Missing};
    use super::*;

    fn name(dimensions: &[(&str, Category)]) -> CellName {
        CellName::new(dimensions).expect("name")
    }

    #[test]
    fn order_and_totals_do_not_matter_and_all_else_does() {
        let cell = name(&[("a", Is("1")), ("b", Is("2"))]);
        assert_eq!(cell, name(&[("c", All), ("b", Is("2")), ("a", Is("1"))]));
        let others: &[&[(&str, Category)]] = &[
            &[("a", Is("1"))],
            &[("a", Is("2")), ("b", Is("1"))],
            &[("a", Is("1")), ("b", Missing)],
            &[("a", Is("1")), ("b", Is(""))],
            &[("a", Is("1b")), ("", Is("2"))],
        ];
        for (place, other) in others.iter().enumerate() {
            assert_ne!(cell, name(other));
            for further in &others[..place] {
                assert_ne!(name(further), name(other));
            }
        }
        assert_eq!(CellName::new(&[("a", All), ("a", Is("1"))]).expect_err("twice").code(), "misuse.argument");
    }

    #[test]
    fn nothing_of_a_name_is_printed() {
        let printed = format!("{:?} {:?}", name(&[("ward", Is("seven"))]), Is("seven"));
        assert_eq!(printed, "CellName { dimensions: 1, .. } Is(..)");
    }
}
