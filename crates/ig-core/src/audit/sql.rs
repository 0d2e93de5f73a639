#![doc = include_str!("../../docs/audit_sql.md")]

mod ddl;
mod next;
mod rows;

pub use ddl::{SqlDialect, ddl};
pub use next::{head_of_row, next_record};
pub use rows::{TableRow, TableVerifier};
