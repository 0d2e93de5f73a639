//! The name lists of this process, through which plans find them by id.

use super::{NameList, NamesRef};
use crate::error::MisuseError;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

type Lists = BTreeMap<String, Arc<NameList>>;

static LISTS: LazyLock<RwLock<Lists>> = LazyLock::new(RwLock::default);

/// Makes a list known to this process under its id; the same list again changes nothing.
///
/// # Errors
/// `misuse.names_conflict` if another list has that id.
pub fn register_name_list(list: Arc<NameList>) -> Result<(), MisuseError> {
    let mut lists = LISTS.write().unwrap_or_else(PoisonError::into_inner);
    match lists.get(list.id()) {
        Some(known) if known.check_value() == list.check_value() && known.len() == list.len() => Ok(()),
        Some(_) => Err(MisuseError::NamesConflict { names_id: list.id().to_owned() }),
        None => {
            lists.insert(list.id().to_owned(), list);
            Ok(())
        }
    }
}

/// Takes a list out of this process; says whether there was one.
pub fn forget_name_list(id: &str) -> bool {
    LISTS.write().unwrap_or_else(PoisonError::into_inner).remove(id).is_some()
}

/// The list that is meant.
pub(super) fn resolve(names: &NamesRef) -> Result<Arc<NameList>, MisuseError> {
    let lists = LISTS.read().unwrap_or_else(PoisonError::into_inner);
    let list = lists.get(&names.id).ok_or_else(|| MisuseError::NamesUnavailable { names_id: names.id.clone() })?;
    if names.check_value.as_deref().is_some_and(|expected| expected != list.check_value()) {
        return Err(MisuseError::NamesMismatch { names_id: names.id.clone() });
    }
    Ok(Arc::clone(list))
}
