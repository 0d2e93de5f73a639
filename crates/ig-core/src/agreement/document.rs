//! The sections of an agreement that say who, when and why.

use super::{Contact, Dataset, Labels, LawfulBasis, Output, Processing, Territory, date, text};
use crate::opt_out::OptOutRule;
use serde::{Deserialize, Serialize};
use time::Date;

/// Everything an agreement file holds, schema 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Document {
    /// The version of this layout: 1.
    #[cfg_attr(feature = "schema", schemars(extend("const" = 1)))]
    pub schema: u8,
    /// How closely what is released may point to a person.
    pub sensitivity: Sensitivity,
    /// What the agreement is.
    pub agreement: Identity,
    /// Who signed it and when.
    #[serde(default)]
    pub signature: Vec<Signature>,
    /// From when to when it holds.
    pub term: Term,
    /// Between whom it holds.
    pub parties: Parties,
    /// What the data may be used for.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub purpose: Vec<Purpose>,
    /// The law that allows it.
    pub lawful_basis: LawfulBasis,
    /// Whether opt-outs hold, and why or why not.
    pub opt_out: OptOutTerms,
    /// The data protection impact assessment; required for person-level data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dpia: Option<Dpia>,
    /// The sources and the fields of each that may be used.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub dataset: Vec<Dataset>,
    /// What may leave.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub output: Vec<Output>,
    /// Until when the recipient may keep it.
    pub retention: Retention,
    /// Whether the recipient may pass it on.
    pub onward_sharing: OnwardSharing,
    /// Who approved it.
    #[serde(default)]
    pub approval: Vec<Approval>,
    /// Whom to ask about data protection at the parties.
    #[serde(default)]
    pub contact: Vec<Contact>,
    /// What the record of processing activities needs besides.
    #[serde(default)]
    pub processing: Processing,
    /// Labels of public vocabularies.
    #[serde(default)]
    pub labels: Labels,
}

/// How closely what is released may point to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Persons can be named.
    Identifiable,
    /// Persons cannot be named without a key.
    Pseudonymised,
    /// Tables only, no row about a person.
    Aggregate,
}

/// What the agreement is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The id, such as `DSA-2026-014`; also the context of pseudonyms.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub id: String,
    /// The title.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub title: String,
    /// The version of the text.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub version: String,
    /// How far it has come.
    pub status: SignatureStatus,
    /// The day it was issued; it starts within twelve months of it.
    #[serde(
        default,
        deserialize_with = "date::optional",
        serialize_with = "date::write_optional",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Day"))]
    pub issued: Option<Date>,
}

/// How far an agreement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignatureStatus {
    /// Being written.
    Draft,
    /// Signed by all.
    Signed,
    /// Stopped for now.
    Suspended,
    /// Over.
    Ended,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The organisation, spelled as among the parties.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub organisation: String,
    /// Name and role of the person who signed.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub name_role: String,
    /// The day.
    #[serde(deserialize_with = "date::required", serialize_with = "date::write")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Day"))]
    pub date: Date,
}

/// From when to when the agreement holds; both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The first day.
    #[serde(deserialize_with = "date::required", serialize_with = "date::write")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Day"))]
    pub start: Date,
    /// The last day.
    #[serde(deserialize_with = "date::required", serialize_with = "date::write")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Day"))]
    pub end: Date,
    /// The day by which the agreement is next reviewed.
    #[serde(deserialize_with = "date::required", serialize_with = "date::write")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Day"))]
    pub review: Date,
}

/// Between whom the agreement holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Parties {
    /// The data controllers.
    #[serde(deserialize_with = "text::texts")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Lines"))]
    pub controllers: Vec<String>,
    /// The data processors.
    #[serde(default, deserialize_with = "text::optional_texts")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::OptionalLines"))]
    pub processors: Vec<String>,
    /// Who receives what is released.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub recipient: String,
    /// Where it may be used.
    pub territory: Territory,
}

impl Parties {
    /// Every organisation of the agreement, once or more.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.controllers.iter().chain(&self.processors).chain([&self.recipient]).map(String::as_str)
    }
}

/// One purpose and the roles that may pursue it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// The name that a request gives.
    #[serde(deserialize_with = "text::code")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Code"))]
    pub code: String,
    /// What it means.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub description: String,
    /// The roles.
    #[serde(deserialize_with = "text::codes")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Codes"))]
    pub roles: Vec<String>,
}

/// Whether opt-outs hold, and why or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OptOutTerms {
    /// Whether the National Data Opt-Out is applied.
    pub applies: bool,
    /// The row of the policy that says so.
    pub rule: OptOutRule,
    /// The reference to the evidence; required if the opt-out is not applied.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub evidence: Option<String>,
    /// The reference that lets rows without a valid NHS number stay.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub no_number_exemption: Option<String>,
}

/// The data protection impact assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dpia {
    /// Its reference.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub reference: String,
    /// The day by which it is next reviewed.
    #[serde(deserialize_with = "date::required", serialize_with = "date::write")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Day"))]
    pub review: Date,
}

/// Until when the recipient may keep the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// The last day.
    #[serde(deserialize_with = "date::required", serialize_with = "date::write")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Day"))]
    pub until: Date,
    /// How it is destroyed and proved.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub destruction: String,
}

/// Whether the recipient may pass the data on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OnwardSharing {
    /// Whether it may.
    pub allowed: bool,
    /// Under which conditions; required if it may.
    #[serde(default, deserialize_with = "text::optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub conditions: Option<String>,
}

/// One approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// In which role.
    pub role: ApprovalRole,
    /// By whom.
    #[serde(deserialize_with = "text::text")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Line"))]
    pub name: String,
    /// The day.
    #[serde(deserialize_with = "date::required", serialize_with = "date::write")]
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Day"))]
    pub date: Date,
}

/// The roles that approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApprovalRole {
    /// Caldicott Guardian.
    CaldicottGuardian,
    /// Senior information risk owner.
    Siro,
    /// Data protection officer.
    Dpo,
    /// Information asset owner.
    Iao,
}
