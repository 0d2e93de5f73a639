#![doc = include_str!("../docs/identity.md")]
#![allow(clippy::doc_markdown, reason = "names of products stand in prose as their makers write them")]

mod actor;
mod claims;
mod jwks;
mod jws;
mod roles;
mod verifier;

pub use actor::VerifiedActor;
pub use verifier::{RoleRule, TokenRules, TokenVerifier};
