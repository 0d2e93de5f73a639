//! Which of a person's roles is the one that acts.

use super::claims::{Facts, wrong};
use super::verifier::RoleRule;
use crate::error::AccessError;
use serde::Deserialize;

/// One role of national role-based access control; activities, areas and names are dropped while it is read.
#[derive(Deserialize, Clone, PartialEq, Eq)]
pub(super) struct RbacRole {
    person_roleid: String,
    role_code: String,
    org_code: String,
}

/// The role that acts, and for which organisation.
pub(super) struct ActiveRole {
    pub(super) role: Option<RbacRole>,
    pub(super) org: Option<String>,
}

impl RbacRole {
    pub(super) fn profile(&self) -> &str {
        &self.person_roleid
    }

    pub(super) fn code(&self) -> &str {
        &self.role_code
    }

    /// The last part of the code, which names the job.
    pub(super) fn job(&self) -> Option<&str> {
        self.role_code.rsplit(':').next()
    }

    fn is_of_form(&self) -> Result<(), AccessError> {
        let mut parts = self.role_code.split(':');
        let mut part = |letter: char| {
            parts.next().and_then(|part| part.strip_prefix(letter)).is_some_and(|digits| {
                (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        if !(part('S') && part('G') && part('R') && parts.next().is_none()) {
            return Err(wrong("role_code"));
        }
        let is_number = |text: &str| !text.is_empty() && text.len() <= 32 && text.bytes().all(|b| b.is_ascii_digit());
        if is_number(&self.person_roleid) { Ok(()) } else { Err(wrong("person_roleid")) }
    }
}

fn is_organisation(code: &str) -> Result<(), AccessError> {
    let fits =
        (1..=12).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if fits { Ok(()) } else { Err(wrong("org_code")) }
}

/// The role whose id is the selected one; the only one if there is one and none is selected.
pub(super) fn active(facts: &Facts, rule: RoleRule) -> Result<ActiveRole, AccessError> {
    let chosen = match &facts.selected_role {
        Some(selected) => {
            let mut found = facts.roles.iter().filter(|role| role.person_roleid == *selected);
            let first = found.next().ok_or(AccessError::RoleUnknown {})?;
            if found.any(|other| other != first) {
                return Err(AccessError::RoleAmbiguous { count: facts.roles.len() });
            }
            Some(first)
        }
        None if facts.roles.len() > 1 => return Err(AccessError::RoleAmbiguous { count: facts.roles.len() }),
        None => facts.roles.first(),
    };
    if let Some(role) = chosen {
        role.is_of_form()?;
        is_organisation(&role.org_code)?;
        return Ok(ActiveRole { role: Some(role.clone()), org: Some(role.org_code.clone()) });
    }
    if rule == RoleRule::Required {
        return Err(AccessError::RoleMissing {});
    }
    // Without a role only a person of one organisation acts for one.
    let org = match facts.organisations.as_slice() {
        [only] => Some(only.org_code.clone()),
        _ => None,
    };
    org.as_deref().map(is_organisation).transpose()?;
    Ok(ActiveRole { role: None, org })
}
