error_group! {
    /// The agreement or an opt-out forbids it.
    AccessError {
        Refused { count: usize, codes: String, reasons: String } = "access.refused",
            "the agreement does not allow this request, {count} reasons ({codes}): {reasons}";
        AgreementSyntax { file: String, line: usize, reason: String } = "agreement.syntax",
            "{file}, line {line}: not readable as TOML ({reason}); correct the line";
        AgreementUnknownKey { file: String, line: usize, path: String, known: String } = "agreement.unknown_key",
            "{file}, line {line}: {path} is not a key of an agreement; remove it or correct its name (known here: {known})";
        AgreementMissingKey { file: String, line: usize, path: String } = "agreement.missing_key",
            "{file}, line {line}: {path} is missing; add it";
        AgreementValue { file: String, line: usize, path: String, expected: String } = "agreement.value",
            "{file}, line {line}: {path} has a value that is not allowed; write {expected}";
        AgreementInconsistent { file: String, line: usize, path: String, reason: String } = "agreement.inconsistent",
            "{file}, line {line}: {path} does not fit the rest of the agreement: {reason}";
        NothingSubmitted {} = "opt_out.nothing_submitted",
            "no NHS number was submitted to the check service, so its answer says nothing; give the numbers of the request file";
        ReturnedNotSubmitted { count: usize, submitted: usize } = "opt_out.returned_not_submitted",
            "{count} numbers of the answer are not among the {submitted} submitted ones; the answer belongs to another request, use the matching pair";
        EmptyAnswer { submitted: usize } = "opt_out.empty_answer",
            "the answer is empty, as if all {submitted} people had opted out; check the file, or state an expected share of 1000 per mille if that is so";
        LooksLikeDenyList { dropped: usize, submitted: usize, allowed_per_mille: u16 } = "opt_out.looks_like_deny_list",
            "the answer drops {dropped} of {submitted} people, more than {allowed_per_mille} per mille: it looks like a list of people who opted out, not of those who did not; give the check service's own answer, or state the expected share";
        OptOutStale { age_days: i64, max_age_days: u16 } = "opt_out.stale",
            "the opt-out check is {age_days} days old, the limit is {max_age_days}; ask the check service again";
        OptOutInFuture { days: i64 } = "opt_out.dated_in_future",
            "the opt-out check is dated {days} days after the day of use; correct the date or the clock";
        OptOutNoList {} = "opt_out.no_list",
            "the National Data Opt-Out applies and no answer of the check service was given; submit the NHS numbers and pass the answer as NotOptedOut";
        OptOutWrongKind { lists: usize } = "opt_out.wrong_kind",
            "the National Data Opt-Out applies and only {lists} lists of people who opted out were given: such a list cannot show that everyone else was checked; pass the answer of the check service as NotOptedOut";
        OptOutNotChecked { count: u64, rows: u64 } = "opt_out.not_checked",
            "{count} of {rows} rows have a valid NHS number that was never submitted to the check service; submit them, or pass unchecked=\"withhold\" to leave them out";
        OptOutServiceRejectedFile {} = "opt_out.service_rejected_file",
            "the check service refused the request file because of an invalid NHS number, so there is no answer; correct the request and send it again";
        OptOutFileLine { line: usize, which: String, reason: String } = "opt_out.file_line",
            "line {line} of the {which} file is not ten digits of a valid NHS number and a comma ({reason}); use the file as it was sent or received";
        OptOutFileText { which: String } = "opt_out.file_text",
            "the {which} file is not plain text; use the file as it was sent or received";
        OptOutShare { found: u16 } = "opt_out.share",
            "an expected share is from 0 to 1000 per mille, not {found}";
        OptOutFilterUnavailable {} = "opt_out.filter_unavailable",
            "the opt-out filter of this plan is not in this process, or was forgotten; make the filter here and build the plan again";
        OptOutSource {} = "opt_out.source",
            "the source of a list is a short name of 1 to 64 letters, digits, spaces, full stops, hyphens or underscores, with fewer than nine digits between letters";
        OptOutCheckSetting { setting: String, expected: String } = "opt_out.check_setting",
            "{setting} of the opt-out check is not usable: write {expected}";
        OptOutInvalidNumber { count: u64 } = "opt_out.invalid_number",
            "{count} numbers of the cohort are not valid, and the check service refuses a whole file for one; leave such rows out of the request, or ask for numbers=\"format_only\" if the service takes them";
        OptOutStateExists {} = "opt_out.state_exists",
            "a check was already prepared under this name; go on with it, or name another file";
        OptOutStateUnreadable { reason: String } = "opt_out.state_unreadable",
            "the file of the check or list cannot be read or written: {reason}";
        OptOutStateChanged {} = "opt_out.state_changed",
            "the file of the check or list is not as it was written, or the key is not the one it was written with; take the original, or make the check again";
        OptOutRequestUnknown { files: usize } = "opt_out.request_unknown",
            "this is none of the {files} request files of the check; use the files as they were prepared";
        OptOutSentAlready {} = "opt_out.sent_already",
            "the request file was sent, or its sending was begun, and the service refuses a second copy; wait for the answer, or prepare a new check";
        OptOutWrongLocalId { files: usize } = "opt_out.wrong_local_id",
            "the local id of the answer is none of those of the {files} request files; it belongs to another request, use the matching pair";
        OptOutLocalIdMissing { files: usize } = "opt_out.local_id_missing",
            "the request has {files} files and the answer does not say which it belongs to; give the local id with each answer";
        OptOutAnswerTwice {} = "opt_out.answer_twice",
            "one request file has two answers that differ; find out which is the service's own";
        OptOutAnswerMissing { missing: usize, files: usize } = "opt_out.answer_missing",
            "{missing} of {files} request files have no answer yet, so nothing is known of the people in them; wait for the rest";
        OptOutPendingReceipt {} = "opt_out.pending_receipt",
            "this is the receipt that the service sends first, not the answer; wait for the answer";
        OptOutRequestSentBack { numbers: usize } = "opt_out.request_sent_back",
            "the answer holds all {numbers} numbers of its request, as if it were the request itself; take the service's own file, or state nobody_opted_out=\"allow\" if that is so";
        OptOutUndelivered {} = "opt_out.undelivered",
            "the request was not delivered to the check service, so there is no answer; check recipient and workflow with the service, and prepare a new check";
        OptOutAnsweredTooEarly { days: i64 } = "opt_out.answered_too_early",
            "the day of the check is {days} days before the request was prepared; correct the date";
        NotToday { permitted: String, today: String } = "access.not_today",
            "the request is for {permitted} but today is {today}; ask for today, or declare a rehearsal, which manifest and audit log will name as such";
        RowFilterUnreadable { dataset: String, field: String, count: u64 } = "access.row_filter",
            "dataset {dataset}, {field}: {count} cells of a batch cannot be compared with the row filter of the agreement, so nobody knows whether their rows are agreed; clean the source";
        FieldType { dataset: String, field: String, expected: String, count: u64 } = "access.field_type",
            "dataset {dataset}, {field}: {count} cells of a batch are not of the agreed type {expected}; release nothing that was not agreed: clean the source, or agree another type";
        EarlierNotGiven { count: usize, runs: String } = "access.earlier_not_given",
            "{count} earlier releases of this agreement may have had tables of counts and were not given (runs {runs}): a new table beside one of them could give a hidden count away; give their output folders as earlier, or, if they are no longer held, the ticket that says so as earlier_unavailable";
        EarlierUnreadable { folder: String, reason: String } = "access.earlier_unreadable",
            "the earlier release in {folder} cannot be read: {reason}; give its output folder as it was made, or, if it is no longer held, the ticket that says so as earlier_unavailable";
        EarlierChanged { folder: String, file: String } = "access.earlier_changed",
            "{file} of the earlier release in {folder} is not as it was released; give the folder as it was made";
        EarlierForeign { folder: String } = "access.earlier_foreign",
            "the release in {folder} is of another agreement; leave it out";
        EarlierUnknown { folder: String } = "access.earlier_unknown",
            "the audit log names no completed release with the manifest in {folder}; give releases that this log has, or the log that has this one";
        EarlierNotComparable { output: String, run: String, reason: String } = "access.earlier_not_comparable",
            "output {output} cannot be held against the earlier release of run {run}: {reason}; nobody can then tell what a subtraction gives away. If its counts are of other people or another period, agree earlier_releases = \"not_compared\" for the output";
        SourceNotAsked { source_name: String } = "access.source_not_asked",
            "the source {source_name} is not of a dataset that was asked for; nothing is read that is not needed, leave it out";
        TokenFormat { part: String } = "access.token_format",
            "the token of the person who acts is not a signed ID token: {part} cannot be read; give it as the issuer sent it";
        TokenAlgorithm {} = "access.token_algorithm",
            "the token is not signed with RS256, PS256 or ES256, so nobody vouches for it; have the issuer use one of them";
        TokenKeySet { reason: String } = "access.token_key_set",
            "the issuer's key set cannot be used ({reason}); fetch it again from the issuer";
        TokenKeyUnknown {} = "access.token_key_unknown",
            "the token does not name one of the issuer's keys; fetch the key set again, and if the key is still unknown refuse the person";
        TokenKeyDisagrees {} = "access.token_key_disagrees",
            "the key that the token names is for another algorithm or another use; this can be an attack, refuse the person";
        TokenKeyWeak { bits: usize } = "access.token_key_weak",
            "the key that the token names has {bits} bits and could be broken, 2048 are needed; have the issuer change it";
        TokenSignature {} = "access.token_signature",
            "the signature does not fit the token: it was changed, or another issuer made it; refuse the person";
        TokenIssuer {} = "access.token_issuer",
            "the token is of another issuer than the one that is trusted; sign in with that one";
        TokenAudience {} = "access.token_audience",
            "the token was made for another application, or not for this one alone; sign in to this one";
        TokenExpired { seconds: u64 } = "access.token_expired",
            "the token ended {seconds} seconds ago; sign in again";
        TokenNotYetValid { seconds: u64 } = "access.token_not_yet_valid",
            "the token begins in {seconds} seconds only; correct the clock of this machine, or wait";
        TokenTooOld { seconds: u64, most: u32 } = "access.token_too_old",
            "the token was made {seconds} seconds ago, allowed are {most}; sign in again";
        TokenClaim { claim: String } = "access.token_claim",
            "the claim {claim} is missing, or not of its form, or said twice in two ways; ask the issuer for the scope that has it";
        TokenAssurance { kind: String, demanded: u8 } = "access.token_assurance",
            "the {kind} of the person was not proved to level {demanded}; sign in in a way that does";
        UserInfoDiffers { claim: String } = "access.userinfo_differs",
            "the answer of the UserInfo endpoint has another {claim} than the token: it is of another person or another sign-in; ask for it with the access token that came with this token";
        RoleAmbiguous { count: usize } = "access.role_ambiguous",
            "the person has {count} roles and none of them is the selected one for certain; have them select one at sign-in";
        RoleUnknown {} = "access.role_unknown",
            "the role that was selected at sign-in is none of the person's roles; give the answer of the UserInfo endpoint that belongs to the token";
        RoleMissing {} = "access.role_missing",
            "the person has no role in the token or in the answer of the UserInfo endpoint; ask for the scope that has roles, or allow people without a role";
    }
}
