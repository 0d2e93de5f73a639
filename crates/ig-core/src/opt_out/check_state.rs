//! How far a check has come: what is on disk between the request and its answer.

use super::sealed::Sealed;
use super::{CheckNumbers, CheckSettings};
use crate::key::Key;
use serde::{Deserialize, Serialize};

pub(super) const FORMAT: &str = "nhs-ig/opt-out-check/v1";

/// The state of a whole check.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckState {
    pub(super) format: String,
    pub(super) check_id: String,
    pub(super) key_id: String,
    pub(super) check_value: String,
    pub(super) mailbox: String,
    pub(super) workflow_id: String,
    pub(super) subject: String,
    pub(super) numbers: CheckNumbers,
    pub(super) prepared_on: String,
    pub(super) files: Vec<FileState>,
}

impl CheckState {
    pub(super) fn new(settings: &CheckSettings, check_id: String, key: &Key, files: Vec<FileState>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            check_id,
            key_id: key.id().to_string(),
            check_value: key.check_value().to_owned(),
            mailbox: settings.mailbox.clone(),
            workflow_id: settings.workflow_id.clone(),
            subject: settings.subject.clone(),
            numbers: settings.numbers,
            prepared_on: settings.on.to_string(),
            files,
        }
    }
}

impl Sealed for CheckState {
    const NAME: &'static str = "check";
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

/// One request file and what became of it; it holds no number.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileState {
    pub(super) name: String,
    pub(super) local_id: String,
    pub(super) numbers: usize,
    pub(super) hash: String,
    pub(super) submitted: String,
    pub(super) sending_at: Option<String>,
    pub(super) message_id: Option<String>,
    pub(super) sent_at: Option<String>,
    pub(super) received_at: Option<String>,
    pub(super) returned: Option<String>,
    pub(super) refused: Option<String>,
}

/// How far a request file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileProgress {
    /// Prepared and not sent.
    Prepared,
    /// Its sending was begun, and nothing is known of the end.
    Sending,
    /// Sent.
    Sent,
    /// The answer is in the state.
    Answered,
    /// The service refused it, or it was not delivered.
    Refused,
}

impl FileProgress {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Answered => "answered",
            Self::Refused => "refused",
        }
    }
}

impl FileState {
    /// The name of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names the answer too.
    pub fn local_id(&self) -> &str {
        &self.local_id
    }

    /// How many numbers it holds.
    pub const fn numbers(&self) -> usize {
        self.numbers
    }

    /// The keyed hash of its bytes.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The id that MESH gave to the message.
    pub fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }

    /// The code of why there will be no answer.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// How far it has come.
    pub const fn progress(&self) -> FileProgress {
        if self.refused.is_some() {
            FileProgress::Refused
        } else if self.returned.is_some() {
            FileProgress::Answered
        } else if self.sent_at.is_some() {
            FileProgress::Sent
        } else if self.sending_at.is_some() {
            FileProgress::Sending
        } else {
            FileProgress::Prepared
        }
    }
}
