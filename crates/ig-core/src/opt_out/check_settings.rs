//! How a request is named and cut.

use super::CheckNumbers;
use super::deny_list::most_digits_joined;
use crate::error::{AccessError, Result};
use time::Date;

/// The workflow of the national service, unless a caller names another.
pub const DEFAULT_WORKFLOW_ID: &str = "SPINE_NTT_UPHOLDING";

/// The largest file that the web page of MESH takes, in bytes.
pub const DEFAULT_MAX_FILE_BYTES: u64 = 100_000_000;

/// Ten digits, a comma and a line feed.
pub(super) const LINE_BYTES: u64 = 12;

/// Mailbox, names and limits of a request to the check service.
///
/// Names are 1 to 64 letters, digits, hyphens and underscores with fewer than nine digits between letters, so that
/// none can carry an NHS number; other characters make the service fall silent.
///
/// Does **not** know which mailbox receives for the service or whether yours is set up for the workflow: both are
/// configuration of your own, and have changed over the years.
///
/// Source of the rule: file and message naming of the check service, as sites that use it document it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckSettings {
    /// Your own mailbox.
    pub mailbox: String,
    /// The day in the file names.
    pub on: Date,
    /// The number of the first file in this month, 1 to 9999.
    pub sequence: u16,
    /// The subject of the message.
    pub subject: String,
    /// Names the request and its answer; with several files each has `-1`, `-2` and so on after it.
    pub local_id: String,
    /// The workflow.
    pub workflow_id: String,
    /// Which numbers the request may hold.
    pub numbers: CheckNumbers,
    /// The largest size of a file, in bytes; a file is never cut inside a line.
    pub max_file_bytes: u64,
}

impl CheckSettings {
    /// The settings of a mailbox on a day, with the local id as subject too.
    pub fn new(mailbox: &str, on: Date, sequence: u16, local_id: &str) -> Self {
        Self {
            mailbox: mailbox.to_owned(),
            on,
            sequence,
            subject: local_id.to_owned(),
            local_id: local_id.to_owned(),
            workflow_id: DEFAULT_WORKFLOW_ID.to_owned(),
            numbers: CheckNumbers::default(),
            max_file_bytes: DEFAULT_MAX_FILE_BYTES,
        }
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// `opt_out.check_setting`.
    pub fn check(&self) -> Result<()> {
        let names = [
            ("mailbox", &self.mailbox),
            ("subject", &self.subject),
            ("local_id", &self.local_id),
            ("workflow_id", &self.workflow_id),
        ];
        for (name, text) in names {
            if !is_name(text) {
                let expected =
                    "1 to 64 letters, digits, hyphens or underscores with fewer than nine digits between letters";
                return Err(refused(name, expected));
            }
        }
        if !(1..=9999).contains(&self.sequence) {
            return Err(refused("sequence", "a number from 1 to 9999"));
        }
        if self.max_file_bytes < LINE_BYTES {
            return Err(refused("max_file_bytes", "at least 12 bytes, which is one line"));
        }
        Ok(())
    }

    pub(super) fn numbers_of_a_file(&self) -> usize {
        usize::try_from(self.max_file_bytes / LINE_BYTES).unwrap_or(usize::MAX)
    }

    /// The name of the file at this place, without its ending.
    ///
    /// # Errors
    /// `opt_out.check_setting` if the number has more than four digits.
    pub(super) fn stem(&self, place: usize) -> Result<String> {
        let number = usize::from(self.sequence) + place;
        if number > 9999 {
            return Err(refused("sequence", "a number low enough for every file to have one up to 9999"));
        }
        let (year, month, day) = self.on.to_calendar_date();
        Ok(format!("{}-{day:02}{:02}{:02}-{number:04}", self.mailbox, u8::from(month), year.rem_euclid(100)))
    }

    pub(super) fn local_id_of(&self, place: usize, files: usize) -> String {
        if files == 1 { self.local_id.clone() } else { format!("{}-{}", self.local_id, place + 1) }
    }
}

fn refused(name: &str, expected: &str) -> crate::Error {
    AccessError::OptOutCheckSetting { setting: name.to_owned(), expected: expected.to_owned() }.into()
}

fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed) && most_digits_joined(text) < 9
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn settings() -> CheckSettings {
        CheckSettings::new("X26ABC1", date!(2026 - 11 - 02), 7, "cohort-2026")
    }

    #[test]
    fn names_are_made_as_the_service_wants_them() {
        let settings = settings();
        settings.check().expect("good");
        assert_eq!(settings.stem(0).expect("room"), "X26ABC1-021126-0007");
        assert_eq!(settings.stem(9992).expect("room"), "X26ABC1-021126-9999");
        assert_eq!(settings.stem(9993).expect_err("no room").code(), "opt_out.check_setting");
        assert_eq!(
            (settings.local_id_of(0, 1), settings.local_id_of(1, 2)),
            ("cohort-2026".into(), "cohort-2026-2".into())
        );
    }

    #[test]
    fn every_setting_is_checked_and_none_is_shown() {
        type Change = fn(&mut CheckSettings, &str);
        let texts: [Change; 4] = [
            |settings, text| settings.mailbox = text.to_owned(),
            |settings, text| settings.subject = text.to_owned(),
            |settings, text| settings.local_id = text.to_owned(),
            |settings, text| settings.workflow_id = text.to_owned(),
        ];
        for change in texts {
            for bad in ["", "a:b", "a b", "9990000018", "x999-000-0018", "a/b", "é", "a\n", &"a".repeat(65)] {
                let mut settings = settings();
                change(&mut settings, bad);
                let error = settings.check().expect_err(bad);
                assert_eq!(error.code(), "opt_out.check_setting");
                assert!(!format!("{error} {error:?}").contains("0018"));
            }
        }
        let bad: [fn(&mut CheckSettings); 3] = [|s| s.sequence = 0, |s| s.sequence = 10_000, |s| s.max_file_bytes = 11];
        for change in bad {
            let mut settings = settings();
            change(&mut settings);
            assert_eq!(settings.check().expect_err("refused").code(), "opt_out.check_setting");
        }
    }
}
