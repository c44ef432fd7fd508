-- What became of each message: a masked recipient, and what the server said. The twin of migrations/postgres.

CREATE TABLE deliveries (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT deliveries_realm REFERENCES realms ON DELETE CASCADE,
    id         BLOB NOT NULL CHECK (length(id) = 16),
    user_id    BLOB CHECK (length(user_id) = 16),
    channel    TEXT NOT NULL CONSTRAINT deliveries_channel CHECK (channel IN ('email', 'sms')),
    message    TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    state      TEXT NOT NULL CONSTRAINT deliveries_state CHECK (state IN ('sent', 'deferred', 'rejected', 'failed')),
    attempts   INTEGER NOT NULL CONSTRAINT deliveries_attempts CHECK (attempts >= 0),
    answer     TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT deliveries_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT deliveries_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT;
CREATE INDEX deliveries_by_user ON deliveries (realm_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX deliveries_age ON deliveries (updated_at);
