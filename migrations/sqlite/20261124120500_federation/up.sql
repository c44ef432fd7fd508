-- Connections to upstream providers, the identities people have there, and the trips of browsers to them.

CREATE TABLE connections (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT connections_realm REFERENCES realms ON DELETE CASCADE,
    id         BLOB NOT NULL CHECK (length(id) = 16),
    key        TEXT NOT NULL,
    settings   TEXT NOT NULL CHECK (json_valid(settings)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    CONSTRAINT connections_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT connections_key UNIQUE (realm_id, key)
) STRICT;

-- The key of an identity is (connection, subject), compared byte by byte.
CREATE TABLE identities (
    realm_id      BLOB NOT NULL CHECK (length(realm_id) = 16),
    id            BLOB NOT NULL CHECK (length(id) = 16),
    connection_id BLOB NOT NULL CHECK (length(connection_id) = 16),
    subject       TEXT NOT NULL CONSTRAINT identities_subject_length CHECK (subject <> ''),
    user_id       BLOB NOT NULL CHECK (length(user_id) = 16),
    claims        TEXT NOT NULL CHECK (json_valid(claims)),
    created_at    INTEGER NOT NULL,
    last_used_at  INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    CONSTRAINT identities_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT identities_subject UNIQUE (realm_id, connection_id, subject),
    CONSTRAINT identities_connection FOREIGN KEY (realm_id, connection_id) REFERENCES connections ON DELETE CASCADE,
    CONSTRAINT identities_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT;
CREATE INDEX identities_by_user ON identities (realm_id, user_id, id);

-- No key on flows and sessions: what is swept there makes a trip useless without its row being gone.
CREATE TABLE federation_attempts (
    realm_id      BLOB NOT NULL CHECK (length(realm_id) = 16),
    id            BLOB NOT NULL CHECK (length(id) = 16),
    state         BLOB NOT NULL CONSTRAINT federation_attempts_state_length CHECK (length(state) = 32),
    connection_id BLOB NOT NULL CHECK (length(connection_id) = 16),
    binding       BLOB NOT NULL CONSTRAINT federation_attempts_binding CHECK (length(binding) = 32),
    purpose       TEXT NOT NULL CHECK (json_valid(purpose)),
    secrets       BLOB NOT NULL,
    reference     BLOB CONSTRAINT federation_attempts_reference_length CHECK (length(reference) = 32),
    answer        BLOB,
    upstream      TEXT CHECK (json_valid(upstream)),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    consumed_at   INTEGER,
    CONSTRAINT federation_attempts_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT federation_attempts_state UNIQUE (realm_id, state),
    CONSTRAINT federation_attempts_connection FOREIGN KEY (realm_id, connection_id)
        REFERENCES connections ON DELETE CASCADE
) STRICT;
CREATE INDEX federation_attempts_by_connection ON federation_attempts (realm_id, connection_id);
CREATE UNIQUE INDEX federation_attempts_reference ON federation_attempts (realm_id, reference)
    WHERE reference IS NOT NULL;
CREATE INDEX federation_attempts_expiry ON federation_attempts (expires_at);
