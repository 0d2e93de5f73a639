//! What is taken from a token and from the answer of the UserInfo endpoint; all else is dropped while it is read.

use super::jws::{format, object};
use super::roles::RbacRole;
use crate::error::AccessError;
use serde::Deserialize;

/// Names and addresses have no member here, so that nothing can hold, show or store them.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: Audience,
    pub(super) azp: Option<String>,
    pub(super) exp: u64,
    pub(super) iat: u64,
    pub(super) nbf: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Many(Vec<String>),
}

/// The claims about the person: in the token, or in the answer of the UserInfo endpoint, or in both.
#[derive(Deserialize)]
pub(super) struct Person {
    pub(super) sub: String,
    nhsid_useruid: Option<String>,
    uid: Option<String>,
    idassurancelevel: Option<Level>,
    id_assurance_level: Option<Level>,
    authentication_assurance_level: Option<Level>,
    selected_roleid: Option<String>,
    nhsid_nrbac_roles: Option<Vec<RbacRole>>,
    nhsid_user_orgs: Option<Vec<UserOrganisation>>,
}

#[derive(Deserialize, Clone, PartialEq, Eq)]
pub(super) struct UserOrganisation {
    pub(super) org_code: String,
}

/// An assurance level, which some issuers write as text.
#[derive(Deserialize, Clone, PartialEq, Eq)]
#[serde(untagged)]
enum Level {
    Number(u8),
    Text(String),
}

impl Level {
    fn value(&self) -> Option<u8> {
        match self {
            Self::Number(level) => Some(*level),
            Self::Text(text) => match text.as_bytes() {
                [digit @ b'0'..=b'9'] => Some(digit - b'0'),
                _ => None,
            },
        }
        .filter(|level| *level <= 3)
    }
}

pub(super) fn wrong(claim: &'static str) -> AccessError {
    AccessError::TokenClaim { claim: claim.to_owned() }
}

impl Claims {
    /// Reads the claims about the token and those about the person apart, so that nothing else is ever gathered.
    pub(super) fn read(payload: &[u8]) -> Result<(Self, Person), AccessError> {
        object(payload).zip(object(payload)).ok_or_else(|| format("claims"))
    }

    /// Whether the token was made for this audience and, where it names one, for this party alone.
    pub(super) fn is_for(&self, audience: &str) -> bool {
        let party = self.azp.as_deref();
        match &self.aud {
            Audience::One(one) => one == audience && party.is_none_or(|party| party == audience),
            // Of several, the one that asked for the token is named, and it is ours.
            Audience::Many(many) => {
                many.iter().any(|one| one == audience) && party.map_or(many.len() == 1, |party| party == audience)
            }
        }
    }
}

/// What both sources say of one fact: they may not say two things.
fn one<T: PartialEq + Clone>(
    claim: &'static str,
    token: Option<&T>,
    other: Option<&T>,
) -> Result<Option<T>, AccessError> {
    match (token, other) {
        (Some(one), Some(two)) if one != two => Err(AccessError::UserInfoDiffers { claim: claim.to_owned() }),
        (one, two) => Ok(one.or(two).cloned()),
    }
}

impl Person {
    pub(super) fn read_userinfo(text: &str) -> Result<Self, AccessError> {
        object(text.as_bytes()).ok_or_else(|| format("UserInfo"))
    }

    /// Joins what the token says with the answer of the UserInfo endpoint, which must be about the same person.
    pub(super) fn joined(self, userinfo: Option<Self>) -> Result<Facts, AccessError> {
        let user = self.user()?;
        let levels = (self.identity_level()?, self.authentication_level()?);
        let Some(other) = userinfo else {
            return Ok(Facts {
                user: user.ok_or_else(|| wrong("nhsid_useruid"))?,
                identity_level: levels.0,
                authentication_level: levels.1,
                selected_role: self.selected_roleid,
                roles: self.nhsid_nrbac_roles.unwrap_or_default(),
                organisations: self.nhsid_user_orgs.unwrap_or_default(),
            });
        };
        if other.sub != self.sub {
            return Err(AccessError::UserInfoDiffers { claim: "sub".into() });
        }
        let user = one("nhsid_useruid", user.as_ref(), other.user()?.as_ref())?;
        let identity = one("id_assurance_level", levels.0.as_ref(), other.identity_level()?.as_ref())?;
        let sign_in = one("authentication_assurance_level", levels.1.as_ref(), other.authentication_level()?.as_ref())?;
        let selected = one("selected_roleid", self.selected_roleid.as_ref(), other.selected_roleid.as_ref())?;
        let roles = one("nhsid_nrbac_roles", self.nhsid_nrbac_roles.as_ref(), other.nhsid_nrbac_roles.as_ref())?;
        let orgs = one("nhsid_user_orgs", self.nhsid_user_orgs.as_ref(), other.nhsid_user_orgs.as_ref())?;
        Ok(Facts {
            user: user.ok_or_else(|| wrong("nhsid_useruid"))?,
            identity_level: identity,
            authentication_level: sign_in,
            selected_role: selected,
            roles: roles.unwrap_or_default(),
            organisations: orgs.unwrap_or_default(),
        })
    }

    /// The user's id under either of its names, which must agree.
    fn user(&self) -> Result<Option<String>, AccessError> {
        match (&self.nhsid_useruid, &self.uid) {
            (Some(one), Some(two)) if one != two => Err(wrong("uid")),
            (one, two) => Ok(one.clone().or_else(|| two.clone())),
        }
    }

    fn identity_level(&self) -> Result<Option<u8>, AccessError> {
        let read = |level: &Option<Level>| match level {
            None => Ok(None),
            Some(level) => level.value().map(Some).ok_or_else(|| wrong("id_assurance_level")),
        };
        match (read(&self.id_assurance_level)?, read(&self.idassurancelevel)?) {
            (Some(one), Some(two)) if one != two => Err(wrong("id_assurance_level")),
            (one, two) => Ok(one.or(two)),
        }
    }

    fn authentication_level(&self) -> Result<Option<u8>, AccessError> {
        let level = self.authentication_assurance_level.as_ref();
        level.map(|level| level.value().ok_or_else(|| wrong("authentication_assurance_level"))).transpose()
    }
}

/// What both sources together say.
pub(super) struct Facts {
    pub(super) user: String,
    pub(super) identity_level: Option<u8>,
    pub(super) authentication_level: Option<u8>,
    pub(super) selected_role: Option<String>,
    pub(super) roles: Vec<RbacRole>,
    pub(super) organisations: Vec<UserOrganisation>,
}
