error_group! {
    /// A record cannot be written or a log does not verify.
    AuditError {
        NotRecorded { reason: String } = "audit.not_recorded",
            "the audit record could not be written ({reason}), so the act was not started; free space or fix the log's folder";
    }
}
