error_group! {
    /// A call, a column or a file is not of the expected kind.
    MisuseError {
        ColumnMissing { column: String, available: String } = "misuse.column_missing",
            "there is no column {column}; {available}";
        ColumnType { column: String, expected: String, found: String } = "misuse.column_type",
            "{column} is of type {found}, expected {expected}; convert it first";
        Argument { name: String, expected: String } = "misuse.argument",
            "{name} is not usable: expected {expected}";
        Unreadable { file: String, reason: String } = "misuse.unreadable",
            "{file} cannot be read: {reason}";
        NotCsv { file: String, reason: String } = "misuse.not_csv",
            "{file} is not a CSV table: {reason}";
        NotParquet { file: String } = "misuse.not_parquet",
            "{file} is not a Parquet file, or is damaged";
        FileKind { file: String } = "misuse.file_kind",
            "{file} has an ending that is not known; use .csv or .parquet";
        NoRows {} = "misuse.no_rows",
            "the table has no rows, and a risk of nothing would read as safe; check the source or the filter before it";
        Engine { reason: String } = "misuse.engine",
            "the engine handed over data that could not be taken: {reason}";
        NamesUnavailable { names_id: String } = "misuse.names_unavailable",
            "the name list {names_id} is not loaded in this process; make a NameList with that id before the plan runs";
        NamesMismatch { names_id: String } = "misuse.names_mismatch",
            "the name list {names_id} in this process is another one; load the list that the plan was made with";
        NamesConflict { names_id: String } = "misuse.names_conflict",
            "another name list is already loaded under the id {names_id}; forget it first, or use another id";
        NamesNotPicklable {} = "misuse.names_not_picklable",
            "a name list is never copied, pickled or printed; make it again from its source in the other process";
        Interrupted {} = "misuse.interrupted",
            "interrupted by the user; nothing was written";
        PanicInside {} = "misuse.defect",
            "a defect in nhs_ig: please report it with the code and version, without data";
    }
}
