-- Challenges that wait for their answer, and what an authenticator answers under.

ALTER TABLE credentials ADD COLUMN external_id bytea;
ALTER TABLE credentials ADD COLUMN facts jsonb NOT NULL DEFAULT '{}';
CREATE UNIQUE INDEX credentials_external_id ON credentials (realm_id, kind, external_id)
    WHERE external_id IS NOT NULL;

-- No key on flows: an account page asks for challenges too, and a flow that is swept takes nothing with it that is not
-- over anyway.
CREATE TABLE challenges (
    realm_id     uuid        NOT NULL CONSTRAINT challenges_realm REFERENCES realms ON DELETE CASCADE,
    id           uuid        NOT NULL,
    method       text        NOT NULL,
    purpose      text        NOT NULL,
    flow_id      uuid,
    user_id      uuid,
    contact_kind text        CONSTRAINT challenges_contact_kind CHECK (contact_kind IN ('email', 'phone')),
    contact      text,
    link         bytea       CONSTRAINT challenges_link_length CHECK (octet_length(link) = 32),
    payload      bytea       NOT NULL,
    attempts     integer     NOT NULL CONSTRAINT challenges_attempts CHECK (attempts >= 0),
    max_attempts integer     NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    consumed_at  timestamptz,
    CONSTRAINT challenges_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT challenges_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE UNIQUE INDEX challenges_link ON challenges (realm_id, link) WHERE link IS NOT NULL;
CREATE INDEX challenges_by_flow ON challenges (realm_id, flow_id) WHERE flow_id IS NOT NULL;
CREATE INDEX challenges_by_user ON challenges (realm_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX challenges_by_contact ON challenges (realm_id, contact, created_at) WHERE contact IS NOT NULL;
CREATE INDEX challenges_expiry ON challenges (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON challenges TO vestibule_app, vestibule_system;
ALTER TABLE challenges ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY challenges_realm ON challenges TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY challenges_system ON challenges TO vestibule_system USING (true) WITH CHECK (true);
