//! Whether a token is believed.

use super::actor::VerifiedActor;
use super::claims::{Claims, Person, wrong};
use super::jwks::KeySet;
use super::jws::Unverified;
use super::roles::active;
use crate::audit::{CorrelationId, EventKind, Outcome, Timestamp};
use crate::error::{AccessError, Error, MisuseError};

/// Whether a person must act in a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RoleRule {
    /// A token of a person without a role is refused.
    #[default]
    Required,
    /// A person without a role is taken as one.
    IfGiven,
}

/// What a token must satisfy besides its signature, issuer and audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenRules {
    /// The least level at which the person's identity was proved, 0 to 3.
    pub minimum_assurance: u8,
    /// The least level of the sign-in, 0 to 3; `None` if it does not matter whether the issuer says one.
    pub minimum_authentication: Option<u8>,
    /// Whether a role is needed.
    pub role: RoleRule,
    /// How long ago the token may have been made, in seconds.
    pub max_age_seconds: u32,
    /// How far the clocks of issuer and machine may be apart, in seconds, at most 300.
    pub clock_difference_seconds: u32,
}

impl Default for TokenRules {
    fn default() -> Self {
        Self {
            minimum_assurance: 3,
            minimum_authentication: None,
            role: RoleRule::Required,
            max_age_seconds: 3600,
            clock_difference_seconds: 30,
        }
    }
}

/// Turns ID tokens of one issuer (CIS2, or another `OpenID` Connect issuer with the same claims) into verified actors.
///
/// Guarantees that the token was signed by a key of the given set with RS256, PS256 or ES256 and the algorithm that this key
/// is for; that it is of this issuer, for this audience, in force and not older than allowed; that the person's identity
/// was proved well enough; and which one role acts. Everything else in the token is dropped while it is read.
///
/// It does **not** look anything up: the caller fetches the key set, over a connection that can be trusted, and again when a
/// key is unknown. It knows no nonce, no session and no revocation. UserInfo is not signed; it is as good as the connection
/// it came over.
///
/// Source of the rule: `OpenID` Connect Core 1.0, 3.1.3.7 and 5.3.2; RFC 7515; RFC 7519; RFC 8725.
pub struct TokenVerifier {
    keys: KeySet,
    issuer: String,
    audience: String,
    rules: TokenRules,
}

impl TokenVerifier {
    /// Reads the key set; `audience` is the caller's own client id.
    ///
    /// # Errors
    /// `access.token_key_set`; `misuse.argument` for rules that cannot be.
    pub fn new(jwks: &str, issuer: &str, audience: &str, rules: TokenRules) -> Result<Self, Error> {
        let refused = |name: &str, expected: &str| -> Result<(), Error> {
            Err(MisuseError::Argument { name: name.to_owned(), expected: expected.to_owned() }.into())
        };
        if issuer.is_empty() || audience.is_empty() {
            refused("issuer and audience", "text that is not empty")?;
        }
        if rules.minimum_assurance > 3 || rules.minimum_authentication.is_some_and(|level| level > 3) {
            refused("minimum_assurance", "a level from 0 to 3")?;
        }
        if rules.clock_difference_seconds > 300 {
            refused("clock_difference_seconds", "0 to 300 seconds")?;
        }
        let (issuer, audience) = (issuer.to_owned(), audience.to_owned());
        Ok(Self { keys: KeySet::read(jwks)?, issuer, audience, rules })
    }

    /// Verifies a token at a time, with the answer of the UserInfo endpoint if the token does not hold the roles itself.
    ///
    /// # Errors
    /// `access.token_format`, `access.token_algorithm`, `access.token_key_unknown`, `access.token_key_disagrees`,
    /// `access.token_key_weak`, `access.token_signature`, `access.token_issuer`, `access.token_audience`,
    /// `access.token_expired`, `access.token_not_yet_valid`, `access.token_too_old`, `access.token_claim`,
    /// `access.token_assurance`, `access.userinfo_differs`, `access.role_ambiguous`, `access.role_unknown`,
    /// `access.role_missing`; and those of [`VerifiedActor::event`] for a user id that no audit record could hold.
    pub fn verify(&self, token: &str, userinfo: Option<&str>, at: Timestamp) -> Result<VerifiedActor, Error> {
        let token = Unverified::read(token)?;
        self.keys.verify(&token)?;
        // From here on the issuer's keys vouch for what is read.
        let (claims, person) = Claims::read(&token.payload)?;
        if claims.iss != self.issuer {
            return Err(AccessError::TokenIssuer {}.into());
        }
        if !claims.is_for(&self.audience) {
            return Err(AccessError::TokenAudience {}.into());
        }
        self.in_force(&claims, at.unix_micros() / 1_000_000)?;
        let expires = claims.exp;
        let facts = person.joined(userinfo.map(Person::read_userinfo).transpose()?)?;
        let identity = self.assured(facts.identity_level, facts.authentication_level)?;
        let role = active(&facts, self.rules.role)?;
        let actor = VerifiedActor::new(&facts, role, identity, expires);
        // What could not be recorded later is refused now.
        actor.event(EventKind::Login, Outcome::Attempt, CorrelationId::generate()?)?;
        Ok(actor)
    }

    fn in_force(&self, claims: &Claims, now: u64) -> Result<(), AccessError> {
        let slack = u64::from(self.rules.clock_difference_seconds);
        if claims.exp <= claims.iat {
            return Err(wrong("exp"));
        }
        let begins = claims.nbf.unwrap_or(0).max(claims.iat);
        if begins > now.saturating_add(slack) {
            return Err(AccessError::TokenNotYetValid { seconds: begins - now });
        }
        if now >= claims.exp.saturating_add(slack) {
            return Err(AccessError::TokenExpired { seconds: now - claims.exp });
        }
        let (age, most) = (now.saturating_sub(claims.iat), self.rules.max_age_seconds);
        if age > u64::from(most) + slack {
            return Err(AccessError::TokenTooOld { seconds: age, most });
        }
        Ok(())
    }

    fn assured(&self, identity: Option<u8>, sign_in: Option<u8>) -> Result<u8, AccessError> {
        let refused = |kind: &str, demanded| AccessError::TokenAssurance { kind: kind.to_owned(), demanded };
        // An issuer that says nothing has proved nothing.
        let level = identity.unwrap_or(0);
        if level < self.rules.minimum_assurance {
            return Err(refused("identity", self.rules.minimum_assurance));
        }
        match self.rules.minimum_authentication {
            Some(demanded) if sign_in.is_none_or(|level| level < demanded) => Err(refused("authentication", demanded)),
            _ => Ok(level),
        }
    }
}

impl std::fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenVerifier").field("rules", &self.rules).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests;
