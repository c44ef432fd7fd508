-- Codes by text message, counted by block of numbers and by ten minutes. The twin of migrations/postgres.

CREATE TABLE sms_counts (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT sms_counts_realm REFERENCES realms ON DELETE CASCADE,
    starts_at  INTEGER NOT NULL,
    prefix     TEXT NOT NULL CONSTRAINT sms_counts_prefix CHECK (length(prefix) BETWEEN 2 AND 8),
    sent       INTEGER NOT NULL CONSTRAINT sms_counts_sent CHECK (sent >= 0),
    answered   INTEGER NOT NULL CONSTRAINT sms_counts_answered CHECK (answered >= 0),
    stopped_at INTEGER,
    CONSTRAINT sms_counts_pkey PRIMARY KEY (realm_id, starts_at, prefix)
) STRICT;
CREATE INDEX sms_counts_age ON sms_counts (starts_at);
