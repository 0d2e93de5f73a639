-- The audit trail of nhs_ig as a table of SQLite 3.37 or newer.
--
-- SQLite has no users: whoever can write the file can drop these triggers and do anything. They stop mistakes and
-- statements, not an attacker. SQLite computes no SHA-256 either, so a hash that is not that of its line goes in and
-- is found when the table is verified. Hold a head or a checkpoint elsewhere.

CREATE TABLE audit_record (
    seq          INTEGER NOT NULL PRIMARY KEY,
    v            INTEGER NOT NULL,
    id           TEXT NOT NULL,
    ts           TEXT NOT NULL,
    event        TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    dataset      TEXT,
    actor        TEXT NOT NULL,
    role         TEXT,
    org          TEXT,
    purpose      TEXT,
    agreement_id TEXT,
    count        INTEGER,
    corr_id      TEXT NOT NULL,
    code         TEXT,
    reason_ref   TEXT,
    object       TEXT,
    key_id       TEXT,
    authoriser   TEXT,
    device       TEXT,
    prev         TEXT NOT NULL,
    hash         TEXT NOT NULL,
    line         TEXT NOT NULL,

    CONSTRAINT audit_record_one_id UNIQUE (id),
    CONSTRAINT audit_record_one_hash UNIQUE (hash),
    CONSTRAINT audit_record_first CHECK (seq >= 0 AND (seq = 0) = (prev = printf('%064d', 0))),
    -- The columns are those of the line, byte for byte, and the line is of the one allowed form. The next constraint
    -- lets no quotation mark into a column, so there is one reading only.
    CONSTRAINT audit_record_columns_of_line CHECK (line =
        '{"actor":"' || actor || '"'
        || coalesce(',"agreement_id":"' || agreement_id || '"', '')
        || coalesce(',"authoriser":"' || authoriser || '"', '')
        || coalesce(',"code":"' || code || '"', '')
        || ',"corr_id":"' || corr_id || '"'
        || coalesce(',"count":' || count, '')
        || coalesce(',"dataset":"' || dataset || '"', '')
        || coalesce(',"device":"' || device || '"', '')
        || ',"event":"' || event || '"'
        || ',"id":"' || id || '"'
        || coalesce(',"key_id":"' || key_id || '"', '')
        || coalesce(',"object":"' || object || '"', '')
        || coalesce(',"org":"' || org || '"', '')
        || ',"outcome":"' || outcome || '"'
        || ',"prev":"' || prev || '"'
        || coalesce(',"purpose":"' || purpose || '"', '')
        || coalesce(',"reason_ref":"' || reason_ref || '"', '')
        || coalesce(',"role":"' || role || '"', '')
        || ',"seq":' || seq
        || ',"ts":"' || ts || '"'
        || ',"v":' || v || '}'),
    CONSTRAINT audit_record_form CHECK (
        v = 1 AND length(line) <= 4096 AND (count IS NULL OR count BETWEEN 0 AND 9007199254740991)
        AND coalesce(actor, 'a') GLOB '[A-Za-z0-9]*' AND coalesce(actor, 'a') NOT GLOB '*[^A-Za-z0-9 ._:/+-]*'
        AND coalesce(agreement_id, 'a') GLOB '[A-Za-z0-9]*' AND coalesce(agreement_id, 'a') NOT GLOB '*[^A-Za-z0-9 ._:/+-]*'
        AND coalesce(authoriser, 'a') GLOB '[A-Za-z0-9]*' AND coalesce(authoriser, 'a') NOT GLOB '*[^A-Za-z0-9 ._:/+-]*'
        AND coalesce(dataset, 'a') GLOB '[A-Za-z0-9]*' AND coalesce(dataset, 'a') NOT GLOB '*[^A-Za-z0-9 ._:/+-]*'
        AND coalesce(device, 'a') GLOB '[A-Za-z0-9]*' AND coalesce(device, 'a') NOT GLOB '*[^A-Za-z0-9 ._:/+-]*'
        AND coalesce(org, 'a') GLOB '[A-Za-z0-9]*' AND coalesce(org, 'a') NOT GLOB '*[^A-Za-z0-9 ._:/+-]*'
        AND coalesce(purpose, 'a') GLOB '[A-Za-z0-9]*' AND coalesce(purpose, 'a') NOT GLOB '*[^A-Za-z0-9 ._:/+-]*'
        AND coalesce(role, 'a') GLOB '[A-Za-z0-9]*' AND coalesce(role, 'a') NOT GLOB '*[^A-Za-z0-9 ._:/+-]*'
        AND coalesce(code, 'a') NOT GLOB '*[^a-z0-9_.]*'
        AND coalesce(reason_ref, 'A') NOT GLOB '*[^A-Z0-9/-]*'
        AND coalesce(key_id, 'a') NOT GLOB '*[^a-z0-9-]*'
        AND length(coalesce(object, prev)) = 64 AND coalesce(object, prev) NOT GLOB '*[^0-9a-f]*'
        AND length(prev) = 64 AND prev NOT GLOB '*[^0-9a-f]*'
        AND length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'
        AND length(id) = 36 AND id NOT GLOB '*[^0-9a-f-]*'
        AND length(corr_id) = 36 AND corr_id NOT GLOB '*[^0-9a-f-]*'
        AND length(ts) = 27 AND ts NOT GLOB '*[^0-9TZ:.-]*'
        AND event NOT GLOB '*[^a-z_.]*'
        AND outcome IN ('attempt', 'success', 'failure', 'refused'))
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_record_by_run ON audit_record (corr_id);
CREATE INDEX audit_record_by_time ON audit_record (ts);

-- Only the next record of the chain goes in. This runs before the conflicts that INSERT OR REPLACE settles by deleting,
-- of which the triggers on DELETE below hear nothing.
CREATE TRIGGER audit_record_link BEFORE INSERT ON audit_record
BEGIN
    SELECT RAISE(ABORT, 'audit_record: this is not the next record of the chain')
    WHERE NEW.seq IS NOT (SELECT coalesce(max(seq), -1) + 1 FROM audit_record)
        OR NEW.prev IS NOT coalesce(
            (SELECT hash FROM audit_record ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
        OR EXISTS (SELECT 1 FROM audit_record WHERE id = NEW.id OR hash = NEW.hash);
END;
CREATE TRIGGER audit_record_no_update BEFORE UPDATE ON audit_record
BEGIN
    SELECT RAISE(ABORT, 'audit_record is never changed: a record can only be added');
END;
CREATE TRIGGER audit_record_no_delete BEFORE DELETE ON audit_record
BEGIN
    SELECT RAISE(ABORT, 'audit_record is never changed: a record can only be added');
END;
