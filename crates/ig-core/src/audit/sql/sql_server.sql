-- The audit trail of nhs_ig as an append-only ledger table of SQL Server 2022 or newer.
--
-- NOT EXECUTED: written from the vendor's manual; no test of this library has run it. Try it on a server of your own
-- before you rely on it.
--
-- The ledger refuses UPDATE and DELETE by everyone, and its digests, held elsewhere, show what was done behind the
-- server's back.

CREATE TABLE dbo.audit_record (
    seq          bigint NOT NULL,
    v            smallint NOT NULL,
    id           char(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
    ts           char(27) COLLATE Latin1_General_100_BIN2 NOT NULL,
    event        varchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    outcome      varchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    dataset      varchar(128) COLLATE Latin1_General_100_BIN2,
    actor        varchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
    role         varchar(128) COLLATE Latin1_General_100_BIN2,
    org          varchar(128) COLLATE Latin1_General_100_BIN2,
    purpose      varchar(128) COLLATE Latin1_General_100_BIN2,
    agreement_id varchar(128) COLLATE Latin1_General_100_BIN2,
    count        bigint,
    corr_id      char(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
    code         varchar(132) COLLATE Latin1_General_100_BIN2,
    reason_ref   varchar(64) COLLATE Latin1_General_100_BIN2,
    object       char(64) COLLATE Latin1_General_100_BIN2,
    key_id       varchar(32) COLLATE Latin1_General_100_BIN2,
    authoriser   varchar(128) COLLATE Latin1_General_100_BIN2,
    device       varchar(128) COLLATE Latin1_General_100_BIN2,
    prev         char(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    hash         char(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    line         varchar(4096) COLLATE Latin1_General_100_BIN2 NOT NULL,
    -- The number that the record before must have; none for the first.
    previous_seq AS (NULLIF(seq, 0) - 1) PERSISTED,

    CONSTRAINT audit_record_pkey PRIMARY KEY (seq),
    CONSTRAINT audit_record_one_id UNIQUE (id),
    CONSTRAINT audit_record_one_hash UNIQUE (hash),
    CONSTRAINT audit_record_one_child UNIQUE (prev),
    CONSTRAINT audit_record_place UNIQUE (seq, hash),
    CONSTRAINT audit_record_link FOREIGN KEY (previous_seq, prev) REFERENCES dbo.audit_record (seq, hash),
    CONSTRAINT audit_record_first CHECK (
        seq >= 0 AND (seq = 0 AND prev = REPLICATE('0', 64) OR seq > 0 AND prev <> REPLICATE('0', 64))),
    -- The line is ASCII, so its varchar bytes are its UTF-8 bytes.
    CONSTRAINT audit_record_hash_of_line CHECK (hash = LOWER(CONVERT(char(64), HASHBYTES('SHA2_256', line), 2))),
    CONSTRAINT audit_record_columns_of_line CHECK (line =
        '{"actor":"' + actor + '"'
        + COALESCE(',"agreement_id":"' + agreement_id + '"', '')
        + COALESCE(',"authoriser":"' + authoriser + '"', '')
        + COALESCE(',"code":"' + code + '"', '')
        + ',"corr_id":"' + corr_id + '"'
        + COALESCE(',"count":' + CAST(count AS varchar(20)), '')
        + COALESCE(',"dataset":"' + dataset + '"', '')
        + COALESCE(',"device":"' + device + '"', '')
        + ',"event":"' + event + '"'
        + ',"id":"' + id + '"'
        + COALESCE(',"key_id":"' + key_id + '"', '')
        + COALESCE(',"object":"' + object + '"', '')
        + COALESCE(',"org":"' + org + '"', '')
        + ',"outcome":"' + outcome + '"'
        + ',"prev":"' + prev + '"'
        + COALESCE(',"purpose":"' + purpose + '"', '')
        + COALESCE(',"reason_ref":"' + reason_ref + '"', '')
        + COALESCE(',"role":"' + role + '"', '')
        + ',"seq":' + CAST(seq AS varchar(20))
        + ',"ts":"' + ts + '"'
        + ',"v":' + CAST(v AS varchar(20)) + '}'),
    CONSTRAINT audit_record_form CHECK (
        v = 1 AND (count IS NULL OR count BETWEEN 0 AND 9007199254740991)
        AND COALESCE(actor, 'a') NOT LIKE '%[^A-Za-z0-9 ._:/+-]%'
        AND COALESCE(agreement_id, 'a') NOT LIKE '%[^A-Za-z0-9 ._:/+-]%'
        AND COALESCE(authoriser, 'a') NOT LIKE '%[^A-Za-z0-9 ._:/+-]%'
        AND COALESCE(dataset, 'a') NOT LIKE '%[^A-Za-z0-9 ._:/+-]%'
        AND COALESCE(device, 'a') NOT LIKE '%[^A-Za-z0-9 ._:/+-]%'
        AND COALESCE(org, 'a') NOT LIKE '%[^A-Za-z0-9 ._:/+-]%'
        AND COALESCE(purpose, 'a') NOT LIKE '%[^A-Za-z0-9 ._:/+-]%'
        AND COALESCE(role, 'a') NOT LIKE '%[^A-Za-z0-9 ._:/+-]%'
        AND outcome IN ('attempt', 'success', 'failure', 'refused'))
) WITH (LEDGER = ON (APPEND_ONLY = ON));

CREATE INDEX audit_record_by_run ON dbo.audit_record (corr_id);
CREATE INDEX audit_record_by_time ON dbo.audit_record (ts);

CREATE ROLE audit_record_writer;
CREATE ROLE audit_record_reader;
GRANT SELECT, INSERT ON dbo.audit_record TO audit_record_writer;
DENY UPDATE, DELETE, ALTER ON dbo.audit_record TO audit_record_writer;
GRANT SELECT ON dbo.audit_record TO audit_record_reader;
