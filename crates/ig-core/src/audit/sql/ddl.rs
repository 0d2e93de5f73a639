//! The statements that make the table.

use crate::error::MisuseError;
use std::str::FromStr;

/// A database system for which there are statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqlDialect {
    /// `PostgreSQL` 13 or newer.
    PostgreSql,
    /// `SQLite` 3.37 or newer.
    Sqlite,
    /// SQL Server 2022 or newer. Its statements were never executed.
    SqlServer,
}

impl SqlDialect {
    /// Every dialect.
    pub const ALL: &'static [Self] = &[Self::PostgreSql, Self::Sqlite, Self::SqlServer];

    /// Its name, such as `postgresql`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PostgreSql => "postgresql",
            Self::Sqlite => "sqlite",
            Self::SqlServer => "sql_server",
        }
    }

    const fn template(self) -> &'static str {
        match self {
            Self::PostgreSql => include_str!("postgresql.sql"),
            Self::Sqlite => include_str!("sqlite.sql"),
            Self::SqlServer => include_str!("sql_server.sql"),
        }
    }
}

impl FromStr for SqlDialect {
    type Err = MisuseError;

    fn from_str(name: &str) -> Result<Self, MisuseError> {
        Self::ALL.iter().copied().find(|dialect| dialect.as_str() == name).ok_or_else(|| MisuseError::Argument {
            name: "dialect".into(),
            expected: "postgresql, sqlite or sql_server".into(),
        })
    }
}

/// The name that the statements are written with.
const NAME: &str = "audit_record";

/// The statements that make an audit table of this name, with its constraints, triggers and roles.
///
/// The table has one column for each member of a record, the record's line as it is, and the hash of that line. What a
/// server refuses by itself, and what only a head held elsewhere shows, is on [the page of the module](super).
///
/// `table` is 1 to 40 characters `a-z`, `0-9` and `_`, the first a letter; constraints, triggers and roles have names
/// that begin with it. Which schema it is made in is the connection's own business.
///
/// # Errors
/// `misuse.argument` for another name.
///
/// ```
/// use ig_core::audit::sql::{SqlDialect, ddl};
///
/// assert!(ddl(SqlDialect::Sqlite, "audit_record")?.contains("CREATE TABLE audit_record ("));
/// assert!(ddl(SqlDialect::PostgreSql, "dids_audit")?.contains("GRANT SELECT, INSERT ON dids_audit TO dids_audit_writer"));
/// assert!(ddl(SqlDialect::Sqlite, "a; DROP TABLE b").is_err());
/// # Ok::<(), ig_core::MisuseError>(())
/// ```
pub fn ddl(dialect: SqlDialect, table: &str) -> Result<String, MisuseError> {
    let fits = (1..=40).contains(&table.len())
        && table.starts_with(|first: char| first.is_ascii_lowercase())
        && table.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !fits {
        let expected = "1 to 40 characters a-z, 0-9 and _, the first a letter".into();
        return Err(MisuseError::Argument { name: "table".into(), expected });
    }
    Ok(dialect.template().replace(NAME, table))
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn every_column_and_every_event_has_its_place_in_every_dialect() {
        let columns = "seq v id ts event outcome dataset actor role org purpose agreement_id count corr_id code \
                       reason_ref object key_id authoriser device prev hash line";
        for dialect in SqlDialect::ALL {
            assert_eq!(dialect.as_str().parse(), Ok(*dialect));
            let text = ddl(*dialect, "audit_record").expect("a good name");
            for column in columns.split_whitespace() {
                assert!(text.contains(&format!("\n    {column} ")), "{dialect:?} {column}");
            }
            assert_eq!(text.contains("NOT EXECUTED"), *dialect == SqlDialect::SqlServer);
        }
        assert_eq!("oracle".parse::<SqlDialect>().expect_err("unknown").code(), "misuse.argument");
    }

    #[test]
    fn a_name_is_a_name_and_no_statement() {
        for table in ["", "Audit", "1a", "a b", "a;b", "a\"b", "public.a", "é", &"a".repeat(41)] {
            assert_eq!(ddl(SqlDialect::Sqlite, table).expect_err(table).code(), "misuse.argument");
        }
        for dialect in SqlDialect::ALL {
            assert!(!ddl(*dialect, &"b".repeat(40)).expect("a good name").contains(NAME));
        }
    }
}
