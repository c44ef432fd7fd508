-- Pictures of a realm's brand, as this server wrote them. The twin of migrations/postgres.

CREATE TABLE realm_pictures (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT realm_pictures_realm REFERENCES realms ON DELETE CASCADE,
    slot       TEXT NOT NULL CONSTRAINT realm_pictures_slot CHECK (slot IN ('logo', 'logo-dark', 'favicon')),
    kind       TEXT NOT NULL CONSTRAINT realm_pictures_kind CHECK (kind IN ('png', 'svg')),
    hash       TEXT NOT NULL,
    content    BLOB NOT NULL CONSTRAINT realm_pictures_content CHECK (length(content) <= 262144),
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT realm_pictures_pkey PRIMARY KEY (realm_id, slot)
) STRICT;
