//! Data sharing agreements as data, and the decision they lead to.
//!
//! An [`Agreement`] is read from `agreement.toml`, strictly. [`Agreement::decide`] holds a [`Request`] against it
//! and gives a [`Decision`] with every check; [`Decision::permit`] gives the [`Permit`] that a release needs, or all
//! reasons why not.
//!
#![doc = include_str!("../docs/agreement.md")]

mod article_30;
mod basis;
mod checks;
mod consistent;
mod consistent_basis;
mod consistent_data;
mod data_use_register;
mod dataset;
mod date;
mod decision;
mod diff;
mod document;
mod field_type;
mod labels;
mod mistake;
mod output;
mod page;
mod permit;
mod place;
mod processing;
mod read;
mod register;
mod request;
mod row_filter;
#[cfg(feature = "schema")]
mod schema;
mod standing;
mod template;
mod territory;
mod text;
mod transform;
mod transform_syntax;
mod tree;

pub use article_30::{RecordEntry, article_30};
pub use basis::{Article6, Article9, CommonLaw, CommonLawBasis, LawfulBasis};
pub use data_use_register::DataUse;
pub use dataset::{Dataset, Field};
#[cfg(feature = "files")]
pub(crate) use date::spoken;
pub use decision::{Check, Decision, Outcome};
pub use diff::{Change, Direction, diff};
pub use document::{
    Approval, ApprovalRole, Document, Dpia, Identity, OnwardSharing, OptOutTerms, Parties, Purpose, Retention,
    Sensitivity, Signature, SignatureStatus, Term,
};
pub use field_type::FieldType;
pub use labels::{DPV, DUO, Labels};
pub use output::{AgainstEarlier, Margins, Output, OutputFormat, OutputHierarchy, OutputKind};
#[cfg(feature = "files")]
pub(crate) use page::condition;
pub use permit::Permit;
pub use processing::{Contact, Processing};
pub use register::{Fault, RegisterRow, register};
pub use request::Request;
pub use row_filter::{FilterValue, RowFilter};
#[cfg(feature = "schema")]
pub use schema::json_schema;
pub use standing::{Due, NEAR_DAYS, Nearness, Standing};
pub use template::{TEMPLATE, draft_from_register};
pub use territory::Territory;
pub use transform::{
    AgeBandSettings, DateSettings, FieldTransform, LimitSettings, MaskSettings, NoSettings, PostcodeSettings,
    PseudonymEncoding, PseudonymSettings, RoundSettings, ShiftDateSettings,
};

use crate::error::Result;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// A data sharing agreement: who may use which fields, for what, until when, on which legal basis.
///
/// Guarantees that the file had every required key, no unknown one, only allowed values, and no contradiction that
/// this library knows of; and that it does not change afterwards. A field that is not listed is not released.
///
/// Does **not** prove that the agreement was lawfully made, that the people named in it signed, or that a lawyer
/// would read it the same way.
///
/// Source of the rule: ICO data sharing code of practice; NHS England DARS standards; NHSX agreement template.
#[derive(Debug, Clone)]
pub struct Agreement(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    document: Document,
    sha256: String,
}

impl Agreement {
    /// Reads an agreement; `file_name` is used in messages only.
    ///
    /// Messages name keys and lines, never a value of the file. In a field path the first of several entries is
    /// `[1]`, as in `dataset[1].field[2].transform`.
    ///
    /// # Errors
    /// `agreement.syntax`, `agreement.unknown_key`, `agreement.missing_key`, `agreement.value`,
    /// `agreement.inconsistent`; each is the first of its file.
    pub fn from_toml(text: &str, file_name: &str) -> Result<Self> {
        let (document, places) = read::document(text, file_name)?;
        consistent::check(&document, &places)?;
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        Ok(Self(Arc::new(Inner { document, sha256 })))
    }

    /// The whole agreement.
    pub fn document(&self) -> &Document {
        &self.0.document
    }

    /// The SHA-256 of the exact bytes that were read, in lower-case hex.
    pub fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// The agreement's id, which is also the context of its pseudonyms.
    pub fn id(&self) -> &str {
        &self.0.document.agreement.id
    }

    /// The agreement's version.
    pub fn version(&self) -> &str {
        &self.0.document.agreement.version
    }

    /// The dataset of that name.
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.0.document.dataset.iter().find(|dataset| dataset.name == name)
    }

    /// Holds a request against the agreement: every check, passed or not.
    ///
    /// The decision is data; nothing is released until [`Decision::permit`] is asked.
    pub fn decide(&self, request: &Request) -> Decision {
        Decision::new(self.clone(), request.clone())
    }
}

#[cfg(test)]
mod tests;
