//! The typed fields of events and spans.

use crate::audit::AuditEvent;
use crate::error::{AuditError, Error, MisuseError};
use std::collections::BTreeMap;
use std::{error, fmt};
use tracing_core::Event;
use tracing_core::field::{Field, Visit};
use tracing_core::span::Attributes;

type Setter = fn(AuditEvent, &str) -> Result<AuditEvent, AuditError>;

const SETTERS: [(&str, Setter); 11] = [
    ("agreement_id", AuditEvent::agreement_id),
    ("authoriser", AuditEvent::authoriser),
    ("code", AuditEvent::code),
    ("dataset", AuditEvent::dataset),
    ("device", AuditEvent::device),
    ("key_id", AuditEvent::key_id),
    ("object", |event, text| Ok(event.object(text.parse()?))),
    ("org", AuditEvent::org),
    ("purpose", AuditEvent::purpose),
    ("reason_ref", AuditEvent::reason_ref),
    ("role", AuditEvent::role),
];

/// What an event or a span says.
pub(super) struct Given {
    text: BTreeMap<&'static str, String>,
    count: Option<u64>,
    refused: Option<Error>,
    /// What an event did and how it ended stands on the event itself: inherited it could be another's.
    own: bool,
}

fn argument(name: &str, expected: &str) -> Error {
    MisuseError::Argument { name: name.to_owned(), expected: expected.to_owned() }.into()
}

impl Given {
    const fn new(own: bool) -> Self {
        Self { text: BTreeMap::new(), count: None, refused: None, own }
    }

    pub(super) fn of_event(event: &Event<'_>) -> Self {
        let mut given = Self::new(true);
        event.record(&mut given);
        given
    }

    pub(super) fn of_span(attributes: &Attributes<'_>) -> Self {
        let mut given = Self::new(false);
        attributes.record(&mut given);
        given
    }

    pub(super) const fn refused(&self) -> Option<&Error> {
        self.refused.as_ref()
    }

    /// Takes from an outer span what is not yet known, its refusal included.
    pub(super) fn complete(&mut self, outer: &Self) {
        for (name, text) in &outer.text {
            self.text.entry(name).or_insert_with(|| text.clone());
        }
        if self.refused.is_none() {
            self.refused.clone_from(&outer.refused);
        }
    }

    pub(super) fn into_event(self) -> Result<AuditEvent, Error> {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        let text = |name: &str| self.text.get(name).map(String::as_str);
        let needed = |name| text(name).ok_or_else(|| argument(name, "a field of the event or a span around it"));
        let mut event = AuditEvent::new(
            needed("event")?.parse()?,
            needed("outcome")?.parse()?,
            needed("actor")?,
            needed("corr_id")?.parse()?,
        )?;
        for (name, set) in SETTERS {
            if let Some(text) = text(name) {
                event = set(event, text)?;
            }
        }
        Ok(match self.count {
            Some(count) => event.count(count)?,
            None => event,
        })
    }

    fn refuse(&mut self, field: &Field, expected: &str) {
        self.refused.get_or_insert_with(|| argument(field.name(), expected));
    }

    fn take(&mut self, field: &Field, text: impl FnOnce() -> String) {
        let name = field.name();
        let known = SETTERS.iter().any(|(setter, _)| *setter == name) || ["actor", "corr_id"].contains(&name);
        if known || (self.own && ["event", "outcome"].contains(&name)) {
            self.text.insert(name, text());
        } else if name == "count" {
            self.refuse(field, "a whole number, on the event itself");
        } else {
            self.refuse(
                field,
                "no message and no fields but those of an audit record, which stand in its layer's page",
            );
        }
    }

    fn another_kind(&mut self, field: &Field) {
        self.refuse(field, "text, or a whole number for count");
    }
}

impl Visit for Given {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, || value.to_owned());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if self.own && field.name() == "count" { self.count = Some(value) } else { self.another_kind(field) }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        match u64::try_from(value) {
            Ok(value) => self.record_u64(field, value),
            Err(_) => self.another_kind(field),
        }
    }

    /// Text given by way of `%`, and of `?`, whose quotation marks no field takes.
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, || format!("{value:?}"));
    }

    fn record_bool(&mut self, field: &Field, _: bool) {
        self.another_kind(field);
    }

    fn record_f64(&mut self, field: &Field, _: f64) {
        self.another_kind(field);
    }

    fn record_i128(&mut self, field: &Field, _: i128) {
        self.another_kind(field);
    }

    fn record_u128(&mut self, field: &Field, _: u128) {
        self.another_kind(field);
    }

    fn record_error(&mut self, field: &Field, _: &(dyn error::Error + 'static)) {
        self.another_kind(field);
    }
}
