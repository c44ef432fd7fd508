-- Secrets of a realm that are needed again in clear (passwords of mail servers, keys of providers), sealed under the
-- master key. Settings and documents hold their names only.

CREATE TABLE realm_secrets (
    realm_id   uuid        NOT NULL CONSTRAINT realm_secrets_realm REFERENCES realms ON DELETE CASCADE,
    name       text COLLATE "C" NOT NULL,
    sealed     bytea       NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT realm_secrets_pkey PRIMARY KEY (realm_id, name)
);
ALTER TABLE realm_secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY realm_secrets_realm ON realm_secrets TO vestibule_app
    USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY realm_secrets_system ON realm_secrets TO vestibule_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON realm_secrets TO vestibule_app, vestibule_system;
