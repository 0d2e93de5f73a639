//! Up to which day the rows of a dataset are complete, as the caller states it.

use super::ReleaseInputs;
use crate::columns::shown_name;
use crate::error::{Error, MisuseError};

/// Refuses days after the release, and days of datasets that are not released.
pub(super) fn check(inputs: &ReleaseInputs<'_>) -> Result<(), Error> {
    let usable = |expected: String| Err(MisuseError::Argument { name: "as_of".to_owned(), expected }.into());
    for (name, day) in &inputs.as_of {
        let name = shown_name(name);
        if !inputs.permit.datasets().any(|dataset| dataset.name == *name) {
            return usable(format!("a day for a dataset that is asked for, which {name} is not"));
        }
        if *day > inputs.permit.date() {
            return usable(format!("a day for {name} that is not after the day of the release"));
        }
    }
    Ok(())
}
