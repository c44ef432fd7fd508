-- The foundation: realms and everything in them. The twin of migrations/postgres: the same tables, columns, keys and
-- nullability. UUIDs are 16-byte blobs, times whole microseconds since 1970, documents checked JSON text.

-- Realms ------------------------------------------------------------------------------------------------------------

CREATE TABLE realms (
    id             BLOB NOT NULL CHECK (length(id) = 16) CONSTRAINT realms_pkey PRIMARY KEY,
    slug           TEXT NOT NULL CONSTRAINT realms_slug UNIQUE,
    status         TEXT NOT NULL CONSTRAINT realms_status CHECK (status IN ('active', 'suspended')),
    settings       TEXT NOT NULL CHECK (json_valid(settings)),
    config_version INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL
) STRICT;

CREATE TABLE realm_hosts (
    realm_id BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT realm_hosts_realm REFERENCES realms ON DELETE CASCADE,
    host     TEXT NOT NULL CONSTRAINT realm_hosts_host UNIQUE,
    position INTEGER NOT NULL,
    CONSTRAINT realm_hosts_pkey PRIMARY KEY (realm_id, host)
) STRICT;

CREATE TABLE signing_keys (
    realm_id    BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT signing_keys_realm REFERENCES realms ON DELETE CASCADE,
    kid         TEXT NOT NULL,
    public_key  TEXT NOT NULL CHECK (json_valid(public_key)),
    private_key BLOB NOT NULL,
    status      TEXT NOT NULL CONSTRAINT signing_keys_status CHECK (status IN ('next', 'active', 'retiring')),
    created_at  INTEGER NOT NULL,
    activate_at INTEGER NOT NULL,
    retired_at  INTEGER,
    remove_at   INTEGER,
    version     INTEGER NOT NULL,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (realm_id, kid)
) STRICT;

-- Clients -----------------------------------------------------------------------------------------------------------

CREATE TABLE clients (
    realm_id           BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT clients_realm REFERENCES realms ON DELETE CASCADE,
    id                 TEXT NOT NULL,
    status             TEXT NOT NULL CONSTRAINT clients_status CHECK (status IN ('enabled', 'disabled')),
    verification       TEXT NOT NULL
        CONSTRAINT clients_verification CHECK (verification IN ('verified', 'unverified')),
    metadata           TEXT NOT NULL CHECK (json_valid(metadata)),
    secrets            TEXT NOT NULL CHECK (json_valid(secrets)),
    registration_token BLOB CONSTRAINT clients_registration_token CHECK (length(registration_token) = 32),
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    version            INTEGER NOT NULL,
    CONSTRAINT clients_pkey PRIMARY KEY (realm_id, id)
) STRICT;
CREATE INDEX clients_unverified ON clients (realm_id) WHERE verification = 'unverified';

CREATE TABLE initial_access_tokens (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT initial_access_tokens_realm REFERENCES realms ON DELETE CASCADE,
    digest     BLOB NOT NULL CONSTRAINT initial_access_tokens_digest CHECK (length(digest) = 32),
    uses_left  INTEGER NOT NULL CONSTRAINT initial_access_tokens_uses CHECK (uses_left >= 0),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT initial_access_tokens_pkey PRIMARY KEY (realm_id, digest)
) STRICT;
CREATE INDEX initial_access_tokens_expiry ON initial_access_tokens (expires_at);

-- Users -------------------------------------------------------------------------------------------------------------

CREATE TABLE users (
    realm_id         BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT users_realm REFERENCES realms ON DELETE CASCADE,
    id               BLOB NOT NULL CHECK (length(id) = 16),
    status           TEXT NOT NULL
        CONSTRAINT users_status CHECK (status IN ('active', 'suspended', 'pending_deletion')),
    username         TEXT,
    emails           TEXT NOT NULL CHECK (json_valid(emails)),
    phones           TEXT NOT NULL CHECK (json_valid(phones)),
    profile          TEXT NOT NULL CHECK (json_valid(profile)),
    public_metadata  TEXT NOT NULL CHECK (json_valid(public_metadata)),
    private_metadata TEXT NOT NULL CHECK (json_valid(private_metadata)),
    locale           TEXT,
    admin_scopes     TEXT NOT NULL CHECK (json_valid(admin_scopes)),
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (realm_id, id)
) STRICT;

-- One row per user name, address and number: what people sign in with is unique in a realm, whatever its kind.
CREATE TABLE user_identifiers (
    realm_id BLOB NOT NULL CHECK (length(realm_id) = 16),
    value    TEXT NOT NULL,
    user_id  BLOB NOT NULL CHECK (length(user_id) = 16),
    kind     TEXT NOT NULL CONSTRAINT user_identifiers_kind CHECK (kind IN ('username', 'email', 'phone')),
    CONSTRAINT user_identifiers_value PRIMARY KEY (realm_id, value),
    CONSTRAINT user_identifiers_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT;
CREATE INDEX user_identifiers_by_user ON user_identifiers (realm_id, user_id);

CREATE TABLE credentials (
    realm_id     BLOB NOT NULL CHECK (length(realm_id) = 16),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    user_id      BLOB NOT NULL CHECK (length(user_id) = 16),
    kind         TEXT NOT NULL,
    hash         TEXT,
    sealed       BLOB,
    label        TEXT,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    version      INTEGER NOT NULL,
    CONSTRAINT credentials_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT credentials_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE,
    CONSTRAINT credentials_secret CHECK ((hash IS NULL) <> (sealed IS NULL))
) STRICT;
CREATE INDEX credentials_by_user ON credentials (realm_id, user_id, kind);
CREATE UNIQUE INDEX credentials_one_password ON credentials (realm_id, user_id) WHERE kind = 'password';

-- No key on users: guesses at identifiers nobody has are counted under a stand-in, so that nothing tells them apart.
CREATE TABLE lockouts (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16),
    user_id    BLOB NOT NULL CHECK (length(user_id) = 16),
    kind       TEXT NOT NULL,
    failures   INTEGER NOT NULL CONSTRAINT lockouts_failures CHECK (failures >= 0),
    not_before INTEGER,
    CONSTRAINT lockouts_pkey PRIMARY KEY (realm_id, user_id, kind)
) STRICT;

-- Flows and sessions ------------------------------------------------------------------------------------------------

CREATE TABLE flows (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16),
    id         BLOB NOT NULL CHECK (length(id) = 16),
    binding    BLOB NOT NULL CONSTRAINT flows_binding CHECK (length(binding) = 32),
    intent     TEXT NOT NULL,
    user_id    BLOB CHECK (length(user_id) = 16),
    request_id BLOB CHECK (length(request_id) = 16),
    details    TEXT NOT NULL CHECK (json_valid(details)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    CONSTRAINT flows_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT flows_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT;
CREATE INDEX flows_by_user ON flows (realm_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX flows_expiry ON flows (expires_at);

CREATE TABLE sessions (
    realm_id        BLOB NOT NULL CHECK (length(realm_id) = 16),
    id              BLOB NOT NULL CHECK (length(id) = 16),
    secret          BLOB NOT NULL CONSTRAINT sessions_secret_length CHECK (length(secret) = 32),
    user_id         BLOB NOT NULL CHECK (length(user_id) = 16),
    auth_time       INTEGER NOT NULL,
    acr             TEXT NOT NULL,
    amr             TEXT NOT NULL CHECK (json_valid(amr)),
    ip              TEXT,
    user_agent      TEXT,
    created_at      INTEGER NOT NULL,
    last_seen_at    INTEGER NOT NULL,
    idle_expires_at INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    revoked_at      INTEGER,
    version         INTEGER NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT sessions_secret UNIQUE (realm_id, secret),
    CONSTRAINT sessions_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT;
CREATE INDEX sessions_by_user ON sessions (realm_id, user_id, id);
CREATE INDEX sessions_expiry ON sessions (idle_expires_at);

CREATE TABLE grants (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16),
    user_id    BLOB NOT NULL CHECK (length(user_id) = 16),
    client_id  TEXT NOT NULL,
    scopes     TEXT NOT NULL CHECK (json_valid(scopes)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    CONSTRAINT grants_pkey PRIMARY KEY (realm_id, user_id, client_id),
    CONSTRAINT grants_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE,
    CONSTRAINT grants_client FOREIGN KEY (realm_id, client_id) REFERENCES clients ON DELETE CASCADE
) STRICT;
CREATE INDEX grants_by_client ON grants (realm_id, client_id);

-- Requests, codes, tokens -------------------------------------------------------------------------------------------

CREATE TABLE authorization_requests (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16),
    id         BLOB NOT NULL CHECK (length(id) = 16),
    reference  BLOB CONSTRAINT authorization_requests_reference_length CHECK (length(reference) = 32),
    client_id  TEXT NOT NULL,
    request    TEXT NOT NULL CHECK (json_valid(request)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    CONSTRAINT authorization_requests_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT authorization_requests_client FOREIGN KEY (realm_id, client_id) REFERENCES clients ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX authorization_requests_reference ON authorization_requests (realm_id, reference)
    WHERE reference IS NOT NULL;
CREATE INDEX authorization_requests_by_client ON authorization_requests (realm_id, client_id);
CREATE INDEX authorization_requests_expiry ON authorization_requests (expires_at);

CREATE TABLE authorization_codes (
    realm_id    BLOB NOT NULL CHECK (length(realm_id) = 16),
    digest      BLOB NOT NULL CONSTRAINT authorization_codes_digest CHECK (length(digest) = 32),
    family_id   BLOB NOT NULL CHECK (length(family_id) = 16),
    client_id   TEXT NOT NULL,
    user_id     BLOB NOT NULL CHECK (length(user_id) = 16),
    session_id  BLOB NOT NULL CHECK (length(session_id) = 16),
    details     TEXT NOT NULL CHECK (json_valid(details)),
    issued_at   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    consumed_at INTEGER,
    CONSTRAINT authorization_codes_pkey PRIMARY KEY (realm_id, digest),
    CONSTRAINT authorization_codes_client FOREIGN KEY (realm_id, client_id) REFERENCES clients ON DELETE CASCADE,
    CONSTRAINT authorization_codes_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE,
    CONSTRAINT authorization_codes_session FOREIGN KEY (realm_id, session_id) REFERENCES sessions ON DELETE CASCADE
) STRICT;
CREATE INDEX authorization_codes_by_client ON authorization_codes (realm_id, client_id);
CREATE INDEX authorization_codes_by_user ON authorization_codes (realm_id, user_id);
CREATE INDEX authorization_codes_by_session ON authorization_codes (realm_id, session_id);
CREATE INDEX authorization_codes_expiry ON authorization_codes (expires_at);

-- A family outlives its session: the sweep empties session_id before it removes the session.
CREATE TABLE token_families (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16),
    id         BLOB NOT NULL CHECK (length(id) = 16),
    client_id  TEXT NOT NULL,
    user_id    BLOB NOT NULL CHECK (length(user_id) = 16),
    session_id BLOB CHECK (length(session_id) = 16),
    details    TEXT NOT NULL CHECK (json_valid(details)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    CONSTRAINT token_families_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT token_families_client FOREIGN KEY (realm_id, client_id) REFERENCES clients ON DELETE CASCADE,
    CONSTRAINT token_families_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE,
    CONSTRAINT token_families_session FOREIGN KEY (realm_id, session_id) REFERENCES sessions
        DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX token_families_by_client ON token_families (realm_id, client_id);
CREATE INDEX token_families_by_user ON token_families (realm_id, user_id);
CREATE INDEX token_families_by_session ON token_families (realm_id, session_id) WHERE session_id IS NOT NULL;
CREATE INDEX token_families_expiry ON token_families (expires_at);
CREATE INDEX token_families_revoked ON token_families (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE refresh_tokens (
    realm_id    BLOB NOT NULL CHECK (length(realm_id) = 16),
    digest      BLOB NOT NULL CONSTRAINT refresh_tokens_digest CHECK (length(digest) = 32),
    family_id   BLOB NOT NULL CHECK (length(family_id) = 16),
    predecessor BLOB CONSTRAINT refresh_tokens_predecessor_length CHECK (length(predecessor) = 32),
    issued_at   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    consumed_at INTEGER,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (realm_id, digest),
    CONSTRAINT refresh_tokens_family FOREIGN KEY (realm_id, family_id) REFERENCES token_families ON DELETE CASCADE
) STRICT;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (realm_id, family_id);
CREATE INDEX refresh_tokens_by_predecessor ON refresh_tokens (realm_id, predecessor) WHERE predecessor IS NOT NULL;
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE one_time_values (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16),
    purpose    TEXT NOT NULL,
    value      BLOB NOT NULL CONSTRAINT one_time_values_value CHECK (length(value) = 32),
    expires_at INTEGER NOT NULL,
    CONSTRAINT one_time_values_pkey PRIMARY KEY (realm_id, purpose, value)
) STRICT;
CREATE INDEX one_time_values_expiry ON one_time_values (expires_at);

CREATE TABLE idempotency_keys (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT idempotency_keys_realm REFERENCES realms ON DELETE CASCADE,
    key        BLOB NOT NULL CONSTRAINT idempotency_keys_key CHECK (length(key) = 32),
    body       BLOB NOT NULL CONSTRAINT idempotency_keys_body CHECK (length(body) = 32),
    claimed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    response   TEXT CHECK (json_valid(response)),
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (realm_id, key)
) STRICT;
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- Events, jobs, messages --------------------------------------------------------------------------------------------

CREATE TABLE events (
    realm_id     BLOB NOT NULL CHECK (length(realm_id) = 16),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    kind         TEXT NOT NULL,
    occurred_at  INTEGER NOT NULL,
    actor        TEXT NOT NULL CHECK (json_valid(actor)),
    subject_kind TEXT,
    subject_id   TEXT,
    ip           TEXT,
    user_agent   TEXT,
    request_id   TEXT NOT NULL,
    details      TEXT NOT NULL CHECK (json_valid(details)),
    CONSTRAINT events_pkey PRIMARY KEY (realm_id, id)
) STRICT;
CREATE INDEX events_by_subject ON events (realm_id, subject_id, id) WHERE subject_id IS NOT NULL;
CREATE INDEX events_by_kind ON events (realm_id, kind, id);

CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events_append_only');
END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events WHEN EXISTS (SELECT 1 FROM realms WHERE id = OLD.realm_id)
BEGIN
    SELECT RAISE(ABORT, 'events_append_only');
END;

CREATE TABLE jobs (
    realm_id     BLOB NOT NULL CHECK (length(realm_id) = 16),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    kind         TEXT NOT NULL,
    payload      TEXT NOT NULL CHECK (json_valid(payload)),
    state        TEXT NOT NULL CONSTRAINT jobs_state CHECK (state IN ('queued', 'parked')),
    attempts     INTEGER NOT NULL CONSTRAINT jobs_attempts CHECK (attempts >= 0),
    run_at       INTEGER NOT NULL,
    leased_until INTEGER,
    last_error   TEXT,
    created_at   INTEGER NOT NULL,
    CONSTRAINT jobs_pkey PRIMARY KEY (realm_id, id)
) STRICT;
CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'queued';

CREATE TABLE mailbox (
    realm_id    BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT mailbox_realm REFERENCES realms ON DELETE CASCADE,
    id          BLOB NOT NULL CHECK (length(id) = 16),
    message_id  TEXT NOT NULL,
    from_name   TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    subject     TEXT NOT NULL,
    text_body   TEXT NOT NULL,
    html_body   TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    CONSTRAINT mailbox_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT mailbox_message_id UNIQUE (realm_id, message_id)
) STRICT;
CREATE INDEX mailbox_age ON mailbox (received_at);

-- Above realms: the first operator's set-up codes.
CREATE TABLE setup_codes (
    digest     BLOB NOT NULL CONSTRAINT setup_codes_digest CHECK (length(digest) = 32),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    CONSTRAINT setup_codes_pkey PRIMARY KEY (digest)
) STRICT;
