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
            "the key {key_id} is not loaded in this process; make a Pseudonymiser with it, or load its key ring, before the plan runs";
        Mismatch { key_id: String, expected: String, found: String } = "key.mismatch",
            "the key at hand under the id {key_id} has check value {found}, expected {expected}: it is another key; load the one that was meant";
        IdConflict { key_id: String } = "key.id_conflict",
            "another key is already loaded under the id {key_id}; two keys need two ids";
        Retired { key_id: String, on: String } = "key.retired",
            "the key {key_id} was retired on {on} and makes no new pseudonyms; use the ring's primary key, or pass retired=\"allow\" for work on an extract that was made with it";
        Pending { key_id: String } = "key.pending",
            "the key {key_id} was added to its ring and is not yet for use; run `nhs-ig keys promote` when every site holds it";
        Purpose { key_id: String } = "key.purpose",
            "the key {key_id} is not for this agreement or project; see its purposes with `nhs-ig keys show`, and use the key that is";
        RingSyntax { line: usize } = "key.ring_syntax",
            "line {line} of the key ring is not readable as TOML; correct it, or restore the file from your copy";
        RingVersion {} = "key.ring_version",
            "the key ring has no schema that this release knows; it reads schema = 1, use a newer release for another";
        RingField { place: String, expected: String } = "key.ring_field",
            "the key ring, {place}: expected {expected}; correct it, or restore the file from your copy";
        RingIncomplete {} = "key.ring_incomplete",
            "the key ring does not end with its table named end and the number of its keys, so it may have been cut off; restore it from your copy";
        RingPrimary { found: usize } = "key.ring_primary",
            "a key ring has exactly one primary key and this would have {found}; promote another key before the primary is retired";
        RingDuplicate { key_id: String } = "key.ring_duplicate",
            "the key ring has the id {key_id} twice; an id means one key for ever, choose another";
        RingSameSecret { key_id: String, other: String } = "key.ring_same_secret",
            "the keys {key_id} and {other} of the key ring are the same key under two ids; keep one of them";
        RingDate { what: String } = "key.ring_date",
            "a key ring takes no day in the future as the day on which a key was {what}; give the day of the act, or correct the clock of this machine";
        RingStatus { key_id: String, status: String, expected: String } = "key.ring_status",
            "the key {key_id} is {status}, and only a key that is {expected} can be changed so";
        NotLinkable { differ: String } = "key.not_linkable",
            "the two extracts cannot be linked: they differ in {differ}; have one of them made again, or a crosswalk made by the key holder";
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
        SignerForm {} = "key.signer_form",
            "not a signing key of the form PRIVATE+KEY+<name>+<8 hex digits>+<base64>; make one with `nhs-ig audit keys new`";
        SignerName {} = "key.signer_name",
            "the name of a signing key or log has 1 to 128 characters from ! to ~ and no plus sign, such as example.nhs.uk/audit";
        VerifierForm {} = "key.verifier_form",
            "not a verifier key of the form <name>+<8 hex digits>+<base64>; see it with `nhs-ig audit keys show`, and get it from whoever signs";
        NotPicklable {} = "key.not_picklable",
            "a key is never copied, pickled or printed; pass its file or environment name to the other process instead";
    }
}
