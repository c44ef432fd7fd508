-- Copies of what is kept about users. The twin of migrations/postgres.

CREATE TABLE data_exports (
    realm_id     BLOB NOT NULL CHECK (length(realm_id) = 16),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    user_id      BLOB NOT NULL CHECK (length(user_id) = 16),
    done         INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    content      BLOB,
    requested_at INTEGER NOT NULL,
    ready_at     INTEGER,
    expires_at   INTEGER NOT NULL,
    CONSTRAINT data_exports_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT data_exports_ready CHECK ((ready_at IS NULL) = (content IS NULL)),
    CONSTRAINT data_exports_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX data_exports_making ON data_exports (realm_id, user_id) WHERE ready_at IS NULL;
CREATE INDEX data_exports_list ON data_exports (realm_id, user_id, requested_at);
CREATE INDEX data_exports_expiry ON data_exports (expires_at);
