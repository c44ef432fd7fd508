-- Browsers in which a person asked not to be asked for a second factor again. The twin of migrations/postgres.

CREATE TABLE trusted_devices (
    realm_id     BLOB    NOT NULL CHECK (length(realm_id) = 16),
    user_id      BLOB    NOT NULL CHECK (length(user_id) = 16),
    id           BLOB    NOT NULL CHECK (length(id) = 16),
    ip           TEXT,
    user_agent   TEXT,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    CONSTRAINT trusted_devices_pkey PRIMARY KEY (realm_id, user_id, id),
    CONSTRAINT trusted_devices_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT;
CREATE INDEX trusted_devices_expiry ON trusted_devices (expires_at);

ALTER TABLE sessions ADD COLUMN second_factor_waived INTEGER NOT NULL DEFAULT 0 CHECK (second_factor_waived IN (0, 1));
