//! Where the choices of one table come from.

use super::Choice;
use crate::error::MisuseError;
use crate::key::{Key, RetiredKeys};
use crate::pseudonym::derive::labelled_key;
use crate::pseudonym::{Context, Kind};
use ig_hmac::HmacSha256Key;

const LABEL: &str = "nhs-ig/additive-rounding/v1";

/// Random choices for the rounding of one table, the same whenever it is rounded again.
///
/// The numbers drawn are HMAC-SHA256 of the table's name and a running number under a derived key. The numbers are stable; which cell
/// they decide about may change between versions, as may a pattern of hidden cells.
///
/// ```
/// use ig_core::suppression::perturb::{AdditiveRounding, Choice, RoundingSource, round_additively};
/// use ig_core::suppression::{Dimension, System};
/// use ig_core::{Context, Key, Kind};
///
/// let (context, patients) = (Context::new("DSA-2026-014")?, Kind::new("patients")?);
/// let source = RoundingSource::new(&Key::generate()?, &context, &patients, "table 3, October 2026")?;
/// let system = System::cross(vec![Dimension::with_total("all", vec!["F".into(), "M".into()])?])?;
/// let rounding = AdditiveRounding { base: 5, max_bases: 1 };
/// let rounded = round_additively(&system, &[20, 7, 13], rounding, Choice::Keyed(&source))?;
/// assert!([[20, 5, 15], [20, 10, 10]].iter().any(|shown| rounded.counts() == shown));
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug)]
pub struct RoundingSource {
    hmac: HmacSha256Key,
    table: Vec<u8>,
}

impl RoundingSource {
    /// Derives the key for one context and kind of count, and takes the table's name: another name, other choices.
    ///
    /// # Errors
    /// `misuse.argument` for a name that is empty or longer than 255 bytes; `key.purpose`, `key.pending` and `key.retired` for a
    /// key of a ring file.
    pub fn new(key: &Key, context: &Context, kind: &Kind, table: &str) -> crate::Result<Self> {
        if !(1..=255).contains(&table.len()) {
            let expected = "1 to 255 bytes that tell this table from others".into();
            return Err(MisuseError::Argument { name: "table".into(), expected }.into());
        }
        key.check_use(context, RetiredKeys::Refuse)?;
        let hmac = HmacSha256Key::new(&labelled_key(key, LABEL, context, kind, &[]));
        Ok(Self { hmac, table: table.as_bytes().to_vec() })
    }

    fn number(&self, step: u64) -> u128 {
        let mut message = self.table.clone();
        message.push(0);
        message.extend_from_slice(&step.to_be_bytes());
        self.hmac.mac(&message)[..16].iter().fold(0, |number, &byte| number << 8 | u128::from(byte))
    }
}

/// The choices of one run, numbered.
pub(super) struct Draws<'a> {
    choice: Choice<'a>,
    step: u64,
}

impl<'a> Draws<'a> {
    pub(super) const fn new(choice: Choice<'a>) -> Self {
        Self { choice, step: 0 }
    }

    /// A number below a small bound, all equally likely; none if closeness decides.
    pub(super) fn below(&mut self, bound: i64) -> Option<i64> {
        let Choice::Keyed(source) = self.choice else { return None };
        self.step += 1;
        let bound = u128::try_from(bound).ok().filter(|&bound| bound > 0)?;
        i64::try_from(source.number(self.step) % bound).ok()
    }

    /// Something for a search to begin with, where closeness has no say.
    pub(super) fn seed(&mut self) -> u64 {
        self.below(i64::MAX).map_or(0x9E37_79B9_7F4A_7C15, i64::unsigned_abs)
    }
}
