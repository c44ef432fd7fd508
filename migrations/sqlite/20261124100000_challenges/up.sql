-- Challenges that wait for their answer, and what an authenticator answers under.

ALTER TABLE credentials ADD COLUMN external_id BLOB;
ALTER TABLE credentials ADD COLUMN facts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(facts));
CREATE UNIQUE INDEX credentials_external_id ON credentials (realm_id, kind, external_id)
    WHERE external_id IS NOT NULL;

-- No key on flows: an account page asks for challenges too, and a flow that is swept takes nothing with it that is not
-- over anyway.
CREATE TABLE challenges (
    realm_id     BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT challenges_realm REFERENCES realms ON DELETE CASCADE,
    id           BLOB NOT NULL CHECK (length(id) = 16),
    method       TEXT NOT NULL,
    purpose      TEXT NOT NULL,
    flow_id      BLOB CHECK (length(flow_id) = 16),
    user_id      BLOB CHECK (length(user_id) = 16),
    contact_kind TEXT CONSTRAINT challenges_contact_kind CHECK (contact_kind IN ('email', 'phone')),
    contact      TEXT,
    link         BLOB CONSTRAINT challenges_link_length CHECK (length(link) = 32),
    payload      BLOB NOT NULL,
    attempts     INTEGER NOT NULL CONSTRAINT challenges_attempts CHECK (attempts >= 0),
    max_attempts INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    consumed_at  INTEGER,
    CONSTRAINT challenges_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT challenges_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX challenges_link ON challenges (realm_id, link) WHERE link IS NOT NULL;
CREATE INDEX challenges_by_flow ON challenges (realm_id, flow_id) WHERE flow_id IS NOT NULL;
CREATE INDEX challenges_by_user ON challenges (realm_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX challenges_by_contact ON challenges (realm_id, contact, created_at) WHERE contact IS NOT NULL;
CREATE INDEX challenges_expiry ON challenges (expires_at);
