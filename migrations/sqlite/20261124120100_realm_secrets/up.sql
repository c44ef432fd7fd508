-- Secrets of a realm that are needed again in clear, sealed under the master key. The twin of migrations/postgres.

CREATE TABLE realm_secrets (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT realm_secrets_realm REFERENCES realms ON DELETE CASCADE,
    name       TEXT NOT NULL,
    sealed     BLOB NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT realm_secrets_pkey PRIMARY KEY (realm_id, name)
) STRICT;
