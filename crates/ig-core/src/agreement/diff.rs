//! What changed between two versions of an agreement, and whether more may leave.

mod direction;
mod paths;
pub(super) mod transforms;

use super::Document;
use serde::Serialize;
use serde_json::Value;

/// Whether a change lets more out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More may leave, to more, for longer or with less protection; or it cannot be told.
    Wider,
    /// Less may leave.
    Narrower,
    /// What may leave is the same.
    Other,
}

/// One change between two versions of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where, with names instead of numbers, such as `dataset[dids].field[POSTCODE].transform`.
    pub path: String,
    /// What stood there before; none if it was added.
    pub before: Option<Value>,
    /// What stands there now; none if it was removed.
    pub after: Option<Value>,
    /// Whether it lets more out.
    pub direction: Direction,
}

/// Every change from one version of an agreement to another, in the order of their paths.
///
/// Guarantees that agreements that differ in anything but the order of named entries and lists, comments and layout
/// have at least one change, and that a change is [`Direction::Wider`] unless it is known to be otherwise: each change
/// is judged by itself, and two that cancel each other out are both shown.
///
/// Does **not** judge words: a new description of a purpose counts as wider because nobody but a reader can tell.
///
/// ```
/// use ig_core::agreement::{Agreement, Direction, diff};
///
/// let text = include_str!("../../../../python/nhs_ig/demo_data/agreement.toml");
/// let old = Agreement::from_toml(text, "old.toml")?;
/// let new = Agreement::from_toml(&text.replace("end = 2029-03-31", "end = 2030-03-31"), "new.toml")?;
/// let changes = diff(old.document(), new.document());
/// assert_eq!((changes[0].path.as_str(), changes[0].direction), ("term.end", Direction::Wider));
/// # Ok::<(), ig_core::Error>(())
/// ```
pub fn diff(old: &Document, new: &Document) -> Vec<Change> {
    let mut found = Vec::new();
    paths::compare(&plain(old), &plain(new), &mut found);
    let judge = direction::Judge { old, new };
    found
        .into_iter()
        .map(|found| Change {
            direction: judge.direction(&found),
            path: found.shown,
            before: found.before,
            after: found.after,
        })
        .collect()
}

/// An agreement holds nothing that JSON cannot; if it ever did, every comparison would show a change.
fn plain(document: &Document) -> Value {
    serde_json::to_value(document).unwrap_or(Value::Null)
}
