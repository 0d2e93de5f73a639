//! Filters of this process by an id, so that a query plan can name one and never holds a list.

use super::OptOutFilter;
#[cfg(feature = "arrow")]
use crate::error::AccessError;
use crate::error::{Error, MisuseError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

static FILTERS: Mutex<BTreeMap<String, Arc<OptOutFilter>>> = Mutex::new(BTreeMap::new());

fn filters() -> MutexGuard<'static, BTreeMap<String, Arc<OptOutFilter>>> {
    // A map is whole after every step, whoever panicked while it was held.
    FILTERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A filter of this process by its id, which is random and says nothing about the lists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterRef {
    /// 32 hex digits.
    pub filter_id: String,
}

/// Keeps a filter in this process, with its lists in memory, until it is forgotten.
///
/// # Errors
/// `misuse.defect` if the operating system gives no random bytes.
pub fn register_opt_out_filter(filter: Arc<OptOutFilter>) -> Result<FilterRef, Error> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|_| MisuseError::PanicInside {})?;
    let filter_id = data_encoding::HEXLOWER.encode(&id);
    filters().insert(filter_id.clone(), filter);
    Ok(FilterRef { filter_id })
}

/// Takes a filter out of this process; says whether there was one. Its lists are wiped once nothing else holds them.
pub fn forget_opt_out_filter(filter: &FilterRef) -> bool {
    filters().remove(&filter.filter_id).is_some()
}

/// The filter of a plan.
#[cfg(feature = "arrow")]
pub(crate) fn registered(filter: &FilterRef) -> Result<Arc<OptOutFilter>, Error> {
    filters().get(&filter.filter_id).cloned().ok_or_else(|| AccessError::OptOutFilterUnavailable {}.into())
}
