//! The audit of finished tables that come as record batches.

use super::invalid::shown_name;
use super::keys_and_counts::text_of;
use super::schema::column_position;
use super::suppress::defect;
use super::wide::WideColumns;
use crate::error::{Error, MisuseError, PolicyError};
use crate::suppression::attack::{Method, Recomputable, Verdict};
use crate::suppression::{
    About, AuditTableOptions, CountTable, EarlierCounts, LinkedFinished, Marked, Progress, TableAudit,
    audit_linked_releases_watched, audit_releases_watched, audit_table_watched, audit_tables_linked_watched, own_rows,
};
use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, LargeStringArray, RecordBatch, UInt64Array};
use arrow::compute::{concat, take};
use arrow::datatypes::{DataType, Field, Schema};
use std::ops::ControlFlow;
use std::sync::Arc;

/// A finished table, growing with every batch: key columns and one column of written cells.
pub struct FinishedTable {
    by: Vec<String>,
    count: String,
    /// Where the table comes wide, its columns of cells; the last of the key columns is theirs.
    wide: Option<WideColumns>,
    markers: Vec<String>,
    keys: Vec<Vec<Option<String>>>,
    values: Vec<Vec<ArrayRef>>,
    cells: Vec<Marked>,
}

/// A finished table and what can be inferred from it.
pub struct AuditedTable {
    by: Vec<String>,
    values: Vec<ArrayRef>,
    audit: TableAudit,
}

impl FinishedTable {
    /// An empty table; `markers` are understood as hidden beside the usual ones.
    pub fn new(by: &[String], count: &str, markers: &[String]) -> Self {
        Self {
            by: by.to_vec(),
            count: count.to_owned(),
            wide: None,
            markers: markers.to_vec(),
            keys: vec![Vec::new(); by.len()],
            values: vec![Vec::new(); by.len()],
            cells: Vec::new(),
        }
    }

    /// An empty table whose cells stand in several columns; `markers` are understood as hidden beside the usual ones.
    pub fn wide(by: &[String], wide: WideColumns, count: &str, markers: &[String]) -> Self {
        let all: Vec<String> = by.iter().cloned().chain([wide.across().to_owned()]).collect();
        Self { wide: Some(wide), ..Self::new(&all, count, markers) }
    }

    /// Adds the rows of a batch. Null is a hidden cell.
    ///
    /// # Errors
    /// `misuse.column_missing`, `misuse.column_type`; `policy.not_a_cell` for text that is neither a whole number nor a
    /// known marker.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        match &self.wide {
            None => self.add_long(batch),
            Some(wide) => {
                let long = wide.long_cells(batch, &self.by[..self.by.len() - 1], &self.count)?;
                self.add_long(&long)
            }
        }
    }

    /// The column and the row, counted from 1, that a cell came from.
    fn origin(&self, cell: usize) -> (&str, usize) {
        match &self.wide {
            Some(wide) => (&wide.columns()[cell % wide.columns().len()], cell / wide.columns().len() + 1),
            None => (&self.count, cell + 1),
        }
    }

    fn add_long(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let keys = self.by.iter().map(|name| text_of(batch, name)).collect::<Result<Vec<_>, _>>()?;
        let written = text_of(batch, &self.count)?;
        let markers: Vec<&str> = self.markers.iter().map(String::as_str).collect();
        for row in 0..batch.num_rows() {
            let text = written.is_valid(row).then(|| written.value(row));
            let cell = text.map_or(Some(Marked::Hidden), |text| Marked::read(text, &markers));
            let not_a_cell = || {
                let (column, row) = self.origin(self.cells.len());
                PolicyError::NotACell { column: shown_name(column), row }
            };
            let cell = cell.ok_or_else(not_a_cell)?;
            self.cells.push(cell);
            for (column, key) in self.keys.iter_mut().zip(&keys) {
                column.push(key.is_valid(row).then(|| key.value(row).to_owned()));
            }
        }
        for (name, values) in self.by.iter().zip(&mut self.values) {
            values.push(Arc::clone(batch.column(column_position(&batch.schema(), name)?)));
        }
        Ok(())
    }

    /// Audits the table; the hook is told how far the run is and can stop it.
    ///
    /// # Errors
    /// Those of [`audit_table_watched`](crate::suppression::audit_table_watched); `policy.duplicate_cell`.
    pub fn audit(
        self,
        options: &AuditTableOptions,
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<AuditedTable, Error> {
        let table = self.table()?;
        let audit = audit_table_watched(&table, &self.cells, options, hook)?;
        self.audited(audit)
    }

    /// Audits several tables over the same people together, and earlier releases of them, the oldest first; the audits
    /// are in the order of the tables.
    ///
    /// # Errors
    /// Those of [`audit_tables_linked_watched`] and [`audit_linked_releases_watched`]; `policy.duplicate_cell`.
    pub fn audit_linked(
        tables: Vec<(String, Self)>,
        earlier: &[Vec<(String, Self)>],
        counts: EarlierCounts,
        options: &AuditTableOptions,
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<Vec<AuditedTable>, Error> {
        let keys_of = |tables: &[(String, Self)]| {
            tables.iter().map(|(_, table)| table.table()).collect::<Result<Vec<CountTable>, Error>>()
        };
        let (keys, earlier_keys) =
            (keys_of(&tables)?, earlier.iter().map(|one| keys_of(one)).collect::<Result<Vec<_>, _>>()?);
        let named = named(&tables, &keys);
        let audits = if earlier.is_empty() {
            audit_tables_linked_watched(&named, options, hook)?
        } else {
            let before: Vec<_> = earlier.iter().zip(&earlier_keys).map(|(one, keys)| self::named(one, keys)).collect();
            audit_linked_releases_watched(&named, &before, counts, options, hook)?
        };
        tables.into_iter().zip(audits).map(|((_, finished), audit)| finished.audited(audit)).collect()
    }

    /// Audits the table for a reader who has kept earlier releases of it, the oldest first.
    ///
    /// # Errors
    /// Those of [`audit_releases_watched`]; `policy.duplicate_cell`.
    pub fn audit_with_earlier(
        self,
        earlier: &[Self],
        counts: EarlierCounts,
        options: &AuditTableOptions,
        hook: &dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Result<AuditedTable, Error> {
        let table = self.table()?;
        let keys = earlier.iter().map(Self::table).collect::<Result<Vec<_>, _>>()?;
        let before: Vec<_> = keys.iter().zip(earlier).map(|(keys, release)| (keys, release.cells.as_slice())).collect();
        let audit = audit_releases_watched((&table, &self.cells), &before, counts, options, hook)?;
        self.audited(audit)
    }

    pub(super) fn cells(&self) -> &[Marked] {
        &self.cells
    }

    pub(super) fn table(&self) -> Result<CountTable, Error> {
        let table = CountTable::new(self.by.iter().cloned(), self.keys.clone(), vec![None; self.cells.len()]);
        match &self.wide {
            Some(wide) => match table {
                Ok(table) => Ok(table.across(wide.columns())),
                Err(error) => Err(own_rows(error, wide.across(), wide.columns())),
            },
            None => table,
        }
    }

    fn audited(self, audit: TableAudit) -> Result<AuditedTable, Error> {
        let join = |pieces: &Vec<ArrayRef>| match &pieces[..] {
            [] => Ok(Arc::new(LargeStringArray::new_null(0)) as ArrayRef),
            pieces => concat(&pieces.iter().map(AsRef::as_ref).collect::<Vec<_>>()).map_err(defect),
        };
        let values = self.values.iter().map(join).collect::<Result<_, _>>()?;
        Ok(AuditedTable { by: self.by, values, audit })
    }
}

/// Tables as the core takes them.
fn named<'a>(tables: &'a [(String, FinishedTable)], keys: &'a [CountTable]) -> Vec<LinkedFinished<'a>> {
    let one =
        |((name, table), keys): (&'a (String, FinishedTable), &'a CountTable)| (name.as_str(), keys, table.cells());
    tables.iter().zip(keys).map(one).collect()
}

impl AuditedTable {
    /// The typed audit.
    pub const fn audit(&self) -> &TableAudit {
        &self.audit
    }

    /// One row a hidden cell, for the owner: the key columns, `lower`, `upper` (null without limit), `verdict`, `method`,
    /// `by_sums`, `by_contributor`, `by_pooling` and `reason`.
    ///
    /// # Errors
    /// `misuse.argument` if a key column has one of those names.
    pub fn cells(&self) -> Result<RecordBatch, Error> {
        hidden_cells(&self.audit, &self.by, &self.values)
    }
}

/// One row an audited cell, for the owner: the key columns, `lower`, `upper` (null without limit), `verdict`
/// (`safe|exact|too_narrow|undecided`), `method`, `by_sums`, `by_contributor`, `by_pooling` and `reason`.
///
/// # Errors
/// `misuse.argument` if a key column has one of those names.
// Where earlier releases are known, `about` (`now|earlier|growth`) comes first.
pub(super) fn hidden_cells(audit: &TableAudit, by: &[String], values: &[ArrayRef]) -> Result<RecordBatch, Error> {
    let cells = audit.cells();
    let rows = UInt64Array::from_iter_values(cells.iter().map(|cell| cell.row as u64));
    let mut fields: Vec<Field> = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (name, values) in by.iter().zip(values) {
        fields.push(Field::new(name, values.data_type().clone(), true));
        columns.push(take(values, &rows, None).map_err(defect)?);
    }
    let mut add = |name: &str, kind: DataType, column: ArrayRef| -> Result<(), Error> {
        if by.iter().any(|key| key == name) {
            let expected = format!("key columns with other names than {name}");
            return Err(MisuseError::Argument { name: "by".to_owned(), expected }.into());
        }
        fields.push(Field::new(name, kind, true));
        columns.push(column);
        Ok(())
    };
    let text = |words: Vec<Option<&str>>| Arc::new(LargeStringArray::from(words)) as ArrayRef;
    let word =
        |of: fn(&crate::suppression::HiddenCell) -> &'static str| text(cells.iter().map(|c| Some(of(c))).collect());
    if audit.is_over_time() {
        add("about", DataType::LargeUtf8, word(|cell| about(cell.about)))?;
    }
    add("lower", DataType::Int64, Arc::new(Int64Array::from_iter_values(cells.iter().map(|cell| cell.lower))))?;
    add("upper", DataType::Int64, Arc::new(cells.iter().map(|cell| cell.upper).collect::<Int64Array>()))?;
    add("verdict", DataType::LargeUtf8, word(|cell| verdict(cell.verdict)))?;
    add("method", DataType::LargeUtf8, word(|cell| method(cell.method)))?;
    add("by_sums", DataType::LargeUtf8, word(|cell| recomputable(cell.by_sums)))?;
    let own: Vec<bool> = cells.iter().map(|cell| cell.by_contributor).collect();
    add("by_contributor", DataType::Boolean, Arc::new(BooleanArray::from(own)))?;
    add("by_pooling", DataType::LargeUtf8, word(|cell| recomputable(cell.by_pooling)))?;
    add("reason", DataType::LargeUtf8, text(cells.iter().map(|cell| cell.reason.as_deref()).collect()))?;
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(defect)
}

fn about(about: About) -> &'static str {
    match about {
        About::Now => "now",
        About::Earlier => "earlier",
        About::Growth => "growth",
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Exact => "exact",
        Verdict::TooNarrow => "too_narrow",
        Verdict::Undecided => "undecided",
        Verdict::Safe => "safe",
    }
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Published => "published",
        Method::Elimination => "elimination",
        Method::Propagation => "propagation",
        Method::LinearProgram => "linear_program",
        Method::WholeNumbers => "whole_numbers",
    }
}

fn recomputable(recomputable: Recomputable) -> &'static str {
    match recomputable {
        Recomputable::Yes => "yes",
        Recomputable::No => "no",
        Recomputable::Undecided => "undecided",
    }
}
