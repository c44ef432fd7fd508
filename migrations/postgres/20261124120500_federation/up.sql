-- Connections to upstream providers, the identities people have there, and the trips of browsers to them.

CREATE TABLE connections (
    realm_id   uuid        NOT NULL CONSTRAINT connections_realm REFERENCES realms ON DELETE CASCADE,
    id         uuid        NOT NULL,
    key        text COLLATE "C" NOT NULL,
    settings   jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    bigint      NOT NULL,
    CONSTRAINT connections_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT connections_key UNIQUE (realm_id, key)
);

-- The key of an identity is (connection, subject), compared byte by byte.
CREATE TABLE identities (
    realm_id      uuid        NOT NULL,
    id            uuid        NOT NULL,
    connection_id uuid        NOT NULL,
    subject       text COLLATE "C" NOT NULL CONSTRAINT identities_subject_length CHECK (subject <> ''),
    user_id       uuid        NOT NULL,
    claims        jsonb       NOT NULL,
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz NOT NULL,
    version       bigint      NOT NULL,
    CONSTRAINT identities_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT identities_subject UNIQUE (realm_id, connection_id, subject),
    CONSTRAINT identities_connection FOREIGN KEY (realm_id, connection_id) REFERENCES connections ON DELETE CASCADE,
    CONSTRAINT identities_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX identities_by_user ON identities (realm_id, user_id, id);

-- No key on flows and sessions: what is swept there makes a trip useless without its row being gone.
CREATE TABLE federation_attempts (
    realm_id      uuid        NOT NULL,
    id            uuid        NOT NULL,
    state         bytea       NOT NULL CONSTRAINT federation_attempts_state_length CHECK (octet_length(state) = 32),
    connection_id uuid        NOT NULL,
    binding       bytea       NOT NULL CONSTRAINT federation_attempts_binding CHECK (octet_length(binding) = 32),
    purpose       jsonb       NOT NULL,
    secrets       bytea       NOT NULL,
    reference     bytea CONSTRAINT federation_attempts_reference_length CHECK (octet_length(reference) = 32),
    answer        bytea,
    upstream      jsonb,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    consumed_at   timestamptz,
    CONSTRAINT federation_attempts_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT federation_attempts_state UNIQUE (realm_id, state),
    CONSTRAINT federation_attempts_connection FOREIGN KEY (realm_id, connection_id)
        REFERENCES connections ON DELETE CASCADE
);
CREATE INDEX federation_attempts_by_connection ON federation_attempts (realm_id, connection_id);
CREATE UNIQUE INDEX federation_attempts_reference ON federation_attempts (realm_id, reference)
    WHERE reference IS NOT NULL;
CREATE INDEX federation_attempts_expiry ON federation_attempts (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON connections, identities, federation_attempts
    TO vestibule_app, vestibule_system;
ALTER TABLE connections ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY connections_realm ON connections TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY connections_system ON connections TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE identities ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY identities_realm ON identities TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY identities_system ON identities TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE federation_attempts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY federation_attempts_realm ON federation_attempts TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY federation_attempts_system ON federation_attempts TO vestibule_system USING (true) WITH CHECK (true);
