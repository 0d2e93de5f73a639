error_group! {
    /// A record cannot be written or a log does not verify.
    AuditError {
        NotRecorded { reason: String } = "audit.not_recorded",
            "the audit record could not be written ({reason}), so the act was not started; free space or fix the log's folder";
        Field { field: String, expected: String } = "audit.field",
            "the audit field {field} is not usable: expected {expected}; put anything else in the ticket that reason_ref names";
        IdentifierInField { field: String, rule: String } = "audit.identifier_in_field",
            "the audit field {field} was refused by the rule {rule}; record a keyed pseudonym or a ticket reference instead of the number";
        ActorGeneric { field: String } = "audit.actor_generic",
            "the audit field {field} names an account that anyone could stand behind; give the id of the person who acts";
        EventReserved {} = "audit.event_reserved",
            "events that begin with chain. are written by the log itself; choose another event";
        Incident { field: String, expected: String } = "audit.incident",
            "{field} of the incident is not usable: expected {expected}";
        IncidentGrid { reason: String } = "audit.incident_grid",
            "this is not a table of incidents ({reason}); start from the one that `nhs-ig audit incident-grid` prints";
        IncidentUnknown {} = "audit.incident_unknown",
            "no incident record of this log names that ticket; record the incident with its runs first, or check the ticket";
        LogReplaced {} = "audit.log_replaced",
            "the audit log was removed or another file stands under its name; find out who moved it, then open the log again";
        LogShortened {} = "audit.log_shortened",
            "the audit log is shorter than it was when this process last read it; keep the file as evidence and start a new log";
        Poisoned {} = "audit.poisoned",
            "this handle of the audit log failed before and what it wrote last may not be on disk; open the log again";
        NotRotated { reason: String } = "audit.not_rotated",
            "the next segment of the audit log could not be begun ({reason}), so the record was not written; put that right and record it again, or open the log without rotation";
        NotALog {} = "audit.not_a_log",
            "the file holds something other than an audit log and was left as it is; check the path";
        Unreadable { reason: String } = "audit.unreadable",
            "the audit log cannot be read: {reason}; check the path and the permissions";
        RecordFormat { line: u64, reason: String } = "audit.record_format",
            "line {line} of the audit log is not a record in its one allowed form ({reason}); keep the file as evidence and compare it with a copy";
        VersionUnknown { line: u64 } = "audit.version_unknown",
            "line {line} of the audit log is of a record version that this release does not know; use a newer release";
        Sequence { line: u64, expected: u64, found: u64 } = "audit.sequence",
            "line {line} of the audit log has seq {found}, expected {expected}: records were removed, added or moved; keep the file as evidence";
        ChainBroken { line: u64 } = "audit.chain_broken",
            "line {line} of the audit log does not follow from the line before it, so one of them was changed; keep the file as evidence";
        RecoveryUnmatched { line: u64 } = "audit.recovery_unmatched",
            "line {line} of the audit log says that it seals bytes, but those bytes do not stand before it; keep the file as evidence";
        RotationUnmatched { line: u64 } = "audit.rotation_unmatched",
            "line {line} of the audit log stands after the end of its segment, or says that it begins one in the middle of a file: records were added or files joined; keep the files as evidence";
        SegmentMissing { first: u64 } = "audit.segment_missing",
            "the segment of the audit log that begins with record {first} is not there; put the file back beside the log under its own name";
        SegmentForeign { first: u64 } = "audit.segment_foreign",
            "the file where the segment of the audit log that begins with record {first} belongs does not continue the segment before it: one of them was changed or exchanged; keep the files as evidence";
        SegmentCut { first: u64 } = "audit.segment_cut",
            "the archived segment of the audit log that begins with record {first} has lost its end; keep the file as evidence and compare it with a copy";
        TornTail { line: u64 } = "audit.torn_tail",
            "line {line}, the last of the audit log, was not finished (a crash or a full disk?); the next record written to the log seals it";
        HeldHeadMissing { held: u64, found: u64 } = "audit.held_head_missing",
            "the audit log has {found} records, the head held elsewhere has {held}: records were cut off the end; keep the file as evidence";
        HeldHeadDiffers { held: u64 } = "audit.held_head_differs",
            "after {held} records the audit log has another hash than the head held elsewhere: it was rewritten; keep the file as evidence";
        CheckpointFormat { reason: String } = "audit.checkpoint_format",
            "this is not a checkpoint of an audit log ({reason}); use the file as `nhs-ig audit checkpoint` wrote it";
        CheckpointUnknownKey {} = "audit.checkpoint_unknown_key",
            "the checkpoint has no signature of the verifier key given, so nobody you trust vouches for it; use the verifier key of whoever signed it, got from them and not with the file";
        CheckpointSignature {} = "audit.checkpoint_signature",
            "the signature on the checkpoint does not fit its text: one of them was changed; get the checkpoint again from where it is held";
        CheckpointOrigin { expected: String } = "audit.checkpoint_origin",
            "the checkpoint is of another log than {expected}; use the checkpoint of this log, or name its origin";
        CheckpointMissing { held: u64, found: u64 } = "audit.checkpoint_missing",
            "the audit log has {found} records, its checkpoint was made at {held}: records were cut off the end, or this is an older copy; keep the file as evidence";
        CheckpointDiffers { held: u64 } = "audit.checkpoint_differs",
            "the first {held} records of the audit log are not those that the checkpoint was made of: it was rewritten or is another log; keep the file as evidence";
        CheckpointOrder { older: u64, newer: u64 } = "audit.checkpoint_order",
            "the checkpoint given as the older one has {older} records and the newer one {newer}; give them the other way round";
        ProofFormat { reason: String } = "audit.proof_format",
            "this is not a proof about an audit log ({reason}); use the file as `nhs-ig audit prove` wrote it";
        ProofDiffers {} = "audit.proof_differs",
            "the proof does not lead to the checkpoint's root: the record, the proof or the older checkpoint is not of this log; ask for a new proof";
        ProofRange { asked: u64, size: u64 } = "audit.proof_range",
            "there is no record {asked} in the checkpoint, which has {size} records counted from 0; ask for an earlier record or use a newer checkpoint";
        TableColumn { row: u64, column: String } = "audit.table_column",
            "row {row} of the audit table has a {column} that is not that of its line, so one of them was changed; keep the table as evidence";
        TableRefused { reason: String } = "audit.table_refused",
            "the database did not take the audit record ({reason}), so the act must not go on; roll the transaction back, and look at the table, the rights and who else writes";
        TableUnreadable { reason: String } = "audit.table_unreadable",
            "the audit table cannot be read ({reason}); check its name, the rights and the connection";
    }
}
