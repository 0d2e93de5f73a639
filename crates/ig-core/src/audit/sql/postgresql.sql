-- The audit trail of nhs_ig as a table of PostgreSQL 13 or newer, in a database with the encoding UTF8.
--
-- Run it as an owner that no service signs in as. Services are members of audit_record_writer, which can add and
-- read; those who check are members of audit_record_reader. The server then refuses every change of a record, every
-- fork and every gap. The newest records can still be cut off by whoever owns the table or the server: only a head
-- or a checkpoint held elsewhere shows that.

CREATE TABLE audit_record (
    seq          bigint NOT NULL,
    v            smallint NOT NULL,
    id           uuid NOT NULL,
    ts           timestamptz NOT NULL,
    event        text COLLATE "C" NOT NULL,
    outcome      text COLLATE "C" NOT NULL,
    dataset      text COLLATE "C",
    actor        text COLLATE "C" NOT NULL,
    role         text COLLATE "C",
    org          text COLLATE "C",
    purpose      text COLLATE "C",
    agreement_id text COLLATE "C",
    count        bigint,
    corr_id      uuid NOT NULL,
    code         text COLLATE "C",
    reason_ref   text COLLATE "C",
    object       text COLLATE "C",
    key_id       text COLLATE "C",
    authoriser   text COLLATE "C",
    device       text COLLATE "C",
    prev         text COLLATE "C" NOT NULL,
    hash         text COLLATE "C" NOT NULL,
    line         text COLLATE "C" NOT NULL,
    -- The number that the record before must have; none for the first.
    previous_seq bigint GENERATED ALWAYS AS (NULLIF(seq, 0) - 1) STORED,

    -- One record has one number, one id, one hash and one child: no forks.
    CONSTRAINT audit_record_pkey PRIMARY KEY (seq),
    CONSTRAINT audit_record_one_id UNIQUE (id),
    CONSTRAINT audit_record_one_hash UNIQUE (hash),
    CONSTRAINT audit_record_one_child UNIQUE (prev),
    CONSTRAINT audit_record_place UNIQUE (seq, hash),
    -- The record before exists, has the number before and the hash that this one names: no gaps. Also the reason why
    -- none but the last can be deleted, by anyone, while this stands.
    CONSTRAINT audit_record_link FOREIGN KEY (previous_seq, prev) REFERENCES audit_record (seq, hash),
    CONSTRAINT audit_record_first CHECK (seq >= 0 AND (seq = 0) = (prev = repeat('0', 64))),

    CONSTRAINT audit_record_hash_of_line CHECK (hash = encode(sha256(convert_to(line, 'UTF8')), 'hex')),
    -- The columns are those of the line, byte for byte, and the line is of the one allowed form. The next constraint
    -- lets no quotation mark into a column, so there is one reading only.
    CONSTRAINT audit_record_columns_of_line CHECK (line =
        '{"actor":"' || actor || '"'
        || coalesce(',"agreement_id":"' || agreement_id || '"', '')
        || coalesce(',"authoriser":"' || authoriser || '"', '')
        || coalesce(',"code":"' || code || '"', '')
        || ',"corr_id":"' || corr_id::text || '"'
        || coalesce(',"count":' || count::text, '')
        || coalesce(',"dataset":"' || dataset || '"', '')
        || coalesce(',"device":"' || device || '"', '')
        || ',"event":"' || event || '"'
        || ',"id":"' || id::text || '"'
        || coalesce(',"key_id":"' || key_id || '"', '')
        || coalesce(',"object":"' || object || '"', '')
        || coalesce(',"org":"' || org || '"', '')
        || ',"outcome":"' || outcome || '"'
        || ',"prev":"' || prev || '"'
        || coalesce(',"purpose":"' || purpose || '"', '')
        || coalesce(',"reason_ref":"' || reason_ref || '"', '')
        || coalesce(',"role":"' || role || '"', '')
        || ',"seq":' || seq::text
        || ',"ts":"' || to_char(ts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'
        || ',"v":' || v::text || '}'),
    CONSTRAINT audit_record_form CHECK (
        v = 1 AND octet_length(line) <= 4096 AND (count IS NULL OR count BETWEEN 0 AND 9007199254740991)
        AND actor ~ '^[A-Za-z0-9][A-Za-z0-9 ._:/+-]*$'
        AND coalesce(agreement_id, 'a') ~ '^[A-Za-z0-9][A-Za-z0-9 ._:/+-]*$'
        AND coalesce(authoriser, 'a') ~ '^[A-Za-z0-9][A-Za-z0-9 ._:/+-]*$'
        AND coalesce(dataset, 'a') ~ '^[A-Za-z0-9][A-Za-z0-9 ._:/+-]*$'
        AND coalesce(device, 'a') ~ '^[A-Za-z0-9][A-Za-z0-9 ._:/+-]*$'
        AND coalesce(org, 'a') ~ '^[A-Za-z0-9][A-Za-z0-9 ._:/+-]*$'
        AND coalesce(purpose, 'a') ~ '^[A-Za-z0-9][A-Za-z0-9 ._:/+-]*$'
        AND coalesce(role, 'a') ~ '^[A-Za-z0-9][A-Za-z0-9 ._:/+-]*$'
        AND coalesce(code, 'a') ~ '^[a-z][a-z0-9_.]*$'
        AND coalesce(reason_ref, 'A') ~ '^[A-Z0-9][A-Z0-9/-]*$'
        AND coalesce(key_id, 'a') ~ '^[a-z0-9-]+$'
        AND coalesce(object, prev) ~ '^[0-9a-f]{64}$'
        AND prev ~ '^[0-9a-f]{64}$'
        AND event ~ '^[a-z][a-z_.]*$'
        AND outcome IN ('attempt', 'success', 'failure', 'refused'))
);

CREATE INDEX audit_record_by_run ON audit_record (corr_id);
CREATE INDEX audit_record_by_time ON audit_record (ts);

-- The first fence: services have no right to change or remove.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'audit_record_writer') THEN
        CREATE ROLE audit_record_writer NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'audit_record_reader') THEN
        CREATE ROLE audit_record_reader NOLOGIN;
    END IF;
END
$$;
REVOKE ALL ON audit_record FROM PUBLIC;
GRANT SELECT, INSERT ON audit_record TO audit_record_writer;
GRANT SELECT ON audit_record TO audit_record_reader;

-- The second fence, against slips of the owner. The owner can drop it, and a superuser can do anything.
CREATE FUNCTION audit_record_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_record is never changed: a record can only be added' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_record_no_change BEFORE UPDATE OR DELETE ON audit_record
    FOR EACH ROW EXECUTE FUNCTION audit_record_refuse();
CREATE TRIGGER audit_record_no_truncate BEFORE TRUNCATE ON audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION audit_record_refuse();
-- Also in a session that plays back changes from elsewhere.
ALTER TABLE audit_record ENABLE ALWAYS TRIGGER audit_record_no_change;
ALTER TABLE audit_record ENABLE ALWAYS TRIGGER audit_record_no_truncate;
