//! The fields of one key in a ring file.

use super::document::{Record, Source};
use crate::error::KeyError;
use crate::key::ring::KeyEntry;
use crate::key::text::is_variable;
use crate::key::{Key, KeyId, KeyStatus};
use crate::pseudonym::Context;
use time::{Date, Month};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

const KNOWN: [&str; 10] =
    ["id", "status", "created", "retired", "purposes", "check_value", "secret", "file", "env", "caller"];

pub(super) const SOURCE: &str = "exactly one of secret = \"nhsig_sk_…\", file = \"path from the ring's folder\", \
     env = \"NAME\" and caller = true";

/// A table of the file and where it stands.
pub(super) struct Fields<'a> {
    pub(super) place: String,
    pub(super) line: usize,
    pub(super) table: &'a DeTable<'a>,
    pub(super) line_at: &'a dyn Fn(usize) -> usize,
}

impl<'a> Fields<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(name)
    }

    /// Refuses a field that is not known: it may be a misspelt one, and its default would then hold unsaid.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), KeyError> {
        match self.table.keys().find(|name| !known.contains(&name.get_ref().as_ref())) {
            None => Ok(()),
            Some(name) => Err(KeyError::RingField {
                place: self.place_at((self.line_at)(name.span().start)),
                expected: format!("no other fields than {}", known.join(", ")),
            }),
        }
    }

    pub(super) fn wrong(&self, name: &str, expected: &str) -> KeyError {
        let line = self.get(name).map_or(self.line, |value| (self.line_at)(value.span().start));
        KeyError::RingField { place: self.place_at(line), expected: format!("{name} = {expected}") }
    }

    fn place_at(&self, line: usize) -> String {
        format!("{}, line {line}", self.place)
    }

    pub(super) fn record(&self) -> Result<Record, KeyError> {
        self.only(&KNOWN)?;
        let id = KeyId::new(self.text("id", "\"…\"")?)
            .map_err(|_| self.wrong("id", "1 to 32 characters a-z, 0-9 and hyphen"))?;
        let status = match self.text("status", "\"primary\", \"pending\" or \"retired\"")? {
            "primary" => KeyStatus::Primary,
            "pending" => KeyStatus::Pending,
            "retired" => KeyStatus::Retired,
            _ => return Err(self.wrong("status", "\"primary\", \"pending\" or \"retired\"")),
        };
        let created = self.day("created")?.ok_or_else(|| self.wrong("created", "a day such as 2026-11-22"))?;
        let retired = self.day("retired")?;
        if retired.is_some() != (status == KeyStatus::Retired) || retired.is_some_and(|retired| retired < created) {
            return Err(self.wrong("retired", "a day, not before created, where the status is \"retired\""));
        }
        let check_value = self.text("check_value", "ten hex digits")?;
        let is_hex = check_value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if check_value.len() != 10 || !is_hex {
            return Err(self.wrong("check_value", "ten lower-case hex digits"));
        }
        let (source, purposes) = (self.source()?, self.purposes()?);
        let available = matches!(source, Source::Secret(_));
        let check_value = check_value.to_owned();
        let created = Some(created);
        let record =
            Record { entry: KeyEntry { id, status, created, retired, purposes, check_value, available }, source };
        if let Source::Secret(secret) = &record.source {
            let key = Key::from_text(secret).map_err(|error| match error {
                KeyError::Format {} => self.wrong("secret", "a key of the form nhsig_sk_<id>_<64 hex digits>"),
                other => other,
            })?;
            if key.id() != &record.entry.id {
                return Err(self.wrong("secret", "a key of the id that this table has"));
            }
            record.is_about(&key)?;
        }
        Ok(record)
    }

    fn text(&self, name: &str, expected: &str) -> Result<&'a str, KeyError> {
        self.get(name).and_then(|value| value.get_ref().as_str()).ok_or_else(|| self.wrong(name, expected))
    }

    fn day(&self, name: &str) -> Result<Option<Date>, KeyError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let day = value.get_ref().as_datetime().filter(|day| day.time.is_none() && day.offset.is_none());
        let date = day.and_then(|day| day.date).and_then(|date| {
            let month = Month::try_from(date.month).ok()?;
            Date::from_calendar_date(i32::from(date.year), month, date.day).ok()
        });
        date.map(Some).ok_or_else(|| self.wrong(name, "a day such as 2026-11-22, without quotes and without a time"))
    }

    fn source(&self) -> Result<Source, KeyError> {
        let given = ["secret", "file", "env", "caller"].map(|name| self.get(name).map(|value| (name, value.get_ref())));
        let mut given = given.into_iter().flatten();
        let source = match (given.next(), given.next()) {
            (Some(("caller", DeValue::Boolean(true))), None) => Some(Source::Caller),
            (Some((name, DeValue::String(text))), None) => match name {
                "secret" => Some(Source::Secret(Zeroizing::new(text.clone().into_owned()))),
                "file" => Some(Source::File(text.clone().into_owned())),
                "env" => Some(Source::Env(text.clone().into_owned())),
                _ => None,
            },
            _ => None,
        };
        let usable = source.filter(is_usable);
        usable.ok_or_else(|| KeyError::RingField { place: self.place_at(self.line), expected: SOURCE.to_owned() })
    }

    fn purposes(&self) -> Result<Vec<Context>, KeyError> {
        const EXPECTED: &str = "a list of ids of agreements or projects, such as [\"DSA-2026-014\"]; left out for any";
        let Some(value) = self.get("purposes") else { return Ok(Vec::new()) };
        let list = value.get_ref().as_array().filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| self.wrong("purposes", EXPECTED))?;
        let read = list.iter().map(|purpose| purpose.get_ref().as_str().and_then(|text| Context::new(text).ok()));
        read.collect::<Option<_>>().ok_or_else(|| self.wrong("purposes", EXPECTED))
    }
}

/// Whether a source can be written and shown: a key pasted in place of a name is not.
pub(super) fn is_usable(source: &Source) -> bool {
    match source {
        Source::Secret(_) | Source::Caller => true,
        Source::Env(name) => is_variable(name),
        Source::File(path) => {
            (1..=1024).contains(&path.len())
                && !path.chars().any(char::is_control)
                && !path.contains(crate::key::text::PREFIX)
        }
    }
}
