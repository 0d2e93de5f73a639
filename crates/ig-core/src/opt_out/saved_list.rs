//! Answers on disk, as keyed pseudonyms.

use super::NotOptedOut;
use super::allow_list::{Origin, People};
use super::cache::{Cache, CheckKeys, PseudonymSet};
use super::sealed::{self, Sealed, same_key, unreadable};
use crate::error::Result;
use crate::key::Key;
use crate::platform::Existing;
use serde::{Deserialize, Serialize};
use std::path::Path;
use time::Date;
use time::macros::format_description;

const FORMAT: &str = "nhs-ig/opt-out-list/v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedList {
    format: String,
    check_id: String,
    key_id: String,
    check_value: String,
    checked_at: String,
    submitted: usize,
    returned: usize,
    not_opted_out: String,
    opted_out: String,
}

impl Sealed for SavedList {
    const NAME: &'static str = "list";
    const FORMAT: &'static str = FORMAT;

    fn format(&self) -> &str {
        &self.format
    }

    fn check_id(&self) -> &str {
        &self.check_id
    }

    fn key_id(&self) -> &str {
        &self.key_id
    }

    fn check_value(&self) -> &str {
        &self.check_value
    }
}

impl NotOptedOut {
    /// Saves the answer as keyed pseudonyms in a new file that its owner alone can read.
    ///
    /// Nobody can change its day or its people without the key. It keeps its age: a loaded list is as old as the
    /// check. A list that came from an [`super::OptOutCheck`] takes the key of that check.
    ///
    /// It does **not** belong on or beside an extract: it is for applying opt-outs and nothing else.
    ///
    /// Source of the rule: service licence v1.2; operational policy guidance, chapter 8 (temporary cache).
    ///
    /// ```
    /// use ig_core::opt_out::{ExpectedOptOuts, NotOptedOut, Status};
    /// use ig_core::{Key, NhsNumber};
    /// use time::macros::date;
    ///
    /// let [ann, bob] = ["9990000018", "9990000026"].map(|text| NhsNumber::parse(text).unwrap());
    /// let list = NotOptedOut::from_check_service([ann, bob], [bob], date!(2026 - 11 - 22), ExpectedOptOuts::Default)?;
    /// let (folder, key) = (tempfile::tempdir()?, Key::generate()?);
    /// let path = folder.path().join("november.json");
    /// list.save(&path, &key)?;
    /// assert_eq!(NotOptedOut::load(&path, &key)?.status(ann), Status::OptedOut);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `opt_out.state_exists`, `opt_out.state_unreadable`, `key.mismatch`, `key.random`.
    pub fn save(&self, path: &Path, key: &Key) -> Result<()> {
        let origin = match &self.origin {
            Some(origin) => {
                same_key(key, &origin.key_id, &origin.check_value)?;
                origin.clone()
            }
            None => Origin {
                check_id: random_id()?,
                key_id: key.id().to_string(),
                check_value: key.check_value().to_owned(),
            },
        };
        let keys = CheckKeys::new(key, &origin.check_id);
        let returned = self.returned.pseudonyms(&keys.cache);
        let rest = match &self.submitted {
            People::Pseudonyms(submitted) => submitted.without(&returned),
            People::Numbers(_) => self.submitted.pseudonyms(&keys.cache).without(&returned),
        };
        let list = SavedList {
            format: FORMAT.to_owned(),
            check_id: origin.check_id,
            key_id: origin.key_id,
            check_value: origin.check_value,
            checked_at: self.checked_at().to_string(),
            submitted: self.submitted_count(),
            returned: self.returned_count(),
            not_opted_out: returned.to_text(),
            opted_out: rest.to_text(),
        };
        sealed::write(path, &list, &keys.state, Existing::Refuse)
    }

    /// Loads a saved answer.
    ///
    /// # Errors
    /// `opt_out.state_unreadable`, `opt_out.state_changed`, `key.mismatch`.
    pub fn load(path: &Path, key: &Key) -> Result<Self> {
        let (list, keys) = sealed::read::<SavedList>(path, key)?;
        let day = Date::parse(&list.checked_at, format_description!("[year]-[month]-[day]"));
        let sets = [&list.not_opted_out, &list.opted_out].map(|text| PseudonymSet::from_text(text));
        let (Ok(checked_at), [Some(returned), Some(rest)]) = (day, sets) else {
            return Err(unreadable("a day or a set in it is none"));
        };
        let origin = Origin { check_id: list.check_id, key_id: list.key_id, check_value: list.check_value };
        let people = (People::Pseudonyms(rest), People::Pseudonyms(returned));
        Ok(Self::of(people, Some(keys.cache), Some(origin), (list.submitted, list.returned), checked_at))
    }
}

impl People {
    fn pseudonyms(&self, cache: &Cache) -> PseudonymSet {
        match self {
            Self::Numbers(numbers) => cache.set(numbers.values()),
            Self::Pseudonyms(set) => PseudonymSet::union(std::slice::from_ref(set)),
        }
    }
}

/// A name that no other list has, so that two lists cannot be compared.
fn random_id() -> Result<String> {
    let mut bytes = [0_u8; 10];
    getrandom::fill(&mut bytes).map_err(|_| crate::error::KeyError::Random {})?;
    Ok(format!("list-{}", data_encoding::BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()))
}
