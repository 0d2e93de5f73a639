//! The `tracing` layer: events of an existing service become records of the log.

mod fields;
mod gate;

pub use gate::AuditGate;

use super::{AuditLog, Durability};
use crate::error::Error;
use fields::Given;
use gate::Shared;
use std::sync::Arc;
use tracing_core::span::{Attributes, Id, Record};
use tracing_core::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

/// The target of events and spans that are for the audit log.
pub const AUDIT_TARGET: &str = "nhs_ig::audit";

/// A layer that writes events of the target [`AUDIT_TARGET`] into an audit log.
///
/// An event needs the fields `event`, `outcome`, `actor` and `corr_id` and may have `dataset`, `role`, `org`,
/// `purpose`, `agreement_id`, `count`, `code`, `reason_ref`, `object`, `key_id`, `authoriser` and `device`. What it
/// lacks but `event`, `outcome` and `count` is taken from the innermost span of the same target that has it. A message,
/// an unknown field and a value of another kind are refused: there is no free text.
///
/// **A layer cannot return an error to whoever emits.** So a failure is kept, never only printed:
/// [`AuditGate::recorded`] tells of one call whether it was written, and [`AuditGate::check`] whether anything ever
/// failed. Ask one of them before the act goes on; without that an act can go on unrecorded.
///
/// It does **not** see what a filter above it drops, nor what is emitted where it is not installed; `recorded` does, as
/// nothing was written. Spans and events of other targets are left alone.
///
/// ```
/// use ig_core::audit::{AUDIT_TARGET, AuditLayer, AuditLog, CorrelationId, verify};
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("audit.jsonl");
/// let (layer, gate) = AuditLayer::new(AuditLog::open(&path)?);
/// tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
///     let run = CorrelationId::generate()?;
///     let _run = tracing::info_span!(target: AUDIT_TARGET, "run", corr_id = %run, actor = "a.analyst").entered();
///     gate.recorded(|| tracing::info!(target: AUDIT_TARGET, event = "read", outcome = "attempt", dataset = "dids"))?;
///     // An act that is refused here does not begin.
///     let refused = gate.recorded(|| tracing::info!(target: AUDIT_TARGET, event = "read", "looked at 999 000 0018"));
///     assert_eq!(refused.unwrap_err().code(), "misuse.argument");
///     Ok::<_, ig_core::Error>(())
/// })?;
/// assert_eq!(verify(&path, None)?.records, 1);
/// assert!(gate.check().is_err(), "the refusal is not forgotten");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct AuditLayer {
    log: AuditLog,
    durability: Option<Durability>,
    shared: Arc<Shared>,
}

impl AuditLayer {
    /// A layer on a log, and the gate that says what became of its events.
    pub fn new(log: AuditLog) -> (Self, AuditGate) {
        let shared = Arc::new(Shared::default());
        let gate = AuditGate::new(Arc::clone(&shared));
        (Self { log, durability: None, shared }, gate)
    }

    /// Writes every event with this durability, in place of the one that fits its kind.
    #[must_use]
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = Some(durability);
        self
    }

    fn write<S>(&self, event: &Event<'_>, context: &Context<'_, S>) -> Result<(), Error>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let mut given = Given::of_event(event);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Given>() {
                given.complete(outer);
            }
        }
        let event = given.into_event()?;
        let durability = self.durability.unwrap_or_else(|| event.kind().default_durability());
        self.log.record_as(&event, durability).map(drop).map_err(Error::from)
    }
}

impl<S> Layer<S> for AuditLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().target() != AUDIT_TARGET {
            return;
        }
        let given = Given::of_span(attributes);
        self.shared.keep(given.refused());
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(given);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(given) = span.extensions_mut().get_mut::<Given>()
        {
            values.record(given);
            self.shared.keep(given.refused());
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() == AUDIT_TARGET {
            self.shared.told(&self.write(event, &context));
        }
    }
}

#[cfg(test)]
mod tests;
