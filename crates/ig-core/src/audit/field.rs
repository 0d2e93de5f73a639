//! The allow-lists of the text fields.

use super::guard;
use crate::error::AuditError;

/// What a text field may look like.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Token,
    Code,
    ReasonRef,
    KeyId,
}

/// The characters of names.
const TOKEN: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut at = 0;
    while at < allowed.len() {
        let byte = at as u8;
        allowed[at] = byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.' | b'_' | b':' | b'/' | b'+' | b'-');
        at += 1;
    }
    allowed
};

impl Shape {
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Token => {
                "1 to 128 characters A-Z, a-z, 0-9, space, dot, underscore, colon, slash, plus and hyphen, \
                 the first a letter or digit, the last not a space"
            }
            Self::Code => "2 to 4 lower-case words joined by dots, such as agreement.expired",
            Self::ReasonRef => "a ticket of 1 to 64 characters A-Z, 0-9, slash and hyphen, such as IG/2026/17",
            Self::KeyId => "1 to 32 characters a-z, 0-9 and hyphen",
        }
    }

    pub(super) fn fits(self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let sized = |most: usize| (1..=most).contains(&bytes.len());
        match self {
            Self::Token => {
                sized(128)
                    && bytes.iter().all(|b| TOKEN[usize::from(*b)])
                    && bytes[0].is_ascii_alphanumeric()
                    && !text.ends_with(' ')
            }
            Self::Code => (2..=4).contains(&text.split('.').count()) && text.split('.').all(is_code_word),
            Self::ReasonRef => {
                sized(64)
                    && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"/-".contains(b))
                    && bytes[0].is_ascii_alphanumeric()
            }
            Self::KeyId => {
                sized(32) && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
            }
        }
    }

    /// Allow-list first, detectors second; refuses, never changes.
    pub(super) fn check(self, field: &'static str, text: &str) -> Result<(), AuditError> {
        if !self.fits(text) {
            return Err(AuditError::Field { field: field.into(), expected: self.expected().into() });
        }
        guard::no_identifier(field, text)
    }
}

fn is_code_word(word: &str) -> bool {
    word.len() <= 32
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Names behind which anyone could stand. GP Connect: the requester shall not be a generic "system" user.
const GENERIC: &[&str] = &[
    "admin",
    "administrator",
    "administrators",
    "admins",
    "agency",
    "airflow",
    "anon",
    "anonymous",
    "anybody",
    "anyone",
    "api",
    "app",
    "application",
    "applications",
    "automation",
    "batch",
    "bot",
    "bots",
    "cron",
    "cronjob",
    "daemon",
    "dbadmin",
    "default",
    "dummy",
    "etl",
    "everybody",
    "everyone",
    "example",
    "generic",
    "genericuser",
    "guest",
    "guests",
    "jenkins",
    "job",
    "locum",
    "me",
    "na",
    "nhsadmin",
    "nil",
    "nobody",
    "none",
    "notapplicable",
    "notknown",
    "nouser",
    "null",
    "operator",
    "person",
    "pipeline",
    "placeholder",
    "postgres",
    "public",
    "python",
    "robot",
    "root",
    "sa",
    "scheduler",
    "script",
    "scripts",
    "server",
    "service",
    "serviceaccount",
    "services",
    "serviceuser",
    "shared",
    "sharedaccount",
    "somebody",
    "someone",
    "staff",
    "superuser",
    "superusers",
    "svc",
    "svcetl",
    "sys",
    "sysadmin",
    "system",
    "systems",
    "systemuser",
    "tbc",
    "tbd",
    "team",
    "temp",
    "temporary",
    "test",
    "tester",
    "testers",
    "tests",
    "testuser",
    "testusers",
    "todo",
    "undefined",
    "unknown",
    "unnamed",
    "unspecified",
    "user",
    "username",
    "users",
    "worker",
    "wwwdata",
    "xx",
    "xxx",
];

/// Refuses an actor that names nobody: compared without case, separators and up to three trailing digits.
pub(super) fn not_generic(field: &'static str, text: &str) -> Result<(), AuditError> {
    let name = plain_word(text, 3);
    if name.is_empty() || GENERIC.binary_search(&name.as_str()).is_ok() {
        return Err(AuditError::ActorGeneric { field: field.into() });
    }
    Ok(())
}

/// Words that stand where a ticket was meant to be.
const NO_TICKET: &[&str] = &[
    "dummy",
    "example",
    "na",
    "nil",
    "none",
    "notapplicable",
    "notknown",
    "null",
    "placeholder",
    "tba",
    "tbc",
    "tbd",
    "temp",
    "test",
    "testing",
    "ticket",
    "todo",
    "undefined",
    "unknown",
    "x",
    "xx",
    "xxx",
];

/// Refuses a reference that is a word for none, compared without separators and up to two trailing digits.
pub(super) fn is_ticket(text: &str) -> Result<(), AuditError> {
    if NO_TICKET.binary_search(&plain_word(text, 2).as_str()).is_err() {
        return Ok(());
    }
    let expected = "the ticket that holds the reason, such as IG/2026/17, and no word for none".to_owned();
    Err(AuditError::Field { field: "reason_ref".into(), expected })
}

/// Letters and digits alone, small, without so many trailing digits at most.
fn plain_word(text: &str, most_digits: usize) -> String {
    let mut plain: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let digits = plain.len() - plain.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    plain.truncate(plain.len() - digits.min(most_digits));
    plain
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_generic_names_are_sorted_for_the_search() {
        assert!(GENERIC.is_sorted() && NO_TICKET.is_sorted());
    }

    #[test]
    fn generic_actors_are_refused_in_every_dress() {
        for actor in ["system", "SYSTEM", "System-1", "service_account", "svc.01", "n/a", "Admin", "user 2", "00"] {
            assert_eq!(not_generic("actor", actor).expect_err(actor).code(), "audit.actor_generic");
        }
        for actor in ["a.analyst", "asmith3", "555021935100", "systems.smith", "user123456", "nhsid:5550219"] {
            assert_eq!(not_generic("actor", actor), Ok(()), "{actor}");
        }
    }

    #[test]
    fn words_for_nobody_and_for_no_ticket_are_refused() {
        for actor in ["N/A", "administrators", "unknown", "test", "Tester 2", "staff", "team-1", "TBC", "users"] {
            assert_eq!(not_generic("actor", actor).expect_err(actor).code(), "audit.actor_generic");
        }
        for ticket in ["N/A", "NA", "TEST", "TEST-1", "UNKNOWN", "TBC", "NONE", "X", "TODO/01", "NOT-KNOWN"] {
            assert_eq!(is_ticket(ticket).expect_err(ticket).code(), "audit.field");
        }
        for ticket in ["IG/2026/17", "7", "CAG-20-0067", "TEST/2026/17", "NA/2026/17", "TESTING-102"] {
            assert_eq!(is_ticket(ticket), Ok(()), "{ticket}");
        }
    }

    #[test]
    fn each_shape_has_its_edges() {
        let long = "a".repeat(128);
        for good in ["a", "hes_2024_25", "A/b:c+d-e f.g", long.as_str()] {
            assert!(Shape::Token.fits(good), "{good}");
        }
        for bad in ["", " a", "_a", "a ", "a@b", "a\tb", "caf\u{e9}", "a\u{a0}b", "\u{ff11}", "a\"b", "a\\b", "a,b"] {
            assert!(!Shape::Token.fits(bad), "{bad}");
        }
        assert!(!Shape::Token.fits(&"a".repeat(129)));
        for good in ["agreement.expired", "a.b.c.d2", "identifier.check_digit"] {
            assert!(Shape::Code.fits(good), "{good}");
        }
        for bad in ["", "agreement", "a.", ".a", "a..b", "A.b", "a.1b", "a.b.c.d.e", "a b.c"] {
            assert!(!Shape::Code.fits(bad), "{bad}");
        }
        for good in ["IG/2026/17", "7", "CAG-20-0067"] {
            assert!(Shape::ReasonRef.fits(good), "{good}");
        }
        for bad in ["", "/IG", "ig/17", "IG 17", "IG_17"] {
            assert!(!Shape::ReasonRef.fits(bad), "{bad}");
        }
        assert!(!Shape::ReasonRef.fits(&"A".repeat(65)));
        assert!(Shape::KeyId.fits("k-2026") && !Shape::KeyId.fits("K") && !Shape::KeyId.fits(""));
        assert!(!Shape::KeyId.fits(&"a".repeat(33)));
    }
}
