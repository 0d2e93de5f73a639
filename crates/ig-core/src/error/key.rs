error_group! {
    /// A key is missing, weak, exposed or the wrong one.
    KeyError {
        Missing { place: String } = "key.missing",
            "no key found in {place}; make one with `nhs-ig keys new`, or ask the key holder";
        Format {} = "key.format",
            "not a key of the form nhsig_sk_<id>_<64 hex digits>, id of 1 to 32 characters a-z, 0-9 and hyphen; make one with `nhs-ig keys new`";
        Id {} = "key.id",
            "a key id has 1 to 32 characters a-z, 0-9 and hyphen";
        Weak {} = "key.weak",
            "the key is not 32 random bytes (wrong length, or fewer than 8 different bytes); make one with `nhs-ig keys new`";
        ExposedFile { mode: String } = "key.file_exposed",
            "others can read the key file (mode {mode}); run `chmod 600` on it, replace the key if it was copied, or pass permissions=\"managed_mount\" for a container secret";
        Unreadable { reason: String } = "key.unreadable",
            "the key file cannot be read: {reason}";
        Exists {} = "key.file_exists",
            "a file of that name exists and a key file is never overwritten; choose another name";
        Unavailable { key_id: String } = "key.unavailable",
            "the key {key_id} is not loaded in this process; make a Pseudonymiser with it before the plan runs";
        Mismatch { key_id: String, expected: String, found: String } = "key.mismatch",
            "the key {key_id} in this process has check value {found}, expected {expected}; load the key that the plan was made with";
        IdConflict { key_id: String } = "key.id_conflict",
            "another key is already loaded under the id {key_id}; two keys need two ids";
        Random {} = "key.random",
            "the operating system gave no random bytes; no key was made";
        TokenForm {} = "key.token_form",
            "not a token as it was made (nhsig_t1_<key id>_<base64url>, letters in their case, nothing around it); take it from where it was first written";
        TokenKey {} = "key.token_key",
            "a token of another key; use the key whose id the token names";
        TokenChanged {} = "key.token_changed",
            "a token that was changed, or is of another context or kind, or of another key under the same id; take it from where it was first written and check context and kind";
        NumberForm {} = "key.number_form",
            "not ten digits as they were made; take the number from where it was first written, as text";
        NumberChanged {} = "key.number_changed",
            "ten digits that no NHS number leads to with this key, context and check; take them from where they were first written";
        TokensRefused { column: String, count: u64, row: u64, reason: String } = "key.tokens_refused",
            "{count} cells of {column} are not what this key made for this context and kind, the first at row {row} ({reason}); nothing was re-identified";
        NotPicklable {} = "key.not_picklable",
            "a key is never copied, pickled or printed; pass its file or environment name to the other process instead";
    }
}
