//! How the categories of a dimension nest.

use crate::error::{PolicyError, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

/// One tree over the categories of a dimension, as pairs of a parent and its child.
///
/// A category has one parent in a tree. Give several trees for the same dimension where areas overlap: practices
/// belong to PCNs and these to ICBs, and the same practices lie in local authorities. Branches may end at different
/// depths. Trees may hold more categories than the table; those that it has nothing of are left out.
///
/// `Debug` shows sizes only.
///
/// ```
/// use ig_core::suppression::Hierarchy;
///
/// let areas = Hierarchy::new("practice", [("PCN 1", "A"), ("PCN 1", "B"), ("ICB", "PCN 1"), ("ICB", "C")]);
/// assert_eq!(areas.dimension(), "practice");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hierarchy {
    dimension: String,
    pairs: Vec<(String, String)>,
}

impl Hierarchy {
    /// Takes the dimension and pairs of parent and child.
    pub fn new<P: Into<String>, C: Into<String>>(
        dimension: impl Into<String>,
        pairs: impl IntoIterator<Item = (P, C)>,
    ) -> Self {
        let pairs = pairs.into_iter().map(|(parent, child)| (parent.into(), child.into())).collect();
        Self { dimension: dimension.into(), pairs }
    }

    /// The dimension whose categories nest.
    pub fn dimension(&self) -> &str {
        &self.dimension
    }

    /// The pairs of parent and child.
    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.pairs
    }

    /// For each child its parent.
    pub(in crate::suppression) fn parents(&self) -> Result<HashMap<&str, &str>> {
        let mut parents = HashMap::with_capacity(self.pairs.len());
        for (place, (parent, child)) in self.pairs.iter().enumerate() {
            let before = parents.insert(child.as_str(), parent.as_str());
            if before.is_some_and(|before| before != parent) || parent == child {
                let dimension = self.dimension.clone();
                return Err(PolicyError::HierarchyAmbiguous { dimension, pair: place + 1 }.into());
            }
        }
        Ok(parents)
    }
}

impl fmt::Debug for Hierarchy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hierarchy")
            .field("dimension", &self.dimension)
            .field("pairs", &self.pairs.len())
            .finish_non_exhaustive()
    }
}
