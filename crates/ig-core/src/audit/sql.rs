#![doc = include_str!("../../docs/audit_sql.md")]
#![allow(clippy::doc_markdown, reason = "names of products stand in prose as their makers write them")]

mod ddl;
mod next;
mod rows;

pub use ddl::{SqlDialect, ddl};
pub use next::{head_of_row, next_record};
pub use rows::{TableRow, TableVerifier};
