//! Up to which day the rows of a dataset are complete, as the caller states it.

use super::ReleaseInputs;
use crate::error::{Error, MisuseError};

/// Refuses days after the release, and days of datasets that are not released.
pub(super) fn check(inputs: &ReleaseInputs<'_>) -> Result<(), Error> {
    let usable = |expected: String| Err(MisuseError::Argument { name: "as_of".to_owned(), expected }.into());
    for (name, day) in &inputs.as_of {
        let asked = || inputs.permit.datasets().map(|dataset| dataset.name.as_str());
        if !asked().any(|known| known == name) {
            return usable(format!(
                "days for the datasets that are asked for: {}",
                asked().collect::<Vec<_>>().join(", ")
            ));
        }
        if *day > inputs.permit.date() {
            return usable(format!("a day for {name} that is not after the day of the release"));
        }
    }
    Ok(())
}
