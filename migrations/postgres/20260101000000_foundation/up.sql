-- The foundation: realms and everything in them.
--
-- Every table of a realm has realm_id in its primary, unique and foreign keys, and forced row-level security: the role
-- vestibule_app sees the rows of the realm named by the setting app.realm_id and nothing without it; the role
-- vestibule_system does the work above realms. Text that is ordered or compared by range is COLLATE "C", so that both
-- databases order alike. Events, flows, jobs, lockouts and one-time values have no foreign key to realms: each would lock
-- the realm's row with every request. Deleting a realm empties them by name.

DO $$
BEGIN
    CREATE ROLE vestibule_app NOLOGIN NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$
BEGIN
    CREATE ROLE vestibule_system NOLOGIN NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

CREATE FUNCTION vestibule_realm() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(current_setting('app.realm_id', true), '')::uuid $$;

-- Fails the transaction of a guarded write that changed no row, where COMMIT is sent without waiting for its answer.
CREATE FUNCTION vestibule_expect_one(changed bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF changed <> 1 THEN
        RAISE EXCEPTION 'stale' USING ERRCODE = 'serialization_failure', CONSTRAINT = 'stale';
    END IF;
    RETURN true;
END $$;

GRANT SELECT ON __diesel_schema_migrations TO vestibule_app, vestibule_system;

-- Realms ------------------------------------------------------------------------------------------------------------

CREATE TABLE realms (
    id             uuid        NOT NULL CONSTRAINT realms_pkey PRIMARY KEY,
    slug           text COLLATE "C" NOT NULL CONSTRAINT realms_slug UNIQUE,
    status         text        NOT NULL CONSTRAINT realms_status CHECK (status IN ('active', 'suspended')),
    settings       jsonb       NOT NULL,
    config_version bigint      NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        bigint      NOT NULL
);

CREATE TABLE realm_hosts (
    realm_id uuid    NOT NULL CONSTRAINT realm_hosts_realm REFERENCES realms ON DELETE CASCADE,
    host     text COLLATE "C" NOT NULL CONSTRAINT realm_hosts_host UNIQUE,
    position integer NOT NULL,
    CONSTRAINT realm_hosts_pkey PRIMARY KEY (realm_id, host)
);

CREATE TABLE signing_keys (
    realm_id    uuid        NOT NULL CONSTRAINT signing_keys_realm REFERENCES realms ON DELETE CASCADE,
    kid         text COLLATE "C" NOT NULL,
    public_key  jsonb       NOT NULL,
    private_key bytea       NOT NULL,
    status      text        NOT NULL CONSTRAINT signing_keys_status CHECK (status IN ('next', 'active', 'retiring')),
    created_at  timestamptz NOT NULL,
    activate_at timestamptz NOT NULL,
    retired_at  timestamptz,
    remove_at   timestamptz,
    version     bigint      NOT NULL,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (realm_id, kid)
);

-- Clients -----------------------------------------------------------------------------------------------------------

CREATE TABLE clients (
    realm_id           uuid        NOT NULL CONSTRAINT clients_realm REFERENCES realms ON DELETE CASCADE,
    id                 text COLLATE "C" NOT NULL,
    status             text        NOT NULL CONSTRAINT clients_status CHECK (status IN ('enabled', 'disabled')),
    verification       text        NOT NULL
        CONSTRAINT clients_verification CHECK (verification IN ('verified', 'unverified')),
    metadata           jsonb       NOT NULL,
    secrets            jsonb       NOT NULL,
    registration_token bytea CONSTRAINT clients_registration_token CHECK (octet_length(registration_token) = 32),
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    version            bigint      NOT NULL,
    CONSTRAINT clients_pkey PRIMARY KEY (realm_id, id)
);
CREATE INDEX clients_unverified ON clients (realm_id) WHERE verification = 'unverified';

CREATE TABLE initial_access_tokens (
    realm_id   uuid        NOT NULL CONSTRAINT initial_access_tokens_realm REFERENCES realms ON DELETE CASCADE,
    digest     bytea       NOT NULL CONSTRAINT initial_access_tokens_digest CHECK (octet_length(digest) = 32),
    uses_left  integer     NOT NULL CONSTRAINT initial_access_tokens_uses CHECK (uses_left >= 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT initial_access_tokens_pkey PRIMARY KEY (realm_id, digest)
);
CREATE INDEX initial_access_tokens_expiry ON initial_access_tokens (expires_at);

-- Users -------------------------------------------------------------------------------------------------------------

CREATE TABLE users (
    realm_id         uuid        NOT NULL CONSTRAINT users_realm REFERENCES realms ON DELETE CASCADE,
    id               uuid        NOT NULL,
    status           text        NOT NULL
        CONSTRAINT users_status CHECK (status IN ('active', 'suspended', 'pending_deletion')),
    username         text,
    emails           jsonb       NOT NULL,
    phones           jsonb       NOT NULL,
    profile          jsonb       NOT NULL,
    public_metadata  jsonb       NOT NULL,
    private_metadata jsonb       NOT NULL,
    locale           text,
    admin_scopes     jsonb       NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          bigint      NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (realm_id, id)
);

-- One row per user name, address and number: what people sign in with is unique in a realm, whatever its kind.
CREATE TABLE user_identifiers (
    realm_id uuid NOT NULL,
    value    text COLLATE "C" NOT NULL,
    user_id  uuid NOT NULL,
    kind     text NOT NULL CONSTRAINT user_identifiers_kind CHECK (kind IN ('username', 'email', 'phone')),
    CONSTRAINT user_identifiers_value PRIMARY KEY (realm_id, value),
    CONSTRAINT user_identifiers_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX user_identifiers_by_user ON user_identifiers (realm_id, user_id);

CREATE TABLE credentials (
    realm_id     uuid        NOT NULL,
    id           uuid        NOT NULL,
    user_id      uuid        NOT NULL,
    kind         text        NOT NULL,
    hash         text,
    sealed       bytea,
    label        text,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    version      bigint      NOT NULL,
    CONSTRAINT credentials_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT credentials_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE,
    CONSTRAINT credentials_secret CHECK ((hash IS NULL) <> (sealed IS NULL))
);
CREATE INDEX credentials_by_user ON credentials (realm_id, user_id, kind);
CREATE UNIQUE INDEX credentials_one_password ON credentials (realm_id, user_id) WHERE kind = 'password';

-- No key on users: guesses at identifiers nobody has are counted under a stand-in, so that nothing tells them apart.
CREATE TABLE lockouts (
    realm_id   uuid    NOT NULL,
    user_id    uuid    NOT NULL,
    kind       text    NOT NULL,
    failures   integer NOT NULL CONSTRAINT lockouts_failures CHECK (failures >= 0),
    not_before timestamptz,
    CONSTRAINT lockouts_pkey PRIMARY KEY (realm_id, user_id, kind)
);

-- Flows and sessions ------------------------------------------------------------------------------------------------

CREATE TABLE flows (
    realm_id   uuid        NOT NULL,
    id         uuid        NOT NULL,
    binding    bytea       NOT NULL CONSTRAINT flows_binding CHECK (octet_length(binding) = 32),
    intent     text        NOT NULL,
    user_id    uuid,
    request_id uuid,
    details    jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    version    bigint      NOT NULL,
    CONSTRAINT flows_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT flows_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX flows_by_user ON flows (realm_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX flows_expiry ON flows (expires_at);

CREATE TABLE sessions (
    realm_id        uuid        NOT NULL,
    id              uuid        NOT NULL,
    secret          bytea       NOT NULL CONSTRAINT sessions_secret_length CHECK (octet_length(secret) = 32),
    user_id         uuid        NOT NULL,
    auth_time       timestamptz NOT NULL,
    acr             text        NOT NULL,
    amr             jsonb       NOT NULL,
    ip              text,
    user_agent      text,
    created_at      timestamptz NOT NULL,
    last_seen_at    timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    version         bigint      NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT sessions_secret UNIQUE (realm_id, secret),
    CONSTRAINT sessions_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX sessions_by_user ON sessions (realm_id, user_id, id);
CREATE INDEX sessions_expiry ON sessions (idle_expires_at);

CREATE TABLE grants (
    realm_id   uuid        NOT NULL,
    user_id    uuid        NOT NULL,
    client_id  text COLLATE "C" NOT NULL,
    scopes     jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    bigint      NOT NULL,
    CONSTRAINT grants_pkey PRIMARY KEY (realm_id, user_id, client_id),
    CONSTRAINT grants_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE,
    CONSTRAINT grants_client FOREIGN KEY (realm_id, client_id) REFERENCES clients ON DELETE CASCADE
);
CREATE INDEX grants_by_client ON grants (realm_id, client_id);

-- Requests, codes, tokens -------------------------------------------------------------------------------------------

CREATE TABLE authorization_requests (
    realm_id   uuid        NOT NULL,
    id         uuid        NOT NULL,
    reference  bytea CONSTRAINT authorization_requests_reference_length CHECK (octet_length(reference) = 32),
    client_id  text COLLATE "C" NOT NULL,
    request    jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT authorization_requests_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT authorization_requests_client FOREIGN KEY (realm_id, client_id) REFERENCES clients ON DELETE CASCADE
);
CREATE UNIQUE INDEX authorization_requests_reference ON authorization_requests (realm_id, reference)
    WHERE reference IS NOT NULL;
CREATE INDEX authorization_requests_by_client ON authorization_requests (realm_id, client_id);
CREATE INDEX authorization_requests_expiry ON authorization_requests (expires_at);

CREATE TABLE authorization_codes (
    realm_id    uuid        NOT NULL,
    digest      bytea       NOT NULL CONSTRAINT authorization_codes_digest CHECK (octet_length(digest) = 32),
    family_id   uuid        NOT NULL,
    client_id   text COLLATE "C" NOT NULL,
    user_id     uuid        NOT NULL,
    session_id  uuid        NOT NULL,
    details     jsonb       NOT NULL,
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    consumed_at timestamptz,
    CONSTRAINT authorization_codes_pkey PRIMARY KEY (realm_id, digest),
    CONSTRAINT authorization_codes_client FOREIGN KEY (realm_id, client_id) REFERENCES clients ON DELETE CASCADE,
    CONSTRAINT authorization_codes_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE,
    CONSTRAINT authorization_codes_session FOREIGN KEY (realm_id, session_id) REFERENCES sessions ON DELETE CASCADE
);
CREATE INDEX authorization_codes_by_client ON authorization_codes (realm_id, client_id);
CREATE INDEX authorization_codes_by_user ON authorization_codes (realm_id, user_id);
CREATE INDEX authorization_codes_by_session ON authorization_codes (realm_id, session_id);
CREATE INDEX authorization_codes_expiry ON authorization_codes (expires_at);

-- A family outlives its session: the sweep empties session_id before it removes the session.
CREATE TABLE token_families (
    realm_id   uuid        NOT NULL,
    id         uuid        NOT NULL,
    client_id  text COLLATE "C" NOT NULL,
    user_id    uuid        NOT NULL,
    session_id uuid,
    details    jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT token_families_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT token_families_client FOREIGN KEY (realm_id, client_id) REFERENCES clients ON DELETE CASCADE,
    CONSTRAINT token_families_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE,
    CONSTRAINT token_families_session FOREIGN KEY (realm_id, session_id) REFERENCES sessions
        DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX token_families_by_client ON token_families (realm_id, client_id);
CREATE INDEX token_families_by_user ON token_families (realm_id, user_id);
CREATE INDEX token_families_by_session ON token_families (realm_id, session_id) WHERE session_id IS NOT NULL;
CREATE INDEX token_families_expiry ON token_families (expires_at);
CREATE INDEX token_families_revoked ON token_families (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE refresh_tokens (
    realm_id    uuid        NOT NULL,
    digest      bytea       NOT NULL CONSTRAINT refresh_tokens_digest CHECK (octet_length(digest) = 32),
    family_id   uuid        NOT NULL,
    predecessor bytea CONSTRAINT refresh_tokens_predecessor_length CHECK (octet_length(predecessor) = 32),
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    consumed_at timestamptz,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (realm_id, digest),
    CONSTRAINT refresh_tokens_family FOREIGN KEY (realm_id, family_id) REFERENCES token_families ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (realm_id, family_id);
CREATE INDEX refresh_tokens_by_predecessor ON refresh_tokens (realm_id, predecessor) WHERE predecessor IS NOT NULL;
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE one_time_values (
    realm_id   uuid        NOT NULL,
    purpose    text COLLATE "C" NOT NULL,
    value      bytea       NOT NULL CONSTRAINT one_time_values_value CHECK (octet_length(value) = 32),
    expires_at timestamptz NOT NULL,
    CONSTRAINT one_time_values_pkey PRIMARY KEY (realm_id, purpose, value)
);
CREATE INDEX one_time_values_expiry ON one_time_values (expires_at);

CREATE TABLE idempotency_keys (
    realm_id   uuid        NOT NULL CONSTRAINT idempotency_keys_realm REFERENCES realms ON DELETE CASCADE,
    key        bytea       NOT NULL CONSTRAINT idempotency_keys_key CHECK (octet_length(key) = 32),
    body       bytea       NOT NULL CONSTRAINT idempotency_keys_body CHECK (octet_length(body) = 32),
    claimed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    response   jsonb,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (realm_id, key)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- Events, jobs, messages --------------------------------------------------------------------------------------------

CREATE TABLE events (
    realm_id     uuid        NOT NULL,
    id           uuid        NOT NULL,
    kind         text COLLATE "C" NOT NULL,
    occurred_at  timestamptz NOT NULL,
    actor        jsonb       NOT NULL,
    subject_kind text,
    subject_id   text COLLATE "C",
    ip           text,
    user_agent   text,
    request_id   text        NOT NULL,
    details      jsonb       NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (realm_id, id)
);
CREATE INDEX events_by_subject ON events (realm_id, subject_id, id) WHERE subject_id IS NOT NULL;
CREATE INDEX events_by_kind ON events (realm_id, kind, id);

CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM realms WHERE id = OLD.realm_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'events_append_only';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION events_append_only();
CREATE FUNCTION events_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'events_append_only';
END $$;
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_no_truncate();

CREATE TABLE jobs (
    realm_id     uuid        NOT NULL,
    id           uuid        NOT NULL,
    kind         text        NOT NULL,
    payload      jsonb       NOT NULL,
    state        text        NOT NULL CONSTRAINT jobs_state CHECK (state IN ('queued', 'parked')),
    attempts     integer     NOT NULL CONSTRAINT jobs_attempts CHECK (attempts >= 0),
    run_at       timestamptz NOT NULL,
    leased_until timestamptz,
    last_error   text,
    created_at   timestamptz NOT NULL,
    CONSTRAINT jobs_pkey PRIMARY KEY (realm_id, id)
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'queued';

CREATE TABLE mailbox (
    realm_id    uuid        NOT NULL CONSTRAINT mailbox_realm REFERENCES realms ON DELETE CASCADE,
    id          uuid        NOT NULL,
    message_id  text COLLATE "C" NOT NULL,
    from_name   text        NOT NULL,
    recipient   text        NOT NULL,
    subject     text        NOT NULL,
    text_body   text        NOT NULL,
    html_body   text        NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT mailbox_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT mailbox_message_id UNIQUE (realm_id, message_id)
);
CREATE INDEX mailbox_age ON mailbox (received_at);

-- Above realms: the first operator's set-up codes.
CREATE TABLE setup_codes (
    digest     bytea       NOT NULL CONSTRAINT setup_codes_digest CHECK (octet_length(digest) = 32),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT setup_codes_pkey PRIMARY KEY (digest)
);

-- Walls -------------------------------------------------------------------------------------------------------------

GRANT SELECT, UPDATE ON realms TO vestibule_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON realm_hosts, signing_keys, clients, initial_access_tokens, users,
    user_identifiers, credentials, lockouts, flows, sessions, grants, authorization_requests, authorization_codes,
    token_families, refresh_tokens, one_time_values, idempotency_keys, mailbox TO vestibule_app;
GRANT SELECT, INSERT ON events TO vestibule_app;
GRANT SELECT, INSERT, UPDATE ON jobs TO vestibule_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON realms, realm_hosts, signing_keys, clients, initial_access_tokens, users,
    user_identifiers, credentials, lockouts, flows, sessions, grants, authorization_requests, authorization_codes,
    token_families, refresh_tokens, one_time_values, idempotency_keys, jobs, mailbox, setup_codes TO vestibule_system;
GRANT SELECT, INSERT, DELETE ON events TO vestibule_system;

ALTER TABLE realms ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY realms_realm ON realms TO vestibule_app USING (id = vestibule_realm()) WITH CHECK (id = vestibule_realm());
CREATE POLICY realms_system ON realms TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE realm_hosts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY realm_hosts_realm ON realm_hosts TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY realm_hosts_system ON realm_hosts TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE signing_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY signing_keys_realm ON signing_keys TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY signing_keys_system ON signing_keys TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE clients ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY clients_realm ON clients TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY clients_system ON clients TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE initial_access_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY initial_access_tokens_realm ON initial_access_tokens TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY initial_access_tokens_system ON initial_access_tokens TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY users_realm ON users TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY users_system ON users TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE user_identifiers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY user_identifiers_realm ON user_identifiers TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY user_identifiers_system ON user_identifiers TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE credentials ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY credentials_realm ON credentials TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY credentials_system ON credentials TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE lockouts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY lockouts_realm ON lockouts TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY lockouts_system ON lockouts TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE flows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY flows_realm ON flows TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY flows_system ON flows TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sessions_realm ON sessions TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY sessions_system ON sessions TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE grants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY grants_realm ON grants TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY grants_system ON grants TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE authorization_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY authorization_requests_realm ON authorization_requests TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY authorization_requests_system ON authorization_requests TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE authorization_codes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY authorization_codes_realm ON authorization_codes TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY authorization_codes_system ON authorization_codes TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE token_families ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY token_families_realm ON token_families TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY token_families_system ON token_families TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY refresh_tokens_realm ON refresh_tokens TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY refresh_tokens_system ON refresh_tokens TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE one_time_values ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY one_time_values_realm ON one_time_values TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY one_time_values_system ON one_time_values TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_keys_realm ON idempotency_keys TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY idempotency_keys_system ON idempotency_keys TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY events_realm ON events TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY events_system ON events TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs_realm ON jobs TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY jobs_system ON jobs TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE mailbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY mailbox_realm ON mailbox TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY mailbox_system ON mailbox TO vestibule_system USING (true) WITH CHECK (true);
ALTER TABLE setup_codes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY setup_codes_system ON setup_codes TO vestibule_system USING (true) WITH CHECK (true);
