//! Keeps what identifies a person out of the text fields of the log.

mod birth_date;
mod digits;
mod number;
mod postcode;
mod uuid;

use crate::error::AuditError;
use crate::nhs_number::NhsNumber;

/// Fields that hold the id of a person, which in NHS directories has twelve digits.
const PERSONS: [&str; 3] = ["actor", "authoriser", "role"];

/// Refuses a text that holds an NHS, CHI or H&C number, a whole postcode, or a date that reads as a birth. Email
/// addresses and digits beyond ASCII do not fit the shapes of the fields, which are asked first. The first UUID in a
/// text is left out of account.
///
/// It does not see names of people, nor a number that is spelled in words, reversed, split by letters or over two
/// fields, nor one that stands behind exactly two other digits in a field for a person's id.
pub(super) fn no_identifier(field: &'static str, text: &str) -> Result<(), AuditError> {
    if digits_in(text) < 2 || is_user_id(field, text) {
        return Ok(());
    }
    match uuid::uuid_in(text) {
        Some(id) => rule_against(&text[..id.start]).or_else(|| rule_against(&text[id.end..])),
        None => rule_against(text),
    }
    .map_or(Ok(()), |rule| Err(AuditError::IdentifierInField { field: field.into(), rule: rule.into() }))
}

/// Refuses a count that is an NHS number of ten digits.
pub(super) fn no_number_as_count(field: &'static str, count: u64) -> Result<(), AuditError> {
    if count >= 1_000_000_000 && NhsNumber::from_unsigned(count).is_ok() {
        return Err(AuditError::IdentifierInField { field: field.into(), rule: "nhs_number".into() });
    }
    Ok(())
}

fn rule_against(text: &str) -> Option<&'static str> {
    let digits = digits_in(text);
    if digits >= 10 && number::has_number(text) {
        Some("nhs_number")
    } else if digits >= 2 && postcode::has_postcode(text) {
        Some("postcode")
    } else if digits >= 5 && birth_date::has_birth_date(text) {
        Some("birth_date")
    } else {
        None
    }
}

fn digits_in(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Whether this is nothing but the twelve digits of a user or role id (CIS2 `nhsid_useruid`, `person_roleid`), of which
/// one in four would otherwise be refused by chance.
fn is_user_id(field: &str, text: &str) -> bool {
    text.len() == 12 && PERSONS.contains(&field) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
