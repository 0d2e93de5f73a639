error_group! {
    /// The agreement or an opt-out forbids it.
    AccessError {
        Refused { count: usize, codes: String, reasons: String } = "access.refused",
            "the agreement does not allow this request, {count} reasons ({codes}): {reasons}";
    }
}
