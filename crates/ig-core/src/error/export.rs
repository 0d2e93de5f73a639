error_group! {
    /// An output may not leave or cannot be written.
    ExportError {
        OutputExists {} = "export.output_exists",
            "the output folder exists and has files in it; nothing is overwritten, name a new folder";
        FileExists {} = "export.file_exists",
            "the output file exists; nothing is overwritten, name a new file";
        WriteFailed { file: String, reason: String } = "export.write_failed",
            "{file} could not be written ({reason}); no output was left behind";
        WorkbookLimit { file: String, limit: String } = "export.workbook_limit",
            "{file} would not fit an Excel workbook: {limit}; nothing was released, agree the format csv or parquet for this output";
        IdentifierInOutput { file: String, column: String, count: u64 } = "export.identifier_in_output",
            "{count} cells of column {column} in {file} hold an input NHS number, or nine or more consecutive digits of one; nothing was released, choose a stronger transform for that field";
    }
}
