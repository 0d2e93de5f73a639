//! What a projection needs to know that no record holds.

use crate::audit::field::Shape;
use crate::audit::guard;
use crate::error::{Error, MisuseError};
use std::net::IpAddr;

/// Where the records come from, in the terms of FHIR.
///
/// `base` is an absolute URI of the organisation that keeps the log. The systems of its own identifiers and codes
/// follow from it: `<base>/actor`, `<base>/dataset`, `<base>/event` and so on, so that nobody else's names are used.
/// Nothing is looked up there. `observer` is the id of what wrote the records.
///
/// ```
/// use ig_core::audit::projection::Source;
///
/// let source = Source::new("https://example.nhs.uk/audit", "sde/vm-04")?
///     .actor_system("https://fhir.nhs.uk/Id/sds-user-id")?;
/// assert_eq!(Source::new("example", "sde/vm-04").unwrap_err().code(), "misuse.argument");
/// # let _ = source;
/// # Ok::<(), ig_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub(super) base: String,
    pub(super) observer: String,
    pub(super) actor_system: String,
    pub(super) organisation_system: String,
    pub(super) restful: Option<(Endpoint, Endpoint)>,
}

/// One side of a REST interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub(super) id: String,
    pub(super) address: String,
}

impl Endpoint {
    /// An application by its id, and its IP address, host name or URI on the network.
    ///
    /// # Errors
    /// `misuse.argument` for an address that is none of them; `audit.field`, `audit.identifier_in_field`.
    pub fn new(id: &str, address: &str) -> Result<Self, Error> {
        Shape::Token.check("endpoint", id)?;
        guard::no_identifier("address", address)?;
        if address.parse::<IpAddr>().is_err() && !is_uri(address) && !is_host(address) {
            return Err(argument("address", "an IP address, a host name, or a URI of at most 200 characters"));
        }
        Ok(Self { id: id.to_owned(), address: address.to_owned() })
    }

    /// The code of `http://hl7.org/fhir/network-type` for the address.
    pub(super) fn network_type(&self) -> &'static str {
        match &self.address {
            address if address.parse::<IpAddr>().is_ok() => "2",
            address if is_uri(address) => "5",
            _ => "1",
        }
    }
}

impl Source {
    /// A source whose actors are identified under `<base>/actor` and its organisations by their ODS code.
    ///
    /// # Errors
    /// `misuse.argument` for a base that is not an absolute URI; `audit.field`, `audit.identifier_in_field`.
    pub fn new(base: &str, observer: &str) -> Result<Self, Error> {
        let base = uri("base", base)?;
        Shape::Token.check("observer", observer)?;
        Ok(Self {
            actor_system: format!("{base}/actor"),
            organisation_system: "https://fhir.nhs.uk/Id/ods-organization-code".to_owned(),
            base,
            observer: observer.to_owned(),
            restful: None,
        })
    }

    /// The system of the ids of actors and authorisers, such as that of the smartcard.
    ///
    /// # Errors
    /// `misuse.argument`.
    pub fn actor_system(mut self, system: &str) -> Result<Self, Error> {
        self.actor_system = uri("actor_system", system)?;
        Ok(self)
    }

    /// The system of the ids of organisations, if they are not ODS codes.
    ///
    /// # Errors
    /// `misuse.argument`.
    pub fn organisation_system(mut self, system: &str) -> Result<Self, Error> {
        self.organisation_system = uri("organisation_system", system)?;
        Ok(self)
    }

    /// Says that **every** record to be projected is a REST interaction between these two.
    ///
    /// Nothing in a record shows that. Say it only of the log of a FHIR server or its client, and only for records
    /// of this client; a profile that is claimed on it is as true as this is.
    #[must_use]
    pub fn restful(mut self, client: Endpoint, server: Endpoint) -> Self {
        self.restful = Some((client, server));
        self
    }

    /// A system of this source's own.
    pub(super) fn system(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }
}

fn argument(name: &str, expected: &str) -> Error {
    MisuseError::Argument { name: name.into(), expected: expected.into() }.into()
}

fn uri(name: &'static str, text: &str) -> Result<String, Error> {
    guard::no_identifier(name, text)?;
    if !is_uri(text) {
        return Err(argument(name, "an absolute URI (https, http or urn) of at most 200 characters, without # or ?"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn is_uri(text: &str) -> bool {
    let rest = ["https://", "http://", "urn:"].iter().find_map(|scheme| text.strip_prefix(scheme));
    text.len() <= 200
        && rest.is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
                && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]@%+=,;".contains(&b))
        })
}

fn is_host(text: &str) -> bool {
    text.len() <= 200
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn uris_hosts_and_addresses_are_told_apart() {
        for (address, kind) in [
            ("192.0.2.7", "2"),
            ("2001:db8::7", "2"),
            ("https://example.nhs.uk:8443/fhir", "5"),
            ("vm-04.example.nhs.uk", "1"),
            ("localhost", "1"),
        ] {
            assert_eq!(Endpoint::new("app", address).expect(address).network_type(), kind, "{address}");
        }
        for address in ["", "a b", "-a", "a..b", "ftp//x", "https://", "x\n", "a/b", "é"] {
            assert_eq!(Endpoint::new("app", address).expect_err(address).code(), "misuse.argument", "{address}");
        }
        let planted = Endpoint::new("app", "https://example.nhs.uk/Patient/9990000018").expect_err("number");
        assert_eq!(planted.code(), "audit.identifier_in_field");
        assert_eq!(Endpoint::new("a@b", "localhost").expect_err("id").code(), "audit.field");
    }

    #[test]
    fn a_base_is_an_absolute_uri() {
        for base in ["", "example", "/audit", "javascript:x", "https://", "https://a b", "https://a/?q", "urn:"] {
            assert_eq!(Source::new(base, "x1").expect_err(base).code(), "misuse.argument", "{base}");
        }
        let source = Source::new("https://example.nhs.uk/audit/", "x1").expect("source");
        assert_eq!(source.system("actor"), "https://example.nhs.uk/audit/actor");
        let other = source.clone().actor_system("urn:oid:1.2.3").expect("actor");
        assert_eq!(other.actor_system, "urn:oid:1.2.3");
        assert_eq!(source.organisation_system("x").expect_err("uri").code(), "misuse.argument");
        assert_eq!(Source::new("urn:x", "").expect_err("observer").code(), "audit.field");
    }
}
