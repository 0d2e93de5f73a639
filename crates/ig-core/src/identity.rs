#![doc = include_str!("../docs/identity.md")]

mod actor;
mod claims;
mod jwks;
mod jws;
mod roles;
mod verifier;

pub use actor::VerifiedActor;
pub use verifier::{RoleRule, TokenRules, TokenVerifier};
