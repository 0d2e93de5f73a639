//! What became of the events of a layer.

use crate::error::{AuditError, Error};
use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

/// Says whether the events of an [`AuditLayer`](super::AuditLayer) were written. Clones ask the same layer.
///
/// ```
/// use ig_core::audit::{AUDIT_TARGET, AuditLayer, AuditLog};
///
/// let folder = tempfile::tempdir()?;
/// let (_layer, gate) = AuditLayer::new(AuditLog::open(folder.path().join("audit.jsonl"))?);
/// // The layer was never installed, so nothing is recorded, and the act must not begin.
/// let lost = gate.recorded(|| tracing::info!(target: AUDIT_TARGET, event = "read"));
/// assert_eq!(lost.unwrap_err().code(), "audit.not_recorded");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AuditGate(Arc<Shared>);

/// The first failure of a layer.
#[derive(Debug, Default)]
pub(super) struct Shared(Mutex<Option<Error>>);

/// One call of [`AuditGate::recorded`] that is under way in this thread.
struct Call {
    layer: *const Shared,
    written: bool,
    failure: Option<Error>,
}

thread_local! {
    static CALLS: RefCell<Vec<Call>> = const { RefCell::new(Vec::new()) };
}

/// Ends the newest call, also when what was called panics.
struct Ended;

impl Drop for Ended {
    fn drop(&mut self) {
        CALLS.with_borrow_mut(Vec::pop);
    }
}

impl AuditGate {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Calls `emit`, which emits at least one event of the target in this thread, and says whether it was written.
    ///
    /// An ok means that one record at least was written in the call and that none was refused.
    ///
    /// # Errors
    /// The first failure in the call: `misuse.argument` for a message, an unknown or a missing field; the codes of
    /// [`AuditEvent`](crate::audit::AuditEvent) and of [`AuditLog::record`](crate::audit::AuditLog::record);
    /// `audit.not_recorded` if no event reached the layer.
    pub fn recorded(&self, emit: impl FnOnce()) -> Result<(), Error> {
        let call = Call { layer: Arc::as_ptr(&self.0), written: false, failure: None };
        CALLS.with_borrow_mut(|calls| calls.push(call));
        let ended = Ended;
        emit();
        let (written, failure) = CALLS.with_borrow_mut(|calls| {
            calls.last_mut().map_or((false, None), |call| (call.written, call.failure.take()))
        });
        drop(ended);
        match failure {
            Some(failure) => Err(failure),
            None if written => Ok(()),
            None => {
                let reason = "no event reached the audit layer: it is not installed here, or a filter drops it";
                let lost = Error::from(AuditError::NotRecorded { reason: reason.to_owned() });
                self.0.keep(Some(&lost));
                Err(lost)
            }
        }
    }

    /// Whether everything so far was written, in every thread.
    ///
    /// A failure is never forgotten: once an act may have gone on unrecorded, that stays so.
    ///
    /// # Errors
    /// The first failure, as [`AuditGate::recorded`].
    pub fn check(&self) -> Result<(), Error> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).clone().map_or(Ok(()), Err)
    }
}

impl Shared {
    /// Keeps a failure, if it is the first.
    pub(super) fn keep(&self, failure: Option<&Error>) {
        if let Some(failure) = failure {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| failure.clone());
        }
    }

    /// Tells the calls under way in this thread what became of an event.
    pub(super) fn told(&self, written: &Result<(), Error>) {
        self.keep(written.as_ref().err());
        CALLS.with_borrow_mut(|calls| {
            for call in calls.iter_mut().filter(|call| std::ptr::eq(call.layer, self)) {
                match written {
                    Ok(()) => call.written = true,
                    Err(failure) => {
                        call.failure.get_or_insert_with(|| failure.clone());
                    }
                }
            }
        });
    }
}

#[cfg(test)]
pub(super) fn tests_only_no_call_is_open() {
    CALLS.with_borrow(|calls| assert!(calls.is_empty(), "a call is still open"));
}
