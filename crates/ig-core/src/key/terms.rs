//! What a key of a ring may be used for.

use super::Key;
use crate::error::KeyError;
use crate::pseudonym::Context;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use time::Date;

/// Where a key of a ring stands in its life: `pending`, then `primary`, then `retired`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyStatus {
    /// Added and handed out to other sites, not yet for new pseudonyms.
    Pending,
    /// The one key for new pseudonyms.
    Primary,
    /// Kept for what was published with it.
    Retired,
}

impl KeyStatus {
    /// The word that the ring file has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Primary => "primary",
            Self::Retired => "retired",
        }
    }
}

/// What to do when a retired key is asked to make pseudonyms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum RetiredKeys {
    /// Refuse with `key.retired`.
    #[default]
    Refuse,
    /// Go on, for work on an extract that was made with it. An explicit choice.
    Allow,
}

/// Status, date and purposes of a key of a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyTerms {
    pub(crate) status: KeyStatus,
    pub(crate) retired: Option<Date>,
    /// Agreements; none stands for any.
    pub(crate) purposes: Vec<Context>,
}

impl Key {
    /// Whether this key may make pseudonyms for an agreement or project.
    ///
    /// A key by itself, from a key file, a variable or a function, has no terms and may. A key of a ring file
    /// has a status and purposes.
    ///
    /// # Errors
    /// `key.purpose`, `key.pending`; `key.retired` unless retired keys are allowed.
    pub fn check_use(&self, context: &Context, retired: RetiredKeys) -> Result<(), KeyError> {
        self.check_purpose(context)?;
        let key_id = || self.id().to_string();
        match self.terms() {
            Some(KeyTerms { status: KeyStatus::Pending, .. }) => Err(KeyError::Pending { key_id: key_id() }),
            Some(KeyTerms { status: KeyStatus::Retired, retired: on, .. }) if retired == RetiredKeys::Refuse => {
                let on = on.map_or_else(|| "an unknown day".to_owned(), |on| on.to_string());
                Err(KeyError::Retired { key_id: key_id(), on })
            }
            _ => Ok(()),
        }
    }

    /// Whether an agreement or project is among the purposes of this key, whatever its status.
    pub(crate) fn check_purpose(&self, context: &Context) -> Result<(), KeyError> {
        match self.terms() {
            Some(terms) if !terms.purposes.is_empty() && !terms.purposes.contains(context) => {
                Err(KeyError::Purpose { key_id: self.id().to_string() })
            }
            _ => Ok(()),
        }
    }

    /// Where the key stands in its ring; none for a key by itself.
    pub fn status(&self) -> Option<KeyStatus> {
        self.terms().map(|terms| terms.status)
    }

    pub(crate) fn terms(&self) -> Option<&KeyTerms> {
        self.terms.as_deref()
    }

    /// The same key under other terms; the secret bytes are shared, not copied.
    pub(super) fn with_terms(&self, terms: KeyTerms) -> Self {
        Self {
            id: self.id.clone(),
            secret: Arc::clone(&self.secret),
            check_value: self.check_value.clone(),
            terms: Some(Arc::new(terms)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyStatus as S, RetiredKeys as R, *};
    use time::macros::date;

    #[test]
    fn terms_decide_and_a_bare_key_has_none() {
        let key = Key::generate().expect("key");
        let (ours, other) = (Context::new("DSA-1").expect("context"), Context::new("DSA-2").expect("context"));
        assert_eq!(key.check_use(&other, RetiredKeys::Refuse), Ok(()));
        let terms = |status| KeyTerms { status, retired: Some(date!(2026 - 11 - 22)), purposes: vec![ours.clone()] };
        let code = |status, context, retired| {
            let checked = key.with_terms(terms(status)).check_use(context, retired);
            checked.err().map(|error| error.code())
        };
        assert_eq!(code(S::Primary, &ours, R::Refuse), None);
        assert_eq!(code(S::Primary, &other, R::Allow), Some("key.purpose"));
        assert_eq!(code(S::Pending, &ours, R::Allow), Some("key.pending"));
        assert_eq!(code(S::Retired, &ours, R::Refuse), Some("key.retired"));
        assert_eq!(code(S::Retired, &ours, R::Allow), None);
        assert_eq!(code(S::Retired, &other, R::Allow), Some("key.purpose"));
    }
}
